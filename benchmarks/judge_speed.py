"""How many operations a second the judge alone does on a saved history.

    python benchmarks/judge_speed.py [history.jsonl]

Without a file, three runs against the embedded emulator are made and saved first. Parsing is not
counted. The bar is 100,000 operations a second; exit code 1 below it.
"""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from trackstep import history
from trackstep.checking import check
from trackstep.oracle import judge, wire
from trackstep.oracle.interval import Interval
from trackstep.oracle.judge import Step
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

BAR = 100_000
ROUNDS = 15


def saved(path: Path) -> None:
    """Save the histories of three runs."""
    histories: list[history.History] = []
    for seed in range(3):
        target = EmulatorTarget(TargetOptions(seed=seed))
        sessions: dict[str, history.History] = {}

        def journal(
            session: str, step: Step, when: Interval | None, sessions: dict[str, history.History] = sessions
        ) -> None:
            sessions.setdefault(session, history.History(session, [])).steps.append(step)

        for _ in check(target, Settings(seed=seed), shrink=False, journal=journal):
            pass
        target.close()
        histories += sessions.values()
    path.write_text("".join(f"{line}\n" for line in history.dump(histories)), encoding="utf-8")


def seconds(histories: list[history.History]) -> float:
    """One pass over all of them, nothing remembered from the pass before."""
    wire.forget()
    started = time.perf_counter()
    for one in histories:
        judge.judge(one.steps, one.prefix, one.complete)
    return time.perf_counter() - started


def main() -> int:
    """Measure, print, compare with the bar."""
    with TemporaryDirectory() as directory:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(directory) / "history.jsonl"
        if len(sys.argv) == 1:
            saved(path)
        histories = history.parse(path.read_text(encoding="utf-8"))
    steps = sum(len(one.steps) for one in histories)
    gc.collect()
    gc.freeze()  # the history itself is no garbage
    times = sorted(seconds(histories) for _ in range(ROUNDS))
    rate = steps / times[0]
    print(f"{steps} operations in {len(histories)} histories, {ROUNDS} passes")
    print(
        f"best {rate:,.0f} operations/s, median {steps / times[ROUNDS // 2]:,.0f}; bar {BAR:,}: ratio {rate / BAR:.2f}"
    )
    return rate < BAR


if __name__ == "__main__":
    sys.exit(main())
