"""The deviations of a report grouped by cause, worst first: what several writers show in the same order.

Owns the order, and which deviations count. Reads report.json alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Row = Mapping[str, Any]


class Group(NamedTuple):
    """A first cause, and what most likely follows from it."""

    cause: Row
    consequences: Sequence[Row]


def name(deviation: Row) -> str:
    """How a deviation is named: clause, operation and kind of answer."""
    return f"{deviation['clause']} {deviation['operation']} {deviation['answer']}"


def groups(report: Row) -> list[Group]:
    """Each first cause with its consequences; MUST before SHOULD, then what has most consequences, then as reported."""
    known = {name(deviation) for deviation in report["deviations"]}
    following: dict[str, list[Row]] = defaultdict(list)
    firsts: list[Row] = []
    for deviation in report["deviations"]:
        is_first = deviation["cause"] not in known - {name(deviation)}
        (firsts if is_first else following[deviation["cause"]]).append(deviation)
    made = [Group(first, following.pop(name(first), [])) for first in firsts]
    made += [Group(rest, []) for lost in following.values() for rest in lost]  # whose cause has a cause itself
    return sorted(made, key=lambda group: (group.cause["level"] != "MUST", -len(group.consequences)))


def counts(report: Row) -> tuple[int, int]:
    """How many deviations there are of MUST and of SHOULD clauses."""
    must = sum(1 for deviation in report["deviations"] if deviation["level"] == "MUST")
    return must, len(report["deviations"]) - must


def declared(report: Row) -> dict[str, str]:
    """Deviations that a profile accepts, by name, each with its reason."""
    return {row["id"]: row["reason"] for row in report["declared"]["deviations"]}
