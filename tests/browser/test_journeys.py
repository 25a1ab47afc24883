"""What people do with the explorer, in a real browser against the real application and its real data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.running import Running

pytestmark = pytest.mark.browser
FRAME = 'iframe[title^="streamlit_folium"]'


class Journey:
    """A page of the application, with what it asked for and what it complained about."""

    def __init__(self, chromium: Any, application: Running, path: str, **context: Any) -> None:
        self.context = chromium.new_context(
            **{"viewport": {"width": 1280, "height": 720}, "locale": "es-CO", **context}
        )
        self.page = self.context.new_page()
        self.away: list[str] = []
        self.errors: list[str] = []
        own = (application.address, application.address.replace("http", "ws", 1), "data:", "blob:")
        self.page.on("request", lambda r: self.away.append(r.url) if not r.url.startswith(own) else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(application.address + path)
        self.settle()

    def settle(self) -> None:
        """Wait until the script has run and the map has painted what it was told."""
        self.page.wait_for_selector("[data-test-script-state='notRunning']", timeout=60_000)
        self.map.locator("xpath=self::*[@data-painted]").wait_for(timeout=30_000)
        self.page.wait_for_selector("[data-test-script-state='notRunning']")

    @property
    def map(self) -> Any:
        return self.page.frame_locator(FRAME).locator("#map_div")

    @property
    def headline(self) -> str:
        return self.page.locator("h1.headline").inner_text()

    @property
    def query(self) -> dict[str, str]:
        return {key: values[-1] for key, values in parse_qs(urlsplit(self.page.url).query).items()}

    def wait_query(self, key: str, value: str) -> None:
        self.page.wait_for_url(re.compile(rf"[?&]{key}={re.escape(value)}(&|$)"))
        self.settle()

    def close(self) -> None:
        assert self.errors == []
        assert self.away == []
        self.context.close()


@pytest.fixture
def open_page(chromium: Any, application: Running) -> Iterator[Any]:
    journeys: list[Journey] = []

    def opened(path: str, **context: Any) -> Journey:
        journeys.append(Journey(chromium, application, path, **context))
        return journeys[-1]

    yield opened
    for journey in journeys:
        journey.close()


def test_the_bare_address_opens_on_narino_in_the_reader_s_language(open_page: Any) -> None:
    spanish = open_page("/")
    assert urlsplit(spanish.page.url).path == "/narino"
    assert "municipios de Nariño" in spanish.headline
    assert spanish.page.evaluate("document.documentElement.lang") == "es"
    english = open_page("/", locale="en-US")
    assert "municipalities of Nariño" in english.headline
    assert english.page.evaluate("document.documentElement.lang") == "en"


def test_the_first_tab_leads_past_the_navigation(open_page: Any) -> None:
    journey = open_page("/narino?date=2024-10-31")
    journey.page.keyboard.press("Tab")
    assert journey.page.evaluate("document.activeElement.className") == "skip"


def test_a_journalist_finds_samaniego_and_reads_who_says_so(open_page: Any) -> None:
    journey = open_page("/narino?date=2024-10-31")
    search = journey.page.get_by_role("combobox", name="Buscar un municipio")
    search.fill("samaniégo")
    journey.page.get_by_role("option", name=re.compile("Samaniego")).click()
    journey.wait_query("municipality", "52678")
    card = journey.page.locator("article.card")
    assert card.locator("h2").inner_text() == "Samaniego"
    card.locator("summary").first.click()
    link = card.locator(".evidence a").first
    assert (link.get_attribute("href") or "").startswith("http")


def test_homonyms_are_told_apart_by_department(open_page: Any) -> None:
    journey = open_page("/colombia?date=2024-10-31")
    journey.page.get_by_role("combobox", name="Buscar un municipio").fill("narino")
    options = journey.page.get_by_role("option")
    options.nth(2).wait_for()
    assert options.all_inner_texts()[:3] == ["Nariño Antioquia", "Nariño Cundinamarca", "Nariño Nariño"]


def test_a_click_on_the_map_opens_the_card_and_keeps_the_map(open_page: Any) -> None:
    journey = open_page("/narino?date=2024-10-31&map=tile")
    frame = next(frame for frame in journey.page.frames if "streamlit_folium" in frame.url)
    frame.evaluate("window.marker = 1")
    box = journey.map.bounding_box()
    journey.page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    journey.page.wait_for_url(re.compile("municipality=52"))
    journey.settle()
    journey.page.locator("article.card h2").first.wait_for()
    assert journey.page.locator("article.card h2").count() == 1
    assert frame.evaluate("window.marker") == 1


def test_the_time_control_sets_the_date_everywhere(open_page: Any) -> None:
    journey = open_page("/narino?date=2024-10-31")
    journey.page.get_by_role("slider", name="Mes que se muestra").focus()
    journey.page.keyboard.press("ArrowLeft")
    journey.wait_query("date", "2024-09-30")
    assert journey.headline.startswith("En septiembre de 2024")


def test_a_link_shows_a_colleague_the_same_view_in_english(open_page: Any) -> None:
    first = open_page("/colombia?date=2023-08-15&groups=eln&municipality=05001&lang=es")
    path = urlsplit(first.page.url)
    second = open_page(f"{path.path}?{path.query.replace('lang=es', 'lang=en')}", locale="fr-FR")
    numbers = [re.findall(r"\d[\d.,]*", journey.headline.replace(".", ",")) for journey in (first, second)]
    assert numbers[0] == numbers[1]
    assert second.page.locator("article.card h2").inner_text() == "Medellín"


def test_an_unknown_part_of_a_link_is_named(open_page: Any) -> None:
    journey = open_page("/narino?date=ayer&municipality=99999")
    warning = journey.page.get_by_text("Del enlace no se tuvo en cuenta").first.inner_text()
    assert "date=ayer" in warning
    assert "municipality=99999" in warning


def test_a_phone_sees_the_map_without_scrolling_sideways(open_page: Any) -> None:
    journey = open_page("/narino", viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    assert not journey.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    assert journey.map.bounding_box()["width"] > 330


def test_the_filters_keep_their_values_in_a_panel_that_was_closed(open_page: Any) -> None:
    journey = open_page("/narino?date=2024-10-31")
    journey.page.get_by_role("button", name="Un mes atrás").click()
    journey.wait_query("date", "2024-09-30")
    journey.page.get_by_role("button", name="Capas y filtros").click()
    window = journey.page.get_by_role("radio", name="24 meses").or_(journey.page.get_by_role("button", name="24 meses"))
    assert window.get_attribute("aria-checked") == "true"
    journey.page.get_by_text("36 meses").click()
    journey.wait_query("window", "36")


def test_a_language_is_in_the_link_only_when_somebody_chose_it(open_page: Any) -> None:
    journey = open_page("/narino?date=2024-10-31")
    journey.page.get_by_role("button", name="Un mes atrás").click()
    journey.wait_query("date", "2024-09-30")
    assert "lang" not in journey.query
    journey.page.get_by_role("button", name="EN", exact=True).click()
    journey.wait_query("lang", "en")
    assert journey.headline.startswith("In September 2024")
    assert journey.page.get_by_test_id("stSelectbox").first.locator("input").input_value() == "Reported armed groups"


def test_a_ceasefire_on_the_timeline_moves_the_map_to_its_day(open_page: Any) -> None:
    journey = open_page("/narino?date=2024-10-31")
    bars = journey.page.locator(".js-plotly-plot g.bars g.point path")
    bars.nth(bars.count() - 1).wait_for(state="attached")
    before = journey.headline
    box = bars.last.bounding_box()
    journey.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    journey.page.wait_for_function("before => document.querySelector('h1.headline').innerText !== before", arg=before)
    assert journey.query["date"] != "2024-10-31"


def test_the_line_of_the_date_stays_on_the_timeline_when_another_figure_comes(open_page: Any) -> None:
    journey = open_page("/narino?date=2024-10-31")
    line = journey.page.locator(".js-plotly-plot .paz-dateline")
    line.wait_for(state="attached")
    before = journey.page.locator(".js-plotly-plot .scatterlayer .trace").count()
    journey.page.get_by_role("combobox", name="Buscar un municipio").fill("samaniego")
    journey.page.get_by_role("option", name=re.compile("Samaniego")).click()
    journey.wait_query("municipality", "52678")
    traces = "before => document.querySelectorAll('.js-plotly-plot .scatterlayer .trace').length > before"
    journey.page.wait_for_function(traces, arg=before)
    line.wait_for(state="attached")
    assert line.bounding_box()["height"] > 100


def test_a_layer_shows_before_its_other_months_have_come(open_page: Any) -> None:
    journey = open_page("/colombia?date=2018-06-30&map=tile&fill=ucdp_non_state")
    frame = next(frame for frame in journey.page.frames if "streamlit_folium" in frame.url)
    fills = "() => [...document.querySelectorAll('.u')].map(u => u.getAttribute('fill'))"
    before, stamp = frame.evaluate(fills), journey.map.get_attribute("data-painted")
    held: list[Any] = []
    journey.page.route("**/assets/state/**", lambda route: held.append(route))
    journey.page.get_by_test_id("stSelectbox").first.click()
    journey.page.keyboard.press("ArrowDown")
    journey.page.keyboard.press("Enter")
    frame.wait_for_function("old => document.querySelector('#map_div').dataset.painted !== old", arg=stamp)
    journey.page.wait_for_selector("[data-test-script-state='notRunning']")
    assert held, "the other months are on their way"
    alone = frame.evaluate(fills)
    assert alone != before
    # A month that is not here yet leaves the map as it is, and shows once it is.
    journey.page.get_by_role("slider").first.press("ArrowLeft")
    frame.wait_for_function("paz.scrubbing")
    assert frame.evaluate(fills) == alone
    for request in held:
        request.continue_()
    frame.wait_for_function("!paz.layers.fill.single")
    journey.wait_query("date", "2018-05-31")
    month = frame.evaluate(fills)
    journey.page.get_by_role("slider").first.press("ArrowRight")
    journey.wait_query("date", "2018-06-30")
    assert frame.evaluate(fills) == alone != month


def test_beside_the_map_nothing_fades_while_a_run_lasts(open_page: Any) -> None:
    """A fade that waits to begin makes a layer of its element, and the browser draws the map again for nothing."""
    journey = open_page("/narino?date=2024-10-31")
    # What Streamlit does to what a run has not yet drawn again, done by hand: a real run may be over before it shows.
    seen = journey.page.evaluate("""() => {
      const parts = [...document.querySelectorAll('[data-testid="stElementContainer"]')];
      for (const part of parts) {
        part.dataset.stale = "true";
        Object.assign(part.style, { transition: "opacity 1s ease-in 0.5s", opacity: 0.33 });
      }
      const app = document.querySelector(".stApp");
      const line = () => getComputedStyle(app, "::after").animationName;
      app.dataset.testScriptState = "notRunning";
      const still = line();
      app.dataset.testScriptState = "running";
      const found = {
        parts: parts.length,
        fading: parts.filter((part) => part.getAnimations().length || getComputedStyle(part).opacity !== "1").length,
        lines: [still, line()],
      };
      app.dataset.testScriptState = "notRunning";
      return found;
    }""")
    assert seen["parts"] > 20
    assert seen["fading"] == 0
    assert seen["lines"] == ["none", "runs-long"], "a run that takes long is told by a line"


def test_paper_holds_the_sources_and_keeps_a_chart_s_title_with_it(open_page: Any) -> None:
    journey = open_page("/narino?date=2024-10-31")
    printed = journey.page.locator(".printed")
    printed.wait_for(state="attached")
    assert not printed.is_visible()
    journey.page.emulate_media(media="print")
    assert "/narino?date=2024-10-31" in printed.inner_text()
    assert not journey.page.locator(".st-key-masthead").is_visible()
    title = journey.page.locator("[data-testid='stElementContainer']:has(.chart-title)")
    assert title.evaluate("element => getComputedStyle(element).breakAfter") == "avoid"
