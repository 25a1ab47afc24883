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
chance            the exact 95 % interval of the ratio of the two rates includes 1
up, down, same    everything else; without an earlier event the share is null
================  =====================================================================================

**Chance.** Two counts are read as Poisson counts, each with its exposure (people, when rates are compared; else the
same for both, since the periods are of equal length). Given their sum, the later one is binomial, and the exact
interval of its share (Clopper and Pearson) is that of the ratio: :func:`ratio_interval`. This is the *mildest* check:
events come in clusters (a massacre, a displacement of hundreds), so that counts scatter more than Poisson counts do. A
change that it lets through may still be chance; one that it stops cannot be told. What is measured and not counted
(:data:`MEASURED`) is not asked: hectares scatter by the error of the measurement, which the tables do not hold.

**Against the nation** is the ratio of two rates. It is too few to tell where both the events counted and those that
the nation's rate would give for the same people are fewer than :data:`FLOOR`.

The floor is a rule of thumb, published with the figures: with ten events chance alone moves a count by a third.

**A rate** per 100,000 is that of the period up to :data:`AVERAGE_MONTHS` months, and the mean per year of a longer one.

**Not added.** Shares of people, and people counted in several places at once, are never summed. Where their publisher
gives the nation's total itself, :func:`published_total` returns it under its own name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

import numpy as np
import pandas as pd

from data.store import table
from geo import indicators, regions
from geo.state import LEVELS

FLOOR = 10
CONFIDENCE = 0.95
AVERAGE_MONTHS = 12
SET_LEVEL: regions.Kind = "municipality"
# Prefixes of indicators that are measured, not counted.
MEASURED: tuple[str, ...] = ("coca_ha", indicators.CENSUS_PREFIX)
# Indicators that are never summed, and the total that their own publisher gives of the same thing.
PUBLISHED: Mapping[str, str] = {"confinement": "confinement_people"}

Verdict = Literal["up", "down", "same", "chance", "too_few", "not_comparable", "no_record"]
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

    @property
    def by_year(self) -> bool:
        """Whether a rate over it is told per year: one over more than a year would grow with the period."""
        return self.months > AVERAGE_MONTHS

    def before(self) -> Period:
        """Return the period of equal length that ends on the day before this one begins."""
        last = pd.Timestamp(self.first) - pd.Timedelta(days=1)
        first = pd.Timestamp(self.first) - pd.DateOffset(months=self.months)
        return Period(first.date(), last.date())


@dataclass(frozen=True)
class Figure:
    """An area's figure over a period.

    ``value``, ``population`` and ``rate`` (per 100,000 inhabitants) are None where there is none; ``status`` and
    ``reason`` are those of :mod:`geo.indicators`; ``without_record`` counts the municipalities left out,
    ``without_population`` those of a set that the rate alone leaves out for want of a population figure.
    """

    first: date
    last: date
    value: float | None
    population: float | None
    rate: float | None
    status: str
    reason: str
    without_record: int
    without_population: int = 0

    @property
    def period(self) -> Period:
        """What was counted."""
        return Period(self.first, self.last)

    @property
    def yearly_rate(self) -> float | None:
        """Mean rate per 100,000 inhabitants and year; None for less than a year, which is never blown up to one."""
        enough = self.period.months >= AVERAGE_MONTHS
        return self.rate * AVERAGE_MONTHS / self.period.months if enough and self.rate is not None else None

    @property
    def not_added(self) -> bool:
        """Whether there is no figure because those of municipalities are never summed."""
        return self.value is None and self.reason == "not_additive"

    def measured(self, measure: str) -> float | None:
        """Return the value, or the rate: of the period, and per year when it is longer than one."""
        if measure != "rate":
            return self.value
        return self.yearly_rate if self.period.by_year else self.rate


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
    peopled = held[held["population"].notna()]
    value, people = float(held["value"].sum()), float(peopled["population"].sum())
    known = people > 0
    return Figure(
        *days,
        value,
        people if known else None,
        float(peopled["value"].sum()) / people * indicators.PER if known and spec.rate else None,
        "reported" if value > 0 else "zero",
        next((reason for reason in held["reason"] if reason == "incomplete"), ""),
        absent,
        len(held) - len(peopled),
    )


def without_record(frame: pd.DataFrame, areas: Collection[Area]) -> int:
    """Return how many municipalities of the areas have no record, each once however many areas it lies in.

    Parameters
    ----------
    frame
        Answer of :func:`geo.indicators.total` for municipalities.
    areas
        The areas.
    """
    return int((_within(frame, areas) & (frame["status"] == "no_record")).sum())


def without_population(frame: pd.DataFrame, areas: Collection[Area]) -> int:
    """Return how many municipalities of the sets among the areas only their rates leave out, each once.

    Parameters are those of :func:`without_record`.
    """
    unpeopled = (frame["status"] != "no_record") & frame["population"].isna()
    return int((_within(frame, [area for area in areas if area.is_set]) & unpeopled).sum())


def _within(frame: pd.DataFrame, areas: Collection[Area]) -> pd.Series:
    return frame["code"].isin(list({code for area in areas for code in area.members}))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


@dataclass(frozen=True)
class Published:
    """A total that a publisher gives itself, with the source it stands in."""

    value: float
    source_id: str


def published_total(
    spec: indicators.Indicator,
    area: Area,
    period: Period,
    totals: pd.DataFrame | None = None,
    sources: pd.DataFrame | None = None,
) -> Published | None:
    """Return the nation's total over a period as the publisher of the indicator gives it, in its latest cut.

    Parameters
    ----------
    spec, area, period
        Only the nation has such totals, only for indicators of :data:`PUBLISHED`, only for exactly this period.
    totals, sources
        Tables ``totals_national`` and ``sources``; ``None`` reads those in use.
    """
    name = PUBLISHED.get(spec.indicator_id)
    if name is None or area.level != "nation":
        return None
    known = (table("sources") if sources is None else sources).set_index("source_id")
    rows = table("totals_national") if totals is None else totals
    own = rows["source_id"].map(known["publisher"]) == _publisher(spec.indicator_id)
    exact = (rows["from"] == pd.Timestamp(period.first)) & (rows["to"] == pd.Timestamp(period.last))
    found = rows[(rows["indicator"] == name) & own & exact]
    if found.empty:
        return None
    latest = found.assign(cut=found["source_id"].map(known["date_to"])).sort_values("cut").iloc[-1]
    return Published(float(latest["value"]), str(latest["source_id"]))


def _publisher(indicator_id: str) -> str:
    rows = table("indicators")
    return str(rows.loc[rows["indicator_id"] == indicator_id, "publisher"].iloc[0])


@dataclass(frozen=True)
class Change:
    """How a figure moved.

    Attributes
    ----------
    verdict
        That of the module's docstring.
    share
        The change as a share of the earlier figure; None without one. Also held where chance explains it.
    interval
        The 95 % interval of the later rate divided by the earlier one; None where it is not asked.
    """

    verdict: Verdict
    share: float | None = None
    interval: tuple[float, float] | None = None


def ratio_interval(
    now: float, before: float, exposure: float = 1.0, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Return the exact interval of the ratio of two Poisson rates, the later divided by the earlier.

    Given ``now + before`` events, ``now`` is binomial with the share ``r·e / (r·e + 1)``, where r is the ratio of the
    rates and e that of the exposures; the interval of Clopper and Pearson for the share is solved for r.

    Parameters
    ----------
    now, before
        Events counted.
    exposure
        The later exposure divided by the earlier one.
    confidence
        Of the interval, two-sided: half of the rest on either side.

    Returns
    -------
    tuple of float
        Lower and upper end; 0 and infinity where nothing bounds them.
    """
    # Half a second to load, and only comparisons need it.
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = float(betaincinv(now, before + 1, tail)) if now > 0 else 0.0
    high = float(betaincinv(now + 1, before, 1 - tail)) if before > 0 else 1.0
    return _odds(low) / exposure, _odds(high) / exposure


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else float(np.inf)


def change(
    now: Figure | None,
    before: Figure | None,
    measure: str,
    breaks: Collection[date] = (),
    floor: int = FLOOR,
    *,
    counted: bool = True,
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
    counted
        Whether events are counted, so that chance is asked; see :func:`is_count`.
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
    share = later / earlier - 1 if earlier else None
    interval = ratio_interval(now.value, before.value, _exposure(now, before, measure)) if counted else None
    if interval and interval[0] <= 1 <= interval[1]:
        return Change("chance", share, interval)
    if share is None:
        return Change("up" if later > 0 else "same", None, interval)
    return Change("same" if abs(share) < 0.005 else "up" if share > 0 else "down", share, interval)


def _exposure(now: Figure, before: Figure, measure: str) -> float:
    """People now by people before where rates are compared; the periods are of equal length."""
    if measure != "rate" or not now.population or not before.population:
        return 1.0
    return now.population / before.population


def is_count(spec: indicators.Indicator) -> bool:
    """Return whether an indicator counts events or people, so that chance moves it as it moves a count."""
    return not spec.indicator_id.startswith(MEASURED)


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


@dataclass(frozen=True)
class Rank:
    """A region among those of its kind that have a figure.

    ``place`` is None at zero: ``zeros`` regions share it, and an order among them would say nothing. ``count`` is how
    many have a figure.
    """

    place: int | None
    count: int
    zeros: int


def rank(frame: pd.DataFrame, code: str, measure: str) -> Rank | None:
    """Return a region's place among those of its kind that have a figure, the highest first.

    Parameters
    ----------
    frame
        Answer of :func:`geo.indicators.total` for the kind.
    code
        The region; equal figures share the better place, and zero has none.
    measure
        ``rate`` or ``count``.

    Returns
    -------
    Rank or None
        None when the region has no figure or no peers.
    """
    column = "rate_per_100k" if measure == "rate" else "value"
    held = frame.loc[frame[column].notna(), ["code", column]]
    mine = held.loc[held["code"] == code, column]
    if mine.empty or len(held) < 2:
        return None
    height = float(mine.iloc[0])
    place = int((held[column] > height).sum()) + 1 if height > 0 else None
    return Rank(place, len(held), int((held[column] == 0).sum()))


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

    @property
    def too_short(self) -> bool:
        """Whether there are figures, and nowhere twelve in a row."""
        return bool(np.isfinite(self.values).any() and not np.isfinite(self.average_values).any())

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
    values, among, people = _line(figures, area)
    rated = figures.indicator.rate
    nothing = np.full_like(values, np.nan)
    rates = among / people * indicators.PER if rated else nothing
    if figures.indicator.frequency != "month":
        return Series(figures.starts, values, rates, nothing, nothing)
    average_rates = _trailing_mean(among) / _trailing_mean(people) * indicators.PER if rated else nothing
    return Series(figures.starts, values, rates, _trailing_mean(values), average_rates)


def _line(figures: indicators.Figures, area: Area) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts of an area in each window, those among people whose number is known, and these people.

    A rate of a set is taken as :func:`_sum` takes it: of the municipalities with a record and a population figure.
    """
    if not area.is_set:
        at = figures.codes.index(area.code)
        return figures.values[at], figures.values[at], figures.populations[at]
    rows = np.isin(np.asarray(figures.codes, dtype=object), list(area.members))
    values, populations = figures.values[rows], figures.populations[rows]
    absent = np.isnan(values)
    closed = absent.all(axis=0) | (not figures.indicator.additive and len(values) > 1)
    unpeopled = absent | np.isnan(populations)
    counts = np.where(closed, np.nan, np.nansum(values, axis=0))
    among = np.where(closed, np.nan, np.where(unpeopled, 0.0, values).sum(axis=0))
    people = np.where(unpeopled, 0.0, populations).sum(axis=0)
    return counts, among, np.where(people > 0, people, np.nan)


def _trailing_mean(values: np.ndarray) -> np.ndarray:
    """Mean of the twelve windows that end with each: NaN where one of them is missing, and before the twelfth."""
    result = np.full(len(values), np.nan)
    if len(values) >= AVERAGE_MONTHS:
        windows = np.lib.stride_tricks.sliding_window_view(values, AVERAGE_MONTHS)
        result[AVERAGE_MONTHS - 1 :] = windows.mean(axis=1)
    return result


def covered(spec: indicators.Indicator, held: Sequence[Period], asked: Period) -> Period | None:
    """Return what of a period a source holds whole; None when it holds nothing of it.

    Around a gap the longer part is taken, of equal ones the later. Single periods are never joined: it is the one that
    lies in the period, None where several do. A census is that of its own year, for every later period too.

    Parameters
    ----------
    spec
        The indicator.
    held
        Answer of :func:`periods_held`.
    asked
        The period asked for.
    """
    if spec.stands_on:
        return next((period for period in reversed(held) if period.first <= asked.last), None)
    inside = [period for period in held if asked.first <= period.first and period.last <= asked.last]
    if spec.frequency == "period":
        return inside[0] if len(inside) == 1 else None
    return max(_runs(inside), key=lambda run: (run.months, run.last), default=None)


def nearest(spec: indicators.Indicator, held: Sequence[Period], asked: Period) -> Period:
    """Return the period nearest to one of which nothing is held: twelve months in a row where there are, or a year.

    Parameters are those of :func:`covered`.
    """
    if spec.frequency != "month":
        return min(held, key=lambda period: (_apart(period, asked), -period.last.toordinal()))
    run = min(_runs(held), key=lambda run: _apart(run, asked))
    inside = [period for period in held if run.first <= period.first <= run.last]
    chosen = inside[-AVERAGE_MONTHS:] if run.last < asked.first else inside[:AVERAGE_MONTHS]
    return Period(chosen[0].first, chosen[-1].last)


def _apart(one: Period, other: Period) -> int:
    """Days between two periods; 0 where they touch or overlap."""
    return max((one.first - other.last).days, (other.first - one.last).days, 0)


def _runs(held: Sequence[Period]) -> list[Period]:
    """Join periods that follow each other without a day between them."""
    runs: list[Period] = []
    for period in held:
        if runs and (period.first - runs[-1].last).days == 1:
            runs[-1] = Period(runs[-1].first, period.last)
        else:
            runs.append(period)
    return runs


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
