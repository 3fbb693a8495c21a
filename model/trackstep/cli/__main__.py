"""``python -m trackstep.cli``."""

from trackstep.cli import main

main()
