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
from components.exports.sheet import GAP as APART
from components.exports.sheet import SIZES, legend_layout
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
    short_publishers,
    timeline_title,
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
TITLE_TOP, GAP = 0.3, 0.08
FOOT_END = 7.4
# What a text box keeps free around its text, and how far apart its lines stand.
PAD_X, PAD_Y, LEADING = 0.1, 0.05, 1.2
# A note stands beside the map, where its length costs no height.
NOTE_WIDTH = 3.9
NOTE_SIZES = (16, 15, 14, 13, 12, 11, 10)
# The picture is drawn smaller than it stands, so that its letters can be read across a room.
MAGNIFIED = 1.5
PICTURE_DPI = 270
TABLE_ROWS = 11
TABLE_SLIDES = 3
ROW_LEAST, CELL = 0.36, 11
SOURCE, APART_COLUMNS = 10, 0.3
PLAIN_GRID = "{5940675A-B579-460E-94D1-54222C63F5DA}"
LEGEND_SIZES = tuple(dict.fromkeys(legend for legend, _text in SIZES))
LANGUAGE_TAGS = {"es": "es-CO", "en": "en-US"}
_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True)
class StoryView:
    """One view of a story: the view, its title, the presenter's note, and who says what the note claims."""

    spec: ExportSpec
    title: str
    note: str = ""
    cited: Sequence[str] = ()


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
    deck.view(spec, spec.title)
    if spec.timeline is not None and _has_timeline(spec):
        deck.timeline(spec, spec.timeline)
    table = evidence_of(spec)
    if table is not None and len(table.frame):
        deck.table(table, spec.filters, TABLE_SLIDES)
    deck.sources(spec.sources, spec.licence)
    return deck.bytes()


@in_language
def pptx_story(story: StorySpec) -> bytes:
    """Return a story as PowerPoint: a cover, a slide a view, each timeline once, small tables, all sources.

    A timeline stands after the last view that it belongs to. A table that needs more than one slide is left to the
    download of its view, whose link stands on the view's slide.

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
    subjects = [_timeline_subject(view.spec) for view in shown]
    for nth, view in enumerate(shown):
        deck.caveat, deck.link = view.spec.caveat, view.spec.link
        deck.view(view.spec, view.title or view.spec.title, view.note, view.cited)
        if subjects[nth] and subjects[nth] not in subjects[nth + 1 :]:
            deck.timeline(
                *_joined([each.spec for each, own in zip(shown, subjects, strict=True) if own == subjects[nth]])
            )
    for view in shown:
        table = evidence_of(view.spec)
        if table is not None and 0 < len(table.frame) <= TABLE_ROWS:
            deck.caveat, deck.link = view.spec.caveat, view.spec.link
            deck.table(replace(table, title=f"{view.title or view.spec.title}: {table.title}"), view.spec.filters, 1)
    sources = list(dict.fromkeys(source for view in shown for source in view.spec.sources))
    deck.caveat, deck.link = caveats[0], story.link
    deck.sources(sources, "; ".join(dict.fromkeys(view.spec.licence for view in shown if view.spec.licence)))
    return deck.bytes()


def _timeline_subject(spec: ExportSpec) -> tuple[str, ...]:
    """Return what a view's timeline is of: views that share page, figures and lines need one slide; empty for none."""
    if spec.timeline is None or not _has_timeline(spec):
        return ()
    # The title may say other publishers when other years are shown; its first part says what is measured.
    measured = spec.timeline.title.split(" · ")[0]
    return (spec.view.page, measured, *(line.name for line in spec.timeline.lines))


def _joined(specs: Sequence[ExportSpec]) -> tuple[ExportSpec, TimelineSpec]:
    """Return one timeline for views that share its subject: over all their years, with the ceasefires of any of them.

    Its link and caveat are those of the first view that leaves nothing out, or of the first.
    """
    lines = [spec.timeline for spec in specs if spec.timeline is not None]
    filters = [spec.timeline_filters for spec in specs]
    head = specs[filters.index("")] if "" in filters else specs[0]
    longest = max(lines, key=lambda line: line.last - line.first)
    joined = replace(
        longest,
        first=min(line.first for line in lines),
        last=max(line.last for line in lines),
        bars=list(dict.fromkeys(bar for line in lines for bar in line.bars)),
        marks=sorted(dict.fromkeys(mark for line in lines for mark in line.marks), key=lambda mark: mark.on),
    )
    said = "" if "" in filters else " ".join(dict.fromkeys(filters))
    # No single date: the views that share the slide have several.
    return replace(head, timeline_filters=said, view=replace(head.view, on=None)), joined


def _has_map(spec: ExportSpec) -> bool:
    import shapely

    picture = spec.map
    return bool(
        picture and picture.styles and not all(shapely.is_empty(shape) for shape in picture.geometry.shapes.values())
    )


def _has_timeline(spec: ExportSpec) -> bool:
    timeline = spec.timeline
    return bool(timeline and (timeline.lines or timeline.bars or timeline.marks) and timeline.first < timeline.last)


def slide_picture(spec: ExportSpec, picture: MapPicture, box: Box) -> bytes:
    """Return the map with its legend as PNG, in the proportions of a box in inches."""
    scale = 25.4 / MAGNIFIED
    page = Page(box.width * scale, box.height * scale, letters=faces())
    room = Box(0.4, 0.4, page.width - 0.8, page.height - 0.8)
    panel = Box(room.x, room.y, min(room.width * 0.66, room.height * mapdraw.aspect(picture)), room.height)
    mapdraw.draw_map(page, picture, panel, unit=mapdraw.UNIT.get(picture.geometry.scope, 0.2) * 0.82)
    side = Box(panel.right + APART, room.y, room.right - panel.right - APART, room.height)
    fitted = (legend_layout(page, spec.legend, side.width, size, side.height) for size in LEGEND_SIZES)
    legend = next((found for found in fitted if found is not None), None)
    if legend is None:
        legend = legend_layout(page, spec.legend, side.width, LEGEND_SIZES[-1], float("inf"))
    if legend is not None:
        legend.draw(side.x, side.y)
    return page.png(spec, PICTURE_DPI)


def text_height(words: str, size: float, width: float, *, bold: bool = False) -> float:
    """Return how high a box of a width must be for a text, in inches.

    Letters are measured in a font that is wider than most that a reader will have, so that no text outgrows its box.
    """
    face = faces().get(bold)
    lines = sum(len(face.wrap(line, size, (width - 2 * PAD_X) * 25.4)) for line in writable(words).split("\n"))
    return lines * size * LEADING / 72 + 2 * PAD_Y


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
        slide, body = self._slide(story.title, sizes=(40, 36, 32, 28, 24, 20), top=1.6)
        note = Box(LEFT, body.y + 0.1, USABLE, min(text_height(story.note, 18, USABLE), body.height - 0.1))
        self._words(slide, note, story.note, self._fitting(story.note, (18, 16, 14, 12, 11, 10), note), MUTED)

    def view(self, spec: ExportSpec, title: str, note: str = "", cited: Sequence[str] = ()) -> None:
        """Add the slide of a view: its note beside the map, and under both who says it."""
        slide, body = self._slide(title)
        under = " · ".join(part for part in (spec.date_text, spec.subtitle) if part)
        body = self._over(slide, body, under, 13)
        body = self._under(slide, body, _sources_words(spec, cited), (9, 8, 7))
        if note and _has_map(spec):
            beside = Box(body.x, body.y, NOTE_WIDTH, body.height)
            self._note(slide, beside, note)
            body = Box(beside.right + GAP, body.y, body.width - NOTE_WIDTH - GAP, body.height)
        elif note:
            self._note(slide, body, note)
        if spec.map is not None and _has_map(spec):
            self._picture(slide, body, slide_picture(spec, spec.map, body), f"{title}. {under}")
        said = _("Sources of the note: {sources}.", sources="; ".join(cited)) if cited else ""
        self._notes(slide, [note, said, spec.title if title != spec.title else "", spec.caveat, spec.link])

    def _note(self, slide: Slide, room: Box, note: str) -> None:
        """Write a note in a box as high as its text; what no size holds is left to the speaker's notes, which have all
        of it."""
        size = self._fitting(note, NOTE_SIZES, room)
        words = note
        while text_height(words, size, room.width) > room.height and " " in words:
            words = words.rsplit(" ", 1)[0].rstrip(" .,;:…") + "…"
        self._words(slide, Box(room.x, room.y, room.width, text_height(words, size, room.width)), words, size, INK)

    def timeline(self, spec: ExportSpec, timeline: TimelineSpec) -> None:
        self.caveat, self.link = spec.caveat, spec.link
        slide, body = self._slide(timeline_title(spec, timeline))
        bars = [bar for bar in timeline.bars if bar.end >= timeline.first and bar.start <= timeline.last]
        key = [_("Date of the map: {date}.", date=day(spec.view.on))] if spec.view.on is not None else []
        key += [spec.timeline_filters] if spec.timeline_filters else []
        if bars:
            key.append(_("Solid bar: ceasefire in force; hatched bar: announced, pledge, suspension or truce."))
        body = self._over(slide, body, " ".join(key), 12)
        groups = list(dict.fromkeys(bar.group for bar in bars))
        lower = min(0.32 * len(groups) + 0.5, body.height * 0.6) if groups else 0.0
        if not timeline.lines:
            lower = body.height if groups else 0.0
        if timeline.lines:
            self._line_chart(slide, timeline, Box(body.x, body.y, body.width, body.height - lower))
        if groups:
            place = Box(body.x, body.bottom - lower, body.width, lower)
            self._bar_chart(slide, timeline, bars, groups, place)
        events = [f"{mark.when}: {mark.title}" for mark in timeline.marks]
        self._notes(slide, [summary(timeline), *events])
        if not timeline.lines and not groups:
            self._words(slide, body, _most_lines(events, 12, body), 12, INK)

    def table(self, table: DataTable, filters: str, slides: int) -> None:
        """Add a table over some slides, on each as many rows as its height allows."""
        grid = _grid(table)
        start = 0
        for nth in range(1, slides + 1):
            if start < len(grid.rows):
                start = self._table_slide(table.title, filters, grid, start, last=nth == slides)

    def _table_slide(self, title: str, filters: str, grid: _Grid, start: int, *, last: bool) -> int:
        """Add one slide of a table from a row on; return the row at which the next one begins."""
        slide, body = self._slide(title)
        # Two lines for what stands over the table, which says how far it goes.
        room = body.height - text_height("\n", 12, USABLE) - GAP
        end = start + grid.fitting(start, room)
        words = [filters] if filters else []
        words.append(_("Rows {first} to {last} of {total}.", first=start + 1, last=end, total=number(len(grid.rows))))
        if last and end < len(grid.rows):
            words.append(_("The whole table is in the data download."))
        body = self._over(slide, body, " ".join(words), 12)
        self._table(slide, body, [grid.names, *grid.rows[start:end]], grid.widths)
        return end

    def sources(self, sources: Sequence[SourceNote], licence: str) -> None:
        lines = publisher_lines(sources)
        if licence:
            lines.append(_("Licence of this file: {licence}", licence=licence))
        room, width = self._body(_("Sources")).height, (USABLE - APART_COLUMNS) / 2
        columns: list[list[str]] = [[]]
        for line in lines:
            if columns[-1] and text_height("\n".join([*columns[-1], line]), SOURCE, width) > room:
                columns.append([])
            columns[-1].append(line)
        total = (len(columns) + 1) // 2
        for nth in range(total):
            title = _("Sources") if total == 1 else _("Sources ({n} of {total})", n=nth + 1, total=total)
            slide, body = self._slide(title)
            for side, column in enumerate(columns[2 * nth : 2 * nth + 2]):
                words = "\n".join(column)
                left = body.x + side * (width + APART_COLUMNS)
                place = Box(left, body.y, width, text_height(words, SOURCE, width))
                self._words(slide, place, words, SOURCE, INK)

    # Pieces

    def _slide(
        self, title: str, *, sizes: Sequence[float] = (26, 24, 22, 20, 18, 16, 14), top: float = TITLE_TOP
    ) -> tuple[Slide, Box]:
        """Add a slide with its title and its foot; return it with the room between them."""
        from pptx.dml.color import RGBColor

        slide = self.deck.slides.add_slide(self.deck.slide_layouts[5])
        slide.background.fill.solid()
        slide.background.fill.fore_color.rgb = RGBColor.from_string(PAPER[1:])
        shape = slide.shapes.title
        assert shape is not None
        size, place = _title_place(title, sizes, top)
        _put(shape, place)
        _write(shape.text_frame, writable(title), size, INK, self.language, bold=True, anchor_middle=True)
        foot = self._foot()
        self._words(slide, foot[1], foot[2], foot[0], MUTED, url=self.link)
        return slide, self._body(title, sizes, top)

    def _body(self, title: str, sizes: Sequence[float] = (26, 24, 22, 20, 18, 16, 14), top: float = TITLE_TOP) -> Box:
        upper = _title_place(title, sizes, top)[1].bottom + GAP
        return Box(LEFT, upper, USABLE, self._foot()[1].y - GAP - upper)

    def _foot(self) -> tuple[float, Box, str]:
        """Return size, place and words of what every slide carries: caveat, project and the whole link."""
        words = f"{self.caveat}\n{PROJECT} · {self.link}"
        size = next((size for size in (9, 8) if text_height(words, size, USABLE) <= 0.65), 7)
        height = text_height(words, size, USABLE)
        return size, Box(LEFT, FOOT_END - height, USABLE, height), words

    def _over(self, slide: Slide, body: Box, words: str, size: float) -> Box:
        """Write words at the top of the room; return what is left of it."""
        if not words.strip():
            return body
        height = text_height(words, size, body.width)
        self._words(slide, Box(body.x, body.y, body.width, height), words, size, MUTED)
        return Box(body.x, body.y + height + GAP, body.width, body.height - height - GAP)

    def _under(self, slide: Slide, body: Box, words: str, sizes: Sequence[float]) -> Box:
        """Write words at the foot of the room, smaller when they are many; return what is left of it."""
        if not words:
            return body
        size = next((size for size in sizes if text_height(words, size, body.width) <= 0.75), sizes[-1])
        height = text_height(words, size, body.width)
        self._words(slide, Box(body.x, body.bottom - height, body.width, height), words, size, MUTED)
        return Box(body.x, body.y, body.width, body.height - height - GAP)

    def _fitting(self, words: str, sizes: Sequence[float], room: Box) -> float:
        return next((size for size in sizes if text_height(words, size, room.width) <= room.height), sizes[-1])

    def _words(self, slide: Slide, box: Box, words: str, size: float, colour: str, url: str = "") -> None:
        if not words.strip():
            return
        frame = slide.shapes.add_textbox(*_emu(box)).text_frame
        _write(frame, writable(words), size, colour, self.language)
        if url.startswith(("http://", "https://")):
            runs = frame.paragraphs[-1].runs
            if runs:
                runs[-1].hyperlink.address = url

    def _picture(self, slide: Slide, box: Box, png: bytes, words: str) -> None:
        picture = slide.shapes.add_picture(BytesIO(png), *_emu(box))
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

    def _table(self, slide: Slide, body: Box, rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """Add a native table; the first row is its head."""
        from pptx.dml.color import RGBColor
        from pptx.util import Inches, Pt

        heights = [_row_height(row, widths) for row in rows]
        place = Box(body.x, body.y, sum(widths), sum(heights))
        shape = slide.shapes.add_table(len(rows), len(widths), *_emu(place))
        table: Any = shape.table
        table._tbl.tblPr.find("{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId").text = PLAIN_GRID
        for position, width in enumerate(widths):
            table.columns[position].width = Inches(width)
        for number_of_row, row in enumerate(rows):
            table.rows[number_of_row].height = Inches(heights[number_of_row])
            for position, value in enumerate(row):
                cell = table.cell(number_of_row, position)
                head = number_of_row == 0
                cell.fill.solid()
                cell.fill.fore_color.rgb = RGBColor.from_string((ACCENT if head else PAPER)[1:])
                cell.margin_top = cell.margin_bottom = Pt(2)
                _write(cell.text_frame, value, CELL, PAPER if head else INK, self.language, bold=head)


@dataclass(frozen=True)
class _Grid:
    """A table as words: its head, its rows, and how wide each column is, in inches."""

    names: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]

    def fitting(self, start: int, room: float) -> int:
        """Return how many rows from one on fit a height together with the head; at least one."""
        room -= _row_height(self.names, self.widths)
        count = 0
        for row in self.rows[start : start + TABLE_ROWS]:
            room -= _row_height(row, self.widths)
            if count and room < 0:
                break
            count += 1
        return count


def _grid(table: DataTable) -> _Grid:
    names = [str(name) for name in table.frame.columns]
    columns = [[_clip(writable(_said(value))) for value in plain(table.frame[name])] for name in table.frame.columns]
    return _Grid(names, list(zip(*columns, strict=True)), _widths(names, columns))


def _title_place(title: str, sizes: Sequence[float], top: float) -> tuple[float, Box]:
    """Return size and place of a title: two lines where a size allows it."""
    face = faces().bold
    width = (USABLE - 2 * PAD_X) * 25.4
    size = next((size for size in sizes if len(face.wrap(writable(title), size, width)) <= 2), sizes[-1])
    return size, Box(LEFT, top, USABLE, text_height(title, size, USABLE, bold=True))


def _sources_words(spec: ExportSpec, cited: Sequence[str]) -> str:
    """Return who says what a slide shows, everybody by name: of its note, and of its map."""
    parts = [_("Sources of the note: {sources}.", sources="; ".join(cited))] if cited else []
    publishers = short_publishers(spec.map_sources)
    if publishers:
        parts.append(_("Sources of the map: {sources}.", sources="; ".join(publishers)))
    return " ".join(parts)


def _most_lines(lines: Sequence[str], size: float, room: Box) -> str:
    """Return the first lines that a room holds."""
    kept = list(lines)
    while kept and text_height("\n".join(kept), size, room.width) > room.height:
        kept.pop()
    return "\n".join(kept)


def _row_height(row: Sequence[str], widths: Sequence[float]) -> float:
    """Return how high a row of a table becomes with its cells wrapped."""
    highest = max(text_height(cell, CELL, width) for cell, width in zip(row, widths, strict=True))
    return max(ROW_LEAST, highest)


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


def _widths(names: Sequence[str], columns: Sequence[Sequence[str]]) -> list[float]:
    """Return column widths in inches, together as wide as a slide's body: room for the longest word of each, so that
    none is broken, and what is left by how much they hold."""
    least = [_least_width([name, *column]) for name, column in zip(names, columns, strict=True)]
    weights = [sum(map(len, column)) for column in columns]
    left = USABLE - sum(least)
    if left < 0:
        return [width / sum(least) * USABLE for width in least]
    return [width + weight / max(sum(weights), 1) * left for width, weight in zip(least, weights, strict=True)]


def _least_width(cells: Sequence[str]) -> float:
    """Return the width of the longest word of a column, in inches; half a slide at most."""
    face = faces().bold
    words = {word for cell in cells for word in cell.split()}
    return min(max((face.width(word, CELL) for word in words), default=0.0) / 25.4 + 2 * PAD_X + 0.02, USABLE / 2)


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
