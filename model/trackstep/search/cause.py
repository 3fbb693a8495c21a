"""Which deviation is the cause of which, and which are cases of one missing check.

Owns the relation, as far as the specification, the answers, the mended world (mended.py) and what makes deviations kin
(kin.py) tell. Knows no target, and not how a program was made short.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from trackstep import spec
from trackstep.search import kin
from trackstep.search.kin import FORM, shown_without
from trackstep.search.mended import is_read
from trackstep.search.sighting import Key, Shrunk

Replay = Callable[[Shrunk, Collection[int], int, Key], set[Key]]
"""What a step of a history shows where some of its steps, and all that show the key, went as they should."""


class Cause(NamedTuple):
    """The first cause of a deviation. ``is_case``: both are cases of one missing check; else it follows from it."""

    first: Key
    is_case: bool


TIMES = 3
"""Of the steps at which a deviation showed itself, so many are looked at."""
REPLAYED = 100_000
"""Steps that may be judged again to tell causes: some ten seconds."""


def causes(shrunk: Iterable[Shrunk]) -> dict[Key, Cause]:
    """Deviation -> the first cause that it most likely follows from; first causes are not in it.

    A cause shows itself at or before the step of its consequence, in the consequence's own shortest program: a write
    that did what it must not, a status that was wrong, or the same answer. Deviations of one family are one cause too.
    """
    order = list(spec.load().clauses)
    told = sorted(shrunk, key=lambda s: (len(s.program), s.step, order.index(s.key.clause), s.key))
    return _Causes({one.key: one for one in told}).all()


class _Causes:
    """Places deviations one after the other, what led to one before it."""

    def __init__(self, told: Mapping[Key, Shrunk]) -> None:
        self._told = told
        self._begun: set[Key] = set()
        self._placed: dict[Key, Cause] = {}
        self._roots: dict[Key, set[Hashable]] = {}
        self._left = REPLAYED

    def all(self) -> dict[Key, Cause]:
        """All of them."""
        for one in self._told.values():
            self._place(one)
        return self._placed

    def _place(self, one: Shrunk) -> None:
        if one.key in self._begun:
            return
        self._begun.add(one.key)
        for other, before in self._earlier(one).items():
            if other not in self._begun and _leads(other, one, self._keys, before):
                self._place(self._told[other])
        known = (key for key, _ in one.shown if key in self._placed or key in self._roots)
        cause = next((self._first(key) for key in dict.fromkeys(known) if _leads(key, one, self._keys)), None)
        own = kin.own(one)
        families = own | kin.needed(one)
        if cause is not None:  # what follows from a cause is no kin of another that breaks the same clause
            self._placed[one.key] = Cause(cause, is_case=bool(self._roots[cause] & families))
        elif alike := next((root for root, theirs in self._roots.items() if theirs & families), None):
            self._placed[one.key] = Cause(alike, is_case=True)
            self._roots[alike] |= own  # what it was needed for is its own, and makes no kin of a third
        else:
            self._roots[one.key] = families

    def _earlier(self, one: Shrunk) -> dict[Key, bool]:
        """What may have led to it, and whether it came before; in one answer the first of the clauses leads."""
        order = list(spec.load().clauses)
        found: dict[Key, bool] = {}
        for its, step in one.shown:
            if its in self._told and step < one.step:
                found[its] = True
            elif its in self._told and step == one.step and order.index(its.clause) < order.index(one.key.clause):
                found.setdefault(its, False)
        return found

    def _keys(self, one: Shrunk, mended: Collection[int], step: int, too: Key) -> set[Key]:
        """What a step shows in the mended world; itself again where there were too many steps to judge."""
        self._left -= step
        return shown_without(one, mended, step, too) if self._left > 0 else {one.key}

    def _first(self, key: Key) -> Key:
        return self._placed[key].first if key in self._placed else key


def is_alone(one: Shrunk) -> bool:
    """Whether nothing that went wrong before it can have led to it."""
    earlier = dict.fromkeys(key for key, step in one.shown if step < one.step)
    return not any(_leads(key, one, shown_without, before=True) for key in earlier)


def _leads(key: Key, to: Shrunk, keys: Replay, before: bool = False) -> bool:
    """Whether one deviation has led to another that came after it, or (unless ``before``) with it.

    A read has where the other is no deviation once it is answered rightly. A write has where the other's shortest
    program cannot do without it; of a program that is as recorded nobody knows that.
    """
    clauses = spec.load().clauses
    if key == to.key or FORM in (clauses[key.clause].about, clauses[to.key.clause].about) or not key.counts:
        return False
    shown = [step for other, step in to.shown if other == to.key]
    return bool(shown) and all(_leads_at(step, key, to, keys, before) for step in shown[:TIMES])


def _leads_at(step: int, key: Key, to: Shrunk, keys: Replay, before: bool) -> bool:
    """The same of one step at which the other showed itself."""
    at = {its for other, its in to.shown if other == key and its <= step}
    if step in at and not before:
        return True
    if not before and any(_are_one_answer(to, its, step) for its in at):
        return True
    at.discard(step)
    if not at or not to.steps:
        return bool(at) and not is_read(key.operation)
    if is_read(key.operation):
        return to.key not in keys(to, at, step, key)
    return to.is_short


def _are_one_answer(one: Shrunk, earlier: int, later: int) -> bool:
    """Whether two steps are pages of one walk over a List."""
    asked = [step.operation for step in one.steps[earlier - 1 : later]]
    return bool(asked) and all(
        page.name.startswith("List")
        and (page.name, page.region) == (further.name, further.region)
        and bool(further.params.get("nextToken"))
        for page, further in pairwise(asked)
    )
