"""Which clauses a difference touches.

Owns the way from a difference to clauses: by the refusal rows of ``spec/operations.toml``, by what a clause mentions,
and by the few clauses that speak of every shape or of the wire. A clause that is touched is one to read again; it need
not have become wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from trackstep import spec

_WIRE = {
    "protocol": ("ET-WIRE-1", "ET-WIRE-2", "ET-WIRE-4", "ET-WIRE-7"),
    "jsonVersion": ("ET-WIRE-7",),
    "targetPrefix": ("ET-WIRE-6",),
    "error-status": ("ET-WIRE-2",),
    "error-code": ("ET-WIRE-2", "ET-WIRE-9"),
    "error-added": ("ET-WIRE-9",),
    "error-removed": ("ET-WIRE-9",),
}
_OF_MEMBERS = ("input", "output", "deprecated", "sensitive", "idempotency", "wire", "mark")
"""Kinds that begin so are about a member or shape, which a clause may mention by its name."""


def touched(kind: str, name: str, operations: Iterable[str]) -> tuple[str, ...]:
    """The ids of the clauses, in the order of the specification.

    ``kind`` is one of ``rule.RULES``, ``name`` what differs (a member, a shape, an error), ``operations`` where.
    """
    where = tuple(dict.fromkeys(operations))
    found = set(_WIRE.get(kind, ()))
    direction, _, what = kind.partition("-")
    if direction == "input":
        limit = what.partition("-")[0]
        limits, patterns = spec.limits()["input"], spec.limits()["pattern"]
        by_shape = patterns.get(name) if limit == "pattern" else None
        found |= set(by_shape or limits.get("required" if limit == "optional" else limit, ()))
        found |= {"ET-INPUT-1"} if kind.endswith("added-required") else set()
    elif kind == "output-type":
        found.add("ET-WIRE-12")
    if kind == "operation-idempotent":
        found |= {clause for clause in _mentioning("idempotent") if clause in _about(where)}
    elif kind in ("operation-removed", "operation-added"):
        found |= {clause for each in where for clause in _of(each)}
    elif direction == "error":
        found |= {clause for each in where for clause in _of(each, name)}
    elif direction == "paginator":
        found |= {clause for clause in spec.load().clauses if clause.startswith("ET-PAGE-")}
    if direction in _OF_MEMBERS:
        found |= {clause for clause in _mentioning(name) if clause in _about(where)} | _naming(name)
    return tuple(clause for clause in spec.load().clauses if clause in found)


def _of(operation: str, code: str = "") -> set[str]:
    """The clauses of an operation's refusals, of one code or of all; without a code also of its success."""
    described = spec.load().operations.get(operation)
    if described is None:
        return set()
    rows = [row for row in described.refusals if not code or code in row.codes]
    named = {clause for row in rows for clause in (row.clause, row.only, row.deleted, row.elsewhere) if clause}
    return named if code else named | {described.clause}


@cache
def _texts() -> dict[str, str]:
    clauses = spec.load().clauses.values()
    return {c.id: "\n".join([c.sentence, *(text for _, text in c.evidence), c.link]) for c in clauses}


@cache
def _mentioning(word: str) -> frozenset[str]:
    """The clauses that use this very word."""
    return frozenset(clause for clause, text in _texts().items() if re.search(rf"\b{re.escape(word)}\b", text))


@cache
def _about(operations: tuple[str, ...]) -> frozenset[str]:
    """The clauses that name one of these operations, in words or in the page they link to."""
    names = [re.compile(rf"(?:\b|API_|API_UBS_){re.escape(each)}(?:Request|Response)?\b") for each in operations]
    return frozenset(clause for clause, text in _texts().items() if any(name.search(text) for name in names))


@cache
def _naming(shape: str) -> frozenset[str]:
    """The clauses whose evidence is this shape of the service model."""
    words = re.compile(rf"botocore model, shapes? (?:\w+ and )?{re.escape(shape)}\b")
    return frozenset(clause for clause, text in _texts().items() if words.search(text))


def ordered(clauses: Iterable[str]) -> tuple[str, ...]:
    """These clauses in the order of the specification, each once."""
    wanted = set(clauses)
    return tuple(each for each in spec.load().clauses if each in wanted)
