"""The explorer: a map, its time, its timeline, its evidence and its table, all drawn from one view."""

from __future__ import annotations

from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import (
    access,
    cache,
    controls,
    evidence,
    mapfirst,
    maptable,
    mapview,
    ownfiles_explorer,
    ownfiles_session,
    present,
    sentence,
    shapes,
    share,
    timeline_view,
)
from components.card import card_html
from components.dateline import render_dateline
from components.i18n import LANGUAGES, _, language, pick, preferred_language
from components.layout import url_params
from components.legend import render_legend
from components.map import MapEvent, render_map
from components.markup import text
from components.rows import by_id
from components.search import search_box
from components.server.assets import payload_url
from components.timecontrol import TimeSpec, render_timecontrol
from components.timeline import clicked_date
from components.view import Ignored, ViewState, parse
from data.store import table

MAP_HEIGHT = 450
PAGES = ("narino", "colombia")


def render(page: str) -> None:
    """Draw the explorer page of a scope: "narino" or "colombia"."""
    view, ignored = read_view(page)
    say_ignored(ignored)
    ownfiles_session.remember(view)
    if ownfiles_session.is_own(view.fill):
        ownfiles_explorer.render(view, _controls, _card)
        return
    on = view.on or cache.last_evidence(view)
    if view.present or view.embed:
        present.render(view)
        return
    geometry = shapes.geometry_of(view)
    # What stands in for missing boundaries is drawn, not wished for: it stays out of the URL.
    drawn = view.with_(map=geometry.kind)
    headline = sentence.headline(view, on)
    shown = mapview.shown(drawn, on, geometry.payload, geometry.version, geometry.attribution, headline)
    head = st.container()
    left, right = st.columns([0.58, 0.42], gap="medium")
    with left:
        # What the reader waits for travels first; the words and the choices above are filled in after it.
        _map(view, shown, geometry)
    with head:
        st.html(f'<h1 class="headline">{text(headline)}</h1>')
        st.html(f'<p class="subline">{text(sentence.subline(view, on, view.on is None))}</p>')
        shapes.say(geometry)
        places = _search(view)
    if mapfirst.stands():
        _choices(places, view, drawn.map)
    with left:
        _table(view, on)
        st.html(share.printed_line(view, on, date.today()))
    with right:
        _timeline(view, on, shown.time)
        _card(view, on)


def read_view(page: str) -> tuple[ViewState, tuple[Ignored, ...]]:
    """Return the view of the URL and what of it had to be ignored."""
    fallback = language() if language() in LANGUAGES else preferred_language(st.context.locale)
    known = ownfiles_session.known(cache.known()) if page in PAGES else cache.known()
    return parse(page, url_params(), known, fallback)


def say_ignored(ignored: tuple[Ignored, ...]) -> None:
    """Name every part of the link that was not used, and why."""
    if not ignored:
        return
    reasons = {
        "unknown": _("is not known"),
        "unknown_parameter": _("is no part of a link"),
        "not_a_date": _("is not a date (YYYY-MM-DD)"),
        "out_of_range": _("is outside the data"),
        "too_many": _("is one too many"),
    }
    own = _("is a file of somebody's own: own data are not in the link")
    parts = [
        f"`{item.parameter}={item.value[:40]}` {own if _is_own(item) else reasons[item.reason]}"
        + (f" ({_('shown instead: {value}', value=item.used)})" if item.reason == "out_of_range" else "")
        for item in ignored[:6]
    ]
    st.warning(_("Ignored in the link: {parts}.", parts="; ".join(part.replace("\n", " ") for part in parts)))


def _is_own(item: Ignored) -> bool:
    return item.parameter == "fill" and ownfiles_session.is_own(item.value)


def _controls(view: ViewState, kind_drawn: str = "") -> None:
    _choices(_search(view), view, kind_drawn or view.map)


def _search(view: ViewState) -> list[DeltaGenerator]:
    """Draw the search box and return the places of the choices beside it."""
    with st.container(key="controls"):
        widths = [0.17, 0.23, 0.135, 0.145, 0.32]
        find, *places = st.columns(widths, gap="small", vertical_alignment="center")
        with find:
            search_box(payload_url("state", shapes.names_asset(view)), "search", lambda code: _select(view, code))
    return places


def _choices(places: list[DeltaGenerator], view: ViewState, kind_drawn: str) -> None:
    """Fill in the choices: what colours the map, its kind, layers and filters, sharing."""
    names = {code: pick(row, "name") for code, row in by_id(table("indicators"), "indicator_id").items()}
    groups = cache.group_names(sorted(cache.known().groups))
    fill, kind, more, sharing = places
    with fill:
        controls.fill_picker(view, {**names, **ownfiles_session.names()})
    with kind:
        controls.map_kind_picker(view, kind_drawn)
    with more, st.popover(_("Layers and filters"), width="stretch"):
        controls.layer_picker(view)
        by_name = dict(sorted(groups.items(), key=lambda item: item[1].casefold()))
        controls.evidence_filters(view, by_name, cache.publishers())
    with sharing:
        if not ownfiles_session.is_own(view.fill):
            share.render(view)


def _select(view: ViewState, divipola: str) -> None:
    controls.show(view.with_(municipalities=(divipola,)))


def _map(view: ViewState, shown: mapview.Shown, geometry: shapes.Geometry) -> None:
    def clicked(click: MapEvent) -> None:
        code = geometry.payload.locator.at(click.lat, click.lon)
        controls.show(view.with_(municipalities=() if code is None or view.municipalities == (code,) else (code,)))

    access.landing(access.MAP)
    render_map(shown.map, height=MAP_HEIGHT, on_click=clicked)
    mapfirst.let_go()
    with st.container(key="time"):
        months, exact = st.columns([0.79, 0.21], gap="small", vertical_alignment="center")
        with months:
            render_timecontrol(shown.time, on_release=lambda day: controls.show(view.with_(on=day)))
        with exact:
            controls.day_picker(view, shown.time.selected, cache.FIRST, cache.last_day())
    render_legend(shown.legend)
    if shown.note:
        st.caption(shown.note)


def _timeline(view: ViewState, on: date, time: TimeSpec) -> None:
    first, last = timeline_view.span(view, time.days)
    drawn = timeline_view.drawn(view, first, last)
    st.html(drawn.title)
    key = f"timeline-{view.page}"

    def chosen() -> None:
        day = clicked_date(st.session_state.get(key))
        if day is not None:
            controls.show(view.with_(on=min(max(day, cache.FIRST), cache.last_day())))

    with st.container(key=f"{key}-chart"):
        if not mapfirst.stands():
            mapfirst.keep_place(drawn.figure.layout.height, time.channel)
            return
        st.plotly_chart(
            drawn.figure,
            key=key,
            on_select=chosen,
            selection_mode="points",
            theme=None,
            config={"displayModeBar": False, "locale": language()},
            alt=drawn.summary,
        )
        render_dateline(f"{key}-chart", on, time.channel)
    if drawn.notes:
        st.html(drawn.notes)


def _card(view: ViewState, on: date) -> None:
    if not view.municipalities:
        st.html(
            f'<p class="hint">{text(_("Choose a municipality on the map, in the search box or in the table."))}</p>'
        )
        return
    for divipola in view.municipalities:
        st.html(card_html(evidence.gather(view, divipola, on)))


def _table(view: ViewState, on: date) -> None:
    access.landing(access.TABLE)
    with st.expander(_("Table of the map"), key="map-table", on_change="rerun") as fold:
        if not fold.open:
            return
        rows = maptable.frame(view, on)

        def picked() -> None:
            chosen = st.session_state["table"]["selection"]["rows"]
            controls.show(view.with_(municipalities=(str(rows.index[chosen[0]]),) if chosen else ()))

        st.dataframe(
            rows,
            key="table",
            hide_index=True,
            on_select=picked,
            selection_mode="single-row",
            height=420,
            placeholder="",
        )
