"""What TLC proves: each configuration holds, or fails as it must and tells it as calls."""

from __future__ import annotations

import re
from functools import cache

import pytest
from click.testing import CliRunner

from tests.deep import sweep
from trackstep.cli import main
from trackstep.formal import configuration
from trackstep.formal.tlc import Result

ROOT = configuration.root()
EACH = {each.name: each for each in configuration.load()}


@cache
def told(name: str) -> list[str]:
    """What ``trackstep formal`` says of a configuration, line by line."""
    done = CliRunner().invoke(main, ["formal", "--only", name])
    assert done.exit_code == 0, done.output
    first, *lines, last = done.output.splitlines()
    assert first == f"{name}: {EACH[name].sentence}"
    assert last == "1 of 1 configurations are as they must be"
    return [line.strip() for line in lines]


# The others are deep: `make formal` holds each of them to the same table.
@pytest.mark.parametrize("name", sweep(EACH, "SettlingLenient", "NoGuard"))
def test_each_configuration_is_as_it_must_be(name: str) -> None:
    """Those that hold do so in as many states as the table says; the others break what they must."""
    each = EACH[name]
    counts = f"holds in {each.states:,} states, {each.generated:,} transitions ("
    assert told(name)[0].startswith(f"breaks {each.breaks}, as it must (" if each.breaks else counts)


CREATE = [
    "1. CreateDatasetGroup(group g1) -> accepted  [g1 CREATE PENDING]",
    "2. the service moves group g1  [g1 CREATE IN_PROGRESS]",
    "3. the service moves group g1  [g1 ACTIVE]",
]
TRACES = {
    "ActiveOnly": [
        *CREATE,
        "4. CreateEventTracker(group g1) -> accepted, tracker t1  [t1 CREATE PENDING]",
        "5. CreateEventTracker(group g1) -> accepted, tracker t2  [t2 CREATE PENDING]",
    ],
    "Race": [
        *CREATE,
        "4. CreateEventTracker(group g1) -> found free, caller c1",
        "5. CreateEventTracker(group g1) -> found free, caller c2",
        "6. CreateEventTracker(group g1) -> accepted, tracker t1  [t1 CREATE PENDING]",
        "7. CreateEventTracker(group g1) -> accepted, tracker t2  [t2 CREATE PENDING]",
    ],
    "Orphan": [
        CREATE[0],
        "2. DeleteDatasetGroup(group g1) -> accepted  [g1 DELETE PENDING]",
        "3. CreateEventTracker(group g1) -> accepted, tracker t1  [t1 CREATE PENDING]",
        "4. the service moves group g1  [g1 GONE]",
    ],
    "Unfair": [
        *CREATE,
        "4. CreateEventTracker(group g1) -> accepted, tracker t1  [t1 CREATE PENDING]",
        "5. the service moves tracker t1  [t1 CREATE IN_PROGRESS]",
        "6. and nothing more, for ever",
    ],
}
TRACES["NoGuard"] = TRACES["ActiveOnly"]


# The others are deep: what they tell, one of these tells in the same words.
@pytest.mark.parametrize("name", sweep(TRACES, "NoGuard", "Race", "Unfair"))
def test_a_counterexample_is_told_as_calls(name: str) -> None:
    """A person can follow it: what was asked, what came back, what changed."""
    assert told(name)[1:] == TRACES[name]


def test_a_counterexample_without_end_says_where_it_comes_round() -> None:
    """The last line of a loop names the step from which it goes on for ever."""
    *steps, last = told("Restless")[1:]
    back = int(re.fullmatch(r"\d+\. as (\d+), and so on from there, for ever", last)[1])  # type: ignore[index]  # or it fails
    loop = steps[back - 1 :]
    assert any("DeleteDatasetGroup(group g1) -> accepted" in step for step in loop)
    assert any("CreateDatasetGroup(group g1) -> accepted" in step for step in loop)
    assert not any("ACTIVE" in step or "GONE" in step for step in loop)


def test_every_file_is_in_the_table() -> None:
    """No configuration stands in the directory that nobody runs."""
    assert {path.stem for path in ROOT.glob("*.cfg")} == {each.name for each in configuration.load()}


def test_the_readme_says_what_the_table_says() -> None:
    """The counts that the README shows are those that each run is held to."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for each in configuration.load():
        row = f"| `{each.name}` | {each.sentence} | "
        row += (
            f"breaks `{each.breaks}` |" if each.breaks else f"{each.states:,} states, {each.generated:,} transitions |"
        )
        assert row in text
    for sized in configuration.sizes():
        assert f"| {sized.size} | {sized.states:,} | {sized.edges:,} |" in text


def test_a_result_that_differs_is_wrong() -> None:
    """Other counts, another promise broken, none broken: each is told."""
    holds, fails = configuration.load()[0], next(each for each in configuration.load() if each.breaks)
    assert list(holds.wrong(Result("", holds.states, holds.generated, 1.0))) == []
    assert "1 states" in next(holds.wrong(Result("", 1, holds.generated, 1.0)))
    assert next(holds.wrong(Result("Statuses", 1, 1, 1.0))) == "Statuses is broken where nothing should be"
    assert next(fails.wrong(Result("", 1, 1, 1.0))) == f"nothing is broken where {fails.breaks} should be"
