"""What the comparison keeps between runs: an indicator's figures by kind of region, for all regions of the kind."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from data.store import data_version
from geo import indicators, regions
from geo.comparison import AVERAGE_MONTHS, Period, periods_held

CHART_YEARS = 10


@st.cache_resource(max_entries=64, show_spinner=False)
def _totals(
    version: str, indicator_id: str, level: regions.Kind, period: Period, before: Period
) -> tuple[pd.DataFrame, pd.DataFrame]:
    if indicators.indicator(indicator_id).frequency == "month":
        days = pd.DatetimeIndex([before.last, period.last]).as_unit("s")
        both = indicators.trailing_figures(indicator_id, days, months=period.months, level=level).frame()
        now = (both["to"] == pd.Timestamp(period.last)).to_numpy()
        return both[now].reset_index(drop=True), both[~now].reset_index(drop=True)
    now, then = (indicators.total(indicator_id, each.first, each.last, level) for each in (period, before))
    return now, then


def totals(indicator_id: str, level: regions.Kind, period: Period, before: Period) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return an indicator's figures over a period and over the one before it, for all regions of a kind."""
    return _totals(data_version(), indicator_id, level, period, before)


@st.cache_resource(max_entries=64, show_spinner=False)
def _figures(version: str, indicator_id: str, level: regions.Kind, first: date, last: date) -> indicators.Figures:
    spec = indicators.indicator(indicator_id)
    step = "ME" if spec.frequency == "month" else "YE"
    days = pd.date_range(first, last, freq=step).as_unit("s")
    return indicators.trailing_figures(indicator_id, days, months=1, level=level)


def figures(indicator_id: str, level: regions.Kind, first: date, last: date) -> indicators.Figures:
    """Return an indicator month by month, or year by year, between two days, for all regions of a kind."""
    return _figures(data_version(), indicator_id, level, first, last)


@st.cache_resource(max_entries=48, show_spinner=False)
def _held(version: str, indicator_id: str) -> tuple[Period, ...]:
    return tuple(periods_held(indicators.indicator(indicator_id)))


def held(indicator_id: str) -> tuple[Period, ...]:
    """Return the months, years or periods that the source of an indicator holds whole."""
    return _held(data_version(), indicator_id)


def chart_span(spec: indicators.Indicator, period: Period, before: Period) -> tuple[date, date, date]:
    """Return what a chart of a period shows: first day to compute, first day to show, last day.

    Ten years up to the last complete month or year, at least both periods, never beyond the coverage; averages need
    eleven months before the first one shown.
    """
    coverage = held(spec.indicator_id)
    last = max(coverage[-1].last, min(period.last, spec.last.date()))
    first = min(date(last.year - CHART_YEARS + 1, 1, 1), before.first, period.first)
    first = max(first, spec.first.date())
    run_up = AVERAGE_MONTHS - 1 if spec.frequency == "month" else 0
    compute = (pd.Timestamp(first) - pd.DateOffset(months=run_up)).date()
    return compute, first, last
