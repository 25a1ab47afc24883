"""The real server: ``streamlit run app.py`` answers beside the pages, and refuses to start on a damaged table."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from data import paths

PROJECT = Path(__file__).parents[2]
START_SECONDS = 60


def start(**environment: str) -> tuple[subprocess.Popen[str], str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        f"--server.port={port}",
        "--server.address=127.0.0.1",
    ]
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env={**os.environ, "PAZ_OFFLINE": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return process, f"http://127.0.0.1:{port}"


def stop(process: subprocess.Popen[str]) -> str:
    process.terminate()
    try:
        return process.communicate(timeout=20)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0]


def first_answer(process: subprocess.Popen[str], address: str) -> httpx.Response:
    """Ask until the server answers; waiting is left to the connection attempts and a condition, never to a sleep."""
    deadline, pause = time.monotonic() + START_SECONDS, threading.Event()
    while time.monotonic() < deadline:
        try:
            return httpx.get(address, timeout=START_SECONDS)
        except httpx.TransportError:
            assert process.poll() is None, process.communicate()[0]
            pause.wait(0.02)
    raise AssertionError(f"no answer within {START_SECONDS} s: {stop(process)}")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    process, address = start()
    first_answer(process, f"{address}/healthz")
    yield address
    stop(process)


def test_health_api_assets_and_streamlit_answer_from_one_process(server: str):
    assert httpx.get(f"{server}/healthz").json()["status"] == "ok"
    assert httpx.get(f"{server}/api/v1/").json()["rows"]
    assert httpx.get(f"{server}/api/v1/docs").text.startswith("<!doctype html>")
    assert httpx.get(f"{server}/assets/leaflet/leaflet.js").status_code in {200, 404}
    assert httpx.get(f"{server}/assets/state/0000").status_code == 404
    assert httpx.get(f"{server}/_stcore/health").status_code == 200
    page = httpx.get(f"{server}/")
    assert "<html" in page.text
    assert page.headers["content-security-policy"] == "frame-ancestors 'self'"


def test_the_api_is_not_swallowed_by_the_pages(server: str):
    for path in ("/api", "/api/v1", "/api/v1/presence?department=52&limit=1"):
        assert httpx.get(f"{server}{path}").headers["content-type"].startswith("application/json")
    assert httpx.get(f"{server}/api/v9/x").status_code == 404
    assert httpx.post(f"{server}/api/v1/presence").status_code == 405


def test_compression_survives_streamlits_own(server: str):
    response = httpx.get(f"{server}/api/v1/groups", headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert response.json()["rows"]


def test_the_websocket_still_opens(server: str):
    handshake = (
        "GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    host, port = server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(handshake.encode())
        assert connection.recv(64).startswith(b"HTTP/1.1 101")


def test_the_application_may_be_framed_by_whom_the_operator_names():
    process, address = start(PAZ_FRAME_ANCESTORS="https://newsroom.example")
    try:
        headers = first_answer(process, f"{address}/").headers
        assert headers["content-security-policy"] == "frame-ancestors 'self' https://newsroom.example"
    finally:
        stop(process)


def refusal(**environment: str) -> str:
    process, _address = start(**environment)
    try:
        told, _ = process.communicate(timeout=START_SECONDS)
    except subprocess.TimeoutExpired:
        pytest.fail(f"the server started: {stop(process)}")
    assert process.returncode != 0
    return told


def test_the_start_stops_on_a_damaged_table_with_file_row_and_column(tmp_path: Path):
    tables = tmp_path / "tables"
    shutil.copytree(paths.tables_dir(), tables)
    file = tables / "municipalities.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[4] = lines[4].replace(",05,", ",O5,", 1)
    file.write_text("".join(lines), encoding="utf-8")
    told = refusal(PAZ_TABLES_DIR=str(tables), PAZ_DATA_DIR=str(tmp_path / "data"))
    assert "cannot start" in told
    assert "municipalities.csv, row 5, column department_code" in told
    assert "Traceback" not in told


def test_the_start_stops_on_a_mistyped_setting():
    told = refusal(PAZ_FRAME_ANCESTORS="https://a;b", PAZ_PUBLIC_URL="paz.example.org")
    assert "PAZ_FRAME_ANCESTORS" in told
    assert "PAZ_PUBLIC_URL" in told
    assert "Traceback" not in told
