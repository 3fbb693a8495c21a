"""The emulator broken by hand, one line at a time: each fault is found and the right clause is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Check
from trackstep.emulator import exceptions, models
from trackstep.emulator.models import EventTracker, PersonalizeBackend

Patch = pytest.MonkeyPatch
create = PersonalizeBackend.create_event_tracker
describe = PersonalizeBackend.describe_event_tracker
delete_tracker = PersonalizeBackend.delete_event_tracker


def second_tracker_allowed(patch: Patch) -> None:
    def mutant(self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> EventTracker:
        self.trackers = {arn: t for arn, t in self.trackers.items() if t.group_arn != group_arn}
        return create(self, name, group_arn, tags)

    patch.setattr(PersonalizeBackend, "create_event_tracker", mutant)


def unique_only_against_active(patch: Patch) -> None:
    def mutant(self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> EventTracker:
        self.trackers = {a: t for a, t in self.trackers.items() if t.group_arn != group_arn or t.state == "ACTIVE"}
        return create(self, name, group_arn, tags)

    patch.setattr(PersonalizeBackend, "create_event_tracker", mutant)


def described_after_it_is_gone(patch: Patch) -> None:
    graves: dict[str, dict[str, Any]] = {}

    def mutant(self: PersonalizeBackend, arn: str) -> dict[str, Any]:
        if arn in self.trackers and self.trackers[arn].state != models.GONE:
            graves[arn] = describe(self, arn)
            return graves[arn]
        return graves[arn] if arn in graves else describe(self, arn)

    patch.setattr(PersonalizeBackend, "describe_event_tracker", mutant)


def status_runs_backwards(patch: Patch) -> None:
    def mutant(self: PersonalizeBackend, arn: str) -> dict[str, Any]:
        looks = getattr(self._tracker(arn), "looks", 0)
        self._tracker(arn).looks = looks + 1  # type: ignore[attr-defined]  # a fault, planted
        described = describe(self, arn)
        return described | {"status": "CREATE PENDING"} if looks == 1 else described

    patch.setattr(PersonalizeBackend, "describe_event_tracker", mutant)


def group_taken_after_delete(patch: Patch) -> None:
    def mutant(self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> EventTracker:
        taken: set[str] = self.__dict__.setdefault("taken", set())
        if group_arn in taken:
            raise exceptions.ResourceAlreadyExistsException(group_arn)
        made = create(self, name, group_arn, tags)
        taken.add(group_arn)
        return made

    patch.setattr(PersonalizeBackend, "create_event_tracker", mutant)


def events_for_a_deleted_tracker(patch: Patch) -> None:
    def mutant(self: PersonalizeBackend, tracking_id: str) -> None:
        if tracking_id.startswith("00000000"):
            raise exceptions.InvalidInputException("no such tracking ID")

    patch.setattr(PersonalizeBackend, "put_events", mutant)


def last_item_of_a_page_lost(patch: Patch) -> None:
    page = PersonalizeBackend._page

    def mutant(held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
        items, more = page(held, what, limit, token)
        return (items[:-1] if more and len(items) > 1 else items), more

    patch.setattr(PersonalizeBackend, "_page", staticmethod(mutant))


def tags_survive(patch: Patch) -> None:
    kept: dict[str, dict[str, str]] = {}

    def made(self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> EventTracker:
        tracker = create(self, name, group_arn, tags)
        tracker.tags = kept.get(tracker.arn, {}) | tracker.tags
        return tracker

    def deleted(self: PersonalizeBackend, arn: str) -> None:
        tags = self._tracker(arn).tags
        delete_tracker(self, arn)
        kept[arn] = tags

    patch.setattr(PersonalizeBackend, "create_event_tracker", made)
    patch.setattr(PersonalizeBackend, "delete_event_tracker", deleted)


def refused_create_leaves_one(patch: Patch) -> None:
    def mutant(self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> EventTracker:
        try:
            return create(self, name, group_arn, tags)
        except exceptions.InvalidInputException:
            create(self, name, group_arn, None)
            raise

    patch.setattr(PersonalizeBackend, "create_event_tracker", mutant)


def group_deleted_under_its_tracker(patch: Patch) -> None:
    def mutant(self: PersonalizeBackend, arn: str) -> None:
        self._group(arn).start_deleting()

    patch.setattr(PersonalizeBackend, "delete_dataset_group", mutant)


FAULTS: list[tuple[Callable[[Patch], None], str, set[str]]] = [
    (second_tracker_allowed, "immediate", {"ET-UNIQ-1", "ET-UNIQ-2"}),
    (unique_only_against_active, "manual", {"ET-UNIQ-3"}),
    (described_after_it_is_gone, "immediate", {"ET-LIFE-5", "ET-LIFE-6", "ET-LIFE-8"}),
    (status_runs_backwards, "immediate", {"ET-LIFE-2", "ET-LIFE-3"}),
    (group_taken_after_delete, "immediate", {"ET-UNIQ-6"}),
    (events_for_a_deleted_tracker, "immediate", {"ET-PUT-3"}),
    (last_item_of_a_page_lost, "immediate", {"ET-PAGE-1"}),
    (tags_survive, "immediate", {"ET-TAG-9"}),
    (refused_create_leaves_one, "immediate", {"ET-FAIL-1"}),
    (group_deleted_under_its_tracker, "immediate", {"ET-GRP-6"}),
]


@pytest.mark.parametrize(("plant", "progression", "clauses"), FAULTS, ids=[fault[0].__name__ for fault in FAULTS])
def test_fault_is_found(
    plant: Callable[[Patch], None], progression: str, clauses: set[str], check: Check, monkeypatch: Patch
) -> None:
    """A run with the fault planted ends with exit code 1 and one of the clauses that say so."""
    plant(monkeypatch)
    report = check(progression)
    assert report["exit_code"] == 1
    assert clauses & {d["clause"] for d in report["deviations"]}
