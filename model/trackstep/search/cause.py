"""Which deviation is the cause of which, and which are cases of one missing check.

Owns the relation, as far as the specification, the answers and the mended world (mended.py) tell. Knows no target, and
not how a program was made short.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from trackstep import spec
from trackstep.oracle import constraint
from trackstep.oracle.notes import Finding
from trackstep.program import Command
from trackstep.search import vocabulary
from trackstep.search.mended import found, is_read, refusing
from trackstep.search.sighting import Key, Shrunk, key
from trackstep.spec import Refusal

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
SHORT = 16
"""Commands of a program that was made short, though there were too few calls to make it the shortest."""
MALFORMED = "INPUT"
"""The area of clauses about malformed input."""
FORM = "form"
"""What a clause is about that an answer's form alone breaks: it has no consequences for what the answer says."""


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
        own = _own(one)
        kin = own | _kin(one)
        if cause is not None:  # what follows from a cause is no kin of another that breaks the same clause
            self._placed[one.key] = Cause(cause, is_case=bool(self._roots[cause] & kin))
        elif alike := next((root for root, theirs in self._roots.items() if theirs & kin), None):
            self._placed[one.key] = Cause(alike, is_case=True)
            self._roots[alike] |= own  # what it was needed for is its own, and makes no kin of a third
        else:
            self._roots[one.key] = kin

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
        return _keys(one, mended, step, too) if self._left > 0 else {one.key}

    def _first(self, key: Key) -> Key:
        return self._placed[key].first if key in self._placed else key


def is_alone(one: Shrunk) -> bool:
    """Whether nothing that went wrong before it can have led to it."""
    earlier = dict.fromkeys(key for key, step in one.shown if step < one.step)
    return not any(_leads(key, one, _keys, before=True) for key in earlier)


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


def _keys(one: Shrunk, mended: Collection[int], step: int, too: Key | None = None) -> set[Key]:
    """What a step of it shows where the mended steps went as they should, and reads that show another one too."""

    def shows(finding: Finding) -> bool:
        return key(finding, one.steps) == too

    return {key(finding, one.steps) for finding in found(one.steps, one.prefix, mended, step, shows)}


def _own(one: Shrunk) -> set[Hashable]:
    """The families of a deviation, as far as its clause, its request and its answer tell.

    The same member of an answer that is wrong, whichever operation tells it; a body that nobody can read, whatever it
    is answered; a member that is not looked at; and one that is as long as it may be, refused as if it were longer.
    """
    made = families(one.key)
    if one.member:
        made.add(("member", one.member))
    if one.program and one.program[-1].body is not None:
        made.add(("body",))
    if len(one.steps) >= one.step:
        operation = one.steps[one.step - 1].operation
        if spec.load().clauses[one.key.clause].area == MALFORMED and one.key.answer == "success":
            made |= {("not looked at", path) for path in constraint.misfits(operation.name, operation.params)}
        elif one.key.answer.removeprefix("refusal ") in spec.load().malformed:
            made |= {("longest", path) for path in constraint.longest(operation.name, operation.params)}
    return made


def _kin(one: Shrunk) -> set[Hashable]:
    """What else may make it a case of another, as far as its program tells.

    What a refused write was needed for, which should have changed nothing, or a write to another thing, which should
    not have reached this one; and where a refused write is said to have changed something, what is wrong without that
    write too.
    """
    made = set[Hashable]()
    if one.is_short and (needed := _trace(one)):
        made.add(("refused", needed))
    made |= {("elsewhere", name) for name in _elsewhere(one)}
    if one.key.answer == "success" and len(one.steps) >= one.step:
        wrong = {step for key, step in one.shown if step < one.step and not is_read(key.operation)}
        made |= _accepted(one.key.operation, refusing(one.steps, one.prefix, one.step, wrong))
    if spec.load().clauses[one.key.clause].area == "FAIL":
        refused = {
            number
            for number, (operation, outcome) in enumerate(one.steps[: one.step], 1)
            if outcome.kind == "refusal" and not is_read(operation.name)
        }
        for other in _keys(one, refused, one.step) if refused else ():
            made |= families(other)
    return made


def _trace(one: Shrunk) -> str:
    """The last write of a shortest program, where it was rightly refused: it was needed all the same."""
    wrong = {step for key, step in one.shown if key.counts}
    for number, (operation, outcome) in reversed(list(enumerate(one.steps[: one.step - 1], 1))):
        if not is_read(operation.name):
            return operation.name if outcome.kind == "refusal" and number not in wrong else ""
    return ""


def _elsewhere(one: Shrunk) -> set[str]:
    """The writes of a program made short that changed or deleted another thing than shows it: one reached too far."""
    if not one.is_short and len(one.program) > SHORT:
        return set()
    about = {_thing(command) for command in one.program[-1:]}
    several = {_thing(command) for command in one.program[:-1]} - {None}
    return {
        command.name
        for command in one.program[:-1]
        if len(several) > 1
        and not is_read(command.name)
        and not command.name.startswith("Create")
        and _thing(command) not in about
    }


def _thing(command: Command) -> tuple[str, bool] | None:
    """The slot that a command is about, and whether that is in the second region; None where it is about all."""
    slot = vocabulary.slot_of(command)
    return (slot, command.second) if slot else None


def _accepted(operation: str, rows: Iterable[Refusal]) -> set[Hashable]:
    """The families of what is carried out though these rows refuse it; malformed input has its own."""
    malformed = spec.load().malformed
    return {
        (operation, row.codes)
        for row in rows
        if row.when != "malformed" and not row.codes <= malformed and not row.open
    }


def families(key: Key) -> set[Hashable]:
    """What makes deviations one missing check with several cases, as far as the specification tells.

    The same clause broken with the same kind of answer, whichever operation, and one about malformed input with any
    answer that is one; a code that no operation has; a form, whatever the answer; calls of one
    operation that get no answer, or are refused with one code for no reason; statuses that one operation shows, or what
    else the clauses are about; a Create or Delete that is accepted whatever the status of the same resource; what one
    operation carries out though it should be refused with the same codes.
    """
    loaded = spec.load()
    about = loaded.clauses[key.clause].about
    coined = key.answer.startswith("refusal ") and key.answer.removeprefix("refusal ") not in _codes()
    if about == FORM:
        return {(FORM, key.clause), *([("code", key.answer)] if coined else [])}
    made: set[Hashable] = {(key.clause, key.answer)}
    if loaded.clauses[key.clause].area == MALFORMED and key.answer not in ("lost", "garbled"):
        made.add((key.clause, "not refused as malformed"))
    if about and key.answer == "success":
        made.add((key.operation, about))
    if coined:
        made.add(("code", key.answer))
    if key.answer != "success":
        made.add((key.operation, key.answer))
    elif key.clause in {row["clause"] for cycle in loaded.lifecycles.values() for row in cycle.illegal}:
        made.add((key.operation, "status"))
    elif on := _on(key):
        made.add((key.operation, "status" if key.operation.startswith("Describe") else on))
    if key.answer == "success":
        made |= _accepted(key.operation, _rows(key))
    return made


@cache
def _codes() -> frozenset[str]:
    """Every code that some operation may answer with."""
    loaded = spec.load()
    own = (operation.errors for operation in loaded.operations.values())
    rows = (row.codes for operation in loaded.operations.values() for row in operation.refusals)
    return loaded.common.union(*own, *rows)


def _rows(key: Key) -> list[Refusal]:
    """The rows that refuse what was carried out."""
    operation = spec.load().operations.get(key.operation)
    rows = operation.refusals if operation else ()
    return [row for row in rows if key.clause in (row.clause, row.deleted, row.elsewhere)]


def _on(key: Key) -> str:
    return next((row.on for row in _rows(key) if row.on), "")
