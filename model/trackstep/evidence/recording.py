"""Recordings of the real service, read as steps that the judge understands.

Owns what was masked, left out or not printed, and the files of ``spec/evidence/``: ``recorded.jsonl``, the order in
which it was recorded (``histories.toml``), and what says nothing (``unexplained.toml``). Knows no clause.
"""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from trackstep import spec
from trackstep.errors import SpecError
from trackstep.operation import COVERED, Operation
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome, Wire


class Reading(NamedTuple):
    """One step of a recording. ``partial``: not all of the answer was printed; ``guessed``: nor was its status."""

    recording: str
    step: Step
    partial: bool = False
    guessed: bool = False


def covered() -> dict[str, dict[str, Any]]:
    """The recordings of covered operations by their ids, in order."""
    return {recording["id"]: recording for recording in spec.recordings() if recording["operation"] in COVERED}


def histories() -> list[dict[str, Any]]:
    """The histories of ``histories.toml``: account, region, sittings. Raises SpecError."""
    loaded: list[dict[str, Any]] = _toml("histories.toml")["history"]
    known = covered().keys()
    placed = [number for history in loaded for sitting in history["sittings"] for number in sitting["recordings"]]
    if astray := sorted(set(placed) ^ known | {number for number in placed if placed.count(number) > 1}):
        raise SpecError(f"histories.toml must name each recording of a covered operation once: {', '.join(astray)}")
    return loaded


def unexplained() -> dict[str, dict[str, str]]:
    """Recording -> ``reason`` and ``sentence``, of those that say nothing, or what is no longer so."""
    return _toml("unexplained.toml")


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((spec.root() / "evidence" / name).read_text(encoding="utf-8"))


def unmasked(value: Any) -> Any:
    """Tracking IDs were masked with x when they were collected; zeros make them IDs again."""
    if isinstance(value, dict):
        return {key: unmasked(inner) for key, inner in value.items() if key != "ResponseMetadata"}
    if isinstance(value, list):
        return [unmasked(inner) for inner in value]
    return value.replace("xxxx", "0000").replace("xxx", "000") if isinstance(value, str) and "xxxx" in value else value


def readings(recording: Mapping[str, Any], region: str) -> list[list[Reading]]:
    """The steps that a recording may stand for: a list of statuses is that many polls; one left out may be several."""
    number = recording["id"]
    operation = Operation(recording["operation"], recording["request"] or _request(number), region)
    if recording["error_code"]:
        return [[Reading(number, Step(operation, Outcome.refusal(recording["error_code"], _message(recording))))]]
    printed = unmasked(recording["response"])
    result = {member: value for member, value in printed.items() if value is not None}
    partial = bool(recording.get("partial")) or result != printed or "eventTrackers" in result
    key = next((key for key in ("eventTracker", "datasetGroup") if key in result), "")
    polls = result[key].get("status") if key else None
    if not isinstance(polls, list):
        polls = [polls]
    ways = itertools.product(*([poll] if poll is None or poll[0] != "<" else _others(poll) for poll in polls))
    return [
        [
            Reading(number, Step(operation, _success(recording, result, key, status)), partial, status != poll)
            for status, poll in zip(way, polls, strict=True)
        ]
        for way in ways
    ]


def _message(recording: Mapping[str, Any]) -> str:
    return str(recording["error_message"] or "")


def _others(poll: str) -> list[str]:
    """The statuses that a poll may have had of which is only known what it was not: ``<not ACTIVE, not …>``."""
    excluded = re.findall(r"not ([A-Z_ ]+)", poll)
    return [status for status in spec.load().lifecycles["event_tracker"].statuses if status not in excluded]


def _success(recording: Mapping[str, Any], result: dict[str, Any], key: str, status: str | None) -> Outcome:
    if key:
        times = {member: _seconds(value) for member, value in result[key].items() if member.endswith("DateTime")}
        result = {key: result[key] | times | ({} if status is None else {"status": status})}
    return Outcome.success(result, _wire(recording, result))


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _wire(recording: Mapping[str, Any], result: dict[str, Any]) -> Wire | None:
    """The HTTP answer, where its headers were printed and what was printed is as long as they say.

    The RequestId that botocore shows is the header x-amzn-requestid. Times are in Java's form (facts.md, section 14).
    """
    about = recording["response"].get("ResponseMetadata", {})
    headers = {name.lower(): value for name, value in about.get("HTTPHeaders", {}).items()}
    if "RequestId" in about:
        headers.setdefault("x-amzn-requestid", about["RequestId"])
    written = re.sub(r'(DateTime":)(\d)(\d{9})\.(\d+)', r"\1\2.\3\4E9", json.dumps(result, separators=(",", ":")))
    body = written.encode() if result else b""
    return Wire(about["HTTPStatusCode"], headers, body) if str(len(body)) == headers.get("content-length") else None


def _request(number: str) -> dict[str, Any]:
    """What is told of a request that was not printed; "of R017" is the trackingId that R017 shows."""
    params: dict[str, Any] | None = _toml("histories.toml")["requests"].get(number)
    if params is None:
        raise SpecError(f"{number} has no request, and histories.toml does not tell of it")
    told = params.get("trackingId", "")
    if told.startswith("of "):
        shown = unmasked(covered()[told[3:]]["response"])
        return params | {"trackingId": shown.get("eventTracker", shown)["trackingId"]}
    return params
