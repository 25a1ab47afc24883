"""The one declaration of the API: what each address answers, which parameters it takes, which columns its rows have.

Validation, the index, the OpenAPI document and the readable page are all derived from `ENDPOINTS`; nothing about the
API is written down twice. Declaring costs nothing: data are read when a request asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from components.server.api import columns, facts, figures, resources
from components.server.api.answer import Answer
from components.server.api.text import N_
from components.server.query import Choice, Day, Known, Month, Parameter, Whole

PREFIX = "/api/v1/"
DEFAULT_LIMIT = 5_000
MAX_LIMIT = 50_000
DOCUMENTS = ("openapi.json", "docs")

LANG = Parameter(
    "lang",
    Choice(("es", "en")),
    N_("Language of names, titles, caveats and messages."),
    default="es",
    example="en",
)
_LIMIT = Parameter(
    "limit",
    Whole(1, MAX_LIMIT),
    N_("Rows in one answer; the next ones are at the address in meta.next and in the Link header."),
    default=DEFAULT_LIMIT,
    example="100",
)
_OFFSET = Parameter(
    "offset", Whole(0, 100_000_000), N_("Rows to skip, in the stable order of the answer."), default=0, example="0"
)
_DATE = Parameter(
    "date",
    Day(),
    N_("The day to look at."),
    default_note=N_("the last day with evidence"),
    example="2024-10-15",
)
_DEPARTMENT = Parameter(
    "department",
    Known(facts.departments, N_("a 2-digit department code"), "municipalities"),
    N_("Only these departments (DANE codes; 52 is Nariño)."),
    many=True,
    example="52",
)
_MUNICIPALITY = Parameter(
    "municipality",
    Known(facts.municipalities, N_("a 5-digit DIVIPOLA code"), "municipalities"),
    N_("Only these municipalities (DIVIPOLA codes)."),
    many=True,
    example="52835",
)
_GROUP = Parameter(
    "group",
    Known(facts.groups, N_("a group identifier"), "groups"),
    N_("Only these groups."),
    many=True,
    example="eln",
)


_LEVEL = Parameter(
    "level",
    Choice(("municipality", "department", "nation")),
    N_("What a row stands for."),
    default="municipality",
    example="department",
)
_INDICATOR = Parameter(
    "indicator_id",
    Known(facts.indicators, N_("an indicator identifier"), "indicators"),
    N_("Indicator identifier."),
    required=True,
    example="homicides",
)


@dataclass(frozen=True)
class Endpoint:
    """One address of the API.

    Parameters
    ----------
    operation
        Identifier in the OpenAPI document.
    path
        Under ``/api/v1/``; ``{name}`` stands for a path parameter.
    title, description
        English message ids.
    answer
        Computes the rows from the parsed parameters; runs in a thread.
    columns
        The columns of the rows; None when they depend on the path (tables).
    own_parameters
        Query parameters besides format, lang, limit and offset.
    path_parameters
        One per ``{name}`` of the path.
    formats
        Accepted values of ``format``; the first is the default.
    example
        A path and query under ``/api/v1/`` that works on the embedded data.
    """

    operation: str
    path: str
    title: str
    description: str
    answer: Callable[[Mapping[str, Any]], Answer]
    columns: tuple[columns.Column, ...] | None
    own_parameters: tuple[Parameter, ...] = ()
    path_parameters: tuple[Parameter, ...] = ()
    formats: tuple[str, ...] = ("json", "csv")
    example: str = ""

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """All query parameters, the common ones last."""
        chosen = Parameter(
            "format", Choice(self.formats), N_("Form of the answer."), default=self.formats[0], example="csv"
        )
        return (*self.own_parameters, chosen, LANG, _LIMIT, _OFFSET)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path as a regular expression with one named group per path parameter."""
        return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path)))


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "index",
        "",
        N_("Index of the API"),
        N_("Every address, with its parameters, formats and an example."),
        resources.index,
        columns.INDEX,
        example="",
    ),
    Endpoint(
        "presence",
        "presence",
        N_("Reported presence of armed groups"),
        N_(
            "Which groups are reported in which municipality on a day, by whom, since when, and how old the newest "
            "evidence is. One row for each report that counts on that day."
        ),
        resources.presence,
        columns.PRESENCE,
        (
            _DATE,
            _DEPARTMENT,
            _MUNICIPALITY,
            Parameter(
                "window",
                Whole(0, 600),
                N_("Evidence window in months: how long a report counts after the last day it attests."),
                default=24,
                example="24",
            ),
            _GROUP,
            Parameter(
                "publisher",
                Known(facts.presence_publishers, N_("a publisher of presence reports"), "sources"),
                N_("Only reports of these publishers; case and accents do not matter."),
                many=True,
                example="Defensoría del Pueblo (SAT)",
            ),
            Parameter(
                "confidence",
                Choice(("low", "medium", "high")),
                N_("Lowest confidence that counts."),
                default="low",
                example="medium",
            ),
        ),
        formats=("json", "csv", "geojson"),
        example="presence?date=2024-10-15&department=52",
    ),
    Endpoint(
        "ceasefires",
        "ceasefires",
        N_("Ceasefires, suspensions, pledges and truces"),
        N_(
            "Each one known on a day with its status on that day. With a municipality or department: those whose legal "
            "territory includes it; a national one binds the group everywhere, whether or not it is reported there. In "
            "GeoJSON one that binds people and not ground has no geometry."
        ),
        resources.ceasefires,
        columns.CEASEFIRES,
        (
            _DATE,
            _MUNICIPALITY,
            _DEPARTMENT,
            Parameter(
                "class",
                Choice(("ceasefire", "suspension_of_operations", "humanitarian_pledge", "gang_truce")),
                N_("Only these classes; only a ceasefire is one."),
                many=True,
                example="ceasefire",
            ),
        ),
        formats=("json", "csv", "geojson"),
        example="ceasefires?date=2023-08-15&municipality=52835",
    ),
    Endpoint(
        "indicators",
        "indicators",
        N_("Indicators"),
        N_("What each indicator measures, who publishes it, what it covers and what a missing row means."),
        figures.indicators,
        columns.INDICATORS,
        example="indicators?lang=en",
    ),
    Endpoint(
        "indicator",
        "indicators/{indicator_id}",
        N_("Values of one indicator"),
        N_(
            "The figure over a period for each place, with its rate per 100,000 inhabitants where the indicator has "
            "one. Zero and no record are told apart."
        ),
        figures.indicator,
        columns.INDICATOR,
        (
            Parameter(
                "from",
                Month(),
                N_("First month of the period."),
                default_note=N_("the first month of the last twelve that the indicator covers"),
                example="2018-01",
            ),
            Parameter(
                "to",
                Month(),
                N_("Last month of the period, included."),
                default_note=N_("the last month that the indicator covers"),
                example="2018-12",
            ),
            _LEVEL,
            _DEPARTMENT,
            _MUNICIPALITY,
        ),
        path_parameters=(_INDICATOR,),
        formats=("json", "csv", "geojson"),
        example="indicators/homicides?from=2018-01&to=2018-12&level=department&department=52",
    ),
    Endpoint(
        "indicator_series",
        "indicators/{indicator_id}/series",
        N_("Series of one indicator"),
        N_("One row for each place and month, year or period of the indicator, for charts."),
        figures.indicator_series,
        columns.INDICATOR_SERIES,
        (
            Parameter(
                "from",
                Month(),
                N_("First month."),
                default_note=N_("the first month that the indicator covers"),
                example="2018-01",
            ),
            Parameter(
                "to",
                Month(),
                N_("Last month, included."),
                default_note=N_("the last month that the indicator covers"),
                example="2018-12",
            ),
            _LEVEL,
            _DEPARTMENT,
            _MUNICIPALITY,
        ),
        path_parameters=(_INDICATOR,),
        example="indicators/homicides/series?level=department&department=52&format=csv",
    ),
    Endpoint(
        "zones",
        "zones",
        N_("Special zones"),
        N_("Zones decreed or agreed, with their status on a day: a decreed zone that never operated says so."),
        resources.zones,
        columns.ZONES,
        (_DATE, _DEPARTMENT, _MUNICIPALITY),
        formats=("json", "csv", "geojson"),
        example="zones?date=2025-06-01",
    ),
    Endpoint(
        "municipalities",
        "municipalities",
        N_("Municipalities"),
        N_("The 1,122 units of DANE's DIVIPOLA with the place of their seat."),
        resources.municipalities,
        columns.MUNICIPALITIES,
        (_DEPARTMENT,),
        formats=("json", "csv", "geojson"),
        example="municipalities?department=52&format=csv",
    ),
    Endpoint(
        "groups",
        "groups",
        N_("Armed groups"),
        N_("Groups named by the sources, their family and what they are."),
        resources.groups,
        columns.GROUPS,
        example="groups?lang=en",
    ),
    Endpoint(
        "sources",
        "sources",
        N_("Sources"),
        N_("One row per publisher, title, date and address, with its licence."),
        resources.sources,
        columns.SOURCES,
        (
            Parameter(
                "publisher",
                Known(facts.publishers, N_("a publisher"), "sources"),
                N_("Only these publishers; case and accents do not matter."),
                many=True,
                example="UCDP",
            ),
        ),
        example="sources?format=csv",
    ),
    Endpoint(
        "tables",
        "tables",
        N_("Tables"),
        N_("Every embedded table, with its number of rows and its columns."),
        resources.tables,
        columns.TABLES,
        example="tables",
    ),
    Endpoint(
        "table",
        "tables/{name}",
        N_("One embedded table"),
        N_("All rows of a table as they are stored, in the order of the file, page by page."),
        resources.table,
        None,
        path_parameters=(
            Parameter(
                "name",
                Known(facts.table_names, N_("the name of a table"), "tables"),
                N_("Name of the table."),
                required=True,
                example="governments",
            ),
        ),
        example="tables/governments?format=csv",
    ),
)


def find(path: str) -> tuple[Endpoint, dict[str, str]] | None:
    """Return the endpoint of a path under ``/api/v1/`` and its raw path parameters; None when there is none."""
    for endpoint in ENDPOINTS:
        if match := endpoint.pattern.fullmatch(path):
            return endpoint, match.groupdict()
    return None


def address(endpoint: Endpoint, arguments: Mapping[str, Any], **changed: Any) -> str:
    """Return the canonical address of a request: every parameter that differs from its default, in declared order."""
    path = endpoint.path
    for parameter in endpoint.path_parameters:
        path = path.replace(f"{{{parameter.name}}}", quote(str(arguments[parameter.name]), safe=""))
    values = {**arguments, **changed}
    pairs = [
        (parameter.name, text)
        for parameter in endpoint.parameters
        if values[parameter.name] != parameter.default
        for text in _texts(parameter, values[parameter.name])
    ]
    return PREFIX + path + (f"?{urlencode(pairs)}" if pairs else "")


def _texts(parameter: Parameter, value: Any) -> Sequence[str]:
    if parameter.many:
        return [str(each) for each in value]
    return [f"{value:%Y-%m}" if isinstance(parameter.kind, Month) else str(value)]
