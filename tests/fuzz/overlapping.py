"""A history whose calls overlap, from a seed: clients of one service, each call carried out within its interval.

The clients give the same names and know of the same resources, so that they meet. Knows nothing of the judge.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from tests.fuzz.client import Client, Script
from tests.fuzz.histories import converse
from tests.fuzz.service import Service
from trackstep.history import History
from trackstep.operation import Operation
from trackstep.oracle.interval import Interval
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome

PREFIX, REGION = "ts0", "us-east-1"


class Call(NamedTuple):
    """A call under way: when it was sent, and what will come back, once it was carried out."""

    sent: float
    operation: Operation
    script: Script | None
    outcome: Outcome | None = None


def overlapping(
    seed: int,
    clients: int = 0,
    length: int = 0,
    begun: int = 0,
    lost: float | None = None,
    complete: bool | None = None,
) -> History:
    """So many clients, 2 to 4 without a number, that send so many calls; ``begun``: after as many of one alone.

    ``lost`` is how often an answer is; ``complete``: whether nothing was before. What is not said is drawn.
    """
    rng = Random(seed)
    service = Service(rng)
    service.lost = service.lost if lost is None else lost
    lanes = _lanes(rng, clients or rng.choice((2, 2, 3, 4)))
    drawn = rng.random() < 0.9
    complete = drawn if complete is None else complete
    if not complete:
        converse(service, lanes[0], rng.randint(5, 20))
    for _ in range(rng.choice((0, 0, 0, 1))):
        service.somebody_else(REGION)
    length = length or rng.choice((8, 15, 25, 40))
    return _conversation(rng, service, lanes, begun, begun + length, complete)


def _lanes(rng: Random, count: int) -> list[Client]:
    """Clients that know what the first knows."""
    first = Client(rng, PREFIX, (REGION,))
    lanes = [first]
    for _ in range(count - 1):
        other = Client(rng, PREFIX, (REGION,))
        other.group_names, other.names, other.mood = first.group_names, first.names, first.mood
        other.groups, other.trackers, other.ids = first.groups, first.trackers, first.ids
        other.tokens, other.datasets = first.tokens, first.datasets
        lanes.append(other)
    return lanes


def _conversation(
    rng: Random, service: Service, lanes: list[Client], begun: int, length: int, complete: bool
) -> History:
    history = History(PREFIX, [], complete, intervals := [])
    under_way: dict[int, Call] = {}
    now, sent, eager, coarse, named = 0.0, 0, rng.choice((0.3, 0.6, 0.9)), rng.random() < 0.2, rng.random() < 0.5
    while sent < length or under_way:
        now += rng.choice((0, 0, 1)) if coarse else rng.choice((0.25, 1))
        lane = rng.randrange(len(lanes)) if sent >= begun and (sent > begun or not under_way) else 0
        call = under_way.get(lane)
        if call is None:
            if sent < length and rng.random() < eager:
                lanes[lane].account = next(filter(None, (each.account for each in lanes)), "")
                under_way[lane] = Call(now, *lanes[lane].next())
                sent += 1
        elif call.outcome is None:
            under_way[lane] = call._replace(outcome=service.answer(call.operation))
        else:
            del under_way[lane]
            lanes[lane].hear(call.operation, call.outcome, call.script)
            history.steps.append(Step(call.operation, call.outcome))
            intervals.append(Interval(call.sent, now, f"client {lane}" if named else ""))
    service.settle_late()
    return history
