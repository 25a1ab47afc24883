"""Indicators, their values, and the places without a record."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from data.compile.groups import Frames
from data.compile.reading import Material, days, numbers
from data.compile.sources import Sources

OBSOLETE = "94663"
"""Mapiripana: a non-municipalised area that DANE's current list no longer holds."""

_OBSOLETE_REASON = "94663 Mapiripana is not in DANE's current list of municipalities"
_TYPES = {"1": "state_based", "2": "non_state", "3": "one_sided"}
_POVERTY = {
    "ipm_pct": "poverty_ipm",
    "ipm_urban_pct": "poverty_ipm_urban",
    "ipm_rural_pct": "poverty_ipm_rural",
    "nbi_pct": "poverty_nbi",
    "nbi_urban_pct": "poverty_nbi_urban",
    "nbi_rural_pct": "poverty_nbi_rural",
    "misery_pct": "poverty_misery",
}


@lru_cache(maxsize=1)
def registry() -> dict[str, dict[str, Any]]:
    """Our texts on sources and indicators, as written in ``indicators.toml``."""
    return tomllib.loads((Path(__file__).parent / "indicators.toml").read_text(encoding="utf-8"))


def indicators(sources: Sources) -> pd.DataFrame:
    """`indicators`, in the order in which they are written; `like` inherits from an earlier one."""
    written: dict[str, dict[str, Any]] = {}
    for indicator_id, entry in registry()["indicators"].items():
        written[indicator_id] = {**written.get(entry.get("like", ""), {}), **entry}
    rows = []
    for indicator_id, entry in written.items():
        texts = {
            f"{stem}_{lang}": entry.get(f"{stem}_{lang}", "")
            for stem in ("name", "short", "unit", "definition", "missing_note", "break_note")
            for lang in ("es", "en")
        }
        rows.append(
            {
                "indicator_id": indicator_id,
                **texts,
                "publisher": registry()["sources"][entry["source"]]["publisher"],
                "source_id": sources.own(entry["source"]),
                **{name: entry[name] for name in ("frequency", "first", "last", "missing_means", "rate")},
                **{name: entry.get(name, "") for name in ("breaks", "gaps", "incomplete", "provisional_from")},
            }
        )
    frame = pd.DataFrame(rows)
    for column in ("first", "last", "provisional_from"):
        frame[column] = days(frame[column])
    return frame


def _drop_obsolete(material: Material, name: str, facts: pd.DataFrame) -> pd.DataFrame:
    """The rows of current municipalities; the obsolete one is listed as dropped."""
    obsolete = facts["divipola"] == OBSOLETE
    material.ledger.drop(name, facts.index[obsolete], _OBSOLETE_REASON)
    material.ledger.keep(name, facts.index[~obsolete])
    return facts[~obsolete]


def population(material: Material) -> pd.DataFrame:
    """`population`; zero at the source means that there is no figure."""
    facts = _drop_obsolete(material, "population", material.read("population"))
    total = numbers(facts["total"])
    known = total > 0
    return pd.DataFrame(
        {
            "divipola": facts["divipola"],
            "year": facts["year"].astype("int64"),
            "total": total.where(known),
            "urban": numbers(facts["urban"]).where(known),
            "rural": numbers(facts["rural"]).where(known),
        }
    ).sort_values(["divipola", "year"], ignore_index=True)


def _month(texts: pd.Series) -> pd.Series:
    return pd.to_datetime(texts.str[:7], format="%Y-%m").astype("datetime64[s]")


def _long(indicator: str, frame: pd.DataFrame, value: str, time: str) -> pd.DataFrame:
    """Sum ``value`` by place and time, under the name of an indicator."""
    keys = ["divipola", "department_code", time] if "department_code" in frame else ["divipola", time]
    summed = frame.groupby(keys, dropna=False, sort=True)[value].sum().reset_index(name="value")
    summed.insert(0, "indicator_id", indicator)
    return summed


def ucdp_events(material: Material) -> pd.DataFrame:
    """`ucdp_events`."""
    facts = material.read("ucdp_events_month")
    material.keep_all("ucdp_events_month", facts)
    frame = pd.DataFrame(
        {
            "month": _month(facts["month"]),
            "divipola": facts["divipola"].mask(facts["divipola"] == ""),
            "department_code": facts["department_code"].mask(facts["department_code"] == ""),
            "type_of_violence": facts["type_of_violence"].astype("int64"),
            "side_a": facts["side_a"],
            "side_b": facts["side_b"],
            "provisional": facts["provisional"] == "yes",
            "release": facts["source_release"],
            "events": facts["events"].astype("int64"),
            "deaths": facts["deaths_best"].astype("int64"),
        }
    )
    keys = ["month", "department_code", "divipola", "type_of_violence", "side_a", "side_b", "provisional", "release"]
    return frame.sort_values(keys, ignore_index=True)


def massacres(material: Material, sources: Sources) -> pd.DataFrame:
    """`massacres_indepaz`: the events of the list; the repeated one is flagged and not counted."""
    facts = material.read("massacres_indepaz")
    material.keep_all("massacres_indepaz", facts)
    return pd.DataFrame(
        {
            "massacre_id": [f"m{number:04d}" for number in range(1, len(facts) + 1)],
            "date": days(facts["date"].where(facts["date"].str.len() == 10, facts["date"] + "-01")),
            "precision": facts["date"].str.len().map({10: "day", 7: "month"}),
            "divipola": facts["divipola"].mask(facts["divipola"] == ""),
            "victims": numbers(facts["victims"]),
            "duplicate": facts["note"].str.contains("identical to the previous row"),
            "source_id": sources.own("indepaz-massacres"),
        }
    )


def monthly(material: Material, events: pd.DataFrame, listed: pd.DataFrame) -> Frames:
    """`values_month` and `values_unplaced`."""
    homicides = material.read("homicides_municipality_month")
    material.keep_all("homicides_municipality_month", homicides)
    homicides = homicides.assign(month=_month(homicides["month"]), value=numbers(homicides["homicides"]))
    parts = [_long("homicides", homicides, "value", "month")]

    counted = listed[~listed["duplicate"]].assign(
        month=listed["date"].dt.to_period("M").dt.to_timestamp().astype("datetime64[s]"),
        department_code=listed["divipola"].str[:2],
        cases=1.0,
        victims=listed["victims"].fillna(0.0),
    )
    parts += [
        _long("massacres_indepaz", counted, "cases", "month"),
        _long("massacre_victims_indepaz", counted[counted["victims"] > 0], "victims", "month"),
    ]

    ministry = material.read("massacres_mindefensa")
    material.keep_all("massacres_mindefensa", ministry)
    ministry = ministry.assign(
        month=_month(ministry["date"]), cases=numbers(ministry["cases"]), victims=numbers(ministry["victims"])
    )
    parts += [
        _long("massacres_mindefensa", ministry, "cases", "month"),
        _long("massacre_victims_mindefensa", ministry, "victims", "month"),
    ]

    killed = material.read("leaders_killed_indepaz_month")
    material.keep_all("leaders_killed_indepaz_month", killed)
    killed = killed.assign(
        month=_month(killed["month"]),
        value=numbers(killed["killed"]),
        divipola=killed["divipola"].mask(killed["divipola"] == ""),
    )
    for indicator, kind in (("leaders_killed", "leader"), ("signatories_killed", "signatory")):
        parts.append(_long(indicator, killed[killed["type"] == kind], "value", "month"))

    settled = events[~events["provisional"]]
    for code, name in _TYPES.items():
        of_type = settled[settled["type_of_violence"] == int(code)]
        parts.append(_long(f"ucdp_{name}", of_type, "events", "month"))
        deadly = of_type[of_type["deaths"] > 0]
        parts.append(_long(f"ucdp_deaths_{name}", deadly, "deaths", "month"))

    every = pd.concat(parts, ignore_index=True)
    every["value"] = every["value"].astype("float64")
    placed = every["divipola"].notna()
    order = ["indicator_id", "divipola", "month"]
    unplaced = every[~placed].sort_values(["indicator_id", "department_code", "month"], ignore_index=True)
    return {
        "values_month": every[placed].sort_values(order, ignore_index=True)[[*order, "value"]],
        "values_unplaced": unplaced[["indicator_id", "department_code", "month", "value"]],
    }


def yearly(material: Material) -> pd.DataFrame:
    """`values_year`."""
    displaced = _drop_obsolete(
        material, "displacement_municipality_year", material.read("displacement_municipality_year")
    )
    coca = _drop_obsolete(material, "coca_municipality_year", material.read("coca_municipality_year"))
    kidnapped = material.read("kidnapping_victims_cnmh_municipality_year")
    material.keep_all("kidnapping_victims_cnmh_municipality_year", kidnapped)
    mines = material.read("landmine_victims_municipality_year")
    material.keep_all("landmine_victims_municipality_year", mines)
    poverty = material.read("poverty_census_2018")
    material.keep_all("poverty_census_2018", poverty)
    parts = [
        ("displacement", displaced, "people"),
        ("coca_ha", coca, "coca_ha"),
        ("kidnapping_cnmh", kidnapped, "victims"),
        ("landmine_victims", mines, "victims"),
        ("landmine_killed", mines, "killed"),
        *((indicator, poverty[poverty[column] != ""], column) for column, indicator in _POVERTY.items()),
    ]
    frames = [
        pd.DataFrame(
            {
                "indicator_id": indicator,
                "divipola": facts["divipola"],
                "year": facts["year"].astype("int64"),
                "value": numbers(facts[column]),
            }
        )
        for indicator, facts, column in parts
    ]
    every = pd.concat(frames, ignore_index=True)
    return every.sort_values(["indicator_id", "divipola", "year"], ignore_index=True)


def periods(material: Material) -> pd.DataFrame:
    """`values_period`."""
    parts = []
    for indicator, name, value in (
        ("homicides_12m", "homicides_latest_12_months", "victims"),
        ("confinement", "confinement_ocha", "people"),
    ):
        facts = material.read(name)
        material.keep_all(name, facts)
        parts.append(
            pd.DataFrame(
                {
                    "indicator_id": indicator,
                    "divipola": facts["divipola"],
                    "from": _month(facts["period_from"]),
                    "to": (_month(facts["period_to"]) + pd.offsets.MonthEnd(0)).astype("datetime64[s]"),
                    "value": numbers(facts[value]),
                }
            )
        )
    every = pd.concat(parts, ignore_index=True)
    return every.sort_values(["indicator_id", "divipola", "from"], ignore_index=True)


def no_record(
    material: Material, by_period: pd.DataFrame, codes: pd.Series, yearly_values: pd.DataFrame
) -> pd.DataFrame:
    """`no_record`: police homicides and their latest twelve months, and the census measures that were not published."""
    facts = material.read("homicides_no_record")
    material.keep_all("homicides_no_record", facts)
    reported = set(by_period.loc[by_period["indicator_id"] == "homicides_12m", "divipola"])
    ours = material.texts("no_record", "divipola", ["reason_es", "reason_en"])
    rows = []
    for code in facts["divipola"]:
        reason = (
            ours.at[code, "reason_es"]
            if code in ours.index
            else "No aparece nunca en los archivos de la Policía de 2003 a 2024.",
            ours.at[code, "reason_en"]
            if code in ours.index
            else "It never appears in the police files of 2003 to 2024.",
        )
        rows.append(("homicides", code, *reason))
        if code not in reported:
            rows.append(("homicides_12m", code, *reason))
    for indicator in _POVERTY.values():
        held = set(yearly_values.loc[yearly_values["indicator_id"] == indicator, "divipola"])
        rows += [
            (
                indicator,
                code,
                "La fuente censal de 2018 no publica esta medida para el municipio.",
                "The 2018 census source does not publish this measure for the municipality.",
            )
            for code in codes
            if code not in held
        ]
    frame = pd.DataFrame(rows, columns=["indicator_id", "divipola", "reason_es", "reason_en"])
    return frame.sort_values(["indicator_id", "divipola"], ignore_index=True)
