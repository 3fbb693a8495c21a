"""reproduce.sh: a reproduction as curl commands, for whoever has no boto3 at hand.

Prints each answer, and in the end what was allowed, what came back then and what comes back now; ends with 0 where
that conforms, 1 where it deviates, 2 where it could not be run. A claim about an answer is decided by python3, the rest
by bash alone. Owns the shell that is written; whatever a target said stands in it in single quotes or in a comment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from trackstep.operation import Operation
from trackstep.program import SETTLE, WALK
from trackstep.reporting.python_code import by_boto, comment
from trackstep.reporting.reproducer import RUN, Line, Reproduction, Wait, changed, length_of_run, names, pieces
from trackstep.reporting.reproducer_pytest import Writer

_START = r"""set -u
ENDPOINT_URL=${ENDPOINT_URL:-@endpoint@}
ENDPOINT_URL=${ENDPOINT_URL%/}
EVENTS_ENDPOINT_URL=${EVENTS_ENDPOINT_URL:-$ENDPOINT_URL}
SETTLE_SECONDS=${SETTLE_SECONDS:-@seconds@}
RUN=t$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n' | cut -c1-@run@)
WORK=$(mktemp -d) MADE=() ANSWER='' STATUS=''
export WORK RUN

send() {  # region, operation, body: the answer is left in $STATUS and $ANSWER
  local url=$ENDPOINT_URL/ kind=application/x-amz-json-1.1
  local headers=(-H "X-Amz-Target: AmazonPersonalize.$2")
  if [ "$2" = PutEvents ]; then url=$EVENTS_ENDPOINT_URL/events kind=application/json headers=(); fi
  : > "$WORK/head" > "$WORK/body"
  # The credential scope says region and service; an endpoint that verifies signatures wants curl's --aws-sigv4.
  local scope=testing/20260101/$1/personalize/aws4_request
  headers+=(-H "Authorization: AWS4-HMAC-SHA256 Credential=$scope, SignedHeaders=host, Signature=0")
  printf '%s' "$3" | curl -sS --max-time 30 "$url" -D "$WORK/head" -o "$WORK/body" -H "Content-Type: $kind" \
    "${headers[@]}" --data-binary @- 2>> "$WORK/body"
  ANSWER=$(LC_ALL=C tr -d '\000-\010\013-\037\177' < "$WORK/body")
  STATUS=$(LC_ALL=C tr -d '\000-\010\013-\037\177' < "$WORK/head" | grep -aiE '^(HTTP|x-amzn-errortype)' | tr '\n' ' ')
  case $2 in
    CreateDatasetGroup) MADE+=("$1 DatasetGroup datasetGroupArn $(member datasetGroupArn)") ;;
    CreateEventTracker) MADE+=("$1 EventTracker eventTrackerArn $(member eventTrackerArn)") ;;
    CreateDataset) MADE+=("$1 Dataset datasetArn $(member datasetArn)") ;;
    CreateSchema) MADE+=("$1 Schema schemaArn $(member schemaArn)") ;;
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
  local body=$3 token='' before number
  rm -f "$WORK"/page-*
  for number in $(seq 101 160); do
    call "$1" "$2" "$body"
    cp "$WORK/body" "$WORK/page-$number"
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
  rm -rf "$WORK"
}
trap clean_up EXIT

accepted() { case $STATUS in *' 2'[0-9][0-9]' '*) ;; *) return 1 ;; esac; }

code() {  # the name of the error that was answered
  local name
  name=$(member __type) && [ -n "$name" ] || name=$(member code)
  [ -n "$name" ] || name=$(sed -nE 's/.*x-amzn-errortype: *([^ ]*).*/\1/Ip' <<< "$STATUS")
  name=${name##*#}
  printf '%s' "${name%%:*}"
}

one_of() {  # a word, and those of which it may be one
  local word=$1
  shift
  case " $* " in *" $word "*) [ -n "$word" ] ;; *) return 1 ;; esac
}

ends() {  # exit code, why
  told
  printf '\n%s\n' "$2"
  exit "$1"
}

conforms() { ends 0 "conforms: ${1:-what was seen then is not seen now}"; }
deviates() { ends 1 'deviates: it is as it was seen then'; }
cannot() { ends 2 "cannot be run: $1"; }
sent() { [ -n "$STATUS" ] || cannot "no answer came to $1"; accepted || cannot "$1 was refused on the way there"; }
"""
_HOLDS = r"""
read -r -d '' READ << 'END'
import hashlib, json, os, pathlib, re, sys
from types import SimpleNamespace

work = pathlib.Path(os.environ["WORK"])
heads = (work / "head").read_bytes().decode("latin-1").split("\r\n\r\n")
lines = next((head for head in reversed(heads) if head.strip()), "HTTP/1.1 0").split("\r\n")
headers = {name.strip().lower(): text.strip() for name, _, text in (line.partition(":") for line in lines[1:])}
wire = SimpleNamespace(status=int(lines[0].split()[1]), headers=headers, body=(work / "body").read_bytes())


def read(name):
    return json.loads((work / name).read_bytes() or b"{}")


def error(wire):
    body = json.loads(wire.body or b"{}")
    named = body.get("__type") or body.get("code") or wire.headers.get("x-amzn-errortype") or ""
    return named.split("#")[-1].split(":")[0]


END

holds() {  # a claim in Python, and what has to stand before it
  python3 -c "$READ
$2
sys.exit(not ($1))" 2> "$WORK/wrong"
  case $? in 0) ;; 127) cannot 'there is no python3, which decides what is claimed of an answer' ;; *) return 1 ;; esac
}
"""


AS_BASH = {
    "upper": "${@^^}", "cut": "${@%?}", "longer": "${@}x", "blank": "${@} ", "before": " ${@}",
    "beyond": "${@}日",
    "account": "${@/:[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]:/:999999999999:}",
    "partition": "${@/arn:aws:/arn:aws-cn:}",
    "kind": "${@%:*}:solution/${@##*/}", "slash": "${@}/", "template": "${@}{id}%s",
    "stem": "${@%/*}", "open": "${@%/*}/",
}  # fmt: skip
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
    told = (("clause", deviation.sentence), ("allowed", deviation.expected), ("came back then", deviation.actual))
    lines += ["told() {", "  echo; echo ==="]
    lines += [f"  printf '%-16s%s\\n' {_single(title + ':')} {_single(comment(text))}" for title, text in told]
    lines += ["  printf '%-16s%s\\n' 'comes back now:' \"$STATUS\" '' \"$ANSWER\"", "}", ""]
    judged = _Judged(made)
    body = [*(each for place, line in enumerate(made.before) for each in judged.line(place, line)), *judged.last()]
    if any(each.startswith(("holds ", "if holds ")) for each in body):
        lines += _HOLDS.split("\n")[1:]
    return "\n".join([*lines, *body]) + "\n"


class _Judged:
    """The commands of a script, each with what its answer has to be for the next to be sent."""

    def __init__(self, made: Reproduction) -> None:
        self._made, self._writer, self._prefix = made, Writer(made), made.deviation.prefix
        self._writer.keep()

    def line(self, place: int, line: Line) -> list[str]:
        """The commands of one line that leads there."""
        lines = called(line, self._prefix)
        name = line.operation.name
        if line.name != SETTLE:
            ended = {
                "plain" if by_boto(line.operation) else "": f"sent {_single(name)}",
                "may be refused": f"accepted || conforms '{name} is refused, as a conforming target may'",
                "may be accepted": f"if accepted; then conforms '{name} is accepted, as a conforming target may'; fi",
            }.get(line.way)
            # What was made is remembered first; a variable is bound only of what was accepted.
            bound = len(line.binds)
            lines[len(lines) - bound : len(lines) - bound] = [ended] if ended else []
        if place in self._writer.kept:
            lines.append(f'cp "$WORK/body" "$WORK/{self._writer.kept[place]}"')
        for claim in line.ends:
            gone = "! accepted || " if line.name == SETTLE else ""
            lines.append(f"if {gone}{self._holds(claim, line)}; then conforms; fi")
        return lines

    def last(self) -> list[str]:
        """The commands of the last, and the verdict."""
        made, line = self._made, self._made.last
        lines, claim = last(made), made.deviation.claim
        if -1 in self._writer.kept:
            lines.insert(len(lines) - 1, f'cp "$WORK/body" "$WORK/{self._writer.kept[-1]}"')
        codes = " ".join(_single(comment(code)) for code in made.codes)
        listed = f'one_of "$(code)" {codes}' if codes else "false"
        plain = by_boto(line.steps[-1].operation)
        if made.form == "settled":
            decided = ["case $(member status) in ACTIVE | 'CREATE FAILED') conforms ;; *) deviates ;; esac"]
        elif made.form == "gone":
            decided = ['if one_of "$(code)" ResourceNotFoundException; then conforms; fi']
        elif made.form == "answered":
            decided = ["case $STATUS in *' '[1-4][0-9][0-9]' '*) conforms ;; esac"]
        elif made.form == "refused":
            decided = [f"if ! accepted && {listed}; then conforms; fi"]
        elif made.form == "accepted":
            decided = [f"if accepted || {listed}; then conforms; fi"]
        elif made.form == "code":
            decided = ["if accepted; then conforms; fi", f"if {self._holds(claim, line)}; then conforms; fi"]
        elif made.form == "wire":
            decided = []
            kind = line.steps[-1].outcome.kind
            if kind in ("success", "refusal"):
                decided = [f"if {'!' if kind == 'success' else ''} accepted; then conforms; fi".replace("if  ", "if ")]
            decided.append(f"if {self._holds(claim, line)}; then conforms; fi")
        elif made.form == "claim":
            other = "conforms 'it is refused, as a conforming target may'" if made.doubtful or not plain else (
                "cannot 'it is refused, which shows something else'"
            )  # fmt: skip
            decided = [f"accepted || {other}", f"if {self._holds(claim, line)}; then conforms; fi"]
        else:
            return [*lines, "cannot 'what was seen then cannot be told from one answer'"]
        answered = [] if made.form in ("answered", "wire") else ["[ -n \"$STATUS\" ] || cannot 'no answer came'"]
        return [*lines, *answered, *decided, "deviates"]

    def _holds(self, claim: str, line: Line) -> str:
        """The shell that decides a claim about the answer that came last."""
        self._writer.known = line.known
        told, about = self._writer.claim(claim), set(names(claim))
        before = [f'{name} = os.environ["{_variable(name)}"]' for name in sorted(set(line.known.values()))]
        before += [f'{RUN} = os.environ["RUN"]']
        before += [f'{kept} = read("{kept}")' for kept in self._writer.kept.values() if kept in names(told)]
        if line.name == WALK or about & {"items", "pages"}:
            member = {"ListEventTrackers": "eventTrackers"}.get(line.operation.name, "datasetGroups")
            before += ["pages = [read(path.name) for path in sorted(work.glob('page-*'))]"]
            before += [f'items = [item for page in pages for item in page.get("{member}", [])]', "answer = pages[-1]"]
        elif "answer" in about:
            before += ['answer = read("body")']
        before += ["code = error(wire)"] if "code" in about else []
        return f"holds {_single(told)} {_single(chr(10).join(before))}"


def called(line: Line, prefix: str) -> list[str]:
    """The commands of one line that leads there."""
    waits = [_settled(wait, line.known, prefix) for wait in line.waits]
    if line.name == SETTLE:
        return [*waits, _settled(line.settles, line.known, prefix)]
    bound = [f"export {_variable(variable)}=$(member {member})" for member, variable in line.binds.items()]
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
    return [*lines, 'cat "$WORK/head"'] if made.form == "wire" else lines


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
            shown = AS_BASH[change].replace("@", _variable(variable))
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
