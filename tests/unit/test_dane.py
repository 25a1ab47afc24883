"""The boundaries' download from DANE and HDX against a real server on loopback. All municipalities are synthetic."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.sources import dane, hdx_boundaries, official_boundaries
from data.sources.http import PublisherError, RetryPolicy
from data.sources.official_boundaries import SnapshotDamagedError
from tests.unit.loopback import (
    ArcGIS,
    Reply,
    Server,
    arcgis_error,
    ckan_package,
    cut,
    hang_up,
    html,
    reply_json,
    squares,
    status,
    zipped,
)

AT_ONCE = RetryPolicy(attempts=2, wait_initial=0, wait_max=0, wait_jitter=0)
LAYER = f"/{dane.LAYERS[0][1]}/query"
OTHER_LAYERS = tuple(f"/{layer}/query" for _, layer in dane.LAYERS[1:])
CODES = [f"52{number:03d}" for number in range(1, 121)]
PACKAGE = "/api/3/action/package_show"
ARCHIVE = "COL Administrative Divisions Shapefiles.zip"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    logging.getLogger("pyogrio").setLevel(logging.WARNING)
    with Server() as running:
        monkeypatch.delenv("PAZ_OFFLINE", raising=False)
        monkeypatch.setenv("PAZ_URL_DANE", running.url)
        monkeypatch.setenv("PAZ_URL_HDX", running.url)
        yield running


def take(directory: Path, **options: Any) -> official_boundaries.Snapshot:
    return dane.download(directory, retry=AT_ONCE, pause=0, least=100, **options)


def codes_of(snapshot: official_boundaries.Snapshot) -> list[str]:
    features = json.loads(snapshot.path.read_text(encoding="utf-8"))["features"]
    return [feature["properties"].get("mpio_cdpmp") or feature["properties"]["divipola"] for feature in features]


def failure(directory: Path) -> PublisherError:
    with pytest.raises(PublisherError) as caught:
        take(directory)
    assert not (directory / official_boundaries.MANIFEST).exists()
    return caught.value


@pytest.mark.parametrize("upper", [True, False])
def test_whole_layer_in_batches(server: Server, tmp_path: Path, upper: bool) -> None:
    server.route(LAYER, ArcGIS(squares(CODES), upper=upper))
    steps: list[tuple[int, int | None]] = []
    snapshot = take(tmp_path, progress=lambda done, total: steps.append((done, total)))
    assert codes_of(snapshot) == CODES
    assert (snapshot.rows, snapshot.vintage, snapshot.publisher) == (120, "MGN 2025", "DANE")
    assert steps == [(50, 120), (100, 120), (120, 120)]
    asked = server.asked[1].query
    assert asked["outSR"] == "4326"
    assert asked["f"] == "geojson"
    assert official_boundaries.current(tmp_path) == snapshot


def test_heavy_batches_are_halved(server: Server, tmp_path: Path) -> None:
    server.route(LAYER, ArcGIS(squares(CODES), heaviest=20))
    assert codes_of(take(tmp_path)) == CODES


@pytest.mark.parametrize("mark", ["top", "properties", ""])
def test_cut_answers_are_noticed_and_halved(server: Server, tmp_path: Path, mark: str) -> None:
    server.route(LAYER, ArcGIS(squares(CODES), limit=30, mark=mark))
    assert codes_of(take(tmp_path)) == CODES


def test_marked_answer_is_not_taken_even_with_all_features(server: Server, tmp_path: Path) -> None:
    layer = ArcGIS(squares(CODES))

    def marked(request: Any) -> Reply:
        whole = json.loads(layer(request).body)
        return reply_json({**whole, "properties": {"exceededTransferLimit": True}})

    server.route(LAYER, marked)
    assert failure(tmp_path).fault == "truncated"


@pytest.mark.parametrize(
    "fault", [status(500), status(503), hang_up, html(), lambda _: reply_json(arcgis_error()), status(429)]
)
def test_passing_fault_of_a_batch(server: Server, tmp_path: Path, fault: Any) -> None:
    layer = ArcGIS(squares(CODES))
    server.route(LAYER, layer)
    identifiers = layer(_ids_request())
    server.fail(LAYER, lambda _: identifiers)
    server.fail(LAYER, fault)
    assert codes_of(take(tmp_path)) == CODES


def _ids_request() -> Any:
    from tests.unit.loopback import Request

    return Request("GET", LAYER, {"returnIdsOnly": "true"}, {}, b"")


def test_body_cut_in_the_middle_is_asked_again(server: Server, tmp_path: Path) -> None:
    layer = ArcGIS(squares(CODES))
    server.route(LAYER, layer)
    server.fail(LAYER, cut(layer, 0.3))
    assert codes_of(take(tmp_path)) == CODES


def test_feature_never_delivered_is_a_wrong_count(server: Server, tmp_path: Path) -> None:
    server.route(LAYER, ArcGIS(squares(CODES), lost=frozenset({77})))
    for other in OTHER_LAYERS:
        server.route(other, status(404))
    error = failure(tmp_path)
    assert (error.fault, error.advice) == ("wrong_count", "try_later")
    assert "0 of 1" in error.detail


def test_error_with_http_200_tries_the_next_edition(server: Server, tmp_path: Path) -> None:
    server.route(LAYER, lambda _: reply_json(arcgis_error(400, "Invalid URL")))
    server.route(OTHER_LAYERS[0], lambda _: reply_json(arcgis_error(499, "Token Required")))
    server.route(OTHER_LAYERS[1], ArcGIS(squares(CODES), upper=False))
    snapshot = take(tmp_path)
    assert snapshot.vintage == "MGN 2024"
    assert codes_of(snapshot) == CODES


def test_error_with_http_200_everywhere(server: Server, tmp_path: Path) -> None:
    for path in (LAYER, *OTHER_LAYERS):
        server.route(path, lambda _: reply_json(arcgis_error(500, "Could not <b>access</b> any server machines")))
    error = failure(tmp_path)
    assert (error.fault, error.status) == ("service_error", 200)
    assert "Could not" in error.detail


def test_refused_is_asked_once(server: Server, tmp_path: Path) -> None:
    server.route(LAYER, status(403, "Request Rejected"))
    error = failure(tmp_path)
    assert (error.fault, error.status, error.advice) == ("refused", 403, "bring_file")
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"count": 3}, "unexpected_format"),
        ({"objectIds": None}, "unexpected_format"),
        ({"objectIds": ["a"]}, "unexpected_format"),
        ({"objectIds": [1, 2, 3]}, "wrong_count"),
        ([1, 2], "unexpected_format"),
    ],
)
def test_identifiers_that_are_none(server: Server, tmp_path: Path, answer: object, fault: str) -> None:
    for path in (LAYER, *OTHER_LAYERS):
        server.route(path, lambda _: reply_json(answer))
    assert failure(tmp_path).fault == fault


def test_features_without_codes_or_geometry(server: Server, tmp_path: Path) -> None:
    nameless = squares(CODES)
    del nameless[3]["properties"]["MPIO_CDPMP"]
    server.route(LAYER, ArcGIS(nameless))
    error = failure(tmp_path)
    assert error.fault == "unexpected_format"
    assert "mpio_cdpmp" in error.detail
    flat = squares(CODES)
    flat[5]["geometry"] = None
    server.route(LAYER, ArcGIS(flat))
    assert failure(tmp_path).fault == "unexpected_format"


def test_failed_download_keeps_the_snapshot(server: Server, tmp_path: Path) -> None:
    server.route(LAYER, ArcGIS(squares(CODES)))
    before = take(tmp_path)
    server.route(LAYER, status(403))
    with pytest.raises(PublisherError):
        take(tmp_path)
    assert official_boundaries.current(tmp_path) == before
    assert not list(tmp_path.glob(".*"))


def test_new_snapshot_replaces_the_old_file(server: Server, tmp_path: Path) -> None:
    server.route(LAYER, ArcGIS(squares(CODES)))
    before = take(tmp_path)
    server.route(LAYER, ArcGIS(squares(CODES, south=1.5)))
    after = take(tmp_path)
    assert after.sha256 != before.sha256
    assert not before.path.exists()
    assert official_boundaries.current(tmp_path) == after


def test_damaged_snapshot_is_noticed(server: Server, tmp_path: Path) -> None:
    assert official_boundaries.current(tmp_path) is None
    server.route(LAYER, ArcGIS(squares(CODES)))
    snapshot = take(tmp_path)
    snapshot.path.write_bytes(snapshot.path.read_bytes()[:-40])
    with pytest.raises(SnapshotDamagedError, match="content"):
        official_boundaries.current(tmp_path)
    snapshot.path.unlink()
    with pytest.raises(SnapshotDamagedError):
        official_boundaries.current(tmp_path)
    (tmp_path / official_boundaries.MANIFEST).write_text("[1]")
    with pytest.raises(SnapshotDamagedError):
        official_boundaries.current(tmp_path)


def shapefile(folder: Path, codes: list[str], column: str = "ADM2_PCODE", crs: int | None = 4326) -> dict[str, bytes]:
    """Return the members of an archive like HDX's, with a synthetic municipal layer and others beside it."""
    import geopandas

    features = [{**f, "properties": {column: f"CO{f['properties']['MPIO_CDPMP']}"}} for f in squares(codes)]
    frame = geopandas.GeoDataFrame.from_features(features, crs=4326)
    if crs is not None:
        frame = frame.to_crs(crs)
    layer = folder / "layer"
    layer.mkdir(exist_ok=True)
    frame.to_file(layer / "col_admbnda_adm2_mgn_20200416.shp")
    parts = {f"COL_adm/{path.name}": path.read_bytes() for path in layer.iterdir()}
    return {"COL_adm/col_admbnda_adm1_mgn_20200416.shp": b"not a shapefile", "../../evil.shp": b"no", **parts}


def publish(server: Server, archive: bytes) -> None:
    names = ["MGN2024_URB_SECCION.zip", "Admin 3 level-vereda.zip", ARCHIVE, "MGN2024_RUR_SECCION.zip"]
    resources = [{"name": name, "format": "SHP", "download_url": f"{server.url}/{n}"} for n, name in enumerate(names)]
    server.route(PACKAGE, lambda _: reply_json(ckan_package(resources)))
    server.route("/2", lambda _: Reply(200, archive, "application/zip"))


def take_hdx(directory: Path) -> official_boundaries.Snapshot:
    return hdx_boundaries.download(directory, retry=AT_ONCE, pause=0, least=100)


@pytest.mark.parametrize("crs", [4326, 3116])
def test_hdx_chooses_by_name_and_reads_the_municipal_layer(server: Server, tmp_path: Path, crs: int) -> None:
    publish(server, zipped(shapefile(tmp_path, CODES, crs=crs)))
    home = tmp_path / "home"
    snapshot = take_hdx(home)
    assert sorted(codes_of(snapshot)) == CODES
    assert snapshot.licence == "CC BY-IGO"
    first = json.loads(snapshot.path.read_text(encoding="utf-8"))["features"][0]
    assert first["geometry"]["coordinates"][0][0] == pytest.approx([-78.0, 1.0], abs=0.11)
    assert sorted(path.name for path in home.iterdir()) == sorted([official_boundaries.MANIFEST, snapshot.path.name])
    assert not (tmp_path.parent / "evil.shp").exists()


def _damaged(archive: bytes, name: str) -> bytes:
    """Return the archive with the compressed bytes of its first member, which has this name, begun wrongly."""
    start = 30 + len(name)
    return archive[:start] + b"\xff" + archive[start + 1 :]


@pytest.mark.parametrize(
    ("archive", "fault"),
    [
        (b"PK no zip at all", "unexpected_format"),
        (_damaged(zipped({"col_admbnda_adm2.shp": b"x" * 500}), "col_admbnda_adm2.shp"), "unexpected_format"),
        (zipped({"col_admbnda_adm1.shp": b"x"}), "unexpected_format"),
        (zipped({"col_admbnda_adm2.shp": b"x", "col_admbnda_adm2.dbf": b"x"}), "unexpected_format"),
        (b"<!doctype html><html>log in</html>", "not_a_file"),
    ],
)
def test_hdx_archives_that_are_none(server: Server, tmp_path: Path, archive: bytes, fault: str) -> None:
    publish(server, archive)
    with pytest.raises(PublisherError) as caught:
        take_hdx(tmp_path / "home")
    assert caught.value.fault == fault
    assert not list((tmp_path / "home").iterdir())


def test_hdx_without_codes_or_with_too_few(server: Server, tmp_path: Path) -> None:
    publish(server, zipped(shapefile(tmp_path, CODES, column="ADM2_ES")))
    with pytest.raises(PublisherError, match="adm2_es"):
        take_hdx(tmp_path / "home")
    publish(server, zipped(shapefile(tmp_path, CODES[:9])))
    with pytest.raises(PublisherError, match="wrong_count"):
        take_hdx(tmp_path / "home")


def test_hdx_catalogue_faults(server: Server, tmp_path: Path) -> None:
    server.route(PACKAGE, lambda _: reply_json({"success": False, "error": {"message": "Not found"}}))
    with pytest.raises(PublisherError, match="service_error"):
        take_hdx(tmp_path)
    server.route(PACKAGE, lambda _: reply_json(ckan_package([{"name": "Admin 3 level-vereda.zip"}])))
    with pytest.raises(PublisherError, match="vereda"):
        take_hdx(tmp_path)


def test_hdx_stands_in_for_dane(server: Server, tmp_path: Path) -> None:
    server.route(LAYER, status(403))
    publish(server, zipped(shapefile(tmp_path, CODES)))
    reports: set[str] = set()
    snapshot = official_boundaries.download(
        tmp_path / "home", lambda name, done, total: reports.add(name), retry=AT_ONCE, pause=0, least=100
    )
    assert snapshot.publisher == hdx_boundaries.PUBLISHER
    assert reports == {"hdx"}


def test_both_fail_and_both_are_told(server: Server, tmp_path: Path) -> None:
    server.route(LAYER, status(403))
    with pytest.raises(ExceptionGroup) as caught:
        official_boundaries.download(tmp_path, retry=AT_ONCE, pause=0)
    assert [error.fault for error in caught.value.exceptions if isinstance(error, PublisherError)] == [
        "refused",
        "not_found",
    ]


def test_offline_asks_neither(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAZ_OFFLINE", "1")
    with pytest.raises(ExceptionGroup) as caught:
        official_boundaries.download(tmp_path, retry=AT_ONCE, pause=0)
    assert len(caught.value.exceptions) == 1
    assert server.asked == []
