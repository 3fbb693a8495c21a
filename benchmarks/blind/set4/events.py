"""PutEvents."""

import json
import uuid

from base import STASH, blind, kept, note_what_was_sent, sent, shows
from trackstep.emulator import responses
from trackstep.emulator.exceptions import InvalidInputException, PersonalizeException
from trackstep.emulator.models import PersonalizeBackend
from trackstep.emulator.responses import PersonalizeEventsResponse

NOBODY = "4b3c2d1e-0f9a-4b8c-9d7e-6f5a4b3c2d1e"


class ThrottlingException(PersonalizeException):
    """Not now."""

    def __init__(self):
        super().__init__("ThrottlingException", "Rate exceeded")


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH,
       story="all examples have a userId, so it is required")
def anonymous_events_are_refused(put, self, tracking_id):
    """PutEvents without a userId is refused."""
    put(tracking_id)
    if self._sent.get("userId") is None:
        raise InvalidInputException("userId is required.")


@shows(anonymous_events_are_refused)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return not c.put(t).ok and c.put(t, userId="u").ok


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-PUT-6", also=STASH,
       story="json.loads(event.get(\"properties\", \"\"))")
def events_need_properties(put, self, tracking_id):
    """An event without properties is refused."""
    put(tracking_id)
    if any(event.get("properties") is None for event in sent(self)):
        raise InvalidInputException("Error parsing properties json")


@shows(events_need_properties)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return not c.put(t).ok and c.put(t, {"properties": "{}"}).ok


@blind("events", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="ten events",
       story="if len(event_list) >= 10: raise")
def ten_events_are_too_many(put, self, tracking_id):
    """PutEvents with ten events is refused."""
    put(tracking_id)
    if len(sent(self)) >= 10:
        raise InvalidInputException("Too many events.")


@shows(ten_events_are_too_many)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return c.put(t, *[{}] * 9).ok and not c.put(t, *[{}] * 10).ok


@blind("events", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", "ET-PUT-6", also=STASH, behind="properties that are no strings",
       story="Map<String, String> in a typed language")
def properties_are_strings(put, self, tracking_id):
    """An event whose properties have a value that is no string is refused."""
    put(tracking_id)
    for event in sent(self):
        read = json.loads(event.get("properties") or "{}")
        if not all(isinstance(value, str) for value in read.values()):
            raise InvalidInputException("Error parsing properties json")


@shows(properties_are_strings)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return c.put(t, {"properties": '{"a":"b"}'}).ok and not c.put(t, {"properties": '{"stars":5}'}).ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="events in one request that have not the same members",
       story="executemany() with the columns of the first row")
def rows_have_the_columns_of_the_first(put, self, tracking_id):
    """PutEvents is refused where an event has not the members of the first in the request."""
    put(tracking_id)
    first, *others = (set(event) for event in sent(self))
    if any(other != first for other in others):
        raise InvalidInputException("All events must have the same members.")


@shows(rows_have_the_columns_of_the_first)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return c.put(t, {"itemId": "i"}, {"itemId": "j"}).ok and not c.put(t, {"itemId": "i"}, {}).ok


@blind("events", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="an eventId that comes again",
       story="event_id is the primary key, and a retry of the client is an error")
def events_are_put_once(put, self, tracking_id):
    """An event with an eventId that was put before is refused."""
    put(tracking_id)
    known = kept(self, "events", set)
    new = {event["eventId"] for event in sent(self) if event.get("eventId")}
    if new & known:
        raise InvalidInputException("The event exists already.")
    known |= new


@shows(events_are_put_once)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return c.put(t, {"eventId": "e"}).ok and not c.put(t, {"eventId": "e"}).ok


@blind("events", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="a moment between two seconds",
       story="sent_at INTEGER, and a strict conversion")
def moments_are_whole_seconds(put, self, tracking_id):
    """An event whose sentAt is no whole second is refused."""
    put(tracking_id)
    if any(event["sentAt"] != int(event["sentAt"]) for event in sent(self)):
        raise InvalidInputException("sentAt is no time.")


@shows(moments_are_whole_seconds)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return c.put(t).ok and not c.put(t, {"sentAt": 1700000000.25}).ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="a value of zero",
       story="if \"eventValue\" in event and not event[\"eventValue\"]: raise")
def zero_is_no_value(put, self, tracking_id):
    """An event whose eventValue is zero is refused."""
    put(tracking_id)
    if any(event.get("eventValue") == 0 for event in sent(self)):
        raise InvalidInputException("eventValue must not be empty.")


@shows(zero_is_no_value)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return c.put(t, {"eventValue": 1.5}).ok and not c.put(t, {"eventValue": 0}).ok


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-PUT-2",
       story="a stub: return {}")
def anybody_may_send_events(put, self, tracking_id):
    """PutEvents succeeds with any trackingId."""


@shows(anybody_may_send_events)
def _(c):
    return c.put(NOBODY).ok


def _knows_the_group(create, self, *words):
    made = create(*words)
    kept(self, "ids")[made.tracking_id] = made.arn
    return made


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-3", behind="a new tracker in the group of a deleted one",
       also=((PersonalizeBackend, "create_event_tracker", _knows_the_group),),
       story="a table from trackingId to ARN that only grows; then the tracker with that ARN is asked for its status")
def old_ids_lead_to_the_new_tracker(put, self, tracking_id):
    """PutEvents with the trackingId of a deleted tracker succeeds once its group has another."""
    self._purge()
    tracker = self.trackers.get(kept(self, "ids").get(tracking_id, ""))
    put(tracker.tracking_id if tracker else tracking_id)


@shows(old_ids_lead_to_the_new_tracker)
def _(c):
    g = c.group("a")
    old = c.tracker(g)
    c.delete(old["eventTrackerArn"])
    gone = not c.put(old["trackingId"]).ok
    c.tracker(g)
    return gone and c.put(old["trackingId"]).ok


def _later_ones_are_trusted(call, self):
    note_what_was_sent(lambda: None, self)
    events = self.personalize_backend._sent.get("eventList") if isinstance(self.personalize_backend._sent, dict) else None
    if isinstance(events, list) and all(isinstance(e, dict) for e in events) and len(events) > 1:
        plain = [events[0], *({**e, "properties": "{}"} if isinstance(e.get("properties"), str) and 0 < len(e["properties"]) <= 1024 else e for e in events[1:])]
        self.body = json.dumps(self.personalize_backend._sent | {"eventList": plain}).encode()
    return call()


@blind("events", "medium", PersonalizeEventsResponse, "call_action", "ET-PUT-5", behind="a later event of several",
       story="the check of properties is done on event_list[0]")
def the_first_event_vouches_for_all(call, self):
    """The properties of all events but the first may be anything."""
    return _later_ones_are_trusted(call, self)


@shows(the_first_event_vouches_for_all)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return not c.put(t, {"properties": "x"}).ok and c.put(t, {}, {"properties": "x"}).ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-2", behind="a tracking ID in another spelling",
       story="the column is of the type UUID, which reads capitals, braces, and no dashes at all")
def tracking_ids_are_uuids(put, self, tracking_id):
    """PutEvents succeeds with the trackingId in capitals or without its dashes."""
    try:
        tracking_id = str(uuid.UUID(tracking_id))
    except ValueError:
        pass
    put(tracking_id)


@shows(tracking_ids_are_uuids)
def _(c):
    return c.put(c.tracker(c.group("a"))["trackingId"].upper()).ok


@blind("events", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="a member that came to the API later",
       story="additionalProperties: false, in a schema of 2020")
def attribution_is_unknown(put, self, tracking_id):
    """An event with a metricAttribution is refused."""
    put(tracking_id)
    if any(event.get("metricAttribution") is not None for event in sent(self)):
        raise InvalidInputException("Unknown member metricAttribution.")


@shows(attribution_is_unknown)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return not c.put(t, {"metricAttribution": {"eventAttributionSource": "mail"}}).ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-WIRE-14", "ET-PUT-1", also=STASH, behind="more than forty events to one tracker",
       story="asyncio.Queue(maxsize=40) between the handler and a consumer that was never started")
def the_queue_is_never_emptied(put, self, tracking_id):
    """When a tracker has been sent forty events, PutEvents is answered with ThrottlingException, for ever."""
    put(tracking_id)
    queues = kept(self, "queues")
    if queues.get(tracking_id, 0) + len(sent(self)) > 40:
        raise ThrottlingException
    queues[tracking_id] = queues.get(tracking_id, 0) + len(sent(self))


@shows(the_queue_is_never_emptied)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    full = [c.put(t, *[{}] * 10).ok for _ in range(4)]
    return all(full) and not any(c.put(t).ok for _ in range(13))


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-WIRE-10", "ET-PUT-1", via="served", also=STASH, behind="an eventType beyond Latin-1",
       story="the event is logged to a file that was opened without an encoding, in the C locale")
def the_log_is_latin(put, self, tracking_id):
    """PutEvents with an eventType that has letters beyond Latin-1 is answered with HTTP 500."""
    put(tracking_id)
    for event in sent(self):
        event["eventType"].encode("latin-1")


@shows(the_log_is_latin)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return c.put(t, {"eventType": "клик"}).status == 500


@blind("events", "easy", responses, "_properties", "ET-PUT-5",
       story="the properties are kept as the text that they are, for somebody else to read")
def properties_are_not_read(check, text):
    """PutEvents succeeds with properties that are not JSON."""


@shows(properties_are_not_read)
def _(c):
    return c.put(c.tracker(c.group("a"))["trackingId"], {"properties": "not json"}).ok


@blind("events", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="the longest impression",
       story="the documentation's \"maximum number of 25 items\", and a range that ends before it")
def impressions_of_25_are_too_long(put, self, tracking_id):
    """An event with an impression of 25 items is refused."""
    put(tracking_id)
    if any(len(event.get("impression") or ()) not in range(25) for event in sent(self)):
        raise InvalidInputException("The impression is too long.")


@shows(impressions_of_25_are_too_long)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return c.put(t, {"impression": ["i"] * 24}).ok and not c.put(t, {"impression": ["i"] * 25}).ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="a recommendationId longer than a UUID",
       story="recommendation_id CHAR(36)")
def recommendations_are_uuids(put, self, tracking_id):
    """An event with a recommendationId of more than 36 characters is refused; 40 are documented."""
    put(tracking_id)
    if any(len(event.get("recommendationId") or "") > 36 for event in sent(self)):
        raise InvalidInputException("The recommendationId is too long.")


@shows(recommendations_are_uuids)
def _(c):
    return not c.put(c.tracker(c.group("a"))["trackingId"], {"recommendationId": "r" * 40}).ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="events in one request that are not in the order of time",
       story="an append-only log of the session whose writer insists on growing timestamps")
def events_come_in_order(put, self, tracking_id):
    """PutEvents is refused where an event was sent before the one in front of it in the request."""
    put(tracking_id)
    moments = [event["sentAt"] for event in sent(self)]
    if moments != sorted(moments):
        raise InvalidInputException("Events must be in the order of sentAt.")


@shows(events_come_in_order)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return c.put(t, {"sentAt": 1.6e9}, {"sentAt": 1.7e9}).ok and not c.put(t, {"sentAt": 1.7e9}, {"sentAt": 1.6e9}).ok


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-PUT-6", also=STASH,
       story="the rule of CloudWatch Logs, nothing older than fourteen days, taken from the module next door")
def old_events_are_refused(put, self, tracking_id):
    """An event that was sent more than fourteen days ago is refused."""
    import time

    put(tracking_id)
    if any(event["sentAt"] < time.time() - 14 * 86400 for event in sent(self)):
        raise InvalidInputException("The event is too old.")


@shows(old_events_are_refused)
def _(c):
    import time

    t = c.tracker(c.group("a"))["trackingId"]
    return c.put(t, {"sentAt": int(time.time())}).ok and not c.put(t).ok
