"""When two worlds are alike: nothing that may be asked from here on tells them apart.

Finer than ``lost.essence``, which serves the worlds after one sequence of calls: after two orders of the same calls
step numbers differ, and of them only what the judge compares counts. That is whether a resource was made, or moved,
before a walk over pages began or something else was put into its group; and whether the page of a walk was the last
answer.
Owns what is compared. Knows nothing of orders.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Mapping
from typing import Any

from trackstep.oracle.world import Resource, Walk, World


def likeness(world: World, step: int) -> Hashable:
    """Equal for worlds that are alike; ``step`` is the number of the last step that was judged in this one."""
    moments = sorted({*(walk.begun for walk in world.walks.values()), *world.beside.values()})
    return (
        frozenset((key, _resource(r, moments)) for key, r in world.resources.items()),
        frozenset(world.groups.items()),
        frozenset(world.trackers.items()),
        frozenset(world.ids.items()),
        frozenset((key, _walk(walk, world.writes, step, moments)) for key, walk in world.walks.items()),
        frozenset(world.refused_creates),
        world.dataset_needed,
        tuple(sorted(waits.sent for waits in world.lost)),
        world.unnamed,
        frozenset((key, bisect_left(moments, at)) for key, at in world.beside.items()),
        frozenset(world.homes.items()),
        world.shared,
        world.orphaned,
    )


def _resource(r: Resource, moments: list[int]) -> Hashable:
    """All of it, but what was counted in steps only as far as it is compared."""
    return (
        (r.kind, r.arn, r.name, r.mask, r.incarnation, r.group, r.tracking_id, r.domain),
        (r.created, r.updated, r.after, r.described, r.took, _frozen(r.tags)),
        (r.refusal, r.refused > r.since) if r.refused is not None else None,
        (r.tagged is None, r.untagged is None, r.tagged == r.untagged),
        bisect_right(moments, r.born) if moments else 0,
        bisect_left(moments, max(r.born, r.since)) if moments else 0,
    )


def _walk(walk: Walk, writes: int, step: int, moments: list[int]) -> Hashable:
    """A walk during which something was written is firm no more, and then what was due is not asked for."""
    firm = walk.firm and walk.writes == writes
    due = _frozen(walk.due) if firm else None
    begun = bisect_left(moments, walk.begun)
    return (
        repr(walk.filter),
        repr(walk.size),
        walk.shown,
        due,
        walk.could,
        walk.tokens,
        begun,
        firm,
        walk.handed == step,
    )


def _frozen(members: Mapping[Any, Any] | None) -> frozenset[Any] | None:
    return None if members is None else frozenset(members.items())
