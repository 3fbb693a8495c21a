"""What is read on a terminal, word for word."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tests.conftest import Check
from tests.mutants.test_broken_by_hand import second_tracker_allowed
from trackstep.reporting import console, grouping

GOLDEN = """\
ET-UNIQ-3 · MUST · CreateEventTracker ──────────────────────────────────────────
CreateEventTracker in a dataset group whose event tracker is still being created is refused.
  allowed    refusal: ResourceAlreadyExistsException or ResourceInUseException
  came back  success
  because    step 2, CreateEventTracker: success
  the same in 2 other cases
    clause     operation           sent                                          allowed                                  came back  program
    ET-UNIQ-1  CreateEventTracker  {"name": "$t2", "datasetGroupArn": "$A.arn"}  refusal: ResourceAlreadyExistsException  success
    ET-UNIQ-2  CreateEventTracker  {"name": "$t1", "datasetGroupArn": "$A.arn"}  refusal: ResourceAlreadyExistsException  success
  seen 4 of 4 times, first after 109 calls by tour: one life; the program below shows it again
    a_group_arn = personalize.create_dataset_group(name='my-a')["datasetGroupArn"]
    a_tracker_arn, a_tracking_id = personalize.create_event_tracker(name='my-t1', datasetGroupArn=a_group_arn).values()
    a_tracker_arn, a_tracking_id = personalize.create_event_tracker(name='my-t1', datasetGroupArn=a_group_arn).values()
  documented: model:CreateEventTracker — "You will get an error if you call CreateEventTracker using the same dataset group as an existing event tracker."
  inferred: one that is being created is described, so it exists
  https://docs.aws.amazon.com/personalize/latest/dg/API_CreateEventTracker.html
"""  # noqa: E501  # as it stands on the terminal


def test_deviation__is_understood_in_a_minute(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clause, sentence, what was allowed, what came back, why, the shortest program, the source."""
    second_tracker_allowed(monkeypatch)
    report = check(shortest=True, max_calls=900)
    (found,) = (d for d in report["deviations"] if d["clause"] == "ET-UNIQ-3")
    out = Console(file=io.StringIO(), width=80, soft_wrap=True)
    console.deviation(grouping.group(found, report["deviations"]), out)
    assert isinstance(out.file, io.StringIO)
    assert out.file.getvalue() == GOLDEN


def test_text_of_a_target_is_inert() -> None:
    """No markup, no control characters, not endless."""
    assert console.inert("[red]\x1b[31m\n\0").plain == "[red] [31m  "
    assert len(console.inert("x" * 10_000).plain) < 400


def test_verdict__is_one_line(check: Check) -> None:
    """What --quiet prints."""
    line = console.line(check(max_calls=40)).plain
    assert line.startswith("incomplete: ")
    assert "0 MUST and 0 SHOULD deviations · 40 calls in " in line
    assert "\n" not in line
