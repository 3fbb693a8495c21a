"""A comparison put in words, in the order in which it is read: what every writer of it shows, and none adds to.

Owns the wording. Knows no format; what came from a target is made inert by the writers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trackstep.results.comparison import Comparison
from trackstep.results.result import Clause, Deviation, Result, Situation


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is told; ``counts``: it is a regression. ``details`` are pairs of a word and a text."""

    id: str
    level: str
    what: str
    sentence: str = ""
    details: Sequence[tuple[str, str]] = ()
    remark: str = ""
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one kind; ``mark`` is a sign for it that needs no colour."""

    title: str
    mark: str
    rows: Sequence[Row]


def sections(compared: Comparison) -> list[Section]:
    """What there is to tell, worst first; a kind of which there is nothing is left out."""
    ids = {each.id for each in compared.new}
    told = (
        Section("new deviations", "+", [_new(each, compared, ids) for each in compared.new]),
        Section("clauses no longer exercised", "-", [_clause(c, compared, True) for c in compared.no_longer_reached]),
        Section("deviations of A whose clause B did not exercise", "?", [_deviation(d) for d in compared.untold]),
        Section("situations no longer reached", "-", _situations(compared.situations_no_longer_reached)),
        Section("fixed deviations", "✓", [_deviation(each) for each in compared.fixed]),
        Section("clauses now exercised", "✓", [_clause(c, compared, False) for c in compared.now_reached]),
        Section("situations now reached", "✓", _situations(compared.situations_now_reached)),
        Section("deviations that stay", "=", [_deviation(each) for each in compared.still]),
    )
    return [section for section in told if section.rows]


def run(result: Result) -> str:
    """One of the two runs, in a line."""
    reason = f": {result.reason}" if result.reason else ""
    return f"{result.target} · {result.verdict}{reason} · {result.calls} calls · seed {result.seed}"


def verdict(compared: Comparison) -> str:
    """The comparison in a line."""
    found = sum(isinstance(each, Deviation) for each in compared.regressions)
    lost = len(compared.regressions) - found
    of = "MUST or SHOULD" if compared.strict else "MUST"
    parts = [_many(found, f"new {of} deviation"), _many(lost, f"{of} clause no longer exercised")]
    word = "regression" if compared.regressions else "no regression"
    why = f": {', '.join(filter(None, parts))}" if compared.regressions else ""
    return f"{word}{why} · {counts(compared)}"


def counts(compared: Comparison) -> str:
    """How many of each kind."""
    reached = (
        len(compared.now_reached) + len(compared.situations_now_reached),
        len(compared.no_longer_reached) + len(compared.situations_no_longer_reached),
    )
    return (
        f"{len(compared.new)} new, {len(compared.fixed)} fixed, {len(compared.still)} still; "
        f"{reached[0]} now reached, {reached[1]} no longer reached"
    )


def _new(found: Deviation, compared: Comparison, new: set[str]) -> Row:
    follows = f"follows from {found.cause}" if found.cause in new else ""
    remark = "; ".join(filter(None, (compared.remark(found), follows)))
    details = () if follows else (("allowed", found.expected), ("came back", found.actual))
    return _deviation(found, details, remark, compared.is_regression(found))


def _deviation(
    found: Deviation, details: Sequence[tuple[str, str]] = (), remark: str = "", counts: bool = False
) -> Row:
    what = f"{found.operation}: {found.answer}"
    return Row(found.clause, found.level, what, found.sentence if details else "", details, remark, counts)


def _clause(clause: Clause, compared: Comparison, lost: bool) -> Row:
    return Row(clause.id, clause.level, clause.verdict, clause.sentence, counts=lost and compared.is_regression(clause))


def _situations(situations: Iterable[Situation]) -> list[Row]:
    return [Row(each.id, "", each.sentence, remark=f"needs {each.needs}" if each.needs else "") for each in situations]


def _many(number: int, what: str) -> str:
    if not number:
        return ""
    noun, _, rest = what.partition(" clause")
    plural = f"{noun} clauses{rest}" if rest else f"{what}s"
    return f"{number} {what if number == 1 else plural}"
