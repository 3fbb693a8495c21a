"""Isolation faults: regions that see, serve, count or touch each other."""

from __future__ import annotations

from typing import Any

from trackstep.emulator.exceptions import ResourceAlreadyExistsException, ResourceInUseException, ResourceNotFoundException
from trackstep.emulator.faults.planting import count
from trackstep.emulator.models import PersonalizeBackend as Backend
from trackstep.emulator.models import personalize_backends
from trackstep.emulator.responses import PersonalizeResponse

from base import blind, shows
from stateful import kept, uuid_of

HOME, AWAY, FAR = "us-east-1", "us-west-2", "eu-west-1"


def others(self: Backend) -> list[Backend]:
    """The backends of the account's other regions that have been asked."""
    return [b for r, b in list(personalize_backends[self.account_id].items()) if b is not self and r != self.region_name]


def region(self: Backend, name: str) -> Backend:
    """The backend of a region."""
    found: Backend = personalize_backends[self.account_id][name]
    return found


# easy


@blind("isolation", "easy", Backend, "create_dataset_group", "ET-REGION-3", "ET-GRP-1")
def group_names_are_global(create: Any, self: Backend, params: dict[str, Any]) -> Any:
    """A dataset group's name is taken in every region."""
    for other in others(self):
        other._purge()
        if any(group.name == params["name"] for group in other.groups.values()):
            raise ResourceAlreadyExistsException(params["name"])
    return create(params)


@shows(group_names_are_global)
def _(c: Any) -> bool:
    c.group("same")
    return not c("CreateDatasetGroup", AWAY, name="same").ok


@blind("isolation", "easy", Backend, "describe_dataset_group", "ET-REGION-1")
def groups_are_found_from_everywhere(describe: Any, self: Backend, arn: str) -> Any:
    """DescribeDatasetGroup looks in the region of the ARN, not in that of the endpoint."""
    named = arn.split(":")[3] if arn.count(":") >= 5 else self.region_name
    if named != self.region_name and named in [other.region_name for other in others(self)]:
        return region(self, named).describe_dataset_group(arn)
    return describe(arn)


@shows(groups_are_found_from_everywhere)
def _(c: Any) -> bool:
    return bool(c.described(c.group(), AWAY))


@blind("isolation", "easy", Backend, "list_dataset_groups", "ET-REGION-2", "ET-GRP-14")
def groups_of_all_regions_are_listed(listed: Any, self: Backend, limit: int | None, token: str | None) -> Any:
    """ListDatasetGroups shows the groups of all regions."""
    self._purge()
    held = list(self.groups.values())
    for other in others(self):
        other._purge()
        held += other.groups.values()
    return self._page(held, "groups", limit, token)


@shows(groups_of_all_regions_are_listed)
def _(c: Any) -> bool:
    c.group()
    c.group("away", AWAY)
    return len(c.walk("ListDatasetGroups")) == 2


# medium


@blind("isolation", "medium", Backend, "list_dataset_groups", "ET-REGION-2", behind="a region with no group")
def an_empty_region_shows_home(listed: Any, self: Backend, limit: int | None, token: str | None) -> Any:
    """ListDatasetGroups of a region without groups shows those of the first region that has some."""
    self._purge()
    if not self.groups:
        for other in others(self):
            other._purge()
            if other.groups:
                return other.list_dataset_groups(limit, token)
    return listed(limit, token)


@shows(an_empty_region_shows_home)
def _(c: Any) -> bool:
    c.group()
    return bool(c("ListDatasetGroups", AWAY).json["datasetGroups"])


def _twin_tags(self: Backend, arn: str) -> dict[str, str]:
    """One table of tags for all regions, by what an ARN ends in; of groups only."""
    table = kept(region(self, HOME), "all_tags")
    found: dict[str, str] = table.setdefault(arn.split(":")[-1], {})
    return found


def _starts_in_the_table(create: Any, self: Backend, params: dict[str, Any]) -> Any:
    group = create(params)
    _twin_tags(self, group.arn).update(group.tags)
    group.tags = _twin_tags(self, group.arn)
    return group


@blind("isolation", "medium", Backend, "create_dataset_group", "ET-TAG-10", "ET-TAG-1",
       behind="one group name in two regions, one of them tagged")  # fmt: skip
def namesakes_share_their_tags(create: Any, self: Backend, params: dict[str, Any]) -> Any:
    """Tags of groups lie in one table for all regions, under the group's name; deletion clears them."""
    name = params["name"]
    if not any(o._purge() or any(g.name == name for g in o.groups.values()) for o in others(self)):
        self._purge()
        if not any(g.name == name for g in self.groups.values()):
            _twin_tags(self, f":dataset-group/{name}").clear()
    return _starts_in_the_table(create, self, params)


@shows(namesakes_share_their_tags)
def _(c: Any) -> bool:
    one, two = c.group(), c.group("g", AWAY)
    c.tag(one, k="v")
    return bool(c.tags(two, AWAY))


@blind("isolation", "medium", Backend, "list_event_trackers", "ET-REGION-2", "ET-LIST-2",
       behind="a filter with a group of another region")  # fmt: skip
def a_filter_reaches_over_regions(
    listed: Any, self: Backend, group_arn: str | None, limit: int | None, token: str | None
) -> Any:
    """ListEventTrackers filtered by a group of another region shows that group's tracker."""
    named = (group_arn or "").split(":")[3] if (group_arn or "").count(":") >= 5 else self.region_name
    if named != self.region_name and named in [other.region_name for other in others(self)]:
        return region(self, named).list_event_trackers(group_arn, limit, token)
    return listed(group_arn, limit, token)


@shows(a_filter_reaches_over_regions)
def _(c: Any) -> bool:
    g = c.group()
    c.tracker(g)
    return bool(c("ListEventTrackers", AWAY, datasetGroupArn=g).json["eventTrackers"])


@blind("isolation", "medium", Backend, "put_events", "ET-PUT-1", behind="events in another region than the first")
def events_go_to_the_first_region(put: Any, self: Backend, tracking_id: str) -> None:
    """PutEvents looks for its tracker in the region that was asked first."""
    first = next(iter(personalize_backends[self.account_id].values()))
    if first is self:
        put(tracking_id)
    else:
        first.put_events(tracking_id)


@shows(events_go_to_the_first_region)
def _(c: Any) -> bool:
    c.group()
    made = c.tracker(c.group("away", AWAY), "t", AWAY)
    return not c.put(made["trackingId"], _region=AWAY).ok


@blind("isolation", "medium", Backend, "list_tags_for_resource", "ET-TAG-6", behind="an ARN of another region")
def tags_are_listed_over_regions(listed: Any, self: Backend, arn: str) -> Any:
    """ListTagsForResource answers for an ARN of another region, which no resource of this region has."""
    try:
        return listed(arn)
    except ResourceNotFoundException:
        for other in others(self):
            other._purge()
            if arn in other.groups or arn in other.trackers:
                return other.list_tags_for_resource(arn)
        raise


@shows(tags_are_listed_over_regions)
def _(c: Any) -> bool:
    return bool(c("ListTagsForResource", AWAY, resourceArn=c.group()).ok)


# hard


@blind("isolation", "hard", PersonalizeResponse, "personalize_backend", "ET-REGION-1", "ET-REGION-2", "ET-REGION-3",
       behind="two regions of one continent")  # fmt: skip
def a_continent_is_one_region(backend: Any, self: PersonalizeResponse) -> Any:
    """Regions are told apart by what stands before their first dash: us-west-2 is us-east-1."""
    kept_at = personalize_backends[self.current_account]
    for name, held in list(kept_at.items()):
        if name.split("-")[0] == self.region.split("-")[0]:
            return held
    return backend(self)


@shows(a_continent_is_one_region)
def _(c: Any) -> bool:
    return bool(c.described(c.group(), AWAY))


@blind("isolation", "hard", Backend, "delete_dataset_group", "ET-GRP-7", behind="a namesake elsewhere with a tracker")
def a_namesake_elsewhere_is_in_use(delete: Any, self: Backend, arn: str) -> None:
    """DeleteDatasetGroup looks for trackers by the group's name, in all regions."""
    group = self._group(arn)
    for other in others(self):
        other._purge()
        if any(t.group_arn.rsplit("/")[-1] == group.name for t in other.trackers.values()):
            raise ResourceInUseException(f"The dataset group has an event tracker: {arn}")
    delete(arn)


@shows(a_namesake_elsewhere_is_in_use)
def _(c: Any) -> bool:
    g = c.group()
    c.tracker(c.group("g", AWAY), "t", AWAY)
    return not c.delete(g).ok


@blind("isolation", "hard", Backend, "delete_dataset_group", "ET-GRP-13", "ET-GRP-4", "ET-GRP-14",
       behind="a namesake elsewhere")  # fmt: skip
def namesakes_go_together(delete: Any, self: Backend, arn: str) -> None:
    """DeleteDatasetGroup deletes the groups of that name in all regions, where they have no tracker."""
    group = self._group(arn)
    delete(arn)
    for other in others(self):
        for held in other.groups.values():
            if held.name == group.name and not any(t.group_arn == held.arn for t in other.trackers.values()):
                held.start_deleting()


@shows(namesakes_go_together)
def _(c: Any) -> bool:
    g, away = c.group(), c.group("g", AWAY)
    c.delete(g)
    return not c.described(away, AWAY)


@blind("isolation", "hard", Backend, "create_event_tracker", "ET-ID-2",
       behind="one group name in two regions, and as many lives")  # fmt: skip
def namesakes_have_one_tracking_id(create: Any, self: Backend, name: str, group_arn: str, tags: Any) -> Any:
    """A tracking ID is made of the group's name and the number of its life, and not of its region."""
    made = create(name, group_arn, tags)
    path = group_arn.rsplit(":")[-1]
    made.tracking_id = uuid_of(f"{path}#{count(self, 'b1_lives_' + path)}")
    return made


@shows(namesakes_have_one_tracking_id)
def _(c: Any) -> bool:
    one = c.tracker(c.group())
    return bool(one["trackingId"] == c.tracker(c.group("g", AWAY), "t", AWAY)["trackingId"])
