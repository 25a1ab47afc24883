"""Boundary files, good and bad, and the one download. The municipalities' squares here are synthetic."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.sources import dane, official_boundaries
from geo import boundaries as under_test
from geo.boundaries import Boundaries, Problem, find, read
from tests.running import ROOT
from tests.unit.loopback import ArcGIS, Request, Server, status

NARINO = [f"52{number:03d}" for number in range(1, 65)]
REST = [f"05{number:03d}" for number in range(1, 17)]


def _square(code: str, number: int) -> tuple[float, float]:
    """South-western corner of a synthetic municipality: Nariño's block of 8 × 8, Antioquia's two rows far north."""
    west, south = (-78.0, 1.0) if code.startswith("52") else (-76.0, 6.0)
    return round(west + 0.1 * (number % 8), 4), round(south + 0.1 * (number // 8), 4)


CORNERS = {code: _square(code, n) for codes in (NARINO, REST) for n, code in enumerate(codes)}


@pytest.fixture(scope="module")
def municipalities() -> pd.DataFrame:
    rows = [
        {
            "divipola": code,
            "name": f"Synthetic {code}",
            "department_code": code[:2],
            "department": "Nariño" if code.startswith("52") else "Antioquia",
            "kind": "municipality",
            "lon": x + 0.05,
            "lat": y + 0.05,
            "subregion": "Centro" if code.startswith("52") else None,
        }
        for code, (x, y) in CORNERS.items()
    ]
    return pd.DataFrame(rows)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder of its own, no file named, no network allowed."""
    logging.getLogger("pyogrio").setLevel(logging.WARNING)
    monkeypatch.setenv("PAZ_DATA_DIR", str(tmp_path / "home"))
    monkeypatch.setenv("PAZ_OFFLINE", "1")
    monkeypatch.delenv("MUNICIPAL_BOUNDARIES", raising=False)
    return tmp_path / "home"


def frame_of(codes: list[str], column: str = "DIVIPOLA") -> Any:
    import geopandas
    import shapely

    shapes = [shapely.box(x, y, round(x + 0.1, 4), round(y + 0.1, 4)) for x, y in (CORNERS[code] for code in codes)]
    return geopandas.GeoDataFrame({column: codes}, geometry=shapes, crs=4326)


def told(found: Boundaries) -> dict[str, dict[str, Any]]:
    return {problem.code: dict(problem.params) for problem in found.problems}


def areas(found: Boundaries) -> np.ndarray:
    import shapely

    return shapely.area(found.coverage()[1])


@pytest.mark.parametrize("name", ["x.geojson", "x.json", "x.gpkg", "x.shp"])
@pytest.mark.parametrize("column", ["divipola", "MPIO_CDPMP", "mpio_ccnct", "Codigo", "cod_dane"])
def test_good_files(name: str, column: str, tmp_path: Path, municipalities: pd.DataFrame) -> None:
    path = tmp_path / name
    driver = {"driver": "GeoJSON"} if name.endswith("json") else {}
    frame_of(NARINO + REST, column).to_file(path, **driver)
    found = read(path, municipalities)
    assert found.problems == ()
    assert (found.source, found.file) == ("file", str(path))
    assert found.codes == tuple(sorted(NARINO + REST))
    assert found.draws("narino")
    assert found.draws("colombia")
    assert list(found.frame.columns) == ["divipola", "geometry"]
    assert found.frame.crs == "EPSG:4326"
    assert areas(found) == pytest.approx(np.full(80, 0.01))


@pytest.mark.parametrize("written", [lambda code: f"CO{code}", int, float, lambda code: f" {code} "])
def test_codes_as_publishers_write_them(written: Any, tmp_path: Path, municipalities: pd.DataFrame) -> None:
    frame = frame_of(NARINO + REST, "ADM2_PCODE")
    frame["ADM2_PCODE"] = [written(code) for code in frame["ADM2_PCODE"]]
    frame.to_file(tmp_path / "x.gpkg")
    assert read(tmp_path / "x.gpkg", municipalities).codes == tuple(sorted(NARINO + REST))


def test_layer_with_the_codes_is_found(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    path = tmp_path / "several.gpkg"
    frame_of(REST[:2], "name").to_file(path, layer="departments")
    frame_of(NARINO + REST).to_file(path, layer="municipalities")
    assert read(path, municipalities).draws("colombia")


def test_zipped_shapefile(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    import shutil

    (tmp_path / "layer").mkdir()
    frame_of(NARINO + REST).to_file(tmp_path / "layer" / "x.shp")
    archive = shutil.make_archive(str(tmp_path / "x"), "zip", tmp_path / "layer")
    assert read(Path(archive), municipalities).draws("colombia")


def test_missing_file(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    for name in ("none.geojson", "none.txt", "none"):
        found = read(tmp_path / name, municipalities)
        assert told(found) == {"file_missing": {"file": str(tmp_path / name)}}
        assert not found.draws("narino")
        assert found.kind_for("narino") == "tile"
        assert found.frame.empty


def test_folder_and_unknown_type(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    (tmp_path / "x.txt").write_text("a")
    (tmp_path / "x.geojson").mkdir()
    assert told(read(tmp_path / "x.txt", municipalities))["file_type_unknown"]["suffix"] == ".txt"
    assert "file_missing" in told(read(tmp_path / "x.geojson", municipalities))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.geojson", b"{not json"),
        ("x.geojson", b""),
        ("x.gpkg", b"SQLite format 3\x00 but no more"),
        ("x.shp", b"\x00\x00\x27\x0a"),
        ("x.zip", b"PK\x03\x04"),
        ("x.geojson", b"<html>403</html>"),
    ],
)
def test_unreadable_file(name: str, content: bytes, tmp_path: Path, municipalities: pd.DataFrame) -> None:
    (tmp_path / name).write_bytes(content)
    found = read(tmp_path / name, municipalities)
    assert told(found)["file_unreadable"]["file"].endswith(name)
    assert told(found)["file_unreadable"]["detail"]
    assert not found.draws("narino")


def test_file_cut_in_the_middle(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    path = tmp_path / "cut.geojson"
    frame_of(NARINO).to_file(path, driver="GeoJSON")
    path.write_bytes(path.read_bytes()[:4_000])
    found = read(path, municipalities)
    assert not found.draws("narino")
    assert set(told(found)) & {"file_unreadable", "municipalities_missing"}


def test_no_code_column(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    frame_of(NARINO, "nombre").to_file(tmp_path / "x.gpkg")
    found = read(tmp_path / "x.gpkg", municipalities)
    assert told(found) == {"no_divipola": {"file": str(tmp_path / "x.gpkg"), "columns": ("nombre",)}}


def test_column_without_codes(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    frame = frame_of(NARINO)
    frame.assign(DIVIPOLA="Pasto").to_file(tmp_path / "x.gpkg")
    assert told(read(tmp_path / "x.gpkg", municipalities))["divipola_not_codes"]["examples"][0] == "Pasto"
    frame.assign(DIVIPOLA="99001").to_file(tmp_path / "y.gpkg")
    assert told(read(tmp_path / "y.gpkg", municipalities))["no_known_codes"]["column"] == "DIVIPOLA"


def test_declared_crs_is_reprojected(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    frame_of(NARINO + REST).to_crs(9377).to_file(tmp_path / "x.gpkg")
    found = read(tmp_path / "x.gpkg", municipalities)
    assert told(found)["crs_reprojected"]["crs"] == "EPSG:9377"
    assert found.draws("colombia")
    assert found.frame.total_bounds.tolist() == pytest.approx([-78.0, 1.0, -75.2, 6.2], abs=1e-3)


def test_missing_crs(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    degrees = frame_of(NARINO + REST)
    with pytest.warns(UserWarning, match="crs"):
        degrees.set_crs(None, allow_override=True).to_file(tmp_path / "degrees.shp")
    found = read(tmp_path / "degrees.shp", municipalities)
    assert set(told(found)) == {"crs_assumed"}
    assert found.draws("narino")
    with pytest.warns(UserWarning, match="crs"):
        degrees.to_crs(3116).set_crs(None, allow_override=True).to_file(tmp_path / "metres.shp")
    found = read(tmp_path / "metres.shp", municipalities)
    assert told(found)["crs_missing"]["file"] == str(tmp_path / "metres.shp")
    assert len(told(found)["crs_missing"]["bounds"]) == 4
    assert not found.draws("narino")


def test_wrong_crs(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    import shapely

    metres = frame_of(NARINO + REST).to_crs(9377).set_crs(4326, allow_override=True)
    metres.to_file(tmp_path / "metres.gpkg")
    found = read(tmp_path / "metres.gpkg", municipalities)
    assert told(found)["crs_wrong"]["crs"] == "EPSG:4326"
    assert found.kind_for("colombia") == "tile"
    swapped = frame_of(NARINO + REST)
    swapped.geometry = shapely.transform(swapped.geometry.to_numpy(), lambda points: points[:, ::-1])
    swapped.to_file(tmp_path / "swapped.gpkg")
    assert "crs_wrong" in told(read(tmp_path / "swapped.gpkg", municipalities))


def test_polygons_in_the_wrong_place(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    shifted = frame_of(NARINO + REST)
    shifted.geometry = shifted.geometry.translate(3.0, 1.0)
    shifted.to_file(tmp_path / "shifted.gpkg")
    found = read(tmp_path / "shifted.gpkg", municipalities)
    assert told(found)["polygons_misplaced"]["count"] == 80
    assert not found.draws("narino")


def test_63_of_64(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    frame_of([code for code in NARINO + REST if code != "52017"]).to_file(tmp_path / "x.gpkg")
    found = read(tmp_path / "x.gpkg", municipalities)
    (problem,) = [p for p in found.told("narino") if p.code == "municipalities_missing"]
    assert problem.params == {
        "file": str(tmp_path / "x.gpkg"),
        "scope": "narino",
        "have": 63,
        "expected": 64,
        "codes": ("52017",),
    }
    assert problem.severity == "error"
    assert found.kind_for("narino") == "tile"
    assert len(found.codes) == 79


def test_only_narino_draws_narino(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    frame_of(NARINO).to_file(tmp_path / "x.gpkg")
    found = read(tmp_path / "x.gpkg", municipalities)
    assert found.draws("narino")
    assert found.told("narino") == ()
    assert not found.draws("colombia")
    assert found.kind_for("narino", "tile") == "tile"


def test_newest_municipality_may_be_absent(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    row = {"divipola": "27493", "department_code": "27", "lon": -76.7, "lat": 7.3, "subregion": None}
    more = pd.concat([municipalities, pd.DataFrame([row])], ignore_index=True)
    frame_of(NARINO + REST).to_file(tmp_path / "x.gpkg")
    found = read(tmp_path / "x.gpkg", more)
    assert told(found)["newer_than_boundaries"]["codes"] == ("27493",)
    assert found.draws("colombia")


def test_self_crossing_outline_is_repaired(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    import shapely

    frame = frame_of(NARINO + REST)
    x, y = CORNERS[NARINO[0]]
    bowtie = shapely.Polygon([(x, y), (x + 0.1, y + 0.1), (x + 0.1, y), (x, y + 0.1)])
    frame.loc[0, "geometry"] = bowtie
    frame.to_file(tmp_path / "x.gpkg")
    found = read(tmp_path / "x.gpkg", municipalities)
    assert told(found)["geometry_repaired"] == {
        "file": str(tmp_path / "x.gpkg"),
        "count": 1,
        "codes": (NARINO[0],),
    }
    assert found.frame.geometry.is_valid.all()
    assert found.draws("narino")


def test_parts_in_several_rows_and_foreign_rows(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    import geopandas
    import shapely

    frame = frame_of(NARINO + REST)
    island = geopandas.GeoDataFrame(
        {"DIVIPOLA": [NARINO[0], "99999", None]}, geometry=[shapely.box(-78.3, 1, -78.2, 1.05)] * 3, crs=4326
    )
    pd.concat([frame, island]).to_file(tmp_path / "x.gpkg")
    found = read(tmp_path / "x.gpkg", municipalities)
    assert told(found)["parts_joined"]["count"] == 1
    assert told(found)["unknown_codes"]["codes"] == ("", "99999")
    assert found.frame.geom_type[found.codes.index(NARINO[0])] == "MultiPolygon"
    assert found.draws("colombia")


def test_empty_and_pointlike_geometry_counts_as_missing(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    import shapely

    frame = frame_of(NARINO + REST)
    frame.loc[0, "geometry"] = None
    frame.loc[1, "geometry"] = shapely.LineString([(-78, 1), (-77.9, 1.1)])
    frame.to_file(tmp_path / "x.geojson", driver="GeoJSON")
    found = read(tmp_path / "x.geojson", municipalities)
    assert found.told("narino")[0].params["codes"] == tuple(NARINO[:2])
    frame_of(NARINO).assign(geometry=shapely.Point(-77.5, 1.2)).to_file(tmp_path / "y.geojson", driver="GeoJSON")
    assert "no_polygons" in told(read(tmp_path / "y.geojson", municipalities))


def test_slivers_between_neighbours_are_closed(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    import shapely

    frame = frame_of(NARINO + REST)
    x, y = CORNERS[NARINO[9]]
    frame.loc[9, "geometry"] = shapely.box(x, y, x + 0.0995, y + 0.1)
    frame.to_file(tmp_path / "x.gpkg")
    found = read(tmp_path / "x.gpkg", municipalities)
    assert told(found)["borders_cleaned"]["count"] >= 1
    assert shapely.coverage_is_valid(found.coverage()[1])
    assert areas(found).sum() == pytest.approx(0.8)


def test_geometry_that_breaks_the_library_is_told(
    tmp_path: Path, municipalities: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shapely

    def broken(*_: Any, **__: Any) -> None:
        raise shapely.errors.GEOSException("TopologyException: side location conflict")

    frame_of(NARINO).to_file(tmp_path / "x.gpkg")
    monkeypatch.setattr(shapely, "coverage_is_valid", broken)
    found = read(tmp_path / "x.gpkg", municipalities)
    assert "TopologyException" in told(found)["file_unreadable"]["detail"]
    assert not found.draws("narino")


def test_outcome_is_kept_by_content(tmp_path: Path, municipalities: pd.DataFrame, monkeypatch: Any) -> None:
    path, cache = tmp_path / "x.gpkg", tmp_path / "cache"
    frame_of(NARINO).to_file(path)
    first = read(path, municipalities, cache=cache)
    kept = [*(cache / "boundaries").iterdir()]
    monkeypatch.setattr(under_test, "_check", lambda *a: pytest.fail("read again"))
    again = read(path, municipalities, cache=cache)
    assert (again.digest, again.problems, again.codes) == (first.digest, first.problems, first.codes)
    monkeypatch.undo()
    kept[0].write_bytes(kept[0].read_bytes()[:-9])
    assert read(path, municipalities, cache=cache).codes == first.codes
    frame_of(NARINO + REST).to_file(path)
    assert read(path, municipalities, cache=cache).digest != first.digest


def test_cache_that_cannot_be_written(tmp_path: Path, municipalities: pd.DataFrame) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    frame_of(NARINO).to_file(tmp_path / "x.gpkg")
    assert read(tmp_path / "x.gpkg", municipalities, cache=tmp_path / "cache").draws("narino")


# The order: named file, snapshot, download, none


def test_named_file_is_never_replaced_silently(tmp_path: Path, municipalities: pd.DataFrame, home: Path) -> None:
    _snapshot(home / "boundaries", NARINO + REST)
    found = find(municipalities, environment={"MUNICIPAL_BOUNDARIES": str(tmp_path / "gone.geojson")})
    assert (found.source, told(found)) == ("file", {"file_missing": {"file": str(tmp_path / "gone.geojson")}})


def _snapshot(directory: Path, codes: list[str]) -> official_boundaries.Snapshot:
    features = json.loads(frame_of(codes, "mpio_cdpmp").to_json())["features"]
    return official_boundaries.commit(
        directory, features, publisher="DANE", vintage="MGN 2025", licence="CC BY 4.0", url="http://127.0.0.1/x"
    )


def test_snapshot_is_used(municipalities: pd.DataFrame, home: Path) -> None:
    snapshot = _snapshot(home / "boundaries", NARINO + REST)
    found = find(municipalities)
    assert (found.source, found.publisher, found.vintage) == ("snapshot", "DANE", "MGN 2025")
    assert found.file == snapshot.path.name
    assert found.draws("colombia")


def test_damaged_snapshot_is_told(municipalities: pd.DataFrame, home: Path) -> None:
    snapshot = _snapshot(home / "boundaries", NARINO + REST)
    snapshot.path.write_bytes(b"{}")
    found = find(municipalities)
    assert found.source == "none"
    assert [problem.code for problem in found.problems] == ["snapshot_damaged", "no_boundaries"]


def test_offline_without_any(municipalities: pd.DataFrame) -> None:
    found = under_test.current(municipalities)
    assert found.source == "none"
    assert set(told(found)) == {"no_boundaries", "downloads_forbidden"}
    assert found.kind_for("narino") == "tile"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as running:
        monkeypatch.delenv("PAZ_OFFLINE")
        monkeypatch.setenv("PAZ_URL_DANE", running.url)
        monkeypatch.setenv("PAZ_URL_HDX", running.url)
        yield running


LAYER = f"/{dane.LAYERS[0][1]}/query"


def _layer(monkeypatch: pytest.MonkeyPatch) -> ArcGIS:
    """Serve the synthetic country; it is smaller than the real one, so the least that is accepted is lowered."""
    whole = official_boundaries.download
    monkeypatch.setattr(official_boundaries, "download", lambda *a: whole(*a, pause=0, least=80))
    return ArcGIS(json.loads(frame_of(NARINO + REST, "MPIO_CDPMP").to_json())["features"])


def test_one_download_in_the_background(
    server: Server, municipalities: pd.DataFrame, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer, released = _layer(monkeypatch), threading.Event()

    def slow(request: Request) -> Any:
        released.wait(20)
        return layer(request)

    server.route(LAYER, slow)
    found = under_test.current(municipalities)
    assert found.source == "none"
    assert under_test.download_status().state == "running"
    for _ in range(5):
        assert under_test.current(municipalities).source == "none"
    released.set()
    assert under_test.wait_for_download(timeout=30).state == "done"
    assert sum(request.query.get("returnIdsOnly") == "true" for request in server.asked) == 1
    found = under_test.current(municipalities)
    assert (found.source, found.publisher) == ("snapshot", "DANE")
    assert found.draws("colombia")
    assert not (home / "boundaries" / "download.lock").exists()


def test_failed_download_is_told_and_not_repeated(server: Server, municipalities: pd.DataFrame) -> None:
    server.route(LAYER, status(403, "Request Rejected"))
    under_test.current(municipalities)
    assert under_test.wait_for_download(timeout=30).state == "failed"
    asked = len(server.asked)
    found = under_test.current(municipalities)
    faults = [(p.params["fault"], p.params["status"]) for p in found.problems if p.code == "download_failed"]
    assert faults == [("refused", 403), ("not_found", 404)]
    assert len(server.asked) == asked


def test_try_again_after_a_failure(
    server: Server, municipalities: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = _layer(monkeypatch)
    server.route(LAYER, status(403))
    under_test.ensure_download()
    assert under_test.wait_for_download(timeout=30).state == "failed"
    server.route(LAYER, layer)
    under_test.ensure_download(again=True)
    assert under_test.wait_for_download(timeout=30).state == "done"
    assert under_test.current(municipalities).draws("narino")


def test_cut_download_keeps_the_snapshot(
    server: Server, municipalities: pd.DataFrame, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _layer(monkeypatch)
    _snapshot(home / "boundaries", NARINO + REST)
    server.route(LAYER, status(403))
    under_test.ensure_download(again=True)
    assert under_test.wait_for_download(timeout=30).state == "failed"
    assert under_test.current(municipalities).draws("colombia")


def test_another_process_downloads(server: Server, municipalities: pd.DataFrame, home: Path) -> None:
    (home / "boundaries").mkdir(parents=True)
    lock = home / "boundaries" / "download.lock"
    lock.touch()
    assert under_test.ensure_download().state == "running"
    assert server.asked == []
    _snapshot(home / "boundaries", NARINO + REST)
    lock.unlink()
    assert under_test.ensure_download().state == "done"
    assert under_test.current(municipalities).draws("narino")


def test_snapshot_damaged_later_is_downloaded_again(
    server: Server, municipalities: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.route(LAYER, _layer(monkeypatch))
    under_test.ensure_download()
    assert under_test.wait_for_download(timeout=30).state == "done"
    snapshot = official_boundaries.current(under_test._directory())
    assert snapshot is not None
    snapshot.path.write_bytes(b"{}")
    assert "snapshot_damaged" in told(under_test.current(municipalities))
    assert under_test.wait_for_download(timeout=30).state == "done"
    assert under_test.current(municipalities).draws("colombia")


def test_stale_lock_is_taken_over(server: Server, home: Path) -> None:
    import os

    (home / "boundaries").mkdir(parents=True)
    lock = home / "boundaries" / "download.lock"
    lock.touch()
    os.utime(lock, (0, 0))
    under_test.ensure_download()
    assert under_test.wait_for_download(timeout=30).state == "failed"
    assert server.asked


def test_unwritable_folder_is_told(server: Server, home: Path) -> None:
    home.write_text("a file where a folder should be")
    problems = under_test.ensure_download().problems
    assert [problem.code for problem in problems] == ["download_not_kept"]


def test_every_code_is_documented_with_its_severity() -> None:
    text = under_test.__doc__ or ""
    table = [
        line.split() for line in text.splitlines() if line.strip().split()[1:2] in (["error"], ["warning"], ["notice"])
    ]
    documented = {words[0]: words[1] for words in table}
    assert len(documented) == 23
    assert {code: Problem(code).severity for code in documented} == documented


# The official polygons, where they are at hand

OFFICIAL = Path(__file__).parents[2].parent / "shared" / "boundaries" / "municipalities.geojson"


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official polygons are not beside this checkout")
def test_official_polygons(tmp_path: Path) -> None:
    import shapely

    from data.store import table

    found = read(OFFICIAL, table("municipalities"), cache=tmp_path)
    assert len(found.codes) == 1122
    assert found.draws("narino")
    assert found.draws("colombia")
    assert not [problem for problem in found.problems if problem.severity == "error"]
    assert shapely.coverage_is_valid(found.coverage()[1])


def test_boundaries_that_are_here_need_no_http_client(tmp_path: Path) -> None:
    code = (
        "import sys; from data.store import table; from geo import boundaries\n"
        "assert boundaries.find(table('municipalities')).source == 'none'\n"
        "assert 'httpx' not in sys.modules\n"
    )
    environment = {**os.environ, "PAZ_DATA_DIR": str(tmp_path), "PAZ_OFFLINE": "1", "MUNICIPAL_BOUNDARIES": ""}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environment, timeout=60)
