"""Histories that once were told wrongly: not accused, or of one thing. A file that is put here is a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from trackstep import history, program, spec
from trackstep.oracle import judge
from trackstep.oracle.notes import Finding
from trackstep.search.session import Budget, Patience, Session
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

HERE = Path(__file__).parent
CONFORMING, ONE_FINDING = (sorted((HERE / kind).glob("*.jsonl")) for kind in ("conforming", "one_finding"))


def cases(files: list[Path]) -> list[object]:
    """One parameter a file."""
    return [pytest.param(file, id=file.stem) for file in files]


def accused(file: Path) -> list[Finding]:
    """What is held against the target of a history, session by session."""
    sessions = history.parse(file.read_text(encoding="utf-8"))
    return counting([f for one in sessions for f in judge.judge(one.steps, one.prefix, one.complete).notes.findings])


def counting(found: list[Finding]) -> list[Finding]:
    """Without those that are tentative."""
    return [finding for finding in found if spec.load().clauses[finding.clause].level != "tentative"]


def perform(text: str, *planted: str) -> list[Finding]:
    """What a program shows on the emulator, with these faults."""
    target = EmulatorTarget(TargetOptions(planted=planted))
    try:
        session = Session(target, "ts0", Budget(400, 60.0), Patience(0.5))
        return counting([finding for command in program.parse(text) for finding in session.perform(command)])
    finally:
        target.close()


def test_cases__are_there() -> None:
    """The folders were found, and each file is told of in the README."""
    told = (HERE / "README.md").read_text(encoding="utf-8")
    files = [*CONFORMING, *ONE_FINDING, *(HERE / "programs").glob("*.txt")]
    assert len(files) >= 12
    assert [file.stem for file in files if f"| {file.stem} |" not in told] == []


@pytest.mark.parametrize("file", cases(CONFORMING))
def test_what_conforms_is_not_accused(file: Path) -> None:
    """Tentative notes may stand; nothing is held against the target."""
    assert accused(file) == []


@pytest.mark.parametrize("file", cases(ONE_FINDING))
def test_what_follows_from_a_finding_is_none(file: Path) -> None:
    """What a target made of a request that it should have refused is the world from there on."""
    assert len(accused(file)) == 1


def test_tags_survive_deletion__is_shown_where_they_do() -> None:
    """The program shows the fault, and nothing without it."""
    text = (HERE / "programs" / "tags-survive-deletion.txt").read_text(encoding="utf-8")
    assert {finding.clause for finding in perform(text, "tags-survive")} == {"ET-TAG-9"}
    assert perform(text) == []


def test_makes_its_own_dataset__runs() -> None:
    """An operation that is not covered is no reason to accuse a target, nor to stop."""
    assert perform((HERE / "programs" / "makes-its-own-dataset.txt").read_text(encoding="utf-8")) == []
