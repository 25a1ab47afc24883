"""The time control: a slider of months that scrubs the map in the browser and tells the server only on release.

While it is dragged or plays it posts ``{type: "month", month, label}`` on the page view's BroadcastChannel; the map,
and any other part that listens, follows at once. On release, on pause and at the end it triggers one rerun.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from components.i18n import _, month
from components.server.assets import static_url

CHANNEL_KEY = "page-view-channel"
SPEEDS = (2, 5, 10)


@dataclass(frozen=True)
class TimeSpec:
    """What the control offers.

    Parameters
    ----------
    days
        The day that each month stands for, in order, one for each month without a gap.
    selected
        The date of the view; its month is shown.
    evidence
        For each month, how much evidence the layer holds, any non-negative unit; zero leaves a gap in the strip.
    channel
        Name of the page view's BroadcastChannel.
    """

    days: tuple[date, ...]
    selected: date
    evidence: tuple[float, ...]
    channel: str


def page_channel() -> str:
    """Return the channel of this page view: two tabs never steer each other."""
    if CHANNEL_KEY not in st.session_state:
        st.session_state[CHANNEL_KEY] = f"paz-{uuid.uuid4().hex[:12]}"
    return st.session_state[CHANNEL_KEY]


def control_data(spec: TimeSpec) -> dict[str, Any]:
    """Return what travels to the browser: days, month names, the strip's heights from 0 to 9, and texts."""
    if len(spec.days) != len(spec.evidence):
        raise ValueError(f"{len(spec.days)} months but {len(spec.evidence)} amounts of evidence")
    return {
        "script": static_url("time.js"),
        "style": static_url("time.css"),
        "channel": spec.channel,
        "days": [day.isoformat() for day in spec.days],
        "index": month_index(spec.days, spec.selected),
        "names": [_month_names(), _("{month} {year}")],
        "evidence": strip_heights(spec.evidence),
        "speeds": list(SPEEDS),
        "texts": _texts(),
    }


def _texts() -> Mapping[str, str]:
    return {
        "group": _("Time"),
        "slider": _("Month shown"),
        "play": _("Play"),
        "pause": _("Pause"),
        "back": _("One month back"),
        "forward": _("One month forward"),
        "speed": _("Months per second"),
        "evidence": _("Evidence by month"),
    }


def _month_names() -> list[str]:
    return [month(date(2001, number, 1)).replace("2001", "").replace(" de ", "").strip() for number in range(1, 13)]


def month_index(days: Sequence[date], selected: date) -> int:
    """Return the position of the month of `selected`, or of the nearest month on offer."""
    first = days[0].year * 12 + days[0].month
    return min(max(selected.year * 12 + selected.month - first, 0), len(days) - 1)


def strip_heights(evidence: Sequence[float]) -> str:
    """Return one digit per month: 0 for none, 1 to 9 for the share of the fullest month."""
    fullest = max(evidence, default=0)
    return "".join("0" if amount <= 0 else str(max(1, round(9 * amount / fullest))) for amount in evidence)


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
    return component("paz_time", html='<div class="root"></div>', js=_LOADER)


def render_timecontrol(
    spec: TimeSpec, *, key: str = "timecontrol", on_release: Callable[[date], None] | None = None
) -> date | None:
    """Draw the control; return the day that was released in this run, if one was.

    `on_release` gets that day before the run begins, so that a release costs one run and not two.
    """

    def released() -> None:
        day = getattr(st.session_state.get(key), "day", None)
        if day and on_release is not None:
            on_release(date.fromisoformat(day))

    result = _component()(data=control_data(spec), key=key, on_day_change=released)
    return date.fromisoformat(result.day) if result.day else None
