"""DANE, Descontamina, CNMH, HDX HAPI, ACLED, INDEPAZ and the Defensoría: their quirks by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data import store
from data.refresh import Options, refresh_dataset
from data.sources import acled, cnmh, dane_tables, defensoria, descontamina, hapi, indepaz, tabular
from data.sources.catalogue import DATASETS
from data.sources.fetch import Fetch, local_file
from data.sources.http import PublisherError
from data.sources.model import Parsing, SourceError
from tests.unit.loopback import Server, reply_json
from tests.unit.sources.server import (
    ALERTS,
    HAPI_HEADER,
    Socrata,
    acled_rows,
    acled_setup,
    alerts_book,
    csv_bytes,
    hapi_rows,
    indepaz_post,
    landmine_rows,
    workbook,
)

Mirror = Callable[[str], Path]
MakeFetch = Callable[..., Fetch]


def frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows).fillna("").astype("str")


def same_as_facts(values: pd.DataFrame, held: pd.DataFrame, column: str, first_year: int = 0) -> None:
    held = held.astype({"year": "int64", column: "float64"})
    both = held[held[column] > 0].merge(values[values["year"] >= first_year], on=["divipola", "year"], how="outer")
    assert len(both) > 1_000
    assert (both[column] == both["value"]).all()


# -- DANE -------------------------------------------------------------------------------------------------------------


def test_quirk_23_decimal_commas_in_the_list_of_municipalities(mirror: Mirror, parsing: Parsing) -> None:
    found = dane_tables.parse_divipola_files([local_file(mirror("dane/divipola_gdxc-w37w.csv"))], parsing)
    table = found.tables["municipalities"]
    embedded = store.table("municipalities")
    both = embedded.merge(table, on="divipola", suffixes=("_held", "_read"))
    assert len(both) == 1_122
    assert (both["kind_held"] == both["kind_read"]).all()
    assert (both["lon_held"] - both["lon_read"]).abs().max() < 1e-6
    assert found.rejected.empty


def test_thousands_marks_in_a_coordinate_are_not_guessed_away() -> None:
    assert dane_tables.coordinates(pd.Series(["-75,581775", "-75.5", "-75,581,775"])).isna().tolist() == [
        False,
        False,
        True,
    ]


def test_a_list_of_half_the_municipalities_is_refused(tmp_path: Path, parsing: Parsing, mirror: Mirror) -> None:
    lines = mirror("dane/divipola_gdxc-w37w.csv").read_bytes().splitlines(keepends=True)
    (tmp_path / "divipola.csv").write_bytes(b"".join(lines[:600]))
    with pytest.raises(SourceError, match="fewer_rows"):
        dane_tables.parse_divipola_files([local_file(tmp_path / "divipola.csv")], parsing)


def test_the_projections_equal_the_embedded_population(mirror: Mirror, parsing: Parsing) -> None:
    name = "dane/DCD-area-proypoblacion-Mun-2020-2035-ActPostCOVID-19.xlsx"
    found = dane_tables.parse_population(mirror(name).read_bytes(), parsing)
    held = store.table("population").query("2020 <= year <= 2035")
    both = held.merge(found.tables["population"], on=["divipola", "year"], suffixes=("_held", "_read"))
    assert len(both) == 1_121 * 16
    for column in ("total", "urban", "rural"):
        assert (both[f"{column}_held"] == both[f"{column}_read"]).all()
    assert set(found.rejected["found"]) == {"94663"}, "Mapiripana: population 0 means no figure"


def test_quirk_26_a_population_of_one_is_no_population(parsing: Parsing) -> None:
    rows: list[list[Any]] = [["MPIO", "AÑO", "ÁREA GEOGRÁFICA", "Población"]]
    rows += [["52835", 2021, area, n] for area, n in (("Cabecera", 1), ("Resto", 0), ("Total", 1))]
    rows += [["52001", 2021, area, n] for area, n in (("Cabecera", 900), ("Resto", 100), ("Total", 999))]
    found = dane_tables.parse_population(workbook(rows), parsing)
    assert found.tables["population"]["total"].isna().all()
    assert sorted(found.rejected["reason"]) == ["implausible_population", "total_is_not_the_sum"]


# -- Descontamina -----------------------------------------------------------------------------------------------------


def test_quirk_03_33_and_34_the_real_file_of_landmine_victims(
    mirror: Mirror, parsing: Parsing, facts: Callable
) -> None:
    found = descontamina.parse([local_file(mirror("descontamina/situacion_victimas_map_muse.csv"))], parsing)
    sums = found.values.groupby("indicator_id")["value"].sum().to_dict()
    assert sums == {"landmine_victims": 12_390, "landmine_killed": 2_352}, "identical rows are different people"
    assert "outcome_column=genero" in found.notes
    held = facts("landmine_victims_municipality_year")
    same_as_facts(found.values[found.values["indicator_id"] == "landmine_victims"], held, "victims")


def test_quirk_34_headers_put_right_are_read_as_well(parsing: Parsing) -> None:
    rows = [{"departamento": "NARIÑO", "municipio": "TUMACO", "ano": "2006", "genero": "Hombre", "estado": "Muerto"}]
    found = descontamina.parse_rows(frame(rows), parsing)
    assert found.values["indicator_id"].tolist() == ["landmine_killed", "landmine_victims"]
    assert found.values["divipola"].tolist() == ["52835", "52835"]


def test_a_file_that_says_neither_hurt_nor_dead_is_refused(parsing: Parsing) -> None:
    rows = [{"departamento": "NARIÑO", "municipio": "TUMACO", "ano": "2006", "genero": "Hombre"}]
    with pytest.raises(SourceError, match="missing_column"):
        descontamina.parse_rows(frame(rows), parsing)


# -- CNMH -------------------------------------------------------------------------------------------------------------


def test_quirk_04_and_18_the_real_kidnapping_cases(mirror: Mirror, parsing: Parsing, facts: Callable) -> None:
    found = cnmh.KIDNAPPING.parse([local_file(mirror("cnmh/CasosSE_202206.xlsx"))], parsing)
    same_as_facts(found.values, facts("kidnapping_victims_cnmh_municipality_year"), "victims", first_year=1985)
    reasons = found.rejected["reason"].value_counts()
    assert reasons["year_unknown"] == 1_633
    assert reasons["unknown_place"] > 400
    assert found.cut_date is not None
    assert found.cut_date.year == 2022


def test_quirk_36_three_generations_of_headers(parsing: Parsing, mirror: Mirror) -> None:
    old = {"ANNOH": "1991", "DEPTO_CASO": "NARIÑO", "MUNINICIO_CASO": "TUMACO", "NUM": "4"}
    newest = {
        "Año": "1991",
        "Código DANE de Municipio": "52835",
        "Total de Víctimas del Caso": "4",
        "Total Acciones": "9",
    }
    middle = {"ano": "1991", "dept": "Nariño", "municipio": "SAN ANDR\ufffdS DE TUMACO", "num": "4"}
    for row in (old, middle, newest):
        found = cnmh.parse_cases(frame([row]).rename(columns=tabular.snake), cnmh.MASSACRES, parsing)
        assert found.values.set_index("indicator_id")["value"].to_dict() == {
            "massacre_victims_cnmh": 4,
            "massacres_cnmh": 1,
        }
    real = cnmh.MASSACRES.parse([local_file(mirror("cnmh/CasosMA_202206.xlsx"))], parsing)
    assert real.values.query("indicator_id == 'massacres_cnmh'")["value"].sum() > 4_000


def test_quirk_37_cases_without_victims_are_not_victims(parsing: Parsing) -> None:
    rows = [{"ano": "2010", "codigo_dane": "52835", "total_de_victimas_del_caso": n} for n in ("0", "3")]
    found = cnmh.parse_cases(frame(rows), cnmh.KIDNAPPING, parsing)
    assert found.values["value"].tolist() == [3.0]


def test_quirk_41_destroyed_letters_are_restored_where_one_name_fits(mirror: Mirror, parsing: Parsing) -> None:
    found = cnmh.MASSACRES.parse([local_file(mirror("cnmh/casos-ma_2019_broken_accents.csv"))], parsing)
    assert {"05001", "47189", "05045", "52835"} <= set(found.values["divipola"])
    assert not found.rejected["reason"].isin(["ambiguous"]).any()
    assert found.rejected["reason"].value_counts()["year_unknown"] == 22


def test_two_vintages_of_one_file_are_not_added_up(mirror: Mirror, parsing: Parsing) -> None:
    paths = [mirror("cnmh/CasosMA_202206.xlsx"), mirror("cnmh/casos-ma_2019_broken_accents.csv")]
    both = cnmh.MASSACRES.parse([local_file(path) for path in paths], parsing)
    newest = cnmh.MASSACRES.parse([local_file(paths[0])], parsing)
    assert both.values.equals(newest.values)


def test_landmine_rows_about_persons_never_arrive(make_fetch: MakeFetch, parsing: Parsing) -> None:
    with Server() as server:
        server.route(
            "/resource/52eu-ic7d.json", Socrata([row | {"id_persona": n} for n, row in enumerate(landmine_rows())])
        )
        files = list(cnmh.download_landmines(make_fetch({"PAZ_URL_SOCRATA": server.url})))
    assert all(b"id_persona" not in raw.read() for raw in files)
    found = cnmh.parse_landmines(files, parsing).values
    sums = found.groupby("indicator_id")["value"].sum().to_dict()
    assert sums == {"landmine_victims_cnmh": 40, "landmine_killed_cnmh": 10}


# -- HDX HAPI ---------------------------------------------------------------------------------------------------------


def hapi_parsed(rows: list[list[Any]], parsing: Parsing) -> Any:
    return hapi.parse_rows(tabular.read_table(csv_bytes(HAPI_HEADER, rows)).frame, parsing)


def test_levels_and_kinds_of_hapi_are_never_added_up(parsing: Parsing) -> None:
    found = hapi_parsed(hapi_rows(), parsing)
    values = found.values[(found.values["divipola"] == "52835") & (found.values["month"] == pd.Timestamp("2026-01-01"))]
    assert values.set_index("indicator_id")["value"].to_dict() == {
        "acled_political_violence": 3,
        "acled_civilian_targeting": 2,
        "acled_demonstrations": 1,
        "acled_deaths_political_violence": 2,
        "acled_deaths_civilian_targeting": 1,
    }
    assert found.cut_date == dt.date(2026, 2, 28)
    assert "rows_of_other_levels=30" in found.notes


def test_hapi_is_asked_page_by_page_when_an_identifier_is_set(
    make_fetch: MakeFetch, parsing: Parsing, monkeypatch: Any
) -> None:
    rows = [dict(zip(HAPI_HEADER, row, strict=True)) for row in hapi_rows() if row[4] == 2]
    monkeypatch.setattr(hapi, "PAGE_ROWS", 7)

    def answer(request: Any) -> Any:
        start = int(request.query["offset"])
        return reply_json({"data": rows[start : start + int(request.query["limit"])]})

    with Server() as server:
        server.route("/api/v2/coordination-context/conflict-events", answer)
        fetch = make_fetch({"PAZ_URL_HAPI": server.url, "HDX_APP_IDENTIFIER": "c2VjcmV0"})
        files = list(hapi.download(fetch))
        assert server.asked[0].query["location_code"] == "COL"
        assert hapi.parse(files, parsing).rows == len(rows) == 30
    assert all(b"c2VjcmV0" not in path.read_bytes() for path in fetch.directory.rglob("*.json"))


def test_an_unknown_kind_of_event_is_reported(parsing: Parsing) -> None:
    row = hapi_rows()[0]
    row[4], row[2], row[5] = 2, "CO52835", "strange"
    assert hapi_parsed([row], parsing).rejected["reason"].tolist() == ["unknown_category"]


# -- ACLED ------------------------------------------------------------------------------------------------------------


def test_acled_without_credentials_says_what_to_set(make_options: Callable[..., Options]) -> None:
    outcome = refresh_dataset(DATASETS["acled-own"], make_options({}))
    assert (outcome.fault, outcome.advice) == ("needs_credentials", "set_credentials")
    assert "ACLED_EMAIL" in outcome.detail


def test_acled_signed_in_but_not_entitled_is_a_refusal(make_options: Callable[..., Options]) -> None:
    with Server() as server:
        environment, path = acled_setup(server)
        server.route(path, lambda _: reply_json({"status": 403, "message": "Access denied"}))
        outcome = refresh_dataset(DATASETS["acled-own"], make_options(environment))
    assert (outcome.fault, outcome.advice) == ("refused", "bring_file")


def test_acled_events_are_counted_and_not_kept(make_options: Callable[..., Options]) -> None:
    from data import snapshots

    with Server() as server:
        environment, _ = acled_setup(server)
        options = make_options(environment)
        assert refresh_dataset(DATASETS["acled-own"], options).outcome == "published"
    held = snapshots.current("acled-own", options.base)
    assert held is not None
    assert held.manifest["redistributable"] is False
    everything = b"".join(p.read_bytes() for p in options.folder.rglob("*") if p.is_file())
    assert b"COL20180" not in everything
    assert b"pw" not in (held.directory / "manifest.json").read_bytes()
    assert b"t0ken" not in everything


def test_acled_regions_and_repeated_ids(parsing: Parsing) -> None:
    rows = acled_rows(2026)
    found = acled.parse_rows(frame([*rows, rows[0], rows[1] | {"event_id_cnty": "X", "geo_precision": "3"}]), parsing)
    assert found.values.query("~indicator_id.str.contains('deaths')")["value"].sum() == 12
    assert found.rejected["reason"].tolist() == ["region_only"]


# -- INDEPAZ ----------------------------------------------------------------------------------------------------------


def row_of(n: int, day: str = "", victims: str = "3", place: str = "Tumaco") -> list[str]:
    return [str(n), day or f"{10 + n:02d}/01/2026", "Nariño", place, victims]


def test_quirk_17_a_mistyped_year_is_reported(parsing: Parsing) -> None:
    found = indepaz.parse_posts([indepaz_post([row_of(n) for n in range(1, 9)] + [row_of(9, "19/07/2924")])], parsing)
    assert found.values.query("indicator_id == 'massacres_indepaz'")["value"].sum() == 8
    assert found.rejected[["found", "reason"]].to_numpy().tolist() == [["19/07/2924", "impossible_date"]]


def test_a_repeated_block_counts_once_and_a_single_repetition_is_flagged(parsing: Parsing) -> None:
    block = [row_of(n) for n in range(1, 9)]
    found = indepaz.parse_posts([indepaz_post([*block, *block, row_of(8)])], parsing)
    table = found.tables["massacres_indepaz"]
    assert len(table) == 9
    assert table["duplicate"].sum() == 1
    assert found.values.query("indicator_id == 'massacres_indepaz'")["value"].sum() == 8
    assert "repeated_block" in set(found.rejected["reason"])


def test_a_title_above_the_header_does_not_hide_the_table(parsing: Parsing) -> None:
    post = indepaz_post([row_of(n) for n in range(1, 9)])
    text = post["content"]["rendered"].replace("<table>", '<table><tr><td colspan="5">MASACRES 2026</td></tr>')
    found = indepaz.parse_posts([post | {"content": {"rendered": text}}], parsing)
    assert len(found.tables["massacres_indepaz"]) == 8


def test_a_year_in_two_reports_is_taken_from_the_fuller_one(parsing: Parsing) -> None:
    short = indepaz_post([row_of(n) for n in range(3, 6)], "https://example.org/a", "2026-12-01")
    full = indepaz_post([row_of(n) for n in range(1, 9)], "https://example.org/b", "2026-09-01")
    found = indepaz.parse_posts([short, full], parsing)
    assert set(found.tables["massacres_indepaz"]["source_url"]) == {"https://example.org/b"}


def test_a_column_of_names_is_never_read(parsing: Parsing) -> None:
    post = indepaz_post([row_of(n) for n in range(1, 9)])
    text = post["content"]["rendered"].replace("</tr>", "<td>SYNTHETIC NAME</td></tr>")
    text = text.replace("<td>SYNTHETIC NAME</td></tr>", "<th>NOMBRE DE LAS VÍCTIMAS</th></tr>", 1)
    found = indepaz.parse_posts([post | {"content": {"rendered": text}}], parsing)
    assert "SYNTHETIC" not in found.tables["massacres_indepaz"].to_csv() + found.rejected.to_csv()


def test_quirk_12_a_hamlet_is_reported_and_kept_without_a_municipality(parsing: Parsing) -> None:
    rows = [*(row_of(n) for n in range(1, 9)), row_of(9, place="El Sauce"), row_of(10, place="Satinga")]
    found = indepaz.parse_posts([indepaz_post(rows)], parsing)
    assert found.rejected["reason"].tolist() == ["not_a_municipality"]
    assert found.tables["massacres_indepaz"]["divipola"].isna().sum() == 1
    assert "52490" in set(found.values["divipola"])


def test_a_page_without_a_table_of_massacres_is_refused(parsing: Parsing) -> None:
    with pytest.raises(SourceError, match="missing_column"):
        indepaz.parse_posts([{"content": {"rendered": "<table><tr><td>x</td></tr></table>"}}], parsing)


def test_a_changed_site_is_reported(make_fetch: MakeFetch) -> None:
    with Server() as server:
        server.route("/wp-json/wp/v2/posts", lambda _: reply_json([]))
        fetch = make_fetch({"PAZ_URL_INDEPAZ": server.url})
        with pytest.raises(PublisherError) as caught:
            list(indepaz.download(fetch))
    assert caught.value.fault == "unexpected_format"


# -- Defensoría -------------------------------------------------------------------------------------------------------


def test_bogota_holds_the_separator_and_cut_lists_are_known() -> None:
    text = "Bogotá, D.C. (Bogotá, D.C.); Tumaco, Ricaurte (Nariño); El Tambo (Cauca) ... y Otros"
    assert defensoria.places_of(text) == (
        [("Bogotá D.C.", "Bogotá D.C."), ("Tumaco", "Nariño"), ("Ricaurte", "Nariño"), ("El Tambo", "Cauca")],
        True,
    )
    assert defensoria.places_of("Tumaco (Nariño)") == ([("Tumaco", "Nariño")], False)


def test_quirk_11_homonyms_of_alerts_are_told_apart_by_their_department(parsing: Parsing) -> None:
    found = defensoria.parse_workbook(alerts_book(), {}, parsing)
    links = found.tables["alert_municipalities"].groupby("code")["divipola"].agg(list).to_dict()
    assert links["001-26"] == ["19256", "52079", "52835"]
    assert links["002-26"] == ["11001"]


def test_a_cut_list_is_completed_from_the_alerts_own_page(make_options: Callable[..., Options]) -> None:
    from data import snapshots
    from tests.unit.sources.server import defensoria_setup

    with Server() as server:
        environment, _ = defensoria_setup(server)
        options = make_options(environment)
        assert refresh_dataset(DATASETS["defensoria-alerts"], options).outcome == "published"
    held = snapshots.current("defensoria-alerts", options.base)
    assert held is not None
    alerts = held.table("alerts").set_index("code")
    assert bool(alerts.loc["003-26", "complete"])
    assert alerts.loc["003-26", "municipalities"] == 2
    assert alerts.loc["001-26", "groups"] == "ELN; EMC"


def test_a_cut_list_that_cannot_be_completed_says_so(parsing: Parsing) -> None:
    alerts = defensoria.parse_workbook(alerts_book(), {}, parsing).tables["alerts"].set_index("code")
    assert not alerts.loc["003-26", "complete"]


def test_an_alert_about_the_nation_warns_no_municipality(parsing: Parsing) -> None:
    antioquia = store.table("municipalities").query("department_code in ('05', '25')")
    text = "; ".join(
        f"{name} ({department})" for name, department in zip(antioquia["name"], antioquia["department"], strict=True)
    )
    found = defensoria.parse_workbook(
        alerts_book([*ALERTS, ["013-25", "Estructural", "2026-02-02", text, "ELN"]]), {}, parsing
    )
    table = found.tables["alerts"].set_index("code")
    assert bool(table.loc["013-25", "national"])
    assert found.values["value"].sum() == 5
    assert "national_alerts=1" in found.notes
