"""Seeded faults of boto3: each is caught, at the right operation, as the right kind of difference, and first of all."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import NamedTuple

import pytest

from tests.deep import sweep
from tests.gate.conftest import HERE, Compare, comparing
from tests.gate.faulty import FAULTS
from trackstep.gate import Candidate

LIFE = "excursions: life"
REGIONS = "excursions: regions"
MALFORMED = "each malformed request"
ERRORS = "canned: the forms of an error"
MEMBERS = "canned: members and timestamps"
LOST = "canned: a lost answer"
PAGES = "canned: pages"
BREAKS = "breaks"
"""In place of a kind of difference: a rule, which no comparison is needed for."""


class Place(NamedTuple):
    """Where a fault must be told: kind of difference (or BREAKS), operation, path of the member (or the rule)."""

    kind: str
    operation: str
    where: str = ""
    programs: tuple[str, ...] = (LIFE,)


TOLD = {
    "drops_tags": Place("body", "CreateEventTracker", "tags"),
    "drops_the_tracking_id": Place("result", "CreateEventTracker", "trackingId"),
    "renames_an_error": Place("outcome", "DescribeEventTracker"),
    "loses_the_message": Place("message", "CreateEventTracker"),
    "loses_the_class": Place("exception", "CreateEventTracker"),
    "wrong_target_prefix": Place("target", "CreateDatasetGroup"),
    "older_json_version": Place("content type", "CreateDatasetGroup"),
    "wrong_path": Place("path", "PutEvents"),
    "puts": Place("method", "TagResource"),
    "no_user_agent": Place(BREAKS, "CreateDatasetGroup", "request: user agent"),
    "secret_in_clear": Place(BREAKS, "CreateDatasetGroup", "request: no secret"),
    "unsigned": Place("signature", "CreateDatasetGroup", "service"),
    "wrong_signature": Place(BREAKS, "CreateDatasetGroup", "request: signature"),
    "lost_region": Place("signature", "CreateDatasetGroup", "region", (REGIONS,)),
    "wrong_signing_name": Place("signature", "CreateDatasetGroup", "service"),
    "timestamps_an_hour_off": Place("result", "DescribeDatasetGroup", "datasetGroup.creationDateTime"),
    "timestamps_as_text": Place("type", "DescribeDatasetGroup", "datasetGroup.creationDateTime"),
    "sent_at_in_milliseconds": Place("body", "PutEvents", "eventList[].sentAt"),
    "tags_as_a_map": Place("body", "CreateDatasetGroup", "tags"),
    "empty_lists_dropped": Place("body", "TagResource", "tags", (MEMBERS,)),
    "numbers_for_strings": Place("body", "TagResource", "tags[].tagValue"),
    "empty_answers_dropped": Place("result", "ListTagsForResource", "tags", (MEMBERS,)),
    "absent_as_none": Place("result", "DescribeDatasetGroup", "datasetGroup.failureReason"),
    "loses_an_operation": Place("outcome", "TagResource"),
    "swallows_an_exception": Place("outcome", "DeleteDatasetGroup"),
    "caches_descriptions": Place("requests sent", "DescribeDatasetGroup"),
    "stops_paging_early": Place("requests sent", "PaginateListEventTrackers", "", (PAGES,)),
    "never_stops_paging": Place("requests sent", "PaginateListEventTrackers", "", (PAGES,)),
    "required_made_optional": Place("requests sent", "CreateEventTracker", "", (MALFORMED,)),
    "optional_made_required": Place("outcome", "ListEventTrackers"),
    "sends_a_refused_create_again": Place("requests sent", "CreateEventTracker"),
    "never_sends_again": Place("requests sent", "CreateEventTracker", "", (LOST,)),
}
"""Fault -> where it must be told."""
KEPT = (
    "drops_the_tracking_id", "renames_an_error", "loses_the_message", "loses_the_class", "wrong_target_prefix",
    "older_json_version", "wrong_path", "puts", "wrong_signature", "lost_region", "timestamps_as_text",
    "empty_lists_dropped", "never_stops_paging", "never_sends_again", "required_made_optional",
)  # fmt: skip
"""One of each kind of difference, and of each program. The others are deep: each starts a process of boto3's own."""
ALL = tuple(dict.fromkeys(program for place in TOLD.values() for program in place.programs))


@pytest.fixture(scope="module")
def compare(sound: Candidate) -> Compare:
    """Compares with a warm baseline."""
    return comparing(sound, (*ALL, ERRORS))


def test_sound__twice(compare: Compare, sound: Candidate) -> None:
    """The same SDK again shows no difference, and what it breaks is what the baseline's botocore is known for."""
    again = compare(sound, (*ALL, ERRORS))
    assert again.differences == []
    assert {deviation.rule.partition(" named by ")[2].split()[0] for deviation in again.run.deviations} == {
        "code",
        "x-amzn-errortype",
    }


def test_each_fault_has_a_place() -> None:
    """No fault is left out, and there are twenty at the least."""
    assert FAULTS.keys() == TOLD.keys()
    assert len(FAULTS) >= 20


@pytest.mark.parametrize("fault", sweep(FAULTS, *KEPT))
def test_fault(fault: str, compare: Compare, sound: Candidate) -> None:
    """The fault is told where it is, and nothing before it."""
    place = TOLD[fault]
    faulty = replace(sound, command=(sys.executable, str(HERE / "faulty.py"), fault))
    run, found = compare(faulty, place.programs)
    if place.kind == BREAKS:
        first = run.deviations[0]
        assert (first.operation, first.rule) == (place.operation, place.where)
        return
    told = [(d.kind, d.operation, d.where) for d in found if d.own and d.number == found[0].number]
    assert place[:3] in told, found[:6]
