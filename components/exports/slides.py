"""PowerPoint of a view or of a story: title, map, timeline as native charts, evidence as a native table, sources.

Charts and tables are PowerPoint's own: whoever receives the file can change colours, cut years, copy the numbers. The
caveat and the link stand on every slide, since slides travel alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

from components.exports import mapdraw
from components.exports.page import Box, Page
from components.exports.sheet import GAP, SIZES, legend_layout
from components.exports.spec import (
    PROJECT,
    DataTable,
    ExportError,
    ExportSpec,
    MapPicture,
    SourceNote,
    evidence_of,
    in_language,
    publisher_lines,
    writable,
)
from components.exports.tabular import plain
from components.exports.typeface import faces
from components.i18n import _, day, number
from components.timeline import Bar, TimelineSpec, summary
from geo.symbology import ACCENT, INK, MUTED, PAPER

if TYPE_CHECKING:
    from pptx.slide import Slide

WIDTH, HEIGHT = 13.333, 7.5
LEFT, USABLE = 0.45, 12.43
BODY_TOP, BODY_HEIGHT = 1.62, 5.12
FOOT_TOP = 6.86
# The picture is drawn smaller than it stands, so that its letters can be read across a room.
MAGNIFIED = 1.5
PICTURE_DPI = 270
TABLE_ROWS = 11
TABLE_SLIDES = 3
SOURCE_LINES = 20
PLAIN_GRID = "{5940675A-B579-460E-94D1-54222C63F5DA}"
LANGUAGE_TAGS = {"es": "es-CO", "en": "en-US"}
_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True)
class StoryView:
    """One view of a story: the view, its title and the presenter's note."""

    spec: ExportSpec
    title: str
    note: str = ""


@dataclass(frozen=True)
class StorySpec:
    """A story: an ordered list of views, and how it is called and reached."""

    title: str
    language: str
    views: Sequence[StoryView]
    note: str = ""
    link: str = ""


@in_language
def pptx_view(spec: ExportSpec) -> bytes:
    """Return a view as PowerPoint, 16:9.

    Raises
    ------
    ExportError
        The view has neither a map nor a timeline.
    """
    if not (_has_map(spec) or _has_timeline(spec)):
        raise ExportError(_("This view has no map to export."))
    deck = _Deck(spec.title, spec.language, spec.caveat, spec.link)
    deck.view(spec, spec.title, "")
    if spec.timeline is not None and _has_timeline(spec):
        deck.timeline(spec.timeline, spec.view.on)
    table = evidence_of(spec)
    if table is not None and len(table.frame):
        deck.table(table, TABLE_SLIDES)
    deck.sources(spec.sources, spec.licence)
    return deck.bytes()


@in_language
def pptx_story(story: StorySpec) -> bytes:
    """Return a story as PowerPoint: a cover, a slide a view, each timeline once, evidence, all sources.

    Raises
    ------
    ExportError
        The story has no views, or none of them has anything to draw.
    """
    shown = [view for view in story.views if _has_map(view.spec) or _has_timeline(view.spec)]
    if not shown:
        raise ExportError(_("This story has no views to export."))
    caveats = list(dict.fromkeys(view.spec.caveat for view in shown))
    deck = _Deck(story.title, story.language, caveats[0], story.link)
    deck.cover(story)
    timelines: dict[int, TimelineSpec] = {}
    for view in shown:
        deck.caveat, deck.link = view.spec.caveat, view.spec.link
        deck.view(view.spec, view.title or view.spec.title, view.note)
        if view.spec.timeline is not None and _has_timeline(view.spec):
            timelines[hash(repr(view.spec.timeline))] = view.spec.timeline
    for timeline in timelines.values():
        deck.timeline(timeline, None)
    for view in shown:
        table = evidence_of(view.spec)
        if table is not None and len(table.frame):
            deck.caveat, deck.link = view.spec.caveat, view.spec.link
            deck.table(replace(table, title=f"{view.title or view.spec.title}: {table.title}"), 1)
    sources = list(dict.fromkeys(source for view in shown for source in view.spec.sources))
    deck.caveat, deck.link = " ".join(caveats), story.link
    deck.sources(sources, "; ".join(dict.fromkeys(view.spec.licence for view in shown if view.spec.licence)))
    return deck.bytes()


def _has_map(spec: ExportSpec) -> bool:
    import shapely

    picture = spec.map
    return bool(
        picture and picture.styles and not all(shapely.is_empty(shape) for shape in picture.geometry.shapes.values())
    )


def _has_timeline(spec: ExportSpec) -> bool:
    timeline = spec.timeline
    return bool(timeline and (timeline.lines or timeline.bars or timeline.marks) and timeline.first < timeline.last)


def slide_picture(spec: ExportSpec, picture: MapPicture) -> bytes:
    """Return the map with its legend as PNG, in the proportions of a slide's body."""
    scale = 25.4 / MAGNIFIED
    page = Page(USABLE * scale, BODY_HEIGHT * scale, letters=faces())
    room = Box(0.4, 0.4, page.width - 0.8, page.height - 0.8)
    panel = Box(room.x, room.y, min(room.width * 0.66, room.height * mapdraw.aspect(picture)), room.height)
    mapdraw.draw_map(page, picture, panel, unit=mapdraw.UNIT.get(picture.geometry.scope, 0.2) * 0.82)
    side = Box(panel.right + GAP, room.y, room.right - panel.right - GAP, room.height)
    for size, _text_size in SIZES:
        legend = legend_layout(page, spec.legend, side.width, size, side.height)
        if legend is not None:
            legend.draw(side.x, side.y)
            break
    else:
        smallest = legend_layout(page, spec.legend, side.width, SIZES[-1][0], float("inf"))
        if smallest is not None:
            smallest.draw(side.x, side.y)
    return page.png(spec, PICTURE_DPI)


class _Deck:
    """A presentation while it is made."""

    def __init__(self, title: str, language: str, caveat: str, link: str) -> None:
        from pptx import Presentation
        from pptx.util import Inches

        self.deck = Presentation()
        self.deck.slide_width, self.deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
        self.language, self.caveat, self.link = language, caveat, link
        about = self.deck.core_properties
        about.title, about.author, about.language = writable(title)[:255], PROJECT, LANGUAGE_TAGS[language]
        about.subject, about.comments = writable(caveat)[:255], writable(link)[:255]

    def bytes(self) -> bytes:
        buffer = BytesIO()
        self.deck.save(buffer)
        return buffer.getvalue()

    # Slides

    def cover(self, story: StorySpec) -> None:
        slide = self._slide(story.title, 40, Box(LEFT, 2.2, USABLE, 2.0))
        self._words(slide, Box(LEFT, 4.3, USABLE, 1.6), story.note, 20, MUTED)
        self._words(slide, Box(LEFT, 6.1, USABLE, 0.5), story.link, 12, ACCENT, url=story.link)

    def view(self, spec: ExportSpec, title: str, note: str) -> None:
        slide = self._slide(title)
        under = " · ".join(part for part in (note, spec.date_text, spec.subtitle) if part)
        self._words(slide, Box(LEFT, 1.16, USABLE, 0.42), under, 13, MUTED)
        if spec.map is not None and _has_map(spec):
            self._picture(slide, slide_picture(spec, spec.map), f"{title}. {under}")
        self._notes(slide, [note, spec.title if title != spec.title else "", spec.caveat, spec.link])

    def timeline(self, timeline: TimelineSpec, on: date | None) -> None:
        slide = self._slide(timeline.title)
        bars = [bar for bar in timeline.bars if bar.end >= timeline.first and bar.start <= timeline.last]
        groups = list(dict.fromkeys(bar.group for bar in bars))
        lower = min(0.32 * len(groups) + 0.5, BODY_HEIGHT * 0.6) if groups else 0.0
        if not timeline.lines:
            lower = BODY_HEIGHT if groups else 0.0
        key = [_("Date of the map: {date}.", date=day(on))] if on is not None else []
        if bars:
            key.append(_("Solid bar: ceasefire in force."))
            key.append(_("Striped bar: announced or pledged, not a ceasefire in force."))
        self._words(slide, Box(LEFT, 1.16, USABLE, 0.42), " ".join(key), 12, MUTED)
        if timeline.lines:
            self._line_chart(slide, timeline, Box(LEFT, BODY_TOP, USABLE, BODY_HEIGHT - lower))
        if groups:
            place = Box(LEFT, BODY_TOP + BODY_HEIGHT - lower, USABLE, lower)
            self._bar_chart(slide, timeline, bars, groups, place)
        events = [f"{mark.when}: {mark.title}" for mark in timeline.marks]
        self._notes(slide, [summary(timeline), *events])
        if not timeline.lines and not groups:
            self._words(slide, Box(LEFT, BODY_TOP, USABLE, BODY_HEIGHT), "\n".join(events[:18]), 12, INK)

    def table(self, table: DataTable, slides: int) -> None:
        frame, shown = table.frame, table.frame.head(TABLE_ROWS * slides)
        for start in range(0, len(shown), TABLE_ROWS):
            slide = self._slide(table.title)
            part = shown.iloc[start : start + TABLE_ROWS]
            words = _(
                "Rows {first} to {last} of {total}.", first=start + 1, last=start + len(part), total=number(len(frame))
            )
            if len(frame) > len(shown):
                words += " " + _("The whole table is in the data download.")
            self._words(slide, Box(LEFT, 1.16, USABLE, 0.42), words, 12, MUTED)
            self._table(slide, [str(name) for name in part.columns], [plain(part[name]) for name in part.columns])

    def sources(self, sources: Sequence[SourceNote], licence: str) -> None:
        face = faces().regular
        lines = publisher_lines(sources)
        if licence:
            lines.append(_("Licence of this file: {licence}", licence=licence))
        weights = [len(face.wrap(line, 11, USABLE * 25.4)) for line in lines]
        page: list[str] = []
        used = 0
        for line, weight in zip(lines, weights, strict=True):
            if page and used + weight > SOURCE_LINES:
                self._source_slide(page)
                page, used = [], 0
            page.append(line)
            used += weight
        self._source_slide(page)

    def _source_slide(self, lines: Sequence[str]) -> None:
        slide = self._slide(_("Sources"))
        self._words(slide, Box(LEFT, 1.3, USABLE, BODY_TOP + BODY_HEIGHT - 1.3), "\n".join(lines), 11, INK)

    # Pieces

    def _slide(self, title: str, size: float = 0, box: Box | None = None) -> Slide:
        from pptx.dml.color import RGBColor

        slide = self.deck.slides.add_slide(self.deck.slide_layouts[5])
        slide.background.fill.solid()
        slide.background.fill.fore_color.rgb = RGBColor.from_string(PAPER[1:])
        place = box or Box(LEFT, 0.3, USABLE, 0.86)
        shape = slide.shapes.title
        assert shape is not None
        _put(shape, place)
        if not size:
            face = faces().bold
            # Two lines at most: the letters measured are wider than most that a reader will have.
            size = next((s for s in (26, 24, 22, 20, 18, 16) if len(face.wrap(title, s, USABLE * 25.4)) <= 2), 14)
        _write(shape.text_frame, writable(title), size, INK, self.language, bold=True, anchor_middle=box is None)
        foot = Box(LEFT, FOOT_TOP, USABLE, 0.5)
        self._words(slide, foot, f"{self.caveat}\n{PROJECT} · {self.link}", 9, MUTED, url=self.link)
        return slide

    def _words(self, slide: Slide, box: Box, words: str, size: float, colour: str, url: str = "") -> None:
        if not words.strip():
            return
        frame = slide.shapes.add_textbox(*_emu(box)).text_frame
        _write(frame, writable(words), size, colour, self.language)
        if url.startswith(("http://", "https://")):
            runs = frame.paragraphs[-1].runs
            if runs:
                runs[-1].hyperlink.address = url

    def _picture(self, slide: Slide, png: bytes, words: str) -> None:
        picture = slide.shapes.add_picture(BytesIO(png), *_emu(Box(LEFT, BODY_TOP, USABLE, BODY_HEIGHT)))
        _describe(picture, words)

    def _notes(self, slide: Slide, parts: Sequence[str]) -> None:
        frame = slide.notes_slide.notes_text_frame
        if frame is not None:
            frame.text = writable("\n".join(part for part in parts if part))

    def _line_chart(self, slide: Slide, timeline: TimelineSpec, box: Box) -> None:
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION

        months = sorted({m for line in timeline.lines for m in line.months if timeline.first <= m <= timeline.last})
        data: Any = CategoryChartData(number_format="0.0")
        data.categories = months
        for line in timeline.lines:
            values = dict(zip(line.months, line.values, strict=True))
            data.add_series(writable(line.name), [values.get(month) for month in months])
        shape: Any = slide.shapes.add_chart(XL_CHART_TYPE.LINE, *_emu(box), data)
        chart: Any = shape.chart
        _describe(shape, summary(timeline))
        chart.has_title = False
        chart.has_legend = len(timeline.lines) > 1
        if chart.has_legend:
            chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        _letters(chart, 11)
        for series, line in zip(chart.plots[0].series, timeline.lines, strict=True):
            _stroke(series.format.line, line.colour, 2.25)
            series.smooth = False
        axis = chart.category_axis
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "yyyy", False
        axis.has_major_gridlines = False
        axis.minimum_scale, axis.maximum_scale = _serial(timeline.first), _serial(timeline.last)
        _months_axis(axis, (timeline.last - timeline.first).days)
        _quiet(chart.value_axis)
        chart.value_axis.minimum_scale = 0
        _plot_area(chart, box, top=0.24 if chart.has_legend else 0.1, bottom=0.3)

    def _bar_chart(
        self, slide: Slide, timeline: TimelineSpec, bars: Sequence[Bar], groups: Sequence[str], box: Box
    ) -> None:
        """Draw ceasefires as stacked bars: an invisible piece up to each start, then the ceasefire itself."""
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_AXIS_CROSSES, XL_CHART_TYPE

        rows = {group: spans([bar for bar in bars if bar.group == group], timeline) for group in groups}
        most = max(len(row) for row in rows.values())
        data: Any = CategoryChartData(number_format="0")
        data.categories = [writable(group) for group in groups]
        for nth in range(most):
            cells = [rows[group][nth] if nth < len(rows[group]) else None for group in groups]
            data.add_series(_("until {n}", n=nth + 1), [cell.before if cell else None for cell in cells])
            data.add_series(_("days {n}", n=nth + 1), [cell.days if cell else None for cell in cells])
        shape: Any = slide.shapes.add_chart(XL_CHART_TYPE.BAR_STACKED, *_emu(box), data)
        chart: Any = shape.chart
        _describe(shape, "; ".join(f"{bar.group}: {bar.title}, {day(bar.start)} – {day(bar.end)}" for bar in bars))
        chart.has_title = chart.has_legend = False
        _letters(chart, 10)
        plot = chart.plots[0]
        plot.gap_width, plot.overlap = 45, 100
        for nth in range(most):
            plot.series[2 * nth].format.fill.background()
            for position, group in enumerate(groups):
                if nth < len(rows[group]):
                    _dress(plot.series[2 * nth + 1].points[position], rows[group][nth].bar)
        chart.category_axis.reverse_order = True
        # Turned upside down, the axis of years would stand at the top.
        chart.category_axis.crosses = XL_AXIS_CROSSES.MAXIMUM
        chart.category_axis.format.line.fill.background()
        axis = chart.value_axis
        # Serial days, as a spreadsheet counts them, so that the axis can say years.
        axis.minimum_scale, axis.maximum_scale = _serial(timeline.first), _serial(timeline.last)
        axis.major_unit = 365.25 * (1 if (timeline.last - timeline.first).days < 5500 else 5)
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "yyyy", False
        _quiet(axis)
        _plot_area(chart, box, top=0.05, bottom=0.3)

    def _table(self, slide: Slide, names: Sequence[str], columns: Sequence[Sequence[Any]]) -> None:
        from pptx.dml.color import RGBColor
        from pptx.util import Inches, Pt

        rows = list(zip(*columns, strict=True))
        widths = _widths(names, columns)
        shape = slide.shapes.add_table(len(rows) + 1, len(names), *_emu(Box(LEFT, BODY_TOP, USABLE, 0.4 * len(rows))))
        table: Any = shape.table
        table._tbl.tblPr.find("{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId").text = PLAIN_GRID
        for position, width in enumerate(widths):
            table.columns[position].width = Inches(width)
        for number_of_row, row in enumerate([names, *rows]):
            table.rows[number_of_row].height = Inches(0.36)
            for position, value in enumerate(row):
                cell = table.cell(number_of_row, position)
                head = number_of_row == 0
                cell.fill.solid()
                cell.fill.fore_color.rgb = RGBColor.from_string((ACCENT if head else PAPER)[1:])
                cell.margin_top = cell.margin_bottom = Pt(2)
                colour = PAPER if head else INK
                _write(cell.text_frame, _clip(writable(_said(value))), 11, colour, self.language, bold=head)


@dataclass(frozen=True)
class Span:
    """One visible piece of a row of bars: invisible days before it, its own days, and the bar it stands for."""

    before: float
    days: float
    bar: Bar


def spans(bars: Sequence[Bar], timeline: TimelineSpec) -> list[Span]:
    """Return a group's bars one after another, cut to the timeline; where two overlap, the later one goes on.

    The first `before` counts from day 0 of a spreadsheet, since that is where a stacked bar begins.
    """
    result: list[Span] = []
    reached = 0.0
    for bar in sorted(bars, key=lambda bar: (bar.start, bar.end)):
        start = max(_serial(max(bar.start, timeline.first)), reached)
        end = _serial(min(bar.end, timeline.last)) + 1.0
        if end > start:
            result.append(Span(start - reached, end - start, bar))
            reached = end
    return result


def _serial(on: date) -> float:
    return float((on - _EPOCH).days)


def _emu(box: Box) -> tuple[Any, Any, Any, Any]:
    from pptx.util import Inches

    return Inches(box.x), Inches(box.y), Inches(box.width), Inches(box.height)


def _put(shape: Any, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = _emu(box)


def _write(
    frame: Any, words: str, size: float, colour: str, language: str, *, bold: bool = False, anchor_middle: bool = False
) -> None:
    """Write a text, a paragraph a line, in one style and with the language that a spell checker should use."""
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    frame.word_wrap = True
    if anchor_middle:
        frame.vertical_anchor = MSO_ANCHOR.BOTTOM
    for position, line in enumerate(words.split("\n")):
        paragraph = frame.paragraphs[0] if position == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = RGBColor.from_string(colour[1:])
        run.font._rPr.set("lang", LANGUAGE_TAGS[language])


def _describe(shape: Any, words: str) -> None:
    """Give a picture or a chart the text that a screen reader says."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", writable(words)[:2000])


def _letters(chart: Any, size: float) -> None:
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    chart.font.size, chart.font.color.rgb = Pt(size), RGBColor.from_string(INK[1:])


def _stroke(line: Any, colour: str, width: float) -> None:
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    line.color.rgb, line.width = RGBColor.from_string(colour[1:]), Pt(width)


def _quiet(axis: Any) -> None:
    axis.has_major_gridlines = True
    _stroke(axis.major_gridlines.format.line, "#e4e0d8", 0.75)
    axis.format.line.fill.background()


def _dress(point: Any, bar: Bar) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.dml import MSO_PATTERN

    colour, fill = RGBColor.from_string(bar.colour[1:]), point.format.fill
    if bar.in_force:
        fill.solid()
        fill.fore_color.rgb = colour
    else:
        fill.patterned()
        fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        fill.fore_color.rgb, fill.back_color.rgb = colour, RGBColor.from_string(PAPER[1:])
    _stroke(point.format.line, bar.colour, 0.75)


def _months_axis(axis: Any, days: int) -> None:
    """Count a date axis in months and label whole years."""
    element = axis._element
    if not element.tag.endswith("dateAx"):
        return
    years = 1 if days < 5500 else 5
    for name, value in (("baseTimeUnit", "months"), ("majorUnit", str(years)), ("majorTimeUnit", "years")):
        _replace(element, name, value)


def _replace(element: Any, name: str, value: str) -> None:
    """Put a chart element with one value at the end of another, in place of the one that is there."""
    tag = f"{{{element.nsmap['c']}}}{name}"
    for old in element.findall(tag):
        element.remove(old)
    element.append(element.makeelement(tag, {"val": value}))


def _plot_area(chart: Any, box: Box, *, top: float, bottom: float) -> None:
    """Fix the inside of a chart, so that the time axes of two charts on one slide stand above each other."""
    area = chart._chartSpace.chart.plotArea
    space = f"{{{area.nsmap['c']}}}"
    for old in area.findall(f"{space}layout"):
        area.remove(old)
    layout = area.makeelement(f"{space}layout", {})
    manual = area.makeelement(f"{space}manualLayout", {})
    layout.append(manual)
    area.insert(0, layout)
    left = 2.0
    shares = {
        "x": left / box.width,
        "y": top / box.height,
        "w": (box.width - left - 0.25) / box.width,
        "h": max(box.height - top - bottom, 0.1) / box.height,
    }
    for name, value in {"layoutTarget": "inner", "xMode": "edge", "yMode": "edge", **shares}.items():
        _replace(manual, name, value if isinstance(value, str) else f"{value:.4f}")


def _widths(names: Sequence[str], columns: Sequence[Sequence[Any]]) -> list[float]:
    """Return column widths in inches, by the length of what they hold, together as wide as a slide's body."""
    weights = []
    for name, column in zip(names, columns, strict=True):
        longest = max([len(name), *(len(_said(value)) for value in column)], default=1)
        weights.append(min(max(longest, 6), 46))
    return [weight / sum(weights) * USABLE for weight in weights]


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return day(value, "medium")
    if isinstance(value, int | float):
        return number(value, 0 if isinstance(value, int) else 1)
    return str(value)


def _clip(words: str, most: int = 90) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
