"""The strokes of a state graph in SVG: boxes, arrows with their words, a legend, a frame around several pictures.

Owns the look: legible on light and on dark, lines told apart without colour. Text is monospaced, so its width is known.
Knows nothing of layout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Literal, NamedTuple

Line = Literal["solid", "dashed", "dotted"]
Border = Literal["single", "double", "dotted"]

CHAR, LEADING, PAD, MARGIN = 7.25, 15, 9, 16
"""Width of a character, height of a line, space around text in a box and around the picture, in pixels."""
ROUND = 8

STYLE = """\
.trackstep-graph{--paper:#fff;--ink:#1f2328;--line:#57606a;--box:#f3f5f8;--wrong:#b3211e;max-width:100%;height:auto;\
font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}
@media (prefers-color-scheme:dark){.trackstep-graph{--paper:#0d1117;--ink:#e6edf3;--line:#9aa4af;--box:#1c2430;\
--wrong:#ff8a80}}
.trackstep-graph .paper{fill:var(--paper)}
.trackstep-graph text{fill:var(--ink);text-anchor:middle}
.trackstep-graph text.left{text-anchor:start}
.trackstep-graph text.title{font-weight:bold}
.trackstep-graph .box{fill:var(--box);stroke:var(--ink);stroke-width:1.2}
.trackstep-graph .inner{fill:none;stroke:var(--ink)}
.trackstep-graph .absent{stroke-dasharray:2 3}
.trackstep-graph path{fill:none;stroke:var(--line);stroke-width:1.6}
.trackstep-graph path.dashed{stroke-dasharray:6 4}
.trackstep-graph path.dotted{stroke:var(--wrong);stroke-width:2.2;stroke-dasharray:1.5 4;stroke-linecap:round}
.trackstep-graph path.faint{opacity:.4}
.trackstep-graph path.head{fill:var(--line);stroke:none}
.trackstep-graph path.head.dotted{fill:var(--wrong)}
"""
"""The rules; the variables may be set anew by a page that the picture stands in."""


class Picture(NamedTuple):
    """What was drawn, to be framed: elements of SVG and their extent in pixels."""

    body: tuple[str, ...]
    width: float
    height: float


def text_width(lines: Sequence[str]) -> float:
    """How wide these lines are."""
    return max((len(line) for line in lines), default=0) * CHAR


def text_height(lines: Sequence[str]) -> float:
    """How high these lines are."""
    return len(lines) * LEADING


class Canvas:
    """What is drawn on; words on arrows end up above all else."""

    def __init__(self) -> None:
        self._drawn: list[str] = []
        self._above: list[str] = []

    def words(self, x: float, y: float, said: str, kind: str = "") -> None:
        """One line of text; ``y`` is its foot."""
        of_kind = f' class="{kind}"' if kind else ""
        self._above.append(f'<text{of_kind} x="{x:g}" y="{y:g}">{escape(said)}</text>')

    def box(self, x: float, y: float, width: float, height: float, lines: Sequence[str], border: Border) -> None:
        """A box with its text in the middle."""
        kind = "box absent" if border == "dotted" else "box"
        self._rectangle(kind, x, y, width, height, ROUND)
        if border == "double":
            self._rectangle("inner", x + 3, y + 3, width - 6, height - 6, ROUND - 2)
        first = y + (height - text_height(lines)) / 2 + LEADING - 4
        for number, line in enumerate(lines):
            self.words(x + width / 2, first + number * LEADING, line)

    def arrow(self, way: str, tip: tuple[float, float], angle: int, line: Line, faint: bool = False) -> None:
        """A line along ``way`` (the d of a path) and its head, which points at ``tip``."""
        kind = f"{line} faint" if faint else line
        self._drawn.append(f'<path class="{kind}" d="{way}"/>')
        place = f"translate({tip[0]:g} {tip[1]:g}) rotate({angle})"
        self._drawn.append(f'<path class="head {kind}" d="M0 0L-9 -4.5L-9 4.5Z" transform="{place}"/>')

    def label(self, x: float, y: float, lines: Sequence[str]) -> None:
        """Words on an arrow, ``y`` being the foot of the first line; they hide what they stand on."""
        width, height = text_width(lines) + 6, text_height(lines)
        place = f'x="{x - width / 2:g}" y="{y - 11:g}" width="{width:g}" height="{height:g}"'
        self._above.append(f'<rect class="paper" {place}/>')
        for number, line in enumerate(lines):
            self.words(x, y + number * LEADING, line)

    def legend(self, y: float, said: Mapping[Line, str]) -> float:
        """What each kind of line means; returns how far to the right it goes."""
        x = float(MARGIN)
        for line, words in said.items():
            self._drawn.append(f'<path class="{line}" d="M{x:g} {y - 4:g}h34"/>')
            self.words(x + 42, y, words, "left")
            x += 42 + text_width([words]) + 24
        return x

    def picture(self, width: float, height: float) -> Picture:
        """What was drawn."""
        return Picture((*self._drawn, *self._above), width, height)

    def _rectangle(self, kind: str, x: float, y: float, width: float, height: float, corner: float) -> None:
        self._drawn.append(
            f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{corner:g}"/>'
        )


def frame(name: str, pictures: Sequence[Picture]) -> str:
    """One SVG of several pictures, one under the other. ``name`` is what a screen reader says."""
    width, height = max(picture.width for picture in pictures), sum(picture.height for picture in pictures)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="trackstep-graph" role="img" aria-label="{escape(name)}" '
        f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}">',
        f"<title>{escape(name)}</title>",
        f"<style>\n{STYLE}</style>",
        f'<rect class="paper" width="{width:g}" height="{height:g}" rx="6"/>',
    ]
    y = 0.0
    for picture in pictures:
        lines += [f'<g transform="translate(0 {y:g})">', *picture.body, "</g>"]
        y += picture.height
    return "\n".join([*lines, "</svg>"]) + "\n"
