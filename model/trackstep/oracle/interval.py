"""When calls were under way: each from the moment it was sent to the moment its answer came, on one monotonic clock.

A call took effect at some moment in between (Herlihy and Wing, "Linearizability", 1990). Of two calls the one that was
answered before the other was sent came first; of two that overlap either may have. Owns this order. Knows nothing of
what was asked or answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Interval(NamedTuple):
    """When a call was sent and when its answer came, in seconds of one monotonic clock.

    ``client`` says who sent it, empty where that is not known: a client that sends the next call once it has the answer
    is believed, also where the clock is too coarse to tell the two moments apart.
    """

    sent: float
    answered: float
    client: str = ""

    def is_before(self, other: Interval) -> bool:
        """Whether this call was over when the other one began."""
        if self.answered == other.sent and self.client and self.client == other.client:
            return (self.sent, self.answered) != (other.sent, other.answered)
        return self.answered < other.sent


class Event(NamedTuple):
    """A call, by its place among the steps, is sent or answered."""

    at: float
    answered: bool
    call: int


def events(intervals: Sequence[Interval]) -> list[Event]:
    """All of them in order of time; at one moment what is sent comes first, so that it overlaps what is answered."""
    sent = [Event(interval.sent, False, call) for call, interval in enumerate(intervals)]
    return sorted(sent + [Event(interval.answered, True, call) for call, interval in enumerate(intervals)])


def in_order_of_sending(intervals: Sequence[Interval]) -> list[int]:
    """The calls, by their places, as they were sent."""
    return sorted(range(len(intervals)), key=lambda call: (intervals[call].sent, intervals[call].answered))


def beside(intervals: Sequence[Interval]) -> list[tuple[int, ...]]:
    """For each call the others that it overlaps: it may have come before them or after them."""
    found: list[list[int]] = [[] for _ in intervals]
    for call, other in _together(intervals):
        if not intervals[call].is_before(intervals[other]) and not intervals[other].is_before(intervals[call]):
            found[call].append(other)
            found[other].append(call)
    return [tuple(sorted(others)) for others in found]


def do_overlap(intervals: Sequence[Interval]) -> bool:
    """Whether of any two calls either may have come first."""
    return any(beside(intervals))


def _together(intervals: Sequence[Interval]) -> Iterator[tuple[int, int]]:
    """Every pair of calls of which one is sent while the other is under way, at the latest when that is answered."""
    under_way: dict[int, None] = {}
    for _, answered, call in events(intervals):
        if answered:
            del under_way[call]
        else:
            yield from ((other, call) for other in under_way)
            under_way[call] = None
