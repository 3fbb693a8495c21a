"""Descriptions: what was made, in a status that is possible. Also what a List shows of a status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trackstep.blame import nearer
from trackstep.case import Case
from trackstep.lifecycle import ACTIVE, ANY, BIT, CREATING, DELETING, FAILED, GONE, names, observer
from trackstep.notes import Notes
from trackstep.world import Resource, World

_MEMBERS = (
    "name",
    "eventTrackerArn",
    "accountId",
    "trackingId",
    "datasetGroupArn",
    "status",
    "creationDateTime",
    "lastUpdatedDateTime",
)


def describe_dataset_group(c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """A group as it was made, in a status that is possible."""
    body, arn = result.get("datasetGroup"), c.params["datasetGroupArn"]
    if not isinstance(body, dict):
        notes.check("ET-GRP-13", False, "a description", repr(body))
        return c.world
    world, r = _found(c, "dataset_group", arn, body, notes)
    if r is None:
        return world
    r = _times(look(r, body.get("status"), notes), body, notes)
    if body.get("status") == "CREATE FAILED":
        notes.check("ET-GRP-16", bool(body.get("failureReason")), "a failureReason", "none", r.born)
    made = (("name", r.name), ("datasetGroupArn", arn), ("domain", r.domain))
    _agree(r, body, made, nearer(r, "ET-GRP-13", "ET-FAIL-5"), notes)
    return _known(world, c, r._replace(described=True, refused=None, name=body.get("name")))


def describe_event_tracker(c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """A tracker as it was made, in a status that is possible."""
    body, arn = result.get("eventTracker"), c.params["eventTrackerArn"]
    notes.saw("ET-DESC-3")
    if not isinstance(body, dict):
        notes.broke("ET-DESC-3", "a description", repr(body))
        return c.world
    world, r = _found(c, "event_tracker", arn, body, notes)
    if r is None:
        return world
    if not r.described and r.mask == observer(r.kind).asked(GONE, "create"):
        notes.saw("ET-LIFE-9")
        if body.get("status") != "CREATE PENDING":
            notes.broke("ET-LIFE-9", "CREATE PENDING at first sight", body.get("status"), r.born)
    r = _times(look(r, body.get("status"), notes), body, notes)
    missing = [member for member in _MEMBERS if body.get(member) is None]
    notes.saw("ET-DESC-4")
    if missing:
        notes.broke("ET-DESC-4", "every documented member", f"no {', '.join(missing)}")
        if "trackingId" in missing or "status" in missing:
            notes.broke("ET-DESC-3", "trackingId and status", f"no {', '.join(missing)}")
    tracking_id = body.get("trackingId")
    if r.tracking_id is not None and tracking_id is not None:
        notes.same(nearer(r, "ET-ID-3", "ET-FAIL-1"), "trackingId", r.tracking_id, tracking_id, r.born, r.refused)
    made = (("name", r.name), ("eventTrackerArn", arn), ("datasetGroupArn", r.group))
    _agree(r, body, made, nearer(r, "ET-DESC-5", "ET-FAIL-1"), notes)
    if r.group and body.get("accountId"):
        notes.same("ET-DESC-6", "accountId", "".join(r.group.split(":")[4:5]), body["accountId"], r.born)
    if tracking_id != r.tracking_id:
        r = r._replace(tracking_id=tracking_id)
        if isinstance(tracking_id, str):
            world = world._replace(ids={**world.ids, tracking_id: (c.operation.region, arn)})
    return _known(world, c, r._replace(described=True, refused=None, name=body.get("name")))


def _found(c: Case, kind: str, arn: str, body: Mapping[str, Any], notes: Notes) -> tuple[World, Resource | None]:
    """The resource described: known, or made by a Create whose answer was lost, or older than the trace."""
    world, region, r = c.world, c.operation.region, c.subject
    if r is not None:
        return world, r
    group = body.get("datasetGroupArn") if kind == "event_tracker" else None
    unnamed = world.unnamed(region, kind)
    if unnamed is not None and (unnamed.name, unnamed.group) == (body.get("name"), group):
        world = world.named(region, unnamed, arn, body.get("trackingId"))
    elif not world.complete or kind == "event_tracker":
        made = Resource(kind, arn, body.get("name"), ANY, notes.step, notes.step, group=group)
        world = world.born(region, made)
    return world, world.find(region, arn)


def _known(world: World, c: Case, r: Resource) -> World:
    return world if r == c.subject else world.with_resource(c.operation.region, r)


def _agree(r: Resource, body: Mapping[str, Any], made: tuple[tuple[str, Any], ...], clause: str, notes: Notes) -> None:
    notes.saw(clause)
    for member, value in made:
        if body.get(member) != value and (value is not None or member == "domain"):
            notes.broke(clause, f"{member} {value!r}", repr(body.get(member)), r.born, r.refused)


def look(r: Resource, wire: Any, notes: Notes) -> Resource:
    """Narrow what is known of a status by a status that was seen."""
    watching, tracker = observer(r.kind), r.kind == "event_tracker"
    documented = "ET-LIFE-1" if tracker else "ET-GRP-4"
    notes.saw(documented)
    if not isinstance(wire, str) or wire not in watching.spelt:
        notes.broke(documented, f"one of {', '.join(watching.table.statuses)}", repr(wire), r.born)
        return r
    then = watching.seen.get((r.mask, wire))
    if then is None:
        clause = nearer(r, watching.breaks(r.mask, wire), "ET-FAIL-2" if tracker else "ET-FAIL-3")
        notes.broke(clause, " or ".join(names(r.mask)), wire, r.born, r.since, r.refused)
        then = watching.closure(BIT[watching.spelt[wire]])
    elif then != r.mask:
        for source, to in watching.path(r.mask, wire):
            notes.moved(r.kind, source, to)
        if r.mask & CREATING and not then & CREATING:
            notes.saw("ET-LIFE-7" if tracker else "ET-GRP-5")
    if tracker:
        if r.mask & CREATING:
            notes.saw("ET-LIFE-2")
        elif r.mask & DELETING:
            notes.saw("ET-LIFE-5")
        elif r.mask in (ACTIVE, FAILED):
            notes.saw("ET-LIFE-3" if r.mask == ACTIVE else "ET-LIFE-4")
    return r if then == r.mask else r._replace(mask=then, since=notes.step)


def _times(r: Resource, body: Mapping[str, Any], notes: Notes) -> Resource:
    """Hold the times beside those seen before; they are epoch seconds."""
    created, updated = body.get("creationDateTime"), body.get("lastUpdatedDateTime")
    tracker = r.kind == "event_tracker"
    if not isinstance(created, (int, float)):
        return r
    if r.created is not None:
        notes.same("ET-DESC-8" if tracker else "ET-GRP-18", "creationDateTime", r.created, created, r.born, r.since)
    if isinstance(updated, (int, float)):
        notes.saw("ET-DESC-7" if tracker else "ET-GRP-18")
        if updated < created:
            clause = "ET-DESC-7" if tracker else "ET-GRP-18"
            notes.broke(clause, f"not before {created}", f"lastUpdatedDateTime {updated}", r.born)
        if tracker and r.updated is not None:
            notes.saw("ET-DESC-9")
            if updated < r.updated:
                notes.broke("ET-DESC-9", f"not before {r.updated}", updated, r.born, r.since)
        if r.updated is None or updated > r.updated:
            r = r._replace(updated=updated)
    return r if created == r.created else r._replace(created=created)
