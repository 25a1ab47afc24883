"""Where a group is reported, one small map per calendar year."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from components import cache, minimap, shapes, texts
from components.i18n import _, day, enumerate_names, language, ngettext, number, set_language
from components.markup import swatch, text
from components.rows import records
from components.swatches import swatch_svg
from components.view import ViewState
from data.store import table
from geo import fragmentation, state, symbology

YEARS = tuple(range(fragmentation.FIRST_YEAR, cache.LAST.year + 1))
NARINO = "52"
NAMED_AT_MOST = 6


@dataclass(frozen=True)
class Year:
    """One year of a group: its municipalities with the levels reported, and the publishers behind them.

    `unnamed_rivals` are the municipalities where a source reports a dispute and names nobody else.
    """

    year: int
    levels: dict[str, tuple[str, ...]]
    unnamed_rivals: frozenset[str]
    publishers: tuple[str, ...]
    rows: int


def by_year(group_id: str) -> list[Year]:
    """Return every year with the municipalities in which a group is reported; a year without any is empty."""
    presence = table("presence")
    mine = state.prepare(presence[presence["group_id"] == group_id])
    found = []
    for year in YEARS:
        rows = mine[(mine["valid_from"].dt.year <= year) & (mine["attested_to"].dt.year >= year)]
        levels: dict[str, set[str]] = {}
        for row in records(rows[["divipola", "level"]]):
            levels.setdefault(row["divipola"], set()).add(row["level"])
        rivals = frozenset(rows.loc[rows["unnamed_rival"], "divipola"])
        whole = {code: tuple(sorted(said)) for code, said in sorted(levels.items())}
        found.append(Year(year, whole, rivals, tuple(sorted(set(rows["publisher"]))), len(rows)))
    return found


def is_local(found: Sequence[Year]) -> bool:
    """Whether every report lies in Nariño, so that its map says more than the nation's."""
    codes = {code for year in found for code in year.levels}
    return bool(codes) and all(code.startswith(NARINO) for code in codes)


def headline(name: str, found: Sequence[Year]) -> str:
    """Return in one sentence where the group was last reported."""
    told = [year for year in found if year.levels]
    if not told:
        return _("{name}: no source consulted places it in a municipality", name=name)
    last = told[-1]
    return ngettext(
        "{name}: last reported in {year}, in {n} municipality, by {who}",
        "{name}: last reported in {year}, in {n} municipalities, by {who}",
        len(last.levels),
        name=name,
        year=last.year,
        who=_who(last.publishers),
    )


def _who(publishers: Sequence[str]) -> str:
    if len(publishers) <= 3:
        return enumerate_names(list(publishers))
    return ngettext("{n} publisher", "{n} publishers", len(publishers))


def maps_html(view: ViewState, group_id: str, family: str, name: str) -> str:
    """Return the years as two pictures of the same maps: six in a row for a screen, two for a phone."""
    narrow = view.with_(page="narino" if is_local(by_year(group_id)) else "colombia")
    geometry = shapes.geometry_of(narrow)
    return _maps(cache.current_version(), language(), group_id, family, name, geometry.version, geometry)


@st.cache_resource(max_entries=160, show_spinner=False)
def _maps(
    version: str, lang: str, group_id: str, family: str, name: str, drawn: str, _geometry: shapes.Geometry
) -> str:
    set_language(lang)
    found = by_year(group_id)
    local = is_local(found)
    panels = [_panel(year, family, local) for year in found]
    alt = summary(name, found)
    return "".join(
        minimap.strip(_geometry.payload, panels, alt, columns=columns, css=css, width=width)
        for css, columns, width in (("gr-years wide", 6, 196), ("gr-years narrow", 3, 130))
    )


def _panel(year: Year, family: str, local: bool) -> minimap.Panel:
    note = number(len(year.levels)) if year.levels else _("no report")
    drawn = {code: _area(family, said, local, code in year.unnamed_rivals) for code, said in year.levels.items()}
    return minimap.Panel(str(year.year), note, drawn)


def _area(family: str, levels: tuple[str, ...], local: bool, unnamed_rival: bool) -> minimap.Area:
    """In Nariño the fill of the big map; in the nation a disc, since most municipalities are smaller than a pattern."""
    if not local:
        return minimap.Area(dot=1.7, colour=symbology.hue(family).full)
    style = symbology.presence_style([(family, level) for level in levels], disputed=unnamed_rival)
    if "dispute" in levels:
        style = replace(style, outline=symbology.DISPUTE_OUTLINE)
    return minimap.Area(style=style)


def legend_html(family: str, found: Sequence[Year]) -> str:
    """Return what the maps show: fills by level in Nariño, a disc of any level in the nation."""
    if not is_local(found):
        colour = symbology.hue(family).full
        words = _("a municipality, whatever the level reported")
        return f'<ul class="gr-keys"><li class="disc">{swatch(colour)}{text(words)}</li></ul>'
    used = {level for year in found for said in year.levels.values() for level in said}
    styles = {
        "presence": symbology.presence_style([(family, "presence")]),
        "influence": symbology.presence_style([(family, "influence")]),
        "control": symbology.presence_style([(family, "control")]),
        "dispute": replace(symbology.presence_style([(family, "presence")]), outline=symbology.DISPUTE_OUTLINE),
    }
    items = "".join(
        f"<li>{_image(swatch_svg(style, f'gr-{level}'))}{text(texts.level(level))}</li>"
        for level, style in styles.items()
        if level in used
    )
    rival = symbology.presence_style([(family, "presence")], disputed=True)
    if any(year.unnamed_rivals for year in found):
        words = _("dispute with a rival that the source does not name")
        items += f"<li>{_image(swatch_svg(rival, 'gr-rival'))}{text(words)}</li>"
    return f'<ul class="gr-keys">{items}</ul>'


def _image(svg: str) -> str:
    named = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return f'<img class="gr-key" alt="" src="data:image/svg+xml;base64,{b64encode(named.encode()).decode()}">'


def summary(name: str, found: Sequence[Year]) -> str:
    """Return the maps in a sentence, for those who cannot see them."""
    parts = [f"{year.year}: {number(len(year.levels))}" for year in found if year.levels]
    return _("Municipalities in which {name} is reported, by year: {years}.", name=name, years="; ".join(parts) or "0")


def note(found: Sequence[Year]) -> str:
    """Return what a reader must know of the maps."""
    coverage = "; ".join(
        f"{year.year}: {ngettext('{n} publisher', '{n} publishers', len(year.publishers))}"
        for year in found
        if year.levels
    )
    return _(
        "The number beside a year counts municipalities. Publishers behind it: {coverage}. A publisher that skipped a "
        "year leaves a gap that is not an absence; {year} runs to {date}.",
        coverage=coverage,
        year=YEARS[-1],
        date=day(last_day()),
    )


def last_day() -> date:
    """Return the last day that any report attests."""
    return table("presence")["attested_to"].max().date()
