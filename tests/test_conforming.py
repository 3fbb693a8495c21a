"""The faithful emulator is accused of nothing, whatever its timing."""

from __future__ import annotations

from collections import Counter

import pytest

import trackstep
from tests.conftest import Check
from trackstep import spec
from trackstep.event import Finished
from trackstep.operation import Operation
from trackstep.oracle.notes import Notes
from trackstep.outcome import Outcome, Wire
from trackstep.results import verdict
from trackstep.search.clock import Still
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions
from trackstep.targets.boto import read
from trackstep.targets.emulator import EmulatorTarget

TOUR = 1200
"""Calls within which the totals, the excursions and the tour are done, and what is generated has begun."""


@pytest.mark.parametrize("progression", ["immediate", "manual", "time"])
@pytest.mark.parametrize("calls", [2500, pytest.param(Settings().max_calls, marks=pytest.mark.deep)])
def test_check__emulator_conforms(calls: int, progression: str, check: Check) -> None:
    """No clause deviates, and every transition and refusal row is taken."""
    report = check(progression, max_calls=calls)
    assert report["deviations"] == []
    assert report["exit_code"] == 0
    assert report["verdict"] == "conforms"
    for part in (report["coverage"]["transitions"], report["coverage"]["refusals"]):
        assert part["taken"] == part["of"], [row for row in part["each"] if not row["times"]]


def test_check__what_is_written_by_hand_reaches_every_situation(check: Check) -> None:
    """A run whose calls are few conforms: no situation depends on what is generated, whatever comes first of that."""
    report = check(max_calls=TOUR)
    assert report["ended"] == f"the {TOUR} calls were spent"
    assert [row["sentence"] for row in report["situations"] if not row["reached"]] == []
    assert report["verdict"] == "conforms"


SLOW_DOWN = Wire(400, {"content-type": "application/x-amz-json-1.1"}, b'{"__type":"ThrottlingException"}')


class Throttling(EmulatorTarget):
    """The emulator, every third call of which is put off."""

    calls = 0

    def call(self, operation: Operation) -> Outcome:
        """Answer, or put it off."""
        self.calls += 1
        return read(operation, SLOW_DOWN) if self.calls % 3 == 0 else super().call(operation)


def test_check__throttling_is_retried() -> None:
    """What is put off is asked again, and no deviation: the emulator conforms as it does without."""
    target = Throttling(TargetOptions())
    try:
        *_, last = trackstep.check(target, Settings(max_calls=3750, clock=Still()))
    finally:
        target.close()
    assert isinstance(last, Finished)
    assert last.report["deviations"] == []
    assert last.report["verdict"] == "conforms"


def test_coverage__a_row_that_needs_what_no_run_calls_counts_where_it_was_met() -> None:
    """It is no gap of a run that cannot come to it, and is told where a history has."""
    (row,) = (row for name in spec.load().operations.values() for row in name.refusals if row.needs)
    notes = Notes()
    without = verdict.coverage([notes])["refusals"]
    notes.rows[row] = 1
    met = verdict.coverage([notes])["refusals"]
    assert row.id not in {each["row"] for each in without["each"]}
    assert met["of"] == without["of"] + 1
    assert Counter(each["row"] for each in met["each"] if each["times"]) == {row.id: 1}


@pytest.mark.parametrize("calls", [1500, pytest.param(Settings().max_calls, marks=pytest.mark.deep)])
def test_check__same_seed_gives_the_same_report(calls: int, check: Check) -> None:
    """Two runs of one seed differ in their seconds, and in when they began, only."""
    first, second = check(max_calls=calls), check(max_calls=calls)
    clock = {"seconds": 0, "origin": {}}
    assert first | clock == second | clock
