"""What a gate asks: programs of calls that are the same for every SDK, whatever it answers.

The histories are planned once, by a session of the model against the emulator in process: excursions, a walk that the
seed draws, each malformed request, each value. What they ask is kept word for word, ARNs and tracking IDs in place.
Before them come the canned answers (battery.py). Owns the order, and what makes two scripts the same.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import chain, groupby

from werkzeug.test import Client

from trackstep.gate.battery import battery
from trackstep.gate.call import Call, Program
from trackstep.gate.endpoint import Endpoint, ready
from trackstep.operation import COVERED, Operation
from trackstep.outcome import Outcome, Wire
from trackstep.program import Command
from trackstep.search import plan, systematic
from trackstep.search.coverage import Coverage
from trackstep.search.session import Budget, Patience, Session
from trackstep.search.walk import Walk
from trackstep.targets.boto import read

VERSION = 1
"""Goes up when observations are made otherwise, so that an old baseline says nothing any more."""
PREFIX = "gate"
STEPS = 25
"""Requests of a walk, beside what is read back."""
LARGEST = 64 * 1024
"""Bytes of a request: what is longer is about the service's limits, and swells every file."""
WALKS = 40
"""Walks at the most."""


@dataclass(frozen=True, slots=True)
class Script:
    """Everything that a gate asks."""

    seed: int
    max_calls: int
    programs: tuple[Program, ...] = field(default=())

    @property
    def calls(self) -> int:
        """How many there are."""
        return sum(len(program.calls) for program in self.programs)

    @property
    def digest(self) -> str:
        """The same for two scripts that ask the same and expect the same."""
        text = json.dumps([VERSION, self.seed, [asdict(program) for program in self.programs]], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def script(seed: int = 0, max_calls: int = 1000) -> Script:
    """The script of a seed, cut off after so many calls."""
    programs: list[Program] = []
    left = max_calls
    with ready(seed) as endpoint:
        for program in chain(battery(), _histories(endpoint, seed, len(battery()))):
            programs.append(replace(program, calls=program.calls[:left]))
            left -= len(programs[-1].calls)
            if left <= 0:
                break
    return Script(seed, max_calls, tuple(programs))


def _histories(endpoint: Endpoint, seed: int, number: int) -> Iterator[Program]:
    """The histories, numbered on from ``number``; none is planned before it is asked for."""
    coverage = Coverage()
    for lane, several in groupby(plan.excursions(), key=lambda excursion: excursion.lane):
        commands = [command for excursion in several for command in excursion.commands]
        yield _performed(f"excursions: {lane}", number, _session(endpoint, number), commands)
        number += 1
    for what, asked in (
        ("a walk", None),
        ("each malformed request", plan.each_malformed()),
        ("each value", systematic.each_value(range(systematic.lives()))),
        *((f"walk {n}", None) for n in range(2, WALKS)),
    ):
        session = _session(endpoint, number)
        walk = Walk(session, coverage, random.Random(f"{seed} {what}"))
        yield _performed(what, number, session, walk.commands(STEPS) if asked is None else asked)
        number += 1


def _session(endpoint: Endpoint, number: int) -> Session:
    endpoint.reset()
    return Session(_Inside(endpoint, number), PREFIX, Budget(10**6, 600.0), Patience(1.0))


def _performed(title: str, number: int, session: Session, commands: Iterable[Command]) -> Program:
    for command in commands:
        session.perform(command)
    asked = [step.operation for step in session.steps if step.operation.body is None]
    calls = [Call(operation, place=place) for place, operation in enumerate(asked) if _can_be_sent(operation)]
    return Program(title, tuple(calls), number=number)


def _can_be_sent(operation: Operation) -> bool:
    """Whether an SDK offers it, and it is small enough for a baseline to hold."""
    return operation.name in COVERED and len(json.dumps(operation.params)) < LARGEST


class _Inside:
    """The endpoint as a target, asked in process. Raw bodies are none of what an SDK can send."""

    description = "the emulator, to plan against"
    regions_are_separate = True
    remembers = False

    def __init__(self, endpoint: Endpoint, number: int) -> None:
        self._endpoint, self._number, self._calls = endpoint, number, 0
        self._client = Client(endpoint)

    def call(self, operation: Operation) -> Outcome:
        """Ask the emulator, as the protocol has it."""
        if operation.body is not None:
            return Outcome.unsupported("an SDK sends no raw body")
        self._endpoint.begin(self._number, self._calls)
        self._calls += 1
        scope = f"Credential=testing/20231114/{operation.region}/personalize/aws4_request"
        headers = {
            "authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
            "x-amz-target": f"AmazonPersonalize.{operation.name}",
            "host": f"personalize.{operation.region}.amazonaws.com",
        }
        path = "/events" if operation.service == "personalize-events" else "/"
        body = json.dumps(dict(operation.params)).encode()
        answer = self._client.post(path, data=body, headers=headers, content_type="application/x-amz-json-1.1")
        found = {name.lower(): value for name, value in answer.headers.items()}
        return read(operation, Wire(answer.status_code, found, answer.data))

    def close(self) -> None:
        """Nothing was opened."""
