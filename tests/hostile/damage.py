"""How an answer can be bad: the table that the tests of this folder are generated from.

``VALUES`` change the JSON of a true answer, ``BODIES`` its bytes, ``WIRES`` what goes over the connection in place of
it. Each is a function; none knows trackstep.
"""

from __future__ import annotations

import gzip
import json
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

DEEP = 100_000
DRIP = 0.02
"""Seconds between two bytes that drip."""

# -- values --------------------------------------------------------------------------------------

Value = Callable[[Any], Any]
"""From a leaf of an answer to what stands there instead."""

JUNK: dict[str, Any] = {
    "null": None,
    "true": True,
    "zero": 0,
    "minus-one": -1,
    "a-fraction": 0.1,
    "text": "x",
    "empty-text": "",
    "list": [],
    "object": {},
    "list-of-null": [None],
    "nested": {"a": {"b": [[]]}},
    "nanoseconds": 1620828853579000000,
    "beyond-any-clock": 1e300,
    "before-any-clock": -1e300,
    "nan": float("nan"),
    "infinity": float("inf"),
    "minus-infinity": float("-inf"),
    "4000-digits": 10**4000,
    "lone-surrogate": "\ud800",
    "nul": "a\0b",
    "terminal": "\x1b]0;x\x07\x1b[31m\r\n",
    "right-to-left": "\u202e\u2066",
    "markup": "[/red]<script>]]>&",
    "long-text": "é" * 100_000,
    "many-items": [{"a": 1}] * 5_000,
    "90-deep": json.loads("[" * 90 + "]" * 90),
    "an-arn-of-nothing": "arn:aws:personalize",
    "reference": "$A.arn",
}
"""What may stand in the place of any value."""


def in_place(junk: Any, kind: type | tuple[type, ...]) -> Callable[[Any], Any]:
    """The answer with junk in the place of each leaf of some kind; the structure stays."""

    def change(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: change(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [change(inner) for inner in value]
        return junk if isinstance(value, kind) and not isinstance(value, bool) else value

    return change


def at_the_top(junk: Any) -> Callable[[Any], Any]:
    """The answer with junk in the place of each member."""
    return lambda answer: dict.fromkeys(answer, junk) if isinstance(answer, dict) else answer


def without(number: int) -> Callable[[Any], Any]:
    """The answer without its so-many-th member, at each level."""

    def change(value: Any) -> Any:
        if isinstance(value, dict):
            names = [name for place, name in enumerate(value) if place != number]
            return {name: change(value[name]) for name in names}
        return [change(inner) for inner in value] if isinstance(value, list) else value

    return change


VALUES: dict[str, Callable[[Any], Any]] = {
    **{f"{name}-for-texts": in_place(junk, str) for name, junk in JUNK.items()},
    **{f"{name}-for-numbers": in_place(junk, (int, float)) for name, junk in JUNK.items()},
    **{f"{name}-for-members": at_the_top(junk) for name, junk in JUNK.items()},
    **{f"without-member-{number}": without(number) for number in range(3)},
    "more-members": lambda answer: {**answer, "more": 1, "": None, "__type": "x"},
    "a-token-for-ever": lambda answer: {**answer, "nextToken": "again"},
    "a-token-of-a-mebibyte": lambda answer: {**answer, "nextToken": "t" * 2**20},
    "a-number-for-a-token": lambda answer: {**answer, "nextToken": 7},
    "each-item-twice": lambda answer: {n: v * 2 if isinstance(v, list) else v for n, v in answer.items()},
}
"""Name -> the damage that is done to the JSON of a success."""

# -- bodies --------------------------------------------------------------------------------------

BODIES: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda body: b"",
    "half": lambda body: body[: len(body) // 2],
    "twice": lambda body: body * 2,
    "null": lambda body: b"null",
    "array": lambda body: b"[" + body + b"]",
    "text": lambda body: json.dumps(body.decode()).encode(),
    "html": lambda body: b"<!doctype html><title>502</title>",
    "xml": lambda body: b"<?xml version='1.0'?><ErrorResponse/>",
    "blanks": lambda body: b" " * 2**20,
    "not-utf-8": lambda body: body.replace(b'"', b'"\xff', 1),
    "utf-16": lambda body: body.decode().encode("utf-16"),
    "byte-order-mark": lambda body: b"\xef\xbb\xbf" + body,
    "nuls": lambda body: bytes(len(body)),
    "5000-digits": lambda body: b'{"a": ' + b"9" * 5000 + b"}",
    "1e999": lambda body: b'{"a": 1e999}',
    "100000-deep": lambda body: b'{"a": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "900-deep": lambda body: b'{"a": ' + b"[" * 900 + b"]" * 900 + b"}",
    "members-twice": lambda body: b'{"eventTracker": 1, "eventTracker": {}}',
    "zipped": gzip.compress,
}
"""Name -> what is made of the bytes of the body; its length is told truly."""

ERRORS: dict[str, tuple[int, bytes]] = {
    "a-number-for-a-type": (400, b'{"__type": 7, "message": 8}'),
    "a-list-for-a-type": (400, b'{"__type": ["x"], "message": {"a": 1}}'),
    "null-for-a-type": (400, b'{"__type": null, "message": null}'),
    "no-type": (400, b"{}"),
    "a-hash-for-a-type": (400, b'{"__type": "#"}'),
    "a-surrogate-for-a-type": (400, b'{"__type": "\\ud800", "message": "\\udfff"}'),
    "a-terminal-for-a-type": (400, b'{"__type": "\\u001b[31mX\\n\\n", "message": "\\r\\n\\u0007"}'),
    "a-type-of-a-mebibyte": (400, b'{"__type": "' + b"T" * 2**20 + b'"}'),
    "a-message-of-a-mebibyte": (400, b'{"__type": "InvalidInputException", "message": "' + b"m" * 2**20 + b'"}'),
    "not-found-for-all": (400, b'{"__type": "ResourceNotFoundException", "message": "m"}'),
    "invalid-for-all": (400, b'{"__type": "InvalidInputException", "message": "m"}'),
    "access-denied-for-all": (400, b'{"__type": "AccessDeniedException", "message": "m"}'),
    "limit-exceeded-for-all": (400, b'{"__type": "LimitExceededException", "message": "m"}'),
    "throttled-for-all": (400, b'{"__type": "ThrottlingException", "message": "m"}'),
    "unknown-operation": (400, b'{"__type": "UnknownOperationException"}'),
    **{f"status-{status}": (status, b'{"__type": "X", "message": "m"}') for status in (
        199, 204, 205, 206, 226, 300, 301, 302, 304, 307, 399, 401, 403, 404, 405, 408, 409, 410, 413, 418, 429, 499,
        500, 501, 502, 503, 504, 505, 599, 600, 999,
    )},
}  # fmt: skip
"""Name -> the answer to each request, of a status and a body."""

# -- the wire ------------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\nx-amzn-requestid: r\r\n"


def _sent(*parts: bytes) -> Callable[[socket.socket, bytes], None]:
    """Send these and close; ``BODY`` and ``LENGTH`` stand for the true body and its length."""

    def send(connection: socket.socket, body: bytes) -> None:
        text = b"".join(parts).replace(b"LENGTH", str(len(body)).encode()).replace(b"BODY", body)
        connection.sendall(text)

    return send


def _dripping(head: bytes, forever: bytes) -> Callable[[socket.socket, bytes], None]:
    """Send the head, then the rest byte by byte, again and again."""

    def send(connection: socket.socket, body: bytes) -> None:
        connection.sendall(head)
        until = time.monotonic() + 20.0
        while time.monotonic() < until:
            for byte in forever:
                connection.sendall(bytes([byte]))
                time.sleep(DRIP)

    return send


def _pouring(head: bytes, forever: bytes, most: int) -> Callable[[socket.socket, bytes], None]:
    """Send the head, then so many bytes as fast as they go."""

    def send(connection: socket.socket, body: bytes) -> None:
        connection.sendall(head)
        part = forever * (2**16 // len(forever))
        for _ in range(most // len(part)):
            connection.sendall(part)

    return send


def _reset(after: bytes) -> Callable[[socket.socket, bytes], None]:
    """Send some of it, then have the connection reset."""

    def send(connection: socket.socket, body: bytes) -> None:
        connection.sendall(after.replace(b"LENGTH", str(len(body)).encode()).replace(b"HALF", body[: len(body) // 2]))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return send


def _hang(connection: socket.socket, body: bytes) -> None:
    time.sleep(1.0)


ENDLESS = 64 * 2**20
"""Bytes that pour before the server gives up; the client should have, long before."""
LONG = HEAD + b"content-length: LENGTH\r\n"
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"
WIRES: dict[str, Callable[[socket.socket, bytes], None]] = {
    "closed-at-once": _sent(),
    "hangs": _hang,
    "reset-at-once": _reset(b""),
    "reset-in-the-status": _reset(b"HTTP/1.1 2"),
    "reset-in-the-headers": _reset(HEAD),
    "reset-after-the-headers": _reset(LONG + b"\r\n"),
    "reset-in-the-body": _reset(LONG + b"\r\nHALF"),
    "shorter-than-it-says": _sent(HEAD, b"content-length: 100000\r\n\r\nBODY"),
    "longer-than-it-says": _sent(HEAD, b"content-length: 2\r\n\r\nBODY"),
    "a-negative-length": _sent(HEAD, b"content-length: -1\r\n\r\nBODY"),
    "no-number-for-a-length": _sent(HEAD, b"content-length: many\r\n\r\nBODY"),
    "a-length-beyond-all": _sent(HEAD, b"content-length: ", b"9" * 30, b"\r\n\r\nBODY"),
    "two-lengths": _sent(LONG, b"content-length: 7\r\n\r\nBODY"),
    "no-length": _sent(HEAD, b"\r\nBODY"),
    "chunk-cut": _sent(CHUNKED, b"40\r\n{"),
    "chunk-without-end": _sent(CHUNKED, b"2\r\n{}\r\n"),
    "chunk-of-no-size": _sent(CHUNKED, b"zz\r\n{}\r\n0\r\n\r\n"),
    "chunk-of-a-negative-size": _sent(CHUNKED, b"-2\r\n{}\r\n0\r\n\r\n"),
    "chunk-beyond-all": _sent(CHUNKED, b"f" * 40, b"\r\n{}"),
    "chunked-and-a-length": _sent(LONG, b"transfer-encoding: chunked\r\n\r\nBODY"),
    "an-encoding-nobody-knows": _sent(LONG, b"transfer-encoding: rot13\r\n\r\nBODY"),
    "says-it-is-zipped": _sent(LONG, b"content-encoding: gzip\r\n\r\nBODY"),
    "a-zip-bomb": _sent(
        HEAD, b"content-encoding: gzip\r\nconnection: close\r\n\r\n", gzip.compress(bytes(50 * 2**20), 9)
    ),
    "redirect-to-itself": _sent(b"HTTP/1.1 307 X\r\nlocation: /\r\ncontent-length: 0\r\n\r\n"),
    "redirect-to-elsewhere": _sent(b"HTTP/1.1 301 X\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n"),
    "switching-protocols": _sent(b"HTTP/1.1 101 X\r\nupgrade: websocket\r\n\r\nBODY"),
    "no-content-with-content": _sent(b"HTTP/1.1 204 X\r\ncontent-length: LENGTH\r\n\r\nBODY"),
    "not-modified": _sent(b"HTTP/1.1 304 X\r\n\r\n"),
    "a-hundred-continues": _sent(b"HTTP/1.1 100 Continue\r\n\r\n" * 100, LONG, b"\r\nBODY"),
    "continue-for-ever": _pouring(b"", b"HTTP/1.1 100 Continue\r\n\r\n", ENDLESS),
    "a-status-of-four-digits": _sent(b"HTTP/1.1 2000 OK\r\n\r\nBODY"),
    "a-status-of-letters": _sent(b"HTTP/1.1 OK OK\r\n\r\nBODY"),
    "a-status-without-a-reason": _sent(b"HTTP/1.1 200\r\ncontent-length: LENGTH\r\n\r\nBODY"),
    "http-of-old": _sent(b"HTTP/0.9 200 OK\r\n\r\nBODY"),
    "http-1.0": _sent(b"HTTP/1.0 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\n\r\nBODY"),
    "no-http": _sent(b"BODY"),
    "another-protocol": _sent(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "a-tls-alert": _sent(b"\x15\x03\x01\x00\x02\x02\x46"),
    "header-without-colon": _sent(LONG, b"nonsense\r\n\r\nBODY"),
    "header-of-70-kibibytes": _sent(LONG, b"x: ", b"y" * 70_000, b"\r\n\r\nBODY"),
    "header-with-nul": _sent(LONG, b"x-a: \0\x01\r\n\r\nBODY"),
    "header-not-ascii": _sent(LONG, b"x-\xff: \xfe\xff\r\n\r\nBODY"),
    "header-folded": _sent(LONG, b"x-a: b\r\n  c\r\n\r\nBODY"),
    "headers-twice": _sent(LONG, b"content-type: text/html\r\nx-amzn-requestid: s\r\n\r\nBODY"),
    "200-headers": _sent(LONG, b"".join(b"x-%d: y\r\n" % number for number in range(200)), b"\r\nBODY"),
    "line-feeds-only": _sent(LONG.replace(b"\r\n", b"\n"), b"\nBODY"),
    "headers-for-ever": _pouring(HEAD, b"x: y\r\n", ENDLESS),
    "a-header-for-ever": _pouring(HEAD + b"x: ", b"y", ENDLESS),
    "a-body-for-ever": _pouring(HEAD + b"\r\n", b" ", ENDLESS),
    "chunks-for-ever": _pouring(CHUNKED, b"1\r\n \r\n", ENDLESS),
    "a-chunk-size-for-ever": _pouring(CHUNKED, b"0", ENDLESS),
    "trailers-for-ever": _pouring(CHUNKED + b"2\r\n{}\r\n0\r\n", b"x: y\r\n", ENDLESS),
    "status-drips": _dripping(b"", b"HTTP/1.1 200 OK and so on "),
    "headers-drip": _dripping(HEAD, b"x-a: b\r\n"),
    "continues-drip": _dripping(b"", b"HTTP/1.1 100 C\r\n\r\n"),
    "body-drips": _dripping(HEAD + b"content-length: 1000000\r\n\r\n", b" "),
    "chunks-drip": _dripping(CHUNKED, b"1\r\n \r\n"),
}
"""Name -> what is sent in place of the true answer; the connection is closed after it."""
HEAVY: dict[str, Callable[[socket.socket, bytes], None]] = {
    "a-gibibyte": _pouring(HEAD + b"content-length: 1073741824\r\n\r\n", b" ", 2**30),
    "a-gibibyte-of-chunks": _pouring(CHUNKED, b"1000\r\n" + b" " * 4096 + b"\r\n", 2**30),
    "10-mebibytes-of-lists": _sent(HEAD, b"connection: close\r\n\r\n", b'{"a": [' + b"[]," * 3_400_000 + b"[]]}"),
    "10-mebibytes-of-trackers": _sent(
        HEAD, b"connection: close\r\n\r\n", b'{"eventTrackers": [' + b'{"name":"a"},' * 700_000 + b"{}]}"
    ),
}
"""The same, for memory and time: in each answer."""
