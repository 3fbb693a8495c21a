"""Promises as they are written in TLA+, read into trees: the part of the language that ``spec/tla/Promises.tla`` uses.

Owns the syntax. A tree is a tuple: what it is, then its parts. Knows nothing of what a formula means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from trackstep.errors import SpecError

Tree = tuple[Any, ...]
_TOKEN = re.compile(r'"[^"]*"|\w+|\\(?:A|E|in|notin|cup)\b|/\\|\\/|=>|~>|->|==|<<|>>|\[\]|\]_|[\[\](){}:,.=#~>\'|]|\S')
_DEFINITION = re.compile(r"^(\w+)(?:\(([\w, ]+)\))?\s*==", re.MULTILINE)
_BINARY = {"~>": 1, "=>": 2, "\\/": 3, "/\\": 3, "=": 5, "#": 5, "\\in": 5, "\\notin": 5, ">": 5, "\\cup": 6}
"""Infix operator -> how closely it binds."""
_PREFIX = {"~": 4, "UNCHANGED": 4, "ENABLED": 4}


class Definition(NamedTuple):
    """One definition of a module: its parameters and what it stands for."""

    parameters: tuple[str, ...]
    tree: Tree


class Token(NamedTuple):
    """A word of TLA+, and in which column it begins: bullets are told from operators by that."""

    text: str
    column: int


def module(path: Path) -> dict[str, str]:
    """The definitions of a module as text, by name; each is read when it is needed, as not all can be."""
    text = re.sub(r"\\\*.*", "", path.read_text(encoding="utf-8"))
    text = re.sub(r"\(\*.*?\*\)", "", text, flags=re.DOTALL)
    places = [found.start() for found in _DEFINITION.finditer(text)]
    parts = (text[a:b] for a, b in zip(places, [*places[1:], len(text)], strict=True))
    return {part.split("=", 1)[0].split("(")[0].strip(): re.split(r"^[-=]{4,}", part, flags=re.M)[0] for part in parts}


def definition(text: str) -> Definition:
    """A definition. Raises SpecError where it says what cannot be read."""
    heading = _DEFINITION.match(text)
    assert heading is not None, text
    # What stands before the formula counts for the columns of bullets.
    body = re.sub(r"[^\n]", " ", text[: heading.end()]) + text[heading.end() :]
    return Definition(tuple(re.findall(r"\w+", heading[2] or "")), read(body))


def read(text: str) -> Tree:
    """The formula that this text is. Raises SpecError where it is none that can be read."""
    reading = _Reading(list(_tokens(text)))
    tree = reading.expression()
    if reading.place < len(reading.tokens):
        raise SpecError(
            f"{reading.tokens[reading.place].text!r} follows a formula of TLA+: {' '.join(text.split())[:60]}"
        )
    return tree


def _tokens(text: str) -> Iterator[Token]:
    for line in text.splitlines():
        yield from (Token(found[0], found.start()) for found in _TOKEN.finditer(line))


class _Reading:
    """What was read so far; ``limits``: the columns of the bullets of which this is an item."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.place = tokens, 0
        self.limits = [-1]

    @property
    def next(self) -> str:
        """The next word; empty where this item or the text ends."""
        token = self.tokens[self.place] if self.place < len(self.tokens) else Token("", 0)
        return token.text if token.column > self.limits[-1] else ""

    def take(self, wanted: str = "") -> str:
        """The next word, which is the one that is wanted, if one is."""
        found = self.next
        if not found or (wanted and found != wanted):
            raise SpecError(f"{found!r} stands in a formula of TLA+ where {wanted or 'more'!r} should")
        self.place += 1
        return found

    def many(self, end: str, read: Any) -> list[Any]:
        """What stands between commas until the end."""
        found = []
        while self.next != end:
            found.append(read())
            if self.next != end:
                self.take(",")
        self.take(end)
        return found

    def expression(self, least: int = 0) -> Tree:
        """A formula whose operators bind at least so closely."""
        left = self.bullets() if self.next in ("/\\", "\\/") else self.prefixed()
        while (bound := _BINARY.get(self.next, -1)) > least:
            left = (self.take(), left, self.expression(bound - (1 if bound == 3 else 0)))
            if left[0] in ("/\\", "\\/"):
                left = (left[0], [left[1], left[2]])
        return left

    def bullets(self) -> Tree:
        """A list of formulas, each after a bullet in the same column."""
        kind, column, items = self.next, self.tokens[self.place].column, []
        while self.place < len(self.tokens) and self.tokens[self.place] == Token(kind, column):
            self.place += 1
            self.limits.append(column)
            items.append(self.expression())
            self.limits.pop()
        return kind, items

    def prefixed(self) -> Tree:
        """A formula that begins with a word that says what follows."""
        word = self.next
        if word in ("\\A", "\\E"):
            self.take()
            names = [self.take()]
            while self.next == ",":
                self.take()
                names.append(self.take())
            self.take("\\in")
            among = self.expression(_BINARY["\\in"])
            self.take(":")
            return word, names, among, self.expression()
        if word in _PREFIX:
            return self.take(), self.expression(_PREFIX[word])
        if word == "CASE":
            return self.cases()
        if word == "[]":
            self.take()
            self.take("[")
            step = self.expression()
            self.take("]_")
            self.take()
            return "[]", step
        return self.suffixed(self.atom())

    def cases(self) -> Tree:
        """``CASE`` with its arms."""
        arms = []
        self.take("CASE")
        while True:
            condition = self.expression()
            self.take("->")
            arms.append((condition, self.expression()))
            if self.next != "[]":
                return "CASE", arms
            self.take()

    def atom(self) -> Tree:
        """A name, a text, a number, a set, or what is in parentheses."""
        word = self.take()
        if word == "(":
            inner = self.expression()
            self.take(")")
            return inner
        if word == "<<":
            return "<<", self.many(">>", self.expression)
        if word == "{":
            return self.set()
        if word[0] == '"':
            return "text", word[1:-1]
        if word.isdecimal():
            return "number", int(word)
        if not re.fullmatch(r"\w+", word):
            raise SpecError(f"a formula of TLA+ cannot begin with {word!r} here")
        return "name", word

    def set(self) -> Tree:
        """What is between braces: elements, or those of a set for which something holds."""
        if self.next == "}":
            self.take()
            return "{}", []
        first = self.expression()
        if self.next == ":":
            self.take()
            condition = self.expression()
            self.take("}")
            return "filter", first[1][1], first[2], condition
        if self.next == ",":
            self.take()
            return "{}", [first, *self.many("}", self.expression)]
        self.take("}")
        return "{}", [first]

    def suffixed(self, tree: Tree) -> Tree:
        """What is applied, indexed, primed, or a field of it."""
        while True:
            if self.next == "'":
                self.take()
                tree = "'", tree
            elif self.next == "[":
                self.take()
                tree = "at", tree, self.expression()
                self.take("]")
            elif self.next == "(":
                self.take()
                tree = "call", tree[1], self.many(")", self.expression)
            elif self.next == ".":
                self.take()
                tree = "field", tree, self.take()
            else:
                return tree
