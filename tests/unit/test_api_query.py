"""Query parameters: what is accepted, and how a refusal names the parameter, what was found and what is allowed."""

from datetime import date
from urllib.parse import urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from components.i18n import set_language
from components.server.query import (
    MAX_QUERY_BYTES,
    Choice,
    Day,
    Known,
    Month,
    Parameter,
    QueryError,
    Whole,
    fields,
    parse,
)

PUBLISHERS = ("Defensoría del Pueblo (SAT)", "El Espectador (column, A. Name)", "UCDP")
PARAMETERS = (
    Parameter("date", Day(), "A day."),
    Parameter("from", Month(), "A month."),
    Parameter("window", Whole(0, 600), "Months.", default=24),
    Parameter("class", Choice(("ceasefire", "gang_truce")), "Class.", many=True),
    Parameter("publisher", Known(lambda: PUBLISHERS, "a publisher", "sources"), "Publisher.", many=True),
    Parameter("department", Known(lambda: ("05", "52"), "a department code", "municipalities"), "Department."),
)


@pytest.fixture(autouse=True)
def _english():
    set_language("en")


def parsed(query: str) -> dict:
    return parse(PARAMETERS, fields(query.encode()))


def refusal(query: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parsed(query)
    return caught.value


def outcome(query: bytes) -> dict | QueryError:
    try:
        return parse(PARAMETERS, fields(query))
    except QueryError as refused:
        return refused


def test_absent_and_empty_mean_the_default():
    nothing = {"date": None, "from": None, "window": 24, "class": None, "publisher": None, "department": None}
    assert parsed("") == nothing
    assert parsed("date=&from=&window=&class=&publisher=&department=") == nothing
    assert parsed("class=,,") == nothing


def test_each_kind_gives_its_value():
    assert parsed("date=2024-02-29")["date"] == date(2024, 2, 29)
    assert parsed("from=2018-01")["from"] == date(2018, 1, 1)
    assert parsed("window=0")["window"] == 0
    assert parsed("department=05")["department"] == "05"


def test_several_values_by_comma_or_by_repetition_each_once():
    assert parsed("class=ceasefire,gang_truce")["class"] == ("ceasefire", "gang_truce")
    assert parsed("class=gang_truce&class=ceasefire&class=gang_truce")["class"] == ("gang_truce", "ceasefire")


def test_names_are_found_without_case_and_accents_and_may_hold_a_comma():
    assert parsed("publisher=defensoria del pueblo (sat)")["publisher"] == (PUBLISHERS[0],)
    query = urlencode({"publisher": PUBLISHERS[1]})
    assert parsed(query)["publisher"] == (PUBLISHERS[1],)
    assert parsed(query + "&publisher=ucdp")["publisher"] == (PUBLISHERS[1], "UCDP")


@pytest.mark.parametrize(
    ("query", "parameter", "found"),
    [
        ("date=2023-02-29", "date", "2023-02-29"),
        ("date=20240101", "date", "20240101"),
        ("date=2024-W01-1", "date", "2024-W01-1"),
        ("date=2024-1-1", "date", "2024-1-1"),
        ("date=1947-12-31", "date", "1947-12-31"),
        ("date=2101-01-01", "date", "2101-01-01"),
        ("date=٢٠٢٤-٠١-٠١", "date", "٢٠٢٤-٠١-٠١"),
        ("date=2024-01-01&date=2024-01-02", "date", "2024-01-01, 2024-01-02"),
        ("from=2024-13", "from", "2024-13"),
        ("from=2024-01-01", "from", "2024-01-01"),
        ("window=-1", "window", "-1"),
        ("window=%2B1", "window", "+1"),
        ("window=601", "window", "601"),
        ("window=1e3", "window", "1e3"),
        ("window=24 ", "window", "24 "),
        ("window=²", "window", "²"),
        ("class=truce", "class", "truce"),
        ("class=ceasefire,truce", "class", "truce"),
        ("department=5", "department", "5"),
        ("department=52,05", "department", "52,05"),
        ("fecha=2024-01-01", "fecha", "2024-01-01"),
        ("Date=2024-01-01", "Date", "2024-01-01"),
    ],
)
def test_a_refusal_names_parameter_found_and_allowed(query: str, parameter: str, found: str):
    refused = refusal(query)
    assert (refused.parameter, refused.found) == (parameter, found)
    assert refused.allowed
    assert parameter in str(refused)
    assert found in str(refused)
    assert refused.allowed in str(refused)


def test_an_unknown_parameter_is_told_the_known_ones():
    assert refusal("fecha=1").allowed == "only the parameters date, from, window, class, publisher, department"


def test_what_is_found_is_shown_short_and_printable():
    assert len(refusal("date=" + "9" * 500).found) == 80
    assert refusal("date=a%0d%0aSet-Cookie:x").found == "a\ufffd\ufffdSet-Cookie:x"


def test_a_query_too_long_too_rich_or_not_utf8_is_refused():
    assert "bytes" in refusal("date=" + "1" * MAX_QUERY_BYTES).allowed
    assert "parameters" in refusal("&".join(["a=1"] * 200)).allowed
    assert "UTF-8" in refusal("date=%ff").allowed
    with pytest.raises(QueryError):
        fields(b"date=\xff")


def test_refusals_speak_the_readers_language_only_in_words():
    set_language("es")
    assert refusal("date=x").parameter == "date"


@given(st.text(max_size=60), st.text(max_size=60))
@example("date", "2024-00-00")
@example("window", "0" * 50)
@example("publisher", "\x00")
@example("class", "\ud7ff")
def test_any_text_gives_values_or_a_refusal(name: str, text: str):
    answer = outcome(urlencode({name: text}, errors="surrogatepass").encode("ascii"))
    if isinstance(answer, QueryError):
        assert str(answer).isprintable()
        assert len(str(answer)) < 1_000
    else:
        assert set(answer) == {parameter.name for parameter in PARAMETERS}


@given(st.binary(max_size=200))
def test_any_bytes_give_values_or_a_refusal(raw: bytes):
    assert isinstance(outcome(raw), dict | QueryError)


@given(st.dates(date(1948, 1, 1), date(2100, 12, 31)))
def test_every_day_in_range_is_read_back(day: date):
    assert parsed(f"date={day.isoformat()}")["date"] == day
    assert parsed(f"from={day:%Y-%m}")["from"] == day.replace(day=1)


def test_the_published_schema_accepts_what_is_accepted_and_refuses_what_is_not():
    schemas = {parameter.name: Draft202012Validator(parameter.kind.schema()) for parameter in PARAMETERS}
    assert schemas["date"].is_valid("2024-02-29")
    assert schemas["date"].is_valid("1948-01-01")
    assert not schemas["date"].is_valid("1947-12-31")
    assert not schemas["date"].is_valid("2101-01-01")
    assert schemas["from"].is_valid("2100-12")
    assert not schemas["from"].is_valid("2018-13")
    assert schemas["department"].is_valid("05")
    assert not schemas["department"].is_valid("5")
    assert not schemas["window"].is_valid(601)
