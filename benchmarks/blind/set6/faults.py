"""The whole set."""

import errors  # noqa: F401
import controls  # noqa: F401
import events  # noqa: F401
import isolation  # noqa: F401
import lifecycle  # noqa: F401
import paging  # noqa: F401
import stateful  # noqa: F401
import tagging  # noqa: F401
import timing  # noqa: F401
import values  # noqa: F401
import wire  # noqa: F401
from base import FAULTS, META, PROOFS, emulated

__all__ = ["FAULTS", "META", "PROOFS", "emulated"]
