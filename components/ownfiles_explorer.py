"""Nariño and Colombia coloured by a layer of the user's own: the explorer's parts with this session's figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from components import cache, controls, mapview, sentence, shapes, timeline_view
from components import ownfiles_figures as figures
from components import ownfiles_session as session
from components.dateline import render_dateline
from components.i18n import _, day, language, number
from components.legend import LegendSpec, keys_of, render_legend
from components.map import LayerRef, MapEvent, render_map
from components.map_payload import layer_payload
from components.markup import text
from components.timecontrol import TimeSpec, page_channel, render_timecontrol
from components.timeline import clicked_date, figure, key_html, summary
from components.view import PRESENCE, ViewState
from data.store import table
from data.uploads import Layer
from data.uploads.figures import at

MAP_HEIGHT = 450


def grid(layer: Layer) -> figures.Grid:
    """Return the figures of a layer for the nation, made once per session."""
    units = cache.scope_units("CO")
    return session.made(("grid", layer.key), lambda: figures.grid(layer, units, cache.PRESENCE_FIRST, cache.last_day()))


def render(view: ViewState, draw_controls: Callable[[ViewState, str], None], draw_card: Callable[..., None]) -> None:
    """Draw an explorer page whose fill is the user's own; `draw_controls` and `draw_card` are the explorer's."""
    layer = session.layer(view.fill)
    if layer is None:
        return
    made = grid(layer)
    on = view.on or session.last_day(layer, cache.last_day())
    units = cache.scope_units(view.scope)
    geometry = shapes.geometry_of(view)
    headline = figures.headline(layer, units, sentence.place(view), on)
    st.html(f'<h1 class="headline">{text(headline)}</h1>')
    st.html(f'<p class="subline">{text(_subline(layer, on))}</p>')
    shapes.say(geometry)
    # What stands in for missing boundaries is said by the control, and stays out of the URL.
    draw_controls(view, geometry.kind)
    left, right = st.columns([0.58, 0.42], gap="medium")
    with left:
        _map(view, layer, made, on, geometry, headline)
    with right:
        _timeline(view, layer, made, on)
        for divipola in view.municipalities:
            name = dict(zip(table("municipalities")["divipola"], table("municipalities")["name"], strict=True))[
                divipola
            ]
            own = f"{name}: {figures.figure_text(layer, divipola, on)} ({figures.mark()})"
            st.html(f'<p class="hint own">{text(layer.name)} · {text(own)}</p>')
        draw_card(view, on)
    with st.expander(_("Table of the map"), key="map-table", on_change="rerun") as fold:
        if fold.open:
            st.dataframe(_table(layer, units, on), hide_index=True, height=420, placeholder="")


def _subline(layer: Layer, on: date) -> str:
    parts = [
        _("State on {date}: {period}.", date=day(on), period=figures.period(layer)),
        _("Yours, not verified: from {file}, {span}.", file=layer.file, span=figures.spanned(layer)),
        _("Own data are not in the link."),
    ]
    return " ".join(parts)


def _map(view: ViewState, layer: Layer, made: figures.Grid, on: date, geometry: shapes.Geometry, headline: str) -> None:
    days = tuple(moment.date() for moment in made.days)
    exact = None if on in days else on
    # The official layers over the fill are those of the same view; only what colours the ground is the user's.
    official = mapview.shown(
        view.with_(map=geometry.kind, fill=PRESENCE), on, geometry.payload, geometry.version, geometry.attribution
    )
    fill = LayerRef(
        session.published(_bytes(view, layer, made, None)),
        session.published(_bytes(view, layer, made, exact)) if exact else None,
    )

    def clicked(click: MapEvent) -> None:
        code = geometry.payload.locator.at(click.lat, click.lon)
        controls.show(view.with_(municipalities=() if code is None or view.municipalities == (code,) else (code,)))

    render_map(replace(official.map, fill=fill, label=headline), height=MAP_HEIGHT, on_click=clicked)
    amounts = tuple(float(count) for count in np.count_nonzero(~np.isnan(made.values), axis=0))
    time = TimeSpec(days=days, selected=on, evidence=amounts, channel=page_channel())
    with st.container(key="time"):
        months, picker = st.columns([0.79, 0.21], gap="small", vertical_alignment="center")
        with months:
            render_timecontrol(time, on_release=lambda moment: controls.show(view.with_(on=moment)))
        with picker:
            known = session.known(cache.known())
            controls.day_picker(view, on, known.first, known.last)
    render_legend(_legend(view, layer, made, on, official.legend))


def _bytes(view: ViewState, layer: Layer, made: figures.Grid, exact: date | None) -> bytes:
    def make() -> bytes:
        matrix = figures.cells(made, layer, cache.scope_units(view.scope), exact)
        return layer_payload(matrix, figures.style(made), figures.label(made, layer))

    return session.made(("payload", layer.key, view.scope, language(), exact), make)


def _table(layer: Layer, units: tuple[str, ...], on: date) -> Any:
    """Return one row per municipality: the map for the keyboard and the screen reader."""
    places = table("municipalities").set_index("divipola").loc[list(units)]
    values = at(layer, units, pd.DatetimeIndex([pd.Timestamp(on)]))[:, 0]
    note = np.where(np.isnan(values), _("no row in your file (not zero)"), figures.mark())
    counted = f"{layer.name} ({figures.measure(layer)})"
    columns: dict[str, Any] = {
        _("Municipality"): places["name"],
        _("Department"): places["department"],
        counted: values,
    }
    if layer.kind == "intervals":
        columns[_("Groups")] = figures.named(layer, units, on)
    # Written as the headline writes it, and still sorted as numbers.
    rows = pd.DataFrame({**columns, _("Note"): note})
    formats: dict[Any, Any] = {counted: _written}
    return rows.style.format(formats, na_rep="")


def _written(value: Any) -> str:
    return number(value, 0 if value == int(value) else 1)


def _legend(view: ViewState, layer: Layer, made: figures.Grid, on: date, official: LegendSpec) -> LegendSpec:
    style = figures.style(made)
    matrix = figures.cells(made, layer, cache.scope_units(view.scope), on)
    own = keys_of(style(cell) for cell in matrix.cells)
    now = keys_of(style(matrix.cells[code]) for code in np.unique(matrix.codes))
    over = ("ceasefire:", "zone:")

    def above(keys: frozenset[str]) -> frozenset[str]:
        return frozenset(key for key in keys if key.startswith(over))

    return LegendSpec(
        possible=own | above(official.possible),
        shown=now | above(official.shown),
        families={},
        classes=figures.class_names(made, layer),
        measure=figures.unit(layer),
        channel=page_channel(),
    )


def _timeline(view: ViewState, layer: Layer, made: figures.Grid, on: date) -> None:
    first, last = timeline_view.span(view, tuple(moment.date() for moment in made.days))
    key = f"timeline-own-{view.page}"
    title, drawn, words = session.made(
        ("timeline", layer.key, language(), view.with_(on=None, layers=(), map="geo")),
        lambda: _drawn(view, layer, made, first, last),
    )
    st.html(title)

    def chosen() -> None:
        moment = clicked_date(st.session_state.get(key))
        if moment is not None:
            controls.show(view.with_(on=min(max(moment, cache.FIRST), last)))

    with st.container(key=f"{key}-chart"):
        st.plotly_chart(
            drawn,
            key=key,
            on_select=chosen,
            selection_mode="points",
            theme=None,
            config={"displayModeBar": False, "locale": language()},
            alt=words,
        )
        render_dateline(f"{key}-chart", on, page_channel())


def _drawn(view: ViewState, layer: Layer, made: figures.Grid, first: date, last: date) -> tuple[str, Any, str]:
    """Return the timeline: the explorer's, with the layer's dashed lines in the place of an indicator's."""
    units = cache.scope_units(view.scope)
    lines = [figures.line(layer, units, made.days, sentence.place(view))]
    names = table("municipalities").set_index("divipola")["name"]
    for divipola, colour in zip(view.municipalities, figures.SELECTED_COLOURS, strict=False):
        lines.append(figures.line(layer, (divipola,), made.days, str(names[divipola]), colour))
    spec = timeline_view.build(view.with_(fill=PRESENCE), first, last)
    spec = replace(spec, title=figures.series_title(layer), lines=lines, breaks=(), why={}, notes=())
    drawn = figure(spec)
    drawn.update_layout(yaxis={"range": [0, figures.top(lines)]})
    drawn.update_traces({"line": {"width": figures.WIDTH}}, {"type": "scatter", "mode": "lines"})
    return key_html(spec), drawn, summary(spec)
