"""The lookup of points for a refresh from the command line. The polygons are synthetic squares."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

from data.sources import locator, official_boundaries
from data.sources.model import SourceError

WEST, EAST = box(-78, 1, -77, 2), box(-77, 1, -76, 2)


def squares(
    path: Path, column: str = "mpio_cdpmp", codes: tuple[str, str] = ("52835", "05001"), crs: int = 4326
) -> Path:
    frame = gpd.GeoDataFrame({column: list(codes)}, geometry=[WEST, EAST], crs=4326).to_crs(crs)
    frame.to_file(path, driver="GPKG" if path.suffix == ".gpkg" else "GeoJSON")
    return path


@pytest.mark.parametrize(
    ("column", "codes"),
    [("MPIO_CDPMP", ("52835", "05001")), ("ADM2_PCODE", ("CO52835", "CO05001")), ("divipola", ("52835", "5001"))],
)
def test_points_inside_outside_and_on_a_border(column: str, codes: tuple[str, str], tmp_path: Path) -> None:
    locate = locator.from_file(squares(tmp_path / "m.geojson", column, codes))
    lon, lat = np.array([-77.5, -76.5, -77.0, 0.0]), np.array([1.5, 1.5, 1.5, 0.0])
    assert list(locate(lon, lat)) == ["52835", "05001", "05001", None]


def test_other_projections_are_brought_to_degrees(tmp_path: Path) -> None:
    locate = locator.from_file(squares(tmp_path / "m.gpkg", crs=9377))
    assert list(locate(np.array([-77.5]), np.array([1.5]))) == ["52835"]


def test_no_codes_and_no_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="missing_column"):
        locator.from_file(squares(tmp_path / "m.geojson", "nombre"))
    with pytest.raises(SourceError, match="unreadable"):
        locator.from_file(tmp_path / "none.geojson")


def test_the_named_file_comes_before_the_downloaded_one(tmp_path: Path) -> None:
    assert locator.boundary_file({}, tmp_path) is None
    folder = tmp_path / "boundaries"
    folder.mkdir()
    path = squares(folder / "m.geojson")
    entry = {
        "file": "m.geojson", "publisher": "synthetic", "vintage": "x", "licence": "x", "url": "x", "retrieved_at": "x",
        "rows": 2, "sha256": official_boundaries.sha256_of(path),
    }  # fmt: skip
    (folder / official_boundaries.MANIFEST).write_text(json.dumps(entry), encoding="utf-8")
    assert locator.boundary_file({}, tmp_path) == path
    assert locator.boundary_file({"MUNICIPAL_BOUNDARIES": "/x/y.gpkg"}, tmp_path) == Path("/x/y.gpkg")
    path.write_bytes(b"cut")
    assert locator.boundary_file({}, tmp_path) is None
