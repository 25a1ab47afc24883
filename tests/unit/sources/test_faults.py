"""Every connector against a real server that fails as publishers do. The publishers' data here are synthetic."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from data import snapshots
from data.refresh import Options, refresh_dataset
from data.sources.catalogue import DATASETS
from tests.unit.loopback import Server, cut, html, status
from tests.unit.sources.server import SETUPS, zipped_answer

MakeOptions = Callable[..., Options]
CONNECTORS = pytest.mark.parametrize("dataset_id", list(SETUPS))


def test_each_connector_that_downloads_is_tried_here() -> None:
    assert set(DATASETS) - set(SETUPS) == {"cnmh-massacres"}, "cnmh-massacres shares cnmh-kidnapping's code"


@CONNECTORS
def test_happy_path(dataset_id: str, make_options: MakeOptions) -> None:
    dataset = DATASETS[dataset_id]
    with Server() as server:
        environment, _ = SETUPS[dataset_id](server)
        options = make_options(environment)
        outcome = refresh_dataset(dataset, options)
    assert (outcome.outcome, outcome.detail) == ("published", "")
    held = snapshots.current(dataset_id, options.base)
    assert held is not None
    assert set(held.values()["indicator_id"]) <= set(dataset.indicators)
    assert held.manifest["rows"] == outcome.rows > 0
    for entry in held.manifest["files"]:
        assert entry["url"].startswith(server.url)
        assert len(entry["sha256"]) == 64
        assert entry["retrieved_at"].endswith("Z")
    assert held.manifest["licence"] == dataset.licence
    raw = held.directory / "raw"
    assert raw.exists() == dataset.keep_raw
    assert not options.incoming(dataset_id).exists()


@CONNECTORS
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(status(429, "slow down", Retry_After="0"), id="429 then fine"),
        pytest.param(status(500, "oops"), id="500 then fine"),
        pytest.param(status(503, "oops"), id="503 then fine"),
    ],
)
def test_a_passing_fault_is_survived(dataset_id: str, fault: Callable, make_options: MakeOptions) -> None:
    with Server() as server:
        environment, path = SETUPS[dataset_id](server)
        server.fail(path, fault)
        outcome = refresh_dataset(DATASETS[dataset_id], make_options(environment))
        assert outcome.outcome == "published", outcome
        assert server.count(path) >= 2


@CONNECTORS
def test_a_body_cut_short_is_asked_for_again(dataset_id: str, make_options: MakeOptions) -> None:
    with Server() as server:
        environment, path = SETUPS[dataset_id](server)
        server.fail(path, cut(server._routes[path]))
        outcome = refresh_dataset(DATASETS[dataset_id], make_options(environment))
    assert outcome.outcome == "published", outcome


@CONNECTORS
def test_gzip_is_unpacked(dataset_id: str, make_options: MakeOptions) -> None:
    with Server() as server:
        environment, path = SETUPS[dataset_id](server)
        server.route(path, zipped_answer(server._routes[path]))
        outcome = refresh_dataset(DATASETS[dataset_id], make_options(environment))
    assert outcome.outcome == "published", outcome


@CONNECTORS
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        pytest.param(status(403, "forbidden"), "refused", id="403"),
        pytest.param(status(429, "no", Retry_After="9999"), "too_many_requests", id="429 for hours"),
        pytest.param(status(500, "down"), "server_error", id="500 for good"),
        pytest.param(html(), "not_a_file|not_json", id="HTML with 200"),
    ],
)
def test_a_lasting_fault_leaves_the_version_in_use(
    dataset_id: str, fault: Callable, code: str, make_options: MakeOptions
) -> None:
    with Server() as server:
        environment, path = SETUPS[dataset_id](server)
        options = make_options(environment)
        assert refresh_dataset(DATASETS[dataset_id], options).outcome == "published"
        before = snapshots.current(dataset_id, options.base)
        server.fail(path, fault, times=20)
        outcome = refresh_dataset(DATASETS[dataset_id], options)
    assert outcome.outcome == "failed"
    assert outcome.fault in code.split("|"), outcome
    assert outcome.advice
    after = snapshots.current(dataset_id, options.base)
    assert before is not None
    assert after is not None
    assert before.version == after.version
    assert after.values().equals(before.values())
    last = snapshots.attempt(dataset_id, options.base)
    assert last is not None
    assert last["fault"] == outcome.fault


@CONNECTORS
def test_a_refusal_is_not_asked_again(dataset_id: str, make_options: MakeOptions) -> None:
    with Server() as server:
        environment, path = SETUPS[dataset_id](server)
        server.fail(path, status(403, "forbidden"), times=20)
        outcome = refresh_dataset(DATASETS[dataset_id], make_options(environment))
        assert (outcome.fault, outcome.advice, outcome.status) == ("refused", "bring_file", 403)
        assert server.count(path) == 1


@CONNECTORS
def test_the_same_files_again_are_unchanged(dataset_id: str, make_options: MakeOptions) -> None:
    if dataset_id == "defensoria-alerts":
        pytest.skip("its workbook is made anew, with a new time inside, on each request")
    with Server() as server:
        environment, _ = SETUPS[dataset_id](server)
        options = make_options(environment)
        first = refresh_dataset(DATASETS[dataset_id], options)
        again = refresh_dataset(DATASETS[dataset_id], options)
    assert (first.outcome, again.outcome) == ("published", "unchanged")
    assert len(snapshots.versions(dataset_id, options.base)) == 1
