"""A quota of dataset groups is enough for a whole verdict: histories make room for each other."""

from __future__ import annotations

import pytest

import trackstep
from tests.search.test_preparation import NEEDS, Kept, left
from trackstep.emulator.models import personalize_backends
from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.search.clock import Still
from trackstep.search.run import Settings

FIVE = "five-dataset-groups"


class Counted(Kept):
    """An emulator that counts the groups of a region: ``most`` that there were at once, ``refused`` for the quota."""

    most = refused = 0

    def call(self, operation: Operation) -> Outcome:
        """Answer, and count."""
        came = super().call(operation)
        self.refused += came.code == "LimitExceededException"
        held = (len(backend.groups) for account in personalize_backends.values() for backend in account.values())
        self.most = max(self.most, *held)
        return came


@pytest.mark.parametrize("names", [(FIVE,), (FIVE, NEEDS)], ids=["five", "five and datasets"])
def test_run__within_a_quota_reaches_what_it_asks_first(names: tuple[str, ...]) -> None:
    """It is met once; then names of 63 characters, over several groups, are reached, and nothing is accused or left."""
    target = Counted(*names)
    try:
        *_, last = trackstep.check(target, Settings(seed=1, max_calls=1500, clock=Still()))
        reached = {row["id"] for row in last.report["situations"] if row["reached"]}
        assert last.report["deviations"] == []
        assert {"group-name-63", "name-63", "malformed-deleted"} <= reached
        assert (target.most, target.refused, left()) == (5, 3, [])
    finally:
        target.close()


@pytest.mark.deep
@pytest.mark.parametrize("progression", ["immediate", "manual"])
@pytest.mark.parametrize("names", [(FIVE,), (FIVE, NEEDS)], ids=["five", "five and datasets"])
def test_run__within_a_quota_is_whole(names: tuple[str, ...], progression: str) -> None:
    """Every situation is reached."""
    target = Counted(*names, progression=progression)
    try:
        *_, last = trackstep.check(target, Settings(seed=1, max_calls=12000, clock=Still()))
        assert last.report["deviations"] == []
        assert [row["id"] for row in last.report["situations"] if not row["reached"]] == []
        assert (target.most, left()) == (5, [])
    finally:
        target.close()


def test_run__takes_no_more_groups_than_it_may() -> None:
    """Settings.max_groups: no request is sent for more."""
    target = Counted()
    try:
        *_, last = trackstep.check(target, Settings(seed=1, max_calls=900, max_groups=3, clock=Still()))
        assert last.report["deviations"] == []
        assert (target.most, left()) == (3, [])
    finally:
        target.close()


def test_fault__is_found_within_a_quota_and_made_short() -> None:
    """A trial has as much room as it needs."""
    target = Counted(FIVE, "second-tracker-allowed", progression="immediate")
    try:
        *_, last = trackstep.check(target, Settings(seed=1, max_calls=2000, clock=Still()))
        first = next(each for each in last.deviations if each.clause == "ET-UNIQ-1")
        assert len(first.program) <= 5
        assert left() == []
    finally:
        target.close()
