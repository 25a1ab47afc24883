"""Classes of a choropleth, fixed over an indicator's whole time range so that playing never rescales.

Zero has a class of its own, the palest; no record has none. Bounds come from the pooled figures of all regions and all
months (quantiles, by mapclassify), rounded to numbers that a reader can remember.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from geo import indicators, regions

Measure = Literal["rate", "value"]
MAX_CLASSES = 6
NO_RECORD = -1
_NICE = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)


@dataclass(frozen=True)
class Breaks:
    """The classes of one indicator.

    Attributes
    ----------
    indicator_id, measure
        What is classed: the rate per 100,000 or the value itself.
    bounds
        Upper bounds (inclusive) of the positive classes but the last, which is open: ``(10, 25)`` means
        0 | up to 10 | over 10 up to 25 | over 25.
    top
        Greatest figure in the whole time range: what the open class ends with.
    """

    indicator_id: str
    measure: Measure
    bounds: tuple[float, ...]
    top: float

    @property
    def count(self) -> int:
        """Number of classes, zero's included."""
        return 1 + (len(self.bounds) + 1 if self.top > 0 else 0)

    @cached_property
    def intervals(self) -> tuple[tuple[float, float], ...]:
        """Lower (exclusive) and upper (inclusive) end of each positive class; the last ends with ``top``."""
        if self.top <= 0:
            return ()
        return tuple(zip((0.0, *self.bounds), (*self.bounds, self.top), strict=True))

    def classify(self, figures: np.ndarray) -> np.ndarray:
        """Class of each figure.

        Parameters
        ----------
        figures
            Rates or values; NaN is no record.

        Returns
        -------
        numpy.ndarray
            int8: -1 no record, 0 zero, 1 and up the positive classes.
        """
        positive = 1 + np.searchsorted(np.asarray(self.bounds, dtype=float), figures, side="left")
        return np.select([np.isnan(figures), figures <= 0], [NO_RECORD, 0], default=positive).astype("int8")


def breaks(indicator_id: str, level: regions.Kind = "municipality", measure: Measure | None = None) -> Breaks:
    """Classes of an indicator, the same for every date.

    Parameters
    ----------
    indicator_id
        The indicator.
    level
        Kind of region whose figures are classed.
    measure
        ``rate`` or ``value``; ``None`` takes the rate where the indicator has one.

    Returns
    -------
    Breaks
        At most six classes, zero's own included. The same input always gives the same classes.

    Raises
    ------
    KeyError
        There is no such indicator.
    ValueError
        A rate of an indicator that has none.
    """
    spec = indicators.indicator(indicator_id)
    chosen = measure or ("rate" if spec.rate else "value")
    if chosen == "rate" and not spec.rate:
        raise ValueError(f"{indicator_id} is not divided by the population: it has no rate")
    days = pd.date_range(spec.first, spec.last + pd.offsets.MonthEnd(0), freq="ME").as_unit("s")
    figures = indicators.trailing_figures(indicator_id, days, level=level)
    return of_figures(indicator_id, chosen, figures.rates if chosen == "rate" else figures.values)


def of_figures(indicator_id: str, measure: Measure, figures: np.ndarray) -> Breaks:
    """Classes of figures that are at hand: all regions and all dates together, NaN where there is none."""
    pooled = figures.ravel()
    positive = pooled[np.isfinite(pooled) & (pooled > 0)]
    if not positive.size:
        return Breaks(indicator_id, measure, (), 0.0)
    return Breaks(indicator_id, measure, _bounds(positive), float(positive.max()))


def _bounds(positive: np.ndarray) -> tuple[float, ...]:
    """Rounded bounds between at most five classes of positive figures."""
    from mapclassify import Quantiles

    whole = bool(np.all(positive == np.round(positive)))
    classes = min(MAX_CLASSES - 1, len(np.unique(positive)))
    if classes < 2:
        return ()
    with warnings.catch_warnings():
        # Small counts have fewer distinct quantiles than classes: fewer classes is then the right answer.
        warnings.simplefilter("ignore", UserWarning)
        edges = Quantiles(positive, k=classes).bins[:-1]
    rounded = {nice(float(edge), whole=whole) for edge in edges}
    return tuple(sorted(edge for edge in rounded if edge < positive.max()))


def nice(number: float, *, whole: bool = False) -> float:
    """Round a positive number to one that is easily remembered: 1, 1.5, 2, 2.5 ... 5, 6 ... 10 times a power of ten.

    Parameters
    ----------
    number
        Greater than zero.
    whole
        Round to whole numbers, at least one, as counts are.
    """
    power = 10.0 ** np.floor(np.log10(number))
    rounded = min(_NICE, key=lambda step: abs(step - number / power)) * power
    # Powers of ten below one leave digits such as 0.30000000000000004 behind.
    rounded = float(f"{rounded:.12g}")
    return max(1.0, float(round(rounded))) if whole else rounded
