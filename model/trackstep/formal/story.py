"""A behaviour that TLC found, told as calls that a person can follow.

Owns the words. Knows the variables of ``spec/tla/EventTracker.tla``, and nothing of what is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from trackstep.formal.tlc import Result, Step

_NAMES = {"g": "group", "t": "tracker", "c": "caller"}


def tell(result: Result) -> Iterator[str]:
    """One line a step: what was asked and what came back, or what the service did; in brackets what that changed."""
    for number, (before, after) in enumerate(pairwise(result.behaviour), 1):
        changes = ", ".join(_changes(before.values, after.values))
        yield f"{number}. {_said(after)}" + (f"  [{changes}]" if changes else "")
    if result.loop and result.loop == len(result.behaviour):
        yield f"{len(result.behaviour)}. and nothing more, for ever"
    elif result.loop:
        # The state it comes back to holds the outcome that led there: it is that step again.
        yield f"{len(result.behaviour)}. as {result.loop - 1}, and so on from there, for ever"


def _said(step: Step) -> str:
    said = step.values["outcome"]
    about = _named(said["about"])
    if said["request"] == "service":
        return f"the service moves {about}"
    shown = "".join(f", {_named(item)}" for item in sorted(said["shown"], key=str))
    return f"{said['request']}({about}) -> {said['answer']}{shown}"


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Which statuses are others now."""
    for variable in ("group", "tracker"):
        for which, status in after[variable].items():
            if before[variable][which] != status:
                yield f"{which} {status}"


def _named(item: Any) -> str:
    """``g1`` as "group g1"; a pair as what it is about and its status."""
    if isinstance(item, tuple):
        return " ".join(map(str, item))
    return f"{_NAMES.get(item[:1], '')} {item}".strip()
