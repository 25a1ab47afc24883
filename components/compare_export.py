"""What is seen on the comparison, to take away: figures, series and groups, each row with its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import inf
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from components import cache, compare_areas, compare_evidence
from components.compare_figures import Comparison, Row
from components.exports.spec import DataTable, ExportSpec, SourceNote
from components.i18n import _, day, pick
from components.rows import by_id
from components.view import ViewState, query
from data.store import data_version, table
from geo.comparison import Area, Figure


def figures(comparison: Comparison) -> pd.DataFrame:
    """Return one row per area: figure, earlier figure, change, place in the nation and rank, with the source."""
    rows = [_figure(row, comparison) | _source(comparison.meta) for row in comparison.all_rows]
    return pd.DataFrame(rows)


def _figure(row: Row, comparison: Comparison) -> dict[str, Any]:
    low, high = row.change.interval or (None, None)
    return {
        **_region(row.area, row.name),
        "indicator_id": comparison.spec.indicator_id,
        "indicator": pick(comparison.meta, "name"),
        "unit": pick(comparison.meta, "unit"),
        "asked_from": comparison.asked.first if comparison.asked else None,
        "asked_to": comparison.asked.last if comparison.asked else None,
        **_held(row.now, ""),
        "status": row.now.status if row.now else "no_record",
        "reason": row.now.reason if row.now else "",
        "municipalities_without_record": row.now.without_record if row.now else None,
        "published_total": row.published.value if row.published else None,
        "published_total_source_id": row.published.source_id if row.published else "",
        **_held(row.before, "previous_"),
        "change_of": comparison.measure,
        "change": row.change.verdict,
        "change_share": row.change.share,
        "change_ratio_low_95": low,
        "change_ratio_high_95": high if high != inf else None,
        "ratio_to_national_rate": row.against.ratio,
        "share_of_national_count": row.against.share,
        "rank": row.rank.place if row.rank else None,
        "ranked_regions": row.rank.count if row.rank else None,
        "regions_at_zero": row.rank.zeros if row.rank else None,
    }


def _region(area: Area, name: str) -> dict[str, Any]:
    return {
        "region": area.key,
        "region_name": name,
        "region_kind": compare_areas.kind(area),
        "municipalities": len(area.members) or None,
    }


def _held(figure: Figure | None, prefix: str) -> dict[str, Any]:
    """A figure as columns; days as dates, nothing as null."""
    names = ("from", "to", "value", "population", "rate_per_100k", "rate_per_100k_and_year")
    values: tuple[Any, ...] = (None,) * len(names)
    if figure:
        values = (figure.first, figure.last, figure.value, figure.population, figure.rate, figure.yearly_rate)
    return {prefix + name: value for name, value in zip(names, values, strict=True)}


def _source(meta: Mapping[str, Any]) -> dict[str, Any]:
    source = by_id(table("sources"), "source_id")[meta["source_id"]]
    return {
        "publisher": meta["publisher"],
        "source_id": meta["source_id"],
        "source_date": source["date_text"],
        "source_url": source["url"],
        "licence": source["licence"],
    }


def series(comparison: Comparison) -> pd.DataFrame:
    """Return one row per area and month (or year) of the charts, with the source."""
    parts = []
    for row in comparison.rows:
        if row.series is None:
            continue
        parts.append(
            pd.DataFrame(
                {
                    "region": row.area.key,
                    "region_name": row.name,
                    "indicator_id": comparison.spec.indicator_id,
                    "from": row.series.starts,
                    "value": row.series.values,
                    "rate_per_100k": row.series.rates,
                    "average_value_12_months": row.series.average_values,
                    "average_rate_12_months": row.series.average_rates,
                }
            ).assign(**_source(comparison.meta))
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def members(comparison: Comparison) -> pd.DataFrame:
    """Return which municipalities make up each area."""
    names = table("municipalities").set_index("divipola")["name"]
    rows = [
        {"region": row.area.key, "region_name": row.name, "divipola": code, "name": names[code]}
        for row in comparison.rows
        for code in row.area.members
    ]
    return pd.DataFrame(rows)


def spec(
    view: ViewState, comparison: Comparison, areas: Sequence[Area], on: date, title: str, caveat: str, address: str
) -> ExportSpec:
    """Return the comparison as an export: its tables, sources and link."""
    tables = [
        DataTable("comparison", _("Figures compared"), figures(comparison), _columns()),
        DataTable("series", _("Months of the charts"), series(comparison), _columns()),
        DataTable("groups_reported", _("Groups reported"), compare_evidence.frame(view, areas, on), _columns()),
        DataTable("regions", _("Municipalities of each region"), members(comparison), _columns()),
    ]
    return ExportSpec(
        title=title,
        date_text=day(on),
        caveat=caveat,
        sources=sources(view, comparison, areas, on),
        link=f"{address}?{urlencode(query(view))}" if address else "",
        language=view.language,
        view=view.with_(on=on),
        tables=[part for part in tables if len(part.frame)],
        licence="CC BY-SA 4.0",
        data_version=data_version(),
    )


def sources(view: ViewState, comparison: Comparison, areas: Sequence[Area], on: date) -> list[SourceNote]:
    """Return every source behind the figures and behind the groups reported."""
    known = by_id(table("sources"), "source_id")
    inside = {code for area in areas for code in area.members}
    evidence = cache.evidence(view, on)
    used = evidence.loc[evidence["divipola"].isin(list(inside)), "source_id"].value_counts().index
    notes = [_note(known[comparison.meta["source_id"]], pick(comparison.meta, "name"))]
    totals = {row.published.source_id for row in comparison.all_rows if row.published}
    notes += [_note(known[code], _("Published total")) for code in sorted(totals)]
    return notes + [_note(known[str(code)], _("Reported presence")) for code in used]


def _note(source: Mapping[str, Any], subject: str) -> SourceNote:
    return SourceNote(
        source["publisher"], source["title"], source["date_text"], source["url"], source["licence"], subject
    )


def _columns() -> dict[str, str]:
    """What the columns mean, in the reader's language."""
    return {
        "region": _("Region as links write it"),
        "asked_from": _("First day of the period asked for; what is counted is from and to; blank: the page's choice"),
        "asked_to": _("Last day of the period asked for"),
        "value": _("Figure in the indicator's unit; blank: no record"),
        "rate_per_100k": _("Per 100,000 inhabitants of the period, not annualised"),
        "rate_per_100k_and_year": _("Mean rate per year; blank for a period of less than a year"),
        "published_total": _("Total that the publisher gives itself where municipal figures are never added up"),
        "status": _("reported, zero or no_record"),
        "change": _("Against the period before: up, down, same, chance, too_few, not_comparable, no_record"),
        "change_share": _("Change as a share of the earlier figure (of what change_of names)"),
        "change_ratio_low_95": _("Lower end of the exact 95 % interval of the later figure divided by the earlier"),
        "change_ratio_high_95": _("Upper end of that interval; blank where nothing bounds it"),
        "rank": _("Place among regions of the same kind; 1 is the highest, zero has none"),
        "ratio_to_national_rate": _("Rate divided by the nation's"),
        "average_rate_12_months": _("Monthly mean of the twelve months that end here, per 100,000 inhabitants"),
        "share": _("Share of the region's municipalities where the group is reported"),
        "level": _("Highest level reported in the region"),
    }
