"""Drivers that misbehave, each in one way: the verdict names it, and no process is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from trackstep.errors import TargetError
from trackstep.operation import Operation
from trackstep.targets.child import Child

DESCRIBE = Operation("DescribeEventTracker", {"eventTrackerArn": "arn"})
START = """
import json, os, subprocess, sys, time
def say(message):
    os.write(1, (message if isinstance(message, str) else json.dumps(message)).encode() + b"\\n")
def ask():
    return json.loads(sys.stdin.readline() or sys.exit())
"""
HELLO = 'say({"protocol": 1, "sdk": "none", "version": "1"})\n'
Driver = Callable[..., Child]


def command(script: str) -> list[str]:
    """What starts a driver that does this, quickly."""
    return [sys.executable, "-I", "-S", "-c", START + script]


@pytest.fixture
def driver() -> Iterator[Driver]:
    """Start drivers; afterwards nothing is left of their groups, and no zombie."""
    started: list[Child] = []

    def start(script: str, timeout: float = 10.0) -> Child:
        started.append(Child(command(HELLO + script), os.environ, timeout))
        return started[-1]

    yield start
    for child in started:
        child.close(0.2)
        assert not is_left(child)


def is_left(child: Child) -> bool:
    """Whether anything is left of a driver, or of what it started; the dead may still wait for init to bury them."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            os.killpg(child.group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.01)
    return True


AT_START = {
    "exits": ("sys.exit(7)", "ended with exit code 7 before its hello came"),
    "raises": ("raise ImportError('no boto3')", "; on standard error: 'ImportError: no boto3'"),
    "hangs": ("time.sleep(60)", "did not send its hello within 0.5 seconds"),
    "prints": ("say('> npm start')", "wrote '> npm start' to its standard output, which is for JSON objects only"),
    "prints an escape": ("say(chr(27) + '[2J')", r"wrote '\\x1b[2J' to its standard output"),
    "half a line": ("os.write(1, b'{\"proto')", "in the middle of a line: '{\"proto'"),
    "closes stdout": ("os.close(1); time.sleep(60)", "closed its standard output, and lives on"),
    "no protocol": ("say({})", "its hello has no member protocol; this trackstep speaks 1"),
    "another protocol": ("say({'protocol': 2})", "its hello has protocol '2'; this trackstep speaks 1"),
    "no sdk": ("say({'protocol': 1})", "its hello has sdk 'null'; wanted is a short string"),
    "leaves a child": ("subprocess.Popen(['sleep', '60']); sys.exit(4)", "ended with exit code 4 before its hello"),
    "100 MB": ("os.write(1, b'x' * 100_000_000)", "wrote a line of more than 16 MiB"),
}  # fmt: skip


@pytest.mark.parametrize("case", AT_START)
def test_start__misbehaving_driver_is_named(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it did instead of its hello is told, and it is gone and waited for."""
    script, told = AT_START[case]
    started: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *words: Any, **named: Any) -> None:
            super().__init__(*words, **named)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    with pytest.raises(TargetError) as raised:
        Child(command(script), os.environ, start_timeout=0.5 if "0.5 seconds" in told else 20.0)
    assert told.replace("\\\\", "\\") in str(raised.value)
    assert str(raised.value).isprintable()
    assert [process.returncode is None for process in started] == [False]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["/no/such/driver"], "no such file or directory"),
        (["/"], "permission denied"),
        (["no\0name"], "embedded null byte"),
    ],
)
def test_start__command_that_is_none(words: list[str], told: str) -> None:
    """A command that cannot be run is told in one line."""
    with pytest.raises(TargetError, match=f"cannot start the driver .*{told}"):
        Child(words, os.environ)


IN_A_CALL = {
    "dies": ("ask(); os._exit(3)", "ended with exit code 3 before its answer to DescribeEventTracker came"),
    "is killed": ("ask(); os.kill(os.getpid(), 9)", "was killed by signal SIGKILL before its answer"),
    "hangs": ("ask(); time.sleep(60)", "did not send its answer to DescribeEventTracker within 0.5 seconds"),
    "half, hangs": ("ask(); os.write(1, b'{\"id\"'); time.sleep(9)", "within 0.5 seconds, only half a line: '{\"id\"'"),
    "half, dies": ("ask(); os.write(1, b'{\"id\"')", "in the middle of a line: '{\"id\"'"),
    "prints": ("ask(); say('debug')", "broke the contract: it wrote 'debug' to its standard output"),
    "an array": ("ask(); say('[1]')", "it wrote '[1]' to its standard output"),
    "deep": ("ask(); say('[' * 100000)", "it wrote '[[["),
    "unknown id": ("ask(); say({'id': 9, 'ok': {}})", "it answered id '9' where 1 was asked"),
    "id as text": ("ask(); say({'id': '1', 'ok': {}})", "it answered id '1' where 1 was asked"),
    "id is true": ("ask(); say({'id': True, 'ok': {}})", "it answered id 'True' where 1 was asked"),
    "no id": ("ask(); say({'ok': {}})", "an answer without id"),
    "neither": ("ask(); say({'id': 1})", "an answer wants either ok or error"),
    "both": ("ask(); say({'id': 1, 'ok': {}, 'error': {}})", "an answer wants either ok or error"),
    "ok is null": ("ask(); say({'id': 1, 'ok': None})", "ok is 'null'; wanted is an object"),
    "error is text": ("ask(); say({'id': 1, 'error': 'no'})", "error is '\"no\"'; wanted is an object"),
    "kind": ("ask(); say({'id': 1, 'error': {'kind': 'bad'}})", "error.kind is '\"bad\"'; wanted is one of service"),
    "kind is a list": ("ask(); say({'id': 1, 'error': {'kind': []}})", "error.kind is '[]'"),
    "code": ("ask(); say({'id': 1, 'error': {'code': 7}})", "error.code is '7'; wanted is a string"),
    "status": ("ask(); say({'id': 1, 'error': {'status': '400'}})", "error.status is '\"400\"'"),
    "parsed": ("ask(); say({'id': 1, 'ok': {}, 'parsed': []})", "parsed is '[]'; wanted is an object"),
    "closes stdout": ("ask(); os.close(1); time.sleep(60)", "closed its standard output, and lives on"),
}  # fmt: skip


@pytest.mark.parametrize("case", IN_A_CALL)
def test_ask__misbehaving_driver_is_named(case: str, driver: Driver) -> None:
    """What it did instead of its answer is told; every further question is answered with the same line."""
    script, told = IN_A_CALL[case]
    child = driver(script)
    with pytest.raises(TargetError) as raised:
        child.ask(DESCRIBE, 0.5 if "0.5 seconds" in told else 20.0)
    assert told in str(raised.value)
    assert str(raised.value).isprintable()
    assert not is_left(child)
    with pytest.raises(TargetError) as again:
        child.ask(DESCRIBE, 0.5)
    assert str(again.value) == str(raised.value)


def test_ask__answers_come_twice_or_out_of_order(driver: Driver) -> None:
    """An answer to what was answered before is no answer."""
    child = driver("ask(); say({'id': 1, 'ok': {}}); say({'id': 1, 'ok': {}}); ask(); time.sleep(60)")
    assert child.ask(DESCRIBE, 5.0).result == {}
    with pytest.raises(TargetError, match="it answered id '1' where 2 was asked: one answer each, in order"):
        child.ask(DESCRIBE, 5.0)


def test_ask__driver_that_closed_its_standard_input() -> None:
    """Nobody to hear the question: told at once, not after a time-out."""
    child = Child(command("os.close(0)\n" + HELLO + "time.sleep(60)"), os.environ)
    with pytest.raises(TargetError, match="closed its standard input, and lives on"):
        child.ask(DESCRIBE, 30.0)
    assert not is_left(child)


def test_ask__standard_error_is_drained(driver: Driver) -> None:
    """A driver that logs megabytes is not blocked by it, nor are its answers."""
    child = driver("for n in (1, 2): ask(); os.write(2, b'log\\n' * 500_000); say({'id': n, 'ok': {'n': n}})")
    assert [child.ask(DESCRIBE, 10.0).result for _ in range(2)] == [{"n": 1}, {"n": 2}]


def test_ask__large_messages_both_ways(driver: Driver) -> None:
    """A driver that writes before it has read all does not block, nor do we."""
    child = driver("os.write(2, b'x' * 200_000); asked = ask(); say({'id': 1, 'ok': asked['params']})")
    params = {"name": "é\u2028" * 400_000}
    assert child.ask(Operation("CreateDatasetGroup", params), 10.0).result == params


def test_ask__ended_early_and_the_answer_comes_late(driver: Driver) -> None:
    """An answer that nobody waits for any more is not taken for the next one's."""
    child = driver("ask(); time.sleep(0.3); say({'id': 1, 'ok': {'n': 1}}); ask(); say({'id': 2, 'ok': {'n': 2}})")

    def ring(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with pytest.raises(KeyboardInterrupt):
            child.ask(DESCRIBE, 5.0)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert child.ask(DESCRIBE, 5.0).result == {"n": 2}


def test_close__driver_that_does_not_end_is_killed_with_its_children(driver: Driver) -> None:
    """Deaf to its standard input and to SIGTERM, with a child of its own: gone all the same."""
    child = driver(
        "import signal; signal.signal(15, signal.SIG_IGN); subprocess.Popen(['sleep', '60']); time.sleep(60)"
    )
    begun = time.monotonic()
    child.close(0.1)
    assert not is_left(child)
    assert time.monotonic() - begun < 30, "it did not wait for the minute that the driver sleeps"
    child.close()


def test_close__driver_ends_by_itself(driver: Driver) -> None:
    """The end of its standard input is all that it takes; it may still finish what it does."""
    mark = "import atexit; atexit.register(lambda: os.write(2, b'bye'))\nfor line in sys.stdin: pass"
    assert driver(mark).ends() == 0


def test_exit__driver_that_nobody_closed(tmp_path: Path) -> None:
    """An interpreter that ends without closing its driver leaves none behind."""
    note = tmp_path / "pid"
    hangs = command(f"open({str(note)!r}, 'w').write(str(os.getpid()))\n{HELLO}time.sleep(60)")
    program = f"import os, trackstep.targets.child as c; c.Child({hangs!r}, os.environ); raise SystemExit(5)"
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", program]) == 5
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text(encoding="utf-8")), 0)
