"""AWS SDK for JavaScript v3 behind its driver: it keeps the contract, and is judged like any target.

``npm ci`` installs it from the lock file, once. Without Node.js these tests are skipped, but not in CI.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from trackstep.cli import main

NODE = Path(__file__).parents[2] / "examples" / "drivers" / "node"
LOCK, INSTALLED = NODE / "package-lock.json", NODE / "node_modules" / ".package-lock.json"
OBJECT_FOR_TEXT = """
CreateDatasetGroup {"name": "$A"}
CreateEventTracker {"name": "$t1", "datasetGroupArn": "$A.arn"}
PutEvents {"trackingId": "$A.id", "sessionId": "s", "eventList": [{"eventType": "c", "sentAt": 1, "properties": {}}]}
"""


def missing(reason: str) -> None:
    """Skip, or fail where everything has to be there."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(f"the AWS SDK for JavaScript cannot run here: {reason}")


@pytest.fixture(scope="module")
def command() -> str:
    """How to start the driver; its SDK is there."""
    if not (shutil.which("node") and shutil.which("npm")):
        missing("node and npm are not installed (Node.js 20 or newer)")
    with (NODE / "node_modules.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # workers of pytest-xdist take turns
        if not INSTALLED.exists() or INSTALLED.stat().st_mtime < LOCK.stat().st_mtime:
            done = subprocess.run(["npm", "ci"], cwd=NODE, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode:
                missing(f"npm ci failed: {done.stderr.strip()[-300:]}")
    return f"node '{NODE}/driver.mjs'"


def test_driver_check__node(command: str) -> None:
    """The driver keeps the contract."""
    done = CliRunner().invoke(main, ["driver-check", "--command", command])
    assert done.exit_code == 0, done.output


def test_check__node(command: str, tmp_path: Path) -> None:
    """Nothing deviates but what is declared, as far as these calls come."""
    words = ["--profile", str(NODE / "declared.toml"), "--max-calls", "900", "--report-dir", str(tmp_path)]
    done = CliRunner().invoke(main, ["check", "--target", "stdio", "--command", command, "--json", *words])
    report = json.loads(done.stdout)
    assert done.exit_code == 0, report["deviations"]
    assert report["target"].startswith("AWS SDK for JavaScript 3.")
    assert {row["clause"] for row in report["deviations"]} <= {"ET-INPUT-6"}
    assert not report["unsupported"]


def test_replay__object_for_a_json_string(command: str) -> None:
    """The SDK writes an object as a JSON string where the model wants one: the one deviation, which is declared."""
    done = CliRunner().invoke(main, ["replay", "-", "--command", command, "--json"], input=OBJECT_FOR_TEXT)
    assert [row["clause"] for row in json.loads(done.stdout)["deviations"]] == ["ET-INPUT-6"]


def test_lock_file__names_no_registry() -> None:
    """What is installed is pinned by its hash, and comes from whatever registry the user has."""
    packages = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    assert all("integrity" in package for path, package in packages.items() if path)
    assert not any("resolved" in package for package in packages.values())
