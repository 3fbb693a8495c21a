"""Bad circumstances, and files that are none, for the commands: one line, the documented exit code, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.deep import sweep
from tests.hostile.damage import JUNK
from trackstep.cli import main

HEAD = '{"trackstep": 1}\n{"session": "p", "complete": true}\n'
STEP: dict[str, Any] = {
    "operation": "DescribeEventTracker",
    "params": {"eventTrackerArn": "arn:aws:personalize:us-east-1:1:event-tracker/0"},
    "region": "us-east-1", "outcome": {"kind": "success", "wire": {"status": 200, "headers": {}, "body": "{}"}},
}  # fmt: skip


def changed(value: Any) -> Iterator[Any]:
    """The step with junk in each of its places, one after the other."""
    if isinstance(value, dict):
        for name, inner in value.items():
            for junk in JUNK.values():
                yield {**value, name: junk}
            yield {key: kept for key, kept in value.items() if key != name}
            for deeper in changed(inner):
                yield {**value, name: deeper}


FILES: dict[str, str | bytes] = {
    "empty": "", "blank": "\n\n", "nul": "\0", "binary": bytes(range(256)), "array": "[1]", "number": "7",
    "half": HEAD[:20],
    "head-only": HEAD, "deep": HEAD + "[" * 100_000, "5000-digits": HEAD + '{"a": ' + "9" * 5000 + "}",
    "bom": "\ufeff" + HEAD,
    "carriage-returns": HEAD.replace("\n", "\r\n"), "another-version": '{"trackstep": 99}\n',
    "an-unknown-operation": "Nonsense {}",
    "no-json": "CreateDatasetGroup {", "a-list": "CreateDatasetGroup []",
    "a-surrogate": 'CreateDatasetGroup {"name": "\\ud800"}',
    "a-reference-to-nothing": 'CreateDatasetGroup {"name": "$"}', "settle-of-nothing": "Settle {}",
    "walk-of-nothing": "Walk {}",
    "settle-of-a-number": 'Settle {"of": 7}',
    "walk-of-a-list": 'Walk {"operation": []}',
    "steps-before-a-session": '{"trackstep": 1}\n' + json.dumps(STEP),
}  # fmt: skip


@pytest.mark.parametrize("command", ["judge", "replay"])
@pytest.mark.parametrize("name", FILES)
def test_file__that_is_none(name: str, command: str, tmp_path: Path) -> None:
    """Exit code 2 and one line, or what can be made of it."""
    file = tmp_path / "file"
    text = FILES[name]
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = CliRunner().invoke(main, [command, str(file)])
    assert done.exit_code in (0, 1, 2, 3), done.output
    assert "Traceback" not in done.output
    assert "internal error" not in done.output


def test_judge__a_step_with_junk_in_each_place(tmp_path: Path) -> None:
    """Never an internal error, whatever stands where."""
    file, failed = tmp_path / "history.jsonl", []
    for number, step in enumerate(changed(STEP)):
        file.write_text(HEAD + json.dumps(step) + "\n", encoding="utf-8")
        done = CliRunner().invoke(main, ["judge", "--json", str(file)])
        if done.exit_code not in (0, 1, 2, 3) or "internal error" in done.output:
            failed.append((number, json.dumps(step)[:200], done.output[-300:]))
    assert failed == []


def test_judge__nothing_to_judge_is_3(tmp_path: Path) -> None:
    """A history without an answer that can be judged does not conform."""
    file = tmp_path / "history.jsonl"
    file.write_text(HEAD + json.dumps({**STEP, "outcome": {"kind": "throttled", "code": "X"}}), encoding="utf-8")
    done = CliRunner().invoke(main, ["judge", str(file)])
    assert done.exit_code == 3, done.output


def check(tmp_path: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A short check, as a process."""
    line = [sys.executable, "-m", "trackstep.cli", "check", "--max-calls", "60", "--report-dir", str(tmp_path / "out")]
    return subprocess.run(
        [*line, *words], env={**os.environ, **environment}, capture_output=True, timeout=60, check=False, cwd=tmp_path
    )  # fmt: skip


# The others are deep: what ASCII lacks they lack in part, or not at all.
@pytest.mark.parametrize("encoding", sweep(["ascii", "latin-1", "utf-8"], "ascii"))
def test_check__a_console_that_lacks_letters(encoding: str, tmp_path: Path) -> None:
    """It shows others; the files are UTF-8."""
    done = check(tmp_path, "--fault", "second-tracker-allowed", PYTHONIOENCODING=encoding, LANG="C", LC_ALL="C")
    assert done.returncode in (0, 1), done.stderr
    assert b"Traceback" not in done.stderr
    assert json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))["calls"] <= 60


def test_check__a_report_dir_that_is_none_costs_no_call(tmp_path: Path) -> None:
    """It is opened before the first call: exit code 2, and one line."""
    (tmp_path / "out").write_text("", encoding="utf-8")
    done = check(tmp_path)
    assert done.returncode == 2
    assert b"names begin with" not in done.stdout
    assert len(done.stderr.splitlines()) <= 4


def test_internal_error_is_4_and_says_where_the_trace_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One line, the trace kept, an exit code that means nothing else."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("trackstep.oracle.judge.judge", lambda *_: 1 / 0)
    file = tmp_path / "history.jsonl"
    file.write_text(HEAD + json.dumps(STEP), encoding="utf-8")
    done = CliRunner().invoke(main, ["judge", str(file)])
    assert done.exit_code == 4
    assert "internal error: ZeroDivisionError" in done.output
    (kept,) = tmp_path.glob("trackstep-error-*.txt")
    assert "division by zero" in kept.read_text(encoding="utf-8")
