"""The conformance test of drivers: each way to break the contract is told under the rule that it breaks."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from trackstep.cli import main
from trackstep.targets import contract, protocol

PLAIN = """\
import http.client, json, os, sys
from urllib.parse import urlsplit

KNOWN = ("CreateDatasetGroup", "DescribeEventTracker", "ListEventTrackers", "CreateEventTracker", "PutEvents")
TIMEOUT = float(os.environ["TRACKSTEP_CALL_TIMEOUT"])
URLS = [urlsplit(os.environ["AWS_ENDPOINT_URL_PERSONALIZE" + end]).netloc for end in ("", "_EVENTS")]

def send(operation, params, region):
    connection = http.client.HTTPConnection(URLS[operation == "PutEvents"], timeout=TIMEOUT)
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential=testing/20260101/{region}/personalize/aws4_request"}
    if operation != "PutEvents":
        headers["X-Amz-Target"] = f"AmazonPersonalize.{operation}"
    connection.request("POST", "/", json.dumps(params), headers)
    answer = connection.getresponse()
    return answer.status, answer.read()

def call(operation, params, region):
    if operation not in KNOWN:
        return {"error": {"kind": "unsupported", "code": "AttributeError"}}
    try:
        status, body = send(operation, params, region)
    except OSError as wrong:
        return {"error": {"kind": "network", "code": type(wrong).__name__}}
    try:
        said = json.loads(body or b"{}")
    except ValueError:
        return {"error": {"kind": "unparsed", "code": "ValueError"}}
    if status == 200:
        return {"ok": said}
    return {"error": {"kind": "service", "code": said["__type"], "message": said["message"], "status": status}}

print(json.dumps({"protocol": 1, "sdk": "plain HTTP", "version": "1"}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"id": asked["id"], **call(asked["operation"], asked["params"], asked["region"])}), flush=True)
"""
"""A driver without any SDK, that starts quickly."""


BROKEN = {
    "one endpoint": ('"_EVENTS")]', '"")]', "sends PutEvents to AWS_", "the service asked is"),
    "no region": ("{region}", "us-east-1", "asks the region of the request", "is '\"us-east-1\"', not \"eu-west-1\""),
    "asks for more": ("json.dumps(params)", "json.dumps({**params, 'a': 1})", "sends the parameters", "the body is"),
    "adds to the result": ('{"ok": said}', '{"ok": {**said, "meta": {}}}', "hands on the members of the re", "ok is"),
    "dates as text": ("(body or", "(body.replace(b'1620828853.579', b'\"May\"') or", "tells a timestamp", "May"),
    "null for absent": ("(body or", "(body.replace(b'\"status\"', b'\"a\": 0, \"status\"') or", "leaves out", "member"),
    "another name": ('said["__type"]', '"Error"', "names an error of the service", "error.code is '\"Error\"', not"),
    "no message": ('"message": said["message"], ', "", "names an error of the service", "error.message is '\"\"', not"),
    "no status": ("status}}", "-1}}", "names an error of HTTP status 500", "error.status is '-1', not 500"),
    "who refused": ('"kind": "service"', '"kind": "client"', "sends a request with wrong types", "a request arrived"),
    "tries again": ("if status == 200", "status == 500 and send(operation, params, region)\n    if status == 200",
                    "sends no request again", "2 requests arrived"),
    "a cut is an error": ('"kind": "network"', '"kind": "service"', "tells of a connection", "it says service"),
    "waits for ever": (", timeout=TIMEOUT", "", "waits TRACKSTEP_CALL_TIMEOUT seconds", "within 1 seconds"),
    "trips over HTML": ("except ValueError", "except KeyError", "lives through an answer that is no", "exit code 1"),
    "offers everything": ("not in KNOWN", "in ()", "tells of an operation that the SDK lacks", "it says service"),
    "refuses by itself": ("if operation not", "if params == {}: return {'error': {}}\n    if operation not",
                          "sends a request without required members", "nothing arrived, and it says service"),
    "prints": ("def call(", "def call(*a): print('calling'); return call2(*a)\n\ndef call2(",
               "asks the region of the request", "it wrote 'calling' to its standard output"),
    "a form of its own": ('"id": asked["id"]', '"id": asked["id"], "parsed": {"types": 7}',
                          "where it reports what was parsed", "parsed.types is no object"),
    "does not end well": ("for line in", "import atexit; atexit.register(os._exit, 3)\nfor line in",
                          "ends by itself, with exit code 0", "its exit code is 3"),
    "does not end": ("sys.stdin:", "iter(lambda: sys.stdin.readline() or __import__('time').sleep(60), None):",
                     "ends by itself, with exit code 0", "it lives on"),
}  # fmt: skip


def held(source: str) -> dict[str, str]:
    """What is wrong with a driver, by the rule; empty where the rule holds."""
    words = [sys.executable, "-I", "-S", "-c", source]
    return dict(contract.check(words, call_timeout=0.3, patience=1.0))


def test_check__plain_driver_keeps_the_contract() -> None:
    """The contract asks nothing of an SDK: a driver without one can keep it."""
    verdicts = held(PLAIN)
    assert not any(verdicts.values()), verdicts
    assert len(verdicts) > 20


@pytest.mark.parametrize("case", BROKEN)
def test_check__broken_driver(case: str) -> None:
    """The rule that is broken says so, and what came in place of what was wanted, in one line."""
    before, after, rule, told = BROKEN[case]
    assert PLAIN.count(before) == 1
    verdicts = held(PLAIN.replace(before, after))
    (wrong,) = (wrong for sentence, wrong in verdicts.items() if sentence.startswith(rule))
    assert told in wrong
    assert wrong.isprintable()


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (f"{sys.executable} {protocol.reference_driver()}", 0, "keeps the contract: 25 of 25 rules hold"),
        ("/no/such/driver", 3, "trackstep: cannot start the driver"),
        (f"{sys.executable} -c 0", 3, "ended with exit code 0 before its hello came"),
        ("", 2, "--command is empty"),
        ("node 'driver.mjs", 2, "--command cannot be taken apart: no closing quotation"),
    ],
)
def test_driver_check__exit_codes(command: str, code: int, told: str) -> None:
    """The reference driver keeps the contract; what does not start cannot be judged."""
    done = CliRunner().invoke(main, ["driver-check", "--command", command])
    assert (done.exit_code, told in done.output) == (code, True), done.output


def test_driver_check__broken_driver_is_exit_code_1(tmp_path: Path) -> None:
    """A rule that is broken stands out, and the sum says so."""
    (tmp_path / "driver.py").write_text(PLAIN.replace('{"ok": said}', '{"ok": {}}'), encoding="utf-8")
    done = CliRunner().invoke(main, ["driver-check", "--command", f"{sys.executable} {tmp_path}/driver.py"])
    assert done.exit_code == 1
    assert "  breaks  hands on the members of the result and nothing else\n          ok is '{}'" in done.output
    assert "breaks the contract: " in done.output


def test_reference_driver__old_pythons_can_read_it() -> None:
    """It is run by interpreters that trackstep itself does not support, and imports nothing of trackstep."""
    source = protocol.reference_driver().read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"datetime", "json", "os", "platform", "sys", "boto3", "botocore", "botocore.config"}
