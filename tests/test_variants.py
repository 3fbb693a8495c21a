"""What the sources allow is not held against a target: variants of the emulator that conform too."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Check
from trackstep.emulator.faults import FAULTS, VARIANTS, planted

BOTH = ["arns-with-names", "failed-does-not-occupy", "opaque-arns", "shuffled-lists"]
ACCUSED = {
    (
        "answer-lost-now-and-then",
        "immediate",
    ): "a lost Create under an ARN that was another's: ET-DEL-2, ET-UNIQ-3, ET-GRP-6",
    (
        "failed-does-not-occupy",
        "immediate",
    ): "ET-UNIQ-3 where the first may be CREATE FAILED, which ET-UNIQ-4 leaves open",
}
"""Variants that the judge accuses, and of what."""
CASES = [(name, "manual" if variant.needs == "moving" else "immediate") for name, variant in VARIANTS.items()]


def case(name: str, progression: str) -> Any:
    """A variant as a case of the test below."""
    reason = ACCUSED.get((name, progression))
    return pytest.param(name, progression, marks=[pytest.mark.xfail(reason=reason)] if reason else [])


@pytest.mark.parametrize(("name", "progression"), [case(*both) for both in CASES + [(name, "manual") for name in BOTH]])
def test_variant_conforms(name: str, progression: str, check: Check) -> None:
    """No MUST and no SHOULD clause deviates."""
    with planted(name):
        report = check(progression, max_calls=300 if name == "some-latency" else 1200)
    assert [(d["clause"], d["operation"], d["expected"], d["actual"]) for d in report["deviations"]] == []


def test_variants__have_a_sentence_and_no_clause() -> None:
    """A variant says what is different; what breaks a clause is a fault, under another name."""
    assert len(VARIANTS) >= 22
    assert VARIANTS.keys().isdisjoint(FAULTS)
    for variant in VARIANTS.values():
        assert variant.sentence.endswith(".")
        assert not variant.clauses
