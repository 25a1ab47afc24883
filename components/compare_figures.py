"""The figures of a comparison: per area the value, its change, its place in the nation and among its peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from components import cache, compare_areas, compare_cache
from components.i18n import _, day
from components.rows import by_id
from components.view import PRESENCE, ViewState
from data.store import table
from geo import comparison, indicators
from geo.comparison import Against, Area, Change, Figure, Period, Published, Rank, Series

DEFAULT_INDICATOR = "homicides"


@dataclass(frozen=True)
class Row:
    """One area with all that is told of it; figures are None where there is nothing to count.

    `published` is the publisher's own total where figures of municipalities are never summed.
    """

    area: Area
    name: str
    now: Figure | None
    before: Figure | None
    change: Change
    against: Against
    rank: Rank | None
    series: Series | None
    published: Published | None = None

    @property
    def recorded(self) -> int:
        """How many of the area's municipalities have a record."""
        return len(self.area.members) - (self.now.without_record if self.now else 0)

    @property
    def not_added(self) -> bool:
        """Whether municipalities here have figures that are never summed: that is not the same as no record."""
        return self.now is not None and self.now.not_added and self.recorded > 0


@dataclass(frozen=True)
class Comparison:
    """A comparison of areas by one indicator.

    Attributes
    ----------
    meta
        The indicator's row of table ``indicators``.
    spec
        The indicator.
    measure
        ``rate`` or ``count``: what is compared. An indicator without a rate is compared by count.
    period, before
        What is shown, and the period of equal length before it; None where nothing can be counted.
    asked, nearest
        The period that the link asks for, of which `period` may be a part only, None when it asks for none; the one
        to look at instead, where nothing of it is held.
    rows
        The areas, in the order of the link.
    reference
        The nation, when it is not among the areas.
    span
        First and last day of the series; None without one.
    problem
        Why there is nothing to compare, for the reader; blank when there is.
    without_record, without_population
        How many municipalities of the areas the figures leave out, and how many only the rates: each once, also where
        one area lies in another.
    """

    meta: Mapping[str, Any]
    spec: indicators.Indicator
    measure: str
    period: Period | None
    before: Period | None
    rows: Sequence[Row]
    reference: Row | None
    span: tuple[date, date] | None
    problem: str = ""
    asked: Period | None = None
    nearest: Period | None = None
    without_record: int = 0
    without_population: int = 0

    @property
    def in_part(self) -> bool:
        """Whether another period is shown than the one asked for."""
        return self.period is not None and self.asked is not None and self.period != self.asked

    @property
    def all_rows(self) -> list[Row]:
        """The areas and the nation."""
        return [*self.rows, *([self.reference] if self.reference else [])]

    @property
    def by_year(self) -> bool:
        """Whether what is compared is a rate per year, the mean of a period of more than one."""
        return self.measure == "rate" and self.period is not None and self.period.by_year

    @property
    def of_part(self) -> bool:
        """Whether what is compared is a rate of less than a year, which is never blown up to one."""
        return self.measure == "rate" and self.period is not None and self.period.months < comparison.AVERAGE_MONTHS

    @property
    def breaks(self) -> list[date]:
        """Days from which the series cannot be compared with before."""
        return breaks_of(self.meta)

    @property
    def provisional(self) -> bool:
        """Whether the period reaches into provisional figures."""
        start = self.meta["provisional_from"]
        return self.period is not None and start == start and self.period.last >= start.date()


def breaks_of(meta: Mapping[str, Any]) -> list[date]:
    """Return the days from which an indicator's series cannot be compared with before."""
    return [date.fromisoformat(text) for text in str(meta["breaks"]).split(";") if len(text) == 10]


def indicator_of(view: ViewState) -> str:
    """Return the indicator that a view compares by."""
    return DEFAULT_INDICATOR if view.fill == PRESENCE else view.fill


def period_of(view: ViewState) -> Period | None:
    """Return the period of a view: the one asked for, else the latest that the source holds at the view's date."""
    indicator_id = indicator_of(view)
    held = compare_cache.held(indicator_id)
    latest = comparison.latest_period(indicators.indicator(indicator_id), held, view.on or cache.last_day())
    if view.begin is None and view.end is None:
        return latest
    last = view.end or (latest.last if latest else held[-1].last)
    if view.begin and view.end is None and view.begin > last:
        last = view.begin.replace(month=12, day=31)
    return Period(view.begin or last.replace(month=1, day=1), last)


def day_of(view: ViewState, shown: Comparison) -> date:
    """Return the day of the maps: the view's own, else the last of the period shown, or of the one asked for."""
    period = shown.period or shown.asked
    return view.on or (period.last if period else cache.last_evidence(view))


def build(view: ViewState, areas: Sequence[Area]) -> Comparison:
    """Return the comparison of areas that a view asks for."""
    indicator_id = indicator_of(view)
    meta = by_id(table("indicators"), "indicator_id")[indicator_id]
    spec = indicators.indicator(indicator_id)
    measure = "rate" if view.measure == "rate" and spec.rate else "count"
    wanted = period_of(view)
    asked = wanted if view.begin or view.end else None
    period, problem = _counted(spec, meta, wanted, view)
    if period is None:
        rows = [_blank(area) for area in areas]
        held = compare_cache.held(indicator_id)
        near = comparison.nearest(spec, held, asked) if asked and asked.first <= asked.last else None
        return Comparison(meta, spec, measure, None, None, rows, None, None, problem, asked, near)
    before = period.before()
    span = _span(spec, period, before)
    rows = [_row(area, spec, meta, measure, period, before, span) for area in areas]
    nation = next((row for row in rows if row.area.level == "nation"), None)
    reference = None if nation else _row(compare_areas.nation(), spec, meta, measure, period, before, None)
    shown = nation or reference
    rows = [_beside(row, shown.now if shown else None) for row in rows]
    unrecorded, unpeopled = _left_out(rows, spec, period, before)
    return Comparison(
        meta,
        spec,
        measure,
        period,
        before,
        rows,
        reference,
        span and (span[1], span[2]),
        _nothing(rows, meta),
        asked,
        without_record=unrecorded,
        without_population=unpeopled,
    )


def _left_out(rows: Sequence[Row], spec: indicators.Indicator, period: Period, before: Period) -> tuple[int, int]:
    """How many municipalities the figures of the areas leave out, and how many only the rates."""
    told = [(row.area, row.now) for row in rows if row.now and row.now.value is not None]
    if not any(now.without_record or now.without_population for _area, now in told):
        return 0, 0
    frame, _before = compare_cache.totals(spec.indicator_id, comparison.SET_LEVEL, period, before)
    rated = [area for area, now in told if now.rate is not None]
    return (
        comparison.without_record(frame, [area for area, _now in told]),
        comparison.without_population(frame, rated),
    )


def _counted(
    spec: indicators.Indicator, meta: Mapping[str, Any], asked: Period | None, view: ViewState
) -> tuple[Period | None, str]:
    """What of the period asked for can be counted, or why nothing can."""
    if asked is None:
        return None, _(
            "{publisher}'s figures begin on {first}: there is none yet at {date}.",
            publisher=meta["publisher"],
            first=day(spec.first),
            date=day(view.on or cache.last_day()),
        )
    if asked.first > asked.last:
        return None, _("The period ends before it begins: choose a last month that is not before the first.")
    period = comparison.covered(spec, compare_cache.held(spec.indicator_id), asked)
    return period, "" if period else reason_words(_uncovered(spec, asked), meta)


def _uncovered(spec: indicators.Indicator, asked: Period) -> str:
    """Why a source holds nothing whole of a period, as one of the reasons that have words."""
    if asked.last < spec.first.date():
        return "before_coverage"
    if asked.first > spec.last.date():
        return "after_coverage"
    if any(start.date() <= asked.first and asked.last <= end.date() for start, end in spec.gaps):
        return "gap"
    return "no_whole_year" if spec.frequency == "year" else "partial_coverage"


def _span(spec: indicators.Indicator, period: Period, before: Period) -> tuple[date, date, date] | None:
    """What a chart shows; None for what is no series: single periods and the census."""
    if spec.frequency == "period" or spec.stands_on:
        return None
    return compare_cache.chart_span(spec, period, before)


def _blank(area: Area) -> Row:
    return Row(area, compare_areas.name(area.key), None, None, Change("no_record"), Against(), None, None)


def _row(
    area: Area,
    spec: indicators.Indicator,
    meta: Mapping[str, Any],
    measure: str,
    period: Period,
    before: Period,
    span: tuple[date, date, date] | None,
) -> Row:
    now_frame, before_frame = compare_cache.totals(spec.indicator_id, area.level, period, before)
    now = comparison.figure(now_frame, area, spec)
    then = comparison.figure(before_frame, area, spec)
    series = None
    if span is not None and (area.code or area.members):
        figures = compare_cache.figures(spec.indicator_id, area.level, span[0], span[2])
        series = _cut(comparison.series(figures, area), span[1])
    return Row(
        area=area,
        name=compare_areas.name(area.key),
        now=now,
        before=then,
        change=comparison.change(now, then, measure, breaks_of(meta), counted=comparison.is_count(spec)),
        against=Against(),
        rank=comparison.rank(now_frame, area.code, measure) if area.code else None,
        series=series,
        published=comparison.published_total(spec, area, period) if now and now.not_added else None,
    )


def _cut(series: Series, first: date) -> Series:
    """Drop the months that only the averages needed."""
    kept = series.starts.to_numpy() >= first_of_month(first)
    return Series(
        series.starts[kept],
        series.values[kept],
        series.rates[kept],
        series.average_values[kept],
        series.average_rates[kept],
    )


def first_of_month(day_: date) -> Any:
    """Return the first day of a day's month as numpy counts days."""
    import numpy as np

    return np.datetime64(day_.replace(day=1).isoformat(), "s")


def _beside(row: Row, nation: Figure | None) -> Row:
    if row.area.level == "nation":
        return row
    return replace(row, against=comparison.against_nation(row.now, nation))


def _nothing(rows: Sequence[Row], meta: Mapping[str, Any]) -> str:
    """Why no area has a figure; blank when one has."""
    if not rows or any(row.not_added or (row.now is not None and row.now.value is not None) for row in rows):
        return ""
    if all(row.now is None for row in rows):
        return _("No municipality meets this condition.")
    return reason_words(next((row.now.reason for row in rows if row.now), ""), meta)


def reason_words(reason: str, meta: Mapping[str, Any]) -> str:
    """Return why a source gives no figure, in a sentence."""
    publisher, first, last = meta["publisher"], day(meta["first"]), day(meta["last"])
    sentences = {
        "before_coverage": _(
            "{publisher}'s figures begin on {first}: choose a later period.", publisher=publisher, first=first
        ),
        "after_coverage": _(
            "{publisher}'s figures end on {last}: choose an earlier period.", publisher=publisher, last=last
        ),
        "partial_coverage": _(
            "{publisher}'s figures run from {first} to {last} and do not cover the whole period: choose a shorter one.",
            publisher=publisher,
            first=first,
            last=last,
        ),
        "no_whole_year": _(
            "{publisher} counts by year, from {first} to {last}, and the period holds no whole year of these: choose "
            "one from January to December.",
            publisher=publisher,
            first=first,
            last=last,
        ),
        "gap": _("{publisher}'s figures are not held for this period: it is a gap, not zero.", publisher=publisher),
    }
    return sentences.get(reason, _("{publisher} holds no record for these areas.", publisher=publisher))
