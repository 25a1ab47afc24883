"""Building the tables: dates, publishers, titles, and the account of every row of the research facts."""

import calendar
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import paths, schemas, store
from data.compile import Compiled, as_text, build, write
from data.compile.__main__ import main
from data.compile.reading import LAST_CONSULTATION, Ledger, Material, corrected, corrections, overlay, partial_interval
from data.compile.sources import Sources, clean_date, clean_title, split_publisher
from data.compile.totals import iso_period

FACTS = Path(__file__).parents[2].parent / "shared" / "facts"
DOCS = Path(__file__).parents[2] / "docs" / "data.md"

needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="the research facts are not beside the project")


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return build(FACTS)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-03-09", "2025-03-09", "2025-03-09"),
        ("2026", "2026-01-01", "2026-10-31"),
        ("2026-10", "2026-10-01", "2026-10-31"),
    ],
)
def test_a_partial_date_may_mean_an_interval(text: str, first: str, last: str) -> None:
    assert partial_interval(text) == (pd.Timestamp(first), pd.Timestamp(last))


@given(st.integers(1960, 2026), st.integers(1, 12), st.integers(1, 28))
def test_coarser_dates_hold_finer_ones(year: int, month: int, day: int) -> None:
    exact = partial_interval(f"{year}-{month:02d}-{day:02d}")
    by_month, by_year = partial_interval(f"{year}-{month:02d}"), partial_interval(f"{year}")
    assert exact[0] == exact[1]
    if exact[1] <= LAST_CONSULTATION:
        assert by_month[0] <= exact[0] <= by_month[1]
        assert by_year[0] <= by_month[0] <= by_month[1] <= by_year[1]
        assert by_month[1].day in (calendar.monthrange(year, month)[1], LAST_CONSULTATION.day)


def test_no_date_means_no_interval() -> None:
    assert all(pd.isna(day) for day in partial_interval(""))


@pytest.mark.parametrize("text", ["2025-13", "25", "2025/03", "marzo de 2025"])
def test_other_dates_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an ISO date|month must be"):
        partial_interval(text)


@pytest.mark.parametrize(
    ("name", "via", "expected"),
    [
        ("INDEPAZ via Blu Radio", "", ("INDEPAZ", "Blu Radio")),
        ("Defensoría del Pueblo (SAT)", "", ("Defensoría del Pueblo", "")),
        ("Fundación Paz & Reconciliación (Pares)", "", ("Pares", "")),
        ("Pares via El Espectador", "", ("Pares", "El Espectador")),
        ("Acento / EFE", "", ("EFE", "Acento")),
        ("Enfoque Capital (El Tiempo)", "", ("El Tiempo", "Enfoque Capital")),
        ("La Silla Vacía (copy at bbtlatam.com)", "", ("La Silla Vacía", "bbtlatam.com")),
        ("Semana", "", ("Semana", "")),
        ("OCHA", "copy at sectordetiro.com", ("OCHA", "sectordetiro.com")),
        ("Defensoría del Pueblo", "via W Radio", ("Defensoría del Pueblo", "W Radio")),
        (
            "Radio Santa Fe on Defensoría Alerta Temprana 005-26",
            "",
            ("Defensoría del Pueblo", "Radio Santa Fe (Alerta Temprana 005-26)"),
        ),
        (
            "Defensoría del Pueblo",
            "El Espectador (Colombia2020) on Alerta Temprana 036-20",
            ("Defensoría del Pueblo", "El Espectador (Alerta Temprana 036-20)"),
        ),
    ],
)
def test_publisher_and_outlet_are_told_apart(name: str, via: str, expected: tuple[str, str]) -> None:
    assert split_publisher(name, via) == expected


@pytest.mark.parametrize(
    ("title", "url", "expected"),
    [
        ("Decreto 888 de 2024", "https://example.org/decreto-888-de-2024", "Decreto 888 de 2024"),
        ("[descriptive label] Crisis en Samaniego", "https://example.org/x", ""),
        ("gobierno cese al fuego", "https://example.org/2024/02/07/gobierno-cese-al-fuego", ""),
        ("nota Gobierno acuerda", "https://example.org/nota-Gobierno-acuerda-2024", ""),
        ("Petro firma [from URL]", "https://example.org/petro-firma", ""),
        ("33 personas asesinadas al día", "https://example.org/33-personas", "33 personas asesinadas al día"),
    ],
)
def test_only_titles_that_were_seen_are_titles(title: str, url: str, expected: str) -> None:
    assert clean_title(title, url) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03", ("2025-03", False)),
        ("2020-08 (inferred)", ("2020-08", True)),
        ("undated (c. 2021, inferred)", ("2021", True)),
        ("2024-02-13 (latest item used)", ("2024-02-13", False)),
        ("undated", ("", False)),
        ("", ("", False)),
    ],
)
def test_dates_lose_their_remarks(text: str, expected: tuple[str, bool]) -> None:
    assert clean_date(text) == expected


def test_a_source_met_twice_is_one_source() -> None:
    sources = Sources()
    first = sources.add("Semana", "Título", "2025", "https://example.org/a")
    assert first == sources.add("Semana", "Título", "2025", "https://example.org/a")
    assert first != sources.add("Semana", "Título", "2025", "https://example.org/b")
    assert first.startswith("semana-2025-")


def test_a_source_dated_elsewhere_is_dated_wherever_it_is_cited() -> None:
    sources = Sources()
    address = "https://enfoque-capital.com/gobierno-acelera-negociacion-con-el-frente-comuneros-del-sur-del-eln-al-"
    address += "nombrar-a-10-gestores-de-paz-de-quienes-se-trata"
    dated = sources.add("Enfoque Capital (El Tiempo)", "", "2025-12", address)
    assert sources.add_cited(f"Enfoque Capital, {address}") == [dated]


def test_sources_cited_in_one_cell() -> None:
    sources = Sources()
    cited = "Caracol, 2024-05-08, https://example.org/a | El Espectador, https://example.org/b | Página 10, undated"
    sources.add_cited(cited)
    assert [key[0] for key in sources.rows] == ["Caracol Radio", "El Espectador", "Página 10"]
    assert [key[3] for key in sources.rows] == ["2024-05-08", "", ""]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("via El Unicornio", ("", "El Unicornio")),
        ("Informe anual 2020 (via RT)", ("Informe anual 2020", "RT")),
        ("Minas antipersona (El País Cali)", ("Minas antipersona", "El País Cali")),
        ("La cuenta más triste (El Nuevo Siglo, column)", ("La cuenta más triste", "El Nuevo Siglo")),
        ("cited by ACNUDH (Prensa Latina)", ("", "ACNUDH, Prensa Latina")),
        ("cited by Somos Defensores note (Un medio)", ("", "Somos Defensores, Un medio")),
        ("Candidate Events 2026 (preliminary)", ("Candidate Events 2026 (preliminary)", "")),
    ],
)
def test_titles_of_totals_may_name_the_outlet(title: str, expected: tuple[str, str]) -> None:
    sources = Sources()
    sources.add_total("INDEPAZ", title, "2025", "https://example.org/x")
    ((_, via, kept, _, _),) = sources.rows
    assert (kept, via) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025", "2025"),
        ("2016-2021", "2016/2021"),
        ("2025 Jan-Jun", "2025-01/2025-06"),
        ("2022-08/2023-07", "2022-08/2023-07"),
    ],
)
def test_periods_in_iso_form(text: str, expected: str) -> None:
    assert iso_period(text) == expected


def test_the_ledger_finds_rows_that_vanish_or_count_twice() -> None:
    ledger = Ledger(size={"file": 4})
    ledger.keep("file", pd.Index([0, 1]))
    ledger.drop("file", pd.Index([1, 2]), "why")
    assert ledger.unaccounted() == {"file": [1, 3]}


def test_our_texts_replace_generated_ones_and_must_name_known_rows() -> None:
    frame = pd.DataFrame({"id": ["a", "b"], "text": ["generated", "generated"]})
    ours = pd.DataFrame({"text": ["", "written"]}, index=pd.Index(["a", "b"], name="id"))
    assert overlay(frame, "id", ours)["text"].tolist() == ["generated", "written"]
    with pytest.raises(ValueError, match="c"):
        overlay(frame, "id", pd.DataFrame({"text": ["x"]}, index=pd.Index(["c"], name="id")))


def test_our_texts_are_refused_when_a_column_is_missing_or_a_row_stands_twice(tmp_path: Path) -> None:
    material = Material(tmp_path, tmp_path)
    (tmp_path / "zones.csv").write_text("zone_id,name_es\na,x\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"zones\.csv: columns missing: name_en"):
        material.texts("zones", "zone_id", ["name_es", "name_en"])
    (tmp_path / "zones.csv").write_text("zone_id,name_es\na,x\na,y\n", encoding="utf-8")
    with pytest.raises(ValueError, match="stands twice"):
        material.texts("zones", "zone_id", ["name_es"])


def test_a_correction_changes_the_cells_it_names_and_no_others() -> None:
    facts = pd.DataFrame({"id": ["a", "b"], "outcome": ["took_effect", "took_effect"]})
    listed = pd.DataFrame([_change("a", "took_effect", "unknown")])
    assert corrected(facts, "file", listed)["outcome"].tolist() == ["unknown", "took_effect"]
    assert corrected(facts, "another file", listed)["outcome"].tolist() == ["took_effect", "took_effect"]
    assert facts["outcome"].tolist() == ["took_effect", "took_effect"]


@pytest.mark.parametrize("change", [("a", "unknown", "took_effect"), ("c", "took_effect", "unknown")])
def test_a_correction_that_meets_other_facts_is_refused(change: tuple[str, str, str]) -> None:
    facts = pd.DataFrame({"id": ["a"], "outcome": ["took_effect"]})
    with pytest.raises(ValueError, match=r"corrections\.csv: file, id = ., outcome: expected"):
        corrected(facts, "file", pd.DataFrame([_change(*change)]))


def _change(row: str, found: str, new: str) -> dict[str, str]:
    change = {"file": "file", "where_column": "id", "where_value": row, "column": "outcome"}
    return change | {"found": found, "corrected": new}


def test_every_correction_is_in_the_docs_with_its_reason() -> None:
    page = DOCS.read_text(encoding="utf-8")
    for change in corrections().to_dict("records"):
        now = change["corrected"] or "empty"
        assert f"{change['found']} → {now} | {change['reason']} |" in page, change["where_value"]


@needs_facts
def test_every_row_of_the_facts_is_kept_or_listed(compiled: Compiled) -> None:
    files = {path.stem for path in FACTS.glob("*.csv")}
    assert set(compiled.ledger.size) == files, "a file of facts is not read"
    assert compiled.ledger.unaccounted() == {}


@needs_facts
def test_every_dropped_row_is_in_the_docs(compiled: Compiled) -> None:
    page = DOCS.read_text(encoding="utf-8")
    for file, dropped in compiled.ledger.dropped.items():
        for reason in set(dropped.values()):
            count = list(dropped.values()).count(reason)
            assert f"| {file} | {count} | {reason}" in page


@needs_facts
@pytest.mark.parametrize("name", store.tables())
def test_building_again_gives_the_embedded_table(compiled: Compiled, name: str) -> None:
    committed = store.table(name)
    pd.testing.assert_frame_equal(compiled.tables[name], committed)
    if schemas.TABLES[name].format == "csv":
        text = as_text(name, committed).to_csv(index=False, lineterminator="\n")
        assert text == (paths.tables_dir() / schemas.TABLES[name].filename).read_text(encoding="utf-8")


@needs_facts
def test_every_value_of_the_facts_survives(compiled: Compiled) -> None:
    homicides = pd.read_csv(FACTS / "homicides_municipality_month.csv")["homicides"].sum()
    values = compiled.tables["values_month"]
    assert values.loc[values["indicator_id"] == "homicides", "value"].sum() == homicides
    killed = pd.read_csv(FACTS / "leaders_killed_indepaz_month.csv").groupby("type")["killed"].sum()
    every = pd.concat([values, compiled.tables["values_unplaced"]])
    sums = every.groupby("indicator_id")["value"].sum()
    assert (sums["leaders_killed"], sums["signatories_killed"]) == (killed["leader"], killed["signatory"])


@needs_facts
def test_written_tables_are_read_back_the_same(
    compiled: Compiled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(compiled.tables, tmp_path)
    for name in store.tables():
        content = (tmp_path / schemas.TABLES[name].filename).read_bytes()
        pd.testing.assert_frame_equal(store.parse(name, content), compiled.tables[name])


@needs_facts
def test_tables_can_be_built_before_any_text_is_written(tmp_path: Path) -> None:
    bare = build(FACTS, tmp_path)
    assert (bare.tables["ceasefires"]["title_es"] != "").all()
    assert bare.tables["caveats"].empty
    assert bare.tables["presence"]["caveat_id"].isna().all()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path / "none")])
    assert "is not a folder" in capsys.readouterr().err
