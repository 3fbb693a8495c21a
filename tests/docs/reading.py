"""A reader who does what a document says: each fenced block in turn, in a directory of the document's own.

``console`` blocks hold commands (``$ ``) and output. A command must end with exit code 0, or with the one that a
following ``$ echo $?`` documents; each line of output must be in the real one, … aside. Before a block may stand

    <!-- in the background -->    its command goes on until the next such block: a server
    <!-- not run: WHY -->         it is passed over

A ``diff FILE`` block is an edit of that file by hand; of a ``yaml`` block, the trackstep commands of a job are run.
Port 5000 becomes a free one.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(["README.md", *(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md"))])
COMMANDS = ("console", "bash", "sh", "shell")
"""Languages of blocks that are run."""
_BLOCK = re.compile(r"(?:^<!-- (?P<marker>[^\n]*) -->\n)?^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.M | re.S)
SECONDS = 120
FEW = "--max-calls 60"
"""What a job of a CI gets here, for which the docs set no limit."""


class Block(NamedTuple):
    """A fenced block: language and what follows it, the comment above it, its text, the number of its first line."""

    language: str
    name: str
    marker: str
    text: str
    line: int


@dataclass
class Typed:
    """A command as typed, the output that is documented, the exit code that is."""

    command: str
    output: list[str]
    code: int = 0


def blocks(document: str) -> list[Block]:
    """The fenced blocks of a document, in order."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = []
    for block in _BLOCK.finditer(text):
        language, _, name = block["info"].partition(" ")
        line = text.count("\n", 0, block.start("text")) + 1
        found.append(Block(language, name, block["marker"] or "", block["text"], line))
    return found


def typed(text: str) -> Iterator[Typed]:
    """The commands of a console block."""
    made: list[Typed] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            made.append(Typed(line[2:], []))
        elif line.startswith("> ") and made and not made[-1].output:
            made[-1].command += "\n" + line[2:]
        elif made:
            made[-1].output.append(line)
        else:
            raise AssertionError(f"output before any command: {line!r}")
    for number, one in enumerate(made):
        if one.command == "echo $?":
            made[number - 1].code = int(one.output[0])
    return (one for one in made if one.command != "echo $?")


class Reader:
    """Does what is written; a context, so that nothing goes on running."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.background: subprocess.Popen[str] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        self.environment = kept | {"PATH": path, "NO_COLOR": "1", "PIP_NO_INDEX": "1"}

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End what runs in the background."""
        if self.background is not None:
            self.background.terminate()
            self.background.communicate(timeout=20)
            self.background = None

    def do(self, block: Block) -> None:
        """Do one block. Raises AssertionError where it does not do what is documented."""
        text = re.sub(r"\b5000\b", self.port, block.text)
        if block.marker.startswith("not run: "):
            return
        if block.language == "diff":
            self.edit(block.name, text)
        elif block.marker == "in the background":
            (one,) = typed(text)
            self.start(one.command)
        elif block.language == "yaml":
            for command in re.findall(r"^ *- (trackstep .*)$", text, re.M):
                self.run(Typed(f"{command} {FEW}", []))
        elif block.language in COMMANDS:
            lines = text if block.language == "console" else "".join(f"$ {line}\n" for line in text.splitlines())
            for one in typed(lines):
                self.run(one)

    def run(self, one: Typed) -> None:
        """Run one command and hold it to what is documented of it."""
        done = subprocess.run(
            ["bash", "-c", one.command], cwd=self.directory, env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == one.code, f"$ {one.command}\n{done.stdout}exit code {done.returncode}"
        for line in one.output:
            assert line == "…" or line.strip() in done.stdout, f"$ {one.command}\nwithout {line!r}:\n{done.stdout}"

    def start(self, command: str) -> None:
        """Start a server in the background, and wait until it listens."""
        self.stop()
        self.background = subprocess.Popen(
            ["bash", "-c", f"exec {command}"], cwd=self.directory, env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(self.port))) == 0:
                    return
            assert self.background.poll() is None, f"{command} has ended: {self.background.communicate()[0]}"
            time.sleep(0.05)
        raise AssertionError(f"{command} does not listen on {self.port}")

    def edit(self, name: str, text: str) -> None:
        """Put the + lines in place of the - lines, which must stand in the file once."""
        lines = text.splitlines(keepends=True)
        old, new = ("".join(line[1:] for line in lines if line[0] == sign) for sign in "-+")
        path = self.directory / name
        before = path.read_text(encoding="utf-8")
        assert before.count(old) == 1, f"{name} has these lines {before.count(old)} times:\n{old}"
        path.write_text(before.replace(old, new), encoding="utf-8")
