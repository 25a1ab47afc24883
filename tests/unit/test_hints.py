"""What a map page names in its HTML for the browser to fetch early."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit

from components.server import hints
from components.share_preview import complete

STATIC = Path(streamlit.__file__).parent / "static" / "static" / "js"
PAGE = b'<html lang="en"><head><title>Streamlit</title></head><body></body></html>'


def names() -> list[str]:
    return re.findall(r'href="\./static/js/([^"]+)"', hints.module_preloads().decode())


def test_every_part_of_a_map_page_is_named_and_exists() -> None:
    found = names()
    for part in hints.PARTS:
        assert any(name.startswith(f"{part}.") for name in found), f"Streamlit has no part {part} any more"
    assert all((STATIC / name).is_file() for name in found)
    assert len(found) == len(set(found))


def test_what_the_parts_import_is_named_too() -> None:
    page = (STATIC.parents[1] / "index.html").read_text("utf-8")
    for name in names():
        for imported in re.findall(r'from"\./([A-Za-z0-9_.-]+\.js)"', (STATIC / name).read_text("utf-8")):
            assert imported in page or imported in names()


def test_the_charting_library_does_not_get_in_the_map_s_way() -> None:
    assert not any(name.startswith("PlotlyChart") for name in names())


def test_a_part_that_streamlit_no_longer_has_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "Html.abc.js").write_text('import{a}from"./gone.js";import{b}from"./here.js";')
    (tmp_path / "here.js").write_text("")
    assert hints._closure(tmp_path) == ["Html.abc.js", "here.js"]


def test_a_page_gets_its_language_the_hints_and_its_own_head() -> None:
    html = complete(PAGE, b"<title>Mapa</title>", "es", hints.module_preloads()).decode()
    assert html.startswith('<html lang="es">')
    assert html.count("<title>") == 1
    assert html.index("modulepreload") < html.index("<title>Mapa") < html.index("</head>")


def test_a_page_without_a_head_of_its_own_keeps_its_title() -> None:
    html = complete(PAGE, b"", "es", hints.module_preloads()).decode()
    assert "<title>Streamlit</title>" in html
    assert "modulepreload" in html
