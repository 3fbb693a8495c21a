"""Moments."""

import time

from base import STASH, blind, sent, shows
from trackstep.emulator import models
from trackstep.emulator.exceptions import InvalidInputException, ResourceAlreadyExistsException
from trackstep.emulator.models import DatasetGroup, EventTracker, PersonalizeBackend


@blind("time", "medium", DatasetGroup, "to_dict", "ET-GRP-18", behind="a group whose creation failed",
       story="updated_at is set where the worker succeeds; the column defaults to 0")
def failures_are_dated_zero(to_dict, self, full=True):
    """The lastUpdatedDateTime of a CREATE FAILED dataset group is the beginning of 1970. (ET-GRP-18)"""
    described = to_dict(full)
    return described | {"lastUpdatedDateTime": 0} if self.state == "CREATE FAILED" else described


@shows(failures_are_dated_zero)
def _(c):
    return c.described(c.group("g-create-failed"))["lastUpdatedDateTime"] == 0 and c.described(c.group("h"))["lastUpdatedDateTime"] > 0


@blind("time", "medium", EventTracker, "start_deleting", "ET-DESC-9", behind="a look before the deletion and one in it", needs="moving",
       story="the job of the deletion loads the row as it was queued with the creation, and saves it with its own status")
def deletions_put_the_update_back(start, self):
    """Once its deletion has begun, the lastUpdatedDateTime of an event tracker is its creationDateTime again. (ET-DESC-9)"""
    start()
    self.updated = self.created


@shows(deletions_put_the_update_back)
def _(c):
    arn = c.tracker(c.group())["eventTrackerArn"]
    before = c.described(arn)["lastUpdatedDateTime"]
    c("DeleteEventTracker", eventTrackerArn=arn)
    return c.described(arn)["lastUpdatedDateTime"] < before


@blind("time", "medium", EventTracker, "progress", "ET-DESC-8", behind="a look while it is being created and one after", needs="moving",
       story="created = DateTimeField(auto_now=True), where auto_now_add was meant; only the last step calls save()")
def activation_dates_the_creation(progress, self):
    """When an event tracker becomes ACTIVE its creationDateTime changes. (ET-DESC-8)"""
    before = self._status
    progress()
    if before != self._status == "ACTIVE":
        self.created = self.updated


@shows(activation_dates_the_creation)
def _(c):
    arn = c("CreateEventTracker", name="t", datasetGroupArn=c.group()).json["eventTrackerArn"]
    before = c.described(arn)["creationDateTime"]
    for _ in range(5):
        c.described(arn)
    return c.described(arn)["creationDateTime"] > before


@blind("time", "medium", PersonalizeBackend, "create_event_tracker", "ET-GRP-18", behind="a look at the group before and after",
       story="belongs_to :group, touch: [:created_at, :updated_at]")
def a_tracker_touches_its_group(create, self, name, group_arn, tags):
    """CreateEventTracker sets the creationDateTime of the dataset group to now. (ET-GRP-18)"""
    tracker = create(name, group_arn, tags)
    group = self.groups[group_arn]
    group.created = group.updated = models.unix_time()
    return tracker


@shows(a_tracker_touches_its_group)
def _(c):
    group = c.group()
    before = c.described(group)["creationDateTime"]
    c.tracker(group)
    return c.described(group)["creationDateTime"] > before


@blind("time", "medium", PersonalizeBackend, "create_dataset_group", "ET-FAIL-5", "ET-GRP-18", behind="a name that is taken",
       story="INSERT ... ON DUPLICATE KEY UPDATE created_at = VALUES(created_at); that one row was changed means: it exists")
def refused_groups_are_upserted(create, self, params):
    """A CreateDatasetGroup that is refused because there is one sets the creationDateTime of that one to now. (ET-FAIL-5)"""
    try:
        return create(params)
    except ResourceAlreadyExistsException:
        there = self.groups[self._arn(f"dataset-group/{params['name']}")]
        there.created = there.updated = models.unix_time()
        raise


@shows(refused_groups_are_upserted)
def _(c):
    group = c.group()
    before = c.described(group)["creationDateTime"]
    refused = c("CreateDatasetGroup", name="g").code
    return refused == "ResourceAlreadyExistsException" and c.described(group)["creationDateTime"] > before


@blind("time", "medium", DatasetGroup, "to_dict", "ET-WIRE-20", behind="a group that is being created", needs="moving", via="served",
       story="the row of a job has one moment: due_at until it is done, done_at from then on; it is shown as lastUpdatedDateTime")
def jobs_are_dated_when_they_are_due(to_dict, self, full=True):
    """While a dataset group is being created its lastUpdatedDateTime is ten minutes ahead. (ET-WIRE-20)"""
    described = to_dict(full)
    return described | {"lastUpdatedDateTime": self.created + 600} if self.state in ("CREATE PENDING", "CREATE IN_PROGRESS") else described


@shows(jobs_are_dated_when_they_are_due)
def _(c):
    arn = c("CreateDatasetGroup", name="g").json["datasetGroupArn"]
    return c.described(arn)["lastUpdatedDateTime"] > time.time() + 300


def without_zeros(moment):
    """f'{seconds}.{milliseconds}'."""
    whole, thousandths = divmod(round(moment * 1000), 1000)
    return float(f"{whole}.{thousandths}")


def moments_without_zeros(to_dict, self, full=True):
    """Both moments of a description."""
    described = to_dict(full)
    return described | {member: without_zeros(described[member]) for member in ("creationDateTime", "lastUpdatedDateTime")}


@blind("time", "hard", EventTracker, "to_dict", "ET-DESC-7", "ET-GRP-18", "ET-DESC-9", behind="a moment in the first tenth of a second",
       also=((DatasetGroup, "to_dict", moments_without_zeros),),
       story="f'{seconds}.{milliseconds}', in place of f'{seconds}.{milliseconds:03}'")
def milliseconds_have_no_zeros(to_dict, self, full=True):
    """A moment 45 ms after the second is told as .45: lastUpdatedDateTime can be before creationDateTime. (ET-DESC-7)"""
    return moments_without_zeros(to_dict, self, full)


@shows(milliseconds_have_no_zeros)
def _(c):
    for number in range(5):
        time.sleep((0.03 - time.time()) % 1)
        arn = c("CreateDatasetGroup", name=f"g{number}").json["datasetGroupArn"]
        time.sleep((0.15 - time.time()) % 1)
        told = c.described(arn)
        if told["lastUpdatedDateTime"] < told["creationDateTime"]:
            return True
    return False


@blind("time", "easy", PersonalizeBackend, "put_events", "ET-PUT-1", behind="a sentAt ahead of the clock", also=STASH,
       story="if event.sent_at > now(): raise, since no event can come before it happens; phones have clocks of their own")
def events_of_tomorrow_are_refused(put, self, tracking_id):
    """An event whose sentAt is more than a minute ahead is refused. (ET-PUT-1)"""
    put(tracking_id)
    if any(event["sentAt"] > time.time() + 60 for event in sent(self)):
        raise InvalidInputException("An event can't be sent in the future.")


@shows(events_of_tomorrow_are_refused)
def _(c):
    made = c.tracker(c.group())
    return c.put(made["trackingId"]).ok and not c.put(made["trackingId"], {"sentAt": time.time() + 3600}).ok


@blind("time", "easy", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH,
       story="if not isinstance(sent_at, float): raise; JSON has whole numbers too")
def whole_seconds_are_no_moments(put, self, tracking_id):
    """An event whose sentAt is a whole number is refused. (ET-PUT-1)"""
    put(tracking_id)
    if any(isinstance(event["sentAt"], int) for event in sent(self)):
        raise InvalidInputException("sentAt must be a float.")


@shows(whole_seconds_are_no_moments)
def _(c):
    made = c.tracker(c.group())
    return c.put(made["trackingId"], {"sentAt": 1700000000.5}).ok and not c.put(made["trackingId"], {"sentAt": 1700000000}).ok


@blind("time", "medium", PersonalizeBackend, "untag_resource", "ET-GRP-18", behind="a tag of a group that is taken away",
       story="UPDATE ... SET updated_at = CURRENT_DATE: a day, where CURRENT_TIMESTAMP was meant")
def untagging_has_the_day_only(untag, self, arn, keys):
    """After UntagResource has taken a tag from a dataset group its lastUpdatedDateTime is the beginning of the day. (ET-GRP-18)"""
    before = len(self._tagged(arn).tags)
    untag(arn, keys)
    group = self.groups.get(arn)
    if group is not None and len(group.tags) < before:
        group.updated = float(models.unix_time() // 86400 * 86400)


@shows(untagging_has_the_day_only)
def _(c):
    arn = c.group()
    c.tag(arn, a="1")
    fine = c.described(arn)
    c("UntagResource", resourceArn=arn, tagKeys=["a"])
    told = c.described(arn)
    return fine["lastUpdatedDateTime"] >= fine["creationDateTime"] and told["lastUpdatedDateTime"] < told["creationDateTime"]
