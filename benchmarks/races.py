"""How many calls of clients at once it takes to find each race, and whether any variant is accused.

    python -m benchmarks.races [--seeds N] [--clients N] [--calls N] [NAME …]

A line for each race or variant (``-`` is the faithful emulator): how often something was found, after how many calls,
as which clauses, and how long it took. Only the source of rounds is run, on the embedded emulator over HTTP.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter

from trackstep.emulator.faults import RACES, VARIANTS
from trackstep.search.run import Run, Settings
from trackstep.search.sighting import Key
from trackstep.targets import TargetOptions
from trackstep.targets.served import ServedTarget

FAITHFUL = "-"


def found(name: str, seed: int, clients: int, calls: int, progression: str, to_the_end: bool) -> tuple[int, list[Key]]:
    """After how many calls something was found, and what; the calls that were made where nothing was."""
    planted = () if name == FAITHFUL else (name,)
    target = ServedTarget(TargetOptions(seed=seed, planted=planted, progression=progression, seconds=0.02))
    try:
        run = Run(target, Settings(seed=seed, max_calls=10 * calls, max_time=600.0, clients=clients))
        for _ in run.together.at_once(calls, 300.0):
            if not to_the_end and any(key.counts for key in run.sightings):
                break
        keys = [key for key in run.sightings if key.counts]
        return min([run.sightings[key].calls for key in keys], default=run.budget.calls), keys
    finally:
        target.close()


def main() -> None:
    """Print the table."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("names", nargs="*")
    wanted.add_argument("--seeds", type=int, default=3)
    wanted.add_argument("--first", type=int, default=0)
    wanted.add_argument("--clients", type=int, default=Settings().clients)
    wanted.add_argument("--calls", type=int, default=2000)
    wanted.add_argument("--progression", default="immediate")
    told = wanted.parse_args()
    for name in told.names or [*RACES, FAITHFUL]:
        began, calls, clauses = time.monotonic(), [], Counter[str]()
        for seed in range(told.first, told.first + told.seeds):
            to_the_end = name == FAITHFUL or name in VARIANTS
            after, keys = found(name, seed, told.clients, told.calls, told.progression, to_the_end)
            calls += [after] if keys else []
            clauses.update(f"{key.clause} {key.operation} {key.answer}" for key in keys)
        seconds = (time.monotonic() - began) / told.seeds
        when = f"after {int(statistics.median(calls))} calls, {max(calls)} at the most" if calls else ""
        print(f"{name:30} {len(calls)}/{told.seeds} {seconds:5.1f} s  {when}  {dict(clauses)}", flush=True)


if __name__ == "__main__":
    main()
