"""What README and docs show is run as it stands."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from tests.cli.test_check import trackstep
from tests.deep import sweep
from trackstep.cli import main
from trackstep.emulator import server

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "target"


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


def test_events_of_the_docs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of an app runs as it stands."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    (text,) = blocks("docs/events.md", "python")
    space: dict[str, Any] = {}
    exec(compile(text, "test_clicks.py", "exec"), space)
    space["test_click_arrives"]()


def test_whole_target_of_the_docs(tmp_path: Path) -> None:
    """It is as short as promised, is the one in examples/target, is found by its entry point, and is judged."""
    target, _ = blocks("docs/targets.md", "python")
    assert len([line for line in target.splitlines() if line.strip()]) <= 30
    assert target == (EXAMPLE / "my_target.py").read_text(encoding="utf-8")
    (entries,) = blocks("docs/targets.md", "toml")
    assert entries in (EXAMPLE / "pyproject.toml").read_text(encoding="utf-8")
    shutil.copy(EXAMPLE / "my_fake.py", tmp_path)
    install(tmp_path, "my_target", target, entries.splitlines()[1].replace('"', ""))
    done = run(["trackstep", "check", "--target", "mine", "--settle-timeout", "5", "--max-calls", "900"], tmp_path)
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


DOCUMENTS = ("README.md", *(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").glob("*.md"))))
COMMANDS = [
    command
    for document in DOCUMENTS
    for command in re.findall(
        r"^    (trackstep .*?)(?:\s+#.*)?$", (ROOT / document).read_text(encoding="utf-8"), re.MULTILINE
    )
]
CODES = {"trackstep check --target moto": 3}
FEW = ["--max-calls", "60"]
"""For all checks; tests/test_conforming.py runs whole ones."""
ELSEWHERE = {
    r"--endpoint-url|trackstep serve": "they want a server: tests/docs/test_documents.py, tests/cli, tests/emulator",
    r"node driver|node/driver": "it wants npm install: tests/targets/test_node.py",
    r"trackstep formal$": "it takes its time: tests/formal, and `make formal`",
    r"trackstep formal prove --changes$": "it takes a minute or two: tests/formal, with fewer changes",
    r"trackstep formal judge$": "it takes a minute or two: tests/formal, with fewer sets",
    r"gate --sdk": "it wants another Python with boto3: tests/gate",
    r"botocore==|sdk history \d|\.whl|path/to/": "it wants a release or a file of the reader's: tests/sdk",
}
"""What is not run here, but taken by the command line: why, and where its like is run."""


def is_run_elsewhere(command: str) -> bool:
    """Whether something here cannot run it."""
    return any(re.search(pattern, command) for pattern in ELSEWHERE)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which somebody has worked before: the files that commands of the docs name."""
    directory = tmp_path_factory.mktemp("scene")
    done = trackstep("check", *FEW, "--quiet", "--write-profile", "declared.toml", directory=directory)
    assert done.returncode == 0, done.stderr
    for name in ("old", "new"):
        (directory / name).mkdir()
        shutil.copy(directory / "reports/out/report.json", directory / name)
    for name in ("sdk", "results"):
        shutil.copytree(ROOT / "reports" / name, directory / "reports" / name)
    return directory


DEEP = {"trackstep selftest --fault tags-survive --seeds 2"}
"""What takes its time, and is run by tests/test_selftest.py in small."""


@pytest.mark.parametrize("command", sweep(sorted(set(COMMANDS)), *sorted(set(COMMANDS) - DEEP)))
def test_commands_of_the_docs(command: str, scene: Path, tmp_path: Path) -> None:
    """Each command does what it is said to do; those that cannot run here are taken by the command line."""
    words = shlex.split(command)
    if is_run_elsewhere(command):
        taken(words[1:])
        return
    shutil.copytree(scene, tmp_path, dirs_exist_ok=True)
    if "--write-profile" in words:
        (tmp_path / "declared.toml").unlink()
    few = FEW if re.match("trackstep check( -|$)", command) else []
    as_a_shell = [str(path) for word in words for path in (sorted(tmp_path.glob(word)) if "*" in word else (word,))]
    done = trackstep(*as_a_shell[1:], *few, directory=tmp_path)
    assert done.returncode == CODES.get(command, 0), done.stdout + done.stderr


def taken(words: list[str]) -> None:
    """See that the command line takes these words. Raises click.UsageError where it does not."""
    command: click.Command = main
    context = click.Context(main, info_name="trackstep")
    while isinstance(command, click.Group) and words:
        command = command.commands[words.pop(0)]
    command.make_context(command.name, list(words), parent=context)


def test_every_module_has_its_place_in_the_architecture() -> None:
    """docs/architecture.md names each module once."""
    table = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    package = ROOT / "model" / "trackstep"
    folders = {path.parent.name for path in package.glob("*/__init__.py")}
    names = {path.stem for path in package.glob("*.py")} | {f"{folder}/" for folder in folders}
    for folder in ("oracle", "search", "results", "evidence", "pictures"):
        names |= {path.stem for path in (package / folder).glob("*.py")}
    for name in names - {"__init__"}:
        assert f"`{name}`" in table, name
