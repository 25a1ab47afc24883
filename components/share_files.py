"""``GET /export/<page>/<format>?<view>``: a view as a file, made when it is asked for.

The address of a file is the address of its view, so that a file can be linked, fetched by a script, or shown as the
picture of a link. Files are made in threads of their own, a few at a time; what waits too long is sent away with a
sentence. An answer is a whole file or an error as JSON whose message is for the reader.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

import anyio
import anyio.lowlevel
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.i18n import LANGUAGES, _, preferred_language, set_language
from components.server import http

if TYPE_CHECKING:
    from components.exports import Export
    from components.view import ViewState

LOG = logging.getLogger(__name__)
PREFIX = "/export"
PAGES = ("narino", "colombia")
REPORT = "report.pdf"
PREVIEW = "preview.png"
PREVIEW_DPI = 105
STORY = "story.pptx"
PDF = "application/pdf"
AT_ONCE, MOST_WAITING = 2, 12
LONGEST_QUERY = 4000
LARGEST_STORY = 600_000
_limiter: anyio.lowlevel.RunVar[anyio.CapacityLimiter] = anyio.lowlevel.RunVar("export_limiter")


def address(view: ViewState, name: str) -> str:
    """Return the address of a file, relative to the server."""
    from urllib.parse import urlencode

    from components.view import query

    return f"{PREFIX}/{view.page}/{name}?{urlencode(query(view.with_(present=False, embed=False)))}"


def base_of(headers: Mapping[str, str], scheme: str) -> str:
    """Return how readers address this server: as it is told, else as this one does, also behind a proxy."""
    if public := http.public_url():
        return public
    proto = headers.get("x-forwarded-proto", scheme).split(",")[0].strip()
    host = headers.get("x-forwarded-host", headers.get("host", "")).split(",")[0].strip()
    return f"{proto if proto in ('http', 'https') else 'http'}://{host}"


def made(page: str, name: str, params: Mapping[str, Sequence[str]], base: str, language: str) -> Export:
    """Make a file of the view that a query string means; blocking.

    Raises
    ------
    KeyError
        There is no such format.
    ExportError
        The view cannot be made into it; the message is for the reader.
    """
    from components import cache, export_view
    from components.exports import FORMATS, ExportError, write
    from components.view import parse

    if name not in FORMATS and name not in (REPORT, PREVIEW):
        raise KeyError(name)
    view, ignored = parse(page, params, cache.known(), language)
    set_language(view.language)
    # A file of another view than the one that was asked for would go around under a wrong name.
    if unknown := [item for item in ignored if item.reason != "unknown_parameter"]:
        said = ", ".join(f"{item.parameter}={item.value[:40]}" for item in unknown[:4])
        raise ExportError(_("This view cannot be made into a file: {parts} is not known here.", parts=said))
    if name == REPORT:
        return _report(view, base)
    if name == PREVIEW:
        return _preview(view, base, cache.current_version())
    return write(name, export_view.build(view, base, parts_of(name)))


def parts_of(name: str) -> tuple[Any, ...]:
    """Return what of a view a format holds."""
    kind = name.split(".")[0]
    return {"map": ("map",), "timeline": ("timeline",), "data": ("data",)}.get(kind, ("map", "timeline", "data"))


@lru_cache(maxsize=48)
def _preview(view: ViewState, base: str, _version: str) -> Export:
    """The picture of a link: the map's sheet, small."""
    from components import export_view
    from components.exports import Export
    from components.exports.sheet import map_png
    from components.exports.spec import file_stem

    spec = export_view.build(view, base, ("map",))
    return Export(map_png(spec, dpi=PREVIEW_DPI), f"{file_stem(spec.view)}_preview.png", "image/png")


def _report(view: ViewState, base: str) -> Export:
    from components import cache, evidence, export_view
    from components.exports import Export
    from components.exports.report import ReportSpec, report_pdf
    from components.exports.spec import file_stem

    on = view.on or cache.last_evidence(view)
    cards = [evidence.gather(view, code, on) for code in view.municipalities]
    spec = export_view.build(view, base)
    return Export(report_pdf(ReportSpec(spec, cards)), f"{file_stem(spec.view)}_report.pdf", PDF)


def made_story(text: str, base: str, language: str) -> Export:
    """Make a PowerPoint of a story file; blocking.

    Raises
    ------
    ExportError
        The story is broken, or has nothing to draw; the message is for the reader.
    """
    from components import export_view, story
    from components.exports import Export, ExportError
    from components.exports.slides import StorySpec, StoryView, pptx_story

    set_language(language)
    try:
        told = story.read(text)
    except story.StoryError as broken:
        raise ExportError(str(broken)) from broken
    views = [
        StoryView(
            export_view.build(story.view_of(step, language), base, ("map", "timeline")),
            step.title.said,
            step.note.said,
            [str(each) for each in story.citations(step)],
        )
        for step in told.steps
    ]
    link = f"{base}/{story.PAGE}?lang={language}"
    content = pptx_story(StorySpec(told.title.said, language, views, told.note.said, link))
    return Export(content, f"paz-territorial--{told.story_id}.pptx", _pptx())


def _pptx() -> str:
    from components.exports import FORMATS

    return FORMATS["slides.pptx"].mime


async def _get(request: Request) -> Response:
    page, name = request.path_params["page"], request.path_params["name"]
    language = _language(request)
    set_language(language)
    query = request.url.query
    if page not in PAGES or len(query) > LONGEST_QUERY:
        return http.error(404, _("There is no such file."))
    params = parse_qs(query, keep_blank_values=True)
    return await _answer(lambda: made(page, name, params, _base(request), language), language)


async def _post_story(request: Request) -> Response:
    language = _language(request)
    set_language(language)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_STORY:
            return http.error(413, _("This story is too large."))
    return await _answer(lambda: made_story(body.decode("utf-8", "replace"), _base(request), language), language)


def _base(request: Request) -> str:
    return base_of(request.headers, request.url.scheme)


def _language(request: Request) -> str:
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else preferred_language(request.headers.get("accept-language"))


async def _answer(make: Any, language: str) -> Response:
    from components.exports import ExportError
    from data.store import TableError

    set_language(language)
    try:
        file: Export = await _in_turn(make)
    except KeyError:
        return http.error(404, _("There is no such file."))
    except ExportError as refused:
        return http.error(422, str(refused))
    except _BusyError:
        return http.error(503, _("Many files are being made right now. Try again in a minute."), {"Retry-After": "30"})
    except TableError:
        LOG.exception("an export met a damaged table")
        return http.error(503, _("The data are being renewed. Try again in a minute."), {"Retry-After": "30"})
    except Exception:
        LOG.exception("an export failed")
        return http.error(500, _("The file could not be made; the fault is in the server's log."))
    how = "inline" if file.name.endswith("_preview.png") else "attachment"
    headers = {
        "Content-Disposition": f"{how}; filename=\"{file.name}\"; filename*=UTF-8''{quote(file.name)}",
        "Cache-Control": "public, max-age=3600" if how == "inline" else "private, max-age=60",
        "X-Content-Type-Options": "nosniff",
        # A saved page holds scripts of its own; seen from here it may not act for this site.
        "Content-Security-Policy": "sandbox allow-scripts",
    }
    return Response(file.content, 200, headers, media_type=file.mime)


class _BusyError(Exception):
    """Too many files are waiting to be made."""


async def _in_turn(make: Any) -> Any:
    """Run in a thread, a few files at a time, so that neither the event loop nor a page waits for a file."""
    try:
        limiter = _limiter.get()
    except LookupError:
        limiter = anyio.CapacityLimiter(AT_ONCE)
        _limiter.set(limiter)
    if limiter.statistics().tasks_waiting >= MOST_WAITING:
        raise _BusyError
    return await anyio.to_thread.run_sync(make, limiter=limiter)


def routes() -> list[Route]:
    """Return the routes that the front door mounts beside Streamlit."""
    return [
        Route(f"{PREFIX}/{STORY}", _post_story, methods=["POST"]),
        Route(f"{PREFIX}/{{page}}/{{name}}", _get, methods=["GET"]),
    ]
