"""Each bundle is run before it is shown: what it says of itself is what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.reporting.conftest import BROKEN, Broken, found
from trackstep.emulator import faults
from trackstep.event import Deviation
from trackstep.oracle.expected import Refused
from trackstep.reporting import bundle, grouping
from trackstep.reproducing.trial import NOT_RUN, Trials, faithful
from trackstep.search.session import Budget, Patience
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

REGIONS = ("us-east-1", "us-west-2")
CALLS = 2000


@pytest.fixture(scope="module")
def right() -> Iterator[str]:
    """The URL of an emulator that is right, in a process of its own: faults are planted in this one."""
    with faithful() as url:
        yield url


def tried(right: str, broken: Broken, told: Deviation, calls: int = CALLS, planted: bool = True) -> Deviation:
    """The deviation with what came of its bundle, on an emulator with its fault or without."""
    target = EmulatorTarget(TargetOptions(planted=(broken.fault,) if planted else (), progression=broken.progression))
    try:
        trials = Trials(target, (told,), Budget(calls, 60.0), Patience(1.0), REGIONS, right)
        for _ in trials.run():
            pass
        (made,) = trials.all()
    finally:
        target.close()
    return made


@pytest.mark.parametrize("broken", BROKEN[::6], ids=[broken.fault for broken in BROKEN[::6]])
def test_bundle__shows_what_it_claims(broken: Broken, right: str) -> None:
    """All three forms show the deviation and its clause on the target, and nothing on an emulator that is right."""
    made = tried(right, broken, found(broken))
    assert [each.form for each in made.tried] == ["pytest", "curl", "replay"]
    assert all(each.holds for each in made.tried), made.tried


def test_bundle__that_shows_nothing_says_so(tmp_path: Path, right: str) -> None:
    """A target that no longer deviates: the files, and whoever reads the report, are told."""
    made = tried(right, BROKEN[0], found(BROKEN[0]), planted=False)
    assert [each.holds for each in made.tried] == [False, False, False]
    assert {each.target for each in made.tried} == {"does not show it"}
    folder = bundle.write(made, 1, {"target": "embedded emulator"}, tmp_path)
    for name in bundle.RUN.values():
        assert "on the target, it does not show it" in (folder / name).read_text(encoding="utf-8")
    row = {"tried": [{"form": each.form, "holds": each.holds} for each in made.tried]}
    assert grouping.tried(row) == "run, and not so: pytest, curl, replay"


def test_bundle__that_accuses_a_right_emulator_says_so(right: str) -> None:
    """What a test asks for that no conforming target does is no reproduction of anything."""
    wrong = replace(found(BROKEN[0]), expected=Refused(frozenset({"NoSuchException"})))
    made = {each.form: each for each in tried(right, BROKEN[0], wrong).tried}
    assert made["pytest"].emulator.startswith("fails: AssertionError")
    assert made["curl"].emulator.startswith("fails: deviates")
    assert not made["pytest"].holds
    assert not made["curl"].holds


def test_bundle__is_not_run_beyond_the_budget(right: str) -> None:
    """No call is made that was not to be spent, and what was not run is not claimed."""
    made = tried(right, BROKEN[0], found(BROKEN[0]), calls=0)
    assert {each.target for each in made.tried} == {NOT_RUN}
    assert {each.holds for each in made.tried} == {None}
    few = tried(right, BROKEN[0], found(BROKEN[0]), calls=3)
    assert None in {each.holds for each in few.tried}


def test_faults__do_not_reach_the_emulator_that_is_right() -> None:
    """It has a process of its own: a target in this one may be broken."""
    with faults.planted("ten-events-are-too-many"), faithful() as url:
        assert tried(url, BROKEN[0], found(BROKEN[0])).tried[0].emulator == "passes"
