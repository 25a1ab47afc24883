"""Exports of a view, each complete when detached: pictures, data, a web page, slides, a printed report.

`ExportSpec` is a view as plain values; `write` makes one of `FORMATS` from it. A story and a report have specs of their
own: `slides.StorySpec` with `slides.pptx_story`, and `report.ReportSpec` with `report.report_pdf`.
"""

from components.exports.spec import (
    DataTable,
    ExportError,
    ExportSpec,
    MapPicture,
    Polygons,
    SourceNote,
)
from components.exports.writers import FORMATS, Export, available, write

__all__ = [
    "FORMATS",
    "DataTable",
    "Export",
    "ExportError",
    "ExportSpec",
    "MapPicture",
    "Polygons",
    "SourceNote",
    "available",
    "write",
]
