"""How many faults of a blind set does the search find at first sight, and after how many calls?

    python -m benchmarks.blind.measure benchmarks/blind/set2 --seed 1 --max-calls 6000

A blind set was written by somebody who had not read the search (README.md beside this file). A fault is found at the
first deviation of a MUST or SHOULD clause, whichever that is; the run ends there. Each run is a process of its own.
Two more runs, in which nothing is broken, must find nothing, or the figure means nothing.
"""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from trackstep import selftest, spec
from trackstep.emulator.faults import FAULTS
from trackstep.targets import load

CONTROLS = ("nothing-is-broken-any", "nothing-is-broken-moving")


def planted(place: Path) -> dict[str, dict[str, str]]:
    """Put the set among the faults of the emulator; what its author says of each: class, level, ``via``."""
    sys.path.insert(0, str(place))
    blind: Any = importlib.import_module("faults")
    held = tuple(c.id for c in spec.load().clauses.values() if c.level in ("MUST", "SHOULD"))
    FAULTS.update({name: replace(fault, clauses=held) for name, fault in blind.FAULTS.items()})
    some = next(iter(blind.FAULTS.values()))
    for name in CONTROLS:
        needs = name.rpartition("-")[2]
        FAULTS[name] = replace(some, name=name, clauses=held, needs=needs, wraps=())
    control = {"class": "control", "level": "control", "via": "process"}
    told: dict[str, dict[str, str]] = blind.META | dict.fromkeys(CONTROLS, control)
    return told


def one(place: Path, name: str, seed: int, max_calls: int) -> dict[str, Any]:
    """One run, in this process: after how many calls the fault was found, and at which clause."""
    if planted(place)[name]["via"] == "served":
        setattr(selftest, "EmulatorTarget", lambda options: load("served", options))  # noqa: B010  # in its place
    done = selftest.perform(selftest.Task(name, seed, False, max_calls))
    return {"calls": done.calls, "clause": done.key[0] if done.key else "", "source": done.source}


def apart(place: Path, name: str, seed: int, max_calls: int) -> dict[str, Any]:
    """The same in a process of its own; ``error`` where that ends otherwise."""
    words = [str(place), "--one", name, "--seed", str(seed), "--max-calls", str(max_calls)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.blind.measure", *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return {"calls": None, "error": done.stderr.strip().rpartition("\n")[2]}
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def main() -> int:
    """Print a line for each fault, and how many of each class were found; 1 where a control finds something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("place", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--max-calls", type=int, default=6000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.place, given.one, given.seed, given.max_calls)))
        return 0
    told = planted(given.place)
    with ThreadPoolExecutor(given.jobs) as pool:
        runs = pool.map(lambda name: apart(given.place, name, given.seed, given.max_calls), told)
        found, of = Counter[str](), Counter[str]()
        controls = 0
        for (name, said), got in zip(told.items(), runs, strict=True):
            print(f"{name}: {got['calls'] or 'not found'} {got.get('clause', '')} {got.get('error', '')}".rstrip())
            if name in CONTROLS:
                controls += got["calls"] is None and "error" not in got
                continue
            of[said["class"]] += 1
            found[said["class"]] += got["calls"] is not None
    print(
        f"found {found.total()} of {of.total()}: {', '.join(f'{kind} {found[kind]}/{of[kind]}' for kind in sorted(of))}"
    )
    return 0 if controls == len(CONTROLS) else 1


if __name__ == "__main__":
    sys.exit(main())
