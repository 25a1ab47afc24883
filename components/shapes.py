"""The geometry of a map: polygons where the boundaries suffice, else the tile map; and what to say about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components import cache
from components.i18n import _, enumerate_names, number
from components.server.assets import publish
from components.view import ViewState
from data.paths import cache_dir
from data.store import table
from geo import boundaries, geometry


@dataclass(frozen=True)
class Geometry:
    """The built geometry of a map, and the messages that belong over it."""

    payload: geometry.Payload
    kind: str
    version: str
    attribution: str
    messages: tuple[str, ...]


def geometry_of(view: ViewState) -> Geometry:
    """Return the geometry to draw a view with; the tile map when it is wanted or when the polygons do not suffice."""
    scope = "narino" if view.scope == "52" else "colombia"
    found = boundaries.current(table("municipalities"))
    kind = found.kind_for(scope, "tile" if view.map == "tile" else "geo")
    payload = _built(cache.current_version(), kind, scope, found.digest if kind == "geo" else "", found)
    told = [] if view.map == "tile" and not found.codes else [_words(problem) for problem in found.told(scope)]
    return Geometry(
        payload=payload,
        kind=kind,
        version=f"{cache.current_version()}{payload.digest[:8]}",
        attribution=_attribution(found, kind),
        messages=tuple(message for message in (*told, _progress(view)) if message),
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _built(version: str, kind: Any, scope: Any, digest: str, _found: boundaries.Boundaries) -> geometry.Payload:
    municipalities = table("municipalities")
    return geometry.build(kind, scope, municipalities, _found if kind == "geo" else None, cache=cache_dir())


@st.cache_resource(max_entries=4, show_spinner=False)
def _names(version: str, scope: str) -> bytes:
    units = set(cache.scope_units(scope))
    rows = table("municipalities")
    rows = rows[rows["divipola"].isin(units)]
    listed = rows[["divipola", "name", "department"]].to_numpy().tolist()
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode()


def names_asset(view: ViewState) -> str:
    """Publish the municipalities of the map for the search box and return the hash that names the list."""
    return publish(_names(cache.current_version(), view.scope))


def _attribution(found: boundaries.Boundaries, kind: str) -> str:
    if kind == "tile":
        return _("One hexagon per municipality, placed from the seats (DIVIPOLA, DANE)")
    parts = [found.publisher.upper() or _("Boundaries: {file}", file=found.file.rsplit("/", 1)[-1]), found.vintage]
    return " · ".join(part for part in parts if part)


def _progress(view: ViewState) -> str:
    status = boundaries.download_status()
    if view.map == "tile" or status.state != "running":
        return ""
    publisher = status.publisher.upper() or "DANE"
    if status.total:
        share = number(100 * status.done / status.total)
        return _(
            "The boundaries are being downloaded from {publisher} ({share} %). The tile map stands in until then.",
            publisher=publisher,
            share=share,
        )
    return _(
        "The boundaries are being downloaded from {publisher}. The tile map stands in until then.", publisher=publisher
    )


def _words(problem: boundaries.Problem) -> str:
    """Put a problem of the boundaries into words; a notice that changes nothing on the map is not said over it."""
    if problem.severity == "notice" and problem.code not in ("downloads_forbidden",):
        return ""
    params = {name: _shown(value) for name, value in problem.params.items()}
    return _MESSAGES[problem.code](params)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {item}" for key, item in value.items())
    return enumerate_names([str(item) for item in list(value)[:6]]) if value is not None else ""


def _tile_stands_in(message: str) -> str:
    return f"{message} {_('The tile map stands in.')}"


def _missing(p: Mapping[str, str]) -> str:
    return _tile_stands_in(
        _(
            "The boundary file {file} has {have} of {expected} municipalities; missing: {codes}.",
            file=p["file"],
            have=p["have"],
            expected=p["expected"],
            codes=p["codes"],
        )
    )


def _refused(p: Mapping[str, str]) -> str:
    return _(
        "The boundaries could not be downloaded from {publisher} ({detail}). Set MUNICIPAL_BOUNDARIES to a file of "
        "your own, or restart the application to try again.",
        publisher=p.get("publisher", "").upper(),
        detail=p.get("detail") or p.get("fault", ""),
    )


_MESSAGES = {
    "file_missing": lambda p: _tile_stands_in(
        _("The boundary file {file} (MUNICIPAL_BOUNDARIES) does not exist.", file=p["file"])
    ),
    "file_type_unknown": lambda p: _tile_stands_in(
        _("The boundary file {file} is of an unknown kind: use GeoJSON, GeoPackage or a shapefile.", file=p["file"])
    ),
    "file_unreadable": lambda p: _tile_stands_in(
        _("The boundary file {file} cannot be read: {detail}.", file=p["file"], detail=p.get("detail", ""))
    ),
    "no_divipola": lambda p: _tile_stands_in(
        _(
            "The boundary file {file} has no DIVIPOLA column; its columns are {columns}.",
            file=p["file"],
            columns=p.get("columns", ""),
        )
    ),
    "divipola_not_codes": lambda p: _tile_stands_in(
        _("In the boundary file {file}, column {column} holds no DIVIPOLA codes.", file=p["file"], column=p["column"])
    ),
    "no_known_codes": lambda p: _tile_stands_in(
        _(
            "In the boundary file {file}, column {column} names no known municipality.",
            file=p["file"],
            column=p["column"],
        )
    ),
    "no_polygons": lambda p: _tile_stands_in(_("The boundary file {file} holds no polygons.", file=p["file"])),
    "crs_missing": lambda p: _tile_stands_in(
        _("The boundary file {file} declares no coordinate system and its coordinates are not degrees.", file=p["file"])
    ),
    "crs_wrong": lambda p: _tile_stands_in(
        _("The boundary file {file} lies outside Colombia as declared ({crs}).", file=p["file"], crs=p.get("crs", ""))
    ),
    "polygons_misplaced": lambda p: _tile_stands_in(
        _(
            "In the boundary file {file}, {count} polygons lie far from their municipality.",
            file=p["file"],
            count=p["count"],
        )
    ),
    "municipalities_missing": _missing,
    "newer_than_boundaries": lambda p: _(
        "The boundaries are older than {codes}: its ground is drawn inside its neighbours.", codes=p["codes"]
    ),
    "snapshot_damaged": lambda p: _("The downloaded boundaries were damaged and are fetched again."),
    "downloads_forbidden": lambda p: _(
        "No boundaries on this machine and downloads are switched off (PAZ_OFFLINE): the tile map stands in."
    ),
    "download_failed": _refused,
    "download_not_kept": lambda p: _(
        "The downloaded boundaries could not be kept: {detail}.", detail=p.get("detail", "")
    ),
}
