"""A small hostile server on loopback: the embedded emulator's answers, damaged on the way out."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from werkzeug.test import Client

from trackstep.emulator.models import personalize_backends
from trackstep.emulator.server import application

Where = Callable[[str, int], bool]
"""Whether the answer to an operation is damaged, and it is the so-many-th call."""
Wire = Callable[[socket.socket, bytes], None]
WHERE: dict[str, Where] = {
    "in each answer": lambda operation, call: True,
    "later": lambda operation, call: call > 20,
    "of a Create": lambda operation, call: operation.startswith("Create"),
    "of a List": lambda operation, call: operation.startswith("List") and call > 14,
    "of a Describe": lambda operation, call: operation.startswith("Describe") and call > 14,
    "now and then": lambda operation, call: call % 7 == 3,
}


class Damaged:
    """What goes wrong, and where."""

    def __init__(
        self, where: Where, body: Callable[[int, bytes], tuple[int, bytes]] | None = None, wire: Wire | None = None
    ) -> None:
        self.where, self.body, self.wire = where, body, wire
        self.calls = 0


def _request(connection: socket.socket) -> tuple[str, dict[str, str], bytes] | None:
    """The next request: path, headers, body; None where the other side is gone."""
    file = connection.makefile("rb")
    line = file.readline(65536).split()
    if len(line) < 2:
        return None
    headers: dict[str, str] = {}
    while (header := file.readline(65536).strip()) != b"":
        name, _, value = header.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return line[1].decode("latin-1"), headers, file.read(int(headers.get("content-length") or 0))


def _answer(about: Damaged, connection: socket.socket, client: Client) -> bool:
    """Answer one request; says whether the connection stays open."""
    asked = _request(connection)
    if asked is None:
        return False
    path, headers, sent = asked
    operation = headers.get("x-amz-target", "AmazonPersonalize.PutEvents").partition(".")[2]
    about.calls += 1
    hit = about.where(operation, about.calls)
    came = client.post(path, headers=headers, data=sent)
    status, body = came.status_code, came.data
    if hit and about.wire is not None:
        about.wire(connection, body)
        return False
    if hit and about.body is not None:
        status, body = about.body(status, body)
    kept = {name: value for name, value in came.headers.items() if name.lower() != "content-length"}
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in kept.items())]
    connection.sendall("\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode("latin-1") + body)
    return True


def _serve(about: Damaged, listening: socket.socket, lock: threading.Lock) -> None:
    client = Client(application)

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while _answer(about, connection, client):
                pass

    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=one, args=(connection,), daemon=True).start()


@contextmanager
def running(about: Damaged) -> Iterator[str]:
    """The URL of a server that does damage while the block lasts; what it holds is forgotten first."""
    personalize_backends.reset()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_serve, args=(about, listening, threading.Lock()), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def values(change: Callable[[Any], Any]) -> Callable[[int, bytes], tuple[int, bytes]]:
    """Damage to the JSON of a success; a refusal stays as it is."""

    def damage(status: int, body: bytes) -> tuple[int, bytes]:
        if status != 200 or not body:
            return status, body
        return status, json.dumps(change(json.loads(body))).encode()

    return damage
