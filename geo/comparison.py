"""Regions side by side: figures over a period, their change, their place in the nation and among their peers.

An **area** is one side of a comparison: a region of a kind of :mod:`geo.regions`, or the municipalities that meet a
condition at a date (a ceasefire in force there, a group reported there). Figures of a region come from
:mod:`geo.indicators` and hold what the source places in its department or in the nation only; those of a set of
municipalities are the sum of its municipalities, by the same rules: municipalities without a record are left out of
the count and of the population alike.

**Change** compares a period with the months of equal length right before it, as a share of the earlier figure. It is
told only where it can be told:

================  =====================================================================================
verdict           when (first line that applies)
================  =====================================================================================
no_record         one of the two periods has no figure
not_comparable    the series breaks between the first day of the earlier and the last of the later
                  period, or the source is known to miss part of one of them
too_few           fewer than :data:`FLOOR` events in both periods
up, down, same    everything else; without an earlier event the share is null
================  =====================================================================================

**Against the nation** is the ratio of two rates. It is too few to tell where both the events counted and those that
the nation's rate would give for the same people are fewer than :data:`FLOOR`.

The floor is a rule of thumb, published with the figures: with ten events chance alone moves a count by a third.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

import numpy as np
import pandas as pd

from data.store import table
from geo import indicators, regions
from geo.state import LEVELS

FLOOR = 10
AVERAGE_MONTHS = 12
SET_LEVEL: regions.Kind = "municipality"

Verdict = Literal["up", "down", "same", "too_few", "not_comparable", "no_record"]
ConditionKind = Literal["ceasefire", "group"]


@dataclass(frozen=True)
class Condition:
    """Municipalities by what is the case there on a day: a ceasefire in force, or a group reported."""

    kind: ConditionKind
    on: date
    group: str = ""

    def __str__(self) -> str:
        subject = f"group:{self.group}" if self.kind == "group" else self.kind
        return f"{subject}@{self.on.isoformat()}"

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Read a condition as links write it: ``ceasefire@2023-08-15`` or ``group:eln@2024-10-31``.

        Raises
        ------
        ValueError
            The text is neither.
        """
        subject, at, day = text.rpartition("@")
        kind, colon, group = subject.partition(":")
        known = (kind == "ceasefire" and not colon) or (kind == "group" and bool(group))
        if not at or not known:
            raise ValueError(f"{text!r} is no condition: ceasefire@YYYY-MM-DD or group:<id>@YYYY-MM-DD")
        return cls(cast("ConditionKind", kind), date.fromisoformat(day), group)


@dataclass(frozen=True)
class Area:
    """One side of a comparison.

    Attributes
    ----------
    key
        As links write it.
    level, code
        Kind of region whose figures are read, and its code among them; a set of municipalities has a blank code.
    members
        DIVIPOLA codes, sorted; empty where no municipality meets the condition.
    """

    key: str
    level: regions.Kind
    code: str
    members: tuple[str, ...]

    @property
    def is_set(self) -> bool:
        """Whether it is a set of municipalities by a condition, without figures of its own."""
        return not self.code


def area_of(region: regions.Region, key: str = "", municipalities: pd.DataFrame | None = None) -> Area:
    """Return a region as an area.

    Raises
    ------
    KeyError
        There is no such region.
    """
    return Area(key or str(region), region.kind, region.code, regions.members(region, municipalities))


def area_of_set(condition: Condition, members: Collection[str]) -> Area:
    """Return the municipalities that meet a condition as an area."""
    return Area(str(condition), SET_LEVEL, "", tuple(sorted(set(members))))


@dataclass(frozen=True)
class Period:
    """Whole months, the first and the last day included."""

    first: date
    last: date

    @property
    def months(self) -> int:
        """How many months."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    def before(self) -> Period:
        """Return the period of equal length that ends on the day before this one begins."""
        last = pd.Timestamp(self.first) - pd.Timedelta(days=1)
        first = pd.Timestamp(self.first) - pd.DateOffset(months=self.months)
        return Period(first.date(), last.date())


@dataclass(frozen=True)
class Figure:
    """An area's figure over a period.

    ``value``, ``population`` and ``rate`` (per 100,000 inhabitants) are None where there is none; ``status`` and
    ``reason`` are those of :mod:`geo.indicators`; ``without_record`` counts the municipalities left out.
    """

    first: date
    last: date
    value: float | None
    population: float | None
    rate: float | None
    status: str
    reason: str
    without_record: int

    @property
    def period(self) -> Period:
        """What was counted."""
        return Period(self.first, self.last)

    def measured(self, measure: str) -> float | None:
        """Return the rate or the value."""
        return self.rate if measure == "rate" else self.value


def figure(frame: pd.DataFrame, area: Area, spec: indicators.Indicator) -> Figure | None:
    """Return an area's figure.

    Parameters
    ----------
    frame
        Answer of :func:`geo.indicators.total` for the area's level: one row per region.
    area
        The area.
    spec
        The indicator.

    Returns
    -------
    Figure or None
        None for a set without municipalities.
    """
    rows = frame[frame["code"].isin([area.code] if area.code else list(area.members))]
    if rows.empty:
        return None
    first = rows.iloc[0]
    if not area.is_set:
        return Figure(
            first["from"].date(),
            first["to"].date(),
            _known(first["value"]),
            _known(first["population"]),
            _known(first["rate_per_100k"]),
            str(first["status"]),
            str(first["reason"]),
            int(first["units_no_record"]),
        )
    return _sum(rows, spec)


def _sum(rows: pd.DataFrame, spec: indicators.Indicator) -> Figure:
    """The figure of several municipalities together."""
    held = rows[rows["status"] != "no_record"]
    days = (rows["from"].iloc[0].date(), rows["to"].iloc[0].date())
    absent = len(rows) - len(held)
    if held.empty or (not spec.additive and len(rows) > 1):
        reason = str(rows["reason"].iloc[0]) if held.empty else "not_additive"
        return Figure(*days, None, None, None, "no_record", reason, absent)
    value, people = float(held["value"].sum()), float(held["population"].sum())
    known = not held["population"].isna().any() and people > 0
    return Figure(
        *days,
        value,
        people if known else None,
        value / people * indicators.PER if known and spec.rate else None,
        "reported" if value > 0 else "zero",
        next((reason for reason in held["reason"] if reason == "incomplete"), ""),
        absent,
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


@dataclass(frozen=True)
class Change:
    """How a figure moved: the verdict of the module's docstring, and the share of the earlier figure, null without."""

    verdict: Verdict
    share: float | None = None


def change(
    now: Figure | None, before: Figure | None, measure: str, breaks: Collection[date] = (), floor: int = FLOOR
) -> Change:
    """Return the change from one figure to a later one.

    Parameters
    ----------
    now, before
        The figures; None counts as no record.
    measure
        ``rate`` or ``count``: what the share is of. The floor always asks the counts.
    breaks
        Days from which the series cannot be compared with the days before.
    floor
        Fewer events than this in both periods are too few to tell.
    """
    if now is None or before is None or now.value is None or before.value is None:
        return Change("no_record")
    if any(before.first < day <= now.last for day in breaks) or "incomplete" in (now.reason, before.reason):
        return Change("not_comparable")
    if now.value < floor and before.value < floor:
        return Change("too_few")
    later, earlier = now.measured(measure), before.measured(measure)
    if later is None or earlier is None:
        return Change("no_record")
    if earlier == 0:
        return Change("up" if later > 0 else "same")
    share = later / earlier - 1
    return Change("same" if abs(share) < 0.005 else "up" if share > 0 else "down", share)


@dataclass(frozen=True)
class Against:
    """A region beside the nation: the ratio of their rates, or the region's share of the nation's count."""

    ratio: float | None = None
    share: float | None = None
    too_few: bool = False


def against_nation(here: Figure | None, nation: Figure | None, floor: int = FLOOR) -> Against:
    """Return a region's rate as a multiple of the nation's, and its count as a share of the nation's."""
    if here is None or nation is None or here.value is None or not nation.value:
        return Against()
    share = here.value / nation.value
    if here.rate is None or not nation.rate or here.population is None:
        return Against(share=share)
    expected = nation.rate * here.population / indicators.PER
    if here.value < floor and expected < floor:
        return Against(share=share, too_few=True)
    return Against(here.rate / nation.rate, share)


def rank(frame: pd.DataFrame, code: str, measure: str) -> tuple[int, int] | None:
    """Return a region's place among those of its kind that have a figure, the highest first, and how many those are.

    Parameters
    ----------
    frame
        Answer of :func:`geo.indicators.total` for the kind.
    code
        The region; equal figures share the better place.
    measure
        ``rate`` or ``count``.

    Returns
    -------
    tuple or None
        None when the region has no figure or no peers.
    """
    column = "rate_per_100k" if measure == "rate" else "value"
    held = frame.loc[frame[column].notna(), ["code", column]]
    mine = held.loc[held["code"] == code, column]
    if mine.empty or len(held) < 2:
        return None
    return int((held[column] > mine.iloc[0]).sum()) + 1, len(held)


@dataclass(frozen=True)
class Series:
    """An area's figures period by period: first days, counts, rates, and the averages that end with each period.

    NaN is no record. Averages are of twelve months and NaN unless the source covers all twelve; a yearly series has
    none.
    """

    starts: pd.DatetimeIndex
    values: np.ndarray
    rates: np.ndarray
    average_values: np.ndarray
    average_rates: np.ndarray

    def measured(self, measure: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the figures and their averages: of the rate, or of the count."""
        return (self.rates, self.average_rates) if measure == "rate" else (self.values, self.average_values)


def series(figures: indicators.Figures, area: Area) -> Series:
    """Return an area's series with its twelve-month averages.

    Parameters
    ----------
    figures
        Figures of the area's level, one window per month (or per year) without a gap between them.
    area
        The area.
    """
    values, people = _line(figures, area)
    rated = figures.indicator.rate
    rates = values / people * indicators.PER if rated else np.full_like(values, np.nan)
    if figures.indicator.frequency != "month":
        nothing = np.full_like(values, np.nan)
        return Series(figures.starts, values, rates, nothing, nothing)
    average, population = _trailing_mean(values), _trailing_mean(people)
    average_rates = average / population * indicators.PER if rated else np.full_like(values, np.nan)
    return Series(figures.starts, values, rates, average, average_rates)


def _line(figures: indicators.Figures, area: Area) -> tuple[np.ndarray, np.ndarray]:
    """Counts and people of an area in each window."""
    if not area.is_set:
        at = figures.codes.index(area.code)
        return figures.values[at], figures.populations[at]
    rows = np.isin(np.asarray(figures.codes, dtype=object), list(area.members))
    values = figures.values[rows]
    absent = np.isnan(values)
    closed = absent.all(axis=0) | (not figures.indicator.additive and len(values) > 1)
    counts = np.where(closed, np.nan, np.nansum(values, axis=0))
    people = np.where(absent, 0.0, figures.populations[rows]).sum(axis=0)
    return counts, np.where(people > 0, people, np.nan)


def _trailing_mean(values: np.ndarray) -> np.ndarray:
    """Mean of the twelve windows that end with each: NaN where one of them is missing, and before the twelfth."""
    result = np.full(len(values), np.nan)
    if len(values) >= AVERAGE_MONTHS:
        windows = np.lib.stride_tricks.sliding_window_view(values, AVERAGE_MONTHS)
        result[AVERAGE_MONTHS - 1 :] = windows.mean(axis=1)
    return result


def counted(spec: indicators.Indicator, period: Period) -> Period | None:
    """Return what of a period an indicator can count: whole years of a yearly one; None when there is none."""
    if spec.frequency != "year":
        return period
    first = period.first.year + (period.first.month > 1)
    last = period.last.year - (period.last.month < 12)
    return Period(date(first, 1, 1), date(last, 12, 31)) if first <= last else None


def periods_held(spec: indicators.Indicator, values_period: pd.DataFrame | None = None) -> list[Period]:
    """Return the months, years or periods that a source holds whole, the first one first.

    Parameters
    ----------
    spec
        The indicator.
    values_period
        Table ``values_period``, for indicators of frequency ``period``; ``None`` reads the embedded one.
    """
    if spec.frequency == "period":
        frame = table("values_period") if values_period is None else values_period
        pairs = frame.loc[frame["indicator_id"] == spec.indicator_id, ["from", "to"]].drop_duplicates()
        return sorted(
            (Period(a.date(), b.date()) for a, b in pairs.itertuples(index=False)), key=lambda held: held.last
        )
    code = "M" if spec.frequency == "month" else "Y"
    found = []
    for step in pd.period_range(spec.first, spec.last, freq=code):
        first, last = step.start_time.normalize(), step.end_time.normalize()
        whole = first >= spec.first and last <= spec.last
        if whole and not any(first <= end and last >= start for start, end in spec.gaps):
            found.append(Period(first.date(), last.date()))
    return found


def latest_period(spec: indicators.Indicator, held: Sequence[Period], on: date) -> Period | None:
    """Return the last twelve months, year or period that a source holds whole up to a date; None before the first.

    A series without twelve months in a row gives the months since its last gap.
    """
    past = [period for period in held if period.last <= on or spec.stands_on or spec.frequency == "period"]
    past = [period for period in past if period.first <= on]
    if not past:
        return None
    if spec.frequency != "month":
        return past[-1]
    start = past[-1].first
    for period in reversed(past[-AVERAGE_MONTHS:-1]):
        if (pd.Timestamp(period.last) + pd.Timedelta(days=1)).date() != start:
            break
        start = period.first
    return Period(start, past[-1].last)


REPORTED_COLUMNS = ("group_id", "municipalities", "share", "level", *LEVELS, "disputed", "newest", "evidence_age_days")


def reported_in(reported: pd.DataFrame, members: Sequence[str]) -> pd.DataFrame:
    """Who is reported in an area, at which level, in which share of its municipalities.

    Parameters
    ----------
    reported
        Answer of :func:`geo.state.groups_at`.
    members
        DIVIPOLA codes of the area.

    Returns
    -------
    pandas.DataFrame
        One row per group, most municipalities first, then by id: ``municipalities`` (how many), ``share`` of the
        area's, ``level`` (the highest), ``presence``, ``influence`` and ``control`` (in how many it is the highest
        level reported), ``disputed`` (in how many), ``newest``, ``evidence_age_days`` (of the newest evidence).
    """
    here = reported[reported["divipola"].isin(list(members))]
    if here.empty:
        return pd.DataFrame(columns=list(REPORTED_COLUMNS))
    at_level = {level: here["level"] == level for level in LEVELS}
    rows = (
        here.assign(**at_level)
        .groupby("group_id", sort=True)
        .agg(
            municipalities=("divipola", "nunique"),
            **{level: (level, "sum") for level in LEVELS},
            disputed=("disputed", "sum"),
            newest=("newest", "max"),
            evidence_age_days=("evidence_age_days", "min"),
        )
        .reset_index()
    )
    highest = np.select([rows["control"] > 0, rows["influence"] > 0], ["control", "influence"], default="presence")
    rows = rows.assign(share=rows["municipalities"] / len(set(members)), level=highest)
    return rows.sort_values(["municipalities", "group_id"], ascending=[False, True], ignore_index=True)[
        list(REPORTED_COLUMNS)
    ]


def ceasefires_in(
    drawn: pd.DataFrame, members: Sequence[str], statuses: Collection[str] = ("in_force",)
) -> pd.DataFrame:
    """Ceasefires, pledges, suspensions and truces drawn in an area.

    Parameters
    ----------
    drawn
        Answer of :func:`geo.ceasefires.drawn_at`.
    members
        DIVIPOLA codes of the area.
    statuses
        Keep rows of these statuses.

    Returns
    -------
    pandas.DataFrame
        One row per ceasefire, most municipalities first: ``ceasefire_id``, ``class``, ``status``, ``basis``,
        ``municipalities``. Rows past their last known day are left out.
    """
    kept = drawn["divipola"].isin(list(members)) & drawn["status"].isin(list(statuses)) & drawn["attested"]
    return (
        drawn[kept]
        .groupby(["ceasefire_id", "class", "status", "basis"], sort=True)["divipola"]
        .nunique()
        .rename("municipalities")
        .reset_index()
        .sort_values(["municipalities", "ceasefire_id"], ascending=[False, True], ignore_index=True)
    )
