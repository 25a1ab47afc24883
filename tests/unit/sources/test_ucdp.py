"""UCDP's events: where they lie, which release counts, and the old file of HDX against the embedded table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.names import Gazetteer
from data.sources import ucdp
from data.sources.fetch import Fetch
from data.sources.http import PublisherError
from data.sources.model import Locate, Parsed, Parsing, SourceError
from tests.unit.loopback import Server
from tests.unit.sources.conftest import TODAY, everything_in
from tests.unit.sources.server import GED_COLUMNS, csv_bytes, ged_row, ucdp_setup, zip_bytes

Mirror = Callable[[str], Path]
OLD = "ged_col_hdx_1989-2018.csv"


def parsed(rows: list[dict[str, Any]], parsing: Parsing, name: str = "GEDEvent_v26_1.csv") -> Parsed:
    data = csv_bytes(GED_COLUMNS, [ged_row(**{"id": n} | row) for n, row in enumerate(rows)])
    return ucdp.parse_events(ucdp.events_of(data, name), parsing)


def places(found: Parsed) -> list[tuple[Any, Any]]:
    table = found.tables["ucdp_events"]
    return [
        (None if pd.isna(a) else a, None if pd.isna(b) else b)
        for a, b in zip(table["divipola"], table["department_code"], strict=True)
    ]


def test_quirk_35_the_old_file_equals_the_embedded_table(
    mirror: Mirror, gazetteer: Gazetteer, locate: Locate, facts: Callable
) -> None:
    events = ucdp.events_of(mirror(f"ucdp/{OLD}").read_bytes(), OLD)
    assert len(events) == 4_632
    found = ucdp.parse_events(events, Parsing(gazetteer, locate, TODAY)).tables["ucdp_events"]
    held = facts("ucdp_events_month").query("source_release == 'GED 19.1 via HDX'")
    keys = ["month", "divipola", "department_code", "type_of_violence", "side_a", "side_b"]
    found = found[found["month"] >= "2012"].assign(month=lambda f: f["month"].dt.strftime("%Y-%m"))
    read = found.astype({"type_of_violence": "str"}).fillna({"divipola": "", "department_code": ""})
    both = held.merge(read, on=keys, how="outer", suffixes=("_held", "_read"))
    assert len(held) == len(both) == 208
    assert (both["events_held"].astype(int) == both["events_read"]).all()
    assert (both["deaths_best"].astype(int) == both["deaths"]).all()


def test_quirk_35_department_and_country_events_are_on_no_municipality(parsing: Parsing) -> None:
    rows = [{"where_prec": p, "adm_2": "", "adm_1": "" if p >= 6 else "Nariño department"} for p in (4, 5, 6)]
    assert sorted(places(parsed(rows, parsing)), key=str) == [(None, "52"), (None, None)]


def test_quirk_20_an_event_counts_in_the_month_in_which_it_began(parsing: Parsing) -> None:
    found = parsed([{"date_start": "2025-01-30 00:00:00.000", "date_end": "2025-03-02 00:00:00.000"}], parsing)
    assert found.tables["ucdp_events"]["month"].tolist() == [pd.Timestamp("2025-01-01")]
    assert "lasting_several_days=1" in found.notes


def test_quirk_08_tumaco_in_both_spellings_of_one_file(parsing: Parsing) -> None:
    names = ("Tumaco municipality", "San Andrés de Tumaco municipality", "San Andres de Tumaco", "TUMACO")
    found = parsed([{"adm_2": name} for name in names], parsing)
    assert places(found) == [("52835", "52")]


def test_quirk_13_department_names_with_two_spaces(parsing: Parsing) -> None:
    rows = [
        {"adm_1": "Tolima  department", "adm_2": "Ibagué municipality"},
        {"adm_1": "Valle del Cauca  department", "adm_2": "Cali municipality"},
    ]
    assert set(places(parsed(rows, parsing))) == {("73001", "73"), ("76001", "76")}


@pytest.mark.parametrize("precision", [1, 2])
def test_an_exact_point_decides(precision: int, gazetteer: Gazetteer) -> None:
    here = Parsing(gazetteer, everything_in("52079"), TODAY)
    assert places(parsed([{"where_prec": precision}], here)) == [("52079", "52")]


def test_a_point_in_another_department_than_the_one_named_is_not_believed(gazetteer: Gazetteer) -> None:
    elsewhere = Parsing(gazetteer, everything_in("19001"), TODAY)
    assert places(parsed([{"where_prec": 1}], elsewhere)) == [("52835", "52")]
    assert places(parsed([{"where_prec": 1, "adm_2": ""}], elsewhere)) == [(None, "52")]


def test_an_approximate_point_is_not_asked_for_the_name_is(gazetteer: Gazetteer) -> None:
    here = Parsing(gazetteer, everything_in("52079"), TODAY)
    assert places(parsed([{"where_prec": 3}], here)) == [("52835", "52")]


def test_types_of_violence_are_told_apart(parsing: Parsing) -> None:
    found = parsed([{"type_of_violence": n, "best": n} for n in (1, 2, 3)], parsing)
    assert found.values.set_index("indicator_id")["value"].to_dict() == {
        "ucdp_state_based": 1,
        "ucdp_non_state": 1,
        "ucdp_one_sided": 1,
        "ucdp_deaths_state_based": 1,
        "ucdp_deaths_non_state": 2,
        "ucdp_deaths_one_sided": 3,
    }


def test_candidates_that_are_not_clear_are_provisional(parsing: Parsing) -> None:
    rows = [{"code_status": "Clear"}, {"code_status": "Unclear"}]
    assert sorted(parsed(rows, parsing, "GEDEvent_v26_0_8.csv").tables["ucdp_events"]["provisional"]) == [False, True]
    assert not parsed(rows, parsing).tables["ucdp_events"]["provisional"].any()


def test_other_countries_are_left_out(parsing: Parsing) -> None:
    found = parsed([{"country": "Ecuador", "country_id": 130}, {}], parsing)
    assert found.rows == 1


def test_quirk_35_tags_line_breaks_and_carriage_returns(parsing: Parsing) -> None:
    tags = ["" for _ in GED_COLUMNS]
    tags[2] = "#date+year"
    tags[0] = "#meta+id"
    row = ged_row(side_b='ELN, "frente"\r\nsegundo')
    found = ucdp.events_of(csv_bytes(GED_COLUMNS, [tags, row]), OLD)
    assert len(found) == 1


def test_columns_are_found_by_name_and_a_missing_one_is_named() -> None:
    shuffled = list(reversed(GED_COLUMNS))
    data = csv_bytes(["new_column", *shuffled], [["x", *reversed(ged_row())]])
    assert ucdp.events_of(data, "GEDEvent_v26_1.csv")["adm_2"].tolist() == ["Tumaco municipality"]
    with pytest.raises(SourceError, match="missing_column") as caught:
        ucdp.events_of(csv_bytes(GED_COLUMNS[:-3], [ged_row()[:-3]]), "GEDEvent_v26_1.csv")
    assert "best" in caught.value.detail


def test_the_newest_release_of_an_event_counts_and_candidates_of_covered_years_do_not() -> None:
    def events(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
        return ucdp.events_of(csv_bytes(GED_COLUMNS, [ged_row(**row) for row in rows]), name)

    together = pd.concat(
        [
            events("GEDEvent_v26_0_8.csv", {"id": 7, "year": 2026, "best": 9}, {"id": 8, "year": 2025}),
            events("GEDEvent_v26_01_26_06.csv", {"id": 7, "year": 2026, "best": 5}, {"id": 9, "year": 2026}),
            events("GEDEvent_v26_1.csv", {"id": 1, "year": 2025}),
        ],
        ignore_index=True,
    )
    newest = ucdp.newest_releases(together).set_index("id")
    assert sorted(newest.index) == ["1", "7", "9"]
    assert newest.loc["7", "best"] == "9"
    assert newest.loc["7", "release"] == "candidate 26.0.8"


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("ged261-csv.zip", ("GED 26.1", False)),
        ("GEDEvent_v26_1.csv", ("GED 26.1", False)),
        ("GEDEvent_v26_01_26_06.csv", ("candidate 26.01.26.06", True)),
        ("GEDEvent_v26_0_10.csv", ("candidate 26.0.10", True)),
    ],
)
def test_a_release_is_told_by_its_name(name: str, release: tuple[str, bool]) -> None:
    assert ucdp.release_of(name) == release


def test_what_is_not_published_yet_is_not_an_error(make_fetch: Callable[..., Fetch], parsing: Parsing) -> None:
    with Server() as server:
        environment, _ = ucdp_setup(server)
        files = list(ucdp.download(make_fetch(environment)))
    assert [raw.name for raw in files] == ["ged261-csv.zip", "GEDEvent_v26_01_26_06.csv", "GEDEvent_v26_0_7.csv"]
    found = ucdp.parse(files, parsing)
    assert found.cut_date == dt.date(2026, 7, 5)
    assert set(found.tables["ucdp_events"]["release"]) == {"GED 26.1", "candidate 26.01.26.06", "candidate 26.0.7"}


def test_no_release_under_any_name_is_an_error(make_fetch: Callable[..., Fetch]) -> None:
    with Server() as server, pytest.raises(PublisherError) as caught:
        list(ucdp.download(make_fetch({"PAZ_URL_UCDP": server.url})))
    assert caught.value.fault == "not_found"


@pytest.mark.parametrize("data", [b"PK\x03\x04cut", zip_bytes("readme.txt", b"x")])
def test_an_archive_without_its_table_is_told(data: bytes) -> None:
    with pytest.raises(SourceError):
        ucdp.events_of(data, "ged261-csv.zip")
