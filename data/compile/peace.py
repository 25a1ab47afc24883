"""Ceasefires, special zones, events, processes and commitments."""

from __future__ import annotations

import pandas as pd

from data.compile.groups import Frames, Names, add_all
from data.compile.reading import Material, days, explode, first_days, mapped, overlay
from data.compile.sources import Sources

_KINDS = {
    "bilateral": ("bilateral", "Cese bilateral", "Bilateral ceasefire"),
    "unilateral by group": ("unilateral_group", "Cese unilateral", "Unilateral ceasefire"),
    "unilateral by government": (
        "unilateral_government",
        "Suspensión de operaciones del Gobierno",
        "Government suspension of operations",
    ),
    "suspension of offensive operations": (
        "suspension",
        "Suspensión de operaciones ofensivas",
        "Suspension of offensive operations",
    ),
    "humanitarian": ("humanitarian", "Compromiso humanitario", "Humanitarian pledge"),
}
_SCOPES = {
    "national": "nation",
    "national except listed departments": "nation_except_departments",
    "departments": "departments",
    "municipalities": "municipalities",
    "municipalities (to be defined)": "municipalities_undefined",
}
_BINDS = {"group": "group", "territory": "territory", "blocs of the party": "blocs"}
_ZONES = {
    "ZVTN": ("transition_zone", "Zona veredal transitoria de normalización", "Transition zone (ZVTN)"),
    "PTN (camp, later transitional point)": (
        "transition_point",
        "Punto transitorio de normalización",
        "Transition point (PTN)",
    ),
    "ZUT": ("temporary_location_zone", "Zona de ubicación temporal", "Temporary location zone"),
    "ZUT (first plan)": ("temporary_location_zone", "Zona de ubicación temporal", "Temporary location zone"),
    "weapons destruction site": (
        "weapons_destruction_site",
        "Lugar de destrucción de material de guerra",
        "Weapons destruction site",
    ),
    "pilot area": ("pilot_area", "Área piloto", "Pilot area"),
    "ZOCIUT (training and temporary location)": (
        "training_and_location_zone",
        "Zona de capacitación y ubicación temporal",
        "Training and temporary location zone",
    ),
    "planned concentration zone": ("planned_zone", "Zona de concentración prevista", "Planned concentration zone"),
    "process area": ("process_area", "Área del proceso", "Area of the process"),
    "mining district": ("mining_district", "Distrito minero especial", "Special mining district"),
    "dialogue venue": ("dialogue_venue", "Sede de diálogo", "Venue of the dialogue"),
    "pre-concentration area": ("pre_concentration_area", "Área de preconcentración", "Pre-concentration area"),
}
_OPERATED = {"yes": "yes", "yes, dates not known": "yes_undated", "no": "no", "unknown": "unknown"}
_AGREEMENTS = {
    "": "unnumbered",
    "eighth session": "session",
    "government pledge": "government_pledge",
    "legal guarantee": "legal_guarantee",
    "consultation": "consultation",
}
_PARTIES = {"both": "both", "Government": "government", "Comuneros del Sur": "group"}
_BRACKETED_CODE = r"\((\d{5})\)"


def _null(cells: pd.Series) -> pd.Series:
    return cells.mask(cells == "")


def _named(parties: str, names: Names) -> tuple[str, str]:
    """The groups among the parties, in Spanish and in English."""
    groups = [names[party] for party in parties.split(";") if party != "gov"]
    return ", ".join(group[0] for group in groups), ", ".join(group[1] for group in groups)


def ceasefires(material: Material, sources: Sources, names: Names) -> Frames:
    """`ceasefires`, `ceasefire_parties` and `ceasefire_areas`."""
    facts = material.read("ceasefires")
    material.keep_all("ceasefires", facts)
    who = [_named(parties, names) for parties in facts["parties"]]
    years = [(start or announced)[:4] for start, announced in zip(facts["start"], facts["announced"], strict=True)]
    titles = [
        tuple(f"{_KINDS[kind][1 + lang]}: {group[lang]}, {year}" for lang in (0, 1))
        for kind, group, year in zip(facts["kind"], who, years, strict=True)
    ]
    frame = pd.DataFrame(
        {
            "ceasefire_id": facts["id"],
            "parent_id": _null(facts["parent_id"]),
            "parent_relation": _null(facts["parent_relation"]),
            "class": facts["class"],
            "kind": mapped(facts["kind"], lambda kind: _KINDS[kind][0]),
            "title_es": [title[0] for title in titles],
            "title_en": [title[1] for title in titles],
            "announced": first_days(facts["announced"]),
            "announced_text": facts["announced"],
            "start": days(facts["start"]),
            "end": days(facts["end"]),
            "attested_to": days(facts["attested_to"]),
            "outcome": facts["outcome"],
            "end_reason": facts["end_reason"].str.replace(" ", "_"),
            "binds": facts["binds"].map(_BINDS),
            "scope_level": facts["scope_level"].map(_SCOPES),
            "legal_instrument_es": "",
            "legal_instrument_en": "",
            "text_es": "",
            "text_en": "",
            "confidence": facts["confidence"],
            "source_id": add_all(sources, facts),
            "source2_url": facts["source2_url"],
        }
    )
    ours = material.texts(
        "ceasefires",
        "ceasefire_id",
        ["title_es", "title_en", "text_es", "text_en", "legal_instrument_es", "legal_instrument_en"],
    )
    areas = material.read("ceasefire_areas")
    material.keep_all("ceasefire_areas", areas)
    return {
        "ceasefires": overlay(frame, "ceasefire_id", ours),
        "ceasefire_parties": explode(facts, "id", "parties", r"[^;]+").set_axis(["ceasefire_id", "party"], axis=1),
        "ceasefire_areas": areas[["ceasefire_id", "rule", "level", "code"]],
    }


def zones(material: Material, sources: Sources, places: dict[str, str]) -> Frames:
    """`zones`, `zone_groups` and `zone_municipalities`; names of veredas are not carried over."""
    facts = material.read("special_zones")
    material.keep_all("special_zones", facts)
    where = [", ".join(places[code] for code in cell.split(";") if code) for cell in facts["divipola"]]
    suffixes = [f": {place}" if place and len(place) < 60 else "" for place in where]
    kinds = [_ZONES[kind] for kind in facts["zone_type"]]
    frame = pd.DataFrame(
        {
            "zone_id": facts["id"],
            "name_es": [kind[1] + suffix for kind, suffix in zip(kinds, suffixes, strict=True)],
            "name_en": [kind[2] + suffix for kind, suffix in zip(kinds, suffixes, strict=True)],
            "zone_type": [kind[0] for kind in kinds],
            "start": days(facts["start"]),
            "end": days(facts["end"]),
            "operated": facts["operated"].map(_OPERATED),
            "text_es": "",
            "text_en": "",
            "legal_instrument_es": "",
            "legal_instrument_en": "",
            "confidence": facts["confidence"],
            "source_id": add_all(sources, facts),
            "source2_url": facts["source2_url"],
        }
    )
    ours = material.texts(
        "zones",
        "zone_id",
        ["name_es", "name_en", "text_es", "text_en", "legal_instrument_es", "legal_instrument_en"],
    )
    return {
        "zones": overlay(frame, "zone_id", ours),
        "zone_groups": explode(facts, "id", "group", r"[^;]+").set_axis(["zone_id", "group_id"], axis=1),
        "zone_municipalities": explode(facts, "id", "divipola", r"\d{5}").set_axis(["zone_id", "divipola"], axis=1),
    }


def events(material: Material, sources: Sources) -> Frames:
    """`events` and `event_places`."""
    facts = material.read("peace_events")
    material.keep_all("peace_events", facts)
    frame = pd.DataFrame(
        {
            "event_id": facts["id"],
            "date": days(facts["date"]),
            "precision": facts["precision"],
            "process": facts["process"],
            "category": facts["category"].str.replace(" ", "_"),
            "title_es": facts["title_es"],
            "title_en": facts["title_en"],
            "confidence": facts["confidence"],
            "source_id": add_all(sources, facts),
            "source2_url": facts["source2_url"],
        }
    )
    return {
        "events": overlay(frame, "event_id", material.texts("events", "event_id", ["title_es", "title_en"])),
        "event_places": explode(facts, "id", "places", _BRACKETED_CODE).set_axis(["event_id", "divipola"], axis=1),
    }


def processes(material: Material, sources: Sources, names: Names) -> Frames:
    """`processes`, `process_groups` and `process_years`."""
    facts = material.read("peace_processes")
    material.keep_all("peace_processes", facts)
    who = [_named(groups, names) for groups in facts["group"]]
    frame = pd.DataFrame(
        {
            "process_id": facts["id"],
            "event_process": facts["event_process"],
            "table_opened": facts["table_opened"],
            "legal_status": mapped(
                facts["legal_status"], lambda status: "socio_legal" if status.startswith("socio") else "political"
            ),
            "last_known_date": facts["last_known_date"],
            "name_es": [f"Mesa con {group[0]}" for group in who],
            "name_en": [f"Talks with {group[1]}" for group in who],
            "guarantors_es": "",
            "guarantors_en": "",
            "delegates_es": "",
            "delegates_en": "",
            "last_state_es": "",
            "last_state_en": "",
            "confidence": facts["confidence"],
            "source_id": add_all(sources, facts),
            "source2_url": facts["source2_url"],
        }
    )
    stems = ("name", "guarantors", "delegates", "last_state")
    ours = material.texts("processes", "process_id", [f"{stem}_{lang}" for stem in stems for lang in ("es", "en")])
    years = facts.melt("id", [f"status_{year}" for year in range(2022, 2027)], "year", "status")
    years = years[years["status"] != ""]
    texts = material.texts("process_years", ["process_id", "year"], ["status_es", "status_en"])
    years = pd.DataFrame({"process_id": years["id"], "year": years["year"].str[-4:]})
    years = years.merge(texts.reset_index(), how="left", on=["process_id", "year"]).fillna("")
    years = years.sort_values(["process_id", "year"], ignore_index=True)
    years["year"] = years["year"].astype("int64")
    return {
        "processes": overlay(frame, "process_id", ours),
        "process_groups": explode(facts, "id", "group", r"[^;]+").set_axis(["process_id", "group_id"], axis=1),
        "process_years": years,
    }


def _agreement_number(text: str) -> str:
    number = text.split(" ")[0]
    return number if number[:1].isdigit() else ""


def _agreement_kind(text: str) -> str:
    if text in _AGREEMENTS:
        return _AGREEMENTS[text]
    return "number_not_confirmed" if "not confirmed" in text else "numbered"


def commitments(material: Material, sources: Sources) -> Frames:
    """`commitments` and `commitment_municipalities`."""
    facts = material.read("commitments")
    material.keep_all("commitments", facts)
    frame = pd.DataFrame(
        {
            "commitment_id": facts["id"],
            "agreement_no": mapped(facts["agreement_no"], _agreement_number),
            "agreement_kind": mapped(facts["agreement_no"], _agreement_kind),
            "agreement_date": facts["agreement_date"],
            "party": facts["party_responsible"].map(_PARTIES),
            "category": facts["category"].str.lower().str.replace(" ", "_"),
            "text_es": facts["text_es"],
            "text_en": facts["text_en"],
            "status": facts["status"].str.replace(" ", "_"),
            "evidence_es": "",
            "evidence_en": "",
            "evidence_date_text": facts["evidence_date"],
            "evidence_url": facts["evidence_url"],
            "confidence": facts["confidence"],
            "source_id": add_all(sources, facts),
        }
    )
    ours = material.texts("commitments", "commitment_id", ["text_es", "text_en", "evidence_es", "evidence_en"])
    places = explode(facts, "id", "place", _BRACKETED_CODE).set_axis(["commitment_id", "divipola"], axis=1)
    return {"commitments": overlay(frame, "commitment_id", ours), "commitment_municipalities": places}
