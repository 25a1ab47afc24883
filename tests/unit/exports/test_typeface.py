"""Letters: widths that hold, lines that break, and signs that a font lacks."""

from __future__ import annotations

from pathlib import Path

import pytest
from fontTools import subset
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.textpath import TextPath

from components.exports import ExportError, typeface
from components.exports.sheet import map_png
from components.exports.typeface import MM_PER_POINT, faces


@pytest.mark.parametrize("text", ["Samaniego", "El Peñol, Chachagüí — 100.000", "¿Ñandú?"])
def test_a_width_agrees_with_the_drawn_letters(text: str):
    face = faces().regular
    drawn = TextPath((0, 0), text, prop=typeface.properties(face, 10)).get_extents().width * MM_PER_POINT
    assert face.width(text, 10) == pytest.approx(drawn, rel=0.05)


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.sampled_from("abcñ WMi,.\n"), max_size=200), width=st.floats(6, 80))
def test_no_line_is_too_wide_and_no_letter_is_lost(text: str, width: float):
    face = faces().regular
    lines = face.wrap(text, 8, width)
    assert all(face.width(line, 8) <= width + 1e-9 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def without(path: Path, signs: str) -> Path:
    """Write the shipped font without some signs."""
    shipped = faces().regular.path
    with TTFont(shipped) as font:
        options = subset.Options(name_IDs=["*"], notdef_outline=True)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[code for code in font.getBestCmap() or {} if chr(code) not in signs])
        cutter.subset(font)
        font.save(path)
    return path


def test_a_font_without_enye_is_named_and_nothing_is_drawn(tmp_path, monkeypatch, spec):
    monkeypatch.setenv("EXPORT_FONT", str(without(tmp_path / "poor.ttf", "ñÑ")))
    with pytest.raises(ExportError, match="ñ"):
        map_png(spec)


@pytest.mark.parametrize("content", [None, b"", b"not a font"])
def test_a_font_that_cannot_be_read_is_named(tmp_path, monkeypatch, content):
    path = tmp_path / "broken.ttf"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("EXPORT_FONT", str(path))
    with pytest.raises(ExportError, match=r"broken\.ttf"):
        faces()


def test_signs_that_no_font_has_are_shown_in_the_message():
    with pytest.raises(ExportError, match="漢"):
        typeface.check(faces(), ["Nariño", "漢字"])
