"""A comparison as Markdown, for a pull request or a step summary."""

from __future__ import annotations

from collections.abc import Iterator

from trackstep.reporting import comparison_told as told
from trackstep.reporting import inert
from trackstep.results.comparison import Comparison

MOST = 50
"""Rows of one kind that are listed; of more it is said how many there are."""


def markdown(compared: Comparison) -> str:
    """The comparison; what is a regression is bold."""
    return "".join(f"{line}\n" for line in _lines(compared))


def _lines(compared: Comparison) -> Iterator[str]:
    yield f"### trackstep: {'✗' if compared.regressions else '✓'} {told.verdict(compared)}"
    yield ""
    yield f"- **A** {inert.markdown(told.run(compared.before))}"
    yield f"- **B** {inert.markdown(told.run(compared.after))}"
    for what, before, after in compared.differences:
        yield f"- {inert.markdown(what)}: {inert.markdown(before)} → {inert.markdown(after)}"
    for section in told.sections(compared):
        yield ""
        yield f"#### {section.title.capitalize()} ({len(section.rows)})"
        yield ""
        for row in section.rows[:MOST]:
            yield from _row(section.mark, row)
        if len(section.rows) > MOST:
            yield f"- {len(section.rows) - MOST} more"


def _row(mark: str, row: told.Row) -> Iterator[str]:
    named = inert.markdown(" ".join(filter(None, (row.id, row.level))))
    named = f"**{named} (regression)**" if row.counts else named
    remark = f" — {inert.markdown(row.remark)}" if row.remark else ""
    yield f"- {'&#43;' if mark == '+' else '&#45;' if mark == '-' else mark} {named} {inert.markdown(row.what)}{remark}"
    if row.sentence:
        yield f"  - {inert.markdown(row.sentence)}"
    for word, value in row.details:
        yield f"  - {word}: {inert.markdown(value)}"
