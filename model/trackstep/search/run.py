"""One run against a target: the tour, the walk, lockstep, in rounds; yields typed events.

Owns the order of the sources and what they may spend. Knows no report; what was seen is kept in sighting.py,
shrunk and put into words in finding.py.
"""

from __future__ import annotations

import math
import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path

from trackstep import event, spec, sweep
from trackstep.errors import TargetError
from trackstep.history import History
from trackstep.operation import BESIDE, COVERED
from trackstep.oracle.case import case
from trackstep.oracle.interval import Interval
from trackstep.oracle.judge import SETTLE, Step
from trackstep.oracle.notes import Notes
from trackstep.outcome import Outcome
from trackstep.program import Command
from trackstep.search import lasting, lockstep, neighbour, plan, preflight, reference, sighting, systematic, together
from trackstep.search.budget import Budget, BudgetSpent, Ending, Keeping
from trackstep.search.circumstance import Circumstance, circumstance
from trackstep.search.cleaning import clean_up
from trackstep.search.clock import Clock, Wall
from trackstep.search.coverage import Coverage
from trackstep.search.lane import Commands, Lane, asking, following, looked_at, taken_down, touring, walking, weaving
from trackstep.search.preparation import Preparation
from trackstep.search.session import Heard, Patience, Session
from trackstep.search.sighting import Key, Sighting
from trackstep.search.situation import Situations
from trackstep.search.together import Together
from trackstep.search.turns import Turns
from trackstep.search.walk import in_which
from trackstep.targets import Target
from trackstep.targets.asking import describe

EXPLORING, FINDING, SHRINKING, SHOWING = 0.75, 0.5, 0.7, 0.92
"""The part of ``max_time`` after which no new ground is covered, where nothing was found, and where something was;
after which no program is made shorter; and after which none is run to see what it shows: then what was found is
written, and what was made is deleted. Of ``max_calls`` exploring takes all where nothing was found, and else between
these two parts."""
EACH = 150
"""Calls that exploring leaves for each deviation, within these bounds."""
SHOWN = 60
"""Calls that are left by shrinking for running what is to be shown of one deviation; a third of them at the most."""
CLEANED = 0.2
"""The part of the calls that are left which cleaning up may take where other things are to come."""
TIDYING = 4.0
"""Seconds for cleaning up that are there even where writing took all the time."""
NEVER = 12
"""How often an operation must have been put off, and never once carried out, to be one that a target keeps from us."""
AT_ONCE, QUICK_TO_SETTLE = 0.1, 2.0
"""Seconds in which a status settles where a few totals come before the tour; and where it is waited for, in cleaning up
before the last of the tour."""
WAITED = 0.3
"""The part of the time left for exploring that may be waited for statuses while totals are counted up."""
FEW, FEW_CALLS = 4, 80
"""Groups that are there at once where an account may hold no more, and the calls that it takes to count up to them."""
ROUNDS = 20
"""Rounds of walk and lockstep at the most."""
GROWTH = 0.02
"""A round that brings no new deviation, and fewer new pairs of circumstances than this part, is the last."""
WEAVES, WALKS = 8, 3
"""Weaves of a run, and walks of a round."""
ROUND_SECONDS = 10.0
"""Seconds that the walks of a round may take, and lockstep as many: a target whose statuses are slow costs time."""


MANY_CALLS, TOTALS_CALLS, SIZES_CALLS, NEAR_CALLS, TOKENS_CALLS = 4 * plan.MANY, 600, 500, 700, 300
"""Calls that make more than a page of groups and trackers, that count totals up, that ask for each page size, that look
at near names, and that try tokens."""
LOOKS = 12
"""Calls that it takes to look at one slot by all that shows it."""
QUICK = 0.05
"""Seconds a call may take on average for a run to make more than a page of groups and trackers."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run may spend and how strict it is: calls, seconds, seconds.

    After ``enough`` seconds a round that brings no new deviation is the last, however much else is new. ``examples``
    is where Hypothesis keeps what failed, from one run to the next; None: nowhere. ``clock`` is what seconds are taken
    from, for one run alone; None: the wall's. ``max_groups``: dataset groups that the run may have in a region at once;
    None: as many as the target lets it have. ``clients``: how many ask at once, in the end; 1: none does.
    """

    seed: int = 0
    max_calls: int = 20000
    max_time: float = 240.0
    enough: float = 45.0
    settle_timeout: float = 60.0
    strict: bool = False
    regions: tuple[str, str] = ("us-east-1", "us-west-2")
    examples: Path | None = None
    clock: Clock | None = None
    max_groups: int | None = None
    clients: int = 3


Journal = Callable[[str, Step, Interval | None], None]
"""Hears of each step of a session, which its prefix names, as soon as it is judged; trials left out. Of a session in
which calls overlap also when each was sent and answered, and at its end."""


class Run:
    """A run that can be asked, at any moment, what it has found so far."""

    def __init__(
        self, target: Target, settings: Settings, journal: Journal | None = None, ending: Ending | None = None
    ) -> None:
        self.target, self.settings, self.journal = target, settings, journal
        self.spec = spec.load()
        keeping = Keeping(regions=len(self.regions) if target.remembers else 0)
        exploring = EXPLORING * settings.max_time
        self.budget = Budget(
            settings.max_calls, exploring, clock=settings.clock or Wall(), ending=ending or Ending(), keeping=keeping
        )
        self.patience = Patience(settings.settle_timeout)
        self.preparation = Preparation()
        self.coverage = Coverage()
        self.woven = Counter[tuple[str, ...]]()
        self.situations = Situations(target)
        token = random.Random(settings.seed).randrange(16**4) if not target.remembers else secrets.randbelow(16**4)
        self.prefix = f"ts{token:04x}"
        self.sightings: dict[Key, Sighting] = {}
        self.notes: list[Notes] = []
        self.sessions: list[Session] = []
        self.turns = Turns(self.budget, self.patience, self.regions, self.sessions, settings.max_groups)
        self.unsupported: dict[str, str] = {}
        self.answered: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._in_the_way: dict[str, Counter[str]] = {}
        self.ended = ""
        self._first: Session
        self.offered, self.failed, self.toured = False, False, False
        """Whether the target was found to offer what a run needs; whether it failed in a way that ended the run; and
        whether all that is asked once has been asked."""
        self._events: list[event.Event] = []
        self.together = Together(self, lambda happened: self._events.append(happened))
        self._numbers = 0

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions in which something may be made."""
        return self.settings.regions[: 2 if self.target.regions_are_separate else 1]

    @property
    def _exploring(self) -> int:
        """The calls that exploring may take once there are programs to be made short: the more, the fewer."""
        most = self.settings.max_calls
        wanted = EACH * sum(key.counts for key in self.sightings)
        return most - min(max(wanted, math.ceil((1 - EXPLORING) * most)), math.ceil((1 - FINDING) * most))

    # -- sessions ------------------------------------------------------------------------------

    def session(self, source: Callable[[], str] | None = None, budget: Budget | None = None) -> Session:
        """A new history under names of its own. Without a ``source`` it is a trial, whose notes do not count."""
        self._numbers += 1
        made = Session(
            self.target,
            f"{self.prefix}{self._numbers:x}",
            budget or self.budget,
            self.patience,
            self.settings.regions,
            seed=self._numbers,
            preparation=self.preparation,
            room=self.turns.room,
        )
        made.unsupported = self.unsupported
        if source is not None:
            made.listener = self._listen(made, source)
            self.notes.append(made.judgement.notes)
        self.sessions.append(made)
        return made

    def _listen(self, session: Session, source: Callable[[], str]) -> Callable[[Heard], None]:
        def heard(call: Heard) -> None:
            name = call.operation.name
            if self.journal and not session.is_timed:
                self.journal(session.prefix, Step(call.operation, call.outcome), None)
            self.answered[name] += call.outcome.kind in ("success", "refusal")
            self._barred(name, call.outcome)
            self._events.append(event.Called(self.budget.calls, source(), name))
            said: Circumstance = {"operation": name}
            if name not in (SETTLE, *BESIDE):
                said = circumstance(case(call.before, call.operation))
                self.coverage.count(said)
                self.situations.met(said, call)
            for finding in call.findings:
                self._see(sighting.key(finding, session.steps), session, source(), said, call)

        return heard

    def _barred(self, name: str, outcome: Outcome) -> None:
        """Count what says nothing of the request: "not now", "not you", nothing at all."""
        loaded = spec.load()
        self._done[name] += outcome.kind == "success"
        if outcome.kind in ("throttled", "lost") or outcome.code in loaded.quota | loaded.credentials:
            self._in_the_way.setdefault(name, Counter())[outcome.code or outcome.kind] += 1

    def in_the_way(self) -> list[str]:
        """Which operations the target never let us reach, whatever the budget, and how it said so."""
        lacking = [f"{name} is unsupported" for name in sorted(self.unsupported.keys() & set(COVERED))]
        return lacking + [
            f"{name} never succeeded ({', '.join(f'{word} {times} times' for word, times in words.most_common(3))})"
            for name, words in sorted(self._in_the_way.items())
            if not self._done[name] and words.total() >= NEVER and name not in self.unsupported and name in COVERED
        ]

    def _see(self, key: Key, session: Session, source: str, said: Circumstance, call: Heard) -> None:
        known = self.sightings.get(key)
        if known is None or len(session.program) < len(known.commands):
            finding = next(f for f in call.findings if (f.clause, f.operation) == key[:2])
            self.sightings[key] = Sighting(
                finding=finding,
                source=known.source if known else source,
                calls=known.calls if known else self.budget.calls,
                commands=list(session.program),
                told=session.told(),
                said=said,
                because=session.commands_of(finding.because),
                steps=list(session.steps),
                prefix=session.prefix,
                seen=known.seen if known else 0,
            )
        self.sightings[key].seen += 1
        if key.counts:
            self.budget.max_calls = self._exploring
            self.budget.max_time = FINDING * self.settings.max_time
        if known is None:
            self._events.append(event.Found(*key, source))

    # -- the run -------------------------------------------------------------------------------

    def events(self) -> Iterator[event.Event]:
        """Do the run. Raises TargetError where it cannot be judged at all."""
        yield event.Started(describe(self.target), self.settings.seed, self.prefix)
        try:
            try:
                with self.together.leaving_some(EXPLORING * self.settings.max_time):
                    yield from self._done_by(
                        self._preflight, self._recall, self._pages, self._tour, self._totals, self._values,
                        self._rounds, self._look,
                    )  # fmt: skip
            except BudgetSpent:
                self.ended = self.spent()
                if not self.together.is_let_in or not self.offered or self.budget.ending.is_near:
                    raise
            yield from self._done_by(self._clients, *([] if self.ended.endswith("spent") else [self._many]))
            self.ended = self.ended or "a round brought nothing new"
        except TargetError:
            self.failed = True
            raise
        except BudgetSpent:
            self.ended = self.ended or self.spent()
        yield from self._drain()

    def _done_by(self, *sources: Callable[[], Iterator[None]]) -> Iterator[event.Event]:
        """The events of one source after the other."""
        for work in sources:
            for _ in work():
                yield from self._drain()
            yield from self._drain()

    def spent(self) -> str:
        """What it is that is spent, as it is told."""
        if self.budget.ending.signal:
            return "it was interrupted"
        spent = self.budget.calls + self.budget.kept >= self.budget.max_calls
        return f"the {self.settings.max_calls} calls were spent" if spent else "the time was spent"

    def _drain(self) -> list[event.Event]:
        pending, self._events = self._events, []
        return pending

    def _preflight(self) -> Iterator[None]:
        self._first = self.session(lambda: "preflight")
        yield from preflight.probe(self._first, self.unsupported)
        self.offered = True

    def _pages(self) -> Iterator[None]:
        """A few totals, while nothing else of this run is there: pages are one list where nothing moves.

        A run of few calls does without them, since implementations break more often in what the tour begins with; and
        one of a target whose statuses take their time has them at the end.
        """
        regions = self.target.regions_are_separate
        if self.patience.longest <= AT_ONCE and self.settings.max_calls >= 4 * FEW_CALLS:
            self._first.listener = self._listen(self._first, lambda: "tour: totals")
            yield from self.turns.through([Lane(self._first).going("tour: totals", lasting.each_total(FEW, regions))])

    def _recall(self) -> Iterator[None]:
        """What failed in an earlier run is tried first."""
        if self.settings.examples is not None and any(self.settings.examples.glob("*/*")):
            self._lockstep("lockstep: remembered", 0, lockstep.REMEMBERED)
        yield

    def _tour(self) -> Iterator[None]:
        """The excursions and the walks of the tour; they overlap where a target's statuses take their time."""
        excursions = [e for e in plan.excursions() if e.regions == 1 or self.target.regions_are_separate]
        lanes = [self._lane(partial(following, list(some))) for _, some in groupby(excursions, key=lambda e: e.lane)]
        beside = plan.Beside(self._is_new, self.settings.seed)
        for walk in plan.tour():
            lanes.append(self._lane(partial(touring, walk, beside)))
        lanes.append(self._lane(partial(asking, "tour: each malformed request once", plan.each_malformed())))
        yield from self.turns.through(lanes)

    def _totals(self) -> Iterator[None]:
        """Each total and page size, when all that is there so far has been taken down: pages are one list where nothing
        moves. Only where calls are quick, and as long as statuses do not take too much of the time.
        """
        tokens = partial(reference.each_token, self.target.regions_are_separate)
        for title, commands, calls, waits in (
            ("each page size", lasting.each_size, SIZES_CALLS, 4),
            ("each total", lasting.each_total, TOTALS_CALLS, 2 * lasting.TOTAL),
            ("each near name", neighbour.each_near_name, NEAR_CALLS, 4 * len(neighbour.NEAR)),
            ("each token at each place", tokens, TOKENS_CALLS, 16),
        ):
            if self._is_quick(calls, waits):
                yield from self.turns.through([self._again(s, "take down", taken_down) for s in self.turns.living()])
                yield from self.turns.through([self._lane(partial(asking, f"tour: {title}", commands()))])

    def _is_quick(self, calls: int, waits: int) -> bool:
        """Whether so many calls are left, calls are quick, and so many statuses settle in a part of the time left."""
        quick = not self.patience.failed and self.budget.clock.now() < QUICK * max(1, self.budget.calls)
        return (
            quick and self.budget.calls_left() > calls and waits * self.patience.longest <= WAITED * self.budget.left()
        )

    def _values(self) -> Iterator[None]:
        """What the service model spells out, and short histories that weave it together."""
        lanes = [self._lane(partial(asking, f"tour: {title}", commands)) for title, commands in self._generated()]
        for number in range(WEAVES):
            rng = random.Random(f"{self.settings.seed} weave {number}")
            lanes.append(self._lane(partial(weaving, self.woven, rng)))
        yield from self.turns.through(lanes, leaving=MANY_CALLS)
        self.toured = not lanes

    @property
    def is_whole(self) -> bool:
        """Whether what did not show itself in this run does not occur, as far as a run can tell."""
        return self.toured and not self.situations.missing(self.unsupported)

    def _generated(self) -> Iterator[tuple[str, Iterator[Command]]]:
        """What the service model and the references spell out, each with what it is called."""
        regions = self.target.regions_are_separate
        yield "each text as a tag", systematic.each_text_of_a_tag()
        yield "each reference at each place", reference.each_reference(regions)
        for number in range(systematic.LANES):
            lives = range(number, systematic.lives(), systematic.LANES)
            yield "each value once", systematic.each_value(lives)
        yield "each near miss", neighbour.each_near_miss()
        yield "each near operation", neighbour.each_near_operation()
        yield "each bystander", neighbour.each_bystander()
        yield "each observer", lasting.each_observer()
        yield "each write in between", lasting.each_write_in_between()
        yield "each failed creation", lasting.each_failed()
        yield "at the limit of tags", lasting.at_the_limit()
        if regions:
            yield "each twin", neighbour.each_twin()
        yield "lives of a tracker", lasting.lives_of_a_tracker()
        yield "lives of a group", lasting.lives_of_a_group()
        yield "many times", lasting.many_times()

    def _look(self) -> Iterator[None]:
        """All that the run ever made, looked at once more by all that can show it; what is gone stays gone."""
        yield from self.turns.through([self._again(s, "at the end", looked_at) for s in self.turns.living()])

    def _again(self, session: Session, title: str, commands: Callable[[Session], Iterator[Command]]) -> Lane:
        """A lane that goes on with a session from before."""
        source = f"tour: {title}"
        session.listener = self._listen(session, lambda: source)
        return Lane(session).going(source, commands(session))

    def _last(self) -> int:
        """Calls that it takes to look at everything once more, and to make more than a page."""
        return MANY_CALLS + LOOKS * sum(len(session.slots()) for session in self.turns.living())

    def _is_new(self, session: Session, command: Command) -> bool:
        return self.coverage.is_new(in_which(session, command))

    def _lane(self, commands: Callable[[Session], Commands]) -> Lane:
        lane = Lane(self.session(lambda: lane.source), lambda: self._lane(commands))
        lane.doing = lane.all(commands(lane.session))
        return lane

    def _rounds(self) -> Iterator[None]:
        """Walks and lockstep, until a round brings nothing new."""
        for number in range(ROUNDS):
            before, pairs, calls = len(self.sightings), self.coverage.pairs, self.budget.calls
            lanes = []
            for walk in range(WALKS):
                rng = random.Random(f"{self.settings.seed} {number} {walk}")
                lanes.append(self._lane(partial(walking, self.coverage, rng)))
            yield from self.turns.through(lanes, self.budget.clock.now() + ROUND_SECONDS)
            self._lockstep("lockstep", number, lockstep.PROFILE)
            yield
            slow = self.budget.clock.now() > self.settings.enough
            if len(self.sightings) == before and (slow or self.coverage.pairs - pairs < GROWTH * pairs):
                return
            if self._exploring - self.budget.calls < 1.5 * (self.budget.calls - calls) + self._last():
                self.ended = f"the {self.settings.max_calls} calls were as good as spent"
                return

    def _clients(self) -> Iterator[None]:
        """What only several who ask at once can see, where the target lets them in."""
        calls = min(together.CALLS, self.budget.calls_left())
        if self.together.is_let_in and calls > 0:
            if not self.ended and self._is_quick(MANY_CALLS, 4):
                self.clean_up(QUICK_TO_SETTLE, CLEANED)  # lists are short then
            yield from self.together.at_once(calls, together.TIME * self.budget.clock.now())

    def _many(self) -> Iterator[None]:
        """More than a page holds: at the end, since it is in the way of all lists, and when all else is deleted."""
        if self.turns.room.most is None and self._is_quick(MANY_CALLS, 4):
            self.clean_up(QUICK_TO_SETTLE, CLEANED)
            many = partial(asking, "tour: more than a page", plan.more_than_a_page())
            yield from self.turns.through([self._lane(many)])

    def _lockstep(self, source: str, number: int, profile: lockstep.Profile) -> None:
        known = {key[:2] for key in self.sightings}
        lockstep.explore(
            lambda: self.session(lambda: source),
            self.settings.seed * ROUNDS + number,
            known,
            self.settings.examples,
            profile,
            ROUND_SECONDS,
            self.budget.clock,
        )

    # -- afterwards ----------------------------------------------------------------------------

    def trial(self, budget: Budget) -> Session:
        """A session whose notes do not count, with calls of its own."""
        return self.session(budget=budget)

    @property
    def exercised(self) -> Counter[str]:
        """Clause -> how many times it could have been broken."""
        total: Counter[str] = Counter()
        for note in self.notes:
            total.update(note.exercised)
        return total

    def histories(self) -> list[History]:
        """What was asked and answered, session by session, trials left out."""
        return [History(s.prefix, s.steps) for s in self.sessions if s.listener and s.steps]

    def clean_up(self, seconds: float = 30.0, share: float = 1.0) -> None:
        """Delete what the run made; also what it does not know of, because it was ended before the answer came.

        ``seconds``: how long it may be waited for trackers, and then for groups, to be gone; ``share``: the part of the
        calls that are left which this may take, since there are targets on which nothing is ever gone. Raises
        BudgetSpent where all calls or the time are at an end before all of it is gone.
        """
        budget = self.budget
        most = budget.calls + math.ceil(share * (budget.max_calls - budget.calls))
        limited = replace(budget, max_calls=most)
        for session in self.sessions:
            session.budget = limited
        try:
            self._delete(self.session(budget=limited), min(seconds, self.settings.settle_timeout))
            budget.keeping.things = 0
        except BudgetSpent:
            if share == 1.0 or limited.is_over:
                raise
        finally:
            budget.calls = limited.calls
            for session in self.sessions:
                session.budget = budget

    def _delete(self, sweeper: Session, patience: float) -> None:
        for region in self.regions:
            sweeper.adopt(region, self.prefix)
        clean_up(self.sessions, patience)
        sweep.finish(self.target, patience, lambda asked: sweeper.unjudged(asked.name, asked.params, asked.region))

    def may_shrink(self, shown: int) -> None:
        """From now on calls and time are for the shortest programs, and for so many deviations that are run again."""
        left = self.settings.max_calls - self.budget.calls - self.budget.kept
        self.budget.max_calls = self.settings.max_calls - min(SHOWN * shown, left // 3)
        self.budget.max_time = (SHRINKING if shown else SHOWING) * self.settings.max_time

    def may_show(self) -> None:
        """From now on calls and time are for running what is to be shown."""
        self.budget.max_calls, self.budget.max_time = self.settings.max_calls, SHOWING * self.settings.max_time

    def may_tidy(self) -> None:
        """From now on what is left of calls and time is for cleaning up, whatever ended the rest."""
        self.budget.ending.past()
        self.budget.max_calls = self.settings.max_calls
        self.budget.max_time = max(self.settings.max_time, self.budget.clock.now() + TIDYING)
