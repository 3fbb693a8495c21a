"""The circumstance of a call, in words: what it is about, in which state, with which kind of values.

Owns the vocabulary in which coverage is counted and ``spec/situations.toml`` is written (its head lists
the words). A pure function of the world before the call and of the request; knows nothing of answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from trackstep.oracle.case import Case
from trackstep.oracle.lifecycle import ACTIVE, CREATING, DELETING, EXISTS, FAILED, GONE
from trackstep.oracle.world import Resource, World

Circumstance = dict[str, str]
"""Word -> value; a word that does not apply is absent."""


def circumstance(c: Case) -> Circumstance:
    """In which circumstance the request of a case is made."""
    region, params, name = c.operation.region, c.params, c.operation.name
    said: Circumstance = {"operation": name}
    if c.malformed:
        said["malformed"] = c.violations[0][0]
        return said | _state_of_malformed(c)
    about = c.subject
    group = c.group or (about if about is not None and about.kind == "dataset_group" else None)
    tracker = c.tracker or (about if about is not None and about.kind == "event_tracker" else None)
    if group is None and tracker is not None and tracker.group:
        group = c.world.find(region, tracker.group)
    if tracker is None and group is not None:
        tracker = c.world.tracker_in(region, group.arn)
    if name not in ("ListDatasetGroups", "ListEventTrackers"):
        said["group"], said["tracker"] = state(group), state(tracker)
        said["life"], said["group life"] = _few(tracker.incarnation if tracker else 0), _few(_lives(group))
        if about is not None:
            said["about"] = "tracker" if about.kind == "event_tracker" else "group"
            said["has tags"] = _few(len(about.tags or ()))
            if about.refused is not None and about.refused > about.since:
                said["since"] = "a refused write"
            elif about.tagged is not None and about.tagged > about.since:
                said["since"] = "tags taken away" if about.tagged == about.untagged else "tags added"
    else:
        group = tracker = None
        said |= _list(c, region)
    said |= _others(c.world, region, group, tracker)
    if group is not None and group.domain:
        said["domain"] = "given"
    said |= _elsewhere(c.world, group)
    if c.subject is None and group is None and "filter" not in said:
        said |= _misnamed(c)
    said |= _values(c, params)
    return said


def state(r: Resource | None) -> str:
    """What is known of a status, in a word."""
    if r is None:
        return "never"
    if r.mask in (ACTIVE, FAILED, GONE):
        return {ACTIVE: "active", FAILED: "failed", GONE: "gone"}[r.mask]
    return "creating" if r.mask & CREATING else "deleting" if r.mask & DELETING else "unknown"


def _state_of_malformed(c: Case) -> Circumstance:
    """The states of what a malformed request was meant to be about, as far as it can be told."""
    region, said = c.operation.region, {}
    for member, value in c.params.items():
        found = c.world.find(region, value) if isinstance(value, str) else None
        if found is not None:
            said["group" if found.kind == "dataset_group" else "tracker"] = state(found)
            if found.kind == "dataset_group" and member == "datasetGroupArn":
                said["tracker"] = state(c.world.tracker_in(region, found.arn))
    return said


def _few(number: int) -> str:
    return str(number) if number < 3 else "many"


def _lives(r: Resource | None) -> int:
    return r.incarnation if r is not None else 0


def _others(world: World, region: str, group: Resource | None, tracker: Resource | None) -> Circumstance:
    """What else there is: other groups, their trackers, and what moved last."""
    groups, states, last = 0, Counter[str](), None
    for (where, _), r in world.resources.items():
        if last is None or r.since >= last[1].since:
            last = where, r
        if where != region or r is group or r is tracker:
            continue
        if r.kind == "event_tracker":
            states[state(r)] += 1
        elif r.mask & EXISTS and not r.mask & GONE:
            groups += 1
    neighbours = "+".join(f"{state} twice" if number > 1 else state for state, number in sorted(states.items()))
    said = {"others": _few(groups), "neighbours": neighbours or "none"}
    if last is not None:
        where, r = last
        place = "here" if r in (group, tracker) else "elsewhere" if where == region else "in another region"
        said["last"] = f"{r.kind.rpartition('_')[2]} {state(r)} {place}"
    return said


def _elsewhere(world: World, group: Resource | None) -> Circumstance:
    """Whether the name of the group is also in use in another region."""
    if group is None:
        return {}
    twins = [where for where, name in world.groups if name == group.name]
    return {"twin": "in another region"} if len(twins) > 1 else {}


def _misnamed(c: Case) -> Circumstance:
    """What an ARN names that names nothing here: something of another region, of another kind, or nothing anywhere."""
    for member in ("eventTrackerArn", "datasetGroupArn", "resourceArn", "trackingId"):
        arn = c.params.get(member)
        if not isinstance(arn, str):
            continue
        known = [where for where, other in c.world.resources if other == arn]
        if known:
            return {"names": "another kind" if c.operation.region in known else "another region"}
        near = any(arn[:-1] == other or arn == other[:-1] for _, other in c.world.resources)
        return {"names": "nearly something" if near else "nothing"}
    return {}


def _list(c: Case, region: str) -> Circumstance:
    kind = "event_tracker" if c.operation.name == "ListEventTrackers" else "dataset_group"
    group, size = c.params.get("datasetGroupArn"), c.params.get("maxResults")
    filtered = group if isinstance(group, str) else None
    said = {
        "page": "next" if c.params.get("nextToken") else "first",
        "size": _few(size) if isinstance(size, int) else "default",
        "listed": _few(len(c.world.existing(region, kind, filtered))),
    }
    if filtered is not None:
        found = c.world.find(region, filtered)
        tracker = c.world.tracker_in(region, filtered)
        said |= {"filter": "given", "group": state(found), "tracker": state(tracker), "group life": _few(_lives(found))}
        if tracker is not None and tracker.refused is not None and tracker.refused > tracker.since:
            said["since"] = "a refused write"
    return said


def _values(c: Case, params: Mapping[str, Any]) -> Circumstance:
    """The kind of values that the request gives."""
    said: Circumstance = {}
    name = params.get("name")
    if isinstance(name, str):
        said["name"] = "one character" if len(name) == 1 else "63 characters" if len(name) == 63 else "plain"
        if c.operation.name == "CreateEventTracker":
            same = c.tracker is not None and c.tracker.name == name
            elsewhere = any(r.name == name and r is not c.tracker for r in c.world.resources.values())
            said["same name"] = "before here" if same else "in another group" if elsewhere else "no"
    if isinstance(params.get("tags"), list):
        said["tags"] = _tags(params["tags"], c.subject)
    keys = params.get("tagKeys")
    if isinstance(keys, list):
        there = c.subject.tags if c.subject is not None and c.subject.tags else {}
        said["keys"] = _few(sum(1 for key in keys if key in there)) + (" and absent" if set(keys) - set(there) else "")
    if "domain" in params:
        said["domain"] = "given"
    events = params.get("eventList")
    if isinstance(events, list):
        said["events"] = "one" if len(events) == 1 else "ten" if len(events) == 10 else "some"
        said["event"] = _event(events)
        said["id"] = _tracking_id(c)
    return said


def _tags(tags: Sequence[Any], r: Resource | None) -> str:
    pairs = [(str(tag.get("tagKey")), str(tag.get("tagValue"))) for tag in tags if isinstance(tag, dict)]
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        return "a key twice"
    if len(pairs) >= 50:
        return "fifty" if len(pairs) == 50 else "over fifty"
    if any(max(len(key) / 128, len(value) / 256) >= 1 for key, value in pairs):
        return "longest"
    if not all((key + value).isascii() for key, value in pairs):
        return "not ASCII"
    if any(not value for _, value in pairs):
        return "empty value"
    if r is not None and r.tags and r.mask & EXISTS and any(key in r.tags for key in keys):
        return "a key that is there"
    return "none" if not pairs else "one" if len(pairs) == 1 else "several"


def _event(events: Sequence[Any]) -> str:
    given = [event for event in events if isinstance(event, dict)]
    if any("properties" in event for event in given):
        return "properties"
    return "long past" if any(isinstance(t := e.get("sentAt"), (int, float)) and t < 1.6e9 for e in given) else "plain"


def _tracking_id(c: Case) -> str:
    if c.tracker is None:
        given = str(c.params.get("trackingId"))
        return "an ARN" if given.startswith("arn:") else "of another region" if given in c.world.ids else "of nobody"
    return "current" if c.tracker.tracking_id == c.params.get("trackingId") else "of an earlier incarnation"
