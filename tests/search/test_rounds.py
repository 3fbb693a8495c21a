"""Rounds of clients that ask at once: what is asked, how it is let go, and what is held against a target."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trackstep import history, spec
from trackstep.checking import check
from trackstep.errors import TargetError
from trackstep.event import Finished
from trackstep.operation import Operation
from trackstep.oracle import interval, linearise
from trackstep.oracle.expected import Accepted
from trackstep.oracle.judge import Step
from trackstep.oracle.notes import Finding
from trackstep.outcome import Outcome
from trackstep.program import Command
from trackstep.search import vocabulary
from trackstep.search.budget import Budget, BudgetSpent
from trackstep.search.clients import at_once
from trackstep.search.conflict import Conflicts, Round, is_write, states
from trackstep.search.rounds import SOURCE, Played, is_right_alone, play, rounds
from trackstep.search.run import Run, Settings
from trackstep.search.session import Patience, Session
from trackstep.targets import Concurrent, Target, TargetOptions
from trackstep.targets.emulator import EmulatorTarget
from trackstep.targets.served import ServedTarget

LIST = Operation("ListDatasetGroups")
GROUP = (vocabulary.dull("CreateDatasetGroup", "R"), *vocabulary.waiting(vocabulary.dull("CreateDatasetGroup", "R")))
TRACKER = vocabulary.dull("CreateEventTracker", "R")
SHOWN = (Command("DescribeEventTracker", {"eventTrackerArn": "$R.tracker"}),)
TWO = Round(GROUP, ((TRACKER,), (TRACKER,)), SHOWN, (0.0, 0.0))
"""Two CreateEventTracker in one group."""

FINDING = Finding("ET-UNIQ-3", 1, "CreateEventTracker", Accepted(), "success", ())


class Slow:
    """A client that takes its time, or raises."""

    regions_are_separate, remembers, description = True, False, "slow"

    def __init__(self, wrong: Exception | None = None) -> None:
        self.wrong, self.began = wrong, list[float]()

    def call(self, operation: Operation) -> Outcome:
        """Answer after some milliseconds."""
        self.began.append(time.monotonic())
        if self.wrong:
            raise self.wrong
        time.sleep(0.01)
        return Outcome.success({"datasetGroups": []})

    def close(self) -> None:
        """Nothing was opened."""


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorTarget]:
    """The emulator in process: it answers whoever asks, one at a time."""
    target = EmulatorTarget(TargetOptions())
    yield target
    target.close()


def served(*planted: str) -> ServedTarget:
    """The emulator over HTTP."""
    return ServedTarget(TargetOptions(planted=planted))


def session(target: Target, prefix: str = "my", calls: int = 1000) -> Session:
    """A session that says when."""
    made = Session(target, prefix, Budget(calls, 60.0), Patience(5.0))
    made.is_timed = True
    return made


def test_at_once__calls_overlap_and_each_client_waits_for_its_own() -> None:
    """Of one client the calls come one after the other; the first of all are under way together."""
    lanes = at_once([Slow(), Slow(), Slow()], [[LIST, LIST]] * 3, (0.0, 0.0, 0.002), Budget(100, 60.0))
    whens = [[answered.when for answered in lane] for lane in lanes]
    assert [{when.client for when in lane} for lane in whens] == [{"a"}, {"b"}, {"c"}]
    assert all(first.is_before(second) for first, second in whens)
    firsts = [lane[0] for lane in whens]
    assert all(len(others) == 2 for others in interval.beside(firsts))


def test_at_once__what_a_client_raises_is_raised_and_nobody_waits_for_it() -> None:
    """A target that cannot be asked at all ends the round, with all its threads."""
    before = set(threading.enumerate())
    with pytest.raises(TargetError, match="no credentials"):
        at_once([Slow(), Slow(TargetError("no credentials"))], [[LIST] * 3] * 2, (0.0, 0.0), Budget(100, 60.0))
    assert set(threading.enumerate()) <= before  # of what others have left running some may have ended


def test_at_once__an_end_that_is_rung_leaves_nothing_under_way() -> None:
    """BudgetSpent is raised once every thread is done; no further request is sent."""
    budget, clients = Budget(100, 60.0), [Slow(), Slow()]
    before, handled = set(threading.enumerate()), signal.signal(signal.SIGALRM, lambda *_: budget.ending.ring(2))
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with pytest.raises(BudgetSpent):
            at_once(clients, [[LIST] * 50] * 2, (0.0, 0.0), budget)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handled)
    assert set(threading.enumerate()) <= before  # of what others have left running some may have ended
    assert len(clients[0].began) < 50


def test_states__come_of_the_table_of_requests() -> None:
    """Nothing, each step of a life, tags at their limit, and two of a kind; a second region only where there is one."""
    names = [state.name for state in states(regions=True)]
    assert len(names) == len(set(names))
    assert {"step 0 of a life", "step 4 of a life", "one tag fewer than there may be", "two regions, step 2"} <= {
        *names
    }
    assert not any("regions" in state.name for state in states(regions=False))


@pytest.mark.parametrize("clients", [2, 4])
def test_conflicts__are_about_the_same_and_one_writes(clients: int, emulator: EmulatorTarget) -> None:
    """All lanes are as long; what is asked in one place has a write in it; the same seed, the same rounds."""

    names = iter(range(100))

    def drawn(seed: int) -> list[Round]:
        conflicts, made = Conflicts(clients, True, seed), []
        for _ in range(9):
            state = conflicts.state()
            began = session(emulator, f"c{clients}{next(names):x}")
            for command in state.before:
                began.perform(command)
            made.append(conflicts.round(state, began))
            if len(state.places) == 1:
                assert all(any(map(is_write, volley)) for volley in zip(*made[-1].lanes, strict=True))
        return made

    rounds = drawn(0)
    assert rounds == drawn(0)
    assert rounds != drawn(1)
    assert all(len(each.lanes) == len(each.delays) == clients for each in rounds)


def test_play__two_trackers_at_once_are_contradicted_and_the_history_says_so() -> None:
    """Within some tries; what is saved is contradicted when it is judged again; one after the other it is right."""
    target = served("two-trackers-at-once")
    clients: list[Target] = [target.client(), target.client()]
    try:
        for number in range(60):
            one = session(target, f"t{number}")
            for command in TWO.before:
                one.perform(command)
            played = play(one, clients, TWO)
            if played.finding is not None:
                break
        assert played.finding is not None
        assert played.key[:2] in (("ET-UNIQ-2", "CreateEventTracker"), ("ET-UNIQ-3", "CreateEventTracker"))
        steps, whens = zip(*played.steps(), strict=True)
        kept = history.History(one.prefix, list(steps), True, whens)
        (read,) = history.parse("\n".join(history.dump([kept])))
        assert linearise.judge(read.steps, read.intervals, read.prefix).status == "contradicted"
        names = iter(range(100))
        assert is_right_alone(TWO, lambda: session(target, f"alone{next(names)}"))
    finally:
        for client in clients:
            client.close()
        target.close()


def test_play__what_is_wrong_one_after_the_other_is_no_matter_of_overlapping() -> None:
    """A second tracker that is allowed always is for the sources that ask alone."""
    target = served("second-tracker-allowed")
    try:
        number = iter(range(100))
        assert not is_right_alone(TWO, lambda: session(target, f"alone{next(number)}"))
    finally:
        target.close()


def test_play__needs_calls_for_all_of_a_round(emulator: EmulatorTarget) -> None:
    """Where too few are left none is sent."""
    one = session(emulator, "few")
    for command in TWO.before:
        one.perform(command)
    one.budget.max_calls = one.budget.calls + 1
    with pytest.raises(BudgetSpent):
        play(one, [Slow(), Slow()], TWO)
    assert len(one.steps) == one.budget.calls


def test_at_once__the_emulator_is_accused_of_nothing() -> None:
    """Of what is answered under a lock, however it overlaps."""
    target = served("regions-side-by-side")
    try:
        run = Run(target, Settings(clients=3))
        played = sum(1 for _ in run.together.at_once(80, 30.0))
        assert played > 1
        assert not [key for key in run.sightings if key.counts]
    finally:
        target.close()


def test_at_once__a_target_that_lets_in_one_is_asked_by_one(emulator: EmulatorTarget) -> None:
    """In process nothing is asked at once, and nothing is spent."""
    assert not isinstance(emulator, Concurrent)
    run = Run(emulator, Settings())
    assert list(run.together.at_once(100, 10.0)) == []
    assert run.budget.calls == 0


def test_rounds__what_was_found_is_kept_where_no_calls_are_left_to_try_it_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No order explains it, whatever the same calls one after the other would have shown; then the run ends."""
    step = Step(LIST, Outcome.success({}))
    found = Played(TWO, session(Slow(), "t"), linearise.judge([], [], "t"), FINDING)
    found.session.steps.append(step)

    def spent(*_: object) -> bool:
        raise BudgetSpent

    monkeypatch.setattr("trackstep.search.rounds.play", lambda *_: found)
    monkeypatch.setattr("trackstep.search.rounds.is_right_alone", spent)
    played = rounds(Conflicts(2, False, 0), [], lambda: found.session, lambda: found.session, lambda key: None)
    assert next(played).finding is FINDING
    with pytest.raises(BudgetSpent):
        next(played)


@pytest.mark.deep
def test_check__tells_a_race_as_a_deviation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With its clause, who asked what when, an exit code, and a history that contradicts it."""
    from trackstep.reporting import writing

    for other in ("_pages", "_tour", "_totals", "_values", "_rounds", "_look", "_many"):
        monkeypatch.setattr(Run, other, lambda self: iter(()))

    def clients(self: Run) -> Iterator[None]:
        yield from self.together.at_once(2000, 60.0)

    monkeypatch.setattr(Run, "_clients", clients)
    monkeypatch.setattr("trackstep.search.conflict.states", lambda regions: [next(_two(states(regions)))])
    target = served("two-trackers-at-once")
    heard: dict[str, list[Any]] = {}
    try:
        happened = check(
            target, Settings(clients=2), wanted=lambda found: found.source == SOURCE,
            journal=lambda name, step, when: heard.setdefault(name, []).append((step, when)),
        )  # fmt: skip
        *_, last = happened
    finally:
        target.close()
    assert isinstance(last, Finished)
    (told,) = last.report["deviations"]
    assert told["clause"] in spec.load().clauses
    assert told["source"] == SOURCE
    assert any("client a" in line for line in told["because"])
    assert last.report["exit_code"] == 1
    assert any(when is not None for steps in heard.values() for _, when in steps)
    path = writing.write(last.report, last.deviations, tmp_path)
    kept = next((path.parent / "deviations").glob("*/history.jsonl"))
    (read,) = history.parse(kept.read_text(encoding="utf-8"))
    assert linearise.judge(read.steps, read.intervals, read.prefix).status == "contradicted"
    assert json.loads(path.read_text(encoding="utf-8"))["deviations"][0]["again"].startswith("trackstep judge")


def _two(every: Iterator[Any]) -> Iterator[Any]:
    return (state for state in every if state.name == "step 1 of a life")
