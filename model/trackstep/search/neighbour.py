"""Things that are nearly the same: names that differ by one step, a tracker named as its group, operations of no name.

Owns programs in which several of them are there at once, and what is done to one must show at no other. Knows nothing
of targets or of answers; a lane of the run performs each.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from trackstep.operation import COVERED, Operation
from trackstep.program import SETTLE, WALK, Command
from trackstep.search import malformed, systematic, vocabulary

NEAR = ("_near", "_Near", "_nea", "_near1", "_NEAR", "_near01", "_near_1", "_near-1", "_near--1", "_1near", "_near-")
"""Slots that are written as they stand: of the first, by one step, each other: case, an end, zeros, signs."""
SIZES = (1, 2, 4)
"""Sizes of the pages over all of them."""


def each_near_name() -> Iterator[Command]:
    """Groups and trackers whose names differ by one step; a tracker has the name of its group, or of the one before."""
    for slot, before in zip(NEAR, (NEAR[0], *NEAR), strict=False):
        tracker = vocabulary.dull("CreateEventTracker", slot)
        named = f"${before if NEAR.index(slot) % 2 else slot}.name"
        yield from systematic.made(slot, tracker=tracker._replace(params={**tracker.params, "name": named}))
    yield from _listed()
    for number, slot in enumerate(NEAR):
        part = ("tracker", "arn")[number % 2]
        tags = [{"tagKey": "k", "tagValue": slot}]
        yield Command("TagResource", {"resourceArn": f"${slot}.{part}", "tags": tags})
    for slot in NEAR:
        yield from vocabulary.shown(slot)
    for slot, after in pairwise(NEAR):
        yield vocabulary.dull("DeleteEventTracker", slot)
        yield Command(SETTLE, {"of": f"${slot}.tracker"})
        yield from vocabulary.shown(after)
        yield vocabulary.dull("DeleteDatasetGroup", slot)
        yield Command(SETTLE, {"of": f"${slot}.arn"})
        yield from vocabulary.shown(after)
    yield from systematic.unmade(NEAR[-1])


def _listed() -> Iterator[Command]:
    for size in SIZES:
        yield Command(WALK, {"operation": "ListDatasetGroups", "maxResults": size})
        yield Command(WALK, {"operation": "ListEventTrackers", "maxResults": size})


def each_twin() -> Iterator[Command]:
    """One name in two regions: a whole life in the first, while the second has nothing, a group, or a tracker too.

    All that may be given beside the name differs.
    """
    for twin in range(3):
        other = list(systematic.made("TW", *_given("TW", -1)))[: 2 * twin]
        yield from (command._replace(second=True) for command in other)
        for command in _life("TW"):
            yield command
            if command.name == SETTLE or command.name.startswith("Tag"):
                yield from vocabulary.shown("TW", second=True)
                yield from vocabulary.shown("TW")
        yield from (command._replace(second=True) for command in list(systematic.unmade("TW"))[4 - 2 * twin :])


def each_bystander() -> Iterator[Command]:
    """A whole life, and after each of its writes one look at what stands beside it; one life for each way to look."""
    yield from systematic.made("BY")
    yield Command("TagResource", {"resourceArn": "$BY.tracker", "tags": [{"tagKey": "k", "tagValue": "v"}]})
    for look in vocabulary.looks("BY", False, 0).values():
        for command in (*systematic.made("BW"), *_used("BW"), *systematic.unmade("BW")):
            yield command
            yield from look
    yield from systematic.unmade("BY")


def _used(slot: str) -> Iterator[Command]:
    """What else is written to a tracker and its group: tags that come and go, events, and what is refused."""
    for part in ("tracker", "arn"):
        about = {"resourceArn": f"${slot}.{part}"}
        yield Command("TagResource", {**about, "tags": [{"tagKey": "k", "tagValue": part}]})
        yield Command("UntagResource", {**about, "tagKeys": ["k"]})
    yield vocabulary.dull("PutEvents", slot)
    for name in ("CreateEventTracker", "CreateDatasetGroup", "DeleteDatasetGroup"):
        yield vocabulary.dull(name, slot)
    yield vocabulary.dull("DeleteEventTracker", "nobody")


def _given(slot: str, which: int) -> Iterator[Command]:
    """The two Creates with all that may be given beside the name: the first of its values, or the last."""
    for name in ("CreateDatasetGroup", "CreateEventTracker"):
        several = list(vocabulary.pairs(name, slot))
        most = max(len(command.params) for command in several)
        yield [command for command in several if len(command.params) == most][which]


def _life(slot: str) -> Iterator[Command]:
    yield from systematic.made(slot, *_given(slot, 0))
    for part in ("tracker", "arn"):
        yield Command("TagResource", {"resourceArn": f"${slot}.{part}", "tags": [{"tagKey": "k", "tagValue": part}]})
    yield from systematic.unmade(slot)


def each_near_miss() -> Iterator[Command]:
    """Texts that nearly are what they should be, each where it may stand; then the request as it should be."""
    for name in COVERED:
        good = vocabulary.dull(name, "NM")
        if "tags" in good.params:  # one that is there for what follows to take away
            good = good._replace(params={**good.params, "tags": [{"tagKey": "k", "tagValue": "v"}]})
        nearly = list(malformed.nearly(good))
        if not nearly:
            continue
        yield from nearly
        yield good
        yield from vocabulary.waiting(good)
        yield from vocabulary.read_back(good, 0)
    yield from systematic.unmade("NM")


def each_near_operation() -> Iterator[Command]:
    """Operations that are none, though nearly: of another case, number, prefix, verb; of those that change nothing."""
    yield from systematic.made("U")
    for name in COVERED:
        if not name.startswith(("Describe", "List")):
            continue
        good = vocabulary.dull(name, "U")
        cut = name.removesuffix("s") if name.endswith("s") else f"{name}s"
        verb = name.replace("Describe", "Get").replace("List", "Search")
        for other in (
            name.lower(),
            name.upper(),
            Operation(name).method,
            f"Personalize.{name}",
            f"{name}V2",
            f"{name}.2",
            cut,
            verb,
        ):
            yield good._replace(name=other)
    yield from systematic.unmade("U")
