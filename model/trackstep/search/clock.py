"""The clock that a run goes by: the wall's, or one that nothing but the run itself moves.

By the second, a run of a target that knows no time is the same on a busy machine as on a quiet one, and waits for
nothing.
"""

from __future__ import annotations

import time
from typing import Protocol

TICK = 1e-5
"""Seconds that pass at each look at a clock that stands still, so that what waits for a moment comes to it."""


class Clock(Protocol):
    """What tells the time of a run, and waits."""

    def now(self) -> float:
        """Seconds since it was made."""

    def sleep(self, seconds: float) -> None:
        """Wait so long."""


class Wall:
    """The machine's own."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self._began

    def sleep(self, seconds: float) -> None:
        """Wait so long."""
        time.sleep(seconds)


class Still:
    """One on which only what is slept takes time. Of use where statuses move by being looked at, or at once."""

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        """All that was slept, and a little for each look."""
        self._now += TICK
        return self._now

    def sleep(self, seconds: float) -> None:
        """Be so much later."""
        self._now += seconds
