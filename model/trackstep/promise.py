"""Promises: what an answer that says "done" must hold, and how the world goes on from it.

One function a operation: (world, step, case, result, notes) -> world. What contradicts the model is
noted and then adopted, for that fact only. Knows nothing of refusals (guard.py) or of HTTP (wire.py).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from trackstep.guard import Case
from trackstep.lifecycle import BIT, CREATING, DELETING, EXISTS, GONE, names, observer
from trackstep.world import Resource, Walk, World

_ARN = re.compile(r"arn:([a-z\d-]+):personalize:.*:.*:.+")
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_TRACKER_MEMBERS = (
    "name",
    "eventTrackerArn",
    "accountId",
    "trackingId",
    "datasetGroupArn",
    "status",
    "creationDateTime",
    "lastUpdatedDateTime",
)
_SUMMARY_MEMBERS = ("name", "eventTrackerArn", "status", "creationDateTime", "lastUpdatedDateTime")
_KINDS = {"EventTracker": "event_tracker", "DatasetGroup": "dataset_group"}


class Finding(NamedTuple):
    """One contradiction: the clause it breaks, what was allowed, what came back, the steps it rests on."""

    clause: str
    step: int
    operation: str
    expected: str
    actual: str
    because: tuple[int, ...]


class Notes:
    """What judging has noted so far: clauses exercised, contradictions, rows and transitions taken."""

    __slots__ = ("answers", "exercised", "findings", "operation", "refused", "rows", "step", "transitions")

    def __init__(self) -> None:
        self.exercised: dict[str, int] = {}
        self.findings: list[Finding] = []
        self.rows: dict[Any, int] = {}
        self.refused: dict[Any, int] = {}
        self.answers: dict[tuple[str, str], int] = {}
        self.transitions: dict[tuple[str, str, str], int] = {}
        self.step = 0
        self.operation = ""

    def check(self, clause: str, holds: bool, expected: str, actual: object, *because: int | None) -> bool:
        """Count the clause as exercised and note a contradiction where it does not hold."""
        self.exercised[clause] = self.exercised.get(clause, 0) + 1
        if not holds:
            steps = tuple(sorted({step for step in because if step is not None}))
            self.findings.append(Finding(clause, self.step, self.operation, expected, str(actual), steps))
        return holds

    def moved(self, kind: str, source: str, to: str) -> None:
        """Count a transition as taken: seen, or implied by what was seen."""
        key = (kind, source, to)
        self.transitions[key] = self.transitions.get(key, 0) + 1


def _blame(resource: Resource, clause: str, refused: str) -> str:
    """The clause to name: a write that was refused since is the nearer cause."""
    return refused if resource.refused is not None and resource.refused > resource.since else clause


def look(world: World, where: str, r: Resource, wire: Any, notes: Notes) -> Resource:
    """Narrow what is known of a status by a status that was seen."""
    watching = observer(r.kind)
    if not isinstance(wire, str) or wire not in (*watching.table.statuses, *watching.table.tolerated):
        clause = "ET-LIFE-1" if r.kind == "event_tracker" else "ET-GRP-4"
        notes.check(clause, False, f"one of {', '.join(watching.table.statuses)}", repr(wire), r.born)
        return r
    tracker = r.kind == "event_tracker"
    notes.check("ET-LIFE-1" if tracker else "ET-GRP-4", True, "", "")
    if tracker and not r.described and where == "Describe" and r.mask == watching.asked(GONE, "create"):
        notes.check("ET-LIFE-9", wire == "CREATE PENDING", "CREATE PENDING at first sight", wire, r.born)
    then = watching.seen.get((r.mask, wire))
    if then is None:
        clause = _blame(r, watching.breaks(r.mask, wire), "ET-FAIL-2" if tracker else "ET-FAIL-3")
        notes.check(clause, False, " or ".join(names(r.mask)), wire, r.born, r.since, r.refused)
        then = watching.closure(BIT[watching.table.tolerated.get(wire, wire)])
    elif then != r.mask:
        for source, to in watching.path(r.mask, wire):
            notes.moved(r.kind, source, to)
        if r.mask & CREATING and not then & CREATING:
            notes.check("ET-LIFE-7" if tracker else "ET-GRP-5", True, "", "")
    if tracker:
        for clause, bits in (("ET-LIFE-2", CREATING), ("ET-LIFE-5", DELETING)):
            if r.mask & bits:
                notes.check(clause, True, "", "")
        if r.mask in (4, 8):  # ACTIVE alone, CREATE FAILED alone
            notes.check("ET-LIFE-3" if r.mask == 4 else "ET-LIFE-4", True, "", "")
    return r if then == r.mask else r._replace(mask=then, since=notes.step if then != r.mask else r.since)


def _times(r: Resource, body: Mapping[str, Any], notes: Notes) -> Resource:
    created, updated = body.get("creationDateTime"), body.get("lastUpdatedDateTime")
    tracker = r.kind == "event_tracker"
    if isinstance(created, (int, float)):
        if r.created is not None:
            clause = "ET-DESC-8" if tracker else "ET-GRP-18"
            notes.check(clause, created == r.created, f"creationDateTime {r.created}", created, r.born, r.since)
        if isinstance(updated, (int, float)):
            clause = "ET-DESC-7" if tracker else "ET-GRP-18"
            notes.check(clause, updated >= created, f"not before {created}", f"lastUpdatedDateTime {updated}", r.born)
            if tracker and r.updated is not None:
                notes.check("ET-DESC-9", updated >= r.updated, f"not before {r.updated}", updated, r.born, r.since)
            if r.updated is None or updated > r.updated:
                r = r._replace(updated=updated)
        if created != r.created:
            r = r._replace(created=created)
    return r


def _created(kind: str, trigger_from: int, notes: Notes) -> int:
    notes.moved(kind, "GONE", "CREATE PENDING")
    return observer(kind).asked(GONE, "create")


def _tags(params: Mapping[str, Any]) -> dict[str, str | None]:
    tags: dict[str, str | None] = {}
    for tag in params.get("tags") or ():
        key = tag["tagKey"]
        tags[key] = None if key in tags else tag["tagValue"]
    return tags


def _arn(value: Any, notes: Notes) -> bool:
    fits = isinstance(value, str) and len(value) <= 256 and _ARN.match(value) is not None
    return notes.check("ET-ID-5", fits, "an ARN of Amazon Personalize", repr(value))


def create_dataset_group(world: World, step: int, c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """A new incarnation of a group."""
    region, arn, name = c.operation.region, result.get("datasetGroupArn"), c.params.get("name")
    if not notes.check("ET-GRP-1", isinstance(arn, str) and bool(arn), "a datasetGroupArn", dict(result)):
        return world
    assert isinstance(arn, str)
    _arn(arn, notes)
    notes.check("ET-ID-8", arn.endswith(f":dataset-group/{name}"), f"…:dataset-group/{name}", arn)
    domain = c.params.get("domain")
    notes.check("ET-GRP-17", result.get("domain") == domain, f"domain {domain!r}", repr(result.get("domain")))
    before = world.find(region, arn)
    if before and before.name != name:
        notes.check("ET-ID-4", before.mask & GONE != 0, "an ARN of its own", arn, before.born)
    if before:
        notes.check("ET-GRP-12", True, "", "")
    if any(where != region and other == name for where, other in world.groups):
        notes.check("ET-REGION-3", True, "", "")
    mask = _created("dataset_group", 0, notes)
    return world.born(
        region, Resource("dataset_group", arn, name, mask, step, step, tags=_tags(c.params), domain=domain)
    )


def create_event_tracker(world: World, step: int, c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """A new incarnation of a tracker, with an ID of its own."""
    region, group = c.operation.region, c.params.get("datasetGroupArn")
    arn, tracking_id = result.get("eventTrackerArn"), result.get("trackingId")
    good = all(isinstance(value, str) and 0 < len(value) <= 256 for value in (arn, tracking_id))
    if not notes.check("ET-ID-1", good, "eventTrackerArn and trackingId", dict(result)):
        return world
    assert isinstance(arn, str)
    assert isinstance(tracking_id, str)
    _arn(arn, notes)
    law = hashlib.md5(str(group).encode(), usedforsecurity=False).hexdigest()[:8]
    notes.check("ET-ID-6", arn.endswith(f":event-tracker/{law}"), f"…:event-tracker/{law}", arn)
    notes.check("ET-ID-7", _UUID4.fullmatch(tracking_id) is not None, "a UUID, version 4", tracking_id)
    owner = world.ids.get(tracking_id)
    holder = world.find(*owner) if owner else None
    notes.check("ET-ID-2", owner is None, "a trackingId of its own", tracking_id, holder.born if holder else None)
    before = world.find(region, arn)
    if before and before.group != group:
        notes.check("ET-ID-4", before.mask & GONE != 0, "an ARN of its own", arn, before.born)
    else:
        notes.check("ET-ID-4", True, "", "")
    if c.found:
        notes.check("ET-UNIQ-6", True, "", "")
        if c.found.mask & GONE and c.found.mask != GONE:
            world = world.with_resource(region, c.found._replace(mask=GONE, since=step))
    name = c.params.get("name")
    if any(r.name == name and r.group != group and not r.mask & GONE for r in world.resources.values()):
        notes.check("ET-UNIQ-7", True, "", "")
    made = world.find(region, group)
    if made and made.mask & EXISTS:
        sure = observer("dataset_group").seen.get((made.mask, "ACTIVE"), made.mask)
        if made.mask == sure and world.dataset_needed is None:
            world = world._replace(dataset_needed=False)
    mask = _created("event_tracker", 0, notes)
    return world.born(
        region,
        Resource(
            "event_tracker",
            arn,
            name,
            mask,
            step,
            step,
            tags=_tags(c.params),
            group=group,
            tracking_id=tracking_id,
        ),
    )


def _describe(world: World, c: Case, body: Any, kind: str, notes: Notes) -> World:
    region = c.operation.region
    tracker = kind == "event_tracker"
    arn = c.params["eventTrackerArn" if tracker else "datasetGroupArn"]
    if not isinstance(body, dict):
        notes.check("ET-DESC-3" if tracker else "ET-GRP-13", False, "a description", repr(body))
        return world
    r = c.found
    if r is None:
        if not world.complete or tracker:
            group = body.get("datasetGroupArn")
            lost = world.uncertain(region, kind) if world.complete else None
            r = Resource(kind, arn, body.get("name"), 127, notes.step, notes.step, group=group)
            if lost is not None and lost.group == group:
                r = lost._replace(arn=arn, tracking_id=body.get("trackingId"))
                world = world._replace(resources={k: v for k, v in world.resources.items() if v is not lost})
            world = world.born(region, r)
        else:
            return world
    r = look(world, "Describe", r, body.get("status"), notes)
    r = _times(r, body, notes)
    if tracker:
        missing = [member for member in _TRACKER_MEMBERS if body.get(member) is None]
        notes.check("ET-DESC-3", not {"trackingId", "status"} & set(missing), "trackingId and status", f"no {missing}")
        notes.check("ET-DESC-4", not missing, "every documented member", f"no {', '.join(missing)}")
        if r.tracking_id is not None and "trackingId" not in missing:
            same = body["trackingId"] == r.tracking_id
            clause = _blame(r, "ET-ID-3", "ET-FAIL-1")
            notes.check(clause, same, f"trackingId {r.tracking_id}", body["trackingId"], r.born, r.refused)
        seen = {"name": r.name, "eventTrackerArn": arn, "datasetGroupArn": r.group}
        agree = "ET-DESC-5"
        if r.group and body.get("accountId"):
            account = r.group.split(":")[4:5]
            notes.check(
                "ET-DESC-6",
                account == [body["accountId"]],
                f"accountId {account[0]}",
                body["accountId"],
                r.born,
            )
    else:
        seen = {"name": r.name, "datasetGroupArn": arn, "domain": r.domain}
        agree = "ET-GRP-13"
        if body.get("status") == "CREATE FAILED":
            notes.check("ET-GRP-16", bool(body.get("failureReason")), "a failureReason", "none", r.born)
    for member, value in seen.items():
        if value is not None or member == "domain":
            clause = _blame(r, agree, "ET-FAIL-1" if tracker else "ET-FAIL-5")
            notes.check(
                clause,
                body.get(member) == value,
                f"{member} {value!r}",
                repr(body.get(member)),
                r.born,
                r.refused,
            )
    changes: dict[str, Any] = {"described": True, "refused": None, "name": body.get("name")}
    if tracker and body.get("trackingId") != r.tracking_id:
        changes["tracking_id"] = body.get("trackingId")
        if isinstance(body.get("trackingId"), str):
            world = world._replace(ids={**world.ids, body["trackingId"]: (region, arn)})
    if any(getattr(r, member) != value for member, value in changes.items()):
        r = r._replace(**changes)
    return world if r is c.found else world.with_resource(region, r)


def describe_dataset_group(world: World, step: int, c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """A group as it was made, in a status that is possible."""
    return _describe(world, c, result.get("datasetGroup"), "dataset_group", notes)


def describe_event_tracker(world: World, step: int, c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """A tracker as it was made, in a status that is possible."""
    return _describe(world, c, result.get("eventTracker"), "event_tracker", notes)


def _delete(world: World, step: int, c: Case, notes: Notes) -> World:
    r = c.found
    if r is None:
        return world
    watching = observer(r.kind)
    legal = [source for source in ("ACTIVE", "CREATE FAILED") if r.mask & watching.seen.get((r.mask, source), 0)]
    if len(legal) == 1 and r.mask in (4, 8):
        notes.moved(r.kind, legal[0], "DELETE PENDING")
        if r.kind == "event_tracker":
            notes.check("ET-DEL-1" if legal[0] == "ACTIVE" else "ET-DEL-4", True, "", "")
    mask = watching.asked(r.mask, "delete") or watching.closure(16)
    if r.mask & DELETING:
        mask |= r.mask & (DELETING | GONE)
    return world.with_resource(c.operation.region, r._replace(mask=mask, since=step))._replace(writes=world.writes + 1)


def delete_resource(world: World, step: int, c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """From here on the status only goes towards GONE."""
    if c.operation.name == "DeleteEventTracker" and c.found and c.found.group:
        group = world.find(c.operation.region, c.found.group)
        if group:
            notes.check("ET-DEL-5", True, "", "")
    return _delete(world, step, c, notes)


def _list(world: World, c: Case, result: Mapping[str, Any], what: str, notes: Notes) -> World:
    region, kind, tracker = c.operation.region, _KINDS[what], what == "EventTracker"
    members, arn_member = ("eventTrackers", "eventTrackerArn") if tracker else ("datasetGroups", "datasetGroupArn")
    items, token = result.get(members), result.get("nextToken")
    if not isinstance(items, list):
        notes.check(
            "ET-LIST-8" if tracker else "ET-GRP-20",
            items is None and not result,
            f"a list {members}",
            dict(result),
        )
        items = []
    asked, sent, group = (
        c.params.get("maxResults"),
        c.params.get("nextToken"),
        c.params.get("datasetGroupArn"),
    )
    if isinstance(asked, int) and 1 <= asked <= 100:
        notes.check("ET-PAGE-3", len(items) <= asked, f"at most {asked} items", f"{len(items)} items")
    notes.check("ET-PAGE-4", len(items) <= 100, "at most 100 items", f"{len(items)} items")
    walk = world.walks.get((region + c.operation.name, sent)) if sent else None
    if sent and walk:
        notes.check("ET-PAGE-7", True, "", "")
    due = walk.due if walk else world.existing(region, kind, group)
    shown = set(walk.shown) if walk else set()
    lawful = "ET-LIST-6" if tracker else "ET-GRP-14"
    for item in items:
        arn = item.get(arn_member) if isinstance(item, dict) else None
        if not isinstance(arn, str):
            notes.check("ET-LIST-7" if tracker else "ET-GRP-15", False, f"an {arn_member}", repr(item))
            continue
        r = world.find(region, arn)
        if arn in shown:
            notes.check("ET-PAGE-2" if tracker else "ET-GRP-14", False, "each item once", arn, r.born if r else None)
            continue
        shown.add(arn)
        if r is None and (lost := world.uncertain(region, kind)) and lost.name == item.get("name"):
            r = lost._replace(arn=arn)
            world = world._replace(resources={k: v for k, v in world.resources.items() if v is not lost})
            world = world.born(region, r)
            due = {a: n for a, n in due.items() if not a.startswith("?")}
        if r is None:
            made = world.find(region, group)
            ours = world.owns(item.get("name")) or (tracker and made is not None and not made.mask & GONE)
            if ours and world.complete:
                refused = world.refused_creates.get((region, group or ""), None)
                if group is None and tracker:
                    refused = max((s for (w, _), s in world.refused_creates.items() if w == region), default=None)
                elsewhere = [k for k in world.resources if k[0] != region and k[1] == arn]
                if elsewhere:
                    notes.check("ET-REGION-2", False, "nothing of another region", arn)
                else:
                    clause = ("ET-FAIL-1" if tracker else "ET-FAIL-5") if refused is not None else lawful
                    notes.check(clause, False, "nothing that was not created", f"{item.get('name')} {arn}", refused)
            continue
        if r.mask == GONE and not (walk and arn in walk.due):
            clause = "ET-LIST-4" if tracker else "ET-GRP-14"
            notes.check(clause, False, "nothing that is gone", f"{arn} {item.get('status')}", r.born, r.since)
            continue
        if tracker and group is not None and r.group is not None:
            made_in = r.born
            notes.check("ET-LIST-2", r.group == group, f"only trackers of {group}", f"{arn} of {r.group}", made_in)
        same = r.name is None or item.get("name") == r.name
        agree = _blame(r, "ET-LIST-5" if tracker else "ET-GRP-15", "ET-FAIL-1" if tracker else "ET-FAIL-5")
        notes.check(agree, same, f"name {r.name!r}", repr(item.get("name")), r.born, r.refused)
        if tracker:
            gaps = [member for member in _SUMMARY_MEMBERS if item.get(member) is None]
            notes.check("ET-LIST-7", not gaps, "every documented member", f"no {', '.join(gaps)}")
            if r.created is not None and isinstance(item.get("creationDateTime"), (int, float)):
                when = item["creationDateTime"]
                notes.check("ET-LIST-5", when == r.created, f"creationDateTime {r.created}", when, r.born)
        if not (walk and r.mask == GONE):
            then = look(world, "List", r, item.get("status"), notes)
            if then is not r:
                world = world.with_resource(region, then)
    if tracker and group is not None and not sent:
        living = [a for a in shown if (x := world.find(region, a)) is None or not x.mask & (GONE | DELETING)]
        notes.check("ET-UNIQ-8", len(living) <= 1, "at most one event tracker", f"{len(living)} event trackers")
        if world.mask_of(region, group) == GONE:
            notes.check("ET-LIST-3", not items, "an empty list", f"{len(items)} items")
    tokens = walk.tokens if walk else frozenset()
    if token is None or token == "":
        notes.check("ET-PAGE-8", token is None, "no nextToken on the last page", repr(token))
        paged = walk is not None
        still = world.existing(region, kind, group)
        lost_items = [a for a, n in due.items() if a not in shown and still.get(a) == n and not a.startswith("?")]
        clause = ("ET-PAGE-1" if paged else "ET-LIST-1") if tracker else ("ET-PAGE-1" if paged else "ET-GRP-14")
        if due or shown:
            first = world.find(region, lost_items[0]) if lost_items else None
            blame = _blame(first, clause, "ET-FAIL-2" if tracker else "ET-FAIL-3") if first else clause
            notes.check(
                blame, not lost_items, f"{len(due)} that exist", f"without {', '.join(lost_items)}",
                first.born if first else None, first.since if first else None, first.refused if first else None,
            )  # fmt: skip
            if paged:
                notes.check("ET-PAGE-2", True, "", "")
                notes.check("ET-PAGE-5", True, "", "")
            notes.check(lawful, True, "", "")
            notes.check("ET-LIST-4" if tracker else "ET-GRP-14", True, "", "")
        elif group is None:
            notes.check("ET-REGION-2", True, "", "")
        return world
    good = isinstance(token, str) and len(token) <= 1500
    notes.check("ET-PAGE-8", good, "a nextToken of at most 1500 characters", repr(token)[:80])
    if not isinstance(token, str) or not notes.check("ET-PAGE-5", token not in tokens, "a new nextToken", token):
        return world
    onward = Walk(group, frozenset(shown), due, tokens | {token}, world.writes)
    walks = {**world.walks, (region + c.operation.name, token): onward}
    return world._replace(walks=walks)


def list_event_trackers(world: World, step: int, c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """A page: only what exists, and at the end of the walk all of it."""
    return _list(world, c, result, "EventTracker", notes)


def list_dataset_groups(world: World, step: int, c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """A page: only what exists, and at the end of the walk all of it."""
    return _list(world, c, result, "DatasetGroup", notes)


def tag_resource(world: World, step: int, c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """The tags are added to those that were there."""
    r = c.found
    if r is None or r.tags is None:
        return world
    tags = {**r.tags, **_tags(c.params)}
    return world.with_resource(c.operation.region, r._replace(tags=tags))._replace(writes=world.writes + 1)


def untag_resource(world: World, step: int, c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """The keys are taken from those that were there."""
    r = c.found
    if r is None or r.tags is None:
        return world
    drop = set(c.params.get("tagKeys") or ())
    tags = {key: value for key, value in r.tags.items() if key not in drop}
    return world.with_resource(c.operation.region, r._replace(tags=tags))._replace(writes=world.writes + 1)


def list_tags_for_resource(world: World, step: int, c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """The tags, each key once."""
    r, listed = c.found, result.get("tags") or []
    if r is None:
        return world
    pairs = [(t.get("tagKey"), t.get("tagValue")) for t in listed if isinstance(t, dict)]
    actual: dict[Any, Any] = dict(pairs)
    notes.check("ET-TAG-11", len(actual) == len(pairs), "each key once", [key for key, _ in pairs], r.born)
    if r.tags is not None:
        extra, gone = sorted(map(str, actual.keys() - r.tags.keys())), sorted(r.tags.keys() - actual.keys())
        wrong = [k for k, v in r.tags.items() if k in actual and v is not None and actual[k] != v]
        clause = "ET-TAG-1" if r.refused is None else "ET-FAIL-4"
        if extra and r.incarnation > 1 and clause == "ET-TAG-1":
            clause = "ET-TAG-9"
        elif extra and clause == "ET-TAG-1":
            others = {k for o in world.resources.values() if o is not r for k in (o.tags or ())}
            clause = "ET-TAG-10" if set(extra) & others else "ET-TAG-3"
        elif gone and clause == "ET-TAG-1":
            clause = "ET-TAG-2"
        for passed in (
            "ET-TAG-1",
            "ET-TAG-2",
            "ET-TAG-3",
            "ET-TAG-10",
            *(("ET-TAG-9",) if r.incarnation > 1 else ()),
        ):
            notes.check(passed, True, "", "")
        agrees = not extra and not gone
        notes.check(clause, agrees, f"keys {sorted(r.tags)}", f"keys {sorted(map(str, actual))}", r.born, r.refused)
        notes.check(
            "ET-TAG-11" if clause != "ET-FAIL-4" else clause, not wrong,
            f"values {[r.tags[k] for k in wrong]}", f"values {[actual[k] for k in wrong]}", r.born, r.refused,
        )  # fmt: skip
    if actual == r.tags and r.refused is None:
        return world
    return world.with_resource(c.operation.region, r._replace(tags=actual, refused=None))


def put_events(world: World, step: int, c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """Nothing that a caller can see changes."""
    if any("properties" not in e or (e.get("sentAt") or 0) < 1.6e9 for e in c.params.get("eventList") or ()):
        notes.check("ET-PUT-6", True, "", "")
    return world


PROMISES: dict[str, Callable[[World, int, Case, Mapping[str, Any], Notes], World]] = {
    "CreateDatasetGroup": create_dataset_group,
    "DescribeDatasetGroup": describe_dataset_group,
    "ListDatasetGroups": list_dataset_groups,
    "DeleteDatasetGroup": delete_resource,
    "CreateEventTracker": create_event_tracker,
    "DescribeEventTracker": describe_event_tracker,
    "ListEventTrackers": list_event_trackers,
    "DeleteEventTracker": delete_resource,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
    "PutEvents": put_events,
}
