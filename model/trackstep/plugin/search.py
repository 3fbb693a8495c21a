"""The search behind the clauses: once a session, however many items and xdist workers ask for it.

Owns the run and its report, in plain values (reports/report.schema.json). Knows no test items.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
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
    """The report of the session's one search; its reason says why, where it could not be judged."""
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
    from trackstep import event
    from trackstep.checking import check
    from trackstep.reporting import writing
    from trackstep.reporting.journal import Journal
    from trackstep.results import origin as origins
    from trackstep.results import report as reports
    from trackstep.search.run import Settings
    from trackstep.targets import asking

    option, name = config.option, choice.target(config)
    declared = choice.declared(config)
    settings = Settings(
        option.trackstep_seed,
        option.trackstep_max_calls,
        option.trackstep_max_time,
        strict=option.trackstep_strict,
        regions=choice.regions(config),
    )
    directory = Path(option.trackstep_report_dir) if option.trackstep_report_dir else None
    target, judged, journal = None, event.Judged(), None
    try:
        journal = Journal(directory) if directory else None
        options = choice.options(config, Marked())
        origin = origins.here(options=origins.words(name, options))
        target = choice.opened(config, options)
        with (
            _hypothesis_elsewhere(),
            closing(check(target, settings, declared, journal=journal, origin=origin)) as stream,
        ):
            for happened in stream:
                if isinstance(happened, event.Finished) and happened.left:
                    warnings.warn(pytest.PytestWarning(f"trackstep: {happened.left}"), stacklevel=1)
                if isinstance(happened, event.Judged):
                    judged = happened
                    if directory:
                        writing.write(judged.report, judged.deviations, directory)
                elif isinstance(happened, event.Started) and journal:
                    journal.begin(happened)
        if judged.report["exit_code"] > reports.SIGNAL:
            raise KeyboardInterrupt  # pytest's own, which was in our way
        return {**judged.report, ROTTEN: list(judged.rotten)}
    except TrackstepError as wrong:
        return reports.unjudged(str(wrong), name, settings.seed)
    finally:
        if target is not None:
            asking.let_go(target)
        if journal is not None:
            journal.close()


@contextmanager
def _hypothesis_elsewhere() -> Iterator[None]:
    """Keep what Hypothesis writes apart from what the user's own Hypothesis tests have."""
    from hypothesis.configuration import set_hypothesis_home_dir, storage_directory

    stored: Any = storage_directory(intent_to_write=False)
    before = getattr(stored, "home_directory", stored)  # older releases answer with the path itself
    with TemporaryDirectory(prefix="trackstep-") as directory:
        set_hypothesis_home_dir(directory)
        try:
            yield
        finally:
            set_hypothesis_home_dir(before)
