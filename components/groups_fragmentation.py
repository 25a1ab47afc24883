"""How many groups are reported per municipality and year, beside how much was reported: figures, maps, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from components import cache, minimap, shapes
from components.cited import cited
from components.groups_where import YEARS, last_day
from components.i18n import _, day, language, ngettext, number
from components.markup import swatch, text
from components.rows import by_id, records
from components.view import ViewState
from data.store import table
from geo import fragmentation, symbology
from geo.symbology import Fill, Style

if TYPE_CHECKING:
    import plotly.graph_objects as go

INK, MUTED, GRID, PAPER, ACCENT = "#22252a", "#5d6168", "#e4e0d8", "#fbfaf7", "#1f4e5f"
CLASSES = 4
UNNAMED = symbology.hue(symbology.UNNAMED).tint
AREA_CODES = {"narino": "52", "colombia": "CO"}


@dataclass(frozen=True)
class Measured:
    """Fragmentation of an area: year by year with all publishers, the same with one, and municipality by year."""

    years: pd.DataFrame
    steady: pd.DataFrame
    publisher: str
    places: pd.DataFrame
    sources: dict[int, tuple[str, ...]]


@st.cache_resource(max_entries=4, show_spinner=False)
def _measured(version: str, area: str) -> Measured:
    found = fragmentation.reports(table("presence"), table("groups"), last=YEARS[-1])
    units = cache.scope_units(AREA_CODES[area])
    # The nation decides whose count can be followed, so that both areas are read beside the same one.
    publisher = fragmentation.steady_publisher(found, cache.scope_units("CO"))
    places = fragmentation.by_municipality(found)
    return Measured(
        years=fragmentation.by_year(found, units, YEARS),
        steady=fragmentation.by_year(found[found["publisher"] == publisher], units, YEARS),
        publisher=publisher,
        places=places[places["divipola"].isin(units)],
        sources={
            int(str(year)): tuple(rows.value_counts().index)
            for year, rows in found[found["divipola"].isin(units)].groupby("year")["source_id"]
        },
    )


def measured(area: str) -> Measured:
    """Return the fragmentation of "narino" or "colombia"."""
    return _measured(cache.current_version(), area)


def area_name(area: str) -> str:
    """Return the name of an area."""
    return {"narino": "Nariño", "colombia": "Colombia"}[area]


def default_year() -> int:
    """Return the last year that the reports cover whole."""
    last = last_day()
    return last.year if (last.month, last.day) == (12, 31) else last.year - 1


def headline(area: str, found: Measured, year: int) -> str:
    """Return an area's year in one sentence."""
    row = _row(found.years, year)
    if not row["reported"]:
        return _("{area}, {year}: no group is reported in any municipality", area=area_name(area), year=year)
    return ngettext(
        "{area}, {year}: two or more named groups reported in {n} municipality of {reported} with any report",
        "{area}, {year}: two or more named groups reported in {n} municipalities of {reported} with any report",
        row["two"] + row["many"],
        area=area_name(area),
        year=year,
        reported=number(row["reported"]),
    )


def subline(found: Measured, year: int) -> str:
    """Return what stands behind the headline: reports and publishers, and one publisher alone."""
    row, alone = _row(found.years, year), _row(found.steady, year)
    behind = ngettext("{n} report", "{n} reports", row["rows"])
    who = ngettext("{n} publisher", "{n} publishers", row["publishers"])
    words = _("Behind it: {reports} by {who}; more reporting finds more groups.", reports=behind, who=who)
    if not alone["reported"]:
        return f"{words} {_('{publisher} alone: no report in that year.', publisher=found.publisher)}"
    steady = _(
        "{publisher} alone: {several} of {reported}.",
        publisher=found.publisher,
        several=number(alone["two"] + alone["many"]),
        reported=number(alone["reported"]),
    )
    return f"{words} {steady}"


def sources_html(found: Measured, year: int) -> str:
    """Return the documents behind a year, the one with most reports first, folded, each a link with its date."""
    known = by_id(table("sources"), "source_id")
    held = found.sources.get(year, ())
    if not held:
        return ""
    items = "".join(f"<li>{cited(known[source]).html()}</li>" for source in held)
    title = ngettext("{n} document behind {year}", "{n} documents behind {year}", len(held), year=year)
    return f'<details class="gr-said"><summary>{text(title)}</summary><ul>{items}</ul></details>'


def _row(years: pd.DataFrame, year: int) -> dict[str, Any]:
    return next(row for row in records(years) if row["year"] == year)


def method() -> list[str]:
    """Return how groups are counted, in sentences."""
    return [
        _("A report counts in the calendar years that its source attests, and in no later one."),
        _(
            "By name: every name that a publisher uses. A front and its organisation are two when both are named, and "
            "so is a group that two publishers call by different names. This is the upper end."
        ),
        _(
            "By family: names of one origin are one, also when they fight each other. Groups of no family count one by "
            "one. This is the lower end."
        ),
        _(
            "Reports that name nobody (“unidentified”, “unidentified dissidents”) are no group: a municipality with "
            "these alone is told apart, in grey."
        ),
        _(
            "Publishers change what they cover: Pares has whole lists for 2018, 2019, 2022 and 2025, the Defensoría "
            "alerts from 2018 on, UCDP events from 2023 on. A rise may be more reporting. Read a year beside its "
            "reports and publishers, and beside one publisher alone."
        ),
        _("A municipality without a report is not reported: that is not zero groups."),
        _("*{year} runs to {date}.", year=YEARS[-1], date=day(last_day())),
    ]


def class_colour(count: int) -> str:
    """Return the colour of a number of groups: grey where nobody is named, then one to four and more."""
    return UNNAMED if count == 0 else symbology.ramp(CLASSES + 1)[min(count, CLASSES)]


def class_name(count: int) -> str:
    """Return a class of the number of groups in words."""
    if count == 0:
        return _("reported, nobody named")
    if count >= CLASSES:
        return _("{n} groups or more", n=number(CLASSES))
    return ngettext("{n} group", "{n} groups", count)


def map_html(view: ViewState, found: Measured, year: int, column: str) -> str:
    """Return the map of a year: `column` is "names" or "families"."""
    geometry = shapes.geometry_of(view.with_(page=view.area))
    places = found.places[found.places["year"] == year]
    counts = dict(zip(places["divipola"], places[column], strict=True))
    drawn = {code: minimap.Area(style=_style(int(count))) for code, count in counts.items()}
    if view.area == "narino":
        nothing = minimap.Area(style=symbology.NOT_REPORTED)
        drawn = {code: drawn.get(code, nothing) for code in cache.scope_units("52")}
    return minimap.picture(
        geometry.payload, drawn, _map_words(view.area, year, counts, column), css="gr-map", width=420
    )


def _style(count: int) -> Style:
    return Style(Fill(class_colour(count)), symbology.HAIRLINE)


def _map_words(area: str, year: int, counts: Mapping[str, int], column: str) -> str:
    how = _("by family") if column == "families" else _("by name")
    parts = "; ".join(
        f"{class_name(count)}: {number(sum(1 for value in counts.values() if min(value, CLASSES) == count))}"
        for count in range(CLASSES + 1)
    )
    return _(
        "Map of {area}, {year}, groups counted {how}: {parts}.", area=area_name(area), year=year, how=how, parts=parts
    )


def legend_html() -> str:
    """Return the classes of the maps and bars."""
    items = "".join(f"<li>{swatch(class_colour(count))}{text(class_name(count))}</li>" for count in range(CLASSES + 1))
    dots = f"<li>{text(_('plain or dotted: not reported'))}</li>"
    return f'<ul class="gr-keys">{items}{dots}</ul>'


def municipalities_by_number(found: Measured, count: int) -> list[int]:
    """Return in how many municipalities a class of named groups is reported, year by year, as the maps draw it."""
    drawn = found.places.loc[found.places["names"].clip(upper=CLASSES) == count, "year"].value_counts()
    return [int(drawn.get(year, 0)) for year in found.years["year"]]


def figure(found: Measured) -> go.Figure:
    """Return an area over the years: municipalities by number of groups, groups per municipality, and reports."""
    from plotly.subplots import make_subplots

    fig = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.1, row_heights=[0.42, 0.34, 0.24])
    years = [_tick(year) for year in found.years["year"]]
    for count in range(CLASSES + 1):
        name = class_name(count)
        fig.add_bar(
            x=years,
            y=municipalities_by_number(found, count),
            name=name,
            marker={"color": class_colour(count)},
            hovertemplate="%{x}: %{y:,d}<extra>" + name + "</extra>",
            showlegend=False,
            row=1,
            col=1,
        )
    for frame, column, name, dash, colour in _lines(found):
        fig.add_scatter(
            x=years,
            y=[None if pd.isna(value) else round(value, 2) for value in frame[column]],
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 1.8, "dash": dash},
            marker={"size": 5},
            connectgaps=False,
            hovertemplate="%{x}: %{y:.2f}<extra>" + name + "</extra>",
            row=2,
            col=1,
        )
    fig.add_bar(
        x=years,
        y=found.years["rows"].tolist(),
        text=[number(count) if count else "" for count in found.years["publishers"]],
        textposition="outside",
        textfont={"size": 11, "color": MUTED},
        cliponaxis=False,
        marker={"color": "#b9b3a6"},
        customdata=found.years["publishers"].tolist(),
        hovertemplate="%{x}: %{y:,d} · %{customdata}<extra>" + _("reports · publishers") + "</extra>",
        showlegend=False,
        row=3,
        col=1,
    )
    _style_figure(fig)
    fig.update_yaxes(range=[0, 1.3 * max(1, found.years["rows"].max())], row=3, col=1)
    return fig


def _lines(found: Measured) -> Sequence[tuple[pd.DataFrame, str, str, str, str]]:
    return (
        (found.years, "mean_names", _("by name"), "solid", INK),
        (found.years, "mean_families", _("by family"), "dash", ACCENT),
        (found.steady, "mean_names", _("{publisher} alone", publisher=found.publisher), "dot", "#a3141f"),
    )


def _tick(year: int) -> str:
    return f"{year}*" if year > default_year() else str(year)


def _style_figure(fig: go.Figure) -> None:
    titles = (
        _("Municipalities by number of named groups"),
        _("Named groups per municipality that names any"),
        _("Reports (above each bar: publishers)"),
    )
    for row, title in enumerate(titles, 1):
        domain = next(fig.select_yaxes(row=row, col=1)).domain
        fig.add_annotation(
            text=title,
            x=0,
            y=domain[1],
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
            font={"size": 12, "color": MUTED},
        )
    fig.update_layout(
        height=470,
        barmode="stack",
        bargap=0.22,
        margin={"l": 4, "r": 6, "t": 22, "b": 56},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"size": 12, "color": INK},
        separators=",." if language() == "es" else ".,",
        hoverlabel={"bgcolor": "white", "font": {"size": 12, "color": INK}, "align": "left"},
        dragmode=False,
        legend={"orientation": "h", "y": -0.08, "yanchor": "top", "x": 0, "font": {"size": 11}},
    )
    fig.update_xaxes(type="category", showgrid=False, fixedrange=True, tickfont={"size": 11})
    fig.update_yaxes(gridcolor=GRID, zeroline=False, rangemode="tozero", nticks=5, fixedrange=True, automargin=True)


def summary(area: str, found: Measured) -> str:
    """Return the figure in a sentence, for those who cannot see it."""
    parts = [
        _(
            "{year}: {several} of {reported}, {reports} reports",
            year=_tick(row["year"]),
            several=number(row["two"] + row["many"]),
            reported=number(row["reported"]),
            reports=number(row["rows"]),
        )
        for row in records(found.years)
    ]
    return _(
        "Municipalities of {area} with two or more named groups, of those with any report: {parts}.",
        area=area_name(area),
        parts="; ".join(parts),
    )


def table_html(found: Measured) -> str:
    """Return an area's years as a table."""
    columns = {
        "reported": _("Municipalities reported"),
        "unnamed_only": _("Nobody named"),
        "one": _("1 group"),
        "two": _("2 groups"),
        "three": _("3 groups"),
        "many": _("4 or more"),
        "names": _("Groups by name, whole area"),
        "families": _("By family, whole area"),
        "mean_names": _("Per municipality, by name"),
        "mean_families": _("Per municipality, by family"),
        "rows": _("Reports"),
        "publishers": _("Publishers"),
    }
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in (_("Year"), *columns.values()))
    told = found.years.assign(three=municipalities_by_number(found, 3), many=municipalities_by_number(found, CLASSES))
    body = "".join(
        f'<tr><th scope="row">{text(_tick(row["year"]))}</th>{_cells(row, columns)}</tr>' for row in records(told)
    )
    return f'<table class="gr-table counts"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cells(row: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    return "".join(
        f'<td class="num" data-label="{text(name)}">{text(_cell(row[column], column))}</td>'
        for column, name in columns.items()
    )


def _cell(value: float, column: str) -> str:
    if pd.isna(value):
        return "–"
    return number(value, 2) if column.startswith("mean") else number(value)
