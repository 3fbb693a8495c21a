"""The judge and TLC on the same histories: two opinions, of which neither may be alone.

Owns what is compared: the steps that ``behaviour`` kept, and of the judge's findings those that the module speaks of.
The judge here knows what TLC knows: it sees the same steps, and that a dataset group has the dataset that it needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from trackstep import spec
from trackstep.formal import behaviour, configuration, tlc, validation
from trackstep.formal.behaviour import Behaviour, Event
from trackstep.formal.tool import Tool
from trackstep.history import History
from trackstep.oracle import judge
from trackstep.oracle.expected import Accepted, Member, Refused
from trackstep.oracle.judge import Judgement
from trackstep.oracle.notes import Finding
from trackstep.oracle.world import World

LEFT_OUT = {
    "LIFE": "the first look at a status is no rule of the service's moves",
    "UNIQ": "the names of event trackers are left out",
    "ID": "the form of ARNs and tracking IDs is left out",
    "CREATE": "datasets are left out: a group has what it needs",
    "DESC": "names, times, accounts and other members are left out",
    "LIST": "names, times and other members are left out; a wrong status is ET-LIFE's",
    "PAGE": "pages are left out",
    "GRP": "ListDatasetGroups, domains, times and reasons are left out",
    "TAG": "tags are left out",
    "PUT": "the events themselves are left out",
    "INPUT": "malformed requests are left out",
    "FAIL": "tags are left out",
    "WIRE": "the form of answers is left out",
    "REGION": "a region is a world of its own",
}
"""Area -> why the modules say nothing of those of its clauses that they do not name."""
_MEMBERS = frozenset({"name", "eventTrackerArn", "datasetGroupArn", "domain", "creationDateTime"})
"""Members that the modules leave out."""
_CLAUSE = re.compile(r"ET-[A-Z]+-\d+")


@cache
def spoken_of() -> frozenset[str]:
    """The clauses that the modules name: those whose findings are compared."""
    texts = (configuration.root().joinpath(f"{name}.tla") for name in ("EventTracker", "Promises"))
    return frozenset(clause for path in texts for clause in _CLAUSE.findall(path.read_text(encoding="utf-8")))


def table() -> Iterator[str]:
    """The rows of the table in ``spec/tla/traces.md``: what the modules speak of, and why not of the rest."""
    loaded, spoken = spec.load(), spoken_of()
    for area in loaded.areas:
        named = [name for name, clause in loaded.clauses.items() if clause.area == area]
        of, rest = ([name for name in named if (name in spoken) == wanted] for wanted in (True, False))
        yield f"| {area} | {_short(of)} | {_short(rest)} | {LEFT_OUT[area] if rest else ''} |"


def _short(clauses: list[str]) -> str:
    """``ET-UNIQ-1`` and the like by their numbers alone."""
    return ", ".join(name.rpartition("-")[2] for name in clauses)


def speaks_of(finding: Finding, refused: bool) -> bool:
    """Whether the module speaks of what was found.

    It speaks of every refusal, whichever clause is named for one that has no reason (a name of 63 characters is
    accepted, say); of what is shown, by the clauses that it names.
    """
    expected = finding.expected
    if refused and isinstance(expected, (Refused, Accepted)):
        return True
    return finding.clause in spoken_of() and not (isinstance(expected, Member) and expected.name in _MEMBERS)


@dataclass(frozen=True, slots=True)
class Opinion:
    """Where each of the two first says no: a place among the events, None where all is explained."""

    behaviour: Behaviour
    tlc: int | None
    judge: int | None
    findings: tuple[Finding, ...]

    @property
    def agree(self) -> bool:
        """Whether both accept, or both refuse the same event first."""
        return self.tlc == self.judge

    @property
    def event(self) -> Event | None:
        """The first event that no behaviour of the module explains."""
        return None if self.tlc is None else self.behaviour.events[self.tlc]


def opinions(
    tool: Tool, histories: Sequence[History], directory: Path | None = None, seconds: float = tlc.SECONDS
) -> list[Opinion]:
    """Both opinions on each history, from one run of TLC. Raises ToolError as ``tlc.run`` does."""
    behaviours = [behaviour.read(history.steps) for history in histories]
    explained = validation.validate(tool, behaviours, directory, seconds).explained
    return [weigh(*each) for each in zip(histories, behaviours, explained, strict=True)]


def weigh(history: History, read: Behaviour, explained: int) -> Opinion:
    """Both opinions, where so many events are explained."""
    place, findings = judged(history, read.events)
    return Opinion(read, None if explained == len(read.events) else explained, place, findings)


def judged(history: History, events: Iterable[Event]) -> tuple[int | None, tuple[Finding, ...]]:
    """The first event that the judge finds something wrong with, and what, as far as the module speaks of it."""
    world = World(prefix=history.prefix, dataset_needed=False)
    answers = [(operation.region, outcome.result or {}) for operation, outcome in history.steps]
    for told in (*answers, *((operation.region, operation.params) for operation, _ in history.steps)):
        world = world.met(*told)  # the module knows from the start whose account it is
    judgement = Judgement((world,))
    for place, event in enumerate(events):
        step = history.steps[event.step - 1]
        found, refused = judge.step(judgement, *step), step.outcome.kind == "refusal"
        if spoken := tuple(finding for finding in found if speaks_of(finding, refused)):
            return place, spoken
    return None, ()
