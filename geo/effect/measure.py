"""From counts of two groups and the phase of each month to the numbers of an answer. Pure arrays and dataclasses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pandas as pd

from geo.effect import model
from geo.effect.model import Counts, Fit, InestimableError
from geo.effect.results import (
    GROUPS,
    PHASES,
    Group,
    Model,
    MonthEffect,
    Phase,
    Placebo,
    PreTrends,
    RateDifference,
    Ratio,
    Shortfall,
    Total,
    Verdict,
)

PER = 100_000
MONTHS_PER_YEAR = 12

# Floors below which no verdict is given. They are published on the method page.
MIN_EVENTS = 10
MIN_OBSERVED = 3
MIN_MUNICIPALITIES = 5
FLOORS: tuple[tuple[Group, Phase, int], ...] = (
    ("treated", "before", MIN_EVENTS),
    ("comparison", "before", MIN_EVENTS),
    ("comparison", "during", MIN_EVENTS),
    ("treated", "during", MIN_OBSERVED),
)

SIGNIFICANCE = 0.05
BLOCK_MONTHS = 6
MAX_BLOCKS = 4
MIN_SIDE = 6
FEW_FREEDOM = 6.0
# One placebo in twenty is flagged by chance; neighbouring dates share most of their months.
PLACEBO_SHARE = 0.2


@dataclass(frozen=True)
class Sample:
    """Counts of the chosen municipalities in the months of a window.

    Attributes
    ----------
    counts
        Both groups.
    months
        First days, increasing.
    phases
        Phase of each month.
    """

    counts: Counts
    months: pd.DatetimeIndex
    phases: np.ndarray

    def where(self, *phases: Phase) -> np.ndarray:
        """Which months are of these phases: bool."""
        return np.isin(self.phases, phases)


def totals(sample: Sample) -> tuple[Total, ...]:
    """Totals of both groups in each phase that the window has."""
    rows = []
    for phase in PHASES:
        chosen = sample.where(phase)
        if not chosen.any():
            continue
        for name in GROUPS:
            group = sample.counts.treated if name == "treated" else ~sample.counts.treated
            counted = sample.counts.values[group][:, chosen]
            years = float(sample.counts.exposure[group][:, chosen].sum()) / MONTHS_PER_YEAR
            events = float(counted.sum())
            rows.append(
                Total(
                    group=name,
                    phase=phase,
                    municipalities=int(group.sum()),
                    with_events=int((counted.sum(axis=1) > 0).sum()),
                    months=int(chosen.sum()),
                    events=events,
                    person_years=years,
                    rate=events / years * PER,
                )
            )
    return tuple(rows)


def with_expected(rows: tuple[Total, ...], path: tuple[MonthEffect, ...]) -> tuple[Total, ...]:
    """Totals with what the event study expects of the treated group during and after."""
    expected = {phase: sum(point.expected for point in path if point.phase == phase) for phase in PHASES[1:]}
    return tuple(
        replace(row, expected=expected[row.phase]) if path and row.group == "treated" and row.phase in expected else row
        for row in rows
    )


def ratio(sample: Sample, phase: Phase, kind: Model = "poisson") -> Ratio:
    """Rate ratio of a phase against before.

    Raises
    ------
    InestimableError
        The counts do not determine it.
    """
    chosen = sample.where("before", phase)
    counts = sample.counts.months(chosen)
    marks = (sample.phases[chosen] == phase).astype(float)[:, None]
    if kind == "equal_weights":
        counts = counts.as_rates()
    if kind == "trend":
        marks = np.column_stack([marks, _years(sample.months[chosen])])
    return _as_ratio(model.fit(counts, marks))


def difference(sample: Sample) -> RateDifference:
    """Difference-in-differences of rates, during against before.

    Raises
    ------
    InestimableError
        The counts do not determine it.
    """
    found = model.difference(sample.counts, sample.where("before"), sample.where("during"))
    scale = PER * MONTHS_PER_YEAR
    return RateDifference(found.estimate * scale, found.low * scale, found.high * scale, found.p_value)


def event_study(sample: Sample, first_during: pd.Timestamp, step: int = 1) -> tuple[MonthEffect, ...]:
    """Observed against expected, step by step.

    Steps never mix phases: before the start they are counted backwards from it, in the other phases forwards.

    Raises
    ------
    InestimableError
        A group has no events before.
    """
    steps = _steps(sample.phases, step)
    path = model.path(sample.counts, sample.where("before"), steps)
    relative = (sample.months.year - first_during.year) * MONTHS_PER_YEAR + sample.months.month - first_during.month
    rows = []
    for position in range(int(steps.max()) + 1):
        inside = np.flatnonzero(steps == position)
        head = int(inside[0])
        known, half = path.expected[position] > 0, path.half[position]
        judged = known and np.isfinite(half)
        value = path.log_ratio[position]
        rows.append(
            MonthEffect(
                relative_month=int(relative[head]),
                month=cast("pd.Timestamp", sample.months[head]),
                months=len(inside),
                phase=cast("Phase", str(sample.phases[head])),
                observed=float(path.observed[position]),
                comparison=float(path.comparison[position]),
                expected=float(path.expected[position]),
                ratio=float(path.observed[position] / path.expected[position]) if known else None,
                low=float(np.exp(value - half)) if judged else None,
                high=float(np.exp(value + half)) if judged else None,
            )
        )
    return tuple(rows)


def pretrends(sample: Sample) -> PreTrends:
    """Test that treated and comparison moved alike before: blocks of about six months, and a steady trend."""
    before = sample.where("before")
    counts, months = sample.counts.months(before), sample.months[before]
    trend = _maybe_trend(counts, months)
    p_value, blocks = _joint(counts, len(months))
    tests = [value for value in (p_value, None if trend is None else trend.p_value) if value is not None]
    differ = bool(tests) and min(tests) * len(tests) < SIGNIFICANCE
    return PreTrends(p_value, blocks, len(months) // blocks if blocks else 0, trend, differ)


def _joint(counts: Counts, months: int) -> tuple[float | None, int]:
    """p-value of no difference between blocks of months, and their number: as many blocks as the counts bear."""
    for blocks in range(min(MAX_BLOCKS, months // BLOCK_MONTHS), 1, -1):
        which = np.arange(months) * blocks // months
        try:
            return model.fit(counts, (which[:, None] == np.arange(1, blocks)).astype(float)).joint_p_value(), blocks
        except InestimableError:
            continue
    return None, 0


def placebos(sample: Sample) -> tuple[Placebo, ...]:
    """The main estimate for each start that leaves six months on both sides within the months before.

    A placebo lasts as long as the ceasefire, or to the end of the months before. Starts that cannot be estimated are
    left out.
    """
    before = sample.where("before")
    counts, months = sample.counts.months(before), sample.months[before]
    lasts = int(sample.where("during").sum())
    found = []
    for start in range(MIN_SIDE, len(months) - MIN_SIDE + 1):
        stop = min(start + max(lasts, MIN_SIDE), len(months))
        marks = (np.arange(stop) >= start).astype(float)[:, None]
        try:
            value = _as_ratio(model.fit(counts.months(np.arange(stop)), marks))
        except InestimableError:
            continue
        found.append(Placebo(cast("pd.Timestamp", months[start]), stop - start, value, value.excludes_one))
    return tuple(found)


def shortfalls(sample: Sample, rows: Sequence[Total] | None = None) -> tuple[Shortfall, ...]:
    """Return the published floors that the counts do not reach.

    Ten events before in each group and in the comparison during, ten expected in the treated during and three observed
    there, and five municipalities with events in each group.
    """
    cells: dict[tuple[Group, Phase], Total] = {
        (row.group, row.phase): row for row in (totals(sample) if rows is None else rows)
    }
    found = [
        Shortfall("events", group, phase, cells[group, phase].events, needed)
        for group, phase, needed in FLOORS
        if cells[group, phase].events < needed
    ]
    expected = _expected(cells)
    if expected is not None and expected < MIN_EVENTS:
        found.append(Shortfall("expected", "treated", "during", expected, MIN_EVENTS))
    counted = sample.counts.values[:, sample.where("before", "during")].sum(axis=1) > 0
    for group in GROUPS:
        places = int((counted & (sample.counts.treated == (group == "treated"))).sum())
        if places < MIN_MUNICIPALITIES:
            found.append(Shortfall("municipalities", group, "during", places, MIN_MUNICIPALITIES))
    return tuple(found)


def _expected(cells: Mapping[tuple[Group, Phase], Total]) -> float | None:
    """Events of the treated during, had their rate moved as the comparison's; null where that counted none before."""
    before, compared = cells["treated", "before"], cells["comparison", "before"]
    treated, comparison = cells["treated", "during"], cells["comparison", "during"]
    if not compared.rate:
        return None
    return before.rate * comparison.rate / compared.rate * treated.person_years / PER


def too_few(sample: Sample, rows: Sequence[Total] | None = None) -> bool:
    """Whether the counts lie below a published floor."""
    return bool(shortfalls(sample, rows))


def verdict(few: bool, trends: PreTrends, during: Ratio | None) -> Verdict:
    """Which of the five answers the numbers give."""
    if few or during is None:
        return "too_few"
    if trends.differ:
        return "pretrends_differ"
    if not during.excludes_one:
        return "no_change_distinguishable"
    return "lower" if during.high < 1 else "higher"


def flagged_share(found: Sequence[Placebo]) -> float:
    """Share of placebo starts that look like an effect; 0 without placebos."""
    return sum(placebo.flagged for placebo in found) / len(found) if found else 0.0


def _maybe_trend(counts: Counts, months: pd.DatetimeIndex) -> Ratio | None:
    try:
        return _as_ratio(model.fit(counts, _years(months)[:, None]))
    except InestimableError:
        return None


def _as_ratio(fitted: Fit) -> Ratio:
    low, high = fitted.interval()
    return Ratio(
        float(np.exp(fitted.estimate[0])),
        float(np.exp(low)),
        float(np.exp(high)),
        fitted.p_value(),
        float(fitted.freedom[0]),
    )


def _years(months: pd.DatetimeIndex) -> np.ndarray:
    """Time in years, centred."""
    position = np.asarray(months.year * MONTHS_PER_YEAR + months.month, dtype=float)
    return (position - position.mean()) / MONTHS_PER_YEAR


def _steps(phases: np.ndarray, step: int) -> np.ndarray:
    """Number of the step of each month, increasing from 0."""
    keys = []
    for order, phase in enumerate(PHASES):
        count = int((phases == phase).sum())
        inside = (np.arange(count) - count) // step if phase == "before" else np.arange(count) // step
        keys.extend((order, int(value)) for value in inside)
    return pd.factorize(pd.MultiIndex.from_tuples(keys))[0]
