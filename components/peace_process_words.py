"""Words of the peace process in the reader's language: tables, areas, commitments, sources and partial dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from components.cited import Cited, cited
from components.i18n import _, day, language, month
from components.rows import by_id
from data.store import table

FIRST_YEAR_OF_TOTAL_PEACE = 2022
COMUNEROS = "comuneros_sur"


def sources() -> dict[str, dict[str, Any]]:
    """Return every source by its id."""
    return by_id(table("sources"), "source_id")


def second(url: str, known: Mapping[str, Mapping[str, Any]]) -> Cited | None:
    """Return a second source, of which a row holds only the address; None when there is none.

    Parameters
    ----------
    url : the address; when a row of the sources has it too, that row says who and when.
    known : the sources by their id.
    """
    host = urlsplit(url).netloc.removeprefix("www.")
    if not host:
        return None
    return next((cited(row) for row in known.values() if row["url"] == url), Cited(host, "", "", url))


def all_cited(row: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], other: str = "") -> tuple[Cited, ...]:
    """Return the source of a row and, when it has one, the second address in the column `other`."""
    found = [cited(known[row["source_id"]]), second(str(row[other]), known) if other else None]
    return tuple(source for source in found if source is not None)


def sources_html(found: tuple[Cited, ...]) -> str:
    """Return sources one after the other, each a link."""
    return f'<span class="pp-source">{" · ".join(source.html() for source in found)}</span>'


def when(on: pd.Timestamp | date, precision: str) -> str:
    """Return a date no finer than its source gives it."""
    if precision == "year":
        return str(on.year)
    return month(on) if precision == "month" else day(on)


def short_month(on: pd.Timestamp | date) -> str:
    """Return a month in as little room as it takes, for the cells of a table: "jul 2026" or "Jul 2026"."""
    from babel.dates import format_date

    return format_date(on, format="MMM y", locale=language()).replace(".", "")


def span_text(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Return a period in as few words as it allows: a year, years, months or days."""
    whole_months = first.day == 1 and last.is_month_end
    if whole_months and first.month == 1 and last.month == 12:
        return str(first.year) if first.year == last.year else f"{first.year}-{last.year}"
    if whole_months:
        return _("{first} to {last}", first=month(first), last=month(last))
    return _("{first} to {last}", first=day(first), last=day(last))


def partial_bound(value: str) -> date:
    """Return the first day that a partial ISO date ("2025", "2025-03") may mean.

    Raises
    ------
    ValueError
        The text is no ISO date.
    """
    year, number, on = [int(part) for part in (*value.split("-"), "1", "1")[:3]]
    return date(year, number, on)


def event_process(code: str) -> str:
    """Return the short name of a negotiation as events name it."""
    return {
        "comuneros": "Comuneros del Sur",
        "eln": "ELN",
        "emc": "EMC",
        "embf": "EMBF",
        "sm": "Segunda Marquetalia",
        "cneb": "CNEB",
        "egc": _("EGC (Clan del Golfo)"),
        "acsn": "ACSN",
        "urban": _("Urban tables"),
        "farc2016": _("FARC-EP, 2016 accord"),
        "national": _("National policy"),
    }.get(code, code)


PROCESS_FAMILIES = {
    "comuneros": "comuneros",
    "eln": "eln",
    "emc": "emc",
    "embf": "embf",
    "sm": "sm_cneb",
    "cneb": "sm_cneb",
    "egc": "egc",
    "acsn": "acsn",
    "urban": "other",
    "farc2016": "farc",
    "national": "unattributed",
}


def legal_status(code: str) -> str:
    """Return the legal frame of a table in words."""
    return {
        "political": _("political negotiation"),
        "socio_legal": _("socio-legal conversation (submission to justice)"),
    }.get(code, code)


AREAS: Mapping[str, tuple[str, ...]] = {
    "deescalation": (
        "ceasefire",
        "humanitarian",
        "verification",
        "weapons_destruction",
        "demining",
        "search_for_the_missing",
        "red_cross_guarantees",
        "children",
        "elections",
    ),
    "transformation": (
        "substitution",
        "mining_district",
        "investment",
        "health",
        "roads",
        "aqueducts",
        "schools",
        "universities",
    ),
    "transition": ("concentration", "reintegration", "legal", "truth"),
}
PLEDGED_WORKS = ("roads", "aqueducts", "schools", "universities")


def area_of(category: str) -> str:
    """Return which of the three agreed areas a commitment's subject belongs to: our own grouping."""
    return next(area for area, subjects in AREAS.items() if category in subjects)


def area_name(code: str) -> str:
    """Return the name of an agreed area."""
    return {
        "deescalation": _("De-escalation"),
        "transformation": _("Territorial transformation"),
        "transition": _("Transition to civilian life"),
    }[code]


def subject(code: str) -> str:
    """Return the subject of a commitment in words."""
    return {
        "aqueducts": _("Aqueducts"),
        "ceasefire": _("Ceasefire"),
        "children": _("Children"),
        "concentration": _("Gathering of fighters"),
        "demining": _("Demining"),
        "elections": _("Elections"),
        "health": _("Health"),
        "humanitarian": _("Humanitarian rules"),
        "investment": _("Public investment"),
        "legal": _("Legal guarantees"),
        "mining_district": _("Mining district"),
        "red_cross_guarantees": _("Guarantees for the Red Cross"),
        "reintegration": _("Reintegration"),
        "roads": _("Roads"),
        "schools": _("Schools"),
        "search_for_the_missing": _("Search for the missing"),
        "substitution": _("Crop substitution"),
        "truth": _("Truth and memory"),
        "universities": _("Universities"),
        "verification": _("Verification"),
        "weapons_destruction": _("Destruction of weapons"),
    }.get(code, code)


def party(code: str) -> str:
    """Return who is responsible for a commitment."""
    return {"both": _("both sides"), "government": _("government"), "group": _("the group")}.get(code, code)


STATES = ("done", "under_way", "not_started", "broken", "unclear", "no_evidence")


def state_name(code: str) -> str:
    """Return the state of a commitment as the board heads it."""
    return {
        "done": _("Reported done"),
        "under_way": _("Reported under way"),
        "not_started": _("Not started"),
        "broken": _("Not met"),
        "unclear": _("Not settled by the evidence"),
        "no_evidence": _("No evidence found"),
    }[code]


def operated(code: str) -> str:
    """Return whether a zone operated, in words."""
    return {
        "yes": _("it operated"),
        "yes_undated": _("it operated, dates unknown"),
        "no": _("not in operation when last reported"),
        "unknown": _("not known whether it operated"),
    }.get(code, code)
