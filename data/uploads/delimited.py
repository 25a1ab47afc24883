"""Tables as text: which character separates the columns, and the rows, in bounded memory."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from data.uploads import text
from data.uploads.errors import UploadError
from data.uploads.model import MAX_COLUMNS, Note, Reading, Source

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 200
_MAX_LINES, _MAX_ROW = 1000, 2_000_000


def detect(source: Source) -> tuple[Reading, tuple[Note, ...]]:
    """Find encoding and separator of a text file.

    Raises
    ------
    UploadError
        What :func:`data.uploads.text.detect` and :func:`data.uploads.text.lines` raise.
    """
    found = text.detect(source)
    notes = (Note("encoding_broken", {"count": found.broken}),) if found.broken else ()
    sample = list(islice(text.lines(source, found.name), _SAMPLE_LINES))
    return Reading("csv", found.name, _delimiter(sample)), notes


def _delimiter(sample: list[str]) -> str:
    named = _named(sample[0]) if sample else ""
    if named:
        return named
    best, most = ",", 0.0
    for candidate in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(sample, delimiter=candidate) if row)
        except csv.Error:
            continue
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1] if item[0] > 1 else 0, item[0]))
        # Rows of one width matter more than wide rows: commas inside texts split them unevenly.
        score = count / sum(widths.values()) * min(width, 12) if width > 1 else 0.0
        if score > most:
            best, most = candidate, score
    return best


def _named(line: str) -> str:
    """Return the separator that Excel's first line ``sep=;`` names, blank without one."""
    first = line.strip().strip('"')
    return first[4] if len(first) == 5 and first.lower().startswith("sep=") and first[4] in DELIMITERS else ""


def rows(source: Source, reading: Reading) -> Iterator[list[str]]:
    """Yield the rows as a spreadsheet would number them: blank ones are empty lists.

    Raises
    ------
    UploadError
        ``delimiter_unknown``; ``quote_open``: a quotation mark opens a cell that never ends (with the row it began
        in); ``line_too_long``.
    """
    if reading.delimiter not in DELIMITERS:
        raise UploadError("delimiter_unknown", delimiter=reading.delimiter[:10])
    feed = _Feed(text.lines(source, reading.encoding))
    number = 0
    try:
        for row in csv.reader(feed, delimiter=reading.delimiter):
            number += 1
            feed.begin(number + 1)
            if number == 1 and len(row) <= 2 and _named(reading.delimiter.join(row)):
                row = []
            yield row if len(row) <= MAX_COLUMNS else row[: MAX_COLUMNS + 1]
    except csv.Error as error:
        raise UploadError("quote_open", row=number + 1) from error


class _Feed:
    """Hands lines to the csv reader and stops when one row swallows too many of them: a quotation mark stays open."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.begin(1)

    def begin(self, row: int) -> None:
        """Start a row."""
        self._row, self._count, self._chars = row, 0, 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._count += 1
        self._chars += len(line)
        if self._count > _MAX_LINES or self._chars > _MAX_ROW:
            raise UploadError("quote_open", row=self._row)
        return line
