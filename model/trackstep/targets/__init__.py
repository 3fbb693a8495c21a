"""Where operations are sent: one class a target, found by entry point.

A target is one method, ``call``. It never raises for what the service answered: every answer, and
the lack of one, is an :class:`~trackstep.outcome.Outcome`. It knows nothing of the specification.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Protocol, runtime_checkable

from trackstep.errors import TargetError, TrackstepError, UsageError
from trackstep.operation import Operation
from trackstep.outcome import Outcome

ENTRY_POINT_GROUP = "trackstep.targets"


@dataclass(frozen=True, slots=True)
class TargetOptions:
    """What the command line knows of the target; each target takes what it needs.

    ``call_timeout`` is in seconds, for one call. ``progression`` and ``seconds`` are moto's words
    for how statuses move; these and ``planted`` (trackstep.emulator.faults) concern the embedded emulator only.
    ``command`` is what the stdio target starts, word by word. ``max_body``: bytes of an answer's body that are read.
    ``remote`` says that an endpoint which is not on this machine is meant (place.py); ``region`` is the first one, in
    which most calls are made.
    """

    endpoint_url: str | None = None
    events_endpoint_url: str | None = None
    call_timeout: float = 10.0
    seed: int = 0
    progression: str = "immediate"
    seconds: float = 0.2
    planted: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    max_body: int = 10 * 2**20
    remote: bool = False
    region: str = "us-east-1"


@runtime_checkable
class Target(Protocol):
    """Anything that answers operations. Built with one :class:`TargetOptions`."""

    regions_are_separate: bool
    """False where a second region cannot be asked (one real endpoint serves one region)."""
    remembers: bool
    """True where resources outlive the run, so names must be unique to it and are cleaned up."""

    @property
    def description(self) -> str:
        """One line for the report: what was tested, with versions."""

    def call(self, operation: Operation) -> Outcome:
        """Send one operation and say what came back; never raises for an answer."""

    def close(self) -> None:
        """Let go of what was opened; safe to call twice."""


@runtime_checkable
class Concurrent(Protocol):
    """A target that several may ask at once, each through a client of its own. One that lacks this is asked by one."""

    def client(self) -> Target:
        """Another way to the same service, for one thread; whoever asked for it closes it."""


def available() -> dict[str, str]:
    """Target names with the class each stands for, sorted by name."""
    return {point.name: point.value for point in sorted(entry_points(group=ENTRY_POINT_GROUP))}


def load(name: str, options: TargetOptions) -> Target:
    """Build the target registered under ``name``. Raises UsageError for an unknown name, TargetError if it fails.

    Raises UsageError, too, for an endpoint that is not on this machine unless ``options`` say that it is meant.
    """
    from trackstep.targets import place

    points = {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}
    if name not in points:
        raise UsageError(f"no target named {name!r}; choose one of: {', '.join(sorted(points))}")
    place.permit(options)
    try:
        built = points[name].load()(options)
    except TrackstepError:
        raise
    except Exception as wrong:
        raise TargetError(f"target {name!r} ({points[name].value}) cannot be built: {line(wrong)}") from wrong
    if not isinstance(built, Target):
        raise UsageError(f"target {name!r} ({points[name].value}) lacks a member of trackstep.targets.Target")
    return built


def package_of(target: Target) -> str:
    """The package, with its version, that brings a target; empty for one of this package, or registered nowhere."""
    made = f"{type(target).__module__}:{type(target).__qualname__}"
    brought = (point.dist for point in entry_points(group=ENTRY_POINT_GROUP) if point.value == made)
    return next((f"{dist.name} {dist.version}" for dist in brought if dist and dist.name != "trackstep"), "")


def line(wrong: BaseException) -> str:
    """An exception in one short line."""
    try:
        return " ".join(f"{type(wrong).__name__}: {wrong}".split())[:200]
    except Exception:  # its __str__ is as broken as the rest
        return type(wrong).__name__
