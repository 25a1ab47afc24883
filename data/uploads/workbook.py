"""Excel workbooks: the values of one sheet, streamed. Formulas are read as last saved, macros are never run."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

from data.uploads import archive
from data.uploads.errors import UploadError
from data.uploads.model import MAX_COLUMNS, Note, Source


def notes(source: Source, inside: dict[str, zipfile.ZipInfo]) -> tuple[Note, ...]:
    """Return what to know about a workbook: macros that are not run, formulas that are not calculated.

    Raises
    ------
    UploadError
        ``zip_bomb``: its list of texts is out of proportion. ``xml_entities``: it declares entities, which no program
        that writes workbooks does.
    """
    strings = inside.get("xl/sharedStrings.xml")
    if strings is not None and strings.file_size > archive.MAX_STRINGS:
        raise UploadError("zip_bomb", size=strings.file_size, limit=archive.MAX_STRINGS)
    sheets = [info for name, info in inside.items() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
    for info in inside.values():
        if info.filename.lower().endswith((".xml", ".rels", ".vml")):
            declared = archive.contains(source, info, b"<!DOCTYPE", b"<!ENTITY", b"<\0!\0D\0O\0", b"\0<\0!\0D\0O")
            if declared:
                raise UploadError("xml_entities")
    found = []
    if any(name.lower().endswith("vbaproject.bin") for name in inside):
        found.append(Note("macros_ignored"))
    if any(archive.contains(source, info, b"<f>", b"<f ") for info in sheets):
        found.append(Note("formulas_as_saved"))
    return tuple(found)


def sheets(source: Source) -> tuple[str, ...]:
    """Return the names of the visible sheets.

    Raises
    ------
    UploadError
        ``workbook_unreadable``, ``workbook_empty``.
    """
    source.file.seek(0)
    try:
        book = _open(source)
        names = tuple(sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible")
    except Exception as error:
        # openpyxl trusts what it reads: a hostile file can make it raise almost anything.
        raise UploadError("workbook_unreadable", detail=type(error).__name__) from error
    if not names:
        raise UploadError("workbook_empty")
    return names


def _open(source: Source) -> Any:
    import openpyxl

    source.file.seek(0)
    return openpyxl.load_workbook(source.file, read_only=True, data_only=True, keep_links=False)


def rows(source: Source, sheet: str) -> Iterator[list[str]]:
    """Yield the rows of a sheet as text: dates in ISO form, whole numbers without decimals, blanks as "".

    Raises
    ------
    UploadError
        ``sheet_unknown``, ``workbook_unreadable``.
    """
    try:
        book = _open(source)
        if sheet not in book.sheetnames:
            raise UploadError("sheet_unknown", sheet=sheet[:80])
        for row in book[sheet].iter_rows(max_col=MAX_COLUMNS + 1, values_only=True):
            cells = [cell(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            yield cells
    except UploadError:
        raise
    except Exception as error:
        raise UploadError("workbook_unreadable", detail=type(error).__name__) from error


def first_rows(source: Source, sheet: str, count: int) -> list[list[str]]:
    """Return the first rows of a sheet."""
    return list(islice(rows(source, sheet), count))


def cell(value: Any) -> str:
    """Return the value of a cell as text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, dt.date) else str(value)
