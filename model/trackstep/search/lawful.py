"""What makes the requests of a program lawful: that their group is there, and that what they are about has settled.

A program without these may show the same on one target, and on the next it is refused for a good reason: it no longer
shows what it is told for. Owns which commands a program lacks, as the model says. Asks no target.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trackstep.oracle import guard
from trackstep.oracle.case import case
from trackstep.program import SETTLE, Command
from trackstep.search import imagine
from trackstep.search.budget import Budget
from trackstep.search.session import Session

_GROUP = re.compile(r"\$([A-Z]\w*|fail|long2?|mixed|digit|spaced)\.(?:arn|tracker)")
_MAKES = "CreateDatasetGroup"


def lawful(commands: Sequence[Command], recorded: Sequence[Command], within: Budget | None = None) -> list[Command]:
    """The program with the groups and the waits that it lacks.

    ``recorded``: the program that it was made of, which says how a group was made. Raises BudgetSpent where the time of
    ``within`` is up.
    """
    made: list[Command] = []
    for command in commands:
        for needed in _groups(command, made, recorded):
            made += [needed, Command(SETTLE, {"of": f"{needed.params['name']}.arn"}, needed.second)]
        for wait in _waits(command):
            doubted = doubts(made, command, within)
            if not doubted:
                break
            if doubts([*made, wait], command, within) < doubted:
                made.append(wait)
        made.append(command)
    return made


def doubts(before: Sequence[Command], command: Command, within: Budget | None = None) -> int:
    """For how many reasons the model might refuse a command after these; 0 where it must succeed."""
    if command.name == SETTLE:
        return 0
    going = imagine.session(within=within)
    for each in before:
        going.perform(each)
    return len(_rows(going, command))


def _rows(going: Session, command: Command) -> Sequence[object]:
    may, _ = guard.rows(case(going.judgement.world, going.operation(command)))
    return may


def _waits(command: Command) -> list[Command]:
    """Waiting for the group that a command is about, and for its tracker."""
    slots = dict.fromkeys(_GROUP.findall(str(command)))
    return [Command(SETTLE, {"of": f"${slot}.{what}"}, command.second) for slot in slots for what in ("arn", "tracker")]


def _groups(command: Command, before: Sequence[Command], recorded: Sequence[Command]) -> list[Command]:
    """The creation of the group in which a tracker is created, where it was left out."""
    if command.name != "CreateEventTracker":
        return []
    group = str(command.params.get("datasetGroupArn"))
    found = _GROUP.fullmatch(group)
    if found is None or not group.endswith(".arn"):
        return []

    def makes(each: Command) -> bool:
        named = each.params.get("name") == f"${found[1]}"
        return each.name == _MAKES and each.second == command.second and named

    if any(map(makes, before)):
        return []
    return [Command(_MAKES, {"name": f"${found[1]}"}, command.second)] if any(map(makes, recorded)) else []
