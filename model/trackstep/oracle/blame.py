"""Which clause to name for a contradiction: the nearest cause, where several could be named.

Owns attribution. Whether something is a contradiction is decided in judge.py and in promise/.
"""

from __future__ import annotations

from trackstep import spec
from trackstep.oracle.case import Case
from trackstep.oracle.lifecycle import FAILED
from trackstep.oracle.world import Resource
from trackstep.spec import Refusal

OF_A_REFUSED = {
    "CreateDatasetGroup": "ET-FAIL-5",
    "DeleteDatasetGroup": "ET-FAIL-3",
    "CreateEventTracker": "ET-FAIL-1",
    "DeleteEventTracker": "ET-FAIL-2",
    "TagResource": "ET-FAIL-4",
    "UntagResource": "ET-FAIL-4",
}
"""Write -> the clause that it changes nothing when it is refused."""
LONG_PAST = 1.6e9
"""Epoch seconds (September 2020): an event from before is long past."""


def row(refusal: Refusal, c: Case) -> str:
    """The clause that a refusal row stands for in this case."""
    if refusal.when == "malformed" and c.violations:
        return c.violations[0][0]
    if refusal.deleted and c.subject is not None:
        return refusal.deleted
    if refusal.elsewhere:
        arn = c.params.get("eventTrackerArn") or c.params.get("datasetGroupArn")
        if any(known == arn for _, known in c.world.resources):
            return refusal.elsewhere
    return refusal.clause


def groundless(c: Case, code: str) -> str:
    """The clause that a refusal breaks for which no row can hold."""
    promised, subject = spec.load().operations[c.operation.name], c.subject
    name = c.params.get("name")
    if isinstance(name, str) and len(name) in (1, 63) and code in spec.load().malformed:
        return "ET-INPUT-9"
    if subject and subject.refused and code == "ResourceNotFoundException" and c.operation.name.startswith("Describe"):
        return subject.refusal
    if c.operation.name == "DeleteEventTracker" and c.masks[1] == FAILED:
        return "ET-DEL-4"
    if code == "ResourceAlreadyExistsException" and subject is None:
        if _is_elsewhere(c):
            return "ET-REGION-3"
        if c.operation.name == "CreateEventTracker" and any(r.name == name for r in c.world.resources.values()):
            return "ET-UNIQ-7"
    near = (row for row in promised.refusals if row.only and code in row.codes and _is_near(row, c, code))
    return next((row.only for row in near), promised.clause)


def _is_near(row: Refusal, c: Case, code: str) -> bool:
    """Whether a refusal with this code is likely meant as the one that a row allows, though the row cannot hold."""
    if row.on:
        return c.subject is not None
    if row.when == "unknown_token":
        return "nextToken" in c.params
    if row.when == "properties_not_json":
        events = [event for event in c.params.get("eventList") or () if isinstance(event, dict)]
        plain = [event for event in events if "properties" not in event or (event.get("sentAt") or 0) < LONG_PAST]
        return len(events) == len(plain) == 1
    return row.when == "never" or code not in spec.load().malformed


def _is_elsewhere(c: Case) -> bool:
    """Whether another region has a dataset group of the name that the request is about."""
    name = c.group.name if c.group is not None else c.params.get("name")
    return any(where != c.operation.region and known == name for where, known in c.world.groups)


TAGS = OF_A_REFUSED["TagResource"]
"""What only a look at the tags can show."""


def looked_at(resource: Resource) -> Resource:
    """The resource once it was looked at, tags apart: what was refused before has changed nothing, or was blamed."""
    return resource if resource.refusal == TAGS else resource._replace(refused=None)


def nearer(resource: Resource, clause: str) -> str:
    """The clause that a refused write changes nothing, if one was refused since the resource moved; else ``clause``."""
    since = resource.refused is not None and resource.refused > resource.since
    return resource.refusal if since and resource.refusal != TAGS else clause
