"""One unit of work: one fault, one server, and every driver with every seed in turn. Units run in processes of
their own, so that two at a time share nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hypothesis.configuration import set_hypothesis_home_dir

from trackstep.emulator.faults import FAULTS

from .drivers import DRIVERS, Task, is_judged
from .hunt import Result
from .served import served

FAITHFUL = "(faithful)"
"""Stands for the emulator with nothing planted: whatever is found there is a false alarm."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One fault and how statuses move while it is searched for."""

    fault: str
    sentence: str
    clauses: tuple[str, ...]
    progression: str


def units(names: Sequence[str] = (), faithful: bool = False) -> list[Unit]:
    """All faults, or those named; and the faithful emulator. A fault that shows in motion only is put in motion."""
    chosen = [
        Unit(f.name, f.sentence, f.clauses, "manual" if f.needs == "moving" else "immediate")
        for f in FAULTS.values()
        if not names or f.name in names
    ]
    nothing = [Unit(FAITHFUL, "Nothing is wrong.", (), progression) for progression in ("immediate", "manual")]
    return chosen + nothing if faithful else chosen


def prepare(home: str) -> None:
    """Make a process ready for units: Hypothesis's files go to ``home``; SIGTERM ends it with all that it started.

    In a session of its own a Ctrl-C does not reach it: that is for the process that started it.
    """
    set_hypothesis_home_dir(home)
    os.setsid()
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))


def run(
    numbered: tuple[int, Unit], drivers: Sequence[str], seeds: int, max_calls: int
) -> tuple[int, list[dict[str, Any]]]:
    """The number of the unit and what came of it, one entry a driver and seed."""
    number, unit = numbered
    runs: list[dict[str, Any]] = []
    with served("" if unit.fault == FAITHFUL else unit.fault, unit.progression) as url:
        for driver in drivers:
            if not is_judged(driver, unit.clauses):
                continue
            for seed in range(seeds):
                try:
                    result = DRIVERS[driver](Task(url, unit.clauses, seed, max_calls))
                except Exception as wrong:  # one search that breaks must not cost the hours of the others
                    result = Result(False, 0, 0.0, error=f"{type(wrong).__name__}: {wrong}"[:300])
                where = {"fault": unit.fault, "progression": unit.progression, "driver": driver, "seed": seed}
                runs.append(where | asdict(result))
    return number, runs
