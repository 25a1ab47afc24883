"""What a refresh brought: versions of each data set in the user's data folder, and how they meet the embedded series.

Layout, below :func:`data.paths.data_dir`::

    snapshots/<dataset>/current                 name of the version in use, replaced in one step
    snapshots/<dataset>/<version>/manifest.json where each byte came from
    snapshots/<dataset>/<version>/values.parquet, rejected.parquet, table-<name>.parquet, raw/...
    snapshots/<dataset>/<version>/rejected.csv  the rows left out, for people to open
    snapshots/<dataset>/attempt.json            the last attempt, failed ones too
    snapshots/<dataset>/attempt-rejected.csv    the rows that a failed attempt would have left out

A version is written beside its place, made durable, renamed into place, and only then does ``current`` name it:
whoever reads finds the old version or the new one. Any number of processes may read; :mod:`data.refresh` lets one
write.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data import paths
from data.files import write_atomic

if TYPE_CHECKING:
    import pandas as pd

    from data.sources.model import Dataset, Parsed, RawFile

FORMAT = 1
CURRENT = "current"
MANIFEST = "manifest.json"
ATTEMPT = "attempt.json"
ATTEMPT_REJECTED = "attempt-rejected.csv"
REJECTED = "rejected.csv"
_TEMPORARY = ".writing-"


class SnapshotError(Exception):
    """A snapshot that cannot be used: ``fault`` is ``damaged``, ``missing`` or ``newer_format``."""

    def __init__(self, fault: str, dataset_id: str, detail: str = "") -> None:
        self.fault, self.dataset_id, self.detail = fault, dataset_id, detail
        super().__init__(fault, dataset_id, detail)

    def __str__(self) -> str:
        return f"snapshot of {self.dataset_id} {self.fault}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of one data set.

    Attributes
    ----------
    manifest
        ``publisher, title_es, title_en, page, licence, attribution, redistributable, join, retrieved_at,
        published_at, cut_date, rows, rejected_rows, rejected_reasons`` (reason to rows)``, since, notes,
        indicators`` (id to ``frequency, first, last, rows``), ``tables``, ``files`` (each with ``name, url, params,
        retrieved_at, rows, sha256, size, kept``)
        and ``content`` (file to SHA-256).
    """

    dataset_id: str
    version: str
    directory: Path
    manifest: Mapping[str, Any]

    @property
    def cut_date(self) -> dt.date | None:
        """Return the last day the data can speak of."""
        text = self.manifest.get("cut_date")
        return dt.date.fromisoformat(text) if text else None

    @property
    def indicators(self) -> Mapping[str, Mapping[str, Any]]:
        """Return coverage by indicator: ``frequency`` (month, year), ``first``, ``last`` (ISO), ``segments``,
        ``rows``."""
        return self.manifest["indicators"]

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the names of further tables it holds."""
        return tuple(self.manifest["tables"])

    def values(self) -> pd.DataFrame:
        """Return the values: ``indicator_id, divipola, month`` (NaT in yearly series)``, year, value``.

        Raises
        ------
        SnapshotError
            ``damaged`` when the file is not the one that the manifest describes.
        """
        return self._read("values.parquet")

    def rejected(self) -> pd.DataFrame:
        """Return what was left out: ``file, row, column, found, reason``."""
        return self._read("rejected.parquet")

    @property
    def rejected_file(self) -> Path | None:
        """Return the list of what was left out that people can open; ``None`` in versions that have none."""
        path = self.directory / REJECTED
        return path if path.is_file() else None

    def table(self, name: str) -> pd.DataFrame:
        """Return a further table, in the shape of the store's table of that name."""
        return self._read(f"table-{name}.parquet")

    def _read(self, name: str) -> pd.DataFrame:
        import io

        import pandas as pd

        try:
            content = (self.directory / name).read_bytes()
        except OSError as error:
            raise SnapshotError("damaged", self.dataset_id, f"{name}: {error.strerror}") from error
        if hashlib.sha256(content).hexdigest() != self.manifest["content"].get(name):
            raise SnapshotError("damaged", self.dataset_id, f"{name} is not the file that the manifest describes")
        frame = pd.read_parquet(io.BytesIO(content))
        # Parquet knows no whole seconds: days come back as milliseconds and would not compare as the store's do.
        days = [column for column, kind in frame.dtypes.items() if str(kind).startswith("datetime64")]
        return frame.astype(dict.fromkeys(days, "datetime64[s]"))


def root(base: Path | None = None) -> Path:
    """Return the folder of all snapshots; ``base`` stands in for the user's data folder."""
    return (base or paths.data_dir()) / "snapshots"


def current(dataset_id: str, base: Path | None = None) -> Snapshot | None:
    """Return the version in use, ``None`` when there is none.

    Raises
    ------
    SnapshotError
        ``current`` names a version that is missing or damaged, or of a newer format than this program reads.
    """
    folder = root(base) / dataset_id
    for _ in range(3):
        try:
            version = (folder / CURRENT).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise SnapshotError("damaged", dataset_id, f"{CURRENT}: {error}") from error
        try:
            return _load(dataset_id, folder / version)
        except SnapshotError as error:
            # Another process may have published and pruned between the two reads: look once more before complaining.
            if error.fault != "missing" or (folder / CURRENT).read_text(encoding="utf-8").strip() == version:
                raise
    raise SnapshotError("missing", dataset_id, "the version in use keeps changing")


def all_current(base: Path | None = None) -> dict[str, Snapshot]:
    """Return the usable versions in use by data set; what is damaged is left out (:func:`faults` tells)."""
    found: dict[str, Snapshot] = {}
    for dataset_id in _dataset_ids(base):
        with contextlib.suppress(SnapshotError):
            snapshot = current(dataset_id, base)
            if snapshot:
                found[dataset_id] = snapshot
    return found


def faults(base: Path | None = None) -> dict[str, SnapshotError]:
    """Return the data sets whose version in use cannot be used, and why."""
    found: dict[str, SnapshotError] = {}
    for dataset_id in _dataset_ids(base):
        try:
            current(dataset_id, base)
        except SnapshotError as error:
            found[dataset_id] = error
    return found


def versions(dataset_id: str, base: Path | None = None) -> list[Snapshot]:
    """Return all complete versions, newest first."""
    folder = root(base) / dataset_id
    found = []
    for directory in sorted(_version_folders(folder), reverse=True):
        with contextlib.suppress(SnapshotError):
            found.append(_load(dataset_id, directory))
    return found


def generation(base: Path | None = None) -> str:
    """Return a short text that changes whenever any ``current`` does: what a running session compares; costs one
    small read per set."""
    whole = hashlib.sha256()
    for dataset_id in _dataset_ids(base):
        with contextlib.suppress(OSError):
            whole.update(dataset_id.encode() + b"=" + (root(base) / dataset_id / CURRENT).read_bytes() + b"\n")
    return whole.hexdigest()[:12]


def ids(base: Path | None = None) -> list[str]:
    """Return the data sets that have a folder, whether or not a version of them is in use."""
    return _dataset_ids(base)


def any_current(base: Path | None = None) -> bool:
    """Return whether any version is in use."""
    return any((root(base) / dataset_id / CURRENT).is_file() for dataset_id in _dataset_ids(base))


def attempt(dataset_id: str, base: Path | None = None) -> dict[str, Any] | None:
    """Return the last attempt: ``at, outcome`` (published, unchanged, failed, rolled_back), and of a failure ``fault,
    advice, status, detail``."""
    try:
        held = json.loads((root(base) / dataset_id / ATTEMPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return held if isinstance(held, dict) else None


def attempt_rejected(dataset_id: str, base: Path | None = None) -> Path | None:
    """Return the list of rows that the last attempt turned away before it failed; ``None`` where there is none."""
    path = root(base) / dataset_id / ATTEMPT_REJECTED
    return path if path.is_file() else None


def _dataset_ids(base: Path | None) -> list[str]:
    folder = root(base)
    try:
        return sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    except FileNotFoundError:
        return []


def _version_folders(folder: Path) -> Iterator[Path]:
    try:
        entries = list(folder.iterdir())
    except FileNotFoundError:
        return
    yield from (e for e in entries if e.is_dir() and not e.name.startswith(".") and (e / MANIFEST).is_file())


def _load(dataset_id: str, directory: Path) -> Snapshot:
    try:
        manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SnapshotError("missing", dataset_id, f"no {MANIFEST} in version {directory.name}") from error
    except (ValueError, OSError) as error:
        raise SnapshotError("damaged", dataset_id, f"{MANIFEST} of version {directory.name}: {error}") from error
    if not isinstance(manifest, dict):
        raise SnapshotError("damaged", dataset_id, f"{MANIFEST} of version {directory.name} is no object")
    if manifest.get("format", 0) > FORMAT:
        raise SnapshotError("newer_format", dataset_id, f"format {manifest['format']}")
    missing = {"indicators", "tables", "content", "join"} - set(manifest)
    if missing:
        raise SnapshotError("damaged", dataset_id, f"the manifest lacks {', '.join(sorted(missing))}")
    return Snapshot(dataset_id, directory.name, directory, manifest)


# -- writing ---------------------------------------------------------------------------------------------------------


def publish(
    dataset: Dataset,
    parsed: Parsed,
    files: Sequence[RawFile],
    *,
    since: dt.date | None = None,
    base: Path | None = None,
    now: dt.datetime | None = None,
) -> Snapshot:
    """Write a version and make it the one in use. The caller holds the lock.

    Until the last step, the replacement of ``current``, nothing that a reader can see has changed.

    Raises
    ------
    OSError
        The disk is full or cannot be written: what was in use stays in use, and what was half written is removed.
    """
    moment = (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    folder = root(base) / dataset.dataset_id
    digest = hashlib.sha256("".join(raw.sha256 for raw in files).encode()).hexdigest()[:8]
    version = f"{moment:%Y%m%dT%H%M%S%f}Z-{digest}"
    temporary = folder / f"{_TEMPORARY}{version}"
    temporary.mkdir(parents=True)
    try:
        content = _write_frames(temporary, parsed)
        if len(parsed.rejected):
            # Not among what the manifest vouches for: whoever opens it may save it.
            _durable(temporary / REJECTED, rejected_csv(parsed.rejected))
        _keep_raw(temporary, dataset, files)
        manifest = _manifest(dataset, parsed, files, content, since, moment)
        _durable(temporary / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode("utf-8"))
        _sync_folder(temporary)
        temporary.rename(folder / version)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    _sync_folder(folder)
    _point(folder, version)
    return _load(dataset.dataset_id, folder / version)


def _write_frames(directory: Path, parsed: Parsed) -> dict[str, str]:
    frames = {"values.parquet": parsed.values, "rejected.parquet": parsed.rejected}
    frames |= {f"table-{name}.parquet": frame for name, frame in parsed.tables.items()}
    content: dict[str, str] = {}
    for name, frame in frames.items():
        raw = frame.to_parquet(index=False, compression="zstd")
        _durable(directory / name, raw)
        content[name] = hashlib.sha256(raw).hexdigest()
    return content


def rejected_csv(rejected: pd.DataFrame) -> bytes:
    """Return rows left out as CSV that a spreadsheet opens: each reason in words, nothing that runs as a formula."""
    from data import refresh_words
    from data.uploads.report import table

    header = (*rejected.columns, "motivo", "reason_in_words")
    rows = rejected.itertuples(index=False, name=None)
    return table(header, ((*row, refresh_words.reason(row[-1], "es"), refresh_words.reason(row[-1])) for row in rows))


def reasons(rejected: pd.DataFrame) -> dict[str, int]:
    """Return how many rows were left out for each reason, most first."""
    counts = rejected.drop_duplicates(["file", "row", "reason"])["reason"].value_counts()
    return {str(reason): int(amount) for reason, amount in counts.items()}


def _keep_raw(directory: Path, dataset: Dataset, files: Sequence[RawFile]) -> None:
    if not dataset.keep_raw:
        return
    raw = directory / "raw"
    raw.mkdir()
    for file in files:
        name = kept_as(file.name)
        if name == file.name:
            shutil.copyfile(file.path, raw / name)
            continue
        with file.path.open("rb") as source, gzip.open(raw / name, "wb", compresslevel=3) as target:
            shutil.copyfileobj(source, target, 1 << 20)


def kept_as(name: str) -> str:
    """Return a file's name under ``raw/``: text is kept compressed, its SHA-256 is of what was sent."""
    return f"{name}.gz" if Path(name).suffix.casefold() in {".json", ".csv", ".html", ".htm"} else name


def _manifest(
    dataset: Dataset,
    parsed: Parsed,
    files: Sequence[RawFile],
    content: Mapping[str, str],
    since: dt.date | None,
    moment: dt.datetime,
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "dataset_id": dataset.dataset_id,
        "publisher": dataset.publisher,
        "title_es": dataset.title_es,
        "title_en": dataset.title_en,
        "page": dataset.page,
        "licence": dataset.licence,
        "attribution": dataset.attribution,
        "redistributable": dataset.redistributable,
        "join": dataset.join,
        "retrieved_at": max((raw.retrieved_at for raw in files), default=""),
        "published_at": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "since": since.isoformat() if since else None,
        "cut_date": parsed.cut_date.isoformat() if parsed.cut_date else None,
        "provisional_from": parsed.provisional_from.isoformat() if parsed.provisional_from else None,
        "incomplete_from": parsed.incomplete_from.isoformat() if parsed.incomplete_from else None,
        "rows": parsed.rows,
        "rejected_rows": len(parsed.rejected),
        "rejected_reasons": reasons(parsed.rejected),
        "notes": list(parsed.notes),
        "indicators": _coverage(parsed),
        "tables": sorted(parsed.tables),
        "files": [
            {
                "name": raw.name,
                "url": raw.url,
                "params": dict(raw.params),
                "retrieved_at": raw.retrieved_at,
                "rows": raw.rows,
                "sha256": raw.sha256,
                "size": raw.size,
                "kept": dataset.keep_raw,
            }
            for raw in files
        ],
        "content": dict(content),
    }


def _coverage(parsed: Parsed) -> dict[str, dict[str, Any]]:
    """Tell per indicator what it covers: from its first period to the cut date, or to its last period where no cut
    is known."""
    found: dict[str, dict[str, Any]] = {}
    for indicator_id, rows in parsed.values.groupby("indicator_id"):
        monthly = bool(rows["month"].notna().all())
        if monthly:
            first, last = rows["month"].min().date(), rows["month"].max().to_period("M").end_time.date()
        else:
            first, last = dt.date(int(rows["year"].min()), 1, 1), dt.date(int(rows["year"].max()), 12, 31)
        if parsed.cut_date:
            last = parsed.cut_date if monthly or parsed.cut_date.year == last.year else last
        segments = parsed.segments or ((first, last),)
        found[str(indicator_id)] = {
            "frequency": "month" if monthly else "year",
            "first": first.isoformat(),
            "last": last.isoformat(),
            "rows": len(rows),
            "segments": [[start.isoformat(), end.isoformat()] for start, end in segments],
        }
    return found


def _durable(path: Path, content: bytes) -> None:
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _point(folder: Path, version: str) -> None:
    """Make a version the one in use: the single step that readers can see."""
    write_atomic(folder / CURRENT, version + "\n")
    _sync_folder(folder)


def note_attempt(
    dataset_id: str,
    record: Mapping[str, Any],
    base: Path | None = None,
    rejected: pd.DataFrame | None = None,
) -> None:
    """Remember the last attempt and, of one that failed, the rows it turned away; a disk that cannot even hold that
    is not worth a second error."""
    folder = root(base) / dataset_id
    with contextlib.suppress(OSError):
        write_atomic(folder / ATTEMPT, json.dumps(dict(record), ensure_ascii=False, indent=1))
        if rejected is not None and len(rejected):
            write_atomic(folder / ATTEMPT_REJECTED, rejected_csv(rejected))
        else:
            (folder / ATTEMPT_REJECTED).unlink(missing_ok=True)


def rollback(dataset_id: str, base: Path | None = None) -> Snapshot | None:
    """Go back to the version before the one in use; from the oldest one back to the embedded data (``None``). The
    caller holds the lock.

    Raises
    ------
    SnapshotError
        ``missing`` when nothing is in use.
    """
    folder = root(base) / dataset_id
    try:
        in_use = (folder / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise SnapshotError("missing", dataset_id, "no version is in use") from error
    older = [snapshot for snapshot in versions(dataset_id, base) if snapshot.version < in_use]
    if not older:
        (folder / CURRENT).unlink()
        _sync_folder(folder)
        return None
    _point(folder, older[0].version)
    return older[0]


def prune(dataset_id: str, keep: int = 2, base: Path | None = None) -> list[str]:
    """Delete versions beyond the newest ``keep`` and what interrupted writers left; never the one in use. The
    caller holds the lock."""
    folder = root(base) / dataset_id
    in_use = ""
    with contextlib.suppress(FileNotFoundError):
        in_use = (folder / CURRENT).read_text(encoding="utf-8").strip()
    names = sorted((entry.name for entry in _version_folders(folder)), reverse=True)
    doomed = [name for name in names[keep:] if name != in_use]
    for name in doomed:
        shutil.rmtree(folder / name, ignore_errors=True)
    sweep(dataset_id, base)
    return doomed


def sweep(dataset_id: str, base: Path | None = None) -> None:
    """Remove what a writer that was killed left behind. The caller holds the lock."""
    folder = root(base) / dataset_id
    if folder.is_dir():
        for entry in folder.iterdir():
            if entry.name.startswith(_TEMPORARY):
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name.startswith(".") and entry.name.endswith(".part"):
                entry.unlink(missing_ok=True)


# -- meeting the embedded series -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Overlaid:
    """Embedded and refreshed series as one.

    Attributes
    ----------
    indicators
        The store's ``indicators`` with coverage, breaks and what follows from them brought up to date, and the new
        indicators below.
    values_month, values_year
        The store's tables with the refreshed periods in place of, or after, the embedded ones.
    provenance
        ``indicator_id, from, to`` (days), ``origin`` (``embedded`` or the data set), ``publisher, cut_date,
        retrieved_at, licence, redistributable``: which stretch of a series is whose. Where two stretches of one
        indicator meet, a break is drawn.
    """

    indicators: pd.DataFrame
    values_month: pd.DataFrame
    values_year: pd.DataFrame
    provenance: pd.DataFrame


def overlay(
    indicators: pd.DataFrame,
    values_month: pd.DataFrame,
    values_year: pd.DataFrame,
    snapshots: Iterable[Snapshot] | None = None,
) -> Overlaid:
    """Lay snapshots over the embedded series.

    Parameters
    ----------
    indicators, values_month, values_year
        The store's tables; not changed.
    snapshots
        Those in use by default.

    Notes
    -----
    ``replace``: the snapshot stands for every period it covers, when it reaches at least as far as the embedded
    series; an older vintage is not used. ``append``: it only continues after the last day covered so far.
    ``separate``: an indicator of its own. Where two vintages or publishers meet inside a series, the first day of
    the later one becomes a break. A last period that the cut date does not complete is marked incomplete.
    Snapshots that cannot be read leave the embedded series as it is.
    """
    used = list(all_current().values()) if snapshots is None else list(snapshots)
    state = _Overlay(indicators, values_month, values_year)
    for kind in ("replace", "append", "separate"):
        for snapshot in used:
            if snapshot.manifest["join"] == kind:
                state.lay(snapshot)
    return state.result()


class _Overlay:
    def __init__(self, indicators: pd.DataFrame, values_month: pd.DataFrame, values_year: pd.DataFrame) -> None:
        self.indicators = indicators.set_index("indicator_id", drop=False).copy()
        self.month, self.year = values_month, values_year
        self.stretches: list[dict[str, Any]] = [
            {
                "indicator_id": row["indicator_id"],
                "from": row["first"],
                "to": row["last"],
                "origin": "embedded",
                "publisher": row["publisher"],
                "cut_date": None,
                "retrieved_at": "",
                "licence": "",
                "redistributable": True,
            }
            for row in indicators.to_dict("records")
        ]

    def lay(self, snapshot: Snapshot) -> None:
        try:
            values = snapshot.values()
        except SnapshotError:
            return
        for indicator_id, coverage in snapshot.indicators.items():
            rows = values.loc[values["indicator_id"] == indicator_id]
            if indicator_id in self.indicators.index:
                self._join(snapshot, indicator_id, coverage, rows)
            else:
                self._add(snapshot, indicator_id, coverage, rows)

    def _row(self, indicator_id: str) -> dict[str, Any]:
        return {str(name): value for name, value in self.indicators.loc[indicator_id].to_dict().items()}

    def _join(self, snapshot: Snapshot, indicator_id: str, coverage: Mapping[str, Any], rows: pd.DataFrame) -> None:
        import pandas as pd

        held = self._row(indicator_id)
        if held["frequency"] != coverage["frequency"] or pd.Timestamp(coverage["last"]) < held["last"]:
            return
        monthly = coverage["frequency"] == "month"
        for start, end in coverage["segments"]:
            first, last = pd.Timestamp(start), pd.Timestamp(end)
            if snapshot.manifest["join"] == "append":
                first = max(first, _next_period(held["last"], monthly))
            if first <= last:
                self._put(indicator_id, rows, first, last, monthly)
                self._meet(snapshot, indicator_id, first, last)

    def _put(
        self, indicator_id: str, rows: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp, monthly: bool
    ) -> None:
        import pandas as pd

        if monthly:
            held, column, start, end = self.month, "month", first, last
        else:
            held, column, start, end = self.year, "year", first.year, last.year
        kept = held.loc[(held["indicator_id"] != indicator_id) | ~held[column].between(start, end)]
        new = rows.loc[rows[column].between(start, end)].reindex(columns=list(held.columns))
        joined = pd.concat([kept, new.astype(held.dtypes.to_dict())], ignore_index=True)
        joined = joined.sort_values(["indicator_id", "divipola", column], ignore_index=True)
        if monthly:
            self.month = joined
        else:
            self.year = joined

    def _meet(self, snapshot: Snapshot, indicator_id: str, first: pd.Timestamp, last: pd.Timestamp) -> None:
        """Cut the stretch out of what was there, note the breaks at its ends, bring coverage up to date."""
        row = self._row(indicator_id)
        held_first, held_last = row["first"], row["last"]
        self.stretches = [
            piece
            for stretch in self.stretches
            for piece in ([stretch] if stretch["indicator_id"] != indicator_id else _without(stretch, first, last))
        ]
        self.stretches.append(_stretch(snapshot, indicator_id, first, last))
        self._set(indicator_id, "first", min(first, held_first))
        self._set(indicator_id, "last", max(last, held_last))
        for column in ("gaps", "incomplete"):
            self._set(indicator_id, column, _intervals_outside(row[column], first, last))
        if first > held_first:
            self._break(indicator_id, first)
        if last < held_last:
            self._break(indicator_id, last + dt.timedelta(days=1))
        else:
            self._partial(snapshot, indicator_id, last)

    def _break(self, indicator_id: str, day: pd.Timestamp) -> None:
        row = self._row(indicator_id)
        self._set(indicator_id, "breaks", ";".join(sorted({*_parts(row["breaks"]), f"{day:%Y-%m-%d}"})))

    def _say_breaks(self, provenance: pd.DataFrame) -> None:
        """Add to the notes on breaks who begins where: every stretch but the first, the embedded ones too."""
        for indicator_id, rows in provenance.groupby("indicator_id", sort=False):
            if len(rows) < 2:
                continue
            later = rows.iloc[1:].to_dict("records")
            for column, said in (("break_note_es", _begins_es), ("break_note_en", _begins_en)):
                before = self._row(str(indicator_id))[column]
                parts = [before if isinstance(before, str) else "", *map(said, later)]
                self._set(str(indicator_id), column, " ".join(part for part in parts if part))

    def _partial(self, snapshot: Snapshot, indicator_id: str, last: pd.Timestamp) -> None:
        """Mark a last period that the publisher has not completed, and from when its figures are provisional."""
        import pandas as pd

        row = self._row(indicator_id)
        period = last.to_period("M" if row["frequency"] == "month" else "Y")
        open_from = snapshot.manifest.get("incomplete_from")
        if open_from or last.normalize() != period.end_time.normalize():
            interval = f"{open_from or period.start_time.strftime('%Y-%m-%d')}/{last:%Y-%m-%d}"
            self._set(indicator_id, "incomplete", ";".join([*_parts(row["incomplete"]), interval]))
        if snapshot.manifest.get("provisional_from"):
            day = pd.Timestamp(snapshot.manifest["provisional_from"])
            self._set(indicator_id, "provisional_from", max(day, row["first"]))

    def _set(self, indicator_id: str, column: str, value: Any) -> None:
        if column in self.indicators.columns:
            self.indicators.at[indicator_id, column] = value

    def _add(self, snapshot: Snapshot, indicator_id: str, coverage: Mapping[str, Any], rows: pd.DataFrame) -> None:
        import pandas as pd

        from data.sources.described import described

        words = described(indicator_id)
        first, last = pd.Timestamp(coverage["first"]), pd.Timestamp(coverage["last"])
        record = {
            "indicator_id": indicator_id,
            "name_es": words.name_es,
            "name_en": words.name_en,
            "short_es": words.name_es,
            "short_en": words.name_en,
            "unit_es": words.unit_es,
            "unit_en": words.unit_en,
            "definition_es": words.definition_es,
            "definition_en": words.definition_en,
            "publisher": snapshot.manifest["publisher"],
            "source_id": snapshot.dataset_id,
            "frequency": coverage["frequency"],
            "first": first,
            "last": last,
            "missing_means": words.missing_means,
            "missing_note_es": words.missing_note_es,
            "missing_note_en": words.missing_note_en,
            "rate": words.rate,
        }
        frame = pd.DataFrame([{column: record.get(column) for column in self.indicators.columns}], index=[indicator_id])
        frame = frame.astype(self.indicators.dtypes.to_dict())
        self.indicators = pd.concat([self.indicators, frame])
        self._put(indicator_id, rows, first, last, coverage["frequency"] == "month")
        self.stretches.append(_stretch(snapshot, indicator_id, first, last))
        self._partial(snapshot, indicator_id, last)

    def result(self) -> Overlaid:
        import pandas as pd

        provenance = pd.DataFrame(self.stretches)
        provenance = provenance.sort_values(["indicator_id", "from"], ignore_index=True)
        self._say_breaks(provenance)
        return Overlaid(self.indicators.reset_index(drop=True), self.month, self.year, provenance)


def _begins_es(stretch: dict[Any, Any]) -> str:
    what = "datos incluidos" if stretch["origin"] == "embedded" else f"descarga con corte al {_cut(stretch)}"
    return f"Desde el {stretch['from']:%Y-%m-%d}: {stretch['publisher']}, {what}."


def _begins_en(stretch: dict[Any, Any]) -> str:
    what = "embedded data" if stretch["origin"] == "embedded" else f"downloaded, cut-off date {_cut(stretch)}"
    return f"From {stretch['from']:%Y-%m-%d}: {stretch['publisher']}, {what}."


def _cut(stretch: dict[Any, Any]) -> str:
    return stretch["cut_date"] if isinstance(stretch["cut_date"], str) else "?"


def _stretch(snapshot: Snapshot, indicator_id: str, first: pd.Timestamp, last: pd.Timestamp) -> dict[str, Any]:
    manifest = snapshot.manifest
    return {
        "indicator_id": indicator_id,
        "from": first,
        "to": last,
        "origin": snapshot.dataset_id,
        "publisher": manifest["publisher"],
        "cut_date": manifest["cut_date"],
        "retrieved_at": manifest["retrieved_at"],
        "licence": manifest["licence"],
        "redistributable": manifest["redistributable"],
    }


def _next_period(last: pd.Timestamp, monthly: bool) -> pd.Timestamp:
    """Return the first day of the period after the one that ``last`` lies in, or of that one when ``last`` does
    not complete it."""
    period = last.to_period("M" if monthly else "Y")
    whole = last.normalize() == period.end_time.normalize()
    return (period + 1).start_time if whole else period.start_time


def _without(stretch: dict[str, Any], first: pd.Timestamp, last: pd.Timestamp) -> list[dict[str, Any]]:
    """Return what is left of a stretch when the days from ``first`` to ``last`` are taken out of it."""
    day = dt.timedelta(days=1)
    if stretch["to"] < first or stretch["from"] > last:
        return [stretch]
    before, after = stretch | {"to": first - day}, stretch | {"from": last + day}
    return [piece for piece in (before, after) if piece["from"] <= piece["to"]]


def _parts(text: Any) -> list[str]:
    return [part for part in text.split(";") if part] if isinstance(text, str) else []


def _intervals_outside(text: Any, first: pd.Timestamp, last: pd.Timestamp) -> Any:
    """Keep of "from/to;from/to" the intervals that do not begin inside the refreshed part."""
    kept = [part for part in _parts(text) if not f"{first:%Y-%m-%d}" <= part.split("/")[0] <= f"{last:%Y-%m-%d}"]
    return ";".join(kept) if isinstance(text, str) else text


_TABLE_PERIODS: Mapping[str, str] = {"ucdp_events": "month", "massacres_indepaz": "date", "population": "year"}


def overlay_table(name: str, embedded: pd.DataFrame, snapshots: Iterable[Snapshot] | None = None) -> pd.DataFrame:
    """Lay the refreshed form of a table over the embedded one: ``ucdp_events``, ``massacres_indepaz`` or
    ``population``.

    From its first period on the refreshed table stands for the embedded one, when it reaches at least as far; so these
    tables agree with the series that :func:`overlay` makes of the same snapshot. Same columns and types as
    ``embedded``, which is not changed; ``source_id`` becomes the data set's id.
    """
    import pandas as pd

    period = _TABLE_PERIODS[name]
    used = all_current().values() if snapshots is None else snapshots
    for snapshot in used:
        if name not in snapshot.tables:
            continue
        try:
            fresh = snapshot.table(name)
        except SnapshotError:
            continue
        if not _reaches(fresh, embedded, period):
            continue
        if "source_id" in embedded.columns and "source_id" not in fresh.columns:
            fresh = fresh.assign(source_id=snapshot.dataset_id)
        kept = embedded.loc[embedded[period] < fresh[period].min()]
        fresh = fresh.reindex(columns=list(embedded.columns)).astype(embedded.dtypes.to_dict())
        embedded = pd.concat([kept, fresh], ignore_index=True)
    return embedded


def in_tables(snapshot: Snapshot, embedded: Callable[[str], pd.DataFrame]) -> bool:
    """Tell whether :func:`overlay_table` lays any of a snapshot's tables down; ``embedded`` gives the store's."""
    return any(
        _reaches(snapshot.table(name), embedded(name), period)
        for name, period in _TABLE_PERIODS.items()
        if name in snapshot.tables
    )


def _reaches(fresh: pd.DataFrame, embedded: pd.DataFrame, period: str) -> bool:
    return bool(len(fresh)) and not (len(embedded) and fresh[period].max() < embedded[period].max())


def sources_rows(snapshots: Iterable[Snapshot] | None = None) -> list[dict[str, Any]]:
    """Return one row per snapshot in the shape of the store's ``sources`` table, ids being the data sets'."""
    used = all_current().values() if snapshots is None else snapshots
    return [
        {
            "source_id": snapshot.dataset_id,
            "publisher": snapshot.manifest["publisher"],
            "title": snapshot.manifest["title_es"],
            "date_text": snapshot.manifest["cut_date"] or "",
            "url": snapshot.manifest["page"],
            "licence": snapshot.manifest["licence"],
        }
        for snapshot in used
    ]
