"""Rounds of several clients, played and judged: a state, requests at once, and then all that shows what came of them.

What no order of the calls explains is a deviation only if the same calls, one after the other, are answered rightly:
else it is not that they overlap. Owns this, and how much a round may cost. Knows no report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from trackstep.oracle import judge as sequential
from trackstep.oracle import linearise
from trackstep.oracle.interval import Interval, in_order_of_sending
from trackstep.oracle.judge import Step
from trackstep.oracle.linearise import Verdict
from trackstep.oracle.notes import Finding
from trackstep.search import sighting
from trackstep.search.budget import BudgetSpent
from trackstep.search.clients import at_once
from trackstep.search.conflict import Conflicts, Round
from trackstep.search.session import Session
from trackstep.search.sighting import Key
from trackstep.targets import Target

SOURCE, ALONE = "clients", "clients: one after the other"
MOST = 10_000
"""Answers that are tried for the verdict of one round: a second or so; then nothing is known of it."""
DELETING = 6
"""Calls that have to be left for each thing that a round may make."""


class Played(NamedTuple):
    """A round with what came of it; ``finding`` is the first that counts, None where an order explains all of it."""

    round: Round
    session: Session
    verdict: Verdict
    finding: Finding | None

    @property
    def key(self) -> Key:
        """What the finding is told apart by."""
        assert self.finding is not None
        return sighting.key(self.finding, self.session.steps)

    def steps(self) -> Iterator[tuple[Step, Interval]]:
        """All calls, in the order in which they were sent."""
        session = self.session
        return ((session.steps[n], session.intervals[n]) for n in in_order_of_sending(session.intervals))


def play(session: Session, clients: Sequence[Target], round: Round) -> Played:
    """Ask what the lanes say at once, after ``before`` was performed in this session; then what comes after.

    Raises BudgetSpent where there are too few calls for it.
    """
    lanes = [[session.operation(command) for command in lane] for lane in round.lanes]
    number = sum(map(len, lanes))
    made = sum(operation.name.startswith("Create") for lane in lanes for operation in lane)
    session.budget.spend_at_once(number, DELETING * made if session.target.remembers else 0)
    session.listener = None  # from here on the order is not that of the steps, and linearise judges
    for lane, answered in zip(round.lanes, at_once(clients, lanes, round.delays, session.budget), strict=True):
        for command, (step, when) in zip(lane, answered, strict=False):
            session.take(command, step, when)
    session.judgement = sequential.judge(_explained(session, _verdict(session)), session.prefix)
    for command in round.after:
        session.perform(command)
    verdict = _verdict(session)
    return Played(round, session, verdict, _first(verdict))


def _verdict(session: Session) -> Verdict:
    return linearise.judge(session.steps, session.intervals, session.prefix, budget=MOST)


def _explained(session: Session, verdict: Verdict) -> list[Step]:
    """The steps in an order that explains most of them."""
    order = [number - 1 for number in verdict.order]
    left = [call for call in in_order_of_sending(session.intervals) if call not in set(order)]
    return [session.steps[call] for call in (*order, *left)]


def _first(verdict: Verdict) -> Finding | None:
    """The first thing that no order explains, and of it what holds in every order first."""
    if verdict.status != "contradicted":
        return None
    firm = sequential.firm(verdict.findings)
    return next((f for step in verdict.order if step in verdict.unexplained for f in firm if f.step == step), None)


def is_right_alone(round: Round, sessions: Callable[[], Session]) -> bool:
    """Whether the same calls are answered rightly one after the other, whichever client comes first."""
    for lanes in (round.lanes, round.lanes[::-1]):
        session = sessions()
        for command in (*round.before, *(command for lane in lanes for command in lane), *round.after):
            session.perform(command)
        if sequential.firm(session.judgement.notes.findings):
            return False
    return True


def rounds(
    conflicts: Conflicts,
    clients: Sequence[Target],
    timed: Callable[[], Session],
    alone: Callable[[], Session],
    known: Callable[[Key], bool | None],
) -> Iterator[Played]:
    """Round after round, without end; of what was found only what counts is left in it.

    ``known`` says of a deviation whether it is one that overlapping calls have shown (True), one that others have
    (False), or none (None).
    """
    while True:
        state, session = conflicts.state(), timed()
        for command in state.before:
            session.perform(command)
        played = play(session, clients, conflicts.round(state, session))
        seen = known(played.key) if played.finding is not None else None
        if played.finding is None or seen is True:
            yield played
            continue
        try:
            counts = seen is None and is_right_alone(played.round, alone)
        except BudgetSpent:  # no order explains it, whatever these calls would have shown
            yield played
            raise
        yield played if counts else played._replace(finding=None)
