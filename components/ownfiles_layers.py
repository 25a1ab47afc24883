"""The layers of this session beside the official data: a map, a line over an official one, and the project file."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from components import cache, shapes
from components import ownfiles_figures as figures
from components import ownfiles_session as session
from components.i18n import _, language, pick
from components.legend import LegendSpec, keys_of, render_legend
from components.markup import text
from components.minimap import Area, picture
from components.ownfiles_explorer import grid
from components.ownfiles_templates import uploader
from components.ownfiles_upload import say
from components.rows import records
from components.timeline import ACCENT, GRID, INK, PAPER
from components.view import ViewState
from data.store import table
from data.uploads import Layer, UploadError
from data.uploads.project import MAX_PROJECT, MAX_ROWS, Project, load, save
from geo import indicators

HEIGHT = 330
MAX_PROJECT_MB = MAX_PROJECT // (1024 * 1024)


def render(view: ViewState) -> None:
    """Draw the layers of this session, one at a time."""
    layers = session.layers()
    st.html(f'<h2 class="section">{text(_("Yours in this session"))}</h2>')
    if not layers:
        st.html(f'<p class="hint">{text(_("Nothing yet. What you add appears here and under “Map shows”."))}</p>')
        return
    by_number = {layer.number: layer for layer in layers}
    number = session.chosen()
    if len(layers) > 1:
        st.session_state[session.CHOSEN] = number
        st.segmented_control(
            _("Layer"),
            list(by_number),
            format_func=lambda each: by_number[each].name,
            key=session.CHOSEN,
            required=True,
            label_visibility="collapsed",
        )
    _layer(view, by_number[number])


def _layer(view: ViewState, layer: Layer) -> None:
    parts = [layer.file, figures.size(layer), figures.spanned(layer), figures.mark()]
    st.html(f"<p><strong>{text(layer.name)}</strong> · {text(' · '.join(parts))}</p>")
    pages = st.session_state["pages"]
    link = {"lang": language(), "fill": layer.key, "v": "1"}
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for stem, label in (("narino", _("On the map of Nariño")), ("colombia", _("On the map of Colombia"))):
            st.page_link(pages[stem], label=label, query_params=link)
        with st.popover(_("Remove from this session")):
            st.html(f"<p>{text(_('“{name}” is gone then; only its file can bring it back.', name=layer.name))}</p>")
            st.button(
                _("Yes, remove it"),
                key=f"own-remove-{layer.number}",
                on_click=session.remove,
                args=(layer.number,),
            )
    left, right = st.columns([0.45, 0.55], gap="medium")
    with left:
        _map(view, layer)
    with right:
        _beside(layer)


def _map(view: ViewState, layer: Layer) -> None:
    on = session.last_day(layer, cache.last_day())
    made = grid(layer)
    styled = figures.style(made)
    only = all(code.startswith("52") for code in layer.rows["divipola"].unique())
    scope = view.with_(page="narino" if only else "colombia")
    units = cache.scope_units(scope.scope)
    column = figures.cells(made, layer, units, on).column(0)
    styles = {code: styled(cell) for code, cell in column.items()}
    geometry = shapes.geometry_of(scope)
    words = figures.headline(layer, units, "Nariño" if only else "Colombia", on)
    key = ("picture", layer.key, scope.scope, geometry.version, language())
    source = session.made(
        key,
        lambda: picture(geometry.payload, {code: Area(style) for code, style in styles.items()}, words, width=460),
    )
    st.html(f'<p class="chart-title">{text(words)}</p>{source}')
    keys = keys_of(styles.values())
    legend = LegendSpec(keys, keys, {}, figures.class_names(made, layer), figures.unit(layer))
    render_legend(legend, key=f"own-legend-{layer.number}")
    st.caption(_("Plain land: no row in your file that counts at this date, which is not zero."))


def _beside(layer: Layer) -> None:
    """Draw the layer's line under an official one: one axis of time, two scales that are never mixed."""
    names = {
        row["indicator_id"]: row
        for row in records(table("indicators"))
        if indicators.indicator(row["indicator_id"]).additive
    }
    options = list(names)
    titles = {code: f"{pick(row, 'name')} · {row['publisher']}" for code, row in names.items()}
    official = st.selectbox(
        _("Beside"),
        options,
        options.index("homicides"),
        format_func=titles.__getitem__,
        key="own-beside",
    )
    regions = _regions(layer)
    region = st.selectbox(_("In"), list(regions), format_func=regions.__getitem__, key=f"own-region-{layer.number}")
    key = ("beside", layer.key, official, region, language(), cache.current_version())
    chart, words = session.made(key, lambda: _chart(layer, names[official], region, regions[region]))
    st.plotly_chart(
        chart,
        key=f"own-chart-{layer.number}",
        theme=None,
        config={"displayModeBar": False, "locale": language()},
        alt=words,
    )


def _regions(layer: Layer) -> dict[str, str]:
    """Return the nation and the departments with rows, the one with most first."""
    places = table("municipalities")
    of = dict(zip(places["divipola"], places["department_code"], strict=True))
    name = dict(zip(places["department_code"], places["department"], strict=True))
    counts = layer.rows["divipola"].map(of).value_counts()
    departments = {str(code): str(name[code]) for code, count in counts.items() if count}
    return departments | {"CO": "Colombia"}


def _chart(layer: Layer, official: dict[str, Any], region: str, name: str) -> tuple[Any, str]:
    import plotly.graph_objects as go

    made = grid(layer)
    months, values = cache.line(official["indicator_id"], "nation" if region == "CO" else "department", region, "count")
    own = figures.line(layer, cache.scope_units("CO") if region == "CO" else _units(region), made.days, layer.name)
    first = max(min([months[0], own.months[0]]), date(min(own.months[0].year - 2, 2015), 1, 1))
    last = max(months[-1], own.months[-1])
    period = _("trailing 12 months") if official["frequency"] == "month" else _("by year")
    titles = (
        f"{pick(official, 'name')} ({pick(official, 'unit')}), {period} · {official['publisher']}",
        figures.series_title(layer),
    )
    axis = {
        "gridcolor": GRID,
        "zeroline": False,
        "automargin": True,
        "fixedrange": True,
        "rangemode": "tozero",
        "nticks": 4,
    }
    note = {"xref": "paper", "yref": "paper", "x": 0, "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    traces = [
        _trace([moment.isoformat() for moment in months], values, ACCENT, "solid", "y", 1.7),
        _trace([moment.isoformat() for moment in own.months], own.values, own.colour, own.dash, "y2", figures.WIDTH),
    ]
    layout = {
        "height": HEIGHT,
        "margin": {"l": 4, "r": 6, "t": 24, "b": 26},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "font": {"size": 12, "color": INK},
        "separators": ",." if language() == "es" else ".,",
        "showlegend": False,
        "dragmode": False,
        "annotations": [
            {**note, "y": 1.0, "text": _escape(titles[0]), "font": {"size": 12, "color": ACCENT}},
            {**note, "y": 0.42, "text": _escape(titles[1]), "font": {"size": 12, "color": own.colour}},
        ],
        "xaxis": {
            "type": "date",
            "range": [first.isoformat(), last.isoformat()],
            "anchor": "y2",
            "gridcolor": GRID,
            "fixedrange": True,
        },
        "yaxis": {**axis, "domain": [0.56, 1.0]},
        "yaxis2": {**axis, "domain": [0.0, 0.42], "range": [0, figures.top([own])]},
    }
    words = _("{name}: {first}, and below it, dashed, {second}.", name=name, first=titles[0], second=titles[1])
    return go.Figure({"data": traces, "layout": layout}), words


def _units(department: str) -> tuple[str, ...]:
    places = table("municipalities")
    return tuple(places.loc[places["department_code"] == department, "divipola"])


def _escape(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _trace(x: list[str], y: Any, colour: str, dash: str, axis: str, width: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": list(y),
        "xaxis": "x",
        "yaxis": axis,
        "line": {"color": colour, "width": width, "dash": dash},
        "connectgaps": False,
        "hovertemplate": "%{y:,.1f} · %{x|%Y-%m}<extra></extra>",
    }


def project() -> None:
    """Draw what saves the view and the layers as one file, and what opens such a file."""
    st.html(f'<h2 class="section">{text(_("Project file"))}</h2>')
    words = _(
        "One JSON file with the view last seen on a map and your layers: municipality, dates, figure, group and kind "
        "of presence of each row, no other column. Whoever gets the file can read them. Opening one replaces the "
        "layers of this session."
    )
    st.html(f'<p class="hint">{text(words)}</p>')
    page, query = session.remembered()
    layers = session.layers()
    large = [layer.name for layer in layers if len(layer.rows) > MAX_ROWS]
    if large:
        st.warning(_("Too large for a project file: {names}.", names=", ".join(large)))
    else:
        # Made on the click only: a million rows take seconds.
        st.download_button(
            _("Save the project"),
            lambda: save(Project(page, query, layers), date.today()),
            _("project.json"),
            "application/json",
            key="own-save",
            on_click="ignore",
        )
    label = _("Open a project (JSON, up to {n} MB)", n=MAX_PROJECT_MB)
    with uploader("own-project-uploader"):
        file = st.file_uploader(label, type=["json"], key="own-project", max_upload_size=MAX_PROJECT_MB)
    if file is None or not st.button(_("Open and replace"), key="own-open"):
        return
    try:
        opened = load(file, cache.known().municipalities)
    except UploadError as fault:
        say(fault)
        return
    session.restore(opened.layers)
    pages = st.session_state["pages"]
    st.switch_page(pages.get(opened.page, pages["narino"]), query_params={**opened.query, "lang": language()})
