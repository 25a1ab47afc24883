"""A small real HTTP server on 127.0.0.1 for tests: publishers' protocols, with their faults. All its data is synthetic.

``Server`` answers from a queue of faults first and from its routes afterwards::

    with Server() as server:
        server.route("/layer/query", ArcGIS(features))
        server.fail("/layer/query", status(500), times=2)      # two failures, then the real answer

A route or a fault is a function ``Request -> Reply``. A reply may lie about its length (``cut``) or close the
connection without a word (``hang_up``), which no mocked transport can do convincingly.
"""

from __future__ import annotations

import contextlib
import io
import json
import threading
import zipfile
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, TypeAlias
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What is answered. Only ``sent`` bytes of the body leave when it is given; ``silent`` closes without an answer."""

    code: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: int | None = None
    silent: bool = False


Answer: TypeAlias = Callable[[Request], Reply]


def reply_json(value: Any, code: int = 200, **headers: str) -> Reply:
    """Answer JSON; underscores in header names become hyphens."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(code, json.dumps(value).encode(), headers=named)


def status(code: int, body: str = "", **headers: str) -> Answer:
    """Answer a status, with a page of text."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return lambda _: Reply(code, body.encode(), "text/plain", named)


def html(text: str = "<!DOCTYPE html><html><title>Acceso denegado</title></html>") -> Answer:
    """Answer a web page with HTTP 200, as firewalls and portals do."""
    return lambda _: Reply(200, text.encode(), "text/html; charset=utf-8")


def cut(answer: Answer, keep: float = 0.5) -> Answer:
    """Announce the whole body and close the connection after a part of it."""

    def answered(request: Request) -> Reply:
        whole = answer(request)
        return Reply(whole.code, whole.body, whole.content_type, whole.headers, sent=int(len(whole.body) * keep))

    return answered


def hang_up(_: Request) -> Reply:
    """Close the connection without an answer."""
    return Reply(silent=True)


class Server:
    """The server; ``asked`` holds every request in order."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self._routes: dict[str, Answer] = {}
        self._faults: dict[str, deque[Answer]] = defaultdict(deque)
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        """Base address, without a slash at its end."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def route(self, path: str, answer: Answer) -> None:
        """Answer requests for ``path`` (without its query) with ``answer``."""
        self._routes[path] = answer

    def fail(self, path: str, fault: Answer, times: int = 1) -> None:
        """Answer the next ``times`` requests for ``path`` with ``fault``."""
        self._faults[path].extend([fault] * times)

    def count(self, path: str) -> int:
        """Return how often ``path`` was asked."""
        return sum(request.path == path for request in self.asked)

    def _answer(self, request: Request) -> Reply:
        with self._lock:
            self.asked.append(request)
            queue = self._faults[request.path]
            answer = queue.popleft() if queue else self._routes.get(request.path, status(404, "no such page"))
        return answer(request)


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def _serve(self, method: str) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = server._answer(Request(method, parts.path, dict(parse_qsl(parts.query)), headers, body))
            if reply.silent:
                self.close_connection = True
                return
            self.send_response(reply.code)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            # A client that had enough, or gave up waiting, is part of the tests.
            with contextlib.suppress(ConnectionError):
                self.wfile.write(reply.body if reply.sent is None else reply.body[: reply.sent])
            if reply.sent is not None:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: a test's output is its own."""

    return Handler


@dataclass
class ArcGIS:
    """One layer of an ArcGIS REST server, as DANE's geoportal answers.

    ``limit`` features at most per answer (``maxRecordCount``); ``mark`` says where a cut answer is marked: "top",
    "properties" or "" (not at all). ``heaviest`` > 0: more ids than this in a query fail with an error in HTTP 200.
    ``upper``: column names in capitals, as in MGN 2025. ``lost``: ids that are listed and then never delivered.
    """

    features: list[dict[str, Any]]
    limit: int = 2000
    mark: str = "top"
    heaviest: int = 0
    upper: bool = True
    lost: frozenset[int] = frozenset()

    def __call__(self, request: Request) -> Reply:
        """Answer ``…/query``."""
        query = request.query
        if query.get("returnIdsOnly") == "true":
            identifiers = list(range(1, len(self.features) + 1))
            return reply_json({"objectIdFieldName": "OBJECTID", "objectIds": identifiers[::-1]})
        wanted = [int(value) for value in query["objectIds"].split(",")]
        if self.heaviest and len(wanted) > self.heaviest:
            return reply_json(arcgis_error())
        found = [self._feature(number) for number in wanted if number not in self.lost]
        answer: dict[str, Any] = {"type": "FeatureCollection", "features": found[: self.limit]}
        if len(found) > self.limit and self.mark == "top":
            answer["exceededTransferLimit"] = True
        elif len(found) > self.limit and self.mark == "properties":
            answer["properties"] = {"exceededTransferLimit": True}
        return reply_json(answer)

    def _feature(self, number: int) -> dict[str, Any]:
        feature = self.features[number - 1]
        properties = {"OBJECTID": number, **feature["properties"]}
        cased = {name.upper() if self.upper else name.lower(): value for name, value in properties.items()}
        return {"type": "Feature", "id": number, "geometry": feature["geometry"], "properties": cased}


def arcgis_error(code: int = 500, message: str = "Error performing query operation") -> dict[str, Any]:
    """Return the body that ArcGIS sends with HTTP 200 when a query fails."""
    return {"error": {"code": code, "message": message, "details": []}}


def ckan_package(resources: list[dict[str, str]], success: bool = True) -> dict[str, Any]:
    """Return what CKAN's package_show answers for a data set with these resources."""
    return {"success": success, "result": {"id": "synthetic", "license_id": "cc-by-igo", "resources": resources}}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return an archive with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def squares(codes: list[str], west: float = -78.0, south: float = 1.0, size: float = 0.1) -> list[dict[str, Any]]:
    """Return one synthetic square municipality per code, eight to a row, neighbours sharing their edges."""
    features: list[dict[str, Any]] = []
    for number, code in enumerate(codes):
        x, y = round(west + size * (number % 8), 6), round(south + size * (number // 8), 6)
        e, n = round(x + size, 6), round(y + size, 6)
        ring = [[x, y], [e, y], [e, n], [x, n], [x, y]]
        properties = {"MPIO_CDPMP": code, "MPIO_CNMBRE": f"Synthetic {code}", "DPTO_CCDGO": code[:2]}
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return features
