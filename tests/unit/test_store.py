"""The store: dtypes, caching, validation stamps, and what it says of damaged tables."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from data import check, paths, schemas, store
from data.store import TableError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the embedded tables that a test may damage, with a data folder of its own."""
    folder = tmp_path / "tables"
    shutil.copytree(paths.tables_dir(), folder)
    monkeypatch.setenv("PAZ_TABLES_DIR", str(folder))
    monkeypatch.setenv("PAZ_DATA_DIR", str(tmp_path / "data"))
    return folder


def edit(folder: Path, name: str, row: int, before: str, after: str) -> None:
    """Replace a text in one row of a CSV file (the header is row 1)."""
    path = folder / f"{name}.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    assert before in lines[row - 1], lines[row - 1]
    lines[row - 1] = lines[row - 1].replace(before, after, 1)
    path.write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize("name", store.tables())
def test_frames_have_the_declared_columns_and_dtypes(name: str) -> None:
    frame = store.table(name)
    declared = {column.name: column.dtype for column in schemas.TABLES[name].columns}
    assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == declared
    for column in schemas.TABLES[name].columns:
        if not column.nullable:
            assert frame[column.name].notna().all(), column.name


def test_a_frame_is_read_once(tables: Path) -> None:
    assert store.table("families") is store.table("families")


def test_a_changed_file_is_read_again(tables: Path) -> None:
    before, version = store.table("families"), store.data_version()
    edit(tables, "families", 2, "FARC", "Farc")
    after = store.table("families")
    assert after is not before
    assert after["name_es"].tolist()[0].startswith("Farc")
    assert store.data_version() != version


def test_data_version_is_short_and_stable() -> None:
    version = store.data_version()
    assert version == store.data_version()
    assert len(version) == 12
    int(version, 16)


def test_an_empty_frame_has_the_dtypes_of_the_table() -> None:
    assert (schemas.empty_frame("presence").dtypes == store.table("presence").dtypes).all()


def test_text_is_kept_as_written(tables: Path) -> None:
    edit(tables, "families", 2, "FARC-EP", "<b>FARC-EP</b> NA")
    assert store.table("families")["name_es"].tolist()[0].startswith("<b>FARC-EP</b> NA")


def test_a_table_saved_by_a_spreadsheet_is_read_the_same(tables: Path) -> None:
    path = tables / "families.csv"
    before = store.table("families")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    pd.testing.assert_frame_equal(store.table("families"), before)


def test_unknown_table() -> None:
    with pytest.raises(TableError, match="there is no such table"):
        store.table("presences")


def test_missing_file(tables: Path) -> None:
    (tables / "events.csv").unlink()
    with pytest.raises(TableError, match=r"events\.csv: the file cannot be read"):
        store.table("events")
    with pytest.raises(TableError, match=r"events\.csv"):
        store.data_version()


@pytest.mark.parametrize(
    ("name", "row", "before", "after", "column", "says"),
    [
        ("elections", 2, "2014-03-09", "9/3/2014", "date", "found '9/3/2014' where a day as YYYY-MM-DD belongs"),
        ("elections", 2, "2014-03-09", "2014-02-30", "date", "found '2014-02-30'"),
        ("elections", 2, "2014-03-09", "2014-3-9", "date", "found '2014-3-9'"),
        ("elections", 2, "2014-03-09", "", "date", "the cell is empty"),
        ("families", 3, ",2", ",two", "order", "found 'two' where a whole number belongs"),
        ("families", 3, ",2", ",2.5", "order", "found '2.5' where a whole number belongs"),
        ("municipalities", 4, "-76", "x-76", "lon", "where a number belongs"),
        ("municipalities", 2, "05001", "5001", "divipola", r"found '5001' where text that matches \d{5} belongs"),
        ("municipalities", 2, "-75.58", "75.58", "lon", "-66.8 or less"),
        ("elections", 2, "legislative", "legislatif", "kind", "one of presidential_first"),
        ("massacres_indepaz", 3, "false", "no", "duplicate", "true or false"),
        ("families", 11, "Grupo sin identificar", "", "name_es", "found '' where a text that is not empty belongs"),
    ],
)
def test_a_damaged_cell_is_named(
    tables: Path, name: str, row: int, before: str, after: str, column: str, says: str
) -> None:
    edit(tables, name, row, before, after)
    with pytest.raises(TableError) as raised:
        store.table(name)
    assert (raised.value.file, raised.value.row, raised.value.column) == (f"{name}.csv", row, column)
    assert says in str(raised.value)
    assert "python -m data.check" in str(raised.value)


def test_a_repeated_key_is_named(tables: Path) -> None:
    path = tables / "families.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[2]]) + "\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"families\.csv, row 12: the key stands twice \(family eln\)"):
        store.table("families")


def test_an_interval_that_runs_backwards_is_named(tables: Path) -> None:
    edit(tables, "governments", 2, "1986-08-06", "1981-08-06")
    with pytest.raises(TableError, match=r"governments\.csv, row 2, column from: 1982-08-07 comes after to 1981-08-06"):
        store.table("governments")


def test_a_row_with_too_many_or_too_few_cells_is_named(tables: Path) -> None:
    edit(tables, "families", 4, "comuneros,", "comuneros,again,")
    with pytest.raises(TableError, match=r"families\.csv, row 4: 5 cells where 4 belong"):
        store.table("families")
    edit(tables, "families", 4, "comuneros,again,Comuneros del Sur,", "comuneros,")
    with pytest.raises(TableError, match=r"families\.csv, row 4"):
        store.table("families")


def test_a_missing_column_is_named(tables: Path) -> None:
    edit(tables, "families", 1, "name_en", "english_name")
    with pytest.raises(TableError, match=r"missing: name_en; not expected: english_name"):
        store.table("families")


def test_bytes_that_are_not_utf8_are_named(tables: Path) -> None:
    path = tables / "families.csv"
    content = path.read_bytes().replace(b"Otros", b"Otro\xf1", 1)
    path.write_bytes(content)
    with pytest.raises(TableError, match=r"families\.csv, row 10: the file is not UTF-8"):
        store.table("families")


def test_an_empty_file_is_named(tables: Path) -> None:
    (tables / "families.csv").write_bytes(b"")
    with pytest.raises(TableError, match="the file is empty"):
        store.table("families")


def test_a_cut_parquet_file_is_named(tables: Path) -> None:
    path = tables / "values_month.parquet"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(TableError, match=r"values_month\.parquet: the file is damaged"):
        store.table("values_month")


def test_a_parquet_file_of_another_table_is_named(tables: Path) -> None:
    shutil.copy(tables / "values_year.parquet", tables / "values_month.parquet")
    with pytest.raises(TableError, match=r"missing: month; not expected: year"):
        store.table("values_month")


def test_a_parquet_column_of_another_kind_is_named(tables: Path) -> None:
    frame = pd.read_parquet(tables / "values_month.parquet").astype({"value": "str"})
    frame.loc[0, "value"] = "many"
    frame.to_parquet(tables / "values_month.parquet", index=False)
    with pytest.raises(TableError, match=r"values_month\.parquet, column value"):
        store.table("values_month")


def test_several_faults_are_counted(tables: Path) -> None:
    edit(tables, "elections", 2, "legislative", "x")
    edit(tables, "elections", 3, "presidential_first", "y")
    with pytest.raises(TableError, match="1 more faults in this file"):
        store.table("elections")


def test_validation_is_remembered(tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.table("families")
    stamps = list((tmp_path / "data" / "cache" / "validated").iterdir())
    assert [stamp.name.split("-")[0] for stamp in stamps] == ["families"]
    store.clear()

    def unwanted(*_: object) -> list[TableError]:
        raise AssertionError("validated twice")

    monkeypatch.setattr(store, "faults", unwanted)
    store.table("families")


def test_a_damaged_table_is_not_remembered_as_sound(tables: Path) -> None:
    edit(tables, "elections", 2, "legislative", "x")
    for _ in range(2):
        with pytest.raises(TableError):
            store.table("elections")


def test_a_cache_folder_that_cannot_be_written_is_no_obstacle(
    tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file where a folder is wanted", encoding="utf-8")
    monkeypatch.setenv("PAZ_DATA_DIR", str(blocked))
    assert len(store.table("families")) == 10


def test_tables_validated_before_need_no_validator(tables: Path) -> None:
    for name in store.tables():
        store.table(name)
    code = (
        "import sys; from data import store\n"
        "assert not {'pandas', 'pandera', 'pyarrow'} & set(sys.modules)\n"
        "[store.table(name) for name in store.tables()]\n"
        "assert 'pandera' not in sys.modules and 'streamlit' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)


def test_the_data_folder_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PAZ_DATA_DIR", str(tmp_path))
    assert paths.data_dir() == tmp_path
    assert paths.cache_dir() == tmp_path / "cache"
    monkeypatch.delenv("PAZ_DATA_DIR")
    assert "paz-territorial" in str(paths.data_dir())
    assert "paz-territorial" in str(paths.cache_dir())


@pytest.mark.parametrize(
    ("name", "row", "before", "after", "says"),
    [
        ("talks_municipalities", 2, "52079", "52999", "'52999', which is not in municipalities.divipola"),
        ("ceasefire_parties", 2, "farc_ep", "farc", "'farc', which is not in groups.group_id or gov"),
        ("group_strength", 2, "egc", "clan", "'clan', which is not in groups.group_id"),
        ("ceasefire_areas", 2, "CO", "99999", "'99999', which is no such area"),
        ("municipalities", 2, ",05,Antioquia", ",08,Antioquia", "the code is of another department"),
    ],
)
def test_the_check_finds_what_points_nowhere(
    tables: Path, name: str, row: int, before: str, after: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(tables, name, row, before, after)
    assert check.main() == 1
    printed = capsys.readouterr().out
    assert f"{name}.csv, row {row}" in printed
    assert says in printed
    assert "datapackage.json, " not in printed
    assert f"it no longer describes {name}.csv" in printed


def test_the_check_of_sound_tables_prints_one_line_each(tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(store.tables()) + 1
    assert all(line.endswith("ok") for line in lines)


def test_the_check_finds_a_stray_file_and_a_missing_one(tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tables / "notes.csv").write_text("a,b\n", encoding="utf-8")
    assert check.main() == 1
    assert "notes.csv: no table is stored in this file" in capsys.readouterr().out
    (tables / "groups.csv").unlink()
    assert check.main() == 1
    assert "groups.csv: the file cannot be read" in capsys.readouterr().out


def test_the_check_finds_a_value_in_a_gap(tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = pd.read_parquet(tables / "values_month.parquet")
    row = values["indicator_id"].eq("ucdp_state_based").to_numpy().argmax()
    values.loc[row, "month"] = pd.Timestamp("2020-05-01")
    values.to_parquet(tables / "values_month.parquet", index=False)
    assert check.main() == 1
    assert "outside the coverage of ucdp_state_based" in capsys.readouterr().out


def test_the_check_says_when_there_are_no_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAZ_TABLES_DIR", str(tmp_path / "none"))
    assert check.main() == 1
    assert "does not exist" in capsys.readouterr().err
