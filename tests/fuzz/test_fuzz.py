"""The judge on trial: a faithful service is never accused, an impossible answer nearly always.

``python benchmarks/judge_fuzz.py`` does the same with more of them.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from tests.fuzz import campaign
from tests.fuzz.change import KINDS
from tests.fuzz.histories import Session, sessions
from tests.fuzz.service import LOOKS
from trackstep.outcome import Outcome

PART = 250
"""Histories to one test, so that several processes share them."""
BAR = 0.995
STARTS = [pytest.param(n * PART, marks=pytest.mark.deep if n else ()) for n in range(6)]
"""Where the parts begin; those after the first are deep, for what a judge gets wrong most histories show."""


@cache
def conversations() -> tuple[Session, ...]:
    """Some hundred sessions."""
    return tuple(session for seed in range(300) for session in sessions(seed)[1])


def shown_first(start: int, loses: bool) -> None:
    """Fail at the first accusation, and show it as a short history."""
    for accused in campaign.faithful(range(start, start + PART), loses):
        if accused is not None:
            told = campaign.told(campaign.smallest_accused(accused), seed=accused.seed)
            pytest.fail(f"{accused.finding}\n{told}")


@pytest.mark.parametrize("start", STARTS)
def test_a_faithful_service_is_accused_of_nothing(start: int) -> None:
    """Whatever the sources leave open, each answer being heard."""
    shown_first(start, loses=False)


@pytest.mark.parametrize("start", STARTS)
def test_a_faithful_service_whose_answers_are_lost_is_accused_of_nothing(start: int) -> None:
    """What was lost is carried out at once, or later than an answer that came after it, or never."""
    shown_first(start, loses=True)


@pytest.mark.parametrize("start", STARTS)
def test_an_impossible_answer_is_accused(start: int) -> None:
    """Of every kind, nearly always; the first that is missed is shown as a short history."""
    made = [one for one in campaign.impossible(range(start, start + PART)) if one is not None]
    missed = [one for one in made if not one.accused]
    told = "".join(f"{one.kind}\n{campaign.told(campaign.smallest_missed(one), seed=one.seed)}\n" for one in missed[:1])
    assert len(missed) <= (1 - BAR) * len(made), told
    assert len(made) > 0.98 * PART


@pytest.mark.parametrize("histories", [500, pytest.param(1500, marks=pytest.mark.deep)])
def test_nothing_that_follows_is_held_against_a_careless_service(histories: int) -> None:
    """A malformed Create, a second tracker: each is told where it was accepted, and is the world from there on."""
    accepted = 0
    for session, more in campaign.careless(range(histories)):
        accepted += len(session.wrong)
        assert more == [], campaign.told(session)
    assert accepted > histories / 15


def test_every_kind_of_change_has_its_places() -> None:
    """No kind is there in name only."""
    made = Counter(one.kind for one in campaign.impossible(range(1000)) if one is not None)
    assert {kind for kind in KINDS if made[kind] < 2} == set()


def test_a_seed_gives_the_same_history() -> None:
    """What is found can be found again."""
    assert [session.steps for session in sessions(7)[1]] == [session.steps for session in sessions(7)[1]]


def test_clients_get_far() -> None:
    """Every operation succeeds and is refused, in every status, and what is lost is carried out now, later or never."""
    met: Counter[tuple[str, str]] = Counter()
    statuses: Counter[str] = Counter()
    for session in conversations():
        for operation, outcome in session.steps:
            met[operation.name, outcome.kind] += 1
            statuses.update(shown(outcome))
    assert {(name, kind) for name in LOOKS for kind in ("success", "refusal", "lost") if met[name, kind] < 5} == set()
    wanted = {"CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE", "CREATE FAILED", "DELETE PENDING", "DELETE IN_PROGRESS"}
    assert {status for status in wanted if statuses[status] < 20} == set()


def shown(outcome: Outcome) -> list[str]:
    """The statuses in an answer."""
    held = [item for each in (outcome.result or {}).values() for item in (each if isinstance(each, list) else [each])]
    return [item["status"] for item in held if isinstance(item, dict) and "status" in item]


def test_a_resource_lives_more_than_once() -> None:
    """Groups and trackers are made again under the ARN that they had."""
    again = 0
    for seed in range(300):
        service, _ = sessions(seed)
        arns = {resource.arn for resource in service.gone}
        again += sum(arn in held for held in service.held.values() for arn in arns)
    assert again > 30
