"""What the ceasefires page builds before it is drawn: items, rows, calendar, ground, family, events, words."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from components import ceasefire_clashes, ceasefire_clashes_figure, ceasefire_gantt, ceasefire_one
from components import ceasefire_rows as rows
from components.ceasefire_frame import FIRST_SHOWN, Item, near, read_item
from components.ceasefire_one import Ground
from components.i18n import set_language
from data.store import table
from geo import ceasefires as rules
from geo import clashes

KNOWN = ("eln_bilateral_2023", "emc_2023_sw")


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


@pytest.fixture(scope="module")
def every() -> list[rows.Ceasefire]:
    return rows.ceasefires()


@pytest.fixture(scope="module")
def by_id(every: list[rows.Ceasefire]) -> dict[str, rows.Ceasefire]:
    return {row.ceasefire_id: row for row in every}


@pytest.mark.parametrize(
    ("code", "item"),
    [
        ("", Item()),
        ("emc_2023_sw", Item("one", "emc_2023_sw")),
        ("effect-emc_2023_sw", Item("effect", "emc_2023_sw")),
        ("effect", Item("effect", FIRST_SHOWN)),
        ("clashes", Item("clashes")),
        ("clashes-emc_2023_sw", Item("clashes", "emc_2023_sw")),
        ("treaty", None),
        ("effect-treaty", None),
        ("clashes-", None),
        ("list-emc_2023_sw", None),
    ],
)
def test_an_item_is_read_or_refused(code: str, item: Item | None) -> None:
    assert read_item(code, KNOWN) == item


@pytest.mark.parametrize("item", [Item(), Item("one", KNOWN[0]), Item("effect", KNOWN[1]), Item("clashes")])
def test_an_item_survives_its_code(item: Item) -> None:
    assert read_item(item.code, KNOWN) == item


def test_all_49_are_listed_once_with_a_source_each(every: list[rows.Ceasefire]) -> None:
    assert len(every) == len({row.ceasefire_id for row in every}) == 49
    assert all(row.sources and row.sources[0].url.startswith("http") for row in every)


def test_what_never_began_is_never_said_to_have_been_in_force(by_id: dict[str, rows.Ceasefire]) -> None:
    comuneros = by_id["comuneros_bilateral_2024"]
    assert rows.headline(comuneros).endswith("never in force in any source read")
    assert rows.start_words(comuneros) == "never began"
    assert rows.start_words(by_id["dec31_eln_2023"]) == "was to begin on January 1, 2023"


def test_an_end_that_is_not_known_is_no_open_end(by_id: dict[str, rows.Ceasefire]) -> None:
    pledge = by_id["comuneros_hum_2024"]
    assert rows.end_words(pledge) == "not known; last reported on February 5, 2026"
    assert "what came after is not known" in rows.headline(pledge)
    assert pledge.last == date(2026, 2, 5)


def test_parts_renewals_and_successors_are_one_family(every: list[rows.Ceasefire]) -> None:
    family = [row.ceasefire_id for row in rows.family_of(every, "emc_2024_sw")]
    assert family[0] in ("emc_2023_rest", "emc_2023_sw")
    assert set(family) == {
        "emc_2023_rest",
        "emc_2023_sw",
        "emc_2024_rest",
        "emc_2024_sw",
        "embf_2024a",
        "embf_2024b",
        "embf_susp_2025",
    }
    assert [row.ceasefire_id for row in rows.family_of(every, "eln_bilateral_2017")] == ["eln_bilateral_2017"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("samaniego compromisos", {"comuneros_hum_2024"}),
        ("SHOTTAS", {"bv_2022", "bv_2023", "bv_shottas_2025"}),
        ("no such word", set()),
    ],
)
def test_a_search_reads_every_word_without_accents(words: str, found: set[str]) -> None:
    set_language("es")
    status = rows.statuses(date(2026, 3, 8))
    matching = {row.ceasefire_id for row in rows.ceasefires() if rows.matches(row, status[row.ceasefire_id], words)}
    assert matching == found


def test_a_search_without_words_keeps_all(every: list[rows.Ceasefire]) -> None:
    assert all(rows.matches(row, "ended", "") for row in every)


def test_the_headline_of_all_counts_what_is_in_force(every: list[rows.Ceasefire]) -> None:
    on = date(2023, 12, 1)
    sentence = rows.all_headline(every, rows.statuses(on), on)
    assert sentence.startswith("Of 49 ceasefires")
    assert "ELN" in sentence
    assert "EMC" in sentence
    quiet = date(2020, 1, 1)
    assert "none is reported in force" in rows.all_headline(every, rows.statuses(quiet), quiet)


def test_before_the_list_begins_nothing_is_known_of_a_day(every: list[rows.Ceasefire]) -> None:
    on = date(1990, 1, 1)
    sentence = rows.all_headline(every, rows.statuses(on), on)
    assert "the first of the list was announced on November 19, 2012 and began on November 20, 2012" in sentence
    assert "none is reported in force" not in sentence
    first = date(2012, 11, 19)
    assert "the first of the list" not in rows.all_headline(every, rows.statuses(first), first)


def test_the_calendar_hatches_the_days_before_the_start(by_id: dict[str, rows.Ceasefire]) -> None:
    _rows, spans = ceasefire_gantt.layout([by_id["eln_bilateral_2023"]])
    assert [(span.first, span.last, span.in_force) for span in spans] == [
        (date(2023, 6, 9), date(2023, 8, 2), False),
        (date(2023, 8, 3), date(2024, 1, 29), True),
    ]


def test_the_calendar_never_draws_as_in_force_what_did_not_take_effect(every: list[rows.Ceasefire]) -> None:
    _rows, spans = ceasefire_gantt.layout(every)
    assert {span.ceasefire.ceasefire_id for span in spans} == {row.ceasefire_id for row in every}
    assert all(span.ceasefire.took_effect for span in spans if span.in_force)
    assert all(span.first <= span.last for span in spans)


def test_bars_of_one_lane_never_overlap(every: list[rows.Ceasefire]) -> None:
    named, spans = ceasefire_gantt.layout(every)
    assert named[-1].first_lane + named[-1].lanes == max(span.lane for span in spans) + 1
    for lane in {span.lane for span in spans}:
        mine = sorted((span for span in spans if span.lane == lane), key=lambda span: span.first)
        assert all(a.last < b.first for a, b in itertools.pairwise(mine))


def test_a_click_on_a_bar_names_its_ceasefire() -> None:
    assert ceasefire_gantt.clicked({"selection": {"points": [{"customdata": ["bv_2023", "t", "n"]}]}}) == "bv_2023"
    assert ceasefire_gantt.clicked({"selection": {"points": []}}) is None
    assert ceasefire_gantt.clicked(None) is None


def _ground(row: rows.Ceasefire, on: date) -> Ground:
    municipalities = table("municipalities")
    territory = rules.legal_territory(table("ceasefire_areas"), municipalities)
    drawn = pd.DataFrame({"ceasefire_id": [row.ceasefire_id], "divipola": ["81794"]})
    return ceasefire_one.ground(row, territory, drawn, municipalities["divipola"], on)


def test_a_nationwide_one_shows_what_it_leaves_out(by_id: dict[str, rows.Ceasefire]) -> None:
    found = _ground(by_id["emc_2024_rest"], date(2024, 2, 1))
    assert {code[:2] for code in found.excluded} == {"19", "52", "76"}
    assert set(ceasefire_one.areas(found, "emc")) == found.excluded | {"81794"}
    assert "except 148 municipalities" in ceasefire_one.ground_words(found, by_id["emc_2024_rest"])


def test_a_territory_is_drawn_whole_and_needs_no_report(by_id: dict[str, rows.Ceasefire]) -> None:
    row = by_id["comuneros_hum_2024"]
    found = _ground(row, date(2025, 1, 1))
    assert set(ceasefire_one.areas(found, row.family)) == found.legal
    assert len(found.legal) == 10
    assert ceasefire_one.ground_words(found, row) == "It binds a territory of 10 municipalities."


def test_what_never_took_effect_does_not_bind_in_the_present(by_id: dict[str, rows.Ceasefire]) -> None:
    row = by_id["comuneros_bilateral_2024"]
    assert ceasefire_one.ground_words(_ground(row, date(2025, 1, 1)), row).startswith("It was to bind a territory of")
    assert "<dt>Was to bind</dt>" in ceasefire_one.facts_html(row, "never_in_force", date(2025, 1, 1))
    held = by_id["comuneros_hum_2024"]
    assert "<dt>Binds</dt>" in ceasefire_one.facts_html(held, "in_force", date(2025, 1, 1))


def test_municipalities_that_were_never_named_are_not_drawn(by_id: dict[str, rows.Ceasefire]) -> None:
    row = by_id["sm_uni_2024"]
    assert "nothing to draw" in ceasefire_one.ground_words(_ground(row, date(2024, 7, 1)), row)


@pytest.mark.parametrize(
    ("on", "shown"),
    [
        (date(2023, 10, 1), date(2023, 10, 1)),
        (date(2026, 3, 8), date(2023, 8, 3)),
        (date(2020, 1, 1), date(2023, 8, 3)),
    ],
)
def test_the_map_shows_the_view_s_day_while_it_holds(by_id: dict[str, rows.Ceasefire], on: date, shown: date) -> None:
    assert ceasefire_one.ground_day(by_id["eln_bilateral_2023"], on) == shown


def test_events_around_are_of_the_same_talks_and_within_six_months(by_id: dict[str, rows.Ceasefire]) -> None:
    row = by_id["eln_bilateral_2024"]
    events = table("events")
    found = ceasefire_one.events_around(row, events, ceasefire_one.known_sources(), ceasefire_one.process_links())
    chosen = events.set_index("event_id").loc[[event.event_id for event in found]]
    assert set(chosen["process"]) == {"eln"}
    assert chosen["date"].min() >= pd.Timestamp("2023-08-05")
    assert chosen["date"].max() <= pd.Timestamp("2025-02-03")
    assert {event.phase for event in found} == {"before", "during", "after"}


def test_what_never_began_has_only_the_months_around_its_announcement(by_id: dict[str, rows.Ceasefire]) -> None:
    row = by_id["comuneros_bilateral_2024"]
    events = table("events")
    found = ceasefire_one.events_around(row, events, ceasefire_one.known_sources(), ceasefire_one.process_links())
    days = events.set_index("event_id").loc[[event.event_id for event in found], "date"]
    assert days.between(pd.Timestamp("2024-06-19"), pd.Timestamp("2025-06-19")).all()
    assert "June 19, 2024 to June 19, 2025" in ceasefire_one.events_title(row, len(found))
    assert "December 19, 2024, its first day on record" in ceasefire_one.events_reach(row)


def test_the_title_of_the_events_names_the_days_they_are_looked_for_in(by_id: dict[str, rows.Ceasefire]) -> None:
    row = by_id["eln_bilateral_2024"]
    first, last = ceasefire_one.around(row)
    assert last == pd.Timestamp("2025-02-03")
    assert f"{first:%B} {first.day}, {first.year} to February 3, 2025" in ceasefire_one.events_title(row, 5)


def test_the_places_that_a_sentence_counts_are_listed(by_id: dict[str, rows.Ceasefire]) -> None:
    row = by_id["emc_2023_sw"]
    codes = frozenset({"52835", "52678"})
    bound = Ground(date(2023, 11, 1), codes, frozenset({"52835"}), frozenset(), by_reports=True, nationwide=False)
    assert ceasefire_one.ground_lists(bound) == [
        ("1 municipality where its party was reported on November 1, 2023", frozenset({"52835"})),
        ("2 municipalities of its territory", codes),
    ]
    nation = replace(bound, nationwide=True, excluded=frozenset({"11001"}))
    assert [codes for _title, codes in ceasefire_one.ground_lists(nation)] == [{"52835"}, {"11001"}]
    assert ceasefire_one.ground_words(bound, row).count("1 of those") == 1


def test_parties_sit_at_the_talks_that_events_name() -> None:
    links = ceasefire_one.process_links()
    assert ceasefire_one.processes_of(("farc_ep",), links) == {"farc2016"}
    assert ceasefire_one.processes_of(("shottas", "espartanos"), links) == {"urban"}
    assert ceasefire_one.processes_of(("comuneros_sur",), links) == {"comuneros"}


def test_what_comes_from_data_is_escaped(by_id: dict[str, rows.Ceasefire]) -> None:
    row = replace(by_id["bv_2023"], text="<script>alert(1)</script>", instrument="<b>")
    html = ceasefire_one.facts_html(row, "ended", date(2026, 1, 1))
    assert "<script>" not in html
    assert "&lt;b&gt;" in html


def test_a_picture_of_few_departments_comes_near() -> None:
    assert near({"52835", "19001"}) == {"52835", "19001"}
    assert near({"52835", "88001"}) == ()
    assert near({f"{code:02d}001" for code in range(10, 20)}) == ()


def _period(first: str, last: str, kind: str = "whole") -> ceasefire_clashes.Period:
    return ceasefire_clashes.Period(pd.Timestamp(first), pd.Timestamp(last), kind)


def test_the_sentence_of_clashes_counts_three_types_apart() -> None:
    period = _period("2023-01-01", "2025-12-31")
    events = clashes.between(clashes.within(table("ucdp_events"), department="52"), period.first, period.last)
    sentence = ceasefire_clashes.headline(ceasefire_clashes.Scope("Nariño", department="52"), period, events)
    assert sentence == (
        "Nariño, 2023-2025: UCDP records 18 lethal clashes between the State and groups, 2 between groups and "
        "10 attacks on civilians"
    )


def test_the_sentence_says_when_the_months_are_not_the_ceasefire_s_own(by_id: dict[str, rows.Ceasefire]) -> None:
    scope = ceasefire_clashes.Scope("", codes=frozenset({"52835"}), ceasefire=by_id["eln_bilateral_2023"])
    events = clashes.within(table("ucdp_events"), codes=scope.codes)
    period = _period("2025-01-01", "2025-12-31")
    assert "in other months (2025)" in ceasefire_clashes.headline(scope, period, events, own=False)
    assert "in its months in force (2025)" in ceasefire_clashes.headline(scope, period, events)


def test_rows_of_a_party_are_marked_and_the_rest_is_summed() -> None:
    events = clashes.within(table("ucdp_events"))
    known = clashes.groups_of_sides(table("presence"), table("sources"))
    html = ceasefire_clashes.dyads_html(events, {"eln"}, known)
    assert "party to the ceasefire" in html
    assert "more pairs" in html
    assert "party to the ceasefire" not in ceasefire_clashes.dyads_html(events, (), known)
    # On a phone each figure stands beside its name.
    assert '<td data-label="Deaths">' in html
    assert not re.search("<td>[^<]", html)
    assert "XXX" not in html


def test_an_empty_type_says_so() -> None:
    nothing = clashes.within(table("ucdp_events"), codes=())
    assert ceasefire_clashes.dyads_html(nothing, (), {}).count("none recorded") == 3


def test_the_area_of_a_disc_grows_with_its_events() -> None:
    found = ceasefire_clashes.discs({"52835": 4, "52678": 1, "52001": 0}, 2, 4)
    assert set(found) == {"52835", "52678"}
    assert (found["52835"].dot - 2.2) / (found["52678"].dot - 2.2) == pytest.approx(2)


def test_incomplete_months_and_hidden_events_are_said() -> None:
    scope = ceasefire_clashes.Scope("Nariño", department="52")
    said = ceasefire_clashes.remarks(scope, _period("2026-01-01", "2026-08-31", "incomplete"), 7, {})
    assert "2026 is not settled" in said[0]
    assert said[1] == "7 provisional events of these months are hidden."
    assert len(said) == 2


def test_the_events_of_a_department_are_its_municipalities_and_those_without_one() -> None:
    events = clashes.between(
        clashes.within(table("ucdp_events"), department="52"), pd.Timestamp("2023-01-01"), pd.Timestamp("2025-12-31")
    )
    unplaced = clashes.unplaced(events)
    for kind in clashes.TYPES:
        placed = sum(clashes.by_municipality(events, kind).values())
        assert placed + unplaced.get(kind, 0) == clashes.total(events, kind)[0]
    (said,) = ceasefire_clashes.remarks(
        ceasefire_clashes.Scope("Nariño", department="52"), _period("2023-01-01", "2025-12-31"), 0, unplaced
    )
    assert said.startswith("1 event has no municipality at the source (The State against groups: 1): it counts here")


def test_single_municipalities_do_not_count_what_has_no_municipality() -> None:
    scope = ceasefire_clashes.Scope("", codes=frozenset({"52835"}))
    (said,) = ceasefire_clashes.remarks(scope, _period("2023-01-01", "2025-12-31"), 0, {1: 2, 3: 1})
    assert said == "3 events of these months have no municipality at the source and are not counted here."


def test_the_figure_has_a_panel_per_type_and_shades_the_chosen_ceasefire(every: list[rows.Ceasefire]) -> None:
    monthly = clashes.monthly(clashes.within(table("ucdp_events"), provisional=True))
    figure: Any = ceasefire_clashes_figure.figure(
        monthly, every, _period("2023-01-01", "2025-12-31"), "eln_bilateral_2023"
    )
    shaded = [shape for shape in figure.layout.shapes if shape.fillcolor == ceasefire_clashes_figure.SPELL_COLOUR]
    assert [(shape.x0, shape.x1) for shape in shaded] == [("2023-08-03", "2024-01-29")]
    gaps = [shape for shape in figure.layout.shapes if shape.fillcolor == ceasefire_clashes_figure.GAP_COLOUR]
    assert len(gaps) == 3


def test_an_empty_map_of_a_time_without_reports_is_explained() -> None:
    assert ceasefire_one.few_reports(0).startswith("No report of any group")
    assert ceasefire_one.few_reports(10).startswith("Only 10 ")
    assert ceasefire_one.few_reports(None) == ""
