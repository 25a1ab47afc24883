"""The tile map's layouts and hexagons."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.store import table
from geo import tilemap
from geo.geometry import SCALE, Scope, build, members
from geo.tilemap import STEPS, Recipe, arrange, hexagons, layout, pieces, steps

SCOPES: tuple[Scope, ...] = ("narino", "colombia")
OFFICIAL = Path(__file__).parents[2].parent / "shared" / "boundaries" / "municipalities.geojson"
CELLS = st.tuples(st.integers(-40, 40), st.integers(-40, 40))


@pytest.fixture(scope="module")
def municipalities() -> pd.DataFrame:
    return table("municipalities")


@pytest.mark.parametrize(("scope", "count"), [("narino", 64), ("colombia", 1122)])
def test_one_cell_each(scope: Scope, count: int, municipalities: pd.DataFrame) -> None:
    cells = layout(scope, members(scope, municipalities))
    assert list(cells) == sorted(members(scope, municipalities)["divipola"])
    assert len(cells) == len(set(cells.values())) == count
    assert cells == {code: cell for code, cell in tilemap._committed(scope).items() if code in cells}


@pytest.mark.parametrize("scope", SCOPES)
def test_mainland_is_one_piece_without_holes(scope: Scope, municipalities: pd.DataFrame) -> None:
    rows = members(scope, municipalities)
    mainland = rows[rows["department_code"] != tilemap.ISLANDS]
    cells = layout(scope, mainland)
    assert pieces(cells, dict.fromkeys(cells, "Colombia")) == 1
    assert tilemap._without_holes(list(cells.values())) == list(cells.values())


def test_islands_stand_apart(municipalities: pd.DataFrame) -> None:
    cells = layout("colombia", municipalities)
    islands = [cells["88001"], cells["88564"]]
    assert steps(*islands) == 1
    others = [cell for code, cell in cells.items() if not code.startswith(tilemap.ISLANDS)]
    assert min(steps(cell, island) for cell in others for island in islands) >= 2


@pytest.mark.parametrize("scope", SCOPES)
def test_hexagons_are_regular_equal_and_share_corners(scope: Scope, municipalities: pd.DataFrame) -> None:
    cells = layout(scope, members(scope, municipalities))
    drawn = hexagons(scope, members(scope, municipalities))
    corners = {code: {tuple(point) for point in ring.tolist()} for code, (_, ring) in drawn.items()}
    assert all(len(points) == 6 for points in corners.values())
    at = {cell: code for code, cell in cells.items()}
    for code, (q, r) in cells.items():
        for dq, dr in STEPS:
            other = at.get((q + dq, r + dr))
            if other:
                assert len(corners[code] & corners[other]) == 2
    sides = []
    for _, ring in drawn.values():
        degrees = ring * SCALE
        y = np.degrees(np.log(np.tan(np.pi / 4 + np.radians(degrees[:, 1]) / 2)))
        on_screen = np.column_stack([degrees[:, 0], y])
        sides.append(np.linalg.norm(on_screen - np.roll(on_screen, 1, axis=0), axis=1))
    assert np.ptp(np.array(sides)) < 5 * SCALE
    west, south, east, north = tilemap.PLACE[scope]
    every = np.vstack([ring for _, ring in drawn.values()]) * SCALE
    assert (every.min(axis=0) >= np.array([west, south]) - 1e-3).all()
    assert (every.max(axis=0) <= np.array([east, north]) + 1e-3).all()


def test_north_is_up_and_west_is_left(municipalities: pd.DataFrame) -> None:
    centres = {code: centre for code, (centre, _) in hexagons("colombia", municipalities).items()}
    assert centres["44847"][1] > centres["05001"][1] > centres["52001"][1]
    assert centres["27001"][0] < centres["11001"][0] < centres["81001"][0]


def test_unknown_municipality_gets_a_free_cell_beside_its_neighbour(municipalities: pd.DataFrame) -> None:
    rows = members("narino", municipalities)
    new = rows[rows["divipola"] == "52001"].assign(divipola="52999")
    more = pd.concat([rows, new], ignore_index=True)
    cells = layout("narino", more)
    assert len(set(cells.values())) == 65
    others = [cell for code, cell in cells.items() if code != "52999"]
    assert min(steps(cells["52999"], cell) for cell in others) == 1
    fewer = layout("narino", rows[rows["divipola"] != "52001"])
    assert len(fewer) == 63
    assert hexagons("narino", rows.head(0)) == {}


@given(a=CELLS, b=CELLS, c=CELLS)
def test_steps_is_a_metric(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> None:
    assert steps(a, b) == steps(b, a)
    assert (steps(a, b) == 0) == (a == b)
    assert steps(a, c) <= steps(a, b) + steps(b, c)
    assert steps(a, (a[0] + 1, a[1] - 1)) == 1


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-78, -68, allow_nan=False), st.floats(-3, 11, allow_nan=False)),
        min_size=12,
        max_size=40,
        unique_by=lambda seat: (round(seat[0], 1), round(seat[1], 1)),
    )
)
def test_any_set_of_seats_can_be_arranged(seats: list[tuple[float, float]]) -> None:
    rows = pd.DataFrame(seats, columns=["lon", "lat"])
    rows = rows.assign(divipola=[f"{n:05d}" for n in range(len(rows))], department_code="52", subregion=None)
    # Delaunay needs seats that are not all on one line.
    if np.linalg.matrix_rank(rows[["lon", "lat"]].to_numpy() - rows[["lon", "lat"]].to_numpy()[0], tol=0.3) < 2:
        return
    recipe = Recipe(0.3, 300, 2.0, 0.05, 1.3, 0.8, 0.5, "subregion")
    cells = arrange("narino", rows, recipe)
    assert len(set(cells.values())) == len(rows)
    assert cells == arrange("narino", rows, recipe)


def test_department_borders_run_between_hexagons(municipalities: pd.DataFrame) -> None:
    payload = build("tile", "colombia", municipalities)
    drawn = hexagons("colombia", municipalities)
    owner: dict[frozenset[tuple[int, int]], list[str]] = {}
    for code, (_, ring) in drawn.items():
        points = [tuple(point) for point in ring.tolist()]
        for a, b in itertools.pairwise([*points, points[0]]):
            owner.setdefault(frozenset([a, b]), []).append(code)
    wanted = {edge for edge, codes in owner.items() if len({code[:2] for code in codes}) > 1 or len(codes) == 1}
    lines = [np.rint(path / SCALE).astype(int).tolist() for path in payload.paths("department")]
    found = {frozenset([tuple(a), tuple(b)]) for line in lines for a, b in itertools.pairwise(line)}
    assert found == wanted
    assert payload.paths("land") == []


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official polygons are not beside this checkout")
@pytest.mark.parametrize("scope", SCOPES)
def test_measured_against_true_neighbours(scope: Scope, municipalities: pd.DataFrame, tmp_path: Path) -> None:
    """At least 60 % of the pairs that share a border stand within two steps."""
    import shapely

    from geo.boundaries import read

    rows = members(scope, municipalities)
    codes, shapes = read(OFFICIAL, municipalities, cache=tmp_path).coverage()
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    a, b = a[a < b], b[a < b]
    shared = shapely.length(shapely.intersection(shapely.boundary(shapes[a]), shapely.boundary(shapes[b]))) > 0
    wanted = set(rows["divipola"])
    pairs = [(codes[i], codes[j]) for i, j in zip(a[shared], b[shared], strict=True)]
    pairs = [pair for pair in pairs if set(pair) <= wanted]
    column = "subregion" if scope == "narino" else "department_code"
    groups = {str(k): str(v) for k, v in zip(rows["divipola"], rows[column], strict=True)}
    found = tilemap.quality(scope, rows, pairs, groups)
    print(f"\n{scope}: {found} groups={len(set(groups.values()))}")
    assert found.within_two >= 0.85
    assert found.within_one >= 0.5
    assert found.pieces <= len(set(groups.values())) + 6
    assert math.isfinite(found.displacement_km)
