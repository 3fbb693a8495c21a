"""Whatever a target in process does, raises or returns, a check comes to its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest

import trackstep
from trackstep.event import Failed, Finished
from trackstep.operation import COVERED, Operation
from trackstep.outcome import Outcome, Wire
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

QUICK = Settings(max_calls=40, max_time=1.5, settle_timeout=0.1)


class Mute(Exception):
    """Its text cannot be had."""

    def __str__(self) -> str:
        raise ValueError("no")


CYCLE: dict[str, Any] = {}
CYCLE["again"] = CYCLE
RAISED: dict[str, Exception | SystemExit] = {
    "value": ValueError("v"), "type": TypeError("t"), "key": KeyError("k"), "runtime": RuntimeError("year 2e16"),
    "recursion": RecursionError(), "memory": MemoryError(), "exit": SystemExit(0), "stop": StopIteration(),
    "os": OSError(5, "I/O"), "unicode": UnicodeDecodeError("utf-8", b"x", 0, 1, "r"),
    "assertion": AssertionError("a"), "not-implemented": NotImplementedError("n"), "mute": Mute(),
    "lines": ValueError("a\nb\x1b[31m\ud800"), "long": ValueError("x" * 10**6),
}  # fmt: skip
RETURNED: dict[str, Any] = {
    "nothing": None, "text": "x", "number": 7, "a-dict": {"kind": "success"}, "a-class": Outcome,
    "an-unknown-kind": Outcome("ok"), "success-of-nothing": Outcome("success"),  # type: ignore[arg-type]  # on purpose
    "success-of-a-list": Outcome("success", result=[1]),  # type: ignore[arg-type]  # on purpose
    "a-datetime": Outcome.success({"eventTracker": {"creationDateTime": time.gmtime}}),
    "a-set": Outcome.success({"eventTrackers": {1}}), "bytes": Outcome.success({"nextToken": b"x"}),
    "names-that-are-none": Outcome.success({1: 2}), "a-cycle": Outcome.success(CYCLE),  # type: ignore[dict-item]  # on purpose
    "a-code-of-none": Outcome("refusal", code=None), "no-code": Outcome.refusal(""),  # type: ignore[arg-type]  # on purpose
    "a-message-of-bytes": Outcome.refusal("X", b"m"),  # type: ignore[arg-type]  # on purpose
    "a-wire-of-text": Outcome.success({}, "HTTP"),  # type: ignore[arg-type]  # on purpose
    "a-body-of-text": Outcome.success({}, Wire(200, {}, "{}")),  # type: ignore[arg-type]  # on purpose
    "a-header-of-none": Outcome.success({}, Wire(200, {"a": None}, b"{}")),  # type: ignore[dict-item]  # on purpose
    "a-status-of-text": Outcome.success({}, Wire("200", {}, b"{}")),  # type: ignore[arg-type]  # on purpose
    "always-lost": Outcome.lost("l"), "always-throttled": Outcome.throttled("t"),
    "always-garbled": Outcome.garbled("g"),
    "always-unsupported": Outcome.unsupported("u"), "always-done": Outcome.success({}),
    "empty-arns": Outcome.success({"datasetGroupArn": "", "eventTrackerArn": "", "trackingId": ""}),
}  # fmt: skip


class Fake(EmulatorTarget):
    """The emulator, but for some calls."""

    def __init__(self, instead: Callable[[Operation], Any], when: Callable[[str, int], bool], remembers: bool) -> None:
        super().__init__(TargetOptions())
        self.instead, self.when, self.calls, self.remembers = instead, when, 0, remembers

    def call(self, operation: Operation) -> Outcome:
        """Answer, or not."""
        self.calls += 1
        if self.when(operation.name, self.calls):
            came: Outcome = self.instead(operation)
            return came
        return super().call(operation)


WHEN: dict[str, Callable[[str, int], bool]] = {
    "always": lambda name, call: True,
    "later": lambda name, call: call > 20,
    "for writes": lambda name, call: name.startswith(("Create", "Delete")),
    "for reads": lambda name, call: name.startswith(("Describe", "List")) and call > 14,
}


def ends(target: Any, settings: Settings = QUICK) -> Finished:
    """A check of it comes to its end, in time, with a documented exit code."""
    started = time.monotonic()
    events = list(trackstep.check(target, settings))
    target.close()
    assert [one.trace for one in events if isinstance(one, Failed) and one.by == "internal"] == []
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.report["exit_code"] in (0, 1, 3)
    assert last.report["calls"] <= settings.max_calls
    assert time.monotonic() - started < settings.max_time + 10
    return last


def raising(wrong: BaseException) -> Callable[[Operation], Any]:
    """What raises it."""

    def instead(operation: Operation) -> Any:
        raise wrong

    return instead


def taking_turns(table: Iterable[str]) -> list[Any]:
    """Each name with one of the circumstances, these going round; with the others it is deep."""
    pairs = [(number, place, name, when) for number, name in enumerate(table) for place, when in enumerate(WHEN)]
    return [
        pytest.param(name, when, marks=() if place == number % len(WHEN) else pytest.mark.deep)
        for number, place, name, when in pairs
    ]


@pytest.mark.parametrize(("name", "when"), taking_turns(RAISED))
def test_check__a_target_that_raises(name: str, when: str) -> None:
    """An exception of an adapter is an outcome."""
    ends(Fake(raising(RAISED[name]), WHEN[when], remembers=len(name) % 2 == 0))


@pytest.mark.parametrize(("name", "when"), taking_turns(RETURNED))
def test_check__a_target_that_returns_nonsense(name: str, when: str) -> None:
    """What is no outcome is garbled."""
    ends(Fake(lambda operation: RETURNED[name], WHEN[when], remembers=len(name) % 2 == 0))


@pytest.mark.parametrize("lacking", COVERED)
def test_check__a_target_without_an_operation(lacking: str) -> None:
    """Each of the operations missing: never an internal error, and it is named."""
    target = Fake(lambda operation: Outcome.unsupported("no"), lambda name, call: name == lacking, remembers=False)
    last = ends(target, Settings(max_calls=250, max_time=20.0, settle_timeout=0.1))
    told = f"{last.report['reason']} {last.report['unsupported']}"
    assert lacking in told
    assert last.deviations or last.report["exit_code"] == 3


def test_check__a_target_that_cannot_describe_itself() -> None:
    """It is called by the name of its class."""

    class Nameless(EmulatorTarget):
        description = property(raising(RuntimeError("no")))

    last = ends(Nameless(TargetOptions()))
    assert last.report["target"].startswith("Nameless")
