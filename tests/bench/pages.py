"""``python -m tests.bench.pages``: server time of a change on every page, the whole nation, through the real router.

Each page is opened once, then changed several times to views that it has not drawn before; printed are the medians of
the processor and the wall-clock seconds of one run.
"""

from __future__ import annotations

import logging
import os
import statistics
import time

from streamlit.testing.v1 import AppTest

from tests.running import ROOT, SHARED_BOUNDARIES

LIMIT = 0.5
DATES = ("2024-06-30", "2024-05-31", "2023-08-15", "2025-01-31", "2022-12-31")
VIEWS: dict[str, list[dict[str, str]]] = {
    "colombia": [{"date": day} for day in DATES],
    "compare": [{"compare": f"department:{code},nation"} for code in ("05", "19", "52", "54", "81")],
    "need": [{"scope": "CO", "y": name} for name in ("coca_ha", "displacement", "landmine_victims", "leaders_killed")],
    "ceasefires": [{"item": name} for name in ("eln_bilateral_2023", "emc_2023_rest", "dec31_agc", "embf_2024a")],
    "peace_process": [{"item": name} for name in ("events", "comuneros", "claims", "tables")],
    "groups": [{"item": name} for name in ("eln", "emc", "comuneros_sur", "egc")],
}


def timed(page: str, views: list[dict[str, str]]) -> tuple[float, float]:
    """Return the median processor and wall-clock seconds of a change on a page."""
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=120)
    app.query_params["lang"] = "es"
    app.run()
    app.switch_page(f"{page}.py").run()
    rows = []
    for view in views:
        for key, value in view.items():
            app.query_params[key] = value
        cpu, start = time.process_time(), time.perf_counter()
        app.run()
        rows.append((time.process_time() - cpu, time.perf_counter() - start))
        if app.exception:
            raise RuntimeError(f"{page} {view}: {app.exception[0].message}")
    return statistics.median(row[0] for row in rows), statistics.median(row[1] for row in rows)


def main() -> None:
    """Time every page."""
    logging.disable(logging.WARNING)
    os.environ.setdefault("MUNICIPAL_BOUNDARIES", str(SHARED_BOUNDARIES))
    os.environ["PAZ_OFFLINE"] = "1"
    from geo import classes

    classes.breaks("homicides")
    for page, views in VIEWS.items():
        cpu, wall = timed(page, views)
        mark = "ok " if cpu <= LIMIT else "OVER"
        print(
            f"{mark} change on /{page:<15} {cpu:.2f} s of processor, {wall:.2f} s in all   limit {LIMIT} s", flush=True
        )


if __name__ == "__main__":
    main()
