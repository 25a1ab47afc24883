"""Homicides of the Policía Nacional: one workbook per year (2003-2010 in one), month by month and municipality.

Quirks of the workbooks: nine or ten banner rows before the header; a ``TOTAL`` row below the data that doubles the
sum when it is read as data; notes below that; codes of eight digits, or seven where a leading zero was lost; no
code at all in 2003-2010, where Bogotá stands under Cundinamarca; a ``CANTIDAD`` that can exceed one; ``.xls`` from
2020; headers with spaces, in two orders.

A municipality without a row had no homicide known to the police, except those that never appear at all (the
store's ``no_record``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urljoin

import pandas as pd

from data.sources import tabular, values
from data.sources.fetch import Fetch
from data.sources.http import PublisherError
from data.sources.model import (
    Dataset,
    Parsed,
    Parsing,
    RawFile,
    Rejections,
    SourceError,
    merge_rejected,
    monthly,
    stacked,
)

PUBLISHER = "Policía Nacional"
HOST = "https://www.policia.gov.co"
PAGE = "/estadistica-delictiva/homicidios"
INDICATOR = "homicides"

_SYNONYMS = {
    "date": ("fecha_hecho", "fecha_de_hecho"),
    "code": ("codigo_dane", "cod_dane", "codigo_dane_municipio"),
}
_REQUIRED = ("departamento", "municipio", "cantidad")


def parse_workbook(data: bytes, parsing: Parsing, name: str = "") -> Parsed:
    """Read one workbook.

    Parameters
    ----------
    data
        XLSX or XLS (a CSV of the same columns is read too).

    Returns
    -------
    Parsed
        ``homicides`` by month. ``cut_date`` is the end of the period in the banner, or the last day of the data
        when it is earlier or the banner does not say. Notes: ``total_row`` as printed, ``period_end``.

    Raises
    ------
    SourceError
        ``missing_column``; ``wrong_total`` when the rows do not add up to the workbook's own total (a file cut short).
    """
    table = tabular.read_table(data, _REQUIRED)
    frame = tabular.rename(table.frame, _SYNONYMS)
    tabular.require(frame, ("date",))
    printed, frame = _split_total(frame)
    rejected = Rejections(name)
    rows = frame.index.to_series()
    amount = values.counts(frame["cantidad"])
    day = values.dates(frame["date"], "FECHA HECHO")
    if printed is not None and int(amount.sum()) != printed:
        raise SourceError("wrong_total", f"{name}: rows add up to {int(amount.sum())}, the workbook says {printed}")
    place, fault = _places(frame, parsing)
    fault = fault.mask(amount.isna() | (amount < 0), "no_amount").mask(day.isna(), "no_date")
    fault = fault.mask(day > pd.Timestamp(parsing.today), "future_date")
    shown = frame["code"] if "code" in frame else frame["municipio"] + " / " + frame["departamento"]
    for reason, column, found in (
        ("no_amount", "CANTIDAD", frame["cantidad"]),
        ("no_date", "FECHA HECHO", frame["date"]),
        ("future_date", "FECHA HECHO", frame["date"]),
    ):
        rejected.add_where(fault == reason, rows, column, found, reason)
    placeless = fault.notna() & ~fault.isin(["no_amount", "no_date", "future_date"])
    rejected.add_where(placeless, rows, "CODIGO DANE" if "code" in frame else "MUNICIPIO", shown, fault)
    good = fault.isna()
    _check_months(day[good], name)
    end = values.spanish_period_end(" ".join(table.above))
    last = day[good].max()
    cut = end if end and not pd.isna(last) and end >= last.date() else (None if pd.isna(last) else last.date())
    notes = [f"period_end={end}"] if end else []
    notes += [f"total_row={printed}"] if printed is not None else []
    return Parsed(
        monthly(INDICATOR, place[good], day[good], amount[good]), rejected.frame(), cut, len(frame), notes=tuple(notes)
    )


def _check_months(day: pd.Series, name: str) -> None:
    """Refuse a workbook that lacks whole months, as one published for a year that held one month of it and four of
    the next."""
    months = pd.PeriodIndex(day.dt.to_period("M").unique())
    if months.empty:
        raise SourceError("no_rows", f"{name}: no row with a date, a place and an amount")
    expected = pd.period_range(f"{months.min().year}-01", months.max(), freq="M")
    missing = expected.difference(months)
    if len(missing):
        raise SourceError("missing_periods", f"{name}: no homicide at all in {', '.join(map(str, missing[:6]))}")


def _split_total(frame: pd.DataFrame) -> tuple[int | None, pd.DataFrame]:
    """Take the TOTAL row and the notes below the data away; notes have neither a date nor an amount."""
    is_total = pd.Series(False, index=frame.index)
    for name in frame.columns:
        is_total |= frame[name].str.strip().str.casefold().str.fullmatch(r"total(es| general)?:?")
    printed = values.counts(frame.loc[is_total, "cantidad"]).max()
    footer = is_total | ((frame["date"].str.strip() == "") & (frame["cantidad"].str.strip() == ""))
    return (None if pd.isna(printed) else int(printed)), frame[~footer]


def _places(frame: pd.DataFrame, parsing: Parsing) -> tuple[pd.Series, pd.Series]:
    """Return the code of each row and, where there is none, why."""
    if "code" in frame:
        codes = values.police_codes(frame["code"])
        faults = {code: parsing.gazetteer.code_fault(code) for code in codes.unique()}
        return codes, codes.map(faults).astype("object").where(lambda s: s.notna())
    found = parsing.gazetteer.match_frame(frame["municipio"], frame["departamento"])
    fault = found["status"].where(~found["status"].isin(["matched", "repaired"]))
    return found["divipola"], fault.astype("object")


def parse(files: Sequence[RawFile], parsing: Parsing) -> Parsed:
    """Read several years' workbooks; a year that stands in two files is taken from the fuller one.

    A workbook that lacks whole months (the police published one for 2024 with a month of it and four of the next
    year) is left out and noted: its year stays what it was. When no workbook is whole, that is the fault.
    """
    parts, refused = _whole_workbooks(files, parsing)
    if not parts:
        raise refused[0][1] if refused else SourceError("no_rows", "no workbook")
    chosen: dict[int, int] = {}
    for position, (_, part) in enumerate(parts):
        for year in part.values["year"].unique():
            held = chosen.get(year)
            if held is None or len(part.values) >= len(parts[held][1].values):
                chosen[year] = position
    kept = [part.values[part.values["year"].map(chosen) == position] for position, (_, part) in enumerate(parts)]
    cuts = [part.cut_date for _, part in parts if part.cut_date]
    return Parsed(
        stacked(kept),
        merge_rejected([*(part.rejected for _, part in parts), *(_note(raw, error) for raw, error in refused)]),
        max(cuts, default=None),
        sum(part.rows for _, part in parts),
        notes=tuple(f"{raw.name}: {note}" for raw, part in parts for note in part.notes),
        segments=_segments(sorted(chosen), max(cuts, default=None)),
    )


def _whole_workbooks(
    files: Sequence[RawFile], parsing: Parsing
) -> tuple[list[tuple[RawFile, Parsed]], list[tuple[RawFile, SourceError]]]:
    whole: list[tuple[RawFile, Parsed]] = []
    refused: list[tuple[RawFile, SourceError]] = []
    for raw in files:
        try:
            whole.append((raw, parse_workbook(raw.read(), parsing, raw.name)))
        except SourceError as error:
            if error.fault != "missing_periods":
                raise
            refused.append((raw, error))
    return whole, refused


def _note(raw: RawFile, error: SourceError) -> pd.DataFrame:
    rejected = Rejections(raw.name)
    rejected.add(0, "FECHA HECHO", error.detail, error.fault)
    return rejected.frame()


def _segments(years: Sequence[int], cut: dt.date | None) -> tuple[tuple[dt.date, dt.date], ...]:
    """Return runs of years: workbooks of 2011 and 2020 say nothing about the years between."""
    runs: list[list[int]] = []
    for year in years:
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    ends = [dt.date(run[-1], 12, 31) for run in runs]
    if cut and ends and cut.year == ends[-1].year:
        ends[-1] = cut
    return tuple((dt.date(run[0], 1, 1), end) for run, end in zip(runs, ends, strict=True))


def workbook_links(page: str, base: str) -> list[tuple[int, str]]:
    """Return (year, address) of the homicide workbooks that a page links to, oldest first, traffic left out."""
    found: dict[int, str] = {}
    for address, label in tabular.html_links(page):
        path = unquote(address).casefold()
        text = f"{path.rsplit('/', 1)[-1]} {label.casefold()}"
        if not path.split("?")[0].endswith((".xls", ".xlsx")) or "homicid" not in text or "transito" in text:
            continue
        years = [int(year) for year in re.findall(r"(?<!\d)(20[0-4]\d)(?!\d)", text.replace("_", " "))]
        glued = [int(year) for year in re.findall(r"(20[0-4]\d)", text)]
        if years or glued:
            found.setdefault((years or glued)[-1], urljoin(base, address))
    return sorted(found.items())


def download(fetch: Fetch) -> Iterable[RawFile]:
    """Ask the police's page for its workbooks and download those of the years wanted.

    The page's address and its links are the publisher's to change: when none is found, ``unexpected_format`` says
    so and the workbooks can be handed over as files.
    """
    host = fetch.base("POLICIA", HOST)
    with fetch.client(PUBLISHER, pause=1.0) as client:
        page = client.get_text(host + PAGE)
        links = workbook_links(page, host + PAGE)
        if not links:
            raise PublisherError(PUBLISHER, host + PAGE, "unexpected_format", detail="no link to a homicide workbook")
        first = fetch.since.year if fetch.since else links[0][0]
        for year, address in links:
            if year >= first:
                kind = "xlsx" if unquote(address).casefold().split("?")[0].endswith("xlsx") else "xls"
                yield fetch.file(client, f"homicidios_{year}.{kind}", address)


DATASETS = (
    Dataset(
        dataset_id="policia-homicides",
        publisher=PUBLISHER,
        title_es="Homicidios (libros anuales de la Policía)",
        title_en="Homicides (yearly workbooks of the police)",
        page=HOST + PAGE,
        licence="CC BY-SA 4.0",
        attribution="Policía Nacional de Colombia, DIJIN",
        join="replace",
        indicators=(INDICATOR,),
        download=download,
        parse=parse,
        files=("*homicid*.xls", "*homicid*.xlsx"),
    ),
)
