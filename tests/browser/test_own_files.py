"""The page of own files in a real browser: what only a browser can tell."""

from __future__ import annotations

from typing import Any

import pytest

from tests.running import Running

pytestmark = pytest.mark.browser


def test_the_uploader_speaks_the_reader_s_language_and_changes_it(chromium: Any, application: Running) -> None:
    page = chromium.new_page(locale="es-CO")
    page.goto(f"{application.address}/own-files?lang=es")
    for name, other in (("Elegir archivo", "EN"), ("Choose a file", "ES"), ("Elegir archivo", "")):
        page.get_by_role("button", name=name).nth(1).wait_for(timeout=60_000)
        assert page.get_by_text("per file").filter(visible=True).count() == 0
        if other:
            page.get_by_role("button", name=other, exact=True).click()
    # A file takes the button's place and gives it back; the page still answers.
    page.locator(".st-key-own-upload input[type=file]").set_input_files(
        {"name": "hechos.csv", "mimeType": "text/csv", "buffer": b"fecha,divipola\n2024-01-01,52001\n"}
    )
    page.get_by_role("button", name="Revisar el archivo").wait_for()
    page.locator(".st-key-own-upload section button").first.click()
    page.get_by_role("button", name="Elegir archivo").nth(1).wait_for()
    page.close()
