"""What may wait until the map stands: the charting library takes half a second of the browser that the map needs first.

The first run of a session draws the map and what explains it, and leaves places for the rest; when the map has painted,
or has failed, one more run fills them.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import streamlit as st
import streamlit.components.v2 as components_v2

from components.i18n import _
from components.markup import text

SCRIPT = Path(__file__).with_name("static") / "mapfirst.js"
KEY = "map-stands"
WAITS = "map-awaited"
START_SECONDS = 0.02
PATIENCE_MS = 4000


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return components_v2.component("map_first", js=SCRIPT.read_text("utf-8"))


def begin() -> None:
    """Start a run in which nothing waits yet."""
    st.session_state[WAITS] = False


def waits() -> bool:
    """Return whether something waits for the map in this run."""
    return bool(st.session_state.get(WAITS))


def stands() -> bool:
    """Return whether a map has been painted in this session."""
    return bool(st.session_state.get(KEY))


def let_go() -> None:
    """Let the map's message leave and be drawn before the rest of the run: in one batch the browser draws it last."""
    time.sleep(START_SECONDS)


def keep_place(height: int, channel: str) -> None:
    """Leave a place of a height in pixels, and run again when the map of a channel has painted or will not.

    After four seconds without a map the run comes anyway.
    """

    st.session_state[WAITS] = True

    def painted() -> None:
        st.session_state[KEY] = True

    st.html(f'<p class="placeholder" style="height: {height}px">{text(_("The timeline follows the map…"))}</p>')
    _component()(data={"channel": channel, "patience": PATIENCE_MS}, key=f"{KEY}-signal", on_painted_change=painted)
