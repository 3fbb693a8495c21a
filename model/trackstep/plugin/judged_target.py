"""The target of a test of one's own: each call is judged, and what the specification does not allow is raised.

Owns one session and the words of its failure. Which calls are made is the test's business.
"""

from __future__ import annotations

import math
import secrets
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from trackstep import program, spec, sweep, write_ahead
from trackstep.errors import HistoryError, TrackstepError
from trackstep.oracle.notes import Finding
from trackstep.outcome import Outcome
from trackstep.plugin import choice
from trackstep.plugin.choice import Marked
from trackstep.program import SETTLE, Command
from trackstep.reporting import inert, transcript
from trackstep.search.cleaning import clean_up
from trackstep.search.session import Budget, Patience, Session

CLEANING = 30.0
"""Seconds for deletions."""
PATIENCE = 60.0
"""Seconds for a status to settle."""
LINES = 20
"""Of the calls before a deviation, so many are shown."""


class Deviated(AssertionError):
    """The target did what the specification does not allow; the text says what, and after which calls."""


class JudgedTarget:
    """A target with its judge. Names and ARNs are written as in a program.txt: ``$A``, ``$A.arn``, ``$A.tracker``."""

    def __init__(self, session: Session, marked: Marked, strict: bool) -> None:
        self._session, self._marked, self._strict = session, marked, strict

    def __repr__(self) -> str:
        return f"<{self.description}>"

    @property
    def description(self) -> str:
        """What is tested, in one line."""
        return self._session.target.description

    def call(self, operation: str, /, **params: Any) -> Outcome:
        """Send one operation, named and with parameters as AWS spells them; raises Deviated where the judge objects."""
        __tracebackhide__ = True
        return self._perform(Command(operation, params))

    def settle(self, reference: str) -> None:
        """Look at ``$A.arn`` or ``$A.tracker`` until its status has settled; raises Deviated where it never does."""
        __tracebackhide__ = True
        self._perform(Command(SETTLE, {"of": reference}))

    def run(self, text: str) -> Outcome:
        """Perform a program, such as the program.txt of a deviation; the last outcome. Raises as call, HistoryError."""
        __tracebackhide__ = True
        commands = program.parse(text)
        if not commands:
            raise HistoryError("no operation in it; a line is an operation and its parameters as JSON")
        for command in commands:
            outcome = self._perform(command)
        return outcome

    def resolve(self, reference: str) -> str:
        """The name, ARN or tracking ID that a reference stands for at this moment."""
        return str(self._session.resolve(reference))

    def _perform(self, command: Command) -> Outcome:
        __tracebackhide__ = True
        session = self._session
        try:
            held = [finding for finding in session.perform(command) if self._counts(finding)]
        except TrackstepError as wrong:
            pytest.fail(f"trackstep_target: {wrong}", pytrace=False)
        if held:
            raise Deviated(_told(held[0], session))
        if command.name in session.unsupported:
            return Outcome.unsupported(session.unsupported[command.name])
        return session.steps[-1].outcome if session.steps else Outcome.success()

    def _counts(self, finding: Finding) -> bool:
        if self._marked.clauses:
            return finding.clause in self._marked.clauses
        level = spec.load().clauses[finding.clause].level
        return level == "MUST" or (self._strict and level == "SHOULD")


def _told(found: Finding, session: Session) -> str:
    clause = spec.load().clauses[found.clause]
    lines = [
        f"{clause.id} · {clause.level} · {found.operation}",
        clause.sentence,
        f"  allowed    {inert.line(str(found.expected))}",
        f"  came back  {inert.line(found.actual)}",
    ]
    first = max(0, found.step - LINES)
    for number, step in enumerate(session.steps[first : found.step], first + 1):
        told = transcript.call(number, step, [f for f in session.judgement.notes.findings if f.step == number])
        lines.append(told.plain)
    lines.append("as a program, for `trackstep replay` or trackstep_target.run:")
    lines += [f"  {command}" for command in session.program[-LINES:]]
    return "\n".join([*lines, clause.link])


@contextmanager
def opened(config: pytest.Config, node: pytest.Item) -> Iterator[JudgedTarget]:
    """The target until the block ends; what was made is deleted where the target would keep it."""
    marked, name = choice.marked(node), choice.target(config)
    if name not in choice.EMBEDDED and marked.faults:
        pytest.skip(f"faults= is for the embedded emulator; {name} has faults of its own, or none")
    try:
        target = choice.opened(config, choice.options(config, marked))
    except TrackstepError as wrong:
        pytest.fail(f"trackstep_target: {wrong}", pytrace=False)
    # Where nothing outlives the test its names are always the same, so that a failure reads the same each time.
    prefix = f"ts{secrets.token_hex(2)}1" if target.remembers else "ts"
    session = Session(target, prefix, Budget(sys.maxsize, math.inf), Patience(PATIENCE), choice.regions(config))
    try:
        yield JudgedTarget(session, marked, config.option.trackstep_strict)
    finally:
        if target.remembers and not sweep.finish(target, CLEANING):
            clean_up([session])
        if told := write_ahead.left(target):
            warnings.warn(pytest.PytestWarning(told), stacklevel=1)
        target.close()
