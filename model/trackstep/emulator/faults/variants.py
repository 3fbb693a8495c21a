"""Variants: what the sources allow, so that no clause may be held against it (spec/event-tracker.md, Choices)."""

from __future__ import annotations

import hashlib
from threading import RLock
from types import SimpleNamespace
from typing import Any

from moto.moto_api._internal import mock_random

from ..exceptions import InvalidNextTokenException, ResourceAlreadyExistsException, ResourceInUseException
from ..models import DatasetGroup, PersonalizeBackend, PersonalizeResource
from ..responses import Response
from . import lacking, leniency, needing, spelling
from .planting import Catalogue, count

VARIANTS = Catalogue(spelling.VARIANTS | leniency.VARIANTS | lacking.VARIANTS | needing.VARIANTS)


# -- statuses ------------------------------------------------------------------------------------


@VARIANTS(PersonalizeResource, "progress", needs="moving")
def instant_statuses(progress: Any, self: PersonalizeResource) -> None:
    """What is created is ACTIVE, and what is deleted is gone, by the next call."""
    self.status = str(self._get_last_status(self.state))


@VARIANTS(PersonalizeResource, "progress", needs="moving")
def slow_statuses(progress: Any, self: PersonalizeResource) -> None:
    """A status moves with every third call, whatever is asked."""
    if count(self, "calls") % 3 == 0:
        self.status = str(self._get_next_status(self.state))


@VARIANTS(PersonalizeResource, "progress", needs="moving")
def statuses_at_random(progress: Any, self: PersonalizeResource) -> None:
    """A status moves with every other call or so, by chance."""
    if mock_random.random() < 0.6:
        self.status = str(self._get_next_status(self.state))


@VARIANTS(PersonalizeResource, "progress", needs="moving")
def skipped_statuses(progress: Any, self: PersonalizeResource) -> None:
    """No resource is ever seen in a status that says IN_PROGRESS."""
    progress()
    if self.state.endswith("IN_PROGRESS"):
        self.status = str(self._get_next_status(self.state))


@VARIANTS(DatasetGroup, "to_dict", needs="moving")
def group_deletion_in_progress(to_dict: Any, self: DatasetGroup, full: bool = True) -> Any:
    """A dataset group that is being deleted says DELETE IN_PROGRESS, as its sisters do."""
    described = to_dict(full)
    return described | {"status": described["status"].replace("DELETE PENDING", "DELETE IN_PROGRESS")}


# -- identity ------------------------------------------------------------------------------------


def _under(self: PersonalizeBackend, arn: str, create: Any, name: str, group_arn: str, tags: Any) -> Any:
    """What is created, under another ARN."""
    first = next((tracker for tracker in self.trackers.values() if tracker.group_arn == group_arn), None)
    made = create(name, group_arn, tags)
    del self.trackers[made.arn]
    if first is not None and first.arn in self.trackers:
        raise ResourceAlreadyExistsException(first.arn)
    made.arn = self._arn(f"event-tracker/{arn}")
    self.trackers[made.arn] = made
    return made


@VARIANTS(PersonalizeBackend, "create_event_tracker")
def opaque_arns(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """The ARN of an event tracker is new with each incarnation, and says nothing of the group."""
    return _under(self, str(mock_random.uuid4()), create, name, group_arn, tags)


@VARIANTS(PersonalizeBackend, "create_event_tracker")
def arns_with_names(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """The ARN of an event tracker ends in the names of its group and its own, as the documentation's example does."""
    return _under(self, f"{group_arn.rpartition('/')[2]}/{name}", create, name, group_arn, tags)


@VARIANTS(PersonalizeBackend, "create_event_tracker")
def opaque_tracking_ids(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """A trackingId is no UUID."""
    made = create(name, group_arn, tags)
    made.tracking_id = f"Tracking/{mock_random.getrandbits(200):X}=="
    return made


# -- uniqueness and deletion ---------------------------------------------------------------------


@VARIANTS(PersonalizeBackend, "create_event_tracker", needs="moving")
def in_use_while_pending(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """CreateEventTracker says ResourceInUseException while the first one's status is changing."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        if any(t.group_arn == group_arn and not t.is_settled for t in self.trackers.values()):
            raise ResourceInUseException("The event tracker's status is changing.") from None
        raise


@VARIANTS(PersonalizeBackend, "create_event_tracker", needs="moving")
def deletion_frees_at_once(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """CreateEventTracker is accepted while the old event tracker is being deleted."""
    for arn, tracker in list(self.trackers.items()):
        if tracker.group_arn == group_arn and tracker.state.startswith("DELETE"):
            del self.trackers[arn]
    return create(name, group_arn, tags)


@VARIANTS(PersonalizeBackend, "create_event_tracker")
def failed_does_not_occupy(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """CreateEventTracker is accepted in place of one that is CREATE FAILED."""
    for arn, tracker in list(self.trackers.items()):
        if tracker.group_arn == group_arn and tracker.state == "CREATE FAILED":
            del self.trackers[arn]
    return create(name, group_arn, tags)


@VARIANTS(PersonalizeBackend, "create_event_tracker", needs="moving")
def group_need_not_be_active(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """CreateEventTracker is accepted in a dataset group that is still being created."""
    group = self._group(group_arn)
    status, tick = group.state, group._tick
    if not status.startswith("CREATE ") or group.is_settled:
        return create(name, group_arn, tags)
    group.status, group._tick = "ACTIVE", 0
    try:
        return create(name, group_arn, tags)
    finally:
        group.status, group._tick = status, tick


@VARIANTS(PersonalizeBackend, "delete_event_tracker", needs="moving")
def delete_in_any_status(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteEventTracker is accepted while the status is changing."""
    tracker = self._tracker(arn)
    if not tracker.state.startswith("DELETE"):
        tracker.start_deleting()


@VARIANTS(PersonalizeBackend, "delete_dataset_group", needs="moving")
def group_delete_in_any_status(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteDatasetGroup is accepted while the group's status is changing, and while its tracker is being deleted."""
    group = self._group(arn)
    if any(t.group_arn == arn and not t.state.startswith("DELETE") for t in self.trackers.values()):
        raise ResourceInUseException(f"The dataset group has an event tracker: {arn}")
    if group.state != "DELETE PENDING":
        group.start_deleting()


# -- lists ---------------------------------------------------------------------------------------


@VARIANTS(PersonalizeBackend, "_page")
def reversed_lists(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """Lists are in another order, page by page."""
    items, more = page(held, what, limit, token)
    return items[::-1], more


@VARIANTS(PersonalizeBackend, "_page")
def shuffled_lists(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """Lists are in no order that a caller could know."""
    keys = [hashlib.sha256(item.arn.encode()).hexdigest() for item in held]
    shuffled = [SimpleNamespace(arn=key, to_dict=item.to_dict) for key, item in zip(keys, held, strict=True)]
    return page(shuffled, what, limit, token)


@VARIANTS(PersonalizeBackend, "_page")
def small_default_pages(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """Two items a page where nothing was asked."""
    return page(held, what, limit or 2, token)


@VARIANTS(PersonalizeBackend, "_page")
def pages_not_full(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """A page holds one item less than maxResults, where that leaves one."""
    return page(held, what, max(1, (limit or 4) - 1), token)


@VARIANTS(PersonalizeBackend, "_page")
def empty_page_at_the_end(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """After the last item there is a token, and an empty page."""
    if token is not None and token.startswith("end-"):
        if token != f"end-{hashlib.sha256(what.encode()).hexdigest()}":
            raise InvalidNextTokenException
        return [], None
    items, more = page(held, what, limit, token)
    return items, more or (f"end-{hashlib.sha256(what.encode()).hexdigest()}" if items else None)


def _stale(lists: Any, self: PersonalizeBackend, *words: Any) -> Any:
    *others, token = words
    written = f".{self.__dict__.get('_counted_writes', 0)}"
    if token is not None and not token.endswith(written):
        raise InvalidNextTokenException
    items, more = lists(*others, token and token.removesuffix(written))
    return items, more and more + written


def _writes(write: Any, self: PersonalizeBackend, *words: Any) -> Any:
    count(self, "writes")
    return write(*words)


@VARIANTS(
    PersonalizeBackend,
    "list_event_trackers",
    also=(
        (PersonalizeBackend, "list_dataset_groups", _stale),
        (PersonalizeBackend, "create_event_tracker", _writes),
        (PersonalizeBackend, "delete_event_tracker", _writes),
        (PersonalizeBackend, "create_dataset_group", _writes),
        (PersonalizeBackend, "delete_dataset_group", _writes),
    ),
)
def writing_ends_a_walk(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """A nextToken is refused once something was created or deleted."""
    return _stale(lists, self, group, limit, token)


# -- several clients -----------------------------------------------------------------------------


@VARIANTS(Response, "turn")
def regions_side_by_side(turn: Any, self: Response) -> Any:
    """Each region answers one request at a time, and no region waits for another."""
    return self.personalize_backend.__dict__.setdefault("_turn", RLock())
