"""benchmarks/search runs from the command line, and its table says what its runs say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FAULTS = ("content-type-is-json", "description-without-tracking-id")
CALLS = 120
DRIVERS = ("trackstep", "hypothesis", "random")


def search(out: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the benchmark as its README says."""
    command = [sys.executable, "-m", "benchmarks.search", "--out", str(out), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of one small run: two faults, the Python drivers, one seed."""
    made = tmp_path_factory.mktemp("search")
    planted = [word for fault in FAULTS for word in ("--fault", fault)]
    ran = search(made, *planted, "--drivers", ",".join(DRIVERS), "--seeds", "1", "--max-calls", str(CALLS))
    assert ran.returncode == 0, ran.stderr
    return made


@pytest.fixture(scope="module")
def results(out: Path) -> Any:
    """What results.json holds."""
    return json.loads((out / "results.json").read_text(encoding="utf-8"))


def test_each_fault_is_searched_for_by_each_driver(results: Any) -> None:
    """There is one run for each fault and driver, and none of them broke."""
    ran = {(run["fault"], run["driver"]): run["error"] for run in results["runs"]}
    assert ran == {(fault, driver): "" for fault in FAULTS for driver in DRIVERS}


def test_what_is_found_names_a_clause_of_the_fault(results: Any) -> None:
    """The project's own search finds both, the others what shows at once; each names a clause that the fault breaks."""
    clauses = {fault["fault"]: fault["clauses"] for fault in results["faults"]}
    found = [run for run in results["runs"] if run["found"]]
    assert {run["fault"] for run in found if run["driver"] == "trackstep"} == set(FAULTS)
    assert {run["driver"] for run in found if run["fault"] == FAULTS[0]} == set(DRIVERS)
    assert all(run["saw"].split(" ")[0] in clauses[run["fault"]] for run in found)
    assert all(0 < run["first"] <= run["calls"] <= CALLS for run in found)


def test_the_table_has_a_row_for_each_fault(out: Path) -> None:
    """A cell holds the calls and in how many seeds it was found, or the budget behind a >."""
    text = (out / "results.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*) \|$", text, re.MULTILINE))
    assert set(rows) == set(FAULTS)
    for row in rows.values():
        cells = row.split(" | ")
        assert len(cells) == len(DRIVERS)
        assert all(re.fullmatch(rf"\d+ \(1/1\)|>{CALLS} \(0/1\)", cell) for cell in cells)


def test_an_unknown_name_is_one_clear_line(tmp_path: Path) -> None:
    """A driver that there is not ends the run before anything is written."""
    ran = search(tmp_path / "out", "--drivers", "afl")
    assert ran.returncode == 2
    assert "no driver named 'afl'; choose from trackstep, hypothesis, random, fast-check" in ran.stderr
    assert not (tmp_path / "out").exists()
