"""Measure the reading of own files: a million rows of CSV, a file of 300 MB, in time and in memory.

``python -m tests.bench.uploads`` prints one line per measure with the limit the project set itself. Every case runs in
a process of its own, so that its peak of memory is its own. The rows are synthetic.
"""

from __future__ import annotations

import io
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable

from tests.running import SHARED_BOUNDARIES

MB = 1024 * 1024
ROWS = 1_000_000
LIMIT_SECONDS = 20.0
LIMIT_MEMORY = 1024


def table(rows: int, by: str, note: int = 12) -> bytes:
    """Return a synthetic CSV of events: by code, by name or by coordinates."""
    from data.store import table as stored

    places = stored("municipalities")
    rng = random.Random(20261124)
    heads = {"code": "divipola", "name": "municipio;departamento", "point": "lat;lon"}
    where = {
        "code": list(places["divipola"]),
        "name": [f"{name};{department}" for name, department in zip(places["name"], places["department"], strict=True)],
        "point": [f"{lat:.4f};{lon:.4f}" for lat, lon in zip(places["lat"], places["lon"], strict=True)],
    }[by]
    buffer = io.BytesIO()
    buffer.write(f"fecha;{heads[by]};casos;nota\n".encode())
    filler = "texto sintético " * 40
    for number in range(rows):
        day = f"{rng.randint(1, 28):02}/{rng.randint(1, 12):02}/{rng.randint(2000, 2025)}"
        place = rng.choice(where)
        if by == "point":
            lat, lon = (float(part) for part in place.split(";"))
            place = f"{lat + rng.uniform(-0.05, 0.05):.5f};{lon + rng.uniform(-0.05, 0.05):.5f}"
        buffer.write(f"{day};{place};{number % 7};{filler[:note]}{number}\n".encode())
    return buffer.getvalue()


def read(content: bytes) -> tuple[float, int, int]:
    """Return the seconds that inspecting and checking took, and the rows read and accepted."""
    from components import ownfiles_locate
    from data.store import table as stored
    from data.uploads import Source, check, guess_columns, inspect

    places = stored("municipalities")
    start = time.perf_counter()
    source = Source("sintetico.csv", io.BytesIO(content))
    found = inspect(source)
    columns = guess_columns(found, frozenset(places["divipola"]))
    locator = ownfiles_locate.locator() if "lat" in columns.roles else None
    result = check(source, found.reading, columns, places, locator=locator)
    return time.perf_counter() - start, result.read, result.accepted


def of_size(size: int) -> bytes:
    """Return a table of about that many bytes."""
    content = table(20_000, "code", 120)
    head, _end, body = content.partition(b"\n")
    return head + b"\n" + body * (size // len(body))


CASES: dict[str, Callable[[], bytes]] = {
    "code": lambda: table(ROWS, "code"),
    "name": lambda: table(ROWS, "name"),
    "point": lambda: table(ROWS, "point"),
    "large": lambda: of_size(299 * MB),
}
TITLES = {
    "code": "a million rows by DIVIPOLA code",
    "name": "a million rows by department and municipality",
    "point": "a million rows by coordinates",
    "large": "a file of 300 MB",
}


def one(case: str) -> None:
    """Run one case in this process and print its line."""
    os.environ.setdefault("MUNICIPAL_BOUNDARIES", str(SHARED_BOUNDARIES))
    os.environ.setdefault("PAZ_OFFLINE", "1")
    content = CASES[case]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    seconds, rows, accepted = read(content)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    limit = f"(limit {LIMIT_SECONDS:.0f} s)" if rows == ROWS else ""
    print(
        f"{TITLES[case]}: {seconds:.1f} s {limit}, {rows:,} rows, {accepted:,} accepted, "
        f"{len(content) / MB:.0f} MB file, peak {peak} MB with the file (limit {LIMIT_MEMORY} MB), {before} MB before"
    )


def main() -> None:
    """Run every case, each in a process of its own."""
    for case in CASES:
        subprocess.run([sys.executable, "-m", "tests.bench.uploads", case], check=True)


if __name__ == "__main__":
    one(sys.argv[1]) if len(sys.argv) > 1 else main()
