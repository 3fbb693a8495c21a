"""Moments, and what statuses do while they move."""

import math
import time

from base import STASH, blind, kept, sent, shows
from trackstep.emulator.models import DatasetGroup, EventTracker, PersonalizeBackend


@blind("time", "medium", PersonalizeBackend, "describe_event_tracker", "ET-LIST-5", "ET-DESC-10", behind="the description beside the summary",
       story="SELECT t.*, g.* … JOIN: both have a column created_at, and the dictionary keeps the last")
def the_group_lends_its_creation(describe, self, arn):
    """DescribeEventTracker tells the creationDateTime of the dataset group for that of the event tracker. (ET-LIST-5)"""
    described = describe(arn)
    group = self.groups.get(described["datasetGroupArn"])
    return described | ({"creationDateTime": group.created} if group else {})


@shows(the_group_lends_its_creation)
def _(c):
    group = c.group()
    time.sleep(0.01)
    arn = c.tracker(group)["eventTrackerArn"]
    return c.described(arn)["creationDateTime"] < c.walk("ListEventTrackers")[0]["creationDateTime"]


@blind("time", "medium", DatasetGroup, "to_dict", "ET-GRP-18", behind="a summary after the status has moved", needs="moving",
       story="the summary's mapper was copied from the other field: creationDateTime = row.updated_at")
def summaries_are_created_when_updated(described, self, full=True):
    """The creationDateTime that ListDatasetGroups shows is the lastUpdatedDateTime. (ET-GRP-18)"""
    return described(full) | ({} if full else {"creationDateTime": self.updated})


@shows(summaries_are_created_when_updated)
def _(c):
    arn = c("CreateDatasetGroup", name="g").json["datasetGroupArn"]
    first = c.walk("ListDatasetGroups")[0]["creationDateTime"]
    time.sleep(0.01)
    for _ in range(4):
        c.described(arn)
    return c.walk("ListDatasetGroups")[0]["creationDateTime"] > first


@blind("time", "hard", EventTracker, "to_dict", "ET-LIFE-5", "ET-LIST-5", behind="a List between the deletion and the next look", needs="moving",
       story="the table that the List reads is written by DescribeEventTracker, with what it has just shown")
def summaries_show_the_last_look(described, self, full=True):
    """ListEventTrackers shows the status that DescribeEventTracker showed last, so ACTIVE after an accepted deletion. (ET-LIFE-5)"""
    shown = described(full)
    if full:
        self.__dict__["_b5_looked"] = shown["status"]
        return shown
    return shown | {"status": self.__dict__.get("_b5_looked", shown["status"])}


@shows(summaries_show_the_last_look)
def _(c):
    arn = c.tracker(c.group())["eventTrackerArn"]
    accepted = c("DeleteEventTracker", eventTrackerArn=arn).ok
    return accepted and c.walk("ListEventTrackers")[0]["status"] == "ACTIVE"


SWAPPED = {"DELETE PENDING": "DELETE IN_PROGRESS", "DELETE IN_PROGRESS": "DELETE PENDING"}


@blind("time", "easy", EventTracker, "state", "ET-LIFE-5", behind="a deletion that is seen going on", needs="moving",
       story="statuses by number, two of which changed places in the enumeration")
def deletions_begin_in_progress(state, self):
    """An event tracker that is deleted is DELETE IN_PROGRESS first, and then DELETE PENDING. (ET-LIFE-5)"""
    return SWAPPED.get(state(self), state(self))


@shows(deletions_begin_in_progress)
def _(c):
    arn = c.tracker(c.group())["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=arn)
    seen = [c.described(arn).get("status") for _ in range(4)]
    return [s for s in seen if s][:1] == ["DELETE IN_PROGRESS"] and "DELETE PENDING" in seen


def note_that_it_was_shown(described, self, full=True):
    """A tombstone is shown once."""
    shown = described(full)
    if shown["status"] == "DELETED":
        self.__dict__["_b5_shown"] = True
    return shown


@blind("time", "medium", EventTracker, "state", "ET-LIFE-1", behind="the look after a deletion",
       also=((EventTracker, "to_dict", note_that_it_was_shown),),
       story="soft deletion sets the status DELETED; the reader that purges comes after the one that shows")
def tombstones_are_shown_once(state, self):
    """An event tracker that is gone is shown once more, with the status DELETED. (ET-LIFE-1)"""
    seen = state(self)
    return "DELETED" if seen == "GONE" and "_b5_shown" not in self.__dict__ else seen


@shows(tombstones_are_shown_once)
def _(c):
    arn = c.tracker(c.group())["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=arn)
    return c.described(arn).get("status") == "DELETED" and not c.described(arn)


def accept_it_early(delete, self, arn):
    """A deletion is taken whatever the status; the worker that creates knows nothing of it."""
    tracker = self._tracker(arn)
    if tracker.state.startswith("CREATE ") and not tracker.is_settled:
        tracker.__dict__["_b5_doomed"] = True
    else:
        delete(arn)


@blind("time", "hard", EventTracker, "state", "ET-LIFE-5", "ET-LIFE-8", behind="a deletion during the creation", needs="moving",
       also=((PersonalizeBackend, "delete_event_tracker", accept_it_early),),
       story="lost update: the worker that creates ends with UPDATE … SET status = 'ACTIVE', whatever the status has become")
def the_creation_overwrites_the_deletion(state, self):
    """DeleteEventTracker is accepted while the tracker is being created, which is ACTIVE soon after. (ET-LIFE-5)"""
    seen = state(self)
    return "DELETE PENDING" if "_b5_doomed" in self.__dict__ and seen in ("CREATE PENDING", "CREATE IN_PROGRESS") else seen


@shows(the_creation_overwrites_the_deletion)
def _(c):
    arn = c("CreateEventTracker", name="t", datasetGroupArn=c.group()).json["eventTrackerArn"]
    if not c("DeleteEventTracker", eventTrackerArn=arn).ok:
        return False
    seen = [c.described(arn).get("status") for _ in range(6)]
    return seen[0] == "DELETE PENDING" and seen[-1] == "ACTIVE"


@blind("time", "hard", PersonalizeBackend, "create_event_tracker", "ET-GRP-4", behind="CreateEventTracker while the group is being deleted", needs="moving",
       story="group.trackers.append(tracker); save(group), of the group as it was read from the cache, ACTIVE")
def a_new_tracker_brings_its_group_back(create, self, name, group_arn, tags):
    """CreateEventTracker in a dataset group that is DELETE PENDING is accepted, and makes the group ACTIVE again. (ET-GRP-4)"""
    group = self._group(group_arn)
    if group.state == "DELETE PENDING":
        group._status = "ACTIVE"
    return create(name, group_arn, tags)


@shows(a_new_tracker_brings_its_group_back)
def _(c):
    group = c.group()
    c("DeleteDatasetGroup", datasetGroupArn=group)
    seen = c.described(group).get("status")
    group = c.group("h")
    c("DeleteDatasetGroup", datasetGroupArn=group)
    made = c("CreateEventTracker", name="t", datasetGroupArn=group)
    return seen == "DELETE PENDING" and made.ok and c.described(group).get("status") == "ACTIVE"


def note_the_moment(delete, self, arn):
    """What the table of moments holds at the end of a life."""
    tracker = self._tracker(arn)
    delete(arn)
    kept(self, "moments").setdefault(arn, tracker.updated)


def give_the_moment(create, self, name, group_arn, tags):
    """The row of moments is still there."""
    tracker = create(name, group_arn, tags)
    if tracker.arn in kept(self, "moments"):
        tracker.__dict__["_b5_moment"] = kept(self, "moments")[tracker.arn]
    return tracker


@blind("time", "hard", EventTracker, "to_dict", "ET-DESC-7", "ET-DESC-9", behind="the second life of a tracker",
       also=((PersonalizeBackend, "delete_event_tracker", note_the_moment), (PersonalizeBackend, "create_event_tracker", give_the_moment)),
       story="moments of updates in a table by ARN, INSERT … ON CONFLICT DO NOTHING, and no foreign key")
def moments_of_updates_outlive_the_tracker(described, self, full=True):
    """The lastUpdatedDateTime of an event tracker that was created again is that of the first, before its creationDateTime. (ET-DESC-7)"""
    shown = described(full)
    return shown | {"lastUpdatedDateTime": self.__dict__.get("_b5_moment", shown["lastUpdatedDateTime"])}


@shows(moments_of_updates_outlive_the_tracker)
def _(c):
    group = c.group()
    c.delete(c.tracker(group)["eventTrackerArn"])
    time.sleep(0.01)
    seen = c.described(c.tracker(group)["eventTrackerArn"])
    return seen["lastUpdatedDateTime"] < seen["creationDateTime"]


@blind("time", "medium", PersonalizeBackend, "describe_event_tracker", "ET-DESC-8", behind="the second look",
       story="the first look is answered from what Create left in the cache, the others from a DATETIME of whole seconds")
def the_store_has_whole_seconds(describe, self, arn):
    """From the second DescribeEventTracker on creationDateTime has lost its fraction. (ET-DESC-8)"""
    described, tracker = describe(arn), self.trackers[arn]
    if tracker.__dict__.setdefault("_b5_cached", True):
        tracker.__dict__["_b5_cached"] = False
        return described
    return described | {"creationDateTime": math.floor(described["creationDateTime"])}


@shows(the_store_has_whole_seconds)
def _(c):
    group = c.group()
    if time.time() % 1 < 0.05:
        time.sleep(0.1)
    arn = c("CreateEventTracker", name="t", datasetGroupArn=group).json["eventTrackerArn"]
    return c.described(arn)["creationDateTime"] > c.described(arn)["creationDateTime"]


@blind("time", "medium", PersonalizeBackend, "put_events", "ET-DESC-7", "ET-DESC-9", behind="a description after events of long ago", also=STASH,
       story="tracker.last_updated = event.sent_at, as 'the last time that something came'")
def events_date_their_tracker(put, self, tracking_id):
    """PutEvents sets the lastUpdatedDateTime of the event tracker to the sentAt of the last event. (ET-DESC-7)"""
    put(tracking_id)
    for tracker in self.trackers.values():
        if tracker.tracking_id == tracking_id and 0 <= sent(self)[-1]["sentAt"] < 1e11:
            tracker.updated = sent(self)[-1]["sentAt"]


@shows(events_date_their_tracker)
def _(c):
    made = c.tracker(c.group())
    before = c.described(made["eventTrackerArn"])
    c.put(made["trackingId"])
    after = c.described(made["eventTrackerArn"])
    return before["lastUpdatedDateTime"] >= before["creationDateTime"] > after["lastUpdatedDateTime"]


def stand_still(progress, self):
    """What is stuck does not move."""
    if "_b5_stuck" not in self.__dict__:
        progress()


@blind("time", "hard", PersonalizeBackend, "delete_event_tracker", "ET-LIFE-8", behind="two deletions at the same time", needs="moving",
       also=((EventTracker, "progress", stand_still),),
       story="self.deleting = tracker: the worker has one slot, and the next deletion takes it")
def one_deletion_at_a_time_is_carried_out(delete, self, arn):
    """An event tracker stays as it is in its deletion when that of another begins. (ET-LIFE-8)"""
    delete(arn)
    for other in self.trackers.values():
        if other.arn != arn and other.state.startswith("DELETE"):
            other.__dict__["_b5_stuck"] = True


@shows(one_deletion_at_a_time_is_carried_out)
def _(c):
    first, second = [c.tracker(c.group(name))["eventTrackerArn"] for name in "ab"]
    for arn in (first, second):
        c("DeleteEventTracker", eventTrackerArn=arn)
    for _ in range(10):
        c.described(first), c.described(second)
    return bool(c.described(first)) and not c.described(second)


@blind("time", "hard", PersonalizeBackend, "create_event_tracker", "ET-LIFE-7", behind="a creation that failed before",
       also=((EventTracker, "progress", stand_still),),
       story="the exception of a creation that fails ends the thread of the worker; what comes after stays in its queue")
def a_failure_ends_the_worker(create, self, name, group_arn, tags):
    """Once an event tracker was CREATE FAILED those that are created later stay CREATE PENDING. (ET-LIFE-7)"""
    tracker = create(name, group_arn, tags)
    if any(other.state == "CREATE FAILED" for other in self.trackers.values()):
        self.__dict__["_b5_worker_ended"] = True
    if self.__dict__.get("_b5_worker_ended"):
        tracker.__dict__["_b5_stuck"] = True
    return tracker


@shows(a_failure_ends_the_worker)
def _(c):
    first = c.tracker(c.group("a"), "t")
    c.tracker(c.group("b"), "x-create-failed")
    later = c.tracker(c.group("c"), "t")
    return [c.described(made["eventTrackerArn"])["status"] for made in (first, later)] == ["ACTIVE", "CREATE PENDING"]


@blind("time", "medium", PersonalizeBackend, "_page", "ET-GRP-14", behind="a List while a group is being created", needs="moving",
       story="the List reads an index that the worker writes when the creation has ended")
def groups_are_listed_when_made(page, held, what, limit, token):
    """ListDatasetGroups does not show a dataset group that is being created. (ET-GRP-14)"""
    return page([item for item in held if what != "groups" or item.state not in ("CREATE PENDING", "CREATE IN_PROGRESS")], what, limit, token)


@shows(groups_are_listed_when_made)
def _(c):
    arn = c("CreateDatasetGroup", name="g").json["datasetGroupArn"]
    before = c.walk("ListDatasetGroups")
    for _ in range(4):
        c.described(arn)
    return not before and len(c.walk("ListDatasetGroups")) == 1


def note_the_tags_before(tag, self, arn, tags):
    """The worker that creates has read the row already."""
    resource = self._tagged(arn)
    before = dict(resource.tags)
    tag(arn, tags)
    if resource.state in ("CREATE PENDING", "CREATE IN_PROGRESS"):
        resource.__dict__.setdefault("_b5_read", before)


@blind("time", "hard", EventTracker, "progress", "ET-TAG-2", behind="TagResource during the creation", needs="moving",
       also=((PersonalizeBackend, "tag_resource", note_the_tags_before),),
       story="lost update: the worker that creates reads the row, waits, and writes it back as a whole")
def the_creation_overwrites_the_tags(progress, self):
    """Tags that an event tracker was given while it was being created are gone when it is ACTIVE. (ET-TAG-2)"""
    progress()
    if self._status == "ACTIVE" and "_b5_read" in self.__dict__:
        self.tags = self.__dict__.pop("_b5_read")


@shows(the_creation_overwrites_the_tags)
def _(c):
    arn = c("CreateEventTracker", name="t", datasetGroupArn=c.group()).json["eventTrackerArn"]
    c.tag(arn, a="1")
    before = c.tags(arn)
    for _ in range(5):
        c.described(arn)
    return before == {"a": "1"} and c.tags(arn) == {}


@blind("time", "hard", PersonalizeBackend, "tag_resource", "ET-LIFE-5", behind="TagResource during the deletion", needs="moving",
       story="an upsert of the row as the tagging module knows it, of which the status is ACTIVE by default")
def tags_bring_a_tracker_back(tag, self, arn, tags):
    """TagResource of an event tracker that is being deleted is accepted, and makes it ACTIVE again. (ET-LIFE-5)"""
    tag(arn, tags)
    tracker = self.trackers.get(arn)
    if tracker is not None and tracker.state.startswith("DELETE"):
        tracker._status, tracker._tick = "ACTIVE", 0


@shows(tags_bring_a_tracker_back)
def _(c):
    arn = c.tracker(c.group())["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=arn)
    seen = c.described(arn)["status"]
    c.tag(arn, a="1")
    return seen.startswith("DELETE") and c.described(arn)["status"] == "ACTIVE"
