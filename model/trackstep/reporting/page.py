"""Pages: one self-contained HTML file from a template, with its style and its script inside.

Owns the rules of every page that trackstep writes: nothing is fetched (the content security policy forbids it, and
names by hash the one style and the scripts that may run), every value is escaped, cut when endless and free of
control characters, and a link leads to http or https or nowhere. Knows nothing of what a page shows.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from trackstep.reporting import inert

TEMPLATES = "trackstep.reporting", "templates"


def render(
    template: str, *, styles: Sequence[str] = ("page.css",), scripts: Sequence[str] = (), look: str = "", **values: Any
) -> str:
    """The page that a template makes of these values; ``styles`` and ``scripts`` are files beside the template.

    ``look`` is more style, of pictures that are made elsewhere: it comes first, so that the files may override it.

    The template extends ``page.html.j2`` and fills its blocks ``title`` and ``main``. The text has no half of a
    surrogate pair in it: it can be written as UTF-8.
    """
    style, script = look + _joined(tuple(styles)), _joined(tuple(scripts))
    policy = f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}; img-src data:; " + (
        "base-uri 'none'; form-action 'none'"
    )
    made = environment().get_template(template)
    return made.render(style=Markup(style), script=Markup(script), policy=policy, **values)


@cache
def environment() -> Environment:
    """The templates of this package, every value of which is made inert."""
    made = Environment(
        loader=PackageLoader(*TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    made.filters |= {"link": link, "anchor": anchor, "copied": copied}
    return made


def link(address: object) -> str:
    """An address that may be followed; empty for any other."""
    text = inert.line(address, 2000)
    return text if text.startswith(("https://", "http://")) else ""


def anchor(text: object) -> str:
    """A text as the name of an anchor."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in str(text)[:200])


def copied(text: object) -> Markup:
    """A program to be copied: as long as it may be, not cut as other text is."""
    return escape(inert.block(text, 20_000))


def _finalize(value: Any) -> Any:
    return inert.block(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _joined(names: tuple[str, ...]) -> str:
    folder = resources.files(TEMPLATES[0]).joinpath(TEMPLATES[1])
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)


def _source(text: str) -> str:
    """How a policy names one inline style or script; 'none' where there is none."""
    if not text:
        return "'none'"
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
