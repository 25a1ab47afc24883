"""Zones at a date: one synthetic zone per row of the table of statuses, then the embedded ones."""

from datetime import date

import pandas as pd
import pytest

from data.store import table
from geo import zones

SOURCES = pd.DataFrame({"source_id": ["decree"], "date_to": pd.to_datetime(["2025-06-30"]).astype("datetime64[s]")})


def zone(start: str | None, end: str | None, operated: str) -> pd.DataFrame:
    frame = pd.DataFrame({"zone_id": ["zone"], "operated": [operated], "source_id": ["decree"]})
    return frame.assign(start=pd.Series([start]).astype("datetime64[s]"), end=pd.Series([end]).astype("datetime64[s]"))


@pytest.mark.parametrize(
    ("start", "end", "operated", "on", "status"),
    [
        ("2025-01-01", "2025-12-31", "yes", date(2025, 1, 1), "active"),
        ("2025-01-01", "2025-12-31", "yes", date(2025, 12, 31), "active"),
        ("2025-01-01", "2025-12-31", "yes", date(2026, 1, 1), "ended"),
        ("2025-01-01", "2025-12-31", "no", date(2025, 5, 1), "decreed_not_operating"),
        ("2025-01-01", "2025-12-31", "unknown", date(2025, 5, 1), "unknown"),
        ("2025-01-01", None, "yes", date(2025, 6, 30), "active"),
        ("2025-01-01", None, "yes", date(2025, 7, 1), "unknown"),
        (None, None, "yes_undated", date(2025, 5, 1), "undated"),
        (None, "2025-12-31", "yes", date(2025, 5, 1), "undated"),
        (None, "2025-12-31", "yes", date(2026, 5, 1), "ended"),
        (None, None, "no", date(2025, 5, 1), "planned"),
        (None, None, "unknown", date(2025, 5, 1), "planned"),
    ],
)
def test_status(start: str | None, end: str | None, operated: str, on: date, status: str) -> None:
    found = zones.zones_at(zone(start, end, operated), on, SOURCES)
    assert found["status"].tolist() == [status]
    silent = end is None and on > date(2025, 6, 30)
    assert found["drawn"].tolist() == [status in zones.DRAWN and not silent]


def test_a_zone_that_begins_later_is_left_out() -> None:
    assert zones.zones_at(zone("2025-01-01", None, "yes"), date(2024, 12, 31), SOURCES).empty


def test_the_transition_zones_of_2016_are_listed_and_not_drawn() -> None:
    found = zones.zones_at(table("zones"), date(2017, 3, 1))
    transition = found[found["zone_type"].isin(["transition_zone", "transition_point"])]
    assert len(transition) == 32
    # Of six no source confirms that they operated, or one says that it was cancelled.
    assert transition["status"].value_counts().to_dict() == {"undated": 26, "planned": 6}


def test_a_decreed_zone_that_never_operated_is_not_active() -> None:
    found = zones.zones_at(table("zones"), date(2025, 8, 1)).set_index("zone_id")
    assert found.loc["zut_tibu", "status"] == "decreed_not_operating"
