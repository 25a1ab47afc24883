"""Files of every kind that publishers send, read as text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.names import fold, repair_mojibake
from data.sources import tabular, values
from data.sources.model import SourceError
from tests.unit.sources.server import csv_bytes, workbook

Mirror = Callable[[str], Path]


def test_quirk_30_the_header_is_found_below_the_banner() -> None:
    rows = [["MINISTERIO"], [], ["HOMICIDIOS"], ["DEPARTAMENTO ", "MUNICIPIO", "CANTIDAD "], ["CAUCA", "El Tambo", 2]]
    table = tabular.read_table(workbook(rows), ("departamento", "cantidad"))
    assert table.above == ("MINISTERIO", "HOMICIDIOS")
    assert table.frame.to_dict("index") == {5: {"departamento": "CAUCA", "municipio": "El Tambo", "cantidad": "2"}}


def test_a_missing_column_is_named_together_with_what_is_there() -> None:
    with pytest.raises(SourceError) as caught:
        tabular.read_table(csv_bytes(["FECHA", "MUNI"], [["x", "y"]]), ("fecha_hecho",))
    assert caught.value.fault == "missing_column"
    assert "fecha_hecho" in caught.value.detail
    assert "MUNI" in caught.value.detail


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "not_a_table"),
        (b"<!DOCTYPE html><html>", "not_a_table"),
        (b"  \n<html><head>", "not_a_table"),
        (b"%PDF-1.7", "not_a_table"),
        (b"\x89PNG\r\n", "not_a_table"),
        (b"PK\x03\x04 not a zip", "unreadable"),
        (b"\xd0\xcf\x11\xe0 not a workbook", "unreadable"),
    ],
)
def test_what_is_no_table_is_told_apart(data: bytes, fault: str) -> None:
    with pytest.raises(SourceError) as caught:
        tabular.read_table(data, ("fecha",))
    assert caught.value.fault == fault


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_quirk_41_encodings_and_separators_are_detected(encoding: str, separator: str) -> None:
    text = f"MUNICIPIO{separator}AÑO\nEL PEÑOL{separator}2020\n"
    table = tabular.read_table(text.encode(encoding), ("municipio", "ano"))
    assert table.frame.iloc[0].tolist() == ["EL PEÑOL", "2020"]


def test_quirk_41_mojibake_in_three_depths_is_undone() -> None:
    assert repair_mojibake("DesapariciÃ³n forzada") == "Desaparición forzada"
    assert repair_mojibake("Desaparición".encode().decode("latin-1").encode().decode("latin-1")) == "Desaparición"
    assert repair_mojibake("OTRO ¿CUÁL?") == "OTRO ¿CUÁL?"


def test_quirk_41_the_registers_column_holds_one_kind_of_event_in_several_spellings(mirror: Mirror) -> None:
    frame = tabular.read_table(mirror("uariv/hechos_santander_sample.csv").read_bytes(), ("hecho",)).frame
    spelt = {text for text in frame["hecho"].unique() if "Desaparici" in text}
    assert len(spelt) > 1
    assert "desaparicion forzada" in {fold(text) for text in spelt}


def test_quirk_24_the_registers_counts_are_read(mirror: Mirror) -> None:
    frame = tabular.read_table(mirror("uariv/hechos_santander_sample.csv").read_bytes(), ("per_ocu",)).frame
    people = values.counts(frame["per_ocu"])
    assert people.max() > 1_000
    assert (people.isna() == values.blank(frame["per_ocu"])).all()


def test_quirk_42_quoted_commas_and_line_breaks_and_repeated_rows_stay() -> None:
    data = b'fecha,url\r\n2016-01-02,"https://x.org/a,b"\r\n2016-01-03,"two\nlines"\r\n2016-01-03,"two\nlines"\r\n'
    frame = tabular.read_table(data, ("fecha",)).frame
    assert frame["url"].tolist() == ["https://x.org/a,b", "two\nlines", "two\nlines"]
    assert frame.index.tolist() == [2, 3, 4]


def test_quirk_42_the_list_of_leaders_keeps_all_its_rows(mirror: Mirror) -> None:
    frame = tabular.read_table(mirror("leaders/lideres_datasketch_2020.sin_nombres.csv").read_bytes(), ("fecha",)).frame
    assert len(frame) == 699
    assert frame.duplicated().any()


def test_quirk_17_the_list_of_leaders_has_a_day_that_does_not_exist(mirror: Mirror) -> None:
    frame = tabular.read_table(mirror("leaders/lideres_datasketch_2020.sin_nombres.csv").read_bytes(), ("fecha",)).frame
    found = values.dates(frame["fecha"])
    assert frame.loc[found.isna() & ~values.blank(frame["fecha"]), "fecha"].tolist() == ["2020-06-31"]


def test_quirk_17_a_shifted_cell_is_no_year(mirror: Mirror) -> None:
    name = "leaders/lideres_regions_anidiamdev.sin_nombres.csv"
    frame = tabular.read_table(mirror(name).read_bytes(), ("ano",)).frame
    assert "01" in set(frame.loc[values.years(frame["ano"]).isna(), "ano"])


def test_quirk_16_the_header_of_acled_is_recognised(mirror: Mirror) -> None:
    table = tabular.read_table(
        mirror("acled/header_only.csv").read_bytes(), ("event_id_cnty", "event_date", "fatalities")
    )
    assert table.frame.empty


def test_quirk_14_headers_fold_alike_in_any_case() -> None:
    assert tabular.snake("FECHA HECHO ") == tabular.snake("Fecha hecho") == "fecha_hecho"


def test_tables_of_a_web_page() -> None:
    page = "<table><tr><th>Fecha</th><td>a<br>b</td></tr><tr></tr></table><table><tr><td>&ntilde;&nbsp;x</table>"
    assert tabular.html_tables(page) == [[["Fecha", "a\nb"]], [["ñ x"]]]
    assert tabular.html_links('<a class="x" href="/f.xls?a=1&amp;b=2"><b>2020</b></a>') == [("/f.xls?a=1&b=2", "2020")]


def test_a_workbook_that_is_cut_and_a_web_page_are_told_in_words() -> None:
    with pytest.raises(SourceError) as cut:
        tabular.read_table(b"PK\x03\x04 the rest is missing", ())
    assert cut.value.detail == "the workbook is cut short, or it is no .xlsx file"
    with pytest.raises(SourceError) as page:
        tabular.read_table(b"<!DOCTYPE html>\n<html>", ())
    assert page.value.detail.endswith("it starts <!DOCTYPE html>")
