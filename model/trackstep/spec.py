"""Loads ``spec/`` into frozen values. The only module that knows where the specification is.

Owns the reading of the tables; knows nothing of worlds, histories or targets.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from trackstep.errors import SpecError

_HEADING = re.compile(r"^### (ET-([A-Z]+)-\d+) · (MUST|SHOULD|tentative)$")
_BULLET = re.compile(r"^- (documented|recorded|inferred|needs|about|overlapping|open|link): (.+)$")
_AREA = re.compile(r"^## ([A-Z]+): (.+)$")


@dataclass(frozen=True, slots=True)
class Clause:
    """One testable sentence, its level, and what it stands on."""

    id: str
    area: str
    level: str
    sentence: str
    evidence: tuple[tuple[str, str], ...]
    needs: str
    link: str
    about: str = ""
    """The word under which it is kin to others; "form" where breaking it changes nothing that the answer says."""
    overlapping: str = ""
    """How it is judged where calls overlap, if otherwise than in each order: NOT_JUDGED, or AS_ANSWERED."""
    open: bool = False
    """Whether a request that it says is accepted may be refused all the same."""


NOT_JUDGED, AS_ANSWERED = "not judged", "in the order of the answers"


@dataclass(frozen=True, eq=False, slots=True)
class Refusal:
    """One row of ``operations.toml``; compared by identity, so it can be counted cheaply."""

    operation: str
    number: int
    clause: str
    codes: frozenset[str]
    on: str = ""
    statuses: frozenset[str] = frozenset()
    when: str = ""
    only: str = ""
    deleted: str = ""
    elsewhere: str = ""
    open: bool = False
    needs: str = ""
    """The operations that are not covered, one of which has to be carried out for the row to hold; empty: none."""

    @property
    def id(self) -> str:
        """How reports name the row: the operation and what holds."""
        holds = f"{self.on} in {'/'.join(sorted(self.statuses))}" if self.on else ""
        return f"{self.operation}: {' and '.join(part for part in (holds, self.when) if part)}"


@dataclass(frozen=True, slots=True)
class OperationSpec:
    """What one operation promises and how it may refuse."""

    name: str
    clause: str
    errors: frozenset[str]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """One kind of resource: its statuses, transitions and what breaks which clause."""

    kind: str
    statuses: tuple[str, ...]
    settled: tuple[str, ...]
    transitions: tuple[dict[str, str], ...]
    illegal: tuple[dict[str, Any], ...]
    tolerated: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a run has to reach: the circumstance of one call, in words, each with the values that count."""

    id: str
    sentence: str
    when: tuple[tuple[str, frozenset[str]], ...]
    answer: str
    needs: str


@dataclass(frozen=True, slots=True)
class Request:
    """What an operation is about (in the words of operations.toml's ``on``) and does, in those of requests.toml."""

    name: str
    kind: str
    does: str


@dataclass(frozen=True, slots=True)
class Spec:
    """The whole specification."""

    clauses: dict[str, Clause]
    areas: dict[str, str]
    lifecycles: dict[str, Lifecycle]
    operations: dict[str, OperationSpec]
    malformed: frozenset[str]
    common: frozenset[str]
    credentials: frozenset[str]
    denied: frozenset[str]
    throttling: frozenset[str]
    quota: frozenset[str]
    situations: dict[str, Situation]
    uncovered: frozenset[str]
    shown: dict[str, tuple[frozenset[str], ...]]
    """Clause -> what has to be called for it to be seen: of each set one operation; without a set, any call."""

    def hidden(self, clause: str, unsupported: Collection[str]) -> list[str]:
        """The operations for want of which nothing of a clause can be seen; empty where something can."""
        wanted = self.shown.get(clause, ())
        return sorted(next((names for names in wanted if names.issubset(unsupported)), frozenset[str]()))


def root() -> Path:
    """The directory of the specification: what TRACKSTEP_SPEC names, or in the wheel, or in the checkout."""
    here, elsewhere = Path(__file__).resolve().parent, os.environ.get("TRACKSTEP_SPEC")
    for candidate in (Path(elsewhere),) if elsewhere else (here / "_spec", here.parent.parent / "spec"):
        if (candidate / "operations.toml").is_file():
            return candidate
    if elsewhere:
        raise SpecError("TRACKSTEP_SPEC names no directory that holds operations.toml; unset it")
    raise SpecError("spec/ was not found beside the package; reinstall trackstep")


def recordings() -> list[dict[str, Any]]:
    """The recorded observations of the real service, in order (spec/evidence/README.md)."""
    text = (root() / "evidence" / "recorded.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@cache
def limits() -> dict[str, dict[str, tuple[str, ...]]]:
    """End of an operation (or "pattern") -> what a shape says (or the shape) -> the clauses that hold a target to it.

    Raises SpecError where the table names a clause that is not there.
    """
    table = tomllib.loads((root() / "limits.toml").read_text(encoding="utf-8"))
    if missing := {clause for rows in table.values() for of in rows.values() for clause in of} - load().clauses.keys():
        raise SpecError(f"limits.toml names clauses that event-tracker.md does not have: {', '.join(sorted(missing))}")
    return {end: {what: tuple(of) for what, of in rows.items()} for end, rows in table.items()}


@dataclass(frozen=True, slots=True)
class Beside:
    """What operations that are not covered say of what is (spec/beside.toml, which says what the members are)."""

    outside: frozenset[str]
    operation: str
    body: str
    group: str
    when: dict[str, str]


@cache
def beside() -> Beside:
    """What the operations that are not covered say of what is."""
    table = tomllib.loads((root() / "beside.toml").read_text(encoding="utf-8"))
    return Beside(frozenset(table["outside"]), **table["furnished"])


@cache
def requests() -> dict[str, Request]:
    """Operation -> what it is about and does, in the order in which things are created."""
    table = tomllib.loads((root() / "requests.toml").read_text(encoding="utf-8"))["request"]
    return {name: Request(name, row["kind"], row["does"]) for name, row in table.items()}


@cache
def reserved() -> dict[str, frozenset[str]]:
    """Where a word is reserved -> the reserved words, in lower case: they are told apart by their letters only."""
    table = tomllib.loads((root() / "reserved.toml").read_text(encoding="utf-8"))
    return {where: frozenset(word.lower() for word in words) for where, words in table.items()}


def _clauses(text: str) -> tuple[dict[str, Clause], dict[str, str]]:
    clauses: dict[str, Clause] = {}
    areas: dict[str, str] = {}
    for block in re.split(r"\n(?=#{2,3} )", text):
        lines = block.splitlines()
        if area := _AREA.match(lines[0]):
            areas[area[1]] = area[2]
        if not (heading := _HEADING.match(lines[0])):
            continue
        bullets = [match for line in lines if (match := _BULLET.match(line))]
        values = {match[1]: match[2] for match in bullets}
        sentence = next((line for line in lines[1:] if line and not line.startswith("-")), "")
        evidence = tuple((b[1], b[2]) for b in bullets if b[1] in ("documented", "recorded", "inferred"))
        if not (sentence and evidence) or heading[1] in clauses:
            raise SpecError(f"{heading[1]}: a clause stands once, with a sentence and evidence")
        if (overlapping := values.get("overlapping", "")) not in ("", NOT_JUDGED, AS_ANSWERED):
            raise SpecError(f"{heading[1]}: overlapping is {NOT_JUDGED!r} or {AS_ANSWERED!r}, not {overlapping!r}")
        clauses[heading[1]] = Clause(
            heading[1],
            heading[2],
            heading[3],
            sentence,
            evidence,
            values.get("needs", ""),
            values.get("link", ""),
            values.get("about", ""),
            overlapping,
            "open" in values,
        )
    return clauses, areas


def _refusal(operation: str, number: int, row: dict[str, Any], malformed: frozenset[str]) -> Refusal:
    codes = frozenset(row["codes"])
    if "malformed" in codes:
        codes = (codes - {"malformed"}) | malformed
    return Refusal(
        operation,
        number,
        row["clause"],
        codes,
        row.get("on", ""),
        frozenset(row.get("in", ())),
        row.get("when", ""),
        row.get("only", ""),
        row.get("deleted", ""),
        row.get("elsewhere", ""),
        row.get("open", False),
        row.get("needs", ""),
    )


def _situations(base: Path) -> dict[str, Situation]:
    rows = tomllib.loads((base / "situations.toml").read_text(encoding="utf-8"))
    return {
        name: Situation(
            name,
            row["sentence"],
            tuple((word, frozenset(values)) for word, values in row["when"].items()),
            row.get("answer", ""),
            row.get("needs", ""),
        )
        for name, row in rows.items()
    }


def _uncovered(base: Path) -> dict[str, list[str]]:
    return tomllib.loads((base / "uncovered.toml").read_text(encoding="utf-8"))


def _shown(base: Path, operations: dict[str, OperationSpec]) -> dict[str, tuple[frozenset[str], ...]]:
    """What each clause takes to be seen: as shown.toml says, or else one of the operations that name it."""
    of_rows: dict[str, set[str]] = {}
    for name, operation in operations.items():
        for row in operation.refusals:
            for clause in filter(None, (operation.clause, row.clause, row.only, row.elsewhere, row.deleted)):
                of_rows.setdefault(clause, set()).add(name)
    said = tomllib.loads((base / "shown.toml").read_text(encoding="utf-8"))
    written = {clause: tuple(frozenset(text.split(" | ")) for text in texts) for clause, texts in said.items()}
    return {clause: (frozenset(names),) for clause, names in of_rows.items()} | written


@cache
def load() -> Spec:
    """Read the specification once. Raises SpecError where a table names a clause that is not there."""
    base = root()
    clauses, areas = _clauses((base / "event-tracker.md").read_text(encoding="utf-8"))
    errors = tomllib.loads((base / "errors.toml").read_text(encoding="utf-8"))
    malformed = frozenset(errors["malformed"])
    operations = {
        name: OperationSpec(
            name,
            row["clause"],
            frozenset(row["errors"]),
            tuple(_refusal(name, number, refusal, malformed) for number, refusal in enumerate(row["refusals"])),
        )
        for name, row in tomllib.loads((base / "operations.toml").read_text(encoding="utf-8")).items()
    }
    lifecycles = {
        kind: Lifecycle(
            kind,
            tuple(row["statuses"]),
            tuple(row["settled"]),
            tuple(row["transitions"]),
            tuple(row["illegal"]),
            dict(row.get("tolerated", {})),
        )
        for kind, row in tomllib.loads((base / "lifecycle.toml").read_text(encoding="utf-8")).items()
    }
    named = {r.clause for o in operations.values() for r in o.refusals} | {o.clause for o in operations.values()}
    named |= {t["clause"] for cycle in lifecycles.values() for t in (*cycle.transitions, *cycle.illegal)}
    if missing := sorted(named - clauses.keys()):
        raise SpecError(f"the tables name clauses that event-tracker.md does not have: {', '.join(missing)}")
    return Spec(
        clauses,
        areas,
        lifecycles,
        operations,
        malformed,
        frozenset(errors["common"]),
        frozenset(errors["credentials"]),
        frozenset(errors["denied"]),
        frozenset(errors["throttling"]),
        frozenset(errors["quota"]),
        _situations(base),
        frozenset(name for names in _uncovered(base).values() for name in names),
        _shown(base, operations),
    )
