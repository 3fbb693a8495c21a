"""Values that programs name: long lists and long strings, so that a program stays short enough to read.

``$fifty`` stands in a program for a list of fifty tags, and so on. Owns the names; knows nothing of operations.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from typing import Any

EVENT = {"eventType": "click", "itemId": "item-1", "sentAt": 1700000000}
LONGEST = {"tagKey": "k" * 128, "tagValue": "v" * 256}

NAMED: dict[str, Any] = {
    "fifty": [{"tagKey": f"key-{n}", "tagValue": str(n)} for n in range(50)],
    "fiftyone": [{"tagKey": f"key-{n}", "tagValue": str(n)} for n in range(51)],
    "twohundredone": [{"tagKey": f"key-{n}", "tagValue": str(n)} for n in range(201)],
    "manykeys": [f"key-{n}" for n in range(201)],
    "longest": [LONGEST],
    "ten": [EVENT] * 10,
    "eleven": [EVENT] * 11,
    "huge": "x" * 2**20,
}
"""Name without the ``$`` -> what it stands for."""

CHANGED: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "cut": lambda text: text[:-1],
    "longer": lambda text: f"{text}x",
    "blank": lambda text: f"{text} ",
    "before": lambda text: f" {text}",
    "beyond": lambda text: f"{text}日",
    "account": lambda text: re.sub(r":\d{12}:", ":999999999999:", text, count=1),
    "partition": lambda text: text.replace("arn:aws:", "arn:aws-cn:", 1),
    "kind": lambda text: re.sub(r":[a-z-]+/", ":solution/", text, count=1),
    "slash": lambda text: f"{text}/",
    "template": lambda text: f"{text}{{id}}%s",
    "stem": lambda text: text.rpartition("/")[0],
    "open": lambda text: f"{text.rpartition('/')[0]}/",
}
"""What may be done to a reference, ``$A.tracker|cut``: it then names nothing, but nearly what it named."""

NAMES = {"fail": "create-failed", "mixed": "Mixed_Case-9", "spaced": "has space"}
"""Slots whose names are special: one asks for a creation that fails (docs/targets.md), one has all kinds of
letters, one has a character outside the pattern."""

LENGTHS = {"long": (63, "x"), "long2": (63, "y"), "toolong": (64, "x")}
"""Names that are as long as may be (two, of which only the end differs), and one character longer."""


NOBODY = "nobody"
"""The slot that nothing was ever made under."""
EDGES = {"digit": "9", "dash": "-", "underscore": "_", "accent": "é", "numeral": "٣"}
"""Slots whose names begin with something other than the prefix: a digit, which is allowed, and what is not."""
_OURS = re.compile(rf"[{re.escape(''.join(EDGES.values()))}]?(ts[0-9a-f]{{5,}})-.+", re.DOTALL)


def name_of(slot: str, prefix: str) -> str:
    """The name that a slot has under a prefix: ``A`` -> ``prefix-a``; ``_A-1`` -> ``prefix-A-1``, as it is written."""
    if slot.startswith("_"):
        return f"{prefix}-{slot[1:]}"
    if slot in LENGTHS:
        length, end = LENGTHS[slot]
        return f"{prefix}-".ljust(length - 1, "x") + end
    return f"{EDGES[slot]}{prefix}-{slot}" if slot in EDGES else f"{prefix}-{NAMES.get(slot, slot.lower())}"


def prefix_of(name: str) -> str:
    """The prefix of the session that a name was made under: ``ts``, four digits of the run, its number; else empty."""
    ours = _OURS.fullmatch(name)
    return ours[1] if ours else ""


def is_ours(name: str) -> bool:
    """Whether a name has the form of those that a run, a replay or a judged target makes."""
    return bool(prefix_of(name))


def is_under(name: str, prefix: str) -> bool:
    """Whether a name is one of the run (``ts`` and four hex digits), or of the session, that has this prefix."""
    own = prefix_of(name)
    return bool(own) and (own == prefix if len(prefix) > RUN else own[:RUN] == prefix)


RUN = len("ts0000")
"""How long the prefix of a run is; that of a session has the session's number after it."""


def nobody(prefix: str) -> tuple[str, str]:
    """The end of a tracker's ARN and a tracking ID that nothing has: new with each prefix, whatever a target counts."""
    made = hashlib.md5(f"{prefix}-nobody".encode(), usedforsecurity=False)
    return made.hexdigest()[:8], str(uuid.UUID(bytes=made.digest(), version=4))
