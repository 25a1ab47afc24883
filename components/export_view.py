"""From a view to what leaves the screen: an `ExportSpec` with the same state, symbology and words.

Nothing here needs a session: an export may be made in any thread, from the address of a view alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Literal
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from components import cache, labels, maptable, mapview, sentence, shapes, texts, timeline_view
from components.exports import DataTable, ExportSpec, MapPicture, Polygons, SourceNote
from components.i18n import _, day, enumerate_names, ngettext, pick
from components.legend import LegendSpec, Section, shown_sections
from components.rows import by_id, records
from components.timeline import TimelineSpec
from components.view import PRESENCE, ViewState, query
from data.store import data_version, table
from geo import boundaries, symbology
from geo.geometry import Payload
from geo.matrix import CeasefireCell, Matrix

Part = Literal["map", "timeline", "data"]
PARTS: tuple[Part, ...] = ("map", "timeline", "data")
OVERLAYS = ("numbers", "departments", "subregions")
COMPILED = "CC BY 4.0"
SHARE_ALIKE = "CC BY-SA 4.0"


def build(view: ViewState, base: str, parts: Iterable[Part] = PARTS) -> ExportSpec:
    """Return a view as an export.

    Parameters
    ----------
    view
        The view, of a page with a map; without a date it shows the last one with evidence.
    base
        Address of the application, for the link back: scheme, host and path, without the page.
    parts
        What the file will hold. Sources are listed only for these.
    """
    wanted = frozenset(parts)
    on = view.on or cache.last_evidence(view)
    view = view.with_(on=on, present=False, embed=False)
    found = shapes.geometry_of(view)
    drawn = view.with_(map=found.kind)
    spec = mapview.shown(drawn, on, found.payload, found.version, found.attribution)
    picture = picture_of(drawn, on, found.payload) if wanted & {"map", "data"} else None
    sources = list(dict.fromkeys(_sources(drawn, on, wanted)))
    return ExportSpec(
        title=sentence.headline(view, on),
        subtitle=" ".join(part for part in (_period(view, on), _filters(view)) if part),
        filters=_filters(view),
        timeline_filters=_timeline_filters(view),
        place=sentence.place(view),
        date_text=day(on),
        caveat=sentence.caveat(view),
        sources=sources,
        map_sources=list(dict.fromkeys(_sources(drawn, on, frozenset({"map"})))) if "map" in wanted else (),
        link=link(view, base),
        language=view.language,
        view=view,
        legend=_legend(spec.legend, picture) if "map" in wanted else (),
        map=picture,
        timeline=timeline_of(view, on, spec.time.days) if "timeline" in wanted else None,
        tables=tables_of(view, on) if "data" in wanted else (),
        evidence=evidence_of(view, on),
        polygons=_polygons() if "data" in wanted else None,
        seats=_seats(view),
        licence=terms(sources),
        data_version=data_version(),
    )


def link(view: ViewState, base: str) -> str:
    """Return the absolute address of a view; blank without the application's own address."""
    # A comma needs no escape in a query; without it the link is one that can be typed from paper.
    return f"{base.rstrip('/')}/{view.page}?{urlencode(query(view), safe=',')}" if base else ""


def terms(sources: Iterable[SourceNote]) -> str:
    """Return on what terms an export may be used: share-alike as soon as one of the sources that it lists is."""
    shared = any("BY-SA" in source.licence for source in sources)
    return _("{licence}; each source keeps its own terms", licence=SHARE_ALIKE if shared else COMPILED)


def _period(view: ViewState, on: date) -> str:
    """What the date means: for how long a report counts, or what months are added up."""
    if view.fill != PRESENCE:
        return sentence.subline(view, on, False)
    return ngettext("A report counts for {n} month.", "A report counts for {n} months.", view.window)


def _filters(view: ViewState) -> str:
    """The filters that are on, in words; blank without any."""
    said = []
    if view.fill == PRESENCE and view.groups:
        said.append(_("Only {groups}.", groups=enumerate_names(list(cache.group_names(view.groups).values()))))
    if view.fill == PRESENCE and view.publishers:
        said.append(_("Only according to {publishers}.", publishers=enumerate_names(list(view.publishers))))
    if view.fill == PRESENCE and view.confidence != "low":
        said.append(
            {"medium": _("Only medium or high confidence."), "high": _("Only high confidence.")}[view.confidence]
        )
    return " ".join(said)


def _timeline_filters(view: ViewState) -> str:
    """The filter that the timeline follows: of groups, whose ceasefires it shows."""
    if not view.groups:
        return ""
    return _("Ceasefires: only {groups}.", groups=enumerate_names(list(cache.group_names(view.groups).values())))


# The map


def picture_of(view: ViewState, on: date, geometry: Payload) -> MapPicture:
    """Return the map of a view at a date as the screen draws it."""
    fills = _cells_on(lambda exact: _fill(view, exact), on)
    style, word = _fill_style(view), _fill_word(view)
    signs = {code: mapview.kept(cell, view.layers) for code, cell in _ceasefire_cells(view, on).items()}
    signs = {code: cell for code, cell in signs.items() if cell.signs}
    titles = {row["ceasefire_id"]: pick(row, "title") for row in records(table("ceasefires"))}
    say = labels.ceasefire_label(titles)
    outlines = {code: styles[0] for code, cell in signs.items() if (styles := mapview.ceasefire_styles(cell))}
    return MapPicture(
        geometry=geometry,
        styles={code: style(cell) for code, cell in fills.items()},
        ceasefires=outlines,
        zones=_zones(view, on) if "zones" in view.layers else {},
        labels={
            code: " · ".join([word(cell), *([say(signs[code])] if code in signs else [])])
            for code, cell in fills.items()
        },
        selected=view.municipalities,
        overlays=frozenset({*(layer for layer in OVERLAYS if layer in view.layers), "names"}),
    )


def _fill(view: ViewState, exact: date | None) -> Matrix[Any]:
    return cache.presence_matrix(view, exact) if view.fill == PRESENCE else cache.indicator_matrix(view, exact)


def _cells_on(matrix: Callable[[date | None], Matrix[Any]], on: date) -> dict[str, Any]:
    """The cell of each municipality on a day."""
    layer = matrix(None)
    codes = cache.column_on(layer, on)
    if codes is None:
        layer = matrix(on)
        codes = layer.codes[0]
    return {unit: layer.cells[code] for unit, code in zip(layer.units, np.asarray(codes).tolist(), strict=True)}


def _fill_style(view: ViewState) -> Callable[[Any], symbology.Style]:
    if view.fill == PRESENCE:
        return mapview.presence_style
    count = cache.breaks(view).count
    return lambda cell: symbology.indicator_style(cell.status, max(cell.class_index, 0), count)


def _fill_word(view: ViewState) -> Callable[[Any], str]:
    if view.fill == PRESENCE:
        return labels.presence_label(cache.group_names())
    breaks = cache.breaks(view)
    unit = mapview.indicator_unit(view.fill, breaks.measure)
    return labels.indicator_label(breaks, unit, mapview.nothing_of(view.fill))


def _ceasefire_cells(view: ViewState, on: date) -> dict[str, CeasefireCell]:
    if not set(view.layers) & set(mapview.CEASEFIRE_LAYERS):
        return {}
    return _cells_on(lambda _exact: cache.ceasefire_matrix(view, on, on, on), on)


def _zones(view: ViewState, on: date) -> dict[str, symbology.ZoneStyle]:
    styles = {zone: style for zone, status in _zones_on(on).items() if (style := symbology.zone_style(status))}
    places = table("zone_municipalities")
    here = places[places["divipola"].isin(cache.scope_units(view.scope)) & places["zone_id"].isin(styles)]
    return {row["divipola"]: styles[row["zone_id"]] for row in records(here)}


def _zones_on(on: date) -> dict[str, str]:
    rows = cache.zones_at(on)
    rows = rows[rows["drawn"]]
    return dict(zip(rows["zone_id"], rows["status"], strict=True))


def _legend(spec: LegendSpec, picture: MapPicture | None) -> tuple[Section, ...]:
    """The legend of what is drawn; an outline that gave way to another is not explained."""
    if picture is None:
        return ()
    keys = {key for style in (*picture.styles.values(), *picture.zones.values()) for key in style.keys}
    keys |= {key for style in picture.ceasefires.values() for key in style.keys}
    return shown_sections(replace(spec, shown=frozenset(keys)))


def timeline_of(view: ViewState, on: date, days: tuple[date, ...]) -> TimelineSpec:
    """Return the timeline of a view with its date."""
    return replace(timeline_view.build(view, *timeline_view.span(view, days)), on=on)


# The data


def tables_of(view: ViewState, on: date) -> list[DataTable]:
    """Return the data behind a view: a row per municipality, then what these rows rest on, each with its source."""
    means = _columns()
    ceasefires = DataTable("ceasefires", _("Ceasefires, pledges and truces by municipality"), ceasefire_rows(view, on))
    if view.fill == PRESENCE:
        head = DataTable("presence", _("Groups reported by municipality"), presence_rows(view, on))
        rest = [DataTable("reports", _("Reports that count at this date"), report_rows(view, on)), ceasefires]
    else:
        head = DataTable(view.fill, sentence.headline(view, on), indicator_rows(view, on))
        rest = [ceasefires]
    kept = [head, *(part for part in rest if len(part.frame))]
    return [DataTable(part.name, part.title, part.frame, means) for part in kept]


def evidence_of(view: ViewState, on: date) -> DataTable | None:
    """Return the table for slides and reports: municipalities with something to say, in words."""
    frame = maptable.frame(view, on)
    column = _("Ceasefires")
    if view.fill == PRESENCE:
        frame = frame[(frame[_("Groups")] > 0) | (frame[column] != "")]
    else:
        value = frame.columns[2]
        frame = frame[frame[value].fillna(0) > 0].sort_values(value, ascending=False)
    if frame.empty:
        return None
    if (frame[column] == "").all():
        frame = frame.drop(columns=column)
    return DataTable("map", _("Table of the map"), frame.reset_index(drop=True))


def _places(view: ViewState) -> pd.DataFrame:
    rows = table("municipalities").set_index("divipola").loc[list(cache.scope_units(view.scope))]
    return rows[["name", "department"]].rename(columns={"name": "municipality"})


def presence_rows(view: ViewState, on: date) -> pd.DataFrame:
    """Return one row per municipality: groups reported with their level, newest evidence, publishers and sources."""
    units = _places(view)
    reported = cache.reported(view, on)
    reported = reported[reported["divipola"].isin(units.index)]
    names = cache.group_names()
    words = [f"{names[row['group_id']]} ({texts.level(row['level'], row['disputed'])})" for row in records(reported)]
    by_place = reported.assign(words=words).groupby("divipola")
    joined = _tuples(by_place, {"groups": "words", "group_ids": "group_id"})
    return units.assign(
        date=pd.Timestamp(on).as_unit("s"),
        window_months=view.window,
        filters=_filters(view),
        groups_reported=by_place.size().reindex(units.index).fillna(0).astype(int),
        **{name: column.reindex(units.index) for name, column in joined.items()},
        newest_evidence=by_place["newest"].max().reindex(units.index),
        **_source_columns(cache.evidence(view, on), units.index),
    ).reset_index()


def _tuples(grouped: Any, columns: Mapping[str, str]) -> dict[str, pd.Series]:
    return {name: grouped[column].agg(lambda rows: tuple(dict.fromkeys(rows))) for name, column in columns.items()}


def _source_columns(rows: pd.DataFrame, units: pd.Index) -> dict[str, pd.Series]:
    """The sources behind each municipality, in one order in every column; repeated values stay, to be matched."""
    known = table("sources").set_index("source_id")
    pairs = rows.loc[rows["divipola"].isin(units), ["divipola", "source_id"]].drop_duplicates()
    named = {
        "publisher": "publisher",
        "source_id": "source_id",
        "source_date": "date_text",
        "source_url": "url",
        "licence": "licence",
    }
    result = {}
    for name, column in named.items():
        values = pairs["source_id"] if column == "source_id" else pairs["source_id"].map(known[column])
        result[name] = values.groupby(pairs["divipola"]).agg(tuple).reindex(units)
    return result


def report_rows(view: ViewState, on: date) -> pd.DataFrame:
    """Return every report that counts at the date: one row per municipality, group and source."""
    places = _places(view)
    rows = cache.evidence(view, on)
    rows = rows[rows["divipola"].isin(places.index)]
    names = cache.group_names()
    return pd.DataFrame(
        {
            "presence_id": rows["presence_id"],
            "divipola": rows["divipola"],
            "municipality": rows["divipola"].map(places["municipality"]),
            "group_id": rows["group_id"],
            "group": rows["group_id"].map(names),
            "level": rows["level"],
            "source_term": rows["source_term"],
            "valid_from": rows["valid_from"],
            "valid_to": rows["valid_to"],
            "precision": rows["precision"],
            "confidence": rows["confidence"],
            **_cited(rows["source_id"]),
            "via": rows["via"],
        }
    ).reset_index(drop=True)


def ceasefire_rows(view: ViewState, on: date) -> pd.DataFrame:
    """Return what a source attests in each municipality at the date, each row with its source."""
    places = _places(view)
    rows = cache.drawn_ceasefires(view, on)
    rows = rows[rows["divipola"].isin(places.index) & rows["attested"]].sort_values(["ceasefire_id", "divipola"])
    meta = by_id(table("ceasefires"), "ceasefire_id")
    return pd.DataFrame(
        {
            "ceasefire_id": rows["ceasefire_id"],
            "ceasefire": [pick(meta[code], "title") for code in rows["ceasefire_id"]],
            "divipola": rows["divipola"],
            "municipality": rows["divipola"].map(places["municipality"]),
            "class": rows["class"],
            "status": rows["status"],
            "basis": rows["basis"],
            "nationwide": rows["nationwide"],
            **_cited(rows["ceasefire_id"].map({code: row["source_id"] for code, row in meta.items()})),
        }
    ).reset_index(drop=True)


def indicator_rows(view: ViewState, on: date) -> pd.DataFrame:
    """Return one row per municipality: value, period, rate and what stands in place of a value."""
    places = _places(view)
    meta = by_id(table("indicators"), "indicator_id")[view.fill]
    figures = cache.trailing(view.fill, on).set_index("code").loc[places.index]
    columns: dict[str, Any] = {
        "indicator_id": view.fill,
        "indicator": pick(meta, "name"),
        "unit": pick(meta, "unit"),
        **{name: figures[name] for name in ("from", "to", "value", "population", "rate_per_100k", "status", "reason")},
        **{name: values.iloc[0] for name, values in _cited(pd.Series([meta["source_id"]])).items()},
    }
    return places.assign(**columns).reset_index()


def _cited(ids: pd.Series) -> dict[str, pd.Series]:
    """The five columns that cite a source."""
    known = table("sources").set_index("source_id")
    return {
        "publisher": ids.map(known["publisher"]),
        "source_id": ids,
        "source_date": ids.map(known["date_text"]),
        "source_url": ids.map(known["url"]),
        "licence": ids.map(known["licence"]),
    }


def _columns() -> dict[str, str]:
    """What the columns mean."""
    return {
        "divipola": _("DIVIPOLA code of the municipality"),
        "date": _("Date of the view"),
        "window_months": _("For how many months a report counts"),
        "filters": _("What the view leaves out, in words; blank: nothing"),
        "groups_reported": _("How many groups are reported; 0 is no record, not peace"),
        "groups": _("Groups reported, each with its highest level; presence is not control"),
        "newest_evidence": _("To when the newest evidence speaks"),
        "level": _("presence, influence, control or dispute, as the source says"),
        "source_term": _("The source's own words; blank when they are not quoted"),
        "valid_from": _("First day that the source attests"),
        "valid_to": _("Last day that the source attests; not a departure"),
        "precision": _("day, or year when the source says only the year"),
        "confidence": _("low, medium or high"),
        "status": _("in_force, announced, never_took_effect or unknown; of a figure: reported, zero or no_record"),
        "basis": _("territory: its own area; party_reported: where the group that it binds is reported"),
        "nationwide": _("It binds a group wherever it is"),
        "value": _("Figure in the unit; blank: no record, not zero"),
        "rate_per_100k": _("Per 100,000 inhabitants"),
        "reason": _("Why there is no figure"),
        "publisher": _("Who says so"),
        "source_date": _("Date of the source; may be only a year or a month"),
        "via": _("Through whom it was read, when not at the source"),
        "licence": _("Licence of the source; blank when none is stated"),
    }


def _seats(view: ViewState) -> dict[str, tuple[float, float]]:
    rows = table("municipalities")
    rows = rows[rows["divipola"].isin(cache.scope_units(view.scope))]
    return {
        code: (float(lon), float(lat))
        for code, lon, lat in zip(rows["divipola"], rows["lon"], rows["lat"], strict=True)
    }


def _polygons() -> Polygons | None:
    found = boundaries.current(table("municipalities"))
    return Polygons(found.frame, _boundary_source()) if found.codes else None


# The sources


def _sources(view: ViewState, on: date, parts: frozenset[Part]) -> Iterable[SourceNote]:
    if parts & {"map", "data"}:
        yield from _map_sources(view, on)
    if "timeline" in parts:
        yield from _timeline_sources(view)
    if parts & {"map", "data"} and (view.map == "geo" or "data" in parts) and _polygons() is not None:
        yield _boundary_source()
    yield from _notes(["dane-divipola"], _("Codes, names and seats of municipalities"))


def _map_sources(view: ViewState, on: date) -> Iterable[SourceNote]:
    inside = list(cache.scope_units(view.scope))
    if view.fill == PRESENCE:
        rows = cache.evidence(view, on)
        ids = rows.loc[rows["divipola"].isin(inside), "source_id"].value_counts().index
        yield from _notes(ids, _("Reported presence"))
    else:
        yield from _indicator_notes(view)
    cells = (mapview.kept(cell, view.layers) for cell in _ceasefire_cells(view, on).values())
    signs = [sign.ceasefire_id for cell in cells for sign in cell.signs]
    meta = by_id(table("ceasefires"), "ceasefire_id")
    yield from _notes([meta[code]["source_id"] for code in dict.fromkeys(signs)], _("Ceasefires"))
    if "zones" in view.layers:
        zones = by_id(table("zones"), "zone_id")
        places = table("zone_municipalities")
        here = places.loc[places["divipola"].isin(inside), "zone_id"]
        drawn = [zone for zone in dict.fromkeys(here) if zone in _zones_on(on)]
        yield from _notes([zones[zone]["source_id"] for zone in drawn], _("Special zones"))


def _timeline_sources(view: ViewState) -> Iterable[SourceNote]:
    code = view.fill if view.fill != PRESENCE else timeline_view.DEFAULT_INDICATOR
    yield from _indicator_notes(view.with_(fill=code))
    territory = cache.legal_territory()
    here = set(territory.loc[territory["divipola"].isin(cache.scope_units(view.scope)), "ceasefire_id"])
    first, last = timeline_view.span(view, mapview.months(view))
    drawn = timeline_view.build(view, first, last)
    bars, marks = {bar.title for bar in drawn.bars}, {mark.title for mark in drawn.marks}
    ceasefires = [row for row in records(table("ceasefires")) if row["ceasefire_id"] in here]
    yield from _notes([row["source_id"] for row in ceasefires if pick(row, "title") in bars], _("Ceasefires"))
    yield from _notes(
        [row["source_id"] for row in records(table("events")) if pick(row, "title") in marks], _("Events")
    )


def _indicator_notes(view: ViewState) -> Iterable[SourceNote]:
    meta = by_id(table("indicators"), "indicator_id")[view.fill]
    yield from _notes([meta["source_id"]], pick(meta, "name"))
    if view.measure == "rate" and bool(meta["rate"]):
        yield from _notes(["dane-population"], _("Population"))


def _notes(ids: Iterable[Any], subject: str) -> Iterable[SourceNote]:
    known = by_id(table("sources"), "source_id")
    for code in dict.fromkeys(str(each) for each in ids):
        row = known[code]
        yield SourceNote(
            row["publisher"], row["title"], str(row["date_text"]), row["url"], str(row["licence"]), subject
        )


def _boundary_source() -> SourceNote:
    """Who publishes the boundaries and on what terms; of a file that somebody named, only whose file it is is known."""
    from data.sources import dane, hdx_boundaries

    downloaded = {
        dane.PUBLISHER: ("https://geoportal.dane.gov.co", dane.LICENCE),
        hdx_boundaries.PUBLISHER: (
            f"{hdx_boundaries.BASE}/dataset/{hdx_boundaries.PACKAGE}",
            hdx_boundaries.LICENCE,
        ),
    }
    found = boundaries.current(table("municipalities"))
    if found.source == "snapshot" and found.publisher in downloaded:
        url, licence = downloaded[found.publisher]
        return SourceNote(found.publisher, found.vintage, "", url, licence, _("Boundaries"))
    name = _("file of whoever runs this server ({file})", file=found.file.rsplit("/", 1)[-1])
    return SourceNote(name, found.vintage, "", "", _("terms not known: ask them"), _("Boundaries"))


def publishers(view: ViewState, on: date) -> list[str]:
    """Return who stands behind the map and the timeline's series, the map's first and the most quoted before others."""
    code = view.fill if view.fill != PRESENCE else timeline_view.DEFAULT_INDICATOR
    notes = [*_map_sources(view, on), *_indicator_notes(view.with_(fill=code))]
    return list(dict.fromkeys(note.publisher for note in notes))
