"""Counts, rates and the three values of nothing: hand-worked synthetic tables, properties, and the worked cases."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.store import table
from geo import indicators, regions

UNITS = ["52001", "52678", "19001", "27493"]


def month_rows(indicator_id: str, values: dict[tuple[str, str], float]) -> pd.DataFrame:
    return pd.DataFrame(
        [(indicator_id, code, pd.Timestamp(month), value) for (code, month), value in values.items()],
        columns=["indicator_id", "divipola", "month", "value"],
    ).astype({"month": "datetime64[s]"})


def spec(indicator_id: str, frequency: str, first: str, last: str, **facts: object) -> dict[str, object]:
    usual = {"missing_means": "zero", "rate": True, "gaps": "", "incomplete": ""}
    return {"indicator_id": indicator_id, "frequency": frequency, "first": first, "last": last} | usual | facts


SYNTHETIC = {
    "municipalities": pd.DataFrame(
        {
            "divipola": UNITS,
            "department_code": ["52", "52", "19", "27"],
            "subregion": ["Centro", "Abades", "", ""],
            "pdet_subregion": ["", "", "ALTO PATÍA", ""],
        }
    ),
    "population": pd.DataFrame(
        [(code, year, people) for code, people in zip(UNITS, [1000.0, 500.0, 2000.0, np.nan], strict=True)
         for year in (2022, 2023)]
        + [("52001", 2024, 2000.0), ("52678", 2024, 500.0), ("19001", 2024, np.nan), ("27493", 2024, np.nan)],
        columns=["divipola", "year", "total"],
    ),
    "indicators": pd.DataFrame(
        [
            spec("killed", "month", "2022-01-01", "2024-12-10", gaps="2022-07-01/2022-08-31"),
            spec("listed", "year", "2022-01-01", "2024-06-30", incomplete="2022-01-01/2022-12-31"),
            spec("latest", "period", "2023-09-01", "2024-08-31"),
            spec("confinement", "period", "2023-01-01", "2024-05-31", missing_means="no_record", rate=False),
            spec("poverty_x", "year", "2023-01-01", "2023-12-31", missing_means="no_record", rate=False),
        ]
    ).astype({"first": "datetime64[s]", "last": "datetime64[s]"}),
    "values_month": month_rows(
        "killed",
        {
            ("52001", "2022-01-01"): 1, ("52001", "2023-01-01"): 2, ("52001", "2023-12-01"): 3,
            ("52678", "2023-06-01"): 4, ("27493", "2023-06-01"): 1, ("52001", "2024-12-01"): 5,
        },
    ),
    "values_year": pd.DataFrame(
        [("listed", "52001", 2022, 7.0), ("listed", "52678", 2024, 2.0), ("poverty_x", "52001", 2023, 40.0)],
        columns=["indicator_id", "divipola", "year", "value"],
    ),
    "values_period": pd.DataFrame(
        [
            ("latest", "52001", "2023-09-01", "2024-08-31", 9.0),
            ("confinement", "52001", "2023-01-01", "2023-12-31", 50.0),
            ("confinement", "52678", "2024-01-01", "2024-05-31", 60.0),
        ],
        columns=["indicator_id", "divipola", "from", "to", "value"],
    ).astype({"from": "datetime64[s]", "to": "datetime64[s]"}),
    "values_unplaced": pd.DataFrame(
        [("killed", "52", "2023-03-01", 10.0), ("killed", None, "2023-03-01", 100.0)],
        columns=["indicator_id", "department_code", "month", "value"],
    ).astype({"month": "datetime64[s]", "department_code": "str"}),
    "no_record": pd.DataFrame({"indicator_id": ["killed"], "divipola": ["19001"]}),
}  # fmt: skip


@pytest.fixture
def synthetic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indicators, "table", SYNTHETIC.__getitem__)
    monkeypatch.setattr(regions, "table", SYNTHETIC.__getitem__)


def at(indicator_id: str, on: date, code: str, level: regions.Kind = "municipality") -> dict:
    return indicators.trailing(indicator_id, on, level=level, codes=[code]).iloc[0].to_dict()


@pytest.mark.usefixtures("synthetic")
class TestAtADate:
    def test_the_trailing_twelve_months_end_with_the_last_complete_month(self) -> None:
        assert at("killed", date(2023, 12, 31), "52001")["value"] == 5
        figure = at("killed", date(2024, 1, 30), "52001")
        assert (figure["from"], figure["to"]) == (pd.Timestamp("2023-01-01"), pd.Timestamp("2023-12-31"))

    def test_zero_and_no_record_are_told_apart(self) -> None:
        zero = at("killed", date(2024, 11, 30), "52678")
        assert (zero["value"], zero["status"], zero["rate_per_100k"]) == (0, "zero", 0)
        absent = at("killed", date(2024, 11, 30), "19001")
        assert (absent["status"], absent["reason"]) == ("no_record", "no_record")
        assert np.isnan(absent["value"])
        assert np.isnan(absent["rate_per_100k"])

    @pytest.mark.parametrize(
        ("on", "reason"),
        [
            (date(2021, 6, 30), "before_coverage"),
            (date(2022, 6, 30), "partial_coverage"),
            (date(2023, 5, 31), "gap"),
            (date(2024, 12, 31), "partial_coverage"),
            (date(2026, 6, 30), "after_coverage"),
        ],
    )
    def test_beyond_the_coverage_there_is_no_record(self, on: date, reason: str) -> None:
        figure = at("killed", on, "52001")
        assert (figure["status"], figure["reason"]) == ("no_record", reason)
        assert np.isnan(figure["value"])

    def test_rates_use_the_mean_population_of_the_months(self) -> None:
        figure = at("killed", date(2024, 6, 30), "52001")
        assert figure["population"] == 1500
        assert figure["rate_per_100k"] == pytest.approx(3 / 1500 * 100_000)

    def test_without_a_population_the_rate_is_null_with_its_reason(self) -> None:
        figure = at("killed", date(2023, 12, 31), "27493")
        assert (figure["value"], figure["status"], figure["reason"]) == (1, "reported", "no_population")
        assert np.isnan(figure["rate_per_100k"])

    def test_a_yearly_figure_stands_for_its_year_only(self) -> None:
        assert at("listed", date(2022, 3, 1), "52001")["value"] == 7
        assert at("listed", date(2022, 3, 1), "52001")["reason"] == "incomplete"
        assert at("listed", date(2023, 3, 1), "52001")["status"] == "zero"
        assert at("listed", date(2024, 3, 1), "52678")["reason"] == "partial_coverage"
        assert at("listed", date(2025, 3, 1), "52678")["reason"] == "after_coverage"

    def test_a_period_stands_for_its_own_days_only(self) -> None:
        assert at("latest", date(2023, 8, 31), "52001")["reason"] == "before_coverage"
        assert at("latest", date(2023, 9, 1), "52001")["value"] == 9
        assert at("latest", date(2024, 8, 31), "52678")["status"] == "zero"
        assert at("latest", date(2024, 9, 1), "52001")["reason"] == "after_coverage"
        assert at("confinement", date(2023, 7, 1), "52001")["value"] == 50
        assert at("confinement", date(2024, 2, 1), "52001")["reason"] == "no_record"

    def test_the_census_stands_for_every_later_day(self) -> None:
        assert at("poverty_x", date(2022, 7, 1), "52001")["reason"] == "before_coverage"
        assert at("poverty_x", date(2026, 7, 1), "52001")["value"] == 40
        assert at("poverty_x", date(2026, 7, 1), "52678")["status"] == "no_record"


@pytest.mark.usefixtures("synthetic")
class TestRegions:
    def test_a_department_adds_what_is_placed_in_it_alone(self) -> None:
        figure = at("killed", date(2023, 12, 31), "52", "department")
        assert (figure["value"], figure["population"]) == (2 + 3 + 4 + 10, 1500)

    def test_the_nation_adds_what_is_placed_nowhere(self) -> None:
        figure = at("killed", date(2023, 12, 31), "CO", "nation")
        assert figure["value"] == 2 + 3 + 4 + 1 + 10 + 100
        assert figure["units_no_record"] == 1

    def test_a_region_of_units_without_record_has_none(self) -> None:
        assert at("killed", date(2023, 12, 31), "19", "department")["status"] == "no_record"
        assert at("killed", date(2023, 12, 31), "ALTO PATÍA", "pdet")["status"] == "no_record"

    def test_people_without_a_record_do_not_thin_the_rate(self) -> None:
        figure = at("killed", date(2023, 12, 31), "CO", "nation")
        assert figure["population"] == 1000 + 500

    def test_shares_and_overlapping_counts_are_never_summed(self) -> None:
        for indicator_id, on in (("poverty_x", date(2023, 7, 1)), ("confinement", date(2023, 7, 1))):
            figure = at(indicator_id, on, "52", "department")
            assert (figure["status"], figure["reason"]) == ("no_record", "not_additive")

    def test_a_subregion(self) -> None:
        assert at("killed", date(2023, 12, 31), "Abades", "subregion")["value"] == 4


@pytest.mark.usefixtures("synthetic")
class TestPeriods:
    def test_a_series_has_every_month(self) -> None:
        rows = indicators.series("killed", "municipality", ["52001"])
        assert len(rows) == 36
        assert rows["status"].value_counts().to_dict() == {"zero": 30, "reported": 4, "no_record": 2}
        assert rows.loc[rows["reason"] == "gap", "from"].dt.month.tolist() == [7, 8]

    def test_a_month_that_is_covered_in_part_keeps_its_floor(self) -> None:
        last = indicators.series("killed", "municipality", ["52001", "52678"], date(2024, 12, 1), date(2024, 12, 31))
        assert last["value"].tolist()[0] == 5
        assert last["status"].tolist() == ["reported", "no_record"]
        assert last["reason"].tolist() == ["partial_coverage", "partial_coverage"]

    def test_a_series_beyond_the_coverage_is_no_record(self) -> None:
        rows = indicators.series("killed", "nation", first=date(2025, 1, 1), last=date(2025, 3, 31))
        assert rows["status"].tolist() == ["no_record"] * 3
        assert rows["value"].isna().all()

    def test_a_total_counts_the_whole_months_inside(self) -> None:
        (figure,) = indicators.total("killed", date(2022, 12, 15), date(2023, 7, 15), codes=["52001"]).to_dict(
            "records"
        )
        assert (figure["value"], figure["from"], figure["to"]) == (
            2, pd.Timestamp("2023-01-01"), pd.Timestamp("2023-06-30"),
        )  # fmt: skip
        with pytest.raises(ValueError, match="no whole month"):
            indicators.total("killed", date(2023, 1, 2), date(2023, 2, 27))

    def test_a_total_over_a_gap_is_no_record(self) -> None:
        assert indicators.total("killed", date(2022, 1, 1), date(2022, 12, 31))["reason"].eq("gap").all()

    def test_what_does_not_exist_is_named(self) -> None:
        with pytest.raises(KeyError, match="there is no indicator 'crime'"):
            indicators.trailing("crime", date(2023, 1, 1))
        with pytest.raises(KeyError, match="99999"):
            indicators.trailing("killed", date(2023, 1, 1), codes=["99999"])
        with pytest.raises(ValueError, match="kind of region"):
            indicators.trailing("killed", date(2023, 1, 1), level="planet")  # pyright: ignore[reportArgumentType]


# The embedded tables.

PLACES = st.sampled_from(["homicides", "leaders_killed", "massacre_victims_indepaz", "ucdp_deaths_one_sided"])
LEVELS = st.sampled_from(regions.KINDS)


def test_homicides_of_the_nation_in_2012() -> None:
    figure = at("homicides", date(2012, 12, 31), "CO", "nation")
    assert (figure["value"], figure["status"], figure["units_no_record"]) == (16_033, "reported", 18)
    year = indicators.total("homicides", date(2012, 1, 1), date(2012, 12, 31), "nation")
    assert year["value"].tolist() == [16_033]


def test_homicides_of_narino_in_2018() -> None:
    assert at("homicides", date(2018, 12, 31), "52", "department")["value"] == 643
    months = indicators.series("homicides", "department", ["52"], date(2018, 1, 1), date(2018, 12, 31))
    assert months["value"].sum() == 643


def test_eighteen_units_have_no_record_of_homicides_and_the_others_have() -> None:
    found = indicators.trailing("homicides", date(2024, 12, 31))
    absent = found[found["status"] == "no_record"]
    assert len(found) == 1122
    assert set(absent["code"]) == set(indicators._without_record("homicides"))
    assert len(absent) == 18
    assert set(absent["reason"]) == {"no_record"}


def test_homicides_end_with_2024() -> None:
    assert at("homicides", date(2025, 1, 30), "52001")["status"] == "reported"
    assert at("homicides", date(2025, 1, 31), "52001")["reason"] == "partial_coverage"
    assert at("homicides", date(2026, 1, 31), "52001")["reason"] == "after_coverage"


def test_the_latest_twelve_months_stand_for_their_period_only() -> None:
    assert at("homicides_12m", date(2026, 7, 8), "52001")["status"] == "reported"
    assert at("homicides_12m", date(2025, 8, 31), "52001")["reason"] == "before_coverage"
    assert at("homicides_12m", date(2026, 9, 1), "52001")["reason"] == "after_coverage"


@pytest.mark.parametrize("on", [date(2019, 1, 31), date(2021, 6, 30), date(2022, 12, 31), date(2023, 11, 30)])
def test_ucdp_holds_no_2019_to_2022(on: date) -> None:
    figures = indicators.trailing("ucdp_state_based", on, level="nation")
    assert figures["reason"].tolist() == ["gap"]


@settings(deadline=None, max_examples=25)
@given(PLACES, LEVELS, st.dates(date(2012, 1, 1), date(2026, 12, 31)))
def test_rate_times_population_is_the_value(indicator_id: str, level: regions.Kind, on: date) -> None:
    found = indicators.trailing(indicator_id, on, level=level)
    rated = found[found["rate_per_100k"].notna()]
    np.testing.assert_allclose(rated["rate_per_100k"] * rated["population"] / 100_000, rated["value"])
    assert set(found["status"]) <= set(indicators.STATUSES)
    assert set(found["reason"]) <= set(indicators.REASONS)
    assert found["value"].isna().equals(found["status"] == "no_record")
    assert not np.isinf(found["rate_per_100k"]).any()


@settings(deadline=None, max_examples=10)
@given(st.dates(date(2004, 1, 31), date(2024, 12, 31)))
def test_departments_add_up_to_the_nation(on: date) -> None:
    departments = indicators.trailing("homicides", on, level="department")
    (nation,) = indicators.trailing("homicides", on, level="nation").to_dict("records")
    assert departments["value"].sum() == nation["value"]
    assert departments["population"].sum() == pytest.approx(nation["population"])


@settings(deadline=None, max_examples=10)
@given(PLACES, st.dates(date(2016, 1, 1), date(2026, 12, 31)))
def test_the_trailing_figure_is_the_sum_of_its_months(indicator_id: str, on: date) -> None:
    figures = indicators.trailing(indicator_id, on)
    first, last = figures["from"].iloc[0].date(), figures["to"].iloc[0].date()
    months = indicators.series(indicator_id, first=first, last=last)
    sums = months.groupby("code")["value"].sum()
    counted = figures[figures["value"].notna()].set_index("code")["value"]
    np.testing.assert_allclose(counted, sums.reindex(counted.index))


def test_tables_are_not_changed() -> None:
    before = table("values_month").copy()
    indicators.trailing("homicides", date(2020, 12, 31))
    pd.testing.assert_frame_equal(table("values_month"), before)
