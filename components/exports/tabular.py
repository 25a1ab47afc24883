"""The data behind a view as CSV, JSON metadata and XLSX: a source in every row, codes as text, formulas harmless."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from components.exports.spec import (
    DataTable,
    ExportError,
    ExportSpec,
    in_language,
    metadata,
    need_tables,
    source_record,
    writable,
)
from components.i18n import _
from components.server.formats import rows_csv

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

EXCEL_ROWS = 1_048_576
EXCEL_TEXT = 32_767


@in_language
def data_csv(spec: ExportSpec) -> bytes:
    """Return the view's main table as CSV: UTF-8 with a byte order mark, source columns in every row.

    Raises
    ------
    ExportError
        There is no data.
    """
    return table_csv(need_tables(spec)[0])


@in_language
def metadata_json(spec: ExportSpec) -> bytes:
    """Return title, date, caveat, link, licence, columns and sources as JSON."""
    return writable(json.dumps(metadata(spec), ensure_ascii=False, indent=2)).encode("utf-8")


@in_language
def data_zip(spec: ExportSpec) -> bytes:
    """Return every table as CSV, their sources, and the metadata, in one ZIP file.

    Raises
    ------
    ExportError
        There is no data.
    """
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in need_tables(spec):
            archive.writestr(f"{table.name}.csv", table_csv(table))
        archive.writestr("sources.csv", table_csv(sources_table(spec)))
        archive.writestr("metadata.json", metadata_json(spec))
    return buffer.getvalue()


def table_csv(table: DataTable) -> bytes:
    """Return one table as CSV."""
    frame = table.frame
    return rows_csv([str(name) for name in frame.columns], [_csv_values(frame[name]) for name in frame.columns])


def sources_table(spec: ExportSpec) -> DataTable:
    """Return the sources of a spec as a table."""
    columns = list(source_record(spec.sources[0])) if spec.sources else ["publisher"]
    frame = pd.DataFrame([source_record(source) for source in spec.sources], columns=columns)
    return DataTable("sources", _("Sources"), frame)


def plain(series: pd.Series) -> list[Any]:
    """Return a column as plain values: str, int, float, bool, date or None; lists joined; whole floats as int."""
    present = series.notna().tolist()
    raw = series.tolist()
    if series.dtype.kind == "f" and all(value.is_integer() for value, there in zip(raw, present, strict=True) if there):
        return [int(value) if there else None for value, there in zip(raw, present, strict=True)]
    return [_plain(value) if there else None for value, there in zip(raw, present, strict=True)]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(map(str, value))
    return value if isinstance(value, str | int | float | bool | date) else str(value)


def _csv_values(series: pd.Series) -> list[Any]:
    return [value.isoformat() if isinstance(value, date) else value for value in plain(series)]


@in_language
def data_xlsx(spec: ExportSpec) -> bytes:
    """Return a workbook: what the view says and how to cite it, each table, and the sources.

    Text is written as text: codes keep their zeros, and nothing that looks like a formula is one.

    Raises
    ------
    ExportError
        There is no data, or more rows than a sheet holds.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.properties.title, book.properties.creator = _clean(spec.title), "Paz Territorial"
    book.properties.description, book.properties.language = _clean(spec.caveat), spec.language
    front = book.active
    assert front is not None
    front.title = _("Read me")
    used = {front.title.lower()}
    _front(front, spec)
    for table in (*need_tables(spec), sources_table(spec)):
        if len(table.frame) >= EXCEL_ROWS:
            raise ExportError(_("{table} has more rows than a sheet of a workbook holds.", table=table.title))
        _sheet(book.create_sheet(_sheet_name(table.name, used)), table)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _front(sheet: Worksheet, spec: ExportSpec) -> None:
    from openpyxl.styles import Alignment, Font

    facts = [
        (spec.title, ""),
        (_("Date"), spec.date_text),
        (_("Filters"), spec.subtitle),
        (_("Caveat"), spec.caveat),
        (_("Link"), spec.link),
        (_("Licence"), spec.licence),
        (_("Version of the data"), spec.data_version),
    ]
    rows: list[Sequence[str]] = [fact for fact in facts if fact[1] or fact[0] == spec.title]
    for table in spec.tables:
        rows += [("", ""), (table.title, table.name)]
        rows += [(str(name), table.columns.get(str(name), "")) for name in table.frame.columns]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            _write(sheet.cell(number, column), value)
            sheet.cell(number, column).alignment = Alignment(wrap_text=column == 2, vertical="top")
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 100


def _sheet(sheet: Worksheet, table: DataTable) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    bold = Font(bold=True)
    for column, name in enumerate(table.frame.columns, start=1):
        head = sheet.cell(1, column)
        _write(head, str(name))
        head.font = bold
        values = plain(table.frame[name])
        for row, value in enumerate(values, start=2):
            if value is not None:
                _write(sheet.cell(row, column), value)
        widest = max((len(str(value)) for value in values[:200] if value is not None), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(max(widest, len(str(name))) + 2, 60)
    sheet.freeze_panes = "A2"
    if table.frame.shape[1]:
        sheet.auto_filter.ref = sheet.dimensions


def _write(cell: Any, value: Any) -> None:
    """Put a value into a cell; text stays text, whatever it begins with."""
    written: Cell = cell
    if isinstance(value, str):
        written.value = _clean(value)
        written.data_type = "s"
        written.number_format = "@"
    else:
        written.value = value
        if isinstance(value, date):
            written.number_format = "yyyy-mm-dd"


def _clean(text: str) -> str:
    return writable(text)[:EXCEL_TEXT]


def _sheet_name(name: str, used: set[str]) -> str:
    """Return a name that a sheet may have and no other has."""
    base = re.sub(r"[\[\]:*?/\\]", " ", name).strip(" '")[:28] or "data"
    for candidate in _numbered(base):
        if candidate.lower() not in used:
            used.add(candidate.lower())
            return candidate
    raise AssertionError("an endless series of names has a free one")


def _numbered(base: str) -> Iterable[str]:
    from itertools import count

    yield base
    yield from (f"{base} {number}" for number in count(2))
