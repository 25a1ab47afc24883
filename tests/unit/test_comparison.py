"""Regions side by side: hand-worked figures, changes, ranks and shares on small synthetic frames; worked real cases."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import comparison, indicators, regions
from geo.comparison import Area, Change, Condition, Figure, Period, Published, Rank

KILLED = indicators.Indicator(
    "killed", "month", pd.Timestamp("2022-01-01"), pd.Timestamp("2024-12-31"), missing_is_zero=True, rate=True, gaps=()
)
SET = Area("group:eln@2024-10-31", "municipality", "", ("52001", "52678"))
YEAR = Period(date(2024, 1, 1), date(2024, 12, 31))


def figure(value: float | None, rate: float | None = None, *, period: Period = YEAR, reason: str = "", people=1e5):
    status = "no_record" if value is None else "reported" if value else "zero"
    rated = value if rate is None else rate
    return Figure(period.first, period.last, value, people, rated, status, reason, 0)


def frame(*rows: tuple[str, float, float]) -> pd.DataFrame:
    """Synthetic answer of indicators.total: code, value, population; NaN is no record."""
    return pd.DataFrame(
        [
            {
                "code": code,
                "from": pd.Timestamp(YEAR.first),
                "to": pd.Timestamp(YEAR.last),
                "value": value,
                "population": people,
                "rate_per_100k": value / people * 1e5,
                "status": "no_record" if np.isnan(value) else "reported" if value else "zero",
                "reason": "no_record" if np.isnan(value) else "",
                "units_no_record": int(np.isnan(value)),
            }
            for code, value, people in rows
        ]
    )


@pytest.mark.parametrize("text", ["ceasefire@2023-08-15", "group:eln@2024-10-31"])
def test_a_condition_survives_its_text(text: str) -> None:
    assert str(Condition.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["ceasefire", "ceasefire:eln@2024-01-01", "group@2024-01-01", "group:@2024-01-01", "ceasefire@soon"]
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no condition|isoformat"):
        Condition.parse(text)


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ((2024, 1, 1), (2024, 12, 31), ((2023, 1, 1), (2023, 12, 31))),
        ((2024, 3, 1), (2024, 3, 31), ((2024, 2, 1), (2024, 2, 29))),
        ((2023, 3, 1), (2023, 8, 31), ((2022, 9, 1), (2023, 2, 28))),
    ],
)
def test_the_period_before_is_as_long_and_ends_the_day_before(first, last, before) -> None:
    earlier = Period(date(*first), date(*last)).before()
    assert earlier == Period(date(*before[0]), date(*before[1]))


@given(st.dates(date(1990, 1, 1), date(2025, 12, 31)), st.integers(1, 60))
def test_a_period_and_the_one_before_meet_and_have_the_same_months(day: date, months: int) -> None:
    first = day.replace(day=1)
    last = (pd.Timestamp(first) + pd.DateOffset(months=months) - pd.Timedelta(days=1)).date()
    period = Period(first, last)
    assert period.before().months == period.months == months
    assert (period.first - period.before().last).days == 1


def test_a_region_keeps_the_figure_of_its_kind() -> None:
    area = comparison.area_of(regions.Region("department", "52"))
    found = comparison.figure(frame(("52", 40.0, 200_000.0), ("19", 1.0, 1.0)), area, KILLED)
    assert found is not None
    assert (found.value, found.population, found.rate) == (40.0, 200_000.0, 20.0)


def test_a_set_leaves_out_those_without_record_from_count_and_population() -> None:
    rows = frame(("52001", 30.0, 100_000.0), ("52678", np.nan, 50_000.0), ("19001", 7.0, 10.0))
    found = comparison.figure(rows, SET, KILLED)
    assert found is not None
    assert (found.value, found.population, found.without_record) == (30.0, 100_000.0, 1)
    assert found.rate == pytest.approx(30.0)


def test_the_rate_of_a_set_leaves_out_whoever_has_no_population_and_the_count_does_not() -> None:
    rows = frame(("52001", 30.0, 100_000.0), ("52678", 5.0, np.nan), ("19001", 7.0, 10.0))
    found = comparison.figure(rows, SET, KILLED)
    assert found is not None
    assert (found.value, found.population, found.without_population) == (35.0, 100_000.0, 1)
    assert found.rate == pytest.approx(30.0)


def test_a_set_without_any_population_has_a_count_and_no_rate() -> None:
    found = comparison.figure(frame(("52001", 3.0, np.nan), ("52678", 5.0, np.nan)), SET, KILLED)
    assert found is not None
    assert (found.value, found.rate, found.status) == (8.0, None, "reported")


def test_a_set_without_any_record_has_no_figure_and_says_why() -> None:
    found = comparison.figure(frame(("52001", np.nan, 1.0), ("52678", np.nan, 1.0)), SET, KILLED)
    assert found is not None
    assert (found.value, found.status, found.reason) == (None, "no_record", "no_record")


def test_shares_of_people_are_never_added_up_to_a_set() -> None:
    poverty = indicators.Indicator(
        "poverty_ipm", "year", pd.Timestamp("2018-01-01"), pd.Timestamp("2018-12-31"), False, False, ()
    )
    found = comparison.figure(frame(("52001", 30.0, 1.0), ("52678", 40.0, 1.0)), SET, poverty)
    assert found is not None
    assert (found.value, found.reason) == (None, "not_additive")


def test_a_set_without_municipalities_has_no_figure() -> None:
    assert comparison.figure(frame(("52001", 1.0, 1.0)), Area("x", "municipality", "", ()), KILLED) is None


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (figure(300), figure(200), Change("up", 0.5)),
        (figure(150), figure(200), Change("down", -0.25)),
        (figure(37), figure(44), Change("chance", -7 / 44)),
        (figure(15), figure(20), Change("chance", -0.25)),
        (figure(20), figure(20), Change("chance", 0.0)),
        (figure(9), figure(9), Change("too_few")),
        (figure(9), figure(0), Change("too_few")),
        (figure(10), figure(9), Change("chance", 1 / 9)),
        (figure(12), figure(0), Change("up", None)),
        (figure(0), figure(12), Change("down", -1.0)),
        (figure(None), figure(20), Change("no_record")),
        (figure(20), None, Change("no_record")),
        (figure(30), figure(20, reason="incomplete"), Change("not_comparable")),
    ],
)
def test_a_change_is_told_only_where_it_can_be(now: Figure, before: Figure | None, expected: Change) -> None:
    found = comparison.change(now, before, "count")
    assert found.verdict == expected.verdict
    assert found.share == (None if expected.share is None else pytest.approx(expected.share))
    assert (found.verdict == "chance") == bool(found.interval and found.interval[0] <= 1 <= found.interval[1])


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        (date(2023, 1, 1), "up"),
        (date(2023, 1, 2), "not_comparable"),
        (date(2024, 1, 1), "not_comparable"),
        (date(2024, 12, 31), "not_comparable"),
        (date(2025, 1, 1), "up"),
    ],
)
def test_a_series_that_breaks_between_two_periods_is_not_compared(day: date, verdict: str) -> None:
    now, before = figure(300), figure(200, period=YEAR.before())
    assert comparison.change(now, before, "count", [day]).verdict == verdict


def test_the_floor_asks_counts_also_when_rates_are_compared() -> None:
    assert comparison.change(figure(9, rate=900.0), figure(3, rate=300.0), "rate").verdict == "too_few"
    now, before = figure(300, rate=30.0, people=1e6), figure(300, rate=20.0, people=1.5e6)
    found = comparison.change(now, before, "rate")
    assert (found.verdict, found.share) == ("up", pytest.approx(0.5))


@pytest.mark.parametrize(
    ("now", "before", "exposure", "expected"),
    [
        # All of n events in one period: the bound of Clopper and Pearson is 0.025 ** (1 / n), in closed form.
        (6, 0, 1.0, (0.025 ** (1 / 6) / (1 - 0.025 ** (1 / 6)), np.inf)),
        (0, 6, 1.0, (0.0, (1 - 0.025 ** (1 / 6)) / 0.025 ** (1 / 6))),
        (0, 0, 1.0, (0.0, np.inf)),
        # One event each: the interval of one in two is 1 - sqrt(0.975) to sqrt(0.975).
        (1, 1, 1.0, ((1 - 0.975**0.5) / 0.975**0.5, 0.975**0.5 / (1 - 0.975**0.5))),
        # Twice the people and the same events: half the rate.
        (1, 1, 2.0, ((1 - 0.975**0.5) / 0.975**0.5 / 2, 0.975**0.5 / (1 - 0.975**0.5) / 2)),
    ],
)
def test_the_interval_of_a_ratio_is_exact(now, before, exposure, expected) -> None:
    assert comparison.ratio_interval(now, before, exposure) == pytest.approx(expected)


# The first call loads scipy.
@settings(deadline=None)
@given(st.integers(0, 3000), st.integers(0, 3000), st.floats(0.5, 2.0))
def test_the_interval_is_that_of_the_binomial_test_and_holds_the_ratio(now: int, before: int, exposure: float) -> None:
    from scipy.stats import binomtest

    low, high = comparison.ratio_interval(now, before, exposure)
    assert 0 <= low < high
    if now + before:
        share = binomtest(now, now + before).proportion_ci(0.95, "exact")
        assert low == pytest.approx(share.low / (1 - share.low) / exposure)
        assert high == (np.inf if share.high == 1 else pytest.approx(share.high / (1 - share.high) / exposure))
    if before:
        assert low <= now / before / exposure <= high


def test_large_counts_are_told_apart_that_small_ones_of_the_same_share_are_not() -> None:
    assert comparison.change(figure(37), figure(44), "count").verdict == "chance"
    assert comparison.change(figure(3700), figure(4400), "count").verdict == "down"
    assert comparison.change(figure(8751), figure(8658), "count").verdict == "chance"


def test_chance_asks_the_people_where_rates_are_compared() -> None:
    # Four times the events among four times the people is the same rate; as counts it is a rise.
    now, before = figure(400, rate=100.0, people=4e5), figure(100, rate=100.0, people=1e5)
    assert comparison.change(now, before, "count").verdict == "up"
    assert comparison.change(now, before, "rate").verdict == "chance"


def test_what_is_measured_is_not_asked_for_chance() -> None:
    assert not comparison.is_count(indicators.indicator("coca_ha"))
    assert not comparison.is_count(indicators.indicator("poverty_ipm"))
    assert comparison.is_count(indicators.indicator("homicides"))
    found = comparison.change(figure(37), figure(44), "count", counted=False)
    assert (found.verdict, found.interval) == ("down", None)


@settings(deadline=None)
@given(st.integers(0, 500), st.integers(0, 500))
def test_a_change_back_is_told_as_often_and_the_other_way(now: int, before: int) -> None:
    there = comparison.change(figure(now), figure(before), "count")
    back = comparison.change(figure(before), figure(now), "count")
    mirror = {"up": "down", "down": "up"}
    assert back.verdict == mirror.get(there.verdict, there.verdict)


def test_beside_the_nation_is_a_ratio_of_rates_and_a_share_of_counts() -> None:
    found = comparison.against_nation(figure(50, rate=50.0), figure(1000, rate=25.0, people=4e6))
    assert (found.ratio, found.share, found.too_few) == (2.0, 0.05, False)


def test_few_counted_and_few_expected_are_too_few_to_set_beside_the_nation() -> None:
    nation = figure(1000, rate=25.0, people=4e6)
    assert comparison.against_nation(figure(3, rate=30.0, people=1e4), nation).too_few
    # Nothing counted where forty would be expected is something to tell.
    assert comparison.against_nation(figure(0, rate=0.0, people=160_000.0), nation).ratio == 0.0


def test_a_rank_counts_those_with_a_figure_and_ties_share_the_better_place() -> None:
    rows = frame(("a", 5.0, 1e5), ("b", 9.0, 1e5), ("c", 5.0, 1e5), ("d", np.nan, 1e5))
    assert comparison.rank(rows, "b", "rate") == Rank(1, 3, 0)
    assert comparison.rank(rows, "a", "rate") == comparison.rank(rows, "c", "rate") == Rank(2, 3, 0)
    assert comparison.rank(rows, "d", "rate") is None
    assert comparison.rank(rows.head(1), "a", "rate") is None


def test_zero_has_no_place_in_a_ranking() -> None:
    rows = frame(("a", 5.0, 1e5), ("b", 0.0, 1e5), ("c", 0.0, 1e5), ("d", np.nan, 1e5))
    assert comparison.rank(rows, "a", "count") == Rank(1, 3, 2)
    assert comparison.rank(rows, "b", "count") == comparison.rank(rows, "c", "count") == Rank(None, 3, 2)


def test_the_rate_of_more_than_a_year_is_the_mean_of_its_years() -> None:
    decade = Period(date(2014, 1, 1), date(2023, 12, 31))
    assert figure(500, rate=500.0, period=decade).measured("rate") == pytest.approx(50.0)
    assert figure(500, rate=500.0, period=decade).measured("count") == 500
    assert figure(30, rate=30.0).measured("rate") == 30.0
    month = Period(date(2024, 1, 1), date(2024, 1, 31))
    # A month is not blown up to a year.
    assert figure(3, rate=3.0, period=month).measured("rate") == 3.0
    assert figure(3, rate=3.0, period=month).yearly_rate is None


def totals(*rows: tuple[str, str, float, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "from": pd.Timestamp(f"{year}-01-01"),
                "to": pd.Timestamp(f"{year}-12-31"),
                "indicator": name,
                "value": value,
                "source_id": source,
            }
            for year, name, value, source in rows
        ]
    )


def test_a_total_is_the_publisher_s_own_for_the_nation_and_this_period_in_its_latest_cut() -> None:
    known = pd.DataFrame(
        {
            "source_id": ["old", "new", "other"],
            "publisher": ["OCHA", "OCHA", "CICR"],
            "date_to": pd.to_datetime(["2025-02-24", "2026-05-25", "2026-09-01"]),
        }
    )
    rows = totals(
        ("2024", "confinement_people", 138.0, "old"),
        ("2024", "confinement_people", 137.0, "new"),
        ("2024", "confinement_people", 999.0, "other"),
        ("2023", "confinement_people", 88.0, "new"),
        ("2024", "displacement_mass_people", 5.0, "new"),
    )
    spec = indicators.indicator("confinement")
    nation = comparison.area_of(regions.Region("nation", "CO"))
    narino = comparison.area_of(regions.Region("department", "52"))
    assert comparison.published_total(spec, nation, YEAR, rows, known) == Published(137.0, "new")
    assert comparison.published_total(spec, narino, YEAR, rows, known) is None
    assert comparison.published_total(indicators.indicator("homicides"), nation, YEAR, rows, known) is None
    assert comparison.published_total(spec, nation, Period(date(2024, 1, 1), date(2024, 6, 30)), rows, known) is None


def test_the_average_needs_twelve_months_in_a_row() -> None:
    starts = pd.date_range("2023-01-01", periods=25, freq="MS").as_unit("s")
    values = np.arange(25, dtype=float)[None, :].copy()
    values[0, 20] = np.nan
    people = np.full_like(values, 200_000.0)
    figures = indicators.Figures(KILLED, ("52",), starts, starts, values, people, np.zeros((1, 25)), ("",) * 25)
    found = comparison.series(figures, Area("52", "department", "52", ("52001",)))
    assert np.isnan(found.average_values[:11]).all()
    assert found.average_values[11] == pytest.approx(5.5)
    assert found.average_rates[11] == pytest.approx(5.5 / 2)
    assert np.isnan(found.average_values[20:]).all()
    assert found.rates[4] == pytest.approx(2.0)


def test_the_monthly_rate_of_a_set_leaves_out_whoever_has_no_population_as_its_total_does() -> None:
    starts = pd.date_range("2023-01-01", periods=14, freq="MS").as_unit("s")
    values = np.array([[30.0] * 14, [5.0] * 14])
    # The second municipality has no population figure before the third month; nobody has one in the last.
    people = np.array([[100_000.0] * 13 + [np.nan], [np.nan] * 2 + [50_000.0] * 11 + [np.nan]])
    figures = indicators.Figures(KILLED, SET.members, starts, starts, values, people, np.zeros((2, 14)), ("",) * 14)
    found = comparison.series(figures, SET)
    assert found.values.tolist() == [35.0] * 14
    assert found.rates[:13] == pytest.approx([30.0] * 2 + [35 / 1.5] * 11)
    assert found.average_rates[11] == pytest.approx((2 * 30 + 10 * 35) / (2 * 1 + 10 * 1.5))
    assert np.isnan(found.rates[13])
    assert found.average_values[13] == pytest.approx(35.0)


def test_a_missing_record_is_no_count_among_the_people_of_a_set() -> None:
    starts = pd.date_range("2023-01-01", periods=2, freq="MS").as_unit("s")
    values = np.array([[30.0, np.nan], [np.nan, np.nan]])
    people = np.full((2, 2), 100_000.0)
    figures = indicators.Figures(KILLED, SET.members, starts, starts, values, people, np.zeros((2, 2)), ("",) * 2)
    found = comparison.series(figures, SET)
    assert found.rates[0] == pytest.approx(30.0)
    assert np.isnan(found.rates[1])
    assert np.isnan(found.values[1])


def reported(*rows: tuple[str, str, str, bool, int]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "divipola": code,
                "group_id": group,
                "level": level,
                "disputed": disputed,
                "newest": pd.Timestamp("2024-10-01") - pd.Timedelta(days=age),
                "evidence_age_days": age,
            }
            for code, group, level, disputed, age in rows
        ]
    )


def test_who_is_reported_in_which_share_and_at_which_level() -> None:
    rows = reported(
        ("52001", "eln", "presence", True, 30),
        ("52678", "eln", "influence", False, 90),
        ("52678", "emc", "presence", False, 10),
        ("19001", "emc", "control", False, 1),
    )
    found = comparison.reported_in(rows, ["52001", "52678", "52835", "52110"])
    assert found["group_id"].tolist() == ["eln", "emc"]
    assert found["share"].tolist() == [0.5, 0.25]
    assert found["level"].tolist() == ["influence", "presence"]
    assert found[["presence", "influence", "control", "disputed"]].iloc[0].tolist() == [1, 1, 0, 1]
    assert found["evidence_age_days"].tolist() == [30, 10]


def test_nobody_reported_gives_no_rows() -> None:
    assert comparison.reported_in(reported(("52001", "eln", "presence", False, 1)), ["19001"]).empty


def test_ceasefires_past_their_last_known_day_are_left_out() -> None:
    drawn = pd.DataFrame(
        [
            ("a", "52001", "ceasefire", "in_force", "territory", True),
            ("a", "52678", "ceasefire", "in_force", "territory", True),
            ("b", "52001", "ceasefire", "announced", "territory", True),
            ("c", "52001", "ceasefire", "in_force", "territory", False),
        ],
        columns=["ceasefire_id", "divipola", "class", "status", "basis", "attested"],
    )
    found = comparison.ceasefires_in(drawn, ["52001", "52678"])
    assert found[["ceasefire_id", "municipalities"]].to_numpy().tolist() == [["a", 2]]


@pytest.mark.parametrize(
    ("indicator_id", "asked", "shown"),
    [
        ("coca_ha", ((2022, 1), (2023, 12)), ((2022, 1), (2023, 12))),
        # A yearly source counts whole years.
        ("coca_ha", ((2022, 2), (2024, 6)), ((2023, 1), (2023, 12))),
        ("coca_ha", ((2022, 2), (2023, 6)), None),
        ("coca_ha", ((1995, 1), (2003, 6)), ((2001, 1), (2002, 12))),
        ("homicides", ((2024, 6), (2025, 5)), ((2024, 6), (2024, 12))),
        ("homicides", ((2001, 6), (2003, 2)), ((2003, 1), (2003, 2))),
        ("homicides", ((2025, 1), (2025, 12)), None),
        # Its last month is not whole.
        ("massacres_mindefensa", ((2025, 1), (2025, 4)), ((2025, 1), (2025, 3))),
        # Around a gap the longer part.
        ("ucdp_non_state", ((2018, 7), (2023, 12)), ((2023, 1), (2023, 12))),
        ("ucdp_non_state", ((2020, 1), (2020, 12)), None),
        ("displacement", ((2003, 1), (2023, 10)), None),
        ("displacement", ((2019, 1), (2024, 12)), ((2024, 1), (2024, 12))),
        # Single periods make no longer one: one of them or none.
        ("confinement", ((2019, 1), (2024, 12)), ((2024, 1), (2024, 12))),
        ("confinement", ((2024, 1), (2025, 12)), None),
        ("confinement", ((2024, 6), (2025, 5)), None),
        # A census stands for every later day, and is of its own year.
        ("poverty_ipm", ((2020, 1), (2024, 12)), ((2018, 1), (2018, 12))),
        ("poverty_ipm", ((2010, 1), (2017, 12)), None),
    ],
)
def test_of_a_period_is_shown_what_the_source_holds_whole(indicator_id: str, asked, shown) -> None:
    spec = indicators.indicator(indicator_id)
    assert comparison.covered(spec, comparison.periods_held(spec), _months(*asked)) == (shown and _months(*shown))


@pytest.mark.parametrize(
    ("indicator_id", "asked", "expected"),
    [
        ("displacement", ((2003, 1), (2023, 10)), ((2024, 1), (2024, 12))),
        ("homicides", ((2025, 1), (2025, 12)), ((2024, 1), (2024, 12))),
        ("homicides", ((1999, 1), (1999, 12)), ((2003, 1), (2003, 12))),
        ("ucdp_non_state", ((2020, 1), (2020, 12)), ((2018, 1), (2018, 12))),
        ("ucdp_non_state", ((2022, 1), (2022, 12)), ((2023, 1), (2023, 12))),
        ("coca_ha", ((2022, 2), (2023, 6)), ((2023, 1), (2023, 12))),
    ],
)
def test_the_nearest_period_is_held_whole_and_a_year_where_it_can_be(indicator_id: str, asked, expected) -> None:
    spec = indicators.indicator(indicator_id)
    assert comparison.nearest(spec, comparison.periods_held(spec), _months(*asked)) == _months(*expected)


def _months(first: tuple[int, int], last: tuple[int, int]) -> Period:
    end = pd.Timestamp(*last, 1) + pd.offsets.MonthEnd(0)
    return Period(date(*first, 1), end.date())


@pytest.mark.parametrize(
    ("indicator_id", "on", "expected"),
    [
        ("homicides", date(2026, 10, 31), (date(2024, 1, 1), date(2024, 12, 31))),
        ("homicides", date(2023, 3, 15), (date(2022, 3, 1), date(2023, 2, 28))),
        ("homicides", date(2002, 1, 1), None),
        ("ucdp_non_state", date(2023, 2, 28), (date(2023, 1, 1), date(2023, 2, 28))),
        ("kidnapping_cnmh", date(2026, 1, 1), (date(2021, 1, 1), date(2021, 12, 31))),
        ("poverty_ipm", date(2026, 1, 1), (date(2018, 1, 1), date(2018, 12, 31))),
    ],
)
def test_the_latest_period_is_one_that_the_source_holds_whole(indicator_id: str, on: date, expected) -> None:
    spec = indicators.indicator(indicator_id)
    found = comparison.latest_period(spec, comparison.periods_held(spec), on)
    assert found == (Period(*expected) if expected else None)


def test_the_whole_of_a_department_as_a_set_counts_as_the_department_where_all_is_placed() -> None:
    nariño = comparison.area_of(regions.Region("department", "52"))
    as_set = Area("set", "municipality", "", nariño.members)
    spec = indicators.indicator("homicides")
    by_department = comparison.figure(indicators.total("homicides", *_year(2018), "department"), nariño, spec)
    by_municipality = comparison.figure(indicators.total("homicides", *_year(2018), "municipality"), as_set, spec)
    assert by_department is not None
    assert by_municipality is not None
    # 643 is the police's figure for Nariño in 2018.
    assert by_department.value == by_municipality.value == 643
    assert by_department.rate == pytest.approx(by_municipality.rate)


def _year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)
