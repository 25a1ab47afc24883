"""Victims of landmines as AICMA / Descontamina Colombia kept them until January 2024: one row is one person.

Quirks: thousands commas inside codes and years (``"5,313"``, ``"2,006"``); the headers ``estado`` and ``genero``
are swapped (``estado`` says Hombre or Mujer, ``genero`` says Herido or Muerto), which is told by the cells and not
by the header; identical rows are different people and stay. Only counts by municipality and year leave this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from data.sources import socrata, values
from data.sources.fetch import Fetch
from data.sources.model import Dataset, Parsed, Parsing, RawFile, Rejections, SourceError, combined, stacked, yearly
from data.sources.tabular import rename, require, snake

PUBLISHER = "AICMA / Descontamina Colombia"
SOCRATA_ID = "yhxn-eqqw"
_SYNONYMS = {
    "code": ("codigodanemunicipio", "codigo_dane_municipio", "codigodane_municipio"),
    "year": ("ano", "a_o", "anio"),
}
_DEAD, _HURT = frozenset({"muerto", "muerta", "fallecido"}), frozenset({"herido", "herida"})


def parse_rows(frame: pd.DataFrame, parsing: Parsing, name: str = "") -> Parsed:
    """Count victims and, of them, the killed, by municipality and year.

    Where a file has no code the municipality is found by name and department. The cut date is unknown: the files
    name none.
    """
    frame = rename(frame, _SYNONYMS)
    require(frame, ("year", "municipio", "departamento"))
    outcome = _outcome_column(frame)
    rejected, rows = Rejections(name), frame.index.to_series()
    if "code" in frame:
        place = values.municipality_codes(frame["code"])
        fault = socrata.place_faults(place, None, parsing)
        shown = frame["code"]
    else:
        found = parsing.gazetteer.match_frame(frame["municipio"], frame["departamento"])
        place = found["divipola"]
        fault = found["status"].where(~found["status"].isin(["matched", "repaired"])).astype("object")
        shown = frame["municipio"] + " / " + frame["departamento"]
    rejected.add_where(fault.notna(), rows, "municipio", shown, fault)
    year = values.years(frame["year"])
    rejected.add_where(fault.isna() & year.isna(), rows, "ano", frame["year"], "no_year")
    good = fault.isna() & year.notna()
    dead = good & frame[outcome].fillna("").str.strip().str.casefold().isin(_DEAD)
    one = pd.Series(1.0, index=frame.index)
    return Parsed(
        stacked(
            [
                yearly("landmine_victims", place[good], year[good], one[good]),
                yearly("landmine_killed", place[dead], year[dead], one[dead]),
            ]
        ),
        rejected.frame(),
        None,
        len(frame),
        notes=(f"outcome_column={outcome}",),
    )


def _outcome_column(frame: pd.DataFrame) -> str:
    """Return the column whose cells say hurt or dead, whatever its header says."""
    for column in ("genero", "estado", "condicion_final"):
        if column in frame and set(frame[column].fillna("").str.strip().str.casefold()) & (_DEAD | _HURT):
            return column
    raise SourceError(
        "missing_column", f"no column says Herido or Muerto; columns: {', '.join(map(str, frame.columns))}"
    )


def parse(files: Sequence[RawFile], parsing: Parsing) -> Parsed:
    """Read pages of the API or an exported CSV."""
    read = socrata.frames(files, ())
    return combined([(name, parse_rows(frame.rename(columns=snake), parsing, name)) for name, frame in read])


def download(fetch: Fetch) -> Iterable[RawFile]:
    """Download the columns that are needed to count, of every row; none of them names or describes a person."""
    with socrata.client(fetch, PUBLISHER) as client:
        yield from socrata.pages(
            fetch, client, SOCRATA_ID, select="departamento,municipio,codigodanemunicipio,ano,estado,genero"
        )


DATASETS = (
    Dataset(
        dataset_id="descontamina-landmines",
        publisher=PUBLISHER,
        title_es="Víctimas de minas antipersonal (AICMA, hasta enero de 2024)",
        title_en="Victims of landmines (AICMA, until January 2024)",
        page=f"{socrata.HOST}/d/{SOCRATA_ID}",
        licence="CC BY-SA 4.0",
        attribution="AICMA / Descontamina Colombia",
        join="replace",
        indicators=("landmine_victims", "landmine_killed"),
        download=download,
        parse=parse,
        files=("*situacion_victimas*.csv", f"*{SOCRATA_ID}*", "*minas*antipersonal*.csv"),
        keep_raw=False,
    ),
)
