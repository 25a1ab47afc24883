"""Groups, their lineage, relations and strength, and where each is reported."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pandas as pd

from data.compile.reading import Material, days, first_days, last_days, mapped, numbers, overlay
from data.compile.sources import Sources, clean_date, split_publisher

Frames = dict[str, pd.DataFrame]
Names = dict[str, tuple[str, str]]
"""Short name of each group, in Spanish and in English."""

_GOVERNMENT = ("Gobierno", "Government")
_PARAPHRASE = "[paraphrase] "
_FINER_PLACES = (" (José María)",)
"""Places finer than a municipality that stand in terms of the sources: left out."""

_PROVISIONAL = "provisional"
"""What stands for a digest in ``caveats.csv``, for the rows that rest on provisional events only."""

_CANDIDATE_YEAR = "2026"
_SIDES = ("side_a", "side_b")
_BACKING = ["divipola", "provisional", "actor"]

FAMILY_NAMES = {
    "farc": ("FARC-EP y disidencias sin identificar", "FARC-EP and unidentified dissidents"),
    "eln": ("ELN", "ELN"),
    "comuneros": ("Comuneros del Sur", "Comuneros del Sur"),
    "emc": ("EMC", "EMC"),
    "embf": ("EMBF", "EMBF"),
    "sm_cneb": ("Segunda Marquetalia y CNEB", "Segunda Marquetalia and CNEB"),
    "egc": ("EGC (Clan del Golfo)", "EGC (Clan del Golfo)"),
    "acsn": ("ACSN (Sierra Nevada)", "ACSN (Sierra Nevada)"),
    "other": ("Otros grupos", "Other groups"),
    "unattributed": ("Grupo sin identificar", "Unidentified group"),
}
AGGREGATES = {
    "all_gao": ("Todos los grupos armados organizados", "All organised armed groups"),
    "any_group": ("Cualquier grupo", "Any group"),
    "emc_plus_sm": ("EMC y Segunda Marquetalia", "EMC and Segunda Marquetalia"),
    "farc_dissidents_all": ("Todas las disidencias de las FARC", "All FARC dissidents"),
    "narcoparamilitary_all": ("Todos los grupos herederos del paramilitarismo", "All paramilitary successors"),
    "organized_crime": ("Grupos de crimen organizado", "Organised crime groups"),
}
_KINDS = (
    ("placeholder", "placeholder"),
    ("guerrilla", "guerrilla"),
    ("FARC dissident", "farc_dissident"),
    ("paramilitary successor", "paramilitary_successor"),
    ("foreign", "foreign_group"),
    ("criminal gang (Ecuador)", "foreign_group"),
    ("local band", "local_band"),
)
_KIND_TEXTS = {
    "guerrilla": ("Guerrilla.", "Guerrilla group."),
    "farc_dissident": ("Disidencia de las FARC.", "FARC dissident group."),
    "paramilitary_successor": ("Grupo heredero del paramilitarismo.", "Paramilitary successor group."),
    "local_band": ("Banda de alcance local.", "Locally based armed band."),
    "foreign_group": ("Organización criminal extranjera.", "Foreign criminal organisation."),
    "placeholder": ("Filas cuya fuente no nombra un grupo.", "Rows whose source names no group."),
}


def families() -> pd.DataFrame:
    """Names of the families, in the order of the legend."""
    rows = [(family, es, en, order) for order, (family, (es, en)) in enumerate(FAMILY_NAMES.items(), start=1)]
    return pd.DataFrame(rows, columns=["family", "name_es", "name_en", "order"])


def _kind(text: str) -> str:
    if text == "local band or paramilitary successor":
        return "local_band"
    return next(kind for prefix, kind in _KINDS if text.startswith(prefix))


def _iso(text: str) -> str:
    """The ISO date a note begins with; the later year of a range."""
    span = re.match(r"(\d{2})\d{2}[–-](\d{2})(?!\d)\D", text + " ")
    if span and "–" in text[:6]:
        return span[1] + span[2]
    match = re.match(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", text)
    return match[0] if match else ""


def groups(material: Material, sources: Sources) -> Frames:
    """`groups` and `group_sources`."""
    facts = material.read("armed_groups")
    material.keep_all("armed_groups", facts)
    kinds = mapped(facts["kind"], _kind)
    frame = pd.DataFrame(
        {
            "group_id": facts["id"],
            "short_name_es": facts["short_name"],
            "short_name_en": facts["short_name"],
            "name_es": facts["name_es"],
            "name_en": facts["name_en"],
            "family": facts["family"],
            "kind": kinds,
            "founded_text": mapped(facts["founded"], _iso),
            "ended_text": mapped(facts["ended"], _iso),
            "description_es": mapped(kinds, lambda kind: _KIND_TEXTS[kind][0]),
            "description_en": mapped(kinds, lambda kind: _KIND_TEXTS[kind][1]),
        }
    )
    stems = ("short_name", "name", "description")
    ours = material.texts("groups", "group_id", [f"{stem}_{lang}" for stem in stems for lang in ("es", "en")])
    cited = [
        (group_id, source)
        for group_id, cell in zip(facts["id"], facts["sources"], strict=True)
        for source in dict.fromkeys(sources.add_cited(str(cell)))
    ]
    return {
        "groups": overlay(frame, "group_id", ours),
        "group_sources": pd.DataFrame(cited, columns=["group_id", "source_id"]),
    }


def lineage(material: Material) -> pd.DataFrame:
    """`group_lineage`."""
    facts = material.read("group_lineage")
    material.keep_all("group_lineage", facts)
    return pd.DataFrame(
        {
            "child": facts["child"],
            "parent": facts["parent"],
            "relation": facts["relation"],
            "from": first_days(facts["from"]),
            "to": last_days(facts["to"]),
            "from_text": facts["from"],
            "to_text": facts["to"],
            "confidence": facts["confidence"],
        }
    )


def relations(material: Material, sources: Sources, names: Names) -> Frames:
    """`group_relations` and its areas and sources; a side `state` is the government (gov)."""
    facts = material.read("group_relations")
    material.keep_all("group_relations", facts)
    ids = pd.Series([f"r{number:02d}" for number in range(1, len(facts) + 1)], dtype="str")
    cited = [sources.add_cited(cell) for cell in facts["source"]]
    sides = facts[["group_a", "group_b"]].replace("state", "gov")
    pairs = [
        tuple(" – ".join(names.get(side, _GOVERNMENT)[lang] for side in (a, b)) for lang in (0, 1))
        for a, b in zip(sides["group_a"], sides["group_b"], strict=True)
    ]
    frame = pd.DataFrame(
        {
            "relation_id": ids,
            "group_a": sides["group_a"],
            "group_b": sides["group_b"],
            "relation": facts["relation"],
            "from": days(facts["from"]),
            "to": days(facts["to"]),
            "confidence": facts["confidence"],
            "text_es": [pair[0] for pair in pairs],
            "text_en": [pair[1] for pair in pairs],
            "source_id": [sources_of_row[0] for sources_of_row in cited],
        }
    )
    ours = material.texts("relations", "relation_id", ["text_es", "text_en", "area_level", "area_codes"])
    rows = [
        (relation_id, row["area_level"], code)
        for relation_id, row in ours.iterrows()
        for code in row["area_codes"].split(";")
        if code
    ]
    areas = pd.DataFrame(rows, columns=["relation_id", "level", "code"], dtype="str").map(str.strip)
    levels = {"CO": "nation"}
    areas["level"] = [levels.get(code, "department" if len(code) == 2 else "municipality") for code in areas["code"]]
    every = [(row_id, source) for row_id, row in zip(ids, cited, strict=True) for source in dict.fromkeys(row)]
    return {
        "group_relations": overlay(frame, "relation_id", ours[["text_es", "text_en"]]),
        "group_relation_areas": areas,
        "group_relation_sources": pd.DataFrame(every, columns=["relation_id", "source_id"]),
    }


def strength(material: Material, sources: Sources) -> pd.DataFrame:
    """`group_strength`; aggregates carry their name because they are no group."""
    facts = material.read("group_strength")
    material.keep_all("group_strength", facts)
    return pd.DataFrame(
        {
            "group_id": facts["group_id"],
            "aggregate_es": mapped(facts["group_id"], lambda group: AGGREGATES.get(group, ("", ""))[0]),
            "aggregate_en": mapped(facts["group_id"], lambda group: AGGREGATES.get(group, ("", ""))[1]),
            "date_text": facts["year"],
            "date_from": first_days(facts["year"]),
            "date_to": last_days(facts["year"]),
            "armed": numbers(facts["armed"]),
            "support_network": numbers(facts["support_network"]),
            "total": numbers(facts["total"]),
            "municipalities": numbers(facts["municipalities_count"]),
            "departments": numbers(facts["departments_count"]),
            "is_aggregate": facts["aggregate"] == "yes",
            "source_id": add_all(sources, facts),
        }
    )


def add_all(sources: Sources, facts: pd.DataFrame, *, totals: bool = False) -> list[str]:
    """Identifier of each row's source."""
    add = sources.add_total if totals else sources.add
    columns = ["source_publisher", "source_title", "source_date", "source_url"]
    columns += ["via"] if "via" in facts else []
    return [add(*cells) for cells in facts[columns].itertuples(index=False, name=None)]


def presence(material: Material, sources: Sources) -> Frames:
    """`presence` and `caveats`."""
    facts = material.read("presence")
    material.keep_all("presence", facts)
    source_ids = pd.Series(add_all(sources, facts), index=facts.index, dtype="str")
    valid_to = days(facts["valid_to"])
    latest = last_days(mapped(facts["source_date"], lambda text: clean_date(text)[0]))
    valid_from = days(facts["valid_from"])
    attested = valid_to.where(valid_to.notna(), latest)
    distinct = facts[
        ["divipola", "group_id", "level", "source_term", "valid_from", "valid_to", "source_publisher", "source_title",
         "source_url", "unit"]
    ]  # fmt: skip
    short = mapped(distinct.agg("\x1f".join, axis=1), lambda text: hashlib.sha1(text.encode()).hexdigest()[:6])
    frame = pd.DataFrame(
        {
            "presence_id": facts["divipola"]
            + "-"
            + facts["group_id"]
            + "-"
            + facts["valid_from"].str[:4]
            + "-"
            + short,
            "divipola": facts["divipola"],
            "group_id": facts["group_id"],
            "level": facts["level"],
            **_terms(facts["source_term"]),
            "valid_from": valid_from,
            "valid_to": valid_to,
            "attested_to": attested.where(~(attested < valid_from), valid_from),
            "precision": facts["precision"],
            "confidence": facts["confidence"],
            "source_id": source_ids,
            "via": [
                split_publisher(name, via)[1] for name, via in zip(facts["source_publisher"], facts["via"], strict=True)
            ],
            "unit": facts["unit"],
        }
    )
    caveats = material.texts("caveats", "note_sha1", ["caveat_id", "text_es", "text_en"])
    caveats = caveats[caveats["text_es"] != ""]
    several = caveats.groupby("caveat_id")[["text_es", "text_en"]].nunique().max(axis=1)
    if (several > 1).any():
        raise ValueError(f"caveats.csv: {several.idxmax()} has more than one text")
    digests = mapped(facts["note"], lambda note: hashlib.sha1(note.encode()).hexdigest()[:12])
    digests = digests.mask(_only_provisional(facts, material.read("ucdp_events_month")), _PROVISIONAL)
    frame["caveat_id"] = (
        digests.map(caveats["caveat_id"]).astype("str") if len(caveats) else pd.Series(index=facts.index, dtype="str")
    )
    unique = caveats.drop_duplicates("caveat_id").sort_values("caveat_id", ignore_index=True)
    return {
        "presence": frame.sort_values(["divipola", "group_id", "valid_from", "presence_id"], ignore_index=True),
        "caveats": unique[["caveat_id", "text_es", "text_en"]],
    }


def _only_provisional(facts: pd.DataFrame, events: pd.DataFrame) -> pd.Series:
    """Whether a row of UCDP's candidate events rests on provisional events and on no other."""
    sides = pd.concat([events[["divipola", "provisional", side]].set_axis(_BACKING, axis=1) for side in _SIDES])
    sides = sides[events["month"].str[:4].eq(_CANDIDATE_YEAR).reindex(sides.index)]
    settled = sides.assign(settled=sides["provisional"] == "no").groupby(["divipola", "actor"])["settled"].any()
    keys = pd.MultiIndex.from_frame(facts[["divipola", "source_term"]])
    candidate = facts["source_publisher"].eq("UCDP") & facts["valid_from"].str[:4].eq(_CANDIDATE_YEAR)
    return candidate & pd.Series(settled.reindex(keys).eq(False).to_numpy(), index=facts.index)


def _terms(cells: pd.Series) -> dict[str, pd.Series]:
    """The source's own term, or our paraphrase in both languages where it was not quoted."""
    for place in _FINER_PLACES:
        cells = cells.str.replace(place, "", regex=False)
    paraphrased = cells.str.startswith(_PARAPHRASE)
    notes = cells.str.removeprefix(_PARAPHRASE)
    ours = pd.read_csv(Path(__file__).parent / "paraphrases.csv", dtype=str, na_filter=False, index_col="note")
    unknown = sorted(set(notes[paraphrased]) - set(ours.index))
    if unknown:
        raise ValueError(f"paraphrases.csv: no text for {', '.join(unknown)}")
    return {
        "source_term": cells.mask(paraphrased, ""),
        "paraphrase_es": notes.map(ours["es"]).where(paraphrased, "").astype("str"),
        "paraphrase_en": notes.map(ours["en"]).where(paraphrased, "").astype("str"),
    }


def planned(material: Material, sources: Sources, names: Names, places: dict[str, str]) -> Frames:
    """`planned_expansion` and `talks_municipalities`: neither is presence."""
    facts = material.read("planned_expansion")
    material.keep_all("planned_expansion", facts)
    frame = pd.DataFrame(
        {
            "row": [str(number) for number in range(1, len(facts) + 1)],
            "divipola": facts["divipola"],
            "group_id": facts["group_id"],
            "valid_from": days(facts["valid_from"]),
            "valid_to": days(facts["valid_to"]),
            "confidence": facts["confidence"],
            "source_id": add_all(sources, facts),
        }
    )
    who = [(names[group_id], places[code]) for group_id, code in zip(frame["group_id"], frame["divipola"], strict=True)]
    frame["text_es"] = [f"Según las autoridades, {group[0]} planeaba expandirse a {place}." for group, place in who]
    frame["text_en"] = [
        f"According to the authorities, {group[1]} planned to expand to {place}." for group, place in who
    ]
    ours = material.texts("planned_expansion", "row", ["text_es", "text_en"])
    talks = material.read("talks_municipalities")
    material.keep_all("talks_municipalities", talks)
    return {
        "planned_expansion": overlay(frame, "row", ours).drop(columns="row"),
        "talks_municipalities": pd.DataFrame(
            {
                "divipola": talks["divipola"],
                "group_id": talks["group_id"],
                "valid_from": days(talks["valid_from"]),
                "source_id": add_all(sources, talks),
            }
        ),
    }
