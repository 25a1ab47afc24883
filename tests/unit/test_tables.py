"""The embedded tables: row counts, worked numbers, and the promises that docs/data.md makes."""

from pathlib import Path

import pandas as pd
import pytest

from data import check, datapackage, paths, schemas, store

ROOT = Path(__file__).parents[2]

# Counted on 24 November 2026 from the facts consulted to 31 October 2026. A changed number needs a changed date and
# its reason here.
ROWS = {
    "sources": 484,
    "municipalities": 1122,
    "population": 57171,  # 1,121 municipalities × 51 years; DANE has no row for 27493
    "families": 10,
    "groups": 76,
    "group_lineage": 40,
    "group_sources": 117,
    "group_relations": 41,
    "group_relation_areas": 69,
    "group_relation_sources": 59,
    "group_strength": 103,
    "presence": 5332,
    "caveats": 121,
    "talks_municipalities": 10,
    "planned_expansion": 18,
    "ceasefires": 49,
    "ceasefire_parties": 84,
    "ceasefire_areas": 99,
    "zones": 52,
    "zone_groups": 52,
    "zone_municipalities": 80,
    "events": 217,
    "event_places": 98,
    "processes": 11,
    "process_groups": 14,
    "process_years": 51,
    "commitments": 33,
    "commitment_municipalities": 28,
    "indicators": 27,
    "values_month": 91071,
    "values_year": 27323,
    "values_period": 937,
    "values_unplaced": 195,
    "no_record": 161,
    "ucdp_events": 1916,
    "massacres_indepaz": 617,
    "totals_indicators": 33,
    "totals_national": 241,  # 189 figures, and 13 years × 4 of UCDP
    "totals_department": 356,
    "governments": 10,
    "elections": 13,
}


def monthly(indicator: str, year: int, department: str = "") -> float:
    values = store.table("values_month")
    chosen = values[
        (values["indicator_id"] == indicator)
        & (values["month"].dt.year == year)
        & values["divipola"].str.startswith(department)
    ]
    return float(chosen["value"].sum())


def test_every_table_is_sound() -> None:
    assert {name: [str(fault) for fault in found] for name, found in check.check().items() if found} == {}


@pytest.mark.parametrize("name", store.tables())
def test_row_counts_are_pinned(name: str) -> None:
    assert len(store.table(name)) == ROWS[name]


def test_places() -> None:
    units = store.table("municipalities")
    assert len(units) == 1122
    assert (units["department_code"] == "52").sum() == 64
    assert units.loc[units["department_code"] == "52", "subregion"].nunique() == 13
    assert (units["pdet_subregion"] != "").sum() == 170
    assert set(units.loc[units["name"] == "Nariño", "divipola"]) == {"05483", "25483", "52480"}


def test_worked_numbers() -> None:
    assert monthly("homicides", 2012) == 16033
    assert monthly("homicides", 2018, "52") == 643


def test_indepaz_lists_93_massacres_in_2023_and_one_of_them_twice() -> None:
    listed = store.table("massacres_indepaz")
    of_2023 = listed[listed["date"].dt.year == 2023]
    assert len(of_2023) == 93
    duplicate = of_2023[of_2023["duplicate"]]
    assert duplicate[["divipola", "date"]].astype("str").to_numpy().tolist() == [["05042", "2023-12-03"]]
    assert monthly("massacres_indepaz", 2023) == 92


def test_the_massacre_without_a_municipality_counts_in_the_nation_only() -> None:
    unplaced = store.table("values_unplaced")
    event = unplaced[unplaced["indicator_id"] == "massacres_indepaz"]
    assert event[["month", "value"]].astype("str").to_numpy().tolist() == [["2022-01-01", "1.0"]]
    assert event["department_code"].isna().all()
    assert monthly("massacres_indepaz", 2022) == 93


@pytest.mark.parametrize("column", ["events", "deaths"])
@pytest.mark.parametrize(("code", "kind"), [(1, "state_based"), (2, "non_state"), (3, "one_sided")])
def test_ucdp_indicators_add_up_to_the_events(column: str, code: int, kind: str) -> None:
    events = store.table("ucdp_events")
    indicator = f"ucdp_{kind}" if column == "events" else f"ucdp_deaths_{kind}"
    held = sum(
        values.loc[values["indicator_id"] == indicator, "value"].sum()
        for values in (store.table("values_month"), store.table("values_unplaced"))
    )
    assert held == events.loc[events["type_of_violence"] == code, column].sum()


def test_homicides_have_no_record_in_eighteen_places() -> None:
    gaps = store.table("no_record")
    assert (gaps["indicator_id"] == "homicides").sum() == 18
    values = pd.concat([store.table("values_month"), store.table("values_year"), store.table("values_period")])
    both = values.merge(gaps, on=["indicator_id", "divipola"])
    assert both.empty, "a municipality has a value and no record at once"


def test_no_population_is_null_and_never_zero() -> None:
    population = store.table("population")
    assert population["total"].min() > 0
    assert population["total"].isna().any()
    assert "94663" not in set(population["divipola"])


@pytest.mark.parametrize("name", store.tables())
def test_every_text_has_both_languages(name: str) -> None:
    frame = store.table(name)
    for column in frame.columns[frame.columns.str.endswith("_es")]:
        english = frame[f"{column.removesuffix('_es')}_en"]
        assert ((frame[column] == "") == (english == "")).all(), f"{name}.{column}: one language is missing"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("groups", "description"),
        ("group_relations", "text"),
        ("ceasefires", "text"),
        ("zones", "text"),
        ("processes", "guarantors"),
        ("processes", "last_state"),
        ("process_years", "status"),
        ("commitments", "evidence"),
    ],
)
def test_texts_that_readers_need_are_there(name: str, stem: str) -> None:
    frame = store.table(name)
    assert (frame[f"{stem}_es"] != "").all()
    assert (frame[f"{stem}_en"] != "").all()


def test_the_comuneros_ceasefire_never_took_effect_and_their_pledge_is_no_ceasefire() -> None:
    ceasefires = {row["ceasefire_id"]: row for row in store.table("ceasefires").to_dict("records")}
    comuneros = ceasefires["comuneros_bilateral_2024"]
    assert (comuneros["outcome"], comuneros["class"]) == ("never_took_effect", "ceasefire")
    assert comuneros["start"] is pd.NaT
    pledge = ceasefires["comuneros_hum_2024"]
    assert pledge["class"] == "humanitarian_pledge"
    assert pledge["attested_to"] == pd.Timestamp("2026-02-05")


def test_presence_is_attested_to_its_end_or_to_the_last_day_its_source_may_mean() -> None:
    presence = store.table("presence").join(store.table("sources").set_index("source_id")[["date_to"]], on="source_id")
    ended = presence["valid_to"].notna()
    assert (presence.loc[ended, "attested_to"] == presence.loc[ended, "valid_to"]).all()
    open_ended = presence[~ended]
    assert len(open_ended) == 100
    assert (open_ended["attested_to"] == open_ended["date_to"]).all()


def test_control_is_rare_and_said_of_few_rows() -> None:
    assert store.table("presence")["level"].value_counts().to_dict() == {
        "presence": 5048,
        "dispute": 220,
        "influence": 41,
        "control": 23,
    }


def test_titles_are_titles() -> None:
    titles = store.table("sources")["title"]
    assert not titles.str.contains(r"\[|inferred|via GitHub", regex=True).any()
    rebuilt = [title for title in titles if title.islower() and not title[0].isdigit() and not title.endswith(".json")]
    assert rebuilt == []


def test_sources_have_one_identifier_each() -> None:
    sources = store.table("sources")
    assert not sources.duplicated(["publisher", "via", "title", "date_text", "url"]).any()
    assert sources["date_to"].max() <= pd.Timestamp("2026-10-31")


def test_indicators_say_what_a_missing_row_means() -> None:
    indicators = store.table("indicators").set_index("indicator_id")
    assert indicators.at["homicides", "missing_means"] == "zero"
    assert indicators.at["confinement", "missing_means"] == "no_record"
    assert indicators.at["ucdp_one_sided", "gaps"] == "2019-01-01/2022-12-31"
    assert indicators.at["massacres_mindefensa", "last"] == pd.Timestamp("2025-04-28")
    assert not indicators.at["poverty_ipm", "rate"]
    used = {
        value
        for name in ("values_month", "values_year", "values_period")
        for value in store.table(name)["indicator_id"].unique()
    }
    assert used == set(indicators.index)


def test_governments_follow_one_another_without_a_gap() -> None:
    governments = store.table("governments").sort_values("from")
    following = governments["from"].iloc[1:].to_numpy() - governments["to"].iloc[:-1].to_numpy()
    assert (following == pd.Timedelta(days=1)).all()
    assert pd.isna(governments["to"].iloc[-1])


def test_no_table_names_a_place_finer_than_a_municipality() -> None:
    assert "veredas" not in store.table("zones").columns
    assert not store.table("presence")["source_term"].str.contains("José María").any()


def test_the_codebook_is_up_to_date() -> None:
    page = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    assert page == datapackage.with_codebook(page), "run `python -m data.datapackage`"


def test_every_licence_of_a_source_is_explained() -> None:
    page = (ROOT / "DATA-LICENSES.md").read_text(encoding="utf-8")
    for licence in set(store.table("sources")["licence"]) - {""}:
        assert licence in page


def test_the_tables_stay_small() -> None:
    assert sum(file.stat().st_size for file in paths.tables_dir().iterdir()) < 4_000_000


def test_the_package_describes_every_column() -> None:
    described = datapackage.descriptor(paths.tables_dir())
    for resource, table in zip(described["resources"], schemas.TABLES.values(), strict=True):
        assert [field["name"] for field in resource["schema"]["fields"]] == [column.name for column in table.columns]
        assert all(field["description"] for field in resource["schema"]["fields"])
        assert resource["licenses"]
