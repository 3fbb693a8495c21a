"""What README and docs show is run as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from trackstep.emulator import server

ROOT = Path(__file__).parents[2]
MY_FAKE = '''
import json
from werkzeug.test import Client
from trackstep.emulator import server

def handle(action, body, region):
    """The embedded emulator, in the place of somebody's fake."""
    headers = {
        "X-Amz-Target": f"AmazonPersonalize.{action}",
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": f"AWS4-HMAC-SHA256 Credential=t/20260101/{region}/personalize/aws4_request, "
        "SignedHeaders=host, Signature=0",
    }
    answer = Client(server.application).post("/events" if action == "PutEvents" else "/", data=body, headers=headers)
    return answer.status_code, json.loads(answer.data or b"{}")
'''


def blocks(document: str, language: str) -> list[str]:
    """The fenced blocks of a document."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def run(words: list[str], directory: Path) -> subprocess.CompletedProcess[str]:
    """Run a command where the example's modules and entry points are found."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    environment = kept | {"PYTHONPATH": str(directory), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    return subprocess.run(
        words, cwd=directory, env=environment, capture_output=True, text=True, timeout=200, check=False
    )


def install(directory: Path, name: str, source: str, entry: str) -> None:
    """Lay a module and its entry point where Python finds them, as pip would."""
    (directory / f"{name}.py").write_text(source, encoding="utf-8")
    about = directory / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(f"[trackstep.targets]\n{entry}\n", encoding="utf-8")


def test_whole_target_of_the_docs(tmp_path: Path) -> None:
    """It is as short as promised, is found by its entry point, and is judged."""
    target, _ = blocks("docs/targets.md", "python")
    assert len([line for line in target.splitlines() if line.strip()]) <= 30
    (tmp_path / "my_fake.py").write_text(MY_FAKE, encoding="utf-8")
    (entry,) = (line for line in blocks("docs/targets.md", "toml")[0].splitlines() if line.startswith("mine"))
    install(tmp_path, "my_target", target, entry.replace('"', ""))
    done = run(["trackstep", "check", "--target", "mine", "--settle-timeout", "5"], tmp_path)
    assert "my fake 1.0" in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr


def test_boto_target_of_the_docs(tmp_path: Path) -> None:
    """The short variant, against a server of the emulator."""
    _, target = blocks("docs/targets.md", "python")
    with server.running() as url:
        install(tmp_path, "ours", target.replace("http://localhost:5000", url), "ours = ours:Ours")
        done = run(["trackstep", "check", "--target", "ours", "--max-calls", "200"], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ours, through botocore" in done.stdout


def test_readme_python(tmp_path: Path) -> None:
    """The emulator's example."""
    for block in blocks("README.md", "python"):
        done = run([sys.executable, "-c", block], tmp_path)
        assert done.returncode == 0, done.stderr


DOCUMENTS = ("README.md", "docs/profiles.md")
COMMANDS = [
    command
    for document in DOCUMENTS
    for command in re.findall(
        r"^    (trackstep .*?)(?:\s+#.*)?$", (ROOT / document).read_text(encoding="utf-8"), re.MULTILINE
    )
]
CODES = {"trackstep check --target moto": 3}
BEFORE = {
    "trackstep check --profile declared.toml": "trackstep check --max-calls 60 --write-profile declared.toml",
    "trackstep judge reports/out/history.jsonl": "trackstep check --max-calls 60",
}
"""What must have been done before a command, so that the file that it names is there."""


@pytest.mark.parametrize("command", sorted({c for c in COMMANDS if "--endpoint-url" not in c and "serve" not in c}))
def test_commands_of_the_docs(command: str, tmp_path: Path) -> None:
    """Each command does what it is said to do; those that need a server have tests of their own."""
    if command in BEFORE:
        assert run(BEFORE[command].split(), tmp_path).returncode == 0
    done = run(command.split(), tmp_path)
    assert done.returncode == CODES.get(command, 0), done.stdout + done.stderr


def test_every_module_has_its_place_in_the_architecture() -> None:
    """docs/architecture.md names each module once."""
    table = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    package = ROOT / "model" / "trackstep"
    names = {path.stem for path in package.glob("*.py")} | {
        f"{path.parent.name}/" for path in package.glob("*/__init__.py")
    }
    for name in names - {"__init__"}:
        assert f"`{name}`" in table, name
