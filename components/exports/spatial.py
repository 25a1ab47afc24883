"""The view on other people's maps: GeoJSON and GeoPackage, one feature a municipality.

Polygons when boundaries are loaded, with their publisher named; else points at the municipal seats. Both files carry
title, date, caveat, sources and licence inside.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from components.exports.spec import DataTable, ExportError, ExportSpec, in_language, metadata, writable
from components.exports.tabular import plain, sources_table
from components.i18n import _

if TYPE_CHECKING:
    import geopandas as gpd

LAYER = "municipalities"
# Seven decimals are centimetres; the boundaries are good to some metres.
PRECISION = 1e-6


@in_language
def geojson(spec: ExportSpec) -> bytes:
    """Return an RFC 7946 FeatureCollection in WGS 84 with the view's metadata as a foreign member.

    Raises
    ------
    ExportError
        The view has nothing that lies in a municipality.
    """
    import shapely

    frame = features(spec)
    shapes = shapely.set_precision(frame.geometry.to_numpy(), PRECISION, mode="pointwise")
    shapes = shapely.orient_polygons(shapes)
    names = [name for name in frame.columns if name != "geometry"]
    columns = {name: _json_values(frame[name]) for name in names}
    members = [
        {
            "type": "Feature",
            "id": columns["divipola"][number],
            "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
            "properties": {name: columns[name][number] for name in names},
        }
        for number, shape in enumerate(shapes)
    ]
    document = {"type": "FeatureCollection", "metadata": _about(spec), "features": members}
    return writable(json.dumps(document, ensure_ascii=False, separators=(",", ":"))).encode("utf-8")


@in_language
def geopackage(spec: ExportSpec) -> bytes:
    """Return a GeoPackage: the municipalities as a layer; the tables, sources and metadata as tables beside it.

    Raises
    ------
    ExportError
        The view has nothing that lies in a municipality.
    """
    import pyogrio

    frame = features(spec)
    for name in frame.columns.drop("geometry"):
        frame[name] = pd.Series(_json_values(frame[name]), index=frame.index)
    buffer = BytesIO()
    pyogrio.write_dataframe(
        frame,
        buffer,
        driver="GPKG",
        layer=LAYER,
        promote_to_multi=spec.polygons is not None,
        layer_options={
            "IDENTIFIER": writable(spec.title),
            "DESCRIPTION": writable(f"{spec.date_text} {spec.caveat}"),
        },
    )
    facts = {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in _about(spec).items()
    }
    about = pd.DataFrame({"key": list(facts), "value": [writable(value) for value in facts.values()]})
    tables = [*spec.tables, sources_table(spec), DataTable("about", _("About this file"), about)]
    return _with_tables(buffer.getvalue(), tables)


def features(spec: ExportSpec) -> gpd.GeoDataFrame:
    """Return one row a municipality: code, names, its state in words, and the figures of a table with one row each."""
    import geopandas
    import shapely

    rows = _rows(spec)
    if rows is None or rows.empty:
        raise ExportError(_("This view has nothing that lies in a municipality."))
    if spec.polygons is not None:
        places: dict[Any, Any] = dict(zip(spec.polygons.frame["divipola"], spec.polygons.frame.geometry, strict=True))
    else:
        places = {code: shapely.Point(seat) for code, seat in spec.seats.items()}
    shapes: Any = [places.get(code) for code in rows["divipola"]]
    return geopandas.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326")


def _rows(spec: ExportSpec) -> pd.DataFrame | None:
    single = next(
        (t.frame for t in spec.tables if "divipola" in t.frame and t.frame["divipola"].is_unique and len(t.frame)), None
    )
    if spec.map is None:
        return None if single is None else single.reset_index(drop=True)
    named = pd.DataFrame(spec.map.geometry.frame().drop(columns="geometry"))
    named["state"] = named["divipola"].map(spec.map.labels)
    if single is None:
        return named
    extra = single.drop(columns=[name for name in single if name in named.columns and name != "divipola"])
    return named.merge(extra, on="divipola", how="left")


def _about(spec: ExportSpec) -> dict[str, Any]:
    about = metadata(spec)
    if spec.polygons is None:
        return {**about, "geometry": "seats", "geometry_source": None, "geometry_licence": None}
    source = spec.polygons.source
    named = ", ".join(part for part in (source.publisher, source.title, source.date_text) if part)
    return {**about, "geometry": "polygons", "geometry_source": named, "geometry_licence": source.licence}


def _json_values(series: pd.Series) -> list[Any]:
    return [_said(value) for value in plain(series)]


def _said(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return writable(value) if isinstance(value, str) else value


def _with_tables(package: bytes, tables: list[DataTable]) -> bytes:
    """Add tables without geometry to a GeoPackage, registered as the standard asks, without touching the disk."""
    with sqlite3.connect(":memory:") as connection:
        connection.deserialize(package)
        taken = {LAYER}
        for table in tables:
            name = _table_name(table.name, taken)
            _add_table(connection, name, table)
        connection.commit()
        return connection.serialize()


def _table_name(name: str, taken: set[str]) -> str:
    import re

    base = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_") or "data"
    while base in taken:
        base += "_"
    taken.add(base)
    return base


_TYPES = {"i": "INTEGER", "f": "REAL", "b": "BOOLEAN", "M": "DATE"}


def _add_table(connection: sqlite3.Connection, name: str, table: DataTable) -> None:
    frame = table.frame
    kinds = [_TYPES.get(frame[column].dtype.kind, "TEXT") for column in frame.columns]
    columns = [_quoted(str(column)) for column in frame.columns]
    defined = "".join(f", {column} {kind}" for column, kind in zip(columns, kinds, strict=True))
    connection.execute(f"CREATE TABLE {_quoted(name)} (fid INTEGER PRIMARY KEY AUTOINCREMENT{defined})")
    if columns:
        values = zip(*(_json_values(frame[column]) for column in frame.columns), strict=True)
        places = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {_quoted(name)} ({', '.join(columns)}) VALUES ({places})", values)
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES (?, 'attributes', ?, ?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
        (name, writable(f"{name}: {table.title}"), writable(table.title)),
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
