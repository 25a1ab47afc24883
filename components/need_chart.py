"""The scatter of municipalities: two measures, a size, a colour, and the names that a reader asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from components.i18n import _, language
from components.markup import swatch, text
from components.timeline import ACCENT, GRID, INK, MUTED, PAPER

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT = 470
SMALLEST, LARGEST = 7.0, 34.0
CROWDED = 300
NOBODY, SEVERAL = "#b9b3a6", "#3b3e44"


@dataclass(frozen=True)
class Point:
    """One municipality: where it stands, how large, which colour, and what its hover says.

    ``label`` is written beside it when not blank; ``talks`` draws a dark ring, ``selected`` the ring of the selection.
    """

    divipola: str
    name: str
    x: float
    y: float
    size: float | None
    colour: str
    hollow: bool
    words: Sequence[str]
    label: str = ""
    talks: bool = False
    selected: bool = False


@dataclass(frozen=True)
class Axis:
    """One axis: its title, whether it is logarithmic, and the median drawn across, None without."""

    title: str
    logarithmic: bool = False
    median: float | None = None


@dataclass(frozen=True)
class Scatter:
    """What the scatter shows."""

    points: Sequence[Point]
    x: Axis
    y: Axis
    key: Mapping[str, str] = field(default_factory=dict)

    @property
    def drawn(self) -> list[Point]:
        """The points that the axes can show, the largest first, so that small ones lie above them."""
        shown = [
            point
            for point in self.points
            if (point.x > 0 or not self.x.logarithmic) and (point.y > 0 or not self.y.logarithmic)
        ]
        return sorted(shown, key=lambda point: (point.selected, point.talks, -(point.size or 0)))


def key_html(scatter: Scatter) -> str:
    """Return what the colours mean, as HTML; what the figure draws as a ring is a ring here."""
    hollow = {point.colour for point in scatter.points if point.hollow}
    return "".join(
        f"<span>{_ring(colour) if colour in hollow else swatch(colour)}{text(name)}</span>"
        for name, colour in scatter.key.items()
    )


def _ring(colour: str) -> str:
    style = f"background:{PAPER};box-shadow:inset 0 0 0 1.5px {text(colour)}"
    return f'<span class="swatch" style="{style}" aria-hidden="true"></span>'


def figure(scatter: Scatter) -> go.Figure:
    """Return the scatter as a figure; a point's custom data holds its DIVIPOLA code."""
    import plotly.graph_objects as go

    fig = go.Figure()
    points = scatter.drawn
    _add_points(fig, points)
    _add_labels(fig, scatter, [point for point in points if point.label])
    _style(fig, scatter)
    return fig


def _add_points(fig: go.Figure, points: Sequence[Point]) -> None:
    rings = [ACCENT if point.selected else INK if point.talks else PAPER for point in points]
    colours = [PAPER if point.hollow else point.colour for point in points]
    fig.add_scatter(
        x=[point.x for point in points],
        y=[point.y for point in points],
        mode="markers",
        marker={
            "size": diameters([point.size for point in points]),
            "color": colours,
            "opacity": 0.88 if len(points) < CROWDED else 0.7,
            "line": {
                "color": [
                    point.colour if point.hollow and ring == PAPER else ring
                    for point, ring in zip(points, rings, strict=True)
                ],
                "width": [3.0 if point.selected else 1.8 if point.talks else 0.9 for point in points],
            },
        },
        customdata=[[point.divipola, _escape(point.name), "<br>".join(map(_escape, point.words))] for point in points],
        hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
        showlegend=False,
    )


def diameters(sizes: Sequence[float | None]) -> list[float]:
    """Return diameters in pixels whose areas follow the sizes; the smallest where there is no size.

    Parameters
    ----------
    sizes
        Zero or more; None has no record.
    """
    known = [size for size in sizes if size]
    top = max(known, default=1.0)
    return [round(max(SMALLEST, LARGEST * float(np.sqrt((size or 0.0) / top))), 1) for size in sizes]


def _add_labels(fig: go.Figure, scatter: Scatter, points: Sequence[Point]) -> None:
    for point, (dx, dy) in zip(points, offsets(scatter, points), strict=True):
        fig.add_annotation(
            x=np.log10(point.x) if scatter.x.logarithmic else point.x,
            y=np.log10(point.y) if scatter.y.logarithmic else point.y,
            text=_escape(point.label),
            ax=dx,
            ay=dy,
            showarrow=True,
            arrowhead=0,
            arrowwidth=0.8,
            arrowcolor=MUTED,
            standoff=4,
            font={"size": 11, "color": ACCENT if point.selected else INK},
            bgcolor="rgba(251,250,247,0.82)",
            borderpad=1,
        )


_PLACES = ((0, -18), (0, 18), (42, -8), (-42, -8), (42, 14), (-42, 14), (30, -34), (-30, -34), (30, 34), (-30, 34))


def offsets(
    scatter: Scatter, points: Sequence[Point], width: float = 560.0, height: float = 390.0
) -> list[tuple[int, int]]:
    """Return where each label stands, in pixels from its point: the first place that no label before it takes.

    `width` and `height` are those of the plot as it is usually seen; labels may touch on a very narrow one.
    """
    taken: list[tuple[float, float, float]] = []
    chosen = []
    for point in points:
        x, y = _pixels(scatter, point, width, height)
        half = 3.2 * len(point.label) + 3
        free = [
            place
            for place in _PLACES
            if all(abs(x + place[0] - a) > half + b or abs(y + place[1] - c) > 15 for a, b, c in taken)
        ]
        place = (free or [_PLACES[len(taken) % len(_PLACES)]])[0]
        taken.append((x + place[0], half, y + place[1]))
        chosen.append(place)
    return chosen


def _pixels(scatter: Scatter, point: Point, width: float, height: float) -> tuple[float, float]:
    xs = _on_axis([other.x for other in scatter.drawn], scatter.x.logarithmic)
    ys = _on_axis([other.y for other in scatter.drawn], scatter.y.logarithmic)
    x, y = (
        float(_on_axis([value], axis.logarithmic)[0]) for value, axis in ((point.x, scatter.x), (point.y, scatter.y))
    )
    across = (x - xs.min()) / (float(np.ptp(xs)) or 1.0)
    up = (y - ys.min()) / (float(np.ptp(ys)) or 1.0)
    return width * across, height * (1 - up)


def _on_axis(values: Sequence[float], logarithmic: bool) -> np.ndarray:
    return np.log10(values) if logarithmic else np.asarray(values, dtype=float)


def _style(fig: go.Figure, scatter: Scatter) -> None:
    line = {"color": MUTED, "width": 1, "dash": "dot"}
    if scatter.x.median is not None:
        fig.add_vline(x=scatter.x.median, line=line, layer="below")
    if scatter.y.median is not None:
        fig.add_hline(y=scatter.y.median, line=line, layer="below")
    fig.update_layout(
        height=HEIGHT,
        margin={"l": 56, "r": 10, "t": 8, "b": 48},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"size": 12, "color": INK},
        separators=",." if language() == "es" else ".,",
        hoverlabel={"bgcolor": "white", "font": {"size": 12, "color": INK}, "align": "left"},
        dragmode=False,
        clickmode="event+select",
    )
    points = scatter.drawn
    fig.update_xaxes(**_axis(scatter.x, [point.x for point in points]))
    fig.update_yaxes(**_axis(scatter.y, [point.y for point in points]))


def _axis(axis: Axis, values: Sequence[float]) -> dict[str, Any]:
    # Room below zero, so that the points on the axis are whole and their names do not lie on the axis's own.
    room = 0.07 * max(values, default=1.0) or 1.0
    kind = {"type": "log", "dtick": 1} if axis.logarithmic else {"range": [-room, max(values, default=1.0) + room]}
    title = {"text": _escape(axis.title), "font": {"size": 12}, "standoff": 8}
    return {"title": title, "gridcolor": GRID, "zerolinecolor": GRID, "fixedrange": True, **kind} | {
        "separatethousands": True,
        "exponentformat": "none",
    }


def _escape(words: str) -> str:
    """Plotly reads a little HTML in every text: what comes from data stays text."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clicked(event: Mapping[str, Any] | None) -> str | None:
    """Return the DIVIPOLA code of the point that was selected, None without one."""
    points = ((event or {}).get("selection") or {}).get("points") or []
    for point in points:
        data = point.get("customdata")
        if isinstance(data, list | tuple) and data:
            return str(data[0])
        if isinstance(data, Mapping) and data:
            return str(next(iter(data.values())))
    return None


def summary(scatter: Scatter) -> str:
    """Return the scatter in a sentence, for those who cannot see it."""
    return _(
        "Scatter of {n} municipalities: {x} across, {y} upwards. The table below holds the same figures.",
        n=len(scatter.drawn),
        x=scatter.x.title,
        y=scatter.y.title,
    )
