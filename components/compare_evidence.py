"""Who is reported in each area, and which ceasefires and zones stand there on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from components import cache, compare_areas, texts
from components.compare_table import Cell, GroupLine, Item, Source, Standing, evidence_words
from components.i18n import _, ngettext, partial_day, pick
from components.rows import by_id, records
from components.view import ViewState
from data.store import table
from geo import comparison, symbology
from geo.comparison import Area

MOST_GROUPS = 10


def groups(view: ViewState, areas: Sequence[Area], on: date) -> tuple[list[GroupLine], list[GroupLine]]:
    """Return the groups reported in the areas on a day: the most widely reported ones, and the others."""
    reported = cache.reported(view, on)
    by_area = [by_id(comparison.reported_in(reported, area.members), "group_id") for area in areas]
    order: dict[str, float] = {}
    for rows in by_area:
        for group, row in rows.items():
            order[group] = max(order.get(group, 0.0), row["share"])
    by_group = _publishers(view, areas, on)
    names, families = cache.group_names(), table("groups").set_index("group_id")["family"]
    lines = [
        GroupLine(
            names.get(group, group),
            symbology.hue(str(families.get(group, symbology.UNNAMED))).full,
            [_cell(rows.get(group)) for rows in by_area],
            by_group.get(group, ()),
        )
        for group in sorted(order, key=lambda group: (-order[group], names.get(group, group)))
    ]
    return lines[:MOST_GROUPS], lines[MOST_GROUPS:]


def _publishers(view: ViewState, areas: Sequence[Area], on: date) -> dict[str, list[str]]:
    """Who reports each group in the areas, the publisher with most reports first."""
    here = _evidence(view, areas, on)
    counts = here.groupby(["group_id", "publisher"]).size().reset_index(name="reports")
    ordered = counts.sort_values(["reports", "publisher"], ascending=[False, True])
    return {str(group): rows["publisher"].tolist() for group, rows in ordered.groupby("group_id")}


def _evidence(view: ViewState, areas: Sequence[Area], on: date) -> pd.DataFrame:
    """The reports on a day in any of the areas, each with its publisher."""
    rows = cache.evidence(view, on)
    inside = {code for area in areas for code in area.members}
    publishers = table("sources").set_index("source_id")["publisher"]
    here = rows[rows["divipola"].isin(list(inside))]
    return here.assign(publisher=here["source_id"].map(publishers))


def sources(view: ViewState, areas: Sequence[Area], on: date) -> list[Source]:
    """Return the sources behind who is reported in the areas on a day, the one with most reports first."""
    counts = _evidence(view, areas, on)["source_id"].value_counts()
    known = by_id(table("sources"), "source_id")
    found = []
    for code, reports in counts.items():
        row = known[str(code)]
        when = partial_day(str(row["date_text"])) if row["date_text"] else ""
        found.append(Source(str(row["publisher"]), str(row["title"]), when, str(row["url"]), int(reports)))
    return found


def standing(view: ViewState, on: date) -> list[Standing]:
    """Return the ceasefires behind "municipalities with a ceasefire in force", that with most municipalities first."""
    rows = compare_areas.in_force(view, on)
    counts = rows.groupby(["ceasefire_id", "basis"], as_index=False).agg(places=("divipola", "nunique"))
    known, known_sources = by_id(table("ceasefires"), "ceasefire_id"), by_id(table("sources"), "source_id")
    found = []
    for row in records(counts.sort_values(["places", "ceasefire_id"], ascending=[False, True])):
        meta = known[row["ceasefire_id"]]
        source = known_sources[meta["source_id"]]
        by_report = row["basis"] == "party_reported"
        places = int(row["places"])
        found.append(Standing(pick(meta, "title"), places, by_report, _publisher(source), str(source["url"])))
    return found


def _cell(row: dict[str, object] | None) -> Cell | None:
    if row is None:
        return None
    counts = {name: int(str(row[name])) for name in ("municipalities", "disputed", "evidence_age_days")}
    return Cell(
        counts["municipalities"],
        float(str(row["share"])),
        str(row["level"]),
        counts["disputed"],
        counts["evidence_age_days"],
    )


def totals(view: ViewState, areas: Sequence[Area], on: date) -> list[str]:
    """Return for each area in how many municipalities anybody is reported, and how old the newest evidence is."""
    reported = cache.reported(view, on)
    words = []
    for area in areas:
        here = reported[reported["divipola"].isin(area.members)]
        newest = None if here.empty else int(here["evidence_age_days"].min())
        words.append(evidence_words(here["divipola"].nunique(), len(area.members), newest))
    return words


def ceasefires(view: ViewState, area: Area, on: date) -> list[Item]:
    """Return the ceasefires, pledges, suspensions and truces in force in an area on a day."""
    rows = comparison.ceasefires_in(cache.drawn_ceasefires(view, on), area.members)
    known, sources = by_id(table("ceasefires"), "ceasefire_id"), by_id(table("sources"), "source_id")
    items = []
    for row in records(rows):
        meta = known[row["ceasefire_id"]]
        source = sources[meta["source_id"]]
        status = f"{texts.ceasefire_class(row['class'])} · {texts.ceasefire_status(row['status'])}"
        places = _places(int(row["municipalities"]), len(area.members))
        if row["basis"] == "party_reported":
            places = _("{places}, where the party is reported", places=places)
        items.append(Item(pick(meta, "title"), status, places, _publisher(source), str(source["url"])))
    return items


def zones(area: Area, on: date) -> list[Item]:
    """Return the special zones that stand in an area on a day, whether they operate or were only decreed."""
    standing = by_id(cache.zones_at(on).query("drawn"), "zone_id")
    places = table("zone_municipalities")
    here = places[places["divipola"].isin(area.members) & places["zone_id"].isin(list(standing))]
    names = table("municipalities").set_index("divipola")["name"]
    sources = by_id(table("sources"), "source_id")
    items = []
    for zone_id, codes in here.groupby("zone_id")["divipola"]:
        row = standing[str(zone_id)]
        source = sources[row["source_id"]]
        status = f"{texts.zone_type(row['zone_type'])} · {texts.zone_status(row['status'])}"
        where = ", ".join(str(names[code]) for code in codes)
        items.append(Item(pick(row, "name"), status, where, _publisher(source), str(source["url"])))
    return items


def _places(count: int, members: int) -> str:
    if count == members:
        return ngettext("its {n} municipality", "all {n} municipalities", count)
    return ngettext("{n} municipality", "{n} municipalities", count)


def _publisher(source: dict[str, object]) -> str:
    when = partial_day(str(source["date_text"])) if source["date_text"] else ""
    return f"{source['publisher']}{f', {when}' if when else ''}"


def frame(view: ViewState, areas: Sequence[Area], on: date) -> pd.DataFrame:
    """Return the groups reported in the areas as a table with their publishers: area, group, share, level, newest."""
    reported = cache.reported(view, on)
    names = cache.group_names()
    parts = []
    for area in areas:
        rows = comparison.reported_in(reported, area.members)
        here = reported[reported["divipola"].isin(area.members)]
        publishers = here.groupby("group_id")["publishers"].agg(
            lambda each: tuple(sorted({p for row in each for p in row}))
        )
        parts.append(
            rows.assign(
                region=area.key,
                group=rows["group_id"].map(names),
                of_municipalities=len(area.members),
                publishers=rows["group_id"].map(publishers),
            )
        )
    return pd.concat(parts, ignore_index=True)
