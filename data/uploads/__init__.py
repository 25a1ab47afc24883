"""People's own files: read with suspicion, checked row by row, and kept by nobody but their owner's session.

``inspect`` shows how a file can be read, ``guess_columns`` what it may hold, ``check`` goes through all of it. Whatever
a file contains, nothing but :class:`UploadError` is raised because of it.
"""

from data.uploads.check import check
from data.uploads.errors import UploadError
from data.uploads.guess import columns as guess_columns
from data.uploads.guess import personal
from data.uploads.model import (
    Answers,
    Checked,
    Columns,
    Finding,
    Inspected,
    Kind,
    Layer,
    Locator,
    Note,
    Placed,
    PlaceQuestion,
    Questions,
    Reading,
    Source,
)
from data.uploads.reading import inspect

__all__ = [
    "Answers",
    "Checked",
    "Columns",
    "Finding",
    "Inspected",
    "Kind",
    "Layer",
    "Locator",
    "Note",
    "PlaceQuestion",
    "Placed",
    "Questions",
    "Reading",
    "Source",
    "UploadError",
    "check",
    "guess_columns",
    "inspect",
    "personal",
]
