"""Tables to take away that no spreadsheet runs as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from data.uploads import reading
from data.uploads.model import Chunk, Reading, Source

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: str) -> str:
    """Return a cell's text so that no spreadsheet takes it for a formula.

    An apostrophe goes before what begins like one, numbers excepted; spaces before the sign do not hide it.
    """
    plain = cell.lstrip(" \u00a0\ufeff")
    if not plain.startswith(_STARTS) and not cell.startswith(_STARTS):
        return cell
    try:
        float(plain)
    except ValueError:
        return f"'{cell}"
    return cell


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as CSV: UTF-8 with the mark by which Excel knows it, every text harmless."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([harmless(name) for name in header])
    writer.writerows([harmless(str(value)) for value in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig", "replace")


def left_out(
    source: Source, how: Reading, rejected: Mapping[str, np.ndarray]
) -> tuple[tuple[str, ...], Iterator[tuple[int, list[str], list[str]]]]:
    """Read the rows that were left out once more, as they stand in the file.

    Parameters
    ----------
    source, how
        The file and how it was read.
    rejected
        Row numbers by code, as :class:`~data.uploads.model.Checked` has them.

    Returns
    -------
    tuple
        The columns of the file; and of each row left out its number, its cells, and the codes of what is wrong.
    """
    columns, chunks = reading.chunks(source, how)
    return columns, _left_out(columns, chunks, rejected)


def _left_out(
    columns: Sequence[str], chunks: Iterable[Chunk], rejected: Mapping[str, np.ndarray]
) -> Iterator[tuple[int, list[str], list[str]]]:
    for chunk in chunks:
        numbers = np.array(chunk.numbers)
        why: dict[int, list[str]] = {}
        for code, rows in rejected.items():
            for at in np.flatnonzero(np.isin(numbers, rows, assume_unique=True)):
                why.setdefault(int(at), []).append(code)
        for at in sorted(why):
            cells = chunk.rows[at][: len(columns)]
            yield chunk.numbers[at], [*cells, *[""] * (len(columns) - len(cells))], why[at]
