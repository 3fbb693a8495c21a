"""Python as text: values, calls and comments as they are written into a test. Knows nothing of deviations.

Text from a target is quoted, or stands in a comment on one line: it can do no harm.
"""

from __future__ import annotations

import ast
import io
import json
import textwrap
import tokenize
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.serialize import create_serializer

from trackstep.operation import BESIDE, COVERED, Operation

WIDTH = 90


def comment(text: object) -> str:
    """Text as one line that can do no harm in a comment."""
    shown = "".join(c if c.isprintable() else " " for c in str(text))
    return shown if len(shown) <= 300 else f"{shown[:300]}…"


def comments(text: object) -> list[str]:
    """The same as comments of a width that is read well."""
    return [f"# {line}" for line in textwrap.wrap(comment(text), WIDTH)]


@cache
def _serializer(service: str) -> tuple[Any, Any]:
    model = botocore.session.get_session().get_service_model(service)
    return model, create_serializer(model.metadata["protocol"], include_validation=False)


def by_boto(operation: Operation) -> bool:
    """Whether boto3 sends these parameters as they stand; what it would mend or choke on goes by urllib."""
    if operation.body is not None or operation.name not in (*COVERED, *BESIDE):
        return False
    model, serializer = _serializer(operation.service)
    params = dict(operation.params)
    try:
        sent = serializer.serialize_to_request(params, model.operation_model(operation.name))["body"]
        return repr(json.loads(sent)) == repr(params)
    except Exception:  # botocore's serializers trip over values of the wrong type in many ways
        return False


def quoted(text: str) -> str:
    """A string, escapes and all."""
    return json.dumps(text, ensure_ascii=False) if text.isprintable() else repr(text)


def double(expression: str) -> str:
    """An expression with its plain strings in double quotes, as a formatter would leave it."""
    made, place = "", 0
    for token in tokenize.generate_tokens(io.StringIO(expression).readline):
        if token.type == tokenize.STRING and token.string[0] == "'":
            made += expression[place : token.start[1]] + quoted(ast.literal_eval(token.string))
            place = token.end[1]
    return made + expression[place:]


def called(function: str, words: list[str]) -> str:
    """A call, on one line or one argument a line."""
    line = f"{function}({', '.join(words)})"
    return line if len(line) <= WIDTH or not words else _broken(f"{function}(", words, ")")


def listed(codes: list[str]) -> str:
    """A list of strings, on one line or one a line."""
    line = "[" + ", ".join(map(quoted, codes)) + "]"
    return line if len(line) <= 70 else _broken("[", map(quoted, codes), "]")


def _broken(start: str, words: Iterable[str], end: str) -> str:
    inner = "".join(f"    {line}\n" for word in words for line in f"{word},".split("\n"))
    return f"{start}\n{inner}{end}"


def many(items: Any) -> str:
    """A long list of the same, or of the same with a number in it, as Python would build it; else nothing."""
    if len(items) < 6:
        return ""
    if all(item == items[0] for item in items):
        return f"[{items[0]!r}] * {len(items)}"
    halves = repr(items[0]).split("0")
    if len(halves) > 1 and all(str(n).join(halves) == repr(item) for n, item in enumerate(items)):
        return f"[{_numbered(items[0])} for n in range({len(items)})]"
    return ""


def _numbered(value: Any) -> str:
    if isinstance(value, str):
        inner = value.replace("{", "{{").replace("}", "}}").replace("0", "{n}")
        return f"f{quoted(inner)}" if "0" in value else quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted(str(k))}: {_numbered(v)}" for k, v in value.items()) + "}"
    return repr(value)
