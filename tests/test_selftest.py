"""The self-test: faults are found, each with its shortest program; variants are clean; misuse is one line."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from trackstep import selftest
from trackstep.emulator.faults import FAULTS, VARIANTS
from trackstep.program import SETTLE, parse
from trackstep.selftest import Result, Task


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """``trackstep selftest`` as a user runs it."""
    return subprocess.run(
        [sys.executable, "-m", "trackstep.cli", "selftest", *words],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "second-tracker-allowed",
        "tags-survive",
        "third-incarnation-refused",
        "names-are-longer-than-one",
        "filter-is-ignored",
    ],
)
def test_fault__is_found_and_its_program_is_short(name: str) -> None:
    """Found in few calls; the program can be read, waits aside, and takes at most 500 more."""
    result = selftest.perform(Task(name, 0, True, 6000))
    assert result.calls is not None
    assert result.calls < 1500
    assert set(result.key[:1]) <= set(FAULTS[name].clauses)
    assert 1 <= sum(command.name != SETTLE for command in parse("\n".join(result.program))) <= 7
    assert result.extra <= 500


def test_variant__is_accused_of_nothing() -> None:
    """A clean run has no text."""
    assert selftest.perform(Task("opaque-arns", 1, False, 900)).accused == ()
    assert "opaque-arns" in VARIANTS


def test_row__says_how_often_and_after_how_many_calls() -> None:
    """The median is of the runs that found it."""
    name = "second-tracker-allowed"
    of = [Result(name, seed, calls, ("ET-UNIQ-3", "", "")) for seed, calls in enumerate((10, 30, 20, None))]
    row = selftest.row(name, of)
    assert (row["found"], row["runs"], row["calls"], row["clause"]) == (3, 4, 20, ["ET-UNIQ-3"])


def test_command__prints_the_table_as_json() -> None:
    """What is asked for, and nothing else."""
    done = run(
        "--fault", "second-tracker-allowed", "--fault", "reversed-lists", "--seeds", "1", "--max-calls", "400", "--json"
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [row["name"] for row in told["faults"]] == ["second-tracker-allowed"]
    assert [row["clean"] for row in told["variants"]] == [1]


def test_command__unknown_fault_is_one_line() -> None:
    """Exit code 2, and where the names are."""
    done = run("--fault", "nonsense")
    assert done.returncode == 2
    assert "trackstep faults" in done.stderr
    assert "Traceback" not in done.stderr
