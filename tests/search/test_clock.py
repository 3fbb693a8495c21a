"""The clock of a run: the wall's goes by itself, the other only where the run waits."""

from __future__ import annotations

import time

import trackstep
from trackstep.event import Finished
from trackstep.search.clock import Still, Wall
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget


def test_wall__waits() -> None:
    """As long as it is told to, at least."""
    clock = Wall()
    clock.sleep(0.01)
    assert clock.now() >= 0.01


def test_still__comes_to_every_moment() -> None:
    """By sleeping, which takes no time, and by looking."""
    clock, before = Still(), time.monotonic()
    clock.sleep(10**6)
    assert 10**6 < clock.now() < clock.now()
    assert time.monotonic() - before < 60


def test_check__a_status_that_never_settles_costs_no_time() -> None:
    """What is waited for in vain is told after the patience of the run, by its clock."""
    target = EmulatorTarget(TargetOptions(planted=("deletion-never-ends",)))
    began, settings = time.monotonic(), Settings(max_calls=1500, settle_timeout=600.0, max_time=10**6, clock=Still())
    try:
        *_, last = trackstep.check(target, settings)
    finally:
        target.close()
    assert isinstance(last, Finished)
    assert last.report["seconds"] > 600
    assert time.monotonic() - began < 300
    assert "ET-LIFE-8" in {deviation.clause for deviation in last.deviations}
