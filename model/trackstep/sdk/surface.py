"""The surface of an SDK: what it offers for the covered operations, as one small file that diffs well.

Owns the form of that file, its writing and its checked reading. Does not know where a surface comes from (``model.py``
makes one, ``source.py`` finds one) nor what a difference means.

Every object is sorted by its keys, every set is a sorted list and what is empty is left out, so two surfaces of the
same SDK are the same bytes.
Shapes stand in a table by name and refer to each other by name, so a shape that holds itself is written once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from trackstep.errors import UsageError

FORMAT = 1
"""Goes up when an older trackstep would misread the file."""

WIDTH = 118
"""Characters of a line of the file, before its comma."""

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Surface:
    """What one SDK offers.

    ``source`` names it, such as ``botocore 1.44.5``. ``services``: service -> protocol, signing name and the like, with
    ``paginators`` and ``waiters`` false where nothing is known of them. ``operations``: name -> service, HTTP method
    and URI, names of the input and output shape, errors, paginator, waiters, marks. ``shapes``: service -> shape ->
    type, limits, members, marks. ``quotes``: operation or shape -> sentence that a clause quotes -> what stands there.
    """

    source: str
    services: Mapping[str, Table]
    operations: Mapping[str, Table]
    shapes: Mapping[str, Mapping[str, Table]]
    quotes: Mapping[str, Mapping[str, str]]

    def shape(self, service: str, name: str) -> Table:
        """One shape of a service."""
        found: Table = self.shapes[service][name]
        return found


def dumps(surface: Surface) -> str:
    """The surface as sorted JSON, what fits on a line on one line; ends with a line end."""
    return _written({"format": FORMAT} | asdict(surface), 0) + "\n"


def _written(value: Any, depth: int, before: int = 0) -> str:
    line = json.dumps(value, sort_keys=True, ensure_ascii=False)
    if (depth and depth + before + len(line) <= WIDTH) or not value or not isinstance(value, (dict, list)):
        return line
    pad = " " * (depth + 1)
    if isinstance(value, dict):
        names = {key: json.dumps(key, ensure_ascii=False) + ": " for key in sorted(value)}
        parts = [pad + name + _written(value[key], depth + 1, len(name)) for key, name in names.items()]
    else:
        parts = [pad + _written(each, depth + 1) for each in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return ",\n".join([opening + "\n" + parts[0], *parts[1:]]) + "\n" + " " * depth + closing


def is_saved(document: object) -> bool:
    """Whether a JSON document claims to be a saved surface."""
    return isinstance(document, dict) and "format" in document and "operations" in document


def loads(document: Mapping[str, Any], name: str) -> Surface:
    """The surface that a document holds. Raises UsageError where it is of a newer format, or was damaged."""
    if document["format"] != FORMAT:
        raise UsageError(
            f"{name} is a surface of format {document['format']!r}; this trackstep reads format {FORMAT}: "
            "upgrade trackstep, or write the surface anew with `trackstep sdk surface`"
        )
    if problem := next(_problems(document), None):
        raise UsageError(f"{name} is no whole surface: {problem}; write it anew with `trackstep sdk surface`")
    return Surface(**{part: document[part] for part in ("source", "services", "operations", "shapes", "quotes")})


def checked(surface: Surface) -> Surface:
    """The same surface. Raises UsageError where a comparison would meet what is missing or of a wrong type."""
    if problem := next(_problems(asdict(surface)), None):
        raise UsageError(f"the model is damaged: {problem}")
    return surface


def _problems(document: Table) -> Iterator[str]:
    """What is missing or of the wrong type, so that a comparison never meets it."""
    if not isinstance(document.get("source"), str):
        yield "source is no text"
    for part in ("services", "operations", "shapes", "quotes"):
        if not _is_table(document.get(part)):
            yield f"{part} is no table of tables"
            return
    services, shapes = document["services"].keys(), document["shapes"]
    for name, operation in document["operations"].items():
        service = operation.get("service")
        if not isinstance(service, str) or service not in services or service not in shapes:
            yield f"{name} is of no service that is there"
        elif not _is_operation(operation, shapes[service]):
            yield f"{name} is damaged, or names a shape that is not there"
    for service, table in shapes.items():
        for name, shape in table.items():
            if not _is_shape(shape, table):
                yield f"shape {name} of {service} is damaged, or names a shape that is not there"
    if not all(isinstance(told, str) for quotes in document["quotes"].values() for told in quotes.values()):
        yield "a quote is no text"


def _is_operation(row: Table, shapes: Table) -> bool:
    if not _are_tables(row, "marks", "waiters") or not _are_texts(row.get("errors", [])):
        return False
    named = [*(row[part] for part in ("input", "output") if part in row), *row.get("errors", ())]
    return all(_is_name(name, shapes) for name in named)


def _is_shape(shape: object, shapes: Table) -> bool:
    if (
        not isinstance(shape, dict)
        or not isinstance(shape.get("type"), str)
        or not _are_tables(shape, "marks", "error")
    ):
        return False
    members = shape.get("members", {})
    return (
        _is_table(members)
        and all(_are_tables(row, "marks") and _is_name(row.get("shape"), shapes) for row in members.values())
        and all(_are_texts(shape.get(part, [])) for part in ("enum", "required"))
        and all(isinstance(shape.get(limit, 0), (int, float)) for limit in ("min", "max"))
        and isinstance(shape.get("pattern", ""), str)
    )


def _is_name(name: object, shapes: Table) -> bool:
    return isinstance(name, str) and name in shapes


def _is_table(part: object) -> bool:
    return isinstance(part, dict) and all(isinstance(each, dict) for each in part.values())


def _are_tables(row: Table, *words: str) -> bool:
    return all(isinstance(row.get(word, {}), dict) for word in words)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
