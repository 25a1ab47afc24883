"""Presenting and embedding in a real browser: the keys, what fits a projector, and a frame in somebody else's page."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from components import story
from tests.running import ROOT, SHARED_BOUNDARIES, Running, running

pytestmark = pytest.mark.browser
FRAME = 'iframe[title^="streamlit_folium"]'
PAINTED = "#map_div[data-painted]"


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Somebody else's site, on a port of its own: its address and its folder."""
    folder = tmp_path_factory.mktemp("newsroom")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()


@pytest.fixture(scope="module")
def application(newsroom: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The application as the manual says to run it for a newsroom that embeds it."""
    settings = {"PAZ_FRAME_ANCESTORS": newsroom[0]}
    if SHARED_BOUNDARIES.exists():
        settings["MUNICIPAL_BOUNDARIES"] = str(SHARED_BOUNDARIES)
    with running(ROOT / "app.py", tmp_path_factory.mktemp("application"), settings) as started:
        yield started


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1280, "height": 720}, locale="es-CO")
    yield context.new_page()
    context.close()


def opened(page: Any, address: str) -> Any:
    """The page when its map has been painted and its script has run."""
    page.goto(address)
    page.frame_locator(FRAME).locator(PAINTED).wait_for(timeout=60_000)
    page.wait_for_selector("[data-test-script-state='notRunning']")
    return page


def test_the_map_shows_in_its_own_page_and_in_a_page_that_may_embed_it(
    page: Any, application: Running, newsroom: tuple[str, Path]
) -> None:
    address, folder = newsroom
    opened(page, f"{application.address}/narino?date=2024-10-31")
    source = f"{application.address}/narino?embed=1&date=2024-10-31"
    (folder / "story.html").write_text(f'<iframe id="paz" src="{source}" width="700" height="600"></iframe>', "utf-8")
    page.goto(f"{address}/story.html")
    page.frame_locator("#paz").frame_locator(FRAME).locator(PAINTED).wait_for(timeout=60_000)


def test_p_presents_also_after_a_click_on_the_map(page: Any, application: Running) -> None:
    opened(page, f"{application.address}/narino?date=2024-06-30&map=tile")
    box = page.frame_locator(FRAME).locator("#map_div").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    page.wait_for_url(re.compile("municipality=52"))
    page.wait_for_selector("[data-test-script-state='notRunning']")
    page.keyboard.press("p")
    page.get_by_role("button", name="Salir de la presentación (P)").wait_for()
    page.keyboard.press("p")
    page.locator(".st-key-controls").wait_for()


# The buttons, the lowest thing on the screen, stand whole inside it, and nothing has to be scrolled to.
FITS = """() => {
  const main = document.querySelector("[data-testid='stMain']");
  const player = document.querySelector(".st-key-present-player"), chart = document.querySelector(".js-plotly-plot");
  if (!player || !chart) return false;
  return player.getBoundingClientRect().bottom <= innerHeight && main.scrollHeight <= main.clientHeight + 1;
}"""
EVERY_LAYER = "layers=ceasefires%2Cannounced%2Cpledges%2Czones%2Cnumbers%2Cdepartments"


@pytest.mark.parametrize("story_id", sorted(story.shipped()))
def test_every_step_of_a_story_fits_a_small_projector(page: Any, application: Running, story_id: str) -> None:
    told = story.shipped()[story_id]
    opened(page, f"{application.address}/narino?present=1&item={story_id}:1")
    for number, step in enumerate(told.steps, start=1):
        page.locator("h1", has_text=step.title.es).wait_for()
        page.wait_for_selector("[data-test-script-state='notRunning']")
        page.wait_for_function(FITS, timeout=10_000)
        if number < len(told.steps):
            page.keyboard.press("ArrowRight")


def test_the_fullest_view_with_a_long_note_fits_a_small_projector(
    page: Any, application: Running, tmp_path: Path
) -> None:
    note = "Una nota larga que dice mucho sobre lo que se ve, con nombres, fechas y fuentes. " * 12
    steps = tuple(
        story.Step(story.Words(es=f"Todo en {place}"), story.Words(es=note), 20, place, query, ("events:ev001",))
        for place, query in (
            ("colombia", f"date=2025-10-20&{EVERY_LAYER}"),
            ("narino", f"date=2024-10-31&{EVERY_LAYER}"),
        )
    )
    file = tmp_path / "own.json"
    file.write_text(story.write(story.Story("own", story.Words(es="Relato"), story.Words(), steps)), "utf-8")
    page.goto(f"{application.address}/story")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Vaciar mi relato").wait_for()
    page.get_by_role("link", name="Presentar").last.click()
    for step in steps:
        page.locator("h1", has_text=step.title.es).wait_for()
        page.wait_for_selector("[data-test-script-state='notRunning']")
        page.wait_for_function(FITS, timeout=20_000)
        page.keyboard.press("ArrowRight")


def test_the_browser_asks_before_a_story_that_is_in_no_file_is_lost(page: Any, application: Running) -> None:
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    own = page.get_by_role("button", name="Vaciar mi relato")
    for save in (False, True):
        page.goto(f"{application.address}/story")
        page.get_by_role("button", name="Hacer el mío a partir de este").first.click()
        own.wait_for()
        page.wait_for_selector("[data-test-script-state='notRunning']")
        if save:
            with page.expect_download():
                page.get_by_role("button", name="Guardar mi relato (JSON)").click()
            page.get_by_text("Guardado en un archivo tal como está.").wait_for()
            page.wait_for_function("window.onbeforeunload === null")
        page.reload()
        page.get_by_role("button", name="Hacer el mío a partir de este").first.wait_for()
        assert asked == ["beforeunload"]
