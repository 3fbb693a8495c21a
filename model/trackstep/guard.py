"""Guards: does a refusal row hold? Yes, no or maybe, because a status may be only partly known.

Owns the conditions that ``operations.toml`` names. Each is a pure function of what is known and of
the request. Knows nothing of what came back.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from trackstep import constraint
from trackstep.lifecycle import ANY, GONE, mask
from trackstep.operation import Operation
from trackstep.spec import Refusal
from trackstep.world import Resource, World

NO, MAYBE, YES = 0, 1, 2
TAG_LIMIT = 50


class Case(NamedTuple):
    """One request beside what is known of the resources it is about."""

    world: World
    operation: Operation
    params: Mapping[str, Any]
    violations: tuple[constraint.Violation, ...]
    group: int
    tracker: int
    resource: int
    found: Resource | None


def case(world: World, operation: Operation) -> Case:
    """Look up what the request is about."""
    params = constraint.request(operation) or {}
    region, name = operation.region, operation.name
    broken = constraint.violations(operation)
    group = tracker = resource = 0
    found: Resource | None = None
    if broken and broken[0][1]:
        pass  # what it would have been about is nobody's business: it is refused as malformed
    elif name == "CreateDatasetGroup":
        arn = world.groups.get((region, params["name"]))
        group = world.mask_of(region, arn) if arn else GONE if world.complete else ANY
        found = world.find(region, arn)
    elif name == "CreateEventTracker":
        arn = params["datasetGroupArn"]
        group = world.mask_of(region, arn, "dataset_group")
        found = world.tracker_in(region, arn)
        tracker = found.mask if found else GONE if world.complete else ANY
    elif name in ("DescribeDatasetGroup", "DeleteDatasetGroup"):
        arn = params["datasetGroupArn"]
        group, found = world.mask_of(region, arn, "dataset_group"), world.find(region, arn, "dataset_group")
        inside = world.tracker_in(region, arn)
        tracker = inside.mask if inside else GONE if world.complete else ANY
    elif name in ("DescribeEventTracker", "DeleteEventTracker"):
        arn = params["eventTrackerArn"]
        tracker, found = world.mask_of(region, arn, "event_tracker"), world.find(region, arn, "event_tracker")
    elif name == "PutEvents":
        where = world.ids.get(params["trackingId"])
        found = world.find(*where) if where and where[0] == region else None
        if found and found.tracking_id != params["trackingId"]:
            tracker = GONE  # of an earlier incarnation
        else:
            tracker = found.mask if found else 0 if world.complete else ANY
    elif "resourceArn" in params:
        resource, found = (
            world.mask_of(region, params["resourceArn"]),
            world.find(region, params["resourceArn"]),
        )
    return Case(world, operation, params, broken, group, tracker, resource, found)


def _malformed(c: Case) -> int:
    return (YES if c.violations[0][1] else MAYBE) if c.violations else NO


def _same_name(c: Case) -> int:
    return YES if c.found and c.found.name == c.params.get("name") else NO


def _no_dataset(c: Case) -> int:
    return MAYBE if c.world.dataset_needed is not False else NO


def _keys(c: Case) -> list[str]:
    tags = c.params.get("tags") or ()
    return [tag["tagKey"] for tag in tags if isinstance(tag, dict) and isinstance(tag.get("tagKey"), str)]


def _too_many_tags(c: Case) -> int:
    keys = set(_keys(c))
    if c.operation.name == "TagResource":
        if c.found is None or c.found.tags is None:
            return MAYBE if len(keys) else NO
        keys |= c.found.tags.keys()
    return YES if len(keys) > TAG_LIMIT else NO


def _aws_tag(c: Case) -> int:
    keys = _keys(c)
    if any(key.startswith("aws:") for key in keys):
        return YES
    return MAYBE if any(key.lower().startswith("aws:") for key in keys) else NO


def _duplicate_tag(c: Case) -> int:
    keys = _keys(c)
    return YES if len(keys) > 1 and max(Counter(keys).values()) > 1 else NO


def _absent_key(c: Case) -> int:
    if c.found is None or c.found.tags is None:
        return MAYBE
    keys = c.params.get("tagKeys") or ()
    return YES if len(keys) > TAG_LIMIT or any(key not in c.found.tags for key in keys) else NO


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
    if not c.world.complete or not c.params or (c.violations and c.violations[0][1]):
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
    arn = c.params.get("eventTrackerArn" if "Tracker" in c.operation.name else "datasetGroupArn", "")
    if c.operation.name == "CreateEventTracker":
        arn = c.params.get("datasetGroupArn", "")
    part = (
        ":event-tracker/"
        if c.operation.name.endswith("DescribeEventTracker") or (c.operation.name == "DeleteEventTracker")
        else ":dataset-group/"
    )
    return MAYBE if c.found is None and isinstance(arn, str) and part not in arn else NO


def _never(c: Case) -> int:
    return NO


CONDITIONS: dict[str, Callable[[Case], int]] = {
    "malformed": _malformed,
    "same_name": _same_name,
    "no_dataset": _no_dataset,
    "too_many_tags": _too_many_tags,
    "aws_tag": _aws_tag,
    "duplicate_tag": _duplicate_tag,
    "absent_key": _absent_key,
    "unknown_token": _unknown_token,
    "unknown_id": _unknown_id,
    "properties_not_json": _properties_not_json,
    "role_without_key": _role_without_key,
    "other_kind": _other_kind,
    "never": _never,
}

_MASKS: dict[Refusal, int] = {}


def mask_of(row: Refusal) -> int:
    """The statuses of a row as bits."""
    if row not in _MASKS:
        _MASKS[row] = mask(list(row.statuses))
    return _MASKS[row]


def holds(row: Refusal, c: Case) -> int:
    """YES, NO or MAYBE: the row against what is known."""
    value = YES
    if row.on:
        known = c.group if row.on == "group" else c.tracker if row.on == "tracker" else c.resource
        bits = mask_of(row)
        if not known & bits:
            return NO
        value = YES if known & ~bits == 0 else MAYBE
    if row.when:
        value = min(value, CONDITIONS[row.when](c))
    return value
