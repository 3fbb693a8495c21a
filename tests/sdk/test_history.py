"""Real releases: the committed surfaces of reports/sdk/ and the report that is made of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.sdk.conftest import MODEL
from trackstep.cli import main
from trackstep.sdk import compare, history, surface_of

REPORTS = Path(__file__).parents[2] / "reports"
NEWEST = "1.44.5"
SENSITIVE_EVENTS = {("sensitive", name) for name in ("Event", "EventPropertiesJSON", "ItemId", "UserId")}
SENSITIVE_TAGS = {("sensitive", name) for name in ("TagKey", "TagValue")}
QUOTES = {("quote-arrived", name) for name in ("DeleteEventTracker", "PutEvents", "UntagResource")}
SINCE_1_29 = {
    ("input-pattern-added", "NextToken"), ("output-pattern-added", "NextToken"),
    ("input-member-added", "metricAttribution"), *SENSITIVE_EVENTS, *SENSITIVE_TAGS, *QUOTES,
}  # fmt: skip
SINCE_1_24_35 = SINCE_1_29 - SENSITIVE_TAGS - {("quote-arrived", "UntagResource")} | {
    ("input-member-added", "tags"), ("error-added", "TooManyTagsException"),
    *(("operation-added", name) for name in ("TagResource", "UntagResource", "ListTagsForResource")),
    ("quote-arrived", "CreateEventTrackerRequest"),
}  # fmt: skip
SINCE_1_36 = SENSITIVE_TAGS


def committed(version: str) -> str:
    """The file of a release's surface."""
    return str(REPORTS / "sdk" / f"botocore-{version}.json")


def sdk(*words: str) -> Result:
    """Run ``trackstep sdk``."""
    return CliRunner().invoke(main, ["sdk", *words])


@pytest.mark.parametrize(
    ("version", "expected"), [("1.24.35", SINCE_1_24_35), ("1.29.0", SINCE_1_29), ("1.36.0", SINCE_1_36)]
)
def test_an_older_release_differs_in_exactly_what_changed(version: str, expected: set[tuple[str, str]]) -> None:
    """As read from the service models of both releases by hand."""
    found = compare(surface_of(committed(version)), surface_of(committed(NEWEST))).differences
    assert {(d.kind, d.name) for d in found} == expected


def test_the_report_is_made_again_offline() -> None:
    """Byte for byte, from the surfaces beside it; where the specification was changed, `make sdk-history`."""
    done = sdk("history", "--data", str(REPORTS / "sdk"))
    assert done.exit_code == 0
    assert done.stdout == (REPORTS / "sdk-history.md").read_text(encoding="utf-8")


def test_tags_arrived_in_april_2022() -> None:
    """1.24.36 has them, with TooManyTagsException; 1.24.35 has not."""
    step = compare(surface_of(committed("1.24.35")), surface_of(committed("1.24.36")))
    added = {d.name for d in step.at_least("addition")}
    assert added == {"tags", "TooManyTagsException", "TagResource", "UntagResource", "ListTagsForResource"}
    (error,) = (d for d in step.differences if d.kind == "error-added")
    assert error.places == ("CreateDatasetGroup", "CreateEventTracker")
    assert "ET-TAG-7" in error.clauses


@pytest.mark.parametrize(
    ("older", "newer", "fail_on", "code"),
    [
        ("1.24.35", "1.24.36", None, 0),  # additions only
        ("1.24.35", "1.24.36", "addition", 1),
        ("1.24.36", "1.24.35", None, 1),  # the other way they are lost
        ("1.23.14", "1.23.15", None, 1),  # a limit became tighter
        ("1.23.14", "1.23.15", "never", 0),
        ("1.36.0", NEWEST, "addition", 0),  # marks only
        ("1.36.0", NEWEST, "breaking,text", 1),
    ],
)
def test_fail_on_is_the_gate(older: str, newer: str, fail_on: str | None, code: int) -> None:
    """Exit code 1 from the least serious class on that it names."""
    words = ["--fail-on", fail_on] if fail_on else []
    assert sdk("diff", committed(older), committed(newer), *words).exit_code == code


def test_json_says_the_same() -> None:
    """Nothing but JSON, with the counts and each difference."""
    done = sdk("diff", committed("1.24.35"), committed("1.24.36"), "--json")
    document = json.loads(done.stdout)
    assert document["counts"] == {"breaking": 0, "behaviour": 0, "addition": 5, "text": 1}
    assert len(document["differences"]) == 6
    assert all(d["consequence"] and d["places"] for d in document["differences"])


def test_markdown_says_the_same() -> None:
    """The section that the report has too, one level higher."""
    done = sdk("diff", committed("1.24.35"), committed("1.24.36"), "--markdown")
    assert done.stdout.startswith("# botocore 1.24.35 → botocore 1.24.36\n")
    assert done.stdout.strip()[1:] in "\n" + (REPORTS / "sdk-history.md").read_text(encoding="utf-8")[1:]


def test_json_and_markdown_exclude_each_other() -> None:
    """One line says so."""
    done = sdk("diff", "spec", "spec", "--json", "--markdown")
    assert done.exit_code == 2
    assert done.stderr == "trackstep: --json and --markdown exclude each other; leave one out\n"


def test_a_word_for_fail_on_that_is_none() -> None:
    """The classes are listed."""
    done = sdk("diff", "spec", "spec", "--fail-on", "braking")
    assert done.exit_code == 2
    assert "breaking, behaviour, addition, text" in done.stderr


def test_a_release_is_added_to_a_history(wheel: Path, tmp_path: Path) -> None:
    """Its surface is kept, named after it; one release alone is no history."""
    assert history.add(str(wheel), tmp_path).name == "botocore-9.9.9.json"
    done = sdk("history", "--data", str(tmp_path))
    assert done.exit_code == 2
    assert "at least two releases" in done.stderr
    assert sdk("history", "installed", "--data", str(tmp_path), "--out", str(tmp_path / "h.md")).exit_code == 0
    assert "botocore 9.9.9" in (tmp_path / "h.md").read_text(encoding="utf-8")


def test_a_release_that_is_kept_is_not_fetched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then no pip is needed."""
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    assert history.add("1.24.36", REPORTS / "sdk") == Path(committed("1.24.36"))


def test_a_word_that_names_no_release(tmp_path: Path) -> None:
    """A lone service model tells no version."""
    done = sdk("history", str(MODEL), "--data", str(tmp_path))
    assert done.exit_code == 2
    assert done.stderr.splitlines() == [
        f"trackstep: {MODEL} names no release; a history wants versions, as in 1.24.36, or wheels"
    ]
