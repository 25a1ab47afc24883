"""National and department totals by publisher, governments and elections."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pandas as pd

from data.compile.groups import Frames, add_all
from data.compile.reading import Material, days, first_days, last_days, mapped, numbers, overlay
from data.compile.sources import Sources

NAMES = {
    "active_dispute_zones": ("Zonas de disputa activa", "Active dispute zones"),
    "armed_actions": ("Acciones bélicas", "Armed actions"),
    "attacks_on_public_force": ("Ataques a la fuerza pública", "Attacks on the security forces"),
    "child_recruitment": ("Reclutamiento de niñas, niños y adolescentes", "Recruitment of children"),
    "confinement_people": ("Personas confinadas", "People confined"),
    "displacement_individual_people": (
        "Personas en desplazamientos individuales",
        "People in individual displacements",
    ),
    "displacement_mass_people": ("Personas en desplazamientos masivos", "People in mass displacements"),
    "displacement_total_people": ("Personas desplazadas", "People displaced"),
    "ex_combatants_killed": ("Firmantes del acuerdo de 2016 asesinados", "Signatories of the 2016 agreement killed"),
    "explosive_device_victims": ("Víctimas de artefactos explosivos", "Victims of explosive devices"),
    "extortion_cases": ("Casos de extorsión", "Extortion cases"),
    "homicide_rate": ("Tasa de homicidios por cada 100.000 habitantes", "Homicide rate per 100,000 people"),
    "homicides": ("Homicidios", "Homicides"),
    "kidnapping_cases": ("Casos de secuestro", "Kidnapping cases"),
    "kidnapping_extortive": ("Secuestros extorsivos", "Kidnappings for ransom"),
    "kidnapping_total": ("Secuestros", "Kidnappings"),
    "landmine_victims": ("Víctimas de minas antipersonal", "Landmine victims"),
    "mass_displacement_events": ("Eventos de desplazamiento masivo", "Mass displacement events"),
    "massacre_victims": ("Víctimas de masacres", "Victims of massacres"),
    "massacres": ("Masacres", "Massacres"),
    "mine_cases": ("Casos con minas antipersonal", "Landmine cases"),
    "municipalities_electoral_risk_extreme": (
        "Municipios en riesgo electoral extremo",
        "Municipalities at extreme electoral risk",
    ),
    "municipalities_under_alert": ("Municipios bajo alerta temprana", "Municipalities under early warning"),
    "municipalities_with_violence": ("Municipios con hechos de violencia", "Municipalities with violent events"),
    "organized_violence_deaths": ("Muertes por violencia organizada", "Deaths in organised violence"),
    "public_force_killed": ("Integrantes de la fuerza pública asesinados", "Members of the security forces killed"),
    "selective_killings": ("Asesinatos selectivos", "Selective killings"),
    "social_leaders_killed": ("Líderes sociales asesinados", "Social leaders killed"),
    "terrorism_acts": ("Actos de terrorismo", "Acts of terrorism"),
    "ucdp_deaths_state_based": ("Muertes en violencia con fuerzas del Estado", "Deaths in state-based violence"),
    "ucdp_deaths_non_state": ("Muertes en violencia entre grupos", "Deaths in non-state violence"),
    "ucdp_deaths_one_sided": ("Muertes en violencia contra civiles", "Deaths in one-sided violence"),
}
_UCDP = {
    "sb_deaths_best": "ucdp_deaths_state_based",
    "ns_deaths_best": "ucdp_deaths_non_state",
    "os_deaths_best": "ucdp_deaths_one_sided",
    "total_best": "organized_violence_deaths",
}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SPAN = re.compile(r"(\d{4}) ([A-Z][a-z]{2})-([A-Z][a-z]{2})")
_CUT = re.compile(rf"\b(?:to|cut) (\d{{1,2}}) ({'|'.join(_MONTHS)})(?: (\d{{4}}))?\b")


def iso_period(text: str) -> str:
    """A period in ISO form: `2025`, `2016/2021`, `2025-01/2025-06`.

    Examples
    --------
    >>> iso_period("2025 Jan-Jun"), iso_period("2016-2021"), iso_period("2022-08/2023-07")
    ('2025-01/2025-06', '2016/2021', '2022-08/2023-07')
    """
    span = _SPAN.fullmatch(text)
    if span:
        first, last = (_MONTHS.index(month) + 1 for month in span.groups()[1:])
        return f"{span[1]}-{first:02d}/{span[1]}-{last:02d}"
    return re.sub(r"^(\d{4})-(\d{4})$", r"\1/\2", text)


def _cut_day(note: str, last: pd.Timestamp) -> pd.Timestamp:
    """The day to which a figure reaches when its note says so."""
    match = _CUT.search(note)
    if match is None:
        return last
    day, month, year = match.groups()
    return pd.Timestamp(int(year or last.year), _MONTHS.index(month) + 1, int(day))


def _figures(facts: pd.DataFrame, source_ids: list[str]) -> pd.DataFrame:
    periods = mapped(facts["year"], iso_period)
    first, last = periods.str.split("/").str[0], periods.str.split("/").str[-1]
    ends = [_cut_day(note, day) for note, day in zip(facts["note"], last_days(last), strict=True)]
    return pd.DataFrame(
        {
            "year_text": periods,
            "from": first_days(first),
            "to": pd.Series(ends, index=facts.index).astype("datetime64[s]"),
            "indicator": facts["indicator"],
            "value": numbers(facts["value"]),
            "source_id": source_ids,
            "note_es": "",
            "note_en": "",
        },
        index=facts.index,
    )


def _with_notes(material: Material, level: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Our notes, by the number of the row in the facts counted from 1."""
    ours = material.texts("totals_notes", ["table", "row"], ["note_es", "note_en"])
    if len(ours) and level in ours.index.get_level_values("table"):
        of_level = ours.xs(level, level="table")
        rows = (frame.index + 1).astype(str)
        for column in ("note_es", "note_en"):
            frame[column] = of_level[column].reindex(rows).fillna("").to_numpy()
    return frame


def totals(material: Material, sources: Sources) -> Frames:
    """`totals_indicators`, `totals_national` and `totals_department`."""
    nation = material.read("national_totals")
    material.keep_all("national_totals", nation)
    national = _with_notes(material, "national", _figures(nation, add_all(sources, nation, totals=True)))

    by_year = material.read("ucdp_national_year")
    material.keep_all("ucdp_national_year", by_year)
    melted = by_year.melt("year", list(_UCDP), "column", "value").assign(note="")
    melted["indicator"] = melted["column"].map(_UCDP)
    ucdp = _figures(melted, [sources.own("ucdp-country-year")] * len(melted))

    department = material.read("department_totals")
    material.keep_all("department_totals", department)
    by_department = _figures(department, add_all(sources, department, totals=True))
    by_department.insert(0, "department_code", department["department_code"])
    by_department = _with_notes(material, "department", by_department)

    names = pd.DataFrame([(name, *texts) for name, texts in NAMES.items()], columns=["indicator", "name_es", "name_en"])
    ours = material.texts("totals_indicators", "indicator", ["name_es", "name_en"])
    return {
        "totals_indicators": overlay(names, "indicator", ours),
        "totals_national": pd.concat([national, ucdp], ignore_index=True),
        "totals_department": by_department,
    }


def politics(event_sources: dict[str, str]) -> Frames:
    """`governments` and `elections`.

    Parameters
    ----------
    event_sources
        Source of each event, by ``event_id``.
    """
    written = tomllib.loads((Path(__file__).parent / "politics.toml").read_text(encoding="utf-8"))
    governments = pd.DataFrame(
        [
            {
                "government_id": entry["id"],
                "president": entry["president"],
                "from": entry["from"],
                "to": entry["to"],
                **{name: entry.get(name, "") for name in ("party_es", "party_en", "note_es", "note_en")},
                "source_id": event_sources.get(entry.get("event", "")),
            }
            for entry in written["governments"]
        ]
    )
    elections = pd.DataFrame(
        [
            {
                **{name: entry[name] for name in ("date", "kind", "text_es", "text_en")},
                "source_id": event_sources.get(entry.get("event", "")),
            }
            for entry in written["elections"]
        ]
    )
    for frame, column in ((governments, "from"), (governments, "to"), (elections, "date")):
        frame[column] = days(frame[column])
    return {"governments": governments, "elections": elections}
