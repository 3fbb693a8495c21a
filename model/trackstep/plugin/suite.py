"""The clauses as test items, and what the report of the search makes of each.

A clause passes where it conforms, fails where it deviates, and is skipped, with the reason, where it was not exercised,
the target does not offer it, or it is tentative. Owns the words of a failure; the search is in search.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from trackstep import spec
from trackstep.plugin import search
from trackstep.reporting import console as screen
from trackstep.reporting import grouping, inert

NAME = "trackstep"
UNJUDGED = "could not be judged"
REPORT = pytest.StashKey[search.Report]()
VERDICT = pytest.StashKey[str]()


class Clauses(pytest.Collector):
    """All the clauses, and the profile if one is given."""

    @classmethod
    def of(cls, session: pytest.Session) -> Clauses:
        """The collector, at the root of the session: its items are called trackstep::ET-UNIQ-1."""
        made: Clauses = cls.from_parent(session, name=NAME, nodeid=NAME, path=session.config.rootpath)
        return made

    def collect(self) -> Iterator[pytest.Item]:
        """An item a clause, in the order of the specification."""
        for clause in spec.load().clauses.values():
            yield ClauseItem.from_parent(self, name=clause.id, clause=clause)
        if self.config.option.trackstep_profile:
            yield ProfileItem.from_parent(self, name="profile")


class SearchedItem(pytest.Item):
    """What is told from the report of the search, which the first item to be run starts."""

    def setup(self) -> None:
        """See that there is a report; an error, and no failure, where the target could not be judged."""
        stash = self.config.stash
        if REPORT not in stash:
            stash[REPORT] = search.report(self.config)
            stash[VERDICT] = screen.line(stash[REPORT]).plain
        told = stash[REPORT]
        if told["verdict"] == UNJUDGED:
            pytest.fail(f"could not be judged: {inert.line(told['reason'])}", pytrace=False)

    def reportinfo(self) -> tuple[Any, None, str]:
        """Where it is, for reports: no file of the user's."""
        return self.path, None, f"{NAME} {self.name}"


class ClauseItem(SearchedItem):
    """One clause. ``-k`` selects by id, area and level."""

    def __init__(self, *, clause: spec.Clause, **words: Any) -> None:
        super().__init__(**words)
        self.clause = clause
        self.extra_keyword_matches |= {clause.area, clause.level}
        self.add_marker(NAME)

    def runtest(self) -> None:
        """Say what the report says of this clause."""
        told = self.config.stash[REPORT]
        row = next(row for row in told["clauses"] if row["id"] == self.clause.id)
        self.user_properties += [("level", self.clause.level), ("exercised", row["exercised"])]
        if row["verdict"] == "deviates":
            self._deviates(told)
        elif row["verdict"] == "differs":
            pytest.skip(f"tentative, and never counts: {_differs(told, self.clause.id)}")
        elif row["verdict"] != "conforms":
            pytest.skip(f"{row['verdict']}: {row['reason']}")  # not exercised or unsupported: skipped is not passed

    def _deviates(self, told: search.Report) -> None:
        found = [d for d in told["deviations"] if d["clause"] == self.clause.id]
        reasons = {row["id"]: row["reason"] for row in told["declared"]["deviations"]}
        new = [d for d in found if f"{d['clause']} {d['operation']} {d['answer']}" not in reasons]
        text = _told(new or found, told["deviations"])
        if found and not new:
            pytest.xfail(f"declared: {'; '.join(dict.fromkeys(reasons.values()))}")
        if self.clause.level != "MUST" and not self.config.option.trackstep_strict:
            pytest.xfail(f"{self.clause.level}, which counts with --trackstep-strict\n{text}")
        pytest.fail(text, pytrace=False)


class ProfileItem(SearchedItem):
    """The profile: fails where an entry is stale or has expired."""

    def runtest(self) -> None:
        """Say what the report says of the profile."""
        if problems := self.config.stash[REPORT][search.ROTTEN]:
            pytest.fail("\n".join(inert.line(problem) for problem in problems), pytrace=False)


def _told(found: list[dict[str, Any]], all_of_them: list[dict[str, Any]]) -> str:
    """The deviations of a clause, as the console shows them, each under a line for pytest's short summary."""
    parts = []
    for deviation in found:
        kept = StringIO()
        out = Console(file=kept, width=110, soft_wrap=True, color_system=None)
        screen.deviation(grouping.group(deviation, all_of_them), out)
        came = inert.line(f"{deviation['operation']} came back {deviation['actual']}", 200)
        parts.append(f"{came}, allowed: {inert.line(deviation['expected'], 200)}\n{kept.getvalue().rstrip()}")
    return "\n".join(parts)


def _differs(told: search.Report, clause: str) -> str:
    row = next((row for row in told["tentative"] if row["clause"] == clause), None)
    return "" if row is None else inert.line(f"{row['operation']} came back {row['actual']}", 200)
