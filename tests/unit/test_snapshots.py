"""Snapshots: written in one step, read by many, laid over the embedded series. All data here are synthetic unless
said."""

from __future__ import annotations

import datetime as dt
import errno
import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data import snapshots, store
from data.sources.fetch import local_file
from data.sources.model import Dataset, Parsed, merge_rejected, monthly, stacked, yearly

ROOT = Path(__file__).parents[2]


def unused(*_: Any) -> Any:
    raise AssertionError("not called here")


def dataset(dataset_id: str = "synthetic", **given: Any) -> Dataset:
    fixed: dict[str, Any] = {
        "dataset_id": dataset_id, "publisher": "Synthetic", "title_es": "Sintético", "title_en": "Synthetic",
        "page": "https://example.org", "licence": "none", "attribution": "nobody", "join": "replace",
        "indicators": ("homicides",), "download": unused, "parse": unused,
    }  # fmt: skip
    return Dataset(**(fixed | given))


def months(indicator: str, values: Mapping[str, float], code: str = "52835") -> pd.DataFrame:
    days = pd.Series(pd.to_datetime([f"{month}-01" for month in values]))
    return monthly(indicator, pd.Series([code] * len(values)), days, pd.Series(list(values.values())))


def parsed(values: pd.DataFrame, cut: dt.date | None = None, **more: Any) -> Parsed:
    return Parsed(values, merge_rejected([]), cut, max(len(values), 1), **more)


@pytest.fixture
def raw(tmp_path: Path) -> Any:
    path = tmp_path / "raw.csv"
    path.write_bytes(b"a,b\n1,2\n")
    return local_file(path)


def publish(
    base: Path, raw: Any, values: Mapping[str, float], cut: dt.date | None = None, **given: Any
) -> snapshots.Snapshot:
    return snapshots.publish(dataset(**given), parsed(months("homicides", values), cut), [raw], base=base)


def test_what_is_written_is_what_is_read(tmp_path: Path, raw: Any) -> None:
    alerts = pd.DataFrame({"code": ["001"], "date": pd.to_datetime(["2026-01-02"]).as_unit("s")})
    full = replace(
        parsed(months("homicides", {"2026-01": 3}), dt.date(2026, 1, 20)), tables={"alerts": alerts}, notes=("a=b",)
    )
    held = snapshots.publish(dataset(), full, [raw], base=tmp_path, since=dt.date(2026, 1, 1))
    assert held.values().equals(full.values)
    assert held.table("alerts")["code"].tolist() == ["001"]
    assert held.cut_date == dt.date(2026, 1, 20)
    assert held.indicators["homicides"] == {
        "frequency": "month", "first": "2026-01-01", "last": "2026-01-20", "rows": 1,
        "segments": [["2026-01-01", "2026-01-20"]],
    }  # fmt: skip
    manifest = json.loads((held.directory / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"][0]["sha256"] == raw.sha256
    assert manifest["licence"] == "none"
    assert manifest["notes"] == ["a=b"]
    assert gzip.decompress((held.directory / "raw" / "raw.csv.gz").read_bytes()) == raw.read()


def test_files_about_persons_are_not_kept_but_their_hash_is(tmp_path: Path, raw: Any) -> None:
    held = snapshots.publish(dataset(keep_raw=False), parsed(months("homicides", {"2026-01": 3})), [raw], base=tmp_path)
    assert not (held.directory / "raw").exists()
    assert held.manifest["files"][0] | {"kept": False, "sha256": raw.sha256} == held.manifest["files"][0]


def test_nothing_there_is_none_and_a_version_that_vanished_is_an_error(tmp_path: Path, raw: Any) -> None:
    assert snapshots.current("synthetic", tmp_path) is None
    assert snapshots.all_current(tmp_path) == {}
    held = publish(tmp_path, raw, {"2026-01": 1})
    (held.directory / "manifest.json").unlink()
    with pytest.raises(snapshots.SnapshotError) as caught:
        snapshots.current("synthetic", tmp_path)
    assert caught.value.fault == "missing"
    assert list(snapshots.faults(tmp_path)) == ["synthetic"]
    assert snapshots.all_current(tmp_path) == {}


def test_a_file_changed_afterwards_is_noticed(tmp_path: Path, raw: Any) -> None:
    held = publish(tmp_path, raw, {"2026-01": 1})
    path = held.directory / "values.parquet"
    path.write_bytes(path.read_bytes()[:-4] + b"xxxx")
    with pytest.raises(snapshots.SnapshotError, match="damaged"):
        held.values()


def test_a_newer_format_is_not_guessed_at(tmp_path: Path, raw: Any) -> None:
    held = publish(tmp_path, raw, {"2026-01": 1})
    path = held.directory / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"format": 1', '"format": 99'), encoding="utf-8")
    with pytest.raises(snapshots.SnapshotError, match="newer_format"):
        snapshots.current("synthetic", tmp_path)


def test_generation_changes_with_each_publication_and_rollback(tmp_path: Path, raw: Any) -> None:
    seen = [snapshots.generation(tmp_path)]
    publish(tmp_path, raw, {"2026-01": 1})
    seen.append(snapshots.generation(tmp_path))
    publish(tmp_path, raw, {"2026-01": 2})
    seen.append(snapshots.generation(tmp_path))
    assert len(set(seen)) == 3
    snapshots.rollback("synthetic", tmp_path)
    assert snapshots.generation(tmp_path) == seen[1]


def test_rollback_goes_back_step_by_step_to_the_embedded_data(tmp_path: Path, raw: Any) -> None:
    for value in (1, 2, 3):
        publish(tmp_path, raw, {"2026-01": value})
    values = []
    for _ in range(2):
        held = snapshots.rollback("synthetic", tmp_path)
        assert held is not None
        values.append(held.values()["value"].item())
    assert values == [2, 1]
    assert snapshots.rollback("synthetic", tmp_path) is None
    assert snapshots.current("synthetic", tmp_path) is None
    with pytest.raises(snapshots.SnapshotError, match="missing"):
        snapshots.rollback("synthetic", tmp_path)


def test_prune_keeps_the_newest_and_the_one_in_use(tmp_path: Path, raw: Any) -> None:
    for value in range(5):
        publish(tmp_path, raw, {"2026-01": value + 1})
    for _ in range(3):
        snapshots.rollback("synthetic", tmp_path)
    leftover = snapshots.root(tmp_path) / "synthetic" / ".writing-dead"
    leftover.mkdir()
    assert len(snapshots.prune("synthetic", 2, tmp_path)) == 2
    assert [s.values()["value"].item() for s in snapshots.versions("synthetic", tmp_path)] == [5, 4, 2]
    assert not leftover.exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("step", ["_write_frames", "_keep_raw", "_sync_folder"])
def test_a_full_disk_leaves_the_version_in_use(
    tmp_path: Path, raw: Any, monkeypatch: Any, code: int, step: str
) -> None:
    publish(tmp_path, raw, {"2026-01": 1})

    def full(*_: Any) -> Any:
        raise OSError(code, "No space left on device")

    monkeypatch.setattr(snapshots, step, full)
    with pytest.raises(OSError, match="No space"):
        publish(tmp_path, raw, {"2026-01": 2})
    monkeypatch.undo()
    held = snapshots.current("synthetic", tmp_path)
    assert held is not None
    assert held.values()["value"].item() == 1
    assert [p.name for p in held.directory.parent.iterdir() if p.name.startswith(".")] == []


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from data import snapshots
from tests.unit.test_snapshots import dataset, months, parsed
from data.sources.fetch import local_file

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

base = Path({base!r})
setattr(snapshots, {step!r}, kill)
snapshots.publish(dataset(), parsed(months("homicides", {{"2026-01": 2.0}})), [local_file(base / "raw.csv")], base=base)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
@pytest.mark.parametrize("step", ["_write_frames", "_keep_raw", "_sync_folder", "_point"])
def test_kill_9_in_mid_swap_leaves_the_old_version_intact(tmp_path: Path, raw: Any, step: str) -> None:
    before = publish(tmp_path, raw, {"2026-01": 1})
    script = KILLED.format(root=str(ROOT), base=str(tmp_path), step=step)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, capture_output=True, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    held = snapshots.current("synthetic", tmp_path)
    assert held is not None
    assert held.version == before.version
    assert held.values()["value"].item() == 1
    after = publish(tmp_path, raw, {"2026-01": 3})
    snapshots.prune("synthetic", 1, tmp_path)
    assert [s.version for s in snapshots.versions("synthetic", tmp_path)] == [after.version]
    assert [p.name for p in after.directory.parent.iterdir() if p.name.startswith(".writing")] == []


# -- over the embedded series -----------------------------------------------------------------------------------------


def indicator(
    indicator_id: str = "homicides", frequency: str = "month", first: str = "2020-01-01", last: str = "2024-12-31"
) -> pd.DataFrame:
    row = store.table("indicators").query("indicator_id == 'homicides'").copy()
    return row.assign(
        indicator_id=indicator_id, frequency=frequency, first=pd.Timestamp(first).as_unit("s"),
        last=pd.Timestamp(last).as_unit("s"), breaks="", gaps="", incomplete="", break_note_es="", break_note_en="",
    )  # fmt: skip


def laid(
    base: Path, indicators: pd.DataFrame, month: pd.DataFrame | None = None, year: pd.DataFrame | None = None
) -> snapshots.Overlaid:
    columns = {
        "month": ["indicator_id", "divipola", "month", "value"],
        "year": ["indicator_id", "divipola", "year", "value"],
    }
    empty = stacked([])
    month_frame = (empty if month is None else month)[columns["month"]]
    year_frame = (empty if year is None else year)[columns["year"]]
    return snapshots.overlay(indicators, month_frame, year_frame, snapshots.all_current(base).values())


def stretches(found: snapshots.Overlaid) -> list[tuple[str, str, str]]:
    return [(f"{r['from']:%Y-%m-%d}", f"{r['to']:%Y-%m-%d}", r["origin"]) for r in found.provenance.to_dict("records")]


HELD = months("homicides", {"2020-01": 1, "2024-11": 2, "2024-12": 3})


def test_append_continues_after_the_embedded_series_with_a_break(tmp_path: Path, raw: Any) -> None:
    values = {"2020-01": 9, "2024-12": 9, "2025-01": 4, "2025-02": 5}
    publish(tmp_path, raw, values, dt.date(2025, 2, 10), join="append")
    found = laid(tmp_path, indicator(), HELD)
    assert found.values_month["value"].tolist() == [1, 2, 3, 4, 5]
    row = found.indicators.to_dict("records")[0]
    assert (row["breaks"], row["last"], row["incomplete"]) == (
        "2025-01-01",
        pd.Timestamp("2025-02-10"),
        "2025-02-01/2025-02-10",
    )
    assert "2025-01-01" in str(row["break_note_es"])
    assert stretches(found) == [("2020-01-01", "2024-12-31", "embedded"), ("2025-01-01", "2025-02-10", "synthetic")]


def test_replace_stands_for_what_it_covers_zeros_included(tmp_path: Path, raw: Any) -> None:
    publish(tmp_path, raw, {"2024-11": 7, "2025-03": 8}, dt.date(2025, 3, 31))
    found = laid(tmp_path, indicator(), HELD)
    assert found.values_month["value"].tolist() == [1, 7, 8], "December 2024 is now a month without a homicide"
    assert found.indicators.iloc[0]["breaks"] == "2024-11-01"
    assert found.indicators.iloc[0]["incomplete"] == ""


def test_an_older_vintage_is_not_used(tmp_path: Path, raw: Any) -> None:
    publish(tmp_path, raw, {"2020-01": 7, "2023-03": 8}, dt.date(2023, 3, 31))
    found = laid(tmp_path, indicator(), HELD)
    assert found.values_month["value"].tolist() == [1, 2, 3]
    assert stretches(found) == [("2020-01-01", "2024-12-31", "embedded")]


def test_single_years_leave_the_years_between_embedded(tmp_path: Path, raw: Any) -> None:
    segments = ((dt.date(2020, 1, 1), dt.date(2020, 12, 31)), (dt.date(2024, 1, 1), dt.date(2024, 12, 31)))
    values = months("homicides", {"2020-02": 6, "2024-12": 6})
    snapshots.publish(dataset(), parsed(values, dt.date(2024, 12, 31), segments=segments), [raw], base=tmp_path)
    held = months("homicides", {"2020-01": 1, "2022-05": 5, "2024-11": 2})
    found = laid(tmp_path, indicator(), held)
    assert found.values_month["value"].tolist() == [6, 5, 6]
    assert found.indicators.iloc[0]["breaks"] == "2021-01-01;2024-01-01"
    assert [origin for *_, origin in stretches(found)] == ["synthetic", "embedded", "synthetic"]
    for column in ("break_note_es", "break_note_en"):
        note = str(found.indicators.iloc[0][column])
        assert [day in note for day in ("2021-01-01", "2024-01-01")] == [True, True], "every break has its note"
    assert "Desde el 2021-01-01: Policía Nacional, datos incluidos." in str(found.indicators.iloc[0]["break_note_es"])


def test_a_gap_that_the_snapshot_fills_is_no_gap(tmp_path: Path, raw: Any) -> None:
    publish(tmp_path, raw, {"2020-01": 1, "2024-12": 2}, dt.date(2024, 12, 31))
    found = laid(tmp_path, indicator().assign(gaps="2021-01-01/2022-12-31"), HELD)
    assert found.indicators.iloc[0]["gaps"] == ""


def test_yearly_series_join_by_year(tmp_path: Path, raw: Any) -> None:
    values = yearly("displacement", pd.Series(["52835"] * 2), pd.Series([2024, 2025]), pd.Series([30.0, 40.0]))
    ready = parsed(values, dt.date(2026, 9, 30))
    snapshots.publish(dataset(indicators=("displacement",)), ready, [raw], base=tmp_path)
    held = yearly("displacement", pd.Series(["52835"] * 2), pd.Series([2023, 2024]), pd.Series([1.0, 2.0]))
    found = laid(tmp_path, indicator("displacement", "year", "2023-01-01", "2024-12-31"), year=held)
    assert found.values_year[["year", "value"]].to_numpy().tolist() == [[2023, 1], [2024, 30], [2025, 40]]


def test_an_indicator_of_its_own_is_described_in_both_languages(tmp_path: Path, raw: Any) -> None:
    values = months("extortion", {"2026-01": 4})
    ready = parsed(values, dt.date(2026, 1, 31))
    snapshots.publish(
        dataset("mindefensa-extortion", join="separate", indicators=("extortion",)), ready, [raw], base=tmp_path
    )
    found = laid(tmp_path, indicator(), HELD)
    row = found.indicators.to_dict("records")[-1]
    assert (row["name_es"], row["name_en"], row["frequency"]) == ("Extorsión", "Extortion", "month")
    assert row["source_id"] == "mindefensa-extortion"
    assert found.indicators["rate"].tolist() == [True, True]
    assert found.indicators.dtypes.equals(indicator().dtypes)
    assert len(found.values_month) == 4
    assert snapshots.sources_rows(snapshots.all_current(tmp_path).values())[0]["source_id"] == "mindefensa-extortion"


def test_every_indicator_of_the_catalogue_is_embedded_or_described() -> None:
    from data.sources.catalogue import DATASETS
    from data.sources.described import described

    embedded = set(store.table("indicators")["indicator_id"])
    for known in DATASETS.values():
        for indicator_id in known.indicators:
            if indicator_id in embedded:
                assert known.join in ("replace", "append"), indicator_id
            else:
                words = described(indicator_id)
                assert known.join == "separate", indicator_id
                assert words.name_es
                assert words.name_en
                assert words.definition_es != words.definition_en


def test_figures_that_still_change_are_provisional_and_a_month_under_way_is_incomplete(
    tmp_path: Path, raw: Any
) -> None:
    ready = parsed(
        months("homicides", {"2026-01": 4, "2026-02": 1}),
        dt.date(2026, 2, 28),
        provisional_from=dt.date(2026, 1, 1),
        incomplete_from=dt.date(2026, 2, 1),
    )
    snapshots.publish(dataset(join="append"), ready, [raw], base=tmp_path)
    row = laid(tmp_path, indicator(), HELD).indicators.to_dict("records")[0]
    assert row["provisional_from"] == pd.Timestamp("2026-01-01")
    assert row["incomplete"] == "2026-02-01/2026-02-28"


@pytest.mark.parametrize("name", ["ucdp_events", "massacres_indepaz", "population"])
def test_a_refreshed_table_agrees_with_its_embedded_form(name: str, tmp_path: Path, raw: Any) -> None:
    embedded = store.table(name)
    period = {"ucdp_events": "month", "massacres_indepaz": "date", "population": "year"}[name]
    fresh = embedded[embedded[period] == embedded[period].max()].drop(columns=["source_id"], errors="ignore")
    values = parsed(months("homicides", {"2026-01": 4}), tables={name: fresh})
    snapshots.publish(dataset(), values, [raw], base=tmp_path)
    found = snapshots.overlay_table(name, embedded, snapshots.all_current(tmp_path).values())
    assert found.dtypes.equals(embedded.dtypes)
    assert len(found) == len(embedded)
    older = parsed(
        months("homicides", {"2026-01": 4}), tables={name: embedded[embedded[period] == embedded[period].min()]}
    )
    snapshots.publish(dataset(), older, [raw], base=tmp_path)
    assert snapshots.overlay_table(name, embedded, snapshots.all_current(tmp_path).values()) is embedded


def test_a_damaged_snapshot_leaves_the_embedded_series(tmp_path: Path, raw: Any) -> None:
    held = publish(tmp_path, raw, {"2025-01": 4}, dt.date(2025, 1, 31))
    (held.directory / "values.parquet").write_bytes(b"PAR1")
    assert laid(tmp_path, indicator(), HELD).values_month["value"].tolist() == [1, 2, 3]


def test_the_stores_tables_are_not_changed(tmp_path: Path, raw: Any) -> None:
    publish(tmp_path, raw, {"2024-12": 4, "2025-01": 4}, dt.date(2025, 1, 31))
    names = ("indicators", "values_month", "values_year")
    before: dict[str, pd.DataFrame] = {name: store.table(name).copy() for name in names}
    used = list(snapshots.all_current(tmp_path).values())
    found = snapshots.overlay(store.table(names[0]), store.table(names[1]), store.table(names[2]), used)
    assert all(store.table(name).equals(before[name]) for name in names)
    assert found.values_month.dtypes.equals(before["values_month"].dtypes)
    assert len(found.provenance) == len(before["indicators"]) + 1


def test_without_snapshots_nothing_changes(tmp_path: Path) -> None:
    names = ("indicators", "values_month", "values_year")
    found = snapshots.overlay(store.table(names[0]), store.table(names[1]), store.table(names[2]), [])
    assert found.values_month.equals(store.table("values_month"))
    assert found.indicators.equals(store.table("indicators"))


def test_attempts_are_remembered(tmp_path: Path) -> None:
    assert snapshots.attempt("synthetic", tmp_path) is None
    snapshots.note_attempt("synthetic", {"outcome": "failed", "fault": "refused"}, tmp_path)
    assert snapshots.attempt("synthetic", tmp_path) == {"outcome": "failed", "fault": "refused"}


def test_many_readers_while_one_writes(tmp_path: Path, raw: Any) -> None:
    import threading

    publish(tmp_path, raw, {"2026-01": 1})
    stop, seen, wrong = threading.Event(), set[float](), list[str]()

    def read(done: Callable[[], bool]) -> None:
        while not done():
            held = snapshots.current("synthetic", tmp_path)
            if held is None:
                wrong.append("none")
            else:
                seen.add(held.values()["value"].item())

    readers = [threading.Thread(target=read, args=(stop.is_set,)) for _ in range(3)]
    for reader in readers:
        reader.start()
    for value in range(2, 12):
        publish(tmp_path, raw, {"2026-01": value})
    stop.set()
    for reader in readers:
        reader.join()
    assert not wrong
    assert seen <= set(map(float, range(1, 12)))
