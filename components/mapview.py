"""From a view to what the map, its time control and its legend show: layers published, months counted, cells styled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import streamlit as st

from components import cache, freshness, labels, texts
from components.i18n import _, language, ngettext, pick, set_language
from components.legend import LegendSpec, keys_of
from components.map import LayerRef, MapSpec
from components.map_payload import ZoneMark, layer_payload, month_payload, zones_payload
from components.rows import by_id, records
from components.server.assets import publish
from components.timecontrol import TimeSpec, page_channel
from components.view import PRESENCE, ViewState
from data.store import table
from geo import symbology
from geo.geometry import Payload
from geo.matrix import CeasefireCell, Matrix
from geo.zones import DRAWN

CEASEFIRE_LAYERS = {"ceasefires": ("in_force", True), "announced": ("not", True), "pledges": ("any", False)}
OVERLAYS = ("numbers", "departments", "subregions", "osm", "zones")


@dataclass(frozen=True)
class Shown:
    """What one run puts on the screen: the map's spec and, made once they are asked for, what stands around the map."""

    view: ViewState
    on: date
    map: MapSpec

    @cached_property
    def time(self) -> TimeSpec:
        """What the time control shows."""
        return TimeSpec(days=months(self.view), selected=self.on, evidence=_amounts(self.view), channel=page_channel())

    @cached_property
    def legend(self) -> LegendSpec:
        """What explains the map."""
        return _legend(self.view, self.on)

    @cached_property
    def note(self) -> str:
        """What has to be said under the map; empty when nothing has."""
        return _note(self.view, self.on)


def months(view: ViewState) -> tuple[date, ...]:
    """Return the day that each month of the view's layer stands for, as the time control offers them."""
    return _fill_matrix(view).dates


def shown(view: ViewState, on: date, geometry: Payload, version: str, attribution: str, label: str = "") -> Shown:
    """Return everything the map area needs for a view at a date.

    Parameters
    ----------
    view
        The view.
    on
        Its date.
    geometry
        The built geometry of the view's scope and kind.
    version
        Names the data behind the frame; a new one mounts a new map.
    attribution
        Where the boundaries come from.
    label
        What the map shows, for people who do not see it.
    """
    exact = None if on in months(view) else on
    ceasefire_kinds = _ceasefire_kinds(view)
    spec = MapSpec(
        geometry=publish(geometry.content),
        bounds=geometry.bounds,
        scope="narino" if view.scope == "52" else "colombia",
        kind=view.map,
        version=version,
        channel=page_channel(),
        month=f"{on:%Y-%m}",
        fill=LayerRef(publish(_fill_bytes(view, None)), publish(_fill_bytes(view, exact)) if exact else None),
        ceasefires=_ceasefire_ref(view, ceasefire_kinds, on),
        zones=publish(_zone_bytes(cache.current_version(), language(), view.scope)) if "zones" in view.layers else None,
        selected=view.municipalities,
        overlays=tuple(layer for layer in OVERLAYS if layer in view.layers)
        + (("ceasefires",) if ceasefire_kinds else ()),
        label=label,
        attribution=attribution,
        places=_places(view),
        now=_now(view, on, exact),
    )
    return Shown(view, on, spec)


def _ceasefire_kinds(view: ViewState) -> tuple[str, ...]:
    return tuple(layer for layer in CEASEFIRE_LAYERS if layer in view.layers)


def _places(view: ViewState) -> tuple[tuple[str, float, float], ...]:
    """Names of what lies around the map: (name, latitude, longitude)."""
    if view.map == "tile":
        return ()
    if view.scope == "52":
        return ((_("Pacific Ocean"), 2.35, -79.2), (_("Ecuador"), 0.75, -78.55), (_("Cauca"), 2.45, -77.1))
    return (
        (_("Pacific Ocean"), 4.5, -79.3),
        (_("Caribbean Sea"), 12.3, -76.5),
        (_("Venezuela"), 7.6, -68.6),
        (_("Brazil"), 0.4, -67.6),
        (_("Peru"), -2.9, -74.0),
        (_("Ecuador"), -1.2, -78.4),
    )


def _fill_matrix(view: ViewState, exact: date | None = None) -> Matrix[Any]:
    if view.fill == PRESENCE:
        return cache.presence_matrix(view, exact)
    return cache.indicator_matrix(view, exact)


def _fill_bytes(view: ViewState, exact: date | None) -> bytes:
    if view.fill == PRESENCE:
        return _presence_bytes(cache.current_version(), language(), view.scope, cache.Filters.of(view), exact, view)
    return _indicator_bytes(cache.current_version(), language(), view.scope, view.fill, view.measure, exact, view)


@st.cache_resource(max_entries=32, show_spinner=False)
def _presence_bytes(
    version: str, lang: str, scope: str, filters: cache.Filters, exact: date | None, _view: ViewState
) -> bytes:
    set_language(lang)
    return layer_payload(
        cache.presence_matrix(_view, exact), presence_style, labels.presence_label(cache.group_names())
    )


@st.cache_resource(max_entries=256, show_spinner=False)
def _indicator_bytes(
    version: str, lang: str, scope: str, fill: str, measure: str, exact: date | None, _view: ViewState
) -> bytes:
    set_language(lang)
    return layer_payload(cache.indicator_matrix(_view, exact), _fill_style(_view), _indicator_label(_view))


def _now(view: ViewState, on: date, exact: date | None) -> Mapping[str, Any] | None:
    """Return the fill at the view's date, to ride in the message: an indicator has few classes, hence it is small."""
    if view.fill == PRESENCE:
        return None
    return _month(cache.current_version(), language(), view.scope, view.fill, view.measure, exact, on, view)


@st.cache_resource(max_entries=512, show_spinner=False)
def _month(
    version: str, lang: str, scope: str, fill: str, measure: str, exact: date | None, on: date, _view: ViewState
) -> Mapping[str, Any]:
    set_language(lang)
    matrix = cache.indicator_matrix(_view, exact)
    first = matrix.days[0]
    column = (on.year - first.year) * 12 + on.month - first.month
    return month_payload(matrix, column, _fill_style(_view), _indicator_label(_view))


def _indicator_label(view: ViewState) -> Callable[[Any], str]:
    breaks = cache.breaks(view)
    return labels.indicator_label(breaks, indicator_unit(view.fill, breaks.measure), nothing_of(view.fill))


def presence_style(cell: Any) -> symbology.Style:
    """Return how a presence cell is drawn."""
    return symbology.presence_style(cell.families, disputed=cell.disputed, group_count=cell.group_count, aged=cell.aged)


def nothing_of(indicator_id: str) -> str:
    """Return the status of a place without a figure in a layer of all months."""
    return "no_record" if freshness.months_held(indicator_id) is None else "few_months"


def indicator_unit(indicator_id: str, measure: str) -> str:
    """Return what an indicator counts, in the reader's words."""
    row = by_id(table("indicators"), "indicator_id")[indicator_id]
    name = pick(row, "short")
    return _("{name} per 100,000 inhabitants", name=name) if measure == "rate" else f"{name} ({pick(row, 'unit')})"


def _ceasefire_ref(view: ViewState, kinds: tuple[str, ...], on: date) -> LayerRef | None:
    if not kinds:
        return None
    # The same months whatever colours the map: with another indicator the browser keeps what it has.
    first, last = cache.ceasefire_months()
    exact = None if cache.is_month_end(on) and first <= on <= last else on
    args = (cache.current_version(), language(), view.scope, view.window, kinds)
    state = publish(_ceasefire_bytes(*args, first, last, None, view))
    return LayerRef(state, publish(_ceasefire_bytes(*args, exact, exact, exact, view)) if exact else None)


@st.cache_resource(max_entries=96, show_spinner=False)
def _ceasefire_bytes(
    version: str,
    lang: str,
    scope: str,
    window: int,
    kinds: tuple[str, ...],
    first: date,
    last: date,
    exact: date | None,
    _view: ViewState,
) -> bytes:
    set_language(lang)
    titles = {row["ceasefire_id"]: pick(row, "title") for row in records(table("ceasefires"))}
    word = labels.ceasefire_label(titles)
    return layer_payload(
        cache.ceasefire_matrix(_view, first, last, exact),
        lambda cell: ceasefire_styles(kept(cell, kinds)),
        lambda cell: word(kept(cell, kinds)),
    )


def kept(cell: CeasefireCell, kinds: Iterable[str]) -> CeasefireCell:
    """Return a cell with only the signs of the layers that are switched on."""
    chosen = set(kinds)

    def wanted(sign: Any) -> bool:
        if sign.ceasefire_class != "ceasefire":
            return "pledges" in chosen and sign.status == "in_force"
        return ("ceasefires" if sign.status == "in_force" else "announced") in chosen

    return CeasefireCell(tuple(sign for sign in cell.signs if wanted(sign)))


def ceasefire_styles(cell: CeasefireCell) -> tuple[symbology.CeasefireStyle, ...]:
    """Return how a cell's signs are drawn: what is in force before what is not, ceasefires before the quieter ones."""
    order = sorted(cell.signs, key=lambda sign: (sign.ceasefire_class != "ceasefire", sign.status != "in_force"))
    return symbology.ceasefire_styles((sign.ceasefire_class, sign.status, sign.nationwide) for sign in order)


@st.cache_resource(max_entries=8, show_spinner=False)
def _zone_bytes(version: str, lang: str, scope: str) -> bytes:
    """Publish each dated zone with the months in which it is drawn, by asking the rules at every month's end."""
    set_language(lang)
    inside = set(cache.scope_units(scope))
    spans = _zone_spans(version)
    marks = []
    zones = by_id(table("zones"), "zone_id")
    for place in records(table("zone_municipalities")):
        zone, divipola = place["zone_id"], place["divipola"]
        if divipola in inside and spans.get(zone):
            label = f"{pick(zones[zone], 'name')} · {texts.zone_type(zones[zone]['zone_type'])}"
            marks.append(ZoneMark(divipola, label, spans[zone]))
    return zones_payload(marks)


def _zone_spans(version: str) -> dict[str, tuple[tuple[str, str, symbology.ZoneStyle], ...]]:
    import pandas as pd

    spans: dict[str, list[tuple[str, str, symbology.ZoneStyle]]] = {}
    for day in pd.date_range(cache.PRESENCE_FIRST, cache.LAST, freq="ME"):
        for row in records(cache.zones_at(day.date())):
            style = symbology.zone_style(row["status"]) if row["drawn"] else None
            if style is None:
                continue
            known = spans.setdefault(row["zone_id"], [])
            now = f"{day:%Y-%m}"
            before = f"{day - pd.offsets.MonthEnd(1):%Y-%m}"
            if known and known[-1][1] == before and known[-1][2] == style:
                known[-1] = (known[-1][0], now, style)
            else:
                known.append((now, now, style))
    return {zone: tuple(rows) for zone, rows in spans.items()}


def _amounts(view: ViewState) -> tuple[float, ...]:
    """Return how many municipalities have something to show in each month."""
    matrix = _fill_matrix(view)
    return tuple(float(count) for count in np.count_nonzero(matrix.codes > 0, axis=1))


def _legend(view: ViewState, on: date) -> LegendSpec:
    kinds = _ceasefire_kinds(view)
    breaks = None if view.fill == PRESENCE else cache.breaks(view)
    possible, now = _keys_of_fill(view, on)
    if kinds:
        more, today = _keys_of_ceasefires(view, on, kinds)
        possible, now = possible | more, now | today
    if "zones" in view.layers:
        possible |= keys_of(symbology.zone_style(status) for status in DRAWN)
        now |= keys_of(symbology.zone_style(status) for status in _zones_now(view, on))
    return LegendSpec(
        possible=possible | now,
        shown=now,
        families={family: pick(row, "name") for family, row in by_id(table("families"), "family").items()},
        classes=tuple(labels.class_name(breaks, index) for index in range(breaks.count)) if breaks else (),
        measure=indicator_unit(view.fill, breaks.measure) if breaks else "",
        nothing=_nothing(view, on) if breaks else "",
        channel=page_channel(),
    )


def _nothing(view: ViewState, on: date) -> str:
    level, code = ("nation", "CO") if view.scope == "CO" else ("department", view.scope)
    return freshness.nothing_words(view.fill, str(cache.figure(view.fill, on, level, code)["reason"]))


def _keys_of_fill(view: ViewState, on: date) -> tuple[frozenset[str], frozenset[str]]:
    """Legend keys of all months, and of the date."""
    layer, style = _fill_matrix(view), _fill_style(view)
    by_cell = _cell_keys(
        cache.current_version(), view.fill, view.measure, cache.Filters.of(view), view.scope, layer, style
    )
    codes = cache.column_on(layer, on)
    if codes is not None:
        return frozenset().union(*by_cell), frozenset().union(*(by_cell[code] for code in np.unique(codes)))
    day = _fill_matrix(view, on)
    return frozenset().union(*by_cell), keys_of(style(cell) for cell in day.cells)


def _keys_of_ceasefires(view: ViewState, on: date, kinds: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Legend keys of the ceasefire layers in all months, and at the date."""
    span = cache.ceasefire_months()
    layer = cache.ceasefire_matrix(view, *span)
    by_cell = _ceasefire_cell_keys(cache.current_version(), view.window, view.scope, span, kinds, layer)
    codes = cache.column_on(layer, on)
    if codes is not None:
        return frozenset().union(*by_cell), frozenset().union(*(by_cell[code] for code in np.unique(codes)))
    today = cache.ceasefire_matrix(view, on, on, on)
    return frozenset().union(*by_cell), keys_of(s for c in today.cells for s in ceasefire_styles(kept(c, kinds)))


@st.cache_resource(max_entries=160, show_spinner=False)
def _cell_keys(
    version: str,
    fill: str,
    measure: str,
    filters: cache.Filters,
    scope: str,
    _layer: Matrix[Any],
    _style: Callable[[Any], symbology.Style],
) -> list[frozenset[str]]:
    return [keys_of((_style(cell),)) for cell in _layer.cells]


@st.cache_resource(max_entries=64, show_spinner=False)
def _ceasefire_cell_keys(
    version: str,
    window: int,
    scope: str,
    span: tuple[date, date],
    kinds: tuple[str, ...],
    _layer: Matrix[CeasefireCell],
) -> list[frozenset[str]]:
    return [keys_of(ceasefire_styles(kept(cell, kinds))) for cell in _layer.cells]


def _fill_style(view: ViewState) -> Callable[[Any], symbology.Style]:
    if view.fill == PRESENCE:
        return presence_style
    count = cache.breaks(view).count
    return lambda cell: symbology.indicator_style(cell.status, max(cell.class_index, 0), count)


def _note(view: ViewState, on: date) -> str:
    """Return what the legend cannot show as a swatch that follows the time control."""
    lines = (
        _("Dash-dotted lines: Nariño's 13 subregions.") if "subregions" in view.layers and view.scope == "52" else ""
    )
    return " ".join(part for part in (lines, _zone_note(view, on)) if part)


def _zone_note(view: ViewState, on: date) -> str:
    """Return how many zones of the scope are on record but on no date's map, when the layer is on."""
    if "zones" not in view.layers:
        return ""
    places = table("zone_municipalities")
    here = set(places.loc[places["divipola"].isin(cache.scope_units(view.scope)), "zone_id"])
    rows = cache.zones_at(on)
    hidden = rows[rows["zone_id"].isin(here) & rows["status"].isin(["undated", "planned"])]
    if hidden.empty:
        return ""
    return ngettext(
        "{n} zone here is planned or of unknown dates: it is listed in the card and not drawn.",
        "{n} zones here are planned or of unknown dates: they are listed in the cards and not drawn.",
        len(hidden),
    )


def _zones_now(view: ViewState, on: date) -> tuple[str, ...]:
    inside = set(cache.scope_units(view.scope))
    places = table("zone_municipalities")
    here = set(places.loc[places["divipola"].isin(inside), "zone_id"])
    rows = cache.zones_at(on)
    return tuple(dict.fromkeys(rows.loc[rows["drawn"] & rows["zone_id"].isin(here), "status"]))
