"""The page of own files through the real router: upload, questions, layer, map, project; all rows are synthetic."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components import ownfiles_upload
from tests.app.test_explorer import open_page, words

ROWS = (
    "fecha;departamento;municipio;casos\n25/03/2024;Nariño;Pasto;2\n26/03/2024;Nariño;Ipiales;1\n"
    "03/04/2024;;La Unión;4\nayer;Nariño;Pasto;1\n"
)


def uploaded(language: str = "es", content: bytes = ROWS.encode("cp1252"), name: str = "sintetico.csv") -> AppTest:
    app = open_page("own_files", lang=language, v="1")
    app.file_uploader(key="own-upload").set_value((name, content, "text/csv"))
    return app.run()


def said(app: AppTest) -> str:
    more = [str(element.value) for kind in (app.info, app.error, app.caption) for element in kind]
    return " ".join([words(app), *more])


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_opens_and_says_whose_the_data_are(language: str) -> None:
    app = open_page("own_files", lang=language)
    assert not app.exception
    assert {"es": "nadie los ha verificado", "en": "nobody has verified them"}[language] in words(app)


def test_a_link_with_wrong_parts_is_told() -> None:
    app = open_page("own_files", lang="es", date="2024-13-45", v="1")
    assert any("date=2024-13-45" in str(warning.value) for warning in app.warning)


def test_from_a_file_to_the_map_and_into_a_project() -> None:
    app = uploaded("en")
    assert not app.exception
    assert "CP1252" in words(app)
    app.button(key="own-check").click().run()
    assert not app.exception
    assert "2 rows accepted." in words(app)
    app.selectbox(key="own-place-La Unión-").set_value("52399")
    next(button for button in app.button if button.label.startswith("Use these answers")).click().run()
    assert "3 rows accepted." in words(app)
    app.button(key="own-add").click().run()
    assert not app.exception
    assert "yours, not verified" in words(app)
    app.query_params["fill"] = "own:1"
    app.switch_page("narino.py").run()
    assert not app.exception
    assert "Your file “sintetico”" in words(app)
    assert "Own data are not in the link." in words(app)


PRESENCE_ROWS = (
    "Municipio,Departamento,Grupo,Desde,Hasta,Tipo\nSamaniego,Nariño,ELN,2025-01-01,2025-12-31,influencia\n"
    "Tumaco,Nariño,ELN,2025-01-01,2025-12-31,\nTumaco,Nariño,Grupo Inventado,2025-01-01,2025-12-31,\n"
)


def added(content: str, name: str, language: str = "es") -> AppTest:
    """Upload, check and add a file."""
    app = uploaded(language, content.encode(), name)
    app.button(key="own-check").click().run()
    app.button(key="own-add").click().run()
    assert not app.exception
    return app


def on_the_map(app: AppTest, fill: str = "own:1") -> AppTest:
    app.query_params["fill"] = fill
    app.switch_page("narino.py").run()
    assert not app.exception
    return app


def test_a_line_of_presence_is_called_by_what_it_counts() -> None:
    app = added(PRESENCE_ROWS, "eln.csv")
    assert "nombra 2 municipios de Nariño" in words(app)
    assert "eln: municipios en los que su archivo nombra un grupo en la fecha" in words(on_the_map(app))


def test_a_group_that_nobody_knows_is_accepted_and_told() -> None:
    app = uploaded("es", PRESENCE_ROWS.encode(), "eln.csv")
    app.button(key="own-check").click().run()
    assert "3 filas aceptadas" in words(app)
    told = app.dataframe[1].value
    assert list(told["Filas"]) == [1]
    assert "No está entre los grupos conocidos" in told["Qué pasa"].iloc[0]


def test_a_sum_is_called_by_its_column_and_nothing_lies_in_the_future() -> None:
    rows = "fecha,divipola,Víctimas\n2024-03-01,52001,2\n2024-05-01,52001,1.5\n01/01/2099,52001,9\n"
    app = added(rows, "hechos.csv")
    said = "3,5 víctimas en 1 municipio de Nariño, de marzo de 2024 a mayo de 2024: menos de 12 meses de filas"
    assert said in words(app)
    said_there = words(on_the_map(app))
    assert "hechos: menos de 12 meses de filas" in said_there
    assert "2099" not in said_there


def test_twelve_full_months_make_a_line_and_are_called_so() -> None:
    rows = "fecha,divipola,Víctimas\n2023-01-01,52001,2\n2024-05-01,52001,1.5\n"
    app = added(rows, "hechos.csv")
    assert "1,5 víctimas en 1 municipio de Nariño, 12 meses hasta mayo de 2024" in words(app)
    assert "hechos: víctimas, suma de los 12 meses" in words(on_the_map(app))


def test_coordinates_without_boundaries_are_told_before_anything_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownfiles_upload, "locator", lambda: None)
    app = uploaded("es", b"fecha,latitud,longitud\n2024-01-01,1.2,-77.3\n", "puntos.csv")
    assert any("no tiene límites municipales" in str(warning.value) for warning in app.warning)
    app = uploaded("es", b"fecha,divipola,latitud,longitud\n2024-01-01,52001,1.2,-77.3\n", "puntos.csv")
    assert not app.warning


def test_two_layers_of_one_name_can_be_told_apart_and_the_new_one_is_shown() -> None:
    app = added("fecha,divipola\n2024-03-01,52001\n", "hechos.csv")
    app.button(key="own-check").click().run()
    app.button(key="own-add").click().run()
    assert app.button_group(key="own-layer").options == ["hechos", "hechos (2)"]
    assert app.session_state["own-layer"] == 2
    app.button(key="own-remove-2").click().run()
    assert not app.exception
    assert "hechos (2)" not in words(app)


def test_an_answered_name_can_be_answered_otherwise() -> None:
    app = uploaded("en")
    app.button(key="own-check").click().run()
    for code, accepted in (("52399", 3), ("", 2), ("?", 2)):
        app.selectbox(key="own-place-La Unión-").set_value(code)
        next(button for button in app.button if button.label.startswith("Use these answers")).click().run()
        assert f"{accepted} rows accepted." in words(app)


def test_the_control_shows_the_map_that_is_drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MUNICIPAL_BOUNDARIES", raising=False)
    monkeypatch.setenv("PAZ_DATA_DIR", str(tmp_path))
    app = on_the_map(added("fecha,divipola\n2024-03-01,52001\n", "hechos.csv"))
    assert app.button_group(key="control-narino-map").value == "tile"
    # What stands in is no wish of the reader's: it stays out of the link.
    assert "map" not in app.query_params


def test_a_link_to_someone_else_s_file_says_that_it_is_not_in_the_link() -> None:
    app = open_page("narino", lang="en", fill="own:1", v="1")
    assert not app.exception
    assert any("own data are not in the link" in str(warning.value) for warning in app.warning)


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"%PDF-1.7", "x.pdf", "This is a PDF"),
        (b"\x00\x01\x02\x03" * 40, "x.csv", "not text"),
        (b'{"type": "FeatureCollection", "features": [', "x.geojson", "not valid JSON"),
    ],
)
def test_files_that_cannot_be_read_leave_the_page_standing(content: bytes, name: str, expected: str) -> None:
    app = uploaded("en", content, name)
    assert not app.exception
    assert expected in said(app)


def test_a_hostile_project_is_refused_and_a_good_one_opens() -> None:
    app = open_page("own_files", lang="en")
    app.file_uploader(key="own-project").set_value(("p.json", b'{"format": "x"}', "application/json"))
    app.run()
    app.button(key="own-open").click().run()
    assert "not a project file" in said(app)
    document = {
        "format": "paz-territorial-project",
        "version": 1,
        "saved": "2026-11-25",
        "view": {"page": "narino", "query": {"fill": "own:2", "date": "2024-10-31", "v": "1"}},
        "own": [
            {
                "number": 2,
                "name": "Sintético",
                "unit": "",
                "kind": "events",
                "file": "a.csv",
                "rows": "divipola,from,to,value,label\n52001,2024-03-25,2024-03-25,2,\n",
            }
        ],
    }
    app.file_uploader(key="own-project").set_value(("p.json", json.dumps(document).encode(), "application/json"))
    app.run()
    app.button(key="own-open").click().run()
    assert not app.exception
    app.switch_page("narino.py")
    app.query_params["fill"] = "own:2"
    app.run()
    assert "Your file “Sintético”" in words(app)
