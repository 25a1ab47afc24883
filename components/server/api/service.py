"""Answers requests under /api: finds the endpoint, checks the parameters, computes in a thread, writes the format."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from components.i18n import DEFAULT_LANGUAGE, LANGUAGES, _, set_language
from components.server import formats, http, version
from components.server.api import columns, facts, registry
from components.server.api.answer import Answer
from components.server.query import QueryError, fields, parse

if TYPE_CHECKING:
    import pandas as pd

LOG = logging.getLogger(__name__)
CACHE = "public, max-age=60"
MEDIA_TYPES = {
    "json": http.JSON_TYPE,
    "csv": "text/csv; charset=utf-8; header=present",
    "geojson": "application/geo+json",
}


async def api(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request under ``/api``; every failure is JSON, and none is a traceback."""
    if scope["method"] == "OPTIONS":
        response = http.preflight()
    elif scope["method"] not in {"GET", "HEAD"}:
        response = _read_only(scope["method"], scope["query_string"])
    else:
        headers = Headers(scope=scope)
        origin = f"{scope.get('scheme', 'http')}://{headers.get('host', '')}"
        response = await http.in_thread(lambda: respond(scope["path"], scope["query_string"], headers, origin))
    await response(scope, receive, send)


def _read_only(method: str, query_string: bytes) -> Response:
    """Refuse a request that would write, in the language that it asks for."""
    try:
        set_language(_language_of(fields(query_string)))
    except QueryError:
        set_language(DEFAULT_LANGUAGE)
    message = _(
        "{method} is not allowed here; the API only reads ({methods}).", method=method[:20], methods=http.METHODS
    )
    return http.error(405, message, {"Allow": http.METHODS})


def respond(path: str, query_string: bytes, headers: Headers, origin: str) -> Response:
    """Return the answer to a GET for `path`; blocking. `origin` is how the reader addresses this server."""
    from data.store import TableError

    set_language(DEFAULT_LANGUAGE)
    try:
        return _respond(path, query_string, headers, origin)
    except QueryError as refused:
        return http.error(400, str(refused), parameter=refused.parameter, found=refused.found, allowed=refused.allowed)
    except TableError as damaged:
        LOG.error("The API cannot answer %s: %s", path, damaged)
        return http.error(503, str(damaged), file=damaged.file, row=damaged.row, column=damaged.column)
    except Exception:
        LOG.exception("The API failed on %s", path)
        return http.error(500, _("The server failed on this request; the fault is in its log."))


def _respond(path: str, query_string: bytes, headers: Headers, origin: str) -> Response:
    pairs = fields(query_string)
    set_language(_language_of(pairs))
    relative = _relative(path)
    if relative is None:
        return _not_found(path)
    if relative in registry.DOCUMENTS:
        return _document(relative, pairs, headers, origin)
    found = registry.find(relative)
    if found is None:
        return _not_found(path)
    endpoint, texts = found
    placed = _path_arguments(endpoint, texts)
    if isinstance(placed, Response):
        return placed
    arguments = {**parse(endpoint.parameters, pairs), **placed}
    set_language(arguments["lang"])
    address = registry.address(endpoint, arguments)
    validator = http.etag(version.text(), facts.version(), address)
    if http.matches(headers, validator):
        return Response(status_code=304, headers=_cache_headers(validator))
    body, extra = _body(endpoint, arguments, endpoint.answer(arguments))
    return _sent(body, MEDIA_TYPES[arguments["format"]], headers, {**_cache_headers(validator), **extra})


def _relative(path: str) -> str | None:
    """Return the path under ``/api/v1/``; the prefixes without their slash lead to the index."""
    if path in {"/api", "/api/", "/api/v1"}:
        return ""
    return path.removeprefix(registry.PREFIX) if path.startswith(registry.PREFIX) else None


def _language_of(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the language asked for, so that even a refusal speaks it."""
    return next((text for name, text in pairs if name == "lang" and text in LANGUAGES), DEFAULT_LANGUAGE)


def _path_arguments(endpoint: registry.Endpoint, texts: Mapping[str, str]) -> dict[str, Any] | Response:
    try:
        return parse(endpoint.path_parameters, list(texts.items()))
    except QueryError as refused:
        return http.error(404, str(refused), parameter=refused.parameter, found=refused.found, allowed=refused.allowed)


def _not_found(path: str) -> Response:
    known = [registry.PREFIX + endpoint.path for endpoint in registry.ENDPOINTS]
    message = _("There is nothing at this address; the index is at {index}.", index=registry.PREFIX)
    return http.error(404, message, path=path[:200], known=known)


def _document(name: str, pairs: list[tuple[str, str]], headers: Headers, origin: str) -> Response:
    from components.server.api import docs, openapi

    language = parse((registry.LANG,), pairs)["lang"]
    set_language(language)
    validator = http.etag(version.text(), facts.version(), name, language, origin)
    if http.matches(headers, validator):
        return Response(status_code=304, headers=_cache_headers(validator))
    if name == "openapi.json":
        return _sent(formats.json_bytes(openapi.document()), http.JSON_TYPE, headers, _cache_headers(validator))
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    extra = {"Content-Security-Policy": policy, "Content-Language": language}
    page = docs.page(origin).encode("utf-8")
    return _sent(page, "text/html; charset=utf-8", headers, {**_cache_headers(validator), **extra})


def _cache_headers(validator: str) -> dict[str, str]:
    return {**http.CORS, "ETag": validator, "Cache-Control": CACHE, "Vary": "Accept-Encoding"}


def _sent(body: bytes, media_type: str, headers: Headers, extra: Mapping[str, str]) -> Response:
    out = dict(extra)
    if len(body) >= http.GZIP_FROM_BYTES and http.accepts_gzip(headers):
        body = http.compressed(body)
        out["Content-Encoding"] = "gzip"
    response = Response(body, headers=out)
    response.headers["Content-Type"] = media_type
    return response


def _body(endpoint: registry.Endpoint, arguments: dict[str, Any], answer: Answer) -> tuple[bytes, dict[str, str]]:
    """Return the bytes of one page of an answer and the headers that describe it."""
    total = len(answer.frame)
    page = answer.frame.iloc[arguments["offset"] : arguments["offset"] + arguments["limit"]]
    links = _links(endpoint, arguments, total)
    held = facts.sources()
    used = _used_sources(page, answer, held)
    meta = _meta(answer, page, arguments, total, links, used)
    names = [column.name for column in answer.columns]
    values = formats.columns_of(page, answer.columns)
    headers = _headers(meta, links)
    if arguments["format"] == "csv":
        more = _source_cells(page, answer, held, names)
        body = formats.rows_csv([*names, *more], [*values, *more.values()])
        headers["Content-Disposition"] = f'inline; filename="{_filename(endpoint, arguments, answer)}.csv"'
        return body, headers
    listed = _listed(used)
    if arguments["format"] == "geojson":
        return formats.rows_geojson(meta, listed, names, values, _geometries(page), _ids(arguments, total)), headers
    return formats.rows_json(meta, listed, names, values), headers


def _filename(endpoint: registry.Endpoint, arguments: Mapping[str, Any], answer: Answer) -> str:
    parts = [endpoint.operation, *(arguments[parameter.name] for parameter in endpoint.path_parameters)]
    return "-".join([*parts, answer.on.isoformat()] if answer.on else parts)


def _links(endpoint: registry.Endpoint, arguments: dict[str, Any], total: int) -> dict[str, str]:
    """Return the addresses of this, the first, the previous and the next page, where there is one."""
    offset, limit = arguments["offset"], arguments["limit"]
    links = {"self": registry.address(endpoint, arguments)}
    if offset > 0:
        links["first"] = registry.address(endpoint, arguments, offset=0)
        links["prev"] = registry.address(endpoint, arguments, offset=max(0, offset - limit))
    if offset + limit < total:
        links["next"] = registry.address(endpoint, arguments, offset=offset + limit)
    return links


def _meta(
    answer: Answer,
    page: pd.DataFrame,
    arguments: Mapping[str, Any],
    total: int,
    links: Mapping[str, str],
    used: pd.DataFrame,
) -> dict[str, Any]:
    return {
        "title": answer.title,
        "date": answer.on.isoformat() if answer.on else None,
        "generated_from": facts.version(),
        "version": version.text(),
        "language": arguments["lang"],
        "caveats": [*answer.caveats, *_row_caveats(page)],
        "licences": sorted({licence for licence in used["licence"] if licence}),
        "total": total,
        "count": len(page),
        "limit": arguments["limit"],
        "offset": arguments["offset"],
        "self": links["self"],
        "next": links.get("next"),
        **answer.extra,
    }


def _row_caveats(page: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(page["caveat"].dropna())) if "caveat" in page else []


def _headers(meta: Mapping[str, Any], links: Mapping[str, str]) -> dict[str, str]:
    """Return what a CSV cannot hold beside its rows, in ASCII, for every format."""
    headers = {
        "Link": ", ".join(f'<{target}>; rel="{relation}"' for relation, target in links.items()),
        "X-Total-Count": str(meta["total"]),
        "X-Title": http.header_text(meta["title"]),
        "X-Data-Version": meta["generated_from"],
        "Content-Language": meta["language"],
    }
    if meta["date"]:
        headers["X-Date"] = meta["date"]
    if meta["caveats"]:
        headers["X-Caveat"] = http.header_text(" ".join(meta["caveats"][:3]))
    if meta["licences"]:
        headers["X-Licence"] = http.header_text("; ".join(meta["licences"]))
    return headers


def _used_sources(page: pd.DataFrame, answer: Answer, held: pd.DataFrame) -> pd.DataFrame:
    """Return the sources behind the rows of a page, by publisher and date."""
    ids = set(answer.sources)
    if "source_id" in page:
        ids.update(page["source_id"].dropna())
    if "source_ids" in page:
        ids.update(each for row in page["source_ids"] for each in row)
    return held[held.index.isin(ids)].sort_values(["publisher", "date_text", "url"], kind="stable")


def _listed(used: pd.DataFrame) -> list[dict[str, Any]]:
    columns_ = ["source_id", "publisher", "title", "date_text", "url", "licence"]
    names = ["source_id", "publisher", "title", "date", "url", "licence"]
    rows = zip(*(used[column].tolist() for column in columns_), strict=True)
    return [dict(zip(names, (value or None for value in row), strict=True)) for row in rows]


def _source_cells(page: pd.DataFrame, answer: Answer, held: pd.DataFrame, names: Sequence[str]) -> dict[str, list[Any]]:
    """Return the columns that a CSV adds, so that a row cut out of it still says where it comes from."""
    cells: dict[str, list[Any]] = {}
    if "source_id" in page and not {"source_id", "url"} <= set(names):
        ids = page["source_id"]
        for name, column in _SOURCE_CELLS.items():
            cells[name] = _blank_as_none(ids.map(held[column]).tolist())
    caveat = answer.caveats[0] if answer.caveats else None
    own = page["caveat"].tolist() if "caveat" in page else [None] * len(page)
    cells["caveat"] = [" ".join(filter(None, (caveat, text if isinstance(text, str) else None))) for text in own]
    return {name: values for name, values in cells.items() if name not in names}


_SOURCE_CELLS = {
    "publisher": "publisher",
    "source_title": "title",
    "source_date": "date_text",
    "source_url": "url",
    "licence": "licence",
}
assert [*_SOURCE_CELLS, "caveat"] == [column.name for column in columns.SOURCE_COLUMNS]


def _blank_as_none(values: Iterable[Any]) -> list[Any]:
    return [value if isinstance(value, str) and value else None for value in values]


def _geometries(page: pd.DataFrame) -> list[dict[str, Any] | None]:
    """Return the seats of each row's places: a point for one, points for several, null for none."""
    seats = facts.seats()
    return [formats.points([seats[code] for code in codes if code in seats]) for codes in page["place"]]


def _ids(arguments: Mapping[str, Any], total: int) -> range:
    return range(arguments["offset"], min(total, arguments["offset"] + arguments["limit"]))
