"""What to do next: the tour over the bounded model, and the excursions beside it.

The tour is a shortest closed walk over every transition of the model of one dataset group (a
directed postman route: Edmonds and Johnson 1973), with every operation that changes nothing done
once in each state. Owns the order of commands; knows nothing of targets or of answers.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import NamedTuple

import networkx as nx

from trackstep import program, spec
from trackstep.lifecycle import ACTIVE, CREATING, DELETING, FAILED, GONE
from trackstep.program import SETTLE, WALK, Command
from trackstep.session import Session

EVENT = [{"eventType": "click", "itemId": "item-1", "sentAt": 1700000000}]
SLOT = "T"


class State(NamedTuple):
    """What is known of the slot: the group and its tracker, each in one word."""

    group: str
    tracker: str


START = State("never", "never")


class Excursion(NamedTuple):
    """A short program with a title."""

    title: str
    commands: tuple[Command, ...]
    regions: int


def excursions() -> list[Excursion]:
    """The programs of ``spec/excursions.toml``."""
    rows = tomllib.loads((spec.root() / "excursions.toml").read_text(encoding="utf-8"))["excursion"]
    return [Excursion(r["title"], tuple(_expand(program.parse(r["program"]))), r.get("regions", 1)) for r in rows]


def _expand(commands: list[Command]) -> Iterator[Command]:
    big = {
        "$fifty": [{"tagKey": f"key-{n}", "tagValue": str(n)} for n in range(50)],
        "$fiftyone": [{"tagKey": f"key-{n}", "tagValue": str(n)} for n in range(51)],
        "$eleven": [EVENT[0]] * 11,
        "$toolong": "x" * 64,
    }
    for command in commands:
        params = {k: big.get(v, v) if isinstance(v, str) else v for k, v in command.params.items()}
        yield command._replace(params=params)


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
    Command("PutEvents", {"trackingId": f"${SLOT}.id", "sessionId": "s", "eventList": EVENT}),
    Command("PutEvents", {"trackingId": f"${SLOT}.old", "sessionId": "s", "eventList": EVENT}),
    Command(WALK, {"operation": "ListEventTrackers", "datasetGroupArn": f"${SLOT}.arn"}),
    Command(WALK, {"operation": "ListEventTrackers"}),
    Command(WALK, {"operation": "ListDatasetGroups"}),
    _group("DescribeDatasetGroup"),
    _tracker("DescribeEventTracker"),
)
"""What changes no state, those that look at a status last: looking is what narrows it."""

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
            return "failing" if (found.name or "").endswith("-create-failed") else "creating"
        return "deleting" if mask & DELETING else "active"

    return State(word(f"${SLOT}.arn"), word(f"${SLOT}.tracker"))


def next_on_tour(session: Session, walk: list[Edge], done: set[tuple[State, Command]]) -> Iterator[Command]:
    """Yield a walk's commands one by one, keeping to the target where it takes another turn.

    ``done`` remembers, from walk to walk, what was asked in which state without changing it.
    """
    states = graph()
    for source, command, _ in walk:
        for _ in range(4):
            state = here(session)
            yield from _loops(session, state, done)
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
    yield from _loops(session, here(session), done)


def _loops(session: Session, state: State, done: set[tuple[State, Command]]) -> Iterator[Command]:
    stays = [command for command, to in moves(state).items() if to == state]
    for command in (*stays, *READS):
        if (state, command) in done:
            continue
        if here(session) != state:
            return
        done.add((state, command))
        yield command
        if (
            command in stays
            and state.tracker not in ("creating", "failing", "deleting")
            and (state.group not in ("creating", "deleting"))
        ):
            yield from READ_BACK
