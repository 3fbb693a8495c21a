"""The conditions that ``when`` names in ``operations.toml``: yes, no or maybe.

Each is a pure function of the request and of what is known. Knows nothing of what came back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from trackstep import spec
from trackstep.oracle.case import Case
from trackstep.oracle.lifecycle import GONE
from trackstep.oracle.world import SHARED

NO, MAYBE, YES = 0, 1, 2
_KINDS = {
    "eventTrackerArn": ("event-tracker",),
    "datasetGroupArn": ("dataset-group",),
    "resourceArn": ("event-tracker", "dataset-group"),
}
"""Member -> the kinds of resource that its ARN may name."""
_TRACKER = re.compile(r"[0-9a-f]{8}")
"""The last part of the ARN of an event tracker, in all recordings."""
TAG_LIMIT = 50


def _same_name(c: Case) -> int:
    return YES if c.subject and c.subject.name == c.params.get("name") else NO


def _no_dataset(c: Case) -> int:
    took = c.group is not None and c.group.took and not c.group.mask & GONE
    return NO if took or c.world.dataset_needed is False else MAYBE


def _holds_more(c: Case) -> int:
    return MAYBE if c.group is not None and c.world.holds_more(c.operation.region, c.group) else NO


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


def _duplicate_key(c: Case) -> int:
    keys = c.params.get("tagKeys") or ()
    return YES if len(keys) > len(set(keys)) else NO


def _unknown_token(c: Case) -> int:
    token = c.params.get("nextToken")
    if not token:
        return NO if token is None else MAYBE
    group, region, name = c.params.get("datasetGroupArn"), c.operation.region, c.operation.name
    if not c.world.hands_out(name, region, token):  # that of another List is none of this one's
        return YES if c.world.complete else MAYBE
    walk = c.world.walk(name, region, group, token)
    fresh = walk is not None and walk.handed == c.step - 1  # how long a token lives is free
    if walk is None or not fresh or not walk.firm or walk.writes != c.world.writes:
        return MAYBE
    return NO if c.world.is_calm(region) else MAYBE  # a token may end with any change


def _unknown_id(c: Case) -> int:
    if not c.world.complete or c.malformed:
        return NO
    where = c.world.ids.get(c.params["trackingId"])
    if where == SHARED:
        return MAYBE
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


def _reserved_word(c: Case) -> int:
    words = spec.reserved()["properties"]
    for event in c.params.get("eventList") or ():
        text = event.get("properties") if isinstance(event, dict) else None
        try:
            parsed = json.loads(text) if isinstance(text, str) else None
        except (ValueError, RecursionError):
            continue
        if isinstance(parsed, dict) and any(key.lower() in words for key in parsed):
            return YES
    return NO


def _role_without_key(c: Case) -> int:
    return YES if c.params.get("roleArn") and not c.params.get("kmsKeyArn") else NO


def _misnamed(c: Case) -> int:
    """An ARN of another kind or of somebody else, or not of the form that recorded ones have, may be malformed too."""
    if c.subject is not None or c.group is not None or c.tracker is not None:
        return NO
    for member, kinds in _KINDS.items():
        arn = c.params.get(member)
        if isinstance(arn, str):
            parts = arn.split(":", 5)
            kind, _, name = parts[-1].partition("/")
            here = not c.world.is_elsewhere(c.operation.region, arn)
            known = kind in kinds and (kind != "event-tracker" or _TRACKER.fullmatch(name) is not None)
            return NO if here and known else MAYBE
    return NO


Condition = Callable[[Case], int]
CONDITIONS: dict[str, tuple[str, Condition]] = {
    "same_name": ("name", _same_name),
    "no_dataset": ("", _no_dataset),
    "holds_more": ("", _holds_more),
    "too_many_tags": ("tags", _too_many_tags),
    "aws_tag": ("tags", _aws_tag),
    "duplicate_tag": ("tags", _duplicate_tag),
    "absent_key": ("tagKeys", _absent_key),
    "duplicate_key": ("tagKeys", _duplicate_key),
    "unknown_token": ("nextToken", _unknown_token),
    "unknown_id": ("trackingId", _unknown_id),
    "properties_not_json": ("eventList", _properties_not_json),
    "reserved_word": ("eventList", _reserved_word),
    "role_without_key": ("roleArn", _role_without_key),
    "misnamed": ("", _misnamed),
}
"""The names that ``when`` may have, beside ``malformed`` and ``never``: the member without which the
condition cannot hold, and the condition."""
