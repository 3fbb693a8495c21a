"""What a promise of ``Promises.tla`` says of a state, or of a step: its text, read in whichever logic.

Owns the meaning of the part of TLA+ that ``formula`` reads. The names of the modules are looked up in the modules, so
the promise that is proved is the one that TLC checks, word for word. Knows nothing of tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from trackstep.errors import SpecError
from trackstep.formal import configuration, formula
from trackstep.formal.formula import Definition, Tree
from trackstep.formal.logic import Formula, Logic, Term, World, among, follows
from trackstep.formal.relation import Action

MODULES = ("EventTracker", "Promises")


class Those(NamedTuple):
    """A set: the things of a sort of which something holds."""

    sort: str
    holds: Callable[[Term], Formula]


Some = tuple[Term, ...]
"""A set whose elements are named."""


@cache
def definitions(directory: Path) -> dict[str, str]:
    """The text of each definition of the modules."""
    return {name: text for each in MODULES for name, text in formula.module(directory / f"{each}.tla").items()}


@cache
def _definition(text: str) -> Definition:
    return formula.definition(text)


def promised(name: str) -> Tree:
    """The formula of a promise. Raises SpecError where the modules have none of this name."""
    return _defined(name, definitions(configuration.root())).tree


def _defined(name: str, texts: Mapping[str, str]) -> Definition:
    if name not in texts:
        raise SpecError(f"{' and '.join(MODULES)} have no definition {name}")
    return _definition(texts[name])


@dataclass(frozen=True)
class Meaning:
    """A state, the one after it, what was asked and came back, and what may happen: all that a promise can speak of."""

    logic: Logic
    sorts: Mapping[str, str]
    """Each variable, and the sort that it is a function of."""
    actions: tuple[Action, ...]
    before: World
    after: World | None = None
    outcome: Mapping[str, str] | None = None
    texts: Mapping[str, str] = field(default_factory=lambda: definitions(configuration.root()))
    """The definitions of the modules."""

    def of(self, tree: Tree, **known: Any) -> Any:
        """What a formula or a term is, where these names are known. Raises SpecError where that cannot be said."""
        return self._of(tree, known)

    def _of(self, tree: Tree, known: Mapping[str, Any]) -> Any:
        kind = tree[0]
        if kind in _SAID:
            return _SAID[kind](self, tree, known)
        raise SpecError(f"what {kind!r} means in a promise is not known here")

    # -- names ---------------------------------------------------------------------------------------

    def _name(self, tree: Tree, known: Mapping[str, Any]) -> Any:
        name = tree[1]
        if name in known:
            return known[name]
        if name in self.before.variables:
            return self.before.variables[name]
        if name == "Nobody":
            return self.logic.nobody
        if name in self.sorts.values():
            return Those(name, lambda of: True)
        return self._of(_defined(name, self.texts).tree, {})

    def _primed(self, tree: Tree, known: Mapping[str, Any]) -> Any:
        name = tree[1][1]
        if self.after is None or self.outcome is None:
            raise SpecError(f"{name}' is of a step, and this is a state")
        if tree[1][0] != "name" or name not in {"outcome", *self.after.variables}:
            raise SpecError(f"{name}' is of no variable, and what it means in a promise is not known here")
        return self.outcome if name == "outcome" else self.after.variables[name]

    def _call(self, tree: Tree, known: Mapping[str, Any]) -> Any:
        _, name, args = tree
        called = _defined(name, self.texts)
        if len(args) != len(called.parameters):
            raise SpecError(f"{name} is of {len(called.parameters)}, and a promise says it of {len(args)}")
        values = (self._of(arg, known) for arg in args)
        return self._of(called.tree, dict(zip(called.parameters, values, strict=True)))

    # -- sets ----------------------------------------------------------------------------------------

    def _filter(self, tree: Tree, known: Mapping[str, Any]) -> Those:
        _, name, whole, condition = tree
        inner = self._of(whole, known)
        return Those(
            inner.sort, lambda of: self.logic.every((inner.holds(of), self._of(condition, {**known, name: of})))
        )

    def _in(self, tree: Tree, known: Mapping[str, Any]) -> Formula:
        one, whole = self._of(tree[1], known), self._of(tree[2], known)
        return whole.holds(one) if isinstance(whole, Those) else among(self.logic, one, whole)

    def _same(self, tree: Tree, known: Mapping[str, Any]) -> Formula:
        one, other = self._of(tree[1], known), self._of(tree[2], known)
        if isinstance(one, Those) and other == ():
            return self.logic.for_all(one.sort, lambda of: self.logic.untrue(one.holds(of)))
        return self.logic.same(one, other)

    def _quantified(self, tree: Tree, known: Mapping[str, Any]) -> Formula:
        kind, names, among_what, body = tree
        whole, every = self._of(among_what, known), kind == "\\A"

        def of_rest(rest: list[str], met: Mapping[str, Any]) -> Formula:
            if not rest:
                return self._of(body, met)

            def holds(of: Term) -> Formula:
                inner = of_rest(rest[1:], {**met, rest[0]: of})
                if not isinstance(whole, Those):
                    return inner
                return (
                    follows(self.logic, whole.holds(of), inner) if every else self.logic.every((whole.holds(of), inner))
                )

            if not isinstance(whole, Those):
                return (self.logic.every if every else self.logic.some)(holds(of) for of in whole)
            return (self.logic.for_all if every else self.logic.exists)(whole.sort, holds)

        return of_rest(names, known)

    # -- steps ---------------------------------------------------------------------------------------

    def _unchanged(self, tree: Tree, known: Mapping[str, Any]) -> Formula:
        """Each variable that is named is the same function afterwards."""
        if self.after is None:
            raise SpecError("UNCHANGED is of a step, and this is a state")
        names = list(self._variables(tree[1]))
        return self.logic.every(self._same_function(name, self.after) for name in names)

    def _variables(self, tree: Tree) -> Iterator[str]:
        """The variables of a tuple, or of a name that stands for some."""
        if tree[0] == "<<":
            for each in tree[1]:
                yield from self._variables(each)
        elif tree[0] == "name" and tree[1] in self.before.variables:
            yield tree[1]
        elif tree[0] == "name":
            yield from self._variables(_defined(tree[1], self.texts).tree)
        else:
            raise SpecError("UNCHANGED is of variables, and what it means of anything else is not known here")

    def _same_function(self, name: str, after: World) -> Formula:
        one, other = self.before.variables[name], after.variables[name]
        if one is other:
            return True
        return self.logic.for_all(self.sorts[name], lambda of: self.logic.same(one(of), other(of)))

    def _enabled(self, tree: Tree, known: Mapping[str, Any]) -> Formula:
        """``ENABLED (Request(x) /\\ outcome'.answer = "...")``: for some choice the request can be answered so."""
        match tree[1]:
            case (
                "/\\",
                [("call", request, args), ("=", ("field", ("'", ("name", "outcome")), "answer"), ("text", answer))],
            ):
                pass
            case _:
                raise SpecError(
                    "ENABLED is of a request and its answer, and what it means of anything else is not known here"
                )
        of = [action for action in self.actions if (action.request, action.answer) == (request, answer)]
        given = tuple(self._of(arg, known) for arg in args)
        return self.logic.some(self._possible(action, given) for action in of)

    def _possible(self, action: Action, args: tuple[Term, ...]) -> Formula:
        if len(args) == len(action.sorts):
            return action.guard(self.logic, self.before, args)
        return self.logic.exists(action.sorts[len(args)], lambda of: self._possible(action, (*args, of)))

    # -- numbers -------------------------------------------------------------------------------------

    def _cases(self, tree: Tree, known: Mapping[str, Any]) -> Any:
        value: Any = 0  # of what no arm is about
        for condition, then in reversed(tree[1]):
            value = self.logic.either(self._of(condition, known), self._of(then, known), value)
        return value


def _all(self: Meaning, trees: Iterable[Tree], known: Mapping[str, Any]) -> Iterable[Formula]:
    return (self._of(tree, known) for tree in trees)


_SAID: dict[str, Callable[[Meaning, Tree, Mapping[str, Any]], Any]] = {
    "name": Meaning._name,
    "'": Meaning._primed,
    "call": Meaning._call,
    "text": lambda self, tree, known: tree[1],
    "number": lambda self, tree, known: tree[1],
    "at": lambda self, tree, known: self._of(tree[1], known)(self._of(tree[2], known)),
    "field": lambda self, tree, known: self._of(tree[1], known)[tree[2]],
    "{}": lambda self, tree, known: tuple(_all(self, tree[1], known)),
    "\\cup": lambda self, tree, known: (*self._of(tree[1], known), *self._of(tree[2], known)),
    "filter": Meaning._filter,
    "\\in": Meaning._in,
    "\\notin": lambda self, tree, known: self.logic.untrue(self._in(tree, known)),
    "=": Meaning._same,
    "#": lambda self, tree, known: self.logic.untrue(self._same(tree, known)),
    ">": lambda self, tree, known: self._of(tree[1], known) > self._of(tree[2], known),
    "~": lambda self, tree, known: self.logic.untrue(self._of(tree[1], known)),
    "/\\": lambda self, tree, known: self.logic.every(_all(self, tree[1], known)),
    "\\/": lambda self, tree, known: self.logic.some(_all(self, tree[1], known)),
    "=>": lambda self, tree, known: self.logic.some(
        (self.logic.untrue(self._of(tree[1], known)), self._of(tree[2], known))
    ),
    "\\A": Meaning._quantified,
    "\\E": Meaning._quantified,
    "UNCHANGED": Meaning._unchanged,
    "ENABLED": Meaning._enabled,
    "CASE": Meaning._cases,
}
"""What each kind of tree means."""
