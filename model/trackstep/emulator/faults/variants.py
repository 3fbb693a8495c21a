"""Variants: what the sources allow, so that no clause may be held against it."""

from __future__ import annotations

from typing import Any

from ..models import PersonalizeBackend
from .planting import Catalogue

VARIANTS = Catalogue()


@VARIANTS(PersonalizeBackend, "_page")
def reversed_lists(page: Any, held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
    """Lists are in another order, page by page."""
    items, more = page(held, what, limit, token)
    return items[::-1], more
