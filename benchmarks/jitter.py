"""No false alarm: the faithful emulator with random latency, random status timing and shuffled lists, over many seeds.

    python benchmarks/jitter.py [--seeds 100] [--jobs 12]

Each run is a `trackstep check` of its own, in process; jobs may outnumber cores, since latency is waiting. Exit code 1
where anything was accused.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from trackstep.checking import check
from trackstep.event import Finished
from trackstep.results.report import INTERNAL
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

PLANTED = ("some-latency", "statuses-at-random", "shuffled-lists")


def run(seed: int) -> tuple[int, int, list[str]]:
    """One run: its seed, its calls, what it accused."""
    target = EmulatorTarget(TargetOptions(seed=seed, progression="manual", planted=PLANTED))
    try:
        *_, last = check(target, Settings(seed=seed), shrink=False)
        assert isinstance(last, Finished)
        told = last.report
        accused = [f"{d['clause']} {d['operation']}: {d['expected']} / {d['actual']}" for d in told["deviations"]]
        return seed, told["calls"], accused + [told["reason"]] * (told["exit_code"] == INTERNAL)
    finally:
        target.close()


def main() -> int:
    """Run, print, and say whether anything was accused."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--seeds", type=int, default=100)
    wanted.add_argument("--jobs", type=int, default=12)
    asked = wanted.parse_args()
    started, calls, alarms = time.monotonic(), 0, 0
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        for seed, spent, accused in pool.map(run, range(asked.seeds)):
            calls += spent
            alarms += bool(accused)
            for told in accused:
                print(f"seed {seed}: {told}")
    print(f"{asked.seeds} seeds, {calls} calls, {time.monotonic() - started:.0f} s: {alarms} runs with a false alarm")
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
