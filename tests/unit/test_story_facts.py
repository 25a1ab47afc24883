"""The two stories that come with the application: every number and date in them is in the tables, by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import pytest

from components import cache, story
from components.rows import by_id
from components.view import ViewState
from data.store import table

COMUNEROS, CEASEFIRES = "comuneros-del-sur", "ceses-en-narino"


def event(code: str) -> Mapping[str, Any]:
    return by_id(table("events"), "event_id")[code]


def ceasefire(code: str) -> Mapping[str, Any]:
    return by_id(table("ceasefires"), "ceasefire_id")[code]


def day(value: pd.Timestamp) -> date:
    return value.date()


def in_force_in_narino(on: date) -> set[str]:
    """Ceasefires proper, in force and drawn in a municipality of Nariño."""
    rows = cache.drawn_ceasefires(ViewState(page="narino", on=on), on)
    here = rows[rows["divipola"].str.startswith("52") & (rows["class"] == "ceasefire") & (rows["status"] == "in_force")]
    return set(here["ceasefire_id"])


@pytest.mark.parametrize("story_id", [COMUNEROS, CEASEFIRES])
def test_every_step_is_told_in_both_languages_with_its_sources(story_id: str) -> None:
    told = story.shipped()[story_id]
    assert len(told.steps) == 10
    for step in told.steps:
        assert step.title.es
        assert step.title.en
        assert step.note.es
        assert step.note.en
        assert step.evidence
        cited = story.citations(step)
        assert cited
        assert all(each.url.startswith("http") for each in cited)
        # The same numbers in both languages: nothing is lost or added in translation.
        assert sorted(re.findall(r"\d+", step.note.es)) == sorted(
            re.findall(r"\d+", step.note.en.replace("6.5", "6,5"))
        )


def test_publishers_named_in_a_note_are_among_its_sources() -> None:
    names = set(table("sources")["publisher"])
    for told in story.shipped().values():
        for step in told.steps:
            said = {name for name in names if f"({name})" in step.note.es or f"({name}," in step.note.es}
            assert said <= {each.publisher for each in story.citations(step)}, step.title.es


def test_the_dates_of_the_comuneros_story() -> None:
    assert event("ev001")["date"].year == 1992
    first = table("presence").query("group_id == 'comuneros_sur'").sort_values("valid_from").iloc[0]
    assert (first["divipola"], first["valid_from"].strftime("%Y-%m"), first["level"]) == ("52427", "2017-11", "dispute")
    dated = {
        "ev099": date(2024, 3, 9),
        "ev109": date(2024, 5, 5),
        "ev111": date(2024, 5, 9),
        "ev118": date(2024, 7, 19),
        "ev123": date(2024, 8, 16),
        "ev127": date(2024, 9, 20),
        "ev137": date(2024, 12, 19),
        "ev151": date(2025, 4, 5),
        "ev152": date(2025, 4, 5),
        "ev162": date(2025, 6, 10),
        "ev201": date(2026, 1, 31),
        "ev206": date(2026, 2, 5),
    }
    for code, on in dated.items():
        assert day(event(code)["date"]) == on, code
    assert event("ev123")["confidence"] == "medium"
    assert "585" in event("ev151")["title_es"]


def test_what_was_agreed_with_comuneros_did_not_take_effect() -> None:
    row = ceasefire("comuneros_bilateral_2024")
    assert (row["outcome"], day(row["announced"])) == ("never_took_effect", date(2024, 12, 19))
    assert ceasefire("comuneros_hum_2024")["class"] == "humanitarian_pledge"
    areas = cache.legal_territory()
    for code in ("comuneros_bilateral_2024", "comuneros_hum_2024"):
        assert (areas["ceasefire_id"] == code).sum() == 10
    zone = by_id(table("zones"), "zone_id")["zut_mallama"]
    assert zone["operated"] == "no"


def test_each_publisher_s_municipalities_of_comuneros() -> None:
    rows = table("presence").query("group_id == 'comuneros_sur'")
    rows = rows.assign(publisher=rows["source_id"].map(table("sources").set_index("source_id")["publisher"]))
    pares = set(rows[(rows["publisher"] == "Pares") & (rows["valid_from"] >= "2025-01-01")]["divipola"])
    assert len(pares) == 11
    government = rows[(rows["publisher"] == "Gobernación de Nariño") & (rows["valid_from"] == "2026-07-08")]
    assert len(set(government["divipola"])) == 5
    control = rows[rows["level"] == "control"]
    assert set(control["publisher"]) == {"Defensoría del Pueblo"}
    assert set(control["divipola"]) == {"52254", "52260"}
    ten = set(table("zone_municipalities").query("zone_id == 'area_comuneros_10'")["divipola"])
    assert len(ten) == 10
    assert not ten & {"52254", "52260"}


def test_the_dates_of_the_ceasefires() -> None:
    assert (day(ceasefire("dec31_agc")["end"]), ceasefire("dec31_agc")["end_reason"]) == (
        date(2023, 3, 19),
        "suspended",
    )
    assert day(ceasefire("dec31_emc_rest")["end"]) == day(ceasefire("dec31_sm")["end"]) == date(2023, 6, 30)
    assert day(ceasefire("eln_bilateral_2023")["start"]) == date(2023, 8, 3)
    assert day(ceasefire("emc_2023_sw")["start"]) == date(2023, 10, 17)
    assert day(ceasefire("emc_2024_sw")["end"]) == date(2024, 3, 19)
    assert day(ceasefire("eln_bilateral_2024")["end"]) == date(2024, 8, 3)
    assert ceasefire("dec31_eln_2023")["outcome"] == "never_took_effect"
    xmas = ceasefire("eln_xmas_2025")
    assert (day(xmas["start"]), day(xmas["end"]), xmas["kind"]) == (
        date(2025, 12, 24),
        date(2026, 1, 3),
        "unilateral_group",
    )
    assert day(ceasefire("cneb_susp_B_2025")["start"]) == date(2025, 10, 19)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2023, 1, 31), {"dec31_agc", "dec31_emc_rest", "dec31_sm"}),
        (date(2023, 3, 31), {"dec31_emc_rest", "dec31_sm"}),
        (date(2023, 8, 31), {"eln_bilateral_2023"}),
        (date(2023, 11, 30), {"eln_bilateral_2023", "emc_2023_sw"}),
        (date(2024, 3, 31), {"eln_bilateral_2024"}),
        (date(2024, 8, 4), set()),
        (date(2024, 8, 31), set()),
        (date(2024, 12, 31), set()),
        (date(2025, 12, 31), {"eln_xmas_2025"}),
    ],
)
def test_what_is_in_force_in_narino_when_the_story_says_so(on: date, expected: set[str]) -> None:
    assert in_force_in_narino(on) == expected


def test_the_emc_ceasefire_covers_the_whole_department() -> None:
    territory = cache.legal_territory().query("ceasefire_id == 'emc_2023_sw'")["divipola"]
    assert territory.str.startswith("52").sum() == 64


def test_the_homicides_of_narino() -> None:
    for year, victims in ((2022, 533), (2023, 446), (2024, 355)):
        figures = cache.trailing("homicides", date(year, 12, 31), "department")
        assert figures.set_index("code").loc["52", "value"] == victims


def test_the_five_ceasefires_of_the_first_step_are_those_of_the_decrees() -> None:
    rows = table("ceasefires").query("announced_text == '2022-12-31'")
    parties = table("ceasefire_parties").query("party != 'gov'").groupby("ceasefire_id")["party"].agg(list)
    named = {party for code in rows["ceasefire_id"] for party in parties[code]}
    assert named == {"eln", "emc", "segunda_marquetalia", "egc", "acsn"}
    first = story.shipped()[CEASEFIRES].steps[0]
    assert set(story.view_of(first, "es").groups) == named
    for words in ("ELN", "EMC", "Segunda Marquetalia", "EGC", "ACSN"):
        assert words in first.note.es
        assert words in first.note.en
    on = date(2023, 1, 31)
    reported = cache.reported(ViewState(page="narino", on=on, groups=("acsn",)), on)
    assert not reported["divipola"].str.startswith("52").any()


def test_the_two_signs_of_october_2025_are_both_told() -> None:
    on = date(2025, 10, 20)
    rows = cache.drawn_ceasefires(ViewState(page="narino", on=on), on)
    here = rows[rows["divipola"].str.startswith("52") & (rows["status"] == "in_force")]
    assert set(here["ceasefire_id"]) == {"cneb_susp_B_2025", "comuneros_hum_2024"}
    step = story.shipped()[CEASEFIRES].steps[7]
    assert {"ceasefires:cneb_susp_B_2025", "ceasefires:comuneros_hum_2024"} <= set(step.evidence)
    assert "Comuneros del Sur" in step.note.es


@pytest.mark.parametrize(
    ("number", "drawn"),
    [
        # The ten of the table; the destruction site in Samaniego; and no zone in Mallama, which never began.
        (6, {("area_comuneros_10", "unknown"): 10}),
        (8, {("destr_comuneros_2025", "active"): 1}),
        (9, {}),
    ],
)
def test_the_zones_on_the_map_are_those_that_the_step_tells(number: int, drawn: dict[tuple[str, str], int]) -> None:
    view = story.view_of(story.shipped()[COMUNEROS].steps[number - 1], "es")
    assert view.on is not None
    rows = cache.zones_at(view.on)
    rows = rows[rows["drawn"]].merge(table("zone_municipalities"), on="zone_id")
    here = rows[rows["divipola"].str.startswith("52")]
    assert here.groupby(["zone_id", "status"]).size().to_dict() == drawn
    assert ("zones" in view.layers) is bool(drawn)


def test_what_a_step_names_is_chosen_on_its_map() -> None:
    steps = story.shipped()[COMUNEROS].steps
    assert story.view_of(steps[8], "es").municipalities == ("52435",)
    assert story.view_of(steps[9], "es").municipalities == ("52254", "52260")
