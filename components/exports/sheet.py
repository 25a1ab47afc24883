"""The map sheet: one A4 page that stands alone, with title, date, map, legend, caveat, sources, licence and link."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from components.exports import mapdraw, signs
from components.exports.page import A4_LANDSCAPE, DPI, LINE_HEIGHT, Box, Page
from components.exports.spec import (
    PROJECT,
    ExportSpec,
    SourceNote,
    in_language,
    need_map,
    publisher_lines,
    short_publishers,
)
from components.exports.typeface import MM_PER_POINT, check, faces
from components.i18n import _, ngettext
from geo.symbology import ACCENT, INK, MUTED, PAPER, CeasefireStyle, Style, ZoneStyle

if TYPE_CHECKING:
    from components.legend import Entry, Section

MARGIN = 9.0
RULE = "#cfc9bb"
SWATCH = (7.0, 4.2)
COLUMN_LEAST = 62.0
GAP = 6.0
# Points of the legend and of the sources, from the most readable to the smallest that print still holds.
SIZES = ((8.0, 6.4), (7.6, 6.0), (7.2, 6.0), (7.2, 5.4), (6.4, 5.4), (6.0, 5.0), (5.4, 5.0))
Form: TypeAlias = Callable[[Sequence[SourceNote]], list[str]]
# How sources are said, from the fullest: every publisher is named in each.
FORMS: tuple[Form, ...] = (publisher_lines, short_publishers, partial(short_publishers, licences=False))


@in_language
def map_png(spec: ExportSpec, dpi: int = DPI) -> bytes:
    """Return the map sheet as PNG, A4 landscape at 300 dpi (3508 × 2480 pixels).

    Raises
    ------
    ExportError
        There is nothing to draw, or a sign that the font does not have.
    """
    return map_sheet(spec).png(spec, dpi)


@in_language
def map_svg(spec: ExportSpec) -> bytes:
    """Return the map sheet as SVG: vector shapes, text as text; municipalities have ids (``m52835``) and titles."""
    return titled(map_sheet(spec).svg(spec), spec)


@in_language
def map_pdf(spec: ExportSpec) -> bytes:
    """Return the map sheet as PDF: one A4 page of vector shapes with embedded fonts and a live link."""
    return map_sheet(spec).pdf(spec)


def map_sheet(spec: ExportSpec, size: tuple[float, float] = A4_LANDSCAPE) -> Page:
    """Draw the map sheet: the map on the left; legend, caveat and sources in the column beside it."""
    picture = need_map(spec)
    letters = faces()
    check(letters, [text for text in texts_of(spec) if text])
    page = Page(*size, letters=letters)
    top = header(page, spec) + 2
    bottom = signature(page, spec)
    body = Box(MARGIN, top, page.width - 2 * MARGIN, bottom - top - 2)
    width = min(body.width - COLUMN_LEAST - GAP, body.height * mapdraw.aspect(picture))
    panel = Box(body.x, body.y, max(width, body.width * 0.35), body.height)
    mapdraw.draw_map(page, picture, panel)
    if picture.geometry.scope == "narino" and picture.geometry.kind == "geo":
        page.rectangle(panel, edge=RULE, width=0.2)
    column(page, spec, Box(panel.right + GAP, body.y, body.right - panel.right - GAP, body.height))
    return page


def texts_of(spec: ExportSpec) -> list[str]:
    """Return every text of a spec that the map sheet or the timeline writes."""
    timeline = spec.timeline
    texts = [
        spec.title,
        spec.subtitle,
        spec.timeline_filters,
        spec.place,
        spec.date_text,
        spec.caveat,
        spec.licence,
        spec.link,
    ]
    texts += [part for section in spec.legend for part in (section.heading, *(e.text for e in section.entries))]
    texts += [part for source in spec.sources for part in (source.subject, source.publisher, source.title)]
    if timeline is not None:
        texts += [timeline.title, *(line.name for line in timeline.lines), *(bar.group for bar in timeline.bars)]
        texts += [*(mark.category_name for mark in timeline.marks), *(band.name for band in timeline.bands)]
    if spec.map is not None:
        texts += spec.map.geometry.frame()["name"].tolist()
    return texts


def header(page: Page, spec: ExportSpec, title: str = "", under: str = "") -> float:
    """Write the title, and the date with the subtitle, the spec's own unless given; return the lower edge."""
    width = page.width - 2 * MARGIN
    title = title or spec.title
    size = fitting(page, title, width, lines=3, sizes=(15, 14, 13, 12, 11, 10, 9, 8), bold=True)
    y = page.paragraph(Box(MARGIN, MARGIN, width, 0), title, size, bold=True, name="title")
    under = under or " · ".join(part for part in (spec.date_text, spec.subtitle) if part)
    return page.paragraph(Box(MARGIN, y + 0.8, width, 0), under, 8.5, colour=MUTED, name="date")


def signature(page: Page, spec: ExportSpec) -> float:
    """Write the whole link back, the licence and the project along the lower edge; return the upper edge of these.

    On paper a link that is cut leads nowhere: it goes on over as many lines as it needs.
    """
    size, width = 6.5, page.width - 2 * MARGIN
    face, step = page.letters.regular, size * MM_PER_POINT * LINE_HEIGHT
    links = face.wrap_address(spec.link, size, width * 0.62)
    words = face.wrap(" · ".join(part for part in (spec.licence, PROJECT) if part), size, width * 0.36)
    rows = max(len(links), len(words))
    base = page.height - MARGIN - (rows - 1) * step
    top = base - size * MM_PER_POINT
    page.line([(MARGIN, top - 1.6), (page.width - MARGIN, top - 1.6)], RULE, 0.2)
    url = spec.link if spec.link.startswith(("http://", "https://")) else None
    for row, line in enumerate(links):
        name = "link" if row == 0 else f"link-{row}"
        page.text(MARGIN, base + row * step, line, size, colour=ACCENT, url=url, name=name)
    for row, line in enumerate(words):
        page.text(page.width - MARGIN, base + row * step, line, size, colour=MUTED, align="right")
    return top - 2.4


def column(page: Page, spec: ExportSpec, box: Box) -> None:
    """Write legend, caveat and sources below each other, as large as they fit; sources give way first."""
    for form, (legend_size, text_size) in product(FORMS, SIZES):
        legend = legend_layout(page, spec.legend, box.width, legend_size, box.height)
        words = words_block(page, spec, box.width, text_size, form=form)
        if legend is not None and legend.height + words.height <= box.height:
            break
    else:
        legend_size, text_size = SIZES[-1]
        legend = legend_layout(page, spec.legend, box.width, legend_size, float("inf"))
        room = box.height - (legend.height if legend else 0)
        words = words_block(page, spec, box.width, text_size, room, FORMS[-1])
    if legend is not None:
        legend.draw(box.x, box.y)
    words.draw(box.x, box.bottom - words.height)


@dataclass(frozen=True)
class Block:
    """Something whose height is known before it is drawn at a place."""

    height: float
    draw: Callable[[float, float], None]


def words_within(page: Page, spec: ExportSpec, width: float, sizes: Sequence[float], room: float) -> Block:
    """Return caveat and sources as a block of at most `room`: the fullest form, then the largest letters, that fit."""
    blocks = (words_block(page, spec, width, size, form=form) for form, size in product(FORMS, sizes))
    found = next((block for block in blocks if block.height <= room), None)
    return found or words_block(page, spec, width, sizes[-1], room, FORMS[-1])


def words_block(
    page: Page,
    spec: ExportSpec,
    width: float,
    size: float,
    room: float = float("inf"),
    form: Form = publisher_lines,
) -> Block:
    """Return the caveat and the sources as one block, under a rule."""
    caveat = page.letters.bold.wrap(spec.caveat, size + 1.2, width)
    caveat_height = len(caveat) * (size + 1.2) * MM_PER_POINT * LINE_HEIGHT
    lines = source_lines(page, form(spec.sources), width, size, room - caveat_height - 5.0)
    height = caveat_height + len(lines) * size * MM_PER_POINT * LINE_HEIGHT + 5.0

    def draw(x: float, y: float) -> None:
        page.line([(x, y + 2.0), (x + width, y + 2.0)], RULE, 0.2)
        lower = page.lines(x, y + 3.4, caveat, size + 1.2, bold=True, name="caveat")
        page.lines(x, lower + 1.0, lines, size, colour=INK, name="sources")

    return Block(height, draw)


def source_lines(page: Page, publishers: Sequence[str], width: float, size: float, room: float) -> list[str]:
    """Return the sources as lines; where there is no room for all, their number and where the full list is."""
    if not publishers:
        return []

    def told(kept: int) -> list[str]:
        left = len(publishers) - kept
        rest = ngettext(
            "And {n} publisher more: the full list is at the link.",
            "And {n} publishers more: the full list is at the link.",
            left,
        )
        listed = f" {'; '.join(publishers[:kept])}." if kept else ""
        return page.letters.regular.wrap(_("Sources:") + listed + (f" {rest}" if left else ""), size, width)

    def fits(kept: int) -> bool:
        return len(told(kept)) * size * MM_PER_POINT * LINE_HEIGHT <= room

    if fits(len(publishers)):
        return told(len(publishers))
    return told(max(0, bisect_left(range(len(publishers)), True, key=lambda kept: not fits(kept)) - 1))


def fitting(page: Page, text: str, width: float, *, lines: int, sizes: Sequence[float], bold: bool = False) -> float:
    """Return the largest of `sizes` at which a text takes at most `lines` lines; the smallest when none does."""
    face = page.letters.get(bold)
    return next((size for size in sizes if len(face.wrap(text, size, width)) <= lines), sizes[-1])


def shortened(page: Page, text: str, size: float, width: float) -> str:
    """Return a text cut with an ellipsis when it is wider than `width`; used only where the whole stands elsewhere."""
    face = page.letters.regular
    if face.width(text, size) <= width:
        return text
    while text and face.width(text + "…", size) > width:
        text = text[:-1]
    return text + "…"


# The legend


def legend_layout(page: Page, sections: Sequence[Section], width: float, size: float, height: float) -> Block | None:
    """Return the legend as one block of one or two columns, None when it is higher than `height`."""
    for columns in (1, 2):
        inner = (width - 5.0 * (columns - 1)) / columns
        if columns > 1 and inner < 44:
            return None
        blocks = _blocks(page, sections, size, inner)
        places = _columns([block.height for block in blocks], columns, height)
        if places is not None:
            return _joined(blocks, places, inner)
    return None


def _joined(blocks: Sequence[Block], places: Sequence[tuple[int, float]], width: float) -> Block:
    def draw(x: float, y: float) -> None:
        for block, (number, top) in zip(blocks, places, strict=True):
            block.draw(x + number * (width + 5.0), y + top)

    lower = [top + block.height for block, (_number, top) in zip(blocks, places, strict=True)]
    return Block(max(lower, default=0.0), draw)


def _columns(heights: Sequence[float], columns: int, height: float) -> list[tuple[int, float]] | None:
    """Return column and top of each block, filled column by column; None when they do not fit."""
    target = max(sum(heights) / columns * 1.08, max(heights, default=0.0)) if columns > 1 else height
    places, column_number, y = [], 0, 0.0
    for block in heights:
        if y and y + block > target and column_number < columns - 1:
            column_number, y = column_number + 1, 0.0
        places.append((column_number, y))
        y += block
        if y > height:
            return None
    return places


def _blocks(page: Page, sections: Sequence[Section], size: float, width: float) -> list[Block]:
    """Return the legend's lines; a heading stays with its first entry."""
    blocks = []
    for number, section in enumerate(sections):
        most = max((len(entry.styles) for entry in section.entries), default=1)
        for position, entry in enumerate(section.entries):
            first = position == 0
            before = 2.4 if number and first else 0.0
            blocks.append(_block(page, section.heading if first else "", entry, most, size, width, before))
    return blocks


def _block(page: Page, heading: str, entry: Entry, most: int, size: float, width: float, before: float) -> Block:
    scale = size / 7.2
    cell = (SWATCH[0] * scale, SWATCH[1] * scale)
    step = size * MM_PER_POINT * LINE_HEIGHT
    swatches = most * (cell[0] + 1.0 * scale)
    lines = page.letters.regular.wrap(entry.text, size, width - swatches - 1.0)
    titles = page.letters.bold.wrap(heading, size, width) if heading else []
    title_height = len(titles) * step + (0.8 if titles else 0)
    row = max(cell[1] + 0.9 * scale, len(lines) * step + 0.5)

    def draw(x: float, y: float) -> None:
        y += before
        if titles:
            page.lines(x, y, titles, size, bold=True)
        top = y + title_height
        for number, (_key, style) in enumerate(entry.styles):
            draw_swatch(page, style, Box(x + number * (cell[0] + 1.0 * scale), top, *cell), CSS_UNIT * scale)
        first = top + max(0.0, (cell[1] - step) / 2) if len(lines) == 1 else top
        page.lines(x + swatches + 1.0, first, lines, size)

    return Block(before + title_height + row, draw)


CSS_UNIT = 0.21


def draw_swatch(page: Page, style: Style | CeasefireStyle | ZoneStyle, box: Box, unit: float) -> None:
    """Draw a style as a small sample."""
    middle = (box.x + box.width / 2, box.y + box.height / 2)
    if isinstance(style, ZoneStyle):
        signs.draw_zone(page, *middle, style, unit)
        return
    if isinstance(style, CeasefireStyle):
        inner = box.inset(0.9)
        if style.outline is not None:
            area = np.array([shapely.box(inner.x, inner.y, inner.right, inner.bottom)])
            mapdraw.draw_ceasefire_outline(page, area, style.outline, unit * 0.9)
            middle = (box.right - 1.4, box.y + 1.4)
        signs.draw_badge(page, *middle, style.badge, unit * 0.9)
        return
    area = np.array([shapely.box(box.x, box.y, box.right, box.bottom)])
    page.rectangle(box, face=style.fill.base)
    mapdraw.fill_areas(page, area, style.fill, unit)
    if style.outline is not None:
        dash = [part * unit for part in style.outline.dash]
        page.rectangle(box, edge=style.outline.colour, width=style.outline.width * unit, dash=dash)
    if style.number is not None:
        size = box.height / MM_PER_POINT * 0.72
        base = middle[1] + box.height * 0.26
        page.text(middle[0], base, str(style.number), size, bold=True, align="center", halo=PAPER)


def titled(svg: bytes, spec: ExportSpec) -> bytes:
    """Return an SVG whose municipalities carry their name and state as titles, and which names its own language."""
    from components.exports.hover import add_titles

    return add_titles(svg, spec)
