"""What trackstep and a driver say to each other, one JSON object a line (docs/targets.md, "stdio").

Owns the form of the messages and the environment that a driver is started in. Knows nothing of processes and
pipes (child.py), and nothing of what an answer means (stdio.py).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trackstep.errors import TargetError, UsageError
from trackstep.operation import Operation
from trackstep.targets import place

VERSION = 1
KINDS = ("service", "client", "network", "unparsed", "unsupported", "configuration")
"""Who says no in an error: see the table in docs/targets.md."""
OURS = (
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
)  # fmt: skip
"""Settings that would be in the way of what a driver is told."""
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
"""Settings, in whatever case, that would lead calls to this machine away from it."""
OTHERS = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")
"""Settings that would win over dummy credentials, or go with others."""


class ContractError(TargetError):
    """A driver said something that the contract does not allow; the message says what."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first line of a driver: which SDK, its version and, where it says so, what runs it."""

    sdk: str
    version: str
    runtime: str = ""

    def __str__(self) -> str:
        return f"{self.sdk} {self.version}" + (f" ({self.runtime})" if self.runtime else "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a driver answered: ``result`` if the call was carried out, else an error of one of ``KINDS``.

    ``status`` is the HTTP status of an error where the SDK tells it. ``parsed``, where the driver reports it, says how
    a caller sees the answer: ``class`` of the exception, ``types`` of the values by their path.
    """

    result: Mapping[str, Any] | None = None
    kind: str = ""
    code: str = ""
    message: str = ""
    status: int | None = None
    parsed: Mapping[str, Any] = field(default_factory=dict)


def request(number: int, operation: Operation, parsed: bool = False) -> bytes:
    """The line that asks for one call: JSON in ASCII. Raises UsageError for a number that JSON does not have."""
    asked: dict[str, Any] = {
        "id": number, "operation": operation.name, "params": operation.params, "region": operation.region
    }  # fmt: skip
    try:
        return json.dumps(asked | ({"parsed": True} if parsed else {}), allow_nan=False).encode() + b"\n"
    except ValueError:
        raise UsageError(f"{operation.name}: JSON has no NaN and no Infinity, so no driver can be told them") from None


def hello(line: bytes) -> Hello:
    """Read the first line. Raises ContractError."""
    said = _object(line)
    version = said.get("protocol")
    if version != VERSION or isinstance(version, bool):
        told = f"has protocol {_short(version)}" if "protocol" in said else "has no member protocol"
        raise ContractError(f"its hello {told}; this trackstep speaks {VERSION}")
    for member in ("sdk", "version", "runtime"):
        value = said.get(member, "" if member == "runtime" else None)
        if not isinstance(value, str) or len(value) > 100 or not value.isprintable():
            raise ContractError(f"its hello has {member} {_short(value)}; wanted is a short string")
    return Hello(said["sdk"], said["version"], said.get("runtime", ""))


def answer(line: bytes) -> tuple[Any, Answer]:
    """Read any other line: the id that it answers, and the answer. Raises ContractError."""
    said = _object(line)
    if "id" not in said:
        raise ContractError(f"an answer without id: {inert(line)}")
    parsed = said.get("parsed", {})
    if not isinstance(parsed, dict):
        raise ContractError(f"parsed is {_short(parsed)}; wanted is an object with class and types")
    if ("ok" in said) == ("error" in said):
        raise ContractError(f"an answer wants either ok or error: {inert(line)}")
    if "ok" in said:
        if not isinstance(said["ok"], dict):
            raise ContractError(f"ok is {_short(said['ok'])}; wanted is an object, {{}} where nothing came back")
        return said["id"], Answer(said["ok"], parsed=parsed)
    return said["id"], _error(said["error"], parsed)


def _error(error: Any, parsed: Mapping[str, Any]) -> Answer:
    if not isinstance(error, dict):
        raise ContractError(f"error is {_short(error)}; wanted is an object with kind, code and message")
    kind, code, message = error.get("kind", "service"), error.get("code", ""), error.get("message", "")
    status = error.get("status")
    if kind not in KINDS:
        raise ContractError(f"error.kind is {_short(kind)}; wanted is one of {', '.join(KINDS)}")
    for member, value in (("code", code), ("message", message)):
        if not isinstance(value, str):
            raise ContractError(f"error.{member} is {_short(value)}; wanted is a string")
    if not isinstance(status, int | None) or isinstance(status, bool):
        raise ContractError(f"error.status is {_short(status)}; wanted is the HTTP status, a number")
    return Answer(None, kind, code, message, status, parsed)


def _object(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise ContractError(f"it wrote {inert(line)} to its standard output, which is for JSON objects only")
    return said


def inert(text: bytes | str, most: int = 80) -> str:
    """Text of a driver, quoted and cut: one line that no terminal obeys."""
    start = text[: 4 * most].decode("utf-8", "replace") if isinstance(text, bytes) else text[: 4 * most]
    shown = ascii(start.strip())
    return shown if len(shown) <= most and len(text) <= 4 * most else f"{shown[:most]}…"


def _short(value: Any) -> str:
    return inert(json.dumps(value)[:200], 40)


def environment(
    endpoint_url: str, events_endpoint_url: str | None = None, call_timeout: float = 10.0, dummies: bool = True
) -> dict[str, str]:
    """The environment of a driver, on top of our own: where to send, as whom, and how long to wait for an answer.

    ``call_timeout`` is in seconds. With ``dummies`` the credentials are dummies, and whatever is configured on this
    machine is out of its reach. Else the SDK finds what the user has configured. There is no region: each request
    has its own, and a driver that forgets it must not get one by chance. To this machine no proxy leads.
    """
    near = place.is_loopback(endpoint_url) and place.is_loopback(events_endpoint_url or endpoint_url)
    kept = {n: value for n, value in os.environ.items() if n not in OURS and not (near and n.lower() in PROXIES)}
    made = (
        kept
        | ({"NO_PROXY": "*", "no_proxy": "*"} if near else {})
        | {
            "TRACKSTEP_PROTOCOL": str(VERSION),
            "TRACKSTEP_CALL_TIMEOUT": f"{call_timeout:g}",
            "AWS_ENDPOINT_URL": endpoint_url,
            "AWS_ENDPOINT_URL_PERSONALIZE": endpoint_url,
            "AWS_ENDPOINT_URL_PERSONALIZE_EVENTS": events_endpoint_url or endpoint_url,
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    )
    if not dummies:
        return made
    return {name: value for name, value in made.items() if name not in OTHERS} | {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def reference_driver() -> Path:
    """The driver in plain boto3, which any interpreter with boto3 can run. Raises TargetError where it is missing."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_driver", package.parent.parent / "examples" / "drivers" / "python"):
        if (folder / "driver.py").is_file():
            return folder / "driver.py"
    raise TargetError("the Python driver was not found beside the package; reinstall trackstep")
