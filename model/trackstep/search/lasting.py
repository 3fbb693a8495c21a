"""Long lives and thresholds: one cycle again and again, totals about each multiple of a page, each page size.

Owns what is counted up and how far. Knows nothing of targets or of answers; a lane of the run performs each.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from trackstep import value
from trackstep.oracle import constraint
from trackstep.program import SETTLE, WALK, Command
from trackstep.search import systematic, vocabulary
from trackstep.search.member import Path

LIVES = 17
"""Lives of one tracker in one group: past 3, 5, 8, 10 and 16."""
GROUP_LIVES = 11
"""Lives of one group."""
TIMES = 51
"""How often in a row the same is asked: past 3, 5, 8, 10, 16 and 50."""
SEEN = 4
"""How often in a row one operation looks at a status that may be moving."""
TOTAL = 12
"""Groups and trackers that are there at once at the most, where totals are counted up one by one."""
SIZED = 5
"""Groups and trackers that are there while every page size is tried."""


def lives_of_a_tracker() -> Iterator[Command]:
    """One tracker after the other in one group, each with tags of its own; all IDs ever handed out are tried."""
    yield from list(systematic.made("L"))[:2]
    for number in range(LIVES):
        tags = [{"tagKey": f"life-{number % 3}", "tagValue": str(number)}] if number % 3 else []
        yield Command("CreateEventTracker", {"name": f"$t{1 + number % 2}", "datasetGroupArn": "$L.arn", "tags": tags})
        yield Command(SETTLE, {"of": "$L.tracker"})
        yield from everything("L", number)
        yield _tagged("L.tracker", {"k": number})
        yield vocabulary.dull("DeleteEventTracker", "L")
        yield Command(SETTLE, {"of": "$L.tracker"})
        yield from everything("L", number)
    yield from list(systematic.unmade("L"))[2:]


def lives_of_a_group() -> Iterator[Command]:
    """One group after the other under one name, with tags and a domain or without, some with a tracker."""
    domains = vocabulary.levels("CreateDatasetGroup", "domain")
    for number in range(GROUP_LIVES):
        given: dict[Path, Any] = {("domain",): domains[number % len(domains)]}
        create = vocabulary.built("CreateDatasetGroup", "N", given)
        tags = [{"tagKey": f"life-{number % 3}", "tagValue": str(number)}] if number % 2 else []
        yield create._replace(params={**create.params, "tags": tags})
        yield Command(SETTLE, {"of": "$N.arn"})
        if number % 2 == 0:
            yield vocabulary.dull("CreateEventTracker", "N")
            yield Command(SETTLE, {"of": "$N.tracker"})
            yield _tagged("N.arn", {"k": number})
        yield from everything("N", number)
        yield from systematic.unmade("N") if number % 2 == 0 else list(systematic.unmade("N"))[2:]
        yield from everything("N", number)


def everything(slot: str, turn: int, second: bool = False) -> Iterator[Command]:
    """All that shows a slot, and every ID that it ever had."""
    yield from vocabulary.shown(slot, second, turn)
    for part in ("old", "first"):
        yield vocabulary.dull("PutEvents", slot, part)._replace(second=second)


def at_the_limit() -> Iterator[Command]:
    """As many tags as there may be: one more is refused, another value for one of them is not, one less is room."""
    yield from systematic.made("F")
    for part in ("tracker", "arn"):
        listed = Command("ListTagsForResource", {"resourceArn": f"$F.{part}"})
        untag = Command("UntagResource", {"resourceArn": f"$F.{part}", "tagKeys": ["key-7", "key-8"]})
        yield Command("TagResource", {"resourceArn": f"$F.{part}", "tags": "$fifty"})
        for given in ({"key-0": "other"}, {"more": 1}, {"key-1": "other", "more": 2}):
            yield from (_tagged(f"F.{part}", given), listed)
        yield from (
            untag,
            listed,
            _tagged(f"F.{part}", {"more": 3, "last": 3}),
            listed,
            _tagged(f"F.{part}", {"k": 4}),
            listed,
        )
    yield from systematic.unmade("F")


def each_failed() -> Iterator[Command]:
    """A group and a tracker whose creation is asked to fail, with each extreme of what else they are given."""
    for name, slot in (("CreateDatasetGroup", "fail"), ("CreateEventTracker", "G")):
        if name == "CreateEventTracker":
            yield from list(systematic.made("G"))[:2]
        for asked in vocabulary.pairs(name, slot):
            part = "arn" if name == "CreateDatasetGroup" else "tracker"
            yield asked._replace(params={**asked.params, "name": "$fail"})
            yield Command(SETTLE, {"of": f"${slot}.{part}"})
            for _ in range(SEEN):
                yield from vocabulary.shown(slot)
            yield vocabulary.dull(f"Delete{name.removeprefix('Create')}", slot)
            yield Command(SETTLE, {"of": f"${slot}.{part}"})
    yield from list(systematic.unmade("G"))[2:]


def each_observer() -> Iterator[Command]:
    """A tracker at which one operation only looks, until it is ACTIVE and until it is gone; for each that shows one.

    What moves on where somebody asks, or is only told to those who asked before, does so for every way to ask.
    """
    yield from list(systematic.made("O"))[:2]
    for what in ("nothing", *vocabulary.looks("O", False, 0)):
        seen = vocabulary.looks("O", False, 0).get(what, []) * SEEN
        yield vocabulary.dull("CreateEventTracker", "O")
        yield from seen
        yield vocabulary.dull("PutEvents", "O")
        yield _tagged("O.tracker", {"k": what})
        yield vocabulary.dull("CreateEventTracker", "O")
        yield from seen
        yield Command(SETTLE, {"of": "$O.tracker"})
        yield vocabulary.dull("DeleteEventTracker", "O")
        yield from seen
        yield vocabulary.dull("PutEvents", "O")
        yield vocabulary.dull("DeleteEventTracker", "O")
        yield from seen
        yield Command(SETTLE, {"of": "$O.tracker"})
    yield from list(systematic.unmade("O"))[2:]


def each_write_in_between() -> Iterator[Command]:
    """Whatever may be written to a tracker or a group while it is being created, and while it is being deleted.

    Each in a life of its own, right after the Create or the Delete: nothing has looked yet, and looking moves a status.
    """
    yield from list(systematic.made("W"))[:2]
    for kind, part in (("EventTracker", "tracker"), ("DatasetGroup", "arn")):
        names = dict.fromkeys(("PutEvents", "CreateEventTracker", f"Create{kind}", f"Delete{kind}"))
        untag = Command("UntagResource", {"resourceArn": f"$W.{part}", "tagKeys": ["k"]})
        writes = [_tagged(f"W.{part}", {"k": 1}), untag, *(vocabulary.dull(name, "W") for name in names)]
        look, wait = vocabulary.dull(f"Describe{kind}", "W"), Command(SETTLE, {"of": f"$W.{part}"})
        for write in writes:
            for begun in ("Create", "Delete"):
                yield from (vocabulary.dull(f"{begun}{kind}", "W"), write, *[look] * SEEN, wait, look)
        yield from systematic.unmade("W")


def _tagged(of: str, tags: Mapping[str, Any]) -> Command:
    given = [{"tagKey": key, "tagValue": str(value)} for key, value in tags.items()]
    return Command("TagResource", {"resourceArn": f"${of}", "tags": given})


def many_times() -> Iterator[Command]:
    """The same again and again: every operation that changes nothing, what is refused, and tags that come and go."""
    yield from systematic.made("I")
    again = [
        vocabulary.dull(name, "I") for name in constraint.shapes() if not name.startswith(("Delete", "Tag", "Untag"))
    ]
    again += [vocabulary.dull("DeleteDatasetGroup", "I"), vocabulary.dull("DeleteEventTracker", "nobody")]
    for command in again:
        if command.name == "PutEvents":
            several = command._replace(params={**command.params, "eventList": "$ten"})
            yield from (several if number % 2 else command for number in range(TIMES))
        else:
            yield from (command for _ in range(TIMES // 3))
    yield from everything("I", 0)
    for number in range(TIMES):
        part = ("tracker", "arn")[number % 8 == 7]
        about = {"resourceArn": f"$I.{part}"}
        if number % 2 and part == "tracker":
            yield Command("UntagResource", {**about, "tagKeys": [f"n-{number - 1}"]})
        else:
            yield _tagged(f"I.{part}", {f"n-{number}": number, "k": number})
        yield Command("ListTagsForResource", about)
    yield from everything("I", 1)
    yield from systematic.unmade("I")


def each_total(most: int = TOTAL, regions: bool = False) -> Iterator[Command]:
    """One more group and tracker each time; pages of which the total is a multiple, one more and one less.

    With ``regions`` a second one is looked at, where nothing is.
    """
    for total in range(1, most + 1):
        yield from systematic.made(f"S{total}")
        if regions and total <= 2:
            for name in ("ListDatasetGroups", "ListEventTrackers"):
                yield Command(WALK, {"operation": name}, True)
            yield from (command._replace(second=True) for command in systematic.made(f"S{total}") if total == 2)
        for size in sorted({size for size in (total - 1, total, total + 1, total // 2, total // 3) if size > 0}):
            yield Command(WALK, {"operation": "ListEventTrackers", "maxResults": size})
            yield Command(WALK, {"operation": "ListDatasetGroups", "maxResults": size})
    if regions and most >= 2:
        yield from (command._replace(second=True) for command in systematic.unmade("S2"))
    for third, some in itertools.groupby(range(most, 0, -1), key=lambda total: total // 3):
        yield from systematic.unmade(*(f"S{total}" for total in some))
        if third:
            yield Command(WALK, {"operation": "ListEventTrackers", "maxResults": 2})


def each_size() -> Iterator[Command]:
    """Each page size, where the total is a little more than a few of them hold; each was given as much as may be, and
    was written to since.
    """
    slots = [f"P{number}" for number in range(1, SIZED + 1)]
    asked = {
        part: [max(vocabulary.pairs(name, slot), key=lambda command: len(str(command))) for slot in slots]
        for name, part in (("CreateDatasetGroup", "arn"), ("CreateEventTracker", "tracker"))
    }
    for part, made in asked.items():
        yield from made
        yield from (Command(SETTLE, {"of": f"${slot}.{part}"}) for slot in slots)
        given = made[0].params["tags"]
        keys = [tag["tagKey"] for tag in (value.NAMED[given[1:]] if isinstance(given, str) else given)[:1]]
        yield from (Command("UntagResource", {"resourceArn": f"${slot}.{part}", "tagKeys": keys}) for slot in slots)
        yield from (_tagged(f"{slot}.{part}", {"k": slot}) for slot in slots)
    for size in range(1, 101):
        yield Command(WALK, {"operation": ("ListEventTrackers", "ListDatasetGroups")[size % 2], "maxResults": size})
        yield Command(("ListDatasetGroups", "ListEventTrackers")[size % 2], {"maxResults": size})
        yield Command("ListEventTrackers", {"datasetGroupArn": f"$P{1 + size % SIZED}.arn", "maxResults": size})
    yield from systematic.unmade(*slots)
