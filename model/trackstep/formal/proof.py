"""Each promise of ``Promises.tla``, proved of the relation that the tables make, for any number of everything.

By induction: what is promised of states holds at first, and each action leads from states in which it and what
strengthens it hold to such states again; what is promised of steps holds of each action from such a state. By ranking:
what is to settle goes on to a later ``Stage`` with each step that moves it, and as long as it has not settled the
service can move it. Owns these obligations; each is put to z3 as a question whether its opposite can be.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from trackstep.formal import relation
from trackstep.formal.formula import Tree
from trackstep.formal.logic import Formula, Term, World
from trackstep.formal.meaning import Meaning
from trackstep.formal.plain import GONE, SERVICE, Tables
from trackstep.formal.relation import Action
from trackstep.formal.solver import Assumed, Unbounded
from trackstep.formal.theorem import SETTLES, STATE, STEP, Strengthening, Theorem

AT_FIRST, AS_IT_IS = "how it begins", "what cannot happen"
"""In the place of an action: where nothing has happened yet, and where nothing need happen."""


class Failure(NamedTuple):
    """An obligation that does not hold: the promise, and the action after which it may not, or a word for none."""

    promise: str
    by: Action | str


@dataclass(frozen=True)
class Proved:
    """What came of it for one service."""

    lenient: bool
    failures: tuple[Failure, ...]
    impossible: tuple[Action, ...]
    """Actions that can never happen: whatever is promised of them would be promised for nothing."""
    actions: int
    obligations: int
    seconds: float

    def broken(self, promise: str) -> list[Action | str]:
        """What may break a promise; empty where nothing can."""
        return [failure.by for failure in self.failures if failure.promise == promise]


def settled(tree: Tree) -> str:
    """The variable of which a promise says that it settles: ``tracker[t] \\in ... ~> ...``."""
    _, _, _, (_, (_, (_, (_, variable), _), _), _) = tree
    return str(variable)


def settling(meaning: Meaning, tree: Tree, of: Term) -> tuple[Formula, Formula]:
    """Of a promise that something settles: that it has not, and that a step moves it but not on to a later Stage."""
    _, (name,), _, (_, before, after) = tree
    variable, pending = settled(tree), meaning.of(before, **{name: of})
    if meaning.after is None:
        return pending, False
    was, now = meaning.before.variables[variable](of), meaning.after.variables[variable](of)
    logic, then = meaning.logic, Meaning(meaning.logic, meaning.sorts, meaning.actions, meaning.after)
    later = meaning.of(("call", "Stage", [("name", "now")]), now=now) > meaning.of(
        ("call", "Stage", [("name", "was")]), was=was
    )
    onward = logic.every((later, then.of(before, **{name: of})))
    goes_on = logic.some((logic.same(was, now), onward, then.of(after, **{name: of})))
    return pending, logic.every((pending, logic.untrue(goes_on)))


@dataclass
class Service:
    """A service of any size, and what is to be proved of it."""

    tables: Tables
    lenient: bool
    theorems: Collection[Theorem]
    strengthening: Collection[Strengthening]
    like: Service | None = None
    """One of other tables, of which the same is to be proved: what was assumed of it is assumed of this."""
    asked: int = field(default=0, init=False)

    @cached_property
    def sorts(self) -> dict[str, str]:
        """Each variable, and the sort that it is a function of."""
        return relation.variables(self.tables)

    @cached_property
    def logic(self) -> Unbounded:
        """The logic in which it is said."""
        if self.like is not None:
            return self.like.logic
        kinds = self.tables.kinds
        statuses = {status for kind in kinds.values() for status in kind.statuses} | {GONE}
        return Unbounded(self.sorts, relation.homes(self.tables), statuses)

    @cached_property
    def actions(self) -> list[Action]:
        """All that may happen."""
        return relation.actions(self.tables, self.lenient)

    @cached_property
    def world(self) -> World:
        """Any state."""
        return self.like.world if self.like is not None else self.logic.world()

    def meaning(self, before: World, after: World | None = None, action: Action | None = None) -> Meaning:
        """What is said of a state, or of a step."""
        outcome = {"request": action.request, "answer": action.answer} if action else None
        return Meaning(self.logic, self.sorts, tuple(self.actions), before, after, outcome)

    @cached_property
    def breaks(self) -> dict[tuple[object, ...], dict[str, Formula]]:
        """An effect -> the formula that it breaks a promise, for each that it could."""
        return self.like.breaks if self.like is not None else {}

    @cached_property
    def invariants(self) -> dict[str, Tree]:
        """What is assumed before a step and proved after it."""
        promised = {theorem.name: theorem.tree for theorem in self.theorems if theorem.is_assumed}
        return promised | {each.name: each.tree for each in self.strengthening if each.lenient or not self.lenient}

    @cached_property
    def assumed(self) -> Assumed:
        """Any state in which the invariants hold."""
        if self.like is not None:
            return self.like.assumed
        here = self.meaning(self.world)
        return Assumed(self.logic, *(here.of(tree) for tree in self.invariants.values()))

    def prove(self, only: Callable[[Action], bool] = lambda action: True) -> Proved:
        """Put every obligation to z3, or those of some actions and those of none."""
        began = time.perf_counter()
        failures, impossible = [*self._at_first(), *self._as_it_is()], list[Action]()
        of = [action for action in self.actions if only(action)]
        for action in of:
            args = tuple(self.logic.something(sort, f"{sort} {n}") for n, sort in enumerate(action.sorts))
            named = (self.logic.named(sort, arg) for sort, arg in zip(action.sorts, args, strict=True))
            happens = self.logic.every((action.guard(self.logic, self.world, args), *named))
            if not self.can_be(happens):
                impossible.append(action)
                continue
            # What a step breaks is its effect's doing, whenever it may happen.
            known = (action.request, action.answer, action.sorts, action.moves)
            if known not in self.breaks:
                self.breaks[known] = dict(self._wrong(action, args))
            wrong = self.breaks[known]
            if self.can_be(happens, self.logic.some(wrong.values()), so_many=len(wrong)):
                failures += [Failure(name, action) for name, formula in wrong.items() if self.can_be(happens, formula)]
        seconds = time.perf_counter() - began
        return Proved(self.lenient, tuple(failures), tuple(impossible), len(of), self.asked, seconds)

    def can_be(self, *formulas: Formula, so_many: int = 1) -> bool:
        """Whether these can hold in a state in which the invariants do."""
        self.asked += so_many
        return self.assumed.can_be(*formulas)

    def _at_first(self) -> Iterator[Failure]:
        """The invariants hold where nothing exists; which no table changes."""
        if self.like is not None:
            return
        of_none = {True: lambda of: self.logic.nobody, False: lambda of: GONE}
        nothing = World({name: of_none[name in self.logic.homes] for name in self.sorts})
        here = self.meaning(nothing)
        for name, tree in self.invariants.items():
            self.asked += 1
            if Assumed(self.logic).can_be(self.logic.untrue(here.of(tree))):
                yield Failure(name, AT_FIRST)

    def _as_it_is(self) -> Iterator[Failure]:
        """What follows of a state as it is: what is possible in it, and that the service can move what is to settle."""
        here = self.meaning(self.world)
        for theorem in self.theorems:
            if theorem.kind == STATE and theorem.holds and not theorem.is_assumed:
                wrong = self.logic.untrue(here.of(theorem.tree))
            elif theorem.kind == SETTLES:
                sort = here.of(theorem.tree[2]).sort
                of = self.logic.something(sort)
                moves = [self._moved(a, of, settled(theorem.tree)) for a in self.actions if _moves(a, sort)]
                pending, _ = settling(here, theorem.tree, of)
                wrong = self.logic.every(
                    (self.logic.named(sort, of), pending, self.logic.untrue(self.logic.some(moves)))
                )
            else:
                continue
            if self.can_be(wrong):
                yield Failure(theorem.name, AS_IT_IS)

    def _moved(self, action: Action, of: Term, variable: str) -> Formula:
        """That an action can happen to one, and makes of its status another: what changes nothing moves nothing on."""
        after = action.after(self.logic, self.world, (of,))
        same = self.logic.same(self.world.variables[variable](of), after.variables[variable](of))
        return self.logic.every((action.guard(self.logic, self.world, (of,)), self.logic.untrue(same)))

    def _wrong(self, action: Action, args: tuple[Term, ...]) -> Iterator[tuple[str, Formula]]:
        """Of each promise, the formula that a step breaks it."""
        after = action.after(self.logic, self.world, args)
        step, then = self.meaning(self.world, after, action), self.meaning(after)
        if action.effect is not None:  # else they hold as they did
            for name, tree in self.invariants.items():
                yield name, self.logic.untrue(then.of(tree))
        for theorem in self.theorems:
            if theorem.kind == SETTLES:
                of = self.logic.something(step.of(theorem.tree[2]).sort)
                yield theorem.name, settling(step, theorem.tree, of)[1]
            elif theorem.kind == STEP:
                yield theorem.name, self.logic.untrue(step.of(theorem.tree))
            elif not theorem.holds:
                before = self.meaning(self.world).of(theorem.tree)
                yield theorem.name, self.logic.every((before, self.logic.untrue(then.of(theorem.tree))))


def _moves(action: Action, sort: str) -> bool:
    """Whether the service moves one of a sort."""
    return action.request == SERVICE and action.sorts == (sort,)
