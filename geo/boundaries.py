"""The municipal polygons: where they come from, whether they can be trusted, and what stands in when they cannot.

Order: the file that ``MUNICIPAL_BOUNDARIES`` names (GeoJSON, GeoPackage, shapefile, or a zip of one) → the snapshot
downloaded before → one download by the server in the background (DANE, else HDX; ``PAZ_OFFLINE`` forbids it) → none.
A file that a person named is never replaced silently: when it is faulty, the fault is told and the tile map stands in.

A map with a hole is worse than no map: a missing municipality looks like a lake, or like "nothing reported". So a scope
is drawn from polygons only when each of its municipalities has one; otherwise the missing ones are listed and the tile
map, which always has all of them, stands in. The one exception is 27493 Nuevo Belén de Bajirá: editions before MGN 2025
do not have it, its ground is then inside its neighbours', and the message says so.

Problems are codes with parameters; ``components`` puts them into words. ``file`` is a file's name as the person gave
it. Severity *error*: the tile map stands in (for ``scope`` when given); *warning*: drawn, but tell; *notice*: behind a
"details" control.

======================  ========  ==================================================================================
code                    severity  parameters
======================  ========  ==================================================================================
file_missing            error     file
file_type_unknown       error     file, suffix
file_unreadable         error     file, detail
no_divipola             error     file, columns (those it has)
divipola_not_codes      error     file, column, examples
no_known_codes          error     file, column, examples (codes, none of them a municipality's)
no_polygons             error     file
crs_missing             error     file, bounds (no CRS declared, and not degrees in Colombia)
crs_wrong               error     file, crs, bounds (outside Colombia as declared)
polygons_misplaced      error     file, count, of, codes (polygons far from their municipality's seat)
municipalities_missing  error     file, scope, have, expected, codes
newer_than_boundaries   warning   file, codes (municipalities created after this edition)
crs_assumed             notice    file (no CRS declared; degrees in Colombia, so read as EPSG:4326)
crs_reprojected         notice    file, crs
parts_joined            notice    file, count (municipalities that came in several rows)
geometry_repaired       notice    file, count, codes (self-crossing outlines)
borders_cleaned         notice    file, count (municipalities whose border did not match a neighbour's)
unknown_codes           notice    file, count, codes (rows that are no municipality of the table)
snapshot_damaged        warning   file, detail (it is downloaded again)
no_boundaries           notice    (none; a download may be under way: see ``download_status``)
downloads_forbidden     notice    (PAZ_OFFLINE)
download_failed         warning   publisher, fault, advice, status, url, detail (see ``data.sources.http``)
download_not_kept       warning   file, detail (the disk refused it)
======================  ========  ==================================================================================
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from data.files import write_atomic
from data.paths import offline
from geo.geometry import members

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from data.sources.official_boundaries import Snapshot
    from geo.geometry import Kind, Scope

LOG = logging.getLogger(__name__)

Severity: TypeAlias = Literal["error", "warning", "notice"]
Source: TypeAlias = Literal["file", "snapshot", "none"]
Value: TypeAlias = "str | int | float | tuple[str, ...] | tuple[float, ...] | None"

SUFFIXES = (".geojson", ".json", ".gpkg", ".shp", ".zip")
CODE_COLUMNS = (
    "divipola",
    "mpiocdpmp",
    "mpioccnct",
    "adm2pcode",
    "codigodivipola",
    "coddivipola",
    "codigodane",
    "coddane",
    "codigomunicipio",
    "codmunicipio",
    "codmpio",
    "codmuni",
    "codmun",
    "codmpios",
    "mpcodigo",
    "mpios",
    "mpio",
    "idmunicipio",
    "codigo",
    "dane",
)
"""Column names that hold a DIVIPOLA code, lower case, without anything but letters and digits; the first one wins."""

# Land, islands and the cays of the Caribbean; west, south, east, north.
COLOMBIA = (-84.0, -5.0, -66.0, 17.0)
NEW_MUNICIPALITIES = frozenset({"27493"})
FAR_FROM_SEAT = 0.3
FAR_SHARE = 0.1
# Degrees (some 200 m): polygons that a server simplified one by one leave slivers up to this wide between neighbours.
SLIVER = 0.002
LISTED = 20

_SEVERITY: Mapping[str, Severity] = {
    **dict.fromkeys(("newer_than_boundaries", "snapshot_damaged", "download_failed", "download_not_kept"), "warning"),
    **dict.fromkeys(
        (
            "crs_assumed",
            "crs_reprojected",
            "parts_joined",
            "geometry_repaired",
            "borders_cleaned",
            "unknown_codes",
            "no_boundaries",
            "downloads_forbidden",
        ),
        "notice",
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to tell about the boundaries: a code of this module's table, and its parameters."""

    code: str
    params: Mapping[str, Value] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """``error``, ``warning`` or ``notice``."""
        return _SEVERITY.get(self.code, "error")

    @property
    def scope(self) -> str | None:
        """The scope it is about, or None when it is about the whole file."""
        value = self.params.get("scope")
        return value if isinstance(value, str) else None


@dataclass(frozen=True)
class Boundaries:
    """Municipal polygons with their origin and what is wrong with them.

    Attributes
    ----------
    source
        ``file`` (named by a person), ``snapshot`` (downloaded) or ``none``.
    file
        Name of the file, "" for none.
    publisher, vintage
        As the snapshot's manifest says; for a file, the ``geometry_vintage`` or similar column when it has one,
        else "".
    problems
        What to tell, worst first.
    digest
        Hash of all that the polygons depend on; "" for none.
    """

    source: Source
    file: str = ""
    publisher: str = ""
    vintage: str = ""
    problems: tuple[Problem, ...] = ()
    digest: str = ""
    _stored: bytes = field(default=b"", repr=False)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Municipalities that have a polygon, sorted."""
        return tuple(self._arrays["codes"].tolist()) if self._stored else ()

    @cached_property
    def frame(self) -> gpd.GeoDataFrame:
        """GeoDataFrame[divipola, geometry], EPSG:4326, sorted, unique codes, borders shared exactly; empty for none."""
        import geopandas

        codes, geometry = self.coverage()
        return geopandas.GeoDataFrame({"divipola": list(codes)}, geometry=list(geometry), crs="EPSG:4326")

    def coverage(self) -> tuple[tuple[str, ...], np.ndarray]:
        """Return the codes and their shapely polygons, in the same order."""
        return self.codes, self._geometry

    @cached_property
    def _geometry(self) -> np.ndarray:
        import shapely

        if not self._stored:
            return np.empty(0, dtype=object)
        raw, ends = self._arrays["wkb"].tobytes(), self._arrays["ends"].tolist()
        return shapely.from_wkb([raw[start:end] for start, end in zip([0, *ends], ends, strict=False)])

    @cached_property
    def _arrays(self) -> Mapping[str, np.ndarray]:
        with np.load(io.BytesIO(self._stored), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}

    def draws(self, scope: Scope) -> bool:
        """Tell whether this scope can be drawn from polygons: each of its municipalities has one."""
        return bool(self.codes) and not any(p.severity == "error" for p in self.told(scope))

    def kind_for(self, scope: Scope, wanted: Kind = "geo") -> Kind:
        """Return the map to draw: the one wanted, or ``tile`` where the polygons do not suffice."""
        return "geo" if wanted == "geo" and self.draws(scope) else "tile"

    def told(self, scope: Scope) -> tuple[Problem, ...]:
        """Return the problems that concern a scope: the general ones and its own."""
        return tuple(problem for problem in self.problems if problem.scope in (None, scope))


class BoundaryFileError(Exception):
    """A file gives no polygons at all; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code, dict(problem.params))
        self.problem = problem


# Finding


def find(
    municipalities: pd.DataFrame,
    *,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    cache: Path | None = None,
) -> Boundaries:
    """Return the boundaries that this machine has, without asking the network.

    Parameters
    ----------
    municipalities
        The table of that name: what a complete set of polygons must hold.
    environment
        Where ``MUNICIPAL_BOUNDARIES`` is read; the process's own when None.
    directory, cache
        Folder of the snapshot and of checked polygons; the application's own when None.
    """
    named = (os.environ if environment is None else environment).get("MUNICIPAL_BOUNDARIES", "").strip()
    if named:
        return read(Path(named).expanduser(), municipalities, cache=cache)
    snapshot, damage = _snapshot(directory or _directory())
    if snapshot is None:
        return Boundaries("none", problems=(*damage, Problem("no_boundaries")))
    return read(snapshot.path, municipalities, snapshot=snapshot, cache=cache)


def current(municipalities: pd.DataFrame, *, allow_download: bool = True) -> Boundaries:
    """Return the boundaries to draw with now; start the one download when there are none and it is allowed.

    Never waits for the network. While :func:`download_status` says ``running``, ask again on the next run. Remembers
    what it read as long as the file on disk does not change.
    """
    found = _remembered(municipalities)
    if found.source != "none":
        return found
    status = ensure_download() if allow_download else download_status()
    if status.state == "done":
        found = _remembered(municipalities)
    extra = status.problems if found.source == "none" else ()
    return replace(found, problems=_ordered((*found.problems, *extra)))


def read(
    path: Path, municipalities: pd.DataFrame, *, snapshot: Snapshot | None = None, cache: Path | None = None
) -> Boundaries:
    """Read, check and clean a boundary file; never raises for a faulty one.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, shapefile (its siblings beside it), or a zip of one.
    municipalities
        The table of that name.
    snapshot
        What is known of a downloaded file; None for a file that a person named.
    cache
        Folder where the outcome is kept by content hash, so that the next start costs a hash; the application's own
        when None.
    """
    source: Source = "file" if snapshot is None else "snapshot"
    shown = path.name if snapshot else str(path)
    try:
        digest = _digest(path, shown, municipalities)
        folder = (_cache() if cache is None else cache) / "boundaries"
        stored = _stored(folder / f"{digest}.npz", lambda: _check(path, shown, municipalities))
    except BoundaryFileError as error:
        return Boundaries(source, shown, problems=(error.problem,))
    result = Boundaries(source, shown, digest=digest, _stored=stored)
    about = json.loads(str(result._arrays["about"]))
    problems = tuple(Problem(code, {k: _value(v) for k, v in params.items()}) for code, params in about["problems"])
    vintage = snapshot.vintage if snapshot else about["vintage"]
    return replace(
        result, publisher=snapshot.publisher if snapshot else "", vintage=vintage, problems=_ordered(problems)
    )


def _value(value: Any) -> Value:
    return tuple(value) if isinstance(value, list) else value


def _directory() -> Path:
    from data.paths import data_dir

    return data_dir() / "boundaries"


def _cache() -> Path:
    from data.paths import cache_dir

    return cache_dir()


def _snapshot(directory: Path) -> tuple[Snapshot | None, tuple[Problem, ...]]:
    from data.sources import official_boundaries

    try:
        return official_boundaries.current(directory), ()
    except official_boundaries.SnapshotDamagedError as error:
        return None, (Problem("snapshot_damaged", {"file": error.path.name, "detail": error.reason}),)


def _remembered(municipalities: pd.DataFrame) -> Boundaries:
    """Return :func:`find`'s answer, read again only when a file changed."""
    named = os.environ.get("MUNICIPAL_BOUNDARIES", "").strip()
    directory = _directory()
    watched = _parts(Path(named).expanduser()) if named else sorted(directory.glob("*.*json"))
    stamp = (named, str(directory), tuple(_stamp(path) for path in watched), _codes_key(municipalities))
    with _MEMORY_LOCK:
        if _MEMORY.get("stamp") != stamp:
            _MEMORY.update(stamp=stamp, found=find(municipalities))
        return _MEMORY["found"]


_MEMORY: dict[str, Any] = {}
_MEMORY_LOCK = threading.Lock()


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        status = path.stat()
    except OSError:
        return (str(path), -1, -1)
    return (str(path), status.st_mtime_ns, status.st_size)


def _parts(path: Path) -> list[Path]:
    """Return the files that one layer is made of: a shapefile has siblings."""
    if path.suffix.lower() != ".shp":
        return [path]
    kinds = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
    return sorted(other for other in path.parent.glob(f"{_escaped(path.stem)}.*") if other.suffix.lower() in kinds)


def _escaped(text: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", text)


def _codes_key(municipalities: pd.DataFrame) -> str:
    """Return a hash of what a complete set of polygons must hold; the store's frame, asked on every run, only once."""
    known = _CODES_KEY.get("known")
    if known is None or known[0] is not municipalities:
        known = _CODES_KEY["known"] = (municipalities, _hashed(municipalities))
    return known[1]


_CODES_KEY: dict[str, tuple[pd.DataFrame, str]] = {}


def _hashed(municipalities: pd.DataFrame) -> str:
    columns = municipalities[["divipola", "department_code", "lon", "lat"]].sort_values("divipola")
    return hashlib.sha256(columns.to_csv(index=False).encode()).hexdigest()


def _digest(path: Path, shown: str, municipalities: pd.DataFrame) -> str:
    if path.suffix.lower() not in SUFFIXES:
        known = path.exists()
        problem = Problem("file_type_unknown", {"file": shown, "suffix": path.suffix})
        raise BoundaryFileError(problem if known else Problem("file_missing", {"file": shown}))
    digest = hashlib.sha256(_codes_key(municipalities).encode())
    digest.update(shown.encode())
    digest.update(_own_code())
    try:
        if not path.is_file():
            raise BoundaryFileError(Problem("file_missing", {"file": shown}))
        for part in _parts(path):
            digest.update(part.suffix.lower().encode())
            with part.open("rb") as handle:
                digest.update(hashlib.file_digest(handle, "sha256").digest())
    except OSError as error:
        raise BoundaryFileError(Problem("file_unreadable", {"file": shown, "detail": str(error)})) from error
    return digest.hexdigest()[:32]


@lru_cache(maxsize=1)
def _own_code() -> bytes:
    return hashlib.sha256(Path(__file__).read_bytes()).digest()


def _stored(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return the checked polygons kept under ``path``, or make and keep them."""
    with contextlib.suppress(OSError):
        content = path.read_bytes()
        if content[-32:] == hashlib.sha256(content[:-32]).digest():
            return content[:-32]
    content = make()
    try:
        write_atomic(path, content + hashlib.sha256(content).digest())
    except OSError as error:
        LOG.warning("checked boundaries not kept: %s", error)
    return content


# Checking one file


def _check(path: Path, shown: str, municipalities: pd.DataFrame) -> bytes:
    """Turn a file into clean polygons and the list of what was wrong with it; raise when nothing is usable."""
    import shapely

    try:
        return _checked(path, shown, municipalities)
    except shapely.errors.ShapelyError as error:
        problem = Problem("file_unreadable", {"file": shown, "detail": " ".join(str(error).split())[:300]})
        raise BoundaryFileError(problem) from error


def _checked(path: Path, shown: str, municipalities: pd.DataFrame) -> bytes:
    import shapely

    problems: list[Problem] = []
    frame, column = _open(path, shown)
    frame = _keyed(frame, column, shown, municipalities, problems)
    frame = _in_degrees(frame, shown, problems)
    codes, shapes = _whole(frame, shown, problems)
    _check_places(codes, shapes, shown, municipalities)
    if not shapely.coverage_is_valid(shapes, gap_width=SLIVER):
        faulty = ~shapely.is_empty(shapely.coverage_invalid_edges(shapes, gap_width=SLIVER))
        # pyright: ignore below, because the function is newer than the type stubs.
        cleaned = shapely.coverage_clean(shapes, gap_width=SLIVER)  # pyright: ignore[reportAttributeAccessIssue]
        kept = ~shapely.is_empty(cleaned)
        shapes, codes = cleaned[kept], codes[kept]
        problems.append(Problem("borders_cleaned", {"file": shown, "count": int(faulty.sum())}))
    problems += _missing(codes, shown, municipalities)
    return _packed(codes, shapes, problems, _vintage(frame))


def _open(path: Path, shown: str) -> tuple[gpd.GeoDataFrame, str]:
    """Read the first layer that has a DIVIPOLA column."""
    import geopandas
    import pyogrio

    columns: list[str] = []
    try:
        for layer in pyogrio.list_layers(path)[:, 0]:
            names = [str(name) for name in pyogrio.read_info(path, layer=layer)["fields"]]
            columns += [name for name in names if name not in columns]
            column = _code_column(names)
            if column is not None:
                frame = geopandas.read_file(path, layer=layer)
                if not isinstance(frame, geopandas.GeoDataFrame):
                    raise BoundaryFileError(Problem("no_polygons", {"file": shown}))
                return frame, column
    except (OSError, ValueError, RuntimeError, UnicodeError) as error:
        problem = Problem("file_unreadable", {"file": shown, "detail": " ".join(str(error).split())[:300]})
        raise BoundaryFileError(problem) from error
    raise BoundaryFileError(Problem("no_divipola", {"file": shown, "columns": tuple(columns)}))


def _code_column(names: Iterable[str]) -> str | None:
    """Return the column that holds the code, whatever its case, accents of punctuation or underscores."""
    plain = {re.sub(r"[^a-z0-9]", "", name.lower().replace("ó", "o")): name for name in names}
    return next((plain[name] for name in CODE_COLUMNS if name in plain), None)


def _keyed(
    frame: gpd.GeoDataFrame, column: str, shown: str, municipalities: pd.DataFrame, problems: list[Problem]
) -> gpd.GeoDataFrame:
    """Keep the rows of known municipalities, keyed by ``divipola``."""
    codes = frame[column].map(_code)
    examples = tuple(str(value) for value in frame[column].head(3))
    if not (codes != "").any():
        raise BoundaryFileError(Problem("divipola_not_codes", {"file": shown, "column": column, "examples": examples}))
    known = codes.isin(set(municipalities["divipola"]))
    if not known.any():
        raise BoundaryFileError(Problem("no_known_codes", {"file": shown, "column": column, "examples": examples}))
    strange = sorted(set(codes[~known]))
    if strange:
        problems.append(
            Problem("unknown_codes", {"file": shown, "count": int((~known).sum()), "codes": tuple(strange[:LISTED])})
        )
    kept = frame[known].rename_geometry("geometry") if frame.geometry.name != "geometry" else frame[known]
    return kept.assign(divipola=codes[known])


def _code(value: Any) -> str:
    """Read a DIVIPOLA code as publishers write it: ``52835``, ``5001``, ``5001.0``, ``CO05001``; "" for others."""
    match = re.fullmatch(r"(?:CO)?(\d{4,5})(?:\.0+)?", str(value).strip().upper())
    return match.group(1).zfill(5) if match else ""


def _in_degrees(frame: gpd.GeoDataFrame, shown: str, problems: list[Problem]) -> gpd.GeoDataFrame:
    """Return the frame in EPSG:4326, or raise when its coordinates are not in Colombia."""
    present = frame[frame.geometry.notna() & ~frame.geometry.is_empty]
    if present.empty:
        raise BoundaryFileError(Problem("no_polygons", {"file": shown}))
    if present.crs is None:
        if not _in_colombia(present):
            raise BoundaryFileError(Problem("crs_missing", {"file": shown, "bounds": _bounds(present)}))
        problems.append(Problem("crs_assumed", {"file": shown}))
        return present.set_crs(4326)
    name = present.crs.to_string() if len(present.crs.to_string()) < 40 else present.crs.name
    degrees = present
    if present.crs != "EPSG:4326":
        try:
            degrees = present.to_crs(4326)
        except (ValueError, RuntimeError) as error:
            params = {"file": shown, "crs": name, "bounds": _bounds(present), "detail": str(error)}
            raise BoundaryFileError(Problem("crs_wrong", params)) from error
        if present.crs.to_epsg() not in (4326, 4686):
            problems.append(Problem("crs_reprojected", {"file": shown, "crs": name}))
    if not _in_colombia(degrees):
        raise BoundaryFileError(Problem("crs_wrong", {"file": shown, "crs": name, "bounds": _bounds(present)}))
    return degrees


def _bounds(frame: gpd.GeoDataFrame) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in frame.total_bounds)


def _in_colombia(frame: gpd.GeoDataFrame) -> bool:
    west, south, east, north = frame.total_bounds.tolist()
    return COLOMBIA[0] <= west <= east <= COLOMBIA[2] and COLOMBIA[1] <= south <= north <= COLOMBIA[3]


def _whole(frame: gpd.GeoDataFrame, shown: str, problems: list[Problem]) -> tuple[np.ndarray, np.ndarray]:
    """Return one valid, non-empty (multi)polygon per code, sorted by code."""
    import shapely

    shapes = shapely.force_2d(frame.geometry.to_numpy())
    codes = frame["divipola"].to_numpy(dtype=str)
    crossed = ~shapely.is_valid(shapes)
    if crossed.any():
        names = tuple(sorted(set(codes[crossed].tolist())))
        params: dict[str, Value] = {"file": shown, "count": len(names), "codes": names[:LISTED]}
        problems.append(Problem("geometry_repaired", params))
        shapes[crossed] = shapely.make_valid(shapes[crossed], method="structure")
    unique, first, counts = np.unique(codes, return_index=True, return_counts=True)
    if (counts > 1).any():
        problems.append(Problem("parts_joined", {"file": shown, "count": int((counts > 1).sum())}))
    joined = np.array(
        [
            _polygonal(shapes[at] if count == 1 else shapely.union_all(shapes[codes == code]))
            for code, at, count in zip(unique, first, counts, strict=True)
        ],
        dtype=object,
    )
    real = shapely.area(joined) > 0
    if not real.any():
        raise BoundaryFileError(Problem("no_polygons", {"file": shown}))
    return unique[real], joined[real]


def _polygonal(shape: Any) -> Any:
    """Return the polygons of a shape without the lines and points that repairing may leave."""
    import shapely

    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type == "Polygon"]
    return shapely.union_all(parts) if parts else shapely.MultiPolygon()


def _check_places(codes: np.ndarray, shapes: np.ndarray, shown: str, municipalities: pd.DataFrame) -> None:
    """Refuse polygons that lie in Colombia but not where their municipalities are (a wrong CRS, shuffled codes)."""
    import shapely

    seats = municipalities.set_index("divipola").loc[codes, ["lon", "lat"]].to_numpy(dtype=float)
    far = shapely.distance(shapes, shapely.points(seats)) > FAR_FROM_SEAT
    if far.mean() > FAR_SHARE:
        params: dict[str, Value] = {"file": shown, "count": int(far.sum()), "of": len(codes)}
        raise BoundaryFileError(Problem("polygons_misplaced", {**params, "codes": tuple(codes[far][:LISTED].tolist())}))


def _missing(codes: np.ndarray, shown: str, municipalities: pd.DataFrame) -> list[Problem]:
    """Return what each scope lacks."""
    have = set(codes.tolist())
    found: list[Problem] = []
    scopes: tuple[Scope, ...] = ("narino", "colombia")
    for scope in scopes:
        expected = set(members(scope, municipalities)["divipola"])
        lacking = sorted(expected - have)
        newer = [code for code in lacking if code in NEW_MUNICIPALITIES]
        if lacking and lacking == newer:
            found.append(Problem("newer_than_boundaries", {"file": shown, "scope": scope, "codes": tuple(newer)}))
        elif lacking:
            params: dict[str, Value] = {"have": len(expected & have), "expected": len(expected)}
            params["codes"] = tuple(lacking[:LISTED])
            found.append(Problem("municipalities_missing", {"file": shown, "scope": scope, **params}))
    return found


def _vintage(frame: gpd.GeoDataFrame) -> str:
    """Return the edition that most rows name, when a column names one."""
    names = {str(name).lower(): name for name in frame.columns}
    column = next((names[key] for key in ("geometry_vintage", "vintage", "mpio_vgnc", "version") if key in names), None)
    if column is None:
        return ""
    most = frame[column].dropna().astype(str).mode()
    return most.iloc[0] if len(most) else ""


def _packed(codes: np.ndarray, shapes: np.ndarray, problems: list[Problem], vintage: str) -> bytes:
    import shapely

    blobs = [bytes(blob) for blob in shapely.to_wkb(shapes)]
    about = {"vintage": vintage, "problems": [[problem.code, dict(problem.params)] for problem in problems]}
    buffer = io.BytesIO()
    np.savez(
        buffer,
        codes=codes.astype("U5"),
        ends=np.cumsum([len(blob) for blob in blobs]),
        wkb=np.frombuffer(b"".join(blobs), dtype=np.uint8),
        about=np.array(json.dumps(about, ensure_ascii=False)),
    )
    return buffer.getvalue()


def _ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    rank = {"error": 0, "warning": 1, "notice": 2}
    return tuple(sorted(problems, key=lambda problem: rank[problem.severity]))


# The one download

State: TypeAlias = Literal["idle", "running", "done", "failed", "forbidden"]
LOCK_STALE = 900.0


@dataclass(frozen=True, slots=True)
class DownloadStatus:
    """How the one download stands.

    Attributes
    ----------
    state
        ``idle`` (not asked), ``running``, ``done``, ``failed`` or ``forbidden`` (``PAZ_OFFLINE``).
    publisher
        ``dane`` or ``hdx`` while one is asked, else "". "" while running: another process of this machine downloads.
    done, total
        Municipalities (DANE) or bytes (HDX); ``total`` is None when it is not known.
    problems
        What to tell after a failure.
    """

    state: State = "idle"
    publisher: str = ""
    done: int = 0
    total: int | None = None
    problems: tuple[Problem, ...] = ()


class _Download:
    """Downloads into one folder, once: one thread per process, one process per machine."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.status = DownloadStatus()
        self.thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def ensure(self, again: bool) -> DownloadStatus:
        with self._lock:
            ours = self.thread is not None and self.thread.is_alive()
            if ours or (self.status.state == "failed" and not again):
                return self.status
            if offline():
                self.status = DownloadStatus("forbidden", problems=(Problem("downloads_forbidden"),))
                return self.status
            if _snapshot(self.directory)[0] is not None and not again:
                self.status = DownloadStatus("done")
                return self.status
            try:
                mine = self._claim()
            except OSError as error:
                self.status = DownloadStatus("failed", problems=(self._not_kept(error),))
                return self.status
            self.status = DownloadStatus("running")
            if mine:
                self.thread = threading.Thread(target=self._run, name="boundaries-download", daemon=True)
                self.thread.start()
            return self.status

    def _claim(self) -> bool:
        """Take the machine-wide lock; one left by a process that died is taken over."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            if time.time() - self._lock_file.stat().st_mtime > LOCK_STALE:
                self._lock_file.unlink()
        try:
            self._lock_file.open("x").close()
        except FileExistsError:
            return False
        return True

    @property
    def _lock_file(self) -> Path:
        return self.directory / "download.lock"

    def _run(self) -> None:
        from data.sources import official_boundaries

        try:
            official_boundaries.download(self.directory, self._report)
        except ExceptionGroup as group:
            self.status = DownloadStatus("failed", problems=tuple(_told(error) for error in group.exceptions))
        except OSError as error:
            self.status = DownloadStatus("failed", problems=(self._not_kept(error),))
        except Exception as error:
            # The thread has nobody to raise to: without this the page would say "running" for ever.
            LOG.exception("the download of the boundaries broke")
            self.status = DownloadStatus("failed", problems=(self._not_kept(error),))
        else:
            self.status = DownloadStatus("done")
        finally:
            self._lock_file.unlink(missing_ok=True)
        for problem in self.status.problems:
            LOG.warning("boundaries: %s %s", problem.code, dict(problem.params))

    def _report(self, publisher: str, done: int, total: int | None) -> None:
        self.status = DownloadStatus("running", publisher, done, total)
        with contextlib.suppress(OSError):
            os.utime(self._lock_file)

    def _not_kept(self, error: Exception) -> Problem:
        return Problem("download_not_kept", {"file": str(self.directory), "detail": f"{type(error).__name__}: {error}"})


_DOWNLOADS: dict[Path, _Download] = {}
_DOWNLOADS_LOCK = threading.Lock()


def ensure_download(directory: Path | None = None, *, again: bool = False) -> DownloadStatus:
    """Start the download in the background unless it ran, runs or is forbidden; return at once.

    ``again`` is the person's "try again" after a failure, or "download anew" over a snapshot.
    """
    return _download(directory).ensure(again)


def download_status(directory: Path | None = None) -> DownloadStatus:
    """Return how the download stands, without starting it."""
    return _download(directory).status


def wait_for_download(directory: Path | None = None, timeout: float | None = None) -> DownloadStatus:
    """Wait for this process's download to end (command line, tests); pages never do."""
    job = _download(directory)
    if job.thread is not None:
        job.thread.join(timeout)
    return job.status


def _download(directory: Path | None) -> _Download:
    place = (directory or _directory()).resolve()
    with _DOWNLOADS_LOCK:
        return _DOWNLOADS.setdefault(place, _Download(place))


def _told(error: BaseException) -> Problem:
    from data.sources.http import PublisherError

    if not isinstance(error, PublisherError):
        return Problem("download_failed", {"detail": str(error)})
    params: dict[str, Value] = {"publisher": error.publisher, "fault": error.fault, "advice": error.advice}
    return Problem("download_failed", {**params, "status": error.status, "url": error.url, "detail": error.detail})
