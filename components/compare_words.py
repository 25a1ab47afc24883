"""The comparison in words: the sentence above it, its periods, its changes, and what is too few to tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from components.compare_areas import in_sentence, peers
from components.compare_figures import Comparison, Row
from components.i18n import _, enumerate_names, month, ngettext, number, pick
from components.texts import figure_status
from geo.comparison import FLOOR, Against, Change, Period


def period_words(period: Period) -> str:
    """Return a period as people write it: a year, years, a month, or from month to month."""
    first, last = period.first, period.last
    if (first.month, last.month) == (1, 12):
        return str(first.year) if first.year == last.year else _("{first} to {last}", first=first.year, last=last.year)
    if (first.year, first.month) == (last.year, last.month):
        return month(first)
    return _("{first} to {last}", first=month(first), last=month(last))


def decimals(value: float) -> int:
    """Return how many decimals a figure is told with."""
    return 0 if value >= 100 or value == int(value) else 1 if value >= 1 else 2


def figure_words(row: Row, measure: str) -> str:
    """Return an area's figure as a number, or what stands in its place."""
    value = row.now.measured(measure) if row.now else None
    if value is None:
        return figure_status("no_record")
    if measure == "rate":
        # Rates of rare events differ in their second decimal only.
        return number(value, 2 if 0 < value < 1 else 1)
    return number(value, decimals(value) if value < 10 else 0)


def share_words(share: float) -> str:
    """Return a signed percentage."""
    percent = share * 100
    digits = 1 if abs(percent) < 1 else 0
    return f"{'+' if percent >= 0 else '−'}{number(abs(percent), digits)} %"


def change_words(change: Change) -> str:
    """Return a change in a few words."""
    if change.verdict in ("up", "down", "same"):
        return share_words(change.share) if change.share is not None else _("from none")
    return {
        "too_few": _("too few to tell"),
        "not_comparable": _("not comparable"),
        "no_record": _("no record before"),
    }[change.verdict]


def against_words(row: Row) -> str:
    """Return how an area stands beside the nation."""
    if row.area.level == "nation":
        return ""
    against: Against = row.against
    if against.too_few:
        return _("too few to tell")
    if against.ratio is not None:
        return _("{ratio} times the nation's rate", ratio=number(against.ratio, 1))
    if against.share is not None:
        return _("{share} % of the nation's", share=number(against.share * 100, 1))
    return ""


def rank_words(row: Row) -> str:
    """Return an area's place among its peers; 1 is the highest figure."""
    if row.rank is None:
        return ""
    if row.against.too_few:
        return _("too few to tell")
    return _("{place} of {count} {peers}", place=number(row.rank[0]), count=number(row.rank[1]), peers=peers(row.area))


def measure_words(meta: Mapping[str, Any], measure: str) -> str:
    """Return what is compared: the indicator with its unit."""
    if measure == "rate":
        return _("{name} per 100,000 inhabitants", name=pick(meta, "name"))
    name = pick(meta, "name")
    return name if name.endswith(")") else f"{name} ({pick(meta, 'unit')})"


def headline(comparison: Comparison) -> str:
    """Return the comparison in one or two sentences."""
    if not comparison.rows:
        return _("Choose two to four regions to set side by side.")
    if comparison.period is None or comparison.problem:
        names = [in_sentence(row.area) for row in comparison.rows]
        return _("Nothing to compare between {names}", names=enumerate_names(names))
    return " ".join(part for part in (_levels(comparison), _changes(comparison)) if part)


def _levels(comparison: Comparison) -> str:
    assert comparison.period is not None
    held = [row for row in comparison.all_rows if row.now and row.now.measured(comparison.measure) is not None]
    held.sort(key=lambda row: -(row.now.measured(comparison.measure) or 0) if row.now else 0)
    parts = [_named(row, figure_words(row, comparison.measure)) for row in held]
    return _(
        "{measure}, {period}: {figures}.",
        measure=measure_words(comparison.meta, comparison.measure),
        period=period_words(comparison.period),
        figures=enumerate_names(parts),
    )


def _named(row: Row, figure: str) -> str:
    """A name that ends with a date keeps apart from the figure."""
    called = in_sentence(row.area)
    return f"{called} ({figure})" if row.area.is_set else f"{called} {figure}"


def _changes(comparison: Comparison) -> str:
    """Where it rose, where it fell, and where that cannot be told."""
    assert comparison.before is not None
    told: dict[str, list[str]] = {}
    for row in comparison.rows:
        change = row.change
        called = in_sentence(row.area)
        words = f"{called} ({change_words(change)})" if change.verdict in ("up", "down") else called
        told.setdefault(change.verdict, []).append(words)
    templates = {
        "up": _("up in {names}"),
        "down": _("down in {names}"),
        "same": _("unchanged in {names}"),
        "too_few": _("too few to tell in {names}"),
        "not_comparable": _("not comparable in {names}"),
    }
    parts = [words.format(names=enumerate_names(told[code])) for code, words in templates.items() if code in told]
    if not parts:
        return ""
    if set(told) <= {"not_comparable", "no_record"}:
        return _(
            "They cannot be compared with {period}: the series breaks or is incomplete.",
            period=period_words(comparison.before),
        )
    return _("Against {period}: {changes}.", period=period_words(comparison.before), changes="; ".join(parts))


def subline(comparison: Comparison, on: date, on_words: str) -> str:
    """Return who publishes the figures, how far they can be trusted, and the date of the maps."""
    parts = [_("Figures: {publisher}.", publisher=comparison.meta["publisher"])]
    if comparison.provisional:
        parts.append(_("Preliminary figures."))
    left_out = sum(row.now.without_record for row in comparison.rows if row.now)
    if left_out and not comparison.problem:
        parts.append(
            ngettext(
                "{n} municipality without record is left out.",
                "{n} municipalities without record are left out.",
                left_out,
            )
        )
    parts.append(_("Maps, groups, ceasefires and zones: {date}.", date=on_words))
    return " ".join(parts)


def scale_note(comparison: Comparison, unlike: float = 20.0) -> str:
    """Return why counts of very unlike regions say little side by side; blank when they are alike, or rates."""
    counts = [row.now.value for row in comparison.rows if row.now and row.now.value]
    if comparison.measure == "rate" or len(counts) < 2 or max(counts) < unlike * min(counts):
        return ""
    if comparison.spec.rate:
        return _("The regions differ in size: counts on one scale say little, the rate per 100,000 says more.")
    return _("The regions differ in size, and this measure has no rate: read each region's own course in the table.")


def floor_note(comparison: Comparison) -> str:
    """Return what too few to tell means, and what a change is of."""
    if comparison.before is None or all(row.change.verdict == "no_record" for row in comparison.rows):
        return _("Rank 1 is the highest figure.")
    note = _(
        "“Too few to tell”: fewer than {floor} in both periods, where chance alone moves a figure by a third or more.",
        floor=number(FLOOR),
    )
    return " ".join(
        (
            _("Change: against {period}, the same length of time before.", period=period_words(comparison.before)),
            note,
            _("Rank 1 is the highest figure."),
        )
    )
