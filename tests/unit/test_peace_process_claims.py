"""Claims beside the counts: periods, publishers apart, and lines that join only what may be joined."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from components import peace_process_claims as claims
from components import peace_process_totals as totals
from components.i18n import set_language
from components.peace_process_words import Cited
from data.store import table

SOURCE = Cited("A publisher", "2024", "", "https://example.org")


def traces(figure: Any) -> list[Any]:
    return list(figure.data)


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


def made(publisher: str, first: str, last: str, value: float, published: str | None = None) -> totals.Total:
    at = date.fromisoformat(published) if published else None
    return totals.Total(
        "massacres", publisher, date.fromisoformat(first), date.fromisoformat(last), first, value, "", SOURCE, at
    )


def year(publisher: str, number: int, value: float, published: str | None = None) -> totals.Total:
    return made(publisher, f"{number}-01-01", f"{number}-12-31", value, published)


def test_both_numbers_of_the_claim_are_of_calendar_2022() -> None:
    said = claims.verdict()
    assert said.startswith("Both figures are INDEPAZ's for 2022, which holds 147 of the 365 days")
    assert "(August 2022 to July 2023) the same publisher counts 167 leaders" in said
    assert "its list holds 90 massacres" in said


def test_the_first_year_is_that_of_the_government() -> None:
    assert claims.first_year() == (date(2022, 8, 7), date(2023, 8, 6))


def test_every_compared_figure_covers_a_part_of_the_first_year() -> None:
    start, end = claims.first_year()
    for indicator in claims.CLAIMED:
        found = claims.compared(indicator)
        assert len({total.publisher for total in found}) > 1
        assert all(total.days_inside(start, end) > 0 for total in found)
    assert claims.compared("social_leaders_killed")[0].value == 167


def test_a_figure_that_equals_the_claim_is_marked_and_every_figure_has_its_link() -> None:
    found = claims.compared("social_leaders_killed")
    html = claims.bars_html(found, 189)
    assert html.count("pp-equal") == 1
    assert html.count("<a href=") == len(found)
    assert "147 of its 365 days are in the first year" in html


def test_a_year_told_by_thirteen_months_claims_no_days() -> None:
    html = claims.bars_html([made("A", "2021-08-01", "2022-08-31", 187)], 189)
    assert "Given only by its first and last month: 25 days at most are in the first year." in html
    assert "396" not in html


def test_the_line_and_the_bar_that_equals_the_claim_have_a_key() -> None:
    equal, other = year("A", 2022, 189), year("B", 2022, 100)
    assert "equal to the claim" in claims.key_html([equal, other], 189)
    assert "equal to the claim" not in claims.key_html([other], 189)
    assert "the number of the claim: 189" in claims.key_html([other], 189)


def test_a_period_other_than_a_year_is_hatched_when_no_claim_is_compared() -> None:
    html = claims.bars_html([year("A", 2024, 10), made("A", "2025-01-01", "2025-08-31", 8)])
    assert html.count("pp-partial") == 1


def test_trends_compare_complete_years_in_a_row_and_nothing_else() -> None:
    ransom, total, cases, prosecutor, extortion = claims.trends()
    assert ransom == "Kidnappings for ransom, MinDefensa: rose from 209 in 2024 to 477 in 2025."
    assert total == (
        "Kidnappings (all kinds), MinDefensa: 312 in 2024; 2022 and 2023 are not held whole, so it is not compared "
        "with the 135 of 2021. January 2025 to August 2025: 338, an incomplete year, shown and not judged."
    )
    assert cases == (
        "Kidnappings in the armed conflict (cases), CNMH: no complete year is held, so no change can be stated. "
        "2023: 91, 2024: 93, and 2025: 72, still growing at the source on March 31, 2026: incomplete, shown and not "
        "judged."
    )
    assert extortion == (
        "Extortion cases, MinDefensa: 12,334 in 2024, 11% more than in 2023, by its own account; the year before is "
        "not held. January 2025 to September 2025: 8,562, 12% fewer than the 9,781 that it gives for the same months "
        "of 2024."
    )
    assert prosecutor.endswith("20,721 in 2022, the only complete year that is held, so no change can be stated.")


def test_the_years_that_still_grow_are_those_whose_source_says_so_in_both_languages() -> None:
    rows = table("totals_national")
    english = rows["note_en"].str.contains(totals.STILL_GROWING)
    assert english.any()
    assert list(english) == list(rows["note_es"].str.contains("todavía crecen"))
    assert set(rows.loc[english, "source_id"]) == {"cnmh-2026-186cd5"}
    assert {total.publisher for total in totals.totals("kidnapping_cases") if total.growing} == {"CNMH"}


def test_a_year_that_still_grows_is_hatched_and_no_line_reaches_it() -> None:
    grows = replace(year("A", 2025, 8), growing=True)
    html = claims.bars_html([year("A", 2024, 10), grows])
    assert html.count("pp-partial") == 1
    line = traces(totals.figure([year("A", 2023, 9), year("A", 2024, 10), grows]))[0]
    assert list(line.y) == [9, 10]


def test_the_second_claim_is_answered_by_the_series_that_can_be_compared() -> None:
    assert claims.rising_verdict().startswith("1 of 5 national series can be compared")
    assert "(rises: 1, falls: 0)" in claims.rising_verdict()


def test_the_second_claim_tells_what_a_publisher_compares_itself() -> None:
    assert claims.rising_verdict().endswith(
        "of extortion cases, MinDefensa compares its own figures: 2024 (11% more than in 2023, by its own account) and "
        "January 2025 to September 2025 (12% fewer than the 9,781 that it gives for the same months of 2024); the "
        "others support neither a rise nor a fall"
    )


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("11% more than in 2023, according to the source.", totals.Stated(2023, 0.11)),
        ("5% less than in 2020.", totals.Stated(2020, -0.05)),
        ("January to June; 1,000 in the same months of 2024.", totals.Stated(2024, -0.5, 1000)),
        ('The source says "more than 220".', None),
        ("clashes between groups rose 34%, according to the source.", None),
    ],
)
def test_what_a_publisher_compares_is_read_off_its_note(note: str, expected: totals.Stated | None) -> None:
    assert totals.stated(note, 500) == expected


def test_what_is_not_held_is_said() -> None:
    said = claims.department_figures()
    assert said[-2].startswith("No figure of kidnapping in Nariño after June 30, 2022 is held; up to then")
    assert said[-1] == "No figure of extortion in Nariño is held."
    municipal = claims.municipal_figures()
    assert "Kidnapping victims in Nariño, CNMH: 2017: 11, 2018: 8, 2019: 2, 2020: 3, 2021: 3." in municipal
    assert "Extortion by municipality is not held: nothing can be drawn on the map." in municipal
    assert any("June 30, 2022 only" in line for line in municipal)


def test_only_exact_calendar_years_are_joined_and_of_two_cuts_the_later_published() -> None:
    early, late = year("A", 2024, 76, "2025-01-31"), year("A", 2024, 78, "2025-12-31")
    partial = made("A", "2025-01-01", "2025-06-30", 40)
    assert totals.joined([late, early, partial, year("A", 2023, 94)]) == [year("A", 2023, 94), late]


def test_a_missing_year_breaks_the_line() -> None:
    drawn = totals.figure([year("A", 2020, 1), year("A", 2021, 2), year("A", 2024, 3)])
    assert list(traces(drawn)[0].y) == [1, 2, None, 3]
    assert traces(drawn)[0].connectgaps is False


def test_publishers_are_never_one_line_and_several_years_are_not_drawn() -> None:
    drawn = totals.figure([year("A", 2020, 1), year("B", 2021, 2), made("B", "2016-01-01", "2021-12-31", 300)])
    assert [(trace.name, list(trace.y)) for trace in traces(drawn)] == [("A", [1]), ("B", [2])]


def test_a_partial_period_is_a_hollow_mark_with_its_extent() -> None:
    drawn = totals.figure([made("A", "2025-01-01", "2025-01-31", 5)])
    extent, mark = traces(drawn)
    assert list(extent.x) == ["2025-01-01", "2025-01-31", None]
    assert mark.mode == "markers"
    assert mark.marker.symbol.endswith("-open")
    assert mark.showlegend


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_national_total_can_be_drawn_and_listed_with_a_link(language: str) -> None:
    set_language(language)
    names = totals.indicator_names()
    assert len(names) == 31
    for indicator, name in names.items():
        shown = totals.totals(indicator)
        assert shown
        totals.figure(shown)
        assert totals.table_html(shown).count("<tr>") == len(shown) + 1
        assert name in totals.headline(shown, name)
        assert name in totals.summary(shown, name)
