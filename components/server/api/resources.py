"""What each address answers: thin functions that ask the store and the domain, join names and sources, order the rows.

Each takes the parsed parameters and returns an `Answer`. They run in threads; pandas and the domain are imported then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.i18n import _, day
from components.server.api import columns, facts, joins
from components.server.api.answer import Answer

Arguments = Mapping[str, Any]


def index(arguments: Arguments) -> Answer:
    """Return every address with its parameters."""
    import pandas as pd

    from components.server.api.registry import ENDPOINTS, PREFIX

    rows = [
        {
            "operation": endpoint.operation,
            "path": PREFIX + endpoint.path,
            "title": _(endpoint.title),
            "description": _(endpoint.description),
            "parameters": tuple(parameter.name for parameter in endpoint.parameters),
            "formats": endpoint.formats,
            "example": PREFIX + endpoint.example,
        }
        for endpoint in ENDPOINTS
    ]
    links = {"documentation": f"{PREFIX}docs", "openapi": f"{PREFIX}openapi.json", "health": "/healthz"}
    return Answer(_("Addresses of the API"), pd.DataFrame(rows), columns.INDEX, extra={"links": links})


def presence(arguments: Arguments) -> Answer:
    """Return the presence reports that count on a day, one row each, by municipality and group, newest first."""
    from geo import state

    on = arguments["date"] or facts.last_evidence_day()
    rows = state.evidence_at(
        facts.table("presence"),
        on,
        arguments["window"],
        groups=arguments["group"] or (),
        publishers=arguments["publisher"] or (),
        min_confidence=arguments["confidence"],
        sources=facts.table("sources"),
    )
    rows = joins.within(rows, joins.asked_places(arguments))
    places = facts.places()
    rows = rows.assign(
        municipality=rows["divipola"].map(places["name"]),
        department=rows["divipola"].map(places["department"]),
        source_url=rows["source_id"].map(facts.sources()["url"]),
        caveat=rows["caveat_id"].map(facts.caveats()),
        place=joins.singles(rows["divipola"]),
    )
    rows = rows.sort_values(
        ["divipola", "group_id", "evidence_age_days", "presence_id"], kind="stable", ignore_index=True
    )
    return Answer(
        _("Armed groups reported by municipality on {day}", day=day(on)),
        rows,
        columns.PRESENCE,
        on,
        (
            _("Presence is not control: level repeats what each source says."),
            _("No row means not reported, never peaceful. valid_to is the last day attested and no departure."),
            _("Each row is one report; publishers count differently and are never added together."),
        ),
        extra={"evidence_window_months": arguments["window"]},
    )


def ceasefires(arguments: Arguments) -> Answer:
    """Return the ceasefires known on a day with their status, in the order in which they were announced or began."""
    import pandas as pd

    from geo import ceasefires as domain

    on = arguments["date"] or facts.last_evidence_day()
    rows = facts.table("ceasefires").copy()
    status = domain.status_at(rows, on)
    rows["status"] = rows["ceasefire_id"].map(status)
    rows = rows[rows["status"] != "not_announced"]
    if arguments["class"]:
        rows = rows[rows["class"].isin(arguments["class"])]
    territory = domain.legal_territory(facts.table("ceasefire_areas"), facts.table("municipalities"))
    asked = joins.asked_places(arguments)
    if asked is not None:
        inside = territory.loc[territory["divipola"].isin(asked), "ceasefire_id"]
        rows = rows[rows["ceasefire_id"].isin(inside)]
    first = rows["announced"].fillna(rows["start"]).fillna(pd.Timestamp.max.floor("s"))
    order = pd.DataFrame({"first": first, "id": rows["ceasefire_id"]}).sort_values(["first", "id"]).index
    rows = rows.loc[order].reset_index(drop=True)
    on_the_ground = territory[territory["ceasefire_id"].isin(rows.loc[rows["binds"] == "territory", "ceasefire_id"])]
    places = joins.lists(rows["ceasefire_id"], joins.within(on_the_ground, asked), "ceasefire_id", "divipola")
    return Answer(
        _("Ceasefires, suspensions, pledges and truces and their status on {day}", day=day(on)),
        rows.assign(
            announced=rows["announced_text"],
            parties=joins.lists(rows["ceasefire_id"], facts.table("ceasefire_parties"), "ceasefire_id", "party"),
            legal_instrument=joins.translated(rows, "legal_instrument"),
            place=places,
            **joins.source_columns(rows["source_id"]),
        ),
        columns.CEASEFIRES,
        on,
        (
            _("A ceasefire without a known end is attested to attested_to and unknown afterwards; it is not open."),
            _("A national ceasefire binds a group, not the ground; only the class ceasefire is a ceasefire."),
            _("Places are the seats of the legal territory, which says nothing about who is reported there."),
        ),
    )


def zones(arguments: Arguments) -> Answer:
    """Return the special zones that exist or are undated on a day, by first day."""
    from geo import zones as domain

    on = arguments["date"] or facts.last_evidence_day()
    rows = domain.zones_at(facts.table("zones"), on, facts.table("sources"))
    places = facts.table("zone_municipalities")
    asked = joins.asked_places(arguments)
    if asked is not None:
        rows = rows[rows["zone_id"].isin(places.loc[places["divipola"].isin(asked), "zone_id"])]
    rows = rows.sort_values(["start", "zone_id"], kind="stable", ignore_index=True)
    municipalities_of = joins.lists(rows["zone_id"], places, "zone_id", "divipola")
    return Answer(
        _("Special zones and their status on {day}", day=day(on)),
        rows.assign(
            name=joins.translated(rows, "name"),
            legal_instrument=joins.translated(rows, "legal_instrument"),
            groups=joins.lists(rows["zone_id"], facts.table("zone_groups"), "zone_id", "group_id"),
            municipalities=municipalities_of,
            place=municipalities_of,
            **joins.source_columns(rows["source_id"]),
        ),
        columns.ZONES,
        on,
        (
            _("A zone decreed or agreed is not a zone that operated: see operated and status."),
            _("Zones are placed at the seats of their municipalities; nothing finer is published."),
        ),
    )


def municipalities(arguments: Arguments) -> Answer:
    """Return the municipalities, by code."""
    rows = joins.within(facts.table("municipalities"), joins.asked_places(arguments))
    rows = rows.sort_values("divipola", ignore_index=True)
    return Answer(
        _("Municipalities of Colombia (DIVIPOLA)"),
        rows.assign(place=joins.singles(rows["divipola"])),
        columns.MUNICIPALITIES,
        sources=(facts.DIVIPOLA_SOURCE,),
    )


def groups(arguments: Arguments) -> Answer:
    """Return the armed groups, by identifier."""
    rows = facts.table("groups").sort_values("group_id", ignore_index=True)
    sources_of = joins.lists(rows["group_id"], facts.table("group_sources"), "group_id", "source_id")
    return Answer(
        _("Armed groups"),
        rows.assign(
            short_name=joins.translated(rows, "short_name"),
            name=joins.translated(rows, "name"),
            description=joins.translated(rows, "description"),
            founded=rows["founded_text"],
            ended=rows["ended_text"],
            sources=sources_of,
            source_ids=sources_of,
        ),
        columns.GROUPS,
        caveats=(_("Groups as the sources name them; a name is no judgement on their nature."),),
    )


def sources(arguments: Arguments) -> Answer:
    """Return the sources, by identifier."""
    rows = facts.table("sources").sort_values("source_id", ignore_index=True)
    if arguments["publisher"]:
        rows = rows[rows["publisher"].isin(arguments["publisher"])].reset_index(drop=True)
    return Answer(_("Sources"), rows.assign(date=rows["date_text"]), columns.SOURCES)


def tables(arguments: Arguments) -> Answer:
    """Return the embedded tables, in the order of the data package."""
    import pandas as pd

    from components.server.api.registry import PREFIX
    from data import schemas

    rows = [
        {
            "name": table.name,
            "title": table.title,
            "description": table.description,
            "rows": len(facts.table(table.name)),
            "columns": tuple(column.name for column in table.columns),
            "path": f"{PREFIX}tables/{table.name}",
        }
        for table in schemas.TABLES.values()
    ]
    return Answer(_("Embedded tables"), pd.DataFrame(rows), columns.TABLES)


def table(arguments: Arguments) -> Answer:
    """Return all rows of one table as they are stored."""
    from data import schemas

    name = arguments["name"]
    rows = facts.table(name)
    if "indicator_id" in rows and "source_id" not in rows:
        by_indicator = facts.table("indicators").set_index("indicator_id")["source_id"]
        rows = rows.assign(source_id=rows["indicator_id"].map(by_indicator))
    return Answer(
        schemas.TABLES[name].title,
        rows,
        columns.of_table(name),
        caveats=(schemas.TABLES[name].description,),
    )
