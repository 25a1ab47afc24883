"""The peace process page: tables, events, the Comuneros file, and claims beside what each publisher counts.

``item=`` in the URL names the section and, after a hyphen, what is open in it: ``tables-eln``, ``events-ev085``,
``comuneros-municipalities``, ``comuneros-c16``, ``claims-massacres``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components import cache, controls, explorer, minimap, shapes, texts
from components import peace_process_claims as claims
from components import peace_process_commitments as commitments
from components import peace_process_comuneros as comuneros
from components import peace_process_events as events
from components import peace_process_presence as presence
from components import peace_process_tables as tables
from components import peace_process_totals as totals
from components.i18n import _, day, language, ngettext, number
from components.markup import text
from components.peace_process_words import AREAS, area_name, event_process
from components.view import Ignored, ViewState
from data.store import table

STYLE = Path(__file__).with_name("static") / "peace_process.css"
SECTIONS = ("tables", "events", "comuneros", "claims")
FILES = ("origin", "municipalities", "commitments", "zones")
DEFAULT_TOTAL = "massacres"
STARTS = (2022, 2012, 1992)


@dataclass(frozen=True)
class Item:
    """What of the page is open: a section, and a part of it or nothing."""

    section: str = SECTIONS[0]
    part: str = ""

    @property
    def code(self) -> str:
        """The item as the URL writes it; blank for the page as it opens."""
        if self == Item():
            return ""
        return f"{self.section}-{self.part}" if self.part else self.section


def read_item(code: str, parts: Mapping[str, Collection[str]]) -> Item | None:
    """Return what a link's item names; None when it names nothing of this page.

    Parameters
    ----------
    code : the item of the URL; blank opens the first section.
    parts : what may be open in each section.
    """
    if not code:
        return Item()
    section, _hyphen, part = code.partition("-")
    if section not in SECTIONS or (part and part not in parts[section]):
        return None
    return Item(section, part)


def known_parts() -> dict[str, Collection[str]]:
    """Return what may be open in each section, from the tables."""
    return {
        "tables": set(table("processes")["process_id"]),
        "events": set(table("events")["event_id"]),
        "comuneros": {*FILES, *AREAS, *table("commitments")["commitment_id"]},
        "claims": set(table("totals_national")["indicator"]),
    }


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
    drawn = {"tables": _tables, "events": _events, "comuneros": _comuneros, "claims": _claims}
    drawn[item.section](view, item)


def _sections(view: ViewState, item: Item) -> None:
    names = {
        "tables": _("Negotiation tables"),
        "events": _("Timeline of events"),
        "comuneros": _("Comuneros del Sur"),
        "claims": _("Claim and check"),
    }
    _switch(view, "section", _("Section"), names, item.section, lambda code: Item(code))


def _switch(view: ViewState, name: str, label: str, names: Mapping[str, str], now: str, target) -> None:
    """Draw a row of choices that opens another part of the page."""
    key = f"peace-process-{name}"

    def changed() -> None:
        chosen = target(st.session_state[key])
        kept = view if chosen.section == "events" else view.with_(process=(), category=(), since=0)
        controls.show(kept.with_(item=chosen.code))

    controls.shown(key, now)
    st.segmented_control(
        label,
        list(names),
        format_func=lambda code: names[code],
        key=key,
        on_change=changed,
        required=True,
        label_visibility="collapsed",
    )


def _title(sentence: str, below: str = "") -> None:
    st.html(f'<h1 class="headline">{text(sentence)}</h1>')
    if below:
        st.html(f'<p class="subline">{text(below)}</p>')


def _take(*names: str) -> None:
    """Say where the tables behind the section can be taken away."""
    links = " · ".join(f"[{name}](/api/v1/tables/{name}?format=csv)" for name in names)
    st.caption(_("Data as CSV: {links}", links=links))


def _map(view: ViewState, areas: Mapping[str, minimap.Area], words: str, *, narino: bool, focus: bool = False) -> None:
    geometry = shapes.geometry_of(view.with_(page="narino" if narino else "colombia"))
    st.html(minimap.picture(geometry.payload, areas, words, width=380, focus=areas if focus else ()))
    st.caption(" ".join((geometry.attribution, *geometry.messages)))


def _tables(view: ViewState, item: Item) -> None:
    rows = tables.negotiations()
    chosen = next((row for row in rows if row.process_id == item.part), None)
    _title(
        tables.headline_of(chosen) if chosen else tables.headline(rows),
        _("Each cell says what was reported in that year; the state is that of its last report, not of today."),
    )
    names = {"": _("All tables"), **{row.process_id: row.name for row in rows}}
    key = "peace-process-table"

    def changed() -> None:
        controls.show(view.with_(item=Item("tables", st.session_state[key]).code))

    controls.shown(key, item.part)
    st.selectbox(
        _("Table"),
        list(names),
        format_func=lambda code: names[code],
        key=key,
        on_change=changed,
        label_visibility="collapsed",
        filter_mode=None,
        width=360,
    )
    st.html(tables.board_html(rows, (chosen.process_id,) if chosen else ()))
    if chosen:
        mine = events.choose(events.events(), (chosen.event_process,))
        title = ngettext("{n} event of this table", "{n} events of this table", len(mine))
        if chosen.event_process == "urban":
            title = ngettext("{n} event of the three urban tables", "{n} events of the three urban tables", len(mine))
        st.html(f'<h2 class="pp-sub">{text(title)}</h2>{events.list_html(mine)}')
    _take("processes", "process_years", "process_groups")


def _events(view: ViewState, item: Item) -> None:
    every = events.events()
    selected = next((event for event in every if event.event_id == item.part), None)
    chosen = events.choose(every, view.process, view.category)
    since = events.first_year(chosen, view.since, selected)
    shown = [event for event in chosen if event.on.year >= since]
    _title(events.headline(shown, every, since), _("Bands: governments. Choose a mark to read it."))
    _event_filters(view, since)
    if not shown:
        st.info(_("Nothing to draw: no event of these tables and categories is on record in this period."))
        return
    left, right = st.columns([0.66, 0.34], gap="medium")
    with left:
        _event_figure(view, shown, since, item.part)
    with right:
        if selected:
            st.html(events.card_html(selected))
        _event_map(view, shown, selected)
    st.html(events.list_html(shown, item.part))
    _take("events", "event_places", "governments")


def _event_filters(view: ViewState, since: int) -> None:
    known = cache.known()
    with st.container(key="peace-process-filters"):
        first, second, third = st.columns([0.38, 0.38, 0.24], vertical_alignment="bottom")
        with first:
            names = {code: event_process(code) for code in events.PROCESSES}
            _several(view, "process", _("Tables"), names, _("All tables"))
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
    from datetime import date

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
    _map(view, areas, words, narino=all(code.startswith("52") for code in count))
    st.caption(words)


def _comuneros(view: ViewState, item: Item) -> None:
    names = {
        "origin": _("Origin and split"),
        "municipalities": _("Municipalities: list and evidence"),
        "commitments": _("Commitments"),
        "zones": _("Zones"),
    }
    now = item.part if item.part in FILES else "commitments" if item.part else "origin"
    _switch(view, "file", _("Part of the file"), names, now, lambda code: Item("comuneros", code))
    drawn = {
        "origin": _origin,
        "municipalities": _municipalities,
        "commitments": _commitments,
        "zones": _zones,
    }
    drawn[now](view, item)


def _origin(view: ViewState, item: Item) -> None:
    _title(comuneros.origin_headline())
    mine = events.choose(events.events(), (comuneros.PROCESS,))
    left, right = st.columns([0.5, 0.5], gap="medium")
    with left:
        st.html(comuneros.origin_html())
    with right:
        st.html(f'<h2 class="pp-sub">{text(_("What is on record, the newest first"))}</h2>{events.list_html(mine)}')
    _take("groups", "group_lineage", "events")


def _municipalities(view: ViewState, item: Item) -> None:
    found = presence.matrix()
    _title(
        presence.headline(found),
        _(
            "The list is that of the talks (road map of {date}) and no evidence; publishers are read side by side and "
            "never added. Presence is not control.",
            date=day(table("talks_municipalities")["valid_from"].iloc[0]),
        ),
    )
    left, right = st.columns([0.72, 0.28], gap="small")
    with left:
        st.html(presence.matrix_html(found))
    with right:
        _map(view, presence.areas(found), presence.map_words(found), narino=True, focus=True)
    st.html(_level_keys())
    _take("presence", "talks_municipalities", "caveats")


def _level_keys() -> str:
    levels = "".join(
        f"<li>{presence.level_swatch(level)}{text(texts.level(level))}</li>"
        for level in ("presence", "influence", "control", "dispute")
    )
    listed = f'<li><span class="pp-outline"></span>{text(_("on the list of the talks"))}</li>'
    before = f'<li class="pp-nothing">{text(_("in italics: before the split, as a front of the ELN"))}</li>'
    note = _("An empty cell means that this publisher does not name the group there, not that it is absent.")
    return f'<ul class="pp-keys">{levels}{listed}{before}</ul><p class="pp-note">{text(note)}</p>'


def _commitments(view: ViewState, item: Item) -> None:
    every = commitments.commitments()
    area = item.part if item.part in AREAS else ""
    selected = item.part if item.part.startswith("c") and item.part not in FILES else ""
    chosen = commitments.of_area(every, area)
    newest = commitments.newest_evidence(chosen)
    _title(
        commitments.headline(chosen),
        _("The newest evidence is of {date}: nothing later was found.", date=newest) if newest else "",
    )
    words = commitments.map_words(chosen)
    left, right = st.columns([0.7, 0.3], gap="medium")
    with right:
        _map(view, commitments.areas(chosen), words, narino=True)
        st.caption(words)
    with left:
        _areas(view, every, area)
    st.html(commitments.board_html(chosen, selected))
    _take("commitments", "commitment_municipalities")


def _areas(view: ViewState, every: Sequence[commitments.Commitment], area: str) -> None:
    counts = {code: len(commitments.of_area(every, code)) for code in AREAS}
    names = {"commitments": _("All areas"), **{code: f"{area_name(code)} · {n}" for code, n in counts.items()}}
    _switch(view, "area", _("Agreed area"), names, area or "commitments", lambda code: Item("comuneros", code))
    note = _("The three areas are those agreed at the table; which subject belongs to which is our reading.")
    st.html(f'<p class="pp-note">{text(note)}</p>')
    if area in ("", "transformation"):
        st.html(f'<h2 class="pp-sub">{text(_("Pledged public works"))}</h2>{commitments.works_html(every)}')


def _zones(view: ViewState, item: Item) -> None:
    found = comuneros.zones()
    _title(comuneros.zones_headline(found), _("Full disc: it operated. Empty disc: planned or agreed only."))
    left, right = st.columns([0.66, 0.34], gap="medium")
    with left:
        st.html(comuneros.zones_html(found))
    with right:
        _map(view, comuneros.zone_areas(found), comuneros.zones_map_words(found), narino=True, focus=True)
    _take("zones", "zone_groups", "zone_municipalities")


def _claims(view: ViewState, item: Item) -> None:
    _title(claims.verdict())
    _first_claim()
    _second_claim()
    _national(view, item.part or DEFAULT_TOTAL)
    _take("totals_national", "totals_department", "totals_indicators")


def _claim(said: str) -> None:
    st.html(f'<h2 class="pp-sub">{text(_("Claim"))}</h2><p class="pp-claim">{text(said)}</p>')


def _first_claim() -> None:
    start, end = claims.first_year()
    _claim(_("“189 leaders and 94 massacres in the first year” of Total Peace"))
    note = _(
        "Figures that cover a part of the government's first year ({first} to {last}). Dashed: the number of the "
        "claim. Each publisher counts by its own definition.",
        first=day(start),
        last=day(end),
    )
    st.html(f'<p class="pp-note">{text(note)}</p>')
    left, right = st.columns(2, gap="medium")
    for column, indicator in zip((left, right), claims.CLAIMED, strict=True):
        shown = claims.compared(indicator)
        if indicator == "massacres":
            shown = [claims.counted_massacres(), *shown]
        with column:
            name = claims.indicator_names()[indicator]
            st.html(f'<h3 class="pp-sub">{text(name)}</h3>{claims.bars_html(shown, claims.CLAIMED[indicator])}')


def _second_claim() -> None:
    _claim(_("“Kidnapping and extortion are on the rise”"))
    names = claims.indicator_names()
    st.html(_said(claims.trends()))
    left, right = st.columns(2, gap="medium")
    for index, indicator in enumerate(claims.RISING):
        with (left, right)[index % 2]:
            bars = claims.bars_html(totals.totals(indicator))
            st.html(f'<h3 class="pp-sub">{text(names[indicator])}</h3>{bars}')
    st.html(
        f'<h3 class="pp-sub">{text(_("By department and municipality, and what is not held"))}</h3>'
        f"{_said([*claims.department_figures(), *claims.municipal_figures()])}"
    )


def _said(sentences: Sequence[str]) -> str:
    return f'<ul class="pp-said">{"".join(f"<li>{text(sentence)}</li>" for sentence in sentences)}</ul>'


def _national(view: ViewState, indicator: str) -> None:
    names = claims.indicator_names()
    shown = totals.totals(indicator)
    st.html(f'<h2 class="pp-sub">{text(_("Every national total, one line per publisher"))}</h2>')
    key = "peace-process-total"

    def changed() -> None:
        controls.show(view.with_(item=Item("claims", st.session_state[key]).code))

    controls.shown(key, indicator)
    st.selectbox(
        _("National total"),
        list(names),
        format_func=lambda code: names[code],
        key=key,
        on_change=changed,
        label_visibility="collapsed",
        width=480,
    )
    note = _(
        "Lines join calendar years of one publisher. Hollow marks with a bar are other periods and are not joined."
    )
    st.html(
        f'<p class="pp-verdict">{text(totals.headline(shown, names[indicator]))}</p><p class="pp-note">{text(note)}</p>'
    )
    st.plotly_chart(
        totals.figure(shown),
        key=f"peace-process-lines-{indicator}",
        theme=None,
        config={"displayModeBar": False, "locale": language()},
        alt=totals.summary(shown, names[indicator]),
    )
    st.html(totals.table_html(shown))
