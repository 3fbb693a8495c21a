"""test_deviation.py: a reproduction as a test in moto's style, with plain boto3 and pytest and nothing else.

It fails on a target that deviates and passes on one that conforms. Owns the Python that is written; whatever a
target said stands in it as a quoted string or in a comment.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import Any

from trackstep.operation import Operation
from trackstep.program import AS_PYTHON, SETTLE, WALK
from trackstep.reporting import python_parts as parts
from trackstep.reporting.python_code import by_boto, called, comment, comments, double, listed, many, quoted
from trackstep.reporting.reproducer import Line, Reproduction, Wait, changed, length_of_run, names, pieces


def write(made: Reproduction, endpoint: str) -> str:
    """The file, or nothing where the deviation is one that cannot be told from an answer again."""
    return Writer(made).file(endpoint) if made.form else ""


_POSTED = {
    "may be refused": (
        "if wire.status >= 300:", "    return  # as a conforming target may; there is nothing more to see",
    ),
    "may be accepted": (
        "if wire.status < 300:", "    return  # as a conforming target may; there is nothing more to see",
    ),
}  # fmt: skip
"""Way -> what ends the test after a call that boto3 does not send, and that raises nothing."""


class Writer:
    """One test being written; one that ``remembers`` deletes what it made also where boto3 did not send it."""

    def __init__(self, made: Reproduction, remembers: bool = True) -> None:
        self.made, self.deviation, self._remembers = made, made.deviation, remembers
        self.body: list[str] = []
        self.helpers: set[str] = set()
        self.clients: dict[str, tuple[str, str]] = {}
        self.known: Mapping[str, str] = {}
        self.kept: dict[int, str] = {}

    def add(self, *statements: str, deeper: int = 0) -> None:
        """Statements of the test, each of one line or more."""
        inner = "    " * (2 + deeper)
        self.body += [inner + line for statement in statements for line in statement.split("\n")]

    # -- expressions ---------------------------------------------------------------------------

    def text(self, text: str) -> str:
        """A string, with variables where they stand for a part of it."""
        variable, change = changed(text, self.known)
        if variable:
            return AS_PYTHON[change].format(variable)
        cut = pieces(text, self.known, self.deviation.prefix)
        if len(cut) == 1 and cut[0][0]:
            return cut[0][1]
        if not any(variable for variable, _ in cut):
            return f"{quoted(text[0])} * {len(text)}" if len(text) > 100 and len(set(text)) == 1 else quoted(text)
        inner = "".join(f"{{{t}}}" if variable else t.replace("{", "{{").replace("}", "}}") for variable, t in cut)
        return f"f{quoted(inner)}"

    def value(self, value: Any) -> str:
        """Any JSON value as Python."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return "{" + ", ".join(f"{quoted(str(k))}: {self.value(v)}" for k, v in value.items()) + "}"
        if isinstance(value, (list, tuple)):
            return many(value) or "[" + ", ".join(map(self.value, value)) + "]"
        return repr(value)

    def claim(self, claim: str) -> str:
        """A claim, with variables in place of what was recorded."""
        tree = _Renamed(self).visit(ast.parse(claim, mode="eval"))
        return double(ast.unparse(ast.fix_missing_locations(tree)))

    def client(self, operation: Operation) -> str:
        """The variable of the client that sends it."""
        variable = operation.service.replace("-", "_")
        first = self.made.lines[0].operation.region
        variable += "" if operation.region == first else "_elsewhere"
        self.clients[variable] = (operation.service, operation.region)
        return variable

    def call(self, operation: Operation, function: str = "", more: Iterable[str] = ()) -> str:
        """A call by boto3; ``function`` is one that takes the method as its first argument."""
        method = f"{self.client(operation)}.{operation.method}"
        given = [f"{name}={self.value(inner)}" for name, inner in operation.params.items()]
        words = [*([method] if function else []), *given, *more]
        return called(function or method, words)

    def post(self, operation: Operation) -> str:
        """A call by urllib."""
        self.helpers.add("post")
        sent = self.value(operation.params) if operation.body is None else repr(operation.body)
        kept = ["made=made"] if self._remembers and operation.name.startswith("Create") else []
        return called("post", [quoted(operation.name), sent, f"region={quoted(operation.region)}", *kept])

    def settled(self, wait: Wait, until: Iterable[str] = ()) -> str:
        """A wait for a resource; ``until``: or for one of these statuses."""
        self.helpers.add("settled")
        return self.call(wait.describe, "settled", [f"until={list(until)!r}"] if until else [])

    # -- the calls on the way ------------------------------------------------------------------

    def line(self, place: int, line: Line) -> None:
        """One command that leads there."""
        self.known = line.known
        for wait in line.waits:
            self.add(self.settled(wait))
        sent = self.sent(place, line)
        came = comment(line.steps[-1].outcome.code or line.steps[-1].outcome.kind)
        if not by_boto(line.operation) and line.name != SETTLE:
            self.add(*sent)
            self.add(*_POSTED.get(line.way, ()))
            self.add(*self.bound(line))
        elif line.way == "plain":
            self.add(*sent)
        elif line.way == "may be refused":
            self.add("try:")
            self.add(*sent, deeper=1)
            self.add("except ClientError:", "    return  # as a conforming target may; there is nothing more to see")
        elif line.way == "may be accepted":
            self.add("try:")
            self.add(*sent, deeper=1)
            self.add("except ClientError:", f"    pass  # {came}, when it was recorded", "else:")
            self.add("    return  # as a conforming target may; there is nothing more to see")
        else:
            error = "ClientError" if line.way == "refused" else "Exception"
            self.helpers.add("suppress")
            self.add(f"with suppress({error}):  # {came}, when it was recorded")
            self.add(*sent, deeper=1)
        for claim in line.ends:
            gone = "answer is None or " if line.name == SETTLE else ""
            self.add(f"if {gone}{self.claim(claim)}:", "    return  # as it should be; there is nothing more to see")

    def sent(self, place: int, line: Line) -> list[str]:
        """What sends it, and keeps of the answer what is needed later."""
        if line.name == SETTLE:
            call = self.settled(line.settles)
        elif not by_boto(line.operation):
            post = self.post(line.operation)
            return [f"wire = {post}" if line.binds or line.way in _POSTED else post]
        elif line.name == WALK or {"items", "pages"} & {name for claim in line.ends for name in names(claim)}:
            return self.walked(line.operation) if line.ends else [self.walk(line.operation)]
        else:
            call = self.call(line.operation)
        kept = [self.kept[place]] if place in self.kept else []
        kept += ["answer"] if line.ends or (len(line.binds) > 1 and not kept) else []
        if not kept:
            return [f'{variable} = {call}["{member}"]' for member, variable in line.binds.items()] or [call]
        bound = [f'{variable} = {kept[0]}["{member}"]' for member, variable in line.binds.items()]
        return [f"{' = '.join(kept)} = {call}", *bound]

    def bound(self, line: Line) -> list[str]:
        """What keeps members of an answer that urllib brought."""
        if line.binds:
            self.helpers.add("json")
        body = "wire.body" if self._remembers else "wire[1]"
        return [f'{variable} = json.loads({body})["{member}"]' for member, variable in line.binds.items()]

    def walk(self, operation: Operation) -> str:
        """A call that reads a List to its last page."""
        self.helpers.add("walk")
        return self.call(operation, "walk")

    def walked(self, operation: Operation) -> list[str]:
        """The same, and the names that a claim may use."""
        member = {"ListEventTrackers": "eventTrackers"}.get(operation.name, "datasetGroups")
        items = f'items = [item for page in pages for item in page.get("{member}", [])]'
        return [f"pages = {self.walk(operation)}", items, "answer = pages[-1]"]

    # -- the last call -------------------------------------------------------------------------

    def last(self) -> None:
        """The call that shows it."""
        line, made = self.made.last, self.made
        self.known = line.known
        for wait in line.waits:
            self.add(self.settled(wait))
        self.add(*comments(self.deviation.sentence), *comments(f"came back: {self.deviation.actual}"))
        if made.form in ("settled", "gone"):
            self.add(f"answer = {self.settled(line.settles)}")
            settled = 'list(answer.values())[0].get("status") in ("ACTIVE", "CREATE FAILED")'
            self.add("assert answer is None  # it is gone" if made.form == "gone" else f"assert {settled}")
            return
        operation = line.steps[-1].operation
        if made.form in ("wire", "answered") or not by_boto(operation):
            self.last_by_post(operation)
        elif made.form == "refused":
            self.add("with pytest.raises(ClientError) as refused:")
            self.add(self.call(operation), deeper=1)
            self.add(f'assert refused.value.response["Error"]["Code"] in {listed(made.codes)}')
        elif made.form in ("accepted", "code"):
            self.last_accepted(line)
        else:
            self.last_claim(line)

    def last_accepted(self, line: Line) -> None:
        """It must be accepted, or be refused with one of a few errors."""
        made, call = self.made, (self.walk if line.name == WALK else self.call)(line.operation)
        if made.form == "accepted" and not made.codes:
            self.add(call)
            return
        self.add("try:")
        self.add(call, deeper=1)
        self.add("except ClientError as refused:", '    code = refused.response["Error"]["Code"]')
        claim = self.claim(self.deviation.claim) if made.form == "code" else f"code in {listed(made.codes)}"
        self.add(f"    assert {claim}")

    def last_claim(self, line: Line) -> None:
        """A claim about what it returns, or about what a wait sees at its last look."""
        claim, about = self.claim(self.deviation.claim), set(names(self.deviation.claim))
        if len(line.steps) > 1 and line.name == SETTLE:
            before = next(iter((line.steps[-2].outcome.result or {"": {}}).values()))
            saw = before.get("status") if isinstance(before, dict) else None
            kept = f"{self.kept[-1]} = " if -1 in self.kept else ""
            self.add(f"{kept}{self.settled(line.settles, [str(saw)])}")
        if line.name == WALK or about & {"items", "pages"}:
            lines = [each for each in self.walked(line.operation) if each.partition(" ")[0] in about | {"pages"}]
        else:
            lines = [f"answer = {self.call(line.steps[-1].operation)}"]
        lines.append(f"assert {claim}")
        if self.made.doubtful:
            self.helpers.add("suppress")
            self.add("with suppress(ClientError):  # which a conforming target may answer")
        self.add(*lines, deeper=int(self.made.doubtful))

    def last_by_post(self, operation: Operation) -> None:
        """The same, by urllib: what stands on the wire, or what boto3 would not send."""
        made = self.made
        self.add(f"wire = {self.post(operation)}")
        codes = f"error(wire) in {listed(made.codes)}"
        if made.form == "answered":
            self.add("assert wire.status < 500, wire.body")
        elif made.form == "wire":
            claim, kind = self.claim(self.deviation.claim), made.last.steps[-1].outcome.kind
            other = {"success": "wire.status >= 300 or ", "refusal": "wire.status < 300 or "}.get(kind, "")
            self.add(f"assert {other}({claim})" if other else f"assert {claim}")
        elif made.form == "refused":
            self.helpers.add("error")
            self.add("assert wire.status >= 400, wire.body", f"assert {codes}")
        elif made.form in ("accepted", "code"):
            self.helpers.add("error")
            claim = "(code := error(wire)) and " + self.claim(self.deviation.claim) if made.form == "code" else codes
            self.add(
                f"assert wire.status < 300 or {claim if made.codes or made.form == 'code' else 'False'}, wire.body"
            )
        else:
            self.helpers.add("json")
            self.add("if wire.status < 300:", '    answer = json.loads(wire.body or b"{}")')
            self.add(f"    assert {self.claim(self.deviation.claim)}")

    # -- the file ------------------------------------------------------------------------------

    def file(self, endpoint: str) -> str:
        """All of it."""
        self.keep()
        for place, line in enumerate(self.made.before):
            self.line(place, line)
        self.last()
        connected = [
            f"    {variable} = connect({quoted(service)}, {quoted(region)}, made)"
            for variable, (service, region) in sorted(self.clients.items())
        ]
        seconds = next((s.operation.params["seconds"] for s in self.made.last.steps if s.operation.name == SETTLE), 60)
        operation, clause = Operation(self.deviation.operation), self.deviation.clause.lower().replace("-", "_")
        return parts.assemble(
            head=[line for text in _head(self.made) for line in comments(text)],
            test=re.sub(r"\W", "_", f"test_{operation.method}__{clause}", flags=re.ASCII),
            endpoint=quoted(endpoint),
            seconds=repr(seconds),
            run=f"t{{uuid.uuid4().hex[:{length_of_run(self.made) - 1}]}}",
            connected=connected,
            body=self.body,
            helpers=self.helpers,
            imported=[name for name in ("hashlib", "json", "re") if name in self.used()],
        )

    def used(self) -> set[str]:
        """Modules that claims use."""
        claims = [self.deviation.claim, *(claim for line in self.made.before for claim in line.ends)]
        return {name for claim in claims for name in names(claim)} | self.helpers

    def keep(self) -> None:
        """Decide which answers are kept: those that hold a time that a claim compares with."""
        for node in ast.walk(ast.parse(self.deviation.claim or "0", mode="eval")):
            if isinstance(node, ast.Constant) and _is_time(node.value):
                self.origin(node.value)

    def origin(self, time: Any) -> str:
        """Where a recorded time came from: an expression over an answer that was kept; empty if it is not known."""
        looked = [(n, line.steps[-1]) for n, line in enumerate(self.made.before) if line.name != WALK]
        if self.made.last.name == SETTLE:
            looked += [(-1, step) for step in self.made.last.steps[:-1]]
        for place, step in reversed(looked):
            for member, inner in (step.outcome.result or {}).items():
                for name, value in inner.items() if isinstance(inner, dict) else ():
                    if value == time and name.endswith("DateTime"):
                        kept = self.kept.setdefault(place, "before" if place < 0 else f"answer_{place + 1}")
                        return f'{kept}["{member}"]["{name}"]'
        return ""


class _Renamed(ast.NodeTransformer):
    """Puts variables in place of what was recorded."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """A string or a time."""
        written = ""
        if isinstance(node.value, str):
            written = self.writer.text(node.value)
        elif _is_time(node.value):
            written = self.writer.origin(node.value)
        return ast.parse(written, mode="eval").body if written else node


def _is_time(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 1e8 < value < 1e11


def _head(made: Reproduction) -> list[str]:
    deviation = made.deviation
    return [
        f"{deviation.clause} · {deviation.level} · {deviation.operation}",
        deviation.sentence,
        f"allowed: {deviation.expected}",
        f"came back: {deviation.actual}",
        deviation.link,
    ]
