"""The columns of each answer, in order, with the meaning of null. English message ids."""

from __future__ import annotations

from collections.abc import Sequence

from components.server.api.text import N_
from components.server.formats import Column

_DIVIPOLA = Column("divipola", "string", N_("DANE's DIVIPOLA code of the municipality, five digits, text."))
_NAME = Column("municipality", "string", N_("Official name of the municipality."))
_DEPARTMENT = Column("department", "string", N_("Department of the municipality."))
_PUBLISHER = Column("publisher", "string", N_("Who says so."))
_URL = Column("source_url", "string", N_("Where it is read; null when the source has no address."), nullable=True)
_LEGAL = Column("legal_instrument", "string", N_("Decree or other instrument; null when none is known."), nullable=True)

INDEX = (
    Column("operation", "string", N_("Identifier of the operation in the OpenAPI document.")),
    Column("path", "string", N_("Address; a name in braces stands for a value.")),
    Column("title", "string", N_("What it answers.")),
    Column("description", "string", N_("What a row is.")),
    Column("parameters", "list", N_("Names of its parameters.")),
    Column("formats", "list", N_("Forms of the answer.")),
    Column("example", "string", N_("An address that works.")),
)
PRESENCE = (
    _DIVIPOLA,
    _NAME,
    _DEPARTMENT,
    Column("group_id", "string", N_("Armed group.")),
    Column(
        "level", "string", N_("What is reported: presence, influence, control or dispute. Presence is not control.")
    ),
    Column("confidence", "string", N_("low, medium or high: how far the reading of the source can be trusted.")),
    Column("valid_from", "date", N_("First day attested.")),
    Column(
        "valid_to",
        "date",
        N_("Last day attested, which is no departure; null when the source gives none."),
        nullable=True,
    ),
    Column(
        "evidence_age_days",
        "integer",
        N_("Days from the last day this report attests (or its source's date, when earlier) to the date asked for."),
    ),
    _PUBLISHER,
    _URL,
)
CEASEFIRES = (
    Column("ceasefire_id", "string", N_("Identifier.")),
    Column(
        "class",
        "string",
        N_("ceasefire, suspension_of_operations, humanitarian_pledge or gang_truce; only the first is one."),
    ),
    Column("parties", "list", N_("Groups that take part; gov is the government.")),
    Column("status", "string", N_("in_force, announced, never_took_effect, ended or unknown, on the date asked for.")),
    Column(
        "announced",
        "string",
        N_("Announcement as the source dates it: ISO, may be only a month or a year; null when unknown."),
        nullable=True,
    ),
    Column("start", "date", N_("First day in force; null when unknown or never."), nullable=True),
    Column("end", "date", N_("Last day in force; null when unknown, which does not mean open."), nullable=True),
    Column("attested_to", "date", N_("Last day attested where no end is known; unknown afterwards."), nullable=True),
    Column("end_reason", "string", N_("Why it ended, or what is known of its end."), nullable=True),
    _LEGAL,
    _PUBLISHER,
    _URL,
)
INDICATORS = (
    Column("indicator_id", "string", N_("Identifier.")),
    Column("name", "string", N_("Name.")),
    Column("unit", "string", N_("Unit of the values.")),
    Column("definition", "string", N_("What is counted.")),
    _PUBLISHER,
    Column("frequency", "string", N_("month, year or period: the grain at which values are held.")),
    Column("first", "date", N_("First day covered.")),
    Column("last", "date", N_("Last day covered.")),
    Column("missing_means", "string", N_("What a missing row inside the coverage means: zero or no_record.")),
    Column("missing_note", "string", N_("What a missing row means, in words.")),
    Column("rate", "boolean", N_("Whether it may be divided by the population.")),
    Column("breaks", "list", N_("Days from which the series is not comparable with before.")),
    Column("gaps", "list", N_("Intervals not held inside the coverage: no record.")),
    Column("break_note", "string", N_("Why the series breaks or has gaps; null when it does not."), nullable=True),
    Column(
        "provisional_from", "date", N_("Day from which figures are provisional; null when none are."), nullable=True
    ),
    _URL,
)
_FIGURES = (
    Column("code", "string", N_("DIVIPOLA code, department code or CO, text.")),
    Column("name", "string", N_("Name of the place.")),
    Column(
        "value",
        "number",
        N_("Value over the period, in the indicator's unit; null when there is no record."),
        nullable=True,
    ),
    Column("population", "integer", N_("Inhabitants (DANE); null when there is no figure."), nullable=True),
    Column(
        "rate_per_100k",
        "number",
        N_("Value per 100,000 inhabitants; null without a population or where a rate has no meaning."),
        nullable=True,
    ),
    Column("status", "string", N_("reported, zero or no_record: no record is not zero.")),
    _PUBLISHER,
)
_FIGURE_OF = (Column("indicator_id", "string", N_("Which indicator the figure is of.")), _URL)
_PERIOD = (
    Column("from", "date", N_("First day of the period.")),
    Column("to", "date", N_("Last day of the period.")),
)
# The first seven were promised in this order: what a row needs to stand alone follows them.
INDICATOR = (*_FIGURES, _FIGURE_OF[0], *_PERIOD, _FIGURE_OF[1])
INDICATOR_SERIES = (*_FIGURES[:2], *_PERIOD, *_FIGURES[2:], *_FIGURE_OF)
ZONES = (
    Column("zone_id", "string", N_("Identifier.")),
    Column("name", "string", N_("Name.")),
    Column("zone_type", "string", N_("Kind of zone.")),
    Column(
        "status",
        "string",
        N_("active, decreed_not_operating, unknown, ended, undated or planned, on the date asked for."),
    ),
    Column("start", "date", N_("First day; null when unknown."), nullable=True),
    Column("end", "date", N_("Last day; null when unknown, which does not mean open."), nullable=True),
    Column("operated", "string", N_("Whether it ever operated: yes, yes_undated, no or unknown.")),
    Column("groups", "list", N_("Groups for which it was made.")),
    Column("municipalities", "list", N_("DIVIPOLA codes of its municipalities.")),
    _LEGAL,
    _PUBLISHER,
    _URL,
)
MUNICIPALITIES = (
    _DIVIPOLA,
    Column("name", "string", N_("Official name.")),
    Column("department_code", "string", N_("DANE's department code, two digits, text.")),
    Column("department", "string", N_("Department.")),
    Column("kind", "string", N_("municipality, non_municipalised_area or island.")),
    Column("lon", "number", N_("Longitude of the seat, WGS 84 degrees."), nullable=True),
    Column("lat", "number", N_("Latitude of the seat, WGS 84 degrees."), nullable=True),
    Column("subregion", "string", N_("One of Nariño's 13 subregions; null outside Nariño."), nullable=True),
    Column(
        "pdet_subregion", "string", N_("Subregion of the development programmes (PDET); null outside."), nullable=True
    ),
)
GROUPS = (
    Column("group_id", "string", N_("Identifier.")),
    Column("short_name", "string", N_("Short name.")),
    Column("name", "string", N_("Full name.")),
    Column("family", "string", N_("Family that gives the colour.")),
    Column("kind", "string", N_("Kind of group.")),
    Column("founded", "string", N_("ISO date, may be partial; null when unknown."), nullable=True),
    Column("ended", "string", N_("ISO date, may be partial; null when unknown or active."), nullable=True),
    Column("description", "string", N_("What it is; null when nothing is said."), nullable=True),
    Column("sources", "list", N_("Identifiers of the sources behind the row.")),
)
SOURCES = (
    Column("source_id", "string", N_("Identifier.")),
    _PUBLISHER,
    Column("title", "string", N_("Title as published; null when it was never seen in full."), nullable=True),
    Column("date", "string", N_("ISO date, may be partial; null when unknown."), nullable=True),
    Column("url", "string", N_("Address; null when there is none."), nullable=True),
    Column(
        "licence",
        "string",
        N_("Licence of the material; null for the press, from which only facts are taken."),
        nullable=True,
    ),
)
TABLES = (
    Column("name", "string", N_("Name of the table.")),
    Column("title", "string", N_("Title.")),
    Column("description", "string", N_("What a row is.")),
    Column("rows", "integer", N_("Number of rows.")),
    Column("columns", "list", N_("Names of its columns.")),
    Column("path", "string", N_("Address of its rows.")),
)
SOURCE_COLUMNS = (
    Column("publisher", "string", N_("Who says so.")),
    Column("source_title", "string", N_("Title of the source."), nullable=True),
    Column("source_date", "string", N_("Date of the source."), nullable=True),
    Column("source_url", "string", N_("Where it is read."), nullable=True),
    Column("licence", "string", N_("Licence of the material."), nullable=True),
    Column("caveat", "string", N_("What a reader must know."), nullable=True),
)


def of_table(name: str) -> Sequence[Column]:
    """Return the columns of an embedded table, from its schema; an empty text is given as null."""
    from data import schemas

    kinds = {"day": "date", "month": "date", "integer": "integer", "number": "number", "flag": "boolean"}
    return tuple(
        Column(
            column.name,
            kinds.get(column.kind, "string"),
            column.description,
            column.nullable or (column.kind in {"text", "url"} and not column.filled),
        )
        for column in schemas.TABLES[name].columns
    )
