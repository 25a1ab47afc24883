"""What stands around the upload: tables to fill in, and the words on the uploader itself."""

from __future__ import annotations

from typing import Any

import streamlit as st
import streamlit.components.v2 as components_v2

from components.i18n import _, language
from data.uploads.report import table as csv_table

# The example row says what it is: whoever leaves it in is told, and it is never data.
_TABLES = {
    "es": {
        "events": (
            "fecha,divipola,departamento,municipio,cantidad,nota",
            "2024-10-31,52678,Nariño,Samaniego,1,EJEMPLO",
        ),
        "points": ("fecha,latitud,longitud,cantidad,nota", "2024-10-31,1.3361,-77.5944,1,EJEMPLO"),
        "intervals": (
            "grupo,desde,hasta,divipola,departamento,municipio,tipo_de_presencia,nota",
            "Grupo de ejemplo,2024-01-01,2024-10-31,52678,Nariño,Samaniego,presencia,EJEMPLO",
        ),
        "areas": ("divipola,departamento,municipio,valor,nota", "52678,Nariño,Samaniego,1,EJEMPLO"),
    },
    "en": {
        "events": ("date,divipola,department,municipality,count,note", "2024-10-31,52678,Nariño,Samaniego,1,EXAMPLE"),
        "points": ("date,latitude,longitude,count,note", "2024-10-31,1.3361,-77.5944,1,EXAMPLE"),
        "intervals": (
            "group,from,to,divipola,department,municipality,presence_type,note",
            "Example group,2024-01-01,2024-10-31,52678,Nariño,Samaniego,presence,EXAMPLE",
        ),
        "areas": ("divipola,department,municipality,value,note", "52678,Nariño,Samaniego,1,EXAMPLE"),
    },
}


def render() -> None:
    """Draw the tables to fill in, each with one row that shows how."""
    labels = {
        "events": _("Template: events"),
        "points": _("Template: events with coordinates"),
        "intervals": _("Template: presence"),
        "areas": _("Template: areas"),
    }
    names = {
        "events": _("template-events-with-example.csv"),
        "points": _("template-coordinates-with-example.csv"),
        "intervals": _("template-presence-with-example.csv"),
        "areas": _("template-areas-with-example.csv"),
    }
    with st.container(horizontal=True, gap="small"):
        for kind, label in labels.items():
            st.download_button(label, template(kind), names[kind], "text/csv", key=f"own-template-{kind}")
    st.caption(_("Each template has one example row, marked EXAMPLE; it is left out if you forget to delete it."))


def template(kind: str) -> bytes:
    """Return an empty table of a kind in the reader's language, with its example row."""
    head, row = _TABLES[language()][kind]
    return csv_table(head.split(","), [row.split(",")])


_TRANSLATE = """
export default function ({ data }) {
  const zone = document.querySelector(`.st-key-${data.key}`);
  if (!zone) return;
  // The words stand on the element: two observers, before and after a change of language, would outbid each other.
  zone.dataset.words = data.words;
  const say = () => {
    const label = zone.querySelector("button p");
    if (label && label.textContent !== zone.dataset.words) label.textContent = zone.dataset.words;
  };
  say();
  // The button is drawn anew when a file is taken away.
  const observer = new MutationObserver(say);
  observer.observe(zone, { childList: true, subtree: true });
  return () => observer.disconnect();
}
"""


@st.cache_resource(show_spinner=False)
def _translator() -> Any:
    return components_v2.component("uploader_words", js=_TRANSLATE)


def uploader(key: str) -> Any:
    """Return the container of an uploader, with the words of its button in the reader's language.

    The uploader has no setting for them. Its other words are hidden: how large a file may be and of which kind its
    label says.
    """
    unseen = f"{key}-words"
    st.html(
        f'<style>.st-key-{key} [data-testid="stFileUploaderDropzoneInstructions"], .st-key-{unseen} '
        "{ display: none; }</style>"
    )
    zone = st.container(key=key)
    with zone, st.container(key=unseen):
        _translator()(data={"key": key, "words": _("Choose a file")}, key=f"{unseen}-script")
    return zone
