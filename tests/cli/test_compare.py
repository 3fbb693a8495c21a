"""`trackstep compare`: what is told of two runs, word for word, and when the exit code is 1."""

from __future__ import annotations

import contextlib
import json
import re
import shlex
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.conftest import Check
from tests.reports import HOSTILE, deviation, report, unjudged
from trackstep.cli import main
from trackstep.errors import UsageError
from trackstep.results.result import read, slim

ROOT = Path(__file__).parents[2]
SECOND = deviation("ET-UNIQ-2", "CreateEventTracker")
FIRST = deviation("ET-UNIQ-1", "CreateEventTracker", cause="ET-UNIQ-2 CreateEventTracker success")
LISTED = deviation("ET-LIST-4", "ListEventTrackers", actual="lists a deleted one")
EVENTS = deviation("ET-PUT-1", "PutEvents", actual="success")
BEFORE = report("ours 1.0", [EVENTS], missing=["gone"])
AFTER = report(
    "ours 1.1", [SECOND, FIRST, LISTED], idle=["ET-LIST-1"], missing=["listed"], seed=7,
    versions={"trackstep": "0.1.0", "python": "3.11.7", "moto": "5.2.6"},
)  # fmt: skip

TEXT = """\
A  ours 1.0 · deviates · 100 calls · seed 0
B  ours 1.1 · deviates · 100 calls · seed 7
   target: ours 1.0 → ours 1.1
   seed: 0 → 7
   version of moto: 5.2.5 → 5.2.6

new deviations (3)
! + ET-UNIQ-2 MUST CreateEventTracker: success
      CreateEventTracker in a dataset group that has one is refused.
      allowed    refusal: ResourceAlreadyExistsException
      came back  success
! + ET-UNIQ-1 MUST CreateEventTracker: success (follows from ET-UNIQ-2 CreateEventTracker success)
  + ET-LIST-4 SHOULD ListEventTrackers: success
      ListEventTrackers lists no deleted event tracker.
      allowed    refusal: ResourceAlreadyExistsException
      came back  lists a deleted one

clauses no longer exercised (1)
! - ET-LIST-1 MUST not exercised
      ListEventTrackers lists every event tracker.

situations no longer reached (1)
  - listed ListEventTrackers while one is being created

fixed deviations (1)
  ✓ ET-PUT-1 MUST PutEvents: success

situations now reached (1)
  ✓ gone PutEvents of a deleted one

regression: 2 new MUST deviations, 1 MUST clause no longer exercised · \
3 new, 1 fixed, 0 still; 1 now reached, 2 no longer reached
"""
MARKDOWN = """\
### trackstep: ✗ regression: 2 new MUST deviations, 1 MUST clause no longer exercised · \
3 new, 1 fixed, 0 still; 1 now reached, 2 no longer reached

- **A** ours 1.0 · deviates · 100 calls · seed 0
- **B** ours 1.1 · deviates · 100 calls · seed 7
- target: ours 1.0 → ours 1.1
- seed: 0 → 7
- version of moto: 5.2.5 → 5.2.6

#### New deviations (3)

- &#43; **ET-UNIQ-2 MUST (regression)** CreateEventTracker: success
  - CreateEventTracker in a dataset group that has one is refused.
  - allowed: refusal: ResourceAlreadyExistsException
  - came back: success
- &#43; **ET-UNIQ-1 MUST (regression)** CreateEventTracker: success — follows from ET-UNIQ-2 CreateEventTracker success
- &#43; ET-LIST-4 SHOULD ListEventTrackers: success
  - ListEventTrackers lists no deleted event tracker.
  - allowed: refusal: ResourceAlreadyExistsException
  - came back: lists a deleted one

#### Clauses no longer exercised (1)

- &#45; **ET-LIST-1 MUST (regression)** not exercised
  - ListEventTrackers lists every event tracker.

#### Situations no longer reached (1)

- &#45; listed ListEventTrackers while one is being created

#### Fixed deviations (1)

- ✓ ET-PUT-1 MUST PutEvents: success

#### Situations now reached (1)

- ✓ gone PutEvents of a deleted one
"""


def compare(tmp_path: Path, before: dict[str, Any], after: dict[str, Any], *options: str) -> Result:
    """Run the command on two reports."""
    for name, each in (("A.json", before), ("B.json", after)):
        (tmp_path / name).write_text(json.dumps(each), encoding="utf-8")
    return CliRunner().invoke(main, ["compare", str(tmp_path / "A.json"), str(tmp_path / "B.json"), *options])


def test_what_is_read_on_a_terminal(tmp_path: Path) -> None:
    """Every kind of change, word for word; a regression."""
    told = compare(tmp_path, BEFORE, AFTER)
    assert told.stdout == TEXT
    assert told.exit_code == 1


def test_what_is_read_in_a_pull_request(tmp_path: Path) -> None:
    """The same as Markdown, and nothing else on standard output."""
    told = compare(tmp_path, BEFORE, AFTER, "--markdown", "-")
    assert told.stdout == MARKDOWN
    assert told.exit_code == 1


def test_page__says_the_same(tmp_path: Path) -> None:
    """What is on the terminal is in the page, and the page fetches nothing."""
    told = compare(tmp_path, BEFORE, AFTER, "--html", str(tmp_path / "c.html"))
    page = (tmp_path / "c.html").read_text(encoding="utf-8")
    assert told.stdout == TEXT
    shown = " ".join(_shown(page).split())
    for words in ("ET-UNIQ-1", "(follows from ET-UNIQ-2 CreateEventTracker success)", "lists a deleted one", "5.2.6"):
        assert words in shown
    assert page.count('class="badge bad">regression') == 3
    assert "http" not in page.split("</style>")[1]


def test_same_run__is_no_regression(tmp_path: Path) -> None:
    """Nothing is new; what deviates still is told."""
    told = compare(tmp_path, BEFORE, BEFORE)
    assert told.exit_code == 0
    assert told.stdout.splitlines()[-1] == (
        "no regression · 0 new, 0 fixed, 1 still; 0 now reached, 0 no longer reached"
    )


@pytest.mark.parametrize(
    ("before", "after", "options", "code"),
    [
        pytest.param(report(), report(deviations=[SECOND]), (), 1, id="a new MUST deviation"),
        pytest.param(report(), report(deviations=[LISTED]), (), 0, id="a new SHOULD deviation"),
        pytest.param(report(), report(deviations=[LISTED]), ("--strict",), 1, id="the same with --strict"),
        pytest.param(report(deviations=[SECOND]), report(), (), 0, id="one that is fixed"),
        pytest.param(report(), report(idle=["ET-PUT-1"]), (), 1, id="a MUST clause no longer exercised"),
        pytest.param(report(), report(idle=["ET-LIST-4"]), (), 0, id="a SHOULD clause no longer exercised"),
        pytest.param(report(), report(missing=["gone"]), (), 0, id="a situation no longer reached"),
        pytest.param(
            report(deviations=[SECOND]), report(deviations=[{**SECOND, "answer": "lost"}]), (), 1,
            id="another kind of answer",
        ),
        pytest.param(
            report(),
            report(deviations=[SECOND], declared={"deviations": [{"id": "ET-UNIQ-2 CreateEventTracker success"}]}),
            (), 0, id="declared by the profile of B",
        ),
        pytest.param(report(), report(deviations=[deviation("ET-NEW-1", "PutEvents")]), (), 0, id="a clause A lacks"),
    ],
)  # fmt: skip
def test_regression(
    tmp_path: Path, before: dict[str, Any], after: dict[str, Any], options: tuple[str, ...], code: int
) -> None:
    """What makes the exit code 1, and what is only told."""
    assert compare(tmp_path, before, after, *options).exit_code == code


def test_target_that_can_no_longer_be_judged__is_a_regression(tmp_path: Path) -> None:
    """Every MUST clause that was exercised is not any more."""
    every = [clause["id"] for clause in report()["clauses"]]
    told = compare(tmp_path, report(), report(idle=every, verdict="could not be judged", reason="nothing listens"))
    assert told.exit_code == 1
    assert "B  ours 1.0 · could not be judged: nothing listens" in told.stdout


def test_deviation_whose_clause_was_not_exercised__is_not_called_fixed(tmp_path: Path) -> None:
    """Nobody knows whether it is."""
    told = compare(tmp_path, report(deviations=[SECOND]), report(idle=["ET-UNIQ-2"]))
    assert "deviations of A whose clause B did not exercise (1)\n  ? ET-UNIQ-2" in told.stdout
    assert "0 fixed" in told.stdout


def test_other_specification__is_told(tmp_path: Path) -> None:
    """Clauses that only one has, and clauses of another level."""
    after = report()
    after["clauses"][0]["level"] = "SHOULD"
    gone = after["clauses"].pop()
    told = compare(tmp_path, report(), after)
    assert f"clauses that only one has: {gone['id']} → none" in told.stdout
    assert "clauses of another level: ET-UNIQ-1 MUST → ET-UNIQ-1 SHOULD" in told.stdout
    assert told.exit_code == 0


@pytest.mark.parametrize("option", ["", "--markdown", "--html"])
def test_text_of_a_target__is_inert(tmp_path: Path, option: str) -> None:
    """Nothing of it acts, nothing is endless, and what is printed can be encoded."""
    rude = deviation("ET-UNIQ-2", "CreateEventTracker", f"refusal {HOSTILE}", actual="x" * 1_000_000, cause=HOSTILE)
    told = compare(tmp_path, report(), report(HOSTILE, [rude], reason=HOSTILE), *([option, "-"] if option else []))
    assert told.exit_code == 1
    assert len(told.stdout.encode()) < 40_000
    assert not {"\x1b", "\u202e"} & set(told.stdout)
    if option == "--html":
        assert "alert(1)" in _shown(told.stdout)
        assert "<script" not in told.stdout
    elif option:
        assert not any(active in told.stdout for active in ("<script", "[l](", "**b**", "| `x`", "@team", "\n# head"))
    else:
        assert "\n# head" not in told.stdout


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (json.dumps(report()).encode()[:-200], "is not JSON, or was cut short"),
        (b"\xff\xfe\x00", "is not JSON, or was cut short"),
        (b"[" * 100_000, "is not JSON, or was cut short"),
        (b"[]", "it is not a JSON object"),
        (b'{"swagger": "2.0"}', "clauses is missing"),
        (json.dumps(report() | {"clauses": [{"id": 3}]}).encode(), "clauses[0].id is not a text"),
        (json.dumps(report() | {"clauses": [{}]}).encode(), "clauses[0].id is missing"),
        (json.dumps(report() | {"deviations": ["x"]}).encode(), "deviations[0] is not an object"),
        (json.dumps(report() | {"calls": True}).encode(), "calls is not a whole number"),
    ],
)
@pytest.mark.parametrize("command", ["compare", "matrix"])
def test_what_is_no_report__is_one_clear_line(tmp_path: Path, raw: bytes, says: str, command: str) -> None:
    """Truncated, foreign or wrong in one place."""
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(report()), encoding="utf-8")
    bad.write_bytes(raw)
    told = CliRunner().invoke(main, [command, str(good), str(bad)])
    assert told.exit_code == 2
    assert told.stdout == ""
    assert told.stderr.count("\n") == 1
    assert "bad.json" in told.stderr
    assert says in told.stderr


def test_mistakes__are_one_clear_line(tmp_path: Path) -> None:
    """No such file; one standard output or input for two things; a place that cannot be written."""
    mistakes = {
        ("nowhere.json", "nowhere.json"): "nowhere.json cannot be read (No such file or directory)",
        ("-", "-"): "only one of the two can come from standard input",
    }
    for files, says in mistakes.items():
        told = CliRunner().invoke(main, ["compare", *files])
        assert (told.exit_code, told.stderr.count("\n"), says in told.stderr) == (2, 1, True)
    told = compare(tmp_path, BEFORE, AFTER, "--html", "-", "--markdown", "-")
    assert (told.exit_code, "cannot both be standard output" in told.stderr) == (2, True)
    told = compare(tmp_path, BEFORE, AFTER, "--html", str(tmp_path / "no" / "such.html"))
    assert (told.exit_code, told.stderr.count("\n"), "choose another --html" in told.stderr) == (2, 1, True)


def test_one_report_can_come_from_standard_input(tmp_path: Path) -> None:
    """For a pipe."""
    (tmp_path / "A.json").write_text(json.dumps(BEFORE), encoding="utf-8")
    told = CliRunner().invoke(main, ["compare", str(tmp_path / "A.json"), "-"], input=json.dumps(AFTER))
    assert told.stdout == TEXT


def test_report_of_a_run__is_read_whole_and_slim(check: Check) -> None:
    """What `check` writes today can be compared, also when reduced; the reduction keeps what is compared."""
    full = check(max_calls=60)
    whole, reduced = read(full, "full"), read(slim(full), "slim")
    assert whole.clauses.keys() == reduced.clauses.keys()
    assert [c.exercised for c in whole.clauses.values()] == [c.exercised for c in reduced.clauses.values()]
    assert whole.situations == reduced.situations
    assert any(clause.is_judged for clause in whole.clauses.values())


def test_slim__leaves_no_time_and_no_machine() -> None:
    """Of the same run on another machine the same is left, and a second reduction changes nothing."""
    here = report("http://127.0.0.1:5000", [SECOND | {"actual": "y" * 1000}], reason="http://127.0.0.1:5000 is deaf")
    kept = slim(here, "ours 1.0", ["http://127.0.0.1:5000 "])
    there = here | {"seconds": 9.9, "versions": here["versions"] | {"python": "3.12.1"}}
    assert kept == slim(there, "ours 1.0", ["http://127.0.0.1:5000 "])
    assert (kept["target"], kept["reason"]) == ("ours 1.0", "is deaf")
    assert len(json.dumps(kept)) < len(json.dumps(here))
    with pytest.raises(UsageError, match="clauses is missing"):
        slim({})


def test_unjudged_twice__is_no_regression(tmp_path: Path) -> None:
    """There was nothing to lose."""
    assert compare(tmp_path, unjudged("moto", "no"), unjudged("moto", "no")).exit_code == 0


def test_commands_of_the_docs(tmp_path: Path) -> None:
    """Each command of docs/comparing.md runs as it stands, and leaves what it says."""
    lines = re.findall(
        r"^    (trackstep .*?)\s*(?:#.*)?$", (ROOT / "docs/comparing.md").read_text("utf-8"), re.MULTILINE
    )
    assert len(lines) == 6
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").write_text(json.dumps(BEFORE), encoding="utf-8")
    with contextlib.chdir(tmp_path):
        for line in lines:
            assert CliRunner().invoke(main, shlex.split(line)[1:]).exit_code == 0, line
    assert {path.name for path in tmp_path.glob("*.*")} == {"compared.html", "matrix.html", "matrix.md"}


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _shown(page: str) -> str:
    """What can be read in a page."""
    parser = _Words()
    parser.feed(page)
    return " ".join(parser.words)
