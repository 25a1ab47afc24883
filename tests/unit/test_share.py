"""Sharing a view: its files at their addresses, citations, the embedding code, and what a link says of itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from components import cache, export_view, share, share_files, share_preview, share_words, story
from components.exports import SourceNote, available
from components.i18n import set_language
from components.rows import records
from components.server.hints import SERVER
from components.view import PAGES, ViewState
from geo import boundaries

ON = date(2024, 10, 31)
BASE = "https://example.org/paz"
PAGE = '<!DOCTYPE html><html lang="en"><head><title>Streamlit</title></head><body></body></html>'


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("es")


@pytest.fixture(scope="module")
def client() -> TestClient:
    async def page(_request) -> HTMLResponse:
        return HTMLResponse(PAGE, headers={"ETag": '"x"'})

    routes = [*share_files.routes(), *(Route(f"/{name}", page) for name in ("", "elsewhere", *PAGES))]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(share_preview.LinkPreview)]))


def view(**changes) -> ViewState:
    return ViewState(page="narino", on=ON, language="en", map="tile").with_(**changes)


# The view as an export


def test_an_export_is_complete_when_detached() -> None:
    spec = export_view.build(view(), BASE)
    assert spec.title.startswith("In October 2024, armed groups are reported in 30 of 64")
    assert spec.caveat
    assert spec.licence.startswith("CC BY-SA 4.0")
    assert spec.link.startswith("https://example.org/paz/narino?date=2024-10-31")
    assert {source.subject for source in spec.sources} >= {"Reported presence", "Homicides"}
    assert {"map.png", "timeline.svg", "data.csv", "page.html", "slides.pptx"} <= set(available(spec))
    assert spec.timeline is not None
    assert spec.timeline.on == ON


@pytest.mark.parametrize("fill", ["presence", "homicides", "ucdp_state_deaths"])
def test_every_file_of_a_view_says_the_same_terms_and_lists_who_asks_for_them(fill: str) -> None:
    if fill not in cache.known().indicators and fill != "presence":
        fill = next(code for code in cache.known().indicators if "ucdp" in code)
    specs = [export_view.build(view(fill=fill), BASE, (part,)) for part in export_view.PARTS]
    assert {spec.licence.split(";")[0] for spec in specs} == {"CC BY-SA 4.0"}
    for spec in specs:
        assert [source for source in spec.sources if source.licence == "CC BY-SA 4.0"]


def test_terms_are_share_alike_only_for_sources_that_are() -> None:
    assert export_view.terms([SourceNote("UCDP", licence="CC BY 4.0")]).startswith("CC BY 4.0;")
    assert export_view.terms([SourceNote("DANE", licence="CC BY-SA 4.0")]).startswith("CC BY-SA 4.0;")


def test_a_filtered_timeline_cites_only_what_it_shows() -> None:
    chosen = export_view.build(view(groups=("comuneros_sur",)), BASE, ("timeline",))
    whole = export_view.build(view(), BASE, ("timeline",))
    cited = {source for source in chosen.sources if source.subject == "Ceasefires"}
    assert cited < {source for source in whole.sources if source.subject == "Ceasefires"}
    assert not [source for source in cited if source.date_text.startswith("2016")]
    assert chosen.timeline_filters == "Ceasefires: only Comuneros del Sur."


def test_a_filtered_row_says_what_was_left_out() -> None:
    head = export_view.tables_of(view(groups=("comuneros_sur",)), ON)[0]
    assert set(head.frame["filters"]) == {"Only Comuneros del Sur."}


@pytest.mark.parametrize(
    ("found", "publisher", "licence"),
    [
        (boundaries.Boundaries("snapshot", "x.geojson", "DANE", "MGN 2025"), "DANE", "CC BY 4.0"),
        (boundaries.Boundaries("snapshot", "x.geojson", "OCHA / HDX", "2024"), "OCHA / HDX", "CC BY-IGO"),
        (
            boundaries.Boundaries("file", "/home/x/mine.geojson"),
            "file of whoever runs this server (mine.geojson)",
            "terms not known: ask them",
        ),
    ],
)
def test_boundaries_say_whose_they_are_and_on_what_terms(
    found: boundaries.Boundaries, publisher: str, licence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boundaries, "current", lambda *_args, **_options: found)
    note = export_view._boundary_source()
    assert (note.publisher, note.licence) == (publisher, licence)


def test_the_picture_shows_the_cells_of_the_screen() -> None:
    spec = export_view.build(view(), BASE, ("map",))
    assert spec.map is not None
    assert len(spec.map.styles) == 64
    reported = sum(1 for label in spec.map.labels.values() if not label.startswith("no group reported"))
    assert reported == 30
    assert spec.timeline is None
    assert not spec.tables


def test_only_the_ceasefires_that_are_drawn_are_shown_and_cited() -> None:
    on = date(2023, 11, 30)
    with_layer = export_view.build(view(on=on, layers=("ceasefires",)), BASE, ("map",))
    assert with_layer.map is not None
    assert len(with_layer.map.ceasefires) == 64
    assert "Ceasefires" in {source.subject for source in with_layer.sources}
    without = export_view.build(view(on=on, layers=()), BASE, ("map",))
    assert without.map is not None
    assert not without.map.ceasefires
    assert "Ceasefires" not in {source.subject for source in without.sources}


def test_the_legend_explains_only_what_is_drawn() -> None:
    spec = export_view.build(view(groups=("comuneros_sur",), layers=()), BASE, ("map",))
    entries = [entry.text for section in spec.legend for entry in section.entries]
    assert "Comuneros del Sur" in entries
    assert "ELN" not in entries
    assert not [text for text in entries if "easefire" in text]
    assert "Only Comuneros del Sur." in spec.subtitle


def test_every_row_of_the_data_names_its_source() -> None:
    head, *rest = export_view.tables_of(view(), ON)
    assert list(head.frame["divipola"]) == sorted(cache.scope_units("52"))
    reported = head.frame[head.frame["groups_reported"] > 0]
    assert len(reported) == 30
    for row in records(reported):
        assert len({len(row[name]) for name in ("publisher", "source_id", "source_date", "source_url", "licence")}) == 1
    for part in rest:
        assert part.frame[["publisher", "source_id"]].notna().all(axis=None), part.name


def test_an_indicator_keeps_no_record_apart_from_zero() -> None:
    head = export_view.tables_of(view(page="colombia", fill="homicides", on=date(2023, 12, 31)), date(2023, 12, 31))[0]
    missing = head.frame[head.frame["status"] == "no_record"]
    assert len(missing) == 18
    assert missing["value"].isna().all()
    assert set(head.frame["publisher"]) == {"Policía Nacional"}


@pytest.mark.parametrize("fill", ["presence", "homicides", "coca_ha", "poverty_ipm"])
@pytest.mark.parametrize("page", ["narino", "colombia"])
def test_every_layer_of_every_page_becomes_an_export(page: str, fill: str) -> None:
    spec = export_view.build(view(page=page, fill=fill, on=None), BASE)
    assert "map.svg" in available(spec)
    assert "data.csv" in available(spec)


# Files


def test_a_file_is_made_at_its_address(client: TestClient) -> None:
    answer = client.get(share_files.address(view(), "data.csv"))
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="paz-territorial--narino')
    rows = pd.read_csv(BytesIO(answer.content), dtype=str)
    assert list(rows["divipola"]) == sorted(cache.scope_units("52"))


def test_a_link_back_names_the_server_that_was_asked(client: TestClient) -> None:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "paz.example.org"}
    answer = client.get(share_files.address(view(), "data.json"), headers=headers)
    assert answer.json()["link"].startswith("https://paz.example.org/narino?")


def test_a_public_address_stands_in_every_link(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAZ_PUBLIC_URL", "https://paz.example.org/")
    answer = client.get(share_files.address(view(), "data.json"), headers={"X-Forwarded-Host": "elsewhere.example"})
    assert answer.json()["link"].startswith("https://paz.example.org/narino?")
    page = client.get("/narino?date=2024-10-31&lang=en").text
    assert 'property="og:image" content="https://paz.example.org/export/narino/preview.png?' in page
    assert share.base_address() == "https://paz.example.org"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/export/narino/map.bmp?lang=en", 404, "There is no such file."),
        ("/export/data/map.png?lang=en", 404, "There is no such file."),
        ("/export/narino/report.pdf?lang=en&date=2024-10-31", 422, "Choose a municipality first"),
        ("/export/narino/data.csv?lang=en&fill=own-1", 422, "fill=own-1 is not known here"),
        ("/export/narino/data.csv?lang=en&date=yesterday", 422, "date=yesterday"),
        ("/export/narino/data.csv?lang=en&q=" + "x" * 5000, 404, "There is no such file."),
    ],
)
def test_what_cannot_be_made_is_said(client: TestClient, path: str, status: int, said: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]


def test_a_failure_is_a_sentence_and_no_half_file(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(share_files, "made", fail)
    answer = client.get("/export/narino/data.csv?lang=en")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "could not be made" in answer.json()["error"]["message"]


def test_a_report_of_a_municipality(client: TestClient) -> None:
    answer = client.get(share_files.address(view(municipalities=("52678",)), share_files.REPORT))
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")


def test_a_story_becomes_slides(client: TestClient) -> None:
    told = story.shipped()["comuneros-del-sur"]
    short = story.Story("prueba", told.title, told.note, told.steps[:2])
    answer = client.post("/export/story.pptx?lang=en", content=story.write(short))
    assert answer.status_code == 200
    from pptx import Presentation

    shapes: list[Any] = [each for slide in Presentation(BytesIO(answer.content)).slides for each in slide.shapes]
    words = " ".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)
    assert "An ELN front, formed in Nariño in 1992" in words
    assert "Al Jazeera" in words


@pytest.mark.parametrize(("body", "status"), [("{}", 422), ("\xff", 422), ("x" * (share_files.LARGEST_STORY + 1), 413)])
def test_a_broken_story_becomes_no_slides(client: TestClient, body: str, status: int) -> None:
    answer = client.post("/export/story.pptx?lang=en", content=body.encode("latin-1"))
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


# Words


def test_a_citation_names_project_view_date_and_link() -> None:
    cited = share_words.apa("Title", ON, "https://x.org/narino?v=1", date(2026, 11, 25), "abc")
    assert cited == (
        "Paz Territorial. (2026). Title [Map and timeline; state on October 31, 2024; data abc]. "
        "Retrieved November 25, 2026, from https://x.org/narino?v=1"
    )


def test_bibtex_is_balanced_and_escaped() -> None:
    entry = share_words.bibtex("100% {of} A&B_C", ON, "https://x.org/?a=1&b=2", date(2026, 11, 25), "abc")
    assert entry.startswith("@misc{pazterritorial-2024-10-31,")
    assert r"100\% \{of\} A\&B\_C" in entry
    assert "url = {https://x.org/?a=1&b=2}" in entry
    plain = entry.replace(r"\{", "").replace(r"\}", "")
    assert plain.count("{") == plain.count("}")


def test_the_embedding_code_is_escaped() -> None:
    code = share_words.iframe("https://x.org/?a=1&b=2", 'A "quoted" <title>')
    assert 'src="https://x.org/?a=1&amp;b=2"' in code
    assert "&lt;title&gt;" in code


def test_paper_names_publishers_date_and_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAZ_PUBLIC_URL", "https://paz.example.org")
    said = share.printed_line(view(), ON, date(2026, 11, 25))
    for words in ("Policía Nacional", "Pares", "State on October 31, 2024", "printed November 25, 2026"):
        assert words in said
    assert "https://paz.example.org/narino?date=2024-10-31&amp;" in said


def test_the_panel_offers_what_the_view_can_be() -> None:
    data = share.panel_data(view(), "Title", BASE, date(2026, 11, 25))
    offered = [file["label"] for group in data["groups"] for file in group["files"]]
    assert "Report (PDF)" not in offered
    assert {"PNG", "CSV", "Excel", "PowerPoint"} <= set(offered)
    link, apa, _bibtex, embed = (item["text"] for item in data["copies"])
    assert parse_qs(urlsplit(link).query)["date"] == ["2024-10-31"]
    # A link opens in the language of whoever receives it, unless the reader chose one.
    assert "lang=" not in link
    assert "lang=" in apa
    own = share.panel_data(view(), "Title", BASE, date(2026, 11, 25), language_chosen=True)
    assert "lang=" in own["copies"][0]["text"]
    # Whoever reads the page that embeds it decides the language.
    assert "embed=true" in embed
    assert "lang=" not in embed
    chosen = share.panel_data(view(municipalities=("52678",)), "Title", BASE, date(2026, 11, 25))
    assert "Report (PDF)" in json.dumps(chosen)


def test_figures_for_one_s_own_screen_are_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(share.overlaid, "may_pass_on", lambda _fill: False)
    data = share.panel_data(view(fill="homicides"), "Title", BASE, date(2026, 11, 25))
    assert not [file for group in data["groups"] for file in group["files"]]
    assert "not passed on" in data["note"]


# What a link says of itself


def test_a_page_says_what_it_shows(client: TestClient) -> None:
    answer = client.get("/narino?date=2024-10-31&lang=es")
    assert '<html lang="es">' in answer.text
    assert "En octubre de 2024 hay reportes de grupos armados en 30 de 64 municipios" in answer.text
    assert 'property="og:image" content="http://testserver/export/narino/preview.png?' in answer.text
    assert "<title>Streamlit</title>" not in answer.text
    assert "etag" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_a_link_to_a_story_says_its_step(client: TestClient) -> None:
    text = client.get("/narino?present=1&item=ceses-en-narino:4&lang=en").text
    assert "17 October 2023: two ceasefires at once" in text


def test_hostile_links_stay_text(client: TestClient) -> None:
    text = client.get('/narino?lang=en&date=2024-10-31&q="><script>alert(1)</script>').text
    assert "<script>" not in text.replace(SERVER.decode(), "")


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_what_it_is(client: TestClient, page: str, language: str) -> None:
    text = client.get(f"/{page}?lang={language}").text
    assert f'<html lang="{language}">' in text
    title = re.findall(r"<title>(.+) · Paz Territorial</title>", text)
    assert len(title) == text.count("<title>") == 1
    found = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', text))
    assert found["og:title"] == title[0]
    assert len(found["description"]) > 40
    assert found["og:url"].startswith(f"http://testserver/{page}?")
    assert found["og:image"].startswith("http://testserver/export/")


def test_pages_are_described_in_the_reader_s_language(client: TestClient) -> None:
    said = [client.get(f"/story?lang={language}").text for language in ("es", "en")]
    assert "<title>Relatos · Paz Territorial</title>" in said[0]
    assert "<title>Stories · Paz Territorial</title>" in said[1]
    assert re.findall('name="description" content="([^"]+)"', said[0]) != re.findall(
        'name="description" content="([^"]+)"', said[1]
    )


def test_the_bare_address_says_what_it_opens_on(client: TestClient) -> None:
    assert "municipalities of Nariño" in client.get("/?lang=en").text


def test_only_a_map_s_page_fetches_its_parts_early(client: TestClient) -> None:
    assert "modulepreload" in client.get("/narino?lang=en").text
    assert "modulepreload" not in client.get("/data?lang=en").text


def test_other_addresses_pass_untouched(client: TestClient) -> None:
    assert client.get("/elsewhere").text == PAGE


def test_a_preview_that_fails_keeps_no_page_away(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args) -> bytes:
        raise RuntimeError

    monkeypatch.setattr(share_preview, "head_of", fail)
    page = client.get("/narino?lang=en").text
    page = page.replace(SERVER.decode(), "")
    assert re.sub(r'<link rel="modulepreload"[^>]*>|\n', "", page) == PAGE.replace("\n", "")


@pytest.mark.parametrize(
    ("text", "changed"),
    [("embed=1&date=2024-10-31", "embed=true&date=2024-10-31"), ("embed=true", None), ("date=2024-10-31", None)],
)
def test_embed_is_understood_in_both_forms(text: str, changed: str | None) -> None:
    assert share_preview.embed_query(text) == changed


def test_the_picture_of_a_link(client: TestClient) -> None:
    answer = client.get(share_files.address(view(), share_files.PREVIEW))
    assert answer.status_code == 200
    assert answer.content.startswith(b"\x89PNG")
    assert len(answer.content) < 1_500_000
    assert answer.headers["content-disposition"].startswith("inline")
