"""The explorer's pages through the real router, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
PAGES = ("narino", "colombia", "method")


def open_page(page: str, *, stands: bool = True, **query: str) -> AppTest:
    """Open a page as it is once a browser has said that its map stands."""
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=90)
    app.session_state["map-stands"] = stands
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    return app.switch_page(f"{page}.py").run()


def words(app: AppTest) -> str:
    return " ".join(
        str(getattr(element, "value", ""))
        for kind in (app.markdown, app.warning, app.subheader, app.get("html"))
        for element in kind
    )


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens(page: str, language: str) -> None:
    app = open_page(page, lang=language)
    assert not app.exception


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("es", "En octubre de 2024 hay reportes de grupos armados en"),
        ("en", "In October 2024, armed groups are reported in"),
    ],
)
def test_the_headline_says_what_the_map_shows(language: str, expected: str) -> None:
    app = open_page("narino", lang=language, date="2024-10-31", v="1")
    assert expected in words(app)


def test_the_headline_of_homicides_holds_the_police_s_number() -> None:
    app = open_page("narino", lang="es", fill="homicides", date="2018-12-31", v="1")
    assert "643 víctimas" in words(app)


def test_what_a_link_says_wrongly_is_named() -> None:
    app = open_page("narino", lang="es", date="2024-13-45", v="1")
    assert any("date=2024-13-45" in str(warning.value) for warning in app.warning)


def test_a_filter_rewrites_the_view() -> None:
    app = open_page("narino", lang="es", date="2024-10-31", v="1")
    app.multiselect(key="control-narino-groups").set_value(["comuneros_sur"]).run()
    assert app.query_params["groups"] == "comuneros_sur"
    assert "map" not in app.query_params
    assert "Comuneros del Sur" in words(app)


def test_the_rest_of_the_page_waits_for_the_map_and_then_stands() -> None:
    app = open_page("narino", stands=False, lang="es", date="2024-10-31", v="1")
    assert not app.get("plotly_chart")
    assert not app.selectbox
    assert not app.get("page_link")
    assert "La línea de tiempo aparece después del mapa" in words(app)
    app.session_state["map-stands"] = True
    app.run()
    assert app.get("plotly_chart")
    assert app.selectbox
    assert app.get("page_link")
    assert "aparece después" not in words(app)
