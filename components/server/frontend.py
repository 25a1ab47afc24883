"""Streamlit's own browser code, compressed once and kept in memory.

Streamlit reads each of its files from disk for every reader, in a thread, and sends it as it is: seventy files for a
first page, and 4.7 MB for the charting library alone. Their names carry a hash of their content, so nothing here can
grow old. Only what lies in Streamlit's folder exists; everything else is Streamlit's to answer.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

import anyio.to_thread
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from components.server import hints
from components.server.assets import FOREVER, Asset, answer, read

PREFIX = "/static/"
LEVEL = 6
# What a first page asks for beside the hints: the timeline's library, read when the map stands.
LATER = ("PlotlyChart",)
_NAMED_IN_PAGE = re.compile(r'"\./static/([^"]+)"')


@cache
def folder() -> Path:
    """Return Streamlit's folder of files whose names carry a hash."""
    import streamlit

    return Path(streamlit.__file__).parent / "static" / "static"


@cache
def _names() -> frozenset[str]:
    return frozenset(path.relative_to(folder()).as_posix() for path in folder().rglob("*") if path.is_file())


@lru_cache(maxsize=512)
def _asset(name: str) -> Asset | None:
    return read(folder() / name, LEVEL) if name in _names() else None


def make_ready() -> None:
    """Compress what a first page asks for; blocking."""
    page = (folder().parent / "index.html").read_text("utf-8")
    hinted = _NAMED_IN_PAGE.findall(page + hints.module_preloads().decode())
    later = [name for name in _names() if any(name.startswith(f"js/{part}.") for part in LATER)]
    for name in [*hinted, *later]:
        _asset(name)


class StreamlitFiles:
    """Middleware that answers for Streamlit's files before Streamlit does; everything else passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory what is one of the files, by GET."""
        name = scope["path"].removeprefix(PREFIX) if scope["type"] == "http" else ""
        if name not in _names() or scope["path"] == name or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        found = await anyio.to_thread.run_sync(_asset, name)
        await answer(Request(scope), found, FOREVER)(scope, receive, send)
