"""What the sources allow is not held against a target: variants of the emulator that conform too."""

from __future__ import annotations

import pytest

from tests.conftest import Check
from tests.mutants.programs import A, T, delete, drop, groups, make
from tests.mutants.test_faults import MUST, perform
from trackstep.emulator.faults import FAULTS, VARIANTS, planted
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

BOTH = ["arns-with-names", "failed-does-not-occupy", "opaque-arns", "shuffled-lists"]
CASES = [(name, "manual" if variant.needs == "moving" else "immediate") for name, variant in VARIANTS.items()]
NARROW = {
    # What a lost Create made may be under the ARN of one that is gone.
    "answer-lost-now-and-then": T + delete() + 10 * groups() + make() + drop() + make(),
    # The first may be CREATE FAILED by now, and whether that occupies is tentative (ET-UNIQ-4).
    "failed-does-not-occupy": A + make(name="$fail") + groups() + make(),
}
"""Programs under which the judge once accused a variant, whether or not a run comes to them."""


@pytest.mark.parametrize("calls", [600, pytest.param(6000, marks=pytest.mark.deep)])  # deep comes past the tour
@pytest.mark.parametrize(("name", "progression"), CASES + [(name, "manual") for name in BOTH])
def test_variant_conforms(name: str, progression: str, calls: int, check: Check) -> None:
    """No MUST and no SHOULD clause deviates."""
    with planted(name):
        report = check(progression, max_calls=calls // 4 if name == "some-latency" else calls)
    assert [(d["clause"], d["operation"], d["expected"], d["actual"]) for d in report["deviations"]] == []


@pytest.mark.parametrize("name", NARROW)
def test_variant__is_not_accused_by_a_program(name: str) -> None:
    """No MUST clause deviates under a program that was once too narrow for the variant."""
    target = EmulatorTarget(TargetOptions(planted=(name,)))
    try:
        found = perform(target, NARROW[name])
    finally:
        target.close()
    assert MUST.isdisjoint(finding.clause for finding in found), found


def test_variants__have_a_sentence_and_no_clause() -> None:
    """A variant says what is different; what breaks a clause is a fault, under another name."""
    assert len(VARIANTS) >= 22
    assert VARIANTS.keys().isdisjoint(FAULTS)
    for variant in VARIANTS.values():
        assert variant.sentence.endswith(".")
        assert not variant.clauses
