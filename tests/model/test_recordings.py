"""The specification explains every recording of an operation that it covers, and one that does not is told which."""

from __future__ import annotations

import hashlib
import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from trackstep import spec
from trackstep.evidence import recording, witness
from trackstep.evidence.witness import Witness
from trackstep.oracle import guard, judge, lifecycle, wire

COVERED = recording.covered()
SITTINGS = [(history, sitting) for history in recording.histories() for sitting in history["sittings"]]
CELL = re.compile(r"\(?(?:git )?blob (\w+), cell (\d+)\)")
CACHES: tuple[Any, ...] = (
    spec.load, lifecycle.observer, guard._standing, guard.bits_of, judge._promised, wire._errors,
)  # fmt: skip
"""All that is compiled from the tables."""

Edit = Callable[[str, str, str], None]


@pytest.fixture(scope="module")
def said() -> dict[str, Witness]:
    """What each recording says."""
    return witness.witnesses()


def test_every_recording_is_explained() -> None:
    """Accepted, and witness of a clause; or listed in unexplained.toml with the reason, and only then."""
    assert witness.problems() == []


def test_few_recordings_say_nothing(said: dict[str, Witness]) -> None:
    """What cannot be judged is the exception, and says why in a sentence."""
    silent = {number for number, each in said.items() if each.reason}
    assert silent == {"R065", "R068", "R071"}
    assert len(said) == len(COVERED) == 73
    assert all(said[number].sentence.endswith(".") for number in silent)


@pytest.mark.parametrize(
    ("number", "clauses"),
    [
        ("R001", {"ET-CREATE-1", "ET-ID-1", "ET-ID-6"}),
        ("R012", {"ET-UNIQ-7", "ET-ID-2"}),
        ("R028", {"ET-LIFE-2", "ET-LIFE-9"}),
        ("R036", {"ET-UNIQ-1", "ET-UNIQ-2"}),
        ("R038", {"ET-FAIL-1"}),
        ("R048", {"ET-CREATE-2"}),
        ("R051", {"ET-PUT-1", "ET-PUT-6", "ET-WIRE-11"}),
        ("R057", {"ET-GRP-8"}),
        ("R058", {"ET-LIST-3"}),
        ("R064", {"ET-LIFE-5", "ET-LIFE-8"}),
        ("R073", {"ET-WIRE-4", "ET-WIRE-13"}),
    ],
)
def test_witness__of_what_was_printed(number: str, clauses: set[str], said: dict[str, Witness]) -> None:
    """A recording witnesses what it shows."""
    assert clauses <= said[number].clauses


def test_readme__says_how_many_are_explained(said: dict[str, Witness]) -> None:
    """The figures of the README are those of the recordings."""
    text = " ".join((Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split())
    silent = sum(bool(one.reason) for one in said.values())
    told = f"Of {len(said)} recordings of the real service {len(said) - silent} are explained, {silent} say too little"
    assert told in text


def test_of_clauses__is_the_other_way_round(said: dict[str, Witness]) -> None:
    """Clause -> recordings says the same as recording -> clauses; all of them are clauses."""
    found = witness.of_clauses()
    assert found.keys() <= spec.load().clauses.keys()
    assert {(number, clause) for clause, numbers in found.items() for number in numbers} == {
        (number, clause) for number, each in said.items() for clause in each.clauses
    }


def test_witness__not_of_what_was_left_out(said: dict[str, Witness]) -> None:
    """No member that was not printed, no status that was only told apart, no row of which another may be the reason."""
    assert not any("ET-DESC-4" in each.clauses for each in said.values())
    assert "ET-LIFE-9" not in said["R031"].clauses
    assert {"ET-UNIQ-1", "ET-UNIQ-3", "ET-UNIQ-4", "ET-UNIQ-5"} == said["R042"].perhaps
    assert said["R042"].clauses == {"ET-WIRE-9"}


# -- the order of the recordings -------------------------------------------------------------------


@pytest.mark.parametrize("number", COVERED)
def test_recording__stands_under_its_account(number: str) -> None:
    """What was printed of ARNs is of the account and the region of the history."""
    history = next(history for history, sitting in SITTINGS if number in sitting["recordings"])
    printed = set(re.findall(r"arn:aws:personalize:([\w-]+):(\d+):", str(COVERED[number])))
    assert printed in ({(history["region"], history["account"])}, set())


def test_sittings__are_in_the_order_of_time() -> None:
    """Each history goes forward, as far as the dates tell; what has none stands last."""
    for history in recording.histories():
        dates = [sitting["when"] or "undated" for sitting in history["sittings"]]
        for earlier, later in itertools.pairwise(dates):
            assert earlier[: len(later)] <= later[: len(earlier)], dates


@pytest.mark.parametrize("number", range(len(SITTINGS)))
def test_sitting__is_one_run_of_a_notebook(number: int) -> None:
    """Its recordings are of one notebook, in the order of its cells, and its date is what is told of them."""
    sitting = SITTINGS[number][1]
    told = [COVERED[each] for each in sitting["recordings"]]
    cells = [found.groups() for each in told if (found := CELL.search(each["source"]))]
    assert len({blob for blob, _ in cells}) <= 1
    assert [int(cell) for _, cell in cells] == sorted(int(cell) for _, cell in cells)
    if sitting["when"]:
        assert any(sitting["when"] in said for each in told for said in _dates(each)), sitting
    for params in sitting.get("before", ()):
        assert params["arn"].startswith("arn:aws:personalize:")
        assert sitting["because"][:4] in sitting["recordings"]


def _dates(told: dict[str, Any]) -> Iterator[str]:
    """What a recording says of its time: the date of its answer, and its note; of the year also its source."""
    headers = ((told["response"] or {}).get("ResponseMetadata") or {}).get("HTTPHeaders", {})
    if "date" in headers:
        yield parsedate_to_datetime(headers["date"]).strftime("%Y-%m-%d %H:%M:%S")
    yield told["note"] + told["source"]
    for day, form in ((r"\d+ \w+ \d{4}", "%d %b %Y"), (r"[A-Z][a-z]{2} \d{4}", "%b %Y")):
        for found in re.findall(day, told["note"]):
            yield datetime.strptime(found, form).strftime("%Y-%m-%d" if "%d" in form else "%Y-%m")


# -- a specification that says otherwise ---------------------------------------------------------------


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edit]:
    """Change a file of a copy of the specification, which is then the one that is read."""
    copy = tmp_path / "spec"
    shutil.copytree(spec.root(), copy)
    monkeypatch.setattr(spec, "root", lambda: copy)

    def change(name: str, old: str, new: str) -> None:
        text = (copy / name).read_text(encoding="utf-8")
        assert re.search(old, text), f"{name} does not say {old!r}"
        (copy / name).write_text(re.sub(old, new, text), encoding="utf-8")
        _forget()

    _forget()
    yield change
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for cached in CACHES:
        cached.cache_clear()
    wire.forget()


POLLS = {f"R{number:03}": "ET-LIFE-2" for number in range(28, 34)}
EDITS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "a second tracker is no error": (
        "operations.toml", r'\n    \{ on = "tracker", in = \["ACTIVE"\].*"ET-UNIQ-\d".*', "", {"R036": "ET-UNIQ-6"},
    ),
    "a second tracker is in use": (
        "operations.toml", r'(in = \["ACTIVE"\].*)"ResourceAlreadyExistsException"', r'\1"ResourceInUseException"',
        {"R036": "ET-UNIQ-2"},
    ),
    "CREATE PENDING comes after CREATE IN_PROGRESS": (
        "lifecycle.toml", r'(from = )"CREATE PENDING"(, +trigger = "progress", to = )"CREATE IN_PROGRESS"',
        r'\1"CREATE IN_PROGRESS"\2"CREATE PENDING"', POLLS | {"R076": "ET-GRP-4"},
    ),
    "an ACTIVE tracker cannot be deleted": (
        "operations.toml", r'("CREATE IN_PROGRESS", )("DELETE PENDING".*"ET-DEL-3").*', r'\1"ACTIVE", \2 },',
        {"R063": "ET-DEL-3"},
    ),
    "a group that does not exist is invalid input": (
        "operations.toml", r'(in = \["GONE"\], codes = )\["ResourceNotFoundException"\](, clause = "ET-GRP-8")',
        r'\1["InvalidInputException"]\2', {"R057": "ET-GRP-8"},
    ),
    "what is not JSON is accepted": (
        "operations.toml", r'\n    \{ when = "properties_not_json".*', "", {"R054": "ET-PUT-1"},
    ),
    "deletion ends in DELETE IN_PROGRESS": (
        "lifecycle.toml", r'\n.*from = "DELETE IN_PROGRESS", trigger = "progress", to = "GONE".*', "",
        {"R064": "ET-DESC-1", "R067": "ET-DESC-1", "R070": "ET-DESC-1"},
    ),
}  # fmt: skip
"""What the specification says then -> the file, what it said, what it says, and the recordings that contradict it."""


@pytest.mark.parametrize("name", EDITS)
def test_edit__is_contradicted_by_name(name: str, edit: Edit) -> None:
    """A specification that says otherwise than the service did is told by which recordings."""
    file, old, new, contradicted = EDITS[name]
    edit(file, old, new)
    found = dict(re.findall(r"(R\d+) contradicts (\S+):", "\n".join(witness.problems())))
    assert found == contradicted


def test_edit__of_the_arn_law_is_contradicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the ARN made of another digest, each tracker that was ever recorded would say otherwise."""
    monkeypatch.setattr(hashlib, "md5", hashlib.sha1)
    found = re.findall(r"(R\d+) contradicts ET-ID-6:", "\n".join(witness.problems()))
    assert found == [f"R{number:03}" for number in range(1, 24)]


@pytest.mark.parametrize(
    ("listed", "problem"),
    [
        ("", "R068 witnesses nothing, and unexplained.toml does not say why"),
        ('[R068]\nreason = "no-idea"\nsentence = "It is so."', "R068 needs a reason, one of answer-not-printed"),
        ('[R068]\nreason = "answer-not-printed"', "R068 needs a reason, one of answer-not-printed"),
        (
            '[R001]\nreason = "answer-not-printed"\nsentence = "It is so."',
            "R001 stands in unexplained.toml, and witness",
        ),
        (
            '[R089]\nreason = "answer-not-printed"\nsentence = "It is so."',
            "R089 is no recording of a covered operation",
        ),
    ],
)
def test_list_of_the_unexplained__is_complete_and_minimal(listed: str, problem: str, edit: Edit) -> None:
    """One that is missing, one too many, one without a known reason: each is told."""
    edit("evidence/unexplained.toml", r"(?s)\[R068\].*?(?=\[R071\])", listed + "\n\n")
    assert any(line.startswith(problem) for line in witness.problems())


def test_history__with_a_recording_altered_is_contradicted(edit: Edit) -> None:
    """The judging can fail: ACTIVE again after it was gone, a tracking ID used twice."""
    edit(
        "evidence/recorded.jsonl",
        r'(?m)^(\{"id": "R008".*?"trackingId": ")d321b1b2-xxxx-4xxx-b',
        r"\g<1>4a7b3986-xxxx-4xxx-8",
    )
    edit("evidence/recorded.jsonl", r'(?m)^(\{"id": "R034".*?"status": \[")ACTIVE', r"\1CREATE PENDING")
    found = dict(re.findall(r"(R\d+) contradicts (\S+):", "\n".join(witness.problems())))
    assert found == {"R008": "ET-ID-2", "R034": "ET-LIFE-3"}
