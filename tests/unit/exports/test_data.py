"""Data files: codes as text, formulas harmless, sources inside, geometry only where its publisher is named."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from dataclasses import replace
from itertools import pairwise

import geopandas
import openpyxl
import pandas as pd
import pyogrio
import pytest

from components.exports import DataTable, ExportError, ExportSpec, spatial, tabular
from tests.unit.exports.conftest import CODES


def rows(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_keeps_codes_accents_and_sources_and_disarms_formulas(spec: ExportSpec):
    first, second, third = rows(tabular.data_csv(spec))
    assert first == {
        "divipola": "52001",
        "municipality": "Peñol de Prueba",
        "valid_from": "2023-01-01",
        "count": "3",
        "groups": "eln; egc",
        "publisher": "Pares",
        "source_id": "pares-2023",
    }
    assert second["divipola"] == "05001"
    assert second["municipality"] == "'=HYPERLINK(1)"
    assert second["publisher"] == "'@SUM(A1)"
    assert (second["valid_from"], second["count"], second["groups"]) == ("", "", "")
    assert third["count"] == "5"


def test_metadata_names_title_caveat_columns_and_sources(spec: ExportSpec):
    about = json.loads(tabular.metadata_json(spec))
    assert (about["title"], about["caveat"], about["link"]) == (spec.title, spec.caveat, spec.link)
    assert about["date"] == "2023-10-31"
    assert about["tables"][0]["columns"][0] == {"name": "divipola", "description": "Código DIVIPOLA"}
    assert about["sources"][0]["licence"] == "CC BY 4.0"
    assert len(about["sources"]) == 4


def test_the_archive_holds_every_table_its_sources_and_the_metadata(spec: ExportSpec):
    with zipfile.ZipFile(io.BytesIO(tabular.data_zip(spec))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["presence.csv", "sources.csv", "metadata.json"]
        assert rows(archive.read("sources.csv"))[0]["publisher"] == "Pares"


def test_the_workbook_keeps_codes_as_text_and_runs_no_formula(spec: ExportSpec):
    book = openpyxl.load_workbook(io.BytesIO(tabular.data_xlsx(spec)))
    sheet = book["presence"]
    code = sheet["A3"]
    assert (code.value, code.data_type, code.number_format) == ("05001", "s", "@")
    assert (sheet["B3"].value, sheet["B3"].data_type) == ("=HYPERLINK(1)", "s")
    assert all(cell.data_type != "f" for page in book for row in page.iter_rows() for cell in row)
    assert sheet["C2"].is_date
    assert sheet["D2"].value == 3
    assert sheet["D3"].value is None
    assert sheet["F4"].value == "Defensoría"
    assert sheet.freeze_panes == "A2"


def test_the_workbook_says_what_it_is(spec: ExportSpec):
    book = openpyxl.load_workbook(io.BytesIO(tabular.data_xlsx(spec)))
    front = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows() if row[0].value}
    assert spec.title in front
    assert {spec.caveat, spec.link, spec.licence, "Código DIVIPOLA"} <= set(front.values())
    assert book.worksheets[-1]["B2"].value == "Pares"


def test_sheets_have_names_of_their_own(spec: ExportSpec):
    odd = [
        DataTable(name, name, pd.DataFrame({"a": [1]})) for name in ("a/b", "A:B", "x" * 60, "x" * 61, "sources", "''")
    ]
    book = openpyxl.load_workbook(io.BytesIO(tabular.data_xlsx(replace(spec, tables=odd))))
    assert len({name.lower() for name in book.sheetnames}) == len(odd) + 2
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_a_table_longer_than_a_sheet_is_refused(spec: ExportSpec, monkeypatch):
    monkeypatch.setattr(tabular, "EXCEL_ROWS", 3)
    with pytest.raises(ExportError, match="Presencia reportada"):
        tabular.data_xlsx(spec)


@pytest.mark.parametrize(
    "writer", [tabular.data_csv, tabular.data_zip, tabular.data_xlsx, spatial.geojson, spatial.geopackage]
)
def test_without_data_the_message_says_so(writer, bare: ExportSpec):
    with pytest.raises(ExportError):
        writer(bare)
    empty = DataTable("t", "t", pd.DataFrame({"divipola": pd.Series([], dtype="str")}))
    with pytest.raises(ExportError):
        writer(replace(bare, tables=(empty,)))


def test_geojson_has_polygons_their_source_and_the_caveat(spec: ExportSpec):
    document = json.loads(spatial.geojson(spec))
    assert document["type"] == "FeatureCollection"
    assert [feature["id"] for feature in document["features"]] == list(CODES)
    first = document["features"][0]
    assert first["geometry"]["type"] == "Polygon"
    assert first["properties"]["state"] == "ELN, EGC (presence)"
    assert document["metadata"]["geometry_source"] == "DANE, Marco Geoestadístico, 2021"
    assert document["metadata"]["geometry_licence"] == "CC BY 4.0"
    assert document["metadata"]["caveat"] == spec.caveat
    ring = first["geometry"]["coordinates"][0]
    doubled = sum((x1 - x0) * (y1 + y0) for (x0, y0), (x1, y1) in pairwise(ring))
    assert doubled < 0, "RFC 7946 turns the outer ring counterclockwise"


def test_without_boundaries_there_are_seats_and_no_claim_of_polygons(spec: ExportSpec):
    document = json.loads(spatial.geojson(replace(spec, polygons=None, seats={"52001": (-77.75, 1.25)})))
    assert document["features"][0]["geometry"] == {"type": "Point", "coordinates": [-77.75, 1.25]}
    assert document["features"][1]["geometry"] is None
    assert document["metadata"]["geometry"] == "seats"
    assert document["metadata"]["geometry_source"] is None


def test_a_table_with_one_row_a_municipality_becomes_its_properties(spec: ExportSpec):
    figures = DataTable(
        "homicides",
        "Homicidios",
        pd.DataFrame({"divipola": ["52001", "52002"], "value": [4, 0], "publisher": "Policía"}),
    )
    document = json.loads(spatial.geojson(replace(spec, tables=(figures,))))
    first, _second, third, _fourth = (feature["properties"] for feature in document["features"])
    assert (first["value"], first["publisher"], first["name"]) == (4, "Policía", "Peñol de Prueba")
    assert third["value"] is None


@pytest.mark.parametrize("kind", ["polygons", "seats"])
def test_the_geopackage_opens_with_its_tables(spec: ExportSpec, tmp_path, kind: str):
    wanted = spec if kind == "polygons" else replace(spec, polygons=None)
    path = tmp_path / "view.gpkg"
    path.write_bytes(spatial.geopackage(wanted))
    layers = {str(name): shape for name, shape in pyogrio.list_layers(path)}
    assert layers == {
        "municipalities": "MultiPolygon" if kind == "polygons" else "Point",
        "presence": None,
        "sources": None,
        "about": None,
    }
    frame = geopandas.read_file(path, layer="municipalities")
    assert frame.crs == "EPSG:4326"
    assert list(frame["divipola"]) == list(CODES)
    evidence = pyogrio.read_dataframe(path, layer="presence", read_geometry=False)
    assert evidence["divipola"].tolist() == ["52001", "05001", "52002"]
    about = pyogrio.read_dataframe(path, layer="about", read_geometry=False).set_index("key")["value"]
    assert about["caveat"] == spec.caveat


def test_a_hostile_table_name_stays_a_name(spec: ExportSpec, tmp_path):
    table = DataTable('x"; DROP TABLE gpkg_contents; --', "Nombre", pd.DataFrame({'a"b': [1], "municipalities": ["x"]}))
    path = tmp_path / "odd.gpkg"
    path.write_bytes(spatial.geopackage(replace(spec, tables=(table,))))
    with sqlite3.connect(path) as connection:
        names = {row[0] for row in connection.execute("SELECT table_name FROM gpkg_contents")}
    assert {"municipalities", "x_drop_table_gpkg_contents"} <= names
