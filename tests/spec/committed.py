"""A file of ``spec/`` that is generated: it is as it would be made now, or the test shows what differs."""

from __future__ import annotations

import difflib

import pytest

from trackstep import spec


def assert_current(name: str, made: str, command: str) -> None:
    """The committed file is what is generated; where it is not, show the difference and what to run."""
    path = spec.root() / name
    committed = path.read_text(encoding="utf-8") if path.exists() else ""
    if committed != made:
        before, now = committed.splitlines(keepends=True), made.splitlines(keepends=True)
        diff = "".join(difflib.unified_diff(before, now, f"spec/{name} (committed)", f"spec/{name} (generated)", n=1))
        pytest.fail(f"{diff}\nread what changed, then run `{command}`", pytrace=False)
