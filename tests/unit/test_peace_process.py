"""What the URL opens on the page of the peace process, and the board of the tables."""

import pytest
from pandas import Timestamp

from components.i18n import set_language
from components.peace_process_frame import Item, address, known_parts, read_item
from components.peace_process_tables import SPLIT_FROM, YEARS, board_html, headline, headline_of, negotiations
from components.peace_process_words import AREAS, area_of, partial_bound, span_text, when
from components.view import ViewState
from data.store import table

PARTS = {"tables": {"eln"}, "events": {"ev085"}, "comuneros": {"zones", "c16"}, "claims": {"massacres"}}


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


@pytest.mark.parametrize(
    ("code", "item"),
    [
        ("", Item("tables")),
        ("tables", Item("tables")),
        ("tables-eln", Item("tables", "eln")),
        ("events-ev085", Item("events", "ev085")),
        ("comuneros-c16", Item("comuneros", "c16")),
        ("claims-massacres", Item("claims", "massacres")),
        ("comuneros-", Item("comuneros")),
    ],
)
def test_an_item_of_the_url_opens_its_part(code: str, item: Item) -> None:
    assert read_item(code, PARTS) == item
    assert read_item(item.code, PARTS) == item


@pytest.mark.parametrize("code", ["nonsense", "events-ev999", "eln", "tables-eln-2023", "claims-c16", "-"])
def test_an_item_that_names_nothing_is_refused(code: str) -> None:
    assert read_item(code, PARTS) is None


def test_every_part_of_the_tables_can_be_written_in_a_link_of_sixty_characters() -> None:
    codes = [Item(section, part).code for section, parts in known_parts().items() for part in parts]
    assert max(map(len, codes)) <= 60
    assert all(read_item(code, known_parts()) is not None for code in codes)


def test_an_address_keeps_the_choices_of_the_view() -> None:
    view = ViewState(page="peace-process", process=("eln",), language="en")
    assert address(view, "events")("ev085") == "?item=events-ev085&process=eln&lang=en&v=1"


def test_nine_tables_stand_in_eleven_rows() -> None:
    rows = negotiations()
    assert len(rows) == 11
    assert len([row for row in rows if row.process_id not in SPLIT_FROM]) == 9
    assert headline(rows).startswith("9 negotiation tables of Total Peace in 11 rows")
    assert "February 27, 2026" in headline(rows)


def test_the_rows_that_split_name_tables_of_the_board() -> None:
    ids = {row.process_id for row in negotiations()}
    assert set(SPLIT_FROM) | set(SPLIT_FROM.values()) <= ids


def test_guarantors_are_not_announced_twice() -> None:
    html = board_html(negotiations())
    assert "Guarantors.</b> Guarantors:" not in html
    assert "Guarantors.</b> Venezuela" in html


def test_every_row_says_the_date_of_its_last_report_and_never_now() -> None:
    for language in ("es", "en"):
        set_language(language)
        for row in negotiations():
            assert row.reported in headline_of(row)
            assert row.sources
            assert [year for year, _status in row.years] == list(YEARS)
            assert not any(word in row.state.lower().split() for word in ("now", "ahora", "today", "hoy"))


def test_a_year_before_the_table_is_told_from_a_year_without_record() -> None:
    html = board_html(negotiations(), ("cneb",))
    assert html.count("no table yet") == 2
    assert "no record" not in html
    assert "Talks with the ELN" not in html


def test_every_subject_of_the_commitments_belongs_to_one_agreed_area() -> None:
    subjects = [subject for area in AREAS.values() for subject in area]
    assert sorted(subjects) == sorted(set(subjects))
    assert set(table("commitments")["category"]) <= set(subjects)
    assert area_of("roads") == "transformation"


@pytest.mark.parametrize(("precision", "words"), [("day", "May 6, 2024"), ("month", "May 2024"), ("year", "2024")])
def test_a_date_is_no_finer_than_its_source(precision: str, words: str) -> None:
    assert when(Timestamp("2024-05-06"), precision) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2022-01-01", "2022-12-31", "2022"),
        ("2016-01-01", "2021-12-31", "2016-2021"),
        ("2022-08-01", "2023-07-31", "August 2022 to July 2023"),
        ("2026-01-01", "2026-09-11", "January 1, 2026 to September 11, 2026"),
    ],
)
def test_a_period_is_said_in_as_few_words_as_it_allows(first: str, last: str, words: str) -> None:
    assert span_text(Timestamp(first), Timestamp(last)) == words


def test_a_partial_date_begins_on_the_first_day_it_may_mean() -> None:
    assert [partial_bound(text).isoformat() for text in ("2024", "2024-08", "2024-08-05")] == [
        "2024-01-01",
        "2024-08-01",
        "2024-08-05",
    ]
