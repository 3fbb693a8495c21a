"""Histories on disk: one JSON object a line, that a person can read, cut and edit.

A file begins with ``{"trackstep": 1, ...}``; each session with ``{"session": PREFIX, "complete": true}``;
each step is ``{"operation", "params", "region", "outcome": {"kind", ...}}`` with the wire answer, its
body as text. Owns the form of the file. Knows nothing of what is right.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from trackstep.errors import HistoryError
from trackstep.judge import SETTLE, Step
from trackstep.operation import Operation
from trackstep.outcome import Outcome, Wire

VERSION = 1
KINDS = ("success", "refusal", "throttled", "lost", "garbled", "unsupported")
HEADERS = ("content-type", "x-amzn-requestid", "x-amzn-errortype")
"""The headers that a verdict can rest on; no other is saved."""


class History(NamedTuple):
    """The steps of one session. ``complete`` is False where it began in an account already in use."""

    prefix: str
    steps: list[Step]
    complete: bool = True


def dump(histories: Iterable[History], **about: Any) -> Iterator[str]:
    """The lines of a file, without line ends. ``about`` goes into the first (target, seed, …)."""
    yield json.dumps({"trackstep": VERSION, **about})
    for history in histories:
        yield json.dumps({"session": history.prefix, "complete": history.complete})
        for operation, outcome in history.steps:
            yield json.dumps(_step(operation, outcome))


def parse(text: str) -> list[History]:
    """Read a file whole. Raises HistoryError, which names the line, for anything that is not one."""
    lines = [line for line in enumerate(text.split("\n"), 1) if line[1].strip()]
    if not lines or _object(*lines[0]).get("trackstep") != VERSION:
        raise HistoryError(f'not a history: the first line should hold {{"trackstep": {VERSION}}}')
    histories: list[History] = []
    for number, line in lines[1:]:
        row = _object(number, line)
        if isinstance(row.get("session"), str):
            histories.append(History(row["session"], [], row.get("complete") is not False))
        elif not histories:
            raise HistoryError(f'line {number}: a step before the first {{"session": …}} line')
        else:
            histories[-1].steps.append(_read(row, number))
    return histories


def _step(operation: Operation, outcome: Outcome) -> dict[str, Any]:
    row: dict[str, Any] = {"operation": operation.name, "params": dict(operation.params), "region": operation.region}
    if operation.body is not None:
        row["body"] = _text(operation.body)
    came: dict[str, Any] = {"kind": outcome.kind}
    if outcome.code or outcome.message:
        came |= {"code": outcome.code, "message": outcome.message}
    if outcome.wire is None:
        came["result"] = outcome.result
    else:
        headers = {name: value for name, value in outcome.wire.headers.items() if name in HEADERS}
        came["wire"] = {"status": outcome.wire.status, "headers": headers, "body": _text(outcome.wire.body)}
    return row | {"outcome": came}


def _text(body: bytes) -> str:
    return body.decode("utf-8", "surrogateescape")


def _object(number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as wrong:
        raise HistoryError(f"line {number}: not JSON ({wrong}); is the file cut off?") from None
    if not isinstance(row, dict):
        raise HistoryError(f"line {number}: a JSON object was expected, not {line[:40]!r}")
    return row


def _read(row: Mapping[str, Any], number: int) -> Step:
    try:
        body = row["body"].encode("utf-8", "surrogateescape") if "body" in row else None
        operation = Operation(row["operation"], dict(row["params"]), row.get("region", "us-east-1"), body)
        came = row["outcome"]
        words = (operation.name, operation.region, came.get("code", ""), came.get("message", ""))
        if not all(isinstance(word, str) for word in words):
            raise HistoryError(f"line {number}: operation, region, code and message are strings")
        if operation.name == SETTLE and not {"arn", "seconds", "saw"} <= operation.params.keys():
            raise HistoryError(f"line {number}: a {SETTLE} that ended without settling holds arn, seconds and saw")
        if came["kind"] not in KINDS:
            raise HistoryError(f"line {number}: kind {came['kind']!r} is none of {', '.join(KINDS)}")
        result, seen = came.get("result"), None
        if "wire" in came:
            raw = came["wire"]["body"].encode("utf-8", "surrogateescape")
            headers = {str(name): str(value) for name, value in came["wire"]["headers"].items()}
            seen = Wire(int(came["wire"]["status"]), headers, raw)
            result = (json.loads(raw) if raw else {}) if came["kind"] == "success" else None
        if came["kind"] == "success" and not isinstance(result, dict):
            raise HistoryError(f"line {number}: a success holds a JSON object as its result")
        outcome = Outcome(came["kind"], result, came.get("code", ""), came.get("message", ""), seen)
    except HistoryError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as wrong:
        raise HistoryError(f"line {number}: not a step ({type(wrong).__name__}: {wrong})") from None
    return Step(operation, outcome)
