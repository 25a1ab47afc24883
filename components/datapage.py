"""The page about the data: how to read it, what is counted, who published it, and every table to take away."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from components.i18n import LOCALE_DIR, _, language, ngettext, number, partial_day, pick
from components.rows import by_id, records
from data.store import table, tables


def method() -> None:
    """Draw how to read the map, and how to dispute a figure."""
    path: Path = LOCALE_DIR / language() / "method.md"
    st.markdown(path.read_text("utf-8"))


def indicators() -> None:
    """Draw one row per indicator: what it counts, who counts it, from when to when, what a missing row means."""
    st.subheader(_("Indicators"))
    sources = by_id(table("sources"), "source_id")
    rows = [
        {
            _("Indicator"): pick(row, "name"),
            _("Publisher"): row["publisher"],
            _("Unit"): pick(row, "unit"),
            _("From"): row["first"].date(),
            _("To"): row["last"].date(),
            _("Definition"): pick(row, "definition"),
            _("A missing row means"): pick(row, "missing_note"),
            _("Licence"): sources[row["source_id"]]["licence"],
            _("Source"): sources[row["source_id"]]["url"],
        }
        for row in records(table("indicators"))
    ]
    link = st.column_config.LinkColumn(display_text=r"https?://([^/]+)")
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config={_("Source"): link}, height=360)


def publishers() -> None:
    """Draw who published what: rows of presence, ceasefires, events and totals by publisher."""
    st.subheader(_("Sources"))
    sources = table("sources")
    names = sources.set_index("source_id")["publisher"]
    counts = {
        _("Reports of presence"): table("presence")["source_id"].map(names).value_counts(),
        _("Ceasefires"): table("ceasefires")["source_id"].map(names).value_counts(),
        _("Events"): table("events")["source_id"].map(names).value_counts(),
        _("Sources"): sources["publisher"].value_counts(),
    }
    frame = pd.DataFrame(counts).fillna(0).astype(int)
    frame = frame.sort_values([_("Reports of presence"), _("Sources")], ascending=False)
    st.dataframe(frame.rename_axis(_("Publisher")).reset_index(), hide_index=True, height=320)
    with st.expander(ngettext("{n} source with its link", "{n} sources with their links", len(sources))):
        listed = [
            {
                _("Publisher"): row["publisher"],
                _("Title"): row["title"] if isinstance(row["title"], str) else "",
                _("Date"): partial_day(row["date_text"]) if isinstance(row["date_text"], str) else "",
                _("Licence"): row["licence"],
                _("Source"): row["url"],
            }
            for row in records(sources)
        ]
        st.dataframe(pd.DataFrame(listed), hide_index=True, column_config={_("Source"): st.column_config.LinkColumn()})


def downloads() -> None:
    """Draw every embedded table with its size and the address that serves it as CSV and JSON."""
    st.subheader(_("Tables"))
    rows = [
        {
            _("Table"): name,
            _("Rows"): number(len(table(name))),
            "CSV": f"/api/v1/tables/{name}?format=csv",
            "JSON": f"/api/v1/tables/{name}?format=json",
        }
        for name in tables()
    ]
    links = {kind: st.column_config.LinkColumn(display_text=kind) for kind in ("CSV", "JSON")}
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=links, height=320)
    st.markdown(_("The same data as an interface for other programs: [API documentation](/api/v1/docs)."))
