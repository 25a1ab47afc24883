"""The Comuneros file: origin and split, the talks' municipalities, commitments, and zones planned and opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from components import texts
from components.i18n import _, day, enumerate_names, ngettext, number, pick
from components.markup import text
from components.minimap import Area
from components.peace_process_presence import FAMILY, split_day
from components.peace_process_tables import Negotiation, negotiations
from components.peace_process_words import COMUNEROS, Cited, all_cited, operated, sources, sources_html
from components.rows import by_id, records
from data.store import table
from geo import symbology

PROCESS = "comuneros"


@dataclass(frozen=True)
class Zone:
    """One zone of the table, every text in the reader's language.

    `counted` is false for the list of the talks' municipalities, which is an area and was never to operate.
    """

    zone_id: str
    name: str
    kind: str
    period: str
    opened: bool
    counted: bool
    operated: str
    text: str
    instrument: str
    places: tuple[tuple[str, str], ...]
    sources: tuple[Cited, ...]


def negotiation() -> Negotiation:
    """Return the row of the Comuneros table."""
    return next(row for row in negotiations() if row.process_id == PROCESS)


def origin_headline() -> str:
    """Return where the group comes from, in one sentence."""
    group = by_id(table("groups"), "group_id")[COMUNEROS]
    return _(
        "Comuneros del Sur was a front of the ELN from {year} and has stood apart since {date}; its table opened on "
        "{opened}",
        year=group["founded_text"],
        date=day(split_day()),
        opened=negotiation().opened,
    )


def origin_html() -> str:
    """Return the origin, the table's state as last reported, who accompanies it, and the sources."""
    row = negotiation()
    group = by_id(table("groups"), "group_id")[COMUNEROS]
    facts = (
        (_("Last reported {date}", date=row.reported), row.state),
        (_("Guarantors and companions"), row.guarantors),
        (_("Delegates of the government"), row.delegates),
        (_("Links"), _lineage()),
    )
    listed = "".join(f"<dt>{text(label)}</dt><dd>{text(value)}</dd>" for label, value in facts if value)
    return (
        f'<p class="pp-lead">{text(pick(group, "description"))}</p><dl class="pp-facts">{listed}</dl>'
        f"<p>{sources_html(row.sources)}</p>"
    )


def _lineage() -> str:
    """What ties the group to others, as far as the table of lineage says, with how sure it is."""
    rows, names = table("group_lineage"), by_id(table("groups"), "group_id")
    said = []
    for row in records(rows[(rows["child"] == COMUNEROS) | (rows["parent"] == COMUNEROS)]):
        other = names[row["parent"] if row["child"] == COMUNEROS else row["child"]]
        words = {
            "part_of": _("part of {group} until {date}"),
            "split_from": _("split from {group}, {date}"),
            "alleged_link": _("alleged link with {group}, disputed"),
        }[row["relation"]]
        on = row["to"] if row["relation"] == "part_of" else row["from"]
        said.append(words.format(group=pick(other, "short_name"), date=day(on) if not pd.isna(on) else ""))
    return "; ".join(said)


def zones() -> list[Zone]:
    """Return the zones of the table, those that operated first."""
    groups, places = table("zone_groups"), table("zone_municipalities")
    names = dict(zip(table("municipalities")["divipola"], table("municipalities")["name"], strict=True))
    mine = set(groups.loc[groups["group_id"] == COMUNEROS, "zone_id"])
    known, rows = sources(), table("zones")
    found = [
        Zone(
            zone_id=row["zone_id"],
            name=pick(row, "name"),
            kind=texts.zone_type(row["zone_type"]),
            period=_period(row),
            opened=str(row["operated"]).startswith("yes"),
            counted=row["zone_type"] != "process_area",
            operated=operated(row["operated"]),
            text=pick(row, "text"),
            instrument=pick(row, "legal_instrument"),
            places=tuple(
                (code, str(names[code])) for code in places.loc[places["zone_id"] == row["zone_id"], "divipola"]
            ),
            sources=all_cited(row, known, "source2_url"),
        )
        for row in records(rows[rows["zone_id"].isin(mine)])
    ]
    return sorted(found, key=lambda zone: (not zone.counted, not zone.opened))


def _period(row: dict[str, Any]) -> str:
    first, last = row["start"], row["end"]
    if pd.isna(first):
        return _("no date in force is known")
    if pd.isna(last):
        return _("from {date}", date=day(first))
    return _("{first} to {last}", first=day(first), last=day(last))


def zones_headline(found: list[Zone]) -> str:
    """Return how many of the zones are known to have operated, in one sentence."""
    counted = [zone for zone in found if zone.counted]
    opened = [zone for zone in counted if zone.opened]
    if not opened:
        return _("Of {n} zones planned or agreed at the table, none is known to have operated", n=number(len(counted)))
    return ngettext(
        "Of {all} zones planned or agreed at the table, {n} is known to have operated: {names}",
        "Of {all} zones planned or agreed at the table, {n} are known to have operated: {names}",
        len(opened),
        all=number(len(counted)),
        names=enumerate_names([zone.name for zone in opened]),
    )


def zones_html(found: list[Zone]) -> str:
    """Return the zones as cards: opened first, then those only planned or agreed."""
    return f'<div class="pp-zones">{"".join(_zone(zone) for zone in found)}</div>'


def _zone(zone: Zone) -> str:
    state = "done" if zone.opened else "not_started"
    chip = f'<p><span class="pp-state pp-{state}">{text(zone.operated)}</span></p>' if zone.counted else ""
    instrument = f"<p class='pp-muted'>{text(zone.instrument)}</p>" if zone.instrument else ""
    places = enumerate_names([name for _code, name in zone.places])
    where = f" · {text(places)}" if places else ""
    return (
        f'<article class="pp-card"><h2>{text(zone.name)}</h2>'
        f"{chip}"
        f'<p class="pp-muted">{text(zone.kind)} · {text(zone.period)}{where}</p><p>{text(zone.text)}</p>{instrument}'
        f"<p>{sources_html(zone.sources)}</p></article>"
    )


def zone_areas(found: list[Zone]) -> dict[str, Area]:
    """Return the map: a filled disc where a zone operated, a paper one where it was only planned or agreed."""
    colour = symbology.hue(FAMILY).full
    drawn: dict[str, Area] = {}
    for zone in sorted((zone for zone in found if zone.counted), key=lambda item: item.opened):
        for code, name in zone.places:
            drawn[code] = Area(dot=8.0, colour=colour, hollow=not zone.opened, name=name)
    return drawn


def zones_map_words(found: list[Zone]) -> str:
    """Return the map in one sentence, for those who cannot see it."""
    opened = sorted({name for zone in found if zone.counted and zone.opened for _code, name in zone.places})
    planned = sorted({name for zone in found if zone.counted and not zone.opened for _code, name in zone.places})
    return _(
        "Map: zones that operated in {opened}; planned or agreed in {planned}.",
        opened=enumerate_names(opened) or "0",
        planned=enumerate_names(planned) or "0",
    )
