"""A labelled state graph, and how two of them differ.

Owns the form that both hands are brought to, and the words for it. Knows neither TLC nor the Python model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

NEVER, DEAD, GONE = "never", "dead", "GONE"
"""In the place of a tracker's dataset group: no such tracking ID was handed out; its tracker is gone."""


class Size(NamedTuple):
    """How many dataset groups and tracking IDs there are, and whether open questions may be answered with yes."""

    groups: int
    trackers: int
    lenient: bool

    @property
    def group_names(self) -> list[str]:
        """``g1``, ``g2`` ..."""
        return [f"g{n}" for n in range(1, self.groups + 1)]

    @property
    def tracker_names(self) -> list[str]:
        """``t1``, ``t2`` ..."""
        return [f"t{n}" for n in range(1, self.trackers + 1)]

    def __str__(self) -> str:
        """As reports call it: ``2x3 strict``."""
        return f"{self.groups}x{self.trackers} {'lenient' if self.lenient else 'strict'}"


class State(NamedTuple):
    """The status of each dataset group, and for each tracking ID the group it is in and the status of its tracker."""

    groups: tuple[str, ...]
    trackers: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """All that exists, in words: ``g1 ACTIVE, t2 in g1 DELETE PENDING; t1 dead``."""
        groups = [f"g{n} {status}" for n, status in enumerate(self.groups, 1) if status != GONE]
        places = enumerate(self.trackers, 1)
        alive = [f"t{n} in {home} {status}" for n, (home, status) in places if home not in (NEVER, DEAD)]
        dead = [f"t{n}" for n, (home, _) in enumerate(self.trackers, 1) if home == DEAD]
        return (", ".join(groups + alive) or "nothing") + (f"; {' and '.join(dead)} dead" if dead else "")


class Label(NamedTuple):
    """What was asked about what and what came back; of the service's own moves, the new status."""

    request: str
    about: str
    answer: str
    shown: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As a call: ``CreateEventTracker(g1) -> accepted, t1``."""
        if self.request == "service":
            return f"the service moves {self.about} to {self.answer}"
        return f"{self.request}({self.about}) -> {', '.join((self.answer, *self.shown))}"


class Edge(NamedTuple):
    """One step from a state to a state."""

    source: State
    label: Label
    target: State

    def __str__(self) -> str:
        """From where, what, and whereto if the state is another."""
        onward = "" if self.source == self.target else f"  =>  {self.target}"
        return f"[{self.source}]  {self.label}{onward}"


@dataclass(frozen=True, slots=True)
class Graph:
    """Every state that can be reached, with what may happen in it; ``seconds`` is how long it took to find them."""

    onward: Mapping[State, frozenset[tuple[Label, State]]]
    seconds: float

    def __len__(self) -> int:
        """How many states there are."""
        return len(self.onward)

    @property
    def edges(self) -> int:
        """How many edges there are."""
        return sum(map(len, self.onward.values()))

    @property
    def speed(self) -> float:
        """States a second."""
        return len(self) / self.seconds if self.seconds else 0.0

    def without(self, other: Graph) -> Iterator[Edge]:
        """The edges that this graph has and the other has not, of the states that both have; in a fixed order.

        What follows from a state that only one can reach is left out: the edge that leads there says it.
        """
        for state in sorted(self.onward.keys() & other.onward.keys()):
            for label, target in sorted(self.onward[state] - other.onward[state]):
                yield Edge(state, label, target)
