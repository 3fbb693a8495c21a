"""The faithful emulator is accused of nothing, whatever its timing."""

from __future__ import annotations

import pytest

from tests.conftest import Check


@pytest.mark.parametrize("progression", ["immediate", "manual", "time"])
def test_check__emulator_conforms(progression: str, check: Check) -> None:
    """No clause deviates, and every transition and refusal row is taken."""
    report = check(progression, max_time=90.0)
    assert report["deviations"] == []
    assert report["exit_code"] == 0
    assert report["verdict"] == "conforms"
    for part in (report["coverage"]["transitions"], report["coverage"]["refusals"]):
        assert part["taken"] == part["of"], [row for row in part["each"] if not row["times"]]


def test_check__same_seed_gives_the_same_report(check: Check) -> None:
    """Two runs of one seed differ in their seconds only."""
    first, second = check(), check()
    assert first | {"seconds": 0} == second | {"seconds": 0}
