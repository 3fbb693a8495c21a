"""As many causes as faults: shipped faults planted together, by two and three, and the first causes that a run names.

    python -m benchmarks.causes [RUNS] [SEED]

Prints a line for each run and the part of the runs that named as many first causes as there were faults. A run whose
faults were not all found within ``CALLS`` counts as one that did not.
"""

from __future__ import annotations

import random
import sys
import time

from trackstep.checking import check
from trackstep.emulator.faults import FAULTS
from trackstep.event import Finished
from trackstep.search.clock import Still
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

RUNS, CALLS = 40, 3000
SECONDS = 120.0


def causes(planted: tuple[str, ...], seed: int) -> list[str]:
    """The first causes that a run names with these faults planted."""
    moving = any(FAULTS[name].needs == "moving" for name in planted)
    options = TargetOptions(seed=seed, planted=planted, progression="manual" if moving else "immediate")
    target = EmulatorTarget(options)
    try:
        settings = Settings(
            seed=seed, max_calls=CALLS, max_time=SECONDS, enough=SECONDS, settle_timeout=1.0, clock=Still()
        )
        *_, last = check(target, settings)
    finally:
        target.close()
    assert isinstance(last, Finished)
    return [deviation.id for deviation in last.deviations if not deviation.cause]


def main(runs: int, seed: int) -> None:
    """Run them, one after the other."""
    rng, equal = random.Random(seed), 0
    for number in range(runs):
        planted = tuple(rng.sample(sorted(FAULTS), 2 + number % 2))
        began = time.monotonic()
        named = causes(planted, number)
        equal += len(named) == len(planted)
        told = f"{len(named)} of {len(planted)} in {time.monotonic() - began:.0f} s"
        print(f"{told}: {', '.join(planted)}: {named}", flush=True)
    print(f"as many causes as faults in {equal} of {runs} runs")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:3]]
    main(*(given + [RUNS, 0][len(given) :]))
