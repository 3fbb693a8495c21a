"""Guards: does a refusal row hold? Yes, no or maybe, because a status may be only partly known.

Owns the reading of the rows. Knows nothing of what came back.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from trackstep import spec
from trackstep.oracle.case import Case
from trackstep.oracle.condition import CONDITIONS, MAYBE, NO, YES, Condition
from trackstep.oracle.lifecycle import mask
from trackstep.spec import Refusal

PLACE = {"group": 0, "tracker": 1, "resource": 2}
"""Where in ``Case.masks`` the resource stands that a row's ``on`` names."""

bits_of = cache(lambda row: mask(row.statuses))
"""The statuses of a row as bits."""


class Standing(NamedTuple):
    """What the statuses alone say of an operation's rows; ``together``: one of those of which one must hold.

    ``firm`` is False where this rests on a row that is only tentative: that CREATE FAILED still occupies (ET-UNIQ-4).
    """

    malformed: Refusal | None
    rows: tuple[tuple[Refusal, int, str, Condition | None], ...]
    together: Refusal | None
    firm: bool


@cache
def _standing(name: str, masks: tuple[int, int, int]) -> Standing:
    rows, union = [], {"group": 0, "tracker": 0, "resource": 0}
    table, clauses, tentative = spec.load().operations[name].refusals, spec.load().clauses, 0
    for row in table:
        known, bits = (masks[PLACE[row.on]], bits_of(row)) if row.on else (1, 1)
        if row.when in ("never", "malformed") or not known & bits:
            continue
        member, condition = CONDITIONS[row.when] if row.when else ("", None)
        rows.append((row, MAYBE if known & ~bits else YES, member, condition))
        if row.on and not row.when and not row.open:
            union[row.on] |= bits
            tentative |= bits if clauses[row.clause].level == "tentative" else 0
    must = next((on for on, bits in union.items() if bits and not masks[PLACE[on]] & ~bits), "")
    together = next((row for row, *_ in rows if must and row.on == must and not row.when and not row.open), None)
    firm = not must or not masks[PLACE[must]] & tentative
    return Standing(next((row for row in table if row.when == "malformed"), None), tuple(rows), together, firm)


def rows(c: Case) -> tuple[list[Refusal], Refusal | None]:
    """The refusal rows that may hold, in order; and one that must, if one must."""
    may, must = _weighed(c)
    return may, next(iter(must), None)


def musts(c: Case) -> list[Refusal]:
    """The rows that ask for a refusal; where it takes several together, the first of them."""
    return _weighed(c)[1]


def _weighed(c: Case) -> tuple[list[Refusal], list[Refusal]]:
    """The rows that may hold, and those that must, the malformed one first; an operation of no table has none."""
    if c.operation.name not in spec.load().operations:
        return [], []
    malformed, standing, together, firm = _standing(c.operation.name, c.masks)
    if c.malformed or (not firm and c.tracker is not None and c.tracker.may_fail):
        together = None
    may: list[Refusal] = []
    must: list[Refusal] = []
    if c.violations and malformed is not None:
        may.append(malformed)
        must = [malformed] if c.malformed else []
    for row, value, member, condition in standing:
        if condition is not None:
            if member and member not in c.params:
                continue
            # A malformed request may be refused for whatever else may be wrong with it.
            value = MAYBE if c.malformed else min(value, condition(c))
            if value == NO:
                continue
        may.append(row)
        if value == YES and not row.open and not c.malformed:
            must.append(row)
    return may, must or ([together] if together else [])


def doubted(c: Case) -> Refusal | None:
    """The row that alone excludes a success, and is only tentative: CREATE FAILED may turn out not to occupy.

    ``rows`` lets such a success pass, so that no firm clause is accused; it is told all the same (ET-UNIQ-4).
    """
    if c.tracker is None or c.malformed or not c.tracker.may_fail:
        return None
    standing, clauses = _standing(c.operation.name, c.masks), spec.load().clauses
    tentative = (row for row, *_ in standing.rows if clauses[row.clause].level == "tentative" and not row.open)
    return None if standing.firm else next(tentative, None)
