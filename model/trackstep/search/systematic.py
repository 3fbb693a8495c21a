"""What is asked once and in full: each value, each near name, each reference at each place, each cycle, each page size.

Owns programs that a table or the service model spells out, none of them written by hand. Knows nothing of targets or of
answers; a lane of the run performs each of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from trackstep.oracle import constraint
from trackstep.program import SETTLE, WALK, Command
from trackstep.search import member, transformation, vocabulary

LIVES = 3
"""Slots among which the values go round: each group is made, used and deleted again many times over."""
LANES = 16
"""Lives that go on side by side where a target takes its time."""


def made(slot: str, group: Command | None = None, tracker: Command | None = None) -> Iterator[Command]:
    """A group with a tracker, both settled."""
    yield group or vocabulary.dull("CreateDatasetGroup", slot)
    yield Command(SETTLE, {"of": f"${slot}.arn"})
    yield tracker or vocabulary.dull("CreateEventTracker", slot)
    yield Command(SETTLE, {"of": f"${slot}.tracker"})


def unmade(*slots: str) -> Iterator[Command]:
    """Both of each slot deleted again, and gone; those of several slots are waited for together."""
    for name, part in (("DeleteEventTracker", "tracker"), ("DeleteDatasetGroup", "arn")):
        yield from (vocabulary.dull(name, slot) for slot in slots)
        yield from (Command(SETTLE, {"of": f"${slot}.{part}"}) for slot in slots)


@cache
def _asked() -> Mapping[str, Sequence[Command]]:
    """Of each operation the requests that hold each pair of extremes, and each value of each member."""
    return {
        name: tuple(dict.fromkeys((*vocabulary.pairs(name, "V"), *vocabulary.every(name, "V"))))
        for name in constraint.shapes()
    }


def lives() -> int:
    """So many lives of a group it takes until each request has had its turn; PutEvents has several turns in each."""
    return max(len(asked) for name, asked in _asked().items() if name != "PutEvents")


def each_value(numbers: Iterable[int]) -> Iterator[Command]:
    """Each value of each member of each request once, and each pair of extremes: one life of a group after the other.

    Each life takes the next request of every operation; what was given is read back by all that shows it. ``numbers``
    are those of the lives to be led, of ``range(lives())`` in all.
    """
    events = -(-len(_asked()["PutEvents"]) // lives())
    for number in numbers:
        slot = f"V{number % LIVES}"
        yield from _life(slot, number, events)


def _life(slot: str, number: int, events: int) -> Iterator[Command]:
    def turn(name: str, part: str = "", at: int = number) -> Command:
        asked = _asked()[name]
        return Command(name, {**asked[at % len(asked)].params, **vocabulary.about(name, slot, part)})

    shown = vocabulary.looks(slot, False, number)
    yield from made(slot, turn("CreateDatasetGroup"), turn("CreateEventTracker"))
    for what in ("group", "tracker", "trackers", "group tags", "tracker tags"):
        yield from shown[what]
    part = ("tracker", "arn")[number % 2]
    yield turn("TagResource", part)
    yield from shown["tracker tags" if part == "tracker" else "group tags"]
    yield turn("UntagResource", part)
    yield from shown["group tags"] + shown["tracker tags"]
    yield from (turn("PutEvents", "id", number * events + which) for which in range(events))
    if number % LIVES == LIVES - 1:
        paged = [name for name in _asked() if vocabulary.is_paged(name)]
        yield from (Command(WALK, {"operation": name, **turn(name).params}) for name in paged)
        yield from shown["groups"] + shown["tracker"]
    yield from unmade(slot)


def each_text_of_a_tag() -> Iterator[Command]:
    """Each text that gives a transformation away as key and value of a tag, beside what the transformation makes of it.

    All are different keys: none is in the way of another, and taking one away leaves the rest.
    """
    shape = constraint.shapes()["TagResource"]["input"]["members"]["tags"]["member"]["members"]
    keys, values = member.texts(shape["tagKey"]), member.texts(shape["tagValue"])
    near = [
        (one.text, other)
        for one in keys
        for other in transformation.near(one.text).values()
        if member.fits(shape["tagKey"], other)
    ]
    tags = [
        {"tagKey": key.text, "tagValue": value.text}
        for key, value in zip(keys, itertools.cycle(values[::-1]), strict=False)
    ]
    yield from made("K")
    for part in ("tracker", "arn"):
        for some in _batched(tags, 8):
            yield Command("TagResource", {"resourceArn": f"$K.{part}", "tags": list(some)})
            yield Command("ListTagsForResource", {"resourceArn": f"$K.{part}"})
        yield Command("ListTagsForResource", {"resourceArn": "$K.arn"})
    for part in ("tracker", "arn"):
        for some in _batched([tag["tagKey"] for tag in tags], 8):
            yield Command("UntagResource", {"resourceArn": f"$K.{part}", "tagKeys": list(some)})
            yield Command("ListTagsForResource", {"resourceArn": f"$K.{part}"})
    yield from _near_keys(near)
    yield from unmade("K")


def _batched(several: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (several[start : start + size] for start in range(0, len(several), size))


def _near_keys(near: Sequence[tuple[str, str]]) -> Iterator[Command]:
    """Keys that one transformation makes the same: each comes by itself, has its own value, and goes alone."""
    for number, some in enumerate(_batched(near, 12)):
        about = {"resourceArn": f"$K.{('tracker', 'arn')[number % 2]}"}
        keys = list(dict.fromkeys(key for pair in some for key in pair))
        gone = list(dict.fromkeys(other for _, other in some))
        left = [key for key in keys if key not in gone]
        tags = [{"tagKey": key, "tagValue": str(value)} for value, key in enumerate(keys)]
        listed = Command("ListTagsForResource", about)
        for which in filter(None, (left, gone)):
            yield Command("TagResource", {**about, "tags": [tag for tag in tags if tag["tagKey"] in which]})
            yield listed
        yield from (Command("UntagResource", {**about, "tagKeys": gone}), listed)
        yield from (Command("UntagResource", {**about, "tagKeys": left}), listed)
