"""Declared deviations: a TOML profile, what it covers of a run, and what of it is out of date.

Owns the form of the file (docs/profiles.md), and the two scores: strict, and as declared. Has no clock: today is
handed in. Knows nothing of runs, targets or reports.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from trackstep import spec
from trackstep.errors import UsageError
from trackstep.operation import COVERED

KEYS = ("clause", "operation", "answer", "reason", "expires")
OPERATIONS = (*COVERED, "FrobnicateEventTracker")
"""What can be declared: spec/excursions.toml asks for one that does not exist, and its answer has a form too."""
HOLDS = timedelta(days=90)
"""How long a declaration holds that ``render`` wrote, if nobody chooses another date."""
_FORM = """\
# [[deviation]]
# clause = "ET-UNIQ-3"
# operation = "CreateEventTracker"  # left out: every operation
# answer = "success"                # left out: every answer
# reason = "…"                      # why it is accepted, in a person's words
# expires = 2027-06-30              # it holds through that day
"""


class Deviation(Protocol):
    """Whatever can be declared: a deviation of a run, or a narrower declaration."""

    @property
    def clause(self) -> str: ...
    @property
    def operation(self) -> str | None: ...
    @property
    def answer(self) -> str | None: ...


_Deviation = TypeVar("_Deviation", bound=Deviation)


@dataclass(frozen=True, slots=True)
class Declaration:
    """One entry of a profile; ``operation`` and ``answer`` are None where it holds for all of them."""

    clause: str
    operation: str | None
    answer: str | None
    reason: str
    expires: date

    def __str__(self) -> str:
        answer = None if self.answer is None else _quoted(self.answer)
        return " · ".join(part for part in (self.clause, self.operation, answer) if part)

    def covers(self, deviation: Deviation) -> bool:
        """Whether it speaks of this deviation, or of all that another declaration speaks of."""
        answer = None if deviation.answer is None else _sound(deviation.answer)
        return (
            self.clause == deviation.clause
            and self.operation in (None, deviation.operation)
            and self.answer in (None, answer)
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """A file of declarations, in its order."""

    path: Path
    declarations: tuple[Declaration, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared(Generic[_Deviation]):
    """What a profile makes of a run; each ``problem`` and ``remark`` is one sentence, only a problem is an error."""

    declared: tuple[tuple[_Deviation, Declaration], ...]
    new: tuple[_Deviation, ...]
    stale: tuple[Declaration, ...]
    expired: tuple[Declaration, ...]
    untold: tuple[Declaration, ...]
    problems: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def clauses(self) -> frozenset[str]:
        """The clauses that deviate only as declared."""
        return frozenset(d.clause for d, _ in self.declared) - {d.clause for d in self.new}


def load(path: Path) -> Profile:
    """Read a profile. Raises UsageError, one line that names the file and what to do, for anything else."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file; --write-profile {path} writes one") from None
    except OSError as wrong:
        raise UsageError(f"{path}: cannot be read ({wrong.strerror}); name a file that can") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = wrong.object.count(b"\n", 0, wrong.start) + 1
        raise UsageError(f"{path}: line {line} is not UTF-8; save the file as UTF-8") from None
    return parse(text, path)


def parse(text: str, path: Path) -> Profile:
    """Read the text of a profile; ``path`` is only named. Raises UsageError as ``load`` does."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise UsageError(f"{path}: not TOML: {wrong}; mend it there") from None
    if unknown := [key for key in table if key != "deviation"]:
        raise UsageError(f"{path}: unknown key {_shown(unknown[0])}; write [[deviation]] above each entry")
    rows = table.get("deviation", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{path}: write [[deviation]], with two brackets, above each entry")
    made: list[Declaration] = []
    for number, row in enumerate(rows, 1):
        try:
            made.append(_declaration(row))
            _once(made)
        except UsageError as wrong:
            label = f" ({row['clause']})" if row.get("clause") in tuple(spec.load().clauses) else ""
            raise UsageError(f"{path}: entry {number}{label}: {wrong}") from None
    return Profile(path, tuple(made))


def _declaration(row: Mapping[str, Any]) -> Declaration:
    clauses = spec.load().clauses
    clause, operation, answer, reason, expires = (row.get(key) for key in KEYS)
    if unknown := [key for key in row if key not in KEYS]:
        near = _near(unknown[0], KEYS, f"the keys are {', '.join(KEYS)}")
        raise UsageError(f"unknown key {_shown(unknown[0])}; {near}")
    if not isinstance(clause, str):
        raise UsageError('say which clause, as text: clause = "ET-UNIQ-3"')
    if clause not in clauses:
        near = _near(clause.upper(), clauses, "`trackstep clauses` lists them")
        raise UsageError(f"no clause is called {_shown(clause)}; {near}")
    if clauses[clause].level == "tentative":
        raise UsageError("a tentative clause never counts, so there is nothing to declare; remove the entry")
    if operation is not None and not isinstance(operation, str):
        raise UsageError('write the operation as text: operation = "CreateEventTracker"')
    if operation is not None and operation not in OPERATIONS:
        near = _near(operation, OPERATIONS, f"it is one of {', '.join(COVERED)}")
        raise UsageError(f"{_shown(operation)} is no operation that the specification covers; {near}")
    if answer is not None and not isinstance(answer, str):
        raise UsageError('write the answer as text: answer = "success"')
    if not isinstance(reason, str) or not reason.strip():
        raise UsageError('give a reason, as text: reason = "why this is accepted"')
    if type(expires) is not date:  # a datetime is a date too
        raise UsageError("say through which day it holds, a date without quotes or time: expires = 2027-06-30")
    return Declaration(clause, operation, answer, reason.strip(), expires)


def _once(made: list[Declaration]) -> None:
    """Hold the newest entry against those before it: none may say what another says already."""
    for number, before in enumerate(made[:-1], 1):
        if before.covers(made[-1]):
            raise UsageError(f"entry {number} ({before}) covers it already; remove one of the two")
        if made[-1].covers(before):
            raise UsageError(f"it covers entry {number} ({before}) too; remove one of the two")


def apply(
    profile: Profile, deviations: Iterable[_Deviation], exercised: Mapping[str, int], today: date,
    answered: Mapping[str, int] | None = None,
) -> Declared[_Deviation]:  # fmt: skip
    """Hold a run against a profile.

    ``exercised`` counts by clause, ``answered`` by operation: a declaration that matches nothing is stale only where
    its clause was exercised and, if ``answered`` is given, its operation was answered. Otherwise it cannot be told.
    One that is both stale and expired counts as stale, since removing it is all there is to do.
    """
    live = [d for d in profile.declarations if d.expires >= today]
    seen = [(deviation, next((d for d in live if d.covers(deviation)), None)) for deviation in deviations]
    idle = [d for d in profile.declarations if not any(d.covers(deviation) for deviation, _ in seen)]
    stale = [
        d for d in idle
        if exercised.get(d.clause) and (answered is None or d.operation is None or answered.get(d.operation))
    ]  # fmt: skip
    expired = [d for d in profile.declarations if d.expires < today and d not in stale]
    untold = [d for d in idle if d not in stale and d not in expired]
    gone = [f"{d} no longer deviates: remove it from {profile.path}" for d in stale]
    over = [f"{d} expired on {d.expires}: mend it, or give a new date in {profile.path}" for d in expired]
    remarks = (f"{d} was not exercised in this run: whether it still deviates cannot be told" for d in untold)
    declared = tuple((deviation, d) for deviation, d in seen if d)
    new = tuple(deviation for deviation, d in seen if d is None)
    return Declared(declared, new, tuple(stale), tuple(expired), tuple(untold), (*gone, *over), tuple(remarks))


def render(deviations: Iterable[Deviation], target: str, today: date) -> str:
    """The text of a new profile, each reason left for a person to write: ``load`` refuses it until then."""
    clauses, holds = spec.load().clauses, today + HOLDS
    entries = {Declaration(d.clause, d.operation, d.answer and _sound(d.answer), "", holds) for d in deviations}
    order = {clause: number for number, clause in enumerate(clauses)}
    lines = [f"# Deviations of {_quoted(target)}, as seen on {today} (docs/profiles.md). An entry is:", "#", _FORM]
    for d in sorted(entries, key=lambda d: (order[d.clause], d.operation or "", d.answer or "")):
        lines += [f"# {clauses[d.clause].level}: {clauses[d.clause].sentence}", "[[deviation]]"]
        texts = {"clause": d.clause, "operation": d.operation, "answer": d.answer}
        lines += [f"{key} = {_quoted(text)}" for key, text in texts.items() if text is not None]
        lines += ['reason = ""  # to be filled in: why this is accepted', f"expires = {holds}\n"]
    return "\n".join(lines)


def scores(clauses: Iterable[Mapping[str, Any]], declared_clauses: Collection[str]) -> dict[str, dict[str, list[int]]]:
    """Conforming of judged clauses, ``[n, of]``, by level: strict, and where declared ones count as conforming."""
    judged = [c for c in clauses if c["verdict"] in ("conforms", "deviates")]

    def score(level: str, excused: Collection[str]) -> list[int]:
        of = [c for c in judged if c["level"] == level]
        return [sum(c["verdict"] == "conforms" or c["id"] in excused for c in of), len(of)]

    return {
        name: {"must": score("MUST", excused), "should": score("SHOULD", excused)}
        for name, excused in (("strict", ()), ("declared", declared_clauses))
    }


def _near(word: str, known: Iterable[str], otherwise: str) -> str:
    found = difflib.get_close_matches(word, list(known), 1)
    return f"did you mean {found[0]}?" if found else otherwise


def _shown(text: str) -> str:
    text = repr(text)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _sound(text: str) -> str:
    """The text without lone surrogates, which a target can send and no file can hold."""
    return text.encode("utf-8", "replace").decode()


def _quoted(text: str) -> str:
    """The text as a TOML string on one line; what does not print is escaped, since it is a target's."""
    text = _sound(text).replace("\\", "\\\\").replace('"', '\\"')
    inert = "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in text)
    return f'"{inert}"'
