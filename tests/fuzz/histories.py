"""A history from a seed: a service, a client, and what they said to each other."""

from __future__ import annotations

import json
from random import Random
from typing import Any, NamedTuple

from tests.fuzz.client import Client
from tests.fuzz.service import Service
from trackstep.operation import EVENTS, Operation
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome, Wire

REGIONS = ("us-east-1", "us-west-2")


class Session(NamedTuple):
    """What one client saw from its beginning. ``about`` holds, beside each step, what the answer was about.

    ``wrong``: the numbers, from 1, of the answers that a careless service must not have given.
    """

    prefix: str
    complete: bool
    steps: list[Step]
    about: list[Any]
    wrong: frozenset[int] = frozenset()


def sessions(seed: int, careless: float = 0.0, loses: bool = True) -> tuple[Service, list[Session]]:
    """One session or two, and the service as it was left."""
    rng = Random(seed)
    service = Service(rng, careless, loses)
    regions = REGIONS if rng.random() < 0.3 else REGIONS[:1]
    for region in regions:
        for _ in range(rng.choice((0, 0, 0, 0, 0, 1, 3))):
            service.somebody_else(region)
    client = Client(rng, "ts0", regions)
    on_the_wire = rng.random() < 0.15
    kinds = rng.choice(((True,),) * 6 + ((True, True), (False,), (True, False)))
    found = []
    for number, complete in enumerate(kinds):
        if not complete and number == 0:
            converse(service, client, rng.randint(5, 20))
        if complete and number:
            client = Client(rng, f"ts{number}", regions)
        length = rng.choice((8, 15, 25, 25, 40))
        steps, about, wrong = converse(service, client, length)
        if on_the_wire:
            steps = [Step(operation, wired(rng, operation, outcome)) for operation, outcome in steps]
        found.append(Session(client.prefix, complete, steps, about, wrong))
    return service, found


def converse(service: Service, client: Client, length: int) -> tuple[list[Step], list[Any], frozenset[int]]:
    """So many calls. What was lost on the way is carried out, or not, before the next session begins."""
    steps, about, wrong = list[Step](), list[Any](), set[int]()
    for _ in range(length):
        operation, script = client.next()
        outcome = service.answer(operation)
        client.hear(operation, outcome, script)
        steps.append(Step(operation, outcome))
        about.append(service.shown)
        if service.wrong:
            wrong.add(len(steps))
    service.settle_late()
    return steps, about, frozenset(wrong)


def wired(rng: Random, operation: Operation, outcome: Outcome) -> Outcome:
    """The same with the HTTP answer that it was read from."""
    if outcome.kind not in ("success", "refusal", "throttled"):
        return outcome
    events = operation.name in EVENTS
    headers = {"content-type": "application/json" if events else "application/x-amz-json-1.1"}
    headers["x-amzn-requestid"] = f"{rng.getrandbits(128):032x}"
    if outcome.kind == "success":
        return Outcome("success", outcome.result, wire=Wire(200, headers, _body(outcome.result)))
    if events:
        headers["x-amzn-errortype"] = outcome.code
        body: dict[str, Any] = {"message": outcome.message or "no"}
    else:
        space = rng.choice(("", "com.amazonaws.personalize#"))
        body = {"__type": space + outcome.code, rng.choice(("message", "Message")): outcome.message or "no"}
    return Outcome(outcome.kind, None, outcome.code, outcome.message, Wire(400, headers, _body(body)))


def _body(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() if value else b""
