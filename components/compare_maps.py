"""Small maps of the areas, one date and one colour scale for all: who is reported, and the indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from components import cache, compare_cache, labels, shapes
from components.compare_areas import name
from components.compare_words import with_unit
from components.i18n import _, day, month, pick
from components.legend import LegendSpec, keys_of
from components.mapview import indicator_unit
from components.markup import text
from components.minimap import Area as MapArea
from components.minimap import picture
from components.rows import by_id, records
from components.view import ViewState
from data.store import table
from geo import comparison, indicators, state, symbology
from geo.comparison import Area
from geo.geometry import Payload
from geo.symbology import Style

WIDTH = 250
NARINO = "52"
ONE_LINE = 34


@dataclass(frozen=True)
class Maps:
    """A row of small maps: its title, the pictures as HTML, and the legend that all share."""

    title: str
    html: str
    legend: LegendSpec


@dataclass(frozen=True)
class _Layer:
    """What a row of maps shows: a key that names it among all layers, its styles, and its words."""

    key: tuple[str, ...]
    title: str
    styles: Mapping[str, Style]
    otherwise: Style
    classes: tuple[str, ...] = ()
    measure: str = ""


def presence(view: ViewState, areas: Sequence[Area], on: date) -> Maps:
    """Return who is reported in the areas on a day."""
    cells = state.cells_at(cache.reported(view, on), table("groups"))
    styles = {
        row["divipola"]: symbology.presence_style(
            row["families"], disputed=row["disputed"], group_count=row["group_count"], aged=row["aged"]
        )
        for row in records(cells)
    }
    title = _("Armed groups reported, {date}", date=day(on))
    key = ("presence", on.isoformat(), repr(cache.Filters.of(view)))
    return _row(view, areas, _Layer(key, title, styles, symbology.NOT_REPORTED))


def indicator(view: ViewState, areas: Sequence[Area], indicator_id: str, on: date) -> Maps | None:
    """Return the indicator in the areas: the twelve months (or the year) that stand on a day; None without a figure."""
    coloured = view.with_(fill=indicator_id)
    breaks = cache.breaks(coloured)
    figures = cache.trailing(indicator_id, on)
    column = "rate_per_100k" if breaks.measure == "rate" else "value"
    classes = breaks.classify(figures[column].to_numpy())
    if not (classes >= 0).any():
        return None
    styles = {
        code: symbology.indicator_style("no_record" if at < 0 else "reported", max(int(at), 0), breaks.count)
        for code, at in zip(figures["code"], classes, strict=True)
    }
    measure = indicator_unit(indicator_id, breaks.measure)
    if breaks.measure != "rate":
        meta = by_id(table("indicators"), "indicator_id")[indicator_id]
        measure = with_unit(pick(meta, "short"), pick(meta, "unit"))
    first, last = figures["from"].iloc[0], figures["to"].iloc[0]
    title = _("{measure}, {first} to {last}", measure=measure, first=month(first), last=month(last))
    names = tuple(labels.class_name(breaks, index) for index in range(breaks.count))
    key = ("indicator", indicator_id, view.measure, on.isoformat())
    return _row(view, areas, _Layer(key, title, styles, symbology.NO_RECORD, names, measure))


def _row(view: ViewState, areas: Sequence[Area], layer: _Layer) -> Maps:
    figures = "".join(_figure(view, area, layer) for area in areas)
    inside = {code for area in areas for code in area.members}
    keys = keys_of(layer.styles.get(code, layer.otherwise) for code in inside)
    families = {family: pick(row, "name") for family, row in by_id(table("families"), "family").items()}
    legend = LegendSpec(possible=keys, shown=keys, families=families, classes=layer.classes, measure=layer.measure)
    wrapped = " wrapped" if any(len(name(area.key)) > ONE_LINE for area in areas) else ""
    return Maps(layer.title, f"<div class='compare-maps{wrapped}'>{figures}</div>", legend)


def _figure(view: ViewState, area: Area, layer: _Layer) -> str:
    label = name(area.key)
    caption = f"<figcaption>{text(label)}</figcaption>"
    if not area.members:
        return f"<figure>{caption}<p class='nothing'>{text(_('No municipality meets this condition.'))}</p></figure>"
    geometry = _geometry(view, area)
    image = _picture(geometry.version, layer.key, f"{label}: {layer.title}", area.members, geometry.payload, layer)
    return f"<figure>{caption}{image}</figure>"


@st.cache_data(max_entries=96, show_spinner=False)
def _picture(
    version: str, key: tuple[str, ...], alt: str, members: tuple[str, ...], _payload: Payload, _layer: _Layer
) -> str:
    """Draw a map once for all readers: a nation's takes a twentieth of a second."""
    drawn = {code: MapArea(_layer.styles.get(code, _layer.otherwise)) for code in members}
    return picture(_payload, drawn, alt, css="compare-map", width=WIDTH, focus=_focus(members))


def _geometry(view: ViewState, area: Area) -> shapes.Geometry:
    """The map on which an area lies: Nariño where that suffices, it is drawn in more detail."""
    inside = all(code.startswith(NARINO) for code in area.members)
    return shapes.geometry_of(view.with_(page="narino" if inside else "colombia"))


def _focus(members: tuple[str, ...]) -> tuple[str, ...]:
    """What fills the picture: the area; of a municipality its department, so that a reader sees where it lies."""
    if len(members) == 1:
        return _department(members[0])
    return () if len(members) == len(cache.scope_units("CO")) else members


def _department(divipola: str) -> tuple[str, ...]:
    return tuple(code for code in cache.scope_units("CO") if code[:2] == divipola[:2])


def no_map_words(meta: Mapping[str, Any], on: date) -> str:
    """Return why there is no map of the indicator: none of its figures, or fewer than twelve months up to the day."""
    spec = indicators.indicator(str(meta["indicator_id"]))
    latest = comparison.latest_period(spec, compare_cache.held(spec.indicator_id), on)
    if spec.frequency == "month" and spec.first.date() <= on <= spec.last.date():
        since = latest.first if latest else spec.first.date()
        if latest is None or latest.months < comparison.AVERAGE_MONTHS:
            return _(
                "Not enough months yet for a map of the indicator at {date}: it needs twelve in a row, and "
                "{publisher}'s figures before it begin on {first}.",
                publisher=meta["publisher"],
                date=day(on),
                first=day(since),
            )
    return _(
        "{publisher} holds no figure by municipality for {date}: no map of the indicator.",
        publisher=meta["publisher"],
        date=day(on),
    )
