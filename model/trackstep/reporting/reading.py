"""Reads report.json back: the only way in for what is rendered from a file. Holds it to its schema first."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from trackstep.errors import UsageError
from trackstep.reporting.inert import line

SCHEMA = "report.schema.json"


@cache
def schema() -> dict[str, Any]:
    """The schema of report.json: in the wheel, or in the checkout."""
    shipped = resources.files("trackstep.reporting").joinpath(SCHEMA)
    text = shipped if shipped.is_file() else Path(__file__).resolve().parents[3] / "reports" / SCHEMA
    found: dict[str, Any] = json.loads(text.read_text(encoding="utf-8"))
    return found


def read(file: str) -> dict[str, Any]:
    """The report in a file, ``-`` for standard input. Raises UsageError, one line, for anything that is none."""
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as wrong:
        raise UsageError(f"cannot read {line(file)}: {wrong.strerror}") from None
    except ValueError as wrong:
        raise UsageError(f"cannot read {line(repr(file))}: {wrong}") from None
    return loads(raw, file)


def loads(raw: bytes, name: str = "the file") -> dict[str, Any]:
    """The report in these bytes. Raises UsageError, which names the file and what is wrong with it."""
    shown = line(name)
    try:
        found = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError) as wrong:
        raise UsageError(f"{shown} is not JSON ({line(wrong, 100)}); is the file cut off?") from None
    if not isinstance(found, dict) or "verdict" not in found or "clauses" not in found:
        raise UsageError(f"{shown} is no report of `trackstep check`; give it a report.json")
    if broken := _broken(found):
        raise UsageError(f"{shown} is no report that this version reads: {broken}; run `trackstep check` again")
    return found


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is no number in JSON")


def _broken(found: dict[str, Any]) -> str:
    """The first way in which it breaks the schema, empty where it holds."""
    import jsonschema  # takes 0.1 s to import, and only this needs it

    errors: Iterator[Any] = jsonschema.Draft202012Validator(schema()).iter_errors(found)
    first = next(errors, None)
    if first is None:
        return ""
    where = ".".join(map(str, first.absolute_path))
    return line(f"{where}: {first.message}" if where else first.message, 160)
