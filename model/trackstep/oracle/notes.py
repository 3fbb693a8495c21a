"""What judging notes as it goes: clauses exercised, contradictions, rows and transitions taken.

Owns the counts. Knows nothing of what is right.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from trackstep.oracle.expected import Expected, Member
from trackstep.spec import Refusal


class Finding(NamedTuple):
    """One contradiction: the clause it breaks, what was allowed, what came back, the steps it rests on.

    ``claim`` is a Python expression that a conforming answer makes true and this one false, empty where expected
    and actual say it all (a refusal, a success). It is about ``answer``, the result; of a List about ``items`` and
    ``pages``, those of the whole walk; of a refusal about ``code``; of the form on the wire about ``wire``, which has
    ``status``, ``headers`` and ``body``. ARNs, IDs and names stand in it as they were.
    """

    clause: str
    step: int
    operation: str
    expected: Expected
    actual: str
    because: tuple[int, ...]
    claim: str = ""


class Notes:
    """The notes of one history. ``step`` and ``operation`` say where the judge stands."""

    __slots__ = ("_seen", "answers", "findings", "operation", "refused", "requests", "rows", "step", "transitions")

    def __init__(self, step: int = 0, operation: str = "") -> None:
        self.step, self.operation = step, operation
        self.findings: list[Finding] = []
        self.rows: dict[Refusal, int] = {}
        self.refused: dict[Refusal, int] = {}
        self.answers: dict[tuple[str, str], int] = {}
        self.transitions: dict[tuple[str, str, str], int] = {}
        self.requests: dict[str, int] = {}  # the number of an answer, and its step
        self._seen: dict[tuple[str, ...], int] = {}

    @property
    def exercised(self) -> dict[str, int]:
        """Clause -> how many times it could have been broken."""
        total: Counter[str] = Counter()
        for clauses, times in self._seen.items():
            for clause in clauses:
                total[clause] += times
        return dict(total)

    def saw(self, *clauses: str) -> None:
        """Count clauses as exercised: this answer could have broken them."""
        self._seen[clauses] = self._seen.get(clauses, 0) + 1

    def broke(self, clause: str, expected: Expected, actual: object, *because: int | None, claim: str = "") -> None:
        """Note a contradiction; ``because`` are the steps it rests on, None where there is none."""
        steps = tuple(sorted({step for step in because if step is not None}))
        self.findings.append(Finding(clause, self.step, self.operation, expected, str(actual), steps, claim))

    def check(
        self, clause: str, holds: bool, expected: Expected, actual: object, *because: int | None, claim: str = ""
    ) -> bool:
        """Count the clause as exercised and note a contradiction where it does not hold."""
        self.saw(clause)
        if not holds:
            self.broke(clause, expected, actual, *because, claim=claim)
        return holds

    def same(
        self, clause: str, what: str, expected: object, actual: object, *because: int | None, claim: str = ""
    ) -> None:
        """Check that a member has the value it must have; ``claim`` is an expression for the member."""
        self.saw(clause)
        if expected != actual:
            claim = f"{claim} == {expected!r}" if claim else ""
            self.broke(clause, Member(what, expected), repr(actual), *because, claim=claim)

    def met(self, row: Refusal, answer: str, refused: bool) -> None:
        """Count a refusal row that may hold; where the sources leave it open, remember the answer given."""
        self.rows[row] = self.rows.get(row, 0) + 1
        if row.open:
            self.saw(row.clause)
            key = (row.clause, answer if refused else "success")
            self.answers[key] = self.answers.get(key, 0) + 1

    def moved(self, kind: str, source: str, to: str) -> None:
        """Count a transition as taken: seen, or implied by what was seen."""
        key = (kind, source, to)
        self.transitions[key] = self.transitions.get(key, 0) + 1

    def add(self, other: Notes) -> None:
        """Take over what another judgement of the same step noted."""
        for counts in ("_seen", "rows", "refused", "answers", "transitions"):
            into = getattr(self, counts)
            for key, times in getattr(other, counts).items():
                into[key] = into.get(key, 0) + times
        self.findings.extend(other.findings)
