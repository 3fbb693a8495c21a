"""Moments."""

import math
import time

from base import blind, note_what_was_sent, sent, shows
from moto.core.utils import unix_time
from trackstep.emulator.exceptions import ResourceAlreadyExistsException
from trackstep.emulator.models import DatasetGroup, EventTracker, PersonalizeBackend
from trackstep.emulator.responses import PersonalizeEventsResponse

STASH = ((PersonalizeEventsResponse, "call_action", note_what_was_sent),)


def now():
    return round(unix_time(), 3)


@blind("time", "easy", EventTracker, "to_dict", "ET-DESC-7",
       story="two ways to get to whole seconds: ceil in one module, int() in the other")
def created_rounded_up_updated_down(to_dict, self, full=True):
    """creationDateTime is rounded up to whole seconds, lastUpdatedDateTime down."""
    return to_dict(full) | {"creationDateTime": math.ceil(self.created), "lastUpdatedDateTime": math.floor(self.updated)}


@shows(created_rounded_up_updated_down)
def _(c):
    d = c.described(c.tracker(c.group("a"))["eventTrackerArn"])
    return d["lastUpdatedDateTime"] < d["creationDateTime"]


@blind("time", "easy", DatasetGroup, "to_dict", "ET-WIRE-20",
       story="local time of an office an hour east, read as if it were UTC")
def groups_an_hour_ahead(to_dict, self, full=True):
    """The times of a dataset group are an hour in the future."""
    return to_dict(full) | {"creationDateTime": self.created + 3600, "lastUpdatedDateTime": self.updated + 3600}


@shows(groups_an_hour_ahead)
def _(c):
    return c.described(c.group("a"))["creationDateTime"] > time.time() + 300


@blind("time", "easy", EventTracker, "to_dict", "ET-LIST-5",
       story="the list reads from a table whose column is DATETIME, without fractions")
def summary_in_whole_seconds(to_dict, self, full=True):
    """The creationDateTime in a list of event trackers has lost its milliseconds."""
    return to_dict(full) | ({} if full else {"creationDateTime": int(self.created)})


@shows(summary_in_whole_seconds)
def _(c):
    g = c.group("a")
    d = c.described(c.tracker(g)["eventTrackerArn"])
    return c.walk("ListEventTrackers")[0]["creationDateTime"] != d["creationDateTime"]


@blind("time", "medium", PersonalizeBackend, "create_event_tracker", "ET-DESC-10", behind="created again",
       story="the record of the group is copied to begin with, its creation time with it")
def created_with_its_group(create, self, name, group_arn, tags):
    """An event tracker has the creationDateTime of its dataset group."""
    made = create(name, group_arn, tags)
    made.created = self.groups[group_arn].created
    return made


@shows(created_with_its_group)
def _(c):
    g = c.group("a")
    time.sleep(0.01)
    t = c.tracker(g)["eventTrackerArn"]
    before = c.described(t)
    c.delete(t)
    return c.described(c.tracker(g)["eventTrackerArn"])["creationDateTime"] < before["lastUpdatedDateTime"]


@blind("time", "hard", DatasetGroup, "to_dict", "ET-GRP-18", behind="made in the second half of a second",
       story="round() to whole seconds for one of the two times, which goes up half of the time")
def groups_created_to_the_nearest_second(to_dict, self, full=True):
    """The creationDateTime of a dataset group is rounded to the nearest second, its lastUpdatedDateTime is not."""
    return to_dict(full) | {"creationDateTime": round(self.created)}


@shows(groups_created_to_the_nearest_second)
def _(c):
    for number in range(10):
        d = c.described(c.group(f"a{number}"))
        if d["lastUpdatedDateTime"] < d["creationDateTime"]:
            return True
        time.sleep(0.12)
    return False


@blind("time", "easy", EventTracker, "to_dict", "ET-DESC-9", "ET-WIRE-20", needs="moving",
       story="while it is being created the field holds the estimated time of completion")
def updated_when_it_will_be_ready(to_dict, self, full=True):
    """While an event tracker is being created, lastUpdatedDateTime is ten minutes after its creation."""
    soon = {"lastUpdatedDateTime": self.created + 600} if self.state in ("CREATE PENDING", "CREATE IN_PROGRESS") else {}
    return to_dict(full) | soon


@shows(updated_when_it_will_be_ready)
def _(c):
    t = c("CreateEventTracker", name="t", datasetGroupArn=c.group("a")).json["eventTrackerArn"]
    first, last = c.described(t), [c.described(t) for _ in range(5)][-1]
    return first["lastUpdatedDateTime"] > last["lastUpdatedDateTime"]


@blind("time", "medium", PersonalizeBackend, "put_events", "ET-DESC-7", "ET-DESC-9", also=STASH, behind="events of the past",
       story="'last updated' was taken to be the time of the last event, as the client gives it")
def updated_by_the_last_event(put, self, tracking_id):
    """PutEvents sets the lastUpdatedDateTime of the event tracker to the sentAt of the last event."""
    put(tracking_id)
    last = sent(self)[-1]["sentAt"]
    if 0 <= last < 1e11:
        next(t for t in self.trackers.values() if t.tracking_id == tracking_id).updated = round(float(last), 3)


@shows(updated_by_the_last_event)
def _(c):
    t = c.tracker(c.group("a"))
    c.put(t["trackingId"])
    d = c.described(t["eventTrackerArn"])
    return d["lastUpdatedDateTime"] < d["creationDateTime"]


@blind("time", "hard", PersonalizeBackend, "create_event_tracker", "ET-DESC-8", "ET-FAIL-1", behind="a refused Create",
       story="INSERT … ON DUPLICATE KEY UPDATE created = NOW(), and the number of affected rows decides on the refusal")
def refused_create_dates_anew(create, self, name, group_arn, tags):
    """A second CreateEventTracker is refused, and the first event tracker was created just now from then on."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        for tracker in self.trackers.values():
            if tracker.group_arn == group_arn:
                tracker.created = tracker.updated = now()
        raise


@shows(refused_create_dates_anew)
def _(c):
    g = c.group("a")
    t = c.tracker(g)["eventTrackerArn"]
    before = c.described(t)["creationDateTime"]
    time.sleep(0.01)
    c("CreateEventTracker", name="u", datasetGroupArn=g)
    return c.described(t)["creationDateTime"] != before


@blind("time", "easy", EventTracker, "progress", "ET-DESC-8", needs="moving",
       story="each step of the workflow saves a new record, and the ORM fills in created_at")
def created_at_each_step(progress, self):
    """The creationDateTime of an event tracker moves with each change of its status."""
    before = self._status
    progress()
    if before != self._status:
        self.created = self.updated = now()


@shows(created_at_each_step)
def _(c):
    t = c("CreateEventTracker", name="t", datasetGroupArn=c.group("a")).json["eventTrackerArn"]
    before = c.described(t)["creationDateTime"]
    time.sleep(0.01)
    return [c.described(t) for _ in range(5)][-1]["creationDateTime"] != before


def _tagged_now(tag, self, arn, tags):
    tag(arn, tags)
    resource = self._tagged(arn)
    resource.__dict__["_before"], resource.updated = resource.updated, now()


@blind("time", "hard", PersonalizeBackend, "untag_resource", "ET-DESC-9", behind="a look between tagging and untagging",
       also=((PersonalizeBackend, "tag_resource", _tagged_now),),
       story="untagging is undo: the revision before the tagging is restored, its time with it")
def untagging_restores_the_time(untag, self, arn, keys):
    """TagResource counts as an update, and UntagResource sets lastUpdatedDateTime back to what it was before."""
    untag(arn, keys)
    resource = self._tagged(arn)
    resource.updated = resource.__dict__.get("_before", resource.updated)


@shows(untagging_restores_the_time)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    time.sleep(0.01)
    c.tag(t, k="v")
    before = c.described(t)["lastUpdatedDateTime"]
    c("UntagResource", resourceArn=t, tagKeys=["k"])
    return c.described(t)["lastUpdatedDateTime"] < before


@blind("time", "easy", EventTracker, "to_dict", "ET-DESC-9", behind="a description after a list",
       story="the summary is built anew for each list, and its constructor stamps it")
def summaries_are_stamped(to_dict, self, full=True):
    """The lastUpdatedDateTime in a list of event trackers is the time of the list."""
    return to_dict(full) | ({} if full else {"lastUpdatedDateTime": now()})


@shows(summaries_are_stamped)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    time.sleep(0.01)
    return c.walk("ListEventTrackers")[0]["lastUpdatedDateTime"] > c.described(t)["lastUpdatedDateTime"]
