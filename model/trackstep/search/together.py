"""Clients that ask at once, as a source of a run: how much they may take, and what is kept of what they found.

Owns the rounds of a run and their number. What a round is and how it is judged is rounds.py's; what it asks,
conflict.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from trackstep import event
from trackstep.oracle.interval import Interval
from trackstep.oracle.judge import Step
from trackstep.search.budget import Budget
from trackstep.search.cleaning import clean_up
from trackstep.search.clients import connected
from trackstep.search.conflict import Conflicts
from trackstep.search.rounds import ALONE, SOURCE, Played, rounds
from trackstep.search.session import Session
from trackstep.search.sighting import Key, Sighting
from trackstep.targets import Concurrent, Target

CALLS, TIME, BATCH = 800, 0.09, 8
"""Calls that clients at once may take, and the part of the time; after so many rounds what they made goes."""
QUICK_TO_SETTLE = 2.0
"""Seconds for which it is waited that what some rounds made is gone."""


class Wanted(Protocol):
    """What is chosen for a run."""

    @property
    def clients(self) -> int:
        """How many ask at once."""

    @property
    def seed(self) -> int:
        """Of what is drawn."""

    @property
    def max_calls(self) -> int:
        """Calls that all of the run may spend."""


class Run(Protocol):
    """The run that this is a source of."""

    target: Target
    budget: Budget
    sessions: list[Session]
    sightings: dict[Key, Sighting]
    journal: Callable[[str, Step, Interval | None], None] | None

    @property
    def settings(self) -> Wanted:
        """What is chosen for it."""

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions in which something may be created."""

    def session(self, source: Callable[[], str] | None = None) -> Session:
        """A new history."""


class Together:
    """Clients at once of one run, which hears of what happened by ``tell``. ``rounds``: how many have been played."""

    def __init__(self, run: Run, tell: Callable[[event.Event], None]) -> None:
        self._run, self._tell = run, tell
        self.rounds = 0

    @property
    def is_let_in(self) -> bool:
        """Whether the target lets several in, and several are wanted."""
        return self._run.settings.clients > 1 and isinstance(self._run.target, Concurrent)

    @contextmanager
    def leaving_some(self, most_time: float) -> Iterator[None]:
        """While other sources are at work, calls and time (of ``most_time`` seconds) are left for these."""
        budget, most = self._run.budget, self._run.settings.max_calls
        calls = min(CALLS, int(TIME * most)) if self.is_let_in else 0
        seconds = TIME * budget.max_time if self.is_let_in else 0.0
        budget.max_calls, budget.max_time = budget.max_calls - calls, budget.max_time - seconds
        try:
            yield
        finally:
            budget.max_calls = min(most, budget.max_calls + calls)
            budget.max_time = min(most_time, budget.max_time + seconds)

    def at_once(self, calls: int, seconds: float) -> Iterator[None]:
        """Rounds, for so many calls and seconds at the most; yields after each. Raises BudgetSpent."""
        run, budget = self._run, self._run.budget
        most, until = budget.calls + calls, budget.clock.now() + seconds
        conflicts = Conflicts(run.settings.clients, len(run.regions) > 1, run.settings.seed)
        with connected(run.target, run.settings.clients, budget, run.regions[0]) as clients:
            played = rounds(conflicts, clients, self._timed, self._alone, self._known) if clients else iter(())
            made, kept = len(run.sessions), budget.keeping.things
            while budget.calls < most and budget.clock.now() < until and (one := next(played, None)):
                self._take(one)
                yield
                if len(run.sessions) - made >= BATCH:
                    clean_up(run.sessions[made:], QUICK_TO_SETTLE)
                    made, budget.keeping.things = len(run.sessions), kept

    def _timed(self) -> Session:
        session = self._run.session(lambda: SOURCE)
        session.is_timed = True
        return session

    def _alone(self) -> Session:
        return self._run.session(lambda: ALONE)

    def _known(self, key: Key) -> bool | None:
        known = self._run.sightings.get(key)
        return None if known is None else known.round is not None

    def _take(self, played: Played) -> None:
        """Take a round in: what it asked, and what it found."""
        run, session = self._run, played.session
        self.rounds += 1
        for step, when in played.steps():
            if run.journal:
                run.journal(session.prefix, step, when)
            self._tell(event.Called(run.budget.calls, SOURCE, step.operation.name))
        if played.finding is None:
            return
        key = played.key
        if key not in run.sightings:
            run.sightings[key] = Sighting(
                finding=played.finding,
                source=SOURCE,
                calls=run.budget.calls,
                commands=played.round.commands,
                told=played.round.commands,
                said={"operation": key.operation},
                because=[],
                steps=list(session.steps),
                prefix=session.prefix,
                intervals=tuple(session.intervals),
                round=played.round,
            )
            self._tell(event.Found(*key, SOURCE))
        run.sightings[key].seen += 1
