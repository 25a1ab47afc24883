"""What travels to the map: months of cells as one or two characters each, pointing into a table of styles and texts.

A layer payload is JSON (``geo.matrix`` holds the cells, ``geo.symbology`` says how each is drawn)::

    {"v": 1, "months": ["2016-01", 120], "units": ["05001", ...], "width": 1 | 2 | 3,
     "codes": "...",                       unit by unit, month by month, `width` characters each
     "cells": [[[style, ...], label], ...],    code n is cells[n - 1]; code 0 draws nothing
     "styles": [{"f": fill, "o": outline, "n": number, "k": [key, ...]}, ...],      of a fill: one per cell
               [{"o": outline, "b": badge, "k": [key, ...]}, ...],    of ceasefires: any number
     "labels": ["...", ...], "keys": ["family:eln:presence", ...]}

A code is written in base 91 with the characters from ``#`` to ``~`` without the backslash. Unit after unit, so that a
state that lasts is a run of the same characters and gzip folds it. The same input gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from components.swatches import badge_svg, zone_svg
from geo.symbology import CeasefireStyle, Fill, Outline, Style, ZoneStyle

VERSION = 1
ALPHABET = "".join(chr(code) for code in range(ord("#"), ord("~") + 1) if chr(code) != "\\")


class MatrixLike(Protocol):
    """What is read of a matrix: months, units, codes (months × units, -1 for nothing) and the cells they point to."""

    @property
    def months(self) -> Any:
        """First days of the months, or texts that begin with "YYYY-MM"."""

    @property
    def units(self) -> Sequence[str]:
        """DIVIPOLA codes."""
        ...

    @property
    def codes(self) -> np.ndarray:
        """Positions in `cells`, months × units; -1 for nothing."""
        ...

    @property
    def cells(self) -> Sequence[Any]:
        """The distinct cells."""
        ...


@dataclass(frozen=True)
class ZoneMark:
    """One special zone in one municipality: the text of its hover, and (first month, last month, style) while drawn."""

    divipola: str
    label: str
    spans: tuple[tuple[str, str, ZoneStyle], ...]


def layer_payload(
    matrix: MatrixLike,
    styles_of: Callable[[Any], Style | CeasefireStyle | Sequence[CeasefireStyle] | None],
    label_of: Callable[[Any], str],
) -> bytes:
    """Return a layer's payload: every month of every municipality, with its styles and one-line texts.

    Parameters
    ----------
    matrix
        Cells by month and municipality.
    styles_of
        How a cell is drawn: one style of a fill, or any number of ceasefire styles. None and an empty sequence draw
        nothing and say nothing.
    label_of
        The one-line state of a cell, in the reader's language, as plain text.

    Returns
    -------
    bytes
        UTF-8 JSON, the same for the same input.
    """
    return _json(_layer(matrix, styles_of, label_of))


def _layer(
    matrix: MatrixLike,
    styles_of: Callable[[Any], Style | CeasefireStyle | Sequence[CeasefireStyle] | None],
    label_of: Callable[[Any], str],
) -> dict[str, Any]:
    table = _Tables()
    cell_codes = np.array([0, *(table.cell(styles_of(cell), label_of(cell)) for cell in matrix.cells)], dtype=np.int64)
    codes = cell_codes[np.asarray(matrix.codes) + 1]
    return {
        "v": VERSION,
        "months": [month_text(matrix.months[0]), len(matrix.months)],
        "units": list(matrix.units),
        **encode(codes.T.ravel(), len(table.cells)),
        "cells": table.cells,
        "styles": table.styles.values,
        "labels": table.labels.values,
        "keys": table.keys.values,
    }


def month_payload(
    matrix: MatrixLike,
    column: int,
    styles_of: Callable[[Any], Style | None],
    label_of: Callable[[Any], str],
) -> dict[str, Any]:
    """Return one month of a fill, as a layer's payload without its units: they are the map's own, in its order.

    It rides in the message of a rerun, so that the map shows a layer before the layer's other months have come.

    Parameters
    ----------
    matrix
        Cells by month and municipality, all municipalities of the map by DIVIPOLA.
    column
        Position of the month.
    styles_of, label_of
        As of :func:`layer_payload`.
    """
    month = _OneMonth([matrix.months[column]], matrix.codes[column : column + 1], matrix.cells)
    return {key: value for key, value in _layer(month, styles_of, label_of).items() if key != "units"}


def zones_payload(marks: Iterable[ZoneMark]) -> bytes:
    """Return the payload of the special zones: markers with the months in which they are drawn."""
    table = _Tables()
    rows = [
        [mark.divipola, mark.label, [[first, last, table.zone(style)] for first, last, style in mark.spans]]
        for mark in marks
    ]
    return _json({"v": VERSION, "marks": rows, "styles": table.styles.values, "keys": table.keys.values})


def encode(codes: np.ndarray, largest: int) -> dict[str, Any]:
    """Return codes from 0 to `largest` as text in base 91, with the number of characters of each."""
    base = len(ALPHABET)
    width = next(width for width in (1, 2, 3, 4) if largest < base**width)
    letters = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
    digits = [codes // base**power % base for power in reversed(range(width))]
    return {"width": width, "codes": letters[np.stack(digits, axis=-1)].tobytes().decode()}


def month_text(month: Any) -> str:
    """Return a month as "YYYY-MM", from a date, a timestamp, a period, a datetime64 or a text that begins so."""
    return str(month)[:7]


@dataclass(frozen=True)
class _OneMonth:
    """One month of a matrix: MatrixLike."""

    months: Sequence[Any]
    codes: np.ndarray
    cells: Sequence[Any]
    units: Sequence[str] = ()


class _Index:
    """Values in the order of their first appearance, each once."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._positions: dict[str, int] = {}

    def __call__(self, value: Any) -> int:
        key = json.dumps(value)
        if key not in self._positions:
            self._positions[key] = len(self.values)
            self.values.append(value)
        return self._positions[key]


class _Tables:
    """The styles, texts, legend keys and cells of one payload."""

    def __init__(self) -> None:
        self.styles, self.labels, self.keys, self._cells = _Index(), _Index(), _Index(), _Index()

    @property
    def cells(self) -> list[Any]:
        return self._cells.values

    def cell(self, styles: Style | CeasefireStyle | Sequence[CeasefireStyle] | None, label: str) -> int:
        """Return the code of a cell: 0 for nothing, else its position in the table plus one."""
        if not styles:
            return 0
        each = [styles] if isinstance(styles, Style | CeasefireStyle) else styles
        return 1 + self._cells([[self.styles(self._style(style)) for style in each], self.labels(label)])

    def zone(self, style: ZoneStyle) -> int:
        """Return the position of a zone's marker in the table of styles."""
        return self.styles({"svg": zone_svg(style), "k": self._keys(style.keys)})

    def _style(self, style: Style | CeasefireStyle) -> dict[str, Any]:
        if isinstance(style, CeasefireStyle):
            drawn = {"o": style.outline and _outline(style.outline), "b": badge_svg(style.badge)}
        else:
            drawn = {"f": _fill(style.fill), "o": style.outline and _outline(style.outline), "n": style.number}
        return {key: value for key, value in drawn.items() if value is not None} | {"k": self._keys(style.keys)}

    def _keys(self, keys: Sequence[str]) -> list[int]:
        return [self.keys(key) for key in keys]


def _fill(fill: Fill) -> list[Any]:
    dots = fill.dots and [fill.dots.colour, fill.dots.radius, fill.dots.spacing, fill.dots.mark]
    return [fill.base, [[band.colour, round(band.width, 2)] for band in fill.bands], dots]


def _outline(outline: Outline) -> list[Any]:
    return [outline.colour, outline.width, list(outline.dash), outline.hollow]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
