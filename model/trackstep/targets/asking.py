"""The one place where a target is asked: whatever it does, an outcome comes back.

Owns what an exception of an adapter means, and what is no outcome at all. A target of others may raise, return nothing,
or an outcome that cannot be: none of it may reach the judge, which believes what it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from trackstep import secret
from trackstep.errors import TrackstepError
from trackstep.operation import Operation
from trackstep.outcome import Kind, Outcome, Wire
from trackstep.targets import Target, line, package_of

KINDS = frozenset(get_args(Kind))
DEEPEST = 100
"""Levels of a result; the deepest true one has five."""


def ask(target: Target, operation: Operation) -> Outcome:
    """Send one operation, and say what came back. Raises TrackstepError for what no other call would change."""
    try:
        came = target.call(operation)
    except TrackstepError:
        raise
    except NotImplementedError as wrong:
        return Outcome.unsupported(line(wrong))
    except (Exception, SystemExit) as wrong:
        return Outcome.lost(f"the target raised {line(wrong)}")
    wrong_with_it = _unsound(came)
    return secret.entering(Outcome.garbled(wrong_with_it) if wrong_with_it else came)


def describe(target: Target) -> str:
    """What was tested, in one line."""
    try:
        said = target.description
    except TrackstepError:
        raise
    except Exception as wrong:
        said = f"{type(target).__name__}, which cannot describe itself: {line(wrong)}"
    return said if isinstance(said, str) else type(target).__name__


def version(target: Target) -> str:
    """Which version of the service it calls, as the target tells it, or else what package brings it; may be empty."""
    try:
        said = getattr(target, "version", "") or package_of(target)
    except Exception as wrong:
        del wrong  # a version is worth no verdict
        said = ""
    return " ".join(said.split()) if isinstance(said, str) else ""


def let_go(target: Target) -> None:
    """Close it. What a target does wrong when all is done is no longer of interest."""
    try:
        target.close()
    except Exception as wrong:
        del wrong  # there is nobody to tell, and nothing to save: the report is written


def _unsound(came: object) -> str:
    """What is wrong with what a target returned; empty where it is an outcome."""
    if not isinstance(came, Outcome):
        return f"the target returned {type(came).__name__} in place of an Outcome"
    if came.kind not in KINDS:
        return f"the target returned an outcome of kind {came.kind!r:.40}"
    if not isinstance(came.code, str) or not isinstance(came.message, str):
        return "the target returned an outcome whose code or message is no text"
    if came.kind == "refusal" and not came.code:
        return "the target returned a refusal without a code"
    if came.kind == "success" and not isinstance(came.result, Mapping):
        return "the target returned a success without a result"
    if came.wire is not None:
        broken = _broken_wire(came.wire)
        deep = not broken and came.wire.body.count(b"[") + came.wire.body.count(b"{") > DEEPEST
        return broken or (_no_json(came.result, "its result") if deep and came.kind == "success" else "")
    return _no_json(came.result, "its result") if came.kind == "success" else ""


def _broken_wire(wire: object) -> str:
    sound = isinstance(wire, Wire) and isinstance(wire.status, int) and isinstance(wire.body, bytes)
    if not sound or not isinstance(wire.headers, Mapping):  # type: ignore[attr-defined]  # of a sound one
        return "the target returned a wire answer that is none"
    headers = wire.headers.items()  # type: ignore[attr-defined]
    return "" if all(isinstance(part, str) for pair in headers for part in pair) else "a header that is no text"


def _no_json(value: Any, where: str, depth: int = 0) -> str:
    """What in a value no JSON could hold; empty where all of it is JSON, NaN and Infinity included."""
    if value is None or isinstance(value, str | bool | int | float):
        return ""
    if depth > DEEPEST:
        return f"{where:.200} is nested too deep"
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            return f"{where:.200} has a name that is no text"
        return next(filter(None, (_no_json(v, f"{where}.{n}", depth + 1) for n, v in value.items())), "")
    if isinstance(value, list | tuple):
        return next(filter(None, (_no_json(inner, f"{where}[{n}]", depth + 1) for n, inner in enumerate(value))), "")
    return f"{where:.200} is a {type(value).__name__}, which no JSON holds"
