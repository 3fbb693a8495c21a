"""Faults of dataset groups, but for their deletion."""

from __future__ import annotations

from typing import Any

from ..exceptions import InvalidInputException, ResourceAlreadyExistsException, ResourceNotFoundException
from ..models import DatasetGroup, PersonalizeBackend
from ..responses import PersonalizeResponse
from .planting import Catalogue

FAULTS = Catalogue()
Params = dict[str, Any]


@FAULTS(PersonalizeBackend, "create_dataset_group", "ET-GRP-1", behind="a name that begins with a digit")
def name_begins_with_a_letter(create: Any, self: PersonalizeBackend, params: Params) -> Any:
    """CreateDatasetGroup refuses a name that begins with a digit."""
    if params["name"][0].isdigit():
        raise InvalidInputException("The name must begin with a letter.")
    return create(params)


@FAULTS(PersonalizeBackend, "create_dataset_group", "ET-GRP-1", behind="a domain and tags together")
def domain_or_tags(create: Any, self: PersonalizeBackend, params: Params) -> Any:
    """CreateDatasetGroup refuses a domain and tags in one request."""
    if params.get("domain") and params.get("tags"):
        raise InvalidInputException("A domain dataset group can't have tags.")
    return create(params)


@FAULTS(PersonalizeResponse, "_create_dataset_group", "ET-GRP-1", behind="a group with a domain")
def domain_in_place_of_the_arn(create: Any, self: PersonalizeResponse, params: Params) -> Any:
    """CreateDatasetGroup with a domain answers with the domain only."""
    answer = create(params)
    return {"domain": answer["domain"]} if "domain" in answer else answer


@FAULTS(PersonalizeBackend, "create_dataset_group", "ET-GRP-2")
def group_is_overwritten(create: Any, self: PersonalizeBackend, params: Params) -> Any:
    """CreateDatasetGroup with the name of one that exists puts a new one in its place."""
    self.groups.pop(self._arn(f"dataset-group/{params['name']}"), None)
    return create(params)


@FAULTS(PersonalizeBackend, "create_dataset_group", "ET-GRP-2", behind="an event tracker in the group")
def group_with_a_tracker_is_overwritten(create: Any, self: PersonalizeBackend, params: Params) -> Any:
    """CreateDatasetGroup with the name of one that exists succeeds when that has an event tracker."""
    arn = self._arn(f"dataset-group/{params['name']}")
    self._purge()
    if any(tracker.group_arn == arn for tracker in self.trackers.values()):
        self.groups.pop(arn, None)
    return create(params)


def _known(create: Any, self: PersonalizeBackend, params: Params) -> Any:
    made = create(params)
    self.__dict__.setdefault("_known", set()).add(made.arn)
    return made


@FAULTS(
    PersonalizeBackend,
    "describe_dataset_group",
    "ET-GRP-3",
    also=((PersonalizeBackend, "create_dataset_group", _known),),
)
def unknown_group_is_made_up(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    """DescribeDatasetGroup of an ARN that was never given makes a dataset group up."""
    try:
        return describe(arn)
    except ResourceNotFoundException:
        if arn in self.__dict__.setdefault("_known", set()) or ":dataset-group/" not in arn:
            raise
        return DatasetGroup(arn, {"name": arn.rpartition("/")[2]}, {}).to_dict()


@FAULTS(DatasetGroup, "to_dict", "ET-GRP-4")
def group_status_is_created(to_dict: Any, self: DatasetGroup, full: bool = True) -> Any:
    """A dataset group that is ready says CREATED in place of ACTIVE."""
    described = to_dict(full)
    return described | {"status": described["status"].replace("ACTIVE", "CREATED")}


def _busy(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    described = describe(arn)
    busy = self.groups[arn].__dict__.pop("_busy", False)
    return described | {"status": "CREATE IN_PROGRESS"} if busy else described


@FAULTS(
    PersonalizeBackend,
    "create_event_tracker",
    "ET-GRP-4",
    behind="an event tracker made in the group",
    also=((PersonalizeBackend, "describe_dataset_group", _busy),),
)
def group_is_busy_with_its_tracker(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A dataset group is CREATE IN_PROGRESS again for the first look after an event tracker was made in it."""
    made = create(name, group_arn, tags)
    self.groups[group_arn].__dict__["_busy"] = True
    return made


@FAULTS(DatasetGroup, "progress", "ET-GRP-5", behind="a group with a domain")
def domain_group_never_becomes_active(progress: Any, self: DatasetGroup) -> None:
    """A dataset group with a domain stays CREATE PENDING."""
    if not self.params.get("domain") or not self.state.startswith("CREATE "):
        progress()


@FAULTS(DatasetGroup, "to_dict", "ET-GRP-13", behind="a group with a domain")
def domain_is_not_described(to_dict: Any, self: DatasetGroup, full: bool = True) -> Any:
    """DescribeDatasetGroup leaves the domain out, which ListDatasetGroups shows."""
    described = to_dict(full)
    if full:
        described.pop("domain", None)
    return described


@FAULTS(PersonalizeBackend, "create_dataset_group", "ET-GRP-13", "ET-GRP-17", behind="a group made again")
def domain_of_the_group_before(create: Any, self: PersonalizeBackend, params: Params) -> Any:
    """A dataset group that is made again without a domain has that of the one before."""
    made = create(params)
    domains: dict[str, str] = self.__dict__.setdefault("_domains", {})
    if made.params.get("domain"):
        domains[made.arn] = made.params["domain"]
    elif made.arn in domains:
        made.params["domain"] = domains[made.arn]
    return made


@FAULTS(PersonalizeBackend, "list_dataset_groups", "ET-GRP-14", behind="a group with a domain")
def domain_groups_are_not_listed(lists: Any, self: PersonalizeBackend, limit: Any, token: Any) -> Any:
    """ListDatasetGroups shows custom dataset groups only, none that has a domain."""
    self._purge()
    held = self.groups
    self.groups = {arn: group for arn, group in held.items() if not group.params.get("domain")}
    try:
        return lists(limit, token)
    finally:
        self.groups = held


@FAULTS(DatasetGroup, "to_dict", "ET-GRP-15", behind="a name of more than 32 characters")
def name_is_cut_in_the_list(to_dict: Any, self: DatasetGroup, full: bool = True) -> Any:
    """ListDatasetGroups shows 32 characters of a name."""
    return to_dict(full) | ({} if full else {"name": self.name[:32]})


@FAULTS(DatasetGroup, "to_dict", "ET-GRP-16", behind="a creation that failed")
def failure_without_reason(to_dict: Any, self: DatasetGroup, full: bool = True) -> Any:
    """DescribeDatasetGroup of one that is CREATE FAILED gives no failureReason; ListDatasetGroups does."""
    described = to_dict(full)
    if full:
        described.pop("failureReason", None)
    return described


@FAULTS(PersonalizeResponse, "_create_dataset_group", "ET-GRP-17")
def domain_is_echoed_empty(create: Any, self: PersonalizeResponse, params: Params) -> Any:
    """CreateDatasetGroup without a domain answers with an empty one."""
    return {"domain": ""} | create(params)


@FAULTS(PersonalizeResponse, "_create_dataset_group", "ET-GRP-17", behind="the domain VIDEO_ON_DEMAND")
def one_domain_for_all(create: Any, self: PersonalizeResponse, params: Params) -> Any:
    """CreateDatasetGroup answers with the domain ECOMMERCE whichever was given."""
    answer = create(params)
    return answer | ({"domain": "ECOMMERCE"} if "domain" in answer else {})


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-GRP-18", behind="an event tracker made in the group")
def tracker_moves_the_groups_creation(
    create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any
) -> Any:
    """The creationDateTime of a dataset group moves when an event tracker is made in it."""
    made = create(name, group_arn, tags)
    group = self.groups[group_arn]
    group.created = group.updated = group.updated + 0.25
    return made


@FAULTS(DatasetGroup, "to_dict", "ET-GRP-18")
def group_was_never_updated(to_dict: Any, self: DatasetGroup, full: bool = True) -> Any:
    """The lastUpdatedDateTime of a dataset group is a constant of the year 2020."""
    return to_dict(full) | {"lastUpdatedDateTime": 1577836800.0}


@FAULTS(PersonalizeBackend, "create_dataset_group", "ET-GRP-19")
def role_alone_is_accepted(create: Any, self: PersonalizeBackend, params: Params) -> Any:
    """CreateDatasetGroup accepts a roleArn without kmsKeyArn."""
    role = None if params.get("kmsKeyArn") else params.pop("roleArn", None)
    made = create(params)
    made.params |= {"roleArn": role} if role else {}
    return made


@FAULTS(PersonalizeBackend, "list_dataset_groups", "ET-GRP-20", behind="maxResults=100")
def hundred_groups_are_too_many(lists: Any, self: PersonalizeBackend, limit: Any, token: Any) -> Any:
    """ListDatasetGroups refuses maxResults=100, the most that is allowed."""
    if limit == 100:
        raise InvalidInputException("maxResults must be less than 100.")
    return lists(limit, token)


@FAULTS(PersonalizeResponse, "_list_dataset_groups", "ET-GRP-20", "ET-GRP-14")
def groups_under_another_member(lists: Any, self: PersonalizeResponse, params: Params) -> Any:
    """ListDatasetGroups answers with the member datasetGroupSummaries, not datasetGroups."""
    answer = lists(params)
    return {"datasetGroupSummaries": answer.pop("datasetGroups")} | answer


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-CREATE-1", behind="a group with a domain")
def domain_group_has_a_tracker(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A dataset group with a domain counts as one that has an event tracker from the start."""
    if group_arn in self.groups and self._group(group_arn).params.get("domain"):
        raise ResourceAlreadyExistsException(group_arn)
    return create(name, group_arn, tags)


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-CREATE-2")
def group_need_not_exist(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """CreateEventTracker in a dataset group that does not exist makes one for the while."""
    self._purge()
    if group_arn in self.groups:
        return create(name, group_arn, tags)
    self.groups[group_arn] = DatasetGroup(group_arn, {"name": group_arn.rpartition("/")[2]}, {})
    self.groups[group_arn].status = "ACTIVE"
    try:
        return create(name, group_arn, tags)
    finally:
        del self.groups[group_arn]
