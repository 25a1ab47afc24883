"""The downloaded snapshot of the municipal boundaries: one file, one manifest, replaced only by a complete newer one.

The manifest is written last and names the file with its SHA-256, so a reader sees the old pair or the new pair, and a
file damaged afterwards is noticed. :func:`download` asks DANE, and HDX when DANE does not deliver; only then is the
HTTP client loaded, for every start reads the manifest.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from data.files import sha256_of, write_atomic

if TYPE_CHECKING:
    from data.sources.http import PublisherError, RetryPolicy

MANIFEST = "manifest.json"
LEAST_MUNICIPALITIES = 1_100
"""Fewer than this is not the country: layers before MGN 2025 hold 1,121, the current one 1,122."""

Report: TypeAlias = Callable[[str, int, int | None], None]
"""Called with the publisher asked (``dane`` or ``hdx``), what is done and the total (rows or bytes; ``None``:
unknown)."""


class SnapshotDamagedError(Exception):
    """The snapshot's file is missing or is not what its manifest says."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A complete download.

    Attributes
    ----------
    path
        GeoJSON, EPSG:4326, lower-case columns; the DIVIPOLA code as the publisher names it.
    publisher, vintage, licence, url
        Who published it, the edition ("MGN 2025"), its licence and the address asked.
    retrieved_at
        UTC, ISO 8601.
    rows, sha256
        Features in the file, and its hash.
    """

    path: Path
    publisher: str
    vintage: str
    licence: str
    url: str
    retrieved_at: str
    rows: int
    sha256: str


def current(directory: Path) -> Snapshot | None:
    """Return the snapshot kept in ``directory``, or None when there is none.

    Raises
    ------
    SnapshotDamagedError
        When there is a manifest whose file is missing, changed or cut.
    """
    manifest = directory / MANIFEST
    if not manifest.exists():
        return None
    try:
        entry: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        snapshot = Snapshot(path=directory / Path(entry.pop("file")).name, **entry)
        found = sha256_of(snapshot.path)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SnapshotDamagedError(manifest, f"{type(error).__name__}: {error}") from error
    if found != snapshot.sha256:
        raise SnapshotDamagedError(snapshot.path, "its content is not what was downloaded")
    return snapshot


def commit(
    directory: Path, features: list[dict[str, Any]], *, publisher: str, vintage: str, licence: str, url: str
) -> Snapshot:
    """Make these features the snapshot; files of earlier ones are removed afterwards."""
    from data.sources.http import utc_now

    content = json.dumps(
        {"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8")
    sha256 = hashlib.sha256(content).hexdigest()
    path = directory / f"municipalities-{sha256[:12]}.geojson"
    write_atomic(path, content)
    snapshot = Snapshot(path, publisher, vintage, licence, url, utc_now(), len(features), sha256)
    entry = {key: value for key, value in asdict(snapshot).items() if key != "path"}
    write_atomic(directory / MANIFEST, json.dumps({"file": path.name, **entry}, ensure_ascii=False, indent=1))
    for old in directory.glob("municipalities-*.geojson"):
        if old != path:
            # Another process may still read it, and Windows then refuses; the next commit tries again.
            with contextlib.suppress(PermissionError):
                old.unlink(missing_ok=True)
    return snapshot


def download(
    directory: Path,
    report: Report | None = None,
    *,
    retry: RetryPolicy | None = None,
    pause: float | None = None,
    least: int = LEAST_MUNICIPALITIES,
) -> Snapshot:
    """Download the boundaries from DANE, or from HDX when DANE does not deliver (fewer than ``least`` is no delivery).

    Raises
    ------
    ExceptionGroup
        Of one :class:`PublisherError` per publisher asked. The snapshot that was there stays untouched.
    """
    from data.sources import dane, hdx_boundaries
    from data.sources.http import PublisherError

    errors: list[PublisherError] = []
    for name, fetch in (("dane", dane.download), ("hdx", hdx_boundaries.download)):
        progress = _progress(report, name)
        try:
            return fetch(directory, progress=progress, retry=retry, pause=pause, least=least)
        except PublisherError as error:
            errors.append(error)
            if error.fault == "offline":
                break
    raise ExceptionGroup("no publisher delivered the municipal boundaries", errors)


def _progress(report: Report | None, name: str) -> Callable[[int, int | None], None]:
    def progress(done: int, total: int | None) -> None:
        if report:
            report(name, done, total)

    return progress


def batches(items: list[int], size: int) -> Iterator[list[int]]:
    """Yield ``items`` in order, ``size`` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
