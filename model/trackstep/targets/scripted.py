"""A service that says what it is told to say, for the conformance test of drivers: both services, each on a port.

Owns the HTTP of it: what came, as it came, and the one answer that is given to all. Knows nothing of drivers.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

CUT, SILENCE = "cut", "silence"
"""In place of an answer: the connection is cut, or nothing comes."""


class Reply(NamedTuple):
    """An answer; ``body`` is CUT or SILENCE where there is none."""

    status: int = 200
    body: str = "{}"
    kind: str = "application/x-amz-json-1.1"


class Seen(NamedTuple):
    """One request as it arrived: at which service's port, for which region it was signed, its body read as JSON."""

    service: str
    target: str
    region: str
    body: Any


@dataclass
class Service:
    """Both services. Set ``reply`` before a call; ``seen`` holds what arrived since it was last emptied."""

    reply: Reply = field(default_factory=Reply)
    seen: list[Seen] = field(default_factory=list)
    urls: dict[str, str] = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that goes away is what some answers are for."""


def _handler(service: str, about: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            try:
                body = json.loads(raw or b"{}")
            except ValueError:
                body = raw
            scope = re.search(r"Credential=[^/]*/\d+/([^/]*)/", self.headers.get("authorization") or "")
            target = self.headers.get("x-amz-target") or ""
            about.seen.append(Seen(service, target, scope[1] if scope else "", body))
            reply = about.reply
            if reply.body in (CUT, SILENCE):
                if reply.body == SILENCE:
                    about.done.wait(30.0)
                self.close_connection = True
                return
            content = reply.body.encode()
            self.send_response(reply.status)
            self.send_header("content-type", reply.kind)
            self.send_header("x-amzn-requestid", "00000000-0000-4000-8000-000000000000")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler


@contextmanager
def service() -> Iterator[Service]:
    """A scripted service that listens on two free loopback ports while the block lasts."""
    about = Service()
    servers = {name: _Server(("127.0.0.1", 0), _handler(name, about)) for name in ("personalize", "personalize-events")}
    threads = [
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        for server in servers.values()
    ]
    for thread in threads:
        thread.start()
    about.urls = {name: f"http://127.0.0.1:{server.server_port}" for name, server in servers.items()}
    try:
        yield about
    finally:
        about.done.set()
        for server, thread in zip(servers.values(), threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()
