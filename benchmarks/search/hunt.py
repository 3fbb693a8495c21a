"""One search for one fault: the sessions it makes, the calls it spends, and where it ends.

Owns the clean slate before each session and the stop at the first finding that names one of the fault's clauses.
Shared by the drivers that judge with the project's own judge; knows nothing of how commands are chosen.
"""

from __future__ import annotations

import urllib.request
from dataclasses import dataclass, field

from trackstep import spec
from trackstep.search.session import Budget, BudgetSpent, Heard, Patience, Session
from trackstep.targets import Target

SETTLE_TIMEOUT = 2.0
"""Seconds that a status may take to settle, for every driver; the emulator's need a few looks."""
MAX_TIME = 600.0
"""Seconds for one search: a safety net only, the budget is calls."""
CALL_TIMEOUT = 5.0
"""Seconds for one call."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one search ended.

    ``calls``: until it was found, or all that were spent. ``first``: until anything at all was held against the
    emulator, whatever clause was named, and ``named`` that clause; 0 for nothing. ``saw`` says what was found.
    """

    found: bool
    calls: int
    seconds: float
    saw: str = ""
    error: str = ""
    first: int = 0
    named: str = ""


class Enough(BudgetSpent):
    """It is found. A BudgetSpent, so that it ends whatever a spent budget would end."""


@dataclass
class Hunt:
    """What the drivers share. Without ``clauses`` any finding will do: that is how false alarms are counted."""

    target: Target
    url: str
    clauses: tuple[str, ...]
    max_calls: int
    saw: str = ""
    first: int = 0
    named: str = ""
    numbers: int = 0
    budget: Budget = field(init=False)
    patience: Patience = field(default_factory=lambda: Patience(SETTLE_TIMEOUT))

    def __post_init__(self) -> None:
        self.budget = Budget(self.max_calls, MAX_TIME)

    def session(self) -> Session:
        """A session under new names, on an emulator that has forgotten everything; that costs no call."""
        reset(self.url)
        self.numbers += 1
        return Session(self.target, f"h{self.numbers:x}", self.budget, self.patience, listener=self._heard)

    def _heard(self, call: Heard) -> None:
        for finding in call.findings:
            if not self.first and counts(finding.clause, ()):
                self.first, self.named = self.budget.calls, finding.clause
            if counts(finding.clause, self.clauses):
                self.saw = f"{finding.clause} by {call.operation.name}"
                raise Enough

    def result(self) -> Result:
        """How it ended."""
        seconds = self.budget.clock.now()
        return Result(bool(self.saw), self.budget.calls, seconds, self.saw, "", self.first, self.named)


def counts(clause: str, clauses: tuple[str, ...]) -> bool:
    """Whether a finding of this clause finds the fault. A tentative clause is never held against a target."""
    return clause in clauses or (not clauses and spec.load().clauses[clause].level != "tentative")


def reset(url: str) -> None:
    """Make the emulator forget everything."""
    request = urllib.request.Request(f"{url}/moto-api/reset", b"", method="POST")
    with urllib.request.urlopen(request, timeout=CALL_TIMEOUT):
        pass
