"""Servers that misbehave, each in one way."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Answer = tuple[int, str, bytes] | str
"""Status, content type and body; or the name of a way not to answer."""


class QuietServer(ThreadingHTTPServer):
    """Threads end with the test; broken pipes are what the tests are about."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: the client's side is what is tested."""


@contextmanager
def answering(answer: Callable[[dict[str, str], bytes], Answer]) -> Iterator[str]:
    """The URL of a server that gives this answer to every POST."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            given = answer({k.lower(): v for k, v in self.headers.items()}, body)
            if given == "hang":
                time.sleep(5)
            if isinstance(given, str):
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, kind, content = given
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = QuietServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


Serve = Callable[[Answer | Callable[[dict[str, str], bytes], Answer]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server with a fixed answer, or with a function of headers and body."""
    with ExitStack() as running:

        def start(answer: Answer | Callable[[dict[str, str], bytes], Answer]) -> str:
            return running.enter_context(answering(answer if callable(answer) else lambda headers, body: answer))

        yield start


def json_answer(status: int, body: object, kind: str = "application/x-amz-json-1.1") -> Answer:
    """An answer with a JSON body."""
    return status, kind, json.dumps(body).encode()
