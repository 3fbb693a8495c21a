"""One graph from three hands: the TLA+ module, the Python model and what the tables make, and a change is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deep import sweep
from tests.formal.conftest import changed, explored_by
from trackstep.formal import configuration, cut, dumped, explored, plain
from trackstep.formal.asked import requests
from trackstep.formal.explored import CODES
from trackstep.formal.graph import Graph, Label, Size
from trackstep.formal.tool import Tool
from trackstep.outcome import Outcome

SMALL = Size(1, 2, lenient=True)


@pytest.fixture(scope="module")
def module(found: Tool) -> Graph:
    """The graph that TLC finds at the smallest size."""
    return dumped.dump(found, SMALL)


@pytest.fixture(scope="module")
def model() -> Graph:
    """The graph of the Python model at the smallest size."""
    return explored.explore(SMALL)


def test_the_module_and_the_model_are_one_graph(module: Graph, model: Graph) -> None:
    """The same states and the same labelled edges, as many as the table says."""
    assert [*model.without(module), *module.without(model)] == []
    assert module.onward == model.onward
    assert (SMALL, len(model), model.edges) in configuration.sizes()


def test_the_module_and_the_tables_are_one_graph(module: Graph) -> None:
    """What is proved for any number is, cut down, what TLC explores: the same states, the same labelled edges."""
    tables = cut.explore(plain.read(), SMALL)
    assert [*tables.without(module), *module.without(tables)] == []
    assert tables.onward == module.onward


@pytest.mark.deep  # `make formal` compares it too
def test_two_groups_and_three_tracking_ids_are_one_graph(found: Tool) -> None:
    """The same where one dataset group could be taken for another and a tracking ID outlives two trackers."""
    each = next(each for each in configuration.sizes() if (each.size.groups, each.size.trackers) == (2, 3))
    module, model = dumped.dump(found, each.size), explored.explore(each.size)
    assert module.onward == model.onward == cut.explore(plain.read(), each.size).onward
    assert (len(module), module.edges) == (each.states, each.edges)


def test_every_size_of_the_issue_is_compared() -> None:
    """`trackstep formal graph` compares 1x2, 2x2 and 2x3."""
    assert [(each.size.groups, each.size.trackers) for each in configuration.sizes()] == [(1, 2), (2, 2), (2, 3)]


def test_what_the_golden_rule_excludes_the_judge_refuses() -> None:
    """Answers that the explorer does not even try would each have been found wrong."""
    for _, world, edges in explored.walk(SMALL):
        tried = {label for label, _ in edges if label.request != "service"}
        right = {
            Label(operation.name, about, answer, shown)
            for operation, about, successes in requests(SMALL)
            for answer, shown, outcome in (
                *((code, (), Outcome.refusal(code)) for code in CODES),
                *(("accepted", shown, Outcome.success(result)) for shown, result in successes.items()),
            )
            if explored.accepted(world, operation, outcome) is not None
        }
        assert tried == right


def test_a_strict_model_says_nothing_that_a_lenient_one_may_not(model: Graph) -> None:
    """What a strict service answers a lenient one may answer too."""
    strict = explored.explore(SMALL._replace(lenient=False))
    assert all(strict.onward[state] <= model.onward[state] for state in strict.onward)
    assert strict.edges < model.edges


TABLES = {
    "a move of the service is dropped": (
        "lifecycle.toml",
        'from = "DELETE IN_PROGRESS", trigger = "progress", to = "GONE",               mover = "service"',
        'from = "DELETE IN_PROGRESS", trigger = "delete", to = "GONE", mover = "request"',
        "module",
        "[g1 ACTIVE, t1 in g1 DELETE IN_PROGRESS]  the service moves t1 to GONE  =>  g1 ACTIVE; t1 dead",
    ),
    "a guard forgets a status": (
        "operations.toml",
        'in = ["CREATE PENDING", "CREATE IN_PROGRESS"], codes = ["ResourceAlreadyExistsException"',
        'in = ["CREATE PENDING"], codes = ["ResourceAlreadyExistsException"',
        "model",
        "[g1 ACTIVE, t1 in g1 CREATE IN_PROGRESS]  CreateEventTracker(g1) -> accepted, t2"
        "  =>  g1 ACTIVE, t2 in g1 CREATE PENDING; t1 dead",
    ),
    "a refusal is left open": (
        "operations.toml",
        'codes = ["ResourceInUseException"], clause = "ET-GRP-6" }',
        'codes = ["ResourceInUseException"], clause = "ET-GRP-6", open = true }',
        "model",
        "[g1 ACTIVE, t1 in g1 ACTIVE]  DeleteDatasetGroup(g1) -> accepted  =>  g1 DELETE PENDING, t1 in g1 ACTIVE",
    ),
    "an open refusal is closed": (
        "operations.toml",
        'codes = ["ResourceInUseException"], clause = "ET-DEL-3", open = true }',
        'codes = ["ResourceInUseException"], clause = "ET-DEL-3" }',
        "module",
        "[g1 ACTIVE, t1 in g1 CREATE PENDING]  DeleteEventTracker(g1) -> accepted"
        "  =>  g1 ACTIVE, t1 in g1 DELETE PENDING",
    ),
}


# The others are deep: a process each. Kept are a table each, and a difference on either side.
@pytest.mark.parametrize("change", sweep(TABLES, "a move of the service is dropped", "a refusal is left open"))
def test_a_change_of_the_tables_is_named(change: str, tmp_path: Path, module: Graph) -> None:
    """The Python model with a table that differs is another graph, and the edge that differs is named."""
    file, old, new, side, edge = TABLES[change]
    other = explored_by(changed(tmp_path, file, old, new), SMALL)
    differs = module.without(other) if side == "module" else other.without(module)
    assert edge in map(str, differs)


MODULES = {
    "a move of the service is dropped": (
        '    <<"CREATE IN_PROGRESS", "CREATE FAILED">>,\n    <<"DELETE PENDING", "DELETE IN_PROGRESS">>',
        '    <<"DELETE PENDING", "DELETE IN_PROGRESS">>',
        "model",
        "[g1 ACTIVE, t1 in g1 CREATE IN_PROGRESS]  the service moves t1 to CREATE FAILED"
        "  =>  g1 ACTIVE, t1 in g1 CREATE FAILED",
    ),
    "a guard is flipped": (
        'Reason(Holds(g, {"ACTIVE"}), {AlreadyExists}, FALSE)',
        'Reason(~Holds(g, {"ACTIVE"}), {AlreadyExists}, FALSE)',
        "model",
        "[g1 ACTIVE]  CreateEventTracker(g1) -> accepted, t1  =>  g1 ACTIVE, t1 in g1 CREATE PENDING",
    ),
    "a deletion begins anew": (
        'IF status \\in Deleting THEN status ELSE "DELETE PENDING"',
        '"DELETE PENDING"',
        "module",
        "[g1 ACTIVE, t1 in g1 DELETE IN_PROGRESS]  DeleteEventTracker(g1) -> accepted"
        "  =>  g1 ACTIVE, t1 in g1 DELETE PENDING",
    ),
    "a list shows an orphan": (
        'IF group[g] = "GONE" THEN {} ELSE TrackersIn(g)',
        "TrackersIn(g)",
        "module",
        "[t1 in g1 ACTIVE]  ListEventTrackers(g1) -> accepted, g1 ACTIVE",
    ),
}


# The others are deep: a JVM each, and they change with spec/tla only. Kept is a difference on either side.
@pytest.mark.parametrize("change", sweep(MODULES, "a guard is flipped", "a list shows an orphan"))
def test_a_change_of_the_module_is_named(change: str, tmp_path: Path, found: Tool, model: Graph) -> None:
    """The TLA+ module with a passage that differs is another graph, and the edge that differs is named."""
    old, new, side, edge = MODULES[change]
    other = dumped.dump(found, SMALL, changed(tmp_path, "tla/EventTracker.tla", old, new) / "tla")
    differs = model.without(other) if side == "model" else other.without(model)
    assert edge in map(str, differs)
