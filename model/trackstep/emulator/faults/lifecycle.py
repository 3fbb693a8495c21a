"""Faults of the lifecycle: what statuses an event tracker goes through."""

from __future__ import annotations

from typing import Any

from ..exceptions import ResourceNotFoundException
from ..models import GONE, EventTracker, PersonalizeBackend
from .planting import Catalogue, count

FAULTS = Catalogue()


@FAULTS(PersonalizeBackend, "describe_event_tracker", "ET-LIFE-2", "ET-LIFE-3")
def status_runs_backwards(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    """The third look at an event tracker finds it in CREATE PENDING again."""
    described = describe(arn)
    return described | {"status": "CREATE PENDING"} if count(self.trackers[arn], "looks") == 3 else described


@FAULTS(
    PersonalizeBackend,
    "list_event_trackers",
    "ET-LIFE-2",
    "ET-LIFE-3",
    "ET-LIST-5",
    needs="moving",
    behind="a list after two looks",
)
def first_listed_as_pending(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """The first list that shows an event tracker says CREATE PENDING, whatever its status."""
    items, more = lists(group, limit, token)
    for item in items:
        if count(self.trackers[item["eventTrackerArn"]], "listed") == 1:
            item["status"] = "CREATE PENDING"
    return items, more


@FAULTS(EventTracker, "to_dict", "ET-LIFE-1")
def status_of_another_service(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """An event tracker that is ready says AVAILABLE in place of ACTIVE."""
    described = to_dict(full)
    return described | {"status": described["status"].replace("ACTIVE", "AVAILABLE")}


@FAULTS(EventTracker, "to_dict", "ET-LIFE-1", needs="moving")
def status_with_underscores(to_dict: Any, self: EventTracker, full: bool = True) -> Any:
    """Statuses of two words are written with an underscore, like the name of the enumeration's member."""
    described = to_dict(full)
    return described | {"status": described["status"].replace(" ", "_")}


def _shows_set_back(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    described = describe(arn)
    back = self.trackers[arn].__dict__.pop("_set_back", False)
    return described | {"status": "CREATE IN_PROGRESS"} if back else described


@FAULTS(
    PersonalizeBackend,
    "put_events",
    "ET-LIFE-3",
    behind="events for the tracker",
    also=((PersonalizeBackend, "describe_event_tracker", _shows_set_back),),
)
def events_set_the_status_back(put: Any, self: PersonalizeBackend, tracking_id: str) -> None:
    """An event tracker that received events is CREATE IN_PROGRESS again for the next look."""
    put(tracking_id)
    for tracker in self.trackers.values():
        if tracker.tracking_id == tracking_id:
            tracker.__dict__["_set_back"] = True


@FAULTS(PersonalizeBackend, "describe_event_tracker", "ET-LIFE-4", behind="a creation that failed")
def failed_creation_is_retried(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    """An event tracker that is CREATE FAILED is ACTIVE at the third look."""
    described = describe(arn)
    if described["status"] == "CREATE FAILED" and count(self.trackers[arn], "failures") == 2:
        self.trackers[arn].status = "ACTIVE"
    return described


@FAULTS(PersonalizeBackend, "describe_event_tracker", "ET-LIFE-5", needs="moving", behind="a deletion under way")
def deletion_is_rolled_back(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    """An event tracker that is being deleted is ACTIVE again at the second look."""
    described = describe(arn)
    tracker = self.trackers[arn]
    if described["status"].startswith("DELETE") and count(tracker, "deleting") == 1:
        tracker.status, tracker._tick = "ACTIVE", 0
    return described


@FAULTS(
    PersonalizeBackend,
    "create_event_tracker",
    "ET-LIFE-5",
    "ET-FAIL-1",
    needs="moving",
    behind="a create refused while the old tracker is being deleted",
)
def refused_create_revives(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A CreateEventTracker that is refused while the old event tracker is being deleted makes that ACTIVE again."""
    try:
        return create(name, group_arn, tags)
    except Exception:
        for tracker in self.trackers.values():
            if tracker.group_arn == group_arn and tracker.state.startswith("DELETE"):
                tracker.status, tracker._tick = "ACTIVE", 0
        raise


@FAULTS(PersonalizeBackend, "describe_event_tracker", "ET-LIFE-5", "ET-LIFE-6", "ET-LIFE-8")
def described_after_it_is_gone(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    """DescribeEventTracker answers from what it last said when the event tracker is gone."""
    last: dict[str, Any] = self.__dict__.setdefault("_last_described", {})
    try:
        last[arn] = describe(arn)
    except ResourceNotFoundException:
        if arn not in last:
            raise
    return last[arn]


@FAULTS(PersonalizeBackend, "describe_event_tracker", "ET-LIFE-5", behind="a look before the delete")
def description_is_cached(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    """DescribeEventTracker answers from a cache that DeleteEventTracker does not clear, once."""
    cache: dict[str, Any] = self.__dict__.setdefault("_described", {})
    if arn in cache and self.trackers[arn].state.startswith("DELETE"):
        return cache.pop(arn)
    described = describe(arn)
    if described["status"] == "ACTIVE":
        cache[arn] = described
    return described


@FAULTS(
    PersonalizeBackend,
    "delete_event_tracker",
    "ET-LIFE-6",
    "ET-LIST-4",
    "ET-LIST-6",
    behind="a second tracker deleted after the first is gone",
)
def bin_is_emptied_one_at_a_time(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """Deleting an event tracker brings back the one that was deleted before it."""
    delete(arn)
    binned = self.__dict__.get("_binned")
    self.__dict__["_binned"] = self.trackers[arn]
    if binned and binned.arn not in self.trackers and binned.group_arn in self.groups:
        binned.status = "ACTIVE"
        self.trackers[binned.arn] = binned


@FAULTS(EventTracker, "progress", "ET-LIFE-7", behind="a name of 63 characters")
def longest_name_never_becomes_active(progress: Any, self: EventTracker) -> None:
    """An event tracker whose name has 63 characters stays CREATE IN_PROGRESS."""
    if len(self.name) == 63 and self.state.startswith("CREATE "):
        self.status = "CREATE IN_PROGRESS"
    else:
        progress()


@FAULTS(EventTracker, "progress", "ET-LIFE-7", "ET-LIFE-8", behind="an empty tag value")
def empty_tag_value_stops_the_clock(progress: Any, self: EventTracker) -> None:
    """An event tracker one of whose tags has no value never leaves the status it is in."""
    if "" not in self.tags.values():
        progress()


@FAULTS(PersonalizeBackend, "delete_event_tracker", "ET-LIFE-8")
def deletion_never_ends(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """A deleted event tracker stays DELETE IN_PROGRESS for ever."""
    delete(arn)
    tracker = self.trackers[arn]
    tracker.status = "DELETE IN_PROGRESS"
    tracker.__dict__["progress"] = lambda: None


@FAULTS(PersonalizeBackend, "delete_event_tracker", "ET-LIFE-5", "ET-LIFE-8", behind="the third incarnation")
def third_delete_is_lost(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """The third DeleteEventTracker of the same ARN is accepted and not carried out."""
    deletes: dict[str, int] = self.__dict__.setdefault("_deletes", {})
    if deletes.get(arn, 0) == 2 and self._tracker(arn).is_settled:
        return
    delete(arn)
    deletes[arn] = deletes.get(arn, 0) + 1


@FAULTS(
    PersonalizeBackend,
    "delete_event_tracker",
    "ET-LIFE-5",
    "ET-LIFE-8",
    needs="moving",
    behind="a delete that follows the create at once",
)
def creation_overtakes_the_delete(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """A DeleteEventTracker during the creation is accepted, and forgotten when the creation ends."""
    tracker = self._tracker(arn)
    if tracker.state.startswith("CREATE ") and not tracker.is_settled:
        return
    delete(arn)


@FAULTS(
    PersonalizeBackend,
    "create_event_tracker",
    "ET-LIFE-3",
    "ET-DESC-1",
    "ET-LIST-1",
    "ET-FAIL-1",
    behind="a create refused in the tracker's group",
)
def refused_create_purges(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A second CreateEventTracker is refused, and cleaning up after it takes the first event tracker away."""
    try:
        return create(name, group_arn, tags)
    except Exception:
        for tracker in self.trackers.values():
            if tracker.group_arn == group_arn and tracker.name != name and tracker.state == "ACTIVE":
                tracker.status = GONE
        raise
