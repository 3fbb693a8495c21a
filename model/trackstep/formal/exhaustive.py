"""The judge against the tables, by trying all there is: every answer to every request, whatever is known.

Two questions. Of every *set* of statuses: does the judge allow an answer exactly where a service in one of them could
have given it, and does it forget none of the statuses that this leaves? Of every *history* that begins with nothing,
however long: is what the judge knows exactly what a service could have come to? The second has an end, since only so
much can be known: each knowledge is met once, with all that can be asked and answered there.

Owns the trying and the counting. What is right is said by ``plain``, what the judge thinks by the judge. Left out are
values (names, times, tags, pages), codes that may come at any time, traces that begin late, and what follows a lost
answer but for the next one.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, combinations, product
from typing import NamedTuple

from trackstep import spec
from trackstep.formal import changed, known, plain
from trackstep.formal.known import Asked
from trackstep.formal.plain import GONE, Request, Tables
from trackstep.oracle import judge
from trackstep.oracle.judge import Judgement
from trackstep.oracle.world import World
from trackstep.outcome import Outcome

GROUP, TRACKER = "group", "tracker"
FREE = {GROUP: "ACTIVE", TRACKER: GONE}
"""What stands beside a request that is about something else."""
UNHEARD = "UnheardOfException"
"""In the place of each code that no row has."""
State = tuple[str, str]
"""The status of the group and that of the tracker."""
Known = frozenset[State]


class Disagreement(NamedTuple):
    """An answer of which the judge and the tables think otherwise."""

    known: str
    asked: str
    answer: str
    difference: str

    def __str__(self) -> str:
        """In one line."""
        return f"[{self.known}]  {self.asked} -> {self.answer}: {self.difference}"


class Checked(NamedTuple):
    """What was tried: so much knowledge, so many answers, and where they disagree."""

    knowledge: int
    answers: int
    wrong: tuple[Disagreement, ...]
    seconds: float


@dataclass(frozen=True)
class Trial:
    """A request, every answer to it, and those that the tables allow in each state."""

    asked: Asked
    request: Request
    answers: Mapping[str, Outcome]
    lawful: Mapping[State, frozenset[str]]
    tables: Tables = field(repr=False)

    def image(self, states: Iterable[State], answer: str) -> Known:
        """The states after this answer, of those in which it can be given; empty where in none."""
        begun = (state for state in states if answer in self.lawful[state])
        return frozenset(self._after(state) if answer[0] == ACCEPTED else state for state in begun)

    def _after(self, state: State) -> State:
        if self.request.does not in ("create", "delete"):
            return state
        group, tracker = state
        kind, does = _kind(self.tables, self.request.kind), self.request.does
        return (kind.after(group, does), tracker) if kind.on == GROUP else (group, kind.after(tracker, does))


ACCEPTED = "+"
"""How the name of a success begins; the status that it shows follows."""


def trials(tables: Tables, codes: Mapping[str, Collection[str]] | None = None) -> list[Trial]:
    """Every request with every answer; ``codes`` of each operation, those that its rows tell apart if not given."""
    every = codes or told_apart(tables)
    return [_trial(tables, asked, every[asked.operation.name]) for asked in known.requests()]


def told_apart(tables: Tables) -> dict[str, list[str]]:
    """For each operation one code of all those that stand in the same of its rows, and one that stands in none."""
    found = {}
    for name, request in tables.requests.items():
        alike: dict[tuple[bool, ...], str] = {}
        for code in said(tables):
            alike.setdefault(tuple(code in row.codes for row in request.rows), code)
        found[name] = list(alike.values())
    return found


def said(tables: Tables) -> list[str]:
    """Every code of a row, but those that may come at any time, and one that is in none."""
    codes = frozenset(code for request in tables.requests.values() for row in request.rows for code in row.codes)
    return [*sorted(codes - spec.load().throttling), UNHEARD]


def _trial(tables: Tables, asked: Asked, codes: Collection[str]) -> Trial:
    answers = {code: Outcome.refusal(code) for code in codes}
    answers |= {f"{ACCEPTED}{shown}": Outcome.success(result) for shown, result in asked.successes.items()}
    request = tables.requests[asked.operation.name]
    return Trial(asked, request, answers, {state: _lawful(request, asked, state) for state in _states(tables)}, tables)


def _lawful(request: Request, asked: Asked, state: State) -> frozenset[str]:
    """What the tables allow in a state: the codes, and the successes with what they show."""
    statuses = dict(zip((GROUP, TRACKER), state if asked.about else (GONE, GONE), strict=True))
    statuses["resource"] = statuses[asked.resource or GROUP]
    found = set[str]()
    for more in chain.from_iterable(combinations(asked.perhaps, size) for size in range(len(asked.perhaps) + 1)):
        here = plain.answers(request, statuses, asked.holding.union(more))
        found |= here.codes | {f"{ACCEPTED}{shown}" for shown in here.shown}
    return frozenset(found | set(_spelt_otherwise(request, found)))


def _spelt_otherwise(request: Request, found: set[str]) -> Iterator[str]:
    """The successes that show a status under another name that is read as it (``tolerated`` in ``lifecycle.toml``)."""
    cycles = spec.load().lifecycles.values() if request.kind == GROUP else ()
    for cycle in cycles:
        yield from (f"{ACCEPTED}{other}" for other, meant in cycle.tolerated.items() if f"{ACCEPTED}{meant}" in found)


def _kind(tables: Tables, on: str) -> plain.Kind:
    return next(kind for kind in tables.kinds.values() if kind.on == on)


def _statuses(tables: Tables, on: str) -> tuple[str, ...]:
    return (*_kind(tables, on).statuses, GONE)


def _states(tables: Tables) -> list[State]:
    return list(product(_statuses(tables, GROUP), _statuses(tables, TRACKER)))


def _closed(tables: Tables, states: Iterable[State]) -> Known:
    """All that the service makes of these unseen."""
    group, tracker = _kind(tables, GROUP), _kind(tables, TRACKER)
    return frozenset(pair for g, t in states for pair in product(group.closure([g]), tracker.closure([t])))


Sets = tuple[frozenset[str], frozenset[str]]
"""What is known of the group, and of the tracker, as a caller can know it: each for itself."""


def _sets(states: Iterable[State]) -> Sets:
    listed = list(states)
    return frozenset(g for g, _ in listed), frozenset(t for _, t in listed)


def _pairs(sets: Sets) -> Known:
    group, tracker = sets
    return frozenset(product(group, tracker))


def _world(trial: Trial, sets: Sets) -> World:
    return known.world(dict(zip((GROUP, TRACKER), sets, strict=True)), trial.asked.perhaps)


def _judged(trial: Trial, judgement: Judgement, answer: str) -> tuple[bool, Sets]:
    """What the judge thinks of an answer: whether it is allowed, and what is known afterwards."""
    found = judge.step(judgement, trial.asked.operation, trial.answers[answer])
    after = known.statuses(judgement.world)
    return not found, (after[GROUP], after[TRACKER])


# -- every set ---------------------------------------------------------------------------------------


def every_set(tables: Tables, largest: int = 7) -> Checked:
    """Every answer to every request, whatever set of at most so many statuses is known of what it is about.

    A List may leave out what is being deleted, so it is asked only where what is known holds what comes of that unseen.
    """
    began, answers, wrong, met = time.perf_counter(), 0, list[Disagreement](), set[Sets]()
    for trial in trials(tables):
        of_group, of_tracker = (_subsets(tables, trial.asked, on, largest) for on in (GROUP, TRACKER))
        for sets in product(of_group, of_tracker):
            states = _pairs(sets)
            if trial.request.does == "list" and _closed(tables, states) != states:
                continue
            met.add(sets)
            answers += len(trial.answers)
            wrong += _of_sets(tables, trial, sets, states)
    return Checked(len(met), answers, tuple(wrong), time.perf_counter() - began)


def _subsets(tables: Tables, asked: Asked, on: str, largest: int) -> list[frozenset[str]]:
    if on not in asked.about:
        return [frozenset({FREE[on]})]
    statuses = _statuses(tables, on)
    sizes = range(1, min(largest, len(statuses)) + 1)
    return [frozenset(some) for size in sizes for some in combinations(statuses, size)]


def _of_sets(tables: Tables, trial: Trial, sets: Sets, states: Known) -> Iterator[Disagreement]:
    world = _world(trial, sets)
    for answer in trial.answers:
        image = trial.image(states, answer)
        allowed, after = _judged(trial, Judgement((world,)), answer)
        if allowed != bool(image):
            yield _told(trial, sets, answer, allowed)
        elif allowed and not image <= _closed(tables, _pairs(after)):
            yield Disagreement(_worded(sets), str(trial.asked), answer, f"the judge only knows {_worded(after)}")


def _told(trial: Trial, sets: Sets, answer: str, allowed: bool) -> Disagreement:
    difference = "the judge allows it, no service may" if allowed else "the judge accuses, a service may"
    return Disagreement(_worded(sets), str(trial.asked), answer, difference)


def _worded(sets: Sets) -> str:
    return ", ".join(f"{on} {'/'.join(sorted(known))}" for on, known in zip((GROUP, TRACKER), sets, strict=True))


# -- every history -----------------------------------------------------------------------------------


def every_history(tables: Tables) -> Checked:
    """Every answer to every request after every history of lawful answers that begins with nothing."""
    began, answers, wrong = time.perf_counter(), 0, list[Disagreement]()
    every = trials(tables)
    met = _knowledge(tables, every)
    for states, trial in product(met, every):
        sets, answers = _sets(states), answers + len(trial.answers)
        world = _world(trial, sets)
        for answer in trial.answers:
            then = _closed(tables, trial.image(states, answer))
            allowed, after = _judged(trial, Judgement((world,)), answer)
            if allowed != bool(then):
                wrong.append(_told(trial, sets, answer, allowed))
            elif then and _pairs(after) != then:
                knows = f"the judge then knows {_worded(after)}, and it is {_worded(_sets(then))}"
                wrong.append(Disagreement(_worded(sets), str(trial.asked), answer, knows))
    return Checked(len(met), answers, tuple(wrong), time.perf_counter() - began)


def every_lost(tables: Tables) -> Checked:
    """Every answer after a write whose answer was lost: it was carried out before, if it could be, or later, or never.

    Left out are tags, which a new life has none of, and a lost CreateEventTracker, whose tracking ID nobody knows.
    """
    began, answers, wrong = time.perf_counter(), 0, list[Disagreement]()
    every = trials(tables)
    met = _knowledge(tables, every)
    asked = [trial for trial in every if trial.request.kind in FREE and not trial.asked.holding | trial.asked.perhaps]
    lost = [trial for trial in asked if trial.request.does in ("create", "delete") and not _hands_out(trial)]
    for states, write, trial in product(met, lost, asked):
        sets, answers = _sets(states), answers + len(trial.answers)
        may_be = _closed(tables, states | write.image(states, ACCEPTED))
        for answer in trial.answers:
            judgement = Judgement((_world(trial, sets),))
            judge.step(judgement, write.asked.operation, Outcome.lost("no answer"))
            allowed, _ = _judged(trial, judgement, answer)
            if allowed != bool(trial.image(may_be, answer)):
                said = _told(trial, sets, answer, allowed)
                wrong.append(said._replace(asked=f"lost {write.asked}; {trial.asked}"))
    return Checked(len(met) * len(lost), answers, tuple(wrong), time.perf_counter() - began)


def _hands_out(trial: Trial) -> bool:
    """Whether a request makes something under a name that nobody has had."""
    return trial.request.does == "create" and _kind(trial.tables, trial.request.kind).named == "never"


def _knowledge(tables: Tables, every: Iterable[Trial]) -> list[Known]:
    """All that can be known after lawful answers, by the tables alone; what is known first is that there is nothing."""
    found: list[Known] = [frozenset({(GONE, GONE)})]
    for states in found:
        for trial in every:
            for answer in trial.answers:
                then = _closed(tables, trial.image(states, answer))
                if then and then not in found:
                    found.append(then)
    return found


# -- every row ---------------------------------------------------------------------------------------


class Noticed(NamedTuple):
    """A change of a row, and the first answer of which judge and tables then think otherwise; None where of none."""

    place: str
    change: str
    by: Disagreement | None


def every_row(tables: Tables) -> Iterator[Noticed]:
    """Each row of ``operations.toml`` changed in each way, in the plain reading alone: the judge must then disagree."""
    codes = {name: said(tables) for name in tables.requests}
    thought = [(trial, dict(_opinions(tables, trial))) for trial in trials(tables, codes)]
    for name, request in tables.requests.items():
        of = [(trial, opinions) for trial, opinions in thought if trial.request is request]
        for number in range(len(request.rows)):
            for other in changed.of_row(tables, name, number):
                yield Noticed(other.place, other.change, next(_parts(other.tables.requests[name], of), None))


def _opinions(tables: Tables, trial: Trial) -> Iterator[tuple[State, frozenset[str]]]:
    """What the judge allows where each status is known for certain; of a List only where it stays."""
    for state in _states(tables):
        beside = any(on not in trial.asked.about and state[n] != FREE[on] for n, on in enumerate((GROUP, TRACKER)))
        if beside or (trial.request.does == "list" and len(_closed(tables, [state])) > 1):
            continue
        world = _world(trial, _sets([state]))
        yield state, frozenset(answer for answer in trial.answers if _judged(trial, Judgement((world,)), answer)[0])


def _parts(request: Request, of: list[tuple[Trial, dict[State, frozenset[str]]]]) -> Iterator[Disagreement]:
    for trial, opinions in of:
        for state, allowed in opinions.items():
            for answer in sorted((_lawful(request, trial.asked, state) & trial.answers.keys()) ^ allowed):
                yield _told(trial, _sets([state]), answer, answer in allowed)
