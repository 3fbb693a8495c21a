"""Witness: what each recording of the real service says of the clauses.

Recordings of one account are judged as one history in time order. A recording holds what was printed and no more: a
clause is witnessed only by what was printed, and by a refusal only if no other row can have been its reason. Knows
no target, and nothing of how a recording is written down.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from trackstep import spec
from trackstep.evidence.recording import Reading, covered, histories, readings, unexplained
from trackstep.oracle import blame, guard, judge
from trackstep.oracle.case import Case, case
from trackstep.oracle.condition import CONDITIONS, YES
from trackstep.oracle.judge import Judgement, Step
from trackstep.oracle.lifecycle import mask, observer
from trackstep.oracle.notes import Finding, Notes
from trackstep.oracle.world import Resource, World
from trackstep.spec import Refusal

OLDER = "older-service"
REASONS = ("answer-not-printed", "request-not-printed", OLDER)
"""Why a recording may say nothing that can be judged, or what is no longer so."""
MEMBERS = {
    "ET-DESC-3", "ET-DESC-4", "ET-DESC-5", "ET-GRP-13", "ET-GRP-16", "ET-ID-1", "ET-LIFE-1", "ET-LIST-5", "ET-LIST-7",
}  # fmt: skip
"""Clauses that ask for members, which a partial recording may lack though the service gave them."""
ABSENT = re.compile(r"None$|none$|no |\{")
"""How a finding says that a member is absent, or shows the answer that lacks it."""
KNOWN = {"ET-DESC-5", "ET-GRP-13"}
"""Clauses that ask for members that are as they were made; what was not printed is taken to be."""
PAGES = {"ET-LIST-4", "ET-LIST-6", "ET-PAGE-3", "ET-PAGE-4", "ET-PAGE-8", "ET-UNIQ-8"}
"""Clauses about all that a page shows; of a list that was printed in part nothing is known of them."""
FORM = {"ET-WIRE-1", "ET-WIRE-10", "ET-WIRE-12"}
"""Clauses that any answer exercises; one that an SDK has read witnesses them only if the HTTP answer is known."""


class Witness(NamedTuple):
    """What a recording says: the clauses that it witnesses, those of which it witnesses one, what it contradicts.

    ``reason`` and ``sentence``: why it says nothing, or what is no longer so; empty where neither is the case.
    """

    recording: str
    clauses: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    sentence: str = ""


def witnesses() -> dict[str, Witness]:
    """Recording -> what it says, for each recording of a covered operation, in order. Raises SpecError."""
    listed = {number: (why.get("reason", ""), why.get("sentence", "")) for number, why in unexplained().items()}
    said = {}
    for number in covered():
        reason, sentence = listed.get(number, ("", ""))
        said[number] = Witness(number, reason=reason, sentence=sentence)
    for history in histories():
        for number, clauses, perhaps, findings in _judged(history):
            so_far = said[number]
            clauses |= so_far.clauses
            perhaps = (perhaps | so_far.perhaps) - clauses
            said[number] = so_far._replace(clauses=clauses, perhaps=perhaps, findings=(*so_far.findings, *findings))
    return said


def of_clauses() -> dict[str, list[str]]:
    """Clause -> the recordings that witness it, in order; a clause without one is left out."""
    found: dict[str, list[str]] = {}
    for witness in witnesses().values():
        for clause in sorted(witness.clauses) if not witness.findings else ():
            found.setdefault(clause, []).append(witness.recording)
    return found


def problems() -> list[str]:
    """Where the specification and the recordings do not agree, one line each; empty if each recording is explained."""
    said = witnesses()
    strangers = sorted(unexplained().keys() - said.keys())
    found = [f"{number} is no recording of a covered operation; unexplained.toml names it" for number in strangers]
    for number, witness in said.items():
        if witness.reason != OLDER:
            for finding in witness.findings:
                answer = f"{finding.operation} was to give {finding.expected}, and gave {finding.actual}"
                found.append(f"{number} contradicts {finding.clause}: {answer}")
        if witness.reason and witness.clauses and not witness.findings:
            found.append(f"{number} stands in unexplained.toml, and witnesses {', '.join(sorted(witness.clauses))}")
        if not (witness.reason or witness.clauses or witness.findings):
            found.append(f"{number} witnesses nothing, and unexplained.toml does not say why")
        if witness.reason not in ("", *REASONS) or bool(witness.reason) != bool(witness.sentence):
            found.append(f"{number} needs a reason, one of {', '.join(REASONS)}, and a sentence in unexplained.toml")
    return found


Said = tuple[str, frozenset[str], frozenset[str], tuple[Finding, ...]]
"""A recording, the clauses that a step of it witnesses, those of which it witnesses one, what it contradicts."""


def _judged(history: Mapping[str, Any]) -> Iterator[Said]:
    """Judge a history, sitting by sitting; where it can be read in several ways, in that which contradicts least."""
    world, number, known = _unknown(history), 0, covered()
    for sitting in history["sittings"]:
        if not sitting.get("continues"):
            world = _unknown(history)._replace(ids=world.ids)
        for told in sitting.get("before", ()):
            world = _told(world, history["region"], told)
        each = [readings(known[name], history["region"]) for name in sitting["recordings"]]
        ways = [_said(world, number, itertools.chain.from_iterable(way)) for way in itertools.product(*each)]
        said, world = min(ways, key=lambda way: sum(len(findings) for *_, findings in way[0]))
        number += len(said)
        yield from said


def _unknown(history: Mapping[str, Any]) -> World:
    """Nothing is known of an account in use, but whose it is."""
    return World(complete=False, homes={history["region"]: ("aws", history["account"])})


def _told(world: World, region: str, told: Mapping[str, str]) -> World:
    """The world in which a resource is in a status that a note tells of, or has moved on from it by itself."""
    arn = told["arn"]
    kind = "event_tracker" if ":event-tracker/" in arn else "dataset_group"
    statuses = observer(kind).closure(mask([told["status"]]))
    return world.born(region, Resource(kind, arn, None, statuses, 0, 0, tracking_id=told.get("trackingId")))


def _said(world: World, number: int, steps: Iterable[Reading]) -> tuple[list[Said], World]:
    judgement, said = Judgement((world,), Notes(number)), []
    for reading in steps:
        before, c = judgement.notes.exercised, case(judgement.world, reading.step.operation)
        found = judge.step(judgement, *_completed(c, reading))
        after = judgement.notes.exercised
        exercised = {clause for clause in after if after[clause] > before.get(clause, 0)}
        sure, perhaps = _reasons(c, reading.step)
        findings = tuple(finding for finding in found if not _is_unprinted(reading, finding))
        lacking = {finding.clause for finding in found if finding.clause in MEMBERS}
        clauses = ((exercised - _beside(c, reading)) | sure) - lacking - {finding.clause for finding in findings}
        if reading.guessed:
            clauses &= {spec.load().operations[c.operation.name].clause}
        said.append((reading.recording, frozenset(clauses), frozenset(perhaps), findings))
    return said, judgement.world


def _completed(c: Case, reading: Reading) -> Step:
    """The step, its description completed by what is known of the resource, so that it is not forgotten."""
    operation, outcome = reading.step
    made = {"name": c.subject.name, "datasetGroupArn": c.subject.group} if c.subject else {}
    known = {member: value for member, value in (made | dict(operation.params)).items() if value is not None}
    body = {key: known | inner for key, inner in (outcome.result or {}).items() if isinstance(inner, dict)}
    if not (reading.partial and body):
        return reading.step
    return Step(operation, replace(outcome, result=body))


def _is_unprinted(reading: Reading, finding: Finding) -> bool:
    may_lack = finding.clause in MEMBERS or finding.clause in blame.OF_A_REFUSED.values()
    return reading.partial and may_lack and ABSENT.match(finding.actual) is not None


def _beside(c: Case, reading: Reading) -> set[str]:
    """Clauses that the judge counts at this step, and that what was printed could not have broken."""
    outcome, may = reading.step.outcome, guard.rows(c)[0]
    beside = {row.clause for row in may} | {blame.row(row, c) for row in may}
    if outcome.kind == "refusal":
        beside.add(blame.OF_A_REFUSED.get(c.operation.name, ""))  # what is read afterwards shows it
    if outcome.wire is None:
        beside |= FORM
    if reading.partial:
        beside |= PAGES if c.operation.name.startswith("List") else KNOWN
    if not c.world.ids:
        beside.add("ET-ID-2")
    if not c.world.resources:
        beside |= {"ET-ID-4", "ET-LIST-1"}
    return beside


def _reasons(c: Case, step: Step) -> tuple[set[str], set[str]]:
    """The clauses of the rows that surely were a refusal's reason; and of all rows that may have been."""
    may, _ = guard.rows(c)
    allowed = [row for row in may if step.outcome.kind == "refusal" and step.outcome.code in row.codes]
    sure = allowed if len(allowed) == 1 else [row for row in allowed if _holds(row, c)]
    return {blame.row(row, c) for row in sure}, {blame.row(row, c) for row in allowed}


def _holds(row: Refusal, c: Case) -> bool:
    """Whether a row holds for certain: its statuses are all that there may be, and its condition is met."""
    if row.on and c.masks[guard.PLACE[row.on]] & ~guard.bits_of(row):
        return False
    return not row.when or (row.when in CONDITIONS and CONDITIONS[row.when][1](c) == YES)
