"""Several clients at once: threads that a barrier lets go, each with a connection of its own.

Owns when a call was sent and answered, on the clock of the run. Judges nothing, chooses nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from trackstep import write_ahead
from trackstep.operation import Operation
from trackstep.oracle.interval import Interval
from trackstep.oracle.judge import Step
from trackstep.search.budget import Budget, BudgetSpent
from trackstep.targets import Concurrent, Target
from trackstep.targets.asking import ask, let_go

NAMES = "abcdefgh"
"""What the clients are called."""
LOOK = 0.05
"""Seconds after which it is looked again whether the run is ended, while answers are awaited."""
GATHERING = 5.0
"""Seconds that clients may take to stand ready; then none is let go."""


class Answered(NamedTuple):
    """A call, and when it was sent and answered."""

    step: Step
    when: Interval


@contextmanager
def connected(target: Target, number: int, budget: Budget, region: str) -> Iterator[list[Target]]:
    """So many clients of a target, each with its connection open; none where it answers one only, or one at a time.

    Each costs a call, outside every history. A server without threads answers no second connection as long as the first
    is open: that is no fault of it. Raises BudgetSpent.
    """
    made: list[Target] = []
    try:
        while isinstance(target, Concurrent) and len(made) < number:
            made.append(target.client())
            budget.spend()
            if ask(made[-1], Operation("ListDatasetGroups", {"maxResults": 1}, region)).kind in ("lost", "garbled"):
                break
        else:
            yield made
            return
        yield []
    finally:
        for client in made:
            let_go(client)


def at_once(
    clients: Sequence[Target], lanes: Sequence[Sequence[Operation]], delays: Sequence[float], budget: Budget
) -> list[list[Answered]]:
    """What comes of each lane, asked by one client each, all at the same time; the calls are paid already.

    Raises BudgetSpent where the run is ended, once nothing is under way any more, and what a client raises. What was
    answered by then is lost to the history, and kept by the ledger.
    """
    began = [
        _Lane(*each, NAMES[n], budget.clock.now) for n, each in enumerate(zip(clients, lanes, delays, strict=True))
    ]
    barrier = threading.Barrier(len(began))
    threads = [threading.Thread(target=lane.run, args=(barrier,), daemon=True) for lane in began]
    try:
        for thread in threads:
            thread.start()
        while alive := [thread for thread in threads if thread.is_alive()]:
            if budget.ending.is_near:
                raise BudgetSpent
            # No signal breaks in here: a join that an exception ends takes a thread that runs for one that is done.
            alive[0].join(LOOK)
    finally:
        for lane in began:
            lane.is_ended = True
        if any(thread.is_alive() for thread in threads):
            barrier.abort()
        for thread in threads:
            thread.join()
    for lane in began:
        if lane.wrong is not None:
            raise lane.wrong
    return [lane.answered for lane in began]


class _Lane:
    """What one client asks, one request after the other."""

    def __init__(
        self, client: Target, operations: Sequence[Operation], delay: float, name: str, now: Callable[[], float]
    ) -> None:
        self._client, self._operations, self._delay, self._name, self._now = client, operations, delay, name, now
        self.answered: list[Answered] = []
        self.wrong: BaseException | None = None
        self.is_ended = False
        write_ahead.ahead(client, operations)

    def run(self, barrier: threading.Barrier) -> None:
        """Ask them; with each request all clients are let go together."""
        try:
            for operation in self._operations:
                if self.is_ended:
                    return
                gate = _Gate(barrier, self._delay, self._now)
                hold(self._client, gate)
                outcome = ask(self._client, operation)
                answered = self._now()
                if gate.passed < 0:
                    return  # the others did not come
                self.answered.append(Answered(Step(operation, outcome), Interval(gate.passed, answered, self._name)))
        except threading.BrokenBarrierError:
            return
        except BaseException as wrong:  # it is raised where the lanes are waited for
            self.wrong = wrong
            barrier.abort()


class _Gate:
    """Lets a request through when all clients have one ready; ``passed`` is the moment, negative before it."""

    def __init__(self, barrier: threading.Barrier, delay: float, now: Callable[[], float]) -> None:
        self._barrier, self._delay, self._now = barrier, delay, now
        self.passed = -1.0

    def __call__(self) -> None:
        """Wait for the others. Raises BrokenBarrierError where they do not come."""
        if self.passed < 0:
            self._barrier.wait(GATHERING)
            if self._delay:
                time.sleep(self._delay)
            self.passed = self._now()


def hold(client: Target, gate: Callable[[], None]) -> None:
    """Have a client wait at the gate when its next request is ready to be sent; where it cannot, wait here."""
    held = getattr(client, "hold", None)
    if held is None:
        gate()
    else:
        held(gate)
