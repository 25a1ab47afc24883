"""The sentence over the map: what the view shows, in words, with its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from components import cache, freshness, texts
from components.i18n import _, day, enumerate_names, month, ngettext, number, pick
from components.rows import by_id
from components.view import PRESENCE, ViewState
from data.store import table
from geo.indicators import indicator, series
from geo.regions import Kind

PLACEHOLDERS = frozenset({"multiple_unattributed", "farc_dissidents_unspecified"})


def place(view: ViewState) -> str:
    """Return the name of the map's region."""
    return "Nariño" if view.scope == "52" else "Colombia"


def headline(view: ViewState, on: date) -> str:
    """Return what the view shows at its date as one sentence."""
    if view.fill == PRESENCE:
        return _presence(view, on)
    return _indicator(view, on)


def subline(view: ViewState, on: date, opened_by_itself: bool) -> str:
    """Return how fresh the view is: its exact date, and that it is the last one with evidence when it opened there."""
    if view.fill == PRESENCE:
        window = ngettext(
            "State on {date}; a report counts for {n} month.",
            "State on {date}; a report counts for {n} months.",
            view.window,
            date=day(on),
        )
    else:
        window = _period(view, on)
    outside = _outside(view, on)
    if outside:
        return f"{window} {outside}".strip()
    if opened_by_itself:
        return f"{window} {_('The view opens on the last date with evidence, not on today.')}"
    return window


def _outside(view: ViewState, on: date) -> str:
    """Return that a date lies before or after what the layer holds; empty when it does not."""
    if view.fill == PRESENCE:
        if on >= cache.PRESENCE_FIRST:
            return ""
        return _(
            "The reports held here begin in {year}: nothing is known of this date.", year=str(cache.PRESENCE_FIRST.year)
        )
    spec = indicator(view.fill)
    if spec.first.date() <= on and (on <= spec.last.date() or spec.stands_on):
        return ""
    return _(
        "This layer covers {first} to {last}; the date lies outside.", first=month(spec.first), last=month(spec.last)
    )


def _presence(view: ViewState, on: date) -> str:
    total = number(len(cache.scope_units(view.scope)))
    cells = [(cell, count) for cell, count in cache.cells_on(view, on) if cell.groups]
    named = [cache.group_names(view.groups)[group] for group in view.groups]
    if not cells:
        return _nobody(view, on, named)
    places = number(sum(count for _cell, count in cells))
    if named:
        return _(
            "In {month}, {groups}: reported in {n} of {total} municipalities of {place}, most recently by {publisher}",
            month=month(on),
            groups=enumerate_names(named),
            n=places,
            total=total,
            place=place(view),
            publisher=_latest_publisher(view, on),
        )
    counts = Counter[str]()
    for cell, count in cells:
        counts.update({group: count for group, _level in cell.groups if group not in PLACEHOLDERS})
    if not counts:
        return _(
            "In {month}, unnamed armed groups are reported in {n} of {total} municipalities of {place}",
            month=month(on),
            n=places,
            total=total,
            place=place(view),
        )
    first, most = counts.most_common(1)[0]
    return _(
        "In {month}, armed groups are reported in {n} of {total} municipalities of {place}; {group} in most: {k}",
        month=month(on),
        n=places,
        total=total,
        place=place(view),
        group=cache.group_names((first,))[first],
        k=number(most),
    )


def _nobody(view: ViewState, on: date, named: list[str]) -> str:
    if named:
        return _(
            "On {date}, no source consulted reports {groups} in {place}. No record is not peace.",
            date=day(on),
            groups=enumerate_names(named),
            place=place(view),
        )
    return _(
        "On {date}, no source consulted reports an armed group in {place}. No record is not peace.",
        date=day(on),
        place=place(view),
    )


def _latest_publisher(view: ViewState, on: date) -> str:
    rows = cache.evidence(view, on)
    here = rows[rows["divipola"].isin(cache.scope_units(view.scope))]
    newest = here[here["newest"] == here["newest"].max()]
    return enumerate_names(sorted(newest["publisher"].unique())[:2])


def _level(view: ViewState) -> tuple[Kind, str]:
    return ("nation", "CO") if view.scope == "CO" else ("department", view.scope)


def _row(view: ViewState, on: date) -> Mapping[str, Any]:
    level, code = _level(view)
    return cache.figure(view.fill, on, level, code)


def _indicator(view: ViewState, on: date) -> str:
    meta = by_id(table("indicators"), "indicator_id")[view.fill]
    row = _row(view, on)
    name, publisher = pick(meta, "name"), str(meta["publisher"])
    if row["status"] == "no_record":
        if row["reason"] == "not_additive":
            return _(
                "{name} by municipality in {place}, according to {publisher}",
                name=name,
                place=place(view),
                publisher=publisher,
            )
        return _not_held(view, row, name, publisher)
    value = f"{number(row['value'])} {pick(meta, 'unit')}"
    rate = row["rate_per_100k"]
    tail = _(" ({rate} per 100,000 inhabitants)", rate=number(rate, 1)) if rate == rate and bool(meta["rate"]) else ""
    return _(
        "{name} in {place}, {first} to {last}: {value}{rate}, according to {publisher}",
        name=name,
        place=place(view),
        first=month(row["from"]),
        last=month(row["to"]),
        value=value,
        rate=tail,
        publisher=freshness.publisher(view.fill, row["from"].date(), row["to"].date()),
    )


def _not_held(view: ViewState, row: Mapping[str, Any], name: str, publisher: str) -> str:
    """Return why there is no figure: what is held may be too short or leave a part out, which is no lack of record."""
    first, last = freshness.span_of(view.fill)
    said = {"name": name, "publisher": publisher, "place": place(view)}
    if freshness.months_held(view.fill) is not None:
        span = freshness.span_words(first, last)
        if freshness.is_fresh(view.fill):
            return _("{name}: fewer than twelve months are downloaded from {publisher}: {span}", span=span, **said)
        return _("{name}: fewer than twelve months are held of {publisher}: {span}", span=span, **said)
    if row["reason"] == "gap":
        missed = freshness.span_words(row["from"].date(), row["to"].date())
        return _("{name}: no figure for {place}; what is held of {publisher} lacks part of {span}", span=missed, **said)
    if row["reason"] in _BEYOND:
        return _(
            "{name}: no figure for {place} at this date; what is held of {publisher} runs from {first} to {last}",
            first=month(first),
            last=month(last),
            **said,
        )
    return _("{name}: {publisher} holds no record for {place} at this date", **said)


_BEYOND = frozenset({"before_coverage", "after_coverage", "partial_coverage"})


def _too_short(view: ViewState) -> str:
    """Return what there is of a series that has not twelve months, and that it is not what the map counts."""
    level, code = _level(view)
    meta = by_id(table("indicators"), "indicator_id")[view.fill]
    first, last = freshness.span_of(view.fill)
    rows = series(view.fill, level, [code])
    parts = [_("The map and the line count twelve whole months and stay empty until then.")]
    if rows["value"].notna().any():
        value = f"{number(rows['value'].sum())} {pick(meta, 'unit')}"
        said = {"value": value, "place": place(view), "span": freshness.span_words(first, last)}
        parts.append(_("Of what is held: {value} in {place}, {span}.", **said))
    parts += freshness.incomplete_notes(view.fill, first, last)[:1]
    return " ".join([*parts, *_badge(view, last)])


def _badge(view: ViewState, last: date) -> list[str]:
    if not freshness.is_fresh(view.fill):
        return []
    badge = freshness.badge(view.fill, last, last)
    return [f"{badge[:1].upper()}{badge[1:]}."]


def _period(view: ViewState, on: date) -> str:
    if freshness.months_held(view.fill) is not None:
        return _too_short(view)
    meta = by_id(table("indicators"), "indicator_id")[view.fill]
    row = _row(view, on)
    if row["reason"] in {*_BEYOND, "gap"}:
        # Outside a yearly series there is no year that a figure could need; the headline says what is held.
        monthly = meta["frequency"] == "month" and not _outside(view, on)
        span = freshness.span_words(row["from"].date(), row["to"].date())
        return _("A figure needs every month of {span}.", span=span) if monthly else ""
    parts = [_("The map shows {first} to {last}.", first=month(row["from"]), last=month(row["to"]))]
    if meta["provisional_from"] == meta["provisional_from"] and row["to"] >= meta["provisional_from"]:
        parts.append(_("Preliminary figures."))
    parts += freshness.incomplete_notes(view.fill, row["from"].date(), row["to"].date())[:1]
    parts += _badge(view, row["to"].date())
    if row["units_no_record"]:
        parts.append(
            ngettext(
                "{n} municipality without record is left out.",
                "{n} municipalities without record are left out.",
                int(row["units_no_record"]),
            )
        )
    return " ".join(parts)


def caveat(view: ViewState) -> str:
    """Return the caveat that goes with the layer, also into every export."""
    if view.fill == PRESENCE:
        return _("Presence is not control. Reported is not now. No record is not peace.")
    meta = by_id(table("indicators"), "indicator_id")[view.fill]
    if freshness.months_held(view.fill) is not None:
        return f"{pick(meta, 'definition')} {freshness.nothing_words(view.fill, '')}."
    return f"{pick(meta, 'definition')} {texts.figure_status('no_record').capitalize()}: {pick(meta, 'missing_note')}"
