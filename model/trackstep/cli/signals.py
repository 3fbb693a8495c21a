"""What ends a command from outside: Ctrl-C, SIGTERM, and the last alarm.

Owns the handlers, while a run goes on. What they ring (search/budget.py) decides when it is heard.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackstep.search.budget import Ending

Alarm = Callable[[float], None]


@contextmanager
def heard(ending: Ending, seconds: float) -> Iterator[Alarm]:
    """Ring it at a signal, and after so many seconds; yields how to set the alarm anew.

    Deadlines end what takes too long. The alarm is for what knows none, such as a target in process that never
    returns; where the system has no alarm there is none.
    """
    asked = (signal.SIGTERM, signal.SIGINT)  # a shell that starts us in the background ignores Ctrl-C for us
    before = {number: signal.signal(number, lambda number, _: ending.ring(number)) for number in asked}
    if hasattr(signal, "setitimer"):
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, lambda *_: ending.ring())
    try:
        _set(seconds)
        yield _set
    finally:
        _set(0.0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _set(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
