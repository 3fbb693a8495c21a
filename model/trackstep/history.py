"""Histories on disk: one JSON object a line, that a person can read, cut and edit.

A file begins with ``{"trackstep": 1, ...}``; each session with ``{"session": PREFIX, "complete": true}``, which stands
with ``"again": true`` before more of its steps, where sessions took turns;
each step is ``{"operation", "params", "region", "outcome": {"kind", ...}}`` with the wire answer, its
body as text. Where calls overlap, each step of the session also has ``"sent"`` and ``"answered"``, seconds of one
monotonic clock, and it may have ``"client"`` (docs/overlapping.md); such steps stand in any order. A named value of a
megabyte (value.py) stands in it as a mark that ``"long"`` explains. Owns the form of
the file. Knows nothing of what is right.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from trackstep.errors import HistoryError
from trackstep.operation import Operation
from trackstep.oracle import interval
from trackstep.oracle.interval import Interval
from trackstep.oracle.judge import SETTLE, Step
from trackstep.outcome import Outcome, Wire
from trackstep.value import NAMED

VERSION = 1
KINDS = ("success", "refusal", "throttled", "lost", "garbled", "unsupported")
HEADERS = ("content-type", "content-length", "content-encoding", "date", "x-amzn-requestid", "x-amzn-errortype")
"""The headers that a verdict can rest on; no other is saved."""

LONG = {name: text for name, text in NAMED.items() if isinstance(text, str) and text.isalnum() and len(text) > 10_000}
"""Name -> a text so long that a history of a run would be tens of megabytes of it."""
MARKS = 8
"""How often a mark may stand in a line: no file of a few bytes becomes one of gigabytes when it is read."""


class History(NamedTuple):
    """The steps of one session. ``complete`` is False where it began in an account already in use.

    ``intervals`` is one for each step, or empty: then each call was answered before the next was sent.
    """

    prefix: str
    steps: list[Step]
    complete: bool = True
    intervals: Sequence[Interval] = ()


def in_order_of_sending(history: History) -> History:
    """The same, as if each call had been answered before the next was sent."""
    order = interval.in_order_of_sending(history.intervals)
    return history._replace(steps=[history.steps[call] for call in order] or history.steps, intervals=())


def dump(histories: Iterable[History], **about: Any) -> Iterator[str]:
    """The lines of a file, without line ends. ``about`` goes into the first (target, seed, …)."""
    yield head(**about)
    for history in histories:
        yield session(history.prefix, history.complete)
        intervals: Sequence[Interval | None] = history.intervals or [None] * len(history.steps)
        for step, when in zip(history.steps, intervals, strict=True):
            yield line(step, when)


def head(**about: Any) -> str:
    """The first line of a file."""
    return json.dumps({"trackstep": VERSION, **about})


def session(prefix: str, complete: bool = True, again: bool = False) -> str:
    """The line before the steps of a session; ``again``: before more of one that has had some."""
    return json.dumps({"session": prefix, "complete": complete} | ({"again": True} if again else {}))


def line(step: Step, when: Interval | None = None) -> str:
    """The line of a step; ``when`` it was sent and answered."""
    row = _step(*step)
    outcome = row.pop("outcome")
    return _marked(json.dumps(row | _times(when) | {"outcome": outcome}))


def parse(text: str) -> list[History]:
    """Read a file whole. Raises HistoryError, which names the line, for anything that is not one."""
    lines = [line for line in enumerate(text.split("\n"), 1) if line[1].strip()]
    if not lines or _object(*lines[0]).get("trackstep") != VERSION:
        raise HistoryError(f'not a history: the first line should hold {{"trackstep": {VERSION}}}')
    histories: list[History] = []
    current: History | None = None
    for number, line in lines[1:]:
        row = _object(number, line)
        if "long" in row:
            row = _object(number, _unmarked(row["long"], line, number))
        if isinstance(row.get("session"), str):
            met = (one for one in reversed(histories) if one.prefix == row["session"])
            current = next(met, None) if row.get("again") is True else None
            if current is None:
                current = History(row["session"], [], row.get("complete") is not False, [])
                histories.append(current)
        elif current is None:
            raise HistoryError(f'line {number}: a step before the first {{"session": …}} line')
        else:
            current.steps.append(_read(row, number))
            _keep(_interval(row, number), current, number)
    return [history._replace(intervals=tuple(history.intervals)) for history in histories]


def _keep(when: Interval | None, current: History, number: int) -> None:
    """Put an interval beside the step that was read last: all steps of a session have one, or none has."""
    known = current.intervals
    assert isinstance(known, list)
    if len(known) != (0 if when is None else len(current.steps) - 1):
        which = "one before it has" if when is None else "none before it has"
        raise HistoryError(
            f"line {number}: all steps of a session say when they were sent and answered, or none: {which}"
        )
    if when is not None:
        known.append(when)


def _times(when: Interval | None) -> dict[str, Any]:
    if when is None:
        return {}
    told = {"sent": when.sent, "answered": when.answered}
    return told | ({"client": when.client} if when.client else {})


def _interval(row: Mapping[str, Any], number: int) -> Interval | None:
    """When a call was sent and answered, None where that is not told."""
    sent, answered, client = (row.get(member, "") for member in ("sent", "answered", "client"))
    if not {"sent", "answered", "client"} & row.keys():
        return None
    if not all(_is_moment(moment) for moment in (sent, answered)):
        raise HistoryError(f"line {number}: sent and answered are two finite numbers of seconds")
    if answered < sent:
        raise HistoryError(f"line {number}: answered at {answered}, before it was sent at {sent}")
    if not isinstance(client, str):
        raise HistoryError(f"line {number}: client is a string")
    return Interval(float(sent), float(answered), client)


def _is_moment(moment: Any) -> bool:
    if isinstance(moment, bool) or not isinstance(moment, (int, float)):
        return False
    try:
        return math.isfinite(moment)
    except OverflowError:
        return False


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


def _marked(line: str) -> str:
    """The line with a mark in place of each long text, and what the marks stand for."""
    marks = {}
    for name, text in LONG.items():
        if 0 < line.count(text) <= MARKS:
            mark = f"<{name}>"
            while mark in line:
                mark = f"<{mark}>"
            marks[mark], line = name, line.replace(text, mark)
    return f'{line[:-1]}, "long": {json.dumps(marks)}}}' if marks else line


def _unmarked(marks: Any, line: str, number: int) -> str:
    for mark, name in marks.items() if isinstance(marks, dict) else ():
        if not isinstance(name, str) or name not in LONG or not mark or line.count(mark) > MARKS + 1:
            raise HistoryError(f"line {number}: {mark[:40]!r} stands for no text of {', '.join(LONG)}")
        line = line.replace(mark, LONG[name])
    return line


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
        if operation.name == SETTLE and not isinstance(operation.params["arn"], str):
            raise HistoryError(f"line {number}: the arn of a {SETTLE} is a string")
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
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError) as wrong:
        raise HistoryError(f"line {number}: not a step ({type(wrong).__name__}: {wrong})") from None
    return Step(operation, outcome)
