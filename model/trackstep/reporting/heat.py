"""Heat maps in plain values: which operation was called in which state, and what it answered.

The number stands in each cell; its shade, one of six, only repeats it. Knows no HTML.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

STATES = ("never", "creating", "active", "failed", "deleting", "gone")
TITLES = {"event_tracker": "event tracker", "dataset_group": "dataset group"}
COLUMNS = 12
"""Answers that get a column of their own, the most frequent; the others share one."""
Row = Mapping[str, Any]


def tables(report: Row) -> list[dict[str, Any]]:
    """Each map: a title, what its columns say, the rows with the numbers and shades of their cells."""
    coverage = report["coverage"]
    made = []
    for kind, title in TITLES.items():
        rows = [(row["operation"], row["times"]) for row in coverage.get("states", ()) if row["kind"] == kind]
        made.append(_table(f"Calls by the state of the {title} that they are about", STATES, rows))
    answers = [(row["operation"], row["times"]) for row in coverage.get("answers", ())]
    total: Counter[str] = Counter()
    for _, times in answers:
        total.update(times)
    names = [name for name, _ in sorted(total.items(), key=lambda item: (item[0] != "success", -item[1], item[0]))]
    if len(names) > COLUMNS:
        answers = [(operation, _folded(times, names[:COLUMNS])) for operation, times in answers]
        names = [*names[:COLUMNS], "other"]
    made.append(_table("Answers by operation", names, answers))
    return [table for table in made if table["rows"]]


def shade(number: int, most: int) -> int:
    """0 for none, then 1 to 5 by the logarithm: a handful must be told from none, and from thousands."""
    if not number:
        return 0
    return min(5, 1 + int(5 * math.log(number + 1) / math.log(most + 2)))


def _table(title: str, columns: Sequence[str], rows: Sequence[tuple[str, Mapping[str, int]]]) -> dict[str, Any]:
    most = max((number for _, times in rows for number in times.values()), default=0)
    cells = [
        (operation, [(times.get(name, 0), shade(times.get(name, 0), most)) for name in columns])
        for operation, times in rows
    ]
    return {"title": title, "columns": columns, "rows": cells}


def _folded(times: Mapping[str, int], names: Sequence[str]) -> dict[str, int]:
    kept = {name: times[name] for name in names if name in times}
    return kept | {"other": sum(times.values()) - sum(kept.values())}
