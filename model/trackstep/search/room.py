"""How many dataset groups a run may have in a region at once, and how it makes room for one more.

The documented quota is five. Where it is reached, what earlier histories left is deleted, judged as all else is; a
history that is going on, and that was begun later than the one that needs room, begins anew. Owns what is known of the
quota, and whose groups go first. Knows no target.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackstep import spec
from trackstep.operation import Operation
from trackstep.oracle import guard
from trackstep.oracle.case import case
from trackstep.oracle.world import World
from trackstep.outcome import Outcome

if TYPE_CHECKING:
    from trackstep.search.session import Session

MAKES = "CreateDatasetGroup"
TRIES = 3
"""How often in a row it is refused for a quota before it is the number of groups that is taken to be at its limit."""
NO_ROOM = Outcome.throttled("LimitExceededException", "not sent: there are as many dataset groups as there may be")


class NoRoom(Exception):
    """Others, who began before, have all the groups that there may be; whoever raises this is to begin anew."""


@dataclass
class Room:
    """``most``: groups in a region, None as long as no limit was met. ``make`` makes room for a session in a region.

    ``make`` returns whether there may be more room now, and raises NoRoom. ``held``: groups that a run has there.
    """

    held: Callable[[str], int]
    make: Callable[[Session, str], bool]
    most: int | None = None

    def admits(self, session: Session, operation: Operation) -> bool:
        """Whether a call may be sent: what makes no group may. Raises NoRoom."""
        if self.most is None or not _may_make(session, operation):
            return True
        while self.held(operation.region) >= self.most:
            if not self.make(session, operation.region):
                return False
        return True

    def is_suspected(self, world: World, operation: Operation, outcome: Outcome) -> bool:
        """Whether an answer says, for no reason of the request's own, that there may be no more."""
        if operation.name != MAKES or outcome.code not in spec.load().quota or not self.held(operation.region):
            return False
        return all(outcome.code not in row.codes for row in guard.rows(case(world, operation))[0])

    def is_met(self, operation: Operation, times: int) -> bool:
        """Whether the limit is known, now that it was suspected so many times in a row."""
        if self.most is None and times < TRIES:
            return False
        self.most = min(self.most or sys.maxsize, self.held(operation.region))
        return True


def _may_make(session: Session, operation: Operation) -> bool:
    """Whether a call may be one that makes a group."""
    return operation.name == MAKES and guard.rows(case(session.judgement.world, operation))[1] is None
