"""Words of freshness: embedded or downloaded, breaks and why, incomplete spans."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest

from components import freshness, timeline
from components.i18n import set_language
from components.rows import by_id
from components.timeline import Line, TimelineSpec
from data import overlaid, store

FIRST, LAST = date(2003, 1, 1), date(2026, 10, 31)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("es")


def stretch(first: str, last: str, origin: str, publisher: str, cut: str | None, retrieved: str = "") -> dict[str, Any]:
    return {
        "indicator_id": "homicides", "from": pd.Timestamp(first), "to": pd.Timestamp(last), "origin": origin,
        "publisher": publisher, "cut_date": cut, "retrieved_at": retrieved, "licence": "", "redistributable": True,
        "source_id": "policia-homicides",
    }  # fmt: skip


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded homicides, a newer vintage of the police, and the ministry after it (synthetic)."""
    rows = [
        stretch("2026-01-01", "2026-10-28", "mindefensa-homicides", "MinDefensa", "2026-10-28", "2026-11-20T08:00:00Z"),
        stretch("2003-01-01", "2024-12-31", "embedded", "Policía Nacional", None),
        stretch(
            "2025-01-01", "2025-12-31", "policia-homicides", "Policía Nacional", "2025-12-31", "2026-11-19T08:00:00Z"
        ),
    ]
    frame = pd.DataFrame(rows)
    monkeypatch.setattr(overlaid, "provenance", lambda: frame)


def test_embedded_series_say_up_to_when() -> None:
    assert freshness.badge("homicides", date(2020, 1, 1), date(2020, 12, 31)) == "embedded, cut 2024-12"
    assert freshness.badge("coca_ha", date(2020, 1, 1), date(2020, 12, 31)) == "embedded, cut 2024"
    assert freshness.badge("massacres_indepaz", date(2026, 1, 1), date(2026, 8, 31)) == "embedded, cut 2026-09-06"
    assert not freshness.is_fresh("homicides")


@pytest.mark.usefixtures("joined")
def test_each_figure_says_which_stretches_it_rests_on() -> None:
    assert freshness.badge("homicides", date(2026, 1, 1), date(2026, 9, 30)) == "downloaded 2026-11-20, cut 2026-10-28"
    assert freshness.badge("homicides", date(2024, 7, 1), date(2025, 6, 30)) == (
        "embedded, cut 2024-12; downloaded 2026-11-19, cut 2025-12"
    )
    assert freshness.publisher("homicides", date(2025, 7, 1), date(2026, 6, 30)) == "Policía Nacional / MinDefensa"
    assert freshness.publisher("homicides", date(2024, 7, 1), date(2025, 6, 30)) == "Policía Nacional"
    assert freshness.is_fresh("homicides")


@pytest.mark.usefixtures("joined")
def test_after_the_series_the_last_stretch_speaks() -> None:
    assert freshness.publisher("homicides", date(2030, 1, 1), date(2030, 12, 31)) == "MinDefensa"


@pytest.mark.usefixtures("joined")
def test_a_seam_says_who_meets_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    breaks = "2016-01-01;2019-01-01;2025-01-01;2026-01-01"
    rows = pd.DataFrame([by_id(store.embedded("indicators"), "indicator_id")["homicides"] | {"breaks": breaks}])
    monkeypatch.setattr(freshness, "table", lambda _: rows)
    why = freshness.break_notes("homicides", FIRST, LAST)
    assert list(why) == [date(2016, 1, 1), date(2019, 1, 1), date(2025, 1, 1), date(2026, 1, 1)]
    assert "SIEDCO" in why[date(2016, 1, 1)]
    assert why[date(2025, 1, 1)].endswith("Two vintages: earlier figures may since differ.")
    assert why[date(2026, 1, 1)] == (
        "From January 1, 2026: MinDefensa (downloaded 2026-11-20, cut 2026-10-28); before, Policía Nacional "
        "(downloaded 2026-11-19, cut 2025-12). Two publishers: do not compare across the break."
    )
    said = freshness.notes("homicides", FIRST, LAST)
    assert said[0].startswith("Breaks (2016, 2019): ")
    assert len(said) == 3


@pytest.fixture
def mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The police's homicides as a cold refresh leaves them: downloaded years among embedded ones (synthetic)."""
    down = ("policia-homicides", "Policía Nacional", "2024-12-31", "2026-11-25T08:00:00Z")
    own = ("embedded", "Policía Nacional", None)
    spans = [
        ("2003-01-01", "2011-12-31", down), ("2012-01-01", "2019-12-31", own), ("2020-01-01", "2020-12-31", down),
        ("2021-01-01", "2023-12-31", own), ("2024-01-01", "2024-12-31", down),
    ]  # fmt: skip
    frame = pd.DataFrame([stretch(first, last, *whose) for first, last, whose in spans])
    monkeypatch.setattr(overlaid, "provenance", lambda: frame)
    breaks = "2012-01-01;2016-01-01;2019-01-01;2020-01-01;2021-01-01;2024-01-01"
    row = by_id(store.embedded("indicators"), "indicator_id")["homicides"] | {"breaks": breaks}
    indicators = pd.DataFrame([row])
    monkeypatch.setattr(freshness, "table", lambda _: indicators)


@pytest.mark.usefixtures("mixed")
def test_every_break_that_is_drawn_is_explained() -> None:
    said = " ".join(freshness.notes("homicides", FIRST, LAST))
    for each in freshness.break_notes("homicides", FIRST, LAST):
        assert str(each.year) in said, each
    assert (
        "Breaks (2012, 2020, 2021, 2024): vintages of Policía Nacional meet (downloaded 2026-11-25, cut 2024-12; "
        "embedded, cut 2024-12); figures may differ between them."
    ) in said
    assert said.count("Breaks (") == 2


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (["2003-01-01", "2004-01-01"], "2003, 2004"),
        (["2004-01-01", "2005-01-01", "2006-01-01", "2020-01-01", "2020-05-01"], "2004–2006, 2020, 2020-05-01"),
        (["2026-02-03"], "2026-02-03"),
    ],
)
def test_years_in_a_row_are_told_as_a_span(days: list[str], said: str) -> None:
    assert freshness._days([date.fromisoformat(each) for each in days]) == said


@pytest.mark.parametrize(
    ("first", "last", "held"),
    [
        ("2026-03-01", "2026-03-27", 0),
        ("2026-01-01", "2026-03-29", 2),
        ("2025-01-01", "2025-12-30", 11),
        ("2025-01-01", "2025-12-31", None),
    ],
)
def test_a_series_of_less_than_twelve_months_says_so(
    monkeypatch: pytest.MonkeyPatch, first: str, last: str, held: int | None
) -> None:
    row = by_id(store.embedded("indicators"), "indicator_id")["homicides"]
    short = pd.DataFrame([row | {"first": pd.Timestamp(first), "last": pd.Timestamp(last), "breaks": ""}])
    monkeypatch.setattr(freshness, "table", lambda _: short)
    assert freshness.months_held("homicides") == held
    said = [note for note in freshness.notes("homicides", FIRST, LAST) if note.startswith("Fewer than twelve months")]
    assert bool(said) == (held is not None)


def test_breaks_outside_the_chart_are_not_said() -> None:
    assert freshness.notes("homicides", date(2020, 1, 1), date(2024, 12, 31)) == []


@pytest.mark.parametrize(
    ("indicator_id", "said"),
    [
        ("ucdp_state_based", "January 2026 to August 2026: most events are still provisional and not counted."),
        ("coca_ha", "2001: the source misses a part; a zero may be a gap."),
        ("kidnapping_cnmh", "January 2022 to June 2022: the source misses a part; a zero may be a gap."),
    ],
)
def test_incomplete_spans_are_said(indicator_id: str, said: str) -> None:
    assert freshness.incomplete_notes(indicator_id, date(1985, 1, 1), LAST)[0] == said
    assert freshness.incomplete_notes(indicator_id, date(1985, 1, 1), date(1990, 1, 1)) == []


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2012, 1, 1), date(2018, 12, 31), "2012–2018"),
        (date(2026, 10, 1), date(2026, 10, 28), "October 2026"),
        (date(2026, 6, 1), date(2026, 8, 31), "June 2026 to August 2026"),
    ],
)
def test_spans_in_words(first: date, last: date, said: str) -> None:
    assert freshness.span_words(first, last) == said


def test_the_timeline_marks_a_break_and_says_why() -> None:
    line = Line("Nariño", [date(2020, 1, 31), date(2021, 1, 31)], [1.0, 2.0])
    on = date(2020, 6, 1)
    spec = TimelineSpec(
        date(2020, 1, 1), date(2021, 1, 31), "t", [line], [], [], [], [on], why={on: "a <new> source"}, notes=["<b>"]
    )
    figure: Any = timeline.figure(spec).to_dict()
    marks = [trace for trace in figure["data"] if trace.get("marker", {}).get("symbol") == "triangle-up"]
    assert [list(trace["x"]) for trace in marks] == [["2020-06-01"]]
    assert marks[0]["customdata"][0][1] == "a &lt;new&gt; source"
    assert timeline.clicked_date({"selection": {"points": [{"customdata": ["2020-06-01", "x"]}]}}) == on
    assert timeline.notes_html(spec) == '<ul class="chart-notes"><li>&lt;b&gt;</li></ul>'


def test_a_window_that_is_held_in_part_is_no_lack_of_record() -> None:
    assert freshness.nothing_words("homicides", "partial_coverage") == (
        "Fewer than twelve months up to this date, or no record: not zero"
    )
    assert freshness.nothing_words("homicides", "") == ""
    assert freshness.nothing_words("homicides", "after_coverage") == ""
    # A year that is held in part lacks no months of a sum of twelve.
    assert freshness.nothing_words("kidnapping_cnmh", "partial_coverage") == ""
