"""Lists read a page at a time, by a service that is as free in it as the sources leave it.

No source says what a token is, how long it lives, in which order a list is, how long a page, or that a walk sees one
moment ("Choices": Lists). Owns tokens and pages. Must never know what is listed.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Hashable, Sequence
from copy import copy
from random import Random
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

UNFIT = ("InvalidNextTokenException", "InvalidInputException")


class Listed(Protocol):
    """What stands in a list: its place in each order is a function of it."""

    name: str
    arn: str
    serial: int


Item = TypeVar("Item", bound=Listed)


class Token(NamedTuple):
    """What a token was handed out for. ``rest`` is what a snapshot still has to show."""

    scope: Hashable
    place: Any
    rest: tuple[Any, ...]
    changes: int
    call: int


class Refused(Exception):
    """The token is not accepted."""


ORDERS: tuple[Callable[[Listed, int], Any], ...] = (
    lambda item, salt: (item.serial,),
    lambda item, salt: (-item.serial,),
    lambda item, salt: (item.name, item.serial),
    lambda item, salt: (zlib.crc32(f"{salt}{item.arn}".encode()), item.serial),
)


class Pages(Generic[Item]):
    """The tokens of one service."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.form = rng.choice(("offset", "offset", "key", "snapshot"))
        self.frozen = rng.random() < 0.5
        self.order, self.salt = rng.choice(ORDERS), rng.getrandbits(16)
        self.default = rng.choice((1, 2, 3, 10, 100, 100))
        self.life = rng.choice(("once", "until a change", "long", "long"))
        self.opaque = rng.random() < 0.5
        self.short = rng.choice((0.0, 0.0, 0.0, 0.3))
        self.trailing = rng.random() < 0.2
        self.handed: dict[str, Token] = {}

    def page(
        self, scope: Hashable, items: Sequence[Item], params: Any, changes: int, call: int
    ) -> tuple[list[Item], str | None]:
        """The items of the page that ``params`` ask for, and the next token. Raises Refused."""
        items = sorted(items, key=lambda item: self.order(item, self.salt))
        token = params.get("nextToken") or None
        begun = self._accepted(token, scope, changes, call) if token else None
        if begun is not None:
            items = self._from(begun, items)
        size = params.get("maxResults") or self.default
        if self.short and self.rng.random() < self.short:
            size = self.rng.randint(1 if self.form == "offset" else 0, size)
        shown, rest = items[:size], items[size:]
        if not rest and not (self.trailing and len(shown) == size and size):
            return shown, None
        if self.form == "offset":
            place: Any = (begun.place if begun else 0) + len(shown)
        else:
            place = self.order(shown[-1], self.salt) if shown else (begun.place if begun else None)
        if begun is None and self.form == "snapshot" and self.frozen:
            rest = [copy(item) for item in rest]
        return shown, self._hand_out(Token(scope, place, tuple(rest), changes, call))

    def _accepted(self, token: str, scope: Hashable, changes: int, call: int) -> Token:
        """What the token stands for. It may be refused unless it is fresh: of the call before, and nothing changed."""
        begun = self.handed.get(token)
        if begun is None or begun.scope != scope:
            raise Refused
        old = {"once": call - begun.call > 1, "until a change": changes != begun.changes, "long": False}[self.life]
        if old and self.rng.random() < 0.9:
            raise Refused
        if self.life == "once":
            del self.handed[token]
        return begun

    def _from(self, begun: Token, items: Sequence[Item]) -> list[Item]:
        if self.form == "offset":
            return list(items[begun.place :])
        if self.form == "key":
            return [item for item in items if begun.place is None or self.order(item, self.salt) > begun.place]
        return [item for item in begun.rest if self.frozen or item in items]

    def _hand_out(self, token: Token) -> str:
        text = f"{self.rng.getrandbits(64):016x}" if self.opaque or self.form != "offset" else str(token.place)
        self.handed[text] = token
        return text
