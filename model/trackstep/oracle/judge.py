"""The judge: a pure function over histories.

The whole oracle is two sentences: an error is allowed iff one of its rows may hold; success is
allowed iff no row must hold. What came back decides the maybes, and the world narrows. What was
lost is waited for; where an answer has no other explanation, it was carried out, and there may be several worlds.
Knows the specification, and nothing of HTTP, Hypothesis, clocks or moto.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import NamedTuple

from trackstep import spec
from trackstep.operation import COVERED, Operation
from trackstep.oracle import adoption, blame, constraint, guard, lost, wire
from trackstep.oracle.case import Case, case
from trackstep.oracle.expected import NAMED_OF_OTHERS, NAMED_OF_ROW, Accepted, Refused, Settled
from trackstep.oracle.lifecycle import GONE, observer
from trackstep.oracle.notes import Finding, Notes
from trackstep.oracle.promise import PROMISES
from trackstep.oracle.world import Lost, World
from trackstep.outcome import Outcome
from trackstep.spec import Refusal

WORLDS_AT_MOST = 16
TRIES = 3
"""How often the same request may go unanswered."""
PUT_OFF = 12
"""How often the same request may be put off; whoever sends it waits in between (search/session.py)."""
ARNS = ("eventTrackerArn", "datasetGroupArn", "resourceArn")
KINDS = {"DeleteEventTracker": "event_tracker", "DeleteDatasetGroup": "dataset_group"}
"""Write about an ARN -> the kind of resource that it names; tags are of either kind."""
SETTLE = "Settle"
"""The pseudo-operation of a history: waiting for a status to settle ended without it settling."""


class Step(NamedTuple):
    """One step of a history: what was asked and what came back."""

    operation: Operation
    outcome: Outcome


@dataclass(slots=True)
class Judgement:
    """What a history shows: what was noted, and the worlds that it leaves possible, likeliest first."""

    worlds: tuple[World, ...]
    notes: Notes = field(default_factory=Notes)
    lost: tuple[str, int] = ("", 0)
    cut: bool = False
    put_off: tuple[str, int] = ("", 0)

    @property
    def world(self) -> World:
        """The likeliest of the possible worlds."""
        return self.worlds[0]


def begin(prefix: str = "", complete: bool = True) -> Judgement:
    """The judgement of an empty history: nothing exists that this run could have made."""
    return Judgement((World(prefix=prefix, complete=complete),))


def judge(history: Iterable[Step], prefix: str = "", complete: bool = True) -> Judgement:
    """Judge a whole history. The same history always gives the same judgement."""
    judgement = begin(prefix, complete)
    for operation, outcome in history:
        step(judgement, operation, outcome)
    return judgement


def step(judgement: Judgement, operation: Operation, outcome: Outcome) -> list[Finding]:
    """Judge the next step; returns what it contradicts. Only ``judgement`` changes."""
    notes, kind = judgement.notes, outcome.kind
    notes.step += 1
    if kind in ("success", "lost", "garbled") and operation.name not in COVERED and not is_read(operation.name):
        touched = (world.touched(operation.region, operation.params, notes.step) for world in judgement.worlds)
        judgement.worlds = tuple(touched)
    notes.operation = operation.name
    before = len(notes.findings)
    if kind == "unsupported":
        wire.unknown(operation, outcome, notes)
        return notes.findings[before:]
    if kind == "throttled" or _says_no_more(judgement.world, operation, outcome, spec.load().throttling):
        _put_off(judgement, operation, outcome)
        return notes.findings[before:]
    judgement.put_off = ("", 0)
    if operation.name == SETTLE:
        _never_settled(judgement.world, operation, notes)
    elif kind in ("lost", "garbled"):
        _lost(judgement, operation, outcome)
    else:
        judgement.lost = ("", 0)
        sound = wire.judge(operation, outcome, notes)
        if outcome.kind == "success":
            answer = outcome.result or {}
            judgement.worlds = tuple(world.met(operation.region, answer) for world in judgement.worlds)
            if operation.name == spec.beside().operation:
                judgement.worlds = tuple(world.furnished(operation.region, answer) for world in judgement.worlds)
        if operation.name in COVERED:
            if not sound:
                outcome = replace(outcome, result=constraint.cleaned(operation.name, outcome.result or {}))
            first = judgement.worlds[0]
            if len(judgement.worlds) == 1 and not judgement.cut and not first.is_unsure(operation.region):
                judgement.worlds = (_answer(first, operation, outcome, notes),)
            else:
                _in_each_world(judgement, operation, outcome)
    return notes.findings[before:]


def is_read(name: str) -> bool:
    """Whether an operation that is not covered changes nothing in any group, by its name; a wait neither."""
    return name.startswith(("Describe", "List", "Get")) or name == SETTLE or name in spec.beside().outside


def _says_no_more(world: World, operation: Operation, outcome: Outcome, codes: frozenset[str]) -> bool:
    """Whether a refusal has one of these codes, and it is not the one that a row asks for."""
    if outcome.kind != "refusal" or outcome.code not in codes:
        return False
    return operation.name not in COVERED or all(
        outcome.code not in row.codes for row in guard.rows(case(world, operation))[0]
    )


def _put_off(judgement: Judgement, operation: Operation, outcome: Outcome) -> None:
    """Nothing is learnt of an answer that says "not now", but that the same request was put off again."""
    sent, notes = _sent(operation), judgement.notes
    times = judgement.put_off[1] + 1 if judgement.put_off[0] == sent else 1
    judgement.put_off = (sent, times)
    if times == PUT_OFF and not (operation.name.startswith("Create") and outcome.code in spec.load().quota):
        notes.check("ET-WIRE-14", False, "another answer in the end", f"{PUT_OFF} times: {outcome.code}")


def _sent(operation: Operation) -> str:
    """All that makes a request the same as another."""
    return f"{operation.name} {operation.region} {operation.body!r} {sorted(operation.params.items())}"


def _in_each_world(judgement: Judgement, operation: Operation, outcome: Outcome) -> None:
    """Judge an answer in every possible world; keep those that it does not contradict. The tentative rules none out.

    Where it contradicts all, what was lost may have been carried out before; where nothing explains it, it is held
    against the target in those that it contradicts least. Where not all that is possible was tried, only what is wrong
    whatever was before is held against it, as it would be by a judge who knows nothing; the rest is unknown.
    """
    notes = judgement.notes

    def tried(world: World) -> tuple[World, Notes, bool]:
        trial = Notes(notes.step, notes.operation)
        return _answer(world, operation, outcome, trial), trial, not firm(trial.findings)

    trials = [tried(world) for world in judgement.worlds]
    kept = [(world, trial) for world, trial, explained in trials if explained]
    write = outcome.kind == "success" and operation.name in blame.OF_A_REFUSED
    begun = [(world, good) for world, (*_, good) in zip(judgement.worlds, trials, strict=True) if write or not good]
    if any(world.is_unsure(operation.region) for world, _ in begun):
        more, whole = lost.ways(begun, operation, outcome, tried)
        kept += more
        judgement.cut = judgement.cut or not whole
    if not kept:
        least = min(len(firm(trial.findings)) for _, trial, _ in trials)
        kept = [(world, trial) for world, trial, _ in trials if len(firm(trial.findings)) == least]
        if judgement.cut:
            nothing_known = World(complete=False, homes=judgement.world.homes)
            whatever_holds = tried(nothing_known)[1].findings
            for _, trial in kept:
                trial.findings = list(whatever_holds)
    kept.sort(key=lambda one: len(one[1].findings))
    notes.add(kept[0][1])
    worlds = {lost.essence(world): world for world, _ in reversed(kept)}
    judgement.cut = judgement.cut or len(worlds) > WORLDS_AT_MOST
    judgement.worlds = tuple(reversed(worlds.values()))[:WORLDS_AT_MOST]


def firm(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that are held against a target."""
    return [finding for finding in findings if spec.load().clauses[finding.clause].level != "tentative"]


def _answer(world: World, operation: Operation, outcome: Outcome, notes: Notes) -> World:
    """Judge a success or a refusal of a covered operation, and go on from it."""
    refused = outcome.kind == "refusal"
    if _says_no_more(world, operation, outcome, spec.load().credentials):
        return world
    c = case(world, operation, notes.step)
    may, must = guard.rows(c)
    for row in may:
        if not c.malformed or row.when == "malformed":
            notes.met(row, outcome.code, refused)
    if refused:
        return _refusal(c, outcome, may, must, notes)
    firm, must = must, must or guard.doubted(c)
    if must is not None:
        notes.broke(blame.row(must, c), _to_refuse(must, may), "success", *_because(c))
    else:
        notes.saw(_promised(operation.name))
        if "name" in c.params and len(str(c.params["name"])) in (1, 63):
            notes.saw("ET-INPUT-9")
        if c.violations:
            notes.saw(*_open(c))
    if c.malformed:
        return adoption.malformed(c, outcome.result or {}, notes)
    after = PROMISES[operation.name](c, outcome.result or {}, notes)
    return after if firm is None else adoption.unlawful(c, after, notes)


@cache
def _promised(operation: str) -> str:
    return spec.load().operations[operation].clause


def _open(c: Case) -> tuple[str, ...]:
    """The clauses by which a request is accepted, or may be refused all the same."""
    clauses = spec.load().clauses
    return tuple(clause for clause, _ in c.violations if clauses[clause].open)


def _refusal(c: Case, outcome: Outcome, may: list[Refusal], must: Refusal | None, notes: Notes) -> World:
    world, region, name = c.world, c.operation.region, c.operation.name
    allowed = [row for row in may if outcome.code in row.codes]
    for row in allowed:
        if c.malformed and row.when != "malformed":
            continue  # whether it holds cannot be told
        notes.refused[row] = notes.refused.get(row, 0) + 1
        if row.when == "malformed":
            notes.saw("ET-INPUT-10")
        if row.when != "malformed" or not _open(c):
            notes.saw(blame.row(row, c))
        elif len(allowed) == 1 and len(_open(c)) == len(c.violations):
            notes.check(blame.row(row, c), False, "success", f"refusal: {outcome.code}")
    if allowed:
        world = _narrowed(c, allowed, notes)
    elif must is not None:
        notes.broke(blame.row(must, c), _to_refuse(must, may), f"refusal: {outcome.code}", *_because(c))
    else:
        notes.broke(blame.groundless(c, outcome.code), _to_accept(may), f"refusal: {outcome.code}", *_because(c))
        if outcome.code == "ResourceNotFoundException" and c.subject and name.startswith("Describe"):
            return world.with_resource(region, c.subject._replace(mask=GONE, since=notes.step))
    if name in blame.OF_A_REFUSED:
        # Remember that a write was refused here: what is looked at next shows whether it changed anything.
        if c.subject and (r := world.find(region, c.subject.arn)):
            world = world.with_resource(region, r._replace(refused=notes.step, refusal=blame.OF_A_REFUSED[name]))
        if name.startswith("Create"):
            group = c.params.get("datasetGroupArn")
            key = (region, group if isinstance(group, str) else "")
            world = world._replace(refused_creates={**world.refused_creates, key: notes.step})
    return world


def _narrowed(c: Case, allowed: list[Refusal], notes: Notes) -> World:
    """The world after a refusal that only the status of one resource can explain."""
    bits, on = 0, allowed[0].on
    for row in allowed:
        if row.when or row.on != on or c.operation.name == "PutEvents":
            return c.world
        bits |= guard.bits_of(row)
    about = c.group if on == "group" else c.tracker if on == "tracker" else c.subject
    if about is None or about.mask & bits in (0, about.mask):
        return c.world
    watching = observer(about.kind)
    if about.mask & bits == GONE:
        for source, to in watching.path(about.mask, "GONE"):
            notes.moved(about.kind, source, to)
        notes.saw(*(("ET-LIFE-5", "ET-LIFE-8") if about.kind == "event_tracker" else ("ET-GRP-10",)))
    # The refusal tells of the moment it was made; the service may have moved on since.
    now = watching.closure(about.mask & bits)
    return c.world.with_resource(c.operation.region, about._replace(mask=now, since=notes.step))


def _to_refuse(must: Refusal, may: Iterable[Refusal]) -> Refused:
    """Any code of any row that may hold is allowed; the words name those of the row that must."""
    return Refused(must.codes.union(*(row.codes for row in may)), tuple(sorted(must.codes)[:NAMED_OF_ROW]))


def _to_accept(may: Collection[Refusal]) -> Accepted:
    named = sorted({code for row in may for code in sorted(row.codes)[:NAMED_OF_OTHERS]})
    return Accepted(frozenset().union(*(row.codes for row in may)), tuple(named))


def _because(c: Case) -> tuple[int, ...]:
    return (c.subject.born, c.subject.since) if c.subject else ()


def _never_settled(world: World, operation: Operation, notes: Notes) -> None:
    r = world.find(operation.region, operation.params["arn"])
    if r is None:
        return
    tracker, deleting = r.kind == "event_tracker", r.mask & GONE != 0
    clause = ("ET-LIFE-8" if tracker else "ET-GRP-10") if deleting else ("ET-LIFE-7" if tracker else "ET-GRP-5")
    notes.operation = "DescribeEventTracker" if tracker else "DescribeDatasetGroup"
    notes.saw(clause)
    goal = Settled(deleting, operation.params["seconds"])
    notes.broke(clause, goal, operation.params["saw"], r.born, r.since)


def _lost(judgement: Judgement, operation: Operation, outcome: Outcome) -> None:
    """Nobody knows whether it was carried out, or will be: the worlds wait for it (lost.py)."""
    notes = judgement.notes
    sent = _sent(operation)
    times = judgement.lost[1] + 1 if judgement.lost[0] == sent else 1
    judgement.lost = (sent, times)
    if outcome.kind == "garbled":
        wire.judge(operation, outcome, notes)
    elif times == TRIES:
        malformed = operation.name in COVERED and case(judgement.world, operation).violations
        clause = "ET-INPUT-10" if malformed else "ET-WIRE-10"
        notes.check(clause, False, "an answer", f"{TRIES} times: {outcome.message}")
    if operation.name in blame.OF_A_REFUSED:
        waits = Lost(notes.step, operation, sent)
        judgement.worlds = tuple(world._replace(lost=(*world.lost, waits)) for world in judgement.worlds)
