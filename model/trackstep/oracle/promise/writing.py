"""Creates, deletes and events: what they promise at once, and what is known from here on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from trackstep.oracle.blame import LONG_PAST
from trackstep.oracle.case import Case
from trackstep.oracle.expected import Member
from trackstep.oracle.lifecycle import ACTIVE, ANY, DELETE_PENDING, DELETING, FAILED, GONE, observer
from trackstep.oracle.notes import Notes
from trackstep.oracle.promise.tagging import of_request
from trackstep.oracle.world import Resource, World, is_hidden

_ARN = re.compile(r"arn:([a-z\d-]+):personalize:.*:.*:.+")
_NAMES = {"dataset_group": "datasetGroupArn", "event_tracker": "eventTrackerArn"}
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def _arn_of(made: Resource) -> str:
    return "answer['datasetGroupArn']" if made.kind == "dataset_group" else "answer['eventTrackerArn']"


def _born(c: Case, made: Resource, notes: Notes) -> World:
    """A new incarnation; what is under its ARN must be gone, unless it is the same thing made again."""
    region, before = c.operation.region, c.world.find(c.operation.region, made.arn)
    notes.saw("ET-ID-4", "ET-ID-5")
    if not is_hidden(made.arn) and (len(made.arn) > 256 or not _ARN.match(made.arn)):
        claim = f"len({_arn_of(made)}) <= 256 and re.match({_ARN.pattern!r}, {_arn_of(made)})"
        notes.broke("ET-ID-5", "an ARN of Amazon Personalize", repr(made.arn), claim=claim)
    there = [r for (_, arn), r in c.world.resources.items() if arn == made.arn and not r.mask & GONE]
    if other := next((r for r in there if r is not before or not _same(r, made)), None):
        notes.broke("ET-ID-4", "an ARN of its own", made.arn, other.born, claim=f"{_arn_of(made)} != {made.arn!r}")
    notes.moved(made.kind, "GONE", "CREATE PENDING")
    return c.world.born(region, made)


def _same(before: Resource, made: Resource) -> bool:
    """Whether what had an ARN is of the same group or name; or may have made way, where that is not known."""
    was, now = (before.group, made.group) if made.group is not None else (before.name, made.name)
    return was == now or (was is None and before.mask & FAILED != 0)


def create_dataset_group(c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """A new incarnation of a group."""
    region, arn, name = c.operation.region, result.get("datasetGroupArn"), c.params.get("name")
    if not isinstance(arn, str) or not arn:
        notes.check("ET-GRP-1", False, "a datasetGroupArn", dict(result), claim="answer.get('datasetGroupArn')")
        arn = f"?{notes.step}"  # made it was, and its ARN may come to light
    notes.saw("ET-GRP-1", "ET-ID-8", "ET-GRP-17")
    if not arn.endswith(f":dataset-group/{name}") and not is_hidden(arn):
        claim = f"answer['datasetGroupArn'].endswith(':dataset-group/' + {name!r})"
        notes.broke("ET-ID-8", f"…:dataset-group/{name}", arn, claim=claim)
    domain = c.params.get("domain")
    if result.get("domain") != domain and not is_hidden(arn):
        claim = f"answer.get('domain') == {domain!r}"
        notes.broke("ET-GRP-17", Member("domain", domain), repr(result.get("domain")), claim=claim)
    if c.world.find(region, arn):
        notes.saw("ET-GRP-12")
    if any(where != region and other == name for where, other in c.world.groups):
        notes.saw("ET-REGION-3")
    mask = observer("dataset_group").asked(GONE, "create")
    tags = of_request(c.params)
    made = Resource("dataset_group", arn, name, mask, notes.step, notes.step, tags=tags, domain=domain or "")
    return _born(c, made, notes)


def create_event_tracker(c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """A new incarnation of a tracker, with an ID of its own."""
    world, region, group, name = c.world, c.operation.region, c.params.get("datasetGroupArn"), c.params.get("name")
    arn, tracking_id = result.get("eventTrackerArn"), result.get("trackingId")
    notes.saw("ET-ID-1")
    if not all(isinstance(value, str) and 0 < len(value) <= 256 for value in (arn, tracking_id)):
        claim = "all(0 < len(answer.get(member, '')) <= 256 for member in ['eventTrackerArn', 'trackingId'])"
        notes.broke("ET-ID-1", "eventTrackerArn and trackingId", dict(result), claim=claim)
        if not isinstance(arn, str) or not arn:
            arn = f"?{notes.step}"  # made it was, and its ARN may come to light
    _identity(world, str(group), str(arn), tracking_id, notes)
    before = c.tracker
    if before:
        notes.saw("ET-UNIQ-6")
        world = _outlived(world, region, before, notes)
    if any(r.name == name and r.group != group and not r.mask & GONE for r in world.resources.values()):
        notes.saw("ET-UNIQ-7")
    if c.group and c.group.mask == ACTIVE:
        world = world.with_resource(region, c.group._replace(took=True))
        if world.owns(c.group.name) and not world.holds_more(region, c.group):
            world = world._replace(dataset_needed=False)
    mask = observer("event_tracker").asked(GONE, "create")
    made = Resource(
        "event_tracker", str(arn), name, mask, notes.step, notes.step, tags=of_request(c.params), group=group
    )
    known = tracking_id if isinstance(tracking_id, str) and tracking_id else None
    return _born(c._replace(world=world), made._replace(tracking_id=known), notes)


def _outlived(world: World, region: str, before: Resource, notes: Notes) -> World:
    """What a Create that was accepted says of the tracker before: it was not in the way, so it has gone or may have."""
    if before.mask & GONE:
        return (
            world if before.mask == GONE else world.with_resource(region, before._replace(mask=GONE, since=notes.step))
        )
    aside = before.mask & (FAILED | DELETING)
    if not aside:
        return world  # it was in the way, and that was told: the world has two now
    return world.with_resource(region, before._replace(mask=aside | GONE, since=notes.step))


def _identity(world: World, group: str, arn: str, tracking_id: Any, notes: Notes) -> None:
    """The ARN of a new tracker follows from its group's, and its tracking ID is nobody else's."""
    notes.saw("ET-ID-2", "ET-ID-6", "ET-ID-7")
    law = hashlib.md5(group.encode(), usedforsecurity=False).hexdigest()[:8]
    if not is_hidden(arn) and not arn.endswith(f":event-tracker/{law}"):
        claim = f"answer['eventTrackerArn'].endswith(hashlib.md5({group!r}.encode()).hexdigest()[:8])"
        notes.broke("ET-ID-6", f"…:event-tracker/{law}", arn, claim=claim)
    if not isinstance(tracking_id, str):
        return
    if not _UUID4.fullmatch(tracking_id):
        claim = f"re.fullmatch({_UUID4.pattern!r}, answer['trackingId'])"
        notes.broke("ET-ID-7", "a UUID, version 4", tracking_id, claim=claim)
    if tracking_id in world.ids:
        owner = world.find(*world.ids[tracking_id])
        claim = f"answer['trackingId'] != {tracking_id!r}"
        notes.broke("ET-ID-2", "a trackingId of its own", tracking_id, owner.born if owner else None, claim=claim)


def delete(c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """From here on the status only goes towards GONE."""
    r, region, world = c.subject, c.operation.region, c.world
    if r is None:
        if world.complete:
            return world
        kind, arn = next((kind, c.params[arn]) for kind, arn in _NAMES.items() if arn in c.params)
        r = Resource(kind, arn, None, ANY, notes.step, notes.step)  # it is older than the trace
        world = world.born(region, r)
    watching, tracker = observer(r.kind), r.kind == "event_tracker"
    if r.mask in (ACTIVE, FAILED):
        notes.moved(r.kind, "ACTIVE" if r.mask == ACTIVE else "CREATE FAILED", "DELETE PENDING")
        if tracker:
            notes.saw("ET-DEL-1" if r.mask == ACTIVE else "ET-DEL-4")
    # What is being deleted already is not set back by asking again; from all else the deletion begins at its beginning.
    begun = r.mask & DELETING
    mask = watching.closure(begun if begun and not r.mask & ~(DELETING | GONE) else begun | DELETE_PENDING)
    return world.written(region, r._replace(mask=mask, since=notes.step))


def put_events(c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """Nothing that a caller can see changes."""
    if any(map(_is_bare_or_late, events if isinstance(events := c.params.get("eventList"), list) else ())):
        notes.saw("ET-PUT-6")
    return c.world


def _is_bare_or_late(event: Any) -> bool:
    """Whether an event has no properties, or was sent long ago."""
    if not isinstance(event, dict):
        return False
    sent = event.get("sentAt")
    return "properties" not in event or (isinstance(sent, int | float) and sent < LONG_PAST)
