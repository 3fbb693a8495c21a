"""What differs between two surfaces.

Owns the comparison. Requests and answers are walked apart, because a limit that is tighter in one is a promise in the
other. How serious a kind of difference is stands in ``rule.py``, which clauses it touches in ``clause.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from trackstep.errors import UsageError
from trackstep.sdk import clause, sentence
from trackstep.sdk.rule import CLASSES, RULES
from trackstep.sdk.surface import Surface, Table
from trackstep.sdk.walk import Found, shapes, shown

_FACTS = (
    "protocol", "protocols", "jsonVersion", "targetPrefix", "signingName", "auth", "endpointPrefix", "apiVersion",
)  # fmt: skip
"""What a service says of all its operations; each is a row of ``rule.RULES``."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, wherever it is met.

    ``kind``: a row of ``rule.RULES``. ``name``: the operation, member, shape or error. ``before``, ``after``: as text,
    "" where there is none. ``places``: such as ``CreateEventTracker input.tags``. ``clauses``: which it touches.
    """

    kind: str
    name: str
    before: str
    after: str
    places: tuple[str, ...]
    clauses: tuple[str, ...]

    @property
    def severity(self) -> str:
        """One of ``rule.CLASSES``."""
        return RULES[self.kind].severity

    @property
    def consequence(self) -> str:
        """What it means for a caller: one sentence."""
        return RULES[self.kind].consequence.format(name=self.name, before=self.before, after=self.after)


class Comparison(NamedTuple):
    """Two sources, what differs (the most serious first), and what could not be compared."""

    before: str
    after: str
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]

    def at_least(self, severity: str) -> tuple[Difference, ...]:
        """The differences of this class and of the more serious ones."""
        return tuple(d for d in self.differences if CLASSES.index(d.severity) <= CLASSES.index(severity))

    def clauses(self) -> tuple[str, ...]:
        """Every clause that a difference touches, in the order of the specification."""
        return clause.ordered(each for difference in self.differences for each in difference.clauses)


def compare(before: Surface, after: Surface) -> Comparison:
    """Every difference between two surfaces, in the services that both know. Raises UsageError for absurd nesting."""
    services = sorted(before.services.keys() & after.services.keys())
    try:
        found = [*_services(before, after, services), *_operations(before, after, services), *_quotes(before, after)]
    except RecursionError:
        raise UsageError(f"the shapes of {before.source} or {after.source} are nested too deeply to compare") from None
    return Comparison(before.source, after.source, _merged(found), tuple(_notes(before, after, services)))


def _notes(before: Surface, after: Surface, shared: list[str]) -> Iterator[str]:
    for service in sorted((before.services.keys() | after.services.keys()) - set(shared)):
        lacks = before.source if service not in before.services else after.source
        yield f"{service} was not compared: {lacks} has no model of it"
    for service in shared:
        for part in ("paginators", "waiters"):
            for surface in (before, after):
                if not surface.services[service].get(part):
                    yield f"the {part} of {service} were not compared: {surface.source} says nothing of them"


def _services(before: Surface, after: Surface, shared: list[str]) -> Iterator[Found]:
    for service in shared:
        old, new = before.services[service], after.services[service]
        where = tuple(_all(before, after, service))
        for fact in _FACTS:
            said_already = fact == "protocols" and old.get("protocol") != new.get("protocol")
            if old.get(fact) != new.get(fact) and not said_already:
                yield Found(fact, service, shown(old.get(fact)), shown(new.get(fact)), service, where)


def _all(before: Surface, after: Surface, service: str) -> Iterator[str]:
    for name, row in sorted({**before.operations, **after.operations}.items()):
        if row["service"] == service:
            yield name


def _operations(before: Surface, after: Surface, shared: list[str]) -> Iterator[Found]:
    for service in shared:
        for name in _all(before, after, service):
            old, new = before.operations.get(name), after.operations.get(name)
            if old is None or new is None:
                kind, row = ("operation-added", new) if old is None else ("operation-removed", old)
                errors = f"refused with {shown((row or {}).get('errors'))}"
                told = ("", errors) if old is None else (errors, "")
                yield Found(kind, name, *told, name, (name,))
            else:
                yield from _operation(name, old, new, before.services[service], after.services[service])
                yield from shapes(name, old, new, before.shapes[service], after.shapes[service])


def _operation(name: str, old: Table, new: Table, known: Table, known_too: Table) -> Iterator[Found]:
    for part in ("method", "uri"):
        if old.get(part) != new.get(part):
            yield Found(f"{part}-changed", name, shown(old.get(part)), shown(new.get(part)), name, (name,))
    a, b = old.get("marks", {}), new.get("marks", {})
    for mark in sorted(a.keys() | b.keys()):
        if a.get(mark) != b.get(mark):
            kind = f"operation-{mark}" if mark in ("idempotent", "deprecated") else "operation-mark"
            told = name if kind != "operation-mark" else mark
            yield Found(kind, told, shown(a.get(mark)), shown(b.get(mark)), name, (name,))
    if known.get("paginators") and known_too.get("paginators"):
        yield from _presence("paginator", name, name, old.get("paginator"), new.get("paginator"))
    if known.get("waiters") and known_too.get("waiters"):
        a, b = old.get("waiters", {}), new.get("waiters", {})
        for waiter in sorted(a.keys() | b.keys()):
            yield from _presence("waiter", waiter, name, a.get(waiter), b.get(waiter))


def _presence(what: str, name: str, operation: str, old: object, new: object) -> Iterator[Found]:
    if old != new:
        how = "added" if old is None else "removed" if new is None else "changed"
        yield Found(f"{what}-{how}", name, shown(old), shown(new), operation, (operation,))


def _quotes(before: Surface, after: Surface) -> Iterator[Found]:
    """Only quotes that both surfaces looked for: one may be older than the clause."""
    for name in sorted(before.quotes.keys() & after.quotes.keys()):
        for said in sorted(before.quotes[name].keys() & after.quotes[name].keys()):
            old, new = before.quotes[name][said], after.quotes[name][said]
            if old != new:
                kind = {(True, False): "quote-gone", (False, True): "quote-arrived"}.get(
                    (said in old, said in new), "quote-reworded"
                )
                yield Found(kind, name, old, new, name, (), sentence.quoted().get(name, {}).get(said, ()))


def _merged(found: Iterable[Found]) -> tuple[Difference, ...]:
    """The same difference at several places is one; the most serious come first."""
    places: dict[tuple[str, str, str, str], list[Found]] = {}
    for each in found:
        places.setdefault((each.kind, each.name, each.before, each.after), []).append(each)
    differences = [
        Difference(
            *key,
            tuple(dict.fromkeys(each.place for each in same)),
            clause.ordered(
                {c for each in same for c in each.clauses}
                | set(clause.touched(key[0], key[1], [operation for each in same for operation in each.operations]))
            ),
        )
        for key, same in places.items()
    ]
    return tuple(sorted(differences, key=lambda d: CLASSES.index(d.severity)))
