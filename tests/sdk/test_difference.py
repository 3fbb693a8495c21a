"""Each kind of difference is found, named by its kind and by nothing else, with the clauses that it touches."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sdk.conftest import Model, Spoil, surface
from trackstep.sdk import CLASSES, compare, rendering
from trackstep.sdk.rule import RULES

WHOLE = surface()
TAGS = "A list of tags to apply to the event tracker."


def shape(name: str, **said: Any) -> Spoil:
    """Say something else of a shape of personalize; None takes it away."""

    def spoil(models: Model) -> None:
        row = models["personalize"]["service"]["shapes"][name]
        row.update(said)
        for word in [word for word, value in said.items() if value is None]:
            del row[word]

    return spoil


def member(structure: str, name: str, **said: Any) -> Spoil:
    """Say something else of a member."""
    return lambda m: m["personalize"]["service"]["shapes"][structure]["members"].setdefault(name, {}).update(said)


def drop(structure: str, name: str) -> Spoil:
    """Take a member away."""
    return lambda m: m["personalize"]["service"]["shapes"][structure]["members"].pop(name)


def operation(name: str, **said: Any) -> Spoil:
    """Say something else of an operation of personalize."""
    return lambda m: m["personalize"]["service"]["operations"][name].update(said)


def without(name: str) -> Spoil:
    """Take an operation away."""
    return lambda m: m["personalize"]["service"]["operations"].pop(name)


def errors(name: str, *codes: str) -> Spoil:
    """An operation's errors."""
    return operation(name, errors=[{"shape": code} for code in codes])


def fact(**said: Any) -> Spoil:
    """Say something else of the whole of personalize."""
    return lambda m: m["personalize"]["service"]["metadata"].update(said)


def paginator(name: str, row: Model | None) -> Spoil:
    """Change or take away a paginator."""
    return lambda m: m["personalize"]["pages"]["pagination"].update({name: row} if row else {name: None})


def waiter(delay: int) -> Spoil:
    """A waiter for event trackers."""
    row = {"operation": "DescribeEventTracker", "delay": delay, "maxAttempts": 5, "acceptors": []}
    return lambda m: m["personalize"]["waiters"]["waiters"].update(EventTrackerActive=row)


def prose(structure: str, name: str, text: str) -> Spoil:
    """Other documentation of a member."""
    return member(structure, name, documentation=f"<p>{text}</p>")


def both(*spoils: Spoil) -> Spoil:
    """One after the other."""
    return lambda models: [spoil(models) for spoil in spoils]


NOTHING: Spoil = lambda models: None  # noqa: E731  # a value in a table
DESCRIBED = "EventTracker"
NEW = {"shape": "Domain"}
ENUM = ["ACTIVE", "DELETED"]
PAGES = {"input_token": "nextToken", "output_token": "nextToken", "result_key": "eventTrackers"}
REQUEST, ANSWER = "CreateEventTrackerRequest", "CreateEventTrackerResponse"

# kind, what the older model has, what the newer has, a clause that must be touched ("" where none speaks of it)
CASES: list[tuple[str, Spoil, Spoil, str]] = [
    ("operation-removed", NOTHING, without("UntagResource"), "ET-TAG-13"),
    ("operation-added", without("UntagResource"), NOTHING, "ET-TAG-13"),
    ("operation-idempotent", NOTHING, operation("CreateEventTracker", idempotent=False), "ET-UNIQ-2"),
    ("operation-deprecated", NOTHING, operation("DescribeEventTracker", deprecated=True), ""),
    ("operation-mark", NOTHING, operation("DescribeEventTracker", authtype="none"), ""),
    ("method-changed", NOTHING, operation("DescribeEventTracker", http={"method": "PUT", "requestUri": "/"}), ""),
    ("uri-changed", NOTHING, operation("DescribeEventTracker", http={"method": "POST", "requestUri": "/x"}), ""),
    ("input-member-removed", NOTHING, drop("CreateDatasetGroupRequest", "tags"), "ET-TAG-1"),
    ("input-member-added", drop("CreateDatasetGroupRequest", "tags"), NOTHING, "ET-TAG-1"),
    (
        "input-member-added-required",
        NOTHING,
        both(member(REQUEST, "domain", **NEW), shape(REQUEST, required=["name", "datasetGroupArn", "domain"])),
        "ET-INPUT-1",
    ),
    ("input-required", shape(REQUEST, required=["name"]), NOTHING, "ET-INPUT-1"),
    ("input-optional", NOTHING, shape(REQUEST, required=["name"]), "ET-INPUT-1"),
    ("input-type", NOTHING, shape("MaxResults", type="string", min=None, max=None), "ET-INPUT-6"),
    ("input-min-tighter", NOTHING, shape("MaxResults", min=2), "ET-INPUT-2"),
    ("input-min-looser", NOTHING, shape("MaxResults", min=None), "ET-INPUT-2"),
    ("input-max-tighter", NOTHING, shape("MaxResults", max=50), "ET-INPUT-2"),
    ("input-max-looser", NOTHING, shape("MaxResults", max=None), "ET-INPUT-2"),
    ("input-pattern-added", NOTHING, shape("TagKeys", pattern="x"), "ET-INPUT-4"),
    ("input-pattern-removed", shape("TagKeys", pattern="x"), NOTHING, "ET-INPUT-4"),
    ("input-pattern-changed", shape("TagKeys", pattern="x"), shape("TagKeys", pattern="y"), "ET-INPUT-4"),
    ("input-enum-closed", NOTHING, shape("MaxResults", enum=["1"]), "ET-INPUT-5"),
    ("input-enum-opened", shape("MaxResults", enum=["1"]), NOTHING, "ET-INPUT-5"),
    ("input-enum-value-removed", shape("MaxResults", enum=["1", "2"]), shape("MaxResults", enum=["1"]), "ET-INPUT-5"),
    ("input-enum-value-added", shape("MaxResults", enum=["1"]), shape("MaxResults", enum=["1", "2"]), "ET-INPUT-5"),
    ("output-member-removed", NOTHING, drop(ANSWER, "trackingId"), "ET-ID-1"),
    ("output-member-added", drop("EventTrackerSummary", "lastUpdatedDateTime"), NOTHING, "ET-LIST-7"),
    ("output-required", NOTHING, shape(ANSWER, required=["trackingId"]), "ET-ID-1"),
    ("output-optional", shape(ANSWER, required=["trackingId"]), NOTHING, "ET-ID-1"),
    ("output-type", NOTHING, shape("TrackingId", type="integer", max=None), "ET-WIRE-12"),
    ("output-min-tighter", NOTHING, shape("Status", min=3), ""),
    ("output-min-looser", shape("Status", min=3), NOTHING, ""),
    ("output-max-tighter", NOTHING, shape("Status", max=30), ""),
    ("output-max-looser", NOTHING, shape("Status", max=None), ""),
    ("output-pattern-added", NOTHING, shape("Status", pattern="[A-Z]"), ""),
    ("output-pattern-removed", shape("Status", pattern="[A-Z]"), NOTHING, ""),
    ("output-pattern-changed", shape("Status", pattern="[A-Z]"), shape("Status", pattern="[a-z]"), ""),
    ("output-enum-closed", NOTHING, shape("Status", enum=ENUM), ""),
    ("output-enum-opened", shape("Status", enum=ENUM), NOTHING, ""),
    ("output-enum-value-added", shape("Status", enum=ENUM[:1]), shape("Status", enum=ENUM), ""),
    ("output-enum-value-removed", shape("Status", enum=ENUM), shape("Status", enum=ENUM[:1]), ""),
    ("deprecated", NOTHING, member(DESCRIBED, "accountId", deprecated=True), "ET-DESC-4"),
    ("sensitive", NOTHING, shape("TrackingId", sensitive=True), ""),
    ("idempotency-token", NOTHING, member(REQUEST, "name", idempotencyToken=True), ""),
    ("wire-form", NOTHING, member(REQUEST, "name", locationName="Name"), ""),
    ("mark", NOTHING, shape("TrackingId", box=True), ""),
    ("error-added", errors("DescribeEventTracker", "InvalidInputException"), NOTHING, "ET-DESC-2"),
    ("error-removed", NOTHING, errors("DescribeEventTracker", "InvalidInputException"), "ET-DESC-2"),
    ("error-status", NOTHING, shape("ResourceInUseException", error={"httpStatusCode": 409}), "ET-WIRE-2"),
    ("error-code", NOTHING, shape("ResourceInUseException", error={"code": "InUse"}), "ET-WIRE-9"),
    ("error-retryable", NOTHING, shape("ResourceInUseException", retryable={"throttling": False}), "ET-DEL-3"),
    ("error-class", NOTHING, shape("ResourceInUseException", exception=False), "ET-DEL-3"),
    ("paginator-added", paginator("ListEventTrackers", None), NOTHING, "ET-PAGE-1"),
    ("paginator-removed", NOTHING, paginator("ListEventTrackers", None), "ET-PAGE-1"),
    ("paginator-changed", NOTHING, paginator("ListEventTrackers", PAGES), "ET-PAGE-1"),
    ("waiter-added", NOTHING, waiter(5), ""),
    ("waiter-removed", waiter(5), NOTHING, ""),
    ("waiter-changed", waiter(5), waiter(6), ""),
    ("protocol", NOTHING, fact(protocol="rest-json", protocols=["rest-json"]), "ET-WIRE-7"),
    ("protocols", NOTHING, fact(protocols=["json", "smithy-rpc-v2-cbor"]), ""),
    ("jsonVersion", NOTHING, fact(jsonVersion="1.0"), "ET-WIRE-7"),
    ("targetPrefix", NOTHING, fact(targetPrefix="Personalize"), "ET-WIRE-6"),
    ("signingName", NOTHING, fact(signingName="forecast"), ""),
    ("auth", NOTHING, fact(auth=["aws.auth#sigv4a"]), ""),
    ("endpointPrefix", NOTHING, fact(endpointPrefix="personal", signingName="personalize"), ""),
    ("apiVersion", NOTHING, fact(apiVersion="2030-01-01"), ""),
    ("quote-gone", NOTHING, prose(REQUEST, "tags", "Tags to apply to the event tracker."), "ET-TAG-1"),
    ("quote-arrived", prose(REQUEST, "tags", "Tags to apply to the event tracker."), NOTHING, "ET-TAG-1"),
    ("quote-reworded", NOTHING, prose(REQUEST, "tags", f"Optional: {TAGS}"), "ET-TAG-1"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "older", "newer", "clause"), CASES, ids=[case[0] for case in CASES])
def test_one_change_is_one_difference(kind: str, older: Spoil, newer: Spoil, clause: str) -> None:
    """A model with one change differs in that, and in nothing else; the sentence for a caller is whole."""
    comparison = compare(surface(older), surface(newer))
    assert [d.kind for d in comparison.differences] == [kind], list(rendering.text(comparison))
    (found,) = comparison.differences
    assert found.places
    assert not clause or clause in found.clauses
    assert "{" not in found.consequence
    assert found.consequence.endswith(".")
    assert compare(surface(newer), surface(newer)).differences == ()


def test_each_kind_has_a_case() -> None:
    """No row of the table is there that nothing can reach."""
    assert {case[0] for case in CASES} == RULES.keys()


def test_requests_break_by_narrowing_and_answers_by_widening() -> None:
    """What narrows a request breaks a call; what widens an answer surprises the code that reads it."""
    for kind, rule in RULES.items():
        direction, _, what = kind.partition("-")
        if direction == "input" and what.endswith(("-tighter", "-removed", "-closed")) and "pattern" not in what:
            assert rule.severity == "breaking", kind
        if direction == "output" and what.endswith(("-looser", "-opened")):
            assert rule.severity == "behaviour", kind


def test_a_shape_in_requests_and_answers_is_judged_in_both() -> None:
    """A shorter NextToken may break a call, and promises more of an answer; each once, with every place."""
    comparison = compare(WHOLE, surface(shape("NextToken", max=1300)))
    assert [(d.severity, d.kind, d.places) for d in comparison.differences] == [
        ("breaking", "input-max-tighter", ("ListDatasetGroups input.nextToken", "ListEventTrackers input.nextToken")),
        (
            "addition",
            "output-max-tighter",
            ("ListDatasetGroups output.nextToken", "ListEventTrackers output.nextToken"),
        ),
    ]
    assert "ET-PAGE-8" in comparison.clauses()


def test_a_renamed_shape_is_no_difference() -> None:
    """No caller sees the names of shapes."""

    def rename(models: Model) -> None:
        shapes = models["personalize"]["service"]["shapes"]
        shapes["Key"] = shapes.pop("TagKey")
        shapes["Tag"]["members"]["tagKey"]["shape"] = shapes["TagKeys"]["member"]["shape"] = "Key"

    assert compare(WHOLE, surface(rename)).differences == ()


def test_a_status_that_is_declared_as_it_was_taken_to_be_is_no_difference() -> None:
    """Smithy says 400 where a model says nothing."""
    declared = surface(shape("ResourceInUseException", error={"httpStatusCode": 400}))
    assert compare(WHOLE, declared).differences == ()


def test_shapes_that_hold_themselves_are_compared() -> None:
    """A recursive shape is walked once; a change inside it is found."""

    def grow(limit: int) -> Spoil:
        return both(
            shape(
                "Tag",
                members={"tagKey": {"shape": "TagKey"}, "tagValue": {"shape": "TagValue"}, "more": {"shape": "Tags"}},
            ),
            shape("TagValue", max=limit),
        )

    assert compare(surface(grow(256)), surface(grow(256))).differences == ()
    kinds = {d.kind for d in compare(surface(grow(256)), surface(grow(255))).differences}
    assert kinds == {"input-max-tighter", "output-max-tighter"}


def test_the_most_serious_come_first() -> None:
    """In every form of the report."""
    comparison = compare(WHOLE, surface(both(drop(REQUEST, "tags"), shape("TrackingId", sensitive=True), waiter(3))))
    order = [CLASSES.index(d.severity) for d in comparison.differences]
    assert order == sorted(order)
    assert len(set(order)) == 3


def test_text_of_a_model_is_inert() -> None:
    """Control characters, markup and braces of a stranger's wheel come out as text."""
    hostile = "x\x1b[31m`|<b>{name}\n@all"
    comparison = compare(WHOLE, surface(member(REQUEST, hostile, shape="Name")))
    told = "\n".join([*rendering.text(comparison), *rendering.markdown(comparison)])
    assert "\x1b" not in told
    assert "<b>" not in "\n".join(line for line in rendering.markdown(comparison) if line.startswith("  - "))
    assert [d.kind for d in comparison.differences] == ["input-member-added"]
