"""A script performed through a candidate: what was seen of each call, what it breaks, and the histories.

Owns the run. Judged here: by the rules of every call (rule.py) and by the specification, history by history. The
comparison with a baseline is difference.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import NamedTuple

from trackstep.errors import TargetError
from trackstep.gate import rule
from trackstep.gate.call import Call, Program
from trackstep.gate.candidate import ATTEMPTS, CALL_TIMEOUT, Candidate
from trackstep.gate.endpoint import Endpoint, listening
from trackstep.gate.script import PREFIX, Script
from trackstep.gate.seen import Seen, seen
from trackstep.history import History
from trackstep.operation import COVERED
from trackstep.oracle import judge
from trackstep.oracle.judge import Judgement, Step
from trackstep.targets import stdio
from trackstep.targets.child import Child

PATIENCE = ATTEMPTS * CALL_TIMEOUT + 20.0
"""Seconds that the driver may take for a call: its attempts, and the pauses between them."""


class Deviation(NamedTuple):
    """What one call breaks of the rules or of a clause. ``number`` counts the calls of the whole script from 1."""

    number: int
    operation: str
    rule: str
    source: str
    wanted: str
    found: str


@dataclass
class Run:
    """What came of a script: ``calls[n]`` was seen of call n + 1."""

    sdk: str
    calls: list[Seen] = field(default_factory=list)
    deviations: list[Deviation] = field(default_factory=list)
    histories: list[History] = field(default_factory=list)
    unsupported: dict[str, str] = field(default_factory=dict)


def perform(candidate: Candidate, script: Script, heard: Callable[[int], object] = id) -> Run:
    """Perform a script. ``heard`` is told the number of each call. Raises TargetError where the driver breaks off."""
    with listening(script.seed) as endpoint, closing(candidate.start(endpoint.url)) as child:
        run = Run(str(child.hello))
        for program in script.programs:
            for _ in _performed(endpoint, child, program, run):
                heard(len(run.calls))
        return run


def _performed(endpoint: Endpoint, child: Child, program: Program, run: Run) -> Iterator[None]:
    endpoint.reset()
    judgement, steps = judge.begin(PREFIX), list[Step]()
    for call in program.calls:
        name = call.operation.name
        if name in run.unsupported:
            run.calls.append({"outcome": "unsupported", "requests": []})
            yield
            continue
        endpoint.begin(program.number, call.place, call.replies)
        given = child.ask(call.operation, PATIENCE, parsed=True)
        exchanges = list(endpoint.exchanges)
        trackers = endpoint.trackers() if call.expect and call.expect.trackers is not None else None
        run.calls.append(seen(call, given, exchanges, trackers))
        at = len(run.calls)
        run.deviations += (Deviation(at, name, *broken) for broken in rule.judge(call, given, exchanges, trackers))
        outcome = stdio.read(call.operation, given)
        if outcome.kind == "unsupported" and given.kind == "unsupported":
            run.unsupported[name] = outcome.message
        if not program.canned and name in COVERED:
            steps.append(Step(call.operation, outcome))
            run.deviations += _clauses(judgement, call, steps[-1], at)
        yield
    if steps:
        run.histories.append(History(PREFIX, steps))


def _clauses(judgement: Judgement, call: Call, step: Step, number: int) -> Iterator[Deviation]:
    for found in judge.firm(judge.step(judgement, step.operation, step.outcome)):
        told = (rule.short(str(found.expected)), rule.short(found.actual))
        yield Deviation(number, call.operation.name, found.clause, "spec/event-tracker.md", *told)


def core_missing(run: Run) -> TargetError | None:
    """An SDK that lacks the event trackers cannot be judged."""
    missing = [name for name in COVERED if name in run.unsupported and name.endswith("EventTracker")]
    if not missing:
        return None
    return TargetError(f"{run.sdk} does not offer {missing[0]}: {run.unsupported[missing[0]]}")
