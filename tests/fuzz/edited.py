"""Overlapping histories with answers edited at random: some still have an order that explains them, most have not."""

from __future__ import annotations

from random import Random
from typing import Any

from trackstep import spec
from trackstep.history import History
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome

CODES = ("ResourceNotFoundException", "ResourceInUseException", "ResourceAlreadyExistsException")
STATUSES = spec.load().lifecycles["event_tracker"].statuses


def edited(rng: Random, history: History, times: int = 1) -> History:
    """The same with the answers of so many calls changed, taken from others, or exchanged."""
    steps = list(history.steps)
    for _ in range(times):
        place = rng.randrange(len(steps))
        same = [other for other, step in enumerate(steps) if step.operation.name == steps[place].operation.name]
        other = rng.choice(same)
        if rng.random() < 0.4 and other != place:
            (one, mine), (two, theirs) = steps[place], steps[other]
            steps[place], steps[other] = Step(one, theirs), Step(two, mine if rng.random() < 0.5 else theirs)
        else:
            steps[place] = Step(steps[place].operation, _another(rng, steps[place].outcome))
    return history._replace(steps=steps)


def _another(rng: Random, outcome: Outcome) -> Outcome:
    result = dict(outcome.result or {})
    for member, value in result.items():
        if isinstance(value, dict) and "status" in value:
            return Outcome.success({**result, member: _moved(rng, value)})
        if isinstance(value, list) and value and rng.random() < 0.8:
            item = value[0]
            left = value[1:] if rng.random() < 0.5 or "status" not in item else [_moved(rng, item), *value[1:]]
            return Outcome.success({**result, member: left})
    return Outcome.refusal(rng.choice(CODES), "because")


def _moved(rng: Random, body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "status": rng.choice(STATUSES), "failureReason": "because"}
