"""The frame around every page: languages, navigation, look, footer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
import streamlit.components.v2 as components_v2
from streamlit.delta_generator import DeltaGenerator

from components import access, controls, mapfirst, story_draft
from components.i18n import LANGUAGES, _, language, preferred_language, set_language

STATIC = Path(__file__).with_name("static")
PAGE_DIR = Path(__file__).resolve().parents[1] / "pages"
# Streamlit makes its scrolling pane the first stop of Tab; the first stop are the links past the navigation.
_SET_DOCUMENT_LANGUAGE = """export default ({ data }) => {
  document.documentElement.lang = data;
  document.querySelector("[data-testid='stMain']")?.setAttribute("tabindex", "-1");
}"""


def url_params() -> dict[str, Sequence[str]]:
    """Return the query string of this run, every key with all its values."""
    params: dict[str, Sequence[str]] = {key: st.query_params.get_all(key) for key in st.query_params}
    # Streamlit keeps this one to itself.
    return {**params, "embed": ["true"]} if st.context.is_embedded else params


def page_titles() -> Mapping[str, str]:
    """Return the pages in the order of the navigation: file stem and title."""
    return {
        "narino": _("Nariño"),
        "colombia": _("Colombia"),
        "compare": _("Compare"),
        "ceasefires": _("Ceasefires"),
        "peace-process": _("Peace process"),
        "groups": _("Armed groups"),
        "need": _("Inequality"),
        "story": _("Stories"),
        "own-files": _("Own files"),
        "data": _("Data and method"),
    }


def file_of(stem: str) -> str:
    """Return the file of a page; /data has another name, since a module `data` in pages/ would hide the package."""
    return {"data": "method"}.get(stem, stem.replace("-", "_")) + ".py"


def start() -> st.Page:
    """Set up one run of the application and return the page that the URL names."""
    params = url_params()
    asked = params.get("lang", ("",))[-1]
    set_language(asked if asked in LANGUAGES else preferred_language(st.context.locale))
    titles = page_titles()
    pages = {stem: st.Page(PAGE_DIR / file_of(stem), title=title, url_path=stem) for stem, title in titles.items()}
    home = st.Page(PAGE_DIR / "home.py", title=_("Paz Territorial"), default=True)
    st.session_state["pages"] = pages
    page = st.navigation([home, *pages.values()], position="hidden")
    controls.keep_address(page.url_path)
    st.set_page_config(page_title=f"{page.title} · Paz Territorial", layout="wide")
    return page


@contextmanager
def frame(page: st.Page) -> Iterator[None]:
    """Draw what stands around a page: style sheet, document language, navigation and the language switch.

    Where a map is what the reader waits for, the navigation is filled in after the page, and after the map has painted.
    """
    st.html(STATIC / "app.css")
    _document_language()(data=language(), key="document-language")
    story_draft.guard()
    params = {key: values[-1] for key, values in url_params().items()}
    if params.get("embed", "").lower() in ("1", "true") or params.get("present") == "1":
        yield
        return
    masthead = st.container(key="masthead", horizontal=True, vertical_alignment="center", gap="small")
    brand = f'{access.skip_links(page.url_path)}<p class="brand">{_("Paz Territorial")}</p>'
    masthead.html(brand, width="content")
    access.landing(access.CONTENT)
    mapfirst.begin()
    map_first = page.url_path in access.WITH_MAP
    if not map_first:
        _navigation(masthead, page, params)
    yield
    if map_first and not mapfirst.waits():
        _navigation(masthead, page, params)


def _navigation(masthead: DeltaGenerator, page: st.Page, params: Mapping[str, str]) -> None:
    """Fill in the masthead: links in a row on a screen and in a menu on a phone, and the languages."""
    pages: Mapping[str, st.Page] = st.session_state["pages"]
    with masthead:
        with st.container(key="navigation", horizontal=True, gap="small", width="stretch", wrap=False):
            _links(pages, params)
        with st.container(key="menu", width="content"), st.popover(page.title, width="content"):
            _links(pages, params)
        with st.container(key="languages", horizontal=True, gap="xxsmall", width="content"):
            _languages()


def _links(pages: Mapping[str, st.Page], params: Mapping[str, str]) -> None:
    """Draw a link to every page."""
    titles = page_titles()
    for stem, target in pages.items():
        st.page_link(target, label=titles[stem], query_params=_carried(params))


def _languages() -> None:
    """Draw the choice of language; the one that is on looks pressed. A choice goes into the URL and stays."""

    def chosen(code: str) -> None:
        st.query_params["lang"] = code

    for code in LANGUAGES:
        kind = "secondary" if code == language() else "tertiary"
        name = {"es": "Español", "en": "English"}[code]
        st.button(code.upper(), key=f"language-{code}", help=name, type=kind, on_click=chosen, args=(code,))


def footer() -> None:
    """Draw the caveat that stands under every page."""
    st.html(
        f'<p class="footer">{_("Presence is not control. Reported is not now. No record is not peace.")} '
        f"{_('Every figure names its publisher; publishers are never added together.')}</p>"
    )


def _carried(params: Mapping[str, str]) -> dict[str, str]:
    """What of a view goes along to another page: language, date and how evidence is read, not what was selected."""
    return {key: params[key] for key in ("lang", "date", "window", "confidence", "v") if key in params}


@st.cache_resource(show_spinner=False)
def _document_language():
    return components_v2.component("document_language", js=_SET_DOCUMENT_LANGUAGE)
