"""Faults of calls that are refused, and change something all the same."""

from __future__ import annotations

from typing import Any

from moto.moto_api._internal import mock_random

from ..exceptions import (
    InvalidInputException,
    PersonalizeException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
    TooManyTagsException,
)
from ..models import GONE, DatasetGroup, PersonalizeBackend
from .planting import Catalogue

FAULTS = Catalogue()


def _standing(self: PersonalizeBackend, group_arn: str) -> list[Any]:
    return [tracker for tracker in self.trackers.values() if tracker.group_arn == group_arn]


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-FAIL-1", behind="a create refused for its tags")
def refused_create_leaves_one(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A CreateEventTracker that is refused for its tags leaves an event tracker without tags behind."""
    try:
        return create(name, group_arn, tags)
    except InvalidInputException:
        create(name, group_arn, None)
        raise


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-FAIL-1", behind="a create refused for 51 tags")
def too_many_tags_leave_one(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A CreateEventTracker that is refused for too many tags leaves an event tracker with the first fifty behind."""
    try:
        return create(name, group_arn, tags)
    except TooManyTagsException:
        create(name, group_arn, tags[:50])
        raise


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-FAIL-1", behind="a second create under another name")
def refused_create_renames(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A second CreateEventTracker is refused, and the first event tracker has its name from then on."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        for tracker in _standing(self, group_arn):
            tracker.name = name
        raise


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-FAIL-1", "ET-ID-3", behind="a refused create")
def refused_create_changes_the_id(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A second CreateEventTracker is refused, and the first event tracker has another trackingId from then on."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        for tracker in _standing(self, group_arn):
            tracker.tracking_id = str(mock_random.uuid4())
        raise


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-FAIL-1", behind="a refused create with tags")
def refused_create_tags(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A second CreateEventTracker is refused, and its tags are on the first event tracker."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        for tracker in _standing(self, group_arn):
            tracker.tags |= {tag["tagKey"]: tag["tagValue"] for tag in tags or ()}
        raise


def _stopped(put: Any, self: PersonalizeBackend, tracking_id: str) -> None:
    put(tracking_id)
    if tracking_id in self.__dict__.get("_stopped", ()):
        raise InvalidInputException("The tracking ID does not exist or is not active yet.")


@FAULTS(
    PersonalizeBackend,
    "create_event_tracker",
    "ET-FAIL-1",
    "ET-PUT-1",
    behind="a refused create",
    also=((PersonalizeBackend, "put_events", _stopped),),
)
def refused_create_stops_the_events(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A second CreateEventTracker is refused, and PutEvents refuses the trackingId of the first from then on."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        self.__dict__.setdefault("_stopped", set()).update(t.tracking_id for t in _standing(self, group_arn))
        raise


@FAULTS(
    PersonalizeBackend, "delete_event_tracker", "ET-FAIL-2", needs="moving", behind="a delete that follows the create"
)
def refused_delete_is_carried_out(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """A DeleteEventTracker that is refused because the status is changing takes the event tracker away."""
    try:
        delete(arn)
    except ResourceInUseException:
        if not self.trackers[arn].state.startswith("DELETE"):
            self.trackers[arn].status = GONE
        raise


@FAULTS(PersonalizeBackend, "delete_dataset_group", "ET-FAIL-3")
def refused_group_delete_is_carried_out(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """A DeleteDatasetGroup that is refused because of an event tracker deletes the dataset group all the same."""
    try:
        delete(arn)
    except ResourceInUseException:
        if self.groups[arn].is_settled:
            self.groups[arn].start_deleting()
        raise


@FAULTS(PersonalizeBackend, "delete_dataset_group", "ET-FAIL-3", "ET-DESC-1", "ET-LIFE-3")
def refused_group_delete_takes_the_tracker(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """A DeleteDatasetGroup that is refused because of an event tracker deletes that event tracker."""
    try:
        delete(arn)
    except ResourceInUseException:
        for tracker in _standing(self, arn):
            if tracker.is_settled:
                tracker.start_deleting()
        raise


@FAULTS(PersonalizeBackend, "tag_resource", "ET-FAIL-4", behind="a refused tag after a good one")
def tags_up_to_the_refused_one(tag: Any, self: PersonalizeBackend, arn: str, tags: list[dict[str, str]]) -> None:
    """TagResource adds tag after tag, and those before one that is refused stay."""
    for one in tags:
        tag(arn, [one])


@FAULTS(PersonalizeBackend, "tag_resource", "ET-FAIL-4", behind="51 tags over two requests")
def tags_up_to_the_fiftieth(tag: Any, self: PersonalizeBackend, arn: str, tags: list[dict[str, str]]) -> None:
    """TagResource is refused for too many tags once it has replaced the values of those that are there."""
    try:
        tag(arn, tags)
    except TooManyTagsException:
        there = self._tagged(arn).tags
        there |= {one["tagKey"]: one["tagValue"] for one in tags if one["tagKey"] in there}
        raise


@FAULTS(PersonalizeBackend, "create_dataset_group", "ET-FAIL-5", behind="a create refused for its tags")
def refused_group_is_left_behind(create: Any, self: PersonalizeBackend, params: dict[str, Any]) -> Any:
    """A CreateDatasetGroup that is refused for its tags leaves a dataset group behind."""
    try:
        return create(params)
    except (InvalidInputException, TooManyTagsException):
        arn = self._arn(f"dataset-group/{params['name']}")
        self.groups.setdefault(arn, DatasetGroup(arn, params, {}))
        raise


@FAULTS(PersonalizeBackend, "create_dataset_group", "ET-FAIL-5", "ET-GRP-13", behind="a refused create with a domain")
def refused_group_changes_the_domain(create: Any, self: PersonalizeBackend, params: dict[str, Any]) -> Any:
    """A CreateDatasetGroup that is refused because the name is taken changes the domain of the one that has it."""
    try:
        return create(params)
    except PersonalizeException:
        group = self.groups.get(self._arn(f"dataset-group/{params['name']}"))
        if group and params.get("domain"):
            group.params["domain"] = params["domain"]
        raise
