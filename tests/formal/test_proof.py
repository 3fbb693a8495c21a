"""What is proved for any number: every promise, from the tables; and that nothing of it holds for nothing."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.formal.conftest import changed as copied
from tests.spec.committed import assert_current
from trackstep import spec
from trackstep.cli import main
from trackstep.errors import SpecError
from trackstep.formal import changed, formula, mutation, plain, survivor, theorem
from trackstep.formal.mutation import Broke
from trackstep.formal.plain import Tables

Prove = Callable[..., Result]


@pytest.fixture
def prove(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prove:
    """``trackstep formal prove`` with a passage of a file that is another."""

    def of(file: str, old: str, new: str) -> Result:
        monkeypatch.setenv("TRACKSTEP_SPEC", str(copied(tmp_path, file, old, new)))
        return CliRunner().invoke(main, ["formal", "prove"])

    return of


def test_formal_prove__every_promise() -> None:
    """Each holds, or fails as it must and is told as calls."""
    done = CliRunner().invoke(main, ["formal", "prove"])
    assert done.exit_code == 0, done.output
    lines = [line.strip() for line in done.output.splitlines()]
    for each in theorem.theorems():
        said = [line for line in lines if line.split(maxsplit=1)[0] == each.name]
        assert any(("fails, as it must: reachable" in line) != each.holds for line in said), each.name
    assert sum(line.startswith("31 of 31 actions can happen; ") for line in lines) == 2
    orphan = next(place for place, line in enumerate(lines) if line.startswith("NoOrphans") and "fails" in line)
    assert lines[orphan + 1 : orphan + 5] == [
        "1. CreateDatasetGroup(group g1) -> accepted  [g1 CREATE PENDING]",
        "2. DeleteDatasetGroup(group g1) -> accepted  [g1 DELETE PENDING]",
        "3. CreateEventTracker(group g1) -> accepted, tracker t1  [t1 CREATE PENDING]",
        "4. the service moves group g1  [g1 GONE]",
    ]


def test_every_promise_is_a_theorem() -> None:
    """What Promises.tla defines for the world to rely on is to be proved, of the services of which TLC checks it."""
    helpers = {"Stage", "Fairness", "FairSpec"}
    assert {each.name for each in theorem.theorems()} == {
        *formula.module(spec.root() / "tla" / "Promises.tla")
    } - helpers
    assert {each.name for each in theorem.theorems() if not each.holds} == {"NoOrphans", "GroupsSettle"}


@pytest.fixture
def strict_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is promised of a strict service is proved, and stories are sought in the smallest worlds."""
    monkeypatch.setattr("trackstep.cli.theorems._SERVICES", {False: "strict"})
    monkeypatch.setattr("trackstep.formal.counterexample.SIZES", ((1, 2),))


ACTIVE_ONLY = 'in = ["CREATE PENDING", "CREATE IN_PROGRESS"], codes = ["ResourceAlreadyExistsException"'


@pytest.mark.usefixtures("strict_only")
def test_formal_prove__a_guard_that_forgets(prove: Prove) -> None:
    """What fails and can be reached is told as the shortest story in calls."""
    done = prove("operations.toml", ACTIVE_ONLY, ACTIVE_ONLY.replace('"CREATE PENDING", ', ""))
    assert done.exit_code == 1
    assert (
        "  OneTrackerAGroup                 FAILS: reachable in 5 steps\n"
        "    1. CreateDatasetGroup(group g1) -> accepted  [g1 CREATE PENDING]\n"
        "    2. the service moves group g1  [g1 CREATE IN_PROGRESS]\n"
        "    3. the service moves group g1  [g1 ACTIVE]\n"
        "    4. CreateEventTracker(group g1) -> accepted, tracker t1  [t1 CREATE PENDING]\n"
        "    5. CreateEventTracker(group g1) -> accepted, tracker t2  [t2 CREATE PENDING]\n"
    ) in done.output


@pytest.mark.usefixtures("strict_only")
def test_formal_prove__what_cannot_be_reached(prove: Prove) -> None:
    """Without what strengthens it a promise fails from a state that nothing leads to, and it is told so."""
    done = prove("strengthening.toml", 'tracker[t] \\in Existing => group[groupOf[t]] = "ACTIVE"', "t = t")
    assert done.exit_code == 1
    told = "FAILS: by service -> GONE, but not from what 1 dataset groups and 2 tracking IDs can come to"
    assert f"  NoOrphans                        {told}\n" in done.output


@pytest.mark.usefixtures("strict_only")
def test_formal_prove__what_strengthens_and_is_not_so(prove: Prove) -> None:
    """An invariant that is none is named."""
    done = prove("strengthening.toml", 'group[groupOf[t]] = "ACTIVE"', 'group[groupOf[t]] = "GONE"')
    assert "TrackersAreInActiveGroups        FAILS, of strengthening.toml, by " in done.output


@pytest.mark.usefixtures("strict_only")
def test_formal_prove__what_can_never_happen(prove: Prove) -> None:
    """A refusal that no state brings about is told: of it everything would be promised."""
    done = prove("operations.toml", 'in = ["GONE"], codes = ["ResourceNotFoundException"], clause = "ET-GRP-3"',
                 'in = [], codes = ["ResourceNotFoundException"], clause = "ET-GRP-3"')  # fmt: skip
    assert done.exit_code == 1
    assert "  DescribeDatasetGroup -> ResourceNotFoundException CAN NEVER HAPPEN: " in done.output


MOVE = (
    '{ from = "CREATE PENDING",     trigger = "progress", to = "CREATE IN_PROGRESS", mover = "service", '
    'clause = "ET-LIFE-2" },'
)
STUCK = {"that is dropped": "", "that leads nowhere": MOVE.replace("CREATE IN_PROGRESS", "CREATE PENDING")}


@pytest.mark.usefixtures("strict_only")
@pytest.mark.parametrize("new", STUCK.values(), ids=STUCK)
def test_formal_prove__a_move(new: str, prove: Prove) -> None:
    """What the service cannot move on never settles, and the story ends where it stays."""
    done = prove("lifecycle.toml", MOVE, new)
    assert done.exit_code == 1
    lines = done.output.splitlines()
    told = lines.index("  TrackersSettle                   FAILS: reachable in 4 steps")
    assert lines[told + 4 : told + 6] == [
        "    4. CreateEventTracker(group g1) -> accepted, tracker t1  [t1 CREATE PENDING]",
        "    and there t1 CREATE PENDING stays: the service has no move for it",
    ]


@pytest.mark.usefixtures("strict_only")
def test_formal_prove__what_is_broken_at_first(prove: Prove) -> None:
    """Nothing need happen for it."""
    done = prove("tla/Promises.tla", '\\cup Deleting \\cup {"GONE"}', "\\cup Deleting")
    assert "  Statuses                         FAILS: where nothing has happened yet\n" in done.output


@pytest.mark.usefixtures("strict_only")
def test_formal_prove__what_must_fail_and_does_not_happen(prove: Prove, monkeypatch: pytest.MonkeyPatch) -> None:
    """A promise that must be broken is so only where a history breaks it."""
    must = [each._replace(holds=each.name != "NoOrphans") for each in theorem.theorems() if not each.lenient]
    monkeypatch.setattr(theorem, "theorems", lambda: must)
    done = prove("strengthening.toml", 'tracker[t] \\in Existing => group[groupOf[t]] = "ACTIVE"', "t = t")
    assert done.exit_code == 1
    assert "  NoOrphans                        FAILS: by service -> GONE, but not from what " in done.output


def test_formal_prove__write_without_changes() -> None:
    """What is not made cannot be written."""
    done = CliRunner().invoke(main, ["formal", "prove", "--write"])
    assert (done.exit_code, done.stderr) == (2, "trackstep: --write writes what --changes finds: give both\n")


def test_formal_prove__a_table_that_cannot_be_stated(prove: Prove) -> None:
    """One line that names the row, exit code 2."""
    done = prove("requests.toml", 'each = "one"', 'each = "at most two"')
    line = "requests.toml, kind event_tracker: each = 'at most two' cannot be stated, only '' or 'one'"
    assert (done.exit_code, done.stderr) == (2, f"trackstep: {line}\n")


def test_formal_prove__without_z3(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that says what to install, exit code 3."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    done = CliRunner().invoke(main, ["formal", "prove"])
    line = "trackstep: no z3 was found: pip install 'trackstep[formal]', or pip install z3-solver\n"
    assert (done.exit_code, done.stderr) == (3, line)


# -- nothing holds for nothing -----------------------------------------------------------------------

BREAKS = {
    ("CreateEventTracker: tracker in ACTIVE", "dropped"): "breaks OneTrackerAGroup",
    ("requests.toml", "refused = everything"): "breaks RefusedChangesNothing, GroupsSettle, "
    "NoGroupIsDeletedUnderItsTracker",
    ("requests.toml, kind event_tracker", "named = anew"): "breaks TrackingIdsAreNeverReused, DeletedStaysDeleted, "
    "NoStatusRunsBackwards",
    ("PutEvents: tracker in GONE", "without ResourceNotFoundException"): "breaks no promise, but another graph: "
    "[nothing]  PutEvents(t1) -> ResourceNotFoundException",
    ("event_tracker: ACTIVE - delete - DELETE PENDING", "to GONE"): "cannot be stated: event_tracker: "
    "CREATE FAILED - delete - DELETE PENDING: delete leads to DELETE PENDING here and to GONE elsewhere",
    ("dataset_group: ACTIVE - delete - DELETE PENDING", "dropped"): "",
    ("dataset_group: DELETE PENDING - progress - GONE", "to DELETE PENDING"): "breaks GroupsSettle",
}


@pytest.fixture(scope="module")
def tables() -> Tables:
    """The tables as they are."""
    return plain.read()


def test_a_change_of_a_row_is_noticed(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    """It breaks a promise, makes another graph, or is no table; or nothing can tell it."""
    few = [each for each in changed.every(tables) if each[:2] in BREAKS]
    monkeypatch.setattr(changed, "every", lambda of: iter(few))
    broke = mutation.every(tables, theorem.theorems(), theorem.strengthening())
    assert {each[:2]: each.told for each in broke} == BREAKS


@pytest.mark.deep  # a minute or two
def test_every_change_of_a_row_is_noticed(tables: Tables) -> None:
    """Each breaks a promise or makes another graph, or has a reason; each promise is broken, each reason needed."""
    broke = list(mutation.every(tables, theorem.theorems(), theorem.strengthening()))
    survivors = survivor.load("proof")
    score = mutation.score(broke, theorem.theorems(), survivors)
    assert score.wrong == 0
    assert_current(mutation.FILE, score.text, "trackstep formal prove --changes --write")
    lost = [each for each in broke if not each.told]
    assert [one for one in survivors if not any(one.is_of(each.place, each.change) for each in lost)] == []
    assert [each for each in broke if each.told and survivor.reason(survivors, each.place, each.change)] == []


def test_the_committed_changes_are_of_these_tables(tables: Tables) -> None:
    """A row that is new or another is proved again: each change stands in the file, in order, and is noticed."""
    text = (spec.root() / mutation.FILE).read_text(encoding="utf-8")
    *lines, _, total = [line for line in text.splitlines() if not line.startswith("#")][1:]
    every = list(changed.every(tables))
    assert len(lines) == len(every)
    assert all(line.startswith(f"{each.place}, {each.change}: ") for line, each in zip(lines, every, strict=True))
    assert mutation.NOT_NOTICED not in text
    assert total.endswith("every promise is broken by one")


def test_a_promise_that_nothing_breaks_is_told() -> None:
    """So is a change that nobody notices."""
    score = mutation.score([Broke("row", "dropped")], theorem.theorems(), [])
    assert score.wrong == 1 + len({each.name for each in theorem.theorems()})
    assert score.lines == ("row, dropped: NOT NOTICED",)
    assert "BROKEN BY NONE: DeleteLeavesTheGroup, " in score.total


def test_what_is_told_of_a_change() -> None:
    """A promise first, as that is what a caller relies on."""
    assert Broke("row", "dropped", ("Statuses",)).told == "breaks Statuses"
    assert Broke("row", "dropped").told == ""


# -- the language ------------------------------------------------------------------------------------


def test_formula__bullets_are_told_by_their_columns() -> None:
    """A list of formulas ends where the next one begins further left."""
    tree = formula.read("/\\ \\A t \\in S : a\n      /\\ b\n/\\ c")
    assert tree == ("/\\", [("\\A", ["t"], ("name", "S"), ("/\\", [("name", "a"), ("name", "b")])), ("name", "c")])


@pytest.mark.parametrize("text", ["a = ", "\\A t : a", "{a", "a b", "=> a"])
def test_formula__what_is_none(text: str) -> None:
    """One line says where."""
    with pytest.raises(SpecError, match="TLA\\+"):
        formula.read(text)


NO_MEANING = {
    "Cardinality(Group) > 1": "EventTracker and Promises have no definition Cardinality",
    "ENABLED Init": "ENABLED is of a request and its answer, and what it means of anything else is not known here",
    "Holds(Group)": "Holds is of 2, and a promise says it of 1",
    "UNCHANGED group": "UNCHANGED is of a step, and this is a state",
}


@pytest.mark.parametrize(("said", "line"), NO_MEANING.items(), ids=NO_MEANING)
def test_promise__what_has_no_meaning_here(said: str, line: str, prove: Prove) -> None:
    """A promise that says more than can be read: one line, exit code 2."""
    old = "OneTrackerAGroup == \\A g \\in Group : "
    done = prove("tla/Promises.tla", old, old.replace("==", f"== {said} /\\"))
    assert (done.exit_code, done.stderr) == (2, f"trackstep: {line}\n")


OF_STEPS = {
    "UNCHANGED (group)'": "UNCHANGED is of variables, and what it means of anything else is not known here",
    "Stage(group)' = 1": "Stage' is of no variable, and what it means in a promise is not known here",
}


@pytest.mark.parametrize(("said", "line"), OF_STEPS.items(), ids=OF_STEPS)
def test_promise__what_has_no_meaning_of_steps(said: str, line: str, prove: Prove) -> None:
    """The same, of a step."""
    done = prove("tla/Promises.tla", '"DeleteEventTracker" => UNCHANGED group]_vars', f'"" => {said}]_vars')
    assert (done.exit_code, done.stderr) == (2, f"trackstep: {line}\n")


def test_promise__unchanged_is_of_variables_by_name_or_together(prove: Prove) -> None:
    """A tuple says what the name of one does."""
    done = prove("tla/Promises.tla", "UNCHANGED world", "UNCHANGED <<group, <<tracker, groupOf>>>>")
    assert done.exit_code == 0
