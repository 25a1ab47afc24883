"""Ceasefires on an axis of time: one row per party, solid in force, hatched announced or never in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from components import texts
from components.ceasefire_rows import Ceasefire, announced_words, class_words, end_words, start_words
from components.i18n import _, day, language, ngettext
from components.markup import text
from components.timeline import DAY, GRID, INK, MUTED, PAPER
from geo import symbology

if TYPE_CHECKING:
    import plotly.graph_objects as go

LANE = 21
FONT = "'Source Sans', 'Source Sans Pro', system-ui, sans-serif"
# As many labels as there is room for: months where they stand close, else years alone.
TICK_FORMATS = [
    {"dtickrange": [None, "M11"], "value": "%Y-%m"},
    {"dtickrange": ["M12", None], "value": "%Y"},
]
# Below this share of the axis a bar would be thinner than a hair; it is drawn wider than its days and says its days.
SHORTEST = 0.004


@dataclass(frozen=True)
class Span:
    """One bar: a stretch of days of a ceasefire, in force or only announced; `lane` counts from the top."""

    ceasefire: Ceasefire
    first: date
    last: date
    in_force: bool
    lane: int


@dataclass(frozen=True)
class Row:
    """One party: its name and the lanes its bars take."""

    name: str
    first_lane: int
    lanes: int


def layout(rows: Sequence[Ceasefire], *, numbered: bool = False) -> tuple[list[Row], list[Span]]:
    """Return the rows of the figure and its bars.

    A party's ceasefires that overlap lie in lanes of their own. What took effect has a hatched bar from its
    announcement to its start and a solid one in force; what did not is hatched from end to end.

    Parameters
    ----------
    rows
        The earliest first.
    numbered
        One row per ceasefire, named by its number, instead of one per party.
    """
    named: list[Row] = []
    spans: list[Span] = []
    groups: dict[str, list[Ceasefire]] = {}
    for number, row in enumerate(rows, 1):
        groups.setdefault(str(number) if numbered else _party(row), []).append(row)
    lane = 0
    for name, mine in groups.items():
        free: list[date] = []
        for row in mine:
            slot = next((n for n, until in enumerate(free) if until < row.first), len(free))
            free[slot : slot + 1] = [row.last]
            spans += _spans(row, lane + slot)
        named.append(Row(name, lane, len(free)))
        lane += len(free)
    return named, spans


def _party(row: Ceasefire) -> str:
    """The first armed party; the others of a truce between gangs are in the hover."""
    return next((name for name in row.parties if name != _("Government")), row.parties[0])


def _spans(row: Ceasefire, lane: int) -> list[Span]:
    if not row.took_effect or row.start is None:
        return [Span(row, row.first, row.last, False, lane)]
    waiting = [Span(row, row.first, row.start - timedelta(days=1), False, lane)] if row.first < row.start else []
    return [*waiting, Span(row, row.start, row.last, True, lane)]


def figure(
    rows: Sequence[Ceasefire],
    status: Mapping[str, str],
    first: date,
    last: date,
    on: date,
    *,
    numbered: bool = False,
    selected: str = "",
) -> go.Figure:
    """Return the figure between two days, with a line at `on`; `numbered` gives each ceasefire a row and a number."""
    import plotly.graph_objects as go

    named, spans = layout([row for row in rows if row.last >= first and row.first <= last], numbered=numbered)
    shortest = max(2, round((last - first).days * SHORTEST))
    fig = go.Figure()
    for in_force in (False, True):
        _add(fig, [span for span in spans if span.in_force is in_force], status, shortest, selected, in_force)
    fig.add_vline(x=on.isoformat(), line={"color": INK, "width": 1, "dash": "dot"})
    for row in named[1:]:
        fig.add_hline(y=row.first_lane - 0.5, line={"color": GRID, "width": 1})
    lanes = sum(row.lanes for row in named)
    fig.update_layout(
        height=max(lanes, 2) * LANE + 32,
        margin={"l": 4, "r": 8, "t": 26, "b": 4},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"size": 12, "color": INK, "family": FONT},
        separators=",." if language() == "es" else ".,",
        hoverlabel={"bgcolor": "white", "font": {"size": 12, "color": INK}, "align": "left"},
        barmode="overlay",
        dragmode=False,
        showlegend=False,
        clickmode="event+select",
    )
    fig.update_xaxes(
        range=[first.isoformat(), last.isoformat()],
        type="date",
        side="top",
        gridcolor=GRID,
        zeroline=False,
        fixedrange=True,
        tickfont={"color": MUTED},
        tickangle=0,
        tickformatstops=TICK_FORMATS,
    )
    fig.update_yaxes(
        range=[max(lanes, 2) - 0.5, -0.5],
        tickvals=[row.first_lane + (row.lanes - 1) / 2 for row in named],
        ticktext=[_safe(_cut(row.name, 22)) for row in named],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        automargin=True,
    )
    return fig


def _add(
    fig: go.Figure, spans: Sequence[Span], status: Mapping[str, str], shortest: int, selected: str, in_force: bool
) -> None:
    if not spans:
        return
    hues = [symbology.hue(span.ceasefire.family) for span in spans]
    full = [hue.full for hue in hues]
    painted = [span.ceasefire.class_ == "ceasefire" for span in spans]
    chosen = [span.ceasefire.ceasefire_id == selected for span in spans]
    solid = [hue.full if is_ceasefire else hue.tint for hue, is_ceasefire in zip(hues, painted, strict=True)]
    fig.add_bar(
        x=[max((span.last - span.first).days + 1, shortest) * DAY for span in spans],
        y=[span.lane for span in spans],
        base=[span.first.isoformat() for span in spans],
        orientation="h",
        width=[0.74 if is_ceasefire else 0.42 for is_ceasefire in painted],
        marker={
            "color": solid if in_force else full,
            "line": {
                "color": [INK if one else colour for one, colour in zip(chosen, full, strict=True)],
                "width": [2 if one else 1 for one in chosen],
            },
            **(
                {}
                if in_force
                else {"pattern": {"shape": "/", "fillmode": "overlay", "fgcolor": PAPER, "size": 5, "solidity": 0.7}}
            ),
        },
        customdata=[
            [span.ceasefire.ceasefire_id, _wrap(span.ceasefire.title), _note(span.ceasefire, status)] for span in spans
        ],
        hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
        showlegend=False,
    )


def _note(row: Ceasefire, status: Mapping[str, str]) -> str:
    lines = [
        class_words(row),
        f"{_('Announced')}: {announced_words(row)}",
        f"{_('Start')}: {start_words(row)}",
        f"{_('End')}: {end_words(row)}",
        f"{_('Status')}: {texts.ceasefire_status(status[row.ceasefire_id])}",
    ]
    reason = texts.end_reason(row.end_reason)
    if reason and row.end:
        lines.insert(4, _wrap(f"{_('Why it ended')}: {reason}"))
    return "<br>".join(_safe(line) if "<br>" not in line else line for line in lines)


def _safe(words: str) -> str:
    """Plotly reads a little HTML in every text: what comes from data stays text."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def _wrap(words: str, width: int = 46) -> str:
    import textwrap

    return "<br>".join(_safe(line) for line in textwrap.wrap(words, width))


def clicked(selection: Mapping[str, Any] | None) -> str | None:
    """Return the id of the ceasefire whose bar was selected, None without one."""
    points = ((selection or {}).get("selection") or {}).get("points") or []
    for point in points:
        data = point.get("customdata")
        if isinstance(data, list | tuple) and data and isinstance(data[0], str):
            return data[0]
    return None


def summary(rows: Sequence[Ceasefire], first: date, last: date) -> str:
    """Return the figure in one sentence, for those who cannot see it."""
    shown = [row for row in rows if row.last >= first and row.first <= last]
    counted = ngettext("{n} ceasefire", "{n} ceasefires", len(shown))
    return _(
        "Calendar of {counted} by party from {first} to {last}.", counted=counted, first=day(first), last=day(last)
    )


def key_html(on: date) -> str:
    """Return what solid, thin and hatched bars mean, as HTML."""
    signs = (
        ("cf-solid", _("ceasefire in force")),
        ("cf-thin", _("suspension, pledge or gang truce in force")),
        ("cf-hatch", _("announced, or never in force")),
        ("cf-line", day(on)),
    )
    items = "".join(f'<li><span class="{css}" aria-hidden="true"></span>{text(words)}</li>' for css, words in signs)
    return f'<ul class="cf-key">{items}</ul>'
