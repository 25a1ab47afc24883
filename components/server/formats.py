"""Rows as JSON, CSV and GeoJSON, with what a reader needs to cite them. Pure: frames and plain values in, bytes out.

Null is ``null`` in JSON and an empty cell in CSV; days are ISO 8601; codes are text in all three. CSV is UTF-8 with a
byte order mark (Excel reads accents only then), CRLF line ends (RFC 4180), and text that a spreadsheet would run as a
formula is preceded by an apostrophe.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

CSV_BOM = b"\xef\xbb\xbf"
_FORMULA = re.compile(r"[\t\r\n]|[\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""How a text begins that a spreadsheet may run: blanks and invisible characters first, full-width signs too."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an answer.

    Parameters
    ----------
    name
        As in the rows.
    type
        "string", "integer", "number", "boolean", "date" (ISO 8601 day) or "list" (of texts; joined by "; " in CSV).
    description
        English message id of one sentence.
    nullable
        Whether null occurs; its meaning is in the description.
    """

    name: str
    type: str
    description: str = ""
    nullable: bool = False


def columns_of(frame: pd.DataFrame, columns: Sequence[Column]) -> list[list[Any]]:
    """Return the values of each column as plain Python values: str, int, float, bool, ISO days or None."""
    return [_values(frame[column.name], column.type) for column in columns]


def _values(series: pd.Series, kind: str) -> list[Any]:
    present = series.notna().tolist()
    raw = series.dt.strftime("%Y-%m-%d").tolist() if series.dtype.kind == "M" else series.tolist()
    convert = _CONVERTERS[kind]
    return [convert(value) if there else None for value, there in zip(raw, present, strict=True)]


def _text(value: Any) -> str | None:
    return str(value) or None


def _day(value: Any) -> str:
    return value.isoformat()[:10] if isinstance(value, date) else str(value)


def _number(value: Any) -> int | float:
    return int(value) if float(value).is_integer() else float(value)


def _list(values: Iterable[Any]) -> list[str]:
    return [str(value) for value in values]


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "integer": int,
    "number": _number,
    "boolean": bool,
    "string": _text,
    "date": _day,
    "list": _list,
}


def json_bytes(document: Any) -> bytes:
    """Return a document as compact UTF-8 JSON; raises ValueError for NaN or infinity, which JSON cannot say."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")


def rows_json(
    meta: Mapping[str, Any],
    sources: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    values: Sequence[Sequence[Any]],
) -> bytes:
    """Return ``{"meta", "sources", "rows"}`` with one object a row."""
    return json_bytes({"meta": meta, "sources": sources, "rows": _records(names, values)})


def rows_geojson(
    meta: Mapping[str, Any],
    sources: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    values: Sequence[Sequence[Any]],
    geometries: Iterable[Mapping[str, Any] | None],
    ids: Iterable[str | int],
) -> bytes:
    """Return an RFC 7946 FeatureCollection in WGS 84, one feature a row; `meta` and `sources` are foreign members.

    A row without a place has a null geometry, which the standard allows.
    """
    features = [
        {"type": "Feature", "id": id_, "geometry": geometry, "properties": record}
        for id_, geometry, record in zip(ids, geometries, _records(names, values), strict=True)
    ]
    return json_bytes({"type": "FeatureCollection", "meta": meta, "sources": sources, "features": features})


def _records(names: Sequence[str], values: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def rows_csv(names: Sequence[str], values: Sequence[Sequence[Any]]) -> bytes:
    """Return the rows as CSV with a header line, safe to open in a spreadsheet."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in names])
    writer.writerows(zip(*([safe_cell(value) for value in column] for column in values), strict=True))
    return CSV_BOM + buffer.getvalue().encode("utf-8")


def safe_cell(value: Any) -> Any:
    """Return a CSV cell: numbers as they are, null as nothing, lists joined, formulas made harmless."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = "; ".join(value)
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value


def points(seats: Sequence[tuple[float, float]]) -> dict[str, Any] | None:
    """Return longitudes and latitudes (WGS 84, degrees) as a GeoJSON point, as several, or as None for none."""
    rounded = [[round(float(lon), 6), round(float(lat), 6)] for lon, lat in seats]
    if not rounded:
        return None
    if len(rounded) == 1:
        return {"type": "Point", "coordinates": rounded[0]}
    return {"type": "MultiPoint", "coordinates": rounded}
