"""What a reader chooses on the comparison: areas, indicator, measure, period and the day of the maps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from components import cache, compare_areas, compare_cache, controls
from components.compare_figures import indicator_of, period_of
from components.i18n import _, month, pick
from components.rows import records
from components.view import MAX_SELECTED, NOTHING, ViewState
from data.store import table
from geo import indicators
from geo.comparison import Period


def areas(view: ViewState, on: date) -> None:
    """Draw the choice of the areas, and beside it that of municipalities by a condition."""
    chosen = compare_areas.chosen(view)
    left, right = st.columns([0.78, 0.22], gap="small", vertical_alignment="bottom")
    with left:
        _regions(view, chosen)
    with right, st.popover(_("By condition"), width="stretch"):
        _condition(view, chosen, on)


def _regions(view: ViewState, chosen: Sequence[str]) -> None:
    labels = compare_areas.options() | {key: compare_areas.name(key) for key in chosen if "@" in key}
    key, changed = controls.changer(view, "compare", lambda keys: tuple(keys) or (NOTHING,))
    controls.shown(key, list(chosen))
    st.multiselect(
        _("Regions (two to four)"),
        list(labels),
        format_func=lambda option: labels[option],
        key=key,
        on_change=changed,
        max_selections=MAX_SELECTED,
        placeholder=_("Municipality, subregion, department or nation"),
        select_all=False,
        wrap=True,
    )


def _condition(view: ViewState, chosen: Sequence[str], on: date) -> None:
    """A form of its own: the municipalities where something is the case on a day become one area."""
    ceasefire = ""
    groups = {group: _("{group} is reported", group=name) for group, name in _groups().items()}
    names = {ceasefire: _("a ceasefire is in force"), **groups}
    st.caption(_("Adds the municipalities in which this was the case on a day."))
    what = st.selectbox(
        _("Municipalities where"),
        list(names),
        format_func=lambda group: names[group],
        key="compare-condition",
        filter_mode="fuzzy",
    )
    day = st.date_input(
        _("On this day"), value=on, min_value=cache.FIRST, max_value=cache.LAST, key="compare-condition-day"
    )
    full = len(chosen) >= MAX_SELECTED

    def add() -> None:
        if isinstance(day, date):
            keys = (*chosen, compare_areas.condition_key(what or "", day))
            controls.show(view.with_(compare=tuple(dict.fromkeys(keys))))

    st.button(_("Add"), key="compare-add", on_click=add, disabled=full)
    if full:
        st.caption(_("Four regions are compared already: remove one first."))


def _groups() -> dict[str, str]:
    names = cache.group_names(sorted(cache.known().groups))
    return dict(sorted(names.items(), key=lambda item: item[1].casefold()))


def figures(view: ViewState) -> None:
    """Draw the choice of indicator, of rate or count, of the first and the last month, and of the day of the maps."""
    what, how, since, until, day = st.columns([0.34, 0.2, 0.15, 0.15, 0.16], gap="small", vertical_alignment="bottom")
    with what:
        _indicator(view)
    with how:
        _measure(view)
    starts, ends = _choices(view)
    with since:
        _bound(view, "begin", _("From"), starts)
    with until:
        _bound(view, "end", _("To"), ends)
    with day:
        _day(view)


def _indicator(view: ViewState) -> None:
    names = {row["indicator_id"]: pick(row, "name") for row in records(table("indicators"))}
    key = f"control-{view.page}-fill"
    controls.shown(key, indicator_of(view))

    def changed() -> None:
        # Another source covers other months: its own latest period is a better start than an empty one.
        controls.show(view.with_(fill=st.session_state[key], begin=None, end=None))

    st.selectbox(
        _("Indicator"), list(names), format_func=lambda code: names[code], key=key, on_change=changed, filter_mode=None
    )


def _measure(view: ViewState) -> None:
    rated = indicators.indicator(indicator_of(view)).rate
    names = {"rate": _("Per 100,000"), "count": _("Count")}
    key, changed = controls.changer(view, "measure", lambda value: value or "rate")
    controls.shown(key, view.measure if rated else "count")
    st.segmented_control(
        _("Compared by"),
        list(names),
        format_func=lambda code: names[code],
        key=key,
        on_change=changed,
        required=True,
        disabled=not rated,
    )


def _choices(view: ViewState) -> tuple[list[date], list[date]]:
    """First and last days that a period may have: those that the source holds, and those of the link."""
    held = compare_cache.held(indicator_of(view))
    asked = period_of(view)
    extra = [asked] if asked else []
    starts = sorted({period.first for period in (*held, *extra)}, reverse=True)
    return starts, sorted({period.last for period in (*held, *extra)}, reverse=True)


def _bound(view: ViewState, field: str, label: str, days: list[date]) -> None:
    """Draw the choice of one end of the period; changing one end keeps the other."""
    asked = period_of(view)
    key = f"control-{view.page}-{field}"
    yearly = indicators.indicator(indicator_of(view)).frequency == "year"
    if asked is not None:
        controls.shown(key, asked.first if field == "begin" else asked.last)

    def changed() -> None:
        day = st.session_state[key]
        kept = asked or Period(day, day)
        first, last = (day, kept.last) if field == "begin" else (kept.first, day)
        if first > last:
            # The other end follows, so that a choice never ends before it begins.
            first, last = (day, _end(day, days, yearly)) if field == "begin" else (_start(day, yearly), day)
        controls.show(view.with_(begin=first, end=last))

    whole = (1, 1) if field == "begin" else (12, 31)
    labels = {day: str(day.year) if yearly and (day.month, day.day) == whole else month(day) for day in days}
    st.selectbox(
        label,
        days,
        format_func=lambda day: labels[day],
        key=key,
        on_change=changed,
        index=0 if asked else None,
        placeholder="—",
    )


def _start(last: date, yearly: bool) -> date:
    return last.replace(month=1, day=1) if yearly else last.replace(day=1)


def _end(first: date, days: Sequence[date], yearly: bool) -> date:
    if yearly:
        return first.replace(month=12, day=31)
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)


def _day(view: ViewState) -> None:
    """Draw the choice of the maps' day; without one the maps follow the period."""
    key, changed = controls.changer(view, "on")
    controls.shown(key, view.on)
    st.date_input(
        _("Day of the maps"),
        value=None,
        min_value=cache.FIRST,
        max_value=cache.LAST,
        key=key,
        on_change=changed,
        format="YYYY-MM-DD",
        help=_("Blank: the last day of the period."),
    )
