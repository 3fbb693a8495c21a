"""The words in which the relation and the promises are said, so that one text has two readings.

``Plain`` reads them over a few named things, and says true or false; ``solver.Unbounded`` over sorts of any number, and
makes formulas. Knows nothing of event trackers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Formula = Any
"""A bool, or what a solver takes for one."""
Term = Any
"""A status, a dataset group or a tracking ID: a text, or what a solver has for it."""


class Logic(Protocol):
    """What can be said. A bool of Python may stand for a formula anywhere."""

    nobody: Term

    def every(self, formulas: Iterable[Formula]) -> Formula:
        """All of them."""

    def some(self, formulas: Iterable[Formula]) -> Formula:
        """One of them at least."""

    def untrue(self, formula: Formula) -> Formula:
        """Not so."""

    def same(self, one: Term, other: Term) -> Formula:
        """The two are one."""

    def either(self, formula: Formula, then: Term, otherwise: Term) -> Term:
        """One term or the other."""

    def for_all(self, sort: str, holds: Callable[[Term], Formula]) -> Formula:
        """Of each of a sort."""

    def exists(self, sort: str, holds: Callable[[Term], Formula]) -> Formula:
        """Of one of a sort at least."""


def among(logic: Logic, term: Term, values: Iterable[Term]) -> Formula:
    """It is one of these."""
    return logic.some(logic.same(term, value) for value in values)


def follows(logic: Logic, given: Formula, then: Formula) -> Formula:
    """If the one holds, so does the other."""
    return logic.some((logic.untrue(given), then))


@dataclass(frozen=True)
class World:
    """A state: each variable of ``EventTracker.tla`` as a function, and the sort that it is a function of."""

    variables: Mapping[str, Callable[[Term], Term]]

    def with_one(self, variable: str, change: Callable[[Term, Term], Term]) -> World:
        """The state in which a variable is another; ``change``: of what, and what it was -> what it is."""
        before = self.variables[variable]
        return World({**self.variables, variable: lambda of: change(of, before(of))})


class Plain:
    """Over a few things with names: formulas are true or false at once."""

    def __init__(self, members: Mapping[str, Sequence[str]], nobody: str) -> None:
        self.members, self.nobody = members, nobody

    def every(self, formulas: Iterable[Formula]) -> bool:
        """All of them."""
        return all(formulas)

    def some(self, formulas: Iterable[Formula]) -> bool:
        """One of them at least."""
        return any(formulas)

    def untrue(self, formula: Formula) -> bool:
        """Not so."""
        return not formula

    def same(self, one: Term, other: Term) -> bool:
        """The two are one."""
        return bool(one == other)

    def either(self, formula: Formula, then: Term, otherwise: Term) -> Term:
        """One term or the other."""
        return then if formula else otherwise

    def for_all(self, sort: str, holds: Callable[[Term], Formula]) -> bool:
        """Of each of a sort."""
        return all(holds(one) for one in self.members[sort])

    def exists(self, sort: str, holds: Callable[[Term], Formula]) -> bool:
        """Of one of a sort at least."""
        return any(holds(one) for one in self.members[sort])
