"""The project's own exceptions; each says whose fault it is.

TrackstepError
├── SpecError       our tables in spec/ contradict themselves
├── UsageError      the command line or a setting is wrong (exit 2)
├── TargetError     the backend cannot be talked to (exit 3)
└── HistoryError    a file is not a history (exit 2)
"""


class TrackstepError(Exception):
    """The root: catching it catches everything that trackstep raises on purpose."""


class SpecError(TrackstepError):
    """A table in ``spec/`` is wrong: a fault of this project, not of the target."""


class UsageError(TrackstepError):
    """What the user asked for cannot be done as asked; the message says what to do instead."""


class TargetError(TrackstepError):
    """The target cannot be reached or cannot be judged; the message names what is missing."""


class HistoryError(TrackstepError):
    """A file that should hold a history does not; the message names the line."""
