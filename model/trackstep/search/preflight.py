"""Preflight: what does the target offer, and can it be judged at all?

Owns the first dozen calls, which touch nothing that exists, and the reasons to give up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trackstep.errors import TargetError
from trackstep.operation import CORE
from trackstep.program import SETTLE, Command
from trackstep.search.session import Session
from trackstep.targets.asking import describe
from trackstep.value import EVENT


def probe(session: Session, unsupported: Mapping[str, str]) -> Iterator[None]:
    """Ask each operation about what does not exist; make a group, and see how long it takes to be gone.

    Raises TargetError where the target cannot be judged.
    """
    nowhere = {"datasetGroupArn": "$A.arn"}
    tracker = {"eventTrackerArn": "$A.tracker"}
    tags = [{"tagKey": "a", "tagValue": "b"}]
    probes = [
        Command("DescribeDatasetGroup", nowhere),
        Command("ListDatasetGroups"),
        Command("DescribeEventTracker", tracker),
        Command("ListEventTrackers"),
        Command("DeleteEventTracker", tracker),
        Command("DeleteDatasetGroup", nowhere),
        Command("ListTagsForResource", {"resourceArn": "$A.tracker"}),
        Command("TagResource", {"resourceArn": "$A.tracker", "tags": tags}),
        Command("UntagResource", {"resourceArn": "$A.tracker", "tagKeys": ["a"]}),
        Command("PutEvents", {"trackingId": "$A.id", "sessionId": "s", "eventList": [EVENT]}),
        Command("CreateEventTracker", {"name": "$t1", **nowhere}),
        Command("CreateDatasetGroup", {"name": "$A"}),
        Command("DeleteDatasetGroup", nowhere),
    ]
    heard = set[str]()
    for number, probe in enumerate(probes):
        session.perform(probe)
        outcome = session.steps[-1].outcome
        heard.add(outcome.kind)
        if session.is_barred(session.steps[-1].operation, outcome):
            raise TargetError(f"the target refuses these credentials: {outcome.code} {outcome.message}".strip())
        if number == 1 and heard <= {"lost", "garbled"} and (outcome.wire is None or outcome.kind == "garbled"):
            raise TargetError(f"{describe(session.target)} does not answer as the API would: {outcome.message}")
        yield
    silent = {name: _silence(session, name) for name in CORE}
    if all(silent.values()) or silent["CreateDatasetGroup"] or unsupported.keys() & set(CORE):
        missing = [name for name in CORE if silent[name]]
        raise TargetError(f"core operations unsupported: {', '.join(missing)} ({silent[missing[0]]})")
    session.perform(Command(SETTLE, {"of": "$A.arn"}))


def _silence(session: Session, name: str) -> str:
    """Why the preflight never got an answer to the operation; empty if it did."""
    outcomes = [step.outcome for step in session.steps if step.operation.name == name]
    if any(outcome.kind in ("success", "refusal") for outcome in outcomes):
        return ""
    return outcomes[-1].message if outcomes else "never asked"
