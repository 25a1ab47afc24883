"""The page of the user's own files: beside the official data, in this session only, and marked as theirs."""

from __future__ import annotations

import streamlit as st

from components import explorer, ownfiles_layers, ownfiles_upload
from components.i18n import _
from components.markup import text


def render() -> None:
    """Draw the page."""
    view, ignored = explorer.read_view("own-files")
    explorer.say_ignored(ignored)
    st.html(f'<h1 class="headline">{text(_("Your own files beside the official data"))}</h1>')
    subline = _("They are yours and nobody has verified them: they are marked so wherever they appear.")
    st.html(f'<p class="subline">{text(subline)}</p>')
    ownfiles_layers.render(view)
    ownfiles_upload.render()
    ownfiles_layers.project()
