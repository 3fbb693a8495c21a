"""The judge of overlapping calls on trial: no conforming history is accused, an impossible one nearly always.

And on small ones it says what all orders tried one by one say.
"""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from tests.fuzz.contradicted import KINDS, impossible
from tests.fuzz.edited import edited
from tests.fuzz.overlapping import overlapping
from tests.model.orders import is_explained
from trackstep.history import History, dump
from trackstep.oracle import linearise
from trackstep.oracle.interval import do_overlap
from trackstep.oracle.linearise import Verdict

BAR = 0.99


def judged(history: History) -> Verdict:
    """What it shows."""
    return linearise.judge(history.steps, history.intervals, history.prefix, history.complete)


def told(history: History, **about: object) -> str:
    """The lines of a file for ``trackstep judge``."""
    return "\n".join(dump([history], **about))


def accused_of_nothing(seeds: range) -> None:
    """Fail at the first history that is not explained."""
    for seed in seeds:
        history = overlapping(seed)
        verdict = judged(history)
        assert verdict.status == "explained", f"{verdict}\n{told(history, seed=seed)}"


@pytest.mark.parametrize("start", [0, 100])
def test_a_faithful_service_is_accused_of_nothing(start: int) -> None:
    """Whatever its 2 to 4 clients ask at once, and whatever is lost, late, put off or left open."""
    accused_of_nothing(range(start, start + 100))


@pytest.mark.deep  # 10,000 histories, minutes
@pytest.mark.parametrize("start", range(10_000, 20_000, 2_500))
def test_a_faithful_service_is_accused_of_nothing_by_the_thousand(start: int) -> None:
    """The same, 10,000 times."""
    accused_of_nothing(range(start, start + 2_500))


def nearly_all_accused(seeds: range) -> Counter[str]:
    """Of impossible histories; how many there were of each kind."""
    met: Counter[str] = Counter()
    missed = []
    for seed, kind, history in impossible(seeds):
        met[kind] += 1
        if judged(history).status != "contradicted":
            missed.append(told(history, seed=seed, kind=kind))
    assert len(missed) <= (1 - BAR) * met.total(), "\n".join(missed[:1])
    return met


def test_an_impossible_history_is_accused() -> None:
    """Of every kind."""
    assert nearly_all_accused(range(150)).keys() == KINDS.keys()


@pytest.mark.deep  # some 4,000 histories, minutes
def test_impossible_histories_are_accused_by_the_thousand() -> None:
    """The same, thousands of times."""
    assert nearly_all_accused(range(10_000, 15_000)).total() > 3_000


def agreed(seeds: range, clients: int, length: int) -> Counter[str]:
    """The verdicts on small histories, conforming and edited; each is that of all orders tried one by one."""
    met: Counter[str] = Counter()
    for seed in seeds:
        rng = Random(seed)
        history = overlapping(seed, clients, length, begun=rng.choice((0, 5, 10)))
        if seed % 4:
            history = edited(rng, history, rng.choice((1, 1, 2)))
        verdict = judged(history)
        assert verdict.status != "unknown"
        assert (verdict.status == "explained") == is_explained(history), told(history, seed=seed)
        met[verdict.status] += do_overlap(history.intervals)
    return met


def test_small_histories_agree_with_all_their_orders() -> None:
    """Three clients with three calls each."""
    met = agreed(range(120), 3, 9)
    assert min(met["explained"], met["contradicted"]) > 30


@pytest.mark.deep  # up to 369,600 orders of one history, minutes
@pytest.mark.parametrize("start", [1_000, 1_500])
def test_four_clients_with_three_calls_agree_with_all_their_orders(start: int) -> None:
    """As many as can be tried one by one."""
    met = agreed(range(start, start + 500), 4, 12)
    assert min(met["explained"], met["contradicted"]) > 100


def test_the_same_history_is_told_in_the_same_words() -> None:
    """Orders, findings and all."""
    for _, _, history in impossible(range(30)):
        assert judged(history) == judged(history)
