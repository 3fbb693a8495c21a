"""What was expected of an answer, as a value; its words are rendered where they are shown.

Owns the kinds of expectation and their words. Whoever needs to know what would have been allowed asks the value, and
never reads a sentence back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

NAMED_OF_ROW, NAMED_OF_OTHERS = 4, 2
"""Codes that the words name: of the row that must hold; of each row that may, beside a success."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal: ``codes`` are all that the rows allow here, ``named`` those of the clause that the words tell."""

    codes: frozenset[str]
    named: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"refusal: {' or '.join(self.named or sorted(self.codes))}"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A success, or one of these refusals: ``codes`` are all that the rows allow here."""

    codes: frozenset[str] = frozenset()
    named: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " or ".join(("success", *(self.named or sorted(self.codes))))


@dataclass(frozen=True, slots=True)
class Statuses:
    """One of these statuses, in the order of a life: the first is the earliest that was possible."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return " or ".join(self.names)


@dataclass(frozen=True, slots=True)
class Settled:
    """A status that settles within so many seconds; ``gone``: one that ends."""

    gone: bool
    seconds: float

    def __str__(self) -> str:
        return f"{'ResourceNotFoundException' if self.gone else 'ACTIVE or CREATE FAILED'} within {self.seconds} s"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the answer that has this value."""

    name: str
    value: Any

    def __str__(self) -> str:
        return f"{self.name} {self.value!r}"


Expected = Refused | Accepted | Statuses | Settled | Member | str
"""A text where nobody but a reader needs to know."""
