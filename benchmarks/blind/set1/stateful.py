"""Stateful faults: state machines, counters, leftovers of deletion, identity used again."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from trackstep.emulator.exceptions import (
    InvalidInputException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from trackstep.emulator.faults.planting import count
from trackstep.emulator.models import DatasetGroup, EventTracker
from trackstep.emulator.models import PersonalizeBackend as Backend

from base import blind, shows


def kept(self: Any, what: str, kind: type = dict) -> Any:
    """What the fault remembers, on the backend or a resource."""
    return self.__dict__.setdefault(f"_b1_{what}", kind())


def of_group(self: Backend, group_arn: str) -> EventTracker | None:
    """The tracker of a group."""
    return next((t for t in self.trackers.values() if t.group_arn == group_arn), None)


# easy


def _has_had_one(create: Any, self: Backend, name: str, group_arn: str, tags: Any) -> Any:
    made = create(name, group_arn, tags)
    self.groups[group_arn].__dict__["_b1_used"] = True
    return made


@blind("stateful", "easy", Backend, "delete_dataset_group", "ET-GRP-7",
       also=((Backend, "create_event_tracker", _has_had_one),))  # fmt: skip
def a_used_group_stays(delete: Any, self: Backend, arn: str) -> None:
    """DeleteDatasetGroup is refused once the group has had an event tracker, also when that is gone."""
    if "_b1_used" in self._group(arn).__dict__:
        raise ResourceInUseException(f"The dataset group has been used: {arn}")
    delete(arn)


@shows(a_used_group_stays)
def _(c: Any) -> bool:
    g = c.group()
    c.delete(c.tracker(g)["eventTrackerArn"])
    return not c.delete(g).ok


@blind("stateful", "easy", Backend, "create_event_tracker", "ET-UNIQ-6", "ET-CREATE-1")
def same_name_never_again(create: Any, self: Backend, name: str, group_arn: str, tags: Any) -> Any:
    """An event tracker's name cannot be used a second time in its dataset group, after the first is gone."""
    self._group(group_arn)
    if (group_arn, name) in kept(self, "names", set) and of_group(self, group_arn) is None:
        raise ResourceAlreadyExistsException(name)
    made = create(name, group_arn, tags)
    kept(self, "names", set).add((group_arn, name))
    return made


@shows(same_name_never_again)
def _(c: Any) -> bool:
    g = c.group()
    c.delete(c.tracker(g)["eventTrackerArn"])
    return c("CreateEventTracker", name="t", datasetGroupArn=g).code == "ResourceAlreadyExistsException"


@blind("stateful", "easy", Backend, "create_event_tracker", "ET-CREATE-1")
def domain_groups_have_no_trackers(create: Any, self: Backend, name: str, group_arn: str, tags: Any) -> Any:
    """CreateEventTracker is refused in a dataset group that has a domain."""
    if self._group(group_arn).params.get("domain"):
        raise InvalidInputException("Domain dataset groups use recommenders.")
    return create(name, group_arn, tags)


@shows(domain_groups_have_no_trackers)
def _(c: Any) -> bool:
    return not c("CreateEventTracker", name="t", datasetGroupArn=c.group(domain="ECOMMERCE")).ok


@blind("stateful", "medium", Backend, "list_event_trackers", "ET-LIST-1", "ET-LIST-5", behind="a tracker that failed")
def list_only_knows_the_active(
    listed: Any, self: Backend, group_arn: str | None, limit: int | None, token: str | None
) -> Any:
    """ListEventTrackers does not show event trackers that are CREATE FAILED."""
    self._purge()
    hidden = {arn: self.trackers[arn] for arn in list(self.trackers) if self.trackers[arn].state == "CREATE FAILED"}
    for arn in hidden:
        del self.trackers[arn]
    try:
        return listed(group_arn, limit, token)
    finally:
        self.trackers.update(hidden)


@shows(list_only_knows_the_active)
def _(c: Any) -> bool:
    c.tracker(c.group(), "t-create-failed")
    return not c.walk("ListEventTrackers")


# medium


@blind("stateful", "medium", Backend, "delete_dataset_group", "ET-GRP-6", behind="a tracker that failed")
def failed_tracker_goes_with_its_group(delete: Any, self: Backend, arn: str) -> None:
    """DeleteDatasetGroup is accepted while the group's event tracker is CREATE FAILED, and takes it along."""
    self._group(arn)
    held = of_group(self, arn)
    if held is not None and held.state == "CREATE FAILED":
        del self.trackers[held.arn]
    delete(arn)


@shows(failed_tracker_goes_with_its_group)
def _(c: Any) -> bool:
    g = c.group()
    c.tracker(g, "t-create-failed")
    return c("DeleteDatasetGroup", datasetGroupArn=g).ok


@blind("stateful", "medium", Backend, "delete_dataset_group", "ET-GRP-7", "ET-WIRE-9", behind="a name used twice")
def soft_deleted_names_are_unique(delete: Any, self: Backend, arn: str) -> None:
    """A deleted group is kept under its name in a table of the dead; the second of that name cannot be deleted."""
    group, dead = self._group(arn), kept(self, "dead", set)
    if arn in dead and group.is_settled and of_group(self, arn) is None:
        raise ResourceAlreadyExistsException(f"{arn}-deleted")
    delete(arn)
    dead.add(arn)


@shows(soft_deleted_names_are_unique)
def _(c: Any) -> bool:
    c.delete(c.group())
    return c.delete(c.group()).code == "ResourceAlreadyExistsException"


@blind("stateful", "medium", Backend, "describe_dataset_group", "ET-GRP-13", behind="a look at a group that is gone")
def not_found_is_remembered(describe: Any, self: Backend, arn: str) -> Any:
    """DescribeDatasetGroup that found nothing is cached: the group is not found when it is made (again)."""
    if arn in kept(self, "missing", set):
        raise ResourceNotFoundException("dataset group", arn)
    try:
        return describe(arn)
    except ResourceNotFoundException:
        kept(self, "missing", set).add(arn)
        raise


@shows(not_found_is_remembered)
def _(c: Any) -> bool:
    g = c.group()
    c("DeleteDatasetGroup", datasetGroupArn=g)
    c("DescribeDatasetGroup", datasetGroupArn=g)
    return not c.described(c.group())


@blind("stateful", "medium", Backend, "create_dataset_group", "ET-GRP-13", behind="a domain of the life before")
def domain_outlives_its_group(create: Any, self: Backend, params: dict[str, Any]) -> Any:
    """A dataset group made again without a domain is described with the domain of the one before."""
    group = create(params)
    domain = params.get("domain") or kept(self, "domains").get(group.arn)
    if domain:
        kept(self, "domains")[group.arn] = domain
        group.params = {**params, "domain": domain}
    return group


@shows(domain_outlives_its_group)
def _(c: Any) -> bool:
    c.delete(c.group(domain="ECOMMERCE"))
    return "domain" in c.described(c.group())


def _buries(delete: Any, self: Backend, arn: str) -> None:
    tracker = self._tracker(arn)
    delete(arn)
    kept(self, "buried")[tracker.name] = tracker.group_arn


@blind("stateful", "medium", Backend, "create_event_tracker", "ET-UNIQ-7", "ET-CREATE-1",
       behind="a name of a deleted tracker, in another group",
       also=((Backend, "delete_event_tracker", _buries),))  # fmt: skip
def names_of_the_dead_stay_taken(create: Any, self: Backend, name: str, group_arn: str, tags: Any) -> Any:
    """The name of a deleted event tracker is refused in other dataset groups."""
    self._group(group_arn)
    if kept(self, "buried").get(name, group_arn) != group_arn:
        raise ResourceAlreadyExistsException(name)
    return create(name, group_arn, tags)


@shows(names_of_the_dead_stay_taken)
def _(c: Any) -> bool:
    one, two = c.group("one"), c.group("two")
    c.delete(c.tracker(one)["eventTrackerArn"])
    return not c("CreateEventTracker", name="t", datasetGroupArn=two).ok


@blind("stateful", "medium", Backend, "tag_resource", "ET-LIFE-4", behind="a failed tracker, tagged")
def a_failed_tracker_heals_when_tagged(tag: Any, self: Backend, arn: str, tags: Any) -> None:
    """TagResource makes a CREATE FAILED event tracker ACTIVE: saving it saves the default status."""
    tag(arn, tags)
    if arn in self.trackers and self.trackers[arn].state == "CREATE FAILED":
        self.trackers[arn]._status = "ACTIVE"


@shows(a_failed_tracker_heals_when_tagged)
def _(c: Any) -> bool:
    arn = c.tracker(c.group(), "t-create-failed")["eventTrackerArn"]
    c.tag(arn, k="v")
    return c.described(arn)["status"] == "ACTIVE"


@blind("stateful", "hard", Backend, "create_event_tracker", "ET-LIFE-2", "ET-FAIL-1", needs="moving",
       behind="a second Create while the first is under way")  # fmt: skip
def a_refused_create_starts_over(create: Any, self: Backend, name: str, group_arn: str, tags: Any) -> Any:
    """A refused CreateEventTracker sets a tracker that is being created back to CREATE PENDING."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        tracker = of_group(self, group_arn)
        if tracker is not None and tracker.state == "CREATE IN_PROGRESS":
            tracker._status, tracker._tick = "CREATE PENDING", 0
        raise


@shows(a_refused_create_starts_over)
def _(c: Any) -> bool:
    g = c.group()
    arn = c("CreateEventTracker", name="t", datasetGroupArn=g).json["eventTrackerArn"]
    c.described(arn)
    before = c.walk("ListEventTrackers")[0]["status"]
    c("CreateEventTracker", name="u", datasetGroupArn=g)
    return (before, c.described(arn)["status"]) == ("CREATE IN_PROGRESS", "CREATE PENDING")


# hard


def _counts_up(create: Any, self: Backend, name: str, group_arn: str, tags: Any) -> Any:
    group = self._group(group_arn)
    group.__dict__["_b1_refs"] = group.__dict__.get("_b1_refs", 0) + 1
    return create(name, group_arn, tags)


def _counts_down(delete: Any, self: Backend, arn: str) -> None:
    tracker = self._tracker(arn)
    delete(arn)
    self.groups[tracker.group_arn].__dict__["_b1_refs"] -= 1


@blind("stateful", "hard", Backend, "delete_dataset_group", "ET-GRP-7", behind="a refused Create in the group",
       also=((Backend, "create_event_tracker", _counts_up), (Backend, "delete_event_tracker", _counts_down)))  # fmt: skip
def a_refused_create_leaks_a_reference(delete: Any, self: Backend, arn: str) -> None:
    """A refused CreateEventTracker counts as a tracker of its group for ever: the group cannot be deleted."""
    if self._group(arn).__dict__.get("_b1_refs", 0) > 0:
        raise ResourceInUseException(f"The dataset group has an event tracker: {arn}")
    delete(arn)


@shows(a_refused_create_leaks_a_reference)
def _(c: Any) -> bool:
    g = c.group()
    arn = c.tracker(g)["eventTrackerArn"]
    c("CreateEventTracker", name="u", datasetGroupArn=g)
    c.delete(arn)
    return not c.delete(g).ok


def _indexed(create: Any, self: Backend, name: str, group_arn: str, tags: Any) -> Any:
    made = create(name, group_arn, tags)
    kept(self, "index")[made.tracking_id] = group_arn
    return made


def _marks_dead(delete: Any, self: Backend, arn: str) -> None:
    tracker = self._tracker(arn)
    delete(arn)
    kept(self.groups[tracker.group_arn], "dead_ids", set).add(tracker.tracking_id)


@blind("stateful", "hard", Backend, "put_events", "ET-PUT-3", behind="a group that was made again",
       also=((Backend, "create_event_tracker", _indexed), (Backend, "delete_event_tracker", _marks_dead)))  # fmt: skip
def an_old_id_serves_a_new_group(put: Any, self: Backend, tracking_id: str) -> None:
    """A tracking ID finds its group by ARN, and the dead IDs go with the group: made again, it accepts the old ID."""
    self._purge()
    arn = kept(self, "index").get(tracking_id)
    group = self.groups.get(arn) if arn else None
    if group is not None and tracking_id not in kept(group, "dead_ids", set):
        held = of_group(self, str(arn))
        if held is not None and held.state == "ACTIVE":
            return
    put(tracking_id)


@shows(an_old_id_serves_a_new_group)
def _(c: Any) -> bool:
    g = c.group()
    old = c.tracker(g)
    c.delete(old["eventTrackerArn"])
    c.delete(g)
    c.tracker(c.group())
    return c.put(old["trackingId"]).ok


@blind("stateful", "hard", Backend, "delete_event_tracker", "ET-DEL-1", "ET-LIFE-8", "ET-LIFE-5",
       behind="a third life under one ARN")  # fmt: skip
def the_third_life_is_not_deleted(delete: Any, self: Backend, arn: str) -> None:
    """From the third event tracker of a group on, DeleteEventTracker is accepted and deletes nothing."""
    self._tracker(arn)
    if kept(self, "graves").get(arn, 0) >= 2:
        return
    delete(arn)
    kept(self, "graves")[arn] = kept(self, "graves").get(arn, 0) + 1


@shows(the_third_life_is_not_deleted)
def _(c: Any) -> bool:
    g = c.group()
    for _ in range(3):
        arn = c.tracker(g)["eventTrackerArn"]
        c.delete(arn)
    return bool(c.described(arn))


def _meets_its_delete(create: Any, self: Backend, name: str, group_arn: str, tags: Any) -> Any:
    made = create(name, group_arn, tags)
    if made.arn in kept(self, "queue", set):
        kept(self, "queue", set).discard(made.arn)
        made.start_deleting()
    return made


@blind("stateful", "hard", Backend, "delete_event_tracker", "ET-DESC-1", "ET-CREATE-1", "ET-LIFE-2",
       behind="a refused Delete between two lives",
       also=((Backend, "create_event_tracker", _meets_its_delete),))  # fmt: skip
def a_refused_delete_waits_for_its_tracker(delete: Any, self: Backend, arn: str) -> None:
    """A DeleteEventTracker that found nothing is kept, and carried out when a tracker with that ARN is made."""
    try:
        delete(arn)
    except ResourceNotFoundException:
        kept(self, "queue", set).add(arn)
        raise


@shows(a_refused_delete_waits_for_its_tracker)
def _(c: Any) -> bool:
    g = c.group()
    arn = c.tracker(g)["eventTrackerArn"]
    c.delete(arn)
    c.delete(arn)
    c("CreateEventTracker", name="t", datasetGroupArn=g)
    return c.described(arn).get("status") != "ACTIVE"


@blind("stateful", "hard", Backend, "create_event_tracker", "ET-UNIQ-1", "ET-UNIQ-2", behind="more than ten trackers")
def uniqueness_looks_at_ten(create: Any, self: Backend, name: str, group_arn: str, tags: Any) -> Any:
    """Whether a group has a tracker is looked up on the first page of ten: beyond, a second Create is accepted."""
    self._group(group_arn)
    held = of_group(self, group_arn)
    if held is None or held.arn in sorted(self.trackers)[:10]:
        return create(name, group_arn, tags)
    del self.trackers[held.arn]
    try:
        return create(name, group_arn, tags)
    finally:
        self.trackers.setdefault(held.arn, held)


@shows(uniqueness_looks_at_ten)
def _(c: Any) -> bool:
    groups = [c.group(f"g{n}") for n in range(14)]
    for g in groups:
        c.tracker(g)
    return any(c("CreateEventTracker", name="u", datasetGroupArn=g).ok for g in groups)


def _takes_the_free_slot(create: Any, self: Backend, name: str, group_arn: str, tags: Any) -> Any:
    group, held = self._group(group_arn), of_group(self, group_arn)
    if held is None or not group.__dict__.pop("_b1_free", False):
        return create(name, group_arn, tags)
    del self.trackers[held.arn]
    try:
        return create(name, group_arn, tags)
    finally:
        self.trackers.setdefault(held.arn, held)


@blind("stateful", "hard", Backend, "delete_dataset_group", "ET-UNIQ-1", "ET-UNIQ-2", "ET-FAIL-3",
       behind="a refused delete of the group",
       also=((Backend, "create_event_tracker", _takes_the_free_slot),))  # fmt: skip
def a_refused_delete_frees_the_slot(delete: Any, self: Backend, arn: str) -> None:
    """A DeleteDatasetGroup that is refused for the group's tracker forgets that tracker: a second one can be made."""
    try:
        delete(arn)
    except ResourceInUseException:
        if of_group(self, arn) is not None:
            self.groups[arn].__dict__["_b1_free"] = True
        raise


@shows(a_refused_delete_frees_the_slot)
def _(c: Any) -> bool:
    g = c.group()
    c.tracker(g)
    c.delete(g)
    return c("CreateEventTracker", name="u", datasetGroupArn=g).ok


def _the_job_ends(progress: Any, self: EventTracker) -> None:
    before = self._status
    progress()
    if before == "DELETE PENDING" and self._status != before and self.__dict__.pop("_b1_job", False):
        self._status = "ACTIVE"


@blind("stateful", "hard", Backend, "delete_event_tracker", "ET-LIFE-5", "ET-LIFE-8", needs="moving",
       behind="a delete of what is being created", also=((EventTracker, "progress", _the_job_ends),))  # fmt: skip
def creation_wins_over_deletion(delete: Any, self: Backend, arn: str) -> None:
    """A tracker may be deleted while it is being created; the job that creates it then makes it ACTIVE all the same."""
    tracker = self._tracker(arn)
    if tracker.state in ("CREATE PENDING", "CREATE IN_PROGRESS"):
        tracker.start_deleting()
        tracker.__dict__["_b1_job"] = True
        return
    delete(arn)


@shows(creation_wins_over_deletion)
def _(c: Any) -> bool:
    arn = c("CreateEventTracker", name="t", datasetGroupArn=c.group()).json["eventTrackerArn"]
    accepted = c("DeleteEventTracker", eventTrackerArn=arn).ok
    return accepted and "ACTIVE" in [c.described(arn).get("status") for _ in range(6)]


def _orphans_stay(progress: Any, self: EventTracker) -> None:
    if not (self._status == "DELETE IN_PROGRESS" and "_b1_orphan" in self.__dict__):
        progress()


@blind("stateful", "hard", Backend, "delete_dataset_group", "ET-LIFE-8", needs="moving",
       behind="a delete of the group while its tracker is deleted", also=((EventTracker, "progress", _orphans_stay),))  # fmt: skip
def a_group_leaves_its_tracker_behind(delete: Any, self: Backend, arn: str) -> None:
    """A group may be deleted while its tracker is being deleted; the tracker then stays in DELETE IN_PROGRESS."""
    group, held = self._group(arn), of_group(self, arn)
    if held is not None and held.state.startswith("DELETE") and group.is_settled:
        held.__dict__["_b1_orphan"] = True
        group.start_deleting()
        return
    delete(arn)


@shows(a_group_leaves_its_tracker_behind)
def _(c: Any) -> bool:
    g = c.group()
    arn = c.tracker(g)["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=arn)
    accepted = c("DeleteDatasetGroup", datasetGroupArn=g).ok
    return accepted and all([c.described(arn) for _ in range(8)])


def uuid_of(text: str) -> str:
    """A UUID of the right form that is a function of the text."""
    return str(uuid.UUID(bytes=hashlib.md5(text.encode(), usedforsecurity=False).digest(), version=4))


@blind("stateful", "hard", Backend, "create_event_tracker", "ET-ID-2", "ET-PUT-3",
       behind="a group that was made again")  # fmt: skip
def ids_start_again_with_the_group(create: Any, self: Backend, name: str, group_arn: str, tags: Any) -> Any:
    """A tracking ID is made of the group's ARN and a count that begins again when the group is made again."""
    made = create(name, group_arn, tags)
    made.tracking_id = uuid_of(f"{group_arn}#{count(self.groups[group_arn], 'b1_lives')}")
    return made


@shows(ids_start_again_with_the_group)
def _(c: Any) -> bool:
    g = c.group()
    old = c.tracker(g)
    c.delete(old["eventTrackerArn"])
    c.delete(g)
    return c.tracker(c.group())["trackingId"] == old["trackingId"]


def digest(group_arn: str) -> str:
    """What the ARN of a group's tracker ends in."""
    return hashlib.md5(group_arn.encode(), usedforsecurity=False).hexdigest()


@blind("stateful", "hard", Backend, "create_event_tracker", "ET-CREATE-1", behind="two groups in one of 256 buckets")
def one_tracker_a_bucket(create: Any, self: Backend, name: str, group_arn: str, tags: Any) -> Any:
    """Trackers lie in 256 buckets by the first two digits of their hash, one in each: the second is refused."""
    self._group(group_arn)
    mine = digest(group_arn)
    for held in self.trackers.values():
        theirs = digest(held.group_arn)
        if theirs[:2] == mine[:2] and theirs != mine:
            raise ResourceAlreadyExistsException(held.arn)
    return create(name, group_arn, tags)


@shows(one_tracker_a_bucket)
def _(c: Any) -> bool:
    like = c.group("like")
    names = [f"{like[:-4]}n{n}" for n in range(300)]
    first = names[0]
    second = next(n for n in names[1:] if digest(n)[:2] == digest(first)[:2])
    for arn in (first, second):
        c.group(arn.rsplit("/")[-1])
    c.tracker(first)
    return c("CreateEventTracker", name="t", datasetGroupArn=second).code == "ResourceAlreadyExistsException"


@blind("stateful", "medium", DatasetGroup, "start_deleting", "ET-GRP-10", behind="tags on the group")
def tagged_groups_linger(start: Any, self: DatasetGroup) -> None:
    """A group that has tags when its deletion begins is never gone: its tags hold it."""
    start()
    if self.tags:
        self.__dict__["_transitions"] = [move for move in self._transitions if move[0] != "DELETE PENDING"]


@shows(tagged_groups_linger)
def _(c: Any) -> bool:
    g = c.group(tags=[{"tagKey": "k", "tagValue": "v"}])
    return c.delete(g).ok and bool(c.described(g))
