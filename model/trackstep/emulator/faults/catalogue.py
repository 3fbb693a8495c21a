"""Seeded faults, by area of the specification."""

from __future__ import annotations

from . import (
    deletion,
    describing,
    events,
    group_deletion,
    groups,
    identity,
    input,
    lifecycle,
    listing,
    paging,
    refused,
    regions,
    tagging,
    uniqueness,
    wire,
)
from .planting import Catalogue

AREAS = (
    lifecycle, uniqueness, identity, describing, listing, paging, deletion, groups, group_deletion, tagging,
    events, input, refused, wire, regions,
)  # fmt: skip

FAULTS = Catalogue()
for _area in AREAS:
    if _twice := FAULTS.keys() & _area.FAULTS.keys():
        raise ValueError(f"two faults named {sorted(_twice)}")
    FAULTS.update(_area.FAULTS)
