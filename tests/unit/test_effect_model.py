"""The count model: against statsmodels, hand-worked cases, properties, and simulations with a known answer.

All counts here are synthetic.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.effect import measure, model
from geo.effect.measure import Sample
from geo.effect.model import Counts, InestimableError
from geo.effect.results import PreTrends, Ratio
from tests.bench.effect_coverage import CONTRACT, COVERAGE_BOUNDS, FALSE_ALARM_BOUND, Scenario, simulate

RUNS = 400
SMALL = Scenario("small", 0.7, 0.5, municipalities=10, treated=4, before=12, during=8, level=4.0)


def steady(sample: Sample) -> Sample:
    """The same counts with populations that do not change."""
    counts = sample.counts
    people = np.repeat(counts.exposure[:, :1], counts.exposure.shape[1], axis=1)
    return Sample(Counts(counts.values, people, counts.treated), sample.months, sample.phases)


def by_statsmodels(counts: Counts, design: np.ndarray) -> np.ndarray:
    """The same model with a dummy for every municipality and month."""
    units, months = counts.values.shape
    unit, month = np.repeat(np.arange(units), months), np.tile(np.arange(months), units)
    treated = np.repeat(counts.treated.astype(float), months)
    columns = [
        np.eye(units)[unit],
        np.eye(months)[month][:, 1:],
        treated[:, None] * np.tile(design, (units, 1)),
    ]
    fitted = sm.GLM(
        counts.values.ravel(),
        np.column_stack(columns),
        family=sm.families.Poisson(),
        offset=np.log(counts.exposure.ravel()),
    ).fit(tol=1e-13, maxiter=200)
    return np.asarray(fitted.params)[-design.shape[1] :]


def marks(sample: Sample) -> np.ndarray:
    return (sample.phases == "during").astype(float)[:, None]


def drift(sample: Sample) -> np.ndarray:
    return np.column_stack([marks(sample), np.linspace(-1, 1, len(sample.months))])


@pytest.mark.parametrize("seed", range(4))
def test_estimates_are_those_of_statsmodels(seed: int) -> None:
    sample = simulate(SMALL, seed)
    for design in (marks(sample), drift(sample)):
        assert model.fit(sample.counts, design).estimate == pytest.approx(
            by_statsmodels(sample.counts, design), abs=1e-6
        )


def leave_out_refits(sample: Sample) -> float:
    """Jackknife variance from refitting statsmodels without each municipality."""
    counts, whole = sample.counts, by_statsmodels(sample.counts, marks(sample))[0]
    variance = 0.0
    for group in (counts.treated, ~counts.treated):
        size = group.sum()
        for unit in np.flatnonzero(group):
            kept = np.arange(len(group)) != unit
            rest = Counts(counts.values[kept], counts.exposure[kept], counts.treated[kept])
            variance += (size - 1) / size * (by_statsmodels(rest, marks(sample))[0] - whole) ** 2
    return variance


def test_variance_is_that_of_refitting_without_each_municipality() -> None:
    sample = steady(simulate(SMALL, 7))
    ours = model.fit(sample.counts, marks(sample)).covariance[0, 0]
    assert ours == pytest.approx(leave_out_refits(sample), abs=1e-6)


def test_holding_the_other_effects_barely_matters_where_populations_grow() -> None:
    sample = simulate(SMALL, 7)
    ours = model.fit(sample.counts, marks(sample)).covariance[0, 0]
    assert ours == pytest.approx(leave_out_refits(sample), rel=1e-3)


def test_saturated_path_is_that_of_statsmodels() -> None:
    sample = simulate(Scenario("busy", 0.7, 0.2, municipalities=10, treated=4, before=6, during=4, level=20.0), 3)
    months = len(sample.months)
    free = by_statsmodels(sample.counts, np.eye(months)[:, 1:])
    path = model.path(sample.counts, sample.where("before"), np.arange(months))
    ours = path.log_ratio - path.log_ratio[0]
    assert ours[1:] == pytest.approx(free, abs=1e-6)
    before = sample.where("before")
    assert path.expected[before].sum() == pytest.approx(path.observed[before].sum())


def test_with_steady_populations_the_estimate_is_the_ratio_of_ratios() -> None:
    values = np.array([[8, 12, 4, 4], [4, 6, 4, 3], [10, 10, 10, 10], [5, 5, 5, 5]], dtype=float)
    counts = Counts(values, np.full((4, 4), 1000.0), np.array([True, True, False, False]))
    fitted = model.fit(counts, np.array([[0.0], [0.0], [1.0], [1.0]]))
    # Treated fall from 30 to 15, the comparison stays at 30.
    assert np.exp(fitted.estimate[0]) == pytest.approx(0.5)
    # Without the first 10 fall to 7, without the second 20 to 8; the comparison never moves.
    assert fitted.covariance[0, 0] == pytest.approx((np.log(0.7 / 0.5) ** 2 + np.log(0.4 / 0.5) ** 2) / 2)


def test_difference_in_rates_worked_by_hand() -> None:
    values = np.array([[10, 4], [20, 8], [10, 12], [10, 8]], dtype=float)
    counts = Counts(values, np.full((4, 2), 100.0), np.array([True, True, False, False]))
    found = model.difference(counts, np.array([True, False]), np.array([False, True]))
    # Treated: 30/200 to 12/200 = -0.09; comparison: 20/200 to 20/200 = 0.
    assert found.estimate == pytest.approx(-0.09)
    # Leaving out: treated -0.12 or -0.06, comparison -0.02 or 0.02 against 0; each squared, halved and summed.
    variance = (0.03**2 + 0.03**2) / 2 + (0.02**2 + 0.02**2) / 2
    # Two municipalities of equal size are worth one degree of freedom in each group: Welch-Satterthwaite.
    freedom = (0.0009 + 0.0004) ** 2 / (0.0009**2 + 0.0004**2)
    half = model.half_width(variance, freedom)
    assert (found.low, found.high) == pytest.approx((-0.09 - half, -0.09 + half))


@pytest.mark.parametrize("weights", [[1, 1, 1, 1], [5.0, 5.0, 5.0, 5.0]])
def test_equal_municipalities_count_fully(weights: list[float]) -> None:
    assert model.effective_number(np.array(weights)) == pytest.approx(4)


def test_one_dominant_municipality_leaves_two() -> None:
    assert model.effective_number(np.array([1000.0, 1, 1, 1])) == 2.0


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ([[3, 0], [2, 0], [4, 4], [4, 4]], "nothing during"),
        ([[3, 2], [2, 0], [4, 4], [4, 4]], "one municipality holds all of it"),
        ([[3, 2], [0, 0], [4, 4], [4, 4]], "one municipality with events"),
        ([[0, 0], [0, 0], [0, 0], [0, 0]], "no events"),
        ([[4, 2], [4, 2], [4, 4], [4, 4]], "all move alike"),
    ],
)
def test_what_the_counts_cannot_tell_is_refused(values: list[list[int]], what: str) -> None:
    counts = Counts(np.array(values, dtype=float), np.full((4, 2), 10.0), np.array([True, True, False, False]))
    with pytest.raises(InestimableError):
        model.fit(counts, np.array([[0.0], [1.0]]))


def test_a_joint_test_of_more_than_the_municipalities_can_judge_is_refused() -> None:
    sample = simulate(Scenario("tiny", municipalities=4, treated=2, before=24, during=6, level=5.0), 1)
    blocks = (np.arange(30)[:, None] // 5 == np.arange(1, 6)).astype(float)
    with pytest.raises(InestimableError, match="joint"):
        model.fit(sample.counts, blocks).joint_p_value()


def test_a_trend_that_one_month_cannot_show_is_refused() -> None:
    values = np.array([[3, 0, 0, 2], [2, 0, 0, 2], [4, 0, 0, 4], [4, 0, 0, 4.0]])
    counts = Counts(values, np.full((4, 4), 10.0), np.array([True, True, False, False]))
    with pytest.raises(InestimableError, match="apart"):
        model.fit(counts, np.column_stack([[0, 0, 0, 1.0], np.arange(4.0)]))


def test_months_without_events_are_gaps_in_the_path() -> None:
    values = np.array([[2, 2, 0, 3], [2, 2, 0, 1], [2, 2, 0, 2], [2, 2, 3, 2.0]])
    counts = Counts(values, np.full((4, 4), 10.0), np.array([True, True, False, False]))
    path = model.path(counts, np.array([True, True, False, False]), np.arange(4))
    assert np.isnan(path.log_ratio[2])
    assert path.observed[2] == 0
    assert np.isnan(path.half[2])
    assert np.isfinite(path.half[3])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.floats(0.01, 100))
def test_units_of_population_and_order_do_not_matter(seed: int, scale: float) -> None:
    sample = simulate(SMALL, seed)
    counts = sample.counts
    order = np.random.default_rng(seed).permutation(len(counts.treated))
    changed = Counts(counts.values[order], counts.exposure[order] * scale, counts.treated[order])
    first, second = model.fit(counts, marks(sample)), model.fit(changed, marks(sample))
    assert second.estimate == pytest.approx(first.estimate, abs=1e-8)
    assert second.covariance == pytest.approx(first.covariance, rel=1e-6)
    assert second.freedom == pytest.approx(first.freedom, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_exchanging_the_groups_inverts_the_ratio(seed: int) -> None:
    sample = simulate(SMALL, seed)
    swapped = Counts(sample.counts.values, sample.counts.exposure, ~sample.counts.treated)
    first, second = model.fit(sample.counts, marks(sample)), model.fit(swapped, marks(sample))
    assert second.estimate == pytest.approx(-first.estimate, abs=1e-8)
    assert second.covariance == pytest.approx(first.covariance, rel=1e-6)


@pytest.mark.parametrize("scenario", CONTRACT, ids=lambda scenario: scenario.name)
def test_intervals_cover_the_truth_and_no_effect_is_rarely_seen(scenario: Scenario) -> None:
    ratios, verdicts = [], []
    for seed in range(RUNS):
        sample = simulate(scenario, seed)
        found = measure.ratio(sample, "during")
        ratios.append(found.low <= scenario.ratio <= found.high)
        verdicts.append(measure.verdict(measure.too_few(sample), measure.pretrends(sample), found))
    assert len(ratios) == RUNS
    assert COVERAGE_BOUNDS[0] <= np.mean(ratios) <= COVERAGE_BOUNDS[1]
    changed = np.mean([verdict in ("lower", "higher") for verdict in verdicts])
    if scenario.ratio == 1.0:
        assert changed <= FALSE_ALARM_BOUND
    else:
        assert changed >= 0.6
        assert "higher" not in verdicts
    assert np.mean([verdict == "pretrends_differ" for verdict in verdicts]) <= FALSE_ALARM_BOUND


@pytest.mark.parametrize("scenario", CONTRACT[::2], ids=lambda scenario: scenario.name)
def test_placebo_dates_are_rarely_flagged(scenario: Scenario) -> None:
    flags = [placebo.flagged for seed in range(RUNS) for placebo in measure.placebos(simulate(scenario, seed))]
    assert len(flags) == RUNS * (scenario.before - 2 * measure.MIN_SIDE + 1)
    assert np.mean(flags) <= FALSE_ALARM_BOUND


@pytest.mark.parametrize("kind", ["equal_weights", "trend"])
def test_the_other_models_cover_too(kind: str) -> None:
    scenario = CONTRACT[3]
    held = []
    for seed in range(RUNS):
        found = measure.ratio(simulate(scenario, seed), "during", kind)  # pyright: ignore[reportArgumentType]
        held.append(found.low <= scenario.ratio <= found.high)
    assert COVERAGE_BOUNDS[0] <= np.mean(held) <= COVERAGE_BOUNDS[1]


def test_differences_in_rates_cover_too() -> None:
    # Without a change in any group the true difference is zero.
    held = []
    for seed in range(RUNS):
        found = measure.difference(simulate(CONTRACT[2], seed))
        held.append(found.low <= 0 <= found.high)
    assert COVERAGE_BOUNDS[0] <= np.mean(held) <= COVERAGE_BOUNDS[1]


def test_months_that_resemble_each_other_do_not_narrow_the_interval() -> None:
    scenario = Scenario("persistent", 0.7, 0.5, persistence=0.8)
    held = []
    for seed in range(RUNS):
        found = measure.ratio(simulate(scenario, seed), "during")
        held.append(found.low <= scenario.ratio <= found.high)
    assert COVERAGE_BOUNDS[0] <= np.mean(held) <= COVERAGE_BOUNDS[1]


def test_diverging_trends_are_seen() -> None:
    seen = flagged = 0
    for seed in range(50):
        sample = simulate(Scenario("diverging", divergence=-0.3), seed)
        seen += measure.pretrends(sample).differ
        flagged += measure.flagged_share(measure.placebos(sample)) > measure.PLACEBO_SHARE
    assert seen >= 45
    assert flagged >= 45


def ratio_of(low: float, high: float) -> Ratio:
    return Ratio((low * high) ** 0.5, low, high, 0.01, 20.0)


ALIKE, APART = PreTrends(0.5, 4, 6, None, False), PreTrends(0.001, 4, 6, None, True)


@pytest.mark.parametrize(
    ("few", "trends", "during", "expected"),
    [
        (True, ALIKE, ratio_of(0.5, 0.8), "too_few"),
        (False, ALIKE, None, "too_few"),
        (False, APART, ratio_of(0.5, 0.8), "pretrends_differ"),
        (False, ALIKE, ratio_of(0.5, 0.8), "lower"),
        (False, ALIKE, ratio_of(1.1, 1.8), "higher"),
        (False, ALIKE, ratio_of(0.9, 1.2), "no_change_distinguishable"),
    ],
)
def test_verdicts(few: bool, trends: PreTrends, during: Ratio | None, expected: str) -> None:
    assert measure.verdict(few, trends, during) == expected


def sample_of(values: list[list[float]], before: int) -> Sample:
    """Ten municipalities, the first five treated; each row is repeated five times."""
    rows = np.repeat(np.array(values, dtype=float), 5, axis=0)
    months = pd.date_range("2020-01-01", periods=rows.shape[1], freq="MS")
    phases = np.where(np.arange(rows.shape[1]) < before, "before", "during")
    return Sample(Counts(rows, np.full(rows.shape, 1000.0), np.arange(10) < 5), months, phases)


@pytest.mark.parametrize(
    ("treated", "comparison", "few"),
    [
        ([2, 2], [2, 2], False),
        ([1, 2], [2, 2], True),  # five before, five expected
        ([2, 2], [1, 2], True),  # five before in the comparison
        ([2, 0], [2, 2], True),  # none observed
        ([2, 2], [4, 2], True),  # ten before, but only five expected
    ],
)
def test_floors(treated: list[float], comparison: list[float], few: bool) -> None:
    assert measure.too_few(sample_of([treated, comparison], 1)) is few


def test_the_floors_that_are_not_reached_are_named_alone() -> None:
    [short] = measure.shortfalls(sample_of([[2, 2], [4, 2]], 1))
    assert (short.kind, short.group, short.phase, short.found, short.needed) == ("expected", "treated", "during", 5, 10)
    short = measure.shortfalls(sample_of([[2, 2], [1, 2]], 1))
    assert [(one.kind, one.group, one.phase, one.found) for one in short] == [("events", "comparison", "before", 5)]
    nothing = measure.shortfalls(sample_of([[2, 2], [0, 0]], 1))
    assert [(one.kind, one.group, one.phase, one.found) for one in nothing] == [
        ("events", "comparison", "before", 0),
        ("events", "comparison", "during", 0),
        ("municipalities", "comparison", "during", 0),
    ]
    assert measure.shortfalls(sample_of([[2, 2], [2, 2]], 1)) == ()


def test_totals_and_expected() -> None:
    sample = sample_of([[4, 4, 2, 2], [4, 4, 4, 4]], 2)
    rows = measure.totals(sample)
    before = next(row for row in rows if (row.group, row.phase) == ("treated", "before"))
    assert (before.municipalities, before.with_events, before.months, before.events) == (5, 5, 2, 40)
    # 40 events in 5 municipalities of 1,000 people over two months: 40 / (10,000 / 12) per year.
    assert before.rate == pytest.approx(40 / (10_000 / 12) * 100_000)
    path = measure.event_study(sample, sample.months[2])
    during = next(row for row in measure.with_expected(rows, path) if (row.group, row.phase) == ("treated", "during"))
    assert during.expected == pytest.approx(40)
    assert [point.relative_month for point in path] == [-2, -1, 0, 1]
    assert [point.ratio for point in path] == pytest.approx([1, 1, 0.5, 0.5])


def test_steps_are_counted_away_from_the_start_and_never_mix_phases() -> None:
    sample = sample_of([[2] * 9, [2] * 9], 5)
    path = measure.event_study(sample, sample.months[5], step=3)
    assert [(point.relative_month, point.months, point.phase) for point in path] == [
        (-5, 2, "before"),
        (-3, 3, "before"),
        (0, 3, "during"),
        (3, 1, "during"),
    ]
