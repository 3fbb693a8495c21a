"""An SDK behind a driver as a target: what its answers mean, and what the command line makes of it."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.targets.test_child import HELLO, START
from trackstep.cli import main
from trackstep.errors import TargetError, UsageError
from trackstep.operation import Operation
from trackstep.targets import TargetOptions, load, protocol, stdio
from trackstep.targets.protocol import Answer
from trackstep.targets.stdio import StdioTarget, read

DESCRIBE = Operation("DescribeEventTracker", {"eventTrackerArn": "arn"})
PYTHON = (sys.executable, str(protocol.reference_driver()))
PROGRAM = """
CreateDatasetGroup {"name": "$A"}
CreateEventTracker {"name": "$t1", "datasetGroupArn": "$A.arn"}
CreateEventTracker {"name": "$t2", "datasetGroupArn": "$A.arn"}
CreateEventTracker {"name": 7, "datasetGroupArn": "$A.arn"}
CreateEventTracker ! {"name":
DescribeEventTracker {"eventTrackerArn": "$A.tracker"}
DescribeEventTracker@2 {"eventTrackerArn": "$A.tracker"}
PutEvents {"trackingId": "$A.id", "sessionId": "s", "eventList": [{"eventType": "click", "sentAt": 1700000000}]}
"""


@pytest.fixture(scope="module")
def target() -> Iterator[StdioTarget]:
    """boto3 behind the reference driver, against an emulator of its own."""
    made = StdioTarget(TargetOptions(command=PYTHON))
    yield made
    made.close()


ANSWERS = {
    "success": (Answer({"a": 1}), "success", ""),
    "refusal": (Answer(kind="service", code="ns#InvalidInputException"), "refusal", "InvalidInputException"),
    "throttled": (Answer(kind="service", code="ThrottlingException", status=400), "throttled", "ThrottlingException"),
    "429": (Answer(kind="service", code="Slow", status=429), "throttled", "Slow"),
    "5xx": (Answer(kind="service", code="InternalFailure", status=503), "lost", ""),
    "not implemented": (Answer(kind="service", code="NotImplemented", status=501), "unsupported", ""),
    "unknown operation": (Answer(kind="service", code="UnknownOperationException", status=400), "unsupported", ""),
    "no name": (Answer(kind="service", status=400), "garbled", ""),
    "client": (Answer(kind="client", code="ParamValidationError", message="a\nb"), "refusal", "ValidationException"),
    "network": (Answer(kind="network", code="ECONNRESET"), "lost", ""),
    "unparsed": (Answer(kind="unparsed", code="SyntaxError"), "garbled", ""),
    "unsupported": (Answer(kind="unsupported", code="TypeError"), "unsupported", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", ANSWERS)
def test_read__answer_is_an_outcome(case: str) -> None:
    """Each kind of answer is one of the outcomes, and none shows the wire."""
    answer, kind, code = ANSWERS[case]
    outcome = read(DESCRIBE, answer)
    assert (outcome.kind, outcome.code, outcome.wire) == (kind, code, None)
    assert "\n" not in outcome.message


def test_read__missing_setting_ends_the_run() -> None:
    """An SDK without credentials is no target that refuses."""
    with pytest.raises(TargetError, match="the SDK lacks a setting: 'NoCredentialsError: none'"):
        read(DESCRIBE, Answer(kind="configuration", code="NoCredentialsError", message="none"))


def test_call__through_boto3(target: StdioTarget) -> None:
    """What an SDK gives its caller is the outcome; timestamps are numbers again."""
    group = target.call(Operation("CreateDatasetGroup", {"name": "mine"})).result
    assert group is not None
    made = target.call(Operation("CreateEventTracker", {"name": "t", **group})).result
    assert made is not None
    tracker = (
        target.call(Operation("DescribeEventTracker", {"eventTrackerArn": made["eventTrackerArn"]})).result or {}
    )["eventTracker"]
    assert tracker["trackingId"] == made["trackingId"]
    assert 1.5e9 < tracker["creationDateTime"] < 1e10
    again = target.call(Operation("CreateEventTracker", {"name": "t", **group}))
    assert (again.kind, again.code) == ("refusal", "ResourceAlreadyExistsException")
    elsewhere = target.call(Operation("DescribeDatasetGroup", group, "us-west-2"))
    assert (elsewhere.kind, elsewhere.code) == ("refusal", "ResourceNotFoundException")


def test_call__raw_body_cannot_be_sent(target: StdioTarget) -> None:
    """Bytes of ours go past an SDK, not through it."""
    outcome = target.call(Operation("CreateEventTracker", body=b'{"name":'))
    assert (outcome.kind, outcome.message[:33]) == ("unsupported", "an SDK writes its requests itself")


def test_call__number_that_json_lacks(target: StdioTarget) -> None:
    """NaN is told in one line, and the driver lives on."""
    with pytest.raises(UsageError, match="JSON has no NaN"):
        target.call(Operation("ListEventTrackers", {"maxResults": float("nan")}))
    assert target.call(Operation("ListEventTrackers")).kind == "success"


def test_description__names_the_sdk(target: StdioTarget) -> None:
    """Which SDK, which version, what runs it, and against what; no port, which would be another each time."""
    assert target.description.startswith("boto3 ")
    assert target.description.endswith("over HTTP")


def test_environment__credentials_of_this_machine_stay_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against loopback an SDK gets dummies, and finds nothing else; elsewhere it finds what is configured."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"):
        monkeypatch.setenv(name, "mine")
    dummies = protocol.environment("http://here", "http://events", 2.5)
    assert dummies.items() >= {
        "AWS_ACCESS_KEY_ID": "testing", "AWS_CONFIG_FILE": os.devnull, "AWS_ENDPOINT_URL_PERSONALIZE": "http://here",
        "AWS_ENDPOINT_URL_PERSONALIZE_EVENTS": "http://events", "TRACKSTEP_CALL_TIMEOUT": "2.5",
    }.items()  # fmt: skip
    assert "mine" not in dummies.values()
    own = protocol.environment("http://here", dummies=False)
    assert (own["AWS_PROFILE"], own["AWS_SESSION_TOKEN"], own["AWS_ENDPOINT_URL_PERSONALIZE_EVENTS"]) == (
        "mine", "mine", "http://here",
    )  # fmt: skip
    assert "AWS_REGION" not in own


# -- the command line ----------------------------------------------------------------------------


def run(*words: str, source: str | None = None) -> Result:
    """A command of trackstep."""
    return CliRunner().invoke(main, words, input=source)


def driver(script: str) -> str:
    """The command line of a driver that says hello, then does this."""
    return shlex.join([sys.executable, "-I", "-S", "-c", START + HELLO + script])


def test_replay__program_through_boto3() -> None:
    """The whole way: conforms, two regions asked; what cannot be sent is no reason not to ask the rest."""
    done = run("replay", "-", "--command", shlex.join(PYTHON), "--json", source=PROGRAM)
    told = json.loads(done.stdout)
    assert (done.exit_code, told["deviations"]) == (0, []), done.output


def test_replay__fault_is_seen_through_boto3() -> None:
    """An emulator that is broken is broken through an SDK too."""
    fault = ("--fault", "second-tracker-allowed")
    done = run("replay", "-", "--command", shlex.join(PYTHON), "--json", *fault, source=PROGRAM)
    assert done.exit_code == 1
    assert "ET-UNIQ-" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--target", "stdio"], 2, "--target stdio wants --command, such as --command 'node driver.mjs'"),
        (["--target", "moto", "--command", "true"], 2, "--command is for --target stdio; moto starts nothing"),
        (["--command", ""], 2, "--command is empty"),
        (["--command", "a 'b"], 2, "cannot be taken apart"),
        (["--command", "true", "--endpoint-url", "nowhere"], 2, "--endpoint-url wants http://host:port"),
        (["--command", "/no/such/driver"], 3, "cannot start the driver '/no/such/driver': no such file or directory"),
        (["--command", driver("ask(); sys.exit(9)")], 3, "ended with exit code 9 before its answer to Describe"),
        (["--command", driver("ask(); say('noise')")], 3, "it wrote 'noise' to its standard output"),
        (["--command", driver("ask(); time.sleep(60)"), "--max-time", "2"], 3, "did not send its answer to Describe"),
    ],
)
def test_check__driver_that_cannot_be_judged(
    words: list[str], code: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line on standard error says why, and report.json says the same."""
    monkeypatch.setattr(stdio, "PATIENCE", 0.2)
    done = run("check", *words, "--quiet", "--report-dir", str(tmp_path))
    assert done.exit_code == code, done.output
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    if code == 3:
        report: dict[str, Any] = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
        assert (report["exit_code"], report["verdict"]) == (3, "could not be judged")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_check__interrupted_while_the_driver_hangs(number: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C ends a run whose driver hangs, and the driver with it."""
    note = tmp_path / "pid"
    hangs = driver(f"ask(); open({str(note)!r}, 'w').write(f'{{os.getpid()}} '); time.sleep(60)")
    words = ["check", "--command", hangs, "--report-dir", str(tmp_path / "out")]
    with subprocess.Popen(
        [sys.executable, "-m", "trackstep.cli", *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        until = time.monotonic() + 60
        while not (note.exists() and note.read_text(encoding="utf-8").endswith(" ")) and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(number)
        _, told = process.communicate(timeout=30)
    assert b"interrupted" in told
    assert process.returncode == 128 + number
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text(encoding="utf-8")), 0)


def test_load__stdio_is_registered() -> None:
    """It is found by its entry point, and says what it wants."""
    with pytest.raises(UsageError, match="wants --command"):
        load("stdio", TargetOptions())
