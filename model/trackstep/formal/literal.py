"""Values as TLC prints them, read into Python.

A string and a model value become a str, a number an int, a tuple a tuple, a set a frozenset, a record or a function a
``Function``. Owns the reading; knows nothing of what a value means.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from typing import Any

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|<<|>>|:>|@@|\|->|[\[\](){},]|-?\w+)')


class Function(dict[Any, Hashable]):
    """A function or a record: a dict that nobody changes, so that it can stand in a set."""

    def __hash__(self) -> int:  # type: ignore[override]  # a dict is unhashable only because it may change
        """By its pairs."""
        return hash(frozenset(self.items()))


def read(text: str) -> Any:
    """The value that this text is. Raises ValueError where it is none."""
    tokens = _tokens(text)
    value = _value(next(tokens), tokens)
    if (rest := next(tokens)) != "":
        raise ValueError(f"{rest!r} follows a TLA+ value")
    return value


def _tokens(text: str) -> Iterator[str]:
    place = 0
    text = text.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise ValueError(f"no TLA+ value: {text[place : place + 40]!r}")
        yield found[1]
        place = found.end()
    while True:
        yield ""


def _value(token: str, rest: Iterator[str]) -> Any:
    if token == "<<":
        return tuple(_until(">>", rest))
    if token == "{":
        return frozenset(_until("}", rest))
    if token == "[":
        return Function(_pairs("]", "|->", ",", rest))
    if token == "(":
        return Function(_pairs(")", ":>", "@@", rest))
    if token[:1] == '"':
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    if token in ("TRUE", "FALSE"):
        return token == "TRUE"
    if not re.fullmatch(r"-?\w+", token):
        raise ValueError(f"a TLA+ value does not begin with {token!r}")
    return int(token) if token.lstrip("-").isdecimal() else token


def _until(end: str, rest: Iterator[str]) -> Iterator[Any]:
    token = next(rest)
    while token != end:
        yield _value(token, rest)
        token = next(rest)
        if token == ",":
            token = next(rest)
        elif token != end:
            raise ValueError(f"{token!r} stands where a TLA+ value should go on or end")


def _pairs(end: str, arrow: str, between: str, rest: Iterator[str]) -> Iterator[tuple[Any, Any]]:
    token = next(rest)
    while token != end:
        key = _value(token, rest)
        if (found := next(rest)) != arrow:
            raise ValueError(f"{found!r} stands where {arrow} should")
        yield key, _value(next(rest), rest)
        token = next(rest)
        if token == between:
            token = next(rest)
        elif token != end:
            raise ValueError(f"{token!r} stands where a TLA+ value should go on or end")
