"""The data API on the embedded tables: worked cases, columns, sources, paging, refusals and HTTP manners."""

import csv
import io
import json
from pathlib import Path
from urllib.parse import urlencode

import anyio
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from starlette.applications import Starlette

from components.server import startup, version
from components.server.api import columns, facts, openapi
from components.server.api.registry import ENDPOINTS, PREFIX, Endpoint
from components.server.http import accepts_gzip, frame_ancestors, header_text, public_url
from components.server.routes import middleware, routes
from data import store

APP = Starlette(routes=routes(), middleware=middleware())
EXAMPLES = [pytest.param(endpoint, id=endpoint.operation) for endpoint in ENDPOINTS]
GEO = [pytest.param(endpoint, id=endpoint.operation) for endpoint in ENDPOINTS if "geojson" in endpoint.formats]


def ask(address: str, method: str = "GET", **headers: str) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=APP)
        async with httpx.AsyncClient(transport=transport, base_url="http://example.test") as client:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.request(method, address, headers=named)

    return anyio.run(send)


def get(path: str, **query: str | int) -> dict:
    response = ask(f"{PREFIX}{path}?{urlencode(query)}")
    assert response.status_code == 200, response.text
    return response.json()


def rows(path: str, **query: str | int) -> list[dict]:
    return get(path, **query)["rows"]


def refused(path: str, **query: str | int) -> dict:
    response = ask(f"{PREFIX}{path}?{urlencode(query)}")
    assert response.status_code == 400, response.text
    return response.json()["error"]


def with_format(endpoint: Endpoint, name: str) -> str:
    """Return the endpoint's example in another format; GeoJSON exists at the level of municipalities only."""
    path, _question, query = endpoint.example.partition("?")
    pairs = [pair for pair in query.split("&") if pair and not pair.startswith(("format=", "level="))]
    return f"{PREFIX}{path}?{'&'.join([*pairs, f'format={name}'])}"


def check(answer: dict, endpoint: Endpoint, media_type: str) -> None:
    """Validate an answer against the published document."""
    document = openapi.document()
    answers = document["paths"][PREFIX + endpoint.path]["get"]["responses"]["200"]["content"]
    schema = {**answers[media_type]["schema"], "components": document["components"]}
    Draft202012Validator(schema).validate(answer)


def table(response: httpx.Response) -> list[dict[str, str]]:
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


YEAR_2018 = {"from": "2018-01", "to": "2018-12"}


# Worked cases


def test_narino_has_64_municipalities_and_the_nation_1122():
    assert get("municipalities", limit=1)["meta"]["total"] == 1122
    assert get("municipalities", department=52)["meta"]["total"] == 64


def test_narino_is_a_department_and_three_municipalities():
    named = {row["divipola"] for row in rows("municipalities") if row["name"] == "Nariño"}
    assert named == {"05483", "25483", "52480"}


def test_police_homicides_of_the_nation_in_2012_and_of_narino_in_2018():
    nation = rows("indicators/homicides", **{"from": "2012-01", "to": "2012-12", "level": "nation"})
    assert [(row["code"], row["value"], row["status"]) for row in nation] == [("CO", 16033, "reported")]
    narino = rows(
        "indicators/homicides", **{"from": "2018-01", "to": "2018-12", "level": "department", "department": 52}
    )
    assert [(row["code"], row["value"]) for row in narino] == [("52", 643)]
    assert narino[0]["rate_per_100k"] == pytest.approx(643 / narino[0]["population"] * 100_000, rel=1e-4)


def test_the_sum_of_narinos_municipalities_is_the_departments():
    period = {"from": "2018-01", "to": "2018-12"}
    assert sum(row["value"] or 0 for row in rows("indicators/homicides", department=52, **period)) == 643


def test_zero_and_no_record_are_told_apart():
    found = rows("indicators/homicides", **{"from": "2018-01", "to": "2018-12"})
    without = {row["code"] for row in found if row["status"] == "no_record"}
    assert len(without) == 18
    assert all(row["value"] is None and row["rate_per_100k"] is None for row in found if row["code"] in without)
    assert all(row["value"] == 0 for row in found if row["status"] == "zero")
    assert any(row["status"] == "zero" for row in found)


def test_a_period_that_is_held_in_part_says_so_before_what_a_missing_row_means():
    half = get("indicators/homicides", **{"from": "2024-07", "to": "2025-06", "level": "nation", "lang": "en"})
    assert half["meta"]["caveats"][0].startswith("Fewer than twelve months are held of this period")
    longer = get("indicators/homicides", **{"from": "2024-01", "to": "2025-06", "level": "nation", "lang": "en"})
    assert longer["meta"]["caveats"][0].startswith("Only a part of a period is held")
    whole = get("indicators/homicides", **{"from": "2024-01", "to": "2024-12", "level": "nation", "lang": "en"})
    assert not any("held" in text for text in whole["meta"]["caveats"])


def test_beyond_the_coverage_nothing_is_zero():
    answer = get("indicators/homicides", **{"from": "2025-01", "to": "2025-12", "level": "nation"})
    assert [(row["value"], row["status"]) for row in answer["rows"]] == [(None, "no_record")]
    assert answer["meta"]["reasons"] == {"after_coverage": 1}


def statuses(**query: str) -> dict[str, str]:
    return {row["ceasefire_id"]: row["status"] for row in rows("ceasefires", **query)}


def in_force(party: str, **query: str) -> set[str]:
    wanted = {"class": "ceasefire", **query}
    return {
        row["ceasefire_id"]
        for row in rows("ceasefires", **wanted)
        if row["status"] == "in_force" and party in row["parties"]
    }


def test_the_emc_ceasefire_is_in_force_in_cauca_and_not_where_it_was_suspended():
    assert in_force("emc", date="2023-06-01", department="19")
    for department in ("50", "18", "95", "86"):
        assert not in_force("emc", date="2023-06-01", department=department), department


def test_the_eln_ceasefire_is_in_force_nationwide():
    everywhere = in_force("eln", date="2023-08-15")
    assert len(everywhere) == 1
    assert in_force("eln", date="2023-08-15", municipality="52835") == everywhere
    assert in_force("eln", date="2023-08-15", municipality="91001") == everywhere


def test_the_comuneros_ceasefire_never_took_effect_and_their_pledge_is_none():
    for day in ("2024-12-20", "2025-12-31", "2026-10-01"):
        assert statuses(date=day)["comuneros_bilateral_2024"] == "never_took_effect"
    assert "comuneros_hum_2024" not in statuses(date="2025-06-01", **{"class": "ceasefire"})
    assert statuses(date="2026-02-05")["comuneros_hum_2024"] != "unknown"
    assert statuses(date="2026-02-06")["comuneros_hum_2024"] == "unknown"


def test_a_ceasefire_is_not_listed_before_it_is_known():
    assert "eln_bilateral_2023" not in statuses(date="2023-01-01")


def test_a_presence_row_counts_within_its_window_and_says_how_old_it_is():
    found = rows("presence", date="2024-10-15", department=52, window=12)
    assert found
    assert all(row["valid_from"] <= "2024-10-15" and row["evidence_age_days"] >= 0 for row in found)
    wider = rows("presence", date="2024-10-15", department=52, window=24)
    assert len(wider) > len(found)
    assert len(rows("presence", date="2024-10-15", department=52, window=24, confidence="high")) < len(wider)


def test_presence_filters_agree_with_the_rows():
    found = rows("presence", date="2025-06-01", municipality="52678", group="eln,comuneros_sur", publisher="pares")
    assert found
    assert {row["divipola"] for row in found} == {"52678"}
    assert {row["group_id"] for row in found} == {"comuneros_sur"}
    assert {row["publisher"] for row in found} == {"Pares"}


def test_series_of_a_year_add_up_to_its_total():
    period = {"from": "2018-01", "to": "2018-12", "level": "department", "department": 52}
    months = rows("indicators/homicides/series", **period)
    assert [row["from"] for row in months] == [f"2018-{month:02}-01" for month in range(1, 13)]
    assert sum(row["value"] for row in months) == 643


# Columns, sources, caveats

ISSUED = {
    "presence": (
        "divipola, municipality, department, group_id, level, confidence, valid_from, valid_to, evidence_age_days, "
        "publisher, source_url"
    ),
    "ceasefires": (
        "ceasefire_id, class, parties, status, announced, start, end, attested_to, end_reason, legal_instrument, "
        "publisher, source_url"
    ),
    "indicator": (
        "code, name, value, population, rate_per_100k, status, publisher, indicator_id, from, to, source_url"
    ),
    "indicator_series": (
        "code, name, from, to, value, population, rate_per_100k, status, publisher, indicator_id, source_url"
    ),
}


@pytest.mark.parametrize(("operation", "names"), ISSUED.items())
def test_rows_have_exactly_the_promised_columns_in_order(operation: str, names: str):
    endpoint = next(each for each in ENDPOINTS if each.operation == operation)
    first = ask(with_format(endpoint, "json")).json()["rows"][0]
    assert list(first) == names.split(", ")


def test_a_row_cut_out_of_an_indicator_says_of_what_and_when_it_is():
    address = f"{PREFIX}indicators/homicides?department=52&from=2024-01&to=2024-12&format=csv"
    row = table(ask(address))[0]
    assert (row["indicator_id"], row["from"], row["to"]) == ("homicides", "2024-01-01", "2024-12-31")
    assert row["source_url"].startswith("https://")
    assert row["licence"]


@pytest.mark.parametrize("endpoint", EXAMPLES)
def test_every_example_works_and_its_rows_obey_the_published_schema(endpoint: Endpoint):
    answer = ask(with_format(endpoint, "json")).json()
    assert answer["rows"], endpoint.example
    check(answer, endpoint, "application/json")


@pytest.mark.parametrize("endpoint", EXAMPLES)
def test_every_csv_has_the_same_rows_and_says_where_each_comes_from(endpoint: Endpoint):
    answer = ask(with_format(endpoint, "json")).json()
    response = ask(with_format(endpoint, "csv"))
    found = table(response)
    assert len(found) == len(answer["rows"])
    assert list(found[0])[: len(answer["rows"][0])] == list(answer["rows"][0])
    assert response.headers["content-type"].startswith("text/csv; charset=utf-8")
    assert response.headers["x-total-count"] == str(answer["meta"]["total"])
    assert "caveat" in found[0]
    if answer["sources"] and endpoint.operation not in {"groups", "municipalities", "table"}:
        assert all(row["publisher"] for row in found)
        assert "licence" in found[0]


@pytest.mark.parametrize("endpoint", GEO)
def test_every_geojson_is_valid_and_holds_the_same_rows(endpoint: Endpoint):
    answer = ask(with_format(endpoint, "json")).json()
    response = ask(with_format(endpoint, "geojson"))
    document = response.json()
    assert response.headers["content-type"] == "application/geo+json"
    assert [feature["properties"] for feature in document["features"]] == answer["rows"]
    if endpoint.operation != "ceasefires":
        assert any(feature["geometry"] for feature in document["features"])
    check(document, endpoint, "application/geo+json")


def test_geojson_places_a_municipality_at_its_seat():
    pasto = ask(f"{PREFIX}municipalities?department=52&format=geojson").json()["features"][0]
    assert pasto["properties"]["divipola"] == "52001"
    assert pasto["geometry"]["coordinates"] == [pasto["properties"]["lon"], pasto["properties"]["lat"]]


def test_a_ceasefire_that_binds_people_has_no_place():
    features = ask(f"{PREFIX}ceasefires?date=2023-08-15&format=geojson").json()["features"]
    national = next(each for each in features if each["properties"]["ceasefire_id"] == "eln_bilateral_2023")
    assert national["geometry"] is None


def test_a_ceasefire_that_binds_a_territory_has_its_seats():
    features = ask(f"{PREFIX}ceasefires?date=2025-01-15&format=geojson").json()["features"]
    agreed = next(each for each in features if each["properties"]["ceasefire_id"] == "comuneros_bilateral_2024")
    assert agreed["geometry"]["type"] == "MultiPoint"
    assert len(agreed["geometry"]["coordinates"]) == 10


def test_every_answer_lists_the_sources_of_its_rows_with_their_licences():
    answer = get("indicators/homicides", **{"from": "2018-01", "to": "2018-12", "department": 52})
    assert {source["publisher"] for source in answer["sources"]} == {"Policía Nacional", "DANE"}
    assert "CC BY-SA 4.0" in answer["meta"]["licences"]
    presence = get("presence", date="2024-10-15", department=52)
    assert {row["source_url"] for row in presence["rows"]} <= {source["url"] for source in presence["sources"]}
    assert presence["meta"]["caveats"]
    assert presence["meta"]["date"] == "2024-10-15"
    assert presence["meta"]["generated_from"] == store.data_version()


def test_a_row_cut_out_of_a_csv_still_carries_the_caveat():
    found = table(ask(f"{PREFIX}presence?date=2024-10-15&department=52&format=csv&lang=en"))
    assert all(row["caveat"].startswith("Presence is not control") for row in found)
    assert all(len(row["divipola"]) == 5 for row in found)


@pytest.mark.parametrize("name", store.tables())
def test_every_embedded_table_is_served_whole(name: str):
    answer = get(f"tables/{name}", limit=3)
    frame = store.table(name)
    assert answer["meta"]["total"] == len(frame)
    assert list(answer["rows"][0]) == list(frame.columns)
    published = openapi.row_schema(tuple(columns.of_table(name)))
    Draft202012Validator(published).validate(answer["rows"][0])


def test_names_follow_the_language():
    spanish = rows("groups", lang="es")
    english = rows("groups", lang="en")
    assert [row["group_id"] for row in spanish] == [row["group_id"] for row in english]
    assert [row["name"] for row in spanish] != [row["name"] for row in english]
    assert get("groups", lang="en")["meta"]["title"] == "Armed groups"


# Paging


def test_pages_follow_each_other_without_gap_or_overlap():
    whole = rows("presence", date="2024-10-15", department=52)
    address, collected = f"{PREFIX}presence?date=2024-10-15&department=52&limit=40", []
    while address:
        response = ask(address)
        page = response.json()
        collected += page["rows"]
        address = page["meta"]["next"]
        assert ('rel="next"' in response.headers["link"]) is (address is not None)
        assert page["meta"]["total"] == len(whole)
    assert collected == whole


def test_a_page_beyond_the_end_is_empty_and_not_an_error():
    answer = get("groups", offset=100_000)
    assert answer["rows"] == []
    assert answer["meta"]["next"] is None
    assert table(ask(f"{PREFIX}groups?offset=100000&format=csv")) == []
    assert ask(f"{PREFIX}presence?offset=100000&format=geojson").json()["features"] == []


def test_links_keep_filters_language_and_format():
    link = ask(f"{PREFIX}presence?date=2024-10-15&group=eln,cneb&lang=en&format=csv&limit=1&offset=1").headers["link"]
    assert (
        f'<{PREFIX}presence?date=2024-10-15&group=eln&group=cneb&format=csv&lang=en&limit=1&offset=2>; rel="next"'
        in link
    )
    assert 'rel="prev"' in link
    assert 'rel="first"' in link


# Refusals


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        ("presence", {"date": "2024-02-30"}, "date"),
        ("presence", {"department": "99999"}, "department"),
        ("presence", {"municipality": "5001"}, "municipality"),
        ("presence", {"group": "nobody"}, "group"),
        ("presence", {"publisher": "Nobody"}, "publisher"),
        ("presence", {"window": "-3"}, "window"),
        ("presence", {"confidence": "certain"}, "confidence"),
        ("presence", {"format": "xml"}, "format"),
        ("presence", {"lang": "fr"}, "lang"),
        ("presence", {"limit": "0"}, "limit"),
        ("presence", {"limit": "50001"}, "limit"),
        ("presence", {"offset": "-1"}, "offset"),
        ("presence", {"fecha": "2024-01-01"}, "fecha"),
        ("ceasefires", {"class": "peace"}, "class"),
        ("groups", {"format": "geojson"}, "format"),
        ("indicators/homicides", {"from": "2018"}, "from"),
        ("indicators/homicides", {"from": "2018-02", "to": "2018-01"}, "to"),
        ("indicators/homicides", {"level": "region"}, "level"),
        ("indicators/homicides", {"level": "nation", "department": "52"}, "level"),
        ("indicators/homicides", {"level": "department", "municipality": "52001"}, "level"),
        ("indicators/homicides", {"level": "nation", "format": "geojson"}, "format"),
        ("indicators/coca_ha", {"from": "2020-02", "to": "2020-05"}, "to"),
        ("openapi.json", {"x": "1"}, "x"),
        ("docs", {"lang": "fr"}, "lang"),
        ("", {"x": "1"}, "x"),
    ],
)
def test_anything_invalid_is_400_and_names_the_parameter(path: str, query: dict, parameter: str):
    error = refused(path, **query)
    assert error["parameter"] == parameter
    assert error["status"] == 400
    assert error["allowed"]
    assert parameter in error["message"]


@pytest.mark.parametrize("path", ["nothing", "presence/", "presence/x", "indicators/", "v2", "tables/"])
def test_unknown_paths_are_404_as_json(path: str):
    response = ask(PREFIX + path)
    assert response.status_code == 404
    assert response.json()["error"]["status"] == 404


@pytest.mark.parametrize("path", ["/api/v2/presence", "/api/x", "/api/v1x"])
def test_other_versions_are_404_as_json(path: str):
    assert ask(path).status_code == 404
    assert ask(path).json()["error"]["known"]


def test_an_unknown_indicator_or_table_is_404_and_is_named():
    for path, parameter in (("indicators/happiness", "indicator_id"), ("tables/secrets", "name")):
        error = ask(PREFIX + path).json()["error"]
        assert (error["status"], error["parameter"]) == (404, parameter)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
@pytest.mark.parametrize("path", ["/api/v1/presence", "/api/v1/", "/api", "/healthz", "/api/v1/nothing"])
def test_other_methods_are_405_as_json(method: str, path: str):
    response = ask(path, method)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"
    assert response.json()["error"]["status"] == 405


@pytest.mark.parametrize(
    ("query", "said"), [("", "no se permite"), ("?lang=en", "is not allowed"), ("?lang=%ff", "no se permite")]
)
def test_a_refusal_to_write_speaks_the_language_asked_for(query: str, said: str):
    assert said in ask(f"/api/v1/presence{query}", "POST").json()["error"]["message"]


PARAMETER_NAMES = sorted({parameter.name for endpoint in ENDPOINTS for parameter in endpoint.parameters})
PLAUSIBLE = st.sampled_from(
    [
        "52",
        "05001",
        "eln",
        "2024-10-15",
        "2018-01",
        "nation",
        "csv",
        "geojson",
        "json",
        "en",
        "1",
        "0",
        "24",
        "high",
        "",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([endpoint.example.split("?")[0] for endpoint in ENDPOINTS]) | st.text(max_size=20),
    st.lists(
        st.tuples(st.sampled_from(PARAMETER_NAMES) | st.text(max_size=8), PLAUSIBLE | st.text(max_size=30)), max_size=4
    ),
)
def test_no_request_ever_fails_the_server(path: str, pairs: list[tuple[str, str]]):
    from starlette.datastructures import Headers

    from components.server.api.service import respond

    query = urlencode(pairs, errors="surrogatepass").encode()
    response = respond(PREFIX + path, query, Headers({}), "http://example.test")
    assert response.status_code in {200, 400, 404}
    if response.headers["content-type"].startswith("application/"):
        json.loads(bytes(response.body))


# HTTP manners


def test_a_known_etag_gets_304_without_a_body_and_new_rows_get_a_new_etag():
    first = ask(f"{PREFIX}groups?lang=en")
    again = ask(f"{PREFIX}groups?lang=en", If_None_Match=f'"x", {first.headers["etag"]}')
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert ask(f"{PREFIX}groups?lang=es").headers["etag"] != first.headers["etag"]
    assert ask(f"{PREFIX}groups?lang=en&limit=5000").headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("path", ["presence?department=52", "docs", "openapi.json", "tables/governments?format=csv"])
def test_answers_are_compressed_for_those_who_ask(path: str):
    packed = ask(PREFIX + path, Accept_Encoding="gzip")
    plain = ask(PREFIX + path, Accept_Encoding="identity")
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert "Accept-Encoding" in packed.headers["vary"]
    assert int(packed.headers["content-length"]) < len(plain.content)


@pytest.mark.parametrize(
    ("value", "accepted"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("gzip; q=0.0", False), ("*", False), ("", False)],
)
def test_accept_encoding_is_read_with_its_weights(value: str, accepted: bool):
    from starlette.datastructures import Headers

    assert accepts_gzip(Headers({"accept-encoding": value})) is accepted


@pytest.mark.parametrize(
    "path", ["/api/v1/presence?department=52", "/api/v1/nothing", "/api/v1/presence?x=1", "/healthz"]
)
def test_any_origin_may_read(path: str):
    assert ask(path, Origin="https://newsroom.example").headers["access-control-allow-origin"] == "*"


def test_options_says_what_may_be_asked():
    response = ask(f"{PREFIX}presence", "OPTIONS", Origin="https://newsroom.example")
    assert response.status_code == 204
    assert response.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert "access-control-allow-credentials" not in response.headers


def test_head_has_the_headers_of_get():
    head, body = ask(f"{PREFIX}groups", "HEAD"), ask(f"{PREFIX}groups")
    assert head.status_code == 200
    assert head.headers["etag"] == body.headers["etag"]


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v1/"])
def test_the_index_lists_every_address(path: str):
    listed = ask(path).json()["rows"]
    assert [row["path"] for row in listed] == [PREFIX + endpoint.path for endpoint in ENDPOINTS]


def test_every_answer_has_security_headers():
    for path in ("/api/v1/", "/healthz", "/api/v1/docs", "/nowhere"):
        headers = ask(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "frame-ancestors 'self'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("value", "policy"),
    [
        ("", "'self'"),
        ("'self'", "'self'"),
        ("*", "*"),
        ("* 'self'", "'self' *"),
        # The page frames its own map: whoever else may frame it, its own origin must.
        ("https://example.org", "'self' https://example.org"),
        (
            "https://*.example.org http://localhost:8501 'self'",
            "'self' https://*.example.org http://localhost:8501",
        ),
        ("'none'", "'self'"),
    ],
)
def test_who_may_frame_the_application_is_configurable(value: str, policy: str):
    assert frame_ancestors(value) == policy


@pytest.mark.parametrize(
    "value",
    [
        *("https://a;script-src *", "javascript:x", "https://a/path", "self'", "a\u00f1b", "https://"),
        "'none' https://example.org",
    ],
)
def test_a_mistyped_frame_policy_is_refused(value: str):
    with pytest.raises(ValueError, match="PAZ_FRAME_ANCESTORS"):
        frame_ancestors(value)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("", ""),
        (" https://paz.example.org ", "https://paz.example.org"),
        ("https://paz.example.org/", "https://paz.example.org"),
        ("http://localhost:8760", "http://localhost:8760"),
    ],
)
def test_the_address_that_links_name_is_configurable(value: str, address: str):
    assert public_url(value) == address


@pytest.mark.parametrize(
    "value",
    [
        *("paz.example.org", "ftp://paz.example.org", "https://paz.example.org/paz", "https://a b", "https://"),
        *("https://user@paz.example.org", "https://paz.example.org?x=1", "https://paz.example.org:99999", "https://a:"),
    ],
)
def test_a_mistyped_public_address_is_refused(value: str):
    with pytest.raises(ValueError, match="PAZ_PUBLIC_URL"):
        public_url(value)


def test_header_texts_are_ascii_on_one_line():
    assert header_text("Nariño: ¿cese\r\nal fuego?") == "Narino: cese al fuego?"


# Documents


def test_the_openapi_document_lists_every_path_parameter_and_column():
    document = ask(f"{PREFIX}openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"] == version.text()
    for endpoint in ENDPOINTS:
        operation = document["paths"][PREFIX + endpoint.path]["get"]
        listed = [parameter["name"] for parameter in operation["parameters"]]
        assert listed == [parameter.name for parameter in (*endpoint.path_parameters, *endpoint.parameters)]
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    operations = [path["get"]["operationId"] for path in document["paths"].values()]
    assert len(operations) == len(set(operations))


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_page_names_every_address_and_parameter_and_runs_no_script(lang: str):
    response = ask(f"{PREFIX}docs?lang={lang}")
    page = response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{lang}">' in page
    for endpoint in ENDPOINTS:
        assert f"GET {PREFIX}{endpoint.path}" in page
        assert all(f"<code>{parameter.name}</code>" in page for parameter in endpoint.parameters)
    for tool in ("Excel", "QGIS", "R", "Python", "Datawrapper"):
        assert f"<h3>{tool}</h3>" in page
    assert "<script" not in page
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_a_hostile_host_is_shown_as_text():
    page = ask(f"{PREFIX}docs", Host="x<script>alert(1)</script>").text
    assert "<script>" not in page


def test_the_written_documentation_names_every_address():
    written = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    for endpoint in ENDPOINTS:
        assert f"`{PREFIX}{endpoint.path}`" in written, endpoint.path


# Health


def test_health_reports_versions_and_tables():
    response = ask("/healthz")
    assert response.status_code == 200
    report = response.json()
    assert report["status"] == "ok"
    assert report["version"] == version.text()
    assert report["data_version"] == facts.version()
    assert report["tables"] == {"count": len(store.tables()), "damaged": []}
    assert report["boundaries"]["state"] in {"not_read", "being_read", "file", "snapshot", "none"}


@pytest.fixture
def edition(tmp_path, monkeypatch):
    """A copy of the embedded tables that a test may damage."""
    import shutil

    from data import paths

    folder = tmp_path / "tables"
    shutil.copytree(paths.tables_dir(), folder)
    monkeypatch.setenv("PAZ_TABLES_DIR", str(folder))
    monkeypatch.setenv("PAZ_DATA_DIR", str(tmp_path / "data"))
    yield folder
    monkeypatch.undo()
    store.clear()


def damage(folder, name: str, old: str, new: str) -> int:
    """Replace the first `old` in a CSV; return the row it stood in, as a spreadsheet counts."""
    path = folder / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    position = text.index(old)
    path.write_text(text[:position] + new + text[position + len(old) :], encoding="utf-8")
    return len(list(csv.reader(io.StringIO(text[:position]))))


def test_a_damaged_table_is_503_with_file_row_and_column(edition):
    row = damage(edition, "zones", ",transition_zone,", ",playground,")
    response = ask("/healthz")
    assert response.status_code == 503
    report = response.json()
    assert report["status"] == "damaged"
    [fault] = report["tables"]["damaged"]
    assert (fault["file"], fault["row"], fault["column"]) == ("zones.csv", row, "zone_type")
    answer = ask(f"{PREFIX}zones")
    assert answer.status_code == 503
    assert answer.json()["error"]["file"] == "zones.csv"
    with pytest.raises(SystemExit, match=rf"zones\.csv, row {row}, column zone_type"):
        startup.check()


def test_a_missing_table_is_503_too(edition):
    (edition / "groups.csv").unlink()
    report = ask("/healthz").json()
    assert report["data_version"] is None
    assert [fault["file"] for fault in report["tables"]["damaged"]] == ["groups.csv"]
    assert ask(f"{PREFIX}groups").status_code == 503


def test_sound_tables_are_checked_once_per_content(edition, monkeypatch):
    startup._sound.clear()
    assert startup.faults() == []
    startup._sound.clear()
    monkeypatch.setattr(store, "table", lambda name: pytest.fail("read again"))
    assert startup.faults() == []


def test_hostile_texts_stay_texts_in_every_format(edition):
    """Synthetic: a group whose name is markup and a formula."""
    name = store.table("groups")["short_name_es"].iloc[0]
    damage(edition, "groups", f",{name},", ",=<script>alert(1)</script>,")
    assert "=<script>alert(1)</script>" in [row["short_name"] for row in rows("groups")]
    assert "'=<script>alert(1)</script>" in [row["short_name"] for row in table(ask(f"{PREFIX}groups?format=csv"))]
    assert ask(f"{PREFIX}groups").headers["content-type"].startswith("application/json")


def test_a_changed_table_changes_version_and_etag(edition):
    before = ask(f"{PREFIX}groups")
    name = store.table("groups")["short_name_es"].iloc[0]
    damage(edition, "groups", f",{name},", ",Renamed,")
    after = ask(f"{PREFIX}groups", If_None_Match=before.headers["etag"])
    assert after.status_code == 200
    assert after.json()["meta"]["generated_from"] != before.json()["meta"]["generated_from"]


def test_a_fault_of_ours_is_a_plain_500(monkeypatch, caplog):
    def broken() -> dict:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(facts, "version", broken)
    response = ask(f"{PREFIX}groups?lang=en")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "secret detail" in caplog.text
