"""Clashes month by month as a figure: a panel per type, and the ceasefires in force below them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from components import texts
from components.ceasefire_clashes import COLOURS, Period, type_name
from components.ceasefire_gantt import FONT, TICK_FORMATS, layout
from components.ceasefire_rows import Ceasefire
from components.i18n import _, day, language, month, ngettext, number
from components.rows import records
from components.timeline import DAY, GRID, INK, MUTED, PAPER
from geo import clashes, symbology

if TYPE_CHECKING:
    import plotly.graph_objects as go

# The words of a panel in its own colour, dark enough to be read.
WORDS = {**COLOURS, 3: "#8a5a00"}
PALE = {1: "#b9ccd3", 2: "#e3b7ba", 3: "#e6d2ac"}
GAP_COLOUR = "rgba(107,111,118,0.13)"
SPELL_COLOUR = "rgba(31,78,95,0.16)"
PANEL, LANE = 122, 13


def figure(monthly: pd.DataFrame, rows: Sequence[Ceasefire], period: Period, selected: str = "") -> go.Figure:
    """Return one panel per type, months and their twelve-month mean, with ceasefires in force as bands below.

    Parameters
    ----------
    monthly
        Answer of :func:`geo.clashes.monthly`.
    rows
        Ceasefires to show below; those of class ceasefire and suspensions that took effect are drawn.
    period
        The months that the sentence and the table speak of, framed.
    selected
        The ceasefire whose days are shaded over all panels.
    """
    from plotly.subplots import make_subplots

    named, spans = layout([row for row in rows if row.took_effect and row.start])
    lanes = sum(row.lanes for row in named)
    heights = [PANEL, PANEL, PANEL, max(lanes, 1) * LANE]
    fig = make_subplots(
        rows=4, cols=1, shared_xaxes=True, vertical_spacing=24 / (sum(heights) + 72), row_heights=heights
    )
    first, last = monthly["month"].min(), monthly["month"].max() + pd.offsets.MonthEnd(0)
    for kind in clashes.TYPES:
        _add_type(fig, monthly, kind)
    _add_bars(fig, [span for span in spans if span.in_force], selected)
    for span in spans:
        if span.in_force and span.ceasefire.ceasefire_id == selected:
            fig.add_shape(
                type="rect",
                xref="x",
                yref="paper",
                x0=span.first.isoformat(),
                x1=span.last.isoformat(),
                y0=0,
                y1=1,
                layer="below",
                line={"width": 0},
                fillcolor=SPELL_COLOUR,
            )
    fig.add_shape(
        type="rect",
        xref="x",
        yref="paper",
        x0=f"{period.first:%Y-%m-%d}",
        x1=f"{period.last:%Y-%m-%d}",
        y0=0,
        y1=1,
        line={"width": 1, "color": INK, "dash": "dot"},
    )
    top = max(float(monthly["events"].max()), 3.0)
    fig.update_layout(
        height=sum(heights) + 72 + 42,
        margin={"l": 4, "r": 8, "t": 18, "b": 24},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"size": 12, "color": INK, "family": FONT},
        separators=",." if language() == "es" else ".,",
        hoverlabel={"bgcolor": "white", "font": {"size": 12, "color": INK}, "align": "left"},
        barmode="stack",
        bargap=0.12,
        dragmode=False,
        showlegend=False,
        clickmode="event+select",
    )
    fig.update_xaxes(
        range=[f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"],
        type="date",
        tickangle=0,
        tickformatstops=TICK_FORMATS,
        gridcolor=GRID,
        zeroline=False,
        fixedrange=True,
    )
    fig.update_yaxes(range=[0, top * 1.08], nticks=4, gridcolor=GRID, zeroline=False, fixedrange=True, automargin=True)
    fig.update_yaxes(
        range=[max(lanes, 1) - 0.5, -0.5],
        tickvals=[row.first_lane + (row.lanes - 1) / 2 for row in named],
        ticktext=[_safe(row.name) for row in named],
        tickfont={"size": 10},
        showgrid=False,
        row=4,
        col=1,
    )
    return fig


def _add_type(fig: go.Figure, monthly: pd.DataFrame, kind: int) -> None:
    rows = monthly[(monthly["type"] == kind) & monthly["events"].notna()]
    kinds = {part.kind: [] for part in clashes.stretches(kind)}
    for part in clashes.stretches(kind):
        kinds[part.kind].append(part)
    whole = _inside(rows, kinds.get("whole", []))
    settled = rows["events"] - rows["provisional"]
    x = [f"{on:%Y-%m-15}" for on in rows["month"]]
    hover = [
        f"<b>{month(row['month'])}</b><br>{type_name(kind)}: {number(row['events'])}<br>"
        f"{ngettext('{n} death', '{n} deaths', int(row['deaths']))}"
        for row in records(rows)
    ]
    fig.add_bar(
        x=x,
        y=settled.tolist(),
        marker={"color": [COLOURS[kind] if one else PALE[kind] for one in whole]},
        opacity=0.75,
        customdata=hover,
        hovertemplate="%{customdata}<extra></extra>",
        row=kind,
        col=1,
    )
    if rows["provisional"].any():
        fig.add_bar(
            x=x,
            y=rows["provisional"].tolist(),
            marker={
                "color": COLOURS[kind],
                "pattern": {"shape": "/", "fillmode": "overlay", "fgcolor": PAPER, "size": 4, "solidity": 0.6},
            },
            customdata=hover,
            hovertemplate="%{customdata}<extra>" + _safe(_("provisional")) + "</extra>",
            row=kind,
            col=1,
        )
    mean = clashes.moving_average(monthly, kind)
    fig.add_scatter(
        x=[f"{on:%Y-%m-15}" for on in mean.index],
        y=[None if pd.isna(value) else round(float(value), 2) for value in mean],
        mode="lines",
        line={"color": INK, "width": 1.6},
        connectgaps=False,
        hovertemplate="%{y:.1f}<extra>" + _safe(_("mean of twelve months")) + "</extra>",
        row=kind,
        col=1,
    )
    axis = "" if kind == 1 else str(kind)
    _say(fig, kind, axis)


def _say(fig: go.Figure, kind: int, axis: str) -> None:
    """The name of a panel, and what its stretches lack, written where they lie."""
    fig.add_annotation(
        x=0,
        y=1,
        xref="paper",
        yref=f"y{axis} domain",
        xanchor="left",
        yanchor="bottom",
        showarrow=False,
        text=f"<b>{_safe(type_name(kind))}</b>",
        font={"size": 12, "color": WORDS[kind]},
    )
    for part in clashes.stretches(kind):
        if part.kind == "whole":
            continue
        gap = part.kind == "gap"
        if gap:
            fig.add_shape(
                type="rect",
                xref="x",
                yref=f"y{axis} domain",
                x0=f"{part.first:%Y-%m-%d}",
                x1=f"{part.last:%Y-%m-%d}",
                y0=0,
                y1=1,
                line={"width": 0},
                fillcolor=GAP_COLOUR,
                layer="below",
            )
        if (part.last - part.first).days > 800:
            fig.add_annotation(
                x=f"{part.first + (part.last - part.first) / 2:%Y-%m-%d}",
                y=0.5 if gap else 0.96,
                xref="x",
                yref=f"y{axis} domain",
                yanchor="middle" if gap else "top",
                showarrow=False,
                text=_safe(_("not held") if gap else _("incomplete: no trend")),
                font={"size": 11, "color": MUTED},
            )


def _inside(rows: pd.DataFrame, parts: Sequence[clashes.Stretch]) -> list[bool]:
    return [any(part.first <= on <= part.last for part in parts) for on in rows["month"]]


def _add_bars(fig: go.Figure, spans: Sequence[Any], selected: str) -> None:
    if not spans:
        return
    fig.add_bar(
        x=[max((span.last - span.first).days + 1, 20) * DAY for span in spans],
        y=[span.lane for span in spans],
        base=[span.first.isoformat() for span in spans],
        orientation="h",
        width=[0.8 if span.ceasefire.class_ == "ceasefire" else 0.46 for span in spans],
        marker={
            "color": [_bar_colour(span.ceasefire) for span in spans],
            "line": {
                "color": [INK if span.ceasefire.ceasefire_id == selected else "rgba(0,0,0,0)" for span in spans],
                "width": 2,
            },
        },
        customdata=[
            [
                span.ceasefire.ceasefire_id,
                _safe(span.ceasefire.title),
                _safe(
                    f"{texts.ceasefire_class(span.ceasefire.class_)} · "
                    + _("{first} to {last}", first=day(span.first), last=day(span.last))
                ),
            ]
            for span in spans
        ],
        hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
        row=4,
        col=1,
    )


def _bar_colour(row: Ceasefire) -> str:
    hue = symbology.hue(row.family)
    return hue.full if row.class_ == "ceasefire" else hue.tint


def _safe(value: str) -> str:
    """Plotly reads a little HTML in every text: what comes from data stays text."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def summary(sentence: str) -> str:
    """Return the figure in one sentence, for those who cannot see it; `sentence` is the headline."""
    return _(
        "Lethal events by month and type, 2012 to 2018 and 2023 to 2026, with ceasefires. {sentence}.",
        sentence=sentence,
    )
