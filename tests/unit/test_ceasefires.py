"""Ceasefires at a date: the table of statuses row by row, territory, parties, and the embedded ceasefires."""

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.store import table
from geo import ceasefires, state

DAY_COLUMNS = ("announced", "start", "end", "attested_to")


def agreements(*facts: Mapping[str, object]) -> pd.DataFrame:
    """Synthetic ceasefires; a fact names only what matters to its case."""
    usual = {
        "ceasefire_id": "truce", "parent_id": None, "parent_relation": None, "class": "ceasefire",
        "announced": None, "start": None, "end": None, "attested_to": None, "outcome": "took_effect",
        "binds": "territory",
    }  # fmt: skip
    frame = pd.DataFrame([{**usual, **fact} for fact in facts])
    if "announced_text" not in frame:
        frame["announced_text"] = frame["announced"].fillna("").astype("str")
    for column in DAY_COLUMNS:
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[s]")
    return frame


def status(fact: Mapping[str, object], on: str) -> str:
    return ceasefires.status_at(agreements(fact), date.fromisoformat(on)).loc["truce"]


DATED = {"announced": "2023-06-09", "start": "2023-08-03", "end": "2024-01-29"}
OPEN = {"announced": "2024-09-20", "start": "2024-09-20", "attested_to": "2026-02-05"}
NEVER = {"announced": "2024-12-19", "attested_to": "2026-02-05", "outcome": "never_took_effect"}
PLANNED = {"announced": "2024-08-16", "attested_to": "2024-09-16", "outcome": "unknown"}
HEARSAY = {"attested_to": "2024-08-09", "outcome": "unknown"}
OVER = {"announced": "2025-10-07", "end": "2025-11-03", "outcome": "unknown"}
BY_YEAR = {"announced": "2024-01-01", "announced_text": "2024", "attested_to": "2024-11-21", "outcome": "unknown"}
BY_MONTH = {"announced": "2018-05-01", "announced_text": "2018-05", "start": "2018-05-25", "end": "2018-05-29"}


@pytest.mark.parametrize(
    ("fact", "on", "expected"),
    [
        (DATED, "2023-06-08", "not_announced"),
        (DATED, "2023-06-09", "announced"),
        (DATED, "2023-08-02", "announced"),
        (DATED, "2023-08-03", "in_force"),
        (DATED, "2024-01-29", "in_force"),
        (DATED, "2024-01-30", "ended"),
        (OPEN, "2024-09-19", "not_announced"),
        (OPEN, "2024-09-20", "in_force"),
        (OPEN, "2026-02-05", "in_force"),
        (OPEN, "2026-02-06", "unknown"),
        (NEVER, "2024-12-18", "not_announced"),
        (NEVER, "2024-12-19", "never_took_effect"),
        (NEVER, "2030-01-01", "never_took_effect"),
        # A decree that was never applied, with the dates that it had on paper.
        (DATED | {"outcome": "never_took_effect"}, "2023-06-09", "never_took_effect"),
        (DATED | {"outcome": "never_took_effect"}, "2023-10-01", "never_took_effect"),
        (DATED | {"outcome": "never_took_effect"}, "2024-02-01", "never_took_effect"),
        (PLANNED, "2024-08-15", "not_announced"),
        (PLANNED, "2024-08-16", "announced"),
        (PLANNED, "2024-09-16", "announced"),
        (PLANNED, "2024-09-17", "unknown"),
        (HEARSAY, "2024-08-08", "not_announced"),
        (HEARSAY, "2024-08-09", "announced"),
        (HEARSAY, "2024-08-10", "unknown"),
        (OVER, "2025-11-03", "announced"),
        (OVER, "2025-11-04", "ended"),
        (DATED | {"announced": None, "announced_text": ""}, "2023-08-02", "not_announced"),
        (DATED | {"announced": None, "announced_text": ""}, "2023-08-03", "in_force"),
        (DATED | {"outcome": "unknown"}, "2023-10-01", "unknown"),
        (DATED | {"outcome": "unknown"}, "2024-01-30", "ended"),
        # A partial date is known from the last day it may mean, unless more is known before.
        (BY_YEAR, "2024-06-01", "not_announced"),
        (BY_YEAR, "2024-11-21", "announced"),
        (BY_YEAR, "2024-11-22", "unknown"),
        (BY_MONTH, "2018-05-24", "not_announced"),
        (BY_MONTH, "2018-05-25", "in_force"),
    ],
)
def test_status(fact: Mapping[str, object], on: str, expected: str) -> None:
    assert status(fact, on) == expected


DAYS = st.none() | st.dates(date(2022, 1, 1), date(2025, 12, 31))


@st.composite
def possible_agreements(draw: st.DrawFn) -> pd.DataFrame:
    """Rows that the schema allows: announced ≤ end, start ≤ end, start ≤ attested_to."""
    announced, start, end, attested = (draw(DAYS) for _ in DAY_COLUMNS)
    latest = max((day for day in (announced, start) if day), default=None)
    if latest and end and end < latest:
        end = latest
    if start and attested and attested < start:
        attested = start
    if not any((announced, start, end, attested)):
        attested = date(2024, 1, 1)
    return agreements(
        {
            "announced": announced and announced.isoformat(),
            "start": start and start.isoformat(),
            "end": end and end.isoformat(),
            "attested_to": attested and attested.isoformat(),
            "outcome": draw(st.sampled_from(["took_effect", "never_took_effect", "unknown"])),
        }
    )


ORDER = {"not_announced": 0, "announced": 1, "in_force": 2, "never_took_effect": 3, "ended": 3, "unknown": 3}


@settings(deadline=None)
@given(possible_agreements())
def test_statuses_divide_time_and_never_return(frame: pd.DataFrame) -> None:
    days = pd.date_range("2021-12-30", "2026-01-02").as_unit("s")
    names = [ceasefires.STATUSES[code] for code in ceasefires.status_codes(frame, days)[0]]
    seen = [name for name, before in zip(names, [None, *names], strict=False) if name != before]
    assert len(seen) == len(set(seen)), "each status holds over one unbroken stretch"
    steps = [ORDER[name] for name in seen]
    # Only what has no known outcome may pass from unknown to ended, when its known end is over.
    assert steps == sorted(steps)
    assert seen[0] == "not_announced"
    assert seen[-1] in {"never_took_effect", "ended", "unknown"}
    if frame.loc[0, "outcome"] != "took_effect":
        assert "in_force" not in seen


@settings(deadline=None)
@given(possible_agreements(), st.dates(date(2021, 12, 1), date(2026, 1, 31)))
def test_in_force_is_always_attested(frame: pd.DataFrame, on: date) -> None:
    if ceasefires.status_at(frame, on).iloc[0] == "in_force":
        day = pd.Timestamp(on)
        assert (frame["start"] <= day).all()
        assert ceasefires.attested_codes(frame, pd.DatetimeIndex([day])).all()


PLACES = pd.DataFrame({"divipola": ["19001", "50001", "52678", "52835"], "department_code": ["19", "50", "52", "52"]})


def territory_of(*areas: tuple[str, str, str]) -> list[str]:
    frame = pd.DataFrame([("truce", *area) for area in areas], columns=["ceasefire_id", "rule", "level", "code"])
    return ceasefires.legal_territory(frame, PLACES)["divipola"].tolist()


def test_territory_is_what_is_included_less_what_is_excluded() -> None:
    assert territory_of(("include", "nation", "CO")) == ["19001", "50001", "52678", "52835"]
    assert territory_of(("include", "nation", "CO"), ("exclude", "department", "52")) == ["19001", "50001"]
    assert territory_of(("include", "department", "52"), ("include", "municipality", "52835")) == ["52678", "52835"]
    assert territory_of(("include", "department", "52"), ("exclude", "municipality", "52835")) == ["52678"]


def test_a_territory_that_is_no_place_is_refused() -> None:
    with pytest.raises(ValueError, match="27999"):
        territory_of(("include", "municipality", "27999"))


LINEAGE = pd.DataFrame(
    [
        ("comuneros_sur", "eln", "part_of", "1992-01-01", "2024-05-06"),
        ("comuneros_sur", "eln", "split_from", "2024-05-07", None),
        ("carlos_patino", "jacobo_arenas", "part_of", None, None),
        ("jacobo_arenas", "emc", "part_of", None, None),
        ("embf", "emc", "split_from", "2024-04-01", None),
        ("cordillera_sur", "egc", "franchise_of", None, "2022-12-31"),
        ("contadores", "segunda_marquetalia", "absorbed_by", "2022-01-01", None),
        ("nobody", "emc", "split_from", None, None),
    ],
    columns=["child", "parent", "relation", "from", "to"],
).astype({"from": "datetime64[s]", "to": "datetime64[s]"})


@pytest.mark.parametrize(
    ("party", "on", "structures"),
    [
        ("eln", date(2024, 5, 6), {"eln", "comuneros_sur"}),
        ("eln", date(2024, 5, 7), {"eln"}),
        ("emc", date(2024, 3, 31), {"emc", "jacobo_arenas", "carlos_patino", "embf"}),
        ("emc", date(2024, 4, 1), {"emc", "jacobo_arenas", "carlos_patino"}),
        ("egc", date(2021, 1, 1), {"egc"}),
        ("segunda_marquetalia", date(2021, 12, 31), {"segunda_marquetalia"}),
        ("segunda_marquetalia", date(2022, 1, 1), {"segunda_marquetalia", "contadores"}),
    ],
)
def test_a_party_has_the_structures_of_its_time(party: str, on: date, structures: set[str]) -> None:
    assert ceasefires.structures_at(LINEAGE, party, on) == structures


def drawn(fact: Mapping[str, object], reported: list[tuple[str, str]], on: str, **options: object) -> pd.DataFrame:
    frame = agreements({**DATED, **fact})
    areas = pd.DataFrame([("truce", "include", "nation", "CO")], columns=["ceasefire_id", "rule", "level", "code"])
    return ceasefires.drawn_at(
        frame,
        ceasefires.legal_territory(areas, PLACES),
        pd.DataFrame(reported, columns=["divipola", "group_id"]),
        pd.DataFrame([("truce", "gov"), ("truce", "eln")], columns=["ceasefire_id", "party"]),
        LINEAGE,
        date.fromisoformat(on),
        **options,  # pyright: ignore[reportArgumentType]
    )


REPORTED = [("52678", "comuneros_sur"), ("19001", "eln"), ("52835", "emc")]


def test_a_ceasefire_that_binds_a_group_is_drawn_where_the_group_is_reported() -> None:
    found = drawn({"binds": "group"}, REPORTED, "2023-08-15")
    assert found["divipola"].tolist() == ["19001", "52678"]
    assert set(found["basis"]) == {"party_reported"}
    assert found["nationwide"].all()
    assert not found["blocs"].any()


def test_after_its_split_a_group_is_no_longer_bound() -> None:
    later = {"binds": "group", "end": "2024-08-03"}
    assert drawn(later, REPORTED, "2024-05-06")["divipola"].tolist() == ["19001", "52678"]
    assert drawn(later, REPORTED, "2024-05-07")["divipola"].tolist() == ["19001"]


def test_a_ceasefire_that_binds_a_territory_is_drawn_on_it() -> None:
    found = drawn({}, [], "2023-08-15")
    assert len(found) == len(PLACES)
    assert set(found["basis"]) == {"territory"}
    assert not found["nationwide"].any()


def test_blocs_are_flagged() -> None:
    found = drawn({"binds": "blocs"}, REPORTED, "2023-08-15")
    assert found["blocs"].all()
    assert found["nationwide"].all()


def test_what_has_ended_is_drawn_only_when_asked_for() -> None:
    assert drawn({}, [], "2024-02-01").empty
    assert set(drawn({}, [], "2024-02-01", statuses=ceasefires.STATUSES)["status"]) == {"ended"}


def test_a_ceasefire_that_never_took_effect_is_attested_to_its_last_known_day() -> None:
    fact = {"outcome": "never_took_effect", "end": "2024-01-29"}
    assert drawn(fact, [], "2024-01-29")["attested"].all()
    assert not drawn(fact, [], "2024-01-30")["attested"].any()


def test_a_ceasefire_that_is_continued_for_a_faction_bound_the_faction_too() -> None:
    frame = agreements(
        {"ceasefire_id": "emc"},
        {"ceasefire_id": "embf", "parent_id": "emc", "parent_relation": "continues_for_a_faction"},
    )
    parties = pd.DataFrame(
        [("emc", "gov"), ("emc", "emc"), ("embf", "gov"), ("embf", "embf")], columns=["ceasefire_id", "party"]
    )
    assert ceasefires.bound_parties(frame, parties) == {"emc": ("emc", "embf"), "embf": ("embf",)}


# The embedded tables: the worked cases.


def departments_in_force(party: str, on: date) -> set[str]:
    """Departments in the legal territory of a party's ceasefires in force."""
    parties = table("ceasefire_parties")
    of_party = parties.loc[parties["party"] == party, "ceasefire_id"]
    territory = ceasefires.legal_territory(table("ceasefire_areas"), table("municipalities"))
    legal = ceasefires.legal_at(table("ceasefires"), territory, on)
    in_force = (legal["status"] == "in_force") & (legal["class"] == "ceasefire")
    return set(legal.loc[in_force & legal["ceasefire_id"].isin(of_party), "divipola"].str[:2])


def drawn_on(on: date) -> pd.DataFrame:
    reported = state.groups_at(state.evidence_at(table("presence"), on))
    territory = ceasefires.legal_territory(table("ceasefire_areas"), table("municipalities"))
    return ceasefires.drawn_at(
        table("ceasefires"), territory, reported, table("ceasefire_parties"), table("group_lineage"), on
    )


CAUCA, META, CAQUETA, GUAVIARE, PUTUMAYO = "19", "50", "18", "95", "86"


def test_emc_on_1_june_2023_in_cauca_and_not_in_the_four_departments() -> None:
    found = departments_in_force("emc", date(2023, 6, 1))
    assert CAUCA in found
    assert not {META, CAQUETA, GUAVIARE, PUTUMAYO} & found
    painted = drawn_on(date(2023, 6, 1))
    emc = painted[painted["ceasefire_id"].str.startswith("dec31_emc") & (painted["status"] == "in_force")]
    assert CAUCA in set(emc["divipola"].str[:2])
    assert not {META, CAQUETA, GUAVIARE, PUTUMAYO} & set(emc["divipola"].str[:2])


def test_emc_before_the_suspension_also_in_the_four_departments() -> None:
    assert {CAUCA, META, CAQUETA, GUAVIARE, PUTUMAYO} <= departments_in_force("emc", date(2023, 5, 25))


def test_eln_on_15_august_2023_nationwide() -> None:
    assert len(departments_in_force("eln", date(2023, 8, 15))) == 33
    eln = drawn_on(date(2023, 8, 15)).query("ceasefire_id == 'eln_bilateral_2023'")
    assert set(eln["status"]) == {"in_force"}
    assert eln["nationwide"].all()
    assert set(eln["basis"]) == {"party_reported"}


def test_the_front_that_became_comuneros_was_bound_by_the_ceasefire_of_the_eln() -> None:
    lineage = table("group_lineage")
    assert "comuneros_sur" in ceasefires.structures_at(lineage, "eln", date(2024, 5, 6))
    assert "comuneros_sur" not in ceasefires.structures_at(lineage, "eln", date(2024, 5, 7))


@pytest.mark.parametrize("days_later", [0, 1, 60, 182, 413, 700, 5000])
def test_the_bilateral_ceasefire_of_comuneros_never_took_effect(days_later: int) -> None:
    announced = date(2024, 12, 19)
    found = ceasefires.status_at(table("ceasefires"), announced + timedelta(days=days_later))
    assert found["comuneros_bilateral_2024"] == "never_took_effect"


def test_the_bilateral_ceasefire_of_comuneros_before_its_announcement() -> None:
    found = ceasefires.status_at(table("ceasefires"), date(2024, 12, 18))
    assert found["comuneros_bilateral_2024"] == "not_announced"


def test_the_pledge_of_comuneros_is_no_ceasefire_and_unknown_after_its_last_word() -> None:
    rows = table("ceasefires").set_index("ceasefire_id")
    assert rows.loc["comuneros_hum_2024", "class"] == "humanitarian_pledge"
    assert ceasefires.status_at(table("ceasefires"), date(2026, 2, 5))["comuneros_hum_2024"] == "in_force"
    assert ceasefires.status_at(table("ceasefires"), date(2026, 2, 6))["comuneros_hum_2024"] == "unknown"


def test_the_decree_on_the_eln_of_31_december_2022_was_never_in_force() -> None:
    for day in pd.date_range("2022-12-31", "2023-02-01"):
        assert ceasefires.status_at(table("ceasefires"), day.date())["dec31_eln_2023"] == "never_took_effect"


def test_no_ceasefire_is_in_force_on_the_last_day_of_the_data() -> None:
    rows = table("ceasefires")
    found = ceasefires.status_at(rows, date(2026, 10, 31))
    assert not (found == "in_force").any()
