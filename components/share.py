"""Share and download: the link of the view, its citation, its code for another page, and its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st
import streamlit.components.v2 as components_v2

from components import cache, controls, sentence, share_files, share_words, story_draft
from components.exports import FORMATS
from components.i18n import _, day
from components.markup import text
from components.server.http import frame_ancestors, public_url
from components.view import PRESENCE, ViewState, query
from data import overlaid
from data.store import data_version

STATIC = Path(__file__).with_name("static")
GROUPS: Mapping[str, Sequence[str]] = {
    "map": ("map.png", "map.svg", "map.pdf"),
    "timeline": ("timeline.png", "timeline.svg"),
    "data": ("data.csv", "data.xlsx", "data.geojson", "data.gpkg", "data.zip", "data.json"),
    "page": ("page.html", "slides.pptx", share_files.REPORT),
}


def render(view: ViewState) -> None:
    """Draw the sheet's button and the one that presents, for a view of a page with a map."""
    with st.container(horizontal=True, gap="small", key="sharing"):
        _sheet(view)
        st.button(
            _("Present"),
            key="present-start",
            icon=":material/slideshow:",
            shortcut="P",
            help=_("Present this view in full (P)"),
            on_click=lambda: controls.show(view.with_(present=True, item="")),
        )


def _sheet(view: ViewState) -> None:
    with st.popover(_("Share and download"), width="stretch", key="share", on_change="rerun") as sheet:
        if not sheet.open:
            return
        on = view.on or cache.last_evidence(view)
        dated = view.with_(on=on, present=False, embed=False)
        title, chosen = sentence.headline(view, on), "lang" in st.query_params
        data = panel_data(dated, title, base_address(), date.today(), language_chosen=chosen)
        _panel()(data=data, key="share-panel")
        story_draft.add_button(dated)


def base_address() -> str:
    """Return the application's own address, without a page; blank when neither it is set nor the browser has said."""
    if public := public_url():
        return public
    url = st.context.url or ""
    parts = urlsplit(url)
    if not parts.netloc:
        return ""
    path = parts.path.rstrip("/")
    pages = st.session_state.get("pages", {})
    head, _slash, last = path.rpartition("/")
    return f"{parts.scheme}://{parts.netloc}{head if last in pages else path}"


def printed_line(view: ViewState, on: date, today: date) -> str:
    """Return what paper needs and a screen does not, as HTML: who publishes the layer, its date, and its address."""
    from components import export_view

    said = _(
        "Map and timeline: {names}. State on {date}; data {version}; printed {today}.",
        names=", ".join(_publishers(view)),
        date=day(on),
        version=cache.current_version()[:12],
        today=day(today),
    )
    address = export_view.link(view.with_(on=on), base_address())
    return f'<p class="printed">{text(said)}<br>{text(address)}</p>'


def _publishers(view: ViewState) -> Sequence[str]:
    """Who publishes the layer, on whatever date: a page is made many times and printed seldom."""
    return cache.publishers() if view.fill == PRESENCE else cache.publishers_of(view.fill)


def panel_data(view: ViewState, title: str, base: str, today: date, *, language_chosen: bool = False) -> dict[str, Any]:
    """Return what travels to the browser: addresses and texts; the files are made when they are asked for.

    The link opens in the language of whoever receives it unless the reader chose one; a citation names what was seen.
    """
    on = view.on or today
    link = f"{base}/{view.page}?{urlencode(query(view))}"
    framed = query(view.with_(embed=True))
    del framed["lang"]
    shared = {key: value for key, value in query(view).items() if key != "lang" or language_chosen}
    embedded = f"{base}/{view.page}?{urlencode(framed)}"
    version = data_version()[:12]
    return {
        "texts": panel_texts(),
        "copies": [
            _copy(_("Link to this view"), f"{base}/{view.page}?{urlencode(shared)}"),
            _copy(_("Citation (APA)"), share_words.apa(title, on, link, today, version), rows=3),
            _copy(_("Citation (BibTeX)"), share_words.bibtex(title, on, link, today, version), rows=4),
            _copy(_("Code to embed"), share_words.iframe(embedded, title), rows=3, note=_frame_note()),
        ],
        "groups": [
            {"title": group_titles()[group], "files": [_file(view, name) for name in names if _offered(view, name)]}
            for group, names in GROUPS.items()
        ],
        "note": ""
        if overlaid.may_pass_on(view.fill)
        else _("These figures may be shown on your own screen but not passed on: they cannot be exported."),
    }


def panel_texts() -> Mapping[str, str]:
    """Return what the panel says while it works."""
    return {
        "copy": _("Copy"),
        "copied": _("Copied"),
        "by_hand": _("Select the text and copy it with your keyboard."),
        "making": _("Being made…"),
        "done": _("Saved: {name}"),
        "failed": _("The file could not be made. Check your connection and try again."),
        "download": _("Download"),
    }


def story_panel(link: str, body: str, lang: str, key: str) -> None:
    """Draw a story's link (blank for one that lives in a file) and its PowerPoint, made from the story's file."""
    file = {"label": "PowerPoint", "url": f"{share_files.PREFIX}/{share_files.STORY}?lang={lang}", "body": body}
    copies = [_copy(_("Link to this story"), link)] if link else []
    groups = [{"title": _("To present or print"), "files": [file]}]
    _panel()(data={"texts": panel_texts(), "copies": copies, "groups": groups}, key=key)


def group_titles() -> Mapping[str, str]:
    """Return the names of the groups of files."""
    return {"map": _("Map"), "timeline": _("Timeline"), "data": _("Data"), "page": _("To present or print")}


def _copy(label: str, text: str, rows: int = 1, note: str = "") -> dict[str, Any]:
    return {"label": label, "text": text, "rows": rows, "note": note}


def _file(view: ViewState, name: str) -> dict[str, str]:
    words = {
        "page.html": _("Web page (works offline)"),
        "slides.pptx": "PowerPoint",
        share_files.REPORT: _("Report (PDF)"),
        "data.json": _("Metadata (JSON)"),
        "data.xlsx": "Excel",
        "data.zip": _("All tables (ZIP)"),
        "data.geojson": "GeoJSON",
        "data.gpkg": "GeoPackage",
    }
    return {"label": words.get(name, name.split(".")[1].upper()), "url": share_files.address(view, name)}


def _offered(view: ViewState, name: str) -> bool:
    if not overlaid.may_pass_on(view.fill):
        return False
    return bool(view.municipalities) if name == share_files.REPORT else name in FORMATS


def _frame_note() -> str:
    if frame_ancestors() != "'self'":
        return ""
    return _(
        "This server shows itself only inside its own pages. Whoever runs it allows others with PAZ_FRAME_ANCESTORS."
    )


@st.cache_resource(show_spinner=False)
def _panel() -> Any:
    script, style = (STATIC / name for name in ("share.js", "share.css"))
    return components_v2.component(
        "share_panel", html='<div class="root"></div>', js=script.read_text("utf-8"), css=style.read_text("utf-8")
    )
