"""Several clients are let in only where the target answers several."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

import pytest

from trackstep.operation import Operation
from trackstep.search.budget import Budget
from trackstep.search.clients import connected
from trackstep.targets import Target, TargetOptions, load
from trackstep.targets.asking import ask

LIST = Operation("ListDatasetGroups")


class Kept(BaseHTTPRequestHandler):
    """Answers all with an empty list, and keeps the connection."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer."""
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "20")
        self.end_headers()
        self.wfile.write(b'{"datasetGroups":[]}')

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """A target at a server of this class, that was asked once."""
    server = request.param(("127.0.0.1", 0), Kept)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    made = load("http", TargetOptions(endpoint_url=url, call_timeout=0.5))
    assert ask(made, LIST).kind == "success"
    yield made
    made.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("target", [HTTPServer], indirect=True)
def test_connected__a_server_without_threads_is_asked_by_one(target: Target) -> None:
    """It answers no second connection; and the first goes on as before."""
    with connected(target, 3, Budget(10, 60.0), "us-east-1") as clients:
        assert clients == []
    assert ask(target, LIST).kind == "success"


@pytest.mark.parametrize("target", [ThreadingHTTPServer], indirect=True)
def test_connected__a_server_with_threads_is_asked_by_all(target: Target) -> None:
    """Each of them is answered."""
    with connected(target, 3, Budget(10, 60.0), "us-east-1") as clients:
        assert [ask(client, LIST).kind for client in clients] == ["success"] * 3
