"""The self-test: is every seeded fault found, with every seed, and is no variant accused?

Runs the project's own search against its own emulator, broken on purpose (trackstep.emulator.faults), in processes
of their own. Owns the figures; the search knows nothing of it.
"""

from __future__ import annotations

import os
import signal
import statistics
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from trackstep import event
from trackstep.checking import check
from trackstep.emulator.faults import FAULTS, VARIANTS, Fault
from trackstep.results.report import INTERNAL
from trackstep.search.clock import Still
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget


@dataclass(frozen=True)
class Task:
    """One run: a fault or variant by name, a seed; ``shrink`` also makes the program shortest."""

    name: str
    seed: int
    shrink: bool
    max_calls: int


@dataclass(frozen=True)
class Result:
    """What one run showed.

    ``calls`` until the fault was named by one of its clauses, None where it never was. ``program`` and ``extra``
    (calls spent on it) where it was shrunk. ``accused``: for a variant, what it was accused of.
    """

    name: str
    seed: int
    calls: int | None = None
    key: tuple[str, ...] = ()
    source: str = ""
    program: tuple[str, ...] = ()
    extra: int = 0
    accused: tuple[str, ...] = ()


def perform(task: Task) -> Result:
    """Do one run."""
    if task.name in VARIANTS:
        return _variant(VARIANTS[task.name], task)
    return _fault(FAULTS[task.name], task)


def _target(fault: Fault, seed: int) -> EmulatorTarget:
    progression = "manual" if fault.needs == "moving" else "immediate"
    return EmulatorTarget(TargetOptions(seed=seed, progression=progression, planted=(fault.name,)))


def _settings(task: Task) -> Settings:
    return Settings(
        seed=task.seed, max_calls=task.max_calls, max_time=900.0, enough=900.0, settle_timeout=1.0, clock=Still()
    )


def _fault(fault: Fault, task: Task) -> Result:
    target, shown = _target(fault, task.seed), None
    try:
        for happened in check(
            target, _settings(task), wanted=lambda found: found.clause in fault.clauses, shrink=task.shrink
        ):
            if isinstance(happened, event.Shrunk):
                shown = happened
        deviation = next((d for d in _deviations(happened) if d.clause in fault.clauses), None)
        if deviation is None:
            return Result(task.name, task.seed)
        key = (deviation.clause, deviation.operation, deviation.answer)
        program = deviation.program if deviation.reproduced else ()
        extra = shown.calls if shown else 0
        return Result(task.name, task.seed, deviation.after, key, deviation.source, program, extra)
    finally:
        target.close()


def _variant(variant: Fault, task: Task) -> Result:
    target = _target(variant, task.seed)
    try:
        *_, happened = check(target, _settings(task), shrink=False)
        told = (f"{d.clause} {d.operation}: allowed {d.expected}; came back {d.actual}" for d in _deviations(happened))
        assert isinstance(happened, event.Finished)
        return Result(task.name, task.seed, happened.report["calls"], accused=tuple(told))
    finally:
        target.close()


def _deviations(last: event.Event) -> tuple[event.Deviation, ...]:
    """What a run has shown. Raises RuntimeError where it broke down, which no figure may hide."""
    assert isinstance(last, event.Finished)
    if last.report["exit_code"] == INTERNAL:
        raise RuntimeError(last.report["reason"])
    return last.deviations


def _deaf() -> None:
    """Ctrl-C is for the parent, which lets each run in progress come to its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def results(names: Sequence[str], seeds: int, max_calls: int, jobs: int = 0, shrink: bool = True) -> Iterator[Result]:
    """Do every run, in as many processes as there are cores; yields each as it ends."""
    tasks = [Task(name, seed, shrink and seed == 0, max_calls) for name in names for seed in range(seeds)]
    jobs = jobs or os.cpu_count() or 1
    if jobs == 1:
        yield from map(perform, tasks)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_deaf) as pool:
        try:
            for done in as_completed([pool.submit(perform, task) for task in tasks]):
                yield done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def row(name: str, of: Sequence[Result]) -> dict[str, Any]:
    """The figures of one fault or variant."""
    if name in VARIANTS:
        accused = sorted({told for result in of for told in result.accused})
        return {"name": name, "runs": len(of), "clean": sum(not r.accused for r in of), "accused": accused}
    found = [result for result in of if result.calls is not None]
    shown = next((result for result in of if result.program), None)
    return {
        "name": name,
        "runs": len(of),
        "found": len(found),
        "calls": int(statistics.median(r.calls for r in found if r.calls is not None)) if found else None,
        "source": found[0].source if found else "",
        "clause": sorted({r.key[0] for r in found}),
        "program": list(shown.program) if shown else [],
        "extra": shown.extra if shown else None,
    }
