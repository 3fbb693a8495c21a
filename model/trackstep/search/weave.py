"""Histories of writes, woven so that every few in a row come to be: what was written last, then, and before it.

What breaks is seldom one write and often the third (Kuhn, Wallace, Gallo 2004): of all that may be written next, the
one is taken whose tuple with the writes before it was met least. After each, all that can show it is looked at. Owns
the choice and the count of tuples; knows nothing of targets or of answers.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from trackstep.oracle import guard
from trackstep.oracle.case import case
from trackstep.program import Command
from trackstep.search import lasting, vocabulary
from trackstep.search.circumstance import state
from trackstep.search.session import Session

SLOT, OTHER = "W", "X"
STRENGTH = 3
"""So many writes in a row make a tuple; weaker tuples inside it count as well."""
REFUSED, HURRIED = 0.2, 0.2
"""How often a write may be one that is to be refused; how often the next does not wait for what it set in motion."""


def _tags(part: str, key: str, value: str) -> Command:
    return Command("TagResource", {"resourceArn": f"${SLOT}.{part}", "tags": [{"tagKey": key, "tagValue": value}]})


def alphabet(number: int) -> dict[str, list[Command]]:
    """What may be written next, by a word for it; ``number`` makes values differ from those before."""
    value, key = str(number), ("k", "K", "l")[number % 3]
    group, tracker = vocabulary.dull("CreateDatasetGroup", SLOT), vocabulary.dull("CreateEventTracker", SLOT)
    tags = {"tags": [{"tagKey": key, "tagValue": value}]}
    several = {
        "group": [group],
        "group with tags": [group._replace(params={**group.params, **tags})],
        "group with domain": [group._replace(params={**group.params, "domain": "ECOMMERCE"})],
        "tracker": [tracker],
        "tracker with tags": [tracker._replace(params={**tracker.params, **tags, "name": "$t2"})],
        "no group": [vocabulary.dull("DeleteDatasetGroup", SLOT)],
        "no tracker": [vocabulary.dull("DeleteEventTracker", SLOT)],
        "events": [vocabulary.dull("PutEvents", SLOT)],
        "neighbour": [vocabulary.dull("CreateDatasetGroup", OTHER), vocabulary.dull("CreateEventTracker", OTHER)],
        "no neighbour": [vocabulary.dull("DeleteEventTracker", OTHER), vocabulary.dull("DeleteDatasetGroup", OTHER)],
        "malformed": [tracker._replace(params={**tracker.params, "name": ""})],
    }
    for part in ("tracker", "arn"):
        several[f"tag {part}"] = [_tags(part, key, value)]
        several[f"tag {part} again"] = [_tags(part, "k", value)]
        several[f"untag {part}"] = [Command("UntagResource", {"resourceArn": f"${SLOT}.{part}", "tagKeys": [key]})]
    return several


class Weave:
    """A weave of one session; ``met`` counts the tuples of all weaves of a run."""

    def __init__(self, session: Session, met: Counter[tuple[str, ...]], rng: random.Random) -> None:
        self._session, self._met, self._rng = session, met, rng
        self._last: tuple[str, ...] = ()

    def commands(self, length: int) -> Iterator[Command]:
        """``length`` writes, each followed by all that shows what it did."""
        for turn in range(length):
            several = alphabet(turn)
            word = self._next(several)
            told = f"{word} {self._state()}"
            self._last = (*self._last, told)[-STRENGTH:]
            for size in range(1, STRENGTH + 1):
                self._met[self._last[-size:]] += 1
            hurried = self._rng.random() < HURRIED
            for command in several[word]:
                yield command
                yield from () if hurried else vocabulary.waiting(command)
            yield from lasting.everything(SLOT, turn)

    def _next(self, several: Mapping[str, Sequence[Command]]) -> str:
        """The write to come: of those that are carried out, mostly, the one whose tuples were met least."""
        done = [word for word, commands in several.items() if self._is_done(commands[0])]
        words = done if done and self._rng.random() > REFUSED else list(several)
        state = self._state()

        def times(word: str) -> tuple[float, ...]:
            tuples = [(*self._last, f"{word} {state}")[-size:] for size in range(1, STRENGTH + 1)]
            one, two, three = (self._met[each] for each in tuples)
            return (min(one, 1) + min(two, 1), three, two, self._rng.random())

        return min(words, key=times)

    def _is_done(self, command: Command) -> bool:
        """Whether the model expects that it is carried out."""
        return guard.rows(case(self._session.judgement.world, self._session.operation(command)))[1] is None

    def _state(self) -> str:
        """What group and tracker are now, in two words."""
        world, region = self._session.judgement.world, self._session.regions[0]
        found = (world.find(region, self._session.resolve(f"${SLOT}.{part}")) for part in ("arn", "tracker"))
        return " ".join(state(r) for r in found)
