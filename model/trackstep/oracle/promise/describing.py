"""Descriptions: what was made, in a status that is possible. Also what a List shows of a status."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol, TypeGuard

from trackstep.oracle.blame import TAGS, looked_at, nearer
from trackstep.oracle.case import Case
from trackstep.oracle.expected import Member, Statuses
from trackstep.oracle.lifecycle import ACTIVE, ANY, BIT, CREATING, DELETING, FAILED, GONE, names, observer
from trackstep.oracle.notes import Notes
from trackstep.oracle.world import Resource, World

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

_TRACKER, _GROUP = "answer['eventTracker']", "answer['datasetGroup']"
_SAME_ID = f"{_TRACKER}.get('trackingId')"


def _body(r: Resource) -> str:
    return _TRACKER if r.kind == "event_tracker" else _GROUP


def describe_dataset_group(c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """A group as it was made, in a status that is possible."""
    body, arn = result.get("datasetGroup"), c.params["datasetGroupArn"]
    if not isinstance(body, dict):
        notes.check("ET-GRP-13", False, "a description", repr(body), claim="answer.get('datasetGroup')")
        return c.world
    world, r = _found(c, "dataset_group", arn, body, notes)
    if r is None:
        return world
    after_refusal(r, notes)
    r = times(look(r, body.get("status"), notes), body, notes)
    if body.get("status") == "CREATE FAILED":
        reason = bool(body.get("failureReason"))
        notes.check("ET-GRP-16", reason, "a failureReason", "none", r.born, claim=f"{_GROUP}.get('failureReason')")
    made = (("name", r.name), ("datasetGroupArn", arn), ("domain", r.domain))
    _agree(r, body, made, nearer(r, "ET-GRP-13"), notes)
    return _known(
        world, c, looked_at(r)._replace(described=True, name=body.get("name"), domain=body.get("domain") or "")
    )


def describe_event_tracker(c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """A tracker as it was made, in a status that is possible."""
    body, arn = result.get("eventTracker"), c.params["eventTrackerArn"]
    notes.saw("ET-DESC-3")
    if not isinstance(body, dict):
        notes.broke("ET-DESC-3", "a description", repr(body), claim="answer.get('eventTracker')")
        return c.world
    world, r = _found(c, "event_tracker", arn, body, notes)
    if r is None:
        return world
    after_refusal(r, notes)
    if r.group is None and isinstance(body.get("datasetGroupArn"), str):
        r = r._replace(group=body["datasetGroupArn"])
        world = world.placed(c.operation.region, r)
    if not r.described and r.mask == observer(r.kind).asked(GONE, "create"):
        notes.saw("ET-LIFE-9")
        if body.get("status") != "CREATE PENDING":
            claim = f"{_TRACKER}['status'] == 'CREATE PENDING'"
            notes.broke("ET-LIFE-9", "CREATE PENDING at first sight", body.get("status"), r.born, claim=claim)
    r = times(look(r, body.get("status"), notes), body, notes)
    missing = [member for member in _MEMBERS if body.get(member) is None]
    notes.saw("ET-DESC-4")
    if missing:
        gaps, claim = f"no {', '.join(missing)}", f"all({_TRACKER}.get(member) is not None for member in {missing})"
        if not any(member.endswith("Time") for member in missing):
            claim = f"all(isinstance({_TRACKER}.get(member), str) for member in {missing})"
        notes.broke("ET-DESC-4", "every documented member", gaps, claim=claim)
        if "trackingId" in missing or "status" in missing:
            notes.broke("ET-DESC-3", "trackingId and status", gaps, claim=claim)
    tracking_id = body.get("trackingId")
    if r.tracking_id is not None and tracking_id is not None:
        clause, claim = nearer(r, "ET-ID-3"), _SAME_ID
        notes.same(clause, "trackingId", r.tracking_id, tracking_id, r.born, r.refused, claim=claim)
    made = (("name", r.name), ("eventTrackerArn", arn), ("datasetGroupArn", r.group))
    _agree(r, body, made, nearer(r, "ET-DESC-5"), notes)
    if r.group and body.get("accountId"):
        notes.saw("ET-DESC-6")
        account = "".join(r.group.split(":")[4:5])
        if account != body["accountId"]:
            claim = f"{_TRACKER}.get('accountId') == {r.group!r}.split(':')[4]"
            notes.broke("ET-DESC-6", Member("accountId", account), repr(body["accountId"]), r.born, claim=claim)
    if isinstance(tracking_id, str) and tracking_id != r.tracking_id:
        r = r._replace(tracking_id=tracking_id)
        world = world.with_id(tracking_id, c.operation.region, arn)
    return _known(world, c, looked_at(r)._replace(described=True, name=body.get("name")))


def _found(c: Case, kind: str, arn: str, body: Mapping[str, Any], notes: Notes) -> tuple[World, Resource | None]:
    """The resource described: known, or older than the trace, or there although nobody made it, which was told."""
    world, region, r = c.world, c.operation.region, c.subject
    if r is not None:
        return world, r
    group = body.get("datasetGroupArn") if kind == "event_tracker" else None
    world = world.born(region, Resource(kind, arn, body.get("name"), ANY, notes.step, notes.step, group=group))
    return world, world.find(region, arn)


def after_refusal(r: Resource, notes: Notes) -> None:
    """Count, where a write was refused before, that this look can show whether it changed anything."""
    if r.refused is not None and r.refusal != TAGS:
        notes.saw(r.refusal)


def _known(world: World, c: Case, r: Resource) -> World:
    return world if r == c.subject else world.with_resource(c.operation.region, r)


def _agree(r: Resource, body: Mapping[str, Any], made: tuple[tuple[str, Any], ...], clause: str, notes: Notes) -> None:
    notes.saw(clause)
    for member, known in made:
        value = known or None  # a domain that is known to be none
        if known is not None and body.get(member) != value:
            claim = f"{_body(r)}.get({member!r}) == {value!r}"
            notes.broke(clause, Member(member, value), repr(body.get(member)), r.born, r.refused, claim=claim)


class Shows(Protocol):
    """A List that shows a status: how it makes a claim about each item that has an ARN."""

    def each(self, arn: str, holds: str, /) -> str: ...


def _of(r: Resource, holds: str, shows: Shows | None) -> str:
    """The claim about a description, or about each item of a List that has the ARN; ``holds`` has a place for it."""
    return holds.format(_body(r)) if shows is None else shows.each(r.arn, holds.format("item"))


def _among(r: Resource, statuses: list[str], shows: Shows | None) -> str:
    return _of(r, f"{{}}.get('status') in {statuses}", shows)


def look(r: Resource, wire: Any, notes: Notes, shows: Shows | None = None) -> Resource:
    """Narrow what is known of a status by a status that was seen; ``shows``: in a List, and not by a Describe."""
    watching, tracker = observer(r.kind), r.kind == "event_tracker"
    documented = "ET-LIFE-1" if tracker else "ET-GRP-4"
    notes.saw(documented)
    if not isinstance(wire, str) or wire not in watching.spelt:
        claim = _among(r, list(watching.spelt), shows)
        notes.broke(documented, f"one of {', '.join(watching.table.statuses)}", repr(wire), r.born, claim=claim)
        return r
    then = watching.seen.get((r.mask, wire))
    if then is None:
        clause = nearer(r, watching.breaks(r.mask, wire))
        claim = _among(r, [status for status in watching.spelt if (r.mask, status) in watching.seen], shows)
        notes.broke(clause, Statuses(tuple(names(r.mask))), wire, r.born, r.since, r.refused, claim=claim)
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


def _is_moment(told: Any) -> TypeGuard[float]:
    """Whether it is a time to hold others against: what JSON has no number for is told by ET-WIRE-4 alone."""
    return isinstance(told, (int, float)) and -math.inf < told < math.inf


def times(r: Resource, body: Mapping[str, Any], notes: Notes, shows: Shows | None = None) -> Resource:
    """Hold the times beside those seen before, by whatever operation; they are epoch seconds."""
    created, updated = body.get("creationDateTime"), body.get("lastUpdatedDateTime")
    if not _is_moment(created):
        return r
    tracker = r.kind == "event_tracker"
    if r.created is not None:
        clause = ("ET-DESC-8" if shows is None else "ET-LIST-5") if tracker else "ET-GRP-18"
        claim = _of(r, f"{{}}.get('creationDateTime') == {r.created!r}", shows)
        notes.saw(clause)
        if created != r.created:
            was = Member("creationDateTime", r.created)
            notes.broke(clause, was, repr(created), r.born, r.since, claim=claim)
    elif tracker and r.after is not None:
        notes.saw("ET-DESC-10")
        least = r.after if created % 1 else int(r.after)  # who tells whole seconds has cut them off
        if created < least:
            claim = _of(r, f"{{}}['creationDateTime'] >= {least!r}", shows)
            notes.broke("ET-DESC-10", f"not before {r.after}", created, r.born, claim=claim)
    if _is_moment(updated):
        clause = "ET-DESC-7" if tracker else "ET-GRP-18"
        notes.saw(clause)
        if updated < created:
            claim = _of(r, "{0}['lastUpdatedDateTime'] >= {0}['creationDateTime']", shows)
            notes.broke(clause, f"not before {created}", f"lastUpdatedDateTime {updated}", r.born, claim=claim)
        if tracker and r.updated is not None:
            notes.saw("ET-DESC-9")
            if updated < r.updated:
                claim = _of(r, f"{{}}['lastUpdatedDateTime'] >= {r.updated!r}", shows)
                notes.broke("ET-DESC-9", f"not before {r.updated}", updated, r.born, r.since, claim=claim)
        if r.updated is None or updated > r.updated:
            r = r._replace(updated=updated)
    return r if created == r.created else r._replace(created=created)
