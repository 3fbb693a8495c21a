"""The emulator over HTTP: both services on one port."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.request import Request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler
from werkzeug.serving import make_server as werkzeug_server
from werkzeug.wrappers import Response

from .models import personalize_backends
from .responses import PersonalizeEventsResponse, PersonalizeResponse


class ServerRequest(Request):
    """moto's request, from a real server."""

    from_wsgi_server = True


class QuietHandler(WSGIRequestHandler):
    """HTTP/1.1, one write an answer, no log."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The WSGI application."""
    request = ServerRequest(environ)
    where = (request.method, request.path)
    if where == ("POST", "/moto-api/reset"):
        personalize_backends.reset()
        answer = Response("{}", content_type="application/json")
    elif where == ("GET", "/"):
        answer = Response("trackstep: personalize and personalize-events\n", content_type="text/plain")
    elif where in (("POST", "/"), ("POST", "/events")):
        kind = PersonalizeResponse if request.path == "/" else PersonalizeEventsResponse
        status, headers, body = kind.dispatch(request)
        answer = Response(body, status=status, headers=headers)
    else:
        answer = Response(json.dumps({"message": "Not found"}), status=404, content_type="application/json")
    return answer(environ, start_response)


def make_server(host: str, port: int, app: Any = application) -> BaseWSGIServer:
    """A server that is bound and not yet serving. Raises OSError if the port is taken."""
    import socket

    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))
    bound.listen(128)
    made = werkzeug_server(
        host,
        bound.getsockname()[1],
        app,
        threaded=True,
        request_handler=QuietHandler,
        fd=bound.fileno(),
    )
    bound.close()
    return made


def url_of(server: BaseWSGIServer) -> str:
    """Where it listens."""
    return f"http://{server.host}:{server.port}"


def serve(host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C, then return."""
    server = make_server(host, port)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)  # also where a shell started us in the background, and Ctrl-C is ignored
    on_ready(url_of(server))
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
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
