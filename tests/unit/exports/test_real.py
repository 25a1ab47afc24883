"""Exports of the embedded facts on the official polygons: the nation and Nariño, whole and within A4."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from components.exports import ExportSpec, MapPicture, sheet, slides, webpage
from components.legend import LegendSpec, keys_of, shown_sections
from data.store import table
from geo import boundaries, classes, geometry, matrix, symbology
from tests.unit.exports.conftest import build

POLYGONS = Path(__file__).parents[3].parent / "shared" / "boundaries" / "municipalities.geojson"
ON = date(2024, 10, 31)


@pytest.fixture(scope="module")
def polygons(tmp_path_factory) -> boundaries.Boundaries:
    path = Path(os.environ.get("MUNICIPAL_BOUNDARIES", "") or POLYGONS)
    if not path.exists():
        pytest.skip("the official municipal polygons are not at hand")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUNICIPAL_BOUNDARIES", str(path))
        return boundaries.current(table("municipalities"), allow_download=False)


def view_of(payload: geometry.Payload, fill: str) -> ExportSpec:
    """The synthetic view's words around a real map."""
    days = matrix.month_days(ON, ON, ON)
    if fill == "presence":
        cells = matrix.presence_matrix(table("presence"), table("groups"), payload.codes, days)
        styles = [
            symbology.presence_style(c.families, disputed=c.disputed, group_count=c.group_count, aged=c.aged)
            for c in cells.cells
        ]
    else:
        breaks = classes.breaks(fill)
        cells = matrix.indicator_matrix(breaks, payload.codes, days)
        styles = [symbology.indicator_style(c.status, max(c.class_index, 0), breaks.count) for c in cells.cells]
    shown = {code: styles[cells.codes[0, unit]] for unit, code in enumerate(cells.units)}
    keys = keys_of(shown.values())
    names = dict(zip(table("families")["family"], table("families")["name_es"], strict=True))
    legend = shown_sections(
        LegendSpec(possible=keys, shown=keys, families=names, classes=("0", "1", "2", "3", "4", "5"))
    )
    return replace(build(), map=MapPicture(payload, shown), legend=legend)


@pytest.fixture(scope="module")
def nation(polygons) -> ExportSpec:
    return view_of(geometry.build("geo", "colombia", table("municipalities"), polygons), "presence")


def test_the_nation_fits_one_page_with_every_municipality(nation: ExportSpec):
    svg = sheet.map_svg(nation)
    assert len(set(re.findall(rb'<g id="(m\d{5})"><title>', svg))) == 1122
    assert len(svg) < 5_000_000
    image = Image.open(BytesIO(sheet.map_png(nation, dpi=100))).convert("RGB")
    # The margin stays empty: no island is drawn outside the panel.
    edge = image.crop((0, 0, int(6 / 25.4 * 100), image.height))
    assert len(edge.getcolors() or ()) == 1


def test_the_nation_s_page_and_slides_are_made(nation: ExportSpec):
    assert webpage.html(nation).count(b'id="m') >= 1122
    assert slides.pptx_view(nation).startswith(b"PK")


@pytest.mark.parametrize("kind", ["geo", "tile"])
@pytest.mark.parametrize("fill", ["presence", "homicides"])
def test_narino_is_drawn_either_way(polygons, kind: geometry.Kind, fill: str):
    payload = geometry.build(kind, "narino", table("municipalities"), polygons if kind == "geo" else None)
    svg = sheet.map_svg(view_of(payload, fill)).decode()
    assert len(set(re.findall(r'<g id="(m52\d{3})">', svg))) == 64
    assert (" km<" in svg) == (kind == "geo")
    assert "Pasto" in svg
