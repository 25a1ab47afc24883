"""The sections of the Comuneros file as they are drawn: origin, municipalities, commitments, zones."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import peace_process_commitments as commitments
from components import peace_process_comuneros as comuneros
from components import peace_process_events as events
from components import peace_process_presence as presence
from components import texts
from components.i18n import _, day
from components.markup import text
from components.peace_process_frame import FILES, Item, address, still_map, switch, take, title
from components.peace_process_words import AREAS, area_name
from components.view import ViewState
from data.store import table


def show(view: ViewState, item: Item) -> None:
    """Draw the part of the file that the URL names."""
    names = {
        "origin": _("Origin and split"),
        "municipalities": _("Municipalities: list and evidence"),
        "commitments": _("Commitments"),
        "zones": _("Zones"),
    }
    now = item.part if item.part in FILES else "commitments" if item.part else "origin"
    switch(view, "file", _("Part of the file"), names, now, lambda code: Item("comuneros", code))
    drawn = {
        "origin": _origin,
        "municipalities": _municipalities,
        "commitments": _commitments,
        "zones": _zones,
    }
    drawn[now](view, item)


def _origin(view: ViewState, item: Item) -> None:
    title(comuneros.origin_headline())
    mine = events.choose(events.events(), (comuneros.PROCESS,))
    listed = events.list_html(mine, address(view, "events"))
    left, right = st.columns([0.5, 0.5], gap="medium")
    with left:
        st.html(comuneros.origin_html())
    with right:
        st.html(f'<h2 class="pp-sub">{text(_("What is on record, the newest first"))}</h2>{listed}')
    take("groups", "group_lineage", "events")


def _municipalities(view: ViewState, item: Item) -> None:
    found = presence.matrix()
    title(
        presence.headline(found),
        _(
            "The list is that of the talks (road map of {date}) and no evidence; publishers are read side by side and "
            "never added. Presence is not control.",
            date=day(table("talks_municipalities")["valid_from"].iloc[0]),
        ),
    )
    left, right = st.columns([0.72, 0.28], gap="small")
    with left:
        st.html(presence.matrix_html(found))
    with right:
        still_map(view, presence.areas(found), presence.map_words(found), narino=True, focus=True)
    st.html(_level_keys())
    take("presence", "talks_municipalities", "caveats")


def _level_keys() -> str:
    levels = "".join(
        f"<li>{presence.level_swatch(level)}{text(texts.level(level))}</li>"
        for level in ("presence", "influence", "control", "dispute")
    )
    listed = f'<li><span class="pp-outline"></span>{text(_("on the list of the talks"))}</li>'
    before = f'<li class="pp-nothing">{text(_("in italics: before the split, as a front of the ELN"))}</li>'
    note = _(
        "A publisher without a report in a municipality does not name the group there: that does not mean it is absent."
    )
    return f'<ul class="pp-keys">{levels}{listed}{before}</ul><p class="pp-note">{text(note)}</p>'


def _commitments(view: ViewState, item: Item) -> None:
    every = commitments.commitments()
    area = item.part if item.part in AREAS else ""
    selected = item.part if item.part.startswith("c") and item.part not in FILES else ""
    chosen = commitments.of_area(every, area)
    newest = commitments.newest_evidence(chosen)
    title(
        commitments.headline(chosen),
        _("The newest evidence is of {date}: nothing later was found.", date=newest) if newest else "",
    )
    words = commitments.map_words(chosen)
    left, right = st.columns([0.7, 0.3], gap="medium")
    with right:
        still_map(view, commitments.areas(chosen), words, narino=True)
        st.caption(words)
    with left:
        _areas(view, every, area)
        alone = next((one for one in every if one.commitment_id == selected), None)
        if alone:
            st.html(commitments.card_html(alone, address(view, "comuneros"), unfolded=True))
    st.html(commitments.board_html(chosen, address(view, "comuneros"), selected))
    take("commitments", "commitment_municipalities")


def _areas(view: ViewState, every: Sequence[commitments.Commitment], area: str) -> None:
    counts = {code: len(commitments.of_area(every, code)) for code in AREAS}
    names = {"commitments": _("All areas"), **{code: f"{area_name(code)} · {n}" for code, n in counts.items()}}
    switch(view, "area", _("Agreed area"), names, area or "commitments", lambda code: Item("comuneros", code))
    note = _("The three areas are those agreed at the table; which subject belongs to which is our reading.")
    st.html(f'<p class="pp-note">{text(note)}</p>')
    if area in ("", "transformation"):
        st.html(f'<h2 class="pp-sub">{text(_("Pledged public works"))}</h2>{commitments.works_html(every)}')


def _zones(view: ViewState, item: Item) -> None:
    found = comuneros.zones()
    title(comuneros.zones_headline(found), _("Full disc: it operated. Empty disc: planned or agreed only."))
    left, right = st.columns([0.66, 0.34], gap="medium")
    with left:
        st.html(comuneros.zones_html(found))
    with right:
        still_map(view, comuneros.zone_areas(found), comuneros.zones_map_words(found), narino=True, focus=True)
    take("zones", "zone_groups", "zone_municipalities")
