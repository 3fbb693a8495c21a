"""Where botocore's service model no longer says what the specification stands on: sentences, shapes, errors.

Owns the comparison and which clauses a difference is about. Knows nothing of the command line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from trackstep import spec
from trackstep.evidence import quote
from trackstep.evidence.service_model import KEPT, ServiceModel, plain
from trackstep.operation import COVERED
from trackstep.oracle import constraint

NOTHING = "(nothing)"
_LIKE = 0.6
"""How like the quoted words a passage has to be to stand for them; 1 is the same."""
_ERRORS = "ET-WIRE-9"
"""The code of an error is one that the operation documents."""
_READ_INTO = {"PutEvents": frozenset({"ResourceInUseException", "ResourceNotFoundException"})}
"""Errors that operations.toml lists and the model does not: read from the operation's sisters (Choices)."""


class Drift(NamedTuple):
    """One difference: the clauses that stand on it, where it is, what was there and what is there now."""

    clauses: tuple[str, ...]
    where: str
    old: str
    new: str


def drifts(model: ServiceModel) -> list[Drift]:
    """All differences, those of sentences first. Raises UsageError where the model is broken."""
    return [*_sentences(model), *_shapes(model), *_errors(model)]


def _sentences(model: ServiceModel) -> Iterator[Drift]:
    met: dict[tuple[str, str, str], list[str]] = {}
    for quoted in quote.everything():
        texts = [texts for name in quoted.names for texts in model.texts(name)]
        silent = [said for said in texts if not any(plain(quoted.words) in text for text in said)]
        if silent or (quoted.names and not texts):
            now = nearest(quoted.words, [text for said in silent for text in said])
            met.setdefault((quoted.source, f'"{quoted.words}"', now), []).append(quoted.clause)
    for (source, old, new), clauses in met.items():
        yield Drift(tuple(dict.fromkeys(clauses)), source, old, new)


def nearest(words: str, texts: Iterable[str]) -> str:
    """The passage of as many sentences that is most like the words; it says so where it is not much like them."""
    many = len(_sentences_of(plain(words)))
    best, passage = 0.0, ""
    for text in texts:
        sentences = _sentences_of(text)
        for first in range(len(sentences)):
            candidate = " ".join(sentences[first : first + many])
            ratio = difflib.SequenceMatcher(None, plain(words), candidate, autojunk=False).ratio()
            if ratio > best:
                best, passage = ratio, candidate
    if best >= _LIKE:
        return f'"{passage}"'
    return f'(nothing like it; nearest is "{passage}")' if passage else NOTHING


def _sentences_of(text: str) -> list[str]:
    return re.split(r"(?<=[.!?:]) (?=[A-Z])", text)


def _shapes(model: ServiceModel) -> Iterator[Drift]:
    met: dict[tuple[str, str, str, str], list[tuple[str, str]]] = {}
    for operation in COVERED:
        then, now = constraint.shapes()[operation], model.constraints(operation)
        if not now:
            yield Drift((spec.load().operations[operation].clause,), "operations of the model", operation, NOTHING)
            continue
        for end in ("input", "output"):
            for path, shape, key, old, new in _differences(then[end], now[end], f"{operation}.{end}"):
                met.setdefault((shape, key, old, new), []).append((end, path))
    for (shape, key, old, new), places in met.items():
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        held = {clause for end, _ in places for clause in spec.limits()[end].get(key, ())}
        yield Drift(_standing_on(shape, held), f"shape {shape}, {key} ({places[0][1]}{more})", old, new)


def _differences(
    then: Mapping[str, Any], now: Mapping[str, Any], path: str
) -> Iterator[tuple[str, str, str, str, str]]:
    """Path, shape, key, old and new of each difference between two shapes and what is in them."""
    name = str(then["shape"])
    for key in ("shape", "type", *KEPT):
        old, new = _told(then.get(key)), _told(now.get(key))
        if old != new:
            yield path, name, key, old, new
    if then["type"] == now["type"] == "list":
        yield from _differences(then["member"], now["member"], f"{path}[]")
    if then["type"] == now["type"] == "structure":
        were, are = then["members"], now["members"]
        for member in (*were, *(new for new in are if new not in were)):
            if member in were and member in are:
                yield from _differences(were[member], are[member], f"{path}.{member}")
            else:
                yield path, name, "members", *((member, NOTHING) if member in were else (NOTHING, member))


def _told(value: object) -> str:
    return NOTHING if value in (None, []) else ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _standing_on(shape: str, held: set[str]) -> tuple[str, ...]:
    """The clauses that name a shape as their source, and those that hold targets to what shapes of its place say."""
    return tuple(
        clause.id
        for clause in spec.load().clauses.values()
        if clause.id in held
        or any(
            kind == "documented" and shape in quote.named(text.partition(" — ")[0]) for kind, text in clause.evidence
        )
    )


def _errors(model: ServiceModel) -> Iterator[Drift]:
    for operation, promised in spec.load().operations.items():
        listed = set(model.errors(operation))
        expected = promised.errors - _READ_INTO.get(operation, frozenset())
        for code in sorted(listed ^ expected):
            old, new = (code, NOTHING) if code in expected else (NOTHING, code)
            yield Drift(_about(operation, code), f"errors of {operation}", old, new)


def _about(operation: str, code: str) -> tuple[str, ...]:
    """The clauses whose rows allow this code, whose source names it with the operation, and that of codes at large."""
    rows = {
        row.clause
        for row in spec.load().operations[operation].refusals
        if row.when != "malformed" and code in row.codes
    }
    source = f"botocore model, {code} of {operation} "
    return tuple(
        clause.id
        for clause in spec.load().clauses.values()
        if clause.id == _ERRORS or clause.id in rows or any(text.startswith(source) for _, text in clause.evidence)
    )
