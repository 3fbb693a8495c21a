"""Time faults: stamps, clocks, caches that live a moment, sentAt."""

from __future__ import annotations

import time
from typing import Any

from trackstep.emulator import responses
from trackstep.emulator.exceptions import InvalidInputException
from trackstep.emulator.models import EventTracker
from trackstep.emulator.models import PersonalizeBackend as Backend
from trackstep.emulator.responses import PersonalizeEventsResponse

from base import blind, many, shows
from stateful import kept, uuid_of

# easy


@blind("time", "easy", EventTracker, "to_dict", "ET-DESC-7")
def updated_is_in_whole_seconds(shown: Any, self: EventTracker, full: bool = True) -> Any:
    """lastUpdatedDateTime is cut to whole seconds and creationDateTime is not, so it is before it."""
    return shown(full) | {"lastUpdatedDateTime": int(self.updated)}


@shows(updated_is_in_whole_seconds)
def _(c: Any) -> bool:
    time.sleep(0.2 if time.time() % 1 < 0.05 or time.time() % 1 > 0.8 else 0)
    shown = c.described(c.tracker(c.group())["eventTrackerArn"])
    return bool(shown["lastUpdatedDateTime"] < shown["creationDateTime"])


@blind("time", "easy", EventTracker, "to_dict", "ET-LIST-5")
def summaries_are_in_whole_seconds(shown: Any, self: EventTracker, full: bool = True) -> Any:
    """The creationDateTime of a summary is cut to whole seconds: it is not that of the description."""
    return shown(full) | ({} if full else {"creationDateTime": int(self.created)})


@shows(summaries_are_in_whole_seconds)
def _(c: Any) -> bool:
    for n in range(3):
        shown = c.described(c.tracker(c.group(f"g{n}"))["eventTrackerArn"])
        listed = {t["eventTrackerArn"]: t for t in c.walk("ListEventTrackers")}[shown["eventTrackerArn"]]
        if listed["creationDateTime"] != shown["creationDateTime"]:
            return True
    return False


@blind("time", "easy", Backend, "describe_event_tracker", "ET-LIFE-5", "ET-LIFE-6", "ET-DESC-2")
def a_description_is_good_for_a_moment(describe: Any, self: Backend, arn: str) -> Any:
    """DescribeEventTracker answers from a cache for 300 ms, whatever was done in between."""
    cache = kept(self, "descriptions")
    if arn in cache and time.monotonic() - cache[arn][0] < 0.3:
        return cache[arn][1]
    described = describe(arn)
    cache[arn] = time.monotonic(), described
    return described


@shows(a_description_is_good_for_a_moment)
def _(c: Any) -> bool:
    arn = c.tracker(c.group())["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=arn)
    return c.described(arn).get("status") == "ACTIVE"


@blind("time", "easy", responses, "parse", "ET-PUT-6", "ET-PUT-1")
def events_of_last_year_are_refused(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """PutEvents refuses an event that is more than a year old."""
    params = parse(service, operation, body)
    if operation == "PutEvents" and any(e["sentAt"] < time.time() - 365 * 86400 for e in params["eventList"]):
        raise InvalidInputException("sentAt is too old.")
    return params


@shows(events_of_last_year_are_refused)
def _(c: Any) -> bool:
    return not c.put(c.tracker(c.group())["trackingId"], {"sentAt": 1.3e9}).ok


# medium


@blind("time", "easy", Backend, "list_tags_for_resource", "ET-TAG-2", "ET-TAG-3", "ET-TAG-11",
       behind="two looks at the tags within a moment, and a write between")  # fmt: skip
def tags_are_good_for_a_moment(listed: Any, self: Backend, arn: str) -> Any:
    """ListTagsForResource answers from a cache for 100 ms, whatever was tagged in between."""
    cache = kept(self, "tags")
    self._tagged(arn)
    if arn in cache and time.monotonic() - cache[arn][0] < 0.1:
        return cache[arn][1]
    tags = listed(arn)
    cache[arn] = time.monotonic(), tags
    return tags


@shows(tags_are_good_for_a_moment)
def _(c: Any) -> bool:
    g = c.group()
    c.tags(g)
    c.tag(g, k="v")
    return c.tags(g) == {}


@blind("time", "easy", Backend, "tag_resource", "ET-GRP-18", behind="a group that was tagged")
def tagging_makes_a_group_new(tag: Any, self: Backend, arn: str, tags: Any) -> None:
    """TagResource writes the group's row anew, and creationDateTime is then."""
    tag(arn, tags)
    if arn in self.groups:
        self.groups[arn].created = self.groups[arn].updated = round(time.time(), 3)


@shows(tagging_makes_a_group_new)
def _(c: Any) -> bool:
    g = c.group()
    before = c.described(g)["creationDateTime"]
    time.sleep(0.01)
    c.tag(g, k="v")
    return bool(c.described(g)["creationDateTime"] != before)


@blind("time", "medium", PersonalizeEventsResponse, "call_action", "ET-DESC-9", "ET-DESC-7",
       behind="events for the tracker")  # fmt: skip
def events_date_their_tracker(act: Any, self: PersonalizeEventsResponse) -> Any:
    """After PutEvents the tracker's lastUpdatedDateTime is the sentAt of the last event."""
    answer = act()
    if answer[0] == 200:
        params = responses.parse("personalize-events", "PutEvents", self.body)
        for tracker in responses.personalize_backends[self.current_account][self.region].trackers.values():
            if tracker.tracking_id == params["trackingId"]:
                tracker.updated = params["eventList"][-1]["sentAt"]
    return answer


@shows(events_date_their_tracker)
def _(c: Any) -> bool:
    made = c.tracker(c.group())
    c.put(made["trackingId"])
    return bool(c.described(made["eventTrackerArn"])["lastUpdatedDateTime"] == 1.7e9)


@blind("time", "medium", Backend, "describe_dataset_group", "ET-GRP-18", behind="a group that was made again")
def update_times_outlive_their_group(describe: Any, self: Backend, arn: str) -> Any:
    """lastUpdatedDateTime is kept by the group's ARN: one made again has that of the one before."""
    described = describe(arn)
    if described["status"] == "ACTIVE":
        described["lastUpdatedDateTime"] = kept(self, "updated").setdefault(arn, described["lastUpdatedDateTime"])
    return described


@shows(update_times_outlive_their_group)
def _(c: Any) -> bool:
    c.delete(c.group())
    time.sleep(0.01)
    shown = c.described(c.group())
    return bool(shown["lastUpdatedDateTime"] < shown["creationDateTime"])


def _in_utc(start: Any, self: EventTracker) -> None:
    start()
    self.updated = round(time.time(), 3)


@blind("time", "medium", EventTracker, "__init__", "ET-DESC-7", "ET-DESC-9", needs="moving",
       behind="a look while it is deleted", also=((EventTracker, "start_deleting", _in_utc),))  # fmt: skip
def created_in_local_time(init: Any, self: EventTracker, *words: Any, **named: Any) -> None:
    """A tracker is created in local time (UTC+2) and its deletion is dated in UTC: it is updated before it is made."""
    init(*words, **named)
    self.created = self.updated = self.created + 7200


@shows(created_in_local_time)
def _(c: Any) -> bool:
    arn = c.tracker(c.group())["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=arn)
    shown = c.described(arn)
    return bool(shown["lastUpdatedDateTime"] < shown["creationDateTime"])


@blind("time", "medium", EventTracker, "to_dict", "ET-DESC-9", needs="moving", behind="looks while it is created")
def updated_is_the_expected_end(shown: Any, self: EventTracker, full: bool = True) -> Any:
    """While a tracker is created lastUpdatedDateTime is when that should end (30 s); then it goes back to now."""
    late = {"lastUpdatedDateTime": self.created + 30} if self.state in ("CREATE PENDING", "CREATE IN_PROGRESS") else {}
    return shown(full) | late


@shows(updated_is_the_expected_end)
def _(c: Any) -> bool:
    arn = c("CreateEventTracker", name="t", datasetGroupArn=c.group()).json["eventTrackerArn"]
    seen = [c.described(arn)["lastUpdatedDateTime"] for _ in range(6)]
    return seen != sorted(seen)


@blind("time", "easy", Backend, "create_event_tracker", "ET-ID-2", behind="two Creates in one hundredth of a second")
def ids_come_from_the_clock(create: Any, self: Backend, name: str, group_arn: str, tags: Any) -> Any:
    """A tracking ID is made from the hundredth of a second in which it is made: two made in one share it."""
    made = create(name, group_arn, tags)
    made.tracking_id = uuid_of(str(int(made.created * 100)))
    return made


@shows(ids_come_from_the_clock)
def _(c: Any) -> bool:
    groups = [c.group(f"g{n}") for n in range(30)]
    ids = [c("CreateEventTracker", name="t", datasetGroupArn=g).json["trackingId"] for g in groups]
    return len(set(ids)) < len(ids)


# hard


def _sent_at(rule: Any) -> Any:
    def refused(parse: Any, service: str, operation: str, body: bytes) -> Any:
        params = parse(service, operation, body)
        if operation == "PutEvents" and any(rule(e["sentAt"]) for e in params["eventList"]):
            raise InvalidInputException("sentAt is missing.")
        return params

    return refused


@blind("time", "hard", responses, "parse", "ET-PUT-6", "ET-PUT-1", behind="an event of the epoch")
def sent_at_zero_is_missing(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """An event whose sentAt is 0 is refused as one without: the check is for what is falsy."""
    return _sent_at(lambda at: not at)(parse, service, operation, body)


@shows(sent_at_zero_is_missing)
def _(c: Any) -> bool:
    return not c.put(c.tracker(c.group())["trackingId"], {"sentAt": 0}).ok


@blind("time", "hard", responses, "parse", "ET-PUT-6", "ET-PUT-1", behind="an event with a fraction of a second")
def sent_at_is_a_whole_number(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """An event whose sentAt has a fraction of a second is refused."""
    return _sent_at(lambda at: at != int(at))(parse, service, operation, body)


@shows(sent_at_is_a_whole_number)
def _(c: Any) -> bool:
    return not c.put(c.tracker(c.group())["trackingId"], {"sentAt": 1700000000.25}).ok


def _touched(find: Any, self: Backend, arn: str) -> Any:
    tracker = find(arn)
    tracker.__dict__["_b1_touched"] = time.monotonic()
    return tracker


@blind("time", "hard", Backend, "_purge", "ET-DESC-1", "ET-LIFE-3", "ET-LIST-1", behind="two seconds of rest",
       also=((Backend, "_tracker", _touched),))  # fmt: skip
def what_rests_for_two_seconds_is_evicted(purge: Any, self: Backend) -> None:
    """An event tracker that is not described for two seconds is gone, like a key of a cache."""
    purge()
    now = time.monotonic()
    for arn, tracker in list(self.trackers.items()):
        if now - tracker.__dict__.setdefault("_b1_touched", now) > 2:
            del self.trackers[arn]


@shows(what_rests_for_two_seconds_is_evicted)
def _(c: Any) -> bool:
    arn = c.tracker(c.group())["eventTrackerArn"]
    time.sleep(2.1)
    return not c.described(arn)


@blind("time", "hard", EventTracker, "to_dict", "ET-WIRE-4", needs="moving", behind="a look in DELETE IN_PROGRESS")
def the_end_is_in_milliseconds(shown: Any, self: EventTracker, full: bool = True) -> Any:
    """In DELETE IN_PROGRESS lastUpdatedDateTime is in milliseconds."""
    late = {"lastUpdatedDateTime": round(self.updated * 1000)} if self.state == "DELETE IN_PROGRESS" else {}
    return shown(full) | late


@shows(the_end_is_in_milliseconds)
def _(c: Any) -> bool:
    arn = c.tracker(c.group())["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=arn)
    return any(c.described(arn).get("lastUpdatedDateTime", 0) > 1e11 for _ in range(3))


@blind("time", "hard", Backend, "untag_resource", "ET-DESC-9", behind="a description before and after an UntagResource")
def untagging_turns_the_clock_back(untag: Any, self: Backend, arn: str, keys: list[str]) -> None:
    """UntagResource restores the row as it was made: lastUpdatedDateTime goes back to creationDateTime."""
    untag(arn, keys)
    if arn in self.trackers:
        self.trackers[arn].updated = self.trackers[arn].created


@shows(untagging_turns_the_clock_back)
def _(c: Any) -> bool:
    made = c("CreateEventTracker", name="t", datasetGroupArn=c.group(), tags=many({"k": "v"})).json
    time.sleep(0.01)
    arn = made["eventTrackerArn"]
    before = c.described(arn)["lastUpdatedDateTime"]
    c("UntagResource", resourceArn=arn, tagKeys=["k"])
    return bool(c.described(arn)["lastUpdatedDateTime"] < before)
