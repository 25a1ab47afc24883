"""Inequality and need beside presence and violence: a scatter, a map and medians that a reader can explore."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from components import (
    cache,
    controls,
    explorer,
    need_chart,
    need_map,
    need_measures,
    need_scatter,
    need_sources,
    need_words,
    shapes,
)
from components.exports.spec import DataTable, file_stem
from components.exports.tabular import table_csv
from components.i18n import _, day, ngettext
from components.legend import render_legend
from components.map import render_map
from components.markup import text
from components.need_chart import Point, Scatter
from components.need_measures import Measure
from components.search import search_box
from components.server.assets import payload_url
from components.view import AREAS, COLOURS, MAX_SELECTED, ViewState
from data.store import table
from geo import need

STATIC = Path(__file__).with_name("static")
MAP_HEIGHT = 430
TABLE = ("poverty_ipm", "poverty_ipm_urban", "poverty_ipm_rural", "poverty_nbi", "population", "rural_share")
BESIDE = ("homicides", "coca_ha", "groups")


def render() -> None:
    """Draw the page that the URL names."""
    view, ignored = explorer.read_view("need")
    explorer.say_ignored(ignored)
    for name in ("compare.css", "need.css"):
        st.html(STATIC / name)
    on = view.on or cache.last_evidence(view)
    x, y = (need_measures.measure(view, code, on) for code in (view.x, view.y))
    groups = need_measures.groups_of_municipalities()
    st.html(f'<h1 class="headline">{text(need_words.headline(x, y, groups))}</h1>')
    st.html(f'<p class="subline">{text(_subline(view, x, y, on))}</p>')
    _controls(view, on)
    left, right = st.columns([0.58, 0.42], gap="medium")
    with left:
        points = _scatter(view, x, y, on)
    with right:
        _map(view, x, y, on)
    _medians(view, x, y, on, groups)
    _table(view, points, x, y, on)


def _subline(view: ViewState, x: Measure, y: Measure, on: date) -> str:
    place = need_scatter.place(view)
    units = need_scatter.units(view)
    here = [measure.values.reindex(list(units)) for measure in (x, y)]
    return need_words.correlation(need.rank_correlation(*here), x, y, place)


def _controls(view: ViewState, on: date) -> None:
    names = need_measures.names()
    with st.container(key="controls"):
        across, upwards, size, colour = st.columns(4, gap="small")
        with across:
            _choice(view, "x", _("Across"), names)
        with upwards:
            _choice(view, "y", _("Upwards"), names)
        with size:
            _choice(view, "size", _("Size of the points"), {"": _("All alike"), **names})
        with colour:
            colours = {
                "family": _("Family of groups reported"),
                "pdet": _("PDET municipality"),
                "none": _("No colour"),
            }
            _choice(view, "colour", _("Colour"), {code: colours[code] for code in COLOURS})
        area, find, when = st.columns([0.25, 0.5, 0.25], gap="small", vertical_alignment="bottom")
        with area:
            _area(view)
        with find:
            search_box(payload_url("state", shapes.names_asset(view)), "need-search", lambda code: _select(view, code))
        with when:
            _day(view, on)


def _choice(view: ViewState, field: str, label: str, names: dict[str, str]) -> None:
    key, changed = controls.changer(view, field)
    controls.shown(key, getattr(view, field))
    st.selectbox(
        label, list(names), format_func=lambda code: names[code], key=key, on_change=changed, filter_mode="fuzzy"
    )


def _area(view: ViewState) -> None:
    names = {"narino": "Nariño", "colombia": "Colombia"}
    key, changed = controls.changer(view, "area")
    controls.shown(key, view.area)
    st.segmented_control(
        _("Municipalities of"),
        list(AREAS),
        format_func=lambda code: names[code],
        key=key,
        on_change=changed,
        required=True,
    )


def _day(view: ViewState, on: date) -> None:
    key, changed = controls.changer(view, "on")
    controls.shown(key, view.on)
    st.date_input(
        _("Date"),
        value=None,
        min_value=cache.FIRST,
        max_value=cache.LAST,
        key=key,
        on_change=changed,
        format="YYYY-MM-DD",
        help=_(
            "Blank: {date}, the last day with evidence. Each measure shows its latest figures up to it.", date=day(on)
        ),
    )


def _select(view: ViewState, divipola: str) -> None:
    controls.show(toggled(view, divipola))


def toggled(view: ViewState, divipola: str) -> ViewState:
    """Return the view with a municipality selected, or without it when it was; the oldest makes room."""
    if divipola in view.municipalities:
        return view.with_(municipalities=tuple(code for code in view.municipalities if code != divipola))
    return view.with_(municipalities=(*view.municipalities, divipola)[-MAX_SELECTED:])


def _scatter(view: ViewState, x: Measure, y: Measure, on: date) -> list[Point]:
    size = need_measures.measure(view, view.size, on) if view.size else None
    key, points = need_scatter.points(view, x, y, size, on)
    for measure in (x, y):
        if measure.empty:
            st.info(
                _(
                    "{name}: {publisher} has no figures yet on {date}.",
                    name=measure.name,
                    publisher=measure.publisher,
                    date=day(on),
                )
            )
            return []
    if not points:
        st.info(_("No municipality of {place} has both figures.", place=need_scatter.place(view)))
        return []
    axes = (need_scatter.axis(x, points, "x"), need_scatter.axis(y, points, "y"))
    scatter = Scatter(points, *axes, key)
    _key(scatter, size)
    chosen = f"need-scatter-{view.language}"

    def clicked() -> None:
        code = need_chart.clicked(st.session_state.get(chosen))
        if code:
            _select(view, code)

    st.plotly_chart(
        need_chart.figure(scatter),
        key=chosen,
        on_select=clicked,
        selection_mode="points",
        theme=None,
        config={"displayModeBar": False},
        alt=need_chart.summary(scatter),
    )
    _left_out(view, scatter)
    shown = (x, y) if size is None else (x, y, size)
    st.html(need_sources.line_html(view, shown, on, need_scatter.units(view)))
    return points


def _key(scatter: Scatter, size: Measure | None) -> None:
    about = _("One point per municipality; dotted: medians; dark ring: the ten of the talks")
    if size is not None:
        about += "; " + _("size: {name} ({period})", name=size.name, period=size.period)
    key = f'<p class="need-key chart-key">{need_chart.key_html(scatter)}</p>'
    st.html(f'<p class="chart-title need-key">{text(about)}.</p>{key}')


def _left_out(view: ViewState, scatter: Scatter) -> None:
    units = need_scatter.units(view)
    missing = len(units) - len(scatter.drawn)
    parts = []
    if missing:
        parts.append(
            ngettext(
                "{n} municipality is not drawn: no record of one of the two.",
                "{n} municipalities are not drawn: no record of one of the two.",
                missing,
            )
        )
    absent = [code for code in view.municipalities if code not in {point.divipola for point in scatter.drawn}]
    if absent:
        names = table("municipalities").set_index("divipola")["name"]
        parts.append(_("Selected but not drawn: {names}.", names=", ".join(str(names[code]) for code in absent)))
    if parts:
        st.html(f'<p class="hint">{text(" ".join(parts))}</p>')


def _map(view: ViewState, x: Measure, y: Measure, on: date) -> None:
    names = {"x": x.short, "y": y.short}
    key, changed = controls.changer(view, "item", lambda value: value if value == "x" else "")
    shown = "x" if view.item == "x" else "y"
    controls.shown(key, shown)
    st.segmented_control(
        _("Map of"),
        list(names),
        format_func=lambda axis: names[axis],
        key=key,
        on_change=changed,
        required=True,
        label_visibility="collapsed",
    )
    spec, legend, geometry = need_map.build(view, x if shown == "x" else y, on)
    shapes.say(geometry)
    click = render_map(spec, height=MAP_HEIGHT)
    render_legend(legend, key="need-legend")
    mapped = x if shown == "x" else y
    st.html(need_sources.line_html(view, (mapped,), on, need_scatter.units(view)))
    code = geometry.payload.locator.at(click.lat, click.lon) if click else None
    if code:
        controls.show(toggled(view, code))
        st.rerun()


def _medians(view: ViewState, x: Measure, y: Measure, on: date, groups: list[need_measures.Group]) -> None:
    codes = dict.fromkeys((*TABLE, *BESIDE, view.x, view.y))
    measures = [{view.x: x, view.y: y}.get(code) or need_measures.measure(view, code, on) for code in codes]
    title = _("Nariño against the nation, the ten of the talks against the rest")
    st.html(f"<h2 class='compare-title'>{text(title)}</h2>")
    nation = cache.scope_units("CO")
    cited = {each.measure_id: need_sources.source_html(view, each, on, nation) for each in measures}
    st.html(f"<div class='compare-scroll'>{need_words.medians_html(measures, groups, cited)}</div>")
    note = _(
        "Each municipality counts once, whatever its population. The ten are the priority municipalities of the "
        "roadmap of 5 August 2024: the list of the talks, not evidence of presence. Number of groups: those that "
        "sources report; nobody reported counts as zero and is no proof of peace."
    )
    st.html(f'<p class="hint">{text(note)}</p>')


def _table(view: ViewState, points: list[Point], x: Measure, y: Measure, on: date) -> None:
    if not points:
        return
    names = table("municipalities").set_index("divipola")

    def data() -> bytes:
        return table_csv(DataTable("need", "", need_scatter.frame(points, x, y)))

    with st.expander(_("Table of the scatter"), key="need-table", on_change="rerun") as fold:
        if fold.open:
            rows = pd.DataFrame(
                {
                    _("Municipality"): [str(names.loc[point.divipola, "name"]) for point in points],
                    _("Department"): [str(names.loc[point.divipola, "department"]) for point in points],
                    f"{x.name} ({x.period})": [point.x for point in points],
                    f"{y.name} ({y.period})": [point.y for point in points],
                }
            )
            st.dataframe(rows.round(1), hide_index=True, height=420)
    stem = file_stem(view.with_(on=on, fill=f"{view.x}-{view.y}", municipalities=()))
    st.download_button(
        _("Table (CSV)"), data, file_name=f"{stem}.csv", mime="text/csv", key="need-csv", on_click="ignore"
    )
