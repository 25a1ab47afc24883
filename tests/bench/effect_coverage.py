"""How honest the effect of a ceasefire is: coverage, false alarms and power on simulated counts with a known ratio.

Synthetic data only. The unit tests run 400 seeds of the contract's four scenarios; this runs 2,000 and adds harder
ones. Run it with ``python -m tests.bench.effect_coverage``; it prints a table, and fails when a bound of the
contract breaks.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.effect import measure
from geo.effect.measure import Sample
from geo.effect.model import Counts, InestimableError

COVERAGE_BOUNDS = (0.91, 0.99)
FALSE_ALARM_BOUND = 0.08


@dataclass(frozen=True)
class Scenario:
    """How counts are drawn.

    Attributes
    ----------
    ratio
        True rate ratio of the treated during.
    dispersion
        Variance of the gamma that multiplies each month's mean: 0 is Poisson, above it negative binomial.
    municipalities, treated
        How many, and how many of them treated.
    before, during
        Months.
    level
        Mean count of a municipality of typical size in a month.
    size_spread
        Standard deviation of log population.
    persistence
        Correlation of one month's shock with the next in the same municipality; 0 draws months independently.
    own_path
        Standard deviation of each municipality's own log change from before to during.
    divergence
        Log change per year of the treated against the comparison, in all months: a broken assumption.
    contract
        The bounds must hold.
    """

    name: str
    ratio: float = 1.0
    dispersion: float = 0.0
    municipalities: int = 24
    treated: int = 12
    before: int = 36
    during: int = 24
    level: float = 2.0
    size_spread: float = 0.6
    persistence: float = 0.0
    own_path: float = 0.0
    divergence: float = 0.0
    contract: bool = False


CONTRACT = (
    Scenario("Poisson, no change", 1.0, contract=True),
    Scenario("Poisson, 0.7", 0.7, contract=True),
    Scenario("over-dispersed, no change", 1.0, 0.5, contract=True),
    Scenario("over-dispersed, 0.7", 0.7, 0.5, contract=True),
)
HARDER = (
    Scenario("persistent shocks", 0.7, 0.5, persistence=0.8),
    Scenario("each municipality its own path", 0.7, 0.5, own_path=0.3),
    Scenario("one large municipality", 0.7, 0.5, size_spread=1.4),
    Scenario("rare events", 0.7, 0.0, level=0.15),
    Scenario("five treated of thirty", 0.7, 0.5, municipalities=30, treated=5),
    Scenario("short ceasefire", 0.7, 0.5, before=24, during=4),
    Scenario("diverging trends", 1.0, 0.2, divergence=-0.25),
)


def simulate(scenario: Scenario, seed: int) -> Sample:
    """Draw one synthetic sample."""
    rng = np.random.default_rng(seed)
    units, months = scenario.municipalities, scenario.before + scenario.during
    treated = np.arange(units) < scenario.treated
    during = np.arange(months) >= scenario.before
    growth = rng.normal(0.0, 0.001, (units, 1)) * np.arange(months)
    people = 20_000 * np.exp(rng.normal(0.0, scenario.size_spread, (units, 1)) + growth)
    log_rate = rng.normal(0.0, 0.4, (units, 1)) + rng.normal(0.0, 0.15, months)
    log_rate = log_rate + treated[:, None] * during * np.log(scenario.ratio)
    log_rate = log_rate + rng.normal(0.0, scenario.own_path, (units, 1)) * during
    log_rate = log_rate + treated[:, None] * scenario.divergence * np.arange(months) / 12
    mean = people / 20_000 * scenario.level * np.exp(log_rate) * _shocks(scenario, rng, (units, months))
    phases = np.where(during, "during", "before")
    calendar = pd.date_range("2015-01-01", periods=months, freq="MS")
    return Sample(Counts(rng.poisson(mean).astype(float), people, treated), calendar, phases)


def _shocks(scenario: Scenario, rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    if scenario.dispersion == 0:
        return np.ones(shape)
    if scenario.persistence == 0:
        return rng.gamma(1 / scenario.dispersion, scenario.dispersion, shape)
    spread = np.sqrt(np.log1p(scenario.dispersion))
    noise = rng.normal(size=shape)
    for month in range(1, shape[1]):
        fresh = np.sqrt(1 - scenario.persistence**2) * noise[:, month]
        noise[:, month] = scenario.persistence * noise[:, month - 1] + fresh
    return np.exp(spread * noise - spread**2 / 2)


@dataclass(frozen=True)
class Score:
    """Shares over the runs of one scenario.

    Attributes
    ----------
    runs, estimated
        How many, and for how many the ratio could be estimated.
    coverage
        The interval holds the true ratio.
    excludes_one
        The interval excludes one: power, or false alarm where the true ratio is one.
    placebos
        Placebo starts flagged, of all.
    pretrends
        Pre-trends found to differ.
    """

    runs: int
    estimated: int
    coverage: float
    excludes_one: float
    placebos: float
    pretrends: float


def score(scenario: Scenario, seeds: Iterator[int] | range) -> Score:
    """Run a scenario over seeds."""
    covered, excluded, flagged, rejected, runs = [], [], [], [], 0
    for seed in seeds:
        runs += 1
        sample = simulate(scenario, seed)
        flagged += [placebo.flagged for placebo in measure.placebos(sample)]
        rejected.append(measure.pretrends(sample).differ)
        try:
            ratio = measure.ratio(sample, "during")
        except InestimableError:
            continue
        covered.append(ratio.low <= scenario.ratio <= ratio.high)
        excluded.append(ratio.excludes_one)
    return Score(runs, len(covered), _share(covered), _share(excluded), _share(flagged), _share(rejected))


def broken(scenario: Scenario, found: Score) -> list[str]:
    """Bounds of the contract that a scenario breaks."""
    if not scenario.contract:
        return []
    low, high = COVERAGE_BOUNDS
    faults = []
    if not low <= found.coverage <= high:
        faults.append(f"{scenario.name}: coverage {found.coverage:.3f} outside {low}-{high}")
    if found.placebos > FALSE_ALARM_BOUND:
        faults.append(f"{scenario.name}: placebos flagged {found.placebos:.3f} > {FALSE_ALARM_BOUND}")
    return faults


def _share(values: list[bool]) -> float:
    return float(np.mean(values)) if values else float("nan")


def main(arguments: list[str] | None = None) -> int:
    """Print the table; exit code 1 when a bound breaks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000, help="seeds per scenario (2000)")
    runs = parser.parse_args(arguments).runs
    print(f"{'scenario':34} {'ratio':>5} {'est.':>5} {'cover':>6} {'excl.1':>6} {'placebo':>7} {'pre-tr.':>7} {'s':>5}")
    faults: list[str] = []
    for scenario in (*CONTRACT, *HARDER):
        began = time.perf_counter()
        found = score(scenario, range(runs))
        seconds = time.perf_counter() - began
        print(
            f"{scenario.name:34} {scenario.ratio:5.2f} {found.estimated:5d} {found.coverage:6.3f} "
            f"{found.excludes_one:6.3f} {found.placebos:7.3f} {found.pretrends:7.3f} {seconds:5.0f}",
            flush=True,
        )
        faults += broken(scenario, found)
    for fault in faults:
        print(f"BROKEN {fault}", file=sys.stderr)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
