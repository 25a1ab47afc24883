"""A small synthetic view: four square municipalities that do not exist, so that every mark on paper can be foretold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from components.card import Card, Entry, Evidence, Figure, ReportedGroup
from components.exports import DataTable, ExportSpec, MapPicture, Polygons, SourceNote
from components.i18n import set_language
from components.legend import LegendSpec, keys_of, shown_sections
from components.timeline import Band, Bar, Line, Mark, TimelineSpec
from components.view import ViewState
from geo import geometry, symbology

CODES = ("52001", "52002", "52003", "52004")
SQUARES = {
    code: shapely.box(-78 + 0.5 * (n % 2), 1 + 0.5 * (n // 2), -77.5 + 0.5 * (n % 2), 1.5 + 0.5 * (n // 2))
    for n, code in enumerate(CODES)
}


class Coverage:
    """Synthetic boundaries: four squares of half a degree."""

    digest = "synthetic"

    def coverage(self) -> tuple[tuple[str, ...], np.ndarray]:
        return CODES, np.array(list(SQUARES.values()), dtype=object)


def municipalities() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "divipola": CODES,
            "name": ["Peñol de Prueba", "Ágata", "Chachagüí Chico", "Cumbre"],
            "department_code": "52",
            "department": "Nariño",
            "lon": [square.centroid.x for square in SQUARES.values()],
            "lat": [square.centroid.y for square in SQUARES.values()],
            "subregion": ["Norte", "Norte", "Sur", "Sur"],
        }
    )


def payload(kind: str = "geo") -> geometry.Payload:
    return geometry.build(kind, "narino", municipalities(), Coverage() if kind == "geo" else None)  # type: ignore[arg-type]


def picture(kind: str = "geo") -> MapPicture:
    styles = {
        "52001": symbology.presence_style([("eln", "presence"), ("egc", "presence")], group_count=3),
        "52002": symbology.presence_style([("comuneros", "influence")], disputed=True),
        "52003": symbology.NOT_REPORTED,
        "52004": symbology.presence_style([("emc", "presence")], aged=True),
    }
    ceasefires = {}
    for code, status in (("52001", "in_force"), ("52003", "announced")):
        style = symbology.ceasefire_style("ceasefire", status, nationwide=code == "52001")
        assert style is not None
        ceasefires[code] = style
    zone = symbology.zone_style("decreed_not_operating")
    assert zone is not None
    labels = {"52001": "ELN, EGC (presence)", "52002": "Comuneros (influence) & <others>"}
    return MapPicture(payload(kind), styles, ceasefires, {"52004": zone}, labels, ("52002",))


def timeline() -> TimelineSpec:
    months = tuple(date(2020 + n // 12, n % 12 + 1, 1) for n in range(48))
    values = tuple(None if 10 <= n < 14 else float(n % 7 + 3) for n in range(48))
    return TimelineSpec(
        first=date(2020, 1, 1),
        last=date(2023, 12, 31),
        title="Homicidios: por cada 100.000 habitantes · Policía Nacional",
        lines=(Line("Nariño", months, values), Line("Peñol de Prueba", months, values[::-1], "#a3141f")),
        bars=(
            Bar("ELN", "#a3141f", date(2020, 3, 1), date(2020, 9, 1), True, "Cese bilateral", "terminó"),
            Bar("ELN", "#a3141f", date(2020, 8, 1), date(2021, 2, 1), False, "Anuncio", "nunca rigió"),
            Bar("Comuneros del Sur", "#b88529", date(2022, 1, 1), date(2024, 6, 1), True, "Cese", "vigente"),
        ),
        marks=(
            Mark(date(2021, 5, 6), "6 de mayo de 2021", "Se instala la mesa", "talks", "Diálogos"),
            Mark(date(2022, 5, 6), "mayo de 2022", "Algo <b>raro</b>", "claim", "Afirmación"),
        ),
        bands=(
            Band("Iván Duque", date(2018, 8, 7), date(2022, 8, 6)),
            Band("Gustavo Petro", date(2022, 8, 7), date(2026, 8, 6)),
        ),
        breaks=(date(2022, 1, 1),),
    )


def evidence_table() -> DataTable:
    frame = pd.DataFrame(
        {
            "divipola": ["52001", "05001", "52002"],
            "municipality": ["Peñol de Prueba", "=HYPERLINK(1)", "Ágata"],
            "valid_from": pd.to_datetime(pd.Series(["2023-01-01", None, "2023-05-06"])).astype("datetime64[s]"),
            "count": [3.0, np.nan, 5.0],
            "groups": [("eln", "egc"), (), ("comuneros",)],
            "publisher": ["Pares", "@SUM(A1)", "Defensoría\x07"],
            "source_id": ["pares-2023", "x", "defensoria-2023"],
        }
    )
    return DataTable("presence", "Presencia reportada", frame, {"divipola": "Código DIVIPOLA"})


def build(language: str = "es", kind: str = "geo") -> ExportSpec:
    set_language(language)
    drawn = picture(kind)
    styles = [*drawn.styles.values(), *drawn.ceasefires.values(), *drawn.zones.values()]
    keys = keys_of(styles)
    families = {"eln": "ELN", "egc": "EGC", "comuneros": "Comuneros del Sur", "emc": "EMC"}
    legend = shown_sections(LegendSpec(possible=keys, shown=keys, families=families))
    sources = (
        SourceNote("Pares", "Mapa de presencia", "2023-12-02", "https://pares.example/mapa", "CC BY 4.0", "Presencia"),
        SourceNote("Defensoría del Pueblo", "", "2023", "https://defensoria.example", "", "Presencia"),
        SourceNote("Defensoría del Pueblo", "", "2022-05", "https://defensoria.example/2", "", "Presencia"),
        SourceNote("DANE", "Marco Geoestadístico", "2021", "https://dane.example", "CC BY 4.0", "Límites"),
    )
    return ExportSpec(
        title="En octubre de 2023, la señal $5 & <b>Ñ</b> se reporta en 3 de 4 municipios de prueba",
        date_text="Estado al 31 de octubre de 2023.",
        caveat="Presencia no es control. Reportado no es actual.",
        sources=sources,
        link="https://paz.example/narino?date=2023-10-31",
        language=language,
        view=ViewState(page="narino", on=date(2023, 10, 31), language=language, map=kind),
        subtitle="Un reporte cuenta durante 24 meses.",
        legend=legend,
        map=drawn,
        timeline=timeline(),
        tables=(evidence_table(),),
        polygons=Polygons(
            geopandas.GeoDataFrame({"divipola": CODES}, geometry=list(SQUARES.values()), crs="EPSG:4326"), sources[-1]
        ),
        seats={code: (square.centroid.x, square.centroid.y) for code, square in SQUARES.items()},
        licence="CC BY 4.0",
        data_version="synthetic",
    )


def card(title: str, reports: int = 3) -> Card:
    url = "https://x.example"
    rows = [
        Evidence(f"en {2000 + n}", "presencia", "opera", "confianza media", "Pares, 2023", "El País", url, "Nota")
        for n in range(reports)
    ]
    groups = [ReportedGroup("ELN", "#a3141f", "presencia", "último reporte: 2023", rows)] if reports else []
    figures = [Figure("Homicidios", "3 víctimas", "2022 a 2023", "Policía Nacional", "2024", url)]
    entry = Entry("Cese bilateral", "en vigor", "Un texto sobre el cese.", "Infobae", url)
    return Card(
        title, "Nariño · 52001", ["30.000 habitantes"], "31 de octubre de 2023", 24, groups, figures, [entry], [], []
    )


@pytest.fixture(autouse=True)
def speak_spanish():
    set_language("es")
    yield
    set_language("es")


@pytest.fixture(scope="session")
def spec() -> ExportSpec:
    return build()


@pytest.fixture
def bare(spec: ExportSpec) -> ExportSpec:
    """The view without anything to draw or to list."""
    return replace(spec, map=None, timeline=None, tables=(), evidence=None)
