"""The selected date on the timeline: drawn in the browser, so that it follows the time control while it is dragged."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import streamlit as st
import streamlit.components.v2 as components_v2

SCRIPT = Path(__file__).with_name("static") / "dateline.js"


@st.cache_resource(show_spinner=False)
def _component():
    return components_v2.component("timeline_date", js=SCRIPT.read_text("utf-8"))


def render_dateline(chart: str, on: date, channel: str) -> None:
    """Draw the line of a date over the Plotly chart in the container of key `chart`."""
    _component()(data={"chart": chart, "date": on.isoformat(), "channel": channel}, key=f"{chart}-date")
