"""What a clean and a broken run look like, word for word: on the terminal, in Markdown, as JUnit XML.

What changes from one machine or release to the next is made the same first. To write the files anew, and read the
difference: ``TRACKSTEP_GOLDEN=write pytest tests/reporting/test_golden.py``.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import xmlschema
from rich.console import Console

import trackstep
from trackstep.event import Finished
from trackstep.reporting import badge, console, heading, junit, reading, reproducer_short, summary
from trackstep.results.origin import Origin
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

HERE = Path(__file__).parent
XUNIT2 = xmlschema.XMLSchema(str(HERE / "schema" / "junit-10.xsd"))
RUNS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "clean": ((), {"max_calls": 2500}),
    "broken": (("second-tracker-allowed",), {"max_calls": 900}),
}
"""Run -> the faults that are planted, and its settings."""
ORIGIN = Origin("2026-01-02T03:04:05Z", "a-host (Linux x86_64)", "1a2b3c4", ("--region", "eu-west-1"))


def run(planted: tuple[str, ...], settings: dict[str, Any]) -> dict[str, Any]:
    """The report of a run on the emulator in process, shortest programs and all."""
    target = EmulatorTarget(TargetOptions(planted=planted))
    try:
        *_, last = trackstep.check(target, Settings(settle_timeout=1.5, **settings), origin=ORIGIN)
        assert isinstance(last, Finished)
    finally:
        target.close()
    for told, deviation in zip(last.report["deviations"], last.deviations, strict=True):
        told["programs"] = reproducer_short.texts(deviation, "http://localhost:5000")
        told["again"] = heading.replay(last.report, "reports/out/program.txt")
    return last.report


def evened(report: dict[str, Any]) -> dict[str, Any]:
    """The report with what no reader compares made the same: times, versions, and how much was drawn at random."""
    report |= {"seconds": 12.5, "calls": 4000, "ended": "a round brought nothing new", "target": "embedded emulator"}
    report["versions"] = dict.fromkeys(report["versions"], "1.0")
    report["origin"] |= {"own_version": "embedded emulator"}
    report["coverage"] |= {"pairs": 10_000}
    for deviation in report["deviations"]:
        deviation |= {"seen": 3, "of": 4, "after": 20}
    return report


def on_terminal(report: dict[str, Any]) -> str:
    """What is read on a terminal of 80 columns."""
    out = Console(file=io.StringIO(), width=80, soft_wrap=True)
    console.show(report, out)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


@pytest.mark.parametrize("name", RUNS)
def test_reports__word_for_word(name: str) -> None:
    """They are as they were; the JSON and the XML hold to their schemas; the picture parses."""
    report = evened(run(*RUNS[name]))
    jsonschema.validate(report, reading.schema())
    made = {"txt": on_terminal(report), "md": summary.dumps(report), "xml": junit.dumps(report)}
    XUNIT2.validate(made["xml"])
    assert "event tracker: " in str(ET.fromstring(badge.dumps(report)).get("aria-label"))
    for kind, text in made.items():
        golden = HERE / "golden" / f"{name}.{kind}"
        if os.environ.get("TRACKSTEP_GOLDEN") == "write":
            golden.write_text(text, encoding="utf-8", newline="\n")
        assert text == golden.read_text(encoding="utf-8"), golden


def test_junit__skipped_is_not_passed() -> None:
    """A clause that was not exercised is skipped with its reason; the counts of suites and cases agree."""
    document = ET.parse(HERE / "golden" / "broken.xml").getroot()
    for suite in document:
        for tag, total in (("failure", "failures"), ("skipped", "skipped"), ("error", "errors")):
            assert len(suite.findall(f"testcase/{tag}")) == int(suite.get(total, "-1"))
        assert len(suite.findall("testcase")) == int(suite.get("tests", "-1"))
    skipped = document.findall(".//skipped")
    assert any("not exercised" in str(each.get("message")) for each in skipped)
    assert int(document.get("failures", "0")) == len(document.findall(".//failure")) > 0
