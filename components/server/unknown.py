"""An address that names no page leads to Nariño, which says so in the reader's language."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from components.view import PAGES

SHOWN_CHARACTERS = 40


class UnknownPages:
    """Sends readers of an unknown page to the first one, with the name they asked for as ``page=`` in the link.

    Only a browser that asks for a document is sent on: files, Streamlit's own addresses and programs get their answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not _is_unknown(scope):
            await self.app(scope, receive, send)
            return
        asked = scope["path"].strip("/")[:SHOWN_CHARACTERS]
        query = urlencode([*parse_qsl(scope["query_string"].decode("latin-1")), ("page", asked)], quote_via=quote)
        await RedirectResponse(f"/{PAGES[0]}?{query}", status_code=307)(scope, receive, send)


def _is_unknown(scope: Scope) -> bool:
    name = scope["path"].strip("/")
    accepts = next((value for key, value in scope["headers"] if key == b"accept"), b"")
    if scope["method"] != "GET" or not accepts.startswith(b"text/html") or not name:
        return False
    return "/" not in name and "." not in name and name not in (*PAGES, "healthz", "api")
