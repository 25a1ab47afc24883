"""``GET /healthz``: whether this process can serve, for whoever runs it. No secrets, no paths, no personal data."""

from __future__ import annotations

import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from components.server import http, startup, version
from components.server.api import facts
from components.server.formats import json_bytes

if TYPE_CHECKING:
    from data.store import TableError

LOG = logging.getLogger(__name__)
_PATIENCE_SECONDS = 0.25
_READER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")


async def healthz(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 200 while every table is sound, 503 otherwise; the body says what is wrong."""
    if scope["method"] == "OPTIONS":
        response = http.preflight()
    elif scope["method"] not in {"GET", "HEAD"}:
        response = http.error(405, f"The health check only reads ({http.METHODS}).", {"Allow": http.METHODS})
    else:
        report = await http.in_thread(state, "health")
        status = 200 if report["status"] == "ok" else 503
        headers = {**http.CORS, "Cache-Control": "no-store"}
        response = Response(json_bytes(report), status, headers, media_type=http.JSON_TYPE)
    await response(scope, receive, send)


def state() -> dict[str, Any]:
    """Return what this process runs on.

    Returns
    -------
    dict
        ``status`` ("ok" or "damaged"), ``version``, ``data_version`` (null when a file cannot be read), ``boundaries``
        (what polygons the map has), ``tables``: how many there are, and each fault with its file,
        row and column.
    """
    from data import store

    faults = startup.faults()
    try:
        data_version = store.data_version()
    except store.TableError:
        data_version = None
    return {
        "status": "damaged" if faults else "ok",
        "version": version.text(),
        "data_version": data_version,
        "boundaries": _boundaries(),
        "tables": {"count": len(store.tables()), "damaged": [_told(fault) for fault in faults]},
    }


def _boundaries() -> dict[str, Any]:
    """Return what polygons the map has, without reading them for the sake of this report.

    ``state`` is "not_read" until a page asks for them, "being_read" while they are checked, then "file" (named by
    MUNICIPAL_BOUNDARIES), "snapshot" (downloaded), "none" (the tile map stands in) or "failed".
    """
    if "geo.boundaries" not in sys.modules:
        return {"state": "not_read"}
    from geo import boundaries

    reading = _READER.submit(lambda: boundaries.current(facts.table("municipalities"), allow_download=False))
    try:
        found = reading.result(timeout=_PATIENCE_SECONDS)
    except TimeoutError:
        return {"state": "being_read"}
    except Exception:
        LOG.exception("The boundaries cannot be read")
        return {"state": "failed"}
    return {
        "state": found.source,
        "file": Path(found.file).name or None,
        "vintage": found.vintage or None,
        "municipalities": len(found.codes),
        "problems": [problem.code for problem in found.problems],
        "download": boundaries.download_status().state,
    }


def _told(fault: TableError) -> dict[str, Any]:
    return {"file": fault.file, "row": fault.row, "column": fault.column or None, "message": str(fault)}
