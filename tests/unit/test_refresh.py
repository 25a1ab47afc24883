"""The refresh: its checks, its command line, its exit codes. Publishers are synthetic, on a real server."""

from __future__ import annotations

import csv
import datetime as dt
import errno
import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data import refresh, snapshots, store
from data.names import Gazetteer
from data.refresh import Options, refresh_dataset
from data.sources import fetch as fetch_module
from data.sources import http
from data.sources.catalogue import DATASETS
from data.sources.http import RetryPolicy
from tests.unit.loopback import Server, status
from tests.unit.sources.server import SETUPS, Socrata, csv_bytes, mindefensa_rows

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
TODAY = dt.date(2026, 11, 24)
EXTORTION = DATASETS["mindefensa-extortion"]
PATH = "/resource/q2ib-t9am.json"


def options(base: Path, environment: dict[str, str] | None = None, **more: Any) -> Options:
    fixed: dict[str, Any] = {
        "base": base, "environment": environment or {}, "pause": 0.0, "today": TODAY,
        "retry": RetryPolicy(attempts=2, wait_initial=0.01, wait_max=0.02, wait_jitter=0.0, longest_wait=0.05),
        "gazetteer": Gazetteer(store.table("municipalities")), "embedded": lambda _: pd.DataFrame({"divipola": []}),
    }  # fmt: skip
    return Options(**(fixed | more))


def served(rows: list[dict[str, Any]], base: Path, **more: Any) -> refresh.Outcome:
    with Server() as server:
        server.route(PATH, Socrata(rows))
        return refresh_dataset(EXTORTION, options(base, {"PAZ_URL_SOCRATA": server.url}, **more))


def rows_at(*months: str, cantidad: int = 1) -> list[dict[str, Any]]:
    return [
        {"fecha_hecho": f"{month}-02T00:00:00.000", "cod_depto": "52", "cod_muni": "52835", "cantidad": cantidad}
        for month in months
    ]


# -- checks -----------------------------------------------------------------------------------------------------------


def test_fewer_rows_than_in_use_are_refused_unless_forced(tmp_path: Path) -> None:
    assert served(mindefensa_rows() * 2, tmp_path).outcome == "published"
    outcome = served(mindefensa_rows(), tmp_path)
    assert (outcome.outcome, outcome.fault) == ("failed", "fewer_rows")
    held = snapshots.current("mindefensa-extortion", tmp_path)
    assert held is not None
    assert held.manifest["rows"] == 60
    assert served(mindefensa_rows(), tmp_path, force=True).outcome == "published"


def test_an_older_cut_than_in_use_is_refused(tmp_path: Path) -> None:
    served(rows_at("2026-01", "2026-05"), tmp_path)
    assert served(rows_at("2026-01", "2026-02", "2026-03"), tmp_path).fault == "older_than_current"


def test_codes_of_no_municipality_are_refused_with_examples(tmp_path: Path) -> None:
    strange = [row | {"cod_muni": "52999"} for row in rows_at(*["2026-01"] * 5)]
    outcome = served(mindefensa_rows() + strange, tmp_path)
    assert outcome.fault == "unmatched_codes"
    assert "52999" in outcome.detail


def test_one_stranger_in_many_rows_is_left_out_and_listed(tmp_path: Path) -> None:
    strange = rows_at("2026-01")[0] | {"cod_muni": "52999"}
    assert served([*mindefensa_rows() * 5, strange], tmp_path).outcome == "published"
    held = snapshots.current("mindefensa-extortion", tmp_path)
    assert held is not None
    assert held.rejected()[["found", "reason"]].to_numpy().tolist() == [["52999", "unknown_code"]]


def test_rows_of_the_future_are_refused(tmp_path: Path) -> None:
    assert served(mindefensa_rows() + rows_at(*["2031-01"] * 4), tmp_path).fault == "future_dates"


def test_cells_that_became_unreadable_are_refused(tmp_path: Path) -> None:
    broken = [row | {"cantidad": "uno"} for row in rows_at(*["2026-01"] * 4)]
    outcome = served(mindefensa_rows() + broken, tmp_path)
    assert outcome.fault == "unreadable_cells"
    assert "cantidad" in outcome.detail


def test_a_part_of_the_country_does_not_replace_the_embedded_whole(tmp_path: Path) -> None:
    name = SHARED / "mirror" / "simci" / "coca_narino_2001-2024.csv"
    if not name.exists():
        pytest.skip("the publisher's file is not on this machine (it may not be redistributed)")
    given = options(tmp_path, offline_dir=name.parent, embedded=refresh._embedded)
    outcome = refresh_dataset(DATASETS["simci-coca"], given)
    assert outcome.fault == "fewer_rows"
    assert "embedded" in outcome.detail


# -- since ------------------------------------------------------------------------------------------------------------


def test_since_keeps_the_older_periods_of_the_version_in_use(tmp_path: Path) -> None:
    served(rows_at("2025-11", "2025-12", "2026-01", cantidad=5), tmp_path)
    outcome = served(
        rows_at("2025-11", "2025-12", "2026-01", "2026-02", cantidad=7), tmp_path, since=dt.date(2026, 1, 1)
    )
    assert outcome.outcome == "published"
    held = snapshots.current("mindefensa-extortion", tmp_path)
    assert held is not None
    assert held.values()["value"].tolist() == [5, 5, 7, 7]
    assert held.manifest["since"] == "2026-01-01"


# -- trouble on this side ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "fault"), [(errno.ENOSPC, "disk_full"), (errno.EACCES, "no_permission")])
def test_a_disk_that_is_full_while_downloading(tmp_path: Path, monkeypatch: Any, code: int, fault: str) -> None:
    served(mindefensa_rows(), tmp_path)
    before = snapshots.generation(tmp_path)

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(code, "no")

    monkeypatch.setattr(fetch_module, "write_atomic", full)
    outcome = served(mindefensa_rows() * 2, tmp_path)
    assert (outcome.outcome, outcome.fault) == ("failed", fault)
    assert snapshots.generation(tmp_path) == before


def test_a_disk_that_is_full_while_writing(tmp_path: Path, monkeypatch: Any) -> None:
    served(mindefensa_rows(), tmp_path)
    before = snapshots.generation(tmp_path)

    def full(*_: Any) -> Any:
        raise OSError(errno.ENOSPC, "no")

    monkeypatch.setattr(snapshots, "_durable", full)
    assert served(mindefensa_rows() * 2, tmp_path).fault == "disk_full"
    assert snapshots.generation(tmp_path) == before


def test_a_damaged_version_in_use_does_not_stand_in_the_way(tmp_path: Path) -> None:
    served(mindefensa_rows(), tmp_path)
    held = snapshots.current("mindefensa-extortion", tmp_path)
    assert held is not None
    (held.directory / "manifest.json").write_text("{", encoding="utf-8")
    assert served(mindefensa_rows(), tmp_path).outcome == "published"


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    outcome = served(mindefensa_rows(), tmp_path, dry_run=True)
    assert (outcome.outcome, outcome.rows) == ("checked", 30)
    assert snapshots.current("mindefensa-extortion", tmp_path) is None
    assert snapshots.attempt("mindefensa-extortion", tmp_path) is None


def test_offline_forbids_every_request(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("PAZ_OFFLINE", "1")
    outcome = served(mindefensa_rows(), tmp_path)
    assert (outcome.fault, outcome.advice) == ("offline", "allow_network")


# -- files handed over ------------------------------------------------------------------------------------------------


HEADER = ["FECHA HECHO", "COD_DEPTO", "DEPARTAMENTO", "COD_MUNI", "MUNICIPIO", "CANTIDAD"]


def export(folder: Path) -> Path:
    path = folder / "Extorsión.csv"
    path.write_bytes(csv_bytes(HEADER, [["03/27/2026", "52", "NARIÑO", "52001", "PASTO", "1"]]))
    return path


def test_a_file_handed_over_is_imported_without_the_network(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("PAZ_OFFLINE", "1")
    (tmp_path / "drop").mkdir()
    export(tmp_path / "drop")
    assert refresh_dataset(EXTORTION, options(tmp_path, offline_dir=tmp_path / "drop")).outcome == "published"


def test_a_wrong_sha_is_refused(tmp_path: Path) -> None:
    path = export(tmp_path)
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  {path.name}\n", encoding="utf-8")
    outcome = refresh_dataset(EXTORTION, options(tmp_path / "data", offline_dir=tmp_path))
    assert outcome.fault == "wrong_sha"
    digest = fetch_module.local_file(path).sha256
    (tmp_path / "SHA256SUMS").write_text(f"{digest} *{path.name}\n", encoding="utf-8")
    assert refresh_dataset(EXTORTION, options(tmp_path / "data", offline_dir=tmp_path)).outcome == "published"


def test_the_publishers_real_files_are_all_imported(tmp_path: Path) -> None:
    mirror = SHARED / "mirror"
    if not mirror.exists():
        pytest.skip("the publishers' files are not on this machine (they may not be redistributed)")
    out = io.StringIO()
    code = refresh.main(["--offline-dir", str(mirror)], out, tmp_path)
    said = out.getvalue()
    assert code == refresh.SOME_FAILED, "the sample of coca covers two departments and is refused; all others are whole"
    assert said.count("FAILED") == 1
    assert "simci-coca: FAILED, fewer_rows (whole_or_force); the embedded data stand." in said
    assert "take the whole one; if the publisher withdrew rows, --force" in said
    assert said.count(": published") == 7
    for name in ("ucdp-events", "cnmh-kidnapping"):
        assert f"{name}: held, not used: older than the embedded data" in said
    assert "dane-divipola: held, not used: the application reads its embedded list" in said
    assert "the publisher does not know the year: 1,633" in said


# -- what is left out, and what is held without being used ------------------------------------------------------------


def strangers(code: str, amount: int) -> list[dict[str, Any]]:
    return [row | {"cod_muni": code} for row in rows_at(*["2026-01"] * amount)]


def test_rows_left_out_are_listed_for_people(tmp_path: Path) -> None:
    outcome = served([*mindefensa_rows() * 5, *strangers("52999", 1)], tmp_path)
    assert outcome.reasons == {"unknown_code": 1}
    assert outcome.rejected_file is not None
    with outcome.rejected_file.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["column"], row["found"], row["reason"]) == ("cod_muni", "52999", "unknown_code")
    assert row["motivo"] == "el código no es de ningún municipio"
    said = refresh.sentence(outcome)
    assert "left out: the code is no municipality's: 1" in said
    assert str(outcome.rejected_file) in said


def test_what_a_spreadsheet_would_run_is_made_harmless(tmp_path: Path) -> None:
    outcome = served([*mindefensa_rows() * 5, *strangers("=1+1", 1)], tmp_path)
    assert outcome.rejected_file is not None
    with outcome.rejected_file.open(encoding="utf-8-sig", newline="") as file:
        assert [row["found"] for row in csv.DictReader(file)] == ["'=1+1"]


def test_a_list_that_somebody_saved_again_does_not_damage_the_version(tmp_path: Path) -> None:
    outcome = served([*mindefensa_rows() * 5, *strangers("52999", 1)], tmp_path)
    assert outcome.rejected_file is not None
    held = snapshots.current("mindefensa-extortion", tmp_path)
    assert held is not None
    assert outcome.rejected_file.name not in held.manifest["content"]


def test_a_failed_attempt_keeps_the_rows_it_turned_away_until_the_next(tmp_path: Path) -> None:
    outcome = served(mindefensa_rows() + strangers("52999", 5), tmp_path)
    assert (outcome.fault, outcome.reasons) == ("unmatched_codes", {"unknown_code": 5})
    left = snapshots.attempt_rejected("mindefensa-extortion", tmp_path)
    assert left is not None
    assert left == outcome.rejected_file
    assert left.read_text("utf-8").count("52999") == 5
    assert str(left) in refresh.sentence(outcome)
    served(mindefensa_rows(), tmp_path)
    assert snapshots.attempt_rejected("mindefensa-extortion", tmp_path) is None


@pytest.mark.parametrize("code", ["99999", "00000", "52000"])
def test_places_that_the_publisher_does_not_know_are_counted_and_many_are_a_warning(tmp_path: Path, code: str) -> None:
    outcome = served(mindefensa_rows() + strangers(code, 6), tmp_path)
    assert (outcome.outcome, outcome.place_not_said) == ("published", 6)
    said = refresh.sentence(outcome)
    assert "WARNING: the publisher does not know the municipality of 6 of 36 rows (17%)" in said
    assert "in no total, national ones included" in said
    few = served(mindefensa_rows() * 6 + strangers(code, 1), tmp_path)
    assert "the publisher does not know the municipality: 1" in refresh.sentence(few)
    assert "WARNING" not in refresh.sentence(few)


def test_what_reaches_less_far_than_the_embedded_series_is_held_and_not_used(tmp_path: Path) -> None:
    with Server() as server:
        environment, path = SETUPS["mindefensa-massacres"](server)
        server.route(path, Socrata([row | {"casos": "1", "victimas": "3"} for row in rows_at("2022-01", "2022-02")]))
        outcome = refresh_dataset(DATASETS["mindefensa-massacres"], options(tmp_path, environment))
    assert (outcome.outcome, outcome.unused) == ("published", "older")
    assert "mindefensa-massacres: held, not used: older than the embedded data, 2 rows" in refresh.sentence(outcome)
    line = refresh.listing([DATASETS["mindefensa-massacres"]], tmp_path).splitlines()[1]
    assert "held, not used: older than the embedded data" in line
    served(mindefensa_rows(), tmp_path)
    assert "  in use  " in refresh.listing([EXTORTION], tmp_path).splitlines()[1]


@pytest.mark.parametrize(
    ("dataset_id", "stands"),
    [("mindefensa-extortion", ""), ("mindefensa-homicides", "embedded"), ("dane-population", "embedded")],
)
def test_a_failure_says_what_goes_on_being_shown(tmp_path: Path, dataset_id: str, stands: str) -> None:
    with Server() as server:
        environment, path = SETUPS[dataset_id](server)
        server.fail(path, status(403, "no"), times=9)
        outcome = refresh_dataset(DATASETS[dataset_id], options(tmp_path, environment))
    assert (outcome.fault, outcome.stands) == ("refused", stands)
    said = {"": "nothing of it is held", "embedded": "the embedded data stand"}[stands]
    assert f"(bring_file); {said}." in refresh.sentence(outcome)


def test_the_same_file_with_a_wish_for_newer_periods_is_unchanged(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    export(tmp_path / "drop")
    given = options(tmp_path, offline_dir=tmp_path / "drop")
    assert refresh_dataset(EXTORTION, given).outcome == "published"
    again = options(tmp_path, offline_dir=tmp_path / "drop", since=dt.date(2026, 1, 1))
    assert refresh_dataset(EXTORTION, again).outcome == "unchanged"


# -- no network -------------------------------------------------------------------------------------------------------


def test_without_a_network_two_hosts_are_asked_and_the_rest_is_told_in_one_line(
    tmp_path: Path, monkeypatch: Any
) -> None:
    def lost(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.delenv("PAZ_OFFLINE", raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", lost)
    monkeypatch.setattr(http, "SOON", 0.0)
    names = "mindefensa-homicides,mindefensa-kidnapping,policia-homicides,ucdp-events,dane-population"
    code, said = command(["--only", names], tmp_path, monkeypatch)
    assert code == refresh.ALL_FAILED
    assert said.count("FAILED, no_network (check_network)") == 2
    assert said.count("\n") == 3
    last = said.splitlines()[-1]
    assert last.startswith("no connection:")
    assert "3 more data sets were not asked for (mindefensa-kidnapping, ucdp-events, dane-population)" in last
    assert snapshots.attempt("ucdp-events", tmp_path) is None


def test_one_host_that_is_lost_does_not_stop_the_others(tmp_path: Path, monkeypatch: Any) -> None:
    def outcome(dataset: Any, *_: Any) -> refresh.Outcome:
        lost = dataset.publisher != "DANE"
        status = "failed" if lost else "published"
        fault, host = ("no_network", "www.datos.gov.co") if lost else ("", "")
        return refresh.Outcome(dataset.dataset_id, status, fault=fault, host=host)

    monkeypatch.setattr(refresh, "refresh_dataset", outcome)
    names = ("mindefensa-homicides", "simci-coca", "dane-population", "mindefensa-kidnapping")
    found = list(refresh.refreshed([DATASETS[name] for name in names], options(tmp_path)))
    assert [each.outcome for each in found] == ["failed", "failed", "published", "failed"]


# -- one at a time ----------------------------------------------------------------------------------------------------


HOLDING = """
import sys, time
from pathlib import Path
from data.refresh import lock
with lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_two_refreshes_at_once_are_safe(tmp_path: Path, capsys: Any) -> None:
    command = [sys.executable, "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        assert refresh.main(["--offline-dir", str(tmp_path)], io.StringIO(), tmp_path) == refresh.BUSY
        assert f"process {other.pid}" in capsys.readouterr().err
        other.stdin.write("\n")
        other.stdin.close()
        other.wait(30)
    assert refresh.main(["--offline-dir", str(tmp_path)], io.StringIO(), tmp_path) == refresh.OK


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
def test_a_killed_refresh_does_not_leave_the_folder_locked(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        other.kill()
        other.wait(30)
    with refresh.lock(tmp_path):
        pass


# -- command line -----------------------------------------------------------------------------------------------------


def command(arguments: list[str], base: Path, monkeypatch: Any, server: Server | None = None) -> tuple[int, str]:
    if server is not None:
        for name in ("SOCRATA", "POLICIA", "UCDP", "HDX", "INDEPAZ", "DEFENSORIA", "DANE", "ACLED"):
            monkeypatch.setenv(f"PAZ_URL_{name}", server.url)
    out = io.StringIO()
    return refresh.main(arguments, out, base), out.getvalue()


def test_exit_codes_and_the_words_for_people(tmp_path: Path, monkeypatch: Any) -> None:
    with Server() as server:
        SETUPS["mindefensa-extortion"](server)
        SETUPS["mindefensa-terrorism"](server)
        both = ["--only", "mindefensa-extortion,mindefensa-terrorism"]
        code, said = command(both, tmp_path, monkeypatch, server)
        assert code == refresh.OK
        assert "mindefensa-extortion: published, 30 rows, 0 left out, cut date 2026-06-" in said
        assert command(both, tmp_path, monkeypatch, server)[1].count("unchanged") == 2
        server.fail(PATH, status(403, "no"), times=9)
        code, said = command(both, tmp_path, monkeypatch, server)
        assert code == refresh.SOME_FAILED
        assert "mindefensa-extortion: FAILED, refused (bring_file); the version in use is unchanged." in said
        assert command(["--only", "mindefensa-extortion"], tmp_path, monkeypatch, server)[0] == refresh.ALL_FAILED


@pytest.mark.parametrize(
    "arguments",
    [
        ["--only", "nonsense"],
        ["--only", ""],
        ["--prune", "0"],
        ["--offline-dir", "/no/such/folder"],
        ["--rollback", "x"],
    ],
)
def test_wrong_usage(arguments: list[str], tmp_path: Path, capsys: Any) -> None:
    assert refresh.main(arguments, io.StringIO(), tmp_path) == refresh.USAGE
    assert "data.refresh:" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--since", "yesterday"], ["--since", "2026-13"], ["--what"]])
def test_argparse_refuses_with_the_same_code(arguments: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        refresh.main(arguments, io.StringIO(), tmp_path)
    assert caught.value.code == refresh.USAGE


def test_the_list_shows_what_is_in_use_and_the_last_attempt(tmp_path: Path, monkeypatch: Any) -> None:
    served(mindefensa_rows(), tmp_path)
    code, said = command(["--list"], tmp_path, monkeypatch)
    line = next(line for line in said.splitlines() if line.startswith("mindefensa-extortion"))
    assert code == refresh.OK
    assert "CC BY-SA 4.0" in line
    assert "30" in line
    assert line.endswith("published")
    assert len(said.splitlines()) == len(DATASETS) + 1


def test_rollback_and_prune_from_the_command_line(tmp_path: Path, monkeypatch: Any) -> None:
    served(mindefensa_rows(), tmp_path)
    served(mindefensa_rows() * 2, tmp_path)
    assert command(["--prune", "1"], tmp_path, monkeypatch)[1] == "mindefensa-extortion: 1 version deleted\n"
    assert command(["--prune", "1"], tmp_path, monkeypatch)[1] == "nothing to delete\n"
    assert len(snapshots.versions("mindefensa-extortion", tmp_path)) == 1
    code, said = command(["--rollback", "mindefensa-extortion"], tmp_path, monkeypatch)
    assert (code, said) == (refresh.OK, "mindefensa-extortion: now the embedded data\n")
    attempt = snapshots.attempt("mindefensa-extortion", tmp_path)
    assert attempt is not None
    assert attempt["outcome"] == "rolled_back"
    assert command(["--rollback", "mindefensa-extortion"], tmp_path, monkeypatch)[0] == refresh.ALL_FAILED


def test_asked_for_by_name_without_a_file_is_a_failure(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "drop").mkdir()
    arguments = ["--only", "ucdp-events", "--offline-dir", str(tmp_path / "drop")]
    code, said = command(arguments, tmp_path, monkeypatch)
    assert code == refresh.ALL_FAILED
    assert "needs_file" in said


def test_an_interruption_keeps_what_is_in_use(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    def interrupt(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(refresh, "refresh_dataset", interrupt)
    assert command(["--only", "ucdp-events"], tmp_path, monkeypatch)[0] == refresh.INTERRUPTED
    assert "unchanged" in capsys.readouterr().err


def test_the_progress_line_is_drawn_on_terminals_only() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        line = refresh.ProgressLine(stream)
        line("ucdp-events", "download", 50, 100)
        line("ucdp-events", "read", 0, None)
        line.clear()
    assert "[############            ]  50% 50/100" in terminal.getvalue()
    assert pipe.getvalue() == ""
    assert refresh.ProgressLine(pipe).text("x", "download", 1234, None) == "x: download 1,234"


def test_the_module_runs_as_a_command(tmp_path: Path) -> None:
    environment = os.environ | {"PAZ_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "data.refresh", "--list"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "mindefensa-homicides" in done.stdout


def test_a_refresh_of_many_rows_is_quick(tmp_path: Path) -> None:
    rows = mindefensa_rows() * 1_000
    started = time.monotonic()
    assert served(rows, tmp_path).rows == 30_000
    assert time.monotonic() - started < 30


def test_the_report_tells_the_steps(tmp_path: Path) -> None:
    steps: list[tuple[str, str]] = []
    report: Callable[[str, str, int, int | None], None] = lambda name, step, done, total: steps.append((name, step))  # noqa: E731
    with Server() as server:
        server.route(PATH, Socrata(mindefensa_rows()))
        refresh_dataset(EXTORTION, options(tmp_path, {"PAZ_URL_SOCRATA": server.url}), report)
    assert list(dict.fromkeys(steps)) == [("mindefensa-extortion", s) for s in ("download", "read", "check", "write")]
