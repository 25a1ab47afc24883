"""A report that a desk can print: one municipality, or a comparison of a few, on two to four pages of A4.

Who is reported, with every source; the figures with their publishers; ceasefires and zones; map and timeline; caveat
and sources. What does not fit on four pages is counted, and the link leads to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from components.exports import mapdraw
from components.exports.page import A4_PORTRAIT, LINE_HEIGHT, Box, Page, pdf_of
from components.exports.sheet import RULE, draw_swatch, legend_layout, shortened, texts_of
from components.exports.spec import (
    PROJECT,
    ExportError,
    ExportSpec,
    MapPicture,
    in_language,
    publisher_lines,
    timeline_title,
)
from components.exports.timelines import draw_timeline, lanes_height
from components.exports.typeface import MM_PER_POINT, Faces, check, faces
from components.i18n import _, enumerate_names, ngettext
from geo.symbology import ACCENT, HAIRLINE, INK, MUTED, Fill, Style

if TYPE_CHECKING:
    from components.card import Card, Entry, ReportedGroup
    from components.timeline import TimelineSpec

WIDTH, HEIGHT = A4_PORTRAIT
MARGIN = 15.0
INNER = WIDTH - 2 * MARGIN
TOP = 24.0
TEXT = 8.4
SMALL = 7.2
FOOT = 6.6
MOST_PAGES = 4
LEGEND_SIZES = (7.2, 6.6, 6.0, 5.4, 5.0, 4.6)
# How many reports of one group are printed: fewer and fewer, until the whole fits on four pages.
DEPTHS = (30, 16, 10, 6, 4, 3, 2, 1, 0)


@dataclass(frozen=True)
class ReportSpec:
    """What a report says.

    Attributes
    ----------
    view
        The view it is made from: title, date, caveat, sources, link; its map and timeline where it has them.
    cards
        The evidence card of each place, one to four.
    title
        What the report is called; blank names its places.
    """

    view: ExportSpec
    cards: Sequence[Card]
    title: str = ""

    @property
    def language(self) -> str:
        """The view's language."""
        return self.view.language


@in_language
def report_pdf(spec: ReportSpec) -> bytes:
    """Return the report as PDF, A4, two to four pages.

    Raises
    ------
    ExportError
        There is no place to report on, or a sign that the font does not have.
    """
    return pdf_of(report_pages(spec), spec.view)


def report_pages(spec: ReportSpec) -> list[Page]:
    """Draw the report's pages."""
    if not spec.cards:
        raise ExportError(_("Choose a municipality first: a report is about one, or compares a few."))
    letters = faces()
    check(letters, [text for text in (*texts_of(spec.view), *_card_texts(spec.cards)) if text])
    plan: list[list[_Placed]] = []
    for depth in DEPTHS:
        plan = _paged(list(_content(spec, letters, depth)), _foot(spec, letters).top - 3.0)
        if len(plan) <= MOST_PAGES:
            break
    return [_draw(spec, letters, blocks, number, len(plan)) for number, blocks in enumerate(plan, start=1)]


@dataclass(frozen=True)
class _Block:
    """A piece of the report: its height, how it is drawn at (x, y), and whether it may not end a page."""

    height: float
    draw: Callable[[Page, float, float], None]
    keep: bool = False
    repeat: _Block | None = None
    """What is said again above it when it begins a page: a table's head."""


@dataclass(frozen=True)
class _Placed:
    block: _Block
    y: float


def _paged(blocks: Sequence[_Block], bottom: float) -> list[list[_Placed]]:
    """Put blocks on pages down to `bottom`; one that keeps with the next moves over with it."""
    pages: list[list[_Placed]] = [[]]
    y = TOP
    for number, block in enumerate(blocks):
        need, ahead = block.height, number
        while blocks[ahead].keep and ahead + 1 < len(blocks):
            ahead += 1
            need += blocks[ahead].height
        if y + need > bottom and pages[-1]:
            pages.append([])
            y = TOP
            if block.repeat is not None:
                pages[-1].append(_Placed(block.repeat, y))
                y += block.repeat.height
        pages[-1].append(_Placed(block, y))
        y += block.height
    return pages


def _draw(spec: ReportSpec, letters: Faces, blocks: Sequence[_Placed], number: int, total: int) -> Page:
    page = Page(WIDTH, HEIGHT, background="#ffffff", letters=letters)
    view = spec.view
    page.text(MARGIN, 14, PROJECT, SMALL, bold=True, colour=ACCENT)
    room = INNER - letters.bold.width(PROJECT, SMALL) - 4
    # A page may be read alone: what the view leaves out stands over each.
    words = " · ".join(part for part in (view.date_text, view.filters) if part)
    page.text(WIDTH - MARGIN, 14, shortened(page, words, SMALL, room), SMALL, colour=MUTED, align="right")
    page.line([(MARGIN, 16.2), (WIDTH - MARGIN, 16.2)], RULE, 0.2)
    for placed in blocks:
        placed.block.draw(page, MARGIN, placed.y)
    foot = _foot(spec, letters)
    page.line([(MARGIN, foot.top), (WIDTH - MARGIN, foot.top)], RULE, 0.2)
    lower = page.lines(MARGIN, foot.top + 1.0, foot.caveat, FOOT, bold=True)
    url = view.link if view.link.startswith(("http://", "https://")) else None
    page.lines(MARGIN, lower, foot.link, FOOT, colour=ACCENT, url=url)
    count = _("Page {n} of {total}", n=number, total=total)
    page.text(WIDTH - MARGIN, HEIGHT - 10, count, FOOT, colour=MUTED, align="right")
    return page


@dataclass(frozen=True)
class _Foot:
    """What stands under each page: the whole caveat and the whole link, over as many lines as they need."""

    top: float
    caveat: Sequence[str]
    link: Sequence[str]


def _foot(spec: ReportSpec, letters: Faces) -> _Foot:
    caveat = letters.bold.wrap(spec.view.caveat, FOOT, INNER)
    # Room for the number of the page at the end of the last line.
    link = letters.regular.wrap_address(spec.view.link, FOOT, INNER - 24)
    return _Foot(HEIGHT - 10.2 - (len(caveat) + len(link)) * FOOT * MM_PER_POINT * LINE_HEIGHT, caveat, link)


# What the report says, in order


def _content(spec: ReportSpec, letters: Faces, depth: int) -> Iterator[_Block]:
    view, write = spec.view, _Writer(letters)
    places = enumerate_names([card.title for card in spec.cards])
    title = spec.title or _("{places}: what is reported and recorded", places=places)
    yield write.words(title, 15, bold=True, after=1.5)
    under = " · ".join(part for part in (view.date_text, view.subtitle) if part)
    yield write.words(under, TEXT, colour=MUTED, after=2.0)
    if view.map is not None and view.map.styles:
        yield write.heading(view.title)
        yield _map_block(view, view.map)
    timeline = view.timeline
    if timeline is not None and timeline.first < timeline.last:
        yield write.heading(timeline_title(view, timeline))
        if view.timeline_filters:
            yield write.words(view.timeline_filters, SMALL, bold=True, after=1.0, keep=True)
        yield _timeline_block(timeline, view.view.on)
    if len(spec.cards) > 1:
        yield from _comparison(spec.cards, write, view.filters)
    for card in spec.cards:
        yield from _place(card, write, depth, view.filters, compared=len(spec.cards) > 1)
    yield write.heading(_("What this does not say"))
    yield write.words(view.caveat, TEXT, after=2.0)
    yield write.heading(_("Sources"))
    yield write.words("; ".join(publisher_lines(view.sources)) + ".", SMALL, after=1.0)
    if view.licence:
        yield write.words(_("Licence of this file: {licence}", licence=view.licence), SMALL, colour=MUTED)


def _map_block(view: ExportSpec, picture: MapPicture) -> _Block:
    height, side = 96.0, 54.0
    width = max(min(INNER - side - 5, (height - 3) * mapdraw.aspect(picture)), 70.0)

    def draw(page: Page, x: float, y: float) -> None:
        panel = Box(x, y, width, height - 3)
        mapdraw.draw_map(page, picture, panel, unit=mapdraw.UNIT.get(picture.geometry.scope, 0.2) * 0.85)
        box = Box(panel.right + 5, y, x + INNER - panel.right - 5, panel.height)
        fitted = (legend_layout(page, view.legend, box.width, size, box.height) for size in LEGEND_SIZES)
        legend = next((found for found in fitted if found is not None), None)
        if legend is not None:
            legend.draw(box.x, box.y)

    return _Block(height, draw)


def _timeline_block(timeline: TimelineSpec, on: date | None) -> _Block:
    height = min(102.0, 50 + lanes_height(timeline))
    return _Block(height, lambda page, x, y: draw_timeline(page, timeline, Box(x, y, INNER, height - 3), on))


def _comparison(cards: Sequence[Card], write: _Writer, filters: str) -> Iterator[_Block]:
    """Figures side by side; each names its period, and publishers are never added."""
    names = list(dict.fromkeys(figure.name for card in cards for figure in card.figures))
    counted = ". ".join(part for part in (_("Groups reported"), filters) if part)
    rows = [(counted, *(str(len(card.groups)) for card in cards))]
    for name in names:
        found = [next((figure for figure in card.figures if figure.name == name), None) for card in cards]
        first = next(figure for figure in found if figure is not None)
        head = f"{name} ({first.period}; {first.publisher})"
        rows.append((head, *(_figure_words(figure, first.period) if figure else "–" for figure in found)))
    share = 0.6 / len(cards)
    yield write.heading(_("Side by side"))
    yield from write.table(("", *(card.title for card in cards)), rows, (0.4, *[share] * len(cards)))


def _figure_words(figure: object, period: str) -> str:
    value, own = getattr(figure, "value", ""), getattr(figure, "period", "")
    return value if own == period else f"{value} ({own})"


def _place(card: Card, write: _Writer, depth: int, filters: str, *, compared: bool) -> Iterator[_Block]:
    yield write.heading(card.title, size=12.5)
    yield write.words(" · ".join([card.place, *card.facts]), SMALL, colour=MUTED, after=1.5, keep=True)
    yield write.heading(_("Reported armed groups"))
    yield from write.filters(filters)
    if not card.groups:
        yield write.words(
            ngettext(
                "No source consulted reports a group here in the {n} month before {date}. No record is not peace.",
                "No source consulted reports a group here in the {n} months before {date}. No record is not peace.",
                card.window,
                date=card.on,
            )
            if not filters
            else _("Nothing on record here passes this filter. No record is not peace."),
            TEXT,
            after=1.5,
        )
    for group in card.groups:
        yield from _group(group, write, depth)
    if card.figures and not compared:
        yield write.heading(_("Figures"))
        rows = [
            (
                figure.name,
                figure.value,
                figure.period,
                ", ".join(part for part in (figure.publisher, figure.cut) if part),
            )
            for figure in card.figures
        ]
        heads = (_("Indicator"), _("Value"), _("Period"), _("Publisher"))
        yield from write.table(heads, rows, (0.3, 0.24, 0.2, 0.26))
    for title, entries in (
        (_("Ceasefires on {date}", date=card.on), card.ceasefires),
        (_("Special zones"), card.zones),
        (_("Also on record"), card.notes),
    ):
        yield from _entries(title, entries, write, brief=depth == 0)


def _group(group: ReportedGroup, write: _Writer, depth: int) -> Iterator[_Block]:
    name = f"{group.name}: {group.level}"
    if depth == 0:
        publishers = "; ".join(list(dict.fromkeys(row.publisher for row in group.evidence))[:3])
        reports = ngettext("{n} report", "{n} reports", len(group.evidence))
        yield write.swatched(group.colour, name, f"{group.newest} · {reports}: {publishers}")
        return
    yield write.swatched(group.colour, name, group.newest, keep=True)
    for row in group.evidence[:depth]:
        term = f"“{row.term}”" if row.term else ""
        via = _("via {outlet}", outlet=row.via) if row.via else ""
        parts = [row.when, row.level, term, " ".join(part for part in (row.publisher, via) if part), row.confidence]
        yield write.words(" · ".join(part for part in parts if part), SMALL, indent=5.0, after=0.3)
        if row.caveat:
            yield write.words(row.caveat, 6.4, indent=8.0, colour=MUTED, after=0.4)
    left = len(group.evidence) - depth
    if left > 0:
        rest = ngettext("And {n} report more, at the link.", "And {n} reports more, at the link.", left)
        yield write.words(rest, 6.4, indent=5.0, colour=MUTED, after=0.8)


def _entries(title: str, entries: Sequence[Entry], write: _Writer, *, brief: bool) -> Iterator[_Block]:
    if not entries:
        return
    yield write.heading(title)
    for entry in entries:
        head = f"{entry.title}: {entry.status}"
        if brief:
            yield write.words(f"{head} ({entry.publisher})", SMALL, after=0.6)
            continue
        yield write.words(head, TEXT, bold=True, keep=True)
        yield write.words(f"{entry.body} ({entry.publisher})", SMALL, indent=5.0, after=1.0)


@dataclass(frozen=True)
class _Writer:
    """Makes blocks of text and tables as wide as the page."""

    letters: Faces
    width: float = field(default=INNER)

    def words(
        self,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        indent: float = 0.0,
        after: float = 0.0,
        keep: bool = False,
    ) -> _Block:
        lines = self.letters.get(bold).wrap(text, size, self.width - indent)
        height = len(lines) * size * MM_PER_POINT * LINE_HEIGHT + after
        return _Block(
            height, lambda page, x, y: void(page.lines(x + indent, y, lines, size, bold=bold, colour=colour)), keep
        )

    def heading(self, text: str, size: float = 9.6) -> _Block:
        block = self.words(text, size, bold=True, colour=ACCENT, after=1.0)
        return _Block(block.height + 2.6, lambda page, x, y: block.draw(page, x, y + 2.6), keep=True)

    def filters(self, text: str) -> Iterator[_Block]:
        """Say under a heading what the view leaves out, which would else look like all there is."""
        if text:
            yield self.words(_("Filtered: {filters}", filters=text), SMALL, bold=True, after=1.0, keep=True)

    def swatched(self, colour: str, name: str, newest: str, *, keep: bool = False) -> _Block:
        block = self.words(name, TEXT, bold=True, indent=5.0)
        under = self.words(newest, SMALL, colour=MUTED, indent=5.0, after=0.5)

        def draw(page: Page, x: float, y: float) -> None:
            draw_swatch(page, Style(Fill(colour), HAIRLINE), Box(x, y + 0.6, 3.2, 2.6), 0.2)
            block.draw(page, x, y)
            under.draw(page, x, y + block.height)

        return _Block(block.height + under.height, draw, keep)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float]) -> Iterator[_Block]:
        head = self._row(heads, shares, bold=True)
        yield head
        for row in rows:
            yield replace(self._row(row, shares, bold=False), repeat=head)

    def _row(self, cells: Sequence[str], shares: Sequence[float], *, bold: bool) -> _Block:
        size, pad = SMALL, 0.8
        widths = [share * self.width for share in shares]
        face = self.letters.get(bold)
        wrapped = [face.wrap(cell, size, width - 2 * pad) for cell, width in zip(cells, widths, strict=True)]
        height = max(map(len, wrapped)) * size * MM_PER_POINT * LINE_HEIGHT + 1.4

        def draw(page: Page, x: float, y: float) -> None:
            left = x
            for lines, width in zip(wrapped, widths, strict=True):
                page.lines(left + pad, y + 0.5, lines, size, bold=bold)
                left += width
            page.line([(x, y + height), (x + self.width, y + height)], RULE, 0.15)

        return _Block(height, draw, keep=bold)


def void(_answer: object) -> None:
    """Drop an answer that a caller does not need."""


def _card_texts(cards: Sequence[Card]) -> Iterator[str]:
    for card in cards:
        yield from (card.title, card.place, *card.facts)
        for group in card.groups:
            yield from (group.name, group.level, group.newest)
            for row in group.evidence:
                yield from (row.term, row.publisher, row.via, row.caveat)
        for figure in card.figures:
            yield from (figure.name, figure.value, figure.publisher)
        for entry in (*card.ceasefires, *card.zones, *card.notes):
            yield from (entry.title, entry.status, entry.body, entry.publisher)
