"""What the connectors' tests share: the list of municipalities, impatient retries, and the real files when they
are there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import store
from data.names import Gazetteer
from data.refresh import Options
from data.sources.fetch import Fetch
from data.sources.http import RetryPolicy
from data.sources.model import Locate, Parsing

SHARED = Path(__file__).parents[3].parent / "shared"
TODAY = dt.date(2026, 11, 24)
IMPATIENT = RetryPolicy(attempts=3, wait_initial=0.01, wait_max=0.02, wait_jitter=0.0, longest_wait=0.05, total=5.0)


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return Gazetteer(store.table("municipalities"))


@pytest.fixture(scope="session")
def parsing(gazetteer: Gazetteer) -> Parsing:
    return Parsing(gazetteer, today=TODAY)


@pytest.fixture(scope="session")
def mirror() -> Callable[[str], Path]:
    """Give the path of a publisher's real file, or skip the test."""

    def path(name: str) -> Path:
        found = SHARED / "mirror" / name
        if not found.exists():
            pytest.skip(f"the publisher's file {name} is not on this machine (it may not be redistributed)")
        return found

    return path


@pytest.fixture(scope="session")
def facts() -> Callable[[str], pd.DataFrame]:
    def frame(name: str) -> pd.DataFrame:
        path = SHARED / "facts" / f"{name}.csv"
        if not path.exists():
            pytest.skip(f"the table of facts {name} is not on this machine")
        return pd.read_csv(path, dtype="str", keep_default_na=False)

    return frame


@pytest.fixture(scope="session")
def locate() -> Locate:
    """Give the lookup over the official polygons, or skip the test."""
    from data.sources import locator

    path = SHARED / "boundaries" / "municipalities.geojson"
    if not path.exists():
        pytest.skip("the official polygons are not on this machine")
    return locator.from_file(path)


@pytest.fixture
def make_fetch(tmp_path: Path) -> Callable[..., Fetch]:
    def make(environment: dict[str, str], since: dt.date | None = None) -> Fetch:
        return Fetch(
            tmp_path / "incoming", since=since, environment=environment, retry=IMPATIENT, pause=0.0, today=TODAY
        )

    return make


@pytest.fixture
def make_options(tmp_path: Path, gazetteer: Gazetteer) -> Callable[..., Options]:
    """Give options for a refresh into a folder of the test's own, with nothing embedded to compare with."""

    def make(environment: dict[str, str] | None = None, **more: object) -> Options:
        fixed: dict[str, object] = {
            "base": tmp_path / "data",
            "environment": environment or {},
            "retry": IMPATIENT,
            "pause": 0.0,
            "today": TODAY,
            "gazetteer": gazetteer,
            "embedded": nothing_embedded,
        }
        return Options(**(fixed | more))  # pyright: ignore[reportArgumentType]

    return make


def nothing_embedded(indicator_id: str) -> pd.DataFrame:
    return pd.DataFrame({"divipola": []})


def everything_in(code: str) -> Locate:
    """Pretend that every point lies in one municipality (synthetic)."""
    return lambda lon, lat: np.full(len(lon), code, dtype=object).tolist()
