"""The timeline beside the map: an indicator, ceasefires, peace events and governments on one axis of time.

Plain values in, one Plotly figure out, which knows no selected date: `dateline` draws that over the chart, so that a
change of date moves a line and not a figure. `clicked_date` reads a selection back. Publishers are never joined: each
line is one publisher's series and breaks where the series does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
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
LONG_DAYS = 5000
HIT_DAYS = 90


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
class Room:
    """How wide the timeline's axis is and how wide one letter of a president's name, in pixels."""

    width: float
    letter: float


PHONE = Room(230, 5.8)


@dataclass(frozen=True)
class TimelineSpec:
    """What the timeline shows between two dates; `on` is for exports, the page draws its date over the figure.

    `why` says of a break what changes there; `notes` are the sentences that stand under the timeline.
    """

    first: date
    last: date
    title: str
    lines: Sequence[Line]
    bars: Sequence[Bar]
    marks: Sequence[Mark]
    bands: Sequence[Band]
    breaks: Sequence[date] = ()
    on: date | None = None
    why: Mapping[date, str] = field(default_factory=dict)
    notes: Sequence[str] = ()


def figure(spec: TimelineSpec, room: Room = PHONE) -> go.Figure:
    """Return the timeline as one figure with a shared axis: lines, ceasefire bars per group, events.

    Parameters
    ----------
    spec
        What it shows.
    room
        The narrowest place where it will stand: presidents' names are as long as their years leave room for there.
    """
    import plotly.graph_objects as go

    heights = [LINES_HEIGHT, max(1, len(_lanes(bar.group for bar in spec.bars))) * BAR_HEIGHT, _marks_height(spec)]
    traces = [
        *(_line(line) for line in spec.lines),
        *_seams(spec),
        *_bars([bar for bar in spec.bars if bar.in_force], True),
        *_bars([bar for bar in spec.bars if not bar.in_force], False),
        *_marks(spec.marks),
    ]
    # Built as one mapping: Plotly checks it once, not at every step, which is ten times as fast.
    return go.Figure({"data": traces, "layout": _layout(spec, heights, room)})


def _lanes(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _marks_height(spec: TimelineSpec) -> int:
    return max(1, len(_lanes(mark.category for mark in spec.marks))) * LANE_HEIGHT + 6


def key_html(spec: TimelineSpec) -> str:
    """Return the title of the timeline with the names of its lines in their colours, as escaped HTML."""
    names = "".join(f"<span>{line_swatch(line.colour)}{text(line.name)}</span>" for line in spec.lines)
    return f'<p class="chart-title">{text(spec.title)}<span class="chart-key">{names}</span></p>'


def notes_html(spec: TimelineSpec) -> str:
    """Return the sentences under the timeline as escaped HTML; empty without any."""
    bars = (
        [_("Solid bar: ceasefire in force; hatched bar: announced, pledge, suspension or truce.")] if spec.bars else []
    )
    said = "".join(f"<li>{text(note)}</li>" for note in (*bars, *spec.notes))
    return f'<ul class="chart-notes">{said}</ul>' if said else ""


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


def _line(line: Line) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [month.isoformat() for month in line.months],
        "y": list(line.values),
        "name": _escape(line.name),
        "mode": "lines",
        "line": {"color": line.colour, "width": 1.7, "dash": line.dash},
        "connectgaps": False,
        "hovertemplate": "%{y:,.1f} · %{x|%Y-%m}<extra>" + _wrap(line.name, 30) + "</extra>",
        "xaxis": "x",
        "yaxis": "y",
    }


def _seams(spec: TimelineSpec) -> list[dict[str, Any]]:
    """Small marks at the foot of the breaks, which say on being pointed at why the series breaks there."""
    marked = [(on, spec.why[on]) for on in spec.breaks if spec.why.get(on)]
    if not marked:
        return []
    trace = {
        "type": "scatter",
        "x": [on.isoformat() for on, _why in marked],
        "y": [0] * len(marked),
        "mode": "markers",
        "marker": {"symbol": "triangle-up", "size": 8, "color": MUTED},
        "cliponaxis": False,
        "customdata": [[on.isoformat(), _wrap(why)] for on, why in marked],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        "xaxis": "x",
        "yaxis": "y",
    }
    return [trace]


def _bars(bars: Sequence[Bar], in_force: bool) -> list[dict[str, Any]]:
    if not bars:
        return []
    colours = [bar.colour for bar in bars]
    # Plotly fills with the marker's colour and draws the pattern over it: paper lines on the hue.
    hatch = {"shape": "/", "fillmode": "overlay", "fgcolor": PAPER, "fgopacity": 1, "size": 5, "solidity": 0.55}
    marker: dict[str, Any] = {"color": colours} if in_force else {"color": colours, "pattern": hatch}
    lengths = [max((bar.end - bar.start).days + 1, 6) for bar in bars]
    marker["line"] = {"color": colours, "width": 1}
    trace = {**_row(bars, [bar.start for bar in bars], lengths), "marker": marker}
    return [*_reach([bar for bar, days in zip(bars, lengths, strict=True) if days < HIT_DAYS]), trace]


def _reach(short: Sequence[Bar]) -> list[dict[str, Any]]:
    """An unseen bar under each truce of a few days, which is a pixel wide: something for the pointer to hit."""
    if not short:
        return []
    starts = [bar.start - timedelta(days=HIT_DAYS // 2) for bar in short]
    return [{**_row(short, starts, [HIT_DAYS] * len(short)), "opacity": 0, "marker": {"color": PAPER}}]


def _row(bars: Sequence[Bar], starts: Sequence[date], lengths: Sequence[int]) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": [days * DAY for days in lengths],
        "y": [_escape(bar.group) for bar in bars],
        "base": [start.isoformat() for start in starts],
        "orientation": "h",
        "width": 0.66,
        "customdata": [[bar.start.isoformat(), _wrap(bar.title), _wrap(bar.note)] for bar in bars],
        "hovertemplate": "<b>%{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
        "xaxis": "x",
        "yaxis": "y2",
    }


def _marks(marks: Sequence[Mark]) -> list[dict[str, Any]]:
    if not marks:
        return []
    trace = {
        "type": "scatter",
        "x": [mark.on.isoformat() for mark in marks],
        "y": [_escape(mark.category_name) for mark in marks],
        "mode": "markers",
        "marker": {
            "symbol": [CATEGORY_SYMBOLS.get(mark.category, OTHER_SYMBOL) for mark in marks],
            "size": 7,
            "color": MUTED,
            "line": {"color": PAPER, "width": 0.6},
        },
        "customdata": [[m.on.isoformat(), _escape(m.when), _wrap(m.title), _escape(m.category_name)] for m in marks],
        "hovertemplate": "<b>%{customdata[1]}</b> · %{customdata[3]}<br>%{customdata[2]}<extra></extra>",
        "xaxis": "x",
        "yaxis": "y3",
    }
    return [trace]


def _layout(spec: TimelineSpec, heights: Sequence[int], room: Room) -> dict[str, Any]:
    from components.i18n import language

    height = sum(heights) + 2 * GAP
    bands = [(index, band) for index, band in enumerate(spec.bands) if _inside(spec, band)]
    axis = {"gridcolor": GRID, "zeroline": False, "automargin": True, "fixedrange": True}
    named = {**axis, "showgrid": False, "tickfont": {"size": 10}, "autorange": "reversed", "dtick": 1}
    long = (spec.last - spec.first).days >= LONG_DAYS
    return {
        "height": height + 52,
        "margin": {"l": 4, "r": 6, "t": 20, "b": 26},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "font": {"size": 12, "color": INK},
        "separators": ",." if language() == "es" else ".,",
        "hoverlabel": {"bgcolor": "white", "font": {"size": 12, "color": INK}, "align": "left"},
        "barmode": "overlay",
        "dragmode": False,
        "showlegend": False,
        "clickmode": "event+select",
        "shapes": [*(_shade(spec, *each) for each in bands), *(_break(on, heights, height) for on in spec.breaks)],
        "annotations": [note for _index, band in bands if (note := _president(spec, band, room))],
        "xaxis": {
            "range": [spec.first.isoformat(), spec.last.isoformat()],
            "type": "date",
            "anchor": "y3",
            "gridcolor": GRID,
            "zeroline": False,
            "fixedrange": True,
            "tickformat": "%Y",
            "dtick": "M60" if long else "M24",
            "tick0": "2000-01-01",
        },
        "yaxis": {**axis, "domain": _domain(heights, 0), "rangemode": "tozero", "nticks": 5},
        "yaxis2": {**named, "domain": _domain(heights, 1), "visible": bool(spec.bars)},
        "yaxis3": {**named, "domain": _domain(heights, 2), "visible": bool(spec.marks)},
    }


def _domain(heights: Sequence[int], row: int) -> list[float]:
    """Share of the figure's height that a row takes, from its bottom to its top; rows run from the top down."""
    whole = sum(heights) + GAP * (len(heights) - 1)
    top = sum(heights[:row]) + GAP * row
    return [max(0.0, 1 - (top + heights[row]) / whole), 1 - top / whole]


def _inside(spec: TimelineSpec, band: Band) -> bool:
    return max(band.start, spec.first) < min(band.end, spec.last)


def _shade(spec: TimelineSpec, index: int, band: Band) -> dict[str, Any]:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": max(band.start, spec.first).isoformat(),
        "x1": min(band.end, spec.last).isoformat(),
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"width": 0},
        "fillcolor": "rgba(31,78,95,0.055)" if index % 2 else "rgba(31,78,95,0)",
    }


def _president(spec: TimelineSpec, band: Band, room: Room) -> dict[str, Any] | None:
    """The name over a band, as long as the band is; None where not even initials fit."""
    start, end = max(band.start, spec.first), min(band.end, spec.last)
    wide = (end - start).days / (spec.last - spec.first).days * room.width
    said = next((form for form in name_forms(band.name) if len(form) * room.letter <= wide), None)
    if said is None:
        return None
    return {
        "xref": "x",
        "yref": "paper",
        "x": date.fromordinal((start.toordinal() + end.toordinal()) // 2).isoformat(),
        "y": 1,
        "yanchor": "bottom",
        "yshift": 3,
        "showarrow": False,
        "text": _escape(said),
        "hovertext": _escape(band.name),
        "font": {"size": 11, "color": MUTED},
    }


def name_forms(name: str) -> tuple[str, ...]:
    """Return a person's name in full, as surname and as initials, the longest first.

    The surname begins at the last word, with the small words before it: "de la Espriella".
    """
    words = name.split()
    at = len(words) - 1
    while at > 0 and words[at - 1].islower():
        at -= 1
    initials = "".join(word[0] for word in words if not word.islower())
    return tuple(dict.fromkeys((name, " ".join(words[at:]), initials)))


def _break(on: date, heights: Sequence[int], height: int) -> dict[str, Any]:
    """A dotted line over the lines' row: there the series does not compare with itself."""
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": on.isoformat(),
        "x1": on.isoformat(),
        "y0": 1 - heights[0] / height,
        "y1": 1,
        "line": {"color": MUTED, "width": 1, "dash": "dot"},
    }
