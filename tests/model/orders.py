"""Every order of the calls of a history, tried one by one: what the search over configurations has to agree with.

Shares with it the sequential judge and what is before what, but neither configurations nor the way through them.
"""

from __future__ import annotations

from collections import Counter
from copy import copy

from trackstep.history import History
from trackstep.oracle import judge as sequential
from trackstep.oracle.judge import Judgement
from trackstep.oracle.notes import Notes
from trackstep.oracle.world import World


def is_explained(history: History) -> bool:
    """Whether in some order nothing counts but what an answer breaks in any state."""
    always = [Counter(_firm(Judgement((World(complete=False),)), history, call)) for call in range(len(history.steps))]
    if any(always):
        return False
    return _goes_on(history, sequential.begin(history.prefix, history.complete), frozenset(range(len(history.steps))))


def _goes_on(history: History, judgement: Judgement, left: frozenset[int]) -> bool:
    if not left:
        return True
    intervals = history.intervals
    for call in left:
        if not any(intervals[other].is_before(intervals[call]) for other in left):
            after = copy(judgement)
            after.notes = Notes(judgement.notes.step)
            if not _firm(after, history, call):
                after.lost = after.put_off = ("", 0)
                if _goes_on(history, after, left - {call}):
                    return True
    return False


def _firm(judgement: Judgement, history: History, call: int) -> list[str]:
    return [finding.clause for finding in sequential.firm(sequential.step(judgement, *history.steps[call]))]
