"""Months without gaps, the nearest month for a date outside, and a strip that never hides little evidence."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.i18n import set_language
from components.timecontrol import TimeSpec, control_data, month_index, strip_heights

DAYS = tuple(date(2016 + n // 12, n % 12 + 1, 28) for n in range(36))


@pytest.mark.parametrize(
    ("selected", "index"),
    [
        (date(2016, 1, 1), 0),
        (date(2016, 1, 31), 0),
        (date(2016, 2, 1), 1),
        (date(2018, 12, 31), 35),
        (date(2015, 12, 31), 0),
        (date(2026, 1, 1), 35),
    ],
)
def test_a_date_is_in_its_month_or_at_the_nearest_end(selected: date, index: int) -> None:
    assert month_index(DAYS, selected) == index


@given(st.lists(st.floats(0, 1e6), max_size=60))
def test_the_strip_shows_a_gap_exactly_where_there_is_no_evidence(evidence: list[float]) -> None:
    heights = strip_heights(evidence)
    assert len(heights) == len(evidence)
    assert [height == "0" for height in heights] == [amount == 0 for amount in evidence]
    assert not evidence or max(evidence) == 0 or "9" in heights


def test_the_control_says_months_in_the_readers_language() -> None:
    set_language("en")
    names, pattern = control_data(TimeSpec(DAYS, DAYS[9], (1.0,) * 36, "c"))["names"]
    assert pattern.format(month=names[9], year=2016) == "October 2016"
    set_language("es")
    names, _pattern = control_data(TimeSpec(DAYS, DAYS[9], (1.0,) * 36, "c"))["names"]
    assert names[0] == "enero"
    assert names[9] == "octubre"
    set_language("en")


def test_months_and_evidence_must_go_together() -> None:
    with pytest.raises(ValueError, match="36 months but 2"):
        control_data(TimeSpec(DAYS, DAYS[0], (1.0, 2.0), "c"))
