"""``GET /healthz``: whether this process can serve, for whoever runs it. No secrets, no paths, no personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from components.server import http, startup, version
from components.server.formats import json_bytes

if TYPE_CHECKING:
    from data.store import TableError


async def healthz(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 200 while every table is sound, 503 otherwise; the body says what is wrong."""
    if scope["method"] == "OPTIONS":
        response = http.preflight()
    elif scope["method"] not in {"GET", "HEAD"}:
        response = http.error(405, f"The health check only reads ({http.METHODS}).", {"Allow": http.METHODS})
    else:
        report = await http.in_thread(state)
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
        (which polygons the map has, or why it has none), ``tables``: how many there are, and each fault with its file,
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
        "tables": {"count": len(store.tables()), "damaged": [_told(fault) for fault in faults]},
    }


def _told(fault: TableError) -> dict[str, Any]:
    return {"file": fault.file, "row": fault.row, "column": fault.column or None, "message": str(fault)}
