"""What stores, languages and frameworks do to a text that passes through them, and the texts that give it away.

Owns the transformations (a function each) and the choice of texts: a text *reveals* a transformation that does not give
it back as it was. Which texts are legal is for the caller to say. Knows nothing of members, requests or answers.
"""

from __future__ import annotations

import html
import itertools
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple
from urllib.parse import quote, unquote, unquote_plus

Transformation = Callable[[str], str]


def _number(text: str) -> str:
    """As a language writes the number that it reads."""
    try:
        return str(int(text))
    except ValueError:
        pass
    try:
        return str(float(text))
    except (ValueError, OverflowError):
        return text


def _read_as(words: Mapping[str, str]) -> Transformation:
    return lambda text: words.get(text.lower(), text)


def _date(text: str) -> str:
    """A date becomes a moment."""
    return re.sub(r"^(\d{4}-\d\d-\d\d)$", r"\1T00:00:00Z", text)


def _ascii(change: Transformation) -> Transformation:
    return lambda text: "".join(change(c) if c.isascii() else c for c in text)


def _cut(size: int) -> Transformation:
    return lambda text: text[:size]


def _cut_bytes(size: int, encoding: str) -> Transformation:
    return lambda text: text.encode(encoding)[:size].decode(encoding, "ignore")


def _before(mark: str) -> Transformation:
    return lambda text: text.partition(mark)[0]


def _folded(pattern: str, by: str) -> Transformation:
    return lambda text: re.sub(pattern, by, text)


WIDTHS = (8, 16, 20, 24, 31, 32, 36, 40, 48, 50, 60, 62, 63, 64, 100, 127, 128, 255, 256, 512, 1000, 1023)
"""Widths of columns, buffers and keys, in characters."""
OF_OBJECTS = ("__proto__", "constructor", "toString", "__class__")
"""Names under which the objects of a language hold what nobody put there."""
SEPARATORS = ".,:;=/+-_@|#&?!\\~ "
"""At which texts are cut, joined and split."""

TRANSFORMATIONS: dict[str, Transformation] = {
    "upper case": str.upper,
    "lower case": str.lower,
    "folded case": str.casefold,
    "upper case of ASCII": _ascii(str.upper),
    "lower case of ASCII": _ascii(str.lower),
    "capitalized": str.capitalize,
    "title case": str.title,
    "trimmed": str.strip,
    "trimmed at the beginning": str.lstrip,
    "trimmed at the end": str.rstrip,
    "ASCII blanks trimmed": lambda text: text.strip(" \t\r\n"),
    "blanks folded": lambda text: " ".join(text.split()),
    "ASCII blanks folded": _folded(r"  +", " "),
    "blank read as nothing": lambda text: text if text.strip() else "",
    "blanks removed": lambda text: "".join(text.split()),
    "first line only": lambda text: (text.splitlines() or [""])[0],
    **{form: lambda text, form=form: unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")},  # type: ignore[misc]
    "accents removed": lambda text: "".join(
        c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)
    ),
    "ASCII only": lambda text: text.encode("ascii", "ignore").decode(),
    "Latin-1 only": lambda text: text.encode("latin-1", "replace").decode("latin-1"),
    "read as Latin-1": lambda text: text.encode().decode("latin-1"),
    "escaped for JSON, twice": lambda text: json.dumps(text)[1:-1],
    "three bytes a character": _folded(r"[^\u0000-\uffff](?s:.*)", ""),
    "beyond the BMP replaced": lambda text: re.sub(r"[^\u0000-\uffff]", "\ufffd", text),
    "HTML escaped": html.escape,
    "HTML unescaped": html.unescape,
    "URL quoted": lambda text: quote(text, safe=""),
    "URL unquoted": unquote,
    "form unquoted": unquote_plus,
    "backslashes read": lambda text: re.sub(r"\\(.)", r"\1", text),
    "read as a number": _number,
    "leading zeros removed": _folded(r"^0+(?=\d)", ""),
    "trailing zeros removed": _folded(r"(?<=\.\d)0+$", ""),
    **{f"{word} read as a boolean": _read_as({word: "1"}) for word in ("true", "false", "yes", "no", "on", "off")},
    **{f"{word} read as nothing": _read_as({word: ""}) for word in ("null", "none", "nil", "nan", "undefined")},
    "nothing read as a word": _read_as({"": "None"}),
    **{f"{word} read as what objects have": _read_as({word.lower(): ""}) for word in OF_OBJECTS},
    "read as a template": _folded(r"\{\w*\}|%[sd(]|\$\{\w*\}", ""),
    "read as a date": _date,
    "read as a list": _folded(r"^\[.*\]$|^\{.*\}$", ""),
    "quotes removed": lambda text: text.strip("'\""),
    "digits of other scripts": lambda text: "".join(str(unicodedata.digit(c, c)) for c in text),
    "path made plain": _folded(r"/\.?(?=/|$)|^\./", ""),
    "a first sign removed": _folded(r"^[-+=@/.]", ""),
    "a last sign removed": _folded(r"[-+=@/.]$", ""),
    "signs folded": _folded(r"([-_./ ])\1+", r"\1"),
    "hyphens as underscores": lambda text: text.replace("-", "_"),
    "underscores as hyphens": lambda text: text.replace("_", "-"),
    "aws removed": _folded(r"(?i)^aws\W?", ""),
    **{f"cut at {mark!r}": _before(mark) for mark in SEPARATORS},
    **{f"cut at {size} characters": _cut(size) for size in WIDTHS},
    **{f"cut at {size} bytes": _cut_bytes(size, "utf-8") for size in (255, 256, 1024)},
    **{f"cut at {size} UTF-16 units": _cut_bytes(2 * size, "utf-16-le") for size in (127, 128)},
}  # fmt: skip
"""A name -> what is done to a text."""

LETTERS = ("a", "Z", "é", "ß", "İ", "ﬁ", "\u212b", "ᄀ", "가", "日", "𝒜", "𐐨", "Ａ", "²", "٣", "Ǆ", "e\u0301", "😀")
"""A letter of each kind: cases, one that grows, compositions of each form, widths from one byte to four."""
WORDS = (
    "007", "1.50", "+5", "-0", "1e3", "0x1F", "1_000", "9007199254740993", "true", "False", "null", "None", "NaN",
    "yes", "No", "on", "off", "nil", "undefined", "2024-01-01", "[]", "{}", "'q'", '"q"', "&amp;", "<b>", "%41", "\\n",
    "\\u0041", "${x}", "{0}%s", "aws", "AWS-x", "awsx:y", "a.aws:", "./a//b/", *OF_OBJECTS,
)  # fmt: skip
"""Words that some reader takes for something else than a text."""
TIMES = 2
"""By how many texts each transformation is given away, where there are as many: one may hide behind another."""
BLANKS = (" ", "\u00a0", "\u3000", "\u2028", "\t")


class Text(NamedTuple):
    """A text, and the names of the transformations that it gives away."""

    text: str
    reveals: frozenset[str]


def reveals(text: str) -> frozenset[str]:
    """The transformations that do not give this text back as it was."""
    return frozenset(name for name, change in TRANSFORMATIONS.items() if change(text) != text)


def _candidates(most: int) -> Iterator[str]:
    atoms = ["", *LETTERS, *WORDS]
    yield from atoms
    for sign in (*SEPARATORS, *BLANKS):
        yield from (sign, f"a{sign}b", f"{sign}a", f"a{sign}", f"a{sign}{sign}b")
    yield from (first + second for first, second in itertools.product(LETTERS, LETTERS))
    for letter in LETTERS:
        yield letter * most
        yield letter * (most // (2 if ord(letter[0]) > 0xFFFF else 1) - 1) + "z"


def covering(is_legal: Callable[[str], bool], least: int, most: int) -> tuple[Text, ...]:
    """Few legal texts that together give away every transformation that any candidate does; a plain one first.

    ``least`` and ``most`` are lengths in characters, and those who count in UTF-16 count no more than ``most``.
    """
    legal = []
    for text in dict.fromkeys(_candidates(most)):
        units = len(text.encode("utf-16-le", "surrogatepass")) // 2
        if least <= len(text) and units <= most and is_legal(text):
            legal.append(Text(text, _reveals(text)))
    chosen: dict[Text, None] = {}
    for _ in range(TIMES):
        left = [text for text in legal if text not in chosen]
        missing = frozenset[str]().union(*(text.reveals for text in left))
        while missing:
            best = max(left, key=lambda one: (len(one.reveals & missing), -len(one.text)))
            chosen[best] = None
            missing -= best.reveals
    return tuple(sorted(chosen, key=lambda one: len(one.reveals)))


_reveals = cache(reveals)


def near(text: str) -> dict[str, str]:
    """What the text becomes by one transformation, under its name; each other text once."""
    changed = {change(text): name for name, change in reversed(TRANSFORMATIONS.items())}
    return {name: other for other, name in changed.items() if other != text}
