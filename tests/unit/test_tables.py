"""The embedded tables: row counts, worked numbers, and the promises that docs/data.md makes."""

from pathlib import Path

import pandas as pd
import pytest

from data import check, datapackage, paths, schemas, store

ROOT = Path(__file__).parents[2]

# Counted on 24 November 2026 from the facts consulted to 31 October 2026. A changed number needs a changed date and
# its reason here.
ROWS = {
    "sources": 483,  # 25 November 2026: an article read twice, with and without its date, is one source (484 before)
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
    "caveats": 122,
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
    "values_month": 90605,  # without the provisional events of UCDP
    "values_year": 27323,
    "values_period": 937,
    "values_unplaced": 163,
    "no_record": 161,
    "ucdp_events": 1916,
    "massacres_indepaz": 617,
    "totals_indicators": 32,
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
def test_ucdp_indicators_add_up_to_the_events_that_are_not_provisional(column: str, code: int, kind: str) -> None:
    events = store.table("ucdp_events")
    indicator = f"ucdp_{kind}" if column == "events" else f"ucdp_deaths_{kind}"
    held = sum(
        values.loc[values["indicator_id"] == indicator, "value"].sum()
        for values in (store.table("values_month"), store.table("values_unplaced"))
    )
    assert held == events.loc[(events["type_of_violence"] == code) & ~events["provisional"], column].sum()


def test_provisional_events_are_most_of_2026_and_nearly_all_since_june() -> None:
    events = store.table("ucdp_events")
    events = events[events["month"] >= "2026-01-01"]
    assert events.groupby("provisional")["events"].sum().to_dict() == {False: 331, True: 598}
    assert events.loc[events["month"] >= "2026-06-01"].groupby("provisional")["events"].sum()[True] == 575
    ucdp = store.table("indicators").set_index("indicator_id").filter(like="ucdp_", axis=0)
    assert len(ucdp) == 6
    assert (ucdp["provisional_from"] == pd.Timestamp("2026-01-01")).all()
    assert ucdp["incomplete"].str.endswith("2026-01-01/2026-08-31").all()
    assert ucdp["definition_es"].str.endswith("Los eventos provisionales de 2026 no se cuentan.").all()
    assert ucdp["definition_en"].str.endswith("The provisional events of 2026 are not counted.").all()


def test_presence_that_rests_on_provisional_events_says_so() -> None:
    presence = store.table("presence")
    candidate = presence[(presence["valid_to"] == "2026-08-31") & presence["source_id"].str.startswith("ucdp-")]
    assert candidate["caveat_id"].value_counts().to_dict() == {"ucdp_candidate_2026": 169, "ucdp_provisional_2026": 29}
    assert set(candidate["confidence"]) == {"low"}
    assert set(candidate["precision"]) == {"year"}


def test_the_last_evidence_of_narino_that_is_dated_by_days() -> None:
    presence = store.table("presence")
    here = presence[presence["divipola"].str.startswith("52") & (presence["precision"] == "day")]
    last = here[here["attested_to"] == here["attested_to"].max()].merge(store.table("sources"), on="source_id")
    assert set(last["attested_to"]) == {pd.Timestamp("2026-07-08")}
    assert set(last["publisher"]) == {"Gobernación de Nariño"}
    assert set(last["date_text"]) == {"2026-07-08"}


def test_names_fit_a_legend() -> None:
    families, groups = store.table("families"), store.table("groups")
    for column in ("name_es", "name_en"):
        assert families[column].str.len().max() <= 45
        assert not families[column].str.contains("2017").any()
    for column in ("short_name_es", "short_name_en"):
        assert groups[column].str.len().max() <= 35
        assert not groups.duplicated(column).any()
    unknown = groups.set_index("group_id").loc["multiple_unattributed"]
    assert (unknown["short_name_es"], unknown["short_name_en"]) == ("Sin identificar", "Unidentified")


@pytest.mark.parametrize(
    ("zone_id", "operated"),
    [
        ("zvtn_14", "no"),
        ("zvtn_07", "unknown"),
        ("zvtn_16", "unknown"),
        ("zvtn_18", "unknown"),
        ("zvtn_21", "unknown"),
        ("ptn_08", "unknown"),
        ("area_comuneros_10", "unknown"),
        ("distrito_minero_abades", "unknown"),
        ("zut_mallama", "no"),
        ("zvtn_icononzo", "yes_undated"),
    ],
)
def test_zones_operated_only_where_a_source_says_so(zone_id: str, operated: str) -> None:
    assert store.table("zones").set_index("zone_id").at[zone_id, "operated"] == operated


def test_one_concept_has_one_code_in_the_totals() -> None:
    names = store.table("totals_indicators")
    assert not names.duplicated("name_es").any()
    assert not names.duplicated("name_en").any()
    used = {*store.table("totals_national")["indicator"], *store.table("totals_department")["indicator"]}
    assert used == set(names["indicator"])


def test_a_truce_without_a_dated_text_did_not_certainly_take_effect() -> None:
    assert store.table("ceasefires").set_index("ceasefire_id").at["aburra_2023", "outcome"] == "unknown"


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


def test_a_promise_is_no_evidence_that_it_was_kept() -> None:
    commitments = store.table("commitments").merge(store.table("sources")[["source_id", "url"]], on="source_id")
    open_ones = commitments[(commitments["status"] == "unknown") & (commitments["evidence_date_text"] != "")]
    assert len(open_ones)
    assert not (open_ones["evidence_url"] == open_ones["url"]).any()


def test_weak_sources_are_those_of_the_register() -> None:
    sources = store.table("sources")
    weak = sources[sources["weak"]]
    assert {*weak["publisher"], *weak["via"]} >= {"rbtfl.xyz", "Hanna AI News", "longform.social", "kolumbieninfo"}
    assert len(weak) == 7
    assert not sources.loc[sources["publisher"].isin(["Defensoría del Pueblo", "Policía Nacional"]), "weak"].any()


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
