"""GeoJSON and GeoPackage: coordinate systems, crossing outlines, hostile databases."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pytest
import shapely

from data.uploads import UploadError, inspect
from tests.unit.uploads.conftest import checked, codes, source, square_locator


def collection(*features: tuple[dict[str, Any], Any], **more: Any) -> str:
    return json.dumps(
        {
            "type": "FeatureCollection",
            **more,
            "features": [
                {"type": "Feature", "properties": properties, "geometry": geometry} for properties, geometry in features
            ],
        }
    )


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


DATED = {"fecha": "2024-01-31"}


def test_points_fall_into_municipalities() -> None:
    content = collection((DATED, point(-77.5, 1)), (DATED, point(-76.5, 1)), (DATED, point(-77, -1)))
    result = checked(content, "puntos.geojson", locator=square_locator())
    assert list(result.rows["divipola"]) == ["52001", "52110"]
    assert codes(result) == ["outside_municipalities"]


def test_without_boundaries_coordinates_are_told_and_nothing_is_guessed() -> None:
    result = checked(collection((DATED, point(-77.5, 1))), "puntos.geojson")
    assert (result.accepted, codes(result)) == (0, ["boundaries_missing"])


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (4_700_000, 1_700_000, "crs_projected"),
        (1.2, -77.3, "coords_swapped"),
        (77.3, 1.2, "lon_sign"),
        (0, 0, "coords_zero"),
        (2.35, 48.85, "outside_colombia"),
    ],
)
def test_coordinates_that_are_not_degrees_in_colombia(lon: float, lat: float, code: str) -> None:
    as_shape = checked(collection((DATED, point(lon, lat))), "p.geojson", locator=square_locator())
    as_table = checked(f"fecha,lat,lon\n2024-01-01,{lat},{lon}\n", locator=square_locator())
    assert codes(as_shape) == codes(as_table) == [code]


def test_coordinates_in_a_table_with_decimal_commas() -> None:
    result = checked('fecha;latitud;longitud\n2024-01-01;"1,2";-77,5\n2024-01-01;x;y\n', locator=square_locator())
    assert (list(result.rows["divipola"]), codes(result)) == (["52001"], ["coords_not_numbers"])


def test_a_declared_system_is_turned_into_degrees() -> None:
    import pyproj

    x, y = pyproj.Transformer.from_crs(4326, 9377, always_xy=True).transform(-77.5, 1.2)
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::9377"}}
    result = checked(collection((DATED, point(x, y)), crs=crs), "p.geojson", locator=square_locator())
    assert list(result.rows["divipola"]) == ["52001"]


def test_a_system_declared_too_late_or_not_known_is_refused() -> None:
    late = json.loads(collection((DATED, point(4_700_000, 1_700_000))))
    late["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::9377"}}
    with pytest.raises(UploadError, match="crs_after_features"):
        inspect(source(json.dumps(late), "p.geojson"))
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::999999"}}
    with pytest.raises(UploadError, match="crs_unknown"):
        inspect(source(collection((DATED, point(1, 1)), crs=crs), "p.geojson"))


def test_an_outline_that_crosses_itself_is_told_with_the_place() -> None:
    bow = {"type": "Polygon", "coordinates": [[[-77.5, 1], [-77, 1.5], [-77, 1], [-77.5, 1.5], [-77.5, 1]]]}
    result = checked(collection(({"zona": "a"}, bow)), "areas.geojson", locator=square_locator())
    assert codes(result) == ["self_crossing"]
    assert "elf-intersection" in str(result.findings[0].params["reason"])


def test_an_area_counts_in_every_municipality_it_covers() -> None:
    content = collection(({"zona": "a"}, square(-77.5, 1, -76.5, 2)), ({"zona": "b"}, square(-77.9, 1, -77.5, 2)))
    result = checked(content, "areas.geojson", locator=square_locator())
    assert list(zip(result.rows["row"], result.rows["divipola"], strict=True)) == [
        (1, "52001"),
        (1, "52110"),
        (2, "52001"),
    ]
    assert result.accepted == 2


def test_an_event_belongs_to_one_municipality() -> None:
    from data.uploads import Columns

    content = collection((DATED, square(-77.5, 1, -76.5, 2)))
    columns = Columns("events", {"date": "fecha"})
    result = checked(content, "x.geojson", locator=square_locator(), columns=columns)
    assert codes(result) == ["area_of_several"]


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        ({"type": "LineString", "coordinates": [[-77, 1], [-77, 2]]}, "geometry_kind"),
        ({"type": "Point", "coordinates": ["a", None]}, "geometry_broken"),
        ({"type": "Polygon", "coordinates": [[[-77, 1]]]}, "geometry_broken"),
        ({"coordinates": []}, "geometry_broken"),
        (None, "place_blank"),
    ],
)
def test_geometries_that_cannot_be_placed(geometry: Any, code: str) -> None:
    content = collection((DATED, geometry), (DATED, point(-77.5, 1)))
    result = checked(content, "x.geojson", locator=square_locator())
    assert codes(result) == [code]
    assert result.accepted == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"type": "Topology"}', "topojson"),
        ('{"a": 1}', "json_not_geojson"),
        ('{"type": "FeatureCollection", "features": []}', "geojson_no_features"),
        ('{"type": "FeatureCollection", "features": [{"type": "Feature"', "json_broken"),
        ('{"type": "FeatureCollection", "features": [' + "[" * 200_000, "json_too_deep"),
        ('{"type": "FeatureCollection", "features": [1]}', "json_not_geojson"),
        ('{"type": "Feature", "properties": {"v": NaN}, "geometry": null}', "json_not_a_number"),
        ('{"type": "Feature", "properties": {"v": ' + "9" * 5000 + '}, "geometry": null}', "json_broken"),
    ],
)
def test_json_that_is_no_geojson(content: str, code: str) -> None:
    with pytest.raises(UploadError) as fault:
        inspect(source(content, "x.geojson"))
    assert fault.value.code == code


def test_features_longer_than_a_window_and_one_per_line() -> None:
    circle = shapely.Point(-77.5, 1.5).buffer(0.2, quad_segs=30_000)
    content = collection(({"zona": "a"}, shapely.geometry.mapping(circle)), ({"zona": "b"}, square(-77.9, 1, -77.5, 2)))
    assert len(content) > 2 << 20
    assert checked(content, "x.geojson", locator=square_locator()).accepted == 2
    with pytest.raises(UploadError, match="cell_too_long"):
        checked(collection(({"fecha": "x" * 200_000}, point(-77.5, 1))), "x.geojson")
    line = json.dumps({"type": "Feature", "properties": DATED, "geometry": point(-77.5, 1)})
    assert checked(f"{line}\n{line}\n", "x.geojsonl", locator=square_locator()).accepted == 2


def geopackage(path: Path, crs: int = 4326) -> bytes:
    frame = geopandas.GeoDataFrame(
        {"fecha": ["2024-01-01", "2024-01-02"], "casos": [2, 3]},
        geometry=[shapely.Point(-77.5, 1.2), shapely.Point(-76.5, 1.2)],
        crs=4326,
    )
    frame.to_crs(crs).to_file(path, driver="GPKG", layer="hechos")
    return path.read_bytes()


@pytest.mark.parametrize("crs", [4326, 9377, 3116, 4686])
def test_a_geopackage_in_any_declared_system(tmp_path: Path, crs: int) -> None:
    content = geopackage(tmp_path / "a.gpkg", crs)
    found = inspect(source(content, "a.gpkg"))
    assert (found.tables, found.shapes) == (("hechos",), ("Point",))
    result = checked(content, "a.gpkg", locator=square_locator())
    assert list(result.rows["divipola"]) == ["52001", "52110"]
    assert result.rows["value"].sum() == 5


def test_a_geopackage_left_in_write_ahead_mode_opens(tmp_path: Path) -> None:
    content = bytearray(geopackage(tmp_path / "a.gpkg"))
    content[18:20] = b"\2\2"
    assert checked(bytes(content), "a.gpkg", locator=square_locator()).accepted == 2


def hostile(path: Path, statement: str) -> bytes:
    geopackage(path)
    with sqlite3.connect(path) as database:
        # The file's own triggers need functions of a map program.
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("DROP TABLE hechos")
        database.execute(statement)
    database.close()
    return path.read_bytes()


def test_a_view_is_never_run(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS fecha FROM c"
    content = hostile(tmp_path / "a.gpkg", f"CREATE VIEW hechos AS {endless}")
    with pytest.raises(UploadError, match="gpkg_no_layers"):
        inspect(source(content, "a.gpkg"))


def test_other_databases_and_damaged_ones(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "b.db") as database:
        database.execute("CREATE TABLE t (a)")
    database.close()
    with pytest.raises(UploadError, match="gpkg_no_layers"):
        inspect(source((tmp_path / "b.db").read_bytes(), "b.gpkg"))
    content = bytearray(geopackage(tmp_path / "a.gpkg"))
    content[100:4000] = b"\xff" * 3900
    with pytest.raises(UploadError, match="gpkg"):
        inspect(source(bytes(content), "a.gpkg"))


def test_empty_layers_have_no_rows(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame(pd.DataFrame({"fecha": pd.Series([], dtype="str")}), geometry=[], crs=4326)
    frame.to_file(tmp_path / "e.gpkg", driver="GPKG", layer="nada")
    with pytest.raises(UploadError, match="no_rows"):
        inspect(source((tmp_path / "e.gpkg").read_bytes(), "e.gpkg"))
