"""Need beside violence: medians, correlation where it is honest, classes, and the scatter as it is drawn."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import cache, need, need_chart, need_map, need_measures, need_scatter, need_sources, need_words
from components.i18n import set_language
from components.need_chart import Axis, Point, Scatter
from components.need_measures import Group, Measure
from components.view import ViewState
from data.store import table
from geo import symbology
from geo.classes import Breaks
from geo.need import FEWEST, middle, quantile_breaks, rank_correlation

VIEW = ViewState(page="need", language="en")
DAY = date(2024, 12, 31)


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


def values(*numbers: float) -> pd.Series:
    return pd.Series(numbers, index=[f"{code:05d}" for code in range(len(numbers))], dtype="float64")


def measure(series: pd.Series, **facts: object) -> Measure:
    usual = {"measure_id": "m", "name": "Measured", "short": "M", "unit": "units", "period": "2024", "publisher": "P"}
    return Measure(**(usual | facts), values=series)  # type: ignore[arg-type]


def point(code: str, x: float, y: float, **facts: object) -> Point:
    usual = {"name": code, "size": None, "colour": "#123456", "hollow": False, "words": ("w",)}
    return Point(divipola=code, x=x, y=y, **(usual | facts))  # type: ignore[arg-type]


def test_the_same_order_is_one_and_the_opposite_order_minus_one() -> None:
    ascending = values(*range(FEWEST))
    assert rank_correlation(ascending, ascending**3).rho == pytest.approx(1.0)
    assert rank_correlation(ascending, -ascending).rho == pytest.approx(-1.0)


def test_a_hand_worked_rank_correlation() -> None:
    # Twenty places in order but for the first two, which change places: 1 - 6 * 2 / (20 * 399).
    y = values(1, 0, *range(2, 20))
    assert rank_correlation(values(*range(20)), y).rho == pytest.approx(1 - 12 / 7980)


def test_only_places_with_both_measures_count_and_few_are_too_few() -> None:
    x = values(*range(FEWEST + 3))
    y = x.copy()
    y.iloc[:3] = np.nan
    assert rank_correlation(x, y).n == FEWEST
    y.iloc[:4] = np.nan
    found = rank_correlation(x, y)
    assert (found.rho, found.n, found.reason) == (None, FEWEST - 1, "too_few")


@pytest.mark.parametrize(("tied", "reason"), [("x", "tied_x"), ("y", "tied_y")])
def test_no_correlation_when_most_share_one_figure(tied: str, reason: str) -> None:
    free, same = values(*range(21)), values(*[0] * 11, *range(1, 11))
    pair = (same, free) if tied == "x" else (free, same)
    assert rank_correlation(*pair).reason == reason
    half = values(*[0] * 10, *range(1, 11))
    assert rank_correlation(half, values(*range(20))).rho is not None


def test_a_median_leaves_out_no_record_and_keeps_zero() -> None:
    found = middle(values(0, 0, 5, np.nan, 9), ["00000", "00001", "00002", "00003"])
    assert (found.median, found.n) == (0.0, 3)
    assert found.above_zero == pytest.approx(1 / 3)
    assert middle(values(np.nan), ["00000"]).median is None


@given(st.lists(st.just(0.0) | st.floats(1e-3, 1e6), min_size=1, max_size=60))
def test_classes_hold_every_figure_and_zero_stays_apart(numbers: list[float]) -> None:
    series = values(*numbers)
    breaks = quantile_breaks("m", series)
    classes = breaks.classify(series.to_numpy())
    assert ((classes == 0) == (series.to_numpy() == 0)).all()
    assert (classes < breaks.count).all()
    assert list(breaks.bounds) == sorted(set(breaks.bounds))


def test_whole_classes_never_share_a_number() -> None:
    breaks = Breaks("groups", "value", (1.0, 2.0, 4.0), 8.0)
    assert [need_map.whole_class(breaks, at) for at in range(breaks.count)] == ["0", "1", "2", "3 to 4", "5 or more"]


def test_nobody_reported_and_no_record_are_never_classes_of_the_ramp() -> None:
    groups = measure(values(0, 2, np.nan), zero_is_silence=True)
    breaks = quantile_breaks("groups", groups.values)
    cells = need_map.layer(groups, breaks, list(groups.values.index), "2024-12")
    drawn = [need_map.style(cells.cells[code], breaks.count) for code in cells.codes[0]]
    assert drawn[0] == symbology.NOT_REPORTED
    assert drawn[1].keys == ("class:1",)
    assert drawn[2] == symbology.NO_RECORD
    assert cells.cells[cells.codes[0][2]].words == "no record"


@pytest.mark.parametrize("indicator_id", ["homicides", "poverty_ipm", "coca_ha"])
def test_an_indicator_has_the_classes_of_every_other_map(indicator_id: str) -> None:
    shared = cache.breaks(VIEW.with_(page="narino", fill=indicator_id))
    drawn = need_map.breaks_of(VIEW, need_measures.measure(VIEW, indicator_id, DAY))
    assert drawn.bounds == shared.bounds
    assert drawn.measure == shared.measure
    population = need_measures.measure(VIEW, "population", DAY)
    assert need_map.breaks_of(VIEW, population) == quantile_breaks("population", population.values)


def test_areas_of_points_follow_their_sizes() -> None:
    large, quarter, least, unknown = need_chart.diameters([1600.0, 400.0, 0.0, None])
    assert (large, quarter) == (need_chart.LARGEST, need_chart.LARGEST / 2)
    assert least == unknown == need_chart.SMALLEST


def test_a_logarithmic_axis_leaves_out_what_it_cannot_show() -> None:
    points = [point("a", 0.0, 1.0), point("b", 10.0, 2.0)]
    assert [shown.divipola for shown in Scatter(points, Axis("x", True), Axis("y")).drawn] == ["b"]
    assert len(Scatter(points, Axis("x"), Axis("y")).drawn) == 2


def test_small_points_lie_above_large_ones_and_the_selected_above_all() -> None:
    points = [
        point("small", 1, 1, size=1.0),
        point("picked", 1, 1, size=9.0, selected=True),
        point("big", 1, 1, size=5.0),
    ]
    scatter = Scatter(points, Axis("x"), Axis("y"))
    assert [shown.divipola for shown in scatter.drawn] == ["big", "small", "picked"]


def test_the_names_of_near_points_do_not_lie_on_each_other() -> None:
    points = [point(code, 10.0, 10.0, label="Samaniego") for code in "abc"]
    corners = [point("low", 0.0, 0.0), point("high", 100.0, 100.0)]
    scatter = Scatter([*points, *corners], Axis("x"), Axis("y"))
    places = need_chart.offsets(scatter, points)
    assert len(set(places)) == 3


def test_what_is_drawn_as_a_ring_has_a_ring_in_the_key() -> None:
    points = [point("a", 1, 1), point("b", 1, 1, colour="#b9b3a6", hollow=True)]
    first, second = need_chart.key_html(
        Scatter(points, Axis("x"), Axis("y"), {"Held": "#123456", "Nobody <reported>": "#b9b3a6"})
    ).split("</span><span>")
    assert "background:#123456" in first
    assert "background:#b9b3a6" not in second
    assert "inset 0 0 0 1.5px #b9b3a6" in second
    assert "Nobody &lt;reported&gt;" in second


def test_no_municipality_with_both_figures_is_not_told_as_only_zero() -> None:
    nothing = measure(values())
    words = need_words.correlation(rank_correlation(values(), values()), nothing, nothing, "Nariño")
    assert words.startswith("No municipality of Nariño has both figures at this date")
    assert "Only 0" not in words


def test_texts_of_the_data_stay_text_in_the_figure() -> None:
    scatter = Scatter([point("a", 1.0, 1.0, name="<b>x</b>", label="<i>")], Axis("<u>"), Axis("y"))
    drawn = str(need_chart.figure(scatter).to_json())
    assert "&lt;b&gt;x" in drawn or "\\u0026lt;b" in drawn
    assert "<u>" not in drawn
    assert "<i>" not in drawn


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"selection": {"points": [{"customdata": ["52835", "Tumaco", ""]}]}}, "52835"),
        ({"selection": {"points": [{"customdata": {"0": "52835", "1": "Tumaco"}}]}}, "52835"),
        ({"selection": {"points": []}}, None),
        (None, None),
    ],
)
def test_a_click_on_a_point_names_its_municipality(event, code) -> None:
    assert need_chart.clicked(event) == code


def test_a_selection_toggles_and_the_oldest_makes_room() -> None:
    view = VIEW.with_(municipalities=("1", "2", "3", "4"))
    assert need.toggled(view, "3").municipalities == ("1", "2", "4")
    assert need.toggled(view, "5").municipalities == ("2", "3", "4", "5")


def test_an_indicator_shows_its_latest_figures_and_says_of_when() -> None:
    found = need_measures.measure(VIEW, "homicides", date(2026, 10, 31))
    assert found.period == "2024"
    assert found.values.notna().sum() > 1000
    assert need_measures.measure(VIEW, "homicides", date(1990, 1, 1)).empty


def test_population_has_no_figure_where_the_source_has_none() -> None:
    found = need_measures.measure(VIEW, "population", DAY)
    assert np.isnan(found.values["27493"])
    assert found.values["52835"] == 267_010
    rural = need_measures.measure(VIEW, "rural_share", DAY)
    assert rural.values["52835"] == pytest.approx(100 * 176_669 / 267_010)


def test_the_groups_of_municipalities_are_what_they_are_called() -> None:
    ten, rest, nariño, elsewhere, pdet = (set(group.members) for group in need_measures.groups_of_municipalities())
    assert (len(ten), len(rest), len(nariño), len(elsewhere), len(pdet)) == (10, 54, 64, 1058, 170)
    assert ten | rest == nariño
    assert not nariño & elsewhere


def test_the_headline_names_three_medians_and_the_table_says_n() -> None:
    codes = values(10, 20, 30, 40).index
    groups = [Group(name, [code]) for name, code in zip(("ten", "rest", "all", "nation"), codes, strict=True)]
    x, y = measure(values(10, 20, 30, 40), percent=True), measure(values(0, 1, 2, 3), measure_id="n", name="Next")
    assert need_words.headline(x, y, groups).startswith("Measured, 2024: median 10% in the ten municipalities")
    assert "Next, units, 2024: 0, 1 and 3, in the same order." in need_words.headline(x, y, groups)
    table_html = need_words.medians_html([y], groups, {})
    assert "0% above zero · n = 1" in table_html
    nothing = measure(values(np.nan, np.nan, np.nan, np.nan))
    assert need_words.headline(nothing, nothing, groups) == "No figures to set side by side at this date"
    assert "no record" in need_words.medians_html([nothing], groups, {})


def test_every_figure_names_publisher_date_and_address() -> None:
    units = cache.scope_units("52")
    shown = [need_measures.measure(VIEW, code, DAY) for code in ("poverty_ipm", "homicides", "groups", "homicides")]
    line = need_sources.line_html(VIEW, shown, DAY, units)
    assert line.count("<span>") == 3
    assert 'href="https://terridata.dnp.gov.co/"' in line
    assert "Policía Nacional</a>, " in line
    assert "publishers more</a>" in line
    cited = {each.measure_id: need_sources.source_html(VIEW, each, DAY, units) for each in shown}
    rows = need_words.medians_html(shown[:3], need_measures.groups_of_municipalities(), cited).split("<tr>")[2:]
    assert all('<a href="http' in row for row in rows)


def test_presence_that_nobody_reports_has_no_publisher() -> None:
    nobody = need_measures.measure(VIEW, "groups", DAY)
    assert need_sources.source_html(VIEW, nobody, DAY, ()) == "no source reports anybody"


def test_association_is_never_told_without_its_caution() -> None:
    x = measure(values(*range(30)))
    for y in (x, measure(values(*[0.0] * 30)), measure(values(1.0))):
        words = need_words.correlation(rank_correlation(x.values, y.values), x, y, "Nariño")
        assert "Association is not cause" in words
    assert "−0.25" in need_words.signed(-0.25)


def test_the_points_hold_the_ten_and_the_selected_by_name() -> None:
    view = VIEW.with_(municipalities=("52001",))
    x, y = (need_measures.measure(view, code, DAY) for code in ("poverty_ipm", "groups"))
    key, points = need_scatter.points(view, x, y, None, DAY)
    assert len(points) == 64
    assert sum(shown.talks for shown in points) == 10
    assert {shown.label for shown in points if shown.selected} == {"Pasto"}
    nobody = [shown for shown in points if shown.hollow]
    assert all(shown.y == 0 for shown in nobody)
    assert "Nobody reported (not proof of peace)" in key


def test_what_is_taken_away_names_its_source_in_every_row() -> None:
    view = VIEW.with_(area="narino")
    x, y = (need_measures.measure(view, code, DAY) for code in ("poverty_ipm", "homicides"))
    _key, points = need_scatter.points(view, x, y, None, DAY)
    frame = need_scatter.frame(points, x, y)
    assert len(frame) == 2 * len(points)
    assert set(frame["source_id"]) == {"dane-poverty", "policia-homicides"}
    assert (frame["source_url"] != "").all()
    assert set(frame["divipola"]) <= set(table("municipalities")["divipola"])
