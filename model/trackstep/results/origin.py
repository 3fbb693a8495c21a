"""When, where and of what a run was made: the head of a report, beside its verdict.

Owns the one seam to the wall clock and to the machine's name, and the options that choose the same target again. Of two
runs with one seed only this and the times differ, so nothing that compares runs may read it. Knows no report.
"""

from __future__ import annotations

import platform
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from trackstep.secret import redacted
from trackstep.targets import Target, TargetOptions
from trackstep.targets.asking import version

LONGEST = 200
"""Characters of a version that are kept."""
IMPLIED = {"http": "endpoint_url", "stdio": "command"}
"""Target -> the option that chooses it by itself."""
DEFAULTS = TargetOptions()


@dataclass(frozen=True, slots=True)
class Origin:
    """``began``: when the run began, UTC, to the second (ISO 8601). ``host``: the machine that it was made on.

    ``version``: the commit or version of the target as the user says. ``options``: those of ``trackstep replay`` that
    choose the same target, or None where nobody knows them.
    """

    began: str
    host: str
    version: str = ""
    options: tuple[str, ...] | None = None

    def told(self, target: Target | None = None) -> dict[str, Any]:
        """What report.json holds of it; ``target`` is asked for its version."""
        own = "" if target is None else version(target)
        return {
            "began": self.began,
            "host": self.host,
            "version": redacted(self.version)[:LONGEST],
            "own_version": redacted(own)[:LONGEST],
            "options": None if self.options is None else [redacted(word) for word in self.options],
        }


def now() -> str:
    """The time: UTC, to the second (ISO 8601)."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def host() -> str:
    """The name of this machine, and what it is."""
    return f"{platform.node() or 'a machine without a name'} ({platform.system()} {platform.machine()})"


def here(version: str = "", options: tuple[str, ...] | None = None) -> Origin:
    """The origin of a run that begins now, on this machine."""
    return Origin(now(), host(), version, options)


def words(name: str, options: TargetOptions, settle_timeout: float = 60.0) -> tuple[str, ...]:
    """The options of ``trackstep replay``, and of ``check``, that choose this target again.

    What is default is left out; ``settle_timeout`` is in seconds.
    """
    chosen: list[str] = []
    implied = getattr(options, IMPLIED[name]) if name in IMPLIED else name == "emulator"
    if not implied:
        chosen += ["--target", name]
    for flag, value in (
        ("--endpoint-url", options.endpoint_url),
        ("--events-endpoint-url", options.events_endpoint_url),
        ("--command", shlex.join(options.command)),
    ):
        chosen += [flag, value] if value else []
    chosen += ["--remote"] if options.remote else []
    chosen += ["--region", options.region] if options.region != DEFAULTS.region else []
    chosen += ["--progression", options.progression] if options.progression != DEFAULTS.progression else []
    chosen += ["--seconds", f"{options.seconds:g}"] if options.seconds != DEFAULTS.seconds else []
    chosen += [word for fault in options.planted for word in ("--fault", fault)]
    return (*chosen, *(["--settle-timeout", f"{settle_timeout:g}"] if settle_timeout != 60.0 else []))
