"""The command line as a place to live: help with examples, completion, one line where one is asked for."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.cli.test_check import trackstep
from trackstep.cli import example, main

LEAVES = dict(example.leaves(main))
EXAMPLES = [line for words in LEAVES for line in example.lines(words)]


@pytest.mark.parametrize("words", LEAVES)
def test_help_ends_with_examples(words: str) -> None:
    """Each command shows how it is called."""
    shown = CliRunner().invoke(main, [*words.split(), "--help"])
    assert shown.exit_code == 0
    assert "Examples:\n" in shown.output
    for line in example.lines(words):
        assert f"    {line}" in shown.output


@pytest.mark.parametrize("line", EXAMPLES)
def test_example_is_taken_by_its_command(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its options and values are those that the command has."""
    monkeypatch.chdir(tmp_path)
    typed = line.removeprefix('eval "$(').removesuffix(')"').partition(" >")[0]
    program, *words = shlex.split(typed)
    assert program == "trackstep"
    command: click.Command = main
    context = click.Context(main, info_name="trackstep")
    while isinstance(command, click.Group) and words:
        command = command.commands[words.pop(0)]
    for word in words:
        if word.endswith(".json"):  # where a file must be there to be taken
            (tmp_path / word).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / word).touch()
    command.make_context(command.name, list(words), parent=context)


def test_every_example_belongs_to_a_command() -> None:
    """None is left of a command that is gone."""
    assert set(example.EXAMPLES) == set(LEAVES)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("trackstep cla", "clauses"),
        ("trackstep explain et-uniq-", "ET-UNIQ-3"),
        ("trackstep check --target se", "served"),
        ("trackstep check --fault second-", "second-tracker-allowed"),
        ("trackstep clauses --area UN", "UNIQ"),
    ],
)
def test_completion(words: str, found: str) -> None:
    """What the shell asks for by the script's variable is answered."""
    asked = {"_TRACKSTEP_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    answered = CliRunner().invoke(main, prog_name="trackstep", env=asked)
    assert f"plain,{found}" in answered.output.splitlines()


def test_completion_script_is_bash(tmp_path: Path) -> None:
    """The script is printed, and a bash that reads it completes trackstep with it."""
    script = CliRunner().invoke(main, ["completion", "bash"]).output
    (tmp_path / "script").write_text(script, encoding="utf-8")
    words = ["bash", "--norc", "-c", "source ./script; complete -p trackstep"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False)
    assert done.stdout.strip() == "complete -o nosort -F _trackstep_completion trackstep"
    for shell in ("zsh", "fish"):
        assert "_TRACKSTEP_COMPLETE" in CliRunner().invoke(main, ["completion", shell]).output


def test_check__quiet_is_one_line(tmp_path: Path) -> None:
    """The verdict, whatever it is: on standard output, or on standard error where nothing could be judged."""
    code, out, err = trackstep("check", "--quiet", "--max-calls", "30", directory=tmp_path)
    assert (code, err, len(out.splitlines())) == (0, "", 1)
    assert out.startswith("incomplete: ")
    code, out, err = trackstep("check", "--quiet", "--endpoint-url", "http://127.0.0.1:9", directory=tmp_path)
    assert (code, out, len(err.splitlines())) == (3, "", 1)
    assert "is the server running?" in err


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty on Windows")
@pytest.mark.parametrize(
    ("setting", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colours_on_a_terminal(setting: dict[str, str], is_coloured: bool, tmp_path: Path) -> None:
    """On a terminal there are colours, unless NO_COLOR or the terminal says otherwise."""
    import pty

    mine, theirs = pty.openpty()
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLORTERM")}
    words = [sys.executable, "-m", "trackstep.cli", "explain", "ET-NO-1"]
    process = subprocess.Popen(
        words, cwd=tmp_path, env=kept | {"TERM": "xterm-256color"} | setting, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    said = b""
    while part := _read(mine):
        said += part
    assert process.wait(timeout=20) == 2
    os.close(mine)
    assert b"trackstep clauses" in said
    assert (b"\x1b[31m" in said) == is_coloured


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # the way in which Linux says that the other end is closed
        return b""
