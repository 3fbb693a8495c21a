"""What makes two deviations cases of one missing check, or of one bug, as far as what is known of each tells.

Owns the families: two deviations that have one in common are kin. A family is a fact about the deviation's clause, its
answer, its request or its shortest program. Which deviation leads to which is cause.py's. Asks no target.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable
from functools import cache

from trackstep import spec
from trackstep.oracle import blame, constraint
from trackstep.oracle.adoption import MADE
from trackstep.oracle.notes import Finding
from trackstep.program import Command
from trackstep.search import vocabulary
from trackstep.search.mended import found, is_read, refusing
from trackstep.search.sighting import Key, Shrunk, key
from trackstep.spec import Refusal

SHORT = 16
"""Commands of a program that was made short, though there were too few calls to make it the shortest."""
MALFORMED = "INPUT"
"""The area of clauses about malformed input."""
FORM = "form"
"""What a clause is about that an answer's form alone breaks: it has no consequences for what the answer says."""
NOT_FOUND, EXISTS = "ResourceNotFoundException", "ResourceAlreadyExistsException"


def shown_without(one: Shrunk, mended: Collection[int], step: int, too: Key | None = None) -> set[Key]:
    """What a step of it shows where the ``mended`` steps went as they should, and reads that show ``too``."""

    def shows(finding: Finding) -> bool:
        return key(finding, one.steps) == too

    return {key(finding, one.steps) for finding in found(one.steps, one.prefix, mended, step, shows)}


def own(one: Shrunk) -> set[Hashable]:
    """The families of a deviation, as far as its clause, its request and its answer tell.

    The same member of an answer that is wrong, whichever operation tells it; a body that nobody can read, whatever it
    is answered; a member that is not looked at; and one that is as long as it may be, refused as if it were longer.
    """
    made = families(one.key)
    if one.member:
        made.add(("member", one.member))
    if one.program and one.program[-1].body is not None:
        made.add(("body",))
    if len(one.steps) >= one.step and one.steps[one.step - 1].operation.body is None:
        operation = one.steps[one.step - 1].operation
        if spec.load().clauses[one.key.clause].area == MALFORMED and one.key.answer == "success":
            made |= {("not looked at", path) for path in constraint.misfits(operation.name, operation.params)}
        elif one.key.answer.removeprefix("refusal ") in spec.load().malformed:
            made |= {("longest", path) for path in constraint.longest(operation.name, operation.params)}
    return made


def needed(one: Shrunk) -> set[Hashable]:
    """What else may make it a case of another, as far as its program tells.

    What a refused write was needed for, which should have changed nothing, or a write to another thing, which should
    not have reached this one; what is missing, or still there, after the same write; and where a refused write is said
    to have changed something, what is wrong without that write too.
    """
    made = set[Hashable]()
    if one.is_short and (needed := _trace(one)):
        made.add(("refused", needed))
    made |= {("elsewhere", name) for name in _elsewhere(one)} | _presence(one)
    if one.key.answer == "success" and len(one.steps) >= one.step:
        wrong = {step for key, step in one.shown if step < one.step and not is_read(key.operation)}
        made |= _accepted(one.key.operation, refusing(one.steps, one.prefix, one.step, wrong))
    if spec.load().clauses[one.key.clause].area == "FAIL":
        refused = {
            number
            for number, (operation, outcome) in enumerate(one.steps[: one.step], 1)
            if outcome.kind == "refusal" and not is_read(operation.name)
        }
        for other in shown_without(one, refused, one.step) if refused else ():
            made |= families(other)
    return made


def _trace(one: Shrunk) -> str:
    """The last write of a shortest program, where it was rightly refused: it was needed all the same."""
    wrong = {step for key, step in one.shown if key.counts}
    for number, (operation, outcome) in reversed(list(enumerate(one.steps[: one.step - 1], 1))):
        if not is_read(operation.name):
            return operation.name if outcome.kind == "refusal" and number not in wrong else ""
    return ""


def _presence(one: Shrunk) -> set[Hashable]:
    """What kind of thing is missing, or is there though it should be gone, and after which write but a Create.

    Of a program that was not made short it may be any of its writes.
    """
    way, given = _way(one.key), one.program[-1].params.values() if one.program else ()
    writes = [c.name for c in one.program[:-1] if c.name in blame.OF_A_REFUSED]
    last = writes[-1:] if one.is_short else writes
    of_group = any(str(value).endswith(".arn") for value in given)
    is_group = "DatasetGroup" in one.key.operation or (one.key.answer != "success" and of_group)
    kind = "dataset_group" if is_group else "event_tracker"
    return {(way, kind, write) for write in last if way and write not in MADE}


def _way(key: Key) -> str:
    """Whether a deviation shows that something is missing, or that it is still there; empty where neither."""
    if key.answer != "success":
        return {f"refusal {NOT_FOUND}": "missing", f"refusal {EXISTS}": "still there"}.get(key.answer, "")
    codes = {code for row in _rows(key) if row.on for code in row.codes}
    about = spec.load().clauses[key.clause].about
    if about == "items" or EXISTS in codes:
        return "missing"
    return "still there" if about == "strangers" or NOT_FOUND in codes else ""


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
