"""What a run may spend, calls and seconds, and what ends it before its time.

Owns the two counts, what is kept of them for cleaning up, and when a signal may break in. Knows no target.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from trackstep.oracle.judge import Step
from trackstep.search.clock import Clock, Wall

DELETING = 6
"""Calls that are kept for deleting one thing that a run has made, as long as none was seen to take fewer."""
SWEEPING = 6
"""Calls that are kept for finding what a run has made in one region without hearing of it."""
SMALL, HELD = 2**14, 2**26
"""Bytes of an answer that is small, and of all those that are not that may be held in memory."""


class BudgetSpent(BaseException):
    """No calls or no time left. Not an Exception, so that neither Hypothesis nor a target takes it for a failure."""


class Ending:
    """Why a run is to end before its time: a signal, or the last alarm.

    Only while a target is asked, judged or waited for does either break in; at any other moment it is heard of before
    the next call, so that nothing is left half written.
    """

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.signal, self._rung, self._again, self._open = 0, False, False, False

    @property
    def is_near(self) -> bool:
        """Whether it was rung."""
        return self._rung

    def ring(self, signal: int = 0) -> None:
        """End it, ``signal`` being the number of one that asks for it; a second one ends cleaning up too."""
        self._again = self._again or bool(self.signal and signal)
        self.signal, self._rung = self.signal or signal, True
        if self._open:
            raise BudgetSpent

    def past(self) -> None:
        """What was rung for has ended; cleaning up begins, unless a second signal came by now, and may be ended too."""
        self._rung = self._again

    @contextmanager
    def breaking_in(self) -> Iterator[None]:
        """While this lasts, it need not wait. Raises BudgetSpent."""
        try:
            self._open = True
            yield
        finally:
            self._open = False

    def shut(self) -> None:
        """Let nothing break in until something is asked again: a signal may have come while the last was left."""
        self._open = False


class Memory:
    """What of the answers stays in memory: all of it at first, then only what is small. The journal has the rest."""

    def __init__(self) -> None:
        self._held = 0

    def kept(self, step: Step) -> Step:
        """The step as it is kept, once it is judged."""
        wire = step.outcome.wire
        if wire is None or len(wire.body) <= SMALL:
            return step
        self._held += len(wire.body)
        if self._held <= HELD:
            return step
        told = f"{len(wire.body)} bytes, no longer kept in memory"
        return step._replace(outcome=replace(step.outcome, result={}, message=told, wire=None))


@dataclass
class Keeping:
    """What is kept of the calls for cleaning up. ``regions``: how many may have to be looked through; 0: none is."""

    regions: int = 0
    things: int = 0
    longest: int = 0
    """Calls that the slowest deletion took until the thing was seen to be gone; 0: none was waited for."""

    @property
    def calls(self) -> int:
        """For finding what was made, and for deleting each thing: as many as that was seen to take, and one."""
        each = min(DELETING, self.longest + 1) if self.longest else DELETING
        return SWEEPING * self.regions + each * self.things

    def made(self) -> None:
        """Something was made that has to be deleted."""
        self.things += 1

    def deleted(self) -> None:
        """It need not be any more."""
        self.things = max(0, self.things - 1)

    def took(self, calls: int) -> None:
        """Something was seen to be gone after so many calls, the Delete among them."""
        self.longest = max(self.longest, calls)


@dataclass
class Budget:
    """What may still be spent: calls, and seconds of its clock; some calls are kept for cleaning up alone."""

    max_calls: int
    max_time: float
    calls: int = 0
    clock: Clock = field(default_factory=Wall)
    ending: Ending = field(default_factory=Ending)
    keeping: Keeping = field(default_factory=Keeping)
    memory: Memory = field(default_factory=Memory)

    @property
    def kept(self) -> int:
        """Calls that are for cleaning up alone."""
        return self.keeping.calls

    def calls_left(self) -> int:
        """Calls left, those not counted that are kept for cleaning up."""
        return self.max_calls - self.kept - self.calls

    def left(self) -> float:
        """Seconds left."""
        return self.max_time - self.clock.now()

    @property
    def is_over(self) -> bool:
        """Whether there is no time left, or it was ended."""
        return self.left() <= 0 or self.ending.is_near

    def spend(self) -> None:
        """Count one call. Raises BudgetSpent when there is none to spend."""
        if self.calls + self.kept >= self.max_calls:
            raise BudgetSpent
        self.tidy()

    def spend_at_once(self, calls: int, keeping: int) -> None:
        """Count so many calls, all or none, where as many more are left to keep. Raises BudgetSpent."""
        if self.calls + calls + self.kept + keeping > self.max_calls or self.is_over:
            raise BudgetSpent
        self.calls += calls

    def tidy(self) -> None:
        """Count one call of cleaning up, for which some were kept. Raises BudgetSpent when there is none left."""
        if self.calls >= self.max_calls or self.is_over:
            raise BudgetSpent
        self.calls += 1

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than there is time. Raises BudgetSpent where it is ended."""
        with self.ending.breaking_in():
            self.clock.sleep(max(0.0, min(seconds, self.left())))
