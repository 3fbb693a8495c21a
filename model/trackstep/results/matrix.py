"""Several targets side by side: what each makes of every area of the specification.

Owns what a cell counts and the one mark that sums it up. Pure values: knows no file and no format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from trackstep.results.result import Result

ALL = "every area"


@dataclass(frozen=True, slots=True)
class Cell:
    """Of the MUST clauses of an area: how many conform, were exercised, are there. And the deviations, by level."""

    conforming: int
    exercised: int
    total: int
    must: int
    should: int

    @property
    def mark(self) -> str:
        """The cell in one character, which needs no colour: see ``LEGEND``."""
        if self.must:
            return "✗"
        if not self.exercised:
            return "–"
        return "✓" if self.conforming == self.total else "◐"

    @property
    def counts(self) -> str:
        """The cell in figures, short where all is well."""
        if self.conforming == self.total and not self.must:
            figures = str(self.total)
        else:
            figures = f"{self.conforming}/{self.exercised}/{self.total}"
        found = [f"{n} {level}" for n, level in ((self.must, "MUST"), (self.should, "SHOULD")) if n]
        return f"{figures} ({' + '.join(found)})" if found else figures

    def __str__(self) -> str:
        return f"{self.mark} {self.counts}"

    @property
    def words(self) -> str:
        """The same as a sentence."""
        return (
            f"{self.conforming} of {self.total} MUST clauses conform, {self.exercised} were exercised; "
            f"{self.must} MUST and {self.should} SHOULD deviations"
        )


LEGEND = (
    ("✓ 8", "all 8 MUST clauses of the area conform"),
    ("✗ 5/7/8 (3 MUST)", "5 conform of 7 exercised of 8; 3 deviations of MUST clauses"),
    ("◐ 6/6/8", "nothing deviates, but only 6 of 8 were exercised"),
    ("– 0/0/8", "none was exercised"),
)
_NAMES = {"✓": "conforms", "✗": "deviates", "◐": "partly exercised", "–": "not exercised"}


def name(mark: str) -> str:
    """A mark in words."""
    return _NAMES[mark]


@dataclass(frozen=True)
class Matrix:
    """Results, one a target, in the order given."""

    results: Sequence[Result]

    @cached_property
    def judged(self) -> tuple[Result, ...]:
        """The columns: the targets that came to a verdict."""
        return tuple(result for result in self.results if result.is_judged)

    @cached_property
    def unjudged(self) -> tuple[Result, ...]:
        """The targets that did not; their reason is all there is to say."""
        return tuple(result for result in self.results if not result.is_judged)

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """The rows: every area that a judged target has clauses of, in the order of the specification."""
        return tuple(dict.fromkeys(area for result in self.judged for area in result.areas))

    @cached_property
    def specifications(self) -> int:
        """How many different sets of clauses the judged results were made with: more than one is worth a remark."""
        return len({frozenset((id, c.level) for id, c in result.clauses.items()) for result in self.judged})

    def cell(self, result: Result, area: str = ALL) -> Cell:
        """What one target makes of one area, or of all of them."""
        clauses = [c for c in result.clauses.values() if area in (ALL, c.area)]
        must = [c for c in clauses if c.level == "MUST"]
        ids = {c.id for c in clauses}
        levels = [d.level for d in result.deviations.values() if d.clause in ids]
        return Cell(
            conforming=sum(1 for c in must if c.is_judged and c.verdict == "conforms"),
            exercised=sum(1 for c in must if c.is_judged),
            total=len(must),
            must=levels.count("MUST"),
            should=levels.count("SHOULD"),
        )

    def situations(self, result: Result) -> tuple[int, int]:
        """How many of the situations that must be reached the run reached, of how many."""
        return sum(1 for s in result.situations.values() if s.reached), len(result.situations)
