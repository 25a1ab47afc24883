"""The web page, the slides and the report."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from components.exports import FORMATS, DataTable, ExportError, ExportSpec, SourceNote, report, slides, webpage, write
from components.exports.typeface import faces
from components.timeline import Bar
from tests.unit.exports.conftest import build, card, timeline


class Reader(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(content.decode())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def page(spec: ExportSpec) -> bytes:
    return webpage.html(spec)


def test_the_page_asks_nobody_for_anything(page: bytes):
    read = Reader(page)
    for tag, attributes in read.tags:
        for name in ("src", "srcset", "href", "xlink:href", "action", "data", "poster"):
            value = attributes.get(name)
            if value and not value.startswith("#"):
                assert (tag, name) == ("a", "href"), f"<{tag} {name}={value!r}>"
    assert not re.findall(rb"url\((?!#)", page)
    assert b"@import" not in page
    policy = next(a["content"] for t, a in read.tags if t == "meta" and a.get("http-equiv"))
    assert policy is not None
    assert "default-src 'none'" in policy


def test_the_page_says_everything(page: bytes, spec: ExportSpec):
    read = Reader(page)
    said = " ".join(" ".join(read.words).split())
    for words in (spec.title, spec.date_text, spec.caveat, spec.link, spec.licence, "Pares", "Marco Geoestadístico"):
        assert words in said
    assert ("html", {"lang": "es"}) in read.tags
    drawings = [attributes for tag, attributes in read.tags if tag == "svg" and attributes.get("class")]
    assert [drawing["class"] for drawing in drawings] == ["map", "timeline"]
    assert {"m52001", "t-b0", "t-p0"} <= {attributes.get("id") for _tag, attributes in read.tags}


def test_shapes_bars_events_and_months_have_words(page: bytes):
    html = page.decode()
    for name in ("m52001", "t-b0", "t-m0", "t-p0"):
        assert f'id="{name}"><title>' in html
    assert "enero de 2020: Nariño 3; Peñol de Prueba 8" in html


def test_no_id_stands_twice_and_every_reference_has_its_id(page: bytes):
    ids = [a["id"] for _t, a in Reader(page).tags if a.get("id")]
    assert len(ids) == len(set(ids))
    wanted = set(re.findall(rb'(?:url\(#|href="#)([^)"]+)', page))
    assert {name.decode() for name in wanted} <= set(ids)


def test_markup_in_a_field_is_shown_not_run(spec: ExportSpec):
    evil = '</title><script>alert(1)</script><img src=x onerror="alert(2)">'
    table = DataTable("t", evil, pd.DataFrame({evil: [evil]}))
    hostile = replace(
        spec, title=evil, date_text=evil, caveat=evil, licence=evil, link="javascript:alert(1)", evidence=table
    )
    read = Reader(webpage.html(hostile))
    assert [tag for tag, _a in read.tags].count("script") == 1
    assert not [tag for tag, _a in read.tags if tag == "img"]
    assert not [a for _t, a in read.tags if (a.get("href") or "").startswith("javascript")]


def test_a_page_may_hold_only_one_of_the_two_drawings(spec: ExportSpec, bare: ExportSpec):
    assert b'class="timeline"' not in webpage.html(replace(spec, timeline=None))
    assert b'class="map"' not in webpage.html(replace(spec, map=None))
    with pytest.raises(ExportError):
        webpage.html(bare)


def test_a_long_table_says_how_much_of_it_is_shown(spec: ExportSpec, monkeypatch):
    monkeypatch.setattr(webpage, "MOST_ROWS", 2)
    read = Reader(webpage.html(spec))
    assert [tag for tag, _a in read.tags].count("tr") == 3


# Slides


def opened(content: bytes) -> Any:
    return Presentation(io.BytesIO(content))


def said(slide) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


@pytest.fixture(scope="module")
def deck(spec: ExportSpec):
    return opened(slides.pptx_view(spec))


def test_a_view_is_map_timeline_evidence_and_sources(deck, spec: ExportSpec):
    kinds = [[shape.shape_type for shape in slide.shapes] for slide in deck.slides]
    assert len(kinds) == 4
    assert MSO_SHAPE_TYPE.PICTURE in kinds[0]
    assert kinds[1].count(MSO_SHAPE_TYPE.CHART) == 2
    assert MSO_SHAPE_TYPE.TABLE in kinds[2]
    assert deck.slides[0].shapes.title.text == spec.title
    assert "Pares" in said(deck.slides[3])
    assert "CC BY 4.0" in said(deck.slides[3])


def test_every_slide_carries_caveat_and_link(deck, spec: ExportSpec):
    for slide in deck.slides:
        assert spec.caveat in said(slide)
        assert spec.link in said(slide)


def test_the_timeline_is_a_chart_that_can_be_edited(deck):
    line, bars = (shape.chart for shape in deck.slides[1].shapes if shape.has_chart)
    (first, second) = line.plots[0].series
    assert (first.name, second.name) == ("Nariño", "Peñol de Prueba")
    assert first.values[:2] == (3.0, 4.0)
    assert first.values[10] is None
    assert len(line.part.chart_workbook.xlsx_part.blob) > 1000
    assert list(bars.plots[0].categories) == ["ELN", "Comuneros del Sur"]


def test_pictures_charts_and_words_say_what_they_are(deck):
    described = [
        shape._element.xpath(".//p:cNvPr")[0].get("descr")
        for slide in deck.slides
        for shape in slide.shapes
        if shape.shape_type in (MSO_SHAPE_TYPE.PICTURE, MSO_SHAPE_TYPE.CHART)
    ]
    assert len(described) == 3
    assert all(described)
    assert 'lang="es-CO"' in deck.slides[0].shapes.title._element.xml
    assert "Se instala la mesa" in deck.slides[1].notes_slide.notes_text_frame.text


def test_the_evidence_table_is_native_and_says_how_much_it_shows(spec: ExportSpec):
    long = DataTable("e", "Evidencia", pd.DataFrame({"Municipio": [f"M{n}" for n in range(50)], "n": range(50)}))
    deck = opened(slides.pptx_view(replace(spec, evidence=long)))
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    assert len(tables) == slides.TABLE_SLIDES
    assert tables[0].cell(0, 0).text == "Municipio"
    assert tables[1].cell(1, 0).text == f"M{slides.TABLE_ROWS}"


@pytest.mark.parametrize("lang", ["es", "en"])
def test_a_story_has_a_cover_and_a_slide_a_view(lang: str):
    spec = build(lang)
    views = [slides.StoryView(spec, f"Vista {n}", f"Nota {n}") for n in range(3)]
    deck = opened(
        slides.pptx_story(slides.StorySpec("Una historia", lang, views, "De qué trata", "https://paz.example"))
    )
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert titles[:4] == ["Una historia", "Vista 0", "Vista 1", "Vista 2"]
    assert sum(shape.has_chart for slide in deck.slides for shape in slide.shapes) == 2, "one timeline, once"
    assert "Nota 1" in deck.slides[2].notes_slide.notes_text_frame.text


def test_a_timeline_that_views_share_stands_once_after_the_last_of_them(spec: ExportSpec):
    other = replace(
        spec, view=replace(spec.view, page="colombia"), link="https://paz.example/colombia", caveat="Otra advertencia."
    )
    views = [slides.StoryView(each, title) for each, title in ((spec, "A"), (other, "B"), (spec, "C"))]
    deck = opened(slides.pptx_story(slides.StorySpec("H", "es", views)))
    charts = [slide for slide in deck.slides if any(shape.has_chart for shape in slide.shapes)]
    titles = [slide.shapes.title.text for slide in deck.slides]
    place = "Nariño y Peñol de Prueba, 2020–2023. "
    assert [title[: len(place)] for title in titles[1:6]] == ["A", "B", place, "C", place]
    assert [("colombia" in said(slide), other.caveat in said(slide)) for slide in charts] == [
        (True, True),
        (False, False),
    ]


def test_a_story_shows_a_small_table_and_leaves_a_long_one_to_its_view(spec: ExportSpec):
    few = DataTable("e", "Pocos", pd.DataFrame({"Municipio": ["Ágata"]}))
    many = DataTable("e", "Muchos", pd.DataFrame({"Municipio": [f"M{n}" for n in range(30)]}))
    filtered = replace(spec, evidence=few, filters="Solo ELN.")
    views = [slides.StoryView(filtered, "A"), slides.StoryView(replace(spec, evidence=many), "B")]
    deck = opened(slides.pptx_story(slides.StorySpec("H", "es", views)))
    (table,) = [slide for slide in deck.slides if any(shape.has_table for shape in slide.shapes)]
    assert table.shapes.title.text == "A: Pocos"
    assert "Solo ELN. Filas 1 a 1 de 1." in said(table)


def test_a_slide_names_everybody_behind_its_map_and_its_note(spec: ExportSpec):
    view = slides.StoryView(replace(spec, map_sources=spec.sources), "Vista", "Nota", ["Al Jazeera, 2024"])
    slide = opened(slides.pptx_story(slides.StorySpec("H", "es", [view]))).slides[1]
    assert "Fuentes de la nota: Al Jazeera, 2024." in said(slide)
    assert "Defensoría del Pueblo (2 documentos, 2022-2023)" in said(slide)


LONG = "Palabras que siguen una tras otra y cuentan lo que pasó en el municipio. "


def crowded(spec: ExportSpec) -> Any:
    """A deck with as much text as any of its parts may hold."""
    many = tuple(
        SourceNote(f"Medio número {n}", f"Título {n} " * 8, "2024", "", "CC BY 4.0", "Hechos") for n in range(60)
    )
    words = pd.DataFrame({"Municipio": ["San Andrés de Tumaco"] * 30, "n": range(30), "Reportado": [LONG * 3] * 30})
    full = replace(
        spec,
        title=LONG * 3,
        caveat=LONG * 6,
        link="https://paz.example/narino?" + "&".join(f"groups=grupo_{n}" for n in range(24)),
        subtitle=LONG * 3,
        sources=many,
        map_sources=many[:30],
        evidence=DataTable("e", LONG, words),
    )
    views = [slides.StoryView(full, (LONG * 3)[:200], (LONG * 20)[:1200], ["Al Jazeera, 2024"] * 6)]
    return [slides.pptx_view(full), slides.pptx_story(slides.StorySpec(LONG * 2, "es", views, LONG * 16, full.link))]


@pytest.mark.parametrize("language", ["es", "en"])
def test_nothing_on_a_slide_lies_on_something_else_or_leaves_it(language: str):
    spec = build(language)
    views = [slides.StoryView(spec, "Vista", LONG * 7)]
    plain = [slides.pptx_view(spec), slides.pptx_story(slides.StorySpec("H", language, views, "Nota", spec.link))]
    for content in (*plain, *crowded(spec)):
        deck = opened(content)
        for number, slide in enumerate(deck.slides, start=1):
            boxes = [(s.left, s.top, s.left + s.width, s.top + s.height) for s in slide.shapes]
            for nth, (left, top, right, bottom) in enumerate(boxes):
                assert left >= 0, number
                assert top >= 0, number
                assert right <= deck.slide_width, number
                assert bottom <= deck.slide_height, number
                for west, north, east, south in boxes[:nth]:
                    # An EMU, a rounding, is nothing to the eye.
                    apart = right <= west + 9 or east <= left + 9 or bottom <= north + 9 or south <= top + 9
                    assert apart, (number, [shape.name for shape in slide.shapes])


def test_every_text_on_a_slide_fits_its_box(spec: ExportSpec):
    for content in crowded(spec):
        for slide in opened(content).slides:
            for shape in slide.shapes:
                if shape.has_text_frame:
                    assert needed(shape.text_frame, shape.width) <= shape.height / 914400 + 0.001, shape.text_frame.text
                if shape.has_table:
                    widths = [column.width for column in shape.table.columns]
                    for row in shape.table.rows:
                        highest = max(
                            needed(cell.text_frame, width) for cell, width in zip(row.cells, widths, strict=True)
                        )
                        assert highest <= row.height / 914400 + 0.001


def needed(frame: Any, width: int) -> float:
    """How many inches high a text becomes: its lines at 1.2 times their size, and the frame's margins."""
    height = 0.1
    for paragraph in frame.paragraphs:
        if paragraph.runs:
            font = paragraph.runs[0].font
            lines = faces().get(bool(font.bold)).wrap(paragraph.text, font.size.pt, width / 36000 - 0.2 * 25.4)
            height += len(lines) * font.size.pt * 1.2 / 72
    return height


def test_a_note_too_long_for_its_slide_is_whole_in_the_speaker_s_notes(spec: ExportSpec):
    note = LONG * 40
    deck = opened(slides.pptx_story(slides.StorySpec("H", "es", [slides.StoryView(spec, "Vista", note)])))
    slide = deck.slides[1]
    assert note.strip() in slide.notes_slide.notes_text_frame.text
    assert "…" in said(slide)


def test_no_word_of_a_table_is_broken(spec: ExportSpec):
    frame = pd.DataFrame({"Municipio": ["Ágata"], "Grupos": [3], "Último reporte": ["2024-10-31"], "Todo": [LONG * 2]})
    deck = opened(slides.pptx_view(replace(spec, evidence=DataTable("e", "Evidencia", frame))))
    (table,) = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    for column, name in enumerate(frame.columns):
        room = table.columns[column].width / 36000 - 0.2 * 25.4
        for row in range(2):
            cell = table.cell(row, column).text
            assert " ".join(faces().get(row == 0).wrap(cell, 11, room)) == " ".join(cell.split()), name


def test_a_story_leaves_out_views_with_nothing_to_draw(spec: ExportSpec, bare: ExportSpec):
    views = [slides.StoryView(bare, "Vacía"), slides.StoryView(spec, "Llena")]
    deck = opened(slides.pptx_story(slides.StorySpec("H", "es", views)))
    assert "Vacía" not in [slide.shapes.title.text for slide in deck.slides]
    for nothing in ((), (slides.StoryView(bare, "Vacía"),)):
        with pytest.raises(ExportError):
            slides.pptx_story(slides.StorySpec("H", "es", nothing))


def test_odd_texts_do_not_break_a_presentation(spec: ExportSpec):
    odd = replace(
        spec, title="Control\x00\x0b <a> & 漢字 " * 8, link="", evidence=DataTable("e", "", pd.DataFrame({"": [None]}))
    )
    deck = opened(slides.pptx_view(replace(odd, map=None)))
    assert "漢字" in deck.slides[0].shapes.title.text


def test_overlapping_bars_of_a_group_go_on_one_after_another():
    line = timeline()
    pieces = slides.spans([bar for bar in line.bars if bar.group == "ELN"], line)
    assert [piece.bar.title for piece in pieces] == ["Cese bilateral", "Anuncio"]
    day0 = date(1899, 12, 30)
    assert pieces[0].before == (date(2020, 3, 1) - day0).days
    assert pieces[0].days == (date(2020, 9, 1) - date(2020, 3, 1)).days + 1
    assert pieces[1].before == 0
    assert sum(piece.before + piece.days for piece in pieces) == (date(2021, 2, 1) - day0).days + 1


def test_bars_are_cut_to_the_timeline_and_hidden_behind_longer_ones():
    line = timeline()
    bars = [
        Bar("X", "#111111", date(2019, 1, 1), date(2025, 1, 1), True, "lang", ""),
        Bar("X", "#111111", date(2021, 1, 1), date(2021, 2, 1), True, "kurz", ""),
    ]
    (only,) = slides.spans(bars, line)
    assert only.days == (line.last - line.first).days + 1


# The report


def count(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


@pytest.mark.parametrize(
    ("cards", "pages"),
    [
        ([card("Peñol de Prueba")], range(2, 4)),
        ([card("Ágata", 0)], range(1, 3)),
        ([card("Peñol de Prueba", 400)], range(2, 5)),
        ([card(f"Lugar {n}", 60) for n in range(4)], range(2, 5)),
    ],
    ids=["one", "nothing reported", "very much reported", "four places"],
)
def test_a_report_has_a_few_pages(spec: ExportSpec, cards, pages):
    pdf = report.report_pdf(report.ReportSpec(spec, cards))
    assert count(pdf) in pages
    assert b"/Subtype /Image" not in pdf


def words(page) -> str:
    return " ".join(text.get_text() for text in page.axes.texts)


def test_a_report_says_who_when_and_from_where(spec: ExportSpec):
    pages = report.report_pages(report.ReportSpec(spec, [card("Peñol de Prueba")]))
    told = " ".join(words(page) for page in pages)
    for part in (
        "Peñol de Prueba",
        "ELN: presencia",
        "Pares, 2023",
        "opera",
        "Homicidios",
        "3 víctimas",
        "Cese bilateral",
    ):
        assert part in told
    for page in pages:
        assert spec.caveat in words(page)
        assert spec.link in words(page)


def test_each_page_of_a_filtered_report_says_what_is_left_out(spec: ExportSpec):
    filtered = replace(spec, filters="Solo ELN.", timeline_filters="Ceses al fuego: solo ELN.")
    pages = report.report_pages(report.ReportSpec(filtered, [card("Peñol de Prueba")]))
    assert len(pages) > 1
    for page in pages:
        assert "Solo ELN." in words(page)
    told = " ".join(words(page) for page in pages)
    assert "Grupos armados reportados Con filtro: Solo ELN." in told
    assert "Ceses al fuego: solo ELN." in told
    empty = " ".join(
        words(page) for page in report.report_pages(report.ReportSpec(filtered, [card("Ágata", reports=0)]))
    )
    assert "Ninguna fuente consultada" not in empty
    assert "cumpla este filtro" in empty


def test_a_report_carries_the_whole_link_and_the_whole_caveat_on_each_page(spec: ExportSpec):
    long = replace(spec, link="https://paz.example/narino?groups=" + ",".join(f"grupo_{n}" for n in range(40)))
    long = replace(long, caveat=LONG * 4)
    for page in report.report_pages(report.ReportSpec(long, [card("Peñol de Prueba", 60)])):
        assert long.link in words(page).replace(" ", "")
        assert " ".join(long.caveat.split()) in words(page)
        assert max(text.get_position()[1] for text in page.axes.texts) < 297 - 9


def test_a_comparison_puts_figures_side_by_side_with_their_publisher(spec: ExportSpec):
    pages = report.report_pages(report.ReportSpec(spec, [card("Ágata"), card("Cumbre")]))
    told = " ".join(words(page) for page in pages)
    assert told.count("3 víctimas") == 2
    assert "Policía Nacional" in told


def test_reports_that_are_left_out_are_counted(spec: ExportSpec):
    pages = report.report_pages(report.ReportSpec(spec, [card("Peñol de Prueba", 400)]))
    told = " ".join(words(page) for page in pages)
    assert any(str(400 - depth) in told for depth in report.DEPTHS)


def test_a_report_needs_a_place(spec: ExportSpec):
    with pytest.raises(ExportError):
        report.report_pdf(report.ReportSpec(spec, []))


def test_a_report_without_map_or_timeline_is_still_one(bare: ExportSpec):
    assert count(report.report_pdf(report.ReportSpec(bare, [card("Ágata")]))) >= 1


# Hostile texts


@pytest.mark.parametrize("name", FORMATS)
def test_controls_and_halves_of_pairs_never_break_a_file(spec: ExportSpec, name: str):
    bad = "Ruido\x00\x07\x0b\ud800\uffff fin"
    table = DataTable("t", bad, pd.DataFrame({"divipola": ["52001"], "texto": ["Ruido\x07 fin"]}))
    noisy = replace(spec, title=bad, date_text=bad, caveat=bad, licence=bad, tables=(table,), evidence=table)
    content = write(name, noisy).content
    if name.endswith(".svg"):
        assert "Ruido fin" in "".join(ElementTree.fromstring(content).itertext())
    assert len(content) > 20


def test_a_report_survives_the_same_noise(spec: ExportSpec):
    noisy = replace(spec, title="Ruido\x00\ud800 fin", caveat="x\x07")
    assert report.report_pdf(report.ReportSpec(noisy, [card("Lugar\x0b")])).startswith(b"%PDF")
