"""A session: commands performed against a target, each answer judged as it comes.

Owns names, references, waiting and the budget. Timing belongs to the target: statuses are polled
with back-off. Knows no report, and nothing of how its commands were chosen.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trackstep import judge
from trackstep.judge import Judgement, Step
from trackstep.lifecycle import ACTIVE, CREATING, DELETING, FAILED, GONE
from trackstep.notes import Finding
from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.program import SETTLE, WALK, Command
from trackstep.targets import Target

ACCOUNT = "123456789012"
PAGES_AT_MOST = 60
SETTLED = (ACTIVE, FAILED, GONE)


class BudgetSpent(BaseException):
    """No calls or no time left. Not an Exception, so that Hypothesis does not take it for a failure."""


@dataclass
class Budget:
    """What may still be spent: calls, and seconds of wall clock."""

    max_calls: int
    max_time: float
    calls: int = 0
    started: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        """Seconds left."""
        return self.max_time - (time.monotonic() - self.started)

    def spend(self) -> None:
        """Count one call. Raises BudgetSpent when there is none to spend."""
        if self.calls >= self.max_calls or self.left() <= 0:
            raise BudgetSpent
        self.calls += 1


@dataclass
class Patience:
    """How long a status may take to settle, in seconds; after one never settled, others get less."""

    timeout: float
    longest: float = 0.0
    failed: bool = False

    def seconds(self) -> float:
        """The time-out for the next wait."""
        return min(self.timeout, max(1.0, 5 * self.longest)) if self.failed else self.timeout


Listener = Callable[[Command, Operation, Outcome, list[Finding]], None]


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
    ) -> None:
        self.target, self.prefix, self.budget, self.patience = target, prefix, budget, patience
        self.regions, self.listener = regions, listener
        self.judgement: Judgement = judge.begin(prefix)
        self.steps: list[Step] = []
        self.program: list[Command] = []
        self.unsupported: dict[str, str] = {}
        self._bound: dict[str, str] = {}
        self._account = ACCOUNT
        self._jitter = random.Random(seed)

    # -- names and references ------------------------------------------------------------------

    def resolve(self, value: Any, second: bool = False) -> Any:
        """Put names and ARNs in place of references."""
        if isinstance(value, str) and value.startswith("$"):
            return self._reference(value[1:], second)
        if isinstance(value, Mapping):
            return {key: self.resolve(inner, second) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.resolve(inner, second) for inner in value]
        return value

    def _reference(self, text: str, second: bool) -> str:
        other, text = text.startswith("2."), text.removeprefix("2.")
        second = second or other
        region = self.regions[second]
        slot, _, part = text.partition(".")
        name = f"{self.prefix}-{slot.lower()}"
        if slot == "fail":
            name = f"{self.prefix}-create-failed"
        elif slot == "long":
            name = f"{self.prefix}-".ljust(63, "x")
        if part in ("", "name"):
            return name
        bound = self._bound.get(f"{region}/{slot}.{part}")
        if bound is not None:
            return bound
        if part == "arn":
            return f"arn:aws:personalize:{region}:{self._account}:dataset-group/{name}"
        if part == "tracker":
            return f"arn:aws:personalize:{region}:{self._account}:event-tracker/00000000"
        return "00000000-0000-4000-8000-000000000000"

    def _bind(self, command: Command, operation: Operation, result: Mapping[str, Any]) -> None:
        region = operation.region
        if operation.name == "CreateDatasetGroup" and isinstance(result.get("datasetGroupArn"), str):
            slot = str(command.params.get("name", ""))[1:].partition(".")[0]
            self._bound[f"{region}/{slot}.arn"] = result["datasetGroupArn"]
            parts = result["datasetGroupArn"].split(":")
            self._account = parts[4] if len(parts) > 4 and parts[4] else self._account
        elif operation.name == "CreateEventTracker":
            slot = str(command.params.get("datasetGroupArn", ""))[1:].removeprefix("2.").partition(".")[0]
            key = f"{region}/{slot}"
            if isinstance(result.get("eventTrackerArn"), str):
                self._bound[f"{key}.tracker"] = result["eventTrackerArn"]
            if isinstance(result.get("trackingId"), str):
                if f"{key}.id" in self._bound:
                    self._bound[f"{key}.old"] = self._bound[f"{key}.id"]
                self._bound[f"{key}.id"] = result["trackingId"]

    # -- performing ----------------------------------------------------------------------------

    def perform(self, command: Command) -> list[Finding]:
        """Do one command and judge what comes back. Raises BudgetSpent before a call it cannot pay."""
        if command.name == SETTLE:
            self.program.append(command)
            return self.settle(str(command.params["of"]), command.second)
        if command.name == WALK:
            self.program.append(command)
            return self._walk(command)
        region = self.regions[command.second]
        body = command.body.encode() if command.body is not None else None
        operation = Operation(command.name, self.resolve(command.params, command.second), region, body)
        self.program.append(command)
        return self._send(command, operation)[1]

    def _send(self, command: Command, operation: Operation) -> tuple[Outcome, list[Finding]]:
        findings: list[Finding] = []
        pause, outcome = 0.02, Outcome.lost("not sent")
        for _ in range(12):
            if operation.name in self.unsupported:
                return Outcome.unsupported(self.unsupported[operation.name]), findings
            self.budget.spend()
            outcome = self.target.call(operation)
            self.steps.append(Step(operation, outcome))
            found = judge.step(self.judgement, operation, outcome)
            findings += found
            if self.listener:
                self.listener(command, operation, outcome, found)
            if outcome.kind == "unsupported":
                self.unsupported[operation.name] = outcome.message
            again = outcome.kind == "throttled" or (
                outcome.kind == "lost" and self.judgement.lost[1] < judge.TRIES and self.judgement.lost[1] > 0
            )
            if not again:
                break
            time.sleep(min(pause * self._jitter.uniform(0.8, 1.2), max(0.0, self.budget.left())))
            pause = min(2 * pause, 2.0)
        if outcome.kind == "success":
            self._bind(command, operation, outcome.result or {})
        return outcome, findings

    def _walk(self, command: Command) -> list[Finding]:
        params = dict(command.params)
        name = str(params.pop("operation"))
        resolved, findings = self.resolve(params, command.second), []
        for _ in range(PAGES_AT_MOST):
            operation = Operation(name, resolved, self.regions[command.second])
            outcome, found = self._send(command, operation)
            findings += found
            token = (outcome.result or {}).get("nextToken")
            again = any(finding.clause == "ET-PAGE-5" for finding in found)
            if outcome.kind != "success" or not isinstance(token, str) or not token or again:
                break
            resolved = {**resolved, "nextToken": token}
        return findings

    def mask(self, reference: str, second: bool = False) -> int:
        """The statuses that the resource a reference names may have, in the likeliest world."""
        world, region = self.judgement.world, self.regions[second]
        return world.status(region, world.find(region, self.resolve(reference, second)))

    def settle(self, reference: str, second: bool = False) -> list[Finding]:
        """Describe until the status is settled or gone, or the patience is at an end."""
        arn, region = self.resolve(reference, second), self.regions[second]
        tracker = reference.endswith(".tracker")
        params = {"eventTrackerArn" if tracker else "datasetGroupArn": arn}
        operation = Operation("DescribeEventTracker" if tracker else "DescribeDatasetGroup", params, region)
        command = Command(operation.name, {next(iter(params)): reference}, second)
        findings: list[Finding] = []
        limit, started, pause = self.patience.seconds(), time.monotonic(), 0.01
        while (mask := self.mask(reference, second)) not in SETTLED:
            outcome, found = self._send(command, operation)
            findings += found
            if outcome.kind == "unsupported" or self.mask(reference, second) in SETTLED:
                break
            waited = time.monotonic() - started
            if waited > limit:
                self.patience.failed = True
                body = (outcome.result or {}).get("eventTracker" if tracker else "datasetGroup")
                saw = body.get("status") if isinstance(body, dict) else outcome.code or outcome.kind
                marker = Operation(SETTLE, {"arn": arn, "seconds": limit, "saw": f"still {saw}"}, region)
                self.steps.append(Step(marker, Outcome.success()))
                found = judge.step(self.judgement, marker, Outcome.success())
                if self.listener:
                    self.listener(command, marker, Outcome.success(), found)
                return findings + found
            time.sleep(min(pause, max(0.0, self.budget.left()), max(0.01, limit - waited)))
            pause = min(1.6 * pause, 2.0)
        if mask & (CREATING | DELETING):
            self.patience.longest = max(self.patience.longest, time.monotonic() - started)
        return findings

    # -- leaving nothing behind ----------------------------------------------------------------

    def clean_up(self, patience: float = 30.0) -> None:
        """Delete what this session made, trackers first; best effort, unjudged, for ``patience`` seconds at most."""
        until = time.monotonic() + min(self.patience.timeout, patience)
        held = [(key[0], r) for key, r in self.judgement.world.resources.items() if r.mask != GONE and r.arn[0] != "?"]
        groups = {(region, r.arn) for region, r in held if r.kind == "dataset_group"}
        trackers = {(region, r.arn) for region, r in held if r.kind == "event_tracker"}
        for region, group in groups:
            listed = self.target.call(Operation("ListEventTrackers", {"datasetGroupArn": group}, region)).result or {}
            items = listed.get("eventTrackers")
            found = (item.get("eventTrackerArn") for item in items or () if isinstance(item, dict))
            trackers |= {(region, arn) for arn in found if isinstance(arn, str)}
        self._delete_all("EventTracker", "eventTrackerArn", trackers, until)
        self._delete_all("DatasetGroup", "datasetGroupArn", groups, until)

    def _delete_all(self, what: str, member: str, pending: set[tuple[str, str]], until: float) -> None:
        while pending:
            for region, arn in sorted(pending):
                self.target.call(Operation(f"Delete{what}", {member: arn}, region))
                if self.target.call(Operation(f"Describe{what}", {member: arn}, region)).kind != "success":
                    pending = pending - {(region, arn)}
            if time.monotonic() >= until:
                return
            if pending:
                time.sleep(0.05)
