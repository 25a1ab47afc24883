"""Every connector when the publisher renames, drops or adds a column, or sends a table without rows. Synthetic data."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from data.refresh import check
from data.sources.catalogue import DATASETS
from data.sources.fetch import Fetch
from data.sources.http import PublisherError
from data.sources.model import Parsed, Parsing, RawFile, SourceError
from tests.unit.loopback import Server
from tests.unit.sources.server import SETUPS, workbook, zip_bytes

MakeFetch = Callable[..., Fetch]
Table = list[list[Any]]

# A column without which the data set cannot be read, as the publisher writes it.
NEEDED = {
    "mindefensa-homicides": "cantidad",
    "mindefensa-kidnapping": "fecha_hecho",
    "mindefensa-extortion": "cod_muni",
    "mindefensa-massacres": "victimas",
    "mindefensa-terrorism": "cod_depto",
    "mindefensa-security-forces": "accion",
    "mindefensa-eradication": "tipo_de_cultivo",
    "simci-coca": "codmpio",
    "uariv-displacement": "per_ocu",
    "policia-homicides": "CANTIDAD ",
    "ucdp-events": "where_prec",
    "hapi-conflict": "admin2_code",
    "indepaz-massacres": "FECHA",
    "defensoria-alerts": "Municipios",
    "cnmh-landmines": "codigo_dane_de_municipio",
    "cnmh-kidnapping": "a_o",
    "descontamina-landmines": "genero",
    "dane-divipola": "nom_mpio",
    "dane-population": "MPIO",
    "acled-own": "admin2",
}


def table_of(data: bytes) -> Table:
    """Return the rows of a CSV or XLSX."""
    if data.startswith(b"PK"):
        sheet = load_workbook(io.BytesIO(data)).active
        assert sheet is not None
        return [list(row) for row in sheet.iter_rows(values_only=True)]
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))


def csv_of(rows: Table) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8")


def on_table(rows: Table, column: str, change: str) -> Table:
    """Rename or drop a column, add one, or leave only the header."""
    head = next(number for number, row in enumerate(rows) if column in row)
    place = rows[head].index(column)
    if change == "renamed":
        return [
            [("renamed" if n == head and i == place else cell) for i, cell in enumerate(row)]
            for n, row in enumerate(rows)
        ]
    if change == "missing":
        return [row[:place] + row[place + 1 :] if n >= head else row for n, row in enumerate(rows)]
    if change == "new":
        return [(["nueva" if n == head else "x", *row] if n >= head else row) for n, row in enumerate(rows)]
    return rows[: head + 1]


def on_json(value: Any, column: str, change: str) -> Any:
    """Do the same with rows of JSON, wherever in the answer they are."""
    if isinstance(value, dict) and "data" in value:
        return value | {"data": on_json(value["data"], column, change)}
    if change == "empty":
        return []
    if change == "new":
        return [row | {"nueva": "x"} for row in value]
    names: Callable[[dict[str, Any]], dict[str, Any]] = lambda row: {  # noqa: E731
        ("renamed" if name == column else name): cell
        for name, cell in row.items()
        if not (change == "missing" and name == column)
    }
    return [names(row) for row in value]


def on_page(text: str, column: str, change: str) -> str:
    """Do the same with the table of a web page."""
    if change == "new":
        return text.replace("<tr><th>", "<tr><th>NUEVA</th><th>").replace("<tr><td>", "<tr><td>x</td><td>")
    if change == "empty":
        return re.sub(r"<tr><td>.*?</tr>", "", text)
    return text.replace(f"<th>{column}</th>", "<th>RENAMED</th>" if change == "renamed" else "")


def changed(data: bytes, dataset_id: str, change: str) -> bytes:
    column = NEEDED[dataset_id]
    if dataset_id == "indepaz-massacres":
        posts = json.loads(data)
        posts[0]["content"]["rendered"] = on_page(posts[0]["content"]["rendered"], column, change)
        return json.dumps(posts).encode()
    if data[:1] in (b"[", b"{"):
        return json.dumps(on_json(json.loads(data), column, change)).encode()
    if data.startswith(b"PK") and b".csv" in data[:80]:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            name = archive.namelist()[0]
            return zip_bytes(name, csv_of(on_table(table_of(archive.read(name)), column, change)))
    rows = on_table(table_of(data), column, change)
    return workbook(rows) if data.startswith(b"PK") else csv_of(rows)


def parsed(dataset_id: str, change: str, make_fetch: MakeFetch, parsing: Parsing) -> tuple[Parsed, Parsed]:
    """Return what the connector reads before and after the change."""
    dataset = DATASETS[dataset_id]
    with Server() as server:
        environment, _ = SETUPS[dataset_id](server)
        files: list[RawFile] = list(dataset.download(make_fetch(environment)))
    before = dataset.parse(files, parsing)
    for raw in files:
        if not raw.name.endswith(".html"):
            raw.path.write_bytes(changed(raw.read(), dataset_id, change))
    return before, dataset.parse(files, parsing)


EACH = pytest.mark.parametrize("dataset_id", list(NEEDED))


def test_each_connector_is_tried_here() -> None:
    assert set(NEEDED) == set(SETUPS)


@EACH
@pytest.mark.parametrize("change", ["renamed", "missing"])
def test_a_column_that_is_gone_is_named(dataset_id: str, change: str, make_fetch: MakeFetch, parsing: Parsing) -> None:
    with pytest.raises(SourceError) as caught:
        parsed(dataset_id, change, make_fetch, parsing)
    assert caught.value.fault == "missing_column"
    assert caught.value.advice == "report_change"
    assert caught.value.detail


@EACH
def test_a_new_column_does_not_matter(dataset_id: str, make_fetch: MakeFetch, parsing: Parsing) -> None:
    before, after = parsed(dataset_id, "new", make_fetch, parsing)
    assert after.values.equals(before.values)
    assert after.rows == before.rows
    for name, frame in before.tables.items():
        assert after.tables[name].equals(frame)


@EACH
def test_a_table_without_rows_is_a_fault(
    dataset_id: str, make_fetch: MakeFetch, parsing: Parsing, make_options: Callable
) -> None:
    def read_and_check() -> None:
        _, after = parsed(dataset_id, "empty", make_fetch, parsing)
        check(after, DATASETS[dataset_id], None, make_options(), parsing.gazetteer)

    with pytest.raises((SourceError, PublisherError)) as caught:
        read_and_check()
    assert caught.value.fault in {"no_rows", "missing_column", "fewer_rows"}
