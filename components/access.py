"""Ways around a page for whoever has no mouse: links past the navigation, and the places where they land."""

from __future__ import annotations

import streamlit as st

from components.i18n import _
from components.markup import text

CONTENT = "page-content"
MAP = "page-map"
TABLE = "page-table"
WITH_MAP = ("narino", "colombia")


def skip_links(page: str) -> str:
    """Return links past the navigation, seen only while they have the focus.

    Parameters
    ----------
    page
        Stem of the page; the pages with a map also lead to the map and to its table.
    """
    links = [(CONTENT, _("Skip to the content"))]
    if page in WITH_MAP:
        links += [(MAP, _("Skip to the map")), (TABLE, _("Skip to the table of the map"))]
    return "".join(f'<a class="skip" href="#{target}" target="_self">{text(words)}</a>' for target, words in links)


def landing(name: str) -> None:
    """Draw the invisible place where a skip link lands; the next Tab goes on from there."""
    st.html(f'<span class="landing" id="{name}" tabindex="-1"></span>')
