"""What the sections of the peace process share: what the URL opens, switches, headlines, maps and downloads.

``item=`` in the URL names the section and, after a hyphen, what is open in it: ``tables-eln``, ``events-ev085``,
``comuneros-municipalities``, ``comuneros-c16``, ``claims-massacres``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from components import controls, minimap, shapes
from components.i18n import _
from components.markup import text
from components.peace_process_words import AREAS
from components.view import ViewState, query
from data.store import table

SECTIONS = ("tables", "events", "comuneros", "claims")
FILES = ("origin", "municipalities", "commitments", "zones")


@dataclass(frozen=True)
class Item:
    """What of the page is open: a section, and a part of it or nothing."""

    section: str = SECTIONS[0]
    part: str = ""

    @property
    def code(self) -> str:
        """The item as the URL writes it; blank for the page as it opens."""
        if self == Item():
            return ""
        return f"{self.section}-{self.part}" if self.part else self.section


def read_item(code: str, parts: Mapping[str, Collection[str]]) -> Item | None:
    """Return what a link's item names; None when it names nothing of this page.

    Parameters
    ----------
    code : the item of the URL; blank opens the first section.
    parts : what may be open in each section.
    """
    if not code:
        return Item()
    section, _hyphen, part = code.partition("-")
    if section not in SECTIONS or (part and part not in parts[section]):
        return None
    return Item(section, part)


def known_parts() -> dict[str, Collection[str]]:
    """Return what may be open in each section, from the tables."""
    return {
        "tables": set(table("processes")["process_id"]),
        "events": set(table("events")["event_id"]),
        "comuneros": {*FILES, *AREAS, *table("commitments")["commitment_id"]},
        "claims": set(table("totals_national")["indicator"]),
    }


def switch(
    view: ViewState, name: str, label: str, names: Mapping[str, str], now: str, target: Callable[[str], Item]
) -> None:
    """Draw a row of choices that opens another part of the page."""
    key = f"peace-process-{name}"

    def changed() -> None:
        chosen = target(st.session_state[key])
        kept = view if chosen.section == "events" else view.with_(process=(), category=(), since=0)
        controls.show(kept.with_(item=chosen.code))

    controls.shown(key, now)
    st.segmented_control(
        label,
        list(names),
        format_func=lambda code: names[code],
        key=key,
        on_change=changed,
        required=True,
        label_visibility="collapsed",
    )


def title(sentence: str, below: str = "") -> None:
    """Draw the sentence that says what is seen, and a line below it."""
    st.html(f'<h1 class="headline">{text(sentence)}</h1>')
    if below:
        st.html(f'<p class="subline">{text(below)}</p>')


def address(view: ViewState, section: str) -> Callable[[str], str]:
    """Return the function that gives the address of a part of a section, with the choices of this view."""
    return lambda part: "?" + urlencode(query(view.with_(item=Item(section, part).code)))


def take(*names: str) -> None:
    """Say where the tables behind the section can be taken away."""
    links = " · ".join(f"[{name}](/api/v1/tables/{name}?format=csv)" for name in names)
    st.caption(_("Data as CSV: {links}", links=links))


def still_map(
    view: ViewState, areas: Mapping[str, minimap.Area], words: str, *, narino: bool, focus: bool = False
) -> None:
    """Draw a small still map of Nariño or the nation, with its words as the text for those who do not see it."""
    geometry = shapes.geometry_of(view.with_(page="narino" if narino else "colombia"))
    st.html(minimap.picture(geometry.payload, areas, words, width=380, focus=areas if focus else ()))
    st.caption(shapes.caption(geometry))
