"""Check a target: search, shortest programs, profile, verdict and cleaning up, as one stream of events.

Owns the order of these, and what a failure in any of them becomes: an event, after which the stream still comes to
``Judged`` and ends with ``Finished``. Writes nothing and shows nothing; whoever hears the events does.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import date
from signal import Signals
from typing import Any, Protocol

from trackstep import event, write_ahead
from trackstep.errors import TrackstepError, UsageError
from trackstep.event import Deviation, Event, Failed, Finished, Judged
from trackstep.results import profile as profiles
from trackstep.results.origin import Origin, here
from trackstep.results.profile import Profile
from trackstep.results.report import report, unjudged
from trackstep.search.budget import Budget, BudgetSpent, Ending
from trackstep.search.deviation import Deviations
from trackstep.search.run import Journal, Run, Settings
from trackstep.search.session import Patience
from trackstep.search.sighting import Key
from trackstep.targets import Target
from trackstep.targets.asking import describe


class Showing(Protocol):
    """Runs bundles, one after the other; may be asked at any moment for the deviations with what came of it."""

    def run(self) -> Iterator[str]:
        """Yields the name of each deviation that is done."""

    def all(self) -> tuple[Deviation, ...]:
        """The deviations; of what was not run by then, they say so."""


Show = Callable[[Target, Sequence[Deviation], Budget, Patience, tuple[str, str]], Showing]
Wanted = Callable[[event.Found], bool]
Events = Generator[Event, None, None]


def check(
    target: Target,
    settings: Settings | None = None,
    profile: Profile | None = None,
    *,
    wanted: Wanted | None = None,
    shrink: bool = True,
    journal: Journal | None = None,
    ending: Ending | None = None,
    show: Show | None = None,
    origin: Origin | None = None,
) -> Events:
    """Check a target; ends with Finished whatever happens, and never raises for what the target does.

    ``profile``: deviations that are declared. ``wanted``: the search ends at the first deviation that it holds for,
    and nothing else is reported. Without ``shrink`` each deviation is told as it was recorded. ``journal`` hears of
    each step as soon as it is judged; ``ending`` may be rung to end the run before its time. ``show`` makes what runs
    the bundles before they are shown (trackstep.reproducing.trial.Trials). ``origin`` is what the head of the report
    tells; by default now, on this machine. The target is not closed. Who stops
    listening before the end has what the run made deleted all the same. Raises UsageError where a setting is wrong,
    such as AWS_PROFILE.
    """
    run = Run(target, settings or Settings(), journal, ending)
    return _Check(run, profile, wanted, shrink, show, origin or here()).events()


class _Check:
    """One run on its way to the verdict."""

    def __init__(
        self, run: Run, profile: Profile | None, wanted: Wanted | None, shrink: bool, show: Show | None, origin: Origin
    ) -> None:
        self._run, self._origin = run, origin
        self._profile, self._wanted, self._shrink, self._show = profile, wanted, shrink, show
        self._trials: Showing | None = None
        self._found: Deviations | None = None
        self._failed: Failed | None = None

    def events(self) -> Events:
        """Search, shrink, judge, clean up."""
        finished = False
        try:
            try:
                yield from self._search()
            except BudgetSpent:
                pass  # the time is up; what was found is told
            except UsageError:
                raise
            except Exception as wrong:
                self._failed = _failure(wrong)
            except KeyboardInterrupt:
                self._failed = Failed("interrupted", "interrupted")
            if number := self._run.budget.ending.signal:
                self._failed = Failed("interrupted", f"interrupted by {Signals(number).name}", signal=number)
            self._run.budget.ending.shut()
            if self._failed:
                yield self._failed
            try:
                judged = self._judged()
            except Exception as wrong:
                yield (failed := _failure(wrong))
                judged = Judged(self._broken(failed))
            yield judged
            finished = True
            if left := self._cleaned_up():
                judged.report["left"] = left
            yield Finished(judged, left)
        finally:
            if not finished:
                self._cleaned_up()

    def _search(self) -> Events:
        for happened in self._run.events():
            yield happened
            if isinstance(happened, event.Found) and self._wanted and self._wanted(happened):
                key = Key(happened.clause, happened.operation, happened.answer)
                self._run.sightings = {key: self._run.sightings[key]}
                break
        self._found = Deviations(self._run)
        for key in self._found.shrink(self._show is not None) if self._shrink else ():
            yield event.Shrunk(*key, self._found.spent[key])
        if self._show is not None:
            yield from self._shown(self._show, self._found.all())

    def _shown(self, show: Show, deviations: Sequence[Deviation]) -> Events:
        """Run what is to be shown, in the time that is left."""
        run = self._run
        run.may_show()
        self._trials = show(run.target, deviations, run.budget, run.patience, run.settings.regions)
        for id in self._trials.run():
            yield event.Shown(id)

    def _judged(self) -> Judged:
        run = self._run
        # What a target that does not offer enough was found to do is no deviation; what was found later is.
        offered = run.offered or self._failed is None or self._failed.by == "interrupted"
        deviations = (self._trials or self._found or Deviations(run)).all() if offered else ()
        known = None
        if self._profile is not None:
            known = profiles.apply(self._profile, deviations, run.exercised, date.today(), run.answered)
        made = report(run, deviations, known, self._failed, self._origin)
        # Only a whole run can tell that something no longer occurs; that a day has passed, the calendar tells.
        whole = self._failed is None and run.is_whole
        rotten = known.problems if known and (known.expired or (known.stale and whole)) else ()
        return Judged(made, deviations, tuple(rotten))

    def _broken(self, failed: Failed) -> dict[str, Any]:
        """What is left to tell where the report itself cannot be made."""
        run = self._run
        told = unjudged(failed.reason, describe(run.target), run.settings.seed, 4, self._origin)
        return told | {"calls": run.budget.calls}

    def _cleaned_up(self) -> str:
        """Delete what the run made, where the target would keep it; says what may be left, and how to delete it."""
        if not self._run.target.remembers:
            return ""
        why = self._clean_up()
        return "; ".join(filter(None, (why, write_ahead.left(self._run.target))))

    def _clean_up(self) -> str:
        try:
            self._run.may_tidy()
            self._run.clean_up()
        except Exception as wrong:
            return _failure(wrong).reason
        except BudgetSpent:
            return self._run.spent()
        except KeyboardInterrupt:
            return "it was interrupted"
        return ""


def _failure(wrong: Exception) -> Failed:
    """What is told of an exception that ended a run: the target's fault, or ours."""
    if isinstance(wrong, TrackstepError):
        return Failed("target", str(wrong))
    told = " ".join(f"{type(wrong).__name__}: {wrong}".split())[:200]
    return Failed("internal", f"internal error: {told}", "".join(traceback.format_exception(wrong)))
