"""What has to be proved, of which service: the promises that TLC's configurations check, for any number of everything.

Owns the reading of the configurations and of ``spec/strengthening.toml``. A promise is of states, of steps, or that
something settles; it holds, or must fail where a configuration says that it breaks. Knows nothing of how it is proved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from trackstep.formal import configuration, formula, meaning, plain
from trackstep.formal.configuration import Configuration
from trackstep.formal.formula import Tree

TABLE = "strengthening.toml"
STATE, STEP, SETTLES = "of every state", "of every step", "in the end"


class Theorem(NamedTuple):
    """A promise, of a service that is lenient or not; ``holds`` is False where it must fail."""

    name: str
    lenient: bool
    holds: bool
    kind: str
    tree: Tree

    @property
    def is_assumed(self) -> bool:
        """Whether it may be assumed of the state before a step, to prove it of that after: it says only what is."""
        return self.holds and self.kind == STATE and "ENABLED" not in str(self.tree)


class Strengthening(NamedTuple):
    """What is true of every state and needed to prove a promise; ``lenient`` is False: of a strict service only."""

    name: str
    sentence: str
    tree: Tree
    lenient: bool


def theorems() -> list[Theorem]:
    """Each promise once, the strict service first; what TLC checks of a service that need not go on is left out."""
    found: dict[tuple[bool, str], Theorem] = {}
    for each in configuration.load():
        if each.module == "MC":
            for theorem in _of(each):
                found.setdefault((theorem.lenient, theorem.name), theorem)
    return sorted(found.values(), key=lambda theorem: theorem.lenient)


def _of(each: Configuration) -> Iterator[Theorem]:
    text = each.file.read_text(encoding="utf-8")
    words = re.split(r"\b(?:INVARIANTS?|PROPERTY|PROPERTIES)\b", text)[1:]
    lenient, fair = "Lenient = TRUE" in text, "SPECIFICATION FairSpec" in text
    for name in (name for part in words for name in part.split()):
        kind, tree = _kind(meaning.promised(name))
        if kind != SETTLES or fair:
            yield Theorem(name, lenient, each.breaks != name, kind, tree)


def _kind(tree: Tree) -> tuple[str, Tree]:
    """What a promise is of, and the formula without the word that says so."""
    if tree[0] == "[]":
        return STEP, tree[1]
    return (SETTLES if tree[0] == "\\A" and tree[3][0] == "~>" else STATE), tree


def strengthening() -> list[Strengthening]:
    """The table. Raises SpecError where a row is not complete."""
    said = plain.table(TABLE)
    plain.complete(TABLE, said, (), ("invariant",))
    rows = said.get("invariant", [])
    for row in rows:
        plain.complete(f"{TABLE}, {row.get('name', 'an invariant')}", row, ("name", "sentence", "holds"), ("lenient",))
    return [Strengthening(r["name"], r["sentence"], formula.read(r["holds"]), r.get("lenient", True)) for r in rows]
