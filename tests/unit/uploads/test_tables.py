"""CSV and workbooks: encodings, separators, headers, and what must be refused or told."""

from __future__ import annotations

import codecs
import io
import zipfile
from datetime import date

import openpyxl
import pytest

from data.uploads import Answers, Columns, Reading, Source, UploadError, guess_columns, inspect, personal
from data.uploads import check as check_file
from data.uploads.report import harmless, left_out, table
from tests.unit.uploads.conftest import checked, codes, municipalities, source, zipped

ROWS = "fecha;municipio;departamento;víctimas\n25/03/2024;Pasto;Nariño;2\n26/03/2024;La Unión;Nariño;1\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (ROWS.encode(), "utf-8"),
        (codecs.BOM_UTF8 + ROWS.encode(), "utf-8-sig"),
        (ROWS.encode("cp1252"), "cp1252"),
        (ROWS.encode("latin-1") + b"1/1/2024;\x81;x;1\n", "latin-1"),
        (ROWS.encode("utf-16"), "utf-16"),
        (ROWS.encode("utf-16-le"), "utf-16-le"),
        (ROWS.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_every_encoding_gives_the_same_table(content: bytes, encoding: str) -> None:
    found = inspect(source(content))
    assert found.reading.encoding == encoding
    assert found.columns == ("fecha", "municipio", "departamento", "víctimas")
    result = checked(content)
    assert list(result.rows["divipola"]) == ["52001", "52399"]
    assert result.rows["value"].sum() == 3


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_every_separator_is_found_also_with_commas_inside_texts(mark: str) -> None:
    text = f'fecha{mark}municipio{mark}nota\n2024-01-01{mark}Pasto{mark}"uno, dos; tres"\n' * 3
    assert inspect(source(text)).reading.delimiter == mark


def test_excel_s_line_that_names_the_separator_is_no_row() -> None:
    found = inspect(source("sep=;\n" + ROWS))
    assert found.columns[0] == "fecha"
    assert checked("sep=;\n" + ROWS).accepted == 2


def test_titles_above_the_header_are_passed_over() -> None:
    found = inspect(source("Informe sintético\n\n" + ROWS))
    assert (found.reading.header_row, found.columns[1]) == (3, "municipio")
    assert [finding.row for finding in checked("Título\n\n" + ROWS + "x;Pasto;Nariño;1\n").findings] == [6]


def test_a_table_without_header_numbers_its_columns() -> None:
    found = inspect(source("2024-01-01,52001\n2024-01-02,52399\n"))
    assert (found.reading.header_row, found.columns) == (0, ("#1", "#2"))
    assert guess_columns(found, frozenset({"52001", "52399"})).roles == {"divipola": "#2", "date": "#1"}
    assert checked("2024-01-01,52001\n2024-01-02,52399\n").accepted == 2


def test_doubled_and_damaged_names_of_columns_are_made_whole_and_told() -> None:
    found = inspect(source("fecha,fecha,Municipio de NariÃ±o,\n2024-01-01,2024-01-01,Pasto,x\n"))
    assert found.columns == ("fecha", "fecha (2)", "Municipio de Nariño", "#4")
    assert {note.code for note in found.notes} == {"columns_doubled", "header_mended"}


def test_mojibake_is_repaired_in_names_and_told() -> None:
    result = checked("fecha,municipio,departamento\n2024-01-01,La UniÃ³n,NariÃ±o\n")
    assert list(result.rows["divipola"]) == ["52399"]
    assert codes(result) == ["name_mended"]


def test_a_few_broken_bytes_in_utf8_do_not_make_it_another_encoding() -> None:
    content = ("fecha;municipio;departamento\n" + "2024-01-01;La Unión;Nariño\n" * 20).encode() + b"2024-01-01;\xff;x\n"
    found = inspect(source(content))
    assert found.reading.encoding == "utf-8"
    assert found.notes[0].params["count"] == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x00\x01\x02\x03" * 50, "binary"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 99, "binary"),
        (b"%PDF-1.7 x", "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "old_excel"),
        (b"\x1f\x8b" + b"x" * 99, "compressed"),
        (b"<!DOCTYPE html><html></html>", "html"),
        (b'[{"a": 1}]', "json_not_geojson"),
        (codecs.BOM_UTF32_LE + "a,b".encode("utf-32-le"), "encoding_utf32"),
        (b"\n\n\n", "no_rows"),
        (b"fecha,municipio\n", "no_rows"),
        (b'fecha,municipio\n2024-01-01,"Pasto\n' + b"x,y\n" * 3000, "quote_open"),
        (b"a," * 1_200_000, "line_too_long"),
        ((",".join(f"c{n}" for n in range(300)) + "\n1\n").encode(), "too_many_columns"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(content: bytes, code: str) -> None:
    with pytest.raises(UploadError) as fault:
        inspect(source(content))
    assert fault.value.code == code


def test_an_empty_file_and_a_giant_one() -> None:
    with pytest.raises(UploadError, match="empty"):
        source(b"")

    class Giant(io.BytesIO):
        def tell(self) -> int:
            return 400 * 1024 * 1024

    with pytest.raises(UploadError, match="too_large"):
        Source("x.csv", Giant(b"x"))


def workbook(rows: list[list[object]], title: str = "Datos") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_gives_values_dates_and_a_note_on_formulas() -> None:
    import datetime as dt

    content = workbook(
        [
            ["Fecha", "Código DANE", "Casos"],
            [dt.datetime(2024, 3, 25), 52001, 2],
            [dt.date(2024, 3, 26), "05001", "=1+1"],
        ]
    )
    found = inspect(source(content, "libro.xlsx"))
    assert [note.code for note in found.notes] == ["formulas_as_saved"]
    result = checked(content, "libro.xlsx")
    assert list(result.rows["divipola"]) == ["52001"]
    # A formula that was never calculated is no figure.
    assert codes(result) == ["value_blank"]


def test_macros_are_told_and_not_run() -> None:
    content = workbook([["fecha", "divipola"], ["2024-01-01", "52001"]])
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    found = inspect(source(buffer.getvalue(), "libro.xlsm"))
    assert [note.code for note in found.notes] == ["macros_ignored"]
    assert checked(buffer.getvalue(), "libro.xlsm").accepted == 1


def test_a_zip_that_swells_is_refused_before_it_does() -> None:
    bomb = zipped({"datos.csv": b"a,b\n" + b"0" * 60_000_000})
    with pytest.raises(UploadError) as fault:
        inspect(source(bomb, "bomba.zip"))
    assert fault.value.code == "zip_bomb"
    book = io.BytesIO(workbook([["fecha", "divipola"], ["2024-01-01", "52001"]]))
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b"<row/>" * 20_000_000)
    with pytest.raises(UploadError) as fault:
        inspect(source(book.getvalue(), "bomba.xlsx"))
    assert fault.value.code == "zip_bomb"


def test_a_member_that_lies_about_its_size_is_stopped() -> None:
    from data.uploads import archive

    content = source(zipped({"a.csv": b"x" * 5000}), "a.zip")
    with pytest.raises(UploadError, match="zip_bomb"):
        archive.member(content, archive.members(content)["a.csv"], 1000)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"a.csv": b"x", "b.csv": b"y"}, "zip_contents"),
        ({"leeme.md": b"x"}, "zip_contents"),
        ({"mapa.shp": b"x", "mapa.dbf": b"y"}, "shapefile"),
        ({"xl/workbook.bin": b"x"}, "xlsb"),
        ({"mimetype": b"x", "content.xml": b"y"}, "opendocument"),
        ({"xl/workbook.xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}, "xml_entities"),
        ({"xl/workbook.xml": b"<x/>"}, "workbook_unreadable"),
        ({"datos.csv": b"PK\x03\x04 broken"}, "zip_broken"),
    ],
)
def test_what_a_zip_holds_is_told(members: dict[str, bytes], code: str) -> None:
    with pytest.raises(UploadError) as fault:
        inspect(source(zipped(members), "a.zip"))
    assert fault.value.code == code


def test_one_table_in_a_zip_is_read() -> None:
    result = checked(zipped({"carpeta/datos.csv": ROWS.encode("cp1252")}), "datos.zip")
    assert result.accepted == 2


def test_a_truncated_zip_is_broken() -> None:
    with pytest.raises(UploadError, match="zip_broken"):
        inspect(source(zipped({"a.csv": ROWS.encode() * 50})[:-40], "a.zip"))


def test_places_by_code_and_what_is_mended_is_told() -> None:
    rows = (
        "fecha,divipola\n2024-01-01,5001\n2024-01-01,52001003\n2024-01-01,CO52835\n2024-01-01,99999\n2024-01-01,52003\n"
    )
    result = checked(rows)
    assert list(result.rows["divipola"]) == ["05001", "52001", "52835"]
    assert codes(result) == ["code_padded", "code_of_settlement", "place_unknown_place", "place_unknown_code"]


def test_code_and_name_that_differ_are_told_and_the_code_counts() -> None:
    result = checked("fecha,divipola,municipio,departamento\n2024-01-01,52001,Buesaco,Nariño\n")
    assert list(result.rows["divipola"]) == ["52001"]
    assert codes(result) == ["code_name_differ"]


def test_an_ambiguous_name_is_asked_and_the_answer_counts() -> None:
    rows = "fecha,municipio\n2024-01-01,La Unión\n2024-01-02,La Unión\n2024-01-03,Pasto\n"
    result = checked(rows)
    (question,) = result.questions.places
    assert (question.municipality, question.candidates, question.rows) == ("La Unión", ("05400", "52399", "70400"), 2)
    assert result.accepted == 1
    answered = checked(rows, answers=Answers(places={("La Unión", ""): "52399"}))
    assert (answered.accepted, bool(answered.questions)) == (3, False)
    left_out = checked(rows, answers=Answers(places={("La Unión", ""): ""}))
    assert (left_out.accepted, codes(left_out)) == (1, ["place_left_out"] * 2)


def test_a_misspelt_name_is_offered_never_taken() -> None:
    result = checked("fecha,municipio,departamento\n2024-01-01,Buesacco,Nariño\n2024-01-01,Vereda El Sol,Nariño\n")
    assert result.accepted == 0
    assert codes(result) == ["place_similar", "place_unknown_name"]
    assert result.questions.places[0].candidates == ("52110",)


def test_one_day_over_twelve_decides_the_order_for_the_whole_file() -> None:
    result = checked("fecha,divipola\n03/04/2024,52001\n25/04/2024,52001\n")
    assert [f"{day:%Y-%m-%d}" for day in result.rows["from"]] == ["2024-04-03", "2024-04-25"]
    assert result.notes[0].code == "order_dmy"


def test_dates_of_either_order_are_asked() -> None:
    rows = "fecha,divipola\n03/04/2024,52001\n2024-04-05,52001\n"
    result = checked(rows)
    assert (result.questions.order, result.accepted, codes(result)) == (True, 1, ["date_order_unknown"])
    answered = checked(rows, answers=Answers(order="mdy"))
    assert [f"{day:%Y-%m-%d}" for day in answered.rows["from"]] == ["2024-03-04", "2024-04-05"]


def test_dates_that_prove_both_orders_are_asked_and_the_others_left_out() -> None:
    rows = "fecha,divipola\n25/04/2024,52001\n04/25/2024,52001\n01/02/2024,52001\n"
    assert checked(rows).questions.order_conflict
    answered = checked(rows, answers=Answers(order="dmy"))
    assert (answered.accepted, codes(answered)) == (2, ["date_other_order"])


def test_thousands_or_decimals_are_asked() -> None:
    rows = "fecha;divipola;hectareas\n2024-01-01;52001;1.234\n2024-01-01;52001;7\n"
    result = checked(rows)
    assert (result.questions.decimal, result.accepted) == (True, 1)
    assert checked(rows, answers=Answers(decimal=",")).rows["value"].sum() == 1241
    # A value that only one mark explains decides for the file.
    assert checked(rows + "2024-01-01;52001;2,5\n").rows["value"].sum() == 1243.5


def test_a_blank_figure_is_no_zero() -> None:
    result = checked("fecha,divipola,casos\n2024-01-01,52001,\n2024-01-01,52001,0\n2024-01-01,52001,-1\n")
    assert list(result.rows["value"]) == [0.0]
    assert codes(result) == ["value_blank", "value_negative"]


def test_presence_intervals_have_a_group_and_an_order() -> None:
    rows = (
        "grupo,desde,hasta,divipola\nELN,2023-01,,52001\nELN,2024-02-01,2024-01-01,52001\n,2024-01-01,,52001\n"
        "EMC,2023,2024,52835\n"
    )
    result = checked(rows)
    assert list(result.rows["label"]) == ["ELN", "EMC"]
    assert [f"{day:%Y-%m-%d}" for day in result.rows["from"]] == ["2023-01-01", "2023-01-01"]
    assert f"{result.rows['to'].iloc[1]:%Y-%m-%d}" == "2024-12-31"
    assert {"interval_reversed", "group_blank", "date_whole_month", "date_whole_year"} == set(codes(result))


TODAY = date(2026, 11, 25)


def test_what_lies_in_the_future_is_left_out_with_its_reason() -> None:
    result = checked("fecha,divipola\n25/11/2026,52001\n26/11/2026,52001\n01/01/2031,52001\n", today=TODAY)
    assert (result.accepted, codes(result)) == (1, ["date_future", "date_future"])
    assert list(result.rejected["date_future"]) == [3, 4]
    rows = "grupo,desde,hasta,divipola\nELN,2027-01-01,,52001\nELN,2026-01-01,2026-12-31,52001\n"
    result = checked(rows, today=TODAY)
    assert (result.accepted, codes(result)) == (1, ["date_future", "end_future"])


def test_an_interval_without_an_end_is_told_to_count_up_to_the_day_of_loading() -> None:
    result = checked(
        "grupo,desde,hasta,divipola\nELN,2026-01-01,,52001\nELN,2025-01-01,2025-02-01,52001\n", today=TODAY
    )
    (note,) = result.notes
    assert (note.code, note.params) == ("open_ends", {"count": 1, "day": "2026-11-25"})


def test_the_kind_of_presence_is_kept_as_the_file_says_it() -> None:
    rows = "Grupo,Desde,Municipio,Departamento,Tipo\nELN,2024-01-01,Pasto,Nariño,mandan\nEMC,2024-01-01,Pasto,Nariño,\n"
    found = inspect(source(rows))
    assert guess_columns(found, frozenset({"52001"})).roles["level"] == "Tipo"
    assert list(checked(rows).rows["level"]) == ["mandan", ""]


def test_a_group_that_nobody_knows_is_kept_and_told() -> None:
    rows = "grupo,desde,divipola\nEln,2024-01-01,52001\nGrupo Inventado,2024-01-01,52001\n"
    result = checked(rows, groups={"eln"})
    assert (result.accepted, codes(result), result.findings[0].value) == (2, ["group_unknown"], "Grupo Inventado")


def test_a_name_of_another_department_says_where_it_is() -> None:
    result = checked("fecha,municipio,departamento\n2024-01-01,Buesaco,Antioquia\n")
    (finding,) = result.findings
    assert finding.code == "place_other_department"
    assert finding.params == {"name": "Buesaco", "department": "Antioquia", "where": "Nariño"}
    # Whoever wrote it says which of the two was meant; nothing is taken.
    assert result.questions.places[0].candidates == ("52110",)


def test_an_answer_can_be_changed() -> None:
    rows = "fecha,municipio\n2024-01-01,La Unión\n2024-01-02,La Unión\n"
    for code in ("52399", ""):
        (again,) = checked(rows, answers=Answers(places={("La Unión", ""): code})).answered
        assert (again.municipality, again.candidates, again.rows) == ("La Unión", ("05400", "52399", "70400"), 2)


def test_how_every_name_was_understood_is_told() -> None:
    rows = "fecha,municipio,departamento,divipola\n" + "".join(
        f"2024-01-0{n},{place}\n"
        for n, place in enumerate(("pasto,nariño,", "PASTO,nariño,", "Buesaco,,52001", "La UniÃ³n,Nariño,"), start=1)
    )
    found = {(each.municipality, each.divipola, each.how, each.rows) for each in checked(rows).placed}
    assert found == {
        ("pasto", "52001", "name", 1),
        ("PASTO", "52001", "name", 1),
        ("Buesaco", "52001", "code", 1),
        ("La UniÃ³n", "52399", "repaired", 1),
    }


def test_the_example_row_of_a_template_is_never_data() -> None:
    result = checked(
        "fecha,divipola,nota\n2024-01-01,52001,EJEMPLO\n2024-01-02,52001,\n2024-01-03,52001,ejemplo de x\n"
    )
    assert (result.accepted, codes(result), list(result.rejected["row_example"])) == (2, ["row_example"], [2])


def test_empty_rows_between_others_are_told_and_those_at_the_end_are_not() -> None:
    result = checked("fecha;divipola\n2024-01-01;52001\n;\n\n2024-01-02;52001\n;\n;\n")
    assert [(note.code, note.params["count"]) for note in result.notes] == [("rows_blank", 2)]


def test_a_row_with_two_such_cells_is_one_row() -> None:
    result = checked("grupo,desde,hasta,divipola\nELN,2023-01,2023-02,52001\n")
    assert (len(result.findings), result.counts[("date_whole_month", "warning")]) == (2, 1)


def test_rows_left_out_come_back_with_all_their_columns() -> None:
    rows = "fecha;municipio;nota\n2024-01-01;Pasto;uno\n31/02/2024;Nadie;=dos\n2024-01-03;Nadie;tres\n"
    result = checked(rows)
    file = source(rows)
    columns, found = left_out(file, inspect(file).reading, result.rejected)
    assert columns == ("fecha", "municipio", "nota")
    assert [(number, cells, sorted(why)) for number, cells, why in found] == [
        (3, ["31/02/2024", "Nadie", "=dos"], ["date_impossible", "place_unknown_name"]),
        (4, ["2024-01-03", "Nadie", "tres"], ["place_unknown_name"]),
    ]


def test_a_date_of_areas_is_from_when_on() -> None:
    found = inspect(source("fecha,divipola,valor\n2024-01-01,52001,2\n"))
    assert guess_columns(found, frozenset({"52001"}), "areas").roles["from"] == "fecha"


def test_shifted_and_cut_rows_are_told() -> None:
    result = checked("fecha,divipola,casos\n2024-01-01,52001,1,234\n2024-01-01,52001\n2024-01-01,52001,3\n")
    assert codes(result) == ["row_too_long", "value_blank", "row_too_short"]
    assert result.accepted == 1


def test_rows_that_repeat_are_counted() -> None:
    result = checked("fecha,divipola\n" + "2024-01-01,52001\n" * 3)
    assert (result.notes[0].code, result.notes[0].params["count"], result.accepted) == ("rows_doubled", 2, 3)


def test_findings_are_bounded_and_all_are_counted() -> None:
    result = checked("fecha,divipola\n" + "2024-01-01,52001\n" + "nunca,52001\n" * 5000)
    assert len(result.findings) == 1000
    assert result.counts[("date_unreadable", "error")] == 5000


def test_thousands_of_names_that_are_none_stop_the_check() -> None:
    rows = "fecha,municipio\n" + "".join(f"2024-01-01,zzz qqq {n}\n" for n in range(6000))
    with pytest.raises(UploadError, match="places_unmatched"):
        checked(rows)


def test_missing_and_unknown_columns() -> None:
    file = source("fecha,divipola\n2024-01-01,52001\n")
    for roles, code in (({"date": "fecha"}, "columns_missing"), ({"date": "nada", "divipola": "divipola"}, "column_")):
        with pytest.raises(UploadError, match=code):
            check_file(file, Reading("csv"), Columns("events", roles), municipalities())


def test_columns_about_persons_are_recognised() -> None:
    names = ("Nombre", "Cédula", "Nombre municipio", "documento_identidad", "Nombre del grupo", "fecha")
    assert personal(names) == ("Nombre", "Cédula", "documento_identidad")


@pytest.mark.parametrize("cell", ["=1+1", "+CMD", "-cmd|x", "@SUM(A1)", "\t=1", "  =1", "\u00a0=1", "＝1", "\r=1"])
def test_what_looks_like_a_formula_leaves_as_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert (
        f"'{cell.strip()[:1]}" in table(["x"], [[cell]]).decode("utf-8-sig") or "'" in table(["x"], [[cell]]).decode()
    )


def test_numbers_and_words_leave_as_they_are() -> None:
    assert [harmless(cell) for cell in ("-77.2", "Pasto", "", "2024-01-01")] == ["-77.2", "Pasto", "", "2024-01-01"]
