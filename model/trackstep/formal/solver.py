"""z3: formulas over sorts of any number, and whether one can hold.

The only module that imports z3, which the extra ``formal`` brings; ``wanted`` says so in one line where it is missing.
Owns the terms: a sort for each kind of name, one of all statuses, a function for each variable. Knows no promises.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import count
from typing import Any

from trackstep.formal.logic import Formula, Term, World
from trackstep.formal.tool import EXTRA, ToolError

_numbers = count()


def wanted() -> None:
    """Raises ToolError, with the line that says what to install, where z3 is missing."""
    if importlib.util.find_spec("z3") is None:
        raise ToolError(f"no z3 was found: {EXTRA}, or pip install z3-solver")


@cache
def _sorts(names: frozenset[str], statuses: frozenset[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The sorts by name, and the statuses; made once, as z3 wants it."""
    import z3

    which, values = z3.EnumSort(f"Status{next(_numbers)}", sorted(statuses))
    return {name: z3.DeclareSort(name) for name in names} | {"Status": which}, dict(
        zip(sorted(statuses), values, strict=True)
    )


class Unbounded:
    """The logic of any number of things: each sort has as many as it likes.

    A formula that was made once is not made again, and one beside its opposite is seen to be so at once: most of what
    changes nothing need not be asked.
    """

    def __init__(self, variables: Mapping[str, str], homes: Mapping[str, str], statuses: Iterable[str]) -> None:
        """``variables``: each, and the sort that it is a function of; ``homes``: those whose values are of a sort."""
        import z3

        self.z3: Any = z3
        self.sorts, self.statuses = _sorts(frozenset(variables.values()), frozenset(statuses))
        self.variables, self.homes = variables, homes
        self.holders = set(homes.values())
        self.nobody = z3.Const("Nobody", self.sorts[next(iter(self.holders))])
        self._fixed = {status.get_id() for status in self.statuses.values()}
        self._made: dict[tuple[object, ...], tuple[Formula, tuple[Formula, ...]]] = {}
        self._depth = 0

    def _once(self, word: str, make: Callable[[], Formula], *parts: Formula) -> Formula:
        """What is made of these parts; they are kept, so that no number of theirs is given to another."""
        key = (word, *(part.get_id() for part in parts))
        if key not in self._made:
            self._made[key] = make(), parts
        return self._made[key][0]

    def world(self) -> World:
        """A state of which nothing is known."""
        return World({name: self._function(name, sort) for name, sort in self.variables.items()})

    def _function(self, name: str, sort: str) -> Callable[[Term], Term]:
        function = self.z3.Function(name, self.sorts[sort], self.sorts[self.homes.get(name, "Status")])
        return lambda of: self._once(name, lambda: function(of), of)

    def something(self, sort: str, name: str = "") -> Term:
        """One of a sort, perhaps nobody's: see ``named``."""
        return self.z3.Const(name or f"{sort.lower()}{next(_numbers)}", self.sorts[sort])

    def named(self, sort: str, of: Term) -> Formula:
        """That it is one that there is: nobody's group is none."""
        return self.untrue(self.same(of, self.nobody)) if sort in self.holders else True

    def every(self, formulas: Iterable[Formula]) -> Formula:
        """All of them."""
        return self._joined("And", formulas, False)

    def some(self, formulas: Iterable[Formula]) -> Formula:
        """One of them at least."""
        return self._joined("Or", formulas, True)

    def _joined(self, word: str, formulas: Iterable[Formula], decides: bool) -> Formula:
        """``decides``: what one of them has to be for the whole to be it too."""
        parts: dict[int, Formula] = {}
        for formula in formulas:
            if formula is decides:
                return decides
            if not isinstance(formula, bool):
                parts[formula.get_id()] = formula
        if any(self.untrue(formula).get_id() in parts for formula in parts.values()):
            return decides
        if len(parts) < 2:
            return next(iter(parts.values()), not decides)
        return self._once(word, lambda: getattr(self.z3, word)(*parts.values()), *parts.values())

    def untrue(self, formula: Formula) -> Formula:
        """Not so."""
        if isinstance(formula, bool):
            return not formula
        if self.z3.is_not(formula):
            return self._once("", lambda: formula.arg(0), formula)
        return self._once("Not", lambda: self.z3.Not(formula), formula)

    def same(self, one: Term, other: Term) -> Formula:
        """The two are one; a text beside a term is a status."""
        if isinstance(one, str) and isinstance(other, str):
            return one == other
        one, other = self._term(one), self._term(other)
        if one is None or other is None:
            return False
        ids = {one.get_id(), other.get_id()}
        if len(ids) == 1 or ids <= self._fixed:
            return len(ids) == 1
        return self._once("=", lambda: one == other, one, other)

    def _term(self, term: Term) -> Term:
        """A status as z3 has it; None where no kind has such a status."""
        return self.statuses.get(term) if isinstance(term, str) else term

    def either(self, formula: Formula, then: Term, otherwise: Term) -> Term:
        """One term or the other."""
        if isinstance(formula, bool):
            return then if formula else otherwise
        then, otherwise = (value if isinstance(value, int) else self._term(value) for value in (then, otherwise))
        if isinstance(then, int):
            return self.z3.If(formula, then, otherwise)
        return self._once("If", lambda: self.z3.If(formula, then, otherwise), formula, then, otherwise)

    def for_all(self, sort: str, holds: Callable[[Term], Formula]) -> Formula:
        """Of each of a sort."""
        of = self.something(sort, f"{sort}{self._depth}")
        self._depth += 1
        body = self.some((self.untrue(self.named(sort, of)), holds(of)))
        self._depth -= 1
        return body if isinstance(body, bool) else self._once("all", lambda: self.z3.ForAll([of], body), of, body)

    def exists(self, sort: str, holds: Callable[[Term], Formula]) -> Formula:
        """Of one of a sort at least."""
        return self.untrue(self.for_all(sort, lambda of: self.untrue(holds(of))))


class Assumed:
    """What is assumed, and questions about it."""

    def __init__(self, logic: Unbounded, *assumed: Formula) -> None:
        self.logic = logic
        self.solver = logic.z3.Solver()
        self.solver.add(*(formula for formula in assumed if formula is not True))

    def can_be(self, *formulas: Formula) -> bool:
        """Whether they can hold together with what is assumed. Raises ToolError where z3 does not know."""
        if any(formula is False for formula in formulas):
            return False
        self.solver.push()
        self.solver.add(*formulas)
        answer = str(self.solver.check())
        self.solver.pop()
        if answer == "unknown":
            raise ToolError(f"z3 cannot say: {self.solver.reason_unknown()}")
        return answer == "sat"
