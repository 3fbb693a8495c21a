"""A service that outlives its callers, loses answers and carries calls out late; with resources of others in it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from trackstep import emulator, ledger
from trackstep.cli import main
from trackstep.emulator import server
from trackstep.emulator.models import PersonalizeBackend, personalize_backends

REGIONS = ("us-east-1", "us-west-2")
ACCOUNT = "123456789012"
OTHERS = (
    "production",
    "ts",
    "ts-a",
    "ts0000-a",
    "ts1a2b",
    "ts1a2b1",
    "ts1a2b1a",
    "ts1a2b-prod",
    "xts1a2b1-a",
    "ts1a2bz-a",
    "ts1a2b12",
    "9ts1a2b",
    "TS1A2B1-a",
    "TS1a2b1-a",
)
"""Names of groups that somebody else has, some of them nearly of our form. Each has a tracker."""
LATE = 0.4
"""Seconds after which the service carries out what it carries out late."""


@dataclass
class Service:
    """The emulator over HTTP; ``rng`` loses answers where it is set, ``moment`` is the call at which a process dies."""

    rng: random.Random | None = None
    moment: int = 0
    victim: subprocess.Popen[bytes] | None = None
    calls: int = 0
    url: str = ""
    timers: list[threading.Timer] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer one request, or do not."""
        self.calls += 1
        draw = self.rng.random() if self.rng else 1.0
        dies = self.calls == self.moment
        if dies and draw < 0.5:
            self._kill()
        if draw < 0.03:  # carried out when nobody expects it any more
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            again = {**environ, "wsgi.input": _Body(body)}
            self.timers.append(threading.Timer(LATE, lambda: server.application(again, lambda *_: None)))
            self.timers[-1].start()
            return _lost(start_response)
        if draw < 0.05:  # never carried out
            return _lost(start_response)
        answer = server.application(environ, start_response if draw > 0.08 else lambda *_: None)
        if dies:
            self._kill()
        return answer if draw > 0.08 else _lost(start_response)

    def _kill(self) -> None:
        if self.victim is not None:
            self.victim.send_signal(signal.SIGKILL)
            self.victim.wait()

    def world(self) -> dict[str, tuple[set[str], set[str]]]:
        """The names of groups, and of trackers, that are there, by region."""
        found = {}
        for region in REGIONS:
            backend: PersonalizeBackend = personalize_backends[ACCOUNT][region]
            backend._purge()
            found[region] = ({g.name for g in backend.groups.values()}, {t.name for t in backend.trackers.values()})
        return found


class _Body:
    def __init__(self, body: bytes) -> None:
        self._left = body

    def read(self, size: int = -1) -> bytes:
        taken, self._left = (self._left, b"") if size < 0 else (self._left[:size], self._left[size:])
        return taken


def _lost(start_response: Any) -> list[bytes]:
    start_response("500 Internal Server Error", [("content-type", "text/plain"), ("content-length", "0")])
    return [b""]


@pytest.fixture
def service() -> Iterator[Service]:
    """A service in this process, with groups and trackers of others in both regions."""
    personalize_backends.reset()
    made = Service()
    with emulator.progression("immediate"):
        for region in REGIONS:
            backend: PersonalizeBackend = personalize_backends[ACCOUNT][region]
            for name in OTHERS:
                group = backend.create_dataset_group({"name": name})
                backend.create_event_tracker(f"{name}-t", group.arn, None)
    bound = server.make_server("127.0.0.1", 0, made)
    with emulator.progression("time", seconds=0.02), server.in_background(bound) as made.url:
        yield made
        for timer in made.timers:
            timer.join()
    personalize_backends.reset()


Started = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Started]:
    """Start the command as a user does, in tmp_path."""
    running: list[subprocess.Popen[bytes]] = []

    def started(*words: str) -> subprocess.Popen[bytes]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "trackstep.cli", *words],
            cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        running.append(process)
        return process

    yield started
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def sweep(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """``trackstep sweep`` in this process, which gives up waiting for late Creates sooner."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(ledger, "LATE", 8 * LATE)  # a busy machine may be late with what is late
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield lambda *words: CliRunner().invoke(main, ["sweep", *map(str, words)])
    for number, handler in kept.items():
        signal.signal(number, handler)
