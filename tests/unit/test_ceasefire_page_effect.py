"""The words of an effect: careful in every verdict, with the way out in every refusal. Invented results, then real."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from components import effect_cache, effect_charts, effect_parts, effect_refusals, effect_words
from components.i18n import percent, set_language
from components.view import ViewState
from data.store import table
from geo.effect import (
    REASONS,
    RULES,
    VERDICTS,
    WARNINGS,
    Bound,
    EffectResult,
    MonthEffect,
    PreTrends,
    RateDifference,
    Ratio,
    Refusal,
    Request,
    Shortfall,
    Specification,
    Total,
)

FORBIDDEN = re.compile(r"\b(caus(?:ed|ó|aron)|because of|thanks to|gracias a|provoc|reduj|led to|worked|funcion)", re.I)


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


def total(group: Any, phase: Any, events: float, expected: float | None = None) -> Total:
    return Total(group, phase, 10, 8, 12, events, 100_000.0, events, expected)


def result(verdict: Any = "lower", during: Ratio | None = None, **changes: Any) -> EffectResult:
    """An invented answer."""
    ratio = during or Ratio(0.7, 0.55, 0.89, 0.01, 12.0)
    base = EffectResult(
        request=Request("a", "homicides"),
        ceasefires=("a",),
        start=pd.Timestamp("2020-01-10"),
        end=pd.Timestamp("2020-12-20"),
        basis="territory",
        treated=("52001", "52835"),
        comparison=("52678", "52079"),
        without_record=(),
        months=(
            (pd.Timestamp("2019-12-01"), "before"),
            (pd.Timestamp("2020-01-01"), "during"),
            (pd.Timestamp("2020-02-01"), "during"),
        ),
        left_out=(),
        totals=(
            total("treated", "before", 120),
            total("treated", "during", 70, 100.0),
            total("comparison", "before", 90),
        ),
        during=ratio,
        after=None,
        difference=RateDifference(-1.5, -2.5, -0.5, 0.01),
        event_study=(
            MonthEffect(-1, pd.Timestamp("2019-12-01"), 1, "before", 10, 9, 10.0, 1.0, 0.8, 1.2),
            MonthEffect(0, pd.Timestamp("2020-01-01"), 1, "during", 0, 9, 10.0, 0.0, None, None),
        ),
        pretrends=PreTrends(0.4, 4, 6, Ratio(1.02, 0.9, 1.2, 0.7, 10.0), False),
        placebos=(),
        sensitivity=(Specification(24, "department", "poisson", "estimated", ratio, 2, 2, True),),
        verdict=verdict,
        warnings=(),
        overlaps=(),
        unplaced=0.0,
    )
    return replace(base, **changes)


def said(found: EffectResult) -> str:
    return f"{effect_words.verdict(found, 'Homicides', 'Truce')} | {effect_words.below(found)}"


def test_a_lower_ratio_reads_with_its_interval_and_its_limit() -> None:
    words = said(result())
    assert words.startswith(
        "Homicides under “Truce”: 30% lower, against the comparison municipalities "
        "(95% interval: from 45% lower to 11% lower)"
    )
    assert "An association is not a cause" in words
    assert "70 during it, where 100 would have been" in words


@pytest.mark.parametrize("verdict", effect_words.NOT_READABLE)
def test_a_ratio_that_may_not_be_read_is_never_said(verdict: str) -> None:
    found = result(verdict)
    words = said(found) + effect_words.difference_sentence(found) + effect_words.after_sentence(found)
    assert "lower" not in words
    assert "%" not in words
    assert "would have been" not in words


def test_a_party_that_hardly_any_report_places_has_no_change() -> None:
    few = "Only 3 reports."
    words = effect_words.verdict(result(), "Homicides", "Truce", few) + effect_words.below(result(), few)
    assert "no change can be read from this" in words
    assert few in words
    assert "lower" not in words
    assert effect_words.difference_sentence(result(), few) == ""


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("verdict", VERDICTS)
def test_no_verdict_claims_a_cause(verdict: str, language: str) -> None:
    set_language(language)
    words = said(result(verdict, Ratio(1.3, 1.1, 1.6, 0.01, 12.0)))
    assert not FORBIDDEN.search(words), words


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (0.7, "30% lower"),
        (0.996, "no difference"),
        (1.0, "no difference"),
        (1.254, "25% higher"),
        (2.5, "2.5 times as much"),
        (1e9, "more than 10 times as much"),
    ],
)
def test_a_ratio_as_a_change(ratio: float, words: str) -> None:
    assert effect_words.change(ratio) == words


def test_a_percentage_is_written_as_the_language_does() -> None:
    assert effect_words.change(0.41) == "59% lower"
    set_language("es")
    assert effect_words.change(0.41) == "59\N{NO-BREAK SPACE}% menos"
    assert percent(-0.594, 1, signed=True) == "−59,4\N{NO-BREAK SPACE}%"
    set_language("en")
    assert percent(-0.594, signed=True) == "−59%"
    assert percent(0.594, signed=True) == "+59%"


@pytest.mark.parametrize("code", WARNINGS)
def test_every_warning_has_words(code: str) -> None:
    found = result(warnings=(code,), unplaced=3.0, without_record=("94663",))
    (words,) = effect_words.warning_sentences(found, {}, {"break_note": "the note"})
    assert words.endswith((".", "note"))


@pytest.mark.parametrize("reason", REASONS)
def test_every_refusal_has_a_headline_and_a_reason(reason: Any) -> None:
    found = Refusal(Request("a", "homicides"), reason)
    head, _long = effect_refusals.refusal(found, "Homicides", "Truce")
    assert head.startswith("Homicides under “Truce”: ")


def test_a_window_outside_the_series_offers_one_that_fits() -> None:
    found = Refusal(
        Request("a", "homicides", before=24, after=24),
        "outside_coverage",
        phase="after",
        first=pd.Timestamp("2021-08-01"),
        last=pd.Timestamp("2026-08-31"),
        coverage_first=pd.Timestamp("2003-01-01"),
        coverage_last=pd.Timestamp("2024-12-31"),
        gaps=((pd.Timestamp("2019-01-01"), pd.Timestamp("2022-12-31")),),
        longest_before=240,
        longest_after=4,
    )
    (offer,) = effect_refusals.offers(found, {})
    assert offer.changes == {"before": 24, "after": 4}
    words = effect_refusals.refusal(found, "Homicides", "Truce")[1]
    assert "nothing is held from January 2019 to December 2022" in words
    assert "at most 240 months before and 4 after" in words


def test_a_series_that_covers_too_little_offers_other_series() -> None:
    found = Refusal(Request("a", "ucdp_non_state"), "outside_coverage", longest_before=0)
    (offer,) = effect_refusals.offers(found, {"homicides": "Homicides"})
    assert offer.changes == {"fill": "homicides", "before": None, "after": None}


def test_nobody_to_compare_with_offers_the_other_rules() -> None:
    found = Refusal(Request("a", "homicides"), "no_comparison")
    assert [offer.changes["rule"] for offer in effect_refusals.offers(found, {})] == [
        rule for rule in RULES if rule != "department"
    ]
    assert effect_refusals.offers(Refusal(Request("a", "homicides"), "never_started"), {}) == []


def before(treated: tuple[float, int], comparison: tuple[float, int]) -> tuple[Total, ...]:
    """Cases before and the municipalities that counted them, in both groups."""
    counted = {"treated": treated, "comparison": comparison}
    return tuple(
        replace(total(group, "before", events), with_events=places) for group, (events, places) in counted.items()
    )


@pytest.mark.parametrize(
    ("treated", "comparison", "words"),
    [
        ((17, 13), (1, 1), "the municipalities compared with counted 1 case, in a single municipality"),
        ((17, 13), (6, 1), "the municipalities compared with counted 6 cases, in a single municipality"),
        ((17, 13), (0, 0), "before it began, the municipalities compared with counted nothing."),
        ((0, 0), (9, 4), "before it began, the municipalities under it counted nothing."),
        ((4, 2), (9, 4), "the two groups counted too little"),
    ],
)
def test_a_path_that_cannot_be_drawn_says_which_group_lacks_what(
    treated: tuple[float, int], comparison: tuple[float, int], words: str
) -> None:
    assert words in effect_refusals.no_study_sentence(result("too_few", totals=before(treated, comparison)))


def test_why_a_path_is_not_drawn_is_true_of_every_answer() -> None:
    for code in table("ceasefires")["ceasefire_id"]:
        for indicator in ("ucdp_state_based", "massacres_indepaz", "homicides"):
            _request, found = effect_cache.asked(ViewState(page="ceasefires", fill=indicator), code)
            if isinstance(found, EffectResult) and not found.event_study:
                assert "too little" not in effect_refusals.no_study_sentence(found), (code, indicator)


@pytest.mark.parametrize(
    ("field", "bound", "words"),
    [
        (
            "before",
            Bound(7, "gap", pd.Timestamp("2019-01-01"), pd.Timestamp("2022-12-31")),
            "Months before: 6 to 7, since nothing of UCDP is held from January 2019 to December 2022.",
        ),
        (
            "after",
            Bound(4, "series", pd.Timestamp("2003-01-01"), pd.Timestamp("2024-12-31")),
            "Months after: at most 4, since the series of UCDP ends in December 2024.",
        ),
        (
            "before",
            Bound(8, "series", pd.Timestamp("2012-01-01"), pd.Timestamp("2024-12-31")),
            "Months before: 6 to 8, since the series of UCDP begins in January 2012.",
        ),
        ("after", Bound(0, "end_unknown"), "Months after: at most 0, since its end is not known."),
    ],
)
def test_how_many_months_can_be_asked_for_comes_with_its_reason(field: str, bound: Bound, words: str) -> None:
    assert effect_refusals.bound_sentence(field, bound, "UCDP") == words


def test_the_table_has_every_phase_of_both_groups_and_no_expected_before() -> None:
    html = effect_parts.table_html(result())
    assert html.count("<tr>") == 4
    assert "100.0" in html
    assert "120" in html


def test_what_is_too_few_has_no_expected_figure_and_no_expected_line() -> None:
    html = effect_parts.table_html(result("too_few"))
    assert "100.0" not in html
    assert "Expected" not in html
    assert "100.0" not in effect_parts.table_html(result(), "Only 3 reports.")
    drawn: Any = effect_charts.observed(result("too_few"))
    assert [list(trace.y) for trace in drawn.data] == [[10, 0]]
    assert "expected" not in str(drawn.data[0].customdata)


def test_what_is_too_few_names_the_floor_that_fails_and_no_other() -> None:
    short = (
        Shortfall("events", "comparison", "before", 5, 10),
        Shortfall("expected", "treated", "during", 9.96, 10),
        Shortfall("municipalities", "treated", "during", 4, 5),
    )
    assert effect_words.below(result("too_few", shortfalls=short)).endswith(
        "Too few for an answer: 5 before (in the comparison; 10 are needed), 9.9 expected during it (under the "
        "ceasefire; 10 are needed), and 4 municipalities with any (under the ceasefire; 5 are needed)."
    )
    assert effect_words.below(result("too_few")).endswith("the model gives no estimate from them.")


def test_the_real_answer_that_is_too_few_names_what_is_missing() -> None:
    _request, found = effect_cache.asked(ViewState(page="ceasefires", fill="ucdp_non_state"), "eln_bilateral_2023")
    assert isinstance(found, EffectResult)
    assert found.verdict == "too_few"
    assert found.shortfalls
    assert all(short.found < short.needed for short in found.shortfalls)


def test_the_map_leaves_out_a_comparison_too_large_to_draw() -> None:
    crowd = tuple(f"{code:05d}" for code in range(effect_parts.MOST_DRAWN + 1))
    found = result(comparison=crowd)
    assert set(effect_parts.areas(found)) == set(found.treated)
    assert "not drawn" in effect_parts.key_html(found)
    assert set(effect_parts.areas(result())) == {"52001", "52835", "52678", "52079"}


def test_what_counted_nothing_is_a_mark_at_the_floor_and_not_a_ratio_of_zero() -> None:
    figure: Any = effect_charts.event_study(result())
    floor = figure.data[3]
    assert list(floor.y) == [effect_charts.LOWEST]
    assert list(floor.marker.symbol) == ["triangle-down-open"]


def test_the_curve_marks_the_choice_that_was_asked_for() -> None:
    points = (
        Specification(24, "department", "poisson", "estimated", Ratio(0.7, 0.5, 0.9, 0.01, 9), 2, 2, True),
        Specification(12, "rest", "trend", "estimated", Ratio(0.5, 0.4, 1.9, 0.4, 9), 2, 2, False),
        Specification(36, "rest", "trend", "too_few", None, 2, 2, False),
    )
    found = result(sensitivity=points)
    assert [point.before for point in effect_charts.ordered(points)] == [12, 24]
    figure: Any = effect_charts.curve(found)
    assert list(figure.data[2].x) == [1]
    assert "Of 2 reasonable choices that give an estimate, 1 say lower, 0 say higher" in effect_words.curve_sentence(
        found
    )


def test_a_view_that_leaves_all_open_asks_for_what_the_series_covers() -> None:
    request, _found = effect_cache.asked(ViewState(page="ceasefires"), "eln_bilateral_2023")
    assert (request.indicator_id, request.before, request.after, request.rule) == ("homicides", 24, 4, "department")


def test_a_view_that_leaves_the_rule_open_passes_over_one_without_comparison() -> None:
    request, found = effect_cache.asked(ViewState(page="ceasefires"), "emc_2023_sw")
    assert request.rule == "nearest"
    assert isinstance(found, EffectResult)
    strict, refused = effect_cache.asked(ViewState(page="ceasefires", rule="department"), "emc_2023_sw")
    assert strict.rule == "department"
    assert isinstance(refused, Refusal)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_ceasefire_has_an_answer_or_a_reason(language: str) -> None:
    set_language(language)
    titles = {str(key): "x" for key in table("ceasefires")["ceasefire_id"]}
    for code in titles:
        _request, found = effect_cache.asked(ViewState(page="ceasefires", fill="ucdp_one_sided"), code)
        if isinstance(found, Refusal):
            assert all(effect_refusals.refusal(found, "i", "t"))
            continue
        words = [said(found), effect_words.months_sentence(found), *effect_words.pretrend_sentences(found)]
        words += effect_words.warning_sentences(found, titles, {"break_note": "n"})
        assert all(words)
        assert effect_parts.table_html(found)
        if found.event_study:
            effect_charts.event_study(found)
            effect_charts.placebos(found)
            effect_charts.curve(found)
