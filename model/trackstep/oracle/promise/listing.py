"""Lists: a page shows only what exists, and a walk to the last page shows all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from trackstep.oracle.blame import nearer
from trackstep.oracle.case import Case
from trackstep.oracle.expected import Member
from trackstep.oracle.lifecycle import ANY, DELETING, EXISTS, GONE
from trackstep.oracle.notes import Notes
from trackstep.oracle.promise.describing import look, times
from trackstep.oracle.world import Resource, Walk, World, is_hidden

_MEMBERS = {"name", "eventTrackerArn", "status", "creationDateTime", "lastUpdatedDateTime"}


class _Names(NamedTuple):
    """The members and clauses of one List."""

    kind: str
    items: str
    arn: str
    shape: str
    lawful: str
    complete: str
    gone: str
    once: str
    agrees: str
    shown: str
    refused_create: str

    def arns(self) -> str:
        """Of a claim: the ARNs that were shown."""
        return f"[item[{self.arn!r}] for item in items]"

    def each(self, arn: str, holds: str) -> str:
        """A claim about each item that has this ARN."""
        return f"all({holds} for item in items if item[{self.arn!r}] == {arn!r})"


_TRACKERS = _Names(
    "event_tracker", "eventTrackers", "eventTrackerArn",
    shape="ET-LIST-8", lawful="ET-LIST-6", complete="ET-LIST-1", gone="ET-LIST-4", once="ET-PAGE-2",
    agrees="ET-LIST-5", shown="ET-LIST-7", refused_create="ET-FAIL-1",
)  # fmt: skip
_GROUPS = _Names(
    "dataset_group", "datasetGroups", "datasetGroupArn",
    shape="ET-GRP-20", lawful="ET-GRP-14", complete="ET-GRP-14", gone="ET-GRP-14", once="ET-GRP-14",
    agrees="ET-GRP-15", shown="ET-GRP-15", refused_create="ET-FAIL-5",
)  # fmt: skip


def list_event_trackers(c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """A page of event trackers, of one group or of all."""
    world, group, region = c.world, c.params.get("datasetGroupArn"), c.operation.region
    after, shown = _page(c, result, _TRACKERS, notes)
    if group is not None and not c.params.get("nextToken"):
        living = [a for a in shown if (r := after.find(region, a)) is None or not r.mask & (GONE | DELETING)]
        notes.saw("ET-UNIQ-8")
        if len(living) > 1:
            claim = "sum(not str(item.get('status')).startswith('DELETE') for item in items) <= 1"
            notes.broke("ET-UNIQ-8", "at most one event tracker", f"{len(living)} event trackers", claim=claim)
        if world.status(world.find(region, group)) == GONE:
            _of_nobody(c, result.get("eventTrackers"), group, notes)
    return after


def _of_nobody(c: Case, items: Any, group: str, notes: Notes) -> None:
    """A group that does not exist has no event tracker, but one that the target let outlive it or be created there."""
    known, place = c.world.resources.items(), (c.operation.region, group)
    left = [arn for (where, arn), r in known if (where, r.group) == place and r.mask != GONE]
    left = left if place in c.world.orphaned else []
    strange = [item for item in items or () if not isinstance(item, dict) or item.get("eventTrackerArn") not in left]
    claim = f"all(item.get('eventTrackerArn') in {left} for item in items)" if left else "not items"
    notes.check("ET-LIST-3", not strange, "an empty list", f"{len(strange)} items", claim=claim)


def list_dataset_groups(c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """A page of dataset groups."""
    return _page(c, result, _GROUPS, notes)[0]


def _page(c: Case, result: Mapping[str, Any], what: _Names, notes: Notes) -> tuple[World, set[str]]:
    """The world after a page, and the ARNs that the walk has shown so far."""
    world, region, group = c.world, c.operation.region, c.params.get("datasetGroupArn")
    items, asked, sent = result.get(what.items), c.params.get("maxResults"), c.params.get("nextToken")
    if not isinstance(items, list):
        claim = f"isinstance(answer.get({what.items!r}), list)"
        notes.check(what.shape, items is None and not result, f"a list {what.items}", dict(result), claim=claim)
        items = []
    notes.saw("ET-PAGE-3", "ET-PAGE-4")
    if isinstance(asked, int) and 1 <= asked < len(items):
        claim = f"all(len(page[{what.items!r}]) <= {asked} for page in pages)"
        notes.broke("ET-PAGE-3", f"at most {asked} items", f"{len(items)} items", claim=claim)
    if len(items) > 100:
        claim = f"all(len(page[{what.items!r}]) <= 100 for page in pages)"
        notes.broke("ET-PAGE-4", "at most 100 items", f"{len(items)} items", claim=claim)
    walk = world.walk(c.operation.name, region, group, sent) if sent else None
    if walk:
        notes.saw("ET-PAGE-7")
    firm = _is_firm(c, what, items, walk)
    within = world.find(region, group) if group and what is _TRACKERS else None
    whole = within is not None and not within.mask & GONE  # all that is in a group of ours is ours
    due = walk.due if walk else world.existing(region, what.kind, group)
    shown, earlier = set(walk.shown) if walk else set[str](), walk.shown if walk else frozenset[str]()
    could = walk.could if walk else frozenset(arn for (_, arn), r in world.resources.items() if r.mask != GONE)
    for item in items:
        arn = item.get(what.arn) if isinstance(item, dict) else None
        if not isinstance(arn, str):
            claim = f"all(item.get({what.arn!r}) for item in items)"
            notes.check(what.shown, False, f"an {what.arn}", repr(item), claim=claim)
        elif arn in earlier and not firm:
            continue  # what came or went may have moved it to another page
        elif arn in shown:
            r = world.find(region, arn)
            claim = f"{what.arns()}.count({arn!r}) <= 1"
            notes.check(what.once, False, "each item once", arn, r.born if r else None, claim=claim)
        else:
            shown.add(arn)
            if what is _TRACKERS:
                _members(item, arn, notes)
            r = world.resources.get((region, arn))
            if r is not None:
                world = _item(world, c, what, item, r, walk, notes)
            elif whole or world.owns(item.get("name")):
                world = _unknown(world, c, what, item, arn, notes)
            elif region not in world.shared:
                world = world._replace(shared=world.shared | {region})
    token = result.get("nextToken")
    if token is None or token == "":
        notes.saw("ET-PAGE-8")
        if token is not None:
            claim = "all(page.get('nextToken') != '' for page in pages)"
            notes.broke("ET-PAGE-8", "no nextToken on the last page", repr(token), claim=claim)
        if firm or not sent:
            _end(world, c, what, due, shown, walk is not None, notes)
        return world, shown
    if not isinstance(token, str) or len(token) > 1500:
        claim = "all(len(page.get('nextToken', '')) <= 1500 for page in pages)"
        notes.check("ET-PAGE-8", False, "a nextToken of at most 1500 characters", repr(token)[:80], claim=claim)
        return world, shown
    tokens = walk.tokens if walk else frozenset[str]()
    notes.saw("ET-PAGE-8", "ET-PAGE-5")
    if token in tokens and token != sent and not firm:
        return world, shown
    if token in tokens:
        tokens_differ = "len({page.get('nextToken') for page in pages}) == len(pages)"
        notes.broke("ET-PAGE-5", "a new nextToken", token, claim=tokens_differ)
        return world, shown
    begun = walk.begun if walk else notes.step
    onward = Walk(group, asked, frozenset(shown), due, could, tokens | {token}, world.writes, begun, notes.step, firm)
    return world.walked(c.operation.name, region, token, onward), shown


def _is_firm(c: Case, what: _Names, items: list[Any], walk: Walk | None) -> bool:
    """Whether this page and those before it must be of one list: nothing in its scope changed, nor could unseen.

    What is no resource of this history's may be another client's, who may write at any time.
    """
    world, region, group = c.world, c.operation.region, c.params.get("datasetGroupArn")
    if walk is None and c.params.get("nextToken"):
        return False  # whatever this goes on with
    if walk is not None and not (walk.firm and walk.writes == world.writes and walk.size == c.params.get("maxResults")):
        return False
    ours = all(isinstance(item, dict) and (region, item.get(what.arn)) in world.resources for item in items)
    return ours and (group is not None or region not in world.shared) and world.is_calm(region, what.kind, group)


def _members(item: Mapping[str, Any], arn: str, notes: Notes) -> None:
    """Every documented member, whosever the event tracker is."""
    notes.saw("ET-LIST-7")
    if not item.keys() >= _MEMBERS or None in item.values():
        gaps = [member for member in sorted(_MEMBERS) if item.get(member) is None]
        claim = _TRACKERS.each(arn, f"all(item.get(member) is not None for member in {gaps})")
        notes.check("ET-LIST-7", not gaps, "every documented member", f"no {', '.join(gaps)}", claim=claim)


def _item(
    world: World, c: Case, what: _Names, item: Mapping[str, Any], r: Resource, walk: Walk | None, notes: Notes
) -> World:
    """One item: of a resource that exists, and as it was made."""
    region, group, tracker = c.operation.region, c.params.get("datasetGroupArn"), what is _TRACKERS
    begun = walk.begun if walk else 0
    if c.params.get("nextToken") and max(r.born, r.since) > begun:
        return world  # the page may tell of the moment when the walk began
    if r.mask == GONE:
        if not (walk and r.arn in walk.could):
            shown, claim = f"{r.arn} {item.get('status')}", f"{r.arn!r} not in {what.arns()}"
            notes.check(what.gone, False, "nothing that is gone", shown, r.born, r.since, claim=claim)
        return world
    if tracker and group is not None and r.group is not None:
        notes.saw("ET-LIST-2")
        if r.group != group:
            claim = f"{r.arn!r} not in {what.arns()}"
            notes.broke("ET-LIST-2", f"only trackers of {group}", f"{r.arn} of {r.group}", r.born, claim=claim)
    if r.name is not None:
        clause = nearer(r, what.agrees)
        notes.saw(clause)
        if item.get("name") != r.name:
            claim = what.each(r.arn, f"item.get('name') == {r.name!r}")
            notes.broke(clause, Member("name", r.name), repr(item.get("name")), r.born, r.refused, claim=claim)
    if tracker and group is not None and r.group is None:
        r = r._replace(group=group)
        world = world.placed(region, r)
    then = times(look(r, item.get("status"), notes, what), item, notes, what)
    return world if then is r else world.with_resource(region, then)


def _unknown(world: World, c: Case, what: _Names, item: Mapping[str, Any], arn: str, notes: Notes) -> World:
    """An item that only this run can have created: before the trace, or else it is noted; from here on it exists."""
    region, group, tracker = c.operation.region, c.params.get("datasetGroupArn"), what is _TRACKERS
    if any(where != region and known == arn for where, known in world.resources):
        claim = f"{arn!r} not in {what.arns()}"
        notes.check("ET-REGION-2", False, "nothing of another region", arn, claim=claim)
        return world
    if not world.complete:
        name = item.get("name") if isinstance(item.get("name"), str) else None
        older = Resource(what.kind, arn, name, ANY, notes.step, notes.step, group=group)
        return _item(world.born(region, older), c, what, item, older, None, notes)
    refused = world.refused_creates.get((region, group or ""))
    if group is None and tracker:
        refused = max((step for (where, _), step in world.refused_creates.items() if where == region), default=None)
    clause = what.lawful if refused is None else what.refused_create
    known = [r.arn for (where, _), r in world.resources.items() if (where, r.kind) == (region, what.kind)]
    only = "" if tracker and group is not None else f" if item.get('name') == {item.get('name')!r}"
    claim = f"all(item[{what.arn!r}] in {known} for item in items{only})"
    notes.check(clause, False, "nothing that was not created", f"{item.get('name')} {arn}", refused, claim=claim)
    if tracker and group is None:
        return world  # whose it is, is not known
    name = item.get("name") if isinstance(item.get("name"), str) else None
    return world.born(region, Resource(what.kind, arn, name, EXISTS | DELETING, notes.step, notes.step, group=group))


def _end(
    world: World, c: Case, what: _Names, due: Mapping[str, int], shown: set[str], paged: bool, notes: Notes
) -> None:
    """The walk is over: all that existed throughout was shown, and nothing that a refused Create would have made."""
    region, group = c.operation.region, c.params.get("datasetGroupArn")
    if _was_refused(world, region, what, group):
        notes.saw(what.refused_create)
    if not due and not shown:
        if group is None:
            notes.saw("ET-REGION-2")
        return
    still = due if world is c.world and not paged else world.existing(region, what.kind, group)
    missing = [arn for arn, n in due.items() if arn not in shown and still.get(arn) == n and not is_hidden(arn)]
    clause = "ET-PAGE-1" if paged else what.complete
    notes.saw(clause, what.lawful, what.gone)
    if paged:
        notes.saw("ET-PAGE-2", "ET-PAGE-5")
    if missing:
        first = world.find(region, missing[0])
        assert first is not None
        clause = nearer(first, clause)
        seen = f"without {', '.join(missing)}"
        lawful = [arn for arn, n in due.items() if still.get(arn) == n and not is_hidden(arn)]
        claim = f"all(arn in {what.arns()} for arn in {lawful})" if lawful[1:] else f"{lawful[0]!r} in {what.arns()}"
        notes.broke(clause, f"{len(due)} that exist", seen, first.born, first.since, first.refused, claim=claim)


def _was_refused(world: World, region: str, what: _Names, group: Any) -> bool:
    """Whether a Create was refused whose resource this list would show."""
    if what is _TRACKERS and group is None:
        return any(where == region and of_group for where, of_group in world.refused_creates)
    return (region, group or "") in world.refused_creates
