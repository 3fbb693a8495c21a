"""The model as a target: it answers what the specification expects, and a status moves when it is looked at.

With it a program can be tried without a call: in which circumstance would its last command be given? And the
shortest way to a circumstance can be looked for breadth-first. Owns what a model would answer; a finding is never
made of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from trackstep.operation import COVERED, Operation
from trackstep.oracle import guard, judge
from trackstep.oracle.case import Case, case
from trackstep.oracle.judge import Judgement
from trackstep.oracle.lifecycle import EXISTS, FAILED
from trackstep.oracle.world import Resource
from trackstep.outcome import Outcome
from trackstep.program import SETTLE, Command
from trackstep.search.circumstance import Circumstance, circumstance
from trackstep.search.session import Budget, BudgetSpent, Patience, Session

REGIONS = ("us-east-1", "us-west-2")
CALLS = 4000
"""Imagined calls that one program may take."""


class Imagined:
    """A target that is always right, and takes no time. A ``strict`` one refuses where the sources leave that open."""

    description = "the model"
    regions_are_separate = True
    remembers = False

    def __init__(self, strict: bool = False) -> None:
        self._strict = strict
        self._judgement, self._judges = judge.begin("imagined"), True
        self._made = 0

    def following(self, judgement: Judgement) -> Imagined:
        """This model as one that goes on where a history has come to; whoever keeps that judges each step of it."""
        other = Imagined(self._strict)
        other._judgement, other._judges, other._made = judgement, False, self._made
        return other

    def call(self, operation: Operation) -> Outcome:
        """What the specification expects."""
        if operation.name not in COVERED:
            return Outcome.refusal("UnknownOperationException")
        c = case(self._judgement.world, operation)
        may, must = guard.rows(c)
        if must is None and self._strict:
            must = next((row for row in may if row.open and row.on), None)
        if must is not None:
            outcome = Outcome.refusal(min(must.codes))
        elif operation.name.startswith("Describe"):
            outcome = self._described(c)
        else:
            outcome = Outcome.success(self._result(c))
        if self._judges:
            judge.step(self._judgement, operation, outcome)
        return outcome

    def _described(self, c: Case) -> Outcome:
        r = c.subject
        if r is None or not r.mask & EXISTS:
            return Outcome.refusal("ResourceNotFoundException")
        status = "ACTIVE"
        if r.mask & FAILED and (r.mask == FAILED or r.may_fail):
            status = "CREATE FAILED"
        body: dict[str, Any] = {
            "name": r.name,
            "status": status,
            "creationDateTime": 1.7e9,
            "lastUpdatedDateTime": 1.7e9,
        }
        if r.kind == "dataset_group":
            reason = {"failureReason": "imagined"} if status == "CREATE FAILED" else {}
            domain = {"domain": r.domain} if r.domain else {}
            return Outcome.success({"datasetGroup": body | {"datasetGroupArn": r.arn} | reason | domain})
        body |= {"eventTrackerArn": r.arn, "datasetGroupArn": r.group, "trackingId": r.tracking_id, "accountId": "1"}
        return Outcome.success({"eventTracker": body})

    def _result(self, c: Case) -> dict[str, Any]:
        name, params, region = c.operation.name, c.params, c.operation.region
        if name == "CreateDatasetGroup":
            domain = {"domain": params["domain"]} if params.get("domain") else {}
            return {
                "datasetGroupArn": f"arn:aws:personalize:{region}:123456789012:dataset-group/{params['name']}"
            } | domain
        if name == "CreateEventTracker":
            self._made += 1
            law = hashlib.md5(str(params["datasetGroupArn"]).encode(), usedforsecurity=False).hexdigest()[:8]
            arn = f"arn:aws:personalize:{region}:123456789012:event-tracker/{law}"
            return {"eventTrackerArn": arn, "trackingId": f"11111111-0000-4000-8000-{self._made:012d}"}
        if name == "ListTagsForResource" and c.subject:
            return {"tags": [{"tagKey": key, "tagValue": value} for key, value in (c.subject.tags or {}).items()]}
        return {}

    def close(self) -> None:
        """Nothing was opened."""


def session(strict: bool = False, within: Budget | None = None) -> Session:
    """A session with the model in the place of a target; it has no more time than the budget that it is thought for."""
    budget = Budget(CALLS, 60.0)
    if within is not None:
        budget = replace(budget, max_time=within.max_time, clock=within.clock, ending=within.ending)
    made = Session(Imagined(), "imagined", budget, Patience(1.0), REGIONS)
    made.target = Imagined(strict).following(made.judgement)
    return made


def _onward(going: Session, command: Command) -> Session:
    """Another session, that goes on from here with this command."""
    assert isinstance(going.target, Imagined)
    fork = going.fork()
    fork.target = going.target.following(fork.judgement)
    fork.perform(command)
    return fork


def arrives(commands: Sequence[Command], strict: bool = False, within: Budget | None = None) -> Circumstance:
    """In which circumstance the last of these commands would be given. Raises BudgetSpent where time is up."""
    imagined = session(strict, within)
    try:
        for command in commands[:-1]:
            imagined.perform(command)
    except BudgetSpent:
        if within is not None and within.is_over:
            raise
        return {"operation": commands[-1].name}
    return where(imagined, commands[-1])


def where(going: Session, command: Command) -> Circumstance:
    """In which circumstance a command would be given now; waiting is looking."""
    world = going.judgement.world
    if command.name == SETTLE:
        of = str(command.params["of"])
        tracker = of.endswith(".tracker")
        member = "eventTrackerArn" if tracker else "datasetGroupArn"
        command = Command("DescribeEventTracker" if tracker else "DescribeDatasetGroup", {member: of}, command.second)
        return circumstance(case(world, going.operation(command))) | {"operation": SETTLE}
    return circumstance(case(world, going.operation(command)))


class Ways:
    """Where commands lead on the model, breadth-first: each state is looked at once, however often it is asked for.

    ``deepest``: commands before ``last``; ``nodes``: states of the model to look at.
    """

    def __init__(
        self, alphabet: Collection[Command], last: Command, deepest: int, nodes: int, strict: bool = False,
        within: Budget | None = None,
    ) -> None:  # fmt: skip
        self._alphabet, self._last, self._deepest, self._nodes = alphabet, last, deepest, nodes
        self._known: list[tuple[list[Command], Circumstance]] = []
        self._further = self._explored(session(strict, within))

    def to(self, goal: Circumstance) -> Iterator[list[Command]]:
        """Programs that end in ``last`` given in this circumstance, shortest first; it may leave words out.

        Raises BudgetSpent where the time of ``within`` is up.
        """
        for way, said in chain(self._known, self._remembering()):
            if all(said.get(word) == value for word, value in goal.items()):
                yield [*way, self._last]

    def _remembering(self) -> Iterator[tuple[list[Command], Circumstance]]:
        for found in self._further:
            self._known.append(found)
            yield found

    def _explored(self, begun: Session) -> Iterator[tuple[list[Command], Circumstance]]:
        frontier: list[tuple[list[Command], Session]] = [([], begun)]
        known: set[Hashable] = set()
        for depth in range(self._deepest + 1):
            onward: list[tuple[list[Command], Session]] = []
            for way, imagined in frontier:
                reached = state(imagined)
                if reached in known:
                    continue
                known.add(reached)
                if len(known) > self._nodes:
                    return
                yield way, where(imagined, self._last)
                if depth < self._deepest:
                    onward.extend(([*way, command], _onward(imagined, command)) for command in self._alphabet)
            frontier = onward


def state(going: Session) -> Hashable:
    """The state of the model, apart from step numbers and what is only noted."""
    return tuple(sorted((key, _essence(r)) for key, r in going.judgement.world.resources.items()))


def _essence(r: Resource) -> tuple[Hashable, ...]:
    """What tells two states of a resource apart, apart from step numbers."""
    refused = r.refused is not None and r.refused > r.since
    tags = tuple(sorted((r.tags or {}).items(), key=str))
    return (r.mask, min(r.incarnation, 3), r.name, tags, refused, r.tagged is not None and r.tagged > r.since, r.domain)
