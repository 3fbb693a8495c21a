"""Faults of ListEventTrackers: what is read back of many."""

from __future__ import annotations

from typing import Any

from ..exceptions import InvalidInputException, ResourceNotFoundException
from ..models import GONE, EventTracker, PersonalizeBackend
from ..responses import PersonalizeResponse
from .planting import Catalogue

FAULTS = Catalogue()


def _only(self: PersonalizeBackend, shown: Any, ask: Any) -> Any:
    """What ``ask()`` answers when only these event trackers are there."""
    self._purge()
    held = self.trackers
    self.trackers = {arn: tracker for arn, tracker in held.items() if shown(tracker)}
    try:
        return ask()
    finally:
        self.trackers = held


@FAULTS(PersonalizeBackend, "list_event_trackers", "ET-LIST-1", needs="moving")
def only_active_is_listed(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """ListEventTrackers shows only event trackers that are ACTIVE."""
    return _only(self, lambda tracker: tracker.state == "ACTIVE", lambda: lists(group, limit, token))


@FAULTS(PersonalizeBackend, "list_event_trackers", "ET-LIST-1", behind="a creation that failed")
def failed_is_not_listed(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """ListEventTrackers leaves out event trackers that are CREATE FAILED."""
    return _only(self, lambda tracker: tracker.state != "CREATE FAILED", lambda: lists(group, limit, token))


@FAULTS(PersonalizeBackend, "list_event_trackers", "ET-LIST-1", behind="one tracker name in two groups")
def listed_by_name(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """Without a filter, ListEventTrackers shows one event tracker of each name."""
    if group is not None:
        return lists(group, limit, token)
    by_name = {tracker.name: tracker for tracker in self.trackers.values()}
    return _only(self, lambda tracker: by_name[tracker.name] is tracker, lambda: lists(group, limit, token))


@FAULTS(PersonalizeBackend, "list_event_trackers", "ET-LIST-2", "ET-LIST-3", "ET-UNIQ-8", behind="two groups")
def filter_is_ignored(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """ListEventTrackers passes over datasetGroupArn and shows the event trackers of all groups."""
    return lists(None, limit, token)


@FAULTS(
    PersonalizeBackend,
    "list_event_trackers",
    "ET-LIST-2",
    "ET-UNIQ-8",
    behind="a group whose name begins with another's",
)
def filter_by_beginning(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """ListEventTrackers compares the beginning of the dataset group's ARN only."""
    if group is None or token is not None:
        return lists(group, limit, token)
    begins = sorted({tracker.group_arn for tracker in self.trackers.values() if tracker.group_arn.startswith(group)})
    return [item for arn in begins for item in lists(arn, limit, None)[0]][:limit], None


@FAULTS(PersonalizeBackend, "list_event_trackers", "ET-LIST-3", "ET-WIRE-9")
def filter_of_nobody_is_an_error(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """ListEventTrackers filtered by a dataset group that does not exist is refused."""
    if group is not None and group not in self.groups:
        raise ResourceNotFoundException("dataset group", group)
    return lists(group, limit, token)


@FAULTS(
    PersonalizeBackend, "list_event_trackers", "ET-LIST-2", "ET-LIST-3", behind="a filter of no group and a tracker"
)
def filter_of_nobody_is_none(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """ListEventTrackers filtered by a dataset group that does not exist shows all event trackers."""
    return lists(group if group in self.groups else None, limit, token)


@FAULTS(PersonalizeBackend, "list_event_trackers", "ET-LIST-4")
def gone_is_listed(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """ListEventTrackers reads an index that deletion does not touch."""
    index: dict[str, EventTracker] = self.__dict__.setdefault("_index", {})
    self._purge()
    index |= self.trackers
    for tracker in index.values():
        if tracker.state == GONE:
            tracker.status = "DELETE IN_PROGRESS"
    shown = [tracker for tracker in index.values() if group is None or tracker.group_arn == group]
    return self._page(shown, group or "trackers", limit, token)


@FAULTS(EventTracker, "to_dict", "ET-LIST-5")
def summary_swaps_name_and_id(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """The summary of an event tracker has the last part of its ARN for a name."""
    return to_dict(full) | ({} if full else {"name": self.arn.rpartition("/")[2]})


@FAULTS(EventTracker, "to_dict", "ET-LIST-5")
def summary_swaps_times(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """The summary of an event tracker has the time of its last change as its creationDateTime."""
    return to_dict(full) | (
        {} if full else {"creationDateTime": self.updated + 1, "lastUpdatedDateTime": self.updated + 1}
    )


@FAULTS(EventTracker, "to_dict", "ET-LIST-5", "ET-LIFE-2", "ET-LIFE-3", "ET-LIFE-5")
def summary_of_the_creation(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """The summary of an event tracker has the status that it was created with."""
    return to_dict(full) | ({} if full else {"status": "CREATE PENDING"})


@FAULTS(PersonalizeBackend, "list_event_trackers", "ET-LIST-5", behind="the second page")
def names_of_the_first_page(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """The items of the second page have the name of the first page's last item."""
    items, more = lists(group, limit, token)
    if token is None:
        self.__dict__["_last_name"] = items[-1]["name"] if items else None
    elif (name := self.__dict__.get("_last_name")) is not None:
        items = [item | {"name": name} for item in items]
    return items, more


@FAULTS(PersonalizeBackend, "list_event_trackers", "ET-LIST-6", "ET-LIST-1", behind="a group without a tracker")
def default_tracker_is_listed(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """ListEventTrackers makes up an event tracker for a dataset group that has none."""
    items, more = lists(group, limit, token)
    if group in self.groups and not items:
        made = EventTracker(self._arn("event-tracker/default"), self.account_id, "default", group, {})
        made.status = "ACTIVE"
        items = [made.to_dict(full=False)]
    return items, more


@FAULTS(EventTracker, "to_dict", "ET-LIST-7")
def summary_without_last_updated(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """The summary of an event tracker lacks lastUpdatedDateTime."""
    described = to_dict(full)
    if not full:
        del described["lastUpdatedDateTime"]
    return described


@FAULTS(PersonalizeResponse, "_list_event_trackers", "ET-LIST-8", "ET-LIST-1")
def list_under_another_member(lists: Any, self: PersonalizeResponse, params: dict[str, Any]) -> Any:
    """ListEventTrackers answers with the member eventTrackerSummaries, not eventTrackers."""
    answer = lists(params)
    return {"eventTrackerSummaries": answer.pop("eventTrackers")} | answer


@FAULTS(PersonalizeBackend, "list_event_trackers", "ET-LIST-8", behind="a filter and maxResults together")
def filter_or_page_size(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """ListEventTrackers refuses datasetGroupArn and maxResults in one request."""
    if group is not None and limit is not None:
        raise InvalidInputException("datasetGroupArn and maxResults can't be combined.")
    return lists(group, limit, token)


@FAULTS(PersonalizeBackend, "list_event_trackers", "ET-LIST-8", behind="maxResults=100")
def hundred_is_too_many(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """ListEventTrackers refuses maxResults=100, the most that is allowed."""
    if limit == 100:
        raise InvalidInputException("maxResults must be less than 100.")
    return lists(group, limit, token)


@FAULTS(PersonalizeBackend, "list_event_trackers", "ET-LIST-4", behind="a group that was made again")
def listing_of_the_group_before(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """ListEventTrackers shows in a dataset group that was made again the event tracker that it had before."""
    items, more = lists(group, limit, token)
    last: dict[str, Any] = self.__dict__.setdefault("_last_listed", {})
    if group not in self.groups:
        return items, more
    made = self.groups[group].created
    if items:
        last[group] = (made, items)
    elif group in last and last[group][0] != made:
        items = last[group][1]
    return items, more
