"""Effect of a ceasefire on a monthly indicator: before, during and after, against comparison municipalities.

``effect(Request("eln_bilateral_2023", "homicides", before=24, after=4))`` answers with an :class:`EffectResult` or a
:class:`Refusal`: numbers and codes, no words. ``model`` is the estimator, ``design`` says who and when, ``measure``
turns counts into numbers, ``study`` puts them together. What an answer shows is association, not cause.
"""

from geo.effect.design import FEW_REPORTS, Facts, Panel, few_reports
from geo.effect.measure import MIN_EVENTS, MIN_MUNICIPALITIES, MIN_OBSERVED, SIGNIFICANCE
from geo.effect.results import (
    MIN_BEFORE,
    MODELS,
    PHASES,
    REASONS,
    RULES,
    VERDICTS,
    WARNINGS,
    Bound,
    EffectResult,
    MonthEffect,
    Overlap,
    Placebo,
    PreTrends,
    RateDifference,
    Ratio,
    Refusal,
    Request,
    Shortfall,
    Specification,
    Total,
)
from geo.effect.study import effect, judgeable, window_bounds, window_limits

__all__ = [
    "FEW_REPORTS",
    "MIN_BEFORE",
    "MIN_EVENTS",
    "MIN_MUNICIPALITIES",
    "MIN_OBSERVED",
    "MODELS",
    "PHASES",
    "REASONS",
    "RULES",
    "SIGNIFICANCE",
    "VERDICTS",
    "WARNINGS",
    "Bound",
    "EffectResult",
    "Facts",
    "MonthEffect",
    "Overlap",
    "Panel",
    "Placebo",
    "PreTrends",
    "RateDifference",
    "Ratio",
    "Refusal",
    "Request",
    "Shortfall",
    "Specification",
    "Total",
    "effect",
    "few_reports",
    "judgeable",
    "window_bounds",
    "window_limits",
]
