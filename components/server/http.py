"""The HTTP of the routes beside Streamlit: headers, conditional requests, compression, errors as JSON, threads."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.server.formats import json_bytes

T = TypeVar("T")

METHODS = "GET, HEAD, OPTIONS"
JSON_TYPE = "application/json; charset=utf-8"
GZIP_FROM_BYTES = 500
_THREADS = 4
Lane = Literal["api", "health"]
_limiters: dict[Lane, anyio.lowlevel.RunVar[anyio.CapacityLimiter]] = {
    "api": anyio.lowlevel.RunVar("api_limiter"),
    "health": anyio.lowlevel.RunVar("health_limiter"),
}
_ANCESTOR = re.compile(r"'self'|'none'|\*|(https?://)?(\*\.)?[A-Za-z0-9.-]+(:([0-9]{1,5}|\*))?")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:(?P<port>[0-9]{1,5}))?/?")

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, X-Total-Count, X-Title, X-Caveat, X-Licence, X-Data-Version, X-Date",
}


async def in_thread(function: Callable[[], T], lane: Lane = "api") -> T:
    """Run blocking work in a thread, a few at a time, so that neither the event loop nor Streamlit waits for it.

    Each lane has threads of its own: a queue of slow answers does not make the health check late.
    """
    try:
        limiter = _limiters[lane].get()
    except LookupError:
        limiter = anyio.CapacityLimiter(_THREADS)
        _limiters[lane].set(limiter)
    return await anyio.to_thread.run_sync(function, limiter=limiter)


def error(status: int, message: str, headers: Mapping[str, str] | None = None, **details: Any) -> Response:
    """Return an error as JSON: ``{"error": {"status", "message", ...}}``."""
    body = json_bytes({"error": {"status": status, "message": message, **details}})
    return Response(body, status, {**CORS, "Cache-Control": "no-store", **(headers or {})}, media_type=JSON_TYPE)


def preflight() -> Response:
    """Answer OPTIONS: what may be asked, from any origin, without credentials."""
    return Response(
        status_code=204,
        headers={
            **CORS,
            "Allow": METHODS,
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match, Range",
            "Access-Control-Max-Age": "86400",
        },
    )


def etag(*parts: str) -> str:
    """Return a weak validator: the same parts always give the same one, whether the body is compressed or not."""
    joined = "\n".join(part.replace("\\", "\\\\").replace("\n", "\\n") for part in parts)
    return f'W/"{hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:24]}"'


def matches(request_headers: Headers, validator: str) -> bool:
    """Tell whether If-None-Match names `validator` (weak comparison, RFC 9110) or any version."""
    given = request_headers.get("if-none-match", "")
    opaque = validator.removeprefix("W/")
    return given.strip() == "*" or any(part.strip().removeprefix("W/") == opaque for part in given.split(","))


def accepts_gzip(request_headers: Headers) -> bool:
    """Tell whether the client takes gzip; ``gzip;q=0`` says that it does not."""
    for part in request_headers.get("accept-encoding", "").lower().split(","):
        coding, _separator, weight = part.partition(";")
        if coding.strip() == "gzip":
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return False


def compressed(body: bytes) -> bytes:
    """Return `body` compressed; the same bytes for the same body."""
    return gzip.compress(body, compresslevel=6, mtime=0)


def header_text(text: str) -> str:
    """Return `text` in printable ASCII, accents dropped, on one line: what every HTTP client can read in a header."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return " ".join("".join(c if c.isprintable() else " " for c in letters).split())[:1000]


def frame_ancestors(value: str | None = None) -> str:
    """Return the value of the frame-ancestors directive: who may show the application in a frame.

    The application frames its own map, so that ``'self'`` always belongs to it: ``'none'`` means nobody else.

    Parameters
    ----------
    value
        Space-separated origins (``https://example.org``, ``https://*.example.org``), ``*``, ``'self'`` or ``'none'``;
        by default the environment variable PAZ_FRAME_ANCESTORS, and ``'self'`` without it.

    Raises
    ------
    ValueError
        When a word is none of these: a mistyped policy must stop the start, not silently open or close the frame.
    """
    text = os.environ.get("PAZ_FRAME_ANCESTORS", "") if value is None else value
    words = text.split()
    for word in words:
        if not _ANCESTOR.fullmatch(word):
            raise ValueError(
                f"PAZ_FRAME_ANCESTORS: found {word!r}; allowed are origins such as https://example.org, "
                "https://*.example.org, *, 'self' and 'none', separated by spaces."
            )
    if "'none'" in words and len(words) > 1:
        raise ValueError(f"PAZ_FRAME_ANCESTORS: found {text!r}; 'none' means nobody else and stands alone.")
    if words == ["*"]:
        return "*"
    return " ".join(dict.fromkeys(("'self'", *(word for word in words if word != "'none'"))))


def public_url(value: str | None = None) -> str:
    """Return the address that links, citations and previews name, without a slash at its end; blank when none is set.

    Parameters
    ----------
    value
        By default the environment variable PAZ_PUBLIC_URL.

    Raises
    ------
    ValueError
        When it is not the root of a host: links that lead nowhere must stop the start.
    """
    text = (os.environ.get("PAZ_PUBLIC_URL", "") if value is None else value).strip()
    found = _ORIGIN.fullmatch(text)
    if text and (found is None or int(found["port"] or 0) > 65535):
        raise ValueError(
            f"PAZ_PUBLIC_URL: found {text!r}; give the address under which readers open the application, "
            "such as https://paz.example.org, without a path."
        )
    return text.rstrip("/")


class SecurityHeaders:
    """Middleware that adds security headers to every HTTP answer and leaves websockets alone.

    A header that an answer already has is kept. The frame policy lets the page frame its own components, which share
    its origin.
    """

    def __init__(self, app: ASGIApp, ancestors: str) -> None:
        self.app = app
        self.policy = f"frame-ancestors {ancestors}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the headers of its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
                if "frame-ancestors" not in headers.get("Content-Security-Policy", ""):
                    headers.append("Content-Security-Policy", self.policy)
            await send(message)

        await self.app(scope, receive, complete)
