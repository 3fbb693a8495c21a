"""What the head of a report says beside its verdict, and how a run or one deviation is done again, in words.

Reads report.json alone, also one of an earlier version, which does not say when and where it was made.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]


def made(report: Row) -> str:
    """When the run began, how long it took, and on which host."""
    origin = report.get("origin") or {}
    if not origin:
        return f"took {report['seconds']} s"
    began = str(origin["began"]).replace("T", " ").removesuffix("Z")
    return f"began {began} UTC, took {report['seconds']} s, on {origin['host']}"


def version(report: Row) -> str:
    """Which commit or version of the target it was, and who says so."""
    origin = report.get("origin") or {}
    said, own = origin.get("version", ""), origin.get("own_version", "")
    if said and own:
        return f"{said} (it calls itself {own})"
    return said or own or "not told; say it with --target-version"


def options(report: Row) -> list[str] | None:
    """The options that choose the same target again; None where the report cannot tell."""
    told = (report.get("origin") or {}).get("options")
    if told is not None:
        return [str(word) for word in told]
    found = re.match(r"https?://[^\s,]+", str(report.get("target", "")))
    return ["--endpoint-url", found[0]] if found else None


def run_again(report: Row) -> str:
    """The command that does the whole run again; empty where it is not known how the target is chosen."""
    chosen, settings = options(report), report["settings"]
    if chosen is None or not settings:
        return ""
    words = ["trackstep", "check", *chosen, "--seed", str(report["seed"]), "--max-calls", str(settings["max_calls"])]
    return shlex.join([*words, *(["--strict"] if settings.get("strict") else [])])


def replay(report: Row, program: str | Path) -> str:
    """The command that runs one program again on the same target; empty where it is not known how that is chosen."""
    chosen = options(report)
    return "" if chosen is None else shlex.join(["trackstep", "replay", str(program), *chosen])


def judge(history: str | Path) -> str:
    """The command that judges again what was recorded, of calls that overlap: it takes luck to see that again."""
    return shlex.join(["trackstep", "judge", str(history)])
