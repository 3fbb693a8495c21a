"""What is known of a target, as a value: dataset groups, event trackers, names, tags, tracking IDs.

Owns identity and uniqueness. A step never changes a World, it makes another, so several possible
worlds can be carried after a lost answer. Knows nothing of clauses, answers or wire forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from trackstep import spec
from trackstep.operation import Operation
from trackstep.oracle.lifecycle import ANY, CREATING, DELETING, GONE

_DATASET = re.compile(r"(arn:[^/]*):dataset/([^/]+)/[A-Z_]+")
"""The ARN of a dataset names its group (facts.md, section 7)."""
FAILING_SUFFIX = "-create-failed"
Key = tuple[str, str]
"""A region and an ARN (or a name, or a tracking ID)."""
SHARED: Key = ("", "")
"""Where a tracking ID leads that more than one tracker has."""


class Resource(NamedTuple):
    """An incarnation of a dataset group or an event tracker, the latest under its ARN.

    ``mask`` is the set of statuses it may have (lifecycle.py). A member that is None is unknown, not absent; a
    ``domain`` that is none is empty. ``born``, ``since``, ``tagged``, ``untagged`` and ``refused`` are step numbers: of
    the Create, of what last moved the status, of the last change of tags, of the last UntagResource, of the last
    refused write; ``refusal`` is the clause that this write changed nothing. ``took``: a group that took a tracker, or
    was seen to have an Interactions dataset, so it has what a tracker needs. ``after`` is the last time that was told
    of the incarnation before.
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
    after: float | None = None
    described: bool = False
    took: bool = False

    @property
    def may_fail(self) -> bool:
        """Whether its name asks for a creation that fails (docs/targets.md)."""
        return (self.name or "").endswith(FAILING_SUFFIX)


class Walk(NamedTuple):
    """A walk over the pages of a List, after a page that had a nextToken.

    ``size`` is what was asked for as maxResults. ``due`` certainly existed when it began, at step ``begun``; ``could``
    may have. Its token was handed out at step ``handed``. ``firm``: nothing in its scope changed since, nor could
    unseen, so the pages must be those of one list.
    """

    filter: str | None
    size: Any
    shown: frozenset[str]
    due: Mapping[str, int]
    could: frozenset[str]
    tokens: frozenset[str]
    writes: int
    begun: int
    handed: int
    firm: bool


class Lost(NamedTuple):
    """A write whose answer was lost; ``sent`` is all that makes it the same as another."""

    step: int
    operation: Operation
    sent: str


class World(NamedTuple):
    """Everything known. ``complete`` is False for a trace that began in an account already in use;
    ``lost`` are the writes without an answer that may still be carried out. An ARN that begins
    with "?" is not known: it is among the ``unnamed``.

    ``beside``: region and group ("" for any) -> the last step that may have put something of another kind into it.
    ``homes``: region -> the partition and the account of the ARNs that were answered there. ``dataset_needed`` is False
    once it was seen that no group needs an Interactions dataset. ``shared``: regions in which something of another
    client's was listed. ``orphaned``: dataset groups in which an event tracker was let live on, or be created,
    though they do not exist."""

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
    lost: tuple[Lost, ...] = ()
    unnamed: tuple[Key, ...] = ()
    beside: Mapping[Key, int] = {}
    homes: Mapping[str, tuple[str, str]] = {}
    shared: frozenset[str] = frozenset()
    orphaned: frozenset[Key] = frozenset()

    def find(self, region: str, arn: str | None, kind: str = "") -> Resource | None:
        """The resource under this ARN in this region, gone or not; of this kind, if one is given."""
        found = self.resources.get((region, arn or ""))
        return found if found is None or kind in ("", found.kind) else None

    @property
    def unmade(self) -> int:
        """The statuses of what nobody was seen to create."""
        return GONE if self.complete else ANY

    def status(self, resource: Resource | None) -> int:
        """The statuses that what is under an ARN may have."""
        return resource.mask if resource is not None else self.unmade

    def tracker_in(self, region: str, group: str | None) -> Resource | None:
        """The tracker that stands in the way of another one in this group, or the last that did."""
        best = None
        for arn in self.trackers.get((region, group or ""), ()):
            found = self.resources[region, arn]
            if best is None or best.mask & GONE:
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
        if before:
            resource = resource._replace(incarnation=before.incarnation + 1, after=before.updated or before.created)
        world = self.written(region, resource)
        if is_hidden(resource.arn):
            world = world._replace(unnamed=(*self.unnamed, (region, resource.arn)))
        if resource.kind == "dataset_group":
            known = resource.name is not None
            return (
                world._replace(groups={**self.groups, (region, resource.name or ""): resource.arn}) if known else world
            )
        if resource.group is not None:
            world = world.placed(region, resource)
        return world if resource.tracking_id is None else world.with_id(resource.tracking_id, region, resource.arn)

    def with_id(self, tracking_id: str, region: str, arn: str) -> World:
        """The world in which a tracker has this ID; whose it is nobody knows any more where another has it too."""
        before = self.ids.get(tracking_id)
        other = before is not None and before != (region, arn) and not is_hidden(before[1])
        return self._replace(ids={**self.ids, tracking_id: SHARED if other else (region, arn)})

    def placed(self, region: str, tracker: Resource) -> World:
        """The world in which this is the tracker of its group, beside those that may still stand there."""
        key = (region, tracker.group or "")
        others = (self.find(region, arn) for arn in self.trackers.get(key, ()) if arn != tracker.arn)
        standing = tuple(other.arn for other in others if other and other.mask != GONE)
        return self.with_resource(region, tracker)._replace(trackers={**self.trackers, key: (*standing, tracker.arn)})

    def holds_more(self, region: str, group: Resource) -> bool:
        """Whether something of another kind may be in a group."""
        last = max(self.beside.get((region, group.arn), 0), self.beside.get((region, ""), 0))
        return last > group.born or not self.complete

    def touched(self, region: str, params: Any, step: int) -> World:
        """The world after an operation that is not covered was carried out, perhaps, and was no read."""
        keys = {(region, arn) for arn in _groups_in(params)} or {(region, "")}
        held = {key: r for key, r in self.resources.items() if r.took and (key in keys or (region, "") in keys)}
        taken = {key: r._replace(took=False) for key, r in held.items()}
        beside = {**self.beside, **dict.fromkeys(keys, step)}
        return self._replace(resources={**self.resources, **taken}, beside=beside)

    def furnished(self, region: str, answer: Mapping[str, Any]) -> World:
        """The world after an answer that may show that a group has what a tracker needs (spec/beside.toml)."""
        row = spec.beside()
        body = answer.get(row.body)
        body = body if isinstance(body, Mapping) else {}
        group = self.find(region, str(body.get(row.group)), "dataset_group")
        is_it = all(str(body.get(member)).upper() == value for member, value in row.when.items())
        return self.with_resource(region, group._replace(took=True)) if group and is_it else self

    def met(self, region: str, answer: Mapping[str, Any]) -> World:
        """The world in which the ARNs of an answer tell whose account it is; the first that does is believed."""
        if region in self.homes:
            return self
        parts = next((arn.split(":", 5) for arn in arns_in(answer) if arn.count(":") > 4), None)
        if parts is None or parts[2] != "personalize" or parts[3] != region or not parts[4]:
            return self
        return self._replace(homes={**self.homes, region: (parts[1], parts[4])})

    def is_elsewhere(self, region: str, arn: str) -> bool:
        """Whether an ARN is, as far as is known, of another account, partition or region than the caller's."""
        parts = arn.split(":", 5)
        home = self.homes.get(region) or next(iter(self.homes.values()), None)
        return home is None or len(parts) < 6 or (parts[3], parts[1], parts[4]) != (region, *home)

    def owns(self, name: object) -> bool:
        """Whether a listed name can only be of this run's making."""
        return bool(self.prefix) and isinstance(name, str) and name.startswith((f"{self.prefix}-", f"9{self.prefix}-"))

    def existing(self, region: str, kind: str, group: str | None) -> dict[str, int]:
        """ARN -> incarnation of all that certainly exists, of one kind; in one group, if given and not perhaps gone."""
        holder = self.find(region, group)
        if group is not None and (holder.mask if holder else self.unmade) & GONE:
            return {}  # a group that does not exist lists nothing, though a tracker outlived it (ET-LIST-3)
        return {
            arn: r.incarnation
            for (where, arn), r in self.resources.items()
            if where == region and r.kind == kind and not r.mask & GONE and (group is None or r.group == group)
        }

    def is_calm(self, region: str, kind: str = "", group: str | None = None) -> bool:
        """Whether nothing can change unseen; of one kind and in one group, if given. Of an account in use it may."""
        if self.is_unsure(region) or not self.complete:
            return False
        return not any(
            r.mask & (CREATING | DELETING)
            for (where, _), r in self.resources.items()
            if where == region and kind in ("", r.kind) and (group is None or r.group in (None, group))
        )

    def is_unsure(self, region: str) -> bool:
        """Whether there may be more, or less, in a region than is known: a write was lost, or an ARN kept back."""
        unnamed = any(where == region for where, _ in self.unnamed)
        return unnamed or any(waits.operation.region == region for waits in self.lost)

    def walk(self, operation: str, region: str, group: Any, token: Any) -> Walk | None:
        """The walk that this token goes on with; several may have the same token, but not of the same list."""
        return self.walks.get((f"{region} {operation} {group}", token))

    def hands_out(self, operation: str, region: str, token: Any) -> bool:
        """Whether this List ever handed out this token, whatever it was filtered by."""
        return (f"{region} {operation}", token) in self.walks

    def walked(self, operation: str, region: str, token: str, walk: Walk) -> World:
        """The world in which a token was handed out."""
        keys = (f"{region} {operation} {walk.filter}", token), (f"{region} {operation}", token)
        return self._replace(walks={**self.walks, **dict.fromkeys(keys, walk)})

    def named(self, region: str, unnamed: Resource, arn: str, tracking_id: str | None = None) -> World:
        """The world in which the ARN of a lost Create has come to light."""
        others = {key: r for key, r in self.resources.items() if r is not unnamed}
        left = tuple(key for key in self.unnamed if key != (region, unnamed.arn))
        return self._replace(resources=others, unnamed=left).born(
            region, unnamed._replace(arn=arn, tracking_id=tracking_id)
        )


def is_hidden(handle: str) -> bool:
    """Whether it stands for an ARN or an ID that no answer has told yet; it is among the ``unnamed`` then."""
    return handle.startswith("?")


def arns_in(value: Any) -> Iterator[str]:
    """Every string in a request or an answer that is an ARN."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, str):
        yield from (value,) if value.startswith("arn:") else ()
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from arns_in(inner)


def _groups_in(params: Any) -> set[str]:
    """The dataset groups that a request is about: those that it names, and those whose datasets it names."""
    arns = set(arns_in(params))
    held = {_DATASET.fullmatch(arn) for arn in arns}
    return {arn for arn in arns if ":dataset-group/" in arn} | {f"{of[1]}:dataset-group/{of[2]}" for of in held if of}
