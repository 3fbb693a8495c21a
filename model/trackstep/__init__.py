"""trackstep: the Amazon Personalize event tracker as a formal state machine, and a judge for it."""

__version__ = "0.1.0"
