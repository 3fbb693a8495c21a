"""A session: commands performed against a target, each answer judged as it comes.

Owns names, references, waiting and the budget. Timing belongs to the target: statuses are polled
with back-off. Knows no report, and nothing of how its commands were chosen.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from trackstep import spec
from trackstep.operation import Operation
from trackstep.oracle import judge
from trackstep.oracle.interval import Interval
from trackstep.oracle.judge import Judgement, Step
from trackstep.oracle.lifecycle import ACTIVE, ANY, CREATING, DELETING, FAILED, GONE
from trackstep.oracle.notes import Finding, Notes
from trackstep.oracle.world import World
from trackstep.outcome import Outcome
from trackstep.program import SETTLE, WALK, Command
from trackstep.search.binding import Bindings
from trackstep.search.budget import Budget as Budget
from trackstep.search.budget import BudgetSpent as BudgetSpent
from trackstep.search.preparation import Ground, Pausing, Preparation
from trackstep.search.room import NO_ROOM, Room
from trackstep.targets import Target
from trackstep.targets.asking import ask
from trackstep.value import is_under

PAGES_AT_MOST = 60
MADE = {
    "CreateDatasetGroup": "datasetGroupArn",
    "CreateEventTracker": "eventTrackerArn",
    "CreateDataset": "datasetArn",
    "CreateSchema": "schemaArn",
}
"""What a Create returns of what it made, also of what it should have refused."""
SETTLED = (ACTIVE, FAILED, GONE)
ENDLESS = 1 << 16
"""Characters of a token or an ARN of the target's that is not sent back to it: no true one has a thirtieth of it."""


OWN = "main"
"""What a session itself is called among the clients of a history with intervals."""
LOOKS = 4
"""How often a status is looked at without a pause, as long as looking may be what moves it."""


@dataclass
class Patience:
    """How long a status may take to settle, in seconds; after one never settled, others get less.

    ``timed``: looking alone did not move a status here, so it pays to wait between looks.
    """

    timeout: float
    longest: float = 0.0
    failed: bool = False
    timed: bool = False

    def seconds(self) -> float:
        """The time-out for the next wait."""
        return min(self.timeout, max(1.0, 5 * self.longest)) if self.failed else self.timeout


class Heard(NamedTuple):
    """One call as a listener hears of it: ``before`` is the likeliest world in which it was sent."""

    command: Command
    operation: Operation
    outcome: Outcome
    before: World
    findings: list[Finding]


Listener = Callable[[Heard], None]


class Session:
    """One history in the making. Every name starts with ``prefix``; nothing else is touched."""

    def __init__(
        self,
        target: Target,
        prefix: str,
        budget: Budget,
        patience: Patience,
        regions: tuple[str, str] = ("us-east-1", "us-west-2"),
        listener: Listener | None = None,
        seed: int = 0,
        preparation: Preparation | None = None,
        room: Room | None = None,
    ) -> None:
        self.target, self.prefix, self.budget, self.patience = target, prefix, budget, patience
        self.regions, self.listener = regions, listener
        self.judgement: Judgement = judge.begin(prefix)
        self.steps: list[Step] = []
        self.intervals: list[Interval] = []
        """When each step was sent and answered, where ``is_timed``."""
        self.is_timed = False
        self.program: list[Command] = []
        self._starts: list[int] = []
        self.unsupported: dict[str, str] = {}
        self.names = Bindings(prefix, regions)
        self._made: set[tuple[str, str, str]] = set()
        self._gone: set[tuple[str, str]] = set()
        self._aside: list[tuple[int, Command]] = []
        self.ground = None if preparation is None else Ground(self, preparation)
        self._put_off: set[str] = set()
        self.room = room
        self._jitter = random.Random(seed)

    def fork(self) -> Session:
        """A session with this history so far, that may go on otherwise; of the notes it has only the count of steps."""
        other = copy(self)
        other.budget = replace(self.budget)
        other.judgement = replace(self.judgement, notes=Notes(self.judgement.notes.step))
        other.steps, other.program, other._starts = [*self.steps], [*self.program], [*self._starts]
        other.intervals = [*self.intervals]
        other.names, other._made, other._put_off = self.names.fork(), {*self._made}, {*self._put_off}
        other._gone, other._aside = {*self._gone}, [*self._aside]
        return other

    def resolve(self, value: Any, second: bool = False) -> Any:
        """Put names, ARNs and named values in place of references."""
        return self.names.resolve(value, second)

    def slots(self) -> list[tuple[str, bool]]:
        """The slots that something was made for, each with whether that was in the second region."""
        return self.names.slots()

    def _bind(self, command: Command, operation: Operation, result: Mapping[str, Any]) -> None:
        result = {n: v for n, v in result.items() if not isinstance(v, str) or 0 < len(v) < ENDLESS}
        member = MADE.get(operation.name, "")
        if isinstance(result.get(member), str):
            self._made.add((member, operation.region, result[member]))
            self._gone.discard((operation.region, result[member]))
        self.names.take(command, operation, result)

    def is_barred(self, operation: Operation, outcome: Outcome) -> bool:
        """Whether a refusal says that the caller may ask nothing; that an ARN is somebody else's says less."""
        loaded = spec.load()
        foreign = any(
            value.startswith("arn:") and (not self.names.account or f":{self.names.account}:" not in value)
            for value in operation.params.values()
            if isinstance(value, str)
        )
        return outcome.code in loaded.credentials and not (foreign and outcome.code in loaded.denied)

    # -- performing ----------------------------------------------------------------------------

    def operation(self, command: Command) -> Operation:
        """The call that a command stands for at this moment, names and ARNs in place."""
        name, params = command.name, dict(command.params)
        if name == WALK:
            name = str(params.pop("operation"))
        body = command.body.encode("utf-8", "surrogateescape") if command.body is not None else None
        resolved = self.resolve(params, command.second)
        return Operation(name, resolved, self.regions[command.second], body)

    def perform(self, command: Command) -> list[Finding]:
        """Do one command and judge what comes back. Raises BudgetSpent before a call it cannot pay."""
        doing = self.performing(command)
        while True:
            try:
                seconds = next(doing)
            except StopIteration as done:
                findings: list[Finding] = done.value
                return findings
            self.budget.sleep(seconds)

    def performing(self, command: Command) -> Pausing:
        """The same, for somebody who has other things to do: yields the seconds to wait before it goes on."""
        self.program.append(command)
        self._starts.append(len(self.steps))
        if command.name == SETTLE:
            return (yield from self._settle(str(command.params["of"]), command.second))
        if command.name == WALK:
            return self._walk(command)
        if self.ground is None:
            return self.send(command, self.operation(command))[1]
        found = yield from self.ground.before(command)
        return found + (yield from self.ground.sent(command, self.operation(command)))

    def aside(self, command: Command) -> int:
        """A command that is to stand before the one that is being performed, where the program is told; its number."""
        self._aside.append((len(self.program) - 1, command))
        return len(self._aside) - 1

    def not_aside(self, number: int) -> None:
        """From this number on these are not to be told after all."""
        del self._aside[number:]

    def beside(self, command: Command) -> tuple[Outcome, list[Finding]]:
        """Send what prepares the command that is being performed."""
        self.aside(command)
        return self.send(command, self.operation(command))

    def waiting_beside(self, command: Command) -> Pausing:
        """Wait for what prepares it."""
        self.aside(command)
        return (yield from self._settle(str(command.params["of"]), command.second))

    def told(self) -> list[Command]:
        """The program with what prepares it, so that it runs by itself."""
        whole = []
        for place, command in enumerate(self.program):
            whole += [other for at, other in self._aside if at == place] + [command]
        return whole

    def send(self, command: Command, operation: Operation) -> tuple[Outcome, list[Finding]]:
        """Send one call, again where it was put off or lost; what came back, and what was found."""
        findings: list[Finding] = []
        pause, outcome = 0.02, Outcome.lost("not sent")
        longest = min(2.0, self.patience.timeout / judge.PUT_OFF)
        for times in range(1, judge.PUT_OFF + 1):
            if operation.name in self.unsupported:
                return Outcome.unsupported(self.unsupported[operation.name]), findings
            if self.room is not None and not self.room.admits(self, operation):
                return NO_ROOM, findings
            self.budget.spend()
            before = self.judgement.world
            with self.budget.ending.breaking_in():
                sent = self._now()
                outcome = ask(self.target, operation)
                self._timed(sent)
                self.steps.append(Step(operation, outcome))
                found = judge.step(self.judgement, operation, outcome)
            findings += found
            self._count(operation, outcome)
            if self.listener:
                self.listener(Heard(command, operation, outcome, before, found))
            self.steps[-1] = self.budget.memory.kept(self.steps[-1])
            if outcome.kind == "unsupported" and operation.body is None:  # an SDK sends no raw body, and all the rest
                self.unsupported[operation.name] = outcome.message
            again = (outcome.kind == "throttled" and operation.name not in self._put_off) or (
                outcome.kind == "lost" and self.judgement.lost[1] < judge.TRIES and self.judgement.lost[1] > 0
            )
            full = self.room is not None and self.room.is_suspected(before, operation, outcome)
            if not again and not full:
                break
            if full and self.room is not None and self.room.is_met(operation, times):
                continue
            self.budget.sleep(pause * self._jitter.uniform(0.8, 1.2))
            pause = min(2 * pause, longest)
        else:
            self._put_off.add(operation.name)  # waiting for it again would be waiting for ever
        if outcome.kind == "success":
            self._bind(command, operation, outcome.result or {})
        self._keep_in_mind(operation, outcome)
        if self.ground is not None:
            self.ground.heard(command, operation, outcome)
        return outcome, findings

    def _keep_in_mind(self, operation: Operation, outcome: Outcome) -> None:
        """Which of what the world does not know was seen to be gone."""
        for verb, member in (("DeleteSchema", "schemaArn"), ("DescribeDataset", "datasetArn")):
            gone = outcome.code == "ResourceNotFoundException" or (verb == "DeleteSchema" and outcome.kind == "success")
            if operation.name == verb and gone:
                self._gone.add((operation.region, str(operation.params.get(member))))

    def _now(self) -> float:
        """The moment, where it is wanted; a look at the clock of a run in process moves it."""
        return self.budget.clock.now() if self.is_timed else 0.0

    def _timed(self, sent: float) -> None:
        if self.is_timed:
            self.intervals.append(Interval(sent, self._now(), OWN))

    def take(self, command: Command, step: Step, when: Interval) -> None:
        """Take in what another client asked of the same resources. It is not judged: who knows what came first?"""
        self.program.append(command)
        self._starts.append(len(self.steps))
        self.steps.append(step)
        self.intervals.append(when)
        self._count(*step)
        if step.outcome.kind == "success":
            self._bind(command, step.operation, step.outcome.result or {})

    def _count(self, operation: Operation, outcome: Outcome) -> None:
        """Keep calls for deleting what this call may have made, where that has to be deleted."""
        if self.target.remembers and outcome.kind not in ("refusal", "throttled", "unsupported"):
            if operation.name.startswith("Create"):
                self.budget.keeping.made()
            elif operation.name.startswith("Delete") and outcome.kind == "success":
                self.budget.keeping.deleted()

    def _walk(self, command: Command) -> list[Finding]:
        operation, findings = self.operation(command), []
        for _ in range(PAGES_AT_MOST):
            outcome, found = self.send(command, operation)
            findings += found
            token = (outcome.result or {}).get("nextToken")
            again = any(finding.clause == "ET-PAGE-5" for finding in found)
            if outcome.kind != "success" or not isinstance(token, str) or not 0 < len(token) < ENDLESS or again:
                break
            operation = replace(operation, params={**operation.params, "nextToken": token})
        return findings

    def commands_of(self, steps: Iterable[int]) -> list[int]:
        """The places in the program of the commands that made these steps, which are numbered from 1."""
        return sorted({bisect_right(self._starts, step - 1) - 1 for step in steps if step > 0})

    def mask(self, reference: str, second: bool = False) -> int:
        """The statuses that the resource a reference names may have, in the likeliest world."""
        world, region = self.judgement.world, self.regions[second]
        known = world.status(world.find(region, self.resolve(reference, second)))
        return ANY if known == GONE and world.is_unsure(region) else known

    def _settle(self, reference: str, second: bool = False) -> Pausing:
        """Describe until the status is settled or gone, or the patience is at an end."""
        arn, region = self.resolve(reference, second), self.regions[second]
        if reference.endswith(".dataset"):
            return (yield from self._settle_dataset(reference, arn, second))
        tracker = reference.endswith(".tracker")
        params = {"eventTrackerArn" if tracker else "datasetGroupArn": arn}
        operation = Operation("DescribeEventTracker" if tracker else "DescribeDatasetGroup", params, region)
        command = Command(operation.name, {next(iter(params)): reference}, second)
        findings: list[Finding] = []
        limit, started, pause, looks = self.patience.seconds(), self.budget.clock.now(), 0.01, 0
        while (mask := self.mask(reference, second)) not in SETTLED:
            outcome, found = self.send(command, operation)
            findings += found
            if outcome.kind == "unsupported" or self.mask(reference, second) in SETTLED:
                break
            if outcome.code == "ResourceNotFoundException":
                break  # a Create whose answer was lost may never tell its ARN: waiting for it would be for ever
            waited = self.budget.clock.now() - started
            if waited > limit:
                return findings + self._never_settled(command, operation, outcome, limit)
            looks += 1
            if looks < LOOKS and not self.patience.timed:
                continue
            self.patience.timed = True
            yield min(pause, max(0.01, limit - waited))
            pause = min(1.6 * pause, 2.0)
        if mask & (CREATING | DELETING):
            self.patience.longest = max(self.patience.longest, self.budget.clock.now() - started)
        if mask & DELETING and self.mask(reference, second) == GONE:
            self.budget.keeping.took(2 + looks)
        return findings

    def _settle_dataset(self, reference: str, arn: str, second: bool) -> Pausing:
        """The same for a dataset, whose status is nobody's business here."""
        command = Command("DescribeDataset", {"datasetArn": reference}, second)
        operation = Operation(command.name, {"datasetArn": arn}, self.regions[second])
        findings: list[Finding] = []
        limit, started, pause, looks = self.patience.seconds(), self.budget.clock.now(), 0.01, 0
        while True:
            outcome, found = self.send(command, operation)
            findings += found
            body = (outcome.result or {}).get("dataset")
            moving = isinstance(body, dict) and str(body.get("status")).endswith(("PENDING", "IN_PROGRESS"))
            waited, looks = self.budget.clock.now() - started, looks + 1
            if outcome.kind != "success" or not moving or waited > limit:
                return findings
            if looks >= LOOKS or self.patience.timed:
                self.patience.timed = True
                yield min(pause, max(0.01, limit - waited))
                pause = min(1.6 * pause, 2.0)

    def _never_settled(self, command: Command, asked: Operation, last: Outcome, limit: float) -> list[Finding]:
        self.patience.failed = True
        body = next(iter((last.result or {}).values()), None)
        saw = body.get("status") if isinstance(body, dict) else last.code or last.kind
        arn = next(iter(asked.params.values()))
        marker = Operation(SETTLE, {"arn": arn, "seconds": limit, "saw": f"still {saw}"}, asked.region)
        before = self.judgement.world
        self._timed(self._now())
        self.steps.append(Step(marker, Outcome.success()))
        found = judge.step(self.judgement, marker, Outcome.success())
        if self.listener:
            self.listener(Heard(command, marker, Outcome.success(), before, found))
        return found

    def see_off(self) -> None:
        """Wait for the dataset groups that are on their way out."""
        for slot, second in self.slots():
            if self.mask(f"${slot}.arn", second) & DELETING:
                for seconds in self.waiting_beside(Command(SETTLE, {"of": f"${slot}.arn"}, second)):
                    self.budget.sleep(seconds)

    # -- leaving nothing behind ----------------------------------------------------------------

    def left(self, member: str) -> set[tuple[str, str]]:
        """What this session made and was not seen to be gone: regions and ARNs, of one kind by the member's name."""
        if member in ("datasetArn", "schemaArn"):
            return {(region, arn) for what, region, arn in self._made if what == member} - self._gone
        kind = "dataset_group" if member == "datasetGroupArn" else "event_tracker"
        known = {(key[0], r.arn): r.mask for key, r in self.judgement.world.resources.items() if r.kind == kind}
        made = {(region, arn) for what, region, arn in self._made if what == member}
        return {place for place in known.keys() | made if known.get(place) != GONE and place[1][:1] not in ("", "?")}

    def holding(self, region: str) -> int:
        """How many dataset groups it has in a region, those left out that were seen to be gone in cleaning up."""
        return sum(where == region for where, _ in self.left("datasetGroupArn") - self._gone)

    def cleaned(self, places: set[tuple[str, str]]) -> None:
        """What was at these places, a region and an ARN each, was seen to be gone in cleaning up."""
        self._gone |= places

    def leaving(self) -> set[tuple[str, str]]:
        """What is on its way out, or gone: regions and ARNs."""
        resources = self.judgement.world.resources.items()
        return {(key[0], r.arn) for key, r in resources if not r.mask & ~(DELETING | GONE)}

    def adopt(self, region: str, prefix: str) -> None:
        """Take every dataset group whose name is of the run or session of this prefix for one that was made here."""
        token: dict[str, Any] = {}
        for _ in range(PAGES_AT_MOST):
            page = self.unjudged("ListDatasetGroups", token, region).result or {}
            items = page.get("datasetGroups")
            for item in items if isinstance(items, list) else ():
                name, arn = (item.get("name"), item.get("datasetGroupArn")) if isinstance(item, dict) else (None, None)
                if isinstance(name, str) and isinstance(arn, str) and is_under(name, prefix):
                    self._made.add(("datasetGroupArn", region, arn))
            if not isinstance(page.get("nextToken"), str) or not page["nextToken"]:
                return
            token = {"nextToken": page["nextToken"]}

    def unjudged(self, name: str, params: Mapping[str, Any], region: str) -> Outcome:
        """A call outside the history, for cleaning up. Raises BudgetSpent where not even for that a call is left."""
        self.budget.tidy()
        with self.budget.ending.breaking_in():
            return ask(self.target, Operation(name, params, region))
