"""The effect of real ceasefires on the embedded tables: what is refused, what is found, how long it takes."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pandas as pd
import pytest

from data.store import table
from geo.effect import (
    FEW_REPORTS,
    MIN_EVENTS,
    MIN_MUNICIPALITIES,
    MIN_OBSERVED,
    REASONS,
    VERDICTS,
    EffectResult,
    Facts,
    Panel,
    Refusal,
    Request,
    effect,
    few_reports,
    judgeable,
    window_limits,
)


def refused(request: Request) -> Refusal:
    found = effect(request)
    assert isinstance(found, Refusal)
    return found


def answered(request: Request) -> EffectResult:
    found = effect(request)
    assert isinstance(found, EffectResult)
    return found


def test_the_comuneros_bilateral_ceasefire_never_started() -> None:
    assert refused(Request("comuneros_bilateral_2024", "homicides")).reason == "never_started"


def test_a_window_that_touches_the_years_without_ucdp_is_refused() -> None:
    found = refused(Request("eln_bilateral_2023", "ucdp_state_based", before=24))
    assert (found.reason, found.phase) == ("outside_coverage", "before")
    assert found.gaps == ((pd.Timestamp("2019-01-01"), pd.Timestamp("2022-12-31")),)
    assert found.longest_before == 7
    assert isinstance(effect(Request("eln_bilateral_2023", "ucdp_state_based", before=7)), EffectResult)


def test_homicides_end_with_2024() -> None:
    found = refused(Request("eln_bilateral_2023", "homicides", before=24, after=12))
    assert (found.reason, found.phase, found.longest_after) == ("outside_coverage", "after", 4)
    assert refused(Request("embf_2024b", "homicides")).phase == "during"


@pytest.mark.parametrize("indicator_id", ["displacement", "poverty_ipm", "confinement", "homicides_12m"])
def test_only_monthly_counts_can_be_judged(indicator_id: str) -> None:
    assert refused(Request("eln_bilateral_2023", indicator_id)).reason == "not_monthly"


def test_what_can_be_asked() -> None:
    assert {"homicides", "massacres_indepaz", "leaders_killed", "ucdp_state_based", "ucdp_non_state"} <= set(
        judgeable()
    )
    assert not {"displacement", "poverty_ipm", "coca_ha", "homicides_12m"} & set(judgeable())
    assert window_limits(Request("eln_bilateral_2023", "homicides"))[1] == 4
    assert window_limits(Request("eln_bilateral_2023", "ucdp_non_state"))[0] == 7
    assert window_limits(Request("comuneros_bilateral_2024", "homicides")) == (0, 0)
    assert window_limits(Request("eln_bilateral_2023", "displacement")) == (0, 0)
    with pytest.raises(KeyError, match="nowhere"):
        window_limits(Request("nowhere", "homicides"))


def test_a_ceasefire_that_follows_another_of_the_same_group_says_so() -> None:
    found = answered(Request("dec31_agc", "homicides", before=12, after=6))
    assert "related_ceasefire_before_or_after" in found.warnings
    assert any(row.ceasefire_id == "agc_uni_2022" and row.related and "before" in row.phases for row in found.overlaps)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_method_page_states_the_floors_that_hold(language: str) -> None:
    page = (Path(__file__).parents[2] / "locale" / language / "effect.md").read_text(encoding="utf-8")
    line = next(line for line in page.splitlines() if line.startswith(("| muy pocos", "| too few")))
    numbers = [int(number) for number in re.findall(r"\d+", line)]
    assert numbers == [MIN_EVENTS, MIN_EVENTS, MIN_OBSERVED, MIN_MUNICIPALITIES]
    reports = next(line for line in page.splitlines() if line.startswith(("| pocos reportes", "| few reports")))
    assert [int(number) for number in re.findall(r"\d+", reports)] == [FEW_REPORTS, 2018]
    assert page.count("### ") == 6
    assert page.count("$$") == 6


def test_a_ceasefire_of_a_time_without_reports_is_known_by_their_number() -> None:
    facts = Facts.embedded()
    assert few_reports(facts, "farc_uni_2012", 24) == 0
    assert 0 < (few_reports(facts, "farc_bilateral_2016", 24) or 0) < FEW_REPORTS
    assert few_reports(facts, "eln_bilateral_2023", 24) is None
    assert few_reports(facts, "emc_2023_sw", 24) is None


def test_an_unknown_indicator_is_an_error() -> None:
    with pytest.raises(KeyError, match="happiness"):
        effect(Request("eln_bilateral_2023", "happiness"))


@pytest.mark.parametrize("rule", ["department", "nearest", "rest"])
def test_eln_ceasefire_and_homicides(rule: str) -> None:
    began = time.process_time()
    found = answered(Request("eln_bilateral_2023", "homicides", before=24, after=4, rule=rule))  # pyright: ignore[reportArgumentType]
    assert time.process_time() - began < 3
    assert found.ceasefires == ("eln_bilateral_2023", "eln_bilateral_2024")
    assert (found.start, found.end) == (pd.Timestamp("2023-08-03"), pd.Timestamp("2024-08-03"))
    assert [phase for _, phase in found.months].count("during") == 12
    assert found.left_out == (pd.Timestamp("2024-08-01"),)
    assert found.basis == "party_reported"
    assert 200 < len(found.treated) < 400
    assert not set(found.treated) & set(found.comparison)
    assert found.during is not None
    assert 0.8 < found.during.low < found.during.value < found.during.high < 1.25
    assert len(found.placebos) == 13
    assert {row.ceasefire_id for row in found.overlaps} >= {"emc_2023_sw", "agc_uni_2022"}
    assert found.verdict in ("pretrends_differ", "no_change_distinguishable")


def test_counts_are_those_of_the_table() -> None:
    found = answered(Request("eln_bilateral_2023", "homicides", before=24, after=4))
    frame = table("values_month")
    rows = frame[(frame["indicator_id"] == "homicides") & frame["divipola"].isin(found.treated)]
    during = [month for month, phase in found.months if phase == "during"]
    total = found.total("treated", "during")
    assert total is not None
    assert total.events == rows.loc[rows["month"].isin(during), "value"].sum()
    assert sum(point.observed for point in found.event_study if point.phase == "during") == total.events


@pytest.mark.parametrize("indicator_id", ["homicides", "ucdp_state_based", "leaders_killed"])
def test_every_ceasefire_gets_an_answer_or_a_reason(indicator_id: str) -> None:
    seen, facts, panel = set(), Facts.embedded(), Panel.embedded(indicator_id)
    for identifier in table("ceasefires")["ceasefire_id"]:
        found = effect(Request(identifier, indicator_id, before=6, after=0), facts, panel)
        if isinstance(found, Refusal):
            assert found.reason in REASONS
            continue
        seen.add(identifier)
        assert found.verdict in VERDICTS
        assert found.treated
        assert found.comparison
        assert (found.during is not None) or found.verdict == "too_few"
    assert seen
