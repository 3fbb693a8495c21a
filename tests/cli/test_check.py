"""The command line: exit codes, one clear line, report.json in every case."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
from click.testing import CliRunner

from tests.targets.conftest import Serve, json_answer, serve
from trackstep import emulator, history
from trackstep.cli import main
from trackstep.emulator import faults, server
from trackstep.emulator.models import personalize_backends
from trackstep.oracle import judge

__all__ = ["serve"]
ROOT = Path(__file__).parents[2]
AWS_JSON = "application/x-amz-json-1.1"
SCHEMA = json.loads((ROOT / "reports" / "report.schema.json").read_text(encoding="utf-8"))


class Done(NamedTuple):
    """What a command ended with, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def trackstep(*words: str, directory: Path, stdin: str | None = None, **environment: str) -> Done:
    """Run the command in this process, in a directory; nothing of it depends on the AWS settings of this machine."""
    without = dict.fromkeys(name for name in os.environ if name.startswith("AWS_"))
    with chdir(directory):
        done = CliRunner(env={**without, **environment}).invoke(main, words, input=stdin)
    return Done(done.exit_code, done.stdout, done.stderr)


def report(directory: Path) -> dict[str, Any]:
    """The report, held to its schema."""
    written: dict[str, Any] = json.loads((directory / "reports/out/report.json").read_text(encoding="utf-8"))
    jsonschema.validate(written, SCHEMA)
    return written


def found(path: Path, clause: str) -> bool:
    """Whether what a run has written so far contradicts the clause; the last line may be half written."""
    if not path.exists():
        return False
    whole = path.read_text(encoding="utf-8").rpartition("\n")[0]
    judged = (judge.judge(each.steps) for each in history.parse(whole)) if whole else ()
    return any(finding.clause == clause for one in judged for finding in one.notes.findings)


def test_check__emulator_in_process(tmp_path: Path) -> None:
    """The embedded emulator conforms; --json prints what is on disk and nothing else."""
    done = trackstep("check", "--json", "--max-calls", "1200", directory=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == report(tmp_path)
    assert report(tmp_path)["verdict"] == "conforms"
    assert [path.name for path in tmp_path.iterdir()] == ["reports"]


def test_check__emulator_over_http_in_time(tmp_path: Path) -> None:
    """Over real HTTP, with statuses that take their time, it conforms too."""
    done = trackstep(
        "check",
        "--target",
        "served",
        "--progression",
        "time",
        "--seconds",
        "0.01",
        "--max-calls",
        "600",
        directory=tmp_path,
    )
    assert done.returncode == 0, done.stdout
    unexercised = [c for c in report(tmp_path)["clauses"] if c["verdict"] == "not exercised"]
    assert all(clause["reason"] for clause in unexercised)
    assert "\x1b[" not in done.stdout


def test_check__released_moto_is_unsupported(tmp_path: Path) -> None:
    """moto as released has no event trackers: exit code 3, the operations named."""
    done = trackstep("check", "--target", "moto", directory=tmp_path)
    assert done.returncode == 3
    assert "CreateEventTracker" in done.stderr
    assert "Traceback" not in done.stderr
    assert report(tmp_path)["verdict"] == "could not be judged"


@pytest.fixture
def moto_server() -> Iterator[str]:
    """A real moto_server of the released moto, as a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


def test_check__released_moto_server_is_unsupported(tmp_path: Path, moto_server: str) -> None:
    """The same over HTTP."""
    done = trackstep("check", "--endpoint-url", moto_server, directory=tmp_path)
    assert done.returncode == 3
    for name in ("CreateDatasetGroup", "CreateEventTracker", "DescribeEventTracker", "DeleteEventTracker"):
        assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert report(tmp_path)["exit_code"] == 3


HOSTILE = {
    "html": (200, "text/html", b"<html>hello</html>"),
    "closed": "close",
    "hang": "hang",
    "500": (500, "text/plain", b"oops"),
    "array": json_answer(200, [1]),
}


@pytest.mark.parametrize("way", HOSTILE)
def test_check__hostile_endpoint_cannot_be_judged(way: str, tmp_path: Path, serve: Serve) -> None:
    """Exit code 3, one line, no traceback, within the time limit."""
    url = serve(HOSTILE[way])  # type: ignore[arg-type]  # a table of answers
    started = time.monotonic()
    done = trackstep("check", "--endpoint-url", url, "--max-time", "4", directory=tmp_path)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert time.monotonic() - started < 4 + 10
    assert report(tmp_path)["reason"]


@pytest.mark.parametrize("calls", [300, pytest.param(3750, marks=pytest.mark.deep)])
def test_check__throttling_is_retried(calls: int, tmp_path: Path) -> None:
    """Every third call throttled is no deviation, and hinders no verdict (in process: tests/test_conforming.py)."""
    asked = iter(range(10**9))

    def throttling(environ: dict[str, Any], start_response: Any) -> Any:
        if next(asked) % 3 == 2:
            start_response("400 Bad Request", [("content-type", AWS_JSON), ("x-amzn-requestid", "r")])
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            return [b'{"__type":"ThrottlingException","message":"slow down"}']
        return server.application(environ, start_response)

    made = server.make_server("127.0.0.1", 0, throttling)
    with server.in_background(made) as url:
        done = trackstep("check", "--endpoint-url", url, "--max-calls", str(calls), directory=tmp_path)
    assert done.returncode == 0, done.stdout
    assert report(tmp_path)["deviations"] == []
    assert report(tmp_path)["verdict"] == ("conforms" if calls > 300 else "incomplete")
    assert report(tmp_path)["seconds"] > 0.02 * calls / 3 * 0.8, "it is waited before a call is made again"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["check", "--no-such-flag"], "No such option"),
        (["check", "--max-calls", "none"], "is not a valid integer"),
        (["check", "--target", "nobody"], "choose one of"),
        (["check", "--endpoint-url", "localhost"], "wants http://host:port"),
        (["check", "--endpoint-url", "http://localhost:1", "--target", "moto"], "exclude each other"),
        (["check", "--endpoint-url", "http://localhost:99999"], "wants http://host:port"),
        (["check", "--events-endpoint-url", "http://localhost:1"], "goes with --endpoint-url"),
        (["check", "--endpoint-url", "http://10.0.0.1:9"], "add --remote"),
        (
            ["check", "--endpoint-url", "http://localhost:1", "--events-endpoint-url", "http://10.0.0.1:9"],
            "add --remote",
        ),
        (["check", "--command", "true", "--endpoint-url", "http://10.0.0.1:9"], "add --remote"),
        (["replay", "program.txt", "--endpoint-url", "http://10.0.0.1:9"], "add --remote"),
        (["check", "--region", "not a region"], "such as us-east-1"),
        (["check", "--max-time", "nan"], "is not a number of seconds"),
        (["check", "--seconds", "-1"], "is not in the range"),
        (["check", "--fault", "nonsense"], "trackstep faults"),
        (["check", "--fault", "tags-survive", "--target", "moto"], "is for the embedded emulator"),
        (["check", "--profile", "nowhere.toml"], "nowhere.toml"),
        (["serve", "--fault", "nonsense", "--port", "0"], "trackstep faults"),
        (["explain", "ET-NO-1"], "trackstep clauses"),
        (["clauses", "--area", "nowhere"], "choose one of"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(words: list[str], says: str, tmp_path: Path) -> None:
    """A mistake of the user's is answered with what to do."""
    (tmp_path / "program.txt").write_text("ListDatasetGroups {}\n", encoding="utf-8")
    done = trackstep(*words, directory=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_check__profile_that_is_not_there(tmp_path: Path) -> None:
    """A wrong AWS setting is told in one line, where credentials are asked for at all."""
    words = ("check", "--max-calls", "30", "--endpoint-url", "http://127.0.0.1:9")
    done = trackstep(*words, directory=tmp_path, AWS_PROFILE="nobody")
    assert done.returncode == 2
    assert "unset AWS_PROFILE" in done.stderr
    assert "Traceback" not in done.stderr


def test_check__report_dir_that_cannot_be_written(tmp_path: Path) -> None:
    """A file where the directory should be is told in one line."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    done = trackstep("check", "--max-calls", "30", "--report-dir", "taken/out", directory=tmp_path)
    assert done.returncode == 2
    assert "--report-dir" in done.stderr
    assert "Traceback" not in done.stderr


def test_check__budget_too_small_is_said(tmp_path: Path) -> None:
    """With 30 calls much is not reached, and the report says so, clause by clause."""
    done = trackstep("check", "--max-calls", "30", directory=tmp_path)
    assert done.returncode == 0
    assert report(tmp_path)["calls"] <= 30
    assert report(tmp_path)["verdict"] == "incomplete"
    assert "situations were not reached: the 30 calls were spent" in report(tmp_path)["reason"]
    assert "not reached" in done.stdout
    assert any(clause["verdict"] == "not exercised" for clause in report(tmp_path)["clauses"])


def test_check__interrupted_keeps_what_was_found(tmp_path: Path) -> None:
    """Ctrl-C in the middle: the report is on disk and says so."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    words = ["check", "--target", "served", "--progression", "time", "--seconds", "0.3"]
    process = subprocess.Popen(
        [sys.executable, "-m", "trackstep.cli", *words],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert "seed 0" in process.stdout.readline()
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "interrupted" in report(tmp_path)["reason"]
    assert report(tmp_path)["verdict"] == "incomplete"


def test_check__interrupted_at_a_deviation(tmp_path: Path) -> None:
    """Ctrl-C: what was found is reported and saved, what was created is deleted, the exit code is for what was found.

    The emulator forgets what is gone when it is next asked.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    personalize_backends.reset()  # what other tests of this process have made is theirs
    with faults.planted("second-tracker-allowed"), emulator.progression("time", seconds=0.1), server.running() as url:
        process = subprocess.Popen(
            [sys.executable, "-m", "trackstep.cli", "check", "--endpoint-url", url],
            cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        until = time.monotonic() + 60
        while not found(tmp_path / "reports/out/history.jsonl", "ET-UNIQ-3") and time.monotonic() < until:
            time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=150)
        assert process.returncode == 1, errors
        held = [group.state for b in personalize_backends["123456789012"].values() for group in b.groups.values()]
        personalize_backends.reset()
    assert "Traceback" not in errors
    told = report(tmp_path)
    assert told["reason"].startswith("interrupted")
    assert "ET-UNIQ-3" in {d["clause"] for d in told["deviations"]}
    assert (tmp_path / "reports/out/history.jsonl").stat().st_size > 0
    assert set(held) <= {"DELETE PENDING", "GONE"}


def test_check__declared_deviations(tmp_path: Path) -> None:
    """A profile is started, filled in by hand, and accepted."""
    fault = ["check", "--fault", "second-tracker-allowed", "--max-calls", "200"]
    assert trackstep(*fault, "--write-profile", "declared.toml", directory=tmp_path).returncode == 1
    started = tmp_path / "declared.toml"
    assert trackstep(*fault, "--write-profile", "declared.toml", directory=tmp_path).returncode == 2
    refused = trackstep(*fault, "--profile", "declared.toml", directory=tmp_path)
    assert refused.returncode == 2
    assert "give a reason" in refused.stderr
    started.write_text(started.read_text(encoding="utf-8").replace('reason = ""', 'reason = "known"'), encoding="utf-8")
    accepted = trackstep(*fault[:-1], "2000", "--profile", "declared.toml", directory=tmp_path)
    assert accepted.returncode == 0, accepted.stdout
    told = report(tmp_path)
    assert told["verdict"] == "deviates as declared"
    assert told["scores"]["strict"]["must"][0] < told["scores"]["declared"]["must"][0]
    assert {row["reason"] for row in told["declared"]["deviations"]} == {"known"}


@pytest.mark.deep
def test_check__declared_deviation_that_no_longer_occurs(tmp_path: Path) -> None:
    """Only a whole run can tell; one of few calls is silent of it."""
    profile = (
        '[[deviation]]\nclause = "ET-UNIQ-3"\noperation = "CreateEventTracker"\nanswer = "success"\nreason = "known"\n'
    )
    (tmp_path / "declared.toml").write_text(profile + "expires = 2099-12-31\n", encoding="utf-8")
    few = trackstep("check", "--profile", "declared.toml", "--max-calls", "1500", directory=tmp_path)
    assert few.returncode == 0, few.stdout
    stale = trackstep("check", "--profile", "declared.toml", directory=tmp_path)
    assert stale.returncode == 1
    assert "no longer" in stale.stdout
    assert report(tmp_path)["declared"]["problems"]


def test_check__leaves_a_bundle_for_each_deviation(tmp_path: Path) -> None:
    """The report names the folder; its program replays, on a faithful target too, where it shows nothing."""
    done = trackstep("check", "--fault", "second-tracker-allowed", "--max-calls", "200", directory=tmp_path)
    assert done.returncode == 1
    for deviation in report(tmp_path)["deviations"]:
        folder = tmp_path / "reports/out" / deviation["bundle"]
        names = {path.name for path in folder.iterdir()}
        assert names == {"program.txt", "history.jsonl", "test_deviation.py", "reproduce.sh"}
        program = str(folder / "program.txt")
        again = trackstep("replay", program, "--fault", "second-tracker-allowed", directory=tmp_path)
        assert again.returncode == 1, again.stdout
        assert deviation["clause"] in again.stdout
        assert trackstep("replay", program, directory=tmp_path).returncode == 0
        assert trackstep("judge", str(folder / "history.jsonl"), directory=tmp_path).returncode == 1


def test_clauses__and_explain(tmp_path: Path) -> None:
    """The list has every clause, and one is shown with its recordings."""
    listed = trackstep("clauses", directory=tmp_path).stdout.splitlines()
    assert len(listed) > 100
    shown = trackstep("explain", "et-uniq-1", directory=tmp_path).stdout
    assert "R036" in shown
    assert "aws-samples" in shown
