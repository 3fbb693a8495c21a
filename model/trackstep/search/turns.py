"""Turns: lanes gone through side by side, and room made for them where a region takes so many dataset groups only.

Where one lane has to wait, others go on. Where there is a quota they go one after the other, each waiting for none of
the others, and what finished histories have is deleted first. Owns whose turn it is, and whose groups go; what is known
of the quota is room.py's. Knows no source, and no report.
"""

from __future__ import annotations

from collections.abc import Iterator

from trackstep.search.budget import Budget, BudgetSpent
from trackstep.search.cleaning import clean_up
from trackstep.search.lane import Lane, taken_down
from trackstep.search.room import NoRoom, Room
from trackstep.search.session import Patience, Session

LOOKS = 12
"""How often it is looked whether what was taken down is gone."""


class Turns:
    """The turns of one run. ``sessions`` are all that it has begun so far; ``most``: groups in a region, if known."""

    def __init__(
        self, budget: Budget, patience: Patience, regions: tuple[str, ...], sessions: list[Session], most: int | None
    ) -> None:
        self._budget, self._patience, self._regions, self._sessions = budget, patience, regions, sessions
        self.room = Room(self._held, self._make_room, most)
        self._lanes: list[Lane] = []
        self._outdated = set[str]()

    def through(self, lanes: list[Lane], until: float = float("inf"), leaving: int = 0) -> Iterator[None]:
        """Go through the lanes in order, until a moment, as long as so many calls are left. Raises BudgetSpent."""
        clock, self._lanes = self._budget.clock, lanes
        while lanes and clock.now() < until and self._budget.calls_left() >= leaving:
            now = clock.now()
            turn = lanes if self.room.most is None else lanes[:1]
            lane = next((lane for lane in turn if lane.due <= now), None)
            if lane is None:
                self._budget.sleep(min(lane.due for lane in turn) - now)
                if self._budget.left() <= 0:
                    raise BudgetSpent
                continue
            try:
                pause = next(lane.doing)
                lane.due = clock.now() + pause
            except StopIteration:
                lanes.remove(lane)
            except NoRoom:
                self._begin_anew(lane)
            yield

    def living(self) -> list[Session]:
        """The sessions whose notes count, and that made something of which all that became of it is known."""
        living = (s for s in self._sessions if s.listener is not None and s.prefix not in self._outdated)
        return [session for session in living if session.slots()]

    def _held(self, region: str) -> int:
        """The dataset groups that the run has in a region."""
        return sum(session.holding(region) for session in self._sessions)

    def _make_room(self, asking: Session, region: str) -> bool:
        """Delete what one history has in a region; whether there is more room then. Raises NoRoom."""
        before, going = self._held(region), [lane.session for lane in self._lanes]
        asking.see_off()
        if self._held(region) < before:
            return True
        for session in self._sessions:
            if session is not asking and session not in going and session.holding(region):
                self._take_down(session)
                if self._held(region) < before:
                    return True
        for lane in reversed(self._lanes[1:]):
            if lane.session is not asking and lane.again is not None and lane.session.holding(region):
                self._begin_anew(lane)
                return self._held(region) < before
        if asking in going[1:]:
            raise NoRoom
        return False

    def _begin_anew(self, lane: Lane) -> None:
        """Give up the history that a lane is going through, and begin it again at the end."""
        lane.doing = iter(())
        self._lanes.remove(lane)
        self._take_down(lane.session)
        if lane.again is not None:
            self._lanes.append(lane.again())

    def _take_down(self, session: Session) -> None:
        """Delete what a session has made; what is not gone then is deleted unjudged, and not looked at again."""
        if session in self.living():
            for command in taken_down(session):
                session.perform(command)
        if any(session.holding(region) for region in self._regions):
            clean_up([session], max(1.0, 4 * self._patience.longest), LOOKS)
            self._outdated.add(session.prefix)
