"""Tables to take away that no spreadsheet runs as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

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
