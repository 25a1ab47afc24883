"""Builds the embedded tables from the research facts and our own editorial texts.

``python -m data.compile FACTS_FOLDER`` writes every table of ``data/tables`` and ``datapackage.json``. Building is
deterministic: the same facts and texts give the same tables. No row of the facts disappears silently: the ledger says
of each whether it reached a table or why it did not.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data import schemas
from data.compile import groups, indicators, peace, totals
from data.compile.reading import Ledger, Material, mapped, numbers
from data.compile.sources import Sources

EDITORIAL = Path(__file__).parents[1] / "editorial"
_UNITS = {"municipio": "municipality", "área no municipalizada": "non_municipalised_area", "isla": "island"}
_SMALL_WORDS = {"DE", "DEL", "LA", "Y"}


@dataclass(frozen=True)
class Compiled:
    """Every table by name, and what became of each row of the facts."""

    tables: dict[str, pd.DataFrame]
    ledger: Ledger


def _title_case(text: str) -> str:
    """`MONTES DE MARÍA` as `Montes de María`."""
    words = text.split(" ")
    return " ".join(
        word.lower() if word in _SMALL_WORDS and place else word.capitalize() for place, word in enumerate(words)
    )


def municipalities(material: Material) -> pd.DataFrame:
    """`municipalities`."""
    facts = material.read("municipalities")
    material.keep_all("municipalities", facts)
    frame = pd.DataFrame(
        {
            "divipola": facts["divipola"],
            "name": facts["name"],
            "department_code": facts["department_code"],
            "department": facts["department"],
            "kind": facts["kind"].map(_UNITS),
            "lon": numbers(facts["lon"]),
            "lat": numbers(facts["lat"]),
            "subregion": facts["subregion"],
            "pdet_subregion": mapped(facts["pdet_subregion"], _title_case),
        }
    )
    return frame.sort_values("divipola", ignore_index=True)


def build(facts: Path, editorial: Path = EDITORIAL) -> Compiled:
    """Build every table.

    Parameters
    ----------
    facts
        Folder of the research facts.
    editorial
        Folder of our own texts; a file that is not there leaves generated or empty texts.

    Returns
    -------
    Compiled
        Frames with the columns and dtypes of :mod:`data.schemas`, not yet validated, and the ledger.
    """
    material = Material(facts, editorial)
    sources = Sources(registered=indicators.registry()["sources"])
    for source_id in sources.registered:
        sources.own(source_id)
    units = municipalities(material)
    places = dict(zip(units["divipola"], units["name"], strict=True))
    built: dict[str, pd.DataFrame] = {
        "municipalities": units,
        "population": indicators.population(material),
        "families": groups.families(),
        **groups.groups(material, sources),
        "group_lineage": groups.lineage(material),
        "group_strength": groups.strength(material, sources),
        **groups.presence(material, sources),
    }
    named = built["groups"][["group_id", "short_name_es", "short_name_en"]]
    names = {group_id: (es, en) for group_id, es, en in named.itertuples(index=False, name=None)}
    built |= groups.relations(material, sources, names)
    built |= groups.planned(material, sources, names, places)
    built |= peace.ceasefires(material, sources, names)
    built |= peace.zones(material, sources, places)
    built |= peace.events(material, sources)
    built |= peace.processes(material, sources, names)
    built |= peace.commitments(material, sources)
    built["ucdp_events"] = indicators.ucdp_events(material)
    built["massacres_indepaz"] = indicators.massacres(material, sources)
    built["indicators"] = indicators.indicators(sources)
    built |= indicators.monthly(material, built["ucdp_events"], built["massacres_indepaz"])
    built["values_year"] = indicators.yearly(material)
    built["values_period"] = indicators.periods(material)
    built["no_record"] = indicators.no_record(material, built["values_period"], units["divipola"], built["values_year"])
    built |= totals.totals(material, sources)
    built |= totals.politics(dict(zip(built["events"]["event_id"], built["events"]["source_id"], strict=True)))
    built["sources"] = sources.frame(material.texts("sources", "source_id", ["title"]))
    tables = {name: _shaped(name, built[name]) for name in schemas.TABLES}
    return Compiled(tables, material.ledger)


def _shaped(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Columns in the declared order and dtypes."""
    spec = schemas.TABLES[name]
    columns = {}
    for column in spec.columns:
        cells = frame[column.name]
        if column.dtype == "str":
            cells = cells.astype("str")
            cells = cells if column.nullable else cells.fillna("")
        columns[column.name] = cells.astype(column.dtype)  # pyright: ignore[reportArgumentType, reportCallIssue]
    return pd.DataFrame(columns).reset_index(drop=True)


def write(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write every table and ``datapackage.json`` into a folder.

    Parameters
    ----------
    tables
        Frames by name of table.
    folder
        Created when it does not exist; files of tables are replaced.
    """
    from data.datapackage import descriptor_text

    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        path = folder / schemas.TABLES[name].filename
        if schemas.TABLES[name].format == "parquet":
            frame.to_parquet(path, compression="zstd", index=False)
        else:
            as_text(name, frame).to_csv(path, index=False, lineterminator="\n")
    (folder / "datapackage.json").write_text(descriptor_text(folder), encoding="utf-8")


def as_text(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Every cell as it stands in the CSV file: days in ISO, flags as true and false, whole numbers without a point."""
    columns: dict[str, pd.Series] = {}
    for column in schemas.TABLES[name].columns:
        cells = frame[column.name]
        if column.kind in schemas.DATE_KINDS:
            cells = cells.dt.strftime("%Y-%m-%d").fillna("")
        elif column.kind == "flag":
            cells = cells.map({True: "true", False: "false"})
        elif column.kind == "integer":
            cells = pd.Series(["" if pd.isna(value) else str(int(value)) for value in cells], index=cells.index)
        elif column.kind == "number":
            cells = pd.Series(["" if pd.isna(value) else f"{value:.15g}" for value in cells], index=cells.index)
        else:
            cells = cells.fillna("")
        columns[column.name] = cells
    return pd.DataFrame(columns)
