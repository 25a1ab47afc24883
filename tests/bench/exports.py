"""``python -m tests.bench.exports``: how long the national picture and slides take, and whether they hold up others.

While one thread makes files, another answers the data of a map: its slowest answer is printed beside its usual one.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
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
    alone, beside = _answers(None, 36), _answers(lambda: write("map.png", spec), 60)
    print(f"     a map's data: at most {alone:.2f} s alone, {beside:.2f} s while a picture is made beside it")


def _answers(beside: Callable[[], object] | None, window: int) -> float:
    """Return the slowest of several answers of a map's data, while `beside` runs in another thread."""
    from components import cache
    from components.view import ViewState

    thread = threading.Thread(target=beside) if beside else None
    if thread:
        thread.start()
    slowest = 0.0
    for month in range(1, 11):
        start = time.perf_counter()
        cache.cells_on(ViewState(page="colombia", window=window), date(2023, month, 12))
        slowest = max(slowest, time.perf_counter() - start)
    if thread:
        thread.join()
    return slowest


if __name__ == "__main__":
    main()
