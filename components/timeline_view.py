"""From a view to its timeline: the layer's series, ceasefires by party, peace events and governments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from components import cache, freshness, texts
from components.i18n import _, day, language, partial_day, pick, set_language
from components.rows import by_id, records
from components.timeline import Band, Bar, Line, Mark, TimelineSpec, figure, key_html, notes_html, summary
from components.view import PRESENCE, ViewState
from data.store import table
from geo import ceasefires, indicators, symbology
from geo.regions import Kind

DEFAULT_INDICATOR = "homicides"
SELECTED_COLOURS = ("#a3141f", "#b88529", "#4729a3", "#146666")
SPAN_YEARS = 11


def build(view: ViewState, first: date, last: date) -> TimelineSpec:
    """Return the timeline of a view between two dates."""
    code = view.fill if view.fill != PRESENCE else DEFAULT_INDICATOR
    meta = by_id(table("indicators"), "indicator_id")[code]
    spec = indicators.indicator(code)
    why = freshness.break_notes(code, first, last)
    rated = view.measure == "rate" and spec.rate
    unit = _("per 100,000 inhabitants") if rated else pick(meta, "unit")
    period = _("trailing 12 months") if spec.frequency == "month" else _("by year")
    return TimelineSpec(
        first=first,
        last=last,
        title=f"{pick(meta, 'name')}: {unit}, {period} · {freshness.publisher(code, first, last)}",
        lines=_lines(view, code),
        bars=_bars(view, first, last),
        marks=_marks(view, first, last),
        bands=_bands(last),
        breaks=list(why),
        why=why,
        notes=freshness.notes(code, first, last),
    )


@dataclass(frozen=True)
class Drawn:
    """A timeline ready for the page: its title as HTML, the figure, the figure in words, and what is said under it."""

    title: str
    figure: Any
    summary: str
    notes: str


def drawn(view: ViewState, first: date, last: date) -> Drawn:
    """Return the timeline of a view, the same object for every date: a change of date sends nothing of it."""
    return _drawn(cache.current_version(), language(), view.with_(on=None, layers=(), map="geo"), first, last)


@st.cache_resource(max_entries=256, show_spinner=False)
def _drawn(version: str, lang: str, view: ViewState, first: date, last: date) -> Drawn:
    set_language(lang)
    spec = build(view, first, last)
    return Drawn(key_html(spec), figure(spec), summary(spec), notes_html(spec))


def span(view: ViewState, days: tuple[date, ...]) -> tuple[date, date]:
    """Return the years that the timeline shows: those of the map's layer, at least the last eleven."""
    last = max(days[-1], cache.LAST)
    return min(days[0], date(last.year - SPAN_YEARS + 1, 1, 1)), last


def _lines(view: ViewState, code: str) -> list[Line]:
    level: Kind = "nation" if view.scope == "CO" else "department"
    region, name = view.scope, "Colombia" if view.scope == "CO" else "Nariño"
    lines = []
    if indicators.indicator(code).additive:
        months, values = cache.line(code, level, region, view.measure)
        lines.append(Line(name, months, values))
    names = table("municipalities").set_index("divipola")["name"]
    for divipola, colour in zip(view.municipalities, SELECTED_COLOURS, strict=False):
        months, values = cache.line(code, "municipality", divipola, view.measure)
        lines.append(Line(str(names[divipola]), months, values, colour))
    return lines


def _bands(last: date) -> list[Band]:
    rows = table("governments")
    spans = zip(rows["president"], rows["from"], rows["to"], strict=True)
    return [Band(str(name), start.date(), last if pd.isna(end) else end.date()) for name, start, end in spans]


def _bars(view: ViewState, first: date, last: date) -> list[Bar]:
    parties = table("ceasefire_parties")
    armed = parties[parties["party"] != "gov"].groupby("ceasefire_id")["party"].first()
    groups = by_id(table("groups"), "group_id")
    here = _ids_here(view)
    rows = table("ceasefires")
    bars = []
    for row, known in zip(records(rows), ceasefires.known_from(rows), strict=True):
        party = str(armed.get(row["ceasefire_id"]))
        start, end = _extent(row, known)
        if row["ceasefire_id"] not in here or (view.groups and party not in view.groups) or end < first or start > last:
            continue
        group = groups[party]
        bars.append(
            Bar(
                group=pick(group, "short_name").split(" (")[0],
                colour=symbology.hue(str(group["family"])).full,
                start=start,
                end=end,
                in_force=row["class"] == "ceasefire" and row["outcome"] == "took_effect",
                title=pick(row, "title"),
                note=f"{texts.ceasefire_class(row['class'])} · {_note(row, known)}",
            )
        )
    bars.sort(key=lambda bar: bar.start)
    order = {name: position for position, name in enumerate(dict.fromkeys(bar.group for bar in bars))}
    return sorted(bars, key=lambda bar: (order[bar.group], bar.start))


def _ids_here(view: ViewState) -> set[str]:
    """Ceasefires of the nation, also on ground that was never named, or those that touch the department's."""
    if view.scope == "CO":
        return set(table("ceasefires")["ceasefire_id"])
    territory = cache.legal_territory()
    return set(territory.loc[territory["divipola"].isin(cache.scope_units(view.scope)), "ceasefire_id"])


def _extent(row: Mapping[str, Any], known: pd.Timestamp) -> tuple[date, date]:
    """First and last day on record: in force where that is known, else from the first day that is certain.

    A source that says only "2024" is no source for 1 January: before `known` (:func:`geo.ceasefires.known_from`)
    nothing is drawn, so that a bar never contradicts the status at a date.
    """
    start = row["start"] if row["outcome"] == "took_effect" and not pd.isna(row["start"]) else known
    last = next((row[name] for name in ("end", "attested_to") if not pd.isna(row[name])), start)
    return start.date(), max(last, start).date()


def _note(row: Mapping[str, Any], known: pd.Timestamp) -> str:
    if row["outcome"] == "never_took_effect":
        return texts.ceasefire_status("never_took_effect")
    start = _announced(row, known) if pd.isna(row["start"]) else day(row["start"], "medium")
    if not pd.isna(row["end"]):
        end, reason = day(row["end"], "medium"), texts.end_reason(row["end_reason"])
        return _("{start} to {end}; {reason}", start=start, end=end, reason=reason)
    if not pd.isna(row["attested_to"]):
        return _("{start}; last reported {date}, then unknown", start=start, date=day(row["attested_to"], "medium"))
    return start


def _announced(row: Mapping[str, Any], known: pd.Timestamp) -> str:
    """When a ceasefire without a start was announced; of a partial date, from which day it is drawn."""
    words = str(row["announced_text"])
    if not words:
        return _("announcement not dated; drawn from {day}", day=day(known))
    if len(words) < len("YYYY-MM-DD"):
        return _("announced in {period}, day unknown; drawn from {day}", period=partial_day(words), day=day(known))
    return _("announced {date}", date=partial_day(words))


def _marks(view: ViewState, first: date, last: date) -> list[Mark]:
    events = table("events")
    inside = events[(events["date"].dt.date >= first) & (events["date"].dt.date <= last)]
    if view.scope != "CO":
        inside = inside[_about_narino(inside)]
    return [
        Mark(
            on=row["date"].date(),
            when=_when(row),
            title=pick(row, "title"),
            category=row["category"],
            category_name=texts.event_category(row["category"]),
        )
        for row in records(inside)
    ]


def _about_narino(events: pd.DataFrame) -> pd.Series:
    places = table("event_places")
    in_narino = set(places.loc[places["divipola"].str.startswith("52"), "event_id"])
    return events["process"].isin(["comuneros", "national"]) | events["event_id"].isin(in_narino)


def _when(row: Mapping[str, Any]) -> str:
    iso = f"{row['date']:%Y-%m-%d}"
    return partial_day(iso[: {"day": 10, "month": 7, "year": 4}[row["precision"]]])
