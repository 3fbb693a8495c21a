"""The verdict: from what was noted to what report.json says of clauses and coverage.

Owns the words of a verdict. Knows nothing of targets, and judges nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from trackstep import spec
from trackstep.oracle.notes import Notes

NOT_REACHED = "no run of this budget came to it"
_Key = TypeVar("_Key")


def _sum(counts: Iterable[Mapping[_Key, int]]) -> Counter[_Key]:
    total: Counter[_Key] = Counter()
    for count in counts:
        total.update(count)
    return total


def clauses(notes: Iterable[Notes], broken: Collection[str], unsupported: Collection[str]) -> list[dict[str, Any]]:
    """Each clause with its verdict, how often it was exercised, and the reason where it was not."""
    exercised = _sum(note.exercised for note in notes)
    return [_clause(c, exercised[c.id], c.id in broken, unsupported) for c in spec.load().clauses.values()]


def _clause(clause: spec.Clause, times: int, broken: bool, unsupported: Collection[str]) -> dict[str, Any]:
    lacking = spec.load().hidden(clause.id, unsupported)
    reason = ""
    if broken:
        word = "differs" if clause.level == "tentative" else "deviates"
    elif times:
        word = "conforms"
    else:
        word = "unsupported" if lacking else "not exercised"
        reason = f"{' and '.join(lacking)} unsupported" if lacking else clause.needs or NOT_REACHED
    return {
        "id": clause.id, "area": clause.area, "level": clause.level, "sentence": clause.sentence,
        "verdict": word, "exercised": times, "reason": reason,
    }  # fmt: skip


def coverage(notes: Collection[Notes]) -> dict[str, Any]:
    """Transitions and refusal rows taken, of how many; a row once an operation was judged where it may hold.

    A row that needs an operation which no run calls is one of them only where a history has come to it all the same.
    """
    taken = _sum(note.transitions for note in notes)
    rows, refused = _sum(note.rows for note in notes), _sum(note.refused for note in notes)
    transitions = [
        {"kind": kind, "from": row["from"], "to": row["to"], "times": taken[kind, row["from"], row["to"]]}
        for kind, cycle in spec.load().lifecycles.items()
        for row in cycle.transitions
    ]
    refusals = [
        {"row": row.id, "clause": row.clause, "times": rows[row], "refused": refused[row]}
        for operation in spec.load().operations.values()
        for row in operation.refusals
        if row.when != "never" and (rows[row] or not row.needs)
    ]
    return {"transitions": _part(transitions), "refusals": _part(refusals)}


def _part(each: list[dict[str, Any]]) -> dict[str, Any]:
    return {"taken": sum(1 for row in each if row["times"]), "of": len(each), "each": each}


def choices(notes: Iterable[Notes]) -> list[dict[str, Any]]:
    """What the target answered where the sources leave the answer open."""
    answers = _sum(note.answers for note in notes)
    return [{"clause": clause, "answer": answer, "times": n} for (clause, answer), n in sorted(answers.items())]
