"""The emulator broken by hand, without the catalogue of faults: what other tests break it with."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Check
from trackstep.emulator.models import EventTracker, PersonalizeBackend

create = PersonalizeBackend.create_event_tracker


def second_tracker_allowed(patch: pytest.MonkeyPatch) -> None:
    """A second event tracker is accepted in a dataset group, in place of the first."""

    def mutant(self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> EventTracker:
        self.trackers = {arn: t for arn, t in self.trackers.items() if t.group_arn != group_arn}
        return create(self, name, group_arn, tags)

    patch.setattr(PersonalizeBackend, "create_event_tracker", mutant)


def test_second_tracker__is_found(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run ends with exit code 1 and names both the identical Create and the other."""
    second_tracker_allowed(monkeypatch)
    report = check()
    assert report["exit_code"] == 1
    assert {"ET-UNIQ-1", "ET-UNIQ-2"} <= {d["clause"] for d in report["deviations"]}
