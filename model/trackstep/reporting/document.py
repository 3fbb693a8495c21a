"""report.json, and how each file of a run is written: whole or not at all."""

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
    return save(directory / "report.json", dumps(report))


def start(path: Path, text: str) -> Path:
    """Write a file that a person goes on with. Raises UsageError where it cannot be written."""
    return save(path, text, "path")


def save(path: Path, text: str, choose: str = "--report-dir") -> Path:
    """Write a file whole or not at all. Raises UsageError where it cannot be written."""
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    except OSError as wrong:
        raise UsageError(f"cannot write {path}: {wrong.strerror}; choose another {choose}") from None
    return path
