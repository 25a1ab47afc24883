"""What may wait until the map stands: the charting library takes half a second of the browser that the map needs first.

The first run of a session leaves a place for it; when the map has painted, one more run fills the place.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st
import streamlit.components.v2 as components_v2

from components.i18n import _
from components.markup import text

SCRIPT = Path(__file__).with_name("static") / "mapfirst.js"
KEY = "map-stands"
PATIENCE_MS = 4000


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return components_v2.component("map_first", js=SCRIPT.read_text("utf-8"))


def stands() -> bool:
    """Return whether a map has been painted in this session."""
    return bool(st.session_state.get(KEY))


def keep_place(height: int, channel: str) -> None:
    """Leave a place of a height in pixels, and run again when the map of a channel has painted or will not.

    After four seconds without a map the run comes anyway.
    """

    def painted() -> None:
        st.session_state[KEY] = True

    st.html(f'<p class="placeholder" style="height: {height}px">{text(_("The timeline follows the map…"))}</p>')
    _component()(data={"channel": channel, "patience": PATIENCE_MS}, key=f"{KEY}-signal", on_painted_change=painted)
