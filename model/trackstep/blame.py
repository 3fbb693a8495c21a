"""Which clause to name for a contradiction: the nearest cause, where several could be named.

Owns attribution. Whether something is a contradiction is decided in judge.py and in promise/.
"""

from __future__ import annotations

from trackstep import spec
from trackstep.case import Case
from trackstep.lifecycle import FAILED
from trackstep.spec import Refusal
from trackstep.world import Resource

OF_A_REFUSED = {
    "CreateDatasetGroup": "ET-FAIL-5",
    "DeleteDatasetGroup": "ET-FAIL-3",
    "CreateEventTracker": "ET-FAIL-1",
    "DeleteEventTracker": "ET-FAIL-2",
    "TagResource": "ET-FAIL-4",
    "UntagResource": "ET-FAIL-4",
}
"""Write -> the clause that it changes nothing when it is refused."""


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
        return "ET-FAIL-2" if subject.kind == "event_tracker" else "ET-FAIL-3"
    if c.operation.name == "DeleteEventTracker" and c.masks[1] == FAILED:
        return "ET-DEL-4"
    for near in promised.refusals:
        if code in near.codes and near.only:
            return near.only if near.on != "tracker" or subject else promised.clause
    return promised.clause


def nearer(resource: Resource, clause: str, refused: str) -> str:
    """``refused``, where a write on the resource was refused since it last moved; else ``clause``."""
    return refused if resource.refused is not None and resource.refused > resource.since else clause
