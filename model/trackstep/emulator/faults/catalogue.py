"""Seeded faults, by area of the specification."""

from __future__ import annotations

from . import uniqueness

FAULTS = uniqueness.FAULTS
