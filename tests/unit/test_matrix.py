"""All months at once say what the one-day functions say, and fast."""

import time
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.store import table
from geo import ceasefires, classes, indicators, matrix, state

UNITS = table("municipalities")["divipola"].tolist()
EXACT = date(2024, 10, 7)
DAYS = matrix.month_days(date(2016, 1, 1), date(2026, 11, 1), EXACT)
MONTHS = st.integers(0, len(DAYS) - 1)
slow = settings(deadline=None, max_examples=12)


def presence(**filters: object) -> matrix.Matrix[matrix.PresenceCell]:
    return matrix.presence_matrix(table("presence"), table("groups"), UNITS, DAYS, **filters)  # pyright: ignore[reportArgumentType]


def territory() -> pd.DataFrame:
    return ceasefires.legal_territory(table("ceasefire_areas"), table("municipalities"))


def agreements() -> matrix.Matrix[matrix.CeasefireCell]:
    return matrix.ceasefire_matrix(
        table("ceasefires"),
        territory(),
        table("ceasefire_parties"),
        table("group_lineage"),
        table("presence"),
        UNITS,
        DAYS,
    )


PRESENCE = presence()
FILTERED = presence(window_months=6, only_groups=("eln", "emc", "comuneros_sur"), min_confidence="medium")
CEASEFIRES = agreements()


def test_a_month_shows_its_last_day_except_the_exact_one() -> None:
    days = matrix.month_days(date(2024, 1, 15), date(2024, 4, 2), date(2024, 2, 10))
    assert [day.date().isoformat() for day in days] == ["2024-01-31", "2024-02-10", "2024-03-31", "2024-04-30"]
    with pytest.raises(ValueError, match="no month"):
        matrix.month_days(date(2024, 4, 1), date(2024, 3, 31))


def test_the_shape_of_a_layer() -> None:
    assert PRESENCE.codes.shape == (131, 1122)
    assert PRESENCE.codes.dtype == np.int32
    assert PRESENCE.cells[0] == matrix.PresenceCell()
    assert len(set(PRESENCE.cells)) == len(PRESENCE.cells)
    assert set(np.unique(PRESENCE.codes)) == set(range(len(PRESENCE.cells)))
    assert PRESENCE.months[0] == pd.Timestamp("2016-01-01")
    assert PRESENCE.days[list(PRESENCE.months).index(pd.Timestamp("2024-10-01"))] == pd.Timestamp(EXACT)


def expected_presence(on: date, window: int = 24, **filters: object) -> dict[str, matrix.PresenceCell]:
    evidence = state.evidence_at(table("presence"), on, window, **filters)  # pyright: ignore[reportArgumentType]
    groups = state.groups_at(evidence)
    cells = state.cells_at(groups, table("groups")).set_index("divipola")
    named = {
        str(code): tuple(zip(rows["group_id"], rows["level"], strict=True)) for code, rows in groups.groupby("divipola")
    }
    return {
        str(code): matrix.PresenceCell(named[str(code)], row["families"], bool(row["disputed"]), bool(row["aged"]))
        for code, row in cells.iterrows()
    }


@slow
@given(MONTHS)
def test_a_month_of_presence_is_the_state_on_its_day(month: int) -> None:
    assert PRESENCE.column(month) == expected_presence(DAYS[month].date())


@slow
@given(MONTHS)
def test_a_month_of_filtered_presence_is_the_filtered_state(month: int) -> None:
    expected = expected_presence(DAYS[month].date(), 6, groups=("eln", "emc", "comuneros_sur"), min_confidence="medium")
    assert FILTERED.column(month) == expected


@slow
@given(MONTHS)
def test_a_month_of_ceasefires_is_what_is_drawn_on_its_day(month: int) -> None:
    on = DAYS[month].date()
    reported = state.groups_at(state.evidence_at(table("presence"), on))
    drawn = ceasefires.drawn_at(
        table("ceasefires"), territory(), reported, table("ceasefire_parties"), table("group_lineage"), on
    )
    drawn = drawn[drawn["attested"] & (drawn["status"] != "unknown")]
    expected = {
        code: {
            matrix.Sign(*sign)
            for sign in rows[["ceasefire_id", "class", "status", "nationwide"]].itertuples(index=False)
        }
        for code, rows in drawn.groupby("divipola")
    }
    assert {code: set(cell.signs) for code, cell in CEASEFIRES.column(month).items()} == expected


@slow
@given(MONTHS, st.sampled_from(["homicides", "massacres_indepaz", "coca_ha", "homicides_12m"]))
def test_a_month_of_an_indicator_is_its_class_on_its_day(month: int, indicator_id: str) -> None:
    breaks = classes.breaks(indicator_id)
    layer = matrix.indicator_matrix(breaks, UNITS, DAYS[[month]])
    figures = indicators.trailing(indicator_id, DAYS[month].date()).set_index("code").loc[UNITS]
    column = figures["rate_per_100k"] if breaks.measure == "rate" else figures["value"]
    assert (layer.codes[0] == breaks.classify(column.to_numpy()) + 1).all()
    shown = [layer.cells[code] for code in layer.codes[0]]
    for cell, figure in zip(shown, figures.itertuples(), strict=True):
        assert cell.status == figure.status or figure.reason == "no_population"


def test_zero_is_never_no_record() -> None:
    layer = matrix.indicator_matrix(classes.breaks("homicides"), ["27493", "52001"], DAYS[[59]])
    assert [layer.cells[code].status for code in layer.codes[0]] == ["no_record", "reported"]


def test_a_ceasefire_cell_tells_ceasefires_from_quieter_signs() -> None:
    cell = matrix.CeasefireCell(
        (
            matrix.Sign("a", "ceasefire", "in_force", True),
            matrix.Sign("b", "ceasefire", "never_took_effect", False),
            matrix.Sign("c", "humanitarian_pledge", "in_force", False),
            matrix.Sign("d", "gang_truce", "announced", False),
        )
    )
    assert cell.ceasefires("in_force") == ("a",)
    assert cell.ceasefires("never_took_effect") == ("b",)
    assert cell.badges == ("humanitarian_pledge",)


def test_nothing_reported_is_a_matrix_of_empty_cells() -> None:
    layer = presence(only_groups=("nobody",))
    assert not layer.codes.any()
    assert layer.cells == (matrix.PresenceCell(),)


def test_the_same_input_gives_the_same_bytes() -> None:
    again = presence()
    assert again.codes.tobytes() == PRESENCE.codes.tobytes()
    assert again.cells == PRESENCE.cells


@pytest.mark.parametrize("layer", [presence, agreements])
def test_eleven_years_of_the_nation_take_less_than_a_second_and_a_half(layer: Callable[[], object]) -> None:
    begun = time.perf_counter()
    layer()
    assert time.perf_counter() - begun < 1.5
