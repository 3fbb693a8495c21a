"""What the clauses quote: each sentence in quotation marks after *documented*, and where it stands.

A quote is of botocore's service model, where ``trackstep spec verify`` looks it up, or of a page, of which
``spec/evidence/facts.md`` keeps the words. Owns the reading of that; the model itself is ``service_model``'s.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from trackstep import spec
from trackstep.evidence.service_model import plain
from trackstep.operation import COVERED

_OF_MODEL = re.compile(
    r"model:(?P<operation>\w+)|botocore model, (?:shapes? )?(?P<shapes>\w+(?: and \w+)*)(?: of \w+)?"
)
_OF_API = re.compile(r"API_(?P<shape>\w+)")


class Quote(NamedTuple):
    """One quoted sentence. ``names``: the operation or shapes of the service model that say it, none if a page does."""

    clause: str
    source: str
    words: str
    names: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits of the SHA-256 of the words, tags and white space aside."""
        return digest(self.words)


def digest(words: str) -> str:
    """Eight hexadecimal digits that change when a word does."""
    return hashlib.sha256(plain(words).encode()).hexdigest()[:8]


def named(source: str) -> tuple[str, ...]:
    """What a source names in the service model: an operation, or shapes. The page of a shape is made from it."""
    if found := _OF_MODEL.fullmatch(source):
        return (found["operation"],) if found["operation"] else tuple(found["shapes"].split(" and "))
    if (found := _OF_API.fullmatch(source)) and found["shape"] not in COVERED:
        return (found["shape"],)
    return ()


def of_bullet(clause: str, text: str) -> Iterator[Quote]:
    """The quotes of one *documented* bullet, in order."""
    source, _, words = text.partition(" — ")
    for quoted in re.findall(r'"([^"]+)"', words):
        yield Quote(clause, source, quoted, named(source))


def quotes(clause: spec.Clause) -> list[Quote]:
    """The quotes of a clause, in order."""
    return [one for kind, text in clause.evidence if kind == "documented" for one in of_bullet(clause.id, text)]


def everything() -> list[Quote]:
    """The quotes of all clauses, in their order."""
    return [one for clause in spec.load().clauses.values() for one in quotes(clause)]
