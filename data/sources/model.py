"""What every connector shares: the frame it yields, the rows it turns away, the faults it may raise, the shape of
a data set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from data.names import Gazetteer

if TYPE_CHECKING:
    from data.sources.fetch import Fetch

VALUE_COLUMNS = ("indicator_id", "divipola", "month", "year", "value")
REJECTED_COLUMNS = ("file", "row", "column", "found", "reason")

Locate: TypeAlias = Callable[[np.ndarray, np.ndarray], Sequence[str | None]]
"""Longitudes and latitudes (WGS 84) to the codes of the municipalities that contain them, ``None`` outside all of
them."""

FORMAT_FAULTS: Mapping[str, str] = {
    "missing_column": "report_change",
    "not_a_table": "bring_file",
    "unreadable": "bring_file",
    "ambiguous_dates": "bring_file",
    "no_rows": "report_change",
    "wrong_total": "try_later",
    "missing_periods": "report_change",
    "wrong_sha": "try_later",
    "fewer_rows": "whole_or_force",
    "unmatched_codes": "report_change",
    "unreadable_cells": "report_change",
    "future_dates": "report_change",
    "older_than_current": "try_later",
    "disk_full": "free_space",
    "needs_credentials": "set_credentials",
    "needs_file": "bring_file",
    "no_permission": "check_folder",
}
"""Fault to advice, as in :mod:`data.sources.http`, for what is wrong with the content rather than with the
connection."""


class SourceError(Exception):
    """A publisher delivered something that cannot be used, and why.

    Attributes
    ----------
    fault, advice
        Codes of :data:`FORMAT_FAULTS`: for people they are put into words elsewhere.
    detail
        What was found, for logs and behind a "details" control.
    """

    def __init__(self, fault: str, detail: str = "") -> None:
        self.fault = fault
        self.advice = FORMAT_FAULTS[fault]
        self.detail = " ".join(detail.split())[:400]
        super().__init__(fault, self.detail)

    def __str__(self) -> str:
        return f"{self.fault}: {self.detail}" if self.detail else self.fault


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file as the publisher sent it, with where and when it came from.

    ``params`` never holds a secret. ``rows`` is null until the file has been read.
    """

    name: str
    path: Path
    url: str
    params: Mapping[str, Any]
    retrieved_at: str
    sha256: str
    size: int
    rows: int | None = None

    def read(self) -> bytes:
        """Return the whole file."""
        return self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class Parsed:
    """A publisher's files in the project's own shape.

    Attributes
    ----------
    values
        :data:`VALUE_COLUMNS`: ``indicator_id`` and ``divipola`` (str), ``month`` (``datetime64[s]``, the first of
        the month; NaT in a yearly series), ``year`` (int), ``value`` (float, never null), one row per indicator,
        municipality and period. What a missing row means stands in the indicator's description, not here.
    rejected
        :data:`REJECTED_COLUMNS`: what was left out and why. ``row`` counts records as a spreadsheet does (the
        header is a row); 0 means the file as a whole. ``reason`` is a code.
    cut_date
        Last day the data can speak of, as far as the files say.
    rows
        Records read, rejected ones included.
    tables
        Further frames in the shape of the store's tables (``ucdp_events``, ``population``, ...).
    notes
        ``code=value`` remarks for the manifest (``total_row=15803``).
    segments
        Closed intervals of days that the files cover, where they do not cover everything from the first value to the
        cut date (single years of a series); empty otherwise.
    provisional_from
        Day from which the publisher still changes its figures; null when it does not say.
    incomplete_from
        First day of a last stretch that the publisher has not filled yet, though the cut date does not show it.
    """

    values: pd.DataFrame
    rejected: pd.DataFrame
    cut_date: dt.date | None
    rows: int
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    segments: tuple[tuple[dt.date, dt.date], ...] = ()
    provisional_from: dt.date | None = None
    incomplete_from: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Parsing:
    """What a parser may need besides the bytes: the list of municipalities, and a way to find the one around a
    point."""

    gazetteer: Gazetteer
    locate: Locate | None = None
    today: dt.date = field(default_factory=dt.date.today)


@dataclass(frozen=True, slots=True)
class Dataset:
    """One thing that a publisher offers and the project knows how to fetch and read.

    Attributes
    ----------
    dataset_id
        Stable name, also the snapshot's folder.
    join
        How a snapshot meets the embedded series: ``replace`` (same publisher and definition: the newer vintage
        stands for the periods it covers), ``append`` (another vintage or route: it only continues where the
        embedded series ends) or ``separate`` (a series of its own). Wherever two meet, a break is drawn.
    licence, licence_url, attribution
        Terms under which the publisher's data may be shown; ``redistributable`` is false where only the user's own
        screen may show it.
    keep_raw
        False where the raw file holds rows about persons or may not be kept: then only its SHA-256 stays in the
        manifest.
    files
        Patterns of file names by which a file that a person downloaded is recognised.
    needs
        Environment variables without which the data set cannot be asked for.
    min_join
        Least share of rows whose place must be a municipality, not counting rows whose place the publisher itself
        calls unknown or that lie abroad.
    """

    dataset_id: str
    publisher: str
    title_es: str
    title_en: str
    page: str
    licence: str
    attribution: str
    join: Literal["replace", "append", "separate"]
    indicators: tuple[str, ...]
    download: Callable[[Fetch], Iterable[RawFile]]
    parse: Callable[[Sequence[RawFile], Parsing], Parsed]
    files: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    min_join: float = 0.99
    keep_raw: bool = True
    redistributable: bool = True
    optional: bool = False
    complete: bool = True


class Rejections:
    """Collects the rows that a parser leaves out."""

    def __init__(self, file: str = "") -> None:
        self.file = file
        self._parts: list[pd.DataFrame] = []

    def add(self, row: int, column: str, found: object, reason: str) -> None:
        """Note one row."""
        self._append([row], column, [found], reason)

    def add_where(
        self, mask: pd.Series, rows: pd.Series, column: str, found: pd.Series, reason: str | pd.Series
    ) -> None:
        """Note every row where ``mask`` is true; ``rows`` holds the row numbers of the file."""
        if not mask.any():
            return
        why = reason[mask].tolist() if isinstance(reason, pd.Series) else reason
        self._append(rows[mask].tolist(), column, found[mask].tolist(), why)

    def _append(self, rows: list[int], column: str, found: list[Any], reason: str | list[str]) -> None:
        texts = ["" if value is None else str(value)[:200] for value in found]
        self._parts.append(
            pd.DataFrame({"file": self.file, "row": rows, "column": column, "found": texts, "reason": reason})
        )

    def frame(self) -> pd.DataFrame:
        """Return what was collected, in :data:`REJECTED_COLUMNS`."""
        return merge_rejected([pd.concat(self._parts, ignore_index=True)] if self._parts else [])


def merge_rejected(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put several lists of rejected rows under one another, sorted by file and row."""
    known = [part for part in parts if len(part)]
    if not known:
        empty = {name: pd.Series(dtype="int64" if name == "row" else "str") for name in REJECTED_COLUMNS}
        return pd.DataFrame(empty)
    frame = pd.concat(known, ignore_index=True)[list(REJECTED_COLUMNS)]
    frame = frame.astype({"file": "str", "row": "int64", "column": "str", "found": "str", "reason": "str"})
    return frame.sort_values(["file", "row", "column"], kind="stable", ignore_index=True)


def monthly(indicator_id: str, divipola: pd.Series, day: pd.Series, value: pd.Series) -> pd.DataFrame:
    """Sum ``value`` by municipality and month of ``day`` into :data:`VALUE_COLUMNS`."""
    month = day.astype("datetime64[s]").dt.to_period("M").dt.to_timestamp().astype("datetime64[s]")
    frame = pd.DataFrame({"divipola": divipola, "month": month, "value": value.astype("float64")})
    summed = frame.groupby(["divipola", "month"], as_index=False, sort=True).agg({"value": "sum"})
    summed["year"] = summed["month"].dt.year
    return shaped(summed.assign(indicator_id=indicator_id))


def yearly(indicator_id: str, divipola: pd.Series, year: pd.Series, value: pd.Series) -> pd.DataFrame:
    """Sum ``value`` by municipality and year into :data:`VALUE_COLUMNS`."""
    frame = pd.DataFrame({"divipola": divipola, "year": year.astype("int64"), "value": value.astype("float64")})
    summed = frame.groupby(["divipola", "year"], as_index=False, sort=True).agg({"value": "sum"})
    return shaped(summed.assign(indicator_id=indicator_id, month=pd.Series(pd.NaT, index=summed.index)))


def shaped(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with exactly :data:`VALUE_COLUMNS` and their types."""
    types = {"indicator_id": "str", "divipola": "str", "month": "datetime64[s]", "year": "int64", "value": "float64"}
    return frame[list(VALUE_COLUMNS)].astype(types).reset_index(drop=True)


def stacked(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put value frames under one another and add up what falls on the same indicator, municipality and period."""
    known = [part for part in parts if len(part)]
    if not known:
        return shaped(pd.DataFrame({name: [] for name in VALUE_COLUMNS}))
    frame = pd.concat(known, ignore_index=True)
    keys = ["indicator_id", "divipola", "month", "year"]
    summed = frame.groupby(keys, as_index=False, sort=True, dropna=False).agg({"value": "sum"})
    return shaped(summed)


def combined(parts: Sequence[tuple[str, Parsed]]) -> Parsed:
    """Put what was read from several files together.

    Pages of one download (``.json``) add up. Whole files do not: two exports of one set are two vintages of the same
    thing. Where they overlap, the one with the later cut date (then the later name) stands for the years that it holds.

    Raises
    ------
    SourceError
        ``no_rows`` when there is none: a set that is suddenly empty is a fault, not a country at peace.
    """
    known = [(name, part) for name, part in parts if part.rows]
    if not known:
        raise SourceError("no_rows", "the publisher sent no row")
    pages = stacked(part.values for name, part in known if name.endswith(".json"))
    whole = sorted((item for item in known if not item[0].endswith(".json")), key=_vintage)
    values, notes = pages, [note for _, part in known for note in part.notes]
    for name, part in whole:
        values, replaced = _laid_over(values, part.values)
        notes += [f"superseded_by={name}"] if replaced else []
    cuts = [part.cut_date for _, part in known if part.cut_date]
    return Parsed(
        values,
        merge_rejected(part.rejected for _, part in known),
        max(cuts, default=None),
        sum(part.rows for _, part in known),
        notes=tuple(dict.fromkeys(notes)),
    )


def _vintage(item: tuple[str, Parsed]) -> tuple[dt.date, str]:
    name, part = item
    return part.cut_date or dt.date.min, name


def _laid_over(older: pd.DataFrame, newer: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    keys = ["indicator_id", "divipola", "month", "year"]
    if older.empty or not len(older[keys].merge(newer[keys], on=keys)):
        return stacked([older, newer]), False
    years = newer[["indicator_id", "year"]].drop_duplicates().assign(held=True)
    again = older.merge(years, on=["indicator_id", "year"], how="left")["held"].notna()
    return stacked([older.loc[~again.to_numpy()], newer]), True
