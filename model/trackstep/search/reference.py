"""What was ever handed out, given at every place that takes an ARN, an ID or a token: of another kind, region or time.

Owns which references are tried where. What is right about each is for the judge to say. Knows nothing of targets or
of answers.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from trackstep.oracle import constraint
from trackstep.program import SETTLE, TOKENS, Command
from trackstep.search import systematic, vocabulary
from trackstep.search.vocabulary import NAMED_BY, PARTS, changes

ALIVE, BARE, PAST = "P", "Q", "R"
"""A group with its tracker, one whose tracker is gone, and one that is gone itself."""


def places(name: str) -> list[str]:
    """The members of an operation that name something that was handed out."""
    return [member for member in constraint.shapes()[name]["input"]["members"] if member in NAMED_BY]


def each_reference(regions: bool) -> Iterator[Command]:
    """Each thing that was handed out at each place that takes one; then what it might have touched is looked at."""
    yield from _stage(regions)
    for name in sorted(
        constraint.shapes(), key=lambda name: name.startswith("Delete")
    ):  # what is gone serves no others
        for place in places(name):
            for given in _given(NAMED_BY[place], regions):
                if name.startswith("Delete") and given.startswith(f"${ALIVE}.") and "|" not in given:
                    continue  # it would be gone for the others
                dull = vocabulary.dull(name, ALIVE)
                yield dull._replace(params={**dull.params, place: given})
        if name.startswith(("Create", "Delete", "Tag", "Untag")):
            yield from looks(regions)
    if regions:
        yield from _from_elsewhere()


def _stage(regions: bool) -> Iterator[Command]:
    for slot in (ALIVE, BARE, PAST):
        yield from systematic.made(slot)
        yield Command("TagResource", {"resourceArn": f"${slot}.tracker", "tags": [{"tagKey": "k", "tagValue": slot}]})
        yield Command("TagResource", {"resourceArn": f"${slot}.arn", "tags": [{"tagKey": "k", "tagValue": "group"}]})
    yield from list(systematic.unmade(BARE))[:2]
    yield from systematic.unmade(PAST)
    if regions:
        yield from (command._replace(second=True) for command in systematic.made(ALIVE))
        yield Command("TagResource", {"resourceArn": f"${ALIVE}.arn", "tags": [{"tagKey": "k", "tagValue": "2"}]}, True)


def _given(proper: tuple[str, ...], regions: bool) -> Iterator[str]:
    """References to give in place of the proper one, that one first."""
    yield from (f"${ALIVE}.{part}" for part in (*proper, *(part for part in PARTS if part not in proper)))
    yield from (f"${ALIVE}.{proper[0]}|{change}" for change in changes(proper[0]))
    yield from (f"${slot}.{part}" for slot in (BARE, PAST, "nobody") for part in proper)
    yield from (f"${part}" for part in TOKENS.values())
    yield f"${ALIVE}.name"
    if regions:
        yield from (f"$2.{ALIVE}.{part}" for part in proper)


def _from_elsewhere() -> Iterator[Command]:
    """Every request about what is in the first region, sent to the second, where the same name has another tracker."""
    for name in constraint.shapes():
        for place in places(name):
            for part in NAMED_BY[place]:
                dull = vocabulary.dull(name, ALIVE)
                for slot in (ALIVE, BARE):
                    yield dull._replace(params={**dull.params, place: f"$2.{slot}.{part}"}, second=True)
        if name.startswith(("Create", "Delete", "Tag", "Untag")):
            yield from looks(True)


def looks(regions: bool) -> Iterator[Command]:
    """Everything that shows what is there, and what is gone."""
    for slot, second in ((ALIVE, False), (BARE, False), *([(ALIVE, True)] if regions else [])):
        yield from vocabulary.shown(slot, second)


SIZES = (1, 2, 100)


def each_token(regions: bool) -> Iterator[Command]:
    """A token at each place that takes one: the other List, another size, filter, region, again, and after writes."""
    for slot in ("P1", "P2", "P3"):
        yield from systematic.made(slot)
        yield from (command._replace(second=True) for command in systematic.made(slot) if regions)
    lists = [name for name in constraint.shapes() if vocabulary.is_paged(name)]
    for number, name in itertools.product((1, 2), lists):  # nothing is written yet: the rest must be there
        others = [Command(other, {"maxResults": number}) for other in lists if other != name]
        others += [Command(other, {"maxResults": number}, True) for other in lists if regions]
        for between in (*_reads("P1"), *others):
            yield Command(name, {"maxResults": number})
            yield between
            yield Command(name, {"nextToken": f"${TOKENS[name]}"})
    for turn in range(5):
        for number, name in enumerate(lists, 1):
            change = _between(f"P{number}", f"P{number + 3}")[turn]
            token = {"nextToken": f"${TOKENS[name]}"}
            yield Command(name, {"maxResults": 1})
            if change is not None:
                yield change
            yield from (Command(name, {**token, "maxResults": size}) for size in SIZES)
            yield from (Command(other, {**token, "maxResults": 1}) for other in lists if other != name)
            yield Command(name, token)
            for other in lists:
                if "datasetGroupArn" in places(other):
                    yield from (Command(other, {**token, "datasetGroupArn": f"$P{n}.arn"}) for n in (1, 2))
            yield from (Command(other, token, True) for other in lists if regions)
    for slot in ("P1", "P2", "P3"):
        yield from systematic.unmade(slot)
        yield from (command._replace(second=True) for command in systematic.unmade(slot) if regions)


def _reads(slot: str) -> Iterator[Command]:
    """What shows a slot, pages left out."""
    shown = vocabulary.looks(slot, False, 0)
    yield from (command for what in ("group", "tracker", "group tags", "tracker tags") for command in shown[what])


def _between(slot: str, fresh: str) -> tuple[Command | None, ...]:
    """What may come between a page and the next; none of it is refused, lest it be no write at all."""
    return (
        None,
        Command("UntagResource", {"resourceArn": f"${slot}.arn", "tagKeys": ["k"]}),
        vocabulary.dull("DeleteEventTracker", slot),
        Command(SETTLE, {"of": f"${slot}.tracker"}),
        vocabulary.dull("CreateDatasetGroup", fresh),
    )
