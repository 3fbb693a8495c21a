"""The write-ahead ledger: on disk before the call, readable however its process ended, in nobody's way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from trackstep import ledger, write_ahead
from trackstep.errors import HistoryError, UsageError
from trackstep.ledger import Entries
from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.targets import Target, TargetOptions
from trackstep.write_ahead import KeptTarget

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/ts1a2b1-a"
CREATE = Operation("CreateDatasetGroup", {"name": "ts1a2b1-a"})
DELETE = Operation("DeleteDatasetGroup", {"datasetGroupArn": GROUP})
DESCRIBE = Operation("DescribeDatasetGroup", {"datasetGroupArn": GROUP})
MADE = Outcome.success({"datasetGroupArn": GROUP})
GONE = Outcome.refusal("ResourceNotFoundException")


class Answering:
    """A target that gives these answers in turn; what is on the disk while it is asked stays in ``found``."""

    description = "made up"
    regions_are_separate = True
    remembers = True

    def __init__(self, directory: Path, *answers: Outcome | BaseException) -> None:
        self.directory, self.answers = directory, list(answers)
        self.found: list[Entries] = []

    def call(self, operation: Operation) -> Outcome:
        """The next answer."""
        self.found += [each.entries for each in ledger.found(self.directory)]
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def close(self) -> None:
        """Nothing was opened."""


Keep = Callable[[Target, Path], KeptTarget]


@pytest.fixture
def kept() -> Iterator[Keep]:
    """Gives a target a ledger in a directory; lets go of it at the end."""
    with ExitStack() as closing:

        def keep(target: Target, directory: Path) -> KeptTarget:
            made = write_ahead.keeping(target, "http", TargetOptions("http://localhost:1"), directory)
            assert isinstance(made, KeptTarget)
            closing.callback(made.close)
            return made

        yield keep


def read(directory: Path) -> ledger.Found:
    """The one ledger there is."""
    (found,) = ledger.found(directory)
    return found


def test_intent_is_on_disk_before_the_call(tmp_path: Path, kept: Keep) -> None:
    """With the operation, the region, the name and the ARN that it will have; also where the call never ends."""
    target = Answering(tmp_path, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        kept(target, tmp_path).call(CREATE)
    (intent,) = target.found[0].intents.values()
    assert (intent.kind, intent.region, intent.name, intent.expects) == (
        "DatasetGroup",
        "us-east-1",
        "ts1a2b1-a",
        GROUP,
    )
    assert intent.is_unanswered
    assert target.found[0].options == TargetOptions("http://localhost:1")
    assert set(read(tmp_path).entries.arns) == {("us-east-1", "DatasetGroup", GROUP)}


def test_intent_of_a_tracker__has_the_arn_that_follows_from_the_group() -> None:
    """Eight digits of an MD5; in China another partition."""
    group = "arn:aws:personalize:us-east-1:123456789012:dataset-group/ts1-a"
    asked = Operation("CreateEventTracker", {"name": "t", "datasetGroupArn": group})
    assert ledger.expected(asked, "1") == "arn:aws:personalize:us-east-1:123456789012:event-tracker/a936db22"
    far = Operation("CreateDatasetGroup", {"name": "a"}, "cn-north-1")
    assert ledger.expected(far, "1") == "arn:aws-cn:personalize:cn-north-1:1:dataset-group/a"


def test_intent_in_a_body_is_read_from_it(tmp_path: Path, kept: Keep) -> None:
    """A raw body takes the place of the parameters."""
    target = kept(Answering(tmp_path, Outcome.lost("x"), Outcome.lost("x")), tmp_path)
    target.call(Operation("CreateDatasetGroup", {}, body=b'{"name": "ts1a2b1-a"}'))
    target.call(Operation("CreateDatasetGroup", {}, body=b'{"name":'))
    assert [i.name for i in read(tmp_path).entries.intents.values()] == ["ts1a2b1-a", ""]


def test_what_is_seen_to_be_gone_is_claimed_no_more(tmp_path: Path, kept: Keep) -> None:
    """Deleted, and not found after it; a Create after that claims it again."""
    target = kept(Answering(tmp_path, MADE, GONE, Outcome.success({}), GONE, MADE), tmp_path)
    target.call(CREATE)
    target.call(DESCRIBE)
    assert read(tmp_path).entries.arns, "not found before it was deleted proves nothing"
    target.call(DELETE)
    target.call(DESCRIBE)
    assert not read(tmp_path).entries.arns
    target.call(CREATE)
    assert read(tmp_path).entries.arns


def test_create_without_answer__that_was_seen_to_be_carried_out_is_not_waited_for(tmp_path: Path, kept: Keep) -> None:
    """A Describe shows it; nobody knows what else is on its way."""
    target = kept(Answering(tmp_path, Outcome.lost("x"), Outcome.success({"datasetGroup": {}})), tmp_path)
    target.call(CREATE)
    assert read(tmp_path).entries.late() > 0
    target.call(DESCRIBE)
    assert read(tmp_path).entries.late() == 0


def test_ledger__torn_at_any_byte_says_all_that_came_before(tmp_path: Path, kept: Keep) -> None:
    """A process may be killed as it writes: only the last line is torn, and what it told was never asked for."""
    target = kept(Answering(tmp_path, MADE, Outcome.lost("x")), tmp_path)
    target.call(CREATE)
    target.call(Operation("CreateDatasetGroup", {"name": "ts1a2b1-b"}))
    target.close()
    path = read(tmp_path).path
    whole = path.read_bytes()
    ends = [place for place, byte in enumerate(whole) if byte == ord("\n")]
    for cut in range(ends[0] + 1, len(whole)):
        path.write_bytes(whole[:cut])
        found = read(tmp_path)
        complete = whole[: cut + 1].count(b"\n")
        intents = sum(b'"operation"' in line for line in whole.split(b"\n")[:complete])
        assert (found.wrong, len(found.entries.intents)) == (0, intents), cut
    lines = whole.decode().splitlines()
    path.write_text("\n".join([lines[0], "{", *lines[1:]]), encoding="utf-8")
    assert read(tmp_path).wrong == 1
    path.write_text("{}\n", encoding="utf-8")
    with pytest.raises(HistoryError, match="is no ledger"):
        list(ledger.found(tmp_path))


def test_ledger__of_a_killed_run_outlives_the_next_run(tmp_path: Path, kept: Keep) -> None:
    """Each run has a file of its own; the next is told of the one before, unless that is still at work."""
    first = kept(Answering(tmp_path, MADE), tmp_path)
    first.call(CREATE)
    assert ledger.unfinished(tmp_path) == "", "it is held: its run is still at work"
    first.ledger.close()
    assert "trackstep sweep" in ledger.unfinished(tmp_path)
    second = kept(Answering(tmp_path, MADE), tmp_path)
    second.call(CREATE)
    second.ledger.finish()
    assert [len(each.entries.intents) for each in ledger.found(tmp_path)] == [1]


def test_ledger__leaves_no_trace_where_nothing_is_left(tmp_path: Path, kept: Keep) -> None:
    """The file goes, and the folders that were made for it."""
    target = kept(Answering(tmp_path, MADE), tmp_path / "reports" / "out")
    assert list(tmp_path.iterdir()) == []
    target.call(CREATE)
    assert write_ahead.left(target).endswith(
        f"`trackstep sweep {tmp_path / 'reports' / 'out'} --yes` deletes what is left"
    )
    target.ledger.finish()
    assert list(tmp_path.iterdir()) == []
    assert write_ahead.left(target) == ""


def test_ledger__of_creates_that_were_all_refused_is_none(tmp_path: Path, kept: Keep) -> None:
    """Nothing was created, so nothing is left."""
    target = kept(Answering(tmp_path, Outcome.refusal("AccessDeniedException")), tmp_path / "out")
    target.call(CREATE)
    assert write_ahead.left(target) == ""
    assert list(tmp_path.iterdir()) == []


def test_ledger__that_cannot_be_written_is_told_before_the_call(tmp_path: Path, kept: Keep) -> None:
    """Nothing is created that nobody would know of."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    target = Answering(tmp_path / "other")
    with pytest.raises(UsageError, match="choose another --report-dir"):
        kept(target, tmp_path / "file").call(CREATE)
    assert not target.found


def test_target_that_ends_with_its_process_needs_no_ledger(tmp_path: Path) -> None:
    """It is given back as it is."""
    target = Answering(tmp_path)
    target.remembers = False
    assert write_ahead.keeping(target, "emulator", TargetOptions(), tmp_path) is target


def test_options_of_another_version_are_read(tmp_path: Path, kept: Keep) -> None:
    """Members that this one does not know are passed over."""
    kept(Answering(tmp_path, MADE), tmp_path).call(CREATE)
    path = read(tmp_path).path
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    row = json.loads(first)
    row["options"]["new"] = True
    path.write_text("\n".join([json.dumps(row), *rest]), encoding="utf-8")
    assert read(tmp_path).entries.options.endpoint_url == "http://localhost:1"
