"""The walk: at each step, of several requests drawn at random, the one whose circumstance was met least.

It goes on from what every other source has met, so it turns to what they left out: pairs of conditions that
no table lists. Owns the choice; knows nothing of targets or of answers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from trackstep.operation import COVERED
from trackstep.oracle.case import case
from trackstep.program import Command
from trackstep.search import malformed, vocabulary
from trackstep.search.circumstance import Circumstance, circumstance
from trackstep.search.coverage import Coverage
from trackstep.search.session import Session

CANDIDATES = 12
"""Requests drawn, of which one is made."""
SPOILT = 0.08
SECOND = 0.2
SETTLED = 0.6
AGAIN = 0.06
"""How often a request is spoilt, goes to the second region, is followed by waiting for what it changed, is repeated."""


def in_which(session: Session, command: Command) -> Circumstance:
    """In which circumstance a command would be given now."""
    return circumstance(case(session.judgement.world, session.operation(command)))


class Walk:
    """A walk of one session; ``coverage`` is shared by all sources of a run."""

    def __init__(self, session: Session, coverage: Coverage, rng: random.Random) -> None:
        self._session, self._coverage, self._rng = session, coverage, rng
        self._spoilt: dict[str, list[malformed.Spoilt]] = {}

    def commands(self, length: int) -> Iterator[Command]:
        """``length`` requests, each with the waiting and reading back that belong to it."""
        session = self._session
        for turn in range(length):
            before = len(session.steps)
            chosen = max((self._draw() for _ in range(CANDIDATES)), key=self._novelty)
            yield chosen
            if self._rng.random() < AGAIN and not chosen.name.startswith("Walk"):
                yield from (chosen, chosen, chosen)  # as a caller does who does not take no for an answer
            accepted = len(session.steps) > before and session.steps[-1].outcome.kind == "success"
            if accepted and self._rng.random() < SETTLED:  # what the target does not offer was not sent
                yield from vocabulary.waiting(chosen)
            yield from vocabulary.read_back(chosen, turn)

    def _draw(self) -> Command:
        rng = self._rng
        name, slot = rng.choice(tuple(COVERED)), rng.choice(vocabulary.SLOTS)
        second = self._session.target.regions_are_separate and rng.random() < SECOND
        made = vocabulary.request(name, rng.choice, slot, second)
        if self._session.target.remembers and name.startswith("List") and "datasetGroupArn" not in made.params:
            made = made._replace(
                params={k: v for k, v in made.params.items() if k != "maxResults"}
            )  # others' items too
        if rng.random() < SPOILT and made.name in COVERED:
            return rng.choice(malformed.spoilt(made)).command
        return made

    def _novelty(self, command: Command) -> float:
        return self._coverage.novelty(in_which(self._session, command))
