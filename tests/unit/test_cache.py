"""A region's figure at a date is the same whether it is read off the timeline's line or calculated for that day."""

from __future__ import annotations

from datetime import date

import pytest

from components import cache
from components.rows import records
from data.store import table
from geo import indicators
from geo.regions import Kind

# The first and the last days of series, month ends inside them, days inside a month and days outside all coverage.
DAYS = ("2003-01-31", "2012-12-31", "2018-06-30", "2022-10-31", "2024-12-31", "2025-02-15", "2026-10-31", "1999-12-31")
PLACES: tuple[tuple[Kind, str], ...] = (("nation", "CO"), ("department", "52"))


@pytest.mark.parametrize("indicator_id", table("indicators")["indicator_id"])
def test_a_figure_is_that_of_its_day(indicator_id: str) -> None:
    for level, code in PLACES:
        for day in map(date.fromisoformat, DAYS):
            frame = indicators.trailing(indicator_id, day, level=level)
            for column, expected in records(frame[frame["code"] == code])[0].items():
                found = cache.figure(indicator_id, day, level, code)[column]
                assert found == (pytest.approx(expected, nan_ok=True) if isinstance(expected, float) else expected), day
