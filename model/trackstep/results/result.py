"""What two or more runs are compared by: the part of a report.json that says what was found and what was reached.

Owns the reading of a report that somebody else may have written: extra members are let be, a missing one is named.
Owns ``slim`` too, which leaves of a report only what is read here. Knows no file, no specification and no format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from trackstep.errors import UsageError

CLAUSE = re.compile(r"ET-[A-Z]+-[0-9]+", re.ASCII)
IDLE = ("not exercised", "unsupported")
"""The verdicts of a clause that say nothing about the target."""
UNJUDGED = "could not be judged"
KEPT = ("verdict", "exit_code", "reason", "target", "seed", "calls")
KEPT_OF = {
    "clauses": ("id", "area", "level", "verdict", "exercised"),
    "deviations": ("clause", "level", "sentence", "operation", "answer", "expected", "actual", "cause"),
    "situations": ("id", "sentence", "reached", "needs"),
}
"""Members that ``slim`` keeps of each row; all that a ``Result`` reads, but for the sentences of the clauses."""
LONGEST = 300
"""Characters that ``slim`` keeps of a text that came from the target."""
Key = tuple[str, str, str]
_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clause:
    """What a run says of one clause; ``exercised`` times it was judged."""

    id: str
    area: str
    level: str
    verdict: str
    exercised: int
    sentence: str = ""

    @property
    def is_judged(self) -> bool:
        """Whether the run can say anything about it; one that deviates was judged, however often it was exercised."""
        return self.verdict not in IDLE


@dataclass(frozen=True, slots=True)
class Deviation:
    """One deviation; ``cause`` is the id of the one that it most likely follows from, empty in a first cause."""

    clause: str
    operation: str
    answer: str
    level: str
    sentence: str = ""
    expected: str = ""
    actual: str = ""
    cause: str = ""

    @property
    def key(self) -> Key:
        """What makes it the same one in another run: clause, operation and kind of answer."""
        return self.clause, self.operation, self.answer

    @property
    def id(self) -> str:
        """The same as one text, as reports and profiles name it."""
        return " ".join(self.key)


@dataclass(frozen=True, slots=True)
class Situation:
    """A situation that a run has to reach, and how often it did; ``needs``: what the target lacks for it."""

    id: str
    sentence: str
    reached: int
    needs: str = ""


@dataclass(frozen=True)
class Result:
    """What is compared of one run."""

    target: str
    verdict: str
    reason: str
    seed: int
    calls: int
    versions: Mapping[str, str]
    clauses: Mapping[str, Clause]
    deviations: Mapping[Key, Deviation]
    situations: Mapping[str, Situation]
    declared: frozenset[str] = frozenset()
    """Ids of the deviations that the run's profile declares."""

    @property
    def is_judged(self) -> bool:
        """Whether the run came to a verdict about its target."""
        return self.verdict != UNJUDGED

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """The areas of its specification, in its order."""
        return tuple(dict.fromkeys(clause.area for clause in self.clauses.values()))


def read(report: object, name: str) -> Result:
    """The result that a report holds. Raises UsageError, one line that begins with ``name``, for anything else."""
    try:
        return _Reader(report).result()
    except _Missing as wrong:
        raise UsageError(
            f"{name} is no report of `trackstep check`: {wrong}; give a report.json of its --report-dir"
        ) from None


def slim(report: Mapping[str, Any], target: str = "", without: Sequence[str] = ()) -> dict[str, Any]:
    """What ``read`` takes from a report and no more: no times, no programs, no histories.

    ``target`` is what to call it in place of an address; each text in ``without`` is cut out wherever it stands.
    Raises UsageError where it is no report.
    """
    read(report, target or "the report")

    def text(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        for part in without:
            value = value.replace(part, "")
        return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"

    kept: dict[str, Any] = {name: text(report[name]) for name in KEPT if name in report}
    kept["target"] = target or kept["target"]
    kept["versions"] = {name: made for name, made in report.get("versions", {}).items() if name != "python"}
    for name, members in KEPT_OF.items():
        kept[name] = [{member: text(row[member]) for member in members if member in row} for row in report[name]]
    kept["declared"] = {"deviations": [{"id": row["id"]} for row in report["declared"]["deviations"]]}
    return kept


class _Missing(Exception):
    """A member is not there, or is not what it should be; the message names it."""


class _Reader:
    """One report, read member by member."""

    def __init__(self, report: object) -> None:
        if not isinstance(report, dict):
            raise _Missing("it is not a JSON object")
        self._report: _Row = report

    def result(self) -> Result:
        """All that is compared."""
        report = self._report
        clauses = self._rows("clauses", _clause)
        for number, clause in enumerate(clauses):
            if not CLAUSE.fullmatch(clause.id):
                raise _Missing(f"clauses[{number}].id is not the id of a clause")
        versions = _member(report, "", "versions", dict)
        declared = _member(report, "", "declared", dict)
        rows = _member(declared, "declared.", "deviations", list)
        return Result(
            target=_text(report, "", "target"),
            verdict=_text(report, "", "verdict"),
            reason=_text(report, "", "reason"),
            seed=_member(report, "", "seed", int),
            calls=_member(report, "", "calls", int),
            versions={str(name): str(made) for name, made in versions.items()},
            clauses={clause.id: clause for clause in clauses},
            deviations={deviation.key: deviation for deviation in self._rows("deviations", _deviation)},
            situations={situation.id: situation for situation in self._rows("situations", _situation)},
            declared=frozenset(_text(_table(row, "declared"), "declared ", "id") for row in rows),
        )

    def _rows(self, name: str, made: Callable[[_Row, str], Any]) -> list[Any]:
        rows = _member(self._report, "", name, list)
        return [made(_table(row, f"{name}[{number}]"), f"{name}[{number}].") for number, row in enumerate(rows)]


def _clause(row: _Row, where: str) -> Clause:
    id, area, level, verdict = (_text(row, where, name) for name in ("id", "area", "level", "verdict"))
    return Clause(id, area, level, verdict, _member(row, where, "exercised", int), _told(row, "sentence"))


def _deviation(row: _Row, where: str) -> Deviation:
    clause, operation, answer, level = (_text(row, where, n) for n in ("clause", "operation", "answer", "level"))
    return Deviation(
        clause, operation, answer, level, *(_told(row, n) for n in ("sentence", "expected", "actual", "cause"))
    )


def _situation(row: _Row, where: str) -> Situation:
    reached = _member(row, where, "reached", int)
    return Situation(_text(row, where, "id"), _told(row, "sentence"), reached, _told(row, "needs"))


def _told(row: _Row, name: str) -> str:
    """A text that may be left out."""
    return str(row.get(name, ""))


def _text(row: _Row, where: str, name: str) -> str:
    return str(_member(row, where, name, str))


def _table(value: object, where: str) -> _Row:
    if not isinstance(value, dict):
        raise _Missing(f"{where} is not an object")
    return value


def _member(row: _Row, where: str, name: str, kind: type) -> Any:
    words = {str: "a text", int: "a whole number", list: "a list", dict: "an object"}
    if name not in row:
        raise _Missing(f"{where}{name} is missing")
    if not isinstance(row[name], kind) or isinstance(row[name], bool):
        raise _Missing(f"{where}{name} is not {words[kind]}")
    return row[name]
