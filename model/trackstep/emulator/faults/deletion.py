"""Faults of DeleteEventTracker."""

from __future__ import annotations

from typing import Any

from ..exceptions import ResourceInUseException, ResourceNotFoundException
from ..models import GONE, PersonalizeBackend
from .planting import Catalogue

FAULTS = Catalogue()


@FAULTS(PersonalizeBackend, "delete_event_tracker", "ET-DEL-1", behind="tags on the tracker")
def tagged_is_in_use(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteEventTracker is refused as long as the event tracker has tags."""
    if self._tracker(arn).tags:
        raise ResourceInUseException(f"The event tracker has tags: {arn}")
    delete(arn)


def _used(put: Any, self: PersonalizeBackend, tracking_id: str) -> None:
    put(tracking_id)
    self.__dict__.setdefault("_used", set()).add(tracking_id)


@FAULTS(
    PersonalizeBackend,
    "delete_event_tracker",
    "ET-DEL-1",
    behind="events for the tracker",
    also=((PersonalizeBackend, "put_events", _used),),
)
def used_is_in_use(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteEventTracker is refused once the event tracker has received events."""
    if self._tracker(arn).tracking_id in self.__dict__.get("_used", ()):
        raise ResourceInUseException(f"The event tracker has events: {arn}")
    delete(arn)


def _locks(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    try:
        delete(arn)
    except ResourceInUseException:
        self.__dict__.setdefault("_locked", set()).add(arn)
        raise


@FAULTS(
    PersonalizeBackend,
    "delete_event_tracker",
    "ET-DEL-1",
    "ET-FAIL-3",
    behind="a refused delete of the group",
    also=((PersonalizeBackend, "delete_dataset_group", _locks),),
)
def refused_group_delete_locks(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """A refused DeleteDatasetGroup leaves a lock that DeleteEventTracker meets."""
    if self._tracker(arn).group_arn in self.__dict__.get("_locked", ()):
        raise ResourceInUseException(f"The dataset group is in use: {arn}")
    delete(arn)


@FAULTS(PersonalizeBackend, "delete_event_tracker", "ET-DEL-2")
def delete_of_nobody_is_accepted(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteEventTracker of an ARN that no event tracker has succeeds."""
    self._purge()
    if arn in self.trackers:
        delete(arn)


@FAULTS(PersonalizeBackend, "delete_event_tracker", "ET-DEL-2", behind="a tracker that is gone")
def delete_is_idempotent(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteEventTracker of an event tracker that is gone succeeds again, where another ARN is not found."""
    deleted: set[str] = self.__dict__.setdefault("_deleted_once", set())
    self._purge()
    if arn not in self.trackers and arn in deleted:
        return
    delete(arn)
    deleted.add(arn)


@FAULTS(PersonalizeBackend, "delete_event_tracker", "ET-DEL-4", behind="a creation that failed")
def only_active_is_deleted(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteEventTracker is refused for an event tracker that is CREATE FAILED."""
    if self._tracker(arn).state == "CREATE FAILED":
        raise ResourceInUseException(f"The event tracker is CREATE FAILED: {arn}")
    delete(arn)


@FAULTS(PersonalizeBackend, "delete_event_tracker", "ET-DEL-5", "ET-GRP-13", "ET-GRP-4")
def delete_takes_the_group(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteEventTracker deletes the dataset group too."""
    group_arn = self._tracker(arn).group_arn
    delete(arn)
    self.groups[group_arn].start_deleting()


@FAULTS(PersonalizeBackend, "delete_event_tracker", "ET-DEL-5", behind="tags on the group")
def delete_clears_the_tags_of_the_group(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteEventTracker clears the tags of the dataset group."""
    group_arn = self._tracker(arn).group_arn
    delete(arn)
    self.groups[group_arn].tags = {}


@FAULTS(
    PersonalizeBackend,
    "delete_event_tracker",
    "ET-LIFE-3",
    "ET-LIFE-5",
    "ET-LIFE-8",
    "ET-DESC-1",
    behind="two trackers",
)
def delete_takes_the_last_made(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteEventTracker deletes the event tracker that was made last, whatever the ARN."""
    self._tracker(arn)
    delete(list(self.trackers)[-1])


@FAULTS(
    PersonalizeBackend,
    "delete_event_tracker",
    "ET-DESC-1",
    "ET-LIFE-3",
    "ET-LIST-1",
    behind="one tracker name in two groups",
)
def delete_takes_namesakes(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteEventTracker also takes away event trackers of the same name in other dataset groups."""
    name = self._tracker(arn).name
    delete(arn)
    for tracker in self.trackers.values():
        if tracker.name == name and tracker.arn != arn:
            tracker.status = GONE


@FAULTS(
    PersonalizeBackend,
    "delete_event_tracker",
    "ET-DEL-1",
    behind="a tracker made again in a group that was made again",
)
def delete_knows_the_first_group(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteEventTracker does not find an event tracker whose dataset group was made again."""
    tracker = self._tracker(arn)
    made: float = self.__dict__.setdefault("_first_made", {}).setdefault(
        tracker.group_arn, self.groups[tracker.group_arn].created
    )
    if self.groups[tracker.group_arn].created != made:
        raise ResourceNotFoundException("event tracker", arn)
    delete(arn)
