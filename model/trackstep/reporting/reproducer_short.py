"""The program of a deviation as text to copy and paste: a few lines of boto3, of curl, and for ``trackstep replay``.

Unlike the files of the bundle these assert nothing and clean nothing up: they show the answer, and beside it what was
allowed. Owns their short preludes; the calls are written by the writers of the bundle.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace

from trackstep.event import Deviation
from trackstep.program import SETTLE, WALK
from trackstep.reporting import reproducer, reproducer_curl
from trackstep.reporting.python_code import by_boto, comment, comments, quoted
from trackstep.reporting.reproducer import Line, Reproduction
from trackstep.reporting.reproducer_pytest import Writer

MOST = 20_000
"""Characters of a program at the most: a longer one is to be read in the bundle."""

_SETTLED = """
def settled(describe, until=(), **params):
    for _ in range(100):
        try:
            answer = describe(**params)
        except ClientError:
            return None  # it is gone
        bodies = [member for name, member in answer.items() if name != "ResponseMetadata"]
        if any(isinstance(body, dict) and body.get("status") in ("ACTIVE", "CREATE FAILED", *until) for body in bodies):
            break
        time.sleep(0.1)
    return answer
"""
_WALK = """
def walk(list_page, **params):
    pages = [list_page(**params)]
    while pages[-1].get("nextToken") and len(pages) < 60:
        pages.append(list_page(**params, nextToken=pages[-1]["nextToken"]))
    return pages
"""
_POST = """
def post(operation, body, region):
    events = operation == "PutEvents"
    scope = f"testing/20260101/{region}/personalize/aws4_request"
    headers = {
        "Content-Type": "application/json" if events else "application/x-amz-json-1.1",
        "X-Amz-Target": f"AmazonPersonalize.{operation}",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
    }
    if events:
        del headers["X-Amz-Target"]
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = urllib3.request("POST", endpoint + ("/events" if events else "/"), body=data, headers=headers)
    return answer.status, answer.data, dict(answer.headers)
"""
_HELPERS = {
    "settled": (_SETTLED, ("import time", "from botocore.exceptions import ClientError")),
    "walk": (_WALK, ()),
    "post": (_POST, ("import json", "import urllib3")),
    "suppress": ("", ("from contextlib import suppress",)),
}
"""Helper -> its text, and what it imports."""

_SEND = r"""ENDPOINT_URL=${ENDPOINT_URL:-@endpoint@} RUN=t$RANDOM
send() {  # region, operation, body
  local path=/ kind=application/x-amz-json-1.1 scope=testing/20260101/$1/personalize/aws4_request
  local headers=(-H "X-Amz-Target: AmazonPersonalize.$2")
  if [ "$2" = PutEvents ]; then path=/events kind=application/json headers=(); fi
  headers+=(-H "Authorization: AWS4-HMAC-SHA256 Credential=$scope, SignedHeaders=host, Signature=0")
  ANSWER=$(printf '%s' "$3" | curl -sSi "$ENDPOINT_URL$path" -H "Content-Type: $kind" "${headers[@]}" \
    --data-binary @- | LC_ALL=C tr -d '\000-\010\013-\037\177')
}
call() { send "$@"; printf -- '--- %s\n%s\n\n' "$2" "$ANSWER"; }
member() { sed -nE "s/.*\"$1\": ?\"([^\"]*)\".*/\1/p" <<< "$ANSWER" | head -n 1; }
"""
_SHELL_SETTLED = r"""settled() {
  for _ in $(seq 100); do
    send "$@"; case $(member status) in ACTIVE | 'CREATE FAILED' | '' | "${4:-ACTIVE}") break ;; esac; sleep 0.1
  done
  printf -- '--- %s\n%s\n\n' "$2" "$ANSWER"
}
"""
_SHELL_WALK = r"""walk() {
  local body=$3 token='' before
  for _ in $(seq 60); do
    call "$1" "$2" "$body"; before=$token token=$(member nextToken)
    [ -n "$token" ] && [ "$token" != "$before" ] || break
    body="${3%\}}, \"nextToken\": \"$token\"}" body=${body/#'{, '/'{'}
  done
}
"""


def texts(deviation: Deviation, endpoint: str) -> dict[str, str]:
    """The program as ``boto3``, ``curl`` and ``replay``; a form that cannot be written, or is endless, is not there."""
    made = reproducer.read(deviation)
    written = {"replay": _replay(deviation, endpoint)}
    if made is not None:
        written |= {"boto3": _boto3(made, endpoint), "curl": _curl(made, endpoint)}
    return {form: text for form in ("boto3", "curl", "replay") if len(text := written.get(form, "")) in range(1, MOST)}


def _replay(deviation: Deviation, endpoint: str) -> str:
    lines = "".join(f"{line}\n" for line in deviation.program)
    end = "END"
    while re.search(rf"(?m)^{end}$", lines):
        end += "D"
    return f"trackstep replay - --endpoint-url {shlex.quote(endpoint)} <<'{end}'\n{lines}{end}\n"


def _boto3(made: Reproduction, endpoint: str) -> str:
    writer = Writer(made, remembers=False)
    body = [each for place, line in enumerate(made.before) for each in _on_the_way(writer, place, line)]
    body += ["", *_told(made), *_last(writer, made.last)]
    wanted = [name for name in _HELPERS if name in writer.helpers]
    imported = {line for name in wanted for line in _HELPERS[name][1]}
    modules = sorted({"import uuid", "import boto3", "from botocore.config import Config"} | imported, key=_order)
    text = [*modules, ""]
    keys = ["aws_access_key_id", "aws_secret_access_key"] if endpoint.startswith("http:") else []
    text += [f"endpoint = {quoted(endpoint.rstrip('/'))}", 'run = f"t{uuid.uuid4().hex[:7]}"  # names begin with it']
    text += [
        "where = dict(endpoint_url=endpoint, config=Config(parameter_validation=False)"
        + "".join(f', {key}="testing"' for key in keys) + ")"
    ]  # fmt: skip
    text += [
        f"{variable} = boto3.client({quoted(service)}, {quoted(region)}, **where)"
        for variable, (service, region) in sorted(writer.clients.items())
    ]
    helpers = [f"\n{_HELPERS[name][0]}" for name in wanted if _HELPERS[name][0]]
    return "\n".join([*text, *helpers, "", *body]) + "\n"


def _order(line: str) -> tuple[bool, bool, str]:
    """The standard library first, and plain imports before those from a module."""
    module = line.split()[1].partition(".")[0]
    return module in ("boto3", "botocore", "urllib3"), line.startswith("from"), line


def _on_the_way(writer: Writer, place: int, line: Line) -> Iterator[str]:
    writer.known = line.known
    yield from (writer.settled(wait) for wait in line.waits)
    sent = writer.sent(place, replace(line, ends=[]))
    if line.way in ("plain", "may be refused"):
        yield from sent
        yield from writer.bound(replace(line, binds={}) if by_boto(line.operation) else line)
        return
    writer.helpers.add("suppress")
    yield f"with suppress(Exception):  # {comment(line.steps[-1].outcome.code or line.steps[-1].outcome.kind)}"
    yield from (f"    {each}" for statement in sent for each in statement.split("\n"))


def _last(writer: Writer, line: Line) -> Iterator[str]:
    writer.known = line.known
    yield from (writer.settled(wait) for wait in line.waits)
    operation = line.steps[-1].operation
    if operation.name == SETTLE:
        yield f"print({writer.settled(line.settles)})"
    elif not by_boto(operation):
        yield f"print(*{writer.post(operation)}, sep='\\n')"
    elif line.name == WALK:
        yield f"print(*{writer.walk(line.operation)}, sep='\\n')"
    else:
        if line.name == SETTLE and len(line.steps) > 1:  # up to the look before the one that shows it
            body = next(iter((line.steps[-2].outcome.result or {"": {}}).values()))
            yield writer.settled(line.settles, [str(body.get("status"))] if isinstance(body, dict) else [])
        yield f"print({writer.call(operation)})"


def _told(made: Reproduction) -> list[str]:
    deviation = made.deviation
    told = (deviation.sentence, f"allowed: {deviation.expected}", f"came back: {deviation.actual}")
    return [line for text in told for line in comments(text)]


def _curl(made: Reproduction, endpoint: str) -> str:
    lines = [each for line in made.before for each in reproducer_curl.called(line, made.deviation.prefix)]
    last = [each for each in reproducer_curl.last(made) if not each.startswith(("#", "cat "))]
    used = "\n".join([*lines, *last])
    text = _SEND.replace("@endpoint@", reproducer_curl.plain(endpoint.rstrip("/")))
    text += _SHELL_SETTLED if "settled '" in used else ""
    text += _SHELL_WALK if "walk '" in used else ""
    return "\n".join([text, *lines, "", *_told(made), *filter(None, last)]) + "\n"
