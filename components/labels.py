"""The one-line state of a map cell, as the hover says it: plain text in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from components import texts
from components.i18n import _, enumerate_names, number
from geo.classes import Breaks
from geo.matrix import CeasefireCell, IndicatorCell, PresenceCell


def presence_label(names: Mapping[str, str]) -> Callable[[PresenceCell], str]:
    """Return the function that words a presence cell; `names` gives each group's short name."""

    def label(cell: PresenceCell) -> str:
        if not cell.groups:
            return _("no group reported (no record is not peace)")
        by_level: dict[str, list[str]] = {}
        for group, level in cell.groups:
            by_level.setdefault(level, []).append(names.get(group, group))
        strongest = [code for code in ("control", "influence", "presence") if code in by_level]
        parts = [f"{enumerate_names(sorted(by_level[code]))} ({texts.level(code)})" for code in strongest]
        if cell.disputed:
            parts.append(_("dispute reported"))
        if cell.aged:
            parts.append(_("newest evidence over 12 months old"))
        return " · ".join(parts)

    return label


def class_name(breaks: Breaks, index: int) -> str:
    """Return an indicator's class as a range of numbers; 0 is zero.

    A class holds its upper bound and not its lower one (`Breaks.intervals`), which the words must say.
    """
    if index == 0:
        return "0"
    low, high = breaks.intervals[index - 1]
    if index == len(breaks.intervals):
        return _("over {low}", low=_short(low)) if low else _("over 0")
    if index == 1:
        return _("up to {high}", high=_short(high))
    return _("over {low} to {high}", low=_short(low), high=_short(high))


def indicator_label(breaks: Breaks, unit: str, nothing: str = "no_record") -> Callable[[IndicatorCell], str]:
    """Return the function that words an indicator's cell; `unit` says what is counted, `nothing` why no figure is."""

    def label(cell: IndicatorCell) -> str:
        if cell.status == "no_record":
            return texts.figure_status(nothing)
        if cell.status == "zero":
            return _("0 · {unit}", unit=unit)
        return _("{range} · {unit}", range=class_name(breaks, cell.class_index), unit=unit)

    return label


def ceasefire_label(titles: Mapping[str, str]) -> Callable[[CeasefireCell], str]:
    """Return the function that words a ceasefire cell; `titles` gives each ceasefire's title."""

    def label(cell: CeasefireCell) -> str:
        return " · ".join(
            f"{titles.get(sign.ceasefire_id, sign.ceasefire_id)}: {texts.ceasefire_status(sign.status)}"
            for sign in cell.signs
        )

    return label


def _short(value: float) -> str:
    return number(value, 0 if value == int(value) else 1)
