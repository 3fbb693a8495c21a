"""Changes of a row that nobody can notice, each with its reason: ``spec/survivors.toml``.

Owns the reading of that table. Knows nothing of how changes are tried.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import NamedTuple

from trackstep.formal import plain

FILE = "survivors.toml"
TRIALS = ("judge", "proof")


class Survivor(NamedTuple):
    """Changes that survive, as patterns, and why."""

    rows: tuple[str, ...]
    changes: tuple[str, ...]
    reason: str

    def is_of(self, row: str, change: str) -> bool:
        """Whether this change is one of them."""
        return any(fnmatchcase(row, each) for each in self.rows) and any(
            fnmatchcase(change, each) for each in self.changes
        )


def load(trial: str) -> list[Survivor]:
    """Those of one trial: ``judge`` or ``proof``. Raises SpecError where a row is not complete."""
    said = plain.table(FILE)
    plain.complete(FILE, said, TRIALS)
    for number, row in enumerate(said[trial], 1):
        plain.complete(f"{FILE}, {trial} {number}", row, ("row", "change", "reason"))
    return [Survivor(_many(row["row"]), _many(row["change"]), row["reason"]) for row in said[trial]]


def _many(said: str | list[str]) -> tuple[str, ...]:
    """One pattern, or several."""
    return (said,) if isinstance(said, str) else tuple(said)


def reason(survivors: Iterable[Survivor], row: str, change: str) -> str:
    """Why a change cannot be noticed; empty where nothing says so."""
    return next((each.reason for each in survivors if each.is_of(row, change)), "")
