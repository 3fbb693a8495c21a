"""How long a verdict takes on histories whose calls overlap.

    python benchmarks/overlapping.py [--histories N] [--seed S]

Conforming histories of a faithful service (tests/fuzz/overlapping.py), by clients, calls and lost answers: median, the
slowest of a hundred, verdicts, and how many spent the budget. Then the same with one change that no order explains.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.fuzz.contradicted import KINDS, View
from tests.fuzz.overlapping import overlapping

from trackstep.history import History
from trackstep.oracle import linearise

CLIENTS, CALLS, LOST = (2, 4, 8), (32, 64), (0.0, 0.02, 0.05)


def conforming(seeds: range, clients: int, calls: int, lost: float) -> Iterator[History]:
    """As a service and its clients made them."""
    for seed in seeds:
        yield overlapping(seed, clients, calls, lost=lost, complete=True)


def changed(histories: Iterable[History]) -> Iterator[History]:
    """The same, each with one answer that is impossible; those in which there is a place for one."""
    for number, history in enumerate(histories):
        rng = Random(number)
        view = View(history, rng)
        found = [one for kind in KINDS.values() for one in list(kind(view))[:1]]
        if found:
            yield rng.choice(found)


def measure(histories: Iterable[History]) -> str:
    """Milliseconds, and what came of it."""
    took: list[float] = []
    verdicts: list[linearise.Verdict] = []
    for history in histories:
        began = time.perf_counter()
        verdicts.append(linearise.judge(history.steps, history.intervals, history.prefix, history.complete))
        took.append(1000 * (time.perf_counter() - began))
    took.sort()
    counts = {status: sum(verdict.status == status for verdict in verdicts) for status in ("explained", "contradicted")}
    spent = sum(verdict.spent for verdict in verdicts)
    slow = took[min(len(took) - 1, round(0.99 * len(took)))]
    return f"{statistics.median(took):8.1f} {slow:8.1f} {counts['explained']:6} {counts['contradicted']:6} {spent:6}"


def main() -> None:
    """A line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--histories", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.histories)
    print("clients calls lost       median   slowest  expl. contr.  spent   (ms; slowest: of a hundred)")
    for clients in CLIENTS:
        for calls in CALLS:
            for lost in LOST:
                told = measure(conforming(seeds, clients, calls, lost))
                print(f"{clients:7} {calls:5} {lost:4.0%}       {told}", flush=True)
            told = measure(changed(conforming(seeds, clients, calls, 0.0)))
            print(f"{clients:7} {calls:5}   0% wrong {told}", flush=True)


if __name__ == "__main__":
    main()
