"""Who is treated, who is compared, which months count, and what is refused: hand-worked synthetic tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo import indicators
from geo.effect import FEW_REPORTS, Facts, Panel, Refusal, Request, design, effect, few_reports, window_bounds
from geo.effect.results import MODELS, RULES, EffectResult

# Synthetic country: departments 10, 20, 30 with twelve municipalities each.
CODES = [f"{department}{number:03d}" for department in ("10", "20", "30") for number in range(1, 13)]
FIRST, LAST = "2018-01-01", "2024-12-31"


def days(values: list[str | None]) -> pd.Series:
    return pd.Series(pd.to_datetime(pd.Series(values, dtype="object"))).astype("datetime64[s]")


def truce(ceasefire_id: str, start: str | None, end: str | None, **more: object) -> dict[str, object]:
    usual = {
        "ceasefire_id": ceasefire_id, "parent_id": None, "parent_relation": None, "class": "ceasefire",
        "start": start, "end": end, "attested_to": None, "outcome": "took_effect", "binds": "territory",
        "party": "alpha", "where": [("include", "department", "10")],
    }  # fmt: skip
    return usual | more


def facts(*truces: dict[str, object], reported: tuple[tuple[str, str, str], ...] = ()) -> Facts:
    """Synthetic tables; `reported` is municipality, group, day attested."""
    frame = pd.DataFrame(list(truces))
    for column in ("start", "end", "attested_to"):
        frame[column] = days(frame[column].tolist())
    areas = [
        {"ceasefire_id": row["ceasefire_id"], "rule": rule, "level": level, "code": code}
        for row in truces
        for rule, level, code in row["where"]  # pyright: ignore[reportGeneralTypeIssues]
    ]
    presence = pd.DataFrame(reported, columns=["divipola", "group_id", "day"])
    presence = presence.assign(
        valid_from=days(presence["day"].tolist()), attested_to=days(presence["day"].tolist()),
        level="presence", confidence="medium", source_id="s",
    )  # fmt: skip
    return Facts(
        ceasefires=frame.drop(columns=["party", "where"]),
        areas=pd.DataFrame(areas),
        parties=frame[["ceasefire_id", "party"]],
        presence=presence,
        lineage=pd.DataFrame(
            {"child": ["front"], "parent": ["alpha"], "relation": ["part_of"], "from": days([None]), "to": days([None])}
        ),
        municipalities=pd.DataFrame({"divipola": CODES, "department_code": [code[:2] for code in CODES]}),
        sources=pd.DataFrame({"source_id": ["s"], "publisher": ["S"], "date_to": days([None])}),
    )


def panel(gaps: tuple[tuple[str, str], ...] = (), seed: int = 1) -> Panel:
    """Synthetic counts of about four a month everywhere; level rises with the position in the department."""
    months = pd.date_range(FIRST, LAST, freq="MS").as_unit("s")
    rng = np.random.default_rng(seed)
    level = 3 + np.tile(np.arange(12), 3) * 0.3
    spec = indicators.Indicator(
        "synthetic", "month", pd.Timestamp(FIRST), pd.Timestamp(LAST), True, True,
        tuple((pd.Timestamp(first), pd.Timestamp(last)) for first, last in gaps),
    )  # fmt: skip
    shape = (len(CODES), len(months))
    return Panel(
        spec=spec,
        units=pd.Index(CODES),
        months=months,
        values=rng.poisson(np.broadcast_to(level[:, None], shape)).astype(float),
        population=np.full(shape, 20_000.0),
        unplaced=np.zeros(len(months)),
    )


def ask(known: Facts, *, counts: Panel | None = None, ceasefire_id: str = "t", **more: object) -> EffectResult:
    found = answer(known, counts=counts, ceasefire_id=ceasefire_id, **more)
    assert isinstance(found, EffectResult)
    return found


def answer(
    known: Facts, *, counts: Panel | None = None, ceasefire_id: str = "t", **more: object
) -> EffectResult | Refusal:
    request = Request(ceasefire_id, "synthetic", **({"before": 12, "after": 3, "rule": "rest"} | more))  # pyright: ignore[reportArgumentType]
    return effect(request, known, panel() if counts is None else counts)


def months_of(found: EffectResult, phase: str) -> list[str]:
    return [f"{month:%Y-%m}" for month, own in found.months if own == phase]


TERRITORY = truce("t", "2022-01-10", "2022-06-20")


@pytest.mark.parametrize(
    ("start", "end", "during", "left_out"),
    [
        ("2022-01-01", "2022-02-28", ["2022-01", "2022-02"], []),
        ("2022-01-16", "2022-02-14", ["2022-01", "2022-02"], []),  # 16 of 31 and 14 of 28 days: both half
        ("2022-01-17", "2022-02-28", ["2022-02"], ["2022-01"]),  # 15 of 31 days: less than half
        ("2022-01-17", "2022-03-01", ["2022-02"], ["2022-01", "2022-03"]),
    ],
)
def test_a_month_counts_when_half_of_its_days_do(start: str, end: str, during: list[str], left_out: list[str]) -> None:
    found = ask(facts(truce("t", start, end)))
    assert months_of(found, "during") == during
    assert [f"{month:%Y-%m}" for month in found.left_out] == left_out
    assert months_of(found, "before") == [f"2021-{month:02d}" for month in range(1, 13)]
    assert months_of(found, "after")[0] == ("2022-04" if end.startswith("2022-03") else "2022-03")


def test_renewals_are_one_ceasefire() -> None:
    renewed = truce("u", "2022-07-05", "2022-09-30", parent_id="t", parent_relation="renews")
    known = facts(TERRITORY, renewed)
    whole, alone = ask(known), ask(known, renewals=False)
    assert whole.ceasefires == ("t", "u")
    assert whole.end == pd.Timestamp("2022-09-30")
    assert months_of(whole, "during") == [f"2022-{month:02d}" for month in range(1, 10)]
    assert alone.ceasefires == ("t",)
    assert months_of(alone, "during")[-1] == "2022-06"
    assert [row.ceasefire_id for row in alone.overlaps] == ["u"]


def test_a_renewal_that_never_started_is_not_one() -> None:
    known = facts(
        TERRITORY,
        truce("u", None, None, parent_id="t", parent_relation="renews", outcome="never_took_effect"),
    )
    assert ask(known).ceasefires == ("t",)


def test_territory_is_treated_and_the_rest_compared() -> None:
    found = ask(facts(TERRITORY))
    assert found.basis == "territory"
    assert found.treated == tuple(code for code in CODES if code.startswith("10"))
    assert found.comparison == tuple(code for code in CODES if not code.startswith("10"))


def test_same_department_outside_the_territory() -> None:
    known = facts(
        truce("t", "2022-01-10", "2022-06-20", where=[("include", "municipality", code) for code in CODES[:5]])
    )
    found = ask(known, rule="department")
    assert found.treated == tuple(CODES[:5])
    assert found.comparison == tuple(CODES[5:12])


def test_a_whole_department_leaves_nobody_to_compare_within_it() -> None:
    found = answer(facts(TERRITORY), rule="department")
    assert isinstance(found, Refusal)
    assert found.reason == "no_comparison"


def test_nearest_are_the_most_alike_before() -> None:
    counts = panel()
    level = np.tile(np.repeat([2.0, 30.0], 6), 3)[:, None]
    counts.values[:] = np.random.default_rng(2).poisson(level, counts.values.shape)
    known = facts(
        truce("t", "2022-01-10", "2022-06-20", where=[("include", "municipality", code) for code in CODES[:6]])
    )
    found = ask(known, counts=counts, rule="nearest")
    low = {code for code in CODES if int(code[2:]) <= 6}
    assert set(found.comparison) <= low - set(CODES[:6])
    assert len(found.comparison) >= design.NEAREST


def test_a_party_is_treated_where_it_was_reported_before_the_start() -> None:
    outside_30 = [("include", "nation", "CO"), ("exclude", "department", "30")]
    known = facts(
        truce("t", "2022-01-10", "2022-06-20", binds="group", where=outside_30),
        reported=(
            ("10001", "alpha", "2021-12-31"),
            ("10002", "front", "2021-06-01"),  # a structure of alpha
            ("10003", "beta", "2021-12-31"),  # another group
            ("10004", "alpha", "2022-01-10"),  # only after the start
            ("10005", "alpha", "2019-01-01"),  # too old
            ("20001", "alpha", "2020-02-01"),
            ("30001", "alpha", "2021-12-31"),  # outside the legal territory
        ),
    )  # fmt: skip
    found = ask(known)
    assert found.basis == "party_reported"
    assert found.treated == ("10001", "10002", "20001")
    assert {"10003", "10004", "10005"} <= set(found.comparison)
    assert ask(known, evidence_months=12).treated == ("10001", "10002")


def test_nobody_reported_is_no_territory() -> None:
    found = answer(facts(truce("t", "2022-01-10", "2022-06-20", binds="group")))
    assert isinstance(found, Refusal)
    assert found.reason == "no_territory"


def test_places_of_a_related_ceasefire_are_not_compared_with() -> None:
    sister = truce("s", "2022-02-01", "2022-05-31", where=[("include", "department", "20")])
    stranger = truce("x", "2022-02-01", "2022-05-31", party="beta", where=[("include", "department", "30")])
    later = truce("l", "2023-06-01", "2023-09-30", where=[("include", "department", "30")])
    found = ask(facts(TERRITORY, sister, stranger, later))
    assert found.comparison == tuple(code for code in CODES if code.startswith("30"))
    by_id = {row.ceasefire_id: row for row in found.overlaps}
    assert set(by_id) == {"x"}
    assert (by_id["x"].treated, by_id["x"].comparison, by_id["x"].related) == (0, 12, False)
    assert by_id["x"].phases == ("during",)
    assert "window_overlaps_other_ceasefire" in found.warnings


def test_an_unknown_end_ends_the_window() -> None:
    found = ask(facts(truce("t", "2022-01-01", None, attested_to="2022-04-30")))
    assert months_of(found, "during")[-1] == "2022-04"
    assert months_of(found, "after") == []
    assert found.after is None
    assert "end_unknown" in found.warnings


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (truce("t", None, None, outcome="never_took_effect"), "never_started"),
        (truce("t", "2022-01-01", "2022-03-01", outcome="never_took_effect"), "never_started"),
        (truce("t", None, None, outcome="unknown"), "start_unknown"),
        (truce("t", None, "2022-03-01", outcome="unknown"), "start_unknown"),
        (truce("t", "2022-01-25", "2022-02-05"), "shorter_than_a_month"),
    ],
)
def test_what_did_not_happen_is_refused(row: dict[str, object], reason: str) -> None:
    found = answer(facts(row))
    assert isinstance(found, Refusal)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("start", "end", "gaps", "phase", "longest"),
    [
        ("2024-06-01", "2024-10-31", (), "after", (77, 2)),
        ("2024-06-01", "2025-01-31", (), "during", (0, 0)),
        ("2018-08-01", "2018-12-31", (), "before", (7, 72)),
        ("2022-01-01", "2022-03-31", (("2021-05-01", "2021-06-30"),), "before", (6, 33)),
        ("2022-01-01", "2022-03-31", (("2022-05-01", "2022-05-31"),), "after", (48, 1)),
        ("2022-01-01", "2022-03-31", (("2022-02-10", "2022-02-11"),), "during", (0, 0)),
    ],
)
def test_months_that_the_source_does_not_cover_are_refused(
    start: str, end: str, gaps: tuple[tuple[str, str], ...], phase: str, longest: tuple[int, int]
) -> None:
    found = answer(facts(truce("t", start, end)), counts=panel(gaps))
    assert isinstance(found, Refusal)
    assert (found.reason, found.phase) == ("outside_coverage", phase)
    assert (found.longest_before, found.longest_after) == longest
    assert found.coverage_last == pd.Timestamp(LAST)
    if phase != "during":
        fits: dict[str, Any] = {"before": min(12, longest[0]), "after": min(3, longest[1])}
        assert isinstance(answer(facts(truce("t", start, end)), counts=panel(gaps), **fits), EffectResult)


@pytest.mark.parametrize(
    ("start", "end", "gaps", "before", "after"),
    [
        ("2018-08-01", "2018-12-31", (), (7, "series"), (72, "series")),
        ("2022-01-01", "2022-03-31", (("2021-05-01", "2021-06-30"),), (6, "gap"), (33, "series")),
        ("2022-01-01", "2022-03-31", (("2022-05-01", "2022-05-31"),), (48, "series"), (1, "gap")),
        ("2022-01-01", None, (), (48, "series"), (0, "end_unknown")),
    ],
)
def test_what_stands_in_the_way_of_more_months_is_told(
    start: str, end: str | None, gaps: tuple[tuple[str, str], ...], before: tuple[int, str], after: tuple[int, str]
) -> None:
    known = facts(truce("t", start, end, attested_to="2022-04-30" if end is None else None))
    found = window_bounds(Request("t", "synthetic"), known, panel(gaps))
    assert found is not None
    assert [(bound.months, bound.reason) for bound in found] == [before, after]
    for bound in found:
        expected = gaps[0] if bound.reason == "gap" else (FIRST, LAST) if bound.reason == "series" else (None, None)
        assert (bound.first, bound.last) == tuple(day and pd.Timestamp(day) for day in expected)


def test_no_window_has_no_bounds() -> None:
    assert window_bounds(Request("t", "synthetic"), facts(truce("t", "2024-06-01", "2025-01-31")), panel()) is None


@pytest.mark.parametrize(
    ("binds", "reports", "held"),
    [
        ("group", FEW_REPORTS, None),
        ("group", FEW_REPORTS - 1, FEW_REPORTS - 1),
        ("blocs", 0, 0),
        ("territory", 0, None),
    ],
)
def test_too_few_reports_place_nobody(binds: str, reports: int, held: int | None) -> None:
    counting = (("10001", "beta", "2021-12-01"),) * reports
    others = (("10001", "beta", "2022-01-10"), ("10001", "beta", "2019-12-31"))
    known = facts(truce("t", "2022-01-10", "2022-06-20", binds=binds), reported=counting + others)
    assert few_reports(known, "t", 24) == held


def test_what_has_no_first_day_hangs_on_no_report() -> None:
    assert few_reports(facts(truce("t", None, None, binds="group", outcome="unknown")), "t", 24) is None


def test_places_without_record_are_left_out_and_named() -> None:
    counts = panel()
    counts.values[CODES.index("10002"), 40] = np.nan
    counts.population[CODES.index("10003"), 45] = np.nan
    counts.population[CODES.index("20001"), :] = 0
    found = ask(facts(TERRITORY), counts=counts)
    assert found.without_record == ("10002", "10003")
    assert not {"10002", "10003"} & set(found.treated)
    assert "20001" not in found.comparison
    assert "units_without_record" in found.warnings


def test_breaks_provisional_figures_and_unplaced_events_are_told() -> None:
    counts = panel()
    unplaced = np.zeros(len(counts.months))
    unplaced[[0, 45]] = 2.0  # the first lies outside the window
    told = replace(
        counts, unplaced=unplaced, breaks=(pd.Timestamp("2021-06-01"),), provisional_from=pd.Timestamp("2022-06-01")
    )
    found = ask(facts(TERRITORY), counts=told)
    assert {"series_break", "provisional", "unplaced_events"} <= set(found.warnings)
    assert found.unplaced == 2.0
    assert not {"series_break", "provisional", "unplaced_events"} & set(ask(facts(TERRITORY)).warnings)


def test_few_municipalities_are_too_few() -> None:
    known = facts(
        truce("t", "2022-01-10", "2022-06-20", where=[("include", "municipality", code) for code in CODES[:2]])
    )
    found = ask(known)
    assert found.verdict == "too_few"
    one = ask(facts(truce("t", "2022-01-10", "2022-06-20", where=[("include", "municipality", "10001")])))
    assert one.verdict == "too_few"
    assert one.during is None
    assert one.total("treated", "before") is not None
    assert one.event_study == ()


def test_the_curve_holds_every_choice_and_marks_the_one_made() -> None:
    found = ask(facts(TERRITORY), before=18)
    points = {(point.before, point.rule, point.model): point for point in found.sensitivity}
    assert set(points) == {(before, rule, kind) for before in (12, 18, 24, 36) for rule in RULES for kind in MODELS}
    (chosen,) = [point for point in found.sensitivity if point.chosen]
    assert (chosen.before, chosen.rule, chosen.model) == (18, "rest", "poisson")
    assert chosen.ratio is not None
    assert found.during is not None
    assert chosen.ratio.value == pytest.approx(found.during.value)
    assert points[12, "department", "poisson"].status == "no_comparison"


def test_a_fall_built_into_the_counts_is_found() -> None:
    counts = panel(seed=5)
    during = counts.months.isin(pd.date_range("2022-01-01", "2022-06-01", freq="MS"))
    treated = np.array([code.startswith("10") for code in CODES])
    cell = np.ix_(treated, during)
    counts.values[cell] = np.random.default_rng(5).binomial(counts.values[cell].astype(int), 0.5)
    found = ask(facts(TERRITORY), counts=counts, before=24)
    assert found.verdict == "lower"
    assert found.during is not None
    assert found.during.low < 0.5 < found.during.high
    assert found.difference is not None
    assert found.difference.high < 0
    assert found.after is not None
    assert not found.after.excludes_one
    assert "depends_on_choices" not in found.warnings
    inside = found.total("treated", "during")
    assert inside is not None
    assert inside.expected is not None
    assert inside.events / inside.expected == pytest.approx(found.during.value, rel=0.02)


def test_counts_that_never_move_are_no_answer_and_no_crash() -> None:
    counts = panel()
    counts.values[:] = 3.0
    found = ask(facts(TERRITORY), counts=counts)
    assert found.verdict == "too_few"
    assert found.during is None
    assert found.placebos == ()


@pytest.mark.parametrize(
    "wrong", [{"rule": "neighbours"}, {"before": 5}, {"after": -1}, {"step": 0}, {"evidence_months": -1}]
)
def test_requests_that_make_no_sense_are_errors(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"rule|months"):
        Request("t", "synthetic", **wrong)  # pyright: ignore[reportArgumentType]


def test_an_unknown_ceasefire_is_an_error() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        answer(facts(TERRITORY), ceasefire_id="nowhere")
