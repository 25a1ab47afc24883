"""Fragmentation on rows written by hand, and its rules on any rows."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.store import table
from geo import fragmentation

GROUPS = pd.DataFrame(
    [
        ("emc", "emc", "farc_dissident"),
        ("front", "emc", "farc_dissident"),
        ("eln", "eln", "guerrilla"),
        ("gang_a", "other", "local_band"),
        ("gang_b", "other", "local_band"),
        ("nobody", "unattributed", "placeholder"),
        ("dissidents", "farc", "placeholder"),
    ],
    columns=["group_id", "family", "kind"],
)
SOURCES = pd.DataFrame(
    [("s1", "Alpha", "2026-12-31"), ("s2", "Beta", "2026-12-31")], columns=["source_id", "publisher", "date_to"]
).astype({"date_to": "datetime64[s]"})


def presence(*rows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    """Synthetic rows: municipality, group, first day, last day, source."""
    frame = pd.DataFrame(list(rows), columns=["divipola", "group_id", "valid_from", "attested_to", "source_id"])
    frame = frame.astype({"valid_from": "datetime64[s]", "attested_to": "datetime64[s]"})
    return frame.assign(level="presence", confidence="high", precision="year")


def found(*rows: tuple[str, str, str, str, str], last: int = 2026) -> pd.DataFrame:
    return fragmentation.reports(presence(*rows), GROUPS, sources=SOURCES, last=last)


YEAR = ("2024-01-01", "2024-12-31")


def test_a_front_and_its_organisation_are_two_names_of_one_family() -> None:
    places = fragmentation.by_municipality(found(("A", "emc", *YEAR, "s1"), ("A", "front", *YEAR, "s2")))
    assert places.to_dict("records") == [
        {"year": 2024, "divipola": "A", "names": 2, "families": 1, "rows": 2, "publishers": 2}
    ]


def test_groups_without_kinship_count_one_by_one() -> None:
    places = fragmentation.by_municipality(found(("A", "gang_a", *YEAR, "s1"), ("A", "gang_b", *YEAR, "s1")))
    assert places["families"].tolist() == [2]


def test_placeholders_are_no_group_but_a_report() -> None:
    here = found(("A", "nobody", *YEAR, "s1"), ("A", "dissidents", *YEAR, "s1"), ("B", "eln", *YEAR, "s1"))
    row = fragmentation.by_year(here, ("A", "B"), (2024,)).iloc[0]
    assert (row["reported"], row["unnamed_only"], row["one"], row["names"]) == (2, 1, 1, 1)
    assert row["mean_names"] == 1.0


def test_the_same_group_twice_is_one_name_and_two_rows() -> None:
    row = fragmentation.by_year(found(("A", "eln", *YEAR, "s1"), ("A", "eln", *YEAR, "s2")), ("A",), (2024,)).iloc[0]
    assert (row["names"], row["rows"], row["publishers"], row["one"]) == (1, 2, 2, 1)


def test_a_report_counts_in_every_year_that_it_attests_and_in_no_later_one() -> None:
    here = found(("A", "eln", "2023-11-30", "2025-01-01", "s1"))
    assert here["year"].tolist() == [2023, 2024, 2025]


def test_a_report_without_a_last_day_counts_in_its_first_year() -> None:
    rows = presence(("A", "eln", "2024-06-01", "2024-06-01", "s1"))
    rows["attested_to"] = pd.NaT
    assert fragmentation.reports(rows, GROUPS, sources=SOURCES)["year"].tolist() == [2024]


def test_years_outside_are_left_out() -> None:
    here = found(("A", "eln", "2014-01-01", "2017-12-31", "s1"), last=2016)
    assert here["year"].tolist() == [2016]


def test_a_year_without_a_row_stands_with_zeros_and_null_means() -> None:
    row = fragmentation.by_year(found(("A", "eln", *YEAR, "s1")), ("A",), (2019, 2024)).iloc[0]
    assert (row["reported"], row["rows"], row["publishers"]) == (0, 0, 0)
    assert pd.isna(row["mean_names"])


def test_only_the_area_counts() -> None:
    here = found(("A", "eln", *YEAR, "s1"), ("B", "emc", *YEAR, "s1"))
    assert fragmentation.by_year(here, ("B",), (2024,))["names"].tolist() == [1]


def test_the_steady_publisher_has_most_years_then_most_rows() -> None:
    many = [("A", group, *YEAR, "s1") for group in ("eln", "emc", "front")]
    years = [("A", "eln", f"{year}-01-01", f"{year}-12-31", "s2") for year in (2023, 2024)]
    assert fragmentation.steady_publisher(found(*many, *years), ("A",)) == "Beta"
    assert fragmentation.steady_publisher(found(*many, years[1]), ("A",)) == "Alpha"
    assert fragmentation.steady_publisher(found(*many), ("Z",)) == ""


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C"]),
        st.sampled_from(GROUPS["group_id"].tolist()),
        st.integers(2016, 2026),
        st.integers(0, 3),
        st.sampled_from(["s1", "s2"]),
    ),
    min_size=1,
    max_size=25,
)


@settings(deadline=None)
@given(ROWS)
def test_families_never_outnumber_names_and_classes_add_up(rows: list[tuple[str, str, int, int, str]]) -> None:
    spans = [(place, group, f"{year}-01-01", f"{year + more}-06-30", who) for place, group, year, more, who in rows]
    here = found(*spans)
    places = fragmentation.by_municipality(here)
    assert (places["families"] <= places["names"]).all()
    years = fragmentation.by_year(here, ("A", "B", "C"), range(2016, 2027))
    parts = years["unnamed_only"] + years["one"] + years["two"] + years["many"]
    assert (parts == years["reported"]).all()
    assert (years["families"] <= years["names"]).all()
    assert years["rows"].sum() == len(here)


@settings(deadline=None)
@given(ROWS)
def test_more_reports_never_mean_fewer_groups(rows: list[tuple[str, str, int, int, str]]) -> None:
    spans = [(place, group, f"{year}-01-01", f"{year + more}-06-30", who) for place, group, year, more, who in rows]
    some, whole = (
        fragmentation.by_municipality(found(*part)).set_index(["year", "divipola"])["names"]
        for part in (spans[: len(spans) // 2 + 1], spans)
    )
    assert (some <= whole.reindex(some.index)).all()


def test_the_embedded_reports_of_narino() -> None:
    """Pinned on 25 November 2026: 28 municipalities with a report in 2025, of which 17 name two or more groups."""
    here = fragmentation.reports(table("presence"), table("groups"))
    units = [code for code in table("municipalities")["divipola"] if code.startswith("52")]
    row = fragmentation.by_year(here, units, (2025,)).iloc[0]
    assert (row["reported"], row["two"] + row["many"], row["rows"], row["publishers"]) == (28, 17, 94, 16)


def test_the_defensoria_is_the_publisher_that_can_be_followed_longest() -> None:
    here = fragmentation.reports(table("presence"), table("groups"))
    assert fragmentation.steady_publisher(here, table("municipalities")["divipola"]) == "Defensoría del Pueblo"


@pytest.mark.parametrize("placeholder", ["multiple_unattributed", "farc_dissidents_unspecified"])
def test_the_placeholders_of_the_tables_are_never_named(placeholder: str) -> None:
    here = fragmentation.reports(table("presence"), table("groups"))
    assert not here.loc[here["group_id"] == placeholder, "named"].any()
