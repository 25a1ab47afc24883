"""Names of places: found, told apart, or reported; never guessed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import store
from data.names import MUNICIPALITY_ALIASES, Gazetteer, fold, gazetteer, repair_mojibake, variants

SHARED = Path(__file__).parents[2].parent / "shared"
MUNICIPALITIES = store.table("municipalities")
PLACES = Gazetteer(MUNICIPALITIES)


@pytest.fixture(scope="module")
def mirror() -> Callable[[str], Path]:
    def path(name: str) -> Path:
        found = SHARED / "mirror" / name
        if not found.exists():
            pytest.skip(f"the publisher's file {name} is not on this machine (it may not be redistributed)")
        return found

    return path


def test_every_official_name_finds_itself_in_any_writing() -> None:
    for row in MUNICIPALITIES.itertuples():
        for name in (row.name, str(row.name).upper(), fold(str(row.name)), f"  {row.name}  (CT)"):
            assert PLACES.match(str(name), str(row.department)).divipola == row.divipola, name


def test_every_alias_leads_to_a_municipality_and_hides_no_official_name() -> None:
    plain = Gazetteer(MUNICIPALITIES, aliases={})
    for (department, name), code in MUNICIPALITY_ALIASES.items():
        assert code in PLACES.codes
        assert PLACES.match(name, department).divipola == code
        assert plain.match(name, department).divipola in (None, code)


@pytest.mark.parametrize(
    "name",
    ["TUMACO", "SAN ANDRES DE TUMACO", "San Andres de Tumaco", "SAN ANDRÉS DE TUMACO", "Tumaco municipality",
     "San Andrés de Tumaco municipality", "Municipio de Tumaco"],
)  # fmt: skip
def test_quirk_08_tumaco(name: str) -> None:
    assert PLACES.match(name, "NARIÑO").divipola == "52835"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("PASTO (CT)", "52001"),
        ("MAGÜÍ (Payán)", "52427"),
        ("FRANCISCO PIZARRO (Salahonda)", "52520"),
        ("LOS ANDES (Sotomayor)", "52418"),
        ("OLAYA HERRERA (Bocas de Satinga)", "52490"),
        ("SANTA BÁRBARA (Iscuandé)", "52696"),
        ("SANTA CRUZ (Guachavés)", "52699"),
        ("Sotomayor", "52418"),
    ],
)
def test_quirk_09_suffixes_and_brackets(name: str, code: str) -> None:
    assert PLACES.match(name, "Nariño").divipola == code


def test_quirk_09_areas_that_are_no_municipality_of_their_own_right() -> None:
    assert PLACES.match("MIRITÍ-PARANÁ (Campoamor) (Cor. Departamental)", "AMAZONAS").divipola == "91460"
    assert PLACES.match("PUERTO ALEGRÍA (Cor. Departamental)", "AMAZONAS").divipola == "91530"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("COLON", "52203"),
        ("MAGUI", "52427"),
        ("BELEN", "52083"),
        ("EL PEÑOL", "52254"),
        ("CHACHAGÜI", "52240"),
        ("EL PENOL", "52254"),
    ],
)
def test_quirk_10_accents_and_diaeresis_come_and_go(name: str, code: str) -> None:
    assert PLACES.match(name, "NARIÑO").divipola == code


@pytest.mark.parametrize(
    "name",
    ["Córdoba", "El Tambo", "La Unión", "Santa Bárbara", "San Pablo", "Providencia", "Argelia", "Albania", "Nariño"],
)
def test_quirk_11_homonyms_need_their_department(name: str) -> None:
    alone = PLACES.match(name)
    assert (alone.divipola, alone.status) == (None, "ambiguous")
    assert len(alone.candidates) > 1
    assert {PLACES.match(name, PLACES.department_of[code]).divipola for code in alone.candidates} == set(
        alone.candidates
    )


def test_quirk_11_three_municipalities_are_called_narino_and_the_department_is_none() -> None:
    assert {PLACES.match("NARIÑO", department).divipola for department in ("Antioquia", "Cundinamarca", "Nariño")} == {
        "05483",
        "25483",
        "52480",
    }


@pytest.mark.parametrize(
    ("name", "code"),
    [("Satinga", "52490"), ("Iscuande", "52696"), ("Maguí Payán", "52427"), ("Colon y Genova", "52203")],
)
def test_quirk_12_local_names(name: str, code: str) -> None:
    assert PLACES.match(name, "Nariño").divipola == code


def test_quirk_12_what_is_no_municipality_is_told() -> None:
    assert PLACES.match("El Sauce", "Nariño").status == "not_a_municipality"
    assert PLACES.match("Arabia", "Pereira").status == "unknown"
    assert PLACES.department("Pereira") is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("NARINO", "52"), ("GUAJIRA", "44"), ("Narino", "52"), ("Nariño department", "52"),
        ("Tolima  department", "73"),
        ("Valle del Cauca  department", "76"), ("BOGOTA D.C.", "11"), ("BOGOTA DC", "11"), ("Bogotá department", "11"),
        ("SAN ANDRES ISLAS", "88"), ("Archipiélago de San Andrés", "88"), ("NORTE SANTANDER", "54"), ("5", "05"),
        ("52", "52"),
        ("NariÃ±o", "52"), ("NARI\ufffdO", "52"), ("Caqueta", "18"), ("EXTERIOR", None), ("", None), ("NARI", None),
    ],
)  # fmt: skip
def test_quirk_13_departments(name: str, code: str | None) -> None:
    assert PLACES.department(name) == code


def test_bogota_in_the_polices_cundinamarca() -> None:
    assert PLACES.match("Bogotá D.C. (CT)", "CUNDINAMARCA").divipola == "11001"


@pytest.mark.parametrize("name", ["", "NA", "nan", "SIN INFORMACION", "Sin Definir", " - ", "N/A"])
def test_quirk_25_nothing_is_nothing(name: str) -> None:
    assert PLACES.match(name, "Nariño").status == "blank"


@pytest.mark.parametrize(
    ("name", "department", "code"),
    [
        ("MEDELL?N", "Antioquia", "05001"),
        ("PE\ufffdOL", "Antioquia", "05541"),
        ("URAB?", "Antioquia", None),
        ("AMAG?", "Antioquia", "05030"),
        ("CI\ufffd\ufffdNAGA", "Magdalena", "47189"),
    ],
)
def test_quirk_41_destroyed_letters_are_restored_only_when_one_name_fits(
    name: str, department: str, code: str | None
) -> None:
    found = PLACES.match(name, department)
    assert found.divipola == code
    assert found.status == ("repaired" if code else "unknown")


def test_a_misspelling_is_offered_and_not_taken() -> None:
    found = PLACES.match("Samanieggo", "Nariño")
    assert (found.divipola, found.status, found.candidates) == (None, "unknown", ("52678",))


def test_quirk_04_codes_that_are_no_municipalitys() -> None:
    wanted = {
        "52835": None, "00000": "unknown_place", "0": "unknown_place", "52000": "unknown_place",
        "99572": "obsolete_code",
        "94663": "obsolete_code", "01349": "unknown_code", "CAUCA": "not_five_digits", "EXVEN": "abroad",
        "5283": "not_five_digits",
    }  # fmt: skip
    assert {code: PLACES.code_fault(code) for code in wanted} == wanted


def test_quirk_05_and_07_a_column_of_names_keeps_its_rows_and_its_blanks() -> None:
    found = PLACES.match_frame(
        pd.Series(["Tumaco", None, "Nowhere"], index=[7, 8, 9]), pd.Series(["Nariño"] * 3, index=[7, 8, 9])
    )
    assert found["divipola"].isna().tolist() == [False, True, True]
    assert found.index.tolist() == [7, 8, 9]
    assert found["status"].tolist() == ["matched", "blank", "unknown"]


def test_quirk_14_the_polices_names_agree_with_its_codes_in_capitals_and_in_title_case(
    mirror: Callable[[str], Path],
) -> None:
    from data.sources import tabular, values

    for year, kind in ((2011, "xlsx"), (2024, "xls")):
        data = mirror(f"policia/homicidios_{year}.{kind}").read_bytes()
        frame = tabular.read_table(data, ("municipio", "codigo_dane")).frame
        frame = frame[frame["codigo_dane"] != ""].drop_duplicates(["departamento", "municipio", "codigo_dane"])
        codes = values.police_codes(frame["codigo_dane"])
        found = PLACES.match_frame(frame["municipio"], frame["departamento"])
        # Tarapacá's one settlement code stands beside "Leticia (CT)" in 2024: the code, not the name, is what counts.
        assert (found["divipola"] != codes).sum() <= 1


def test_the_lists_of_leaders_match_but_for_what_is_reported(mirror: Callable[[str], Path]) -> None:
    frame = pd.read_csv(mirror("leaders/lideres_datasketch_2020.sin_nombres.csv"), dtype="str")
    found = PLACES.match_frame(frame["municipio"], frame["departamento"])
    assert (found["status"] == "matched").mean() > 0.94
    assert set(found["status"]) == {"matched", "unknown", "not_a_municipality", "blank"}


def test_the_stores_gazetteer_is_built_once() -> None:
    assert gazetteer() is gazetteer()
    assert len(gazetteer().codes) == 1_122


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=20))
def test_no_text_breaks_the_matching_or_yields_a_stranger(name: str, department: str) -> None:
    found = PLACES.match(name, department)
    assert found.divipola is None or found.divipola in PLACES.codes
    assert (found.divipola is not None) == (found.status in ("matched", "repaired"))


@settings(deadline=None)
@given(st.text(max_size=40))
def test_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert all(form == fold(form) for form in variants(text))


@settings(deadline=None)
@given(st.text(alphabet="áéíóúñüÁÉÍÓÚÑÜ abc", min_size=1, max_size=20))
def test_mojibake_of_spanish_is_undone(text: str) -> None:
    assert repair_mojibake(text.encode("utf-8").decode("latin-1")) == text
