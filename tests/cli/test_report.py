"""``trackstep report``: from report.json alone, the same as `trackstep check` wrote; anything else is one line."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from trackstep.cli import main
from trackstep.reporting import reading

FORMS = {"--html": "report.html", "--junit": "junit.xml", "--summary": "summary.md", "--badge": "badge.svg"}


def trackstep(*words: str | Path, stdin: bytes | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, [str(word) for word in words], input=stdin)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report dir of a short run against the emulator broken on purpose."""
    made = tmp_path_factory.mktemp("report")
    done = trackstep("check", "--fault", "second-tracker-allowed", "--max-calls", "120", "--report-dir", made)
    assert done.exit_code == 1, done.output
    return made


def test_report__is_what_check_wrote(directory: Path, tmp_path: Path) -> None:
    """Byte for byte, to a path and to standard output; without an option, what the terminal showed."""
    for option, name in FORMS.items():
        written = (directory / name).read_bytes()
        assert trackstep("report", directory / "report.json", option, tmp_path / name).exit_code == 0
        assert (tmp_path / name).read_bytes() == written
        raw = (directory / "report.json").read_bytes()
        assert trackstep("report", "-", option, "-", stdin=raw).stdout_bytes == written
    shown = trackstep("report", directory / "report.json")
    assert shown.exit_code == 0
    assert "to edit, replay, test: deviations/" in shown.output


def test_report__programs_are_those_of_the_deviation(directory: Path) -> None:
    """Each deviation has its three forms, its steps, the last of which broke, and what was sent and came back."""
    report = json.loads((directory / "report.json").read_bytes())
    for deviation in report["deviations"]:
        assert list(deviation["programs"]) == ["boto3", "curl", "replay"]
        steps = deviation["timeline"]["steps"]
        assert [step["part"] == "broke" for step in steps] == [False] * (len(steps) - 1) + [True]
        assert steps[-1]["operation"] == deviation["operation"]
        assert steps[-1]["request"]["headers"]["x-amz-target"].endswith(deviation["operation"])
        assert steps[-1]["response"]["status"] == 200
        assert any(step["part"] == "reason" for step in steps)


def _without(member: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda report: {name: value for name, value in report.items() if name != member}


FOREIGN: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "a list": (lambda report: [report], "is no report of `trackstep check`"),
    "something else": (lambda report: {"tests": 3}, "is no report of `trackstep check`"),
    "a history": (lambda report: {"trackstep": 1}, "is no report of `trackstep check`"),
    "one of an older form": (_without("lifecycles"), "'lifecycles' is a required property"),
    "one of a later form": (lambda report: report | {"format": 2}, "run `trackstep check` again"),
    "a wrong type": (lambda report: report | {"calls": "\x1b[31mmany\n"}, "calls: "),
    "a wrong type inside": (lambda report: report | {"deviations": [{}]}, "deviations.0: "),
    "no number": (lambda report: report | {"seconds": float("nan")}, "NaN is no number in JSON"),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_report__foreign_json_is_one_line(what: str, directory: Path, tmp_path: Path) -> None:
    """Exit code 2, one line that says what to do, nothing written."""
    make, says = FOREIGN[what]
    file, page = tmp_path / "report.json", tmp_path / "report.html"
    file.write_text(json.dumps(make(json.loads((directory / "report.json").read_bytes()))), encoding="utf-8")
    done = trackstep("report", file, "--html", page)
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert "\x1b" not in done.stderr
    assert not page.exists()


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"{", b"[" * 100_000, b"<html>", b"\0"])
def test_report__no_json_is_one_line(raw: bytes, tmp_path: Path) -> None:
    """Also where it is cut off, empty or too deep."""
    (tmp_path / "report.json").write_bytes(raw)
    done = trackstep("report", tmp_path / "report.json")
    assert done.exit_code == 2
    assert "is the file cut off?" in done.stderr
    assert done.stderr.count("\n") == 1


def test_report__truncated_anywhere(directory: Path, tmp_path: Path) -> None:
    """At any of some places where a download may stop."""
    raw = (directory / "report.json").read_bytes()
    for end in (1, 100, len(raw) // 2, len(raw) - 3):
        done = trackstep("report", "-", "--badge", tmp_path / "badge.svg", stdin=raw[:end])
        assert (done.exit_code, done.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere.json"], "cannot read nowhere.json"),
        (["-", "--html", "-", "--junit", "-"], "only one form fits"),
        (["{report}", "--html", "{report}/in/a/file"], "choose another path"),
    ],
)
def test_report__wrong_paths(words: list[str], says: str, directory: Path) -> None:
    """A file that is not there, one that cannot be written, two forms for one place."""
    done = trackstep("report", *[word.format(report=directory / "report.json") for word in words])
    assert done.exit_code == 2
    assert says in done.stderr


def test_what_lies_outside_the_package_is_shipped() -> None:
    """The wheel holds the schema and the driver where the code looks for them."""
    root = Path(__file__).parents[2]
    built = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    shipped = built["targets"]["wheel"]["force-include"]
    assert shipped == {
        "examples/drivers/python/driver.py": "trackstep/_driver/driver.py",
        f"reports/{reading.SCHEMA}": f"trackstep/reporting/{reading.SCHEMA}",
    }
    assert all((root / source).is_file() for source in shipped)
