"""Choosing regions to compare, in a real browser: found without accents, told apart, refused when there are four."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.running import Running

pytestmark = pytest.mark.browser
BOX = "Agregue un municipio, subregión o departamento"


@pytest.fixture
def page(chromium: Any, application: Running) -> Any:
    context = chromium.new_context(viewport={"width": 1280, "height": 720}, locale="es-CO")
    opened = context.new_page()
    opened.goto(f"{application.address}/compare?compare=52,CO&v=1")
    opened.wait_for_selector("table.compare", timeout=60_000)
    opened.wait_for_selector("[data-test-script-state='notRunning']", timeout=60_000)
    yield opened
    context.close()


def found(page: Any, words: str) -> list[str]:
    box = page.get_by_role("combobox", name=BOX)
    box.fill(words)
    first = page.get_by_role("option").first
    first.wait_for()
    return page.get_by_role("option").all_inner_texts()


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("pacifico y frontera", ["Pacífico y Frontera Nariñense subregión PDET"]),
        ("ALTO PATIA", ["Alto Patía y Norte del Cauca subregión PDET"]),
        ("choco", ["Chocó departamento", "Chocó subregión PDET", "Chocontá Cundinamarca"]),
        ("narino", ["Nariño departamento", "Nariño Antioquia", "Nariño Cundinamarca", "Nariño Nariño"]),
    ],
)
def test_regions_are_found_without_accents_the_exact_name_first(page: Any, words: str, first: list[str]) -> None:
    assert found(page, words)[: len(first)] == first


def test_a_region_is_added_by_keyboard_and_removed_by_its_chip(page: Any) -> None:
    found(page, "alto patia")
    page.get_by_role("combobox", name=BOX).press("Enter")
    page.wait_for_url(re.compile("compare=52%2CCO%2Cpdet%3AAlto"))
    page.locator("table.compare").first.get_by_text("Alto Patía y Norte del Cauca").wait_for()
    page.get_by_role("button", name="Colombia · país").click()
    page.wait_for_url(re.compile("compare=52%2Cpdet%3AAlto"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [("homic", ["Homicidios", "Homicidios, últimos doce meses"]), ("despl", ["Desplazamiento forzado"])],
)
def test_typing_narrows_the_list_of_indicators(page: Any, words: str, expected: list[str]) -> None:
    box = page.get_by_role("combobox", name="Indicador")
    box.click()
    page.get_by_role("option", name="Masacres (INDEPAZ)", exact=True).wait_for()
    box.press("Control+a")
    box.press_sequentially(words)
    page.get_by_role("option", name="Masacres (INDEPAZ)", exact=True).wait_for(state="detached")
    assert page.get_by_role("option").all_inner_texts()[: len(expected)] == expected


@pytest.mark.parametrize("width", [360, 390])
def test_on_a_phone_both_measures_are_whole(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    group = page.locator(".st-key-control-compare-measure")
    buttons = group.get_by_role("radio")
    buttons.nth(1).wait_for()
    assert buttons.all_inner_texts() == ["Por 100.000", "Cantidad"]
    edge = group.bounding_box()
    last = buttons.last.bounding_box()
    assert last["x"] + last["width"] <= edge["x"] + edge["width"] + 1
