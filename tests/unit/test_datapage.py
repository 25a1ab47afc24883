"""The page about the data, without drawing: its items, rows, words and the refresh it may start."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from components import datapage, datapage_fresh, datapage_refresh, datapage_rows
from components import datapage_words as words
from components.datapage import Item, read_item
from components.datapage_refresh import Job, Progress
from components.datapage_rows import SetState
from components.i18n import set_language
from components.rows import by_id
from data import overlaid, refresh, refresh_words, schemas, snapshots, store
from data.refresh import Options, Outcome, lock
from data.sources import http
from data.sources.catalogue import DATASETS
from data.sources.model import FORMAT_FAULTS
from tests.unit.loopback import Server
from tests.unit.sources.conftest import IMPATIENT, TODAY, nothing_embedded
from tests.unit.sources.server import SETUPS, Socrata, mindefensa_rows


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PAZ_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(overlaid, "LOOK_SECONDS", 0.0)
    store.clear()
    set_language("en")
    yield tmp_path / "data"
    set_language("es")
    store.clear()


def state(dataset_id: str = "ucdp-events", **more: Any) -> SetState:
    fixed: dict[str, Any] = {"embedded": "", "manifest": None, "damage": "", "attempt": {}}
    return SetState(DATASETS[dataset_id], **(fixed | more))


@pytest.mark.parametrize(
    ("code", "item"),
    [
        ("", Item()),
        ("method", Item()),
        ("freshness", Item("freshness")),
        ("tables-presence", Item("tables", "presence")),
        ("indicators-homicides", Item("indicators", "homicides")),
        ("tables-nothing", None),
        ("freshness-presence", None),
        ("nonsense", None),
        ("<script>", None),
        ("-", None),
    ],
)
def test_what_a_link_opens(code: str, item: Item | None) -> None:
    assert read_item(code, {"tables": {"presence"}, "indicators": {"homicides"}}) == item


@pytest.mark.parametrize("section", datapage.SECTIONS)
def test_a_section_is_written_as_it_is_read(section: str) -> None:
    assert read_item(Item(section).code, {}) == Item(section)


def test_every_fault_and_advice_has_words() -> None:
    faults = {*http.ADVICE, *FORMAT_FAULTS, "damaged"}
    advice = {*http.ADVICE.values(), *FORMAT_FAULTS.values(), "roll_back"}
    assert faults <= set(words.FAULTS)
    assert advice <= set(words.ADVICE)
    assert words.fault("a_new_fault") == "a_new_fault"
    assert words.advice("a_new_advice") == ""


def test_every_table_and_kind_has_words() -> None:
    assert set(words.TABLES) == set(schemas.TABLES)
    assert {column.kind for table in schemas.TABLES.values() for column in table.columns} <= set(words.KINDS)


def test_every_reason_of_a_correction_is_marked_for_translation() -> None:
    with datapage_rows.CORRECTIONS.open(encoding="utf-8", newline="") as file:
        reasons = {row["reason"] for row in csv.DictReader(file)}
    assert reasons == set(words.REASONS)


def test_corrections_are_told_as_escaped_text() -> None:
    rows = datapage_rows.corrections()
    assert len(rows) == 14
    row = datapage_rows.Correction("<b>", "t", "r", "c", "<i>", "&", "why")
    html = datapage.corrections_html([row])
    assert "<i>" not in html
    assert "&lt;i&gt;" in html


def test_the_codebook_has_one_row_per_column() -> None:
    for name, spec in schemas.TABLES.items():
        rows = datapage_rows.codebook(name)
        assert rows["Column"].tolist() == [column.name for column in spec.columns]
        assert all(rows["Meaning"].tolist())


def test_tables_and_their_addresses() -> None:
    rows = datapage_rows.tables()
    assert list(rows.index) == store.tables()
    assert rows.loc["presence", "Rows"] == len(store.table("presence"))
    assert rows.loc["presence", "CSV"] == "/api/v1/tables/presence?format=csv"


def test_publishers_count_what_rests_on_them() -> None:
    rows = datapage_rows.publishers().set_index("Publisher")
    assert rows["Reports of presence"].sum() == len(store.table("presence"))
    assert rows["Sources"].sum() == len(store.table("sources"))
    assert rows["Indicators"].sum() == len(store.table("indicators"))


def test_nothing_downloaded_is_said() -> None:
    states = datapage_rows.data_sets()
    assert len(states) == len(DATASETS)
    assert "Nothing has been downloaded" in datapage_fresh.headline(states)
    assert datapage_fresh.trouble_html(states) == ""
    table = datapage_rows.freshness_table(states)
    assert set(table["Downloaded"]) == {"—"}
    police = by_id(table, "Identifier")["policia-homicides"]
    assert police["Embedded"] == "2003-01 – 2024-12"


def test_what_was_downloaded_is_listed() -> None:
    with Server() as server:
        environment, _path = SETUPS["mindefensa-extortion"](server)
        options = Options(environment=environment, retry=IMPATIENT, pause=0.0, today=TODAY, embedded=nothing_embedded)
        refresh.refresh_dataset(DATASETS["mindefensa-extortion"], options)
    states = datapage_rows.data_sets()
    assert datapage_fresh.headline(states).startswith(f"1 of {len(DATASETS)} data sets downloaded and in use")
    row = by_id(datapage_rows.freshness_table(states), "Identifier")["mindefensa-extortion"]
    assert (row["Rows"], row["Left out"], row["Cut date"]) == ("30", "0", "2026-06-24")
    assert row["Last attempt"].endswith("new version in use")


def test_what_reaches_less_far_than_the_embedded_data_is_said_not_to_be_in_use() -> None:
    manifest = {"retrieved_at": "2026-11-20T10:00:00Z"}
    states = [state(manifest=manifest, unused="older"), state("mindefensa-extortion", manifest=manifest)]
    rows = datapage_rows.freshness_table(states)
    assert rows["Downloaded"].tolist() == [
        "2026-11-20, kept, not in use: the embedded data reach further",
        "2026-11-20",
    ]
    assert datapage_fresh.headline(states) == (
        "1 of 2 data sets downloaded and in use, most recently on November 20, 2026; 1 more kept, not in use"
    )
    html = datapage_fresh.table_html(rows)
    assert "kept, not in use: the embedded data reach further" in html
    assert "<code>ucdp-events</code>" in html


def test_the_table_of_data_sets_is_escaped() -> None:
    row = datapage_rows.freshness_table([state(attempt={"at": "<script>", "outcome": "<i>"})])
    html = datapage_fresh.table_html(row)
    assert "<script>" not in html
    assert "<i>" not in html


@pytest.mark.parametrize("outcome", ["published", "unchanged"])
def test_a_download_that_nothing_shows_is_found_out(outcome: str) -> None:
    rows = [
        {
            "fecha_hecho": f"2022-{month:02d}-02T00:00:00.000",
            "cod_depto": "52",
            "cod_muni": "52835",
            "casos": "1",
            "victimas": "3",
        }
        for month in (1, 2)
    ]
    with Server() as server:
        environment, path = SETUPS["mindefensa-massacres"](server)
        server.route(path, Socrata(rows))
        options = Options(environment=environment, retry=IMPATIENT, pause=0.0, today=TODAY, embedded=nothing_embedded)
        for _ in range(1 if outcome == "published" else 2):
            refresh.refresh_dataset(DATASETS["mindefensa-massacres"], options)
    found = {each.dataset.dataset_id: each for each in datapage_rows.data_sets()}["mindefensa-massacres"]
    assert (found.unused, found.in_use, found.attempt["outcome"]) == ("older", False, outcome)


@pytest.mark.parametrize("language", ["es", "en"])
def test_rows_left_out_are_told_with_reasons_and_given_away(language: str) -> None:
    set_language(language)
    strange = [
        {"fecha_hecho": "2026-01-02T00:00:00.000", "cod_depto": "52", "cod_muni": code, "cantidad": "1"}
        for code in ("00000", "99999", "=cmd()")
    ]
    with Server() as server:
        environment, path = SETUPS["mindefensa-extortion"](server)
        server.route(path, Socrata([*mindefensa_rows(), *strange]))
        options = Options(environment=environment, retry=IMPATIENT, pause=0.0, today=TODAY, embedded=nothing_embedded)
        outcome = refresh.refresh_dataset(DATASETS["mindefensa-extortion"], options)
    (left,) = datapage_rows.left_out(datapage_rows.data_sets())
    html = datapage_fresh.left_out_html(left)
    assert left.read is not None
    listed = left.read().decode("utf-8-sig")
    assert left.failed == (outcome.outcome == "failed")
    assert left.place_not_said == 2
    assert "'=cmd()" in listed
    assert {"es": "la fuente no conoce el municipio: 2", "en": "the publisher does not know the municipality: 2"}[
        language
    ] in html


def test_lists_of_data_that_may_not_be_passed_on_are_not_given_away() -> None:
    dataset = replace(DATASETS["mindefensa-extortion"], redistributable=False)
    snapshots.note_attempt(
        dataset.dataset_id, {"outcome": "failed", "reasons": {"no_date": 1}}, None,
        pd.DataFrame({"file": ["x"], "row": [2], "column": ["d"], "found": [""], "reason": ["no_date"]}),
    )  # fmt: skip
    attempt = snapshots.attempt(dataset.dataset_id) or {}
    (left,) = datapage_rows.left_out([SetState(dataset, "", None, "", attempt)])
    assert (left.failed, left.read) == (True, None)
    (open_,) = datapage_rows.left_out([state(dataset.dataset_id, attempt=attempt)])
    assert open_.read is not None
    assert b"no_date" in open_.read()


def test_data_sets_bear_their_names_while_they_are_refreshed() -> None:
    progress = Progress(True, ("mindefensa-homicides",), (), "mindefensa-homicides", "download", 0, None)
    assert "MinDefensa: Homicides" in datapage_fresh._line(progress)
    done = Progress(False, ("mindefensa-homicides",), (Outcome("mindefensa-homicides", "failed", fault="refused"),))
    assert "MinDefensa: Homicides" in datapage_fresh.result_html(done)
    assert "mindefensa-homicides" not in datapage_fresh.result_html(done)


def test_corrections_are_told_in_words() -> None:
    set_language("es")
    by_row = {row.row: row for row in datapage_rows.corrections()}
    truce = by_row["aburra_2023"]
    assert (truce.table, truce.column, truce.found, truce.corrected) == (
        "Ceses al fuego", "desenlace", "entró en vigor", "no se sabe",
    )  # fmt: skip
    assert truce.title != truce.row
    assert "<code>aburra_2023</code>" in datapage.corrections_html([truce])
    assert all(row.column not in {"outcome", "operated", "precision"} for row in by_row.values())


def test_every_correction_has_words() -> None:
    with datapage_rows.CORRECTIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["column"] for row in rows} <= set(words.COLUMNS)
    cells = {row[name] for row in rows for name in ("found", "corrected")}
    plain = {cell for cell in cells if not cell[:1].isdigit() and "displacement" not in cell}
    assert plain <= set(words.CELLS)


def test_licences_and_reasons_have_words() -> None:
    for dataset in DATASETS.values():
        assert dataset.licence.startswith("CC ") or dataset.licence in words.LICENCES
    assert set(refresh.UNMATCHED | refresh.PLACE_NOT_KNOWN | refresh.UNREADABLE) <= set(refresh_words.REASONS)
    assert set(refresh_words.UNUSED) == set(words.UNUSED)


def test_a_refusal_is_told_with_what_to_do_and_the_detail_folded() -> None:
    attempt = {"outcome": "failed", "fault": "refused", "advice": "bring_file", "status": 403, "detail": "<script>x"}
    html = datapage_fresh.trouble_html([state(attempt=attempt), state()])
    assert "1 data set could not be refreshed" in html
    assert "The publisher refuses this machine" in html
    assert "Download the file in a browser" in html
    assert "HTTP 403" in html
    assert "<script>" not in html


def test_many_failures_are_folded() -> None:
    failed = {"outcome": "failed", "fault": "timeout", "advice": "try_later"}
    few, many = ([state(attempt=failed)] * amount for amount in (3, 4))
    assert "<details" not in datapage_fresh.trouble_html(few)
    assert datapage_fresh.trouble_html(many).count("<details") == 1


def test_damage_is_told() -> None:
    html = datapage_fresh.trouble_html([state(damage="values.parquet is not the file")])
    assert "the embedded data stand in" in html


# -- refreshing from the page -----------------------------------------------------------------------------------------


def finished(job: Job) -> Progress:
    """Wait for the background thread of a job."""
    for thread in threading.enumerate():
        if thread.name == "refresh":
            thread.join(60)
    return job.progress()


def test_nobody_starts_a_refresh_unless_the_operator_allows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("", "0", "true"):
        monkeypatch.setenv("PAZ_ALLOW_REFRESH", value)
        assert not datapage_refresh.allowed()
        assert not Job().start(["mindefensa-extortion"])


def test_a_refresh_is_followed_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAZ_ALLOW_REFRESH", "1")
    job = Job()
    with Server() as server:
        environment, path = SETUPS["mindefensa-extortion"](server)
        server.route("/resource/d7zw-hpf4.json", _refusal)
        options = Options(environment=environment, retry=IMPATIENT, pause=0.0, today=TODAY)
        assert job.start(["mindefensa-extortion", "mindefensa-kidnapping", "no-such-set"], options)
        done = finished(job)
        assert server.count(path) > 0
    assert not done.running
    assert [each.outcome for each in done.outcomes] == ["published", "failed"]
    assert done.outcomes[1].fault == "refused"
    assert done.share == 1.0
    html = datapage_fresh.result_html(done)
    assert "new version in use: 1 · failed: 1" in html
    assert "The publisher refuses this machine" in html


def _refusal(_request: object) -> Any:
    from tests.unit.loopback import Reply

    return Reply(403, b"no", "text/plain")


def test_a_second_refresh_waits_for_the_first(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("PAZ_ALLOW_REFRESH", "1")
    job = Job()
    with lock(folder):
        assert job.start(["mindefensa-extortion"])
        assert finished(job).refused == "busy"
    assert "Another update is running" in datapage_fresh.result_html(job.progress())
    running = Job(_progress=Progress(running=True, wanted=("mindefensa-extortion",)))
    assert not running.start(["mindefensa-extortion"])


def test_progress_between_nothing_and_all() -> None:
    outcome = Outcome("a", "published")
    assert Progress().share == 0.0
    half = Progress(True, ("a", "b"), (outcome,), "b", "download", 0, None)
    assert half.share == 0.5
    assert Progress(True, ("a", "b"), (outcome,), "b", "download", 50, 100).share == pytest.approx(0.725)
    assert Progress(False, ("a",), (outcome, outcome)).share == 1.0


def test_what_needs_an_account_is_offered_only_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACLED_EMAIL", raising=False)
    assert "acled-own" not in datapage_refresh.selectable()
    monkeypatch.setenv("ACLED_EMAIL", "a@example.org")
    monkeypatch.setenv("ACLED_PASSWORD", "x")
    assert "acled-own" in datapage_refresh.selectable()


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_method_ends_with_how_to_dispute(language: str) -> None:
    set_language(language)
    parts = datapage.parts_of_method()
    assert len(parts) == 5
    assert {"es": "Cómo discutir", "en": "How to dispute"}[language] in parts[-1]
