"""The timeline of a deviation in plain values: each step with what was sent and what came back, bounded and redacted.

Owns how much of a step a report keeps, and what in it could be a secret. What is left out is always counted:
``cut`` beside it says how many steps, items or characters. Knows nothing of what is right.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from trackstep import history
from trackstep.operation import Operation
from trackstep.oracle.judge import SETTLE, Step
from trackstep.outcome import Outcome
from trackstep.secret import redacted

STEPS, LEAST, ALL = 40, 5, 3000
"""Steps that are kept of one deviation, the last and those that the expectation rests on: at the most; in any case;
and of all deviations of a report together."""
BODY = 2000
"""Characters that are kept of a body."""
TEXT, ITEMS = 200, 10
"""Characters that are kept of a string, items that are kept of a list or an object, inside parameters."""


def told(steps: Sequence[Step], rests_on: Collection[int], beside: int = 0, broke: int = 0) -> dict[str, Any]:
    """The steps of a deviation, numbered from 1, the last of which broke the clause; ``cut`` of them are left out.

    ``beside``: how many other deviations the report has; they share the room. ``broke``: the number of the step that
    broke it, where that is not the last.
    """
    most = max(LEAST, min(STEPS, ALL // (1 + beside)))
    first = max(0, len(steps) - most)
    reasons = sorted(n for n in rests_on if 0 < n <= first)[-LEAST:]
    numbers = [*reasons, *range(first + 1, len(steps) + 1)]
    kept = [_step(number, steps[number - 1], number in rests_on, number == (broke or len(steps))) for number in numbers]
    return {"steps": kept, "cut": len(steps) - len(kept)}


def _step(number: int, step: Step, is_reason: bool, broke: bool) -> dict[str, Any]:
    operation, outcome = step
    waited = operation.name == SETTLE
    return {
        "step": number,
        "operation": operation.name,
        "region": operation.region,
        "params": shortened(dict(operation.params)),
        "answer": f"refusal {outcome.code}" if outcome.kind == "refusal" else outcome.kind,
        "says": _says(operation, outcome),
        "part": "broke" if broke else "reason" if is_reason else "",
        "request": None if waited else _request(operation),
        "response": None if waited else _response(outcome),
    }


def _says(operation: Operation, outcome: Outcome) -> str:
    """What is worth knowing of an answer, in a few words."""
    if operation.name == SETTLE:
        return f"{operation.params['saw']} after {operation.params['seconds']} s"
    body = next(iter((outcome.result or {}).values()), None)
    if isinstance(body, dict) and "status" in body:
        return str(body["status"])[:TEXT]
    return redacted(outcome.message[:TEXT])


def _request(operation: Operation) -> dict[str, Any]:
    """The request as it was sent, without its signature."""
    events = operation.service == "personalize-events"
    headers = {"content-type": "application/json" if events else "application/x-amz-json-1.1"}
    if not events:
        headers["x-amz-target"] = f"AmazonPersonalize.{operation.name}"
    body = operation.body if operation.body is not None else json.dumps(dict(operation.params)).encode()
    return {"line": f"POST {'/events' if events else '/'}", "headers": headers} | _body(body)


def _response(outcome: Outcome) -> dict[str, Any] | None:
    if outcome.wire is None:
        return None
    kept = {name: redacted(value[:TEXT]) for name, value in outcome.wire.headers.items() if name in history.HEADERS}
    return {"status": outcome.wire.status, "headers": kept} | _body(outcome.wire.body)


def _body(body: bytes) -> dict[str, Any]:
    text = body[: 4 * BODY].decode("utf-8", "backslashreplace")
    shown = redacted(text)[:BODY]
    return {"body": shown, "cut": max(0, len(body.decode("utf-8", "backslashreplace")) - BODY)}


def shortened(value: Any, most: int = TEXT) -> Any:
    """A JSON value with strings of more than ``most`` characters and long lists cut; each says how long it was."""
    if isinstance(value, str):
        text = redacted(value[: 2 * most])
        return text if len(value) <= most else f"{text[:most]}… ({len(value)} characters)"
    if isinstance(value, Mapping):
        inner = {str(key)[:most]: shortened(v, most) for key, v in list(value.items())[:ITEMS]}
        return inner if len(value) <= ITEMS else inner | {"…": f"{len(value)} in all"}
    if isinstance(value, (list, tuple)):
        items = [shortened(v, most) for v in value[:ITEMS]]
        return items if len(value) <= ITEMS else [*items, f"… {len(value)} in all"]
    return value
