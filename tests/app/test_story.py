"""The page of stories and the presentation, through the real router, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components import story, story_draft
from components.story import DRAFT, Story

ROOT = Path(__file__).parents[2]


def open_page(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=90)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    return app.switch_page(f"{page}.py").run()


def words(app: AppTest) -> str:
    kinds = (app.markdown, app.warning, app.error, app.get("html"))
    return " ".join(str(getattr(element, "value", "")) for kind in kinds for element in kind)


@pytest.mark.parametrize(
    ("language", "title"), [("es", "Ceses al fuego en Nariño, 2023-2025"), ("en", "Ceasefires in Nariño, 2023-2025")]
)
def test_the_page_of_stories_names_those_that_come_along(language: str, title: str) -> None:
    app = open_page("story", lang=language)
    assert not app.exception
    assert title in words(app)


@pytest.mark.parametrize(
    ("language", "title", "claim"),
    [
        ("es", "17 de octubre de 2023: dos ceses a la vez", "los 64 municipios llevan contorno"),
        ("en", "17 October 2023: two ceasefires at once", "all 64 municipalities carry the outline"),
    ],
)
def test_a_link_that_names_a_step_shows_its_view(language: str, title: str, claim: str) -> None:
    app = open_page("narino", lang=language, present="1", item="ceses-en-narino:4")
    assert not app.exception
    assert title in words(app)
    assert claim in words(app)
    assert app.query_params["date"] in ("2023-11-30", ["2023-11-30"])


def test_a_view_is_presented_without_a_story() -> None:
    app = open_page("colombia", lang="en", present="1", date="2024-10-31")
    assert not app.exception
    assert "549 of 1,122 municipalities" in words(app)


def test_a_story_that_is_not_here_is_said() -> None:
    app = open_page("narino", lang="en", present="1", item="draft:3", date="2024-10-31")
    assert not app.exception
    assert "The story of this link is not here" in words(app)


def test_a_view_is_added_to_one_s_own_story() -> None:
    app = open_page("narino", lang="en", date="2024-10-31")
    assert not app.exception
    told = story.shipped()["comuneros-del-sur"]
    app.session_state[story_draft.KEY] = Story(DRAFT, told.title, told.note, told.steps[:3])
    app = app.switch_page("story.py").run()
    assert not app.exception
    assert app.text_input(key="step-2-title-en").value == "August 2023: the ceasefire with the ELN covers it too"
    app.button(key="move-1-1").click().run()
    assert app.text_input(key="step-1-title-en").value == "August 2023: the ceasefire with the ELN covers it too"
    app.text_input(key="step-1-title-en").set_value("Changed").run()
    app.button(key="delete-2").click().run()
    kept = app.session_state[story_draft.KEY]
    assert [step.title.en for step in kept.steps] == ["Changed", told.steps[2].title.en]
    app.button(key="story-empty").click().run()
    assert app.session_state[story_draft.KEY].steps == ()


def test_a_shipped_story_becomes_one_s_own() -> None:
    app = open_page("story", lang="es")
    app.button(key="copy-comuneros-del-sur").click().run()
    assert not app.exception
    assert len(app.session_state[story_draft.KEY].steps) == 10


def test_an_own_story_says_that_it_is_in_no_file_until_it_is_saved() -> None:
    app = open_page("story", lang="en")
    app.button(key="copy-comuneros-del-sur").click().run()
    assert "lives only in this session" in words(app)
    app.session_state[story_draft.SAVED] = app.session_state[story_draft.KEY]
    app.run()
    assert "lives only in this session" not in words(app)
    app.button(key="delete-1").click().run()
    assert "lives only in this session" in words(app)
