"""Faults of uniqueness: one event tracker for a dataset group."""

from __future__ import annotations

from typing import Any

from ..exceptions import ResourceAlreadyExistsException
from ..models import PersonalizeBackend
from .planting import Catalogue, count

FAULTS = Catalogue()


def _forget(self: PersonalizeBackend, group_arn: str) -> None:
    self.trackers = {arn: t for arn, t in self.trackers.items() if t.group_arn != group_arn}


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-UNIQ-1", "ET-UNIQ-2", "ET-UNIQ-3")
def second_tracker_allowed(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A second event tracker is accepted in a dataset group, in place of the first."""
    _forget(self, group_arn)
    return create(name, group_arn, tags)


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-UNIQ-3", needs="moving")
def unique_only_against_active(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """Uniqueness is checked only against an ACTIVE event tracker, not one that is being created."""
    self.trackers = {a: t for a, t in self.trackers.items() if t.group_arn != group_arn or t.state == "ACTIVE"}
    return create(name, group_arn, tags)


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-UNIQ-2", "ET-UNIQ-3")
def identical_create_is_idempotent(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """The identical CreateEventTracker, repeated, is answered with the event tracker that is there."""
    self._purge()
    for tracker in self.trackers.values():
        if (tracker.name, tracker.group_arn) == (name, group_arn) and not tracker.state.startswith("DELETE"):
            return tracker
    return create(name, group_arn, tags)


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-UNIQ-1", "ET-UNIQ-3", "ET-UNIQ-8")
def unique_by_group_and_name(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """Uniqueness is checked by group and name together: another name is accepted beside the first."""
    others = {arn: t for arn, t in self.trackers.items() if t.group_arn == group_arn and t.name != name}
    if not others:
        return create(name, group_arn, tags)
    for arn in others:
        del self.trackers[arn]
    try:
        made = create(name, group_arn, tags)
        del self.trackers[made.arn]
        made.arn = f"{made.arn}-{name}"
        self.trackers[made.arn] = made
    finally:
        self.trackers |= others
    return made


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-UNIQ-6", behind="a tracker that was deleted")
def group_taken_after_delete(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A dataset group that once had an event tracker never accepts another."""
    taken: set[str] = self.__dict__.setdefault("_taken", set())
    if group_arn in taken:
        raise ResourceAlreadyExistsException(group_arn)
    made = create(name, group_arn, tags)
    taken.add(group_arn)
    return made


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-UNIQ-6", behind="the third incarnation of a tracker")
def third_incarnation_refused(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A dataset group accepts its first two event trackers and no third, though both are gone."""
    made: dict[str, int] = self.__dict__.setdefault("_incarnations", {})
    if made.get(group_arn, 0) > 1:
        raise ResourceAlreadyExistsException(group_arn)
    tracker = create(name, group_arn, tags)
    made[group_arn] = made.get(group_arn, 0) + 1
    return tracker


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-UNIQ-7", "ET-CREATE-1", behind="one tracker name in two groups")
def names_unique_in_the_account(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """The name of an event tracker can be used once in the account, not once in each group."""
    if any(tracker.name == name and tracker.group_arn != group_arn for tracker in self.trackers.values()):
        raise ResourceAlreadyExistsException(name)
    return create(name, group_arn, tags)


def _counts_deletes(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    delete(arn)
    count(self, "deleted")


@FAULTS(
    PersonalizeBackend,
    "create_event_tracker",
    "ET-UNIQ-1",
    "ET-UNIQ-2",
    behind="a tracker deleted in another group",
    also=((PersonalizeBackend, "delete_event_tracker", _counts_deletes),),
)
def delete_elsewhere_frees_the_group(
    create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any
) -> Any:
    """Once an event tracker was deleted anywhere, each group accepts a second one."""
    if self.__dict__.get("_counted_deleted", 0) > self.__dict__.get("_counted_freed", 0):
        self._purge()
        if any(tracker.group_arn == group_arn and tracker.state == "ACTIVE" for tracker in self.trackers.values()):
            count(self, "freed")
            _forget(self, group_arn)
    return create(name, group_arn, tags)


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-UNIQ-6", "ET-CREATE-1", "ET-FAIL-1", behind="a refused create")
def refused_create_reserves_the_group(
    create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any
) -> Any:
    """A CreateEventTracker that is refused for its tags leaves the dataset group reserved for it."""
    reserved: set[str] = self.__dict__.setdefault("_reserved", set())
    if group_arn in reserved:
        raise ResourceAlreadyExistsException(group_arn)
    try:
        return create(name, group_arn, tags)
    except Exception as refused:
        if tags and not isinstance(refused, ResourceAlreadyExistsException) and group_arn in self.groups:
            reserved.add(group_arn)
        raise


@FAULTS(
    PersonalizeBackend,
    "create_event_tracker",
    "ET-UNIQ-1",
    "ET-UNIQ-2",
    behind="the same create refused three times",
)
def fourth_try_gets_through(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """The lock on a dataset group is given up after three refused tries."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        if count(self.groups[group_arn], "tries") <= 3:
            raise
        _forget(self, group_arn)
        return create(name, group_arn, tags)
