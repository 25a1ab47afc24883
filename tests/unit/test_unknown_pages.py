"""An address that names no page: sent on with its name, while files and programs get their own answer."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from components import layout
from components.server.unknown import UnknownPages
from components.view import PAGES, Known, parse

HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def client() -> TestClient:
    async def answer(request) -> PlainTextResponse:
        return PlainTextResponse("the application")

    app = Starlette(routes=[Route("/{path:path}", answer)])
    return TestClient(UnknownPages(app), follow_redirects=False)


@pytest.mark.parametrize("path", ["/nowhere", "/<script>", "/narinos?lang=en"])
def test_a_page_that_is_not_there_leads_to_the_first_one(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 307
    assert answer.headers["location"].startswith("/narino?")
    assert "page=" in answer.headers["location"]
    assert "<" not in answer.headers["location"]
    assert ("lang=en" in answer.headers["location"]) is ("lang=en" in path)


@pytest.mark.parametrize("path", ["/", *(f"/{page}" for page in PAGES), "/favicon.png", "/_stcore/health", "/healthz"])
def test_what_is_there_is_left_alone(client: TestClient, path: str) -> None:
    assert client.get(path, headers=HTML).text == "the application"


def test_programs_get_their_own_answer(client: TestClient) -> None:
    assert client.get("/nowhere", headers={"accept": "application/json"}).text == "the application"


def test_the_page_says_what_was_asked_for() -> None:
    _, ignored = parse("narino", {"page": ["nowhere"]}, Known())
    assert [(item.parameter, item.value, item.reason) for item in ignored] == [("page", "nowhere", "unknown")]


def test_the_navigation_holds_every_page() -> None:
    assert tuple(layout.page_titles()) == PAGES
