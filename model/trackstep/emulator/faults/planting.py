"""How a fault is planted: a method or function of the emulator is wrapped, and put back when the block ends."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial, wraps
from inspect import getattr_static
from types import ModuleType
from typing import Any, Literal
from unittest.mock import patch

Needs = Literal["any", "moving", "clients"]
"""``moving``: only to be seen where statuses are seen changing (progression manual or time); ``clients``: where several
ask at once."""
Wrong = Callable[..., Any]
"""Takes the original first, then what the original takes."""
Owner = type | ModuleType
"""What holds the function that is wrapped: a class, or a module under whose name it is called."""


def count(held: Any, what: str) -> int:
    """How many times this has been counted on what is held: on the backend (a reset forgets it) or a resource."""
    times: int = held.__dict__.get(f"_counted_{what}", 0) + 1
    held.__dict__[f"_counted_{what}"] = times
    return times


@dataclass(frozen=True)
class Fault:
    """A way in which the emulator differs: its name, a sentence, the clauses of which one must be named.

    ``behind`` says in a few words what it hides behind, empty for one that shows at once.
    """

    name: str
    sentence: str
    clauses: tuple[str, ...]
    behind: str
    needs: Needs
    wraps: tuple[tuple[Owner, str, Wrong], ...]

    def plant(self, undone: ExitStack) -> None:
        """Wrap the methods until ``undone`` is closed."""
        for owner, method, wrong in self.wraps:
            undone.enter_context(patch.object(owner, method, _wrapped(owner, method, wrong)))


def _wrapped(owner: Owner, method: str, wrong: Wrong) -> Any:
    found = getattr_static(owner, method)
    if isinstance(owner, ModuleType):
        return wraps(found)(partial(wrong, found))
    if isinstance(found, staticmethod):
        return staticmethod(wraps(found.__func__)(partial(wrong, found.__func__)))
    if isinstance(found, property):
        assert found.fget is not None
        return property(partial(wrong, found.fget))

    @wraps(found)
    def call(self: Any, *words: Any, **named: Any) -> Any:
        return wrong(partial(found, self), self, *words, **named)

    return call


class Catalogue(dict[str, Fault]):
    """Faults by name. Calling it decorates one: ``@faults(Backend, "method", "ET-UNIQ-1", behind="…")``.

    The function is called as ``fault(original, self, …)``, where ``original(…)`` is bound; for a static method
    or a function of a module as ``fault(original, …)``; for a property as ``fault(getter, self)``, the getter
    taking ``self``. ``also`` wraps further methods for the same fault.
    """

    def __call__(
        self,
        owner: Owner,
        method: str,
        *clauses: str,
        behind: str = "",
        needs: Needs = "any",
        also: tuple[tuple[Owner, str, Wrong], ...] = (),
    ) -> Callable[[Wrong], Wrong]:
        """Register the decorated function under its name, with dashes."""

        def register(wrong: Wrong) -> Wrong:
            name = wrong.__name__.replace("_", "-")
            if name in self:
                raise ValueError(f"two faults named {name}")
            sentence = " ".join((wrong.__doc__ or "").split())
            self[name] = Fault(name, sentence, clauses, behind, needs, ((owner, method, wrong), *also))
            return wrong

        return register
