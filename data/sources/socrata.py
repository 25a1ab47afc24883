"""datos.gov.co (Socrata, SODA 2.1): the sets of MinDefensa, the coca census and the register of victims.

Anonymous; ``SOCRATA_APP_TOKEN`` is sent when set, and only lifts the shared limit of requests. Without ``$limit``
the portal cuts at 1,000 rows and says nothing, and any limit cuts as silently: pages are asked for in the order of
``:id`` until one comes back empty or the count asked for beforehand is reached, and a set that gives fewer rows
than it counted is refused.

A file that a person exported from the portal is read by the same parsers (``FECHA HECHO`` instead of ``fecha_hecho``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import pandas as pd

from data.sources import tabular, values
from data.sources.fetch import Fetch
from data.sources.http import Client, PublisherError
from data.sources.model import (
    Dataset,
    Parsed,
    Parsing,
    RawFile,
    Rejections,
    SourceError,
    combined,
    monthly,
    stacked,
    yearly,
)

HOST = "https://www.datos.gov.co"
PAGE_ROWS = 50_000
MINDEFENSA = "MinDefensa"
LICENCE = "CC BY-SA 4.0"

T = TypeVar("T")

# -- protocol --------------------------------------------------------------------------------------------------------


def client(fetch: Fetch, publisher: str) -> Client:
    """Return a client that sends the token when there is one."""
    token = fetch.secret("SOCRATA_APP_TOKEN")
    return fetch.client(publisher, {"X-App-Token": token} if token else {}, pause=0.25)


def resource(fetch: Fetch, socrata_id: str) -> str:
    """Return the address of a set's rows: the one place that knows the dialect."""
    return f"{fetch.base('SOCRATA', HOST)}/resource/{socrata_id}.json"


def pages(
    fetch: Fetch,
    http: Client,
    socrata_id: str,
    *,
    select: str = "",
    where: str = "",
    group: str = "",
    order: str = ":id",
    page_rows: int = PAGE_ROWS,
) -> Iterator[RawFile]:
    """Download all rows of a query, page by page.

    Raises
    ------
    PublisherError
        ``truncated`` when pages run dry before the announced count; everything of :mod:`data.sources.http`.
    SourceError
        ``missing_column`` when the portal does not know a column of the query.
    """
    url = resource(fetch, socrata_id)
    total = None if group else count(http, url, where)
    offset = 0
    while total is None or offset < total:
        query = {"$select": select, "$where": where, "$group": group, "$order": order}
        params: dict[str, str | int] = {name: text for name, text in query.items() if text}
        params |= {"$limit": page_rows, "$offset": offset}
        raw = asked(lambda p=params, o=offset: fetch.file(http, f"{socrata_id}-{o:09d}.json", url, p))
        try:
            rows = len(tabular.read_json_rows(raw.read()))
        except SourceError as error:
            fetch.forget(raw)
            raise PublisherError(http.publisher, url, "not_json", detail=str(error)) from error
        if rows == 0:
            break
        offset += rows
        fetch.report(f"{socrata_id} rows", offset, total)
        yield raw
    if total is not None and offset < total:
        raise PublisherError(http.publisher, url, "truncated", detail=f"{offset} rows of {total}")


def count(http: Client, url: str, where: str = "") -> int | None:
    """Ask how many rows a query has; ``None`` when the portal does not answer that."""
    params = {"$select": "count(*)"} | ({"$where": where} if where else {})
    try:
        answer = asked(lambda: http.get_json(url, params))
    except PublisherError as error:
        if error.fault == "bad_request":
            return None
        raise
    try:
        return int(next(iter(answer[0].values()))) if len(answer) == 1 and len(answer[0]) == 1 else None
    except (TypeError, ValueError, AttributeError, KeyError, IndexError):
        return None


def asked(request: Callable[[], T]) -> T:
    """Run a request; an answer 400 about an unknown column becomes ``missing_column``."""
    try:
        return request()
    except PublisherError as error:
        if error.fault == "bad_request" and "column" in error.detail.casefold():
            raise SourceError("missing_column", error.detail) from error
        raise


def frames(files: Sequence[RawFile], required: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Read pages of JSON or an exported CSV as text frames whose index counts rows as a person would (the first
    row of data is 2)."""
    start = 0
    for raw in files:
        data = raw.read()
        if data.lstrip()[:1] in (b"[", b"{"):
            frame = tabular.read_json_rows(data)
            if frame.empty:
                continue
            tabular.require(frame, required)
            frame.index = pd.RangeIndex(start + 2, start + 2 + len(frame), name="row")
            start += len(frame)
        else:
            frame = tabular.read_table(data, required).frame
        yield raw.name, frame


# -- rows of events with a day, a place and an amount ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measure:
    """What becomes an indicator: the column to sum and, where a set mixes things, the rows to take."""

    indicator_id: str
    amount: str = "cantidad"
    column: str = ""
    categories: frozenset[str] = frozenset()
    decimal: bool = False


@dataclass(frozen=True, slots=True)
class EventSet:
    """A set of family A: ``fecha_hecho``, ``cod_depto``, ``cod_muni`` and amounts; a row may stand for several
    victims."""

    socrata_id: str
    measures: tuple[Measure, ...]
    date: str = "fecha_hecho"
    units: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns asked for, in a fixed order."""
        extra = [m.amount for m in self.measures] + [m.column for m in self.measures if m.column]
        unit = ["unidad"] if self.units else []
        return tuple(dict.fromkeys([self.date, "cod_depto", "cod_muni", *extra, *unit]))

    def download(self, fetch: Fetch) -> Iterable[RawFile]:
        """Download the set, or its rows since the day wanted."""
        where = f"{self.date} >= '{fetch.since.isoformat()}T00:00:00'" if fetch.since else ""
        with client(fetch, MINDEFENSA) as http:
            yield from pages(fetch, http, self.socrata_id, select=",".join(self.columns), where=where)

    def parse(self, files: Sequence[RawFile], parsing: Parsing) -> Parsed:
        """Read pages or exports; see :func:`parse_events`."""
        read = frames(files, self.columns)
        whole = combined([(name, parse_events(frame, self, parsing, name)) for name, frame in read])
        # The current year is always provisional: late reports and checks with the prosecutors still move it.
        cut = whole.cut_date
        return replace(whole, provisional_from=dt.date(cut.year, 1, 1) if cut else None)


def parse_events(frame: pd.DataFrame, spec: EventSet, parsing: Parsing, name: str = "") -> Parsed:
    """Sum the amounts of one page by indicator, municipality and month.

    Amounts are summed, rows never counted; identical rows are different events. Left out, each with its reason:
    places abroad or at sea (``cod_depto`` is not two digits), codes that are no municipality's, days that are
    missing, impossible or to come, amounts that are missing or negative.
    """
    tabular.require(frame, spec.columns)
    rejected, rows = Rejections(name), frame.index.to_series()
    day = values.dates(frame[spec.date], spec.date)
    codes = values.municipality_codes(frame["cod_muni"])
    fault = place_faults(codes, frame["cod_depto"], parsing)
    rejected.add_where(fault.notna(), rows, "cod_muni", frame["cod_muni"], fault)
    undated = fault.isna() & day.isna()
    rejected.add_where(undated, rows, spec.date, frame[spec.date], "no_date")
    future = fault.isna() & (day > pd.Timestamp(parsing.today))
    rejected.add_where(future, rows, spec.date, frame[spec.date], "future_date")
    good = fault.isna() & ~undated & ~future
    if spec.units:
        known = frame["unidad"].fillna("").str.strip().str.upper().isin(spec.units)
        rejected.add_where(good & ~known, rows, "unidad", frame["unidad"], "unknown_unit")
        good &= known
    parts, notes = [], []
    taken = pd.Series(False, index=frame.index)
    for measure in spec.measures:
        chosen = good & _chosen(frame, measure)
        amount = (values.decimals if measure.decimal else values.counts)(frame[measure.amount])
        bad = chosen & (amount.isna() | (amount < 0))
        rejected.add_where(bad, rows, measure.amount, frame[measure.amount], "no_amount")
        chosen &= ~bad
        parts.append(monthly(measure.indicator_id, codes[chosen], day[chosen], amount[chosen]))
        taken |= chosen | bad
    column = next((measure.column for measure in spec.measures if measure.column), "")
    if column and (good & ~taken).any():
        left = sorted(frame.loc[good & ~taken, column].fillna("").unique())[:12]
        notes.append(f"not_counted {column}={'|'.join(left)}")
    last = day[good].max()
    cut = None if pd.isna(last) else last.date()
    return Parsed(stacked(parts), rejected.frame(), cut, len(frame), notes=tuple(notes))


def _chosen(frame: pd.DataFrame, measure: Measure) -> pd.Series:
    if not measure.column:
        return pd.Series(True, index=frame.index)
    return frame[measure.column].fillna("").str.strip().str.upper().isin(measure.categories)


def place_faults(codes: pd.Series, departments: pd.Series | None, parsing: Parsing) -> pd.Series:
    """Say per row why its place is no municipality, null where it is one; ``abroad`` where the department's code
    is not two digits."""
    faults = codes.map({code: parsing.gazetteer.code_fault(code) for code in codes.unique()}).astype("object")
    faults = faults.where(faults.notna(), None)
    if departments is None:
        return faults
    written = departments.fillna("").astype("str").str.strip()
    abroad = written.str.fullmatch(r"\d{3,}") & faults.notna()
    return faults.mask(abroad, "abroad")


# -- coca: one column per year ---------------------------------------------------------------------------------------

COCA_ID = "acs4-3wgp"


def parse_coca(frame: pd.DataFrame, parsing: Parsing, name: str = "") -> Parsed:
    """Read SIMCI's hectares, one column per year.

    An empty cell is none detected (a census of the whole country): no row. The decimal mark is told column by
    column, because 2020 alone has the comma: ``8.832,92``. The cut date is the last day of the newest year that
    has a number.
    """
    tabular.require(frame, ("codmpio",))
    names = [str(column) for column in frame.columns]
    year_columns = {column: int(column.lstrip("_")) for column in names if column.lstrip("_").isdigit()}
    year_columns = {column: year for column, year in year_columns.items() if 1990 <= year <= 2100}
    if not year_columns:
        raise SourceError(
            "missing_column", f"no column of a year; the columns are {', '.join(map(str, frame.columns))}"
        )
    rejected, rows = Rejections(name), frame.index.to_series()
    codes = values.municipality_codes(frame["codmpio"])
    fault = place_faults(codes, None, parsing)
    rejected.add_where(fault.notna(), rows, "codmpio", frame["codmpio"], fault)
    parts, newest = [], 0
    for column, year in sorted(year_columns.items(), key=lambda item: item[1]):
        text = frame[column].fillna("").astype("str")
        hectares = values.decimals(text)
        bad = fault.isna() & ~values.blank(text) & (hectares.isna() | (hectares < 0))
        rejected.add_where(bad, rows, column, text, "not_a_number")
        good = fault.isna() & hectares.notna() & ~bad
        if good.any():
            newest = year
            parts.append(yearly("coca_ha", codes[good], pd.Series(year, index=codes[good].index), hectares[good]))
    cut = dt.date(newest, 12, 31) if newest else None
    return Parsed(stacked(parts), rejected.frame(), cut, len(frame))


def download_coca(fetch: Fetch) -> Iterable[RawFile]:
    """Download the table of coca: 319 rows, all columns, because a new year is a new column."""
    with client(fetch, "UNODC-SIMCI / ODC") as http:
        yield from pages(fetch, http, COCA_ID)


def parse_coca_files(files: Sequence[RawFile], parsing: Parsing) -> Parsed:
    """Read pages or an export of the table of coca."""
    return combined([(name, parse_coca(frame, parsing, name)) for name, frame in frames(files, ("codmpio",))])


# -- displacement: many cuts in one set ------------------------------------------------------------------------------

DISPLACEMENT_ID = "krnc-8azs"
_CUT_SYNONYMS = {
    "cod_ciudad_muni": ("cod_ciudad_muni", "cod_ciudad_municipio"),
    "per_ocu": ("per_ocu", "personas_ocurrencia"),
}


def newest_cut(cuts: Iterable[str]) -> str:
    """Return the text of the latest ``fecha_corte``: the register stacks its monthly reports, which must never be
    added up."""
    texts = pd.Series(sorted({text for text in cuts if text}), dtype="str")
    read = values.dates(texts, "fecha_corte")
    if read.isna().all():
        raise SourceError("no_rows", f"no cut date can be read among {', '.join(texts[:5])}")
    return str(texts.iloc[int(read.argmax())])


def download_displacement(fetch: Fetch) -> Iterable[RawFile]:
    """Ask for the cuts, choose the newest, download its sums by municipality and year of occurrence."""
    with client(fetch, "UARIV-RUV") as http:
        url = resource(fetch, DISPLACEMENT_ID)
        query = {"$select": "fecha_corte,count(*) as filas", "$group": "fecha_corte", "$limit": 5000}
        listed = asked(lambda: http.get_json(url, query))
        cut = newest_cut(str(row.get("fecha_corte", "")) for row in listed)
        keys = "cod_ciudad_muni,vigencia"
        quoted = cut.replace("'", "''")
        for amount in ("sum(per_ocu)", "sum(per_ocu::number)"):
            try:
                yield from pages(
                    fetch,
                    http,
                    DISPLACEMENT_ID,
                    select=f"fecha_corte,{keys},{amount} as per_ocu",
                    where=f"fecha_corte='{quoted}'",
                    group=f"fecha_corte,{keys}",
                    order=keys,
                )
                return
            except PublisherError as error:
                # The amounts are text in some of the register's sets: then the sum needs a cast.
                if error.fault != "bad_request" or amount != "sum(per_ocu)":
                    raise


def parse_displacement(files: Sequence[RawFile], parsing: Parsing) -> Parsed:
    """Read people displaced by municipality and year of occurrence, of one cut only.

    Sums over several cuts are impossible by construction: only rows of the newest ``fecha_corte`` count, the
    others are noted. A person counts once per municipality and year; the figures of recent years grow with late
    declarations.
    """
    read = [(name, tabular.rename(frame, _CUT_SYNONYMS)) for name, frame in frames(files, ())]
    for _, frame in read:
        tabular.require(frame, ("fecha_corte", "cod_ciudad_muni", "vigencia", "per_ocu"))
    if not read:
        raise SourceError("no_rows", "the publisher sent no row")
    cut = newest_cut(str(text) for _, frame in read for text in frame["fecha_corte"].dropna().unique())
    day = values.dates(pd.Series([cut]), "fecha_corte")[0].date()
    parts = [(name, _one_cut(frame, cut, parsing, name)) for name, frame in read]
    whole = combined(parts)
    notes = (f"fecha_corte={cut}", *whole.notes)
    # Late declarations: the year of the cut and the one before it keep growing for long.
    return replace(whole, cut_date=day, notes=notes, provisional_from=dt.date(day.year - 1, 1, 1))


def _one_cut(frame: pd.DataFrame, cut: str, parsing: Parsing, name: str) -> Parsed:
    rejected, rows = Rejections(name), frame.index.to_series()
    current = frame["fecha_corte"] == cut
    event = current & (frame["param_hecho"].astype("str").str.strip() == "5") if "param_hecho" in frame else current
    codes = values.municipality_codes(frame["cod_ciudad_muni"])
    fault = place_faults(codes, None, parsing).where(event, None)
    rejected.add_where(fault.notna(), rows, "cod_ciudad_muni", frame["cod_ciudad_muni"], fault)
    year = values.years(frame["vigencia"])
    rejected.add_where(event & fault.isna() & year.isna(), rows, "vigencia", frame["vigencia"], "no_year")
    people = values.counts(frame["per_ocu"])
    # An empty amount is a person counted elsewhere (by place of arrival): nothing to add, nothing wrong.
    bad = event & fault.isna() & people.isna() & ~values.blank(frame["per_ocu"])
    rejected.add_where(bad, rows, "per_ocu", frame["per_ocu"], "no_amount")
    good = event & fault.isna() & year.notna() & people.notna()
    other = int((~current).sum())
    notes = (f"rows_of_other_cuts={other}",) if other else ()
    return Parsed(
        yearly("displacement", codes[good], year[good], people[good]), rejected.frame(), None, len(frame), notes=notes
    )


# -- the sets --------------------------------------------------------------------------------------------------------

EVENT_SETS: Mapping[str, EventSet] = {
    "mindefensa-homicides": EventSet("m8fd-ahd9", (Measure("homicides"),)),
    "mindefensa-kidnapping": EventSet("d7zw-hpf4", (Measure("kidnapping_mindefensa"),)),
    "mindefensa-extortion": EventSet("q2ib-t9am", (Measure("extortion"),)),
    "mindefensa-massacres": EventSet(
        "u8eq-92tb",
        (Measure("massacres_mindefensa", "casos"), Measure("massacre_victims_mindefensa", "victimas")),
    ),
    "mindefensa-terrorism": EventSet("yi5j-5fe9", (Measure("terrorism"),)),
    "mindefensa-security-forces": EventSet(
        "8rpn-wpty",
        (
            Measure("security_forces_killed", column="accion", categories=frozenset({"ASESINADO", "MUERTO"})),
            Measure("security_forces_wounded", column="accion", categories=frozenset({"HERIDO"})),
        ),
    ),
    "mindefensa-eradication": EventSet(
        "p72f-qcvk",
        (Measure("coca_eradicated_ha", column="tipo_de_cultivo", categories=frozenset({"COCA"}), decimal=True),),
        units=frozenset({"HECTAREA", "HECTAREAS", "HECTÁREA", "HECTÁREAS", "HA"}),
    ),
}

_TITLES: Mapping[str, tuple[str, str, Literal["replace", "append", "separate"], str]] = {
    "mindefensa-homicides": ("Homicidios", "Homicides", "append", "*homicid*.csv"),
    "mindefensa-kidnapping": ("Secuestro", "Kidnapping", "separate", "*secuestro*.csv"),
    "mindefensa-extortion": ("Extorsión", "Extortion", "separate", "*extorsi*.csv"),
    "mindefensa-massacres": ("Masacres", "Massacres", "replace", "*masacre*.csv"),
    "mindefensa-terrorism": ("Terrorismo", "Terrorism", "separate", "*terrorismo*.csv"),
    "mindefensa-security-forces": (
        "Afectación a la fuerza pública",
        "Members of the security forces killed and wounded",
        "separate",
        "*fuerza*p*blica*.csv",
    ),
    "mindefensa-eradication": ("Erradicación de coca", "Eradication of coca", "separate", "*erradicaci*.csv"),
}


def _event_dataset(dataset_id: str) -> Dataset:
    spec = EVENT_SETS[dataset_id]
    title_es, title_en, join, pattern = _TITLES[dataset_id]
    return Dataset(
        dataset_id=dataset_id,
        publisher=MINDEFENSA,
        title_es=title_es,
        title_en=title_en,
        page=f"{HOST}/d/{spec.socrata_id}",
        licence=LICENCE,
        attribution="Ministerio de Defensa Nacional - MinDefensa, datos.gov.co",
        join=join,
        indicators=tuple(measure.indicator_id for measure in spec.measures),
        download=spec.download,
        parse=spec.parse,
        files=(f"*{spec.socrata_id}*", pattern),
    )


DATASETS = (
    *(_event_dataset(dataset_id) for dataset_id in EVENT_SETS),
    Dataset(
        dataset_id="simci-coca",
        publisher="UNODC-SIMCI / ODC",
        title_es="Cultivos de coca por municipio",
        title_en="Coca crops by municipality",
        page=f"{HOST}/d/{COCA_ID}",
        licence=LICENCE,
        attribution="UNODC-SIMCI; Observatorio de Drogas de Colombia, MinJusticia",
        join="replace",
        indicators=("coca_ha",),
        download=download_coca,
        parse=parse_coca_files,
        files=(f"*{COCA_ID}*", "*coca*.csv"),
        complete=False,
    ),
    Dataset(
        dataset_id="uariv-displacement",
        publisher="UARIV-RUV",
        title_es="Desplazamiento forzado por municipio de ocurrencia",
        title_en="Forced displacement by municipality of occurrence",
        page=f"{HOST}/d/{DISPLACEMENT_ID}",
        licence=LICENCE,
        attribution="Unidad para las Víctimas, Registro Único de Víctimas",
        join="replace",
        indicators=("displacement",),
        download=download_displacement,
        parse=parse_displacement,
        files=(f"*{DISPLACEMENT_ID}*", "*desplazamiento*.csv"),
    ),
)
