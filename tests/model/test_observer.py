"""The observer is right: the judge accepts exactly what a service can answer that moves as the tables say.

``service.py`` is the other hand: it enumerates the service's hidden moves one by one, on concrete states, from the raw
tables. The judge keeps one set of statuses a resource instead. Both must call the same step of each history the first
that cannot be. What is said after a contradiction is not compared: the judge adopts it, a service never gives it.

One dataset group, its event tracker, and one name for each, so these are left out, of which the judge knows more or
is more lenient: malformed requests, forms, IDs and times (they are always right here), more than one page, what is
tentative beside the lifecycle (ET-LIFE-9, the first look at a status), names that ask for a failed creation, and a
Create whose answer was lost (its ARN is nobody's until it is seen).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import pytest

from tests.deep import sweep
from tests.model import service
from tests.model.service import ANSWERED, CODES, START, THROTTLED, Letter, Service
from trackstep.operation import Operation
from trackstep.oracle import guard, judge, lifecycle
from trackstep.oracle.judge import Judgement
from trackstep.oracle.notes import Notes
from trackstep.oracle.world import World
from trackstep.outcome import Outcome

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/ts-a"
LAW = hashlib.md5(GROUP.encode(), usedforsecurity=False).hexdigest()[:8]
TRACKER = f"arn:aws:personalize:us-east-1:123456789012:event-tracker/{LAW}"
IN_GROUP, OF_TRACKER = {"datasetGroupArn": GROUP}, {"eventTrackerArn": TRACKER}
EVENTS = {"sessionId": "s", "eventList": [{"eventType": "click", "sentAt": 1.7e9}]}
TIMES = {"creationDateTime": 1.6e9, "lastUpdatedDateTime": 1.6e9}
BESIDE = {"ET-LIFE-9"}
LOST_AT_MOST = 1
"""Answers that are lost in one history; several are what the fuzz (tests/fuzz) is for."""

CREATED = [Letter("CreateDatasetGroup", "ok"), Letter("DescribeDatasetGroup", "ACTIVE")]
LIVING = [*CREATED, Letter("CreateEventTracker", "ok"), Letter("DescribeEventTracker", "ACTIVE")]
LEAVING = [*LIVING, Letter("DeleteEventTracker", "ok")]
STARTS = {
    "nothing": ([], 4, 90_000),
    "group": (CREATED, 3, 9_000),
    "tracker": (LIVING, 4, 55_000),
    "deletion": (LEAVING, 3, 22_000),
}
"""What went before -> its letters, how many follow, and how many histories there are at the least."""


class Known(NamedTuple):
    """Where a history has led both: the judge's worlds, the service's states, the trackers made."""

    worlds: tuple[World, ...]
    possible: frozenset[Service]
    made: int = 0
    history: tuple[Letter, ...] = ()


def tracking_id(number: int) -> str:
    """The tracking ID of an incarnation; 0 is nobody's."""
    return f"00000000-0000-4000-8000-{number:012d}"


def request(name: str, made: int) -> Operation:
    """The one request of each operation."""
    special: dict[str, dict[str, Any]] = {
        "CreateDatasetGroup": {"name": "ts-a"},
        "CreateEventTracker": {"name": "ts-t", **IN_GROUP},
        "PutEvents": {"trackingId": tracking_id(made), **EVENTS},
    }
    of_one = OF_TRACKER if name in ("DescribeEventTracker", "DeleteEventTracker") else IN_GROUP
    return Operation(name, special.get(name, of_one))


def outcome(letter: Letter, made: int) -> Outcome:
    """An answer in full, all that the letter leaves out being right."""
    name, answer = letter
    if answer in CODES:
        return Outcome.refusal(answer, "because")
    if answer in ("throttled", "lost"):
        return Outcome.throttled("ThrottlingException") if answer == "throttled" else Outcome.lost("no answer")
    group = {"name": "ts-a", "status": answer, **IN_GROUP, **TIMES}
    if answer == "CREATE FAILED":
        group["failureReason"] = "because"
    item = {"name": "ts-t", "status": answer, **OF_TRACKER, **TIMES}
    made_of = {"accountId": "123456789012", "trackingId": tracking_id(made), **IN_GROUP}
    results: dict[str, dict[str, Any]] = {
        "CreateDatasetGroup": IN_GROUP,
        "CreateEventTracker": {**OF_TRACKER, "trackingId": tracking_id(made + 1)},
        "DescribeDatasetGroup": {"datasetGroup": group},
        "DescribeEventTracker": {"eventTracker": item | made_of},
        "ListEventTrackers": {"eventTrackers": [] if answer == "nothing" else [item]},
    }
    return Outcome.success(results.get(name, {}))


def follow(known: Known, letter: Letter) -> Known | None:
    """Where both are after one more letter; None where both say that it cannot be. Fails where they disagree."""
    judgement = Judgement(known.worlds, Notes(len(known.history)))
    found = judge.step(judgement, request(letter.operation, known.made), outcome(letter, known.made))
    broken = [finding.clause for finding in found if finding.clause not in BESIDE]
    possible = service.after(known.possible, letter)
    history = (*known.history, letter)
    assert bool(broken) != bool(possible), (
        f"after {' '.join(map(':'.join, history))} the judge says {broken or 'nothing'}, "
        f"and the service may be in {sorted(possible) or 'no state'}"
    )
    if broken:
        return None
    return Known(judgement.worlds, possible, known.made + (letter == ("CreateEventTracker", "ok")), history)


def begun(letters: Iterable[Letter] = ()) -> Known:
    """Where both are after a history that can be."""
    home = {"us-east-1": ("aws", "123456789012")}  # whose account it is, is known from the start
    known = Known((World(prefix="ts", homes=home),), START)
    for letter in letters:
        then = follow(known, letter)
        assert then is not None
        known = then
    return known


def histories(known: Known, length: int) -> Iterator[Known | None]:
    """Every history that begins like this, up to so many letters more; what cannot be is not gone on with."""
    for letter in ANSWERED:
        then = follow(known, letter)
        yield then
        if then is not None and length > 1:
            yield from histories(then, length - 1)


def essence(known: Known) -> Any:
    """All that the verdict on a further letter depends on: no step numbers, no count of incarnations, no old IDs."""
    worlds = [
        (
            world.dataset_needed,
            bool(world.ids),
            *sorted(waits.operation.name for waits in world.lost),
            *sorted((key, r.mask, r.took) for key, r in world.resources.items()),
        )
        for world in known.worlds
    ]
    return frozenset(worlds), known.possible


def explored(known: Known, alphabet: list[Letter]) -> tuple[int, int]:
    """Follow histories of any length, one for all that know the same: how many such, and how many steps."""
    seen, frontier = {essence(known)}, [known]
    for here in frontier:
        few = sum(letter.answer == "lost" for letter in here.history) < LOST_AT_MOST
        letters = [letter for letter in alphabet if few or letter.answer != "lost"]
        for then in filter(None, (follow(here, letter) for letter in letters)):
            if essence(then) not in seen:
                seen.add(essence(then))
                frontier.append(then)
    return len(seen), len(frontier) * len(alphabet)


# The longest are deep: the histories of any length, below, pass through what they know.
@pytest.mark.parametrize("start", sweep(STARTS, "group", "deletion"))
def test_every_history_up_to_a_length(start: str) -> None:
    """Judge and service call the same step the first that cannot be; nothing is merged."""
    letters, length, floor = STARTS[start]
    possible = [then is not None for then in histories(begun(letters), length)]
    assert len(possible) > floor
    assert len(possible) / 10 < sum(possible) < len(possible) / 2


def test_every_history_of_any_length() -> None:
    """The same without a bound: histories after which both know the same are one from there on."""
    states, steps = explored(begun(), ANSWERED + THROTTLED)
    assert states > 300
    assert steps > 20_000


# The other is deep: one answer of a history is lost at most, so that the two do not meet; tests/fuzz loses both.
@pytest.mark.parametrize("delete", sweep(["DeleteEventTracker", "DeleteDatasetGroup"], "DeleteEventTracker"))
def test_every_history_with_a_lost_delete(delete: str) -> None:
    """A Delete whose answer was lost may be carried out at any later moment, or never.

    No tracker is seen CREATE FAILED here: that it occupies its group is tentative (ET-UNIQ-4) and rules no world out.
    """
    left_out = ("CreateDatasetGroup", "PutEvents")
    letters = [letter for letter in ANSWERED if letter.operation not in left_out]
    letters = [letter for letter in letters if letter.answer != "CREATE FAILED" or "Group" in letter.operation]
    states, steps = explored(begun(CREATED), [*letters, Letter(delete, "lost")])
    assert states > 500
    assert steps > 24_000


@pytest.mark.parametrize(
    "history",
    [
        "CreateDatasetGroup:ok DeleteDatasetGroup:ok CreateEventTracker:ok ListEventTrackers:nothing",
        "CreateDatasetGroup:ok DeleteDatasetGroup:ok CreateDatasetGroup:lost DescribeDatasetGroup:CREATE_PENDING",
        "CreateDatasetGroup:ok DescribeDatasetGroup:ACTIVE CreateEventTracker:ok DeleteEventTracker:ok "
        "DescribeEventTracker:ResourceNotFoundException CreateEventTracker:lost ListEventTrackers:CREATE_PENDING",
    ],
)
def test_what_was_once_held_against_a_service(history: str) -> None:
    """A tracker that outlives its group need not be listed in it; a group may be made again unseen."""
    begun(Letter(*word.replace("_", " ").split(":")) for word in history.split())


def test_what_is_tentative_rules_no_world_out() -> None:
    """First seen IN_PROGRESS (ET-LIFE-9) is no reason to believe that lost deletes were carried out, or were not."""
    created, deletes = [*CREATED, Letter("CreateEventTracker", "ok")], ("DeleteEventTracker", "DeleteDatasetGroup")
    known = begun(
        [*created, *(Letter(name, "lost") for name in deletes), Letter("DescribeEventTracker", "CREATE IN_PROGRESS")]
    )
    assert len(known.worlds) == 1
    assert follow(known, Letter("DescribeEventTracker", "CREATE PENDING")) is None
    assert follow(known, Letter("CreateDatasetGroup", "ok")) is not None


@pytest.fixture
def afresh() -> Iterator[None]:
    """Nothing compiled from the tables is kept, before and after."""
    caches = (lifecycle.observer, guard._standing, service.answers, service.moments)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


def _rows(change: Callable[[Any, Any], tuple[Any, Any]]) -> Callable[[Any], tuple[Any, Any]]:
    rows = guard.rows
    return lambda c: change(*rows(c))


WRONG_JUDGES: dict[str, tuple[Any, str, Any]] = {
    "nothing moves unseen": (lifecycle.Observer, "closure", lambda self, bits: bits),
    "success is always believed": (guard, "rows", _rows(lambda may, must: (may, None))),
    "what is open is a must": (guard, "rows", _rows(lambda may, must: (may, must or next(iter(may), None)))),
    "only what must be refused may be": (guard, "rows", _rows(lambda may, must: ([must] if must else [], must))),
    "a refusal teaches nothing": (judge, "_narrowed", lambda c, allowed, notes: c.world),
}
"""What is wrong -> where the judge is changed, and to what."""


@pytest.mark.usefixtures("afresh")
@pytest.mark.parametrize("wrong", WRONG_JUDGES)
def test_a_wrong_judge_disagrees(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail, whichever side accepts more."""
    monkeypatch.setattr(*WRONG_JUDGES[wrong])
    with pytest.raises(AssertionError, match=r"after \w+:.* the judge says"):
        explored(begun(), ANSWERED)


@pytest.mark.usefixtures("afresh")
@pytest.mark.parametrize("name", ["CreateEventTracker", "DeleteEventTracker", "DescribeEventTracker"])
def test_another_table_disagrees(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused for a status of the tracker matters: where the service knows nothing of it, the two disagree."""
    rows = service.RULES[name]["refusals"]
    for statuses in {tuple(row["in"]) for row in rows if row.get("on") == "tracker"}:
        service.answers.cache_clear()
        left = [row for row in rows if row.get("on") != "tracker" or tuple(row["in"]) != statuses]
        monkeypatch.setitem(service.RULES[name], "refusals", left)
        with pytest.raises(AssertionError, match=rf"{name}:.* the judge says"):
            explored(begun(), ANSWERED)
