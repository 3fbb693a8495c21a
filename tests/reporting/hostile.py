"""A report in which every text that a target can have chosen wants to do harm."""

from __future__ import annotations

import json
from typing import Any

from tests.reporting import sample
from trackstep.reporting import document, reading

SCRIPT = "<script>document.title='pwned'</script><img src=http://127.0.0.1:9/x onerror=\"document.title='pwned'\">"
EVIL = (
    f"{SCRIPT}</style></title></textarea>--> ]]> \x1b[31m\x1b]0;pwned\x07 \x00\x08\x9b2J\r\n## heading | `code` ``` "
    "**bold** "
    "[link](javascript:alert(1)) ![](http://127.0.0.1:9/y) <!-- @everyone #1 https://evil.example www.evil.example "
    "\ud800 \udcff \u202egnp.exe \u2028 {{ 7*7 }} {% raw %} ' \" & \ufffe\uffff \U000e0041"
)
TARGETS = {
    "operation", "answer", "expected", "actual", "because", "says", "body", "params", "headers", "source", "target",
    "reason", "ended", "problems", "remarks", "history", "program", "programs", "bundle", "needs", "unsupported",
    "versions", "link", "cause", "times", "evidence",
}  # fmt: skip
"""Members whose texts come from a target, or would from a forged file."""


def report() -> dict[str, Any]:
    """Such a report, as it is read from disk; one of its texts is a megabyte long."""
    made = sample.report(sample.deviations())
    made["unsupported"] = {EVIL: EVIL}
    made["declared"]["problems"] = [EVIL]
    made["tentative"] = [{"clause": "ET-LIFE-9", "operation": EVIL, "expected": EVIL, "actual": EVIL}]
    made["deviations"][1]["actual"] = EVIL * 4000
    for deviation in made["deviations"]:
        deviation["actual"] += EVIL
    poisoned = {name: _poisoned(value, name in TARGETS) for name, value in made.items()}
    poisoned["areas"][0]["title"] = EVIL
    return reading.loads(document.dumps(poisoned).encode())


def _poisoned(value: Any, hit: bool) -> Any:
    if isinstance(value, dict):
        return {
            (key + EVIL if hit and key not in _MEMBERS else key): _poisoned(inner, hit or key in TARGETS)
            if key not in ("kind", "id", "clause", "part", "area", "level", "verdict", "mover")
            else inner
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_poisoned(inner, hit) for inner in value]
    return f"{value}{EVIL}" if isinstance(value, str) and hit and len(value) < 10_000 else value


_MEMBERS = set(json.loads(json.dumps(reading.schema()["properties"]["deviations"]["items"]["properties"]))) | {
    "kind", "text", "replay", "boto3", "curl", "row", "id", "source", "from", "to", "each",
}  # fmt: skip
