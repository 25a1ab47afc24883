"""What a reader chooses on the comparison: areas, indicator, measure, period and the day of the maps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from components import cache, compare_areas, compare_cache, controls
from components.compare_figures import indicator_of, period_of
from components.compare_words import period_words
from components.i18n import _, month, pick
from components.markup import text
from components.rows import records
from components.search import search_box
from components.server.assets import payload_url
from components.view import ViewState
from data.store import table
from geo import indicators
from geo.comparison import Period

# Why the last area was not added: said once.
REFUSED = "compare-refused"
# ``item=`` of a link to charts of which each has its own scale.
OWN_SCALES = "own-scales"


def areas(view: ViewState, on: date) -> None:
    """Draw the areas that are compared, each with its removal, and beside them the ways to add one."""
    chosen = compare_areas.chosen(view)
    left, right = st.columns([0.78, 0.22], gap="small", vertical_alignment="bottom")
    with left:
        _find(view)
    with right, st.popover(_("By condition"), width="stretch"):
        _condition(view, on)
    if refused := st.session_state.pop(REFUSED, None):
        st.warning(compare_areas.refusal_words(*refused))
    with st.container(key="compare-chosen", horizontal=True, vertical_alignment="center", gap="xsmall"):
        if chosen:
            st.html(f'<p class="nothing">{text(_("Compared; press one to remove it:"))}</p>', width="content")
        for key in chosen:
            _chip(view, key)


def _find(view: ViewState) -> None:
    search_box(
        payload_url("state", compare_areas.names_asset()),
        "compare-find",
        lambda key: add(view, key),
        label=_("Add a municipality, subregion or department"),
        none=_("No region of that name"),
    )


def add(view: ViewState, key: str) -> None:
    """Add an area to the comparison; why it cannot be added is said at the next run."""
    why = compare_areas.refusal(view, key)
    if why:
        # A callback runs before the run that knows the reader's language.
        st.session_state[REFUSED] = (why, key)
    else:
        controls.show(view.with_(compare=(*compare_areas.chosen(view), key)))


def _chip(view: ViewState, key: str) -> None:
    st.button(
        compare_areas.label(key),
        key=f"compare-remove-{key}",
        icon=":material/close:",
        icon_position="right",
        help=_("Remove from the comparison"),
        on_click=lambda: controls.show(compare_areas.without(view, key)),
    )


def _condition(view: ViewState, on: date) -> None:
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
    first, last = compare_areas.first_day(), cache.last_day()
    day = st.date_input(
        _("On this day"),
        value=min(max(on, first), last),
        min_value=first,
        max_value=last,
        key="compare-condition-day",
    )

    def asked() -> None:
        if isinstance(day, date):
            add(view, compare_areas.condition_key(what or "", day))

    st.button(_("Add"), key="compare-add", on_click=asked)


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
        # The period stays that of whoever chose it; of what another source holds of it the page speaks.
        controls.show(view.with_(fill=st.session_state[key]))

    controls.indicator_box(names, key, changed)


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

    # Of a period asked of another source that is not of whole years both ends are told by month.
    by_month = {asked.first, asked.last} if asked and not _whole_years(asked) else set()
    labels = {day: str(day.year) if yearly and day not in by_month else month(day) for day in days}
    st.selectbox(
        label,
        days,
        format_func=lambda day: labels[day],
        key=key,
        on_change=changed,
        index=0 if asked else None,
        placeholder="—",
    )


def _whole_years(period: Period) -> bool:
    return (period.first.month, period.last.month) == (1, 12)


def nearest(view: ViewState, period: Period) -> None:
    """Offer the period that lies nearest to one of which nothing is held."""
    st.button(
        _("Show {period}", period=period_words(period)),
        key="compare-nearest",
        on_click=lambda: controls.show(view.with_(begin=period.first, end=period.last)),
    )


def own_scales(view: ViewState) -> None:
    """Draw the choice of a scale of its own for each chart."""
    key, changed = controls.changer(view, "item", lambda value: OWN_SCALES if value else "")
    controls.shown(key, view.item == OWN_SCALES)
    st.toggle(_("Each chart on its own scale"), key=key, on_change=changed)


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
        max_value=cache.last_day(),
        key=key,
        on_change=changed,
        format="YYYY-MM-DD",
        help=_("Blank: the last day of the period."),
    )
