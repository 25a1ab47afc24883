"""GeoPackage: an SQLite database of someone else, read in memory with its own code switched off.

Only real tables are read: no views, no virtual tables, no triggers, no functions from the schema; a query that runs
for long is stopped.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from data.uploads.crs import Declared, declared
from data.uploads.errors import UploadError
from data.uploads.geojson import cell
from data.uploads.model import MAX_COLUMNS, Source
from data.uploads.shapes import Shape, from_geopackage

_MAX_VALUE = 64 * 1024 * 1024
_STEP_SECONDS = 30.0
_STEPS = 200_000
_BATCH = 2000


@dataclass(frozen=True)
class _Table:
    name: str
    columns: tuple[str, ...]
    geometry: str
    system: Declared | None


class _Guarded:
    """A connection to the bytes of a database, with limits."""

    def __init__(self, source: Source) -> None:
        # One copy here and one inside SQLite: a file of 300 MB leaves no room for more.
        data = bytearray(source.size)
        source.file.seek(0)
        source.file.readinto(data)  # pyright: ignore[reportAttributeAccessIssue]
        # A database left in write-ahead mode cannot be opened in memory; what was checkpointed is all in the file.
        data[18:20] = b"\1\1"
        self.connection = sqlite3.connect(":memory:")
        self.connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        self._until = 0.0
        self.connection.set_progress_handler(lambda: int(time.monotonic() > self._until), _STEPS)
        try:
            self.connection.deserialize(data)
            self.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
            self.connection.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, 500)
            self.again()
            self.connection.execute("PRAGMA trusted_schema=OFF")
            self.connection.execute("PRAGMA cell_size_check=ON")
            self.connection.execute("PRAGMA query_only=ON")
        except (sqlite3.Error, OverflowError, ValueError) as error:
            self.connection.close()
            raise UploadError("gpkg_broken", detail=str(error)[:120]) from error

    def again(self) -> None:
        """Give the next step its time."""
        self._until = time.monotonic() + _STEP_SECONDS

    def all(self, query: str, *values: Any) -> list[Any]:
        """Return all rows of a short query."""
        self.again()
        try:
            return self.connection.execute(query, values).fetchmany(5000)
        except (sqlite3.Error, ValueError, OverflowError) as error:
            raise UploadError("gpkg_broken", detail=str(error)[:120]) from error

    def close(self) -> None:
        """Let go of the bytes."""
        self.connection.close()


def tables(source: Source) -> tuple[str, ...]:
    """Return the layers of a GeoPackage: those with geometry first.

    Raises
    ------
    UploadError
        ``gpkg_broken``; ``gpkg_no_layers``: it holds no table that can be read.
    """
    with closing(_Guarded(source)) as database:
        names = _names(database)
    if not names:
        raise UploadError("gpkg_no_layers")
    return names


def _names(database: _Guarded) -> tuple[str, ...]:
    real = _real(database)
    if "gpkg_contents" not in real:
        raise UploadError("gpkg_no_layers")
    rows = database.all("SELECT table_name, data_type FROM gpkg_contents")
    listed = [(str(name), str(kind)) for name, kind in rows if str(name) in real]
    return tuple(
        dict.fromkeys(name for wanted in ("features", "attributes") for name, kind in listed if kind == wanted)
    )


def _real(database: _Guarded) -> frozenset[str]:
    rows = database.all("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    return frozenset(
        str(name) for name, sql in rows if not str(sql or "").lstrip().upper().startswith("CREATE VIRTUAL")
    )


def rows(source: Source, table: str) -> Iterator[tuple[tuple[str, ...], list[str], Shape, bool]]:
    """Yield column names, cells as text, and geometry in degrees of each row; last, whether the layer has geometry.

    A layer without rows yields once, with no cells.

    Raises
    ------
    UploadError
        ``gpkg_broken``, ``sheet_unknown``, ``crs_unknown``.
    """
    with closing(_Guarded(source)) as database:
        if table not in _names(database):
            raise UploadError("sheet_unknown", sheet=table[:80])
        found = _described(database, table)
        if not found.columns:
            raise UploadError("gpkg_broken", detail="columns")
        wanted = [*found.columns, *([found.geometry] if found.geometry else [])]
        query = f"SELECT {', '.join(_quoted(name) for name in wanted)} FROM {_quoted(table)}"
        width, empty = len(found.columns), True
        try:
            database.again()
            cursor = database.connection.execute(query)
            while batch := cursor.fetchmany(_BATCH):
                for row in batch:
                    empty = False
                    shape = from_geopackage(row[width], found.system) if found.geometry else None
                    yield found.columns, [_cell(value) for value in row[:width]], shape, bool(found.geometry)
                database.again()
        except (sqlite3.Error, ValueError, OverflowError) as error:
            raise UploadError("gpkg_broken", detail=str(error)[:120]) from error
        if empty:
            yield found.columns, [], None, bool(found.geometry)


def _cell(value: Any) -> str:
    return f"({len(value)} bytes)" if isinstance(value, bytes) else cell(value)


def _described(database: _Guarded, table: str) -> _Table:
    names = [str(row[0]) for row in database.all("SELECT name FROM pragma_table_info(?)", table)]
    geometry, system = "", None
    if "gpkg_geometry_columns" in _real(database):
        query = "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?"
        for column, srs in database.all(query, table):
            if str(column) in names:
                geometry, system = str(column), _system(database, srs)
    plain = tuple(name for name in names if name != geometry)[:MAX_COLUMNS]
    return _Table(table, plain, geometry, system)


def _system(database: _Guarded, srs: Any) -> Declared | None:
    if not isinstance(srs, int) or srs in (0, -1, 4326) or "gpkg_spatial_ref_sys" not in _real(database):
        return None
    query = "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?"
    for organization, code, definition in database.all(query, srs):
        if str(organization).upper() == "EPSG" and isinstance(code, int):
            return declared(f"EPSG:{code}")
        return declared(str(definition)[:5000])
    raise UploadError("crs_unknown", crs=str(srs))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
