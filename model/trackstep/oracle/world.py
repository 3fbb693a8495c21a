"""What is known of a target, as a value: dataset groups, event trackers, names, tags, tracking IDs.

Owns identity and uniqueness. A step never changes a World, it makes another, so several possible
worlds can be carried after a lost answer. Knows nothing of clauses, answers or wire forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from trackstep.oracle.lifecycle import ANY, GONE

FAILING_SUFFIX = "-create-failed"
Key = tuple[str, str]
"""A region and an ARN (or a name, or a tracking ID)."""


class Resource(NamedTuple):
    """An incarnation of a dataset group or an event tracker, the latest under its ARN.

    ``mask`` is the set of statuses it may have (lifecycle.py). A member that is None is unknown, not
    absent. ``born``, ``since``, ``tagged``, ``untagged`` and ``refused`` are step numbers: of the Create, of what last
    moved the status, of the last change of tags, of the last UntagResource, of the last refused write; ``refusal`` is
    the clause that this write changed nothing.
    """

    kind: str
    arn: str
    name: str | None
    mask: int
    born: int
    since: int
    incarnation: int = 1
    tags: Mapping[str, str | None] | None = None
    group: str | None = None
    tracking_id: str | None = None
    domain: str | None = None
    created: float | None = None
    updated: float | None = None
    tagged: int | None = None
    untagged: int | None = None
    refused: int | None = None
    refusal: str = ""
    described: bool = False

    @property
    def may_fail(self) -> bool:
        """Whether its name asks for a creation that fails (docs/targets.md)."""
        return (self.name or "").endswith(FAILING_SUFFIX)


class Walk(NamedTuple):
    """A walk over the pages of a List, after a page that had a nextToken."""

    filter: str | None
    shown: frozenset[str]
    due: Mapping[str, int]
    tokens: frozenset[str]
    writes: int


class World(NamedTuple):
    """Everything known. ``complete`` is False for a trace that began in an account already in use;
    ``doubtful`` is True once a Create was lost: there may be a resource whose ARN nobody knows."""

    resources: Mapping[Key, Resource] = {}
    writes: int = 0
    groups: Mapping[Key, str] = {}
    trackers: Mapping[Key, tuple[str, ...]] = {}
    ids: Mapping[str, Key] = {}
    walks: Mapping[Key, Walk] = {}
    refused_creates: Mapping[Key, int] = {}
    dataset_needed: bool | None = None
    prefix: str = ""
    complete: bool = True
    doubtful: bool = False

    def find(self, region: str, arn: str | None, kind: str = "") -> Resource | None:
        """The resource under this ARN in this region, gone or not; of this kind, if one is given."""
        found = self.resources.get((region, arn or ""))
        return found if found is None or kind in ("", found.kind) else None

    @property
    def unmade(self) -> int:
        """The statuses of what nobody was seen to create."""
        return GONE if self.complete else ANY

    def status(self, region: str, resource: Resource | None, kind: str = "") -> int:
        """The statuses that what is under an ARN may have; a lost Create may have made it unseen."""
        known = resource.mask if resource is not None else self.unmade
        unnamed = self.unnamed(region, kind) if known & GONE else None
        return known | unnamed.mask if unnamed else known

    def tracker_in(self, region: str, group: str | None) -> Resource | None:
        """The tracker that stands in the way of another one in this group, or the last that did."""
        best = None
        for arn in self.trackers.get((region, group or ""), ()):
            found = self.resources[region, arn]
            if best is None or (best.mask & GONE and not found.mask & GONE):
                best = found
        return best

    def with_resource(self, region: str, resource: Resource) -> World:
        """The world in which this is the resource under its ARN."""
        return World._make(({**self.resources, (region, resource.arn): resource}, *self[1:]))

    def written(self, region: str, resource: Resource) -> World:
        """The same, after a write that was accepted."""
        return World._make(({**self.resources, (region, resource.arn): resource}, self.writes + 1, *self[2:]))

    def born(self, region: str, resource: Resource) -> World:
        """The world after a Create: a new incarnation under its ARN, its name, group and ID known."""
        before = self.find(region, resource.arn)
        resource = resource._replace(incarnation=before.incarnation + 1 if before else 1)
        world = self.written(region, resource)
        if resource.kind == "dataset_group":
            return world._replace(groups={**self.groups, (region, resource.name or ""): resource.arn})
        key = (region, resource.group or "")
        others = (self.find(region, arn) for arn in self.trackers.get(key, ()) if arn != resource.arn)
        standing = tuple(other.arn for other in others if other and other.mask != GONE)
        world = world._replace(trackers={**self.trackers, key: (*standing, resource.arn)})
        if resource.tracking_id is None:
            return world
        return world._replace(ids={**self.ids, resource.tracking_id: (region, resource.arn)})

    def owns(self, name: object) -> bool:
        """Whether a listed name can only be of this run's making."""
        return bool(self.prefix) and isinstance(name, str) and name.startswith((f"{self.prefix}-", f"9{self.prefix}-"))

    def existing(self, region: str, kind: str, group: str | None) -> dict[str, int]:
        """ARN -> incarnation of all that certainly exists, of one kind; in one group, if given and not perhaps gone."""
        holder = self.find(region, group)
        if holder is not None and holder.mask & GONE:
            return {}  # a group that does not exist lists nothing, though a tracker outlived it (ET-LIST-3)
        return {
            arn: r.incarnation
            for (where, arn), r in self.resources.items()
            if where == region and r.kind == kind and not r.mask & GONE and (group is None or r.group == group)
        }

    def unnamed(self, region: str, kind: str) -> Resource | None:
        """The first resource whose ARN a lost Create kept to itself, if there is one."""
        waiting = (r for (where, arn), r in self.resources.items() if where == region and arn[:1] == "?")
        return next((r for r in waiting if kind in ("", r.kind)), None) if self.doubtful else None

    def named(self, region: str, unnamed: Resource, arn: str, tracking_id: str | None = None) -> World:
        """The world in which the ARN of a lost Create has come to light."""
        others = {key: r for key, r in self.resources.items() if r is not unnamed}
        return self._replace(resources=others).born(region, unnamed._replace(arn=arn, tracking_id=tracking_id))
