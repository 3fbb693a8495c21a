"""Two runs held side by side: what is new, what is fixed, what stays, what is reached now and what no longer.

Owns what counts as a regression. Pure values: knows no file and no format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from trackstep.results.result import Clause, Deviation, Result, Situation

REGRESSIONS = """\
a deviation of a MUST clause that B has and A has not; a MUST clause that was exercised in A and is not in B, also
because B's target no longer offers the operation or could not be judged. With --strict, of a SHOULD clause too."""
ONLY_TOLD = """\
what is fixed, what is deviating still, what is reached now; a situation that is no longer reached; another target,
seed or version; a deviation that B's profile declares, or of a clause that A's specification does not have."""


@dataclass(frozen=True)
class Comparison:
    """``before`` and ``after``, two results; ``strict``: a SHOULD clause counts as a MUST clause does."""

    before: Result
    after: Result
    strict: bool = False

    @cached_property
    def new(self) -> tuple[Deviation, ...]:
        """Deviations that only the later run has, in its order."""
        return _without(self.after, self.before)

    @cached_property
    def fixed(self) -> tuple[Deviation, ...]:
        """Deviations that only the earlier run has, and whose clause was exercised since."""
        return tuple(each for each in _without(self.before, self.after) if self._was_exercised(each))

    @cached_property
    def untold(self) -> tuple[Deviation, ...]:
        """Deviations that only the earlier run has, but the later one did not exercise the clause: nobody knows."""
        return tuple(each for each in _without(self.before, self.after) if not self._was_exercised(each))

    @cached_property
    def still(self) -> tuple[Deviation, ...]:
        """Deviations of both runs, as the later one tells them."""
        return tuple(each for key, each in self.after.deviations.items() if key in self.before.deviations)

    @cached_property
    def now_reached(self) -> tuple[Clause, ...]:
        """Clauses that the later run exercised and the earlier one did not."""
        return tuple(_lost(self.after, self.before))

    @cached_property
    def no_longer_reached(self) -> tuple[Clause, ...]:
        """Clauses that the earlier run exercised and the later one did not, though its specification has them."""
        return tuple(self.after.clauses[each.id] for each in _lost(self.before, self.after))

    @cached_property
    def situations_now_reached(self) -> tuple[Situation, ...]:
        """Situations that the later run reached and the earlier one did not."""
        return tuple(_unreached(self.after, self.before))

    @cached_property
    def situations_no_longer_reached(self) -> tuple[Situation, ...]:
        """Situations that the earlier run reached and the later one did not."""
        return tuple(_unreached(self.before, self.after))

    @cached_property
    def regressions(self) -> tuple[Deviation | Clause, ...]:
        """What makes the exit code 1: see ``REGRESSIONS``."""
        return (*filter(self.is_regression, self.new), *filter(self.is_regression, self.no_longer_reached))

    def is_regression(self, each: Deviation | Clause) -> bool:
        """Whether a new deviation, or a clause that is no longer reached, counts."""
        if isinstance(each, Deviation) and (each.id in self.after.declared or each.clause not in self.before.clauses):
            return False
        return each.level == "MUST" or (self.strict and each.level == "SHOULD")

    def remark(self, each: Deviation | Clause) -> str:
        """Why one that is new does not count, or else that it deviated in another way before; may be empty."""
        if isinstance(each, Clause):
            return each.verdict
        if each.id in self.after.declared:
            return "declared by B's profile"
        if each.clause not in self.before.clauses:
            return "A's specification does not have this clause"
        before = [d.answer for d in self.before.deviations.values() if (d.clause, d.operation) == each.key[:2]]
        return f"in A the answer was: {', '.join(before)}" if before else ""

    @cached_property
    def differences(self) -> tuple[tuple[str, str, str], ...]:
        """How the two runs differ in what they were made with: (what, in A, in B). No hindrance, but to be known."""
        a, b = self.before, self.after
        named = [("target", a.target, b.target), ("seed", str(a.seed), str(b.seed))]
        named += [
            (f"version of {name}", a.versions[name], b.versions[name]) for name in a.versions if name in b.versions
        ]
        named.append(("clauses that only one has", _only(a, b), _only(b, a)))
        moved = [id for id, clause in b.clauses.items() if id in a.clauses and a.clauses[id].level != clause.level]
        levels = [", ".join(f"{id} {side.clauses[id].level}" for id in moved) or "none" for side in (a, b)]
        named.append(("clauses of another level", levels[0], levels[1]))
        return tuple(row for row in named if row[1] != row[2])

    def _was_exercised(self, deviation: Deviation) -> bool:
        clause = self.after.clauses.get(deviation.clause)
        return clause is not None and clause.is_judged


def _without(result: Result, other: Result) -> tuple[Deviation, ...]:
    return tuple(each for key, each in result.deviations.items() if key not in other.deviations)


def _lost(result: Result, other: Result) -> Iterator[Clause]:
    """Clauses that ``result`` exercised and ``other``, which has them, did not."""
    for id, clause in result.clauses.items():
        if clause.is_judged and id in other.clauses and not other.clauses[id].is_judged:
            yield clause


def _unreached(result: Result, other: Result) -> Iterator[Situation]:
    for id, situation in result.situations.items():
        if situation.reached and id in other.situations and not other.situations[id].reached:
            yield situation


def _only(result: Result, other: Result) -> str:
    return ", ".join(id for id in result.clauses if id not in other.clauses) or "none"
