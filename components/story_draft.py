"""The story that a reader is making: it lives in the session, and in the file that the reader saves."""

from __future__ import annotations

from typing import Any

import streamlit as st
import streamlit.components.v2 as components_v2

from components import cache, sentence
from components.i18n import LANGUAGES, _, language, ngettext, set_language
from components.story import DRAFT, Step, Story, StoryError, Words, added, step_query
from components.view import ViewState

KEY = "story-draft"
SAVED = "story-saved"
SECONDS = 20
# The browser asks in words of its own before it leaves a page that says so.
_ASK_BEFORE_LEAVING = """export default ({ data }) => {
  window.onbeforeunload = data ? (event) => { event.preventDefault(); return ""; } : null;
  return () => { window.onbeforeunload = null; };
}"""


def current() -> Story:
    """Return the session's story; an empty one at first."""
    return st.session_state.setdefault(KEY, empty())


def empty() -> Story:
    """Return a story without views."""
    return Story(DRAFT, Words(), Words(), ())


def keep(story: Story) -> None:
    """Make a story the session's own."""
    st.session_state[KEY] = story


def mark_saved(story: Story) -> None:
    """Remember that a story is in a file of the reader's as it stands."""
    st.session_state[SAVED] = story


def unsaved() -> bool:
    """Return whether the session holds a story that is in no file as it stands."""
    story = st.session_state.get(KEY)
    return story is not None and bool(story.steps) and story != st.session_state.get(SAVED)


def guard() -> None:
    """Have the browser ask before a story that is in no file is lost with its page; draws nothing to see."""
    _guard()(data=unsaved(), key="story-guard")


@st.cache_resource(show_spinner=False)
def _guard() -> Any:
    return components_v2.component("story_guard", js=_ASK_BEFORE_LEAVING)


def step_of(view: ViewState) -> Step:
    """Return a view as a step whose title is its sentence, in both languages."""
    return Step(_in_both(view), Words(), SECONDS, view.page, step_query(view))


def _in_both(view: ViewState) -> Words:
    on, before = view.on or cache.last_evidence(view), language()
    said = {}
    for code in LANGUAGES:
        set_language(code)
        said[code] = sentence.headline(view.with_(language=code), on)[:200]
    set_language(before)
    return Words(**said)


def add_button(view: ViewState) -> None:
    """Draw the button that puts a view into the story, and say how many it holds."""

    def add() -> None:
        set_language(view.language)
        try:
            keep(added(current(), step_of(view)))
        except StoryError as full:
            st.session_state["story-full"] = str(full)

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(_("Add this view to my story"), key="story-add", on_click=add, icon=":material/playlist_add:")
        count = len(current().steps)
        if count:
            st.caption(ngettext("{n} view in my story", "{n} views in my story", count), width="content")
            pages = st.session_state.get("pages", {})
            if "story" in pages:
                st.page_link(pages["story"], label=_("Open my story"), query_params={"lang": view.language})
    if full := st.session_state.pop("story-full", ""):
        st.warning(full)
