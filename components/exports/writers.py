"""All exports by name: what a page offers, and one call that makes a file.

Nothing is imported before a file is asked for, so that a page that only lists the formats costs nothing. Writers are
pure and make the whole file in memory: they may run in any thread, and either answer with a whole file or raise
`ExportError` with a message for the reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from components.exports.spec import ExportSpec, file_stem, may_pass_on

Needs = Literal["map", "timeline", "data", "picture"]


@dataclass(frozen=True)
class Format:
    """One kind of file.

    Attributes
    ----------
    module, writer
        Where the function is that makes it.
    ending
        End of the file's name, with what tells two files of one view apart.
    mime
        Media type.
    needs
        What the view must have: a map, a timeline, data, or a picture of either kind.
    """

    module: str
    writer: str
    ending: str
    mime: str
    needs: Needs


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: dict[str, Format] = {
    "map.png": Format("sheet", "map_png", ".png", "image/png", "map"),
    "map.svg": Format("sheet", "map_svg", ".svg", "image/svg+xml", "map"),
    "map.pdf": Format("sheet", "map_pdf", ".pdf", "application/pdf", "map"),
    "timeline.png": Format("timelines", "timeline_png", "_timeline.png", "image/png", "timeline"),
    "timeline.svg": Format("timelines", "timeline_svg", "_timeline.svg", "image/svg+xml", "timeline"),
    "data.csv": Format("tabular", "data_csv", ".csv", "text/csv", "data"),
    "data.json": Format("tabular", "metadata_json", "_metadata.json", "application/json", "data"),
    "data.zip": Format("tabular", "data_zip", "_data.zip", "application/zip", "data"),
    "data.xlsx": Format("tabular", "data_xlsx", ".xlsx", f"{_OFFICE}.spreadsheetml.sheet", "data"),
    "data.geojson": Format("spatial", "geojson", ".geojson", "application/geo+json", "map"),
    "data.gpkg": Format("spatial", "geopackage", ".gpkg", "application/geopackage+sqlite3", "map"),
    "page.html": Format("webpage", "html", ".html", "text/html", "picture"),
    "slides.pptx": Format("slides", "pptx_view", ".pptx", f"{_OFFICE}.presentationml.presentation", "picture"),
}


@dataclass(frozen=True)
class Export:
    """A finished file."""

    content: bytes
    name: str
    mime: str


def available(spec: ExportSpec) -> tuple[str, ...]:
    """Return the names of the formats that this view can be made into; none where its figures may not be passed on."""
    if not may_pass_on(spec):
        return ()
    has = {
        "map": spec.map is not None and bool(spec.map.styles),
        "timeline": spec.timeline is not None
        and bool(spec.timeline.lines or spec.timeline.bars or spec.timeline.marks),
        "data": any(len(table.frame) for table in spec.tables),
    }
    has["picture"] = has["map"] or has["timeline"]
    return tuple(name for name, form in FORMATS.items() if has[form.needs])


def write(name: str, spec: ExportSpec) -> Export:
    """Make one file of a view.

    Parameters
    ----------
    name
        One of `FORMATS`.
    spec
        The view.

    Raises
    ------
    KeyError
        There is no such format.
    ExportError
        The view cannot be made into it; the message is for the reader.
    """
    form = FORMATS[name]
    writer: Any = getattr(import_module(f"components.exports.{form.module}"), form.writer)
    return Export(writer(spec), file_stem(spec.view) + form.ending, form.mime)
