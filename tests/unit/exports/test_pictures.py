"""Map and timeline as PNG, SVG and PDF: complete when detached, vector where promised, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from pyproj import Geod

from components.exports import (
    ExportError,
    ExportSpec,
    MapPicture,
    SourceNote,
    available,
    mapdraw,
    sheet,
    timelines,
    write,
)
from components.exports.page import Box, Page
from components.i18n import language
from components.timeline import TimelineSpec
from geo import geometry
from tests.unit.exports.conftest import Coverage, build, municipalities, picture, timeline

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: bytes) -> str:
    """All words of a drawing, in order, with single spaces."""
    root = ElementTree.fromstring(svg)
    words = [node.text or "" for node in root.iter(f"{SVG}text")]
    return " ".join(" ".join(words).split())


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


@pytest.fixture(scope="module")
def svg(spec: ExportSpec) -> bytes:
    return sheet.map_svg(spec)


def test_the_map_says_title_date_legend_caveat_sources_licence_and_link(svg: bytes, spec: ExportSpec):
    said = texts(svg)
    for words in (spec.title, spec.date_text, spec.subtitle, spec.caveat, spec.link, spec.licence):
        assert words in said
    for section in spec.legend:
        for entry in section.entries:
            assert entry.text in said
    for words in ("Pares", "2 de diciembre de 2023", "CC BY 4.0", "DANE", "Marco Geoestadístico", "Presencia:"):
        assert words in said
    assert said.count("Presencia:") == 1


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_words_that_the_writer_adds_follow_the_spec_and_leave_the_caller_alone(lang: str):
    before = language()
    said = texts(sheet.map_svg(replace(build(), language=lang)))
    assert ("May 2022" in said, "mayo de 2022" in said) == (lang == "en", lang == "es")
    assert language() == before


def test_shapes_are_vector_and_stripes_carry_two_colours(svg: bytes):
    assert b"<image" not in svg
    style = picture().styles["52001"]
    for band in style.fill.bands:
        if band.colour:
            assert f"fill: {band.colour}".encode() in svg


def test_every_municipality_has_its_name_and_state_as_a_title(svg: bytes):
    root = ElementTree.fromstring(svg)
    titles = {g.get("id"): t.text for g in root.iter(f"{SVG}g") if (t := g.find(f"{SVG}title")) is not None}
    assert titles["m52001"] == "Peñol de Prueba (Nariño): ELN, EGC (presence)"
    assert titles["m52002"] == "Ágata (Nariño): Comuneros (influence) & <others>"
    assert len([key for key in titles if key and key.startswith("m")]) == 4


def test_the_svg_says_its_own_language_and_description(svg: bytes, spec: ExportSpec):
    root = ElementTree.fromstring(svg)
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "es"
    described = root.find(f"{SVG}desc")
    assert described is not None
    assert described.text == spec.caveat


def test_mathematics_and_markup_in_a_title_stay_letters(svg: bytes):
    assert "la señal $5 & <b>Ñ</b> se reporta" in texts(svg)


def test_the_same_view_gives_the_same_bytes(svg: bytes, spec: ExportSpec):
    assert sheet.map_svg(spec) == svg
    assert sheet.map_pdf(spec) == sheet.map_pdf(spec)


def test_the_png_is_a4_at_300_dpi(spec: ExportSpec):
    image = Image.open(BytesIO(sheet.map_png(spec)))
    assert image.size == (3507, 2480)
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert image.info["Title"] == spec.title
    assert image.info["Description"] == spec.caveat


def test_the_png_shows_the_colours_of_the_symbology(spec: ExportSpec):
    image = Image.open(BytesIO(sheet.map_png(spec, dpi=150))).convert("RGB")
    colours = {f"#{r:02x}{g:02x}{b:02x}" for _n, (r, g, b) in image.getcolors(10**7)}  # type: ignore[misc]
    for style in picture().styles.values():
        assert {band.colour for band in style.fill.bands if band.colour} <= colours


def test_the_pdf_is_one_page_of_vectors_with_a_live_link(spec: ExportSpec):
    pdf = sheet.map_pdf(spec)
    assert pdf.startswith(b"%PDF")
    assert pages(pdf) == 1
    assert b"/Subtype /Image" not in pdf
    assert spec.link.encode() in pdf
    assert b"/FontFile2" in pdf


def test_the_scale_bar_is_true_at_the_map_s_latitude(spec: ExportSpec):
    assert spec.map is not None
    page = Page(200, 150)
    frame = mapdraw.draw_map(page, spec.map, Box(10, 10, 120, 130))
    length = mapdraw.draw_scale_bar(page, frame, Box(20, 100, 30, 6))
    west = -78.0
    east, _lat, _back = Geod(ellps="WGS84").fwd(west, frame.latitude, 90, length * 1000)
    (x0, _y0), (x1, _y1) = frame(np.array([[west, frame.latitude], [east, frame.latitude]]))
    assert x1 - x0 == pytest.approx(length * frame.mm_per_km, rel=2e-4)
    north, *_ = Geod(ellps="WGS84").fwd(west, frame.latitude, 0, 10_000)[1:2]
    (_x, y0), (_x2, y1) = frame(np.array([[west, frame.latitude], [west, north]]))
    assert y0 - y1 == pytest.approx(10 * frame.mm_per_km, rel=2e-3)


@pytest.mark.parametrize(("most", "length"), [(1.0, 1), (1.99, 1), (7, 5), (49, 20), (500, 500), (0.07, 0.05)])
def test_scale_bars_have_round_lengths(most: float, length: float):
    assert mapdraw.round_length(most) == pytest.approx(length)


def test_the_tile_map_has_no_scale_bar_and_says_why():
    said = texts(sheet.map_svg(build(kind="tile")))
    assert " km" not in said
    assert "0 25" not in said


def test_no_word_leaves_the_page(spec: ExportSpec):
    many = tuple(SourceNote(f"Publicador número {n} de nombre largo", f"Título {n}", "2023") for n in range(400))
    crowded = replace(spec, sources=many, caveat="Una advertencia larga. " * 12, title="Un título largo " * 20)
    root = ElementTree.fromstring(sheet.map_svg(crowded))
    width, height = (float(root.get(name, "0").removesuffix("pt")) for name in ("width", "height"))
    places = [(float(node.get("x", "1")), float(node.get("y", "1"))) for node in root.iter(f"{SVG}text")]
    assert places
    assert all(0 <= x <= width and 0 <= y <= height for x, y in places)
    assert "Publicador número 0 de nombre largo" in texts(sheet.map_svg(crowded))


def test_a_map_of_another_language_of_signs_is_refused_whole(spec: ExportSpec):
    with pytest.raises(ExportError, match="漢"):
        sheet.map_png(replace(spec, title="漢字"))


@pytest.mark.parametrize("writer", [sheet.map_png, sheet.map_svg, sheet.map_pdf])
def test_without_a_map_the_message_says_so(writer: Callable[[ExportSpec], bytes], bare: ExportSpec, spec: ExportSpec):
    with pytest.raises(ExportError):
        writer(bare)
    with pytest.raises(ExportError):
        writer(replace(spec, map=replace(picture(), styles={})))


def test_a_view_without_legend_sources_or_signs_is_still_a_page(spec: ExportSpec):
    plain = replace(
        spec, legend=(), sources=(), licence="", subtitle="", map=replace(picture(), ceasefires={}, zones={})
    )
    assert spec.title in texts(sheet.map_svg(plain))


def test_codes_that_the_map_does_not_know_are_left_out(spec: ExportSpec):
    drawn = picture()
    strange = {"ceasefires": {"99999": drawn.ceasefires["52001"]}, "zones": {"99999": drawn.zones["52004"]}}
    stray = replace(drawn, selected=("99999",), **strange)
    assert b"m99999" not in sheet.map_svg(replace(spec, map=stray))


def test_exports_run_side_by_side_and_agree():
    jobs = [(build("es"), "map.svg"), (build("en"), "map.svg"), (build("es"), "timeline.svg"), (build("en"), "map.pdf")]
    alone = [write(name, spec).content for spec, name in jobs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda job: write(job[1], job[0]).content, jobs))
    assert together == alone


# The timeline


def test_the_timeline_says_title_groups_categories_caveat_and_sources(spec: ExportSpec):
    said = texts(timelines.timeline_svg(spec))
    for words in ("Homicidios: por cada 100.000 habitantes", "ELN", "Comuneros del Sur", "Diálogos", "Afirmación"):
        assert words in said
    for words in (spec.caveat, "Pares", spec.link, "Iván Duque", "Gustavo Petro", "2021", "Nariño"):
        assert words in said


def test_a_timeline_is_named_after_place_and_years_and_counts_no_reports(spec: ExportSpec):
    said = texts(timelines.timeline_svg(spec))
    assert "Nariño y Peñol de Prueba, 2020–2023. Homicidios" in said
    assert spec.date_text in said
    assert spec.subtitle not in said
    filtered = texts(timelines.timeline_svg(replace(spec, timeline_filters="Ceses al fuego: solo ELN.")))
    assert "Ceses al fuego: solo ELN." in filtered
    assert "suspensión o tregua" in filtered


def test_many_publishers_are_named_with_their_years_and_none_is_left_out(spec: ExportSpec):
    many = [
        SourceNote(f"Medio {n}", f"Un título muy largo {n} {part}", f"{2016 + part}-05", "", "", "Hechos")
        for n in range(110)
        for part in (0, 7)
    ]
    for count, draw in ((110, timelines.timeline_svg), (80, sheet.map_svg)):
        said = texts(draw(replace(spec, sources=many[: 2 * count])))
        for n in range(count):
            assert re.search(rf"Medio {n}[ ,(]+2 documentos, (mayo de )?2016", said), n
        assert "la lista completa está en el enlace" not in said


def test_a_long_link_is_whole_on_paper(spec: ExportSpec):
    link = "https://paz.example/narino?groups=" + ",".join(f"grupo_{n}" for n in range(30)) + "&lang=es&v=1"
    for svg in (sheet.map_svg(replace(spec, link=link)), timelines.timeline_svg(replace(spec, link=link))):
        assert link in texts(svg).replace(" ", "")


def test_a_name_is_broken_between_words_only():
    frame = municipalities()
    frame["name"] = ["Ñ", "Ágata", "MMMMMMMM Iiii", "Cumbre"]
    drawn = MapPicture(geometry.build("geo", "narino", frame, Coverage()), picture().styles)
    for side in range(20, 60, 2):
        page = Page(200, 200)
        mapdraw.draw_map(page, drawn, Box(10, 10, side, side), furniture=False)
        fragments = {text.get_text() for text in page.axes.texts if "MM" in text.get_text()}
        assert fragments <= {"MMMMMMMM Iiii", "MMMMMMMM"}, side


def test_bars_and_events_carry_their_words(spec: ExportSpec):
    root = ElementTree.fromstring(timelines.timeline_svg(spec))
    titles = {g.get("id"): t.text for g in root.iter(f"{SVG}g") if (t := g.find(f"{SVG}title")) is not None}
    assert titles["t-b0"] == "ELN: Cese bilateral. terminó"
    assert titles["t-m1"] == "mayo de 2022: Algo <b>raro</b> (Afirmación)"


def test_the_timeline_png_is_whole(spec: ExportSpec):
    image = Image.open(BytesIO(timelines.timeline_png(spec, dpi=80)))
    image.load()
    assert image.width == round(297 / 25.4 * 80 - 0.5)


@pytest.mark.parametrize(
    "changes",
    [{"lines": ()}, {"bars": ()}, {"marks": ()}, {"bands": (), "breaks": ()}, {"lines": (), "bars": ()}],
    ids=lambda changes: "+".join(changes),
)
def test_a_timeline_may_lack_a_part(spec: ExportSpec, changes: dict[str, tuple[()]]):
    part = replace(timeline(), **changes)
    assert "2021" in texts(timelines.timeline_svg(replace(spec, timeline=part)))


def test_a_line_breaks_where_its_series_does():
    months = timelines.month_values(timeline())
    assert (date(2020, 11, 1), [("Peñol de Prueba", 5.0)]) in months


@pytest.mark.parametrize(
    "broken",
    [
        None,
        TimelineSpec(date(2020, 1, 1), date(2021, 1, 1), "", (), (), (), ()),
        replace(timeline(), first=date(2024, 1, 1)),
    ],
    ids=["none", "empty", "backwards"],
)
def test_without_a_timeline_the_message_says_so(spec: ExportSpec, broken: TimelineSpec | None):
    with pytest.raises(ExportError):
        timelines.timeline_svg(replace(spec, timeline=broken))


# The list of formats


def test_formats_follow_what_the_view_has(spec: ExportSpec, bare: ExportSpec):
    assert "map.png" in available(spec)
    assert available(bare) == ()
    only = available(replace(spec, map=None))
    assert "map.png" not in only
    assert "data.geojson" not in only
    assert {"timeline.svg", "page.html", "slides.pptx", "data.csv"} <= set(only)


def test_a_file_is_named_after_its_view(spec: ExportSpec):
    made = write("map.svg", replace(spec, view=spec.view.with_(municipalities=("52835",), fill="massacres_indepaz")))
    assert made.name == "paz-territorial--narino--massacres--indepaz--2023-10-31--52835.svg"
    assert made.mime == "image/svg+xml"
    assert write("timeline.svg", spec).name.endswith("_timeline.svg")
