"""The emulator's clock: what it creates or changes later has a later time, however quick it is asked."""

from __future__ import annotations

import time


class Clock:
    """The time in milliseconds, never the same twice; where the last is not over, the next."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self) -> float:
        """Seconds since the epoch."""
        self._last = max(round(time.time(), 3), round(self._last + 0.001, 3))
        return self._last


unix_time = Clock()
