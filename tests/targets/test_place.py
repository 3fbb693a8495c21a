"""Calls go where they were told to go, and nowhere else whatever the machine has configured."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from tests.targets.conftest import Serve, json_answer
from trackstep.errors import UsageError
from trackstep.operation import Operation
from trackstep.targets import TargetOptions, load, place, protocol
from trackstep.targets.asking import ask
from trackstep.targets.boto import BotoTarget
from trackstep.targets.http import HttpTarget

LIST = Operation("ListDatasetGroups")
NOBODY = "http://127.0.0.1:9"
HERE = ["http://127.0.0.1:5000", "http://127.255.0.3", "http://[::1]:80/", "http://localhost:1", "https://LOCALHOST/"]
AWAY = [
    "http://10.0.0.1:5000", "https://personalize.us-east-1.amazonaws.com", "http://host.docker.internal:5000",
    "http://emulator:5000", "http://localhost.example:80", "http://0.0.0.0:5000", "http://[::]:1", "http://128.0.0.1",
    "http://[fe80::1%25lo]:80", "http://127.0.0.1.example", "https://api.example",
]  # fmt: skip
NEITHER = [
    "", None, "localhost", "ftp://localhost", "http://", "http://localhost:0", "http://localhost:99999", "http://[::1",
    "http://127.0.0.1:80@example.com/", "http://example.com\\@127.0.0.1/", "http://127.0.0.1 .example/",
    "http://127.0.0.1#@example.com/", "http://127.0.0.1?@example.com/", "http://example.com\t@127.0.0.1",
]  # fmt: skip
"""URLs of which two readers could take different hosts, or none."""
NAMES = {"localhost": ["127.0.0.1"], "here.test": ["127.0.0.1", "::1"], "both.test": ["127.0.0.1", "10.1.1.1"]}


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name is asked of the network."""
    asked = socket.getaddrinfo

    def found(host: str, *words: Any, **named: Any) -> list[Any]:
        if host[:1].isdigit() and not host.strip("0123456789."):
            return asked(host, *words, **named)
        if host not in NAMES:
            raise socket.gaierror("unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in NAMES[host]]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.parametrize("url", [*HERE, "http://here.test:1"])
def test_place__this_machine(url: str) -> None:
    """Loopback addresses, localhost, and names that resolve to nothing else are this machine."""
    assert place.is_loopback(url)


@pytest.mark.parametrize("url", [*AWAY, "http://both.test"])
def test_place__another_machine_needs_remote(url: str) -> None:
    """Anything else needs the word, whether it is the endpoint or where the events go."""
    assert place.host_of(url)
    assert not place.is_loopback(url)
    for options in (TargetOptions(url), TargetOptions(NOBODY, url)):
        with pytest.raises(UsageError, match=r"is not on this machine.*add --remote"):
            load("http", options)


@pytest.mark.parametrize("url", NEITHER)
def test_place__a_url_that_can_be_read_in_two_ways_is_none(url: str | None) -> None:
    """No URL is sent to whose host another reader may take for a different one."""
    assert not place.host_of(url)
    assert not place.is_loopback(url)
    with pytest.raises(UsageError, match="wants http://host:port"):
        load("http", TargetOptions(url, remote=True))


def test_place__the_real_service_behind_boto3_needs_remote() -> None:
    """A target of one's own that leaves the endpoint to boto3 means the real service."""
    target = BotoTarget(TargetOptions())
    with pytest.raises(UsageError, match="the real service"):
        target.call(LIST)


HOSTILE = {
    "AWS_ENDPOINT_URL": NOBODY, "AWS_ENDPOINT_URL_PERSONALIZE": NOBODY, "AWS_ENDPOINT_URL_PERSONALIZE_EVENTS": NOBODY,
    "AWS_PROFILE": "nobody", "AWS_DEFAULT_PROFILE": "nobody", "HTTP_PROXY": NOBODY, "HTTPS_PROXY": NOBODY,
    "ALL_PROXY": NOBODY, "http_proxy": NOBODY, "https_proxy": NOBODY, "all_proxy": NOBODY,
    "AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true", "AWS_DEFAULTS_MODE": "nonsense",
    "AWS_DATA_PATH": "/nowhere", "AWS_RETRY_MODE": "nonsense", "AWS_MAX_ATTEMPTS": "many", "AWS_CA_BUNDLE": "/nowhere",
    "AWS_SESSION_TOKEN": "token", "TEST_SERVER_MODE": "true", "AWS_DEFAULT_REGION": "nowhere",
}  # fmt: skip
"""Settings of a machine, each of which leads elsewhere or into an error."""


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which everything is configured that can be, wrongly."""
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "config").write_text("[profile other]\nendpoint_url = http://127.0.0.1:9\nthis is no INI file [[[\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path))


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("name", ["emulator", "served"])
def test_ours__nothing_of_the_machine_is_heard(name: str) -> None:
    """Each service is answered by our own emulator, whatever the environment and the files say."""
    target = load(name, TargetOptions())
    try:
        assert target.call(LIST).result == {"datasetGroups": []}
        assert target.call(Operation("PutEvents", {"trackingId": "t"})).code == "InvalidInputException"
        assert not getattr(target, "notice", "")
    finally:
        target.close()


@pytest.mark.usefixtures("hostile")
def test_moto__nothing_of_the_machine_is_heard() -> None:
    """moto as released answers in process."""
    target = load("moto", TargetOptions())
    try:
        assert ask(target, LIST).kind == "unsupported"
    finally:
        target.close()


SETTING = {n: v for n, v in HOSTILE.items() if "PROXY" in n.upper() or "ENDPOINT" in n}


def test_http__loopback_hears_of_no_proxy_and_no_other_endpoint(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint on loopback is reached directly, with the credentials of the machine."""
    for name, value in SETTING.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    heard: list[str] = []

    def answer(headers: dict[str, str], body: bytes) -> Any:
        heard.append(headers["authorization"])
        return json_answer(200, {"datasetGroups": []})

    target = HttpTarget(TargetOptions(serve(answer)))
    assert target.call(LIST).kind == "success"
    assert "Credential=mine/" in heard[0]
    target.close()


def test_stdio__a_driver_on_loopback_is_given_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither proxies nor other endpoints are in the environment of a driver that sends to loopback."""
    for name, value in SETTING.items():
        monkeypatch.setenv(name, value)
    given = protocol.environment("http://127.0.0.1:1")
    assert NOBODY not in given.values()
    assert given["NO_PROXY"] == "*"
    assert "AWS_USE_FIPS_ENDPOINT" not in given
    assert protocol.environment("https://api.example")["HTTPS_PROXY"] == NOBODY


def test_http__remote_is_told_with_account_and_region(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where calls leave the machine, the line says where to, in whose account and region, before any is made."""
    asked: list[bytes] = []

    def answer(headers: dict[str, str], body: bytes) -> Any:
        asked.append(body)
        told = b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>210987654321</Account>"
        return 200, "text/xml", told + b"</GetCallerIdentityResult></GetCallerIdentityResponse>"

    url = serve(answer)
    monkeypatch.setattr(place, "is_loopback", lambda url: False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "mine")
    target = HttpTarget(TargetOptions(url, remote=True, region="eu-west-1"))
    assert target.notice == f"creating and deleting at {url}, in account 210987654321, region eu-west-1"
    assert not target.regions_are_separate
    assert len(asked) == 1
    silent = HttpTarget(TargetOptions(serve(json_answer(400, {"__type": "UnknownOperationException"})), remote=True))
    assert silent.notice.endswith("in an account that it does not tell, region us-east-1")
    for used in (target, silent):
        used.close()
