"""What is proved of a clause, and by what: z3 for any number, TLC for small numbers, exhaustion; in no more words.

Read from what the proofs are of, not from their runs: that each is so, `trackstep formal`, `formal prove` and `formal
judge` say, and the tests of each. Of a clause that stands above a promise, the promise is proved; above an action of
the module, that module, model and tables are one graph; of one that a row about a status names, that the judge allows
just what the row does.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from trackstep import spec
from trackstep.evidence import whereabouts
from trackstep.formal import theorem

NOT = "not"


class Proved(NamedTuple):
    """Of one clause: promises and of which services, definitions that are drawn, operations whose rows are tried."""

    any_number: tuple[str, ...] = ()
    small_numbers: tuple[str, ...] = ()
    exhausted: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """As the ledger says it."""
        said = {
            "by z3, for any number": self.any_number,
            "by TLC, one graph for small numbers": self.small_numbers,
            "by exhaustion, the judge at every set of statuses": self.exhausted,
        }
        return [f"{how}: {', '.join(what)}" for how, what in said.items() if what] or [NOT]


def of_clauses(tla: whereabouts.Places) -> dict[str, Proved]:
    """Clause -> what is proved of it; ``tla``: the definitions that name it."""
    services, rows = _services(), _rows()
    found = {}
    for clause in spec.load().clauses:
        named = [place.split("!") for place in tla.get(clause, ())]
        promises = [f"{name} ({services[name]})" for module, name in named if module == "Promises" and name in services]
        drawn = [name for module, name in named if module == "EventTracker"]
        found[clause] = Proved(tuple(promises), tuple(drawn), tuple(rows.get(clause, ())))
    return found


def _services() -> dict[str, str]:
    """Promise -> the services of which it holds, and what has to be so besides."""
    found, given = defaultdict[str, list[str]](list), dict[str, str]()
    for each in theorem.theorems():
        if each.holds:
            found[each.name].append("lenient" if each.lenient else "strict")
            given[each.name] = ", if the service goes on" if each.kind == theorem.SETTLES else ""
    return {name: " and ".join(services) + given[name] for name, services in found.items()}


def _rows() -> dict[str, dict[str, None]]:
    """Clause -> the operations of which a row about a status names it."""
    found = defaultdict[str, dict[str, None]](dict)
    for name, operation in spec.load().operations.items():
        for row in operation.refusals:
            if row.on:
                found[row.clause][name] = None
    return found
