"""The browser's geometry: what goes in comes out, borders are where owners differ, clicks find what is drawn."""

from __future__ import annotations

import gzip
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.store import table
from geo import geometry
from geo.geometry import SCALE, Payload, Scope, borders, build, dissolve, locate, members, quantise

OFFICIAL = Path(__file__).parents[2].parent / "shared" / "boundaries" / "municipalities.geojson"
SCOPES: tuple[Scope, ...] = ("narino", "colombia")


class Synthetic:
    """Boundaries of square municipalities."""

    def __init__(self, shapes: dict[str, Any], digest: str = "synthetic") -> None:
        self.shapes, self.digest = dict(sorted(shapes.items())), digest

    def coverage(self) -> tuple[tuple[str, ...], np.ndarray]:
        return tuple(self.shapes), np.array(list(self.shapes.values()), dtype=object)


def box(x: float, y: float) -> Any:
    return shapely.box(x, y, x + 1, y + 1)


ROWS = [
    ("05001", "Uno", "Antioquia", -76.0, 4.0, None),
    ("05002", "Dos", "Antioquia", -75.0, 4.0, None),
    ("52001", "Tres", "Nariño", -76.0, 3.0, "Centro"),
    ("52002", "Cuatro <b>", "Nariño", -75.0, 3.0, "Sur"),
    ("52003", "Cinco", "Nariño", -74.0, 3.0, "Sur"),
]
SQUARES = {code: box(x, y) for code, _, _, x, y, _ in ROWS}


@pytest.fixture(scope="module")
def small() -> pd.DataFrame:
    columns = ["divipola", "name", "department", "lon", "lat", "subregion"]
    rows = pd.DataFrame(ROWS, columns=columns)
    return rows.assign(department_code=rows["divipola"].str[:2], lon=rows["lon"] + 0.5, lat=rows["lat"] + 0.5)


def edges(payload: Payload, kind: str) -> set[frozenset[tuple[float, ...]]]:
    """Return unit edges of the lines of one kind."""
    found = set()
    for path in payload.paths(kind):
        closed = np.vstack([path, path[:1]]) if kind == "land" else path
        for a, b in pairwise(closed):
            count = round(float(np.abs(b - a).sum()))
            points = [tuple(np.round(a + (b - a) * n / count, 3).tolist()) for n in range(count + 1)]
            found |= {frozenset(pair) for pair in pairwise(points)}
    return found


def edge(*points: tuple[float, float]) -> frozenset[tuple[float, ...]]:
    return frozenset(points)


def test_document(small: pd.DataFrame) -> None:
    payload = build("geo", "narino", small, Synthetic(SQUARES))
    document = json.loads(gzip.decompress(payload.compressed))
    assert {key: document[key] for key in ("v", "kind", "scope", "scale")} == {
        "v": 1,
        "kind": "geo",
        "scope": "narino",
        "scale": 1e-4,
    }
    assert document["bounds"] == [[3.0, -76.0], [4.0, -73.0]]
    assert [unit[:4] for unit in document["units"]] == [
        ["52001", "Tres", "Nariño", [-75.5, 3.5]],
        ["52002", "Cuatro <b>", "Nariño", [-74.5, 3.5]],
        ["52003", "Cinco", "Nariño", [-73.5, 3.5]],
    ]
    ring = document["units"][0][4][0][0]
    assert len(ring) == 8
    points = np.cumsum(np.array(ring).reshape(-1, 2), axis=0) * document["scale"]
    assert shapely.Polygon(points).equals(SQUARES["52001"])


def test_lines_of_narino_with_the_country_round_it(small: pd.DataFrame) -> None:
    payload = build("geo", "narino", small, Synthetic(SQUARES))
    assert edges(payload, "department") == {edge((-76, 4), (-75, 4)), edge((-75, 4), (-74, 4))}
    assert edges(payload, "subregion") == {edge((-75, 3), (-75, 4))}
    outer = edges(payload, "land")
    assert len(outer) == 10
    assert edge((-74, 4), (-73, 4)) in outer
    assert not outer & (edges(payload, "department") | edges(payload, "subregion"))
    assert payload.paths("inset") == []


def test_municipality_without_polygon_stays_a_unit(small: pd.DataFrame) -> None:
    squares = {code: shape for code, shape in SQUARES.items() if code != "52002"}
    payload = build("geo", "narino", small, Synthetic(squares))
    assert payload.codes == ("52001", "52002", "52003")
    assert payload.decoded["units"][1][4] == []
    assert locate(payload, 3.5, -74.5) is None
    assert payload.seats["52002"] == (-74.5, 3.5)


def test_polygons_of_unknown_codes_are_not_drawn(small: pd.DataFrame) -> None:
    payload = build("geo", "colombia", small, Synthetic({**SQUARES, "99999": box(-73, 3)}))
    assert "99999" not in payload.codes


def test_sign_stands_inside_what_is_drawn(small: pd.DataFrame) -> None:
    moved = small.copy()
    moved.loc[moved["divipola"] == "52003", ["lon", "lat"]] = [-70.0, 9.0]
    payload = build("geo", "narino", moved, Synthetic(SQUARES))
    lon, lat = payload.seats["52003"]
    assert locate(payload, lat, lon) == "52003"


def test_clicks(small: pd.DataFrame) -> None:
    payload = build("geo", "narino", small, Synthetic(SQUARES))
    assert locate(payload, 3.5, -75.5) == "52001"
    assert locate(payload, 3.5, -75.0) == "52001"
    assert locate(payload, 4.5, -75.5) is None
    assert locate(payload, float("nan"), -75.5) is None
    assert locate(payload, float("inf"), 1e308) is None


def test_geographic_map_needs_boundaries(small: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="boundaries"):
        build("geo", "narino", small)


def test_hole_and_island_are_kept(small: pd.DataFrame) -> None:
    ring = shapely.difference(box(-76, 3), shapely.box(-75.7, 3.3, -75.6, 3.4))
    islet = shapely.box(-77.0, 3.0, -76.9999, 3.0001)
    shape = shapely.union(ring, islet)
    payload = build("geo", "narino", small, Synthetic({**SQUARES, "52001": shape}))
    polygons = payload.decoded["units"][0][4]
    assert len(polygons) == 2
    assert locate(payload, 3.35, -75.65) is None
    drawn = shapely.get_parts(payload.shapes["52001"])
    inside = shapely.get_coordinates(shapely.point_on_surface(drawn[np.argmin(shapely.area(drawn))]))[0]
    assert locate(payload, inside[1], inside[0]) == "52001"


def test_speck_keeps_a_visible_triangle() -> None:
    speck = shapely.box(-76.00001, 3.00001, -76.000005, 3.000012)
    ((triangle,),) = quantise(speck)
    assert len(triangle) == 3
    assert shapely.Polygon(triangle).area > 0
    assert quantise(shapely.Polygon()) == []
    assert quantise(shapely.LineString([(0, 0), (1, 1)])) != []


@given(st.lists(st.tuples(st.integers(-850_000, -660_000), st.integers(-50_000, 140_000)), min_size=3, max_size=50))
def test_delta_coding_comes_back(points: list[tuple[int, int]]) -> None:
    ring = np.array(points, dtype=np.int64)
    assert (geometry._undelta(geometry._delta(ring)) == ring).all()


@given(st.integers(0, 3), st.integers(1, 6), st.integers(1, 6), st.randoms(use_true_random=False))
def test_borders_of_any_grid(departments: int, wide: int, high: int, dice: Any) -> None:
    """Every edge is in exactly one kind or inside a group; lines of a kind never repeat an edge."""
    polygons, rows = {}, []
    for x in range(wide):
        for y in range(high):
            code = f"{52 + dice.randint(0, departments)}{x}{y}0"
            polygons[code] = [[np.array([[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]], dtype=np.int64)]]
            rows.append((code, code[:2], dice.choice([None, "A", "B"]) if code.startswith("52") else None))
    rows = pd.DataFrame(rows, columns=["divipola", "department_code", "subregion"])
    lines = borders(polygons, rows, "narino")
    owner: dict[frozenset[tuple[int, ...]], list[str]] = {}
    for code, (((ring),),) in polygons.items():
        corners = [tuple(point) for point in ring.tolist()]
        for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
            owner.setdefault(frozenset([a, b]), []).append(code)
    region = dict(zip(rows["divipola"], rows["subregion"].fillna(""), strict=True))
    wanted: dict[str, set[Any]] = {"department": set(), "subregion": set(), "land": set()}
    for side, codes in owner.items():
        if len(codes) == 1:
            wanted["land"].add(side)
        elif codes[0][:2] != codes[1][:2]:
            wanted["department"].add(side)
        elif codes[0].startswith("52") and "" != region[codes[0]] != region[codes[1]] != "":
            wanted["subregion"].add(side)
    for kind, paths in lines.items():
        found = []
        for path in paths:
            points = [tuple(point) for point in path.tolist()]
            ends = [*points[1:], points[0]] if kind == "land" else points[1:]
            found += [frozenset(pair) for pair in zip(points, ends, strict=False)]
        assert len(found) == len(set(found))
        assert set(found) == wanted[kind]


def test_cache_is_by_content_and_repairs_itself(
    small: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build("geo", "narino", small, Synthetic(SQUARES), cache=tmp_path)
    (kept,) = (tmp_path / "geometry").iterdir()
    monkeypatch.setattr(geometry, "_build", lambda *a: pytest.fail("built again"))
    again = build("geo", "narino", small.sample(frac=1, random_state=1), Synthetic(SQUARES), cache=tmp_path)
    assert (again.digest, again.compressed) == (first.digest, first.compressed)
    monkeypatch.undo()
    for damage in (b"", b"no gzip", gzip.compress(b"{}"), kept.read_bytes()[:-30]):
        kept.write_bytes(damage)
        assert build("geo", "narino", small, Synthetic(SQUARES), cache=tmp_path).digest == first.digest
    build("geo", "narino", small, Synthetic(SQUARES, "other"), cache=tmp_path)
    build("geo", "narino", small.assign(name="Otro"), Synthetic(SQUARES), cache=tmp_path)
    assert len([*(tmp_path / "geometry").iterdir()]) == 3


def test_cache_that_cannot_be_written(small: pd.DataFrame, tmp_path: Path) -> None:
    (tmp_path / "geometry").write_text("a file where a folder should be")
    assert build("tile", "narino", small, cache=tmp_path).codes == ("52001", "52002", "52003")


def test_dissolve(small: pd.DataFrame) -> None:
    import geopandas

    frame = geopandas.GeoDataFrame({"divipola": list(SQUARES)}, geometry=list(SQUARES.values()), crs=4326)
    merged = dissolve(frame, small.set_index("divipola")["subregion"])
    assert merged["group"].tolist() == ["Centro", "Sur"]
    assert shapely.area(merged.geometry.to_numpy()).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("scope", SCOPES)
def test_every_hexagon_answers_its_click(scope: Scope) -> None:
    municipalities = table("municipalities")
    payload = build("tile", scope, municipalities)
    assert payload.codes == tuple(sorted(members(scope, municipalities)["divipola"]))
    assert all(locate(payload, lat, lon) == code for code, (lon, lat) in payload.seats.items())
    assert len(payload.compressed) < 40_000


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official polygons are not beside this checkout")
@pytest.mark.parametrize(("scope", "most"), [("narino", 150_000), ("colombia", 200_000)])
def test_official_polygons(scope: Scope, most: int, tmp_path: Path) -> None:
    """Small enough, nobody lost, every municipality clickable at its sign and large enough to see."""
    from geo.boundaries import read

    municipalities = table("municipalities")
    found = read(OFFICIAL, municipalities, cache=tmp_path)
    payload = build("geo", scope, municipalities, found)
    assert len(payload.compressed) <= most
    assert payload.digest == build("geo", scope, municipalities, found).digest
    wrong = {code for code, (lon, lat) in payload.seats.items() if locate(payload, lat, lon) != code}
    assert wrong == set()
    assert min(shapely.area(list(payload.shapes.values()))) > 25 * SCALE**2
    assert len(payload.frame()) == len(members(scope, municipalities))
    if scope == "colombia":
        assert len(payload.paths("inset")) == 1
        assert locate(payload, 12.5365, -81.7085) == "88001"
        assert locate(payload, 13.35, -81.375) == "88564"
        assert all(len(payload.decoded["units"][payload.codes.index(code)][4]) >= 2 for code in ("88001", "88564"))
