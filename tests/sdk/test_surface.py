"""The file of a surface: stable, whole, checked when it is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.sdk.conftest import surface
from trackstep.errors import UsageError
from trackstep.operation import COVERED
from trackstep.sdk import dumps, surface_of
from trackstep.sdk.surface import WIDTH, loads

WHOLE = surface_of("installed")
Document = dict[str, Any]


def test_a_surface_is_the_same_after_writing_and_reading() -> None:
    """Nothing is lost, and writing it again gives the same bytes."""
    written = dumps(WHOLE)
    assert loads(json.loads(written), "it") == WHOLE
    assert dumps(loads(json.loads(written), "it")) == written


def test_a_surface_diffs_well() -> None:
    """Sorted, and no line holds more than fits on a screen, sentences of the documentation aside."""
    lines = dumps(WHOLE).splitlines()
    assert lines == json_sorted(WHOLE)
    assert all(len(line) <= WIDTH + 1 for line in lines[: lines.index(' "quotes": {')])


def json_sorted(what: Any) -> list[str]:
    """The lines of the surface of the same SDK, made from its tables in another order."""
    backwards = json.loads(dumps(what), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    return dumps(loads(backwards, "it")).splitlines()


def test_each_covered_operation_is_in_it() -> None:
    """With its service, its errors and the shapes that it leads to."""
    assert WHOLE.operations.keys() == COVERED
    assert {row["service"] for row in WHOLE.operations.values()} == {"personalize", "personalize-events"}
    assert all(row["errors"] for row in WHOLE.operations.values())
    assert WHOLE.operations["ListEventTrackers"]["paginator"]["result_key"] == "eventTrackers"
    assert WHOLE.shape("personalize", "NextToken")["max"] == 1500
    assert WHOLE.shape("personalize", "ResourceInUseException")["error"] == {
        "code": "ResourceInUseException",
        "status": 400,
    }


def test_a_sentence_that_a_clause_quotes_is_in_it() -> None:
    """With the whole sentence in which it stands."""
    said = WHOLE.quotes["CreateEventTracker"]["Only one event tracker can be associated with a dataset group."]
    assert said == "Only one event tracker can be associated with a dataset group."


def test_a_shape_that_holds_itself_is_written_once() -> None:
    """The walk over the shapes ends."""

    def tie(models: Document) -> None:
        models["personalize"]["service"]["shapes"]["Tag"]["members"]["more"] = {"shape": "Tags"}

    assert surface(tie).shape("personalize", "Tag")["members"]["more"] == {"shape": "Tags"}


Damage = Callable[[Document], object]
DAMAGES: dict[str, Damage] = {
    "no source": lambda d: d.pop("source"),
    "no shapes": lambda d: d.pop("shapes"),
    "services as a list": lambda d: d.update(services=[]),
    "an operation of no service": lambda d: d["operations"]["PutEvents"].update(service="s3"),
    "an operation that is no table": lambda d: d["operations"].update(PutEvents="x"),
    "an input that is not there": lambda d: d["operations"]["PutEvents"].update(input="Nothing"),
    "an input of the wrong type": lambda d: d["operations"]["PutEvents"].update(input=["Nothing"]),
    "an error that is not there": lambda d: d["operations"]["PutEvents"].update(errors=["Nothing"]),
    "errors as a text": lambda d: d["operations"]["PutEvents"].update(errors="Nothing"),
    "a shape without a type": lambda d: d["shapes"]["personalize"]["Name"].pop("type"),
    "a limit as a text": lambda d: d["shapes"]["personalize"]["Name"].update(max="63"),
    "a member that is not there": lambda d: d["shapes"]["personalize"]["Tag"]["members"].update(x={"shape": "Nothing"}),
    "a member of the wrong type": lambda d: d["shapes"]["personalize"]["Tag"]["members"].update(x={"shape": {}}),
    "an enumeration of numbers": lambda d: d["shapes"]["personalize"]["Domain"].update(enum=[1]),
    "marks as a list": lambda d: d["shapes"]["personalize"]["Name"].update(marks=[]),
    "a quote as a number": lambda d: d["quotes"]["PutEvents"].update(x=1),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_surface_is_refused(damage: str) -> None:
    """Whatever is wrong with it is told before anything is compared."""
    document = json.loads(dumps(WHOLE))
    DAMAGES[damage](document)
    with pytest.raises(UsageError, match="is no whole surface"):
        loads(document, "it")
