"""What is swept, in which order, and what is left alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import botocore.session
import pytest
from click.testing import Result

from tests.ledger.conftest import ACCOUNT, LATE, OTHERS, REGIONS, Service, Started
from trackstep import ledger, sweep, write_ahead
from trackstep.emulator.models import PersonalizeBackend, personalize_backends
from trackstep.errors import TargetError
from trackstep.ledger import member_of
from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.sweep import ORDER, WITHIN, Claims, Sweep
from trackstep.targets import TargetOptions
from trackstep.targets.http import HttpTarget
from trackstep.write_ahead import KeptTarget

Sweeping = Callable[..., Result]


def test_every_kind_that_has_a_delete_is_swept() -> None:
    """By the names that botocore's model gives the operations and their members."""
    model = botocore.session.get_session().get_service_model("personalize")
    deleted = {name.removeprefix("Delete") for name in model.operation_names if name.startswith("Delete")}
    assert deleted == set(ORDER)
    for kind, within in WITHIN.items():
        for verb in ("Delete", "Describe"):
            shape = model.operation_model(f"{verb}{kind}").input_shape
            assert shape is not None
            assert shape.required_members == [member_of(kind)]
        listed = model.operation_model(f"List{kind}s")
        assert listed.input_shape is not None
        assert listed.output_shape is not None
        assert not within or member_of(within) in listed.input_shape.members
        (items,) = (m for m in listed.output_shape.members.values() if m.type_name == "list")
        assert member_of(kind) in items.member.members  # type: ignore[attr-defined]  # a list's


class Account:
    """A service that has every kind: what is in something keeps it from being deleted, which takes some looks."""

    def __init__(self, looks: int = 2) -> None:
        self.looks = looks
        self.things: dict[str, dict[str, str]] = {}
        self.dying: dict[str, int] = {}
        self.deleted: list[str] = []
        self.absent: set[str] = set()

    def put(self, kind: str, name: str, within: str = "") -> str:
        """Something that is there."""
        arn = f"arn:aws:personalize:us-east-1:{ACCOUNT}:{kind.lower()}/{name}"
        self.things[arn] = {"kind": kind, "name": name, "within": within}
        return arn

    def call(self, operation: Operation) -> Outcome:
        """Answer Describe, Delete and List of any kind."""
        verb = next(verb for verb in ("Describe", "Delete", "List") if operation.name.startswith(verb))
        kind = operation.name.removeprefix(verb)
        if operation.name in self.absent:
            return Outcome.unsupported("UnknownOperationException")
        if verb == "List":
            kind = kind.removesuffix("s")
            for arn in [arn for arn in self.dying if self.things.get(arn, {}).get("kind") == kind]:
                self._look(arn)
            within = next((v for k, v in operation.params.items() if k.endswith("Arn")), "")
            shown = [
                {member_of(kind): arn, "name": thing["name"], "status": "ACTIVE"}
                for arn, thing in self.things.items()
                if thing["kind"] == kind and (not within or thing["within"] == within)
            ]
            at = int(operation.params.get("nextToken", 0))
            more = {"nextToken": str(at + 1)} if at + 1 < len(shown) else {}
            return Outcome.success({"items": shown[at : at + 1], **more})
        arn = str(operation.params[member_of(kind)])
        if arn not in self.things:
            return Outcome.refusal("ResourceNotFoundException")
        if verb == "Delete":
            users = [
                a for a, t in self.things.items() if arn == t["within"] or (kind == "Schema" and t["kind"] == "Dataset")
            ]
            if users or arn in self.dying:
                return Outcome.refusal("ResourceInUseException", arn)
            self.dying[arn] = self.looks
            self.deleted.append(kind)
            return Outcome.success({})
        if self._look(arn):
            return Outcome.refusal("ResourceNotFoundException")
        return Outcome.success({"it": {"name": self.things[arn]["name"], "status": "DELETE IN_PROGRESS"}})

    def _look(self, arn: str) -> bool:
        """Looking is what moves a deletion on; whether it has ended."""
        if arn in self.dying:
            self.dying[arn] -= 1
            if self.dying[arn] < 0:
                del self.things[arn]
        return arn not in self.things


def ours(region: str, kind: str, name: str) -> bool:
    """What this test claims."""
    return name.startswith("ours")


def stack(account: Account, name: str) -> set[str]:
    """A group with one of each kind in it, and a schema."""
    group = account.put("DatasetGroup", name)
    made = {group, account.put("Schema", f"{name}-schema")}
    for kind in ORDER:
        if WITHIN[kind] == "DatasetGroup":
            made.add(account.put(kind, f"{kind}-of-{name}", group))
    solution = next(arn for arn in made if ":solution/" in arn)
    return made | {account.put("Campaign", f"campaign-of-{name}", solution)}


def test_children_are_deleted_first__and_those_of_others_stay() -> None:
    """Whatever they are called: they are in a group of ours."""
    account = Account()
    made, theirs = stack(account, "ours"), stack(account, "theirs")
    schema = next(arn for arn in made if ":schema/" in arn)
    account.things[next(arn for arn in theirs if ":dataset/" in arn)]["kind"] = "Recommender"  # else it needs a schema
    claims = Claims(("us-east-1",), ours, {("us-east-1", "Schema", schema): frozenset({"ours-schema"})})
    swept = Sweep(account.call, claims, 20.0).run()
    assert (swept.is_clean, {thing.arn for thing in swept.deleted}) == (True, made)
    assert set(account.things) == theirs
    assert account.deleted.index("Campaign") < account.deleted.index("Solution")
    assert account.deleted[-2:] in (["DatasetGroup", "Schema"], ["Schema", "DatasetGroup"])
    assert Sweep(account.call, claims, 20.0).run().deleted == []


@pytest.mark.parametrize(
    "absent", [{"ListDatasetGroups"}, {"ListEventTrackers"}, {"ListDatasets"}, {"DescribeDatasetGroup"}]
)
def test_operation_that_is_not_offered_is_done_without(absent: set[str]) -> None:
    """What one does not show, another does."""
    account = Account()
    group = account.put("DatasetGroup", "ours")
    tracker = account.put("EventTracker", "t", group)
    account.absent = absent
    arns = {
        ("us-east-1", "DatasetGroup", group): frozenset({"ours"}),
        ("us-east-1", "EventTracker", tracker): frozenset({"t"}),
    }
    swept = Sweep(account.call, Claims(("us-east-1",), ours, arns), 20.0).run()
    assert swept.is_clean, swept
    assert not account.things


def test_arn_of_something_with_a_name_of_others_is_left_alone() -> None:
    """A Create may answer an ARN that is not that of what it made."""
    account = Account()
    theirs = account.put("DatasetGroup", "theirs")
    claims = Claims(("us-east-1",), ours, {("us-east-1", "DatasetGroup", theirs): frozenset({"ours-a"})})
    assert Sweep(account.call, claims, 1.0).run().deleted == []
    assert set(account.things) == {theirs}


def test_what_does_not_go_is_told() -> None:
    """With what the target says of it, once the patience is at its end."""
    account = Account(looks=10**6)
    group = account.put("DatasetGroup", "ours")
    swept = Sweep(account.call, Claims(("us-east-1",), ours), 0.1).run()
    assert not swept.is_clean
    assert [(thing.arn, why) for thing, why in swept.left.items()] == [
        (group, "status DELETE IN_PROGRESS, DeleteDatasetGroup: ResourceInUseException " + group)
    ]


@pytest.mark.parametrize("code", ["AccessDeniedException", "UnrecognizedClientException"])
def test_who_is_not_let_in_does_not_say_that_nothing_is_left(code: str) -> None:
    """Neither a List that is refused nor a Describe is proof."""
    arns = {("us-east-1", "DatasetGroup", "arn:aws:personalize:us-east-1:1:dataset-group/ours"): frozenset({"ours"})}
    swept = Sweep(lambda operation: Outcome.refusal(code), Claims(("us-east-1",), ours, arns), 0.1).run()
    assert not swept.is_clean


def test_credentials_of_another_account_delete_nothing() -> None:
    """Where every group that is listed is of another account, what was left is elsewhere."""
    account = Account()
    account.put("DatasetGroup", "ours")
    with pytest.raises(TargetError, match=f"for account {ACCOUNT}, and what is left is in 999999999999"):
        Sweep(account.call, Claims(("us-east-1",), ours, account="999999999999"), 1.0).run()
    assert not account.deleted


def test_name_that_others_may_have_is_told_and_not_deleted(service: Service, sweep: Sweeping, tmp_path: Path) -> None:
    """A Create without answer under such a name: whose is it?"""
    options = TargetOptions(service.url)
    target = write_ahead.keeping(HttpTarget(options), "http", options, tmp_path)
    assert isinstance(target, KeptTarget)
    target.ledger.intend(Operation("CreateDatasetGroup", {"name": "production"}))
    target.ledger.intend(Operation("CreateDatasetGroup", {"name": ""}))
    target.close()
    before = service.world()
    told = sweep(tmp_path, "--yes")
    assert told.exit_code == 3
    assert "left: something named production: whether this run created it is not known" in told.output
    assert service.world() == before


# -- the command -------------------------------------------------------------------------------------


@pytest.fixture
def left(service: Service, tmp_path: Path) -> Path:
    """A report dir whose run was killed with a stack in each region, and a Create that is carried out late."""
    options = TargetOptions(service.url)
    target = write_ahead.keeping(HttpTarget(options), "http", options, tmp_path / "out")
    assert isinstance(target, KeptTarget)
    for region in REGIONS:
        for slot in ("a", "b"):
            made = target.call(Operation("CreateDatasetGroup", {"name": f"ts1a2b1-{slot}"}, region)).result or {}
            time.sleep(0.1)
            asked = {"name": "x", "datasetGroupArn": made["datasetGroupArn"]}
            assert target.call(Operation("CreateEventTracker", asked, region)).kind == "success"
    target.close()
    return tmp_path / "out"


def test_sweep__is_a_dry_run_without_yes(service: Service, left: Path, sweep: Sweeping) -> None:
    """What would be deleted is listed, and is there afterwards."""
    before = service.world()
    told = sweep(left)
    assert (told.exit_code, service.world()) == (0, before), told.output
    assert "8 resources would be deleted; --yes deletes them" in told.output
    lines = [line for line in told.output.splitlines() if line.startswith("would delete")]
    assert ["EventTracker" in line for line in lines] == [True] * 4 + [False] * 4


def test_sweep__deletes_what_the_ledger_names(service: Service, left: Path, sweep: Sweeping) -> None:
    """And nothing else; a second time there is nothing."""
    told = sweep(left, "--yes", "--json")
    assert told.exit_code == 0, told.output
    assert all(groups == set(OTHERS) and len(trackers) == len(OTHERS) for groups, trackers in service.world().values())
    again = sweep(left, "--yes")
    assert (again.exit_code, again.output.strip()) == (0, "nothing is left")


@pytest.mark.parametrize(
    ("prefix", "rest"), [("ts1a2b", 0), ("ts1a2b1", 0), ("ts1a2b2", 4), ("ts1a2c", 4), ("ts0000", 4)]
)
def test_sweep__by_prefix_takes_names_of_that_form(
    prefix: str, rest: int, service: Service, left: Path, sweep: Sweeping
) -> None:
    """A name that only begins alike is somebody else's."""
    told = sweep("--prefix", prefix, "--endpoint-url", service.url, "--yes")
    assert told.exit_code == 0, told.output
    groups = [name for names, _ in service.world().values() for name in names]
    assert len([name for name in groups if name.startswith("ts1a2b1-")]) == rest
    assert set(OTHERS) <= set(groups)


def test_sweep__waits_for_a_create_that_is_carried_out_late(
    service: Service, sweep: Sweeping, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knew of it when the run was killed."""
    monkeypatch.setattr(ledger, "LATE", 10 * LATE)  # a busy machine may be late with it
    before = service.world()
    options = TargetOptions(service.url)
    target = write_ahead.keeping(HttpTarget(options), "http", options, tmp_path)
    assert isinstance(target, KeptTarget)
    always = type("Always", (), {"random": lambda self: 0.0})()
    service.rng = always
    assert target.call(Operation("CreateDatasetGroup", {"name": "ts1a2b1-late"})).kind == "lost"
    service.rng = None
    target.close()
    assert service.world() == before
    told = sweep(tmp_path, "--yes")
    assert (told.exit_code, service.world()) == (0, before), told.output
    assert "deleted DatasetGroup ts1a2b1-late" in told.output


def test_sweep__what_remains_is_exit_code_3(service: Service, left: Path, sweep: Sweeping) -> None:
    """Told, and the ledger stays until it is gone."""
    backend: PersonalizeBackend = personalize_backends[ACCOUNT]["us-east-1"]
    kept = backend.groups[f"arn:aws:personalize:us-east-1:{ACCOUNT}:dataset-group/ts1a2b1-a"]
    kept.__dict__["_status"] = "STUCK"
    told = sweep(left, "--yes", "--settle-timeout", "5")
    assert told.exit_code == 3
    assert "left: DatasetGroup ts1a2b1-a" in told.output
    assert "7 resources deleted, 1 left" in told.output
    kept.__dict__["_status"] = "ACTIVE"
    assert sweep(left, "--yes").exit_code == 0
    assert not list(ledger.found(left))


def test_sweep__nobody_there_is_exit_code_3(service: Service, left: Path, sweep: Sweeping) -> None:
    """It is not known what is left, and the ledger stays."""
    path = next(ledger.found(left)).path
    path.write_text(path.read_text(encoding="utf-8").replace(service.url, "http://127.0.0.1:9"), encoding="utf-8")
    told = sweep(left, "--yes")
    assert told.exit_code == 3
    assert "nothing listens there" in told.output
    assert path.exists()


WRONG = {
    "both": ("out", "--prefix", "ts1a2b"),
    "file": ("file", "--prefix", "ts1a2b"),
    "prefix of everything": ("--prefix", "t", "--endpoint-url", "http://127.0.0.1:9"),
    "prefix of an emulator in process": ("--prefix", "ts1a2b"),
    "endpoint without prefix": ("--endpoint-url", "http://127.0.0.1:9"),
}


@pytest.mark.parametrize("way", WRONG)
def test_sweep__wrong_usage_is_one_line(
    way: str, sweep: Sweeping, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 2, and what to do."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    told = sweep(*WRONG[way])
    assert told.exit_code == 2, told.output
    assert len(told.output.strip().splitlines()) == 1


def test_sweep__where_a_run_was_killed_before_it_made_anything(sweep: Sweeping, tmp_path: Path) -> None:
    """No directory, or none of its ledgers: nothing is left."""
    told = sweep(tmp_path / "nowhere")
    assert told.exit_code == 0
    assert "there is no directory" in told.output
    assert told.output.splitlines()[-1] == sweep(tmp_path).output.strip() == "nothing is left"


def test_sweep__of_a_run_at_work_is_left_to_it(
    service: Service, start: Started, sweep: Sweeping, tmp_path: Path
) -> None:
    """Its ledger is held; killed, it is swept."""
    before = service.world()
    process = start("check", "--endpoint-url", service.url, "--max-time", "60", "--report-dir", "out")
    while not list((tmp_path / "out").glob("ledger/*.jsonl")) or service.calls < 60:
        time.sleep(0.05)
        assert process.poll() is None
    told = sweep(tmp_path / "out", "--yes")
    assert told.exit_code == 3
    assert f"process {process.pid} is still at work" in told.output
    process.kill()
    process.communicate()
    assert sweep(tmp_path / "out", "--yes").exit_code == 0
    assert service.world() == before


def test_check__second_ctrl_c_says_what_deletes_the_rest(
    service: Service, start: Started, sweep: Sweeping, tmp_path: Path
) -> None:
    """Cleaning up is ended; the command is on standard error and in report.json."""
    import json
    import signal

    before = service.world()
    process = start("check", "--endpoint-url", service.url, "--max-time", "60", "--report-dir", "out")
    while service.calls < 150:
        time.sleep(0.02)
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    while not (tmp_path / "out" / "badge.svg").exists():
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    told = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    if "left" in told:  # else it was cleaned up before the second Ctrl-C came
        assert "`trackstep sweep out --yes`" in told["left"]
        assert told["left"] in errors.decode()
    else:
        assert service.world() == before
    assert "Traceback" not in errors.decode()
    assert sweep(tmp_path / "out", "--yes").exit_code == 0
    assert service.world() == before


def test_finish__takes_the_ledger_away_only_where_all_is_gone(service: Service, tmp_path: Path) -> None:
    """A run that ends as it should leaves no ledger; one that could not delete leaves it."""
    options = TargetOptions(service.url)
    target = write_ahead.keeping(HttpTarget(options), "http", options, tmp_path)
    assert isinstance(target, KeptTarget)
    target.call(Operation("CreateDatasetGroup", {"name": "ts1a2b1-a"}))
    backend: PersonalizeBackend = personalize_backends[ACCOUNT]["us-east-1"]
    kept = backend.groups[f"arn:aws:personalize:us-east-1:{ACCOUNT}:dataset-group/ts1a2b1-a"]
    kept.__dict__["_status"] = "STUCK"
    sweep.finish(target, 0.2)
    assert write_ahead.left(target)
    kept.__dict__["_status"] = "ACTIVE"
    sweep.finish(target, 20.0)
    assert write_ahead.left(target) == ""
    assert not list(ledger.found(tmp_path))
    target.close()
