"""Whatever an endpoint does, it comes back as an outcome."""

from __future__ import annotations

import pytest

from tests.targets.conftest import Serve, json_answer
from trackstep.errors import UsageError
from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.targets import TargetOptions, available, load
from trackstep.targets.http import HttpTarget

DESCRIBE = Operation("DescribeEventTracker", {"eventTrackerArn": "arn:aws:personalize:us-east-1:1:event-tracker/0"})
PUT = Operation("PutEvents", {"trackingId": "t", "sessionId": "s", "eventList": [{"eventType": "e", "sentAt": 1}]})


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """The machine's own credentials and settings play no part."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", f"{tmp_path}/none")
    monkeypatch.setenv("AWS_CONFIG_FILE", f"{tmp_path}/none")


def call(url: str, operation: Operation = DESCRIBE, timeout: float = 5.0) -> Outcome:
    """One call to an endpoint."""
    target = HttpTarget(TargetOptions(endpoint_url=url, call_timeout=timeout))
    try:
        return target.call(operation)
    finally:
        target.close()


GONE = {"__type": "ResourceNotFoundException", "message": "m"}
INVALID = {"__type": "com.amazonaws#InvalidInputException", "Message": "m"}
HTML = (200, "text/html", b"<html>hello</html>")
CASES = {
    "success": (json_answer(200, {"eventTracker": {"name": None, "creationDateTime": 1.6e9}}), "success", ""),
    "empty body": ((200, "application/x-amz-json-1.1", b""), "success", ""),
    "html": (HTML, "garbled", ""),
    "array": (json_answer(200, [1]), "garbled", ""),
    "number for a structure": (json_answer(200, {"eventTracker": 7}), "success", ""),
    "invalid UTF-8": ((200, "application/x-amz-json-1.1", b'{"a": "\xff"}'), "garbled", ""),
    "deep": ((200, "application/x-amz-json-1.1", b"[" * 100_000), "garbled", ""),
    "not found page": ((404, "text/html", b"<html>no</html>"), "unsupported", ""),
    "501": (json_answer(501, {"__type": "InternalFailure"}), "unsupported", ""),
    "500": ((500, "text/html", b"oops"), "lost", ""),
    "closed": ("close", "lost", ""),
    "error": (json_answer(400, GONE), "refusal", "ResourceNotFoundException"),
    "namespace": (json_answer(400, INVALID), "refusal", "InvalidInputException"),
    "throttled": (json_answer(400, {"__type": "ThrottlingException"}), "throttled", "ThrottlingException"),
    "429": ((429, "text/plain", b"slow"), "throttled", "429"),
    "unknown operation": (json_answer(400, {"__type": "UnknownOperationException"}), "unsupported", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_call__answer_is_classified(case: str, serve: Serve) -> None:
    """An answer is one of the six kinds, with its code."""
    answer, kind, code = CASES[case]
    outcome = call(serve(answer))
    assert (outcome.kind, outcome.code) == (kind, code)


def test_call__hang_is_lost_after_the_time_out(serve: Serve) -> None:
    """No answer is a lost answer, and says so in words."""
    outcome = call(serve("hang"), timeout=0.2)
    assert (outcome.kind, outcome.message) == ("lost", "no answer within the call time-out")


def test_call__refused_port_is_lost() -> None:
    """Nobody listening is a lost answer, and says what to look at."""
    outcome = call("http://127.0.0.1:9")
    assert outcome.kind == "lost"
    assert "nothing listens there" in outcome.message


def test_call__body_arrives_byte_for_byte(serve: Serve) -> None:
    """Malformed input goes past the SDK's own validation."""
    seen: list[tuple[str, bytes]] = []

    def answer(headers: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        seen.append((headers.get("x-amz-target", ""), body))
        return 200, "application/json", b"{}"

    url = serve(answer)
    call(url, Operation("CreateEventTracker", body=b'{"name": '))
    call(url, Operation("NoSuchOperation", {"a": [1]}))
    call(url, PUT)
    assert seen[0] == ("AmazonPersonalize.CreateEventTracker", b'{"name": ')
    assert seen[1] == ("AmazonPersonalize.NoSuchOperation", b'{"a": [1]}')
    assert b'"trackingId": "t"' in seen[2][1]


def test_call__result_is_as_on_the_wire(serve: Serve) -> None:
    """Nulls and numbers are seen, not what an SDK makes of them."""
    outcome = call(serve(CASES["success"][0]))
    assert outcome.result == {"eventTracker": {"name": None, "creationDateTime": 1.6e9}}


def test_load__wrong_url_is_a_usage_error() -> None:
    """An endpoint that is no URL is told in one line."""
    with pytest.raises(UsageError, match="wants http://host:port"):
        load("http", TargetOptions(endpoint_url="localhost"))


def test_load__unknown_target_names_the_known() -> None:
    """A wrong name is answered with the right ones."""
    with pytest.raises(UsageError, match="emulator"):
        load("nonesuch", TargetOptions())
    assert {"emulator", "http", "moto", "served"} <= available().keys()
