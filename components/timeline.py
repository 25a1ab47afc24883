"""The timeline beside the map: an indicator, ceasefires, peace events and governments on one axis of time.

Plain values in, one Plotly figure out, which knows no selected date: `dateline` draws that over the chart, so that a
change of date moves a line and not a figure. `clicked_date` reads a selection back. Publishers are never joined: each
line is one publisher's series and breaks where the series does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from components.i18n import _, day
from components.markup import line_swatch, text

if TYPE_CHECKING:
    import plotly.graph_objects as go

INK, MUTED, GRID, PAPER, ACCENT = "#22252a", "#6b6f76", "#e4e0d8", "#fbfaf7", "#1f4e5f"
DAY = 86_400_000
CATEGORY_SYMBOLS = {
    "ceasefire": "circle",
    "agreement": "diamond",
    "talks": "square",
    "legal": "triangle-up",
    "rupture": "x",
    "violence": "cross",
    "politics": "triangle-right",
}
OTHER_SYMBOL = "circle-open"
LINES_HEIGHT, BAR_HEIGHT, LANE_HEIGHT, GAP = 150, 15, 12, 14


@dataclass(frozen=True)
class Line:
    """One publisher's series: its name, months (first days) and values; a None value breaks the line."""

    name: str
    months: Sequence[date]
    values: Sequence[float | None]
    colour: str = ACCENT
    dash: str = "solid"


@dataclass(frozen=True)
class Bar:
    """One ceasefire: whose row, from when to when, whether it was in force, and its words."""

    group: str
    colour: str
    start: date
    end: date
    in_force: bool
    title: str
    note: str


@dataclass(frozen=True)
class Mark:
    """One dated event."""

    on: date
    when: str
    title: str
    category: str
    category_name: str


@dataclass(frozen=True)
class Band:
    """One government."""

    name: str
    start: date
    end: date


@dataclass(frozen=True)
class TimelineSpec:
    """What the timeline shows between two dates; `on` is for exports, the page draws its date over the figure."""

    first: date
    last: date
    title: str
    lines: Sequence[Line]
    bars: Sequence[Bar]
    marks: Sequence[Mark]
    bands: Sequence[Band]
    breaks: Sequence[date] = ()
    on: date | None = None


def figure(spec: TimelineSpec) -> go.Figure:
    """Return the timeline as one figure with a shared axis: lines, ceasefire bars per group, events."""
    from plotly.subplots import make_subplots

    heights = [LINES_HEIGHT, max(1, len(_lanes(bar.group for bar in spec.bars))) * BAR_HEIGHT, _marks_height(spec)]
    fig = make_subplots(
        rows=3, cols=1, shared_xaxes=True, vertical_spacing=GAP / (sum(heights) + 2 * GAP), row_heights=heights
    )
    _add_lines(fig, spec.lines)
    for in_force in (True, False):
        _add_bars(fig, [bar for bar in spec.bars if bar.in_force is in_force], in_force)
    _add_marks(fig, spec.marks)
    _add_bands(fig, spec)
    _style(fig, spec, sum(heights) + 2 * GAP)
    return fig


def _lanes(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _marks_height(spec: TimelineSpec) -> int:
    return max(1, len(_lanes(mark.category for mark in spec.marks))) * LANE_HEIGHT + 6


def key_html(spec: TimelineSpec) -> str:
    """Return the title of the timeline with the names of its lines in their colours, as escaped HTML."""
    names = "".join(f"<span>{line_swatch(line.colour)}{text(line.name)}</span>" for line in spec.lines)
    return f'<p class="chart-title">{text(spec.title)}<span class="chart-key">{names}</span></p>'


def clicked_date(event: Mapping[str, Any] | None) -> date | None:
    """Return the date of the point or bar that was selected on the timeline, None without one."""
    points = ((event or {}).get("selection") or {}).get("points") or []
    for point in points:
        data = point.get("customdata")
        found = data[0] if isinstance(data, list | tuple) and data else point.get("x")
        if isinstance(found, str) and len(found) >= 10:
            return date.fromisoformat(found[:10])
    return None


def summary(spec: TimelineSpec) -> str:
    """Return the timeline in one sentence, for those who cannot see it."""
    return _(
        "Timeline from {first} to {last}: {title}; {bars} ceasefires and {events} events.",
        first=day(spec.first),
        last=day(spec.last),
        title=spec.title,
        bars=len(spec.bars),
        events=len(spec.marks),
    )


def _escape(words: str) -> str:
    """Plotly reads a little HTML in every text: what comes from data stays text."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _wrap(words: str, width: int = 46) -> str:
    import textwrap

    return "<br>".join(_escape(line) for line in textwrap.wrap(words, width))


def _add_lines(fig: go.Figure, lines: Sequence[Line]) -> None:
    for line in lines:
        fig.add_scatter(
            x=[month.isoformat() for month in line.months],
            y=list(line.values),
            name=_escape(line.name),
            mode="lines",
            line={"color": line.colour, "width": 1.7, "dash": line.dash},
            connectgaps=False,
            hovertemplate="%{y:,.1f} · %{x|%Y-%m}<extra>" + _wrap(line.name, 30) + "</extra>",
            row=1,
            col=1,
        )


def _add_bars(fig: go.Figure, bars: Sequence[Bar], in_force: bool) -> None:
    if not bars:
        return
    colours = [bar.colour for bar in bars]
    hatch = {"shape": "/", "fgcolor": colours, "bgcolor": PAPER, "size": 5, "solidity": 0.3}
    fig.add_bar(
        x=[max((bar.end - bar.start).days + 1, 6) * DAY for bar in bars],
        y=[_escape(bar.group) for bar in bars],
        base=[bar.start.isoformat() for bar in bars],
        orientation="h",
        width=0.66,
        marker={
            "color": colours if in_force else [PAPER] * len(bars),
            "line": {"color": colours, "width": 1},
            **({} if in_force else {"pattern": hatch}),
        },
        customdata=[[bar.start.isoformat(), _wrap(bar.title), _wrap(bar.note)] for bar in bars],
        hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
        showlegend=False,
        row=2,
        col=1,
    )


def _add_marks(fig: go.Figure, marks: Sequence[Mark]) -> None:
    if not marks:
        return
    fig.add_scatter(
        x=[mark.on.isoformat() for mark in marks],
        y=[_escape(mark.category_name) for mark in marks],
        mode="markers",
        marker={
            "symbol": [CATEGORY_SYMBOLS.get(mark.category, OTHER_SYMBOL) for mark in marks],
            "size": 7,
            "color": MUTED,
            "line": {"color": PAPER, "width": 0.6},
        },
        customdata=[[m.on.isoformat(), _escape(m.when), _wrap(m.title), _escape(m.category_name)] for m in marks],
        hovertemplate="<b>%{customdata[1]}</b> · %{customdata[3]}<br>%{customdata[2]}<extra></extra>",
        showlegend=False,
        row=3,
        col=1,
    )


def _add_bands(fig: go.Figure, spec: TimelineSpec) -> None:
    for index, band in enumerate(spec.bands):
        start, end = max(band.start, spec.first), min(band.end, spec.last)
        if start >= end:
            continue
        tint = "rgba(31,78,95,0.055)" if index % 2 else "rgba(31,78,95,0)"
        box = {"type": "rect", "xref": "x", "yref": "paper", "y0": 0, "y1": 1, "layer": "below", "line": {"width": 0}}
        fig.add_shape(**box, x0=start.isoformat(), x1=end.isoformat(), fillcolor=tint)
        middle = date.fromordinal((start.toordinal() + end.toordinal()) // 2)
        if (end - start).days * 8 > (spec.last - spec.first).days:
            place = {"xref": "x", "yref": "paper", "y": 1.0, "yanchor": "bottom", "showarrow": False}
            fig.add_annotation(
                **place, x=middle.isoformat(), text=_escape(band.name), font={"size": 11, "color": MUTED}
            )


def _style(fig: go.Figure, spec: TimelineSpec, height: int) -> None:
    from components.i18n import language

    for on in spec.breaks:
        fig.add_vline(x=on.isoformat(), line={"color": MUTED, "width": 1, "dash": "dot"})
    fig.update_layout(
        height=height + 52,
        margin={"l": 4, "r": 6, "t": 20, "b": 26},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"size": 12, "color": INK},
        separators=",." if language() == "es" else ".,",
        hoverlabel={"bgcolor": "white", "font": {"size": 12, "color": INK}, "align": "left"},
        barmode="overlay",
        dragmode=False,
        showlegend=False,
        clickmode="event+select",
    )
    limits = [spec.first.isoformat(), spec.last.isoformat()]
    step = "M24" if (spec.last - spec.first).days < 5000 else "M60"
    ticks = {"tickformat": "%Y", "dtick": step, "tick0": "2000-01-01", "fixedrange": True}
    fig.update_xaxes(range=limits, showgrid=True, gridcolor=GRID, zeroline=False, type="date", **ticks)
    fig.update_yaxes(gridcolor=GRID, zeroline=False, automargin=True, fixedrange=True)
    fig.update_yaxes(rangemode="tozero", nticks=5, row=1, col=1)
    named = {"showgrid": False, "tickfont": {"size": 10}, "autorange": "reversed", "dtick": 1, "ticklabelstandoff": 2}
    fig.update_yaxes(**named, visible=bool(spec.bars), row=2, col=1)
    fig.update_yaxes(**named, visible=bool(spec.marks), row=3, col=1)
