"""The results as a picture: which share of the faults each driver has found after so many calls."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from .report import Runs
from .unit import FAITHFUL

COLOURS = {"trackstep": "#4c9be8", "hypothesis": "#f2a65a", "random": "#7cc48d", "fast-check": "#c49be0"}


def draw(runs: Runs, drivers: Sequence[str], budget: int, path: Path) -> None:
    """Draw one line a driver, over all seeds of all faults that it judges. Raises ImportError without matplotlib."""
    matplotlib: Any = import_module("matplotlib")  # an extra (`bench`): imported where it is used
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "trackstep"  # the same results, the same file
    pyplot: Any = import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots(figsize=(8, 4.6), layout="constrained")
    for driver in drivers:
        its = [run for run in runs if run["driver"] == driver and run["fault"] != FAITHFUL]
        calls = sorted(run["calls"] for run in its if run["found"])
        if not its:
            continue
        shares = [100 * number / len(its) for number in range(1, len(calls) + 1)]
        last = shares[-1] if shares else 0.0
        axes.step(
            [1, *calls, budget], [0, *shares, last], where="post", label=f"{driver} ({last:.0f} %)",
            color=COLOURS.get(driver), linewidth=2.5,
        )  # fmt: skip
    axes.set(xscale="log", xlim=(1, budget), ylim=(0, 102), xlabel="HTTP calls", ylabel="faults found, %")
    axes.set_title("Seeded faults found by a number of calls", loc="left", fontsize=11)
    axes.grid(color="#e4e7eb", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    pyplot.close(figure)
