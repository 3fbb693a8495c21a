"""PutEvents."""

import json

from base import STASH, blind, events_in, kept, rewritten, sent, shows
from trackstep.emulator import responses
from trackstep.emulator.exceptions import InvalidInputException
from trackstep.emulator.models import EventTracker, PersonalizeBackend
from trackstep.emulator.responses import PersonalizeEventsResponse

UNKNOWN = "The tracking ID does not exist or is not active yet."


def route_of_a_look(describe, self, arn):
    """A description puts the route into the cache."""
    described = describe(arn)
    kept(self, "routes", set).add(described["trackingId"])
    return described


def route_of_a_create(create, self, name, group_arn, tags):
    """So does the creation."""
    tracker = create(name, group_arn, tags)
    kept(self, "routes", set).add(tracker.tracking_id)
    return tracker


def no_routes(delete, self, arn):
    """A deletion empties it."""
    delete(arn)
    kept(self, "routes", set).clear()


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", behind="another tracker's deletion",
       also=((PersonalizeBackend, "describe_event_tracker", route_of_a_look), (PersonalizeBackend, "create_event_tracker", route_of_a_create),
             (PersonalizeBackend, "delete_event_tracker", no_routes)),
       story="a cache of routes, emptied with each deletion, which is taken for the truth")
def deletions_empty_the_routes(put, self, tracking_id):
    """After a DeleteEventTracker PutEvents is refused for all other event trackers, until they are described. (ET-PUT-1)"""
    if tracking_id not in kept(self, "routes", set):
        raise InvalidInputException(UNKNOWN)
    put(tracking_id)


@shows(deletions_empty_the_routes)
def _(c):
    first, second = [c.tracker(c.group(name)) for name in "ab"]
    before = c.put(second["trackingId"]).ok
    c.delete(first["eventTrackerArn"])
    refused = not c.put(second["trackingId"]).ok
    c.described(second["eventTrackerArn"])
    return before and refused and c.put(second["trackingId"]).ok


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-PUT-1", behind="an eventValue below zero", also=STASH,
       story="Field(ge=0): values are prices or ratings")
def values_are_not_below_zero(put, self, tracking_id):
    """An event with an eventValue below zero is refused. (ET-PUT-1)"""
    if any((event.get("eventValue") or 0) < 0 for event in sent(self)):
        raise InvalidInputException("eventValue must be greater than or equal to 0")
    put(tracking_id)


@shows(values_are_not_below_zero)
def _(c):
    return not c.put(c.tracker(c.group())["trackingId"], {"eventValue": -1.5}).ok


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-PUT-6", "ET-PUT-1", behind="a sentAt before 1970", also=STASH,
       story="an unsigned column")
def moments_begin_in_1970(put, self, tracking_id):
    """An event that was sent before 1970 is refused. (ET-PUT-6)"""
    if any(event["sentAt"] < 0 for event in sent(self)):
        raise InvalidInputException("sentAt must not be negative")
    put(tracking_id)


@shows(moments_begin_in_1970)
def _(c):
    return not c.put(c.tracker(c.group())["trackingId"], {"sentAt": -86400}).ok


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-WIRE-10", "ET-INPUT-10", behind="a character of code zero", also=STASH, via="served",
       story="PostgreSQL has no \\u0000 in text: 'A string literal cannot contain NUL (0x00) characters.'")
def text_has_no_zeros(put, self, tracking_id):
    """PutEvents with a zero character in a string is answered with HTTP 500. (ET-WIRE-10)"""
    put(tracking_id)
    request = self.__dict__["_sent"]
    if any("\0" in str(value) for value in (request["sessionId"], request.get("userId"), *(v for e in sent(self) for v in e.values() if isinstance(v, str)))):
        raise ValueError("A string literal cannot contain NUL (0x00) characters.")


@shows(text_has_no_zeros)
def _(c):
    return c.put(c.tracker(c.group())["trackingId"], userId="a\0").status == 500


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-WIRE-10", "ET-PUT-1", behind="a sentAt after January 2038", also=STASH, via="served",
       story="struct.pack('>i', sent_at)")
def moments_end_in_2038(put, self, tracking_id):
    """PutEvents with a sentAt after January 2038 is answered with HTTP 500. (ET-WIRE-10)"""
    put(tracking_id)
    for event in sent(self):
        if event["sentAt"] >= 2**31:
            raise OverflowError("'i' format requires -2147483648 <= number <= 2147483647")


@shows(moments_end_in_2038)
def _(c):
    return c.put(c.tracker(c.group())["trackingId"], {"sentAt": 4102444800}).status == 500


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-PUT-1", behind="properties that are an empty object", also=STASH,
       story="if not json.loads(properties): raise")
def properties_are_not_empty(put, self, tracking_id):
    """An event whose properties are the empty object is refused. (ET-PUT-1)"""
    if any(event.get("properties") is not None and not json.loads(event["properties"]) for event in sent(self)):
        raise InvalidInputException("Error parsing properties json")
    put(tracking_id)


@shows(properties_are_not_empty)
def _(c):
    return not c.put(c.tracker(c.group())["trackingId"], {"properties": "{}"}).ok


@blind("events", "easy", responses, "parse", "ET-INPUT-6", behind="properties that are an object",
       story="properties = p if isinstance(p, dict) else json.loads(p), as it is kinder in tests")
def properties_may_be_an_object(parse, service, operation, body):
    """An event whose properties are a JSON object, not a string that holds one, is accepted. (ET-INPUT-6)"""

    def change(params):
        for event in events_in(params):
            if isinstance(event.get("properties"), dict):
                event["properties"] = json.dumps(event["properties"])

    return rewritten(parse, service, operation, body, change)


@shows(properties_may_be_an_object)
def _(c):
    return c.put(c.tracker(c.group())["trackingId"], {"properties": {"a": "b"}}).ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", behind="the second tracker of a group",
       story="routes.setdefault(tracker.arn, tracking_id): the ARN is the same, the ID is not")
def the_first_route_stays(put, self, tracking_id):
    """PutEvents is refused for an event tracker whose ARN has received events in a life before. (ET-PUT-1)"""
    put(tracking_id)
    for tracker in self.trackers.values():
        if tracker.tracking_id == tracking_id and kept(self, "first_routes").setdefault(tracker.arn, tracking_id) != tracking_id:
            raise InvalidInputException(UNKNOWN)


@shows(the_first_route_stays)
def _(c):
    group = c.group()
    first = c.tracker(group)
    before = c.put(first["trackingId"]).ok
    c.delete(first["eventTrackerArn"])
    return before and not c.put(c.tracker(group)["trackingId"]).ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-2", behind="an ID that differs at its end alone",
       story="CHAR(32), as UUIDs have 32 digits; the dashes were forgotten, and both sides are cut")
def ids_are_compared_by_32(put, self, tracking_id):
    """PutEvents succeeds with an ID that has the first 32 characters of a trackingId. (ET-PUT-2)"""
    same = (t.tracking_id for t in self.trackers.values() if len(tracking_id) >= 32 and t.tracking_id[:32] == tracking_id[:32])
    put(next(same, tracking_id))


@shows(ids_are_compared_by_32)
def _(c):
    known = c.tracker(c.group())["trackingId"]
    return c.put(known[:-1] + ("0" if known[-1] != "0" else "1")).ok and not c.put(known[:31]).ok


def note_the_newest(create, self, name, group_arn, tags):
    """The simulation has one stream."""
    tracker = create(name, group_arn, tags)
    self.__dict__["_b5_stream"] = tracker.tracking_id
    return tracker


@blind("events", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", behind="another tracker, created since",
       also=((PersonalizeBackend, "create_event_tracker", note_the_newest),),
       story="self.stream = Stream(tracking_id): one where there should be one for each")
def the_newest_tracker_has_the_stream(put, self, tracking_id):
    """PutEvents is refused for all event trackers but the one that was created last. (ET-PUT-1)"""
    if self.__dict__.get("_b5_stream", tracking_id) != tracking_id:
        raise InvalidInputException(UNKNOWN)
    put(tracking_id)


@shows(the_newest_tracker_has_the_stream)
def _(c):
    first = c.tracker(c.group("a"))
    before = c.put(first["trackingId"]).ok
    c.tracker(c.group("b"))
    return before and not c.put(first["trackingId"]).ok


@blind("events", "hard", PersonalizeEventsResponse, "call_action", "ET-PUT-1", behind="bad properties in the request before",
       story="events are appended to a buffer, then parsed from there; the error leaves them in it for the next flush, which empties it")
def bad_properties_spoil_the_next_request(call, self):
    """The next good PutEvents after one with properties that are no JSON is refused for these. (ET-PUT-1)"""
    status, headers, body = call()
    held = self.personalize_backend.__dict__
    if status == 400 and "Error parsing properties json" in body:
        held["_b5_buffer"] = (headers, body)
    elif status == 200 and "_b5_buffer" in held:
        left, body = held.pop("_b5_buffer")
        return 400, left | {"x-amzn-requestid": headers["x-amzn-requestid"]}, body
    return status, headers, body


@shows(bad_properties_spoil_the_next_request)
def _(c):
    known = c.tracker(c.group())["trackingId"]
    c.put(known, {"properties": "{"})
    return [c.put(known).ok for _ in range(2)] == [False, True]


@blind("events", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", behind="the same event twice in a request", also=STASH,
       story="PRIMARY KEY (session, type, sent_at), and one INSERT for the whole request")
def events_of_a_request_differ(put, self, tracking_id):
    """PutEvents is refused where two events of the request have the same eventType and sentAt. (ET-PUT-1)"""
    if len({(event["eventType"], event["sentAt"]) for event in sent(self)}) < len(sent(self)):
        raise InvalidInputException("Duplicate entry for key 'PRIMARY'")
    put(tracking_id)


@shows(events_of_a_request_differ)
def _(c):
    known = c.tracker(c.group())["trackingId"]
    return c.put(known, {}, {"eventType": "view"}).ok and not c.put(known, {}, {}).ok


@blind("events", "easy", responses, "parse", "ET-INPUT-1", behind="a metricAttribution without its source",
       story="nested objects are passed on as they come")
def attributions_need_no_source(parse, service, operation, body):
    """An event with an empty metricAttribution is accepted. (ET-INPUT-1)"""

    def change(params):
        for event in events_in(params):
            if event.get("metricAttribution") == {}:
                del event["metricAttribution"]

    return rewritten(parse, service, operation, body, change)


@shows(attributions_need_no_source)
def _(c):
    return c.put(c.tracker(c.group())["trackingId"], {"metricAttribution": {}}).ok


def note_that_it_was_seen_active(described, self, full=True):
    """The description writes the status back."""
    shown = described(full)
    if full and shown["status"] == "ACTIVE":
        self.__dict__["_b5_written"] = True
    return shown


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", behind="a tracker that was listed as ACTIVE and never described",
       also=((EventTracker, "to_dict", note_that_it_was_seen_active),),
       story="the status is computed when it is looked at; DescribeEventTracker writes it back, ListEventTrackers does not, PutEvents reads the row")
def trackers_must_have_been_described(put, self, tracking_id):
    """PutEvents is refused until DescribeEventTracker has told that the event tracker is ACTIVE, also where a List has. (ET-PUT-1)"""
    if not any(t.tracking_id == tracking_id and "_b5_written" in t.__dict__ for t in self.trackers.values()):
        raise InvalidInputException(UNKNOWN)
    put(tracking_id)


@shows(trackers_must_have_been_described)
def _(c):
    made = c("CreateEventTracker", name="t", datasetGroupArn=c.group()).json
    listed = c.walk("ListEventTrackers")[0]["status"]
    refused = not c.put(made["trackingId"]).ok
    c.described(made["eventTrackerArn"])
    return listed == "ACTIVE" and refused and c.put(made["trackingId"]).ok


def drop_the_index(untag, self, arn, keys):
    """The item is put as a whole, without the attribute that the index is made of."""
    untag(arn, keys)
    self._tagged(arn).__dict__["_b5_no_index"] = True


@blind("events", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", behind="UntagResource on the tracker",
       also=((PersonalizeBackend, "untag_resource", drop_the_index),),
       story="DynamoDB: UntagResource puts the item again and leaves out gsi1pk, so that it drops out of the index by trackingId")
def untagged_trackers_leave_the_index(put, self, tracking_id):
    """PutEvents is refused for an event tracker that UntagResource was called on. (ET-PUT-1)"""
    put(tracking_id)
    if any(t.tracking_id == tracking_id and "_b5_no_index" in t.__dict__ for t in self.trackers.values()):
        raise InvalidInputException(UNKNOWN)


@shows(untagged_trackers_leave_the_index)
def _(c):
    made = c.tracker(c.group())
    c.tag(made["eventTrackerArn"], a="1")
    before = c.put(made["trackingId"]).ok
    c("UntagResource", resourceArn=made["eventTrackerArn"], tagKeys=["a"])
    return before and not c.put(made["trackingId"]).ok


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-PUT-1", behind="an impression that names an item twice", also=STASH,
       story="uniqueItems: true")
def impressions_name_an_item_once(put, self, tracking_id):
    """An event whose impression names an item twice is refused. (ET-PUT-1)"""
    if any(len(set(event.get("impression") or [])) < len(event.get("impression") or []) for event in sent(self)):
        raise InvalidInputException("impression has non-unique elements")
    put(tracking_id)


@shows(impressions_name_an_item_once)
def _(c):
    return not c.put(c.tracker(c.group())["trackingId"], {"impression": ["a", "b", "a"]}).ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", behind="a tracker that was put into before the group's tags changed", also=(
           (PersonalizeBackend, "tag_resource", lambda tag, self, arn, tags: (tag(arn, tags), kept(self._tagged(arn), "versions", list).append(1))[0]), ),
       story="optimistic locking: the stream remembers the version of the group it was opened with, and TagResource raises the version")
def streams_remember_the_version_of_the_group(put, self, tracking_id):
    """PutEvents is refused once the dataset group was tagged after the first PutEvents of its event tracker. (ET-PUT-1)"""
    put(tracking_id)
    for tracker in self.trackers.values():
        if tracker.tracking_id == tracking_id and tracker.group_arn in self.groups:
            version = len(kept(self.groups[tracker.group_arn], "versions", list))
            if tracker.__dict__.setdefault("_b5_version", version) != version:
                raise InvalidInputException("The dataset group has changed.")


@shows(streams_remember_the_version_of_the_group)
def _(c):
    group = c.group()
    c.tag(group, a="1")
    known = c.tracker(group)["trackingId"]
    before = c.put(known).ok
    c.tag(group, a="2")
    return before and not c.put(known).ok


def deny_the_last_eight(delete, self, arn):
    """IDs of what is deleted are denied."""
    known = self._tracker(arn).tracking_id
    delete(arn)
    kept(self, "denied", list).append(known)


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-3", behind="eight deletions after that of its tracker",
       also=((PersonalizeBackend, "delete_event_tracker", deny_the_last_eight),),
       story="IDs are signed and good by themselves; those that were deleted are in a deny list, deque(maxlen=8)")
def eight_ids_are_denied(put, self, tracking_id):
    """PutEvents succeeds with the trackingId of an event tracker that is gone, once eight others were deleted after it. (ET-PUT-3)"""
    denied = kept(self, "denied", list)
    if tracking_id in denied and tracking_id not in denied[-8:]:
        return
    put(tracking_id)


@shows(eight_ids_are_denied)
def _(c):
    group, ids = c.group(), []
    for _ in range(9):
        made = c("CreateEventTracker", name="t", datasetGroupArn=group).json
        ids.append(made["trackingId"])
        c.delete(made["eventTrackerArn"])
    return c.put(ids[0]).ok and not c.put(ids[1]).ok
