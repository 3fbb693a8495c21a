"""What a target made of a request that it should have refused: the world from there on, so that it is told of once.

Owns what is not known any more after an unlawful success: a target that accepts what it should not may have done it, a
part of it, or nothing. Knows nothing of clauses, and accuses nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trackstep.oracle import constraint
from trackstep.oracle.case import Case
from trackstep.oracle.lifecycle import ANY, DELETE_PENDING, DELETING, GONE, observer
from trackstep.oracle.notes import Notes
from trackstep.oracle.world import Resource, Walk, World, arns_in

MADE = {"CreateDatasetGroup": "dataset_group", "CreateEventTracker": "event_tracker"}
ARN = {"dataset_group": "datasetGroupArn", "event_tracker": "eventTrackerArn"}


def malformed(c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """The world after a malformed request was accepted: of what it made is known what was well-formed."""
    name, region, world = c.operation.name, c.operation.region, c.world
    if name in MADE:
        return _made(c, MADE[name], result, notes)
    if name.startswith("List") and isinstance(result.get("nextToken"), str):
        return _handed_out(c, str(result["nextToken"]), notes)
    said = repr((dict(c.params), c.operation.body))
    for (where, arn), r in world.resources.items():
        if where != region or arn not in said:
            continue
        if name.startswith("Delete"):
            mask = r.mask | observer(r.kind).closure(DELETE_PENDING)
            world = world.written(region, r._replace(mask=mask, since=notes.step))
        elif name in ("TagResource", "UntagResource"):
            world = world.written(region, r._replace(tags=None))
    return world


def unlawful(c: Case, after: World, notes: Notes) -> World:
    """The world after another request that had to be refused was accepted; ``after``: had it been lawful."""
    name, region = c.operation.name, c.operation.region
    if name == "PutEvents":
        known = c.params.get("trackingId")
        return after._replace(ids={**after.ids, known: (region, "")}) if isinstance(known, str) else after
    if name.startswith("List") and isinstance(token := c.params.get("nextToken"), str):
        return _handed_out(c._replace(world=after), token, notes)
    if name == "CreateEventTracker":
        return _second(c, after, notes)
    if name == "CreateDatasetGroup" and c.subject is not None and c.subject.mask != GONE:
        after = _again(after, region, c.subject)
    if name == "DeleteDatasetGroup" and c.group is not None:
        return _emptied(after, region, c.group.arn)
    for arn in arns_in(c.params):
        r = after.find(region, arn)
        if r is None and name.endswith(("TagResource", "TagsForResource", "UntagResource")):
            kind = "event_tracker" if ":event-tracker/" in arn else "dataset_group"
            after = after.born(region, Resource(kind, arn, None, ANY, notes.step, notes.step))
        elif r is not None and "Tag" in name:
            after = after.with_resource(region, r._replace(tags=None, mask=ANY if r.mask == GONE else r.mask))
    return after


def _made(c: Case, kind: str, result: Mapping[str, Any], notes: Notes) -> World:
    """What a malformed Create made. Its name is known where that is well-formed; its tags and its domain are not."""
    arn, region, name, group = (
        result.get(ARN[kind]),
        c.operation.region,
        c.params.get("name"),
        c.params.get(ARN["dataset_group"]),
    )
    told = isinstance(arn, str) and arn != ""
    fits = isinstance(name, str) and not constraint.violations("CreateDatasetGroup", {"name": name})
    before = c.world.find(region, str(arn)) if told else None
    mask = observer(kind).asked(GONE, "create") | (before.mask & ~GONE if before else 0)
    number = result.get("trackingId")
    return c.world.born(
        region,
        Resource(
            kind,
            str(arn) if told else f"?{notes.step}",
            str(name) if fits else None,
            mask,
            notes.step,
            notes.step,
            group=str(group) if kind == "event_tracker" and isinstance(group, str) else None,
            tracking_id=number if isinstance(number, str) and number else None,
        ),
    )


def _handed_out(c: Case, token: str, notes: Notes) -> World:
    """The world in which a token goes on with something, nobody knows with what."""
    could = frozenset(arn for (_, arn), r in c.world.resources.items() if r.mask != GONE)
    group = c.params.get("datasetGroupArn")
    walk = Walk(group, None, frozenset(), {}, could, frozenset(), c.world.writes, notes.step, notes.step, firm=False)
    return c.world.walked(c.operation.name, c.operation.region, token, walk)


def _second(c: Case, after: World, notes: Notes) -> World:
    """A tracker where there was one, or no group: the one before may be gone, and the group there."""
    region, group = c.operation.region, c.params.get("datasetGroupArn")
    before, holder = c.tracker, after.find(region, group)
    if before is not None and before.mask != GONE:
        now = after.find(region, before.arn)
        if now is not None and now.incarnation == before.incarnation:
            after = after.with_resource(region, now._replace(mask=now.mask | DELETING | GONE, tags=None))
        elif now is not None:
            # It may be the one before, told again: with the tags and the times of that.
            after = after.with_resource(region, now._replace(tags=None, after=None))
        if before.tracking_id is not None and now is not None and now.tracking_id != before.tracking_id:
            after = after._replace(ids={**after.ids, before.tracking_id: (region, "")})
    if isinstance(group, str) and (holder is None or holder.mask == GONE):
        after = after._replace(orphaned=after.orphaned | {(region, group)})
    if holder is None and isinstance(group, str):
        name = group.rpartition("/")[2]
        after = after.born(region, Resource("dataset_group", group, name, ANY, notes.step, notes.step))
    elif holder is not None and holder.mask == GONE:
        after = after.with_resource(
            region, holder._replace(mask=ANY, tags=None, domain=None, created=None, updated=None)
        )
    return after


def _again(after: World, region: str, before: Resource) -> World:
    """A group over one that was there: it may be the one before, with what was in it or without."""
    now = after.find(region, before.arn)
    if now is not None and now is not before:
        after = after.with_resource(region, now._replace(mask=now.mask | before.mask, tags=None, domain=None))
    return _emptied(after, region, before.arn)


def _emptied(world: World, region: str, group: str) -> World:
    """The trackers of a group may be gone with it, or go, or live on without it."""
    world = world._replace(orphaned=world.orphaned | {(region, group)})
    for (where, _), r in world.resources.items():
        if where == region and r.kind == "event_tracker" and r.group == group and r.mask != GONE:
            world = world.with_resource(region, r._replace(mask=r.mask | DELETING | GONE))
    return world
