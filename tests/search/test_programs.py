"""Programs, the tour, shrinking, lockstep as a test, and histories on disk."""

from __future__ import annotations

import ast
import itertools
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from tests.mutants.test_broken_by_hand import second_tracker_allowed
from trackstep import history, program, spec
from trackstep.emulator import faults
from trackstep.errors import HistoryError
from trackstep.history import History
from trackstep.operation import COVERED, Operation
from trackstep.oracle import judge
from trackstep.oracle.judge import Step
from trackstep.oracle.notes import Finding
from trackstep.outcome import Outcome, Wire
from trackstep.program import Command
from trackstep.search import cause, imagine, lockstep, plan, shrink, sighting
from trackstep.search.session import Budget, BudgetSpent, Patience, Session
from trackstep.search.sighting import Key
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

MUST = {clause.id for clause in spec.load().clauses.values() if clause.level == "MUST"}


@pytest.fixture
def target() -> Any:
    """The emulator in process."""
    made = EmulatorTarget(TargetOptions())
    yield made
    made.close()


def start(target: Any, calls: int = 2000) -> Session:
    """A session of its own."""
    start.number += 1  # type: ignore[attr-defined]  # a counter
    return Session(target, f"ts{start.number}", Budget(calls, 60.0), Patience(1.0))  # type: ignore[attr-defined]


start.number = 0  # type: ignore[attr-defined]


def test_program__is_printed_and_read_back() -> None:
    """The text form loses nothing."""
    for excursion in plan.excursions():
        text = "\n".join(map(str, excursion.commands))
        assert list(map(str, program.parse(text))) == list(map(str, excursion.commands))


@pytest.mark.parametrize("text", ["CreateEventTracker {", "not a line at all", 'Walk {"a": }'])
def test_program__that_is_broken_names_the_line(text: str) -> None:
    """One clear line."""
    with pytest.raises(HistoryError, match="line 2"):
        program.parse(f"# comment\n{text}")


def test_program__as_boto3_is_python() -> None:
    """What a report shows can be read by Python, and names nothing that is not there but the clients."""
    clients = {"personalize", "personalize_events", "west", "west_events"}
    for excursion in plan.excursions():
        lines = [line for line in program.as_boto3(excursion.commands) if "…" not in line]
        nodes = [node for line in lines for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Name)]
        bound = {node.id for node in nodes if isinstance(node.ctx, ast.Store)}
        assert {node.id for node in nodes} - bound <= clients, excursion.title


def test_tour__takes_every_transition() -> None:
    """Each edge of the bounded model once at least; each walk begins afresh, each step where the last ended."""
    walks = plan.tour()
    assert {edge for walk in walks for edge in walk} == {
        (source, data["command"], to) for source, to, data in plan.graph().edges(data=True)
    }
    for walk in walks:
        assert walk[0][0] == plan.START
        assert all(one[2] == two[0] for one, two in itertools.pairwise(walk))


def test_tour__breaks_no_clause_on_the_emulator(target: Any) -> None:
    """Nor does what is asked beside the way; and every write of every walk is performed."""
    beside = plan.Beside(lambda session, command: True)
    for walk in plan.tour():
        session = start(target, calls=6000)
        for command in plan.next_on_tour(session, walk, beside):
            assert MUST.isdisjoint(finding.clause for finding in session.perform(command)), command
        asked = [command for command in session.program if command in {edge[1] for edge in walk}]
        assert len(asked) >= len(walk)


class Losing(EmulatorTarget):
    """The answer to the first CreateEventTracker is lost."""

    lost = False

    def call(self, operation: Operation) -> Outcome:
        """The answer, or none."""
        outcome = super().call(operation)
        if operation.name == "CreateEventTracker" and not self.lost:
            self.lost = True
            return Outcome.lost("503")
        return outcome


def test_settle__does_not_wait_for_what_was_never_heard_of() -> None:
    """A lost Create tells no ARN; that nothing is found under a made-up one is no deviation, and no reason to wait."""
    losing = Losing(TargetOptions())
    try:
        session = start(losing)
        told = []
        for command in program.parse(
            'CreateDatasetGroup {"name": "$A"}\nSettle {"of": "$A.arn"}\n'
            'CreateEventTracker {"name": "$t1", "datasetGroupArn": "$A.arn"}\nSettle {"of": "$A.tracker"}'
        ):
            told += [finding.clause for finding in session.perform(command)]
    finally:
        losing.close()
    assert told == []
    asked = [step.operation.name for step in session.steps[-3:]]
    assert asked == ["CreateEventTracker", "CreateEventTracker", "DescribeEventTracker"]


def test_session__stops_before_a_call_it_cannot_pay(target: Any) -> None:
    """The budget is never overdrawn."""
    session = start(target, calls=3)
    for _ in range(3):
        session.perform(Command("ListDatasetGroups"))
    with pytest.raises(BudgetSpent):
        session.perform(Command("ListDatasetGroups"))
    assert session.budget.calls == 3


def shrunk(target: Any, commands: list[Command], key: Key) -> tuple[list[str], int]:
    """The names of the shortest program that still shows a deviation, and the calls that it took to find it."""
    budget = Budget(2000, 60.0)

    def deviates(session: Session, found: list[Finding]) -> bool:
        return any(sighting.key(finding, session.steps) == key for finding in found)

    def trial() -> Session:
        made = start(target)
        made.budget = budget
        return made

    shown = shrink.Shrinker(trial, deviates).shortest(commands, imagine.arrives(commands))
    assert shown.session is not None
    return [command.name for command in shown.commands], budget.calls


def test_shrink__comes_to_the_shortest_program(target: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group, a tracker, waiting for both (the clause is that of an ACTIVE one), and a second; in few calls."""
    second_tracker_allowed(monkeypatch)
    noise = [command for command in plan.excursions()[0].commands if command.name != "CreateEventTracker"]
    made = Command("CreateEventTracker", {"name": "$t1", "datasetGroupArn": "$A.arn"})
    wait = Command("Settle", {"of": "$A.tracker"})
    key = Key("ET-UNIQ-2", "CreateEventTracker", "success")
    names, calls = shrunk(target, [*noise[:2], made, *noise[2:8], wait, *noise[2:4], made], key)
    assert names == ["CreateDatasetGroup", "Settle", "CreateEventTracker", "Settle", "CreateEventTracker"]
    assert calls < 100


def test_shrink__what_the_model_does_not_know_is_kept(target: Any) -> None:
    """A fault that hangs on three refusals: no state of the model says so, and no refusal can be dropped."""
    made = Command("CreateEventTracker", {"name": "$t1", "datasetGroupArn": "$A.arn"})
    group = [Command("CreateDatasetGroup", {"name": "$A"}), Command("Settle", {"of": "$A.arn"})]
    again = [made, Command("Settle", {"of": "$A.tracker"}), Command("ListDatasetGroups"), made, made, made, made]
    with faults.planted("fourth-try-gets-through"):
        names, _ = shrunk(target, group + again, Key("ET-UNIQ-2", "CreateEventTracker", "success"))
    assert names.count("CreateEventTracker") == 5
    assert "ListDatasetGroups" not in names


def test_causes__what_follows_is_shown_under_its_cause() -> None:
    """A second tracker that is accepted is one cause, whatever the status of the first."""
    unique = [Key(f"ET-UNIQ-{n}", "CreateEventTracker", "success") for n in (1, 2, 3)]
    listed = Key("ET-UNIQ-8", "ListEventTrackers", "success")
    apart = Key("ET-PUT-2", "PutEvents", "success")
    form = Key("ET-WIRE-7", "ListEventTrackers", "success")
    program = [Command("CreateDatasetGroup")] * 3
    given = [
        sighting.Shrunk(unique[2], program, [(unique[2], 3)]),
        sighting.Shrunk(unique[0], [*program, program[0]], [(unique[0], 4)]),
        sighting.Shrunk(unique[1], [*program, program[0]], [(unique[1], 4)]),
        sighting.Shrunk(listed, [*program, program[0]], [(form, 1), (unique[2], 3), (listed, 4)]),
        sighting.Shrunk(form, program, [(form, 1)]),
        sighting.Shrunk(apart, program[:1], [(apart, 1)]),
    ]
    case, follows = cause.Cause(unique[2], is_case=True), cause.Cause(unique[2], is_case=False)
    assert cause.causes(given) == {unique[0]: case, unique[1]: case, listed: follows}


def test_lockstep__as_a_test_passes_and_at_a_fault_fails(target: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A strict machine raises at the first contradiction of a MUST clause."""
    profile = settings(
        max_examples=30,
        stateful_step_count=12,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        derandomize=True,
    )
    machine: Any = lambda: lockstep.Lockstep(lambda: start(target), known=())  # noqa: E731  # Hypothesis calls it
    run_state_machine_as_test(machine, settings=profile)
    second_tracker_allowed(monkeypatch)
    with pytest.raises(lockstep.Deviated, match="ET-UNIQ"):
        run_state_machine_as_test(machine, settings=settings(profile, max_examples=400))


def test_lockstep__rules_are_named_as_the_operations() -> None:
    """Every covered operation is a rule."""
    rules = {name for name in vars(lockstep.Lockstep) if not name.startswith("_")}
    assert {Operation(name).method for name in COVERED} <= rules


def test_history__is_saved_and_read_back(target: Any) -> None:
    """A saved history has the same judgement as the one that was lived."""
    session = start(target)
    for command in plan.excursions()[0].commands:
        session.perform(command)
    lines = list(history.dump([History(session.prefix, session.steps)], seed=0))
    (back,) = history.parse("\n".join(lines))
    again = judge.judge(back.steps, back.prefix, back.complete)
    assert again.worlds == session.judgement.worlds
    assert again.notes.exercised == session.judgement.notes.exercised


TEXT = st.text(max_size=8)
STEPS = st.builds(
    lambda name, text, body, kind: Step(
        Operation(name, {"a": text}, body=body),
        Outcome(kind, None, text, text, Wire(400, {"content-type": text}, body or b"")),
    ),
    st.sampled_from(list(COVERED)),
    TEXT,
    st.none() | st.binary(max_size=8),
    st.sampled_from(["refusal", "lost", "garbled", "throttled"]),
)


@settings(max_examples=200, derandomize=True)
@given(st.lists(STEPS, max_size=4))
def test_history__keeps_every_byte(steps: list[Step]) -> None:
    """Bodies that are no UTF-8 as well."""
    (back,) = history.parse("\n".join(history.dump([History("p", steps)])))
    assert back.steps == steps


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a history"),
        ("hello", "line 1: not JSON"),
        ("[1]", "line 1: a JSON object"),
        ('{"trackstep": 1}\n{"operation": "X"}', "line 2: a step before"),
        ('{"trackstep": 1}\n{"session": "a"}\n{"operation": "ListDatase', "line 3: not JSON"),
        ('{"trackstep": 1}\n{"session": "a"}\n{"operation": "X"}', "line 3: not a step"),
        ('{"trackstep": 1}\n{"session": "a"}\n{"operation": "X", "params": {}, "outcome": {"kind": "y"}}', "kind 'y'"),
    ],
)  # fmt: skip
def test_history__that_is_broken_names_the_line(text: str, says: str) -> None:
    """Half a file, a wrong file: one clear line."""
    with pytest.raises(HistoryError, match=says):
        history.parse(text)


def test_history__of_a_run_holds_no_secret(target: Any) -> None:
    """Only the headers that a verdict rests on are saved."""
    session = start(target)
    session.perform(Command("ListDatasetGroups"))
    text = "\n".join(history.dump([History(session.prefix, session.steps)]))
    assert "uthorization" not in text
    assert "x-amzn-requestid" in text
