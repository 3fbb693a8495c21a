"""Reproducers: what shows a deviation again, call by call, before it is written as a test or as a script.

Made of the recorded steps of a deviation's shortest program. Owns what each call is held to, where to wait so that
any target goes along, and the variables that stand for ARNs, IDs and names. Writes nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from trackstep import reconstruct, spec
from trackstep.event import Deviation
from trackstep.operation import BESIDE, COVERED, Operation
from trackstep.oracle import guard, judge
from trackstep.oracle.case import Case, case
from trackstep.oracle.expected import Accepted, Refused, Settled
from trackstep.oracle.judge import SETTLE, Step
from trackstep.oracle.lifecycle import ACTIVE, CREATING, DELETING, FAILED
from trackstep.oracle.notes import Finding
from trackstep.spec import Refusal
from trackstep.value import CHANGED

RUN = "run"
"""The variable that stands for the prefix of all names."""

Way = Literal["plain", "may be refused", "refused", "may be accepted", "no answer"]
"""How a call on the way there is made. "may be" names the answer that ends a reproducer: a conforming target gives
it, or may, and from there on the history is another one."""

Form = Literal["refused", "accepted", "claim", "code", "wire", "answered", "settled", "gone", ""]
"""What the last call is held to: a refusal, a success, a claim about the result, about the error, about the wire;
any answer; a status that settles; the end of a deletion. Empty where nothing can be said."""


class Wait(NamedTuple):
    """A resource to be described until it has settled."""

    kind: str
    region: str
    arn: str

    @property
    def describe(self) -> Operation:
        """The operation that shows its status."""
        name = {"event_tracker": "EventTracker", "dataset": "Dataset"}.get(self.kind, "DatasetGroup")
        return Operation(f"Describe{name}", {f"{name[0].lower()}{name[1:]}Arn": self.arn}, self.region)


@dataclass
class Line:
    """One command with its steps as recorded.

    ``waits`` come before it, so that a target with another timing accepts what was accepted here. ``ends`` are claims
    about its answer that end the reproducer where they hold: the answer was wrong when it was recorded. ``known`` are
    the variables for what stands in the call, ``binds`` those that take a member of the answer. ``stays``: it is
    refused however long it is waited before it.
    """

    name: str
    steps: tuple[Step, ...]
    way: Way = "plain"
    waits: list[Wait] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    known: Mapping[str, str] = field(default_factory=dict)
    stays: bool = False
    binds: dict[str, str] = field(default_factory=dict)

    @property
    def operation(self) -> Operation:
        """What is sent; of a walk its first page, of a wait what is looked at."""
        return self.steps[0].operation

    @property
    def settles(self) -> Wait:
        """What a command that waits is waiting for."""
        asked = self.operation
        arn = str(asked.params["arn"] if asked.name == SETTLE else next(iter(asked.params.values())))
        if asked.name == "DescribeDataset":
            return Wait("dataset", asked.region, arn)
        tracker = asked.name == "DescribeEventTracker" or ":event-tracker/" in arn
        return Wait("event_tracker" if tracker else "dataset_group", asked.region, arn)


@dataclass
class Reproduction:
    """The calls that lead to a deviation, and the last, that shows it: one of ``codes`` may refuse it.

    ``doubtful``: a conforming target may refuse it also where it is not a refusal that is asked for.
    """

    deviation: Deviation
    before: list[Line]
    last: Line
    form: Form
    codes: list[str]
    doubtful: bool

    @property
    def lines(self) -> list[Line]:
        """All of them."""
        return [*self.before, self.last]


def read(deviation: Deviation) -> Reproduction | None:
    """The reproduction of a deviation, from its recorded steps; None where it has none."""
    told = reconstruct.tell(deviation.steps, deviation.prefix)
    judgement = judge.begin(deviation.prefix)
    waited, settled = set[tuple[str, int, int]](), set[str]()
    lines: list[Line] = []
    doubtful = False
    for command, recorded in told:
        steps = tuple(Step(*step) for step in recorded)
        last = len(lines) == len(told) - 1
        ahead = len(steps) - 1 if last else 0
        for step in steps[:ahead]:
            judge.step(judgement, *step)
        c, may, must = _rows(judgement, steps[ahead].operation)
        may = [row for row in may if row.when != "no_dataset" or not judgement.world.ids]  # one was created without
        found = [finding for step in steps[ahead:] for finding in judge.step(judgement, *step)]
        line = Line(command.name, steps)
        if steps[-1].outcome.kind == "success" and c is not None and must is None:
            line.waits = _waits(c, may, last, waited)
        if command.name == SETTLE:
            settled.add(line.settles.arn)
        elif c is not None and last:
            line.waits += _seen_settled(c, settled)
        open_rows = [row for row in may if row.when != "no_dataset" and not (row.on and line.waits)]
        line.way = "plain" if command.name == SETTLE else _way(steps[-1], open_rows, must is not None)
        if steps[-1].operation.name in BESIDE and steps[-1].outcome.kind == "refusal":
            line.way = "refused"  # what prepares may be tried too early; it is not what the deviation hangs on
        line.stays = line.way == "refused" and must is not None and (not must.on or bool(guard.bits_of(must) & ACTIVE))
        line.ends = [] if last else _ends(found)
        doubtful = must is not None or bool(open_rows)
        lines.append(line)
    if not lines:
        return None
    _wait_early(lines)
    _look_again(lines)
    expected = deviation.expected
    codes = sorted(expected.codes) if isinstance(expected, (Refused, Accepted)) else []
    made = Reproduction(deviation, lines[:-1], lines[-1], _form(deviation, lines[-1]), codes, doubtful)
    _name(made)
    return made


def _rows(judgement: judge.Judgement, operation: Operation) -> tuple[Case | None, list[Refusal], Refusal | None]:
    if operation.name not in COVERED:
        return None, [], None
    c = case(judgement.world, operation)
    return c, *guard.rows(c)


def _waits(c: Case, may: Sequence[Refusal], last: bool, waited: set[tuple[str, int, int]]) -> list[Wait]:
    """What has to settle before the call is sure to be accepted; the last one is about what is still moving."""
    found = []
    moving = CREATING if last else CREATING | DELETING
    for row in may:
        about = {"group": c.group, "tracker": c.tracker, "resource": c.subject}.get(row.on)
        if row.when or about is None or not guard.bits_of(row) & about.mask & moving:
            continue
        life = (about.arn, about.born, about.since)
        if life not in waited and not (last and about.mask & DELETING):
            waited.add(life)
            found.append(Wait(about.kind, c.operation.region, about.arn))
    return found


def _seen_settled(c: Case, settled: set[str]) -> list[Wait]:
    """What was seen to have settled without being waited for, as it is where statuses change at once."""
    resources = {r.arn: r for r in (c.group, c.tracker, c.subject) if r is not None}
    moved = [r for arn, r in resources.items() if r.mask in (ACTIVE, FAILED) and arn not in settled]
    return [Wait(r.kind, c.operation.region, r.arn) for r in moved]


def _wait_early(lines: list[Line]) -> None:
    """What the last call waits for is waited for before the refusals that lead to it: nobody looked in between.

    Whether a refused write has changed something is told of what is seen next.
    """
    last, place = lines[-1], len(lines) - 1
    while place and lines[place - 1].stays:
        place -= 1
    waits, last.waits = last.waits, []
    lines[place].waits += waits


def _look_again(lines: list[Line]) -> None:
    """Looks at one status, one after the other, are a wait up to the last but one: their number is the target's."""
    last = lines[-1]
    while len(lines) > 1 and last.operation.name.startswith("Describe") and lines[-2].name == last.operation.name:
        if lines[-2].operation != last.operation or lines[-2].way != "plain" or lines[-2].ends:
            break
        last.steps = (*lines.pop(-2).steps, *last.steps)
        last.name = SETTLE


def _way(step: Step, open_rows: Sequence[Refusal], must: bool) -> Way:
    if step.outcome.kind == "success":
        return "may be refused" if must or any(row.open for row in open_rows) else "plain"
    if step.outcome.kind != "refusal":
        return "no answer"
    return "refused" if must else "may be accepted"


def _ends(found: Sequence[Finding]) -> list[str]:
    """The claims about an answer that was wrong in a way that counts; the form on the wire has no consequences."""
    levels = spec.load().clauses
    claims = [f.claim for f in found if f.claim and levels[f.clause].level != "tentative"]
    return [claim for claim in claims if not {"wire", "code"} & set(names(claim))]


def _form(deviation: Deviation, last: Line) -> Form:
    if last.steps[-1].operation.name == SETTLE:
        return "gone" if isinstance(deviation.expected, Settled) and deviation.expected.gone else "settled"
    if deviation.answer == "lost":
        return "answered"
    about = set(names(deviation.claim))
    if about:
        return "wire" if "wire" in about else "code" if "code" in about else "claim"
    if isinstance(deviation.expected, Refused):
        return "refused"
    return "accepted" if isinstance(deviation.expected, Accepted) else ""


# -- claims and variables --------------------------------------------------------------------------


def names(claim: str) -> list[str]:
    """The names that a claim uses; none where it is no expression."""
    return [node.id for node in _nodes(claim) if isinstance(node, ast.Name)]


def _nodes(claim: str) -> Iterator[ast.AST]:
    try:
        return ast.walk(ast.parse(claim, mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return iter(())


def _name(made: Reproduction) -> None:
    """Give a variable to each ARN and ID that something after it needs; the last call binds nothing."""
    known: dict[str, str] = {}
    claims = [made.deviation.claim, *(claim for line in made.before for claim in line.ends)]
    quoted = {node.value for claim in claims for node in _nodes(claim) if isinstance(node, ast.Constant)}
    for place, line in enumerate(made.lines):
        line.known = dict(known)
        outcome = line.steps[-1].outcome
        if line is made.last or outcome.kind != "success":
            continue
        needed = quoted | {text for after in made.lines[place + 1 :] for text in _texts(after)}
        for member, value in (outcome.result or {}).items():
            title = _title(line.operation, member, made.deviation.prefix)
            forms = [value, *(make(value) for make in CHANGED.values())] if isinstance(value, str) else []
            if title and needed.intersection(forms):
                known[value] = line.binds[member] = _fresh(title, set(known.values()))


def _texts(line: Line) -> Iterator[str]:
    """The strings that a line sends."""
    yield from (wait.arn for wait in line.waits)
    pending: list[Any] = [step.operation.params for step in line.steps]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, (Mapping, list, tuple)):
            pending += value.values() if isinstance(value, Mapping) else value


_KINDS = {
    "datasetGroupArn": "group_arn", "eventTrackerArn": "tracker_arn", "trackingId": "tracking_id",
    "datasetArn": "dataset_arn", "schemaArn": "schema_arn",
}  # fmt: skip
_CREATES = ("CreateDatasetGroup", "CreateEventTracker", "CreateDataset", "CreateSchema")


def _title(operation: Operation, member: str, prefix: str) -> str:
    """What a variable for a member of a Create's answer is called; empty where it gets none."""
    if operation.name not in _CREATES or member not in _KINDS:
        return ""
    owner = str(operation.params.get("datasetGroupArn" if operation.name == "CreateEventTracker" else "name", ""))
    slot = re.sub(r"\W+", "_", owner.rpartition("/")[2].removeprefix(f"{prefix}-"), flags=re.ASCII).lower()
    slot = "long" if len(slot) > 40 else slot[:20].strip("_")
    return f"{slot}_{_KINDS[member]}" if slot[:1].isalpha() else _KINDS[member]


def _fresh(title: str, taken: set[str]) -> str:
    number, variable = 1, title
    while variable in taken:
        number += 1
        variable = f"{title}_{number}"
    return variable


def changed(text: str, known: Mapping[str, str]) -> tuple[str, str]:
    """The variable of which a text is a changed value, and what was done to it; empty where there is none."""
    if len(text) > 16 and text not in known:
        for value, variable in known.items():
            for change, make in CHANGED.items():
                if make(value) == text:
                    return variable, change
    return "", ""


def pieces(text: str, known: Mapping[str, str], prefix: str) -> list[tuple[bool, str]]:
    """A string cut into text as it is (False) and the names of variables (True)."""
    if text in known:
        return [(True, known[text])]
    if not prefix:
        return [(False, text)]
    made: list[tuple[bool, str]] = []
    for number, part in enumerate(re.split(rf"(?<![A-Za-z]){re.escape(prefix)}(?=-)", text)):
        made += [(True, RUN)] if number else []
        made += [(False, part)] if part or not text else []
    return made


def length_of_run(made: Reproduction) -> int:
    """The characters that the prefix gets: as many as it had where a name is near its limit, else eight."""
    prefix = made.deviation.prefix
    sent = [text for line in made.lines for text in _texts(line) if text.startswith(f"{prefix}-")]
    return 8 if len(prefix) < 8 and all(len(name) + 8 - len(prefix) <= 63 for name in sent) else max(2, len(prefix))
