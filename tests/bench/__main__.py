"""``make bench``: speed and size, the national map as ratios against the usual pattern in the same run.

``python -m tests.bench map`` runs one part alone. Prints one line per measure with the limit the project set itself;
timings are never asserted in the test suite. Needs Chromium and MUNICIPAL_BOUNDARIES (or the polygons beside the
project).
"""

from __future__ import annotations

import base64
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, sync_playwright

from tests.running import CHROMIUM, ROOT, SHARED_BOUNDARIES, Running, running

FRAME = 'iframe[title^="streamlit_folium"]'
HERE = Path(__file__).parent
ROUNDS = 5
CHANGES = 7
IDLE_CPU = 0.03
# A change is timed by the browser's own clock, from the event that caused it: what drives the browser is not measured.
CLOCK = """
for (const kind of ["pointerup", "keydown"])
  addEventListener(kind, (event) => { window.benchFrom = event.timeStamp; }, true);
"""
EMPTY_DRAWN = """([frame]) => document.querySelector(frame)?.contentDocument?.querySelector(".leaflet-map-pane")
  && document.querySelector("[data-test-script-state='notRunning']") && performance.now()"""
STILL = """() => document.querySelector("[data-test-script-state='notRunning']") && performance.now()"""
OWN_PAINTED = """([frame, old]) => {
  const map = document.querySelector(frame)?.contentDocument?.querySelector("#map_div");
  return map?.dataset.painted && map.dataset.painted !== old && performance.now();
}"""
OWN_WHOLE = """() => document.querySelector(".js-plotly-plot .main-svg") && performance.now()"""
LEAST_PAINTED = """([frame, old]) => {
  const mark = document.querySelector(frame)?.contentDocument?.querySelector("path.leaflet-interactive");
  return mark && mark.getAttribute("d") !== old && performance.now();
}"""
USUAL_PAINTED = """([frame]) => {
  const holder = document.querySelector(frame);
  const paths = holder && !holder.dataset.old && holder.contentDocument?.querySelectorAll("path.leaflet-interactive");
  return paths?.length > 1100 && performance.now();
}"""


@dataclass
class Traffic:
    """Bytes that reached the browser since the last reset."""

    socket: int = 0
    map: int = 0
    http: int = 0
    frames: int = 0

    def reset(self) -> None:
        """Start again from nothing."""
        self.socket = self.map = self.http = self.frames = 0


@dataclass
class Visit:
    """One open page of an application, with its traffic and its server's processor time."""

    page: Any
    server: psutil.Process
    traffic: Traffic = field(default_factory=Traffic)

    @classmethod
    def to(cls, browser: Browser, app: Running, path: str) -> Visit:
        """Open a page."""
        page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="es-CO").new_page()
        page.add_init_script(CLOCK)
        visit = cls(page, psutil.Process(app.pid))
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.webSocketFrameReceived", visit._frame)
        session.on("Network.dataReceived", visit._data)
        page.goto(app.address + path)
        return visit

    def _frame(self, event: Any) -> None:
        content = base64.b64decode(event["response"]["payloadData"])
        self.traffic.socket += len(content)
        self.traffic.frames += 1
        if b"streamlit_folium" in content:
            self.traffic.map += len(content)

    def _data(self, event: Any) -> None:
        self.traffic.http += event.get("encodedDataLength", 0)

    @property
    def frame(self) -> Any:
        """The map's frame."""
        return next(frame for frame in self.page.frames if "streamlit_folium" in frame.url)

    def cpu(self) -> float:
        """Processor seconds of the server so far."""
        times = self.server.cpu_times()
        return times.user + times.system

    def idle(self) -> None:
        """Wait until the server rests: what it makes ready in the background is no cost of a change."""
        while True:
            before = self.cpu()
            self.page.wait_for_timeout(1000)
            if self.cpu() - before < IDLE_CPU:
                return

    def still(self) -> None:
        """Wait until the script has run."""
        self.page.wait_for_selector("[data-test-script-state='notRunning']", timeout=120_000)


@dataclass(frozen=True)
class Change:
    """Medians over several changes: seconds until the map shows it and until the page is still, and what it cost.

    Processor time is the mean: the clock ticks in hundredths of a second, of which a change takes a few.
    """

    map: float
    page: float
    cpu: float
    socket: float
    map_socket: float
    total: float


def measured(visit: Visit, prepare: Callable[[], Any], act: Callable[[], None], painted: str) -> Change:
    """Repeat a change and return what it takes in the middle.

    `painted` is a script that returns the browser's time once the map shows the change; it gets what finds the map's
    frame, and what `prepare` returned.
    """
    rows = []
    for _round in range(CHANGES):
        before = prepare()
        visit.page.wait_for_timeout(300)
        visit.traffic.reset()
        cpu = visit.cpu()
        act()
        shown = visit.page.wait_for_function(painted, arg=[FRAME, before], timeout=120_000).json_value()
        still = visit.page.wait_for_function(STILL, timeout=120_000).json_value()
        start = visit.page.evaluate("window.benchFrom")
        visit.page.wait_for_timeout(300)
        traffic = visit.traffic
        times = ((shown - start) / 1000, (still - start) / 1000)
        rows.append((*times, visit.cpu() - cpu, traffic.socket, traffic.map, traffic.socket + traffic.http))
    shown, still, cpus, socket, map_socket, total = zip(*rows, strict=True)
    middle = statistics.median
    return Change(
        middle(shown), middle(still), statistics.mean(cpus), middle(socket), middle(map_socket), middle(total)
    )


def usual_map_drawn(visit: Visit) -> None:
    """Wait until the usual pattern's map shows every municipality and the script is still."""
    visit.still()
    visit.page.frame_locator(FRAME).locator("path.leaflet-interactive").nth(1100).wait_for(
        state="attached", timeout=120_000
    )


def usual_change(visit: Visit) -> Change:
    """Change the month in the usual pattern: the frame is mounted anew."""

    def mark() -> None:
        visit.page.evaluate("selector => { document.querySelector(selector).dataset.old = 1; }", FRAME)

    return measured(visit, mark, lambda: visit.page.get_by_test_id("stNumberInputStepUp").click(), USUAL_PAINTED)


def least_change(visit: Visit) -> Change:
    """Change the month where the server has one mark to send for an empty map: what no page can go below."""
    mark = visit.page.frame_locator(FRAME).locator("path.leaflet-interactive")
    mark.wait_for(state="attached", timeout=120_000)
    visit.idle()
    act = visit.page.get_by_test_id("stNumberInputStepUp").click
    return measured(visit, lambda: mark.get_attribute("d"), act, LEAST_PAINTED)


def own_page_drawn(visit: Visit) -> None:
    """Wait until our map and the timeline that waits for it stand, and the script is still."""
    visit.page.frame_locator(FRAME).locator("xpath=//*[@id='map_div'][@data-painted]").wait_for(timeout=120_000)
    visit.page.locator(".js-plotly-plot").first.wait_for(timeout=120_000)
    visit.still()


def own_change(visit: Visit, prepare: Callable[[], None], act: Callable[[], None]) -> Change:
    """Make a change and wait until the map has painted it."""

    def remember() -> str:
        prepare()
        return visit.frame.evaluate("document.querySelector('#map_div').dataset.painted")

    return measured(visit, remember, act, OWN_PAINTED)


def dragged(visit: Visit, slider: Any) -> Callable[[], None]:
    """Return an action that drags the time control somewhere else and holds it."""
    places = iter([0.7, 0.55, 0.62, 0.45, 0.5, 0.4, 0.65])

    def drag() -> None:
        box, share = slider.bounding_box(), next(places)
        visit.page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
        visit.page.mouse.down()
        visit.page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2, steps=4)

    return drag


def opened_list(visit: Visit) -> Callable[[], None]:
    """Return an action that opens the picker of the layer and moves to the next indicator."""

    def open_list() -> None:
        visit.page.get_by_test_id("stSelectbox").first.click()
        visit.page.keyboard.press("ArrowDown")

    return open_list


def first_map(browser: Browser, app: Running, path: str, drawn: str) -> float:
    """Median seconds from the navigation to the drawn map by the browser's own clock, the server being warm."""
    times = []
    for _round in range(ROUNDS):
        visit = Visit.to(browser, app, path)
        times.append(visit.page.wait_for_function(drawn, arg=[FRAME, ""], timeout=120_000).json_value() / 1000)
        visit.still()
        visit.page.context.close()
    return statistics.median(times)


def line(name: str, value: str, limit: str, good: bool) -> None:
    """Print one measure."""
    print(f"{'ok ' if good else 'OVER'} {name:<62} {value:>22}   limit {limit}", flush=True)


def start_up() -> None:
    """Print how long the server needs to answer and the first view's data need to be ready."""
    command = [sys.executable, "-c", "import geopandas, plotly, streamlit"]
    subprocess.run(command, check=True)
    imports = min(_timed(command) for _round in range(3))
    with tempfile.TemporaryDirectory() as folder:
        seconds = []
        for _round in range(3):
            with running(ROOT / "app.py", Path(folder), _named()) as app:
                seconds.append(app.seconds)
        line("server answers after start", f"{min(seconds):.2f} s", "2 s", min(seconds) <= 2)
        environment = {**os.environ, **_named(), "PAZ_OFFLINE": "1", "PAZ_DATA_DIR": folder}
        ready = [sys.executable, "-m", "tests.bench.first_view"]
        subprocess.run(ready, check=True, env=environment, cwd=ROOT)
        first = min(_timed(ready, environment) for _round in range(3))
    ratio = first / imports
    line("first view's data ready, against importing the libraries", f"{ratio:.2f} x", "2 x", ratio <= 2)


def _timed(command: list[str], environment: dict[str, str] | None = None) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, env=environment, cwd=ROOT)
    return time.perf_counter() - start


def _named() -> dict[str, str]:
    return {"MUNICIPAL_BOUNDARIES": os.environ.get("MUNICIPAL_BOUNDARIES", str(SHARED_BOUNDARIES))}


def in_the_browser(browser: Browser) -> None:
    """Print the measures of the national map in a real browser."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        with (
            running(HERE / "front.py", path, {**_named(), "BENCH_PAGE": str(HERE / "usual_page.py")}) as usual,
            running(HERE / "front.py", path, {"BENCH_PAGE": str(HERE / "empty_page.py")}) as empty,
            running(HERE / "front.py", path, {"BENCH_PAGE": str(HERE / "least_page.py")}) as least,
            running(ROOT / "app.py", path, _named()) as own,
        ):
            for app, page, drawn in ((usual, "/", usual_map_drawn), (own, "/colombia", own_page_drawn)):
                visit = Visit.to(browser, app, page)
                drawn(visit)
                visit.idle()
                visit.page.context.close()
            floor = first_map(browser, empty, "/", EMPTY_DRAWN)
            first = first_map(browser, own, "/colombia?lang=es", OWN_PAINTED) / floor
            whole = first_map(browser, own, "/colombia?lang=es", OWN_WHOLE) / floor
            there = first_map(browser, usual, "/", USUAL_PAINTED) / floor
            line(
                f"first map, against an empty map (the usual pattern: {there:.1f} x)",
                f"{first:.2f} x",
                "1.6 x",
                first <= 1.6,
            )
            print(f"     {'':<62} with its timeline, which waits for the map, {whole:.2f} x")
            _changes(browser, usual, least, own)


def _changes(browser: Browser, usual: Running, least: Running, own: Running) -> None:
    visit = Visit.to(browser, usual, "/")
    usual_map_drawn(visit)
    base = usual_change(visit)
    print(f"    the usual pattern: {base.map:.2f} s, {base.cpu:.2f} s CPU, {base.total / 1000:,.0f} KB a change")
    visit.page.context.close()
    visit = Visit.to(browser, least, "/")
    print(f"    one mark for an empty map, the least that a change takes: {least_change(visit).map:.2f} s")
    visit.page.context.close()
    visit = Visit.to(browser, own, "/colombia?date=2024-06-30&lang=es")
    own_page_drawn(visit)
    visit.frame.evaluate("window.marker = 1; paz.map.setZoom(paz.map.getZoom() + 1, {animate: false})")
    zoom = visit.frame.evaluate("paz.map.getZoom()")
    slider = visit.page.get_by_role("slider").first
    _report("date", own_change(visit, dragged(visit, slider), visit.page.mouse.up), base)
    _scrub(visit, slider)
    _report("indicator", own_change(visit, opened_list(visit), lambda: visit.page.keyboard.press("Enter")), base)
    kept = visit.frame.evaluate("[window.marker, paz.map.getZoom()]") == [1, zoom]
    line("map never remounted, zoom kept", "yes" if kept else "no", "yes", kept)


def _report(name: str, own: Change, base: Change) -> None:
    ratio = base.map / own.map
    line(f"change of {name}: until the map shows it", f"1/{ratio:.1f} ({own.map:.2f} s)", "1/10", ratio >= 10)
    print(f"     {'':<62} page still after {own.page:.2f} s, {base.page:.2f} s in the usual pattern")
    cpu = base.cpu / max(own.cpu, 0.005)
    line(f"change of {name}: server CPU", f"1/{cpu:.1f} ({own.cpu:.2f} s)", "1/10", cpu >= 10)
    line(f"change of {name}: websocket, whole page", f"{own.socket / 1000:.1f} KB", "120 KB", own.socket <= 120_000)
    line(
        f"change of {name}: websocket, the map's share",
        f"{own.map_socket / 1000:.1f} KB",
        "40 KB",
        own.map_socket <= 40_000,
    )
    line(f"change of {name}: all bytes", f"{own.total / 1000:.1f} KB", "120 KB", own.total <= 120_000)


def _scrub(visit: Visit, slider: Any) -> None:
    box = slider.bounding_box()
    visit.page.wait_for_timeout(400)
    visit.traffic.reset()
    visit.frame.evaluate("paz.steps.length = 0")
    middle = box["y"] + box["height"] / 2
    visit.page.mouse.move(box["x"] + box["width"] * 0.78, middle)
    visit.page.mouse.down()
    for step in range(100):
        visit.page.mouse.move(box["x"] + box["width"] * (0.78 - step * 0.006), middle)
        visit.page.evaluate("new Promise(requestAnimationFrame)")
    steps = visit.frame.evaluate("paz.steps")
    frames = visit.traffic.frames
    visit.page.mouse.up()
    visit.still()
    middle_step = statistics.median(steps)
    line(f"scrubbing: script per step, median of {len(steps)}", f"{middle_step:.1f} ms", "16 ms", middle_step <= 16)
    line("scrubbing: websocket frames", str(frames), "0", frames == 0)


def geometry_size() -> None:
    """Print the size of the national geometry."""
    os.environ.update(_named())
    from data.store import table
    from geo import boundaries, geometry

    found = boundaries.find(table("municipalities"))
    size = len(geometry.build("geo", "colombia", table("municipalities"), found).compressed)
    line("national geometry, gzipped", f"{size / 1000:.0f} KB", "300 KB", size <= 300_000)


def the_map() -> None:
    """Run every measure of the national map."""
    if CHROMIUM is None:
        sys.exit("Chromium is needed: apt-get install chromium")
    geometry_size()
    start_up()
    with sync_playwright() as pw:
        browser = pw.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        in_the_browser(browser)
        browser.close()


OTHERS = ("pages", "exports", "effect_coverage", "refresh", "uploads")


def main(parts: list[str]) -> None:
    """Run the parts that were named, or all: map, pages, exports, effect_coverage, refresh, uploads."""
    for part in parts or ["map", *OTHERS]:
        print(f"\n{part}", flush=True)
        if part == "map":
            the_map()
        else:
            subprocess.run([sys.executable, "-m", f"tests.bench.{part}"], check=False, cwd=ROOT)


if __name__ == "__main__":
    main(sys.argv[1:])
