"""One HTTP exchange: a request that botocore has built and signed, and the answer as it stands on the wire.

Owns the bounds of it: one deadline for all of it, connecting, headers and body included, so that nothing can drip; and
so many bytes, so that no answer fills the memory. A body that is shorter than it said, or too long, or is cut, is no
answer. Nothing is decoded, no redirect is followed, nothing is sent twice. Knows nothing of operations.
"""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Mapping
from http.client import HTTPException, RemoteDisconnected
from typing import Any

import urllib3
from botocore.httpsession import get_cert_path
from urllib3 import exceptions as broken
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from trackstep.outcome import Outcome, Wire

MAX_BODY = 10 * 2**20
"""Bytes of a body that are read, unless somebody says otherwise; the longest true answer has a thousandth of it."""
BESIDE = 2**20
"""Bytes that may come beside the body: status line, headers, the sizes of chunks."""
QUICK = getattr(socket, "TCP_QUICKACK", None)
"""What makes Linux acknowledge at once (tcp(7)). A server that writes headers and body one after the other, as Python's
http.server does, waits for that before the second; it takes 40 ms else, with every call."""


class _TooMuch(Exception):
    """More bytes came than are read."""


class _Bounds:
    """What is left of an exchange: seconds and bytes."""

    def __init__(self, seconds: float, most: int) -> None:
        self.seconds, self.most = seconds, most
        self.begin()

    def begin(self) -> None:
        """From now on."""
        self.until, self.read = time.monotonic() + self.seconds, 0

    def left(self) -> float:
        """Seconds left. Raises TimeoutError where there are none."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self.until


class _Raw(io.RawIOBase):
    """What comes from a socket, within bounds."""

    def __init__(self, connected: Any, bounds: _Bounds) -> None:
        self._socket, self._bounds = connected, bounds
        self._raw = connected.makefile("rb", buffering=0)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """What comes next. Raises TimeoutError and _TooMuch at the bounds."""
        self._socket.settimeout(self._bounds.left())
        if QUICK is not None:  # the kernel forgets it, so it is said each time
            self._socket.setsockopt(socket.IPPROTO_TCP, QUICK, 1)
        number: int | None = self._raw.readinto(buffer)
        self._bounds.read += number or 0
        if self._bounds.read > self._bounds.most + BESIDE:
            raise _TooMuch
        return number

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()


class _Bounded:
    """A socket of which an answer is read within bounds; in all else the socket that it was."""

    def __init__(self, connected: Any, bounds: _Bounds) -> None:
        self._socket, self._bounds = connected, bounds

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        """What http.client reads an answer from."""
        return io.BufferedReader(_Raw(self._socket, self._bounds), 1 << 16)

    def sendall(self, data: Any) -> None:
        """Send all of it, within the deadline."""
        self._socket.settimeout(self._bounds.left())
        self._socket.sendall(data)

    def __getattr__(self, name: str) -> Any:
        """As of the socket."""
        return getattr(self._socket, name)


def _manager(bounds: _Bounds, proxy: str | None, verify: Any) -> Any:
    """urllib3's connections, to a place or by a proxy, each with a bounded socket."""

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            self.sock: Any = _Bounded(self.sock, bounds)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            self.sock: Any = _Bounded(self.sock, bounds)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    words: dict[str, Any] = {"ca_certs": get_cert_path(verify), "cert_reqs": "CERT_REQUIRED"}
    made: Any = urllib3.ProxyManager(proxy, **words) if proxy else urllib3.PoolManager(**words)
    made.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return made


class Exchange:
    """Exchanges with a place. ``timeout`` in seconds for each as a whole, ``most`` bytes of a body.

    ``proxy`` is the URL of one, ``verify`` the path of certificates in place of the usual ones.
    """

    def __init__(self, timeout: float, most: int = MAX_BODY, proxy: str | None = None, verify: Any = True) -> None:
        self._bounds = _Bounds(timeout, most)
        self._connections = _manager(self._bounds, proxy, verify)

    def send(self, method: str, url: str, headers: Mapping[str, Any], body: Any) -> Wire | Outcome:
        """Send it, and read the answer. Where no whole answer came, what that means for the one who asked."""
        bounds = self._bounds
        bounds.begin()
        answer: Any = None
        try:
            answer = self._connections.urlopen(
                method, url, body=body, headers=dict(headers.items()), redirect=False, retries=False,
                preload_content=False, decode_content=False, enforce_content_length=True,
                timeout=urllib3.Timeout(total=bounds.seconds),
            )  # fmt: skip
            content = answer.read(decode_content=False)
        except Exception as wrong:  # urllib3 says in thirty ways that there is no answer
            return self._without(wrong, answer)
        finally:
            if answer is not None:
                answer.release_conn()
        if len(content) > bounds.most:
            return self._without(_TooMuch(), answer)
        return Wire(answer.status, {str(name).lower(): str(value) for name, value in answer.headers.items()}, content)

    def _without(self, wrong: Exception, answer: Any) -> Outcome:
        """Why there is no whole answer: lost where none came, garbled where one came that is none."""
        bounds, came = self._bounds, self._bounds.read
        if isinstance(wrong, _TooMuch):
            return Outcome.garbled(f"an answer of more than {bounds.most} bytes; the rest was not read (--max-body)")
        if isinstance(wrong, broken.NewConnectionError):
            return Outcome.lost("nothing listens there (connection refused or unknown host); is the server running?")
        if bounds.is_over or isinstance(wrong, broken.TimeoutError):
            half = f"; {came} bytes of one came" if came else ""
            return Outcome.lost(f"no answer within the call time-out{half}")
        if isinstance(wrong, broken.SSLError | broken.ProxyError):
            return Outcome.lost(_line(wrong))
        inner = next((part for part in wrong.args if isinstance(part, Exception)), wrong)
        if answer is not None:
            return Outcome.garbled(f"HTTP {answer.status}, and a body that is cut or broken: {_line(inner)}")
        if isinstance(inner, HTTPException) and not isinstance(inner, RemoteDisconnected):
            return Outcome.garbled(f"no answer in HTTP: {_line(inner)}")
        if came or not isinstance(inner, OSError | HTTPException):
            return Outcome.garbled(f"an answer that breaks off or is none: {_line(inner)}")
        return Outcome.lost("the connection was closed before an answer came")

    def close(self) -> None:
        """Close the connections."""
        self._connections.clear()


def _line(wrong: Exception) -> str:
    """An exception in one line."""
    return " ".join(f"{type(wrong).__name__}: {wrong}".split())[:160]
