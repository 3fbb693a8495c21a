"""What was covered, as the tables and pictures of a report need it: plain counts, the lifecycle with its moves.

Owns which counts are told; makes no picture. Knows no deviation and no verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from trackstep import spec
from trackstep.operation import COVERED
from trackstep.oracle.expected import Statuses
from trackstep.search.run import Run

STATES = ("never", "creating", "active", "failed", "deleting", "gone")
"""What is known of a status, in a word (circumstance.py), in the order of a life; "unknown" is left out."""
KINDS = {"event_tracker": "tracker", "dataset_group": "group"}
"""Kind of resource -> the word of a circumstance that tells its state."""

ANSWERS = 30
"""Different answers of one operation that are told."""
MOVE = ("from", "to", "trigger", "mover", "clause")


def coverage(run: Run) -> dict[str, Any]:
    """How often each operation was called by the state of tracker and group, and how often it was answered how."""
    met = run.coverage.times()
    states = [
        {"operation": name, "kind": kind, "times": times}
        for kind, word in KINDS.items()
        for name in COVERED
        if (times := {state: met[name, word, state] for state in STATES if (name, word, state) in met})
    ]
    came: dict[str, Counter[str]] = {}
    for history in run.histories():
        for operation, outcome in history.steps:
            if operation.name in COVERED:
                came.setdefault(operation.name, Counter())[(outcome.code or outcome.kind)[:80]] += 1
    answers = [{"operation": name, "times": _bounded(came[name])} for name in COVERED if name in came]
    return {"states": states, "answers": answers}


def _bounded(times: Counter[str]) -> dict[str, int]:
    """The most frequent answers; a hostile target can make up a new one each time."""
    kept = dict(times.most_common(ANSWERS))
    left = times.total() - sum(kept.values())
    return kept | ({"others": left} if left else {})


def lifecycles(run: Run, taken: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each lifecycle of the specification: how often each of its moves was ``taken``, and moves that are none."""
    times = {(row["kind"], row["from"], row["to"]): row["times"] for row in taken}
    return [
        {
            "kind": kind,
            "statuses": list(cycle.statuses),
            "settled": list(cycle.settled),
            "transitions": [
                {name: row[name] for name in MOVE} | {"times": times[kind, row["from"], row["to"]]}
                for row in cycle.transitions
            ],
            "illegal": _illegal(run, cycle),
        }
        for kind, cycle in spec.load().lifecycles.items()
    ]


def _illegal(run: Run, cycle: spec.Lifecycle) -> list[dict[str, Any]]:
    """Moves that were seen and are none; from the earliest status that was possible."""
    clauses, statuses = {row["clause"] for row in cycle.illegal}, {*cycle.statuses, "GONE"}
    seen: Counter[tuple[str, str, str]] = Counter()
    for key, sighting in run.sightings.items():
        expected, saw = sighting.finding.expected, sighting.finding.actual
        if key.clause not in clauses or not isinstance(expected, Statuses):
            continue
        knew = expected.names[0]
        if saw in statuses and knew != saw:
            seen[knew, saw, key.clause] += sighting.seen
    return [{"from": knew, "to": saw, "clause": clause, "times": n} for (knew, saw, clause), n in sorted(seen.items())]
