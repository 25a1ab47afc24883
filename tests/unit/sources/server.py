"""The publishers' protocols on the loopback server, and small files in their formats. Everything made here is
synthetic."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook

from tests.unit.loopback import Answer, Reply, Request, Server, reply_json, status


@dataclass
class Socrata:
    """One set of datos.gov.co. ``cap`` rows at most per answer, whatever is asked; 1,000 without ``$limit``. Nulls
    are left out.

    Understands ``$select`` (columns, ``count(*)``, ``sum(x)``, ``as``), ``$where`` (``>=`` and ``=`` on one
    column), ``$group``, ``$order``, ``$limit``, ``$offset``; an unknown column is an answer 400 as the portal words it.
    """

    rows: Sequence[dict[str, Any]]
    cap: int = 50_000
    ignores_limit: bool = False
    counts: bool = True
    lost_after: int | None = None
    columns: Sequence[str] = field(default_factory=tuple)

    def __call__(self, request: Request) -> Reply:
        query = request.query
        known = set(self.columns) or {name for row in self.rows for name in row}
        select = query.get("$select", "")
        if select == "count(*)" and not self.counts:
            return reply_json({"error": True, "message": "not today"}, 400)
        chosen = self._where(query.get("$where", ""))
        if select == "count(*)":
            return reply_json([{"count": str(len(chosen))}])
        wanted = [part.strip() for part in select.split(",") if part.strip()]
        for name in re.findall(
            r"[a-z_][a-z_0-9]*", " ".join(re.sub(r"\bas \w+|::\w+|count|sum", "", part) for part in wanted)
        ):
            if name not in known:
                detail = f"Query coordinator error: query.soql.no-such-column; No such column: {name}"
                return reply_json({"message": detail, "errorCode": "query.soql.no-such-column"}, 400)
        answer = self._grouped(chosen, wanted, query["$group"]) if "$group" in query else self._plain(chosen, wanted)
        limit = 1_000 if self.ignores_limit else min(int(query.get("$limit", 1_000)), self.cap)
        offset = int(query.get("$offset", 0))
        end = offset + limit if self.lost_after is None else min(offset + limit, self.lost_after)
        return reply_json(answer[offset:end])

    def _where(self, where: str) -> Sequence[dict[str, Any]]:
        found = re.fullmatch(r"(\w+)\s*(>=|=)\s*'([^']*)'", where)
        if not found:
            return self.rows
        name, sign, value = found.groups()
        return [row for row in self.rows if (row.get(name, "") >= value if sign == ">=" else row.get(name) == value)]

    def _plain(self, rows: Sequence[dict[str, Any]], wanted: Sequence[str]) -> list[dict[str, str]]:
        return [
            {name: str(value) for name, value in row.items() if value is not None and (not wanted or name in wanted)}
            for row in rows
        ]

    def _grouped(self, rows: Sequence[dict[str, Any]], wanted: Sequence[str], group: str) -> list[dict[str, str]]:
        keys = [key.strip() for key in group.split(",")]
        sums: dict[tuple[str, ...], dict[str, float]] = {}
        for row in rows:
            total = sums.setdefault(tuple(str(row.get(key, "")) for key in keys), {})
            for part in wanted:
                found = re.fullmatch(r"(count|sum)\(([^)]*?)(?:::number)?\)(?: as (\w+))?", part)
                if found:
                    amount = 1.0 if found[1] == "count" else float(row.get(found[2]) or 0)
                    total[found[3] or found[1]] = total.get(found[3] or found[1], 0.0) + amount
        return [
            dict(zip(keys, key, strict=True)) | {name: f"{value:g}" for name, value in total.items()}
            for key, total in sorted(sums.items())
        ]


def zipped_answer(answer: Answer) -> Answer:
    """Answer with a gzipped body."""

    def answered(request: Request) -> Reply:
        whole = answer(request)
        return Reply(whole.code, gzip.compress(whole.body), whole.content_type, {"Content-Encoding": "gzip"})

    return answered


def file_answer(body: bytes, kind: str = "application/octet-stream") -> Answer:
    """Answer a file."""
    return lambda _: Reply(200, body, kind)


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    """Return an XLSX of these rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_bytes(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return a CSV of these rows."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def zip_bytes(name: str, content: bytes) -> bytes:
    """Return a zip that holds one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


# -- one small publisher per data set ---------------------------------------------------------------------------------

CODES = ("52835", "52001", "05001", "11001", "19001")
GED_COLUMNS = (
    "id", "relid", "year", "active_year", "code_status", "type_of_violence", "side_a", "side_b", "where_prec", "adm_1",
    "adm_2", "latitude", "longitude", "country", "country_id", "event_clarity", "date_prec", "date_start", "date_end",
    "best", "high", "low",
)  # fmt: skip


def ged_row(**given: Any) -> list[Any]:
    """Return one synthetic event of UCDP: Tumaco, 2025, state-based, one death."""
    row = {
        "id": 1, "relid": "SYN", "year": 2025, "active_year": 1, "code_status": "Clear", "type_of_violence": 1,
        "side_a": "Government of Colombia", "side_b": "ELN", "where_prec": 3, "adm_1": "Nariño department",
        "adm_2": "Tumaco municipality", "latitude": 1.8, "longitude": -78.7, "country": "Colombia", "country_id": 100,
        "event_clarity": 1, "date_prec": 1, "date_start": "2025-03-05 00:00:00.000",
        "date_end": "2025-03-05 00:00:00.000", "best": 1, "high": 1, "low": 1,
    } | given  # fmt: skip
    return [row[name] for name in GED_COLUMNS]


def mindefensa_rows(amount: str = "cantidad", **extra: Any) -> list[dict[str, Any]]:
    """Return 30 synthetic events over five municipalities and six months."""
    return [
        {
            "fecha_hecho": f"2026-{1 + n % 6:02d}-{1 + n % 28:02d}T00:00:00.000",
            "cod_depto": CODES[n % 5][:2],
            "cod_muni": CODES[n % 5],
            amount: 1 + n % 2,
        }
        | extra
        for n in range(30)
    ]


Setup = Callable[[Server], tuple[dict[str, str], str]]
"""Put a publisher on the server; returns the environment that points to it and the path of its main answer."""


def socrata_setup(socrata_id: str, rows: Sequence[dict[str, Any]]) -> Setup:
    """Return a set-up of one Socrata set."""

    def set_up(server: Server) -> tuple[dict[str, str], str]:
        path = f"/resource/{socrata_id}.json"
        server.route(path, Socrata(rows))
        return {"PAZ_URL_SOCRATA": server.url}, path

    return set_up


def displacement_rows() -> list[dict[str, Any]]:
    """Return two cuts of the register: the older must never be added."""
    return [
        {"fecha_corte": cut, "cod_ciudad_muni": code.lstrip("0"), "vigencia": year, "sexo": sex, "per_ocu": people}
        for cut, people in (("31/07/2026", 900), ("31/08/2026", 10))
        for code in CODES
        for year in (2024, 2025)
        for sex in ("Hombre", "Mujer")
    ]


def coca_rows() -> list[dict[str, Any]]:
    """Return a wide table: 2020 with decimal commas, the other years with points, an empty cell left out."""
    return [
        {"coddepto": code[:2], "codmpio": code, "_2019": f"{10.5 + n}", "_2020": f"1.{n}23,45", "_2021": str(7 + n)}
        | ({} if n == 0 else {"_2024": "3"})
        for n, code in enumerate(CODES)
    ]


def police_setup(server: Server) -> tuple[dict[str, str], str]:
    """Serve the police's page and one synthetic workbook of 2025."""
    rows: list[list[Any]] = [["MINISTERIO DE DEFENSA NACIONAL"], ["POLICÍA NACIONAL"], [], [], []]
    rows += [["HOMICIDIO INTENCIONAL"], ["PERÍODO DEL 01 DE ENERO AL 31 DE DICIEMBRE DEL 2025"]]
    rows += [["DEPARTAMENTO ", "MUNICIPIO ", "CODIGO DANE ", "FECHA HECHO ", "CANTIDAD "]]
    data = [["NARIÑO", "Tumaco", f"{code}000", f"2025-{m:02d}-15", 2] for m in range(1, 13) for code in CODES]
    rows += [*data, ["TOTAL", None, None, None, 2 * len(data)], ["FUENTE: synthetic"]]
    path = "/sites/default/files/delitos-impacto/Homicidio%20Intencional2025.xlsx"
    server.route(
        "/estadistica-delictiva/homicidios", file_answer(f'<a href="{path}">Homicidio 2025</a>'.encode(), "text/html")
    )
    server.route(path, file_answer(workbook(rows)))
    return {"PAZ_URL_POLICIA": server.url}, path


def ucdp_setup(server: Server) -> tuple[dict[str, str], str]:
    """Serve a yearly release of 2025, a quarter to June 2026 and the month of July."""
    yearly = csv_bytes(GED_COLUMNS, [ged_row(id=n, date_start=f"2025-0{1 + n % 9}-02 00:00:00.000") for n in range(20)])
    quarter = csv_bytes(
        GED_COLUMNS, [ged_row(id=100, year=2026, date_start="2026-05-05 00:00:00.000", code_status="Unclear")]
    )
    month = csv_bytes(GED_COLUMNS, [ged_row(id=101, year=2026, date_start="2026-07-05 00:00:00.000")])
    path = "/ged/ged261-csv.zip"
    server.route(path, file_answer(zip_bytes("GEDEvent_v26_1.csv", yearly)))
    server.route("/candidateged/GEDEvent_v26_01_26_06.csv", file_answer(quarter, "text/csv"))
    server.route("/candidateged/GEDEvent_v26_0_7.csv", file_answer(month, "text/csv"))
    return {"PAZ_URL_UCDP": server.url}, path


HAPI_HEADER = (
    "location_code", "admin1_code", "admin2_code", "admin2_name", "admin_level", "event_type", "events", "fatalities",
    "reference_period_start", "reference_period_end",
)  # fmt: skip


def hapi_rows() -> list[list[Any]]:
    """Return synthetic counts at two levels; demonstrations have no deaths."""
    kinds = (("political_violence", 3, "2"), ("civilian_targeting", 2, "1"), ("demonstration", 1, ""))
    return [
        [
            "COL",
            "CO52",
            f"CO{code}" if level == 2 else "",
            "x",
            level,
            kind,
            events,
            deaths,
            f"2026-0{m}-01",
            f"2026-0{m}-28",
        ]
        for code in CODES
        for m in (1, 2)
        for level in (1, 2)
        for kind, events, deaths in kinds
    ]


def hapi_setup(server: Server) -> tuple[dict[str, str], str]:
    """Serve the package of HDX and its CSV, with a line of HXL tags."""
    path = "/signed/conflict.csv"
    resources = [
        {"name": "Colombia: Food Prices", "format": "CSV", "url": f"{server.url}/other.csv"},
        {"name": "Colombia: Conflict Events", "format": "CSV", "url": f"{server.url}{path}"},
    ]
    server.route(
        "/api/3/action/package_show", lambda _: reply_json({"success": True, "result": {"resources": resources}})
    )
    tags = [
        "#country+code",
        "#adm1+code",
        "#adm2+code",
        "#adm2+name",
        "#adm+level",
        "#event+type",
        "#affected",
        "",
        "#date+start",
        "",
    ]
    server.route(path, file_answer(csv_bytes(HAPI_HEADER, [tags, *hapi_rows()]), "text/csv"))
    return {"PAZ_URL_HDX": server.url}, path


def indepaz_post(
    rows: Sequence[Sequence[str]], link: str = "https://example.org/2026", modified: str = "2026-09-07"
) -> dict[str, Any]:
    """Return a synthetic post with one table."""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    header = "<tr><th>N°</th><th>FECHA</th><th>DEPARTAMENTO</th><th>MUNICIPIO</th><th>No. VÍCTIMAS</th></tr>"
    return {"link": link, "modified_gmt": modified, "content": {"rendered": f"<p>x</p><table>{header}{body}</table>"}}


def indepaz_setup(server: Server) -> tuple[dict[str, str], str]:
    """Serve a synthetic post."""
    rows = [[str(n), f"{5 + n:02d}/01/2026", "Nariño", "Tumaco", "3"] for n in range(1, 13)]
    path = "/wp-json/wp/v2/posts"
    server.route(path, lambda _: reply_json([indepaz_post(rows)]))
    return {"PAZ_URL_INDEPAZ": server.url}, path


ALERTS: list[list[Any]] = [
    ["001-26", "Estructural", "2026-01-15", "Tumaco, Barbacoas (Nariño); El Tambo (Cauca)", "ELN\nEMC"],
    ["002-26", "Inminencia", "2026-02-20", "Bogotá, D.C. (Bogotá, D.C.)", "EGC"],
    ["003-26", "Estructural", "2026-03-01", "Ricaurte (Nariño) ... y Otros", "CNEB"],
]


def alerts_book(rows: Sequence[Sequence[Any]] = ALERTS) -> bytes:
    """Return a workbook of alerts with its header on row 6."""
    header = ["Código", "Tipo", "Fecha Emisión", "Municipios", "Grupos Armados Ilegales"]
    return workbook([["Defensoría"], [], ["Alertas"], [], [], header, *rows])


def defensoria_setup(server: Server) -> tuple[dict[str, str], str]:
    """Serve the report page, the anti-forgery dance, the workbook and one alert's page."""
    page = (
        '<form><input name="__RequestVerificationToken" type="hidden" value="secret" /></form>'
        "<table><tr><th>Código</th></tr>"
        '<tr><td>003-26</td><td><a href="/Alerta/Details/777">Ver</a></td></tr></table>'
    )
    made: list[str] = []

    def generate(request: Request) -> Reply:
        if (
            b"__RequestVerificationToken=secret" not in request.body
            or request.headers.get("x-requested-with") != "XMLHttpRequest"
        ):
            return status(400, "no token")(request)
        made.append("x")
        return reply_json({"success": True})

    detail = (
        "<article><h2>Lugar de advertencia</h2><table><tr><th>Departamento</th><th>Municipio</th></tr>"
        "<tr><td>Nariño</td><td>Ricaurte</td></tr><tr><td>Nariño</td><td>Mallama</td></tr></table></article>"
    )
    path = "/Alerta/DescargarExcelGenerado"
    server.route("/Alerta/Reporte", file_answer(page.encode(), "text/html"))
    server.route("/Alerta/GenerarExcel", generate)
    server.route(path, lambda r: Reply(200, alerts_book(), "application/vnd.ms-excel") if made else status(404)(r))
    server.route("/Alerta/Details/777", file_answer(detail.encode(), "text/html"))
    return {"PAZ_URL_DEFENSORIA": server.url}, path


def acled_rows(year: int) -> list[dict[str, Any]]:
    """Return synthetic events of one year."""
    return [
        {
            "event_id_cnty": f"COL{year}{n}",
            "event_date": f"{year}-02-{1 + n:02d}",
            "event_type": "Battles" if n % 2 else "Violence against civilians",
            "admin1": "Narino",
            "admin2": "San Andres de Tumaco",
            "geo_precision": "1",
            "fatalities": str(n % 3),
        }
        for n in range(12)
    ]


def acled_setup(server: Server) -> tuple[dict[str, str], str]:
    """Serve the sign-in and the events of an account that may read them."""

    def token(request: Request) -> Reply:
        good = b"username=me%40example.org" in request.body and b"grant_type=password" in request.body
        return (
            reply_json({"access_token": "t0ken", "expires_in": 86400})
            if good
            else status(401, "bad credentials")(request)
        )

    def read(request: Request) -> Reply:
        if request.headers.get("authorization") != "Bearer t0ken":
            return status(401, "no token")(request)
        return reply_json({"status": 200, "success": True, "data": acled_rows(int(request.query["event_date"][:4]))})

    path = "/api/acled/read"
    server.route("/oauth/token", token)
    server.route(path, read)
    return {"PAZ_URL_ACLED": server.url, "ACLED_EMAIL": "me@example.org", "ACLED_PASSWORD": "pw"}, path


def kidnapping_setup(server: Server) -> tuple[dict[str, str], str]:
    """Serve the description and the cases of a CNMH set."""
    rows = [
        {"a_o": 2000 + n % 5, "c_digo_dane_de_municipio": CODES[n % 5], "total_de_v_ctimas_del_caso": 2}
        for n in range(40)
    ]
    path = "/resource/cdw6-jexv.json"
    columns = [{"fieldName": name} for name in rows[0]]
    server.route("/api/views/cdw6-jexv.json", lambda _: reply_json({"name": "SE", "columns": columns}))
    server.route(path, Socrata(rows))
    return {"PAZ_URL_SOCRATA": server.url}, path


def population_setup(server: Server) -> tuple[dict[str, str], str]:
    """Serve a workbook of projections of five municipalities."""
    from data.sources.dane_tables import PROJECTIONS

    rows: list[list[Any]] = [
        [],
        [],
        ["PROYECCIONES"],
        [],
        ["DP", "DPNOM", "MPIO", "DPMP", "AÑO", "ÁREA GEOGRÁFICA", "Población"],
    ]
    for code in CODES:
        for area, people in (("Cabecera Municipal", 900), ("Centros Poblados y Rural Disperso", 100), ("Total", 1000)):
            rows.append([code[:2], "x", code, "x", 2026, area, people])
    server.route(PROJECTIONS, file_answer(workbook([*rows, ["Fuente: synthetic"]])))
    return {"PAZ_URL_DANE": server.url}, PROJECTIONS


def divipola_rows(count: int = 1_122) -> list[dict[str, Any]]:
    """Return a list of as many synthetic municipalities as the country has."""
    return [
        {"cod_mpio": f"{n:05d}", "nom_mpio": f"M{n}", "cod_dpto": f"{n:05d}"[:2], "dpto": "D",
         "tipo_municipio": "Municipio", "longitud": "-75,5", "latitud": "6,2"}
        for n in range(5_001, 5_001 + count)
    ]  # fmt: skip


def landmine_rows() -> list[dict[str, Any]]:
    """Return one synthetic row per person; the code is a number."""
    return [
        {
            "a_o": 2005 + n % 3,
            "codigo_dane_de_municipio": int(CODES[n % 5]),
            "situaci_n_actual_de_la_v": "MUERTO" if n % 4 == 0 else "HERIDO",
        }
        for n in range(40)
    ]


def descontamina_rows() -> list[dict[str, Any]]:
    """Return one synthetic row per person, thousands commas and swapped headers included."""
    return [
        {"departamento": "NARIÑO", "municipio": "TUMACO", "codigodanemunicipio": "52,835", "ano": "2,006",
         "estado": "Hombre", "genero": "Muerto" if n % 5 == 0 else "Herido"}
        for n in range(25)
    ]  # fmt: skip


SETUPS: dict[str, Setup] = {
    "mindefensa-homicides": socrata_setup("m8fd-ahd9", mindefensa_rows()),
    "mindefensa-kidnapping": socrata_setup("d7zw-hpf4", mindefensa_rows()),
    "mindefensa-extortion": socrata_setup("q2ib-t9am", mindefensa_rows()),
    "mindefensa-massacres": socrata_setup("u8eq-92tb", mindefensa_rows("victimas", casos=1)),
    "mindefensa-terrorism": socrata_setup("yi5j-5fe9", mindefensa_rows()),
    "mindefensa-security-forces": socrata_setup(
        "8rpn-wpty", mindefensa_rows(accion="ASESINADO") + mindefensa_rows(accion="HERIDO")
    ),
    "mindefensa-eradication": socrata_setup("p72f-qcvk", mindefensa_rows(tipo_de_cultivo="COCA", unidad="HECTAREA")),
    "simci-coca": socrata_setup("acs4-3wgp", coca_rows()),
    "uariv-displacement": socrata_setup("krnc-8azs", displacement_rows()),
    "policia-homicides": police_setup,
    "ucdp-events": ucdp_setup,
    "hapi-conflict": hapi_setup,
    "indepaz-massacres": indepaz_setup,
    "defensoria-alerts": defensoria_setup,
    "cnmh-landmines": socrata_setup("52eu-ic7d", landmine_rows()),
    "cnmh-kidnapping": kidnapping_setup,
    "descontamina-landmines": socrata_setup("yhxn-eqqw", descontamina_rows()),
    "dane-divipola": socrata_setup("gdxc-w37w", divipola_rows()),
    "dane-population": population_setup,
    "acled-own": acled_setup,
}


def json_bytes(value: Any) -> bytes:
    """Return JSON."""
    return json.dumps(value).encode("utf-8")
