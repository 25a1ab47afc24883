"""The peace events: chosen, placed in lanes for the figure, listed with their sources, and where they happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from components import texts
from components.i18n import _, day, enumerate_names, language, ngettext, pick
from components.markup import swatch, text
from components.peace_process_words import (
    FIRST_YEAR_OF_TOTAL_PEACE,
    PROCESS_FAMILIES,
    Cited,
    all_cited,
    event_process,
    sources,
    sources_html,
    when,
)
from components.rows import records
from components.timeline import ACCENT, CATEGORY_SYMBOLS, GRID, INK, MUTED, OTHER_SYMBOL, PAPER, Band
from data.store import table
from geo import symbology

if TYPE_CHECKING:
    import plotly.graph_objects as go

SYMBOLS = {
    **CATEGORY_SYMBOLS,
    "weapons_destruction": "hourglass",
    "demining": "hexagon",
    "substitution": "star",
    "claim": "pentagon",
}
PROCESSES = tuple(PROCESS_FAMILIES)
# Marks of one table that would overlap go to lanes above and below its line, so far as a row of the figure has room.
LANES = (0.0, -0.24, 0.24, -0.42, 0.42)
MARK_WIDTH = 0.016


@dataclass(frozen=True)
class Event:
    """One event, every text in the reader's language; `places` maps DIVIPOLA codes to names.

    `ahead` marks what its source only announced: the source is older than the event.
    """

    event_id: str
    on: date
    when: str
    process: str
    category: str
    title: str
    ahead: bool
    places: Mapping[str, str]
    sources: tuple[Cited, ...]


def events() -> list[Event]:
    """Return all events, the oldest first."""
    known, places = sources(), _places()
    return [
        Event(
            event_id=row["event_id"],
            on=row["date"].date(),
            when=when(row["date"], row["precision"]),
            process=row["process"],
            category=row["category"],
            title=pick(row, "title"),
            ahead=bool(known[row["source_id"]]["date_to"] < row["date"]),
            places=places.get(row["event_id"], {}),
            sources=all_cited(row, known, "source2_url"),
        )
        for row in records(table("events").sort_values(["date", "event_id"]))
    ]


def _places() -> dict[str, dict[str, str]]:
    names = dict(zip(table("municipalities")["divipola"], table("municipalities")["name"], strict=True))
    found: dict[str, dict[str, str]] = {}
    for row in records(table("event_places")):
        found.setdefault(row["event_id"], {})[row["divipola"]] = str(names[row["divipola"]])
    return found


def choose(
    every: Sequence[Event], processes: Collection[str] = (), categories: Collection[str] = (), since: int = 0
) -> list[Event]:
    """Return the events of some tables and categories from a year on; no choice means all."""
    return [
        event
        for event in every
        if (not processes or event.process in processes)
        and (not categories or event.category in categories)
        and event.on.year >= since
    ]


def first_year(chosen: Sequence[Event], asked: int, selected: Event | None) -> int:
    """Return the year in which the timeline starts: the one asked for, else that of Total Peace.

    It starts earlier when everything chosen, or the selected event, lies before.
    """
    if asked:
        return asked
    years = [event.on.year for event in chosen]
    start = FIRST_YEAR_OF_TOTAL_PEACE
    if years and max(years) < start:
        start = min(years)
    return min(start, selected.on.year) if selected else start


def headline(shown: Sequence[Event], every: Sequence[Event], since: int) -> str:
    """Return the timeline in one sentence."""
    if not shown:
        return _("No event of this choice since {year}; the table holds {total}", year=since, total=len(every))
    most, count = Counter(event.process for event in shown).most_common(1)[0]
    tables = len({event.process for event in shown})
    last = next((event for event in reversed(shown) if not event.ahead), shown[-1]).when
    opening = ngettext("{n} dated event since {year}", "{n} dated events since {year}", len(shown), year=since)
    if tables == 1:
        return _("{events}: {table}; the last is of {date}", events=opening, table=event_process(most), date=last)
    return _(
        "{events}, the largest number about one table: {table} ({k}); the last is of {date}",
        events=opening,
        table=event_process(most),
        k=count,
        date=last,
    )


def lanes(days: Sequence[date], reach: float) -> list[float]:
    """Return an offset per day so that marks nearer than `reach` days stand in different lanes.

    Days must be in order. When all lanes are taken the mark shares the lane that is free the longest.
    """
    free = [float("-inf")] * len(LANES)
    offsets = []
    for on in days:
        at = float(on.toordinal())
        lane = next((n for n, until in enumerate(free) if until <= at), min(range(len(free)), key=free.__getitem__))
        free[lane] = at + reach
        offsets.append(LANES[lane])
    return offsets


def bands(last: date) -> list[Band]:
    """Return the governments as bands; the one without an end reaches to `last`."""
    return [
        Band(row["president"], row["from"].date(), last if row["to"] != row["to"] else row["to"].date())
        for row in records(table("governments"))
    ]


def figure(shown: Sequence[Event], first: date, last: date, selected: str) -> go.Figure:
    """Return the timeline: one row per table, marks by category, governments as bands."""
    import plotly.graph_objects as go

    rows = [code for code in PROCESSES if any(event.process == code for event in shown)]
    fig = go.Figure()
    reach = MARK_WIDTH * (last - first).days
    for index, code in enumerate(rows):
        mine = [event for event in shown if event.process == code]
        _add_row(fig, mine, index, lanes([event.on for event in mine], reach), selected)
    for category in sorted({event.category for event in shown}, key=list(SYMBOLS).index):
        fig.add_scatter(
            x=[None],
            y=[None],
            mode="markers",
            name=texts.event_category(category),
            marker={"symbol": SYMBOLS.get(category, OTHER_SYMBOL), "color": MUTED, "size": 8},
        )
    _add_bands(fig, first, last)
    _style(fig, rows, first, last)
    return fig


def _add_row(fig: go.Figure, mine: Sequence[Event], index: int, offsets: Sequence[float], selected: str) -> None:
    chosen = [event.event_id == selected for event in mine]
    fig.add_scatter(
        x=[event.on.isoformat() for event in mine],
        y=[index + offset for offset in offsets],
        mode="markers",
        showlegend=False,
        marker={
            "symbol": [SYMBOLS.get(event.category, OTHER_SYMBOL) for event in mine],
            "size": [15 if one else 9 for one in chosen],
            "color": symbology.hue(PROCESS_FAMILIES[mine[0].process]).full,
            "opacity": 1,
            "line": {
                "color": [INK if one else PAPER for one in chosen],
                "width": [2 if one else 0.6 for one in chosen],
            },
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        customdata=[[event.event_id, _safe(event.when), _wrapped(event.title), _kind(event)] for event in mine],
        hovertemplate="<b>%{customdata[1]}</b> · %{customdata[3]}<br>%{customdata[2]}<extra></extra>",
    )


def _kind(event: Event) -> str:
    return _safe(f"{event_process(event.process)} · {texts.event_category(event.category)}")


def _safe(value: str) -> str:
    """Plotly reads a little HTML in every text: what comes from data stays text."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _wrapped(value: str) -> str:
    import textwrap

    return "<br>".join(_safe(line) for line in textwrap.wrap(value, 46))


def _add_bands(fig: go.Figure, first: date, last: date) -> None:
    for index, band in enumerate(bands(last)):
        start, end = max(band.start, first), min(band.end, last)
        if start >= end:
            continue
        if index % 2:
            fig.add_vrect(
                x0=start.isoformat(), x1=end.isoformat(), fillcolor=ACCENT, opacity=0.07, layer="below", line_width=0
            )
        share = (end - start).days / (last - first).days
        if share > 0.08:
            middle = date.fromordinal((start.toordinal() + end.toordinal()) // 2)
            fig.add_annotation(
                x=middle.isoformat(),
                y=1,
                xref="x",
                yref="paper",
                yanchor="bottom",
                showarrow=False,
                text=_safe(band.name if share > 0.2 else band.name.split()[-1]),
                font={"size": 11, "color": MUTED},
            )


def _style(fig: go.Figure, rows: Sequence[str], first: date, last: date) -> None:
    fig.update_layout(
        height=150 + 40 * max(len(rows), 3),
        margin={"l": 8, "r": 8, "t": 26, "b": 8},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"size": 12, "color": INK},
        separators=",." if language() == "es" else ".,",
        hoverlabel={"bgcolor": "white", "font": {"size": 12, "color": INK}, "align": "left"},
        legend={"orientation": "h", "x": 0, "y": -0.09, "yanchor": "top", "font": {"size": 11}, "itemclick": False},
        clickmode="event+select",
        dragmode=False,
    )
    fig.update_xaxes(
        range=[first.isoformat(), last.isoformat()],
        gridcolor=GRID,
        type="date",
        tickformat="%Y",
        dtick="M12" if (last - first).days < 4000 else "M48",
        zeroline=False,
        fixedrange=True,
    )
    fig.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[_safe(event_process(code)) for code in rows],
        range=[len(rows) - 0.45, -0.55],
        gridcolor=GRID,
        zeroline=False,
        fixedrange=True,
        automargin=True,
    )


def clicked(selection: Mapping[str, Any] | None) -> str | None:
    """Return the id of the event that was selected on the figure, None without one."""
    points = ((selection or {}).get("selection") or {}).get("points") or []
    for point in points:
        data = point.get("customdata")
        if isinstance(data, list | tuple) and data and isinstance(data[0], str):
            return data[0]
    return None


def summary(shown: Sequence[Event]) -> str:
    """Return the timeline in one sentence, for those who cannot see it."""
    names = list(dict.fromkeys(event_process(event.process) for event in shown))
    return _(
        "Timeline of {n} peace events by negotiation table, {first} to {last}: {tables}.",
        n=len(shown),
        first=day(shown[0].on),
        last=day(shown[-1].on),
        tables=enumerate_names(names),
    )


def counts_by_place(shown: Sequence[Event]) -> dict[str, int]:
    """Return how many of these events happened in each municipality."""
    return dict(Counter(code for event in shown for code in event.places))


def card_html(event: Event) -> str:
    """Return one event at full length."""
    where = enumerate_names(list(event.places.values())) if event.places else _("no municipality in the source")
    return (
        f'<article class="pp-event-card"><p class="pp-muted">{text(event.when)} · {_badge(event)} · {text(where)}</p>'
        f"<h3>{text(event.title)}</h3><p>{sources_html(event.sources)}{_ahead(event)}</p></article>"
    )


def list_html(shown: Sequence[Event], address: Callable[[str], str], selected: str = "") -> str:
    """Return events as a list, the newest first, each with its sources; `address` gives the link that opens one."""
    return f'<ol class="pp-events">{"".join(_item(event, address, selected) for event in reversed(shown))}</ol>'


def _item(event: Event, address: Callable[[str], str], selected: str) -> str:
    mark = ' class="pp-chosen"' if event.event_id == selected else ""
    places = (
        f' <span class="pp-muted">({text(enumerate_names(list(event.places.values())))})</span>' if event.places else ""
    )
    opening = f'<a href="{text(address(event.event_id))}" target="_self">{text(event.when)}</a>'
    return (
        f'<li{mark}><span class="pp-when">{opening}</span><div>{text(event.title)}{places}<br>'
        f"{_badge(event)} · {sources_html(event.sources)}{_ahead(event)}</div></li>"
    )


def _ahead(event: Event) -> str:
    if not event.ahead:
        return ""
    return f' <span class="pp-muted">{text(_("(announced beforehand: the source is older than the date)"))}</span>'


def _badge(event: Event) -> str:
    colour = symbology.hue(PROCESS_FAMILIES[event.process]).full
    return (
        f'<span class="pp-tag">{swatch(colour)}{text(event_process(event.process))}</span> '
        f'<span class="pp-tag">{text(texts.event_category(event.category))}</span>'
    )
