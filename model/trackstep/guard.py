"""Guards: does a refusal row hold? Yes, no or maybe, because a status may be only partly known.

Owns the conditions that ``operations.toml`` names. Each is a pure function of what is known and of
the request. Knows nothing of what came back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from trackstep import constraint, spec
from trackstep.lifecycle import ANY, GONE, mask
from trackstep.operation import Operation
from trackstep.spec import Refusal
from trackstep.world import Resource, World

NO, MAYBE, YES = 0, 1, 2
TAG_LIMIT = 50
PLACE = {"group": 0, "tracker": 1, "resource": 2}


class Case(NamedTuple):
    """One request beside what is known of the resources it is about.

    ``malformed``: it breaks a documented limit for certain, and is about nothing then. ``masks``: the
    statuses that group, tracker and resource may have, 0 where not asked. ``subject``: what it
    creates, reads or changes; for a Create, the one in its way.
    """

    world: World
    operation: Operation
    params: Mapping[str, Any]
    violations: tuple[constraint.Violation, ...]
    malformed: bool
    masks: tuple[int, int, int] = (0, 0, 0)
    subject: Resource | None = None
    group: Resource | None = None
    tracker: Resource | None = None


About = tuple[tuple[int, int, int], Resource | None, Resource | None, Resource | None]
"""The last four members of a Case."""


def _by_name(world: World, region: str, params: Mapping[str, Any]) -> About:
    group = world.find(region, world.groups.get((region, params["name"])))
    return (group.mask if group else world.unmade, 0, 0), group, group, None


def _new_tracker(world: World, region: str, params: Mapping[str, Any]) -> About:
    masks, _, group, tracker = _group(world, region, params)
    return masks, tracker, group, tracker


def _group(world: World, region: str, params: Mapping[str, Any]) -> About:
    arn = params["datasetGroupArn"]
    group, tracker = world.find(region, arn, "dataset_group"), world.tracker_in(region, arn)
    masks = world.status(region, group, "dataset_group"), tracker.mask if tracker else world.unmade, 0
    return masks, group, group, tracker


def _tracker(world: World, region: str, params: Mapping[str, Any]) -> About:
    tracker = world.find(region, params["eventTrackerArn"], "event_tracker")
    return (0, world.status(region, tracker, "event_tracker"), 0), tracker, None, tracker


def _tracking_id(world: World, region: str, params: Mapping[str, Any]) -> About:
    where = world.ids.get(params["trackingId"])
    tracker = world.find(*where) if where and where[0] == region else None
    mask = tracker.mask if tracker else 0 if world.complete else ANY
    if tracker and tracker.tracking_id != params["trackingId"]:
        mask = GONE  # the ID of an earlier incarnation
    return (0, mask, 0), tracker, None, tracker


def _resource(world: World, region: str, params: Mapping[str, Any]) -> About:
    found = world.find(region, params["resourceArn"])
    return (0, 0, world.status(region, found)), found, None, None


_ABOUT: dict[str, Callable[[World, str, Mapping[str, Any]], About]] = {
    "CreateDatasetGroup": _by_name,
    "DescribeDatasetGroup": _group,
    "DeleteDatasetGroup": _group,
    "CreateEventTracker": _new_tracker,
    "DescribeEventTracker": _tracker,
    "DeleteEventTracker": _tracker,
    "TagResource": _resource,
    "UntagResource": _resource,
    "ListTagsForResource": _resource,
    "PutEvents": _tracking_id,
}


def case(world: World, operation: Operation) -> Case:
    """Look up what the request is about."""
    params = operation.params if operation.body is None else constraint.parsed(operation.body)
    broken = constraint.violations(operation.name, params)
    malformed = bool(broken) and broken[0][1]
    find = _ABOUT.get(operation.name)
    if find is None or params is None or malformed:
        return Case(world, operation, params or {}, broken, malformed)
    return Case(world, operation, params, broken, malformed, *find(world, operation.region, params))


def _same_name(c: Case) -> int:
    return YES if c.subject and c.subject.name == c.params.get("name") else NO


def _no_dataset(c: Case) -> int:
    return NO if c.world.dataset_needed is False else MAYBE


def _keys(c: Case) -> list[str]:
    tags = c.params.get("tags") or ()
    return [tag["tagKey"] for tag in tags if isinstance(tag, dict) and isinstance(tag.get("tagKey"), str)]


def _too_many_tags(c: Case) -> int:
    keys = set(_keys(c))
    if keys and c.operation.name == "TagResource":
        if c.subject is None or c.subject.tags is None:
            return MAYBE
        keys |= c.subject.tags.keys()
    return YES if len(keys) > TAG_LIMIT else NO


def _aws_tag(c: Case) -> int:
    keys = _keys(c)
    if any(key.startswith("aws:") for key in keys):
        return YES
    values = [tag.get("tagValue") for tag in c.params.get("tags") or () if isinstance(tag, dict)]
    near = any(str(text).lower().startswith("aws:") for text in (*keys, *values))
    return MAYBE if near else NO


def _duplicate_tag(c: Case) -> int:
    keys = _keys(c)
    return YES if len(keys) > len(set(keys)) else NO


def _absent_key(c: Case) -> int:
    if c.subject is None or c.subject.tags is None:
        return MAYBE
    keys = c.params.get("tagKeys") or ()
    return YES if len(keys) > TAG_LIMIT or any(key not in c.subject.tags for key in keys) else NO


def _unknown_token(c: Case) -> int:
    token = c.params.get("nextToken")
    if not token:
        return NO if token is None else MAYBE
    walk = c.world.walks.get((c.operation.region + c.operation.name, token))
    if walk is None:
        return YES if c.world.complete else MAYBE
    same = walk.filter == c.params.get("datasetGroupArn") and walk.writes == c.world.writes
    return NO if same else MAYBE


def _unknown_id(c: Case) -> int:
    if not c.world.complete or c.malformed:
        return NO
    where = c.world.ids.get(c.params["trackingId"])
    return NO if where and where[0] == c.operation.region else YES


def _properties_not_json(c: Case) -> int:
    for event in c.params.get("eventList") or ():
        text = event.get("properties") if isinstance(event, dict) else None
        if isinstance(text, str):
            try:
                parsed = json.loads(text)
            except (ValueError, RecursionError):
                return YES
            if not isinstance(parsed, dict):
                return MAYBE
    return NO


def _role_without_key(c: Case) -> int:
    return YES if c.params.get("roleArn") and not c.params.get("kmsKeyArn") else NO


def _other_kind(c: Case) -> int:
    """An ARN of another kind of resource may be called malformed or not found."""
    about = c.tracker if "eventTrackerArn" in c.params else c.group
    kind = "event-tracker" if "eventTrackerArn" in c.params else "dataset-group"
    arn = c.params.get("eventTrackerArn") or c.params.get("datasetGroupArn")
    return MAYBE if about is None and isinstance(arn, str) and f":{kind}/" not in arn else NO


Condition = Callable[[Case], int]
CONDITIONS: dict[str, tuple[str, Condition]] = {
    "same_name": ("name", _same_name),
    "no_dataset": ("", _no_dataset),
    "too_many_tags": ("tags", _too_many_tags),
    "aws_tag": ("tags", _aws_tag),
    "duplicate_tag": ("tags", _duplicate_tag),
    "absent_key": ("tagKeys", _absent_key),
    "unknown_token": ("nextToken", _unknown_token),
    "unknown_id": ("trackingId", _unknown_id),
    "properties_not_json": ("eventList", _properties_not_json),
    "role_without_key": ("roleArn", _role_without_key),
    "other_kind": ("", _other_kind),
}
"""The names that ``when`` may have, beside ``malformed`` and ``never``: the member without which the
condition cannot hold, and the condition."""

bits_of = cache(lambda row: mask(row.statuses))
"""The statuses of a row as bits."""


class Standing(NamedTuple):
    """What the statuses alone say of an operation's rows; ``together``: one of those of which one must hold."""

    malformed: Refusal | None
    rows: tuple[tuple[Refusal, int, str, Condition | None], ...]
    together: Refusal | None


@cache
def _standing(name: str, masks: tuple[int, int, int]) -> Standing:
    rows, union = [], {"group": 0, "tracker": 0, "resource": 0}
    table = spec.load().operations[name].refusals
    for row in table:
        known, bits = (masks[PLACE[row.on]], bits_of(row)) if row.on else (1, 1)
        if row.when in ("never", "malformed") or not known & bits:
            continue
        member, condition = CONDITIONS[row.when] if row.when else ("", None)
        rows.append((row, MAYBE if known & ~bits else YES, member, condition))
        if row.on and not row.when and not row.open:
            union[row.on] |= bits
    must = next((on for on, bits in union.items() if bits and not masks[PLACE[on]] & ~bits), "")
    together = next((row for row, *_ in rows if must and row.on == must and not row.when and not row.open), None)
    return Standing(next((row for row in table if row.when == "malformed"), None), tuple(rows), together)


def rows(c: Case) -> tuple[list[Refusal], Refusal | None]:
    """The refusal rows that may hold, in order; and one that must, if one must."""
    malformed, standing, together = _standing(c.operation.name, c.masks)
    may: list[Refusal] = []
    must: Refusal | None = None
    if c.violations and malformed is not None:
        may.append(malformed)
        must = malformed if c.malformed else None
    for row, value, member, condition in standing:
        if condition is not None:
            if member and member not in c.params:
                continue
            value = min(value, condition(c))
            if value == NO:
                continue
        may.append(row)
        if value == YES and must is None and not row.open:
            must = row
    return may, must or together
