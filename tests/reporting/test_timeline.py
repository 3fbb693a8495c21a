"""What a report keeps of the steps of a deviation: bounded, counted where it was cut, and without secrets."""

from __future__ import annotations

import json

import pytest

from trackstep.operation import Operation
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome, Wire
from trackstep.results import timeline

SECRETS = (
    "http://user:hunter2@localhost:5000/",
    "Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/personalize/aws4_request, Signature=hunter2",
    '{"X-Amz-Security-Token": "hunter2", "aws_secret_access_key": "hunter2"}',
    "the key ASIAIOSFODNN7EXAMPLE is not known",
)


def step(number: int = 0, body: bytes = b"{}") -> Step:
    """A call with its answer on the wire."""
    wire = Wire(200, {"content-type": "application/x-amz-json-1.1", "set-cookie": "hunter2"}, body)
    return Step(Operation("CreateEventTracker", {"name": f"t{number}", "tags": ["x"] * 50}), Outcome.success({}, wire))


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_left_out(secret: str) -> None:
    """Of parameters, bodies, messages; headers that no verdict rests on are not kept at all."""
    answered = Step(Operation("X", {"name": secret}), Outcome.refusal("Y", secret, Wire(400, {}, secret.encode())))
    text = json.dumps(timeline.told([step(), answered], ()))
    assert "hunter2" not in text
    assert "IOSFODNN7EXAMPLE" not in text


def test_steps__what_is_left_out_is_counted() -> None:
    """The last are kept, and those the expectation rests on; more deviations share the same room."""
    steps = [step(n) for n in range(1, 101)]
    told = timeline.told(steps, {3, 98})
    assert [row["step"] for row in told["steps"]] == [3, *range(61, 101)]
    assert told["cut"] == 59
    assert [row["step"] for row in told["steps"] if row["part"] == "reason"] == [3, 98]
    assert told["steps"][-1]["part"] == "broke"
    beside = timeline.told(steps, {3}, beside=499)
    assert len(beside["steps"]) == 1 + timeline.ALL // 500
    assert len(beside["steps"]) + beside["cut"] == 100


def test_bodies__what_is_left_out_is_counted() -> None:
    """A megabyte is cut, and so are long lists; bytes that are no UTF-8 are written as what they are."""
    row = timeline.told([step(body=b"\xff" + b"x" * 2**20)], ())["steps"][0]
    assert row["response"]["body"].startswith("\\xffxxx")
    assert len(row["response"]["body"]) + row["response"]["cut"] == 2**20 + len("\\xff")
    assert row["params"]["tags"][-1] == "… 50 in all"
    assert len(json.dumps(row)) < 5000
