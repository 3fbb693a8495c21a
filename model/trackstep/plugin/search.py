"""The search behind the clauses: once a session, however many items and xdist workers ask for it.

Owns the run and its report, in plain values (reports/report.schema.json). Knows no test items.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from trackstep.errors import TrackstepError
from trackstep.plugin import choice
from trackstep.plugin.choice import Marked

Report = dict[str, Any]
NAME = "trackstep-report.json"
ROTTEN = "rotten"
"""Beside what report.json holds: what is out of date in the profile, and counts."""


def report(config: pytest.Config) -> Report:
    """The report of the session's one search; where it could not be judged, exit_code is 3 and reason says why."""
    shared = _shared(config)
    return _search(config) if shared is None else _once(shared, lambda: _search(config))


def _shared(config: pytest.Config) -> Path | None:
    """Where the workers of pytest-xdist find what one of them has searched; None where each searches for itself."""
    if not hasattr(config, "workerinput") or find_spec("fcntl") is None:  # Windows has no fcntl
        return None
    own = config.getoption("basetemp")
    return Path(own).parent if own else None


def _once(directory: Path, search: Callable[[], Report]) -> Report:
    """What the first to come has found; the others wait. A worker that dies lets go of the lock."""
    import fcntl

    found = directory / NAME
    with (directory / f"{NAME}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            found.write_text(json.dumps(search()), encoding="utf-8")
        told: Report = json.loads(found.read_text(encoding="utf-8"))
        return told


def _search(config: pytest.Config) -> Report:
    from trackstep import targets
    from trackstep.reporting import writing
    from trackstep.results import profile
    from trackstep.results import report as reports
    from trackstep.search.run import Run, Settings

    option, name = config.option, choice.target(config)
    declared = choice.declared(config)
    settings = Settings(
        option.trackstep_seed,
        option.trackstep_max_calls,
        option.trackstep_max_time,
        strict=option.trackstep_strict,
        regions=choice.regions(config),
    )
    target, run = None, None
    try:
        target = targets.load(name, choice.options(config, Marked()))
        run = Run(target, settings)
        with _hypothesis_elsewhere():
            deviations, reason = _deviations(run)
        known = profile.apply(declared, deviations, run.exercised, date.today(), run.answered) if declared else None
        told = reports.report(run, deviations, known, reason)
        if reason and not told["exit_code"]:
            told |= {"verdict": "could not be judged", "exit_code": 3, "reason": reason}
        if option.trackstep_report_dir:
            writing.write(told, deviations, run.histories(), Path(option.trackstep_report_dir))
        # Only a whole run can tell that something no longer occurs; that a day has passed, the calendar tells.
        whole = not reason and not run.situations.missing(run.unsupported)
        told[ROTTEN] = list(known.problems) if known and (known.expired or (known.stale and whole)) else []
        return told
    except TrackstepError as wrong:
        return reports.unjudged(str(wrong), name, settings.seed)
    finally:
        if run is not None and run.target.remembers:
            with suppress(TrackstepError):  # what is left has the run's names
                run.clean_up()
        if target is not None:
            target.close()


def _deviations(run: Any) -> tuple[tuple[Any, ...], str]:
    """What the run found, each with its shortest program; and why it was ended, if it was."""
    from trackstep.search.deviation import Deviations
    from trackstep.search.session import BudgetSpent

    reason = ""
    found = None
    try:
        for _ in run.events():
            pass
        found = Deviations(run)
        for _ in found.shrink():
            pass
    except BudgetSpent:
        pass  # the time is up; what was found is told
    except TrackstepError as wrong:
        reason = str(wrong)
    return ((found or Deviations(run)).all() if run.offered else ()), reason


@contextmanager
def _hypothesis_elsewhere() -> Iterator[None]:
    """Keep what Hypothesis writes apart from what the user's own Hypothesis tests have."""
    from hypothesis.configuration import set_hypothesis_home_dir, storage_directory

    before = storage_directory(intent_to_write=False).home_directory
    with TemporaryDirectory(prefix="trackstep-") as directory:
        set_hypothesis_home_dir(directory)
        try:
            yield
        finally:
            set_hypothesis_home_dir(before)
