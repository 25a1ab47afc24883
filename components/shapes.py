"""The geometry of a map: polygons where the boundaries suffice, else the tile map; and what to say about it.

A reader is told in a sentence that the tile map stands in, and nothing of machines; who was asked and what came back
stands behind a fold (and in the server's log). Only a file that a person named is told by name and fault at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components import cache, datapage_words
from components.i18n import _, enumerate_names, number
from components.markup import details, text
from components.server.assets import publish
from components.view import ViewState
from data.paths import cache_dir
from data.store import table
from geo import boundaries, geometry


@dataclass(frozen=True)
class Geometry:
    """The built geometry of a map, and what belongs over it.

    Attributes
    ----------
    messages
        Sentences for every reader.
    reasons
        Why borders are missing, publisher by publisher, for whoever runs the application: behind a fold.
    faulty
        Whether the messages are about a file that a person named, and so need an answer.
    """

    payload: geometry.Payload
    kind: str
    version: str
    attribution: str
    messages: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    faulty: bool = False


def geometry_of(view: ViewState) -> Geometry:
    """Return the geometry to draw a view with; the tile map when it is wanted or when the polygons do not suffice."""
    scope = "narino" if view.scope == "52" else "colombia"
    found = boundaries.current(table("municipalities"))
    kind = found.kind_for(scope, "tile" if view.map == "tile" else "geo")
    payload = _built(cache.current_version(), kind, scope, found.digest if kind == "geo" else "", found)
    told = () if view.map == "tile" and not found.codes else found.told(scope)
    return Geometry(
        payload=payload,
        kind=kind,
        version=f"{cache.current_version()}{payload.digest[:8]}",
        attribution=_attribution(found, kind),
        messages=tuple(message for message in (*_messages(told), _progress(view)) if message),
        reasons=tuple(_REASONS[problem.code](problem.params) for problem in told if problem.code in _REASONS),
        faulty=found.source == "file",
    )


def say(drawn: Geometry) -> None:
    """Draw what belongs over a map: a calm line with its reasons folded, or the faults of the file that was named."""
    if drawn.faulty:
        for message in drawn.messages:
            st.warning(message)
    elif drawn.messages:
        st.html(said_html(drawn))


def caption(drawn: Geometry) -> str:
    """Return whose borders a small map shows, or what stands in for them, in sentences."""
    return " ".join((f"{drawn.attribution}." if drawn.messages else drawn.attribution, *drawn.messages))


def said_html(drawn: Geometry) -> str:
    """Return what is missing and what stands in as escaped HTML, with the reasons and what to do behind a fold."""
    said = [*drawn.messages, *([_("Each hexagon is one municipality.")] if drawn.kind == "tile" else [])]
    line = f'<p class="hint">{text(" ".join(said))}</p>'
    return f"{line}{_fold(drawn.reasons)}" if drawn.reasons else line


def _fold(reasons: tuple[str, ...]) -> str:
    listed = "".join(f"<li>{text(reason)}</li>" for reason in reasons)
    advice = _(
        "Whoever runs the application can name a boundary file with MUNICIPAL_BOUNDARIES, or restart it to ask again. "
        "Figures and lists are the same on both maps."
    )
    body = f'<ul class="chart-notes">{listed}</ul><p class="hint">{text(advice)}</p>'
    return f'<div class="hint">{details(text(_("Why, and what to do")), body)}</div>'


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


def _messages(told: tuple[boundaries.Problem, ...]) -> list[str]:
    """Put problems into words, each sentence once; a notice that changes nothing on the map is not said over it."""
    over = [problem for problem in told if problem.severity != "notice" or problem.code in _REASONS]
    params = ({name: _shown(value) for name, value in problem.params.items()} for problem in over)
    return list(dict.fromkeys(_MESSAGES[problem.code](shown) for problem, shown in zip(over, params, strict=True)))


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


def _refusal(p: Mapping[str, Any]) -> str:
    """Who was asked, what went wrong, and the words of the machine."""
    fault, detail = datapage_words.fault(str(p.get("fault") or "")), str(p.get("detail") or "")
    said = " ".join(part for part in (fault, f"({detail})" if detail else "") if part)
    publisher = str(p.get("publisher") or "").upper()
    return f"{publisher}: {said}" if publisher else said


_REASONS = {
    "download_failed": _refusal,
    "download_not_kept": lambda p: _(
        "The downloaded boundaries could not be kept: {detail}.", detail=str(p.get("detail") or "")
    ),
    "downloads_forbidden": lambda p: _("Downloads are turned off on this machine.") + " (PAZ_OFFLINE)",
}

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
    "downloads_forbidden": lambda p: _("This server has no municipal borders: the tile map stands in."),
    "download_failed": lambda p: _("The municipal borders could not be downloaded: the tile map stands in."),
    "download_not_kept": lambda p: _("The municipal borders could not be stored: the tile map stands in."),
}
