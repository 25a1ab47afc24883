"""Who is reported where at a date: hand-worked cases on synthetic rows, properties, and the real tables."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.store import table
from geo import state

SOURCES = pd.DataFrame(
    {
        "source_id": ["yearbook", "press", "undated"],
        "publisher": ["Yearbook", "Press", "Undated"],
        "date_to": pd.Series(["2025-12-02", "2024-06-30", None]).astype("datetime64[s]"),
    }
)
GROUPS = pd.DataFrame(
    {
        "group_id": ["eln", "comuneros_sur", "emc", "comandos_frontera", "farc_dissidents_unspecified", "multiple"],
        "family": ["eln", "comuneros", "emc", "sm_cneb", "farc", "unattributed"],
    }
)


def rows(*facts: dict[str, object]) -> pd.DataFrame:
    """Synthetic presence rows; a fact names only what matters to its case."""
    usual = {
        "divipola": "52678", "group_id": "eln", "level": "presence", "valid_from": "2024-01-10",
        "valid_to": "2024-01-20", "precision": "day", "confidence": "medium", "source_id": "press",
    }  # fmt: skip
    frame = pd.DataFrame([usual | fact for fact in facts])
    frame["attested_to"] = frame.get("attested_to", pd.Series(index=frame.index, dtype="object"))
    frame["attested_to"] = frame["attested_to"].fillna(frame["valid_to"])
    for column in ("valid_from", "valid_to", "attested_to"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[s]")
    frame["presence_id"] = [f"p{index}" for index in range(len(frame))]
    return frame


def evidence(presence: pd.DataFrame, on: date, window: int = 24, **filters: object) -> pd.DataFrame:
    return state.evidence_at(presence, on, window, sources=SOURCES, **filters)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("on", "window", "counts"),
    [
        (date(2024, 1, 9), 24, False),
        (date(2024, 1, 10), 24, True),
        (date(2024, 1, 20), 0, True),
        (date(2024, 1, 21), 0, False),
        (date(2026, 1, 20), 24, True),
        (date(2026, 1, 21), 24, False),
    ],
)
def test_evidence_counts_in_a_closed_interval(on: date, window: int, counts: bool) -> None:
    assert len(evidence(rows({}), on, window)) == counts


def test_months_are_clipped_to_the_end_of_the_month() -> None:
    presence = rows({"valid_from": "2023-02-01", "valid_to": "2023-02-28"})
    # 31 March less one month is 28 February, and so is 28 March; 29 March of a leap year less one month is the 29th.
    assert len(evidence(presence, date(2023, 3, 31), 1)) == 1
    assert len(evidence(presence, date(2023, 4, 1), 1)) == 0
    assert state.months_before(pd.Timestamp("2024-03-31"), 1) == pd.Timestamp("2024-02-29")


def test_an_open_end_is_attested_to_its_last_day_and_no_further() -> None:
    presence = rows({"valid_to": None, "attested_to": "2024-06-30"})
    assert evidence(presence, date(2026, 6, 30)).shape[0] == 1
    assert evidence(presence, date(2026, 7, 1)).empty


def test_a_row_without_any_last_day_is_attested_on_its_first() -> None:
    presence = rows({"valid_to": None, "attested_to": None, "source_id": "undated"})
    assert len(evidence(presence, date(2024, 1, 10), 0)) == 1
    assert evidence(presence, date(2024, 1, 11), 0).empty


@pytest.mark.parametrize(
    ("fact", "on", "age"),
    [
        ({}, date(2024, 1, 15), 0),  # the evidence still speaks
        ({}, date(2024, 1, 21), 1),
        ({"valid_to": "2024-12-31"}, date(2024, 7, 1), 1),  # published on 30 June: silent afterwards
        ({"valid_from": "2025-01-01", "valid_to": "2025-12-31", "source_id": "yearbook"}, date(2025, 3, 1), 0),
        ({"valid_from": "2025-01-01", "valid_to": "2025-12-31", "source_id": "yearbook"}, date(2025, 12, 31), 29),
        ({"source_id": "undated"}, date(2024, 1, 30), 10),
    ],
)
def test_age_is_counted_from_the_earlier_of_the_period_and_the_publication(
    fact: dict[str, object], on: date, age: int
) -> None:
    assert evidence(rows(fact), on)["evidence_age_days"].tolist() == [age]


def test_evidence_is_aged_after_twelve_months() -> None:
    presence = rows({})
    assert evidence(presence, date(2025, 1, 20))["aged"].tolist() == [False]
    assert evidence(presence, date(2025, 1, 21))["aged"].tolist() == [True]


def test_filters() -> None:
    presence = rows(
        {"confidence": "low"},
        {"group_id": "emc", "source_id": "yearbook", "confidence": "high"},
        {"group_id": "emc", "confidence": "medium"},
    )
    on = date(2024, 2, 1)
    assert evidence(presence, on, min_confidence="medium")["presence_id"].tolist() == ["p1", "p2"]
    assert evidence(presence, on, min_confidence="high")["presence_id"].tolist() == ["p1"]
    assert evidence(presence, on, publishers=["Yearbook"])["publisher"].tolist() == ["Yearbook"]
    assert evidence(presence, on, groups=["eln"])["presence_id"].tolist() == ["p0"]
    with pytest.raises(ValueError, match="min_confidence"):
        evidence(presence, on, min_confidence="certain")
    with pytest.raises(ValueError, match="window"):
        evidence(presence, on, -1)


def test_the_highest_level_within_the_window() -> None:
    presence = rows({"level": "influence"}, {"level": "presence", "valid_to": "2024-06-01"}, {"level": "dispute"})
    (group,) = state.groups_at(evidence(presence, date(2024, 6, 1))).to_dict("records")
    assert (group["level"], group["disputed"]) == ("influence", True)
    assert group["since"] == pd.Timestamp("2024-01-10")
    assert group["evidence_age_days"] == 0
    assert group["publishers"] == ("Press",)


def test_a_dispute_proves_presence_and_no_more() -> None:
    presence = rows({"level": "dispute"}, {"level": "dispute", "group_id": "emc"})
    groups = state.groups_at(evidence(presence, date(2024, 2, 1)))
    assert groups["level"].tolist() == ["presence", "presence"]
    (cell,) = state.cells_at(groups, GROUPS).to_dict("records")
    assert cell["families"] == (("eln", "presence"), ("emc", "presence"))
    assert (cell["disputed"], cell["group_count"]) == (True, 2)


def test_a_dispute_that_names_one_group_has_grey_as_its_second_colour() -> None:
    groups = state.groups_at(evidence(rows({"level": "dispute"}), date(2024, 2, 1)))
    (cell,) = state.cells_at(groups, GROUPS).to_dict("records")
    assert cell["families"] == (("eln", "presence"), ("unattributed", "presence"))
    assert cell["group_count"] == 1


def test_hiding_one_side_of_a_dispute_does_not_make_it_unnamed() -> None:
    presence = rows({"level": "dispute"}, {"level": "dispute", "group_id": "emc"})
    groups = state.groups_at(evidence(presence, date(2024, 2, 1), groups=["eln"]))
    (cell,) = state.cells_at(groups, GROUPS).to_dict("records")
    assert cell["families"] == (("eln", "presence"),)
    assert cell["disputed"]


def test_families_are_those_of_the_groups_and_never_guessed() -> None:
    presence = rows(
        {"group_id": "multiple"},
        {"group_id": "farc_dissidents_unspecified"},
        {"group_id": "comandos_frontera", "level": "control"},
        {"group_id": "somebody_new"},
    )
    (cell,) = state.cells_at(state.groups_at(evidence(presence, date(2024, 2, 1))), GROUPS).to_dict("records")
    assert cell["families"] == (("sm_cneb", "control"), ("farc", "presence"), ("unattributed", "presence"))
    assert cell["group_count"] == 4


def test_nothing_reported_is_an_empty_answer_with_its_columns() -> None:
    groups = state.groups_at(evidence(rows({}), date(2020, 1, 1)))
    cells = state.cells_at(groups, GROUPS)
    assert list(groups.columns) == list(state.GROUP_COLUMNS)
    assert list(cells.columns) == list(state.CELL_COLUMNS)
    assert groups.empty
    assert cells.empty


def test_frames_passed_in_are_never_changed() -> None:
    presence = rows({"level": "dispute"}, {"valid_to": None, "attested_to": "2024-05-01"})
    before = presence.copy()
    state.cells_at(state.groups_at(evidence(presence, date(2024, 6, 1))), GROUPS)
    pd.testing.assert_frame_equal(presence, before)


DAYS = st.dates(date(2016, 1, 1), date(2026, 12, 31))
FACT = st.fixed_dictionaries(
    {
        "divipola": st.sampled_from(["52678", "52835"]),
        "group_id": st.sampled_from(["eln", "emc"]),
        "level": st.sampled_from(["presence", "influence", "control", "dispute"]),
        "valid_from": DAYS,
        "length": st.integers(0, 800),
        "source_id": st.sampled_from(["yearbook", "press", "undated"]),
    }
)


def drawn_rows(facts: list[dict]) -> pd.DataFrame:
    return rows(*({**fact, "valid_to": fact["valid_from"] + pd.Timedelta(days=fact["length"])} for fact in facts))


@settings(deadline=None)
@given(st.lists(FACT, min_size=1, max_size=8), DAYS, st.integers(0, 60), st.integers(0, 24))
def test_widening_the_window_never_removes_a_group(facts: list[dict], on: date, window: int, wider: int) -> None:
    presence = drawn_rows(facts)
    keys = ["divipola", "group_id"]
    narrow = state.groups_at(evidence(presence, on, window)).set_index(keys)
    wide = state.groups_at(evidence(presence, on, window + wider)).set_index(keys)
    assert set(narrow.index) <= set(wide.index)
    for key, level in narrow["level"].items():
        assert state.LEVEL_RANK[wide["level"].to_dict()[key]] >= state.LEVEL_RANK[level]


@settings(deadline=None)
@given(st.lists(FACT, min_size=1, max_size=8), DAYS, st.integers(0, 60))
def test_the_state_at_a_date_does_not_depend_on_later_rows(facts: list[dict], on: date, window: int) -> None:
    presence = drawn_rows(facts)
    earlier = presence[presence["valid_from"] <= pd.Timestamp(on)]
    pd.testing.assert_frame_equal(
        state.groups_at(evidence(presence, on, window)), state.groups_at(evidence(earlier, on, window))
    )


@settings(deadline=None)
@given(st.lists(FACT, min_size=1, max_size=8), DAYS, st.integers(0, 60))
def test_ages_are_never_negative_nor_beyond_the_window(facts: list[dict], on: date, window: int) -> None:
    found = evidence(drawn_rows(facts), on, window)
    assert (found["evidence_age_days"] >= 0).all()
    assert (found["newest"] <= pd.Timestamp(on)).all()


# The embedded tables.


def test_no_group_is_reported_by_a_row_that_begins_later() -> None:
    found = state.evidence_at(table("presence"), date(2024, 10, 31))
    assert (found["valid_from"] <= pd.Timestamp("2024-10-31")).all()
    assert (found["attested_to"] >= pd.Timestamp("2022-10-31")).all()


def test_comuneros_in_narino_in_the_last_year_with_evidence() -> None:
    found = state.groups_at(state.evidence_at(table("presence"), date(2025, 12, 31)))
    comuneros = found[(found["group_id"] == "comuneros_sur") & found["divipola"].str.startswith("52")]
    assert {"52678", "52612"} <= set(comuneros["divipola"])
    assert (comuneros["level"] != "control").all()


def test_yearly_snapshots_of_pares_are_never_fresher_than_their_publication() -> None:
    found = state.evidence_at(table("presence"), date(2026, 10, 31))
    pares = found[found["publisher"].str.contains("Pares") & (found["precision"] == "year")]
    assert not pares.empty
    published = pares["source_id"].map(table("sources").set_index("source_id")["date_to"])
    assert (pares["newest"] <= published).all()
