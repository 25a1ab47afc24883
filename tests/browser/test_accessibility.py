"""Everybody can use every page: axe finds nothing serious, headings and languages are right, the keyboard reaches all.

The real application with its real data. A view is opened once per language and looked at in two widths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from components import layout
from tests.running import Running

axe = pytest.importorskip("axe_playwright_python.base", reason="axe is not installed (make test installs it)")
pytestmark = pytest.mark.browser

FRAME = 'iframe[title^="streamlit_folium"]'
SIZES = ({"width": 1280, "height": 720}, {"width": 390, "height": 844})
LANGUAGES = ("es", "en")
SEVERE = {"serious", "critical"}
# Of what axe calls moderate, these are ours to keep.
KEPT = {"heading-order", "page-has-heading-one", "region", "landmark-one-main"}
VIEWS = {
    "narino": "/narino?date=2024-10-31&municipality=52678",
    "colombia": "/colombia?date=2023-08-15&fill=homicides",
    "tiles": "/narino?date=2024-10-31&map=tile",
    "broken-link": "/narino?date=ayer&municipality=99999",
    "present": "/narino?date=2024-10-31&present=1",
    "embed": "/narino?date=2024-10-31&embed=true",
    "compare": "/compare?compare=52678,52835",
    "compare-nothing": "/compare",
    "ceasefires": "/ceasefires",
    "one-ceasefire": "/ceasefires?item=eln_bilateral_2023",
    "effect": "/ceasefires?item=effect-eln_bilateral_2023",
    "clashes": "/ceasefires?item=clashes-eln_bilateral_2023",
    "peace-process": "/peace-process",
    "events": "/peace-process?item=events",
    "one-table": "/peace-process?item=tables-eln",
    "comuneros": "/peace-process?item=comuneros",
    "comuneros-municipalities": "/peace-process?item=comuneros-municipalities",
    "comuneros-commitments": "/peace-process?item=comuneros-commitments",
    "comuneros-zones": "/peace-process?item=comuneros-zones",
    "claims": "/peace-process?item=claims",
    "national-totals": "/peace-process?item=claims-massacres",
    "groups": "/groups",
    "one-group": "/groups?item=comuneros_sur",
    "fragmentation": "/groups?item=fragmentation",
    "need": "/need",
    "need-colombia": "/need?area=colombia&item=x",
    "story": "/story",
    "own-files": "/own-files",
    "story-step": "/narino?present=1&item=comuneros-del-sur:2",
    "data": "/data",
    "indicators": "/data?item=indicators",
    "publishers": "/data?item=publishers",
    "tables": "/data?item=tables",
    "freshness": "/data?item=freshness",
    "corrections": "/data?item=corrections",
}
# What is not ours: selector -> why it is left out.
EXCLUDED: dict[str, str] = {}

CHARTS_WITHOUT_WORDS = """() => [...document.querySelectorAll('.stPlotlyChart')]
  .filter((chart) => !chart.closest('[aria-label]') && !chart.querySelector('[aria-label]')).length"""
SIDEWAYS = """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
  .some((box) => box.scrollWidth > box.clientWidth + 1)"""
CUT_TABLES = """() => [...document.querySelectorAll('table')].filter((table) => table.offsetParent !== null)
  .filter((table) => table.scrollWidth > table.parentElement.clientWidth + 1).map((table) => table.className)"""
# The text of drawings, which axe does not judge: its colour at its opacity against its halo or the paper under it.
FAINT_TEXT = """() => {
  const rgb = (text) => { const n = (text.match(/[\\d.]+/g) ?? []).map(Number); return n.length < 3 ? null : n; };
  const over = (top, alpha, under) => top.slice(0, 3).map((c, i) => c * alpha + under[i] * (1 - alpha));
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => c / 255).map((s) => s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  const hosts = (root) => [...root.querySelectorAll('*')].filter((e) => e.shadowRoot);
  const within = (root) => hosts(root).flatMap((e) => texts(e.shadowRoot));
  const texts = (root) => [...root.querySelectorAll('svg text'), ...within(root)];
  for (const text of texts(document)) {
    const style = getComputedStyle(text), box = text.getBoundingClientRect();
    if (!text.textContent.trim() || !box.width || style.visibility === 'hidden') continue;
    let alpha = Number(style.fillOpacity), paper = null;
    for (let node = text; node; node = node.parentElement ?? node.getRootNode().host) {
      const own = getComputedStyle(node);
      alpha *= Number(own.opacity);
      const ground = node.namespaceURI.endsWith('xhtml') ? rgb(own.backgroundColor) : null;
      if (!paper && ground && ground[3] !== 0) paper = ground.slice(0, 3);
    }
    paper ??= [251, 250, 247];
    if (style.paintOrder.startsWith('stroke') && style.stroke !== 'none') paper = rgb(style.stroke).slice(0, 3);
    const colour = rgb(style.fill);
    if (!colour || alpha === 0) continue;
    const [a, b] = [light(over(colour, alpha * (colour[3] ?? 1), paper)), light(paper)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const words = text.textContent.trim().slice(0, 30);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${style.fill} on ${paper} "${words}"`);
  }
  return found.slice(0, 10);
}"""
# What has the focus, through shadow roots and frames, and whether anything around it says so.
FOCUSED = """() => {
  let node = document.activeElement;
  for (let deeper = true; deeper;) {
    const inside = node?.tagName === 'IFRAME' ? node.contentDocument : node?.shadowRoot;
    const next = inside?.activeElement;
    deeper = Boolean(next); node = next ?? node;
  }
  if (!node || node.tagName === 'BODY') return null;
  const outlined = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
  const ringed = (style) => outlined(style) || style.boxShadow !== 'none';
  let seen = node.tagName === 'CANVAS';    // the table draws the focus of its cells by itself
  for (let up = node, n = 0; up && n < 6 && !seen; up = up.parentElement, n++) seen = ringed(getComputedStyle(up));
  const name = (node.getAttribute('aria-label') ?? node.innerText ?? '').trim().split('\\n')[0].slice(0, 40);
  return { name: `${node.tagName} ${name}`, seen, key: node.outerHTML.slice(0, 300) };
}"""
MOST_STOPS = 150


class Reader:
    """One browser window on the application."""

    def __init__(self, chromium: Any, application: Running, **context: Any) -> None:
        self.address = application.address
        self.context = chromium.new_context(**{"viewport": SIZES[0], "locale": "es-CO", **context})
        self.page = self.context.new_page()
        self.devtools = self.context.new_cdp_session(self.page)

    def open(self, path: str) -> Reader:
        self.page.goto(self.address + path)
        # The footer is drawn last; a projected or embedded view hides it.
        self.page.locator(".footer").wait_for(state="attached", timeout=60_000)
        if path.startswith(("/narino", "/colombia")):
            # The frame is attached later than the footer: without it `settle` would find no map to wait for.
            self.page.locator(FRAME).wait_for(state="attached", timeout=60_000)
        return self.settle()

    def settle(self) -> Reader:
        """Wait until the script has run, the map has painted and the charts stand."""
        self.page.wait_for_selector("[data-test-script-state='notRunning']", timeout=60_000)
        if self.page.locator(FRAME).count():
            self.map.and_(self.page.frame_locator(FRAME).locator("[data-painted]")).wait_for(timeout=30_000)
        for chart in self.page.locator(".stPlotlyChart").all():
            chart.locator(".main-svg").first.wait_for(timeout=30_000)
        self.page.wait_for_selector("[data-test-script-state='notRunning']")
        return self

    def resize(self, size: dict[str, int]) -> None:
        """Change the width; two frames later everything that listens has drawn itself anew."""
        self.page.set_viewport_size(size)
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        self.settle()

    @property
    def map(self) -> Any:
        return self.page.frame_locator(FRAME).locator("#map_div")

    @property
    def frame(self) -> Any:
        return next(frame for frame in self.page.frames if "streamlit_folium" in frame.url)

    def violations(self) -> list[str]:
        """Return what axe finds in the page and in the map's frame, each with the place and the reason."""
        return [line for frame in self.page.frames for line in self._violations(frame)]

    def _violations(self, frame: Any) -> Iterator[str]:
        if not frame.evaluate("typeof window.axe === 'object'"):
            frame.evaluate(axe.AXE_SCRIPT)
        context = {"include": [["html"]], "exclude": [[selector] for selector in EXCLUDED]}
        found = frame.evaluate("(context) => axe.run(context, {iframes: false, resultTypes: ['violations']})", context)
        whole = frame == self.page.main_frame
        for rule in found["violations"]:
            if rule["impact"] not in SEVERE and not (whole and rule["id"] in KEPT):
                continue
            for node in rule["nodes"][:5]:
                why = [check["message"] for check in (*node["any"], *node["all"], *node["none"])]
                yield f"{rule['id']}: {node['target']} {node['html'][:160]} {why[:1]}"

    def faint(self) -> list[str]:
        return [line for frame in self.page.frames for line in frame.evaluate(FAINT_TEXT)]

    def stops(self) -> Iterator[dict[str, Any]]:
        """Press Tab until the focus leaves the page."""
        self.page.evaluate("document.activeElement.blur()")
        for _stop in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            focused = self.page.evaluate(FOCUSED)
            if focused is None:
                return
            yield focused
        raise AssertionError(f"the focus did not leave the page after {MOST_STOPS} stops")

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def reader(chromium: Any, application: Running, request: pytest.FixtureRequest) -> Iterator[Reader]:
    """A window as wanted by `@pytest.mark.parametrize("reader", [{...}], indirect=True)`, else a laptop's."""
    reader = Reader(chromium, application, **getattr(request, "param", {}))
    yield reader
    reader.close()


@pytest.fixture(scope="module")
def visitor(chromium: Any, application: Running) -> Iterator[Reader]:
    """One window for many views: the browser keeps what it fetched."""
    reader = Reader(chromium, application)
    yield reader
    reader.close()


PHONE = {"viewport": SIZES[1], "is_mobile": True, "has_touch": True}


def test_every_page_is_looked_at() -> None:
    looked_at = {re.split(r"[?/]", path)[1] for path in VIEWS.values()}
    assert set(layout.page_titles()) <= looked_at


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_no_serious_barrier_in_either_width(visitor: Reader, view: str, language: str) -> None:
    path = VIEWS[view]
    visitor.open(f"{path}{'&' if '?' in path else '?'}lang={language}")
    for size in SIZES:
        visitor.resize(size)
        assert visitor.violations() == []
        assert visitor.faint() == []
        assert visitor.page.evaluate(CHARTS_WITHOUT_WORDS) == 0
        assert not visitor.page.evaluate(SIDEWAYS), "the page scrolls sideways"
    assert {frame.evaluate("document.documentElement.lang") for frame in visitor.page.frames} == {language}
    assert visitor.page.title()


@pytest.mark.parametrize("path", ["/api/v1/docs?lang=es", "/api/v1/docs?lang=en"])
@pytest.mark.parametrize("reader", [{}, PHONE], indirect=True)
def test_the_page_of_the_interface_has_no_serious_barrier(reader: Reader, path: str) -> None:
    reader.page.goto(reader.address + path)
    assert reader.violations() == []
    assert reader.page.evaluate("document.documentElement.lang") == path[-2:]


@pytest.mark.parametrize("reader", [{}, PHONE], indirect=True)
def test_what_opens_over_the_page_has_no_serious_barrier(reader: Reader) -> None:
    reader.open("/narino?date=2024-10-31")
    openers = reader.page.locator("[data-testid='stPopover'] button:visible")
    # The explorer's choices follow the painted map.
    openers.nth(1).wait_for()
    for opener in openers.all():
        opener.click()
        reader.page.locator("[data-testid='stPopoverBody']").wait_for()
        reader.settle()
        assert reader.violations() == []
        reader.page.keyboard.press("Escape")
        reader.page.locator("[data-testid='stPopoverBody']").wait_for(state="detached")
    reader.page.locator(".st-key-map-table summary").click()
    reader.page.locator("[data-testid='stDataFrame'] canvas").first.wait_for()
    reader.settle()
    assert reader.violations() == []


@pytest.mark.parametrize(
    "view", ["narino", "compare", "ceasefires", "comuneros", "groups", "need", "data", "story", "own-files"]
)
def test_the_focus_is_seen_wherever_it_stands_and_is_never_trapped(reader: Reader, view: str) -> None:
    reader.open(VIEWS[view])
    stops = list(reader.stops())
    assert [stop["name"] for stop in stops if not stop["seen"]] == []
    assert len({stop["key"] for stop in stops}) > 12


@pytest.mark.parametrize("reader", [PHONE], indirect=True)
@pytest.mark.parametrize("view", ["comuneros-municipalities", "national-totals", "clashes", "effect"])
def test_a_table_fits_a_phone_without_scrolling_inside_itself(reader: Reader, view: str) -> None:
    reader.open(VIEWS[view])
    reader.page.locator("table:visible").first.wait_for()
    assert reader.page.evaluate(CUT_TABLES) == []


def test_the_first_stops_lead_past_the_navigation(reader: Reader) -> None:
    reader.open("/narino?date=2024-10-31&lang=es")
    reader.page.evaluate("window.marker = 1")
    links = reader.page.locator("a.skip")
    links.nth(2).wait_for(state="attached")
    assert [link.get_attribute("href") for link in links.all()] == ["#page-content", "#page-map", "#page-table"]
    links.nth(1).focus()
    assert links.nth(1).bounding_box()["x"] >= 0
    reader.page.keyboard.press("Enter")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.tagName") == "IFRAME"
    # A link inside the page is no reload.
    assert reader.page.evaluate("window.marker") == 1


def test_the_keyboard_alone_goes_from_the_table_to_a_card(reader: Reader) -> None:
    reader.open("/narino?date=2024-10-31")
    reader.page.locator("a.skip").nth(2).focus()
    for key in ("Enter", "Tab", "Enter"):
        reader.page.keyboard.press(key)
    reader.page.locator("[data-testid='stDataFrame'] canvas").first.wait_for()
    reader.settle()
    for _press in range(10):
        reader.page.keyboard.press("Tab")
        if reader.page.evaluate("document.activeElement.tagName") == "CANVAS":
            break
    # Down to a row, left to its mark, and the mark is set.
    for key in ("ArrowDown", "ArrowDown", "ArrowLeft", "Shift+Space"):
        reader.page.keyboard.press(key)
    reader.page.wait_for_url(re.compile("municipality=52"))
    reader.settle()
    reader.page.locator("article.card h2").first.wait_for()
    assert reader.page.locator("article.card h2").count() == 1


def test_the_keyboard_alone_finds_a_municipality_and_changes_what_the_map_shows(reader: Reader) -> None:
    reader.open("/narino?date=2024-10-31&lang=es")
    reader.page.get_by_role("combobox", name="Buscar un municipio").focus()
    reader.page.keyboard.type("samaniego")
    reader.page.get_by_role("option").first.wait_for()
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url(re.compile("municipality=52678"))
    reader.settle()
    fill = reader.page.get_by_role("combobox", name=re.compile("El mapa muestra"))
    fill.focus()
    reader.page.keyboard.press("ArrowDown")
    reader.page.get_by_role("option").first.wait_for()
    for key in ("ArrowDown", "Enter"):
        reader.page.keyboard.press(key)
    reader.page.wait_for_url(re.compile("fill="))


def test_a_step_of_the_map_says_itself(reader: Reader) -> None:
    reader.open("/narino?date=2024-10-31&lang=es")
    slider = reader.page.get_by_role("slider", name="Mes que se muestra")
    assert slider.get_attribute("aria-valuetext") == "octubre de 2024"
    assert "mapa" in (reader.map.get_attribute("aria-label") or "").lower()


def touch(reader: Reader, kind: str, *points: tuple[float, float]) -> None:
    listed = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    reader.devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": listed})


def place(reader: Reader) -> list[float]:
    return reader.frame.evaluate("[paz.map.getCenter().lat, paz.map.getCenter().lng, paz.map.getZoom()]")


@pytest.mark.parametrize("reader", [PHONE], indirect=True)
def test_one_finger_on_the_map_scrolls_the_page_and_two_move_the_map(reader: Reader) -> None:
    reader.open("/narino?date=2024-10-31")
    box, before = reader.map.bounding_box(), place(reader)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.6
    touch(reader, "touchStart", (x, y))
    for step in range(1, 16):
        touch(reader, "touchMove", (x, y - 12 * step))
    reader.page.frame_locator(FRAME).locator(".paz-hint").wait_for()
    touch(reader, "touchEnd")
    reader.page.wait_for_function("document.querySelector('[data-testid=\"stMain\"]').scrollTop > 80")
    assert place(reader) == before
    box = reader.map.bounding_box()
    y = box["y"] + box["height"] / 2
    touch(reader, "touchStart", (x - 40, y), (x + 40, y))
    for step in range(1, 16):
        touch(reader, "touchMove", (x - 40 - 2 * step, y + 3 * step), (x + 40 + 2 * step, y + 3 * step))
    touch(reader, "touchEnd")
    reader.frame.wait_for_function(f"paz.map.getZoom() > {before[2]}")
    assert place(reader)[0] > before[0]


@pytest.mark.parametrize("reader", [{"reduced_motion": "reduce"}], indirect=True)
def test_less_motion_is_respected(reader: Reader) -> None:
    reader.open("/narino?date=2024-10-31")
    moving = """() => document.getAnimations().filter((one) => one.playState === 'running').length"""
    assert [frame.evaluate(moving) for frame in reader.page.frames] == [0, 0]
    before = place(reader)
    # Without an animation the map is there before the call returns.
    assert reader.frame.evaluate("paz.map.zoomIn(), paz.map.getZoom()") > before[2]
    assert reader.frame.evaluate("paz.map.panBy([40, 0]), paz.map.getCenter().lng") > before[1]


def test_paper_holds_the_view_and_not_the_controls(reader: Reader) -> None:
    reader.open("/narino?date=2024-10-31&municipality=52678")
    shown = reader.page.locator
    shown("article.card").wait_for()
    reader.page.emulate_media(media="print")
    assert shown("h1.headline").is_visible()
    assert shown(FRAME).is_visible()
    assert shown("article.card").is_visible()
    assert shown(".footer").is_visible()
    for control in (".st-key-masthead", ".st-key-controls", ".st-key-timecontrol"):
        assert not shown(control).is_visible()
    # Nothing is cut off by a box that scrolls: the page is as long as what it holds.
    assert reader.page.evaluate(
        "document.querySelector('article.card').getBoundingClientRect().bottom <= document.documentElement.scrollHeight"
    )
    assert reader.page.evaluate("getComputedStyle(document.querySelector('[data-testid=\"stMain\"]')).overflow") == (
        "visible"
    )
