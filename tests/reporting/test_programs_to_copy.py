"""The programs of a report are run as they are copied from it: pasted into Python, into bash, into a terminal."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reporting import sample
from tests.reporting.conftest import BROKEN, found
from trackstep import emulator
from trackstep.emulator import faults, server
from trackstep.reporting import reproducer_short

SHOWN = {
    "second-tracker-allowed": ("eventTrackerArn", "ResourceAlreadyExistsException"),
    "broken-json-is-no-request": ("200", "SerializationException"),
    "status-runs-backwards": ("CREATE PENDING", "ACTIVE"),
}
"""Fault -> what the last answer holds where it is, and where it is not."""


def last_answer(form: str, text: str) -> str:
    """What a program prints last, errors too; ``trackstep`` is the one of this checkout."""
    words = [sys.executable, "-c", text] if form == "boto3" else ["bash", "-c", text]
    path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    done = subprocess.run(words, env={"PATH": path}, capture_output=True, text=True, timeout=60, check=False)
    return (done.stdout + done.stderr).rpartition("\n--- ")[2][-1500:]


@pytest.mark.parametrize("fault", SHOWN)
def test_program__shows_the_fault_where_it_is(fault: str) -> None:
    """And at a faithful endpoint what should have come back."""
    wrong, right = SHOWN[fault]
    broken = next(each for each in BROKEN if each.fault == fault)
    deviation = found(broken)
    for planted, shows in (((fault,), wrong), ((), right)):
        with faults.planted(*planted), emulator.progression(broken.progression), server.running() as url:
            for form, text in reproducer_short.texts(deviation, url).items():
                if form != "replay":
                    assert shows in last_answer(form, text), (form, planted)


def test_program__is_replayed() -> None:
    """The third form is a command with the program inside; it ends with the verdict."""
    deviation = found(next(each for each in BROKEN if each.fault == "second-tracker-allowed"))
    with faults.planted("second-tracker-allowed"), server.running() as url:
        told = last_answer("replay", reproducer_short.texts(deviation, url)["replay"])
    assert "deviates · " in told
    assert deviation.clause in told


def test_programs__are_well_formed() -> None:
    """Each deviation has all three; they parse, and are short enough to paste."""
    for deviation in sample.deviations():
        texts = reproducer_short.texts(deviation, "https://x.example/'; exit")
        assert list(texts) == ["boto3", "curl", "replay"]
        ast.parse(texts["boto3"])
        for form in ("curl", "replay"):
            assert subprocess.run(["bash", "-n", "-c", texts[form]], check=False).returncode == 0, texts[form]
        assert max(map(len, texts.values())) < 4000
