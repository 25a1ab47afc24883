"""Turn the bytes of a CSV, XLSX, XLS or HTML file into a frame of text, with the row numbers a person would see.

Nothing is interpreted here beyond finding the table: cells stay text (real dates of a workbook become ISO text),
so that a leading zero, a decimal comma or a literal ``NA`` reach the parser as they were written.
"""

from __future__ import annotations

import csv
import datetime as dt
import html
import html.parser
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data.sources.model import SourceError

HEADER_SEARCH = 40
"""Rows at the top of a workbook among which the header is looked for."""

_XLS = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it stands in the file.

    Attributes
    ----------
    frame
        All columns as text, named by :func:`snake`; the index is the row number in the file (the first row is 1).
    columns
        The original headers, in order.
    above
        The text of the rows above the header, joined per row: titles, periods.
    """

    frame: pd.DataFrame
    columns: tuple[str, ...]
    above: tuple[str, ...] = ()


def snake(name: object) -> str:
    """Fold a header to ``lower_case_letters_and_digits``; Socrata's way of dropping accented letters (``a_o``) is
    left as it is.

    >>> snake(" Código DANE de Municipio "), snake("AÑO ")
    ('codigo_dane_de_municipio', 'ano')
    """
    text = "".join(c for c in unicodedata.normalize("NFKD", str(name or "")) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")


def read_table(data: bytes, required: Sequence[str] = ()) -> Table:
    """Read the table in a file of any kind the publishers use.

    Parameters
    ----------
    data
        The file. Its kind is told by its first bytes, never by its name.
    required
        Folded names of columns that the header must have; in workbooks they are how the header row is found below
        the banner.

    Raises
    ------
    SourceError
        ``not_a_table`` for a web page, a PDF, an image or an empty file; ``missing_column`` naming what the header
        lacks; ``unreadable`` when the file is damaged.
    """
    if data.startswith(_ZIP):
        return _from_rows(_xlsx_rows(data), required)
    if data.startswith(_XLS):
        return _from_rows(_xls_rows(data), required)
    _refuse_web_page(data)
    return _from_csv(data, required)


def read_json_rows(data: bytes) -> pd.DataFrame:
    """Read a JSON array of flat objects (Socrata, HAPI) as text; a key that a row leaves out is null.

    Raises
    ------
    SourceError
        ``not_a_table`` for anything else.
    """
    try:
        rows = json.loads(data)
    except ValueError as error:
        _refuse_web_page(data)
        raise SourceError("not_a_table", f"not JSON: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise SourceError("not_a_table", f"expected a list of rows, found {str(rows)[:120]}")
    return pd.DataFrame(rows, dtype="object")


def require(frame: pd.DataFrame, names: Sequence[str]) -> None:
    """Raise ``missing_column`` unless the frame has all of ``names``, and say which columns it has instead."""
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise SourceError(
            "missing_column", f"no {', '.join(missing)}; the columns are {', '.join(map(str, frame.columns))}"
        )


def rename(frame: pd.DataFrame, synonyms: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Give columns the project's names: the first synonym that is present becomes the key."""
    found = {
        next(name for name in names if name in frame.columns): wanted
        for wanted, names in synonyms.items()
        if wanted not in frame.columns and any(name in frame.columns for name in names)
    }
    return frame.rename(columns=found)


def _refuse_web_page(data: bytes) -> None:
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        raise SourceError("not_a_table", "the file is empty")
    if (
        head[:15]
        .lower()
        .startswith((b"<!doctype html", b"<html", b"<head", b"<?xml", b"%pdf", b"\x89png", b"\xff\xd8"))
    ):
        start = head[:60].decode("utf-8", "replace").splitlines()[0]
        raise SourceError("not_a_table", f"a web page, a PDF or a picture, not a table: it starts {start}")


def decode(data: bytes) -> str:
    """Decode text: a byte-order mark decides, else UTF-8 when it is valid, else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _separator(first_lines: str) -> str:
    candidates = {mark: first_lines.split("\n", 1)[0].count(mark) for mark in ",;\t|"}
    return max(candidates, key=lambda mark: candidates[mark])


def _from_csv(data: bytes, required: Sequence[str]) -> Table:
    text = decode(data)
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=_separator(text[:20_000]),
            header=None,
            dtype="str",
            na_filter=False,
            skip_blank_lines=False,
            quoting=csv.QUOTE_MINIMAL,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SourceError("unreadable", str(error)) from error
    return _found(frame, required)


def _xlsx_rows(data: bytes) -> list[tuple[Any, ...]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
    except zipfile.BadZipFile as error:
        raise SourceError("unreadable", "the workbook is cut short, or it is no .xlsx file") from error
    except (KeyError, ValueError, EOFError, InvalidFileException, OSError) as error:
        raise SourceError("unreadable", f"not a workbook that can be read: {error}") from error
    return max(sheets, key=len, default=[])


def _xls_rows(data: bytes) -> list[tuple[Any, ...]]:
    import xlrd
    from xlrd.biffh import XLRDError

    try:
        book = xlrd.open_workbook(file_contents=data)
    except (XLRDError, ValueError, IndexError, AssertionError) as error:
        raise SourceError("unreadable", f"not a workbook that can be read: {error}") from error
    sheet = max(book.sheets(), key=lambda s: s.nrows)

    def value(cell: Any) -> Any:
        if cell.ctype == xlrd.XL_CELL_DATE:
            return xlrd.xldate_as_datetime(cell.value, book.datemode)
        if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
            return None
        return cell.value

    return [tuple(value(cell) for cell in sheet.row(number)) for number in range(sheet.nrows)]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d") if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _from_rows(rows: list[tuple[Any, ...]], required: Sequence[str]) -> Table:
    if not rows:
        raise SourceError("not_a_table", "the workbook has no rows")
    width = max(map(len, rows))
    cells = [[_text(value) for value in row] + [""] * (width - len(row)) for row in rows]
    return _found(pd.DataFrame(cells, dtype="str"), required)


def _found(cells: pd.DataFrame, required: Sequence[str]) -> Table:
    position = _header_row(cells, required)
    header = [str(value).strip() for value in cells.iloc[position]]
    last = max((index for index, name in enumerate(header) if name), default=-1)
    names = [snake(name) or f"column_{index + 1}" for index, name in enumerate(header[: last + 1])]
    frame = cells.iloc[position + 1 :, : last + 1].copy()
    frame.columns = pd.Index(_unique(names))
    frame.index = pd.RangeIndex(position + 2, position + 2 + len(frame), name="row")
    above = tuple(
        " ".join(v for v in row if v).strip() for row in cells.iloc[:position].astype("str").to_numpy().tolist()
    )
    return Table(frame, tuple(header[: last + 1]), tuple(line for line in above if line))


def _header_row(cells: pd.DataFrame, required: Sequence[str]) -> int:
    wanted = set(required)
    best, best_found = 0, -1
    for position in range(min(HEADER_SEARCH, len(cells))):
        found = len(wanted & {snake(value) for value in cells.iloc[position]})
        if found > best_found:
            best, best_found = position, found
        if wanted and found == len(wanted):
            return position
    if not wanted:
        return 0
    missing = sorted(wanted - {snake(value) for value in cells.iloc[best]})
    seen = ", ".join(str(value) for value in cells.iloc[best] if value)
    raise SourceError("missing_column", f"no {', '.join(missing)}; the likeliest header is row {best + 1}: {seen}")


def _unique(names: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return out


class _Tables(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self.links: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._row_links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
            self.links.append([])
        elif tag == "tr" and self.tables:
            self._close()
            self.tables[-1].append([])
            self.links[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._close()
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")
        elif tag == "a" and self.tables and self.links[-1]:
            self.links[-1][-1].append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _close(self) -> None:
        if self._cell is not None:
            lines = "".join(self._cell).replace("\xa0", " ").split("\n")
            self.tables[-1][-1].append("\n".join(" ".join(line.split()) for line in lines).strip())
            self._cell = None


def html_tables(text: str) -> list[list[list[str]]]:
    """Return the tables of a web page as rows of cell text; a line break inside a cell stays a line break."""
    parser = _Tables()
    parser.feed(text)
    parser.close()
    return [[row for row in table if row] for table in parser.tables]


def html_tables_with_links(text: str) -> list[list[tuple[list[str], list[str]]]]:
    """Return the tables of a web page as rows of (cell texts, addresses linked from the row)."""
    parser = _Tables()
    parser.feed(text)
    parser.close()
    return [
        [(cells, links) for cells, links in zip(rows, addresses, strict=True) if cells]
        for rows, addresses in zip(parser.tables, parser.links, strict=True)
    ]


def html_links(text: str) -> list[tuple[str, str]]:
    """Return (address, text) of every link of a web page."""
    found = re.findall(r"<a\b[^>]*?href=[\"']([^\"']+)[\"'][^>]*>(.*?)</a>", text, flags=re.S | re.I)
    return [(html.unescape(address), " ".join(re.sub(r"<[^>]+>", " ", label).split())) for address, label in found]
