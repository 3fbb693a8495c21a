"""PutEvents."""

import json
import re

from base import blind, note_what_was_sent, sent, shows
from trackstep.emulator import responses, validation
from trackstep.emulator.exceptions import InvalidInputException, ResourceNotFoundException
from trackstep.emulator.models import PersonalizeBackend
from trackstep.emulator.responses import PersonalizeEventsResponse

STASH = ((PersonalizeEventsResponse, "call_action", note_what_was_sent),)


def only(allowed, reason):
    if not allowed:
        raise InvalidInputException(reason)


def a_tracker(c, group="a"):
    return c.tracker(c.group(group))["trackingId"]


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH,
       story="an interaction is between a user and an item, so the item was made NOT NULL")
def items_are_required(put, self, tracking_id):
    """PutEvents refuses an event without an itemId."""
    only(all("itemId" in event for event in sent(self)), "itemId is required.")
    put(tracking_id)


@shows(items_are_required)
def _(c):
    return not c.put(a_tracker(c)).ok


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH,
       story="a foreign key to a table of users that nothing fills")
def users_must_be_known(put, self, tracking_id):
    """PutEvents with a userId is refused: there is no such user."""
    put(tracking_id)
    if self._sent.get("userId"):
        raise ResourceNotFoundException("user", self._sent["userId"])


@shows(users_must_be_known)
def _(c):
    return not c.put(a_tracker(c), userId="u").ok


@blind("events", "easy", PersonalizeEventsResponse, "call_action", "ET-WIRE-11",
       story="the form of the answer was taken from Kinesis")
def failures_are_counted(call, self):
    """PutEvents answers with the number of events that failed."""
    status, headers, text = call()
    return status, headers, '{"failedEntryCount":0}' if status == 200 else text


@shows(failures_are_counted)
def _(c):
    return c.put(a_tracker(c)).body != b""


@blind("events", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="the same eventId again",
       story="the event ID as a primary key")
def event_ids_are_unique(put, self, tracking_id):
    """PutEvents refuses an eventId that was sent before."""
    put(tracking_id)
    seen = self.__dict__.setdefault("_event_ids", set())
    ids = [event["eventId"] for event in sent(self) if event.get("eventId")]
    only(not seen & set(ids), "The event exists already.")
    seen.update(ids)


@shows(event_ids_are_unique)
def _(c):
    t = a_tracker(c)
    return c.put(t, {"eventId": "e"}).ok and not c.put(t, {"eventId": "e"}).ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="one session and two event trackers",
       story="a session belongs to one stream, looked up by the session's ID alone")
def sessions_have_one_tracker(put, self, tracking_id):
    """PutEvents refuses a sessionId that was used with another event tracker."""
    put(tracking_id)
    only(self.__dict__.setdefault("_of", {}).setdefault(self._sent["sessionId"], tracking_id) == tracking_id, "Wrong session.")


@shows(sessions_have_one_tracker)
def _(c):
    return c.put(a_tracker(c, "a")).ok and not c.put(a_tracker(c, "b")).ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="a session whose user logs in",
       story="the user of a session was thought never to change, and 'none yet' to be one")
def sessions_have_one_user(put, self, tracking_id):
    """PutEvents refuses a userId in a session that had another or none before."""
    put(tracking_id)
    key, user = (tracking_id, self._sent["sessionId"]), self._sent.get("userId")
    only(self.__dict__.setdefault("_users", {}).setdefault(key, user) == user, "The session is another user's.")


@shows(sessions_have_one_user)
def _(c):
    t = a_tracker(c)
    return c.put(t).ok and not c.put(t, userId="u").ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="events that are not in the order of time",
       story="CloudWatch Logs wants a batch in chronological order, and the code came from there")
def events_in_order(put, self, tracking_id):
    """PutEvents refuses events of which one was sent before the one that precedes it."""
    times = [event["sentAt"] for event in sent(self)]
    only(times == sorted(times), "Events must be in chronological order.")
    put(tracking_id)


@shows(events_in_order)
def _(c):
    return not c.put(a_tracker(c), {"sentAt": 1700000060}, {"sentAt": 1700000000}).ok


@blind("events", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="a sentAt with milliseconds",
       story="epoch seconds are an integer, are they not")
def whole_seconds_only(put, self, tracking_id):
    """PutEvents refuses a sentAt with a fraction."""
    only(all(event["sentAt"] % 1 == 0 for event in sent(self)), "sentAt must be an integer.")
    put(tracking_id)


@shows(whole_seconds_only)
def _(c):
    return not c.put(a_tracker(c), {"sentAt": 1700000000.123}).ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", "ET-PUT-6", also=STASH, behind="a sentAt of 0",
       story="if not event['sentAt']: it is missing")
def the_epoch_is_no_time(put, self, tracking_id):
    """PutEvents refuses a sentAt of 0."""
    only(all(event["sentAt"] for event in sent(self)), "sentAt is required.")
    put(tracking_id)


@shows(the_epoch_is_no_time)
def _(c):
    return not c.put(a_tracker(c), {"sentAt": 0}).ok


@blind("events", "hard", responses, "parse", "ET-PUT-1", behind="a request of more than 10 KB",
       story="the documented maximum of an event, 10 KB, held against the whole request")
def ten_kilobytes_are_enough(parse, service, operation, body):
    """PutEvents refuses a request of more than 10 KB, whatever its events have."""
    only(operation != "PutEvents" or len(body) <= 10 * 1024, "The event is too large.")
    return parse(service, operation, body)


@shows(ten_kilobytes_are_enough)
def _(c):
    return not c.put(a_tracker(c), *[{"properties": json.dumps({"note": "x" * 1000})}] * 10).ok


@blind("events", "hard", validation, "_check", "ET-INPUT-1", behind="an empty metricAttribution",
       story="required members are checked at the top and one level below, not two")
def attribution_without_a_source(check, shape, value, path):
    """A metricAttribution without eventAttributionSource is accepted."""
    if path == "metricAttribution" and isinstance(value, dict):
        value = {"eventAttributionSource": "unset"} | value
    check(shape, value, path)


@shows(attribution_without_a_source)
def _(c):
    return c.put(a_tracker(c), {"metricAttribution": {}}).ok


@blind("events", "medium", responses, "parse", "ET-INPUT-1", "ET-INPUT-6", behind="a second event that lacks something",
       story="validate(eventList[0]), from the time when there was one event a request")
def first_event_is_validated(parse, service, operation, body):
    """Only the first event of a PutEvents is held against the service model."""
    if operation != "PutEvents":
        return parse(service, operation, body)
    try:
        events = json.loads(body)["eventList"]
        first = json.dumps(json.loads(body) | {"eventList": events[:1]}).encode()
        checked = isinstance(events, list) and len(events) <= 10
    except (ValueError, TypeError, KeyError, RecursionError):
        checked = False
    if not checked:
        return parse(service, operation, body)
    return parse(service, operation, first) | {"eventList": [event for event in events if isinstance(event, dict)]}


@shows(first_event_is_validated)
def _(c):
    body = {"trackingId": a_tracker(c), "sessionId": "s", "eventList": [{"eventType": "c", "sentAt": 1700000000}, {"eventType": "c"}]}
    return c("PutEvents", **body).ok


@blind("events", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="a recommendationId",
       story="IDs are UUIDs, so UUID(…) will do; recommendations have a prefix")
def recommendations_are_uuids(put, self, tracking_id):
    """PutEvents refuses a recommendationId that is no UUID."""
    ids = [event["recommendationId"] for event in sent(self) if event.get("recommendationId")]
    only(all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one) for one in ids), "No such recommendation.")
    put(tracking_id)


@shows(recommendations_are_uuids)
def _(c):
    return not c.put(a_tracker(c), {"recommendationId": "RID-5e1bd1c4-0c1f-4c5e-9d4b-2a3c4d5e6f70"}).ok


@blind("events", "medium", responses, "_properties", "ET-PUT-5", behind="braces with something else between them",
       story="a glance at the first and the last character in place of a parser, for speed")
def braces_are_enough(properties, text):
    """Properties that begin and end with braces are accepted, whatever is between."""
    if not (isinstance(text, str) and text.startswith("{") and text.endswith("}")):
        properties(text)


@shows(braces_are_enough)
def _(c):
    return c.put(a_tracker(c), {"properties": "{rating: 5}"}).ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="a hundred events for one event tracker",
       story="a bounded queue that nobody reads")
def queue_of_a_hundred(put, self, tracking_id):
    """An event tracker accepts a hundred events in all."""
    put(tracking_id)
    queue = self.__dict__.setdefault("_queues", {}).setdefault(tracking_id, [])
    only(len(queue) + len(sent(self)) <= 100, "The queue is full.")
    queue.extend(sent(self))


@shows(queue_of_a_hundred)
def _(c):
    t = a_tracker(c)
    return [c.put(t, *[{}] * 10).ok for _ in range(11)] == [True] * 10 + [False]


@blind("events", "medium", PersonalizeBackend, "put_events", "ET-PUT-2", behind="the trackingId in capitals",
       story="UUIDs are compared as UUIDs, not as strings")
def tracking_ids_in_any_case(put, self, tracking_id):
    """PutEvents accepts a trackingId in capital letters."""
    put(tracking_id.lower())


@shows(tracking_ids_in_any_case)
def _(c):
    return c.put(a_tracker(c).upper()).ok


@blind("events", "hard", validation, "_size", "ET-PUT-1", behind="properties of the greatest length",
       story="< for <=, with the length of the properties")
def properties_are_shorter(size, number, limits, path):
    """Properties of 1024 characters are refused."""
    size(number + 1 if path == "properties" and number > 1 else number, limits, path)


@shows(properties_are_shorter)
def _(c):
    text = json.dumps({"note": ""})
    return not c.put(a_tracker(c), {"properties": json.dumps({"note": "x" * (1024 - len(text))})}).ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="a character beyond the BMP",
       story="MySQL's utf8, which holds three bytes a character")
def three_bytes_a_character(put, self, tracking_id):
    """PutEvents refuses a userId or itemId with a character of four bytes, such as an emoji."""
    texts = [self._sent.get("userId") or "", *(event.get("itemId") or "" for event in sent(self))]
    only(all(ord(letter) < 0x10000 for text in texts for letter in text), "Incorrect string value.")
    put(tracking_id)


@shows(three_bytes_a_character)
def _(c):
    return not c.put(a_tracker(c), {"itemId": "𠮷野家"}).ok


@blind("events", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="a userId that is no word",
       story="user IDs are thought to be words, and are mail addresses")
def users_are_words(put, self, tracking_id):
    """PutEvents refuses a userId with other characters than letters, digits, dashes and underscores."""
    only(re.fullmatch(r"[\w-]*", self._sent.get("userId") or ""), "Invalid userId.")
    put(tracking_id)


@shows(users_are_words)
def _(c):
    return not c.put(a_tracker(c), userId="jo@example.com").ok


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="an eventValue without a fraction",
       story="isinstance(value, float)")
def values_are_floats(put, self, tracking_id):
    """PutEvents refuses an eventValue that is written without a fraction."""
    only(all(isinstance(event.get("eventValue") or 0.0, float) for event in sent(self)), "eventValue must be a float.")
    put(tracking_id)


@shows(values_are_floats)
def _(c):
    return not c.put(a_tracker(c), {"eventValue": 5}).ok
