"""history.jsonl stays small: a named value of a megabyte is a mark in it, and is read back as it was."""

from __future__ import annotations

import pytest

from trackstep import history
from trackstep.errors import HistoryError
from trackstep.history import History
from trackstep.operation import Operation
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome, Wire
from trackstep.value import NAMED

HUGE = str(NAMED["huge"])
STEPS = [
    Step(Operation("CreateDatasetGroup", {"name": HUGE, "tags": [HUGE, "<huge>"]}), Outcome.refusal("X", f"{HUGE}xx")),
    Step(
        Operation("PutEvents", {}, "us-east-1", f'{{"x": "{HUGE}"'.encode()),
        Outcome.refusal("Y", "<<huge>>", Wire(400, {}, HUGE.encode())),
    ),
    Step(Operation("ListDatasetGroups", {}), Outcome.success({"datasetGroups": []})),
]


def test_history__of_long_values_is_read_back() -> None:
    """Whatever looks like a mark already is none."""
    lines = list(history.dump([History("ts0", STEPS)]))
    assert sum(map(len, lines)) < 2000
    (read,) = history.parse("\n".join(lines))
    assert read.steps == STEPS


@pytest.mark.parametrize("marks", ['{"a": "nobody"}', '{"": "huge"}', '{"a": "huge"}', '{"a": 7}', '{"a": []}'])
def test_history__marks_that_are_none(marks: str) -> None:
    """A name that is unknown, an empty mark, one that stands for a gigabyte: one line says so."""
    step = f'{{"operation": "{"a" * 1000}", "params": {{}}, "outcome": {{"kind": "lost"}}, "long": {marks}}}'
    with pytest.raises(HistoryError, match="line 3: "):
        history.parse(f'{{"trackstep": 1}}\n{{"session": "ts0", "complete": true}}\n{step}')
