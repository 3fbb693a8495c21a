"""Reports to render, made of a short real run and of real deviations of the emulator broken on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from tests.reporting.conftest import BROKEN, found
from trackstep.event import Deviation
from trackstep.reporting import heading, reproducer_short
from trackstep.results import report as reports
from trackstep.results.origin import Origin
from trackstep.search.run import Run, Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

ORIGIN = Origin("2026-01-02T03:04:05Z", "a-host (Linux x86_64)", "1a2b3c4", ("--endpoint-url", "http://localhost:5000"))
ENDPOINT = "http://localhost:5000"
FAULTS = (
    "second-tracker-allowed", "status-runs-backwards", "gone-is-listed", "last-item-of-a-page-lost",
    "eleven-events-are-accepted", "broken-json-is-no-request", "unhashable-arn-is-a-crash", "not-found-is-404",
)  # fmt: skip
"""Of all kinds: a refusal that is missing, a status, a List, a body that is none, a crash, the form on the wire."""


@cache
def deviations() -> tuple[Deviation, ...]:
    """Those of some hand-written programs, MUST before SHOULD as in a run."""
    return tuple(sorted((found(b) for b in BROKEN if b.fault in FAULTS), key=lambda d: d.level != "MUST"))


def report(of: Sequence[Deviation], max_calls: int = 450) -> dict[str, Any]:
    """The report of a short run on the emulator, with these deviations in place of its own."""
    target = EmulatorTarget(TargetOptions(planted=("status-runs-backwards",)))
    try:
        run = Run(target, Settings(max_calls=max_calls, settle_timeout=1.0))
        for _ in run.events():
            pass
        made = reports.report(run, of, origin=ORIGIN)
    finally:
        target.close()
    for number, (told, deviation) in enumerate(zip(made["deviations"], of, strict=True), 1):
        told["again"] = heading.replay(made, f"reports/out/deviations/{number:02}/program.txt")
        told["programs"] = reproducer_short.texts(deviation, ENDPOINT)
    return made


def many(number: int, steps: int) -> list[Deviation]:
    """So many deviations, each of so many steps: real ones again and again, under operations of their own."""
    real = deviations()
    return [
        replace(
            one := real[n % len(real)],
            operation=f"{one.operation}{n}",
            cause="" if n % 5 == 0 else f"{real[n // 5 * 5 % len(real)].clause} "
            f"{real[n // 5 * 5 % len(real)].operation}{n // 5 * 5} {real[n // 5 * 5 % len(real)].answer}",
            steps=(*(one.steps * steps)[: steps - 1], one.steps[-1]),
        )
        for n in range(number)
    ]  # fmt: skip
