"""All routes beside Streamlit, and the middleware around everything."""

from __future__ import annotations

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from components.server.api.service import api
from components.server.frontend import StreamlitFiles
from components.server.health import healthz
from components.server.http import SecurityHeaders, frame_ancestors
from components.server.unknown import UnknownPages
from components.share_preview import LinkPreview


class _Anything(StringConvertor):
    """Every path, line breaks included: what the API does not know is refused by the API, never by somebody else."""

    regex = "(?s:.*)"


register_url_convertor("anything", _Anything())


class _Raw:
    """An ASGI function as a route's endpoint that takes every method and answers it itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


def routes() -> list[BaseRoute]:
    """Return the health check, the API, files of views and the map's assets."""
    from components import share_files
    from components.server import assets

    return [
        Route("/healthz", _Raw(healthz)),
        Route("/api", _Raw(api)),
        Route("/api/{path:anything}", _Raw(api)),
        *share_files.routes(),
        *assets.routes(),
    ]


def middleware() -> list[Middleware]:
    """Return the middleware; raises ValueError for a PAZ_FRAME_ANCESTORS that names no origin."""
    return [
        Middleware(SecurityHeaders, ancestors=frame_ancestors()),
        Middleware(UnknownPages),
        Middleware(LinkPreview),
        Middleware(StreamlitFiles),
    ]
