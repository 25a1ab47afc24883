"""datos.gov.co: paging, the cut that nobody announces, and what its sets hold."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.refresh import Options, refresh_dataset
from data.sources import socrata
from data.sources.catalogue import DATASETS
from data.sources.fetch import Fetch, local_file
from data.sources.http import PublisherError
from data.sources.model import Parsing, RawFile, SourceError
from tests.unit.loopback import Server, cut, status
from tests.unit.sources.server import Socrata, coca_rows, displacement_rows, mindefensa_rows

Mirror = Callable[[str], Path]
MakeFetch = Callable[..., Fetch]
HOMICIDES = socrata.EVENT_SETS["mindefensa-homicides"]
PATH = "/resource/m8fd-ahd9.json"


def downloaded(server: Server, make_fetch: MakeFetch, spec: socrata.EventSet = HOMICIDES, **more: Any) -> list[RawFile]:
    return list(spec.download(make_fetch({"PAZ_URL_SOCRATA": server.url}, **more)))


def many(count: int) -> list[dict[str, Any]]:
    row = {"cod_depto": "52", "cod_muni": "52835", "cantidad": 1}
    return [{"fecha_hecho": f"20{10 + n % 10}-01-01T00:00:00.000"} | row for n in range(count)]


def test_quirk_40_a_portal_that_cuts_at_1000_rows_loses_nothing(make_fetch: MakeFetch, parsing: Parsing) -> None:
    with Server() as server:
        server.route(PATH, Socrata(many(2_345), ignores_limit=True))
        files = downloaded(server, make_fetch)
        assert [len(raw.read()) > 2 for raw in files] == [True, True, True]
        assert HOMICIDES.parse(files, parsing).rows == 2_345


def test_pages_are_asked_for_in_the_order_of_id_with_an_explicit_limit(make_fetch: MakeFetch) -> None:
    with Server() as server:
        server.route(PATH, Socrata(many(10)))
        downloaded(server, make_fetch)
        query = server.asked[-1].query
    assert query["$order"] == ":id"
    assert query["$limit"] == "50000"
    assert set(query["$select"].split(",")) == {"fecha_hecho", "cod_depto", "cod_muni", "cantidad"}


def test_pages_that_run_dry_before_the_count_are_refused(make_fetch: MakeFetch) -> None:
    with Server() as server:
        server.route(PATH, Socrata(many(2_000), cap=500, lost_after=1_200))
        with pytest.raises(PublisherError) as caught:
            downloaded(server, make_fetch)
    assert caught.value.fault == "truncated"
    assert "1200 rows of 2000" in caught.value.detail


def test_without_a_count_pages_are_asked_for_until_one_is_empty(make_fetch: MakeFetch, parsing: Parsing) -> None:
    with Server() as server:
        server.route(PATH, Socrata(many(1_500), cap=700, counts=False))
        assert HOMICIDES.parse(downloaded(server, make_fetch), parsing).rows == 1_500
        server.route(
            PATH, lambda r: Socrata(many(1_500), cap=700)(r) if r.query.get("$select") != "count(*)" else _odd(r)
        )
        files = list(HOMICIDES.download(make_fetch({"PAZ_URL_SOCRATA": server.url})))
        assert HOMICIDES.parse(files, parsing).rows == 1_500


def _odd(_: Any) -> Any:
    from tests.unit.loopback import reply_json

    return reply_json([{"unexpected": "shape", "count": "x"}])


def test_an_empty_set_is_a_fault_and_not_peace(make_fetch: MakeFetch, parsing: Parsing) -> None:
    with Server() as server:
        server.route(PATH, Socrata([]))
        files = downloaded(server, make_fetch)
    with pytest.raises(SourceError, match="no_rows"):
        HOMICIDES.parse(files, parsing)


def test_an_interrupted_download_is_taken_up_again(make_fetch: MakeFetch, parsing: Parsing) -> None:
    with Server() as server:
        real = Socrata(many(1_200), cap=400)
        server.route(PATH, lambda r: status(403, "no")(r) if r.query.get("$offset") == "800" else real(r))
        with pytest.raises(PublisherError):
            downloaded(server, make_fetch)
        asked = server.count(PATH)
        server.route(PATH, real)
        files = downloaded(server, make_fetch)
        assert HOMICIDES.parse(files, parsing).rows == 1_200
        assert server.count(PATH) == asked + 2, "the count again and the one page that was missing"


def test_a_page_damaged_on_disk_is_asked_for_again(make_fetch: MakeFetch) -> None:
    with Server() as server:
        server.route(PATH, Socrata(many(10)))
        first = downloaded(server, make_fetch)
        first[0].path.write_bytes(b"[]")
        again = downloaded(server, make_fetch)
        assert again[0].sha256 == first[0].sha256
        assert server.count(PATH) == 4


def test_a_page_cut_inside_is_asked_for_again(make_fetch: MakeFetch, parsing: Parsing) -> None:
    with Server() as server:
        real = Socrata(many(900), cap=300)
        server.route(PATH, real)
        fetch = make_fetch({"PAZ_URL_SOCRATA": server.url})
        server.fail(PATH, real)
        server.fail(PATH, cut(real))
        assert HOMICIDES.parse(list(HOMICIDES.download(fetch)), parsing).rows == 900


def test_the_token_is_sent_and_never_written_down(make_fetch: MakeFetch) -> None:
    with Server() as server:
        server.route(PATH, Socrata(many(3)))
        fetch = make_fetch({"PAZ_URL_SOCRATA": server.url, "SOCRATA_APP_TOKEN": "s3cret"})
        list(HOMICIDES.download(fetch))
        assert {request.headers.get("x-app-token") for request in server.asked} == {"s3cret"}
    assert all(b"s3cret" not in path.read_bytes() for path in fetch.directory.rglob("*") if path.is_file())


def test_a_column_that_the_portal_no_longer_knows_is_named(make_options: Callable[..., Options]) -> None:
    rows = [{("numero" if name == "cantidad" else name): value for name, value in row.items()} for row in many(5)]
    with Server() as server:
        server.route(PATH, Socrata(rows))
        outcome = refresh_dataset(DATASETS["mindefensa-homicides"], make_options({"PAZ_URL_SOCRATA": server.url}))
    assert (outcome.outcome, outcome.fault) == ("failed", "missing_column")
    assert "cantidad" in outcome.detail


def test_a_new_column_does_not_matter(parsing: Parsing) -> None:
    frame = pd.DataFrame(mindefensa_rows(nueva="x"))
    assert socrata.parse_events(frame.astype("str"), HOMICIDES, parsing).values["value"].sum() == 45


def test_a_null_column_that_is_left_out_of_a_row_is_a_missing_amount(parsing: Parsing) -> None:
    frame = pd.DataFrame([many(1)[0], {k: v for k, v in many(1)[0].items() if k != "cantidad"}], dtype="object")
    found = socrata.parse_events(frame, HOMICIDES, parsing)
    assert found.values["value"].sum() == 1
    assert found.rejected["reason"].tolist() == ["no_amount"]


def test_since_is_asked_of_the_portal(make_fetch: MakeFetch) -> None:
    with Server() as server:
        server.route(PATH, Socrata(many(50)))
        files = downloaded(server, make_fetch, since=dt.date(2018, 1, 1))
        assert server.asked[-1].query["$where"] == "fecha_hecho >= '2018-01-01T00:00:00'"
        assert len(files) == 1


def test_quirk_40_places_abroad_and_at_sea_are_left_out(parsing: Parsing) -> None:
    rows = [*many(2), many(1)[0] | {"cod_depto": "1111", "cod_muni": "1111001"}, many(1)[0] | {"cod_muni": "CAUCA"}]
    found = socrata.parse_events(pd.DataFrame(rows, dtype="object"), HOMICIDES, parsing)
    assert found.rejected["reason"].tolist() == ["abroad", "not_five_digits"]
    assert found.values["value"].sum() == 2


def test_quirk_33_identical_rows_are_different_events(parsing: Parsing) -> None:
    same = pd.DataFrame([many(1)[0]] * 3, dtype="object")
    assert socrata.parse_events(same, HOMICIDES, parsing).values["value"].sum() == 3


def test_the_two_words_for_killed_and_what_is_neither(parsing: Parsing) -> None:
    spec = socrata.EVENT_SETS["mindefensa-security-forces"]
    rows = [many(1)[0] | {"accion": word} for word in ("ASESINADO", "MUERTO", "HERIDO", "SECUESTRADO")]
    found = socrata.parse_events(pd.DataFrame(rows, dtype="object"), spec, parsing)
    assert found.values.set_index("indicator_id")["value"].to_dict() == {
        "security_forces_killed": 2,
        "security_forces_wounded": 1,
    }
    assert found.notes == ("not_counted accion=SECUESTRADO",)


def test_quirk_06_a_unit_column_that_repeats_the_amount_is_no_unit(parsing: Parsing) -> None:
    spec = socrata.EVENT_SETS["mindefensa-eradication"]
    rows = [many(1)[0] | {"tipo_de_cultivo": "COCA", "unidad": unit, "cantidad": "1.5"} for unit in ("HECTAREA", "1.5")]
    found = socrata.parse_events(pd.DataFrame(rows, dtype="object"), spec, parsing)
    assert found.values["value"].tolist() == [1.5]
    assert found.rejected["reason"].tolist() == ["unknown_unit"]


# -- real files -------------------------------------------------------------------------------------------------------


def test_quirk_19_and_38_the_real_massacres_stop_in_april_2025(
    mirror: Mirror, parsing: Parsing, facts: Callable
) -> None:
    spec = socrata.EVENT_SETS["mindefensa-massacres"]
    found = spec.parse([local_file(mirror("mindefensa/masacres_2022-2025.csv"))], parsing)
    assert found.cut_date == dt.date(2025, 4, 28)
    sums = found.values.groupby("indicator_id")["value"].sum()
    held = facts("massacres_mindefensa")
    assert sums["massacres_mindefensa"] == held["cases"].astype(int).sum() == 301
    assert sums["massacre_victims_mindefensa"] == held["victims"].astype(int).sum() == 1_050
    assert found.rejected.empty


@pytest.mark.parametrize(
    ("name", "dataset_id", "rows", "last"),
    [("extorsion", "mindefensa-extortion", 18, "2026-03-27"), ("terrorismo", "mindefensa-terrorism", 23, "2026-03-29")],
)
def test_quirk_15_two_files_of_one_day_write_dates_in_two_ways(
    name: str, dataset_id: str, rows: int, last: str, mirror: Mirror, parsing: Parsing
) -> None:
    found = socrata.EVENT_SETS[dataset_id].parse([local_file(mirror(f"mindefensa/{name}_sample.csv"))], parsing)
    assert (found.rows, str(found.cut_date)) == (rows, last)
    assert found.values["value"].sum() == rows
    assert found.rejected.empty


def test_the_api_and_the_export_say_the_same(mirror: Mirror, make_fetch: MakeFetch, parsing: Parsing) -> None:
    spec = socrata.EVENT_SETS["mindefensa-massacres"]
    export = local_file(mirror("mindefensa/masacres_2022-2025.csv"))
    frame = pd.read_csv(export.path, dtype="str", keep_default_na=False)
    frame.columns = [name.lower().replace(" ", "_") for name in frame.columns]
    frame["fecha_hecho"] = pd.to_datetime(frame["fecha_hecho"], format="%m/%d/%Y %I:%M:%S %p").dt.strftime(
        "%Y-%m-%dT00:00:00.000"
    )
    with Server() as server:
        server.route(
            "/resource/u8eq-92tb.json",
            Socrata(json.loads(frame.drop(columns="zona").to_json(orient="records")), cap=100),
        )
        files = downloaded(server, make_fetch, spec)
        assert len(files) == 4
        assert spec.parse(files, parsing).values.equals(spec.parse([export], parsing).values)


def test_quirk_21_coca_2020_decimal_comma(mirror: Mirror, parsing: Parsing, facts: Callable) -> None:
    held = facts("coca_municipality_year").astype({"year": "int64", "coca_ha": "float64"})
    for name in ("coca_narino_2001-2024", "coca_sample_other_departments"):
        found = socrata.parse_coca_files([local_file(mirror(f"simci/{name}.csv"))], parsing).values
        wanted = held[held["divipola"].isin(found["divipola"])]
        both = wanted.merge(found, on=["divipola", "year"], how="outer")
        assert (both["coca_ha"] == both["value"]).all()
    tumaco = socrata.parse_coca_files([local_file(mirror("simci/coca_narino_2001-2024.csv"))], parsing).values
    assert tumaco.query("divipola == '52835' and year == 2020")["value"].item() == 8_832.92


def test_quirk_11_narino_of_antioquia_is_not_the_department(mirror: Mirror, parsing: Parsing) -> None:
    found = socrata.parse_coca_files([local_file(mirror("simci/coca_sample_other_departments.csv"))], parsing).values
    assert "05483" in set(found["divipola"])
    assert not found["divipola"].str.startswith("52").any()


def test_quirk_22_an_empty_cell_of_coca_is_no_row(parsing: Parsing) -> None:
    found = socrata.parse_coca(pd.DataFrame(coca_rows(), dtype="object"), parsing)
    assert found.values.query("year == 2024")["divipola"].nunique() == 4
    assert found.values.query("year == 2020")["value"].tolist()[:2] != [0, 0]
    assert found.cut_date == dt.date(2024, 12, 31)


def test_coca_without_a_column_of_a_year_is_refused(parsing: Parsing) -> None:
    with pytest.raises(SourceError, match="missing_column"):
        socrata.parse_coca(pd.DataFrame([{"codmpio": "52835", "anio": "2020"}]), parsing)


def test_quirk_39_only_the_newest_cut_of_the_register_counts(make_fetch: MakeFetch, parsing: Parsing) -> None:
    with Server() as server:
        server.route("/resource/krnc-8azs.json", Socrata(displacement_rows()))
        files = list(socrata.download_displacement(make_fetch({"PAZ_URL_SOCRATA": server.url})))
        asked = server.asked[-1].query
    assert asked["$where"] == "fecha_corte='31/08/2026'"
    found = socrata.parse_displacement(files, parsing)
    assert found.cut_date == dt.date(2026, 8, 31)
    assert set(found.values["value"]) == {20.0}


def test_quirk_39_an_export_of_all_cuts_is_not_added_up(parsing: Parsing, tmp_path: Path) -> None:
    path = tmp_path / "desplazamiento.csv"
    rows = [*displacement_rows(), {"fecha_corte": "31/08/2026", "cod_ciudad_muni": "0", "vigencia": 2024, "per_ocu": 5}]
    pd.DataFrame(rows).to_csv(path, index=False)
    found = socrata.parse_displacement([local_file(path)], parsing)
    assert set(found.values["value"]) == {20.0}
    assert "rows_of_other_cuts=20" in found.notes


def test_quirk_04_places_that_the_register_does_not_know(parsing: Parsing, tmp_path: Path) -> None:
    path = tmp_path / "desplazamiento.csv"
    rows = [
        {"fecha_corte": "31/08/2026", "cod_ciudad_muni": code, "vigencia": 2024, "per_ocu": 5}
        for code in ("0", "52000", "99572", "94663", "1349", "5001")
    ]
    pd.DataFrame(rows).to_csv(path, index=False)
    found = socrata.parse_displacement([local_file(path)], parsing)
    assert found.values["divipola"].tolist() == ["05001"]
    assert found.rejected["reason"].tolist() == ["unknown_place"] * 2 + ["obsolete_code"] * 2 + ["unknown_code"]


def test_the_registers_amounts_may_be_text(make_fetch: MakeFetch, parsing: Parsing) -> None:
    real = Socrata(displacement_rows())
    text = status(400, "Type mismatch: sum of text")
    with Server() as server:
        server.route(
            "/resource/krnc-8azs.json", lambda r: text(r) if "sum(per_ocu)" in r.query.get("$select", "") else real(r)
        )
        files = list(socrata.download_displacement(make_fetch({"PAZ_URL_SOCRATA": server.url})))
    assert set(socrata.parse_displacement(files, parsing).values["value"]) == {20.0}
