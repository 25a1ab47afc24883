"""The values that pass between the steps: a source, how it is read, its columns, findings, and what was accepted."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeAlias

from data.uploads.errors import Param, UploadError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MAX_BYTES = 300 * 1024 * 1024
MAX_ROWS = 4_000_000
MAX_COLUMNS = 200
MAX_CELL = 100_000
CHUNK_ROWS = 65_536
SAMPLE_ROWS = 200
MAX_PLACED = 2000

Format: TypeAlias = Literal["csv", "xlsx", "geojson", "gpkg"]
Kind: TypeAlias = Literal["events", "intervals", "areas"]
KINDS: tuple[Kind, ...] = ("events", "intervals", "areas")
PLACE_ROLES = ("divipola", "municipality", "department", "lat", "lon")
ROLES: Mapping[Kind, tuple[str, ...]] = {
    "events": (*PLACE_ROLES, "date", "value"),
    "intervals": (*PLACE_ROLES, "group", "from", "to", "level"),
    "areas": (*PLACE_ROLES, "value", "from", "to"),
}
NEEDED: Mapping[Kind, tuple[str, ...]] = {"events": ("date",), "intervals": ("group", "from"), "areas": ()}
DATE_ROLES = ("date", "from", "to")
EXAMPLE = ("EJEMPLO", "EXAMPLE")
"""A cell that says so alone marks the row that shows how a template is filled in; it is never data."""


@dataclass(frozen=True)
class Source:
    """A file as it was handed over: its name and its bytes, which are read in pieces and never written anywhere.

    Raises
    ------
    UploadError
        ``empty`` or ``too_large`` (``size`` and ``limit`` in bytes).
    """

    name: str
    file: BinaryIO
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.file.seek(0, os.SEEK_END)
        object.__setattr__(self, "size", self.file.tell())
        self.file.seek(0)
        if not self.size:
            raise UploadError("empty")
        if self.size > MAX_BYTES:
            raise UploadError("too_large", size=self.size, limit=MAX_BYTES)

    def head(self, count: int) -> bytes:
        """Return the first bytes."""
        self.file.seek(0)
        return self.file.read(count)


@dataclass(frozen=True)
class Note:
    """Something about the whole file that its owner should know; it changes nothing in what is accepted."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """How a file is read: found by :func:`data.uploads.reading.inspect`, and open to correction.

    Attributes
    ----------
    format
        What the content is, whatever the file is called.
    encoding, delimiter
        Of text files.
    header_row
        Row that names the columns, from 1; 0 when there is none.
    table
        Sheet of a workbook, layer of a GeoPackage.
    """

    format: Format
    encoding: str = "utf-8"
    delimiter: str = ","
    header_row: int = 1
    table: str = ""


@dataclass(frozen=True)
class ShapeFault:
    """A geometry that cannot be used, in place of the geometry."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file: their row numbers (as a spreadsheet counts), their cells as text, and their shapes.

    `shapes` is None for tables without geometry; else one shapely geometry in degrees, ``ShapeFault`` or None per row.
    `blank` counts the empty rows that were passed over before and between these.
    """

    numbers: list[int]
    rows: list[list[str]]
    shapes: list[Any] | None = None
    blank: int = 0


@dataclass(frozen=True)
class Inspected:
    """What the first rows of a file show.

    Attributes
    ----------
    reading
        How it was read.
    columns
        Names of the columns, none blank, none twice.
    rows
        Up to 200 rows as text, as wide as `columns`.
    tables
        Sheets or layers to choose from.
    shapes
        Kinds of geometry in these rows: ``Point``, ``Polygon``, ...; empty for tables.
    notes
        What to know about the file.
    """

    reading: Reading
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    tables: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Columns:
    """Which column plays which role (``ROLES``) for a kind of file; roles without a column are absent."""

    kind: Kind
    roles: Mapping[str, str] = field(default_factory=dict)

    def missing(self, has_shapes: bool) -> tuple[str, ...]:
        """Return the roles that are needed and have no column; ``place`` when nothing says where a row belongs."""
        roles = {role for role, column in self.roles.items() if column and role in ROLES[self.kind]}
        placed = has_shapes or self.named or {"lat", "lon"} <= roles
        return (() if placed else ("place",)) + tuple(role for role in NEEDED[self.kind] if role not in roles)

    @property
    def named(self) -> bool:
        """Whether a column names municipalities, by code or by name: without one, only boundaries can place a row."""
        return bool(self.roles.get("divipola") or self.roles.get("municipality"))


@dataclass(frozen=True)
class Locator:
    """Finds municipalities from coordinates in degrees; given by who has the boundaries.

    Attributes
    ----------
    points
        Longitudes and latitudes to one DIVIPOLA code each, None outside every municipality.
    areas
        A valid polygon to the codes of the municipalities it covers, by the giver's rule.
    """

    points: Callable[[np.ndarray, np.ndarray], list[str | None]]
    areas: Callable[[Any], tuple[str, ...]]


PlaceName: TypeAlias = tuple[str, str]


@dataclass(frozen=True)
class Answers:
    """What the owner of a file said when asked.

    Attributes
    ----------
    order
        ``dmy`` or ``mdy`` for dates such as 03/04/2024; "" when not asked.
    decimal
        ``,`` or ``.`` for numbers such as 1.234; "" when not asked.
    places
        (municipality, department) as written, to a DIVIPOLA code, or "" to leave these rows out.
    """

    order: str = ""
    decimal: str = ""
    places: Mapping[PlaceName, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PlaceQuestion:
    """A name that several municipalities have, or that resembles some: candidates to be offered, never taken."""

    municipality: str
    department: str
    candidates: tuple[str, ...]
    rows: int
    ambiguous: bool


How: TypeAlias = Literal["code", "name", "repaired", "answer"]


@dataclass(frozen=True)
class Placed:
    """A place as it was written and the municipality it was taken for, by its code, its name or its owner's answer."""

    municipality: str
    department: str
    divipola: str
    how: How
    rows: int


@dataclass(frozen=True)
class Questions:
    """What has to be asked before the rows it concerns can be accepted."""

    order: bool = False
    decimal: bool = False
    order_conflict: bool = False
    places: tuple[PlaceQuestion, ...] = ()

    def __bool__(self) -> bool:
        return self.order or self.decimal or bool(self.places)


Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One cell, or one row (blank column), and what is wrong with it: an error leaves the row out."""

    row: int
    column: str
    value: str
    code: str
    severity: Severity
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """The outcome of checking a whole file.

    Attributes
    ----------
    rows
        What was accepted: ``row`` (int32), ``divipola`` (category), ``from``, ``to`` (datetime64[s]; NaT open or, for
        areas, undated), ``value`` (float64), ``label`` (category; the group of an interval), ``level`` (category; how
        the file calls its presence, blank where it does not). Sorted by row.
    read, accepted
        Rows of the file, and those of them that were accepted. An area may become several rows.
    findings
        The first ones of each code.
    counts
        By (code, severity), how many rows have such a finding; a row with two such cells is one row.
    notes
        About the whole file.
    questions
        Rows that wait for an answer are not accepted yet.
    rejected
        By code, the numbers of all rows that were left out for it (int32, increasing).
    placed
        How places were understood, those of most rows first; at most ``MAX_PLACED``.
    answered
        Names that were asked about and answered, with the candidates: an answer can be changed.
    """

    rows: pd.DataFrame
    read: int
    accepted: int
    findings: tuple[Finding, ...]
    counts: Mapping[tuple[str, Severity], int]
    notes: tuple[Note, ...]
    questions: Questions
    rejected: Mapping[str, np.ndarray] = field(default_factory=dict)
    placed: tuple[Placed, ...] = ()
    answered: tuple[PlaceQuestion, ...] = ()


@dataclass(frozen=True)
class Layer:
    """Accepted rows as a layer of the map, an indicator and a series: the user's own, not verified.

    Attributes
    ----------
    number
        From 1 in its session; ``own:<number>`` names it there and nowhere else.
    name, unit
        The user's words.
    file
        Name of the file.
    rows
        As in :class:`Checked`.
    until
        The day on which the file was loaded: what has no end, or an end after it, counts up to that month. None sets
        no such bound.
    """

    number: int
    name: str
    unit: str
    kind: Kind
    file: str
    rows: pd.DataFrame = field(repr=False)
    until: date | None = None

    @property
    def key(self) -> str:
        """How a view names it."""
        return f"own:{self.number}"
