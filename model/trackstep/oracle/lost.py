"""Calls whose answers were lost: what may have come of them, and when that has to be supposed.

A lost write may be carried out at once, later than an answer that came after it, or never. Nothing is supposed of it
as long as the answers can be explained without: a world that waits for it allows all that its being carried out later
can bring. Where an answer contradicts, every way is tried in which lost writes can have been carried out before it,
each once, in any order; and so where a write was accepted, since it may not have been about the same incarnation, and
what may be carried out after it is not all that may have been before. Owns these ways. Knows nothing of what an answer
shows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from trackstep import spec
from trackstep.operation import Operation
from trackstep.oracle import guard
from trackstep.oracle.blame import OF_A_REFUSED
from trackstep.oracle.case import case
from trackstep.oracle.lifecycle import FAILED, GONE
from trackstep.oracle.notes import Notes
from trackstep.oracle.promise import PROMISES
from trackstep.oracle.world import Lost, Resource, World, arns_in, is_hidden
from trackstep.outcome import Outcome

TRIED_AT_MOST = 300
"""Worlds that are tried for one answer. Where that is not all of them, what it shows is unknown, not wrong."""
MAKES = {
    "CreateDatasetGroup": ("dataset_group", "datasetGroupArn", ":dataset-group/"),
    "CreateEventTracker": ("event_tracker", "eventTrackerArn", ":event-tracker/"),
}
"""Create -> the kind that it makes, the member that holds its ARN, and what is in such an ARN."""


class Ways(NamedTuple):
    """The worlds that explain an answer, with what was tried of each; ``all`` is False where some were not tried."""

    worlds: list[tuple[World, Notes]]
    all: bool


def ways(
    begun: Iterable[tuple[World, bool]],
    operation: Operation,
    outcome: Outcome,
    tried: Callable[[World], tuple[World, Notes, bool]],
) -> Ways:
    """Carry out what was lost in every way until ``tried`` says that the answer is explained: world, notes, whether.

    ``begun``: the worlds as they were before it, and whether it is explained in them. Where a write was accepted, what
    is explained goes on, with what begins or ends a life in its group: later that may bring something else.
    """
    write = outcome.kind == "success" and operation.name in OF_A_REFUSED
    frontier, found, known = list(begun), list[tuple[World, Notes]](), set[Hashable]()
    while frontier:
        onward: list[tuple[World, bool]] = []
        for world, good in frontier:
            for moved in _moves(world, operation, outcome, near=good):
                state = essence(moved)
                if state in known:
                    continue
                known.add(state)
                if len(known) > TRIED_AT_MOST:
                    return Ways(found, False)
                after, notes, explained = tried(moved)
                if explained:
                    found.append((after, notes))
                if write or not explained:
                    onward.append((moved, explained))
        frontier = onward
    return Ways(found, True)


def essence(world: World) -> Hashable:
    """What tells one world from another, apart from step numbers and tokens."""
    return (
        world.dataset_needed,
        tuple(sorted((key, str(_lasting(r))) for key, r in world.resources.items())),
        tuple(sorted(waits.sent for waits in world.lost)),
    )


def _lasting(r: Resource) -> Resource:
    return r._replace(born=0, since=0, incarnation=1, tagged=None, untagged=None, refused=None, described=False)


def _moves(world: World, operation: Operation, outcome: Outcome, near: bool) -> Iterator[World]:
    """The worlds in which one lost write more was carried out, or one ARN more has come to light.

    ``near``: only what begins or ends a life in the group that the request is about.
    """
    region, sent = operation.region, set[str]()
    asked = (arn for waits in world.lost for arn in arns_in(waits.operation.params))
    found = dict(_shown(operation, outcome)) | dict.fromkeys(asked)
    for place, waits in enumerate(world.lost):
        far = near and not _is_near(world, waits.operation, operation)
        if waits.operation.region == region and waits.sent not in sent and not far:
            sent.add(waits.sent)
            rest = world._replace(lost=(*world.lost[:place], *world.lost[place + 1 :]))
            yield from _carried_out(rest, waits, found)
    for key in [key for key in world.unnamed if key[0] == region and not near]:
        unnamed = world.resources[key]
        for arn in _fitting(world, region, unnamed.kind, unnamed.name, found):
            yield world.named(region, unnamed, arn)


def _shown(operation: Operation, outcome: Outcome) -> Iterator[tuple[str, Any]]:
    """Every ARN in a request and its answer, and the name under which it is shown, None where it is not."""
    for value in (outcome.result or {}).values():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping):
                yield from ((arn, item.get("name")) for arn in arns_in(item))
    yield from ((arn, None) for arn in arns_in(operation.params))  # it may have been another's before


def _fitting(world: World, region: str, kind: str, name: Any, found: Mapping[str, Any]) -> Iterator[str]:
    """Of the ARNs that are ``found``, shown or named by what was lost, those that what has this name may have."""
    part = next(part for made, _, part in MAKES.values() if made == kind)
    for arn, shown in found.items():
        there = world.find(region, arn)
        if part in arn and shown in (None, name) and (there is None or there.mask & (FAILED | GONE)):
            yield arn


def _carried_out(world: World, waits: Lost, found: Mapping[str, Any]) -> Iterator[World]:
    """The worlds in which a lost call was carried out, if it can have been; of what it made, each ARN that fits."""
    name, region, c = waits.operation.name, waits.operation.region, case(world, waits.operation)
    _, must = guard.rows(c)
    firm = must is not None and spec.load().clauses[must.clause].level != "tentative"
    if firm or c.malformed or (c.subject is None and name not in MAKES):
        return
    notes = Notes(waits.step, name)
    if name not in MAKES:
        yield PROMISES[name](c, {}, notes)
        return
    kind, member, _ = MAKES[name]
    if name == "CreateDatasetGroup" and c.subject is not None:  # what had the name before has given it up
        c = c._replace(world=world.with_resource(region, c.subject._replace(mask=GONE, since=waits.step)))
    tracking_id = {"trackingId": f"?{waits.step}"} if kind == "event_tracker" else {}
    for arn in (*_fitting(c.world, region, kind, c.params.get("name"), found), f"?{waits.step}"):
        made = PROMISES[name](c, {member: arn, **tracking_id, "domain": c.params.get("domain")}, notes)
        r = made.find(region, arn)
        if r is not None:
            ids = {known: where for known, where in made.ids.items() if known != r.tracking_id or not is_hidden(known)}
            yield made.with_resource(region, r._replace(tracking_id=None))._replace(ids=ids)


def _is_near(world: World, waits: Operation, operation: Operation) -> bool:
    """Whether a lost write begins or ends a life in the group that a request is about, as far as that is known."""
    if not waits.name.startswith(("Create", "Delete")):
        return False
    one, other = _group_of(world, waits), _group_of(world, operation)
    return one == other or not one or not other


def _group_of(world: World, operation: Operation) -> str:
    """The name of the dataset group that a request is about; empty where it is not known."""
    if operation.name == "CreateDatasetGroup":
        return str(operation.params.get("name"))
    arn = next(arns_in(operation.params), "")
    r = world.find(operation.region, arn)
    if r is not None and r.kind == "event_tracker":
        arn, r = r.group or "", world.find(operation.region, r.group)
    elif ":event-tracker/" in arn:
        return ""
    return (r.name if r is not None else None) or arn.rpartition("/")[2]
