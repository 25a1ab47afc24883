"""``python -m tests.bench.exports``: how long the national picture and slides take, and whether they hold up others.

While one thread makes files, another answers the data of a map: its slowest answer is printed beside its usual one.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from datetime import date

from tests.running import SHARED_BOUNDARIES

LIMITS = {"map.png": 3.0, "slides.pptx": 8.0}


def main() -> None:
    """Make each file alone, then beside readers of the map."""
    logging.disable(logging.WARNING)
    os.environ.setdefault("MUNICIPAL_BOUNDARIES", str(SHARED_BOUNDARIES))
    from components.export_view import build
    from components.exports import write
    from components.view import ViewState

    spec = build(ViewState(page="colombia", on=date(2024, 10, 31)), "http://localhost:8501")
    write("map.png", spec)
    for name, limit in LIMITS.items():
        start = time.perf_counter()
        size = len(write(name, spec).content)
        seconds = time.perf_counter() - start
        mark = "ok " if seconds <= limit else "OVER"
        print(f"{mark} {name:<12} {seconds:.2f} s, {size / 1000:,.0f} KB   limit {limit:g} s", flush=True)
    print(f"     a map's data: {_answers(None):.2f} s at most alone, {_answers(lambda: write('map.png', spec)):.2f} s")
    print("     at most while a picture is made beside it")


def _answers(beside) -> float:
    """Return the slowest of several answers of a map's data, while `beside` runs in another thread."""
    from components import cache
    from components.view import ViewState

    thread = threading.Thread(target=beside) if beside else None
    if thread:
        thread.start()
    slowest = 0.0
    for month in range(1, 11):
        start = time.perf_counter()
        cache.cells_on(ViewState(page="colombia", window=36), date(2023, month, 12))
        slowest = max(slowest, time.perf_counter() - start)
    if thread:
        thread.join()
    return slowest


if __name__ == "__main__":
    main()
