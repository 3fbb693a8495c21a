"""The judge held against a faithful service, and against histories that no service can have made.

    python benchmarks/judge_fuzz.py [--histories N] [--seed S] [--changed]

Without ``--changed`` not one of the histories may be accused; with it, each has one answer that is impossible by
construction, and the rate of each kind is printed. The first failures are shown as short histories for ``trackstep
judge``. Exit code 1 at an accusation, or where fewer than 99.5 % of the impossible ones are accused.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.fuzz import campaign
from tests.fuzz.change import KINDS

BAR = 0.995
SHOWN = 5


def hold_faithful(seeds: range) -> int:
    """Print what is accused and must not be."""
    kinds: Counter[tuple[str, str]] = Counter()
    accused, started = 0, time.perf_counter()
    for number, one in enumerate(campaign.faithful(seeds), 1):
        if one is not None:
            accused += 1
            kinds[one.finding.clause, one.finding.operation] += 1
            if kinds[one.finding.clause, one.finding.operation] == 1 and len(kinds) <= SHOWN:
                print(campaign.told(campaign.smallest_accused(one), seed=one.seed, finding=str(one.finding)))
        if number % 50_000 == 0:
            print(f"{number} histories, {accused} accused, {time.perf_counter() - started:.0f} s", flush=True)
    each = 1000 * (time.perf_counter() - started) / len(seeds)
    for kind, times in kinds.most_common():
        print(f"{times:7} {' '.join(kind)}")
    print(f"{len(seeds)} faithful histories: {accused} accused; {each:.2f} ms each")
    return 1 if accused else 0


def hold_changed(seeds: range) -> int:
    """Print how many of the impossible ones are accused, by kind."""
    made: Counter[str] = Counter()
    met: Counter[str] = Counter()
    started = time.perf_counter()
    for one in campaign.impossible(seeds):
        if one is None:
            continue
        made[one.kind] += 1
        met[one.kind] += one.accused
        if not one.accused and made[one.kind] - met[one.kind] == 1:
            print(campaign.told(campaign.smallest_missed(one), seed=one.seed, kind=one.kind))
    each = 1000 * (time.perf_counter() - started) / len(seeds)
    for kind in KINDS:
        print(f"{kind.replace('_', ' '):46} {met[kind]:6} of {made[kind]:6}")
    rate = met.total() / max(made.total(), 1)
    print(f"{made.total()} impossible histories: {met.total()} accused, {rate:.2%}; {each:.2f} ms each")
    return 0 if rate >= BAR else 1


def main() -> int:
    """Read the options, hold the judge against the histories."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--changed", action="store_true")
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.histories)
    return hold_changed(seeds) if options.changed else hold_faithful(seeds)


if __name__ == "__main__":
    sys.exit(main())
