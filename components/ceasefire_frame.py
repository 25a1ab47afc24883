"""What the sections of the ceasefires page share: the open item, the switch between sections, titles and maps.

``item=`` in the URL names what is open: blank the list, ``eln_bilateral_2023`` one ceasefire, ``effect-…`` what the
counts say about it, ``clashes`` who fights whom, ``clashes-…`` the same inside one ceasefire's territory.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components import controls, minimap, shapes
from components.ceasefire_rows import Ceasefire
from components.i18n import _
from components.markup import text
from components.peace_process_words import cited, sources
from components.rows import records
from components.view import ViewState, query
from data.store import table

STYLE = Path(__file__).with_name("static") / "ceasefires.css"
# A picture of more departments is one of the nation; that of the islands stands in an inset.
MOST_DEPARTMENTS, ISLANDS = 8, "88"
SECTIONS = ("list", "one", "effect", "clashes")
# The longest truce with the State whose months every monthly series but the police's covers.
FIRST_SHOWN = "eln_bilateral_2023"


@dataclass(frozen=True)
class Item:
    """What is open: a section and, in all but the list, a ceasefire; none in the section of clashes is the region."""

    section: str = SECTIONS[0]
    ceasefire: str = ""

    @property
    def code(self) -> str:
        """The item as the URL writes it."""
        if self.section == "list":
            return ""
        if self.section == "one":
            return self.ceasefire
        return f"{self.section}-{self.ceasefire}" if self.ceasefire else self.section


def read_item(code: str, known: Collection[str]) -> Item | None:
    """Return what a link's item names; None when it names nothing of this page."""
    if not code:
        return Item()
    if code in known:
        return Item("one", code)
    section, hyphen, ceasefire = code.partition("-")
    if section not in ("effect", "clashes") or (hyphen and ceasefire not in known):
        return None
    if section == "effect" and not ceasefire:
        return Item("effect", first_shown(known))
    return Item(section, ceasefire)


def first_shown(known: Collection[str]) -> str:
    """Return the ceasefire that opens where a link names none."""
    return FIRST_SHOWN if FIRST_SHOWN in known else min(known)


def switch(view: ViewState, item: Item, known: Collection[str]) -> None:
    """Draw the choice of section; a ceasefire stays chosen across sections."""
    names = {
        "list": _("All ceasefires"),
        "one": _("One ceasefire"),
        "effect": _("Effect"),
        "clashes": _("Who fights whom"),
    }
    key = "ceasefires-section"

    def changed() -> None:
        section = st.session_state[key]
        keeps = section in ("one", "effect") or (section == "clashes" and item.section != "list" and item.ceasefire)
        chosen = Item(section, (item.ceasefire or first_shown(known)) if keeps else "")
        controls.show(view.with_(item=chosen.code))

    controls.shown(key, item.section)
    st.segmented_control(
        _("Section"),
        list(names),
        format_func=lambda code: names[code],
        key=key,
        on_change=changed,
        required=True,
        label_visibility="collapsed",
    )


def ceasefire_picker(view: ViewState, item: Item, rows: Sequence[Ceasefire], nothing: str = "") -> None:
    """Draw the choice of ceasefire, the latest first; `nothing` is what stands for none."""
    key = f"ceasefires-{item.section}-picker"
    titles = {row.ceasefire_id: row.title for row in reversed(rows)}
    names = {"": nothing, **titles} if nothing else titles

    def changed() -> None:
        controls.show(view.with_(item=Item(item.section, st.session_state[key]).code))

    controls.shown(key, item.ceasefire)
    st.selectbox(
        _("Ceasefire"),
        list(names),
        format_func=lambda code: names[code],
        key=key,
        on_change=changed,
        label_visibility="collapsed",
        placeholder=_("Choose a ceasefire"),
    )


def link_to(view: ViewState, item: Item, label: str) -> None:
    """Draw a link to another part of this page that keeps the view."""
    target = view.with_(item=item.code)
    if view.embed:
        # Streamlit refuses a page link that names `embed`, and one that does not would leave the frame it is in.
        st.button(label, key=f"ceasefires-to-{item.code}", type="tertiary", on_click=controls.show, args=(target,))
        return
    st.page_link(st.session_state["pages"]["ceasefires"], label=label, query_params=query(target))


def title(sentence: str, below: str = "") -> None:
    """Draw what is seen as a sentence, and what must be known to read it."""
    st.html(f'<h1 class="headline">{text(sentence)}</h1>')
    if below:
        st.html(f'<p class="subline">{text(below)}</p>')


def subtitle(words: str) -> None:
    """Draw the title of a part."""
    st.html(f'<h2 class="cf-sub">{text(words)}</h2>')


def note(words: str) -> None:
    """Draw a remark."""
    st.html(f'<p class="cf-note">{text(words)}</p>')


def cite(*source_ids: str) -> None:
    """Name the sources of the figures above: publisher, what it is, date and where to read it."""
    known = sources()
    listed = " · ".join(
        f"{cited(known[key]).html()}: {text(known[key]['title'])}" if known[key]["title"] else cited(known[key]).html()
        for key in source_ids
    )
    st.html(f'<p class="cf-note">{text(_("Sources of the figures"))}: {listed}</p>')


def places() -> dict[str, tuple[str, str]]:
    """Return the department and the name of every municipality by its code."""
    units = records(table("municipalities")[["divipola", "department", "name"]])
    return {unit["divipola"]: (unit["department"], unit["name"]) for unit in units}


def take(*names: str) -> None:
    """Say where the tables behind the section can be taken away."""
    links = " · ".join(f"[{name}](/api/v1/tables/{name}?format=csv)" for name in names)
    st.caption(_("Data as CSV: {links}", links=links))


def geometry_for(view: ViewState, codes: Collection[str]) -> shapes.Geometry:
    """Return Nariño's geometry when all of the municipalities lie there, else the nation's."""
    narino = bool(codes) and all(code.startswith("52") for code in codes)
    return shapes.geometry_of(view.with_(page="narino" if narino else "colombia"))


def near(codes: Collection[str]) -> Collection[str]:
    """Return the municipalities that fill a picture: all given, or none when they lie all over the nation."""
    departments = {code[:2] for code in codes}
    return () if len(departments) > MOST_DEPARTMENTS or ISLANDS in departments else codes


def still_map(
    view: ViewState,
    areas: Mapping[str, minimap.Area],
    alt: str,
    *,
    whole: bool = False,
    width: int = 400,
) -> None:
    """Draw a small map with its attribution; `whole` shows the nation where a part of it would do."""
    geometry = geometry_for(view, areas)
    inside = () if whole or geometry.payload.scope == "narino" else near(areas)
    st.html(minimap.picture(geometry.payload, areas, alt, width=width, focus=inside))
    st.caption(shapes.caption(geometry))
