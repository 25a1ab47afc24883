"""The police's workbooks: real ones against the embedded series, synthetic ones for what may yet come."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data import store
from data.sources import policia
from data.sources.fetch import local_file
from data.sources.model import Parsing, SourceError
from tests.unit.sources.server import csv_bytes, workbook

Mirror = Callable[[str], Path]
WORKBOOKS = {"20032010.xlsx": range(2003, 2011), "2011.xlsx": [2011], "2020.xls": [2020], "2024.xls": [2024]}


@pytest.mark.parametrize("name", WORKBOOKS)
def test_the_workbooks_equal_the_embedded_series_month_by_month(name: str, mirror: Mirror, parsing: Parsing) -> None:
    found = policia.parse_workbook(mirror(f"policia/homicidios_{name}").read_bytes(), parsing, name)
    embedded = store.table("values_month")
    embedded = embedded[embedded["indicator_id"] == "homicides"]
    embedded = embedded[embedded["month"].dt.year.isin(list(WORKBOOKS[name]))]
    keys = ["divipola", "month"]
    both = embedded[[*keys, "value"]].merge(
        found.values[[*keys, "value"]], on=keys, how="outer", suffixes=("_held", "_read")
    )
    assert len(embedded) > 3_000
    assert both[both["value_held"] != both["value_read"]].empty
    assert found.rejected.empty


def test_quirk_30_the_total_row_is_checked_and_not_counted(mirror: Mirror, parsing: Parsing) -> None:
    found = policia.parse_workbook(mirror("policia/homicidios_2011.xlsx").read_bytes(), parsing)
    assert found.values["value"].sum() == 15_803
    assert "total_row=15803" in found.notes


def test_quirk_32_amounts_are_summed_and_rows_not_counted(mirror: Mirror, parsing: Parsing) -> None:
    found = policia.parse_workbook(mirror("policia/homicidios_2011.xlsx").read_bytes(), parsing)
    assert found.rows < found.values["value"].sum()


def test_quirk_31_titles_change_and_do_not_matter(mirror: Mirror, parsing: Parsing) -> None:
    for name in ("2020.xls", "2024.xls"):
        assert policia.parse_workbook(mirror(f"policia/homicidios_{name}").read_bytes(), parsing).cut_date is not None


def test_quirk_07_and_09_the_oldest_workbook_has_no_codes_and_ct_behind_the_seats(
    mirror: Mirror, parsing: Parsing
) -> None:
    found = policia.parse_workbook(mirror("policia/homicidios_20032010.xlsx").read_bytes(), parsing)
    assert {"11001", "52001", "52835", "91001"} <= set(found.values["divipola"])
    assert found.rejected.empty


def book(rows: list[list[Any]], header: list[str] | None = None, total: float | None = None) -> bytes:
    names = header or ["DEPARTAMENTO", "MUNICIPIO", "CODIGO DANE", "FECHA HECHO", "CANTIDAD"]
    footer = [["TOTAL", None, None, None, total]] if total is not None else []
    return workbook([["POLICÍA"], [], names, *rows, *footer, ["FUENTE: synthetic"]])


JANUARY = [["NARIÑO", "TUMACO", "52835000", "2026-01-05", 2], ["NARIÑO", "PASTO (CT)", "52001000", "2026-01-06", 1]]


def test_quirk_28_a_municipality_without_a_row_gets_none(parsing: Parsing) -> None:
    found = policia.parse_workbook(book(JANUARY, total=3), parsing)
    assert found.values["divipola"].tolist() == ["52001", "52835"]
    assert found.values["value"].tolist() == [1.0, 2.0]


def test_rows_that_do_not_add_up_to_the_total_are_a_file_cut_short(parsing: Parsing) -> None:
    with pytest.raises(SourceError, match="wrong_total"):
        policia.parse_workbook(book(JANUARY, total=300), parsing)


def test_a_workbook_without_january_is_refused(parsing: Parsing) -> None:
    rows = [["NARIÑO", "TUMACO", "52835000", "2024-12-05", 2], ["NARIÑO", "TUMACO", "52835000", "2025-04-05", 2]]
    with pytest.raises(SourceError, match="missing_periods"):
        policia.parse_workbook(book(rows), parsing)


def test_a_workbook_without_january_leaves_the_others_alone(tmp_path: Path, parsing: Parsing) -> None:
    partial = [["NARIÑO", "TUMACO", "52835000", "2024-12-05", 2], ["NARIÑO", "TUMACO", "52835000", "2025-04-05", 2]]
    (tmp_path / "2024.xlsx").write_bytes(book(partial))
    (tmp_path / "2026.xlsx").write_bytes(book(JANUARY))
    files = [local_file(tmp_path / "2024.xlsx"), local_file(tmp_path / "2026.xlsx")]
    found = policia.parse(files, parsing)
    assert found.values["year"].unique().tolist() == [2026]
    assert found.rejected[["file", "row", "reason"]].to_numpy().tolist() == [["2024.xlsx", 0, "missing_periods"]]
    with pytest.raises(SourceError, match="missing_periods"):
        policia.parse(files[:1], parsing)


def test_a_renamed_column_is_named(parsing: Parsing) -> None:
    header = ["DEPARTAMENTO", "MUNICIPIO", "CODIGO DANE", "FECHA HECHO", "NUMERO"]
    with pytest.raises(SourceError, match="missing_column") as caught:
        policia.parse_workbook(book(JANUARY, header), parsing)
    assert "cantidad" in caught.value.detail


def test_a_new_column_and_another_order_do_not_matter(parsing: Parsing) -> None:
    header = ["ZONA", "CANTIDAD ", "CODIGO DANE ", "FECHA HECHO ", "DEPARTAMENTO ", "MUNICIPIO "]
    rows = [["URBANA", n, code, day, dep, mun] for dep, mun, code, day, n in JANUARY]
    assert policia.parse_workbook(book(rows, header), parsing).values["value"].sum() == 3


def test_rows_left_out_carry_row_column_cell_and_reason(parsing: Parsing) -> None:
    bad = [
        ["X", "X", "99999000", "2026-01-05", 1],
        ["NARIÑO", "TUMACO", "52835000", "", 1],
        ["NARIÑO", "TUMACO", "52835000", "2026-01-07", "dos"],
        ["NARIÑO", "TUMACO", "52835000", "2031-01-07", 1],
    ]
    found = policia.parse_workbook(book([*JANUARY, *bad]), parsing, "x.xlsx").rejected
    assert found[["row", "column", "found", "reason"]].to_numpy().tolist() == [
        [6, "CODIGO DANE", "99999000", "unknown_place"],
        [7, "FECHA HECHO", "", "no_date"],
        [8, "CANTIDAD", "dos", "no_amount"],
        [9, "FECHA HECHO", "2031-01-07", "future_date"],
    ]


def test_a_csv_of_the_same_columns_is_read(parsing: Parsing) -> None:
    header = ["DEPARTAMENTO", "MUNICIPIO", "CODIGO DANE", "FECHA HECHO", "CANTIDAD"]
    assert policia.parse_workbook(csv_bytes(header, JANUARY), parsing).values["value"].sum() == 3


def test_a_year_in_two_files_counts_once(tmp_path: Path, parsing: Parsing) -> None:
    (tmp_path / "a.xlsx").write_bytes(book(JANUARY))
    (tmp_path / "b.xlsx").write_bytes(book([*JANUARY, ["CAUCA", "EL TAMBO", "19256000", "2026-01-09", 1]]))
    found = policia.parse([local_file(tmp_path / "a.xlsx"), local_file(tmp_path / "b.xlsx")], parsing)
    assert found.values["value"].sum() == 4


def test_single_years_leave_the_years_between_to_others(mirror: Mirror, parsing: Parsing) -> None:
    files = [local_file(mirror(f"policia/homicidios_{name}")) for name in ("2011.xlsx", "2020.xls")]
    assert [(a.year, b.year) for a, b in policia.parse(files, parsing).segments] == [(2011, 2011), (2020, 2020)]


def test_links_to_homicide_workbooks_are_told_from_others() -> None:
    page = """
      <a href="/files/Homicidio%20Intencional2025.xlsx">Homicidio Intencional 2025</a>
      <a href="/files/homicidios_2011.xlsx">x</a> <a href="/files/Homicidios%20transito%202024.xlsx">x</a>
      <a href="/files/hurto_2024.xlsx">Hurto</a> <a href="/homicidios/2020">page</a>
      <a href="https://other/descargables/homicidios_2020.xls">x</a>"""
    found = policia.workbook_links(page, "https://www.policia.gov.co/a/b")
    assert [year for year, _ in found] == [2011, 2020, 2025]
    assert found[2][1] == "https://www.policia.gov.co/files/Homicidio%20Intencional2025.xlsx"


def test_a_page_without_workbooks_is_reported_as_changed(make_fetch: Callable) -> None:
    from data.sources.http import PublisherError
    from tests.unit.loopback import Server, html

    with Server() as server:
        server.route("/estadistica-delictiva/homicidios", html("<html>moved</html>"))
        with pytest.raises(PublisherError) as caught:
            list(policia.download(make_fetch({"PAZ_URL_POLICIA": server.url})))
    assert (caught.value.fault, caught.value.advice) == ("unexpected_format", "report_change")


def test_the_frame_has_the_projects_shape(parsing: Parsing) -> None:
    frame = policia.parse_workbook(book(JANUARY), parsing).values
    assert list(frame.columns) == ["indicator_id", "divipola", "month", "year", "value"]
    assert frame["month"].dtype == "datetime64[s]"
    assert (frame["month"] == pd.Timestamp("2026-01-01")).all()
