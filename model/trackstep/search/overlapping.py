"""A deviation that only clients at once have shown, put into words: what each asked, when, and what came back.

Owns the wording. Knows no report, and nothing of how it was found.
"""

from __future__ import annotations

from collections.abc import Iterator

from trackstep import event, program
from trackstep.oracle.interval import Interval, beside, in_order_of_sending
from trackstep.search.clients import NAMES
from trackstep.search.conflict import Round
from trackstep.search.session import OWN
from trackstep.search.sighting import Key, Sighting
from trackstep.spec import Clause


def deviation(key: Key, known: Sighting, round: Round, clause: Clause, rounds: int) -> event.Deviation:
    """The deviation as it was recorded, in one of so many ``rounds``; its ``steps`` are all of its own, as sent."""
    finding, call = known.finding, known.finding.step - 1
    order = in_order_of_sending(known.intervals)
    return event.Deviation(
        clause=key.clause,
        level=clause.level,
        sentence=clause.sentence,
        operation=key.operation,
        answer=key.answer,
        expected=finding.expected,
        actual=f"{finding.actual}; no order of the calls explains it",
        because=tuple(_told(known, call, order)),
        history=tuple(_written(round, as_boto3=True)),
        program=tuple(_written(round, as_boto3=False)),
        source=known.source,
        after=known.calls,
        seen=known.seen,
        of=rounds,
        reproduced=False,
        tries=0,
        link=clause.link,
        evidence=tuple(f"{kind}: {text}" for kind, text in clause.evidence),
        rests_on=(order.index(call) + 1,),
        prefix=known.prefix,
        steps=tuple(known.steps[n] for n in order),
        intervals=tuple(known.intervals[n] for n in order),
    )


def _told(known: Sighting, call: int, order: list[int]) -> Iterator[str]:
    """What was under way at once: the calls of the clients, with milliseconds since the first of them was sent."""
    others = beside(known.intervals)
    lanes = [n for n in order if known.intervals[n].client != OWN]
    began = known.intervals[lanes[0]].sent
    yield "asked at once, with milliseconds:"
    for n in lanes:
        when, (operation, outcome) = known.intervals[n], known.steps[n]
        came = outcome.code or outcome.kind
        mark = " <- this" if n == call else "" if others[n] else " (alone)"
        yield f"client {when.client} {_milliseconds(when, began)} {operation.name}: {came}{mark}"
    if known.intervals[call].client == OWN:
        yield f"then {known.steps[call].operation.name}, which shows what came of it"


def _milliseconds(when: Interval, began: float) -> str:
    return f"{1000 * (when.sent - began):.1f}-{1000 * (when.answered - began):.1f}"


def _written(round: Round, as_boto3: bool) -> Iterator[str]:
    """The round as lines, lane after lane, each below the name of its client."""
    lines = program.as_boto3(round.commands) if as_boto3 else list(map(str, round.commands))
    yield from lines[: len(round.before)]
    place = len(round.before)
    for lane, name in zip(round.lanes, NAMES, strict=False):
        yield f"# client {name}, at once with the others"
        yield from lines[place : place + len(lane)]
        place += len(lane)
    yield "# when all are answered"
    yield from lines[place:]
