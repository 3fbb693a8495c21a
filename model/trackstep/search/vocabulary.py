"""What may be asked: good requests of each operation, from the service model, about the slots of a program.

Owns how the values of members (member.py) become requests: each value of each member once, pairs of members, one
drawn at random; and which members name what a run has made. Knows nothing of states or answers.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from trackstep.oracle import constraint
from trackstep.program import SETTLE, WALK, Command
from trackstep.search import member
from trackstep.search.member import ABSENT, PRESENT, Factor, Path
from trackstep.value import EVENT

SLOTS = ("A", "B", "C", "mixed")
PARTS = ("arn", "tracker", "id", "old", "first")
"""What a slot has that a request can name."""
NAMED_BY = {
    "datasetGroupArn": ("arn",),
    "eventTrackerArn": ("tracker",),
    "resourceArn": ("tracker", "arn"),
    "trackingId": ("id", "old", "first"),
}
"""Member -> the parts of a slot that it names."""
BOUND = frozenset({*NAMED_BY, "nextToken"})
CHANGES = ("cut", "longer", "upper", "blank", "before", "beyond")
"""What may be done to a reference: it then names nothing, but nearly what it named (value.py)."""
CHANGES_OF_ARNS = ("account", "partition", "kind", "slash", "stem", "open", "template")
"""The same of one that has such parts."""
PLAIN: Mapping[str, Any] = {"name": "$t1", "sessionId": "s", "tags": [], "tagKeys": ["k"], "eventList": [EVENT]}
"""What a dull request gives of members that are required."""
KEYS = ("k", "K", "k ", "other", "k-1")
"""Keys that come again and again, so that tags meet; most differ from another by one step."""

Choose = Callable[[Sequence[Any]], Any]
"""Takes one of several; a random generator's ``choice``, or Hypothesis'."""


def _shape(name: str) -> Mapping[str, Any]:
    shape: Mapping[str, Any] = constraint.shapes()[name]["input"]
    return shape


def _bound(name: str) -> frozenset[str]:
    return BOUND | {"name"} if name == "CreateDatasetGroup" else BOUND


@cache
def factors(name: str) -> tuple[Factor, ...]:
    """The members of an operation that are not references, with their values."""
    return tuple(member.factors(_shape(name), _bound(name)))


def changes(part: str) -> tuple[str, ...]:
    """What may be done to this part of a slot."""
    return (*CHANGES, *CHANGES_OF_ARNS) if part in ("arn", "tracker") else CHANGES


def about(name: str, slot: str, part: str = "") -> dict[str, Any]:
    """The members that name what a request is about; ``part`` where there are several that may be named."""
    named: dict[str, Any] = {"name": f"${slot}"} if name == "CreateDatasetGroup" else {}
    for key in _shape(name)["members"]:
        if key in NAMED_BY:
            parts = NAMED_BY[key]
            named[key] = f"${slot}.{part if part in parts else parts[0]}"
    return named


def dull(name: str, slot: str, part: str = "") -> Command:
    """A good request that gives only what is required."""
    shape, named = _shape(name), about(name, slot, part)
    needed = [key for key in shape.get("required", ()) if key not in named]
    plain = {key: PLAIN[key] if key in PLAIN else _least(shape["members"][key]) for key in needed}
    return Command(name, named | plain)


def _least(shape: Mapping[str, Any]) -> Any:
    several = shape["type"] == "list" and shape["member"]["type"] == "structure"
    return _filled(shape, (), {(): max(1, shape.get("min", 0))} if several else {})


def built(name: str, slot: str, given: Mapping[Path, Any], part: str = "") -> Command:
    """The request in which members have these values; those that nobody gives are left out, or dull where required."""
    params: dict[str, Any] = dict(dull(name, slot, part).params)
    for key, inner in _shape(name)["members"].items():
        if (key,) in given:
            params[key] = _filled(inner, (key,), given)
    return Command(name, {key: value for key, value in params.items() if value is not ABSENT})


def _filled(shape: Mapping[str, Any], path: Path, given: Mapping[Path, Any]) -> Any:
    """A member as it is given; of a structure and of a list of structures, what stands in them."""
    value = given.get(path, PRESENT)
    if shape["type"] == "structure" and value is not ABSENT:
        return _structure(shape, path, given)
    if shape["type"] == "list" and shape["member"]["type"] == "structure" and isinstance(value, int):
        first = _structure(shape["member"], (*path, 0), given)
        second = (*path, 1)
        own = {p[len(second)] for p in given if p[: len(second)] == second}
        other = {key: inner for key, inner in _structure(shape["member"], second, given).items() if key in own}
        return [
            first if not number else _beside(shape["member"], first, number) | (other if number == 1 else {})
            for number in range(value)
        ]
    return member.values(shape)[0] if value is PRESENT else value


def _structure(shape: Mapping[str, Any], path: Path, given: Mapping[Path, Any]) -> dict[str, Any]:
    """What is given of a structure's members; those that are required and not given have a plain value."""
    required = shape.get("required", ())
    made = {
        key: _filled(inner, (*path, key), given)
        for key, inner in shape["members"].items()
        if (*path, key) in given or key in required
    }
    return {key: value for key, value in made.items() if value is not ABSENT}


def _beside(shape: Mapping[str, Any], first: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Another item beside the first: what is required of it, and keys of its own."""
    keyed = {key: f"key-{number}" for key in first if key.endswith("Key")}
    return {key: first[key] for key in shape.get("required", ())} | keyed


def every(name: str, slot: str) -> Iterator[Command]:
    """Good requests of an operation in which each value of each member stands once, several members at a time.

    What other members stand in comes first, in each of its sizes or left out; then it stays, and they have their turn.
    """
    several = factors(name)
    inside = {f.path[:length] for f in several for length in range(1, len(f.path))}
    holders = [f for f in several if f.path in inside]
    first = max((len(f.levels) for f in holders), default=0)
    for number in range(first + max((len(f.levels) for f in several), default=1)):
        given = {
            f.path: f.levels[(number - first if f.path[:1] in inside else number) % len(f.levels)] for f in several
        }
        for f in holders:
            stays = next(level for level in f.levels if level is PRESENT or level == 1)
            given[f.path] = f.levels[number % len(f.levels)] if number < first else stays
            if number % 2 and number > first and stays == 1 and 2 in f.levels:
                given[f.path] = 2
                given |= _beside_it(several, f.path, (number - first) // 2)
        yield built(name, slot, given)


def _beside_it(several: Sequence[Factor], path: Path, number: int) -> dict[Path, Any]:
    """What a second item of a list has, its keys left out: values that the first has in another request."""
    inside = {f.path: f.levels[number % len(f.levels)] for f in several if f.path[: len(path) + 1] == (*path, 0)}
    return {(*path, 1, *of[len(path) + 1 :]): level for of, level in inside.items() if not str(of[-1]).endswith("Key")}


def pairs(name: str, slot: str) -> Iterator[Command]:
    """Good requests in which each extreme of each member meets each extreme of each other (Cohen and others 1997)."""
    for given in _pairwise(name):
        yield built(name, slot, dict(given))


@cache
def _pairwise(name: str) -> tuple[tuple[tuple[Path, Any], ...], ...]:
    """Rows that together hold every pair of paired levels of two members: greedily, each row the most that are left."""
    several = [factor for factor in factors(name) if len(factor.paired) > 1]
    left = {
        ((a, x), (b, y))
        for (a, one), (b, other) in itertools.combinations(enumerate(several), 2)
        for x, y in itertools.product(range(len(one.paired)), range(len(other.paired)))
    }
    rows = []
    while left:
        (a, x), (b, y) = min(left)
        row = {a: x, b: y}
        for place, factor in enumerate(several):
            if place not in row:
                gains = [
                    sum((min((p, v), (place, level)), max((p, v), (place, level))) in left for p, v in row.items())
                    for level in range(len(factor.paired))
                ]
                row[place] = gains.index(max(gains))
        left -= set(itertools.combinations(sorted(row.items()), 2))
        rows.append(tuple((several[place].path, several[place].paired[level]) for place, level in row.items()))
    return tuple(rows)


def request(name: str, choose: Choose, slot: str, second: bool = False) -> Command:
    """A good request of this operation, its values drawn; a List is walked to its last page."""
    given: dict[Path, Any] = {}
    for factor in factors(name):
        if factor.path[-1] == "tagKey":
            given[factor.path] = choose((*KEYS, *KEYS, choose(factor.levels)))
        elif factor.path[-1] == "tagKeys":
            given[factor.path] = choose(([choose(KEYS)], [choose(KEYS)], list(KEYS[:2]), choose(factor.levels)))
        else:
            given[factor.path] = choose((factor.levels[0], choose(factor.levels)))
    made = built(name, slot, given)
    params = dict(made.params)
    for key in params.keys() & NAMED_BY.keys():
        params[key] = _named(choose, slot, choose(NAMED_BY[key]))
    if name == "ListEventTrackers" and choose((True, False)):
        params.pop("datasetGroupArn", None)
    if "name" in params and name == "CreateEventTracker":
        params["name"] = choose(("$t1", "$t2", params["name"]))
    if name.startswith("List") and name.endswith("s"):
        return Command(WALK, {"operation": name, **params}, second)
    return Command(name, params, second)


def _named(choose: Choose, slot: str, part: str) -> str:
    """A reference: mostly the plain one; else one that nearly names it, or names what is of another kind or region."""
    plain = f"${slot}.{part}"
    other = choose((f"{plain}|{choose(changes(part))}", f"${slot}.{choose(PARTS)}", f"$2.{slot}.{choose(PARTS)}"))
    return str(choose((plain, plain, plain, plain, plain, plain, plain, other)))


def levels(name: str, *path: str | int) -> tuple[Any, ...]:
    """The values of one member of an operation."""
    return next(factor.levels for factor in factors(name) if factor.path == path)


def is_paged(name: str) -> bool:
    """Whether an operation answers in pages."""
    return "nextToken" in _shape(name)["members"]


def sizes(name: str) -> tuple[int | None, ...]:
    """Page sizes of a List, over the whole range: few first, then about each power of two and of ten."""
    return (None, *sorted(size for size in levels(name, "maxResults") if size is not ABSENT))


def waiting(write: Command) -> list[Command]:
    """Waiting for what a Create or a Delete has set in motion."""
    part = "tracker" if write.name.endswith("EventTracker") else "arn"
    moves = write.name.startswith(("Create", "Delete")) and slot_of(write)
    return [Command(SETTLE, {"of": f"${slot_of(write)}.{part}"}, write.second)] if moves else []


def slot_of(command: Command) -> str:
    """The slot that a command is about; empty where it is about none or about all."""
    for key in ("datasetGroupArn", "eventTrackerArn", "resourceArn", "trackingId", "of", "name"):
        named = command.params.get(key)
        if isinstance(named, str) and named.startswith("$"):
            return named[1:].removeprefix("2.").partition(".")[0]
    return ""


def looks(slot: str, second: bool, turn: int) -> dict[str, list[Command]]:
    """What shows a slot, by what it shows: the group, the tracker, both kinds of tags, events, the two lists.

    ``turn`` goes through the page sizes, and from the list of one group to the list of all.
    """
    within = {} if turn % 3 == 1 else {"datasetGroupArn": f"${slot}.arn"}
    return {
        "group": [Command("DescribeDatasetGroup", {"datasetGroupArn": f"${slot}.arn"}, second)],
        "tracker": [Command("DescribeEventTracker", {"eventTrackerArn": f"${slot}.tracker"}, second)],
        "tracker tags": [Command("ListTagsForResource", {"resourceArn": f"${slot}.tracker"}, second)],
        "group tags": [Command("ListTagsForResource", {"resourceArn": f"${slot}.arn"}, second)],
        "events": [Command("PutEvents", {"trackingId": f"${slot}.id", "sessionId": "s", "eventList": [EVENT]}, second)],
        "trackers": [_listed("ListEventTrackers", turn, within, second)],
        "groups": [_listed("ListDatasetGroups", turn, {}, second)],
    }


def shown(slot: str, second: bool = False, turn: int = 0) -> Iterator[Command]:
    """All that shows a slot, one after the other."""
    yield from itertools.chain.from_iterable(looks(slot, second, turn).values())


def _listed(name: str, turn: int, within: Mapping[str, Any], second: bool) -> Command:
    several = sizes(name)
    size = several[turn % 5] if turn % 5 < 4 else several[4 + turn // 5 % (len(several) - 4)]
    return Command(WALK, {"operation": name, **within, **({} if size is None else {"maxResults": size})}, second)


SHOWN_BY = {
    "CreateDatasetGroup": ("group", "groups", "group tags"),
    "DeleteDatasetGroup": ("group", "groups", "tracker"),
    "CreateEventTracker": ("tracker", "trackers", "tracker tags", "events"),
    "DeleteEventTracker": ("tracker", "trackers", "events", "group"),
    "TagResource": ("tracker tags", "group tags"),
    "UntagResource": ("tracker tags", "group tags"),
}
"""Write -> what of its slot it can have touched, in the order in which it is looked at."""


def read_back(write: Command, turn: int) -> list[Command]:
    """What must tell the same story after a write: Describe, List at one of several page sizes, tags, PutEvents."""
    slot = slot_of(write)
    if not slot:
        return []
    shown = looks(slot, write.second, turn)
    order = SHOWN_BY.get(write.name, ())
    if write.name.endswith("agResource") and not str(write.params.get("resourceArn")).endswith(".tracker"):
        order = order[::-1]
    return [command for what in order for command in shown[what]]
