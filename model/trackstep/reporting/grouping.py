"""The deviations of a report grouped by cause, worst first: what several writers show in the same order.

Owns the order, and which deviations count. Reads report.json alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Row = Mapping[str, Any]


class Group(NamedTuple):
    """A first cause, what most likely follows from it, and further cases of the same missing check."""

    cause: Row
    consequences: Sequence[Row] = ()
    cases: Sequence[Row] = ()


def name(deviation: Row) -> str:
    """How a deviation is named: clause, operation and kind of answer."""
    return f"{deviation['clause']} {deviation['operation']} {deviation['answer']}"


def groups(report: Row) -> list[Group]:
    """Each first cause with its consequences, as an author would mend them: what counts, before what does not.

    MUST before SHOULD; state and identity before input, and that before form; then what has most consequences, then as
    reported.
    """
    known = {name(deviation) for deviation in report["deviations"]}
    following: dict[str, list[Row]] = defaultdict(list)
    firsts: list[Row] = []
    for deviation in report["deviations"]:
        is_first = deviation["cause"] not in known - {name(deviation)}
        (firsts if is_first else following[deviation["cause"]]).append(deviation)
    made = [_group(first, following.pop(name(first), [])) for first in firsts]
    made += [Group(rest) for lost in following.values() for rest in lost]  # whose cause has a cause itself
    return sorted(made, key=_urgency)


def group(cause: Row, deviations: Sequence[Row]) -> Group:
    """One deviation with what a report puts under it."""
    return _group(cause, [each for each in deviations if each["cause"] == name(cause)])


def _group(cause: Row, under: Sequence[Row]) -> Group:
    cases = [each for each in under if each.get("is_case")]
    return Group(cause, [each for each in under if not each.get("is_case")], cases)


CASE = ("clause", "operation", "sent", "allowed", "came back", "program")
"""The columns of a table of cases."""


def case(deviation: Row) -> tuple[str, ...]:
    """A deviation as a row of that table; what was sent is told in the words of its program."""
    last = str(deviation["program"][-1]) if deviation["program"] else ""
    sent = last.partition(" ")[2]
    told = (deviation["clause"], deviation["operation"], sent, deviation["expected"], deviation["actual"])
    return (*map(str, told), f"{deviation['bundle']}/program.txt" if deviation.get("bundle") else "")


LATER = {"INPUT": 1, "WIRE": 2}
"""Area -> how late it is mended: what a service takes in comes after what it keeps, and how it answers is last."""


def _urgency(group: Group) -> tuple[bool, int, int]:
    area = str(group.cause["clause"]).split("-")[1:2]
    return group.cause["level"] != "MUST", LATER.get("".join(area), 0), -len(group.consequences) - len(group.cases)


def again(deviation: Row) -> str:
    """Whether it was seen again, in words; that it did not repeat is said only of what was tried again."""
    if deviation["reproduced"]:
        return "the program below shows it again"
    tries = deviation["tries"]
    if tries:
        return f"it did not repeat in {tries} {'try' if tries == 1 else 'tries'}: as recorded"
    return "it was not tried again: as recorded"


def purpose(deviation: Row) -> str:
    """What its bundle is for; of calls at once it holds what was recorded."""
    return "to judge again" if deviation.get("overlapping") else "to edit, replay, test"


def brief(deviation: Row) -> str:
    """The same where there is room for a few words only; empty where it was seen again."""
    if deviation["reproduced"]:
        return ""
    return "did not repeat" if deviation["tries"] else "not tried again"


def tried(deviation: Row) -> str:
    """What came of running its bundle, in a few words; empty where that was not asked for."""
    forms = {True: list[str](), False: list[str](), None: list[str]()}
    for each in deviation["tried"]:
        forms[each["holds"]].append(each["form"])
    said = [
        f"{words}: {', '.join(forms[holds])}"
        for holds, words in ((True, "run, and so"), (False, "run, and not so"), (None, "not run"))
        if forms[holds]
    ]
    return "; ".join(said)


def counts(report: Row) -> tuple[int, int]:
    """How many deviations there are of MUST and of SHOULD clauses."""
    must = sum(1 for deviation in report["deviations"] if deviation["level"] == "MUST")
    return must, len(report["deviations"]) - must


def declared(report: Row) -> dict[str, str]:
    """Deviations that a profile accepts, by name, each with its reason."""
    return {row["id"]: row["reason"] for row in report["declared"]["deviations"]}
