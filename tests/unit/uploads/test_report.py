"""What the reader takes away: templates with an example that is no data, and the rows left out, to be corrected."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from components import ownfiles_templates
from components.i18n import set_language
from components.ownfiles_report import left_out_table
from components.ownfiles_upload import unit_of
from data.store import table
from data.uploads import check, guess, guess_columns, inspect, project
from data.uploads.check import KEPT_FINDINGS, MAX_LABELS
from data.uploads.model import MAX_BYTES, MAX_CELL, MAX_COLUMNS, MAX_ROWS
from data.uploads.project import MAX_LAYERS, MAX_PROJECT
from tests.unit.uploads.conftest import checked, source, square_locator

ROOT = Path(__file__).parents[3]
KINDS = {"events": "events", "points": "events", "intervals": "intervals", "areas": "areas"}


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_a_template_is_understood_whole_and_its_example_is_never_data(language: str, kind: str) -> None:
    set_language(language)
    places = table("municipalities")
    content = ownfiles_templates.template(kind)
    set_language("es")
    file = source(content)
    found = inspect(file)
    columns = guess_columns(found, frozenset(places["divipola"]))
    assert columns.kind == KINDS[kind]
    # Every column but the one that holds the mark has its role.
    assert set(columns.roles.values()) == set(found.columns[:-1])
    result = check(file, found.reading, columns, places, locator=square_locator())
    assert (result.accepted, [finding.code for finding in result.findings]) == (0, ["row_example"])


def test_rows_left_out_are_taken_away_with_every_column_and_why_and_run_no_formula() -> None:
    rows = (
        "fecha,municipio,departamento,nota\n2024-01-01,Pasto,Nariño,buena\n31/02/2024,Buesaco,Antioquia,=1+1\n"
        "2024-01-03,Nadie,Nariño,@x\n"
    )
    set_language("es")
    result = checked(rows)
    file = source(rows)
    content = left_out_table(file, inspect(file).reading, result).decode("utf-8-sig")
    listed = list(csv.DictReader(io.StringIO(content)))
    assert [(row["fecha"], row["municipio"], row["nota"], row["Fila"]) for row in listed] == [
        ("31/02/2024", "Buesaco", "'=1+1", "3"),
        ("2024-01-03", "Nadie", "'@x", "4"),
    ]
    assert "Ese día no existe" in listed[0]["Qué pasa"]
    assert "Buesaco no está en Antioquia (está en Nariño)" in listed[0]["Qué pasa"]


def test_beyond_the_findings_that_are_kept_a_row_still_says_why() -> None:
    rows = "fecha,divipola\n2024-01-01,52001\n" + "nunca,52001\n" * 1200
    set_language("en")
    result = checked(rows)
    file = source(rows)
    lines = left_out_table(file, inspect(file).reading, result).decode("utf-8-sig").splitlines()
    set_language("es")
    assert len(lines) == 1201
    assert lines[-1].endswith("Not a date")


@pytest.mark.parametrize(
    ("column", "unit"),
    [("Víctimas", "víctimas"), ("VICTIMAS", "victimas"), ("numero_de_casos", "numero de casos"), ("HA", "HA")],
)
def test_the_unit_of_a_figure_is_the_name_of_its_column(column: str, unit: str) -> None:
    assert unit_of(column) == unit


def test_the_documentation_names_every_column_that_is_recognised_and_every_limit() -> None:
    words = (ROOT / "docs" / "own-files.md").read_text("utf-8")
    listed = {row.split(" | ")[-1].strip(" |") for row in words.splitlines()}
    assert {", ".join(names) for names in guess._WORDS.values()} <= listed
    for limit in (MAX_BYTES // 2**20, MAX_ROWS, MAX_COLUMNS, MAX_CELL, MAX_LABELS, MAX_LAYERS, KEPT_FINDINGS):
        assert f"{limit:,}" in words, limit
    assert f"{MAX_PROJECT // 2**20} MB and {project.MAX_ROWS:,} rows per layer" in words
