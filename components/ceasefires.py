"""The ceasefires page: the list and the calendar, one ceasefire, its effect, and who fights whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from components import (
    cache,
    ceasefire_clashes_section,
    ceasefire_gantt,
    ceasefire_one,
    controls,
    effect_cache,
    effect_parts,
    effect_section,
    explorer,
    texts,
)
from components import ceasefire_frame as frame
from components import ceasefire_rows as rows
from components.ceasefire_frame import Item
from components.ceasefire_rows import Ceasefire
from components.i18n import _, day, enumerate_names, language, ngettext
from components.view import Ignored, ViewState
from data.store import table

TOTAL_PEACE = 2022


def render() -> None:
    """Draw the page."""
    view, ignored = explorer.read_view("ceasefires")
    every = rows.ceasefires()
    known = [row.ceasefire_id for row in every]
    item = frame.read_item(view.item, known)
    if item is None:
        ignored = (*ignored, Ignored("item", view.item, "unknown"))
        item = Item()
    explorer.say_ignored(ignored)
    st.html(frame.STYLE)
    frame.switch(view, item, known)
    drawn = {"list": _list, "one": _one, "effect": effect_section.render, "clashes": ceasefire_clashes_section.render}
    drawn[item.section](view, item, every)


def _list(view: ViewState, _item: Item, every: Sequence[Ceasefire]) -> None:
    on = view.on or rows.last_day(every)
    status = rows.statuses(on)
    frame.title(
        rows.all_headline(every, status, on),
        _("A ceasefire with the State does not bind the groups towards each other. Choose a bar or a row to read it."),
    )
    if view.on is None:
        frame.note(_("Status on {day}: the last day of which any row of the list speaks.", day=day(on)))
    _list_controls(view, on)
    shown = [row for row in every if rows.matches(row, status[row.ceasefire_id], view.search)]
    if not shown:
        st.info(_("No ceasefire on record has these words: {words}.", words=view.search))
        return
    if view.search:
        frame.note(ngettext("{n} row with these words", "{n} rows with these words", len(shown)))
    first = date(view.since, 1, 1) if view.since else date(min(row.first for row in shown).year, 1, 1)
    _calendar(view, shown, status, first, on)
    _table(view, shown, status, on)
    frame.take("ceasefires", "ceasefire_parties", "ceasefire_areas")


def _list_controls(view: ViewState, on: date) -> None:
    with st.container(key="controls"):
        find, when, since = st.columns([0.5, 0.22, 0.28], gap="small", vertical_alignment="bottom")
        with find:
            key, changed = controls.changer(view, "search", lambda words: (words or "").strip()[:80])
            controls.shown(key, view.search)
            st.text_input(
                _("Search"),
                key=key,
                on_change=changed,
                placeholder=_("Group, kind, year, decree, place …"),
                type="search",
                max_chars=80,
            )
        with when:
            key, changed = controls.changer(view, "on")
            controls.shown(key, on)
            st.date_input(_("Status on"), min_value=cache.FIRST, max_value=cache.LAST, key=key, on_change=changed)
        with since:
            key, changed = controls.changer(view, "since", int)
            options = sorted({0, TOTAL_PEACE, view.since})
            controls.shown(key, view.since)
            st.segmented_control(
                _("Calendar"),
                options,
                format_func=lambda year: _("since {year}", year=year) if year else _("all years"),
                key=key,
                on_change=changed,
                required=True,
            )


def _calendar(view: ViewState, shown: Sequence[Ceasefire], status: dict[str, str], first: date, on: date) -> None:
    last = max(cache.LAST, rows.last_day(shown))
    key = "ceasefires-calendar"

    def chosen() -> None:
        found = ceasefire_gantt.clicked(st.session_state.get(key))
        if found:
            controls.show(view.with_(item=Item("one", found).code))

    st.html(ceasefire_gantt.key_html(on))
    st.plotly_chart(
        ceasefire_gantt.figure(shown, status, first, last, on),
        key=key,
        on_select=chosen,
        selection_mode="points",
        theme=None,
        config={"displayModeBar": False, "locale": language()},
        alt=ceasefire_gantt.summary(shown, first, last),
    )


def table_frame(shown: Sequence[Ceasefire], status: dict[str, str]) -> pd.DataFrame:
    """Return ceasefires as the table shows them, one row each, indexed by id."""
    return pd.DataFrame(
        [
            {
                _("Title"): row.title,
                _("Status"): texts.ceasefire_status(status[row.ceasefire_id]),
                _("Parties"): enumerate_names(list(row.parties)),
                _("Class"): texts.ceasefire_class(row.class_),
                _("Who commits"): texts.ceasefire_kind(row.kind),
                _("Announced"): row.announced_text,
                _("Start"): rows.short_day(row.start, row.outcome),
                _("End"): rows.short_day(row.end, row.outcome),
                _("Why it ended"): texts.end_reason(row.end_reason),
                _("Publisher"): row.sources[0].publisher,
                _("Source"): row.sources[0].url,
                _("Second source"): row.sources[1].url if len(row.sources) > 1 else None,
            }
            for row in shown
        ],
        index=pd.Index([row.ceasefire_id for row in shown], name="ceasefire_id"),
    )


def _table(view: ViewState, shown: Sequence[Ceasefire], status: dict[str, str], on: date) -> None:
    listed = table_frame(list(reversed(shown)), status)
    link = st.column_config.LinkColumn(display_text=r"https?://(?:www\.)?([^/]+)")

    def picked() -> None:
        chosen = st.session_state["ceasefires-table"]["selection"]["rows"]
        if chosen:
            controls.show(view.with_(item=Item("one", str(listed.index[chosen[0]])).code))

    st.dataframe(
        listed,
        key="ceasefires-table",
        hide_index=True,
        height=min(430, 38 + 35 * len(listed)),
        on_select=picked,
        selection_mode="single-row",
        column_config={
            _("Title"): st.column_config.TextColumn(width="large"),
            _("Status"): st.column_config.TextColumn(help=_("Status on {day}", day=day(on))),
            _("Source"): link,
            _("Second source"): link,
        },
    )


def _one(view: ViewState, item: Item, every: Sequence[Ceasefire]) -> None:
    row = next(row for row in every if row.ceasefire_id == item.ceasefire)
    on = view.on or rows.last_day(every)
    status = rows.statuses(on)
    frame.ceasefire_picker(view, item, every)
    frame.title(rows.headline(row))
    left, right = st.columns([0.58, 0.42], gap="large")
    with left:
        st.html(ceasefire_one.facts_html(row, status[row.ceasefire_id], on))
        with st.container(horizontal=True, gap="medium"):
            frame.link_to(view, Item("effect", row.ceasefire_id), _("What the counts say about it"))
            if row.has_months:
                frame.link_to(view, Item("clashes", row.ceasefire_id), _("Who fights whom on its ground"))
    with right:
        _ground(view, row, on)
    _family(view, row, every, status, on)
    _events(row)
    frame.take("ceasefires", "ceasefire_parties", "ceasefire_areas", "events")


def _ground(view: ViewState, row: Ceasefire, on: date) -> None:
    on = ceasefire_one.ground_day(row, on)
    drawn = cache.drawn_ceasefires(view, on)
    found = ceasefire_one.ground(row, cache.legal_territory(), drawn, cache.scope_units("CO"), on)
    words = ceasefire_one.ground_words(found, row)
    frame.note(words)
    few = ceasefire_one.few_reports(effect_cache.few(row.ceasefire_id, view.window))
    if few:
        frame.note(few)
    if not found.legal:
        return
    st.html(ceasefire_one.ground_key_html(found, row.family))
    areas = ceasefire_one.areas(found, row.family)
    frame.still_map(view, areas, f"{row.title}. {words}", whole=found.nationwide)
    places = frame.places()
    for title, codes in ceasefire_one.ground_lists(found):
        st.html(effect_parts.fold_html(title, codes, places))
    if row.binds == "blocs":
        frame.note(_("Only some blocs of the group are bound, and reports rarely tell blocs apart."))


def _family(view: ViewState, row: Ceasefire, every: Sequence[Ceasefire], status: dict[str, str], on: date) -> None:
    family = rows.family_of(every, row.ceasefire_id)
    if len(family) < 2:
        return
    frame.subtitle(_("One line of {n} commitments: its parts, renewals and what took its place", n=len(family)))
    first, last = min(one.first for one in family), max(one.last for one in family)
    margin = pd.DateOffset(months=2)
    span = (pd.Timestamp(first) - margin).date(), (pd.Timestamp(last) + margin).date()
    st.plotly_chart(
        ceasefire_gantt.figure(family, status, *span, on, numbered=True, selected=row.ceasefire_id),
        key=f"ceasefires-family-{row.ceasefire_id}",
        theme=None,
        config={"displayModeBar": False, "locale": language()},
        alt=ceasefire_gantt.summary(family, *span),
    )
    sentences = dict(ceasefire_one.family_sentences(family, status))
    for number, one in enumerate(family, 1):
        label = f"{number}. {one.title}"
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"cf-family-{number}"):
            if one.ceasefire_id == row.ceasefire_id:
                st.markdown(f"**{number}\\. {one.title}**", width="content")
            else:
                frame.link_to(view, Item("one", one.ceasefire_id), label)
            st.caption(sentences[one.ceasefire_id], width="content")


def _events(row: Ceasefire) -> None:
    found = ceasefire_one.events_around(
        row, table("events"), ceasefire_one.known_sources(), ceasefire_one.process_links()
    )
    frame.subtitle(ceasefire_one.events_title(row, len(found)))
    frame.note(ceasefire_one.events_reach(row))
    if not found:
        frame.note(_("No event of these talks is on record in these months."))
        return
    st.html(ceasefire_one.events_html(found))
