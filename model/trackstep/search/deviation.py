"""From sightings to deviations: each with the shortest program, its first cause, and the words that explain it.

Owns what may be spent on shrinking, and the wording. Knows no report.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from trackstep import event, program
from trackstep.oracle.expected import Member
from trackstep.oracle.judge import Step, judge
from trackstep.oracle.notes import Finding
from trackstep.search import cause, kin, overlapping, sighting
from trackstep.search.budget import Budget, BudgetSpent
from trackstep.search.cause import Cause
from trackstep.search.run import CLEANED, Run
from trackstep.search.session import Session
from trackstep.search.shrink import Shown, Shrinker, shows
from trackstep.search.sighting import Key, Shrunk, Sighting

SHRINKING = 460
"""Calls that may be spent on the shortest program of one deviation; 500 with cleaning up."""
AGAIN = 3
"""How often a recorded history is tried again that did not show the deviation."""
FIRST = 4
"""How much more of the calls one deviation of a family has than a further one, which is told as a case of it."""
CLEANING = 0.1
"""The part of the time that is left for shrinking in which what the search made may be deleted before it."""


class Deviations:
    """The deviations of a run. May be asked at any moment; what was shrunk by then is shortest."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._keys = [key for key in run.sightings if key.counts]
        self._shown: dict[Key, Shown] = {}
        self._short: set[Key] = set()
        self._again: dict[Key, tuple[int, int]] = {}
        self.spent: dict[Key, int] = {}
        """Calls that were spent on the shortest program of each."""

    def shrink(self, shown: bool = False) -> Iterator[Key]:
        """Shrink one after the other; yields each as it is done. ``shown``: each is to be run again, and pays for it.

        What the search made is deleted first: a program must show the deviation where nothing else is.
        """
        if self._keys:
            self._run.may_shrink(len(self._keys) if shown else 0)
            self._run.clean_up(max(1.0, CLEANING * self._run.budget.left()), CLEANED)
        parts = _each_family_first(self._keys)
        whole = sum(parts.values())
        for key, part in parts.items():
            budget, share = self._run.budget, part / whole
            whole -= part
            elapsed, left = budget.max_time - budget.left(), max(0.0, budget.left())
            calls = min(SHRINKING, int(share * (budget.max_calls - budget.kept - budget.calls)))
            extra = replace(budget, max_calls=budget.calls + budget.kept + calls, max_time=elapsed + share * left)
            try:
                self._shrink_one(key, extra)
            finally:
                self.spent[key] = extra.calls - budget.calls
                budget.calls = extra.calls
            yield key

    def _shrink_one(self, key: Key, budget: Budget) -> None:
        run, known = self._run, self._run.sightings[key]
        if known.round is not None:
            return  # a shorter program is no use without those who ask at once

        def deviates(session: Session, found: list[Finding]) -> bool:
            return any(sighting.key(finding, session.steps) == key for finding in found)

        def alone(session: Session) -> bool:
            return cause.is_alone(_shown_by(key, Shown([], session)))

        shrinker = Shrinker(lambda: run.trial(budget), deviates, alone, budget)
        try:
            shrinker.shortest(known.commands, known.said, known.because)
            if shrinker.best is None:
                self._again[key] = self._repeat(known, shrinker, budget)
        except BudgetSpent:
            shrinker.is_cut = True  # what was found by then is the shortest
        if not shrinker.is_cut:
            self._short.add(key)
        if shrinker.best is not None:
            self._shown[key] = shrinker.best

    def _repeat(self, known: Sighting, shrinker: Shrinker, budget: Budget) -> tuple[int, int]:
        """How often the recorded program shows it again, of how many tries."""
        seen = 0
        for tries in range(1, AGAIN + 1):
            session = self._run.trial(budget)
            if shows(session, known.commands, shrinker.deviates):
                seen += 1
                shrinker.best = Shown(list(session.program), session)
            if budget.calls + len(known.steps) > budget.max_calls:
                return seen, tries
        return seen, AGAIN

    def all(self) -> tuple[event.Deviation, ...]:
        """Every deviation that counts, worst first."""
        alone = [key for key in self._keys if self._run.sightings[key].round is None]
        causes = cause.causes(self._shrunk(key) for key in alone)
        made = [self._deviation(key, causes.get(key)) for key in self._keys]
        order = list(self._run.spec.clauses)
        return tuple(sorted(made, key=lambda d: (d.level != "MUST", order.index(d.clause), d.operation, d.answer)))

    def _shrunk(self, key: Key) -> Shrunk:
        shown = self._shown.get(key)
        if shown is None or shown.session is None:
            return _as_recorded(key, self._run.sightings[key])
        return replace(_shown_by(key, shown), is_short=key in self._short)

    def _deviation(self, key: Key, first: Cause | None) -> event.Deviation:
        known, shown = self._run.sightings[key], self._shown.get(key)
        clause = self._run.spec.clauses[key.clause]
        if known.round is not None:
            return overlapping.deviation(key, known, known.round, clause, self._run.together.rounds)
        finding, steps, prefix, commands = known.finding, known.steps, known.prefix, known.told
        if shown is not None and shown.session is not None:
            session = shown.session
            steps, prefix, commands = session.steps, session.prefix, session.told()
            finding = next(f for f in session.judgement.notes.findings if sighting.key(f, steps) == key)
        exercised = self._run.exercised[key.clause]
        again, tries = self._again.get(key, (0, 0))
        return event.Deviation(
            clause=key.clause,
            level=clause.level,
            sentence=clause.sentence,
            operation=key.operation,
            answer=key.answer,
            expected=finding.expected,
            actual=finding.actual,
            because=tuple(_told(steps, number) for number in finding.because if number <= len(steps)),
            history=tuple(program.as_boto3(commands)),
            program=tuple(map(str, commands)),
            source=known.source,
            after=known.calls,
            seen=known.seen + again,
            of=max(exercised, known.seen) + tries,
            reproduced=shown is not None,
            tries=tries,
            link=clause.link,
            evidence=tuple(f"{kind}: {text}" for kind, text in clause.evidence),
            cause="" if first is None else " ".join(first.first),
            is_case=first is not None and first.is_case,
            claim=finding.claim,
            rests_on=tuple(number for number in finding.because if number <= len(steps)),
            prefix=prefix,
            steps=tuple(steps[: finding.step]),
        )


def _each_family_first(keys: Sequence[Key]) -> dict[Key, int]:
    """One deviation of each family before a second of any, and its part of the calls: they may not do for all."""
    first, further, met = list[Key](), list[Key](), set[Hashable]()
    for key in keys:
        families = kin.families(key)
        (further if families & met else first).append(key)
        met |= families
    return dict.fromkeys(first, FIRST) | dict.fromkeys(further, 1)


def _shown_by(key: Key, shown: Shown) -> Shrunk:
    assert shown.session is not None
    session = shown.session
    findings = session.judgement.notes.findings
    told = [(sighting.key(f, session.steps), f.step) for f in findings]
    first = next((f for f, (its, _) in zip(findings, told, strict=True) if its == key), None)
    return Shrunk(key, shown.commands, told, session.steps, session.prefix, member=_member(first))


def _member(finding: Finding | None) -> str:
    """The member of the answer that a finding is about, where it is about one."""
    return finding.expected.name if finding and isinstance(finding.expected, Member) else ""


def _as_recorded(key: Key, known: Sighting) -> Shrunk:
    """A deviation that has no shorter program: with what the history showed in which it was recorded."""
    findings = judge(known.steps, known.prefix).notes.findings
    told = [(sighting.key(f, known.steps), f.step) for f in findings]
    return Shrunk(key, known.commands, told, known.steps, known.prefix, False, _member(known.finding))


def _told(steps: list[Step], number: int) -> str:
    operation, outcome = steps[number - 1]
    came = outcome.code or outcome.kind
    if outcome.kind == "success" and operation.name.startswith("Describe"):
        body = (outcome.result or {}).get("eventTracker") or (outcome.result or {}).get("datasetGroup")
        came = f"success, status {body.get('status')}" if isinstance(body, dict) else came
    return f"step {number}, {operation.name}: {came}"
