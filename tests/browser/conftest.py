"""Chromium and the real application for the journeys: one of each for the whole module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import CHROMIUM, ROOT, SHARED_BOUNDARIES, Running, running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    with playwright.sync_playwright() as pw:
        browser = pw.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The real application with the official polygons where they lie beside the project, else on tiles."""
    folder: Path = tmp_path_factory.mktemp("application")
    named = {"MUNICIPAL_BOUNDARIES": str(SHARED_BOUNDARIES)} if SHARED_BOUNDARIES.exists() else {}
    with running(ROOT / "app.py", folder, named) as started:
        yield started
