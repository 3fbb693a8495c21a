"""What to do next: the tour over the bounded model, and the excursions beside it.

The tour is a shortest closed walk over every transition of the model of one dataset group (a
directed postman route: Edmonds and Johnson 1973). In each state it also asks what changes nothing there, as
far as that is new, and some malformed input. Owns the order of commands; knows nothing of targets or of answers.
"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import networkx as nx

from trackstep import program, spec
from trackstep.oracle.case import case
from trackstep.oracle.lifecycle import ACTIVE, CREATING, DELETING, FAILED, GONE
from trackstep.program import SETTLE, WALK, Command
from trackstep.search import imagine, malformed, vocabulary
from trackstep.search.session import Session
from trackstep.value import EVENT

EVENTS = [EVENT]
SLOT = "T"
MOVING = 3
"""How often in a row all is asked the first time that a status is on its way: looking is what tells where it was."""
MALFORMED = 2
"""How many malformed requests of each operation are made in each state of the tour."""


class State(NamedTuple):
    """What is known of the slot: the group and its tracker, each in one word."""

    group: str
    tracker: str


START = State("never", "never")


class Excursion(NamedTuple):
    """A short program with a title. Those of one lane follow each other under the same names."""

    title: str
    commands: tuple[Command, ...]
    lane: str
    regions: int


def excursions() -> list[Excursion]:
    """The programs of ``spec/excursions.toml``."""
    rows = tomllib.loads((spec.root() / "excursions.toml").read_text(encoding="utf-8"))["excursion"]
    return [Excursion(r["title"], tuple(program.parse(r["program"])), r["lane"], r.get("regions", 1)) for r in rows]


def each_malformed() -> Iterator[Command]:
    """Each request spoilt in each way, in the life of a group and its tracker; then as it should be, as if nothing was.

    What is refused for one of its members has done nothing, neither by the members before it nor to the name.
    """
    deletes = [good for good in GOOD if good.name.startswith("Delete")]
    for good in (*(good for good in GOOD if good not in deletes), *deletes):
        certain, doubtful = _told_apart(malformed.spoilt(good))
        for some in (certain, doubtful):
            yield from some
            yield from vocabulary.read_back(good, 0)
        yield good
        yield from vocabulary.waiting(good)
        yield from vocabulary.read_back(good, 0)
    yield from READ_BACK


def _told_apart(several: list[malformed.Spoilt]) -> tuple[list[Command], list[Command]]:
    """Those that are to be refused beyond doubt, and those that may be carried out after all."""
    parts: tuple[list[Command], list[Command]] = [], []
    session = imagine.session()
    for spoilt in several:
        broken = case(session.judgement.world, session.operation(spoilt.command)).violations
        parts[not any(firm for _, firm in broken)].append(spoilt.command)
    return parts


MANY = 101
"""More than a page can hold."""


def more_than_a_page() -> Iterator[Command]:
    """More dataset groups and event trackers than a page can hold, and lists without maxResults."""
    yield from (Command("CreateDatasetGroup", {"name": f"$M{number}"}) for number in range(MANY))
    yield from _by_pages("ListDatasetGroups")
    yield from (Command(SETTLE, {"of": f"$M{number}.arn"}) for number in range(MANY))
    for number in range(MANY):
        yield Command("CreateEventTracker", {"name": "x", "datasetGroupArn": f"$M{number}.arn"})
    yield from _by_pages("ListEventTrackers")


def _by_pages(name: str) -> Iterator[Command]:
    """A List without maxResults, and with those that make few pages."""
    for size in (None, *(size for size in vocabulary.sizes(name) if size is not None and size > MANY // 3)):
        yield Command(WALK, {"operation": name, **({} if size is None else {"maxResults": size})})


def _group(name: str) -> Command:
    return Command(name, {"datasetGroupArn": f"${SLOT}.arn"})


def _tracker(name: str) -> Command:
    return Command(name, {"eventTrackerArn": f"${SLOT}.tracker"})


def _create(name: str) -> Command:
    return Command("CreateEventTracker", {"name": name, "datasetGroupArn": f"${SLOT}.arn"})


MAKE, UNMAKE = Command("CreateDatasetGroup", {"name": f"${SLOT}"}), _group("DeleteDatasetGroup")
CREATE, FAIL, DELETE = _create("$t1"), _create("$fail"), _tracker("DeleteEventTracker")
SETTLE_GROUP = Command(SETTLE, {"of": f"${SLOT}.arn"})
SETTLE_TRACKER = Command(SETTLE, {"of": f"${SLOT}.tracker"})
READS = (
    Command("TagResource", {"resourceArn": f"${SLOT}.tracker", "tags": [{"tagKey": "a", "tagValue": "1"}]}),
    Command("UntagResource", {"resourceArn": f"${SLOT}.tracker", "tagKeys": ["a"]}),
    Command("ListTagsForResource", {"resourceArn": f"${SLOT}.tracker"}),
    Command("TagResource", {"resourceArn": f"${SLOT}.arn", "tags": [{"tagKey": "a", "tagValue": "1"}]}),
    Command("UntagResource", {"resourceArn": f"${SLOT}.arn", "tagKeys": ["a"]}),
    Command("ListTagsForResource", {"resourceArn": f"${SLOT}.arn"}),
    Command("PutEvents", {"trackingId": f"${SLOT}.id", "sessionId": "s", "eventList": EVENTS}),
    Command("PutEvents", {"trackingId": f"${SLOT}.old", "sessionId": "s", "eventList": EVENTS}),
    Command(WALK, {"operation": "ListEventTrackers", "datasetGroupArn": f"${SLOT}.arn"}),
    Command(WALK, {"operation": "ListEventTrackers"}),
    Command(WALK, {"operation": "ListDatasetGroups"}),
    _group("DescribeDatasetGroup"),
    _tracker("DescribeEventTracker"),
)
"""What changes no state, those that look at a status last: looking is what narrows it."""
LOOKING = 8
"""Where in READS those begin that look at a status."""

GOOD = (
    MAKE,
    CREATE,
    DELETE,
    UNMAKE,
    READS[0],
    READS[1],
    READS[2],
    READS[6],
    Command("ListEventTrackers", {"datasetGroupArn": f"${SLOT}.arn", "maxResults": 10}),
    Command("ListDatasetGroups", {"maxResults": 10}),
    READS[11],
    READS[12],
)
"""A good request of each operation, to be spoilt."""

READ_BACK = (
    Command(WALK, {"operation": "ListEventTrackers", "datasetGroupArn": f"${SLOT}.arn"}),
    Command("ListTagsForResource", {"resourceArn": f"${SLOT}.tracker"}),
    _tracker("DescribeEventTracker"),
    _group("DescribeDatasetGroup"),
)


def moves(state: State) -> dict[Command, State]:
    """Where each write is expected to lead from a state; a refusal leads back to it."""
    group, tracker = state
    to = dict.fromkeys((MAKE, UNMAKE, CREATE, _create("$t2"), FAIL, DELETE), state)
    if group in ("never", "gone"):
        to[MAKE] = State("creating", tracker)
    if group == "creating":
        to[SETTLE_GROUP] = State("active", tracker)
    if group == "deleting":
        to[SETTLE_GROUP] = State("gone", tracker)
    if group == "active" and tracker in ("never", "gone"):
        to[UNMAKE] = State("deleting", tracker)
        to[CREATE] = State("active", "creating")
        to[FAIL] = State("active", "failing")
        to[_create("$t2")] = State("active", "creating")
    if tracker in ("creating", "failing"):
        to[SETTLE_TRACKER] = State(group, "active" if tracker == "creating" else "failed")
    if tracker in ("active", "failed"):
        to[DELETE] = State(group, "deleting")
    if tracker == "deleting":
        to[SETTLE_TRACKER] = State(group, "gone")
    return to


Edge = tuple[State, Command, State]


def graph() -> nx.MultiDiGraph[State]:
    """Every state of the bounded model that can be reached, with the writes that change it."""
    built: nx.MultiDiGraph[State] = nx.MultiDiGraph()
    frontier = [START]
    built.add_node(START)
    while frontier:
        state = frontier.pop()
        for command, to in moves(state).items():
            if to == state:
                continue
            if to not in built:
                frontier.append(to)
            built.add_edge(state, to, key=str(command), command=command, weight=1)
    return built


def tour() -> list[list[Edge]]:
    """The shortest walks from START, under names of their own, over every transition that changes the state.

    There are several because what was once created can never again be what was never created.
    """
    states = graph()
    balanced = states.copy()
    home = [state for state in states if state != START and START not in nx.descendants(states, state)]
    for state in home:  # START is never met again: a free way home, to names of its own, closes the walk
        if state == State("gone", "gone"):
            balanced.add_edge(state, START, key="home", command=None, weight=0)
    flow: nx.DiGraph[State] = nx.DiGraph()
    for state in balanced:
        flow.add_node(state, demand=balanced.out_degree(state) - balanced.in_degree(state))
    for source, to, data in balanced.edges(data=True):
        flow.add_edge(source, to, weight=data["weight"])
    for source, onward in nx.min_cost_flow(flow).items():
        for to, times in onward.items():
            data = next(iter(balanced[source][to].values()))
            for copy in range(times):
                balanced.add_edge(source, to, key=f"again {copy}", **data)
    walks: list[list[Edge]] = [[]]
    for a, b, k in nx.eulerian_circuit(balanced, START, keys=True):
        if balanced[a][b][k]["command"] is None:
            walks.append([])
        else:
            walks[-1].append((a, balanced[a][b][k]["command"], b))
    return [walk for walk in walks if walk]


def here(session: Session) -> State:
    """The state that the slot is in, as far as the model knows."""
    world, region = session.judgement.world, session.regions[0]

    def word(reference: str) -> str:
        arn = session.resolve(reference)
        found = world.find(region, arn)
        if found is None:
            return "never"
        mask = found.mask
        if mask in (ACTIVE, FAILED, GONE):
            return {ACTIVE: "active", FAILED: "failed", GONE: "gone"}[mask]
        if mask & CREATING:
            return "failing" if found.may_fail else "creating"
        return "deleting" if mask & DELETING else "active"

    return State(word(f"${SLOT}.arn"), word(f"${SLOT}.tracker"))


class Beside:
    """What is asked beside the way: in each state, what changes nothing there and is ``wanted``; and malformed input.

    The malformed requests go round: each state gets the next few of every operation, so that all are made in the end.
    """

    def __init__(self, wanted: Callable[[Session, Command], bool], start: int = 0) -> None:
        self._wanted = wanted
        self._spoilt = {good.name: itertools.cycle(_turned(malformed.spoilt(good), start)) for good in GOOD}
        self._spoilt_in, self._moving_in = set[State](), set[State]()

    def at(self, session: Session, state: State) -> Iterator[Command]:
        """The commands to give in this state; ends early where one of them changes it.

        What cannot change it comes first, then what should be refused; looking at the status, which narrows it, last.
        """
        spoilt = state not in self._spoilt_in
        for command in READS[:LOOKING]:
            if self._wanted(session, command):
                yield command
        if spoilt:
            self._spoilt_in.add(state)
            for each in self._spoilt.values():
                yield from (next(each).command for _ in range(MALFORMED))
        refused = [command for command, to in moves(state).items() if to == state]
        settled = not {"creating", "failing", "deleting"} & set(state)
        moving = not settled and state not in self._moving_in
        self._moving_in.add(state)
        for _ in range(MOVING if moving else 1):
            asked = [command for command in refused if moving or self._wanted(session, command)]
            for command in (*asked, *READS[LOOKING:]):
                if here(session) != state:
                    return
                if command in asked or moving or self._wanted(session, command):
                    yield command
        if (asked or spoilt) and settled and here(session) == state:
            yield from READ_BACK


def _turned(spoilt: list[malformed.Spoilt], start: int) -> list[malformed.Spoilt]:
    by = start * 7 % len(spoilt)
    return spoilt[by:] + spoilt[:by]


def next_on_tour(session: Session, walk: list[Edge], beside: Beside) -> Iterator[Command]:
    """Yield a walk's commands one by one, keeping to the target where it takes another turn."""
    states = graph()
    for source, command, _ in walk:
        for _ in range(4):
            yield from beside.at(session, here(session))
            state = here(session)
            if state == source or state not in states:
                break
            try:
                way = nx.shortest_path(states, state, source)
            except nx.NetworkXNoPath:
                break
            for onward in way[1:]:
                yield (
                    next(iter(states[here(session)][onward].values()))["command"]
                    if (here(session) in states and onward in states[here(session)])
                    else SETTLE_TRACKER
                )
        if here(session) == source or source not in states:
            yield command
    yield from beside.at(session, here(session))
