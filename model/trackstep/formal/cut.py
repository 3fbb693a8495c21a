"""The generated relation cut down to a few dataset groups and tracking IDs: the third hand that draws the graph.

Owns the walk. What may happen is ``relation``'s to say; it knows neither TLC nor the judge.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from itertools import product

from trackstep.formal.graph import DEAD, GONE, NEVER, Graph, Label, Size, State
from trackstep.formal.logic import Plain, World
from trackstep.formal.plain import Tables
from trackstep.formal.relation import Action, actions

GROUP, TRACKER, HOME = "group", "tracker", "groupOf"
"""The variables that a graph is drawn of."""
Step = tuple[Label, State, Action, tuple[str, ...]]
"""What happens and what follows, with the action and what it is about."""


class Cut:
    """The relation at a size."""

    def __init__(self, tables: Tables, size: Size) -> None:
        self.size = size
        self.actions = actions(tables, size.lenient)
        self.logic = Plain({"Group": size.group_names, "TrackingId": size.tracker_names}, NEVER)

    @property
    def start(self) -> State:
        """Nothing exists."""
        return State((GONE,) * self.size.groups, ((NEVER, GONE),) * self.size.trackers)

    def world(self, state: State) -> World:
        """A state as functions; of nobody's group nothing is said."""
        groups = dict(zip(self.size.group_names, state.groups, strict=True)) | {NEVER: "", DEAD: ""}
        trackers = dict(zip(self.size.tracker_names, state.trackers, strict=True))
        return World({GROUP: groups.__getitem__, TRACKER: lambda t: trackers[t][1], HOME: lambda t: trackers[t][0]})

    def onward(self, state: State, only: frozenset[Action] | None = None) -> Iterator[Step]:
        """All that may happen in a state, or of these actions only."""
        world = self.world(state)
        for action in self.actions:
            if only is not None and action not in only:
                continue
            for args in product(*(self.logic.members[sort] for sort in action.sorts)):
                if action.guard(self.logic, world, args):
                    label = Label(action.request, args[0], action.answer, action.shown(self.logic, world, args))
                    after = state if action.effect is None else self._state(action.after(self.logic, world, args))
                    yield label, after, action, args

    def _state(self, world: World) -> State:
        """Where a dead tracker was is forgotten, as in ``View`` of ``MC.tla``."""
        group, tracker, home = (world.variables[name] for name in (GROUP, TRACKER, HOME))
        places = ((home(t), tracker(t)) for t in self.size.tracker_names)
        trackers = tuple((DEAD if status == GONE and there != NEVER else there, status) for there, status in places)
        return State(tuple(map(group, self.size.group_names)), trackers)

    def walk(self) -> Iterator[tuple[State, list[Step]]]:
        """Each state that can be reached, nearest first, with all that may happen there."""
        met, onward = {self.start}, deque([self.start])
        while onward:
            state = onward.popleft()
            steps = list(self.onward(state))
            yield state, steps
            for _, after, _, _ in steps:
                if after not in met:
                    met.add(after)
                    onward.append(after)


def explore(tables: Tables, size: Size) -> Graph:
    """Every state that can be reached from nothing, with all that may happen there."""
    began = time.perf_counter()
    onward = {
        state: frozenset((label, after) for label, after, *_ in steps) for state, steps in Cut(tables, size).walk()
    }
    return Graph(onward, time.perf_counter() - began)
