"""Downloads over the embedded tables: new values without a restart, the way back, and damage that stops nothing.

The publishers here are synthetic servers on 127.0.0.1 that speak the real protocols; the last test serves a real file.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.datastructures import Headers

from components.rows import by_id
from components.server.api import service
from data import bundle, overlaid, paths, schemas, snapshots, store
from data.names import Gazetteer
from data.refresh import Options, Outcome, refresh_dataset
from data.snapshots import Snapshot, rollback
from data.sources.catalogue import DATASETS
from tests.unit.loopback import Server
from tests.unit.sources.conftest import IMPATIENT, TODAY, nothing_embedded
from tests.unit.sources.server import (
    GED_COLUMNS,
    SETUPS,
    Socrata,
    csv_bytes,
    file_answer,
    ged_row,
    mindefensa_rows,
    zip_bytes,
)

SHARED = Path(__file__).parents[2].parent / "shared"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of the test's own; every question looks at it anew."""
    monkeypatch.setenv("PAZ_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(overlaid, "LOOK_SECONDS", 0.0)
    store.clear()
    yield tmp_path / "data"
    store.clear()


def refreshed(dataset_id: str, rows: list[dict[str, Any]] | None = None, **more: Any) -> Outcome:
    """Refresh one data set from a synthetic publisher into the test's data folder."""
    with Server() as server:
        environment, path = SETUPS[dataset_id](server)
        if rows is not None:
            server.route(path, Socrata(rows))
        options = Options(
            environment=environment,
            retry=IMPATIENT,
            pause=0.0,
            today=TODAY,
            gazetteer=Gazetteer(store.embedded("municipalities")),
            embedded=nothing_embedded,
            **more,
        )
        outcome = refresh_dataset(DATASETS[dataset_id], options)
    assert outcome.outcome in {"published", "unchanged"}, outcome
    return outcome


def homicides_of_2025() -> list[dict[str, Any]]:
    """Synthetic: one victim in Tumaco in every month of 2025."""
    row = mindefensa_rows()[0]
    return [
        row | {"fecha_hecho": f"2025-{month:02d}-28T00:00:00.000", "cod_muni": "52835", "cod_depto": "52"}
        for month in range(1, 13)
    ]


def in_use(dataset_id: str) -> Snapshot:
    """Return the version in use, which must be there."""
    held = snapshots.current(dataset_id)
    assert held is not None
    return held


def victims(year: int) -> float:
    rows = store.table("values_month")
    return rows[(rows["indicator_id"] == "homicides") & (rows["month"].dt.year == year)]["value"].sum()


def row_of(indicator_id: str) -> dict[str, Any]:
    return by_id(store.table("indicators"), "indicator_id")[indicator_id]


def ask(path: str, query: str = "") -> tuple[int, Any]:
    answer = service.respond(f"/api/v1/{path}", query.encode(), Headers({}), "http://localhost")
    return answer.status_code, json.loads(bytes(answer.body))


# -- new data, and the way back ----------------------------------------------------------------------------------------


def test_without_downloads_the_tables_are_the_embedded_ones() -> None:
    for name in store.tables():
        assert store.table(name) is store.embedded(name) is store.public(name)
    assert overlaid.frames(everything=True) is None
    assert set(overlaid.provenance()["origin"]) == {"embedded"}


def test_a_series_goes_on_and_the_way_back(folder: Path) -> None:
    before, version = victims(2024), store.data_version()
    refreshed("mindefensa-homicides", homicides_of_2025())
    assert victims(2025) == 12
    assert victims(2024) == before, "what the police published is not touched"
    row = row_of("homicides")
    assert (f"{row['first']:%Y-%m-%d}", f"{row['last']:%Y-%m-%d}") == ("2003-01-01", "2025-12-28")
    assert row["breaks"].split(";")[-1] == "2025-01-01"
    assert row["publisher"] == "Policía Nacional / MinDefensa"
    after = store.data_version()
    assert after != version
    rollback("mindefensa-homicides")
    assert victims(2025) == 0
    assert row_of("homicides")["publisher"] == "Policía Nacional"
    assert store.data_version() not in {after, version}, "what was made in the moment of the change is not taken up"


def test_every_data_set_at_once_keeps_to_the_schemas() -> None:
    for dataset_id in SETUPS:
        refreshed(dataset_id, force=True)
    assert overlaid.faults() == {}
    for name in store.OVERLAID:
        assert store.faults(name, store.table(name)) == []
    known = set(store.table("sources")["source_id"])
    assert set(store.table("indicators")["source_id"]) <= known
    assert set(overlaid.provenance()["source_id"]) <= known
    from geo import indicators

    for indicator_id in store.table("indicators")["indicator_id"]:
        indicators.grid(indicator_id)


def test_a_new_indicator_is_described_in_both_languages() -> None:
    refreshed("mindefensa-extortion")
    row = row_of("extortion")
    assert row["name_es"] == "Extorsión"
    assert row["breaks"] == row["gaps"] == ""
    assert row["source_id"] == "mindefensa-extortion.download"


def test_the_source_of_a_download_does_not_take_the_place_of_the_embedded_one() -> None:
    embedded = by_id(store.embedded("sources"), "source_id")["mindefensa-homicides"]["date_text"]
    refreshed("mindefensa-homicides", homicides_of_2025())
    assert store.table("sources")["source_id"].is_unique
    sources = by_id(store.table("sources"), "source_id")
    assert sources["mindefensa-homicides"]["date_text"] == embedded
    assert sources["mindefensa-homicides.download"]["date_text"] == "2025-12-28"


def test_what_nobody_covers_between_two_stretches_is_a_gap() -> None:
    refreshed("mindefensa-massacres", force=True)
    row = row_of("massacres_mindefensa")
    assert row["gaps"] == "2025-05-01/2025-12-31"
    assert "2025-04-01/2025-04-28" in row["incomplete"]
    from geo import indicators

    figures = indicators.series("massacres_mindefensa", "municipality", ["52835"], dt.date(2025, 4, 1))
    status = dict(zip(figures["from"].dt.strftime("%Y-%m"), figures["status"], strict=True))
    assert status["2025-06"] == "no_record"
    assert status["2026-02"] in {"zero", "reported"}


def ged(number: int, day: str, **more: Any) -> list[Any]:
    """One synthetic event of UCDP in Tumaco."""
    return ged_row(id=number, date_start=f"{day} 00:00:00.000", year=int(day[:4]), **more)


def test_a_whole_release_of_ucdp_closes_the_gap_and_keeps_the_definition() -> None:
    yearly = [ged(n, f"{1989 + n % 37}-0{1 + n % 9}-02") for n in range(200)]
    yearly += [ged(900, "2020-05-02", where_prec="6", adm_1="Nariño department", adm_2="")]
    months = [
        ged(n, f"2026-0{1 + n % 9}-05", code_status="Unclear" if n % 3 == 0 else "Clear") for n in range(1000, 1060)
    ]
    with Server() as server:
        server.route(
            "/ged/ged261-csv.zip", file_answer(zip_bytes("GEDEvent_v26_1.csv", csv_bytes(GED_COLUMNS, yearly)))
        )
        server.route("/candidateged/GEDEvent_v26_01_26_09.csv", file_answer(csv_bytes(GED_COLUMNS, months), "text/csv"))
        options = Options(
            environment={"PAZ_URL_UCDP": server.url}, retry=IMPATIENT, pause=0.0, today=TODAY, embedded=nothing_embedded
        )
        assert refresh_dataset(DATASETS["ucdp-events"], options).outcome == "published"
    row = row_of("ucdp_state_based")
    assert (row["gaps"], row["breaks"], row["break_note_en"]) == ("", "", "")
    assert row["incomplete"].startswith("2026-01-01/2026-09"), "provisional events are not counted"
    rows = store.table("values_month")
    mine = rows[(rows["indicator_id"] == "ucdp_state_based") & (rows["month"].dt.year == 2026)]
    assert mine["value"].sum() == sum(event[GED_COLUMNS.index("code_status")] == "Clear" for event in months)
    unplaced = store.table("values_unplaced")
    unplaced = unplaced[unplaced["indicator_id"] == "ucdp_state_based"]
    assert unplaced["month"].dt.strftime("%Y-%m").tolist() == ["2020-05"]
    assert unplaced["value"].tolist() == [1.0]
    assert len(store.table("values_unplaced")) > 1, "other publishers' counts stay"


def test_what_has_no_municipality_is_counted_as_the_embedded_table_does() -> None:
    held = store.embedded("values_unplaced")
    again = pd.concat(
        [
            overlaid._unplaced_events(store.embedded("ucdp_events")),
            overlaid._unplaced_massacres(store.embedded("massacres_indepaz")),
        ]
    )
    keys = ["indicator_id", "department_code", "month"]
    both = held[held["indicator_id"] != "leaders_killed"].merge(again, on=keys, how="outer", suffixes=("_a", "_b"))
    assert (both["value_a"] == both["value_b"]).all()


def test_the_folder_is_looked_at_no_more_than_twice_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlaid, "LOOK_SECONDS", 3600.0)
    store.data_version()
    looks: list[int] = []
    monkeypatch.setattr(snapshots, "any_current", lambda *_: looks.append(1))
    for _ in range(50):
        store.table("indicators")
        store.data_version()
    assert looks == []


def test_readers_never_see_half_a_change() -> None:
    """While versions come and go, each reader sees the embedded series or the whole downloaded one."""
    refreshed("mindefensa-homicides", homicides_of_2025())
    pointer = snapshots.root() / "mindefensa-homicides" / snapshots.CURRENT
    version = pointer.read_text(encoding="utf-8")
    seen: set[float] = set()
    failed: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                seen.add(victims(2025))
        except BaseException as error:
            failed.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(6):
        rollback("mindefensa-homicides")
        store.data_version()
        victims(2025)
        pointer.write_text(version, encoding="utf-8")
        victims(2025)
    done.set()
    for reader in readers:
        reader.join()
    assert failed == []
    assert seen <= {0.0, 12.0}


# -- damage ------------------------------------------------------------------------------------------------------------


def cut_values(snapshot: Snapshot) -> None:
    path = snapshot.directory / "values.parquet"
    path.write_bytes(path.read_bytes()[:-20])


def lose_values(snapshot: Snapshot) -> None:
    (snapshot.directory / "values.parquet").unlink()


def break_manifest(snapshot: Snapshot) -> None:
    (snapshot.directory / "manifest.json").write_text('{"format": 1, "indic', encoding="utf-8")


def manifest_is_a_list(snapshot: Snapshot) -> None:
    (snapshot.directory / "manifest.json").write_text("[]", encoding="utf-8")


def manifest_of_the_future(snapshot: Snapshot) -> None:
    edit(snapshot, format=99)


def format_is_no_number(snapshot: Snapshot) -> None:
    edit(snapshot, format="one")


def unknown_indicator(snapshot: Snapshot) -> None:
    coverage = snapshot.manifest["indicators"]["homicides"]
    edit(snapshot, indicators={"homicides": coverage, "no_such_indicator": coverage})


def dates_are_nonsense(snapshot: Snapshot) -> None:
    coverage = snapshot.manifest["indicators"]["homicides"]
    edit(snapshot, indicators={"homicides": coverage | {"segments": [["soon", "later"]]}})


def content_is_no_list(snapshot: Snapshot) -> None:
    edit(snapshot, content=None)


def name_nothing(snapshot: Snapshot) -> None:
    (snapshot.directory.parent / "current").write_bytes(b"\xff\xfe\x00nonsense")


def current_is_a_folder(snapshot: Snapshot) -> None:
    pointer = snapshot.directory.parent / "current"
    pointer.unlink()
    pointer.mkdir()


def edit(snapshot: Snapshot, **changes: Any) -> None:
    path = snapshot.directory / "manifest.json"
    path.write_text(json.dumps({**snapshot.manifest, **changes}), encoding="utf-8")


@pytest.mark.parametrize(
    "damage",
    [
        cut_values,
        lose_values,
        break_manifest,
        manifest_is_a_list,
        manifest_of_the_future,
        format_is_no_number,
        unknown_indicator,
        dates_are_nonsense,
        content_is_no_list,
        name_nothing,
        current_is_a_folder,
    ],
)
def test_a_damaged_version_leaves_the_embedded_data_and_is_told(damage: Callable[[Snapshot], None]) -> None:
    refreshed("mindefensa-extortion")
    refreshed("mindefensa-homicides", homicides_of_2025())
    damage(in_use("mindefensa-homicides"))
    store.clear()
    assert victims(2025) == 0
    assert victims(2024) > 12_000
    assert "extortion" in set(store.table("indicators")["indicator_id"]), "the sound ones stay in use"
    if damage is not current_is_a_folder:
        assert list(overlaid.faults()) == ["mindefensa-homicides"]
    from components.server import startup

    assert startup.faults() == []


def test_a_data_folder_that_is_a_file_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder is wanted", encoding="utf-8")
    monkeypatch.setenv("PAZ_DATA_DIR", str(blocked))
    assert len(store.table("indicators")) == len(store.embedded("indicators"))


def test_a_damaged_embedded_table_is_still_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refreshed("mindefensa-homicides", homicides_of_2025())
    tables = tmp_path / "tables"
    shutil.copytree(paths.tables_dir(), tables)
    path = tables / "values_month.parquet"
    path.write_bytes(path.read_bytes()[:5000])
    monkeypatch.setenv("PAZ_TABLES_DIR", str(tables))
    with pytest.raises(store.TableError, match=r"values_month\.parquet"):
        store.table("indicators")


# -- what may be passed on ---------------------------------------------------------------------------------------------


def test_what_may_not_be_passed_on_is_always_a_series_of_its_own() -> None:
    for dataset in DATASETS.values():
        assert dataset.redistributable or dataset.join == "separate", dataset.dataset_id


def test_figures_for_the_user_s_own_screen_stay_there() -> None:
    refreshed("acled-own")
    refreshed("mindefensa-extortion")
    own = [name for name in store.table("indicators")["indicator_id"] if name.startswith("acled_own")]
    assert own
    assert not set(own) & set(store.public("indicators")["indicator_id"])
    assert "extortion" in set(store.public("indicators")["indicator_id"])
    assert not store.public("values_month")["indicator_id"].str.startswith("acled").any()
    assert "acled-own.download" not in set(store.public("sources")["source_id"])
    assert not overlaid.may_pass_on(own[0])
    assert overlaid.may_pass_on("homicides")
    assert overlaid.may_pass_on("presence")


def test_the_interface_does_not_give_them() -> None:
    refreshed("acled-own")
    own = next(name for name in store.table("indicators")["indicator_id"] if name.startswith("acled_own"))
    assert ask(f"indicators/{own}")[0] == 404
    assert own not in json.dumps(ask("indicators")[1])
    assert own not in json.dumps(ask("tables/values_month", "limit=10000&offset=80000")[1])


def test_no_export_gives_them() -> None:
    from components.exports import ExportError, available, write
    from components.exports.spec import DataTable, ExportSpec
    from components.view import ViewState

    refreshed("acled-own")
    own = next(name for name in store.table("indicators")["indicator_id"] if name.startswith("acled_own"))
    view = ViewState(page="narino", fill=own)
    tables = [DataTable("figures", "Figures", pd.DataFrame({"divipola": ["52835"], "value": [1]}), {})]
    spec = ExportSpec("t", "d", "c", [], "", "en", view, tables=tables)
    assert available(spec) == ()
    with pytest.raises(ExportError, match="own screen"):
        write("data.csv", spec)
    allowed = replace(spec, view=view.with_(fill="homicides"))
    assert "data.csv" in available(allowed)
    assert write("data.csv", allowed).content


def test_the_bundle_holds_all_tables_but_them() -> None:
    refreshed("acled-own")
    refreshed("mindefensa-homicides", homicides_of_2025())
    archive = zipfile.ZipFile(io.BytesIO(bundle.bundle()))
    names = {Path(name).name for name in archive.namelist()}
    assert {spec.filename for spec in schemas.TABLES.values()} | {"datapackage.json", "provenance.csv"} <= names
    for name in archive.namelist():
        assert b"acled_own" not in archive.read(name)
    described = json.loads(archive.read("paz-territorial/datapackage.json"))
    assert described["version"] == store.data_version()
    read_first = archive.read("paz-territorial/README.txt").decode("utf-8-sig")
    for word in ("Cómo citar", "How to cite", "DATA-LICENSES.md", store.data_version(), "values_month.csv"):
        assert word in read_first
    for spec in schemas.TABLES.values():
        if spec.format == "parquet":
            head, *lines = archive.read(f"paz-territorial/csv/{spec.name}.csv").splitlines()
            assert head.decode().split(",") == [column.name for column in spec.columns]
            assert len(lines) == len(store.public(spec.name))
    for resource in described["resources"]:
        content = archive.read(f"paz-territorial/{resource['path']}")
        assert len(content) == resource["bytes"]
    held = store.parse("values_month", archive.read("paz-territorial/values_month.parquet"))
    assert len(held) == len(store.public("values_month"))
    assert store.faults("indicators", store.parse("indicators", archive.read("paz-territorial/indicators.csv"))) == []


def test_the_interface_says_who_published_each_period() -> None:
    refreshed("mindefensa-homicides", homicides_of_2025())
    status, body = ask("indicators/homicides/series", "from=2024-12&to=2025-01&municipality=52835")
    assert status == 200
    assert [row["publisher"] for row in body["rows"]] == ["Policía Nacional", "MinDefensa"]
    assert body["rows"][1]["value"] == 1
    cited = {source["source_id"] for source in body["sources"]}
    assert {"policia-homicides", "mindefensa-homicides.download"} <= cited
    total = ask("indicators/homicides", "from=2024-07&to=2025-06&municipality=52835")[1]["rows"][0]
    assert total["publisher"] == "Policía Nacional / MinDefensa"


# -- a publisher's real file, into an edition that ends before it -----------------------------------------------------


@pytest.fixture
def edition_of_2023(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The embedded tables as they would be had they been made a year earlier: homicides end in December 2023."""
    tables = tmp_path / "edition"
    shutil.copytree(paths.tables_dir(), tables)
    values = pd.read_parquet(tables / "values_month.parquet")
    late = (values["indicator_id"] == "homicides") & (values["month"] >= pd.Timestamp("2024-01-01"))
    values[~late].to_parquet(tables / "values_month.parquet", index=False)
    listed = (tables / "indicators.csv").read_text(encoding="utf-8").split("\n")
    row = next(number for number, line in enumerate(listed) if line.startswith("homicides,"))
    assert listed[row].count("2024-12-31") == 1
    listed[row] = listed[row].replace("2024-12-31", "2023-12-31")
    (tables / "indicators.csv").write_text("\n".join(listed), encoding="utf-8")
    monkeypatch.setenv("PAZ_TABLES_DIR", str(tables))
    return tables


def serve_police_of_2024(server: Server) -> dict[str, str]:
    """Serve the police's real workbook of 2024 as its site does, or skip the test."""
    path = SHARED / "mirror" / "policia" / "homicidios_2024.xls"
    if not path.exists():
        pytest.skip("the police's workbook of 2024 is not on this machine (it may not be redistributed)")
    page = b'<html><p><a href="/files/homicidios_2024.xls">Homicidios 2024</a></p></html>'
    server.route("/estadistica-delictiva/homicidios", file_answer(page, "text/html"))
    server.route("/files/homicidios_2024.xls", file_answer(path.read_bytes()))
    return {"PAZ_URL_POLICIA": server.url}


def test_a_real_workbook_reaches_store_and_interface_and_goes_back(edition_of_2023: Path) -> None:
    official = pd.read_parquet(Path(paths.__file__).parent / "tables" / "values_month.parquet")
    wanted = official[(official["indicator_id"] == "homicides") & (official["month"].dt.year == 2024)]
    question = ("indicators/homicides", "from=2024-01&to=2024-12&level=nation")
    assert victims(2024) == 0
    assert ask(*question)[1]["rows"][0]["status"] == "no_record"
    with Server() as server:
        options = Options(environment=serve_police_of_2024(server), retry=IMPATIENT, pause=0.0, today=TODAY)
        outcome = refresh_dataset(DATASETS["policia-homicides"], options)
    assert (outcome.outcome, outcome.detail) == ("published", "")
    assert victims(2024) == wanted["value"].sum() > 13_000
    figure = ask(*question)[1]["rows"][0]
    assert (figure["status"], figure["value"], figure["publisher"]) == ("reported", victims(2024), "Policía Nacional")
    assert row_of("homicides")["breaks"].split(";")[-1] == "2024-01-01"
    rollback("policia-homicides")
    assert victims(2024) == 0
    assert ask(*question)[1]["rows"][0]["status"] == "no_record"
