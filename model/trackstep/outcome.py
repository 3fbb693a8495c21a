"""What came back from one call: a value, never an exception.

Owns the five kinds of answer. Knows nothing of what an answer should have been.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["success", "refusal", "throttled", "lost", "garbled", "unsupported"]


@dataclass(frozen=True, slots=True)
class Wire:
    """The HTTP answer as received: status, lower-case header names, raw body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back.

    success      ``result`` holds the members as they stood on the wire (timestamps are numbers)
    refusal      ``code`` is the error's name without namespace, ``message`` its text
    throttled    a refusal that says "try again": nothing is learnt
    lost         no answer, or a 5xx: it may or may not have happened; ``message`` says why
    garbled      an answer that is not one of the protocol's; ``message`` says in which way
    unsupported  the target does not offer the operation; ``message`` says how it said so

    ``wire`` is None where the target has no HTTP to show.
    """

    kind: Kind
    result: Mapping[str, Any] | None = None
    code: str = ""
    message: str = ""
    wire: Wire | None = None

    @classmethod
    def success(cls, result: Mapping[str, Any] | None = None, wire: Wire | None = None) -> Outcome:
        """The operation was carried out."""
        return cls("success", result=result or {}, wire=wire)

    @classmethod
    def refusal(cls, code: str, message: str = "", wire: Wire | None = None) -> Outcome:
        """The operation was refused with an error the caller can name."""
        return cls("refusal", code=code, message=message, wire=wire)

    @classmethod
    def throttled(cls, code: str, message: str = "", wire: Wire | None = None) -> Outcome:
        """The target asked to be called again later."""
        return cls("throttled", code=code, message=message, wire=wire)

    @classmethod
    def lost(cls, message: str, wire: Wire | None = None) -> Outcome:
        """Nobody knows whether the operation was carried out."""
        return cls("lost", message=message, wire=wire)

    @classmethod
    def garbled(cls, message: str, wire: Wire | None = None) -> Outcome:
        """Something came back that the protocol has no reading for."""
        return cls("garbled", message=message, wire=wire)

    @classmethod
    def unsupported(cls, message: str, wire: Wire | None = None) -> Outcome:
        """The target does not offer this operation."""
        return cls("unsupported", message=message, wire=wire)
