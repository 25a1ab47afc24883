"""The columns of each answer, in order, with the meaning of null. English message ids."""

from __future__ import annotations

from collections.abc import Sequence

from components.server.api.text import mark
from components.server.formats import Column

_DIVIPOLA = Column("divipola", "string", mark("DANE's DIVIPOLA code of the municipality, five digits, text."))
_NAME = Column("municipality", "string", mark("Official name of the municipality."))
_DEPARTMENT = Column("department", "string", mark("Department of the municipality."))
_PUBLISHER = Column("publisher", "string", mark("Who says so."))
_URL = Column("source_url", "string", mark("Where it is read; null when the source has no address."), nullable=True)
_LEGAL = Column(
    "legal_instrument", "string", mark("Decree or other instrument; null when none is known."), nullable=True
)

INDEX = (
    Column("operation", "string", mark("Identifier of the operation in the OpenAPI document.")),
    Column("path", "string", mark("Address; a name in braces stands for a value.")),
    Column("title", "string", mark("What it answers.")),
    Column("description", "string", mark("What a row is.")),
    Column("parameters", "list", mark("Names of its parameters.")),
    Column("formats", "list", mark("Forms of the answer.")),
    Column("example", "string", mark("An address that works.")),
)
PRESENCE = (
    _DIVIPOLA,
    _NAME,
    _DEPARTMENT,
    Column("group_id", "string", mark("Armed group.")),
    Column(
        "level", "string", mark("What is reported: presence, influence, control or dispute. Presence is not control.")
    ),
    Column("confidence", "string", mark("low, medium or high: how far the reading of the source can be trusted.")),
    Column("valid_from", "date", mark("First day attested.")),
    Column(
        "valid_to",
        "date",
        mark("Last day attested, which is no departure; null when the source gives none."),
        nullable=True,
    ),
    Column(
        "evidence_age_days",
        "integer",
        mark("Days from the last day this report attests (or its source's date, when earlier) to the date asked for."),
    ),
    _PUBLISHER,
    _URL,
)
CEASEFIRES = (
    Column("ceasefire_id", "string", mark("Identifier.")),
    Column(
        "class",
        "string",
        mark("ceasefire, suspension_of_operations, humanitarian_pledge or gang_truce; only the first is one."),
    ),
    Column("parties", "list", mark("Groups that take part; gov is the government.")),
    Column(
        "status", "string", mark("in_force, announced, never_took_effect, ended or unknown, on the date asked for.")
    ),
    Column(
        "announced",
        "string",
        mark("Announcement as the source dates it: ISO, may be only a month or a year; null when unknown."),
        nullable=True,
    ),
    Column("start", "date", mark("First day in force; null when unknown or never."), nullable=True),
    Column("end", "date", mark("Last day in force; null when unknown, which does not mean open."), nullable=True),
    Column("attested_to", "date", mark("Last day attested where no end is known; unknown afterwards."), nullable=True),
    Column("end_reason", "string", mark("Why it ended, or what is known of its end."), nullable=True),
    _LEGAL,
    _PUBLISHER,
    _URL,
)
INDICATORS = (
    Column("indicator_id", "string", mark("Identifier.")),
    Column("name", "string", mark("Name.")),
    Column("unit", "string", mark("Unit of the values.")),
    Column("definition", "string", mark("What is counted.")),
    _PUBLISHER,
    Column("frequency", "string", mark("month, year or period: the grain at which values are held.")),
    Column("first", "date", mark("First day covered.")),
    Column("last", "date", mark("Last day covered.")),
    Column("missing_means", "string", mark("What a missing row inside the coverage means: zero or no_record.")),
    Column("missing_note", "string", mark("What a missing row means, in words.")),
    Column("rate", "boolean", mark("Whether it may be divided by the population.")),
    Column("breaks", "list", mark("Days from which the series is not comparable with before.")),
    Column("gaps", "list", mark("Intervals not held inside the coverage: no record.")),
    Column("break_note", "string", mark("Why the series breaks or has gaps; null when it does not."), nullable=True),
    Column(
        "provisional_from", "date", mark("Day from which figures are provisional; null when none are."), nullable=True
    ),
    _URL,
)
INDICATOR = (
    Column("code", "string", mark("DIVIPOLA code, department code or CO, text.")),
    Column("name", "string", mark("Name of the place.")),
    Column(
        "value",
        "number",
        mark("Value over the period, in the indicator's unit; null when there is no record."),
        nullable=True,
    ),
    Column("population", "integer", mark("Inhabitants (DANE); null when there is no figure."), nullable=True),
    Column(
        "rate_per_100k",
        "number",
        mark("Value per 100,000 inhabitants; null without a population or where a rate has no meaning."),
        nullable=True,
    ),
    Column("status", "string", mark("reported, zero or no_record: no record is not zero.")),
    _PUBLISHER,
)
INDICATOR_SERIES = (
    *INDICATOR[:2],
    Column("from", "date", mark("First day of the period.")),
    Column("to", "date", mark("Last day of the period.")),
    *INDICATOR[2:],
)
ZONES = (
    Column("zone_id", "string", mark("Identifier.")),
    Column("name", "string", mark("Name.")),
    Column("zone_type", "string", mark("Kind of zone.")),
    Column(
        "status",
        "string",
        mark("active, decreed_not_operating, unknown, ended, undated or planned, on the date asked for."),
    ),
    Column("start", "date", mark("First day; null when unknown."), nullable=True),
    Column("end", "date", mark("Last day; null when unknown, which does not mean open."), nullable=True),
    Column("operated", "string", mark("Whether it ever operated: yes, yes_undated, no or unknown.")),
    Column("groups", "list", mark("Groups for which it was made.")),
    Column("municipalities", "list", mark("DIVIPOLA codes of its municipalities.")),
    _LEGAL,
    _PUBLISHER,
    _URL,
)
MUNICIPALITIES = (
    _DIVIPOLA,
    Column("name", "string", mark("Official name.")),
    Column("department_code", "string", mark("DANE's department code, two digits, text.")),
    Column("department", "string", mark("Department.")),
    Column("kind", "string", mark("municipality, non_municipalised_area or island.")),
    Column("lon", "number", mark("Longitude of the seat, WGS 84 degrees."), nullable=True),
    Column("lat", "number", mark("Latitude of the seat, WGS 84 degrees."), nullable=True),
    Column("subregion", "string", mark("One of Nariño's 13 subregions; null outside Nariño."), nullable=True),
    Column(
        "pdet_subregion", "string", mark("Subregion of the development programmes (PDET); null outside."), nullable=True
    ),
)
GROUPS = (
    Column("group_id", "string", mark("Identifier.")),
    Column("short_name", "string", mark("Short name.")),
    Column("name", "string", mark("Full name.")),
    Column("family", "string", mark("Family that gives the colour.")),
    Column("kind", "string", mark("Kind of group.")),
    Column("founded", "string", mark("ISO date, may be partial; null when unknown."), nullable=True),
    Column("ended", "string", mark("ISO date, may be partial; null when unknown or active."), nullable=True),
    Column("description", "string", mark("What it is; null when nothing is said."), nullable=True),
    Column("sources", "list", mark("Identifiers of the sources behind the row.")),
)
SOURCES = (
    Column("source_id", "string", mark("Identifier.")),
    _PUBLISHER,
    Column("title", "string", mark("Title as published; null when it was never seen in full."), nullable=True),
    Column("date", "string", mark("ISO date, may be partial; null when unknown."), nullable=True),
    Column("url", "string", mark("Address; null when there is none."), nullable=True),
    Column(
        "licence",
        "string",
        mark("Licence of the material; null for the press, from which only facts are taken."),
        nullable=True,
    ),
)
TABLES = (
    Column("name", "string", mark("Name of the table.")),
    Column("title", "string", mark("Title.")),
    Column("description", "string", mark("What a row is.")),
    Column("rows", "integer", mark("Number of rows.")),
    Column("columns", "list", mark("Names of its columns.")),
    Column("path", "string", mark("Address of its rows.")),
)
SOURCE_COLUMNS = (
    Column("publisher", "string", mark("Who says so.")),
    Column("source_title", "string", mark("Title of the source."), nullable=True),
    Column("source_date", "string", mark("Date of the source."), nullable=True),
    Column("source_url", "string", mark("Where it is read."), nullable=True),
    Column("licence", "string", mark("Licence of the material."), nullable=True),
    Column("caveat", "string", mark("What a reader must know."), nullable=True),
)


def of_table(name: str) -> Sequence[Column]:
    """Return the columns of an embedded table, from its schema."""
    from data import schemas

    kinds = {"day": "date", "month": "date", "integer": "integer", "number": "number", "flag": "boolean"}
    return tuple(
        Column(column.name, kinds.get(column.kind, "string"), column.description, column.nullable)
        for column in schemas.TABLES[name].columns
    )
