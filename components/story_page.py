"""The page of stories: those that come with the application, and the reader's own: made, ordered, saved and opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from components import present, share, story, story_draft
from components.controls import shown
from components.i18n import LANGUAGES, _, language, ngettext, set_language
from components.markup import text
from components.story import SECONDS, Step, Story, StoryError
from components.view import query

STATIC = Path(__file__).with_name("static")
FILE_KEY = "story-file"
PROBLEM = "story-problem"
NAMES = {"es": "Español", "en": "English"}


def render() -> None:
    """Draw the page."""
    st.html(STATIC / "story.css")
    st.html(f'<h1 class="headline">{text(_("Stories"))}</h1>')
    intro = _(
        "A story is an ordered list of views with a title and a note each. It can be presented with the arrow keys, "
        "left to play by itself, saved as one file and taken along as PowerPoint."
    )
    st.html(f'<p class="subline">{text(intro)}</p>')
    for told in story.shipped().values():
        _shipped(told)
    _own()


def _shipped(told: Story) -> None:
    with st.container(border=True, key=f"shipped-{told.story_id}"):
        st.html(f'<h2 class="story-title">{text(told.title.said)}</h2><p class="subline">{text(told.note.said)}</p>')
        count = ngettext("{n} view", "{n} views", len(told.steps))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _present_link(told)
            st.download_button(
                _("Story file (JSON)"),
                story.write(told),
                f"{told.story_id}.json",
                "application/json",
                key=f"file-{told.story_id}",
                on_click="ignore",
            )
            st.button(_("Make my own from it"), key=f"copy-{told.story_id}", on_click=_copier(told))
            st.caption(count, width="content")
        with st.expander(_("Views and sources"), key=f"steps-{told.story_id}", on_change="rerun") as fold:
            if fold.open:
                _steps(told)
                link = f"{share.base_address()}/{told.steps[0].page}?{_bare(told)}"
                share.story_panel(link, story.write(told), language(), f"panel-{told.story_id}")


def _bare(told: Story) -> str:
    return urlencode({"present": "1", "item": story.item(told.story_id, 1)})


def _copier(told: Story) -> Callable[[], None]:
    return lambda: story_draft.keep(replace(told, story_id=story.DRAFT))


def _present_link(told: Story) -> None:
    first = present.start(told, language())
    page = st.session_state["pages"][first.page]
    st.page_link(page, label=_("Present"), icon=":material/slideshow:", query_params=query(first))


def _steps(told: Story) -> None:
    for number, step in enumerate(told.steps, start=1):
        target = present.view_at(told, number, language())
        link = f"{share.base_address()}/{target.page}?{urlencode(query(target))}"
        cited = "; ".join(str(each) for each in story.citations(step))
        sources = f' <span class="story-sources">{text(_("Sources: {names}.", names=cited))}</span>' if cited else ""
        head = f'<a href="{text(link)}" target="_self">{number}. {text(step.title.said)}</a>'
        st.html(f'<p class="story-step"><b>{head}</b><br>{text(step.note.said)}{sources}</p>')


# The reader's own


def _own() -> None:
    st.html(f'<h2 class="story-title">{text(_("My story"))}</h2>')
    _open()
    told = story_draft.current()
    if not told.steps:
        st.info(
            _(
                "It has no views yet. Choose “Share and download” on a map and “Add this view to my story”, "
                "or open a story's file."
            )
        )
        return
    _keeping()
    _head(told)
    for at in range(len(told.steps)):
        _edit(told, at)
    _finish(told)


def _keeping() -> None:
    """Say whether the story is in a file as it stands."""
    if story_draft.unsaved():
        st.warning(
            _(
                "This story lives only in this session: it is lost when the page is reloaded or closed. "
                "Save it as a file to keep it."
            )
        )
    else:
        st.caption(_("Saved in a file as it stands."))


def _open() -> None:
    def opened() -> None:
        file = st.session_state.get(FILE_KEY)
        if file is None:
            return
        set_language(st.session_state["story-language"])
        try:
            told = story.read(_decoded(file.getvalue()))
        except StoryError as broken:
            st.session_state[PROBLEM] = str(broken)
            return
        own = replace(told, story_id=story.DRAFT)
        story_draft.keep(own)
        story_draft.mark_saved(own)

    st.session_state["story-language"] = language()
    st.file_uploader(
        _("Open a story's file (JSON); it takes the place of the story below"),
        type=["json"],
        key=FILE_KEY,
        on_change=opened,
        max_upload_size=1,
    )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(_("The file was not opened, and nothing was changed. {problem}", problem=problem))


def _decoded(content: bytes) -> str:
    if len(content) > story.LARGEST:
        raise StoryError(_("This story is too large."))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as broken:
        raise StoryError(_("This file is no story: it is not text in UTF-8.")) from broken


def _head(told: Story) -> None:
    def change(field: str, code: str) -> Callable[[str], None]:
        words = getattr(told, field)
        return lambda value: story_draft.keep(replace(told, **{field: words.with_(code, value)}))

    for column, code in zip(st.columns(len(LANGUAGES)), LANGUAGES, strict=True):
        with column:
            label = _("Title of the story ({language})", language=NAMES[code])
            _line(label, getattr(told.title, code), f"story-title-{code}", change("title", code), "title")
            label = _("What it tells ({language})", language=NAMES[code])
            _line(label, getattr(told.note, code), f"story-note-{code}", change("note", code), "title")


def _line(label: str, value: str, key: str, keep: Callable[[str], None], kind: str) -> None:
    shown(key, value)
    most = story.LONGEST[kind]
    if kind == "note":
        st.text_area(label, key=key, max_chars=most, height=80, on_change=lambda: keep(st.session_state[key].strip()))
    else:
        st.text_input(label, key=key, max_chars=most, on_change=lambda: keep(st.session_state[key].strip()))


def _edit(told: Story, at: int) -> None:
    step, number = told.steps[at], at + 1

    def keep(changed: Step) -> None:
        story_draft.keep(story.changed(told, at, changed))

    def change(field: str, code: str) -> Callable[[str], None]:
        words = getattr(step, field)
        return lambda value: keep(replace(step, **{field: words.with_(code, value)}))

    with st.container(border=True, key=f"step-{number}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(f'<p class="story-number">{number}. {text(step.title.said)}</p>', width="stretch")
            _moves(told, at)
        for column, code in zip(st.columns(len(LANGUAGES)), LANGUAGES, strict=True):
            with column:
                names = {"title": _("Title ({language})"), "note": _("Note ({language})")}
                for field, label in names.items():
                    value, key = getattr(getattr(step, field), code), f"step-{number}-{field}-{code}"
                    _line(label.format(language=NAMES[code]), value, key, change(field, code), field)
        key = f"step-{number}-seconds"
        shown(key, step.seconds)
        st.number_input(
            _("Seconds on the screen when it plays by itself"),
            *SECONDS,
            key=key,
            on_change=lambda: keep(replace(step, seconds=int(st.session_state[key]))),
            width=320,
        )


def _moves(told: Story, at: int) -> None:
    number, last = at + 1, len(told.steps) - 1
    view = present.view_at(told, number, language())
    page = st.session_state["pages"][view.page]
    st.page_link(page, label=_("See"), query_params=query(view.with_(present=False, item="")))
    for label, icon, by, off in (
        (_("Up"), ":material/arrow_upward:", -1, at == 0),
        (_("Down"), ":material/arrow_downward:", 1, at == last),
    ):
        st.button(label, key=f"move-{number}-{by}", icon=icon, disabled=off, on_click=_mover(told, at, by))
    st.button(
        _("Delete"),
        key=f"delete-{number}",
        icon=":material/delete:",
        on_click=lambda: story_draft.keep(story.without(told, at)),
    )


def _mover(told: Story, at: int, by: int) -> Callable[[], None]:
    return lambda: story_draft.keep(story.moved(told, at, by))


def _finish(told: Story) -> None:
    named = told if told.title.said else replace(told, title=story.Words(es="Mi relato", en="My story"))
    body = story.write(named)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _present_link(told)
        st.download_button(
            _("Save my story (JSON)"),
            body,
            "paz-territorial-story.json",
            "application/json",
            key="story-save",
            on_click=lambda: story_draft.mark_saved(told),
        )
        st.button(_("Empty my story"), key="story-empty", on_click=lambda: story_draft.keep(story_draft.empty()))
    share.story_panel("", body, language(), "panel-own")
