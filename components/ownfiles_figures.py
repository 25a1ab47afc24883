"""What a layer of the user's own shows: its matrix, its classes, its words, its lines. Pure; nothing is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from components import labels
from components.i18n import _, day, enumerate_names, month, ngettext, number
from components.timeline import Line
from data.uploads import Layer
from data.uploads.figures import at, full_from, region, reported, span
from geo import classes, matrix, symbology

OWN_COLOUR = "#7a3b8f"
DASH, WIDTH = "6px,3px", 2.6
SELECTED_COLOURS = ("#a3141f", "#b88529", "#4729a3", "#146666")


GROUP_BOUNDS = (1.0, 2.0)


class GroupsCell(NamedTuple):
    """Which groups a file of presence names in one municipality, each with the file's own word for its presence."""

    status: str = "no_record"
    class_index: int = classes.NO_RECORD
    groups: tuple[tuple[str, str], ...] = ()


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
    return Grid(days, tuple(units), values, _breaks(layer, values))


def _breaks(layer: Layer, values: np.ndarray) -> classes.Breaks:
    if layer.kind != "intervals":
        return classes.of_figures(layer.key, "value", values)
    # One, two, three and more: the same colours in every file, so that a single group never looks like many.
    return classes.Breaks(layer.key, "value", GROUP_BOUNDS, GROUP_BOUNDS[-1] + 1)


def cells(made: Grid, layer: Layer, units: Sequence[str], exact: date | None) -> matrix.Matrix[Any]:
    """Return what a layer says for the map, of every month or of one day: classes, or the groups of intervals."""
    days = made.days if exact is None else matrix.month_days(exact, exact, exact)
    if layer.kind == "intervals":
        return _group_cells(made, layer, units, days)
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


def _group_cells(made: Grid, layer: Layer, units: Sequence[str], days: pd.DatetimeIndex) -> matrix.Matrix[GroupsCell]:
    codes, sets = reported(layer, units, days)
    count = np.array([len({group for group, _level in each}) for each in sets[1:]], dtype=float)
    kinds = (
        GroupsCell(),
        *(
            GroupsCell("reported", int(index), each)
            for index, each in zip(made.breaks.classify(count), sets[1:], strict=True)
        ),
    )
    months = days.to_period("M").start_time.as_unit("s")
    return matrix.Matrix(months, days, tuple(units), codes.T, kinds)


def style(made: Grid):
    """Return the function that says how a cell is drawn."""

    def styled(cell: Any) -> symbology.Style:
        return symbology.indicator_style(cell.status, max(cell.class_index, 0), made.breaks.count)

    return styled


def label(made: Grid, layer: Layer):
    """Return the function that words a cell: the groups by name, or the range of the figure."""
    if layer.kind != "intervals":
        return labels.indicator_label(made.breaks, unit(layer))
    return lambda cell: f"{groups(cell.groups) or _('no row in your file (not zero)')} · {layer.name} · {mark()}"


def groups(named: Sequence[tuple[str, str]]) -> str:
    """Return groups as one reads them: each name with the file's own words for its presence."""
    levels: dict[str, list[str]] = {}
    for group, level in named:
        levels.setdefault(group, []).extend([level] if level else [])
    return enumerate_names([f"{group} ({', '.join(words)})" if words else group for group, words in levels.items()])


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


def _still_filling(layer: Layer, on: date) -> date | None:
    """Return the first day of a file's events when the twelve months that end on a day reach before it."""
    days = span(layer)
    return days[0] if days is not None and on < full_from(days[0]) else None


def series_title(layer: Layer) -> str:
    """Return what the line of a layer shows over time, under its name and with the mark that it is the user's."""
    days = span(layer)
    if layer.kind == "events" and days is not None and _still_filling(layer, days[1]):
        return f"{layer.name}: {_('less than 12 months of rows, so no line of sums over 12 months')} · {mark()}"
    what = {
        "events": f"{measure(layer)}, {_('sum of the 12 months up to the date')}",
        "intervals": _("municipalities for which your file names a group at the date"),
        "areas": _("municipalities with an area of your file at the date"),
    }[layer.kind]
    return f"{layer.name}: {what} · {mark()}"


def size(layer: Layer) -> str:
    """Return how much a layer holds. One area may be many rows here: only its municipalities are counted."""
    places = layer.rows["divipola"].nunique()
    where = ngettext("{n} municipality", "{n} municipalities", places)
    if layer.kind == "areas":
        return where
    return f"{ngettext('{n} row', '{n} rows', len(layer.rows))}, {where}"


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
    if layer.kind == "events" and (first := _still_filling(layer, on)):
        return ngettext(
            "Your file “{name}”: {amount} in {n} municipality of {place}, {first} to {month} (under 12 months)",
            "Your file “{name}”: {amount} in {n} municipalities of {place}, {first} to {month} (under 12 months)",
            count,
            name=layer.name,
            amount=amount(layer, float(np.nansum(figures))),
            place=place,
            first=month(first),
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
    if layer.kind == "intervals":
        return named(layer, (divipola,), on)[0] or _("no row in your file (not zero)")
    value = at(layer, (divipola,), pd.DatetimeIndex([pd.Timestamp(on)]))[0, 0]
    if np.isnan(value):
        return _("no row in your file (not zero)")
    return amount(layer, float(value))


def named(layer: Layer, units: Sequence[str], on: date) -> list[str]:
    """Return the groups that a layer of intervals names in each municipality on a day, "" where none."""
    codes, sets = reported(layer, units, pd.DatetimeIndex([pd.Timestamp(on)]))
    return [groups(sets[code]) for code in codes[:, 0]]


def line(layer: Layer, units: Sequence[str], days: pd.DatetimeIndex, name: str, colour: str = OWN_COLOUR) -> Line:
    """Return a dashed line for a region or a municipality."""
    figures = region(layer, units, days)
    return Line(
        name,
        [moment.date() for moment in days],
        [None if np.isnan(figure) else round(float(figure), 2) for figure in figures],
        colour,
        DASH,
    )


def top(lines: Sequence[Line]) -> float:
    """Return how far up an axis goes so that no line runs along its edge."""
    known = [value for each in lines for value in each.values if value is not None]
    return max([1.0, *known]) * 1.15


def class_names(made: Grid, layer: Layer) -> tuple[str, ...]:
    """Return the range of each class, zero first."""
    if layer.kind == "intervals":
        return (
            "0",
            *(ngettext("{n} group", "{n} groups", int(bound)) for bound in GROUP_BOUNDS),
            _("{n} or more groups", n=number(made.breaks.top)),
        )
    return tuple(labels.class_name(made.breaks, index) for index in range(made.breaks.count))
