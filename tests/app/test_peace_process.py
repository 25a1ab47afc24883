"""The page of the peace process through the real router, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    return app.switch_page("peace_process.py").run()


def words(app: AppTest) -> str:
    kinds = (app.markdown, app.warning, app.info, app.caption, app.get("html"))
    return " ".join(str(getattr(element, "value", "")) for kind in kinds for element in kind)


ITEMS = (
    "",
    "tables-comuneros",
    "tables-quibdo",
    "events",
    "events-ev001",
    "comuneros",
    "comuneros-municipalities",
    "comuneros-commitments",
    "comuneros-transformation",
    "comuneros-c16",
    "comuneros-zones",
    "claims",
    "claims-extortion_cases",
)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("item", ITEMS)
def test_every_part_opens_by_its_url(item: str, language: str) -> None:
    app = open_page(lang=language, item=item, v="1")
    assert not app.exception
    assert not app.warning
    assert "headline" in words(app)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("", "9 negotiation tables of Total Peace in 11 rows, because two split"),
        ("tables-eln", "Talks with the ELN: political negotiation, opened November 21, 2022"),
        ("events", "dated events since 2022"),
        ("events-ev151", "585 Comuneros del Sur explosive devices destroyed in Samaniego"),
        ("comuneros", "Comuneros del Sur was a front of the ELN from 1992"),
        ("comuneros-municipalities", "Of the 10 municipalities of the talks, 8 are reported by two or more publishers"),
        ("comuneros-transformation", "No evidence found"),
        ("comuneros-zones", "Of 5 zones planned or agreed at the table, 1 is known to have operated"),
        ("claims", "which holds 147 of the 365 days of the government&#x27;s first year"),
    ],
)
def test_each_part_says_its_key_sentence(item: str, expected: str) -> None:
    assert expected in words(open_page(lang="en", item=item, v="1"))


def test_a_link_to_nothing_is_named_and_opens_the_tables() -> None:
    app = open_page(lang="en", item="events-ev999", category="picnic", v="1")
    said = " ".join(str(warning.value) for warning in app.warning)
    assert "item=events-ev999" in said
    assert "category=picnic" in said
    assert "9 negotiation tables" in words(app)


def test_a_choice_without_events_is_said_in_place_of_a_chart() -> None:
    app = open_page(lang="en", item="events", process="acsn", category="demining", v="1")
    assert not app.exception
    assert "Nothing to draw" in words(app)
    assert not app.get("plotly_chart")


def test_sections_and_filters_rewrite_the_url() -> None:
    app = open_page(lang="en", item="events", v="1")
    app.multiselect(key="control-peace-process-process").set_value(["comuneros"]).run()
    assert app.query_params["process"] == ["comuneros"] or app.query_params["process"] == "comuneros"
    app.selectbox(key="control-peace-process-since").set_value(2012).run()
    assert "2012" in app.query_params["since"]
    app.segmented_control(key="peace-process-section").set_value("claims").run()
    assert "claims" in app.query_params["item"]
    assert "process" not in app.query_params
    assert not app.exception


def test_a_national_total_can_be_picked() -> None:
    app = open_page(lang="en", item="claims", v="1")
    app.segmented_control(key="peace-process-check").set_value("massacres").run()
    assert "claims-massacres" in app.query_params["item"]
    app.selectbox(key="peace-process-total").set_value("confinement_people").run()
    assert "claims-confinement_people" in app.query_params["item"]
    assert "People confined: 3 publishers" in words(app)
