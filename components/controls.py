"""What a reader can change. The URL is the only state: a control shows the view, and a change rewrites the URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from components.i18n import _, ngettext
from components.view import CONFIDENCES, LAYERS, MAPS, MEASURES, PRESENCE, WINDOWS, ViewState, query


def show(view: ViewState) -> None:
    """Make `view` the view of this session: write it to the URL."""
    # Streamlit keeps `embed` in the URL by itself and lets nobody write it. A language that nobody chose stays out of
    # the link, so that it opens in the language of whoever receives it.
    left_out = {"embed"} if "lang" in st.query_params else {"embed", "lang"}
    st.query_params.from_dict({key: value for key, value in query(view).items() if key not in left_out})
    # The browser has just been told: the run that follows need not say it again.
    st.session_state["address"] = view.page, _asked()


def keep_address(page: str) -> None:
    """Have the browser's address say what this run was asked for.

    A link to the page that is open already asks for another view, but Streamlit leaves the address as it was: a copy
    of it, a reload and the way back would all miss that view. Said again, the address follows and the history gains a
    step; an address that says so already stays as it is.

    Parameters
    ----------
    page
        The page of this run: between two pages the browser writes the address itself.
    """
    asked = _asked()
    last_page, last = st.session_state.get("address", (page, asked))
    st.session_state["address"] = page, asked
    if page == last_page and asked != last:
        st.query_params.from_dict(asked)


def _asked() -> dict[str, list[str]]:
    return {key: st.query_params.get_all(key) for key in st.query_params}


def changer(view: ViewState, field: str, convert: Callable[[Any], Any] = lambda value: value) -> tuple[str, Any]:
    """Return a widget key and the callback that puts the widget's value into one field of the view."""
    key = f"control-{view.page}-{field}"

    def changed() -> None:
        show(view.with_(**{field: convert(st.session_state[key])}))

    return key, changed


def shown(key: str, value: Any) -> None:
    """Make a widget show `value`, whatever it showed before: links and clicks change the view too.

    Said at every run, also when nothing changed: a control in a closed popover is drawn anew when the popover opens,
    and would stand empty if the browser were not told.
    """
    st.session_state[key] = value


def fill_picker(view: ViewState, names: Mapping[str, str]) -> None:
    """Draw the choice of what colours the map: reported presence or one indicator."""
    key, changed = changer(view, "fill")
    shown(key, view.fill)
    options = [PRESENCE, *names]
    labels = {PRESENCE: _("Reported armed groups"), **names}
    st.selectbox(
        _("Map shows"),
        options,
        format_func=lambda option: labels[option],
        key=key,
        on_change=changed,
        label_visibility="collapsed",
    )


def indicator_box(names: Mapping[str, str], key: str, changed: Callable[[], None]) -> None:
    """Draw the choice of an indicator, found by typing."""
    st.selectbox(
        _("Indicator"),
        list(names),
        format_func=lambda code: names[code],
        key=key,
        on_change=changed,
        filter_mode="fuzzy",
    )


def layer_picker(view: ViewState) -> None:
    """Draw the choice of overlays."""
    names = {
        "ceasefires": _("Ceasefires in force"),
        "announced": _("Announced or never in force"),
        "pledges": _("Pledges, suspensions and truces"),
        "zones": _("Special zones"),
        "numbers": _("Number of groups"),
        "departments": _("Department lines"),
        "subregions": _("Subregion lines (Nariño)"),
        "osm": _("Street map (asks OpenStreetMap)"),
    }
    key, changed = changer(view, "layers", lambda chosen: tuple(layer for layer in LAYERS if layer in chosen))
    shown(key, list(view.layers))
    st.pills(
        _("Layers"),
        list(LAYERS),
        selection_mode="multi",
        format_func=lambda layer: names[layer],
        key=key,
        on_change=changed,
    )


def map_kind_picker(view: ViewState, drawn: str) -> None:
    """Draw the choice between the geographic map and the tile map; `drawn` is the one that stands there now."""
    names = {"geo": _("Map"), "tile": _("Tiles")}
    key, changed = changer(view, "map", lambda value: value or "geo")
    shown(key, drawn)
    st.segmented_control(
        _("Kind of map"),
        list(MAPS),
        format_func=lambda kind: names[kind],
        key=key,
        on_change=changed,
        required=True,
        label_visibility="collapsed",
        help=_(
            "Tiles give every municipality the same size, so that a large empty one does not shout down a small one."
        ),
    )


def day_picker(view: ViewState, on: date, first: date, last: date) -> None:
    """Draw the choice of the exact day; the time control beside it steps by month."""
    key, changed = changer(view, "on")
    shown(key, on)
    st.date_input(
        _("Day"),
        min_value=first,
        max_value=last,
        key=key,
        on_change=changed,
        format="YYYY-MM-DD",
        label_visibility="collapsed",
    )


def evidence_filters(view: ViewState, groups: Mapping[str, str], publishers: Sequence[str]) -> None:
    """Draw the filters of evidence: groups, publishers, confidence, window, and rates or counts."""
    _multi(view, "groups", _("Armed groups"), groups, _("All groups"))
    _multi(view, "publishers", _("Publishers"), {name: name for name in publishers}, _("All publishers"))
    confidences = {"low": _("Any"), "medium": _("Medium or high"), "high": _("High only")}
    _one(view, "confidence", _("Confidence of the report"), {code: confidences[code] for code in CONFIDENCES})
    windows = {months: ngettext("{n} month", "{n} months", months) for months in WINDOWS}
    _one(view, "window", _("A report counts for"), windows)
    measures = {"rate": _("Per 100,000 inhabitants"), "count": _("Count")}
    _one(view, "measure", _("Indicators as"), {code: measures[code] for code in MEASURES})


def _one(view: ViewState, field: str, label: str, names: Mapping[Any, str]) -> None:
    key, changed = changer(view, field)
    shown(key, getattr(view, field))
    st.segmented_control(
        label, list(names), format_func=lambda option: names[option], key=key, on_change=changed, required=True
    )


def _multi(view: ViewState, field: str, label: str, names: Mapping[str, str], placeholder: str) -> None:
    key, changed = changer(view, field, tuple)
    shown(key, [value for value in getattr(view, field) if value in names])
    st.multiselect(
        label,
        list(names),
        format_func=lambda option: names[option],
        key=key,
        on_change=changed,
        placeholder=placeholder,
        select_all=False,
    )
