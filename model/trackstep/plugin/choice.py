"""What was chosen: the command line's options and a test's marker, as targets and settings want them.

Owns the reading of both, and the one line that a mistake gets. Opens nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

from trackstep import spec, targets, write_ahead
from trackstep.errors import TrackstepError, UsageError
from trackstep.results import profile
from trackstep.results.profile import Profile
from trackstep.targets import place

EMBEDDED = ("emulator", "served")
MOVING = ("immediate", "manual", "time")


@dataclass(frozen=True, slots=True)
class Marked:
    """What ``@pytest.mark.trackstep`` says of a test; the nearest marker that says something wins."""

    clauses: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()
    progression: str = "immediate"
    seconds: float = 0.2


def check(config: pytest.Config) -> None:
    """Raise pytest.UsageError, one line, where the options cannot be meant."""
    option = config.option
    known = targets.available()
    if option.trackstep_target and option.trackstep_target not in known:
        raise pytest.UsageError(
            f"--trackstep-target: no target named {option.trackstep_target!r}; choose one of: {', '.join(known)}"
        )
    if option.trackstep_endpoint_url and option.trackstep_target in (*EMBEDDED, "moto"):
        raise pytest.UsageError(
            f"--trackstep-endpoint-url and --trackstep-target {option.trackstep_target} exclude each other"
        )
    try:
        place.permit(options(config, Marked()))
    except UsageError as wrong:
        raise pytest.UsageError(str(wrong).replace("--remote", "--trackstep-remote")) from None
    if option.trackstep_max_calls < 1 or not 1 <= option.trackstep_max_time < float("inf"):
        raise pytest.UsageError("--trackstep-max-calls and --trackstep-max-time want at least 1")
    declared(config)


def tell(config: pytest.Config) -> None:
    """Say where calls go, and in whose account, before any test makes one on another machine."""
    terminal: Any = config.pluginmanager.get_plugin("terminalreporter")
    if not config.option.trackstep_remote or terminal is None or hasattr(config, "workerinput"):
        return
    try:
        asked = targets.load(target(config), options(config, Marked()))
    except TrackstepError:
        return  # which whatever asks for the target tells
    if told := getattr(asked, "notice", ""):
        terminal.write_line(f"trackstep: {told}")
    asked.close()


def target(config: pytest.Config) -> str:
    """The name of the target; the embedded emulator where none was chosen."""
    option = config.option
    return str(option.trackstep_target or ("http" if option.trackstep_endpoint_url else "emulator"))


def options(config: pytest.Config, marked: Marked) -> targets.TargetOptions:
    """The options of the target, with what a test's marker says."""
    option = config.option
    return targets.TargetOptions(
        option.trackstep_endpoint_url,
        option.trackstep_events_endpoint_url,
        min(10.0, option.trackstep_max_time / 4),
        option.trackstep_seed,
        marked.progression,
        marked.seconds,
        marked.faults,
        remote=option.trackstep_remote,
        region=regions(config)[0],
    )


def opened(config: pytest.Config, options: targets.TargetOptions) -> targets.Target:
    """The target, with a ledger where what it creates outlives it: in the report dir, or beside what pytest keeps.

    Raises TrackstepError where it cannot be opened.
    """
    name = target(config)
    made = targets.load(name, options)
    if not made.remembers:
        return made
    chosen, cache = config.option.trackstep_report_dir, getattr(config, "cache", None)
    directory = Path(chosen) if chosen else cache.mkdir("trackstep") if cache else config.rootpath / "reports" / "out"
    return write_ahead.keeping(made, name, options, directory)


def regions(config: pytest.Config) -> tuple[str, str]:
    """The region that was chosen, and another."""
    first = str(config.option.trackstep_region)
    return first, "us-west-2" if first != "us-west-2" else "us-east-1"


def declared(config: pytest.Config) -> Profile | None:
    """The profile. Raises pytest.UsageError where it is none."""
    path = config.option.trackstep_profile
    try:
        return profile.load(Path(path)) if path else None
    except UsageError as wrong:
        raise pytest.UsageError(f"--trackstep-profile: {wrong}") from None


def marked(node: pytest.Item) -> Marked:
    """What the markers of a test say; one that says nonsense fails the test in one line."""
    said: dict[str, Any] = {}
    clauses: frozenset[str] = frozenset()
    for marker in node.iter_markers("trackstep"):
        clauses = clauses or _clauses(marker.args)
        said = {**marker.kwargs, **said}
    if unknown := sorted(said.keys() - {"faults", "progression", "seconds"}):
        _refuse(f"{unknown[0]}= is unknown; it takes faults=, progression=, seconds=")
    faults, progression, seconds = (
        said.get("faults", ()),
        said.get("progression", "immediate"),
        said.get("seconds", 0.2),
    )
    if progression not in MOVING:
        _refuse(f"progression= wants one of {', '.join(MOVING)}, not {progression!r}")
    if not isinstance(seconds, (int, float)) or not 0 <= seconds < float("inf"):
        _refuse(f"seconds= wants a number of seconds, not {seconds!r}")
    planted = (faults,) if isinstance(faults, str) else tuple(faults) if isinstance(faults, Iterable) else ()
    if planted:
        from trackstep.emulator.faults import find

        try:
            for name in planted:
                find(str(name))
        except UsageError as wrong:
            _refuse(str(wrong))
    return Marked(clauses, tuple(map(str, planted)), str(progression), float(seconds))


def _clauses(named: Iterable[object]) -> frozenset[str]:
    """The ids that these clauses and areas stand for."""
    known, found = spec.load(), set[str]()
    for name in named:
        ids = {c.id for c in known.clauses.values() if name in (c.id, c.area, f"ET-{c.area}")}
        if not ids:
            _refuse(f"no clause or area is called {name!r}; `trackstep clauses` lists them")
        found |= ids
    return frozenset(found)


def _refuse(why: str) -> NoReturn:
    pytest.fail(f"@pytest.mark.trackstep: {why}", pytrace=False)
