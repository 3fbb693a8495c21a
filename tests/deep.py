"""What `make test` runs of a long sweep; `make test-deep` runs all of it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest


def sweep(names: Iterable[str], *kept: str) -> list[object]:
    """Parameters of a test: those kept are in `make test` too, the others in `make test-deep` only."""
    names = list(names)
    assert set(kept) <= set(names), f"no such case: {set(kept) - set(names)}"
    return [pytest.param(name, marks=() if name in kept else pytest.mark.deep) for name in names]
