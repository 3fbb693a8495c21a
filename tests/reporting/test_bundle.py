"""The bundle of a deviation: the test and the script in it show the deviation where it is, and nowhere else."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.deep import sweep
from tests.reporting.conftest import ACTIVE, BROKEN, DESCRIBE, GONE, LISTED, TAGS, deviation, found, perform
from trackstep import emulator, history, program
from trackstep.emulator import faults, server
from trackstep.emulator.models import personalize_backends
from trackstep.errors import UsageError
from trackstep.event import Deviation
from trackstep.operation import Operation
from trackstep.oracle import judge
from trackstep.oracle.expected import Accepted, Expected, Refused
from trackstep.oracle.judge import Step
from trackstep.oracle.notes import Finding
from trackstep.outcome import Outcome
from trackstep.reporting import bundle
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

REPORT = {"target": "embedded emulator", "seed": 0, "versions": {}}
NAMES = [broken.fault for broken in BROKEN]
Folders = dict[str, Path]
SCRIPTS = {
    "second-tracker-allowed": ("ResourceAlreadyExistsException", "200"),
    "group-taken-after-delete": ("200", "ResourceAlreadyExistsException"),
    "numbers-are-names": ("InvalidInputException", "200"),
    "broken-json-is-no-request": ("SerializationException", "200"),
    "unhashable-arn-is-a-crash": ("400", "500"),
    "not-found-is-404": ("400", "404"),
    "deletion-never-ends": ("ResourceNotFoundException", "DELETE IN_PROGRESS"),
    "longest-name-is-cut": ("x" * 55, "x" * 54),
}
"""Fault -> what the last answer holds where nothing is wrong, and what where the fault is."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """The bundle of each fault, by its name."""
    directory = tmp_path_factory.mktemp("report")
    return {b.fault: bundle.write(found(b), n, REPORT, directory) for n, b in enumerate(BROKEN, 1)}


@pytest.fixture(scope="module")
def faithful() -> Iterator[str]:
    """The URL of a faithful emulator."""
    with server.running() as url:
        yield url


def run_test(url: str, *folders: Path) -> subprocess.CompletedProcess[str]:
    """Run the tests of bundles as somebody does who has pytest and boto3 and nothing of ours."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_") and k != "PYTHONPATH"}
    kept["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    files = [str(folder / "test_deviation.py") for folder in folders]
    options = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-c", os.devnull]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *files],
        cwd=folders[0], env=kept | {"ENDPOINT_URL": url, "SETTLE_SECONDS": "1", "CLEAN_UP_SECONDS": "3"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def run_script(url: str, folder: Path) -> tuple[str, str, int]:
    """Run the script of a bundle: all that it prints, what came back in the end, and its exit code."""
    done = subprocess.run(
        ["bash", "reproduce.sh"],
        cwd=folder, env=os.environ | {"ENDPOINT_URL": url, "SETTLE_SECONDS": "1", "CLEAN_UP_SECONDS": "3"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1, 2)
    assert not done.stderr
    return done.stdout, done.stdout.rpartition("comes back now:")[2], done.returncode


def test_test__passes_where_nothing_is_wrong(folders: Folders, faithful: str) -> None:
    """All of them, and they clean up after themselves."""
    personalize_backends.reset()
    done = run_test(faithful, *folders.values())
    assert f"{len(folders)} passed" in done.stdout, done.stdout
    assert not personalize_backends["123456789012"]["us-east-1"].groups


# The others are deep: a session of pytest each. Kept are an assertion, an answer that is none, and a wait.
@pytest.mark.parametrize(
    "name", sweep(NAMES, "second-tracker-allowed", "broken-json-is-no-request", "deletion-never-ends")
)
def test_test__fails_at_the_fault(name: str, folders: Folders) -> None:
    """For the reason that the deviation gives: an assertion, or an answer that is not as it should be."""
    broken = BROKEN[NAMES.index(name)]
    personalize_backends.reset()
    with faults.planted(broken.fault), emulator.progression(broken.progression), server.running() as url:
        done = run_test(url, folders[broken.fault])
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed" in done.stdout
    assert not re.search(r"^E +(NameError|SyntaxError|ImportError|AttributeError)", done.stdout, re.MULTILINE)


# Immediate is deep: where they wait for time, they wait for nothing else.
@pytest.mark.parametrize("progression", sweep(["immediate", "time"], "time"))
def test_test__passes_whatever_the_timing(progression: str, folders: Folders) -> None:
    """They were recorded on a target whose statuses move when they are looked at."""
    with emulator.progression(progression, seconds=0.05), server.running() as url:
        done = run_test(url, *folders.values())
    assert f"{len(folders)} passed" in done.stdout, done.stdout


# The others are deep: two scripts each. Kept are a refusal, a form, a wait, and a text in an answer.
@pytest.mark.parametrize(
    "name", sweep(SCRIPTS, "second-tracker-allowed", "not-found-is-404", "deletion-never-ends", "longest-name-is-cut")
)
def test_script__shows_the_fault_where_it_is(name: str, folders: Folders, faithful: str) -> None:
    """The last answer is the one that the report tells of, and at a faithful endpoint the right one."""
    right, wrong = SCRIPTS[name]
    _, now, code = run_script(faithful, folders[name])
    assert right in now
    assert code == 0
    broken = next(broken for broken in BROKEN if broken.fault == name)
    with faults.planted(name), emulator.progression(broken.progression), server.running() as url:
        printed, now, code = run_script(url, folders[name])
    assert wrong in now
    assert code == 1
    assert f"clause:         {found(broken).sentence}" in printed
    assert "came back then:" in printed


@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.deep)])
def test_script__conforms_where_nothing_is_wrong(step: int, folders: Folders, faithful: str) -> None:
    """No shell error, exit code 0, and nothing is left behind."""
    personalize_backends.reset()
    for folder in list(folders.values())[::step]:
        printed, _, code = run_script(faithful, folder)
        assert "comes back now:" in printed
        assert code == 0, printed
    assert not personalize_backends["123456789012"]["us-east-1"].groups


def test_script__that_cannot_be_run_ends_with_2(folders: Folders) -> None:
    """Nobody listens there: that says nothing of the clause."""
    printed, _, code = run_script("http://127.0.0.1:9", folders["second-tracker-allowed"])
    assert code == 2
    assert printed.rstrip().endswith("cannot be run: no answer came to CreateDatasetGroup")


def test_program_and_history__are_those_of_the_deviation(folders: Folders) -> None:
    """The program is read back; the history is judged as it was."""
    for broken in BROKEN:
        folder = folders[broken.fault]
        commands = program.parse((folder / "program.txt").read_text(encoding="utf-8"))
        assert list(map(str, commands)) == list(map(str, program.parse(broken.program)))
        (recorded,) = history.parse((folder / "history.jsonl").read_text(encoding="utf-8"))
        findings = judge.judge(recorded.steps, recorded.prefix).notes.findings
        assert broken.clause in {finding.clause for finding in findings if finding.step == len(recorded.steps)}


def test_folder__is_named_after_place_clause_and_operation(folders: Folders) -> None:
    """So that it is found from the report."""
    folder = folders["second-tracker-allowed"]
    assert (folder.parent.name, folder.name) == ("deviations", "01-ET-UNIQ-2-CreateEventTracker")
    assert sorted(path.name for path in folder.iterdir()) == sorted(bundle.FILES)


GOLDEN = """\
def test_create_event_tracker__et_uniq_2():
    run = f"t{uuid.uuid4().hex[:7]}"
    made = []
    personalize = connect("personalize", "us-east-1", made)
    try:
        a_group_arn = personalize.create_dataset_group(name=f"{run}-a")["datasetGroupArn"]
        settled(personalize.describe_dataset_group, datasetGroupArn=a_group_arn)
        a_tracker_arn = personalize.create_event_tracker(name=f"{run}-t1", datasetGroupArn=a_group_arn)["eventTrackerArn"]
        settled(personalize.describe_event_tracker, eventTrackerArn=a_tracker_arn)
        # An identical CreateEventTracker, repeated, is refused with ResourceAlreadyExistsException:
        # it is not idempotent.
        # came back: success
        with pytest.raises(ClientError) as refused:
            personalize.create_event_tracker(name=f"{run}-t1", datasetGroupArn=a_group_arn)
        assert refused.value.response["Error"]["Code"] in ["ResourceAlreadyExistsException"]
    finally:
        clean_up(made)
"""  # noqa: E501  # as it is written


def test_test__is_one_that_moto_could_take(folders: Folders) -> None:
    """Word for word, what stands below the helpers."""
    text = (folders["second-tracker-allowed"] / "test_deviation.py").read_text(encoding="utf-8")
    assert text.endswith(GOLDEN), text
    assert "trackstep" not in re.sub(r"(?m)^#.*$", "", text)


@pytest.mark.parametrize(
    ("target", "endpoint"),
    [
        ("http://10.0.0.1:4566, through botocore 1.40.0", "http://10.0.0.1:4566"),
        ("embedded emulator over HTTP at http://127.0.0.1:3", bundle.LOCAL),
    ],
)
def test_endpoint__is_the_one_that_was_checked(target: str, endpoint: str, tmp_path: Path) -> None:
    """Unless it was none that is there afterwards."""
    folder = bundle.write(found(BROKEN[0]), 1, {"target": target}, tmp_path)
    assert f'"ENDPOINT_URL", "{endpoint}")' in (folder / "test_deviation.py").read_text(encoding="utf-8")
    assert f"ENDPOINT_URL:-{endpoint}}}" in (folder / "reproduce.sh").read_text(encoding="utf-8")


HOSTILE = (
    "'; touch owned; '",
    '$(touch owned)`touch owned`"; touch owned; "',
    "\n\ntouch owned\n",
    '"""\nopen("owned", "w")\n"""',
    "'''\nopen('owned', 'w')\n'''",
    "{open('owned', 'w')} %s {} \\",
    "\x1b[31m\x00\u2028\u202e\ud800",
)


FORMS = ("", "success", "refusal: ")


# Deep is each text in the two other forms: they differ in the line that says what came back.
@pytest.mark.parametrize(
    ("evil", "form"),
    [
        pytest.param(evil, form, marks=() if form == FORMS[number % len(FORMS)] else pytest.mark.deep)
        for number, evil in enumerate(HOSTILE)
        for form in FORMS
    ],
)
def test_text_of_a_target_is_inert(evil: str, form: str, faithful: str, tmp_path: Path) -> None:
    """Names, ARNs, IDs, codes and messages of a hostile target do nothing in any of the files."""
    lived = perform(ACTIVE + DESCRIBE).steps
    steps = [Step(o, Outcome(c.kind, _spoilt(c.result, evil), evil, evil, None)) for o, c in lived]
    steps = [Step(Operation(o.name, _spoilt_arns(o.params, evil), o.region), c) for o, c in steps]
    claim = "" if form else f"answer['x'] == {evil!r}"
    forms: dict[str, Expected] = {"success": Accepted(frozenset({evil})), "refusal: ": Refused(frozenset({evil}))}
    expected = forms.get(form, evil)
    finding = Finding("ET-DESC-5", len(steps), "DescribeEventTracker", expected, evil, (), claim)
    folder = bundle.write(deviation(finding, steps, DESCRIBE), 1, {"target": f"http://x/{evil}"}, tmp_path)
    ast.parse((folder / "test_deviation.py").read_text(encoding="utf-8"))
    program.parse((folder / "program.txt").read_text(encoding="utf-8"))
    run_script(faithful, folder)
    if not form:
        run_test(faithful, folder)
    assert not (folder / "owned").exists()


def _spoilt(value: Any, evil: str) -> Any:
    if isinstance(value, str):
        return evil + value
    return {k: _spoilt(v, evil) for k, v in value.items()} if isinstance(value, dict) else value


def _spoilt_arns(params: Any, evil: str) -> dict[str, Any]:
    return {name: evil + value if name.endswith("Arn") else value for name, value in params.items()}


def test_write__that_fails_is_told(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "deviations").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="--report-dir"):
        bundle.write(found(BROKEN[0]), 1, REPORT, tmp_path)


def test_clear__takes_away_what_an_earlier_run_left(tmp_path: Path) -> None:
    """And nothing that somebody put beside it."""
    told = found(BROKEN[0])
    first, second = bundle.write(told, 1, REPORT, tmp_path), bundle.write(told, 2, REPORT, tmp_path)
    (second / "notes.txt").write_text("mine", encoding="utf-8")
    bundle.clear(tmp_path)
    assert not first.exists()
    assert [path.name for path in second.iterdir()] == ["notes.txt"]
    bundle.clear(tmp_path / "nowhere")


def test_deviation__without_steps_has_a_program_only(tmp_path: Path) -> None:
    """What was never recorded cannot be told again."""
    told = found(BROKEN[0])
    bare = Deviation(**{name: getattr(told, name) for name in told.__dataclass_fields__} | {"steps": ()})
    folder = bundle.write(bare, 1, REPORT, tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["history.jsonl", "program.txt"]


@pytest.fixture(scope="module")
def target() -> Iterator[EmulatorTarget]:
    """One emulator in process for many programs."""
    made = EmulatorTarget(TargetOptions())
    yield made
    made.close()


@pytest.mark.parametrize("name", faults.FAULTS)
def test_claim__is_false_of_the_answer_it_was_made_of(name: str, target: EmulatorTarget) -> None:
    """And is an expression over the names that it may use."""
    personalize_backends.reset()
    with faults.planted(name):
        session = perform(ACTIVE + DESCRIBE + TAGS + LISTED + GONE.removeprefix(ACTIVE) + LISTED, on=target)
    findings = session.judgement.notes.findings
    ill_typed = {finding.step for finding in findings if finding.clause in ("ET-WIRE-4", "ET-WIRE-12")}
    for finding in findings:
        if not finding.claim or finding.step in ill_typed:
            continue
        outcome = session.steps[finding.step - 1].outcome
        answer = dict(outcome.result or {})
        items = answer.get("eventTrackers" if "eventTracker" in finding.claim else "datasetGroups", [])
        known = {"answer": answer, "pages": [answer], "items": items, "code": outcome.code, "wire": outcome.wire}
        try:
            holds = eval(finding.claim, {"json": json, "re": re, "hashlib": hashlib, **known})
        except (KeyError, TypeError, ValueError, AttributeError):
            holds = False
        assert not holds, finding
