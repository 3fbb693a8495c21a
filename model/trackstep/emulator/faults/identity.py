"""Faults of identity: ARNs and tracking IDs."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from moto.moto_api._internal import mock_random

from ..models import EventTracker, PersonalizeBackend
from .planting import Catalogue

FAULTS = Catalogue()


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-ID-2", behind="two trackers")
def one_tracking_id_for_all(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """The trackingId is made once, as a default, and shared by all event trackers of a region."""
    made = create(name, group_arn, tags)
    made.tracking_id = self.__dict__.setdefault("_tracking_id", made.tracking_id)
    return made


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-ID-2", behind="a tracker made again")
def tracking_id_of_the_group(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """The trackingId is derived from the dataset group, so that an event tracker made again has the old one."""
    made = create(name, group_arn, tags)
    digest = hashlib.md5(group_arn.encode(), usedforsecurity=False).hexdigest()
    made.tracking_id = str(uuid.UUID(digest, version=4))
    return made


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-ID-2", behind="the third incarnation of a tracker")
def tracking_ids_take_turns(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """The third event tracker of a dataset group has the trackingId of the first."""
    made = create(name, group_arn, tags)
    ids: list[str] = self.__dict__.setdefault("_tracking_ids", {}).setdefault(group_arn, [])
    ids.append(made.tracking_id)
    made.tracking_id = ids[0] if len(ids) == 3 else made.tracking_id
    return made


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-ID-2", behind="one tracker name in two groups")
def tracking_id_of_the_name(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """Event trackers of one name in two dataset groups have the same trackingId."""
    made = create(name, group_arn, tags)
    for other in self.trackers.values():
        if other.name == name and other.group_arn != group_arn:
            made.tracking_id = other.tracking_id
    return made


@FAULTS(EventTracker, "to_dict", "ET-ID-3")
def tracking_id_made_at_each_look(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """DescribeEventTracker makes a new trackingId each time."""
    return to_dict(full) | ({"trackingId": str(mock_random.uuid4())} if full else {})


@FAULTS(PersonalizeBackend, "tag_resource", "ET-ID-3", behind="a tag added to the tracker")
def tagging_changes_the_tracking_id(tag: Any, self: PersonalizeBackend, arn: str, tags: Any) -> None:
    """TagResource stores the event tracker anew, under another trackingId."""
    tag(arn, tags)
    if arn in self.trackers:
        self.trackers[arn].tracking_id = str(mock_random.uuid4())


@FAULTS(EventTracker, "to_dict", "ET-ID-3", needs="moving", behind="a deletion under way")
def tracking_id_cleared_on_delete(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """The trackingId of an event tracker that is being deleted is all zeros."""
    described = to_dict(full)
    if full and described["status"].startswith("DELETE"):
        described["trackingId"] = "00000000-0000-4000-8000-000000000000"
    return described


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-ID-3", behind="tags in the create")
def tags_given_first_change_the_id(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """CreateEventTracker with tags answers with a trackingId, and then stores another."""
    made = create(name, group_arn, tags)
    if not tags:
        return made
    return EventTracker(made.arn, made.account_id, name, group_arn, {})


@FAULTS(EventTracker, "__init__", "ET-ID-1", behind="a name of a single character")
def short_name_has_no_tracking_id(init: Any, self: EventTracker, arn: str, account: str, name: str, *rest: Any) -> None:
    """An event tracker whose name is a single character has an empty trackingId."""
    init(arn, account, name, *rest)
    if len(name) == 1:
        self.tracking_id = ""


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-ID-1")
def tracking_id_is_the_whole_description(
    create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any
) -> Any:
    """The trackingId is a token that holds the names of all it stands for, of more than 256 characters."""
    made = create(name, group_arn, tags)
    made.tracking_id = f"{made.tracking_id}/{made.arn}/{group_arn}/{name}".ljust(300, "=")
    return made


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-ID-4", behind="one tracker name in two groups")
def arn_of_the_name(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """The ARN of an event tracker is derived from its name, so that two groups share one."""
    made = create(name, group_arn, tags)
    del self.trackers[made.arn]
    made.arn = self._arn(f"event-tracker/{name}")
    self.trackers[made.arn] = made
    return made


@FAULTS(PersonalizeBackend, "create_dataset_group", "ET-ID-4", behind="two long names with one beginning")
def group_arn_is_cut(create: Any, self: PersonalizeBackend, params: dict[str, Any]) -> Any:
    """The ARN of a dataset group holds the first 40 characters of its name only."""
    made = create(params)
    if len(made.name) > 40:
        del self.groups[made.arn]
        made.arn = self._arn(f"dataset-group/{made.name[:40]}")
        self.groups[made.arn] = made
    return made


@FAULTS(PersonalizeBackend, "_arn", "ET-ID-5")
def arn_without_account(arn: Any, self: PersonalizeBackend, path: str) -> Any:
    """The ARN of an event tracker lacks the account and its colon."""
    made = arn(path)
    return made.replace(f":{self.account_id}:", ":") if path.startswith("event-tracker/") else made
