"""The specification explains every recording of an operation that it covers."""

from __future__ import annotations

from typing import Any

import pytest

from trackstep import judge, spec
from trackstep.judge import Step
from trackstep.notes import Finding
from trackstep.operation import COVERED, Operation
from trackstep.outcome import Outcome

RECORDED = {recording["id"]: recording for recording in spec.recordings()}
COVERING = [recording for recording in RECORDED.values() if recording["operation"] in COVERED]
PARTIAL = {
    "ET-DESC-3",
    "ET-DESC-4",
    "ET-DESC-5",
    "ET-LIST-5",
    "ET-LIST-7",
    "ET-ID-1",
    "ET-GRP-13",
    "ET-GRP-16",
    "ET-LIFE-9",
}
"""Clauses about what a notebook did not print."""
CHAINS = (
    ("R017", "R028", "R036", "R037", "R038"),
    ("R018", "R029", "R035", "R063", "R064"),
    ("R066", "R067"),
    ("R016", "R032", "R069", "R070"),
    ("R021", "R030"),
    ("R039", "R040", "R041"),
)
"""Recordings of one life, in order, with nothing unseen between them."""


def unmasked(value: Any) -> Any:
    """Tracking IDs were masked with x when they were collected."""
    if isinstance(value, dict):
        return {key: unmasked(inner) for key, inner in value.items() if key != "ResponseMetadata"}
    if isinstance(value, list):
        return [unmasked(inner) for inner in value]
    return value.replace("xxxx", "0000").replace("xxx", "000") if isinstance(value, str) and "xxxx" in value else value


def steps(recording: dict[str, Any]) -> list[Step]:
    """A recording as steps; a list of statuses is that many polls, a status not printed is left out."""
    params, name = recording["request"], recording["operation"]
    if params is None:
        event = {"eventType": "click", "sentAt": 1500000000}
        if recording["error_code"]:
            event["properties"] = "not json"
        params = {
            "PutEvents": {"trackingId": "00000000-0000-4000-8000-000000000000", "sessionId": "s", "eventList": [event]},
            "CreateDatasetGroup": {"name": "unprinted"},
        }.get(name, {"datasetGroupArn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/unprinted"})
    operation = Operation(name, params)
    if recording["error_code"]:
        return [Step(operation, Outcome.refusal(recording["error_code"], recording["error_message"] or ""))]
    response = unmasked(recording["response"])
    body = response.get("eventTracker") or response.get("datasetGroup")
    if isinstance(body, dict):
        key = "eventTracker" if "eventTracker" in response else "datasetGroup"
        polls = body.get("status", "ACTIVE")
        polls = polls if isinstance(polls, list) else [polls]
        body = {k: v for k, v in body.items() if not k.endswith("DateTime")}
        printed = [poll for poll in polls if not poll.startswith("<")]
        return [Step(operation, Outcome.success({key: body | {"status": poll}})) for poll in printed]
    if name == "ListEventTrackers":
        response = {"eventTrackers": [item | {"status": "ACTIVE"} for item in response.get("eventTrackers", [])]}
    return [Step(operation, Outcome.success(response))]


def unexplained(history: list[Step], partial: bool) -> list[Finding]:
    """What the judge holds against recordings."""
    findings = judge.judge(history, complete=False).notes.findings
    return [
        finding for finding in findings if not (partial and (finding.clause in PARTIAL or finding.actual == "None"))
    ]


@pytest.mark.parametrize("recording", COVERING, ids=lambda r: str(r["id"]))
def test_recording_is_explained(recording: dict[str, Any]) -> None:
    """Each recording by itself contradicts no clause, tentative ones included."""
    if recording["error_code"] == "AccessDeniedException":
        assert recording["error_code"] in spec.load().credentials
    assert unexplained(steps(recording), partial=True) == []


@pytest.mark.parametrize("chain", CHAINS, ids="-".join)
def test_life_is_explained(chain: tuple[str, ...]) -> None:
    """What was recorded of one event tracker, in order, contradicts no clause."""
    history = [step for number in chain for step in steps(RECORDED[number])]
    assert unexplained(history, partial=True) == []


def test_recording_that_was_altered_is_not_explained() -> None:
    """The check can fail: ACTIVE after the deletion is a contradiction."""
    history = [step for number in ("R018", "R029", "R063") for step in steps(RECORDED[number])]
    body = {"eventTracker": {"status": "ACTIVE"}}
    history.append(
        Step(
            history[-1].operation.__class__("DescribeEventTracker", history[-1].operation.params), Outcome.success(body)
        )
    )
    assert "ET-LIFE-5" in {finding.clause for finding in unexplained(history, partial=True)}
