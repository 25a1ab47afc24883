"""The section of the seed question: a truce with the State does not stop the groups' own wars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from components import cache, ceasefire_clashes_figure, ceasefire_relations, controls, effect_cache, minimap, shapes
from components import ceasefire_clashes as parts
from components import ceasefire_frame as frame
from components.ceasefire_clashes import Period, Scope
from components.ceasefire_frame import Item
from components.ceasefire_gantt import clicked
from components.ceasefire_one import few_reports
from components.ceasefire_rows import Ceasefire
from components.i18n import _, language, ngettext
from components.markup import text
from components.peace_process_words import sources
from components.rows import by_id
from components.view import AREAS, ViewState
from data.store import table
from geo import ceasefires as rules
from geo import clashes
from geo.effect.design import reached

NARINO = "52"


@st.cache_resource(max_entries=128, show_spinner=False)
def _reached(version: str, ceasefire_id: str, window: int) -> frozenset[str]:
    return reached(effect_cache.facts(), ceasefire_id, window)


@st.cache_resource(max_entries=4, show_spinner=False)
def _sides(version: str) -> dict[str, str]:
    return clashes.groups_of_sides(table("presence"), table("sources"))


def render(view: ViewState, item: Item, every: Sequence[Ceasefire]) -> None:
    """Draw the section for the region of the view, or for the ground of the ceasefire that the item names."""
    row = next((row for row in every if row.ceasefire_id == item.ceasefire), None)
    scope = scope_of(view, row)
    period = period_of(view, row)
    _controls(view, item, every, row, period)
    if row is not None and not row.has_months:
        st.info(_("“{title}” is not known to have taken effect: it has no months in force.", title=row.title))
        return
    counted = clashes.within(
        table("ucdp_events"), department=scope.department, codes=scope.codes, provisional=view.provisional
    )
    if row is not None and not scope.codes:
        _groundless(view, row, period)
        return
    chosen = clashes.between(counted, period.first, period.last)
    sentence = parts.headline(scope, period, chosen, own=period == period_of(view.with_(begin=None, end=None), row))
    if period.kind == "gap":
        st.info(_("UCDP's events are not held for {period}: nothing can be counted.", period=period.words))
    else:
        frame.title(
            sentence,
            _("A truce with the State does not bind the groups towards each other: the three are counted apart."),
        )
        few = few_reports(effect_cache.few(row.ceasefire_id, view.window)) if row is not None else ""
        if few:
            frame.note(few)
        _remarks(view, scope, period)
    left, right = st.columns([0.52, 0.48], gap="medium")
    with left:
        _chart(view, scope, period, counted, every, sentence)
    if period.kind != "gap":
        with right:
            frame.subtitle(_("Who fights whom, {period}", period=period.words))
            st.html(parts.dyads_html(chosen, _parties(scope), _sides(cache.current_version())))
            frame.note(parts.deaths_note())
        _maps(view, scope, chosen)
    _relations(scope, period)
    frame.note(
        _(
            "An event counts in the month of its first day. Names are those of UCDP, which still codes much of CNEB as "
            "Segunda Marquetalia; between groups it counts gangs as well."
        )
    )
    frame.cite("ucdp-ged")
    frame.take("ucdp_events", "group_relations", "ceasefires")


def _groundless(view: ViewState, row: Ceasefire, period: Period) -> None:
    """Say that no ground is known, and lead to the nation in the same months."""
    few = few_reports(effect_cache.few(row.ceasefire_id, view.window))
    st.info(few or _("Its party was reported in no municipality before it began: there is no ground to count on."))
    nation = view.with_(area="colombia", begin=period.first.date(), end=period.last.date())
    frame.link_to(nation, Item("clashes"), _("Colombia, {period}", period=period.words))


def scope_of(view: ViewState, row: Ceasefire | None) -> Scope:
    """Return what is looked at: one ceasefire's ground, Nariño or the nation."""
    if row is not None:
        codes = _reached(cache.current_version(), row.ceasefire_id, view.window) if row.has_months else frozenset()
        return Scope(row.title, codes=codes, ceasefire=row)
    return Scope(_("Nariño"), department=NARINO) if view.area == "narino" else Scope(_("Colombia"))


def period_of(view: ViewState, row: Ceasefire | None) -> Period:
    """Return the period: that of the view, else a ceasefire's months in force, else the latest that is held whole."""
    if view.begin and view.end and view.begin <= view.end:
        first, last = pd.Timestamp(view.begin), pd.Timestamp(view.end)
    elif row is not None:
        first, last = pd.Timestamp((row.start or row.first).replace(day=1)), _month_end(row.last)
    else:
        whole = [part for part in clashes.periods() if part.kind == "whole"]
        first, last = whole[-1].first, whole[-1].last
    return Period(first, last, clashes.held(clashes.NON_STATE, first, last))


def _month_end(on: date) -> pd.Timestamp:
    return pd.Timestamp(on) + pd.offsets.MonthEnd(0)


def _controls(view: ViewState, item: Item, every: Sequence[Ceasefire], row: Ceasefire | None, period: Period) -> None:
    with st.container(key="controls"):
        first, second, third = st.columns([0.3, 0.5, 0.2], gap="small", vertical_alignment="center")
        with first:
            # One that was never in force has no months, and is offered only where a link names it.
            offered = [one for one in every if one.has_months or one is row]
            frame.ceasefire_picker(view, item, offered, _("A region: no single ceasefire"))
        with second, st.container(horizontal=True, gap="small"):
            if row is None:
                _area(view)
            if row is None or row.has_months:
                _periods(view, row, period)
        with third:
            key, changed = controls.changer(view, "provisional")
            controls.shown(key, view.provisional)
            st.toggle(_("Provisional events of 2026"), key=key, on_change=changed)


def _area(view: ViewState) -> None:
    key, changed = controls.changer(view, "area")
    names = {"narino": _("Nariño"), "colombia": _("Colombia")}
    controls.shown(key, view.area)
    st.segmented_control(
        _("Region"),
        list(AREAS),
        format_func=lambda code: names[code],
        key=key,
        on_change=changed,
        required=True,
        label_visibility="collapsed",
        wrap=True,
    )


def _periods(view: ViewState, row: Ceasefire | None, period: Period) -> None:
    choices = {part.first.date(): Period(part.first, part.last, part.kind) for part in clashes.periods()}
    own = period_of(view.with_(begin=None, end=None), row)
    choices = {own.first.date(): own, **choices} if row is not None else choices
    choices = {**choices, period.first.date(): period}
    key = "ceasefires-clashes-period"

    def changed() -> None:
        chosen = choices[st.session_state[key]]
        default = (chosen.first, chosen.last) == (own.first, own.last)
        begin, end = (None, None) if default else (chosen.first.date(), chosen.last.date())
        controls.show(view.with_(begin=begin, end=end))

    controls.shown(key, period.first.date())
    st.segmented_control(
        _("Period"),
        list(choices),
        format_func=lambda first: choices[first].short,
        key=key,
        on_change=changed,
        required=True,
        label_visibility="collapsed",
        wrap=True,
    )


def _remarks(view: ViewState, scope: Scope, period: Period) -> None:
    every = clashes.between(
        clashes.within(table("ucdp_events"), department=scope.department, codes=scope.codes, provisional=True),
        period.first,
        period.last,
    )
    hidden = 0 if view.provisional else int(every.loc[every["provisional"], "events"].sum())
    around = clashes.within(table("ucdp_events"), department=scope.department, provisional=view.provisional)
    unplaced = clashes.unplaced(clashes.between(around, period.first, period.last))
    for words in parts.remarks(scope, period, hidden, unplaced):
        frame.note(words)


def _parties(scope: Scope) -> frozenset[str]:
    row = scope.ceasefire
    if row is None or row.start is None:
        return frozenset()
    bound = effect_cache.facts().bound.get(row.ceasefire_id, row.armed)
    return rules.structures_of(bound, table("group_lineage"), row.start)


def _chart(
    view: ViewState, scope: Scope, period: Period, counted: pd.DataFrame, every: Sequence[Ceasefire], sentence: str
) -> None:
    frame.subtitle(_("Month by month, with ceasefires in force below"))
    frame.note(
        _(
            "Bars are months, lines the mean of twelve; pale bars are incomplete at the source, the dotted frame is "
            "the period of the sentence. All panels share one scale."
        )
    )
    selected = scope.ceasefire.ceasefire_id if scope.ceasefire else ""
    key = "ceasefires-clashes"

    def chosen() -> None:
        found = clicked(st.session_state.get(key))
        if found:
            controls.show(view.with_(item=Item("clashes", found).code, begin=None, end=None))

    st.plotly_chart(
        ceasefire_clashes_figure.figure(clashes.monthly(counted), shown_below(scope, every), period, selected),
        key=key,
        on_select=chosen,
        selection_mode="points",
        theme=None,
        config={"displayModeBar": False, "locale": language()},
        alt=ceasefire_clashes_figure.summary(sentence),
    )


def shown_below(scope: Scope, every: Sequence[Ceasefire]) -> list[Ceasefire]:
    """Return the ceasefires and suspensions that touch a scope: one ceasefire's line, or those of the region."""
    kept = [row for row in every if row.class_ in ("ceasefire", "suspension_of_operations")]
    if scope.ceasefire is not None:
        own = set(scope.ceasefire.armed)
        return [row for row in every if own & set(row.armed)]
    if not scope.department:
        return kept
    territory = cache.legal_territory()
    here = set(territory.loc[territory["divipola"].str.startswith(scope.department), "ceasefire_id"])
    return [row for row in kept if row.ceasefire_id in here]


def _maps(view: ViewState, scope: Scope, events: pd.DataFrame) -> None:
    counts = {kind: clashes.by_municipality(events, kind) for kind in clashes.TYPES}
    if not any(counts.values()):
        return
    frame.subtitle(_("Where"))
    codes = scope.codes if scope.codes is not None else [f"{scope.department}001"] if scope.department else []
    geometry = frame.geometry_for(view, codes)
    most = max((max(found.values()) for found in counts.values() if found), default=1)
    focus = frame.near(scope.codes) if scope.codes and geometry.payload.scope != "narino" else ()
    pictures = ""
    for kind in clashes.TYPES:
        title, below = parts.map_caption(events, kind)
        areas = parts.discs(counts[kind], kind, most)
        image = minimap.picture(geometry.payload, areas, f"{title}: {below}", width=330, focus=focus)
        pictures += f"<figure><figcaption>{text(title)}<span>{text(below)}</span></figcaption>{image}</figure>"
    st.html(f'<div class="cf-maps">{pictures}</div>')
    words = _("The area of a disc is the number of events; the largest has {n}.", n=most)
    st.caption(" · ".join((words, shapes.caption(geometry))))


def _relations(scope: Scope, period: Period) -> None:
    found = ceasefire_relations.relations(
        table("group_relations"),
        table("group_relation_areas"),
        table("group_relation_sources"),
        by_id(table("groups"), "group_id"),
        sources(),
        scope,
        period,
    )
    if not found:
        return
    title = ngettext(
        "{n} relation between groups that press and Ombudsman report here in these months",
        "{n} relations between groups that press and Ombudsman report here in these months",
        len(found),
    )
    with st.expander(title):
        st.html(ceasefire_relations.relations_html(found))
