"""What is asked about a ceasefire's effect and what is answered: codes and numbers, no text for readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd

Rule = Literal["department", "nearest", "rest"]
Phase = Literal["before", "during", "after"]
Group = Literal["treated", "comparison"]
Model = Literal["poisson", "equal_weights", "trend"]
Verdict = Literal["too_few", "pretrends_differ", "no_change_distinguishable", "lower", "higher"]
Reason = Literal[
    "never_started",
    "start_unknown",
    "shorter_than_a_month",
    "not_monthly",
    "outside_coverage",
    "no_territory",
    "no_comparison",
]
BoundReason = Literal["series", "gap", "end_unknown", "longest"]
WarningCode = Literal[
    "window_overlaps_other_ceasefire",
    "related_ceasefire_before_or_after",
    "end_unknown",
    "series_break",
    "provisional",
    "unplaced_events",
    "units_without_record",
    "blocs",
    "few_effective_municipalities",
    "pretrends_untested",
    "placebos_flagged",
    "depends_on_choices",
]
RULES: tuple[Rule, ...] = get_args(Rule)
GROUPS: tuple[Group, ...] = get_args(Group)
PHASES: tuple[Phase, ...] = get_args(Phase)
MODELS: tuple[Model, ...] = get_args(Model)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
REASONS: tuple[Reason, ...] = get_args(Reason)
WARNINGS: tuple[WarningCode, ...] = get_args(WarningCode)


@dataclass(frozen=True)
class Request:
    """One question about one ceasefire.

    Attributes
    ----------
    ceasefire_id
        Id in table ``ceasefires``.
    indicator_id
        A monthly count.
    before, after
        Months before its first and after its last month; `before` is at least six, `after` may be zero.
    rule
        Comparison municipalities: ``department`` (same departments, outside), ``nearest`` (the three most alike of
        each treated one on level, trend and population before), ``rest`` (all others).
    step
        Months that each point of the event study pools.
    renewals
        Take the renewals that follow as one ceasefire.
    evidence_months
        Evidence window: where the party was reported within so many months before the start.
    """

    ceasefire_id: str
    indicator_id: str
    before: int = 24
    after: int = 12
    rule: Rule = "department"
    step: int = 1
    renewals: bool = True
    evidence_months: int = 24

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise ValueError(f"unknown comparison rule {self.rule!r}; the rules are {', '.join(RULES)}")
        if self.before < MIN_BEFORE:
            raise ValueError(f"at least {MIN_BEFORE} months before are needed, not {self.before}")
        if self.after < 0 or self.step < 1 or self.evidence_months < 0:
            raise ValueError("months after and of evidence cannot be negative, nor a step be shorter than a month")


MIN_BEFORE = 6


@dataclass(frozen=True)
class Bound:
    """The most months on one side of a ceasefire that an indicator covers, and what stands in the way of more.

    Attributes
    ----------
    months
        How many.
    reason
        ``series``: the series begins or ends there; ``gap``: the source holds nothing for a while; ``end_unknown``:
        a ceasefire without a known end has no after; ``longest``: nothing, it is the most that can be asked for.
    first, last
        First and last day of the series or of the gap; null for the other two.
    """

    months: int
    reason: BoundReason
    first: pd.Timestamp | None = None
    last: pd.Timestamp | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a question has no answer.

    Attributes
    ----------
    reason
        One of :data:`REASONS`.
    phase
        ``outside_coverage``: the first phase of the window that the indicator does not cover; else null.
    first, last
        First and last day of the window asked for; null when the ceasefire has no dates.
    coverage_first, coverage_last, gaps
        What the indicator covers, in days; null and empty when that is not the matter.
    longest_before, longest_after
        ``outside_coverage``: the longest window that would be covered, in months. Zero where even the ceasefire
        itself is not covered; below :data:`MIN_BEFORE` no window serves.
    """

    request: Request
    reason: Reason
    phase: Phase | None = None
    first: pd.Timestamp | None = None
    last: pd.Timestamp | None = None
    coverage_first: pd.Timestamp | None = None
    coverage_last: pd.Timestamp | None = None
    gaps: tuple[tuple[pd.Timestamp, pd.Timestamp], ...] = ()
    longest_before: int = 0
    longest_after: int = 0


@dataclass(frozen=True)
class Ratio:
    """A rate ratio: 0.7 means 30 % lower than the comparison's path implies.

    ``low`` and ``high`` are the 95 % interval, ``p_value`` is of a ratio of one, ``freedom`` the degrees of freedom of
    Student's t.
    """

    value: float
    low: float
    high: float
    p_value: float
    freedom: float

    @property
    def excludes_one(self) -> bool:
        """Whether the interval lies on one side of one."""
        return self.high < 1 or self.low > 1


@dataclass(frozen=True)
class RateDifference:
    """Difference-in-differences of rates: events per 100,000 inhabitants and year, with 95 % interval."""

    value: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class Total:
    """What one group counted in one phase.

    Attributes
    ----------
    municipalities, with_events
        How many the group has; how many of them counted an event in this phase.
    months
        Months of the phase.
    events
        Count.
    person_years
        Population × years.
    rate
        Events per 100,000 inhabitants and year.
    expected
        Treated group, during and after: its own months before, moved as the comparison moved; else null.
    """

    group: Group
    phase: Phase
    municipalities: int
    with_events: int
    months: int
    events: float
    person_years: float
    rate: float
    expected: float | None = None


@dataclass(frozen=True)
class Shortfall:
    """A published floor that the counts do not reach, so that no verdict is given.

    Attributes
    ----------
    kind
        ``events`` counted, ``expected`` events, or ``municipalities`` with any event before or during.
    group, phase
        Whose; a floor of municipalities is that of both phases together, and its phase is ``during``.
    found, needed
        What there is and the least that is asked for.
    """

    kind: Literal["events", "expected", "municipalities"]
    group: Group
    phase: Phase
    found: float
    needed: int


@dataclass(frozen=True)
class MonthEffect:
    """One point of the event study.

    Attributes
    ----------
    relative_month
        0 is the first month of the ceasefire, -1 the last before it; the step's first month.
    month
        First day of the step.
    months
        How many months it pools.
    phase
        Before, during or after.
    observed, comparison
        Events of the treated and of the comparison municipalities.
    expected
        Events of the treated had they moved as the comparison did; equal in sum to `observed` before the start.
    ratio, low, high
        Observed over expected with 95 % interval. `ratio` is null where the comparison counted nothing; `low` and
        `high` also where nothing was observed or one municipality holds all of it.
    """

    relative_month: int
    month: pd.Timestamp
    months: int
    phase: Phase
    observed: float
    comparison: float
    expected: float
    ratio: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class PreTrends:
    """Whether both groups moved alike before the start.

    Attributes
    ----------
    p_value
        Joint test that the ratio is the same in all blocks; null when it cannot be tested.
    blocks
        Number of blocks of months compared.
    months
        Length of a block.
    trend
        How the ratio of treated to comparison changed per year; null when it cannot be estimated.
    differ
        Either test rejects at five per cent shared between the two (Bonferroni): the joint test sees any shape, the
        trend test sees a steady drift that blocks are too coarse to see.
    """

    p_value: float | None
    blocks: int
    months: int
    trend: Ratio | None
    differ: bool


@dataclass(frozen=True)
class Placebo:
    """The same estimate for a start that never was, within the months before. ``flagged``: it excludes one."""

    start: pd.Timestamp
    months: int
    ratio: Ratio
    flagged: bool


@dataclass(frozen=True)
class Specification:
    """One point of the specification curve.

    Attributes
    ----------
    before, rule, model
        The choices: ``poisson`` is the main model; ``equal_weights`` lets each municipality's rate count the same;
        ``trend`` lets the treated keep a linear trend of their own.
    status
        ``estimated``, ``too_few``, or a reason of refusal.
    ratio
        During against before; null unless estimated.
    treated, comparison
        Numbers of municipalities.
    chosen
        It is the specification that was asked for.
    """

    before: int
    rule: Rule
    model: Model
    status: str
    ratio: Ratio | None
    treated: int
    comparison: int
    chosen: bool


@dataclass(frozen=True)
class Overlap:
    """Another ceasefire, suspension, pledge or truce in force within the window.

    Attributes
    ----------
    ceasefire_id, class_
        Which, of which class.
    first, last
        Days of the window on which it is known to be in force.
    phases
        Phases that it touches.
    treated, comparison
        How many municipalities of each group it reaches.
    related
        It shares a party or a line of succession with the ceasefire asked about.
    """

    ceasefire_id: str
    class_: str
    first: pd.Timestamp
    last: pd.Timestamp
    phases: tuple[Phase, ...]
    treated: int
    comparison: int
    related: bool


@dataclass(frozen=True)
class EffectResult:
    """What the counts say about a ceasefire. Association, not cause.

    The ratios are given for every verdict; under ``too_few`` and ``pretrends_differ`` they must not be read as a
    change.

    Attributes
    ----------
    request
        What was asked.
    ceasefires
        The ids taken as one: the ceasefire and its renewals.
    start, end
        First and last day in force; `end` is the last day attested when the end is unknown.
    basis
        ``territory``: its legal territory; ``party_reported``: where its party was reported before the start.
    treated, comparison
        DIVIPOLA codes, sorted.
    without_record
        Municipalities left out because the source or the population has no record of them.
    months
        Months of the window, by phase: ``(first month, phase)``.
    left_out
        Months left out because the ceasefire held for less than half of them.
    totals
        Both groups in each phase.
    during, after
        Rate ratio against before, in the count model; null when it cannot be estimated.
    difference
        Difference-in-differences of rates, during against before.
    event_study
        Month by month.
    pretrends, placebos, sensitivity
        How far to trust it.
    verdict
        One of :data:`VERDICTS`.
    warnings
        Of :data:`WARNINGS`, in that order.
    overlaps
        Other ceasefires in the window.
    unplaced
        Events in the window that the source places in no municipality: not counted.
    shortfalls
        The floors that the counts do not reach; none where the counts suffice but the model gives no estimate.
    """

    request: Request
    ceasefires: tuple[str, ...]
    start: pd.Timestamp
    end: pd.Timestamp
    basis: Literal["territory", "party_reported"]
    treated: tuple[str, ...]
    comparison: tuple[str, ...]
    without_record: tuple[str, ...]
    months: tuple[tuple[pd.Timestamp, Phase], ...]
    left_out: tuple[pd.Timestamp, ...]
    totals: tuple[Total, ...]
    during: Ratio | None
    after: Ratio | None
    difference: RateDifference | None
    event_study: tuple[MonthEffect, ...]
    pretrends: PreTrends
    placebos: tuple[Placebo, ...]
    sensitivity: tuple[Specification, ...]
    verdict: Verdict
    warnings: tuple[WarningCode, ...]
    overlaps: tuple[Overlap, ...]
    unplaced: float
    shortfalls: tuple[Shortfall, ...] = ()

    def total(self, group: Group, phase: Phase) -> Total | None:
        """Total of one group in one phase; null when the window has no such phase."""
        return next((row for row in self.totals if (row.group, row.phase) == (group, phase)), None)
