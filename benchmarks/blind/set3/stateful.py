"""What was done before matters."""

from base import blind, note_what_was_sent, shows
from trackstep.emulator.exceptions import (
    InvalidInputException, ResourceAlreadyExistsException, ResourceInUseException, ResourceNotFoundException,
)
from trackstep.emulator.models import PersonalizeBackend
from trackstep.emulator.responses import PersonalizeEventsResponse

STASH = ((PersonalizeEventsResponse, "call_action", note_what_was_sent),)


@blind("stateful", "easy", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH,
       story="INSERT INTO sessions without ON CONFLICT: the row is there from the first request on")
def sessions_are_inserted(put, self, tracking_id):
    """A second PutEvents with the same sessionId is refused."""
    put(tracking_id)
    held, key = self.__dict__.setdefault("_sessions", set()), (tracking_id, self._sent["sessionId"])
    if key in held:
        raise InvalidInputException("The session exists already.")
    held.add(key)


@shows(sessions_are_inserted)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return c.put(t).ok and not c.put(t).ok


@blind("stateful", "medium", PersonalizeBackend, "describe_event_tracker", "ET-DESC-1", behind="created again after a look in vain",
       story="a read-through cache that also keeps misses, and is filled by Create under another key")
def misses_are_cached(describe, self, arn):
    """DescribeEventTracker of an ARN that was not found once is never found again."""
    missing = self.__dict__.setdefault("_missing", set())
    if arn in missing:
        raise ResourceNotFoundException("event tracker", arn)
    try:
        return describe(arn)
    except ResourceNotFoundException:
        missing.add(arn)
        raise


@shows(misses_are_cached)
def _(c):
    g = c.group("a")
    t = c.tracker(g)["eventTrackerArn"]
    c.delete(t)
    c.described(t)
    return not c.described(c.tracker(g)["eventTrackerArn"])


def _count_before(create, self, name, group_arn, tags):
    counts = self.__dict__.setdefault("_counts", {})
    counts[group_arn] = counts.get(group_arn, 0) + 1
    return create(name, group_arn, tags)


def _count_down(delete, self, arn):
    group_arn = self._tracker(arn).group_arn
    delete(arn)
    self.__dict__.setdefault("_counts", {})[group_arn] = self._counts.get(group_arn, 1) - 1


@blind("stateful", "medium", PersonalizeBackend, "delete_dataset_group", "ET-GRP-7", behind="a Create that was refused",
       also=((PersonalizeBackend, "create_event_tracker", _count_before), (PersonalizeBackend, "delete_event_tracker", _count_down)),
       story="a reference count that is raised before the insert and not lowered when that is refused")
def refused_creates_are_counted(delete, self, arn):
    """A dataset group in which a CreateEventTracker was refused cannot be deleted any more."""
    if self._group(arn).is_settled and self.__dict__.get("_counts", {}).get(arn, 0) > 0:
        raise ResourceInUseException(f"The dataset group has an event tracker: {arn}")
    delete(arn)


@shows(refused_creates_are_counted)
def _(c):
    g = c.group("a")
    t = c.tracker(g)["eventTrackerArn"]
    c("CreateEventTracker", name="u", datasetGroupArn=g)
    c.delete(t)
    return c.delete(g).code == "ResourceInUseException"


class _Shown:
    def __init__(self, group):
        self.arn, self.group = group.arn, group

    def to_dict(self, full=True):
        described = self.group.to_dict(full)
        return described | {"status": "ACTIVE"} if described["status"] == "GONE" else described


@blind("stateful", "hard", PersonalizeBackend, "list_dataset_groups", "ET-GRP-14", behind="one deleted and another made between two lists",
       story="a cached list that is thought fresh as long as SELECT COUNT(*) says the same")
def fresh_while_the_count_is_the_same(list_, self, limit, token):
    """ListDatasetGroups shows what it showed before as long as the number of dataset groups is the same."""
    self._purge()
    cached = self.__dict__.get("_cached", [])
    if len(cached) != len(self.groups):
        cached = self._cached = [_Shown(group) for group in self.groups.values()]
    return self._page(cached, "groups", limit, token)


@shows(fresh_while_the_count_is_the_same)
def _(c):
    a = c.group("a")
    c.group("b")
    c.walk("ListDatasetGroups")
    c.delete(a)
    c.group("c")
    return {g["name"] for g in c.walk("ListDatasetGroups")} != {"b", "c"}


def _queued(delete, self, arn):
    try:
        delete(arn)
    except ResourceInUseException:
        if self._group(arn).state == "ACTIVE":
            self.__dict__.setdefault("_queued", set()).add(arn)
        raise


@blind("stateful", "hard", PersonalizeBackend, "delete_event_tracker", "ET-FAIL-3", "ET-DEL-5",
       also=((PersonalizeBackend, "delete_dataset_group", _queued),), behind="a refused DeleteDatasetGroup before",
       story="the deletion of a group is queued behind those of its contents, and the refusal does not take it off the queue")
def refused_group_deletion_is_queued(delete, self, arn):
    """A DeleteDatasetGroup that was refused because of an event tracker is carried out when that is deleted."""
    group_arn = self._tracker(arn).group_arn
    delete(arn)
    if group_arn in self.__dict__.get("_queued", ()):
        self._queued.discard(group_arn)
        self.groups[group_arn].start_deleting()


@shows(refused_group_deletion_is_queued)
def _(c):
    g = c.group("a")
    t = c.tracker(g)["eventTrackerArn"]
    c("DeleteDatasetGroup", datasetGroupArn=g)
    c.delete(t)
    return c.described(g).get("status") != "ACTIVE"


@blind("stateful", "medium", PersonalizeBackend, "create_event_tracker", "ET-UNIQ-6", behind="the same name again after a deletion",
       story="a unique index over group and name, and rows that are only marked as deleted")
def names_are_kept_by_the_group(create, self, name, group_arn, tags):
    """A dataset group accepts no event tracker of a name that a deleted one of it had."""
    made, used = create(name, group_arn, tags), self.__dict__.setdefault("_used", set())
    if (group_arn, name) in used:
        del self.trackers[made.arn]
        raise ResourceAlreadyExistsException(made.arn)
    used.add((group_arn, name))
    return made


@shows(names_are_kept_by_the_group)
def _(c):
    g = c.group("a")
    c.delete(c.tracker(g)["eventTrackerArn"])
    return c("CreateEventTracker", name="t", datasetGroupArn=g).code == "ResourceAlreadyExistsException"


@blind("stateful", "hard", PersonalizeBackend, "create_dataset_group", "ET-GRP-13", behind="a refused Create with a domain before",
       story="one request builder for all, cleared after a success only")
def builder_keeps_the_domain(create, self, params):
    """The domain of a CreateDatasetGroup that was refused is that of the next dataset group made without one."""
    kept = self.__dict__.setdefault("_builder", {})
    if "domain" in params:
        kept["domain"] = params["domain"]
    made = create(kept | params)
    kept.clear()
    return made


@shows(builder_keeps_the_domain)
def _(c):
    c.group("a")
    c("CreateDatasetGroup", name="a", domain="ECOMMERCE")
    return "domain" in c.described(c.group("b"))


def _clear_the_index(delete, self, arn):
    delete(arn)
    self.__dict__["_unlisted"] = {tracker.tracking_id for tracker in self.trackers.values()}


@blind("stateful", "easy", PersonalizeBackend, "list_event_trackers", "ET-LIST-1",
       also=((PersonalizeBackend, "delete_event_tracker", _clear_the_index),),
       story="index.clear() in place of index.pop(arn)")
def deletion_clears_the_index(list_, self, group_arn, limit, token):
    """After a DeleteEventTracker the list without a filter shows none of the other event trackers."""
    if group_arn is not None:
        return list_(group_arn, limit, token)
    self._purge()
    gone = self.__dict__.get("_unlisted", ())
    return self._page([t for t in self.trackers.values() if t.tracking_id not in gone], "trackers", limit, token)


@shows(deletion_clears_the_index)
def _(c):
    c.tracker(c.group("a"))
    c.delete(c.tracker(c.group("b"))["eventTrackerArn"])
    return not c.walk("ListEventTrackers")


def _keep_a_copy(create, self, name, group_arn, tags):
    made = create(name, group_arn, tags)
    made.__dict__["_copy"] = dict(self.groups[group_arn].tags)
    return made


@blind("stateful", "hard", PersonalizeBackend, "delete_event_tracker", "ET-DEL-5", "ET-TAG-2", behind="a group tagged while it had a tracker",
       also=((PersonalizeBackend, "create_event_tracker", _keep_a_copy),),
       story="the tracker holds a copy of its group's record, and on deletion the whole copy is saved back")
def old_copy_of_the_group_is_saved(delete, self, arn):
    """DeleteEventTracker sets the tags of the dataset group back to what they were when the event tracker was made."""
    tracker = self._tracker(arn)
    delete(arn)
    self.groups[tracker.group_arn].tags = dict(tracker._copy)


@shows(old_copy_of_the_group_is_saved)
def _(c):
    g = c.group("a")
    t = c.tracker(g)["eventTrackerArn"]
    c.tag(g, k="v")
    c.delete(t)
    return c.tags(g) == {}
