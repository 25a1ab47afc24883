"""Who fights whom: hand-worked cases on a few invented events, and the embedded table's own sums."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.store import table
from geo import clashes, indicators

COLUMNS = [
    "month",
    "divipola",
    "department_code",
    "type_of_violence",
    "side_a",
    "side_b",
    "provisional",
    "events",
    "deaths",
]


def made(*rows: tuple) -> pd.DataFrame:
    """Invented events."""
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(month=pd.to_datetime(frame["month"]).astype("datetime64[s]"))


EVENTS = made(
    ("2023-01-01", "52835", "52", 1, "Government of Colombia", "ELN", False, 2, 3),
    ("2023-02-01", "52835", "52", 2, "ELN", "EGC", False, 1, 4),
    ("2023-03-01", "52678", "52", 2, "EGC", "ELN", False, 3, 3),
    ("2023-03-01", None, "52", 2, "EGC", "ELN", False, 1, 1),
    ("2023-03-01", "19001", "19", 3, "ELN", "Civilians", False, 1, 1),
    ("2026-06-01", "52835", "52", 2, "XXX100", "XXX100", True, 5, 6),
)


def test_a_department_keeps_what_has_no_municipality_and_a_set_of_codes_does_not() -> None:
    assert clashes.within(EVENTS, department="52")["events"].sum() == 7
    assert clashes.within(EVENTS, codes={"52835", "52678"})["events"].sum() == 6
    assert clashes.within(EVENTS)["events"].sum() == 8


def test_provisional_events_count_only_when_asked() -> None:
    assert clashes.within(EVENTS, department="52", provisional=True)["events"].sum() == 12


def test_no_municipality_at_all_is_nothing_not_the_nation() -> None:
    assert clashes.within(EVENTS, codes=frozenset()).empty


@pytest.mark.parametrize(
    ("first", "last", "events"),
    [
        ("2023-01-01", "2023-01-31", 2),
        ("2023-01-31", "2023-02-01", 3),
        ("2023-03-31", "2023-03-31", 5),
        ("2022-01-01", "2022-12-31", 0),
    ],
)
def test_months_count_even_in_part(first: str, last: str, events: int) -> None:
    found = clashes.between(clashes.within(EVENTS), pd.Timestamp(first), pd.Timestamp(last))
    assert found["events"].sum() == events


def test_a_dyad_of_two_groups_is_one_whoever_stands_first() -> None:
    found = clashes.dyads(clashes.within(EVENTS))
    groups = found[found["type"] == clashes.NON_STATE].iloc[0]
    assert (groups["side_a"], groups["side_b"]) == ("EGC", "ELN")
    assert (groups["events"], groups["deaths"], groups["municipalities"]) == (5, 8, 2)
    assert (groups["first"], groups["last"]) == (pd.Timestamp("2023-02-01"), pd.Timestamp("2023-03-01"))


def test_the_state_stands_first_and_a_victim_never_does() -> None:
    turned = made(
        ("2023-01-01", "52835", "52", 1, "ELN", "Government of Colombia", False, 1, 1),
        ("2023-01-01", "52835", "52", 3, "ELN", "Civilians", False, 1, 1),
    )
    found = clashes.dyads(turned)
    assert found[["side_a", "side_b"]].to_numpy().tolist() == [["Government of Colombia", "ELN"], ["ELN", "Civilians"]]


def test_a_month_of_a_gap_is_null_and_a_month_without_events_is_zero() -> None:
    found = clashes.monthly(clashes.within(EVENTS)).set_index(["type", "month"])["events"]
    assert found[(1, pd.Timestamp("2023-01-01"))] == 2
    assert found[(1, pd.Timestamp("2023-02-01"))] == 0
    assert np.isnan(found[(1, pd.Timestamp("2019-01-01"))])
    assert np.isnan(found[(2, pd.Timestamp("2022-12-01"))])
    assert found[(2, pd.Timestamp("2018-12-01"))] == 0


def test_a_mean_of_twelve_months_never_joins_two_releases() -> None:
    events = clashes.within(table("ucdp_events"))
    frame = clashes.monthly(events)
    mean = clashes.moving_average(frame, clashes.STATE_BASED).dropna()
    assert mean.index.min() == pd.Timestamp("2012-12-01")
    assert not ((mean.index > "2018-12-31") & (mean.index < "2023-12-01")).any()
    year = frame[(frame["type"] == 1) & (frame["month"].dt.year == 2024)]["events"].sum()
    assert mean[pd.Timestamp("2024-12-01")] == pytest.approx(year / 12)


@pytest.mark.parametrize("kind", [clashes.NON_STATE, clashes.ONE_SIDED])
def test_no_trend_is_drawn_where_the_old_release_misses_most(kind: int) -> None:
    mean = clashes.moving_average(clashes.monthly(clashes.within(table("ucdp_events"))), kind).dropna()
    assert mean.index.min() >= pd.Timestamp("2023-12-01")


@pytest.mark.parametrize("kind", clashes.TYPES)
def test_stretches_cover_the_series_once(kind: int) -> None:
    spec = indicators.indicator(clashes.INDICATORS[kind])
    found = clashes.stretches(kind)
    assert (found[0].first, found[-1].last) == (spec.first, spec.last)
    assert all(b.first == a.last + pd.Timedelta(days=1) for a, b in itertools.pairwise(found))
    assert [part.kind for part in found if part.first == pd.Timestamp("2019-01-01")] == ["gap"]


@pytest.mark.parametrize(
    ("first", "last", "kind"),
    [
        ("2023-08-03", "2024-01-29", "whole"),
        ("2019-01-01", "2022-12-31", "gap"),
        ("2022-12-24", "2023-01-02", "incomplete"),
        ("2016-08-29", "2017-06-27", "incomplete"),
        ("2026-01-01", "2026-02-28", "incomplete"),
        ("2001-01-01", "2001-02-28", "gap"),
    ],
)
def test_how_the_source_holds_a_period(first: str, last: str, kind: str) -> None:
    assert clashes.held(clashes.NON_STATE, pd.Timestamp(first), pd.Timestamp(last)) == kind


@pytest.mark.parametrize("kind", clashes.TYPES)
def test_types_sum_to_the_indicator_of_the_same_source(kind: int) -> None:
    code = clashes.INDICATORS[kind]
    placed, unplaced = (
        frame.loc[frame["indicator_id"] == code, "value"].sum()
        for frame in (table("values_month"), table("values_unplaced"))
    )
    assert clashes.total(clashes.within(table("ucdp_events")), kind)[0] == placed + unplaced


@given(st.sampled_from(["", "52", "19", "05"]), st.booleans())
def test_dyads_hold_every_event_once(department: str, provisional: bool) -> None:
    events = clashes.within(table("ucdp_events"), department=department, provisional=provisional)
    found = clashes.dyads(events)
    assert found["events"].sum() == events["events"].sum()
    assert found["deaths"].sum() == events["deaths"].sum()
    assert not found.duplicated(["type", "side_a", "side_b"]).any()


def test_sides_are_known_by_the_names_of_their_own_publisher() -> None:
    known = clashes.groups_of_sides(table("presence"), table("sources"))
    assert (known["FARC-EMC"], known["ELN"], known["FARC"]) == ("emc", "eln", "farc_ep")
    assert clashes.involves("ELN, FARC-EMC", {"eln"}, known)
    assert not clashes.involves("Civilians", {"eln"}, known)
    assert not clashes.involves("XXX100", {"eln"}, known)
