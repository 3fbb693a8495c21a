"""Seeded faults of AWS SDK for JavaScript v3: each is caught at the right place; a second run shows no difference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.deep import sweep
from tests.gate.conftest import HERE, Compare, comparing
from tests.targets.test_node import NODE
from tests.targets.test_node import command as command  # the fixture: npm ci, once
from trackstep.gate import Candidate, candidate

LIFE = ("excursions: life",)
PROGRAMS = (*LIFE, "canned: the forms of an error", "canned: pages")
TOLD = {
    "dropsTags": ("body", "CreateEventTracker", "tags"),
    "timestampsAnHourOff": ("result", "DescribeEventTracker", "eventTracker.creationDateTime"),
    "wrongTarget": ("target", "CreateDatasetGroup", ""),
    "olderJsonVersion": ("content type", "CreateDatasetGroup", ""),
    "cachesDescriptions": ("requests sent", "DescribeDatasetGroup", ""),
    "swallowsAnException": ("outcome", "DeleteDatasetGroup", ""),
    "renamesAnError": ("outcome", "DescribeEventTracker", ""),
    "sendsARefusedCreateAgain": ("requests sent", "CreateEventTracker", ""),
}
"""Fault -> where it must be told."""


@pytest.fixture(scope="module")
def node(command: str) -> Candidate:
    """The SDK as it is installed."""
    return candidate(f"command:{command}")


@pytest.fixture(scope="module")
def compare(node: Candidate) -> Compare:
    """Compares with a warm baseline."""
    return comparing(node, PROGRAMS)


def test_sound__twice(compare: Compare, node: Candidate) -> None:
    """The same SDK again shows no difference, reads every form of an error, and pages."""
    again = compare(node, PROGRAMS)
    assert again.differences == []
    assert again.run.deviations == []
    assert not again.run.unsupported


# The others are deep: each starts a process of Node.js, and what compares is that of test_faults.py.
@pytest.mark.parametrize("fault", sweep(TOLD, "dropsTags", "timestampsAnHourOff", "cachesDescriptions"))
def test_fault(fault: str, compare: Compare, node: Candidate) -> None:
    """The fault is told where it is, and nothing before it."""
    faulty = replace(node, command=("node", str(HERE / "faulty.mjs"), str(NODE / "driver.mjs"), fault))
    found = compare(faulty, LIFE).differences
    told = [(d.kind, d.operation, d.where) for d in found if d.own and d.number == found[0].number]
    assert TOLD[fault] in told, found[:6]
