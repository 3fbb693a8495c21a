"""Where a clause is named: in the tables, in the TLA+ modules, and in the judge's own code.

Read from the sources, so that nobody has to keep a list. In the code a clause counts as judged where its id is a
literal that can end up in a finding; ids that only say what an answer could have broken (``notes.saw``) do not count.
Knows nothing of what is found at run time: that each fault is named by its clauses, the mutants test.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from trackstep import spec

_ID = re.compile(r"ET-[A-Z]+-\d+")
JUDGES = ("constraint.py", "condition.py", "guard.py", "blame.py", "wire.py", "judge.py", "promise/*.py")
"""The modules whose findings are a verdict."""
_EXERCISED = "saw"
"""The method that counts a clause as exercised, which is no judgement."""
_DEFINITION = re.compile(r"^(\w+)(?:\([^)]*\))?\s*==")

Places = dict[str, list[str]]
"""Clause -> where, in the order of the source."""


def in_tables() -> Places:
    """The rows of operations.toml and lifecycle.toml that name a clause, and the column where it is not ``clause``."""
    loaded, found = spec.load(), defaultdict[str, list[str]](list)
    for name, operation in loaded.operations.items():
        found[operation.clause].append(f"operations.toml {name}: success")
        for row in operation.refusals:
            found[row.clause].append(f"operations.toml {row.id}{' (open)' if row.open else ''}")
            for column in ("only", "deleted", "elsewhere"):
                if clause := getattr(row, column):
                    found[clause].append(f"operations.toml {row.id} ({column})")
    for kind, cycle in loaded.lifecycles.items():
        for move in cycle.transitions:
            found[move["clause"]].append(f"lifecycle.toml {kind}: {move['from']} - {move['trigger']} - {move['to']}")
        for sight in cycle.illegal:
            knew, saw = ("/".join(sight[column]) or "any" for column in ("knew", "saw"))
            found[sight["clause"]].append(f"lifecycle.toml {kind}: knew {knew}, saw {saw}")
    return found


def in_judge() -> Places:
    """The functions and tables of the judge that can name a clause in a finding."""
    found = defaultdict[str, list[str]](list)
    for clause, places in _through_rows().items():
        found[clause] += places
    root = Path(spec.__file__).parent / "oracle"
    for path in (path for pattern in JUDGES for path in sorted(root.glob(pattern))):
        module = ".".join(path.relative_to(root).with_suffix("").parts)
        for place, clause in literals(path.read_text(encoding="utf-8")):
            if (named := f"{module}.{place}") not in found[clause]:
                found[clause].append(named)
    return found


def _through_rows() -> Mapping[str, list[str]]:
    """The clauses that the judge takes from a row, and by which function."""
    found = defaultdict[str, dict[str, None]](dict)
    for operation in spec.load().operations.values():
        found[operation.clause]["blame.groundless"] = None
        for row in operation.refusals:
            if row.only:
                found[row.only]["blame.groundless"] = None
            # A row that is open or never holds contradicts no success; a malformed request breaks a limit's clause.
            if not row.open and row.when not in ("never", "malformed"):
                for clause in filter(None, (row.clause, row.deleted, row.elsewhere)):
                    found[clause]["blame.row"] = None
    for cycle in spec.load().lifecycles.values():
        for sight in cycle.illegal:
            found[sight["clause"]]["lifecycle.Observer.breaks"] = None
    return {clause: list(places) for clause, places in found.items()}


def literals(source: str) -> Iterator[tuple[str, str]]:
    """Each clause id that is a literal of a module and not only counted: the function or table it is in, and the id."""
    tree = ast.parse(source)
    counted = {
        call.func.id
        for saw in ast.walk(tree)
        if _counts(saw)
        for call in ast.walk(saw)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    }
    for top in tree.body:
        name = _name(top)
        if name not in counted:
            for clause in _within(top):
                yield name, clause


def _within(node: ast.AST) -> Iterator[str]:
    if _counts(node):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _ID.fullmatch(node.value):
        yield node.value
    for inner in ast.iter_child_nodes(node):
        yield from _within(inner)


def _counts(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == _EXERCISED


def _name(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    target = (
        node.targets[0] if isinstance(node, ast.Assign) else node.target if isinstance(node, ast.AnnAssign) else None
    )
    return target.id if isinstance(target, ast.Name) else "(module)"


def in_tla(folder: Path) -> Places:
    """The definitions in a folder's TLA+ modules whose comment, directly above, names a clause."""
    found = defaultdict[str, list[str]](list)
    for path in sorted(folder.glob("*.tla")):
        above: list[str] = []
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(r"\*"):
                above += _ID.findall(line)
                continue
            if definition := _DEFINITION.match(line):
                for clause in dict.fromkeys(above):
                    found[clause].append(f"{path.stem}!{definition[1]}")
            above = []
    return found
