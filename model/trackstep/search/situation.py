"""Situations: what a run within budget has to reach before it may say "conforms" (``spec/situations.toml``).

Owns which were reached. Knows nothing of how.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from trackstep import spec
from trackstep.operation import COVERED
from trackstep.search.circumstance import Circumstance
from trackstep.search.session import Heard
from trackstep.targets import Target


class Situations:
    """The situations of the specification, each with how often it was reached."""

    def __init__(self, target: Target) -> None:
        self._rows = spec.load().situations
        self._times = dict.fromkeys(self._rows, 0)
        self._about = {name: [row for row in self._rows.values() if _may_be(row, name)] for name in COVERED}
        self._regions = target.regions_are_separate
        self._failed = False

    def met(self, said: Circumstance, call: Heard) -> None:
        """Count what was reached by a call that was made in this circumstance."""
        self._failed = self._failed or "failed" in (said.get("group"), said.get("tracker"))
        for row in self._about.get(said["operation"], ()):
            if row.answer not in ("", call.outcome.kind):
                continue
            if all(said.get(word) in values for word, values in row.when):
                self._times[row.id] += 1

    def _needs(self, row: spec.Situation, unsupported: Collection[str]) -> str:
        """What the target lacks to come to the situation; empty where it lacks nothing."""
        if row.needs == "a second region" and not self._regions:
            return row.needs
        if row.needs == "a creation that fails" and not self._failed:
            return row.needs
        operations = dict(row.when).get("operation", frozenset())
        lacking = sorted(operations & set(unsupported))
        return ", ".join(lacking) if operations and len(lacking) == len(operations) else ""

    def told(self, unsupported: Collection[str] = ()) -> list[dict[str, Any]]:
        """Each situation with how often it was reached, and what the target lacks where it cannot come to it."""
        return [
            {
                "id": row.id,
                "sentence": row.sentence,
                "reached": self._times[row.id],
                "needs": "" if self._times[row.id] else self._needs(row, unsupported),
            }
            for row in self._rows.values()
        ]

    def missing(self, unsupported: Collection[str] = ()) -> list[str]:
        """The sentences of those that should have been reached and were not."""
        return [row["sentence"] for row in self.told(unsupported) if not row["reached"] and not row["needs"]]


def _may_be(row: spec.Situation, operation: str) -> bool:
    return operation in dict(row.when).get("operation", (operation,))
