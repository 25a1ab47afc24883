"""The ceasefires page through the real router, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=90)
    for key, value in {"v": "1", **query}.items():
        app.query_params[key] = value
    app.run()
    return app.switch_page("ceasefires.py").run()


def words(app: AppTest) -> str:
    kinds: tuple[Any, ...] = (app.markdown, app.warning, app.info, app.caption, app.get("html"))
    return " ".join(str(element.value) for kind in kinds for element in kind)


def links(app: AppTest) -> list[str]:
    elements: Any = app.get("page_link")
    return [element.proto.label for element in elements]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    "item", ["", "emc_2023_sw", "comuneros_bilateral_2024", "sm_uni_2024", "effect-eln_bilateral_2023", "clashes"]
)
def test_every_section_opens(item: str, language: str) -> None:
    app = open_page(item=item, lang=language)
    assert not app.exception
    assert "headline" in words(app)


def test_the_list_has_all_of_them_and_a_search_fewer() -> None:
    app = open_page(lang="en")
    assert len(app.dataframe[0].value) == 49
    app.text_input(key="control-ceasefires-search").set_value("buenaventura").run()
    assert app.query_params["q"] == "buenaventura"
    assert len(app.dataframe[0].value) == 3


def test_a_search_that_finds_nothing_says_so() -> None:
    app = open_page(lang="en", q="atlantis")
    assert not app.exception
    assert "atlantis" in words(app)


def test_an_effect_says_how_not_to_read_it() -> None:
    app = open_page(lang="en", item="effect-dec31_agc")
    assert "An association is not a cause" in words(app)


def test_what_never_began_has_no_effect() -> None:
    app = open_page(lang="en", item="effect-comuneros_bilateral_2024")
    assert "it never took effect" in words(app)


def test_a_window_outside_the_series_is_refused_and_the_offer_is_taken() -> None:
    app = open_page(lang="en", item="effect-eln_bilateral_2023", fill="homicides", after="24")
    assert "outside what the source covers" in words(app)
    app.button(key="effect-offer-0").click().run()
    assert app.query_params["after"] == "4"
    assert "outside what the source covers" not in words(app)


@pytest.mark.parametrize(("asked", "used"), [(60, 7), (3, 6), (0, 6), (-4, 6)])
def test_a_number_of_months_that_is_not_covered_is_answered_in_words(asked: int, used: int) -> None:
    app = open_page(lang="en", item="effect-eln_bilateral_2023", fill="ucdp_state_based")
    assert "You asked for" not in words(app)
    app.number_input(key="control-ceasefires-before").set_value(asked).run()
    assert app.query_params["before"] == str(used)
    assert app.number_input(key="control-ceasefires-before").value == used
    assert f"You asked for {asked} " in words(app)
    assert f"{used} are used." in words(app)
    assert ("Fewer do not show" in words(app)) is (asked < used)
    assert "Months before: 6 to 7, since nothing of UCDP is held" in words(app)
    app.number_input(key="control-ceasefires-after").set_value(3).run()
    assert "You asked for" not in words(app)


def test_an_empty_figure_says_what_is_true() -> None:
    app = open_page(lang="en", item="effect-eln_bilateral_2023", fill="ucdp_state_based")
    assert "counted 1 case, in a single municipality" in words(app)


def test_figures_name_their_publisher_with_a_link() -> None:
    for item in ("effect-eln_bilateral_2023", "clashes", "clashes-emc_2023_sw"):
        app = open_page(lang="en", item=item, fill="ucdp_non_state")
        assert 'href="https://ucdp.uu.se/downloads/"' in words(app)
    assert "dane.gov.co" in words(open_page(lang="en", item="effect-eln_bilateral_2023"))


def test_narino_says_which_of_its_clashes_have_no_municipality() -> None:
    assert "1 event has no municipality at the source" in words(open_page(lang="en", item="clashes"))


@pytest.mark.parametrize("item", ["clashes", "clashes-emc_2023_sw"])
def test_a_count_of_no_death_is_explained_by_the_three_estimates_of_ucdp(item: str) -> None:
    assert "its best, its low or its high estimate has at least one direct death" in words(
        open_page(lang="en", item=item)
    )
    assert "al menos una muerte directa" in words(open_page(lang="es", item=item))


def test_the_list_says_why_it_opens_on_its_day() -> None:
    assert "the last day of which any row" in words(open_page(lang="en"))
    assert "the last day of which any row" not in words(open_page(lang="en", date="2024-01-01"))


def test_clashes_of_a_ceasefire_without_records_are_not_zero() -> None:
    app = open_page(lang="en", item="clashes-eln_elec_2022")
    assert not app.exception
    assert "are not held" in words(app)


@pytest.mark.parametrize(("key", "value"), [("item", "treaty"), ("rule", "best"), ("before", "2"), ("date", "2024-13")])
def test_what_a_link_says_wrongly_is_named(key: str, value: str) -> None:
    app = open_page(lang="es", **{key: value})
    assert not app.exception
    assert any(f"{key}={value}" in str(warning.value) for warning in app.warning)


def test_who_fights_whom_offers_no_months_of_what_never_began() -> None:
    app = open_page(lang="en", item="clashes-comuneros_bilateral_2024")
    assert not app.exception
    assert "has no months in force" in words(app)
    assert not [group for group in app.get("button_group") if "clashes-period" in str(group.key)]
    offered = open_page(lang="en", item="clashes").selectbox(key="ceasefires-clashes-picker").options
    assert offered
    assert not [title for title in offered if "Comuneros" in title and "bilateral" in title.lower()]
    assert "Who fights whom on its ground" in links(open_page(lang="en", item="emc_2023_sw"))
    assert "Who fights whom on its ground" not in links(open_page(lang="en", item="comuneros_bilateral_2024"))


def test_a_ceasefire_without_known_ground_is_no_row_of_zeros() -> None:
    app = open_page(lang="en", item="clashes-farc_uni_2015")
    assert not app.exception
    assert "No report of any group" in words(app)
    assert "UCDP records 0" not in words(app)
