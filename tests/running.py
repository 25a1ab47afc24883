"""Starts an application on a free port of the loopback and stops it again, for browser tests and benchmarks."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHARED_BOUNDARIES = ROOT.parent / "shared" / "boundaries" / "municipalities.geojson"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass(frozen=True)
class Running:
    """A running application: its address, its process, and the seconds until it first answered."""

    address: str
    pid: int
    seconds: float
    log: Path


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(script: Path, folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Run a Streamlit application until the block ends; its log lies in `folder`."""
    port = free_port()
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    log = folder / f"{script.stem}-{port}.log"
    started = time.perf_counter()
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(script), *options],
            stdout=output,
            stderr=output,
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "PAZ_OFFLINE": "1",
                "PAZ_DATA_DIR": str(folder / "data"),
                **(environment or {}),
            },
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/_stcore/health", process, log)
            yield Running(address, process.pid, time.perf_counter() - started, log)
        finally:
            process.terminate()
            process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            continue
    raise RuntimeError(f"the application did not start:\n{log.read_text()}")
