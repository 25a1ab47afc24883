"""The schema of every embedded table: one declaration that reading, checking and ``datapackage.json`` follow.

A :class:`Table` lists its columns in file order. Reading turns each column's text into the dtype of its kind:

==============  =====================  ==========================================================
kind            dtype in frames        null
==============  =====================  ==========================================================
id              ``str``                missing (NaN), only where the column allows it
municipality    ``str``, 5 digits      missing (NaN), only where the column allows it
department      ``str``, 2 digits      missing (NaN), only where the column allows it
category        ``str``, listed words  missing (NaN), only where the column allows it
text, url       ``str``                never: nothing to say is the empty string
day             ``datetime64[s]``      NaT
month           ``datetime64[s]``      NaT; always the first of the month
integer         ``int64``              ``float64`` with NaN where the column allows null
number          ``float64``            NaN
flag            ``bool``               never
==============  =====================  ==========================================================

pandera is imported only when a schema is built: reading tables that were validated before never pays for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd
    from pandera.pandas import DataFrameSchema

Kind = Literal[
    "id", "municipality", "department", "category", "text", "url", "day", "month", "integer", "number", "flag"
]

STRING_KINDS: frozenset[str] = frozenset({"id", "municipality", "department", "category", "text", "url"})
DATE_KINDS: frozenset[str] = frozenset({"day", "month"})
PATTERNS: dict[str, str] = {
    "id": r"[A-Za-z0-9][A-Za-z0-9_.-]*",
    "municipality": r"\d{5}",
    "department": r"\d{2}",
    "url": r"https?://\S+",
}
PARTIAL_DATE = r"\d{4}(-\d{2}(-\d{2})?)?"
_DAY = r"\d{4}-\d{2}-\d{2}"
DAY_LIST = rf"{_DAY}(;{_DAY})*"
SPAN_LIST = rf"{_DAY}/{_DAY}(;{_DAY}/{_DAY})*"
CONFIDENCE = ("low", "medium", "high")
LEVELS = ("presence", "influence", "control", "dispute")
AREA_LEVELS = ("nation", "department", "municipality")
FAMILIES = ("farc", "eln", "comuneros", "emc", "embf", "sm_cneb", "egc", "acsn", "other", "unattributed")
FIRST_YEAR, LAST_YEAR = 1960, 2040


@dataclass(frozen=True)
class Column:
    """One column: its kind, whether it may be null, and what its values must obey.

    ``references`` names ``table.column`` that holds every value; ``pattern`` is matched in full; an empty text is
    allowed unless ``filled`` is set.
    """

    name: str
    kind: Kind
    description: str
    nullable: bool = False
    filled: bool = False
    values: tuple[str, ...] = ()
    references: str = ""
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None

    @property
    def dtype(self) -> str:
        """The pandas dtype of this column in frames."""
        if self.kind in STRING_KINDS:
            return "str"
        if self.kind in DATE_KINDS:
            return "datetime64[s]"
        if self.kind == "integer":
            return "float64" if self.nullable else "int64"
        return "bool" if self.kind == "flag" else "float64"


@dataclass(frozen=True)
class Table:
    """One table: columns in file order, the key that makes a row unique, and the order its dates must keep.

    ``ordered`` lists pairs of day columns whose first may not come after the second (either may be null). ``sources``
    names rows of the ``sources`` table that stand behind the whole table, for tables whose rows name none.
    """

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    ordered: tuple[tuple[str, str], ...] = ()
    format: Literal["csv", "parquet"] = "csv"
    sources: tuple[str, ...] = ()
    licence: Literal["CC-BY-4.0", "CC-BY-SA-4.0"] = "CC-BY-4.0"

    @property
    def filename(self) -> str:
        """Name of the file inside the tables folder."""
        return f"{self.name}.{self.format}"

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)


def _id(name: str, description: str, references: str = "", *, nullable: bool = False) -> Column:
    return Column(name, "id", description, nullable=nullable, references=references)


def _municipality(
    name: str = "divipola", description: str = "DANE's DIVIPOLA code", *, nullable: bool = False
) -> Column:
    references = "municipalities.divipola" if name == "divipola" else ""
    return Column(name, "municipality", description, nullable=nullable, references=references)


def _category(name: str, description: str, values: tuple[str, ...], *, nullable: bool = False) -> Column:
    return Column(name, "category", description, values=values, nullable=nullable)


def _text(name: str, description: str, *, filled: bool = False, pattern: str = "") -> Column:
    return Column(name, "text", description, filled=filled, pattern=pattern)


def _both(stem: str, description: str, *, filled: bool = False) -> tuple[Column, Column]:
    """The Spanish and the English column of one text."""
    return (
        _text(f"{stem}_es", f"{description}, in Spanish", filled=filled),
        _text(f"{stem}_en", f"{description}, in English", filled=filled),
    )


def _day(name: str, description: str, *, nullable: bool = True) -> Column:
    return Column(name, "day", description, nullable=nullable)


def _count(name: str, description: str, *, nullable: bool = False) -> Column:
    return Column(name, "integer", description, nullable=nullable, minimum=0)


def _year(name: str = "year", description: str = "Calendar year") -> Column:
    return Column(name, "integer", description, minimum=FIRST_YEAR, maximum=LAST_YEAR)


def _url(name: str, description: str) -> Column:
    return Column(name, "url", description)


def _source(*, nullable: bool = False) -> Column:
    return _id("source_id", "Who says so", "sources.source_id", nullable=nullable)


def _confidence() -> Column:
    return _category("confidence", "How far the reading of the source can be trusted", CONFIDENCE)


def _group(name: str = "group_id", description: str = "Armed group") -> Column:
    return _id(name, description, "groups.group_id")


_PLACES = (
    Table(
        "sources",
        "Sources",
        "One row per publisher, title, date and address; every fact refers to one.",
        (
            _id("source_id", "Stable identifier: publisher, year and a short hash"),
            _text("publisher", "Who published it", filled=True),
            _text("via", "The outlet through which the publisher's statement was read; empty when read directly"),
            _text("title", "Title as published; empty when it was never seen in full"),
            _text(
                "date_text",
                "Publication date in ISO form, may be partial (2025, 2025-03); empty when unknown",
                pattern=PARTIAL_DATE,
            ),
            Column("date_inferred", "flag", "The date was inferred from the page and not printed on it"),
            _day("date_from", "First day the date may mean"),
            _day("date_to", "Last day the date may mean; never after 31 October 2026, the last day of consultation"),
            _url("url", "Address; empty when there is none"),
            _text("licence", "Licence of the material; empty for the press, from which only facts are taken"),
            Column(
                "weak", "flag", "An automatic digest, a blog without a newsroom or a repost: no better one was found"
            ),
        ),
        ("source_id",),
        (("date_from", "date_to"),),
    ),
    Table(
        "municipalities",
        "Municipalities",
        "The 1,122 municipalities, non-municipalised areas and the island of DANE's DIVIPOLA.",
        (
            Column("divipola", "municipality", "DANE's DIVIPOLA code, five digits"),
            _text("name", "Official name", filled=True),
            Column("department_code", "department", "DANE's department code, two digits"),
            _text("department", "Department", filled=True),
            _category("kind", "Kind of unit", ("municipality", "non_municipalised_area", "island")),
            Column("lon", "number", "Longitude of the seat, WGS 84 degrees", minimum=-82.0, maximum=-66.8),
            Column("lat", "number", "Latitude of the seat, WGS 84 degrees", minimum=-4.3, maximum=13.6),
            _text("subregion", "One of Nariño's 13 subregions; empty outside Nariño"),
            _text(
                "pdet_subregion", "Subregion of the development programmes of the 2016 agreement (PDET); empty outside"
            ),
        ),
        ("divipola",),
        sources=("dane-divipola", "narino-subregiones", "art-pdet"),
        licence="CC-BY-SA-4.0",
    ),
    Table(
        "population",
        "Population",
        "DANE's population by municipality and year, 1985 to 2035; null means that DANE has no figure, never zero.",
        (
            _municipality(),
            _year(),
            Column("total", "integer", "People", nullable=True, minimum=1),
            _count("urban", "People in the municipal seat", nullable=True),
            _count("rural", "People elsewhere in the municipality", nullable=True),
        ),
        ("divipola", "year"),
        format="parquet",
        sources=("dane-population",),
    ),
)

_GROUPS = (
    Table(
        "families",
        "Families of groups",
        "Nine families that share a colour, and the grey of the unattributed.",
        (
            _category("family", "Identifier", FAMILIES),
            *_both("name", "Name", filled=True),
            Column("order", "integer", "Order in legends", minimum=1),
        ),
        ("family",),
    ),
    Table(
        "groups",
        "Armed groups",
        "Armed groups, fronts and structures named by the sources.",
        (
            _id("group_id", "Identifier"),
            *_both("short_name", "Short name for maps and tables", filled=True),
            *_both("name", "Full name", filled=True),
            Column("family", "category", "Family that gives the colour", values=FAMILIES, references="families.family"),
            _category(
                "kind",
                "Kind of group",
                ("guerrilla", "farc_dissident", "paramilitary_successor", "local_band", "foreign_group", "placeholder"),
            ),
            _text("founded_text", "When it was founded: ISO, may be partial; empty when unknown", pattern=PARTIAL_DATE),
            _text("ended_text", "When it ended or was last seen: ISO, may be partial", pattern=PARTIAL_DATE),
            *_both("description", "What it is"),
        ),
        ("group_id",),
    ),
    Table(
        "group_lineage",
        "Lineage of groups",
        "Which group is part of, split from or was absorbed by which.",
        (
            _group("child", "The group"),
            _group("parent", "The group it is tied to"),
            _category("relation", "How", ("part_of", "split_from", "absorbed_by", "franchise_of", "alleged_link")),
            _day("from", "First day the relation may have held; null when unknown"),
            _day("to", "Last day the relation may have held; null when open or unknown"),
            _text("from_text", "Start as the source gives it: ISO, may be partial", pattern=PARTIAL_DATE),
            _text("to_text", "End as the source gives it: ISO, may be partial", pattern=PARTIAL_DATE),
            _confidence(),
        ),
        ("child", "parent", "relation", "from_text"),
        (("from", "to"),),
    ),
    Table(
        "group_sources",
        "Sources of groups",
        "The sources behind each group's row.",
        (_group(), _source()),
        ("group_id", "source_id"),
    ),
    Table(
        "group_relations",
        "Relations between groups",
        "Clashes, alliances, splits, mergers and truces between groups, or between a group and the State (gov).",
        (
            _id("relation_id", "Identifier"),
            _id("group_a", "A group, or gov"),
            _id("group_b", "A group, or gov"),
            _category("relation", "What happened", ("clash", "alliance", "split", "merge", "truce")),
            _day("from", "First day"),
            _day("to", "Last day attested; null when the source gives none"),
            _confidence(),
            *_both("text", "What the sources report"),
            _source(),
        ),
        ("relation_id",),
        (("from", "to"),),
    ),
    Table(
        "group_relation_areas",
        "Areas of relations",
        "Where each relation between groups is reported.",
        (
            _id("relation_id", "Relation", "group_relations.relation_id"),
            _category("level", "Level of the code", AREA_LEVELS),
            Column("code", "text", "CO, a department code or a DIVIPOLA code", filled=True, pattern=r"CO|\d{2}|\d{5}"),
        ),
        ("relation_id", "level", "code"),
    ),
    Table(
        "group_relation_sources",
        "Sources of relations",
        "Every source of each relation; the relation's own source_id is the first of them.",
        (_id("relation_id", "Relation", "group_relations.relation_id"), _source()),
        ("relation_id", "source_id"),
    ),
    Table(
        "group_strength",
        "Strength of groups",
        "Members by group, date and publisher; publishers count differently and are never added together.",
        (
            _id("group_id", "Armed group, or the name of an aggregate when is_aggregate"),
            *_both("aggregate", "What the aggregate covers; empty for one group"),
            _text("date_text", "Date of the figure: ISO, may be partial", filled=True, pattern=PARTIAL_DATE),
            _day("date_from", "First day the date may mean", nullable=False),
            _day("date_to", "Last day the date may mean", nullable=False),
            _count("armed", "Armed members", nullable=True),
            _count("support_network", "Members of support networks", nullable=True),
            _count("total", "Members in all", nullable=True),
            _count("municipalities", "Municipalities with presence, by the same publisher", nullable=True),
            _count("departments", "Departments with presence, by the same publisher", nullable=True),
            Column("is_aggregate", "flag", "The figure adds several groups: never shown beside single groups"),
            _source(),
        ),
        ("group_id", "date_text", "source_id"),
        (("date_from", "date_to"),),
    ),
    Table(
        "presence",
        "Reported presence",
        "Each row: a source reports a group in a municipality over a period. Presence is not control; a period is what "
        "the source attests and not when a group arrived or left; no row means not reported, never peaceful.",
        (
            _id("presence_id", "Stable identifier: municipality, group, year and a short hash"),
            _municipality(),
            _group(),
            _category("level", "What is reported", LEVELS),
            _text("source_term", "The source's own term; empty when it was not quoted"),
            *_both("paraphrase", "What the source reports, in our words where its own term was not quoted"),
            _day("valid_from", "First day attested", nullable=False),
            _day("valid_to", "Last day attested; null when the source gives none"),
            _day(
                "attested_to", "valid_to, else the last day the source's date may mean: attested so far and no further"
            ),
            _category("precision", "Whether the period is given by days or only by year", ("day", "year")),
            _confidence(),
            _source(),
            _text("via", "The outlet through which the publisher's statement was read; empty when read directly"),
            _text("unit", "Front or structure named by the source; empty when none"),
            _id("caveat_id", "Caveat that goes with the row", "caveats.caveat_id", nullable=True),
        ),
        ("presence_id",),
        (("valid_from", "valid_to"), ("valid_from", "attested_to")),
    ),
    Table(
        "caveats",
        "Caveats",
        "What a reader must know to read certain presence rows.",
        (_id("caveat_id", "Identifier"), *_both("text", "Caveat", filled=True)),
        ("caveat_id",),
    ),
    Table(
        "talks_municipalities",
        "Municipalities of the talks",
        "Priority municipalities of the Comuneros del Sur talks: the talks' list, not evidence of presence.",
        (_municipality(), _group(), _day("valid_from", "Day of the road map", nullable=False), _source()),
        ("divipola", "group_id"),
    ),
    Table(
        "planned_expansion",
        "Alleged plans",
        "Plans to expand that the authorities attribute to a group: never presence.",
        (
            _municipality(),
            _group(),
            _day("valid_from", "Day from which the plan is alleged", nullable=False),
            _day("valid_to", "Last day alleged; null when the source gives none"),
            _confidence(),
            _source(),
            *_both("text", "What is alleged", filled=True),
        ),
        ("divipola", "group_id", "source_id"),
        (("valid_from", "valid_to"),),
    ),
)

_CEASEFIRES = (
    Table(
        "ceasefires",
        "Ceasefires",
        "Ceasefires, suspensions of operations, humanitarian pledges and truces between gangs. Without an end, a row "
        "is attested to attested_to and unknown afterwards.",
        (
            _id("ceasefire_id", "Identifier"),
            _id(
                "parent_id", "The ceasefire it renews, replaces or is part of", "ceasefires.ceasefire_id", nullable=True
            ),
            _category(
                "parent_relation",
                "How it relates to its parent",
                ("renews", "replaces", "part_of", "extends", "continues_for_a_faction"),
                nullable=True,
            ),
            _category(
                "class",
                "What it is; only a ceasefire is painted as one",
                ("ceasefire", "suspension_of_operations", "humanitarian_pledge", "gang_truce"),
            ),
            _category(
                "kind",
                "Who binds themselves",
                ("bilateral", "unilateral_group", "unilateral_government", "suspension", "humanitarian"),
            ),
            *_both("title", "Title", filled=True),
            _day("announced", "Day of the announcement; the first day it may mean when partial; null when unknown"),
            _text("announced_text", "Announcement as the source gives it: ISO, may be partial", pattern=PARTIAL_DATE),
            _day("start", "First day in force; null when unknown or never"),
            _day("end", "Last day in force; null when unknown"),
            _day("attested_to", "Last day attested where no end is known"),
            _category("outcome", "Whether it came into force", ("took_effect", "never_took_effect", "unknown")),
            _category(
                "end_reason",
                "Why it ended or what is known of its end",
                (
                    "expired",
                    "superseded",
                    "suspended",
                    "revoked",
                    "broken",
                    "never_applied",
                    "not_in_force",
                    "ongoing",
                    "unknown",
                ),
            ),
            _category("binds", "What it binds", ("group", "territory", "blocs")),
            _category(
                "scope_level",
                "Legal scope",
                ("nation", "nation_except_departments", "departments", "municipalities", "municipalities_undefined"),
            ),
            *_both("legal_instrument", "Legal instrument; empty when none is known"),
            *_both("text", "What was agreed and what happened"),
            _confidence(),
            _source(),
            _url("source2_url", "A second source; empty when there is none"),
        ),
        ("ceasefire_id",),
        (("start", "end"), ("announced", "end"), ("start", "attested_to")),
    ),
    Table(
        "ceasefire_parties",
        "Parties of ceasefires",
        "Who takes part in each ceasefire: groups, or the government (gov).",
        (
            _id("ceasefire_id", "Ceasefire", "ceasefires.ceasefire_id"),
            _id("party", "A group, or gov"),
        ),
        ("ceasefire_id", "party"),
    ),
    Table(
        "ceasefire_areas",
        "Areas of ceasefires",
        "The legal territory of each ceasefire: what it includes and what it excludes.",
        (
            _id("ceasefire_id", "Ceasefire", "ceasefires.ceasefire_id"),
            _category("rule", "Whether the area is included or excluded", ("include", "exclude")),
            _category("level", "Level of the code", AREA_LEVELS),
            Column("code", "text", "CO, a department code or a DIVIPOLA code", filled=True, pattern=r"CO|\d{2}|\d{5}"),
        ),
        ("ceasefire_id", "rule", "level", "code"),
    ),
    Table(
        "zones",
        "Special zones",
        "Temporary location zones, the transition zones of 2016, pilot areas and venues of the talks.",
        (
            _id("zone_id", "Identifier"),
            *_both("name", "Name", filled=True),
            _category(
                "zone_type",
                "Type",
                (
                    "transition_zone",
                    "transition_point",
                    "temporary_location_zone",
                    "training_and_location_zone",
                    "weapons_destruction_site",
                    "pilot_area",
                    "process_area",
                    "mining_district",
                    "dialogue_venue",
                    "pre_concentration_area",
                    "planned_zone",
                ),
            ),
            _day("start", "First day; null when unknown"),
            _day("end", "Last day; null when unknown"),
            _category("operated", "Whether it operated", ("yes", "yes_undated", "no", "unknown")),
            *_both("text", "What it was for and what happened"),
            *_both("legal_instrument", "Legal instrument; empty when none is known"),
            _confidence(),
            _source(),
            _url("source2_url", "A second source; empty when there is none"),
        ),
        ("zone_id",),
        (("start", "end"),),
    ),
    Table(
        "zone_groups",
        "Groups of zones",
        "Whose zone it is.",
        (_id("zone_id", "Zone", "zones.zone_id"), _group()),
        ("zone_id", "group_id"),
    ),
    Table(
        "zone_municipalities",
        "Municipalities of zones",
        "Where each zone lies; nothing finer than a municipality is kept.",
        (_id("zone_id", "Zone", "zones.zone_id"), _municipality()),
        ("zone_id", "divipola"),
    ),
)

EVENT_PROCESSES = (
    "acsn",
    "cneb",
    "comuneros",
    "egc",
    "eln",
    "embf",
    "emc",
    "farc2016",
    "national",
    "sm",
    "urban",
)

_PEACE = (
    Table(
        "events",
        "Peace events",
        "Dated events of the negotiations and of the peace policy, 1992 to 2026.",
        (
            _id("event_id", "Identifier"),
            _day("date", "Day; the first day of the month or year when the precision is coarser", nullable=False),
            _category("precision", "Precision of the date", ("day", "month", "year")),
            _category("process", "Negotiation; urban stands for three tables", EVENT_PROCESSES),
            _category(
                "category",
                "What kind of event",
                (
                    "agreement",
                    "ceasefire",
                    "claim",
                    "demining",
                    "legal",
                    "politics",
                    "rupture",
                    "substitution",
                    "talks",
                    "violence",
                    "weapons_destruction",
                ),
            ),
            *_both("title", "What happened", filled=True),
            _confidence(),
            _source(),
            _url("source2_url", "A second source; empty when there is none"),
        ),
        ("event_id",),
    ),
    Table(
        "event_places",
        "Places of events",
        "Where an event happened; no row for events without a place.",
        (_id("event_id", "Event", "events.event_id"), _municipality()),
        ("event_id", "divipola"),
    ),
    Table(
        "processes",
        "Peace processes",
        "The nine tables of the peace policy (eleven rows: two of them split).",
        (
            _id("process_id", "Identifier"),
            _category("event_process", "Key of its events", EVENT_PROCESSES),
            _text("table_opened", "When the table opened: ISO, may be partial", pattern=PARTIAL_DATE),
            _category("legal_status", "Legal frame", ("political", "socio_legal")),
            _text("last_known_date", "Date of the last state known: ISO, may be partial", pattern=PARTIAL_DATE),
            *_both("name", "Name", filled=True),
            *_both("guarantors", "Guarantors and companions"),
            *_both("delegates", "Delegates of the government"),
            *_both("last_state", "Last state known"),
            _confidence(),
            _source(),
            _url("source2_url", "A second source; empty when there is none"),
        ),
        ("process_id",),
    ),
    Table(
        "process_groups",
        "Groups of processes",
        "Which groups sit at each table.",
        (_id("process_id", "Process", "processes.process_id"), _group()),
        ("process_id", "group_id"),
    ),
    Table(
        "process_years",
        "Processes by year",
        "What happened at each table in each year.",
        (_id("process_id", "Process", "processes.process_id"), _year(), *_both("status", "What happened")),
        ("process_id", "year"),
    ),
    Table(
        "commitments",
        "Commitments",
        "Each commitment made at the table with Comuneros del Sur, and what is known of its fulfilment.",
        (
            _id("commitment_id", "Identifier"),
            _text("agreement_no", "Number of the agreement; a range when not confirmed; empty when it has none"),
            _category(
                "agreement_kind",
                "Where the commitment comes from",
                (
                    "numbered",
                    "number_not_confirmed",
                    "session",
                    "government_pledge",
                    "legal_guarantee",
                    "consultation",
                    "unnumbered",
                ),
            ),
            _text("agreement_date", "Date: ISO, may be partial", pattern=PARTIAL_DATE),
            _category("party", "Who committed", ("both", "government", "group")),
            _category(
                "category",
                "Subject",
                (
                    "aqueducts",
                    "ceasefire",
                    "children",
                    "concentration",
                    "demining",
                    "elections",
                    "health",
                    "humanitarian",
                    "investment",
                    "legal",
                    "mining_district",
                    "red_cross_guarantees",
                    "reintegration",
                    "roads",
                    "schools",
                    "search_for_the_missing",
                    "substitution",
                    "truth",
                    "universities",
                    "verification",
                    "weapons_destruction",
                ),
            ),
            *_both("text", "The commitment", filled=True),
            _category("status", "State of fulfilment", ("done", "under_way", "not_started", "broken", "unknown")),
            *_both("evidence", "What is known of its fulfilment"),
            _text("evidence_date_text", "Date of the evidence: ISO, may be partial", pattern=PARTIAL_DATE),
            _url("evidence_url", "Where the evidence is read; empty when there is none"),
            _confidence(),
            _source(),
        ),
        ("commitment_id",),
    ),
    Table(
        "commitment_municipalities",
        "Municipalities of commitments",
        "Where a commitment was signed or is to be fulfilled, when the source says so.",
        (_id("commitment_id", "Commitment", "commitments.commitment_id"), _municipality()),
        ("commitment_id", "divipola"),
    ),
)


def _values(name: str, title: str, description: str, *columns: Column, key: tuple[str, ...]) -> Table:
    indicator = _id("indicator_id", "Indicator", "indicators.indicator_id")
    value = Column("value", "number", "Value in the indicator's unit", minimum=0)
    return Table(name, title, description, (indicator, *columns, value), key, format="parquet", licence="CC-BY-SA-4.0")


def _month(name: str = "month", description: str = "First day of the month") -> Column:
    return Column(name, "month", description)


_INDICATORS = (
    Table(
        "indicators",
        "Indicators",
        "What each indicator measures, who publishes it, what it covers and what a missing row means.",
        (
            _id("indicator_id", "Identifier"),
            *_both("name", "Name", filled=True),
            *_both("short", "Short name for menus", filled=True),
            *_both("unit", "Unit", filled=True),
            *_both("definition", "Definition", filled=True),
            _text("publisher", "Who publishes the figures", filled=True),
            _source(),
            _category("frequency", "Which table of values holds it", ("month", "year", "period")),
            _day("first", "First day covered", nullable=False),
            _day("last", "Last day covered", nullable=False),
            _category("missing_means", "What a missing row inside the coverage means", ("zero", "no_record")),
            *_both("missing_note", "What a missing row means, in words", filled=True),
            Column("rate", "flag", "May be divided by the population"),
            _text("breaks", "Days from which the series is not comparable with before, ISO, `;`", pattern=DAY_LIST),
            _text(
                "gaps",
                "Intervals not held inside the coverage: no record, `from/to` in ISO days, `;`",
                pattern=SPAN_LIST,
            ),
            _text("incomplete", "Intervals incomplete at the source: `from/to` in ISO days, `;`", pattern=SPAN_LIST),
            *_both("break_note", "Why the series breaks, has gaps or is incomplete; empty when it does not"),
            _day("provisional_from", "Day from which figures are provisional; null when none are"),
        ),
        ("indicator_id",),
        (("first", "last"),),
    ),
    _values(
        "values_month",
        "Values by month",
        "Monthly values by municipality; only months with a value.",
        _municipality(),
        _month(),
        key=("indicator_id", "divipola", "month"),
    ),
    _values(
        "values_year",
        "Values by year",
        "Yearly values by municipality; only years with a value.",
        _municipality(),
        _year(),
        key=("indicator_id", "divipola", "year"),
    ),
    _values(
        "values_period",
        "Values by period",
        "Values by municipality over periods that are not a calendar month or year.",
        _municipality(),
        _day("from", "First day", nullable=False),
        _day("to", "Last day", nullable=False),
        key=("indicator_id", "divipola", "from", "to"),
    ),
    _values(
        "values_unplaced",
        "Values without a municipality",
        "Monthly counts that the source places in a department only, or in no department: they belong to the totals of "
        "the department and of the nation and to no municipality.",
        Column("department_code", "department", "Department; null when the source gives none", nullable=True),
        _month(),
        key=("indicator_id", "department_code", "month"),
    ),
    Table(
        "no_record",
        "No record",
        "Municipalities for which an indicator has no record: neither zero nor a value.",
        (
            _id("indicator_id", "Indicator", "indicators.indicator_id"),
            _municipality(),
            *_both("reason", "Why", filled=True),
        ),
        ("indicator_id", "divipola"),
        licence="CC-BY-SA-4.0",
    ),
    Table(
        "ucdp_events",
        "UCDP events",
        "Lethal events of organised violence by month, municipality, type of violence and dyad.",
        (
            _month("month", "First day of the month in which the event began"),
            _municipality(nullable=True),
            Column(
                "department_code",
                "department",
                "Department; null when the source gives only the country",
                nullable=True,
            ),
            Column("type_of_violence", "integer", "1 state-based, 2 non-state, 3 one-sided", minimum=1, maximum=3),
            _text("side_a", "Side A as UCDP names it", filled=True),
            _text("side_b", "Side B as UCDP names it", filled=True),
            Column("provisional", "flag", "Candidate events that UCDP has not settled"),
            _text("release", "UCDP release", filled=True),
            _count("events", "Events"),
            _count("deaths", "Deaths, UCDP's best estimate"),
        ),
        ("month", "divipola", "department_code", "type_of_violence", "side_a", "side_b", "provisional", "release"),
        sources=("ucdp-ged",),
    ),
    Table(
        "massacres_indepaz",
        "Massacres listed by INDEPAZ",
        "Events behind the indicator: three or more people killed together, by any author; the list names none.",
        (
            _id("massacre_id", "Identifier: order in INDEPAZ's list"),
            _day("date", "Day; the first day of the month when the precision is a month", nullable=False),
            _category("precision", "Precision of the date", ("day", "month")),
            _municipality(nullable=True),
            _count("victims", "People killed; null when the source has not settled it", nullable=True),
            Column("duplicate", "flag", "Stands twice at the source: not counted"),
            _source(),
        ),
        ("massacre_id",),
    ),
)

_TOTALS = (
    Table(
        "totals_indicators",
        "Indicators of totals",
        "Names of the national and department figures.",
        (_id("indicator", "Identifier"), *_both("name", "Name", filled=True)),
        ("indicator",),
    ),
    *(
        Table(
            f"totals_{level}",
            f"{adjective} totals",
            f"{adjective} figures by publisher: shown side by side, never added together.",
            (
                *((Column("department_code", "department", "Department"),) if level == "department" else ()),
                _text("year_text", "Period as the source gives it", filled=True),
                _day("from", "First day", nullable=False),
                _day("to", "Last day", nullable=False),
                _id("indicator", "Indicator", "totals_indicators.indicator"),
                Column("value", "number", "Value", minimum=0),
                _source(),
                *_both("note", "What a reader must know"),
            ),
            (
                *(("department_code",) if level == "department" else ()),
                "year_text",
                "indicator",
                "value",
                "source_id",
            ),
            (("from", "to"),),
        )
        for level, adjective in (("national", "National"), ("department", "Department"))
    ),
    Table(
        "governments",
        "Governments",
        "Presidents of Colombia and their terms, as bands of the timeline.",
        (
            _id("government_id", "Identifier"),
            _text("president", "President", filled=True),
            _day("from", "Day of the inauguration", nullable=False),
            _day("to", "Last day; null for the current government"),
            *_both("party", "Party or movement at the election; empty when no source read names it"),
            *_both("note", "What a reader must know; empty when nothing"),
            _source(nullable=True),
        ),
        ("government_id",),
        (("from", "to"),),
    ),
    Table(
        "elections",
        "Elections",
        "Presidential rounds, legislative elections and the plebiscite of 2016.",
        (
            _day("date", "Day", nullable=False),
            _category("kind", "Kind", ("presidential_first", "presidential_second", "legislative", "plebiscite")),
            *_both("text", "What was decided", filled=True),
            _source(nullable=True),
        ),
        ("date", "kind"),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table for table in (*_PLACES, *_GROUPS, *_CEASEFIRES, *_PEACE, *_INDICATORS, *_TOTALS)
}


def _checks(column: Column) -> list[Any]:
    """The pandera checks of one column; empty texts and nulls are let through where the column allows them."""
    from pandera.pandas import Check

    checks: list[Any] = []
    pattern = column.pattern or PATTERNS.get(column.kind, "")
    if column.kind == "category":
        checks.append(Check.isin(list(column.values), error="one of " + ", ".join(column.values)))
    elif pattern:
        optional = column.kind in {"text", "url"} and not column.filled
        checks.append(
            Check.str_matches(rf"^(?:{pattern}){'?' if optional else ''}$", error=f"text that matches {pattern}")
        )
    elif column.filled:
        checks.append(Check.str_length(min_value=1, error="a text that is not empty"))
    if column.minimum is not None:
        checks.append(Check.ge(column.minimum, error=f"{column.minimum:g} or more"))
    if column.maximum is not None:
        checks.append(Check.le(column.maximum, error=f"{column.maximum:g} or less"))
    if column.kind == "month":
        checks.append(Check(lambda days: days.dt.day == 1, error="the first day of a month"))
    return checks


@cache
def frame_schema(name: str) -> DataFrameSchema:
    """Build the pandera schema of one table.

    Parameters
    ----------
    name
        Name of the table.

    Returns
    -------
    pandera.pandas.DataFrameSchema
        Strict: exactly the declared columns, in order.
    """
    from pandera.pandas import Column as FrameColumn
    from pandera.pandas import DataFrameSchema

    table = TABLES[name]
    columns = {
        column.name: FrameColumn(
            column.dtype,
            checks=_checks(column),
            nullable=column.nullable,
            required=True,
            description=column.description,
        )
        for column in table.columns
    }
    return DataFrameSchema(columns, strict=True, ordered=True, name=name)


def empty_frame(name: str) -> pd.DataFrame:
    """Return a frame of that table without rows, with its columns and dtypes.

    Parameters
    ----------
    name
        Name of the table.
    """
    import pandas as pd

    return pd.DataFrame({column.name: pd.Series(dtype=column.dtype) for column in TABLES[name].columns})
