"""Faults of uniqueness: one event tracker for a dataset group."""

from __future__ import annotations

from typing import Any

from ..models import EventTracker, PersonalizeBackend
from .planting import Catalogue

FAULTS = Catalogue()


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-UNIQ-1", "ET-UNIQ-2", "ET-UNIQ-3")
def second_tracker_allowed(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> EventTracker:
    """A second event tracker is accepted in a dataset group, in place of the first."""
    self.trackers = {arn: t for arn, t in self.trackers.items() if t.group_arn != group_arn}
    return create(name, group_arn, tags)  # type: ignore[no-any-return]  # the original


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-UNIQ-3", needs="moving")
def unique_only_against_active(
    create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any
) -> EventTracker:
    """Uniqueness is checked only against an ACTIVE event tracker, not one that is being created."""
    self.trackers = {a: t for a, t in self.trackers.items() if t.group_arn != group_arn or t.state == "ACTIVE"}
    return create(name, group_arn, tags)  # type: ignore[no-any-return]  # the original
