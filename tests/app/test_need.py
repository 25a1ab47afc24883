"""The page of inequality and need through the real router."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=90)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    return app.switch_page("need.py").run()


def words(app: AppTest) -> str:
    return " ".join(
        str(getattr(element, "value", "")) for kind in (app.warning, app.info, app.get("html")) for element in kind
    )


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("scope", ["narino", "colombia"])
def test_it_opens_and_says_the_medians(language: str, scope: str) -> None:
    app = open_page(lang=language, scope=scope, v="1")
    assert not app.exception
    assert "headline" in words(app)
    # The census median of the ten priority municipalities.
    assert ("46,3\N{NO-BREAK SPACE}%" if language == "es" else "46.3%") in words(app)


def test_association_is_not_cause_and_a_correlation_says_its_n() -> None:
    app = open_page(lang="en", x="poverty_ipm", y="homicides", v="1")
    assert "Association is not cause" in words(app)
    assert "n = 64" in words(app)


def test_no_correlation_where_most_have_none() -> None:
    app = open_page(lang="en", y="coca_ha", scope="colombia", v="1")
    assert "No correlation is given" in words(app)


def test_a_date_before_the_figures_is_explained() -> None:
    app = open_page(lang="en", y="displacement", date="2012-03-04", v="1")
    assert not app.exception
    assert "has no figures yet on" in words(app)


def test_what_a_link_says_wrongly_is_named() -> None:
    app = open_page(lang="en", x="happiness", scope="mars", v="1")
    assert not app.exception
    assert "x=happiness" in words(app)
    assert "scope=mars" in words(app)


def test_a_choice_rewrites_the_view() -> None:
    app = open_page(lang="en", v="1")
    app.selectbox(key="control-need-y").select("groups").run()
    assert "groups" in app.query_params["y"]
    assert not app.exception
