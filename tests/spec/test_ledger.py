"""The ledger of evidence is what the sources say now, and each MUST clause has a source, a judge and a fault."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.spec.committed import assert_current
from trackstep import spec
from trackstep.cli import main
from trackstep.evidence import ledger, proved, quote, whereabouts
from trackstep.evidence.ledger import Entry

CODE = '''
"""ET-WIRE-1 in a docstring is prose."""
TABLE = {"lost": "ET-WIRE-2"}

def _exercised(name):
    return ("ET-WIRE-3",)

def judge(notes, name):
    notes.saw(*_exercised(name), "ET-WIRE-4")
    notes.broke("ET-WIRE-5", "this", "that")
'''
MODULE = r"""
\* One stands in a group.
\* ET-UNIQ-1, ET-UNIQ-2
OneAGroup(g) == TRUE

\* ET-UNIQ-3 is about something else: no definition is directly below.

Other == FALSE  \* ET-UNIQ-4
"""


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    """The ledger as it is made now."""
    return ledger.entries()


def entry(entries: list[Entry], clause: str) -> Entry:
    """What is known of one clause."""
    return next(one for one in entries if one.clause.id == clause)


def test_ledger__is_as_committed(entries: list[Entry]) -> None:
    """A change of evidence, of a table, of the judge or of a fault shows in the committed file."""
    assert_current(ledger.FILE, ledger.text(entries), "trackstep spec ledger --write")


def test_ledger__no_must_clause_lacks_anything(entries: list[Entry]) -> None:
    """Each has a source, a judge and a fault, and evidence is where it should be."""
    assert ledger.gaps(entries) == []


@pytest.mark.parametrize(
    ("lost", "named"),
    [
        ({"judged": ()}, "ET-UNIQ-1 has no judge"),
        ({"faults": ()}, "ET-UNIQ-1 has no fault"),
        ({"sources": (), "recorded": (), "inferred": ()}, "ET-UNIQ-1 has no source"),
        ({"sources": (), "recorded": (), "inferred": ("it must be so",)}, "ET-UNIQ-1 has no source"),
        ({"recorded": ("R036", "R999")}, "ET-UNIQ-1 names R999, which is not in evidence/recorded.jsonl"),
    ],
    ids=["judge", "fault", "source", "inference", "recording"],
)
def test_gaps__name_what_is_lacking(entries: list[Entry], lost: dict[str, Any], named: str) -> None:
    """A MUST clause that loses its judge, its fault or its source is named."""
    assert ledger.gaps([entry(entries, "ET-UNIQ-1")._replace(**lost)]) == [named]


def test_gaps__a_tentative_clause_needs_no_fault(entries: list[Entry]) -> None:
    """What is promised nowhere is held against nobody."""
    assert entry(entries, "ET-UNIQ-5").faults == ()
    assert ledger.gaps([entry(entries, "ET-UNIQ-5")]) == []


def test_gaps__name_a_page_that_was_quoted_wrongly(entries: list[Entry]) -> None:
    """The words of a page are kept in facts.md."""
    clause = spec.Clause("ET-X-1", "X", "MUST", "It is.", (("documented", 'a-page — "Never said."'),), "", "")
    astray = entry(entries, "ET-UNIQ-1")._replace(clause=clause)
    assert ledger.gaps([astray]) == ['ET-X-1 quotes a page that evidence/facts.md does not: "Never said."']


def test_entry__holds_each_kind_of_evidence(entries: list[Entry]) -> None:
    """One clause, told out."""
    found = entry(entries, "ET-UNIQ-1")
    ((digest, source, words),) = found.sources
    assert (digest, source) == (quote.digest(words.strip('"')), "model:CreateEventTracker")
    assert "R036" in found.recorded
    assert "operations.toml CreateEventTracker: tracker in ACTIVE" in found.table
    assert found.judged == ("blame.row",)
    assert "second-tracker-allowed" in found.faults


def test_proved__says_by_what_and_no_more(entries: list[Entry]) -> None:
    """A promise for any number, an action as one graph of a few, a row by trying every set; and else that it is not."""
    assert entry(entries, "ET-UNIQ-1").proved.lines() == [
        "by z3, for any number: OneTrackerAGroup (strict and lenient)",
        "by TLC, one graph for small numbers: Occupied",
        "by exhaustion, the judge at every set of statuses: CreateEventTracker",
    ]
    assert entry(entries, "ET-GRP-5").proved.any_number == ("GroupsSettle (strict, if the service goes on)",)
    assert entry(entries, "ET-PAGE-1").proved.lines() == [proved.NOT]
    assert entry(entries, "ET-UNIQ-7").proved.lines() == [proved.NOT], "the module has no names of event trackers"
    assert not entry(entries, "ET-DEL-4").proved.exhausted, "the row that names it never holds"


def test_literals__counted_is_not_judged() -> None:
    """What only says that an answer could have broken a clause is no judgement of it, nor is prose."""
    assert list(whereabouts.literals(CODE)) == [("TABLE", "ET-WIRE-2"), ("judge", "ET-WIRE-5")]


def test_judged__a_check_that_goes_is_noticed() -> None:
    """Without the line that finds it, wire.py does not judge ET-WIRE-8, though it still counts it."""
    source = (Path(spec.__file__).parent / "oracle" / "wire.py").read_text(encoding="utf-8")
    assert ("_judge", "ET-WIRE-8") in whereabouts.literals(source)
    without = source.replace('notes.broke("ET-WIRE-8"', "notes.broke(OTHER")
    assert '"ET-WIRE-8"' in without
    assert "ET-WIRE-8" not in dict(place[::-1] for place in whereabouts.literals(without))


def test_judged__not_by_an_open_row() -> None:
    """A row that allows success too can name no clause."""
    assert "ET-DEL-3" not in whereabouts.in_judge()
    assert whereabouts.in_tables()["ET-DEL-3"] == [
        "operations.toml DeleteEventTracker: tracker in "
        "CREATE IN_PROGRESS/CREATE PENDING/DELETE IN_PROGRESS/DELETE PENDING (open)"
    ]


def test_tla__the_comment_directly_above_a_definition(tmp_path: Path) -> None:
    """Other comments name nothing; a folder that is not there has no definitions."""
    (tmp_path / "Trackers.tla").write_text(MODULE, encoding="utf-8")
    place = ["Trackers!OneAGroup"]
    assert whereabouts.in_tla(tmp_path) == {"ET-UNIQ-1": place, "ET-UNIQ-2": place}
    assert whereabouts.in_tla(tmp_path / "none") == {}


def test_tla__names_only_clauses_that_there_are() -> None:
    """A definition cannot stand for a clause that nobody wrote."""
    assert whereabouts.in_tla(spec.root() / "tla").keys() <= spec.load().clauses.keys()


def test_digest__changes_with_a_word_only() -> None:
    """Tags and white space are no words."""
    assert quote.digest("<p>One  tracker.</p>") == quote.digest("One tracker .") != quote.digest("Two trackers.")


def test_spec_ledger__prints_what_is_written(entries: list[Entry]) -> None:
    """The command without --write prints the text of the file and changes nothing."""
    done = CliRunner().invoke(main, ["spec", "ledger"])
    assert (done.exit_code, done.stdout) == (bool(ledger.gaps(entries)), ledger.text(entries))


def test_spec_ledger__installed_is_not_written_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A wheel has no checkout: exit code 2 and one line."""
    monkeypatch.setattr(ledger, "entries", list)
    monkeypatch.setattr(spec, "root", lambda: tmp_path / "_spec")
    monkeypatch.setattr(ledger, "text", lambda of: "")
    done = CliRunner().invoke(main, ["spec", "ledger", "--write"])
    assert done.exit_code == 2
    assert done.output.count("\n") == 1


def test_generated_files__do_not_depend_on_the_hash_seed() -> None:
    """Sets are put in order before they are told."""
    code = (
        "from trackstep.evidence import ledger; from trackstep.pictures import picture; "
        "print(ledger.text(ledger.entries()), *picture.files().values())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


def test_readme__says_what_the_ledger_says(entries: list[Entry]) -> None:
    """The figures of the README are the ledger's."""
    text = " ".join((Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split())
    must = [entry for entry in entries if entry.clause.level == "MUST"]

    def share(of: list[Entry]) -> int:
        return round(100 * len(of) / len(must))

    judged, broken = share([e for e in must if e.judged]), share([e for e in must if e.faults])
    documented, recorded = share([e for e in must if e.sources]), share([e for e in must if e.recorded])
    witnessed = share([e for e in must if e.witness])
    inferred = sum(not e.sources and not e.recorded for e in must)
    told = f"Of {len(must)} MUST clauses {judged} % are judged, {broken} % are broken by a fault, "
    assert f"{told}{documented} % are documented, {recorded} % recorded ({witnessed} % seen kept by the judge " in text
    assert f"in these recordings) and {inferred} only inferred" in text
