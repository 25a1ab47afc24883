"""Refreshing from the page: one refresh at a time for the whole process, followed by whoever looks.

Only where the operator allows it (``PAZ_ALLOW_REFRESH=1``): on a public server any reader could otherwise make the
machine ask the publishers.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from data.refresh import BusyError, Options, Outcome, lock, refreshed
from data.sources.catalogue import DATASETS
from data.sources.model import Dataset

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """How far a refresh is.

    Attributes
    ----------
    running
        Whether it is under way.
    wanted
        Data sets asked for, in order.
    outcomes
        What became of those that are done.
    dataset, step, done, total
        What is under way: ``total`` is null while the publisher does not say.
    refused
        Why nothing was begun: ``busy`` (another process refreshes) or ``broken``; empty otherwise.
    """

    running: bool = False
    wanted: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    dataset: str = ""
    step: str = ""
    done: int = 0
    total: int | None = None
    refused: str = ""

    @property
    def share(self) -> float:
        """Part of the whole that is done, from 0 to 1."""
        if not self.wanted:
            return 0.0
        inside = min(self.done / self.total, 1.0) if self.step == "download" and self.total else 0.0
        return min((len(self.outcomes) + 0.9 * inside) / len(self.wanted), 1.0)


def allowed() -> bool:
    """Whether the operator lets readers start a refresh."""
    return os.environ.get("PAZ_ALLOW_REFRESH", "") == "1"


def offline() -> bool:
    """Whether the operator forbids downloads."""
    return os.environ.get("PAZ_OFFLINE", "") == "1"


def selectable() -> list[str]:
    """Return the data sets that can be asked for: those that need no account, or whose account is set."""
    return [name for name, each in DATASETS.items() if all(os.environ.get(variable) for variable in each.needs)]


@dataclass
class Job:
    """The refresh of this process."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _progress: Progress = field(default_factory=Progress)

    def progress(self) -> Progress:
        """Return how far it is."""
        return self._progress

    def start(self, wanted: Sequence[str], options: Options | None = None) -> bool:
        """Begin a refresh in the background; false when one is under way, none is allowed or nothing is wanted."""
        names = [name for name in wanted if name in DATASETS]
        with self._lock:
            if self._progress.running or not names or not allowed():
                return False
            self._progress = Progress(running=True, wanted=tuple(names), dataset=names[0])
        thread = threading.Thread(target=self._run, args=(names, options or Options()), name="refresh", daemon=True)
        thread.start()
        return True

    def _note(self, dataset: str, step: str, done: int, total: int | None) -> None:
        self._progress = replace(self._progress, dataset=dataset, step=step, done=done, total=total)

    def _each(self, names: Sequence[str]) -> Iterator[Dataset]:
        """Give the data sets in order, saying of each that it begins."""
        for name in names:
            self._note(name, "download", 0, None)
            yield DATASETS[name]

    def _run(self, names: Sequence[str], options: Options) -> None:
        refused = ""
        try:
            with lock(options.folder):
                for outcome in refreshed(self._each(names), options, self._note):
                    self._progress = replace(self._progress, outcomes=(*self._progress.outcomes, outcome), done=0)
        except BusyError:
            refused = "busy"
        except Exception:
            # The page says that it failed; the log says how.
            LOG.exception("the refresh failed")
            refused = "broken"
        finally:
            self._progress = replace(self._progress, running=False, refused=refused)


JOB = Job()
