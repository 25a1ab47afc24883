"""What a layer of the user's own shows: its matrix, its classes, its words, its lines. Pure; nothing is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from components import labels
from components.i18n import _, day, month, ngettext, number
from components.timeline import Line
from data.uploads import Layer
from data.uploads.figures import at, region, span
from geo import classes, matrix, symbology

OWN_COLOUR = "#7a3b8f"
SELECTED_COLOURS = ("#a3141f", "#b88529", "#4729a3", "#146666")


@dataclass(frozen=True)
class Grid:
    """A layer's figures at every month's end, for the whole nation, and its classes.

    Attributes
    ----------
    days
        Month ends.
    units
        DIVIPOLA codes of the nation.
    values
        units × days; NaN where the file says nothing.
    breaks
        Classes, the same at every date.
    """

    days: pd.DatetimeIndex
    units: tuple[str, ...]
    values: np.ndarray
    breaks: classes.Breaks


def grid(layer: Layer, units: Sequence[str], first: date, last: date) -> Grid:
    """Return a layer's figures; `first` and `last` are the months shown when its rows have no dates."""
    days = matrix.month_days(*(span(layer) or (first, last)))
    values = at(layer, units, days)
    return Grid(days, tuple(units), values, classes.of_figures(layer.key, "value", values))


def cells(made: Grid, layer: Layer, units: Sequence[str], exact: date | None) -> matrix.Matrix[matrix.IndicatorCell]:
    """Return the classes of a layer for the map: of every month, or of one day."""
    days = made.days if exact is None else matrix.month_days(exact, exact, exact)
    if exact is None:
        where = pd.Index(made.units).get_indexer(pd.Index(list(units)))
        values = made.values[where]
    else:
        values = at(layer, units, days)
    codes = made.breaks.classify(values).T.astype("int32") + 1
    kinds = (
        matrix.IndicatorCell(),
        *(matrix.IndicatorCell("reported" if n else "zero", n) for n in range(made.breaks.count)),
    )
    months = days.to_period("M").start_time.as_unit("s")
    return matrix.Matrix(months, days, tuple(units), codes, kinds)


def style(made: Grid):
    """Return the function that says how a cell is drawn."""

    def styled(cell: Any) -> symbology.Style:
        return symbology.indicator_style(cell.status, max(cell.class_index, 0), made.breaks.count)

    return styled


def unit(layer: Layer) -> str:
    """Return what a layer counts, with the mark that it is the user's."""
    return f"{layer.name} ({measure(layer)}) · {mark()}"


def measure(layer: Layer) -> str:
    """Return the unit of a layer: the user's word, or what its rows are."""
    if layer.unit:
        return layer.unit
    return {"events": _("events"), "intervals": _("groups"), "areas": _("areas")}[layer.kind]


def amount(layer: Layer, value: float) -> str:
    """Return a figure with its unit."""
    if layer.unit or value != int(value):
        return f"{number(value, 0 if value == int(value) else 1)} {measure(layer)}"
    whole = int(value)
    if layer.kind == "events":
        return ngettext("{n} event", "{n} events", whole)
    if layer.kind == "intervals":
        return ngettext("{n} group", "{n} groups", whole)
    return ngettext("{n} area", "{n} areas", whole)


def mark() -> str:
    """Return the words that stand wherever a user's own data stand."""
    return _("yours, not verified")


def period(layer: Layer) -> str:
    """Return how a layer's rows count at a date."""
    return {
        "events": _("sum of the 12 months up to the date"),
        "intervals": _("groups whose interval holds the date"),
        "areas": _("areas in the municipality at the date"),
    }[layer.kind]


def spanned(layer: Layer) -> str:
    """Return the days that a layer speaks of."""
    days = span(layer)
    if days is None:
        return _("without dates")
    return _("{first} to {last}", first=day(days[0], "medium"), last=day(days[1], "medium"))


def headline(layer: Layer, units: Sequence[str], place: str, on: date) -> str:
    """Return what a layer shows at a date as one sentence."""
    figures = at(layer, units, pd.DatetimeIndex([pd.Timestamp(on)]))[:, 0]
    count = int(np.count_nonzero(~np.isnan(figures)))
    if not count:
        return _(
            "Your file “{name}” has no row for {place} that counts in {month}. No row is not zero.",
            name=layer.name,
            place=place,
            month=month(on),
        )
    if layer.kind == "events":
        return ngettext(
            "Your file “{name}”: {amount} in {n} municipality of {place}, 12 months to {month}",
            "Your file “{name}”: {amount} in {n} municipalities of {place}, 12 months to {month}",
            count,
            name=layer.name,
            amount=amount(layer, float(np.nansum(figures))),
            place=place,
            month=month(on),
        )
    return ngettext(
        "Your file “{name}” names {n} municipality of {place} in {month}",
        "Your file “{name}” names {n} municipalities of {place} in {month}",
        count,
        name=layer.name,
        place=place,
        month=month(on),
    )


def figure_text(layer: Layer, divipola: str, on: date) -> str:
    """Return the figure of one municipality at a date in words."""
    value = at(layer, (divipola,), pd.DatetimeIndex([pd.Timestamp(on)]))[0, 0]
    if np.isnan(value):
        return _("no row in your file (not zero)")
    return amount(layer, float(value))


def line(layer: Layer, units: Sequence[str], days: pd.DatetimeIndex, name: str, colour: str = OWN_COLOUR) -> Line:
    """Return a dashed line for a region or a municipality."""
    figures = region(layer, units, days)
    return Line(
        name,
        [moment.date() for moment in days],
        [None if np.isnan(figure) else round(float(figure), 2) for figure in figures],
        colour,
        "dash",
    )


def class_names(made: Grid) -> tuple[str, ...]:
    """Return the range of each class, zero first."""
    return tuple(labels.class_name(made.breaks, index) for index in range(made.breaks.count))
