"""Is the program that is shown the shortest there is? Held against a breadth-first search on the model.

    python benchmarks/shortest.py [--every 4] [--jobs 2]

For each fault the search finds it and makes its program shortest. Then every state of the model that fewer of the same
commands lead to is reached, by the first way that leads there, and each command is tried in it on the broken emulator:
if that shows the same deviation, also with what makes its requests lawful (trackstep.search.lawful), there was a
shorter program. Prints both lengths, and exits with 1 where fewer than 95 % are shortest.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Hashable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from trackstep import program, selftest
from trackstep.emulator.faults import FAULTS
from trackstep.emulator.models import personalize_backends
from trackstep.oracle.notes import Finding
from trackstep.program import Command
from trackstep.search import imagine, lawful, sighting
from trackstep.search.session import Budget, Patience, Session
from trackstep.search.shrink import shows
from trackstep.search.sighting import Key
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

BAR = 0.95
STATES = 400
"""States of the model that are looked at for one fault."""
LONG = 12
"""A program of more commands is taken not to be shortest, without a search."""


def shorter(shown: list[Command], strict: bool) -> Iterator[list[Command]]:
    """Programs of the same commands that are shorter, shortest first; one way to each state of the model."""
    alphabet = list(dict.fromkeys(shown))
    frontier: list[list[Command]] = [[]]
    known: set[Hashable] = set()
    for _ in range(len(shown) - 1):
        onward: list[list[Command]] = []
        for way in frontier:
            going = imagine.session(strict)
            for command in way:
                going.perform(command)
            state = imagine.state(going)
            if state in known or len(known) >= STATES:
                continue
            known.add(state)
            for command in alphabet:
                yield [*way, command]
                onward.append([*way, command])
        frontier = onward


def compare(name: str) -> tuple[str, int, int]:
    """A fault, the length of its program as shown, and the shortest that was found; 0 where it was not found at all."""
    found = selftest.perform(selftest.Task(name, 0, True, 6000))
    if not found.program:
        return name, 0, 0
    fault, key = FAULTS[name], Key(*found.key)
    shown = program.parse("\n".join(found.program))
    if len(shown) > LONG:
        return name, len(shown), 1
    progression = "manual" if fault.needs == "moving" else "immediate"
    target = EmulatorTarget(TargetOptions(progression=progression, planted=(name,)))

    def deviates(session: Session, findings: list[Finding]) -> bool:
        return any(sighting.key(finding, session.steps) == key for finding in findings)

    try:
        for strict in (False, True):
            for number, candidate in enumerate(shorter(shown, strict)):
                personalize_backends.reset()
                session = Session(target, f"ts{number}", Budget(500, 30.0), Patience(0.2))
                if not shows(session, candidate, deviates):
                    continue
                fuller = lawful.lawful(session.program, shown)
                again = Session(target, f"ts{number}f", Budget(500, 30.0), Patience(0.2))
                personalize_backends.reset()
                if len(fuller) < len(shown) or not shows(again, fuller, deviates):
                    return name, len(shown), len(session.program)
    finally:
        target.close()
    return name, len(shown), len(shown)


def main() -> int:
    """Compare, print, and hold the share of shortest programs to the bar."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--every", type=int, default=1, help="every so many-th fault only")
    wanted.add_argument("--jobs", type=int, default=2)
    asked = wanted.parse_args()
    names, good, of = sorted(FAULTS)[:: asked.every], 0, 0
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        for name, length, least in pool.map(compare, names):
            of += 1
            good += 0 < length <= least
            shortest = 0 < length <= least
            print(f"{name}: {length or 'not found'}{'' if shortest else f', where {least} would do'}", flush=True)
    print(f"{good} of {of} programs are as short as the shortest there is ({good / of:.1%}); bar {BAR:.0%}")
    return good / of < BAR


if __name__ == "__main__":
    sys.exit(main())
