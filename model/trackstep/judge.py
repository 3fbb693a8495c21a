"""The judge: a pure function over histories.

The whole oracle is two sentences: an error is allowed iff one of its rows may hold; success is
allowed iff no row must hold. What came back decides the maybes, and the world narrows. A lost
answer makes two possible worlds, carried until an observation tells them apart.
Knows the specification, and nothing of HTTP, Hypothesis, clocks or moto.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from trackstep import guard, spec, wire
from trackstep.guard import NO, YES, Case
from trackstep.lifecycle import GONE, observer
from trackstep.operation import COVERED, Operation
from trackstep.outcome import Outcome
from trackstep.promise import PROMISES, Finding, Notes
from trackstep.world import World

WORLDS_AT_MOST = 16
TRIES = 3
SETTLE = "Settle"
"""The pseudo-operation of a history: waiting for a status to settle ended without it settling."""

_WRITES = frozenset(
    (
        "CreateDatasetGroup",
        "DeleteDatasetGroup",
        "CreateEventTracker",
        "DeleteEventTracker",
        "TagResource",
        "UntagResource",
    )
)


class Step(NamedTuple):
    """One step of a history: what was asked and what came back."""

    operation: Operation
    outcome: Outcome


@dataclass(slots=True)
class Judgement:
    """What a history shows: what was noted, and the worlds that it leaves possible."""

    worlds: tuple[World, ...]
    notes: Notes = field(default_factory=Notes)
    lost: tuple[str, int] = ("", 0)

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
    notes = judgement.notes
    notes.step += 1
    notes.operation = operation.name
    before = len(notes.findings)
    kind = outcome.kind
    if kind in ("throttled", "unsupported"):
        return []
    if operation.name == SETTLE:
        judgement.worlds = tuple(_never_settled(world, operation, notes) for world in judgement.worlds[:1])
        return notes.findings[before:]
    if kind in ("lost", "garbled"):
        _lost(judgement, operation, outcome)
        return notes.findings[before:]
    judgement.lost = ("", 0)
    notes.check("ET-WIRE-10", True, "", "")
    wire.judge(operation, outcome, notes)
    if operation.name in COVERED:
        if len(judgement.worlds) == 1:
            judgement.worlds = (_answer(judgement.worlds[0], operation, outcome, notes),)
        else:
            _answer_in_each(judgement, operation, outcome)
    return notes.findings[before:]


def _answer_in_each(judgement: Judgement, operation: Operation, outcome: Outcome) -> None:
    notes, tried = judgement.notes, []
    for world in judgement.worlds:
        trial = Notes()
        trial.step, trial.operation = notes.step, notes.operation
        tried.append((_answer(world, operation, outcome, trial), trial))
    fewest = min(len(trial.findings) for _, trial in tried)
    kept = [(world, trial) for world, trial in tried if len(trial.findings) == fewest]
    for counts in ("exercised", "rows", "refused", "answers", "transitions"):
        into = getattr(notes, counts)
        for key, count in getattr(kept[0][1], counts).items():
            into[key] = into.get(key, 0) + count
    notes.findings.extend(kept[0][1].findings)
    judgement.worlds = tuple(
        world for number, (world, _) in enumerate(kept) if world not in [w for w, _ in kept[:number]]
    )


def _never_settled(world: World, operation: Operation, notes: Notes) -> World:
    arn, seconds = operation.params["arn"], operation.params["seconds"]
    r = world.find(operation.region, arn)
    if r is None:
        return world
    tracker, deleting = r.kind == "event_tracker", r.mask & GONE != 0
    clause = ("ET-LIFE-8" if tracker else "ET-GRP-10") if deleting else ("ET-LIFE-7" if tracker else "ET-GRP-5")
    notes.operation = "DescribeEventTracker" if tracker else "DescribeDatasetGroup"
    goal = "ResourceNotFoundException" if deleting else "ACTIVE or CREATE FAILED"
    notes.check(clause, False, f"{goal} within {seconds} s", operation.params["saw"], r.born, r.since)
    return world


def _lost(judgement: Judgement, operation: Operation, outcome: Outcome) -> None:
    notes = judgement.notes
    sent = str(sorted(operation.params.items())) if operation.body is None else repr(operation.body)
    what = f"{operation.name} {operation.region} {sent}"
    times = judgement.lost[1] + 1 if judgement.lost[0] == what else 1
    judgement.lost = (what, times)
    if outcome.kind == "garbled":
        wire.judge(operation, outcome, notes)
    elif times == TRIES:
        broken = guard.case(judgement.world, operation).violations if operation.name in COVERED else ()
        clause = "ET-INPUT-10" if broken else "ET-WIRE-10"
        notes.check(clause, False, "an answer", f"{TRIES} times: {outcome.message}")
    if operation.name not in _WRITES:
        return
    carried = list(judgement.worlds)
    for world in judgement.worlds:
        after = _might_have(world, operation, notes.step)
        if after is not None and after not in carried:
            carried.append(after)
    judgement.worlds = tuple(carried[:WORLDS_AT_MOST])


def _might_have(world: World, operation: Operation, number: int) -> World | None:
    """The world in which the lost call was carried out, if it can have been."""
    c = guard.case(world, operation)
    if c.violations and c.violations[0][1]:
        return None
    if operation.name.startswith("Create"):
        name = c.params.get("name")
        group = c.params.get("datasetGroupArn")
        result = (
            {"datasetGroupArn": f"?{operation.region}/{name}"}
            if operation.name == "CreateDatasetGroup"
            else {"eventTrackerArn": f"?{group}/{name}/{number}", "trackingId": f"?{number}"}
        )
        if _must_refuse(c, operation) is not None:
            return None
        after = PROMISES[operation.name](world, number, c, result, Notes())
        arn = next(iter(result.values()))
        made = after.resources[operation.region, arn]
        return after.with_resource(operation.region, made._replace(tracking_id=None))
    if c.found is None or _must_refuse(c, operation) is not None:
        return None
    return PROMISES[operation.name](world, number, c, {}, Notes())


def _must_refuse(c: Case, operation: Operation) -> spec.Refusal | None:
    """The row that must hold, if one must: alone, or together with others about the same resource."""
    union = {"group": 0, "tracker": 0, "resource": 0}
    known = {"group": c.group, "tracker": c.tracker, "resource": c.resource}
    rows = spec.load().operations[operation.name].refusals
    for row in rows:
        if row.open:
            continue
        value = guard.holds(row, c)
        if value == YES:
            return row
        if value != NO and row.on and not row.when:
            union[row.on] |= guard.mask_of(row)
    for on, bits in union.items():
        if bits and known[on] and known[on] & ~bits == 0:
            return next(r for r in rows if r.on == on and not r.when and not r.open and known[on] & guard.mask_of(r))
    return None


def _clause(row: spec.Refusal, c: Case) -> str:
    """The clause that the row stands for in this case."""
    if row.when == "malformed" and c.violations:
        return c.violations[0][0]
    if row.deleted and c.found is not None and c.found.incarnation:
        return row.deleted
    if row.elsewhere and c.found is None:
        arn = c.params.get("eventTrackerArn") or c.params.get("datasetGroupArn")
        if any(key[1] == arn for key in c.world.resources):
            return row.elsewhere
    return row.clause


def _answer(world: World, operation: Operation, outcome: Outcome, notes: Notes) -> World:
    """Judge a success or a refusal of a covered operation, and go on from it."""
    c = guard.case(world, operation)
    promised = spec.load().operations[operation.name]
    held = [(row, value) for row in promised.refusals if (value := guard.holds(row, c)) != NO]
    refused = outcome.kind == "refusal"
    for row, _ in held:
        notes.rows[row] = notes.rows.get(row, 0) + 1
        if row.open:
            notes.check(row.clause, True, "", "")
            answer = (row.clause, outcome.code if refused else "success")
            notes.answers[answer] = notes.answers.get(answer, 0) + 1
    because = (c.found.born, c.found.since) if c.found else ()
    if refused:
        return _refusal(world, operation, outcome, notes, c, held, because)
    if held and (must := _must_refuse(c, operation)) is not None:
        expected = " or ".join(sorted(must.codes)[:3])
        notes.check(_clause(must, c), False, f"refusal: {expected}", "success", *because)
    else:
        notes.check(promised.clause, True, "", "")
        if c.violations or operation.name == "CreateEventTracker":
            for name in [c.params.get("name")]:
                if isinstance(name, str) and len(name) in (1, 63):
                    notes.check("ET-INPUT-9", True, "", "")
    if c.violations and c.violations[0][1]:
        return world._replace(writes=world.writes + 1)
    return PROMISES[operation.name](world, notes.step, c, outcome.result or {}, notes)


def _refusal(
    world: World,
    operation: Operation,
    outcome: Outcome,
    notes: Notes,
    c: Case,
    held: list[tuple[spec.Refusal, int]],
    because: tuple[int, ...],
) -> World:
    allowed = [row for row, _ in held if outcome.code in row.codes]
    promised = spec.load().operations[operation.name]
    if allowed:
        for row in allowed:
            notes.refused[row] = notes.refused.get(row, 0) + 1
            notes.check(_clause(row, c), True, "", "")
            if row.when == "malformed":
                notes.check("ET-INPUT-10", True, "", "")
    elif (must := _must_refuse(c, operation)) is not None:
        wanted = " or ".join(sorted(must.codes)[:4])
        notes.check(_clause(must, c), False, f"refusal: {wanted}", f"refusal: {outcome.code}", *because)
    elif outcome.code not in spec.load().credentials | {"LimitExceededException"}:
        near = next((r for r in promised.refusals if outcome.code in r.codes and r.only), None)
        tracker = c.found if c.found and c.found.kind == "event_tracker" else None
        clause = near.only if near and (near.on != "tracker" or tracker) else promised.clause
        if operation.name == "DeleteEventTracker" and c.tracker == 8:
            clause = "ET-DEL-4"
        named = c.params.get("name")
        if isinstance(named, str) and len(named) in (1, 63) and outcome.code in spec.load().malformed:
            clause = "ET-INPUT-9"
        if (
            operation.name.startswith("Describe")
            and c.found
            and c.found.refused
            and outcome.code == "ResourceNotFoundException"
        ):
            clause = "ET-FAIL-2" if c.found.kind == "event_tracker" else "ET-FAIL-3"
        others = " or ".join(sorted({code for r, _ in held for code in list(r.codes)[:2]}))
        notes.check(
            clause,
            False,
            "success" + (f" or refusal: {others}" if others else ""),
            f"refusal: {outcome.code}",
            *because,
        )
        if outcome.code == "ResourceNotFoundException" and c.found and operation.name.startswith("Describe"):
            return world.with_resource(operation.region, c.found._replace(mask=GONE, since=notes.step))
    region = operation.region
    if allowed and len(ons := {row.on for row in allowed if not row.when}) == 1 and not any(r.when for r in allowed):
        on = ons.pop()
        bits = 0
        for row in allowed:
            bits |= guard.mask_of(row)
        about = world.find(region, c.params.get("datasetGroupArn")) if on == "group" and c.found is None else c.found
        if on == "group" and operation.name == "CreateEventTracker":
            about = world.find(region, c.params.get("datasetGroupArn"))
        elif on == "tracker" and operation.name == "DeleteDatasetGroup":
            about = world.tracker_in(region, c.params.get("datasetGroupArn"))
        is_id = operation.name == "PutEvents"
        if about is not None and not is_id and about.mask & bits and about.mask & ~bits:
            if about.mask & bits == GONE and about.kind == "event_tracker":
                notes.moved(about.kind, "DELETE PENDING", "DELETE IN_PROGRESS")
                notes.moved(about.kind, "DELETE IN_PROGRESS", "GONE")
                notes.check("ET-LIFE-8", True, "", "")
            elif about.mask & bits == GONE:
                notes.moved(about.kind, "DELETE PENDING", "GONE")
                notes.check("ET-GRP-10", True, "", "")
            # The refusal tells of the moment it was made; the service may have moved on since.
            now = observer(about.kind).closure(about.mask & bits)
            world = world.with_resource(region, about._replace(mask=now, since=notes.step))
            c = c._replace(found=world.find(region, about.arn) if c.found is about else c.found)
    if operation.name in _WRITES:
        world = _mark_refused(world, operation, c, notes)
    return world


def _mark_refused(world: World, operation: Operation, c: Case, notes: Notes) -> World:
    """Remember that a write was refused here: what is found changed next is blamed on it."""
    clause = {
        "CreateEventTracker": "ET-FAIL-1", "DeleteEventTracker": "ET-FAIL-2", "DeleteDatasetGroup": "ET-FAIL-3",
        "TagResource": "ET-FAIL-4", "UntagResource": "ET-FAIL-4", "CreateDatasetGroup": "ET-FAIL-5",
    }[operation.name]  # fmt: skip
    notes.check(clause, True, "", "")
    region = operation.region
    if c.found is not None:
        world = world.with_resource(region, c.found._replace(refused=notes.step))
    if operation.name.startswith("Create"):
        group = c.params.get("datasetGroupArn")
        key = (region, group if isinstance(group, str) else "")
        world = world._replace(refused_creates={**world.refused_creates, key: notes.step})
    return world
