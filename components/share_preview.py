"""What a link says before it is opened: title, description and picture for whoever shows it (Open Graph).

Streamlit answers every page with one and the same HTML. This middleware puts into it the language, the title and what
may be fetched early: of a map its view's own sentence and picture, of any other page what it is for and a picture of
the map. It sends ``embed=1`` on to ``embed=true``, the only form that Streamlit knows. When the sentence is not ready
in time the page goes out without it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qs, parse_qsl, urlencode

import anyio
import anyio.to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.i18n import LANGUAGES, _, preferred_language, set_language
from components.server.hints import SERVER, module_preloads
from components.share_files import LONGEST_QUERY, PREVIEW, address, base_of
from components.share_files import PAGES as MAPS
from components.view import PAGES, ViewState

LOG = logging.getLogger(__name__)
PATIENCE_SECONDS = 1.0
_HEAD_END = b"</head>"
_TITLE = re.compile(rb"<title>[^<]*</title>")
_ROOT = re.compile(rb'<html lang="[^"]*">')


class LinkPreview:
    """Middleware: completes the HTML of every page; everything else passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a page with its own head; pass on what is no page."""
        page = _page(scope)
        text = scope.get("query_string", b"").decode("latin-1") if page else ""
        if page is None or len(text) > LONGEST_QUERY:
            await self.app(scope, receive, send)
            return
        mapped = page in MAPS
        if mapped and (changed := embed_query(text)) is not None:
            await RedirectResponse(f"/{page}?{changed}", 307)(scope, receive, send)
            return
        headers = Headers(scope=scope)
        head = await _head(page, text, headers, scope.get("scheme", "http"))
        early = b"\n".join((SERVER if scope["path"].strip("/") else b"", module_preloads() if mapped else b""))
        completed = _Completed(send, head, _language(text, headers), early.strip())
        await self.app(_plain(scope), receive, completed)


def _page(scope: Scope) -> str | None:
    """The page that a request opens, None when it opens none; the bare address opens on the first."""
    if scope["type"] != "http" or scope.get("method") not in ("GET", "HEAD"):
        return None
    name = scope.get("path", "").strip("/") or PAGES[0]
    return name if name in PAGES else None


def embed_query(text: str) -> str | None:
    """Return a query with ``embed=1`` in the form that Streamlit knows, None when there is nothing to change."""
    pairs = parse_qsl(text, keep_blank_values=True)
    if ("embed", "1") not in pairs:
        return None
    return urlencode([(name, "true" if (name, value) == ("embed", "1") else value) for name, value in pairs])


def _language(text: str, headers: Mapping[str, str]) -> str:
    asked = parse_qs(text).get("lang", [""])[-1]
    return asked if asked in LANGUAGES else preferred_language(headers.get("accept-language"))


async def _head(page: str, text: str, headers: Mapping[str, str], scheme: str) -> bytes:
    language, base = _language(text, headers), base_of(headers, scheme)
    params = parse_qs(text, keep_blank_values=True)
    try:
        with anyio.move_on_after(PATIENCE_SECONDS):
            return await anyio.to_thread.run_sync(head_of, page, params, base, language, abandon_on_cancel=True)
    except Exception:
        # The page itself will say what is wrong; a missing preview must not keep it away.
        LOG.exception("the preview of a link failed")
    return b""


def head_of(page: str, params: Mapping[str, Sequence[str]], base: str, language: str) -> bytes:
    """Return the elements that describe a page as a link opens it: title, description, picture, address; blocking."""
    from components import cache, export_view
    from components.view import parse

    view, _ignored = parse(page, params, cache.known(), language)
    set_language(view.language)
    said = _of_map(view) if page in MAPS else _of_page(view)
    tags = {
        "og:type": "website",
        "og:site_name": "Paz Territorial",
        "og:locale": {"es": "es_CO", "en": "en_US"}[view.language],
        "og:title": said.title,
        "og:description": said.description,
        "og:url": export_view.link(view.with_(embed=False), base),
        "og:image": base + address(said.pictured, PREVIEW),
        "og:image:type": "image/png",
        "og:image:alt": _("Map: {sentence}", sentence=said.alt),
    }
    lines = [f"<title>{escape(said.title)} · Paz Territorial</title>"]
    lines += [f'<meta property="{name}" content="{escape(value)}">' for name, value in tags.items()]
    lines.append(f'<meta name="description" content="{escape(said.description)}">')
    lines.append('<meta name="twitter:card" content="summary_large_image">')
    return "\n".join(lines).encode()


@dataclass(frozen=True)
class _Said:
    """What a link says: title, description, and the view that its picture shows, in words too."""

    title: str
    description: str
    pictured: ViewState
    alt: str


def _of_map(view: ViewState) -> _Said:
    from components import cache, sentence, story
    from components.present import told_by, view_at

    told = told_by(view.item) if view.present and not view.item.startswith(f"{story.DRAFT}:") else None
    if told is not None and view.on is None:
        view = view_at(told.story, told.number, view.language)
    on = view.on or cache.last_evidence(view)
    headline = sentence.headline(view, on)
    title = f"{told.story.title.said}: {told.step.title.said}" if told else headline
    description = told.step.note.said if told else f"{sentence.subline(view, on, False)} {sentence.caveat(view)}"
    return _Said(title, description, view.with_(on=on), headline)


def _of_page(view: ViewState) -> _Said:
    """A page without a map: its name, what it is for, and the first map's picture."""
    from components import cache, sentence, share_words
    from components.layout import page_titles

    pictured = ViewState(page=MAPS[0], language=view.language)
    pictured = pictured.with_(on=cache.last_evidence(pictured))
    alt = sentence.headline(pictured, pictured.on or cache.last_evidence(pictured))
    return _Said(page_titles()[view.page], share_words.page_description(view.page), pictured, alt)


def complete(html: bytes, head: bytes, language: str, early: bytes) -> bytes:
    """Return the page's HTML with its language, what may be fetched early and, where it has one, its own head."""
    html = _ROOT.sub(f'<html lang="{language}">'.encode(), html, count=1)
    if head:
        html = _TITLE.sub(b"", html, count=1)
    return html.replace(_HEAD_END, b"\n".join(part for part in (early, head, _HEAD_END) if part), 1)


def _plain(scope: Scope) -> Scope:
    """The request without compression and without conditions: the body is read and changed on its way."""
    dropped = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in dropped]}


class _Completed:
    """Holds an HTML answer back until it is whole, completes it and sends it on."""

    def __init__(self, send: Send, head: bytes, language: str, early: bytes) -> None:
        self.send, self.head, self.language, self.early = send, head, language, early
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = Headers(raw=message["headers"]).get("content-type", "")
            if message["status"] == 200 and kind.startswith("text/html"):
                self.start = message
                return
        if self.start is None or message["type"] != "http.response.body":
            await self.send(message)
            return
        self.body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = complete(self.body, self.head, self.language, self.early) if self.body else b""
        headers = MutableHeaders(raw=list(self.start["headers"]))
        if body:
            headers["Content-Length"] = str(len(body))
        for name in ("etag", "last-modified", "accept-ranges"):
            if name in headers:
                del headers[name]
        headers["Vary"] = "Accept-Language"
        await self.send({**self.start, "headers": headers.raw})
        await self.send({"type": "http.response.body", "body": body})
