"""One small chart per area, on one scale or each on its own: the months, their average, and the periods compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from components.compare_figures import Comparison, Row
from components.i18n import _, language, month, number
from components.timeline import ACCENT, GRID, INK, PAPER
from geo.comparison import Period, Series

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT = 215
MONTH_LINE = "#b9b3a6"
BREAK_LINE = "#6b6f76"
NOW_TINT, BEFORE_TINT = "rgba(31,78,95,0.16)", "rgba(31,78,95,0.07)"
HALF_MONTH, HALF_YEAR = 15, 180
MOST_TICKS = 5
# Room above the highest figure, and how near two labels may stand, as shares of the axis.
ROOM, TOUCH = 1.06, 0.09
SPARK_WIDTH, SPARK_HEIGHT = 132, 26


def top(comparison: Comparison) -> float:
    """Return the upper end of the axis that all areas share: the highest figure shown, with room above it."""
    return max((peak(row, comparison) for row in comparison.rows), default=0.0) * ROOM or 1.0


def own_top(row: Row, comparison: Comparison) -> float:
    """Return the upper end of an area's axis when each has its own."""
    return peak(row, comparison) * ROOM or 1.0


def peak(row: Row, comparison: Comparison) -> float:
    """Return the highest figure of an area's chart; 0 without one."""
    if row.series is None:
        return 0.0
    shown = np.concatenate(row.series.measured(comparison.measure))
    return float(np.nanmax(shown)) if np.isfinite(shown).any() else 0.0


def axis_ticks(highest: float, own: float) -> dict[float, str]:
    """Return where an axis is labelled: round figures, and in bold the highest figure of its own chart.

    Round figures that would touch the bold one are left out.

    Parameters
    ----------
    highest
        Upper end of the axis.
    own
        Highest figure of the chart; 0 without one.
    """
    rough = highest / MOST_TICKS
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * times for times in (1, 2, 5, 10) if size * times >= rough)
    digits = max(0, -math.floor(math.log10(step)))
    round_ones = [step * at for at in range(math.floor(highest / step) + 1)]
    ticks = {at: number(at, digits) for at in round_ones if own <= 0 or abs(at - own) > highest * TOUCH}
    if own > 0:
        ticks[own] = f"<b>{number(own, 0 if own >= 100 or own == int(own) else max(1, digits))}</b>"
    return ticks


def figure(row: Row, comparison: Comparison, highest: float) -> go.Figure:
    """Return an area's chart; `row.series` must be there."""
    import plotly.graph_objects as go

    assert row.series is not None
    assert comparison.period is not None
    assert comparison.before is not None
    fig = go.Figure()
    monthly = comparison.spec.frequency == "month"
    values, averages = row.series.measured(comparison.measure)
    days = [str(day)[:10] for day in row.series.starts]
    form = "%{x|%Y-%m}" if monthly else "%{x|%Y}"
    _line(fig, days, values, MONTH_LINE if monthly else ACCENT, 1.0 if monthly else 2.0, "", form, not monthly)
    if monthly:
        _line(fig, days, averages, ACCENT, 2.2, _("12-month average"), form, False)
    for period, tint in ((comparison.before, BEFORE_TINT), (comparison.period, NOW_TINT)):
        _band(fig, period, tint, monthly)
    for on in comparison.breaks:
        if str(on) >= days[0] and str(on) <= days[-1]:
            fig.add_vline(x=on.isoformat(), line={"color": BREAK_LINE, "width": 1, "dash": "dot"})
    _style(fig, highest, days, monthly)
    ticks = axis_ticks(highest, peak(row, comparison))
    fig.update_yaxes(tickvals=list(ticks), ticktext=list(ticks.values()))
    return fig


def _line(
    fig: go.Figure,
    days: Sequence[str],
    values: np.ndarray,
    colour: str,
    width: float,
    name: str,
    form: str,
    marked: bool,
) -> None:
    fig.add_scatter(
        x=list(days),
        y=[None if np.isnan(value) else round(float(value), 3) for value in values],
        mode="lines+markers" if marked else "lines",
        line={"color": colour, "width": width},
        marker={"size": 4},
        connectgaps=False,
        hovertemplate="%{y:,.2~f} · " + form + f"<extra>{name}</extra>",
        showlegend=False,
    )


def _band(fig: go.Figure, period: Period, tint: str, monthly: bool) -> None:
    """Shade a period, from its first point to its last: a point stands at the first day of its month or year."""
    end = period.last.replace(day=1) if monthly else period.last.replace(month=1, day=1)
    half = timedelta(days=HALF_MONTH if monthly else HALF_YEAR)
    start, stop = period.first - half, end + half
    fig.add_vrect(x0=start.isoformat(), x1=stop.isoformat(), fillcolor=tint, line_width=0, layer="below")


def year_ticks(days: Sequence[str]) -> list[str]:
    """Return the days at which a year is written: evenly spaced first days of years, the last one among them.

    Parameters
    ----------
    days
        First days of the months or years drawn, ISO, in order.
    """
    starts = [day for day in days if day[5:] == "01-01"]
    return starts[::-1][:: -(-len(starts) // MOST_TICKS) or 1][::-1]


def _style(fig: go.Figure, highest: float, days: Sequence[str], monthly: bool) -> None:
    fig.update_layout(
        height=HEIGHT,
        margin={"l": 34, "r": 6, "t": 6, "b": 22},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"size": 12, "color": INK},
        separators=",." if language() == "es" else ".,",
        hoverlabel={"bgcolor": "white", "font": {"size": 12, "color": INK}},
        hovermode="x",
        dragmode=False,
    )
    # Half a step on either side: a point at the edge, and the shade of the last year, are seen whole.
    pad = timedelta(days=0 if monthly else HALF_YEAR)
    start, stop = (date.fromisoformat(days[0]) - pad, date.fromisoformat(days[-1]) + pad)
    ticks = year_ticks(days)
    fig.update_xaxes(
        showgrid=False,
        fixedrange=True,
        range=[start.isoformat(), stop.isoformat()],
        tickvals=ticks,
        ticktext=[tick[:4] for tick in ticks],
    )
    fig.update_yaxes(
        range=[0, highest],
        fixedrange=True,
        gridcolor=GRID,
        zerolinecolor=GRID,
        automargin=True,
    )


def summary(row: Row, comparison: Comparison) -> str:
    """Return a chart in one sentence, for those who cannot see it."""
    assert row.series is not None
    values, averages = row.series.measured(comparison.measure)
    shown = averages if np.isfinite(averages).any() else values
    held = np.flatnonzero(np.isfinite(shown))
    if not held.size:
        return _("{name}: no record in the months shown.", name=row.name)
    digits = 1 if comparison.measure == "rate" else 0
    return _(
        "{name}: from {first} in {first_month} to {last} in {last_month}; highest {top}.",
        name=row.name,
        first=number(float(shown[held[0]]), digits),
        first_month=month(row.series.starts[held[0]].date()),
        last=number(float(shown[held[-1]]), digits),
        last_month=month(row.series.starts[held[-1]].date()),
        top=number(float(np.nanmax(shown)), digits),
    )


def sparkline(series: Series, measure: str) -> str:
    """Return the course of an area's own twelve-month average (or yearly figure) as a small SVG; blank without one."""
    values, averages = series.measured(measure)
    shown = averages if np.isfinite(averages).any() else values
    held = np.isfinite(shown)
    if held.sum() < 2:
        return ""
    highest = float(np.nanmax(shown)) or 1.0
    width, height = SPARK_WIDTH - 4, SPARK_HEIGHT - 6
    points = [
        (2 + width * position / (len(shown) - 1), 3 + height * (1 - value / highest))
        for position, value in enumerate(np.nan_to_num(shown))
    ]
    lines = "".join(
        f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in part)}" fill="none" stroke="{ACCENT}" '
        f'stroke-width="1.5"/>'
        for part in _unbroken(points, held)
        if len(part) > 1
    )
    x, y = points[int(np.flatnonzero(held)[-1])]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" width="{SPARK_WIDTH}" '
        f'height="{SPARK_HEIGHT}">{lines}<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{ACCENT}"/></svg>'
    )


def _unbroken(points: Sequence[tuple[float, float]], held: np.ndarray) -> list[list[tuple[float, float]]]:
    """Runs of points without a missing one between them."""
    runs: list[list[Any]] = [[]]
    for point, there in zip(points, held, strict=True):
        if there:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return runs
