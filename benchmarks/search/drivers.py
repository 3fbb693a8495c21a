"""The peers: each searches for one fault behind one URL, with one seed and one budget of calls.

A driver is a function from a :class:`Task` to a :class:`~.hunt.Result`. What it draws from is in ``values``;
when it ends is in ``hunt``, but for the project's own search and for fast-check, which end themselves.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from trackstep import event, targets
from trackstep.checking import check
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions

from . import hunt, stock, uniform, values
from .hunt import CALL_TIMEOUT, MAX_TIME, SETTLE_TIMEOUT, Hunt, Result

FASTCHECK = Path(__file__).parent / "fastcheck"
CONSTRAINTS = Path(__file__).parents[2] / "spec" / "constraints.json"
NOT_JUDGED = ("ET-WIRE-",)
"""Areas that the fast-check model has no oracle for, but for the clauses of the next line."""
JUDGED_ALL_THE_SAME = ("ET-WIRE-9", "ET-WIRE-10", "ET-WIRE-12")


@dataclass(frozen=True, slots=True)
class Task:
    """What to find, where, and with what. No ``clauses``: whatever is found."""

    url: str
    clauses: tuple[str, ...]
    seed: int
    max_calls: int


def by_trackstep(task: Task) -> Result:
    """The project's own search, until its first deviation of one of the clauses."""
    hunt.reset(task.url)
    started, calls, first, named, saw, error = time.monotonic(), 0, 0, "", "", ""
    target = targets.load("http", TargetOptions(endpoint_url=task.url, call_timeout=CALL_TIMEOUT, seed=task.seed))
    settings = Settings(
        seed=task.seed, max_calls=task.max_calls, max_time=MAX_TIME, enough=MAX_TIME, settle_timeout=SETTLE_TIMEOUT
    )
    try:
        for happened in check(target, settings, shrink=False):
            if isinstance(happened, event.Called):
                calls = happened.calls
            elif isinstance(happened, event.Found):
                if not first and hunt.counts(happened.clause, ()):
                    first, named = calls, happened.clause
                if hunt.counts(happened.clause, task.clauses):
                    saw = f"{happened.clause} by {happened.operation}, {happened.source}"
                    break
            elif isinstance(happened, event.Failed):
                error = happened.reason
    finally:
        target.close()
    return Result(bool(saw), calls, time.monotonic() - started, saw, error, first, named)


def _by_session(task: Task, explore: Callable[..., None]) -> Result:
    target = targets.load("http", TargetOptions(endpoint_url=task.url, call_timeout=CALL_TIMEOUT, seed=task.seed))
    search = Hunt(target, task.url, task.clauses, task.max_calls)
    try:
        explore(search.session, task.seed)
    finally:
        target.close()
    return search.result()


def by_hypothesis(task: Task) -> Result:
    """Stock ``RuleBasedStateMachine``."""
    return _by_session(task, stock.explore)


def by_random(task: Task) -> Result:
    """Uniform random."""
    return _by_session(task, uniform.explore)


def by_fast_check(task: Task) -> Result:
    """fast-check's model-based commands, with a model of its own: until the first answer that it does not expect."""
    words = {
        "url": task.url, "seed": task.seed, "maxCalls": task.max_calls, "settleSeconds": SETTLE_TIMEOUT,
        "callSeconds": CALL_TIMEOUT, "values": values.table(),
        "constraints": json.loads(CONSTRAINTS.read_text(encoding="utf-8")),
    }  # fmt: skip
    ran = subprocess.run(
        ["node", "driver.mjs"], cwd=FASTCHECK, input=json.dumps(words), capture_output=True, text=True, timeout=MAX_TIME
    )
    if ran.returncode:
        return Result(False, 0, 0.0, error=f"node: {(ran.stderr.strip() or 'no word').splitlines()[-1]}")
    said = json.loads(ran.stdout)
    first = said["calls"] if said["found"] else 0
    return Result(said["found"], said["calls"], said["seconds"], said["saw"], said["error"], first)


def is_judged(driver: str, clauses: tuple[str, ...]) -> bool:
    """Whether the driver's oracle covers any of these clauses."""
    if driver != "fast-check" or not clauses:
        return True
    return any(c in JUDGED_ALL_THE_SAME or not c.startswith(NOT_JUDGED) for c in clauses)


DRIVERS: dict[str, Callable[[Task], Result]] = {
    "trackstep": by_trackstep,
    "hypothesis": by_hypothesis,
    "random": by_random,
    "fast-check": by_fast_check,
}
"""Name -> driver, in the order of the columns."""


def prepare_fast_check() -> str:
    """Install fast-check as its lock file says, if it is not there. Returns why it cannot be had, or nothing."""
    if (FASTCHECK / "node_modules" / "fast-check").is_dir():
        asked = ["node", "--version"]
    else:
        asked = ["npm", "ci", "--no-audit", "--no-fund", "--silent"]
    try:
        ran = subprocess.run(asked, cwd=FASTCHECK, capture_output=True, text=True, timeout=300)
    except FileNotFoundError:
        return f"{asked[0]} is not installed"
    except subprocess.TimeoutExpired:
        return f"{asked[0]} did not end within 300 s"
    if ran.returncode:
        lines = (ran.stderr.strip() or ran.stdout.strip()).splitlines()
        return f"{' '.join(asked[:2])}: {lines[-1] if lines else f'exit code {ran.returncode}'}"
    return ""
