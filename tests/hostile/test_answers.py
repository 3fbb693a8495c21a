"""Whatever a service answers, a check comes to its end: no internal error, in time, with a documented exit code.

The table is generated: each kind of damage of damage.py, in the places that the service names. What is dear is marked
``deep`` and run by ``make test-deep``.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

import trackstep
from tests.hostile import damage, service
from tests.hostile.service import WHERE, Damaged
from trackstep.event import Failed, Finished
from trackstep.operation import Operation
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions
from trackstep.targets.http import HttpTarget

MAX_TIME = 1.5
QUICK = Settings(max_calls=40, max_time=MAX_TIME, settle_timeout=0.1)
PLACES = ("in each answer", "later", "of a Create", "of a List", "of a Describe", "now and then")
assert set(PLACES) == set(WHERE)


def damaged(group: str, name: str, place: str) -> Damaged:
    """One row of the table."""
    way: Any = getattr(damage, group)[name]
    if group == "VALUES":
        return Damaged(WHERE[place], service.values(way))
    if group == "BODIES":
        return Damaged(WHERE[place], lambda status, body: (status, way(body)))
    if group == "ERRORS":
        return Damaged(WHERE[place], lambda status, body: way)
    return Damaged(WHERE[place], wire=way)


def one_of_each_family(names: Iterable[str]) -> set[str]:
    """The same junk for texts, numbers and members is a family, and the statuses of a hundred; all else is alone."""
    families = defaultdict[str, list[str]](list)
    for name in names:
        families[re.sub(r"-for-(texts|numbers|members)$|(?<=^status-\d)\d\d$", "", name)].append(name)
    return {family[number % len(family)] for number, family in enumerate(families.values())}


def rows(deep: bool) -> Iterator[Any]:
    """One damage of each family, the places going round; with ``deep`` all others, and each in the other places."""
    number = 0
    for group in ("VALUES", "BODIES", "ERRORS", "WIRES"):
        kept = one_of_each_family(getattr(damage, group))
        for name in getattr(damage, group):
            number += 1
            for place in PLACES:
                if (name in kept and place == PLACES[number % len(PLACES)]) != deep:
                    yield pytest.param(group, name, place, id=f"{name} {place}")


def run(about: Damaged, settings: Settings = QUICK, timeout: float = 0.2) -> Finished:
    """A check of a service that does such damage; it comes to its end, in time, with a documented exit code."""
    began = time.monotonic()
    with service.running(about) as url:
        target = HttpTarget(TargetOptions(endpoint_url=url, call_timeout=timeout))
        try:
            events = list(trackstep.check(target, settings))
        finally:
            target.close()
    assert [one.trace for one in events if isinstance(one, Failed) and one.by == "internal"] == []
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.report["exit_code"] in (0, 1, 3)
    assert last.report["calls"] <= settings.max_calls
    assert time.monotonic() - began < settings.max_time + 10
    assert about.calls, "it was asked"
    return last


@pytest.mark.parametrize(("group", "name", "place"), list(rows(deep=False)))
def test_check__an_answer_that_is_bad(group: str, name: str, place: str) -> None:
    """Each kind of damage, once."""
    run(damaged(group, name, place))


@pytest.mark.deep
@pytest.mark.parametrize(("group", "name", "place"), list(rows(deep=True)))
def test_check__an_answer_that_is_bad_elsewhere(group: str, name: str, place: str) -> None:
    """Each damage, wherever it is not done above."""
    run(damaged(group, name, place))


CUT = ("shorter-than-it-says", "chunk-cut", "chunk-without-end", "reset-in-the-body", "body-drips", "a-body-for-ever")


@pytest.mark.parametrize("name", CUT)
def test_call__a_body_that_is_cut_is_no_success(name: str) -> None:
    """What curl and requests refuse is garbled or lost, and says why."""
    with service.running(damaged("WIRES", name, "in each answer")) as url:
        target = HttpTarget(TargetOptions(endpoint_url=url, call_timeout=0.2, max_body=10_000))
        outcome = target.call(Operation("ListDatasetGroups"))
        target.close()
    assert outcome.kind in ("garbled", "lost")
    assert outcome.message


def test_check__all_that_was_put_off_is_the_target_s_doing() -> None:
    """A target that never lets us create is incomplete because of it: exit code 3, and what stood in the way."""
    last = run(damaged("ERRORS", "limit-exceeded-for-all", "of a Create"), Settings(max_calls=150, settle_timeout=0.1))
    assert last.report["exit_code"] in (1, 3)


def test_check__an_operation_that_is_missing_is_named() -> None:
    """A target without List is judged for the rest; that is not all there is to judge, and it is the target's doing."""

    def missing(status: int, body: bytes) -> tuple[int, bytes]:
        return 400, b'{"__type": "UnknownOperationException", "message": "m"}'

    about = Damaged(lambda operation, call: operation == "ListTagsForResource", missing)
    last = run(about, Settings(max_calls=120, settle_timeout=0.5), 5.0)
    assert last.report["exit_code"] == 3 or last.deviations
    assert "ListTagsForResource" in last.report["unsupported"]
    if not last.deviations:
        assert "ListTagsForResource is unsupported" in last.report["reason"]


MOST = 500 * 2**20
HEAVY = """
import resource, sys
sys.path[:0] = {path!r}
from tests.hostile import damage
from tests.hostile.test_answers import Damaged, Settings, WHERE, run
run(Damaged(WHERE["later"], wire=damage.HEAVY[{name!r}]), Settings(max_calls=60, max_time=20.0), 5.0)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


@pytest.mark.deep
@pytest.mark.parametrize("name", damage.HEAVY)
def test_check__answers_that_are_heavy(name: str) -> None:
    """A gibibyte in each answer, or as much as is read and as costly as can be: less than 500 MB are used."""
    done = subprocess.run(
        [sys.executable, "-c", HEAVY.format(path=sys.path, name=name)], capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < MOST
