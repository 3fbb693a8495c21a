"""Values that programs name: long lists and long strings, so that a program stays short enough to read.

``$fifty`` stands in a program for a list of fifty tags, and so on. Owns the names; knows nothing of operations.
"""

from __future__ import annotations

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
}
"""What may be done to a reference, ``$A.tracker|cut``: it then names nothing, but nearly what it named."""

NAMES = {"fail": "create-failed", "mixed": "Mixed_Case-9", "spaced": "has space"}
"""Slots whose names are special: one asks for a creation that fails (docs/targets.md), one has all kinds of
letters, one has a character outside the pattern."""

LENGTHS = {"long": (63, "x"), "long2": (63, "y"), "toolong": (64, "x")}
"""Names that are as long as may be (two, of which only the end differs), and one character longer."""


def name_of(slot: str, prefix: str) -> str:
    """The name that a slot has under a prefix: ``A`` -> ``prefix-a``."""
    if slot in LENGTHS:
        length, end = LENGTHS[slot]
        return f"{prefix}-".ljust(length - 1, "x") + end
    return f"9{prefix}-digit" if slot == "digit" else f"{prefix}-{NAMES.get(slot, slot.lower())}"
