"""Many faults at once: one bug does not hide the next."""

from __future__ import annotations

from trackstep.emulator.faults import FAULTS
from trackstep.results.report import report
from trackstep.search.cause import causes
from trackstep.search.clock import Still
from trackstep.search.deviation import Deviations
from trackstep.search.run import Run, Settings
from trackstep.search.sighting import Key
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

TWELVE = (
    "second-tracker-allowed",
    "names-are-longer-than-one",
    "tracking-ids-take-turns",
    "any-token-is-the-first-page",
    "last-item-of-a-page-lost",
    "group-deleted-under-its-tracker",
    "fifty-are-too-many",
    "tags-survive",
    "ten-events-are-too-many",
    "any-domain-is-accepted",
    "error-without-message",
    "group-described-in-any-region",
)
"""One of nearly each area, shallow and deep."""


def test_twelve_faults_are_reported_in_one_run() -> None:
    """Each is named by one of its clauses, and form alone is one cause however many answers have it."""
    target = EmulatorTarget(TargetOptions(planted=TWELVE))
    try:
        run = Run(target, Settings(settle_timeout=1.0, enough=600.0, max_time=600.0, max_calls=6000, clock=Still()))
        for _ in run.events():
            pass
        made = report(run, Deviations(run).all())
    finally:
        target.close()
    named = {deviation["clause"] for deviation in made["deviations"]}
    assert [name for name in TWELVE if not named & set(FAULTS[name].clauses)] == []
    assert made["exit_code"] == 1
    roots = [d for d in made["deviations"] if d["clause"] == "ET-WIRE-3" and not d["cause"]]
    assert len(roots) == 1


def test_causes__of_nothing_are_nothing() -> None:
    """No deviation, no cause."""
    assert causes([]) == {}
    assert not Key("ET-LIFE-9", "DescribeEventTracker", "success").counts


def test_two_bugs_are_two_causes() -> None:
    """Tags that come back are not blamed on the second tracker that is allowed, though that shows them sooner."""
    target = EmulatorTarget(TargetOptions(planted=("second-tracker-allowed", "tags-survive"), progression="immediate"))
    try:
        run = Run(target, Settings(settle_timeout=1.0, enough=600.0, max_time=600.0, max_calls=900, clock=Still()))
        for _ in run.events():
            pass
        shown = Deviations(run)
        assert list(shown.shrink())
        cause = {deviation.clause: deviation.cause for deviation in shown.all()}
    finally:
        target.close()
    assert cause["ET-UNIQ-3"] == cause["ET-TAG-9"] == ""
    assert cause["ET-UNIQ-1"].startswith("ET-UNIQ-3 ")
