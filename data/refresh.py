"""Bring fresh official data to this machine: ``python -m data.refresh``.

Each data set goes the same way: download into ``incoming/`` (an interrupted download is taken up again within 24
hours) or take the files of ``--offline-dir`` → read → check → write a new version and swap. Whatever fails on the
way, the version in use stays in use, the failure is remembered for the application to show, and the next data set
is taken.

Exit codes, for cron: 0 everything asked for is fresh or unchanged; 1 something failed, something else worked; 2
wrong usage; 3 nothing worked; 75 another refresh is running (try again later); 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import errno
import fnmatch
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import pandas as pd

from data import paths, refresh_words, snapshots
from data.names import Gazetteer
from data.sources.fetch import Fetch, local_file
from data.sources.http import PublisherError, RetryPolicy
from data.sources.model import Dataset, Locate, Parsed, Parsing, RawFile, SourceError, stacked

OK, SOME_FAILED, USAGE, ALL_FAILED, BUSY, INTERRUPTED = 0, 1, 2, 3, 75, 130

UNMATCHED = frozenset({"unknown_code", "not_five_digits", "ambiguous", "unknown", "not_a_municipality"})
PLACE_NOT_KNOWN = frozenset({"unknown_place", "abroad", "blank", "obsolete_code", "region_only"})
NOT_SAID = frozenset({"unknown_place", "blank"})
"""Of these the publisher says that it does not know the place itself."""
MUCH_NOT_SAID = 0.05
NO_NETWORK_AFTER = 2
"""Hosts in a row whose address this machine cannot find before the others are not asked any more."""
UNREADABLE = frozenset({"no_amount", "no_date", "not_a_number", "not_a_year", "no_year", "impossible_date"})
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}

Report = Callable[[str, str, int, int | None], None]
"""Called with the data set, the step (``download``, ``read``, ``check``, ``write``), what is done and the total."""


class BusyError(Exception):
    """Another process is refreshing the same data folder."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one data set.

    Attributes
    ----------
    outcome
        ``published``, ``unchanged``, ``checked`` (dry run), ``skipped`` (nothing to read, or credentials not given),
        ``not_asked`` (there is no network) or ``failed``; then ``fault`` and ``advice`` are the codes of
        :mod:`data.sources.http` or :data:`data.sources.model.FORMAT_FAULTS`.
    reasons
        Rows left out by reason; ``rejected_file`` lists them one by one.
    unused
        Why no figure of the application comes from it (:func:`data.overlaid.unused`); empty when some do.
    stands
        Of a failure, what the application goes on showing: ``version`` (downloaded before), ``embedded`` or ``""``.
    host
        Of a failure, who was asked.
    """

    dataset_id: str
    outcome: str
    rows: int = 0
    rejected: int = 0
    cut_date: dt.date | None = None
    seconds: float = 0.0
    fault: str = ""
    advice: str = ""
    status: int | None = None
    detail: str = ""
    reasons: Mapping[str, int] = field(default_factory=dict)
    rejected_file: Path | None = None
    unused: str = ""
    stands: str = ""
    host: str = ""

    @property
    def place_not_said(self) -> int:
        """Rows whose place the publisher itself does not know: on no map and in no total."""
        return sum(amount for reason, amount in self.reasons.items() if reason in NOT_SAID)

    def record(self, at: dt.datetime) -> dict[str, Any]:
        """Return the outcome as the snapshot folder remembers it."""
        return {
            "at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "outcome": self.outcome,
            "rows": self.rows,
            "rejected": self.rejected,
            "cut_date": self.cut_date.isoformat() if self.cut_date else None,
            "fault": self.fault,
            "advice": self.advice,
            "status": self.status,
            "detail": self.detail,
            "reasons": dict(self.reasons),
            "unused": self.unused,
            "stands": self.stands,
        }


def _quiet(dataset_id: str, step: str, done: int, total: int | None) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to refresh.

    Attributes
    ----------
    since
        First day wanted; older periods are taken from the version in use.
    offline_dir
        Folder of files that a person downloaded: nothing is asked of the network. A ``SHA256SUMS`` file in it is
        checked.
    dry_run
        Download, read and check, but change nothing.
    force
        Publish even when rows or the cut date went back: for a publisher that corrected itself.
    base
        Stands in for the user's data folder.
    embedded
        Gives the embedded values of an indicator (``divipola``, ``month`` or ``year``, ``value``); the store's by
        default.
    """

    since: dt.date | None = None
    offline_dir: Path | None = None
    dry_run: bool = False
    force: bool = False
    base: Path | None = None
    keep: int = 3
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    pause: float | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    today: dt.date = field(default_factory=dt.date.today)
    gazetteer: Gazetteer | None = None
    locate: Locate | None = None
    embedded: Callable[[str], pd.DataFrame] | None = None

    @property
    def folder(self) -> Path:
        """Return the data folder."""
        return self.base or paths.data_dir()

    def incoming(self, dataset_id: str) -> Path:
        """Return where a data set's download lands before it is checked."""
        return self.folder / "incoming" / dataset_id


# -- one writer at a time --------------------------------------------------------------------------------------------


@contextlib.contextmanager
def lock(base: Path | None = None) -> Iterator[None]:
    """Hold the data folder for writing; the operating system lets go when the process ends, however it ends.

    Raises
    ------
    BusyError
        Another process holds it.
    """
    folder = base or paths.data_dir()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "refresh.lock").open("a+", encoding="utf-8") as handle:
        if not _try_lock(handle):
            handle.seek(0)
            raise BusyError(handle.read().strip())
        try:
            handle.seek(0)
            handle.truncate()
            handle.write(f"process {os.getpid()} since {dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}\n")
            handle.flush()
            yield
        finally:
            _unlock(handle)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: IO[str]) -> bool:
        handle.seek(0)
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(handle: IO[str]) -> None:
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(handle: IO[str]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(handle: IO[str]) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)


# -- checks ----------------------------------------------------------------------------------------------------------


def check(
    parsed: Parsed, dataset: Dataset, previous: snapshots.Snapshot | None, options: Options, known: Gazetteer
) -> None:
    """Refuse what must not replace the version in use.

    Raises
    ------
    SourceError
        ``no_rows``, ``unmatched_codes`` (more than the data set's share of rows has a place that is no
        municipality), ``unreadable_cells``, ``future_dates``, and, unless forced, ``fewer_rows`` (under 95 % of
        the version in use) and ``older_than_current``.
    """
    if parsed.rows == 0 or (dataset.indicators and parsed.values.empty):
        raise SourceError("no_rows", f"{parsed.rows} rows read, none of them usable")
    _check_values(parsed.values, known)
    _check_rejected(parsed, dataset)
    if parsed.cut_date and parsed.cut_date > options.today:
        raise SourceError("future_dates", f"the cut date is {parsed.cut_date}")
    if options.force:
        return
    _check_against_embedded(parsed, dataset, options)
    if previous is None:
        return
    same_extent = previous.manifest.get("since") is None and options.since is None
    if dataset.complete and same_extent and parsed.rows < 0.95 * previous.manifest["rows"]:
        raise SourceError("fewer_rows", f"{parsed.rows} rows; the version in use has {previous.manifest['rows']}")
    if parsed.cut_date and previous.cut_date and parsed.cut_date < previous.cut_date:
        raise SourceError("older_than_current", f"cut date {parsed.cut_date}; in use {previous.cut_date}")


def _check_against_embedded(parsed: Parsed, dataset: Dataset, options: Options) -> None:
    """Refuse a part of the country in place of the whole: an export of one department would empty all the others."""
    if dataset.join != "replace":
        return
    embedded = options.embedded or _embedded
    for indicator_id, rows in parsed.values.groupby("indicator_id"):
        held = embedded(str(indicator_id))
        period = "month" if rows["month"].notna().all() else "year"
        if period not in held:
            continue
        # Some tables write zeros down: they are not places that a file could lack.
        held, rows = held.loc[held["value"] > 0], rows.loc[rows["value"] > 0]
        common = held[period].isin(rows[period].unique())
        places, there = rows["divipola"].nunique(), held.loc[common, "divipola"].nunique()
        if there >= 20 and places < 0.9 * there:
            raise SourceError(
                "fewer_rows",
                f"{indicator_id}: {places} municipalities; the embedded series has {there} in these periods",
            )


def _embedded(indicator_id: str) -> pd.DataFrame:
    from data import store

    for name in ("values_month", "values_year"):
        values = store.embedded(name)
        rows = values.loc[values["indicator_id"] == indicator_id]
        if len(rows):
            return rows
    return pd.DataFrame({"divipola": []})


def _check_values(values: pd.DataFrame, known: Gazetteer) -> None:
    strangers = sorted(set(values["divipola"]) - known.codes)
    if strangers:
        raise SourceError("unmatched_codes", f"codes of no municipality: {', '.join(strangers[:10])}")
    if values["value"].isna().any() or (values["value"] < 0).any():
        raise SourceError("unreadable_cells", "a value is missing or negative")
    if values.duplicated(["indicator_id", "divipola", "month", "year"]).any():
        raise SourceError("unreadable_cells", "two values for one indicator, municipality and period")


def _check_rejected(parsed: Parsed, dataset: Dataset) -> None:
    rejected = parsed.rejected.drop_duplicates(["file", "row", "reason"])
    number = {name: int(rejected["reason"].isin(group).sum()) for name, group in _GROUPS.items()}
    placed = max(parsed.rows - number["place_not_known"], 1)
    if number["unmatched"] > (1 - dataset.min_join) * placed:
        found = rejected.loc[rejected["reason"].isin(UNMATCHED), "found"].value_counts().head(5)
        shown = ", ".join(f"{text!r} ({times})" for text, times in found.items())
        raise SourceError("unmatched_codes", f"{number['unmatched']} of {placed} rows; most often {shown}")
    if number["unreadable"] > 0.02 * parsed.rows + 1:
        shown = ", ".join(sorted(set(rejected.loc[rejected["reason"].isin(UNREADABLE), "column"])))
        raise SourceError("unreadable_cells", f"{number['unreadable']} of {parsed.rows} rows, in {shown}")
    if number["future"] > 0.01 * parsed.rows + 1:
        raise SourceError("future_dates", f"{number['future']} of {parsed.rows} rows are dated after today")


_GROUPS: Mapping[str, frozenset[str]] = {
    "unmatched": UNMATCHED,
    "place_not_known": PLACE_NOT_KNOWN,
    "unreadable": UNREADABLE,
    "future": frozenset({"future_date"}),
}


def with_older(parsed: Parsed, previous: snapshots.Snapshot | None, since: dt.date | None) -> Parsed:
    """Add the periods before ``since`` from the version in use; what the new files hold themselves wins.

    Counting begins with the whole month of ``since``, because the first month asked for would otherwise be half a
    month.
    """
    if since is None or previous is None:
        return parsed
    old = previous.values()
    start = pd.Timestamp(since).replace(day=1)
    period = old["month"].fillna(pd.to_datetime(old["year"].astype("str") + "-01-01"))
    first = parsed.values.assign(
        period=parsed.values["month"].fillna(pd.to_datetime(parsed.values["year"].astype("str") + "-01-01"))
    )
    earliest = old["indicator_id"].map(first.groupby("indicator_id")["period"].min()).fillna(start)
    kept = old.loc[(period < start) & (period < earliest)]
    note = f"kept_before={start:%Y-%m-%d} from {previous.version}"
    return replace(
        parsed,
        values=stacked([kept, parsed.values]),
        notes=(*parsed.notes, note),
        segments=_segments_with_older(parsed, previous, start.date()),
    )


def _segments_with_older(
    parsed: Parsed, previous: snapshots.Snapshot, start: dt.date
) -> tuple[tuple[dt.date, dt.date], ...]:
    """Return the runs of the version in use that end before the new files begin, and the new ones; empty when they
    touch."""
    if not parsed.segments:
        return ()
    older = {
        (dt.date.fromisoformat(a), dt.date.fromisoformat(b))
        for coverage in previous.indicators.values()
        for a, b in coverage["segments"]
    }
    first = min(parsed.segments)[0]
    kept = [(a, min(b, first - dt.timedelta(days=1))) for a, b in sorted(older) if a < min(first, start)]
    return (*kept, *parsed.segments)


# -- the way of one data set -----------------------------------------------------------------------------------------


def refresh_dataset(dataset: Dataset, options: Options, report: Report = _quiet) -> Outcome:
    """Refresh one data set; never raises for what a publisher or a disk does. The caller holds the lock."""
    started = time.monotonic()
    read: list[Parsed] = []
    try:
        outcome = _refresh(dataset, options, report, read)
    except PublisherError as error:
        outcome = Outcome(
            dataset.dataset_id,
            "failed",
            fault=error.fault,
            advice=error.advice,
            status=error.status,
            detail=str(error),
            host=urlsplit(error.url).netloc,
        )
    except SourceError as error:
        _drop_private(dataset, options)
        outcome = Outcome(dataset.dataset_id, "failed", fault=error.fault, advice=error.advice, detail=error.detail)
    except snapshots.SnapshotError as error:
        outcome = Outcome(dataset.dataset_id, "failed", fault="damaged", advice="roll_back", detail=str(error))
    except OSError as error:
        fault = _disk_fault(error)
        if fault is None:
            raise
        outcome = Outcome(dataset.dataset_id, "failed", fault=fault[0], advice=fault[1], detail=str(error))
    outcome = replace(outcome, seconds=round(time.monotonic() - started, 1))
    return _noted(dataset, outcome, options, read[0].rejected if read else None)


def _noted(dataset: Dataset, outcome: Outcome, options: Options, rejected: pd.DataFrame | None) -> Outcome:
    """Remember the attempt where that is wanted, and add what a failure leaves: rows to look at, data that stand."""
    failed = outcome.outcome == "failed"
    if failed:
        counted = {} if rejected is None else snapshots.reasons(rejected)
        outcome = replace(outcome, stands=_stands(dataset, options), reasons=counted)
    if options.dry_run or outcome.outcome == "skipped":
        return outcome
    left = rejected if failed else None
    snapshots.note_attempt(dataset.dataset_id, outcome.record(dt.datetime.now(dt.UTC)), options.folder, left)
    if not failed:
        return outcome
    return replace(outcome, rejected_file=snapshots.attempt_rejected(dataset.dataset_id, options.folder))


def _stands(dataset: Dataset, options: Options) -> str:
    """Say what of a data set there is when its refresh failed."""
    held = snapshots.all_current(options.folder)
    if dataset.dataset_id in held and dataset.dataset_id not in _unused(options.folder):
        return "version"
    from data import store

    embedded = set(store.embedded("indicators")["indicator_id"])
    return "embedded" if embedded & set(dataset.indicators) or not dataset.indicators else ""


def _unused(base: Path | None) -> dict[str, str]:
    """Return which downloads are held without being shown; nothing can be said of what does not fit the tables."""
    from data import overlaid

    try:
        return overlaid.unused(snapshots.all_current(base).values())
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, snapshots.SnapshotError):
        return {}


def _disk_fault(error: OSError) -> tuple[str, str] | None:
    if error.errno in _DISK_FULL:
        return "disk_full", "free_space"
    return ("no_permission", "check_folder") if error.errno in _NOT_ALLOWED else None


def _refresh(dataset: Dataset, options: Options, report: Report, read: list[Parsed]) -> Outcome:
    """Go the whole way; what was read is put into ``read``, for whoever must tell of a failure after it."""
    snapshots.sweep(dataset.dataset_id, options.folder)
    files = _files(dataset, options, report)
    if not files:
        return Outcome(dataset.dataset_id, "skipped", detail="no file for it")
    previous = _previous(dataset, options)
    if previous and not options.force and _same(previous, files, options.since):
        _drop(dataset, options)
        return _unchanged(previous, options)
    report(dataset.dataset_id, "read", 0, None)
    known = options.gazetteer or _gazetteer()
    parsed = dataset.parse(files, Parsing(known, _locate(dataset, options), options.today))
    read.append(parsed)
    report(dataset.dataset_id, "check", 0, None)
    check(parsed, dataset, previous, options, known)
    parsed = with_older(parsed, previous, options.since)
    done = Outcome(
        dataset.dataset_id,
        "checked" if options.dry_run else "published",
        parsed.rows,
        len(parsed.rejected),
        parsed.cut_date,
        reasons=snapshots.reasons(parsed.rejected),
    )
    if not options.dry_run:
        report(dataset.dataset_id, "write", 0, None)
        written = snapshots.publish(dataset, parsed, files, since=options.since, base=options.folder)
        snapshots.prune(dataset.dataset_id, options.keep, options.folder)
        why = _unused(options.folder).get(dataset.dataset_id, "")
        done = replace(done, rejected_file=written.rejected_file, unused=why)
    _drop(dataset, options)
    return done


def _unchanged(previous: snapshots.Snapshot, options: Options) -> Outcome:
    manifest = previous.manifest
    return Outcome(
        previous.dataset_id,
        "checked" if options.dry_run else "unchanged",
        manifest["rows"],
        manifest["rejected_rows"],
        previous.cut_date,
        reasons=manifest.get("rejected_reasons", {}),
        rejected_file=previous.rejected_file,
        unused=_unused(options.folder).get(previous.dataset_id, ""),
    )


def _previous(dataset: Dataset, options: Options) -> snapshots.Snapshot | None:
    try:
        return snapshots.current(dataset.dataset_id, options.folder)
    except snapshots.SnapshotError:
        # A damaged version must not stand in the way of a sound one.
        return None


def _same(previous: snapshots.Snapshot, files: Sequence[RawFile], since: dt.date | None) -> bool:
    held = [entry["sha256"] for entry in previous.manifest["files"]]
    asked = since.isoformat() if since else None
    # The same bytes with a wish for newer periods only are the same data: nothing can filter a file handed over.
    return held == [raw.sha256 for raw in files] and (asked is not None or previous.manifest["since"] is None)


def _files(dataset: Dataset, options: Options, report: Report) -> list[RawFile]:
    if options.offline_dir is not None:
        return offline_files(dataset, options.offline_dir)
    fetch = Fetch(
        options.incoming(dataset.dataset_id),
        since=options.since,
        report=lambda name, done, total: report(dataset.dataset_id, "download", done, total),
        environment=options.environment,
        retry=options.retry,
        pause=options.pause,
        today=options.today,
    )
    return list(dataset.download(fetch))


def offline_files(dataset: Dataset, folder: Path) -> list[RawFile]:
    """Return the files of a folder that a data set recognises, in the order of their names.

    Raises
    ------
    SourceError
        ``wrong_sha`` when ``SHA256SUMS`` in the folder says otherwise.
    """
    patterns = [pattern.casefold() for pattern in dataset.files]
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and any(fnmatch.fnmatch(path.name.casefold(), pattern) for pattern in patterns)
    )
    files = [local_file(path) for path in found]
    sums = _sums(folder)
    for raw in files:
        expected = sums.get(raw.name)
        if expected and expected != raw.sha256:
            raise SourceError("wrong_sha", f"{raw.name} has SHA-256 {raw.sha256}, SHA256SUMS says {expected}")
    return files


def _sums(folder: Path) -> dict[str, str]:
    listing = folder / "SHA256SUMS"
    if not listing.is_file():
        return {}
    rows = re.findall(r"^([0-9a-fA-F]{64})\s+\*?(.+?)\s*$", listing.read_text(encoding="utf-8"), flags=re.M)
    return {Path(name).name: digest.lower() for digest, name in rows}


def _gazetteer() -> Gazetteer:
    from data.names import gazetteer

    return gazetteer()


def _locate(dataset: Dataset, options: Options) -> Locate | None:
    if options.locate is not None or dataset.dataset_id != "ucdp-events":
        return options.locate
    from data.sources import locator

    path = locator.boundary_file(options.environment, options.folder)
    return locator.from_file(path) if path else None


def _drop(dataset: Dataset, options: Options) -> None:
    shutil.rmtree(options.incoming(dataset.dataset_id), ignore_errors=True)


def _drop_private(dataset: Dataset, options: Options) -> None:
    """Do not leave files about persons lying around when they turned out to be unusable."""
    if not dataset.keep_raw:
        _drop(dataset, options)


def refresh(datasets: Sequence[Dataset], options: Options, report: Report = _quiet) -> list[Outcome]:
    """Refresh data sets one after another.

    Raises
    ------
    BusyError
        Another process is refreshing.
    """
    with lock(options.folder):
        return list(refreshed(datasets, options, report))


def refreshed(datasets: Iterable[Dataset], options: Options, report: Report = _quiet) -> Iterator[Outcome]:
    """Refresh data sets one after another, telling each outcome as it comes. The caller holds the lock.

    A publisher whose address this machine cannot find is asked once, not once per data set; when the addresses of two
    hosts are missing without any answer in between, there is no network, and the others are ``not_asked``.
    """
    publishers, hosts = set[str](), set[str]()
    for dataset in datasets:
        if len(hosts) >= NO_NETWORK_AFTER or dataset.publisher in publishers:
            yield Outcome(dataset.dataset_id, "not_asked")
            continue
        outcome = refresh_dataset(dataset, options, report)
        if outcome.fault == "no_network":
            publishers.add(dataset.publisher)
            hosts.add(outcome.host)
        elif outcome.outcome != "skipped":
            publishers.clear()
            hosts.clear()
        yield outcome


# -- command line ----------------------------------------------------------------------------------------------------


class ProgressLine:
    """One line on a terminal that is drawn over; nothing where the output is no terminal (cron)."""

    WIDTH = 24

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.live = stream.isatty()
        self._drawn = 0.0

    def __call__(self, dataset_id: str, step: str, done: int, total: int | None) -> None:
        """Draw, ten times a second at most."""
        now = time.monotonic()
        finished = total is not None and done >= total
        if not self.live or (now - self._drawn < 0.1 and not finished and step == "download"):
            return
        self._drawn = now
        self.stream.write(f"\r\x1b[K{self.text(dataset_id, step, done, total)}")
        self.stream.flush()

    def text(self, dataset_id: str, step: str, done: int, total: int | None) -> str:
        """Return the line: a bar when the total is known, else the amount."""
        if step != "download":
            return f"{dataset_id}: {step}"
        if not total:
            return f"{dataset_id}: {step} {done:,}"
        share = min(done / total, 1.0)
        bar = "#" * round(share * self.WIDTH)
        return f"{dataset_id}: {step} [{bar:<{self.WIDTH}}] {share:4.0%} {done:,}/{total:,}"

    def clear(self) -> None:
        """Wipe the line."""
        if self.live:
            self.stream.write("\r\x1b[K")
            self.stream.flush()


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text if len(text) != 7 else f"{text}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date: use YYYY-MM or YYYY-MM-DD") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m data.refresh",
        description="Download official data, check them and make them the version in use.",
        epilog="Exit codes: 0 fresh; 1 something failed; 2 usage; 3 nothing worked; 75 another refresh is running.",
    )
    parser.add_argument("--only", metavar="ID[,ID...]", help="data sets to refresh (see --list); all by default")
    parser.add_argument("--since", type=_day, metavar="YYYY-MM[-DD]", help="ask only for newer periods, where possible")
    parser.add_argument("--offline-dir", type=Path, metavar="DIR", help="read files downloaded by hand; no network")
    parser.add_argument("--dry-run", action="store_true", help="download, read and check, but change nothing")
    parser.add_argument("--force", action="store_true", help="accept fewer rows or an older cut date than in use")
    parser.add_argument(
        "--list", action="store_true", help="show data sets, versions held, whether they are in use, and last attempts"
    )
    parser.add_argument("--prune", type=int, metavar="N", nargs="?", const=1, help="keep the newest N versions of each")
    parser.add_argument("--rollback", metavar="ID[,ID...]", help="go back to the version before the one in use")
    return parser


def _chosen(text: str | None) -> list[Dataset]:
    from data.sources.catalogue import DATASETS

    if text is None:
        return list(DATASETS.values())
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in DATASETS]
    if unknown or not names:
        raise KeyError(f"no data set {', '.join(unknown) or repr(text)}; there are {', '.join(DATASETS)}")
    return [DATASETS[name] for name in names]


def main(arguments: Sequence[str] | None = None, output: IO[str] | None = None, base: Path | None = None) -> int:
    """Run the command line; returns the exit code."""
    out: IO[str] = sys.stdout if output is None else output
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        if options.prune is not None and options.prune < 1:
            raise KeyError("--prune keeps at least one version")
        if options.offline_dir is not None and not options.offline_dir.is_dir():
            raise KeyError(f"no folder {options.offline_dir}")
        chosen = _chosen(options.rollback if options.rollback is not None else options.only)
    except KeyError as error:
        parser.print_usage(sys.stderr)
        print(f"data.refresh: {error.args[0]}", file=sys.stderr)
        return USAGE
    if options.list:
        print(listing(chosen, base), file=out)
        return OK
    try:
        if options.prune is not None or options.rollback is not None:
            return _maintain(chosen, options, base, out)
        return _run(chosen, options, base, out)
    except BusyError as error:
        print(f"another refresh is running ({error}); nothing was changed", file=sys.stderr)
        return BUSY
    except KeyboardInterrupt:
        print(
            "interrupted: the versions in use are unchanged; what was downloaded is taken up next time", file=sys.stderr
        )
        return INTERRUPTED


def _maintain(chosen: Sequence[Dataset], options: argparse.Namespace, base: Path | None, out: IO[str]) -> int:
    with lock(base):
        if options.prune is not None:
            return _prune(chosen, options.prune, base, out)
        for dataset in chosen:
            try:
                snapshot = snapshots.rollback(dataset.dataset_id, base)
            except snapshots.SnapshotError as error:
                print(str(error), file=sys.stderr)
                return ALL_FAILED
            now = dt.datetime.now(dt.UTC)
            done = Outcome(dataset.dataset_id, "rolled_back", cut_date=snapshot.cut_date if snapshot else None)
            snapshots.note_attempt(dataset.dataset_id, done.record(now), base)
            print(f"{dataset.dataset_id}: now {snapshot.version if snapshot else 'the embedded data'}", file=out)
    return OK


def _prune(chosen: Sequence[Dataset], keep: int, base: Path | None, out: IO[str]) -> int:
    gone = {dataset.dataset_id: len(snapshots.prune(dataset.dataset_id, keep, base)) for dataset in chosen}
    for dataset_id, amount in gone.items():
        if amount:
            print(f"{dataset_id}: {amount} version{'s' if amount > 1 else ''} deleted", file=out)
    if not any(gone.values()):
        print("nothing to delete", file=out)
    return OK


def _run(chosen: Sequence[Dataset], arguments: argparse.Namespace, base: Path | None, out: IO[str]) -> int:
    options = Options(
        since=arguments.since,
        offline_dir=arguments.offline_dir,
        dry_run=arguments.dry_run,
        force=arguments.force,
        base=base,
    )
    named = arguments.only is not None
    wanted = [dataset for dataset in chosen if named or not _is_left_out(dataset, options)]
    line = ProgressLine(sys.stderr)
    outcomes: list[Outcome] = []
    with lock(options.folder):
        for outcome in refreshed(wanted, options, line):
            if outcome.outcome == "skipped" and named:
                outcome = replace(outcome, outcome="failed", fault="needs_file", advice="bring_file")
            outcomes.append(outcome)
            line.clear()
            if outcome.outcome != "not_asked":
                print(sentence(outcome), file=out, flush=True)
    missed = [outcome.dataset_id for outcome in outcomes if outcome.outcome == "not_asked"]
    if missed:
        print(not_asked(missed), file=out, flush=True)
    return exit_code(outcomes)


def not_asked(missed: Sequence[str]) -> str:
    """Say in one sentence that publishers were not asked, and what to do."""
    return (
        f"no connection: the addresses of the publishers cannot be found from this machine, so {len(missed)} more data "
        f"sets were not asked for ({', '.join(missed)}). Check the connection, or hand over files with --offline-dir."
    )


def _is_left_out(dataset: Dataset, options: Options) -> bool:
    """Tell whether a data set that needs a user's own account is not asked for because none is given."""
    return (
        dataset.optional and options.offline_dir is None and any(not options.environment.get(n) for n in dataset.needs)
    )


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """Return 0, 1 or 3 as the module says; with nothing to do, 0."""
    taken = [outcome for outcome in outcomes if outcome.outcome != "skipped"]
    failed = [outcome for outcome in taken if outcome.outcome in {"failed", "not_asked"}]
    if not failed:
        return OK
    return ALL_FAILED if len(failed) == len(taken) else SOME_FAILED


def sentence(outcome: Outcome) -> str:
    """Say what became of a data set, of a failure what to do, and of rows left out why and where they are listed."""
    if outcome.outcome == "skipped":
        return f"{outcome.dataset_id}: skipped, {outcome.detail}"
    if outcome.outcome == "failed":
        head = f"{outcome.dataset_id}: FAILED, {outcome.fault} ({outcome.advice}); {_STANDS[outcome.stands]}."
        told = [head, outcome.detail, _HOW.get(outcome.advice, "")]
        said = " ".join(part if part.endswith(".") else f"{part}." for part in told if part)
        return "\n".join([said, *_left_out(outcome)])
    said = outcome.outcome
    if outcome.unused:
        held = "held" if outcome.outcome == "published" else f"{outcome.outcome}, held"
        said = f"{held}, not used: {refresh_words.UNUSED[outcome.unused]}"
    cut = f", cut date {outcome.cut_date}" if outcome.cut_date else ""
    head = (
        f"{outcome.dataset_id}: {said}, {outcome.rows:,} rows, {outcome.rejected:,} left out{cut}, "
        f"{outcome.seconds:.1f} s"
    )
    return "\n".join([head, *_left_out(outcome)])


_STANDS: Mapping[str, str] = {
    "version": "the version in use is unchanged",
    "embedded": "the embedded data stand",
    "": "nothing of it is held",
}
_HOW: Mapping[str, str] = {
    "whole_or_force": "The file seems partial: take the whole one; if the publisher withdrew rows, --force.",
}


def _left_out(outcome: Outcome) -> list[str]:
    """Return the lines on rows that were left out: reasons with their numbers, the list, and a warning where the
    publisher does not know the place of many."""
    if not outcome.reasons:
        return []
    counted = "; ".join(f"{refresh_words.reason(code)}: {amount:,}" for code, amount in outcome.reasons.items())
    lines = [f"    left out: {counted}"]
    unknown = outcome.place_not_said
    if unknown and unknown > MUCH_NOT_SAID * outcome.rows and outcome.outcome != "failed":
        lines.append(
            f"    WARNING: the publisher does not know the municipality of {unknown:,} of {outcome.rows:,} rows "
            f"({unknown / max(outcome.rows, 1):.0%}): they are on no map and in no total, national ones included"
        )
    if outcome.rejected_file:
        lines.append(f"    listed in {outcome.rejected_file}")
    return lines


def listing(datasets: Sequence[Dataset], base: Path | None = None) -> str:
    """Return a table of data sets: publisher, version held, whether it is in use, cut date, rows, licence, last
    attempt."""
    held, broken, idle = snapshots.all_current(base), snapshots.faults(base), _unused(base)
    rows = [("data set", "publisher", "version", "state", "cut date", "rows", "licence", "last attempt")]
    for dataset in datasets:
        snapshot = held.get(dataset.dataset_id)
        last = snapshots.attempt(dataset.dataset_id, base) or {}
        said = f"{last.get('at', '-')} {last.get('outcome', '')} {last.get('fault', '')}".strip()
        version = snapshot.version[:16] if snapshot else "-"
        cut = str(snapshot.cut_date or "-") if snapshot else "-"
        number = f"{snapshot.manifest['rows']:,}" if snapshot else "-"
        state = "damaged" if dataset.dataset_id in broken else _state(snapshot, idle)
        rows.append((dataset.dataset_id, dataset.publisher, version, state, cut, number, dataset.licence, said))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _state(snapshot: snapshots.Snapshot | None, idle: Mapping[str, str]) -> str:
    if snapshot is None:
        return "-"
    why = idle.get(snapshot.dataset_id)
    return f"held, not used: {refresh_words.UNUSED[why]}" if why else "in use"


if __name__ == "__main__":
    sys.exit(main())
