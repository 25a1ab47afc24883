"""Need beside violence: medians of groups of municipalities, and how two measures go together.

Nothing here says why: municipalities are whole places, and what goes together across places need not go together for
the people who live there. A rank correlation is given only where it says something: at least :data:`FEWEST` places with
both measures, neither of them the same in more than half of the places. Half of all municipalities at zero makes any
coefficient a tale about who is above zero at all.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from geo.classes import Breaks, nice

FEWEST = 20
MOST_TIED = 0.5
CLASSES = 5

Refusal = Literal["", "too_few", "tied_x", "tied_y"]


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation of two measures over `n` municipalities; `rho` is None for the reason given."""

    rho: float | None
    n: int
    reason: Refusal = ""


def rank_correlation(x: pd.Series, y: pd.Series) -> Correlation:
    """Return how two measures rank the same municipalities.

    Parameters
    ----------
    x, y
        Values by DIVIPOLA code; NaN is no record. Only municipalities with both count.
    """
    both = pd.concat([x, y], axis=1, keys=["x", "y"], join="inner").dropna()
    count = len(both)
    if count < FEWEST:
        return Correlation(None, count, "too_few")
    if _most_common(both["x"]) > MOST_TIED:
        return Correlation(None, count, "tied_x")
    if _most_common(both["y"]) > MOST_TIED:
        return Correlation(None, count, "tied_y")
    return Correlation(float(both["x"].rank().corr(both["y"].rank())), count)


def _most_common(values: pd.Series) -> float:
    return float(values.value_counts(normalize=True).iloc[0])


@dataclass(frozen=True)
class Middle:
    """The median of a group of municipalities: None without a record, how many have one, the share above zero."""

    median: float | None
    n: int
    above_zero: float | None


def middle(values: pd.Series, members: Collection[str]) -> Middle:
    """Return the median of a measure over some municipalities, each counting once.

    Parameters
    ----------
    values
        Values by DIVIPOLA code; NaN is no record and left out.
    members
        DIVIPOLA codes.
    """
    held = values[values.index.isin(list(members))].dropna()
    if held.empty:
        return Middle(None, 0, None)
    return Middle(float(held.median()), len(held), float((held > 0).mean()))


def quantile_breaks(name: str, values: pd.Series) -> Breaks:
    """Return classes of a measure at one date: zero apart, then five of about as many municipalities each.

    Parameters
    ----------
    name
        The measure.
    values
        Values of all municipalities; NaN is no record.
    """
    positive = values[values > 0].to_numpy()
    if not positive.size:
        return Breaks(name, "value", (), 0.0)
    edges = np.quantile(positive, np.linspace(0, 1, CLASSES + 1)[1:-1])
    whole = bool(np.all(positive == np.round(positive)))
    rounded = {nice(float(edge), whole=whole) for edge in edges}
    return Breaks(
        name, "value", tuple(sorted(edge for edge in rounded if edge < positive.max())), float(positive.max())
    )
