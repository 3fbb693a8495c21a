"""The walk over the shapes of one operation, in two surfaces at once.

Owns which limits, members and errors differ, and where. A structure that holds itself is entered once: a pair of
shapes that was met is not met again in the same direction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from trackstep.sdk.surface import Table

_WIRE = {"jsonvalue", "location", "locationName", "timestampFormat", "streaming", "payload", "flattened", "hostLabel"}


class Found(NamedTuple):
    """One sighting of a difference: its kind, what differs, how, where; the operations and clauses it is about."""

    kind: str
    name: str
    before: str
    after: str
    place: str
    operations: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


def shapes(operation: str, old: Table, new: Table, old_shapes: Table, new_shapes: Table) -> Iterator[Found]:
    """What differs in the request, the answer and the errors of one operation."""
    walk = _Walk(operation, old_shapes, new_shapes)
    for part in ("input", "output"):
        a, b = old.get(part), new.get(part)
        yield from walk.pair(part, part, a, b)
    for error in sorted({*old.get("errors", ()), *new.get("errors", ())}):
        if error not in old.get("errors", ()) or error not in new.get("errors", ()):
            kind = "error-added" if error in new.get("errors", ()) else "error-removed"
            yield Found(kind, error, "", "", operation, (operation,))
        else:
            yield from walk.error(error)


@dataclass
class _Walk:
    operation: str
    old: Table
    new: Table
    met: set[tuple[str, str | None, str | None]] = field(default_factory=set)

    def _found(self, kind: str, name: str, path: str, before: Any = None, after: Any = None) -> Found:
        return Found(kind, name, shown(before), shown(after), f"{self.operation} {path}", (self.operation,))

    def pair(self, direction: str, path: str, old: str | None, new: str | None) -> Iterator[Found]:
        """Two shapes that stand in the same place; an operation without one has an empty structure."""
        a = self.old[old] if old is not None else _EMPTY
        b = self.new[new] if new is not None else _EMPTY
        name = new or old or ""
        if a.get("members") or b.get("members"):
            if (direction, old, new) in self.met:
                return
            self.met.add((direction, old, new))
        if a["type"] != b["type"]:
            yield self._found(f"{direction}-type", path.rpartition(".")[2], path, _kind(a), _kind(b))
            return
        yield from self._limits(direction, path, name, a, b)
        yield from self._marks(path, name, a.get("marks", {}), b.get("marks", {}))
        yield from self._members(direction, path, a, b)

    def _limits(self, direction: str, path: str, name: str, a: Table, b: Table) -> Iterator[Found]:
        for limit, tighter in (("min", 1), ("max", -1)):
            x, y = a.get(limit), b.get(limit)
            if x != y and not (limit == "min" and not x and not y):
                grows = y is not None and (x is None or (y - x) * tighter > 0)
                yield self._found(f"{direction}-{limit}-{'tighter' if grows else 'looser'}", name, path, x, y)
        x, y = a.get("pattern"), b.get("pattern")
        if x != y:
            how = "added" if x is None else "removed" if y is None else "changed"
            yield self._found(f"{direction}-pattern-{how}", name, path, x, y)
        x, y = a.get("enum"), b.get("enum")
        if (x is None) != (y is None):
            yield self._found(f"{direction}-enum-{'closed' if x is None else 'opened'}", name, path, x, y)
        elif x != y:
            for value in sorted(set(x or ()) - set(y or ())):
                yield self._found(f"{direction}-enum-value-removed", name, path, value)
            for value in sorted(set(y or ()) - set(x or ())):
                yield self._found(f"{direction}-enum-value-added", name, path, None, value)

    def _members(self, direction: str, path: str, a: Table, b: Table) -> Iterator[Found]:
        old, new = a.get("members", {}), b.get("members", {})
        for name in sorted(old.keys() | new.keys()):
            here = f"{path}{name}" if name == "[]" else f"{path}.{name}"
            needed, needs = name in a.get("required", ()), name in b.get("required", ())
            if name not in new:
                yield self._found(f"{direction}-member-removed", name, here, _kind(self.old[old[name]["shape"]]))
            elif name not in old:
                kind = "-required" if needs and direction == "input" else ""
                told = _kind(self.new[new[name]["shape"]])
                yield self._found(f"{direction}-member-added{kind}", name, here, None, told)
            else:
                if needed != needs:
                    words: list[Any] = [("optional", "required")[held] for held in (needed, needs)]
                    yield self._found(f"{direction}-{words[1]}", name, here, *words)
                yield from self._marks(here, name, old[name].get("marks", {}), new[name].get("marks", {}))
                yield from self.pair(direction, here, old[name]["shape"], new[name]["shape"])

    def _marks(self, path: str, name: str, a: Table, b: Table) -> Iterator[Found]:
        for mark in sorted(a.keys() | b.keys()):
            if a.get(mark) != b.get(mark):
                kind = _MARKS.get(mark, "wire-form" if mark in _WIRE else "mark")
                prefix = f"{mark} " if kind in ("mark", "wire-form") else ""
                told = [None if mark not in marks else prefix + shown(marks[mark]) for marks in (a, b)]
                yield self._found(kind, name, path, *told)

    def error(self, name: str) -> Iterator[Found]:
        """An error that both have: its status, its code, whether an SDK repeats the call, its members."""
        a, b = self.old[name], self.new[name]
        x, y = a.get("error"), b.get("error")
        if (x is None) != (y is None):
            yield self._found("error-class", name, f"error {name}")
        elif x is not None and y is not None:
            for fact in ("status", "code"):
                if x.get(fact) != y.get(fact):
                    yield self._found(f"error-{fact}", name, f"error {name}", x.get(fact), y.get(fact))
        yield from self.pair("output", f"error {name}", name, name)


_EMPTY: Table = {"type": "structure"}
_MARKS = {
    "deprecated": "deprecated",
    "deprecatedMessage": "deprecated",
    "sensitive": "sensitive",
    "idempotencyToken": "idempotency-token",
    "retryable": "error-retryable",
}


def _kind(shape: Table) -> str:
    required = shape.get("required", ())
    return f"{shape['type']} that needs {', '.join(required)}" if required else str(shape["type"])


def shown(value: Any) -> str:
    """A value as it is shown: lists joined, tables as ``name value``, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{name} {shown(told)}" for name, told in sorted(value.items()))
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
