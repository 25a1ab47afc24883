"""The map in Chromium, on a small application of its own with synthetic hexagons and synthetic months.

The polygons, groups and dates are invented; only the code under test is real.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright_sync = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (apt-get install chromium)"),
]
ROOT = Path(__file__).resolve().parents[2]
FRAME = 'iframe[title^="streamlit_folium"]'
UNITS = 1122

FRONT_DOOR = """
import sys
sys.path.insert(0, {root!r})
import streamlit as st
from components.server import assets
app = st.App({page!r}, routes=assets.routes())
"""

PAGE = """
import sys
sys.path.insert(0, {root!r})
import json
from datetime import date
from types import SimpleNamespace
import numpy as np
import streamlit as st
from components.i18n import set_language
from components.legend import LegendSpec, keys_of, render_legend
from components.map import LayerRef, MapSpec, render_map
from components.map_payload import ZoneMark, layer_payload, zones_payload
from components.server import assets
from components.timecontrol import TimeSpec, page_channel, render_timecontrol
from geo import symbology

UNITS, MONTHS, COLUMNS = 1122, 120, 33
CODES = tuple(f"{{n:05d}}" for n in range(1, UNITS + 1))
DAYS = tuple(date(2016 + n // 12, n % 12 + 1, 28) for n in range(MONTHS))

@st.cache_resource
def geometry():
    units = []
    for n, code in enumerate(CODES):
        row, column = divmod(n, COLUMNS)
        x, y = 1000 * column + 500 * (row % 2) - 780000, 30000 - 870 * row
        ring = [x, y + 580, 500, -290, 0, -580, -500, -290, -500, 290, 0, 580]
        units.append([code, f"<b>Place</b> {{n}}", f"Department {{row // 5}}", [x / 1e4, y / 1e4], [[ring]]])
    lines = {{"department": [[-780000, 26000, 33000, 0]], "subregion": [], "land": [], "inset": []}}
    return json.dumps({{"v": 1, "kind": "geo", "scope": "colombia", "scale": 1e-4, "units": units, "lines": lines,
                       "bounds": [[0.05, -78.1], [3.1, -74.6]]}}).encode()

def matrix(codes, cells):
    return SimpleNamespace(months=[day.isoformat() for day in DAYS], units=CODES, codes=codes, cells=cells)

def style(cell):
    families, aged, count = cell
    return symbology.presence_style(families, aged=aged, group_count=count)

@st.cache_resource
def presence():
    rng = np.random.default_rng(3)
    names = [*symbology.FAMILY_HUES]
    cells = [((), False, 0)]
    cells += [(((a, level), (b, "presence")), aged, count) for a in names for b in names[:4]
              for level in symbology.LEVELS for aged, count in ((False, 2), (True, 3))]
    codes = np.repeat(rng.integers(0, len(cells), (MONTHS // 4, UNITS)), 4, axis=0)
    codes[:6] = 0
    return layer_payload(matrix(codes, cells), style, lambda cell: f"<i>{{len(cell[0])}} families</i>"), cells

@st.cache_resource
def ceasefires():
    codes = np.full((MONTHS, UNITS), -1)
    codes[60:, 200:420] = 0
    cells = [(("ceasefire", "in_force", True),)]
    return layer_payload(matrix(codes, cells), symbology.ceasefire_styles, lambda cell: "Synthetic ceasefire")

query = st.query_params
set_language(query.get("lang", "es"))
st.set_page_config(layout="wide")
state = st.session_state
state.setdefault("on", DAYS[100])
state["runs"] = state.get("runs", 0) + 1
published, cells = presence()
marks = [ZoneMark("00005", "Synthetic zone", (("2016-01", "2025-12", symbology.zone_style("active")),))]
overlays = ("ceasefires", "zones", "numbers", "departments") + (("osm",) if query.get("osm") else ())
state_hash = assets.publish(published) if not query.get("broken") else "0" * 20
spec = MapSpec(
    geometry=assets.publish(geometry()), bounds=((0.05, -78.1), (3.1, -74.6)), scope="colombia", kind="geo",
    version="synthetic", channel=page_channel(), month=state.on.isoformat()[:7], fill=LayerRef(state_hash),
    ceasefires=LayerRef(assets.publish(ceasefires())), zones=assets.publish(zones_payload(marks)),
    selected=tuple(state.get("selected", ())), overlays=overlays, attribution="<u>Synthetic</u>",
)
released = render_timecontrol(TimeSpec(DAYS, state.on, (0.0,) * 6 + (1.0,) * (MONTHS - 6), page_channel()))
event = render_map(spec, height=480)
possible = keys_of(style(cell) for cell in cells)
possible |= {{"ceasefire:ceasefire:in_force", "ceasefire:nationwide", "zone:active"}}
names = {{family: family for family in symbology.FAMILY_HUES}}
render_legend(LegendSpec(possible, possible, names, channel=page_channel()))
if released is not None and released != state.on:
    state.on = released
    st.rerun()
if event is not None:
    state.clicks = state.get("clicks", 0) + 1
    state.selected = ["00580"]
    st.rerun()
st.text(f"runs={{state.runs}} on={{state.on}} clicks={{state.get('clicks', 0)}}")
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The small application, running on a free port of the loopback."""
    folder = tmp_path_factory.mktemp("map")
    page, door = folder / "page.py", folder / "app.py"
    page.write_text(PAGE.format(root=str(ROOT)), encoding="utf-8")
    door.write_text(FRONT_DOOR.format(root=str(ROOT), page=str(page)), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    options += ["--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]
    log = (folder / "log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(door), *options], stdout=log, stderr=log, cwd=folder
    )
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{base}/_stcore/health", process, folder / "log")
        yield base
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            process.poll()
    raise RuntimeError(f"the application did not start: {log.read_text()}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright_sync.sync_playwright() as pw:
        browser = pw.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Seen:
    """A page with what it asked for, what went over its websocket, and what it complained about."""

    def __init__(self, browser: Any, address: str, query: str = "", **context: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 720}, **context})
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.sent: list[int] = []
        self.received: list[int] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("websocket", self._listen)
        # Whether the tiles are asked for is what matters here; nobody answers.
        self.page.route("https://**", lambda route: route.abort())
        self.page.goto(f"{address}/?{query}")

    def _listen(self, socket: Any) -> None:
        socket.on("framesent", lambda data: self.sent.append(len(data)))
        socket.on("framereceived", lambda data: self.received.append(len(data)))

    def painted(self) -> Seen:
        self.page.frame_locator(FRAME).locator("#map_div[data-painted]").wait_for(timeout=30_000)
        self.quiet()
        return self

    def quiet(self) -> None:
        self.page.wait_for_selector("[data-test-script-state='notRunning']")

    def forget(self) -> None:
        for each in (self.requests, self.sent, self.received):
            each.clear()

    @property
    def frame(self) -> Any:
        return next(frame for frame in self.page.frames if "streamlit_folium" in frame.url)

    @property
    def map(self) -> Any:
        return self.page.frame_locator(FRAME).locator("#map_div")

    def fills(self) -> list[str]:
        return self.frame.evaluate("[...document.querySelectorAll('.u')].map(u => u.getAttribute('fill'))")

    @property
    def slider(self) -> Any:
        return self.page.get_by_role("slider")

    @property
    def label(self) -> str:
        return self.page.locator("output.label").inner_text()

    def status(self) -> dict[str, str]:
        return dict(part.split("=") for part in self.page.get_by_text("runs=").inner_text().split())

    def wait_status(self, key: str, value: str) -> None:
        self.page.get_by_text(f"{key}={value}").wait_for()
        self.quiet()


@pytest.fixture
def opened(browser: Any, address: str) -> Iterator[Seen]:
    seen = Seen(browser, address).painted()
    yield seen
    assert seen.errors == []
    seen.context.close()


def drag(seen: Seen, shares: list[float], release: bool = True) -> None:
    """Drag the slider's thumb over shares of its length, one animation frame each."""
    box = seen.slider.bounding_box()
    at = [(box["x"] + 8 + (box["width"] - 16) * share, box["y"] + box["height"] / 2) for share in shares]
    seen.page.mouse.move(*at[0])
    seen.page.mouse.down()
    for point in at[1:]:
        seen.page.mouse.move(*point)
        seen.page.evaluate("new Promise(requestAnimationFrame)")
    if release:
        seen.page.mouse.up()


def test_every_municipality_is_drawn_and_nobody_else_is_asked(opened: Seen, address: str) -> None:
    assert opened.frame.evaluate("document.querySelectorAll('.paz-fill .u').length") == UNITS
    assert (
        opened.frame.evaluate("new Set([...document.querySelectorAll('.u')].map(u => u.getAttribute('fill'))).size")
        > 20
    )
    away = [url for url in opened.requests if not url.startswith((address, "data:", "blob:"))]
    assert away == []
    assert opened.frame.evaluate("typeof window.jQuery") == "undefined"


def test_dragging_restyles_in_the_browser_and_sends_nothing(opened: Seen) -> None:
    opened.forget()
    before = opened.fills()
    drag(opened, [0.85 - n / 100 for n in range(80)], release=False)
    opened.frame.wait_for_function("paz.steps.length >= 40")
    assert opened.fills() != before
    assert opened.sent == []
    assert opened.received == []
    assert opened.requests == []
    opened.page.mouse.up()


def test_release_sets_the_date_once_and_keeps_the_map(opened: Seen) -> None:
    opened.frame.evaluate("window.marker = 1; paz.map.setZoom(paz.map.getZoom() + 1, {animate: false})")
    zoom = opened.frame.evaluate("paz.map.getZoom()")
    runs = int(opened.status()["runs"])
    opened.forget()
    drag(opened, [0.84, 0.6, 0.4, 0.25])
    opened.page.wait_for_function("document.body.innerText.includes('on=2018')")
    opened.quiet()
    # One run takes the release, a second draws the new date.
    assert int(opened.status()["runs"]) == runs + 2
    assert len(opened.sent) <= 2
    assert sum(opened.received) <= 40_000
    assert opened.frame.evaluate("[window.marker, paz.map.getZoom()]") == [1, zoom]
    assert not any("/assets/" in url for url in opened.requests)
    assert (
        opened.frame.evaluate("paz.month") == int(opened.status()["on"][:4]) * 12 + int(opened.status()["on"][5:7]) - 1
    )


def test_the_keys_step_by_month(opened: Seen) -> None:
    opened.slider.focus()
    assert opened.slider.get_attribute("aria-valuetext") == opened.label
    opened.page.keyboard.press("ArrowLeft")
    opened.page.keyboard.press("ArrowLeft")
    assert opened.slider.get_attribute("aria-valuenow") in (None, "98")
    opened.wait_status("on", "2024-03-28")
    opened.page.keyboard.press("Home")
    opened.wait_status("on", "2016-01-28")
    opened.page.keyboard.press("End")
    opened.wait_status("on", "2025-12-28")


def test_the_step_buttons_have_names_and_move_one_month(browser: Any, address: str) -> None:
    seen = Seen(browser, address, "lang=en").painted()
    seen.page.get_by_role("button", name="One month forward").click()
    seen.wait_status("on", "2024-06-28")
    seen.context.close()


def test_playing_asks_nothing_of_the_server_until_it_stops(opened: Seen) -> None:
    opened.slider.focus()
    opened.forget()
    opened.page.keyboard.press("Space")
    opened.frame.wait_for_function("paz.steps.length >= 6")
    assert opened.sent == []
    opened.page.keyboard.press("Space")
    opened.page.wait_for_function("!document.body.innerText.includes('on=2024-05-28')")
    opened.quiet()
    shown = opened.slider.input_value()
    on = opened.status()["on"]
    assert int(shown) == (int(on[:4]) - 2016) * 12 + int(on[5:7]) - 1


def test_the_legend_follows_the_drag(opened: Seen) -> None:
    lines = opened.page.locator(".legend li:visible")
    lines.nth(10).wait_for()
    drag(opened, [0.84, 0.02, 0.001], release=False)
    # The first month holds nothing but the zone and "not reported".
    playwright_sync.expect(lines).to_have_count(2)
    opened.page.mouse.up()


def test_a_click_comes_back_once_as_a_place(opened: Seen) -> None:
    box = opened.map.bounding_box()
    opened.map.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    opened.wait_status("clicks", "1")
    opened.frame.wait_for_function("document.querySelectorAll('.paz-selected path').length === 2")
    drag(opened, [0.84, 0.5])
    opened.page.wait_for_function(
        "document.body.innerText.includes('on=2020') || document.body.innerText.includes('on=2021')"
    )
    opened.quiet()
    assert opened.status()["clicks"] == "1"


def test_markup_in_names_and_states_is_text(opened: Seen) -> None:
    opened.map.hover(position={"x": 640, "y": 240})
    tip = opened.page.frame_locator(FRAME).locator(".paz-tip")
    tip.wait_for()
    assert "<b>Place</b>" in tip.inner_text()
    assert "<i>" in tip.inner_text()
    assert tip.locator("b, i").count() == 0
    assert "<u>Synthetic</u>" in opened.page.frame_locator(FRAME).locator(".leaflet-control-attribution").inner_text()


def test_ceasefires_have_one_outline_without_inner_borders_and_a_badge(opened: Seen) -> None:
    opened.frame.wait_for_function("document.querySelectorAll('.paz-ceasefire path').length > 0")
    path = opened.frame.evaluate("document.querySelector('.paz-ceasefire path').getAttribute('d')")
    # 220 hexagons have 1,320 sides; the outline of their block has far fewer.
    assert 0 < path.count("L") < 300
    assert opened.frame.evaluate("document.querySelectorAll('.badge').length") == 1
    assert opened.frame.evaluate("document.querySelectorAll('.zone').length") == 1


def test_the_map_can_be_reached_and_moved_by_keyboard(opened: Seen) -> None:
    assert opened.map.get_attribute("tabindex") == "0"
    assert opened.map.get_attribute("aria-label")
    opened.map.focus()
    before = opened.frame.evaluate("paz.map.getZoom()")
    opened.page.keyboard.press("+")
    opened.frame.wait_for_function(f"paz.map.getZoom() > {before}")


@pytest.mark.parametrize(("lang", "title"), [("es", "Acercar"), ("en", "Zoom in")])
def test_the_maps_own_texts_are_in_the_readers_language(browser: Any, address: str, lang: str, title: str) -> None:
    seen = Seen(browser, address, f"lang={lang}").painted()
    found = seen.page.frame_locator(FRAME).locator(".leaflet-control-zoom-in").get_attribute("title")
    assert seen.frame.evaluate("document.documentElement.lang") == lang
    assert found == title
    seen.context.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_the_whole_map_is_in_view(browser: Any, address: str, width: int, height: int) -> None:
    seen = Seen(browser, address, viewport={"width": width, "height": height}, has_touch=width < 500).painted()
    box, inside = seen.frame.evaluate(
        """() => { const map = document.getElementById('map_div').getBoundingClientRect();
             const fill = document.querySelector('.paz-fill').getBoundingClientRect();
             const inside = fill.left >= 0 && fill.top >= 0 && fill.right <= map.width && fill.bottom <= map.height;
             return [[map.width, map.height], inside]; }"""
    )
    assert inside
    assert box[0] <= width
    assert box[1] <= height * 0.7
    assert not seen.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    seen.context.close()


def test_openstreetmap_is_asked_only_when_wanted_and_is_credited(browser: Any, address: str) -> None:
    seen = Seen(browser, address, "osm=1").painted()
    assert any(url.startswith("https://tile.openstreetmap.org/") for url in seen.requests)
    credit = seen.page.frame_locator(FRAME).locator(".leaflet-control-attribution")
    assert "OpenStreetMap" in credit.inner_text()
    policy = seen.frame.evaluate("document.querySelector('img.leaflet-tile').referrerPolicy")
    assert policy == "strict-origin-when-cross-origin"
    seen.context.close()


def test_a_map_that_cannot_be_fetched_says_so(browser: Any, address: str) -> None:
    seen = Seen(browser, address, "broken=1")
    note = seen.page.frame_locator(FRAME).locator(".paz-fail")
    note.wait_for(timeout=30_000)
    assert note.get_attribute("role") == "alert"
    assert note.inner_text().strip()
    seen.context.close()


def test_two_tabs_do_not_steer_each_other(opened: Seen, address: str) -> None:
    other = opened.context.new_page()
    other.goto(address)
    other.frame_locator(FRAME).locator("#map_div[data-painted]").wait_for(timeout=30_000)
    drag(opened, [0.84, 0.5, 0.3], release=False)
    opened.frame.wait_for_function("paz.steps.length > 0")
    frame = next(frame for frame in other.frames if "streamlit_folium" in frame.url)
    assert frame.evaluate("paz.steps.length") == 0
    opened.page.mouse.up()


def test_reduced_motion_plays_slowly(browser: Any, address: str) -> None:
    seen = Seen(browser, address, reduced_motion="reduce").painted()
    seen.slider.focus()
    seen.page.keyboard.press("Space")
    seen.frame.wait_for_function("paz.steps.length === 2")
    started = time.monotonic()
    seen.frame.wait_for_function("paz.steps.length === 3")
    assert time.monotonic() - started > 0.6
    seen.context.close()
