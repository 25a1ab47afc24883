"""How many fighters, and in how many municipalities, as each publisher says: side by side, never merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from components.groups_words import source_html
from components.i18n import _, language, ngettext, number, partial_day, pick
from components.markup import text
from components.rows import by_id, records
from data.store import table

if TYPE_CHECKING:
    import plotly.graph_objects as go

INK, MUTED, GRID, PAPER = "#22252a", "#5d6168", "#e4e0d8", "#fbfaf7"
# Publishers are told by form and shade: hue belongs to the families.
PLOT_HEIGHT, LINE_HEIGHT = 150, 19
MARKS = (
    ("circle", "#1f4e5f"),
    ("diamond", "#8a5a00"),
    ("square", "#6d3b5e"),
    ("triangle-up", "#3d5a2a"),
    ("x", "#7a2e2e"),
    ("star", "#44484f"),
    ("triangle-down", "#22252a"),
)
COUNTS = ("armed", "support_network", "total", "municipalities", "departments")


@dataclass(frozen=True)
class Figure:
    """One publisher's figures at one date; a count that it does not give is None.

    `aggregate` names the set of groups that the figures belong to, blank for the group alone; `partial` is true when
    they belong to a part of the group only, which keeps them out of every spread.
    """

    when: str
    first: date
    last: date
    publisher: str
    source: str
    armed: float | None
    support_network: float | None
    total: float | None
    municipalities: float | None
    departments: float | None
    aggregate: str = ""
    note: str = ""
    partial: bool = False


def figures(group_id: str) -> list[Figure]:
    """Return the figures about a group alone, newest first."""
    return [figure for row, figure in _all() if row["group_id"] == group_id and not row["is_aggregate"]]


def aggregates(group_id: str = "") -> list[Figure]:
    """Return the figures about several groups together; with a group, only those that hold it."""
    return [
        figure
        for row, figure in _all()
        if row["is_aggregate"] and (not group_id or _holds(str(row["group_id"]), group_id))
    ]


def _all() -> list[tuple[dict[str, Any], Figure]]:
    known = by_id(table("sources"), "source_id")
    rows = table("group_strength").sort_values(["date_to", "date_from"], ascending=False, kind="stable")
    return [(row, _figure(row, known[row["source_id"]])) for row in records(rows)]


def _figure(row: dict[str, Any], source: dict[str, Any]) -> Figure:
    note, partial = _note(row)
    counts = {name: None if pd.isna(row[name]) else float(row[name]) for name in COUNTS}
    return Figure(
        when=partial_day(str(row["date_text"])),
        first=row["date_from"].date(),
        last=row["date_to"].date(),
        publisher=str(source["publisher"]),
        source=source_html(source),
        aggregate=pick(row, "aggregate") if row["is_aggregate"] else "",
        note=note,
        partial=partial,
        **counts,
    )


def _holds(aggregate: str, group_id: str) -> bool:
    row = by_id(table("groups"), "group_id")[group_id]
    if aggregate == "emc_plus_sm":
        return group_id in ("emc", "segunda_marquetalia")
    if aggregate == "farc_dissidents_all":
        return row["kind"] == "farc_dissident"
    return aggregate == "narcoparamilitary_all" and row["kind"] == "paramilitary_successor"


def _note(row: dict[str, Any]) -> tuple[str, bool]:
    """What the source says of its own figure, and whether it counts only a part of the group."""
    notes = {
        ("embf", "2025-09"): (_("Front 36 only"), True),
        ("emc", "2020"): (_("south-eastern bloc only (Gentil Duarte line)"), True),
        ("emc", "2024"): (_("includes what became the EMBF"), True),
        ("epl", "2016"): (_("Catatumbo only"), True),
        ("epl", "2017"): (_("“more than” this number"), False),
    }
    return notes.get((str(row["group_id"]), str(row["date_text"])), ("", False))


def spread(found: Sequence[Figure]) -> str:
    """Return the newest year for which several figures stand beside each other, in a sentence with their spread."""
    whole = [figure for figure in found if figure.total is not None and not figure.partial]
    if not whole:
        return _("No figure of its fighters by a publisher is held.")
    years = sorted({figure.last.year for figure in whole}, reverse=True)
    year = next((year for year in years if _publishers(whole, year) > 1), years[0])
    mine = [figure for figure in whole if figure.last.year == year]
    values = [figure.total for figure in mine if figure.total is not None]
    several = ngettext("{n} figure", "{n} figures", len(values))
    count = _publishers(whole, year)
    who = ngettext("{n} publisher", "{n} publishers", count)
    if min(values) == max(values):
        return _(
            "{year}: {value} members, in {figures} of {who}.",
            year=year,
            value=number(values[0]),
            figures=several,
            who=who,
        )
    words = _(
        "{year}: between {low} and {high} members, in {figures} of {who}.",
        year=year,
        low=number(min(values)),
        high=number(max(values)),
        figures=several,
        who=who,
    )
    dates = {figure.when for figure in mine}
    return f"{words} {_('Their dates differ.')}" if len(dates) > 1 else words


def _publishers(found: Sequence[Figure], year: int) -> int:
    return len({figure.publisher for figure in found if figure.last.year == year})


def table_html(found: Sequence[Figure]) -> str:
    """Return figures as a table, each with its date, its publisher and its link; aggregates are marked."""
    heads = [
        _("Date"),
        _("Total"),
        _("In arms"),
        _("Support network"),
        _("Municipalities"),
        _("Departments"),
        _("Publisher"),
    ]
    used = [any(getattr(figure, name) is not None for figure in found) for name in ("total", *COUNTS[:2], *COUNTS[3:])]
    shown = [True, *used, True]
    head = "".join(f'<th scope="col">{text(name)}</th>' for name, on in zip(heads, shown, strict=True) if on)
    body = "".join(_row(figure, heads, shown) for figure in found)
    return f'<table class="gr-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _row(figure: Figure, heads: Sequence[str], shown: Sequence[bool]) -> str:
    values = [figure.total, figure.armed, figure.support_network, figure.municipalities, figure.departments]
    cells = "".join(
        f'<td class="num" data-label="{text(name)}">{text(number(value))}</td>'
        if value is not None
        else '<td class="num nothing">–</td>'
        for name, value, on in zip(heads[1:-1], values, shown[1:-1], strict=True)
        if on
    )
    mark = (
        f' <span class="gr-chip">{text(_("aggregate: {name}", name=figure.aggregate))}</span>'
        if figure.aggregate
        else ""
    )
    note = f' <span class="gr-muted">{text(figure.note)}</span>' if figure.note else ""
    css = ' class="aggregate"' if figure.aggregate else ""
    return f'<tr{css}><th scope="row">{text(figure.when)}</th>{cells}<td>{figure.source}{mark}{note}</td></tr>'


def figure(found: Sequence[Figure]) -> go.Figure:
    """Return totals (full) and fighters in arms (hollow) as points over time, a form for each publisher."""
    import plotly.graph_objects as go

    fig = go.Figure()
    publishers = list(dict.fromkeys(one.publisher for one in found if (one.total, one.armed) != (None, None)))
    for index, name in enumerate(publishers):
        symbol, colour = MARKS[index % len(MARKS)]
        mine = [one for one in found if one.publisher == name]
        for hollow, values in ((False, "total"), (True, "armed")):
            points = [(one, value) for one in mine if (value := getattr(one, values)) is not None]
            if points:
                _points(fig, points, name, f"{symbol}-open" if hollow else symbol, colour, hollow)
    fig.update_layout(
        # On a phone the entries stand one below the other; in less room their list would scroll inside itself.
        height=PLOT_HEIGHT + LINE_HEIGHT * len(list(fig.select_traces())),
        margin={"l": 4, "r": 6, "t": 8, "b": 22},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"size": 12, "color": INK},
        separators=",." if language() == "es" else ".,",
        hoverlabel={"bgcolor": "white", "font": {"size": 12, "color": INK}, "align": "left"},
        dragmode=False,
        legend={"orientation": "h", "y": -0.16, "yanchor": "top", "x": 0, "font": {"size": 11}, "maxheight": 1},
    )
    fig.update_xaxes(gridcolor=GRID, zeroline=False, tickformat="%Y", dtick="M12", fixedrange=True)
    fig.update_yaxes(
        gridcolor=GRID, zeroline=False, rangemode="tozero", tickformat=",d", nticks=5, fixedrange=True, automargin=True
    )
    return fig


def _points(
    fig: go.Figure, points: Sequence[tuple[Figure, float]], name: str, symbol: str, colour: str, hollow: bool
) -> None:
    what = _("in arms") if hollow else _("total")
    fig.add_scatter(
        x=[_middle(one).isoformat() for one, _value in points],
        y=[value for _one, value in points],
        mode="markers",
        name=f"{name} · {what}",
        marker={
            "symbol": symbol,
            "size": 9,
            "color": colour,
            "line": {"color": colour if hollow else PAPER, "width": 1.4},
        },
        customdata=[[one.when, one.note] for one, _value in points],
        hovertemplate="%{y:,d} · %{customdata[0]} %{customdata[1]}<extra>" + f"{name} · {what}</extra>",
    )


def _middle(one: Figure) -> date:
    return date.fromordinal((one.first.toordinal() + one.last.toordinal()) // 2)


def summary(found: Sequence[Figure], name: str) -> str:
    """Return the figure in a sentence, for those who cannot see it."""
    return _("Members of {name} by publisher. {spread}", name=name, spread=spread(found))
