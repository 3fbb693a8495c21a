"""Tags: added, taken away and listed, each key once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trackstep.oracle.case import Case
from trackstep.oracle.lifecycle import DELETING, GONE
from trackstep.oracle.notes import Notes
from trackstep.oracle.world import Resource, World


def of_request(params: Mapping[str, Any]) -> dict[str, str | None]:
    """The tags of a request; a key that stands twice has an unknown value."""
    tags: dict[str, str | None] = {}
    for tag in params.get("tags") or ():
        if tag is None:
            continue  # allowed by some parsers (ET-INPUT-6)
        tags[tag["tagKey"]] = None if tag["tagKey"] in tags else tag["tagValue"]
    return tags


def tag_resource(c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """The tags are added to those that were there."""
    r = c.subject
    if r is None or r.tags is None:
        return c.world
    return c.world.written(c.operation.region, r._replace(tags={**r.tags, **of_request(c.params)}, tagged=notes.step))


def untag_resource(c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """The keys are taken from those that were there."""
    r, keys = c.subject, c.params.get("tagKeys") or ()
    if r is None or r.tags is None:
        return c.world
    left = {key: value for key, value in r.tags.items() if key not in keys}
    return c.world.written(c.operation.region, r._replace(tags=left, tagged=notes.step, untagged=notes.step))


def list_tags_for_resource(c: Case, result: Mapping[str, Any], notes: Notes) -> World:
    """Exactly the tags that are there, each key once."""
    r, listed = c.subject, result.get("tags")
    if r is None:
        return c.world
    pairs = [(tag["tagKey"], tag.get("tagValue")) for tag in listed or () if "tagKey" in tag]
    actual: dict[str, Any] = dict(pairs)
    notes.saw("ET-TAG-11")
    if len(pairs) < len(listed or ()):
        lacking, claim = len(listed or ()) - len(pairs), "all('tagKey' in tag for tag in answer['tags'])"
        notes.broke("ET-TAG-11", "a tagKey in each", f"{lacking} without", r.born, claim=claim)
    if len(actual) < len(pairs):
        claim = "len({tag['tagKey'] for tag in answer['tags']}) == len(answer['tags'])"
        notes.broke("ET-TAG-11", "each key once", [key for key, _ in pairs], r.born, claim=claim)
    if r.tags is not None:
        _seen(c.world, r, notes)
        if r.incarnation > 1:
            notes.saw("ET-TAG-9")
        if actual != r.tags:
            _differ(c.world, r, r.tags, actual, notes)
    if actual == r.tags and r.refused is None:
        return c.world
    return c.world.with_resource(c.operation.region, r._replace(tags=actual, refused=None))


def _seen(world: World, r: Resource, notes: Notes) -> None:
    """Count what tags that are looked at can show, by what was done to them since the resource was made."""
    notes.saw("ET-TAG-1", "ET-TAG-10")
    if r.tagged is not None and r.tagged != r.untagged:
        notes.saw("ET-TAG-2")
    if r.untagged is not None:
        notes.saw("ET-TAG-3")
    if r.refused is not None:
        notes.saw(r.refusal)
    if r.kind == "dataset_group" and _lost_its_tracker(world, r):
        notes.saw("ET-DEL-5")


def _differ(
    world: World, r: Resource, expected: Mapping[str, str | None], actual: dict[Any, Any], notes: Notes
) -> None:
    extra, gone = actual.keys() - expected.keys(), expected.keys() - actual.keys()
    wrong = [key for key, value in expected.items() if key in actual and value is not None and actual[key] != value]
    because = (r.born, r.tagged, r.refused)
    if extra or gone:
        clause = _of_keys(world, r, extra)
        keys, claim = sorted(expected), f"sorted(tag['tagKey'] for tag in answer.get('tags', [])) == {sorted(expected)}"
        notes.broke(clause, f"keys {keys}", f"keys {sorted(map(str, actual))}", *because, claim=claim)
    if wrong:
        clause = "ET-TAG-11" if r.refused is None else r.refusal
        right, got = {key: expected[key] for key in wrong}, [actual[key] for key in wrong]
        claim = f"all(tag['tagValue'] == {right}.get(tag['tagKey'], tag['tagValue']) for tag in answer['tags'])"
        notes.broke(clause, f"values {list(right.values())}", f"values {got}", *because, claim=claim)


def _of_keys(world: World, r: Resource, extra: set[Any]) -> str:
    """The clause to name for keys that are there and should not be (``extra``), or are not and should be."""
    if r.refused is not None:
        return r.refusal
    if extra and r.incarnation > 1 and not r.tagged:
        return "ET-TAG-9"
    if extra & {key for other in world.resources.values() if other is not r for key in other.tags or ()}:
        return "ET-TAG-10"
    if not extra and _lost_its_tracker(world, r):
        return "ET-DEL-5"
    return "ET-TAG-1" if r.tagged is None else "ET-TAG-3" if r.tagged == r.untagged else "ET-TAG-2"


def _lost_its_tracker(world: World, r: Resource) -> bool:
    """Whether an event tracker of this group was deleted since the tags of the group last changed."""
    trackers = (t for t in world.resources.values() if t.kind == "event_tracker" and t.group == r.arn)
    return any(t.mask & (DELETING | GONE) and t.since > (r.tagged or r.born) for t in trackers)
