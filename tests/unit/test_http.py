"""The shared HTTP client against a real server on loopback."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from data import files
from data.sources import http
from data.sources.http import Client, PublisherError, RetryPolicy
from tests.unit.loopback import Reply, Request, Server, cut, hang_up, html, reply_json, status

AT_ONCE = RetryPolicy(attempts=4, wait_initial=0, wait_max=0, wait_jitter=0)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.delenv("PAZ_OFFLINE", raising=False)
    with Client("synthetic publisher", retry=AT_ONCE, pause=0) as opened:
        yield opened


def ok(_: Request) -> Reply:
    return reply_json({"rows": 3})


def test_json_and_parameters(server: Server, client: Client) -> None:
    server.route("/data", lambda request: reply_json(dict(request.query)))
    assert client.get_json(f"{server.url}/data", {"$limit": 10, "$where": "a > 'ñ'"}) == {
        "$limit": "10",
        "$where": "a > 'ñ'",
    }
    assert "paz-territorial" in server.asked[0].headers["user-agent"]


@pytest.mark.parametrize("fault", [status(500), status(503), status(429), hang_up, cut(ok), status(408)])
def test_passing_faults_are_tried_again(server: Server, client: Client, fault: object) -> None:
    server.route("/data", ok)
    server.fail("/data", fault, times=2)  # pyright: ignore[reportArgumentType]
    assert client.get_json(f"{server.url}/data") == {"rows": 3}
    assert server.count("/data") == 3


@pytest.mark.parametrize(
    ("code", "fault", "advice"),
    [
        (401, "refused", "bring_file"),
        (403, "refused", "bring_file"),
        (404, "not_found", "report_change"),
        (410, "not_found", "report_change"),
        (400, "bad_request", "report_change"),
    ],
)
def test_refusals_are_asked_once(server: Server, client: Client, code: int, fault: str, advice: str) -> None:
    server.route("/data", status(code, "<b>no</b>"))
    with pytest.raises(PublisherError) as caught:
        client.get_json(f"{server.url}/data")
    assert (caught.value.fault, caught.value.status, caught.value.advice) == (fault, code, advice)
    assert server.count("/data") == 1


def test_lasting_fault_ends_after_the_attempts(server: Server, client: Client) -> None:
    server.route("/data", status(502))
    with pytest.raises(PublisherError, match="server_error, HTTP 502"):
        client.get_json(f"{server.url}/data")
    assert server.count("/data") == AT_ONCE.attempts


def test_retry_after_is_waited_for(server: Server, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    server.route("/data", ok)
    server.fail("/data", status(429, Retry_After="7"))
    assert client.get_json(f"{server.url}/data") == {"rows": 3}
    assert waited == [7.0]


def test_retry_after_too_long_is_reported_instead(server: Server, client: Client) -> None:
    server.route("/data", status(429, Retry_After="3600"))
    with pytest.raises(PublisherError) as caught:
        client.get_json(f"{server.url}/data")
    assert (caught.value.fault, caught.value.retry_after) == ("too_many_requests", 3600.0)
    assert server.count("/data") == 1


def test_retry_after_forms() -> None:
    later = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=90)
    assert 80 < (http._retry_after(format_datetime(later)) or 0) <= 90
    assert http._retry_after("5") == 5.0
    assert http._retry_after("soon") is None
    assert http._retry_after(None) is None
    assert http._retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


def test_web_page_instead_of_json(server: Server, client: Client) -> None:
    server.route("/data", html())
    with pytest.raises(PublisherError, match="Acceso denegado") as caught:
        client.get_json(f"{server.url}/data")
    assert (caught.value.fault, caught.value.status) == ("not_json", 200)


def test_text_in_the_declared_charset(server: Server, client: Client) -> None:
    server.route("/latin", lambda _: Reply(200, "Nariño".encode("latin-1"), "text/csv; charset=iso-8859-1"))
    server.route("/broken", lambda _: Reply(200, "Nariño".encode("latin-1"), "text/csv; charset=utf-8"))
    assert client.get_text(f"{server.url}/latin") == "Nariño"
    with pytest.raises(PublisherError) as caught:
        client.get_text(f"{server.url}/broken")
    assert caught.value.fault == "unexpected_format"


def test_download_streams_and_reports(server: Server, client: Client, tmp_path: Path) -> None:
    content = bytes(range(256)) * 2_000
    server.route("/file", lambda _: Reply(200, content, "application/zip"))
    steps: list[tuple[int, int | None]] = []
    got = client.download(f"{server.url}/file", tmp_path / "new" / "x.zip", progress=lambda *a: steps.append(a))
    assert (tmp_path / "new" / "x.zip").read_bytes() == content
    assert (got.size, got.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert steps[-1] == (len(content), len(content))
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["x.zip"]


def test_cut_download_leaves_the_old_file(server: Server, client: Client, tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    target.write_bytes(b"old")
    server.route("/file", cut(lambda _: Reply(200, b"new" * 100_000, "text/csv"), keep=0.7))
    with pytest.raises(PublisherError) as caught:
        client.download(f"{server.url}/file", target)
    assert caught.value.fault == "interrupted"
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
    assert server.count("/file") == AT_ONCE.attempts


def test_download_refuses_a_web_page(server: Server, client: Client, tmp_path: Path) -> None:
    server.route("/file", html())
    with pytest.raises(PublisherError) as caught:
        client.download(f"{server.url}/file", tmp_path / "x.zip")
    assert caught.value.fault == "not_a_file"
    assert not list(tmp_path.iterdir())


def test_too_large_is_stopped(server: Server, client: Client, tmp_path: Path) -> None:
    server.route("/file", lambda _: Reply(200, b"x" * 5_000, "text/csv"))
    with pytest.raises(PublisherError) as caught:
        client.download(f"{server.url}/file", tmp_path / "x.csv", max_bytes=1_000)
    assert caught.value.fault == "too_large"
    client.max_bytes = 1_000
    with pytest.raises(PublisherError, match="too_large"):
        client.get_bytes(f"{server.url}/file")


def test_unreachable(client: Client) -> None:
    with Server() as closed:
        address = closed.url
    with pytest.raises(PublisherError) as caught:
        client.get_json(f"{address}/data")
    assert (caught.value.fault, caught.value.status) == ("unreachable", None)


def test_a_name_that_is_not_found_is_asked_for_once_more_and_no_library_speaks(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []

    def lost(name: str, *_: object, **__: object) -> object:
        asked.append(name)
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.delenv("PAZ_OFFLINE", raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", lost)
    with Client("nobody", retry=AT_ONCE, pause=0) as client, pytest.raises(PublisherError) as caught:
        client.get_json("http://nobody.invalid/data")
    assert (caught.value.fault, caught.value.advice) == ("no_network", "check_network")
    assert len(asked) == 2
    assert not [record for record in caplog.records if record.name.startswith("stamina")]


def test_silence_is_a_timeout(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAZ_OFFLINE", raising=False)
    released = threading.Event()

    def late(_: Request) -> Reply:
        released.wait(20)
        return reply_json({})

    server.route("/data", late)
    with Client("slow", retry=RetryPolicy(attempts=1), pause=0, timeout=0.05) as impatient:
        with pytest.raises(PublisherError) as caught:
            impatient.get_json(f"{server.url}/data")
        assert (caught.value.fault, caught.value.advice) == ("timeout", "try_later")
    released.set()


def test_offline_asks_nobody(server: Server, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAZ_OFFLINE", "1")
    with pytest.raises(PublisherError) as caught:
        client.get_json(f"{server.url}/data")
    assert (caught.value.fault, server.asked) == ("offline", [])
    monkeypatch.setenv("PAZ_OFFLINE", "0")
    server.route("/data", ok)
    assert client.get_json(f"{server.url}/data") == {"rows": 3}


def test_redirects_keep_secrets_at_home(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAZ_OFFLINE", raising=False)
    port = server.url.rsplit(":", 1)[1]
    server.route("/here", lambda _: Reply(302, headers={"Location": "/data"}))
    server.route("/away", lambda _: Reply(302, headers={"Location": f"http://localhost:{port}/data"}))
    server.route("/loop", lambda _: Reply(302, headers={"Location": "/loop"}))
    server.route("/data", ok)
    with Client("x", headers={"X-App-Token": "s3cret"}, retry=AT_ONCE, pause=0) as client:
        client.get_json(f"{server.url}/here")
        client.get_json(f"{server.url}/away")
        with pytest.raises(PublisherError, match="redirected_away"):
            client.get_json(f"{server.url}/loop")
    tokens = [request.headers.get("x-app-token") for request in server.asked if request.path == "/data"]
    assert tokens == ["s3cret", None]


def test_errors_hide_secrets() -> None:
    error = PublisherError("p", "https://user:pw@host/x?token=abc&a=1&APP_IDENTIFIER=zz", "refused", status=403)
    assert not {"pw", "abc", "zz"} & set(str(error).replace("=", " ").replace("&", " ").replace(":", " ").split())
    assert "a=1" in error.url
    assert set(http.ADVICE) >= http.RETRIED


def test_post_form_and_json(server: Server, client: Client) -> None:
    server.route(
        "/q", lambda request: reply_json({"type": request.headers["content-type"], "body": request.body.decode()})
    )
    assert client.post_json(f"{server.url}/q", {"f": "json"}, form=True)["body"] == "f=json"
    assert json.loads(client.post_json(f"{server.url}/q", {"page": {"n": 1}})["body"]) == {"page": {"n": 1}}


def test_requests_are_spaced(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAZ_OFFLINE", raising=False)
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    server.route("/data", ok)
    with Client("x", pause=30.0) as client:
        client.get_json(f"{server.url}/data")
        client.get_json(f"{server.url}/data")
    assert len(waited) == 1
    assert 29 < waited[0] <= 30


def test_write_atomic_keeps_the_old_file_on_failure(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    assert files.write_atomic(target, "uno") == hashlib.sha256(b"uno").hexdigest() == files.sha256_of(target)

    def broken() -> None:
        with files.writing(target) as handle:
            handle.write(b"dos")
            raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        broken()
    assert target.read_text() == "uno"
    assert list(tmp_path.iterdir()) == [target]


def test_network_faults_have_names() -> None:
    assert http._network_fault(httpx.ReadTimeout("x")) == "timeout"
    assert http._network_fault(httpx.ConnectError("x")) == "unreachable"
    for cause in (socket.gaierror(-2, "Name or service not known"), OSError(errno.ENETUNREACH, "no route")):
        error = httpx.ConnectError("x")
        error.__cause__ = cause
        assert http._network_fault(error) == "no_network"
    assert http._network_fault(httpx.RemoteProtocolError("x")) == "interrupted"
    assert http._network_fault(httpx.UnsupportedProtocol("x")) == "redirected_away"
