"""Trace validation: how much of a history is a behaviour of ``spec/tla/EventTracker.tla``.

Owns the module that TLC reads the events from, and the reading of what ``spec/tla/Trace.tla`` prints. One run of TLC
takes many histories. Knows events only: nothing of calls, and nothing of the judge.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from trackstep.formal import configuration, tlc
from trackstep.formal.behaviour import NO_GROUP, NO_TRACKER, Behaviour, Event, Shown
from trackstep.formal.tool import Tool, ToolError

MODULES = ("EventTracker", "Trace")
_MODULE = """\
---- MODULE Histories ----
Events == <<
{events}>>
Histories == <<
{histories}>>
====
"""
_CONFIGURATION = """\
CONSTANTS
    Group = {{{groups}}}
    TrackingId = {{{trackers}}}
    Nobody = "nobody"
    Lenient = TRUE
SPECIFICATION TraceSpec
VIEW TraceView
CONSTRAINT Told
"""


class Validated(NamedTuple):
    """How many events of each behaviour are explained, and what TLC took to find it."""

    explained: list[int]
    states: int
    seconds: float


def validate(
    tool: Tool, behaviours: Sequence[Behaviour], directory: Path | None = None, seconds: float = tlc.SECONDS
) -> Validated:
    """Let TLC look for a behaviour that explains each history, hidden moves included.

    ``directory`` holds the modules, those of ``spec/tla/`` if none is given. Raises ToolError as ``tlc.run`` does.
    """
    if not behaviours:
        return Validated([], 0, 0.0)
    places: dict[str, int] = {}
    histories = [
        ", ".join(str(places.setdefault(_record(event), len(places) + 1)) for event in behaviour.events)
        for behaviour in behaviours
    ]
    text = _MODULE.format(events=_lines(places), histories=_lines(f"<<{history}>>" for history in histories))
    config = _CONFIGURATION.format(
        groups=_names(NO_GROUP, "g", max(behaviour.groups for behaviour in behaviours)),
        trackers=_names(NO_TRACKER, "t", max(behaviour.trackers for behaviour in behaviours)),
    )
    with tempfile.TemporaryDirectory(prefix="trackstep-trace-") as scratch:
        for name in MODULES:
            shutil.copy((directory or configuration.root()) / f"{name}.tla", scratch)
        module = Path(scratch) / "Histories.tla"
        module.write_text(text, encoding="utf-8")
        module.with_suffix(".cfg").write_text(config, encoding="utf-8")
        result = tlc.run(tool, Path(scratch) / "Trace.tla", module.with_suffix(".cfg"), 1, seconds)
    explained = [-1] * len(behaviours)
    for line in result.printed:
        word, which, at = line.split()
        if word != "EXPLAINED":
            raise ToolError(f"TLC printed what is no part of a trace: {line[:80]}")
        explained[int(which) - 1] = int(at)
    if min(explained) < 0:
        raise ToolError(f"TLC said nothing of history {explained.index(-1) + 1} of {len(behaviours)}")
    return Validated(explained, result.states, result.seconds)


def _lines(items: Iterable[str]) -> str:
    return ",\n".join(items)


def _names(none: str, letter: str, count: int) -> str:
    return ", ".join(map(_text, (none, *(f"{letter}{n}" for n in range(1, count + 1)))))


def _text(text: str) -> str:
    """A string of TLA+: the words of a target are as inert there as they can be."""
    return '"' + "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "?" for c in text) + '"'


def _record(event: Event) -> str:
    shown = ", ".join(_shown(item) for item in sorted(event.shown, key=str))
    return (
        f"[request |-> {_text(event.request)}, about |-> {_text(event.about)}, "
        f"answer |-> {_text(event.answer)}, shown |-> {{{shown}}}]"
    )


def _shown(item: Shown) -> str:
    return _text(item) if isinstance(item, str) else f"<<{', '.join(map(_text, item))}>>"
