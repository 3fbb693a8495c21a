"""Many histories held against the judge: faithful ones, of which it may accuse none, and impossible ones.

Owns what counts as an accusation: a finding of a clause that is not tentative.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random
from typing import NamedTuple

from tests.fuzz.change import KINDS, places, put_in
from tests.fuzz.histories import Session, sessions
from tests.fuzz.shrink import shrunk
from tests.fuzz.view import View
from trackstep import history, spec
from trackstep.oracle import judge
from trackstep.oracle.notes import Finding

LEVELS = {clause.id: clause.level for clause in spec.load().clauses.values()}


def accusations(session: Session) -> list[Finding]:
    """What is held against the service."""
    found = judge.judge(session.steps, session.prefix, session.complete).notes.findings
    return [finding for finding in found if LEVELS[finding.clause] != "tentative"]


class Accused(NamedTuple):
    """A faithful history that is accused, and of what first."""

    seed: int
    session: Session
    finding: Finding


class Changed(NamedTuple):
    """An impossible history: how it was made, and whether it is accused."""

    seed: int
    kind: str
    session: Session
    accused: bool


def faithful(seeds: Iterable[int], loses: bool = True) -> Iterator[Accused | None]:
    """One a history: None where nothing is said against it. ``loses``: whether answers may be lost."""
    for seed in seeds:
        accused = None
        for session in sessions(seed, loses=loses)[1]:
            found = accusations(session)
            if found:
                accused = Accused(seed, session, found[0])
        yield accused


def careless(seeds: Iterable[int]) -> Iterator[tuple[Session, list[Finding]]]:
    """Sessions of a service that lets pass what it must refuse, and what is held against it elsewhere than there.

    Of those that saw all and lost nothing: only there is it known where the first wrong answer was.
    """
    for seed in seeds:
        for session in sessions(seed, careless=0.7, loses=False)[1]:
            if session.wrong and session.complete:
                yield session, [finding for finding in accusations(session) if finding.step not in session.wrong]


def impossible(seeds: Iterable[int]) -> Iterator[Changed | None]:
    """One a history, of the kind met least of those that it has a place for; None where it has a place for none."""
    made = dict.fromkeys(KINDS, 0)
    for seed in seeds:
        rng = Random(~seed)
        session = rng.choice(sessions(seed)[1])
        view, one = View(session, rng), None
        for name in sorted(made, key=made.__getitem__):
            found = places(view, name)
            if found:
                made[name] += 1
                one = Changed(seed, name, session, bool(accusations(put_in(session, *rng.choice(found)))))
                break
        yield one


def smallest_accused(accused: Accused) -> Session:
    """The session made shorter, still accused of the same."""
    same = (accused.finding.clause, accused.finding.operation)
    return shrunk(accused.session, lambda s: any((f.clause, f.operation) == same for f in accusations(s)))


def smallest_missed(missed: Changed) -> Session:
    """The changed session made shorter: the change is still known to be impossible, and still not accused."""

    def escaped(session: Session) -> Session | None:
        for place in places(View(session, Random(~missed.seed)), missed.kind):
            spoilt = put_in(session, *place)
            if not accusations(session) and not accusations(spoilt):
                return spoilt
        return None

    return escaped(shrunk(missed.session, lambda s: escaped(s) is not None)) or missed.session


def told(session: Session, **about: object) -> str:
    """The lines of a file for ``trackstep judge``."""
    return "\n".join(history.dump([history.History(session.prefix, session.steps, session.complete)], **about))
