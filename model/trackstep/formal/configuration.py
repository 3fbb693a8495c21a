"""What is proved: each configuration of ``spec/tla/`` with what must come of it.

Owns the table ``configurations.toml`` and the comparison with what TLC found. Knows nothing of how TLC is run.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from trackstep import spec
from trackstep.errors import SpecError
from trackstep.formal.graph import Size
from trackstep.formal.tlc import TEMPORAL, Result

TABLE = "configurations.toml"
_PROPERTY = re.compile(r"^PROPERT(?:Y|IES)\s+(\w+)\s*\Z", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Configuration:
    """One run of TLC. ``breaks`` is the invariant or property that must fail, empty where all must hold.

    ``states`` and ``generated`` are what TLC counts, 0 where it stops at the first contradiction.
    """

    name: str
    module: str
    sentence: str
    breaks: str
    states: int
    generated: int

    @property
    def source(self) -> Path:
        """The module."""
        return root() / f"{self.module}.tla"

    @property
    def file(self) -> Path:
        """The constants, and what is checked."""
        return root() / f"{self.name}.cfg"

    def named(self, result: Result) -> str:
        """What was broken, by name: TLC does not name a temporal property, so then there may be one only."""
        if result.broken != TEMPORAL:
            return result.broken
        only = _PROPERTY.search(self.file.read_text(encoding="utf-8"))
        if only is None:
            raise SpecError(f"{self.file.name} fails and has several properties: TLC does not say which")
        return only[1]

    def wrong(self, result: Result) -> Iterator[str]:
        """Each way in which the result is not what the table says."""
        broken = self.named(result)
        if broken != self.breaks:
            yield f"{broken or 'nothing'} is broken where {self.breaks or 'nothing'} should be"
        elif not self.breaks and (result.states, result.generated) != (self.states, self.generated):
            found = f"{result.states} states and {result.generated} transitions"
            yield f"{found} were found where {TABLE} says {self.states} and {self.generated}"


def root() -> Path:
    """The directory of the modules."""
    return spec.root() / "tla"


def load() -> list[Configuration]:
    """All configurations, in the order of the table. Raises SpecError where a row is not complete."""
    return [
        Configuration(
            row["name"],
            row["module"],
            row["sentence"],
            row.get("breaks", ""),
            0 if "breaks" in row else row["states"],
            0 if "breaks" in row else row["generated"],
        )
        for row in _rows("configuration", "name", "module", "sentence")
    ]


class Sized(NamedTuple):
    """A size at which the two graphs are one, and what both must count."""

    size: Size
    states: int
    edges: int


def sizes() -> list[Sized]:
    """The sizes at which the graphs are compared. Raises SpecError where a row is not complete."""
    rows = _rows("graph", "groups", "trackers", "lenient", "states", "edges")
    return [Sized(Size(r["groups"], r["trackers"], r["lenient"]), r["states"], r["edges"]) for r in rows]


def _rows(kind: str, *wanted: str) -> list[dict[str, Any]]:
    """The rows of one kind, each with the members that are wanted; a configuration that must fail counts nothing."""
    rows: list[dict[str, Any]] = tomllib.loads((root() / TABLE).read_text(encoding="utf-8"))[kind]
    for row in rows:
        counts = ("states", "generated") if kind == "configuration" and "breaks" not in row else ()
        if missing := [key for key in (*wanted, *counts) if key not in row]:
            raise SpecError(f"{TABLE}: the {kind} {row.get('name', '')} has no {', '.join(missing)}")
    return rows
