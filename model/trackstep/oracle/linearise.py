"""The judge of calls that overlap: is there an order of them that the sequential judge explains?

Just-in-time linearisation (Lowe, "Testing for linearizability", 2017) over configurations: when a call is answered,
calls that are under way take effect in every order until that one has, each with the answer that it was to get. An
order in which the sequential judge holds something against an answer is none. What is alike is kept once. A call whose
answer was lost counts from when it was sent, as the sequential judge counts it: it may be carried out then, later or
never.

Where nothing is left, no order explains the call that was just answered, or one that overlaps it. What is broken in the
orders in which that is least is held against the target, and the judge goes on from there as the sequential one does.
Owns the search and its budget. Knows no clause.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from trackstep import spec
from trackstep.oracle import judge as sequential
from trackstep.oracle import wire
from trackstep.oracle.configuration import Calls, Configuration, Taken, begin
from trackstep.oracle.interval import Interval, beside, events, in_order_of_sending
from trackstep.oracle.judge import SETTLE, Step
from trackstep.oracle.notes import Finding, Notes

BUDGET = 100_000
"""Answers that are tried, each in one configuration, before the verdict is that nothing is known: some ten seconds."""
TO_BLAME = 20_000
"""Of these, how many at most to find out who is to blame for one answer; else it is the call that was answered so."""
UNHEARD = ("lost", "garbled", "throttled", "unsupported")
"""Outcomes that say of no moment what was so."""


Status = Literal["explained", "contradicted", "unknown"]


class Verdict(NamedTuple):
    """What a history with intervals shows.

    ``explained``: there is an order in which no clause is broken that counts; ``order`` is one, as numbers of steps.
    ``contradicted``: there is none; ``unexplained`` are the steps that no order explains, each with the number of calls
    that were tried in every order, itself among them, and ``order`` goes on after them. ``unknown``: the budget was
    ``spent`` before anything was found; what comes after that is not judged. ``findings`` are in the order of the
    steps, of one step first what holds in every order. ``cut``: not all that lost answers leave possible was followed.
    """

    status: Status
    findings: list[Finding]
    order: tuple[int, ...] = ()
    unexplained: Mapping[int, int] = {}
    cut: bool = False
    spent: bool = False

    @property
    def prefix(self) -> tuple[int, ...]:
        """The longest prefix that is explained, in an order that does: all before the first step that none explains."""
        ends = (place for place, step in enumerate(self.order) if step in self.unexplained)
        return self.order[: next(ends, None)]


def judge(
    steps: Sequence[Step], intervals: Sequence[Interval], prefix: str = "", complete: bool = True, budget: int = BUDGET
) -> Verdict:
    """Judge a history whose calls may overlap; without an overlap as the sequential judge does, in order of sending.

    The same history always gives the same verdict.
    """
    others = beside(intervals)
    if not any(others):
        return _in_sequence(steps, in_order_of_sending(intervals) if intervals else range(len(steps)), prefix, complete)
    return _Search(steps, intervals, others, begin(sequential.begin(prefix, complete).world), budget).verdict()


def _in_sequence(steps: Sequence[Step], order: Sequence[int], prefix: str, complete: bool) -> Verdict:
    """The sequential judge's own verdict."""
    judgement = sequential.judge([steps[call] for call in order], prefix, complete)
    places = {step: call + 1 for step, call in enumerate(order, 1)}
    findings = [
        found._replace(step=places[found.step], because=tuple(sorted(places[step] for step in found.because)))
        for found in judgement.notes.findings
    ]
    return Verdict(
        "contradicted" if sequential.firm(findings) else "explained",
        sorted(findings, key=lambda found: found.step),
        tuple(places.values()),
        cut=judgement.cut,
    )


class _Spent(Exception):
    """The budget is."""


class _Moment(NamedTuple):
    """Where the search stands: after so many events, with these calls under way."""

    events: int
    configurations: list[Configuration]
    under_way: tuple[int, ...]


class _Search:
    """The configurations, event by event."""

    def __init__(
        self,
        steps: Sequence[Step],
        intervals: Sequence[Interval],
        others: Sequence[tuple[int, ...]],
        begun: Configuration,
        budget: int,
    ) -> None:
        self.steps, self.intervals, self.others, self.left = steps, intervals, others, budget
        self.calls = Calls(steps, [not each for each in others])
        self.events = events(intervals)
        self.now = _Moment(0, [begun], ())
        self.sent: dict[int, _Moment] = {}
        self.allowed, self.blamed = 0, -1
        self.in_every_order: dict[int, frozenset[str]] = {}

    def verdict(self) -> Verdict:
        """Go through all events; where the budget is spent, what was found until then stands."""
        spent = False
        try:
            while self.now.events < len(self.events):
                self._go_on()
        except _Spent:
            spent = True
        best = min(self.now.configurations, key=lambda one: one.badness)
        findings = sorted(best.findings() + _numbers(self.steps, self.intervals), key=self._place)
        if not sequential.firm(findings):
            status: Status = "unknown" if spent else "explained"
            return Verdict(status, findings, best.numbers(), cut=best.cut, spent=spent)
        unexplained = {charge.call + 1: 1 + len(self.others[charge.call]) for charge in best.charges}
        return Verdict("contradicted", findings, best.numbers(), unexplained, best.cut, spent)

    def _place(self, finding: Finding) -> tuple[int, bool]:
        """First what holds in every order."""
        return finding.step, finding.clause not in self.in_every_order.get(finding.step, ())

    def _go_on(self) -> None:
        """Take the next event; where nothing explains an answer, say what does not, and go on from there."""
        before = self.now
        call = self.events[before.events].call
        after = self._after(before)
        if not self.events[before.events].answered:
            self.sent[call] = after
        self.now = after if after.configurations else self._unexplained(before, call)
        if self.events[before.events].answered:
            del self.sent[call]

    def _after(self, now: _Moment) -> _Moment:
        """The next event, told by what it leaves possible: nothing, where it can not be explained."""
        _, answered, call = self.events[now.events]
        configurations, under_way = now.configurations, now.under_way
        if _says_nothing(self.steps, self.others, call):
            # It counts from when it was sent, and is over when it was given up.
            top = 1 + max(one.step for one in configurations)
            configurations = [self.calls.passed(one, call, top, answered) for one in configurations]
        elif not answered:
            under_way = (*under_way, call)
        else:
            configurations = self._done(now, call)
            under_way = tuple(other for other in under_way if other != call)
            if not under_way:
                configurations = _least(configurations)
        return _Moment(now.events + 1, configurations, under_way)

    def _done(self, now: _Moment, call: int) -> list[Configuration]:
        """Once the call has taken effect, in each of the orders that explain what came back."""
        kept, known = dict[Hashable, Configuration](), set[Hashable]()
        frontier = now.configurations
        while frontier:
            onward: list[Configuration] = []
            for before in frontier:
                one, ways = self._idle(now, before)
                if call in one.done:
                    self._keep(kept, one)
                    continue
                for other, taken in ways:
                    after = taken.charged(other, other != self.blamed) if taken.breaks else taken.after
                    if after.charged > max(self.allowed, one.charged):
                        continue
                    if other == call:
                        self._keep(kept, after)
                    elif (state := self._state(after)) not in known:
                        known.add(state)
                        onward.append(after)
            frontier = onward
        return [one._replace(done=one.done - {call}) for one in kept.values()]

    def _state(self, one: Configuration) -> Hashable:
        """Equal for configurations that are alike; while blame is laid, only where it is laid alike."""
        return one.charges if self.allowed else one.charged, one.state()

    def _keep(self, kept: dict[Hashable, Configuration], one: Configuration) -> None:
        """Of configurations that are alike the one of which less is said."""
        state = self._state(one)
        known = kept.get(state)
        if known is None or one.spoken < known.spoken:
            kept[state] = one

    def _idle(self, now: _Moment, one: Configuration) -> tuple[Configuration, list[tuple[int, Taken]]]:
        """Let what only looks, and is content, take effect: later it could see no more. And what may come next."""
        while True:
            ways: list[tuple[int, Taken]] = []
            for call in self._next(now, one):
                taken = list(self._taken(one, call))
                if self.calls.only_looks(call) and len(taken) == 1 and taken[0].is_idle(one):
                    one = taken[0].after
                    break
                ways += ((call, way) for way in taken)
            else:
                return one, ways

    def _next(self, now: _Moment, one: Configuration) -> list[int]:
        """The calls under way that have not taken effect, and before which no other of these has to."""
        left = [call for call in now.under_way if call not in one.done]
        return [
            call for call in left if not any(self.intervals[other].is_before(self.intervals[call]) for other in left)
        ]

    def _taken(self, one: Configuration, call: int) -> Iterable[Taken]:
        """Always with a pause before it: what looks may have come in between, wherever it was put (``_idle``)."""
        if not self.left:
            raise _Spent
        self.left -= 1
        return self.calls.take(one, call, pause=True)

    def _unexplained(self, before: _Moment, call: int) -> _Moment:
        """Go back to where the call was sent, and from there hold against the target as little as is enough.

        It may be another call that no order explains, whose effect was seen before it was answered.
        """
        spare = max(0, self.left - TO_BLAME)
        self.left -= spare
        self.allowed, self.blamed = min(one.charged for one in before.configurations), call
        now = before
        try:
            while now.events <= before.events:
                if now is before:
                    now, self.allowed = self.sent[call], self.allowed + 1
                now = self._after(now)
                if not now.configurations:
                    now = before
        except _Spent:
            now = self._blamed(before, call)
        self.allowed, self.blamed, self.left = 0, -1, self.left + spare
        new = [
            [charge for charge in one.charges if charge.call in (call, *self.others[call])]
            for one in now.configurations
        ]
        every = frozenset.intersection(*(frozenset(clause for each in one for clause in each.clauses) for one in new))
        self.in_every_order |= {charge.call + 1: every for one in new for charge in one}
        return now._replace(configurations=_least(now.configurations))

    def _blamed(self, before: _Moment, call: int) -> _Moment:
        """The call itself is what is held against the target, wherever the search stands."""
        taken = [way for one in before.configurations for way in self.calls.take(one, call, pause=True)]
        charged = [way.charged(call) if way.breaks else way.after for way in taken]
        left = [one._replace(done=one.done - {call}) for one in charged]
        under_way = tuple(other for other in before.under_way if other != call)
        return before._replace(events=before.events + 1, configurations=left, under_way=under_way)


def _least(configurations: Sequence[Configuration]) -> list[Configuration]:
    """Those that hold the least against the target."""
    least = min((one.charged for one in configurations), default=0)
    return [one for one in configurations if one.charged == least]


def _says_nothing(steps: Sequence[Step], others: Sequence[tuple[int, ...]], call: int) -> bool:
    """Whether an outcome says of no moment what was so: of a wait neither, while somebody wrote in the region."""
    operation, outcome = steps[call]
    if operation.name != SETTLE:
        return outcome.kind in UNHEARD
    beside = (steps[other].operation for other in others[call])
    return any(other.region == operation.region and not sequential.is_read(other.name) for other in beside)


def _numbers(steps: Sequence[Step], intervals: Sequence[Interval]) -> list[Finding]:
    """What is wrong with answers beside those that came before them: that two have one number, say."""
    notes, loaded = Notes(), spec.load()
    for _, answered, call in events(intervals):
        if (
            answered
            and steps[call].outcome.kind in ("success", "refusal")
            and steps[call].outcome.code not in loaded.throttling
        ):
            notes.step, notes.operation = call + 1, steps[call].operation.name
            wire.judge(*steps[call], notes)
    return [finding for finding in notes.findings if loaded.clauses[finding.clause].overlapping == spec.AS_ANSWERED]
