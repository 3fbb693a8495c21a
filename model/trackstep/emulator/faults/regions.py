"""Faults of regions: what is kept once for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..exceptions import ResourceAlreadyExistsException
from ..models import GONE, PersonalizeBackend, personalize_backends
from .planting import Catalogue

FAULTS = Catalogue()


def _others(self: PersonalizeBackend) -> Iterator[PersonalizeBackend]:
    for backend in list(personalize_backends[self.account_id].values()):
        if backend is not self:
            yield backend


@FAULTS(PersonalizeBackend, "describe_event_tracker", "ET-REGION-1", behind="the second region")
def tracker_described_in_any_region(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    """DescribeEventTracker finds the event trackers of all regions."""
    for other in _others(self):
        if arn in other.trackers:
            return other.trackers[arn].to_dict()
    return describe(arn)


@FAULTS(PersonalizeBackend, "describe_dataset_group", "ET-REGION-1", behind="the second region")
def group_described_in_any_region(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    """DescribeDatasetGroup finds the dataset groups of all regions."""
    for other in _others(self):
        if arn in other.groups:
            return other.groups[arn].to_dict()
    return describe(arn)


@FAULTS(PersonalizeBackend, "list_event_trackers", "ET-REGION-2", behind="the second region")
def trackers_listed_in_any_region(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """ListEventTrackers without a filter shows the event trackers of all regions."""
    self._purge()
    if group is not None:
        return lists(group, limit, token)
    held = [tracker for other in (self, *_others(self)) for tracker in other.trackers.values()]
    return self._page(held, "trackers", limit, token)


@FAULTS(PersonalizeBackend, "list_dataset_groups", "ET-REGION-2", behind="the second region")
def groups_listed_in_any_region(lists: Any, self: PersonalizeBackend, limit: Any, token: Any) -> Any:
    """ListDatasetGroups shows the dataset groups of all regions."""
    self._purge()
    held = [group for other in (self, *_others(self)) for group in other.groups.values()]
    return self._page(held, "groups", limit, token)


@FAULTS(PersonalizeBackend, "create_dataset_group", "ET-REGION-3", "ET-GRP-1", behind="one group name in two regions")
def group_names_of_all_regions(create: Any, self: PersonalizeBackend, params: dict[str, Any]) -> Any:
    """The name of a dataset group can be used in one region only."""
    if any(group.name == params["name"] for other in _others(self) for group in other.groups.values()):
        raise ResourceAlreadyExistsException(self._arn(f"dataset-group/{params['name']}"))
    return create(params)


@FAULTS(
    PersonalizeBackend, "create_event_tracker", "ET-REGION-3", "ET-CREATE-1", behind="one group name in two regions"
)
def one_tracker_over_all_regions(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A dataset group whose namesake in another region has an event tracker accepts none."""
    ending = group_arn.rpartition(":")[2]
    if any(t.group_arn.endswith(f":{ending}") for other in _others(self) for t in other.trackers.values()):
        raise ResourceAlreadyExistsException(group_arn)
    return create(name, group_arn, tags)


@FAULTS(
    PersonalizeBackend,
    "delete_event_tracker",
    "ET-LIFE-3",
    "ET-DESC-1",
    "ET-REGION-3",
    behind="one group name in two regions",
)
def delete_reaches_the_other_region(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteEventTracker also takes the event tracker of the dataset group's namesake in another region."""
    ending = self._tracker(arn).group_arn.rpartition(":")[2]
    delete(arn)
    for other in _others(self):
        for tracker in other.trackers.values():
            if tracker.group_arn.endswith(f":{ending}"):
                tracker.status = GONE


@FAULTS(PersonalizeBackend, "list_tags_for_resource", "ET-TAG-10", behind="one group name in two regions")
def tags_of_all_regions(lists: Any, self: PersonalizeBackend, arn: str) -> Any:
    """ListTagsForResource of a dataset group shows the tags of its namesake in another region too."""
    found = lists(arn)
    keys = {tag["tagKey"] for tag in found}
    for other in _others(self):
        group = other.groups.get(arn.replace(f":{self.region_name}:", f":{other.region_name}:"))
        shared = group.tags.items() if group else ()
        found += [{"tagKey": key, "tagValue": value} for key, value in shared if key not in keys]
    return found
