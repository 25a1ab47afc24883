"""The map: a constant folium base, and one small message per rerun that says what it shows now.

Folium draws an empty frame whose script (``static/map.js``) fetches geometry and state over HTTP and keeps them. A
rerun sends the hashes of the state, a month, and what is selected, through ``st_folium(feature_group_to_add=...)``; the
frame is not mounted again, so that zoom and pan stay. A click comes back as a latitude and a longitude.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import folium
import streamlit as st
from branca.element import MacroElement
from folium.template import Template

from components.i18n import _, language
from components.server.assets import leaflet_url, payload_url, static_url

Bounds = tuple[tuple[float, float], tuple[float, float]]
FRAME_KEY = "map-frame"


@dataclass(frozen=True)
class LayerRef:
    """A published layer: `state` holds all months, `exact` one column for a day that is not its month's own day."""

    state: str
    exact: str | None = None


@dataclass(frozen=True)
class MapSpec:
    """Everything the map shows.

    Parameters
    ----------
    geometry
        Hash of the published geometry.
    bounds
        ((south, west), (north, east)) in degrees: what the whole map shows.
    scope, kind
        ``narino`` or ``colombia``; ``geo`` or ``tile``.
    version
        Version of the data; a new one mounts a new map.
    channel
        Name of the page view's BroadcastChannel, shared with the time control.
    month
        The month shown, "YYYY-MM".
    fill, ceasefires
        Published layers; None where the view has none.
    zones
        Hash of the published zones.
    selected
        DIVIPOLA codes drawn with the selection's outline.
    overlays
        Of ``ceasefires, zones, numbers, departments, subregions, osm``.
    label
        What the map shows, for people who do not see it.
    attribution
        Where the boundaries come from, plain text.
    fit
        Bounds to move to once, when they change.
    places
        Words beside the map that say where it is, (text, longitude, latitude) in degrees.
    now
        The fill at the date shown (:func:`components.map_payload.month_payload`), where that is small: the map need
        not wait for the fill's other months.
    """

    geometry: str
    bounds: Bounds
    scope: str
    kind: str
    version: str
    channel: str
    month: str
    fill: LayerRef | None
    ceasefires: LayerRef | None = None
    zones: str | None = None
    selected: tuple[str, ...] = ()
    overlays: tuple[str, ...] = ()
    label: str = ""
    attribution: str = ""
    fit: Bounds | None = None
    places: tuple[tuple[str, float, float], ...] = ()
    now: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class MapEvent:
    """A click on the map, in degrees."""

    lat: float
    lon: float


class _BaseMap(folium.Map):
    """Folium's map with our own Leaflet in place of everything folium would fetch from elsewhere."""

    def __init__(self, spec: MapSpec) -> None:
        (south, west), (north, east) = spec.bounds
        super().__init__(
            location=[(south + north) / 2, (west + east) / 2],
            zoom_start=6,
            tiles=None,
            zoom_control=False,
            attribution_control=False,
            zoom_snap=0.1,
            zoom_delta=0.7,
            max_zoom=12,
            bounce_at_zoom_limits=False,
        )
        # The geometry's address rides behind the script's: it is fetched while Leaflet itself is still on its way.
        script = f"{static_url('map.js')}#{payload_url('geometry', spec.geometry)}"
        self.default_js = [("paz_map", script), ("leaflet", leaflet_url("leaflet.js"))]
        self.default_css = [("leaflet_css", leaflet_url("leaflet.css")), ("paz_css", static_url("map.css"))]
        self.add_child(_Start(start_config(spec)))


class _Start(MacroElement):
    """Hands the empty map to our script."""

    _template = Template(
        "{% macro script(this, kwargs) %}PazMap.start(map_div, {{ this.config|tojson }});{% endmacro %}"
    )

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self._name = "PazStart"
        self.config = config


class _Update(MacroElement):
    """Tells our script what to show now."""

    _template = Template("{% macro script(this, kwargs) %}PazMap.update({{ this.message|tojson }});{% endmacro %}")

    def __init__(self, message: Mapping[str, Any]) -> None:
        super().__init__()
        self._name = "PazUpdate"
        self.message = message


def start_config(spec: MapSpec) -> dict[str, Any]:
    """Return what the map needs to know once: it may not change while the map stands."""
    from html import escape

    return {
        "geometry": payload_url("geometry", spec.geometry),
        "bounds": spec.bounds,
        "scope": spec.scope,
        "kind": spec.kind,
        "channel": spec.channel,
        "attribution": escape(spec.attribution),
        "places": [list(place) for place in spec.places],
        "texts": {
            "lang": language(),
            "zoomIn": _("Zoom in"),
            "zoomOut": _("Zoom out"),
            "wholeMap": _("Show the whole map"),
            "label": _("Map. Arrow keys move it, plus and minus zoom. The table holds the same facts."),
            "twoFingers": _("Use two fingers to move the map."),
            "failed": _("The map could not be loaded. Reload the page; the table shows the same facts."),
        },
    }


def update_message(spec: MapSpec) -> dict[str, Any]:
    """Return the message of one rerun: hashes, the month and what is selected; a few KB at most."""
    message = {
        "month": spec.month,
        "fill": _layer(spec.fill),
        "ceasefires": _layer(spec.ceasefires),
        "zones": spec.zones and payload_url("state", spec.zones),
        "selected": list(spec.selected),
        "overlays": sorted(spec.overlays),
        "label": spec.label,
        "fit": spec.fit,
        "now": spec.now,
    }
    stamp = hashlib.sha256(json.dumps(message, sort_keys=True).encode()).hexdigest()[:12]
    return {**message, "stamp": stamp}


def _layer(ref: LayerRef | None) -> dict[str, str] | None:
    if ref is None:
        return None
    exact = {"exact": payload_url("state", ref.exact)} if ref.exact else {}
    return {"state": payload_url("state", ref.state), **exact}


def map_key(spec: MapSpec) -> str:
    """Return the key under which the frame stays mounted: data version, scope, kind, geometry and language."""
    return "-".join(("map", spec.scope, spec.kind, spec.version, spec.geometry, language(), spec.channel))


def render_map(
    spec: MapSpec, *, height: int = 560, on_click: Callable[[MapEvent], None] | None = None
) -> MapEvent | None:
    """Draw the map; return the click that caused this run, if one did.

    Parameters
    ----------
    spec
        What to show.
    height
        Height in pixels where the viewport allows it; small screens bound it.
    on_click
        Gets the click before the run begins, so that a click costs one run and not two.
    """
    # streamlit-folium takes seconds of imports with it on a cold start; the first page without a map does without.
    from streamlit_folium import st_folium

    key = map_key(spec)

    def clicked() -> None:
        event = _new_click(key, (st.session_state.get(key) or {}).get("last_clicked"))
        if event is not None and on_click is not None:
            on_click(event)

    group = folium.FeatureGroup(name="state")
    group.add_child(_Update(update_message(spec)))
    st.html(_frame_style(height))
    with st.container(key=FRAME_KEY):
        answer = st_folium(
            _BaseMap(spec),
            key=key,
            height=height,
            use_container_width=True,
            returned_objects=["last_clicked"],
            feature_group_to_add=group,
            on_change=clicked if on_click else None,
        )
    return _new_click(key, (answer or {}).get("last_clicked"))


def _frame_style(height: int) -> str:
    rule = f".st-key-{FRAME_KEY} iframe"
    return (
        f"<style>{rule} {{ display: block; width: 100%; height: {height}px !important; border: 1px solid #ddd8ce; }}"
        f" @media (max-width: 640px) {{ {rule} {{ height: min({height}px, 62svh) !important; }} }}</style>"
    )


def _new_click(key: str, clicked: Mapping[str, float] | None) -> MapEvent | None:
    """Return a click once: the component repeats its last one on every rerun."""
    seen = f"{key}-seen"
    if not clicked or st.session_state.get(seen) == clicked:
        return None
    st.session_state[seen] = dict(clicked)
    return MapEvent(float(clicked["lat"]), float(clicked["lng"]))
