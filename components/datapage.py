"""The page about the data: how to read it, what is counted, who published it, how fresh it is, and all of it to take.

``item=`` in the URL names the section and, after a hyphen, what is open in it: ``tables-presence``,
``indicators-homicides``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from components import controls, datapage_rows, explorer
from components import datapage_words as words
from components.datapage_fresh import freshness
from components.i18n import LOCALE_DIR, _, language, ngettext, number, pick
from components.markup import text
from components.rows import records
from components.view import Ignored, ViewState
from data import schemas
from data.store import table, tables

STYLE = Path(__file__).with_name("static") / "datapage.css"
SECTIONS = ("method", "indicators", "publishers", "tables", "freshness", "corrections")


@dataclass(frozen=True)
class Item:
    """What of the page is open: a section, and a part of it or nothing."""

    section: str = SECTIONS[0]
    part: str = ""

    @property
    def code(self) -> str:
        """The item as the URL writes it; blank for the page as it opens."""
        if self == Item():
            return ""
        return f"{self.section}-{self.part}" if self.part else self.section


def read_item(code: str, parts: Mapping[str, Collection[str]]) -> Item | None:
    """Return what a link's item names; None when it names nothing of this page.

    Parameters
    ----------
    code : the item of the URL; blank opens the first section.
    parts : what may be open in each section; a section that is not named has no parts.
    """
    if not code:
        return Item()
    section, _hyphen, part = code.partition("-")
    if section not in SECTIONS or (part and part not in parts.get(section, ())):
        return None
    return Item(section, part)


def render() -> None:
    """Draw the page."""
    view, ignored = explorer.read_view("data")
    item = read_item(view.item, {"tables": set(tables()), "indicators": set(table("indicators")["indicator_id"])})
    if item is None:
        ignored = (*ignored, Ignored("item", view.item, "unknown", SECTIONS[0]))
        item = Item()
    explorer.say_ignored(ignored)
    st.html(STYLE)
    _sections(view, item)
    drawn = {
        "method": _method,
        "indicators": _indicators,
        "publishers": _publishers,
        "tables": _tables,
        "freshness": _freshness,
        "corrections": _corrections,
    }
    drawn[item.section](view, item)


def _sections(view: ViewState, item: Item) -> None:
    names = {
        "method": _("Method"),
        "indicators": _("Indicators"),
        "publishers": _("Publishers"),
        "tables": _("Tables"),
        "freshness": _("Freshness"),
        "corrections": _("Corrections"),
    }
    key = "datapage-section"

    def changed() -> None:
        controls.show(view.with_(item=Item(st.session_state[key]).code))

    controls.shown(key, item.section)
    st.segmented_control(
        _("Section"),
        list(names),
        format_func=lambda code: names[code],
        key=key,
        on_change=changed,
        required=True,
        label_visibility="collapsed",
    )


def title(sentence: str, below: str = "") -> None:
    """Draw the sentence that says what the section holds, and a line below it."""
    st.html(f'<h1 class="headline">{text(sentence)}</h1>')
    if below:
        st.html(f'<p class="subline">{text(below)}</p>')


def parts_of_method() -> list[str]:
    """Return the parts of the method text, each with its heading; the last one is how to dispute a figure."""
    whole = (LOCALE_DIR / language() / "method.md").read_text("utf-8")
    return [f"## {part.strip()}" for part in whole.split("## ") if part.strip()]


def _method(view: ViewState, item: Item) -> None:
    title(_("How to read the map, and what it cannot say"))
    first, *middle, last, _dispute = parts_of_method()
    left, right = st.columns(2, gap="large")
    with left, st.container(key="datapage-prose-left"):
        st.markdown(f"{first}\n\n{last}")
    with right, st.container(key="datapage-prose-right"):
        st.markdown("\n\n".join(middle))
        with st.expander(_("How changes during ceasefires are measured")):
            st.markdown((LOCALE_DIR / language() / "effect.md").read_text("utf-8"))


def _indicators(view: ViewState, item: Item) -> None:
    rows = datapage_rows.indicators()
    title(
        ngettext("{n} indicator with its publisher", "{n} indicators, each with its publisher", len(rows)),
        _("Publishers are never added together. Choose a row to read what it counts."),
    )
    key = f"datapage-indicators-{language()}"

    def picked() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        controls.show(view.with_(item=Item("indicators", str(rows.index[chosen[0]]) if chosen else "").code))

    st.dataframe(
        rows, key=key, hide_index=True, on_select=picked, selection_mode="single-row", height=330 if item.part else 520
    )
    if item.part:
        _indicator(item.part)


def _indicator(indicator_id: str) -> None:
    row = next(row for row in records(table("indicators")) if row["indicator_id"] == indicator_id)
    facts = "".join(
        f"<dt>{text(name)}</dt><dd>{text(said)}</dd>" for name, said in datapage_rows.indicator_facts(indicator_id)
    )
    st.html(f'<article class="facts-list"><h2>{text(pick(row, "name"))}</h2><dl>{facts}</dl></article>')
    st.dataframe(
        datapage_rows.stretches(indicator_id),
        hide_index=True,
        column_config={_("Source"): _host_link()},
        height="content",
    )
    st.caption(
        _("Data as CSV: {links}", links=f"[{indicator_id}](/api/v1/indicators/{indicator_id}/series?format=csv)")
    )


def _host_link() -> Any:
    return st.column_config.LinkColumn(display_text=r"https?://([^/]+)")


def _publishers(view: ViewState, item: Item) -> None:
    rows, listed = datapage_rows.publishers(), datapage_rows.sources()
    title(
        ngettext("{n} publisher", "{n} publishers", len(rows))
        + ", "
        + ngettext("{n} source with its link", "{n} sources with their links", len(listed)),
        _("How many rows of each table rest on each publisher. A publisher is who says it, not who reprinted it."),
    )
    st.dataframe(rows, hide_index=True, height=330)
    st.dataframe(listed, hide_index=True, column_config={_("Source"): _host_link()}, height=330)


def _tables(view: ViewState, item: Item) -> None:
    rows = datapage_rows.tables()
    title(
        _(
            "{n} tables with {rows} rows, all of them to take away",
            n=number(len(rows)),
            rows=number(int(rows[_("Rows")].sum())),
        ),
        _("Choose a row to read its codebook: every column, its kind, and what an empty cell means."),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.download_button(
            _("Download everything (ZIP)"),
            _everything,
            file_name="paz-territorial.zip",
            mime="application/zip",
            on_click="ignore",
            type="primary",
            help=_(
                "All tables as CSV, the large ones as Parquet too; what each file is, licences, and how to cite them."
            ),
        )
        st.markdown(_("The same data as an interface for other programs: [API documentation](/api/v1/docs)."))
    key = f"datapage-tables-{language()}"

    def picked() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        controls.show(view.with_(item=Item("tables", str(rows.index[chosen[0]]) if chosen else "").code))

    columns: dict[str, Any] = {
        kind: st.column_config.LinkColumn(display_text=kind, width="small") for kind in ("CSV", "JSON")
    }
    columns[_("Rows")] = st.column_config.NumberColumn(format="localized")
    st.dataframe(
        rows,
        key=key,
        hide_index=True,
        on_select=picked,
        selection_mode="single-row",
        column_config=columns,
        height=300 if item.part else 520,
    )
    if item.part:
        _codebook(item.part)


def _everything() -> bytes:
    from data.bundle import bundle

    return bundle()


def _codebook(name: str) -> None:
    spec = schemas.TABLES[name]
    st.html(
        f'<article class="facts-list"><h2>{text(words.table_title(name))}</h2>'
        f'<p lang="en">{text(spec.description)}</p>'
        f"<p>{text(_('A row is unique by {key}.', key=', '.join(spec.key)))} "
        f"{text(_('The meaning of the columns is in English, as in datapackage.json.'))}</p></article>"
    )
    st.dataframe(
        datapage_rows.codebook(name),
        hide_index=True,
        height="content",
        column_config={_("Meaning"): st.column_config.TextColumn(width="large")},
    )


def _freshness(view: ViewState, item: Item) -> None:
    freshness(title)


def _own_id(row: datapage_rows.Correction) -> str:
    return "" if row.row == row.title else f" <small><code>{text(row.row)}</code></small>"


def corrections_html(rows: Sequence[datapage_rows.Correction]) -> str:
    """Return the corrections as an escaped HTML list."""
    items = "".join(
        f"<li><p><b>{text(row.table)}</b> · {text(row.title)}{_own_id(row)}</p><p>{text(row.column)}: "
        f"<del>{text(row.found)}</del> → <ins>{text(row.corrected)}</ins>. {text(row.why)}</p></li>"
        for row in rows
    )
    return f'<ul class="corrections">{items}</ul>'


def _corrections(view: ViewState, item: Item) -> None:
    rows = datapage_rows.corrections()
    title(
        ngettext(
            "{n} cell corrected between the research and the tables",
            "{n} cells corrected between the research and the tables",
            len(rows),
        ),
        _("What was found, what stands now, and why. Later corrections are listed with their date in CHANGELOG.md."),
    )
    st.html(corrections_html(rows))
    with st.container(key="datapage-prose-dispute"):
        st.markdown(parts_of_method()[-1])
