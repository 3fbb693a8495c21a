"""Changes of a row that nobody can notice, each with its reason: ``spec/survivors.toml``.

Owns the reading of that table. Knows nothing of how changes are tried.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import NamedTuple

from trackstep import spec

FILE = "survivors.toml"


class Survivor(NamedTuple):
    """Changes that survive, as patterns, and why."""

    row: str
    change: str
    reason: str

    def is_of(self, row: str, change: str) -> bool:
        """Whether this change is one of them."""
        return fnmatchcase(row, self.row) and fnmatchcase(change, self.change)


def load(trial: str) -> list[Survivor]:
    """Those of one trial: ``judge`` or ``proof``."""
    rows = tomllib.loads((spec.root() / FILE).read_text(encoding="utf-8")).get(trial, [])
    return [Survivor(row["row"], row["change"], row["reason"]) for row in rows]


def reason(survivors: Iterable[Survivor], row: str, change: str) -> str:
    """Why a change cannot be noticed; empty where nothing says so."""
    return next((each.reason for each in survivors if each.is_of(row, change)), "")
