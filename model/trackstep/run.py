"""One run against a target: the tour, the excursions, lockstep; yields typed events.

Owns the order of the sources, what counts as distinct, and the verdict. Knows no report.
"""

from __future__ import annotations

import platform
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from trackstep import __version__, event, lockstep, plan, program, shrink, spec, verdict
from trackstep.errors import TargetError
from trackstep.history import History
from trackstep.notes import Finding, Notes
from trackstep.operation import CORE, COVERED, Operation
from trackstep.outcome import Outcome
from trackstep.program import Command
from trackstep.session import Budget, BudgetSpent, Patience, Session
from trackstep.targets import Target

SHRINKING = 1000
"""Calls that may be spent on the shortest program of one deviation, beyond ``max_calls``."""
EXPLORING = 0.75
"""The part of ``max_time`` in which new ground is covered; the rest is for shrinking."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run may spend and how strict it is: calls, seconds, seconds."""

    seed: int = 0
    max_calls: int = 6000
    max_time: float = 240.0
    settle_timeout: float = 60.0
    strict: bool = False
    regions: tuple[str, str] = ("us-east-1", "us-west-2")


@dataclass
class _Sighting:
    finding: Finding
    source: str
    commands: list[Command]
    because: tuple[str, ...]
    seen: int = 1


class Run:
    """A run that can be asked, at any moment, what it has found so far."""

    def __init__(self, target: Target, settings: Settings) -> None:
        self.target, self.settings = target, settings
        self.spec = spec.load()
        self.budget = Budget(settings.max_calls, EXPLORING * settings.max_time)
        self.patience = Patience(settings.settle_timeout)
        self.source = "preflight"
        token = random.Random(settings.seed).randrange(16**4) if not target.remembers else secrets.randbelow(16**4)
        self.prefix = f"ts{token:04x}"
        self.sightings: dict[tuple[str, str], _Sighting] = {}
        self.notes: list[Notes] = []
        self.sessions: list[Session] = []
        self.unsupported: dict[str, str] = {}
        self.answered: Counter[str] = Counter()
        self._events: list[event.Event] = []
        self._numbers = 0

    # -- sessions ------------------------------------------------------------------------------

    def session(self, keep: bool = True) -> Session:
        """A new history under names of its own. ``keep`` False: a trial, whose notes do not count."""
        self._numbers += 1
        made = Session(
            self.target,
            f"{self.prefix}{self._numbers:x}",
            self.budget,
            self.patience,
            self.settings.regions,
            seed=self._numbers,
        )
        made.unsupported = self.unsupported
        if keep:
            made.listener = self._listen(made)
            self.notes.append(made.judgement.notes)
        self.sessions.append(made)
        return made

    def _listen(self, session: Session) -> Callable[[Command, Operation, Outcome, list[Finding]], None]:
        def heard(command: Command, operation: Operation, outcome: Outcome, findings: list[Finding]) -> None:
            self.answered[operation.name] += outcome.kind in ("success", "refusal")
            self._events.append(event.Called(self.budget.calls, self.source, operation.name))
            for finding in findings:
                key = (finding.clause, finding.operation)
                if key in self.sightings:
                    self.sightings[key].seen += 1
                    continue
                because = tuple(_describe_step(session, number) for number in finding.because)
                self.sightings[key] = _Sighting(finding, self.source, list(session.program), because)
                self._events.append(event.Found(finding.clause, finding.operation, self.source))

        return heard

    # -- the run -------------------------------------------------------------------------------

    def events(self) -> Iterator[event.Event]:
        """Do the run. Raises TargetError where it cannot be judged at all."""
        yield event.Started(self.target.description, self.settings.seed, self.prefix)
        try:
            for work in (self._preflight, self._excursions, self._tour, self._lockstep):
                for _ in work():
                    yield from self._drain()
                yield from self._drain()
        except BudgetSpent:
            self.source = "budget"
        yield from self._drain()

    def _drain(self) -> list[event.Event]:
        pending, self._events = self._events, []
        return pending

    def _preflight(self) -> Iterator[None]:
        """Find out, with reads that change nothing, what the target offers."""
        session = self.session()
        nowhere = {"datasetGroupArn": "$A.arn"}
        tracker = {"eventTrackerArn": "$A.tracker"}
        tags = [{"tagKey": "a", "tagValue": "b"}]
        probes = [
            Command("DescribeDatasetGroup", nowhere),
            Command("ListDatasetGroups"),
            Command("DescribeEventTracker", tracker),
            Command("ListEventTrackers"),
            Command("DeleteEventTracker", tracker),
            Command("DeleteDatasetGroup", nowhere),
            Command("ListTagsForResource", {"resourceArn": "$A.tracker"}),
            Command("TagResource", {"resourceArn": "$A.tracker", "tags": tags}),
            Command("UntagResource", {"resourceArn": "$A.tracker", "tagKeys": ["a"]}),
            Command("PutEvents", {"trackingId": "$A.id", "sessionId": "s", "eventList": plan.EVENT}),
            Command("CreateEventTracker", {"name": "$t1", **nowhere}),
            Command("CreateDatasetGroup", {"name": "$A"}),
            Command("DeleteDatasetGroup", nowhere),
        ]
        heard = set[str]()
        for number, probe in enumerate(probes):
            session.perform(probe)
            outcome = session.steps[-1].outcome
            heard.add(outcome.kind)
            if outcome.code in self.spec.credentials:
                raise TargetError(f"the target refuses these credentials: {outcome.code} {outcome.message}".strip())
            if number == 1 and heard <= {"lost", "garbled"} and (outcome.wire is None or outcome.kind == "garbled"):
                raise TargetError(f"{self.target.description} does not answer as the API would: {outcome.message}")
            yield
        silent = {name: self._silence(session, name) for name in CORE}
        if all(silent.values()) or silent["CreateDatasetGroup"] or self.unsupported.keys() & set(CORE):
            missing = [name for name in CORE if silent[name]]
            raise TargetError(f"core operations unsupported: {', '.join(missing)} ({silent[missing[0]]})")

    def _silence(self, session: Session, name: str) -> str:
        """Why the preflight never got an answer to the operation; empty if it did."""
        outcomes = [step.outcome for step in session.steps if step.operation.name == name]
        if any(outcome.kind in ("success", "refusal") for outcome in outcomes):
            return ""
        return outcomes[-1].message if outcomes else "never asked"

    def _excursions(self) -> Iterator[None]:
        session = self.session()
        for excursion in plan.excursions():
            if excursion.regions > 1 and not self.target.regions_are_separate:
                continue
            self.source = f"excursion: {excursion.title}"
            for command in excursion.commands:
                session.perform(command)
                yield

    def _tour(self) -> Iterator[None]:
        self.source = "tour"
        done = set[tuple[plan.State, Command]]()
        for walk in plan.tour():
            session = self.session()
            for command in plan.next_on_tour(session, walk, done):
                session.perform(command)
                yield

    def _lockstep(self) -> Iterator[None]:
        self.source = "lockstep"
        lockstep.explore(self.session, self.settings.seed)
        yield

    # -- what it found -------------------------------------------------------------------------

    def clean_up(self) -> None:
        """Delete what the run made, where the target would keep it."""
        if self.target.remembers:
            for session in self.sessions:
                session.clean_up()

    def deviations(self, shortest: bool = True) -> tuple[event.Deviation, ...]:
        """Every distinct deviation of MUST and SHOULD clauses, worst first, shrunk where there is budget."""
        found: list[event.Deviation] = []
        levels = {clause_id: clause.level for clause_id, clause in self.spec.clauses.items()}
        counted = {key: s for key, s in self.sightings.items() if levels[key[0]] != "tentative"}
        for (clause_id, operation), sighting in counted.items():
            clause = self.spec.clauses[clause_id]
            commands, reproduced = sighting.commands, False
            if shortest:
                share = 1 / (len(counted) - len(found))
                commands, reproduced = self._shortest(commands, (clause_id, operation), share)
            found.append(
                event.Deviation(
                    clause_id, clause.level, clause.sentence, operation, sighting.finding.expected, sighting.finding.actual,
                    sighting.because, tuple(program.as_boto3(commands)), tuple(map(str, commands)), sighting.source,
                    sighting.seen, reproduced, clause.link, tuple(f"{kind}: {text}" for kind, text in clause.evidence),
                )
            )  # fmt: skip
        order = list(self.spec.clauses)
        return tuple(sorted(found, key=lambda d: (d.level != "MUST", order.index(d.clause), d.operation)))

    def _shortest(self, commands: list[Command], key: shrink.Key, share: float) -> tuple[list[Command], bool]:
        """The shortest program, with calls of its own and a share of what is left of the time."""
        spent, elapsed = self.budget.calls, time.monotonic() - self.budget.started
        left = max(0.0, self.settings.max_time - elapsed)
        extra = Budget(spent + SHRINKING, elapsed + share * left, spent, self.budget.started)
        try:
            return shrink.shortest(lambda: self._trial(extra), commands, key)
        except BudgetSpent:
            return commands[-40:], False
        finally:
            self.budget.calls = extra.calls

    def histories(self) -> list[History]:
        """What was asked and answered, session by session, trials left out."""
        return [History(s.prefix, s.steps) for s in self.sessions if s.listener and s.steps]

    def _trial(self, budget: Budget) -> Session:
        made = self.session(keep=False)
        made.budget = budget
        return made

    def report(self, deviations: tuple[event.Deviation, ...]) -> dict[str, Any]:
        """Everything that was seen, as report.json holds it (reports/report.schema.json)."""
        counted = [d for d in deviations if d.level == "MUST" or self.settings.strict]
        unheard = [name for name in CORE if not self.answered[name]]
        unjudged = bool(unheard) and (not counted or len(unheard) == len(CORE))
        reason = f"no answer to {', '.join(unheard)} within the budget" if unjudged else ""
        tentative = [
            {"clause": clause, "operation": operation, "expected": s.finding.expected, "actual": s.finding.actual}
            for (clause, operation), s in self.sightings.items()
            if self.spec.clauses[clause].level == "tentative"
        ]
        return {
            "verdict": "could not be judged" if unjudged else "deviates" if counted else "conforms",
            "exit_code": 3 if unjudged else 1 if counted else 0,
            "reason": reason,
            "target": self.target.description,
            "versions": {"trackstep": __version__, "python": platform.python_version(), "botocore": version("botocore"), "moto": version("moto")},
            "seed": self.settings.seed,
            "calls": self.budget.calls,
            "seconds": round(time.monotonic() - self.budget.started, 2),
            "clauses": verdict.clauses(self.notes, {clause for clause, _ in self.sightings}, self.unsupported),
            "deviations": [_as_json(d) for d in deviations],
            "tentative": tentative,
            "choices": verdict.choices(self.notes),
            "coverage": verdict.coverage(self.notes),
            "unsupported": dict(sorted((k, v) for k, v in self.unsupported.items() if k in COVERED)),
        }  # fmt: skip


def _as_json(deviation: event.Deviation) -> dict[str, Any]:
    return {name: _plain(getattr(deviation, name)) for name in deviation.__dataclass_fields__}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _describe_step(session: Session, number: int) -> str:
    operation, outcome = session.steps[number - 1]
    came = outcome.code or outcome.kind
    if outcome.kind == "success" and operation.name.startswith("Describe"):
        body = (outcome.result or {}).get("eventTracker") or (outcome.result or {}).get("datasetGroup")
        came = f"success, status {body.get('status')}" if isinstance(body, dict) else came
    return f"step {number}, {operation.name}: {came}"
