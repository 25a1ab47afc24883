"""The Centro Nacional de Memoria Histórica's case files (SIEVCAC): massacres, kidnapping and victims of landmines.

Three generations of headers are read: 2018 (``ANNOH, DEPTO_CASO, MUNINICIO_CASO``, as misspelt there), 2019
(``ano, dept, municipio, num``) and 2021 on (``Año, Código DANE de Municipio, ... Total de Víctimas del Caso``).
Year 0 means unknown and is left out, never charted. The codes ``00000`` and ``DD000`` mean that the municipality
is not known. Letters destroyed on the way (``MEDELL?N``) are restored only where one municipality of the
department fits. Of the several "Total ..." columns the victims' is the one that counts: the files of landmine
events also list actions without a victim.

Rows speak of people: only counts leave this module, raw files are not kept, and downloads ask the portal for sums.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from data.sources import socrata, values
from data.sources.fetch import Fetch
from data.sources.http import PublisherError
from data.sources.model import Dataset, Parsed, Parsing, RawFile, Rejections, SourceError, combined, stacked, yearly
from data.sources.tabular import rename, require, snake

PUBLISHER = "CNMH"
_SYNONYMS = {
    "year": ("ano", "a_o", "annoh", "anio", "year"),
    "code": ("codigo_dane_de_municipio", "c_digo_dane_de_municipio", "cod_dane", "codigo_dane"),
    "municipality": ("municipio", "muninicio_caso", "municipio_caso"),
    "department": ("departamento", "dept", "depto_caso"),
    "victims": (
        "total_de_victimas_del_caso",
        "total_de_v_ctimas_del_caso",
        "n",
        "num",
        "total_victimas",
        "total_victimas_caso",
    ),
    "month": ("mes",),
}


@dataclass(frozen=True, slots=True)
class CaseSet:
    """What a case file yields: the number of cases, of victims, or both."""

    socrata_id: str
    victims: str
    cases: str = ""

    def parse(self, files: Sequence[RawFile], parsing: Parsing) -> Parsed:
        """Read workbooks or CSV files of cases, or the sums that the portal made of them."""
        read = list(socrata.frames(files, ()))
        parts = [(name, parse_cases(frame.rename(columns=snake), self, parsing, name)) for name, frame in read]
        return combined(parts)

    def download(self, fetch: Fetch) -> Iterable[RawFile]:
        """Ask the portal for cases and victims summed by municipality and year; the columns' names come from its
        description."""
        with socrata.client(fetch, PUBLISHER) as client:
            host = fetch.base("SOCRATA", socrata.HOST)
            about = client.get_json(f"{host}/api/views/{self.socrata_id}.json")
            columns = [str(column.get("fieldName", "")) for column in about.get("columns", [])]
            year, code, victims = (_field(columns, key) for key in ("year", "code", "victims"))
            keys = f"{year},{code}"
            select = f"{keys},count(*) as cases,sum({victims}) as total_de_victimas_del_caso"
            yield from socrata.pages(fetch, client, self.socrata_id, select=select, group=keys, order=keys)


def _field(columns: Sequence[str], key: str) -> str:
    for name in _SYNONYMS[key]:
        if name in columns:
            return name
    raise SourceError("missing_column", f"no column for the {key}; the portal has {', '.join(columns) or 'none'}")


def parse_cases(frame: pd.DataFrame, spec: CaseSet, parsing: Parsing, name: str = "") -> Parsed:
    """Count victims, and cases where the set asks for them, by municipality and year.

    The cut date is the last day of the newest month that has a case, where months are given; a last year that
    stops early is partial.
    """
    frame = rename(frame, _SYNONYMS)
    require(frame, ("year", "victims"))
    if "code" not in frame:
        require(frame, ("municipality", "department"))
    rejected, rows = Rejections(name), frame.index.to_series()
    place, fault, shown = _places(frame, parsing)
    year = values.years(frame["year"])
    unknown = year.isna()
    rejected.add_where(unknown, rows, "Año", frame["year"], _year_fault(frame["year"]))
    rejected.add_where(fault.notna() & ~unknown, rows, "Municipio", shown, fault)
    victims = values.counts(frame["victims"])
    bad = fault.isna() & ~unknown & (victims.isna() | (victims < 0))
    rejected.add_where(bad, rows, "Total de Víctimas del Caso", frame["victims"], "no_amount")
    good = fault.isna() & ~unknown & ~bad
    parts = [yearly(spec.victims, place[good], year[good], victims[good])]
    if spec.cases:
        cases = values.counts(frame["cases"]) if "cases" in frame else pd.Series(1.0, index=frame.index)
        parts.append(yearly(spec.cases, place[good], year[good], cases[good]))
    return Parsed(stacked(parts), rejected.frame(), _cut(frame, year), len(frame))


def _year_fault(text: pd.Series) -> pd.Series:
    zero = values.counts(text) == 0
    return pd.Series("not_a_year", index=text.index).mask(zero, "year_unknown")


def _places(frame: pd.DataFrame, parsing: Parsing) -> tuple[pd.Series, pd.Series, pd.Series]:
    if "code" in frame:
        codes = values.municipality_codes(frame["code"])
        return codes, socrata.place_faults(codes, None, parsing), frame["code"].fillna("").astype("str")
    found = parsing.gazetteer.match_frame(frame["municipality"], frame["department"])
    fault = found["status"].where(~found["status"].isin(["matched", "repaired"])).astype("object")
    fault = fault.mask(fault == "blank", "unknown_place")
    return found["divipola"], fault, frame["municipality"] + " / " + frame["department"]


def _cut(frame: pd.DataFrame, year: pd.Series) -> dt.date | None:
    newest = year.max()
    if pd.isna(newest) or "month" not in frame:
        return None
    months = values.counts(frame["month"])[year == newest]
    months = months[months.between(1, 12)]
    if months.empty:
        return None
    return (pd.Period(year=int(newest), month=int(months.max()), freq="M").end_time).date()


# -- landmines: one row per person ------------------------------------------------------------------------------------

LANDMINES_ID = "52eu-ic7d"
_DEAD = re.compile(r"muert|fallec|asesinad", re.IGNORECASE)


def download_landmines(fetch: Fetch) -> Iterable[RawFile]:
    """Ask for the number of persons by municipality, year and state: rows about persons never reach this machine."""
    keys = "a_o,codigo_dane_de_municipio,situaci_n_actual_de_la_v"
    with socrata.client(fetch, PUBLISHER) as client:
        try:
            yield from socrata.pages(
                fetch, client, LANDMINES_ID, select=f"{keys},count(*) as n", group=keys, order=keys
            )
        except SourceError as error:
            raise PublisherError(
                PUBLISHER, socrata.resource(fetch, LANDMINES_ID), "unexpected_format", detail=error.detail
            ) from error


def parse_landmines(files: Sequence[RawFile], parsing: Parsing) -> Parsed:
    """Count victims of landmines and, of them, the killed, by municipality and year; a row without ``n`` is one
    person."""
    parts = []
    for name, raw in socrata.frames(files, ()):
        frame = rename(raw.rename(columns=snake), _SYNONYMS | {"victims": ("n",)})
        require(frame, ("year", "code"))
        rejected, rows = Rejections(name), frame.index.to_series()
        place, fault, shown = _places(frame, parsing)
        year = values.years(frame["year"])
        rejected.add_where(year.isna(), rows, "a_o", frame["year"], _year_fault(frame["year"]))
        rejected.add_where(fault.notna() & year.notna(), rows, "codigo_dane_de_municipio", shown, fault)
        people = values.counts(frame["victims"]) if "victims" in frame else pd.Series(1.0, index=frame.index)
        good = fault.isna() & year.notna() & people.notna()
        state = next((c for c in frame.columns if str(c).startswith("situaci")), None)
        dead = good & (frame[state].fillna("").str.contains(_DEAD) if state else False)
        counted = stacked(
            [
                yearly("landmine_victims_cnmh", place[good], year[good], people[good]),
                yearly("landmine_killed_cnmh", place[dead], year[dead], people[dead]),
            ]
        )
        parts.append((name, Parsed(counted, rejected.frame(), None, len(frame))))
    return combined(parts)


MASSACRES = CaseSet("d78j-f66e", "massacre_victims_cnmh", "massacres_cnmh")
KIDNAPPING = CaseSet("cdw6-jexv", "kidnapping_cnmh")
_LICENCE, _ATTRIBUTION = "CC BY-SA 4.0", "Centro Nacional de Memoria Histórica, SIEVCAC"

DATASETS = (
    Dataset(
        dataset_id="cnmh-landmines",
        publisher=PUBLISHER,
        title_es="Víctimas de minas antipersonal (SIEVCAC)",
        title_en="Victims of landmines (SIEVCAC)",
        page=f"{socrata.HOST}/d/{LANDMINES_ID}",
        licence=_LICENCE,
        attribution=_ATTRIBUTION,
        join="separate",
        indicators=("landmine_victims_cnmh", "landmine_killed_cnmh"),
        download=download_landmines,
        parse=parse_landmines,
        files=(f"*{LANDMINES_ID}*",),
        keep_raw=False,
    ),
    Dataset(
        dataset_id="cnmh-kidnapping",
        publisher=PUBLISHER,
        title_es="Secuestro, casos documentados (SIEVCAC)",
        title_en="Kidnapping, documented cases (SIEVCAC)",
        page=f"{socrata.HOST}/d/{KIDNAPPING.socrata_id}",
        licence=_LICENCE,
        attribution=_ATTRIBUTION,
        join="replace",
        indicators=("kidnapping_cnmh",),
        download=KIDNAPPING.download,
        parse=KIDNAPPING.parse,
        files=("CasosSE*", "casos-se*", f"*{KIDNAPPING.socrata_id}*"),
        keep_raw=False,
    ),
    Dataset(
        dataset_id="cnmh-massacres",
        publisher=PUBLISHER,
        title_es="Masacres, casos documentados (SIEVCAC)",
        title_en="Massacres, documented cases (SIEVCAC)",
        page=f"{socrata.HOST}/d/{MASSACRES.socrata_id}",
        licence=_LICENCE,
        attribution=_ATTRIBUTION,
        join="separate",
        indicators=("massacres_cnmh", "massacre_victims_cnmh"),
        download=MASSACRES.download,
        parse=MASSACRES.parse,
        files=("CasosMA*", "casos-ma*", f"*{MASSACRES.socrata_id}*"),
        keep_raw=False,
    ),
)
