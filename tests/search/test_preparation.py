"""Where a tracker needs a dataset, each group gets one; where none is needed, nothing more is asked."""

from __future__ import annotations

from typing import Any

import pytest

import trackstep
from tests.conftest import Check
from trackstep import program, sweep
from trackstep.emulator.faults import FAULTS, planted
from trackstep.emulator.models import personalize_backends
from trackstep.ledger import Ledger
from trackstep.operation import BESIDE, COVERED, Operation
from trackstep.outcome import Outcome
from trackstep.program import Command
from trackstep.reporting.bundle import texts
from trackstep.search.budget import Budget
from trackstep.search.clock import Still
from trackstep.search.preparation import Preparation
from trackstep.search.run import Settings
from trackstep.search.session import Patience, Session
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget
from trackstep.write_ahead import KeptTarget

NEEDS = "trackers-need-a-dataset"
TRACKER = program.parse(
    'CreateDatasetGroup {"name": "$A"}\nSettle {"of": "$A.arn"}\n'
    'CreateEventTracker {"name": "$t1", "datasetGroupArn": "$A.arn"}\nSettle {"of": "$A.tracker"}'
)
END = program.parse(
    'DeleteEventTracker {"eventTrackerArn": "$A.tracker"}\nSettle {"of": "$A.tracker"}\n'
    'DeleteDatasetGroup {"datasetGroupArn": "$A.arn"}\nSettle {"of": "$A.arn"}'
)


class Kept(EmulatorTarget):
    """An emulator that outlives a run; ``sent`` is what it was asked."""

    remembers = True

    def __init__(self, *names: str, progression: str = "manual", lacking: tuple[str, ...] = ()) -> None:
        super().__init__(TargetOptions(progression=progression, planted=names))
        self.sent: list[str] = []
        self.lacking = lacking

    def call(self, operation: Operation) -> Outcome:
        """Remember it, and answer."""
        self.sent.append(operation.name)
        return Outcome.unsupported("not offered") if operation.name in self.lacking else super().call(operation)


def left() -> list[str]:
    """The ARNs of all that is there."""
    backends: list[Any] = [backend for account in personalize_backends.values() for backend in account.values()]
    return [arn for b in backends for held in (b.trackers, b.datasets, b.groups, b.schemas) for arn in held]


def performed(target: EmulatorTarget, commands: list[Command], prepares: bool = True) -> Session:
    """A session that has performed them."""
    known = Preparation() if prepares else None
    session = Session(target, "ts12341", Budget(500, 60.0), Patience(5.0), preparation=known)
    for command in commands:
        session.perform(command)
    return session


def test_run__on_a_target_that_needs_a_dataset_conforms_and_leaves_nothing() -> None:
    """All transitions are met, trackers are created, and what was prepared is gone."""
    target = Kept(NEEDS)
    try:
        *_, last = trackstep.check(target, Settings(seed=1, max_calls=1500, clock=Still()))
        assert last.report["deviations"] == []
        assert (last.report["coverage"]["transitions"]["taken"], left()) == (15, [])
        assert {"CreateSchema", "CreateDataset", "DeleteDataset", "DeleteSchema"} <= {*target.sent}
    finally:
        target.close()


def test_run__on_a_target_that_needs_none_asks_nothing_more() -> None:
    """Not one call of what prepares, nor one more in cleaning up."""
    target = Kept()
    try:
        *_, last = trackstep.check(target, Settings(seed=1, max_calls=700, clock=Still()))
        assert last.report["deviations"] == []
        assert [name for name in target.sent if name in BESIDE or name == "ListDatasets"] == []
    finally:
        target.close()


def test_session__prepares_when_a_plain_tracker_is_refused_and_tells_it() -> None:
    """Once, for the group; the history is judged, and the program runs by itself, without a session that prepares."""
    target = Kept(NEEDS)
    try:
        session = performed(target, TRACKER + END)
        told = [str(command).partition(" ")[0] for command in session.told()]
        assert told == [
            "CreateDatasetGroup", "Settle", "CreateEventTracker", "CreateSchema", "CreateDataset", "Settle",
            "CreateEventTracker", "Settle", "DeleteEventTracker", "Settle", "DeleteDataset", "Settle",
            "DeleteDatasetGroup", "Settle",
        ]  # fmt: skip
        assert session.program == TRACKER + END
        assert not session.judgement.notes.findings
        assert [arn for arn in left() if ":schema/" not in arn] == []
        again = performed(target, program.parse("\n".join(map(str, session.told()))), prepares=False)
        outcomes = [step.outcome.kind for step in again.steps if step.operation.name == "CreateEventTracker"]
        assert outcomes == ["refusal", "success"]
    finally:
        target.close()


def test_session__goes_on_where_datasets_are_not_offered() -> None:
    """The refusal stands, nobody is accused, and it is not tried again."""
    target = Kept(NEEDS, lacking=("CreateSchema", "CreateDataset"))
    try:
        session = performed(target, TRACKER + TRACKER[2:3])
        assert not session.judgement.notes.findings
        assert target.sent.count("CreateSchema") == 1
        assert session.told() == TRACKER + TRACKER[2:3]
    finally:
        target.close()


def test_session__does_not_delete_the_dataset_of_a_group_with_a_tracker() -> None:
    """The group is asked for all the same, and refused: ET-GRP-6."""
    target = Kept(NEEDS)
    try:
        session = performed(target, TRACKER + END[2:3])
        assert target.sent.count("DeleteDataset") == 0
        assert session.steps[-1].outcome.code == "ResourceInUseException"
    finally:
        target.close()


@pytest.mark.parametrize("name", ["second-tracker-allowed", pytest.param("tags-survive", marks=pytest.mark.deep)])
def test_fault__is_found_beside_and_its_bundle_runs_by_itself(name: str) -> None:
    """The shortest program shows it on the target where nothing prepares; the test and the script prepare too."""
    target = Kept(NEEDS, name, progression="immediate")
    try:
        *_, last = trackstep.check(
            target, Settings(seed=1, max_calls=2500 if name == "tags-survive" else 1500, clock=Still())
        )
        (first, *_) = last.deviations
        assert {*FAULTS[name].clauses} & {each.clause for each in last.deviations}
        assert left() == []
        session = performed(target, program.parse("\n".join(first.program)), prepares=False)
        assert first.clause in {finding.clause for finding in session.judgement.notes.findings}
        written = texts(first, {"target": "x"})
        assert "create_dataset(" in written["test_deviation.py"]
        assert "'CreateDataset'" in written["reproduce.sh"]
    finally:
        target.close()


def test_sweep__deletes_what_was_prepared_children_first(tmp_path: Any) -> None:
    """Of a run that was ended: tracker, dataset, group, schema, by the ledger alone."""
    target = Kept(NEEDS, progression="immediate")
    ledger = Ledger(tmp_path, "emulator", TargetOptions(), "x")
    kept: Any = KeptTarget(target, ledger)
    try:
        performed(kept, TRACKER)
        assert len(left()) == 4
        target.sent.clear()
        assert sweep.finish(kept, 5.0)
        deleted = [name for name in target.sent if name.startswith("Delete")]
        assert deleted == ["DeleteEventTracker", "DeleteDataset", "DeleteDatasetGroup", "DeleteSchema"]
        assert (left(), [*tmp_path.rglob("*.jsonl")]) == ([], [])
    finally:
        target.close()


def test_beside__is_of_what_is_not_covered(check: Check) -> None:
    """What prepares is judged by nothing but the form of its answers."""
    assert {*BESIDE}.isdisjoint(COVERED)
    with planted(NEEDS):
        assert check("immediate", max_calls=600)["deviations"] == []


@pytest.mark.parametrize("domain", ["", "ECOMMERCE", "VIDEO_ON_DEMAND"])
def test_prepared__a_group_with_a_domain_has_a_schema_of_that_domain(domain: str) -> None:
    """As the documentation of CreateSchema asks; groups of one domain share it, and others have their own."""
    target = Kept(NEEDS)
    try:
        session = Session(
            target, "ts1", Budget(400, 30.0, clock=Still()), Patience(1.0), preparation=Preparation(needed=True)
        )
        given = {"domain": domain} if domain else {}
        for name, more in (("$A", given), ("$B", given), ("$C", {})):
            session.perform(Command("CreateDatasetGroup", {"name": name, **more}))
            session.perform(Command("Settle", {"of": f"{name}.arn"}))
            session.perform(Command("CreateEventTracker", {"name": "$t1", "datasetGroupArn": f"{name}.arn"}))
        asked = [step.operation.params for step in session.steps if step.operation.name == "CreateSchema"]
        assert [params.get("domain", "") for params in asked] == list(dict.fromkeys([domain, ""]))
        assert session.steps[-1].outcome.kind == "success"
    finally:
        target.close()
