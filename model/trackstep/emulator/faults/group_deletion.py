"""Faults of DeleteDatasetGroup, and of what is left of a group."""

from __future__ import annotations

from typing import Any

from ..exceptions import ResourceAlreadyExistsException, ResourceInUseException, ResourceNotFoundException
from ..models import DatasetGroup, PersonalizeBackend
from .planting import Catalogue

FAULTS = Catalogue()


@FAULTS(PersonalizeBackend, "delete_dataset_group", "ET-GRP-6")
def group_deleted_under_its_tracker(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteDatasetGroup is accepted while the dataset group has an event tracker."""
    self._group(arn).start_deleting()


@FAULTS(PersonalizeBackend, "delete_dataset_group", "ET-GRP-6", behind="a tracker whose creation failed")
def failed_tracker_does_not_count(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteDatasetGroup passes over an event tracker that is CREATE FAILED."""
    failed = {a: t for a, t in self.trackers.items() if t.group_arn == arn and t.state == "CREATE FAILED"}
    self.trackers = {a: t for a, t in self.trackers.items() if a not in failed}
    try:
        delete(arn)
    finally:
        self.trackers |= failed


@FAULTS(
    PersonalizeBackend, "delete_dataset_group", "ET-GRP-6", needs="moving", behind="a delete that follows the create"
)
def unfinished_tracker_does_not_count(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteDatasetGroup passes over an event tracker that is still being created."""
    unfinished = {a: t for a, t in self.trackers.items() if t.group_arn == arn and not t.is_settled}
    self.trackers = {a: t for a, t in self.trackers.items() if a not in unfinished}
    try:
        delete(arn)
    finally:
        self.trackers |= unfinished


def _counts_down(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    group_arn = self._tracker(arn).group_arn
    delete(arn)
    self.__dict__.setdefault("_counted_down", set()).add(group_arn)


@FAULTS(
    PersonalizeBackend,
    "delete_dataset_group",
    "ET-GRP-6",
    behind="a tracker made again",
    also=((PersonalizeBackend, "delete_event_tracker", _counts_down),),
)
def second_tracker_does_not_count(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteDatasetGroup counts event trackers down twice, so that one made again does not hold the group."""
    if arn in self.__dict__.get("_counted_down", ()):
        self._group(arn).start_deleting()
    else:
        delete(arn)


def _counts_up(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    made = create(name, group_arn, tags)
    self.__dict__.setdefault("_had_trackers", set()).add(group_arn)
    return made


@FAULTS(
    PersonalizeBackend,
    "delete_dataset_group",
    "ET-GRP-7",
    behind="a tracker that is gone",
    also=((PersonalizeBackend, "create_event_tracker", _counts_up),),
)
def tracker_is_counted_for_ever(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteDatasetGroup is refused once the dataset group has had an event tracker, though it is gone."""
    self._group(arn)
    if arn in self.__dict__.get("_had_trackers", ()):
        raise ResourceInUseException(f"The dataset group has an event tracker: {arn}")
    delete(arn)


@FAULTS(PersonalizeBackend, "delete_dataset_group", "ET-GRP-7", behind="a creation that failed")
def failed_group_cannot_be_deleted(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteDatasetGroup is refused for a dataset group that is CREATE FAILED."""
    if self._group(arn).state == "CREATE FAILED":
        raise ResourceInUseException(f"The dataset group is CREATE FAILED: {arn}")
    delete(arn)


@FAULTS(PersonalizeBackend, "delete_dataset_group", "ET-GRP-7", behind="a tracker in another group")
def any_tracker_holds_the_group(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteDatasetGroup is refused while any dataset group has an event tracker."""
    self._group(arn)
    if self.trackers:
        raise ResourceInUseException(f"The dataset group has an event tracker: {arn}")
    delete(arn)


@FAULTS(PersonalizeBackend, "delete_dataset_group", "ET-GRP-8")
def delete_of_no_group_is_accepted(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteDatasetGroup of an ARN that no dataset group has succeeds."""
    self._purge()
    if arn in self.groups:
        delete(arn)


@FAULTS(DatasetGroup, "progress", "ET-GRP-10", behind="tags on the group")
def tagged_group_is_never_gone(progress: Any, self: DatasetGroup) -> None:
    """A dataset group that has tags stays DELETE PENDING."""
    if not self.tags or self.state != "DELETE PENDING":
        progress()


@FAULTS(PersonalizeBackend, "describe_dataset_group", "ET-GRP-11", "ET-GRP-4", "ET-GRP-10")
def group_described_after_it_is_gone(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    """DescribeDatasetGroup answers from what it last said when the dataset group is gone."""
    last: dict[str, Any] = self.__dict__.setdefault("_groups_described", {})
    try:
        last[arn] = describe(arn)
    except ResourceNotFoundException:
        if arn not in last:
            raise
    return last[arn]


def _buries(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    delete(arn)
    self.__dict__["_buried"] = self.groups[arn]


@FAULTS(
    PersonalizeBackend,
    "create_dataset_group",
    "ET-GRP-11",
    "ET-GRP-14",
    behind="another group made since",
    also=((PersonalizeBackend, "delete_dataset_group", _buries),),
)
def making_one_group_revives_another(create: Any, self: PersonalizeBackend, params: dict[str, Any]) -> Any:
    """CreateDatasetGroup brings back the dataset group that was deleted last."""
    made = create(params)
    buried = self.__dict__.pop("_buried", None)
    if buried and buried.arn not in self.groups:
        buried.status = "ACTIVE"
        self.groups[buried.arn] = buried
    return made


@FAULTS(PersonalizeBackend, "create_dataset_group", "ET-GRP-12", behind="a group that is gone")
def group_names_are_never_freed(create: Any, self: PersonalizeBackend, params: dict[str, Any]) -> Any:
    """The name of a dataset group that is gone cannot be used again."""
    names: set[str] = self.__dict__.setdefault("_group_names", set())
    if params["name"] in names:
        raise ResourceAlreadyExistsException(self._arn(f"dataset-group/{params['name']}"))
    made = create(params)
    names.add(params["name"])
    return made


@FAULTS(
    PersonalizeBackend, "create_event_tracker", "ET-UNIQ-6", "ET-CREATE-1", behind="a tracker in a group made again"
)
def group_made_again_is_taken(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A dataset group that was made again accepts no event tracker when the one before it had one."""
    group = self._group(group_arn)
    made: float = self.__dict__.setdefault("_tracked_groups", {}).setdefault(group_arn, group.created)
    if made != group.created:
        raise ResourceAlreadyExistsException(group_arn)
    return create(name, group_arn, tags)
