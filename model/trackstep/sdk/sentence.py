"""What an SDK's documentation says in the place of the sentences that clauses quote.

Owns the finding of a sentence, or of the one that took its place. Which sentences are quoted,
``trackstep.evidence.quote`` says; the prose of each operation and shape is handed in.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import cache

from trackstep.evidence import quote
from trackstep.evidence.service_model import plain

_ALIKE = 0.7
"""From this ratio of difflib on, a sentence is taken to be the other one, reworded."""


@cache
def quoted() -> dict[str, dict[str, tuple[str, ...]]]:
    """Operation or shape -> sentence -> the clauses that quote it. What has no space is a pattern or a word."""
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for each in quote.everything():
        words = plain(each.words)
        for name in each.names if " " in words else ():
            found[name][words] = tuple(dict.fromkeys((*found[name].get(words, ()), each.clause)))
    return dict(found)


def standing(prose: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """For each quote what stands (``place``) in the prose of its operation or shape, where there is prose."""
    return {
        name: {words: place(words, prose[name]) for words in sentences}
        for name, sentences in quoted().items()
        if name in prose
    }


def place(words: str, documentation: str) -> str:
    """The whole sentences that hold the quote, else the most similar ones, else nothing."""
    text = plain(documentation)
    ends = [0, *(found.end() for found in re.finditer(r"[.!?](?=\s|$)", text)), len(text)]
    at = text.find(words)
    if at >= 0:
        first = max(end for end in ends if end <= at)
        last = min(end for end in ends if end >= at + len(words))
        return text[first:last].strip()
    length = max(1, len(re.findall(r"[.!?](?=\s|$)", words)))
    windows = [text[a:b].strip() for a, b in zip(ends, ends[length:], strict=False)]
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(words)
    best, like = "", _ALIKE
    for window in windows:
        matcher.set_seq1(window)
        if matcher.real_quick_ratio() > like and matcher.quick_ratio() > like and matcher.ratio() > like:
            best, like = window, matcher.ratio()
    return best
