"""The state graph of the Python model: every request in every state, with every answer that the judge accepts.

Here a status is known for certain, one bit, so that what the service does unseen are steps of their own. Owns the walk;
what is right is the judge's to say, and which moves there are the tables'. Knows nothing of TLA+.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from trackstep.formal.asked import ACCOUNT, REGION, Request, group_arn, requests, tracker_of, tracking_id
from trackstep.formal.graph import DEAD, GONE, NEVER, Graph, Label, Size, State
from trackstep.operation import Operation
from trackstep.oracle import guard, judge
from trackstep.oracle.case import case
from trackstep.oracle.judge import Judgement
from trackstep.oracle.lifecycle import BIT, observer
from trackstep.oracle.world import Resource, World
from trackstep.outcome import Outcome

CODES = (
    "InvalidInputException",
    "ResourceAlreadyExistsException",
    "ResourceInUseException",
    "ResourceNotFoundException",
)
"""The refusals; the first stands for each code that ``errors.toml`` calls malformed."""
_STATUS = {bit: status for status, bit in BIT.items()}


def explore(size: Size) -> Graph:
    """Every state that can be reached from nothing, with all that may happen there."""
    began = time.perf_counter()
    onward = {state: edges for state, _, edges in walk(size)}
    return Graph(onward, time.perf_counter() - began)


def walk(size: Size) -> Iterator[tuple[State, World, frozenset[tuple[Label, State]]]]:
    """Each state that can be reached, a world that is in it, and what may happen there."""
    asked = list(requests(size))
    # Datasets are not modelled: the group has what it needs (ET-CREATE-4). Whose account it is, is known.
    start = World(dataset_needed=False, homes={REGION: ("aws", ACCOUNT)})
    known, frontier = {state_of(start, size)}, [(state_of(start, size), start)]
    while frontier:
        state, world = frontier.pop()
        edges = set[tuple[Label, State]]()
        for label, after in (*_answered(world, asked, size.lenient), *_moved(world)):
            target = state_of(after, size)
            edges.add((label, target))
            if target not in known:
                known.add(target)
                frontier.append((target, after))
        yield state, world, frozenset(edges)


def state_of(world: World, size: Size) -> State:
    """What a world, in which all statuses are certain, says of these dataset groups and tracking IDs."""
    groups = (world.find(REGION, group_arn(group)) for group in size.group_names)
    return State(tuple(map(_status, groups)), tuple(_tracker(world, tracker) for tracker in size.tracker_names))


def _status(r: Resource | None) -> str:
    return _STATUS[r.mask] if r is not None else GONE


def _tracker(world: World, tracker: str) -> tuple[str, str]:
    wanted = tracking_id(tracker)
    if wanted not in world.ids:
        return NEVER, GONE
    r = world.find(*world.ids[wanted])
    if r is None or r.tracking_id != wanted or _status(r) == GONE:
        return DEAD, GONE
    return str(r.group).rpartition("/")[2], _status(r)


def _answered(world: World, asked: list[Request], lenient: bool) -> Iterator[tuple[Label, World]]:
    """The answers that the judge accepts in this world, with the world after each.

    Answers that the golden rule excludes are not even tried: that is quicker and changes nothing, as
    tests/formal/test_graph.py shows.
    """
    for operation, about, successes in asked:
        may, must = guard.rows(case(world, operation))
        answers: list[tuple[str, tuple[str, ...], Outcome]] = [
            (code, (), Outcome.refusal(code)) for code in CODES if any(code in row.codes for row in may)
        ]
        if must is None and (lenient or not any(row.open and row.on for row in may)):
            answers += [("accepted", shown, Outcome.success(result)) for shown, result in successes.items()]
        for answer, shown, outcome in answers:
            if (after := accepted(world, operation, outcome)) is not None:
                yield Label(operation.name, about, answer, shown), after


def accepted(world: World, operation: Operation, outcome: Outcome) -> World | None:
    """The world after an answer that the judge finds nothing wrong with; None where it finds something."""
    judgement = Judgement((world,))
    return None if judge.step(judgement, operation, outcome) else _certain(world, judgement.world)


def _certain(before: World, after: World) -> World:
    """The world in which no status has moved but by the request itself.

    The judge allows for what the service may have done since: a status that may be as it was is as it was, any other
    is the earliest that it may be.
    """
    for (region, arn), r in after.resources.items():
        was = before.find(region, arn)
        if r is was:
            continue
        same = was is not None and was.incarnation == r.incarnation
        mask = was.mask if same and was is not None and was.mask & r.mask else r.mask & -r.mask
        after = after.with_resource(region, r._replace(mask=mask))
    return after


def _moved(world: World) -> Iterator[tuple[Label, World]]:
    """What the service may do unseen: each of its moves in ``lifecycle.toml``."""
    for (region, arn), r in world.resources.items():
        about = tracker_of(r.tracking_id) if r.tracking_id else arn.rpartition("/")[2]
        for row in observer(r.kind).table.transitions:
            if row["mover"] == "service" and r.mask == BIT[row["from"]]:
                moved = world.with_resource(region, r._replace(mask=BIT[row["to"]]))
                yield Label("service", about, row["to"]), moved
