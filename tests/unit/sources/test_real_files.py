"""The publishers' real files, served in each publisher's protocol by a real server, through the whole refresh.

Every check runs, the comparison with the embedded series included. The files may not be redistributed: where they
are absent, the tests are skipped and say so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from data import refresh, snapshots, store
from data.refresh import Options, refresh_dataset
from data.sources import tabular
from data.sources.catalogue import DATASETS
from data.sources.dane_tables import PROJECTIONS
from data.sources.model import Locate
from tests.unit.loopback import Server, reply_json
from tests.unit.sources.server import Socrata, file_answer, zip_bytes

Mirror = Callable[[str], Path]
MakeOptions = Callable[..., Options]


def as_the_api(path: Path, date: str = "", style: str = "") -> list[dict[str, Any]]:
    """Return an export's rows as the API gives them: lower-case names, ISO days, text, empty cells left out."""
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    frame.columns = [tabular.snake(name) for name in frame.columns]
    if date:
        frame[date] = pd.to_datetime(frame[date], format=style).dt.strftime("%Y-%m-%dT00:00:00.000")
    return [{k: v for k, v in row.items() if v != ""} for row in json.loads(frame.to_json(orient="records"))]


def refreshed(dataset_id: str, server: Server, name: str, make_options: MakeOptions, **more: Any) -> snapshots.Snapshot:
    options = make_options({f"PAZ_URL_{name}": server.url}, embedded=refresh._embedded, **more)
    outcome = refresh_dataset(DATASETS[dataset_id], options)
    assert (outcome.outcome, outcome.detail) == ("published", ""), outcome
    held = snapshots.current(dataset_id, options.base)
    assert held is not None
    return held


def embedded(indicator_id: str) -> pd.DataFrame:
    return refresh._embedded(indicator_id)


def socrata(
    dataset_id: str, socrata_id: str, rows: list[dict[str, Any]], make_options: MakeOptions
) -> snapshots.Snapshot:
    with Server() as server:
        server.route(f"/resource/{socrata_id}.json", Socrata(rows, cap=1_000))
        return refreshed(dataset_id, server, "SOCRATA", make_options)


def test_the_police_s_workbooks(mirror: Mirror, make_options: MakeOptions) -> None:
    names = ["homicidios_20032010.xlsx", "homicidios_2011.xlsx", "homicidios_2020.xls", "homicidios_2024.xls"]
    with Server() as server:
        links = "".join(f'<p><a href="/files/{name}">Homicidios</a></p>' for name in names)
        server.route("/estadistica-delictiva/homicidios", file_answer(f"<html>{links}</html>".encode(), "text/html"))
        for name in names:
            server.route(f"/files/{name}", file_answer(mirror(f"policia/{name}").read_bytes()))
        held = refreshed("policia-homicides", server, "POLICIA", make_options)
    read, wanted = held.values(), embedded("homicides")
    wanted = wanted[wanted["month"].dt.year.isin(read["year"].unique())]
    keys = ["divipola", "month"]
    both = wanted.merge(read, on=keys, how="outer", suffixes=("_held", "_read"))
    assert (both["value_held"] == both["value_read"]).all()
    assert [(a[:4], b[:4]) for a, b in held.indicators["homicides"]["segments"]] == [
        ("2003", "2011"),
        ("2020", "2020"),
        ("2024", "2024"),
    ]
    over = snapshots.overlay(store.table("indicators"), store.table("values_month"), store.table("values_year"), [held])
    after = over.values_month[over.values_month["indicator_id"] == "homicides"]
    assert after["value"].sum() == embedded("homicides")["value"].sum()
    assert after[after["month"].dt.year == 2012]["value"].sum() == 16_033


def test_ucdp_s_old_release_under_the_yearly_name(mirror: Mirror, make_options: MakeOptions, locate: Locate) -> None:
    content = mirror("ucdp/ged_col_hdx_1989-2018.csv").read_bytes()
    with Server() as server:
        server.route("/ged/ged261-csv.zip", file_answer(zip_bytes("GEDEvent_v26_1.csv", content)))
        held = refreshed("ucdp-events", server, "UCDP", make_options, locate=locate)
    events = held.table("ucdp_events")
    assert events["events"].sum() == 4_632
    assert events[events["month"] >= "2012"]["deaths"].sum() == 887


def test_massacres(mirror: Mirror, make_options: MakeOptions) -> None:
    path = mirror("mindefensa/masacres_2022-2025.csv")
    held = socrata(
        "mindefensa-massacres", "u8eq-92tb", as_the_api(path, "fecha_hecho", "%m/%d/%Y %I:%M:%S %p"), make_options
    )
    for indicator_id in ("massacres_mindefensa", "massacre_victims_mindefensa"):
        read = held.values().query("indicator_id == @indicator_id")
        assert read["value"].sum() == embedded(indicator_id)["value"].sum()


def test_extortion_and_terrorism(mirror: Mirror, make_options: MakeOptions) -> None:
    for topic, socrata_id, style in (("extorsion", "q2ib-t9am", "%m/%d/%Y"), ("terrorismo", "yi5j-5fe9", "%d/%m/%Y")):
        path = mirror(f"mindefensa/{topic}_sample.csv")
        dataset_id = {"extorsion": "mindefensa-extortion", "terrorismo": "mindefensa-terrorism"}[topic]
        rows = as_the_api(path, "fecha_hecho", style)
        assert socrata(dataset_id, socrata_id, rows, make_options).values()["value"].sum() == len(rows)


def test_coca_in_the_wide_table_with_the_comma_of_2020(
    facts: Callable[[str], pd.DataFrame], make_options: MakeOptions
) -> None:
    wide = facts("coca_municipality_year").pivot(index="divipola", columns="year", values="coca_ha").fillna("")
    wide["2020"] = [f"{float(cell):,.2f}".translate(str.maketrans(",.", ".,")) if cell else "" for cell in wide["2020"]]
    rows = [
        {"coddepto": str(code)[:2], "codmpio": code} | {f"_{year}": cell for year, cell in row.items() if cell}
        for code, row in wide.to_dict("index").items()
    ]
    held = socrata("simci-coca", "acs4-3wgp", rows, make_options)
    read, wanted = held.values(), embedded("coca_ha")
    assert len(rows) == 319
    assert held.manifest["rejected_rows"] <= 1, "94663 Mapiripana is in no current list"
    both = wanted.merge(read, on=["divipola", "year"], suffixes=("_held", "_read"))
    assert len(both) == len(wanted)
    assert ((both["value_held"] - both["value_read"]).abs() < 0.01).all()


def test_landmine_victims(mirror: Mirror, make_options: MakeOptions) -> None:
    rows = as_the_api(mirror("descontamina/situacion_victimas_map_muse.csv"))
    held = socrata("descontamina-landmines", "yhxn-eqqw", rows, make_options)
    assert held.values().groupby("indicator_id")["value"].sum().to_dict() == {
        "landmine_victims": 12_390,
        "landmine_killed": 2_352,
    }
    assert not (held.directory / "raw").exists()


def test_the_list_of_municipalities(mirror: Mirror, make_options: MakeOptions) -> None:
    held = socrata("dane-divipola", "gdxc-w37w", as_the_api(mirror("dane/divipola_gdxc-w37w.csv")), make_options)
    assert set(held.table("municipalities")["divipola"]) == set(store.table("municipalities")["divipola"])


def test_population(mirror: Mirror, make_options: MakeOptions) -> None:
    path = mirror("dane/DCD-area-proypoblacion-Mun-2020-2035-ActPostCOVID-19.xlsx")
    with Server() as server:
        server.route(PROJECTIONS, file_answer(path.read_bytes()))
        held = refreshed("dane-population", server, "DANE", make_options)
    found = snapshots.overlay_table("population", store.table("population"), [held])
    wanted = store.table("population").dropna(subset=["total"])
    both = wanted.merge(found, on=["divipola", "year"], suffixes=("_held", "_read"))
    assert len(both) == len(wanted)
    assert (both["total_held"] == both["total_read"]).all()


def test_cnmh_massacres_by_the_portal_s_own_sums(mirror: Mirror, make_options: MakeOptions) -> None:
    frame = tabular.read_table(mirror("cnmh/CasosMA_202206.xlsx").read_bytes(), ("ano",)).frame
    rows = [
        {"a_o": year, "c_digo_dane_de_municipio": code, "total_de_v_ctimas_del_caso": victims}
        for year, code, victims in zip(
            frame["ano"], frame["codigo_dane_de_municipio"], frame["total_de_victimas_del_caso"], strict=True
        )
    ]
    with Server() as server:
        columns = [{"fieldName": name} for name in rows[0]]
        server.route("/api/views/d78j-f66e.json", lambda _: reply_json({"columns": columns}))
        server.route("/resource/d78j-f66e.json", Socrata(rows, cap=1_000))
        held = refreshed("cnmh-massacres", server, "SOCRATA", make_options)
    sums = held.values().groupby("indicator_id")["value"].sum().to_dict()
    assert sums == {"massacres_cnmh": 4_243, "massacre_victims_cnmh": 24_580}
