"""A comparison as plain text, for a terminal and a log."""

from __future__ import annotations

from collections.abc import Iterator

from trackstep.reporting import comparison_told as told
from trackstep.reporting import inert
from trackstep.results.comparison import Comparison


def text(compared: Comparison) -> str:
    """The comparison; its last line is the verdict. A ``!`` stands before what is a regression."""
    return "".join(f"{line}\n" for line in _lines(compared))


def _lines(compared: Comparison) -> Iterator[str]:
    yield f"A  {inert.line(told.run(compared.before))}"
    yield f"B  {inert.line(told.run(compared.after))}"
    for what, before, after in compared.differences:
        yield f"   {inert.line(what)}: {inert.line(before)} → {inert.line(after)}"
    for section in told.sections(compared):
        yield ""
        yield f"{section.title} ({len(section.rows)})"
        for row in section.rows:
            yield from _row(section.mark, row)
    yield ""
    yield told.verdict(compared)


def _row(mark: str, row: told.Row) -> Iterator[str]:
    head = " ".join(filter(None, (row.id, row.level, row.what)))
    remark = f" ({inert.line(row.remark)})" if row.remark else ""
    yield f"{'!' if row.counts else ' '} {mark} {inert.line(head)}{remark}"
    if row.sentence:
        yield f"      {inert.line(row.sentence)}"
    for word, value in row.details:
        yield f"      {word:9}  {inert.line(value)}"
