"""Gathers the evidence card of one municipality from the frames of a view."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from components import cache, freshness, texts
from components.card import Card, Entry, Evidence, Figure, ReportedGroup
from components.i18n import _, age, day, month, number, partial_day, pick
from components.rows import by_id, records
from components.view import ViewState
from data.store import table
from geo import symbology
from geo.state import groups_at

CARD_INDICATORS = (
    "homicides",
    "homicides_12m",
    "massacres_indepaz",
    "leaders_killed",
    "ucdp_state_based",
    "ucdp_non_state",
    "ucdp_one_sided",
    "displacement",
    "confinement",
    "kidnapping_cnmh",
    "landmine_victims",
    "coca_ha",
    "poverty_ipm",
    "poverty_nbi",
)


def gather(view: ViewState, divipola: str, on: date) -> Card:
    """Return all that is known of a municipality at a date, in the reader's words."""
    row = by_id(table("municipalities"), "divipola")[divipola]
    return Card(
        title=str(row["name"]),
        place=_place(row, divipola),
        facts=_facts(divipola, on),
        on=day(on),
        window=view.window,
        groups=_groups(view, divipola, on),
        figures=_figures(view, divipola, on),
        ceasefires=_ceasefires(view, divipola, on),
        zones=_zones(divipola, on),
        notes=_notes(divipola, on),
    )


def _place(row: Any, divipola: str) -> str:
    parts = [str(row["department"])]
    if row["subregion"] == row["subregion"] and row["subregion"]:
        parts.append(_("subregion {name}", name=row["subregion"]))
    if row["pdet_subregion"] == row["pdet_subregion"] and row["pdet_subregion"]:
        parts.append(_("PDET {name}", name=row["pdet_subregion"]))
    return " · ".join([*parts, divipola])


def _facts(divipola: str, on: date) -> list[str]:
    people = table("population")
    rows = people[(people["divipola"] == divipola) & (people["year"] == on.year)]
    if rows.empty or pd.isna(rows["total"].iloc[0]):
        return [_("Population: no figure")]
    total = number(int(rows["total"].iloc[0]))
    return [_("{n} inhabitants in {year} (DANE projection)", n=total, year=str(on.year))]


def _cited(source: Any) -> str:
    """Publisher and date of a source."""
    when = str(source["date_text"]) if isinstance(source["date_text"], str) else ""
    name = str(source["publisher"])
    if isinstance(source["via"], str) and source["via"]:
        name = _("{publisher}, via {outlet}", publisher=name, outlet=source["via"])
    return f"{name}, {partial_day(when)}" if when else name


def _sources() -> dict[str, dict[str, Any]]:
    return by_id(table("sources"), "source_id")


def _groups(view: ViewState, divipola: str, on: date) -> list[ReportedGroup]:
    rows = cache.evidence_in(view, on, divipola)
    here = groups_at(rows).sort_values("newest", ascending=False)
    groups, caveats = by_id(table("groups"), "group_id"), by_id(table("caveats"), "caveat_id")
    sources = _sources()
    result = []
    for item in records(here):
        meta = groups[item["group_id"]]
        mine = rows[rows["group_id"] == item["group_id"]].sort_values("newest", ascending=False)
        result.append(
            ReportedGroup(
                name=pick(meta, "name"),
                colour=symbology.hue(str(meta["family"])).full,
                level=texts.level(item["level"], item["disputed"]),
                newest=_newest(item, records(mine)),
                evidence=[_evidence(row, sources, caveats) for row in records(mine)],
            )
        )
    return result


def _newest(item: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """Since when and until when a group is reported; a yearly report names its year and no day."""
    since = min(row["valid_from"] for row in rows)
    first = str(since.year) if all(row["precision"] == "year" for row in rows) else day(since)
    newest = next(row for row in rows if row["newest"] == item["newest"])
    if newest["precision"] == "year":
        return _(
            "first attested {first}; last reported in {year}, day not known", first=first, year=str(item["newest"].year)
        )
    return _(
        "first attested {first}; last reported {date} ({age} before this date)",
        first=first,
        date=day(item["newest"]),
        age=age(int(item["evidence_age_days"])),
    )


def _evidence(row: dict[str, Any], sources: dict[str, Any], caveats: dict[str, Any]) -> Evidence:
    source = sources[row["source_id"]]
    first, last = row["valid_from"], row["attested_to"]
    if row["precision"] == "year":
        when = _("in {year}", year=str(first.year))
    elif first == last:
        when = day(first)
    else:
        when = _("{first} to {last}", first=day(first), last=day(last))
    known = row["caveat_id"] in caveats
    return Evidence(
        when=when,
        level=texts.level(row["level"]),
        term=_term(row["source_term"]),
        confidence=texts.confidence(row["confidence"]),
        publisher=_cited(source),
        via=row["via"] if isinstance(row["via"], str) and row["via"] != source["via"] else "",
        url=str(source["url"]),
        caveat=pick(caveats[row["caveat_id"]], "text") if known else "",
    )


def _term(term: object) -> str:
    """The source's own words; a paraphrase of ours is no quotation and is left to the level."""
    if not isinstance(term, str) or term.startswith("["):
        return ""
    return term.strip("«» ")


def _figures(view: ViewState, divipola: str, on: date) -> list[Figure]:
    meta, sources = by_id(table("indicators"), "indicator_id"), _sources()
    wanted = [view.fill, *CARD_INDICATORS] if view.fill in meta else list(CARD_INDICATORS)
    result = []
    for code in dict.fromkeys(wanted):
        row = _at(code, divipola, on)
        if row is None:
            continue
        info, held = meta[code], freshness.stretches(code, row["from"].date(), row["to"].date())
        result.append(
            Figure(
                name=pick(info, "name"),
                value=_value(row, info),
                period=_span(row),
                publisher=" / ".join(dict.fromkeys(stretch.publisher for stretch in held)),
                cut=freshness.badge(code, row["from"].date(), row["to"].date()),
                url=str(sources[held[-1].source_id]["url"]),
            )
        )
    return result


def _at(code: str, divipola: str, on: date) -> Any | None:
    """The figure at the date; failing that the last one before it, which says its own period."""
    from geo import indicators

    spec = indicators.indicator(code)
    if on < spec.first.date():
        return None
    figures = cache.trailing(code, min(on, spec.last.date()))
    return records(figures[figures["code"] == divipola])[0]


def _value(row: Any, info: Any) -> str:
    if row["status"] == "no_record":
        few = freshness.too_few_months(info["indicator_id"], row["reason"])
        return texts.figure_status("few_months" if few else "no_record")
    decimals = 0 if float(row["value"]).is_integer() else 1
    value = f"{number(row['value'], decimals)} {pick(info, 'unit')}"
    if info["rate"] and row["rate_per_100k"] == row["rate_per_100k"]:
        return _("{value}; {rate} per 100,000", value=value, rate=number(row["rate_per_100k"], 1))
    return value


def _span(row: Any) -> str:
    first, last = row["from"], row["to"]
    if first.month == 1 and last.month == 12 and first.year == last.year:
        return str(first.year)
    return _("{first} to {last}", first=month(first), last=month(last))


def _ceasefires(view: ViewState, divipola: str, on: date) -> list[Entry]:
    drawn = cache.ceasefires_in(view, on, divipola)
    # A nationwide ceasefire that never began is news while it is fresh; afterwards it says nothing about this place.
    lasting = drawn["attested"] | (drawn["basis"] == "territory")
    here = drawn[lasting]
    rows, sources = by_id(table("ceasefires"), "ceasefire_id"), _sources()
    order = {"in_force": 0, "announced": 1, "unknown": 2, "never_took_effect": 3}
    entries = []
    for item in sorted(records(here), key=lambda item: (order[item["status"]], item["ceasefire_id"])):
        row = rows[item["ceasefire_id"]]
        source = sources[row["source_id"]]
        basis = (
            _("It binds the group, not the ground; the group is reported here.")
            if item["basis"] == "party_reported"
            else _("This municipality is in its legal territory.")
        )
        kind = texts.ceasefire_class(str(row["class"]))
        entries.append(
            Entry(
                title=pick(row, "title"),
                status=texts.ceasefire_status(item["status"])
                if row["class"] == "ceasefire"
                else f"{kind}: {texts.ceasefire_status(item['status'])}",
                body=f"{pick(row, 'text')} {basis}",
                publisher=_cited(source),
                url=str(source["url"]),
            )
        )
    return entries


def _zones(divipola: str, on: date) -> list[Entry]:
    places = table("zone_municipalities")
    ids = places.loc[places["divipola"] == divipola, "zone_id"]
    rows, sources = cache.zones_at(on), _sources()
    rows = rows[rows["zone_id"].isin(ids)]
    return [
        Entry(
            title=pick(row, "name"),
            status=texts.zone_status(row["status"]),
            body=pick(row, "text"),
            publisher=_cited(sources[row["source_id"]]),
            url=str(sources[row["source_id"]]["url"]),
        )
        for row in records(rows)
    ]


def _notes(divipola: str, on: date) -> list[Entry]:
    sources, names = _sources(), cache.group_names()
    entries = []
    for row in records(table("talks_municipalities")):
        if row["divipola"] == divipola and row["valid_from"].date() <= on:
            source = sources[row["source_id"]]
            entries.append(
                Entry(
                    title=_("Priority municipality of the talks with {group}", group=names[row["group_id"]]),
                    status=_("list of the talks, not evidence"),
                    body=_("Named in the roadmap of {date}.", date=day(row["valid_from"])),
                    publisher=str(source["publisher"]),
                    url=str(source["url"]),
                )
            )
    planned = table("planned_expansion")
    for row in records(planned[(planned["divipola"] == divipola) & (planned["valid_from"] <= pd.Timestamp(on))]):
        source = sources[row["source_id"]]
        entries.append(
            Entry(
                title=str(names[row["group_id"]]),
                status=_("alleged plan, not presence"),
                body=pick(row, "text"),
                publisher=str(source["publisher"]),
                url=str(source["url"]),
            )
        )
    return entries
