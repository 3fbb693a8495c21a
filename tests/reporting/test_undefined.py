"""No program that is shown names what is not there: no test, no script, no snippet."""

from __future__ import annotations

import ast
import builtins
import re

import pytest

from tests.reporting.conftest import BROKEN, PREFIX, deviation, found
from trackstep.event import Deviation
from trackstep.operation import Operation
from trackstep.oracle.expected import Member
from trackstep.oracle.judge import Step
from trackstep.oracle.notes import Finding
from trackstep.outcome import Outcome
from trackstep.reporting import bundle, reproducer_short

ARN = f"arn:aws:personalize:us-east-1:123456789012:dataset-group/{PREFIX}-a"
TRACKER = "arn:aws:personalize:us-east-1:123456789012:event-tracker/0a1b2c3d"
GROUP = Step(Operation("CreateDatasetGroup", {"name": f"{PREFIX}-a"}), Outcome.success({"datasetGroupArn": ARN}))
MALFORMED = Step(
    Operation("CreateDatasetGroup", {"name": f"{PREFIX}-a", "roleArn": ["a"]}),
    Outcome.success({"datasetGroupArn": ARN}),
)
MADE = {"eventTrackerArn": TRACKER, "trackingId": "11111111-0000-4000-8000-000000000000"}
TAKEN = Step(Operation("CreateEventTracker", {"name": f"{PREFIX}-t", "datasetGroupArn": ARN}), Outcome.success(MADE))
SPOILT = Step(
    Operation("CreateEventTracker", {"name": f"{PREFIX}-t", "datasetGroupArn": ARN, "tags": 7}), Outcome.success(MADE)
)
ASKED = Step(
    Operation("PutEvents", {"trackingId": MADE["trackingId"], "sessionId": TRACKER, "eventList": []}),
    Outcome.success({}),
)
LISTED = Step(Operation("ListEventTrackers", {"datasetGroupArn": ARN}), Outcome.success({"eventTrackers": []}))


def shown(*steps: Step) -> Deviation:
    """A deviation at the last of these steps."""
    name = steps[-1].operation.name
    finding = Finding("ET-LIST-1", len(steps), name, Member("x", 1), "2", (), f"answer.get('x') == {TRACKER!r}")
    return deviation(finding, list(steps))


BY_HAND = {
    "a group that boto3 does not send": shown(MALFORMED, TAKEN, LISTED),
    "a tracker that boto3 does not send": shown(GROUP, SPOILT, ASKED),
    "a group that was not made": shown(TAKEN, ASKED),
    "a tracker that was not made": shown(ASKED),
}
CASES = {broken.fault: broken for broken in BROKEN}


def undefined(text: str) -> set[str]:
    """The names that a Python text uses and nobody gives, wherever they are given."""
    nodes = list(ast.walk(ast.parse(text)))
    given = set(dir(builtins)) | {"__name__"}
    given |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    given |= {
        node.name
        for node in nodes
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)) and node.name
    }
    given |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    imported = (alias for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names)
    given |= {(alias.asname or alias.name).partition(".")[0] for alias in imported}
    return {node.id for node in nodes if isinstance(node, ast.Name)} - given


def unset(text: str) -> set[str]:
    """The variables of a shell text that nobody sets; what stands in single quotes is data, or Python."""
    plain = re.sub(r"'(?:[^'])*'", "''", text)
    used = set(re.findall(r"\$\{?([A-Z_]+[A-Z0-9_]*)", plain))
    return used - set(re.findall(r"\b([A-Z_]+[A-Z0-9_]*)=", plain)) - {"SECONDS", "RANDOM", "READ"}


@pytest.mark.parametrize("name", [*BY_HAND, *CASES])
def test_programs__name_nothing_that_is_not_there(name: str) -> None:
    """Every form of every deviation."""
    told = BY_HAND[name] if name in BY_HAND else found(CASES[name])
    texts = bundle.texts(told, {"target": "a target"})
    short = reproducer_short.texts(told, "http://localhost:5000")
    for text in (texts.get("test_deviation.py", ""), short.get("boto3", "")):
        assert undefined(text) == set(), text
    for text in (texts.get("reproduce.sh", ""), short.get("curl", "")):
        left = {each for each in unset(text) if each not in ("CLEAN_UP_SECONDS",)}
        assert left == set(), text


def test_undefined__finds_what_is_not_there() -> None:
    """The checks above can fail."""
    assert undefined("x = y") == {"y"}
    assert unset('A=1; echo "$A $B"') == {"B"}
