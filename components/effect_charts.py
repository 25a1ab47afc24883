"""The figures of an effect: event study, placebo dates and specification curve. Dataclasses in, Plotly out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from components.ceasefire_gantt import FONT
from components.effect_words import change, model_words, phase_words, rule_words
from components.i18n import _, language, month, number
from components.timeline import ACCENT, GRID, INK, MUTED, PAPER
from geo.effect import MODELS, RULES, EffectResult, MonthEffect, Ratio, Specification

if TYPE_CHECKING:
    import plotly.graph_objects as go

FLAGGED = "#a3141f"
BAND = "rgba(31,78,95,0.09)"
# Ratios beyond these are drawn at the edge: an axis that held them would flatten all others.
LOWEST, HIGHEST = 0.125, 8.0
TICKS = (0.125, 0.25, 0.5, 1, 2, 4, 8)


def event_study(result: EffectResult) -> go.Figure:
    """Return observed against expected per month, and their ratio with its 95% interval, step by step."""
    from plotly.subplots import make_subplots

    points = result.event_study
    fig = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.09, row_heights=[0.56, 0.44])
    middles = [_middle(point) for point in points]
    hover = [_hover(point) for point in points]
    for name, values, line, symbol in (
        (
            _("expected"),
            [point.expected / point.months for point in points],
            {"color": MUTED, "dash": "dash"},
            "circle-open",
        ),
        (_("observed"), [point.observed / point.months for point in points], {"color": ACCENT}, "circle"),
    ):
        fig.add_scatter(
            x=middles,
            y=values,
            name=name,
            mode="lines+markers",
            line={**line, "width": 1.8},
            marker={"size": 6, "symbol": symbol, "color": line["color"]},
            customdata=hover,
            hovertemplate="%{customdata}<extra></extra>",
            row=1,
            col=1,
        )
    _add_ratios(fig, points)
    _add_spell(fig, result)
    _style(fig, 430)
    fig.update_xaxes(type="date", gridcolor=GRID, fixedrange=True, tickformat="%Y-%m", nticks=9)
    fig.update_yaxes(gridcolor=GRID, zeroline=False, fixedrange=True, automargin=True)
    fig.update_yaxes(
        rangemode="tozero", tickformat=",", title={"text": _("per month"), "font": {"size": 11}}, row=1, col=1
    )
    _ratio_axis(fig, [point.low for point in points], [point.high for point in points], row=2)
    return fig


def observed(result: EffectResult) -> go.Figure:
    """Return what was observed per month alone, where it is too little to say what was to be expected."""
    import plotly.graph_objects as go

    points = result.event_study
    fig = go.Figure()
    fig.add_scatter(
        x=[_middle(point) for point in points],
        y=[point.observed / point.months for point in points],
        mode="lines+markers",
        line={"color": ACCENT, "width": 1.8},
        marker={"size": 6, "color": ACCENT},
        customdata=[_hover(point, expected=False) for point in points],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    _add_spell(fig, result)
    _style(fig, 270)
    fig.update_xaxes(type="date", gridcolor=GRID, fixedrange=True, tickformat="%Y-%m", nticks=9)
    title = {"text": _("per month"), "font": {"size": 11}}
    fig.update_yaxes(
        gridcolor=GRID,
        zeroline=False,
        fixedrange=True,
        automargin=True,
        rangemode="tozero",
        tickformat=",",
        title=title,
    )
    return fig


def _middle(point: MonthEffect) -> str:
    last = point.month + pd.DateOffset(months=point.months)
    return f"{point.month + (last - point.month) / 2:%Y-%m-%d}"


def _hover(point: MonthEffect, *, expected: bool = True) -> str:
    last = point.month + pd.DateOffset(months=point.months - 1)
    when = month(point.month) if point.months == 1 else f"{month(point.month)} – {month(last)}"
    head = f"<b>{when}</b> · {phase_words(point.phase)}"
    if not expected:
        return f"{head}<br>{_('observed {n}', n=number(point.observed))}"
    lines = [
        head,
        _("observed {n}, expected {m}", n=number(point.observed), m=number(point.expected, 1)),
    ]
    if point.ratio is not None:
        lines.append(_("ratio {n}", n=number(point.ratio, 2)))
    if point.low is not None and point.high is not None:
        lines.append(_("95% interval {low} to {high}", low=number(point.low, 2), high=number(point.high, 2)))
    return "<br>".join(lines)


def _add_ratios(fig: go.Figure, points: Sequence[MonthEffect]) -> None:
    known = [point for point in points if point.ratio is not None and point.low is not None]
    bare = [point for point in points if point.ratio is not None and point.low is None]
    colours = [ACCENT if point.phase != "before" else MUTED for point in known]
    fig.add_scatter(
        x=[_middle(point) for point in known],
        y=[_clip(point.ratio) for point in known],
        mode="markers",
        marker={"size": 7, "color": colours},
        error_y=_bars([point.ratio for point in known], [point.low for point in known], [p.high for p in known]),
        customdata=[_hover(point) for point in known],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
        row=2,
        col=1,
    )
    fig.add_scatter(
        x=[_middle(point) for point in bare],
        y=[_clip(point.ratio) for point in bare],
        mode="markers",
        marker={
            "size": 8,
            "color": MUTED,
            # Nothing observed lies below every axis; a ratio without an interval is hollow where it stands.
            "symbol": ["circle-open" if point.observed else "triangle-down-open" for point in bare],
        },
        customdata=[_hover(point) for point in bare],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
        row=2,
        col=1,
    )
    _add_one(fig, "y2")


def _add_one(fig: go.Figure, axis: str) -> None:
    """The line of no difference; on a log axis a shape stands at the value itself."""
    line = {"color": INK, "width": 1}
    fig.add_shape(type="line", xref="paper", yref=axis, x0=0, x1=1, y0=1, y1=1, line=line)


def _clip(value: float | None) -> float:
    return min(max(value or 0.0, LOWEST), HIGHEST)


def _bars(
    values: Sequence[float | None], lows: Sequence[float | None], highs: Sequence[float | None], colour: str = MUTED
) -> dict:
    middles = [_clip(value) for value in values]
    return {
        "type": "data",
        "symmetric": False,
        "array": [_clip(high) - at for at, high in zip(middles, highs, strict=True)],
        "arrayminus": [at - _clip(low) for at, low in zip(middles, lows, strict=True)],
        "thickness": 1.1,
        "width": 0,
        "color": colour,
    }


def _ratio_axis(fig: go.Figure, lows: Sequence[float | None], highs: Sequence[float | None], row: int | None) -> None:
    """A log axis that holds the intervals, at least from a half to the double."""
    import math

    low = min([0.5, *(_clip(value) for value in lows if value is not None)])
    high = max([2.0, *(_clip(value) for value in highs if value is not None)])
    fig.update_yaxes(
        row=row,
        col=None if row is None else 1,
        type="log",
        range=[math.log10(low * 0.9), math.log10(high * 1.1)],
        tickvals=list(TICKS),
        ticktext=[number(tick, _decimals(tick)) for tick in TICKS],
        title={"text": _("ratio"), "font": {"size": 11}},
        gridcolor=GRID,
        fixedrange=True,
        automargin=True,
    )


def _decimals(tick: float) -> int:
    """Decimals that write a tick without rounding it."""
    return next((places for places in range(3) if round(tick, places) == tick), 3)


def _add_spell(fig: go.Figure, result: EffectResult) -> None:
    box = {"type": "rect", "xref": "x", "yref": "paper", "y0": 0, "y1": 1, "layer": "below", "line": {"width": 0}}
    fig.add_shape(**box, x0=f"{result.start:%Y-%m-%d}", x1=f"{result.end:%Y-%m-%d}", fillcolor=BAND)
    fig.add_annotation(
        x=f"{result.start + (result.end - result.start) / 2:%Y-%m-%d}",
        y=1,
        xref="x",
        yref="paper",
        yanchor="bottom",
        showarrow=False,
        text=_("in force"),
        font={"size": 11, "color": MUTED},
    )


def _style(fig: go.Figure, height: int) -> None:
    fig.update_layout(
        height=height,
        margin={"l": 4, "r": 8, "t": 24, "b": 26},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"size": 12, "color": INK, "family": FONT},
        separators=",." if language() == "es" else ".,",
        hoverlabel={"bgcolor": "white", "font": {"size": 12, "color": INK}, "align": "left"},
        legend={"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom", "itemclick": False},
        dragmode=False,
    )


def event_study_summary(result: EffectResult, indicator: str) -> str:
    """Return the event study in one sentence, for those who cannot see it."""
    during = result.total("treated", "during")
    if during is None or during.expected is None:
        return _("{indicator}: observed and expected, step by step.", indicator=indicator)
    return _(
        "{indicator}, step by step: {observed} observed during the ceasefire, {expected} expected.",
        indicator=indicator,
        observed=number(during.events),
        expected=number(during.expected),
    )


def placebos(result: EffectResult) -> go.Figure:
    """Return the estimate for each start that never was, and the real one."""
    import plotly.graph_objects as go

    fig = go.Figure()
    rows: list[tuple[str, Ratio, str, str]] = [
        (
            f"{one.start:%Y-%m-%d}",
            one.ratio,
            FLAGGED if one.flagged else MUTED,
            "circle" if one.flagged else "circle-open",
        )
        for one in result.placebos
    ]
    first = next(on for on, phase in result.months if phase == "during")
    if result.during is not None:
        rows.append((f"{first:%Y-%m-%d}", result.during, ACCENT, "diamond"))
    for colour in (MUTED, FLAGGED, ACCENT):
        mine = [row for row in rows if row[2] == colour]
        ratios = [row[1] for row in mine]
        fig.add_scatter(
            x=[row[0] for row in mine],
            y=[_clip(ratio.value) for ratio in ratios],
            mode="markers",
            marker={"size": 9 if colour == ACCENT else 7, "color": colour, "symbol": [row[3] for row in mine]},
            error_y=_bars([r.value for r in ratios], [r.low for r in ratios], [r.high for r in ratios], colour),
            customdata=[_ratio_hover(row[0], row[1]) for row in mine],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
        )
    _add_one(fig, "y")
    _style(fig, 240)
    fig.update_xaxes(type="date", gridcolor=GRID, fixedrange=True, tickformat="%Y-%m", nticks=7)
    _ratio_axis(fig, [row[1].low for row in rows], [row[1].high for row in rows], row=None)
    return fig


def _ratio_hover(on: str, ratio: Ratio) -> str:
    when = month(pd.Timestamp(on))
    spread = _("95% interval {low} to {high}", low=number(ratio.low, 2), high=number(ratio.high, 2))
    return f"<b>{when}</b><br>{_('ratio {n}', n=number(ratio.value, 2))}<br>{spread}"


def curve(result: EffectResult) -> go.Figure:
    """Return the specification curve: every estimate in order, and below it the choices behind each."""
    from plotly.subplots import make_subplots

    points = ordered(result.sensitivity)
    choices = _choices(points)
    fig = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.04, row_heights=[0.5, 0.5])
    for chosen in (False, True):
        mine = [(at, point) for at, point in enumerate(points) if point.chosen is chosen]
        ratios = [point.ratio for _at, point in mine if point.ratio is not None]
        colour = ACCENT if chosen else MUTED
        fig.add_scatter(
            x=[at for at, _point in mine],
            y=[_clip(ratio.value) for ratio in ratios],
            mode="markers",
            marker={"size": 11 if chosen else 6, "color": colour, "symbol": "diamond" if chosen else "circle"},
            error_y=_bars([r.value for r in ratios], [r.low for r in ratios], [r.high for r in ratios], colour),
            customdata=[_specification(point) for _at, point in mine],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
            row=1,
            col=1,
        )
        marks = [
            (at, row)
            for at, point in mine
            for row, (name, value, _words) in enumerate(choices)
            if _has(point, name, value)
        ]
        fig.add_scatter(
            x=[at for at, _row in marks],
            y=[row for _at, row in marks],
            mode="markers",
            marker={"size": 8 if chosen else 5, "color": colour, "symbol": "diamond" if chosen else "circle"},
            hoverinfo="skip",
            showlegend=False,
            row=2,
            col=1,
        )
    _add_one(fig, "y")
    _style(fig, 440)
    fig.update_xaxes(visible=False, range=[-0.8, max(len(points), 6) - 0.2], fixedrange=True)
    lows = [point.ratio.low for point in points if point.ratio]
    highs = [point.ratio.high for point in points if point.ratio]
    _ratio_axis(fig, lows, highs, row=1)
    fig.update_yaxes(
        tickvals=list(range(len(choices))),
        ticktext=[words for _name, _value, words in choices],
        range=[len(choices) - 0.5, -0.5],
        tickfont={"size": 11},
        gridcolor=GRID,
        zeroline=False,
        fixedrange=True,
        automargin=True,
        row=2,
        col=1,
    )
    return fig


def ordered(specifications: Sequence[Specification]) -> list[Specification]:
    """Return the specifications that gave an estimate, the lowest ratio first."""
    found = [point for point in specifications if point.ratio is not None]
    return sorted(found, key=lambda point: point.ratio.value if point.ratio else 0.0)


def _choices(points: Sequence[Specification]) -> list[tuple[str, object, str]]:
    """Rows of the lower panel: what may be chosen, and its words."""
    months = sorted({point.before for point in points})
    return [
        *(("before", value, _("{n} months before", n=number(value))) for value in months),
        *(("rule", rule, rule_words(rule)) for rule in RULES),
        *(("model", model, model_words(model)) for model in MODELS),
    ]


def _has(point: Specification, name: str, value: object) -> bool:
    return getattr(point, name) == value


def _specification(point: Specification) -> str:
    lines = [
        _("{n} months before", n=number(point.before)),
        rule_words(point.rule),
        model_words(point.model),
        _("{n} under it, {m} compared", n=number(point.treated), m=number(point.comparison)),
    ]
    if point.ratio is not None:
        spread = _("95% interval {low} to {high}", low=number(point.ratio.low, 2), high=number(point.ratio.high, 2))
        lines = [
            f"<b>{_('ratio {n}', n=number(point.ratio.value, 2))}</b> ({change(point.ratio.value)})",
            spread,
            *lines,
        ]
    return "<br>".join(lines)
