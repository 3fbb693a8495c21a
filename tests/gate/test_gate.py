"""``trackstep gate`` as a user meets it: exit codes, one clear line for a mistake, what is written."""

from __future__ import annotations

import json
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.gate.conftest import HERE, PYTHON
from trackstep import history
from trackstep.cli import main

CALLS = ("--max-calls", "190")
"""As far as the end of one life."""


def gate(folder: Path, *words: str, sdk: str = PYTHON) -> Result:
    """Run the command, its reports in this folder."""
    return CliRunner().invoke(main, ["gate", "--sdk", sdk, "--report-dir", str(folder / "out"), *words])


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A baseline of the installed boto3, written by the command."""
    folder = tmp_path_factory.mktemp("gate")
    done = gate(folder, *CALLS, "--write-baseline", str(folder / "baseline.json"))
    assert done.exit_code == 0, done.output
    assert "written: " in done.output
    return folder / "baseline.json"


def test_gate__itself(baseline: Path, tmp_path: Path) -> None:
    """The same SDK again: no difference, exit code 0, and byte for byte the same run."""
    done = gate(tmp_path, *CALLS, "--baseline", str(baseline), "--json")
    told = json.loads(done.output)
    assert (done.exit_code, told["verdict"], told["differences"]) == (0, "no difference", [])
    assert all(group["known"] for group in told["deviations"])
    assert (tmp_path / "out" / "gate.jsonl").read_bytes() == baseline.read_bytes()
    assert json.loads((tmp_path / "out" / "gate.json").read_text()) == told
    kept = history.parse((tmp_path / "out" / "gate-history.jsonl").read_text())
    assert [len(each.steps) for each in kept] == [190 - 158]


def test_gate__without_a_baseline(tmp_path: Path) -> None:
    """Only judged: botocore does not read a code that stands elsewhere than in __type, and the source is named."""
    done = gate(tmp_path, "--max-calls", "9")
    assert done.exit_code == 1
    assert "CreateDatasetGroup · deviates: reads: error named by code\n" in done.output
    assert "  source    smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html" in done.output
    assert "\ndeviates\n" in done.output


def test_gate__changed(baseline: Path, tmp_path: Path) -> None:
    """A candidate that differs: exit code 1, and the report says what, where and what it means."""
    command = f"command:{sys.executable} {HERE / 'faulty.py'} drops_tags"
    done = gate(tmp_path, *CALLS, "--baseline", str(baseline), sdk=command)
    assert done.exit_code == 1
    assert "CreateEventTracker · body of tags\n" in done.output
    assert "  now       (absent)\n  means     a member of the request is new, gone" in done.output
    assert "    and so  ListTagsForResource · result of tags from call " in done.output
    assert "\ndiffers from the baseline and deviates\n" in done.output


Spoil = Callable[[str], str]
SPOILT: dict[str, tuple[Spoil, str]] = {
    "empty": (lambda text: "", "line 1 is no JSON object"),
    "no JSON": (lambda text: "{", "line 1 is no JSON object"),
    "another format": (lambda text: text.replace('"gate": 1', '"gate": 9', 1), "no baseline of this format"),
    "cut off": (lambda text: "\n".join(text.split("\n")[:20]), "is cut off or was edited"),
    "in the middle of a line": (lambda text: text[:5000], "is no JSON object"),
    "another script": (lambda text: text.replace('"script": "', '"script": "x', 1), "another version of the script"),
    "another seed": (lambda text: text.replace('"seed": 0', '"seed": 3', 1), "with --seed 3, not 0"),
    "edited": (lambda text: text.replace('"requests": [', '"requests": [7, ', 1), "is cut off or was edited"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_gate__broken_baseline(what: str, baseline: Path, tmp_path: Path) -> None:
    """A baseline that is none: one line, exit code 2, and nothing is run."""
    spoil, said = SPOILT[what]
    broken = tmp_path / "broken.json"
    broken.write_text(spoil(baseline.read_text(encoding="utf-8")), encoding="utf-8")
    done = gate(tmp_path, *CALLS, "--baseline", str(broken))
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("sdk", "said"),
    [
        ("boto3", "--sdk wants python:/path/to/venv or 'command:node driver.mjs', not 'boto3'"),
        ("python:/nowhere", "/nowhere is no venv"),
        ("command:", "wants what starts a driver"),
        ("command:'", "cannot be taken apart"),
    ],
)
def test_gate__wrong_sdk(sdk: str, said: str, tmp_path: Path) -> None:
    """What is no SDK: one line, exit code 2."""
    done = gate(tmp_path, sdk=sdk)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr


def test_gate__venv_without_boto3(tmp_path: Path) -> None:
    """A venv with nothing in it: one line that says how to install it, exit code 2."""
    venv.create(tmp_path / "bare", with_pip=False)
    done = gate(tmp_path, sdk=f"python:{tmp_path / 'bare'}")
    assert done.exit_code == 2
    assert done.stderr.endswith("-m pip install boto3\n")


def test_gate__two_baselines(tmp_path: Path) -> None:
    """A run is compared or kept, not both."""
    done = gate(tmp_path, "--baseline", "a", "--write-baseline", "b")
    assert done.exit_code == 2
    assert "exclude each other" in done.stderr


def test_gate__driver_dies(tmp_path: Path) -> None:
    """A driver that ends is named: exit code 3."""
    done = gate(tmp_path, sdk=f"command:{sys.executable} -c 'raise SystemExit(7)'")
    assert done.exit_code == 3
    assert "exit code 7" in done.stderr
