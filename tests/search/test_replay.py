"""A history retold as a program, and the program's text form."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackstep import program, reconstruct, spec
from trackstep.emulator import faults
from trackstep.errors import HistoryError
from trackstep.operation import COVERED, Operation
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome
from trackstep.program import SETTLE, WALK, Command
from trackstep.search.session import Budget, Patience, Session
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget
from trackstep.value import CHANGED, NAMED

GROUP = 'CreateDatasetGroup {"name": "$A"}\nSettle {"of": "$A.arn"}\n'
MADE = 'CreateEventTracker {"name": "$t1", "datasetGroupArn": "$A.arn"}\nSettle {"of": "$A.tracker"}\n'
GONE = 'DeleteEventTracker {"eventTrackerArn": "$A.tracker"}\nSettle {"of": "$A.tracker"}\n'
EVENTS = '"sessionId": "s", "eventList": [{"eventType": "click", "sentAt": 1700000000}]}\n'


def perform(commands: list[Command], prefix: str, progression: str = "manual", patience: float = 0.05) -> Session:
    """A session on an emulator of its own."""
    target = EmulatorTarget(TargetOptions(progression=progression))
    try:
        session = Session(target, prefix, Budget(5000, 60.0), Patience(patience))
        for command in commands:
            session.perform(command)
        return session
    finally:
        target.close()


def retold(text: str, progression: str = "manual", patience: float = 20.0) -> list[str]:
    """A program that was performed and told again."""
    session = perform(program.parse(text), "ts1", progression, patience)
    return [str(command) for command in reconstruct.from_history(session.steps, "ts1")]


SAME = {
    "one group and its tracker": GROUP + MADE + 'DescribeEventTracker {"eventTrackerArn": "$A.tracker"}\n' + GONE,
    "incarnations": GROUP + MADE + GONE + MADE + GONE + MADE
    + "".join(f'PutEvents {{"trackingId": "$A.{part}", {EVENTS}' for part in ("id", "old", "first")),
    "names": 'CreateDatasetGroup {"name": "$fail"}\nSettle {"of": "$fail.arn"}\n'
    'CreateDatasetGroup {"name": "$long"}\nSettle {"of": "$long.arn"}\n'
    'CreateEventTracker {"name": "$toolong", "datasetGroupArn": "$long.arn"}\n'
    'CreateEventTracker {"name": "has space", "datasetGroupArn": "$long.arn"}\n'
    + "".join(f'CreateDatasetGroup {{"name": "${slot}"}}\n' for slot in ("mixed", "spaced", "digit", "long2")),
    "changed references": GROUP + MADE
    + "".join(f'DescribeEventTracker {{"eventTrackerArn": "$A.tracker|{change}"}}\n' for change in CHANGED)
    + f'PutEvents {{"trackingId": "$A.id|cut", {EVENTS}'
    'DescribeDatasetGroup@2 {"datasetGroupArn": "$2.A.arn|upper"}\n',
    "nobody": 'DescribeDatasetGroup {"datasetGroupArn": "$nobody.arn"}\n'
    'DescribeEventTracker {"eventTrackerArn": "$nobody.tracker"}\n'
    f'PutEvents {{"trackingId": "$nobody.id", {EVENTS}',
    "before it is made": 'DeleteDatasetGroup {"datasetGroupArn": "$A.arn"}\n' + GROUP,
    "long values": GROUP + 'TagResource {"resourceArn": "$A.arn", "tags": "$fifty"}\n'
    'UntagResource {"resourceArn": "$A.arn", "tagKeys": "$manykeys"}\nCreateDatasetGroup {"name": "$huge"}\n',
    "two regions": GROUP + MADE + (GROUP + MADE).replace(" {", "@2 {")
    + 'DescribeEventTracker {"eventTrackerArn": "$2.A.tracker"}\n'
    'DescribeEventTracker@2 {"eventTrackerArn": "$A.tracker"}\n'
    'DeleteEventTracker@2 {"eventTrackerArn": "$2.A.tracker"}\n',
    "pages": GROUP + 'CreateDatasetGroup {"name": "$B"}\nCreateDatasetGroup {"name": "$C"}\n'
    'Walk {"operation": "ListDatasetGroups", "maxResults": 1}\nListDatasetGroups {"nextToken": "bm8gdG9rZW4="}\n',
    "bodies": 'CreateDatasetGroup {} !{"name":\nCreateDatasetGroup {} !\nListDatasetGroups {} !!" {\\n\\udcff}"\n',
    "unknown operation": 'FrobnicateEventTracker {"a": ["$A"]}\n',
}  # fmt: skip


@pytest.mark.parametrize("progression", ["manual", "immediate"])
@pytest.mark.parametrize("name", SAME)
def test_history__is_told_as_the_program_that_made_it(name: str, progression: str) -> None:
    """Command by command, references and all."""
    asked = [str(command) for command in program.parse(SAME[name])]
    if name == "unknown operation":
        asked = [line.replace("$A", "$a") for line in asked]  # nothing says that it is a group
    assert retold(SAME[name], progression) == asked


def test_history__of_a_look_that_does_not_settle_is_a_look() -> None:
    """What follows sees the status as it was then."""
    look = 'DescribeDatasetGroup {"datasetGroupArn": "$A.arn"}\nListDatasetGroups {}\n'
    text = GROUP.replace("Settle", f"{look}Settle")
    assert retold(text) == [str(command) for command in program.parse(text)]


def test_history__of_a_status_that_never_settled_is_one_wait() -> None:
    """The looks and the end of patience."""
    with faults.planted("longest-name-never-becomes-active"):
        told = retold(GROUP + MADE.replace("$t1", "$long"), patience=0.05)
    assert told[-1] == 'Settle {"of": "$A.tracker"}'
    assert len(told) == 4


def test_history__tells_what_was_sent_again_once() -> None:
    """Throttled, or lost."""
    asked = Operation("ListDatasetGroups", {})
    answers = [Outcome.throttled("Throttling"), Outcome.lost("closed"), Outcome.success({"datasetGroups": []})]
    told = reconstruct.tell([Step(asked, answer) for answer in (*answers, answers[-1])], "ts1")
    assert [len(steps) for _, steps in told] == [3, 1]


def test_history__of_three_regions_is_no_program() -> None:
    """A program knows two."""
    steps = [Step(Operation("ListDatasetGroups", {}, region), Outcome.success()) for region in ("a", "b", "c")]
    with pytest.raises(HistoryError, match="two regions"):
        reconstruct.from_history(steps, "ts1")


SLOTS = st.sampled_from(["A", "B", "fail"])
COMMANDS = st.one_of(
    st.builds(lambda s, r: Command("CreateDatasetGroup", {"name": f"${s}"}, r), SLOTS, st.booleans()),
    st.builds(
        lambda s, n, r: Command("CreateEventTracker", {"name": n, "datasetGroupArn": f"${s}.arn"}, r),
        SLOTS, st.sampled_from(["$t1", "$long", "$fail", "bad name"]), st.booleans(),
    ),
    st.builds(
        lambda n, s, r: Command(n, {"datasetGroupArn": f"${s}.arn"}, r),
        st.sampled_from(["DescribeDatasetGroup", "DeleteDatasetGroup", "ListEventTrackers"]), SLOTS, st.booleans(),
    ),
    st.builds(
        lambda n, s, r: Command(n, {"eventTrackerArn": f"${s}.tracker"}, r),
        st.sampled_from(["DescribeEventTracker", "DeleteEventTracker"]), SLOTS, st.booleans(),
    ),
    st.builds(
        lambda s, p, r: Command(SETTLE, {"of": f"${s}.{p}"}, r),
        SLOTS, st.sampled_from(["arn", "tracker"]), st.booleans(),
    ),
    st.builds(
        lambda s, p: Command("PutEvents", {"trackingId": f"${s}.{p}", "sessionId": "s", "eventList": "$ten"}),
        SLOTS, st.sampled_from(["id", "old", "first"]),
    ),
    st.builds(
        lambda o, n, r: Command(WALK, {"operation": o, "maxResults": n}, r),
        st.sampled_from(["ListEventTrackers", "ListDatasetGroups"]), st.sampled_from([1, 2]), st.booleans(),
    ),
)  # fmt: skip


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.lists(COMMANDS, min_size=1, max_size=14), st.sampled_from(["manual", "immediate"]))
def test_history__told_and_performed_again_has_the_same_answers(commands: list[Command], progression: str) -> None:
    """Under another prefix: the same operations, the same kinds of answers, the same codes."""
    first = perform(commands, "ts1", progression, patience=20.0)
    told = reconstruct.from_history(first.steps, "ts1", first.regions)
    again = perform(program.parse("\n".join(map(str, told))), "zz22", progression, patience=20.0)
    assert list(map(_kind, again.steps)) == list(map(_kind, first.steps))


def _kind(step: Step) -> tuple[str, str, str, str]:
    return step.operation.name, step.operation.region, step.outcome.kind, step.outcome.code


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6).filter(lambda text: not text.startswith("$")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200, derandomize=True)
@given(
    st.sampled_from(list(COVERED)),
    st.dictionaries(st.text(max_size=4), JSON, max_size=3),
    st.booleans(),
    st.none() | st.text(max_size=8),
)
def test_command__is_printed_on_one_line_and_read_back(
    name: str, params: dict[str, Any], second: bool, body: str | None
) -> None:
    """Whatever stands in it: line breaks, surrogates, a body that looks like a comment."""
    command = Command(name, params, second, body)
    assert str(command).isprintable()
    assert program.parse(f"{command}\n# and on") == [command]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('DescribeEventTracker {"eventTrackerArn": "$A.arm"}', r"'\$A.arm' refers to nothing"),
        ('TagResource {"tags": [{"tagKey": "$"}]}', "refers to nothing"),
        ("Settle {}", "Settle wants"),
        ('Settle {"of": "$A.id"}', "Settle wants"),
        ('Walk {"maxResults": 1}', "Walk wants"),
        ('Walk {"operation": "no operation"}', "Walk wants"),
        ("CreateDatasetGroup {} !!7", "JSON string"),
        ("CreateDatasetGroup {} !!{", "not JSON"),
        ('CreateDatasetGroup {"name": "a"} x', "expected"),
        ("CreateDatasetGroup " + '{"a":' * 100_000, "not JSON"),
    ],
)
def test_program__that_cannot_be_run_names_the_line(line: str, says: str) -> None:
    """One clear line, before anything is sent."""
    with pytest.raises(HistoryError, match=f"line 3: .*{says}"):
        program.parse(f"# comment\nListDatasetGroups {{}}\n{line}")


def test_program__as_boto3_shows_named_values_and_bodies() -> None:
    """What they stand for, cut short; a body on one line."""
    lines = program.as_boto3(program.parse('TagResource {"resourceArn": "$2.A.arn", "tags": "$fifty"}\nX {} !!"a\\nb"'))
    assert lines == [
        "personalize.tag_resource(resourceArn='arn:aws:personalize:us-east-1:123456789012:dataset-group/my-a', "
        "tags=[{'tagKey': 'key-0', 'tagValue': '0'}, …50 in all])  # there is no such dataset group",
        '# X with the body !"a\\nb"',
    ]
    (changed,) = program.as_boto3(program.parse('DescribeEventTracker {"eventTrackerArn": "$A.tracker|cut"}'))
    assert "event-tracker/00000000'[:-1])  # there is no such event tracker" in changed
    made = [Command("CreateEventTracker", {"name": "$t1", "datasetGroupArn": "$A.arn"})] * 2
    asked = [Command("PutEvents", {"trackingId": f"$A.{part}"}) for part in ("old", "first", "id")]
    first, second, *rest = program.as_boto3([*made, *asked])
    assert first.endswith(".values(); a_first_tracking_id = a_tracking_id  # there is no such dataset group")
    assert second.startswith("a_old_tracking_id = a_tracking_id; a_tracker_arn, a_tracking_id = ")
    assert not [line for line in rest if "#" in line]
    assert len(program.as_boto3([Command("CreateDatasetGroup", {"name": f"${name}"}) for name in NAMED])) == len(NAMED)


def test_operation__every_name_is_spelt_as_the_models_spell_it() -> None:
    """So one that is not is no operation."""
    assert all(Operation(name).is_spelt for name in COVERED | spec.load().uncovered)


def test_program__as_boto3_shows_no_call_for_what_is_no_operation() -> None:
    """A name that an SDK could not send is not told as the operation that it resembles."""
    for name in ("describedatasetgroup", "describe_dataset_group", "Personalize.DescribeDatasetGroup"):
        (line,) = program.as_boto3(program.parse(name + ' {"datasetGroupArn": "$A.arn"}'))
        assert line.startswith(f"# POST with X-Amz-Target: AmazonPersonalize.{name},")
