"""The comparison through the real router, in both languages."""

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
    return app.switch_page("compare.py").run()


def words(app: AppTest) -> str:
    return " ".join(
        str(getattr(element, "value", "")) for kind in (app.warning, app.info, app.get("html")) for element in kind
    )


@pytest.mark.parametrize(
    ("language", "expected"),
    [("es", "Homicidios por cada 100.000 habitantes, 2024"), ("en", "Homicides per 100,000 inhabitants, 2024")],
)
def test_it_opens_with_a_sentence(language: str, expected: str) -> None:
    app = open_page(lang=language, v="1")
    assert not app.exception
    assert expected in words(app)


def test_four_kinds_of_areas_stand_side_by_side() -> None:
    app = open_page(lang="en", compare="52835,pdet:Catatumbo,ceasefire@2023-08-15,group:eln@2024-10-31", v="1")
    assert not app.exception
    text = words(app)
    for part in ("San Andrés de Tumaco", "Catatumbo", "a ceasefire in force on Aug 15, 2023", "with ELN reported on"):
        assert part in text


def test_an_unknown_region_is_named_and_left_out() -> None:
    app = open_page(lang="en", compare="52,subregion:Atlantis,group:m19@2024-01-01,ceasefire@soon", v="1")
    assert not app.exception
    text = words(app)
    assert "compare=subregion:Atlantis" in text
    assert "compare=group:m19@2024-01-01" in text
    assert "compare=ceasefire@soon" in text
    assert "One region alone" in text


def test_nothing_chosen_is_explained() -> None:
    app = open_page(lang="en", compare="none", v="1")
    assert not app.exception
    assert "Nothing is compared yet" in words(app)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"from": "2025-01", "to": "2025-12"}, "figures end on December 31, 2024"),
        ({"from": "2024-12", "to": "2024-01"}, "ends before it begins"),
        ({"fill": "confinement"}, "Not added up: one emergency may appear in several municipalities"),
        ({"compare": "ceasefire@1990-01-01,CO"}, "the ceasefires listed here begin on November 20, 2012"),
        ({"compare": "group:eln@2015-06-30,52"}, "the reports of presence held here begin on January 1, 2016"),
        ({"date": "2014-05-01"}, "nothing is known, which does not mean nobody"),
        ({"date": "2015-01-15"}, "Not known by municipality: where a ceasefire that binds a group stands"),
        ({"compare": "group:comuneros_sur@2016-01-31,52"}, "No municipality meets this condition"),
    ],
)
def test_what_cannot_be_drawn_is_explained(query: dict[str, str], expected: str) -> None:
    app = open_page(lang="en", v="1", **query)
    assert not app.exception
    assert expected in words(app)


def test_a_period_that_was_chosen_outlives_another_indicator() -> None:
    app = open_page(lang="en", v="1", compare="52,CO", **{"from": "2019-01", "to": "2024-12"})
    app.selectbox(key="control-compare-fill").select("displacement").run()
    assert not app.exception
    assert app.query_params["from"] == "2019-01"
    assert "Asked for: 2019 to 2024. Shown: 2024." in words(app)
    app.selectbox(key="control-compare-fill").select("homicides").run()
    assert "2019 to 2024, mean per year" in words(app)
    assert "Asked for" not in words(app)


def test_a_period_that_nobody_chose_is_the_latest_of_each_indicator() -> None:
    app = open_page(lang="en", v="1", compare="52,CO")
    app.selectbox(key="control-compare-fill").select("coca_ha").run()
    assert "Coca crops (hectares), 2024" in words(app)
    assert "from" not in app.query_params


def test_where_nothing_is_covered_the_nearest_period_is_offered() -> None:
    app = open_page(lang="en", v="1", compare="52,CO", fill="displacement", **{"from": "2003-01", "to": "2023-10"})
    assert "Nothing is shown for January 2003 to October 2023" in words(app)
    assert not app.get("plotly_chart")
    app.button(key="compare-nearest").click().run()
    assert not app.exception
    assert app.query_params["from"] == "2024-01"
    assert "Forced displacement per 100,000 inhabitants, 2024" in words(app)


def test_each_chart_on_its_own_scale_is_part_of_the_link() -> None:
    app = open_page(lang="en", v="1", compare="52,CO")
    assert "The scales differ" not in words(app)
    app.toggle(key="control-compare-item").set_value(True).run()
    assert not app.exception
    assert app.query_params["item"] == "own-scales"
    assert "The scales differ" in words(app)
    assert "each panel on its own scale" in words(app)
    counts = {"compare": "52,CO", "measure": "count"}
    assert "counts on one scale say little" in words(open_page(lang="en", v="1", **counts))
    assert "counts on one scale say little" not in words(open_page(lang="en", v="1", item="own-scales", **counts))
    assert "item=sideways" in words(open_page(lang="en", v="1", item="sideways"))


def test_removing_the_regions_one_by_one_leaves_nothing_chosen() -> None:
    app = open_page(lang="en", compare="52,CO", v="1")
    app.button(key="compare-remove-52").click().run()
    assert app.query_params["compare"] == "CO"
    app.button(key="compare-remove-CO").click().run()
    assert not app.exception
    assert "Nothing is compared yet" in words(app)


def test_a_fifth_area_is_refused_in_a_sentence_of_the_page() -> None:
    app = open_page(lang="en", compare="52,CO,52835,52678", v="1", date="2023-08-15")
    app.button(key="compare-add").click().run()
    assert not app.exception
    assert "Four regions are compared already: remove one to add" in words(app)
    app.run()
    assert "Four regions are compared already" not in words(app)


def test_a_condition_is_added_as_an_area() -> None:
    app = open_page(lang="en", compare="52", v="1", date="2023-08-15")
    app.button(key="compare-add").click().run()
    assert not app.exception
    assert "ceasefire@2023-08-15" in str(app.query_params["compare"])


@pytest.mark.parametrize(("begin", "end"), [("2003-01", "2023-10"), ("2024-01", "2025-12"), ("2024-06", "2025-05")])
def test_single_periods_are_named_when_another_one_is_asked_for(begin: str, end: str) -> None:
    app = open_page(lang="es", v="1", fill="confinement", compare="52,CO", **{"from": begin, "to": end})
    said = next(str(warning.value) for warning in app.warning)
    assert "2024; 2025; enero de 2026 a mayo de 2026" in said
    assert "Elija exactamente uno" in said


def test_an_only_period_is_not_offered_as_a_choice_of_several() -> None:
    app = open_page(lang="en", v="1", fill="homicides_12m", compare="52,CO", **{"from": "2019-01", "to": "2024-12"})
    said = str(app.warning[0].value)
    assert said.endswith("MinDefensa gives a single figure, of September 2025 to August 2026.")
