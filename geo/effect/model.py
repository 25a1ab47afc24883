"""The count model behind the effect of a ceasefire: arrays in, estimates out, nothing of Colombia in it.

**Model.** For municipality *i* of group *g* (treated or comparison) in month *t* ::

    E[y_it] = population_it · exp(a_i + b_t + treated_i · z_t'θ)

Poisson quasi-maximum likelihood with effects for each municipality and each month; only the mean must be right, the
counts may be over-dispersed. Given the municipality effects, the treated share of each month's total is binomial ::

    treated_t | total_t  ~  Binomial(total_t, p_t)      logit p_t = log(X_treated,t / X_comparison,t) + z_t'θ

with exposures X_gt = Σ population_it · exp(a_i). So the whole fit alternates between a logit in a handful of
parameters on *T* rows and the closed form of the municipality effects; a few rounds reach machine precision, because
populations change slowly. The fixed point solves the score equations of the full model exactly.

**Uncertainty.** Delete-one-municipality jackknife (CR3), within each group: a municipality is a cluster, whatever its
months have in common. The other municipalities' effects are held while one is left out. Intervals use Student's t with
Welch-Satterthwaite degrees of freedom in which each group counts its *effective* municipalities: where one of them
holds half of the events, twelve are worth few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, fdtrc, stdtr, stdtrit

CONVERGED = 1e-10
MAX_ROUNDS = 200
MAX_STEP = 2.0
NO_VARIANCE = 1e-16


class InestimableError(ArithmeticError):
    """The counts do not determine the estimate: a cell is empty, or all its events lie in one municipality."""


@dataclass(frozen=True)
class Counts:
    """Monthly counts of two groups of municipalities.

    Attributes
    ----------
    values
        Municipalities × months; zero is zero, nothing is missing.
    exposure
        Population, of the same shape; positive.
    treated
        Which municipalities are treated: bool.
    """

    values: np.ndarray
    exposure: np.ndarray
    treated: np.ndarray

    def contributing(self) -> Counts:
        """Without the municipalities that have no event in any month: they say nothing about a ratio."""
        kept = self.values.sum(axis=1) > 0
        return Counts(self.values[kept], self.exposure[kept], self.treated[kept])

    def months(self, chosen: np.ndarray) -> Counts:
        """Some of the months, in the order given by positions or a mask."""
        return Counts(self.values[:, chosen], self.exposure[:, chosen], self.treated)

    def as_rates(self) -> Counts:
        """Each municipality weighs by its rate, not its count: counts per head, all exposures one."""
        return Counts(self.values / self.exposure, np.ones_like(self.exposure), self.treated)


@dataclass(frozen=True)
class Fit:
    """Estimates of θ without the intercept, each with what leaving out one municipality does to it.

    Attributes
    ----------
    estimate
        Coefficients, logs of ratios.
    covariance
        Jackknife (CR3) covariance.
    freedom
        Degrees of freedom for each coefficient.
    effects
        a_i: logs, one per municipality.
    """

    estimate: np.ndarray
    covariance: np.ndarray
    freedom: np.ndarray
    effects: np.ndarray

    def interval(self, position: int = 0, level: float = 0.95) -> tuple[float, float]:
        """Confidence interval of one coefficient, on the log scale."""
        half = half_width(self.covariance[position, position], self.freedom[position], level)
        return float(self.estimate[position] - half), float(self.estimate[position] + half)

    def p_value(self, position: int = 0) -> float:
        """Two-sided p-value of one coefficient being zero."""
        error = np.sqrt(self.covariance[position, position])
        return float(2 * stdtr(self.freedom[position], -abs(self.estimate[position]) / error))

    def joint_p_value(self) -> float:
        """p-value of all coefficients being zero: Hotelling's F, which allows for an estimated covariance.

        Raises
        ------
        InestimableError
            More coefficients than the effective municipalities can judge.
        """
        count, freedom = len(self.estimate), float(self.freedom.min())
        if freedom - count + 1 < 1 or np.linalg.matrix_rank(self.covariance, hermitian=True) < count:
            raise InestimableError("too few effective municipalities for a joint test")
        wald = self.estimate @ np.linalg.solve(self.covariance, self.estimate)
        return float(fdtrc(count, freedom - count + 1, wald * (freedom - count + 1) / (freedom * count)))


def half_width(variance: float, freedom: float, level: float = 0.95) -> float:
    """Half of a Student's t interval."""
    return float(stdtrit(freedom, 0.5 + level / 2) * np.sqrt(variance))


def fit(counts: Counts, design: np.ndarray) -> Fit:
    """Fit the model.

    Parameters
    ----------
    counts
        Counts; municipalities without any event are dropped.
    design
        Months × parameters: z_t without the intercept, the same for each treated municipality. Columns of zeros and
        ones that mark periods give log rate ratios against the unmarked months.

    Raises
    ------
    InestimableError
        A group has fewer than two municipalities with events, a period has no event in one of the groups once a
        municipality is left out, or all municipalities moved alike to the last event.
    """
    data = counts.contributing()
    treated = data.treated
    if min(treated.sum(), (~treated).sum()) < 2:
        raise InestimableError("a group has fewer than two municipalities with events")
    full = np.column_stack([np.ones(len(design)), design])
    totals = _group_sums(data.values, treated)
    _check_identified(_leave_one_out(totals, data.values, treated), full)
    theta, effects = _solve(data, full, totals)
    exposures = _group_sums(data.exposure * effects[:, None], treated)
    without = _leave_one_out(totals, data.values, treated)
    exposed = _leave_one_out(exposures, data.exposure * effects[:, None], treated)
    left_out = _logit(without, exposed, full, np.tile(theta, (len(treated), 1)))
    shifts = (left_out - theta)[:, 1:]
    weights = data.values.sum(axis=1)
    covariance, freedom = jackknife(shifts, treated, weights)
    if (np.diag(covariance) <= NO_VARIANCE).any():
        raise InestimableError("all municipalities moved in the same proportion: nothing tells how sure that is")
    return Fit(theta[1:], covariance, freedom, np.log(effects))


def jackknife(shifts: np.ndarray, treated: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Covariance and degrees of freedom from what leaving out each municipality does.

    Parameters
    ----------
    shifts
        Municipalities × statistics: the statistic without that municipality less the statistic with all.
    treated
        Which are treated.
    weights
        How much each municipality counts in its group: its events, or its population.

    Returns
    -------
    tuple of numpy.ndarray
        Covariance (statistics × statistics) and degrees of freedom (one per statistic).
    """
    parts, worth = [], []
    for group in (treated, ~treated):
        count = group.sum()
        parts.append((count - 1) / count * shifts[group].T @ shifts[group])
        worth.append(effective_number(weights[group]) - 1)
    variances = np.array([np.diag(part) for part in parts])
    total = variances.sum(axis=0)
    spread = (variances**2 / np.array(worth)[:, None]).sum(axis=0)
    freedom = np.divide(total**2, spread, out=np.full_like(total, np.inf), where=spread > 0)
    return parts[0] + parts[1], np.clip(freedom, 1.0, len(treated) - 1.0)


def effective_number(weights: np.ndarray) -> float:
    """How many municipalities of equal weight are worth as much as these: at least two.

    Inverse of the sum of squared shares of the variance, each taken proportional to the weight, as for counts.
    """
    return max(2.0, float(weights.sum() ** 2 / (weights**2).sum()))


@dataclass(frozen=True)
class Path:
    """Observed against expected events of the treated group by step of months: the event study.

    *Expected* is what the treated group would have counted had its months moved as the comparison's did, scaled to its
    own pre-period total. ``log_ratio`` is NaN where nothing was observed or expected, ``half`` (half of the 95 %
    interval, log scale) where in addition one municipality holds all of it.
    """

    observed: np.ndarray
    comparison: np.ndarray
    expected: np.ndarray
    log_ratio: np.ndarray
    half: np.ndarray


def path(counts: Counts, before: np.ndarray, steps: np.ndarray) -> Path:
    """Event study with one effect per step, against the whole pre-period.

    Parameters
    ----------
    counts
        Counts.
    before
        Which months are the pre-period: bool.
    steps
        Position of each month's step, 0 to S-1; months of one step are pooled.

    Raises
    ------
    InestimableError
        A group has no events before, even with one municipality left out.
    """
    data = counts.contributing()
    treated = data.treated
    if min(treated.sum(), (~treated).sum()) < 2:
        raise InestimableError("a group has fewer than two municipalities with events")
    effects = _saturated_effects(data)
    weighted = data.exposure * effects[:, None]
    totals, exposures = _group_sums(data.values, treated), _group_sums(weighted, treated)
    pooled = np.eye(int(steps.max()) + 1)[steps]
    observed, comparison, expected = _against_expected(totals, exposures, before, pooled)
    without = _leave_one_out(totals, data.values, treated)
    exposed = _leave_one_out(exposures, weighted, treated)
    loo_observed, _, loo_expected = _against_expected(without, exposed, before, pooled)
    if not (np.isfinite(loo_expected).all() and expected[0].sum() > 0):
        raise InestimableError("a group has no events before")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(observed[0] / expected[0])
        shifts = np.log(loo_observed / loo_expected) - ratio
    ratio = np.where(np.isfinite(ratio), ratio, np.nan)
    judged = np.isfinite(shifts).all(axis=0)
    half = np.full(len(ratio), np.nan)
    covariance, freedom = jackknife(shifts[:, judged], treated, data.values.sum(axis=1))
    half[judged] = stdtrit(freedom, 0.975) * np.sqrt(np.diag(covariance))
    return Path(observed[0], comparison[0], expected[0], ratio, half)


@dataclass(frozen=True)
class Difference:
    """Difference-in-differences of rates: estimate, interval and p-value, in events per person-month."""

    estimate: float
    low: float
    high: float
    p_value: float


def difference(counts: Counts, before: np.ndarray, during: np.ndarray) -> Difference:
    """Change of the treated group's rate less change of the comparison's, weighted by population.

    Uses every municipality, also those without events.

    Raises
    ------
    InestimableError
        A group has fewer than two municipalities.
    """
    treated = counts.treated
    if min(treated.sum(), (~treated).sum()) < 2:
        raise InestimableError("a group has fewer than two municipalities")
    cells = np.stack([before, during]).astype(float).T
    events, people = counts.values @ cells, counts.exposure @ cells
    sums = _group_sums(events, treated)
    heads = _group_sums(people, treated)
    whole = _change(sums, heads)
    shifts = _change(_leave_one_out(sums, events, treated), _leave_one_out(heads, people, treated)) - whole
    covariance, freedom = jackknife(shifts[:, None], treated, people.sum(axis=1))
    variance = float(covariance[0, 0])
    if variance <= 0:
        raise InestimableError("no municipality changed")
    half = half_width(variance, float(freedom[0]))
    estimate = float(whole[0])
    p_value = float(2 * stdtr(freedom[0], -abs(estimate) / np.sqrt(variance)))
    return Difference(estimate, estimate - half, estimate + half, p_value)


_Pair = tuple[np.ndarray, np.ndarray]  # treated and comparison, each rows × months


def _change(sums: _Pair, heads: _Pair) -> np.ndarray:
    treated, comparison = (events / people for events, people in zip(sums, heads, strict=True))
    return (treated[:, 1] - treated[:, 0]) - (comparison[:, 1] - comparison[:, 0])


def _group_sums(values: np.ndarray, treated: np.ndarray) -> _Pair:
    return values[treated].sum(axis=0, keepdims=True), values[~treated].sum(axis=0, keepdims=True)


def _leave_one_out(sums: _Pair, values: np.ndarray, treated: np.ndarray) -> _Pair:
    """Sums of each group without each municipality in turn; exact zeros stay exact for counts."""
    chosen = treated[:, None]
    return sums[0] - np.where(chosen, values, 0.0), sums[1] - np.where(chosen, 0.0, values)


def _solve(data: Counts, design: np.ndarray, totals: _Pair) -> tuple[np.ndarray, np.ndarray]:
    """Alternate between θ given the municipality effects and the effects given θ."""
    treated = data.treated
    own = data.values.sum(axis=1)
    effects = own / data.exposure.sum(axis=1)
    theta = np.zeros((1, design.shape[1]))
    for _ in range(MAX_ROUNDS):
        exposures = _group_sums(data.exposure * effects[:, None], treated)
        found = _logit(totals, exposures, design, theta)
        tilt = np.exp(found @ design.T)
        month = (totals[0] + totals[1]) / (exposures[1] + tilt * exposures[0])
        profile = np.where(treated[:, None], month * tilt, month)
        updated = own / (data.exposure * profile).sum(axis=1)
        moved = max(_largest(found[:, 1:] - theta[:, 1:]), _largest(np.log(updated / effects)))
        theta, effects = found, updated
        if moved < CONVERGED:
            return theta[0], effects
    raise InestimableError("the model does not converge")


def _saturated_effects(data: Counts) -> np.ndarray:
    """Municipality effects when each group has a free effect in each month."""
    own = data.values.sum(axis=1)
    effects = own / data.exposure.sum(axis=1)
    for _ in range(MAX_ROUNDS):
        updated = effects.copy()
        for group in (data.treated, ~data.treated):
            month = data.values[group].sum(axis=0) / (data.exposure[group] * effects[group][:, None]).sum(axis=0)
            updated[group] = own[group] / (data.exposure[group] * month).sum(axis=1)
        moved = _largest(np.log(updated / effects))
        effects = updated
        if moved < CONVERGED:
            return effects
    raise InestimableError("the model does not converge")


def _logit(totals: _Pair, exposures: _Pair, design: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Newton's method for many binomial logits at once: one per row, months as observations."""
    events, both = totals[0], totals[0] + totals[1]
    offset = np.log(exposures[0]) - np.log(exposures[1])
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    theta = np.array(np.broadcast_to(start, (len(events), design.shape[1])))
    for _ in range(MAX_ROUNDS):
        share = expit(offset + theta @ design.T)
        gradient = (events - both * share) @ design
        information = ((both * share * (1 - share)) @ products).reshape(*theta.shape, design.shape[1])
        try:
            newton = np.linalg.solve(information, gradient[..., None])[..., 0]
        except np.linalg.LinAlgError as error:
            raise InestimableError("the counts do not tell the parameters apart") from error
        step = np.clip(newton, -MAX_STEP, MAX_STEP)
        theta += step
        if _largest(step) < CONVERGED:
            return theta
    raise InestimableError("the model does not converge")


def _check_identified(totals: _Pair, design: np.ndarray) -> None:
    """Each set of months that the design tells apart by its marks needs events of both groups."""
    marks = (design != 0) & np.isin(design, (0.0, 1.0)).all(axis=0)
    cells = (np.unique(marks, axis=0)[:, None, :] == marks[None, :, :]).all(axis=2).astype(float)
    for group in totals:
        if ((group @ cells.T) <= 1e-12 * max(1e-300, float(group.max()))).any():
            raise InestimableError("a period has no events in one of the groups, or all of them in one municipality")


def _against_expected(
    totals: _Pair, exposures: _Pair, before: np.ndarray, pooled: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Observed events of both groups and expected events of the treated one, by step."""
    expected = totals[1] / exposures[1] * exposures[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = expected * (totals[0][:, before].sum(axis=1) / expected[:, before].sum(axis=1))[:, None]
    scaled[~np.isfinite(scaled)] = np.nan
    return totals[0] @ pooled, totals[1] @ pooled, scaled @ pooled


def _largest(values: np.ndarray) -> float:
    return float(np.abs(values).max(initial=0.0))
