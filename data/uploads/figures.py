"""Figures of a user's layer at any day: per municipality, and for a region. Nothing in the file is no record, not zero.

Events count in the twelve months that end on the day; presence intervals on the days they span, an open end going on;
areas between their dates, always when they have none.
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
    """Return the first and the last day that the rows name; None for undated areas."""
    import pandas as pd

    days = pd.concat([layer.rows["from"], layer.rows["to"]]).dropna()
    return (days.min().date(), days.max().date()) if len(days) else None


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
        return _standing(rows, unit, rows["value"].to_numpy(), len(units), days)
    return _groups(rows, unit, len(units), days)


def region(layer: Layer, units: Sequence[str], days: pd.DatetimeIndex) -> np.ndarray:
    """Figures of a region: events summed; for intervals and areas, the number of municipalities with any.

    Returns
    -------
    numpy.ndarray
        float64, one per day. NaN outside the days that the file spans; for events also while the twelve months are
        not yet full, unless the file has fewer.
    """
    figures = at(layer, units, days)
    known = ~np.isnan(figures)
    whole = np.nansum(figures, axis=0) if layer.kind == "events" else known.sum(axis=0).astype(float)
    spanned = span(layer)
    if spanned is None:
        return whole
    import pandas as pd

    first, last = (pd.Timestamp(day) for day in spanned)
    full = first + pd.DateOffset(months=MONTHS) - pd.Timedelta(days=1)
    if layer.kind == "events" and full <= last:
        first = full
    until = (
        last + pd.offsets.MonthEnd(0) if layer.kind != "intervals" or not layer.rows["to"].isna().any() else days[-1]
    )
    whole[(days < first) | (days > until)] = np.nan
    return whole


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


def _standing(
    rows: pd.DataFrame, unit: np.ndarray, value: np.ndarray, width: int, days: pd.DatetimeIndex
) -> np.ndarray:
    first, last = _positions(rows, days)
    count = np.zeros((width, len(days) + 1))
    total = np.zeros((width, len(days) + 1))
    for amount, grid in ((np.ones(len(rows)), count), (value, total)):
        np.add.at(grid, (unit, first), amount)
        np.add.at(grid, (unit, last), -amount)
    stands = np.cumsum(count, axis=1)[:, :-1] > 0.5
    return np.where(stands, np.cumsum(total, axis=1)[:, :-1], np.nan)


def _groups(rows: pd.DataFrame, unit: np.ndarray, width: int, days: pd.DatetimeIndex) -> np.ndarray:
    """Number of different groups on each day."""
    first, last = _positions(rows, days)
    label = rows["label"].cat.codes.to_numpy()
    figures = np.full((width, len(days)), np.nan)
    for at_ in np.unique(unit):
        here = np.flatnonzero(unit == at_)
        names, position = np.unique(label[here], return_inverse=True)
        grid = np.zeros((len(names), len(days) + 1), dtype="int32")
        np.add.at(grid, (position, first[here]), 1)
        np.add.at(grid, (position, last[here]), -1)
        number = (np.cumsum(grid, axis=1)[:, :-1] > 0).sum(axis=0)
        figures[at_] = np.where(number > 0, number, np.nan)
    return figures
