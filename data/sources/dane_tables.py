"""DANE's lists: DIVIPOLA (the municipalities) and the population projections.

DIVIPOLA comes from datos.gov.co, where longitudes and latitudes are text with a decimal comma. The projections are
a workbook of one row per municipality, year and area; they know 94663 Mapiripana with population 0, which means
that there is no figure, and do not know 27493 Nuevo Belén de Bajirá.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from data.sources import socrata, tabular, values
from data.sources.fetch import Fetch
from data.sources.model import Dataset, Parsed, Parsing, RawFile, Rejections, SourceError, shaped

PUBLISHER = "DANE"
HOST = "https://www.dane.gov.co"
DIVIPOLA_ID = "gdxc-w37w"
PROJECTIONS = (
    "/files/censo2018/proyecciones-de-poblacion/Municipal/DCD-area-proypoblacion-Mun-2020-2035-ActPostCOVID-19.xlsx"
)
MUNICIPALITIES = 1_122
LEAST_POPULATION = 50
"""A municipality with fewer people than this is not one: some files carry 1 where a figure is missing, and rates
explode."""

_KINDS = {
    "municipio": "municipality",
    "area no municipalizada": "non_municipalised_area",
    "isla": "island",
}


def no_values() -> pd.DataFrame:
    """Return an empty frame of values, for files that hold tables but no indicator."""
    return shaped(pd.DataFrame({"indicator_id": [], "divipola": [], "month": [], "year": [], "value": []}))


def parse_divipola(frame: pd.DataFrame, name: str = "") -> Parsed:
    """Read the list of municipalities.

    Returns
    -------
    Parsed
        The table ``municipalities``: divipola, name, department_code, department, kind, lon, lat (WGS 84, null
        where unreadable).
    """
    tabular.require(frame, ("cod_mpio", "nom_mpio", "cod_dpto", "dpto", "longitud", "latitud"))
    rejected, rows = Rejections(name), frame.index.to_series()
    codes = values.municipality_codes(frame["cod_mpio"])
    good = codes.str.fullmatch(r"\d{5}")
    rejected.add_where(~good, rows, "cod_mpio", frame["cod_mpio"], "not_five_digits")
    twice = good & codes.duplicated()
    rejected.add_where(twice, rows, "cod_mpio", frame["cod_mpio"], "repeated_code")
    lon, lat = coordinates(frame["longitud"]), coordinates(frame["latitud"])
    outside = good & ~(lon.between(-82, -66) & lat.between(-5, 14))
    rejected.add_where(outside, rows, "longitud", frame["longitud"] + " / " + frame["latitud"], "not_a_coordinate")
    kind = frame["tipo_municipio"] if "tipo_municipio" in frame else pd.Series("Municipio", index=frame.index)
    folded = kind.fillna("").map(lambda text: tabular.snake(text).replace("_", " "))
    table = pd.DataFrame(
        {
            "divipola": codes,
            "name": frame["nom_mpio"].str.strip(),
            "department_code": codes.str[:2],
            "department": frame["dpto"].str.strip(),
            "kind": folded.map(_KINDS),
            "lon": lon.mask(outside),
            "lat": lat.mask(outside),
        }
    )[good & ~twice]
    return Parsed(
        no_values(),
        rejected.frame(),
        None,
        len(frame),
        {"municipalities": table.sort_values("divipola", ignore_index=True)},
        (f"municipalities={len(table)}",),
    )


def coordinates(text: pd.Series) -> pd.Series:
    """Read degrees with a decimal comma or point, ``-75,581775``; thousands marks (``-75,581,775``) are not
    guessed away: null."""
    cells = text.fillna("").astype("str").str.strip()
    plain = cells.str.fullmatch(r"-?\d{1,3}([,.]\d+)?")
    return pd.to_numeric(cells.where(plain).str.replace(",", "."), errors="coerce").astype("float64")


def parse_divipola_files(files: Sequence[RawFile], parsing: Parsing) -> Parsed:
    """Read the list of municipalities; a list that is not whole is refused."""
    read = [frame for _, frame in socrata.frames(files, ("cod_mpio", "nom_mpio"))]
    if not read:
        raise SourceError("no_rows", "the publisher sent no row")
    parsed = parse_divipola(pd.concat(read), files[0].name)
    listed = len(parsed.tables["municipalities"])
    if listed < MUNICIPALITIES * 0.99:
        raise SourceError("fewer_rows", f"{listed} municipalities, of {MUNICIPALITIES}")
    return parsed


def parse_population(data: bytes, parsing: Parsing, name: str = "") -> Parsed:
    """Read the workbook of projections.

    Returns
    -------
    Parsed
        The table ``population``: divipola, year, total, urban, rural (``Int64``; null = no figure). A total of 0,
        or below :data:`LEAST_POPULATION`, is no figure; a total that is not urban + rural is rejected.
    """
    table = tabular.read_table(data, ("mpio", "ano", "area_geografica", "poblacion"))
    frame = table.frame
    rejected = Rejections(name)
    frame = frame.loc[(frame["mpio"].str.strip() != "") & (frame["ano"].str.strip() != "")]
    rows = frame.index.to_series()
    codes = values.municipality_codes(frame["mpio"])
    fault = socrata.place_faults(codes, None, parsing)
    rejected.add_where(fault.notna(), rows, "MPIO", frame["mpio"], fault)
    people, year = values.counts(frame["poblacion"]), values.years(frame["ano"])
    bad = fault.isna() & (people.isna() | (people < 0) | year.isna())
    rejected.add_where(bad, rows, "Población", frame["poblacion"], "not_a_number")
    area = frame["area_geografica"].map(_area)
    rejected.add_where(
        area.isna() & fault.isna(), rows, "ÁREA GEOGRÁFICA", frame["area_geografica"], "unknown_category"
    )
    good = fault.isna() & ~bad & area.notna()
    long = pd.DataFrame(
        {
            "divipola": codes[good],
            "year": year[good].astype("int64"),
            "area": area[good],
            "people": people[good],
            "row": rows[good],
        }
    )
    wide = long.pivot_table(index=["divipola", "year"], columns="area", values="people", aggfunc="first")
    wide = (
        wide.reindex(columns=["total", "urban", "rural"])
        .join(long.groupby(["divipola", "year"])["row"].min())
        .reset_index()
    )
    parts = wide["urban"] + wide["rural"]
    unequal = wide["total"].notna() & parts.notna() & (wide["total"] != parts)
    rejected.add_where(unequal, wide["row"], "Población", wide["total"].astype("str"), "total_is_not_the_sum")
    tiny = wide["total"] < LEAST_POPULATION
    rejected.add_where(tiny, wide["row"], "Población", wide["total"].astype("str"), "implausible_population")
    wide.loc[tiny | unequal, ["total", "urban", "rural"]] = pd.NA
    result = wide[["divipola", "year", "total", "urban", "rural"]].astype(
        {"total": "Int64", "urban": "Int64", "rural": "Int64"}
    )
    notes = (f"years={result['year'].min()}-{result['year'].max()}", f"municipalities={result['divipola'].nunique()}")
    return Parsed(no_values(), rejected.frame(), None, len(frame), {"population": result}, notes)


def _area(text: str) -> str | None:
    word = tabular.snake(text)
    if word.startswith("cabecera"):
        return "urban"
    if word.startswith(("centros_poblados", "resto", "rural")):
        return "rural"
    return "total" if word == "total" else None


def parse_population_files(files: Sequence[RawFile], parsing: Parsing) -> Parsed:
    """Read the newest workbook handed over."""
    if not files:
        raise SourceError("no_rows", "no workbook")
    return parse_population(files[-1].read(), parsing, files[-1].name)


def download_divipola(fetch: Fetch) -> Iterable[RawFile]:
    """Download the list of municipalities from datos.gov.co."""
    with socrata.client(fetch, PUBLISHER) as client:
        yield from socrata.pages(fetch, client, DIVIPOLA_ID)


def download_population(fetch: Fetch) -> Iterable[RawFile]:
    """Download the workbook of projections."""
    with fetch.client(PUBLISHER, pause=1.0) as client:
        yield fetch.file(client, "population.xlsx", fetch.base("DANE", HOST) + PROJECTIONS)


DATASETS = (
    Dataset(
        dataset_id="dane-divipola",
        publisher=PUBLISHER,
        title_es="DIVIPOLA: lista de municipios",
        title_en="DIVIPOLA: list of municipalities",
        page=f"{socrata.HOST}/d/{DIVIPOLA_ID}",
        licence="CC BY-SA 4.0",
        attribution="DANE, DIVIPOLA (datos.gov.co)",
        join="separate",
        indicators=(),
        download=download_divipola,
        parse=parse_divipola_files,
        files=("*divipola*", f"*{DIVIPOLA_ID}*"),
    ),
    Dataset(
        dataset_id="dane-population",
        publisher=PUBLISHER,
        title_es="Proyecciones de población municipal 2020-2035",
        title_en="Population projections by municipality 2020-2035",
        page=f"{HOST}/index.php/estadisticas-por-tema/demografia-y-poblacion/proyecciones-de-poblacion",
        licence="CC BY 4.0",
        attribution="DANE, proyecciones de población (post-COVID-19)",
        join="separate",
        indicators=(),
        download=download_population,
        parse=parse_population_files,
        files=("*proypoblacion*.xlsx", "population.xlsx"),
        min_join=0.99,
    ),
)
