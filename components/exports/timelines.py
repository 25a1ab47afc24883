"""The timeline on paper: the same lines, bars, marks and governments as the screen's, from the same spec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D

from components.exports import hatch
from components.exports.hover import add_titles
from components.exports.page import A4_LANDSCAPE, CAP_HEIGHT, DPI, Box, Page
from components.exports.sheet import MARGIN, RULE, header, signature, texts_of, words_within
from components.exports.spec import ExportSpec, in_language, need_timeline, timeline_subtitle, timeline_title
from components.exports.typeface import MM_PER_POINT, check, faces
from components.i18n import _, day, month, number
from components.timeline import CATEGORY_SYMBOLS, OTHER_SYMBOL, Bar, Line, Mark, TimelineSpec
from geo import symbology
from geo.symbology import INK, MUTED, PAPER

GRID = "#e4e0d8"
BAND = "#f0f1ee"
WIDTH, MOST = A4_LANDSCAPE
SMALL = 6.4
# Caveat and sources under the drawing.
WORD_SIZES, WORDS_ROOM = (6.0, 5.6, 5.2), 50.0
LANE = 4.0
MARK_LANE = 3.7
GAP = 3.5
MARKERS = {
    "circle": "o",
    "diamond": "D",
    "square": "s",
    "triangle-up": "^",
    "x": "X",
    "cross": "P",
    "triangle-right": ">",
    "circle-open": "o",
}


@in_language
def timeline_png(spec: ExportSpec, dpi: int = DPI) -> bytes:
    """Return the timeline as PNG, 297 mm wide, with title, caveat, sources and link.

    Raises
    ------
    ExportError
        There is nothing to draw, or a sign that the font does not have.
    """
    return timeline_sheet(spec).png(spec, dpi)


@in_language
def timeline_svg(spec: ExportSpec) -> bytes:
    """Return the timeline as SVG; bars and events carry their words as titles."""
    return add_titles(timeline_sheet(spec).svg(spec), spec, timeline_titles(need_timeline(spec)))


def timeline_sheet(spec: ExportSpec) -> Page:
    """Draw the timeline's page; it is as high as its rows need, at most A4."""
    timeline = need_timeline(spec)
    letters = faces()
    check(letters, [text for text in texts_of(spec) if text])
    wide = WIDTH - 2 * MARGIN
    foot = words_within(Page(WIDTH, MOST, letters=letters), spec, wide, WORD_SIZES, WORDS_ROOM).height
    page = Page(WIDTH, min(MOST, max(120.0, 40 + foot + 64 + lanes_height(timeline))), letters=letters)
    top = header(page, spec, timeline_title(spec, timeline), timeline_subtitle(spec)) + 3
    bottom = signature(page, spec)
    words = words_within(page, spec, wide, WORD_SIZES, WORDS_ROOM)
    words.draw(MARGIN, bottom - words.height)
    draw_timeline(page, timeline, Box(MARGIN, top, wide, bottom - words.height - top - 2), spec.view.on)
    return page


def lanes_height(timeline: TimelineSpec) -> float:
    """Return the height that bars and marks need, in millimetres."""
    groups, categories = _lanes(timeline)
    return len(groups) * LANE + len(categories) * MARK_LANE + 3 * GAP


def _lanes(timeline: TimelineSpec) -> tuple[list[str], list[str]]:
    groups = list(dict.fromkeys(bar.group for bar in timeline.bars))
    return groups, list(dict.fromkeys(mark.category_name for mark in timeline.marks))


def draw_timeline(
    page: Page, timeline: TimelineSpec, box: Box, on: date | None = None, *, probes: bool = False
) -> None:
    """Draw a timeline into a box.

    Parameters
    ----------
    page, timeline, box
        Where, what, and how large.
    on
        The date of the view, drawn as a line where it lies within the timeline.
    probes
        Add an invisible strip a month (id ``t-p…``) that a web page can ask for the month's values.
    """
    drawing = _Drawing(page, timeline, box, on)
    drawing.governments()
    drawing.years()
    drawing.values()
    drawing.bars()
    drawing.marks()
    drawing.dates()
    drawing.key()
    if probes:
        drawing.probes()


def timeline_titles(timeline: TimelineSpec) -> dict[str, str]:
    """Return the words of each bar, event and month by its id in the SVG."""
    titles = {f"t-b{n}": f"{bar.group}: {bar.title}. {bar.note}" for n, bar in enumerate(timeline.bars)}
    titles |= {f"t-m{n}": f"{mark.when}: {mark.title} ({mark.category_name})" for n, mark in enumerate(timeline.marks)}
    for nth, (on, values) in enumerate(month_values(timeline)):
        words = "; ".join(f"{name} {number(value, 0 if value == int(value) else 1)}" for name, value in values)
        titles[f"t-p{nth}"] = f"{month(on)}: {words}"
    return titles


def month_values(timeline: TimelineSpec) -> list[tuple[date, list[tuple[str, float]]]]:
    """Return each month shown that has a value, with the values of the lines that have one."""
    found: dict[date, list[tuple[str, float]]] = {}
    for line in timeline.lines:
        for on, value in zip(line.months, line.values, strict=True):
            if value is not None and timeline.first <= on <= timeline.last:
                found.setdefault(on, []).append((line.name, value))
    return sorted(found.items())


@dataclass(frozen=True)
class _Rows:
    """Where the three parts lie."""

    values: Box
    bars: Box
    marks: Box


class _Drawing:
    """One timeline while it is drawn."""

    def __init__(self, page: Page, timeline: TimelineSpec, box: Box, on: date | None) -> None:
        self.page, self.timeline, self.box = page, timeline, box
        self.on = on if on and timeline.first <= on <= timeline.last else None
        self.groups, self.categories = _lanes(timeline)
        face = page.letters.regular
        words = [*self.groups, *self.categories, "100.000"]
        gutter = min(max(face.width(word, SMALL) for word in words) + 2.5, box.width * 0.26)
        names = max((face.width(line.name, SMALL) for line in timeline.lines), default=0.0) + 3
        self.plot = Box(box.x + gutter, box.y, box.width - gutter - min(max(names, 6.0), box.width * 0.2), box.height)
        self.key_lines = face.wrap(self._key_words(), 5.8, box.width)
        self.rows = self._rows()

    def _rows(self) -> _Rows:
        key = len(self.key_lines) * 5.8 * MM_PER_POINT * 1.28 + 5.5
        top, bottom = self.box.y + 4.0, self.box.bottom - key
        lanes = len(self.groups) * LANE, len(self.categories) * MARK_LANE
        least = 0.34 * (bottom - top) if self.timeline.lines else 0.0
        squeeze = min(1.0, (bottom - top - least - 2 * GAP) / max(sum(lanes), 0.01))
        bars, marks = (height * squeeze for height in lanes)
        values = bottom - top - bars - marks - 2 * GAP if self.timeline.lines else 0.0
        x, width = self.plot.x, self.plot.width
        first = Box(x, top, width, values)
        second = Box(x, first.bottom + (GAP if values else 0), width, bars)
        return _Rows(first, second, Box(x, second.bottom + (GAP if bars else 0), width, marks))

    @property
    def lower(self) -> float:
        return self.rows.marks.bottom

    def x(self, on: date) -> float:
        span = (self.timeline.last - self.timeline.first).days
        share = (on - self.timeline.first).days / span
        return self.plot.x + min(max(share, 0.0), 1.0) * self.plot.width

    def governments(self) -> None:
        top = self.box.y + 4.0
        for nth, band in enumerate(self.timeline.bands):
            left, right = self.x(band.start), self.x(band.end)
            if right <= left:
                continue
            if nth % 2:
                self.page.rectangle(Box(left, top, right - left, self.lower - top), face=BAND)
            if self.page.letters.regular.width(band.name, 5.8) < right - left - 1:
                self.page.text((left + right) / 2, top - 1.2, band.name, 5.8, colour=MUTED, align="center")

    def years(self) -> None:
        first, last = self.timeline.first.year, self.timeline.last.year
        room = self.plot.width / max(last - first, 1)
        step = next((step for step in (1, 2, 5, 10, 20) if room * step >= 9), 50)
        for year in range(first, last + 2):
            on = date(year, 1, 1)
            if year % step or not self.timeline.first <= on <= self.timeline.last:
                continue
            x = self.x(on)
            self.page.line([(x, self.box.y + 4), (x, self.lower)], GRID, 0.18)
            self.page.text(x, self.lower + 3.0, str(year), SMALL, colour=MUTED, align="center")

    # The three parts

    def values(self) -> None:
        box, shown = self.rows.values, month_values(self.timeline)
        if not self.timeline.lines or not shown:
            return
        most = max(value for _on, values in shown for _name, value in values) or 1.0
        ticks = [tick for tick in MaxNLocator(nbins=5).tick_values(0, most * 1.02) if tick >= 0]
        top = max(ticks[-1], most)
        whole = all(tick == int(tick) for tick in ticks)
        for tick in ticks:
            y = box.bottom - tick / top * box.height
            self.page.line([(box.x, y), (box.right, y)], RULE if tick == 0 else GRID, 0.18)
            words = number(tick, 0 if whole else 1)
            self.page.text(box.x - 1.2, y + 0.8, words, SMALL, colour=MUTED, align="right")
        ends = [end for line in self.timeline.lines if (end := self._line(line, box, top)) is not None]
        self._line_names(ends)

    def _line(self, line: Line, box: Box, top: float) -> tuple[float, float, Line] | None:
        vertices, codes, previous = [], [], None
        for on, value in zip(line.months, line.values, strict=True):
            inside = value is not None and self.timeline.first <= on <= self.timeline.last
            if inside and value is not None:
                vertices.append((self.x(on), box.bottom - value / top * box.height))
                codes.append(Path.MOVETO if previous is None else Path.LINETO)
            previous = on if inside else None
        if not vertices:
            return None
        # A month between two gaps would be a line without length.
        alone = [n for n, code in enumerate(codes) if code == Path.MOVETO and (codes[n + 1 :] or [1])[0] == Path.MOVETO]
        dash = (1.6, 0.9) if line.dash != "solid" else ()
        self.page.path(Path(vertices, codes), edge=line.colour, width=0.5, dash=dash)
        for position in alone:
            x, y = vertices[position]
            self.page.circle(x, y, 0.5, face=line.colour)
        return (*vertices[-1], line)

    def _line_names(self, ends: Sequence[tuple[float, float, Line]]) -> None:
        """Write each line's name at its end, pushed apart where they would touch."""
        step, lowest = SMALL * MM_PER_POINT * 1.15, -1e9
        for x, y, line in sorted(ends, key=lambda end: end[1]):
            lowest = max(y, lowest + step)
            room = self.box.right - x - 1.2
            words = self.page.letters.bold.wrap(line.name, SMALL, max(room, 8.0))[0]
            self.page.text(x + 1.2, lowest + 0.8, words, SMALL, bold=True, colour=line.colour, halo=PAPER)

    def bars(self) -> None:
        box = self.rows.bars
        if not self.groups:
            return
        lane = box.height / len(self.groups)
        self._lane_names(self.groups, box)
        for nth, bar in enumerate(self.timeline.bars):
            left, right = self.x(bar.start), self.x(bar.end)
            row = self.groups.index(bar.group)
            shape = Box(left, box.y + (row + 0.17) * lane, max(right - left, 0.5), 0.66 * lane)
            self._bar(bar, shape, f"t-b{nth}")

    def _bar(self, bar: Bar, shape: Box, name: str) -> None:
        self.page.rectangle(shape, face=bar.colour if bar.in_force else PAPER, edge=bar.colour, width=0.22, name=name)
        if bar.in_force:
            return
        fill = symbology.Fill(PAPER, (symbology.Band(bar.colour, 1.1), symbology.Band(None, 3.0)))
        area = np.array([shapely.box(shape.x, shape.y, shape.right, shape.bottom)])
        for colour, pieces in hatch.stripes(area, fill, 0.25):
            path = hatch.outline(pieces)
            if path is not None:
                self.page.path(path, face=colour)

    def marks(self) -> None:
        box = self.rows.marks
        if not self.categories:
            return
        lane = box.height / len(self.categories)
        self._lane_names(self.categories, box)
        for nth, mark in enumerate(self.timeline.marks):
            if self.timeline.first <= mark.on <= self.timeline.last:
                y = box.y + (self.categories.index(mark.category_name) + 0.5) * lane
                self._mark(mark, self.x(mark.on), y, min(1.05, lane * 0.3), f"t-m{nth}")

    def _mark(self, mark: Mark, x: float, y: float, radius: float, name: str) -> None:
        symbol = CATEGORY_SYMBOLS.get(mark.category, OTHER_SYMBOL)
        style = MarkerStyle(MARKERS[symbol])
        # Page coordinates run down, markers up.
        place = style.get_transform() + Affine2D().scale(2 * radius, -2 * radius).translate(x, y)
        hollow = symbol == OTHER_SYMBOL
        path = place.transform_path(style.get_path())
        self.page.path(path, face=PAPER if hollow else MUTED, edge=MUTED if hollow else PAPER, width=0.15, name=name)

    def _lane_names(self, names: Sequence[str], box: Box) -> None:
        lane = box.height / len(names)
        size = min(SMALL, lane / MM_PER_POINT * 0.82)
        room = self.plot.x - self.box.x - 1.5
        for row, name in enumerate(names):
            base = box.y + (row + 0.5) * lane + size * MM_PER_POINT * CAP_HEIGHT / 2
            words = self.page.letters.regular.wrap(name, size, room)
            text = words[0] + ("…" if len(words) > 1 else "")
            self.page.text(self.plot.x - 1.2, base, text, size, align="right")

    # Dates and the key

    def dates(self) -> None:
        top = self.box.y + 4.0
        for on in self.timeline.breaks:
            if self.timeline.lines and self.timeline.first < on <= self.timeline.last:
                x = self.x(on)
                self.page.line([(x, self.rows.values.y), (x, self.rows.values.bottom)], MUTED, 0.25, dash=(0.3, 0.8))
        if self.on is not None:
            x = self.x(self.on)
            self.page.line([(x, top), (x, self.lower)], INK, 0.4)

    def _key_words(self) -> str:
        timeline = self.timeline
        parts = []
        if self.on is not None:
            parts.append(_("Black line: {date}.", date=day(self.on)))
        if timeline.bars:
            parts.append(_("Solid bar: ceasefire in force; hatched bar: announced, pledge, suspension or truce."))
        if timeline.lines and any(timeline.first < on <= timeline.last for on in timeline.breaks):
            parts.append(_("Dotted line: the publisher changed how it counts."))
        if timeline.bands:
            parts.append(_("Shades: presidents."))
        return " ".join(parts)

    def key(self) -> None:
        y = self.lower + 4.6
        self.page.lines(self.box.x, y, self.key_lines, 5.8, colour=MUTED)

    def probes(self) -> None:
        shown = month_values(self.timeline)
        box = self.rows.values
        edges = [self.x(on) for on, _values in shown]
        for nth, left in enumerate(edges):
            right = edges[nth + 1] if nth + 1 < len(edges) else left + 1.0
            strip = Box(left, box.y, max(min(right - left, 6.0), 0.2), box.height)
            self.page.rectangle(strip, name=f"t-p{nth}")
