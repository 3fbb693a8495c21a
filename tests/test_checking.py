"""A check is one stream of events that ends with Finished, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from signal import SIGINT

import pytest

import trackstep
from trackstep import checking
from trackstep.errors import TargetError
from trackstep.event import Called, Event, Failed, Finished, Found, Judged, Shrunk, Started
from trackstep.operation import Operation
from trackstep.oracle import judge
from trackstep.outcome import Outcome
from trackstep.reporting import transcript
from trackstep.results.report import report
from trackstep.search import budget
from trackstep.search.run import Run, Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

QUICK = Settings(max_calls=250, settle_timeout=0.5)


class Ending(EmulatorTarget):
    """The emulator, until a call at which something happens."""

    remembers = True

    def __init__(self, calls: int, happening: Callable[[], object], *planted: str) -> None:
        super().__init__(TargetOptions(planted=planted))
        self.calls, self.happening, self.last = calls, happening, ""

    def call(self, operation: Operation) -> Outcome:
        """Answer."""
        self.calls -= 1
        if self.calls == 0:
            self.happening()
        self.last = operation.name
        return super().call(operation)


def raising(wrong: BaseException) -> Callable[[], object]:
    """Something that happens: this is raised."""

    def happening() -> None:
        raise wrong

    return happening


def heard(target: EmulatorTarget, settings: Settings = QUICK) -> list[Event]:
    """All the events of a check."""
    try:
        return list(trackstep.check(target, settings))
    finally:
        target.close()


def test_check__events_in_their_order() -> None:
    """It starts, calls, finds, shrinks, judges, and is finished."""
    events = heard(EmulatorTarget(TargetOptions(planted=("second-tracker-allowed",))))
    order = list(dict.fromkeys(type(one) for one in events))
    assert order == [Started, Called, Found, Shrunk, Judged, Finished]
    assert isinstance(events[-1], Finished)
    assert events[-1].judged is events[-2]
    assert events[-1].report["exit_code"] == 1
    assert {found.clause for found in events if isinstance(found, Shrunk)} == {d.clause for d in events[-1].deviations}


ENDS: dict[str, tuple[BaseException, str, int]] = {
    "the target cannot be judged": (TargetError("it is a teapot"), "target", 3),
    "Ctrl-C": (KeyboardInterrupt(), "interrupted", 130),
}


@pytest.mark.parametrize("calls", [1, 13, 60, 150])
@pytest.mark.parametrize("way", ENDS)
def test_check__ended_at_a_call(way: str, calls: int) -> None:
    """One Failed says by what; the report is made, what was created is deleted, and the last event is Finished."""
    wrong, by, code = ENDS[way]
    target = Ending(calls, raising(wrong))
    events = heard(target)
    assert [one.by for one in events if isinstance(one, Failed)] == [by]
    assert [type(one) for one in events[-3:]] == [Failed, Judged, Finished]
    assert isinstance(events[-1], Finished)
    assert events[-1].report["exit_code"] == code
    assert str(wrong) in events[-1].report["reason"]
    assert calls < 60 or target.last == "DescribeDatasetGroup", "what was made was deleted"


def test_check__ended_at_a_deviation() -> None:
    """What was found before Ctrl-C counts."""
    events = heard(Ending(150, raising(KeyboardInterrupt()), "second-tracker-allowed"))
    assert isinstance(events[-1], Finished)
    assert events[-1].report["exit_code"] == 1
    assert events[-1].report["reason"].startswith("interrupted")


def test_check__nobody_listens_any_more() -> None:
    """What the run made is deleted when its consumer walks away."""
    target = Ending(0, print)
    stream = trackstep.check(target, QUICK)
    assert any(isinstance(one, Called) and one.calls > 60 for one in stream)
    stream.close()
    assert target.last == "DescribeDatasetGroup"
    target.close()


@pytest.mark.parametrize(
    "moments",
    [
        (),
        (Called,),
        (Found,),
        (Shrunk,),
        (Judged,),
        (Called, Called),
        (Called, Failed),
        (Found, Judged),
        (Judged, Judged),
    ],
    ids=lambda moments: " ".join(moment.__name__ for moment in moments),
)
def test_check__signals_at_any_moment(moments: tuple[type[Event], ...]) -> None:
    """One ends the search, and what was made is deleted; a second, whenever it comes, ends that too, and it is told."""
    ending, target, asked = budget.Ending(), Ending(0, print, "second-tracker-allowed"), list(moments)
    for one in trackstep.check(target, QUICK, ending=ending):
        while asked and isinstance(one, asked[0]):
            asked.pop(0)
            ending.ring(SIGINT)
    left = target.call(Operation("ListDatasetGroups", {}))
    target.close()
    assert not asked
    assert isinstance(one, Finished)
    assert one.left == ("it was interrupted" if len(moments) == 2 else "")
    assert len(moments) == 2 or left.result == {"datasetGroups": []}


def test_check__a_signal_while_a_call_is_left() -> None:
    """It finds the door open that the call would have shut a moment later; the next one must not cost the report."""
    ending, target = budget.Ending(), Ending(0, print, "second-tracker-allowed")
    door = ending.breaking_in()
    for one in trackstep.check(target, QUICK, ending=ending):
        if isinstance(one, Found) and not ending.signal:
            door.__enter__()
            with suppress(budget.BudgetSpent):
                ending.ring(SIGINT)
        elif isinstance(one, Judged):
            ending.ring(SIGINT)
    target.close()
    assert isinstance(one, Finished)
    assert one.left == "it was interrupted"


def test_check__the_report_cannot_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of this project is told as one, with its trace, and what was created is deleted."""
    monkeypatch.setattr(checking, "report", lambda *_: 1 / 0)
    target = Ending(0, print)
    events = heard(target)
    failed = next(one for one in events if isinstance(one, Failed))
    assert (failed.by, failed.reason) == ("internal", "internal error: ZeroDivisionError: division by zero")
    assert "test_checking.py" in failed.trace
    assert isinstance(events[-1], Finished)
    assert events[-1].report["exit_code"] == 4
    assert target.last == "DescribeDatasetGroup"


def test_report__says_where_worlds_were_cut() -> None:
    """What could not be followed is told, however the verdict reads; a trial's does not count."""
    target = EmulatorTarget(TargetOptions())
    run = Run(target, QUICK)
    run.session().judgement.cut = True
    followed = run.session(lambda: "tour")
    assert "lost answers" not in report(run, ())["reason"]
    followed.judgement.cut = True
    assert "in 1 histories lost answers left more possible" in report(run, ())["reason"]
    target.close()


def test_check__until_one_is_found() -> None:
    """A search for one deviation ends there, and tells nothing else."""
    target = EmulatorTarget(TargetOptions(planted=("second-tracker-allowed", "any-tracking-id-is-accepted")))
    *_, last = trackstep.check(target, QUICK, wanted=lambda found: found.clause == "ET-PUT-2", shrink=False)
    target.close()
    assert isinstance(last, Finished)
    assert {d.clause for d in last.deviations} == {"ET-PUT-2"}


def test_transcript__says_where_worlds_were_cut() -> None:
    """So does what is told of a history that was judged, or of a program that was performed again."""
    judgement = judge.begin("ts0")
    assert transcript.report([transcript.Judged.of("ts0", [], judgement)], "as recorded")["reason"] == ""
    judgement.cut = True
    told = transcript.report([transcript.Judged.of("ts0", [], judgement)], "as recorded")
    assert "in 1 histories lost answers left more possible" in told["reason"]
    assert "lost answers" in transcript.verdict(told).plain
