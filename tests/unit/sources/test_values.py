"""Numbers, dates and codes as publishers write them."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.sources import values
from data.sources.model import SourceError


def column(*cells: str) -> pd.Series:
    return pd.Series(list(cells), dtype="str")


def test_quirk_01_leading_zeros_lost_come_back() -> None:
    assert values.municipality_codes(column("5001", "05001", "5001.0", " 52835 ")).tolist() == [
        "05001",
        "05001",
        "05001",
        "52835",
    ]


def test_quirk_02_police_codes_lose_the_settlement_before_the_zero_comes_back() -> None:
    found = values.police_codes(column("52835000", "5030000", "05376000", "91001008", "91798000")).tolist()
    assert found == ["52835", "05030", "05376", "91001", "91798"]


def test_quirk_03_thousands_commas_in_codes_and_years() -> None:
    assert values.municipality_codes(column("5,313", "52,835")).tolist() == ["05313", "52835"]
    assert values.years(column("2,006", "2006", "2006.0")).tolist() == [2006.0] * 3


def test_quirk_06_a_name_in_the_code_column_stays_a_name() -> None:
    assert values.municipality_codes(column("CAUCA")).tolist() == ["CAUCA"]


def test_quirk_15_the_column_decides_whether_the_day_or_the_month_comes_first() -> None:
    assert values.dates(column("29/03/2026", "01/02/2026"))[1] == pd.Timestamp("2026-02-01")
    assert values.dates(column("03/27/2026", "01/02/2026"))[1] == pd.Timestamp("2026-01-02")
    assert values.dates(column("01/16/2022 12:00:00 AM", "01/02/2022 12:00:00 AM"))[1] == pd.Timestamp("2022-01-02")


def test_quirk_15_a_column_that_cannot_decide_is_an_error() -> None:
    with pytest.raises(SourceError, match="ambiguous_dates"):
        values.dates(column("01/02/2026", "03/04/2026"))
    with pytest.raises(SourceError, match="ambiguous_dates"):
        values.dates(column("29/03/2026", "03/27/2026"))


def test_a_column_of_equal_day_and_month_needs_no_decision() -> None:
    assert values.dates(column("01/01/2026", "02/02/2026"))[1] == pd.Timestamp("2026-02-02")


def test_quirk_16_dates_of_acled_and_of_the_register_of_victims() -> None:
    found = values.dates(
        column("25-Oct-22", "2022/01/31 00:00:00.000000000", "31/12/2025", "30/09/24", "31/07/2024 00:00", "5 ago 2021")
    )
    assert found.dt.strftime("%Y-%m-%d").tolist() == [
        "2022-10-25",
        "2022-01-31",
        "2025-12-31",
        "2024-09-30",
        "2024-07-31",
        "2021-08-05",
    ]


def test_months_in_spanish_words() -> None:
    found = values.dates(column("5 de enero de 2026", "12 de septiembre del 2025", "3-abr-24"))
    assert found.dt.strftime("%Y-%m-%d").tolist() == ["2026-01-05", "2025-09-12", "2024-04-03"]


def test_quirk_17_an_impossible_date_is_null() -> None:
    found = values.dates(column("2020-06-31", "2020-06-30", "", "01"))
    assert found.isna().tolist() == [True, False, True, True]


def test_quirk_18_year_zero_is_unknown() -> None:
    assert values.years(column("0", "0000", "1991")).isna().tolist() == [True, True, False]


def test_quirk_21_coca_2020_decimal_comma() -> None:
    found = values.decimals(column("8.832,92", "61,45", "66", "1.088", "", "2.569,39"))
    assert found.tolist()[:4] == [8832.92, 61.45, 66.0, 1088.0]
    assert pd.isna(found[4])


def test_quirk_21_other_years_keep_the_point() -> None:
    assert values.decimals(column("8832.92", "61.45", "66", "16960.24")).tolist() == [8832.92, 61.45, 66.0, 16960.24]
    assert values.decimals(column("8,832.92", "61.5")).tolist() == [8832.92, 61.5]


def test_quirk_24_thousands_commas_mixed_with_plain_counts_and_blanks() -> None:
    found = values.counts(column("9,321", "7", "", "13,710", "1.234", "2.0"))
    assert found[[0, 1, 3, 4, 5]].tolist() == [9321.0, 7.0, 13710.0, 1234.0, 2.0]
    assert pd.isna(found[2])


def test_quirk_25_a_literal_na_is_a_blank_and_not_a_name() -> None:
    assert values.blank(column("NA", "", " n/a ", "0")).tolist() == [True, True, True, False]
    assert pd.isna(values.counts(column("NA"))[0])


@pytest.mark.parametrize("cell", ["dos", "1,2,3", "--", "1e400x", "∞", "12,34"])
def test_what_is_no_count_is_null(cell: str) -> None:
    assert pd.isna(values.counts(column(cell))[0])


def test_the_end_of_a_period_in_words() -> None:
    assert values.spanish_period_end("PERÍODO DEL 01 DE ENERO AL 31 DE DICIEMBRE AÑO 2011") == dt.date(2011, 12, 31)
    assert values.spanish_period_end("DEL 01 DE ENERO AL 31 DE DICIEMBRE DE 2003-2010") == dt.date(2010, 12, 31)
    assert values.spanish_period_end("HOMICIDIOS 2020") is None
    assert values.spanish_period_end("AL 31 DE FEBRERO DE 2020") is None


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e6, allow_nan=False).map(lambda x: round(x, 2)), min_size=1, max_size=20))
def test_spanish_and_english_writing_read_the_same(numbers: list[float]) -> None:
    english = pd.Series([f"{n:.2f}" for n in numbers], dtype="str")
    spanish = pd.Series([f"{n:,.2f}".translate(str.maketrans(",.", ".,")) for n in numbers], dtype="str")
    assert values.decimals(english).tolist() == values.decimals(spanish).tolist() == numbers


@settings(deadline=None)
@given(
    st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d 00:00:00.0", "%Y-%m-%dT00:00:00.000"]),
)
def test_iso_dates_round_trip(day: dt.date, style: str) -> None:
    assert values.dates(pd.Series([day.strftime(style)], dtype="str"))[0].date() == day


@settings(deadline=None)
@given(st.text(max_size=20))
def test_no_text_breaks_the_readers(text: str) -> None:
    cells = pd.Series([text], dtype="str")
    values.counts(cells)
    values.decimals(cells)
    values.years(cells)
    values.police_codes(cells)
    values.municipality_codes(cells)
