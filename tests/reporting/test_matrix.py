"""`trackstep matrix`, and the scoreboard that is made with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from benchmarks import scoreboard
from click.testing import CliRunner, Result

from tests.reports import HOSTILE, deviation, report, unjudged
from trackstep.cli import main
from trackstep.results.matrix import ALL, Matrix
from trackstep.results.result import read, slim

TARGETS = (
    report("good 1.0"),
    report(
        "bad 2.0",
        [
            deviation("ET-UNIQ-2", "CreateEventTracker"),
            deviation("ET-UNIQ-2", "CreateEventTracker", "lost"),
            deviation("ET-LIST-4", "ListEventTrackers"),
        ],
    ),
    report("part of it 3.0, which has a long name", idle=["ET-UNIQ-1", "ET-PUT-1"], missing=["gone"]),
    unjudged("moto 5.2.5", "core operations unsupported: CreateEventTracker"),
)
TEXT = """\
                        good 1.0  bad 2.0                      part of it 3.0, which has a
                                                               long name
verdict                 conforms  deviates                     incomplete
UNIQ uniqueness         ✓ 2       ✗ 1/2/2 (2 MUST)             ◐ 1/1/2
LIST ListEventTrackers  ✓ 1       ✓ 1 (1 SHOULD)               ✓ 1
PUT PutEvents           ✓ 1       ✓ 1                          – 0/0/1
all MUST clauses        ✓ 4       ✗ 3/4/4 (2 MUST + 1 SHOULD)  ◐ 2/2/4
situations reached      2 of 2    2 of 2                       1 of 2

✓ 8                all 8 MUST clauses of the area conform
✗ 5/7/8 (3 MUST)   5 conform of 7 exercised of 8; 3 deviations of MUST clauses
◐ 6/6/8            nothing deviates, but only 6 of 8 were exercised
– 0/0/8            none was exercised
could not be judged: moto 5.2.5: core operations unsupported: CreateEventTracker
"""
MARKDOWN = """\
| area | good 1.0 | bad 2.0 | part of it 3.0, which has a long name |
| --- | --- | --- | --- |
| verdict | conforms | deviates | incomplete |
| UNIQ uniqueness | ✓ 2 | ✗ 1/2/2 (2 MUST) | ◐ 1/1/2 |
| LIST ListEventTrackers | ✓ 1 | ✓ 1 (1 SHOULD) | ✓ 1 |
| PUT PutEvents | ✓ 1 | ✓ 1 | – 0/0/1 |
| all MUST clauses | ✓ 4 | ✗ 3/4/4 (2 MUST + 1 SHOULD) | ◐ 2/2/4 |
| situations reached | 2 of 2 | 2 of 2 | 1 of 2 |
"""


def matrix(tmp_path: Path, targets: tuple[dict[str, Any], ...], *options: str) -> Result:
    """Run the command on these reports."""
    paths = [tmp_path / f"{number}.json" for number, _ in enumerate(targets)]
    for path, each in zip(paths, targets, strict=True):
        path.write_text(json.dumps(each), encoding="utf-8")
    told = CliRunner().invoke(main, ["matrix", *map(str, paths), *options])
    assert told.exit_code == 0, told.stderr
    return told


def test_what_is_read_on_a_terminal(tmp_path: Path) -> None:
    """A row for each area, a column for each judged target, and who could not be judged."""
    assert matrix(tmp_path, TARGETS).stdout == TEXT


def test_what_is_read_as_markdown(tmp_path: Path) -> None:
    """The same, as a table."""
    told = matrix(tmp_path, TARGETS, "--markdown", "-").stdout
    assert MARKDOWN in told
    assert "| moto 5.2.5 | core operations unsupported: CreateEventTracker |" in told


def test_page__says_every_cell_without_colour(tmp_path: Path) -> None:
    """The mark, the same in words for who cannot see it, and the counts in a sentence."""
    page = matrix(tmp_path, TARGETS, "--html", "-").stdout
    assert '<span aria-hidden="true">✗</span> <span class="hidden">deviates: </span>' in page
    assert "1 of 2 MUST clauses conform, 2 were exercised; 2 MUST and 0 SHOULD deviations" in page
    assert "core operations unsupported: CreateEventTracker" in page


@pytest.mark.parametrize("option", ["", "--markdown", "--html"])
def test_text_of_a_target__is_inert(tmp_path: Path, option: str) -> None:
    """In the head of a column, the verdict and the reason."""
    rude = report(HOSTILE, verdict=HOSTILE)
    rude["clauses"][0]["area"] = HOSTILE
    endless = unjudged(HOSTILE, "x" * 1_000_000)
    told = matrix(tmp_path, (rude, endless), *([option, "-"] if option else [])).stdout
    assert len(told.encode()) < 60_000
    assert not {"\x1b", "\u202e"} & set(told)
    assert option == "--html" or "\n# head" not in told
    if option:
        assert "<script" not in told
    if option == "--markdown":
        assert not any(active in told for active in ("[l](", "**b**", "| `x`", "@team"))
        rows = [line for line in told.splitlines() if line.startswith("| ")]
        assert all(line.count("|") == 3 for line in rows)


def test_other_specifications__are_told(tmp_path: Path) -> None:
    """A cell of one is not a cell of the other."""
    other = report("newer")
    other["clauses"].pop()
    assert "different specifications" in matrix(tmp_path, (report(), other)).stdout
    assert "different specifications" not in matrix(tmp_path, (report(), report("same"))).stdout


def test_no_target_was_judged(tmp_path: Path) -> None:
    """Then there is no table."""
    told = matrix(tmp_path, (unjudged("moto 5.2.5", "no event trackers"),))
    assert told.stdout == "could not be judged: moto 5.2.5: no event trackers\n"


def test_scoreboard__is_what_the_committed_results_say() -> None:
    """`make scoreboard` would change nothing."""
    assert scoreboard.README.read_text(encoding="utf-8") == scoreboard.readme()


@pytest.mark.parametrize("name", scoreboard.results())
def test_committed_result__is_small_and_of_no_machine(name: str) -> None:
    """Reduced, as it would be written again, and without addresses or paths."""
    text = (scoreboard.RESULTS / f"{name}.json").read_text(encoding="utf-8")
    kept = json.loads(text)
    assert text == scoreboard.dumps(kept) == scoreboard.dumps(slim(kept))
    assert len(text) < 60_000
    assert not [word for word in ("/tmp/", "/root/", "/work/", "/home/", "127.0.0.1", "localhost") if word in text]


def test_scoreboard__has_real_targets() -> None:
    """Each that the script measures; the embedded emulator conforms, and moto as released cannot be judged."""
    made = {name: read(kept, name) for name, kept in scoreboard.results().items()}
    assert list(made) == [measured.name for measured in scoreboard.MEASURED]
    for name in ("emulator", "emulator-http"):
        assert made[name].verdict == "conforms"
        assert Matrix([made[name]]).cell(made[name], ALL).mark == "✓"
    for name in ("moto", "moto-server"):
        assert made[name].verdict == "could not be judged"
        assert "CreateEventTracker" in made[name].reason
