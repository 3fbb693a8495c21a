"""A replay leaves what was there before as it was, and sends nothing that names it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from tests.ledger.conftest import ACCOUNT, Service
from tests.search.test_replay import COMMANDS, perform
from trackstep import history, isolation, program, reconstruct
from trackstep.cli.replaying import _Replaying
from trackstep.emulator.models import PersonalizeBackend, personalize_backends
from trackstep.errors import HistoryError
from trackstep.history import History
from trackstep.operation import Operation
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome
from trackstep.program import Command
from trackstep.reconstruct import law
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

HEAD = f"arn:aws:personalize:us-east-1:{ACCOUNT}"
THEIRS = f"{HEAD}:dataset-group/theirs"
TRACKER = law(THEIRS)
MINE = f"{HEAD}:dataset-group/mine"
REGIONS = ("us-east-1", "us-west-2")


class Shared(EmulatorTarget):
    """An emulator with something of others in it, which outlives the replay; ``sent`` is what it was asked."""

    remembers = True

    def __init__(self) -> None:
        super().__init__(TargetOptions(progression="immediate"))
        personalize_backends.reset()
        for region in REGIONS:
            backend: PersonalizeBackend = personalize_backends[ACCOUNT][region]
            for name in ("theirs", "ts1-a", "ts1-b", "ts1-create-failed", "mine"):
                group = backend.create_dataset_group({"name": name, "tags": [{"tagKey": "k", "tagValue": "1"}]})
                if backend._group(group.arn).state == "ACTIVE":
                    backend.create_event_tracker(f"{name}-t", group.arn, [{"tagKey": "k", "tagValue": "1"}])
        self.sent: list[Operation] = []

    def call(self, operation: Operation) -> Outcome:
        """Remember it, and answer."""
        self.sent.append(operation)
        return super().call(operation)

    def world(self) -> dict[str, Any]:
        """Everything in it, tags and tracking IDs included."""
        found: dict[str, Any] = {}
        for region in REGIONS:
            backend: PersonalizeBackend = personalize_backends[ACCOUNT][region]
            backend._purge()
            held: dict[str, Any] = {**backend.groups, **backend.trackers}
            found[region] = {arn: (thing.to_dict(), dict(thing.tags)) for arn, thing in held.items()}
        return found


def replayed(commands: list[Command]) -> tuple[dict[str, Any], dict[str, Any], Shared]:
    """The world before and after a replay."""
    target = Shared()
    try:
        before = target.world()
        _Replaying(target, 1.0, REGIONS, Console(quiet=True)).all([commands])
        return before, target.world(), target
    finally:
        target.close()


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.lists(COMMANDS, min_size=1, max_size=12))
def test_replay__of_what_others_recorded_leaves_their_world_as_it_was(commands: list[Command]) -> None:
    """Recorded under names that the target has, and told without their prefix: nothing keeps its name."""
    recorded = perform(commands, "ts1", "immediate")
    told = reconstruct.tell(recorded.steps, "", recorded.regions)
    before, after, target = replayed(isolation.isolated(told))
    assert after == before
    named = json.dumps([dict(operation.params) for operation in target.sent])
    assert not re.search(r"(?<![\w-])ts1-", named)


LITERAL = st.sampled_from(
    [
        THEIRS,
        TRACKER,
        THEIRS.upper(),
        f"{THEIRS} ",
        f"{HEAD}:dataset-group/mine",
        law(f"{HEAD}:dataset-group/mine"),
        "theirs",
    ]
)
NAMES = st.sampled_from(["mine", "other", "ten", "Mine", "x" * 63, "9", "a-create-failed", "has space", "", "$A"])
WRITTEN = st.one_of(
    COMMANDS,
    st.builds(lambda n: Command("CreateDatasetGroup", {"name": n}), NAMES),
    st.builds(
        lambda o, a: Command(o, {"datasetGroupArn": a}),
        st.sampled_from(["DescribeDatasetGroup", "DeleteDatasetGroup", "ListEventTrackers"]), LITERAL,
    ),
    st.builds(lambda a: Command("CreateEventTracker", {"name": "t", "datasetGroupArn": a}), LITERAL),
    st.builds(
        lambda o, a: Command(o, {"eventTrackerArn": a}),
        st.sampled_from(["DescribeEventTracker", "DeleteEventTracker"]), LITERAL,
    ),
    st.builds(
        lambda o, a: Command(o, {"resourceArn": a, "tags": [{"tagKey": "z", "tagValue": "1"}], "tagKeys": ["k"]}),
        st.sampled_from(["TagResource", "UntagResource"]), LITERAL,
    ),
    st.builds(
        lambda o, a, e: Command(o, {}, False, json.dumps({e: a})),
        st.sampled_from(["DeleteDatasetGroup", "DeleteEventTracker"]), LITERAL,
        st.sampled_from(["datasetGroupArn", "eventTrackerArn"]),
    ),
)  # fmt: skip


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(WRITTEN, min_size=1, max_size=8))
def test_replay__of_a_program_with_literal_arns_is_refused_or_harms_nobody(commands: list[Command]) -> None:
    """Whatever somebody wrote: before the first call, or under new names."""
    try:
        safe = isolation.of_text(commands)
    except HistoryError:
        return  # nothing was sent
    before, after, _ = replayed(safe)
    assert after == before


def described(arn: str) -> Operation:
    """A Describe of a group."""
    return Operation("DescribeDatasetGroup", {"datasetGroupArn": arn})


DESCRIBE = described(THEIRS)
DELETE = Operation("DeleteEventTracker", {"eventTrackerArn": TRACKER})
FOUND = Outcome.success({"datasetGroup": {"datasetGroupArn": THEIRS, "status": "ACTIVE"}})
ABSENT = Outcome.refusal("ResourceNotFoundException")
AWAY = "arn:aws:personalize:us-east-1:999999999999:dataset-group/theirs"
BODY = json.dumps(DELETE.params).encode()


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([(DESCRIBE, FOUND)], "step 1, DescribeDatasetGroup: 'arn:"),
        ([(DESCRIBE, ABSENT), (DELETE, Outcome.success({}))], "step 2, DeleteEventTracker: 'arn:"),
        ([(DELETE, Outcome.refusal("ResourceInUseException"))], "of something that this program does not create"),
        ([(Operation("PutEvents", {"trackingId": "a"}), Outcome.success({}))], "is of a tracker that this"),
        ([(Operation("ListDatasetGroups", {"nextToken": "t"}), Outcome.success({}))], "the token of a page"),
        ([(Operation("DeleteEventTracker", {}, body=BODY), ABSENT)], "in a body, where nothing can be renamed"),
        ([(Operation("DeleteEventTracker", {}, body=BODY.decode().encode("utf-16-le")), ABSENT)], "in a body"),
    ],
)  # fmt: skip
def test_history__that_names_what_it_does_not_create_is_refused(
    steps: list[tuple[Operation, Outcome]], says: str
) -> None:
    """In one line, with the step."""
    told = reconstruct.tell(steps, "ts1")
    with pytest.raises(HistoryError, match=says.replace("(", r"\(")) as refused:
        isolation.isolated(told)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("operation", "becomes"),
    [
        (DESCRIBE, {"datasetGroupArn": "$nobody.arn"}),
        (DELETE, {"eventTrackerArn": "$nobody.tracker"}),
        (described(AWAY), {"datasetGroupArn": AWAY.replace("theirs", "$nobody")}),
        (described("theirs"), {"datasetGroupArn": "$theirs"}),
        (described("not an arn"), {"datasetGroupArn": "not an arn"}),
        (described("arn:aws:s3:::bucket"), {"datasetGroupArn": "arn:aws:s3:::bucket"}),
    ],
)  # fmt: skip
def test_history__what_named_nothing_names_nothing_again(operation: Operation, becomes: dict[str, Any]) -> None:
    """Of the same kind and account; malformed as it was."""
    own = (
        Operation("ListDatasetGroups", {}),
        Outcome.success({"datasetGroups": [{"datasetGroupArn": f"{HEAD}:dataset-group/x"}]}),
    )
    commands = isolation.isolated(reconstruct.tell([own, (operation, ABSENT)], "ts1"))
    assert commands[1].params == becomes


def test_history__with_other_kinds_is_told_with_references() -> None:
    """A schema and a dataset that it creates; the role and the recipe that it uses stay."""
    schema, dataset = f"{HEAD}:schema/s", f"{HEAD}:dataset/retail/INTERACTIONS"
    group, role = f"{HEAD}:dataset-group/Retail_03", "arn:aws:iam::1:role/r"
    steps = [
        (Operation("CreateSchema", {"name": "s", "schema": "{}"}), Outcome.success({"schemaArn": schema})),
        (
            Operation("CreateDatasetGroup", {"name": "Retail_03", "roleArn": role}),
            Outcome.success({"datasetGroupArn": group}),
        ),
        (
            Operation("CreateDataset", {"name": "d", "datasetGroupArn": group, "schemaArn": schema}),
            Outcome.success({"datasetArn": dataset}),
        ),
        (Operation("DeleteDataset", {"datasetArn": dataset}), Outcome.success({})),
        (Operation("DeleteSchema", {"schemaArn": schema}), Outcome.success({})),
    ]
    told = isolation.isolated(reconstruct.tell([Step(*step) for step in steps], ""))
    assert [str(command) for command in told] == [
        'CreateSchema {"name": "$S", "schema": "{}"}',
        f'CreateDatasetGroup {{"name": "$Retail_03", "roleArn": "{role}"}}',
        'CreateDataset {"name": "$D", "datasetGroupArn": "$Retail_03.arn", "schemaArn": "$S.schema"}',
        'DeleteDataset {"datasetArn": "$D.dataset"}',
        'DeleteSchema {"schemaArn": "$S.schema"}',
    ]
    assert program.parse("\n".join(map(str, told))) == told


def test_tracker_of_a_create_without_answer_is_known_by_its_group() -> None:
    """Its ARN follows from the group's."""
    group = f"{HEAD}:dataset-group/g"
    steps = [
        (Operation("CreateDatasetGroup", {"name": "g"}), Outcome.success({"datasetGroupArn": group})),
        (Operation("CreateEventTracker", {"name": "t", "datasetGroupArn": group}), Outcome.lost("x")),
        (Operation("DeleteEventTracker", {"eventTrackerArn": law(group)}), Outcome.success({})),
    ]
    assert isolation.isolated(reconstruct.tell(steps, ""))[2].params == {"eventTrackerArn": "$G.tracker"}


# -- the command -------------------------------------------------------------------------------------


SCHEMA = f"{HEAD}:schema/s"
STACK = f"""\
CreateDatasetGroup {{"name": "$A"}}
Settle {{"of": "$A.arn"}}
CreateDataset {{"name": "d", "datasetGroupArn": "$A.arn", "datasetType": "Interactions", "schemaArn": "{SCHEMA}"}}
CreateEventTracker {{"name": "$t1", "datasetGroupArn": "$A.arn"}}
Settle {{"of": "$A.tracker"}}
"""
Run = Callable[..., Result]


@pytest.fixture
def replay(sweep: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """``trackstep replay`` in this process."""
    from click.testing import CliRunner

    from trackstep.cli import main

    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(main, ["replay", *words])


def test_replay__deletes_what_a_program_creates_through_other_operations(
    service: Service, replay: Run, tmp_path: Path
) -> None:
    """A dataset keeps its group; nothing is left but the schema that was there, nor a ledger."""
    backend: PersonalizeBackend = personalize_backends[ACCOUNT]["us-east-1"]
    backend.create_schema("s", '{"type": "record", "name": "s", "fields": [{"name": "a", "type": "long"}]}', None)
    (tmp_path / "stack.txt").write_text(STACK, encoding="utf-8")
    before = service.world()
    told = replay("stack.txt", "--endpoint-url", service.url)
    assert told.exit_code == 0, told.output
    assert "CreateDataset (us-east-1)" in told.output
    assert "not offered" not in told.output
    assert (backend.datasets, [*backend.schemas], service.world()) == ({}, [SCHEMA], before)
    assert [path.name for path in tmp_path.iterdir()] == ["stack.txt"]


def test_replay__says_what_is_not_offered(service: Service, replay: Run, tmp_path: Path) -> None:
    """The rest is run and judged."""
    solved = f'{STACK}CreateSolution {{"name": "$S", "datasetGroupArn": "$A.arn"}}\n'.replace("CreateDataset ", "# ")
    (tmp_path / "stack.txt").write_text(solved, encoding="utf-8")
    shown = replay("stack.txt", "--endpoint-url", service.url)
    assert shown.exit_code == 0, shown.output
    assert "not offered, and left out: CreateSolution (UnknownOperationException)" in shown.output
    assert json.loads(replay("stack.txt", "--json").output)["unsupported"] == {
        "CreateSolution": "UnknownOperationException"
    }


def test_replay__refuses_what_is_of_others_before_the_first_call(service: Service, replay: Run, tmp_path: Path) -> None:
    """Exit code 2 and one line, of a program and of a history."""
    arn = f"{HEAD}:dataset-group/production"
    text = f'CreateDatasetGroup {{"name": "$A"}}\nDeleteDatasetGroup {{"datasetGroupArn": "{arn}"}}'
    (tmp_path / "p.txt").write_text(text, encoding="utf-8")
    steps = [Step(Operation("DeleteDatasetGroup", {"datasetGroupArn": arn}), Outcome.success({}))]
    lines = history.dump([History("ts1", steps)])
    (tmp_path / "h.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    for file, where in (("p.txt", "command 2"), ("h.jsonl", "step 1")):
        told = replay(file, "--endpoint-url", service.url)
        assert (told.exit_code, len(told.output.splitlines())) == (2, 1), told.output
        assert f"{where}, DeleteDatasetGroup: '{arn}' is of something that this program does not create" in told.output
    assert service.calls == 0
