"""What may happen, generated from the tables: each request with each answer, and each unseen move of the service.

Owns the meaning of a row, of a transition and of what ``requests.toml`` says a request does, said in ``logic`` for any
number of dataset groups and event trackers. What no status decides is left out, as in ``EventTracker.tla``: conditions,
tags, Lists without a filter. Knows no promise, no solver and no judge.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from trackstep import spec
from trackstep.errors import SpecError
from trackstep.formal.logic import Formula, Logic, Plain, Term, World, among
from trackstep.formal.plain import GONE, SERVICE, Kind, Request, Row, Tables

ACCEPTED, MALFORMED = "accepted", "InvalidInputException"
"""The answers of a success, and of each code that ``errors.toml`` calls malformed."""
Guard = Callable[[Logic, World, tuple[Term, ...]], Formula]
Effect = Callable[[Logic, World, tuple[Term, ...]], World]
Shown = Callable[[Plain, World, tuple[Term, ...]], tuple[str, ...]]


@dataclass(frozen=True)
class Action:
    """One thing that may happen to what it is about, the first of ``sorts``, and to what else it chooses.

    ``effect`` is None where nothing changes; ``shown`` is what a success shows, of things with names only. ``key``
    tells two actions apart: the same key, the same guard and effect; ``moves`` tells the effects apart.
    """

    request: str
    answer: str
    sorts: tuple[str, ...]
    guard: Guard = field(compare=False)
    effect: Effect | None = field(compare=False)
    shown: Shown = field(compare=False)
    key: Hashable
    moves: Hashable = None

    def after(self, logic: Logic, world: World, args: tuple[Term, ...]) -> World:
        """The state that follows."""
        return world if self.effect is None else self.effect(logic, world, args)

    def __str__(self) -> str:
        """As reports name it."""
        return f"{self.request} -> {self.answer}"


def variables(tables: Tables) -> dict[str, str]:
    """Each variable of the module, and the sort that it is a function of."""
    found = {kind.on: kind.sort for kind in tables.kinds.values()}
    return found | {_home(tables, kind): kind.sort for kind in tables.kinds.values() if kind.within}


def homes(tables: Tables) -> dict[str, str]:
    """Each variable that says in what something stands, and the sort of that."""
    return {_home(tables, kind): tables.kinds[kind.within].sort for kind in tables.kinds.values() if kind.within}


def _home(tables: Tables, kind: Kind) -> str:
    return f"{tables.kinds[kind.within].on}Of"


def actions(tables: Tables, lenient: bool) -> list[Action]:
    """All that may happen; ``lenient``: of a service that may accept what the sources leave open.

    Raises SpecError, naming the row, where one says what cannot be stated.
    """
    kinds = {kind.on: kind for kind in tables.kinds.values()}
    found: list[Action] = []
    for request in tables.requests.values():
        if request.by in tables.kinds and request.kind in kinds:
            found += _Requested(tables, request, tables.kinds[request.by], kinds[request.kind], lenient).actions()
    for kind in tables.kinds.values():
        found += _moves(kind)
    return found


def _nothing_shown(logic: Plain, world: World, args: tuple[Term, ...]) -> tuple[str, ...]:
    return ()


def _moves(kind: Kind) -> Iterator[Action]:
    for move in kind.moves:
        if move.mover == SERVICE:
            yield Action(
                SERVICE, move.to, (kind.sort,),
                lambda logic, world, args, on=kind.on, source=move.source: logic.same(  # type: ignore[misc]
                    world.variables[on](args[0]), source
                ),
                partial(_becomes, kind.on, 0, lambda logic, status, to=move.to: to),  # type: ignore[misc]
                _nothing_shown, (kind.on, move.source, move.to), (kind.on, move.to),
            )  # fmt: skip


def _becomes(
    on: str, which: int, change: Callable[[Logic, Term], Term], logic: Logic, world: World, args: tuple[Term, ...]
) -> World:
    """The status of one thing changes and nothing else."""

    def changed(of: Term, status: Term) -> Term:
        return logic.either(logic.same(of, args[which]), change(logic, status), status)

    return world.with_one(on, changed)


class _Requested(NamedTuple):
    """A request about what has an ARN or an ID (``by``), or about what stands in it (``kind``)."""

    tables: Tables
    request: Request
    by: Kind
    kind: Kind
    lenient: bool

    @property
    def is_direct(self) -> bool:
        """Whether it is about what it names."""
        return self.kind.name == self.by.name

    def actions(self) -> Iterator[Action]:
        """Each refusal with each code, and the success."""
        rows = [row for row in self.request.rows if row.on and not row.when]
        if not self.is_direct and self.kind.within != self.by.name:
            raise SpecError(f"requests.toml, request {self.request.name}: no {self.kind.on} stands in a {self.by.on}")
        if self.is_direct and (
            self.request.does == "list" or (self.request.does, self.kind.named) == ("create", "never")
        ):
            how = f"does = {self.request.does!r} cannot be stated of a {self.kind.on} that it names"
            raise SpecError(f"requests.toml, request {self.request.name}: {how}")
        said = tuple((row.on, row.statuses, row.codes, row.open) for row in rows)
        key = (*self.request[:4], self.tables.refused, self.lenient, said, *self.moved)
        for code in sorted({code for row in rows for code in _codes(row)}):
            of = [row for row in rows if code in _codes(row)]
            effect = self.effect() if self.tables.refused == "everything" and self.is_direct else None
            yield Action(
                self.request.name, code, (self.by.sort,),
                lambda logic, world, args, of=of: logic.some(self.holds(row, logic, world, args[0]) for row in of),  # type: ignore[misc]
                effect, _nothing_shown, (*key, code), effect and self.moved,
            )  # fmt: skip
        sorts = (self.by.sort,) if self.is_direct or self.request.does == "list" else (self.by.sort, self.kind.sort)
        yield Action(
            self.request.name, ACCEPTED, sorts,
            lambda logic, world, args: logic.every(self.accepts(rows, logic, world, args)),
            self.effect(), self.shown, (*key, ACCEPTED), self.moved,
        )  # fmt: skip

    @property
    def moved(self) -> tuple[object, ...]:
        """What its effect is made of."""
        if self.request.does not in ("create", "delete"):
            return ()
        begun = [self.kind.begins(trigger) for trigger in ("create", "delete")]
        of = self.request.does, self.kind.on, self.is_direct, self.kind.named, self.kind.each
        return *of, *begun, self.kind.closure(begun[1:])

    # -- when ----------------------------------------------------------------------------------------

    def accepts(self, rows: list[Row], logic: Logic, world: World, args: tuple[Term, ...]) -> Iterator[Formula]:
        """No row forbids it, and what it chooses is there to be chosen."""
        for row in rows:
            if not (row.open and self.lenient):
                yield logic.untrue(self.holds(row, logic, world, args[0]))
        if len(args) == 1:
            return
        if self.request.does != "create":
            yield self.stands(logic, world, args[0], args[1])
        elif self.kind.named == "never":
            yield logic.same(world.variables[self.home](args[1]), logic.nobody)
        else:
            yield logic.same(world.variables[self.kind.on](args[1]), GONE)

    def holds(self, row: Row, logic: Logic, world: World, named: Term) -> Formula:
        """Whether a row does, of what is named or of what stands in it."""
        if row.on == self.by.on:
            return among(logic, world.variables[row.on](named), row.statuses)
        if self.is_direct and not any(k.on == row.on and k.within == self.by.name for k in self.tables.kinds.values()):
            raise SpecError(f"{row.place}: {self.request.name} names a {self.by.on}, and no {row.on} stands in one")
        inner = next(kind for kind in self.tables.kinds.values() if kind.on == row.on)
        there = self._replace(kind=inner)
        one = logic.exists(
            inner.sort,
            lambda of: logic.every(
                (
                    there.stands(logic, world, named, of),
                    among(logic, world.variables[row.on](of), row.statuses - {GONE}),
                )
            ),
        )
        if GONE not in row.statuses:
            return one
        none = logic.for_all(inner.sort, lambda of: logic.untrue(there.stands(logic, world, named, of)))
        return logic.some((one, none))

    @property
    def home(self) -> str:
        """The variable that says in what each of its kind stands."""
        return _home(self.tables, self.kind)

    def stands(self, logic: Logic, world: World, named: Term, of: Term) -> Formula:
        """Whether something stands in what is named, and is not gone."""
        there = logic.same(world.variables[self.home](of), named)
        return logic.every((there, logic.untrue(logic.same(world.variables[self.kind.on](of), GONE))))

    # -- and then ------------------------------------------------------------------------------------

    def effect(self) -> Effect | None:
        """What comes of it; None where nothing does."""
        which = 0 if self.is_direct else 1
        if self.request.does == "delete":
            begun = self.kind.begins("delete")
            going = self.kind.closure([begun])
            return partial(_becomes, self.kind.on, which, lambda logic, status: logic.either(
                among(logic, status, going), status, begun))  # fmt: skip
        if self.request.does != "create":
            return None
        if self.is_direct:
            return partial(_becomes, self.kind.on, which, lambda logic, status: self.kind.begins("create"))
        return self.made

    def made(self, logic: Logic, world: World, args: tuple[Term, ...]) -> World:
        """A new one stands in what is named; where only one can, one that is being deleted makes way: it is gone."""
        named, new = args
        begun, going = self.kind.begins("create"), self.kind.closure([self.kind.begins("delete")])
        before = world.variables[self.home]

        def status(of: Term, was: Term) -> Term:
            aside = logic.every((logic.same(before(of), named), among(logic, was, going - {GONE})))
            stays = logic.either(aside, GONE, was) if self.kind.each == "one" else was
            return logic.either(logic.same(of, new), begun, stays)

        placed = world.with_one(self.home, lambda of, was: logic.either(logic.same(of, new), named, was))
        return placed.with_one(self.kind.on, status)

    def shown(self, logic: Plain, world: World, args: tuple[Term, ...]) -> tuple[str, ...]:
        """What a success shows, as graphs word it."""
        status = world.variables[self.kind.on]
        if self.request.does == "show":
            return (f"{args[-1]} {status(args[-1])}",)
        if self.request.does == "create" and not self.is_direct:
            return (str(args[1]),)
        if self.request.does != "list" or world.variables[self.by.on](args[0]) == GONE:
            return ()
        every = logic.members[self.kind.sort]
        return tuple(sorted({f"{args[0]} {status(of)}" for of in every if self.stands(logic, world, args[0], of)}))


def _codes(row: Row) -> set[str]:
    """The codes of a row, with one word for all that say "malformed"."""
    malformed = spec.load().malformed
    return {MALFORMED if code in malformed else code for code in row.codes}
