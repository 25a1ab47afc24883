"""The drawn lineage on the page: links inside it open a group without loading the page anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import streamlit as st
import streamlit.components.v2 as components_v2

from components import cache
from components.groups_tree import build
from components.groups_tree_svg import MEDIUM, NARROW, WIDE, legend_html, svg
from components.i18n import language, set_language
from components.view import ViewState, query

_SCRIPT = """
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".lineage-root");
  root.innerHTML = data.html;
  root.onclick = (event) => {
    const link = event.target.closest("a[data-group]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    setTriggerValue("chosen", link.dataset.group);
  };
}
"""
_STYLE = (Path(__file__).with_name("static") / "groups_lineage.css").read_text()


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return components_v2.component("paz_lineage", html='<div class="lineage-root"></div>', css=_STYLE, js=_SCRIPT)


@st.cache_resource(max_entries=160, show_spinner=False)
def _html(version: str, lang: str, only: frozenset[str], selected: str, address: str, last: date) -> str:
    set_language(lang)
    tree = build(only)
    drawings = "".join(
        svg(tree, layout, last, address, selected=selected) for layout in (MEDIUM if only else WIDE, NARROW)
    )
    return legend_html(tree) + drawings


def render(view: ViewState, key: str, only: frozenset[str], on_choose: Callable[[str], None]) -> None:
    """Draw the tree of all groups, or of those that `only` names, with the view's group standing out."""
    address = "?" + urlencode(query(view.with_(item="{group}"))).replace(quote("{group}"), "{group}")
    html = _html(cache.current_version(), language(), only, view.item, address, cache.LAST)

    def chosen() -> None:
        group = st.session_state[key].chosen
        if group:
            on_choose(str(group))

    _component()(data={"html": html}, key=key, on_chosen_change=chosen)
