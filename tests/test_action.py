"""action.yml: its own steps, run by bash as GitHub runs them, against a served emulator."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from trackstep import emulator
from trackstep.emulator import faults, server

ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
FEW = {"max-calls": "40", "package": "none"}


class Job:
    """One use of the action: what GitHub would put in place of its expressions, and what the steps left."""

    def __init__(self, directory: Path, **given: str) -> None:
        self.directory, self.outputs = directory, dict[str, str]()
        self.inputs = {name: row.get("default", "") for name, row in ACTION["inputs"].items()}
        self.inputs |= {name.replace("_", "-"): value for name, value in given.items()}
        self.summary, self.log, self.exit_code = directory / "summary", "", 0
        for step in STEPS:
            if self.exit_code == 0 and self.holds(step.get("if", "true")):
                self.run(step)

    def run(self, step: dict[str, Any]) -> None:
        """Run the script of a step as GitHub's ``shell: bash`` does."""
        output = self.directory / "output"
        output.write_text("", encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        kept |= {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PIP_NO_INDEX": "1"}
        kept |= {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(self.summary)}
        kept |= {name: self.value(text) for name, text in step.get("env", {}).items()}
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(
            words, cwd=self.directory, env=kept, capture_output=True, text=True, timeout=120, check=False
        )
        self.log += done.stdout + done.stderr
        self.exit_code = done.returncode
        for line in output.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            self.outputs[f"steps.{step.get('id')}.outputs.{name}"] = value

    def value(self, text: str) -> str:
        """The text with its expressions put in."""
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: self.term(found[1]), text)

    def term(self, text: str) -> str:
        """A name, a literal, or the first of several that is not empty."""
        values = {f"inputs.{name}": value for name, value in self.inputs.items()} | self.outputs
        values |= {"github.action_path": str(ROOT), "true": "true"}
        known = (t.strip("'") if t.startswith("'") else values.get(t, "") for t in text.split(" || "))
        return next(filter(None, known), "")

    def holds(self, condition: str) -> bool:
        """An ``if`` of comparisons joined by &&."""
        parts = (part.partition(" != ") for part in str(condition).lower().split(" && "))
        return all(self.term(left) != self.term(right) for left, _, right in parts)

    def output(self, name: str) -> str:
        """An output of the action."""
        return self.value(ACTION["outputs"][name]["value"])


@pytest.fixture(scope="module")
def faithful(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A job against the emulator as it should be."""
    with emulator.progression("immediate"), server.running() as url:
        return Job(tmp_path_factory.mktemp("faithful"), endpoint=url, **FEW)


def test_faithful_endpoint_passes(faithful: Job) -> None:
    """Outputs, the step summary, and the files that the docs promise."""
    assert faithful.exit_code == 0, faithful.log
    assert (faithful.output("exit-code"), faithful.output("verdict")) == ("0", "incomplete")
    written = {path.name for path in (faithful.directory / faithful.output("report-dir")).iterdir()}
    assert written >= {"report.json", "report.html", "junit.xml", "summary.md", "badge.svg"}
    assert "incomplete" in faithful.summary.read_text(encoding="utf-8")


def test_baseline_fails_for_a_regression_only(faithful: Job, tmp_path: Path) -> None:
    """A deviation that the baseline has not is a regression; the same baseline against itself is none."""
    baseline = faithful.directory / "reports/out/report.json"
    with faults.planted("second-tracker-allowed"), emulator.progression("immediate"), server.running() as url:
        broken = Job(tmp_path, endpoint=url, baseline=str(baseline), **FEW)
        assert (broken.exit_code, broken.output("exit-code"), broken.output("verdict")) == (1, "1", "deviates")
        assert "ET-UNIQ-3" in broken.summary.read_text(encoding="utf-8")
        known = broken.directory / "reports/out/report.json"
        again = Job(tmp_path, endpoint=url, baseline=str(known), report_dir="again", **FEW)
    assert (again.exit_code, again.output("exit-code"), again.output("verdict")) == (0, "0", "deviates"), again.log


def test_input_is_never_a_command(tmp_path: Path) -> None:
    """What looks like shell is an argument, and a wrong one."""
    hostile = '$(touch taken); `touch taken` "; touch taken #'
    job = Job(tmp_path, **dict.fromkeys(ACTION["inputs"], hostile) | {"package": "none"})
    assert (job.exit_code, job.output("exit-code"), job.output("verdict")) == (2, "2", "wrong usage")
    assert "Traceback" not in job.log
    hostile_where_it_is_taken = {"report_dir": "$(touch taken)", "baseline": "$(touch taken)"}
    job = Job(tmp_path, endpoint="http://127.0.0.1:9", package="none", **hostile_where_it_is_taken)
    assert (job.exit_code, job.output("exit-code"), job.output("verdict")) == (3, "3", "could not be judged")
    assert "could not be judged" in job.summary.read_text(encoding="utf-8")
    assert not list(tmp_path.rglob("taken"))


def test_another_machine_needs_remote(tmp_path: Path) -> None:
    """An endpoint that is not on the runner is wrong usage, unless the input says that it is meant."""
    job = Job(tmp_path, endpoint="http://10.0.0.1:9", **FEW)
    assert (job.exit_code, job.output("verdict")) == (2, "wrong usage")
    assert "add --remote" in job.log
    job = Job(tmp_path, endpoint="http://10.0.0.1:9", remote="true", **FEW)
    assert (job.exit_code, job.output("verdict")) == (3, "could not be judged")
    assert "no AWS credentials" in job.log


def test_scripts_hold_no_expressions() -> None:
    """Inputs come in by env alone."""
    assert not [step["name"] for step in STEPS if "${{" in step["run"]]


def test_install_step(tmp_path: Path) -> None:
    """pip takes what it is given; here that is what is installed already, since tests download nothing."""
    step = next(step for step in STEPS if step["name"] == "Install trackstep")
    job = Job.__new__(Job)
    job.directory, job.inputs, job.outputs, job.log = tmp_path, {"package": "trackstep"}, {}, ""
    job.summary = tmp_path / "summary"
    job.run(step)
    assert job.exit_code == 0, job.log
    assert "trackstep, version" in job.log
    assert job.value(step["env"]["PACKAGE"]) == "trackstep"
    job.inputs["package"] = ""
    assert job.value(step["env"]["PACKAGE"]) == str(ROOT)
