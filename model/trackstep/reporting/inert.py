"""Text from a target made inert: it can be read, and do nothing, wherever it is shown.

Every form begins with the same two steps: what cannot be printed (control characters, ANSI escapes, marks that turn
the direction of writing, halves of a surrogate pair) becomes a space, and what is endless is cut. Then each form
takes away what that format would act upon. HTML is escaped by its templates (page.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LINE = 300
"""Characters of a text that is shown on one line."""
BLOCK = 4000
"""Characters of a text that is shown on several lines."""

_MARKDOWN = re.compile(r"[\\`*_\[\]#|~<>&@$]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""What is markup wherever it stands: also a mention, the number of an issue, an address, a formula."""


def line(text: object, most: int = LINE) -> str:
    """The text on one line of at most so many characters; says how long it was where it was cut."""
    return _cut(text, most, "")


def block(text: object, most: int = BLOCK) -> str:
    """The same, with its line ends and tabs kept."""
    return _cut(text, most, "\n\t")


def markdown(text: object, most: int = LINE) -> str:
    """The text inside a paragraph or a cell of a table in Markdown: no markup, no HTML, no mention, no link.

    Numeric entities hold wherever Markdown is read; a backslash does not, in tables.
    """
    return _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", line(text, most)).strip()


def fenced(lines: Iterable[object], language: str = "", most: int = LINE) -> str:
    """A fenced block of code in Markdown, its fence longer than any in the text."""
    told = [line(each, most) for each in lines]
    fence = "`" * max(3, 1 + max((len(run) for each in told for run in re.findall("`+", each)), default=0))
    return "\n".join([f"{fence}{language}", *told, fence])


def xml(text: object, most: int = BLOCK) -> str:
    """Text of which every character may stand in XML 1.0; what writes the XML escapes it."""
    return block(text, most)


def _cut(text: object, most: int, kept: str) -> str:
    whole = str(text)
    shown = whole[:most]
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() or c in kept else " " for c in shown)
    return shown if len(whole) <= most else f"{shown}… ({len(whole)} characters)"
