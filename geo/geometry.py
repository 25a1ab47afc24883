"""Shapes for the browser: one compact, cached payload per map, and the municipality under a click.

A payload is JSON, fetched once by the map's script (gzip, immutable address made of its digest)::

    {"v": 1, "kind": "geo" | "tile", "scope": "narino" | "colombia", "scale": 1e-4,
     "bounds": [[south, west], [north, east]],                          degrees
     "units": [[divipola, name, department, [lon, lat], [polygon, ...]], ...],
     "lines": {"department": [path, ...], "subregion": [path, ...], "land": [ring, ...], "inset": [path, ...]}}

* polygon = ``[outer ring, hole, ...]``; a ring or path is one flat list of integers ``[x0, y0, dx1, dy1, dx2, dy2,
  ...]`` in units of ``scale`` degrees: the first point absolute, each further point as the difference to the one
  before. x is longitude, y latitude. Rings are not closed (the first point is not repeated). Multiply the running
  sums by ``scale``.
* ``[lon, lat]`` in degrees: where signs and labels stand. On the geographic map the seat (a point inside the
  polygon when the seat falls outside it; the enlarged copy for the islands of the nation's inset), on the tile map
  the hexagon's centre.
* ``units`` are sorted by DIVIPOLA code; a municipality without a polygon has an empty list of polygons, never a missing
  row.
* ``department`` and ``subregion``: borders *between* departments (or Nariño's subregions), each drawn once; the
  coast and the nation's border are in ``land``. ``land`` rings may be filled: they lie under the municipalities.
  For Nariño they include the rest of the country as context; the tile map has none (its outer edge is in
  ``department``). ``inset``: the frame around the enlarged islands (nation, geographic).
* Nothing here says what a colour means; no key but these; unknown keys may be ignored by a reader.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import numpy as np

from data.files import write_atomic

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import shapely

FORMAT = 1
SCALE = 1e-4
NARINO = "52"

Kind: TypeAlias = Literal["geo", "tile"]
Scope: TypeAlias = Literal["narino", "colombia"]
Ring: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"
"""Integer points, shape (n, 2), x then y in units of SCALE degrees; not closed."""
Polygons: TypeAlias = list[list[Ring]]

# Degrees handed to coverage_simplify, finest first: the first whose payload fits the budget is used. The first
# steps keep what a screen can show (Nariño is looked at three zoom levels closer); the later ones are for very
# detailed layers.
TOLERANCES: Mapping[Scope, tuple[float, ...]] = {
    "narino": (0.002, 0.004, 0.007, 0.012, 0.02, 0.04),
    "colombia": (0.01, 0.014, 0.02, 0.03, 0.05, 0.08),
}
BUDGET: Mapping[Scope, int] = {"narino": 150_000, "colombia": 200_000}

# San Andrés and Providencia are 5 km wide and 700 km out: on the nation's first view they would be a few pixels. A map
# editor shows them enlarged in a frame in the empty Caribbean, and so does this: each island is drawn twice, once
# where it is and once, ten times as large, in the frame. Both copies belong to one municipality: painted, hovered,
# clicked alike.
INSET_FACTOR = 10.0
INSET_CENTRES: Mapping[str, tuple[float, float]] = {"88001": (-80.25, 10.65), "88564": (-79.6, 11.35)}
INSET_FRAME = (-80.75, 9.9, -79.15, 11.85)


class Coverage(Protocol):
    """What this module needs of ``boundaries.Boundaries``: polygons in EPSG:4326 that share their borders exactly."""

    @property
    def digest(self) -> str:
        """Hash of the content."""
        ...

    def coverage(self) -> tuple[tuple[str, ...], np.ndarray]:
        """Codes, sorted, and their shapely polygons, in the same order."""
        ...


@dataclass(frozen=True)
class Payload:
    """One map's geometry, ready to be served.

    Attributes
    ----------
    kind, scope
        ``geo`` or ``tile``; ``narino`` or ``colombia``.
    compressed
        The JSON of the module's docstring, gzipped (deterministic: same shapes, same bytes).
    digest
        Sixteen hexadecimal digits of the JSON's SHA-256: the immutable address.
    """

    kind: Kind
    scope: Scope
    compressed: bytes
    digest: str

    @cached_property
    def content(self) -> bytes:
        """The JSON, UTF-8."""
        return gzip.decompress(self.compressed)

    @cached_property
    def decoded(self) -> dict[str, Any]:
        """The JSON as Python objects, still delta-coded."""
        return json.loads(self.content)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """DIVIPOLA codes of the units, sorted: the order of every row that styles them."""
        return tuple(unit[0] for unit in self.decoded["units"])

    @cached_property
    def bounds(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """South-west and north-east corner, each as (latitude, longitude)."""
        (south, west), (north, east) = self.decoded["bounds"]
        return (south, west), (north, east)

    @cached_property
    def seats(self) -> dict[str, tuple[float, float]]:
        """Where signs stand: DIVIPOLA -> (longitude, latitude)."""
        return {unit[0]: (unit[3][0], unit[3][1]) for unit in self.decoded["units"]}

    @cached_property
    def shapes(self) -> dict[str, shapely.Geometry]:
        """The shapes as drawn: DIVIPOLA -> MultiPolygon in degrees (empty when the municipality has none)."""
        import shapely

        return {unit[0]: shapely.MultiPolygon([_polygon(p) for p in unit[4]]) for unit in self.decoded["units"]}

    @cached_property
    def locator(self) -> Locator:
        """The index that answers clicks on this map."""
        return Locator(self.shapes)

    def frame(self) -> gpd.GeoDataFrame:
        """Return the shapes as drawn: GeoDataFrame[divipola, name, department, geometry], EPSG:4326 (for exports)."""
        import geopandas

        rows = [unit[:3] for unit in self.decoded["units"]]
        columns = {name: [row[n] for row in rows] for n, name in enumerate(("divipola", "name", "department"))}
        return geopandas.GeoDataFrame(columns, geometry=list(self.shapes.values()), crs="EPSG:4326")

    def paths(self, name: str) -> list[np.ndarray]:
        """Return the lines of a kind (``department``, ``subregion``, ``land``, ``inset``): (n, 2) arrays of degrees."""
        return [_undelta(flat) * self.decoded["scale"] for flat in self.decoded["lines"].get(name, [])]


class Locator:
    """Finds the municipality under a point of the drawn map."""

    def __init__(self, shapes: Mapping[str, shapely.Geometry]) -> None:
        import shapely

        self._codes = tuple(shapes)
        # A ring that quantisation made touch itself still has to answer a click.
        self._tree = shapely.STRtree(shapely.make_valid(np.array(list(shapes.values()), dtype=object)))

    def at(self, lat: float, lng: float) -> str | None:
        """Return the DIVIPOLA code drawn at this point, or None outside every shape.

        On a shared border the smaller code answers, so that the same click always opens the same card.
        """
        import shapely

        if not (np.isfinite(lat) and np.isfinite(lng)):
            return None
        hits = self._tree.query(shapely.Point(lng, lat), predicate="intersects")
        return min((self._codes[n] for n in hits), default=None)


def build(
    kind: Kind,
    scope: Scope,
    municipalities: pd.DataFrame,
    boundaries: Coverage | None = None,
    *,
    cache: Path | None = None,
) -> Payload:
    """Return the geometry of one map, from the cache when the same content was built before.

    Parameters
    ----------
    kind
        ``geo`` needs ``boundaries``; ``tile`` ignores them.
    scope
        ``narino`` (department 52) or ``colombia``.
    municipalities
        The table of that name: divipola, name, department_code, department, lon, lat, subregion.
    boundaries
        Polygons in EPSG:4326. Municipalities they lack stay in ``units`` without a polygon.
    cache
        Folder for built payloads, or None to keep none. A damaged entry is rebuilt.

    Raises
    ------
    ValueError
        ``geo`` without boundaries.
    """
    if kind == "geo" and boundaries is None:
        raise ValueError("the geographic map needs boundaries")
    table = municipalities.sort_values("divipola", ignore_index=True)
    if cache is None:
        return _build(kind, scope, table, boundaries)
    path = cache / "geometry" / f"{kind}-{scope}-{_content_key(kind, scope, table, boundaries)}.json.gz"
    if (found := _read_cached(kind, scope, path)) is not None:
        return found
    payload = _build(kind, scope, table, boundaries)
    _write_cached(path, payload.compressed)
    return payload


def locate(payload: Payload, lat: float, lng: float) -> str | None:
    """Return the DIVIPOLA code under a click on this map, or None."""
    return payload.locator.at(lat, lng)


def dissolve(frame: gpd.GeoDataFrame, groups: pd.Series) -> gpd.GeoDataFrame:
    """Merge municipalities into departments, subregions or any other groups.

    Parameters
    ----------
    frame
        divipola and geometry, EPSG:4326, neighbours sharing their borders exactly.
    groups
        Group of each municipality, indexed by DIVIPOLA; null or blank leaves a municipality out.

    Returns
    -------
    GeoDataFrame
        ``group`` and ``geometry``, one row per group, sorted.
    """
    import geopandas
    import shapely

    owner = frame["divipola"].map(groups)
    known = frame[owner.notna() & (owner != "")]
    merged = {
        str(name): shapely.coverage_union_all(part.geometry.to_numpy())
        for name, part in known.groupby(owner[known.index])
    }
    return geopandas.GeoDataFrame({"group": list(merged)}, geometry=list(merged.values()), crs=frame.crs)


def members(scope: Scope, municipalities: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the municipalities table that a scope holds."""
    return municipalities[municipalities["department_code"] == NARINO] if scope == "narino" else municipalities


# Building


def _build(kind: Kind, scope: Scope, table: pd.DataFrame, boundaries: Coverage | None) -> Payload:
    if kind == "tile":
        return _tile(scope, table)
    assert boundaries is not None
    payload = None
    for tolerance in TOLERANCES[scope]:
        payload = _geographic(scope, table, boundaries, tolerance)
        if len(payload.compressed) <= BUDGET[scope]:
            break
    assert payload is not None
    return payload


def _geographic(scope: Scope, table: pd.DataFrame, boundaries: Coverage, tolerance: float) -> Payload:
    import shapely

    codes, geometry = boundaries.coverage()
    simple = shapely.coverage_simplify(geometry, tolerance)
    polygons: dict[str, Polygons] = {code: quantise(shape) for code, shape in zip(codes, simple, strict=True)}
    lines = borders(polygons, table, scope)
    wanted = members(scope, table)
    drawn = {code: polygons.get(code, []) for code in wanted["divipola"]}
    points = [ring for unit in drawn.values() for polygon in unit for ring in polygon]
    if scope == "colombia":
        mainland = [r for code, unit in drawn.items() if code not in INSET_CENTRES for polygon in unit for r in polygon]
        exact = dict(zip(codes, geometry, strict=True))
        copies = {code: enlarged(exact[code], centre) for code, centre in INSET_CENTRES.items() if code in exact}
        if copies and mainland:
            drawn |= {code: drawn[code] + copy for code, copy in copies.items() if code in drawn}
            lines["inset"] = [_frame_path()]
            points = [*mainland, _frame_path()]
    seats = _sign_points(wanted, drawn, set(INSET_CENTRES) if "inset" in lines else set())
    return _encode("geo", scope, wanted, drawn, seats, lines, points)


def _tile(scope: Scope, table: pd.DataFrame) -> Payload:
    from geo import tilemap

    wanted = members(scope, table)
    tiles = tilemap.hexagons(scope, wanted)
    polygons: dict[str, Polygons] = {code: [[ring]] for code, (_, ring) in tiles.items()}
    lines = borders(polygons, table, scope)
    # The tile map has no coast: its outer edge belongs to departments as much as any other edge does.
    lines["department"] += [np.vstack([ring, ring[:1]]) for ring in lines["land"]]
    lines["land"] = []
    seats = {code: centre for code, (centre, _) in tiles.items()}
    points = [ring for _, ring in tiles.values()]
    return _encode("tile", scope, wanted, polygons, seats, lines, points)


def _sign_points(
    table: pd.DataFrame, drawn: Mapping[str, Polygons], enlarged_codes: set[str]
) -> dict[str, tuple[float, float]]:
    """Return where each municipality's sign stands: its seat, unless that is not inside what is drawn of it."""
    import shapely

    points: dict[str, tuple[float, float]] = {}
    for code, lon, lat in zip(table["divipola"], table["lon"], table["lat"], strict=True):
        seat = (float(lon), float(lat))
        if code in enlarged_codes:
            points[code] = INSET_CENTRES[code]
            continue
        parts = shapely.make_valid(
            [shapely.Polygon(p[0] * SCALE, [hole * SCALE for hole in p[1:]]) for p in drawn[code]]
        )
        if len(parts) and not shapely.intersects(parts, shapely.Point(seat)).any():
            largest = parts[int(np.argmax(shapely.area(parts)))]
            ((x, y),) = shapely.get_coordinates(shapely.point_on_surface(largest)).tolist()
            seat = (x, y)
        points[code] = seat
    return points


def quantise(shape: shapely.Geometry) -> Polygons:
    """Round a (multi)polygon to the payload's grid; every polygonal shape keeps at least one visible ring.

    Rounding moves a shared vertex the same way on both sides of a border, so neighbours stay neighbours. A hole or
    a part that collapses is dropped; when all parts collapse, a triangle of two grid units (about 20 m) stands for
    the island.
    """
    import shapely

    result: Polygons = []
    for part in shapely.get_parts(shape):
        if part.geom_type != "Polygon" or part.is_empty:
            continue
        outer = _grid(part.exterior)
        if outer is not None:
            holes = [ring for ring in (_grid(hole) for hole in part.interiors) if ring is not None]
            result.append([outer, *holes])
    if not result and not shapely.is_empty(shape):
        ((lon, lat),) = shapely.get_coordinates(shapely.point_on_surface(shape))
        x, y = round(lon / SCALE), round(lat / SCALE)
        result = [[np.array([[x - 1, y - 1], [x + 1, y - 1], [x, y + 1]], dtype=np.int64)]]
    return result


def enlarged(shape: shapely.Geometry, centre: tuple[float, float]) -> Polygons:
    """Return a shape magnified for the inset, its middle moved to ``centre`` (lon, lat)."""
    import shapely

    west, south, east, north = shapely.bounds(shape)
    middle = np.array([(west + east) / 2, (south + north) / 2])
    return quantise(shapely.transform(shape, lambda xy: (xy - middle) * INSET_FACTOR + np.asarray(centre)))


def borders(polygons: Mapping[str, Polygons], table: pd.DataFrame, scope: Scope) -> dict[str, list[Ring]]:
    """Find the lines between groups by looking at who owns each edge.

    An edge with one owner is coast or national border (``land``); one between two departments goes to
    ``department``; one between two of Nariño's subregions goes to ``subregion``. Works on any tiling whose
    neighbours share vertices: polygons or hexagons.
    """
    codes = tuple(polygons)
    rows = table.set_index("divipola").reindex(list(codes))
    department = rows["department_code"].fillna("").astype(str).to_numpy()
    subregion = rows["subregion"].fillna("").astype(str).to_numpy()
    first, second, edges = _owners([polygons[code] for code in codes])
    outer = second < 0
    other = np.where(outer, first, second)
    between_departments = ~outer & (department[first] != department[other])
    regions = ~outer & ~between_departments & (subregion[first] != subregion[other])
    regions &= (subregion[first] != "") & (subregion[other] != "")
    if scope == "narino":
        regions &= department[first] == NARINO
    return {
        "department": _chains(edges[between_departments]),
        "subregion": _chains(edges[regions]),
        "land": _rings(edges[outer]),
    }


def _owners(units: Sequence[Polygons]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, per distinct edge: first owner, second owner (-1 for none), and its end points, shape (n, 4)."""
    pieces, owners = [np.empty((0, 4), dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for number, unit in enumerate(units):
        for polygon in unit:
            for ring in polygon:
                pieces.append(np.hstack([ring, np.roll(ring, -1, axis=0)]))
                owners.append(np.full(len(ring), number))
    edges, owner = np.vstack(pieces), np.concatenate(owners)
    backwards = (edges[:, 0] > edges[:, 2]) | ((edges[:, 0] == edges[:, 2]) & (edges[:, 1] > edges[:, 3]))
    edges[backwards] = edges[backwards][:, [2, 3, 0, 1]]
    order = np.lexsort((owner, *edges.T[::-1]))
    edges, owner = edges[order], owner[order]
    starts = (
        np.flatnonzero(np.r_[True, (edges[1:] != edges[:-1]).any(axis=1)]) if len(edges) else np.empty(0, dtype=int)
    )
    counts = np.diff(np.r_[starts, len(edges)])
    second = np.where(counts > 1, owner[np.minimum(starts + counts - 1, max(len(owner) - 1, 0))], -1)
    # Twice the same owner: a spike that rounding made. It is no border.
    real = second != owner[starts]
    return owner[starts][real], second[real], edges[starts][real]


def _chains(edges: np.ndarray) -> list[Ring]:
    """Join edges into as few paths as possible."""
    import shapely

    if not len(edges):
        return []
    merged = shapely.line_merge(shapely.multilinestrings(edges.reshape(-1, 2, 2).astype(float)))
    paths = [np.rint(shapely.get_coordinates(part)).astype(np.int64) for part in shapely.get_parts(merged)]
    return sorted(paths, key=lambda path: (-len(path), path.ravel().tolist()))


def _rings(edges: np.ndarray) -> list[Ring]:
    """Join outer edges into rings; where rings touch in a point they are told apart as polygons."""
    import shapely

    paths = _chains(edges)
    closed = [path[:-1] for path in paths if (path[0] == path[-1]).all()]
    loose = [shapely.LineString(path.astype(float)) for path in paths if (path[0] != path[-1]).any()]
    faces = shapely.get_parts(shapely.polygonize(np.array(loose, dtype=object))) if loose else []
    closed += [np.rint(np.asarray(face.exterior.coords)[:-1]).astype(np.int64) for face in faces]
    return closed


def _grid(ring: Any) -> Ring | None:
    points = np.rint(np.asarray(ring.coords)[:, :2] / SCALE).astype(np.int64)[:-1]
    points = points[(points != np.roll(points, 1, axis=0)).any(axis=1)]
    return points if len(np.unique(points, axis=0)) >= 3 else None


def _frame_path() -> Ring:
    west, south, east, north = (round(value / SCALE) for value in INSET_FRAME)
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return np.array(corners, dtype=np.int64)


def _encode(
    kind: Kind,
    scope: Scope,
    table: pd.DataFrame,
    polygons: Mapping[str, Polygons],
    seats: Mapping[str, tuple[float, float]],
    lines: Mapping[str, Iterable[Ring]],
    points: Sequence[Ring],
) -> Payload:
    units = [
        [
            row.divipola,
            row.name,
            row.department,
            [round(float(value), 5) for value in seats[str(row.divipola)]],
            [[_delta(ring) for ring in polygon] for polygon in polygons[str(row.divipola)]],
        ]
        for row in table.itertuples(index=False)
    ]
    if points:
        every = np.vstack(list(points)) * SCALE
        (west, south), (east, north) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
    else:
        places = np.array(list(seats.values()), dtype=float)
        (west, south), (east, north) = np.nanmin(places, axis=0).tolist(), np.nanmax(places, axis=0).tolist()
    document = {
        "v": FORMAT,
        "kind": kind,
        "scope": scope,
        "scale": SCALE,
        "bounds": [[round(south, 4), round(west, 4)], [round(north, 4), round(east, 4)]],
        "units": units,
        "lines": {name: [_delta(path) for path in paths] for name, paths in lines.items()},
    }
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return Payload(kind, scope, gzip.compress(content, 9, mtime=0), hashlib.sha256(content).hexdigest()[:16])


def _delta(points: Ring) -> list[int]:
    steps = points.copy()
    steps[1:] -= points[:-1]
    return steps.ravel().tolist()


def _undelta(flat: Sequence[int]) -> Ring:
    return np.cumsum(np.asarray(flat, dtype=np.int64).reshape(-1, 2), axis=0)


def _polygon(rings: Sequence[Sequence[int]]) -> shapely.Polygon:
    import shapely

    outer, *holes = (_undelta(flat) * SCALE for flat in rings)
    return shapely.Polygon(outer, holes)


# Cache


def _content_key(kind: Kind, scope: Scope, table: pd.DataFrame, boundaries: Coverage | None) -> str:
    columns = ["divipola", "name", "department_code", "department", "lon", "lat", "subregion"]
    digest = hashlib.sha256(table[columns].to_csv(index=False).encode("utf-8"))
    digest.update(_own_code())
    digest.update(boundaries.digest.encode() if kind == "geo" and boundaries is not None else b"tile")
    return digest.hexdigest()[:24]


def _own_code() -> bytes:
    """Return what a built payload depends on besides its input, so that a changed program never serves a stale one."""
    parts = [Path(__file__), Path(__file__).with_name("tilemap.py"), *sorted(Path(__file__).parent.glob("tiles_*.csv"))]
    return b"".join(hashlib.sha256(part.read_bytes()).digest() for part in parts if part.exists())


def _read_cached(kind: Kind, scope: Scope, path: Path) -> Payload | None:
    try:
        compressed = path.read_bytes()
        content = gzip.decompress(compressed)
        whole = json.loads(content)["v"] == FORMAT
    except (OSError, EOFError, ValueError, KeyError):
        return None
    return Payload(kind, scope, compressed, hashlib.sha256(content).hexdigest()[:16]) if whole else None


def _write_cached(path: Path, compressed: bytes) -> None:
    """Keep a built payload; a folder that cannot be written costs time at the next start, nothing else."""
    import logging

    try:
        write_atomic(path, compressed)
    except OSError as error:
        logging.getLogger(__name__).warning("geometry cache not written: %s", error)
