"""Indicator counts and rates for any period and any kind of region, with the three values of nothing told apart.

Status of a figure:

=========  ==========================================================================================
status     meaning
=========  ==========================================================================================
reported   the source gives a value above zero
zero       the source covers place and period, and a missing row there means zero (or a zero is written)
no_record  anything else; ``reason`` says why, and ``value`` is null
=========  ==========================================================================================

Reasons, for the caller to put into words: :data:`REASONS`. A figure for a period needs the *whole* period to be
covered: eleven months are never shown as twelve. Three reasons stand beside a figure and qualify it: ``incomplete``
(the source itself is known to miss part of it, so a zero may be a miss), ``no_population`` and ``no_rate``.

**At a date.** A monthly series gives the trailing twelve months that end with the last *complete* month (on
15 December that is November). A yearly or other periodic figure stands for each day of its own period and for no
other; the census stands for each day from its year on, since no later one exists.

**Regions.** A region's count is the sum of its municipalities and of what the source places in the department or the
nation without naming a municipality. Municipalities without a record are left out, of the count and of the population
alike, and are counted in ``units_no_record``: a rate speaks of the places that the source covers. Shares and
overlapping counts (:data:`NOT_ADDITIVE_PREFIXES`) are never summed.

**Rates** are per 100,000 inhabitants of the period: value / population × 100,000, where population is the mean over
the period's months of DANE's figure of the year. They are not annualised. Without a population figure the rate is null
(``no_population``), never infinite.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Literal, cast

import numpy as np
import pandas as pd

from data.store import table
from geo import regions

PER = 100_000
TRAILING_MONTHS = 12
STATUSES: tuple[str, ...] = ("reported", "zero", "no_record")
REASONS: tuple[str, ...] = (
    "",
    "before_coverage",
    "after_coverage",
    "partial_coverage",
    "gap",
    "incomplete",
    "no_record",
    "not_additive",
    "no_population",
    "no_rate",
)
# Shares of a population or of the same people counted in several places: a sum would be no figure at all.
NOT_ADDITIVE_PREFIXES: tuple[str, ...] = ("poverty_", "confinement")
CENSUS_PREFIX = "poverty_"
FIGURE_COLUMNS = (
    "code", "from", "to", "value", "population", "rate_per_100k", "status", "reason", "units_no_record",
)  # fmt: skip

Frequency = Literal["month", "year", "period"]


@dataclass(frozen=True)
class Indicator:
    """What the calculations need to know of an indicator: one row of table ``indicators``, read."""

    indicator_id: str
    frequency: Frequency
    first: pd.Timestamp
    last: pd.Timestamp
    missing_is_zero: bool
    rate: bool
    gaps: tuple[tuple[pd.Timestamp, pd.Timestamp], ...]
    incomplete: tuple[tuple[pd.Timestamp, pd.Timestamp], ...] = ()

    @property
    def additive(self) -> bool:
        """Whether figures of municipalities may be summed to a region's."""
        return not self.indicator_id.startswith(NOT_ADDITIVE_PREFIXES)

    @property
    def stands_on(self) -> bool:
        """Whether the latest figure stands for every later day, as a census does."""
        return self.indicator_id.startswith(CENSUS_PREFIX)


def indicator(indicator_id: str) -> Indicator:
    """Read an indicator's row.

    Raises
    ------
    KeyError
        There is no such indicator.
    """
    frame = table("indicators")
    rows = frame[frame["indicator_id"] == indicator_id]
    if rows.empty:
        raise KeyError(f"there is no indicator {indicator_id!r}; the indicators are {', '.join(frame['indicator_id'])}")
    row = rows.iloc[0]
    return Indicator(
        indicator_id=indicator_id,
        frequency=cast("Frequency", row["frequency"]),
        first=row["first"],
        last=row["last"],
        missing_is_zero=row["missing_means"] == "zero",
        rate=bool(row["rate"]),
        gaps=_intervals(str(row["gaps"])),
        incomplete=_intervals(str(row["incomplete"])),
    )


@dataclass(frozen=True)
class Grid:
    """All values of an indicator: municipalities × periods.

    Attributes
    ----------
    indicator
        Whose values.
    units
        DIVIPOLA codes, in the order of table ``municipalities``.
    starts, ends
        First and last day of each period, increasing.
    values
        float64; NaN is no record, 0 is zero.
    unplaced
        Department code (null: only the nation is known), position of the period, and value of what the source places
        in no municipality.
    """

    indicator: Indicator
    units: pd.Index
    starts: pd.DatetimeIndex
    ends: pd.DatetimeIndex
    values: np.ndarray
    unplaced: pd.DataFrame

    @cached_property
    def covered(self) -> np.ndarray:
        """Whether the source holds each whole period: bool, one per period."""
        return np.array([not _why_not_held(self.indicator, a, b) for a, b in zip(self.starts, self.ends, strict=True)])


def grid(indicator_id: str) -> Grid:
    """All values of an indicator, with what a missing row means filled in.

    A period that the source does not hold whole keeps its values (they are a floor) and its gaps stay no record.

    Raises
    ------
    KeyError
        There is no such indicator.
    """
    spec = indicator(indicator_id)
    units = pd.Index(table("municipalities")["divipola"].to_numpy(), name="divipola")
    rows = _rows(spec)
    starts, ends = _periods(spec, rows)
    values = np.full((len(units), len(starts)), np.nan)
    unit, period = units.get_indexer(pd.Index(rows["divipola"])), _period_of(rows, starts, ends)
    placed = (unit >= 0) & (period >= 0)
    values[unit[placed], period[placed]] = rows["value"].to_numpy()[placed]
    result = Grid(spec, units, starts, ends, values, _unplaced(spec, starts))
    if spec.missing_is_zero:
        recorded = ~units.isin(_without_record(indicator_id))
        fill = np.isnan(values) & recorded[:, None] & result.covered[None, :]
        values[fill] = 0.0
    return result


@dataclass(frozen=True)
class Figures:
    """Figures of many regions in many windows: arrays of regions × windows.

    ``values`` and ``populations`` are NaN where there is none; ``missing`` counts the municipalities without a record;
    ``reasons`` holds one code of :data:`REASONS` per window, empty when the window is covered.
    """

    indicator: Indicator
    codes: tuple[str, ...]
    starts: pd.DatetimeIndex
    ends: pd.DatetimeIndex
    values: np.ndarray
    populations: np.ndarray
    missing: np.ndarray
    reasons: tuple[str, ...]

    @cached_property
    def incomplete(self) -> np.ndarray:
        """Whether the source is known to miss part of each window: bool, one per window."""
        spans = self.indicator.incomplete
        return np.array([_touches(spans, a, b) for a, b in zip(self.starts, self.ends, strict=True)], dtype=bool)

    @property
    def rates(self) -> np.ndarray:
        """Per 100,000 inhabitants; NaN without a value, without a population, or where no rate may be taken."""
        if not self.indicator.rate:
            return np.full_like(self.values, np.nan)
        return self.values / self.populations * PER

    def region(self, code: str) -> Figures:
        """The figures of one region in every window.

        Raises
        ------
        ValueError
            There is no such region.
        """
        row = slice(at := self.codes.index(code), at + 1)
        return replace(
            self,
            codes=self.codes[row],
            values=self.values[row],
            populations=self.populations[row],
            missing=self.missing[row],
        )

    def frame(self, codes: Collection[str] | None = None) -> pd.DataFrame:
        """One row per region and window, with the columns of :data:`FIGURE_COLUMNS`.

        Parameters
        ----------
        codes
            Regions to keep; ``None`` keeps all.
        """
        regions_count, windows = self.values.shape
        values, population = self.values.ravel(), self.populations.ravel()
        missing = np.isnan(values)
        window_reason = np.tile(np.asarray(self.reasons, dtype=object), regions_count)
        reason = np.select(
            [
                window_reason != "",
                missing,
                np.tile(self.incomplete, regions_count),
                np.full(missing.shape, not self.indicator.rate),
                np.isnan(population),
            ],
            [window_reason, "no_record", "incomplete", "no_rate", "no_population"],
            default="",
        )
        result = pd.DataFrame(
            {
                "code": np.repeat(np.asarray(self.codes, dtype=object), windows),
                "from": np.tile(self.starts.to_numpy(), regions_count),
                "to": np.tile(self.ends.to_numpy(), regions_count),
                "value": values,
                "population": population,
                "rate_per_100k": self.rates.ravel(),
                "status": np.select([missing, values == 0], ["no_record", "zero"], default="reported"),
                "reason": reason,
                "units_no_record": self.missing.ravel(),
            }
        ).astype({"code": "str", "status": "str", "reason": "str"})
        return result if codes is None else result[result["code"].isin(list(codes))].reset_index(drop=True)


def series(
    indicator_id: str,
    level: regions.Kind = "municipality",
    codes: Collection[str] | None = None,
    first: date | None = None,
    last: date | None = None,
) -> pd.DataFrame:
    """An indicator's figures period by period, in the indicator's own frequency.

    Parameters
    ----------
    indicator_id
        The indicator.
    level
        Kind of region.
    codes
        Regions; ``None`` gives all of that kind.
    first, last
        Days between which periods are given; a period that only overlaps is given whole. ``None`` stands for the
        indicator's own first or last day. Months and years outside the coverage are given too, as no record.

    Returns
    -------
    pandas.DataFrame
        Columns of :data:`FIGURE_COLUMNS`, by region and period. In a period that the source covers only in part, a
        value is given with the reason ``partial_coverage`` (it is a floor), and a missing one is no record.

    Raises
    ------
    KeyError
        Unknown indicator or code.
    ValueError
        Unknown kind of region.
    """
    data = grid(indicator_id)
    start = data.indicator.first if first is None else pd.Timestamp(first)
    end = data.indicator.last if last is None else pd.Timestamp(last)
    starts, ends = _asked_periods(data, start, end)
    figures = _figures(data, level, starts, ends, whole=False)
    return figures.frame(_known(codes, figures.codes, level))


def total(
    indicator_id: str,
    first: date,
    last: date,
    level: regions.Kind = "municipality",
    codes: Collection[str] | None = None,
) -> pd.DataFrame:
    """An indicator's figure over one whole period: one row per region.

    Parameters
    ----------
    indicator_id
        The indicator.
    first, last
        First and last day. Whole months (or years, for a yearly indicator) are counted: those that lie inside.
    level, codes
        Kind of region; regions, or ``None`` for all of that kind.

    Returns
    -------
    pandas.DataFrame
        Columns of :data:`FIGURE_COLUMNS`; ``from`` and ``to`` tell what was counted. No record unless the source
        covers all of it.

    Raises
    ------
    KeyError
        Unknown indicator or code.
    ValueError
        Unknown kind of region, or no whole month (or year) lies in the period.
    """
    data = grid(indicator_id)
    unit = "Y" if data.indicator.frequency == "year" else "M"
    begin = pd.Timestamp(first).to_period(unit)
    begin = begin if begin.start_time.normalize() >= pd.Timestamp(first) else begin + 1
    end = (pd.Timestamp(last) + pd.Timedelta(days=1)).to_period(unit) - 1
    if end < begin:
        raise ValueError(f"no whole {'year' if unit == 'Y' else 'month'} lies between {first} and {last}")
    starts = pd.DatetimeIndex([begin.start_time.normalize()]).as_unit("s")
    ends = pd.DatetimeIndex([end.end_time.normalize()]).as_unit("s")
    figures = _figures(data, level, starts, ends)
    return figures.frame(_known(codes, figures.codes, level))


def trailing(
    indicator_id: str,
    on: date,
    months: int = TRAILING_MONTHS,
    level: regions.Kind = "municipality",
    codes: Collection[str] | None = None,
) -> pd.DataFrame:
    """An indicator at a date: the trailing twelve months, or the year's or period's figure.

    Parameters
    ----------
    indicator_id
        The indicator.
    on
        The date.
    months
        Length of the window, for monthly indicators.
    level, codes
        Kind of region; regions, or ``None`` for all of that kind.

    Returns
    -------
    pandas.DataFrame
        One row per region with the columns of :data:`FIGURE_COLUMNS`; ``from`` and ``to`` tell the window.

    Raises
    ------
    KeyError
        Unknown indicator or code.
    ValueError
        Unknown kind of region.
    """
    figures = trailing_figures(indicator_id, pd.DatetimeIndex([pd.Timestamp(on)]), months=months, level=level)
    return figures.frame(_known(codes, figures.codes, level))


def trailing_figures(
    indicator_id: str,
    days: pd.DatetimeIndex,
    *,
    months: int = TRAILING_MONTHS,
    level: regions.Kind = "municipality",
) -> Figures:
    """Figures of :func:`trailing` on many days at once, as arrays of regions × days."""
    data = grid(indicator_id)
    starts, ends = _windows_at(data, days, months)
    return _figures(data, level, starts, ends)


def _windows_at(data: Grid, days: pd.DatetimeIndex, months: int) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex]:
    """First and last day of what stands for each day."""
    if data.indicator.frequency == "month":
        complete = (days + pd.Timedelta(days=1)).to_period("M") - 1
        return _days((complete - (months - 1)).start_time), _days(complete.end_time)
    at = data.starts.searchsorted(days.to_numpy(), side="right") - 1
    reaches = at >= 0
    if not data.indicator.stands_on:
        reaches &= days.to_numpy() <= data.ends.to_numpy()[np.maximum(at, 0)]
    held = np.maximum(at, 0)
    # A day in no period gets a window of its own that nothing covers.
    starts = np.where(reaches, data.starts.to_numpy()[held], days.to_numpy())
    ends = np.where(reaches, data.ends.to_numpy()[held], days.to_numpy())
    return _days(pd.DatetimeIndex(starts)), _days(pd.DatetimeIndex(ends))


def _figures(
    data: Grid, level: regions.Kind, starts: pd.DatetimeIndex, ends: pd.DatetimeIndex, *, whole: bool = True
) -> Figures:
    """Sum a grid over windows and regions.

    `whole` asks that the source cover all of a window; without it a window that is covered in part keeps its floor.
    """
    reasons = [_why_not_held(data.indicator, a, b) for a, b in zip(starts, ends, strict=True)]
    if data.indicator.frequency == "period":
        reasons = [
            reason or ("" if exact else "gap")
            for reason, exact in zip(reasons, _exact(data, starts, ends), strict=True)
        ]
    open_windows = np.array([not reason or (not whole and reason == "partial_coverage") for reason in reasons])
    per_unit = _window_sums(data, starts, ends)
    per_unit[:, ~open_windows] = np.nan
    population = _populations(data.units, starts, ends)
    if level == "municipality":
        missing = np.isnan(per_unit).astype("int64")
        return Figures(data.indicator, tuple(data.units), starts, ends, per_unit, population, missing, tuple(reasons))
    codes, member = _membership(level)
    values, missing = _region_sums(per_unit, member, len(codes))
    values = values + _unplaced_sums(data, level, codes, starts, ends)
    if not data.indicator.additive:
        values[:] = np.nan
        reasons = [reason or "not_additive" for reason in reasons]
    # People of whom the source says nothing would thin the rate of those it counts.
    population[np.isnan(per_unit) & open_windows] = np.nan
    people, _ = _region_sums(population, member, len(codes))
    return Figures(data.indicator, codes, starts, ends, values, people, missing, tuple(reasons))


def _window_sums(data: Grid, starts: pd.DatetimeIndex, ends: pd.DatetimeIndex) -> np.ndarray:
    """Sum of the periods inside each window: NaN where one of them, or all, have no record."""
    low = data.starts.searchsorted(starts.to_numpy(), side="left")
    high = np.maximum(data.ends.searchsorted(ends.to_numpy(), side="right"), low)
    first, last = (int(low.min()), int(high.max())) if len(low) else (0, 0)
    values, low, high = data.values[:, first:last], low - first, high - first
    padded = np.zeros((len(data.units), last - first + 1))
    np.cumsum(np.nan_to_num(values), axis=1, out=padded[:, 1:])
    sums = padded[:, high] - padded[:, low]
    np.cumsum(np.isnan(values), axis=1, out=padded[:, 1:])
    absent = (padded[:, high] - padded[:, low] > 0) | (high == low)[None, :]
    return np.where(absent, np.nan, sums)


def _exact(data: Grid, starts: pd.DatetimeIndex, ends: pd.DatetimeIndex) -> np.ndarray:
    """Whether each window is one of the periods for which the source gives a figure."""
    given = set(zip(data.starts, data.ends, strict=True))
    return np.array([pair in given for pair in zip(starts, ends, strict=True)])


def _region_sums(per_unit: np.ndarray, member: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Sums of municipalities by region, NaN where none of them has a figure; and how many have none."""
    inside = member >= 0
    absent = np.isnan(per_unit[inside])
    sums = np.zeros((count, per_unit.shape[1]))
    np.add.at(sums, member[inside], np.where(absent, 0.0, per_unit[inside]))
    missing = np.zeros(sums.shape, dtype="int64")
    np.add.at(missing, member[inside], absent)
    size = np.bincount(member[inside], minlength=count)[:, None]
    sums[missing == size] = np.nan
    return sums, missing


def _membership(level: regions.Kind) -> tuple[tuple[str, ...], np.ndarray]:
    """Codes of a kind of region, sorted, and the position among them of each municipality's (-1: none)."""
    labelled = pd.Categorical(regions.labels(level))
    return tuple(str(code) for code in labelled.categories), np.asarray(labelled.codes)


def _unplaced_sums(
    data: Grid, level: regions.Kind, codes: tuple[str, ...], starts: pd.DatetimeIndex, ends: pd.DatetimeIndex
) -> np.ndarray:
    """What the source places in no municipality, by department or nation and window; zero for other regions."""
    sums = np.zeros((len(codes), len(starts)))
    if level not in ("department", "nation") or data.unplaced.empty:
        return sums
    period = data.unplaced["period"].to_numpy()
    inside = (data.starts.to_numpy()[period][:, None] >= starts.to_numpy()) & (
        data.ends.to_numpy()[period][:, None] <= ends.to_numpy()
    )
    amounts = data.unplaced["value"].to_numpy()[:, None] * inside
    if level == "nation":
        return sums + amounts.sum(axis=0)
    where = pd.Index(codes).get_indexer(pd.Index(data.unplaced["department_code"]))
    np.add.at(sums, where[where >= 0], amounts[where >= 0])
    return sums


def _populations(units: pd.Index, starts: pd.DatetimeIndex, ends: pd.DatetimeIndex) -> np.ndarray:
    """Mean population of each municipality over the months of each window: NaN where a year has no figure."""
    frame = table("population")
    years = np.arange(int(frame["year"].min()), int(frame["year"].max()) + 1)
    unit = units.get_indexer(pd.Index(frame["divipola"]))
    people = np.full((len(units), len(years)), np.nan)
    people[unit[unit >= 0], (frame["year"].to_numpy() - years[0])[unit >= 0]] = frame["total"].to_numpy()[unit >= 0]
    weights = _months_by_year(starts, ends, years)
    means = np.nan_to_num(people) @ weights
    unknown = (np.isnan(people).astype(float) @ (weights > 0) > 0) | (weights.sum(axis=0) < 1 - 1e-9)[None, :]
    return np.where(unknown, np.nan, means)


def _months_by_year(starts: pd.DatetimeIndex, ends: pd.DatetimeIndex, years: np.ndarray) -> np.ndarray:
    """Share of each window's months that lie in each year: years × windows; sums to less than 1 beyond the table."""
    first = np.asarray(starts.year * 12 + starts.month - 1)
    last = np.asarray(ends.year * 12 + ends.month - 1)
    overlap = np.minimum(last, years[:, None] * 12 + 11) - np.maximum(first, years[:, None] * 12) + 1
    return np.maximum(overlap, 0) / (last - first + 1)


def _rows(spec: Indicator) -> pd.DataFrame:
    """The indicator's rows with ``from``, ``to`` and ``value``."""
    frame = table(f"values_{spec.frequency}")
    rows = frame[frame["indicator_id"] == spec.indicator_id]
    if spec.frequency == "month":
        return rows.assign(**{"from": rows["month"]})
    if spec.frequency == "year":
        return rows.assign(**{"from": pd.to_datetime({"year": rows["year"], "month": 1, "day": 1})})
    return rows


def _periods(spec: Indicator, rows: pd.DataFrame) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex]:
    """First and last days of an indicator's periods, from its first to its last day of coverage."""
    if spec.frequency == "period":
        pairs = rows[["from", "to"]].drop_duplicates().sort_values(["from", "to"])
        return _days(pd.DatetimeIndex(pairs["from"])), _days(pd.DatetimeIndex(pairs["to"]))
    return _calendar(spec.frequency, spec.first, spec.last)


def _period_of(rows: pd.DataFrame, starts: pd.DatetimeIndex, ends: pd.DatetimeIndex) -> np.ndarray:
    """Position of each row's period: -1 outside the coverage."""
    if "to" in rows:
        return pd.MultiIndex.from_arrays([starts, ends]).get_indexer(pd.MultiIndex.from_frame(rows[["from", "to"]]))
    return starts.get_indexer(pd.DatetimeIndex(rows["from"]).as_unit("s"))


def _asked_periods(data: Grid, start: pd.Timestamp, end: pd.Timestamp) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex]:
    """Periods of an indicator's frequency that touch an interval of days."""
    if data.indicator.frequency == "period":
        touch = (data.starts <= end) & (data.ends >= start)
        return data.starts[touch], data.ends[touch]
    return _calendar(data.indicator.frequency, start, end)


def _calendar(frequency: str, start: pd.Timestamp, end: pd.Timestamp) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex]:
    """First and last days of the calendar months or years that touch an interval."""
    periods = pd.period_range(start, end, freq="M" if frequency == "month" else "Y")
    return _days(periods.start_time), _days(periods.end_time)


def _days(moments: pd.DatetimeIndex) -> pd.DatetimeIndex:
    return moments.normalize().as_unit("s")


def _why_not_held(spec: Indicator, start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Why the source does not hold a whole window; empty when it does."""
    if end < spec.first:
        return "before_coverage"
    if start > spec.last:
        return "after_coverage"
    if _touches(spec.gaps, start, end):
        return "gap"
    return "partial_coverage" if start < spec.first or end > spec.last else ""


def _touches(spans: tuple[tuple[pd.Timestamp, pd.Timestamp], ...], start: pd.Timestamp, end: pd.Timestamp) -> bool:
    return any(start <= last and end >= first for first, last in spans)


def _unplaced(spec: Indicator, starts: pd.DatetimeIndex) -> pd.DataFrame:
    """Monthly counts without a municipality: ``department_code``, ``period`` (position), ``value``."""
    frame = table("values_unplaced")
    rows = frame[(frame["indicator_id"] == spec.indicator_id) & (spec.frequency == "month")]
    rows = rows.assign(period=starts.get_indexer(pd.DatetimeIndex(rows["month"]).as_unit("s")))
    return rows.loc[rows["period"] >= 0, ["department_code", "period", "value"]]


def _without_record(indicator_id: str) -> pd.Series:
    frame = table("no_record")
    return frame.loc[frame["indicator_id"] == indicator_id, "divipola"]


def _intervals(text: str) -> tuple[tuple[pd.Timestamp, pd.Timestamp], ...]:
    """Read ``from/to`` in ISO days, separated by semicolons."""
    pairs: Iterable[list[str]] = (part.split("/") for part in text.split(";") if part)
    return tuple((pd.Timestamp(first), pd.Timestamp(last)) for first, last in pairs)


def _known(codes: Collection[str] | None, known: tuple[str, ...], level: regions.Kind) -> Collection[str] | None:
    """The codes asked for, once each of them is known to exist."""
    unknown = sorted(set(codes or ()) - set(known))
    if unknown:
        raise KeyError(f"there is no {level} with the code {', '.join(unknown)}")
    return codes
