"""The form of an answer on the wire, whatever the state: status, headers, JSON types.

Owns the ET-WIRE clauses that one answer alone can show. Knows nothing of worlds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from trackstep import constraint, spec
from trackstep.operation import COVERED, EVENTS, Operation
from trackstep.outcome import Outcome
from trackstep.promise import Notes

_EMPTY = frozenset({"DeleteEventTracker", "DeleteDatasetGroup", "PutEvents"})
_JAVA_DOUBLE = re.compile(rb'DateTime":\s*\d\.\d+E9\b')


def _nulls(value: Any, path: str = "") -> str:
    if value is None:
        return path or "the answer"
    if isinstance(value, dict):
        return next((found for name, inner in value.items() if (found := _nulls(inner, f"{path}.{name}"))), "")
    if isinstance(value, list):
        return next((found for inner in value if (found := _nulls(inner, f"{path}[]"))), "")
    return ""


def _times(result: Mapping[str, Any]) -> list[Any]:
    bodies = [v for v in result.values() if isinstance(v, dict)]
    bodies += [item for v in result.values() if isinstance(v, list) for item in v if isinstance(item, dict)]
    return [b[m] for b in bodies for m in ("creationDateTime", "lastUpdatedDateTime") if b.get(m) is not None]


def judge(operation: Operation, outcome: Outcome, notes: Notes) -> None:
    """Note what the form of this answer shows."""
    wire, control = outcome.wire, operation.name not in EVENTS
    if outcome.kind == "garbled":
        notes.check("ET-WIRE-1", False, "a JSON object, nothing, or an error that can be named", outcome.message)
        return
    notes.check("ET-WIRE-1", True, "", "")
    if outcome.kind == "success":
        result = outcome.result or {}
        wrong = constraint.ill_typed(operation.name, result)
        notes.check("ET-WIRE-12", not wrong, "the documented JSON type", wrong)
        times = _times(result)
        if times:
            good = all(isinstance(t, (int, float)) and not isinstance(t, bool) and 1e8 < t < 1e11 for t in times)
            notes.check("ET-WIRE-4", good, "numbers, in epoch seconds", times[:2])
    elif operation.name in COVERED:
        known = spec.load().operations[operation.name].errors | spec.load().common | spec.load().malformed
        notes.check("ET-WIRE-9", outcome.code in known, f"an error of {operation.name}", outcome.code)
    if wire is None:
        return
    notes.check("ET-WIRE-8", bool(wire.headers.get("x-amzn-requestid")), "x-amzn-requestid", "no such header")
    if control:
        kind = wire.headers.get("content-type", "")
        notes.check(
            "ET-WIRE-7",
            kind.split(";")[0] == "application/x-amz-json-1.1",
            "application/x-amz-json-1.1",
            kind,
        )
    if outcome.kind == "success":
        nulls = _nulls(outcome.result)
        notes.check("ET-WIRE-5", not nulls, "no null", f"{nulls} is null")
        if operation.name in _EMPTY:
            notes.check("ET-WIRE-11", not wire.body, "an empty body", wire.body[:40])
        if b"DateTime" in wire.body:
            notes.check("ET-WIRE-13", _JAVA_DOUBLE.search(wire.body) is not None, "1.620828853579E9", "another form")
        return
    if operation.name not in COVERED:
        right = wire.status == 400 and outcome.code == "UnknownOperationException"
        notes.check("ET-WIRE-6", right, "HTTP 400 UnknownOperationException", f"HTTP {wire.status} {outcome.code}")
        return
    notes.check("ET-WIRE-3", bool(outcome.message), "a message", "none")
    if control:
        right = wire.status == 400 and b'"__type"' in wire.body
        notes.check("ET-WIRE-2", right, "HTTP 400 with __type", f"HTTP {wire.status} {wire.body[:60]!r}")
