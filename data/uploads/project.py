"""The project file: a view and the user's own layers as one JSON document, to be saved and opened again.

Version 2::

    {"format": "paz-territorial-project", "version": 2, "saved": "2026-11-24",
     "view": {"page": "narino", "query": {"date": "2024-10-31", ...}},
     "own": [{"number": 1, "name": ..., "unit": ..., "kind": "events", "file": ..., "loaded": "2026-11-24",
              "rows": "divipola,from,to,..."}]}

``rows`` is a CSV text with the columns divipola, from, to, value, label, level; ``loaded`` is the day up to which open
intervals count. Version 1 had neither ``level`` nor ``loaded``: its layers count up to the day it was saved. A file
that is anything else is refused; no part of one is used.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

import numpy as np

from data.uploads.errors import UploadError
from data.uploads.model import KINDS, Kind, Layer
from data.uploads.values import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    import pandas as pd

FORMAT, VERSION = "paz-territorial-project", 2
MAX_PROJECT = 150 * 1024 * 1024
MAX_LAYERS = 12
MAX_ROWS = 2_000_000
MAX_TEXT = 200
_COLUMNS = ("divipola", "from", "to", "value", "label", "level")
_PAGE = re.compile(r"[a-z][a-z-]{0,29}")
_EPOCH = date(1970, 1, 1).toordinal()
_KEY = re.compile(r"[a-z_]{1,30}")


@dataclass(frozen=True)
class Project:
    """A view, as the page and the query of its link, and the layers that go with it."""

    page: str
    query: Mapping[str, str]
    layers: tuple[Layer, ...] = field(default_factory=tuple)


def save(project: Project, saved: date) -> bytes:
    """Return the project as a file, UTF-8.

    Raises
    ------
    UploadError
        ``project_too_many_rows``: a layer is larger than what could be opened again.
    """
    document = {
        "format": FORMAT,
        "version": VERSION,
        "saved": saved.isoformat(),
        "view": {"page": project.page, "query": dict(project.query)},
        "own": [_written(layer, saved) for layer in project.layers],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _written(layer: Layer, saved: date) -> dict[str, Any]:
    if len(layer.rows) > MAX_ROWS:
        raise UploadError("project_too_many_rows", name=layer.name[:60], count=len(layer.rows), limit=MAX_ROWS)
    rows = layer.rows[list(_COLUMNS)].assign(
        **{
            "divipola": layer.rows["divipola"].astype(str),
            "from": layer.rows["from"].dt.strftime("%Y-%m-%d"),
            "to": layer.rows["to"].dt.strftime("%Y-%m-%d"),
            "label": layer.rows["label"].astype(str),
            "level": layer.rows["level"].astype(str),
        }
    )
    return {
        "number": layer.number,
        "name": layer.name,
        "unit": layer.unit,
        "kind": layer.kind,
        "file": layer.file,
        "loaded": (layer.until or saved).isoformat(),
        "rows": rows.to_csv(index=False, lineterminator="\n"),
    }


def load(file: BinaryIO, codes: Collection[str]) -> Project:
    """Read a project file.

    Parameters
    ----------
    file
        The file.
    codes
        Known DIVIPOLA codes.

    Raises
    ------
    UploadError
        ``project_too_large``, ``project_not_json``, ``project_other`` (some other JSON), ``project_newer``
        (``version``), ``project_damaged`` (``where``, ``detail``).
    """
    document = _parsed(file)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UploadError("project_other")
    version = document.get("version")
    if type(version) is not int or version < 1:
        raise _damaged("version", str(version))
    if version > VERSION:
        raise UploadError("project_newer", version=min(version, 10**6), known=VERSION)
    _only(document, "", "format", "version", "saved", "view", "own")
    page, query = _view(document.get("view"))
    own = document.get("own")
    if not isinstance(own, list) or len(own) > MAX_LAYERS:
        raise _damaged("own", "list")
    saved = _date(document.get("saved"), "saved")
    layers = tuple(_layer(value, f"own[{at}]", codes, version, saved) for at, value in enumerate(own))
    if len({layer.number for layer in layers}) != len(layers):
        raise _damaged("own", "number")
    return Project(page, query, layers)


def _parsed(file: BinaryIO) -> Any:
    data = file.read(MAX_PROJECT + 1)
    if len(data) > MAX_PROJECT:
        raise UploadError("project_too_large", limit=MAX_PROJECT)
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_constant, object_pairs_hook=_unique)
    except RecursionError as error:
        raise UploadError("project_not_json") from error
    except ValueError as error:
        raise UploadError("project_not_json") from error


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that is given twice: two readers would take two different values."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("key twice")
    return found


def _damaged(where: str, detail: str) -> UploadError:
    return UploadError("project_damaged", where=where[:60], detail=detail[:80])


def _only(value: Mapping[str, Any], where: str, *keys: str) -> None:
    unknown = set(value) - set(keys)
    if unknown:
        raise _damaged(where or "file", sorted(unknown)[0])


def _view(value: Any) -> tuple[str, dict[str, str]]:
    if not isinstance(value, dict):
        raise _damaged("view", "object")
    _only(value, "view", "page", "query")
    page, query = value.get("page"), value.get("query")
    if not isinstance(page, str) or not _PAGE.fullmatch(page):
        raise _damaged("view", "page")
    if not isinstance(query, dict) or len(query) > 60:
        raise _damaged("view", "query")
    for key, text in query.items():
        if not _KEY.fullmatch(key) or not isinstance(text, str) or len(text) > 4000:
            raise _damaged("view", key)
    return page, query


def _date(value: Any, where: str) -> date:
    day = _day(value, where) if isinstance(value, str) else None
    if day is None:
        raise _damaged(where, "date")
    return date.fromordinal(day + _EPOCH)


def _layer(value: Any, where: str, codes: Collection[str], version: int, saved: date) -> Layer:
    if not isinstance(value, dict):
        raise _damaged(where, "object")
    _only(value, where, "number", "name", "unit", "kind", "file", "rows", *(("loaded",) if version > 1 else ()))
    until = _date(value.get("loaded"), where) if version > 1 else saved
    number, kind = value.get("number"), value.get("kind")
    if type(number) is not int or not 1 <= number <= 999:
        raise _damaged(where, "number")
    if kind not in KINDS:
        raise _damaged(where, "kind")
    texts = [value.get(name) for name in ("name", "unit", "file")]
    if not all(isinstance(text, str) and len(text) <= MAX_TEXT and _storable(text) for text in texts):
        raise _damaged(where, "name, unit, file")
    name, unit, file = (str(text) for text in texts)
    if not name.strip():
        raise _damaged(where, "name")
    rows = _rows(value.get("rows"), where, kind, codes, _COLUMNS if version > 1 else _COLUMNS[:-1])
    return Layer(number, name, unit, kind, file, rows, until)


def _storable(text: Any) -> bool:
    return all(char.isprintable() for char in text)


def _rows(text: Any, where: str, kind: Kind, codes: Collection[str], columns: tuple[str, ...]) -> pd.DataFrame:
    if not isinstance(text, str):
        raise _damaged(where, "rows")
    known = sorted(codes)
    position = {code: at for at, code in enumerate(known)}
    place, start, end, value = [], [], [], []
    words = _Words(where), _Words(where)
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        if tuple(next(reader, ())) != columns:
            raise _damaged(where, "columns")
        for number, row in enumerate(reader, start=2):
            spot = f"{where}, {number}"
            if number > MAX_ROWS + 1 or len(row) != len(columns) or row[0] not in position:
                raise _damaged(spot, "divipola" if len(row) == len(columns) else "row")
            place.append(position[row[0]])
            start.append(_day(row[1], spot))
            end.append(_day(row[2], spot))
            value.append(_value(row[3], spot))
            for each, cell in zip(words, (*row[4:], ""), strict=False):
                each.add(cell, spot)
            _fits(kind, start[-1], end[-1], row[4], spot)
    except csv.Error as error:
        raise _damaged(where, "rows") from error
    return _table(known, place, start, end, value, *words)


class _Words:
    """A column of words: each word once, and where it stands."""

    def __init__(self, where: str) -> None:
        self._where = where
        self.known: dict[str, int] = {"": 0}
        self.codes: list[int] = []

    def add(self, cell: str, spot: str) -> None:
        if len(cell) > MAX_TEXT or not _storable(cell):
            raise _damaged(spot, "label, level")
        self.codes.append(self.known.setdefault(cell, len(self.known)))
        if len(self.known) > 32_000:
            raise _damaged(self._where, "label, level")

    def column(self) -> Any:
        import pandas as pd

        return pd.Categorical.from_codes(np.array(self.codes, dtype="int16"), categories=pd.Index(list(self.known)))


def _table(
    known: Sequence[str],
    place: Sequence[int],
    start: Sequence[int | None],
    end: Sequence[int | None],
    value: Sequence[float],
    label: _Words,
    level: _Words,
) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            "row": np.arange(2, len(place) + 2, dtype="int32"),
            "divipola": pd.Categorical.from_codes(np.array(place, dtype="int16"), categories=pd.Index(known)),
            "from": _moments(start),
            "to": _moments(end),
            "value": np.array(value, dtype="float64"),
            "label": label.column(),
            "level": level.column(),
        }
    )


def _moments(days: Sequence[int | None]) -> np.ndarray:
    missing = np.iinfo("int64").min
    numbers = np.array([missing if day is None else day for day in days], dtype="int64")
    moments = np.where(numbers == missing, 0, numbers).astype("datetime64[D]").astype("datetime64[s]")
    moments[numbers == missing] = np.datetime64("NaT")
    return moments


def _day(text: str, where: str) -> int | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise _damaged(where, text) from error
    if len(text) != 10 or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _damaged(where, text)
    return day.toordinal() - _EPOCH


def _value(text: str, where: str) -> float:
    try:
        number = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError as error:
        raise _damaged(where, text) from error
    if not 0 <= number <= 1e12:
        raise _damaged(where, text)
    return number


def _fits(kind: Kind, start: int | None, end: int | None, label: str, where: str) -> None:
    """Refuse a row that could not have been accepted: its dates, or the group of an interval, are missing or wrong."""
    if (kind != "areas" and start is None) or (kind == "intervals" and not label):
        raise _damaged(where, "from, label")
    if start is not None and end is not None and end < start:
        raise _damaged(where, "to")
