"""The comparison's builders: areas, periods, words, charts and what is taken away; worked cases of the real tables."""

import io
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
    (before,) = compare_areas.areas(VIEW.with_(compare=("ceasefire@1990-01-01",)))
    assert before.members == ()


def test_a_set_ignores_the_filter_of_groups_but_not_the_window() -> None:
    key = ("group:comuneros_sur@2025-06-30",)
    (area,) = compare_areas.areas(VIEW.with_(compare=key, groups=("eln",)))
    assert area.members
    (short,) = compare_areas.areas(VIEW.with_(compare=key, window=6))
    assert set(short.members) <= set(area.members)


def test_every_region_can_be_chosen_and_homonyms_are_told_apart() -> None:
    options = compare_areas.options()
    assert len(options) == 1122 + 33 + 13 + 16 + 1
    assert options["52"] == "Nariño · department"
    assert options["05483"] == "Nariño (Antioquia)"
    assert len(set(options.values())) == len(options)


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
    assert here.rank[1] == 33
    assert made.reference is None
    assert "Nariño" in compare_words.headline(made)


def test_a_series_that_breaks_is_not_compared_across_the_break() -> None:
    made = build(compare=("52", "CO"), begin=date(2019, 1, 1), end=date(2019, 12, 31))
    assert {row.change.verdict for row in made.rows} == {"not_comparable"}
    assert "cannot be compared with 2018" in compare_words.headline(made)


def test_few_events_are_too_few_to_tell_everywhere() -> None:
    made = build(
        compare=("subregion:Abades", "CO"), fill="leaders_killed", begin=date(2024, 1, 1), end=date(2024, 12, 31)
    )
    abades = made.rows[0]
    assert abades.now is not None
    assert abades.now.value is not None
    assert abades.now.value < 10
    assert abades.change == Change("too_few")
    assert compare_words.rank_words(abades) == compare_words.against_words(abades) == "too few to tell"
    assert "too few to tell in Abades" in compare_words.headline(made)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"begin": date(2025, 1, 1), "end": date(2025, 12, 31)}, "figures end on December 31, 2024"),
        ({"begin": date(1999, 1, 1), "end": date(1999, 12, 31)}, "figures begin on January 1, 2003"),
        ({"begin": date(2024, 6, 1), "end": date(2025, 5, 31)}, "do not cover the whole period"),
        ({"begin": date(2025, 1, 1), "end": date(2024, 12, 31)}, "ends before it begins"),
        ({"fill": "ucdp_non_state", "begin": date(2020, 1, 1), "end": date(2020, 12, 31)}, "a gap, not zero"),
        ({"fill": "coca_ha", "begin": date(2022, 3, 1), "end": date(2023, 2, 28)}, "no whole year"),
        ({"fill": "confinement"}, "cannot be added up"),
        ({"fill": "displacement", "on": date(2012, 3, 4)}, "there is none yet"),
        ({"compare": ("group:eln@1990-01-01",)}, "No municipality meets this condition"),
    ],
)
def test_what_cannot_be_compared_is_explained(changes: dict[str, object], problem: str) -> None:
    made = build(**changes)
    assert problem in made.problem
    assert "Nothing to compare" in compare_words.headline(made)


def test_shares_of_people_are_compared_between_municipalities_only() -> None:
    made = build(compare=("52", "52835", "52678"), fill="poverty_ipm")
    held = [row.now.value if row.now else None for row in made.rows]
    assert held[0] is None
    assert None not in held[1:]
    assert made.span is None


def test_counts_of_unlike_regions_are_said_to_be_unlike() -> None:
    assert "the rate per 100,000 says more" in compare_words.scale_note(build(measure="count"))
    assert compare_words.scale_note(build()) == ""


def test_all_charts_share_one_axis_and_cover_both_periods() -> None:
    made = build(compare=("52", "52835"), begin=date(2023, 1, 1), end=date(2024, 12, 31))
    highest = compare_chart.top(made)
    figures = [compare_chart.figure(row, made, highest) for row in made.rows]
    assert {tuple(each.layout.yaxis.range) for each in figures} == {(0, highest)}
    shaded = {(shape.x0, shape.x1) for shape in figures[0].layout.shapes if shape.fillcolor}
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
    assert "&lt; 1 %" in drawn
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
    view = VIEW.with_(compare=("52", "52835", "group:eln@1990-01-01"), map="tile")
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
    view = VIEW.with_(compare=("52", "group:eln@1990-01-01"))
    areas = compare_areas.areas(view)
    frame = compare_export.figures(compare_figures.build(view, areas))
    absent = frame[frame["region"].str.startswith("group")].iloc[0]
    assert absent["status"] == "no_record"
    assert pd.isna(absent["value"])
