"""The results as Markdown: for each fault and driver the median of the calls, then what it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from .unit import FAITHFUL, Unit

Runs = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One driver on one fault. A seed that did not find it counts as the budget; ``of`` 0: not judged."""

    calls: float
    found: int
    of: int
    budget: int

    def __str__(self) -> str:
        if not self.of:
            return "not judged"
        calls = f"{self.calls:.0f}" if self.calls < self.budget + 1 else f">{self.budget}"
        return f"{calls} ({self.found}/{self.of})"


def cell(runs: Runs, unit: Unit, driver: str, budget: int) -> Cell:
    """The median of the calls over the seeds."""
    its = [run for run in runs if (run["fault"], run["progression"]) == (unit.fault, unit.progression)]
    its = [run for run in its if run["driver"] == driver]
    # One more than the budget, so that a last call that finds it is not taken for one that does not.
    calls = [run["calls"] if run["found"] else budget + 1 for run in its]
    return Cell(median(calls) if calls else 0, sum(run["found"] for run in its), len(its), budget)


def cells(runs: Runs, units: Sequence[Unit], drivers: Sequence[str], budget: int) -> dict[str, dict[str, Cell]]:
    """Fault -> driver -> cell, the faithful emulator left out."""
    return {u.fault: {d: cell(runs, u, d, budget) for d in drivers} for u in units if u.fault != FAITHFUL}


def summary(runs: Runs, table: dict[str, dict[str, Cell]], drivers: Sequence[str], budget: int) -> dict[str, Any]:
    """For each driver what it comes to, and the faults on which plain chance did better than the project's search."""
    summed: dict[str, Any] = {"drivers": {driver: _of(driver, runs, table, budget) for driver in drivers}}
    if {"trackstep", "random"} <= set(drivers):
        above = [name for name, row in table.items() if row["trackstep"].calls > row["random"].calls]
        summed["trackstep above random"] = above
    return summed


def _of(driver: str, runs: Runs, table: dict[str, dict[str, Cell]], budget: int) -> dict[str, Any]:
    judged = [row[driver] for row in table.values() if row[driver].of]
    every = sum(c.found == c.of for c in judged)
    never = sum(not c.found for c in judged)
    middle = median(c.calls for c in judged) if judged else budget + 1
    its = [run for run in runs if run["driver"] == driver]
    still = [run for run in its if run["progression"] == "immediate"]  # otherwise it is the waiting that is measured
    seconds = sum(run["seconds"] for run in still)
    alarms = [run["first"] > 0 for run in its if run["fault"] == FAITHFUL]
    missed = [run for run in its if run["fault"] != FAITHFUL and not run["found"]]
    return {
        "found in every seed": every,
        "found in some seeds": len(judged) - every - never,
        "never found": never,
        "not judged": len(table) - len(judged),
        "median calls": round(middle) if middle <= budget else f">{budget}",
        "calls per second": round(sum(run["calls"] for run in still) / seconds) if seconds else "not asked",
        "searches that found only another clause": sum(run["first"] > 0 for run in missed),
        "searches that broke": sum(bool(run["error"]) for run in its),
        "false alarms": f"{sum(alarms)} of {len(alarms)}" if alarms else "not asked",
    }


def elsewhere(runs: Runs) -> list[str]:
    """For each fault of which the judge named only other clauses in some search: which it named first."""
    named: dict[str, set[str]] = {}
    for run in runs:
        if run["first"] and not run["found"]:
            named.setdefault(run["fault"], set()).add(run["named"])
    return [f"`{fault}` ({', '.join(sorted(clauses))})" for fault, clauses in named.items()]


def markdown(
    runs: Runs, units: Sequence[Unit], drivers: Sequence[str], budget: int, seeds: int, notes: Sequence[str]
) -> str:
    """The document."""
    table = cells(runs, units, drivers, budget)
    summed = summary(runs, table, drivers, budget)
    return "\n".join(_lines(table, summed, drivers, budget, seeds, notes, elsewhere(runs))) + "\n"


def _lines(
    table: dict[str, dict[str, Cell]],
    summed: dict[str, Any],
    drivers: Sequence[str],
    budget: int,
    seeds: int,
    notes: Sequence[str],
    others: Sequence[str],
) -> Iterator[str]:
    yield "# The search, side by side"
    yield ""
    count = f"{len(table)} seeded fault{'s' * (len(table) != 1)}"
    yield f"{count}, {seeds} seed{'s' * (seeds != 1)} each, at most {budget} HTTP calls a search."
    yield from (f"{note}." for note in notes)
    yield ""
    yield f"| | {' | '.join(drivers)} |"
    yield f"| --- |{' ---: |' * len(drivers)}"
    for measure in next(iter(summed["drivers"].values())):
        yield f"| {measure} | {' | '.join(str(summed['drivers'][d][measure]) for d in drivers)} |"
    yield ""
    if "trackstep above random" in summed:
        above = summed["trackstep above random"]
        names = f": {', '.join(f'`{name}`' for name in above)}" if above else ""
        yield f"Faults on which trackstep's median is above uniform random's: {len(above)}{names}."
        yield ""
    if others:
        yield f"Only other clauses were named, in one search or more: {', '.join(others)}."
        yield ""
    yield "Median of the calls to find it, and in how many seeds it was found; `>` means not within the budget."
    yield ""
    yield f"| fault | {' | '.join(drivers)} |"
    yield f"| --- |{' ---: |' * len(drivers)}"
    for name, row in table.items():
        yield f"| `{name}` | {' | '.join(str(row[driver]) for driver in drivers)} |"
