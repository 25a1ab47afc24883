"""Links within a page, in a real browser: what a link opens is what the address says, then, after a reload and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.running import Running

pytestmark = pytest.mark.browser
OPEN = "emc_2023_rest"


class Reader:
    """One tab on the page of ceasefires."""

    def __init__(self, page: Any) -> None:
        self.page = page

    @property
    def item(self) -> str:
        """What the address bar says is open; blank is the list."""
        return parse_qs(urlsplit(self.page.url).query).get("item", [""])[-1]

    @property
    def headline(self) -> str:
        return self.page.locator("h1.headline").inner_text()

    def settle(self, words: str) -> None:
        """Wait until a page whose headline has these words stands still."""
        self.page.locator("h1.headline", has_text=re.compile(words)).wait_for(timeout=60_000)
        self.page.wait_for_selector("[data-test-script-state='notRunning']", timeout=60_000)


@pytest.fixture
def reader(chromium: Any, application: Running) -> Iterator[Reader]:
    context = chromium.new_context(viewport={"width": 1280, "height": 720}, locale="es-CO")
    found = Reader(context.new_page())
    found.page.goto(f"{application.address}/ceasefires?item={OPEN}&v=1")
    found.settle("resto del país")
    yield found
    context.close()


@pytest.mark.parametrize(
    ("link", "item", "words"),
    [
        (r"^4\. Prórroga", "emc_2024_sw", "Prórroga"),
        ("Qué dicen los conteos", f"effect-{OPEN}", "Homicidios"),
        ("Quién combate a quién", f"clashes-{OPEN}", "UCDP registra"),
        ("^Ceses al fuego$", "", "registrados desde"),
    ],
)
def test_a_link_within_the_page_is_in_the_address_and_in_the_history(
    reader: Reader, link: str, item: str, words: str
) -> None:
    before = reader.headline
    found = reader.page.get_by_role("link", name=re.compile(link)).locator("visible=true").first
    found.click()
    reader.settle(words)
    assert reader.item == item
    after = reader.headline
    reader.page.reload()
    reader.settle(words)
    assert reader.headline == after
    reader.page.go_back()
    reader.settle(re.escape(before[:40]))
    assert reader.item == OPEN


def test_a_link_within_an_embedded_page_stays_embedded(reader: Reader) -> None:
    reader.page.goto(f"{reader.page.url}&embed=true")
    reader.settle("resto del país")
    reader.page.get_by_role("button", name=re.compile("Qué dicen los conteos")).click()
    reader.settle("Homicidios")
    assert reader.item == f"effect-{OPEN}"
    assert "embed=true" in reader.page.url
