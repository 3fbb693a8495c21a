"""However few calls a run has, it deletes what it made; and no more of them are kept for that than it may take."""

from __future__ import annotations

from pathlib import Path

import pytest

import trackstep
from trackstep import write_ahead
from trackstep.event import Called, Finished
from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.search.budget import DELETING, SWEEPING, Budget, BudgetSpent, Keeping
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

REGIONS = ("us-east-1", "us-west-2")


class Remembering(EmulatorTarget):
    """The emulator as something that outlives the run; counts what it is asked."""

    remembers = True
    asked = 0

    def call(self, operation: Operation) -> Outcome:
        """Ask and count."""
        self.asked += 1
        return super().call(operation)

    def groups(self) -> list[str]:
        """The names of the groups that are there."""
        lists = (super(Remembering, self).call(Operation("ListDatasetGroups", {}, region)) for region in REGIONS)
        return [group["name"] for told in lists for group in (told.result or {})["datasetGroups"]]


@pytest.mark.parametrize("calls", [*range(18, 60, 6), 60, 120, 240, 400])
@pytest.mark.parametrize("planted", [(), ("second-tracker-allowed",)], ids=["faithful", "broken"])
def test_run_of_few_calls_leaves_nothing(planted: tuple[str, ...], calls: int, tmp_path: Path) -> None:
    """Within them, whatever was found; the ledger is taken away."""
    target = Remembering(TargetOptions(planted=planted, progression="immediate"))
    kept = write_ahead.keeping(target, "http", TargetOptions("http://localhost:1"), tmp_path)
    try:
        *_, last = trackstep.check(kept, Settings(max_calls=calls, settle_timeout=1.0))
        assert isinstance(last, Finished)
        assert (last.left, target.groups(), list(tmp_path.rglob("*.jsonl"))) == ("", [], [])
        assert target.asked <= calls
        if calls >= 40:
            assert last.report["exit_code"] == bool(planted)
    finally:
        kept.close()


@pytest.mark.parametrize("calls", [60, 120, 200])
@pytest.mark.parametrize("seconds", [0.02, 0.1])
def test_run_of_few_calls_leaves_nothing__statuses_that_take_their_time(
    seconds: float, calls: int, tmp_path: Path
) -> None:
    """Deletions are waited for, and not asked about until the calls are spent."""
    target = Remembering(TargetOptions(progression="time", seconds=seconds))
    kept = write_ahead.keeping(target, "http", TargetOptions("http://localhost:1"), tmp_path)
    try:
        *_, last = trackstep.check(kept, Settings(max_calls=calls))
        assert isinstance(last, Finished)
        assert (last.left, target.groups(), list(tmp_path.rglob("*.jsonl"))) == ("", [], [])
        assert target.asked <= calls
    finally:
        kept.close()


def test_run_of_few_calls__spends_most_of_them_on_searching() -> None:
    """Where what is deleted is gone at once."""
    target = Remembering(TargetOptions(progression="immediate"))
    try:
        heard = list(trackstep.check(target, Settings(max_calls=120)))
        assert sum(isinstance(happened, Called) for happened in heard) > 2 * 120 // 3
    finally:
        target.close()


def test_keeping__as_many_as_a_deletion_was_seen_to_take() -> None:
    """And one; the most at first, and where it takes long; the slowest counts."""
    keeping = Keeping(regions=1)
    budget = Budget(SWEEPING + DELETING + 1, 60.0, keeping=keeping)
    keeping.made()
    budget.spend()
    with pytest.raises(BudgetSpent):
        budget.spend()
    for calls, each in ((2, 3), (3, 4), (2, 4), (60, DELETING)):
        keeping.took(calls)
        assert budget.kept == SWEEPING + each
    keeping.deleted()
    keeping.deleted()
    assert budget.kept == SWEEPING
