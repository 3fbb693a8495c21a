"""The tables read plainly, and what a service whose statuses are all known may do by them.

Owns a second reading of ``lifecycle.toml``, ``operations.toml`` and ``requests.toml``: the judge's own is on trial, so
nothing here is the judge's. The golden rule in its simplest form: a row holds or it does not; a refusal has a code of
one that holds; a request is carried out only where each that holds is open. Knows no masks, no worlds and no answers on
the wire.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from trackstep import spec
from trackstep.errors import SpecError

GONE, SERVICE = "GONE", "service"
RESOURCE = "resource"
"""The ``on`` of rows about any kind, which is none of its own."""
NAMED, EACH, DOES = ("anew", "never"), ("", "one"), ("create", "delete", "show", "list", "nothing")
REFUSED = ("nothing", "everything")
"""What ``requests.toml`` may say, and all that can be stated."""


class Row(NamedTuple):
    """A refusal row: ``place`` is where it stands, for whoever is to find it."""

    place: str
    on: str
    statuses: frozenset[str]
    when: str
    codes: frozenset[str]
    open: bool

    def holds(self, statuses: Mapping[str, str], conditions: Collection[str]) -> bool:
        """Whether it does, where these are the statuses, by the ``on`` of rows, and these conditions hold."""
        there = not self.on or statuses[self.on] in self.statuses
        return there and (not self.when or self.when in conditions)


class Move(NamedTuple):
    """A transition of a lifecycle."""

    place: str
    source: str
    trigger: str
    to: str
    mover: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource: its lifecycle, and what ``requests.toml`` says of it."""

    name: str
    on: str
    sort: str
    named: str
    within: str
    each: str
    statuses: tuple[str, ...]
    moves: tuple[Move, ...]

    def closure(self, statuses: Iterable[str]) -> frozenset[str]:
        """These statuses, and all that the service makes of them unseen."""
        found, onward = set[str](), list(statuses)
        while onward:
            found.add(onward.pop())
            onward += [m.to for m in self.moves if m.mover == SERVICE and m.source in found and m.to not in found]
        return frozenset(found)

    def begins(self, trigger: str) -> str:
        """The status to which a request leads. Raises SpecError where that is not one."""
        asked = [move for move in self.moves if move.trigger == trigger and move.mover != SERVICE]
        if other := next((move for move in asked if move.to != asked[0].to), None):
            raise SpecError(f"{other.place}: {trigger} leads to {other.to} here and to {asked[0].to} elsewhere")
        if not asked:
            raise SpecError(f"lifecycle.toml: no row of {self.name} says where {trigger} leads")
        return asked[0].to

    def after(self, status: str, trigger: str) -> str:
        """The status after a request was carried out; a deletion that goes on already goes on, as its README chose."""
        begun = self.begins(trigger)
        return status if trigger == "delete" and status in self.closure([begun]) else begun


class Request(NamedTuple):
    """An operation: the ``on`` of what it is about, the kind of what it names, what it does, how it may be refused."""

    name: str
    kind: str
    by: str
    does: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """All that is read."""

    kinds: Mapping[str, Kind]
    requests: Mapping[str, Request]
    refused: str
    """What a refused request does."""

    def with_row(self, request: str, number: int, row: Row | None) -> Tables:
        """The same, in which this row of a request is another, or none."""
        rows = list(self.requests[request].rows)
        rows[number : number + 1] = [row] if row is not None else []
        changed = self.requests[request]._replace(rows=tuple(rows))
        return replace(self, requests={**self.requests, request: changed})

    def with_move(self, kind: str, number: int, move: Move | None) -> Tables:
        """The same, in which this transition of a kind is another, or none."""
        moves = list(self.kinds[kind].moves)
        moves[number : number + 1] = [move] if move is not None else []
        return replace(self, kinds={**self.kinds, kind: replace(self.kinds[kind], moves=tuple(moves))})


def table(name: str, directory: Path | None = None) -> dict[str, Any]:
    """A table of this directory, or of the specification. Raises SpecError where it cannot be read."""
    try:
        return tomllib.loads(((directory or spec.root()) / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise SpecError(f"{name} cannot be read: {wrong}") from wrong


def complete(place: str, row: Mapping[str, Any], words: Collection[str], more: Collection[str] = ()) -> None:
    """Raises SpecError, naming the row, where one of these words is missing or, but for ``more``, another is there."""
    if missing := [word for word in words if word not in row]:
        raise SpecError(f"{place}: it does not say {', '.join(missing)}")
    if other := row.keys() - {*words, *more}:
        raise SpecError(f"{place}: {', '.join(sorted(other))} cannot be stated")


def read(directory: Path | None = None) -> Tables:
    """The tables of this directory, those of the specification if none is given.

    Raises SpecError, naming the row, where one says what cannot be stated.
    """
    said, errors = table("requests.toml", directory), table("errors.toml", directory)
    complete("requests.toml", said, ("refused", "kind", "request"))
    kinds = dict(_kinds(table("lifecycle.toml", directory), said["kind"]))
    requests = dict(_requests(table("operations.toml", directory), said["request"], frozenset(errors["malformed"])))
    for kind in kinds.values():
        for trigger in ("create", "delete"):
            kind.begins(trigger)
    if said["refused"] not in REFUSED:
        raise SpecError(f"requests.toml: refused = {said['refused']!r} cannot be stated")
    _known(kinds, requests)
    return Tables(kinds, requests, said["refused"])


def _known(kinds: Mapping[str, Kind], requests: Mapping[str, Request]) -> None:
    """Raises SpecError where a row names a kind or a status that there is not: it would be about nothing."""
    named = {kind.on: kind for kind in kinds.values()}
    for kind in kinds.values():
        if kind.within and kind.within not in kinds:
            raise SpecError(f"requests.toml, kind {kind.name}: within = {kind.within!r}, and there is no such kind")
        for move in kind.moves:
            if other := {move.source, move.to} - {*kind.statuses, GONE}:
                raise SpecError(f"{move.place}: {kind.name} has no status {', '.join(sorted(other))}")
    for request in requests.values():
        if request.kind not in {*named, RESOURCE} or request.by not in {*kinds, RESOURCE, ""}:
            of = f"kind = {request.kind!r}, by = {request.by!r}"
            raise SpecError(f"requests.toml, request {request.name}: {of}, and there is no such kind")
        for row in request.rows:
            if row.on and row.on not in {*named, RESOURCE}:
                only = ", ".join(sorted({*named, RESOURCE}))
                raise SpecError(f"{row.place}: requests.toml has no {row.on!r}, only {only}")
            of_row = [named[row.on]] if row.on in named else kinds.values()
            if unknown := row.statuses - {status for kind in of_row for status in kind.statuses} - {GONE}:
                raise SpecError(f"{row.place}: no {row.on} has a status {', '.join(sorted(unknown))}")


def _kinds(lifecycles: dict[str, Any], said: dict[str, Any]) -> Iterator[tuple[str, Kind]]:
    for name, row in lifecycles.items():
        if name not in said:
            raise SpecError(f"lifecycle.toml: {name} is a kind of which requests.toml says nothing")
        complete(f"requests.toml, kind {name}", said[name], ("on", "sort", "named"), ("within", "each"))
        of = {"within": "", "each": ""} | said[name]
        for word, known in (("named", NAMED), ("each", EACH)):
            if of[word] not in known:
                only = " or ".join(map(repr, known))
                raise SpecError(f"requests.toml, kind {name}: {word} = {of[word]!r} cannot be stated, only {only}")
        moves = (
            Move(
                f"{name}: {move['from']} - {move['trigger']} - {move['to']}",
                move["from"],
                move["trigger"],
                move["to"],
                move["mover"],
            )
            for move in row["transitions"]
        )
        yield name, Kind(name, **of, statuses=tuple(row["statuses"]), moves=tuple(moves))
    if other := said.keys() - lifecycles.keys():
        raise SpecError(f"requests.toml: lifecycle.toml has no {', '.join(sorted(other))}")


def _requests(
    operations: dict[str, Any], said: dict[str, Any], malformed: frozenset[str]
) -> Iterator[tuple[str, Request]]:
    for name, operation in operations.items():
        if name not in said:
            raise SpecError(f"operations.toml: {name} is an operation of which requests.toml says nothing")
        complete(f"requests.toml, request {name}", said[name], ("kind", "by", "does"))
        if said[name]["does"] not in DOES:
            raise SpecError(f"requests.toml, request {name}: does = {said[name]['does']!r} cannot be stated")
        rows = (
            Row(
                f"{name}: {_holds(row)}",
                row.get("on", ""),
                frozenset(row.get("in", ())),
                row.get("when", ""),
                frozenset(row["codes"]) - {"malformed"} | (malformed if "malformed" in row["codes"] else frozenset()),
                row.get("open", False),
            )
            for row in operation["refusals"]
        )
        yield name, Request(name, **said[name], rows=tuple(rows))
    if other := said.keys() - operations.keys():
        raise SpecError(f"requests.toml: operations.toml has no {', '.join(sorted(other))}")


def _holds(row: dict[str, Any]) -> str:
    """When a row holds, as reports name it."""
    of = f"{row['on']} in {'/'.join(sorted(row['in']))}" if "on" in row else ""
    return " and ".join(filter(None, (of, row.get("when", ""))))


class Answered(NamedTuple):
    """What a service may answer in one state: the codes of its refusals, and what each success may show."""

    codes: frozenset[str]
    shown: frozenset[str]


def answers(request: Request, statuses: Mapping[str, str], conditions: Collection[str]) -> Answered:
    """The golden rule, where all is known. A success shows a status, or "" where it shows none."""
    rows = [row for row in request.rows if row.holds(statuses, conditions)]
    lawful = all(row.open for row in rows)
    return Answered(
        frozenset().union(*(row.codes for row in rows)), _shown(request, statuses) if lawful else frozenset()
    )


def _shown(request: Request, statuses: Mapping[str, str]) -> frozenset[str]:
    """What a success may show. A List may leave out what is being deleted (``ListLeavesOut`` in ``tla/Trace.tla``)."""
    if request.does not in ("show", "list"):
        return frozenset({""})
    status = statuses[request.kind]
    if request.does == "show":
        return frozenset({status}) - {GONE}
    holder = statuses["group"]
    if GONE in (status, holder):
        return frozenset({""})
    left_out = status.startswith("DELETE") or holder.startswith("DELETE")
    return frozenset({status, ""} if left_out else {status})
