"""Histories as ITF JSON, the Informal Trace Format of Apalache, and back.

https://apalache-mc.org/docs/adr/015adr-trace.html: a trace is ``#meta``, ``vars`` and ``states``; numbers are
``{"#bigint": "1"}``, sets ``{"#set": [...]}``, functions ``{"#map": [[key, value], ...]}``, tuples ``{"#tup": [...]}``,
sequences arrays, records objects, variants records of ``tag`` and ``value``. What TLA+ has no value for is a variant:
``Null``, and ``Decimal`` with the digits as text.

Each session begins with a state in which nothing was asked, as ``Init`` has it. Owns the form, in both directions;
knows nothing of what is right. ``outcome`` is what ``spec/tla/EventTracker.tla`` sees of the step; it is for people and
other tools, and not read back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from trackstep import history
from trackstep.errors import HistoryError
from trackstep.formal import behaviour
from trackstep.formal.behaviour import Event
from trackstep.history import History

VARS = ("session", "complete", "call", "came", "outcome")
FORMAT = "https://apalache-mc.org/docs/adr/015adr-trace.html"
_FIRST = {"request": "", "about": "", "answer": "", "shown": {"#set": []}}
_NULL: dict[str, Any] = {"tag": "Null", "value": {"tag": "UNIT", "value": "U_OF_UNIT"}}
_DEEPEST = 200


def dump(histories: Iterable[History]) -> str:
    """The text of an ITF file, with a line for each state."""
    states = [json.dumps(state) for state in _states(histories)]
    meta = {"format": "ITF", "format-description": FORMAT, "description": "a history recorded by trackstep"}
    head = f'{{"#meta": {json.dumps(meta)},\n"vars": {json.dumps(VARS)},\n"states": [\n'
    return head + ",\n".join(states) + "\n]}\n"


def parse(text: str) -> list[History]:
    """Read an ITF file that was exported here, or written by another tool in its form. Raises HistoryError."""
    try:
        trace = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise HistoryError(f"not JSON ({wrong}); is the file cut off?") from None
    if not isinstance(trace, dict) or not isinstance(trace.get("states"), list):
        raise HistoryError('not an ITF trace: a JSON object with "vars" and "states" was expected')
    lines = [json.dumps({"trackstep": history.VERSION})]
    for number, state in enumerate(trace["states"]):
        try:
            lines.append(json.dumps(_row(state)))
        except HistoryError as wrong:
            raise HistoryError(f"state {number}: {wrong}") from None
    try:
        return history.parse("\n".join(lines))
    except HistoryError as wrong:
        # A line of the history is a state here: the first line of all is none, and states are counted from 0.
        where, _, what = str(wrong).partition(": ")
        raise HistoryError(f"state {int(where.removeprefix('line ')) - 2}: {what}") from None


def _states(histories: Iterable[History]) -> Iterator[dict[str, Any]]:
    index = 0
    for one in histories:
        events = {event.step: event for event in behaviour.read(one.steps).events}
        session = {"session": one.prefix, "complete": one.complete}
        nothing = {"call": _value({}), "came": _value({}), "outcome": _FIRST}
        yield {"#meta": {"index": index}, **session, **nothing}
        rows = list(history.dump([one]))[2:]
        for step, row in enumerate(map(json.loads, rows), 1):
            index += 1
            came, event = row.pop("outcome"), events.get(step)
            outcome = _FIRST if event is None else _event(event)
            yield {"#meta": {"index": index}, **session, "call": _value(row), "came": _value(came), "outcome": outcome}
        index += 1


def _event(event: Event) -> dict[str, Any]:
    shown = [item if isinstance(item, str) else {"#tup": list(item)} for item in sorted(event.shown, key=str)]
    return {"request": event.request, "about": event.about, "answer": event.answer, "shown": {"#set": shown}}


def _value(value: Any) -> Any:
    """A JSON value as a value of TLA+."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return {"#bigint": str(value)}
    if isinstance(value, float):
        return {"tag": "Decimal", "value": repr(value)}
    if value is None:
        return _NULL
    if isinstance(value, Mapping):
        return {"#map": [[key, _value(inner)] for key, inner in value.items()]}
    return [_value(inner) for inner in value]


def _row(state: Any) -> dict[str, Any]:
    """The line of a history that a state stands for."""
    if not isinstance(state, dict):
        raise HistoryError("a JSON object was expected")
    if missing := [name for name in VARS[:-1] if name not in state]:
        raise HistoryError(f"no {', '.join(missing)}; a history has the variables {', '.join(VARS)}")
    session, complete = state["session"], state["complete"]
    call, came = _read(state["call"]), _read(state["came"])
    if not isinstance(session, str) or not isinstance(complete, bool):
        raise HistoryError("session is a string, and complete a Boolean")
    if not isinstance(call, dict) or not isinstance(came, dict):
        raise HistoryError('call and came are functions: {"#map": [[key, value], …]}')
    return {**call, "outcome": came} if call else {"session": session, "complete": complete}


def _read(value: Any, depth: int = 0) -> Any:
    """A value of TLA+ as a JSON value."""
    if depth > _DEEPEST:
        raise HistoryError(f"values stand more than {_DEEPEST} deep in each other")
    if isinstance(value, bool | str):
        return value
    if isinstance(value, list):
        return [_read(inner, depth + 1) for inner in value]
    if isinstance(value, dict):
        if value.keys() == {"#bigint"}:
            return _integer(value["#bigint"])
        if value.keys() == {"#map"}:
            return dict(_pair(pair, depth) for pair in _items(value["#map"]))
        if value.keys() == {"tag", "value"}:
            return _variant(value)
    raise HistoryError(f"no value of a history: {json.dumps(value)[:60]}")


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise HistoryError(f"#map holds an array of pairs, not {json.dumps(value)[:60]}")
    return value


def _pair(pair: Any, depth: int) -> tuple[str, Any]:
    if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str):
        raise HistoryError(f"a pair of a #map is an array of a string and a value, not {json.dumps(pair)[:60]}")
    return pair[0], _read(pair[1], depth + 1)


def _integer(digits: Any) -> int:
    try:
        return int(digits) if isinstance(digits, str) else _no(digits)
    except ValueError:
        return _no(digits)


def _no(digits: Any) -> int:
    raise HistoryError(f"#bigint holds digits in a string, not {json.dumps(digits)[:60]}")


def _variant(value: Mapping[str, Any]) -> float | None:
    if value["tag"] == "Null":
        return None
    if value["tag"] == "Decimal" and isinstance(value["value"], str):
        with suppress(ValueError):
            return float(value["value"])
    raise HistoryError(f"no value of a history: {json.dumps(value)[:60]}")
