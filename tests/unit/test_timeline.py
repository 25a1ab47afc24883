"""The timeline: no bar before a day that is certain, and the same word as the rules at every date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from components import ceasefire_gantt, ceasefire_rows, timeline_view
from components.i18n import pick, set_language
from components.rows import by_id, records
from components.timeline import Bar, Room, figure, name_forms
from components.view import ViewState
from data.store import table
from geo import ceasefires

FIRST, LAST = date(2010, 1, 1), date(2026, 12, 31)
NATION = ViewState(page="colombia", language="en")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("es")


def bars() -> dict[str, Bar]:
    """The bar of each ceasefire by its id; titles are told apart by their words."""
    ids = {pick(row, "title"): str(row["ceasefire_id"]) for row in records(table("ceasefires"))}
    drawn = timeline_view.build(NATION, FIRST, LAST).bars
    return {ids[bar.title]: bar for bar in drawn}


def statuses() -> tuple[pd.DatetimeIndex, dict[str, np.ndarray]]:
    days = pd.date_range(FIRST, LAST, freq="D")
    rows = table("ceasefires")
    codes = ceasefires.status_codes(rows, days)
    words = np.asarray(ceasefires.STATUSES)[codes]
    return days, dict(zip(rows["ceasefire_id"], words, strict=True))


def test_every_bar_begins_and_ends_with_the_status_of_its_ceasefire() -> None:
    days, by_day = statuses()
    drawn, facts = bars(), by_id(table("ceasefires"), "ceasefire_id")
    assert len(drawn) == len(facts) == 49
    for code, bar in drawn.items():
        status = pd.Series(by_day[code], index=days.date)
        inside = status.loc[bar.start : bar.end]
        assert "not_announced" not in set(inside), code
        started = facts[code]["outcome"] == "took_effect" and not pd.isna(facts[code]["start"])
        wanted = "in_force" if started else "not_announced"
        before = status[bar.start - timedelta(days=1)]
        assert (inside.iloc[0] == wanted and before != wanted) if started else before == "not_announced", code
        if bar.in_force:
            assert set(inside) == {"in_force"}, code
        assert "in_force" not in set(status.loc[bar.end + timedelta(days=1) :]), code


@pytest.mark.parametrize(
    ("code", "start", "said"),
    [
        # Partial dates of announcements: nothing before the last day that they may mean, or the last report.
        (
            "comuneros_uni_2024",
            date(2024, 11, 21),
            "announced in 2024, day unknown; drawn from November 21, 2024",
        ),
        ("quibdo_2022", date(2022, 12, 31), "announced in December 2022, day unknown; drawn from December 31, 2022"),
        ("eln_elec_2018a", date(2018, 5, 25), "May 25, 2018"),
        ("acsn_uni_2023", date(2024, 8, 9), "announcement not dated; drawn from August 9, 2024"),
        ("comuneros_bilateral_2024", date(2024, 12, 19), "never took effect"),
    ],
)
def test_a_partial_date_is_drawn_from_its_last_day_and_says_so(code: str, start: date, said: str) -> None:
    bar = bars()[code]
    assert bar.start == start
    assert said in bar.note


def test_the_calendar_of_ceasefires_begins_with_the_rules() -> None:
    known = ceasefires.known_from(table("ceasefires"))
    first = dict(zip(table("ceasefires")["ceasefire_id"], known.dt.date, strict=True))
    _rows, spans = ceasefire_gantt.layout(ceasefire_rows.ceasefires())
    begun: dict[str, date] = {}
    for span in spans:
        code = span.ceasefire.ceasefire_id
        begun[code] = min(begun.get(code, span.first), span.first)
    assert begun == first


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Juan Manuel Santos", ("Juan Manuel Santos", "Santos", "JMS")),
        ("Abelardo de la Espriella", ("Abelardo de la Espriella", "de la Espriella", "AE")),
        ("Iván Duque", ("Iván Duque", "Duque", "ID")),
        ("Lula", ("Lula", "L")),
    ],
)
def test_a_president_s_name_is_shortened_before_it_is_dropped(name: str, forms: tuple[str, ...]) -> None:
    assert name_forms(name) == forms


@pytest.mark.parametrize(
    ("first", "width", "names"),
    [
        (date(2016, 1, 1), 230, ["Santos", "Iván Duque", "Gustavo Petro"]),
        (date(1996, 1, 1), 230, ["ES", "AP", "Uribe", "Santos", "Duque", "Petro"]),
        (date(1996, 1, 1), 900, ["Samper", "Andrés Pastrana", "Álvaro Uribe", "Juan Manuel Santos", "Iván Duque"]),
    ],
)
def test_presidents_are_named_as_far_as_there_is_room(first: date, width: float, names: list[str]) -> None:
    spec = timeline_view.build(NATION, first, date(2026, 11, 30))
    drawn: Any = figure(spec, Room(width, 5.8))
    notes = drawn.layout.annotations
    assert [note.text for note in notes][: len(names)] == names
    assert all(note.hovertext in {band.name for band in spec.bands} for note in notes)
