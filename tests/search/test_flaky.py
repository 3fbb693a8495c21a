"""What does not repeat is kept as it was recorded, and said to be seen n of m times."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.results.report import report
from trackstep.search.deviation import Deviations
from trackstep.search.run import Run, Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget


class Flaky(EmulatorTarget):
    """Once in a while a description has a name that nobody gave."""

    def __init__(self, share: float) -> None:
        super().__init__(TargetOptions())
        self.random, self.share, self.lied = random.Random(0), share, 0

    def call(self, operation: Operation) -> Outcome:
        """Answer, and lie now and then."""
        outcome = super().call(operation)
        described = operation.name == "DescribeEventTracker" and outcome.kind == "success"
        if not described or self.random.random() >= self.share:
            return outcome
        self.lied += 1
        body: dict[str, Any] = {**(outcome.result or {})["eventTracker"], "name": "somebody-else"}
        return replace(outcome, result={"eventTracker": body}, wire=None)


def test_deviation__that_does_not_repeat() -> None:
    """It is reported with the history that was recorded, never dropped, and counted."""
    target = Flaky(0.02)
    run = Run(target, Settings(max_calls=1500, settle_timeout=1.0))
    for _ in run.events():
        pass
    assert target.lied
    found = Deviations(run)
    target.share = 0.0
    for _ in found.shrink():
        pass
    made = report(run, found.all())
    target.close()
    (deviation,) = (d for d in made["deviations"] if d["clause"] == "ET-DESC-5")
    assert deviation["reproduced"] is False
    assert 1 <= deviation["seen"] < deviation["of"]
    assert deviation["program"]
    assert made["exit_code"] == 1


def test_deviation__that_repeats_now_and_then() -> None:
    """A program that showed it once is shown, with how often it was seen of how often it was asked."""
    target = Flaky(0.3)
    run = Run(target, Settings(max_calls=3000, settle_timeout=1.0))
    for _ in run.events():
        pass
    found = Deviations(run)
    for _ in found.shrink():
        pass
    (deviation,) = (d for d in found.all() if d.clause == "ET-DESC-5")
    target.close()
    assert deviation.reproduced
    assert len(deviation.program) <= 6
    assert 1 < deviation.seen < deviation.of


def test_deviations__of_an_interrupted_search_are_complete() -> None:
    """After one was shrunk, the others are told as they were recorded."""
    broken = EmulatorTarget(TargetOptions(planted=("second-tracker-allowed", "any-tracking-id-is-accepted")))
    run = Run(broken, Settings(max_calls=400, settle_timeout=1.0))
    for _ in run.events():
        pass
    found = Deviations(run)
    next(found.shrink())
    told = found.all()
    broken.close()
    assert {d.clause for d in told} >= {"ET-UNIQ-3", "ET-PUT-2"}
    assert sum(d.reproduced for d in told) == 1
