"""Coverage: in which circumstances calls were made, counted in pairs of words.

Most failures need no more than two conditions at once (Kuhn, Wallace, Gallo 2004), so what is counted is each
pair of words of a circumstance. Owns the counts and what is called novel; knows nothing of answers.
"""

from __future__ import annotations

from trackstep.search.circumstance import Circumstance

CORE = ("operation", "group", "tracker", "about", "id", "same name", "filter", "malformed")
"""The words that the tour covers all together, not only in pairs."""
AGAIN = 0.1
"""What a pair is worth that was met before, divided by how often."""


class Coverage:
    """How often each pair of words was met, of one run."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._met: dict[int, int] = {}
        self._cores: set[tuple[str | None, ...]] = set()

    def count(self, said: Circumstance) -> None:
        """Count a call made in this circumstance."""
        self._cores.add(_core(said))
        met = self._met
        for pair in self._pairs(said):
            met[pair] = met.get(pair, 0) + 1

    def is_new(self, said: Circumstance) -> bool:
        """Whether no call was made yet in this circumstance, as far as the states of group and tracker go."""
        return _core(said) not in self._cores

    def novelty(self, said: Circumstance) -> float:
        """How much a call in this circumstance would show that was not there before: 1 for each new pair."""
        met = self._met
        return sum(AGAIN / met[pair] if pair in met else 1.0 for pair in self._pairs(said))

    @property
    def pairs(self) -> int:
        """How many different pairs were met."""
        return len(self._met)

    def times(self) -> dict[tuple[str, str, str], int]:
        """(operation, word, value) -> how many calls were made in a circumstance that has it."""
        return {said: self._met[n << 20 | n] for said, n in self._numbers.items() if n << 20 | n in self._met}

    def _pairs(self, said: Circumstance) -> list[int]:
        """Each pair of words of an operation as one number, a word with itself standing for the word alone."""
        numbers, operation = self._numbers, said["operation"]
        words = sorted([numbers.setdefault((operation, word, said[word]), len(numbers)) for word in said])
        return [a << 20 | b for place, a in enumerate(words) for b in words[place:]]


def _core(said: Circumstance) -> tuple[str | None, ...]:
    return tuple(said.get(word) for word in CORE)
