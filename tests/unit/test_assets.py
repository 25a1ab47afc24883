"""What the map fetches: bounded, immutable, compressed, and nothing that was not put there."""

import gzip
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components.server import assets
from components.server.assets import AssetStore


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=assets.routes()))


def test_the_same_payload_has_the_same_name_and_is_held_once() -> None:
    store = AssetStore()
    first, again = store.publish(b'{"a":1}'), store.publish(b'{"a":1}')
    assert first == again
    assert len(store) == 1
    assert store.publish(b'{"a":2}') != first


def test_the_store_forgets_what_was_used_least_recently() -> None:
    bodies = [bytes([n]) * 10 + gzip.compress(bytes([n]) * 500) for n in range(4)]
    probe = AssetStore()
    probe.publish(bodies[0])
    store = AssetStore(limit=probe.size * 2 + 8)
    first = store.publish(bodies[0])
    second = store.publish(bodies[1])
    assert store.get(first) is not None
    third = store.publish(bodies[2])
    assert store.get(second) is None
    assert store.get(first) is not None
    assert store.get(third) is not None
    assert store.size <= probe.size * 2 + 8


def test_a_payload_larger_than_the_limit_is_still_served() -> None:
    store = AssetStore(limit=10)
    digest = store.publish(b"x" * 1000 + bytes(range(256)))
    asset = store.get(digest)
    assert asset is not None
    assert asset.plain() == b"x" * 1000 + bytes(range(256))


@pytest.mark.parametrize("kind", ["geometry", "state"])
def test_a_published_payload_is_served_compressed_and_for_ever(client: TestClient, kind: assets.Kind) -> None:
    digest = assets.publish(b'{"months":["2016-01",1]}' * 50)
    answer = client.get(assets.payload_url(kind, digest), headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "application/json"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == b'{"months":["2016-01",1]}' * 50


def test_a_client_without_gzip_reads_the_plain_payload(client: TestClient) -> None:
    digest = assets.publish(b'{"plain":true}')
    answer = client.get(assets.payload_url("state", digest), headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.json() == {"plain": True}


def test_a_known_tag_is_answered_without_a_body(client: TestClient) -> None:
    url = assets.payload_url("state", assets.publish(b'{"tag":1}'))
    tag = client.get(url).headers["etag"]
    for sent in (tag, f"W/{tag}", f'"other", {tag}'):
        answer = client.get(url, headers={"If-None-Match": sent})
        assert answer.status_code == 304
        assert answer.content == b""


def test_head_says_what_get_would(client: TestClient) -> None:
    url = assets.payload_url("state", assets.publish(b'{"head":1}'))
    assert client.head(url).status_code == 200


def test_a_script_is_immutable_only_under_its_content_hash(client: TestClient) -> None:
    versioned = client.get(assets.static_url("map.js"))
    assert versioned.status_code == 200
    assert versioned.headers["content-type"].startswith("text/javascript")
    assert "immutable" in versioned.headers["cache-control"]
    for url in ("/assets/static/map.js", "/assets/static/map.js?v=0000"):
        assert client.get(url).headers["cache-control"] == "no-cache"


def test_leaflet_comes_from_the_installed_package(client: TestClient) -> None:
    script = client.get(assets.leaflet_url("leaflet.js"))
    assert script.status_code == 200
    assert b"Leaflet 1.9" in script.content
    assert client.get(assets.leaflet_url("leaflet.css")).headers["content-type"].startswith("text/css")
    picture = client.get("/assets/leaflet/images/layers.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/state/0123456789abcdef0123",
        "/assets/static/../legend.py",
        "/assets/static/..%2flegend.py",
        "/assets/static/%2e%2e/legend.py",
        "/assets/static/",
        "/assets/leaflet/../../apps.py",
        "/assets/leaflet/nothing.js",
        "/assets/other/map.js",
    ],
)
def test_what_was_not_put_there_does_not_exist(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("sheet", sorted(assets.STATIC_DIR.glob("*.css")), ids=lambda sheet: sheet.name)
def test_a_style_sheet_holds_nothing_that_looks_like_a_tag(sheet: Path) -> None:
    """Streamlit hands a sheet to the page as markup, and what cleans markup throws the whole of it away."""
    assert not re.search(r"<[/\w!]", sheet.read_text("utf-8"))
