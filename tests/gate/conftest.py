"""One baseline for all tests, and the script cut to what a fault needs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from trackstep.gate import Candidate, Difference, Run, Script, candidate, differences, perform, script

HERE = Path(__file__).parent
PYTHON = f"python:{sys.prefix}"
MOST = {"canned: the forms of an error": 18, "each malformed request": 90}
"""Calls of these programs at the most; of the others all."""


def cut(whole: Script, titles: tuple[str, ...]) -> Script:
    """Only these programs, in the order of the script."""
    kept = (program for program in whole.programs if program.title in titles)
    programs = tuple(replace(program, calls=program.calls[: MOST.get(program.title)]) for program in kept)
    assert {program.title for program in programs} == set(titles)
    return replace(whole, programs=programs)


class Compared(NamedTuple):
    """A run of some programs, and what differs from the same programs of the baseline."""

    run: Run
    differences: list[Difference]


Compare = Callable[[Candidate, tuple[str, ...]], Compared]


def comparing(sdk: Candidate, titles: tuple[str, ...]) -> Compare:
    """Run these programs once, as the baseline; what compares another SDK with it."""
    whole = script()
    known = cut(whole, titles)
    calls = iter(perform(sdk, known).calls)
    seen = {program.title: [next(calls) for _ in program.calls] for program in known.programs}

    def compare(other: Candidate, some: tuple[str, ...]) -> Compared:
        asked = cut(whole, some)
        run = perform(other, asked)
        before = [call for program in asked.programs for call in seen[program.title]]
        return Compared(run, differences(before, run.calls, asked))

    return compare


@pytest.fixture(scope="session")
def sound() -> Candidate:
    """The boto3 that is installed here."""
    return candidate(PYTHON)
