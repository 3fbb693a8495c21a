"""The service that a candidate SDK talks to: the embedded emulator over HTTP, with its requests recorded.

Owns what arrives and what is answered: the emulator's answer, a canned one, or none. Clock and identifiers are set
before each call, so that run N and run N+1 are told the same. Knows nothing of SDKs, or of what is right.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from unittest.mock import patch

from moto.moto_api._internal import mock_random
from werkzeug.wrappers import Response

from trackstep import emulator
from trackstep.emulator import resource, server
from trackstep.emulator.models import personalize_backends

RUNAWAY = 40
"""Requests that one call may make: a paginator that never ends is sent an error in place of a page."""
BEGINNING = 1.7e9
"""The emulator's clock at the beginning of each program, in epoch seconds; each call takes a second and a quarter."""


class Reply(NamedTuple):
    """What a request is answered: by the emulator (``serve``), with this status and body, or not at all (``cut``)."""

    status: int = 0
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    serve: bool = False
    cut: bool = False


SERVE = Reply(serve=True)
CUT = Reply(cut=True)
"""Nothing is done, and the connection is cut."""
LOSE = Reply(serve=True, cut=True)
"""The emulator carries it out, and the answer is lost on the way."""


class Exchange(NamedTuple):
    """One request as it arrived, header names in lower case, and the answer; ``status`` 0 where there was none."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    answer: bytes


@dataclass
class Endpoint:
    """Both services on one port. ``exchanges`` holds what the call has exchanged that was begun last."""

    seed: int = 0
    url: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    _replies: tuple[Reply, ...] = (SERVE,)
    _now: float = BEGINNING

    def reset(self) -> None:
        """Nothing exists any more."""
        personalize_backends.reset()

    def begin(self, program: int, call: int, replies: tuple[Reply, ...] = (SERVE,)) -> None:
        """Get ready for one call; its requests are answered by ``replies`` in order, the last one again and again."""
        self.exchanges, self._replies = [], replies
        self._now = BEGINNING + 1.25 * call
        mock_random.seed(f"{self.seed} {program} {call}")

    def trackers(self) -> int:
        """How many event trackers there are, in all regions together."""
        return sum(len(backend.trackers) for held in personalize_backends.values() for backend in held.values())

    def clock(self, *_: object) -> float:
        """What the emulator's clock says, in epoch seconds."""
        return self._now

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The WSGI application."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = _Once(body)
        number = len(self.exchanges)
        reply = self._replies[min(number, len(self._replies) - 1)]
        if number >= RUNAWAY:
            reply = Reply(400, json.dumps({"__type": "InvalidNextTokenException", "message": "too many requests"}))
        status, headers, answer = reply.status, dict(reply.headers), reply.body.encode()
        if reply.serve:
            status, headers, answer = _emulated(environ)
        self.exchanges.append(
            Exchange(
                environ["REQUEST_METHOD"], environ.get("RAW_URI") or environ["PATH_INFO"], _headers(environ), body,
                0 if reply.cut else status, b"" if reply.cut else answer,
            )
        )  # fmt: skip
        if reply.cut:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError("cut on purpose")  # which werkzeug takes for a client that went away
        return Response(answer, status=status, headers=headers)(environ, start_response)


class _Once:
    """A request's body, to be read again."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        """What is left of it."""
        taken = self._body if size < 0 else self._body[:size]
        self._body = self._body[len(taken) :]
        return taken


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    found = {key[5:]: value for key, value in environ.items() if key.startswith("HTTP_")}
    found |= {key: environ[key] for key in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(key)}
    return {key.replace("_", "-").lower(): value for key, value in found.items()}


def _emulated(environ: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    said: list[Any] = []
    body = b"".join(server.application(environ, lambda status, headers, *_: said.extend((status, headers))))
    return int(said[0].split()[0]), dict(said[1]), body


@contextmanager
def ready(seed: int) -> Iterator[Endpoint]:
    """An endpoint that can be asked as a WSGI application while the block lasts; statuses move when looked at."""
    made = Endpoint(seed)
    with emulator.progression("manual"), patch.object(resource, "unix_time", made.clock):
        made.reset()
        try:
            yield made
        finally:
            made.reset()


@contextmanager
def listening(seed: int) -> Iterator[Endpoint]:
    """The same, over HTTP on a free loopback port."""
    with ready(seed) as made, server.in_background(server.make_server("127.0.0.1", 0, made)) as made.url:
        yield made
