"""A configuration: one way in which the calls so far can have taken effect, and the step from one to the next.

The step is the sequential judge's own, on a copy. Owns what goes with a world: which of the calls under way have taken
effect, in which order all did, what was said of them and what of that no order explains. Knows nothing of time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from trackstep import spec
from trackstep.operation import COVERED, EVENTS
from trackstep.oracle import judge as sequential
from trackstep.oracle.judge import Judgement, Step
from trackstep.oracle.likeness import likeness
from trackstep.oracle.notes import Finding, Notes
from trackstep.oracle.world import World

NOTHING_IN_A_ROW = (("", 0), ("", 0))


class Path(NamedTuple):
    """The calls in the order in which they took effect, last first: its place, the number that it had as a step."""

    call: int
    step: int
    before: Path | None


class Said(NamedTuple):
    """The findings so far, last first, each with the number of its call in the history."""

    finding: Finding
    before: Said | None
    number: int


class Charge(NamedTuple):
    """What no order explains: the firm clauses that a call breaks. ``early``: in order to explain another's answer."""

    call: int
    clauses: tuple[str, ...]
    early: bool = False


class Configuration(NamedTuple):
    """One way in which the calls so far can have taken effect.

    ``done``: the calls that are under way and have taken effect. ``cut``: not all that lost answers leave possible was
    followed. ``in_a_row``: what the sequential judge counts of the same request, lost or put off. ``like``: its world's
    likeness.
    """

    world: World
    step: int = 0
    done: frozenset[int] = frozenset()
    path: Path | None = None
    said: Said | None = None
    charges: tuple[Charge, ...] = ()
    cut: bool = False
    in_a_row: tuple[tuple[str, int], tuple[str, int]] = NOTHING_IN_A_ROW
    like: Hashable = None

    @property
    def spoken(self) -> int:
        """How many findings there are."""
        return self.said.number if self.said else 0

    @property
    def charged(self) -> int:
        """How many firm clauses no order explains."""
        return sum(len(charge.clauses) for charge in self.charges)

    @property
    def badness(self) -> tuple[int, int, bool, int]:
        """What makes it a worse account than another: charges, findings, what was not followed, early charges."""
        return self.charged, self.spoken, self.cut, sum(charge.early for charge in self.charges)

    def state(self) -> Hashable:
        """Equal for configurations from which the same follows."""
        return self.done, self.cut, self.in_a_row, self.like

    def numbers(self) -> tuple[int, ...]:
        """The numbers of all calls, from 1, in the order in which they took effect."""
        found, path = [], self.path
        while path is not None:
            found.append(path.call + 1)
            path = path.before
        return tuple(reversed(found))

    def findings(self) -> list[Finding]:
        """All that was said, in the order of the steps."""
        found, said = [], self.said
        while said is not None:
            found.append(said.finding)
            said = said.before
        found.reverse()
        return sorted(found, key=lambda finding: finding.step)


def begin(world: World) -> Configuration:
    """The configuration in which nothing has been asked."""
    return Configuration(world, like=likeness(world, 0))


class Taken(NamedTuple):
    """A configuration after one call more, and the firm clauses that this call breaks in it and not in every other."""

    after: Configuration
    breaks: tuple[str, ...]

    def is_idle(self, before: Configuration) -> bool:
        """Whether nothing has changed, nor was anything said.

        Only of a call that looks: a write that changes nothing now, a second Delete, may change something later.
        """
        after = self.after
        same = (before.like, before.cut, before.in_a_row, before.spoken)
        return not self.breaks and (after.like, after.cut, after.in_a_row, after.spoken) == same

    def charged(self, call: int, early: bool = False) -> Configuration:
        """The configuration that holds against this call what it breaks."""
        return self.after._replace(charges=(*self.after.charges, Charge(call, self.breaks, early)))


class Calls:
    """The calls of a history, each with what the judge says of it: in any state, and from a configuration."""

    def __init__(self, steps: Sequence[Step], alone: Sequence[bool]) -> None:
        self.steps, self.alone = steps, alone
        self._always = [self._in_any_state(step) for step in steps]

    def _in_any_state(self, step: Step) -> Counter[str]:
        """The firm clauses that a call breaks whatever was before it: the form of its answer, most of all."""
        ignorant = Judgement((World(complete=False),))
        return Counter(finding.clause for finding in sequential.firm(sequential.step(ignorant, *step)))

    def only_looks(self, call: int) -> bool:
        """Whether a call changed nothing, whenever it took effect."""
        operation, outcome = self.steps[call]
        return outcome.kind == "refusal" or operation.name in EVENTS or sequential.is_read(operation.name)

    def take(self, configuration: Configuration, call: int, pause: bool = False) -> Iterator[Taken]:
        """The configurations in which this call takes effect next; ``pause``: something may have been before it.

        There are several where lost calls may, or may not, have been carried out before.
        """
        lost, put_off = configuration.in_a_row
        notes = Notes(configuration.step + pause)
        judgement = Judgement((configuration.world,), notes, lost, configuration.cut, put_off)
        clauses = spec.load().clauses
        found = [
            each
            for each in sequential.step(judgement, *self.steps[call])
            if clauses[each.clause].overlapping != spec.NOT_JUDGED
        ]
        path = Path(call, notes.step, configuration.path)
        said = configuration.said
        for finding in found:
            said = Said(_numbered(finding, call, path), said, said.number + 1 if said else 1)
        breaks = self._breaks(found, call) if found else ()
        row = (judgement.lost, judgement.put_off) if self.alone[call] else NOTHING_IN_A_ROW
        done, charges = configuration.done | {call}, configuration.charges
        for world in judgement.worlds:
            same = world is configuration.world and not world.walks
            like = configuration.like if same else likeness(world, notes.step)
            after = Configuration(world, notes.step, done, path, said, charges, judgement.cut, row, like)
            yield Taken(after, breaks)

    def _breaks(self, found: Sequence[Finding], call: int) -> tuple[str, ...]:
        broken = Counter(finding.clause for finding in sequential.firm(found)) - self._always[call]
        return tuple(broken.elements())

    def passed(self, configuration: Configuration, call: int, step: int, over: bool) -> Configuration:
        """The configuration once a call whose outcome says of no moment what was so was sent, or is ``over``.

        What it wrote, if it is of another kind than those that are covered, may be done at either moment.
        """
        operation, outcome = self.steps[call]
        world = configuration.world
        if not over and operation.name != sequential.SETTLE:
            taken = next(iter(self.take(configuration._replace(step=step - 1), call)))
            return taken.after._replace(done=configuration.done)
        if over and outcome.kind in ("lost", "garbled") and operation.name not in COVERED:
            world = world.touched(operation.region, operation.params, step)
        return configuration._replace(world=world, step=step, like=likeness(world, step))


def _numbered(finding: Finding, call: int, path: Path) -> Finding:
    """The finding with the numbers that the calls have in the history, in place of those in this order."""
    if not finding.because:
        return finding._replace(step=call + 1)
    numbers, steps, before = set[int](), set(finding.because), path.before
    while before is not None and steps:
        if before.step in steps:
            steps.remove(before.step)
            numbers.add(before.call + 1)
        before = before.before
    return finding._replace(step=call + 1, because=tuple(sorted(numbers)))
