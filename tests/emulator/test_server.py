"""``trackstep serve`` answers whatever comes as the service would: in JSON, never with a 500, and without a word."""

from __future__ import annotations

import http.client
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trackstep import emulator
from trackstep.cli import main
from trackstep.emulator import server
from trackstep.emulator.models import PersonalizeBackend, personalize_backends
from trackstep.emulator.responses import BESIDE, OPERATIONS, Response

JSON = {"application/json", "application/x-amz-json-1.1"}
UNKNOWN = b'{"__type":"UnknownOperationException"}'
LIST = {"X-Amz-Target": "AmazonPersonalize.ListEventTrackers"}
SCOPE = "AWS4-HMAC-SHA256 Credential=a/20260101/{}/personalize/aws4_request, SignedHeaders=host, Signature=0"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A served emulator."""
    with emulator.progression("immediate"), server.running() as url:
        yield url


@pytest.fixture(autouse=True)
def nothing_is_said(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Whatever was asked, the server's terminal stays as it was."""
    yield
    assert capfd.readouterr() == ("", "")


def connect(url: str) -> socket.socket:
    """A connection to it."""
    return socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=20)


def answered(connection: socket.socket, method: str = "POST") -> tuple[int, dict[str, str], bytes]:
    """The next answer on a connection: its status, headers and body, to the last byte."""
    came = http.client.HTTPResponse(connection, method=method)
    came.begin()
    body = came.read()
    headers = {name.lower(): value for name, value in came.getheaders()}
    if method != "HEAD":
        assert len(body) == int(headers["content-length"])
    return came.status, headers, body


def exchange(url: str, raw: bytes, method: str = "POST") -> tuple[int, dict[str, str], bytes]:
    """Send these bytes, and read the first answer."""
    with connect(url) as connection:
        connection.sendall(raw)
        return answered(connection, method)


def request(method: str, path: str, headers: dict[str, str], body: bytes, version: str = "1.1") -> bytes:
    """A request as it stands on the wire."""
    told = {"Host": "localhost", "Content-Length": str(len(body))} | headers
    lines = [f"{method} {path} HTTP/{version}", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def is_the_services(status: int, headers: dict[str, str], body: bytes) -> bool:
    """Whether an answer has the form of one of the service's."""
    parsed = json.loads(body or b"{}")
    named = isinstance(parsed.get("__type"), str) or "x-amzn-errortype" in headers
    good = headers["content-type"] in JSON and "x-amzn-requestid" in headers and isinstance(parsed, dict)
    return good and (status == 200 or (400 <= status < 500 and named))


LINE = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)
VALUE = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40).map(
    str.strip
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = (
    "name", "datasetGroupArn", "eventTrackerArn", "resourceArn", "tags", "tagKeys", "maxResults", "nextToken", "domain",
    "schema", "schemaArn", "datasetArn", "datasetType", "trackingId", "sessionId", "userId", "eventList",
)  # fmt: skip
GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/g"
TRACKER = "arn:aws:personalize:us-east-1:123456789012:event-tracker/e2a7ea4c"
TAG = {"tagKey": "a", "tagValue": "b"}
GOOD = st.sampled_from(["g", GROUP, TRACKER, f"{GROUP}-create-failed", 1, 100, [TAG], [TAG, TAG], ["a"], "ECOMMERCE"])
PARAMS = st.dictionaries(st.sampled_from(MEMBERS), GOOD | JUNK, max_size=5)
BODIES = st.one_of(PARAMS, JUNK).map(lambda params: json.dumps(params).encode()) | st.binary(max_size=60)
TARGETS = st.sampled_from(sorted({f"AmazonPersonalize.{name}" for name in OPERATIONS | BESIDE})) | st.sampled_from(
    ["", "AmazonPersonalize", "AmazonPersonalize.", "AmazonPersonalize.Dispatch", "AmazonPersonalize.CallAction", "x.y",
     "AmazonPersonalize._getAction", "AmazonPersonalize.CreateCampaign", "AmazonPersonalizeRuntime.ListEventTrackers"]
) | VALUE  # fmt: skip
TYPES = ("application/x-amz-json-1.1", "application/x-www-form-urlencoded")
REGIONS = st.sampled_from(["us-east-1", "xx-nowhere-9", "cn-north-1", "a"]) | LINE
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "X-Amz-Target": TARGETS,
        "Authorization": REGIONS.map(SCOPE.format) | VALUE | st.just("AWS4"),
        "Host": REGIONS.map(lambda region: f"personalize.{region}.amazonaws.com") | LINE,
        "Content-Type": st.sampled_from([*TYPES, "multipart/form-data; boundary=x", "text/html"]) | VALUE,
        "Content-Encoding": st.sampled_from(["gzip", "br"]),
        "Accept": VALUE,
        "Cookie": VALUE,
        "X-Moto-Account-Id": VALUE,
        "User-Agent": VALUE,
        "Connection": st.sampled_from(["close", "keep-alive"]),
        "Expect": st.just("100-continue") | VALUE,
    },
)  # fmt: skip
OTHERS = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "post", "X-Y")
METHODS = st.just("POST") | st.just("POST") | st.sampled_from(OTHERS)
ODD = (
    "/items",
    "/action-interactions",
    "/_trackstep/events?trackingId=x",
    "//",
    "/?a=b",
    "/moto-api",
    "*",
    "http://x/",
    "/%00%ff",
)
PATHS = st.sampled_from(["/", "/", "/events"]) | st.sampled_from(ODD)
NEARLY = rb"(POST|GET) [^\r\n]{0,20}( HTTP/[0-9.]{0,4})?\r\n([^\r\n]{0,30}\r\n){0,4}\r\n"
EACH = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@EACH
@given(METHODS, PATHS | LINE.map("/".__add__), HEADERS, BODIES, st.sampled_from(["1.1", "1.1", "1.0"]))
def test_serve__any_request(
    url: str, method: str, path: str, headers: dict[str, str], body: bytes, version: str
) -> None:
    """Any request that is HTTP gets an answer of the service's, and the next one on the connection too."""
    with connect(url) as connection:
        connection.sendall(request(method, path, headers, body, version))
        status, came, content = answered(connection, method)
        told = UNKNOWN if method == "HEAD" else content  # of HEAD there is no body
        assert is_the_services(status, came, told), (status, came, content)
        if version == "1.1" and headers.get("Connection") != "close":
            assert "connection" not in came
            connection.sendall(request("POST", "/", LIST, b"{}"))
            assert answered(connection)[0] == 200


@EACH
@given(st.binary(min_size=1, max_size=200) | st.from_regex(NEARLY, fullmatch=True))
def test_serve__any_bytes(url: str, raw: bytes) -> None:
    """Any bytes get an answer of the service's or an end of the connection, never HTML, and never a 500."""
    with connect(url) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        came = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b"<html" not in came.lower()
    assert not re.search(rb"HTTP/1\.[01] 5\d\d", came)
    assert b"text/" not in came
    assert exchange(url, request("POST", "/", LIST, b"{}"))[0] == 200


NO_HTTP = {
    "a length that is none": request("POST", "/", {"Content-Length": "many"}, b"{}"),
    "a length below nothing": request("POST", "/", {"Content-Length": "-5"}, b"{}"),
    "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "chunks that are none": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nmany\r\n{}\r\n",
    "chunks and a length": request("POST", "/", {"Transfer-Encoding": "chunked"}, b"0\r\n\r\n"),
    "another coding": b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n{}",
    "a URL that is none": request("POST", "http://[/", {}, b""),
    "a line too long": b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    "too many headers": b"GET / HTTP/1.1\r\n" + b"".join(b"a%d: b\r\n" % n for n in range(200)) + b"\r\n",
    "another version": b"GET / HTTP/9.9\r\n\r\n",
    "a handshake of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a verb alone": b"POST\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("case", NO_HTTP)
def test_serve__what_is_no_http_is_answered_in_json(case: str, url: str) -> None:
    """Where http.server would answer in HTML, the answer is JSON, and the connection ends."""
    status, headers, body = exchange(url, NO_HTTP[case])
    assert 400 <= status < 500
    assert is_the_services(status, headers, body)
    assert headers["connection"] == "close"


def test_serve__chunks_are_read(url: str) -> None:
    """A body in chunks is a body, and the connection goes on."""
    with connect(url) as connection:
        for _ in range(2):
            head = request("POST", "/", {**LIST, "Transfer-Encoding": "chunked"}, b"").replace(b"Content-Length", b"X")
            connection.sendall(head + b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n")
            assert answered(connection)[2] == b'{"eventTrackers":[]}'


def test_serve__expect_100_is_answered_before_the_body_comes(url: str) -> None:
    """A client that waits for 100 Continue gets it at once; one whose body would be too large is told so instead."""
    waiting = {**LIST, "Expect": "100-continue", "Content-Length": "2"}
    with connect(url) as connection:
        connection.sendall(request("POST", "/", waiting, b""))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert answered(connection)[0] == 200
    assert exchange(url, request("POST", "/", {**waiting, "Content-Length": str(2**40)}, b""))[0] == 413


@pytest.mark.parametrize("chunked", [False, True])
def test_serve__a_body_beyond_all_bounds(chunked: bool, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused in JSON, without being kept."""
    monkeypatch.setattr(server, "MOST", 1000)
    body = b"a" * 5000
    raw = request("POST", "/", LIST, body)
    if chunked:
        raw = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n" + body + b"\r\n0\r\n\r\n"
    status, headers, content = exchange(url, raw)
    assert (status, headers["connection"]) == (413, "close")
    assert json.loads(content)["__type"] == "RequestEntityTooLargeException"


def test_serve__head_has_no_body(url: str) -> None:
    """HEAD is answered as the rest, without the body, and the connection goes on."""
    with connect(url) as connection:
        for _ in range(2):
            connection.sendall(request("HEAD", "/", {}, b""))
            status, headers, body = answered(connection, "HEAD")
            assert (status, headers["content-length"], body) == (400, str(len(UNKNOWN)), b"")


def test_serve__a_region_that_moto_does_not_list(url: str) -> None:
    """A new region of AWS is a region: what is made there is there and nowhere else."""
    words = {"endpoint_url": url, "aws_access_key_id": "a", "aws_secret_access_key": "b", "config": Config(proxies={})}
    with ExitStack() as used:

        def client(region: str) -> Any:
            made: Any = boto3.client("personalize", region_name=region, **words)  # type: ignore[call-overload]
            used.callback(made.close)
            return made

        there = client("xx-nowhere-9")
        arn = there.create_dataset_group(name="far")["datasetGroupArn"]
        assert arn == "arn:aws:personalize:xx-nowhere-9:123456789012:dataset-group/far"
        assert [group["name"] for group in there.list_dataset_groups()["datasetGroups"]] == ["far"]
        assert client("us-east-2").list_dataset_groups()["datasetGroups"] == []


def test_serve__a_client_that_goes_away_is_no_news(url: str) -> None:
    """A body that is cut off, and a connection that is reset, are the client's affair."""
    for _ in range(3):
        with connect(url) as connection:
            connection.sendall(request("POST", "/", {**LIST, "Content-Length": "9"}, b"{"))
        with connect(url) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.sendall(request("POST", "/", LIST, b"{}"))
    time.sleep(0.1)
    assert exchange(url, request("POST", "/", LIST, b"{}"))[0] == 200


def test_serve__a_fault_of_the_emulators_own_is_told_in_one_line(
    url: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The caller gets JSON, and whoever runs the server one line."""

    def broken(*_: object) -> None:
        raise KeyError("no such\nthing")

    monkeypatch.setattr(Response, "asked", broken)
    status, headers, body = exchange(url, request("POST", "/", LIST, b"{}"))
    assert (status, headers["content-type"]) == (500, "application/x-amz-json-1.1")
    assert json.loads(body)["__type"] == "InternalFailure"
    assert len(capfd.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("host", ["nowhere.invalid", "", "a" * 80, "300.1.1.1", "::g", "a b", "192.0.2.1"])
def test_serve__a_host_that_is_none_of_ours_is_one_line(host: str) -> None:
    """Exit code 2, and what to do."""
    done = CliRunner().invoke(main, ["serve", "--port", "0", "--host", host])
    assert done.exit_code == 2
    said = " ".join(done.output.split())
    assert re.fullmatch(r"trackstep: cannot listen on .*; choose another with --port or --host", said)


def test_backend_that_stands_in_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """An emulator with a bug of its own is made as docs/tutorial.md says; each new region has it."""

    class Ours(PersonalizeBackend):
        def describe_event_tracker(self, arn: str) -> dict[str, Any]:
            return {"eventTrackerArn": f"{arn} of {self.region_name}"}

    monkeypatch.setattr(personalize_backends, "backend", Ours)
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "210987654321")  # that nobody has asked before
    with server.running() as url:
        for region in ("us-east-1", "eu-west-3"):
            headers = {"X-Amz-Target": "AmazonPersonalize.DescribeEventTracker", "Authorization": SCOPE.format(region)}
            arn = f"arn:aws:personalize:{region}:210987654321:event-tracker/a936db22"
            body = json.dumps({"eventTrackerArn": arn}).encode()
            assert arn + f" of {region}" in exchange(url, request("POST", "/", headers, body))[2].decode()
    personalize_backends.reset()
