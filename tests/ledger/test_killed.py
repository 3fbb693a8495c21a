"""kill -9 at any moment: `sweep` leaves nothing of ours, and everything of others."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.ledger.conftest import Service, Started


def killed(
    seed: int, last: int, service: Service, start: Started, sweep: Callable[..., Result], directory: Path
) -> None:
    """A run over HTTP, with lost and late answers, that is killed at a call before the ``last``; then swept, twice."""
    before = service.world()
    rng = random.Random(seed)
    service.moment = rng.randint(1, last)
    service.rng = rng
    words = (
        "check",
        "--endpoint-url",
        service.url,
        "--max-time",
        "100",
        "--seed",
        str(seed),
        "--report-dir",
        str(directory),
    )
    service.victim = start(*words)
    _, errors = service.victim.communicate(timeout=120)
    assert service.victim.returncode == -9, errors.decode()[-2000:]
    service.rng = None
    told = sweep(directory, "--yes")
    assert told.exit_code == 0, told.output
    assert service.world() == before, told.output
    again = sweep(directory)
    assert (again.exit_code, again.output.strip()) == (0, "nothing is left")


# The later moments are deep: two processes each, and fifty more are deep anyhow.
@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(3, 8))])
def test_sweep__after_kill_9_at_some_moment(
    seed: int, service: Service, start: Started, sweep: Callable[..., Result], tmp_path: Path
) -> None:
    """Moments among the first calls."""
    killed(seed, 250, service, start, sweep, tmp_path / "out")


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(100, 150))
def test_sweep__after_kill_9_at_any_moment(
    seed: int, service: Service, start: Started, sweep: Callable[..., Result], tmp_path: Path
) -> None:
    """Fifty moments of a whole run."""
    killed(seed, 2500, service, start, sweep, tmp_path / "out")
