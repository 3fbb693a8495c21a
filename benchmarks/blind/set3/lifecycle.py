"""States, and what they allow."""

from base import blind, shows
from trackstep.emulator.exceptions import InvalidInputException, ResourceAlreadyExistsException, ResourceInUseException
from trackstep.emulator.exceptions import ResourceNotFoundException
from trackstep.emulator.models import DatasetGroup, EventTracker, PersonalizeBackend


class _Kept:
    def __init__(self, arn, described):
        self.arn, self.described = arn, described

    def to_dict(self, full=False):
        return self.described


def _keep_group(delete, self, arn):
    delete(arn)
    described = self.groups[arn].to_dict(full=False) | {"status": "DELETE PENDING"}
    self.__dict__.setdefault("_kept", {})[arn] = _Kept(arn, described)


@blind("lifecycle", "easy", PersonalizeBackend, "list_dataset_groups", "ET-GRP-14",
       also=((PersonalizeBackend, "delete_dataset_group", _keep_group),),
       story="the list reads all rows, also those that are marked as deleted")
def deleted_groups_stay_on_the_list(list_, self, limit, token):
    """A dataset group that is gone is listed as DELETE PENDING for ever."""
    self._purge()
    return self._page(list((self.__dict__.get("_kept", {}) | self.groups).values()), "groups", limit, token)


@shows(deleted_groups_stay_on_the_list)
def _(c):
    c.delete(c.group("a"))
    return bool(c.walk("ListDatasetGroups"))


def _listed(list_, self, group_arn, limit, token):
    for tracker in self.trackers.values():
        tracker.__dict__["_listed"] = True
    return list_(group_arn, limit, token)


@blind("lifecycle", "easy", EventTracker, "progress", "ET-LIFE-7",
       also=((PersonalizeBackend, "list_event_trackers", _listed),),
       story="statuses are brought up to date by the handler of the list only")
def only_lists_move_the_status(progress, self):
    """An event tracker stays CREATE PENDING until a list was asked for."""
    if self._status != "CREATE PENDING" or self.__dict__.get("_listed"):
        progress()


@shows(only_lists_move_the_status)
def _(c):
    return c.described(c.tracker(c.group("a"))["eventTrackerArn"])["status"] == "CREATE PENDING"


def _numbered(create, self, name, group_arn, tags):
    made = create(name, group_arn, tags)
    started = self.__dict__.setdefault("_started", set())
    made.__dict__["_stuck"] = made.arn in started
    started.add(made.arn)
    return made


@blind("lifecycle", "medium", EventTracker, "progress", "ET-LIFE-7", behind="created again",
       also=((PersonalizeBackend, "create_event_tracker", _numbered),),
       story="the workflow has the ARN as its idempotency token, and is not started a second time")
def second_workflow_is_not_started(progress, self):
    """An event tracker that was made again stays CREATE PENDING."""
    if not (self.__dict__.get("_stuck") and self._status == "CREATE PENDING"):
        progress()


@shows(second_workflow_is_not_started)
def _(c):
    g = c.group("a")
    c.delete(c.tracker(g)["eventTrackerArn"])
    return c.described(c.tracker(g)["eventTrackerArn"])["status"] == "CREATE PENDING"


@blind("lifecycle", "hard", PersonalizeBackend, "create_event_tracker", "ET-LIFE-4", "ET-FAIL-1", behind="Create in a group whose tracker failed",
       story="a repeated Create was meant to retry what failed, and the check for an existing one still refuses it")
def refused_create_retries_the_failed(create, self, name, group_arn, tags):
    """A CreateEventTracker that is refused because of one that is CREATE FAILED makes that ACTIVE."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        for tracker in self.trackers.values():
            if tracker.group_arn == group_arn and tracker.state == "CREATE FAILED":
                tracker._status = "ACTIVE"
        raise


@shows(refused_create_retries_the_failed)
def _(c):
    g = c.group("a")
    t = c.tracker(g, "t-create-failed")["eventTrackerArn"]
    c("CreateEventTracker", name="u", datasetGroupArn=g)
    return c.described(t)["status"] == "ACTIVE"


def _updating(tag, self, arn, tags):
    tag(arn, tags)
    if arn in self.groups and self.groups[arn].state == "ACTIVE":
        self.groups[arn].__dict__["_updating"] = True


@blind("lifecycle", "medium", DatasetGroup, "to_dict", "ET-GRP-4", behind="a look after tagging",
       also=((PersonalizeBackend, "tag_resource", _updating),),
       story="tagging was made an update, with the statuses of the resources that have updates")
def tagging_is_an_update(to_dict, self, full=True):
    """A dataset group that was tagged is UPDATE IN_PROGRESS for the next look."""
    return to_dict(full) | ({"status": "UPDATE IN_PROGRESS"} if self.__dict__.pop("_updating", False) else {})


@shows(tagging_is_an_update)
def _(c):
    g = c.group("a")
    c.tag(g, k="v")
    return c.described(g)["status"] == "UPDATE IN_PROGRESS"


@blind("lifecycle", "medium", PersonalizeBackend, "delete_event_tracker", "ET-LIFE-5", needs="moving", behind="a second Delete",
       story="Delete was made idempotent by starting the deletion again")
def second_delete_starts_again(delete, self, arn):
    """A DeleteEventTracker of one that is DELETE IN_PROGRESS is accepted and makes it DELETE PENDING again."""
    tracker = self._tracker(arn)
    if tracker.state.startswith("DELETE"):
        tracker.start_deleting()
    else:
        delete(arn)


@shows(second_delete_starts_again)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=t)
    c.described(t)
    seen = [one["status"] for one in c.walk("ListEventTrackers")]
    c("DeleteEventTracker", eventTrackerArn=t)
    return seen == ["DELETE IN_PROGRESS"] and c.described(t).get("status") == "DELETE PENDING"


def _had_one(create, self, name, group_arn, tags):
    made = create(name, group_arn, tags)
    self.groups[group_arn].__dict__["_had_one"] = True
    return made


@blind("lifecycle", "medium", DatasetGroup, "progress", "ET-GRP-10", behind="a dataset group that had an event tracker",
       also=((PersonalizeBackend, "create_event_tracker", _had_one),),
       story="the deletion waits for the workflow of the tracker to report its end, which it did long ago")
def group_waits_for_its_tracker_for_ever(progress, self):
    """A dataset group that once had an event tracker stays DELETE PENDING."""
    if not (self.__dict__.get("_had_one") and self._status == "DELETE PENDING"):
        progress()


@shows(group_waits_for_its_tracker_for_ever)
def _(c):
    g = c.group("a")
    c.delete(c.tracker(g)["eventTrackerArn"])
    c.delete(g)
    return c.described(g).get("status") == "DELETE PENDING"


def _doomed(delete, self, arn):
    try:
        delete(arn)
    except ResourceInUseException:
        if self.trackers[arn].state.startswith("CREATE"):
            self.trackers[arn].__dict__["_doomed"] = True
        raise


@blind("lifecycle", "hard", EventTracker, "progress", "ET-FAIL-2", "ET-LIFE-2", needs="moving", behind="a Delete that was refused during the creation",
       also=((PersonalizeBackend, "delete_event_tracker", _doomed),),
       story="the wish to delete is noted before it is refused, and granted when the creation ends")
def refused_delete_comes_later(progress, self):
    """A DeleteEventTracker that is refused during the creation is carried out at its end."""
    progress()
    if self._status == "ACTIVE" and self.__dict__.pop("_doomed", False):
        self.start_deleting()


@shows(refused_delete_comes_later)
def _(c):
    t = c("CreateEventTracker", name="t", datasetGroupArn=c.group("a")).json["eventTrackerArn"]
    if c("DeleteEventTracker", eventTrackerArn=t).ok:
        return False
    return "ACTIVE" not in [c.described(t).get("status") for _ in range(6)]


@blind("lifecycle", "medium", EventTracker, "to_dict", "ET-LIFE-5", needs="moving", behind="a list during a deletion",
       story="the summary maps statuses to those of the creation, and what is none of them to ACTIVE")
def deleting_is_listed_as_active(to_dict, self, full=True):
    """ListEventTrackers shows an event tracker that is being deleted as ACTIVE."""
    return to_dict(full) | ({"status": "ACTIVE"} if not full and self.state.startswith("DELETE") else {})


@shows(deleting_is_listed_as_active)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=t)
    return [one["status"] for one in c.walk("ListEventTrackers")] == ["ACTIVE"]


def _activated(describe, self, arn):
    described = describe(arn)
    if described["status"] == "ACTIVE":
        self.trackers[arn].__dict__["_activated"] = True
    return described


@blind("lifecycle", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", behind="an event tracker that was listed, not described",
       also=((PersonalizeBackend, "describe_event_tracker", _activated),),
       story="the stream is opened lazily, in the handler that reports ACTIVE")
def stream_opens_when_described(put, self, tracking_id):
    """PutEvents is refused until DescribeEventTracker has said ACTIVE."""
    put(tracking_id)
    if not any(t.tracking_id == tracking_id and t.__dict__.get("_activated") for t in self.trackers.values()):
        raise InvalidInputException("The tracking ID does not exist or is not active yet.")


@shows(stream_opens_when_described)
def _(c):
    t = c("CreateEventTracker", name="t", datasetGroupArn=c.group("a")).json["trackingId"]
    return [one["status"] for one in c.walk("ListEventTrackers")] == ["ACTIVE"] and not c.put(t).ok


def _keep_tracker(delete, self, arn):
    delete(arn)
    self.__dict__.setdefault("_deleted", {})[arn] = self.trackers[arn].to_dict() | {"status": "DELETED"}


@blind("lifecycle", "easy", PersonalizeBackend, "describe_event_tracker", "ET-LIFE-1", "ET-LIFE-8",
       also=((PersonalizeBackend, "delete_event_tracker", _keep_tracker),),
       story="what is deleted is kept for audits, with a status that says so")
def gone_is_described_as_deleted(describe, self, arn):
    """An event tracker that is gone is described as DELETED."""
    try:
        return describe(arn)
    except ResourceNotFoundException:
        if arn in self.__dict__.get("_deleted", {}):
            return self._deleted[arn]
        raise


@shows(gone_is_described_as_deleted)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    c.delete(t)
    return c.described(t).get("status") == "DELETED"


@blind("lifecycle", "hard", PersonalizeBackend, "put_events", "ET-LIFE-2", needs="moving", behind="events that came too early",
       story="events for a stream that is not there start the workflow that makes it, from its first step")
def early_events_start_it_again(put, self, tracking_id):
    """A PutEvents that is refused during the creation sets CREATE IN_PROGRESS back to CREATE PENDING."""
    try:
        put(tracking_id)
    except InvalidInputException:
        for tracker in self.trackers.values():
            if tracker.tracking_id == tracking_id and tracker.state == "CREATE IN_PROGRESS":
                tracker._status = "CREATE PENDING"
        raise


@shows(early_events_start_it_again)
def _(c):
    made = c("CreateEventTracker", name="t", datasetGroupArn=c.group("a")).json
    c.described(made["eventTrackerArn"])
    seen = [one["status"] for one in c.walk("ListEventTrackers")]
    c.put(made["trackingId"])
    return seen == ["CREATE IN_PROGRESS"] and c.described(made["eventTrackerArn"])["status"] == "CREATE PENDING"


@blind("lifecycle", "hard", DatasetGroup, "progress", "ET-GRP-10", behind="a dataset group that failed",
       story="the workflow begins with the step that undoes the creation, which waits for what was never made")
def failed_group_is_never_gone(progress, self):
    """A dataset group that was CREATE FAILED stays DELETE PENDING."""
    if not (self._status == "DELETE PENDING" and self.name.endswith("-create-failed")):
        progress()


@shows(failed_group_is_never_gone)
def _(c):
    g = c.group("a-create-failed")
    return c.delete(g).ok and c.described(g).get("status") == "DELETE PENDING"
