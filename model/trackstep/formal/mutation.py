"""Nothing holds for nothing: each change of the tables is proved again, and what it breaks is named.

A change that breaks no promise may still be another service: then its graph differs from that of the tables, which is
TLC's too, edge by edge. Owns the trying. What changes there are is ``changed``'s to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple

from trackstep.errors import SpecError
from trackstep.formal import changed, survivor
from trackstep.formal.changed import Changed
from trackstep.formal.cut import Cut
from trackstep.formal.graph import Edge, Label, Size, State
from trackstep.formal.plain import Tables
from trackstep.formal.proof import Service
from trackstep.formal.survivor import Survivor
from trackstep.formal.theorem import Strengthening, Theorem

FILE = "changes.txt"
"""Of ``spec/``: every change, what it breaks, and the score."""
_INTRODUCTION = """\
# Every change of a table row by one word, and what it breaks. Made by `trackstep formal prove --changes --write`,
# never by hand; a test compares.

"""
NOT_NOTICED = "NOT NOTICED"
SMALL = (1, 2)
"""Dataset groups and tracking IDs of the graph that is compared."""
Drawn = dict[State, dict[str, set[tuple[Label, State]]]]
"""State -> request -> what may come of it."""


class Broke(NamedTuple):
    """What a change breaks: promises by name.

    ``edge`` is the first on which its graph and that of the tables differ; ``unstated`` says why it can be no table.
    """

    place: str
    change: str
    promises: tuple[str, ...] = ()
    edge: Edge | None = None
    unstated: str = ""

    @property
    def is_only_drawn(self) -> bool:
        """Whether only the graph tells it."""
        return self.edge is not None and not self.promises and not self.unstated

    @property
    def told(self) -> str:
        """By what it is noticed; empty where by nothing."""
        if self.promises:
            return f"breaks {', '.join(self.promises)}"
        if self.unstated:
            return f"cannot be stated: {self.unstated}"
        return f"breaks no promise, but another graph: {self.edge}" if self.edge else ""


class Score(NamedTuple):
    """What came of all changes, in words; ``wrong``: how many changes nobody notices, and promises that none breaks."""

    lines: tuple[str, ...]
    total: str
    wrong: int

    @property
    def text(self) -> str:
        """What stands in the file."""
        return _INTRODUCTION + "\n".join((*self.lines, "", self.total)) + "\n"


def score(of: Collection[Broke], theorems: Collection[Theorem], survivors: Collection[Survivor]) -> Score:
    """Each change with what it breaks or the reason why it breaks nothing, and how many do."""
    reasons = {each: survivor.reason(survivors, each.place, each.change) for each in of if not each.told}
    lines = tuple(f"{each.place}, {each.change}: {each.told or reasons[each] or NOT_NOTICED}" for each in of)
    excused = sum(map(bool, reasons.values()))
    counts = {
        "break a promise": sum(bool(each.promises) for each in of),
        "only make another graph": sum(each.is_only_drawn for each in of),
        "cannot be stated": sum(bool(each.unstated) for each in of),
        f"change nothing, each for a reason of {survivor.FILE}": excused,
    }
    never = sorted({each.name for each in theorems if each.holds} - {name for each in of for name in each.promises})
    said = ", ".join(f"{count} {what}" for what, count in counts.items())
    total = f"{len(of)} changes of a row: {said}; every promise is broken by one"
    if never:
        total = total.replace("every promise is broken by one", f"BROKEN BY NONE: {', '.join(never)}")
    return Score(lines, total, len(reasons) - excused + len(never))


class _Before(NamedTuple):
    """A service by the tables as they are: what is proved of it, and its graph."""

    service: Service
    keys: frozenset[object]
    drawn: Drawn


def every(tables: Tables, theorems: Collection[Theorem], strengthening: Collection[Strengthening]) -> Iterator[Broke]:
    """Each change of the tables, and what it breaks."""
    before = [_before(tables, lenient, theorems, strengthening) for lenient in (False, True)]
    for each in changed.every(tables):
        yield _tried(each, before)


def _before(
    tables: Tables, lenient: bool, theorems: Collection[Theorem], strengthening: Collection[Strengthening]
) -> _Before:
    of = [theorem for theorem in theorems if theorem.lenient == lenient and theorem.holds]
    service = Service(tables, lenient, of, strengthening)
    drawn: Drawn = {}
    for state, steps in Cut(tables, Size(*SMALL, lenient)).walk():
        drawn[state] = defaultdict(set)
        for label, after, *_ in steps:
            drawn[state][label.request].add((label, after))
    return _Before(service, frozenset(action.key for action in service.actions), drawn)


def _tried(each: Changed, before: Collection[_Before]) -> Broke:
    promises, edges = dict[str, None](), list[Edge]()
    for was in before:
        old = was.service
        now = Service(each.tables, old.lenient, old.theorems, old.strengthening, like=old)
        try:
            proved = now.prove(lambda action, keys=was.keys: action.key not in keys)  # type: ignore[misc]
        except SpecError as wrong:
            return Broke(each.place, each.change, unstated=str(wrong))
        promised = {theorem.name for theorem in old.theorems}  # what only strengthens them is promised to nobody
        promises |= dict.fromkeys(failure.promise for failure in proved.failures if failure.promise in promised)
        edges += _differences(each.tables, was, now)
    return Broke(each.place, each.change, tuple(promises), next(iter(edges), None))


def _differences(tables: Tables, was: _Before, now: Service) -> Iterator[Edge]:
    """Edges that only one of the graphs has, of the states that the tables as they are can reach."""
    keys = frozenset(action.key for action in now.actions)
    requests = {action.request for action in now.actions if action.key not in was.keys}
    requests |= {action.request for action in was.service.actions if action.key not in keys}
    cut = Cut(tables, Size(*SMALL, now.lenient))
    only = frozenset(action for action in cut.actions if action.request in requests)
    for state, edges in was.drawn.items():
        found = {(label, after) for label, after, *_ in cut.onward(state, only)}
        known = set().union(*(edges.get(request, set()) for request in requests)) if requests else set()
        for label, after in sorted(found ^ known):
            yield Edge(state, label, after)
            return
