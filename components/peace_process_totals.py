"""Every national total as one line per publisher: read, joined only where it may be, drawn and listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from components.i18n import _, language, ngettext, number, pick
from components.markup import text
from components.peace_process_words import Cited, cited, sources, sources_html, span_text
from components.rows import records
from components.timeline import ACCENT, GRID, INK, MUTED, PAPER
from data.store import table

if TYPE_CHECKING:
    import plotly.graph_objects as go

COLOURS = (ACCENT, "#a3141f", "#b88529", "#4729a3", "#2f7d32")
# What a note says, in the words of its source, where a year is not closed there.
STILL_GROWING = "still growing"
# How a note gives what the publisher itself compares: a change on the year before, or the same months of a year.
MORE_THAN = re.compile(r"(\d+)% (more|less) than in (\d{4})")
SAME_MONTHS = re.compile(r"([\d,]+) in the same months of (\d{4})")
SIGNS = ("circle", "square", "diamond", "triangle-up", "cross")


@dataclass(frozen=True)
class Stated:
    """What a publisher itself compares its figure with: a year, and how far the figure lies above or below it.

    `earlier` is the figure of the same months of that year; without it `share` is as the publisher gives it.
    """

    year: int
    share: float
    earlier: float | None = None


@dataclass(frozen=True)
class Total:
    """One publisher's figure for one period, as it gives it; `growing` when its source still adds to it."""

    indicator: str
    publisher: str
    first: date
    last: date
    period: str
    value: float
    note: str
    source: Cited
    published: date | None = None
    growing: bool = False
    stated: Stated | None = None

    @property
    def complete_year(self) -> bool:
        """Whether it is one calendar year that its source has closed: all that may be joined or compared."""
        return self.whole_year and not self.growing

    @property
    def whole_year(self) -> bool:
        """Whether the period is exactly one calendar year."""
        return (self.first.month, self.first.day, self.last) == (1, 1, date(self.first.year, 12, 31))

    @property
    def several_years(self) -> bool:
        """Whether the figure adds up more than a year: never drawn beside yearly ones."""
        return (self.last - self.first).days > 400

    @property
    def loose(self) -> bool:
        """Whether it is a year told by its first and last month, thirteen in all: its days are not known."""
        return self.last.month == self.first.month and (self.last - self.first).days in range(380, 398)

    def days_inside(self, first: date, last: date) -> int:
        """Return how many days of another period this figure covers."""
        return max((min(self.last, last) - max(self.first, first)).days + 1, 0)


def indicator_names() -> dict[str, str]:
    """Return the names of the national totals by id, only of those with a figure, in alphabetical order."""
    held = set(table("totals_national")["indicator"])
    names = {row["indicator"]: pick(row, "name") for row in records(table("totals_indicators"))}
    return dict(sorted(((code, name) for code, name in names.items() if code in held), key=lambda pair: pair[1]))


def totals(indicator: str) -> list[Total]:
    """Return the national figures of an indicator, by publisher and period."""
    known = sources()
    rows = table("totals_national")
    found = [
        Total(
            indicator=indicator,
            publisher=str(known[row["source_id"]]["publisher"]),
            first=row["from"].date(),
            last=row["to"].date(),
            period=span_text(row["from"], row["to"]),
            value=float(row["value"]),
            note=pick(row, "note"),
            source=cited(known[row["source_id"]]),
            published=_published(known[row["source_id"]]["date_to"]),
            growing=STILL_GROWING in row["note_en"],
            stated=stated(row["note_en"], float(row["value"])),
        )
        for row in records(rows[rows["indicator"] == indicator])
    ]
    return sorted(found, key=lambda total: (total.publisher, total.first, total.last))


def stated(note: str, value: float) -> Stated | None:
    """Return what a publisher compares its figure with, read off the English note; None where it compares nothing."""
    if found := SAME_MONTHS.search(note):
        earlier = float(found[1].replace(",", ""))
        return Stated(int(found[2]), value / earlier - 1, earlier)
    if found := MORE_THAN.search(note):
        return Stated(int(found[3]), int(found[1]) / 100 * (1 if found[2] == "more" else -1))
    return None


def _published(value: object) -> date | None:
    return value.date() if isinstance(value, pd.Timestamp) and value == value else None


def joined(figures: Iterable[Total]) -> list[Total]:
    """Return a publisher's complete calendar years in order, of several cuts of one year the one published last."""
    years: dict[int, Total] = {}
    for total in sorted(figures, key=lambda t: t.published or date.min):
        if total.complete_year:
            years[total.first.year] = total
    return [years[year] for year in sorted(years)]


def headline(shown: Sequence[Total], name: str) -> str:
    """Return an indicator's national figures in one sentence."""
    publishers = list(dict.fromkeys(total.publisher for total in shown))
    return ngettext(
        "{name}: {n} publisher, {figures} figures; never joined and never added",
        "{name}: {n} publishers, {figures} figures; never joined and never added",
        len(publishers),
        name=name,
        figures=number(len(shown)),
    )


def figure(shown: Sequence[Total]) -> go.Figure:
    """Return one line per publisher through its calendar years; other periods are hollow marks with their extent."""
    import plotly.graph_objects as go

    fig = go.Figure()
    drawn = [total for total in shown if not total.several_years]
    for index, publisher in enumerate(dict.fromkeys(total.publisher for total in drawn)):
        mine = [total for total in drawn if total.publisher == publisher]
        colour, sign = COLOURS[index % len(COLOURS)], SIGNS[index % len(SIGNS)]
        _add_line(fig, joined(mine), publisher, colour, sign)
        rest = [total for total in mine if total not in joined(mine)]
        _add_rest(fig, rest, publisher, colour, sign, named=not joined(mine))
    _style(fig)
    return fig


def _middle(total: Total) -> str:
    return date.fromordinal((total.first.toordinal() + total.last.toordinal()) // 2).isoformat()


def _hover(total: Total) -> list[str]:
    import textwrap

    note = "<br>".join(_safe(line) for line in textwrap.wrap(total.note, 46))
    return [_safe(total.publisher), _safe(total.period), number(total.value), note]


def _safe(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_TEMPLATE = "<b>%{customdata[2]}</b> · %{customdata[1]}<br>%{customdata[0]}<br>%{customdata[3]}<extra></extra>"


def _add_line(fig: go.Figure, years: Sequence[Total], publisher: str, colour: str, sign: str) -> None:
    if not years:
        return
    x: list[str | None] = []
    y: list[float | None] = []
    hover: list[list[str]] = []
    for before, total in zip([None, *years], years, strict=False):
        if before is not None and total.first.year != before.first.year + 1:
            x.append(f"{before.first.year + 1}-07-01")
            y.append(None)
            hover.append(["", "", "", ""])
        x.append(_middle(total))
        y.append(total.value)
        hover.append(_hover(total))
    fig.add_scatter(
        x=x,
        y=y,
        mode="lines+markers",
        name=_safe(publisher),
        legendgroup=publisher,
        line={"color": colour, "width": 1.8},
        marker={"symbol": sign, "size": 8, "color": colour},
        customdata=hover,
        hovertemplate=_TEMPLATE,
        connectgaps=False,
    )


def _add_rest(fig: go.Figure, rest: Sequence[Total], publisher: str, colour: str, sign: str, *, named: bool) -> None:
    if not rest:
        return
    fig.add_scatter(
        x=[end for total in rest for end in (total.first.isoformat(), total.last.isoformat(), None)],
        y=[end for total in rest for end in (total.value, total.value, None)],
        mode="lines",
        legendgroup=publisher,
        showlegend=False,
        line={"color": colour, "width": 1.2},
        hoverinfo="skip",
        connectgaps=False,
    )
    fig.add_scatter(
        x=[_middle(total) for total in rest],
        y=[total.value for total in rest],
        mode="markers",
        name=_safe(publisher),
        legendgroup=publisher,
        showlegend=named,
        marker={"symbol": f"{sign}-open", "size": 9, "color": colour, "line": {"width": 1.6}},
        customdata=[_hover(total) for total in rest],
        hovertemplate=_TEMPLATE,
    )


def _style(fig: go.Figure) -> None:
    fig.update_layout(
        height=340,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"size": 12, "color": INK},
        separators=",." if language() == "es" else ".,",
        hoverlabel={"bgcolor": "white", "font": {"size": 12, "color": INK}, "align": "left"},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 12}},
        showlegend=True,
        dragmode=False,
    )
    fig.update_xaxes(gridcolor=GRID, type="date", tickformat="%Y", dtick="M12", zeroline=False, fixedrange=True)
    fig.update_yaxes(
        gridcolor=GRID, rangemode="tozero", zeroline=True, zerolinecolor=MUTED, automargin=True, fixedrange=True
    )


def summary(shown: Sequence[Total], name: str) -> str:
    """Return the figure in one sentence, for those who cannot see it."""
    listed = [f"{total.publisher} {total.period}: {number(total.value)}" for total in shown]
    return _("{name} by publisher and period. {figures}.", name=name, figures="; ".join(listed))


def table_html(shown: Sequence[Total]) -> str:
    """Return every figure as a table: publisher, period, value, note and link."""
    heads = (_("Publisher"), _("Period"), _("Value"), _("What to know"), _("Source"))
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in heads)
    rows = "".join(
        f'<tr><th scope="row">{text(total.publisher)}</th><td>{text(total.period)}</td>'
        f'<td class="pp-count">{_value(total.value)}</td><td>{text(_note(total))}</td>'
        f"<td>{sources_html((total.source,))}</td></tr>"
        for total in shown
    )
    return (
        f'<div class="pp-scroll" tabindex="0"><table class="pp-list"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _value(value: float) -> str:
    return number(value, 0 if value == int(value) else 1)


def _note(total: Total) -> str:
    if not total.several_years:
        return total.note
    return f"{_('Several years together: not drawn.')} {total.note}".strip()
