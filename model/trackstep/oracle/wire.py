"""The form of an answer on the wire, whatever the state: status, headers, JSON types.

Owns the ET-WIRE clauses that one answer alone can show. Knows nothing of worlds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from typing import Any

from trackstep import spec
from trackstep.operation import COVERED, EVENTS, Operation
from trackstep.oracle import constraint
from trackstep.oracle.notes import Finding, Notes
from trackstep.outcome import Outcome, Wire

_EMPTY = frozenset({"DeleteEventTracker", "DeleteDatasetGroup", "PutEvents"})
_JAVA_DOUBLE = re.compile(rb'DateTime":\s*\d\.\d+E9\b')
_TOLD = re.compile(rb'DateTime":\s*(\d+(?:\.\d+)?(?:[eE]\d+)?)')
_AWS_JSON = "application/x-amz-json-1.1"
_JSON_BODY = "json.loads(wire.body or b'{}')"
_NAMED = "'x-amzn-errortype' in wire.headers"
_IN_SECONDS = "all(1e8 < float(time) < 1e11 for time in re.findall(rb'DateTime\":\\s*([^,}]*)', wire.body))"
_TYPES = {"string": "str", "integer": "int", "list": "list", "structure": "dict", "float": "(int, float)"}
"""JSON type -> how Python reads it, for claims."""


def _typed(operation: str, path: str) -> str:
    """The claim that the member under a path of ``constraint.form`` has its documented type, where it is there."""
    shape, here, loops, n = constraint.shapes()[operation]["output"], _JSON_BODY, "", 0
    for step in path.strip(".").replace("[]", ".[]").split("."):
        if step == "[]":
            n += 1
            loops += f" for item{n} in {here} or []"
            shape, here = shape["member"], f"item{n}"
        else:
            shape, here = shape["members"][step], f"{here}.get({step!r})"
    return f"all(isinstance({here}, ({_TYPES[shape['type']]}, type(None))){loops or ' for _ in [0]'})"


@cache
def _errors(operation: str) -> frozenset[str]:
    loaded = spec.load()
    of_rows = (row.codes for row in loaded.operations[operation].refusals if row.when == "malformed")
    anywhere = loaded.common | loaded.credentials | loaded.throttling
    return loaded.operations[operation].errors.union(anywhere, loaded.malformed, *of_rows)


@cache
def _exercised(operation: str, kind: str, seen: bool) -> tuple[str, ...]:
    """The clauses that any answer of this kind could break; ``seen``: with an HTTP answer to look at."""
    control, covered = operation not in EVENTS, operation in COVERED
    clauses = {
        "ET-WIRE-1": True,
        "ET-WIRE-10": kind != "garbled",
        "ET-WIRE-12": kind == "success",
        "ET-WIRE-9": kind == "refusal" and covered,
        "ET-WIRE-8": seen and kind != "garbled",
        "ET-WIRE-15": seen and kind == "success",
        "ET-WIRE-16": seen and kind != "garbled",
        "ET-WIRE-7": seen and kind != "garbled" and control,
        "ET-WIRE-5": seen and kind == "success",
        "ET-WIRE-11": seen and kind == "success" and operation in _EMPTY,
        "ET-WIRE-3": seen and kind == "refusal" and covered,
        "ET-WIRE-2": seen and kind == "refusal" and covered and control,
    }
    return tuple(clause for clause, exercised in clauses.items() if exercised)


_KNOWN_AT_MOST, _LONGEST = 4096, 1 << 14
_known: dict[tuple[object, ...], tuple[tuple[str, ...], list[Finding], bool]] = {}
"""What answers showed that were the same byte for byte: polling sees the same ones again and again."""


def forget() -> None:
    """Forget the answers seen so far; for measuring only, no judgement depends on it."""
    _known.clear()


def judge(operation: Operation, outcome: Outcome, notes: Notes) -> bool:
    """Note what the form of this answer shows; says whether all of it has the documented form."""
    wire = outcome.wire
    if wire is None or len(wire.body) > _LONGEST:
        return _judge(operation, outcome, notes)
    headers = wire.headers
    kind, numbered = headers.get("content-type"), "x-amzn-requestid" in headers
    named, length = headers.get("x-amzn-errortype"), headers.get("content-length")
    key = (wire.body, operation.name, outcome.kind, outcome.code, wire.status, kind, numbered, named, length)
    shown = _known.get(key)
    if shown is None:
        fresh = Notes()
        sound = _judge(operation, outcome, fresh)
        if len(_known) >= _KNOWN_AT_MOST:
            forget()
        shown = _known[key] = tuple(fresh.exercised), fresh.findings, sound
    notes.saw(*shown[0])
    for finding in shown[1]:
        notes.broke(finding.clause, finding.expected, finding.actual, claim=finding.claim)
    if numbered:
        _numbered(headers["x-amzn-requestid"], notes)
    if "date" in headers and b"DateTime" in wire.body:
        _dated(headers["date"], wire.body, notes)
    return shown[2]


def _numbered(request: str, notes: Notes) -> None:
    """Each answer has a number of its own."""
    notes.saw("ET-WIRE-19")
    before = notes.requests.setdefault(request, notes.step)
    if before != notes.step:
        claim = f"wire.headers.get('x-amzn-requestid') != {request!r}"
        notes.broke("ET-WIRE-19", "an x-amzn-requestid of its own", request, before, claim=claim)


AHEAD = 300
"""Seconds that a time may be after the Date of the answer that tells it, as clocks may differ for a signature."""


@lru_cache(maxsize=256)
def _moment(date: str) -> float:
    """A Date in epoch seconds; without end where it is none."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError):
        return float("inf")


def _dated(date: str, body: bytes, notes: Notes) -> None:
    """No time is after the answer that tells it."""
    notes.saw("ET-WIRE-20")
    until, last = _moment(date) + AHEAD, constraint.LAST
    for text in _TOLD.findall(body):
        if until < float(text) < last:
            claim = f"all(not {until} < float(time) < {last} for time in re.findall({_TOLD.pattern!r}, wire.body))"
            notes.broke("ET-WIRE-20", f"no time after the Date {date}", text.decode(), claim=claim)
            return


def _judge(operation: Operation, outcome: Outcome, notes: Notes) -> bool:
    wire, name, sound = outcome.wire, operation.name, True
    notes.saw(*_exercised(name, outcome.kind, wire is not None))
    if outcome.kind == "garbled":
        claim = f"{_JSON_BODY}.__class__ is dict and (wire.status < 300 or b'__type' in wire.body or {_NAMED})"
        notes.broke("ET-WIRE-1", "a JSON object, nothing, or an error that can be named", outcome.message, claim=claim)
        return False
    if outcome.kind == "success":
        sound = _success(operation, outcome, notes)
    elif name in COVERED and outcome.code not in _errors(name):
        claim = f"code in {sorted(_errors(name))}"
        notes.broke("ET-WIRE-9", f"an error of {name}", outcome.code, claim=claim)
    if wire is None:
        return sound
    _body(wire, outcome, notes)
    if "x-amzn-requestid" not in wire.headers:
        notes.broke("ET-WIRE-8", "x-amzn-requestid", "no such header", claim="'x-amzn-requestid' in wire.headers")
    if name not in EVENTS:
        kind = wire.headers.get("content-type", "")
        if kind.split(";")[0] != _AWS_JSON:
            claim = f"wire.headers.get('content-type', '').split(';')[0] == {_AWS_JSON!r}"
            notes.broke("ET-WIRE-7", _AWS_JSON, kind, claim=claim)
    if outcome.kind == "refusal":
        _refusal(operation, outcome, wire, notes)
    return sound


def _body(wire: Wire, outcome: Outcome, notes: Notes) -> None:
    """The body as the strictest parser reads it, and what headers say of it."""
    if outcome.kind == "success" and wire.status != 200:
        notes.broke("ET-WIRE-15", "HTTP 200", f"HTTP {wire.status}", claim="wire.status == 200")
    if twice := next(_twice(wire.body), ""):
        claim = f"wire.body.count(b'\"{twice}\":') == str({_JSON_BODY}).count(\"'{twice}':\")"
        notes.broke("ET-WIRE-16", "each member once", f"{twice} twice", claim=claim)
    named, body = wire.headers.get("x-amzn-errortype"), outcome.code
    if outcome.kind == "refusal" and named and b'"__type"' in wire.body:
        notes.saw("ET-WIRE-17")
        if named.split("#")[-1].split(":")[0] != body:
            claim = f"wire.headers.get('x-amzn-errortype', {body!r}).split('#')[-1].split(':')[0] == code"
            notes.broke("ET-WIRE-17", body, f"{named} in the header", claim=claim)
    length = wire.headers.get("content-length", "")
    if length.isdecimal() and "content-encoding" not in wire.headers:
        notes.saw("ET-WIRE-18")
        if int(length) != len(wire.body):
            claim = "int(wire.headers['content-length']) == len(wire.body)"
            notes.broke("ET-WIRE-18", f"a Content-Length of {len(wire.body)}", length, claim=claim)


def _twice(body: bytes) -> Iterator[str]:
    """The members that an object of this body names twice; of what is no JSON, none."""
    found: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            found.extend(name for name in made if names.count(name) > 1)
        return made

    try:
        json.loads(body or b"{}", object_pairs_hook=once)
    except (ValueError, RecursionError):
        return
    yield from found


def _success(operation: Operation, outcome: Outcome, notes: Notes) -> bool:
    result, wire = outcome.result or {}, outcome.wire
    if operation.name not in COVERED and not operation.is_spelt:
        unknown(operation, outcome, notes)
    sound = constraint.sound(operation.name, result)
    if not sound:
        form = constraint.form(operation.name, result)
        if form.ill_typed:
            first = form.ill_typed[0]
            notes.broke("ET-WIRE-12", "the documented JSON type", first, claim=_typed(operation.name, first))
        if not all(time.__class__ in (int, float) and constraint.FIRST < time < constraint.LAST for time in form.times):
            notes.broke("ET-WIRE-4", "numbers, in epoch seconds", form.times[:2], claim=_IN_SECONDS)
        if wire is not None and form.nulls:
            claim = "not re.search(rb'[:,[]\\s*null\\b', wire.body)"
            notes.broke("ET-WIRE-5", "no null", f"{form.nulls[0]} is null", claim=claim)
    if wire is None:
        return sound
    if wire.body and operation.name in _EMPTY:
        notes.broke("ET-WIRE-11", "an empty body", wire.body[:40], claim="not wire.body")
    if b"DateTime" in wire.body:
        notes.saw("ET-WIRE-4", "ET-WIRE-13")
        if not _JAVA_DOUBLE.search(wire.body):
            claim = f"re.search({_JAVA_DOUBLE.pattern!r}, wire.body)"
            notes.broke("ET-WIRE-13", "1.620828853579E9", "another form", claim=claim)
    return sound


def unknown(operation: Operation, outcome: Outcome, notes: Notes) -> None:
    """Note how an operation that nobody offers was answered."""
    wire = outcome.wire
    if wire is None or operation.name in COVERED or operation.name in spec.load().uncovered:
        return
    if outcome.code in spec.load().credentials:
        return
    notes.saw("ET-WIRE-6")
    if wire.status != 400 or outcome.code != "UnknownOperationException":
        claim = "wire.status == 400 and b'UnknownOperationException' in wire.body"
        came = f"HTTP {wire.status} {outcome.code}".strip()
        notes.broke("ET-WIRE-6", "HTTP 400 UnknownOperationException", came, claim=claim)


def _refusal(operation: Operation, outcome: Outcome, wire: Wire, notes: Notes) -> None:
    if operation.name not in COVERED:
        unknown(operation, outcome, notes)
        return
    if not outcome.message:
        claim = f"{_JSON_BODY}.get('message') or {_JSON_BODY}.get('Message')"
        notes.broke("ET-WIRE-3", "a message", "none", claim=claim)
    if operation.name not in EVENTS and (wire.status != 400 or b'"__type"' not in wire.body):
        came, claim = f"HTTP {wire.status} {wire.body[:60]!r}", "wire.status == 400 and b'\"__type\"' in wire.body"
        notes.broke("ET-WIRE-2", "HTTP 400 with __type", came, claim=claim)
