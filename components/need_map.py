"""The map of one measure: its classes at the date, every municipality with its own figure in the hover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from components import cache, labels, shapes
from components.i18n import _, number
from components.legend import LegendSpec
from components.map import LayerRef, MapSpec
from components.map_payload import layer_payload
from components.need_measures import Measure
from components.server.assets import publish
from components.texts import figure_status
from components.timecontrol import page_channel
from components.view import ViewState
from geo import symbology
from geo.classes import Breaks
from geo.need import quantile_breaks

NO_RECORD, SILENCE = -1, -2


class MeasureCell(NamedTuple):
    """What one municipality shows: its class (-1 no record, -2 nobody reported) and its figure in words."""

    index: int
    words: str


@dataclass(frozen=True)
class OneMonth:
    """A layer of one month, as the map's payload reads it."""

    months: Sequence[str]
    units: Sequence[str]
    codes: np.ndarray
    cells: Sequence[MeasureCell]


def layer(measure: Measure, breaks: Breaks, units: Sequence[str], month: str) -> OneMonth:
    """Return the cells of a measure for the municipalities of a map."""
    values = measure.values.reindex(list(units)).to_numpy()
    classes = breaks.classify(values)
    every = [_cell(measure, int(at), float(value)) for at, value in zip(classes, values, strict=True)]
    cells = list(dict.fromkeys(every))
    order = {cell: position for position, cell in enumerate(cells)}
    return OneMonth([month], list(units), np.array([[order[cell] for cell in every]]), cells)


def _cell(measure: Measure, index: int, value: float) -> MeasureCell:
    if index < 0:
        return MeasureCell(NO_RECORD, figure_status("no_record"))
    if index == 0 and measure.zero_is_silence:
        return MeasureCell(SILENCE, _("no group reported (no record is not peace)"))
    return MeasureCell(index, measure.figure(value))


def style(cell: MeasureCell, count: int) -> symbology.Style:
    """Return how a cell is drawn."""
    if cell.index == SILENCE:
        return symbology.NOT_REPORTED
    return symbology.indicator_style("no_record" if cell.index < 0 else "reported", max(cell.index, 0), count)


def whole_class(breaks: Breaks, index: int) -> str:
    """Return a class of whole numbers as its first and its last: 1, 3 to 4, 5 or more; 0 is zero."""
    if index == 0:
        return "0"
    low, high = breaks.intervals[index - 1]
    first, last = int(low) + 1, int(high)
    if index == len(breaks.intervals):
        return _("{low} or more", low=number(first)) if last > first else number(first)
    return number(first) if first == last else _("{low} to {high}", low=number(first), high=number(last))


def breaks_of(view: ViewState, measure: Measure) -> Breaks:
    """Return the classes of a measure: an indicator's are those of every other map, so that one colour says one thing.

    What only this page sets side by side (population, rurality, groups reported) is classed at its date.
    """
    if measure.measure_id in cache.known().indicators:
        return cache.breaks(view.with_(fill=measure.measure_id, measure="rate"))
    return quantile_breaks(measure.measure_id, measure.values)


def build(view: ViewState, measure: Measure, on: date) -> tuple[MapSpec, LegendSpec, shapes.Geometry]:
    """Return the map of a measure in the view's area, its legend, and the geometry that answers a click."""
    page = view.area
    geometry = shapes.geometry_of(view.with_(page=page))
    units = cache.scope_units("52" if page == "narino" else "CO")
    breaks = breaks_of(view, measure)
    cells = layer(measure, breaks, units, f"{on:%Y-%m}")
    content = layer_payload(
        cells, lambda cell: style(cell, breaks.count), lambda cell: f"{measure.short} ({measure.period}): {cell.words}"
    )
    spec = MapSpec(
        geometry=publish(geometry.payload.content),
        bounds=geometry.payload.bounds,
        scope=page,
        kind=geometry.kind,
        version=geometry.version,
        channel=page_channel(),
        month=f"{on:%Y-%m}",
        fill=LayerRef(publish(content)),
        selected=tuple(code for code in view.municipalities if code in units),
        overlays=("departments",),
        attribution=geometry.attribution,
    )
    keys = frozenset(key for cell in cells.cells for key in style(cell, breaks.count).keys)
    whole = measure.zero_is_silence
    names = tuple((whole_class if whole else labels.class_name)(breaks, index) for index in range(breaks.count))
    title = f"{measure.titled(measure.name)} · {measure.period}"
    return spec, LegendSpec(possible=keys, shown=keys, families={}, classes=names, measure=title), geometry
