"""What is said over a map without borders: calm to a reader, exact to whoever runs the application."""

from __future__ import annotations

import pytest

from components import shapes
from components.i18n import set_language
from components.view import ViewState
from geo import boundaries
from geo.boundaries import Boundaries, Problem

ERROR = "ConnectError: [Errno -2] Name or service not known"
REFUSED = tuple(
    Problem("download_failed", {"publisher": publisher, "fault": "unreachable", "detail": ERROR})
    for publisher in ("dane", "hdx")
)
VIEW = ViewState(page="narino", language="en")


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


def drawn(monkeypatch: pytest.MonkeyPatch, found: Boundaries, view: ViewState = VIEW) -> shapes.Geometry:
    monkeypatch.setattr(boundaries, "current", lambda municipalities: found)
    return shapes.geometry_of(view)


def test_a_download_that_two_publishers_refused_is_one_sentence_without_machines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    geometry = drawn(monkeypatch, Boundaries("none", problems=(Problem("no_boundaries"), *REFUSED)))
    assert geometry.messages == ("The municipal borders could not be downloaded: the tile map stands in.",)
    assert not geometry.faulty
    assert shapes.caption(geometry) == f"{geometry.attribution}. {geometry.messages[0]}"


def test_who_was_asked_and_what_came_back_stands_behind_the_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    html = shapes.said_html(drawn(monkeypatch, Boundaries("none", problems=REFUSED)))
    line, _summary, fold = html.partition("<details>")
    assert "Each hexagon is one municipality." in line
    assert "ConnectError" not in line
    assert "MUNICIPAL_BOUNDARIES" not in line
    assert fold.count(ERROR) == 2
    assert "DANE:" in fold
    assert "HDX:" in fold
    assert "MUNICIPAL_BOUNDARIES" in fold


def test_what_a_machine_answered_stays_text(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem("download_failed", {"publisher": "dane", "fault": "", "detail": "<script>"})
    html = shapes.said_html(drawn(monkeypatch, Boundaries("none", problems=(problem,))))
    assert "&lt;script&gt;" in html
    assert "<script>" not in html


def test_downloads_that_are_turned_off_are_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    geometry = drawn(monkeypatch, Boundaries("none", problems=(Problem("downloads_forbidden"),)))
    assert "PAZ_OFFLINE" not in " ".join(geometry.messages)
    assert "PAZ_OFFLINE" in shapes.said_html(geometry)


def test_a_file_that_a_person_named_is_told_by_name_and_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem("no_divipola", {"file": "mine.geojson", "columns": ("name", "area")})
    geometry = drawn(monkeypatch, Boundaries("file", "mine.geojson", problems=(problem,)))
    assert geometry.faulty
    assert geometry.reasons == ()
    assert "mine.geojson" in geometry.messages[0]
    assert "name" in geometry.messages[0]


def test_whoever_asked_for_tiles_is_told_nothing_of_borders(monkeypatch: pytest.MonkeyPatch) -> None:
    geometry = drawn(monkeypatch, Boundaries("none", problems=REFUSED), VIEW.with_(map="tile"))
    assert geometry.messages == geometry.reasons == ()
