"""A target that answers nonsense is judged to the end: never a traceback, always a finding."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from trackstep.errors import TargetError
from trackstep.operation import COVERED, Operation
from trackstep.oracle import judge
from trackstep.oracle.constraint import shapes
from trackstep.outcome import Outcome, Wire
from trackstep.results.report import report
from trackstep.search.clock import Still
from trackstep.search.deviation import Deviations
from trackstep.search.run import Run, Settings
from trackstep.targets import TargetOptions
from trackstep.targets.boto import read
from trackstep.targets.emulator import EmulatorTarget

JUNK = [None, 0, -1, 1.5, "", "x", [], {}, [1], {"a": 1}, True, "é" * 300, [[None]], 1e308, float("nan"), 10**30]
BODIES = [b"", b"null", b"[]", b"{", b"\xff\xfe", b'"x"', b"<html>"]


class Garbling(EmulatorTarget):
    """The emulator, with members of its answers changed, lost and doubled at random."""

    def __init__(self, seed: int, often: float) -> None:
        super().__init__(TargetOptions(seed=seed))
        self.random, self.often = random.Random(seed), often

    def changed(self, value: Any) -> Any:
        """The value, or junk in some of its places."""
        if self.random.random() < self.often:
            return self.random.choice(JUNK)
        if isinstance(value, dict):
            return {k: self.changed(v) for k, v in value.items() if self.random.random() >= self.often}
        if isinstance(value, list):
            items = [self.changed(item) for item in value]
            return items + items[: self.random.random() < self.often]
        return value

    def call(self, operation: Operation) -> Outcome:
        """An answer, most of it true."""
        outcome = super().call(operation)
        if outcome.wire is None:
            return outcome
        status, body = outcome.wire.status, outcome.wire.body
        if self.random.random() < 0.02:
            status, body = self.random.choice([200, 204, 301, 400, 404, 500, 503]), self.random.choice(BODIES)
        elif body:
            body = json.dumps(self.changed(json.loads(body))).encode()
        return read(operation, Wire(status, outcome.wire.headers, body))


# The later seeds are deep: they are the same three amounts of nonsense again.
@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(3, 6))])
def test_nonsense_is_judged_to_the_end(seed: int) -> None:
    """Whatever stands in an answer, the run ends with a report."""
    target = Garbling(seed, (0.003, 0.02, 0.1)[seed % 3])
    run = Run(target, Settings(seed=seed, max_calls=400, max_time=20.0, settle_timeout=0.1, clock=Still()))
    try:
        with suppress(TargetError):  # too much nonsense to be judged at all is an end, too
            for _ in run.events():
                pass
    finally:
        target.close()
    assert report(run, Deviations(run).all())["deviations"]


class Same(EmulatorTarget):
    """The emulator, with one junk value in one member of all its answers."""

    def __init__(self, member: str, junk: Any) -> None:
        super().__init__(TargetOptions())
        self.member, self.junk = member, junk

    def changed(self, value: Any) -> Any:
        """The value, with the junk in its place."""
        if isinstance(value, dict):
            return {k: self.junk if k == self.member else self.changed(v) for k, v in value.items()}
        return [self.changed(item) for item in value] if isinstance(value, list) else value

    def call(self, operation: Operation) -> Outcome:
        """An answer, true but for the member."""
        outcome = super().call(operation)
        if outcome.wire is None or not outcome.wire.body:
            return outcome
        body = json.dumps(self.changed(json.loads(outcome.wire.body))).encode()
        return read(operation, Wire(outcome.wire.status, outcome.wire.headers, body))


def _members(shape: Any) -> Iterator[str]:
    for name, inner in shape.get("members", {}).items():
        yield name
        yield from _members(inner)
    if "member" in shape:
        yield from _members(shape["member"])


MEMBERS = sorted({member for shape in shapes().values() for member in _members(shape["output"])})
TABLE = [(member, junk) for member in MEMBERS for junk in range(len(JUNK))]
QUICK = {(member, number % len(JUNK)) for number, member in enumerate(MEMBERS)}
QUICK |= {(member, JUNK.index("")) for member in MEMBERS if member.endswith(("Arn", "Id"))}


@pytest.mark.parametrize(
    ("member", "junk"),
    [pytest.param(*row, marks=() if row in QUICK else pytest.mark.deep) for row in TABLE],
)
def test_the_same_nonsense_in_each_answer__never_a_traceback(member: str, junk: int) -> None:
    """One member that always has the same wrong value is judged to the end, long after it was first seen."""
    target = Same(member, JUNK[junk])
    try:
        run = Run(target, Settings(max_calls=120, max_time=10.0, settle_timeout=0.1, clock=Still()))
        with suppress(TargetError):
            for _ in run.events():
                pass
        assert report(run, Deviations(run).all())["calls"]
    finally:
        target.close()


@pytest.mark.parametrize("name", COVERED)
def test_junk_that_is_accepted__never_a_traceback(name: str) -> None:
    """A target may accept, refuse or lose whatever it is sent; each is judged to the end, and the next call too."""
    members, draw = sorted(shapes()[name]["input"]["members"]), random.Random(0)
    judgement = judge.begin("p")
    judge.step(
        judgement,
        Operation("CreateDatasetGroup", {"name": "p-A"}),
        Outcome.success({"datasetGroupArn": "arn:aws:personalize:us-east-1:1:dataset-group/p-A"}),
    )
    lists = [[None], [5], ["properties"], [{"sentAt": "soon"}], [{"sentAt": None, "properties": []}], [{"tagKey": []}]]
    outcomes = [Outcome.success({}), Outcome.refusal("ResourceInUseException"), Outcome.lost("503")]
    for number in range(600):
        params = {m: draw.choice(JUNK + lists) for m in members if draw.random() < 0.8}
        judge.step(judgement, Operation(name, params), outcomes[number % 3])
        if len(judgement.worlds) > 1:
            judge.step(judgement, Operation("ListDatasetGroups", {}), Outcome.success({"datasetGroups": []}))
    assert judgement.notes.findings, "what is accepted though malformed was accused"
