"""To the shortest program: drop what is not needed and run the rest again.

Owns which programs are tried; a program counts only if the target shows the same clause and
operation again. Knows nothing of how it was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from trackstep.program import Command
from trackstep.session import BudgetSpent, Session

Key = tuple[str, str]


_SLOT = re.compile(r'"\$([A-Z]\w*|fail|nobody)\b')


def _slots(command: Command) -> set[str]:
    """The groups that a command is about, by their names in the program."""
    return set(_SLOT.findall(str(command)))


def _shows(start: Callable[[], Session], commands: Sequence[Command], key: Key) -> int | None:
    """How many commands it took to show the deviation; None if they did not."""
    session = start()
    try:
        for number, command in enumerate(commands, 1):
            if any((found.clause, found.operation) == key for found in session.perform(command)):
                return number
    except BudgetSpent:
        return None
    finally:
        # What is left of a trial would be in the lists of the next.
        session.clean_up(min(5.0, 4 * session.patience.longest))
    return None


def _candidates(commands: list[Command]) -> list[list[Command]]:
    """Programs worth trying first: from the latest creations of the group on, and one slot alone."""
    last = _slots(commands[-1])
    near = [c for c in commands if _slots(c) & last or not _slots(c)] if last else commands
    starts = [n for n, c in enumerate(near) if c.name == "CreateDatasetGroup"]
    tried = [near[n:] for n in reversed(starts[-3:])]
    return [[commands[-1]], *tried, near, commands]


def shortest(start: Callable[[], Session], commands: list[Command], key: Key) -> tuple[list[Command], bool]:
    """The shortest program found that shows ``key`` again, and whether one did at all."""
    for candidate in _candidates(commands):
        if (length := _shows(start, candidate, key)) is not None:
            best = candidate[:length]
            break
    else:
        return commands[-40:], False
    size = max(1, len(best) // 2)
    while size:
        position = 0
        while position < len(best):
            shorter = best[:position] + best[position + size :]
            if shorter and (length := _shows(start, shorter, key)) is not None:
                best = shorter[:length]
            else:
                position += size
        size //= 2
    return best, True
