"""The emulator over HTTP: both services on one port. Every request is answered as the service would, and in JSON.

Owns the connection: framing, limits, keep-alive. What a request means is decided in responses.py.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

from moto.core.models import DEFAULT_ACCOUNT_ID
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler
from werkzeug.serving import make_server as werkzeug_server

from trackstep import emulator

from .models import personalize_backends
from .responses import JSON_1_1, LOCK, PUTS, UNKNOWN, Answer, PersonalizeEventsResponse, PersonalizeResponse

MOST = 16 * 2**20
"""Bytes of a body; the longest that a check sends has a tenth of it."""
PATIENCE = 60.0
"""Seconds without a byte after which a connection is given up."""
TOO_LARGE = '{"__type":"RequestEntityTooLargeException","message":"The request is too large."}'
MALFORMED = '{"__type":"SerializationException","message":"The request cannot be read."}'
BROKEN = '{"__type":"InternalFailure","message":"The emulator has a fault of its own; see where it runs."}'
_SCOPE = re.compile(r"Credential=[^/,\s]+/\d+/([a-z0-9-]{1,63})/")
_HOST = re.compile(r"personalize(?:-events)?\.([a-z0-9-]{1,63})\.")
_NAMES = re.compile(r"[\w, -]{1,2000}", re.A)
PAGE = "/_trackstep/events"
"""Where a test reads which events were accepted."""
EXPOSED = "x-amzn-requestid, x-amzn-errortype"
"""Headers that a browser lets a script read."""
_ACCOUNT = re.compile(r"\d{12}", re.A)


def _answer(environ: dict[str, Any], body: bytes) -> Answer:
    """What is asked, of which region and account, and the answer."""
    where = (environ.get("REQUEST_METHOD"), environ.get("PATH_INFO"))
    if where == ("POST", "/moto-api/reset"):
        personalize_backends.reset()
        return 200, {"content-type": "application/json"}, "{}"
    if where == ("GET", PAGE):
        return _page(environ)
    if where[0] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ and where[1] in ("/", *PUTS):
        return _preflight(environ)
    if where[0] != "POST" or where[1] not in ("/", *PUTS):
        return 400, {"content-type": JSON_1_1}, UNKNOWN
    signed = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    named = _HOST.match(environ.get("HTTP_HOST", ""))
    region = signed[1] if signed else named[1] if named else "us-east-1"
    given = os.environ.get("MOTO_ACCOUNT_ID") or environ.get("HTTP_X_MOTO_ACCOUNT_ID", "")
    account = given if _ACCOUNT.fullmatch(given) else DEFAULT_ACCOUNT_ID
    kind = PersonalizeResponse if where[1] == "/" else PersonalizeEventsResponse
    return kind.asked(environ.get("HTTP_X_AMZ_TARGET", ""), body, region, account, where[1])


def _page(environ: dict[str, Any]) -> Answer:
    """The events that were accepted, for a test to read; no operation of the service."""
    asked = parse_qs(environ.get("QUERY_STRING", "")).get("trackingId")
    with LOCK:
        events = emulator.events(asked[0] if asked else None)
    return 200, {"content-type": "application/json"}, json.dumps({"events": events}, indent=1)


def _preflight(environ: dict[str, Any]) -> Answer:
    """What a browser asks before it sends a request to another origin: whether it may."""
    named = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
    headers = {
        "access-control-allow-methods": "POST, OPTIONS",
        "access-control-allow-headers": named if _NAMES.fullmatch(named) else "*",
        "access-control-max-age": "600",
    }
    return 200, headers, ""


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The WSGI application."""
    length = environ.get("CONTENT_LENGTH") or "0"
    body = environ["wsgi.input"].read(int(length) if length.isdigit() else 0)
    try:
        status, headers, text = _answer(environ, body)
    except Exception as wrong:  # whatever it is, the caller is answered, and whoever runs this is told
        print(f"trackstep serve: {type(wrong).__name__}: {str(wrong)[:200]!r}", file=sys.stderr)
        status, headers, text = 500, {"content-type": JSON_1_1}, BROKEN
    content = text.encode("utf-8", "surrogateescape")
    if "HTTP_ORIGIN" in environ:  # a browser's; nothing is said of origins to others
        headers = headers | {"access-control-allow-origin": "*", "access-control-expose-headers": EXPOSED}
    headers = {"x-amzn-requestid": str(uuid4()), **headers, "content-length": str(len(content))}
    start_response(f"{status} {HTTPStatus(status).phrase}", list(headers.items()))
    return [content]


class QuietHandler(WSGIRequestHandler):
    """HTTP/1.1 that is kept alive, one write an answer, no log; what cannot be read is answered, and the end of it."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = PATIENCE

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing, and read no URL for it."""

    def finish(self) -> None:
        """Let go of the connection, also of one whose other end is gone."""
        with suppress(OSError):
            super().finish()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no HTTP; http.server would do it in HTML."""
        self.close_connection = True
        if getattr(self, "request_version", "HTTP/0.9") == "HTTP/0.9":
            self.request_version = self.protocol_version  # or there would be no headers
        self._send(code if 400 <= code < 500 else 400, {"content-type": JSON_1_1}, MALFORMED.encode())

    def handle_expect_100(self) -> bool:
        """Ask for the body at once, unless it is one that is refused."""
        with suppress(ValueError):
            if self._length() <= MOST:
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                self.wfile.flush()
        return True

    def run_wsgi(self) -> None:
        """Answer one request."""
        try:
            self.environ = environ = self.make_environ()
            body = self._body(environ)
        except TimeoutError:
            raise
        except (OSError, ValueError):  # chunks that are none, a URL that is none
            self.send_error(400)
            return
        if body is None:
            return
        environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        said: list[Any] = []
        app: Any = self.server.app
        given = app(environ, lambda status, headers, *_: said.extend((status, headers)))
        try:
            content = b"".join(given)
        finally:
            if hasattr(given, "close"):
                given.close()
        self._send(int(said[0].split()[0]), {name.lower(): value for name, value in said[1]}, content)

    def _length(self) -> int:
        """How many bytes the body is said to have, none where it comes in chunks. Raises ValueError for nonsense."""
        said = self.headers.get_all("content-length") or ["0"]
        if len(set(said)) > 1 or not re.fullmatch(r"\d{1,19}", said[0], re.A):
            raise ValueError("no length")
        return int(said[0])

    def _body(self, environ: dict[str, Any]) -> bytes | None:
        """The body, read to its end; None where it was too large. Raises ValueError, or OSError where it breaks off."""
        coding, length = environ.pop("HTTP_TRANSFER_ENCODING", None), self._length()
        if coding is not None and (coding.strip().lower() != "chunked" or "content-length" in self.headers):
            raise ValueError("two ways to say how long it is")
        wanted = length if coding is None else MOST + 1
        body: bytes = environ["wsgi.input"].read(wanted) if length <= MOST else b""
        if length > MOST or len(body) > MOST:
            self.close_connection = True
            self._send(413, {"content-type": JSON_1_1}, TOO_LARGE.encode())
            self._drain()
            return None
        if coding is None and len(body) < length:
            raise ConnectionAbortedError("cut off")
        return body

    def _drain(self) -> None:
        """Take in some of what is still sent, or a client that writes first and reads then never sees the answer."""
        with suppress(OSError):
            self.connection.settimeout(1.0)
            for _ in range(8):
                if not self.rfile.read1(MOST):
                    break

    def _send(self, status: int, headers: dict[str, str], content: bytes) -> None:
        """One write; ``content-length`` is what there is, also for HEAD, whose answer has no body."""
        self.send_response(status)
        closing_ = {"connection": "close"} if self.close_connection else {}
        for name, value in ({"x-amzn-requestid": str(uuid4())} | headers | closing_).items():
            if name != "content-length":
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if getattr(self, "command", None) != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()


def make_server(host: str, port: int, app: Any = application) -> BaseWSGIServer:
    """A server that is bound and not yet serving. Raises OSError if the port is taken, or the host is none of ours."""
    with closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            if not host:
                raise ValueError("no host")
            bound.bind((host, port))
        except ValueError as wrong:  # also of the encoding that names have
            raise OSError(0, f"{host!r} is no host") from wrong
        bound.listen(128)
        return werkzeug_server(
            host, bound.getsockname()[1], app, threaded=True, request_handler=QuietHandler, fd=bound.fileno()
        )


def url_of(server: BaseWSGIServer) -> str:
    """Where it listens."""
    return f"http://{f'[{server.host}]' if ':' in server.host else server.host}:{server.port}"


def serve(host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C, then return. Raises OSError."""
    server = make_server(host, port)

    def stop(*_: object) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)  # it is ending already
        raise KeyboardInterrupt

    try:
        for number in (signal.SIGTERM, signal.SIGINT):  # also where a shell has made us ignore Ctrl-C
            signal.signal(number, stop)
        on_ready(url_of(server))
        server.serve_forever()
    except KeyboardInterrupt:
        pass  # as it was asked to
    finally:
        server.server_close()


@contextmanager
def running(host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """The URL of a server that runs while the block lasts."""
    with in_background(make_server(host, port)) as url:
        yield url


@contextmanager
def in_background(server: BaseWSGIServer) -> Iterator[str]:
    """The URL of this server, served by a thread while the block lasts."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield url_of(server)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
