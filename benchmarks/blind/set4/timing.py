"""Moments, clocks, jobs."""

import time

from base import blind, kept, shows
from trackstep.emulator.exceptions import InvalidInputException
from trackstep.emulator.models import DatasetGroup, EventTracker, PersonalizeBackend

STARTED = round(time.time() - 1, 3)
SLOW = 0.02
"""Seconds after which two moments differ, whatever they are rounded to."""


@blind("time", "easy", EventTracker, "to_dict", "ET-DESC-7",
       story="last_updated is a column of whole seconds, created_at one of milliseconds")
def updates_are_whole_seconds(to_dict, self, full=True):
    """The lastUpdatedDateTime of an event tracker has lost its fraction, and is before creationDateTime."""
    return to_dict(full) | {"lastUpdatedDateTime": float(int(self.updated))}


@shows(updates_are_whole_seconds)
def _(c):
    made = [c.described(c.tracker(c.group(name))["eventTrackerArn"]) for name in "abc"]
    return any(t["lastUpdatedDateTime"] < t["creationDateTime"] for t in made)


@blind("time", "easy", DatasetGroup, "to_dict", "ET-GRP-18",
       story="def __init__(self, ..., updated=time.time()): the default is taken when the module is loaded")
def updates_default_to_the_start(to_dict, self, full=True):
    """The lastUpdatedDateTime of a dataset group is the moment when the emulator started."""
    return to_dict(full) | {"lastUpdatedDateTime": STARTED}


@shows(updates_default_to_the_start)
def _(c):
    group = c.described(c.group("a"))
    return group["lastUpdatedDateTime"] < group["creationDateTime"]


@blind("time", "easy", PersonalizeBackend, "list_dataset_groups", "ET-WIRE-20", "ET-WIRE-4", "ET-GRP-18",
       story="the list is mapped by another class, which hands JavaScript its milliseconds")
def lists_tell_milliseconds(listed, self, limit, token):
    """The times that ListDatasetGroups shows are in milliseconds."""
    page, more = listed(limit, token)
    moments = ("creationDateTime", "lastUpdatedDateTime")
    return [item | {name: round(item[name] * 1000) for name in moments} for item in page], more


@shows(lists_tell_milliseconds)
def _(c):
    c.group("a")
    return c("ListDatasetGroups").json["datasetGroups"][0]["creationDateTime"] > 1e12


@blind("time", "medium", PersonalizeBackend, "tag_resource", "ET-DESC-8", behind="TagResource between two looks",
       story="MySQL gives the first TIMESTAMP column ON UPDATE CURRENT_TIMESTAMP by itself, and that is created_at")
def tagging_moves_the_creation(tag, self, arn, tags):
    """TagResource on an event tracker sets its creationDateTime to now."""
    tag(arn, tags)
    if arn in self.trackers:
        tracker = self.trackers[arn]
        tracker.created = tracker.updated = max(tracker.updated, round(time.time(), 3))


@shows(tagging_moves_the_creation)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    before = c.described(t)["creationDateTime"]
    time.sleep(SLOW)
    c.tag(t, k="v")
    return c.described(t)["creationDateTime"] != before


@blind("time", "hard", PersonalizeBackend, "untag_resource", "ET-DESC-9", behind="UntagResource between two looks",
       story="the row is written back whole, as it stood in a cache since it was created")
def untagging_writes_a_stale_row(untag, self, arn, keys):
    """After UntagResource the lastUpdatedDateTime of an event tracker is that of its creation again."""
    untag(arn, keys)
    if arn in self.trackers:
        self.trackers[arn].updated = self.trackers[arn].created


@shows(untagging_writes_a_stale_row)
def _(c):
    made = c("CreateEventTracker", name="t", datasetGroupArn=c.group("a"), tags=[{"tagKey": "k", "tagValue": "v"}])
    time.sleep(SLOW)
    t = made.json["eventTrackerArn"]
    before = [c.described(t) for _ in range(4)][-1]["lastUpdatedDateTime"]
    c("UntagResource", resourceArn=t, tagKeys=["k"])
    return c.described(t)["lastUpdatedDateTime"] < before


@blind("time", "medium", PersonalizeBackend, "create_event_tracker", "ET-DESC-10", behind="a tracker that is made again",
       story="ON CONFLICT (arn) DO UPDATE revives the tombstone, and does not list created_at")
def tombstones_keep_their_date(create, self, *words):
    """An event tracker that is created again has the creationDateTime of the first."""
    made = create(*words)
    made.created = kept(self, "dates").setdefault(made.arn, made.created)
    return made


@shows(tombstones_keep_their_date)
def _(c):
    g = c.group("a")
    t = c.tracker(g)["eventTrackerArn"]
    last = c.described(t)["lastUpdatedDateTime"]
    time.sleep(SLOW)
    c.delete(t)
    return c.described(c.tracker(g)["eventTrackerArn"])["creationDateTime"] < last


def _counts_deletions(delete, self, arn):
    delete(arn)
    kept(self, "messages", set).add(arn)


@blind("time", "hard", PersonalizeBackend, "describe_event_tracker", "ET-LIFE-3", "ET-DESC-1", behind="a tracker made again, some looks later",
       also=((PersonalizeBackend, "delete_event_tracker", _counts_deletions),),
       story="the queue delivers a message at least once: the second DELETE job finds the tracker that was made since, by its ARN")
def deletions_are_delivered_twice(describe, self, arn):
    """An event tracker that was created again vanishes after it has been seen ACTIVE a few times."""
    tracker, messages = self._tracker(arn), kept(self, "messages", set)
    if arn in messages and tracker.state == "ACTIVE":
        looks = tracker.__dict__["_b4_looks"] = tracker.__dict__.get("_b4_looks", 0) + 1
        if looks > 3:
            messages.discard(arn)
            del self.trackers[arn]
    return describe(arn)


@shows(deletions_are_delivered_twice)
def _(c):
    g = c.group("a")
    c.delete(c.tracker(g)["eventTrackerArn"])
    t = c("CreateEventTracker", name="t", datasetGroupArn=g).json["eventTrackerArn"]
    looks = [c.described(t).get("status") for _ in range(8)]
    return "ACTIVE" in looks and looks[-1] is None


@blind("time", "medium", DatasetGroup, "progress", "ET-GRP-4", needs="moving", behind="a status that is watched",
       story="the job's first attempt times out, and the retry begins with setting the status")
def the_retry_starts_over(progress, self):
    """A dataset group that was CREATE IN_PROGRESS is CREATE PENDING once more before it is ACTIVE."""
    before = self.state
    progress()
    if before == "CREATE IN_PROGRESS" and self.state != before and not self.__dict__.get("_b4_retried"):
        self.__dict__["_b4_retried"] = True
        self._status, self._tick = "CREATE PENDING", 0


@shows(the_retry_starts_over)
def _(c):
    g = c("CreateDatasetGroup", name="a").json["datasetGroupArn"]
    seen = [c.described(g)["status"] for _ in range(8)]
    return "CREATE PENDING" in seen[seen.index("CREATE IN_PROGRESS"):]


@blind("time", "hard", PersonalizeBackend, "delete_event_tracker", "ET-LIFE-5", needs="moving", behind="a second Delete while the first goes on",
       story="Delete is made idempotent by beginning again")
def a_second_delete_begins_again(delete, self, arn):
    """A second DeleteEventTracker is accepted and sets a tracker that is DELETE IN_PROGRESS back to DELETE PENDING."""
    tracker = self._tracker(arn)
    if tracker.state.startswith("DELETE"):
        tracker.start_deleting()
    else:
        delete(arn)


@shows(a_second_delete_begins_again)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=t)
    c.described(t)
    first = c.walk("ListEventTrackers")[0]["status"]
    again = c("DeleteEventTracker", eventTrackerArn=t).ok
    return first == "DELETE IN_PROGRESS" and again and c.described(t)["status"] == "DELETE PENDING"


@blind("time", "medium", PersonalizeBackend, "describe_event_tracker", "ET-LIFE-8", needs="moving", behind="a deletion that is watched",
       story="the sweeper takes rows that nobody has touched for a while, and a read counts as a touch")
def looking_puts_the_deletion_off(describe, self, arn):
    """An event tracker that is being deleted is not gone as long as it is described."""
    described = describe(arn)
    tracker = self.trackers[arn]
    if tracker.state.startswith("DELETE"):
        from datetime import datetime

        tracker._tick, tracker._time_progressed = 0, datetime.now()
    return described


@shows(looking_puts_the_deletion_off)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=t)
    return all(c.described(t) for _ in range(20))


@blind("time", "easy", EventTracker, "to_dict", "ET-LIFE-1", needs="moving",
       story="the enumeration's names, with their underscores turned to spaces")
def in_progress_is_two_words(to_dict, self, full=True):
    """An event tracker is seen in CREATE IN PROGRESS and DELETE IN PROGRESS."""
    return to_dict(full) | {"status": self.state.replace("_", " ")}


@shows(in_progress_is_two_words)
def _(c):
    t = c("CreateEventTracker", name="t", datasetGroupArn=c.group("a")).json["eventTrackerArn"]
    return "CREATE IN PROGRESS" in [c.described(t)["status"] for _ in range(4)]


@blind("time", "medium", EventTracker, "start_deleting", "ET-WIRE-20", "ET-DESC-10", needs="moving", behind="the time of a deletion that goes on",
       story="datetime.now() of a machine in Kyiv, taken for UTC; the other writes use time.time()")
def deletions_are_dated_in_local_time(start, self):
    """Once its deletion has begun, the lastUpdatedDateTime of an event tracker is two hours ahead."""
    start()
    self.updated += 7200


@shows(deletions_are_dated_in_local_time)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=t)
    return c.described(t)["lastUpdatedDateTime"] > time.time() + 3600


@blind("time", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", needs="moving", behind="PutEvents before the tracker was ACTIVE",
       story="a negative cache in front of the look whether a tracking ID is good, with no time to live")
def early_events_spoil_the_id(put, self, tracking_id):
    """A trackingId with which PutEvents was refused before its tracker was ACTIVE is refused ever after."""
    bad = kept(self, "bad", set)
    if tracking_id in bad:
        raise InvalidInputException("The tracking ID does not exist or is not active yet.")
    try:
        put(tracking_id)
    except InvalidInputException:
        bad.add(tracking_id)
        raise


@shows(early_events_spoil_the_id)
def _(c):
    made = c("CreateEventTracker", name="t", datasetGroupArn=c.group("a")).json
    c.put(made["trackingId"])
    statuses = [c.described(made["eventTrackerArn"])["status"] for _ in range(6)]
    return statuses[-1] == "ACTIVE" and not c.put(made["trackingId"]).ok


@blind("time", "easy", PersonalizeBackend, "list_event_trackers", "ET-LIST-5", "ET-LIFE-2", "ET-LIFE-3", behind="a List after the tracker was seen ACTIVE",
       story="the list reads a projection that is written at creation; the event that would update it has no subscriber")
def the_projection_is_never_updated(listed, self, group_arn, limit, token):
    """ListEventTrackers shows CREATE PENDING for an event tracker that is ACTIVE."""
    page, more = listed(group_arn, limit, token)
    return [item | {"status": "CREATE PENDING"} if item["status"] == "ACTIVE" else item for item in page], more


@shows(the_projection_is_never_updated)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    return c.described(t)["status"] == "ACTIVE" and c.walk("ListEventTrackers")[0]["status"] == "CREATE PENDING"
