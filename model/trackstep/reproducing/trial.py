"""Trials: each bundle is run before it is shown, on the target and on an embedded emulator that is right.

A bundle has three forms, the test, the script and the program. Each has to show the deviation, and its clause, on the
target, and nothing on the emulator; what was seen is kept with the deviation. Owns what is run, where, and for how
long: tests run in this process, scripts beside each other. What the budget has no room for is not run, and says so.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from trackstep import program
from trackstep.errors import TargetError
from trackstep.event import Deviation, Tried
from trackstep.oracle import judge
from trackstep.oracle.judge import Step
from trackstep.reporting import bundle
from trackstep.reporting.inert import line as inert
from trackstep.reproducing import front as fronts
from trackstep.reproducing.front import Front
from trackstep.search import sighting
from trackstep.search.cleaning import clean_up
from trackstep.search.session import Budget, BudgetSpent, Patience, Session
from trackstep.search.sighting import Key
from trackstep.targets import Target, TargetOptions

EACH = 30.0
"""Seconds that one form may take in one place."""
CLEANING = 3.0
"""Seconds that it may take to delete each thing that it made, at the most: a deletion may never end."""
PASSES, SHOWS, CANNOT = 0, 1, 2
NOT_RUN = "was not run: nothing was left of the budget"
_NAMES = re.compile(r"t[0-9a-f]{1,}(?=-)")
_SHUT = "was not run to its end: nothing was left of the budget"


class Came(NamedTuple):
    """What came of running one form in one place: an exit code, and why."""

    code: int
    why: str = ""


class Trials:
    """The bundles of a run. May be asked at any moment; what was not run by then says so.

    ``right``: the URL of an emulator that is right; where there is none, one is started.
    """

    def __init__(
        self, target: Target, deviations: Sequence[Deviation], budget: Budget, patience: Patience,
        regions: tuple[str, str], right: str | None = None,
    ) -> None:  # fmt: skip
        self._target, self._deviations, self._right = target, tuple(deviations), right
        self._budget, self._patience, self._regions = budget, patience, regions
        self._tried: dict[str, dict[str, Tried]] = {}

    def all(self) -> tuple[Deviation, ...]:
        """The deviations, each with what came of its bundle."""
        return tuple(
            replace(
                each, tried=tuple(self._tried.get(each.id, {}).get(form, _unrun(form)) for form in self._forms(each))
            )
            for each in self._deviations
        )

    def run(self) -> Iterator[str]:
        """Run one bundle after the other, first causes first; yields the name of each that is done."""
        due = sorted(self._deviations, key=lambda each: bool(each.cause))
        if not due:
            return
        with ExitStack() as entered:
            front, url = entered.enter_context(fronts.before(self._target, self._budget))
            right = self._right if self._right is not None else entered.enter_context(faithful())
            place = Path(entered.enter_context(tempfile.TemporaryDirectory(prefix="trackstep-")))
            for each in due:
                kept = self._tried.setdefault(each.id, {})
                for form, text in self._texts(each).items():
                    if self._budget.left() <= 0 or self._budget.calls >= self._budget.max_calls:
                        return
                    kept[form] = self._one(each, form, text, front, url, right, place)
                yield each.id

    def _forms(self, deviation: Deviation) -> list[str]:
        return list(self._texts(deviation))

    def _texts(self, deviation: Deviation) -> dict[str, str]:
        texts = bundle.texts(deviation, {"target": self._target.description})
        return {form: texts[name] for form, name in bundle.RUN.items() if texts.get(name)}

    def _one(
        self, deviation: Deviation, form: str, text: str, front: Front, url: str, right: str, place: Path
    ) -> Tried:  # fmt: skip
        seconds = max(0.0, min(EACH, self._budget.left()))
        settle = max(1.0, min(self._patience.seconds(), seconds / 2))
        cleaning = max(0.5, min(CLEANING, 4 * self._patience.longest))
        front.begin(time.monotonic() + seconds)
        if right:
            _reset(right)
        if form == "curl":
            came, rightly = _scripts(text, (url, right), (settle, cleaning), seconds, place)
        elif form == "pytest":
            came = _test(text, url, (settle, cleaning))
            rightly = _test(text, right, (2.0, CLEANING)) if right else Came(CANNOT, "")
        else:
            return self._replay(deviation, text, right)
        there, shows = self._there(deviation, came, front)
        here, passes = _here(rightly, right)
        return Tried(form, there, here, None if shows is None or passes is None else shows and passes)

    def _there(self, deviation: Deviation, came: Came, front: Front) -> tuple[str, bool | None]:
        """What came of it on the target, held against what the judge says of the calls that were made."""
        if front.is_shut:
            return _SHUT, None
        if came.code == CANNOT:
            return f"cannot be run: {came.why}", None if came.why.startswith("there is no") else False
        found = _keys(front.steps)
        key = Key(deviation.clause, deviation.operation, deviation.answer)
        if came.code == PASSES:
            return f"does not show it{', though the judge sees it' if key in found else ''}", False
        if key in found or _takes_time(deviation, front.steps):
            return "shows it", True
        if any(each.clause == key.clause for each in found):
            return "shows it", True
        others = sorted({each.clause for each in found})
        return f"fails, and the judge sees {', '.join(others) if others else 'nothing wrong'}", False

    def _replay(self, deviation: Deviation, text: str, right: str) -> Tried:
        """The program, here as ``trackstep replay`` would do it."""
        commands = program.parse(text)
        key = Key(deviation.clause, deviation.operation, deviation.answer)
        session = Session(self._target, _token(), self._budget, self._patience, self._regions)
        try:
            for command in commands:
                session.perform(command)
        except BudgetSpent:
            return replace(_unrun("replay"), target=_SHUT)
        finally:
            clean_up([session], CLEANING, 4)
        keys = {sighting.key(f, session.steps) for f in session.judgement.notes.findings}
        shows = key in keys
        others = sorted({each.clause for each in keys if each.counts})
        there = "shows it" if shows else f"does not show it{', but ' + ', '.join(others) if others else ''}"
        if not right:
            return Tried("replay", there, "was not run: the emulator could not be started", None)
        here, passes = _here(self._rightly(commands, right), right)
        return Tried("replay", there, here, shows and bool(passes))

    def _rightly(self, commands: Sequence[program.Command], right: str) -> Came:
        from trackstep.targets.http import HttpTarget

        target = HttpTarget(TargetOptions(endpoint_url=right))
        try:
            session = Session(target, _token(), Budget(10**6, EACH), Patience(2.0), self._regions)
            for command in commands:
                session.perform(command)
        except (BudgetSpent, TargetError) as wrong:
            return Came(CANNOT, str(wrong) or "it does not end")
        finally:
            target.close()
        broken = sorted({k.clause for k in _counting(session.steps, session.prefix)})
        return Came(SHOWS, f"the judge sees {', '.join(broken)}") if broken else Came(PASSES)


def _unrun(form: str) -> Tried:
    return Tried(form, NOT_RUN, NOT_RUN, None)


def _token() -> str:
    return f"ts{os.urandom(2).hex()}"


def _takes_time(deviation: Deviation, steps: Sequence[Step]) -> bool:
    """Whether the judge sees it only over time: a status that never settles, a call that is never answered."""
    if deviation.answer == "lost":
        return any(s.operation.name == deviation.operation and s.outcome.kind == "lost" for s in steps)
    return bool(deviation.steps) and deviation.steps[-1].operation.name == judge.SETTLE


def _keys(steps: Sequence[Step]) -> set[Key]:
    """What the judge finds in calls that somebody else made; the names that they gave tell which are theirs."""
    names = (_NAMES.search(str(step.operation.params)) for step in steps if step.operation.name.startswith("Create"))
    prefix = next((found[0] for found in names if found), "t")
    return _counting(steps, prefix)


def _counting(steps: Sequence[Step], prefix: str) -> set[Key]:
    findings = judge.judge(steps, prefix).notes.findings
    return {key for key in (sighting.key(each, steps) for each in findings) if key.counts}


def _here(came: Came, right: str) -> tuple[str, bool | None]:
    """What came of it on the emulator that is right."""
    if not right:
        return "was not run: the emulator could not be started", None
    if came.code == PASSES:
        return "passes", True
    if came.code == CANNOT:
        return f"cannot be run: {came.why}", None if came.why.startswith("there is no") else False
    return f"fails: {came.why}" if came.why else "fails", False


# -- an emulator that is right -----------------------------------------------------------------------


@contextmanager
def faithful() -> Iterator[str]:
    """The URL of an embedded emulator in a process of its own; empty where it does not start."""
    words = [sys.executable, "-m", "trackstep.cli", "serve", "--port", "0", "--progression", "immediate"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL) as child:
        try:
            assert child.stdout is not None
            said = child.stdout.readline().decode("utf-8", "replace")
            found = re.search(r"http://\S+", said)
            yield found[0] if found else ""
        finally:
            child.terminate()


def _reset(url: str) -> None:
    with suppress(OSError), urllib.request.urlopen(f"{url}/moto-api/reset", b"", timeout=5):
        pass


# -- the forms ---------------------------------------------------------------------------------------


def _test(text: str, url: str, waits: tuple[float, float]) -> Came:
    """Run test_deviation.py here, as pytest would: an exception is a failure; before the last call it is no verdict."""
    space: dict[str, object] = {"__name__": "test_deviation"}
    try:
        exec(compile(text, "test_deviation.py", "exec"), space)  # what is to be shown is to be run
    except ImportError as wrong:
        return Came(CANNOT, f"there is no module {wrong.name}")
    except SyntaxError as wrong:
        return Came(CANNOT, f"it is no Python: {wrong.msg}")
    space |= {"ENDPOINT_URL": url, "EVENTS_ENDPOINT_URL": url}
    space |= dict(zip(("SETTLE_SECONDS", "CLEAN_UP_SECONDS"), waits, strict=True))
    test: Any = next(value for name, value in space.items() if name.startswith("test_"))
    failures: tuple[type[BaseException], ...] = (Exception, *_failures(space))
    try:
        test()
    except failures as wrong:
        frames = traceback.extract_tb(wrong.__traceback__)
        at = max(
            (f.lineno or 0 for f in frames if f.filename == "test_deviation.py" and f.name.startswith("test_")),
            default=0,
        )
        last = max(n for n, line in enumerate(text.split("\n"), 1) if line.lstrip().startswith("# came back: "))
        why = inert(f"{type(wrong).__name__}: {wrong}", 160)
        return Came(SHOWS if at > last else CANNOT, why if at > last else f"it ends before its last call: {why}")
    return Came(PASSES)


def _failures(space: dict[str, object]) -> tuple[type[BaseException], ...]:
    """What pytest raises where an exception was expected and did not come; it is no Exception."""
    failed = getattr(getattr(space.get("pytest"), "fail", None), "Exception", None)
    return (failed,) if isinstance(failed, type) else ()


def _scripts(
    text: str, urls: Sequence[str], waits: tuple[float, float], seconds: float, place: Path
) -> tuple[Came, Came]:
    """Run reproduce.sh in both places, beside each other."""
    if not (shutil.which("bash") and shutil.which("curl")):
        return (Came(CANNOT, "there is no bash or no curl here"),) * 2
    script = place / "reproduce.sh"
    script.write_text(text, encoding="utf-8", newline="\n")
    kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    going = [
        subprocess.Popen(
            ["bash", str(script)],
            env=kept
            | {
                "ENDPOINT_URL": url,
                "EVENTS_ENDPOINT_URL": url,
                "SETTLE_SECONDS": str(math.ceil(waits[0])),
                "CLEAN_UP_SECONDS": str(math.ceil(waits[1])),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if url
        else None
        for url in urls
    ]
    return _ended(going[0], seconds), _ended(going[1], seconds)


def _ended(child: subprocess.Popen[bytes] | None, seconds: float) -> Came:
    if child is None:
        return Came(CANNOT, "")
    try:
        said, _ = child.communicate(timeout=seconds + 5)
    except subprocess.TimeoutExpired:
        return Came(CANNOT, f"it did not end within {seconds:.0f} s")
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
    told = inert(said.decode("utf-8", "replace").strip().rpartition("\n")[2], 160)
    return Came(child.returncode if child.returncode in (PASSES, SHOWS) else CANNOT, told)
