"""Lanes: a session with the commands that it is going through, and what the sources of a run give it to do.

Owns turns: where one lane has to wait, others go on. Knows no budget, and not in which order the sources come.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from trackstep.program import Command
from trackstep.search import lasting, plan, systematic
from trackstep.search.coverage import Coverage
from trackstep.search.session import Session
from trackstep.search.walk import Walk
from trackstep.search.weave import Weave

WRITES, STEPS = 30, 40
"""Writes of a weave, beside what is looked at after them; requests of a walk, beside what is read back."""
Commands = Iterator[tuple[str, Command]]
"""What to do next, and which source wants it."""


class Lane:
    """A session with the commands that it is going through. Lanes take turns only where one has to wait.

    ``again``: the same from the beginning, under names of its own; None where it cannot begin anew.
    """

    def __init__(self, session: Session, again: Callable[[], Lane] | None = None) -> None:
        self.session, self.again = session, again
        self.source = ""
        self.due = 0.0
        self.doing: Iterator[float] = iter(())

    def all(self, commands: Commands) -> Iterator[float]:
        """Perform them; yields the seconds to wait before going on."""
        for self.source, command in commands:
            yield from self.session.performing(command)
            yield 0.0

    def going(self, source: str, commands: Iterable[Command]) -> Lane:
        """This lane, about to go through the commands of one source."""
        self.doing = self.all((source, command) for command in commands)
        return self


def following(excursions: list[plan.Excursion], session: Session) -> Commands:
    """The programs of excursions, one after the other."""
    return ((f"tour: {e.title}", command) for e in excursions for command in e.commands)


def asking(source: str, commands: Iterator[Command], session: Session) -> Commands:
    """The commands of one source, whatever the session."""
    return ((source, command) for command in commands)


def touring(walk: list[plan.Edge], beside: plan.Beside, session: Session) -> Commands:
    """A walk of the tour, and what is asked beside the way."""
    return (("tour", command) for command in plan.next_on_tour(session, walk, beside))


def looked_at(session: Session) -> Iterator[Command]:
    """All that shows what a session has made."""
    return (command for slot, second in session.slots() for command in lasting.everything(slot, 0, second))


def taken_down(session: Session) -> Iterator[Command]:
    """What a session has made, deleted and gone."""
    for slot, second in session.slots():
        yield from (command._replace(second=second) for command in systematic.unmade(slot))


def walking(coverage: Coverage, rng: random.Random, session: Session) -> Commands:
    """A walk towards what was met least."""
    return (("walk", command) for command in Walk(session, coverage, rng).commands(STEPS))


def weaving(met: Counter[tuple[str, ...]], rng: random.Random, session: Session) -> Commands:
    """Writes woven so that each few in a row are met."""
    return (("weave", command) for command in Weave(session, met, rng).commands(WRITES))
