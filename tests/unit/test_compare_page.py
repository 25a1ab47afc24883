"""The comparison's builders: areas, periods, words, charts and what is taken away; worked cases of the real tables."""

import io
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from components import (
    compare_areas,
    compare_chart,
    compare_evidence,
    compare_export,
    compare_figures,
    compare_maps,
    compare_table,
    compare_words,
)
from components.compare_figures import Comparison
from components.compare_table import Cell, GroupLine, Item
from components.exports.tabular import data_xlsx, table_csv
from components.i18n import set_language
from components.view import ViewState
from geo.comparison import Change, Period, Series

VIEW = ViewState(page="compare", language="en")
# A day on which nobody had yet reported the group.
EMPTY = "group:comuneros_sur@2016-01-31"


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


def build(**changes: object) -> Comparison:
    view = VIEW.with_(**changes)
    return compare_figures.build(view, compare_areas.areas(view))


def test_the_page_s_own_comparison_is_two_subregions_the_department_and_the_nation() -> None:
    areas = compare_areas.areas(VIEW)
    assert [area.level for area in areas] == ["subregion", "subregion", "department", "nation"]
    assert [len(area.members) for area in areas[2:]] == [64, 1122]


def test_an_emptied_comparison_has_no_areas() -> None:
    assert compare_areas.areas(VIEW.with_(compare=("none",))) == []
    assert compare_words.headline(build(compare=("none",))).startswith("Choose two to four regions")


def test_municipalities_under_a_ceasefire_are_those_that_the_map_draws() -> None:
    (area,) = compare_areas.areas(VIEW.with_(compare=("ceasefire@2023-08-15",)))
    assert area.is_set
    assert len(area.members) > 100


def test_conditions_before_their_records_begin_are_left_out_and_named() -> None:
    # FARC's ceasefire of 2015 was in force on the first of these days, and no report places it in a municipality.
    keys = ("ceasefire@2015-12-31", "ceasefire@2016-01-01", "group:eln@2015-12-31", "group:eln@2016-01-01")
    view, early = compare_areas.without_early(VIEW.with_(compare=keys))
    assert view.compare == ("ceasefire@2016-01-01", "group:eln@2016-01-01")
    assert [each.kind for each in early] == ["ceasefire", "group"]
    assert "Dec 31, 2015" in early[0].name
    assert compare_areas.first_ceasefire() == date(2012, 11, 20)
    alone, _ = compare_areas.without_early(VIEW.with_(compare=keys[:1]))
    # The page's own choice would stand in for what was asked.
    assert compare_areas.areas(alone) == []
    untouched = VIEW.with_(compare=("52", "CO"))
    assert compare_areas.without_early(untouched) == (untouched, [])


def test_a_set_ignores_the_filter_of_groups_but_not_the_window() -> None:
    key = ("group:comuneros_sur@2025-06-30",)
    (area,) = compare_areas.areas(VIEW.with_(compare=key, groups=("eln",)))
    assert area.members
    (short,) = compare_areas.areas(VIEW.with_(compare=key, window=6))
    assert set(short.members) <= set(area.members)


def test_every_region_can_be_chosen_and_homonyms_are_told_apart() -> None:
    options = compare_areas.options()
    assert len(options) == 1122 + 33 + 13 + 16 + 1
    told = {key: (name, place) for key, name, place in options}
    assert told["52"] == ("Nariño", "department")
    assert told["05483"] == ("Nariño", "Antioquia")
    assert told["pdet:Chocó"] == ("Chocó", "PDET subregion")
    assert len(set(told.values())) == len(options)
    # Regions of one name stand from large to small.
    assert [key for key, name, _ in options if name == "Chocó"] == ["27", "pdet:Chocó"]


def test_a_fifth_area_and_one_twice_are_refused() -> None:
    view = VIEW.with_(compare=("52", "CO"))
    assert compare_areas.refusal(view, "52835") is None
    assert compare_areas.refusal(view, "52") == "twice"
    assert compare_areas.refusal_words("twice", "52") == "“Nariño” is compared already."
    full = VIEW.with_(compare=("52", "CO", "52835", "52678"))
    assert compare_areas.refusal(full, "19") == "full"
    assert compare_areas.refusal_words("full", "19").endswith("remove one to add “Cauca”.")


def test_removing_the_last_area_leaves_none() -> None:
    assert compare_areas.without(VIEW.with_(compare=("52", "CO")), "52").compare == ("CO",)
    assert compare_areas.areas(compare_areas.without(VIEW.with_(compare=("52",)), "52")) == []


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ((2024, 1, 1), (2024, 12, 31), "2024"),
        ((2022, 1, 1), (2024, 12, 31), "2022 to 2024"),
        ((2024, 2, 1), (2024, 2, 29), "February 2024"),
        ((2023, 9, 1), (2024, 8, 31), "September 2023 to August 2024"),
    ],
)
def test_a_period_reads_as_people_write_it(first, last, words) -> None:
    assert compare_words.period_words(Period(date(*first), date(*last))) == words


def test_a_worked_case_homicides_in_nariño_2018() -> None:
    made = build(compare=("52", "CO"), begin=date(2018, 1, 1), end=date(2018, 12, 31))
    here = made.rows[0]
    assert here.now is not None
    # The police's figure, and the break of 2019 lies after the period.
    assert here.now.value == 643
    assert made.before == Period(date(2017, 1, 1), date(2017, 12, 31))
    assert here.rank is not None
    assert here.rank.count == 33
    assert made.reference is None
    assert "Nariño" in compare_words.headline(made)


def test_a_series_that_breaks_is_not_compared_across_the_break() -> None:
    made = build(compare=("52", "CO"), begin=date(2019, 1, 1), end=date(2019, 12, 31))
    assert {row.change.verdict for row in made.rows} == {"not_comparable"}
    assert "cannot be compared with 2018" in compare_words.headline(made)


def test_few_events_are_too_few_to_tell_everywhere() -> None:
    made = build(
        compare=("subregion:Sanquianga", "CO"), fill="leaders_killed", begin=date(2024, 1, 1), end=date(2024, 12, 31)
    )
    here = made.rows[0]
    assert here.now is not None
    assert here.now.value is not None
    assert 0 < here.now.value < 10
    assert here.change == Change("too_few")
    assert compare_words.rank_words(here) == compare_words.against_words(here) == "too few to tell"
    assert "too few to tell in Sanquianga" in compare_words.headline(made)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"begin": date(2025, 1, 1), "end": date(2025, 12, 31)}, "figures end on December 31, 2024"),
        ({"begin": date(1999, 1, 1), "end": date(1999, 12, 31)}, "figures begin on January 1, 2003"),
        ({"fill": "displacement", "begin": date(2003, 1, 1), "end": date(2023, 10, 31)}, "begin on January 1, 2024"),
        ({"begin": date(2025, 1, 1), "end": date(2024, 12, 31)}, "ends before it begins"),
        ({"fill": "ucdp_non_state", "begin": date(2020, 1, 1), "end": date(2020, 12, 31)}, "a gap, not zero"),
        ({"fill": "coca_ha", "begin": date(2022, 3, 1), "end": date(2023, 2, 28)}, "no whole year"),
        ({"fill": "displacement", "on": date(2012, 3, 4)}, "there is none yet"),
        ({"compare": (EMPTY,)}, "No municipality meets this condition"),
    ],
)
def test_what_cannot_be_compared_is_explained(changes: dict[str, object], problem: str) -> None:
    made = build(**changes)
    assert problem in made.problem
    headline = compare_words.headline(made)
    assert headline.startswith("Nothing to compare between" if len(made.rows) > 1 else "No figure of")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"begin": date(2024, 6, 1), "end": date(2025, 5, 31)},
            "Asked for: June 2024 to May 2025. Shown: June 2024 to December 2024. Policía Nacional's figures by month "
            "run from January 2003 to December 2024.",
        ),
        (
            {"fill": "displacement", "begin": date(2019, 2, 1), "end": date(2024, 12, 31)},
            "Asked for: February 2019 to December 2024. Shown: 2024. Unidad para las Víctimas's figures are of whole "
            "years, from 2024 to 2025.",
        ),
        (
            {"fill": "ucdp_non_state", "begin": date(2018, 7, 1), "end": date(2023, 12, 31)},
            "Shown: 2023. UCDP's figures by month run from January 2012 to August 2026. A gap lies between: the longer",
        ),
        (
            {"fill": "poverty_ipm", "begin": date(2020, 1, 1), "end": date(2024, 12, 31)},
            "Asked for: 2020 to 2024. Shown: 2018. DANE y DNP gives a single figure, of 2018.",
        ),
        ({"begin": date(2023, 1, 1), "end": date(2023, 12, 31)}, ""),
        ({}, ""),
    ],
)
def test_a_period_covered_in_part_is_said_and_shown_alike_everywhere(changes: dict[str, object], sentence: str) -> None:
    view = VIEW.with_(compare=("52678", "CO"), **changes)
    areas = compare_areas.areas(view)
    made = compare_figures.build(view, areas)
    said = compare_words.in_part(made)
    assert sentence in said
    assert bool(sentence) == bool(said)
    assert made.period is not None
    shown = compare_words.period_words(made.period)
    assert f"<th scope='col'>{shown}" in compare_table.figures_html(made)
    assert shown in compare_words.headline(made)
    assert compare_figures.day_of(view, made) == made.period.last
    if made.span:
        assert shown in compare_words.chart_title(made, False)
    frame = compare_export.figures(made)
    assert set(frame["to"]) == {made.period.last}
    assert set(frame["asked_to"]) == {view.end}


def test_of_a_period_that_is_not_covered_nothing_is_shown_and_the_nearest_is_named() -> None:
    view = VIEW.with_(compare=("52", "CO"), fill="displacement", begin=date(2003, 1, 1), end=date(2023, 10, 31))
    made = compare_figures.build(view, compare_areas.areas(view))
    assert made.period is None
    assert made.span is None
    assert made.nearest == Period(date(2024, 1, 1), date(2024, 12, 31))
    assert compare_words.problem(made).startswith("Nothing is shown for January 2003 to October 2023. Unidad")
    assert compare_figures.day_of(view, made) == date(2023, 10, 31)


def test_a_first_month_alone_after_the_coverage_is_no_reversed_period() -> None:
    assert "figures end on December 31, 2024" in build(begin=date(2025, 3, 1)).problem


def test_a_series_that_is_too_young_is_not_said_to_be_without_record() -> None:
    table = compare_table.figures_html(build(compare=("52", "CO"), fill="displacement"))
    assert "does not reach back that far" not in table
    first = {"begin": date(2024, 1, 1), "end": date(2024, 12, 31)}
    table = compare_table.figures_html(build(compare=("52", "CO"), fill="displacement", **first))
    assert "the series does not reach back that far" in table
    assert "no record before" not in table
    first = {"begin": date(2023, 1, 1), "end": date(2023, 12, 31)}
    table = compare_table.figures_html(build(compare=("52", "CO"), fill="leaders_killed", **first))
    assert "the series does not reach back that far" in table
    # Nothing promises what cannot come: no month will be added before the first of a series.
    assert "yet" not in compare_table.figures_html(
        build(compare=("52",), begin=date(2003, 1, 1), end=date(2023, 10, 31))
    )


@pytest.mark.parametrize(
    ("indicator_id", "on", "expected"),
    [
        ("homicides", date(2003, 5, 31), "Not enough months yet"),
        ("ucdp_state_based", date(2023, 3, 31), "begin on January 1, 2023"),
        ("homicides", date(2025, 12, 31), "holds no figure by municipality"),
        ("displacement", date(2023, 12, 31), "holds no figure by municipality"),
    ],
)
def test_a_map_without_twelve_months_says_so(indicator_id: str, on: date, expected: str) -> None:
    view = VIEW.with_(compare=("52",), map="tile")
    assert compare_maps.indicator(view, compare_areas.areas(view), indicator_id, on) is None
    assert expected in compare_maps.no_map_words(build(fill=indicator_id).meta, on)


def test_a_chart_of_fewer_than_twelve_months_says_why_it_has_no_average() -> None:
    made = build(compare=("52", "CO"))
    assert compare_words.average_note(made) == ""
    series = made.rows[0].series
    assert series is not None
    nothing = np.full(5, np.nan)
    short = Series(series.starts[:5], series.values[:5], series.rates[:5], nothing, nothing)
    rows = [replace(made.rows[0], series=short), made.rows[1]]
    assert compare_words.average_note(replace(made, rows=rows)).startswith("Too few months in a row")


def test_a_chart_on_its_own_scale_fills_it_and_every_axis_names_its_highest() -> None:
    made = build(compare=("52", "CO"), measure="count")
    shared = compare_chart.top(made)
    for row in made.rows:
        own = compare_chart.own_top(row, made)
        assert own <= shared
        assert own == pytest.approx(compare_chart.peak(row, made) * 1.06)
        for top in (own, shared):
            axis = compare_chart.figure(row, made, top).to_dict()["layout"]["yaxis"]
            bold = [at for at, name in zip(axis["tickvals"], axis["ticktext"], strict=True) if "<b>" in name]
            assert bold == [compare_chart.peak(row, made)]
    assert "same scale for all" in compare_words.chart_title(made, False)
    assert "each panel on its own scale" in compare_words.chart_title(made, True)


@pytest.mark.parametrize(
    ("highest", "own", "expected"),
    [
        (10.6, 10.0, ["0", "5", "<b>10</b>"]),
        (1060.0, 31.0, ["<b>31</b>", "500", "1,000"]),
        (0.53, 0.5, ["0.0", "0.2", "0.4", "<b>0.5</b>"]),
        (1.0, 0.0, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    ],
)
def test_round_figures_keep_clear_of_the_highest(highest: float, own: float, expected: list[str]) -> None:
    ticks = compare_chart.axis_ticks(highest, own)
    assert [ticks[at] for at in sorted(ticks)] == expected


def test_shares_of_people_are_compared_between_municipalities_only_and_nobody_vanishes() -> None:
    made = build(compare=("52678", "52", "subregion:Centro", "CO"), fill="poverty_ipm")
    held = [row.now.value if row.now else None for row in made.rows]
    assert held[0] is not None
    assert held[1:] == [None, None, None]
    assert made.span is None
    headline = compare_words.headline(made)
    assert headline.endswith(
        "For Nariño, Centro, and Colombia the figures of municipalities are not added up: see the map."
    )
    assert "no record" not in compare_table.figures_html(made)
    assert "64 of 64 municipalities have a record: see the map" in compare_table.figures_html(made)
    assert "shares make no sum" in " ".join(compare_words.notes(made))


def test_people_counted_in_several_places_are_not_said_to_be_without_record() -> None:
    made = build(
        compare=("52678", "52", "subregion:Centro", "CO"),
        fill="confinement",
        begin=date(2026, 1, 1),
        end=date(2026, 5, 31),
    )
    assert made.problem == ""
    samaniego, narino, centro, nation = made.rows
    assert (samaniego.not_added, narino.not_added, centro.not_added, nation.not_added) == (False, True, False, True)
    # One municipality of Nariño has a row; OCHA's own total of the country is 44,178.
    assert narino.recorded == 1
    assert nation.published is not None
    assert (nation.published.value, nation.published.source_id) == (44178, "ocha-2026-883512")
    headline = compare_words.headline(made)
    assert "Colombia 44,178 (total published by OCHA)" in headline
    assert "For Nariño the figures of municipalities are not added up: see the map." in headline
    assert "No record for Samaniego (Nariño) and Centro." in headline
    table = compare_table.figures_html(made)
    assert "1 of 64 municipalities has a record: see the map" in table
    assert "total published by <a href" in table
    assert "2024; 2025; January 2026 to May 2026" in compare_words.no_series(made)
    exported = compare_export.figures(made).set_index("region")
    assert exported.loc["CO", "published_total"] == 44178
    assert exported.loc["52", "reason"] == "not_additive"


def test_a_change_that_chance_explains_has_no_verb_but_keeps_its_numbers() -> None:
    made = build(compare=("subregion:Centro", "CO"))
    centro = made.rows[0]
    assert centro.change.verdict == "chance"
    headline = compare_words.headline(made)
    assert "no change that can be told from chance in Centro" in headline
    assert "down in Centro" not in headline
    table = compare_table.figures_html(made)
    assert "not told apart from chance" in table
    assert "from 44 to 37" in table
    assert "mildest check" in " ".join(compare_words.notes(made))
    exported = compare_export.figures(made)
    assert exported["change_ratio_low_95"].iloc[0] < 1 < exported["change_ratio_high_95"].iloc[0]
    # The numbers of a fall that is told carry their interval, so that a near miss is seen.
    narino = build(compare=("52",))
    assert narino.rows[0].change.verdict == "down"
    assert "95%: −31% to −9%" in compare_table.figures_html(narino)


def test_the_notes_explain_only_what_the_table_says() -> None:
    broken = " ".join(compare_words.notes(build(compare=("52",), begin=date(2019, 1, 1), end=date(2019, 12, 31))))
    assert "not told apart from chance" not in broken.lower()
    month = " ".join(compare_words.notes(build(compare=("52",), begin=date(2024, 1, 1), end=date(2024, 1, 31))))
    assert "seasons play a part" in month
    assert "seasons" not in " ".join(compare_words.notes(build(compare=("52",))))


def test_hectares_are_compared_without_a_check_against_chance() -> None:
    made = build(compare=("52", "CO"), fill="coca_ha")
    assert {row.change.verdict for row in made.rows} <= {"up", "down", "same"}
    assert "measured, not counted" in " ".join(compare_words.notes(made))


def test_the_rate_of_many_years_is_told_per_year_everywhere() -> None:
    long = {"begin": date(2003, 1, 1), "end": date(2023, 10, 31)}
    made = build(compare=("52678",), **long)
    now = made.rows[0].now
    assert now is not None
    assert now.rate is not None
    yearly = now.rate * 12 / 250
    assert f"{yearly:,.1f}" in compare_words.headline(made)
    assert "Homicides per 100,000 inhabitants and year" in compare_words.headline(made)
    table = compare_table.figures_html(made)
    assert "mean per year" in table
    assert f"{now.rate:,.1f}" not in table
    assert "mean per year (250 months)" in " ".join(compare_words.notes(made))
    exported = compare_export.figures(made).iloc[0]
    assert exported["rate_per_100k_and_year"] == pytest.approx(yearly)
    assert exported["rate_per_100k"] == pytest.approx(now.rate)
    year = build(compare=("52678",), begin=date(2023, 1, 1), end=date(2023, 12, 31))
    assert "and year" not in compare_words.headline(year)


def test_zero_has_no_rank() -> None:
    made = build(compare=("52678", "CO"), fill="ucdp_non_state")
    here = made.rows[0]
    assert here.now is not None
    assert here.now.value == 0
    assert here.rank is not None
    assert compare_words.rank_words(here) == f"no rank: {here.rank.zeros:,} of 1,122 municipalities at zero"
    assert compare_export.figures(made)["rank"].isna().all()


def test_the_publisher_has_a_link_and_a_last_day() -> None:
    said = compare_words.subline_html(build(), "December 31, 2024")
    assert "Policía Nacional (<a href=" in said
    assert "up to December 31, 2024." in said


def test_the_change_is_named_after_what_changed() -> None:
    assert "Change of the rate" in compare_table.figures_html(build())
    counted = compare_table.figures_html(build(measure="count"))
    assert ">Change<" in counted
    assert "Change of the rate" not in counted


def test_a_condition_says_which_ceasefires_count_and_by_what() -> None:
    (area,) = compare_areas.areas(VIEW.with_(compare=("ceasefire@2023-10-31",)))
    standing = compare_evidence.standing(VIEW, date(2023, 10, 31))
    assert len(standing) == 3
    assert {each.by_report for each in standing} == {True, False}
    assert max(each.municipalities for each in standing) <= len(area.members)
    html = compare_table.standing_html(area, standing, VIEW.window)
    assert f"{len(area.members)} municipalities, each whole" in html
    assert "of its legal territory" in html
    assert "where the party is reported" in html


def test_who_is_reported_names_publishers_with_date_and_link() -> None:
    areas = compare_areas.areas(VIEW.with_(compare=("52",)))
    first, _others = compare_evidence.groups(VIEW, areas, date(2024, 12, 31))
    assert all(line.publishers for line in first)
    sources = compare_evidence.sources(VIEW, areas, date(2024, 12, 31))
    assert sources[0].reports >= sources[-1].reports
    html = compare_table.sources_html(sources)
    publishers = {source.publisher for source in sources}
    assert len(publishers) < len(sources)
    assert f"{len(sources)} documents by {len(publishers)} publishers" in html
    assert all(source.publisher in html for source in sources)
    assert compare_table.sources_html([]) == ""


def test_names_beyond_the_first_are_counted_and_one_more_is_named() -> None:
    assert compare_table.some_of(["a", "b", "c", "d"]) == "a, b, c, d"
    assert compare_table.some_of(["a", "b", "c", "d", "e"]) == "a, b, c and 2 others"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["2024-01-01", "2025-01-01"], ["2024", "2025"]),
        ([f"{year}-01-01" for year in range(2014, 2024)], ["2015", "2017", "2019", "2021", "2023"]),
        ([f"{2022 + at // 12}-{at % 12 + 1:02}-01" for at in range(30)], ["2022", "2023", "2024"]),
        (["2024-03-01", "2024-04-01"], []),
    ],
)
def test_every_year_is_written_once_and_the_last_always(days: list[str], expected: list[str]) -> None:
    assert [tick[:4] for tick in compare_chart.year_ticks(days)] == expected


def test_a_yearly_chart_names_the_year_of_the_headline() -> None:
    made = build(compare=("52678", "52"), fill="displacement")
    axis = compare_chart.figure(made.rows[0], made, 1.0).to_dict()["layout"]["xaxis"]
    assert list(axis["ticktext"]) == ["2024", "2025"]
    assert axis["range"][0] < "2024-01-01"
    assert axis["range"][1] > "2025-01-01"


def test_counts_of_unlike_regions_are_said_to_be_unlike() -> None:
    assert "the rate per 100,000 says more" in compare_words.scale_note(build(measure="count"))
    assert compare_words.scale_note(build()) == ""


def test_all_charts_share_one_axis_and_cover_both_periods() -> None:
    made = build(compare=("52", "52835"), begin=date(2023, 1, 1), end=date(2024, 12, 31))
    highest = compare_chart.top(made)
    layouts = [compare_chart.figure(row, made, highest).to_dict()["layout"] for row in made.rows]
    assert {tuple(each["yaxis"]["range"]) for each in layouts} == {(0, highest)}
    shaded = {(shape["x0"], shape["x1"]) for shape in layouts[0]["shapes"] if shape.get("fillcolor")}
    assert len(shaded) == 2
    assert made.span is not None
    assert made.span[0] <= date(2021, 1, 1)
    assert "highest" in compare_chart.summary(made.rows[0], made)


def test_a_sparkline_breaks_where_the_series_does() -> None:
    starts = pd.date_range("2020-01-01", periods=6, freq="YS").as_unit("s")
    nothing = np.full(6, np.nan)
    values = np.array([1.0, 2.0, np.nan, np.nan, 4.0, 3.0])
    drawn = compare_chart.sparkline(Series(starts, values, nothing, nothing, nothing), "count")
    assert drawn.count("<polyline") == 2
    assert compare_chart.sparkline(Series(starts, nothing, nothing, nothing, nothing), "count") == ""


def test_texts_of_the_data_are_escaped_in_the_tables() -> None:
    line = GroupLine("<b>x</b>", "#123456", [Cell(1, 0.004, "presence", 0, 0), None])
    drawn = compare_table.groups_html(["<i>", "B"], [line], ["a", "b"])
    assert "<b>x</b>" not in drawn
    assert "<i>" not in drawn
    assert "&lt; 1%" in drawn
    item = Item("<b>t</b>", "s", "w", "p", "javascript:alert(1)")
    assert "javascript" not in compare_table.items_html([("A", [item])], "none")


def test_the_share_of_municipalities_of_a_group_is_what_the_map_counts() -> None:
    on = date(2024, 10, 31)
    areas = compare_areas.areas(VIEW.with_(compare=("52", "group:eln@2024-10-31")))
    first, others = compare_evidence.groups(VIEW, areas, on)
    eln = next(line for line in (*first, *others) if line.name == "ELN")
    assert eln.cells[1] is not None
    assert eln.cells[1].share == 1.0


def test_a_ceasefire_in_force_is_listed_with_its_source() -> None:
    (nation,) = compare_areas.areas(VIEW.with_(compare=("CO",)))
    items = compare_evidence.ceasefires(VIEW, nation, date(2023, 8, 15))
    assert items
    assert all(item.publisher and item.title for item in items)


def test_maps_of_all_areas_share_one_legend() -> None:
    view = VIEW.with_(compare=("52", "52835", EMPTY), map="tile")
    areas = compare_areas.areas(view)
    row = compare_maps.indicator(view, areas, "homicides", date(2024, 12, 31))
    assert row is not None
    assert row.html.count("<figure>") == 3
    assert row.html.count("<img") == 2
    assert "No municipality meets this condition." in row.html
    assert row.legend.classes[0] == "0"
    assert compare_maps.indicator(view, areas, "homicides", date(2025, 12, 31)) is None


def test_what_is_taken_away_names_its_source_in_every_row() -> None:
    view = VIEW.with_(compare=("52", "52835"))
    areas = compare_areas.areas(view)
    made = compare_figures.build(view, areas)
    on = date(2024, 12, 31)
    spec = compare_export.spec(view, made, areas, on, "title", "caveat", "https://example.org/compare")
    assert [part.name for part in spec.tables] == ["comparison", "series", "groups_reported", "regions"]
    figures = pd.read_csv(io.BytesIO(table_csv(spec.tables[0])), dtype={"region": str})
    assert figures["region"].tolist() == ["52", "52835", "CO"]
    assert (figures["source_id"] == "policia-homicides").all()
    assert (spec.tables[1].frame["publisher"] == "Policía Nacional").all()
    assert "compare=52%2C52835" in spec.link
    book = pd.read_excel(io.BytesIO(data_xlsx(spec)), sheet_name="comparison", dtype={"region": str})
    assert book["value"].tolist() == pytest.approx(figures["value"].tolist())


def test_no_figure_leaves_empty_cells_never_zero() -> None:
    view = VIEW.with_(compare=("52", EMPTY))
    areas = compare_areas.areas(view)
    frame = compare_export.figures(compare_figures.build(view, areas))
    absent = frame[frame["region"].str.startswith("group")].iloc[0]
    assert absent["status"] == "no_record"
    assert pd.isna(absent["value"])


def test_the_months_of_a_condition_have_a_rate_as_long_as_their_table() -> None:
    # Two of its municipalities have no population figure before 2008.
    long = {"begin": date(2003, 1, 1), "end": date(2023, 10, 31)}
    (row,) = build(compare=("ceasefire@2023-10-31",), **long).rows
    assert row.now is not None
    assert row.series is not None
    assert row.now.without_population == 2
    assert row.series.starts[0] == pd.Timestamp("2003-01-01")
    assert np.isfinite(row.series.rates).all()


def test_a_municipality_in_two_regions_is_left_out_once() -> None:
    year = {"begin": date(2024, 1, 1), "end": date(2024, 12, 31)}
    made = build(compare=("94", "CO"), **year)
    assert [row.now and row.now.without_record for row in made.rows] == [7, 18]
    assert "18 municipalities without record are left out." in compare_words.subline_html(made, "")
    assert "7 municipalities without record are left out." in compare_words.subline_html(
        build(compare=("94",), **year), ""
    )
    assert "left out" not in compare_words.subline_html(build(compare=("52", "19"), **year), "")


def test_a_municipality_without_population_in_two_conditions_is_left_out_of_the_rates_once() -> None:
    long = {"begin": date(2003, 1, 1), "end": date(2023, 10, 31)}
    one, other = "ceasefire@2023-10-31", "ceasefire@2023-10-30"
    made = build(compare=(one, other), **long)
    assert [row.now and row.now.without_population for row in made.rows] == [2, 2]
    assert "The rate leaves out 2 municipalities" in compare_words.subline_html(made, "")
    assert "The rate leaves out" not in compare_words.subline_html(
        build(compare=(one, other), measure="count", **long), ""
    )


def test_the_rate_of_a_part_of_a_year_is_said_to_be_that_of_its_months() -> None:
    part = {"begin": date(2023, 1, 1), "end": date(2023, 3, 31)}
    made = build(compare=("52", "CO"), **part)
    assert compare_words.headline(made).startswith(
        "Homicides per 100,000 inhabitants in 3 months (not per year), January 2023 to March 2023: "
    )
    assert "January 2023 to March 2023, not per year" in compare_table.figures_html(made)
    assert "shorter than a year: the rate is that of its 3 months" in " ".join(compare_words.notes(made))
    month = build(compare=("52", "CO"), begin=date(2023, 1, 1), end=date(2023, 1, 31))
    assert "in 1 month (not per year)" in compare_words.headline(month)
    year = {"begin": date(2022, 7, 1), "end": date(2023, 6, 30)}
    for whole in (build(compare=("52", "CO"), **year), build(compare=("52", "CO"), measure="count", **part)):
        told = (compare_words.headline(whole), compare_table.figures_html(whole), *compare_words.notes(whole))
        assert "not per year" not in " ".join(told)


def test_a_source_without_a_title_is_linked_by_its_publisher() -> None:
    source = compare_table.Source("Semana", "", "2022", "https://semana.com/x", 8)
    html = compare_table.sources_html([source])
    assert "Semana:" not in html
    assert ">Semana</a><small>2022 · 8 reports" in html
    assert "Semana: <a" in compare_table.sources_html([replace(source, title="Title")])


def test_a_unit_that_the_name_holds_is_not_said_twice() -> None:
    assert compare_words.with_unit("Masacres, INDEPAZ", "masacres") == "Masacres, INDEPAZ"
    assert compare_words.with_unit("Coca", "hectáreas") == "Coca (hectáreas)"
    assert compare_words.with_unit("Masacres (MinDefensa)", "casos") == "Masacres (MinDefensa)"
    row = compare_maps.indicator(
        VIEW.with_(measure="count"), compare_areas.areas(VIEW), "massacres_indepaz", date(2024, 12, 31)
    )
    assert row is not None
    assert row.title.startswith("Massacres, INDEPAZ, January 2024")


def test_the_maps_of_a_reversed_period_stand_at_the_last_month_asked_for() -> None:
    view = VIEW.with_(compare=("52", "CO"), begin=date(2022, 1, 1), end=date(2020, 12, 31))
    made = compare_figures.build(view, compare_areas.areas(view))
    assert "ends before it begins" in made.problem
    assert compare_figures.day_of(view, made) == date(2020, 12, 31)
