"""``python -m tests.bench.refresh``: 350,000 rows of datos.gov.co from loopback, downloaded, read, checked and
published.

Prints seconds and peak memory beside the limits that the project set itself. The rows are synthetic.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import tempfile
from pathlib import Path
from typing import Any

ROWS, PAGE = 350_000, 50_000
SECONDS, MEGABYTES = 60.0, 1_024.0


def rows() -> list[dict[str, Any]]:
    """Return rows with all the columns of the homicide set."""
    from data import store

    codes = store.table("municipalities")["divipola"].tolist()
    chance = random.Random(1)
    return [
        {
            "fecha_hecho": f"{chance.randint(2003, 2025)}-{chance.randint(1, 12):02d}-02T00:00:00.000",
            "cod_depto": code[:2], "departamento": "SYNTHETIC", "cod_muni": code, "municipio": "SYNTHETIC",
            "zona": "URBANA", "sexo": "MASCULINO", "arma_medio": "ARMA DE FUEGO", "_modalidad_presunta": "SYNTHETIC",
            "spoa_caracterizacion": "HOMICIDIO INTENCIONAL O CON DOLO", "cantidad": "1",
        }
        for code in chance.choices(codes, k=ROWS)
    ]  # fmt: skip


def refresh(address: str, answers: multiprocessing.Queue[tuple[float, float, str]]) -> None:
    """Refresh the homicides in a process of its own, so that the server's memory is not counted."""
    import psutil

    from data.refresh import Options, refresh_dataset
    from data.sources.catalogue import DATASETS

    with tempfile.TemporaryDirectory() as folder:
        options = Options(base=Path(folder), environment={"PAZ_URL_SOCRATA": address})
        outcome = refresh_dataset(DATASETS["mindefensa-homicides"], options)
    memory: Any = psutil.Process().memory_info()
    try:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    except ImportError:
        peak = memory.peak_wset / 2**20
    answers.put((outcome.seconds, peak, f"{outcome.outcome} {outcome.rows:,} rows {outcome.detail}"))


def main() -> None:
    """Serve the rows, refresh, print."""
    from tests.unit.loopback import Reply, Request, Server, reply_json

    every = rows()
    pages = {start: json.dumps(every[start : start + PAGE]).encode() for start in range(0, ROWS, PAGE)}

    def answer(request: Request) -> Reply:
        if request.query.get("$select") == "count(*)":
            return reply_json([{"count": str(ROWS)}])
        return Reply(200, pages[int(request.query["$offset"])])

    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    with Server() as server:
        server.route("/resource/m8fd-ahd9.json", answer)
        worker = context.Process(target=refresh, args=(server.url, answers))
        worker.start()
        seconds, peak, said = answers.get(timeout=300)
        worker.join()
    print(f"refresh of {ROWS:,} rows: {seconds:.1f} s (limit {SECONDS:.0f}), {peak:.0f} MB (limit {MEGABYTES:.0f})")
    print(said)


if __name__ == "__main__":
    main()
