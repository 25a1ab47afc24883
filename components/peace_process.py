"""The peace process page: the negotiation tables, their events, the Comuneros file, and claims beside the counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import streamlit as st

from components import cache, controls, explorer, minimap, texts
from components import peace_process_check as check
from components import peace_process_events as events
from components import peace_process_file as file
from components import peace_process_tables as tables
from components.i18n import _, language, ngettext, number
from components.markup import text
from components.peace_process_frame import (
    SECTIONS,
    Item,
    address,
    known_parts,
    read_item,
    still_map,
    switch,
    take,
    title,
)
from components.peace_process_words import event_process
from components.view import Ignored, ViewState

STYLE = Path(__file__).with_name("static") / "peace_process.css"
STARTS = (2022, 2012, 1992)


def render() -> None:
    """Draw the page."""
    view, ignored = explorer.read_view("peace-process")
    item = read_item(view.item, known_parts())
    if item is None:
        ignored = (*ignored, Ignored("item", view.item, "unknown", SECTIONS[0]))
        item = Item()
    explorer.say_ignored(ignored)
    st.html(STYLE)
    _sections(view, item)
    drawn = {"tables": _tables, "events": _events, "comuneros": file.show, "claims": check.show}
    drawn[item.section](view, item)


def _sections(view: ViewState, item: Item) -> None:
    names = {
        "tables": _("Negotiation tables"),
        "events": _("Timeline of events"),
        "comuneros": _("Comuneros del Sur"),
        "claims": _("Claim and check"),
    }
    switch(view, "section", _("Section"), names, item.section, lambda code: Item(code))


def _tables(view: ViewState, item: Item) -> None:
    rows = tables.negotiations()
    chosen = next((row for row in rows if row.process_id == item.part), None)
    title(
        tables.headline_of(chosen) if chosen else tables.headline(rows),
        _("Each cell says what was reported in that year; the state is that of its last report, not of today."),
    )
    names = {"": _("All tables"), **{row.process_id: row.name for row in rows}}
    key = "peace-process-table"

    def changed() -> None:
        controls.show(view.with_(item=Item("tables", st.session_state[key]).code))

    controls.shown(key, item.part)
    st.selectbox(
        _("Negotiation table"),
        list(names),
        format_func=lambda code: names[code],
        key=key,
        on_change=changed,
        label_visibility="collapsed",
        filter_mode=None,
        width=460,
    )
    st.html(tables.board_html(rows, (chosen.process_id,) if chosen else ()))
    if chosen:
        mine = events.choose(events.events(), (chosen.event_process,))
        heading = ngettext("{n} event of this table", "{n} events of this table", len(mine))
        if chosen.event_process == "urban":
            heading = ngettext("{n} event of the three urban tables", "{n} events of the three urban tables", len(mine))
        st.html(f'<h2 class="pp-sub">{text(heading)}</h2>{events.list_html(mine, address(view, "events"))}')
    take("processes", "process_years", "process_groups")


def _events(view: ViewState, item: Item) -> None:
    every = events.events()
    selected = next((event for event in every if event.event_id == item.part), None)
    chosen = events.choose(every, view.process, view.category)
    since = events.first_year(chosen, view.since, selected)
    shown = [event for event in chosen if event.on.year >= since]
    title(events.headline(shown, every, since), _("Bands: governments. Choose a mark to read it."))
    _event_filters(view, since)
    if not shown:
        st.info(_("Nothing to draw: no event of these tables and categories is on record in this period."))
        return
    left, right = st.columns([0.66, 0.34], gap="medium")
    with left:
        _event_figure(view, shown, since, item.part)
        st.html(events.list_html(shown, address(view, "events"), item.part))
    with right:
        if selected:
            st.html(events.card_html(selected))
        _event_map(view, shown, selected)
    take("events", "event_places", "governments")


def _event_filters(view: ViewState, since: int) -> None:
    known = cache.known()
    with st.container(key="peace-process-filters"):
        first, second, third = st.columns([0.38, 0.38, 0.24], vertical_alignment="bottom")
        with first:
            names = {code: event_process(code) for code in events.PROCESSES}
            _several(view, "process", _("Negotiation tables"), names, _("All tables"))
        with second:
            kinds = {code: texts.event_category(code) for code in sorted(known.categories)}
            _several(view, "category", _("Categories"), kinds, _("All categories"))
        with third:
            key, changed = controls.changer(view, "since", int)
            options = sorted({*STARTS, since}, reverse=True)
            controls.shown(key, since)
            st.selectbox(_("From the year"), options, key=key, on_change=changed, filter_mode=None)


def _several(view: ViewState, field: str, label: str, names: Mapping[str, str], placeholder: str) -> None:
    key, changed = controls.changer(view, field, tuple)
    controls.shown(key, list(getattr(view, field)))
    st.multiselect(
        label,
        list(names),
        format_func=lambda code: names[code],
        key=key,
        on_change=changed,
        placeholder=placeholder,
        select_all=False,
    )


def _event_figure(view: ViewState, shown: Sequence[events.Event], since: int, selected: str) -> None:
    key = "peace-process-events"

    def chosen() -> None:
        found = events.clicked(st.session_state.get(key))
        controls.show(view.with_(item=Item("events", found or "").code))

    st.plotly_chart(
        events.figure(shown, date(since, 1, 1), cache.LAST, selected),
        key=key,
        on_select=chosen,
        selection_mode="points",
        theme=None,
        config={"displayModeBar": False, "locale": language()},
        alt=events.summary(shown),
    )


def _event_map(view: ViewState, shown: Sequence[events.Event], selected: events.Event | None) -> None:
    count = events.counts_by_place(shown)
    placed = sum(1 for event in shown if event.places)
    if not count:
        st.caption(_("None of these events is placed in a municipality by its source."))
        return
    here = selected.places if selected else {}
    areas = {
        code: minimap.Area(dot=2.6 + 1.7 * n**0.5, selected=code in here, name=here.get(code, ""))
        for code, n in count.items()
    }
    words = ngettext(
        "{n} of {all} events has a municipality; larger discs, more events.",
        "{n} of {all} events have a municipality; larger discs, more events.",
        placed,
        all=number(len(shown)),
    )
    still_map(view, areas, words, narino=all(code.startswith("52") for code in count))
    st.caption(words)
