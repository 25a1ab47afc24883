"""Who fights whom: UCDP's lethal events by type, month, place and dyad. Pure functions on table ``ucdp_events``.

Three types, never added together: state-based (1, the State against a group), non-state (2, between groups) and
one-sided (3, against civilians). An event has at least one death. Its month is that of its first day. Provisional
events are those that UCDP has not settled; `provisional` says whether they count, and they do not unless asked for.

What is not held is no zero: months in a gap of the source are null, months that are incomplete at the source keep
their count and are told apart by :func:`stretches`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from geo import indicators

STATE_BASED, NON_STATE, ONE_SIDED = TYPES = (1, 2, 3)
INDICATORS: Mapping[int, str] = {1: "ucdp_state_based", 2: "ucdp_non_state", 3: "ucdp_one_sided"}
STATE, CIVILIANS = "Government of Colombia", "Civilians"
# UCDP names a side whose name is not known XXX and a number.
UNNAMED = "XXX"
PUBLISHER = "UCDP"
# Presence rows begin after the FARC-EP laid down their arms, so that they name no such side.
EARLIER_SIDES = {"FARC": "farc_ep"}


def within(
    events: pd.DataFrame, *, department: str = "", codes: Collection[str] | None = None, provisional: bool = False
) -> pd.DataFrame:
    """Events of a region.

    Parameters
    ----------
    events
        Table ``ucdp_events``.
    department
        Department code: with its events that the source places in no municipality. Blank with `codes` null is the
        nation, with all events.
    codes
        DIVIPOLA codes: only events placed in one of them.
    provisional
        Count provisional events as well.
    """
    kept = events if provisional else events[~events["provisional"]]
    if codes is not None:
        return kept[kept["divipola"].isin(list(codes))]
    return kept[kept["department_code"] == department] if department else kept


def between(events: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Events of the months that lie, even in part, between two days."""
    return events[(events["month"] >= first.replace(day=1)) & (events["month"] <= last)]


def monthly(events: pd.DataFrame) -> pd.DataFrame:
    """Events and deaths by type for every month that UCDP's series spans.

    Returns
    -------
    pandas.DataFrame
        ``type``, ``month``, ``events``, ``deaths``, ``provisional`` (events among them that are not settled): every
        type in every month; 0 where the source holds the month and nothing happened, NaN in its gaps.
    """
    counted = events.assign(unsettled=events["events"].where(events["provisional"], 0))
    sums = counted.groupby(["type_of_violence", "month"])[["events", "deaths", "unsettled"]].sum()
    frames = []
    for kind in TYPES:
        spec = indicators.indicator(INDICATORS[kind])
        months = pd.date_range(spec.first, spec.last, freq="MS").as_unit("s")
        index = pd.MultiIndex.from_product([[kind], months], names=["type", "month"])
        sums.index = sums.index.set_names(["type", "month"])
        frame = sums.reindex(index, fill_value=0).astype("float64")
        for first, last in spec.gaps:
            frame.loc[(months >= first) & (months <= last)] = np.nan
        frames.append(frame)
    columns = {"unsettled": "provisional"}
    return pd.concat(frames).rename(columns=columns).reset_index()


@dataclass(frozen=True)
class Stretch:
    """Months of one type in which the source is of one kind: ``whole``, ``incomplete`` or a ``gap``."""

    first: pd.Timestamp
    last: pd.Timestamp
    kind: str


def stretches(type_of_violence: int) -> list[Stretch]:
    """How the source holds a type: its coverage cut into whole, incomplete and missing stretches, in order."""
    spec = indicators.indicator(INDICATORS[type_of_violence])
    months = pd.date_range(spec.first, spec.last, freq="MS").as_unit("s")
    kinds = np.full(len(months), "whole", dtype=object)
    for name, spans in (("incomplete", spec.incomplete), ("gap", spec.gaps)):
        for first, last in spans:
            kinds[(months >= first) & (months <= last)] = name
    starts = [0, *(n for n in range(1, len(months)) if kinds[n] != kinds[n - 1]), len(months)]
    ends = months + pd.offsets.MonthEnd(0)
    return [Stretch(months[start], ends[stop - 1], str(kinds[start])) for start, stop in pairwise(starts)]


def periods() -> list[Stretch]:
    """Stretches that can be looked at as one period: those of the type that the source holds least, without gaps."""
    return [stretch for stretch in stretches(NON_STATE) if stretch.kind != "gap"]


def held(type_of_violence: int, first: pd.Timestamp, last: pd.Timestamp) -> str:
    """How the source holds a type between two days: ``whole``, ``incomplete`` somewhere, or ``gap`` in all of it.

    Days outside the coverage are a gap; a period that touches a gap and held months is ``incomplete``.
    """
    months = pd.date_range(first.replace(day=1), last, freq="MS")
    kinds = {
        next((part.kind for part in stretches(type_of_violence) if part.first <= month <= part.last), "gap")
        for month in months
    }
    if kinds == {"gap"}:
        return "gap"
    return "whole" if kinds == {"whole"} else "incomplete"


def moving_average(monthly_frame: pd.DataFrame, type_of_violence: int, months: int = 12) -> pd.Series:
    """Mean of the last `months` months by month; null unless the source holds all of them whole."""
    rows = monthly_frame[monthly_frame["type"] == type_of_violence].set_index("month")["events"]
    parts = []
    for part in stretches(type_of_violence):
        inside = rows.loc[part.first : part.last]
        values = inside.rolling(months).mean() if part.kind == "whole" else inside * np.nan
        parts.append(values)
    return pd.concat(parts)


def dyads(events: pd.DataFrame) -> pd.DataFrame:
    """Who fights whom.

    Returns
    -------
    pandas.DataFrame
        ``type``, ``side_a``, ``side_b``, ``events``, ``deaths``, ``first``, ``last`` (months), ``municipalities``
        (distinct; events without one count to none); by type, then most events first.
        The State stands first; two groups in the order of the alphabet, since neither attacks more than the other.
    """
    swap = (events["type_of_violence"] == NON_STATE) & (
        events["side_a"].str.casefold() > events["side_b"].str.casefold()
    )
    swap |= (events["type_of_violence"] == STATE_BASED) & (events["side_b"] == STATE)
    sides = events.assign(
        type=events["type_of_violence"],
        side_a=events["side_a"].where(~swap, events["side_b"]),
        side_b=events["side_b"].where(~swap, events["side_a"]),
    )
    found = sides.groupby(["type", "side_a", "side_b"], as_index=False).agg(
        events=("events", "sum"),
        deaths=("deaths", "sum"),
        first=("month", "min"),
        last=("month", "max"),
        municipalities=("divipola", "nunique"),
    )
    order = ["type", "events", "deaths", "side_a", "side_b"]
    return found.sort_values(order, ascending=[True, False, False, True, True], ignore_index=True)


def by_municipality(events: pd.DataFrame, type_of_violence: int) -> dict[str, int]:
    """Events of one type by DIVIPOLA code; events without a municipality are left out."""
    mine = events[(events["type_of_violence"] == type_of_violence) & events["divipola"].notna()]
    return {str(code): int(count) for code, count in mine.groupby("divipola")["events"].sum().items()}


def unplaced(events: pd.DataFrame) -> dict[int, int]:
    """Events by type that the source places in no municipality; types without any are left out."""
    mine = events[events["divipola"].isna()]
    return {kind: count for kind in TYPES if (count := total(mine, kind)[0])}


def total(events: pd.DataFrame, type_of_violence: int) -> tuple[int, int]:
    """Events and deaths of one type."""
    mine = events[events["type_of_violence"] == type_of_violence]
    return int(mine["events"].sum()), int(mine["deaths"].sum())


def groups_of_sides(presence: pd.DataFrame, sources: pd.DataFrame) -> dict[str, str]:
    """Group id of each side that UCDP names and the project knows, read off UCDP's own rows of presence."""
    publisher = presence["source_id"].map(sources.set_index("source_id")["publisher"])
    rows = presence[(publisher == PUBLISHER) & (presence["source_term"] != "")]
    named = zip(rows["source_term"], rows["group_id"], strict=True)
    return {**EARLIER_SIDES, **{str(side): str(group) for side, group in named}}


def involves(side: str, groups: Collection[str], known: Mapping[str, str]) -> bool:
    """Whether a side, or one of several that UCDP names together, is one of these groups."""
    return any(known.get(part.strip()) in groups for part in (side, *side.split(",")))
