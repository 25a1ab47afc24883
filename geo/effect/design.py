"""Who is treated, who is compared and which months count: from the project's tables to a :class:`Sample`.

**Months.** A month is *during* when the ceasefire, with its renewals, held on at least half of its days; months in
which it held on fewer days are left out; *before* and *after* are the months on either side of those.

**Treated.** A ceasefire that binds a territory: its legal territory. One that binds a group or its blocs: where that
group, or a structure under it, was reported within the evidence window on the day before the start, inside the legal
territory. Places fixed before the start cannot be an answer to it.

**Comparison.** Never a treated municipality, never one that a related ceasefire (of the same party or line of
succession) reaches within the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import pandas as pd

from data.store import table
from geo import ceasefires as truces
from geo import indicators, state
from geo.effect.measure import Sample
from geo.effect.model import Counts
from geo.effect.results import PHASES, Bound, Overlap, Phase, Rule

NEAREST = 3
TOOK_EFFECT = "took_effect"
LONGEST = 240
NEVER = pd.Timestamp.max
# Since 2018 each year holds hundreds of reports of presence; see :func:`few_reports`.
FEW_REPORTS = 100


@dataclass(frozen=True)
class Facts:
    """Tables that say who is bound where, as :mod:`data.store` gives them."""

    ceasefires: pd.DataFrame
    areas: pd.DataFrame
    parties: pd.DataFrame
    presence: pd.DataFrame
    lineage: pd.DataFrame
    municipalities: pd.DataFrame
    sources: pd.DataFrame

    @classmethod
    def embedded(cls) -> Facts:
        """The embedded tables."""
        return cls(
            ceasefires=table("ceasefires"),
            areas=table("ceasefire_areas"),
            parties=table("ceasefire_parties"),
            presence=table("presence"),
            lineage=table("group_lineage"),
            municipalities=table("municipalities"),
            sources=table("sources"),
        )

    @cached_property
    def by_id(self) -> pd.DataFrame:
        """Table ``ceasefires`` by id."""
        return self.ceasefires.set_index("ceasefire_id", drop=False)

    def row(self, ceasefire_id: str) -> pd.Series:
        """One row of table ``ceasefires``."""
        return cast("pd.Series", self.by_id.loc[ceasefire_id])

    @cached_property
    def territory(self) -> dict[str, frozenset[str]]:
        """Legal territory of each ceasefire."""
        pairs = truces.legal_territory(self.areas, self.municipalities)
        return {str(key): frozenset(codes) for key, codes in pairs.groupby("ceasefire_id")["divipola"]}

    @cached_property
    def bound(self) -> dict[str, tuple[str, ...]]:
        """Armed parties that each ceasefire binds."""
        return truces.bound_parties(self.ceasefires, self.parties)

    @cached_property
    def attestations(self) -> pd.DataFrame:
        """Presence rows prepared once: first and last day of each, group and municipality."""
        return state.prepare(self.presence, self.sources)

    def department_of(self) -> pd.Series:
        """Department code by DIVIPOLA code."""
        return self.municipalities.set_index("divipola")["department_code"]


@dataclass(frozen=True)
class Spell:
    """A ceasefire with its renewals as one stretch of time.

    ``segments`` are closed intervals of days; ``end_known`` is false when the last is only attested to that day.
    """

    identifiers: tuple[str, ...]
    segments: tuple[tuple[pd.Timestamp, pd.Timestamp], ...]
    end_known: bool

    @property
    def start(self) -> pd.Timestamp:
        """First day in force."""
        return self.segments[0][0]

    @property
    def end(self) -> pd.Timestamp:
        """Last day known to be in force."""
        return self.segments[-1][1]


def spell(facts: Facts, ceasefire_id: str, *, renewals: bool) -> Spell:
    """A ceasefire's days in force, with the renewals that follow it.

    The ceasefire must have started; see :func:`geo.effect.effect` for those that did not.
    """
    frame = facts.ceasefires
    renewing = frame[(frame["parent_relation"] == "renews") & (frame["outcome"] == TOOK_EFFECT)]
    chain = [ceasefire_id]
    while renewals:
        following = renewing.loc[renewing["parent_id"] == chain[-1], "ceasefire_id"]
        if following.empty:
            break
        chain.append(str(following.iloc[0]))
    segments = tuple(_days_in_force(facts.row(identifier)) for identifier in chain)
    return Spell(tuple(chain), segments, bool(pd.notna(facts.row(chain[-1])["end"])))


def _days_in_force(row: pd.Series) -> tuple[pd.Timestamp, pd.Timestamp]:
    last = next(day for day in (row["end"], row["attested_to"], row["start"]) if pd.notna(day))
    return row["start"], last


@dataclass(frozen=True)
class Window:
    """Months of a question: first days, phases, and the months left out."""

    months: pd.DatetimeIndex
    phases: np.ndarray
    left_out: pd.DatetimeIndex

    @property
    def first(self) -> pd.Timestamp:
        """First day."""
        return cast("pd.Timestamp", self.months[0])

    @property
    def last(self) -> pd.Timestamp:
        """Last day."""
        return _month_end(cast("pd.Timestamp", self.months[-1]))

    @property
    def first_during(self) -> pd.Timestamp:
        """First month of the ceasefire."""
        return cast("pd.Timestamp", self.months[self.phases == "during"][0])


def window(days: Spell, before: int, after: int) -> Window | None:
    """Months before, during and after a ceasefire.

    Returns
    -------
    Window or None
        ``None`` when the ceasefire held for at least half of no month. Without a known end there is no *after*.
    """
    touched = pd.period_range(days.start, days.end, freq="M")
    every = pd.DatetimeIndex(np.concatenate([pd.date_range(*segment).to_numpy() for segment in days.segments]))
    held = np.bincount(touched.get_indexer(every.unique().to_period("M")), minlength=len(touched))
    during = held >= np.asarray(touched.days_in_month) / 2
    if not during.any():
        return None
    after = after if days.end_known else 0
    months = [*(touched[0] + offset for offset in range(-before, 0)), *touched[during]]
    months += [touched[-1] + offset for offset in range(1, after + 1)]
    phases = np.repeat(np.asarray(PHASES), [before, int(during.sum()), after])
    return Window(_first_days(months), phases, _first_days(list(touched[~during])))


def uncovered(spec: indicators.Indicator, span: Window) -> Phase | None:
    """First phase of a window with a month that an indicator does not cover whole; ``None`` when all are covered.

    The ceasefire itself is looked at first, then *before*, then *after*.
    """
    held = _held(spec, span.months)
    for phase in ("during", "before", "after"):
        if not held[span.phases == phase].all():
            return phase
    return None


def longest(spec: indicators.Indicator, days: Spell) -> tuple[int, int]:
    """Most months before and after a ceasefire that an indicator covers without a gap; zeros where none serves."""
    found = bounds(spec, days)
    return (found[0].months, found[1].months) if found else (0, 0)


def bounds(spec: indicators.Indicator, days: Spell) -> tuple[Bound, Bound] | None:
    """How far an indicator covers the months before and after a ceasefire without a gap, and why no further.

    Returns
    -------
    tuple of Bound, or None
        ``None`` where not even the ceasefire itself is covered, or it held for half of no month.
    """
    whole = window(days, LONGEST, LONGEST)
    if whole is None:
        return None
    held = _held(spec, whole.months)
    if not held[whole.phases == "during"].all():
        return None
    before, after = whole.phases == "before", whole.phases == "after"
    backwards = _bound(spec, whole.months[before][::-1], held[before][::-1])
    return backwards, _bound(spec, whole.months[after], held[after]) if days.end_known else Bound(0, "end_unknown")


def _bound(spec: indicators.Indicator, months: pd.DatetimeIndex, held: np.ndarray) -> Bound:
    """The stretch of covered months nearest to a ceasefire; `months` lead away from it."""
    count = int(np.cumprod(held).sum())
    if count == len(months):
        return Bound(count, "longest")
    beyond = cast("pd.Timestamp", months[count])
    for first, last in spec.gaps:
        if beyond <= last and _month_end(beyond) >= first:
            return Bound(count, "gap", first, last)
    return Bound(count, "series", spec.first, spec.last)


def _held(spec: indicators.Indicator, months: pd.DatetimeIndex) -> np.ndarray:
    ends = pd.DatetimeIndex([_month_end(month) for month in months])
    held = np.asarray((months >= spec.first) & (ends <= spec.last))
    for first, last in spec.gaps:
        held &= ~np.asarray((months <= last) & (ends >= first))
    return held


def reached(facts: Facts, ceasefire_id: str, evidence_months: int) -> frozenset[str]:
    """Municipalities where a ceasefire that started binds somebody: its territory, or where its party was reported."""
    row = facts.row(ceasefire_id)
    legal = facts.territory.get(ceasefire_id, frozenset())
    if row["binds"] == "territory":
        return legal
    eve = row["start"] - pd.Timedelta(days=1)
    rows = facts.attestations
    first, last = state.counting_span(rows, pd.DatetimeIndex([eve]), evidence_months)
    groups = truces.structures_of(facts.bound[ceasefire_id], facts.lineage, eve.date())
    here = rows["group_id"].isin(list(groups)).to_numpy() & (first <= last)
    return legal & frozenset(rows["divipola"].to_numpy()[here])


def few_reports(facts: Facts, ceasefire_id: str, evidence_months: int) -> int | None:
    """How many reports of presence are held for the time a ceasefire began, where they are too few to place its party.

    What binds people reaches the places where they were reported. Before 2018 hardly any report is held, of any
    group: the list of places is then an accident of what was collected, and a rate over it is none of the ceasefire's.
    Below :data:`FEW_REPORTS` reports of any group that counted on the eve of its start, nothing may be read from the
    counts on its ground, neither as an effect nor as its clashes.

    Returns
    -------
    int or None
        ``None`` where nothing depends on reports (it binds a territory, or has no first day), or there are enough.
    """
    row = facts.row(ceasefire_id)
    if row["binds"] == "territory" or pd.isna(row["start"]):
        return None
    eve = row["start"] - pd.Timedelta(days=1)
    rows = facts.presence
    counts = (rows["valid_from"] <= eve) & (rows["attested_to"] >= eve - pd.DateOffset(months=evidence_months))
    held = int(counts.sum())
    return held if held < FEW_REPORTS else None


def related(facts: Facts, ceasefire_id: str) -> frozenset[str]:
    """Other ceasefires of the same party or line of succession."""
    own = set(facts.bound.get(ceasefire_id, ()))
    sharing = {key for key, parties in facts.bound.items() if own & set(parties)}
    links = facts.ceasefires.loc[facts.ceasefires["parent_id"].notna(), ["ceasefire_id", "parent_id"]]
    family, waiting = {ceasefire_id}, [ceasefire_id]
    while waiting:
        current = waiting.pop()
        near = {
            *links.loc[links["parent_id"] == current, "ceasefire_id"],
            *links.loc[links["ceasefire_id"] == current, "parent_id"],
        }
        waiting += near - family
        family |= near
    return frozenset((family | sharing) - {ceasefire_id})


@dataclass(frozen=True)
class Other:
    """Another ceasefire in force within a window: its days there and where it reaches."""

    ceasefire_id: str
    class_: str
    first: pd.Timestamp
    last: pd.Timestamp
    codes: frozenset[str]
    related: bool


def others(facts: Facts, days: Spell, span: Window, evidence_months: int) -> tuple[Other, ...]:
    """Ceasefires in force within a window, other than the one asked about, in the table's order."""
    kin = related(facts, days.identifiers[0])
    found = []
    started = facts.ceasefires[(facts.ceasefires["outcome"] == TOOK_EFFECT) & facts.ceasefires["start"].notna()]
    for identifier in started["ceasefire_id"]:
        if identifier in days.identifiers:
            continue
        first, last = _days_in_force(facts.row(identifier))
        if first > span.last or last < span.first:
            continue
        codes = reached(facts, identifier, evidence_months)
        class_ = str(facts.row(identifier)["class"])
        found.append(Other(identifier, class_, max(first, span.first), min(last, span.last), codes, identifier in kin))
    return tuple(found)


def overlaps(
    neighbours: tuple[Other, ...], span: Window, treated: frozenset[str], comparison: frozenset[str]
) -> tuple[Overlap, ...]:
    """Those of the other ceasefires that reach a municipality of the sample."""
    rows = []
    for other in neighbours:
        inside, outside = len(other.codes & treated), len(other.codes & comparison)
        if not inside + outside:
            continue
        month_ends = span.months.to_period("M").end_time
        touched = np.asarray((span.months <= other.last) & (month_ends >= other.first))
        phases: tuple[Phase, ...] = tuple(phase for phase in PHASES if touched[span.phases == phase].any())
        rows.append(
            Overlap(other.ceasefire_id, other.class_, other.first, other.last, phases, inside, outside, other.related)
        )
    return tuple(rows)


@dataclass(frozen=True)
class Panel:
    """An indicator's monthly counts and populations: municipalities × months of its coverage.

    NaN is no record, or no population; ``unplaced`` counts by month what lies in no municipality.
    """

    spec: indicators.Indicator
    units: pd.Index
    months: pd.DatetimeIndex
    values: np.ndarray
    population: np.ndarray
    unplaced: np.ndarray
    breaks: tuple[pd.Timestamp, ...] = ()
    provisional_from: pd.Timestamp = NEVER

    @classmethod
    def embedded(cls, indicator_id: str) -> Panel:
        """The panel of an embedded monthly indicator.

        Raises
        ------
        KeyError
            There is no such indicator.
        """
        data = indicators.grid(indicator_id)
        unplaced = np.zeros(len(data.starts))
        np.add.at(unplaced, data.unplaced["period"].to_numpy(), data.unplaced["value"].to_numpy())
        frame = table("indicators")
        row = frame[frame["indicator_id"] == indicator_id].iloc[0]
        return cls(
            spec=data.indicator,
            units=data.units,
            months=data.starts,
            values=data.values,
            population=_population(data.units, data.starts),
            unplaced=unplaced,
            breaks=tuple(pd.Timestamp(day) for day in str(row["breaks"]).split(";") if day),
            provisional_from=NEVER if pd.isna(row["provisional_from"]) else row["provisional_from"],
        )

    def columns(self, months: pd.DatetimeIndex) -> np.ndarray:
        """Positions of months that the panel covers."""
        return self.months.get_indexer(months)

    def recorded(self, months: pd.DatetimeIndex) -> np.ndarray:
        """Municipalities with a count and a population in each of the months: bool."""
        chosen = self.columns(months)
        people = self.population[:, chosen]
        usable = np.isfinite(self.values[:, chosen]) & (np.nan_to_num(people) > 0)
        return np.asarray(usable.all(axis=1))

    def sample(self, span: Window, treated: frozenset[str], comparison: frozenset[str]) -> Sample:
        """Counts of two groups of municipalities, all recorded, in the months of a window."""
        inside = self.units.isin(list(treated))
        rows = np.flatnonzero(inside | self.units.isin(list(comparison)))
        chosen = np.ix_(rows, self.columns(span.months))
        return Sample(Counts(self.values[chosen], self.population[chosen], inside[rows]), span.months, span.phases)


def compare(
    facts: Facts, panel: Panel, span: Window, treated: frozenset[str], barred: frozenset[str], rule: Rule
) -> frozenset[str]:
    """Comparison municipalities by rule.

    Parameters
    ----------
    facts, panel
        Tables and counts.
    span
        The window; ``nearest`` reads only its months before.
    treated
        Treated municipalities.
    barred
        Municipalities that may not be compared with: the whole of the ceasefire's reach and of its relatives'.
    rule
        ``department``, ``nearest`` or ``rest``; see :class:`geo.effect.Request`.
    """
    recorded = frozenset(panel.units[panel.recorded(span.months)])
    eligible = recorded - treated - barred
    if rule == "rest":
        return eligible
    if rule == "department":
        home = facts.department_of()
        departments = set(home.reindex(sorted(treated)))
        return frozenset(code for code in eligible if home.get(code) in departments)
    return _nearest(panel, span, treated & recorded, eligible)


def _nearest(panel: Panel, span: Window, treated: frozenset[str], eligible: frozenset[str]) -> frozenset[str]:
    """For each treated municipality the three most alike: Euclidean distance of standardised features."""
    if not treated or not eligible:
        return frozenset()
    features = _features(panel, span.months[span.phases == "before"])
    inside, outside = (np.flatnonzero(panel.units.isin(list(codes))) for codes in (treated, eligible))
    both = np.concatenate([inside, outside])
    spread = features[both].std(axis=0)
    scaled = features / np.where(spread > 0, spread, 1.0)
    distance = ((scaled[inside][:, None, :] - scaled[outside][None, :, :]) ** 2).sum(axis=2)
    order = np.argsort(distance, axis=1, kind="stable")[:, :NEAREST]
    return frozenset(panel.units[outside[np.unique(order)]])


def _features(panel: Panel, months: pd.DatetimeIndex) -> np.ndarray:
    """Level (log rate), trend (log of the second half over the first) and log population, from the months before."""
    chosen = panel.columns(months)
    counts = np.nan_to_num(panel.values[:, chosen])
    people = np.where(np.nan_to_num(panel.population[:, chosen]) > 0, panel.population[:, chosen], 1.0)
    half = len(chosen) // 2
    early, late = counts[:, :half].sum(axis=1), counts[:, half:].sum(axis=1)
    level = np.log((early + late + 0.5) / people.sum(axis=1))
    trend = np.log((late + 0.5) / (early + 0.5))
    return np.column_stack([level, trend, np.log(people.mean(axis=1))])


def _population(units: pd.Index, months: pd.DatetimeIndex) -> np.ndarray:
    """Population of each municipality in each month: the year's figure; NaN where there is none."""
    frame = table("population")
    years = frame[frame["year"].isin(np.unique(months.year))]
    wide = years.pivot(index="divipola", columns="year", values="total")
    return wide.reindex(index=units, columns=pd.Index(months.year)).to_numpy(dtype=float)


def _first_days(periods: list[pd.Period]) -> pd.DatetimeIndex:
    return pd.PeriodIndex(periods, freq="M").to_timestamp().as_unit("s")


def _month_end(month: pd.Timestamp) -> pd.Timestamp:
    return month + pd.offsets.MonthEnd(0)
