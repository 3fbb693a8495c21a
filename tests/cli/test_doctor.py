"""``trackstep doctor``: what can run here; it never fails."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.targets.conftest import Serve, json_answer, serve
from trackstep import spec
from trackstep.cli import main
from trackstep.emulator import server

__all__ = ["serve"]


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with no program and no credentials; the folder that is its PATH."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.delenv("JAVA", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def doctor(*words: str) -> dict[str, str]:
    """What it says, by the first word of the line."""
    done = CliRunner().invoke(main, ["doctor", *words])
    assert done.exit_code == 0, done.output
    return {line[:12].strip(): line[13:] for line in done.output.splitlines()}


def test_doctor__a_bare_machine(bare: Path) -> None:
    """Each thing that is missing is named with what it is needed for."""
    said = doctor()
    assert list(said) == [
        "trackstep",
        "clauses",
        "targets",
        "credentials",
        "endpoint",
        "java, TLC",
        "z3",
        "node",
        "npm",
        "chromium",
    ]
    assert said["clauses"].startswith(f"{len(spec.load().clauses)}, in ")
    assert "emulator" in said["targets"]
    assert said["credentials"].startswith("none; on loopback dummies will do")
    assert said["java, TLC"].endswith("tla2tools.jar"), "found as `trackstep formal` finds them: in packages"
    assert said["z3"] == f"z3-solver {importlib.metadata.version('z3-solver')}"
    assert said["endpoint"] == "none given; --endpoint-url URL asks one"


def test_doctor__without_z3(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install, and what for."""
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "z3" else found(name, *more))
    missing = "no z3 was found: pip install 'trackstep[formal]', or pip install z3-solver"
    assert doctor()["z3"] == f"{missing}; needed for `trackstep formal prove` and nothing else"


def test_doctor__programs_that_are_there(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The version that a program says, made inert; one that fails and one that is no program are told apart."""
    node = bare / "node"
    node.write_text("#!/bin/sh\nprintf 'v99.0.0 \\033[31mred\\nmore\\n'\n", encoding="utf-8")
    broken = bare / "npm"
    broken.write_bytes(b"\x7fELF nonsense")
    for program in (node, broken):
        program.chmod(0o755)
    monkeypatch.setenv("JAVA", "/nowhere/java")
    said = doctor()
    assert said["node"] == f"v99.0.0  [31mred ({node})"
    assert said["npm"].startswith(f"{broken} does not run (OSError)")
    assert said["java, TLC"].startswith("JAVA names '/nowhere/java', which is no program; unset it; needed for")


def test_doctor__credentials(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether there are any, and no more of them than that; a profile that is not there is named."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIASECRET")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    said = doctor()
    assert said["credentials"] == "found; profile default"
    assert "SECRET" not in str(said)
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert "unset AWS_PROFILE" in doctor()["credentials"]


def test_doctor__endpoint(bare: Path, serve: Serve) -> None:
    """An emulator, a server of something else, one that refuses, nobody, and what is no URL."""
    with server.running() as url:
        assert (
            doctor("--endpoint-url", url)["endpoint"]
            == f"{url} answers; check it with: trackstep check --endpoint-url {url}"
        )
    page = serve((200, "text/html", b"<html>hello</html>"))
    assert "does not answer as the API would" in doctor("--endpoint-url", page)["endpoint"]
    refusing = serve(json_answer(400, {"__type": "UnrecognizedClientException", "message": "who?"}))
    assert (
        "refuses ListDatasetGroups: UnrecognizedClientException who?" in doctor("--endpoint-url", refusing)["endpoint"]
    )
    assert "is the server running?" in doctor("--endpoint-url", "http://127.0.0.1:9")["endpoint"]
    assert "wants http://host:port" in doctor("--endpoint-url", "nonsense")["endpoint"]
