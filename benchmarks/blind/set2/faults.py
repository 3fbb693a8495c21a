"""The whole set."""

import inputs  # noqa: F401
import isolation  # noqa: F401
import paging  # noqa: F401
import stateful  # noqa: F401
import tagging  # noqa: F401
import timing  # noqa: F401
import values  # noqa: F401
import wire  # noqa: F401
from base import FAULTS, META, PROOFS, emulated

__all__ = ["FAULTS", "META", "PROOFS", "emulated"]
