"""report.json: the last event of a run, on disk."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from trackstep.errors import UsageError


def dumps(report: dict[str, Any]) -> str:
    """The report as text, the same for the same report."""
    return json.dumps(report, indent=1, ensure_ascii=True) + "\n"


def write(report: dict[str, Any], directory: Path) -> Path:
    """Write report.json whole or not at all. Raises UsageError where the directory cannot be written."""
    path = directory / "report.json"
    part = directory / "report.json.part"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        part.write_text(dumps(report), encoding="utf-8")
        os.replace(part, path)
    except OSError as wrong:
        raise UsageError(f"cannot write {path}: {wrong.strerror}; choose another --report-dir") from None
    return path
