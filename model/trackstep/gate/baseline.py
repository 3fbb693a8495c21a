"""A run kept in a file, to compare the next one with: one JSON object a line, a line a call.

Owns the form of the file, and what makes it useless: another format, seed or script. Knows nothing of differences.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trackstep.errors import UsageError
from trackstep.gate.rule import short
from trackstep.gate.running import Run
from trackstep.gate.script import Script
from trackstep.gate.seen import Seen

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was seen of each call, and which deviations there were: number of the call and rule."""

    sdk: str
    calls: list[Seen]
    known: frozenset[tuple[int, str]]


def dumps(run: Run, script: Script) -> Iterator[str]:
    """The lines of the file. The same run gives the same lines: no date, no path."""
    head = {"gate": FORMAT, "sdk": run.sdk, "seed": script.seed, "max_calls": script.max_calls}
    yield json.dumps(head | {"script": script.digest, "calls": script.calls})
    broken: dict[int, list[str]] = {}
    for deviation in run.deviations:
        broken.setdefault(deviation.number, []).append(deviation.rule)
    operations = [call.operation.name for program in script.programs for call in program.calls]
    for number, (name, told) in enumerate(zip(operations, run.calls, strict=True), 1):
        about = {"call": number, "operation": name}
        rules = {"breaks": sorted(set(broken[number]))} if number in broken else {}
        yield json.dumps(about | {"seen": told} | rules)


def save(run: Run, script: Script, path: Path) -> None:
    """Write the file. Raises UsageError where it cannot be written."""
    try:
        path.write_text("".join(f"{line}\n" for line in dumps(run, script)), encoding="utf-8")
    except OSError as wrong:
        raise UsageError(f"{path} cannot be written: {wrong.strerror}") from None


def head(path: Path) -> dict[str, Any]:
    """The first line of the file. Raises UsageError where there is none."""
    try:
        with path.open(encoding="utf-8") as lines:
            return _object(lines.readline(), path, 1)
    except OSError as wrong:
        raise UsageError(f"{path} cannot be read: {wrong.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no baseline: it is not UTF-8; write one with --write-baseline") from None


def load(path: Path, script: Script) -> Baseline:
    """Read a baseline of this script. Raises UsageError for a broken one, and for one of another script."""
    about = head(path)
    if about.get("gate") != FORMAT:
        raise UsageError(f"{path} is no baseline of this format ({FORMAT}); write one with --write-baseline")
    for name, ours, option in (("seed", script.seed, "--seed"), ("max_calls", script.max_calls, "--max-calls")):
        if about.get(name) != ours:
            theirs = short(about.get(name))
            raise UsageError(f"{path} was made with {option} {theirs}, not {ours}; say so, or write it again")
    if about.get("script") != script.digest:
        raise UsageError(f"{path} is of another version of the script; write it again with --write-baseline")
    rows = [_object(line, path, n) for n, line in enumerate(path.read_text("utf-8").splitlines()[1:], 2)]
    calls = [row.get("seen") for row in rows]
    broken = [row.get("breaks", []) for row in rows]
    sound = all(map(_is_seen, calls)) and all(isinstance(rules, list) for rules in broken)
    if len(calls) != script.calls or not sound:
        raise UsageError(f"{path} is cut off or was edited: it should hold {script.calls} calls; write it again")
    known = {(number, str(rule)) for number, rules in enumerate(broken, 1) for rule in rules}
    return Baseline(str(about.get("sdk", "")), [call for call in calls if call is not None], frozenset(known))


def _is_seen(call: Any) -> bool:
    if not isinstance(call, dict) or not isinstance(call.get("types", {}), dict):
        return False
    requests = call.get("requests")
    return isinstance(requests, list) and all(isinstance(request, dict) for request in requests)


def _object(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise UsageError(f"{path} is no baseline: line {number} is no JSON object; write one with --write-baseline")
    return row
