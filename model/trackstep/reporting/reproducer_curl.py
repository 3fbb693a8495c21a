"""reproduce.sh: a reproduction as curl commands, for whoever has no boto3 at hand.

Prints each answer, and in the end what was allowed, what came back then and what comes back now. Owns the shell
that is written; whatever a target said stands in it in single quotes or in a comment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from trackstep.operation import Operation
from trackstep.program import SETTLE, WALK
from trackstep.reporting.python_code import comment
from trackstep.reporting.reproducer import Line, Reproduction, Wait, changed, length_of_run, names, pieces

_START = r"""set -u
ENDPOINT_URL=${ENDPOINT_URL:-@endpoint@}
ENDPOINT_URL=${ENDPOINT_URL%/}
EVENTS_ENDPOINT_URL=${EVENTS_ENDPOINT_URL:-$ENDPOINT_URL}
SETTLE_SECONDS=${SETTLE_SECONDS:-@seconds@}
RUN=t$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n' | cut -c1-@run@)
HEAD=$(mktemp) MADE=() ANSWER='' STATUS=''

send() {  # region, operation, body: the answer is left in $STATUS and $ANSWER
  local url=$ENDPOINT_URL/ kind=application/x-amz-json-1.1
  local headers=(-H "X-Amz-Target: AmazonPersonalize.$2")
  if [ "$2" = PutEvents ]; then url=$EVENTS_ENDPOINT_URL/events kind=application/json headers=(); fi
  : > "$HEAD"
  # The credential scope says region and service; an endpoint that verifies signatures wants curl's --aws-sigv4.
  local scope=testing/20260101/$1/personalize/aws4_request
  headers+=(-H "Authorization: AWS4-HMAC-SHA256 Credential=$scope, SignedHeaders=host, Signature=0")
  ANSWER=$(printf '%s' "$3" | curl -sS --max-time 30 "$url" -D "$HEAD" -H "Content-Type: $kind" "${headers[@]}" \
    --data-binary @- 2>&1 | LC_ALL=C tr -d '\000-\010\013-\037\177')
  STATUS=$(LC_ALL=C tr -d '\000-\010\013-\037\177' < "$HEAD" | grep -aiE '^(HTTP|x-amzn-errortype)' | tr '\n' ' ')
  case $2 in
    CreateDatasetGroup) MADE+=("$1 DatasetGroup datasetGroupArn $(member datasetGroupArn)") ;;
    CreateEventTracker) MADE+=("$1 EventTracker eventTrackerArn $(member eventTrackerArn)") ;;
  esac
}

call() {  # the same, and it is printed
  send "$@"
  printf -- '\n--- %s (%s) %s\n%s\n' "$2" "$1" "$STATUS" "$ANSWER"
}

member() {  # the string under a name in the answer, as it stands in JSON
  printf '%s' "$ANSWER" | sed -nE "s/.*\"$1\": ?\"(([^\"\\]|\\\\.)*)\".*/\1/p" | head -n 1
}

settled() {  # region, Describe operation, body, a status that will do too: until it is settled or gone
  local end=$((SECONDS + ${SETTLE_SECONDS%.*} + 1)) status
  while send "$1" "$2" "$3"; do
    status=$(member status)
    case $status in ACTIVE | 'CREATE FAILED' | '' | "${4:-ACTIVE}") break ;; esac
    [ "$SECONDS" -lt "$end" ] || break
    sleep 0.1
  done
  printf -- '\n--- %s (%s), once it has settled: %s\n%s\n' "$2" "$1" "$STATUS" "$ANSWER"
}

walk() {  # region, List operation, body: page after page
  local body=$3 token='' before
  for _ in $(seq 60); do
    call "$1" "$2" "$body"
    before=$token token=$(member nextToken)
    [ -n "$token" ] && [ "$token" != "$before" ] || break
    body="${3%\}}, \"nextToken\": \"$token\"}" body=${body/#'{, '/'{'}
  done
}

clean_up() {  # the last first, so many seconds for each
  local place region kind name arn end
  for ((place = ${#MADE[@]} - 1; place >= 0; place--)); do
    read -r region kind name arn <<< "${MADE[place]}"
    end=$((SECONDS + ${CLEAN_UP_SECONDS:-5}))
    while [ -n "$arn" ] && [ "$SECONDS" -lt "$end" ]; do
      send "$region" "Delete$kind" "{\"$name\": \"$arn\"}"
      send "$region" "Describe$kind" "{\"$name\": \"$arn\"}"
      case $STATUS in *' 200 '*) sleep 0.1 ;; *) break ;; esac
    done
  done
  rm -f "$HEAD"
}
trap clean_up EXIT
"""


_CHANGED = {"upper": "${%s^^}", "cut": "${%s%%?}", "longer": "${%s}x"}
"""What may be done to a reference, as bash does it."""


def write(made: Reproduction, endpoint: str) -> str:
    """The script."""
    deviation = made.deviation
    seconds = next((s.operation.params["seconds"] for s in made.last.steps if s.operation.name == SETTLE), 60)
    start = _START.replace("@endpoint@", plain(endpoint)).replace("@run@", str(length_of_run(made) - 1))
    head = (f"{deviation.clause} · {deviation.level} · {deviation.operation}", deviation.sentence, deviation.link)
    lines = ["#!/usr/bin/env bash", *(f"# {comment(line)}" for line in head)]
    lines += ["# Written by trackstep: bash and curl. ENDPOINT_URL=http://localhost:5000 bash reproduce.sh"]
    lines += start.replace("@seconds@", str(float(seconds))).split("\n")
    for line in made.before:
        lines += called(line, deviation.prefix)
    lines += last(made)
    told = (("clause", deviation.sentence), ("allowed", deviation.expected), ("came back then", deviation.actual))
    lines += ["", "echo; echo ==="]
    lines += [f"printf '%-16s%s\\n' {_single(title + ':')} {_single(comment(text))}" for title, text in told]
    lines += ["printf '%-16s%s\\n' 'comes back now:' \"$STATUS\" '' \"$ANSWER\""]
    return "\n".join(lines) + "\n"


def called(line: Line, prefix: str) -> list[str]:
    """The commands of one line that leads there."""
    waits = [_settled(wait, line.known, prefix) for wait in line.waits]
    if line.name == SETTLE:
        return [*waits, _settled(line.settles, line.known, prefix)]
    bound = [f"{_variable(variable)}=$(member {member})" for member, variable in line.binds.items()]
    return [*waits, _call("walk" if line.name == WALK else "call", line.operation, line.known, prefix), *bound]


def last(made: Reproduction) -> list[str]:
    """The commands of the last, that shows it."""
    line, prefix = made.last, made.deviation.prefix
    lines = [_settled(wait, line.known, prefix) for wait in line.waits]
    lines += ["", f"# {comment(made.deviation.sentence)}"]
    about = set(names(made.deviation.claim))
    if line.name == SETTLE:
        looked = line.steps[-2].outcome.result if len(line.steps) > 1 else None
        seen = next((body.get("status") for body in (looked or {}).values() if isinstance(body, dict)), None)
        if made.form in ("settled", "gone"):
            return [*lines, _settled(line.settles, line.known, prefix)]
        if seen is not None:
            lines.append(_settled(line.settles, line.known, prefix, str(seen)))
    walks = line.name == WALK or about & {"items", "pages"}
    operation = line.operation if walks else line.steps[-1].operation
    lines.append(_call("walk" if walks else "call", operation, line.known, prefix))
    return [*lines, 'cat "$HEAD"'] if made.form == "wire" else lines


def _call(function: str, operation: Operation, known: Mapping[str, str], prefix: str) -> str:
    body = _ansi(operation.body) if operation.body is not None else _body(operation.params, known, prefix)
    return f"{function} {_single(operation.region)} {_single(operation.name)} {body}"


def _settled(wait: Wait, known: Mapping[str, str], prefix: str, until: str = "") -> str:
    return _call("settled", wait.describe, known, prefix) + (f" {_single(until)}" if until else "")


def _variable(name: str) -> str:
    return name.upper()


def _body(value: Any, known: Mapping[str, str], prefix: str) -> str:
    """JSON as a word of the shell: in single quotes, variables in double quotes between them."""
    return f"'{_json(value, known, prefix)}'"


def _json(value: Any, known: Mapping[str, str], prefix: str) -> str:
    """JSON inside single quotes."""
    if isinstance(value, str):
        if len(value) > 100 and len(set(value)) == 1 and value.isalnum():
            return f"\"'\"$(printf '%0{len(value)}d' 0 | tr 0 {value[0]})\"'\""
        variable, change = changed(value, known)
        if variable:
            shown = _CHANGED[change] % _variable(variable)
            return f'"\'"{shown}"\'"'
        cut = pieces(value, known, prefix)
        return (
            '"'
            + "".join(f"'\"${{{_variable(t)}}}\"'" if var else _escaped(json.dumps(t)[1:-1]) for var, t in cut)
            + '"'
        )
    if isinstance(value, Mapping):
        inner = (f'"{_escaped(json.dumps(str(k))[1:-1])}": {_json(v, known, prefix)}' for k, v in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_json(inner, known, prefix) for inner in value) + "]"
    return json.dumps(value)


def _escaped(text: str) -> str:
    """Text inside single quotes."""
    return text.replace("'", "'\\''")


def _single(text: str) -> str:
    """Text as one word of the shell."""
    return f"'{_escaped(text)}'"


def plain(url: str) -> str:
    """A URL as the default of a variable: what the shell would read in it is taken away."""
    return "".join(c for c in url if c.isalnum() or c in ":/.-_~%[]@?=&")


def _ansi(body: bytes) -> str:
    """Bytes as a word of the shell; a NUL cannot stand in one and is left out."""
    return "$'" + "".join(chr(b) if 32 <= b < 127 and b not in b"'\\" else f"\\x{b:02x}" for b in body if b) + "'"
