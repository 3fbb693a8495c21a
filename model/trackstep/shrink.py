"""To the shortest program: on the model first, against the target only for candidates.

A deviation was found at the end of a long program. First the model is asked, breadth-first, for the shortest ways to
give the last command in the same circumstance; then what is not needed is dropped (ddmin; Zeller, Hildebrandt 2002),
skipping what the model says would end in another circumstance. Owns which programs are tried; a program counts only
if the target shows the same deviation again. Knows nothing of how it was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from trackstep import imagine
from trackstep.circumstance import Circumstance
from trackstep.notes import Finding
from trackstep.program import SETTLE, Command
from trackstep.session import Session

_SLOT = re.compile(r'"\$(?:2\.)?([A-Z]\w*|fail|long|nobody)\b')
_STATE = ("operation", "group", "tracker", "malformed", "id", "about")
"""The words of a circumstance that a deviation most likely hangs on; others are taken in where these do not do."""
FURTHER = (
    ("since",),
    ("life", "group life"),
    ("has tags",),
    ("same name", "name"),
    ("others", "twin", "domain", "listed"),
)
DEEPEST, NODES = 9, 260
TRIES_BY_MODEL = 8
LONGEST = 60


class Shown(NamedTuple):
    """The shortest program that was found, and the session in which the target showed it; None where it did not."""

    commands: list[Command]
    session: Session | None


Deviates = Callable[[Session, list[Finding]], bool]
"""Whether what the last command of a session showed is the deviation."""


class Shrinker:
    """Shrinks one program. ``start`` makes a session of its own for each trial, on the target."""

    def __init__(self, start: Callable[[], Session], deviates: Deviates) -> None:
        self._start, self.deviates = start, deviates
        self._tried: dict[tuple[str, ...], bool] = {}
        self.best: Shown | None = None

    def shortest(self, commands: list[Command]) -> Shown:
        """The shortest program that shows the deviation again. What was found is in ``best`` if the budget ends it."""
        goal = imagine.arrives(commands)
        for candidate in self._by_model(commands, goal):
            if self._shows(candidate):
                break
        else:
            if not any(self._shows(candidate) for candidate in _cuts(commands)):
                return Shown(commands[-LONGEST:], None)
        assert self.best is not None
        self._drop(goal)
        self._drop_one_by_one()
        self._simplify()
        return self.best

    def _shows(self, commands: Sequence[Command]) -> bool:
        """Try a program on the target, unless it was tried; keep it if it is shorter than the best so far."""
        key = tuple(map(str, commands))
        if key in self._tried:
            return self._tried[key]
        session, shown = self._start(), False
        try:
            for command in commands:
                if shown := self.deviates(session, session.perform(command)):
                    break
        finally:
            # What is left of a trial would be in the lists of the next.
            if "List" in str(commands[-1]):
                session.clean_up(min(5.0, 4 * session.patience.longest))
        self._tried[key] = shown
        if shown and (self.best is None or len(session.program) <= len(self.best.commands)):
            self.best = Shown(list(session.program), session)
        return shown

    def _by_model(self, commands: list[Command], goal: Circumstance) -> Iterator[list[Command]]:
        """The shortest ways that the model knows to the same circumstance, told ever more exactly."""
        last, slots = commands[-1], _slots(commands[-1])
        yield [last]
        core = {word: goal[word] for word in _STATE if word in goal}
        seen: set[tuple[str, ...]] = set()
        for words in ((), *FURTHER, sum(FURTHER, ())):
            exact = core | {word: goal[word] for word in words if word in goal}
            near = commands if "others" in words or not slots else [c for c in commands if _slots(c) & slots]
            alphabet = [c for c in dict.fromkeys(near[:-1]) if _moves(c)][-12:]
            for way in imagine.ways(alphabet, last, exact, DEEPEST, NODES):
                key = tuple(map(str, way))
                if key not in seen and len(seen) < TRIES_BY_MODEL:
                    seen.add(key)
                    yield way
                break

    def _drop(self, goal: Circumstance) -> None:
        """Drop ever smaller chunks, as long as the model says that the last command stays what it was."""
        assert self.best is not None
        size = max(1, len(self.best.commands) // 2)
        while size:
            position = 0
            while position < len(self.best.commands) - 1:
                best = self.best.commands
                shorter = best[:position] + best[min(position + size, len(best) - 1) :]
                if not _same(imagine.arrives(shorter), goal) or not self._shows(shorter):
                    position += size
            size //= 2

    def _drop_one_by_one(self) -> None:
        """Drop single commands whatever the model says: a fault need not hang on what the model knows."""
        assert self.best is not None
        again = True
        while again:
            again = False
            for position in reversed(range(len(self.best.commands) - 1)):
                best = self.best.commands
                if self._shows(best[:position] + best[position + 1 :]):
                    again = True
                    break

    def _simplify(self) -> None:
        """Leave out optional members that it can do without."""
        assert self.best is not None
        for member in ("tags", "domain", "maxResults"):
            for position in range(len(self.best.commands)):
                best = self.best.commands
                command = best[position]
                if member in command.params and not (member == "tags" and command.name == "TagResource"):
                    left = {name: inner for name, inner in command.params.items() if name != member}
                    self._shows([*best[:position], command._replace(params=left), *best[position + 1 :]])


def _slots(command: Command) -> set[str]:
    """The groups that a command is about, by their names in the program."""
    return set(_SLOT.findall(str(command)))


def _moves(command: Command) -> bool:
    """Whether a command may change something, or what is known of it."""
    return command.name == SETTLE or command.name.startswith(("Create", "Delete", "Tag", "Untag"))


def _same(one: Circumstance, other: Circumstance) -> bool:
    return all(one.get(word) == other.get(word) for word in _STATE)


def _cuts(commands: list[Command]) -> list[list[Command]]:
    """Programs to begin with: from the latest creations of the group on, then all about it, then all."""
    last = _slots(commands[-1])
    near = [c for c in commands if _slots(c) & last or not _slots(c)] if last else commands
    starts = [n for n, c in enumerate(near) if c.name == "CreateDatasetGroup"]
    cuts = [near[n:] for n in reversed(starts[-3:])]
    return [*cuts, near, commands]
