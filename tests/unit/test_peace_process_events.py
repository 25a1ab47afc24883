"""The timeline of the peace events: what is chosen, where marks stand, what is listed."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.i18n import set_language
from components.peace_process_events import (
    LANES,
    PROCESSES,
    SYMBOLS,
    Event,
    bands,
    card_html,
    choose,
    clicked,
    counts_by_place,
    events,
    figure,
    first_year,
    headline,
    lanes,
    list_html,
)
from components.peace_process_words import Cited
from data.schemas import TABLES


def traces(figure: Any) -> list[Any]:
    return list(figure.data)


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


def made(event_id: str, on: date, process: str = "eln", category: str = "talks", **places: str) -> Event:
    source = Cited("A newspaper", "2024", "", "https://example.org/a?b=1&c=2")
    return Event(event_id, on, on.isoformat(), process, category, "A <b>title</b>", False, places, (source,))


def test_all_events_are_there_with_a_source_each() -> None:
    every = events()
    assert len(every) == 217
    assert all(event.sources and event.title for event in every)
    assert [event.on for event in every] == sorted(event.on for event in every)


def test_every_table_and_category_of_the_schema_has_a_row_and_a_symbol() -> None:
    assert set(TABLES["events"].column("process").values) == set(PROCESSES)
    assert set(TABLES["events"].column("category").values) <= set(SYMBOLS)


def test_choices_narrow_and_nothing_chosen_means_all() -> None:
    every = [
        made("a", date(2020, 1, 1)),
        made("b", date(2024, 1, 1), "emc"),
        made("c", date(2024, 5, 1), "emc", "legal"),
    ]
    assert choose(every) == every
    assert [event.event_id for event in choose(every, ("emc",))] == ["b", "c"]
    assert [event.event_id for event in choose(every, ("emc",), ("legal",))] == ["c"]
    assert [event.event_id for event in choose(every, since=2021)] == ["b", "c"]


def test_the_timeline_starts_with_total_peace_unless_all_lies_before() -> None:
    old, new = made("a", date(2012, 3, 1), "farc2016"), made("b", date(2024, 1, 1))
    assert first_year([old, new], 0, None) == 2022
    assert first_year([old], 0, None) == 2012
    assert first_year([old, new], 0, old) == 2012
    assert first_year([old, new], 1992, None) == 1992
    assert first_year([], 0, None) == 2022


def test_the_headline_names_the_last_reported_event_and_not_one_announced() -> None:
    every = events()
    assert headline(choose(every, since=2022), every, 2022).endswith("the last is of June 24, 2026")
    assert headline([], every, 2026) == "No event of this choice since 2026; the table holds 217"


def test_marks_that_would_overlap_go_to_lanes_of_their_own() -> None:
    days = [date(2024, 1, 1), date(2024, 1, 5), date(2024, 1, 9), date(2024, 3, 1)]
    assert lanes(days, 30) == [LANES[0], LANES[1], LANES[2], LANES[0]]


@given(st.lists(st.dates(date(2022, 1, 1), date(2026, 12, 31)), max_size=40), st.integers(1, 60))
def test_two_marks_share_a_lane_only_when_far_apart_or_all_lanes_are_taken(days: list[date], reach: int) -> None:
    days.sort()
    offsets = lanes(days, reach)
    for n, (day, offset) in enumerate(zip(days, offsets, strict=True)):
        near = [m for m in range(n) if (day - days[m]).days < reach]
        if len({offsets[m] for m in near}) < len(LANES):
            assert offset not in {offsets[m] for m in near}


def test_the_figure_has_a_mark_per_event_and_marks_the_selected_one() -> None:
    every = [event for event in events() if event.on.year >= 2022]
    drawn = figure(every, date(2022, 1, 1), date(2026, 10, 31), "ev151")
    ids = [point[0] for trace in traces(drawn) if trace.customdata is not None for point in trace.customdata]
    assert sorted(ids) == sorted(event.event_id for event in every)
    sizes = {
        p[0]: size
        for t in traces(drawn)
        if t.customdata is not None
        for p, size in zip(t.customdata, t.marker.size, strict=True)
    }
    assert [key for key, size in sizes.items() if size > 9] == ["ev151"]


def test_what_comes_from_data_is_no_markup_in_the_figure_nor_in_the_list() -> None:
    event = made("a", date(2024, 1, 1), **{"52678": "Samaniego"})
    hover = next(
        trace.customdata[0][2]
        for trace in traces(figure([event], date(2023, 1, 1), date(2025, 1, 1), ""))
        if trace.customdata is not None
    )
    assert hover == "A &lt;b&gt;title&lt;/b&gt;"
    for html in (list_html([event], "?item=events-{}".format), card_html(event)):
        assert "A &lt;b&gt;title&lt;/b&gt;" in html
        assert 'href="https://example.org/a?b=1&amp;c=2"' in html


def test_the_list_is_newest_first_and_links_each_event() -> None:
    html = list_html([made("a", date(2024, 1, 1)), made("b", date(2025, 1, 1))], "?item=events-{}".format, "a")
    assert html.index("events-b") < html.index("events-a")
    assert html.count("pp-chosen") == 1


def test_governments_are_bands_and_the_last_one_reaches_to_the_end() -> None:
    found = bands(date(2026, 10, 31))
    assert {band.name: band.end for band in found}["Gustavo Petro"] == date(2026, 8, 6)
    assert found[-1].end == date(2026, 10, 31)


def test_places_are_counted_once_per_event() -> None:
    every = [made("a", date(2024, 1, 1), **{"52678": "Samaniego", "52001": "Pasto"}), made("b", date(2024, 1, 2))]
    assert counts_by_place(every) == {"52678": 1, "52001": 1}


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        (None, None),
        ({"selection": {"points": []}}, None),
        ({"selection": {"points": [{"customdata": ["ev001", "1992"]}]}}, "ev001"),
        ({"selection": {"points": [{"x": 3}]}}, None),
    ],
)
def test_a_selected_mark_gives_its_event(selection: dict | None, found: str | None) -> None:
    assert clicked(selection) == found
