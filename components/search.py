"""The search box for municipalities and other regions: accents and capitals optional, homonyms told apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st
import streamlit.components.v2 as components_v2

from components.i18n import _

STATIC = Path(__file__).with_name("static")
HTML = (
    '<div class="box"><input type="search" role="combobox" aria-autocomplete="list" aria-expanded="false" '
    'aria-controls="hits" autocomplete="off" spellcheck="false"><ul id="hits" role="listbox" hidden></ul></div>'
)


@st.cache_resource(show_spinner=False)
def _component():
    script, style = (STATIC / name for name in ("search.js", "search.css"))
    return components_v2.component(
        "municipality_search", html=HTML, js=script.read_text("utf-8"), css=style.read_text("utf-8")
    )


def search_box(url: str, key: str, on_chosen: Callable[[str], None], label: str = "", none: str = "") -> None:
    """Draw the box; `on_chosen` gets the code of what was chosen.

    `url` serves the list as JSON rows ``[code, name, what tells homonyms apart]``; the browser fetches it once. `label`
    says what can be found, `none` that nothing was; blank, both speak of municipalities.
    """

    def changed() -> None:
        chosen = getattr(st.session_state.get(key), "chosen", None)
        if chosen:
            on_chosen(str(chosen))

    data = {
        "url": url,
        "label": label or _("Find a municipality"),
        "placeholder": label or _("Find a municipality"),
        "none": none or _("No municipality of that name"),
    }
    _component()(data=data, key=key, on_chosen_change=changed, height="content")
