"""Rounds: what several clients are to ask at once, chosen so that it matters who comes first.

A round begins in a state (nothing there, a group, its tracker, one that was deleted, tags at their limit, two of a kind
side by side or in two regions); each client then asks one to three requests about the same resources, and all are let
go together before each. Of the pairs of requests (spec/requests.toml) of which one writes what the other looks at those
come first of which both would be carried out alone. Owns this choice; knows no target, and nothing of threads.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement
from typing import Any, NamedTuple

from trackstep import spec
from trackstep.oracle import guard
from trackstep.oracle.case import case
from trackstep.program import SETTLE, Command
from trackstep.search import vocabulary
from trackstep.search.session import Session

SLOT, OTHER = "R", "S"
JITTER = (0.0, 0.0, 0.0, 0.0005, 0.001, 0.002, 0.004)
"""Seconds by which the clients of a round may be late, at the most."""
VOLLEYS = 3
"""Requests that each client asks, at the most: with each of them all clients are let go anew."""
WRITES, READS, LISTS, REFUSED = 12.0, 6.0, 3.0, 4.0
"""Weights of pairs that touch the same: both write and are carried out alone; one of them does; neither writes; and one
writes what the other is refused without, or is refused for."""
Place = tuple[str, bool]
"""A slot, and whether in the second region."""


class Round(NamedTuple):
    """``before`` and ``after`` are asked one after the other, the lanes at once, one by each client.

    ``delays``: the seconds that each client waits once all are let go.
    """

    before: tuple[Command, ...]
    lanes: tuple[tuple[Command, ...], ...]
    after: tuple[Command, ...]
    delays: tuple[float, ...]

    @property
    def commands(self) -> list[Command]:
        """All of it, lane after lane."""
        return [*self.before, *(command for lane in self.lanes for command in lane), *self.after]


class State(NamedTuple):
    """Where a round begins: its name, what leads there, and what the round is about."""

    name: str
    before: tuple[Command, ...]
    places: tuple[Place, ...]


def _tags(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"tagKey": key, "tagValue": value} for key, value in values.items()]


def _with(command: Command, second: bool, **params: Any) -> Command:
    return command._replace(params={**command.params, **params}, second=second)


def _doing(does: str) -> list[str]:
    return [name for name, request in spec.requests().items() if request.does == does]


def _life(place: Place, tags: bool = True) -> list[tuple[Command, ...]]:
    """The creations of a slot, then its deletions in the opposite order, each with the wait for it."""
    slot, second = place
    given = {"tags": _tags({"k": "0"})} if tags else {}
    made = [_with(vocabulary.dull(name, slot), second, **given) for name in _doing("create")]
    unmade = [_with(vocabulary.dull(name, slot), second) for name in reversed(_doing("delete"))]
    return [(write, *vocabulary.waiting(write)) for write in (*made, *unmade)]


def states(regions: bool) -> Iterator[State]:
    """Where rounds begin; ``regions``: whether there is a second one."""
    here: Place = (SLOT, False)
    life = _life(here)
    for length in range(len(life) + 1):
        yield State(f"step {length} of a life", tuple(c for step in life[:length] for c in step), (here,))
    made, parts = len(_doing("create")), ("arn", "tracker")
    full = [command for step in _life(here, tags=False)[:made] for command in step]
    for part in parts:
        full.append(Command("TagResource", {"resourceArn": f"${SLOT}.{part}", "tags": "$fifty"}))
        full.append(Command("UntagResource", {"resourceArn": f"${SLOT}.{part}", "tagKeys": ["key-7"]}))
    yield State("one tag fewer than there may be", tuple(full), (here,))
    others: list[tuple[str, Place]] = [("side by side", (OTHER, False)), *([("two regions", (SLOT, True))] * regions)]
    for name, other in others:
        for length in range(made + 1):
            before = [c for place in (here, other) for step in _life(place)[:length] for c in step]
            before += [Command(each, {"maxResults": 1}) for each in _doing("list")]
            yield State(f"{name}, step {length}", tuple(before), (here, other))


def requests(place: Place, client: int) -> dict[str, Command]:
    """What may be asked about a slot, by a word for it; ``client`` makes its values differ from those of others."""
    slot, second = place
    found: dict[str, Command] = {}
    for name, request in spec.requests().items():
        for part in vocabulary.NAMED_BY["resourceArn"] if request.kind == "resource" else ("",):
            plain = _with(vocabulary.dull(name, slot, part), second)
            for word, params in _varied(name, client):
                told = {key: value for key, value in {**plain.params, **params}.items() if value is not None}
                found[" ".join(filter(None, (name, part, word)))] = plain._replace(params=told)
    return found


def _varied(name: str, client: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The ways in which a request is asked: a key or name of the client's own, or one that all have; each page."""
    if name == "TagResource":
        yield "own", {"tags": _tags({f"k{client}": "1"})}
        yield "same", {"tags": _tags({"k": str(client + 1)})}
    elif vocabulary.is_paged(name):
        yield "", {}
        yield "all", {"datasetGroupArn": None}
        yield "first", {"datasetGroupArn": None, "maxResults": 1}
        token = "$all.groups" if name == "ListDatasetGroups" else "$all.trackers"
        yield "next", {"datasetGroupArn": None, "maxResults": 1, "nextToken": token}
    else:
        yield "", {}
        if name == "CreateEventTracker":
            yield "other name", {"name": f"$t{client + 2}", "tags": _tags({f"k{client}": "1"})}


def is_write(command: Command) -> bool:
    """Whether it may change something that can be seen."""
    return not command.name.startswith(("Describe", "List"))


def _moves(command: Command) -> bool:
    """Whether it creates or deletes."""
    return spec.requests()[command.name].does in ("create", "delete")


def _is_alike(one: str, other: str) -> bool:
    """Whether two words are asked of two resources: they are one word, or two ways to read one list."""
    return one == other or (one.startswith("List") and one.split()[0] == other.split()[0])


def _touches(one: Command, other: Command) -> bool:
    """Whether one writes what the other looks at, by what shows it."""
    return bool(_written(one) & (_seen(other) | _written(other)) or _written(other) & _seen(one))


def _written(command: Command) -> set[str]:
    """What a request may change, in the words of what shows it; what is created or deleted takes its tags along."""
    if not is_write(command) or command.name == "PutEvents":
        return set()
    if command.name.endswith("agResource"):
        return _tags_of(command)
    return {*vocabulary.SHOWN_BY[command.name][:2], f"{spec.requests()[command.name].kind} tags"}


def _seen(command: Command) -> set[str]:
    """What the answer to a request depends on, in the same words."""
    request = spec.requests()[command.name]
    if command.name == "ListTagsForResource" or command.name.endswith("agResource"):
        return _tags_of(command)
    if request.does == "list":
        return {f"{request.kind}s"}
    return {"group", "tracker"} if request.does in ("create", "delete") else {request.kind}


def _tags_of(command: Command) -> set[str]:
    return {"tracker tags" if str(command.params["resourceArn"]).endswith(".tracker") else "group tags"}


class Conflicts:
    """Draws rounds for so many clients; what was drawn least comes first."""

    def __init__(self, clients: int, regions: bool, seed: int) -> None:
        self._clients, self._states = clients, list(states(regions))
        self._rng = random.Random(f"{seed} clients")
        self._begun, self._met = Counter[str](), Counter[tuple[str, str]]()

    def state(self) -> State:
        """Where the next round begins."""
        chosen = min(self._states, key=lambda state: (self._begun[state.name], self._rng.random()))
        self._begun[chosen.name] += 1
        return chosen

    def round(self, state: State, session: Session) -> Round:
        """What is asked at once by whom, in the world to which this state has led: what creates or deletes last."""
        rng, places = self._rng, (state.places[0], state.places[-1])
        lanes: list[list[Command]] = [[] for _ in range(self._clients)]
        several = [[requests(place, client) for place in places] for client in range(self._clients)]
        done = [self._done(place, session) for place in places]
        drawn = [self._pair(state, done, several[0]) for _ in range(rng.randint(1, VOLLEYS))]
        for pair in sorted(drawn, key=lambda pair: any(_moves(several[0][0][word]) for word in pair)):
            order = [0, 1, *(rng.randrange(2) for _ in range(2, self._clients))]
            rng.shuffle(order)
            for client, which in enumerate(order):
                lanes[client].append(several[client][which][pair[which]])
        late = rng.choice(JITTER)
        delays = tuple(round(rng.uniform(0, late), 6) for _ in lanes)
        asked = [command for lane in lanes for command in lane]
        return Round(state.before, tuple(map(tuple, lanes)), tuple(self._after(state, asked)), delays)

    def _pair(self, state: State, done: Sequence[set[str]], asked: Sequence[Mapping[str, Command]]) -> tuple[str, str]:
        """Two words: what two clients ask."""
        words = list(asked[0])
        if len(state.places) > 1:
            pairs = [(one, other) for one, other in combinations_with_replacement(words, 2) if _is_alike(one, other)]
        else:
            pairs = list(combinations_with_replacement(words, 2))
        weights = [self._weight(pair, done, asked, len(state.places) > 1) for pair in pairs]
        chosen = self._rng.choices(pairs, weights)[0]
        self._met[chosen] += 1
        return chosen

    @staticmethod
    def _done(place: Place, session: Session) -> set[str]:
        """The words of what would be carried out, if it were asked alone."""
        world = session.judgement.world
        several = requests(place, 0).items()
        return {word for word, each in several if guard.rows(case(world, session.operation(each)))[1] is None}

    def _weight(
        self, pair: tuple[str, str], done: Sequence[set[str]], asked: Sequence[Mapping[str, Command]], apart: bool
    ) -> float:
        commands = [of[word] for of, word in zip(asked, pair, strict=True)]
        carried = [word in of for of, word in zip(done, pair, strict=True)]
        writes = [does and is_write(command) for does, command in zip(carried, commands, strict=True)]
        if not apart and any(writes) and not _touches(commands[0], commands[1]):
            weight = 0.0
        elif all(carried):
            weight = (LISTS if apart else 0.0, READS, WRITES)[sum(writes)]
        else:
            weight = REFUSED if any(writes) and not apart else 0.0
        return weight / (1 + self._met[pair]) ** 2 or 1e-9

    @staticmethod
    def _after(state: State, asked: Sequence[Command]) -> Iterator[Command]:
        """All that shows what the round has touched, once it has settled."""
        moved = any(map(_moves, asked))
        what = {each for command in asked for each in vocabulary.SHOWN_BY.get(command.name, ())}
        for command in asked:
            if command.name == "PutEvents":
                what.add("tracker")
            elif command.name == "ListTagsForResource":
                what |= {"tracker tags", "group tags"}
            elif command.name.startswith("Describe"):
                what.add("group" if spec.requests()[command.name].kind == "group" else "tracker")
        for slot, second in state.places:
            for part in ("arn", "tracker") if moved else ():
                yield Command(SETTLE, {"of": f"${slot}.{part}"}, second)
            for each, commands in vocabulary.looks(slot, second, 0).items():
                yield from commands if each in what else ()
