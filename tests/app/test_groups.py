"""The armed groups page through the real router, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=90)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    return app.switch_page("groups.py").run()


def words(app: AppTest) -> str:
    shown: list[Any] = [*app.markdown, *app.warning, *app.get("html")]
    return " ".join(str(element.value) for element in shown)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    "item", ["", "fragmentation", "eln", "comuneros_sur", "fredy_gutierrez", "multiple_unattributed", "shottas"]
)
def test_every_part_opens(item: str, language: str) -> None:
    app = open_page(lang=language, v="1", **({"item": item} if item else {}))
    assert not app.exception
    assert not app.warning


def test_a_group_s_headline_says_where_it_was_last_reported() -> None:
    app = open_page(lang="en", item="comuneros_sur", v="1")
    assert "Comuneros del Sur: last reported in 2026, in 8 municipalities" in words(app)


def test_a_group_without_a_municipality_has_a_sentence_in_place_of_maps() -> None:
    app = open_page(lang="en", item="fredy_gutierrez", v="1")
    assert "nothing to draw" in words(app)


def test_the_fragmentation_of_a_year_and_an_area() -> None:
    app = open_page(lang="en", item="fragmentation", scope="colombia", date="2022-06-30", v="1")
    assert "Colombia, 2022: two or more named groups reported in 198 municipalities of 451" in words(app)
    assert "Defensoría del Pueblo alone: 41 of 110." in words(app)


def test_an_unknown_group_is_named_and_the_lineage_shown() -> None:
    app = open_page(lang="en", item="nobody", v="1")
    assert any("item=nobody" in str(warning.value) for warning in app.warning)
    assert "Where the armed groups of today come from" in words(app)


def test_a_date_before_the_reports_shows_the_last_whole_year() -> None:
    app = open_page(lang="en", item="fragmentation", date="1999-01-01", v="1")
    assert "Nariño, 2025" in words(app)


def test_choosing_a_group_rewrites_the_view() -> None:
    app = open_page(lang="en", v="1")
    app.selectbox(key="groups-group").select("eln").run()
    assert not app.exception
    assert app.query_params["item"] == "eln"
    assert "ELN: last reported in" in words(app)


def test_choosing_an_area_and_a_year_rewrites_the_view() -> None:
    app = open_page(lang="en", item="fragmentation", v="1")
    area: Any = app.get("button_group")[1]
    area.set_value("colombia").run()
    assert app.query_params["scope"] == "colombia"


def test_the_fragmentation_of_a_year_links_its_sources() -> None:
    app = open_page(lang="es", item="fragmentation", date="2024-12-31", v="1")
    said = words(app)
    assert re.search(r"<summary>\d+ documentos detrás de 2024</summary>", said)
    folded = said.split("detrás de 2024", 1)[1].split("</details>", 1)[0]
    assert folded.count('href="http') >= 10
