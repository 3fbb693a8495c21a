"""Every way in which the tables can be changed by one word of one row, to see that somebody notices.

Owns the list of changes. Knows nothing of who is to notice them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from trackstep import spec
from trackstep.formal.plain import DOES, EACH, GONE, NAMED, REFUSED, SERVICE, Kind, Row, Tables


class Changed(NamedTuple):
    """Other tables: the row that differs, and how."""

    place: str
    change: str
    tables: Tables


def every(tables: Tables) -> Iterator[Changed]:
    """All changes of what is decided by statuses: rows about one, transitions, and what ``requests.toml`` says."""
    for name, request in tables.requests.items():
        if request.by in tables.kinds:
            for number, row in enumerate(request.rows):
                if row.on and not row.when:
                    yield from of_row(tables, name, number)
    for kind in tables.kinds.values():
        yield from _of_moves(tables, kind)
    yield from _of_words(tables)


def of_row(tables: Tables, request: str, number: int) -> Iterator[Changed]:
    """Every change of one refusal row."""
    row = tables.requests[request].rows[number]
    for change, other in _rows(tables, row):
        yield Changed(row.place, change, tables.with_row(request, number, other))


def _rows(tables: Tables, row: Row) -> Iterator[tuple[str, Row | None]]:
    yield "dropped", None
    yield ("closed" if row.open else "left open"), row._replace(open=not row.open)
    kinds = [kind for kind in tables.kinds.values() if row.on in (kind.on, "resource")]
    for status in dict.fromkeys(status for kind in kinds for status in (*kind.statuses, GONE)):
        word = "without" if status in row.statuses else "also"
        yield f"{word} {status}", row._replace(statuses=row.statuses ^ {status})
    malformed = spec.load().malformed
    words = {code: frozenset({code}) for code in sorted(row.codes - spec.load().throttling)}
    if malformed <= row.codes:  # one word in the table
        words = {"malformed": malformed} | {code: of for code, of in words.items() if code not in malformed}
    for word, codes in words.items():
        yield f"without {word}", row._replace(codes=row.codes - codes)


def _of_moves(tables: Tables, kind: Kind) -> Iterator[Changed]:
    statuses = dict.fromkeys(status for each in tables.kinds.values() for status in (*each.statuses, GONE))
    for number, move in enumerate(kind.moves):
        yield Changed(move.place, "dropped", tables.with_move(kind.name, number, None))
        unseen = move.mover == SERVICE
        other = move._replace(mover="request" if unseen else SERVICE)
        yield Changed(move.place, "asked for" if unseen else "unseen", tables.with_move(kind.name, number, other))
        for status in statuses:
            if status != move.to:
                yield Changed(move.place, f"to {status}", tables.with_move(kind.name, number, move._replace(to=status)))
            if status != move.source:
                begun = move._replace(source=status)
                yield Changed(move.place, f"from {status}", tables.with_move(kind.name, number, begun))


def _of_words(tables: Tables) -> Iterator[Changed]:
    for word in set(REFUSED) - {tables.refused}:
        yield Changed("requests.toml", f"refused = {word}", replace(tables, refused=word))
    for kind in tables.kinds.values():
        others = [replace(kind, named=word) for word in NAMED if word != kind.named]
        others += [replace(kind, each=word) for word in EACH if kind.within and word != kind.each]
        for other in others:
            word = f"named = {other.named}" if other.named != kind.named else f"each = {other.each or 'any number'}"
            said = replace(tables, kinds={**tables.kinds, kind.name: other})
            yield Changed(f"requests.toml, kind {kind.name}", word, said)
    for name, request in tables.requests.items():
        if request.by not in tables.kinds:
            continue
        asked = [request._replace(does=word) for word in DOES if word != request.does]
        asked += [request._replace(kind=kind.on) for kind in tables.kinds.values() if kind.on != request.kind]
        for changed in asked:
            word = f"does = {changed.does}" if changed.does != request.does else f"kind = {changed.kind}"
            said = replace(tables, requests={**tables.requests, name: changed})
            yield Changed(f"requests.toml, request {name}", word, said)
