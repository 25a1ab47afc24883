"""From bytes to rows of text: what kind of file it is, how it is read, what its columns are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from data.uploads import archive, delimited, geojson, geopackage, text, workbook
from data.uploads.errors import UploadError
from data.uploads.model import (
    CHUNK_ROWS,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    SAMPLE_ROWS,
    Chunk,
    Format,
    Inspected,
    Note,
    Reading,
    ShapeFault,
    Source,
)

_OTHER_KINDS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
    (b"\x1f\x8b", "compressed"),
    (b"7z\xbc\xaf", "compressed"),
    (b"Rar!", "compressed"),
    (b"BZh", "compressed"),
    (b"\xfd7zXZ", "compressed"),
    (b"%PDF", "pdf"),
    (b"PAR1", "parquet"),
)
_SHAPES_CHUNK = 4096
_HEADER_LOOKAHEAD = 30
# Characters, and characters that a cell's own overhead is worth, after which a piece is full.
_CHUNK_WEIGHT, _CELL_WEIGHT = 16_000_000, 16


def inspect(source: Source, reading: Reading | None = None) -> Inspected:
    """Read the first rows of a file.

    Parameters
    ----------
    source
        The file.
    reading
        How to read it, where its owner has corrected what was found; None finds it.

    Raises
    ------
    UploadError
        The file is of a kind that is not read, is damaged or hostile, or holds no rows (``no_rows``).
    """
    content, inside, kind = _content(source)
    given = reading is not None
    notes: list[Note] = []
    if content is not source:
        notes.append(Note("unzipped", {"name": content.name[:80]}))
    tables: tuple[str, ...] = ()
    if kind == "xlsx":
        notes += workbook.notes(content, inside)
        tables = workbook.sheets(content)
        reading = reading if reading and reading.table in tables else _first_sheet(content, tables)
        notes += [Note("sheets", {"count": len(tables), "name": reading.table})] if len(tables) > 1 else []
    elif kind == "gpkg":
        tables = geopackage.tables(content)
        reading = reading if reading and reading.table in tables else Reading("gpkg", table=tables[0])
    elif kind == "geojson":
        found = text.detect(content)
        reading = reading or Reading("geojson", found.name)
        notes += [Note("encoding_broken", {"count": found.broken})] if found.broken else []
    elif reading is None:
        reading, more = delimited.detect(content)
        notes += more
    if kind in ("csv", "xlsx"):
        return _inspect_table(content, replace(reading, format=kind), tables, notes, given)
    return _inspect_features(content, replace(reading, format=kind), tables, notes)


def _content(source: Source) -> tuple[Source, dict[str, Any], Format]:
    """Return what a zip holds (or the file itself), the members of a workbook, and the format."""
    for _depth in range(2):
        head = source.head(64)
        for mark, code in _OTHER_KINDS:
            if head.startswith(mark):
                raise UploadError(code)
        if not head.startswith(b"PK"):
            return source, {}, _plain(source, head)
        inside = archive.members(source)
        if "xl/workbook.xml" in inside:
            return source, inside, "xlsx"
        if "xl/workbook.bin" in inside:
            raise UploadError("xlsb")
        if "content.xml" in inside and "mimetype" in inside:
            raise UploadError("opendocument")
        source = archive.unpacked(source, inside)
    raise UploadError("zip_nested")


def _plain(source: Source, head: bytes) -> Format:
    if head.startswith(b"SQLite format 3\0"):
        return "gpkg"
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"MZ\x90")):
        raise UploadError("binary")
    start = _first_words(source)
    if start[:1] == "{":
        return "geojson"
    if start[:1] == "[" and start[1:].lstrip()[:1] in ("{", "["):
        raise UploadError("json_not_geojson")
    if re.match(r"<(?:!doctype|html|\?xml|table)", start, re.IGNORECASE):
        raise UploadError("html")
    return "csv"


def _first_words(source: Source) -> str:
    head = source.head(4096)
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return head.decode(encoding, "ignore").lstrip()


def _first_sheet(source: Source, sheets: tuple[str, ...]) -> Reading:
    """Return the first sheet that holds a table: covers and notes have one column."""
    for sheet in sheets[:20]:
        rows = workbook.first_rows(source, sheet, _HEADER_LOOKAHEAD)
        if sum(len([cell for cell in row if cell]) > 1 for row in rows) > 1:
            return Reading("xlsx", table=sheet, header_row=_header_row(rows))
    return Reading("xlsx", table=sheets[0])


def _inspect_table(
    source: Source, reading: Reading, tables: tuple[str, ...], notes: list[Note], given: bool
) -> Inspected:
    sample = _sample(_raw(source, reading))
    if not any(any(row) for row in sample):
        raise UploadError("no_rows")
    if reading.format == "csv" and not given:
        reading = replace(reading, header_row=_header_row(sample))
    columns, more = _columns(sample, reading.header_row)
    rows = [row for row in sample[reading.header_row :] if any(row)][:SAMPLE_ROWS]
    if not rows:
        raise UploadError("no_rows")
    return Inspected(
        reading=reading,
        columns=columns,
        rows=tuple(tuple(_fitted(row, len(columns))) for row in rows),
        tables=tables,
        notes=(*notes, *more),
    )


def _raw(source: Source, reading: Reading) -> Iterator[list[str]]:
    return delimited.rows(source, reading) if reading.format == "csv" else workbook.rows(source, reading.table)


def _header_row(rows: list[list[str]]) -> int:
    """Return the row that names the columns, from 1: the first as wide as the table; 0 when it holds data itself."""
    widths = Counter(_filled(row) for row in rows[:_HEADER_LOOKAHEAD] if _filled(row))
    if not widths:
        return 1
    wide = max(widths, key=lambda width: (widths[width], width))
    for number, row in enumerate(rows[:_HEADER_LOOKAHEAD], start=1):
        if _filled(row) >= max(1, wide * 0.7):
            return 0 if any(_is_data(cell) for cell in row) else number
    return 1


def _filled(row: list[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _is_data(cell: str) -> bool:
    """Whether a cell is a date or a number with a mark in it, which no name of a column is; a bare year may be one."""
    return bool(re.fullmatch(r"\s*(?:\d{4}-\d\d-\d\d.*|\d{1,2}/\d{1,2}/\d{2,4}|-?\d+[.,]\d+|\d{5,})\s*", cell[:60]))


def _columns(sample: list[list[str]], header_row: int) -> tuple[tuple[str, ...], list[Note]]:
    width = max((len(row) for row in sample[: header_row + 50]), default=0)
    names = sample[header_row - 1] if 0 < header_row <= len(sample) else []
    width = max(len(names), width if not names else len(names))
    if width > MAX_COLUMNS:
        raise UploadError("too_many_columns", count=width, limit=MAX_COLUMNS)
    return _named([*names, *[""] * (width - len(names))], no_header=not names)


def _named(raw: Iterable[str], *, no_header: bool) -> tuple[tuple[str, ...], list[Note]]:
    """Return names that are neither blank nor doubled, and what was done to make them so."""
    notes: list[Note] = [Note("no_header")] if no_header else []
    seen: Counter[str] = Counter()
    names: list[str] = []
    doubled, mended = [], []
    for position, name in enumerate(raw, start=1):
        plain = " ".join(name.replace("\ufeff", "").split())[:120]
        whole = text.mended(plain)
        if whole != plain:
            mended.append(whole)
        whole = whole or f"#{position}"
        seen[whole] += 1
        if seen[whole] > 1:
            doubled.append(whole)
            while (again := f"{whole} ({seen[whole]})") in names:
                seen[whole] += 1
            whole = again
        names.append(whole)
    if doubled:
        notes.append(Note("columns_doubled", {"names": ", ".join(doubled[:6])}))
    if mended:
        notes.append(Note("header_mended", {"names": ", ".join(mended[:6])}))
    return tuple(names), notes


def _fitted(row: list[str], width: int) -> list[str]:
    return [*row[:width], *[""] * (width - len(row))]


def _inspect_features(source: Source, reading: Reading, tables: tuple[str, ...], notes: list[Note]) -> Inspected:
    columns, chunks = _features(source, reading)
    first = next(iter(chunks), None)
    if first is None or not first.rows:
        raise UploadError("no_rows")
    shapes = first.shapes[:SAMPLE_ROWS] if first.shapes is not None else []
    kinds = dict.fromkeys(
        shape.geom_type for shape in shapes if shape is not None and not isinstance(shape, ShapeFault)
    )
    if first.shapes is not None and not kinds:
        faults = [shape for shape in shapes if isinstance(shape, ShapeFault)]
        kinds = {"Polygon": None} if any("poly" in f.code or "cross" in f.code for f in faults) else {"Point": None}
    return Inspected(
        reading=reading,
        columns=columns,
        rows=tuple(tuple(row) for row in first.rows[:SAMPLE_ROWS]),
        tables=tables,
        shapes=tuple(kinds) if first.shapes is not None else (),
        notes=tuple(notes),
    )


def _features(source: Source, reading: Reading) -> tuple[tuple[str, ...], Iterator[Chunk]]:
    """Return the columns and the chunks of a file of features."""
    if reading.format == "gpkg":
        layer = geopackage.rows(source, reading.table)
        head = next(layer)
        names, _notes = _named(head[0], no_header=False)
        rows = chain([head] if head[1] else [], layer)
        return names, _packed(((cells, shape) for _names, cells, shape, _has in rows), head[3])
    stream = geojson.features(source, reading.encoding)
    first = list(islice(stream, 1000))
    keys = tuple(dict.fromkeys(key for properties, _shape in first for key in properties))
    if len(keys) > MAX_COLUMNS:
        raise UploadError("too_many_columns", count=len(keys), limit=MAX_COLUMNS)
    # Names are made whole from the keys, so that a key is found again under its own position.
    names, _notes = _named((geojson.cell(key) for key in keys), no_header=False)
    pairs = (([geojson.cell(properties.get(key)) for key in keys], shape) for properties, shape in chain(first, stream))
    return names, _packed(pairs, True)


def _packed(pairs: Iterable[tuple[list[str], Any]], has_shapes: bool) -> Iterator[Chunk]:
    number, pending = 0, iter(pairs)
    while batch := list(islice(pending, _SHAPES_CHUNK)):
        rows = [_bounded(cells, number + at) for at, (cells, _shape) in enumerate(batch, start=1)]
        yield Chunk(
            numbers=list(range(number + 1, number + 1 + len(batch))),
            rows=rows,
            shapes=[shape for _cells, shape in batch] if has_shapes else None,
        )
        number += len(batch)
        if number > MAX_ROWS:
            raise UploadError("too_many_rows", limit=MAX_ROWS)


def _bounded(cells: list[str], row: int) -> list[str]:
    if any(len(cell) > MAX_CELL for cell in cells):
        raise UploadError("cell_too_long", row=row, limit=MAX_CELL)
    return cells


def chunks(source: Source, reading: Reading) -> tuple[tuple[str, ...], Iterator[Chunk]]:
    """Return the columns of a file and all its rows, in pieces: memory does not grow with the file.

    Raises
    ------
    UploadError
        As :func:`inspect`; also while the rows are read: ``too_many_rows``, ``cell_too_long``.
    """
    content, inside, kind = _content(source)
    reading = replace(reading, format=kind)
    if kind == "xlsx":
        workbook.notes(content, inside)
    if kind in ("geojson", "gpkg"):
        return _features(content, reading)
    rows = _raw(content, reading)
    sample = _sample(rows)
    columns, _notes = _columns(sample, reading.header_row)
    return columns, _pieces(chain(sample, rows), reading.header_row)


def _pieces(rows: Iterator[list[str]], header_row: int) -> Iterator[Chunk]:
    numbers: list[int] = []
    held: list[list[str]] = []
    weight = blank = passed = 0
    for number, row in enumerate(islice(rows, header_row, None), start=header_row + 1):
        if not any(row):
            passed += 1
            continue
        if number > MAX_ROWS + header_row:
            raise UploadError("too_many_rows", limit=MAX_ROWS)
        # Empty rows after the last one are the end of the sheet, not rows of anybody's.
        blank, passed = blank + passed, 0
        numbers.append(number)
        held.append(row)
        weight += sum(map(len, row)) + _CELL_WEIGHT * len(row)
        if len(held) == CHUNK_ROWS or weight > _CHUNK_WEIGHT:
            yield Chunk(numbers, held, blank=blank)
            numbers, held, weight, blank = [], [], 0, 0
    if held:
        yield Chunk(numbers, held, blank=blank)


def _sample(rows: Iterator[list[str]]) -> list[list[str]]:
    """Return the first rows, fewer when they are heavy."""
    found: list[list[str]] = []
    weight = 0
    for row in islice(rows, SAMPLE_ROWS + _HEADER_LOOKAHEAD):
        found.append(row)
        weight += sum(map(len, row))
        if weight > _CHUNK_WEIGHT:
            break
    return found
