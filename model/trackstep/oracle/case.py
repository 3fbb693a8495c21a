"""A case: one request beside what is known of the resources it is about.

Owns the finding of them. Knows no row of ``operations.toml``, and nothing of what came back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from trackstep.operation import Operation
from trackstep.oracle import constraint
from trackstep.oracle.lifecycle import ANY, GONE
from trackstep.oracle.world import Resource, World

_OURS = re.compile(":(dataset-group|event-tracker)/")
"""What is in the ARN of a kind of resource that is covered."""


class Case(NamedTuple):
    """One request beside what is known of the resources it is about.

    ``malformed``: it breaks a documented limit for certain, and is about nothing then, though it may be refused for a
    status too. ``masks``: the statuses that group, tracker and resource may have, 0 where not asked. ``subject``: what
    it creates, reads or changes; for a Create, the one in its way. ``step``: its number in the history, 0 where it is
    only thought of.
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
    step: int = 0


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
    masks = world.status(group), tracker.mask if tracker else world.unmade, 0
    return masks, group, group, tracker


def _tracker(world: World, region: str, params: Mapping[str, Any]) -> About:
    tracker = world.find(region, params["eventTrackerArn"], "event_tracker")
    return (0, world.status(tracker), 0), tracker, None, tracker


def _tracking_id(world: World, region: str, params: Mapping[str, Any]) -> About:
    where = world.ids.get(params["trackingId"])
    tracker = world.find(*where) if where and where[0] == region else None
    mask = tracker.mask if tracker else 0 if world.complete and where is None else ANY
    if tracker and tracker.tracking_id != params["trackingId"]:
        mask = GONE  # the ID of an earlier incarnation
    return (0, mask, 0), tracker, None, tracker


def _resource(world: World, region: str, params: Mapping[str, Any]) -> About:
    found = world.find(region, params["resourceArn"])
    known = world.status(found)
    if found is None and any(where == region for where, _ in world.beside) and not _OURS.search(params["resourceArn"]):
        known = ANY  # a dataset, a solution: made by an operation that is not covered
    return (0, 0, known), found, None, None


Find = Callable[[World, str, Mapping[str, Any]], About]
_ABOUT: dict[str, Find] = {
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


def _masks(find: Find, world: World, region: str, params: Mapping[str, Any]) -> tuple[int, int, int]:
    """The statuses of what a malformed request may be about, as far as it can be told."""
    try:
        return find(world, region, params)[0]
    except (KeyError, TypeError):  # what names it is missing, or of a type that names nothing
        return (0, 0, 0)


def case(world: World, operation: Operation, step: int = 0) -> Case:
    """Look up what the request is about."""
    params = operation.params if operation.body is None else constraint.parsed(operation.body)
    broken = constraint.violations(operation.name, params)
    malformed = bool(broken) and broken[0][1]
    find = _ABOUT.get(operation.name)
    if find is None or params is None:
        return Case(world, operation, params or {}, broken, malformed, step=step)
    if malformed:
        return Case(world, operation, params, broken, malformed, _masks(find, world, operation.region, params))
    return Case(world, operation, params, broken, malformed, *find(world, operation.region, params))
