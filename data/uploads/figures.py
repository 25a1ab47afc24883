"""Figures of a user's layer at any day: per municipality, and for a region. Nothing in the file is no record, not zero.

Events count in the twelve months that end on the day; presence intervals on the days they span; areas between their
dates, always when they have none. What has no end, or one that lies ahead, counts up to the month in which the file was
loaded: nobody has reported what comes after.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from data.uploads.model import Layer

if TYPE_CHECKING:
    import pandas as pd

MONTHS = 12


def span(layer: Layer) -> tuple[date, date] | None:
    """Return the first and the last day that the rows speak of; None for undated areas.

    The last day is never after the one on which the file was loaded, and is that day when a row has no end.
    """
    import pandas as pd

    start, end = layer.rows["from"], layer.rows["to"]
    days = pd.concat([start, end]).dropna()
    if not len(days):
        return None
    first, last = days.min().date(), days.max().date()
    if layer.until is None:
        return first, last
    last = layer.until if bool((start.notna() & end.isna()).any()) else min(last, layer.until)
    return first, max(first, last)


def full_from(first: date) -> date:
    """Return the first day on which the twelve months that end on it hold nothing from before `first`."""
    import pandas as pd

    return (pd.Timestamp(first) + pd.DateOffset(months=MONTHS) - pd.Timedelta(days=1)).date()


def at(layer: Layer, units: Sequence[str], days: pd.DatetimeIndex) -> np.ndarray:
    """Figures of municipalities.

    Parameters
    ----------
    layer
        The layer.
    units
        DIVIPOLA codes.
    days
        Days, increasing.

    Returns
    -------
    numpy.ndarray
        float64, units × days. Events: the sum of the values; intervals: how many different groups; areas: the sum of
        the values (one per area where the file gives none). NaN where the file says nothing.
    """
    unit = _units(layer, units)
    rows = layer.rows[unit >= 0]
    unit = unit[unit >= 0]
    if layer.kind == "events":
        return _trailing(rows, unit, len(units), days)
    if layer.kind == "areas":
        return _standing(_bounded(layer, rows), unit, rows["value"].to_numpy(), len(units), days)
    return _groups(_bounded(layer, rows), unit, len(units), days)


def region(layer: Layer, units: Sequence[str], days: pd.DatetimeIndex) -> np.ndarray:
    """Figures of a region: events summed; for intervals and areas, the number of municipalities with any.

    Returns
    -------
    numpy.ndarray
        float64, one per day. NaN outside the days that the file spans and where no row counts, which is not zero; for
        events also while the twelve months are not yet full: a window that fills is no rise.
    """
    figures = at(layer, units, days)
    known = ~np.isnan(figures)
    whole = np.nansum(figures, axis=0) if layer.kind == "events" else known.sum(axis=0).astype(float)
    whole[~known.any(axis=0)] = np.nan
    spanned = span(layer)
    if spanned is None:
        return whole
    import pandas as pd

    first, last = (pd.Timestamp(day) for day in spanned)
    if layer.kind == "events":
        first = pd.Timestamp(full_from(first.date()))
    unending = layer.until is None and layer.kind != "events" and bool(layer.rows["to"].isna().any())
    until = days[-1] if unending else last + pd.offsets.MonthEnd(0)
    whole[(days < first) | (days > until)] = np.nan
    return whole


def reported(
    layer: Layer, units: Sequence[str], days: pd.DatetimeIndex
) -> tuple[np.ndarray, tuple[tuple[tuple[str, str], ...], ...]]:
    """Which groups a layer of intervals names, with the words that the file has for their presence.

    Returns
    -------
    tuple
        int32, units × days: positions in the second part, 0 for none; and the distinct sets of (group, level), each
        sorted, the first one empty.
    """
    unit = _units(layer, units)
    rows, unit = _bounded(layer, layer.rows[unit >= 0]), unit[unit >= 0]
    first, last = _positions(rows, days)
    pair = _pairs(rows)
    codes = np.zeros((len(units), len(days)), dtype="int32")
    cells: dict[tuple[tuple[str, str], ...], int] = {(): 0}
    for at_ in np.unique(unit):
        here = np.flatnonzero(unit == at_)
        names, position = np.unique(pair[here], return_inverse=True)
        stands = _running(position, first[here], last[here], np.ones(len(here)), (len(names), len(days))) > 0
        sets, of_day = np.unique(stands, axis=1, return_inverse=True)
        found = [_named(rows, here, position, column) for column in sets.T]
        codes[at_] = np.array([cells.setdefault(each, len(cells)) for each in found], dtype="int32")[of_day.ravel()]
    return codes, tuple(cells)


def _pairs(rows: pd.DataFrame) -> np.ndarray:
    """Return a number for each row's group and level together."""
    return rows["label"].cat.codes.to_numpy().astype("int64") * (1 << 16) + rows["level"].cat.codes.to_numpy()


def _named(
    rows: pd.DataFrame, here: np.ndarray, position: np.ndarray, stands: np.ndarray
) -> tuple[tuple[str, str], ...]:
    first = [int(here[np.flatnonzero(position == at_)[0]]) for at_ in np.flatnonzero(stands)]
    return tuple(sorted({(str(rows["label"].iat[at_]), str(rows["level"].iat[at_])) for at_ in first}))


def _bounded(layer: Layer, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose ends are at most the last day of the month of loading; undated areas stay as they are."""
    if layer.until is None:
        return rows
    import pandas as pd

    bound = pd.Timestamp(layer.until) + pd.offsets.MonthEnd(0)
    dated = rows["from"].notna() | rows["to"].notna()
    return rows.assign(to=rows["to"].mask(dated & ~(rows["to"] <= bound), bound))


def _units(layer: Layer, units: Sequence[str]) -> np.ndarray:
    import pandas as pd

    categories = layer.rows["divipola"].cat
    position = pd.Index(list(units)).get_indexer(pd.Index(categories.categories))
    return position[categories.codes.to_numpy()] if len(layer.rows) else np.zeros(0, dtype="int64")


def _days(values: Any) -> np.ndarray:
    return np.asarray(values, dtype="datetime64[D]").astype("int64")


def _trailing(rows: pd.DataFrame, unit: np.ndarray, width: int, days: pd.DatetimeIndex) -> np.ndarray:
    """Sum of the values in the twelve months that end on each day."""
    big = 1 << 20
    when = _days(rows["from"].to_numpy())
    order = np.lexsort((when, unit))
    key = unit[order] * big + when[order] + big // 2
    total = np.concatenate([[0.0], np.cumsum(rows["value"].to_numpy()[order])])
    base = np.arange(width)[:, None] * big + big // 2
    high = np.searchsorted(key, base + _days(days.to_numpy())[None, :], side="right")
    low = np.searchsorted(key, base + _days(_year_before(days).to_numpy())[None, :], side="right")
    return np.where(high > low, total[high] - total[low], np.nan)


def _year_before(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return the last day before the twelve months that end on each day; after a month's end, a month's end."""
    import pandas as pd

    ends = [
        day + pd.offsets.MonthEnd(-MONTHS) if day.is_month_end else day - pd.DateOffset(months=MONTHS) for day in days
    ]
    return pd.DatetimeIndex(cast("Any", ends))


def _positions(rows: pd.DataFrame, days: pd.DatetimeIndex) -> tuple[np.ndarray, np.ndarray]:
    """First and one past the last position in `days` on which each row stands."""
    grid = _days(days.to_numpy())
    start, end = rows["from"], rows["to"]
    first = np.where(start.isna(), 0, np.searchsorted(grid, _days(start.fillna(days[0]).to_numpy()), side="left"))
    last = np.where(end.isna(), len(grid), np.searchsorted(grid, _days(end.fillna(days[0]).to_numpy()), side="right"))
    return first, np.maximum(last, first)


def _running(
    at_: np.ndarray, first: np.ndarray, last: np.ndarray, amount: np.ndarray, shape: tuple[int, int]
) -> np.ndarray:
    """Sum of amounts, each standing from its first position to before its last, shape[0] × shape[1] days."""
    total = np.zeros((shape[0], shape[1] + 1))
    np.add.at(total, (at_, first), amount)
    np.add.at(total, (at_, last), -amount)
    return np.cumsum(total, axis=1)[:, :-1]


def _standing(
    rows: pd.DataFrame, unit: np.ndarray, value: np.ndarray, width: int, days: pd.DatetimeIndex
) -> np.ndarray:
    first, last = _positions(rows, days)
    stands = _running(unit, first, last, np.ones(len(rows)), (width, len(days))) > 0.5
    return np.where(stands, _running(unit, first, last, value, (width, len(days))), np.nan)


def _groups(rows: pd.DataFrame, unit: np.ndarray, width: int, days: pd.DatetimeIndex) -> np.ndarray:
    """Number of different groups on each day."""
    first, last = _positions(rows, days)
    label = rows["label"].cat.codes.to_numpy()
    figures = np.full((width, len(days)), np.nan)
    for at_ in np.unique(unit):
        here = np.flatnonzero(unit == at_)
        names, position = np.unique(label[here], return_inverse=True)
        stands = _running(position, first[here], last[here], np.ones(len(here)), (len(names), len(days))) > 0.5
        number = stands.sum(axis=0)
        figures[at_] = np.where(number > 0, number, np.nan)
    return figures
