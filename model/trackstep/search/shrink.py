"""To the shortest program: on the model first, against the target only for candidates.

A deviation was found at the end of a long program. The model says, without a call, which shorter programs give the last
command in the same circumstance: the shortest ways there, breadth-first, and what is left of the program when all is
dropped that the circumstance does not need. These are tried, those of which least is demanded first; then single
commands are dropped (ddmin; Zeller, Hildebrandt 2002). Owns which programs are tried; a program counts only if the
target shows the same deviation again. Knows nothing of how it was found.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from trackstep import program
from trackstep.oracle import constraint
from trackstep.oracle.notes import Finding
from trackstep.program import SETTLE, Command
from trackstep.search import imagine, lawful
from trackstep.search.budget import Budget
from trackstep.search.circumstance import Circumstance
from trackstep.search.cleaning import clean_up
from trackstep.search.session import Heard, Session

_SLOT = re.compile(r'"\$(?:2\.)?([A-Z]\w*|fail|long2?|mixed|digit|spaced|nobody)\b')
_STATE = ("operation", "group", "tracker", "malformed", "id", "about", "names", "page")
"""The words of a circumstance that a deviation most likely hangs on."""
_PAST = ("since", "life", "group life", "has tags", "keys", "same name", "domain")
_AROUND = ("neighbours", "listed", "others", "last", "twin", "life", "group life")
DEMANDS = (
    _STATE,
    tuple(word for word in (*_STATE, "since") if word != "group"),
    (*_STATE, "since"),
    (*_STATE, "life", "group life"),
    (*_STATE, "has tags", "keys", "since"),
    (*_STATE, "neighbours"),
    (*_STATE, "twin", "same name", "domain"),
    (*_STATE, *_PAST),
    (*_STATE, *_AROUND),
)
"""Which words of the circumstance are demanded, one demand after the other."""
DEEPEST, NODES, ALPHABET = 9, 260, 12
"""Of the search on the model: commands before the last, states, different commands."""
LOOKS = 4
"""How often it is looked whether what a trial made is gone; a status that never settles must not cost all calls."""
FURTHER = 6
"""Candidates that are tried beyond the first that shows the deviation, as long as it never stands alone."""
LONGEST = 60
COST = 3
"""Calls that a trial may cost for each command, cleaning up included."""
SHORT = 12
"""Commands of a program from which only single ones are dropped."""


class Shown(NamedTuple):
    """The shortest program that was found, and the session in which the target showed it; None where it did not.

    ``alone``: nothing else went wrong before that can have led to it.
    """

    commands: list[Command]
    session: Session | None
    alone: bool = True


Deviates = Callable[[Session, list[Finding]], bool]
"""Whether what the last call of a session showed is the deviation."""
Alone = Callable[[Session], bool]
"""Whether the deviation that a session showed can have followed from no other in it."""


class _Seen(BaseException):
    """The deviation was seen: what is left of the command need not be waited for."""


def shows(session: Session, commands: Sequence[Command], deviates: Deviates) -> bool:
    """Perform a program until it shows the deviation; says whether it did."""

    def heard(call: Heard) -> None:
        if deviates(session, call.findings):
            raise _Seen

    session.listener = heard
    try:
        for command in commands:
            session.perform(command)
    except _Seen:
        return True
    return False


class Shrinker:
    """Shrinks one program. ``start`` makes a session of its own for each trial, on the target; ``within`` which budget.

    A program in which the deviation stands alone is better than a shorter one in which another leads to it: two bugs of
    one target must not be taken for one. Last it gets back what makes its requests lawful (lawful.py), unless the
    deviation is about the lack of that.
    """

    def __init__(
        self,
        start: Callable[[], Session],
        deviates: Deviates,
        alone: Alone = lambda session: True,
        within: Budget | None = None,
    ) -> None:
        self._within = within
        self._start, self.deviates, self._alone = start, deviates, alone
        self._tried: dict[tuple[str, ...], bool] = {}
        self.best: Shown | None = None
        self.is_cut = False
        """Whether there were too few calls to try all."""

    def shortest(self, commands: list[Command], said: Circumstance, because: Sequence[int] = ()) -> Shown:
        """The shortest program that shows the deviation again. What was found is in ``best`` if the budget ends it.

        ``said``: in which circumstance it was seen; ``because``: places in the program that the expectation rests on.
        """
        candidates = itertools.chain(
            _by_model(commands, said, self._within),
            _rightful(commands),
            _by_reasons(commands, because),
            _by_memory(commands, self._within),
            _by_slots(commands),
            _beside_others(commands),
            _cuts(commands),
        )
        further = iter(range(FURTHER))
        for candidate in candidates:
            self._shows(candidate)
            if self.best is not None and (self.best.alone or next(further, None) is None):
                break
        if self.best is None:
            return Shown(commands[-LONGEST:], None)
        self._drop_slots()
        if len(self.best.commands) > SHORT:
            self._drop_chunks()
        self._drop_one_by_one()
        self._simplify()
        self._shows(lawful.lawful(self.best.commands, commands, self._within), longer=True)
        return self.best

    def _shows(self, commands: Sequence[Command], longer: bool = False) -> bool:
        """Try a program on the target, unless it was tried; says whether it is better than the best so far.

        With ``longer`` it is better though it is longer.
        """
        key = tuple(map(str, commands))
        if key in self._tried and not longer:
            return self._tried[key]
        session, shown = self._start(), False
        if session.budget.calls + COST * len(commands) > session.budget.max_calls:
            self.is_cut = True
            return False  # a shorter one may still be tried
        try:
            shown = shows(session, commands, self.deviates)
        finally:
            # A program must show the deviation by itself: what is left of a trial may be in the way of the next.
            clean_up([session], min(5.0, 4 * session.patience.longest), LOOKS)
        self._tried[key] = False
        if not shown:
            return False
        made, best = Shown(list(session.program), session, self._alone(session)), self.best
        size = 0 if longer else -len(made.commands)
        if best is None or (made.alone, size) >= (best.alone, -len(best.commands)):
            self.best, self._tried[key] = made, True
        return self._tried[key]

    def _drop_slots(self) -> None:
        """Drop all that is about one group, one group after the other."""
        assert self.best is not None
        for slot in sorted({slot for command in self.best.commands[:-1] for slot in _slots(command)}):
            best = self.best.commands
            self._shows([*(command for command in best[:-1] if slot not in _slots(command)), best[-1]])

    def _drop_chunks(self) -> None:
        """Drop ever smaller chunks, as long as the model says that the last command stays what it was."""
        assert self.best is not None
        goal = _told(imagine.arrives(self.best.commands, within=self._within), _STATE)
        size = len(self.best.commands) // 2
        while size:
            position = 0
            while position < len(self.best.commands) - 1:
                shorter = _without(self.best.commands, position, size)
                if _told(imagine.arrives(shorter, within=self._within), _STATE) != goal or not self._shows(shorter):
                    position += size
            size //= 2

    def _drop_one_by_one(self) -> None:
        """Drop single commands whatever the model says: a fault need not hang on what the model knows."""
        assert self.best is not None
        position = len(self.best.commands) - 2
        while position >= 0:
            if self._shows(_without(self.best.commands, position, 1)):
                position = len(self.best.commands) - 1
            position -= 1

    def _simplify(self) -> None:
        """Leave out optional members that it can do without."""
        assert self.best is not None
        for position in range(len(self.best.commands)):
            for member in _optional(self.best.commands[position]):
                best, command = self.best.commands, self.best.commands[position]
                left = {name: inner for name, inner in command.params.items() if name != member}
                self._shows([*best[:position], command._replace(params=left), *best[position + 1 :]])


def _by_model(commands: list[Command], said: Circumstance, within: Budget | None) -> Iterator[list[Command]]:
    """The shortest programs that the model knows to end in the same circumstance, told ever more exactly."""
    last, slots = commands[-1], _slots(commands[-1])
    goal = {**said, "operation": SETTLE} if last.name == SETTLE else said
    moving = [command for command in commands[:-1] if _moves(command)]
    near = [command for command in moving if _slots(command) & slots]
    alphabet = sorted(dict.fromkeys(reversed(near)), key=lambda command: not _is_sound(command))[:ALPHABET]
    # Of two ways to one state, the one that waits comes first.
    alphabet.sort(key=lambda command: command.name != SETTLE)
    yield [last]
    ways = {strict: imagine.Ways(alphabet, last, DEEPEST, NODES, strict, within) for strict in (False, True)}
    for words in DEMANDS:
        wanted = _told(goal, words)
        found: list[list[Command]] = []
        for strict in (False, True):
            found += itertools.islice(ways[strict].to(wanted), 1)
            for some in (near, moving):
                if _told(imagine.arrives([*some, last], strict, within), words) == wanted:
                    found.append(_reduced([*some, last], wanted, words, strict, within))
                    break
        yield from sorted(found, key=len)


def _is_sound(command: Command) -> bool:
    """Whether a request breaks no documented limit."""
    operation = imagine.session().operation(command)
    return command.body is None and not constraint.violations(operation.name, operation.params)


def _reduced(
    commands: list[Command], wanted: Circumstance, words: Sequence[str], strict: bool, within: Budget | None
) -> list[Command]:
    """What is left of a program when all is dropped that its last circumstance, in these words, does not need."""
    size = len(commands) // 2
    while size:
        position = 0
        while position < len(commands) - 1:
            shorter = _without(commands, position, size)
            if _told(imagine.arrives(shorter, strict, within), words) == wanted:
                commands = shorter
            else:
                position += size
        size //= 2
    return commands


def _optional(command: Command) -> list[str]:
    """The members of a request that may be left out."""
    name = str(command.params.get("operation", command.name))
    if name not in constraint.shapes():
        return []
    required = {*constraint.shapes()[name]["input"].get("required", ()), "operation"}
    return [member for member in command.params if member not in required]


def _without(commands: list[Command], position: int, size: int) -> list[Command]:
    """The program without some commands; never without its last."""
    return commands[:position] + commands[min(position + size, len(commands) - 1) :]


def _told(said: Circumstance, words: Sequence[str]) -> Circumstance:
    return {word: said[word] for word in words if word in said}


def _slots(command: Command) -> set[str]:
    """The groups that a command is about, by their names in the program."""
    return set(_SLOT.findall(str(command)))


def _moves(command: Command) -> bool:
    """Whether a command may change something, or what is known of it."""
    return command.name == SETTLE or command.name.startswith(("Create", "Delete", "Tag", "Untag"))


def _by_reasons(commands: list[Command], because: Sequence[int]) -> Iterator[list[Command]]:
    """What the expectation rests on, in the group as it was last made, with and without the waiting in between."""
    places = [place for place in because if place < len(commands) - 1]
    if not places:
        return
    slots = _slots(commands[-1]).union(*(_slots(commands[place]) for place in places))
    made = [
        place
        for place, c in enumerate(commands[: places[-1] + 1])
        if c.name == "CreateDatasetGroup" and _slots(c) & slots
    ]
    kept = sorted({*places, *made[-1:]})
    yield [*(commands[place] for place in kept), commands[-1]]
    waits = (p for p, c in enumerate(commands[:-1]) if p > kept[0] and c.name == SETTLE and _slots(c) & slots)
    yield [*(commands[place] for place in sorted({*kept, *waits})), commands[-1]]


def _rightful(commands: list[Command]) -> Iterator[list[Command]]:
    """All about the group, with each event tracker deleted before another takes its place: that may be another bug."""
    last, lived, living = commands[-1], list[Command](), set[tuple[str, bool]]()
    near = [command for command in commands[:-1] if _moves(command) and _slots(command) & _slots(last)]
    for command in near:
        if command.name == "CreateEventTracker":
            tracker = str(command.params.get("datasetGroupArn")).replace(".arn", ".tracker")
            if (tracker, command.second) in living:
                lived.append(Command("DeleteEventTracker", {"eventTrackerArn": tracker}, command.second))
                lived.append(Command(SETTLE, {"of": tracker}, command.second))
            living.add((tracker, command.second))
        elif command.name == "DeleteEventTracker":
            living.discard((str(command.params.get("eventTrackerArn")), command.second))
        lived.append(command)
    if len(lived) > len(near):
        yield [*lived, last]


def _by_memory(commands: list[Command], within: Budget | None) -> Iterator[list[Command]]:
    """The lives of the group, the last two, with the same question after each step: answers may be kept."""
    last = commands[-1]
    if _moves(last):
        return
    imagined, lived = imagine.session(within=within), []
    for command in (c for c in commands[:-1] if _moves(c) and _slots(c) & _slots(last)):
        imagined.perform(command)
        if command.name == SETTLE or (imagined.steps and imagined.steps[-1].outcome.kind == "success"):
            lived.append(command)
    made = [place for place, command in enumerate(lived) if command.name == "CreateDatasetGroup"]
    lived = lived[made[-2] if len(made) > 1 else 0 :]
    yield [step for command in lived for step in ((command,) if command.name == SETTLE else (command, last))] + [last]


def _by_slots(commands: list[Command]) -> Iterator[list[Command]]:
    """The group that the last command is about with the one, two, four, … others that were written to last."""
    own, last = _slots(commands[-1]), commands[-1]
    moving = [command for command in commands[:-1] if _moves(command)]
    recent = list(dict.fromkeys(slot for command in reversed(moving) for slot in _slots(command) if slot not in own))
    for number in (1, 2, 4, 8):
        if number // 2 < len(recent):
            kept = own.union(recent[:number])
            yield [*(command for command in moving if _slots(command) <= kept), last]
            yield [*(command for command in commands[:-1] if _slots(command) <= kept), last]


OTHERS = [
    program.parse(
        "\n".join(
            f'CreateDatasetGroup {{"name": "${slot}"}}\nSettle {{"of": "${slot}.arn"}}\n'
            f'CreateEventTracker {{"name": "$t1", "datasetGroupArn": "${slot}.arn"}}\n'
            f'Settle {{"of": "${slot}.tracker"}}'
            for slot in slots
        )
    )
    for slots in ("X", "XWY")
]
"""What other sessions of the run may have had there: one group with a tracker, or three."""


def _beside_others(commands: list[Command]) -> Iterator[list[Command]]:
    """The group that the last command is about (all, if it is about none), made again beside groups that were there."""
    own = _slots(commands[-1])
    near = [command for command in commands[:-1] if _moves(command) and (not own or _slots(command) & own)]
    starts = [number for number, command in enumerate(near) if command.name == "CreateDatasetGroup"]
    for others in OTHERS:
        yield [*others, *near[starts[-1] if starts else len(near) :], commands[-1]]
        yield [*others, *near, commands[-1]]


def _cuts(commands: list[Command]) -> Iterator[list[Command]]:
    """Where the model is of no help: from the latest creations of the group on, then all about it, then all."""
    last = _slots(commands[-1])
    near = [c for c in commands if _slots(c) & last or not _slots(c)] if last else commands
    starts = [n for n, c in enumerate(near) if c.name == "CreateDatasetGroup"]
    yield from (near[n:] for n in reversed(starts[-3:]))
    yield from (near, commands)
