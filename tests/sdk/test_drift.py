"""The specification's own surface, and the installed botocore beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from trackstep import sdk
from trackstep.cli import main
from trackstep.sdk import sentence


def test_the_installed_botocore_breaks_no_clause() -> None:
    """A newer botocore may offer more; what a clause stands on it may not take away."""
    broken = [d for d in sdk.drift().at_least("breaking") if d.clauses]
    assert not broken, "read these clauses again, then `trackstep sdk surface --out spec/surface.json`"


def test_the_committed_surface_looks_for_each_quote() -> None:
    """A clause that quotes a new sentence is not passed over: `trackstep sdk surface --out spec/surface.json`."""
    committed = sdk.surface_of("spec")
    for name, sentences in sentence.quoted().items():
        if name in committed.quotes:
            assert committed.quotes[name].keys() == sentences.keys(), name
    assert len(committed.quotes) > 20


def test_each_quote_stands_in_the_committed_surface() -> None:
    """What the clauses quote, the botocore that the specification was written from says."""
    for name, found in sdk.surface_of("spec").quotes.items():
        for words, said in found.items():
            assert words in said, (name, words)


def test_drift_is_noticed(tmp_path: Path) -> None:
    """An SDK that lost an error and wants another host is told apart, with the clauses."""
    document = json.loads(sdk.dumps(sdk.surface_of("spec")))
    document["operations"]["CreateEventTracker"]["errors"].remove("ResourceAlreadyExistsException")
    document["services"]["personalize"]["endpointPrefix"] = "personal"
    path = tmp_path / "drifted.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    drifted = sdk.drift(str(path))
    assert [(d.severity, d.kind, d.name) for d in drifted.differences] == [
        ("breaking", "error-removed", "ResourceAlreadyExistsException"),
        ("behaviour", "endpointPrefix", "personalize"),
    ]
    assert {"ET-UNIQ-1", "ET-UNIQ-2", "ET-UNIQ-3"} <= set(drifted.clauses())
    done = CliRunner().invoke(main, ["sdk", "diff", "spec", str(path)])
    assert done.exit_code == 1
    assert "1 breaking, 1 behaviour, 0 addition, 0 text; clauses touched: ET-UNIQ-1, " in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("time", range(10))
def test_the_newest_against_itself(time: int) -> None:
    """No difference, exit code 0, ten times."""
    done = CliRunner().invoke(main, ["sdk", "diff", "installed", "installed", "--fail-on", "text"])
    assert done.exit_code == 0, time
    assert done.stdout.endswith("no difference\n")
