"""Streamlit's own files from memory: compressed, for ever, and nothing but what lies in its folder."""

from __future__ import annotations

import gzip

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from components.server import frontend
from components.server.frontend import StreamlitFiles

SCRIPT = next(path for path in sorted(frontend.folder().glob("js/*.js")) if path.stat().st_size > 20_000)


@pytest.fixture
def client() -> TestClient:
    async def behind(_request: object) -> PlainTextResponse:
        return PlainTextResponse("Streamlit's own answer")

    routes = [Route("/{path:path}", behind, methods=["GET", "POST"])]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(StreamlitFiles)]))


def test_a_file_is_served_compressed_and_for_ever(client: TestClient) -> None:
    answer = client.get(f"/static/js/{SCRIPT.name}", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.content == SCRIPT.read_bytes()
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")
    assert int(answer.headers["content-length"]) < SCRIPT.stat().st_size


def test_a_browser_that_holds_it_is_told_so(client: TestClient) -> None:
    tag = client.get(f"/static/js/{SCRIPT.name}").headers["etag"]
    assert client.get(f"/static/js/{SCRIPT.name}", headers={"If-None-Match": tag}).status_code == 304


def test_a_client_without_gzip_reads_the_plain_file(client: TestClient) -> None:
    answer = client.get(f"/static/js/{SCRIPT.name}", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.content == SCRIPT.read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/static/js/nothing.js",
        "/static/../index.html",
        "/static/%2e%2e/%2e%2e/__init__.py",
        "/static/",
        f"/js/{SCRIPT.name}",
        f"/colombia/static/js/{SCRIPT.name}",
    ],
)
def test_everything_else_is_streamlit_s(client: TestClient, path: str) -> None:
    assert client.get(path).text == "Streamlit's own answer"


def test_only_reading_is_answered_here(client: TestClient) -> None:
    assert client.post(f"/static/js/{SCRIPT.name}").text == "Streamlit's own answer"


def test_what_a_first_page_asks_for_is_ready_before_it_asks() -> None:
    frontend._asset.cache_clear()
    frontend.make_ready()
    held = frontend._asset.cache_info().currsize
    assert held > 50
    page = (frontend.folder().parent / "index.html").read_text("utf-8")
    named = frontend._NAMED_IN_PAGE.findall(page)
    assert named
    for name in named:
        frontend._asset(name)
    assert frontend._asset.cache_info().currsize == held


def test_a_compressed_file_unpacks_to_what_it_was() -> None:
    asset = frontend._asset(f"js/{SCRIPT.name}")
    assert asset is not None
    assert asset.gzipped
    assert gzip.decompress(asset.body) == SCRIPT.read_bytes()
