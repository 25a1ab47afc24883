"""Early warnings of the Defensoría del Pueblo (SAT): one row per alert, with the municipalities and the groups it
names.

The site builds its workbook on request: a page with an anti-forgery token, a POST, a download. Quirks: the header
is on row 6; the list of municipalities, ``A, B (Depto); C (Depto)``, ends in ``... y Otros`` when it is long, and
then the alert's own page is read; "Bogotá, D.C." holds the separator; a few alerts cover the nation or a theme and
would make every municipality look warned. Groups are named per alert, not per municipality: the tables keep them
with the alert and never spread them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from data.sources import tabular, values
from data.sources.fetch import Fetch
from data.sources.http import Client, PublisherError
from data.sources.model import Dataset, Parsed, Parsing, RawFile, Rejections, SourceError, merge_rejected, monthly

PUBLISHER = "Defensoría del Pueblo (SAT)"
HOST = "https://alertastempranas.defensoria.gov.co"
NATIONAL = 200
"""An alert that names more municipalities than this speaks of the nation or of a theme, not of places."""

INDICATOR = "early_warnings"
_REQUIRED = ("codigo", "tipo", "fecha_emision", "municipios", "grupos_armados_ilegales")
_OTHERS = re.compile(r"[,;]?\s*(?:\.\.\.|…)?\s*y otros?\s*\.?$", re.IGNORECASE)
_TOKEN = re.compile(r"name=[\"']__RequestVerificationToken[\"'][^>]*value=[\"']([^\"']+)[\"']", re.IGNORECASE)
_DETAIL = re.compile(r"/Alerta/Details/(\d+)", re.IGNORECASE)


def places_of(text: str) -> tuple[list[tuple[str, str]], bool]:
    """Split "A, B (Depto); C (Depto)" into (municipality, department) pairs, and say whether the list was cut.

    >>> places_of("Bogotá, D.C. (Bogotá, D.C.); Tumaco, Ricaurte (Nariño) ... y Otros")
    ([('Bogotá D.C.', 'Bogotá D.C.'), ('Tumaco', 'Nariño'), ('Ricaurte', 'Nariño')], True)
    """
    cut = bool(_OTHERS.search(text.strip()))
    whole = re.sub(r"(Bogot[áa]),?\s*D\.?\s*C\.?", r"\1 D.C.", _OTHERS.sub("", text.strip()))
    pairs: list[tuple[str, str]] = []
    for names, department in re.findall(r"([^()]+)\(([^()]*)\)", whole):
        pairs += [(name.strip(), department.strip()) for name in re.split(r"[,;]", names) if name.strip()]
    if not re.search(r"\(", whole):
        pairs += [(name.strip(), "") for name in re.split(r"[,;]", whole) if name.strip()]
    return pairs, cut


def detail_places(page: str) -> list[tuple[str, str]]:
    """Read (municipality, department) pairs from an alert's own page: the table below "Lugar de advertencia"."""
    section = re.search(r"Lugar de advertencia(.*?)(?:</article>|<h2|$)", page, flags=re.S | re.I)
    pairs: list[tuple[str, str]] = []
    for table in tabular.html_tables(section[1] if section else ""):
        header = [tabular.snake(cell) for cell in table[0]]
        at = {
            key: next((i for i, c in enumerate(header) if c.startswith(key)), -1)
            for key in ("departamento", "municipio")
        }
        body = table[1:] if min(at.values()) >= 0 else table
        department, municipality = (at["departamento"], at["municipio"]) if min(at.values()) >= 0 else (0, 1)
        pairs += [
            (row[municipality], row[department])
            for row in body
            if len(row) > max(department, municipality) and row[municipality]
        ]
    return list(dict.fromkeys(pairs))


def parse_workbook(data: bytes, details: dict[str, list[tuple[str, str]]], parsing: Parsing, name: str = "") -> Parsed:
    """Read the workbook of alerts.

    Parameters
    ----------
    details
        Places of alerts whose list is cut in the workbook, by code.

    Returns
    -------
    Parsed
        ``early_warnings``: alerts issued, by month, for the municipalities that an alert names (national and
        thematic alerts left out). Tables ``alerts`` (code, kind, date, groups, municipalities, national, complete)
        and ``alert_municipalities`` (code, divipola). Cut date: the newest alert's day.
    """
    frame = tabular.read_table(data, _REQUIRED).frame
    frame = frame.loc[frame["codigo"].str.strip() != ""]
    rejected, rows = Rejections(name), frame.index.to_series()
    day = values.dates(frame["fecha_emision"], "Fecha Emisión")
    rejected.add_where(day.isna(), rows, "Fecha Emisión", frame["fecha_emision"], "no_date")
    alerts: list[dict[str, Any]] = []
    links: list[dict[str, str]] = []
    dated = frame.loc[day.notna()]
    for number, row, issued in zip(dated.index, dated.to_dict("records"), day[day.notna()], strict=True):
        code = str(row["codigo"]).strip()
        pairs, cut = places_of(str(row["municipios"]))
        pairs = details.get(code, pairs) if cut else pairs
        codes = _codes(pairs, int(number), rejected, parsing)
        alerts.append(
            {
                "code": code,
                "kind": str(row["tipo"]).strip(),
                "date": issued,
                "groups": "; ".join(
                    part for part in re.split(r"\s*[\n;]\s*", str(row["grupos_armados_ilegales"])) if part
                ),
                "municipalities": len(codes),
                "national": len(codes) > NATIONAL,
                "complete": not cut or code in details,
            }
        )
        links += [{"code": code, "divipola": divipola} for divipola in sorted(codes)]
    table = pd.DataFrame(alerts, columns=["code", "kind", "date", "groups", "municipalities", "national", "complete"])
    if table.empty:
        raise SourceError("no_rows", f"{name}: no alert")
    table["date"] = table["date"].astype("datetime64[s]")
    places = pd.DataFrame(links, columns=["code", "divipola"], dtype="str")
    local = places.merge(table.loc[~table["national"], ["code", "date"]], on="code")
    return Parsed(
        monthly(INDICATOR, local["divipola"], local["date"], pd.Series(1.0, index=local.index)),
        rejected.frame(),
        table["date"].max().date(),
        len(frame),
        {"alerts": table, "alert_municipalities": places},
        (f"national_alerts={int(table['national'].sum())}", f"cut_lists={int((~table['complete']).sum())}"),
    )


def _codes(pairs: Sequence[tuple[str, str]], row: int, rejected: Rejections, parsing: Parsing) -> set[str]:
    codes: set[str] = set()
    for municipality, department in pairs:
        match = parsing.gazetteer.match(municipality, department)
        if match.divipola:
            codes.add(match.divipola)
        else:
            rejected.add(row, "Municipios", f"{municipality} / {department}", match.status)
    return codes


def parse(files: Sequence[RawFile], parsing: Parsing) -> Parsed:
    """Read the workbook and the pages of alerts whose list is cut (files ``alert-<code>.html``)."""
    details = {
        raw.name.removeprefix("alert-").removesuffix(".html"): detail_places(tabular.decode(raw.read()))
        for raw in files
        if raw.name.endswith(".html")
    }
    books = [raw for raw in files if not raw.name.endswith(".html")]
    if not books:
        raise SourceError("no_rows", "no workbook of alerts")
    parsed = parse_workbook(books[-1].read(), {k: v for k, v in details.items() if v}, parsing, books[-1].name)
    return Parsed(
        parsed.values, merge_rejected([parsed.rejected]), parsed.cut_date, parsed.rows, parsed.tables, parsed.notes
    )


def download(fetch: Fetch) -> Iterable[RawFile]:
    """Have the site build its workbook and download it, then the pages of the alerts whose list it cuts."""
    host = fetch.base("DEFENSORIA", HOST)
    headers = {"X-Requested-With": "XMLHttpRequest"}
    with fetch.client(PUBLISHER, headers, pause=1.0) as client:
        report = client.get_text(f"{host}/Alerta/Reporte")
        token = _TOKEN.search(report)
        if not token:
            raise PublisherError(
                PUBLISHER, f"{host}/Alerta/Reporte", "unexpected_format", detail="no anti-forgery token"
            )
        made = client.post_json(f"{host}/Alerta/GenerarExcel", {"__RequestVerificationToken": token[1]}, form=True)
        if not (isinstance(made, dict) and made.get("success")):
            raise PublisherError(PUBLISHER, f"{host}/Alerta/GenerarExcel", "service_error", detail=str(made)[:200])
        book = fetch.file(client, "alerts.xlsx", f"{host}/Alerta/DescargarExcelGenerado")
        yield book
        yield from _cut_alerts(fetch, client, host, book, detail_ids(report))


def detail_ids(page: str) -> dict[str, str]:
    """Return the number of each alert's own page by its code (``013-25``), from the report's table."""
    found: dict[str, str] = {}
    for table in tabular.html_tables_with_links(page):
        for cells, links in table:
            code = next((c for c in cells if re.fullmatch(r"\d{3}-\d{2}", c.strip())), None)
            number = next((m[1] for link in links if (m := _DETAIL.search(link))), None)
            if code and number:
                found[code.strip()] = number
    return found


def _cut_alerts(fetch: Fetch, client: Client, host: str, book: RawFile, ids: dict[str, str]) -> Iterable[RawFile]:
    frame = tabular.read_table(book.read(), _REQUIRED).frame
    for code, text in zip(frame["codigo"].str.strip(), frame["municipios"], strict=True):
        if code in ids and places_of(text)[1]:
            yield fetch.file(client, f"alert-{code}.html", f"{host}/Alerta/Details/{ids[code]}", allow_html=True)


DATASETS = (
    Dataset(
        dataset_id="defensoria-alerts",
        publisher=PUBLISHER,
        title_es="Alertas tempranas",
        title_en="Early warnings",
        page=f"{HOST}/Alerta/Reporte",
        licence="not stated",
        attribution="Defensoría del Pueblo, Sistema de Alertas Tempranas",
        join="separate",
        indicators=(INDICATOR,),
        download=download,
        parse=parse,
        files=("*alerta*.xls*", "alerts.xlsx"),
        min_join=0.95,
    ),
)
