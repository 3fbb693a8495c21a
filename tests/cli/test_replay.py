"""``replay`` and ``judge``: exit codes, a line a call, one clear line for a mistake."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.cli.test_check import trackstep
from tests.model.test_judge import EXISTS, OTHER, TRACKER, create, group_is, make_group
from tests.targets.conftest import Serve, json_answer, serve
from trackstep import emulator, history
from trackstep.cli.replaying import judge
from trackstep.emulator import faults, server
from trackstep.emulator.models import personalize_backends
from trackstep.oracle import linearise
from trackstep.oracle.interval import Interval
from trackstep.outcome import Outcome

__all__ = ["serve"]
PROGRAM = """\
# a second event tracker
CreateDatasetGroup {"name": "$A"}
Settle {"of": "$A.arn"}
CreateEventTracker {"name": "$t1", "datasetGroupArn": "$A.arn"}
CreateEventTracker {"name": "$t1", "datasetGroupArn": "$A.arn"}
"""
FAULT = "second-tracker-allowed"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program in a file."""
    path = tmp_path / "program.txt"
    path.write_text(PROGRAM, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def report_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a small run against a broken emulator leaves."""
    directory = tmp_path_factory.mktemp("run")
    trackstep("check", "--fault", FAULT, "--max-calls", "400", "--max-time", "20", directory=directory)
    return directory / "reports" / "out"


def bundled(report_dir: Path) -> Path:
    """The history of the first deviation."""
    return min((report_dir / "deviations").iterdir()) / "history.jsonl"


def test_replay__program_that_deviates(program: Path, tmp_path: Path) -> None:
    """Exit code 1; each call on a line, the deviating one marked; plain off a terminal."""
    done = trackstep("replay", "program.txt", "--fault", FAULT, directory=tmp_path)
    assert done.returncode == 1, done.stderr
    calls = [line for line in done.stdout.splitlines() if line[:4].strip().isdigit()]
    assert len(calls) == 4
    assert "<- ET-UNIQ-3" in calls[-1]
    assert all("<- " not in call for call in calls[:-1])
    assert "ET-UNIQ-3 MUST CreateEventTracker, step 4: allowed refusal: Resource" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("deviates · 1 MUST and 0 SHOULD deviations · 4 calls · embedded")
    assert "\x1b[" not in done.stdout + done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["program.txt"]


def test_replay__program_that_does_not_deviate(program: Path, tmp_path: Path) -> None:
    """Exit code 0, also from standard input."""
    done = trackstep("replay", "program.txt", directory=tmp_path)
    assert done.returncode == 0
    assert "ResourceAlreadyExistsException" in done.stdout
    piped = trackstep("replay", "-", "--json", directory=tmp_path, stdin=PROGRAM)
    assert piped.returncode == 0
    told = json.loads(piped.stdout)
    assert (told["verdict"], told["calls"], told["deviations"]) == ("conforms", 4, [])
    assert [call["answer"] for call in told["sessions"][0]["calls"]][-1] == "ResourceAlreadyExistsException"


def test_replay__history_of_several_sessions(report_dir: Path, tmp_path: Path) -> None:
    """Each is run again, under names of its own; what deviates in any counts."""
    lines = (report_dir / "history.jsonl").read_text(encoding="utf-8").splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith('{"session"')]
    (tmp_path / "short.jsonl").write_text("\n".join(lines[: starts[3]]), encoding="utf-8")
    done = trackstep("replay", "short.jsonl", "--json", directory=tmp_path)
    assert done.returncode == 0, done.stdout[-2000:]
    assert len(json.loads(done.stdout)["sessions"]) == 3


def test_replay__history_of_a_deviation(report_dir: Path, tmp_path: Path) -> None:
    """At the fault it deviates again, elsewhere it does not."""
    history = str(bundled(report_dir))
    assert trackstep("replay", history, "--fault", FAULT, directory=tmp_path).returncode == 1
    assert trackstep("replay", history, directory=tmp_path).returncode == 0
    assert trackstep("replay", str(bundled(report_dir).with_name("program.txt")), directory=tmp_path).returncode == 0


@pytest.fixture
def endpoint() -> Iterator[str]:
    """A broken emulator over HTTP, where a status takes its time."""
    personalize_backends.reset()
    with faults.planted(FAULT), emulator.progression("time", seconds=0.05), server.running() as url:
        yield url


def test_replay__cleans_up_where_the_target_remembers(endpoint: str, program: Path, tmp_path: Path) -> None:
    """Nothing is left at the endpoint."""
    done = trackstep("replay", "program.txt", "--endpoint-url", endpoint, directory=tmp_path)
    assert done.returncode == 1, done.stderr
    backend = personalize_backends["123456789012"]["us-east-1"]
    backend._purge()
    assert not backend.groups
    assert not backend.trackers


@pytest.mark.parametrize(("name", "code"), [("", 0), (FAULT, 1)])
def test_replay__interrupted_judges_what_there_was(name: str, code: int, tmp_path: Path) -> None:
    """Ctrl-C: the exit code is that of what was found, and nothing is left behind."""
    personalize_backends.reset()
    again = 'CreateEventTracker {"name": "$t1", "datasetGroupArn": "$A.arn"}\n'
    slow = PROGRAM + 'CreateDatasetGroup {"name": "$B", "domain": "ECOMMERCE"}\nSettle {"of": "$B.arn"}\n' + again
    (tmp_path / "slow.txt").write_text(slow, encoding="utf-8")
    with faults.planted(*filter(None, [name])), emulator.progression("time", seconds=0.4), server.running() as url:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        words = [sys.executable, "-u", "-m", "trackstep.cli", "replay", "slow.txt", "--endpoint-url", url]
        process = subprocess.Popen(
            words, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        while "ECOMMERCE" not in process.stdout.readline():
            pass
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=90)
    assert not personalize_backends["123456789012"]["us-east-1"].trackers
    assert process.returncode == code, errors
    assert "Traceback" not in errors
    assert output.splitlines()[-1].startswith(f"{'deviates' if code else 'conforms'}: interrupted · {code} MUST")


HOSTILE = {
    "html": (200, "text/html", b"<html>hello</html>"),
    "closed": "close",
    "500": (500, "text/plain", b"oops"),
    "array": json_answer(200, [1]),
    "unknown": json_answer(400, {"__type": "UnknownOperationException"}),
    "credentials": json_answer(400, {"__type": "UnrecognizedClientException", "message": "no"}),
}


@pytest.mark.parametrize("way", HOSTILE)
def test_replay__hostile_endpoint_cannot_be_judged(way: str, program: Path, tmp_path: Path, serve: Serve) -> None:
    """Exit code 3 and one line, no traceback."""
    url = serve(HOSTILE[way])  # type: ignore[arg-type]  # a table of answers
    done = trackstep("replay", "program.txt", "--endpoint-url", url, directory=tmp_path)
    assert done.returncode == 3, done.stdout + done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "could not be judged: " in done.stderr


def test_replay__nobody_there(program: Path, tmp_path: Path) -> None:
    """A closed port, and moto as released, which has no event trackers."""
    done = trackstep("replay", "program.txt", "--endpoint-url", "http://127.0.0.1:9", "--json", directory=tmp_path)
    assert done.returncode == 3
    assert json.loads(done.stdout)["verdict"] == "could not be judged"
    assert "nothing listens there" in done.stderr
    done = trackstep("replay", "program.txt", "--target", "moto", directory=tmp_path)
    assert done.returncode == 3
    assert "core operations unsupported: Create" in done.stderr


def test_replay__a_crash_is_no_reason_to_give_up(tmp_path: Path) -> None:
    """An endpoint that answers other calls is judged, though it answered none of the program."""
    (tmp_path / "p.txt").write_text('DescribeEventTracker {"eventTrackerArn": ["a"]}\n', encoding="utf-8")
    done = trackstep("replay", "p.txt", "--fault", "unhashable-arn-is-a-crash", directory=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "ET-INPUT-10" in done.stdout


def test_replay__an_unknown_operation_may_be_sent(tmp_path: Path) -> None:
    """It is asked how it is refused."""
    (tmp_path / "p.txt").write_text("FrobnicateEventTracker {}\n", encoding="utf-8")
    assert trackstep("replay", "p.txt", directory=tmp_path).returncode == 0


def test_judge__history_of_a_deviation(report_dir: Path, tmp_path: Path) -> None:
    """Call by call, without any target."""
    done = trackstep("judge", str(bundled(report_dir)), directory=tmp_path)
    assert done.returncode == 1
    assert "<- ET-UNIQ-" in done.stdout
    assert "as recorded" in done.stdout.splitlines()[-1]
    told = json.loads(trackstep("judge", str(bundled(report_dir)), "--json", directory=tmp_path).stdout)
    assert told["deviations"][0]["clause"].startswith("ET-UNIQ-")
    assert told["sessions"][0]["calls"][-1]["breaks"]


def test_judge__history_of_a_run(report_dir: Path, tmp_path: Path) -> None:
    """A line a deviation, the same as the run's own, and the verdict."""
    done = trackstep("judge", str(report_dir / "history.jsonl"), directory=tmp_path)
    assert done.returncode == 1
    report = json.loads((report_dir / "report.json").read_text(encoding="utf-8"))
    found = {line.split()[0] for line in done.stdout.splitlines() if " tentative " not in line and line[:3] == "ET-"}
    assert found == {deviation["clause"] for deviation in report["deviations"]}
    assert all(", step " in line and " came back " in line for line in done.stdout.splitlines()[:-1])


def test_judge__history_that_conforms(tmp_path: Path) -> None:
    """Exit code 0, from standard input."""
    trackstep("check", "--max-calls", "40", directory=tmp_path)
    text = (tmp_path / "reports" / "out" / "history.jsonl").read_text(encoding="utf-8")
    done = trackstep("judge", "-", directory=tmp_path, stdin=text)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1].startswith("conforms · 0 MUST")


STEP = '{"operation": "ListDatasetGroups", "params": {}, "outcome": {"kind": "success", "result": {}}}'


def timed(**members: Any) -> str:
    """The same step, with moments."""
    return json.dumps(json.loads(STEP) | members)


START = '{"trackstep": 1}\n{"session": "a"}\n'
BAD: dict[str, tuple[Any, str]] = {
    "missing": (None, "No such file"),
    "directory": ("directory", "Is a directory"),
    "binary": (b"\xff\xfe\x00", "is not text"),
    "nul": ("ListDatasetGroups {}\0", "is not text"),
    "empty": ("", "no operation in it"),
    "comments": ("# nothing\n", "no operation in it"),
    "syntax": ('ListDatasetGroups {}\nCreateDatasetGroup {"name"', "line 2: the parameters are not JSON"),
    "reference": ('DescribeEventTracker {"eventTrackerArn": "$A.arm"}', "line 1: '$A.arm' refers to nothing"),
    "wait for nothing": ("Settle {}", "line 1: Settle wants"),
    "half a trace": (f'{START}{STEP}\n{STEP[:40]}', "line 4: not JSON"),
    "a trace of nothing": (START, "no step in it"),
    "an object": ('{"a": 1}', "not a history"),
    "a wrong name": (START + STEP.replace('"ListDatasetGroups"', "7"), "line 3: operation, region, code"),
    "half a wait": (START + STEP.replace("ListDatasetGroups", "Settle"), "line 3: a Settle"),
    "sent, and not answered": (START + timed(sent=1), "line 3: sent and answered are two finite numbers"),
    "a client, and no moments": (START + timed(client="a"), "line 3: sent and answered are two finite numbers"),
    "answered at no time": (START + timed(sent=1, answered=float("nan")), "line 3: sent and answered are two finite"),
    "answered never": (START + timed(sent=1, answered=float("inf")), "line 3: sent and answered are two finite"),
    "answered far away": (START + timed(sent=1, answered=10**400), "line 3: sent and answered are two finite"),
    "sent at a truth": (START + timed(sent=True, answered=2), "line 3: sent and answered are two finite numbers"),
    "sent at a text": (START + timed(sent="1", answered="2"), "line 3: sent and answered are two finite numbers"),
    "answered before it was sent": (START + timed(sent=2, answered=1), "line 3: answered at 1, before it was sent"),
    "a client of no name": (START + timed(sent=1, answered=2, client=7), "line 3: client is a string"),
    "one that says when": (f"{START}{STEP}\n{timed(sent=1, answered=2)}", "line 4: all steps of a session say when"),
    "one that does not": (f"{START}{timed(sent=1, answered=2)}\n{STEP}", "line 4: all steps of a session say when"),
    "three regions": (
        START + "\n".join(STEP.replace("{}, ", f'{{}}, "region": "{region}", ', 1) for region in "abc"), "two regions"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_file_that_is_wrong_is_one_line_and_exit_code_2(name: str, tmp_path: Path) -> None:
    """The line names the file, and the number of the line in it."""
    content, says = BAD[name]
    path = tmp_path / "file.txt"
    if content == "directory":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    commands = ["replay"] if name == "three regions" else ["replay", "judge"]
    for command in commands:
        done = trackstep(command, "file.txt", directory=tmp_path)
        assert done.returncode == 2, done.stdout + done.stderr
        assert len(done.stderr.splitlines()) == 1
        told = says in done.stderr or (command == "judge" and "is no history" in done.stderr)
        assert told, done.stderr
        assert "file.txt" in done.stderr


def test_replay__second_region_where_there_is_one(tmp_path: Path, serve: Serve) -> None:
    """What cannot be asked is told before anything is sent."""
    (tmp_path / "p.txt").write_text("ListDatasetGroups@2 {}", encoding="utf-8")
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    words = ("replay", "p.txt", "--endpoint-url", "http://example.invalid", "--remote")
    done = trackstep(*words, directory=tmp_path, **keys)
    assert done.returncode == 2
    assert "second region (@2)" in done.stderr


def race(tmp_path: Path, second: Outcome) -> None:
    """Two Creates at once, in a file."""
    steps = [make_group(), group_is("ACTIVE"), create(), create(second)]
    intervals = [Interval(0, 1, "a"), Interval(2, 3, "a"), Interval(4, 6, "a"), Interval(4.5, 5.5, "b")]
    lines = "\n".join(history.dump([history.History("ts", steps, True, intervals)]))
    (tmp_path / "race.jsonl").write_text(lines, encoding="utf-8")


def test_judge__overlapping_calls_that_an_order_explains(tmp_path: Path) -> None:
    """One of two Creates is refused, and was answered first; each call stands with its moments."""
    race(tmp_path, EXISTS)
    done = trackstep("judge", "race.jsonl", directory=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "   4  4.500–5.500 b  CreateEventTracker" in done.stdout


def test_judge__overlapping_calls_that_no_order_explains(tmp_path: Path) -> None:
    """Both of two Creates succeed; the same words each time."""
    race(tmp_path, Outcome.success({"eventTrackerArn": TRACKER, "trackingId": OTHER}))
    done = trackstep("judge", "race.jsonl", directory=tmp_path)
    assert done.returncode == 1, done.stdout
    (told,) = [line for line in done.stdout.splitlines() if line.startswith("ET-UNIQ-")]
    assert "; no order of the 2 overlapping calls explains it" in told
    assert trackstep("judge", "race.jsonl", directory=tmp_path).stdout == done.stdout
    (row,) = json.loads(trackstep("judge", "race.jsonl", "--json", directory=tmp_path).stdout)["deviations"]
    assert row["overlapping"] == 2


def test_judge__more_orders_than_can_be_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 3, and no guess."""
    race(tmp_path, EXISTS)
    monkeypatch.setattr(linearise, "BUDGET", 2)
    done = CliRunner().invoke(judge, [str(tmp_path / "race.jsonl")])
    assert done.exit_code == 3
    assert "could not be judged: 1 of 1 sessions not judged to the end" in done.output


def test_replay__overlapping_calls_are_sent_one_after_the_other(tmp_path: Path) -> None:
    """As they were sent, and it is said."""
    race(tmp_path, EXISTS)
    done = trackstep("replay", "race.jsonl", directory=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert line == "trackstep: calls of race.jsonl overlap; they are sent one after the other, as they were sent"
