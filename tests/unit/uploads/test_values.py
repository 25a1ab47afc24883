"""Dates and numbers as people write them."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.uploads.values import NONE, read_coordinate, read_date, read_number


def day(number: int) -> date | None:
    return None if number == NONE else date.fromordinal(number + date(1970, 1, 1).toordinal())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2024-10-31", date(2024, 10, 31)),
        ("2024/1/5", date(2024, 1, 5)),
        ("20241031", date(2024, 10, 31)),
        ("2024-10-31T05:00:00-05:00", date(2024, 10, 31)),
        ("2024-10-31 00:00:00", date(2024, 10, 31)),
        ("31/10/2024", date(2024, 10, 31)),
        ("5 de mayo de 2024", date(2024, 5, 5)),
        ("5-may-2024", date(2024, 5, 5)),
        ("May 5, 2024", date(2024, 5, 5)),
        ("07.07.2024", date(2024, 7, 7)),
    ],
)
def test_one_day(text: str, wanted: date) -> None:
    found = read_date(text)
    assert day(found.day_first[0]) == wanted
    assert not found.fault


def test_a_part_over_twelve_proves_the_order_and_two_small_ones_do_not() -> None:
    assert read_date("25/03/2024").evidence == "dmy"
    assert read_date("03/25/2024").evidence == "mdy"
    both = read_date("03/04/2024")
    assert (both.evidence, day(both.day_first[0]), day(both.month_first[0])) == (
        "both",
        date(2024, 4, 3),
        date(2024, 3, 4),
    )
    assert read_date("04/04/2024").evidence == ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "date_blank"),
        ("31/02/2024", "date_impossible"),
        ("2023-02-29", "date_impossible"),
        ("45292", "date_serial"),
        ("1/2/24", "date_two_digits"),
        ("ayer", "date_unreadable"),
        ("2024-10-31; DROP", "date_unreadable"),
        ("1492-10-12", "date_out_of_range"),
        ("٢٠٢٤-١٠-٣١", "date_unreadable"),
    ],
)
def test_no_day(text: str, fault: str) -> None:
    assert read_date(text).fault == fault


def test_a_month_and_a_year_span_their_days() -> None:
    month = read_date("2024-02")
    assert [day(number) for number in month.day_first] == [date(2024, 2, 1), date(2024, 2, 29)]
    assert (month.length, read_date("2024").length) == ("month", "year")


def test_a_single_mark_before_three_digits_may_be_either() -> None:
    number = read_number("1.234")
    assert (number.comma, number.point, number.evidence) == (1234.0, 1.234, "both")
    assert read_number("3,5").evidence == ","
    assert read_number("1,234.5").point == 1234.5
    assert read_number("1.234.567,8").comma == 1234567.8
    assert read_number("12").evidence == ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "value_blank"),
        ("s/d", "value_blank"),
        ("-3", "value_negative"),
        ("tres", "value_not_a_number"),
        ("inf", "value_not_a_number"),
        ("1e99", "value_too_large"),
    ],
)
def test_no_number(text: str, fault: str) -> None:
    assert read_number(text).fault == fault


def test_degrees_and_minutes_are_no_coordinate() -> None:
    assert read_coordinate("-77,28") == -77.28
    assert math.isnan(read_coordinate("1°12'N"))


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=80))
def test_no_text_breaks_them(text: str) -> None:
    read_date(text)
    read_number(text)
    read_coordinate(text)


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(["-", "/", ".", " "]))
def test_every_day_comes_back_in_both_orders(when: date, mark: str) -> None:
    assert day(read_date(f"{when:%d}{mark}{when:%m}{mark}{when:%Y}").day_first[0]) == when
    assert day(read_date(f"{when:%m}{mark}{when:%d}{mark}{when:%Y}").month_first[0]) == when
