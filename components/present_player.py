"""The keys and the buttons of a presentation: back, on, play, full screen, leave. Time runs in the browser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
import streamlit.components.v2 as components_v2

from components.i18n import _

STATIC = Path(__file__).with_name("static")
KEY = "present-player"


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    script, style = (STATIC / name for name in ("present.js", "present_player.css"))
    return components_v2.component(
        "present_player", html='<div class="root"></div>', js=script.read_text("utf-8"), css=style.read_text("utf-8")
    )


def large_screen() -> bool:
    """Return whether the browser has said that its screen is large; a few letters more are drawn then."""
    return getattr(st.session_state.get(KEY), "screen", None) == "large"


def render(
    *,
    title: str,
    steps: Sequence[str],
    at: int,
    seconds: int,
    on_go: Callable[[int], None],
    on_leave: Callable[[], None],
) -> None:
    """Draw the player.

    Parameters
    ----------
    title, steps
        The story's name and the titles of its steps; none for a view by itself.
    at, seconds
        The step on the screen (1 is the first) and how long it stands while the story plays.
    on_go, on_leave
        Get the number of the step to show; are called to leave the presentation.
    """

    def asked() -> None:
        number = getattr(st.session_state.get(KEY), "go", None)
        if isinstance(number, int):
            on_go(number)

    data = {
        "title": title,
        "steps": list(steps),
        "at": at,
        "seconds": seconds,
        "texts": {
            "group": _("Presentation"),
            "back": _("Previous view (left arrow)"),
            "on": _("Next view (right arrow)"),
            "play": _("Play the story by itself (space)"),
            "pause": _("Pause the story (space)"),
            "full": _("Full screen (F)"),
            "leave": _("Leave the presentation (P)"),
            "step": _("View {n} of {total}: {title}"),
        },
    }
    _component()(
        data=data,
        key=KEY,
        default={"screen": "small"},
        on_go_change=asked,
        on_leave_change=on_leave,
        on_screen_change=lambda: None,
    )
