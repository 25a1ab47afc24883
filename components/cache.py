"""The only Streamlit caches: what several readers or several runs share. Every key carries the version of the data.

Frames and payloads are shared and never mutated. Results that depend on a view are bounded in number.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from components.i18n import language, pick
from components.rows import grouped, records
from components.view import Known, ViewState, shortest_region
from data import overlaid
from data.schemas import TABLES
from data.store import data_version, table
from geo import ceasefires as ceasefire_rules
from geo import classes, indicators, matrix, regions, state, zones

if TYPE_CHECKING:
    import pandas as pd

PRESENCE_FIRST = date(2016, 1, 1)
LAST = date(2026, 10, 31)
FIRST = date(1985, 1, 1)
# Kinds of region of which all months are kept: they are few.
FEW: tuple[regions.Kind, ...] = ("nation", "department")


# A page asks for the version dozens of times in one run; the files are looked at once a second.
VERSION_SECONDS = 1.0
_version: dict[str, tuple[float, str]] = {}


def current_version() -> str:
    """Return the version of the data: part of every key, so that new tables show without a restart."""
    held = _version.get("held")
    if held is None or time.monotonic() - held[0] > VERSION_SECONDS:
        held = _version["held"] = (time.monotonic(), data_version())
    return held[1]


@st.cache_data(max_entries=4, show_spinner=False)
def _last_day(version: str) -> date:
    rows = overlaid.provenance()
    downloaded = rows.loc[rows["origin"] != overlaid.EMBEDDED, "to"]
    return max(LAST, downloaded.max().date()) if len(downloaded) else LAST


def last_day() -> date:
    """Return the last day that a view may name: that of the embedded data, or a later one that was downloaded."""
    return _last_day(current_version())


@dataclass(frozen=True)
class Filters:
    """How evidence is read: the part of a view that decides which presence rows count."""

    window: int
    groups: tuple[str, ...]
    publishers: tuple[str, ...]
    confidence: str

    @classmethod
    def of(cls, view: ViewState) -> Filters:
        """Return the filters of a view."""
        return cls(view.window, view.groups, view.publishers, view.confidence)


@st.cache_data(max_entries=4, show_spinner=False)
def _known(version: str) -> Known:
    return Known(
        municipalities=frozenset(table("municipalities")["divipola"]),
        groups=frozenset(table("presence")["group_id"]),
        publishers=frozenset(_publishers(version)),
        indicators=tuple(table("indicators")["indicator_id"]),
        regions=frozenset(shortest_region(str(item)) for kind in regions.KINDS for item in regions.regions(kind)),
        processes=TABLES["events"].column("process").values,
        categories=TABLES["events"].column("category").values,
        first=FIRST,
        last=_last_day(version),
    )


def known() -> Known:
    """Return what a link may name."""
    return _known(current_version())


@st.cache_data(max_entries=4, show_spinner=False)
def _publishers(version: str) -> tuple[str, ...]:
    rows = table("presence")["source_id"].map(table("sources").set_index("source_id")["publisher"])
    return tuple(rows.value_counts().index)


def publishers() -> tuple[str, ...]:
    """Return the publishers of presence, the one with most rows first."""
    return _publishers(current_version())


def publishers_of(indicator_id: str) -> tuple[str, ...]:
    """Return the publishers of an indicator's stretches, each once."""
    rows = grouped(overlaid.provenance(), "indicator_id").get(indicator_id, [])
    return tuple(dict.fromkeys(str(row["publisher"]) for row in rows))


@st.cache_data(max_entries=16, show_spinner=False)
def _last_evidence(version: str, scope: str, fill: str) -> date:
    if fill != "presence":
        spec = indicators.indicator(fill)
        return LAST if spec.stands_on else min(spec.last.date(), _last_day(version))
    rows = state.prepare(table("presence"))
    # A yearly row says only "in that year": it cannot say which day is the last one with evidence.
    here = rows["divipola"].isin(scope_units(scope)) & (rows["precision"] == "day")
    return min(rows.loc[here, "speaks_to"].max().date(), LAST)


def last_evidence(view: ViewState) -> date:
    """Return the last day on which the layer of this view has evidence."""
    return _last_evidence(current_version(), view.scope, view.fill)


@st.cache_resource(max_entries=4, show_spinner=False)
def _scope_units(version: str, scope: str) -> tuple[str, ...]:
    region = regions.Region("nation", "CO") if scope == "CO" else regions.Region("department", scope)
    return regions.members(region)


def scope_units(scope: str) -> tuple[str, ...]:
    """Return the DIVIPOLA codes of a scope ("52" or "CO"), sorted."""
    return _scope_units(current_version(), scope)


@st.cache_data(max_entries=64, show_spinner=False)
def _evidence(version: str, filters: Filters, on: date) -> pd.DataFrame:
    return _filtered(filters, table("presence"), on)


def _filtered(filters: Filters, presence: pd.DataFrame, on: date) -> pd.DataFrame:
    return state.evidence_at(
        presence,
        on,
        filters.window,
        groups=filters.groups,
        publishers=filters.publishers,
        min_confidence=filters.confidence,
    )


def evidence(view: ViewState, on: date) -> pd.DataFrame:
    """Return the presence rows that count at a date, for the whole nation."""
    return _evidence(current_version(), Filters.of(view), on)


@st.cache_data(max_entries=64, show_spinner=False)
def _reported(version: str, filters: Filters, on: date) -> pd.DataFrame:
    return state.groups_at(_evidence(version, filters, on))


def reported(view: ViewState, on: date) -> pd.DataFrame:
    """Return the groups reported per municipality at a date, for the whole nation."""
    return _reported(current_version(), Filters.of(view), on)


def evidence_in(view: ViewState, on: date, divipola: str) -> pd.DataFrame:
    """Return the presence rows of one municipality that count at a date."""
    presence = table("presence")
    return _filtered(Filters.of(view), presence[presence["divipola"] == divipola], on)


@st.cache_data(max_entries=64, show_spinner=False)
def _drawn(version: str, window: int, on: date) -> pd.DataFrame:
    return _where_drawn(version, _reported(version, Filters(window, (), (), "low"), on), _territory(version), on)


def _where_drawn(version: str, reported: pd.DataFrame, territory: pd.DataFrame, on: date) -> pd.DataFrame:
    return ceasefire_rules.drawn_at(
        table("ceasefires"), territory, reported, table("ceasefire_parties"), table("group_lineage"), on
    )


def drawn_ceasefires(view: ViewState, on: date) -> pd.DataFrame:
    """Return where each ceasefire, pledge, suspension or truce stands at a date, whatever groups are filtered."""
    return _drawn(current_version(), view.window, on)


def ceasefires_in(view: ViewState, on: date, divipola: str) -> pd.DataFrame:
    """Return the ceasefires, pledges, suspensions and truces of one municipality at a date."""
    presence, territory = table("presence"), legal_territory()
    rows = _filtered(Filters(view.window, (), (), "low"), presence[presence["divipola"] == divipola], on)
    here = territory[territory["divipola"] == divipola]
    return _where_drawn(current_version(), state.groups_at(rows), here, on)


@st.cache_resource(max_entries=2, show_spinner=False)
def _territory(version: str) -> pd.DataFrame:
    return ceasefire_rules.legal_territory(table("ceasefire_areas"), table("municipalities"))


def legal_territory() -> pd.DataFrame:
    """Return the legal territory of every ceasefire."""
    return _territory(current_version())


def zones_at(on: date) -> pd.DataFrame:
    """Return the zones that exist at a date or are undated, with their status."""
    return zones.zones_at(table("zones"), on)


@st.cache_resource(max_entries=96, show_spinner=False)
def _breaks(version: str, indicator_id: str, measure: str) -> classes.Breaks:
    spec = indicators.indicator(indicator_id)
    return classes.breaks(indicator_id, "municipality", "rate" if measure == "rate" and spec.rate else "value")


def breaks(view: ViewState) -> classes.Breaks:
    """Return the classes of the view's indicator, the same at every date."""
    return _breaks(current_version(), view.fill, view.measure)


@st.cache_resource(max_entries=24, show_spinner=False)
def _presence_matrix(version: str, filters: Filters, scope: str, exact: date | None):
    first, last = (exact, exact) if exact else (PRESENCE_FIRST, LAST)
    return matrix.presence_matrix(
        table("presence"),
        table("groups"),
        _scope_units(version, scope),
        matrix.month_days(first, last, exact),
        window_months=filters.window,
        only_groups=filters.groups,
        publishers=filters.publishers,
        min_confidence=filters.confidence,
    )


def presence_matrix(view: ViewState, exact: date | None = None):
    """Return reported presence of every month in the view's scope; of one day when `exact` is given."""
    return _presence_matrix(current_version(), Filters.of(view), view.scope, exact)


def column_on(layer: matrix.Matrix[Any], on: date) -> np.ndarray | None:
    """Return the codes of a matrix on one of its days; None when it holds another day of that month."""
    first = layer.months[0]
    month = (on.year - first.year) * 12 + on.month - first.month
    if not 0 <= month < len(layer.days) or layer.days[month].date() != on:
        return None
    return layer.codes[month]


def cells_on(view: ViewState, on: date) -> list[tuple[Any, int]]:
    """Return the distinct presence cells of the map at a date, each with the number of its municipalities."""
    layer = presence_matrix(view)
    codes = column_on(layer, on)
    if codes is None:
        layer = presence_matrix(view, on)
        codes = layer.codes[0]
    present, counts = np.unique(codes, return_counts=True)
    return [(layer.cells[code], int(count)) for code, count in zip(present, counts, strict=True)]


@st.cache_resource(max_entries=160, show_spinner=False)
def _indicator_matrix(version: str, indicator_id: str, measure: str, scope: str, exact: date | None):
    spec = indicators.indicator(indicator_id)
    end = LAST if spec.stands_on else min(spec.last.date(), _last_day(version))
    first, last = (exact, exact) if exact else (spec.first.date(), end)
    return matrix.indicator_matrix(
        _breaks(version, indicator_id, measure), _scope_units(version, scope), matrix.month_days(first, last, exact)
    )


def indicator_matrix(view: ViewState, exact: date | None = None):
    """Return the class of the view's indicator in every month it covers; of one day when `exact` is given."""
    return _indicator_matrix(current_version(), view.fill, view.measure, view.scope, exact)


@st.cache_resource(max_entries=64, show_spinner=False)
def _ceasefire_matrix(version: str, window: int, scope: str, first: date, last: date, exact: date | None):
    return matrix.ceasefire_matrix(
        table("ceasefires"),
        _territory(version),
        table("ceasefire_parties"),
        table("group_lineage"),
        table("presence"),
        _scope_units(version, scope),
        matrix.month_days(first, last, exact),
        window_months=window,
    )


@st.cache_data(max_entries=4, show_spinner=False)
def _ceasefire_months(version: str) -> tuple[date, date]:
    return table("ceasefires")[["announced", "start"]].min().min().date(), _last_day(version)


def is_month_end(day: date) -> bool:
    """Return whether a day is the last of its month, the day for which layers hold the month."""
    return (day + timedelta(days=1)).day == 1


def ceasefire_months() -> tuple[date, date]:
    """Return the first day of which a ceasefire tells, and the last day that a view may name."""
    return _ceasefire_months(current_version())


def ceasefire_matrix(view: ViewState, first: date, last: date, exact: date | None = None):
    """Return what is in force, announced or never took effect in every month between two dates."""
    return _ceasefire_matrix(current_version(), view.window, view.scope, first, last, exact)


@st.cache_resource(max_entries=256, show_spinner=False)
def _trailing(version: str, indicator_id: str, on: date, level: regions.Kind) -> pd.DataFrame:
    return indicators.trailing(indicator_id, on, level=level)


def trailing(indicator_id: str, on: date, level: regions.Kind = "municipality") -> pd.DataFrame:
    """Return an indicator at a date for all regions of a kind."""
    return _trailing(current_version(), indicator_id, on, level)


def _monthly(version: str, indicator_id: str, level: regions.Kind) -> tuple[list[date], indicators.Figures]:
    """Return an indicator at the end of every month that a view may name, for all regions of a kind; and those days."""
    import pandas as pd

    end = pd.Timestamp(_last_day(version)) + pd.offsets.MonthEnd(0)
    days = pd.date_range(FIRST, end, freq="ME").as_unit("s")
    return [day.date() for day in days], indicators.trailing_figures(indicator_id, days, level=level)


@st.cache_resource(max_entries=128, show_spinner=False)
def _kept_monthly(version: str, indicator_id: str, level: regions.Kind) -> tuple[list[date], indicators.Figures]:
    return _monthly(version, indicator_id, level)


@st.cache_resource(max_entries=96, show_spinner=False)
def _rows_of_region(
    version: str, indicator_id: str, level: regions.Kind, code: str
) -> Mapping[date, Mapping[str, Any]]:
    days, figures = _kept_monthly(version, indicator_id, level)
    return dict(zip(days, records(figures.region(code).frame()), strict=True))


@st.cache_resource(max_entries=512, show_spinner=False)
def _figure(version: str, indicator_id: str, on: date, level: regions.Kind, code: str) -> Mapping[str, Any]:
    if level in FEW:
        # The timeline has drawn this line: most dates are one of its points.
        held = _rows_of_region(version, indicator_id, level, code).get(on)
        if held is not None:
            return held
    trailing = _trailing(version, indicator_id, on, level)
    return records(trailing[trailing["code"] == code])[0]


def figure(indicator_id: str, on: date, level: regions.Kind, code: str) -> Mapping[str, Any]:
    """Return an indicator at a date for one region: the row of :func:`trailing`."""
    return _figure(current_version(), indicator_id, on, level, code)


@st.cache_data(max_entries=512, show_spinner=False)
def _line(version: str, indicator_id: str, level: regions.Kind, code: str, measure: str):
    days, figures = (_kept_monthly if level in FEW else _monthly)(version, indicator_id, level)
    spec = figures.indicator
    covered = [spec.first.date() <= day and day.replace(day=1) <= spec.last.date() for day in days]
    chosen = figures.rates if measure == "rate" and spec.rate else figures.values
    values = chosen[figures.codes.index(code)][covered]
    held = [day for day, inside in zip(days, covered, strict=True) if inside]
    return held, [None if value != value else round(float(value), 2) for value in values]


def line(indicator_id: str, level: regions.Kind, code: str, measure: str) -> tuple[list[date], list[float | None]]:
    """Return an indicator's trailing twelve months (or year) at each month's end for one region."""
    return _line(current_version(), indicator_id, level, code, measure)


@st.cache_resource(max_entries=8, show_spinner=False)
def _group_names(version: str, lang: str) -> Mapping[str, str]:
    return {row["group_id"]: pick(row, "short_name") for row in records(table("groups"))}


def group_names(ids: Collection[str] = ()) -> dict[str, str]:
    """Return short names by group id; of all groups when none are given."""
    names = _group_names(current_version(), language())
    return {code: names.get(code, code) for code in (ids or names)}
