"""The legend: what is on the map now, each pattern once, and nothing else.

Styles carry the keys of what explains them (``geo.symbology``). A legend is made of entries for keys: :func:`sections`
as styles and texts, which exports draw as they like; :func:`legend_html` as HTML. On the page it holds an entry for
every key that the layer can show in any month; those that are not on the map now are hidden. While time is scrubbed the
map says on the page view's channel which keys it shows, so that the legend follows without the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Protocol, TypeAlias

import streamlit as st
from streamlit.components.v2 import component

from components.i18n import _
from components.server.assets import static_url
from components.swatches import any_swatch_svg
from geo import symbology
from geo.symbology import Band, CeasefireStyle, Fill, Outline, Style, ZoneStyle

AnyStyle: TypeAlias = Style | CeasefireStyle | ZoneStyle


class Keyed(Protocol):
    """A style of any kind: it names the entries that explain it."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the legend."""
        ...


@dataclass(frozen=True)
class LegendSpec:
    """What the legend explains.

    Parameters
    ----------
    possible
        Keys of every style that the map can show in any month.
    shown
        Keys of the styles on the map now.
    families
        Names of the families by code, in the reader's language.
    classes
        The range of each class of the indicator, zero first, in the reader's language.
    measure
        What the classes count, shown above them; blank for presence.
    nothing
        What "no record" means on this map where it is another nothing; blank keeps the common words.
    channel
        Name of the page view's BroadcastChannel; blank draws a legend that stands still.
    """

    possible: frozenset[str]
    shown: frozenset[str]
    families: Mapping[str, str]
    classes: tuple[str, ...] = ()
    measure: str = ""
    nothing: str = ""
    channel: str = ""


def keys_of(styles: Iterable[Keyed | None]) -> frozenset[str]:
    """Return the keys of styles; None counts for nothing."""
    return frozenset(key for style in styles if style is not None for key in style.keys)


@dataclass(frozen=True)
class Entry:
    """One line of the legend: its styles by key, and its text."""

    styles: tuple[tuple[str, AnyStyle], ...]
    text: str


@dataclass(frozen=True)
class Section:
    """A part of the legend; the heading may be blank."""

    heading: str
    entries: tuple[Entry, ...]


def sections(spec: LegendSpec) -> tuple[Section, ...]:
    """Return the legend in reading order, for every possible key; empty sections are left out."""
    parts = (
        Section(_("Groups reported"), _family_entries(spec)),
        Section(spec.measure, _class_entries(spec)),
        Section(_("How they are reported"), _kept(spec, _how())),
        Section(_("Ceasefires"), _kept(spec, _ceasefires())),
        Section(_("Special zones"), _kept(spec, _zones())),
        Section("", _kept(spec, _nothings(spec))),
    )
    return tuple(part for part in parts if part.entries)


def shown_sections(spec: LegendSpec) -> tuple[Section, ...]:
    """Return only what is on the map now: the legend of a picture that stands still."""
    return sections(_still(spec))


def _still(spec: LegendSpec) -> LegendSpec:
    return replace(spec, possible=spec.shown, channel="")


def _family_entries(spec: LegendSpec) -> tuple[Entry, ...]:
    lines = []
    for family in symbology.FAMILY_HUES:
        styles = tuple(
            (key, symbology.presence_style([(family, level)]))
            for level in symbology.LEVELS
            if (key := f"family:{family}:{level}") in spec.possible
        )
        if styles:
            lines.append(Entry(styles, spec.families.get(family, family)))
    return tuple(lines)


def _class_entries(spec: LegendSpec) -> tuple[Entry, ...]:
    count = len(spec.classes)
    return tuple(
        Entry(((key, symbology.indicator_style("reported", index, count)),), text)
        for index, text in enumerate(spec.classes)
        if (key := f"class:{index}") in spec.possible
    )


_Lines: TypeAlias = Iterable[tuple[str, AnyStyle | None, str]]


def _kept(spec: LegendSpec, lines: _Lines) -> tuple[Entry, ...]:
    return tuple(Entry(((key, style),), text) for key, style, text in lines if style and key in spec.possible)


# What a level or a mark means is shown in ink and grey, since it holds for every hue.
_INK_LINES = Fill(bands=(Band(symbology.INK, 1.8), Band(None, 4.2)))
_TWO = Fill(bands=(Band(symbology.INK, 1.9), Band(None, 2.9), Band("#9a958a", 1.9), Band(None, 2.9)))
_AGED_LINES = Fill(bands=(Band(symbology.INK, 1.0), Band(None, 5.0)))


def _plain(fill: Fill) -> Style:
    return Style(fill, symbology.HAIRLINE)


def _how() -> _Lines:
    aged = Style(_AGED_LINES, Outline(symbology.INK, 1.1, symbology.AGED_DASH))
    return (
        ("level:presence", _plain(_INK_LINES), _("Lines: presence")),
        ("level:influence", _plain(Fill(symbology.hue(symbology.UNNAMED).tint)), _("Light tint: influence")),
        ("level:control", _plain(Fill("#5c5c5c")), _("Full colour: control, as the source says")),
        ("mark:two", _plain(_TWO), _("Stripes: two families of groups; of more, the two strongest")),
        ("mark:dispute", Style(_TWO, symbology.DISPUTE_OUTLINE), _("Dark outline: dispute reported")),
        ("mark:many", replace(_plain(Fill()), number=symbology.MANY_GROUPS), _("Number: three or more groups")),
        ("mark:aged", aged, _("Paler, thin lines or white dots, dashed outline: newest evidence over 12 months old")),
    )


def _ceasefires() -> _Lines:
    texts = {
        ("ceasefire", "in_force"): _("Ceasefire in force"),
        ("ceasefire", "announced"): _("Ceasefire announced or never in force"),
        ("ceasefire", "unknown"): _("Ceasefire: not known since its last report"),
        ("humanitarian_pledge", "in_force"): _("Humanitarian pledge (no ceasefire)"),
        ("humanitarian_pledge", "announced"): _("Humanitarian pledge announced"),
        ("humanitarian_pledge", "unknown"): _("Humanitarian pledge: not known since its last report"),
        ("suspension_of_operations", "in_force"): _("Operations suspended by one side"),
        ("suspension_of_operations", "announced"): _("Suspension of operations announced"),
        ("suspension_of_operations", "unknown"): _("Suspension of operations: not known since its last report"),
        ("gang_truce", "in_force"): _("Truce between gangs"),
        ("gang_truce", "announced"): _("Truce between gangs announced"),
        ("gang_truce", "unknown"): _("Truce between gangs: not known since its last report"),
    }
    for (kind, status), text in texts.items():
        style = symbology.ceasefire_style(kind, status)
        if style is not None:
            yield style.keys[0], style, text
    nationwide = symbology.Badge("pause", nationwide=True)
    yield "ceasefire:nationwide", CeasefireStyle(None, nationwide, ()), _("Second ring: binds the group wherever it is")


def _zones() -> _Lines:
    return (
        ("zone:active", symbology.zone_style("active"), _("Zone in operation")),
        (
            "zone:decreed_not_operating",
            symbology.zone_style("decreed_not_operating"),
            _("Zone decreed, never in operation"),
        ),
        ("zone:unknown", symbology.zone_style("unknown"), _("Zone: operation not known")),
    )


def _nothings(spec: LegendSpec) -> _Lines:
    not_reported = _("Not reported: no evidence in the window, not proof of peace")
    return (
        ("nothing:not_reported", symbology.NOT_REPORTED, not_reported),
        ("nothing:no_record", symbology.NO_RECORD, spec.nothing or _("No record in the source: not zero")),
        ("nothing:not_downloaded", symbology.NOT_DOWNLOADED, _("Not downloaded")),
    )


def legend_html(spec: LegendSpec) -> str:
    """Return the legend as HTML with inline SVG; every text is escaped, entries that are not shown are hidden."""
    parts = "".join(_section_html(spec, part) for part in sections(spec))
    return f'<div class="legend" role="group" aria-label="{escape(_("Legend"), quote=True)}">{parts}</div>'


def _section_html(spec: LegendSpec, part: Section) -> str:
    title = f"<h2>{escape(part.heading)}</h2>" if part.heading else ""
    items = "".join(_item_html(spec, entry) for entry in part.entries)
    return f"<section{_hidden(spec, part.entries)}>{title}<ul>{items}</ul></section>"


def _item_html(spec: LegendSpec, entry: Entry) -> str:
    swatches = "".join(_swatch_html(spec, key, style) for key, style in entry.styles)
    return f"<li{_hidden(spec, [entry])}>{swatches}<span>{escape(entry.text)}</span></li>"


def _swatch_html(spec: LegendSpec, key: str, style: AnyStyle) -> str:
    hidden = "" if key in spec.shown else " hidden"
    svg = any_swatch_svg(style, key.replace(":", "-"))
    return f'<span class="swatch" data-key="{escape(key, quote=True)}"{hidden}>{svg}</span>'


def _hidden(spec: LegendSpec, lines: Iterable[Entry]) -> str:
    return "" if any(key in spec.shown for line in lines for key, _style in line.styles) else " hidden"


_LOADER = """
const modules = new Map();
export default function (component) {
  const url = new URL(component.data.script, document.baseURI).href;
  if (!modules.has(url)) modules.set(url, import(url));
  let alive = true, end;
  modules.get(url).then((module) => { if (alive) end = module.default(component); });
  return () => { alive = false; if (end) end(); };
}
"""


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return component("paz_legend", html='<div class="root"></div>', js=_LOADER)


def render_legend(spec: LegendSpec, *, key: str = "legend") -> None:
    """Draw the legend; with a channel it follows the map while time is scrubbed."""
    data = {
        "script": static_url("legend.js"),
        "style": static_url("legend.css"),
        "channel": spec.channel,
        "html": legend_html(spec),
    }
    _component()(data=data, key=key)
