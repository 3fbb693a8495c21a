"""``trackstep spec verify``: botocore's models say what is quoted of them; where one does not, the clause is named."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from trackstep import spec
from trackstep.cli import main
from trackstep.evidence import quote, service_model
from trackstep.evidence.drift import NOTHING, Drift, drifts
from trackstep.evidence.service_model import ServiceModel

Model = dict[str, Any]
ONE = "Only one event tracker can be associated with a dataset group."


def changed(change: Callable[[Model, Model], object]) -> list[Drift]:
    """What drifts when the model of the control plane is changed; ``change`` gets its operations and its shapes."""
    before = service_model.installed()
    services: dict[str, Any] = copy.deepcopy(dict(before.services))
    change(services["personalize"]["operations"], services["personalize"]["shapes"])
    drifted = drifts(before)
    return [drift for drift in drifts(ServiceModel(services)) if drift not in drifted]


def reword(of: Model, old: str, new: str) -> None:
    """Change the documentation of an operation or shape."""
    assert old in of["documentation"]
    of["documentation"] = of["documentation"].replace(old, new)


def verify(*words: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["spec", "verify", *map(str, words)])


def test_installed__says_what_is_quoted() -> None:
    """The botocore that is installed has every sentence, shape and error that the specification stands on."""
    assert drifts(service_model.installed()) == []
    assert sum(bool(quoted.names) for quoted in quote.everything()) >= 60


def test_reworded_sentence__names_its_clauses() -> None:
    """Both texts are shown: what was quoted, and the sentence that took its place."""
    found = changed(
        lambda operations, shapes: reword(operations["CreateEventTracker"], "Only one event", "Up to two event")
    )
    assert [drift.clauses for drift in found] == [("ET-UNIQ-1",), ("ET-UNIQ-8",)]
    assert found[1] == Drift(
        ("ET-UNIQ-8",), "model:CreateEventTracker", f'"{ONE}"', f'"{ONE.replace("Only one", "Up to two")}"'
    )


def test_markup_and_white_space__are_no_change() -> None:
    """The same words in other tags are the same sentence."""
    assert not changed(
        lambda operations, shapes: reword(operations["CreateEventTracker"], "Only one", "<b>Only</b>\n  one")
    )


def test_reworded_error__is_of_the_service_whose_operation_names_it() -> None:
    """PutEvents' service has an exception of the same name, whose words are not those."""
    gone = {"documentation": "<p>It is not there.</p>"}
    found = changed(lambda operations, shapes: shapes["ResourceNotFoundException"].update(gone))
    assert {"ET-CREATE-2", "ET-DESC-2", "ET-DEL-2", "ET-GRP-8"} <= {
        clause for drift in found for clause in drift.clauses
    }
    assert {drift.new for drift in found} == {'(nothing like it; nearest is "It is not there.")'}


def test_error_that_is_gone__names_the_clauses_of_its_rows() -> None:
    """An operation that no longer lists an error, and one whose shape is deleted, are the same to a caller."""

    def unlisted(operations: Model, shapes: Model) -> None:
        listed = operations["CreateEventTracker"]["errors"]
        listed.remove({"shape": "ResourceAlreadyExistsException"})

    (found,) = changed(unlisted)
    assert found.where == "errors of CreateEventTracker"
    assert (found.old, found.new) == ("ResourceAlreadyExistsException", NOTHING)
    assert {"ET-UNIQ-1", "ET-UNIQ-2", "ET-UNIQ-3", "ET-WIRE-9"} <= set(found.clauses)
    without_shape = changed(lambda operations, shapes: shapes.pop("ResourceAlreadyExistsException"))
    assert found in without_shape


def test_error_that_is_new__is_named() -> None:
    """More errors are a change too."""
    new = {"shape": "TooManyTagKeysException"}
    (found,) = changed(lambda operations, shapes: operations["DeleteEventTracker"]["errors"].append(new))
    assert (found.clauses, found.old, found.new) == (("ET-WIRE-9",), NOTHING, "TooManyTagKeysException")


def test_tightened_length__names_the_clauses_of_the_shape() -> None:
    """One shape in many requests and answers is one difference."""
    (found,) = changed(lambda operations, shapes: shapes["Name"].update(max=40))
    assert found.clauses == ("ET-INPUT-2", "ET-INPUT-3", "ET-INPUT-9")
    assert found.where.startswith("shape Name, max (CreateDatasetGroup.input.name and ")
    assert (found.old, found.new) == ("63", "40")


@pytest.mark.parametrize(
    ("change", "clause", "old", "new"),
    [
        (lambda o, s: s["EventTrackerSummary"]["members"].pop("status"), "ET-LIST-7", "status", NOTHING),
        (lambda o, s: s["EventTracker"]["members"].update(tags={"shape": "Tags"}), "ET-DESC-4", NOTHING, "tags"),
        (lambda o, s: s["DeleteEventTrackerRequest"].pop("required"), "ET-INPUT-1", "eventTrackerArn", NOTHING),
        (lambda o, s: s["Domain"].update(enum=["ECOMMERCE"]), "ET-INPUT-5", "ECOMMERCE, VIDEO_ON_DEMAND", "ECOMMERCE"),
        (lambda o, s: s["EventTrackers"].update(max=50), "ET-PAGE-4", "100", "50"),
        (lambda o, s: s["TagValue"].update(pattern=".*"), "ET-INPUT-11", r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", ".*"),
        (lambda o, s: s["MaxResults"].update(type="string"), "ET-INPUT-6", "integer", "string"),
        (lambda o, s: o.pop("UntagResource"), "ET-TAG-14", "UntagResource", NOTHING),
    ],
    ids=["member gone", "member new", "required", "enum", "list", "pattern", "type", "operation gone"],
)  # fmt: skip
def test_changed_shape__names_its_clause(
    change: Callable[[Model, Model], object], clause: str, old: str, new: str
) -> None:
    """Whatever is copied of a shape is compared."""
    assert any(clause in drift.clauses and (drift.old, drift.new) == (old, new) for drift in changed(change))


def test_spec_verify__exit_codes(tmp_path: Path) -> None:
    """0 where all is as quoted; 1 with the clause and both texts where not, from a file, a packed one, or a folder."""
    done = verify()
    assert done.exit_code == bool(drifts(service_model.installed()))
    assert f"{sum(bool(quoted.names) for quoted in quote.everything())} sentences, " in done.output
    model = json.dumps(service_model.installed().services["personalize"]).replace("Only one event", "Up to two event")
    (tmp_path / "plain.json").write_text(model, encoding="utf-8")
    packed = tmp_path / "data" / "personalize" / "2018-05-22" / "service-2.json.gz"
    packed.parent.mkdir(parents=True)
    packed.write_bytes(gzip.compress(model.encode()))
    for where in (tmp_path / "plain.json", packed, tmp_path / "data"):
        done = verify("--model", where)
        assert done.exit_code == 1
        assert f'ET-UNIQ-8\n  model:CreateEventTracker\n    was  "{ONE}"\n    is   "Up to two' in done.output


@pytest.mark.parametrize(
    "content",
    [b"", b"not JSON", b"\x1f\x8b broken", b"[]", b"{}", b'{"metadata": {}, "operations": {}, "shapes": {"Name": 5}}',
     b'{"metadata": {"serviceId": "S3"}, "operations": {}, "shapes": {}}', b"[" * 100_000, None],
    ids=["empty", "text", "gzip", "list", "object", "shape", "another service", "deep", "missing"],
)  # fmt: skip
def test_spec_verify__broken_model(content: bytes | None, tmp_path: Path) -> None:
    """Exit code 2 and one line that names the file, never a traceback."""
    path = tmp_path / "service-2.json"
    if content is not None:
        path.write_bytes(content)
    done = verify("--model", path)
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert str(path) in done.output


def test_spec_verify__endless_shape(tmp_path: Path) -> None:
    """A shape of itself is said to be one."""
    model = copy.deepcopy(dict(service_model.installed().services["personalize"]))
    model["shapes"]["Name"] = {"type": "list", "member": {"shape": "Name"}}
    (tmp_path / "service-2.json").write_text(json.dumps(model), encoding="utf-8")
    done = verify("--model", tmp_path)
    assert (done.exit_code, done.output) == (
        2,
        "trackstep: the service model is broken: its shape Name is a shape of itself\n",
    )


def test_quotes__each_documented_clause_is_looked_up() -> None:
    """A source in the model that cannot be read as one would never be looked up."""
    for clause in spec.load().clauses.values():
        for quoted in quote.quotes(clause):
            assert bool(quoted.names) == quoted.source.startswith(("model:", "botocore model, ", "API_EventTracker")), (
                quoted
            )
