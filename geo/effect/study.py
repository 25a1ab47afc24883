"""The effect of one ceasefire: puts the design, the model and the checks together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pandas as pd

from data.store import table
from geo import indicators
from geo.effect import design, measure
from geo.effect.design import Facts, Panel, Spell, Window
from geo.effect.measure import Sample
from geo.effect.model import InestimableError
from geo.effect.results import (
    MODELS,
    RULES,
    WARNINGS,
    Bound,
    EffectResult,
    MonthEffect,
    Overlap,
    Phase,
    Placebo,
    PreTrends,
    RateDifference,
    Ratio,
    Reason,
    Refusal,
    Request,
    Rule,
    Shortfall,
    Specification,
    Total,
    Verdict,
    WarningCode,
)

CURVE_BEFORE = (12, 24, 36)
# An overlap is worth a warning when it reaches a tenth of a group.
OVERLAP_SHARE = 0.1
OVERLAP_CLASSES = ("ceasefire", "suspension_of_operations")


@dataclass(frozen=True)
class _Case:
    """What does not change between the specifications of one question."""

    request: Request
    facts: Facts
    panel: Panel
    spell: Spell
    reach: frozenset[str]
    barred: frozenset[str]

    def sample(self, span: Window, rule: Rule) -> Sample | Reason:
        recorded = frozenset(self.panel.units[self.panel.recorded(span.months)])
        treated = self.reach & recorded
        if not treated:
            return "no_territory"
        comparison = design.compare(self.facts, self.panel, span, treated, self.barred, rule)
        if len(comparison) < 2:
            return "no_comparison"
        return self.panel.sample(span, treated, comparison)


def effect(request: Request, facts: Facts | None = None, panel: Panel | None = None) -> EffectResult | Refusal:
    """What happened to an indicator under a ceasefire, against comparison municipalities.

    Parameters
    ----------
    request
        The question.
    facts, panel
        Tables and counts; ``None`` reads the embedded ones.

    Returns
    -------
    EffectResult or Refusal
        An answer, which may be that the data are too few; or the reason why there is none.

    Raises
    ------
    KeyError
        There is no such ceasefire or indicator.
    """
    known = Facts.embedded() if facts is None else facts
    if request.ceasefire_id not in known.by_id.index:
        raise KeyError(f"there is no ceasefire {request.ceasefire_id!r}")
    reason = _not_started(known, request.ceasefire_id)
    if reason is not None:
        return Refusal(request, reason)
    counted = _panel(request.indicator_id) if panel is None else panel
    if counted is None:
        return Refusal(request, "not_monthly")
    days = design.spell(known, request.ceasefire_id, renewals=request.renewals)
    span = design.window(days, request.before, request.after)
    if span is None:
        return Refusal(request, "shorter_than_a_month", first=days.start, last=days.end)
    phase = design.uncovered(counted.spec, span)
    if phase is not None:
        return _outside(request, counted, days, span, phase)
    return _answer(request, known, counted, days, span)


def judgeable() -> tuple[str, ...]:
    """Indicators that can be asked about: embedded monthly counts in which a missing month is zero."""
    every = table("indicators")["indicator_id"]
    return tuple(str(key) for key in every if _is_monthly_count(indicators.indicator(str(key))))


def window_limits(request: Request, facts: Facts | None = None, panel: Panel | None = None) -> tuple[int, int]:
    """Most months before and after that an indicator covers without a gap, whatever the request asks for.

    Returns
    -------
    tuple of int
        Both zero where no window serves; :func:`effect` says why.

    Raises
    ------
    KeyError
        There is no such ceasefire or indicator.
    """
    found = window_bounds(request, facts, panel)
    return (found[0].months, found[1].months) if found else (0, 0)


def window_bounds(
    request: Request, facts: Facts | None = None, panel: Panel | None = None
) -> tuple[Bound, Bound] | None:
    """How far an indicator covers the months before and after, and why no further; null where no window serves.

    Raises
    ------
    KeyError
        There is no such ceasefire or indicator.
    """
    known = Facts.embedded() if facts is None else facts
    if request.ceasefire_id not in known.by_id.index:
        raise KeyError(f"there is no ceasefire {request.ceasefire_id!r}")
    counted = _panel(request.indicator_id) if panel is None else panel
    if counted is None or _not_started(known, request.ceasefire_id) is not None:
        return None
    return design.bounds(counted.spec, design.spell(known, request.ceasefire_id, renewals=request.renewals))


def _not_started(facts: Facts, ceasefire_id: str) -> Reason | None:
    row = facts.row(ceasefire_id)
    if row["outcome"] == "never_took_effect":
        return "never_started"
    return "start_unknown" if pd.isna(row["start"]) or row["outcome"] != design.TOOK_EFFECT else None


def _panel(indicator_id: str) -> Panel | None:
    """The indicator's counts; ``None`` when it is not a monthly count of events."""
    return Panel.embedded(indicator_id) if _is_monthly_count(indicators.indicator(indicator_id)) else None


def _is_monthly_count(spec: indicators.Indicator) -> bool:
    return spec.frequency == "month" and spec.additive and spec.missing_is_zero


def _outside(request: Request, panel: Panel, days: Spell, span: Window, phase: Phase) -> Refusal:
    before, after = design.longest(panel.spec, days)
    return Refusal(
        request,
        "outside_coverage",
        phase=phase,
        first=span.first,
        last=span.last,
        coverage_first=panel.spec.first,
        coverage_last=panel.spec.last,
        gaps=panel.spec.gaps,
        longest_before=before,
        longest_after=after,
    )


def _answer(request: Request, facts: Facts, panel: Panel, days: Spell, span: Window) -> EffectResult | Refusal:
    neighbours = design.others(facts, days, span, request.evidence_months)
    reach = design.reached(facts, request.ceasefire_id, request.evidence_months)
    kin = (other.codes for other in neighbours if other.related)
    case = _Case(request, facts, panel, days, reach, reach.union(*kin))
    sample = case.sample(span, request.rule)
    if isinstance(sample, str):
        return Refusal(request, sample, first=span.first, last=span.last)
    codes = np.asarray(panel.units)
    recorded = panel.recorded(span.months)
    treated = frozenset(codes[recorded]) & reach
    comparison = design.compare(facts, panel, span, treated, case.barred, request.rule)
    numbers = _numbers(sample, span, request.step)
    touching = design.overlaps(neighbours, span, treated, comparison)
    curve = tuple(_curve(case))
    without = tuple(sorted(frozenset(codes[~recorded]) & reach))
    unplaced = float(panel.unplaced[panel.columns(span.months)].sum())
    warned = _warnings(case, span, numbers, touching, curve, without, unplaced)
    return EffectResult(
        request=request,
        ceasefires=days.identifiers,
        start=days.start,
        end=days.end,
        basis="territory" if facts.row(request.ceasefire_id)["binds"] == "territory" else "party_reported",
        treated=tuple(sorted(treated)),
        comparison=tuple(sorted(comparison)),
        without_record=without,
        months=tuple(zip(span.months, cast("list[Phase]", span.phases.tolist()), strict=True)),
        left_out=tuple(span.left_out),
        totals=numbers.totals,
        during=numbers.during,
        after=numbers.after,
        difference=numbers.difference,
        event_study=numbers.event_study,
        pretrends=numbers.pretrends,
        placebos=numbers.placebos,
        sensitivity=curve,
        verdict=numbers.verdict,
        warnings=warned,
        overlaps=touching,
        unplaced=unplaced,
        shortfalls=numbers.shortfalls,
    )


@dataclass(frozen=True)
class _Numbers:
    """All that the counts of a sample say, before anything is known of where they come from."""

    totals: tuple[Total, ...]
    during: Ratio | None
    after: Ratio | None
    difference: RateDifference | None
    event_study: tuple[MonthEffect, ...]
    pretrends: PreTrends
    placebos: tuple[Placebo, ...]
    shortfalls: tuple[Shortfall, ...]
    verdict: Verdict


def _numbers(sample: Sample, span: Window, step: int) -> _Numbers:
    rows = measure.totals(sample)
    during, after = _maybe(sample, "during"), _maybe(sample, "after")
    trends = measure.pretrends(sample)
    short = measure.shortfalls(sample, rows)
    try:
        path = measure.event_study(sample, span.first_during, step)
    except InestimableError:
        path = ()
    try:
        change = measure.difference(sample)
    except InestimableError:
        change = None
    return _Numbers(
        totals=measure.with_expected(rows, path),
        during=during,
        after=after,
        difference=change,
        event_study=path,
        pretrends=trends,
        placebos=measure.placebos(sample),
        shortfalls=short,
        verdict=measure.verdict(bool(short), trends, during),
    )


def _maybe(sample: Sample, phase: Phase) -> Ratio | None:
    if not sample.where(phase).any():
        return None
    try:
        return measure.ratio(sample, phase)
    except InestimableError:
        return None


def _curve(case: _Case) -> Iterator[Specification]:
    """Every choice of months before, comparison rule and model; what cannot be estimated says why."""
    for before in sorted({*CURVE_BEFORE, case.request.before}):
        span = design.window(case.spell, before, 0)
        covered = span is not None and design.uncovered(case.panel.spec, span) is None
        for rule in RULES:
            sample = case.sample(span, rule) if span is not None and covered else "outside_coverage"
            for kind in MODELS:
                chosen = (before, rule, kind) == (case.request.before, case.request.rule, "poisson")
                point = Specification(before, rule, kind, "outside_coverage", None, 0, 0, chosen)
                yield replace(point, status=sample) if isinstance(sample, str) else _estimated(point, sample)


def _estimated(point: Specification, sample: Sample) -> Specification:
    inside = int(sample.counts.treated.sum())
    sized = replace(point, status="too_few", treated=inside, comparison=len(sample.counts.treated) - inside)
    if measure.too_few(sample):
        return sized
    try:
        return replace(sized, status="estimated", ratio=measure.ratio(sample, "during", point.model))
    except InestimableError:
        return sized


def _warnings(
    case: _Case,
    span: Window,
    numbers: _Numbers,
    touching: tuple[Overlap, ...],
    curve: tuple[Specification, ...],
    without: tuple[str, ...],
    unplaced: float,
) -> tuple[WarningCode, ...]:
    row = case.facts.row(case.request.ceasefire_id)
    sizes = {total.group: total.municipalities for total in numbers.totals}
    strong = [other for other in touching if other.class_ in OVERLAP_CLASSES]
    raised: dict[WarningCode, bool] = {
        "window_overlaps_other_ceasefire": any(
            max(other.treated / sizes["treated"], other.comparison / sizes["comparison"]) >= OVERLAP_SHARE
            for other in strong
        ),
        "related_ceasefire_before_or_after": any(
            other.related and other.treated / sizes["treated"] >= OVERLAP_SHARE and set(other.phases) != {"during"}
            for other in strong
        ),
        "end_unknown": not case.spell.end_known,
        "series_break": any(span.first < day <= span.last for day in case.panel.breaks),
        "provisional": bool(span.last >= case.panel.provisional_from),
        "unplaced_events": unplaced > 0,
        "units_without_record": bool(without),
        "blocs": row["binds"] == "blocs",
        "few_effective_municipalities": numbers.during is not None and numbers.during.freedom < measure.FEW_FREEDOM,
        "pretrends_untested": numbers.pretrends.p_value is None,
        "placebos_flagged": measure.flagged_share(numbers.placebos) > measure.PLACEBO_SHARE,
        "depends_on_choices": _depends(numbers.verdict, curve),
    }
    return tuple(code for code in WARNINGS if raised[code])


def _depends(verdict: Verdict, curve: tuple[Specification, ...]) -> bool:
    """Whether other choices tell another story: fewer than half agree with a change, or any finds the opposite."""
    ratios = [point.ratio for point in curve if point.ratio is not None]
    lower, higher = sum(ratio.high < 1 for ratio in ratios), sum(ratio.low > 1 for ratio in ratios)
    if verdict == "lower":
        return higher > 0 or lower * 2 < len(ratios)
    if verdict == "higher":
        return lower > 0 or higher * 2 < len(ratios)
    return verdict == "no_change_distinguishable" and (lower + higher) * 2 > len(ratios)
