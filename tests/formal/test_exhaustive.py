"""The judge against the tables, by trying all there is; and that the trying would find a judge that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.formal.conftest import changed
from trackstep import spec
from trackstep.cli import main
from trackstep.errors import SpecError
from trackstep.formal import exhaustive, known, plain, survivor
from trackstep.formal.exhaustive import Noticed
from trackstep.formal.plain import Tables
from trackstep.oracle import guard


@pytest.fixture(scope="module")
def tables() -> Tables:
    """The tables, read plainly."""
    return plain.read()


@pytest.fixture(scope="module")
def noticed(tables: Tables) -> list[Noticed]:
    """Every change of a row, and what tells it."""
    return list(exhaustive.every_row(tables))


@pytest.mark.deep  # the 8,001 pairs of sets take a minute or two; those of one status the command below asks
def test_no_set_is_judged_otherwise_than_by_the_tables(tables: Tables) -> None:
    """Whatever is known of the statuses, and known in whatever way."""
    checked = exhaustive.every_set(tables)
    assert checked.wrong == ()
    assert checked.knowledge == 8_001


def test_each_row_is_tried_and_told(noticed: list[Noticed]) -> None:
    """A change of a row in one word makes judge and tables disagree, or a reason stands in survivors.toml."""
    rows = [row.id for operation in spec.load().operations.values() for row in operation.refusals]
    assert list(dict.fromkeys(each.place for each in noticed)) == rows
    survivors = survivor.load("judge")
    unexplained = [each for each in noticed if each.by is None and not survivor.reason(survivors, *each[:2])]
    assert unexplained == []


def test_each_reason_is_of_a_change_that_survives(noticed: list[Noticed]) -> None:
    """What is noticed needs no reason, and a reason that is of nothing goes."""
    lost, survivors = [each for each in noticed if each.by is None], survivor.load("judge")
    excused = [each[:2] for each in noticed if each.by is not None and survivor.reason(survivors, *each[:2])]
    assert excused == [], "a reason that would excuse what is noticed now hides when it is not"
    for one in survivors:
        assert any(one.is_of(each.place, each.change) for each in lost), one


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less is asked, where a little tells it."""
    names = ("CreateDatasetGroup", "CreateEventTracker", "DeleteEventTracker")
    asked = [one for one in known.requests() if one.operation.name in names and not one.holding | one.perhaps]
    monkeypatch.setattr(known, "requests", lambda: iter(asked))


@pytest.mark.usefixtures("few")
def test_a_judge_that_is_wrong_is_told(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge who takes a maybe for a yes accuses a service that may answer so."""
    monkeypatch.setattr(guard, "MAYBE", 2)
    guard._standing.cache_clear()
    try:
        wrong = exhaustive.every_history(tables).wrong
    finally:
        guard._standing.cache_clear()
    told = "tracker DELETE IN_PROGRESS/DELETE PENDING/GONE]  DeleteEventTracker -> +: the judge accuses, a service may"
    assert any(str(each).endswith(told) for each in wrong)


@pytest.mark.usefixtures("few")
def test_a_judge_who_trusts_that_nothing_was_lost_is_told(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge to whom a lost write was never carried out accuses a service that did."""
    monkeypatch.setattr("trackstep.oracle.judge._lost", lambda judgement, operation, outcome: None)
    wrong = exhaustive.every_lost(tables).wrong
    assert any("lost DeleteEventTracker; CreateEventTracker -> +: the judge accuses" in str(each) for each in wrong)


@pytest.mark.usefixtures("few")
def test_a_judge_that_forgets_is_told(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge who learns nothing of a refusal knows less than the service."""
    monkeypatch.setattr("trackstep.oracle.judge._narrowed", lambda c, allowed, notes: c.world)
    checked = exhaustive.every_history(tables)
    assert any("the judge then knows" in each.difference for each in checked.wrong)


_DELETES = 'DeleteDatasetGroup = { kind = "group", by = "dataset_group", does = "delete" }'
CANNOT_BE_STATED = {
    "a request about a kind that there is not": (
        "requests.toml", _DELETES, _DELETES.replace('"group"', '"groups"'),
        "requests.toml, request DeleteDatasetGroup: kind = 'groups', by = 'dataset_group', and there is no such kind",
    ),
    "a request that names a kind that there is not": (
        "requests.toml", _DELETES, _DELETES.replace("dataset_group", "group"),
        "requests.toml, request DeleteDatasetGroup: kind = 'group', by = 'group', and there is no such kind",
    ),
    "a request that lacks a word": (
        "requests.toml", _DELETES, _DELETES.replace('by = "dataset_group", ', ""),
        "requests.toml, request DeleteDatasetGroup: it does not say by",
    ),
    "a request of no operation": (
        "requests.toml", _DELETES, _DELETES + '\nDrop = { kind = "group", by = "dataset_group", does = "delete" }',
        "requests.toml: operations.toml has no Drop",
    ),
    "a kind of which more is said": (
        "requests.toml", 'named = "anew"', 'named = "anew"\ncolour = "blue"',
        "requests.toml, kind dataset_group: colour cannot be stated",
    ),
    "a kind of no lifecycle": (
        "requests.toml", "[kind.dataset_group]", "[kind.schema]\n\n[kind.dataset_group]",
        "requests.toml: lifecycle.toml has no schema",
    ),
    "a kind within one that there is not": (
        "requests.toml", 'within = "dataset_group"', 'within = "schema"',
        "requests.toml, kind event_tracker: within = 'schema', and there is no such kind",
    ),
    "a row about a status that there is not": (
        "operations.toml", 'on = "group", in = ["DELETE PENDING"]', 'on = "group", in = ["DELETED"]',
        "CreateDatasetGroup: group in DELETED: no group has a status DELETED",
    ),
    "a move to a status that there is not": (
        "lifecycle.toml", 'to = "CREATE PENDING",     mover = "request", clause = "ET-GRP-1"',
        'to = "CREATE WAITING",     mover = "request", clause = "ET-GRP-1"',
        "dataset_group: GONE - create - CREATE WAITING: dataset_group has no status CREATE WAITING",
    ),
    "no table": (
        "requests.toml", "[request]", "[request",
        "requests.toml cannot be read: Expected ']' at the end of a table declaration (at line 25, column 9)",
    ),
    "a kind that is unique in another way": (
        "requests.toml", 'each = "one"', 'each = "two"',
        "requests.toml, kind event_tracker: each = 'two' cannot be stated, only '' or 'one'",
    ),
    "a kind that is named in another way": (
        "requests.toml", 'named = "anew"', 'named = "after a while"',
        "requests.toml, kind dataset_group: named = 'after a while' cannot be stated, only 'anew' or 'never'",
    ),
    "a request that does something else": (
        "requests.toml", 'by = "dataset_group", does = "delete"', 'by = "dataset_group", does = "rename"',
        "requests.toml, request DeleteDatasetGroup: does = 'rename' cannot be stated",
    ),
    "a kind of which nothing is said": (
        "lifecycle.toml", "[dataset_group]", "[schema]",
        "lifecycle.toml: schema is a kind of which requests.toml says nothing",
    ),
    "an operation of which nothing is said": (
        "operations.toml", "[PutEvents]", "[PutItems]",
        "operations.toml: PutItems is an operation of which requests.toml says nothing",
    ),
    "a row about another kind": (
        "operations.toml", 'on = "group", in = ["GONE"], codes = ["ResourceNotFoundException"], clause = "ET-GRP-8"',
        'on = "schema", in = ["GONE"], codes = ["ResourceNotFoundException"], clause = "ET-GRP-8"',
        "DeleteDatasetGroup: schema in GONE: requests.toml has no 'schema', only group, resource, tracker",
    ),
    "a deletion that leads to two statuses": (
        "lifecycle.toml", '"DELETE PENDING",     mover = "request", clause = "ET-DEL-4"',
        '"GONE",     mover = "request", clause = "ET-DEL-4"',
        "event_tracker: CREATE FAILED - delete - GONE: delete leads to GONE here and to DELETE PENDING elsewhere",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line"), CANNOT_BE_STATED.values(), ids=CANNOT_BE_STATED.keys())
def test_a_table_that_cannot_be_stated_names_the_row(
    file: str, old: str, new: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, exit code 2, and the row stands in it."""
    copy = changed(tmp_path, file, old, new)
    with pytest.raises(SpecError) as wrong:  # the line has marks that a pattern would read
        plain.read(copy)
    assert str(wrong.value) == line
    monkeypatch.setenv("TRACKSTEP_SPEC", str(copy))
    done = CliRunner().invoke(main, ["formal", "judge"])
    assert (done.exit_code, done.stderr) == (2, f"trackstep: {line}\n")


DAMAGED = {
    "judge": ("survivors.toml", "reason = ", "reasons = ", "survivors.toml, judge 1: it does not say reason"),
    "prove": (
        "strengthening.toml", "sentence = ", "says = ",
        "strengthening.toml, OnlyHandedOutStands: it does not say sentence",
    ),
}  # fmt: skip


@pytest.mark.parametrize("command", DAMAGED)
def test_a_damaged_table_is_one_line(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told before anything is tried, with exit code 2."""
    file, old, new, line = DAMAGED[command]
    monkeypatch.setenv("TRACKSTEP_SPEC", str(changed(tmp_path, file, old, new)))
    done = CliRunner().invoke(main, ["formal", command])
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"trackstep: {line}\n")


def test_formal_judge__says_how_many_and_that_none_disagrees() -> None:
    """The three questions, a line each; with --rows every change and what tells it."""
    done = CliRunner().invoke(main, ["formal", "judge", "--largest", "1", "--rows"])
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert lines[0].startswith(
        "every history that begins with nothing: 42 things known, 15,204 answers, none disagrees ("
    )
    assert lines[1].startswith("every write whose answer was lost: 126 before another request, 8,442 answers, none")
    assert lines[2].startswith("every set of at most 1 statuses: 42 sets, ")
    assert (
        "  DeleteEventTracker: tracker in GONE, left open: [group ACTIVE, tracker GONE]"
        "  DeleteEventTracker -> +: the judge accuses, a service may"
    ) in lines
    assert lines[-1].startswith("every row changed: 67 rows, 407 changes, 322 told, 85 cannot be, each for a reason")
