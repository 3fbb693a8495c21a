"""Faults of DescribeEventTracker: what is read back."""

from __future__ import annotations

from typing import Any

from ..exceptions import ResourceNotFoundException
from ..models import EventTracker, PersonalizeBackend
from .planting import Catalogue

FAULTS = Catalogue()


@FAULTS(PersonalizeBackend, "describe_event_tracker", "ET-DESC-1", needs="moving")
def unfinished_is_not_described(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    """DescribeEventTracker finds no event tracker that is CREATE IN_PROGRESS."""
    described = describe(arn)
    if described["status"] == "CREATE IN_PROGRESS":
        raise ResourceNotFoundException("event tracker", arn)
    return described


@FAULTS(PersonalizeBackend, "describe_event_tracker", "ET-DESC-1", behind="a creation that failed")
def failed_is_not_described(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    """DescribeEventTracker does not find an event tracker that is CREATE FAILED, after the first time."""
    described = describe(arn)
    if described["status"] == "CREATE FAILED":
        if "_failure_told" in self.trackers[arn].__dict__:
            raise ResourceNotFoundException("event tracker", arn)
        self.trackers[arn].__dict__["_failure_told"] = True
    return described


@FAULTS(PersonalizeBackend, "describe_event_tracker", "ET-DESC-2", behind="another tracker that exists")
def unknown_arn_finds_the_first(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    """DescribeEventTracker of an ARN that was never given answers with the first event tracker of the account."""
    return describe(arn if arn in self.trackers else next(iter(self.trackers), arn))


@FAULTS(EventTracker, "to_dict", "ET-DESC-3")
def description_without_tracking_id(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """DescribeEventTracker returns the summary that ListEventTrackers shows, without trackingId."""
    return to_dict(False) | ({"datasetGroupArn": self.group_arn, "accountId": self.account_id} if full else {})


@FAULTS(EventTracker, "to_dict", "ET-DESC-3", needs="moving", behind="a creation under way")
def no_status_before_active(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """A description says no status while the event tracker is CREATE IN_PROGRESS."""
    described = to_dict(full)
    if full and described["status"] == "CREATE IN_PROGRESS":
        del described["status"]
    return described


@FAULTS(EventTracker, "to_dict", "ET-DESC-4")
def description_without_account(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """DescribeEventTracker leaves the accountId out."""
    described = to_dict(full)
    described.pop("accountId", None)
    return described


@FAULTS(EventTracker, "to_dict", "ET-DESC-5", "ET-LIST-5", behind="a name of 63 characters")
def longest_name_is_cut(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """A name of 63 characters loses its last."""
    return to_dict(full) | {"name": self.name[:62]}


@FAULTS(EventTracker, "to_dict", "ET-DESC-5", behind="an upper-case letter in the name")
def name_in_lower_case(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """The name is described in lower case."""
    return to_dict(full) | ({"name": self.name.lower()} if full else {})


@FAULTS(PersonalizeBackend, "describe_event_tracker", "ET-DESC-5", behind="two groups with a tracker each")
def group_of_the_last_tracker(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    """Each event tracker is described with the dataset group of the one that was made last."""
    return describe(arn) | {"datasetGroupArn": list(self.trackers.values())[-1].group_arn}


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-DESC-5", behind="a tracker made again under another name")
def name_of_the_first_incarnation(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """An event tracker that is made again is described with the name of the one before it."""
    made = create(name, group_arn, tags)
    made.name = self.__dict__.setdefault("_first_names", {}).setdefault(group_arn, name)
    return made


@FAULTS(EventTracker, "to_dict", "ET-DESC-6")
def account_is_a_constant(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """The accountId is 000000000000 whatever the account."""
    return to_dict(full) | ({"accountId": "000000000000"} if full else {})


@FAULTS(EventTracker, "to_dict", "ET-DESC-7")
def updated_in_local_time(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """The lastUpdatedDateTime is taken in a time zone five hours behind, and the creationDateTime is not."""
    described = to_dict(full)
    return described | {"lastUpdatedDateTime": described["lastUpdatedDateTime"] - 5 * 3600}


@FAULTS(EventTracker, "to_dict", "ET-DESC-7", behind="the second region")
def updated_in_the_time_of_the_region(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """The lastUpdatedDateTime is in the local time of the region, which differs outside us-east-1."""
    described = to_dict(full)
    late = 0 if ":us-east-1:" in self.arn else 8 * 3600
    return described | {"lastUpdatedDateTime": described["lastUpdatedDateTime"] - late}


@FAULTS(PersonalizeBackend, "describe_event_tracker", "ET-DESC-8")
def created_at_each_look(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    """The creationDateTime is a second later at each look."""
    described = describe(arn)
    self.trackers[arn].created += 1
    self.trackers[arn].updated += 1
    return described


@FAULTS(PersonalizeBackend, "untag_resource", "ET-DESC-8", "ET-GRP-18", behind="a tag taken away")
def untagging_moves_the_creation(untag: Any, self: PersonalizeBackend, arn: str, keys: Any) -> None:
    """UntagResource stores the resource anew, with another creationDateTime."""
    untag(arn, keys)
    resource = self._tagged(arn)
    resource.created = resource.updated = resource.updated + 0.25


@FAULTS(EventTracker, "to_dict", "ET-DESC-9", needs="moving", behind="a deletion under way")
def updated_forgotten_on_delete(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """The lastUpdatedDateTime of an event tracker that is being deleted is that of its creation."""
    described = to_dict(full)
    return described | ({"lastUpdatedDateTime": self.created} if described["status"].startswith("DELETE") else {})


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-DESC-10", behind="a tracker made again")
def created_when_the_first_was(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """An event tracker that is made again has the creationDateTime of the first."""
    made = create(name, group_arn, tags)
    made.created = self.__dict__.setdefault("_first_created", {}).setdefault(made.arn, made.created)
    return made
